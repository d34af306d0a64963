"""Lengths in a Russian text: «24 см и более», «от 19 до 22», «25,5-29 см»."""
from __future__ import annotations

import re
from collections.abc import Iterator
from math import inf

from orangecontrib.customs.declarations.languages.interval import Interval

__all__ = ["measured", "read_interval"]

_COUNTED = r"(?!\s?(?:пар|шт|короб|мест|ящ|кг|упак|лет|дж|руб)\w*)"  # «120 пар» is not a length
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
    # after «24 см» another number needs its own unit: «24 см, 36-41» is not a range
    rf"(?:\s?(?:-|до|/|\.\.\.?|,|;|и)\s?(?P<b>{_NUMBER})\s?(?(ua)(?P<ub>{_UNIT})|(?P<uc>{_UNIT})?))*+"
    rf"(?P<after>\s?(?:,|\()?\s?(?:и|или|либо)?\s?(?:{_MORE}|выше)|\s?(?:и|или)?\s?{_LESS}|\s?\+)?"
    rf"(?P<incl>\s?\(?включительно)?")
_ONE = re.compile(r"\d{1,3}(?:[.,]\d{1,2})?")


def _value(text: str) -> float:
    return float(text.replace(",", "."))


def read_interval(text: str, at: int, default_unit: str = "cm") -> Interval | None:  # noqa: C901 - a grammar
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


def measured(text: str, pattern, unit: str) -> Iterator[tuple[int, Interval]]:
    for match in pattern.finditer(text):
        interval = read_interval(text, match.end(), unit)
        if interval is not None:
            yield match.start(), interval
