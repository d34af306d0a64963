"""The decision on one good as it is read: code, how sure, what contradicts, what to ask, money."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from orangecontrib.customs.facts import Fact, Value
from orangecontrib.customs.fusion.duties import EUR, PERCENT
from orangecontrib.customs.fusion.engine import Engine
from orangecontrib.customs.fusion.verdict import Question, Verdict
from orangecontrib.customs.i18n import Capital, Joined, Message, Sayable, Words, say
from orangecontrib.customs.i18n.numbers import money, percent
from orangecontrib.customs.nomenclature import Line, spaced

from .case import Case
from .rows import duty_at_risk, percent_at_risk

__all__ = ["Asked", "Card", "Candidate", "asked", "card_of", "contradictions", "declared",
           "duties", "risk"]

_ANALYST = Message("witness.analyst")
#: So many answers to a question stand side by side.
BUTTONS = 6
#: What stands in the place of a code that is not determined.
NO_CODE, OUTSIDE_CODES = Message("verdict.no_code"), Message("fusion.none")


@dataclass(frozen=True)
class Candidate:
    """A code, its probability and where it stands in the tariff; of a legal gap there are some."""

    code: str
    p: Message | str
    path: tuple[Line, ...] = ()

    @property
    def short_path(self) -> str:
        """The lines of the tariff down to the code, the deepest of them whole if there is room."""
        return shortened([say(node) for node in self.path])


@dataclass(frozen=True)
class Asked:
    """A question with what its answer is worth."""

    fact: Fact
    worth: Joined
    #: Values that come into question first, at most :data:`BUTTONS`, in the order of the fact.
    likely: tuple[Value, ...] = ()

    @property
    def others(self) -> tuple[Value, ...]:
        """The other values."""
        return tuple(value for value in self.fact.values if value not in self.likely)

    @property
    def question(self) -> Words:
        return self.fact.question


@dataclass(frozen=True)
class Card:
    """What decides about one good, in the order of reading.

    Attributes
    ----------
    codes : tuple of Candidate
    title : Message, Words or None
        What stands in the place of the code where there is none.
    safe_code : str
    sure : Message or str
        P(code).
    safe : Message or None
    money : tuple of Message
        What is at risk, and the duty.
    agrees : str
        As :meth:`..fusion.Verdict.agrees`; "" also where none is declared.
    declared : Joined or None
    contradictions : tuple of Message
    problems : tuple of str
    flip : Message or None
        The likeliest single answer that changes the code.
    flip_fact : str
    safe_by : Message or None
        On what safe digits rest, where a table of known goods was given.
    """

    codes: tuple[Candidate, ...]
    title: object
    safe_code: str
    sure: Message | str
    safe: Message | None
    money: tuple[Message, ...]
    agrees: str
    declared: Joined | None
    contradictions: tuple[Message, ...]
    problems: tuple[str, ...]
    flip: Message | None
    flip_fact: str = ""
    safe_by: Message | None = None


#: Letters of a path on the card, and of one line in it.
PATH, NODE = 150, 60


def shortened(path: Sequence[str], most: int = PATH, each: int = NODE) -> str:
    """A path whose last lines are read; the first ones make way, long ones end early.

    >>> shortened(["обувь", "прочая", "женская"], most=18)
    '… › прочая › женская'
    """
    kept: list[str] = []
    for line in reversed(path):
        if len(line) > (each if kept else most):
            line = line[:each].rsplit(" ", 1)[0].rstrip(" ,;:(") + "…"
        if kept and len(" › ".join([line, *kept])) > most:
            return " › ".join(["…", *kept])
        kept.insert(0, line)
    return " › ".join(kept)


def card_of(case: Case, verdict: Verdict) -> Card:
    """The card of a verdict."""
    engine = case.engine_of(verdict)
    candidates = tuple(Candidate(
        code, percent(verdict.probabilities.get(code, verdict.p)),
        () if engine is None else tuple(engine.nomenclature.path(code)[1:]))
        for code in verdict.codes)
    title: Sayable | None = None
    if verdict.excluded:
        title = Capital(OUTSIDE_CODES if engine is None else engine.elsewhere)
    elif not verdict.codes:
        title = NO_CODE
    agrees, said = declared(case, verdict)
    flip, flip_fact = None, ""
    if verdict.flip is not None:
        fact: Any = dict(verdict.flip.args)["fact"]
        parts: list[Sayable] = [verdict.flip]
        flip_fact = fact.id
        if verdict.runner_up and verdict.flips_to_runner_up:
            parts.append(Joined((spaced(verdict.runner_up), percent(verdict.p_runner_up)), ", "))
        flip = Message.of("card.flip", what=Joined(tuple(parts), " → "))
    return Card(candidates, title, verdict.safe_code, percent(verdict.p),
                _safe(verdict) if verdict.codes else None,
                (*risk(case, verdict), *duties(engine, verdict)) if verdict.codes else (),
                agrees, said, contradictions(verdict), case.notes_of(verdict), flip, flip_fact,
                None if verdict.safe_by is None else Message.of(
                    "conclusion.safe_by", what=verdict.safe_by))


def _safe(verdict: Verdict) -> Message:
    if not verdict.safe_code:
        return Message("card.safe_none")
    p = percent(verdict.p_safe)
    if verdict.safe_code in verdict.codes:
        return Message.of("card.safe_all", p=p)
    return Message.of("card.safe", code=spaced(verdict.safe_code), p=p)


def contradictions(verdict: Verdict) -> tuple[Message, ...]:
    """Who says what, without the number; the worst first.

    An answer by hand settles what witnesses say; that it differs from them is not news.
    """
    said = [dict(d.message.args) for d in verdict.discrepancies]
    return tuple(Message.of("card.contradiction", **{
        name: value for name, value in args.items() if name != "factor"})
        for args in said if _ANALYST not in (args["first"], args["second"]))


def risk(case: Case, verdict: Verdict) -> tuple[Message, ...]:
    """What the duty may be wrong by: of all units, where their number is known."""
    engine, quantity = case.engine_of(verdict), case.good(verdict).quantity
    if engine is None:
        return ()
    if engine.measure == PERCENT:
        percents = percent_at_risk(engine, verdict)
        return () if np.isnan(percents) else (
            Message.of("card.risk_percent", percent=money(percents)),)
    eur = duty_at_risk(engine, verdict)
    if np.isnan(eur):
        return ()
    return (Message.of("card.risk_unit", eur=money(eur)) if quantity is None
            else Message.of("card.risk_total", eur=money(eur * quantity)),)


def duties(engine: Engine | None, verdict: Verdict) -> tuple[Message, ...]:
    """What the duty is, in the measure of the group."""
    if engine is None:
        return ()
    low, high = (verdict.duty_low, verdict.duty_high) if engine.measure == EUR \
        else engine.duties_between(verdict.held, PERCENT)
    if np.isnan(low):
        tariff = engine.nomenclature
        rates = dict.fromkeys(tariff[code].rate.text for code in verdict.held if code in tariff)
        return (Message.of("card.duty_rate", rate="; ".join(filter(None, rates))),) \
            if any(rates) else ()
    kind = "card.duty" if engine.measure == EUR else "card.duty_percent"
    if low == high:
        name = "eur" if engine.measure == EUR else "percent"
        return (Message.of(f"{kind}_one", **{name: money(low)}),)
    return (Message.of(f"{kind}_span", low=money(low), high=money(high)),)


def declared(case: Case, verdict: Verdict) -> tuple[str, Joined | None]:
    """How a declared code compares with the found one: as a word, and as a sentence."""
    code = case.good(verdict).declared_code
    if not code:
        return "", None
    agrees = verdict.agrees(code)
    if agrees != "no":
        said = Message.of(f"card.declared_{agrees or 'none'}", **(
            {} if agrees == "yes" else {"code": spaced(code)}))
        return agrees, Joined((said,), ", ")
    parts: list[Sayable] = [Message.of("card.declared_no", code=spaced(code))]
    if differing := _differing(case, verdict, code):
        parts.append(Message.of("card.declared_fact", facts=Joined(differing)))
    p = verdict.p_of(code)
    if p == p:
        parts.append(Message.of("card.declared_p", p=percent(p)))
    return agrees, Joined((*parts, *_dearer(case, verdict, code)), ", ")


def _differing(case: Case, verdict: Verdict, code: str) -> tuple[Fact, ...]:
    """Facts in which no rule of a declared code holds what those of the found one hold."""
    engine = case.engine_of(verdict)
    if engine is None or not verdict.codes or code not in engine.codes:
        return ()
    found, other = _allowed(engine, verdict.codes), _allowed(engine, (code,))
    return tuple(spec for fact, spec in engine.table.vocabulary.items()
                 if not found[fact] & other[fact])


@lru_cache(maxsize=4096)
def _allowed(engine: Engine, codes: tuple[str, ...]) -> dict[str, frozenset[str]]:
    """Per fact, the values with which some rule leads to one of these codes."""
    rules = [rule.allowed for rule in engine.table.rules
             if set(engine.table.outcomes[rule.outcome]) & set(codes)]
    return {fact: frozenset(value for allowed in rules
                            for value in allowed.get(fact, spec.value_ids))
            for fact, spec in engine.table.vocabulary.items()}


def _dearer(case: Case, verdict: Verdict, code: str) -> tuple[Message, ...]:
    """By how much the found code's duty differs from that of a declared one."""
    engine = case.engine_of(verdict)
    if engine is None or not verdict.codes:
        return ()
    told = engine.told[engine.measure]
    found = verdict.codes[0]
    if found not in told or code not in told:
        return ()
    more = told[found] - told[code]
    if not more:
        return (Message("card.declared_same_duty"),)
    amount = ("+" if more > 0 else "\N{MINUS SIGN}") + money(abs(more))
    return (Message.of("card.declared_duty", eur=amount) if engine.measure == EUR
            else Message.of("card.declared_percent", percent=amount),)


def asked(case: Case, verdict: Verdict, question: Question,
          spread: Sequence[float] = ()) -> Asked:
    """A question with what its answer is worth: the error before and after, and the money.

    Parameters
    ----------
    case : Case
    verdict : Verdict
    question : Question
    spread : sequence of float, optional
        P of the values of its fact: the likeliest ones are offered first.
    """
    engine, good = case.engine_of(verdict), case.good(verdict)
    error = 1 - verdict.p if verdict.p == verdict.p else 1.
    parts = [Message.of("card.worth_error", before=percent(error),
                        after=percent(max(error - question.gain, 0.)))]
    if question.duty_gain >= .005:
        if engine is not None and engine.measure == PERCENT:
            parts.append(Message.of("card.worth_percent", percent=money(question.duty_gain)))
        elif good.quantity is None:
            parts.append(Message.of("card.worth_unit", eur=money(question.duty_gain)))
        else:
            parts.append(Message.of("card.worth_total",
                                    eur=money(question.duty_gain * good.quantity)))
    values = question.about.values
    order = sorted(range(len(values)), key=lambda i: -spread[i] if spread else i)[:BUTTONS]
    return Asked(question.about, Joined(tuple(parts)), tuple(values[i] for i in sorted(order)))
