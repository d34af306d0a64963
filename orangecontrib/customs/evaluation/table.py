"""Door to Orange: results of Test & Score, tables of predictions, and what comes out."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from Orange.data import ContinuousVariable, DiscreteVariable, Domain, StringVariable, Table
from Orange.data.util import get_unique_names
from Orange.evaluation import Results

from orangecontrib.customs.nomenclature import parse_code

from .errors import CodeErrors, Scored

__all__ = ["Prediction", "codes_table", "learner_names", "predictions_in",
           "scored_from_results", "scored_from_table", "scored_table", "strings", "were_read"]


def at_level(code: str, digits: int | None) -> str:
    """A class value as a code at a level; what is not a code stays as it is."""
    return parse_code(code).digits[:digits] or str(code).strip()


def learner_names(results: Results) -> list[str]:
    """Names of the models, each once."""
    names = getattr(results, "learner_names", None)
    if names is None:
        names = [getattr(learner, "name", "model") for learner in results.learners] \
            if results.learners is not None else ["model"] * len(results.predicted)
    unique: list[str] = []
    for name in names:
        unique.append(get_unique_names(unique, str(name)))
    return unique


def scored_from_results(results: Results, model: int = 0, digits: int | None = None) -> Scored:
    """Predictions of one model in an evaluation.

    Parameters
    ----------
    model : int
        Number of the model.
    digits : int, optional
        Codes are compared at this level; probabilities of the codes below it are added up.

    Raises
    ------
    ValueError
        If the class is no category, there is nothing, or no probability.
    """
    if not results.domain.has_discrete_class:
        raise ValueError("the class is not categorical: codes are needed")
    if not len(results.actual):
        raise ValueError("the results are empty")
    if results.probabilities is None:
        raise ValueError("the model gives no probabilities")
    values = [at_level(value, digits) for value in results.domain.class_var.values]
    codes = list(dict.fromkeys(values))
    shares = np.asarray(results.probabilities[model], dtype=float)
    if np.isnan(shares).all():
        raise ValueError("the model has failed: it gives no probabilities")
    summed = np.stack([shares[:, [v == code for v in values]].sum(axis=1) for code in codes], 1)
    predicted = np.array([-1 if np.isnan(row).any() else row.argmax() for row in summed])
    if digits is None:  # what the model said, also where two codes tie
        given = np.asarray(results.predicted[model], dtype=float)
        predicted = np.array([-1 if np.isnan(g) else codes.index(values[int(g)]) for g in given])
    p = summed[np.arange(len(predicted)), predicted]
    true = tuple("" if np.isnan(a) else values[int(a)] for a in results.actual)
    rows = results.row_indices if results.row_indices is not None else np.arange(len(true))
    return Scored(tuple(codes[i] if i >= 0 else "" for i in predicted),
                  np.where(predicted >= 0, p, np.nan), true, np.asarray(rows))


@dataclass(frozen=True)
class Prediction:
    """Columns of a table that hold a prediction: of Predictions, or of HS Code Fusion."""

    name: str
    code: object
    shares: tuple
    p: object = None


def predictions_in(table: Table) -> list[Prediction]:
    """Predictions that a table holds.

    Predictions writes ``model`` and ``model (code)`` for each code; HS Code Fusion writes
    ``code`` and ``P``.
    """
    variables = [*table.domain.metas, *table.domain.variables]
    names = {variable.name: variable for variable in variables}
    found = []
    for variable in variables:
        if isinstance(variable, DiscreteVariable):
            shares = tuple((value, names.get(f"{variable.name} ({value})"))
                           for value in variable.values)
            if shares and all(v is not None and v.is_continuous for _, v in shares):
                found.append(Prediction(variable.name, variable, shares))
    if "code" in names and isinstance(names.get("P"), ContinuousVariable):
        found.append(Prediction("code", names["code"], (), names["P"]))
    return found


def strings(table: Table, variable) -> list[str]:
    """A column as texts, "" where it is unknown."""
    column = table.get_column(variable)
    if isinstance(variable, DiscreteVariable):
        return ["" if np.isnan(value) else variable.values[int(value)] for value in column]
    if isinstance(variable, StringVariable):
        return ["" if value is None or value != value else str(value) for value in column]
    return ["" if np.isnan(value) else f"{value:g}" for value in column.astype(float)]


def scored_from_table(table: Table, prediction: Prediction, truth=None,
                      digits: int | None = None) -> Scored:
    """Predictions of a table, with the true codes of the column `truth` if there is one."""
    true = [""] * len(table) if truth is None else \
        [at_level(text, digits) if text.strip() else "" for text in strings(table, truth)]
    if prediction.p is not None:
        codes = [at_level(text, digits) for text in strings(table, prediction.code)]
        p = table.get_column(prediction.p).astype(float)
        p = np.where([bool(code) for code in codes], p, np.nan)
        return Scored(tuple(codes), p, tuple(true), np.arange(len(table)))
    values = [at_level(value, digits) for value, _ in prediction.shares]
    unique = list(dict.fromkeys(values))
    columns = np.column_stack([table.get_column(v).astype(float) for _, v in prediction.shares])
    summed = np.stack([columns[:, [v == code for v in values]].sum(axis=1) for code in unique], 1)
    said = [at_level(text, digits) for text in strings(table, prediction.code)]
    if digits is not None:
        said = ["" if np.isnan(row).any() else unique[row.argmax()] for row in summed]
    p = np.array([row[unique.index(code)] if code else np.nan for row, code in zip(summed, said)])
    return Scored(tuple(said), p, tuple(true), np.arange(len(table)))


# -- tables that go out

def codes_table(rows: Sequence[CodeErrors]) -> Table:
    """A row per code: predictions, errors, P(error) with its interval, and what it was."""
    names = {"predicted": 1, "wrong": 1, "P(error)": 3, "low": 3, "high": 3, "found": 3,
             "instead share": 3}
    domain = Domain([ContinuousVariable(n, number_of_decimals=d) for n, d in names.items()],
                    metas=[StringVariable("code"), StringVariable("instead")])
    X = np.array([[r.n, r.wrong, r.rate, r.low, r.high, r.found, r.instead_share] for r in rows])
    table = Table.from_numpy(domain, X.reshape(len(rows), len(names)), metas=np.array(
        [[r.code, r.instead] for r in rows], dtype=object).reshape(len(rows), 2))
    table.name = "Codes"
    return table


def were_read(words: np.ndarray | None, n: int) -> np.ndarray:
    """Documents of which the model has read anything, or of which that is not known."""
    return np.ones(n, dtype=bool) if words is None else np.asarray(words) != 0


def scored_table(data: Table | None, scored: Scored, p_error: np.ndarray,
                 rows: Sequence[CodeErrors], threshold: float,
                 words: np.ndarray | None = None) -> Table:
    """Each scored document with its P(error) and the errors of its code.

    Parameters
    ----------
    data : Table or None
        The documents, a row for each prediction; without it only the new columns come out.
    words : numpy.ndarray, optional
        How many words that the model knows each document holds, NaN where that is unknown; with
        0 it is not accepted.

    Returns
    -------
    Table
        New metas "predicted code", "P(code)", "P(error)", "code's error", "code's error low",
        "code's error high", "accept" and "true code"; with `words` also "known words".
    """
    if data is None:
        data = Table.from_numpy(Domain([]), np.zeros((len(scored.predicted), 0)))
    of = {row.code: row for row in rows}
    nan = float("nan")
    empty = CodeErrors("", 0, 0, nan, nan, nan, nan, "", nan)
    own = [of.get(code, empty) for code in scored.predicted]
    columns = [("predicted code", list(scored.predicted)), ("P(code)", scored.p),
               ("P(error)", p_error), ("code's error", [r.rate for r in own]),
               ("code's error low", [r.low if r.n else nan for r in own]),
               ("code's error high", [r.high if r.n else nan for r in own]),
               ("accept", [nan if np.isnan(p) else float(p <= threshold and read)
                           for p, read in zip(p_error, were_read(words, len(p_error)))]),
               ("true code", list(scored.true))]
    if words is not None:
        columns.append(("known words", np.asarray(words, dtype=float)))
    taken = [v.name for v in (*data.domain.metas, *data.domain.variables)]
    variables = []
    for name, _ in columns:
        unique = get_unique_names(taken, name)
        taken.append(unique)
        if name in ("predicted code", "true code"):
            variables.append(StringVariable(unique))
        elif name == "accept":
            variables.append(DiscreteVariable(unique, ("no", "yes")))
        else:
            variables.append(ContinuousVariable(
                unique, number_of_decimals=0 if name == "known words" else 3))
    domain = data.domain
    table = data.transform(Domain(domain.attributes, domain.class_vars,
                                  [*domain.metas, *variables]))
    if len(table):
        with table.unlocked(table.metas):
            for place, (_, column) in enumerate(columns, len(domain.metas)):
                table.metas[:, place] = column
    table.name = "Scored Documents"
    return table
