"""What belongs to a language: its words, and how they stand together.

A folder per language that is read holds ``words.csv`` (word lists by kind) and one module for
each thing in which languages differ:

``negation``
    what «без», "without" deny, and how far they reach
``place``
    where the noun that names the good may stand: a Russian one comes before what describes it,
    an English one is the last of its compound ("shoe polish")
``binding``
    how a material is bound to its part: «верх из кожи», "leather upper"
``lengths``
    how a length stands by what it is the length of: «каблук 5 см», "5 cm heel"

``ordinary.csv`` lists words of no account (:mod:`..understood`).

The stages ask :func:`part` for them.  What a group's rows say is in the group's own
tables, where rows of all languages stand side by side.
"""
from __future__ import annotations

import re
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType

from orangecontrib.customs.files import strict_rows

from ..kept import kept

__all__ = ["LANGUAGES", "any_of", "ordinary", "part", "words"]

#: The languages that are read, by ISO 639-1; the first is that of a text without any words.
LANGUAGES = ("ru", "en")


@cache
def part(language: str, name: str) -> ModuleType:
    """A module of a language: "negation", "place", "binding" or "lengths"."""
    return import_module(f"{__name__}.{language}.{name}")


@cache
def words(language: str, kind: str) -> tuple[str, ...]:
    """The words of one kind, in their order; ValueError where there is none.

    ``*`` stands for any ending, ``~`` for one of at most three letters, ``_`` for a space.
    """
    path = Path(__file__).parent / language / "words.csv"
    rows = strict_rows(path, ("kind", "words", "why"))[1]
    found = tuple(word.replace("_", " ") for _, row in rows if row["kind"] == kind
                  for word in row["words"].split())
    if not found:
        raise ValueError(f"{path}: no words of kind '{kind}'")
    return found


@cache
def ordinary(language: str) -> frozenset[str]:
    """All forms of the words of ``ordinary.csv``: they tell nothing that decides."""
    from ..forms import forms  # which asks the languages
    before = kept(f"ordinary-{language}")
    known = before.get(())
    if known is None:
        path = Path(__file__).parent / language / "ordinary.csv"
        rows = strict_rows(path, ("kind", "words", "why"))[1]
        known = sorted({form for _, row in rows for word in row["words"].split()
                        for form in forms(word)})
        before.add((), known)
        before.save()
    return frozenset(known)


def any_of(language: str, *kinds: str) -> str:
    """A regular expression for the words of some kinds."""
    return "|".join(re.escape(word).replace(r"\*", r"\w*").replace("\\~", "~")
                    .replace("~", r"\w{0,3}").replace(r"\ ", " ")
                    for kind in kinds for word in words(language, kind))
