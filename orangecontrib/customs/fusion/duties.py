"""Duties of codes: what their rates alone tell."""
from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from orangecontrib.customs.nomenclature import Tariff

__all__ = ["EUR", "PERCENT", "eur_per_unit", "percent_of_value", "span"]

#: Measures of duties that rates alone tell: EUR per unit of the good, and % of its value.
EUR, PERCENT = "EUR", "%"


def eur_per_unit(tariff: Tariff, code: str) -> float:
    """EUR per unit; NaN where the rate alone doesn't tell it."""
    duty = tariff.duty(code)
    return np.nan if duty is None else duty


def percent_of_value(tariff: Tariff, code: str) -> float:
    """Per cent of the value; NaN where the rate alone doesn't tell it."""
    line = tariff.get(code)
    percent = None if line is None or line.rate.rule != "ad valorem" else line.rate.percent
    return np.nan if percent is None else percent


def span(duties: Iterable[float]) -> tuple[float, float]:
    """The lowest and the highest of those that are known; NaN where none is."""
    known = [duty for duty in duties if duty == duty]
    return (min(known), max(known)) if known else (np.nan, np.nan)
