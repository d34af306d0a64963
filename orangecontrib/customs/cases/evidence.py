"""Who says what of each fact of a good: text, photos, prior and answer on one axis."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from orangecontrib.customs.facts import Evidence, Fact, Value
from orangecontrib.customs.fusion.engine import Engine, Witness
from orangecontrib.customs.fusion.trace import NO, NOT_ESTABLISHED, YES
from orangecontrib.customs.fusion.verdict import Verdict
from orangecontrib.customs.i18n import Joined, Message, Sayable, Words
from orangecontrib.customs.i18n.numbers import log_odds, percent, place, weighed

from .case import Case

__all__ = ["FactRow", "Said", "fact_rows"]

PRIOR = Message("card.prior")


@dataclass(frozen=True)
class Said:
    """What one witness says of the value that is shown, by itself.

    Attributes
    ----------
    witness : str
        Its id.
    name : Message or Words
    value : Value
        What it takes for the likeliest.
    p : float
        P(the value that is shown), by this witness and the prior.
    weight : float
        Log-odds that it adds to the prior: above 0 for the value that is shown.
    note : str or Message
        The words, photos or answer that it rests on.
    """

    witness: str
    name: Message | Words
    value: Value
    p: float
    weight: float
    note: Sayable = ""

    @property
    def place(self) -> float:
        """Where it stands on the axis, from 0 to 1."""
        return place(self.p)

    @property
    def words(self) -> Message:
        """«за, сильно»."""
        return weighed(self.weight)

    @property
    def line(self) -> Joined | Message:
        """All of it in one line, with the numbers."""
        said = Message.of("card.speaks", witness=self.name, words=self.words, p=Joined(
            (percent(self.p), Message.of("card.odds", odds=self.weight)), ", "))
        return Joined((said, self.note), ": ") if self.note else said


@dataclass(frozen=True)
class FactRow:
    """A fact of a good.

    Attributes
    ----------
    fact : Fact
    value : Value
        The likeliest by all that is said; what the axis is about.
    p, prior : float
        Its probability, and that before anybody speaks.
    said : tuple of Said
        Text, photos, the analyst's answer, as far as they speak.
    decides : bool
        Whether the code needs the fact.
    answer : str
        Whether the fact is as the code needs it: see :mod:`..fusion.trace`.
    asked : bool
        Whether it is worth asking.
    contradicted : bool
        Whether two witnesses contradict each other.
    answered : str
        The value that was answered by hand, or "".
    source : str
        Where the prior comes from, if it is not the group's own.
    """

    fact: Fact
    value: Value
    p: float
    prior: float
    said: tuple[Said, ...]
    decides: bool = False
    answer: str = ""
    asked: bool = False
    contradicted: bool = False
    answered: str = ""
    source: str = ""

    @property
    def assumed(self) -> bool:
        """Whether only the prior speaks of it."""
        return not self.said

    @property
    def place(self) -> float:
        """Where all together stand on the axis."""
        return place(self.p)

    @property
    def prior_place(self) -> float:
        return place(self.prior)

    @property
    def lines(self) -> tuple[Joined | Message, ...]:
        """The numbers, a line each: all together, each witness, the prior and its source."""
        return (Message.of("card.p_of", name=Joined((self.fact, self.value), ": "),
                           p=percent(self.p)),
                *(said.line for said in self.said),
                Message.of("card.p_of", name=PRIOR, p=percent(self.prior)),
                *([Message.of("card.prior_source", source=self.source)] if self.source else ()))

    @property
    def rank(self) -> tuple[bool | int, ...]:
        """What is to be read first has the lowest."""
        unsure = {NO: 0, NOT_ESTABLISHED: 1, YES: 2}.get(self.answer, 3)
        return (not self.contradicted, not self.asked, not self.decides, self.assumed, unsure)


def fact_rows(case: Case, row: int, verdict: Verdict,
              answers: Mapping[str, Mapping[str, str]] | None = None) -> tuple[FactRow, ...]:
    """The facts of a good's group and those that were answered, what is to be read first in front.

    Parameters
    ----------
    case : Case
    row : int
        Of the good in the case.
    verdict : Verdict
    answers : dict of str to dict, optional
        As in :meth:`.Case.decide`.
    """
    mine = (answers or {}).get(verdict.key, {})
    held = case.beliefs(row, answers)
    steps = {step.fact: step for step in verdict.steps if step.fact}
    asked = {question.fact for question in verdict.questions}
    odd = {discrepancy.fact for discrepancy in verdict.discrepancies}
    rows, seen = [], set()
    for engine in case.engines:
        witnesses = case.witnesses_of(row, answers, engine)
        for id_ in engine.group.vocabulary:
            wanted = verdict.group in ("", engine.group.id) or id_ in mine
            if id_ in seen or not wanted:
                continue
            seen.add(id_)
            fact = case.vocabulary[id_]
            at = fact.index(held[id_].value)
            prior = float(engine.priors[id_][at])
            said = tuple(_said(fact, at, prior, verdict.key, *witness)
                         for witness in witnesses if witness[1].says(id_)[0])
            step = steps.get(id_)
            rows.append(FactRow(
                fact, fact.values[at], held[id_].p, prior, said, step is not None,
                step.answer if step is not None else "", id_ in asked, id_ in odd,
                mine.get(id_, ""), _source(engine, id_)))
    return tuple(sorted(rows, key=lambda row: row.rank))


def _source(engine: Engine, fact: str) -> str:
    """Where a prior comes from that was given in the place of the group's own."""
    source = engine.priors.sources.get(fact, "")
    return "" if source == engine.group.priors.sources.get(fact) else source


def _said(fact: Fact, at: int, prior: float, key: str, witness: Witness,
          evidence: Evidence, alone: Mapping[str, np.ndarray]) -> Said:
    p = alone[fact.id][0]
    return Said(witness.id, witness.name, fact.values[int(p.argmax())], float(p[at]),
                log_odds(float(p[at])) - log_odds(prior), witness.notes.get((key, fact.id), ""))

