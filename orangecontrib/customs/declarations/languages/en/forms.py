"""The forms of an English word: singular and plural, possessive, what verbs have.

Rules make candidates, and a dictionary (simplemma's, MIT) keeps those that it leads back to the
word.  ``irregular.csv`` names the forms of words that rules or dictionary get wrong,
``spelling.csv`` what British and American English spell differently, ``trade.csv`` trade words,
which have a plural, and abbreviations, which have no other form.
"""
from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path

from orangecontrib.customs.files import strict_rows

__all__ = ["forms", "in_dictionary"]

#: Letters of the shortest trade word that is a noun, and no abbreviation.
_NOUN = 5
_DOUBLED = re.compile(r"[^aeiou][aeiou][bdgklmnprt]$")


def _rows(name: str) -> list[dict[str, str]]:
    return [row for _, row in strict_rows(Path(__file__).with_name(f"{name}.csv"))[1]]


@cache
def _irregular() -> dict[str, tuple[str, ...]]:
    return {row["word"]: tuple(row["forms"].split())
            for row in _rows("irregular")}


@cache
def _spelling() -> tuple[tuple[str, str], ...]:
    return tuple((row["british"], row["american"]) for row in _rows("spelling"))


@cache
def _trade() -> frozenset[str]:
    return frozenset(row["word"] for row in _rows("trade"))


@lru_cache(maxsize=2 ** 14)
def _lemma(word: str) -> str:
    from simplemma import lemmatize
    return lemmatize(word, lang="en").lower()


@lru_cache(maxsize=2 ** 14)
def in_dictionary(word: str) -> bool:
    """Is it a word, a trade word, or a compound of such?"""
    from simplemma import is_known
    return not word.isalpha() and all(map(in_dictionary, re.findall("[a-z]+", word))) \
        or word in _trade() or word in _irregular() \
        or any(is_known(form, lang="en") for form in _spelled(word))


@lru_cache(maxsize=2 ** 14)
def forms(word: str) -> tuple[str, ...]:
    """The forms of a word in small letters, sorted; of a plural or a participle itself alone.

    Examples
    --------
    >>> forms("mould")
    ('mold', 'molded', 'molding', 'molds', 'mould', 'moulded', 'moulding', 'moulds')
    >>> forms("boots")
    ('boots',)
    """
    found = {word}
    if "-" in word:
        first, _, last = word.rpartition("-")
        return tuple(f"{first}-{form}" for form in forms(last))
    if word in _irregular():
        found |= {word, *_irregular()[word]}
    elif word in _trade():
        found |= {f"{word}s"} if len(word) >= _NOUN else set()
    elif word.isalpha() and len(word) > 2:
        found |= {form for form in _candidates(word) if _lemma(form) == word}
    return tuple(sorted(set().union(*map(_spelled, found))))


def _spelled(word: str) -> set[str]:
    """The word as British and as American English spell it."""
    return {word} | {word.replace(one, other) for pair in _spelling()
                     for one, other in (pair, pair[::-1]) if one in word}


def _candidates(word: str) -> Iterator[str]:
    stem = word[:-1] if word.endswith("e") else word
    yield f"{word}s"
    yield f"{stem}ed"
    yield f"{stem}ing"
    if re.search("(?:s|x|z|ch|sh)$", word):
        yield f"{word}es"
    if re.search("[^aeiou]y$", word):
        yield f"{word[:-1]}ies"
        yield f"{word[:-1]}ied"
    if _DOUBLED.search(word):
        yield f"{word}{word[-1]}ed"
        yield f"{word}{word[-1]}ing"
    if word.endswith("f"):
        yield f"{word[:-1]}ves"
