"""Which fact decides at a branching of the tariff, by the decision table."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from orangecontrib.customs.facts import Fact
from orangecontrib.customs.fusion.engine import Engine
from orangecontrib.customs.fusion.trace import (
    ESTABLISHED,
    NO,
    NOT_ESTABLISHED,
    YES,
    condition,
)
from orangecontrib.customs.i18n import Words

__all__ = ["OPEN", "Decider", "Need", "deciders", "needs"]

#: Bits from which on an open fact is said to decide; with less the masses are settled without it.
OPEN = .02


@dataclass(frozen=True)
class Decider:
    """A fact that tells branches apart.

    Attributes
    ----------
    fact : Fact
    condition : Words or None
        The fact with the values that are likeliest of those that the branches tell apart; None
        where nothing is known of the good.
    p : float
        Their probability, in a good that falls under one of the branches; NaN where nothing is
        known.
    established : bool
        Whether it is as high as the trace asks for.
    bits : float
        What the fact still tells of the branch: mutual information, with what is known of the good.
    worth : float
        What it tells before anybody has spoken: the same with the priors.
    """

    fact: Fact
    condition: Words | None
    p: float
    established: bool
    bits: float
    worth: float

    @property
    def open(self) -> bool:
        """Not established, and the branch depends on it."""
        return not self.established and (self.p != self.p or self.bits >= OPEN)


@dataclass(frozen=True)
class Need:
    """A condition that a code has, and whether the good meets it.

    Attributes
    ----------
    condition : Words
    answer : str
        :data:`~.trace.YES`, :data:`~.trace.NO` or :data:`~.trace.NOT_ESTABLISHED`.
    p : float
        P(the fact has one of these values).
    """

    condition: Words
    answer: str
    p: float


def deciders(engine: Engine, branches: Sequence[Sequence[str]],
             masses: Sequence[float] | None = None,
             facts: Mapping[str, Sequence[float]] | None = None) -> tuple[Decider, ...]:
    """Facts whose values differ between branches, that which decides first.

    Open facts come first, by what they still tell of the branch; then those that are
    established, by what they told before anybody had spoken.  Within a branch codes are weighed
    as the facts alone have them.

    Parameters
    ----------
    engine : Engine
    branches : sequence of sequence of str
        Per branch the nodes of which it consists: one, or those that are folded.
    masses : sequence of float, optional
        P of each branch, by all witnesses.
    facts : dict of str to sequence of float, optional
        P of the values of each fact; without them only names of facts come out.
    """
    table = engine.table
    of = np.array([[_share(table.outcomes[rule.outcome], nodes) for rule in table.rules]
                   for nodes in branches]).reshape(len(branches), len(table.rules))
    told = (of > 0).any(axis=1)
    if told.sum() < 2:
        return ()
    of = of[told]
    before = {fact: np.asarray(engine.priors[fact], dtype=float) for fact in table.vocabulary}
    now = {fact: p if facts is None or fact not in facts else np.asarray(facts[fact], dtype=float)
           for fact, p in before.items()}
    weights = None if masses is None else np.asarray(masses, dtype=float)[told]
    found = []
    for fact, spec in table.vocabulary.items():
        leads = _leads(engine, of, fact)
        if (leads == leads[:1]).all():
            continue
        worth = _bits(_joint(engine, of, before, fact, None))
        if facts is None or fact not in facts:
            found.append(Decider(spec, None, float("nan"), False, worth, worth))
            continue
        bits = _bits(_joint(engine, of, now, fact, weights))
        alike, p = _likeliest(leads, now[fact])
        values = frozenset(spec.value_ids[number] for number in alike)
        found.append(Decider(spec, condition(engine, fact, values), p, p >= ESTABLISHED, bits,
                             worth))
    return tuple(sorted(found, key=lambda one: (
        not one.open, -one.bits if one.open else -one.worth)))


def needs(engine: Engine, node: str, facts: Mapping[str, Sequence[float]]) -> tuple[Need, ...]:
    """What the likeliest way to a node of the tariff asks of a good, what is not met first.

    Parameters
    ----------
    node : str
        A code of any number of digits.
    facts : dict of str to sequence of float
        P of the values of each fact.
    """
    table = engine.table
    ways = [rule for rule in table.rules
            if any(code.startswith(node) for code in table.outcomes[rule.outcome])]
    if not node or not ways:
        return ()

    def met(fact: str, values: frozenset[str]) -> float:
        spec = table.vocabulary[fact]
        return min(1., float(sum(facts[fact][spec.index(value)] for value in values)))
    likeliest = max(ways, key=lambda rule: float(np.prod(
        [met(fact, values) for fact, values in rule.allowed.items()])))
    found = []
    for fact, values in likeliest.allowed.items():
        p = met(fact, values)
        answer = YES if p >= ESTABLISHED else NO if p <= 1 - ESTABLISHED else NOT_ESTABLISHED
        found.append(Need(condition(engine, fact, values), answer, p))
    return tuple(sorted(found, key=lambda need: need.p))


def _share(codes: Sequence[str], nodes: Sequence[str]) -> float:
    """Share of the candidates of an outcome that lie under nodes."""
    return sum(code.startswith(tuple(nodes)) for code in codes) / len(codes)


def _allowed(engine: Engine, fact: str) -> np.ndarray:
    """Which values of a fact each rule allows: bool, shape (n_rules, k)."""
    key = ("allowed", fact)
    if key not in engine.said:
        ids = engine.table.vocabulary[fact].value_ids
        engine.said[key] = np.array([[value in rule.allowed.get(fact, ids) for value in ids]
                                     for rule in engine.table.rules])
    found: np.ndarray = engine.said[key]
    return found


def _leads(engine: Engine, of: np.ndarray, fact: str) -> np.ndarray:
    """Whether a value can lead to a branch: bool, shape (n_branches, k)."""
    return np.array([_allowed(engine, fact)[share > 0].any(axis=0) for share in of])


def _joint(engine: Engine, of: np.ndarray, p: Mapping[str, np.ndarray], fact: str,
           masses: np.ndarray | None) -> np.ndarray:
    """P(branch, value), shape (n_branches, k), of the goods in these branches."""
    of_rule = np.ones(of.shape[1])
    for other, values in p.items():
        if other != fact:
            of_rule = of_rule * (_allowed(engine, other) * values).sum(axis=1)
    joint = (of * of_rule) @ (_allowed(engine, fact) * p[fact])
    if masses is not None:  # of a branch that the facts exclude nothing is known
        total = joint.sum(axis=1, keepdims=True)
        joint = np.where(total > 0, joint / np.where(total > 0, total, 1), 0) * masses[:, None]
    whole = joint.sum()
    return joint / whole if whole > 0 else joint


def _bits(joint: np.ndarray) -> float:
    """Mutual information of rows and columns."""
    alone = joint.sum(axis=1, keepdims=True) * joint.sum(axis=0, keepdims=True)
    some = (joint > 0) & (alone > 0)
    return max(0., float((joint[some] * np.log2(joint[some] / alone[some])).sum()))


def _likeliest(leads: np.ndarray, p: np.ndarray) -> tuple[list[int], float]:
    """The likeliest values among which the branches make no difference, and their P.

    It is that among the values that lead to any of the branches.
    """
    kinds: dict[bytes, list[int]] = {}
    for number in np.flatnonzero(leads.any(axis=0)):
        kinds.setdefault(leads[:, number].tobytes(), []).append(int(number))
    best = max(kinds.values(), key=lambda some: p[some].sum())
    whole = float(p[leads.any(axis=0)].sum())
    return best, min(1., float(p[best].sum()) / whole) if whole > 0 else 0.
