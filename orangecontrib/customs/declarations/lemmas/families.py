"""Word families: what is left of a word without its endings and suffixes.

A word is stemmed until nothing changes, then cut suffix by suffix (``suffixes.csv``), so that
a word, its Snowball stem and its lemma meet, but for short words that Snowball takes for verbs.
``families.csv`` names what the suffixes get wrong: relatives that they keep apart, strangers
that they let meet.
"""
from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path

from orangecontrib.customs.declarations.folding import fold_text
from orangecontrib.customs.files import strict_rows

__all__ = ["family"]

#: Letters of a stem that may lose more than the ending of a noun or an adjective.
_LONG = 5
#: Letters of the shortest root.
_SHORT = 3

_RUSSIAN = re.compile("[а-я]+")


def _rows(file: str) -> list[dict[str, str]]:
    return [row for _, row in strict_rows(Path(__file__).with_name(file))[1]]


@cache
def _stemmer():
    import Stemmer
    return Stemmer.Stemmer("russian")


@cache
def _endings() -> frozenset[str]:
    return frozenset(row["ending"] for row in _rows("endings.csv"))


@cache
def _suffixes() -> tuple[tuple[str, str, str, int], ...]:
    """(suffix, what takes its place, letters that may stand before, least letters of the root)."""
    rows = [(row["suffix"], row["becomes"], row["after"], int(row["root"]))
            for row in _rows("suffixes.csv")]
    return tuple(sorted(rows, key=lambda row: -len(row[0])))


@cache
def _named() -> tuple[dict[str, str], tuple[tuple[str, str], ...]]:
    """Family of whole forms, and of beginnings (longest first)."""
    rows = [(row["form"], row["family"]) for row in _rows("families.csv")]
    whole = {form: name for form, name in rows if not form.endswith("*")}
    whole |= {name: name for _, name in rows}
    begins = sorted(((form[:-1], name) for form, name in rows if form.endswith("*")),
                    key=lambda row: -len(row[0]))
    return whole, tuple(begins)


@lru_cache(maxsize=2 ** 17)
def family(word: str) -> str:
    """The key of a word's family; related words have the same.

    A function of the one word, which may be raw, a Snowball stem or a lemma: what is
    frozen in a model stays the same for one text and a thousand.

    Parameters
    ----------
    word : str

    Returns
    -------
    str
        A root, its own key. What isn't a Russian word comes back in lower case.
    """
    word = fold_text(word)
    if not _RUSSIAN.fullmatch(word):
        return word
    while True:
        name = _name(word)
        if name:
            return name
        shorter = _stem(word)
        if shorter == word:
            shorter = _cut(word)
        if shorter == word:
            return word
        word = shorter


def _name(word: str) -> str | None:
    whole, begins = _named()
    return whole.get(word) or next(
        (name for beginning, name in begins if word.startswith(beginning)), None)


def _stem(word: str) -> str:
    """One step of Snowball, which takes «защит» for a verb and leaves «защ»: not of short words."""
    stem = _stemmer().stemWord(word)
    if len(stem) >= _LONG or len(stem) >= _SHORT and word[len(stem):] in _endings():
        return stem
    # the longest of the endings that leaves a root
    return next((word[:at] for at in range(_SHORT, len(word)) if word[at:] in _endings()), word)


def _cut(word: str) -> str:
    for suffix, becomes, after, root in _suffixes():
        left = len(word) - len(suffix)
        if left >= root and word.endswith(suffix) and (not after or word[left - 1] in after):
            return word[:left] + becomes
    return word
