"""Several groups decide a good: each by its own table, then between them.

Groups exclude each other: a good is of one of them, or of none.  With P_g the conclusion of
group g by itself, that leaves the odds P_g(inside) / P_g(none) to each group against 1 for none.
A group of which nothing is said takes no part: silence is not evidence, and its prior alone must
not make a code.  Where several are spoken of, their priors of being inside make way for equal
ones, together as high as the lowest of theirs: a group's prior holds for goods that are sent to
this group, and does not compare it with others.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from orangecontrib.customs.defaults import ERROR
from orangecontrib.customs.facts import Evidence
from orangecontrib.customs.fusion.classifier import outside_of
from orangecontrib.customs.fusion.engine import MODEL, Engine, Witness
from orangecontrib.customs.fusion.verdict import (
    Beside,
    Verdict,
    Voice,
    blind,
    decide,
    decide_block,
)
from orangecontrib.customs.groups import vocabulary_of
from orangecontrib.customs.i18n import Joined, Message
from orangecontrib.customs.nomenclature.decision_table import OUTSIDE

__all__ = ["Answer", "codes_of", "decide_among", "masses_among", "vocabulary_of"]


@dataclass(frozen=True)
class Answer:
    """The term of a classifier: how likely its answer is under each code.

    Attributes
    ----------
    odds : ndarray, shape (N, n_codes)
        For :func:`codes_of` the groups.
    classes : tuple of str
        Codes that it knows.
    """

    odds: np.ndarray
    classes: tuple[str, ...] = ()


def codes_of(engines: Sequence[Engine]) -> list[str]:
    """All codes of the groups' tables, sorted."""
    return sorted({code for engine in engines for code in engine.codes})


def decide_among(engines: Sequence[Engine], witnesses: Sequence[Witness], keys: Sequence[str], *,
                 error: float = ERROR, answer: Answer | None = None,
                 progress: Callable[[int, int], None] | None = None, block: int = 2048
                 ) -> list[Verdict]:
    """Verdicts of the groups on goods, in the order of their keys.

    Parameters
    ----------
    engines : sequence of Engine
        With one of them this is :func:`.verdict.decide`, bit for bit.
    witnesses : sequence of Witness
        What they say of facts that no group has is left aside.
    keys : sequence of str
    error : float
        Accepted probability that the safe code is wrong.
    answer : Answer, optional
        Of a classifier, for `keys` in order.
    progress : callable, optional
        Called with (done, total).
    """
    hearings, heard = _heard(engines, witnesses, keys, answer)
    if len(engines) == 1:  # alone it also says why a good of which nothing is said has no code
        heard[:] = True
    times, done = heard.sum(axis=0), 0
    verdicts: dict[str, Verdict] = {}

    def advance(some: list[Verdict]) -> None:
        verdicts.update((verdict.key, verdict) for verdict in some)
        if progress is not None and some:
            progress(len(verdicts), len(keys))
    advance([_unheard(engines, keys[row], answer, row) for row in np.flatnonzero(times == 0)])
    for hearing, said in zip(hearings, heard):
        rows, done = np.flatnonzero(said & (times == 1)), len(verdicts)
        if len(rows):
            mine = hearing.part(rows)
            told = None if progress is None else _beyond(progress, done, len(keys))
            advance(decide(mine.engine, mine.witnesses, error=error, odds=mine.odds,
                           keys=mine.keys, block=block, progress=told))
    between = np.flatnonzero(times > 1)
    for start in range(0, len(between), block):
        rows = between[start:start + block]
        advance(_between([hearing.part(rows) for hearing in hearings], heard[:, rows], error))
    return [verdicts[key] for key in keys]


def masses_among(engines: Sequence[Engine], witnesses: Sequence[Witness], keys: Sequence[str],
                 answer: Answer | None = None) -> np.ndarray:
    """P of all codes as :func:`decide_among` has it, without what it takes to explain them.

    Returns
    -------
    ndarray, shape (N, n_codes)
        For :func:`codes_of` the groups; rows of NaN where nothing is said.
    """
    hearings, heard = _heard(engines, witnesses, keys, answer)
    if len(engines) == 1 and hearings[0].odds is not None:  # it alone hears of other goods, too
        odds = hearings[0].odds
        heard |= (odds != odds[:, :1]).any(axis=1)
    at = {code: column for column, code in enumerate(codes_of(engines))}
    masses = np.full((len(keys), len(at)), np.nan)
    masses[heard.any(axis=0)] = 0.
    outcomes = [hearing.outcomes(hearing.total, hearing.odds) for hearing in hearings]
    weights, whole = _weights(hearings, heard, outcomes)
    one = heard.sum(axis=0) == 1
    for hearing, said, some, weight in zip(hearings, heard, outcomes, weights):
        own = hearing.engine.table.code_probabilities(some)
        inside = 1 - hearing.engine.none(some)
        # who is heard alone knows what it is by itself
        share = np.where(one, 1., weight / whole / inside)
        for column, code in enumerate(hearing.engine.codes):
            rows = said & one if code == OUTSIDE else said
            masses[rows, at[code]] += (own[:, column] * share)[rows]
    if OUTSIDE in at:
        between = heard.sum(axis=0) > 1
        masses[between, at[OUTSIDE]] = (1 / whole)[between]
    return masses


def _heard(engines: Sequence[Engine], witnesses: Sequence[Witness], keys: Sequence[str],
           answer: Answer | None) -> tuple[list[_Hearing], np.ndarray]:
    """What is said to each group, and of which goods anything is: (n_engines, N)."""
    hearings = [_Hearing.of(engine, engines, witnesses, keys, answer) for engine in engines]
    heard = np.array([hearing.heard for hearing in hearings]).reshape(len(engines), len(keys))
    return _doubted(hearings), heard


def _weights(hearings: Sequence[_Hearing], heard: np.ndarray, outcomes: Sequence[np.ndarray]
             ) -> tuple[np.ndarray, np.ndarray]:
    """The odds of each group against none, (n_engines, N), and of all there is, (N,)."""
    own = np.array([h.weight(o) for h, o in zip(hearings, outcomes)])
    prior = np.array([[hearing.prior] for hearing in hearings])
    weights = np.where(heard, own / prior * _common(hearings, heard), 0.)
    return weights, 1 + weights.sum(axis=0)


def _common(hearings: Sequence[_Hearing], heard: np.ndarray) -> np.ndarray:
    """What takes the place of the priors of groups that are spoken of together, (N,)."""
    prior = np.array([[hearing.prior] for hearing in hearings])
    return np.where(heard, prior, np.inf).min(axis=0) / np.maximum(heard.sum(axis=0), 1)


def _beyond(progress: Callable[[int, int], None], done: int, total: int
            ) -> Callable[[int, int], None]:
    """Progress of a part, where others are done before it."""
    return lambda n, _: progress(done + n, total)


def _unheard(engines: Sequence[Engine], key: str, answer: Answer | None, row: int) -> Verdict:
    """A good of which no witness says anything, unless a model that it is somewhere else."""
    verdict = blind(key)
    if answer is None or (answer.odds[row] == answer.odds[row, 0]).all():
        return verdict
    return replace(verdict, problems=(_outside(engines),))


def _outside(engines: Sequence[Engine]) -> Message:
    return Message.of("groups.outside", names=Joined(tuple(e.group.name for e in engines)))


@dataclass(frozen=True)
class _Hearing:
    """What is said of some goods with a group's facts and codes."""

    engine: Engine
    keys: Sequence[str]
    witnesses: Sequence[Witness]    #: aligned with the keys
    odds: np.ndarray | None         #: of the codes of the group
    classes: Sequence[str] = ()     #: of the classifier

    @classmethod
    def of(cls, engine: Engine, engines: Sequence[Engine], witnesses: Sequence[Witness],
           keys: Sequence[str], answer: Answer | None) -> _Hearing:
        own = [witness.on(engine.priors) for witness in witnesses]
        own = [replace(witness, evidence=witness.evidence.align(keys)) for witness in own]
        if answer is None:
            return cls(engine, keys, own, None)
        odds = answer.odds
        if len(engines) > 1:
            at = {code: column for column, code in enumerate(codes_of(engines))}
            odds = np.ascontiguousarray(odds[:, [at[code] for code in engine.codes]])
        return cls(engine, keys, own, odds, answer.classes)

    @property
    def meets(self) -> bool:
        """Whether the classifier knows a code of the group."""
        return not all(outside_of(tuple(self.classes), tuple(self.engine.codes)))

    def part(self, rows: np.ndarray) -> _Hearing:
        """The same of some of the goods."""
        if len(rows) == len(self.keys):
            return self
        keys = tuple(self.keys[row] for row in rows)
        return replace(self, keys=keys, odds=None if self.odds is None else self.odds[rows],
                       witnesses=[replace(w, evidence=w.evidence.align(keys))
                                  for w in self.witnesses])

    @property
    def says(self) -> list[np.ndarray]:
        """Per witness, of which goods it says anything."""
        return [np.logical_or.reduce([w.evidence.says(fact) for fact in w.evidence.loglik]
                                     or [np.zeros(len(self.keys), dtype=bool)])
                for w in self.witnesses]

    @property
    def answers(self) -> np.ndarray:
        """Of which goods the classifier says anything that is of the group."""
        return np.zeros(len(self.keys), dtype=bool) if self.odds is None or not self.meets \
            else (self.odds != self.odds[:, :1]).any(axis=1)

    @property
    def heard(self) -> np.ndarray:
        """Of which goods anything is said."""
        return np.logical_or.reduce([self.answers, *self.says])

    @cached_property
    def tempered(self) -> list[Evidence]:
        return [witness.tempered(self.engine.priors) for witness in self.witnesses]

    @cached_property
    def total(self) -> Evidence:
        return sum(self.tempered, Evidence(self.keys))

    def outcomes(self, evidence: Evidence, odds: np.ndarray | None = None) -> np.ndarray:
        """P(outcome) of the group by itself."""
        return self.engine.weigh(evidence.posterior(self.engine.priors), odds)[0]

    def weight(self, outcomes: np.ndarray) -> np.ndarray:
        """P(inside) / P(none)."""
        none = self.engine.none(outcomes)
        return (1 - none) / none

    @cached_property
    def prior(self) -> float:
        """This weight where nothing is said."""
        return self.weight(self.outcomes(Evidence(("",))))[0]

    def factors(self, evidence: Evidence) -> np.ndarray:
        """How many times likelier evidence makes it that a good is of the group."""
        return self.weight(self.outcomes(evidence)) / self.prior

    @cached_property
    def known(self) -> np.ndarray:
        """Which codes of the group the classifier knows."""
        return ~np.array(outside_of(tuple(self.engine.codes), tuple(self.classes)), dtype=bool)

    @cached_property
    def favour(self) -> np.ndarray:
        """How likely the classifier's answer is under the best code of the group that it knows."""
        return self.odds[:, self.known].max(axis=1, initial=0.) \
            if self.odds is not None and self.meets else np.zeros(len(self.keys))


def _doubted(hearings: Sequence[_Hearing]) -> list[_Hearing]:
    """A classifier that speaks for one group says something of another's codes that it doesn't
    know, too: they are no likelier than the best one that it knows there."""
    best = np.max([hearing.favour for hearing in hearings], axis=0)
    doubted = []
    for hearing in hearings:
        rows = hearing.favour < best
        if hearing.odds is not None and hearing.meets and rows.any():
            odds = hearing.odds.copy()
            unknown = ~hearing.known & (np.array(hearing.engine.codes) != OUTSIDE)
            odds[np.ix_(rows, unknown)] = np.minimum(odds[np.ix_(rows, unknown)],
                                                     hearing.favour[rows, None])
            hearing = replace(hearing, odds=odds)
        doubted.append(hearing)
    return doubted


def _between(hearings: Sequence[_Hearing], heard: np.ndarray, error: float) -> list[Verdict]:
    """Verdicts on goods of which several groups hear."""
    outcomes = [hearing.outcomes(hearing.total, hearing.odds) for hearing in hearings]
    prior, common = np.array([[hearing.prior] for hearing in hearings]), _common(hearings, heard)
    weights, whole = _weights(hearings, heard, outcomes)
    # where only a classifier speaks there is no witness at all
    by_facts = [np.logical_or.reduce([np.zeros(len(hearing.keys), dtype=bool), *hearing.says])
                for hearing in hearings]
    # a group that only a classifier speaks of, and against which it speaks, makes no code
    favours = np.array([hearing.favour for hearing in hearings])
    spoken = by_facts | (favours > 1) | (favours == favours.max(axis=0))
    first = np.where(spoken, weights, -1.).argmax(axis=0)
    masses = [h.engine.table.code_probabilities(o) for h, o in zip(hearings, outcomes)]
    verdicts: dict[str, Verdict] = {}
    for g, hearing in enumerate(hearings):
        rows = np.flatnonzero(first == g)
        if not len(rows):
            continue
        mine, others = hearing.part(rows), []
        for row in rows:
            codes: dict[str, float] = {}
            for h in np.flatnonzero(heard[:, row] & (np.arange(len(hearings)) != g)):
                engine = hearings[h].engine
                scale = weights[h, row] / whole[row] \
                    / (1 - engine.none(outcomes[h][row:row + 1])[0])
                for code, p in zip(engine.codes, masses[h][row]):
                    codes[code] = codes.get(code, 0.) + float(p * scale)
            others.append({**codes, OUTSIDE: float(1 / whole[row])})
        voices = [Voice(witness, evidence, mine.engine)
                  for witness, evidence in zip(mine.witnesses, mine.tempered)]
        alone = prior[g] / common[rows]
        beside = Beside(alone, alone * (whole - weights[g])[rows], others)
        verdicts.update((verdict.key, verdict) for verdict in decide_block(
            mine.engine, voices, mine.total, error, mine.odds, beside))
    torn = _torn(hearings)
    # only words, photos and answers can say that the law excludes a good, each group for itself
    excluded = [says & (hearing.factors(hearing.total) * common < 1)
                for hearing, says in zip(hearings, by_facts)]
    return [_said(hearings, verdicts[key], [says[row] for says in by_facts],
                  [out[row] for out in excluded], torn[row])
            for row, key in enumerate(hearings[0].keys)]


def _said(hearings: Sequence[_Hearing], verdict: Verdict, by_facts: Sequence[bool],
          excluded: Sequence[bool], torn: list[Message]) -> Verdict:
    """A verdict with what the groups have to say together."""
    if verdict.codes:
        return replace(verdict, problems=(*verdict.problems, *torn))
    law = [hearing.engine.outside for hearing, out in zip(hearings, excluded) if out]
    sure = len(law) == sum(by_facts) > 0
    outside = _outside([hearing.engine for hearing in hearings])
    return replace(verdict, group="", p=verdict.probabilities[OUTSIDE] if sure else np.nan,
                   steps=verdict.steps if sure else (),
                   problems=tuple(dict.fromkeys([outside, *law, *torn])))


def _torn(hearings: Sequence[_Hearing]) -> list[list[Message]]:
    """Per good, a problem where one witness speaks for one group and another for another."""
    names = [witness.name for witness in hearings[0].witnesses]
    favours = [np.array([np.where(h.says[w], h.factors(h.tempered[w]), 0.) for h in hearings])
               for w in range(len(names))]
    if hearings[0].odds is not None:
        names.append(Message(f"witness.{MODEL}"))
        favours.append(np.array([np.where(h.answers, h.favour, 0.) for h in hearings]))
    # which group a witness speaks for, −1: for none
    chosen = [np.where(some.max(axis=0) > 1, some.argmax(axis=0), -1) for some in favours]
    found: list[list[Message]] = []
    for row in range(len(hearings[0].keys)):
        said = [(name, groups[row]) for name, groups in zip(names, chosen) if groups[row] >= 0]
        found.append([Message.of("groups.torn", said=Joined(tuple(
            Message.of("groups.speaks_for", witness=name, group=hearings[g].engine.group.name)
            for name, g in said), "; "))] if len({g for _, g in said}) > 1 else [])
    return found
