"""Does a column hold the answer?

Two signs are looked for, each value by value:

* the column *is the code*: its values are codes of two digits or more that begin like the
  code of their row (the heading), or that go on where it ends (the ten digits);
* the column *determines the class*: each of its values stands under one class only, and
  chance would bring that about less than once in a million.

The chance says what "few enough values" and "enough rows" mean.  An id that is unique stands
under one class by necessity, and so says nothing; in ten rows a feature may separate two
classes by luck (P = .008), which is no proof either.
"""
from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np

from ..codes import cut

__all__ = ["coincidence", "determines", "is_the_code"]

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
    for c, size in sorted(groups, key=lambda group: -group[1]):
        enough = left[left >= size]
        total += np.logaddexp.reduce(choose(enough, size)) - choose(left.sum(), size)
        left[c] -= size
    return float(np.exp(total))


def determines(values: Sequence[Hashable], classes: Sequence[Hashable]) -> bool:
    """Whether each value stands under one class, too often to be chance.

    Parameters
    ----------
    values : sequence, length n
        "" where it is unknown.
    classes : sequence, length n
        "" where it is unknown: such rows don't count.
    """
    class_of: dict[Hashable, Hashable] = {}
    sizes: dict[Hashable, int] = {}
    known = 0
    for value, label in zip(values, classes):
        if label == "":
            continue
        known += 1
        if value == "":
            continue
        if class_of.setdefault(value, label) != label:
            return False
        sizes[value] = sizes.get(value, 0) + 1
    if not sizes or sum(sizes.values()) < FILLED * known:
        return False
    number = {label: i for i, label in enumerate(dict.fromkeys(class_of.values()))}
    return coincidence([(number[class_of[value]], size) for value, size in sizes.items()]) < CHANCE


def is_the_code(values: Sequence[str], classes: Sequence[str]) -> bool:
    """Whether the values are the codes of the classes, shorter or longer.

    One and the same value in all rows tells nothing and is no answer.
    """
    read: dict[str, str] = {}
    known = [(value, label) for value, label in zip(values, classes) if label]
    pairs = [(read.setdefault(value, cut(value, None)[0]), label)
             for value, label in known if value]
    pairs = [(code, label) for code, label in pairs if code]
    if len(pairs) < FILLED * len(known) or len({code for code, _ in pairs}) < 2:
        return False
    agree = sum(label.startswith(code) or code.startswith(label) for code, label in pairs)
    return agree >= AGREEING * len(pairs)
