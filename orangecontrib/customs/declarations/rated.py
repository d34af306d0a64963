"""Rated quantities in folded text: «12-24 В», «более 16 А, но не более 125 А», “not exceeding
1,000 V”.

They are written alike in all languages that are read, behind their name or without one.  Which
units there are is data: ``measure_units.csv``.
"""
from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from math import inf
from pathlib import Path

from orangecontrib.customs.files import strict_rows

from .languages.interval import Interval

__all__ = ["alone", "is_rated", "rated", "read_quantity"]

_NUMBER = (r"(?:\d{1,3}(?:[ ,]\d{3})++(?![.,]?\d)|\d{1,7}(?:[.,]\d{1,3})?(?!\d))"
           r"(?!\s?(?:пар|шт|короб|мест|ящ|кг|упак|лет|руб|pcs)\w*)")  # «120 шт» is not a quantity
_ONE = re.compile(_NUMBER)
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:,\d{3})++")
_MORE = (r"(?:более|больше|выше|свыше|превыша\w+|>|more than|over|above|greater than|"
         r"exceed(?:s|ing)?|in excess of)")
_LESS = r"(?:менее|меньше|ниже|<|less than|under|below)"
_AT_MOST = r"(?:до|<=|≤|up to|max\.?|maximum)"
_AT_LEAST = r"(?:от|>=|≥|from|at least|min\.?|minimum)"
_NOT = r"(?:не|not|no)"
_COMPARED = "|".join((rf"{_NOT} (?:{_MORE}|{_LESS})", _AT_MOST, _AT_LEAST, _MORE, _LESS))


@dataclass(frozen=True)
class _Unit:
    """A row of ``measure_units.csv``.

    `after`: what must follow the unit where no words name the quantity («1 в комплекте»).
    """

    id: str
    factor: float
    words: re.Pattern
    after: str


class _Dimension:
    """The units of one kind of quantity, and how its numbers are written.

    Attributes
    ----------
    alone : str
        A regular expression of where a number with a unit begins, with what compares it.
    before, but : re.Pattern
        A comparison, numbers, a unit; the upper end behind a lower one («…, но не более 125 А»).
    """

    def __init__(self, units: list[_Unit]):
        self._units = units
        unit = rf"-?(?:{'|'.join(unit.words.pattern for unit in units)})(?!\w)[.]?"
        clear = "|".join(rf"(?:{unit.words.pattern})(?!\w){unit.after}" for unit in units)
        self.alone = rf"(?<![.,])(?=(?:(?:{_COMPARED}) )?{_NUMBER}\s?(?:{clear}))"
        self.before = re.compile(
            rf"[\s.:(=,\-]*+(?:составля\w+|равн\w+|около|примерно|ок\.|about)?[\s:(=\-]*+"
            rf"(?P<compared>{_COMPARED})?[\s:]*+(?:чем )?(?P<first>{_NUMBER})\s?(?P<one>{unit})?"
            rf"(?:\s?(?:-|до|to|/|\.\.\.?|,|;|и|and)\s?{_NUMBER}\s?(?(one){unit}|(?P<all>{unit})?))*+"
            rf"(?P<after>\s?(?:,|\()?\s?(?:и|или|либо|and|or)?\s?(?:(?P<more>{_MORE}|\+)|{_LESS}))?"
            rf"(?P<inclusive>\s?\(?включительно)?")
        self.but = re.compile(
            rf"\s?,?\s?(?:(?:но|и|but|and) )?(?P<compared>{_NOT} {_MORE}|{_AT_MOST}|{_LESS}) "
            rf"?(?P<first>{_NUMBER})\s?(?P<one>{unit})?")

    def factor(self, stated: str) -> float:
        """Of the unit of these words."""
        return next(u.factor for u in self._units if u.words.fullmatch(stated.strip("-.")))


@cache
def _dimensions() -> dict[str, tuple[_Dimension, float]]:
    """By the id of each unit, its dimension and factor."""
    path = Path(__file__).with_name("measure_units.csv")
    kinds: dict[str, list[_Unit]] = {}
    for _, row in strict_rows(path, ("dimension", "unit", "factor", "words", "after", "why"))[1]:
        kinds.setdefault(row["dimension"], []).append(_Unit(
            row["unit"], float(row["factor"]), re.compile(row["words"]), row["after"]))
    return {unit.id: (dimension, unit.factor) for units in kinds.values()
            for dimension in (_Dimension(units),) for unit in units}


def is_rated(unit: str) -> bool:
    """Is it a unit of ``measure_units.csv``?"""
    return unit in _dimensions()


def alone(unit: str) -> str:
    """A regular expression of the place where a number with a unit of this kind begins."""
    return _dimensions()[unit][0].alone


def rated(text: str, regex: re.Pattern, unit: str) -> Iterator[tuple[int, Interval]]:
    """Quantities behind what names them: where the name begins, the interval."""
    for match in regex.finditer(text):
        interval = read_quantity(text, match.end(), unit)
        if interval is not None:
            yield match.start(), interval


def read_quantity(text: str, at: int, unit: str) -> Interval | None:
    """The interval that follows position `at` of the folded text, or None without its unit.

    Parameters
    ----------
    text : str
    at : int
    unit : str
        In which it is wanted, of ``measure_units.csv``.

    Examples
    --------
    >>> read_quantity("сила тока более 16 а, но не более 125 а", 9, "A")
    Interval(low=16.0, high=125.0, strict_low=True, strict_high=False, compared=True, end=39)
    """
    dimension, wanted = _dimensions()[unit]
    match = dimension.before.match(text, at)
    stated = match and (match["all"] or match["one"])
    if not stated:
        return None
    end = match.start("after") if match["after"] else match.end()
    numbers = [_value(n) * dimension.factor(stated) / wanted
               for n in _ONE.findall(text[match.start("first"):end])]
    interval = _compared(match, min(numbers), max(numbers))
    but = dimension.but.match(text, interval.end) if interval.high == inf else None
    if but is None:
        return interval
    high = _value(but["first"]) * dimension.factor(but["one"] or stated) / wanted
    if high <= interval.low:
        return interval
    return replace(interval, high=high, end=but.end(),
                   strict_high=re.match(_NOT, but["compared"]) is None)


def _value(text: str) -> float:
    text = text.replace(" ", "")
    return float(text.replace(",", "" if _THOUSANDS.fullmatch(text) else "."))


def _compared(match: re.Match, low: float, high: float) -> Interval:
    """The interval that the words around the numbers make of them."""
    words, end = match["compared"] or "", match.end()
    denied = re.match(rf"{_NOT} ", words) is not None
    if match["after"]:
        return Interval(low, inf, False, True, True, end) if match["more"] \
            else Interval(0, high, False, False, True, end)
    if re.fullmatch(_AT_LEAST, words) and low == high or denied and re.search(_LESS, words):
        return Interval(low, inf, False, True, True, end)
    if words == "" or re.fullmatch(_AT_LEAST, words):
        return Interval(low, high, False, False, False, end)
    if re.fullmatch(_AT_MOST, words) or denied:
        open_ = words == "до" and not match["inclusive"]
        return Interval(0, high, False, open_, not match["inclusive"], end)
    if re.fullmatch(_LESS, words):
        return Interval(0, high, False, True, True, end)
    return Interval(low, inf, True, True, True, end)
