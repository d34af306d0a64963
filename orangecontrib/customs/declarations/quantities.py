"""Lengths and ranges in folded text: «24 см и более», "13 3/4 inches high", «25,5-29 см»."""
from __future__ import annotations

import re
from collections.abc import Iterator

from .languages import LANGUAGES, any_of, part
from .languages.interval import Interval
from .languages.ru.lengths import read_interval
from .rated import is_rated, rated

__all__ = ["NUMBER_LIST", "Interval", "measured", "read_interval"]


def _any(kind: str) -> str:
    return "|".join(any_of(language, kind) for language in LANGUAGES)


_COUNTED = rf"(?!\s?(?:{_any('counted')}))"   # «120 пар» is not a size

_BETWEEN = rf"-|,|;|/|{_any('to')}|{_any('size_and')}|\.\.\.?"

#: A list or range of sizes: «35-41», «8, 9, 10», «6-12, 13», «36/37», "7 to 13".
NUMBER_LIST = re.compile(
    rf"\d{{1,3}}(?:[.,]5)?(?!\d){_COUNTED}"
    rf"(?:\s?(?:{_BETWEEN})\s?\d{{1,3}}(?:[.,]5)?(?!\d){_COUNTED})*+")


def measured(text: str, measure, language: str) -> Iterator[tuple[int, Interval]]:
    """What a measure names, in folded text: where the words begin, the interval.

    Parameters
    ----------
    text : str
    measure
        With `pattern`, what is measured, and the `unit` of numbers that have none.
    language : str
        In Russian a length stands behind what is measured, in English before it, too.
    """
    if is_rated(measure.unit):
        return rated(text, measure.pattern, measure.unit)
    return part(language, "lengths").measured(text, measure.pattern, measure.unit)
