"""What «кроме …», «не …», "other than …" leave out of a designation, or of a description.

How a text of the tariff does it is data, ``exclusions.csv``: the words that exclude, and what
ends their reach beside a stop.  Facts in a description are denied otherwise, word by word; that
is the reader's business (``declarations``).
"""
from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

from orangecontrib.customs.files import strict_rows

__all__ = ["excluded"]

#: A comma or a point between digits is part of a number.
_STOP = re.compile(r"[;:()«»\"]|[.,](?!\d)")
#: Words of an element of a list, and elements of one.
WORDS, ELEMENTS = 3, 20


class _Marks(NamedTuple):
    """The table, as patterns."""

    marker: re.Pattern[str]
    list_: re.Pattern[str]
    ends: tuple[re.Pattern[str] | None, ...]    # of each group of `marker`
    excepts: frozenset[int]                     # groups whose reach may be a list


def _any_of(cell: str) -> str:
    return "|".join(re.escape(word).replace(r"\*", r"\w*").replace(r"\ ", r"\s+")
                    for word in sorted(cell.split(";"), key=len, reverse=True))


@cache
def _marks() -> _Marks:
    rows = [row for _, row in strict_rows(Path(__file__).with_name("exclusions.csv"),
                                          ("kind", "words", "ends"))[1]]
    begins = ";".join(row["words"] for row in rows if row["kind"] == "begins")
    markers = [row for row in rows if row["kind"] != "begins"]
    # what only looks like an exclusion comes first, then the longer words
    markers.sort(key=lambda row: (row["kind"] != "passes", -len(row["words"])))
    word = rf"(?!(?:{_any_of(begins)})\b)[^\s,;:().]+"
    element = rf"{word}(?:\s+{word}){{0,{WORDS - 1}}}"
    return _Marks(
        re.compile("|".join(rf"\b({_any_of(row['words'])})\b" for row in markers), re.I),
        re.compile(rf",\s+(?:{element},\s+){{0,{ELEMENTS}}}{element},?\s+(?:и|или|and|or)\s+{element}\s*"
                   r"(?=[;:().,]|\Z)", re.I),
        (None, *(re.compile(rf"\b(?:{_any_of(row['ends'])})\b", re.I) if row["ends"] else None
                 for row in markers)),
        frozenset(group for group, row in enumerate(markers, 1) if row["kind"] == "excepts"))


def excluded(text: str) -> list[tuple[int, int]]:
    """Spans of a text that it excludes, in order, each with the words that exclude.

    >>> text = "Пальто (кроме детских), не трикотажные"
    >>> [text[start:end] for start, end in excluded(text)]
    ['кроме детских', 'не трикотажные']
    """
    marks, spans, at = _marks(), [], 0
    while (marker := marks.marker.search(text, at)) is not None:
        at, group = marker.end(), marker.lastindex or 0
        end_words = marks.ends[group]
        if end_words is None:
            continue
        end = _reach(text, at, marks.list_ if group in marks.excepts else None)
        said = end_words.search(text, at, end)
        end = said.start() if said else end
        if end > at:
            spans.append((marker.start(), end))
        at = max(at, end)
    return spans


def _reach(text: str, start: int, list_: re.Pattern[str] | None) -> int:
    """Where an exclusion ends at the latest: at a stop, or behind a list of what is excluded."""
    if list_ is not None and text.rfind("(", 0, start) > text.rfind(")", 0, start):
        closed = text.find(")", start)
        return len(text) if closed < 0 else closed
    stop = _STOP.search(text, start)
    if stop is None:
        return len(text)
    if list_ is not None and stop.group() == ",":
        whole = list_.match(text, stop.start())
        if whole is not None:
            return whole.end()
    return stop.start()
