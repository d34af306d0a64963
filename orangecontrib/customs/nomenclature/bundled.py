"""The tariff that comes with the package: the branches and editions in ``editions.csv``."""
from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path

from .tree import Tariff

__all__ = ["bundled_tariff"]

EDITIONS = Path(__file__).parent / "editions.csv"


@lru_cache(maxsize=8)
def bundled_tariff(on: date | str | None = None, branch: str = "") -> Tariff:
    """Group 64 and the headings 8504, 8536 and 9032, in brief designations of our own.

    Parameters
    ----------
    on : date or str, optional
        The day (ISO) on which the editions are in force; by default the latest ones.
    branch : str
        One branch of ``editions.csv``; by default all.

    Raises
    ------
    ValueError
        The first edition of a branch came into force later.
    """
    return Tariff.in_force(EDITIONS, on, [branch] if branch else None)
