"""Codes as a tree: levels of nodes, each after its parent's other children."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from orangecontrib.customs.nomenclature import LEVELS, Tariff

__all__ = ["Branches", "Designations", "designations_of"]

#: «Прочие» says nothing of what a good is.
_OTHER = ("проч", "other")


@dataclass(frozen=True)
class Designations:
    """What a tariff says of each node.

    Attributes
    ----------
    texts : dict of str to tuple of (str, str)
        Code → in Russian and in English, all that is below it included; "" where there is none.
    titles : dict of str to str
        Code → its own designation with those above it, for people.
    """

    texts: dict[str, tuple[str, str]]
    titles: dict[str, str]


def designations_of(tariff: Tariff, depth: int = LEVELS[-1]) -> Designations:
    """The words that speak for each code of a tariff, down to a number of digits.

    A node has its own words twice, and once those of all lines below it that say more than
    «прочие».
    """
    texts: dict[str, tuple[str, str]] = {}
    titles: dict[str, str] = {}
    for digits in LEVELS:
        if digits > depth:
            break
        for code, number in tariff.at_level(digits):
            line = tariff.lines[number]
            below = [tariff.lines[n] for n in range(number + 1, tariff.ends[number])]
            texts[code] = (_joined(line.ru, (other.ru for other in below)),
                           _joined(line.en, (other.en for other in below)))
            titles[code] = tariff.full_text(number)
    return Designations(texts, titles)


def _joined(own: str, below: Iterable[str]) -> str:
    return " ".join([own, own, *(text for text in below
                                 if not text.casefold().startswith(_OTHER))]).strip()


@dataclass(frozen=True)
class Branches:
    """Nodes of a tree of codes.

    Attributes
    ----------
    levels : tuple of int
        Digits of each level, from 2 to those of the deepest code that was declared.
    codes : tuple of tuple of str
        The nodes of each level, in order.
    """

    levels: tuple[int, ...]
    codes: tuple[tuple[str, ...], ...]

    @classmethod
    def of(cls, declared: Iterable[str], printed: Iterable[str] = ()) -> Branches:
        """Of declared codes, and of those of a tariff down to the deepest declared ones."""
        declared = set(declared)
        depth = max(map(len, declared))
        levels = tuple(digits for digits in LEVELS if digits <= depth)
        codes = declared.union(printed)
        return cls(levels, tuple(tuple(sorted({code[:digits] for code in codes
                                               if len(code) >= digits})) for digits in levels))

    @cached_property
    def places(self) -> tuple[dict[str, int], ...]:
        """Code → its place, by level."""
        return tuple({code: place for place, code in enumerate(codes)} for codes in self.codes)

    @cached_property
    def parents(self) -> tuple[np.ndarray, ...]:
        """Place of each node's parent in the level above; 0, the root, at the first level."""
        found = [np.zeros(len(self.codes[0]), dtype=int)]
        for above, digits, codes in zip(self.places, self.levels, self.codes[1:]):
            found.append(np.array([above[code[:digits]] for code in codes], dtype=int))
        return tuple(found)

    @cached_property
    def starts(self) -> tuple[np.ndarray, ...]:
        """The first child of each node that has any, by the level of the children."""
        return tuple(np.flatnonzero(np.diff(parents, prepend=-1)) for parents in self.parents)

    @cached_property
    def families(self) -> tuple[np.ndarray, ...]:
        """Whose child each node is: the number of its parent among those that have any."""
        return tuple(np.cumsum(np.diff(parents, prepend=-1) > 0) - 1 for parents in self.parents)

    @cached_property
    def inner(self) -> tuple[np.ndarray, ...]:
        """Which nodes of a level have children."""
        found = [np.zeros(len(codes), dtype=bool) for codes in self.codes]
        for level, parents in enumerate(self.parents[1:]):
            found[level][parents] = True
        return tuple(found)

    def children(self, level: int, parent: int) -> slice:
        """Children, in a level, of a node of the level above."""
        return slice(*np.searchsorted(self.parents[level], [parent, parent + 1]))

    def __getstate__(self):
        return {"levels": self.levels, "codes": self.codes}
