"""Codes that people typed: which digits they are, and whether they reach a level."""
from __future__ import annotations

import re

from orangecontrib.customs.i18n import Message, Sayable, Words
from orangecontrib.customs.nomenclature import parse_code

__all__ = ["CODE_NAME", "answered_code", "cut"]

#: What columns with codes are called.
CODE_NAME = re.compile(r"\bcode|код|тн\s*вэд|\bhs", re.I)


def cut(text: str, digits: int | None) -> tuple[str, Sayable]:
    """A code cut to a level, and why it could not be.

    Parameters
    ----------
    text : str
        «8504 40 300 8», «850440», «8504.40».
    digits : int or None
        None keeps all digits.

    Returns
    -------
    code : str
    reason : Message, Words or str
        One of the two is empty.

    Examples
    --------
    >>> cut("8504 40 300 8", 6)
    ('850440', '')
    >>> from orangecontrib.customs.i18n import say
    >>> say(cut("8504", 6)[1], "en")
    '“8504” has 4 digits, 6 are needed'
    """
    code = parse_code(text)
    if code.problem:
        return "", Words(code.said("ru")[0], code.said("en")[0])
    if not code.digits:
        return "", Message("reader.no_code")
    if len(code.digits) < (digits or 2):
        return "", Message.of("reader.few_digits", typed=code.typed, n=len(code.digits),
                              needed=digits or 2)
    return code.digits[:digits], ""


def answered_code(column: str) -> str:
    """The code, of 4 to 10 digits, whose probability a column holds; "" where it holds none.

    Predictions names such a column ``model (code)``; just ``code`` is read too.

    >>> answered_code("Tree (6403 99)"), answered_code("8504"), answered_code("p (2)")
    ('640399', '8504', '')
    """
    code = "".join(column.rstrip(")").rsplit("(", 1)[-1].split())
    return code if re.fullmatch(r"[0-9]{4,10}", code) else ""
