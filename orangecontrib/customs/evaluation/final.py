"""How far the final codes of goods can be relied on, and whether they got worse.

A good without an answer counts: as wrong where codes are counted, as "all codes alike" where
probabilities are, and never as accepted.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np

from orangecontrib.customs.intervals import grouped_wilson

from .calibration import ece, ece_limit
from .errors import Scored
from .reliability import Curve, reliability
from .risk import accept, augrc

__all__ = ["ALLOWED", "DIGITS", "ERRORS", "FinalCodes", "LevelScores", "commonest_codes",
           "commonest_level_scores", "commonest_scores", "final_scores", "level_curves",
           "level_scores", "worse"]

#: Levels at which codes are compared.
DIGITS = (4, 6, 8, 10)
#: Shares of errors at which it is asked how many goods may be accepted unread.
ERRORS = (.01, .05)
#: No code is given less than this: one certain mistake must not outweigh all the rest.
FLOOR = 1e-4
#: By how much top-1 may fall against an earlier report, by level.
ALLOWED = {4: .01, 6: .02, 8: .03, 10: .03}


@dataclass(frozen=True)
class FinalCodes:
    """What was said of N goods whose true codes are known.

    Attributes
    ----------
    codes : sequence of str
        Of all columns of `p`; what is not a code ("none") may be among them.
    p : ndarray, shape (N, len(codes))
        P(code); a row of NaN where nothing was said.
    chosen : sequence of tuple of str
        The codes that were given: one, or the candidates of a legal gap; () for none.
    true : sequence of str
        Of 4 to 10 digits; a shorter one counts at the levels that it reaches.
    groups : sequence, optional
        Goods of one group are one witness in the intervals; each its own by default.
    duties : dict of str to float, optional
        By code, in one measure.
    """

    codes: Sequence[str]
    p: np.ndarray
    chosen: Sequence[tuple[str, ...]]
    true: Sequence[str]
    groups: Sequence | None = None
    duties: Mapping[str, float] | None = None


@dataclass(frozen=True)
class LevelScores:
    """How good codes are at a level.

    Attributes
    ----------
    digits : int
    n : int
        Goods whose true code reaches the level.
    answered : float
        Share of them that got a code of so many digits.
    top1, top1_low, top1_high : float
        Share of right codes, with its 95 % interval; a right candidate of a gap counts its share.
    top3, top3_low, top3_high : float
        Share where the true code is among the three likeliest.
    macro_f1 : float
        Mean over the true codes of the F1 of each.
    log_loss : float
        Mean −log P(true code), no P below :data:`FLOOR`.
    brier : float
        Mean Σ (P(code) − is it)²; 0 is best, 2 worst.
    ece, ece_chance : float
        Mean distance of the stated P and the share of right ones among the answered, and what a
        perfectly calibrated model stays below in 95 % of samples of this size.
    augrc : float
        Mean over all coverages of P(accepted and wrong).
    coverage : dict of str to float
        Share of errors → the most goods that may be accepted at it.
    duty_error : float
        Σ |duty of the code − duty of the true one| / Σ duty of the true ones; only at ten digits.
    """

    digits: int
    n: int
    answered: float
    top1: float
    top1_low: float
    top1_high: float
    top3: float
    top3_low: float
    top3_high: float
    macro_f1: float
    log_loss: float
    brier: float
    ece: float
    ece_chance: float
    augrc: float
    coverage: Mapping[str, float]
    duty_error: float = float("nan")

    def as_dict(self) -> dict:
        """For a report; NaN is None."""
        return {name: None if value != value else value for name, value in asdict(self).items()}


def final_scores(said: FinalCodes, levels: Sequence[int] = DIGITS) -> list[LevelScores]:
    """The scores at each level that a true code reaches."""
    found = [_at_level(said, digits) for digits in levels]
    return [scores for scores in found if scores.n]


def _at_level(said: FinalCodes, digits: int) -> LevelScores:
    rows = np.flatnonzero([len(code) >= digits for code in said.true])
    n = len(rows)
    if not n:
        nan = float("nan")
        return LevelScores(digits, 0, *[nan] * 13, {})
    groups = range(n) if said.groups is None else [said.groups[row] for row in rows]
    true, chosen, names, p = _cut(said, digits, rows)
    at = np.array([names.index(code) for code in true])
    of_true = p[np.arange(n), at]
    top1 = np.array([some.count(code) / len(some) if some else 0.
                     for some, code in zip(chosen, true)])
    silent = np.array([not some for some in chosen])
    # of equals the worst order: who says the same of all codes knows none of them
    better = (p >= of_true[:, None]).sum(axis=1)
    told = ~np.isnan(said.p[rows]).all(axis=1)
    top3 = np.maximum(top1, told & (better <= 3))  # the code that was given is among them
    stated, right = _stated(names, p, chosen), top1 > 0
    p_error = np.where(silent, np.inf, 1 - stated)
    truth = np.zeros_like(p)
    truth[np.arange(n), at] = 1
    return LevelScores(
        digits, n, float((~silent).mean()),
        float(top1.mean()), *grouped_wilson(float(top1.sum()), groups),
        float(top3.mean()), *grouped_wilson(float(top3.sum()), groups),
        _macro_f1(true, chosen), float(-np.log(np.clip(of_true, FLOOR, 1)).mean()),
        float(((p - truth) ** 2).sum(axis=1).mean()),
        ece(stated, right), ece_limit(stated, document=np.unique(
            [str(group) for group in groups], return_inverse=True)[1]), augrc(p_error, ~right),
        {f"{limit:g}": accept(p_error, ~right, limit).n / n for limit in ERRORS},
        _duty_error(said, rows) if digits == max(DIGITS) else float("nan"))


def _cut(said: FinalCodes, digits: int, rows: np.ndarray
         ) -> tuple[list[str], list[list[str]], list[str], np.ndarray]:
    """True codes and those that were given, at a level; names of the codes there, and their P."""
    true = [said.true[row][:digits] for row in rows]
    chosen = [[code[:digits] for code in said.chosen[row] if len(code) >= digits] for row in rows]
    return true, chosen, *_merged(said, rows, digits, true)


def _stated(names: Sequence[str], p: np.ndarray, chosen: Sequence[Sequence[str]]) -> np.ndarray:
    """P of the codes that were given, of the candidates of a gap together; NaN of none."""
    return np.array([min(1., sum(p[row, names.index(code)] for code in set(some)))
                     if some else np.nan for row, some in enumerate(chosen)])


def level_curves(scored: Scored, levels: Sequence[int] = DIGITS) -> list[Curve]:
    """The reliability of a model's codes at each level that a true code reaches.

    A document that was tested several times is one witness.
    """
    said, found = _codes_of(scored), []
    for digits in levels if said.codes else ():
        rows = np.flatnonzero([len(code) >= digits for code in said.true])
        if not len(rows):
            continue
        true, chosen, names, p = _cut(said, digits, rows)
        right = np.array([code in some for code, some in zip(true, chosen)])
        assert said.groups is not None  # the documents
        found.append(reliability(str(digits), _stated(names, p, chosen), right,
                                 [said.groups[row] for row in rows]))
    return found


def _merged(said: FinalCodes, rows: np.ndarray, digits: int, true: Sequence[str]
            ) -> tuple[list[str], np.ndarray]:
    """Codes at a level and their probabilities; all alike where nothing was said."""
    short = [code[:digits] for code in said.codes]
    chosen = [code[:digits] for row in rows for code in said.chosen[row]]
    names = sorted({*short, *true, *chosen})
    of = np.array([names.index(code) for code in short], dtype=int)
    p = np.zeros((len(rows), len(names)))
    for column, name in enumerate(of):
        p[:, name] += said.p[rows, column]
    return names, np.where(np.isnan(p).any(axis=1, keepdims=True), 1 / len(names), p)


def _macro_f1(true: Sequence[str], chosen: Sequence[Sequence[str]]) -> float:
    from sklearn.metrics import f1_score
    said = [some[0] if len(set(some)) == 1 else "" for some in chosen]
    return float(f1_score(true, said, labels=sorted(set(true)), average="macro", zero_division=0))


def _duty_error(said: FinalCodes, rows: np.ndarray) -> float:
    duties = said.duties or {}
    pairs = [(duties[said.chosen[row][0]], duties[said.true[row]]) for row in rows
             if said.chosen[row] and {said.chosen[row][0], said.true[row]} <= duties.keys()]
    owed = sum(true for _, true in pairs)
    return sum(abs(one - true) for one, true in pairs) / owed if owed else float("nan")


def level_scores(scored: Scored) -> list[LevelScores]:
    """The scores of a model's predictions; classes that are no codes are left out.

    A document that was tested several times is one witness.  Where only the probability of the
    predicted code is stated, what rests on those of the others is NaN.
    """
    said = _codes_of(scored)
    levels = final_scores(said) if said.codes else []
    if scored.shares is not None:
        return levels
    unknown = dict.fromkeys(("top3", "top3_low", "top3_high", "log_loss", "brier"), float("nan"))
    return [replace(level, **unknown) for level in levels]


def commonest_level_scores(scored: Scored) -> list[LevelScores]:
    """The scores of who always says the commonest code of the other documents."""
    return commonest_scores(_codes_of(scored))


def _codes_of(scored: Scored) -> FinalCodes:
    rows = [row for row, code in enumerate(scored.true) if code.isdigit()]
    codes = sorted({*scored.codes, *(scored.predicted[row] for row in rows)} - {""})
    if scored.shares is not None:
        p = np.zeros((len(rows), len(codes)))
        for column, code in enumerate(scored.codes):
            p[:, codes.index(code)] += scored.shares[rows, column]
    else:
        p = np.array([[scored.p[row] if code == scored.predicted[row] else 0. for code in codes]
                      for row in rows])
    chosen = [(scored.predicted[row],) if scored.predicted[row] else () for row in rows]
    return FinalCodes(codes, p, chosen, [scored.true[row] for row in rows],
                      scored.document[rows].tolist())


def commonest_codes(said: FinalCodes) -> FinalCodes:
    """Who always says the commonest of the true codes, of the goods of *other* groups."""
    groups = list(range(len(said.true))) if said.groups is None else list(said.groups)
    codes = sorted(set(said.true))
    counts = {group: np.zeros(len(codes)) for group in set(groups)}
    for code, group in zip(said.true, groups):
        counts[group][codes.index(code)] += 1
    whole = sum(counts.values())
    p = np.array([whole - counts[group] for group in groups]).reshape(len(groups), len(codes))
    total = p.sum(axis=1, keepdims=True)
    p = np.where(total > 0, p / np.where(total > 0, total, 1), np.nan)
    chosen = [() if np.isnan(row).any() else (codes[int(row.argmax())],) for row in p]
    return FinalCodes(codes, p, chosen, said.true, said.groups, said.duties)


def commonest_scores(said: FinalCodes, levels: Sequence[int] = DIGITS) -> list[LevelScores]:
    """The scores at each level of who always says the commonest code of that level."""
    found = []
    for digits in levels:
        rows = [row for row, code in enumerate(said.true) if len(code) >= digits]
        at_level = replace(
            said, true=[said.true[row][:digits] for row in rows],
            groups=None if said.groups is None else [said.groups[row] for row in rows])
        found += final_scores(commonest_codes(at_level), [digits]) if rows else []
    return found


def worse(now: Mapping[str, Sequence[Mapping]], before: Mapping[str, Sequence[Mapping]],
          allowed: Mapping[int, float] | None = None) -> list[str]:
    """What got worse than is allowed against an earlier report: a sentence each.

    Parameters
    ----------
    now, before : dict of str to list of dict
        By witnesses ("all", "text" …), :meth:`LevelScores.as_dict` of each level.
    allowed : dict of int to float, optional
        By how much top-1 may fall at a level: :data:`ALLOWED`.
    """
    allowed, found = ALLOWED if allowed is None else allowed, []
    for name, levels in before.items():
        scores = {level["digits"]: level for level in now.get(name, ())}
        for old in levels:
            digits, new = old["digits"], scores.get(old["digits"])
            if new is None:
                found.append(f"{name}, {digits} digits: in the earlier report, and not in this one")
                continue
            lost = old["top1"] - new["top1"]
            if digits in allowed and lost > allowed[digits] + 1e-9:
                found.append(f"{name}, {digits} digits: top-1 {new['top1']:.3f} after "
                             f"{old['top1']:.3f}, {100 * lost:.1f} points lost; "
                             f"{100 * allowed[digits]:g} are allowed")
    return found
