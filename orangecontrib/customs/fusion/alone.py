"""Goods of which no loaded group has the law: a classifier of codes says alone what they are."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from orangecontrib.customs.fusion.classifier import is_outside
from orangecontrib.customs.fusion.trace import Step
from orangecontrib.customs.fusion.verdict import BLIND, RANKED, Verdict
from orangecontrib.customs.i18n import Message
from orangecontrib.customs.nomenclature import LEVELS, spaced
from orangecontrib.customs.nomenclature.decision_table import OUTSIDE

__all__ = ["Alone", "spoken_alone"]

_ALONE, _BASIS = Message("fusion.alone"), Message("fusion.alone_basis")


@dataclass(frozen=True)
class Alone:
    """What a classifier says of a good.

    Attributes
    ----------
    codes : dict of str to float
        P of its classes, which are codes of any depth.
    titles : dict of str to str
        Code → designation.
    """

    codes: Mapping[str, float]
    titles: Mapping[str, str]


def spoken_alone(verdict: Verdict, alone: Alone | None, known: Sequence[str], error: float
                 ) -> Verdict:
    """A verdict with the classifier's code, where it takes the good for none of the groups.

    Parameters
    ----------
    verdict : Verdict
        Of the groups; one with a code stays as it is.
    known : sequence of str
        Codes of all groups.
    error : float
        Accepted probability that the safe code is wrong.
    """
    if verdict.codes or alone is None or not alone.codes:
        return verdict
    rest = {code: p for code, p in alone.codes.items() if is_outside(code, known)}
    whole = sum(rest.values())
    if not whole or max(alone.codes, key=alone.codes.__getitem__) not in rest:
        return verdict
    none = verdict.probabilities.get(OUTSIDE, whole / sum(alone.codes.values()))
    of = {code: p / whole * none for code, p in rest.items()}
    way = _way(of)
    code = way[-1]
    p = of.get(code, _mass(of, code))
    safe = [node for node in way if _mass(of, node) >= 1 - error]
    ranked = sorted(of.items(), key=lambda item: -item[1])
    runner = next((other for other, _ in ranked if other != code), "")
    heading = code[:4] if len(code) >= 4 else ""
    lines = tuple(Step("line", f"{spaced(node)} {alone.titles.get(node, '')}".strip())
                  for node in way if node in alone.titles)
    others = {c: mass for c, mass in verdict.probabilities.items() if c != OUTSIDE}
    return replace(
        verdict, codes=(code,), p=p, safe_code=safe[-1] if safe else "",
        p_safe=_mass(of, safe[-1]) if safe else 0., heading=heading,
        p_heading=_mass(of, heading) if heading else 0., runner_up=runner,
        p_runner_up=of.get(runner, 0.), flip=None, questions=(), duty_low=np.nan,
        duty_high=np.nan, ranked=tuple(ranked[:RANKED]), steps=(Step("basis", _BASIS), *lines),
        problems=(_ALONE, *(problem for problem in verdict.problems if problem != BLIND)),
        probabilities={**others, **of}, group="", held=())


def _mass(of: Mapping[str, float], prefix: str) -> float:
    return sum(p for code, p in of.items() if code.startswith(prefix))


def _way(of: Mapping[str, float]) -> list[str]:
    """From the likeliest heading down by the likeliest child; the nodes of each level."""
    first = _best(of, 4, "") or _best(of, 2, "")
    way = [first[:2]] if len(first) > 2 else []
    while first:
        way.append(first)
        first = next((best for digits in LEVELS if digits > len(first)
                      and (best := _best(of, digits, first))), "")
    return way


def _best(of: Mapping[str, float], digits: int, prefix: str) -> str:
    masses: dict[str, float] = {}
    for code, p in of.items():
        if len(code) >= digits and code.startswith(prefix):
            masses[code[:digits]] = masses.get(code[:digits], 0.) + p
    return max(masses, key=masses.__getitem__, default="")
