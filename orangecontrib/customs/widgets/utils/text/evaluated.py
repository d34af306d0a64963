"""What is known about the errors of a model, and a sentence on it."""
from __future__ import annotations

from dataclasses import dataclass

from orangecontrib.customs.evaluation import Accepted, Bin, CodeErrors, Scored
from orangecontrib.customs.evaluation.conformal import Calibration
from orangecontrib.customs.evaluation.coverage import Coverage
from orangecontrib.customs.evaluation.final import LevelScores
from orangecontrib.customs.evaluation.models import Judge
from orangecontrib.customs.evaluation.reliability import Curve
from orangecontrib.customs.i18n import say
from orangecontrib.customs.i18n.numbers import share
from orangecontrib.customs.intervals import wilson
from orangecontrib.customs.widgets.utils.common.wording import room

__all__ = ["FEW", "Evaluated", "in_words"]

words = room("evaluated")

#: With fewer documents than this, intervals are all there is to see.
FEW = 20


@dataclass
class Evaluated:
    """What is known about the errors of the chosen model."""

    judge: Judge
    codes: list[CodeErrors]
    stated: list[Bin]
    corrected: list[Bin]
    ece: float
    ece_limit: float
    curve: tuple
    augrc: float
    accepted: Accepted
    leaks: list[str]
    #: Scores at each level of the tariff, and whose: the model's, the baseline's.
    final: list[tuple[str, LevelScores]]
    #: Reliability of the model's codes at each level.
    curves: list[Curve]
    #: Documents with known codes, and how often safe digits that rest on them are right.
    known: Calibration
    coverages: list[Coverage]

    @property
    def scored(self) -> Scored:
        return self.judge.taught


def in_words(e: Evaluated, limit: float) -> str:
    """How often codes are wrong, and how many may be accepted unread; a few stand unbold."""
    n = float(e.scored.weight.sum())
    wrong = float(e.scored.weight @ e.scored.wrong)
    low, high = wilson(wrong, n)
    accepted = words("accept_none", limit=share(limit))
    if e.accepted.n:
        accepted = words("accept", limit=share(limit), threshold=e.accepted.threshold,
                         coverage=_bold(share(e.accepted.coverage, 0), e.accepted.n),
                         risk=share(e.accepted.risk), low=share(e.accepted.low),
                         high=share(e.accepted.high))
    calibrated = words("calibrated" if e.ece <= e.ece_limit else "uncalibrated")
    return " ".join(map(say, (
        words("wrong", rate=_bold(share(wrong / n), n), n=n, low=share(low), high=share(high)),
        accepted,
        words("calibration", augrc=e.augrc, ece=e.ece, verdict=calibrated, limit=e.ece_limit))))


def _bold(text: str, n: float) -> str:
    return f"<b>{text}</b>" if n >= FEW else text
