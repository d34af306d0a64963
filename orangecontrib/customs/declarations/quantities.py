"""Quantities and ranges in folded text: «24 см и более», «от 19 до 22», «более 16 А, но не более
125 А», “not exceeding 1,000 V”.

Which units there are is data: ``measure_units.csv``.
"""
from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from math import inf
from pathlib import Path

from orangecontrib.customs.files import strict_rows

__all__ = ["Interval", "alone", "read_interval", "NUMBER_LIST", "read_numbers"]

_COUNTED = r"(?!\s?(?:пар|шт|короб|мест|ящ|кг|упак|лет|дж|руб)\w*)"  # «120 пар» is no length
#: A number that may stand without a unit is short; one with it may be a million.
_SHORT = r"\d{1,3}(?:[.,]\d{1,2})?(?!\d)" + _COUNTED
_LONG = (r"(?:\d{1,3}(?:[ ,]\d{3})++(?![.,]?\d)|\d{1,7}(?:[.,]\d{1,3})?(?!\d))" + _COUNTED)
_MORE = (r"(?:более|больше|выше|свыше|превыша\w+|>|more than|over|above|greater than|"
         r"exceed(?:s|ing)?|in excess of)")
_LESS = r"(?:менее|меньше|ниже|<|less than|under|below)"
#: … which with «не» before it takes the number in.
_AT_MOST = r"(?:до|<=|≤|up to|max\.?|maximum)"
_AT_LEAST = r"(?:от|>=|≥|from|at least|min\.?|minimum)"
_NOT = r"(?:не|not|no)"
_COMPARED = "|".join((rf"{_NOT} (?:{_MORE}|{_LESS})", _AT_MOST, _AT_LEAST, _MORE, _LESS))

#: A list or range of sizes: «35-41», «8, 9, 10», «6-12, 13», «36/37».
NUMBER_LIST = re.compile(
    rf"\d{{1,3}}(?:[.,]5)?(?!\d){_COUNTED}"
    rf"(?:\s?(?:-|,|;|/|и|до|по|\.\.\.?)\s?\d{{1,3}}(?:[.,]5)?(?!\d){_COUNTED})*+")
_ONE = re.compile(r"\d{1,3}(?:[.,]\d{1,2})?")
_ONE_LONG = re.compile(_LONG)
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:,\d{3})++")


@dataclass(frozen=True)
class _Unit:
    """A row of ``measure_units.csv``: a number alone has the unit from `alone` on.

    `after`: what must follow the unit where no words name the quantity («1 в комплекте»).
    """

    id: str
    factor: float
    alone: float
    words: re.Pattern
    after: str


@dataclass(frozen=True)
class _Dimension:
    """The units of one kind of quantity, and how its numbers are written."""

    units: tuple[_Unit, ...]
    alone: str          # where a number with a unit begins, with what compares it
    before: re.Pattern
    but: re.Pattern     # «…, но не более 125 А»
    number: re.Pattern

    def unit(self, stated: str | None, least: float) -> _Unit | None:
        """The unit of these words, or of a number alone."""
        if stated is None:
            fitting = [unit for unit in self.units if unit.alone <= least]
            return max(fitting, key=lambda unit: unit.alone, default=None)
        return next(u for u in self.units if u.words.fullmatch(stated.strip("-.")))

    def value(self, text: str) -> float:
        """The number that a text writes."""
        text = text.replace(" ", "")
        return float(text.replace(",", "") if self.number is _ONE_LONG
                     and _THOUSANDS.fullmatch(text) else text.replace(",", "."))


@cache
def _dimensions() -> dict[str, _Dimension]:
    """By the id of each unit, what its numbers are written in."""
    path = Path(__file__).with_name("measure_units.csv")
    kinds: dict[str, list[_Unit]] = {}
    for _, row in strict_rows(path, ("dimension", "unit", "factor", "alone", "words", "after",
                                     "why"))[1]:
        kinds.setdefault(row["dimension"], []).append(_Unit(
            row["unit"], float(row["factor"]), float(row["alone"] or inf),
            re.compile(row["words"]), row["after"]))
    found = {}
    for units in kinds.values():
        words = "|".join(unit.words.pattern for unit in units)
        some = rf"-?(?:{words})(?!\w)[.]?"
        bare = any(unit.alone < inf for unit in units)
        number = _SHORT if bare else _LONG
        clear = "|".join(rf"(?:{unit.words.pattern})(?!\w){unit.after}" for unit in units)
        dimension = _Dimension(
            tuple(units), rf"(?<![.,])(?=(?:(?:{_COMPARED}) )?{number}\s?(?:{clear}))",
            _before(number, some), _but(number, some), _ONE if bare else _ONE_LONG)
        found.update({unit.id: dimension for unit in units})
    return found


@dataclass(frozen=True)
class Interval:
    """An interval of quantities in the unit asked for; `end`: of its words in the folded text.

    `strict_low`, `strict_high`: the end point is excluded.  `compared`: it came
    from a comparison («не более 24»), so touching a threshold is not crossing it.
    """

    low: float
    high: float
    strict_low: bool
    strict_high: bool
    compared: bool
    end: int

    def meets(self, above: float, to: float, closed: str) -> bool:
        """Does it share more than nothing with a bin from `above` to `to`?

        ``closed="left"``: the bin is [above, to); ``"right"``: (above, to].
        """
        low, high = max(self.low, above), min(self.high, to)
        if low > high:
            return False
        if low < high:
            return True
        # One common point: it must belong to both.
        inside_bin = low == above and closed == "left" or low == to and closed == "right" \
            or above < low < to
        mine = not (low == self.low and self.strict_low
                    or low == self.high and self.strict_high)
        if self.compared and self.low < self.high:
            return False
        return inside_bin and mine


def alone(unit: str) -> str:
    """A regular expression of the place where a number with a unit of this kind begins."""
    return _dimensions()[unit].alone


def _before(number: str, unit: str) -> re.Pattern:
    """What follows the name of a quantity: a comparison, numbers, a unit."""
    return re.compile(
        rf"[\s.:(=,\-]*+(?:составля\w+|равн\w+|около|примерно|ок\.|высотой|длиной|в среднем|"
        rf"высот\w*\.?|выс\.)?[\s:(=\-]*+"
        rf"(?P<cmp>{_COMPARED})?"
        rf"[\s:]*+(?:чем |уровня )?(?P<a>{number})\s?(?P<ua>{unit})?"
        # after «24 см» another number needs its own unit: «24 см, 36-41» is no range
        rf"(?:\s?(?:-|до|to|/|\.\.\.?|,|;|и|and)\s?(?P<b>{number})\s?"
        rf"(?(ua)(?P<ub>{unit})|(?P<uc>{unit})?))*+"
        rf"(?P<after>\s?(?:,|\()?\s?(?:и|или|либо|and|or)?\s?{_MORE}|"
        rf"\s?(?:и|или|and|or)?\s?{_LESS}|\s?\+)?"
        rf"(?P<incl>\s?\(?включительно)?")


def _but(number: str, unit: str) -> re.Pattern:
    """The upper end after a lower one: «более 16 А, но не более 125 А»."""
    return re.compile(rf"\s?,?\s?(?:(?:но|и|but|and) )?(?P<cmp>{_NOT} {_MORE}|{_AT_MOST}|{_LESS})"
                      rf" ?(?P<b>{number})\s?(?P<unit>{unit})?")


def read_interval(text: str, at: int, unit: str = "cm") -> Interval | None:
    """The interval that follows position `at` of the folded text, or None.

    Parameters
    ----------
    text : str
    at : int
    unit : str
        In which it is wanted, of ``measure_units.csv``.

    Examples
    --------
    >>> read_interval("на силу тока более 16 А, но не более 125 А".lower(), 12, "A")
    Interval(low=16.0, high=125.0, strict_low=True, strict_high=False, compared=True, end=42)
    """
    dimension = _dimensions()[unit]
    match = dimension.before.match(text, at)
    if match is None:
        return None
    low = high = dimension.value(match["a"])
    if match["b"] is not None:
        numbers = [dimension.value(n) for n in dimension.number.findall(
            text[match.start("a"):match.end("b")])]
        low, high = min(numbers), max(numbers)
    stated = match["ub"] or match["uc"] or match["ua"]
    if stated is None and not match["cmp"] and "," in text[at:match.start("a")]:
        return None  # «с кожаной стелькой, 36-41»
    written = dimension.unit(stated, low)
    if written is None:
        return None
    wanted = next(u for u in dimension.units if u.id == unit)
    factor = written.factor / wanted.factor
    interval = _compared(match, low * factor, high * factor)
    if interval.high < inf or not interval.compared:
        return interval
    but = dimension.but.match(text, interval.end)
    if but is None:
        return interval
    written = dimension.unit(but["unit"] or stated, dimension.value(but["b"]))
    high = dimension.value(but["b"]) * written.factor / wanted.factor
    if high <= interval.low:
        return interval
    return replace(interval, high=high, strict_high=not but["cmp"].startswith(("не ", "no")),
                   end=but.end())


def _compared(match: re.Match, low: float, high: float) -> Interval:
    """The interval that the words around the numbers make of them."""
    comparison, after = match["cmp"] or "", (match["after"] or "").strip(" ,(")
    denied = re.match(rf"{_NOT} ", comparison) is not None
    ranged = match["b"] is not None
    at_least = re.fullmatch(_AT_LEAST, comparison) is not None
    if ranged and not after and (comparison == "" or at_least):
        return Interval(low, high, False, False, False, match.end())
    if after:
        if re.search(_LESS, after):
            return Interval(0, high, False, False, True, match.end())
        return Interval(low, inf, False, True, True, match.end())
    if denied:
        upper = re.search(_MORE, comparison) is not None
    elif at_least:
        return Interval(low, inf, False, True, True, match.end())
    elif comparison == "":
        return Interval(low, high, False, False, False, match.end())
    elif re.fullmatch(_AT_MOST, comparison):
        upper = True
    elif re.fullmatch(_LESS, comparison):
        return Interval(0, high, False, True, True, match.end())
    else:
        return Interval(low, inf, True, True, True, match.end())
    if upper:  # не более, до, <=
        inclusive = bool(match["incl"])
        return Interval(0, high, False, not inclusive and comparison == "до",
                        not inclusive, match.end())
    return Interval(low, inf, False, True, True, match.end())


def read_numbers(text: str) -> list[float]:
    """All sizes of a list."""
    return [float(n.replace(",", ".")) for n in _ONE.findall(text)]
