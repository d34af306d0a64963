"""Duties of codes: what their rates alone tell."""
from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from orangecontrib.customs.nomenclature import Tariff
from orangecontrib.customs.nomenclature.decision_table import OUTSIDE

__all__ = ["EUR", "PERCENT", "eur_per_unit", "percent_of_value", "span", "span_of",
           "told_otherwise"]

#: Measures of duties that rates alone tell: EUR per unit of the good, and % of its value.
EUR, PERCENT = "EUR", "%"


def eur_per_unit(tariff: Tariff, code: str) -> float:
    """EUR per unit; NaN where the rate alone doesn't tell it."""
    duty = tariff.duty(code)
    return np.nan if duty is None else duty


def percent_of_value(tariff: Tariff, code: str) -> float:
    """Per cent of the value; NaN where the rate alone doesn't tell it."""
    line = tariff.get(code)
    return line.rate.percent if line is not None and line.rate.rule == "ad valorem" else np.nan


def span(duties: Iterable[float]) -> tuple[float, float]:
    """The lowest and the highest of those that are known; NaN where none is."""
    known = [duty for duty in duties if duty == duty]
    return (min(known), max(known)) if known else (np.nan, np.nan)


def told_otherwise(tariff: Tariff, codes: Iterable[str],
                   duty_of: Callable[[Tariff, str], float]) -> bool:
    """Whether some code has a rate that this measure doesn't tell, or stands in another tariff."""
    lines = ((code, tariff.get(code)) for code in codes if code != OUTSIDE)
    return any(line is None or bool(line.rate.text) and np.isnan(duty_of(tariff, code))
               for code, line in lines)


def span_of(tariff: Tariff, codes: Iterable[str], duty_of: Callable[[Tariff, str], float]
            ) -> tuple[float, float]:
    """The lowest and the highest duty of codes in a measure; NaN where it doesn't tell all."""
    codes = tuple(codes)
    return (np.nan, np.nan) if told_otherwise(tariff, codes, duty_of) \
        else span(duty_of(tariff, code) for code in codes)
