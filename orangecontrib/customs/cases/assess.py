"""Final codes against known ones: all witnesses, and what each of them is worth."""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from orangecontrib.customs.defaults import ERROR
from orangecontrib.customs.evaluation.conformal import Calibration, Known
from orangecontrib.customs.evaluation.final import (
    FinalCodes,
    LevelScores,
    commonest_scores,
    final_scores,
)
from orangecontrib.customs.facts import Evidence
from orangecontrib.customs.fusion.duties import EUR
from orangecontrib.customs.fusion.engine import PHOTOS, TEXT

from .case import Case

__all__ = ["ALL", "BASELINES", "COMMONEST", "PRIOR", "assess", "codes_said", "known_goods",
           "report_of"]

#: Names of reports: all witnesses together, and the trivial baselines.
ALL, PRIOR, COMMONEST = "all", "prior", "commonest code"
#: They tell how hard the goods are, and nothing of the program.
BASELINES = (PRIOR, COMMONEST)


def assess(case: Case, true: Mapping[str, str], groups: Mapping[str, object] | None = None,
           error: float = ERROR, progress: Callable[[int, int], None] | None = None
           ) -> dict[str, list[LevelScores]]:
    """Scores of the final codes, of each witness alone, and of trivial baselines.

    Parameters
    ----------
    case : Case
    true : dict of str to str
        Key of a good → its true code; goods without one are left out.
    groups : dict of str to object, optional
        Key → what it shares with goods that are no further witnesses: a ruling, a model.
    error : float
        Accepted error of the safe code.
    progress : callable, optional
        Called with (done, total) for each way of deciding.

    Returns
    -------
    dict of str to list of LevelScores
        "all", then "text", "photos", "model" where there are several, "prior" and
        "commonest code".
    """
    ways = {ALL: case}
    names = [witness.id for witness in case.witnesses] + (["model"] if case.answer else [])
    if len(names) > 1:
        ways.update({name: replace(case, witnesses=tuple(w for w in case.witnesses
                                                         if w.id == name), answer=None)
                     for name in names if name in (TEXT, PHOTOS)})
        if case.answer is not None:
            ways["model"] = replace(case, witnesses=())
    found = {name: codes_said(way, true, groups, error, progress) for name, way in ways.items()}
    reports = {name: final_scores(codes) for name, codes in found.items()}
    said = found[ALL]
    reports[PRIOR] = final_scores(_by_priors(case, said))
    reports[COMMONEST] = commonest_scores(said)
    return reports


def codes_said(case: Case, true: Mapping[str, str], groups: Mapping[str, object] | None = None,
               error: float = ERROR, progress: Callable[[int, int], None] | None = None
               ) -> FinalCodes:
    """What a case says of its goods with known codes."""
    known = [row for row, key in enumerate(case.keys) if true.get(key)]
    verdicts = case.decide(error=error, progress=progress)
    codes = list(dict.fromkeys([*case.codes, *(code for row in known
                                               for code in verdicts[row].probabilities)]))
    p = np.array([[verdicts[row].probabilities.get(code, 0.) if verdicts[row].probabilities
                   else np.nan for code in codes] for row in known]).reshape(len(known), len(codes))
    keys = [case.keys[row] for row in known]
    return FinalCodes(codes, p, [verdicts[row].codes for row in known], [true[k] for k in keys],
                      None if groups is None else [groups.get(key, key) for key in keys],
                      _duties(case))


def _duties(case: Case) -> dict[str, float]:
    """EUR per unit by code; of codes whose rate tells another duty there is none."""
    return {code: duty for engine in case.engines for code, duty in engine.told[EUR].items()
            if code.isdigit()}


def _by_priors(case: Case, said: FinalCodes) -> FinalCodes:
    """Who knows nothing but how frequent the facts are, in the group of the true code."""
    p = np.full(said.p.shape, np.nan)
    chosen: list[tuple[str, ...]] = [()] * len(said.true)
    for engine in case.engines:
        belief = engine.believe(Evidence(("",)))
        of = dict(zip(engine.codes, belief.codes[0]))
        for row, code in enumerate(said.true):
            if any(own.startswith(code[:4]) for own in engine.codes):
                p[row] = [of.get(own, 0.) for own in said.codes]
                inside = engine.table.outcomes[belief.chosen[0]]
                chosen[row] = inside if inside[0].isdigit() else ()
    return replace(said, p=p, chosen=chosen)


def known_goods(case: Case, true: Mapping[str, str], by: Mapping[str, object] | None = None,
                progress: Callable[[int, int], None] | None = None) -> Calibration:
    """What a case says of goods with known codes.

    Answers by hand and decisions have no part in it: what they settle is not what the program
    says by itself.

    Parameters
    ----------
    case : Case
    true : dict of str to str
        Key of a good → its code, of 2 to 10 digits, or "none"; goods without one are left out.
    by : dict of str to object, optional
        Key → what it shares with goods that are no further witnesses.
    """
    verdicts = replace(case, decisions=(), calibration=None).decide(progress=progress)
    return Calibration(tuple(
        Known(verdict.way, true[verdict.key], str((by or {}).get(verdict.key, "") or ""),
              verdict.key)
        for verdict in verdicts if true.get(verdict.key)), case.made_with)


def report_of(scores: Mapping[str, Sequence[LevelScores]]) -> dict[str, list[dict[str, object]]]:
    """For a JSON file."""
    return {name: [level.as_dict() for level in levels] for name, levels in scores.items()}
