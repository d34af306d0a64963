"""Is the error of the latest months higher than before?  An exact test with a known false alarm.

Each month is asked once, and the last one, two and three are held against all months before
them.  Decisions are compared with those of about the same stated P(error) – strata of equal mass,
formed without a look at what was wrong –, so that goods that are harder are not taken for a drift.
Given how many were wrong in a stratum, the number that falls into the later months is
hypergeometric where nothing has changed (Fisher's exact test), and the sum over strata has the
convolution of these distributions (exact conditional test of the common odds ratio; Agresti,
*Categorical Data Analysis*, §7.3).  A month's alarm needs p ≤ α / (months in a year · windows)
(Bonferroni), so that within a year a false one comes with a probability of α at the most.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from orangecontrib.customs.intervals import wilson

__all__ = ["ALPHA", "STRATA", "WINDOWS", "Alarm", "Drift", "Period", "drift_of", "p_of_more",
           "periods_of"]

#: Probability of a false alarm within a year.
ALPHA = .05
#: Months in a year: so many tests share :data:`ALPHA`.
A_YEAR = 12
#: Lengths of what is held against the months before: a jump shows in one or two, a slow rise
#: in three.
WINDOWS = (1, 2, 3)
#: Strata of the stated P(error); more of them leave too few decisions in each.
STRATA = 4
#: With fewer decisions on either side nothing is tested.
FEWEST = 10


@dataclass(frozen=True)
class Period:
    """A month: how many decisions, how many wrong.

    Attributes
    ----------
    name : str
        ``2026-07``.
    n, wrong : int
    rate, low, high : float
        Share of the wrong, with its 95 % Wilson interval; NaN, 0, 1 of a month without decisions.
    stated : float
        Mean P(error) that was stated; NaN where none was.
    """

    name: str
    n: int
    wrong: int
    rate: float
    low: float
    high: float
    stated: float


@dataclass(frozen=True)
class Alarm:
    """Months whose error is higher than before.

    Attributes
    ----------
    first, last : str
        The months of the window.
    p : float
        Of the exact test, one-sided.
    now, before : (int, int)
        How many were wrong, of how many, in the window and before it.
    """

    first: str
    last: str
    p: float
    now: tuple[int, int]
    before: tuple[int, int]


@dataclass(frozen=True)
class Drift:
    """What the tests say.

    Attributes
    ----------
    alarms : tuple of Alarm
        One for each month in which there was one, the later month the later; of two windows that
        with the smaller p.
    tested : tuple of str
        Months that could be tested.
    limit : float
        That p must not exceed.
    """

    alarms: tuple[Alarm, ...]
    tested: tuple[str, ...]
    limit: float

    @property
    def now(self) -> Alarm | None:
        """The alarm of the last month that could be tested; None without."""
        return self.alarms[-1] if self.alarms and self.tested \
            and self.alarms[-1].last == self.tested[-1] else None


def periods_of(months: Sequence[str], wrong: Sequence[bool], stated: Sequence[float]
               ) -> list[Period]:
    """Months in order, those between the first and the last without decisions among them.

    Parameters
    ----------
    months : sequence of str, length n
        ``2026-07``
    wrong : sequence of bool, length n
    stated : sequence of float, length n
        P(error) as stated; NaN where none was.
    """
    at, bad, p = np.array(months, dtype=object), np.array(wrong, bool), np.array(stated, float)
    result = []
    for name in _span(months):
        here = at == name
        n, errors = int(here.sum()), int(bad[here].sum())
        known = p[here][~np.isnan(p[here])]
        result.append(Period(name, n, errors, errors / n if n else float("nan"),
                             *wilson(errors, n), float(known.mean()) if len(known)
                             else float("nan")))
    return result


def _span(months: Sequence[str]) -> list[str]:
    """All months from the first to the last."""
    if not months:
        return []
    first, last = (12 * int(month[:4]) + int(month[5:7]) - 1 for month in (min(months),
                                                                         max(months)))
    return [f"{number // 12:04d}-{number % 12 + 1:02d}" for number in range(first, last + 1)]


def drift_of(months: Sequence[str], wrong: Sequence[bool], stated: Sequence[float],
             alpha: float = ALPHA) -> Drift:
    """Test each month against those before it; parameters as in :func:`periods_of`."""
    at = np.array(months, dtype=object)
    bad, p = np.array(wrong, bool), np.array(stated, float)
    limit = alpha / (A_YEAR * len(WINDOWS))
    alarms, tested, names = [], [], _span(months)
    for number, name in enumerate(names):
        found = []
        for length in WINDOWS:
            if number < length:
                continue
            window = names[number - length + 1:number + 1]
            later, before = np.isin(at, window), at < window[0]
            if min(later.sum(), before.sum()) < FEWEST or not (at == name).any():
                continue
            both = later | before
            found.append(Alarm(
                window[0], name, p_of_more(bad[both], later[both], p[both]),
                (int(bad[later].sum()), int(later.sum())),
                (int(bad[before].sum()), int(before.sum()))))
        if found:
            tested.append(name)
            likeliest = min(found, key=lambda alarm: alarm.p)
            if likeliest.p <= limit:
                alarms.append(likeliest)
    return Drift(tuple(alarms), tuple(tested), limit)


def p_of_more(wrong: np.ndarray, later: np.ndarray, stated: np.ndarray) -> float:
    """P of as many wrong ones among the later, or more, if nothing has changed.

    Parameters
    ----------
    wrong, later : ndarray of bool, shape (n,)
    stated : ndarray, shape (n,)
        P(error) as stated, by which like is compared with like; NaN is a stratum of its own.
    """
    total, observed = np.ones(1), 0
    for stratum in _strata(stated):
        n, bad, draws = len(stratum), int(wrong[stratum].sum()), int(later[stratum].sum())
        observed += int((wrong[stratum] & later[stratum]).sum())
        total = np.convolve(total, _hypergeometric(n, bad, draws))
    return float(min(1., total[observed:].sum()))


def _hypergeometric(n: int, bad: int, draws: int) -> np.ndarray:
    """P of 0, 1 … bad ones among so many draws; scipy's own takes seconds with thousands."""
    from scipy.special import gammaln

    def log_choose(of: int, some: np.ndarray) -> np.ndarray:
        return gammaln(of + 1) - gammaln(some + 1) - gammaln(of - some + 1)
    drawn = np.arange(min(bad, draws) + 1)
    possible = draws - drawn <= n - bad
    p = np.zeros(len(drawn))
    log = log_choose(bad, drawn[possible]) + log_choose(n - bad, draws - drawn[possible])
    p[possible] = np.exp(log - log.max())
    return p / p.sum()


def _strata(stated: np.ndarray) -> list[np.ndarray]:
    """Positions by stated P(error), in strata of about equal mass; equal values stay together."""
    known = np.flatnonzero(~np.isnan(stated))
    result = [np.flatnonzero(np.isnan(stated))]
    if len(known):
        edges = np.quantile(stated[known], np.arange(1, STRATA) / STRATA)
        which = np.searchsorted(edges, stated[known], side="left")
        result += [known[which == number] for number in range(STRATA)]
    return [positions for positions in result if len(positions)]
