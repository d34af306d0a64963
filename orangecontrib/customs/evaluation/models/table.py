"""Door to Orange: scores as Test & Score averages them, and the tables that go out."""
from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import numpy as np
from Orange.data import ContinuousVariable, DiscreteVariable, Domain, StringVariable, Table
from Orange.evaluation import Results, scoring

from orangecontrib.customs.evaluation.errors import Scored
from orangecontrib.customs.evaluation.table import (
    Prediction,
    answers_of,
    learner_names,
    predictions_in,
    scored_from_table,
    unique_names,
)

from .judging import Judge
from .scores import COMMONEST, ModelScores, accuracy_interval, commonest

__all__ = ["METRICS", "baseline", "judged_table", "judges_of", "measured", "model_of",
           "model_scores", "models_table", "pairs"]

#: The five of the paper, averaged over classes as Test & Score averages them.
METRICS = {
    "AUC": lambda results: scoring.AUC(results, average="weighted"),
    "CA": scoring.CA,
    "F1": lambda results: scoring.F1(results, average="weighted"),
    "Precision": lambda results: scoring.Precision(results, average="weighted"),
    "Recall": lambda results: scoring.Recall(results, average="weighted"),
}


def measured(metric: Callable, results: Results) -> float:
    """A score of the first model; NaN where it can't be taken."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return float(np.ravel(metric(results))[0])
        except ValueError:  # a single class, or no probabilities: no AUC
            return float("nan")


def model_scores(name: str, scored: Scored, trivial: bool = False) -> ModelScores:
    """The five scores on the documents with a known code, and the interval of CA.

    A document that the model has no code for counts as wrong; a model that has none for any
    has failed, and no scores.
    """
    if not any(scored.predicted):  # it has failed
        nan = float("nan")
        return ModelScores(name, dict.fromkeys(METRICS, nan), nan, nan, nan, scored.documents)
    results = _results(scored)
    low, high, half = accuracy_interval(scored)
    codes = results.domain.class_var.values
    auc = {codes[int(c)]: measured(lambda r, c=c: scoring.AUC().single_class_auc(r, c), results)
           for c in np.unique(results.actual)}
    return ModelScores(name, {key: measured(metric, results) for key, metric in METRICS.items()},
                       low, high, half, scored.documents, auc, trivial)


def baseline(scored: Scored) -> ModelScores:
    """The scores of one who always says the commonest of the true codes."""
    return model_scores(COMMONEST, commonest(scored), trivial=True)


def _results(scored: Scored) -> Results:
    """The rows with a known code as Orange's own scores want them."""
    rows = np.flatnonzero(scored.known)
    true, said = ([texts[row] for row in rows] for texts in (scored.true, scored.predicted))
    codes = list(dict.fromkeys([*scored.codes, *sorted({*true, *said})]))
    number = {code: float(place) for place, code in enumerate(codes)}
    shares = np.full((len(rows), len(codes)), np.nan)
    if scored.shares is not None:
        shares[:] = 0.
        shares[:, :len(scored.codes)] = scored.shares[rows]
    domain = Domain([], DiscreteVariable("code", [code or "(none)" for code in codes]))
    return Results(domain=domain, actual=np.array([number[c] for c in true]),
                   predicted=np.array([[number[c] for c in said]]),
                   probabilities=shares[None], score_by_folds=False)


# -- the models of an evaluation, and their predictions in a table

def model_of(results: Results | None, number: int):
    """A model of an evaluation; None where the models were not kept.

    Predictions keeps those that failed among the models, though not among the answers.
    """
    models = None if results is None else results.models
    if models is None or not len(models):
        return None
    if len(models[0]) == len(results.predicted):
        return models[0][number]
    name = learner_names(results)[number]
    return next((m for m in models[0] if getattr(m, "name", None) == name), None)


def pairs(names: Sequence[str], predictions: Sequence[Prediction]
          ) -> list[Prediction | None]:
    """For each model its predictions in a table, by name; a single one belongs to a single."""
    if len(names) == len(predictions) == 1:
        return list(predictions)
    of = {prediction.name: prediction for prediction in predictions}
    return [of.get(name) for name in names]


def judges_of(results: Results | None, data: Table | None, truth=None, digits: int | None = None
              ) -> list[Judge]:
    """A judge for each model: of the results, or else for each prediction of the table.

    What is asked is the table, or without one the documents of the results whose code is
    unknown.

    Parameters
    ----------
    truth : Variable, optional
        The column of `data` with the true codes.

    Raises
    ------
    ValueError
        As :func:`~orangecontrib.customs.evaluation.table.answers_of`.
    """
    predictions = [] if data is None else predictions_in(data)
    if results is None:
        found = [scored_from_table(data, p, truth, digits) for p in predictions]
        return [Judge(p.name, scored, scored) for p, scored in zip(predictions, found)]
    names = learner_names(results)
    taught = [answers_of(results, number, digits) for number in range(len(names))]
    if data is None:
        return [Judge(name, scored, _unknown(scored)) for name, scored in zip(names, taught)]
    judges = []
    for name, scored, prediction in zip(names, taught, pairs(names, predictions)):
        asked = None
        if prediction is not None:
            asked = scored_from_table(data, prediction, truth, digits)
            if results.data is None:  # the numbers of the evaluated mean nothing here
                asked = replace(asked, document=-1 - np.arange(len(data)))
        judges.append(Judge(name, scored, asked))
    return judges


def _unknown(scored: Scored) -> Scored | None:
    """The rows whose code is unknown."""
    rows = np.flatnonzero(~scored.known)
    if not len(rows):
        return None
    return Scored(tuple(scored.predicted[i] for i in rows), scored.p[rows], ("",) * len(rows),
                  scored.document[rows])


# -- tables that go out

def models_table(rows: Iterable[ModelScores]) -> Table:
    """A row per model: five scores, Mean, s.d., the interval of CA, n, and AUC per code."""
    rows = list(rows)
    codes = sorted({code for row in rows for code in row.auc})
    names = [*METRICS, "Mean", "s.d.", "CA ±", "CA low", "CA high", "n",
             *(f"AUC {code}" for code in codes)]
    domain = Domain([ContinuousVariable(n, number_of_decimals=0 if n == "n" else 3)
                     for n in names], metas=[StringVariable("model")])
    nan = float("nan")
    X = np.array([[*(row.scores[name] for name in METRICS), row.mean, row.sd, row.half, row.low,
                   row.high, row.n, *(row.auc.get(code, nan) for code in codes)]
                  for row in rows], dtype=float).reshape(len(rows), len(names))
    table = Table.from_numpy(domain, X, metas=np.array(
        [[row.name] for row in rows], dtype=object).reshape(len(rows), 1))
    table.name = "Models"
    return table


def judged_table(data: Table | None, judges: Sequence[Judge], limit: float) -> Table | None:
    """A row for each document and model: what it says, P(error) and whether that may pass.

    Documents without a known code come first: they are what is asked.

    Parameters
    ----------
    data : Table or None
        A row for each document that was asked about.
    limit : float
        Share of errors that may be accepted unread.

    Returns
    -------
    Table or None
        The documents' metas, but for the columns with predictions, and "model",
        "predicted code", "P(code)", "P(error)", "accept", "known words", "true code". None
        where nothing was asked.
    """
    judges = [judge for judge in judges if judge.asked is not None]
    if not judges:
        return None
    n, m = len(judges[0].asked.p), len(judges)
    used = set() if data is None else {v for p in predictions_in(data) for v in p.variables}
    kept = [] if data is None else [v for v in data.domain.metas if v not in used]
    nan = np.full(n, np.nan)
    columns = {
        StringVariable("model"): [np.full(n, judge.name, dtype=object) for judge in judges],
        StringVariable("predicted code"): [judge.asked.predicted for judge in judges],
        ContinuousVariable("P(code)", 3): [judge.asked.p for judge in judges],
        ContinuousVariable("P(error)", 3): [judge.asked_error for judge in judges],
        DiscreteVariable("accept", ("no", "yes")): [judge.verdict(limit) for judge in judges],
        ContinuousVariable("known words", 0): [
            nan if judge.asked_words is None else judge.asked_words for judge in judges],
        StringVariable("true code"): [judge.asked.true for judge in judges]}
    names = unique_names([*(v.name for v in kept), *(v.name for v in columns)])[len(kept):]
    metas = np.empty((n * m, len(kept) + len(columns)), dtype=object)
    for place, variable in enumerate(kept):
        metas[:, place] = np.repeat(data.get_column(variable).astype(object), m)
    for place, column in enumerate(columns.values(), len(kept)):
        metas[:, place] = np.array([np.asarray(part, dtype=object) for part in column]
                                   ).T.reshape(n * m)  # document by document
    domain = Domain([], metas=[*kept, *(v.copy(name=name) for v, name in zip(columns, names))])
    table = Table.from_numpy(domain, np.empty((n * m, 0)), metas=metas)
    if data is not None:
        table.ids = np.repeat(data.ids, m)
    known = np.repeat([bool(code) for code in judges[0].asked.true], m)
    table = table[np.argsort(known, kind="stable")]
    table.name = "Judged by All Models"
    return table
