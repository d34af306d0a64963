"""The pattern language of the data files, and reading these files.

Patterns are Python regular expressions on folded text (lower case, one
alphabet, е for ё) with four shorthands, valid outside of ``[...]``:

``~``
    any word ending: ``закрыва~`` is закрывающая, закрывает ...
``@``
    one word that is no negation: ``ботинки @ домашние`` does not read
    «ботинки не домашние»;
``#``
    what may stand between «без» and a noun that it denies: ``без #каблук~`` reads «без
    высокого каблука» and «без меха и каблука», and not «без меха с каблуком»;
space
    a gap between words, perhaps after an abbreviation (``[ .]+``), so that
    ``метал~ поднос~`` reads «метал.подноска» too; `` ?`` is an optional gap.

What ``@`` and a gap have taken they keep, and an ending gives back what was written together
(«искусственнойкожи») but has at most 30 letters: so each character costs a few looks at most.

A pattern begins and ends at word boundaries.  In ``(?<!...)``, which must be of
fixed width, a space is written ``[ ]``.
"""
from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from orangecontrib.customs.files import strict_rows

from .negation import BETWEEN

__all__ = ["Taken", "expand", "compile_pattern", "read_rows", "number", "needed"]

_SHORTHAND = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|~|@|#| \?| ")
_MEANINGS = {"~": r"\w{0,30}", "@": r"(?!(?:не|без|кроме|нет)\b)\w++", "#": BETWEEN,
             " ?": "[ .]*+", " ": "[ .]++"}


def expand(pattern: str) -> str:
    """The regular expression that a pattern stands for, without word boundaries."""
    def replace(match: re.Match) -> str:
        return _MEANINGS.get(match.group(), match.group())
    return _SHORTHAND.sub(replace, pattern)


def compile_pattern(pattern: str, where: str = "pattern") -> re.Pattern:
    """Compile a pattern of the data files; `where` names its place in errors."""
    try:
        compiled = re.compile(rf"(?<!\w)(?:{expand(pattern)})(?:(?!\w)|(?<!\w))")
    except re.error as error:
        raise ValueError(f"{where}: not a regular expression: {error}") from None
    if compiled.groups:
        raise ValueError(f"{where}: write (?:...) instead of a capturing group")
    return compiled


def read_rows(path: Path, columns: Sequence[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Rows of a data file with where they stand ("file, line n"); see :func:`strict_rows`."""
    for line, row in strict_rows(path, columns)[1]:
        yield f"{path}, line {line}", row


def number(text: str, where: str) -> float:
    """A number of a data file; ``inf`` is allowed."""
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"{where}: not a number: '{text}'") from None


def needed(needs: tuple[str, ...], text: str) -> bool:
    """Is one of the substrings in the text?  Spares most patterns their search."""
    if not needs:
        return True
    for part in needs:
        if part in text:
            return True
    return False


class Taken:
    """Which characters of a text are spoken for.

    Parameters
    ----------
    length : int
        Of the text.
    """

    def __init__(self, length: int):
        self._mask = bytearray(length)

    def add(self, start: int, end: int):
        """Take ``text[start:end]``."""
        self._mask[start:end] = b"\1" * (end - start)

    def meets(self, start: int, end: int) -> bool:
        """Is a character of ``text[start:end]`` taken?"""
        return self._mask.find(1, start, end) >= 0
