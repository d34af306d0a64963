"""How often safe digits are right, and how many they are: promised ones beside trivial ones.

A promise that nothing is safe is always kept; so coverage stands beside the mean length.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby

import numpy as np

from orangecontrib.customs.intervals import wilson

from .conformal import Calibration, Known, Promise, Way, depth, heading_of, promise_of, weights_of

__all__ = ["ERRORS", "FOLDS", "RULES", "Coverage", "coverages", "cross_coverages",
           "judged_coverages"]

#: Accepted errors at which coverage is shown.
ERRORS = (.01, .05, .1, .2)
#: Into so many parts goods are split; each is judged by a promise that rests on the others.
FOLDS = 10
#: Conformal safe digits, those by the probabilities alone, and the two trivial answers.
RULES = ("conformal", "probabilities", "all digits", "root")


@dataclass(frozen=True)
class Coverage:
    """Safe digits of some goods.

    Attributes
    ----------
    rule : str
        One of :data:`RULES`.
    error : float
        That is accepted.
    heading : str
        Said of the goods; "": all of them.
    rests : str
        On what the promise rests (:data:`.conformal.HEADING` …); "" for several, or none.
    n : float
        Witnesses; one of which some goods count is a part of one.
    goods : int
    covered, low, high : float
        Share of the witnesses whose digits are right, with its 95 % interval.
    length : float
        Mean number of safe digits; the root has none.
    root : float
        Share of goods of which nothing is safe.
    """

    rule: str
    error: float
    heading: str
    rests: str
    n: float
    goods: int
    covered: float
    low: float
    high: float
    length: float
    root: float

    def as_dict(self) -> dict[str, object]:
        """For a report; NaN is None."""
        return {name: None if value != value else value for name, value in asdict(self).items()}


@dataclass(frozen=True)
class _Judged:
    """What a rule says of a good, and whether it is right."""

    weight: float
    heading: str
    rests: str
    length: int
    right: bool


def _conformal(promise: Promise, way: Way) -> str:
    return promise.safe(way)[0]


def _probabilities(promise: Promise, way: Way) -> str:
    return next((node for node, p in reversed(way)
                 if p >= 1 - promise.error and len(node) <= promise.digits), "")


def _all_digits(promise: Promise, way: Way) -> str:
    return next((node for node, _ in reversed(way) if len(node) <= promise.digits), "")


def _root(promise: Promise, way: Way) -> str:
    return ""


_ANSWERS: dict[str, Callable[[Promise, Way], str]] = dict(
    zip(RULES, (_conformal, _probabilities, _all_digits, _root)))


def judged_coverages(calibration: Calibration, rows: Sequence[Known],
                     errors: Sequence[float] = ERRORS) -> list[Coverage]:
    """Coverage on other goods of what a calibration table promises."""
    return [found for error in errors
            for found in coverages([(calibration.promise(error), rows)])]


def cross_coverages(rows: Sequence[Known], errors: Sequence[float] = ERRORS, folds: int = FOLDS,
                    seed: int = 0) -> list[Coverage]:
    """Coverage on known goods, each judged by a promise that rests on other witnesses."""
    names = [row.by or place for place, row in enumerate(rows)]
    witnesses = list(dict.fromkeys(names))
    order = np.random.default_rng(seed).permutation(len(witnesses))
    fold_of = {witnesses[place]: number % folds for number, place in enumerate(order)}
    fold = [fold_of[name] for name in names]
    parts = [([row for row, own in zip(rows, fold) if own != number],
              [row for row, own in zip(rows, fold) if own == number])
             for number in range(min(folds, len(witnesses)))]
    return [found for error in errors
            for found in coverages([(promise_of(others, error), mine) for others, mine in parts])]


def coverages(parts: Sequence[tuple[Promise, Sequence[Known]]]) -> list[Coverage]:
    """Coverage of promises at one error, each on its goods, by rule: of all, and by heading.

    Goods of which no code was said are left out, as they are where nothing is promised or their
    codes are not known to as many digits as the answers have.
    """
    weighed = [(promise, row, weight) for promise, rows in parts
               for row, weight in zip(rows, weights_of(rows))
               if row.way and promise.digits and depth(row.true) >= promise.digits]
    weighed.sort(key=lambda one: heading_of(one[1].way))
    found: list[Coverage] = []
    for rule, answer in _ANSWERS.items() if weighed else ():
        judged = [_judged(promise, row, weight, answer(promise, row.way))
                  for promise, row, weight in weighed]
        error = weighed[0][0].error
        found.append(_coverage(rule, error, "", judged))
        found += [_coverage(rule, error, heading, list(some))
                  for heading, some in groupby(judged, lambda one: one.heading)]
    return found


def _judged(promise: Promise, row: Known, weight: float, answer: str) -> _Judged:
    threshold = promise.threshold(row.way)
    return _Judged(weight, heading_of(row.way), "" if threshold is None else threshold.kind,
                   len(answer), row.true.startswith(answer))


def _coverage(rule: str, error: float, heading: str, judged: Sequence[_Judged]) -> Coverage:
    weights = np.array([one.weight for one in judged])
    n = round(float(weights.sum()), 9)
    right = float(weights @ [one.right for one in judged])
    rests = {one.rests for one in judged}
    lengths = np.array([one.length for one in judged])
    return Coverage(rule, error, heading,
                    rests.pop() if rule == RULES[0] and len(rests) == 1 else "", n, len(judged),
                    right / n, *wilson(right, n), float(weights @ lengths / n),
                    float(weights @ (lengths == 0) / n))
