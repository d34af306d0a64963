"""Codes as people type them → digits: the one parser, for files, widgets and the tariff itself.

What is understood: spaces, dots and dashes between the groups of digits, words such as «код
ТН ВЭД» in front, numbers and what spreadsheets make of them (``6403999600.0``), and the letter О
in place of a zero, which is remarked on.  Everything else is a problem, never a guess.
"""
from __future__ import annotations

import math
import numbers
import re
from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["LEVELS", "Code", "PROBLEMS", "REMARKS", "leading_code", "parse_code", "spaced"]

#: Digits of the levels of the ТН ВЭД ЕАЭС at which a code may end.
LEVELS = (2, 4, 6, 8, 10)

#: Why something is not a code: id → Russian and English, filled with ``typed``, ``count``.
PROBLEMS: Mapping[str, tuple[str, str]] = {
    "words": ("«{typed}» – не код ТН ВЭД", "«{typed}» is not a code"),
    "long": ("«{typed}» – не код ТН ВЭД: цифр {count}, в коде их не больше 10",
             "«{typed}» has {count} digits, a code has at most 10"),
    "short": ("«{typed}» – не код ТН ВЭД: в коде не меньше двух цифр",
              "«{typed}» has one digit, at least two are needed"),
    "power": ("«{typed}» – сокращённое число: последние цифры кода потеряны; задайте столбцу "
              "текстовый формат и введите код заново",
              "«{typed}» is a shortened number, the last digits of the code are lost; format "
              "the column as text and enter the code again"),
    "range": ("«{typed}» – похоже на два кода; нужен один",
              "«{typed}» looks like two codes; one is needed"),
}

#: What is doubtful in a code that was read: as PROBLEMS, filled with ``digits``, too.
REMARKS: Mapping[str, tuple[str, str]] = {
    "letter": ("«{typed}»: буква О прочитана как ноль", "«{typed}»: the letter O is read as zero"),
    "length": ("«{digits}» – {count} знаков: в ТН ВЭД их 2, 4, 6, 8 или 10",
               "«{digits}» has {count} digits, codes have 2, 4, 6, 8 or 10"),
}

_QUOTES = "'\"`’‘“”„«» \t\r\n\u00a0"
_DASH = r"\-\u2010-\u2015\u2212"
_LETTER_O = "OoОо"
_WORDS = re.compile(
    r"(?:(?:коды?|товара|позици[яи]|тн\s*+вэд|еаэс|тс|code|hs|hts|cn)\b[\s.:№#]*+)++", re.I)
_CODE_LIKE = re.compile(rf"[0-9{_LETTER_O}][0-9{_LETTER_O}\s.,{_DASH}]*")
_POWER = re.compile(r"[0-9]+(?:[.,][0-9]*)?e\+?[0-9]+", re.I)
# the first point of a dotted code follows the heading at the latest, and no part there is "0"
_FLOAT = re.compile(r"([0-9]{5,}(?=[.,]0+\Z)|[0-9]{1,4}(?=[.,]0\Z))[.,]0+")
_RANGE = re.compile(rf"[0-9]{{4}}\s*[{_DASH}]\s*[0-9]{{4}}|[0-9]{{6,}}\s*[{_DASH}]\s*[0-9]{{6,}}")
_SEPARATORS = re.compile(rf"[\s.{_DASH}]+")
_LEADING = re.compile(rf"\s*({_WORDS.pattern})?([0-9](?:[0-9 \u00a0\u202f.]|(?<=[0-9])[{_DASH}]"
                      r"(?=[0-9]))*)(?!\w)", re.I)


@dataclass(frozen=True)
class Code:
    """What was typed in the place of a code.

    Attributes
    ----------
    typed : str
    digits : str
        2 to 10 ASCII digits; "" where nothing was typed, or no code.
    problem : str
        Key of PROBLEMS, "" without.
    remarks : tuple of str
        Keys of REMARKS.
    """

    typed: str
    digits: str = ""
    problem: str = ""
    remarks: tuple[str, ...] = ()

    def said(self, language: str = "en") -> list[str]:
        """The problem and the remarks in words, Russian (``"ru"``) or English."""
        number = 0 if language == "ru" else 1
        count = len(self.digits) or sum(map(str.isdigit, self.typed))
        words = [PROBLEMS[self.problem]] if self.problem else []
        words += [REMARKS[remark] for remark in self.remarks]
        return [pair[number].format(typed=self.typed, digits=self.digits, count=count)
                for pair in words]


def parse_code(value: object) -> Code:
    """Read a code that somebody typed.

    Parameters
    ----------
    value : str, number or None
        None and NaN are nothing; a number has lost the zeros that it began with, if any.

    Examples
    --------
    >>> parse_code("код 6403.99.960.0").digits, parse_code(6403999600.0).digits
    ('6403999600', '6403999600')
    >>> parse_code("64О3").said()
    ['«64О3»: the letter O is read as zero']
    """
    if isinstance(value, str) and len(value) in LEVELS and value.isascii() and value.isdigit():
        return Code(value, value)  # nearly all there are
    if isinstance(value, numbers.Real):
        number = float(value)
        if math.isnan(number):
            return Code("")
        if number < 0 or not number.is_integer():
            return Code(f"{number:g}", problem="words")
        value = f"{number:.0f}"
    typed = str(value if value is not None else "").strip(_QUOTES)
    if not typed:
        return Code("")
    words = _WORDS.match(typed)
    body = (typed[words.end():] if words else typed).strip(_QUOTES)
    if _POWER.fullmatch(body):
        return Code(typed, problem="power")
    if _RANGE.fullmatch(body):
        return Code(typed, problem="range")
    if not _CODE_LIKE.fullmatch(body) or not re.search("[0-9]", body):
        return Code(typed, problem="words")
    remarks: tuple[str, ...] = ("letter",) if set(body) & set(_LETTER_O) else ()
    body = "".join(re.sub(f"[{_LETTER_O}]", "0", body).split())
    whole = _FLOAT.fullmatch(body)
    digits = whole[1] if whole else _SEPARATORS.sub("", body)
    if not digits.isdigit():
        return Code(typed, problem="words")
    if not LEVELS[0] <= len(digits) <= LEVELS[-1]:
        return Code(typed, problem="short" if len(digits) < LEVELS[0] else "long")
    if len(digits) not in LEVELS:
        remarks += ("length",)
    return Code(typed, digits, remarks=remarks)


def leading_code(text: str) -> str:
    """The digits of the code that a text begins with, "" where it begins with none.

    >>> leading_code("850440 – преобразователи")
    '850440'
    """
    whole = parse_code(text)
    if whole.digits or whole.problem == "range":
        return whole.digits
    match = _LEADING.match(text)
    return parse_code(match[2]).digits if match else ""


def spaced(code: str) -> str:
    """A code as the tariff prints it: ``6403 99 960 0``."""
    return " ".join(part for part in (code[:4], code[4:6], code[6:9], code[9:]) if part)
