"""The legal trace: which lines of the tariff, on which facts, on whose word."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, cast

from orangecontrib.customs.facts import Evidence
from orangecontrib.customs.fusion.engine import Belief, Engine, Witness
from orangecontrib.customs.i18n import Joined, Message, Sayable, Words, say
from orangecontrib.customs.nomenclature.decision_table import DecisionTable, Rule

__all__ = ["ASSUMED", "NO", "NOT_ESTABLISHED", "YES", "Step", "Voice", "condition", "line_step",
           "trace_steps", "trace_text"]

#: A fact is established above this probability of the values that the rule needs.
ESTABLISHED = 0.9
#: Probabilities that differ by less are the same.
ROUNDING = 1e-9
#: Whether a fact is as the rule needs it.
YES, NO, NOT_ESTABLISHED = "yes", "no", "not_established"
_ANSWERS = {id_: Message(f"fusion.{id_}") for id_ in (YES, NO, NOT_ESTABLISHED)}
#: What the trace says of a fact that only a prior speaks of.
ASSUMED = Message("fusion.assumed")


@dataclass(frozen=True)
class Step:
    """One condition of the code.

    Attributes
    ----------
    kind : str
        "basis" (note, GIR), "line" (a node of the tariff) or "fact"; "decision" (of an
        authority, that gives the code), "practice" (what would be said without it), "guard" (the
        official wording changed).
    what : Sayable
        The designation, or the fact with the values that the code needs.
    answer : str
        For facts: :data:`YES`, :data:`NO` or :data:`NOT_ESTABLISHED`.
    p : float
        For facts: P(the fact has one of these values).
    said_by : tuple
        For facts: who says so and where; nobody where only a prior speaks of it.
    fact : str
    """

    kind: str
    what: Sayable
    answer: str = ""
    p: float = 1.
    said_by: tuple[Sayable, ...] = ()
    fact: str = ""

    @property
    def assumed(self) -> bool:
        """Whether only a prior speaks of the fact."""
        return self.kind == "fact" and not self.said_by

    @property
    def text(self) -> str:
        """What the code needs, in the language that is spoken."""
        return say(self.what)

    @property
    def answer_text(self) -> str:
        """The answer, in the language that is spoken."""
        return say(_ANSWERS[self.answer]) if self.answer else ""

    @property
    def source(self) -> str:
        """Who says so and where, in the language that is spoken."""
        return say(ASSUMED) if self.assumed else "; ".join(map(say, self.said_by))


class Voice:
    """What a witness says of a block of goods: its evidence, as the fusion uses it."""

    def __init__(self, witness: Witness, evidence: Evidence, engine: Engine):
        self.name = witness.name
        self.notes = witness.notes
        self.says = {fact: evidence.says(fact) for fact in engine.priors}
        self.alone = evidence.posterior(engine.priors)


def trace_steps(engine: Engine, belief: Belief, voices: Sequence[Voice], i: int,
                codes: Sequence[str]) -> tuple[Step, ...]:
    """Steps from the group to the code of good `i`."""
    table, key = engine.table, belief.keys[i]
    rule = _likeliest_rule(table, belief, i, codes)
    steps = [Step("basis", table.basis[rule.line])]
    if codes[0].isdigit():
        steps += [line_step(engine, node.code) for node in engine.nomenclature.path(codes[0])]
        steps += [line_step(engine, code) for code in codes[1:]]
    for fact, spec in table.vocabulary.items():
        if fact not in rule.allowed:
            continue
        p = float(sum(belief.facts[fact][i][spec.index(v)] for v in rule.allowed[fact]))
        answer = YES if p >= ESTABLISHED else NO if p <= 1 - ESTABLISHED else NOT_ESTABLISHED
        said_by: list[Sayable] = []
        for voice in voices:
            if voice.says[fact][i]:
                note = voice.notes.get((key, fact), "")
                name: Sayable = voice.name
                if not _supports(voice, engine, fact, i, rule.allowed[fact]):
                    name = Message.of("witness.against", witness=voice.name)
                said_by.append(Joined((name, note), ": ") if note else name)
        steps.append(Step("fact", condition(engine, fact, rule.allowed[fact]), answer, p,
                          tuple(said_by), fact))
    return tuple(steps)


def line_step(engine: Engine, code: str) -> Step:
    """The step of a node of the tariff; made once."""
    if code not in engine.said:
        node, spaced = engine.nomenclature[code], engine.nomenclature.spaced(code)
        engine.said[code] = Step("line", Words(f"{spaced} {node.ru}",
                                               f"{spaced} {node.en or node.ru}"))
    return engine.said[code]


def condition(engine: Engine, fact: str, allowed: frozenset[str]) -> Words:
    """A fact with the values that a rule allows; worded once."""
    if (fact, allowed) not in engine.said:
        spec = engine.table.vocabulary[fact]
        first, *others = [value for value in spec.values if value.id in allowed]
        values = reduce(lambda some, value: Message.of("fusion.or", some=some, value=value),
                        others, cast(Any, first))
        condition = Joined((spec, values), ": ")
        engine.said[fact, allowed] = Words(condition.text("ru"), condition.text("en"))
    return engine.said[fact, allowed]


def _supports(voice: Voice, engine: Engine, fact: str, i: int, allowed: Iterable[str]) -> bool:
    """Are these values no less likely by what a witness says than by the prior alone?"""
    within = [engine.table.vocabulary[fact].index(value) for value in allowed]
    return voice.alone[fact][i][within].sum() > engine.priors[fact][within].sum() - ROUNDING


def _likeliest_rule(table: DecisionTable, belief: Belief, i: int, codes: Sequence[str]) -> Rule:
    def weight(rule: Rule) -> float:
        product = 1.
        for fact, values in rule.allowed.items():
            spec = table.vocabulary[fact]
            product *= sum(belief.facts[fact][i][spec.index(v)] for v in values)
        return product
    wanted = [r for r in table.rules if table.outcomes[r.outcome] == tuple(codes)]
    return max(wanted, key=weight)


def trace_text(steps: Sequence[Step]) -> str:
    """The trace as one line: lines of the tariff, then facts, then what is assumed.

    A decision stands in front, and what would be said without it behind.
    """
    if not steps:
        return ""
    basis = [s.text for s in steps if s.kind in ("guard", "decision", "basis")]
    lines = [s.text for s in steps if s.kind == "line"]
    answers = {id_: say(answer) for id_, answer in _ANSWERS.items()}
    known = [f"{s.text} – {answers[s.answer]} {s.p:.2f} ({s.source})" for s in steps
             if s.said_by]
    assumed = [f"{s.text} {s.p:.2f}" for s in steps if s.assumed]
    parts = ["; ".join(basis), " > ".join(lines), "; ".join(known)]
    if assumed:
        parts.append(f"{ASSUMED}: " + "; ".join(assumed))
    parts += [s.text for s in steps if s.kind == "practice"]
    return " | ".join(part for part in parts if part)
