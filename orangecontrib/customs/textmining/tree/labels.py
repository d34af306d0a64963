"""Codes as a class has them → digits of the tariff; what is doubtful is said."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from orangecontrib.customs.i18n import Message
from orangecontrib.customs.nomenclature import LEVELS, parse_code

__all__ = ["Labels", "read_labels"]

#: Values that a message quotes.
QUOTED = 5


@dataclass(frozen=True)
class Labels:
    """What the values of a class are.

    Attributes
    ----------
    digits : tuple of str
        2, 4, 6, 8 or 10 digits; "" for a value that is not a code.
    remarks : tuple of Message
        What was put right, and what is no code.
    """

    digits: tuple[str, ...]
    remarks: tuple[Message, ...] = ()


def read_labels(values: Iterable[object]) -> Labels:
    """Read the values of a class, codes of any depth.

    A spreadsheet takes 0101 for the number 101: a code with an odd number of digits has lost
    the zero in front, and gets it back.

    Examples
    --------
    >>> read_labels(["6403 91", "101", "boots"]).digits
    ('640391', '0101', '')
    """
    digits, mended, strange = [], [], []
    for value in values:
        code = parse_code(value).digits
        if len(code) % 2:
            code = f"0{code}"
            mended.append(f"{value} → {code}")
        if not code or len(code) not in LEVELS:
            strange.append(str(value))
            code = ""
        digits.append(code)
    remarks = []
    if mended:
        remarks.append(Message.of("textmining.lost_zeros", codes=_some(mended)))
    if strange:
        remarks.append(Message.of("textmining.left_out", values=_some(strange)))
    return Labels(tuple(digits), tuple(remarks))


def _some(values: Sequence[str]) -> str:
    different = list(dict.fromkeys(value or "“”" for value in values))
    return ", ".join(different[:QUOTED]) + " …" * (len(different) > QUOTED)
