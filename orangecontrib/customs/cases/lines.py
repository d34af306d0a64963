"""Several goods in one description: the code of each, and the digits that all of them share.

By law a good is classified by itself.  Where a text speaks of several at once – sizes on both
sides of a limit, kinds of which it can't be told which is made of what – each is decided with what
would hold of it.
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import product

import numpy as np

from orangecontrib.customs.declarations import FactReader, GroupsReader, Reading
from orangecontrib.customs.declarations.several import Choice, Option, Several
from orangecontrib.customs.defaults import ERROR, TRUST
from orangecontrib.customs.facts import Evidence, Vocabulary
from orangecontrib.customs.fusion.among import Answer, decide_among, vocabulary_of
from orangecontrib.customs.fusion.engine import ANALYST, TEXT, Engine, Witness
from orangecontrib.customs.fusion.verdict import Verdict
from orangecontrib.customs.groups import Group
from orangecontrib.customs.i18n import Joined, Message, Sayable
from orangecontrib.customs.i18n.numbers import percent
from orangecontrib.customs.nomenclature import LEVELS

from .sources import DOUBT

__all__ = ["of_each", "lines_in"]

#: A heading that is less likely than this is not named where words that decide are not understood.
NAMED = .5
#: Codes of these digits at most are safe where goods can't be told apart.
MOST = LEVELS[-2]


def of_each(engines: Sequence[Engine], witnesses: Sequence[Witness], verdicts: Sequence[Verdict],
            several: Mapping[str, Several], answers: Mapping[str, Mapping[str, str]],
            answer: Answer | None = None, error: float = ERROR) -> list[Verdict]:
    """Verdicts that say of several goods in one which codes they have, and share their safe code.

    Parameters
    ----------
    engines, witnesses, answer, error
        As for :func:`decide_among`; the evidence has the keys of the verdicts, in order.
    verdicts : sequence of Verdict
        Of the descriptions as a whole.
    several : dict of str to Several
        What is open, by key.
    answers : dict of str to dict
        Facts that the analyst has settled, by key.
    """
    rows = [row for row, verdict in enumerate(verdicts)
            if verdict.codes and several.get(verdict.key)]
    open_ = {row: several[verdicts[row].key].without(answers.get(verdicts[row].key, ()))
             for row in rows}
    asked = [(row, options) for row in rows for options in _combinations(open_[row])]
    found = dict(zip(asked, _decided(engines, witnesses, asked, answer, error)))
    result = list(verdicts)
    vocabulary = vocabulary_of(engine.group for engine in engines)
    for row in rows:
        of = {options: found[row, options] for options in _combinations(open_[row])}
        result[row] = _told(verdicts[row], open_[row], of, vocabulary)
    return result


def _combinations(several: Several) -> list[tuple[Option, ...]]:
    """Each good by itself, and where there are several choices all of them together."""
    alone: list[tuple[Option, ...]] = [(option,) for choice in several.choices
                                       for option in choice.options]
    return alone if len(several.choices) < 2 else [
        *alone, *product(*(choice.options for choice in several.choices))]


def _decided(engines: Sequence[Engine], witnesses: Sequence[Witness],
             asked: Sequence[tuple[int, tuple[Option, ...]]], answer: Answer | None,
             error: float) -> list[Verdict]:
    """Verdicts on goods of some rows, of which more is held to be true."""
    if not asked:
        return []
    rows = np.array([row for row, _ in asked])
    keys = [str(number) for number in range(len(asked))]
    own = [replace(witness, notes={}, evidence=Evidence(keys, {
        fact: loglik[rows] for fact, loglik in witness.evidence.loglik.items()}))
        for witness in witnesses]
    own.append(Witness(ANALYST, _certain(keys, [options for _, options in asked],
                                         vocabulary_of(engine.group for engine in engines))))
    return decide_among(engines, own, keys, error=error,
                        answer=answer and replace(answer, odds=answer.odds[rows]))


def _certain(keys: Sequence[str], assumed: Sequence[Iterable[Option]], vocabulary: Vocabulary
             ) -> Evidence:
    loglik: dict[str, np.ndarray] = {}
    for row, options in enumerate(assumed):
        for fact, values in (said for option in options for said in option.facts):
            if fact not in vocabulary:
                continue
            ids = vocabulary[fact].value_ids
            table = loglik.setdefault(fact, np.zeros((len(keys), len(ids))))
            table[row] += [0. if value in values else np.log(DOUBT) for value in ids]
    return Evidence(keys, loglik)


def _told(verdict: Verdict, several: Several, of: Mapping[tuple[Option, ...], Verdict],
          vocabulary: Vocabulary) -> Verdict:
    """A verdict with the codes of each good as a problem, and no digits safe that differ."""
    if not several.understood and verdict.p_heading < NAMED:
        return _unnamed(verdict)
    problems = tuple(message for choice in several.choices if choice.words
                     for message in _lines(choice, of, vocabulary))
    codes = [verdict.codes, *(each.codes for each in of.values())]
    if len(set(codes)) == 1 and several.apart:
        return verdict
    safe = _shared(codes, LEVELS[-1] if several.apart else MOST)
    verdict = replace(verdict, cap=safe)
    if len(safe) < len(verdict.safe_code):
        verdict = replace(verdict, safe_code=safe, p_safe=verdict.p_of(safe) if safe else 0.)
    return replace(verdict, problems=(*problems, *verdict.problems))


def _unnamed(verdict: Verdict) -> Verdict:
    """A verdict that leaves the heading open: what there is to ask and what is likely stays."""
    problem = Message.of("cases.heading_open", heading=verdict.heading,
                         p=percent(verdict.p_heading))
    return replace(verdict, codes=(), p=np.nan, safe_code="", p_safe=0., heading="", p_heading=0.,
                   flip=None, duty_low=np.nan, duty_high=np.nan, steps=(), held=(),
                   problems=(problem, *verdict.problems))


def _shared(codes: Iterable[tuple[str, ...]], most: int) -> str:
    """The node of the tariff, of so many digits at most, in which all codes lie."""
    some = {code for each in codes for code in each or ("",)}
    first = min(some)
    return next((first[:level] for level in reversed(LEVELS) if level <= most
                 and len(first) >= level and all(code.startswith(first[:level]) for code in some)),
                "")


def _lines(choice: Choice, of: Mapping[tuple[Option, ...], Verdict], vocabulary: Vocabulary
           ) -> Iterable[Message]:
    """What is to be declared of the goods of a range; nothing where all have the same code."""
    each = [of[option,] for option in choice.options]
    if len({verdict.codes for verdict in each}) < 2:
        return
    lines = Joined(tuple(
        Message.of("cases.line", what=_what(option, vocabulary), p=percent(verdict.p),
                   code=" / ".join(verdict.codes)) if verdict.codes
        else Message.of("cases.line_without", what=_what(option, vocabulary))
        for option, verdict in zip(choice.options, each)), "; ")
    if choice.certain:
        yield Message.of("cases.lines", words=choice.words, count=len(choice.options), lines=lines)
    else:
        yield Message.of("cases.line_or", words=choice.words, lines=lines)
    if choice.unsure:
        facts = dict.fromkeys(fact for option in choice.options for fact, _ in option.facts)
        yield Message.of("cases.unsure", sizes=choice.unsure,
                         facts=Joined(tuple(vocabulary[fact] for fact in facts)))


def _what(option: Option, vocabulary: Vocabulary) -> Message | Joined:
    """«35–36 (длина стельки: менее 24 см)»"""
    facts = Joined(tuple(Joined((vocabulary[fact], Joined(tuple(
        value for value in vocabulary[fact].values if value.id in values), " / ")), ": ")
        for fact, values in option.facts if fact in vocabulary))
    return Message.of("cases.sizes", sizes=option.which, facts=facts) if option.which else facts


@lru_cache(maxsize=8)
def _engine(group: Group) -> Engine:
    return Engine(group)


def lines_in(readings: Sequence[Reading], reader: FactReader | GroupsReader
             ) -> list[tuple[Sayable, ...]]:
    """What is to be declared of the goods of descriptions, by what they say and nothing else."""
    keys = [str(number) for number, reading in enumerate(readings) if reading.several.choices]
    if not keys:
        return [()] * len(readings)
    engines = list(map(_engine, reader.groups))
    open_ = {key: readings[int(key)].several for key in keys}
    witness = Witness(TEXT, reader.evidence(keys, [readings[int(key)] for key in keys]),
                      reliability=TRUST)
    verdicts = decide_among(engines, [witness], keys)
    said = {after.key: after.problems[:len(after.problems) - len(before.problems)]
            for before, after in zip(verdicts, of_each(engines, [witness], verdicts, open_, {}))}
    return [said.get(str(number), ()) for number in range(len(readings))]
