"""What stands on the page of a good: worded in the language that is spoken, laid out by nobody."""
from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from orangecontrib.customs.declarations import Reading, reader_of
from orangecontrib.customs.fusion.duties import EUR, PERCENT
from orangecontrib.customs.fusion.engine import Engine
from orangecontrib.customs.fusion.trace import Step
from orangecontrib.customs.fusion.verdict import Question, Verdict
from orangecontrib.customs.i18n import Message, language, say
from orangecontrib.customs.i18n.numbers import nearly
from orangecontrib.customs.nomenclature import Edition, spaced

from ..case import Case
from ..goods import Good
from ..plain import plain
from ..rows import row_of
from .pictures import Picture, picture_of

__all__ = ["Code", "Conclusion", "Exhibit", "Fact", "Piece", "conclusion_of", "exhibits_of"]

#: So much of a description, so many photos and remarks stand on one page; what is left out is
#: said there.
CHARACTERS, PHOTOS, REMARKS = 1500, 6, 6
#: Of goods that no code of the tables takes.
OUTSIDE_CODES = Message("fusion.none")


@dataclass(frozen=True)
class Exhibit:
    """A good with what its page shows beside the verdict.

    Attributes
    ----------
    case : Case
    verdict : Verdict
    answers : dict of str to str
        Fact → value, as they were answered by hand.
    photos : sequence
        See :func:`.pictures.picture_of`.
    """

    case: Case
    verdict: Verdict
    answers: Mapping[str, str] = field(default_factory=dict)
    photos: Sequence[Any] = ()

    @property
    def good(self) -> Good:
        return self.case.good(self.verdict)


@dataclass(frozen=True)
class Code:
    """A code with its safe digits apart, and its probability."""

    safe: str
    rest: str
    p: str


@dataclass(frozen=True)
class Piece:
    """A part of the description.

    Attributes
    ----------
    text : str
    facts : tuple of str
        Of which it speaks.
    numbers : tuple of int
        Rows of the facts of which words end here.
    """

    text: str
    facts: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True)
class Fact:
    """A fact that the code needs, and on whose word it is established."""

    number: int
    name: str
    needed: str
    answer: str     #: see :mod:`orangecontrib.customs.fusion.trace`
    established: str
    source: str


@dataclass(frozen=True)
class Conclusion:
    """The page of a good; all texts are ready to be read."""

    good: str
    declared: tuple[tuple[str, str], ...]
    codes: tuple[Code, ...]
    headline: str       #: in the place of a code
    sure: tuple[str, ...]
    contradictions: tuple[str, ...]
    agrees: str
    remarks: tuple[str, ...]
    text: tuple[Piece, ...]
    cut: str
    photos: tuple[Picture, ...]
    more_photos: str
    facts: tuple[Fact, ...]
    assumed: tuple[str, ...]
    basis: tuple[str, ...]
    lines: tuple[tuple[str, str], ...]  #: of the tariff, from the top down to the codes
    question: str
    worth: str
    answers: tuple[str, ...]
    duties: tuple[tuple[str, str], ...]
    editions: tuple[str, ...]
    day: str


def exhibits_of(case: Case, verdicts: Iterable[Verdict],
                answers: Mapping[str, Mapping[str, str]] | None = None,
                photos: Mapping[str, Sequence[Any]] | None = None) -> list[Exhibit]:
    """Goods with their answers, by key, and photos, by declared id."""
    answers, photos = answers or {}, photos or {}
    return [Exhibit(case, verdict, answers.get(verdict.key, {}), photos.get(good.good_id, ()))
            for verdict in verdicts for good in [case.good(verdict)]]


def conclusion_of(exhibit: Exhibit, day: date | None = None) -> Conclusion:
    """What stands on the page of a good, in the language that is spoken.

    Parameters
    ----------
    exhibit : Exhibit
    day : date, optional
        Of the conclusion; today by default.
    """
    case, verdict, good = exhibit.case, exhibit.verdict, exhibit.good
    engine, row = case.engine_of(verdict), row_of(case, verdict)
    facts, assumed = _facts(case, verdict)
    numbers = {fact.id: number for number, fact in enumerate(
        (case.vocabulary[step.fact] for step in _said(verdict)), start=1)}
    text = plain(good.description or "")
    remarks = [plain(note) for note in case.notes_of(verdict)]
    left = len(remarks) - REMARKS
    agrees = verdict.agrees(good.declared_code)
    return Conclusion(
        good=plain(good.key), declared=tuple(_declared(good)),
        codes=tuple(_code(verdict, code) for code in verdict.codes),
        headline="" if verdict.codes else _headline(engine, verdict),
        sure=tuple(_sure(verdict)),
        contradictions=(
            *((_say("differs", code=spaced(good.declared_code)),) if agrees == "no" else ()),
            *(_discrepancy(d.message) for d in verdict.discrepancies)),
        agrees={"yes": _say("agrees"), "prefix": _say(
            "agrees_prefix", code=spaced(good.declared_code))}.get(agrees, ""),
        remarks=(*remarks[:REMARKS], *((_say("more", count=left),) if left > 0 else ())),
        text=tuple(_pieces(text[:CHARACTERS], _reading(engine, good), numbers, case)),
        cut=_say("cut", shown=CHARACTERS, all=len(text)) if len(text) > CHARACTERS else "",
        photos=tuple(map(picture_of, exhibit.photos[:PHOTOS])),
        more_photos=_say("photos_more", count=len(exhibit.photos) - PHOTOS)
        if len(exhibit.photos) > PHOTOS else "",
        facts=facts, assumed=assumed,
        basis=tuple(step.text for step in verdict.steps
                    if step.kind in ("guard", "decision", "practice", "basis")),
        lines=tuple(_lines(engine, verdict)),
        **_question(engine, verdict),
        answers=tuple(_answers(case, exhibit.answers)),
        duties=tuple(_duties(engine, row)), editions=tuple(_editions(engine, verdict)),
        day=_day(day or date.today()))


def _say(id_: str, /, **args: object) -> str:
    return say(Message.of(f"conclusion.{id_}", **args))


def percent(p: float) -> str:
    """A probability in whole per cent.

    >>> from orangecontrib.customs.i18n import speaking
    >>> with speaking("en"):
    ...     percent(.724), percent(.998), percent(.002)
    ('72\xa0%', 'over 99\xa0%', 'under 1\xa0%')
    """
    extreme = nearly(p)
    return _say(extreme) if extreme else _say("percent", percent=f"{100 * p:.0f}")


def number(value: float) -> str:
    """A number as people write it: two digits where there are any, thousands apart.

    >>> number(1234.5), number(100.)
    ('1\xa0234,50', '100')
    """
    text = f"{value:,.2f}".removesuffix(".00")
    return text.replace(",", "\N{NO-BREAK SPACE}").replace(".", "," if language() == "ru" else ".")


def _between(low: float, high: float) -> str:
    return number(low) if number(low) == number(high) else f"{number(low)} – {number(high)}"


def _day(day: date) -> str:
    return f"{day:%d.%m.%Y}" if language() == "ru" else day.isoformat()


# -- what is declared, and the code

def _declared(good: Good) -> Iterable[tuple[str, str]]:
    if good.declared_code:
        yield _say("declared_code"), spaced(good.declared_code)
    if good.quantity is not None:
        yield _say("quantity"), number(good.quantity)
    if good.value is not None:
        yield _say("value"), f"{number(good.value)} {plain(good.currency)}".strip()
    if good.weight is not None:
        yield _say("weight"), number(good.weight)


def _code(verdict: Verdict, code: str) -> Code:
    text = spaced(code)
    safe = len(spaced(verdict.safe_code)) if code.startswith(verdict.safe_code) else 0
    return Code(text[:safe], text[safe:], percent(verdict.probabilities.get(code, verdict.p)))


def _lines(engine: Engine | None, verdict: Verdict) -> Iterable[tuple[str, str]]:
    """Of several codes, what they have in common stands once."""
    path = () if engine is None else (
        line for code in verdict.codes for line in engine.nomenclature.path(code))
    return dict.fromkeys((spaced(line.code), say(line)) for line in path)


def _headline(engine: Engine | None, verdict: Verdict) -> str:
    if not verdict.excluded:
        return say(Message("verdict.no_code"))
    name = say(OUTSIDE_CODES if engine is None else engine.elsewhere)
    said = _say("p", p=percent(verdict.p))
    return f"{name[:1].upper()}{name[1:]}, {said}"


def _sure(verdict: Verdict) -> Iterable[str]:
    """How sure the code is, and what would change it."""
    if verdict.codes:
        if not verdict.safe_code:
            yield _say("safe_none")
        elif verdict.safe_code in verdict.codes:
            yield _say("safe_all", p=percent(verdict.p_safe))
        else:
            yield _say("safe", code=spaced(verdict.safe_code), p=percent(verdict.p_safe))
        if verdict.safe_by is not None:
            yield _say("safe_by", what=verdict.safe_by)
        if verdict.runner_up.isdigit() and verdict.p_runner_up >= .005:
            yield _say("runner_up", code=spaced(verdict.runner_up),
                       p=percent(verdict.p_runner_up))
    if verdict.flip is not None:
        yield _say("flip", answer=verdict.flip_fact)


def _discrepancy(message: Message) -> str:
    """Who says what; how strongly, in numbers, is for those who look at the trace."""
    args = {key: value for key, value in message.args if key != "factor"}
    return _say("discrepancy", **args)


# -- the description

def _reading(engine: Engine | None, good: Good) -> Reading | None:
    """What the group that decides reads in the description; of one of several goods, its part."""
    if engine is None or not engine.group.reads_text or not good.description:
        return None
    reading = reader_of(engine.group).read(good.description)
    place = good.good_id.rpartition("#")[2]
    if reading.goods and good.whole and place.isdecimal() and int(place) <= len(reading.goods):
        return reading.goods[int(place) - 1]
    return reading


def _pieces(text: str, reading: Reading | None, numbers: Mapping[str, int], case: Case
            ) -> Iterable[Piece]:
    found = [f for f in (() if reading is None else reading.findings)
             if 0 <= f.start < f.end <= len(text)]
    ends = sorted({0, len(text), *(f.start for f in found), *(f.end for f in found)})
    for start, end in itertools.pairwise(ends):
        names = dict.fromkeys(say(case.vocabulary[f.fact]) for f in found
                              if f.start <= start and end <= f.end)
        rows = {numbers[f.fact] for f in found if f.end == end and f.fact in numbers}
        yield Piece(text[start:end], tuple(names), tuple(sorted(rows)))


# -- facts and reasons

def _said(verdict: Verdict) -> list[Step]:
    return [step for step in verdict.steps if step.kind == "fact" and step.said_by]


def _facts(case: Case, verdict: Verdict) -> tuple[tuple[Fact, ...], tuple[str, ...]]:
    facts = []
    for place, step in enumerate(_said(verdict), start=1):
        name = say(case.vocabulary[step.fact])
        facts.append(Fact(place, name, step.text.removeprefix(f"{name}: "), step.answer,
                          _say(step.answer, p=percent(step.p)), plain(step.source)))
    assumed = [_say("assumed_fact", what=step.text, p=percent(step.p))
               for step in verdict.steps if step.assumed]
    return tuple(facts), tuple(assumed)


def _question(engine: Engine | None, verdict: Verdict) -> dict[str, str]:
    if not verdict.questions:
        return {"question": "", "worth": ""}
    first: Question = verdict.questions[0]
    worth = [_say("worth", points=100 * first.gain)] if first.gain >= .005 else []
    if first.duty_gain >= .005:
        in_eur = engine is None or engine.measure == EUR
        worth.append(_say("worth_eur" if in_eur else "worth_percent",
                          amount=number(first.duty_gain)))
    return {"question": say(first.about.question) or first.text, "worth": "; ".join(worth)}


def _answers(case: Case, answers: Mapping[str, str]) -> Iterable[str]:
    for id_, value in answers.items():
        fact = case.vocabulary.get(id_)
        if fact is not None and value in fact.value_ids:
            yield _say("answer", fact=fact, value=fact.values[fact.index(value)])


# -- money, and the edition

def _duties(engine: Engine | None, row: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """The lines of the duty, by the columns of the result; what is not known has none."""
    if row["duty_rate"]:
        yield _say("rate"), str(row["duty_rate"])
    by_value = engine is not None and engine.measure == PERCENT
    columns = [("duty_percent", "of_value", {}),
               ("duty", "in_all", {"currency": row["duty_currency"]})] if by_value else \
        [("duty_eur_per_unit", "per_unit", {}), ("duty_eur", "in_all", {"currency": "EUR"})]
    for label, low, high in (("due", "low", "high"), ("at_risk", "at_risk", "at_risk"),
                             ("at_declared", "at_declared", "at_declared")):
        known = [(message, least, most, args) for name, message, args in columns
                 if (least := row.get(f"{name}_{low}")) is not None
                 and (most := row.get(f"{name}_{high}")) is not None]
        several = any(least != most for _, least, most, _ in known)
        if known:
            yield (_say("due_likely" if several else label), "; ".join(
                _say(message, amount=_between(least, most), **args)
                for message, least, most, args in known))


def _editions(engine: Engine | None, verdict: Verdict) -> Iterable[str]:
    if engine is None:
        return
    tariff = engine.nomenclature
    found: list[Edition | None] = [tariff.edition_of(code) for code in verdict.codes] \
        or list(tariff.editions)
    for edition in dict.fromkeys(filter(None, found)):
        said = [edition.name(language()), edition.dates(language()), edition.source]
        yield "; ".join(filter(None, said))
