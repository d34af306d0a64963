"""The names of :mod:`orangecontrib.customs.cases` that used to live here."""
from __future__ import annotations

from orangecontrib.customs.cases import COLUMNS as CLASSIFY_COLUMNS
from orangecontrib.customs.cases import ERROR, PhotoEvidence, case_of, rows_of
from orangecontrib.customs.cases.sources import read_photos

__all__ = ["CLASSIFY_COLUMNS", "PhotoEvidence", "classify", "read_photos"]


def classify(goods, photos=None, *, priors=None, error=ERROR, progress=None) -> list[dict]:
    """Rows of the result; :func:`orangecontrib.customs.cases.decide` does more."""
    return rows_of(case_of(goods, photos, priors=priors), error, progress=progress)
