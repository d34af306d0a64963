"""Does a column hold the answer?

Two signs are looked for, each value by value:

* the column *is the code*: its values are codes of two digits or more that begin like the
  code of their row (the heading), or that go on where it ends (the ten digits);
* the column *determines the class*: each of its values stands under one class only, and
  chance would bring that about less than once in a million.

The chance says what "few enough values" and "enough rows" mean.  An id that is unique stands
under one class by necessity, and so says nothing; in ten rows a feature may separate two
classes by luck (P = .008), which proves nothing either.
"""
from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence

import numpy as np

from ..codes import cut

__all__ = ["coincidence", "determines", "is_the_code", "tally"]

#: A coincidence that is less likely than this is none.
CHANCE = 1e-6
#: Of the rows with a code, this share has to agree: a few slips make no other column of it.
AGREEING = .95
#: A column that is empty in more rows does not determine anything.
FILLED = .5


def coincidence(groups: Sequence[tuple[int, int]]) -> float:
    """P(each group of rows falls into one class), if rows came by their classes at random.

    Parameters
    ----------
    groups : sequence of (class, size)
        The class that all rows of a value have, and how many rows it has.
    """
    from scipy.special import gammaln

    def choose(n, k):
        return gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)

    left = np.zeros(1 + max((c for c, _ in groups), default=0))
    for c, size in groups:
        left[c] += size
    total = 0.
    # a single row falls into one class whatever happens
    for c, size in sorted((group for group in groups if group[1] > 1), key=lambda g: -g[1]):
        enough = left[left >= size]
        total += np.logaddexp.reduce(choose(enough, size)) - choose(left.sum(), size)
        left[c] -= size
    return float(np.exp(total))


def tally(values: Iterable[str], classes: Iterable[str]) -> Counter:
    """How often each value stands under each class; "" is unknown and left out."""
    return Counter((value, label) for value, label in zip(values, classes) if value and label)


def determines(counts: Mapping[tuple[Hashable, str], int], known: int) -> bool:
    """Whether each value stands under one class, too often to be chance.

    Parameters
    ----------
    counts : mapping of (value, class) to int
        Rows with both, see :func:`tally`.
    known : int
        Rows with a class.
    """
    if len({value for value, _ in counts}) < len(counts) or not counts \
            or sum(counts.values()) < FILLED * known:
        return False
    number: dict[str, int] = {}
    return coincidence([(number.setdefault(label, len(number)), size)
                        for (_, label), size in counts.items()]) < CHANCE


def is_the_code(counts: Mapping[tuple[str, str], int], known: int) -> bool:
    """Whether the values are the codes of the classes, shorter or longer.

    One and the same value in all rows tells nothing: it is not an answer.

    Parameters
    ----------
    counts, known
        As for :func:`determines`.
    """
    read = {text: cut(text, None)[0] for pair in counts for text in pair}
    codes = [(read[value], read[label], size) for (value, label), size in counts.items()
             if read[value]]
    rows = sum(size for _, _, size in codes)
    if rows < FILLED * known or len({code for code, _, _ in codes}) < 2:
        return False
    agree = sum(size for code, label, size in codes
                if label and (label.startswith(code) or code.startswith(label)))
    return agree >= AGREEING * rows
