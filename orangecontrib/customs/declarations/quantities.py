"""Lengths and ranges in folded text: «24 см и более», «от 19 до 22», «25,5-29 см»."""
from __future__ import annotations

import re
from dataclasses import dataclass
from math import inf

__all__ = ["Interval", "read_interval", "NUMBER_LIST"]

_COUNTED = r"(?!\s?(?:пар|шт|короб|мест|ящ|кг|упак|лет|дж|руб)\w*)"  # «120 пар» is no length
_NUMBER = r"\d{1,3}(?:[.,]\d{1,2})?(?!\d)" + _COUNTED
_UNIT = (r"(?:см|сантиметр\w*|мм|миллиметр\w*|дюйм\w*|inch\w*|\"|'')"
         r"(?!\w)[.]?|-?дюймов\w*")
_MORE = r"(?:более|больше|выше|свыше|превыша\w+|>)"
_LESS = r"(?:менее|меньше|ниже|<)"
_BEFORE = re.compile(
    rf"[\s.:(=,\-]*+(?:составля\w+|равн\w+|около|примерно|ок\.|высотой|длиной|в среднем|"
    rf"высот\w*\.?|выс\.)?[\s:(=\-]*+"
    rf"(?P<cmp>не {_MORE}|не {_LESS}|до|от|{_MORE}|{_LESS}|>=|≥|<=|≤)?"
    rf"[\s:]*+(?:чем |уровня )?(?P<a>{_NUMBER})\s?(?P<ua>{_UNIT})?"
    # after «24 см» another number needs its own unit: «24 см, 36-41» is no range
    rf"(?:\s?(?:-|до|/|\.\.\.?|,|;|и)\s?(?P<b>{_NUMBER})\s?(?(ua)(?P<ub>{_UNIT})|(?P<uc>{_UNIT})?))*+"
    rf"(?P<after>\s?(?:,|\()?\s?(?:и|или|либо)?\s?(?:{_MORE}|выше)|\s?(?:и|или)?\s?{_LESS}|\s?\+)?"
    rf"(?P<incl>\s?\(?включительно)?")

#: A list or range of sizes: «35-41», «8, 9, 10», «6-12, 13», «36/37».
NUMBER_LIST = re.compile(
    rf"\d{{1,3}}(?:[.,]5)?(?!\d){_COUNTED}"
    rf"(?:\s?(?:-|,|;|/|и|до|по|\.\.\.?)\s?\d{{1,3}}(?:[.,]5)?(?!\d){_COUNTED})*+")
_ONE = re.compile(r"\d{1,3}(?:[.,]\d{1,2})?")


@dataclass(frozen=True)
class Interval:
    """An interval of lengths in cm, with the span of its words in the folded text.

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


def _value(text: str) -> float:
    return float(text.replace(",", "."))


def read_interval(text: str, at: int, default_unit: str = "cm") -> Interval | None:
    """The interval that follows position `at` of the folded text, or None."""
    match = _BEFORE.match(text, at)
    if match is None:
        return None
    low = high = _value(match["a"])
    if match["b"] is not None:
        numbers = [_value(n) for n in _ONE.findall(text[match.start("a"):match.end("b")])]
        low, high = min(numbers), max(numbers)
    stated = match["ub"] or match["uc"] or match["ua"]
    if stated is None and not match["cmp"] and "," in text[at:match.start("a")]:
        return None  # «с кожаной стелькой, 36-41»
    unit = stated or default_unit
    if unit.startswith(("мм", "милли")) or unit == "cm" and low >= 100:
        low, high = low / 10, high / 10
    elif unit.lstrip("-").startswith(("дюйм", "inch", '"', "''")):
        low, high = low * 2.54, high * 2.54
    comparison, after = match["cmp"] or "", (match["after"] or "").strip(" ,(")
    ranged = match["b"] is not None
    if ranged and not comparison.startswith("не") and comparison in ("", "от"):
        if not after:
            return Interval(low, high, False, False, False, match.end())
    if after:
        if re.search(_LESS, after):
            return Interval(0, high, False, False, True, match.end())
        return Interval(low, inf, False, True, True, match.end())
    if comparison.startswith("не "):
        upper = re.search(_MORE, comparison) is not None
    elif comparison in ("от", ">=", "≥"):
        return Interval(low, inf, False, True, True, match.end())
    elif comparison == "":
        return Interval(low, high, False, False, False, match.end())
    elif comparison in ("до", "<=", "≤"):
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
