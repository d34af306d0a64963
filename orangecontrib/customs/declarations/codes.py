"""Codes that people typed: which digits they are, and whether they reach a level."""
from __future__ import annotations

import re

from orangecontrib.customs.nomenclature import parse_code

__all__ = ["CODE_NAME", "answered_code", "cut"]

#: What columns with codes are called.
CODE_NAME = re.compile(r"\bcode|код|тн\s*вэд|\bhs", re.I)


def cut(text: str, digits: int | None) -> tuple[str, str]:
    """A code cut to a level, and why it could not be.

    Parameters
    ----------
    text : str
        «8504 40 300 8», «850440», «8504.40».
    digits : int or None
        None keeps all digits.

    Returns
    -------
    code, reason : str
        One of them is empty.

    Examples
    --------
    >>> cut("8504 40 300 8", 6)
    ('850440', '')
    >>> cut("8504", 6)
    ('', '«8504» has 4 digits, 6 are needed')
    """
    code = parse_code(text)
    if code.problem:
        return "", code.said()[0]
    if not code.digits:
        return "", "no code"
    if len(code.digits) < (digits or 2):
        return "", f"«{code.typed}» has {len(code.digits)} digits, {digits or 2} are needed"
    return code.digits[:digits], ""


def answered_code(column: str) -> str:
    """The code, of 4 to 10 digits, whose probability a column holds; "" where it holds none.

    Predictions names such a column ``model (code)``; just ``code`` is read too.

    >>> answered_code("Tree (6403 99)"), answered_code("8504"), answered_code("p (2)")
    ('640399', '8504', '')
    """
    code = "".join(column.rstrip(")").rsplit("(", 1)[-1].split())
    return code if re.fullmatch(r"[0-9]{4,10}", code) else ""
