"""Safe digits that rest on goods with known codes: the table, and what it promises of a case."""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache

from orangecontrib.customs import __version__
from orangecontrib.customs.evaluation.conformal import (
    HEADING,
    Calibration,
    Promise,
    Way,
    enough,
)
from orangecontrib.customs.fusion.engine import Engine
from orangecontrib.customs.fusion.verdict import Verdict
from orangecontrib.customs.i18n import Joined, Message, Sayable, Words
from orangecontrib.customs.i18n.numbers import share
from orangecontrib.customs.nomenclature import LEVELS, spaced

from .predictions import digest

__all__ = ["differences", "made_with", "promised", "refused", "remarks_on", "safe_by"]

#: Of safe digits of which nothing is promised.
MASSES = Message("conformal.masses")
_ANSWERED, _DECISION = Message("conformal.answered"), Message("conformal.decision")


# -- what decides, in short

def made_with(engines: Iterable[Engine], witnesses: Mapping[str, str], trust: float
              ) -> dict[str, str]:
    """What decides goods: a table that something else made promises nothing of them.

    Parameters
    ----------
    engines : iterable of Engine
    witnesses : dict of str to str
        Ids of those that speak → what is learnt of them, in short; "" where nothing is.
    trust : float
        In the text.
    """
    return {"program": __version__,
            "groups": ", ".join(f"{engine.group.id} {_digest_of(engine)}" for engine in engines),
            "witnesses": ", ".join(f"{name} {learnt}".strip()
                                   for name, learnt in witnesses.items()),
            "trust": f"{trust:g}"}


@lru_cache(maxsize=64)
def _digest_of(engine: Engine) -> str:
    """Of the decision table, the priors and the edition of the tariff."""
    rules = [(sorted((fact, sorted(values)) for fact, values in rule.allowed.items()),
              engine.table.outcomes[rule.outcome]) for rule in engine.table.rules]
    priors = [(fact, [f"{p:.6g}" for p in values])
              for fact, values in sorted(engine.priors.items())]
    return digest(rules, priors, str(engine.nomenclature.edition))


def differences(there: Mapping[str, str], here: Mapping[str, str]) -> tuple[Message, ...]:
    """In what a table and a case were made differently; a silent table differs in nothing."""
    if not there:
        return ()
    return tuple(Message.of(
        "conformal.difference", what=_name_of(name),
        there=there.get(name) or Message("conformal.nothing_there"),
        here=here.get(name) or Message("conformal.nothing_there"))
        for name in dict.fromkeys((*there, *here)) if there.get(name) != here.get(name))


_NAMES = ("program", "groups", "witnesses", "trust")


def _name_of(name: str) -> Sayable:
    return Message(f"conformal.{name}") if name in _NAMES else Words(name)


# -- what it promises

def promised(verdict: Verdict, calibration: Calibration, error: float, answered: bool = False
             ) -> Verdict:
    """A verdict whose safe digits are those that a table of known goods promises.

    Where it promises nothing they stay as they are, and the verdict says why: a good of which
    questions were answered, or whose code is an authority's, is not decided as those of the table.
    """
    if not verdict.codes:
        return verdict
    if answered or verdict.decision is not None:
        return replace(verdict, safe_by=_ANSWERED if answered else _DECISION)
    promise = calibration.promise(error)
    if not promise.digits:
        return replace(verdict, safe_by=Message.of(
            "conformal.few", n=f"{promise.n:.0f}", need=enough(error), error=_error(error)))
    way = verdict.way
    safe, p = promise.safe(way)
    return replace(verdict, safe_code=safe, p_safe=p, safe_by=_said(promise, way))


def _said(promise: Promise, way: Way) -> Message:
    threshold = promise.threshold(way)
    assert threshold is not None  # where something is promised there is one of all
    heading = {"heading": spaced(threshold.heading)} if threshold.kind == HEADING else {}
    said = Message.of(f"conformal.{threshold.kind}", n=f"{threshold.n:.0f}",
                      error=_error(promise.error), **heading)
    if promise.digits < LEVELS[-1]:
        return Message.of("conformal.cut", said=said, digits=promise.digits)
    return said


def _error(error: float) -> str:
    return share(error, 0 if error >= .01 else 1)


def safe_by(verdict: Verdict) -> Sayable:
    """On what the safe digits of a code rest; "" without a code."""
    return "" if not verdict.codes else MASSES if verdict.safe_by is None else verdict.safe_by


def remarks_on(calibration: Calibration) -> tuple[Sayable, ...]:
    """What is to be said of a table that counts: which of its rows don't."""
    return (Message.of("conformal.bad_rows", rows=Joined(calibration.problems, "; ")),) \
        if calibration.problems else ()


def refused(there: Mapping[str, str], here: Mapping[str, str]) -> Message | None:
    """Why a table does not count in a case; None: it does."""
    found = differences(there, here)
    return Message.of("conformal.made_by_others", differences=Joined(found, "; ")) \
        if found else None
