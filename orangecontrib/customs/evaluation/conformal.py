"""Safe digits with a promise: how many digits of a code are right, learnt from known goods.

The answer for a good is one node of the tariff on the way to the code that was said: the deepest
one whose probability lies above a threshold, or the root, which is always right.  The score of a
good whose code is known is the probability of the first node on its way that does not contain the
code, 0 where all do; the answer at a threshold is right if and only if the threshold reaches the
score.  With the ⌈(n + 1)(1 − ε)⌉-th smallest of n scores as the threshold, the answer for one more
good of the same kind is wrong with probability ε at most, whatever the stated probabilities are
worth (Vovk, Gammerman & Shafer, Algorithmic Learning in a Random World, 2005, ch. 4).

Goods of one ruling or model are one witness: each good of a group of m has the weight 1 / m, and a
weight of 1, for the group of the new good, lies beyond all scores (Lee, Barber & Willett,
Distribution-free inference with hierarchical data, 2023).  What is promised is then of one good,
any of its group, of another group.  Where only some goods count – those of which a heading was
said, those whose codes are known to so many digits – they keep this weight: a group of which one
in m is among them is met there as seldom.
"""
from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from orangecontrib.customs.i18n import Sayable
from orangecontrib.customs.nomenclature import LEVELS
from orangecontrib.customs.nomenclature.decision_table import OUTSIDE

__all__ = ["ALL", "DECIMALS", "HEADING", "POOL", "Calibration", "Known", "Promise", "Threshold",
           "Way", "depth", "enough", "heading_of", "promise_of", "score", "threshold_of",
           "weights_of"]

#: On which goods a threshold rests: those with the same said heading, with any of the headings
#: that have too few of their own, or all.
HEADING, POOL, ALL = "heading", "pool", "all"
#: To the digits of an answer at least so many of the witnesses are known: where few are, these
#: may be others than the rest.
MOST = .5
#: Nobody tells probabilities apart that differ in a later digit: sums of the same numbers in
#: another order do.
DECIMALS = 9
#: Two sums of weights that differ by less are equal.
TINY = 1e-9

#: Nodes on the way to a said code with their probabilities, from the chapter down.
Way = tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Known:
    """A good with a known code, and what was said of it.

    Attributes
    ----------
    way : tuple of (str, float)
        Nodes of 2, 4, 6 … digits on the way to the said code, with P, which never rises; empty
        where no code was said.
    true : str
        Its code, of any depth; "none": no code of the groups that decide.
    by : str
        What it shares with goods that are no further witnesses; "": nothing.
    good_id : str
    """

    way: Way
    true: str
    by: str = ""
    good_id: str = ""


def depth(true: str) -> int:
    """To how many digits a code is known; of a good without one everything is."""
    return LEVELS[-1] if true == OUTSIDE else len(true)


def heading_of(way: Way) -> str:
    """The heading that is said, or the chapter where no heading is."""
    return way[-1][0][:4] if way else ""


def score(way: Way, true: str, digits: int = LEVELS[-1]) -> float:
    """P of the first node on a way, of so many digits at most, that does not contain a code.

    >>> score((("64", .99), ("6403", .8), ("640391", .7)), "640399")
    0.7
    >>> score((("64", .99), ("6403", .8), ("640391", .7)), "640399", 4)
    0.0
    """
    return next((p for node, p in way if len(node) <= digits and not true.startswith(node)), 0.)


def enough(error: float) -> int:
    """With fewer witnesses no threshold promises anything: 1 / `error`."""
    return math.ceil(1 / error - TINY)


def weights_of(rows: Sequence[Known]) -> list[float]:
    """Of each good, so that those of one witness have 1 together."""
    sizes = Counter(row.by for row in rows)
    return [1 / sizes[row.by] if row.by else 1. for row in rows]


def threshold_of(scores: Sequence[float], error: float, weights: Sequence[float] | None = None
                 ) -> float:
    """The smallest score up to which 1 − `error` of all weight lies; ∞ where none is.

    One more good, with a weight of 1, counts as lying beyond all.

    Parameters
    ----------
    scores : sequence of float, length n
    weights : sequence of float, length n, optional
        1 by default.

    Examples
    --------
    >>> threshold_of([.1, .2, .3, .4], .4)
    0.3
    >>> threshold_of([.1, .2, .3, .4], .4, [.5, .5, .5, .5])
    inf
    """
    given = np.ones(len(scores)) if weights is None else np.asarray(weights, dtype=float)
    order = np.argsort(scores, kind="stable")
    whole = np.cumsum(given[order])
    needed = (1 - error) * (given.sum() + 1)
    reached = np.flatnonzero(whole >= needed - TINY)
    return float(scores[order[reached[0]]]) if len(reached) else math.inf


@dataclass(frozen=True)
class Threshold:
    """What a set of known goods promises.

    Attributes
    ----------
    value : float
        Nodes with a greater P are safe; ∞: none is.
    kind : str
        :data:`HEADING`, :data:`POOL` or :data:`ALL`.
    n : float
        Witnesses that it rests on; one of which some goods count is a part of one.
    goods : int
    heading : str
        That was said of them, for :data:`HEADING`.
    """

    value: float
    kind: str
    n: float
    goods: int
    heading: str = ""


@dataclass(frozen=True)
class Promise:
    """Thresholds at one accepted error.

    Attributes
    ----------
    error : float
    digits : int
        Answers are cut here: to so many digits the goods that it rests on are known.  0: too few
        goods are known, and nothing is promised.
    n : float
        Witnesses with a said code.
    all : Threshold or None
    pool : Threshold or None
        Of the headings with too few goods; None where these are too few together.
    headings : dict of str to Threshold
    """

    error: float
    digits: int
    n: float
    all: Threshold | None = None
    pool: Threshold | None = None
    headings: Mapping[str, Threshold] = field(default_factory=dict)

    def threshold(self, way: Way) -> Threshold | None:
        """What the answer for a good rests on; None where nothing is promised."""
        return self.headings.get(heading_of(way), self.pool or self.all)

    def safe(self, way: Way) -> tuple[str, float]:
        """The deepest node that is safe, with its P; ("", 0) for the root."""
        threshold = self.threshold(way)
        if threshold is None:
            return "", 0.
        safe = [(node, p) for node, p in way
                if len(node) <= self.digits and p > threshold.value]
        return safe[-1] if safe else ("", 0.)


@dataclass(frozen=True, eq=False)
class Calibration:
    """Goods with known codes, and what was said of them: what promises rest on.

    Attributes
    ----------
    rows : tuple of Known
    made_with : dict of str to str
        What said it; of what another one says nothing is promised.
    problems : tuple of Sayable
        Of rows that could not be used, and why.
    """

    rows: tuple[Known, ...]
    made_with: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Sayable, ...] = ()

    def promise(self, error: float) -> Promise:
        """The thresholds at an accepted error."""
        return _promise(self, error)


@lru_cache(maxsize=64)
def _promise(calibration: Calibration, error: float) -> Promise:
    return promise_of(calibration.rows, error)


def promise_of(rows: Sequence[Known], error: float) -> Promise:
    """Thresholds from known goods, at the deepest level to which enough and most are known.

    Nothing is chosen by what was right: the level by the depths of the codes, the headings by how
    often they were said.  Where headings with too few goods are pooled, one with just enough is
    in the pool beside its own threshold: it must not matter which of its goods is the new one.

    Parameters
    ----------
    rows : sequence of Known
        Those of which no code was said are left out: nothing is answered, or promised, of such.
    error : float
    """
    need = enough(error)
    weighed = [(row, weight) for row, weight in zip(rows, weights_of(rows)) if row.way]
    for digits in reversed(LEVELS):
        known = [(row, weight) for row, weight in weighed if depth(row.true) >= digits]
        if _count(known) >= max(need, MOST * _count(weighed)):
            break
    else:
        return Promise(error, 0, _count(weighed))
    of: dict[str, list[tuple[Known, float]]] = defaultdict(list)
    for row, weight in known:
        of[heading_of(row.way)].append((row, weight))
    counts = {heading: _count(some) for heading, some in of.items()}
    pool = [one for heading, some in of.items() if counts[heading] <= need for one in some]
    return Promise(
        error, digits, _count(weighed), _threshold(known, digits, error, ALL),
        _threshold(pool, digits, error, POOL) if _count(pool) >= need else None,
        {heading: _threshold(some, digits, error, HEADING, heading)
         for heading, some in sorted(of.items()) if counts[heading] >= need})


def _count(weighed: Sequence[tuple[Known, float]]) -> float:
    """Witnesses, in parts of one; rounded, so that three thirds are one."""
    return round(math.fsum(weight for _, weight in weighed), 9)


def _threshold(weighed: Sequence[tuple[Known, float]], digits: int, error: float, kind: str,
               heading: str = "") -> Threshold:
    value = threshold_of([score(row.way, row.true, digits) for row, _ in weighed], error,
                         [weight for _, weight in weighed])
    return Threshold(value, kind, _count(weighed), len(weighed), heading)
