"""Texts of users' files on paper: what can't be seen there, or turns the line, is made visible."""
from __future__ import annotations

import unicodedata

__all__ = ["plain"]

#: What stands for a letter that can't be printed.
UNPRINTABLE = "\N{REPLACEMENT CHARACTER}"
#: Marks that join letters or part words, and turn nothing.
_HARMLESS = frozenset("\N{SOFT HYPHEN}\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}"
                      "\N{ZERO WIDTH SPACE}\N{WORD JOINER}\N{ZERO WIDTH NO-BREAK SPACE}")


def plain(text: str) -> str:
    """A text of the same length without letters that can't be printed.

    Control characters, halves of surrogate pairs, and marks that turn the direction of a line, by
    which a page would read otherwise than the file.

    >>> plain("верх\\x00\\tкожа \\u202e6403")
    'верх�\\tкожа �6403'
    """
    if text.isprintable():
        return text
    return "".join(character if _printed(character) else UNPRINTABLE for character in text)


def _printed(character: str) -> bool:
    if character in "\t\n\r" or character in _HARMLESS:
        return True
    return unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn")
