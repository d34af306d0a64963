"""All forms of a word, as they stand in folded text.

A word is written as a dictionary lists it, and an adjective or a participle in any gender or
number: «закрывать» is closing, closed, closes, and «закрываться» is too.  A noun that is written
in the plural stands for its plural alone («чешки» are shoes, a «чешка» is none).  Any other form
stands for itself.

Russian forms are pymorphy3's (dictionary: OpenCorpora, opencorpora.org, CC BY-SA 3.0);
``forms.csv`` says which words are inflected like another one, because the dictionary lacks them
or takes them for something else.
"""
from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from itertools import chain
from pathlib import Path

from orangecontrib.customs.files import strict_rows

from .folding import fold
from .languages.en import forms as english
from .lemmas.lemma import analyzer

__all__ = ["ANY", "NOMINATIVE", "OBLIQUE", "forms", "in_dictionary"]

#: Which cases: of nouns and adjectives the nominative, or all that are spelled otherwise.
ANY, NOMINATIVE, OBLIQUE = "", "nominative", "oblique"

_CYRILLIC = re.compile("[а-я]")
_CLOSED = {"PREP", "CONJ", "PRCL"}
_DESCRIBING = {"ADJF", "PRTF"}
#: Readings that no description of goods means, and forms of verbs that none has.
_ASIDE = {"Name", "Surn", "Patr", "Geox", "Orgn", "Init", "Abbr", "Arch", "Infr"}
_UNUSED = {"1per", "2per", "impr", "COMP", "Supr"}


@cache
def _named() -> dict[str, tuple[str, str]]:
    """Word → the word that it is inflected like, and the only number that it has."""
    path = Path(__file__).with_name("forms.csv")
    rows = strict_rows(path, ("word", "like", "number", "why"))[1]
    return {row["word"]: (row["like"], row["number"]) for _, row in rows}


def in_dictionary(word: str) -> bool:
    """Is the word known, so that its forms are?"""
    word = fold(word).text
    if _CYRILLIC.search(word) is None:
        return english.in_dictionary(word)
    return word in _named() or _known(word) \
        or "-" in word and all(map(_known, word.split("-")))


@lru_cache(maxsize=2 ** 14)
def _readings(word: str) -> list:
    return analyzer().parse(word)


def _known(word: str) -> bool:
    return any(reading.is_known for reading in _readings(word))


@lru_cache(maxsize=2 ** 14)
def forms(word: str, case: str = ANY) -> tuple[str, ...]:
    """The forms of a word, folded and sorted.

    Parameters
    ----------
    word : str
        Of one alphabet.
    case : str
        :data:`ANY`, :data:`NOMINATIVE` or :data:`OBLIQUE`; what has no case is in both.

    Examples
    --------
    >>> forms("подошва", NOMINATIVE)
    ('подошва', 'подошвы')
    >>> forms("сапоги")
    ('сапог', 'сапогам', 'сапогами', 'сапогах', 'сапоги')
    >>> forms("сабо", OBLIQUE)
    ()
    """
    word = fold(word).text
    if _CYRILLIC.search(word) is None:
        return _english(word) if case != OBLIQUE else ()
    like, number = _named().get(word, (word, ""))
    if not like:
        return (word,) if case != OBLIQUE else ()
    found = _russian(like, case, number)
    return tuple(found if like == word else sorted(_like(word, like, found)))


def _english(word: str) -> tuple[str, ...]:
    """The forms of an English word; also as folding spells them in a Russian text."""
    found = set(english.forms(word))
    return tuple(sorted(found | {fold(f"{form} ж").text[:-2] for form in (
        *found, *map(str.upper, found))}))


def _like(word: str, like: str, found: Sequence[str]) -> Iterator[str]:
    """Forms of another word, that ends as this one does, with what differs replaced."""
    alike = 0
    while alike < min(len(word), len(like)) and word[-1 - alike] == like[-1 - alike]:
        alike += 1
    stem, other = word[:len(word) - alike], like[:len(like) - alike]
    for form in found:
        if not form.startswith(other):
            raise ValueError(f"forms.csv: '{word}' is not inflected like '{like}': '{form}'")
        yield stem + form[len(other):]


def _russian(word: str, case: str, number: str) -> tuple[str, ...]:
    """From the dictionary; `number`: "sing" or "plur" where it has no other."""
    readings = _readings(word)
    readings = [r for r in readings if not _ASIDE & r.tag.grammemes] or readings
    readings = [r for r in readings if r.tag.POS in _CLOSED] or readings
    cases: dict[str, set] = {}
    for form in chain.from_iterable(_meant(reading, word) for reading in _different(readings)):
        if not number or form.tag.number == number:
            cases.setdefault(form.word.replace("ё", "е"), set()).add(form.tag.case)
    cases.setdefault(word, {None})
    reflexive = f"{word}ся" if word.endswith("ть") else ""
    if reflexive and readings[0].tag.POS == "INFN" and _known(reflexive):
        cases |= {key: {None} for key in _russian(reflexive, ANY, number)}
    return tuple(sorted(form for form, found in cases.items() if case == ANY or None in found
                        or ("nomn" in found) == (case == NOMINATIVE)))


def _different(readings) -> Iterator:
    """Without those that differ from another one in the case alone, of which one is enough."""
    seen = set()
    for reading in sorted(readings, key=lambda r: r.tag.case != "nomn"):
        tag = reading.tag
        key = reading.normal_form, tag.POS, tag.number, tag.gender, tag.tense, tag.voice, tag.aspect
        if key not in seen:
            seen.add(key)
            yield reading


def _meant(reading, word: str) -> list:
    """The forms that a reading of the word stands for; none where it is not a dictionary form."""
    tag = reading.tag
    lexeme = [form for form in reading.lexeme if not _UNUSED & form.tag.grammemes]
    if tag.POS == "PRTF":
        return [form for form in lexeme if tag.case == "nomn" and form.tag.POS in ("PRTF", "PRTS")
                and (form.tag.tense, form.tag.voice) == (tag.tense, tag.voice)]
    if tag.POS in _DESCRIBING:
        return lexeme if tag.case == "nomn" else []
    if reading.normal_form.replace("ё", "е") == word:
        return lexeme
    if tag.POS == "NOUN" and (tag.number, tag.case) == ("plur", "nomn"):
        return [form for form in lexeme if form.tag.number == "plur"]
    return []
