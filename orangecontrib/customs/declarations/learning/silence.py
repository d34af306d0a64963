"""Answers that a model gave without having read anything, as far as a table shows it.

A model that meets no word of its bag answers with what it takes for the shares of the codes,
to the last digit the same for every such text.  So where the model itself is not at hand,
equal answers to texts that have no word in common give it away, with two reservations: there
is only one such answer (trees and nearest neighbours give a few answers to everything), and
it is not a certain one, as shares of codes hardly are.  One such text alone can't be told.
"""
from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

__all__ = ["same_answer"]

#: An answer more certain than this rests on something.
CERTAIN = .95
#: A word as far as its inflection goes.
_STEM = re.compile(r"[^\W\d_]{3,5}")


def _stems(text: str) -> set[str]:
    return {match.group() for match in _STEM.finditer(text.casefold().replace("ё", "е"))
            if match.start() == 0 or not text[match.start() - 1].isalpha()}


def same_answer(texts: Sequence[str], probabilities: np.ndarray) -> np.ndarray:
    """Rows that share one answer while their texts share no word.

    Parameters
    ----------
    texts : sequence of str, length n
    probabilities : ndarray, shape (n, k)

    Returns
    -------
    ndarray of bool, shape (n,)
        No row where several answers are like that, or none.
    """
    groups: dict[tuple, list[int]] = {}
    for row, p in enumerate(np.asarray(probabilities, dtype=float).tolist()):
        if p and max(p) <= CERTAIN and all(x == x for x in p):
            groups.setdefault(tuple(p), []).append(row)
    found = [rows for rows in groups.values() if len({texts[row] for row in rows}) > 1
             and not set.intersection(*(_stems(texts[row]) for row in rows))]
    result = np.zeros(len(texts), dtype=bool)
    if len(found) == 1:
        result[found[0]] = True
    return result
