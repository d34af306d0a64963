"""Door to Orange: results of Test & Score, tables of predictions, and what comes out."""
from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from Orange.data import ContinuousVariable, DiscreteVariable, Domain, StringVariable, Table
from Orange.data.util import get_unique_names
from Orange.evaluation import Results

from orangecontrib.customs.nomenclature import parse_code

from .errors import CodeErrors, Scored
from .final import ERRORS, LevelScores
from .models.judging import verdict

__all__ = ["Prediction", "answers_of", "check", "codes_table", "learner_names", "levels_table",
           "predictions_in", "scored_from_results", "scored_from_table", "scored_table", "strings",
           "unique_names", "with_probabilities"]

#: What Orange adds to a name that is taken.
_NUMBER = re.compile(r" \(\d+\)$")


@lru_cache(4096)  # a class has few values, an evaluation many rows
def at_level(code: str, digits: int | None) -> str:
    """A class value as a code at a level; what is not a code stays as it is."""
    return parse_code(code).digits[:digits] or str(code).strip()


def learner_names(results: Results) -> list[str]:
    """Names of the models, each once."""
    names = getattr(results, "learner_names", None)
    if names is None:
        names = [getattr(learner, "name", "model") for learner in results.learners] \
            if results.learners is not None else ["model"] * len(results.predicted)
    return unique_names(map(str, names))


def unique_names(names: Iterable[str]) -> list[str]:
    """The same names, the second of a kind with a number."""
    unique: list[str] = []
    for name in names:
        unique.append(get_unique_names(unique, name))
    return unique


def check(results: Results) -> None:
    """ValueError where results are not an evaluation of codes."""
    if not results.domain.has_discrete_class:
        raise ValueError("the class is not categorical: codes are needed")
    if not len(results.actual):
        raise ValueError("the results are empty")


def answers_of(results: Results, model: int = 0, digits: int | None = None) -> Scored:
    """Predictions of one model in an evaluation, whether or not it states probabilities.

    Parameters
    ----------
    model : int
        Number of the model.
    digits : int, optional
        Codes are compared at this level; probabilities of the codes below it are added up.

    Raises
    ------
    ValueError
        As :func:`check`.
    """
    check(results)
    values = results.domain.class_var.values
    shares = None if results.probabilities is None \
        else np.asarray(results.probabilities[model], dtype=float)
    given = np.asarray(results.predicted[model], dtype=float)
    true = tuple("" if np.isnan(a) else at_level(values[int(a)], digits) for a in results.actual)
    rows = np.arange(len(true)) if results.row_indices is None else np.asarray(results.row_indices)
    fold, odds = _folds(results, rows)
    return _scored(["" if np.isnan(g) else values[int(g)] for g in given], values, shares, true,
                   rows if results.data is None else results.data.ids[rows], digits, fold, odds)


def _folds(results: Results, rows: np.ndarray) -> tuple[np.ndarray | None, float]:
    """The test of each row, and how many test documents there were per training document."""
    if results.folds is None or len(results.folds) < 2:
        return None, float("nan")
    fold = np.full(len(rows), -1)
    for number, part in enumerate(results.folds):
        fold[part] = number
    everything = len(set(rows.tolist())) if results.data is None else len(results.data)
    tested = len(rows) / len(results.folds)
    return fold, tested / (everything - tested) if everything > tested else float("nan")


def _scored(said: Sequence[str], values: Sequence[str], shares: np.ndarray | None,
            true: tuple[str, ...], document: np.ndarray, digits: int | None,
            fold: np.ndarray | None = None, odds: float = float("nan")) -> Scored:
    """What a model said, at a level; `shares` holds a column for each of `values`."""
    names = [at_level(value, digits) for value in values]
    codes = list(dict.fromkeys(names))
    said = [at_level(text, digits) if text else "" for text in said]
    if shares is None or np.isnan(shares).all():
        return Scored(tuple(said), np.full(len(said), np.nan), true, document, tuple(codes), None,
                      fold, odds)
    summed = np.stack([shares[:, [n == code for n in names]].sum(axis=1) for code in codes], 1)
    if digits is not None:  # else what the model said, also where two codes tie
        said = [text if np.isnan(row).any() else codes[row.argmax()]
                for row, text in zip(summed, said)]
    p = np.array([row[codes.index(code)] if code else np.nan for row, code in zip(summed, said)],
                 dtype=float)
    return Scored(tuple(said), p, true, document, tuple(codes), summed, fold, odds)


def scored_from_results(results: Results, model: int = 0, digits: int | None = None) -> Scored:
    """Predictions of one model in an evaluation, with their probabilities.

    Raises
    ------
    ValueError
        As :func:`answers_of`, and if there is no probability.
    """
    return with_probabilities(answers_of(results, model, digits))


def with_probabilities(scored: Scored) -> Scored:
    """The same predictions; ValueError where no probability is stated: none can be judged."""
    if len(scored.p) and np.isnan(scored.p).all():
        raise ValueError("the model gives no probabilities, or has failed")
    return scored


@dataclass(frozen=True)
class Prediction:
    """Columns of a table that hold a prediction: of Predictions, or of HS Code Fusion.

    Attributes
    ----------
    name : str
        As :func:`learner_names` names the model in the evaluation results.
    code : Variable
    shares : tuple of (str, Variable or None)
        Each value of the category and the column with its probability.
    p : Variable, optional
        The probability of the code, where only that is known.
    error : Variable, optional
        What Predictions calls the error of the model; of no use here.
    """

    name: str
    code: object
    shares: tuple
    p: object = None
    error: object = None

    @property
    def variables(self) -> list:
        """All columns of the prediction."""
        return [v for v in (self.code, self.p, self.error, *(v for _, v in self.shares))
                if v is not None]


def predictions_in(table: Table) -> list[Prediction]:
    """Predictions that a table holds.

    Predictions writes ``model`` and ``model (code)`` for each code; of a second model of the
    same name it numbers every column for itself (``model (850441)``, ``model (850440) (1)``),
    so that the order tells which belong together.  It leaves out codes that the class of its
    data lacks.  HS Code Fusion writes ``code`` and ``P(code)``, once ``P``.
    """
    variables = [*table.domain.metas, *table.domain.variables]
    names = {variable.name: variable for variable in variables}
    numeric: dict[str, list] = {}  # columns by their name, with and without a number
    for variable in variables:
        if variable.is_continuous:
            for name in dict.fromkeys((variable.name, _NUMBER.sub("", variable.name))):
                numeric.setdefault(name, []).append(variable)
    earlier: dict[str, int] = {}
    found = []
    for variable in variables:
        if not isinstance(variable, DiscreteVariable):
            continue
        for base in dict.fromkeys((variable.name, _NUMBER.sub("", variable.name))):
            place = earlier.get(base, 0)
            *columns, error = (next(iter(numeric.get(f"{base} ({value})", ())[place:]), None)
                               for value in (*variable.values, "error"))
            if any(column is not None for column in columns):
                earlier[base] = place + 1
                found.append((base, variable, tuple(zip(variable.values, columns)), error))
                break
    predictions = [Prediction(name, variable, shares, error=error)
                   for name, (_, variable, shares, error) in zip(
                       unique_names(base for base, *_ in found), found)]
    p = next((v for v in map(names.get, ("P(code)", "P")) if isinstance(v, ContinuousVariable)),
             None)
    if p is not None and isinstance(names.get("code"), (DiscreteVariable, StringVariable)):
        predictions.append(Prediction("code", names["code"], (), p))
    return predictions


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
    """Predictions of a table, with the true codes of the column `truth` if there is one.

    Rows that were one before a random split are one document.
    """
    true = ("",) * len(table) if truth is None else tuple(
        at_level(text, digits) if text.strip() else "" for text in strings(table, truth))
    said = strings(table, prediction.code)
    if prediction.p is not None:
        codes = [at_level(text, digits) for text in said]
        p = table.get_column(prediction.p).astype(float)
        p = np.where([bool(code) for code in codes], p, np.nan)
        return Scored(tuple(codes), p, true, table.ids)
    shares = np.column_stack([np.full(len(table), np.nan) if v is None
                              else table.get_column(v).astype(float)
                              for _, v in prediction.shares])
    missing = [v is None for _, v in prediction.shares]
    if sum(missing) == 1:  # the probabilities of the others tell it
        others = shares[:, np.logical_not(missing)]
        shares[:, missing] = np.clip(1 - others.sum(axis=1, keepdims=True), 0, 1)
    return _scored(said, [value for value, _ in prediction.shares], shares, true, table.ids,
                   digits)


# -- tables that go out

def levels_table(rows: Sequence[tuple[str, LevelScores]]) -> Table:
    """A row per level of the tariff, and of whom: how often its codes are right, how surely."""
    limits = [f"{limit:g}" for limit in ERRORS]
    names = {"digits": 0, "n": 0, **dict.fromkeys(
        ("top-1", "top-1 low", "top-1 high", "top-3", "top-3 low", "top-3 high", "macro-F1",
         "log-loss", "Brier", "ECE", "ECE by chance", "AUGRC",
         *(f"coverage at {limit}" for limit in limits)), 3)}
    domain = Domain([ContinuousVariable(n, number_of_decimals=d) for n, d in names.items()],
                    metas=[StringVariable("model")])
    X = np.array([[s.digits, s.n, s.top1, s.top1_low, s.top1_high, s.top3, s.top3_low,
                   s.top3_high, s.macro_f1, s.log_loss, s.brier, s.ece, s.ece_chance, s.augrc,
                   *(s.coverage[limit] for limit in limits)] for _, s in rows],
                 dtype=float).reshape(len(rows), len(names))
    table = Table.from_numpy(domain, X, metas=np.array([[name] for name, _ in rows],
                                                       dtype=object).reshape(len(rows), 1))
    table.name = "Reliability"
    return table


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
               ("accept", verdict(p_error, threshold, words)),
               ("true code", list(scored.true))]
    if words is not None:
        columns.append(("known words", np.asarray(words, dtype=float)))
    taken = [v.name for v in (*data.domain.metas, *data.domain.variables)]
    names = [name for name, _ in columns]
    variables = []
    for name, unique in zip(names, unique_names([*taken, *names])[len(taken):]):
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
