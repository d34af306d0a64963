"""Lengths in an English text: "13 3/4 inches", "6-inch", "less than 24 cm", "24 cm or more"."""
from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from math import inf

from orangecontrib.customs.declarations.languages import any_of
from orangecontrib.customs.declarations.languages.interval import Interval

__all__ = ["lengths", "measured"]

_HALVES = {"½": .5, "¼": .25, "¾": .75, "⅛": .125, "⅜": .375, "⅝": .625, "⅞": .875,
           "⅓": 1 / 3, "⅔": 2 / 3}
_FRACTION = "".join(_HALVES)
_NUMBER = (rf"(?:\d{{1,3}}[ -]\d{{1,2}}/\d{{1,2}}|\d{{1,2}}/\d{{1,2}}|\d{{1,3}}(?:[.,]\d{{1,2}})?"
           rf"[ ]?[{_FRACTION}]?|[{_FRACTION}])(?![\d/])")
_INCH = r"(?:inch(?:es)?|in\.(?!\w)|in(?=[ ](?:high|tall|long|heel|shaft|height|length))|ins|\"|'')"
_UNIT = rf"[\s-]?(?P<u{{}}>{_INCH}|cms?|centimet(?:er|re)s?|mms?|millimet(?:er|re)s?)(?!\w)"
_MORE, _LESS = any_of("en", "more"), any_of("en", "less")
_LENGTH = re.compile(
    rf"(?<![\w.,/])(?:(?P<not>not|no)\s)?(?:(?P<more>{_MORE}|>=?|≥)|(?P<less>{_LESS}|<=?|≤))?\s?"
    rf"(?:than\s|or equal to\s|about\s|approximately\s|=\s?)*+(?P<a>{_NUMBER})"
    rf"(?:{_UNIT.format('a')})?(?:\s?(?:-|/|{any_of('en', 'to', 'size_and')})\s?(?P<b>{_NUMBER}))?"
    rf"(?(b){_UNIT.format('b')})"
    rf"(?:,?\s(?:or|and)\s(?:(?P<up>{any_of('en', 'and_more')})|"
    rf"(?P<down>{any_of('en', 'and_less')}))"
    r"(?!\w)|(?P<plus>\s?\+))?")
#: Between a length and the word that says of what it is: "heel of about 5 cm", "5 cm block heel".
_BEFORE = re.compile(rf"[\s:(=,-]*+(?:(?:{any_of('en', 'measured')})[\s:(=]*+)*+")
_AFTER = re.compile(rf"[\s-]*+(?:(?:{any_of('en', 'before_measured')})[\s-]++){{0,2}}")
_SPACES = re.compile("[ -]*+")
#: How far the word may stand before, in characters.
REACH = 50


def _value(text: str) -> float:
    value = 0.
    for piece in re.findall(rf"\d+/\d+|\d+(?:[.,]\d+)?|[{_FRACTION}]", text):
        if "/" in piece:
            above, below = map(int, piece.split("/"))
            value += above / below if below else 0
        else:
            value += _HALVES[piece] if piece in _HALVES else float(piece.replace(",", "."))
    return value


def _in_cm(value: float, unit: str) -> float:
    if unit.startswith("mm") or unit.startswith("milli"):
        return value / 10
    return value if unit.startswith("c") else value * 2.54


def lengths(text: str) -> Iterator[tuple[int, Interval]]:
    """Where each length with a unit begins, and the interval in cm."""
    for match in _LENGTH.finditer(text):
        unit = match["ub"] or match["ua"]
        if unit is None:
            continue
        ends = [_in_cm(_value(match["a"]), match["ua"] or unit)]
        if match["b"]:
            ends.append(_in_cm(_value(match["b"]), unit))
        low, high, end = min(ends), max(ends), match.end()
        more, less = match["more"] is not None, match["less"] is not None
        if match["not"]:
            if not (more or less):
                continue   # «no 24 cm»
            more, less = less, more
            interval = Interval(low, inf, False, True, True, end) if more else \
                Interval(0, high, False, False, True, end)
        elif match["up"] or match["plus"]:
            interval = Interval(low, inf, False, True, True, end)
        elif match["down"]:
            interval = Interval(0, high, False, False, True, end)
        elif more:
            strict = not re.match("at least|min|from|>=|≥", match["more"])
            interval = Interval(low, inf, strict, True, True, end)
        elif less:
            strict = not re.match("up|max|<=|≤|at most", match["less"])
            interval = Interval(0, high, False, strict, True, end)
        else:
            interval = Interval(low, high, False, False, False, end)
        yield match.start(), interval


def _named(text: str, pattern, start: int, end: int) -> tuple[int, int] | None:
    """Where the word stands that says of what a length is: right behind it, or before it."""
    gap = _AFTER.match(text, end)
    after = pattern.match(text, gap.end())
    if after is None and gap.end() > end:
        after = pattern.match(text, _SPACES.match(text, end).end())
    if after is not None:
        return after.span()
    found = None
    for match in pattern.finditer(text, max(0, start - REACH), start):
        if _BEFORE.fullmatch(text, match.end(), start):
            found = match.span()
    return found


def measured(text: str, pattern, unit: str) -> Iterator[tuple[int, Interval]]:
    for start, interval in lengths(text):
        word = _named(text, pattern, start, interval.end)
        if word is not None:
            yield min(start, word[0]), replace(interval, end=max(interval.end, word[1]))
