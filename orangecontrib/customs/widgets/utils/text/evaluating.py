"""What Evaluate Codes works on: all models compared, the chosen one evaluated."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from types import SimpleNamespace

import numpy as np
from Orange.data import Table
from Orange.evaluation import Results
from Orange.widgets.utils.concurrent import TaskState

from orangecontrib.customs.declarations.learning.table import leaks, learnt_from, words_read
from orangecontrib.customs.declarations.table import default_text, strings_of
from orangecontrib.customs.evaluation import (
    augrc,
    code_errors,
    ece,
    ece_limit,
    equal_mass_bins,
    risk_coverage,
)
from orangecontrib.customs.evaluation.conformal import Calibration
from orangecontrib.customs.evaluation.coverage import cross_coverages
from orangecontrib.customs.evaluation.final import (
    commonest_level_scores,
    level_curves,
    level_scores,
)
from orangecontrib.customs.evaluation.knowngoods.table import known_from_scored, known_from_table
from orangecontrib.customs.evaluation.models import COMMONEST, Judge, ModelScores
from orangecontrib.customs.evaluation.models.table import (
    baseline,
    judges_of,
    model_of,
    model_scores,
)
from orangecontrib.customs.evaluation.reliability import Curve
from orangecontrib.customs.evaluation.table import predictions_in, strings, with_probabilities
from orangecontrib.customs.i18n import Sayable, say
from orangecontrib.customs.training.report.table import photo_curves
from orangecontrib.customs.widgets.utils.common.base import progress_of
from orangecontrib.customs.widgets.utils.common.wording import room
from orangecontrib.customs.widgets.utils.text.evaluated import Evaluated
from orangecontrib.customs.widgets.utils.text.modelspage import Verdict

__all__ = ["Compared", "run", "unknown_verdicts"]

words = room("evaluating")
common = room("common")

#: Documents without a known code that the window shows; the output has them all.
MOST_SHOWN = 200


@dataclass
class Compared:
    """All models: their scores, and what they say of the documents."""

    rows: list[ModelScores]
    judges: list[Judge]
    #: The documents that were asked about, and what to call them.
    asked: Table | None
    titles: Sequence[Sayable]


def run(request: SimpleNamespace, state: TaskState
        ) -> tuple[Compared | None, Evaluated | None, str, list[Curve]]:
    """Compare all models, look at the chosen one, and measure features of photos.

    Returns
    -------
    compared : Compared or None
        None where there are photos only.
    evaluated : Evaluated or None
    problem : str
        Why the chosen model can't be evaluated.
    photos : list of Curve
        Reliability of features.
    """
    state.set_status(say(words("evaluating")))
    tables = (request.photos, request.data, getattr(request.results, "data", None))
    photos = next(filter(None, (photo_curves(table) for table in tables if table is not None)), [])
    return (*(_models(request, state) if request.codes else (None, None, "")), photos)


def _models(request: SimpleNamespace, state: TaskState
            ) -> tuple[Compared, Evaluated | None, str]:
    """Compare all models, and look at the chosen one."""
    compared = request.compared
    if compared is None:
        compared = compare(request, state)
    state.set_status(say(words("evaluating")))
    judge = compared.judges[request.number]
    try:
        with_probabilities(judge.taught)
    except ValueError as error:
        return compared, None, str(error)
    return compared, evaluate(judge, request), ""


def compare(request: SimpleNamespace, state: TaskState) -> Compared:
    """Score all models and let each judge the documents."""
    results, data = request.results, request.data
    state.set_status(say(words("comparing")))
    judges = judges_of(results, data, request.truth, request.digits)
    evaluated = data if results is None else results.data
    asked = asked_of(results, data)
    progress, rows = progress_of(state, 0, .9), []
    for number, judge in enumerate(judges):
        progress(number / len(judges))
        features = learnt_from(model_of(results, number))
        known, guessed = (None, False) if evaluated is None else words_read(evaluated, features)
        if known is not None and results is not None and results.row_indices is not None:
            known = known[results.row_indices]
        asked_words, asked_guessed = (None, False) if asked is None or judge.asked is None \
            else words_read(asked, features)
        judges[number] = judge = replace(judge, taught_words=known, asked_words=asked_words,
                                         guessed=guessed or asked_guessed)
        if judge.taught.documents:
            rows.append(model_scores(judge.name, judge.taught))
            if judge.asked is not None:  # learnt here rather than while the window waits
                judge.verdict(request.limit)
    if rows:
        rows.append(baseline(judges[0].taught))
    return Compared(rows, judges, asked, titles_of(asked))


def asked_of(results: Results | None, data: Table | None) -> Table | None:
    """The documents that are asked about: see :func:`judges_of`."""
    if data is not None or results.data is None or results.row_indices is None:
        return data
    return results.data[results.row_indices[np.isnan(results.actual)]]


def titles_of(table: Table | None) -> Sequence[Sayable]:
    """What to call the documents: their descriptions, or numbers."""
    if table is None:
        return []
    text = default_text(table)
    return [common("row", n=row + 1) for row in range(len(table))] if text is None \
        else strings_of(table, text)


def evaluate(judge: Judge, request: SimpleNamespace) -> Evaluated:
    """Errors per code, calibration, risk and coverage of one model."""
    scored, p_error, ranked = judge.taught, judge.taught_error, judge.ranked
    right, weight = scored.known & ~scored.wrong, scored.weight
    documents = request.data if request.results is None else request.results.data
    found = [] if documents is None else leaks(
        documents, request.truth if request.results is None else None,
        learnt_from(model_of(request.results, request.number)))
    known = known_of(judge, request)
    return Evaluated(
        judge, code_errors(scored),
        equal_mass_bins(scored.p, right, weight), equal_mass_bins(1 - p_error, right, weight),
        ece(scored.p, right, weight), ece_limit(scored.p, weight, scored.document),
        risk_coverage(ranked, scored.wrong, weight), augrc(ranked, scored.wrong, weight),
        judge.accepted(request.limit), [variable.name for variable in found],
        [(name, level) for name, some in ((judge.name, level_scores(scored)),
                                          (COMMONEST, commonest_level_scores(scored)))
         for level in some],
        level_curves(scored), known, cross_coverages(known.rows))


def known_of(judge: Judge, request: SimpleNamespace) -> Calibration:
    """The goods with known codes: what HS Code Fusion said of them, or else any model."""
    if request.results is not None:
        return known_from_scored(judge.taught, judge.name)
    data, prediction = request.data, predictions_in(request.data)[request.number]
    if prediction.p is not None:
        known = known_from_table(data, prediction.code, request.truth, request.by)
        if known is not None:
            return known
    return known_from_scored(judge.taught, judge.name,
                             None if request.by is None else strings(data, request.by))


def unknown_verdicts(compared: Compared, limit: float) -> list[Verdict]:
    """What each model says of the first documents without a known code, document by document."""
    asking = [(judge, judge.verdict(limit)) for judge in compared.judges
              if judge.asked is not None]
    rows = np.flatnonzero(~asking[0][0].asked.known)[:MOST_SHOWN] if asking else ()
    titles = compared.titles
    return [Verdict(titles[row] if titles else common("row", n=row + 1), judge.name,
                    judge.asked.predicted[row], judge.asked.p[row], judge.asked_error[row],
                    accept[row], judge.asked_words is not None and judge.asked_words[row] == 0)
            for row in rows for judge, accept in asking]
