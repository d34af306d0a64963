"""Priors from a history: how common values of facts are among the codes that people stood by.

A code tells facts only in part.  Under the decision table P(value | code) is exact, and the
priors that explain the codes best are found by expectation–maximisation (Dempster, Laird & Rubin,
1977), the group's own priors counting as :data:`WEIGHT` decisions (a Dirichlet prior)::

    π(v) ← (Σ over decisions of P(v | code) + WEIGHT · own(v)) / (n + WEIGHT)

A code for which a fact is not asked says nothing of it: its P(v | code) is π(v) itself, and only
the decisions that tell something outweigh the group's own.  With few decisions the result is near
the group's own priors, with 50 that tell the fact half-way.

Goods that are none of the group have no code of it, so that the history lacks them: as many as the
priors expect are reckoned in (truncated data, *ibid.* §4.2).  Whether goods are of the group at all
is left as the group has it: that depends on what is sent to the program.
"""
from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from orangecontrib.customs.facts import Priors
from orangecontrib.customs.fusion.engine import Engine
from orangecontrib.customs.i18n import Message, say

from .entry import Entry
from .summary import last_words

__all__ = ["WEIGHT", "History", "history_of", "priors_of", "rows_of"]

#: Decisions that a group's own prior of a fact weighs like.
WEIGHT = 50.
#: The priors have converged when no probability moves further.
TOLERANCE = 1e-9
#: Rounds at the most; each is a few milliseconds.
ROUNDS = 500
#: P(v | code) that differs by less from P(v) tells nothing of the fact.
TELLING = 1e-9


@dataclass(frozen=True)
class History:
    """Priors of a group from a ledger.

    Attributes
    ----------
    priors : Priors
        Of the facts of which the decisions tell something, each with its source.
    decisions : int
        That the group's table knows.
    telling : dict of str to int
        By fact: decisions whose code tells something of it.
    first, last : str
        Days of the first and of the last one.
    """

    priors: Priors
    decisions: int
    telling: Mapping[str, int]
    first: str = ""
    last: str = ""


def history_of(entries: Iterable[Entry], engine: Engine, weight: float = WEIGHT) -> History:
    """Priors of a group from the last word on each good.

    A code of fewer than ten digits counts for all codes below it together; one that the group's
    table doesn't have is left out.

    Parameters
    ----------
    weight : float
        See :data:`WEIGHT`.
    """
    known = [(entry, codes) for entry in last_words(entries)
             if (codes := _codes_under(engine, entry.found))]
    if not known:
        return History(Priors({}), 0, {})
    counts = Counter(codes for _, codes in known)
    found = priors_of(engine, counts, weight)
    telling = _telling(engine, counts)
    days = sorted(entry.at[:10] for entry, _ in known)
    facts = [fact for fact in found if telling[fact]]
    sources = {fact: say(Message.of(
        "ledger.prior_source", n=telling[fact], first=days[0][:7], last=days[-1][:7],
        weight=f"{weight:g}")) for fact in facts}
    return History(Priors({fact: found[fact] for fact in facts}, sources), len(known),
                   {fact: telling[fact] for fact in facts}, days[0], days[-1])


def priors_of(engine: Engine, counts: Mapping[tuple[int, ...], float], weight: float = WEIGHT
              ) -> dict[str, np.ndarray]:
    """The priors that explain codes best, drawn to the engine's own.

    Parameters
    ----------
    counts : dict of tuple of int to float
        Positions in the engine's codes, of which one is right → how many decisions.

    Returns
    -------
    dict of str to ndarray, shape (k,)
    """
    own = _own(engine)
    asked = [fact for fact in own if fact not in engine.gate]
    inside = tuple(place for place, code in enumerate(engine.codes) if code.isdigit())
    outside = tuple(place for place, code in enumerate(engine.codes) if not code.isdigit())
    sets = [*counts, *([outside] if outside else [])]
    seen = np.array(list(counts.values()), float)
    current = dict(own)
    for _ in range(ROUNDS):
        mass, given = _given(engine, current, [*sets, inside])
        n = np.append(seen, seen.sum() * mass[-2] / mass[-1]) if outside else seen
        new = {fact: (n @ given[fact][:-1] + weight * own[fact]) / (n.sum() + weight)
               for fact in asked}
        moved = max(float(np.abs(new[fact] - current[fact]).max()) for fact in asked)
        current = {**current, **new}
        if moved < TOLERANCE:
            break
    return {fact: current[fact] for fact in asked}


def _given(engine: Engine, priors: Mapping[str, np.ndarray], sets: Sequence[tuple[int, ...]]
           ) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """P(one of these codes), (sets,), and P(value | one of them) per fact, (sets, k); exact."""
    facts = [(fact, value) for fact in priors for value in range(len(priors[fact]))]
    rows = {fact: np.tile(p, (len(facts), 1)) for fact, p in priors.items()}
    for row, (fact, value) in enumerate(facts):
        rows[fact][row] = np.eye(len(priors[fact]))[value]
    codes = engine.table.code_probabilities(engine.table.outcome_probabilities(rows))
    # P(one of the codes | value), of shape (values of all facts, sets)
    likelihood = np.array([codes[:, list(some)].sum(axis=1) for some in sets]).T
    result, start, mass = {}, 0, np.ones(len(sets))
    for fact, p in priors.items():
        joint = likelihood[start:start + len(p)].T * p
        start += len(p)
        mass = joint.sum(axis=1)
        result[fact] = joint / mass[:, None]
    return mass, result


def _own(engine: Engine) -> dict[str, np.ndarray]:
    """The group's own priors of the facts that its table asks."""
    return {fact: np.asarray(p, float) for fact, p in engine.priors.items()
            if fact in engine.table.vocabulary}


def _telling(engine: Engine, counts: Mapping[tuple[int, ...], float]) -> dict[str, int]:
    """Decisions that tell something of each fact."""
    own = _own(engine)
    given = _given(engine, own, list(counts))[1]
    n = np.array(list(counts.values()))
    return {fact: int(n[(np.abs(given[fact] - p) > TELLING).any(axis=1)].sum())
            for fact, p in own.items()}


def _codes_under(engine: Engine, found: str) -> tuple[int, ...]:
    """Positions of the engine's codes that a code stands for; () where it has none."""
    return tuple(position for position, code in enumerate(engine.codes)
                 if code.isdigit() and (code.startswith(found) or found.startswith(code)))


def rows_of(history: History, engine: Engine) -> list[dict[str, object]]:
    """``fact, value, probability, source`` as *Priors* of HS Code Fusion and ``--priors`` take."""
    vocabulary = engine.table.vocabulary
    return [{"fact": fact, "value": value, "probability": f"{p:.6g}",
             "source": history.priors.sources[fact]}
            for fact in history.priors
            for value, p in zip(vocabulary[fact].value_ids, history.priors[fact])]
