"""Where the probability of a good lies on the tariff: branches with their masses, thin ones folded.

A branch that does not part is passed over: 6403 12 with the one code 6403 12 000 0 is that code.
"""
from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import fsum

import numpy as np

from .codes import LEVELS

__all__ = ["LEAST", "MOST", "Branch", "Masses", "best_way", "mass_map"]

#: Branches with less mass are folded …
LEAST = .005
#: … and those behind the heaviest so many.
MOST = 8


@dataclass(frozen=True)
class Branch:
    """A node of the tariff with its mass.

    Attributes
    ----------
    code : str
        2 to 10 digits; "" of the root, where goods of several chapters are possible; in the place
        of a code also what is none ("none").
    p : float
        Sum of the masses of all codes below.
    children : tuple of Branch
        Those that are shown, the heaviest first.
    folded : tuple of (str, float)
        Nodes of the same level that are not, with their masses, the heaviest first.
    chosen : bool
        On the way to the chosen code.
    safe : bool
        The safe digits begin so.
    """

    code: str
    p: float
    children: tuple[Branch, ...] = ()
    folded: tuple[tuple[str, float], ...] = ()
    chosen: bool = False
    safe: bool = False

    @property
    def p_folded(self) -> float:
        """Mass of what is folded."""
        return fsum(p for _, p in self.folded)

    @property
    def branches(self) -> Iterator[Branch]:
        """This one and all shown below it, each before its children."""
        yield self
        for child in self.children:
            yield from child.branches


def mass_map(masses: Mapping[str, float], chosen: Collection[str] = (), safe: str = "", *,
             least: float = LEAST, most: int = MOST) -> Branch:
    """The tree of the codes that have a mass.

    Parameters
    ----------
    masses : dict of str to float
        P of codes of 2 to 10 digits and of what is none of them; a code may stand beside longer
        ones that begin with it, whose masses it does not contain.
    chosen : collection of str
        The codes that were chosen: the ways to them are shown however thin they are.
    safe : str
        Safe digits.
    least, most
        See :data:`LEAST`, :data:`MOST`.

    Returns
    -------
    Branch
        The root: the deepest node that all codes with a mass share, but for less than `least`.

    Raises
    ------
    ValueError
        A mass is negative or not finite.
    """
    wrong = [code for code, p in masses.items() if not 0 <= p < float("inf")]
    if wrong:
        raise ValueError(f"the mass of {wrong[0]} is {masses[wrong[0]]}; it must be 0 or more")
    known = {code: p for code, p in masses.items() if p > 0 or code in chosen}
    root = _branch("", known, frozenset(chosen), safe, least, most)
    heavy = len(root.children) == 1 and root.p - root.children[0].p < least
    return root.children[0] if heavy else root


def _branch(code: str, masses: Mapping[str, float], chosen: Collection[str], safe: str,
            least: float, most: int) -> Branch:
    """The branch of a node that holds these codes."""
    below: dict[str, dict[str, float]] = {}
    for longer, p in masses.items():
        if longer != code:
            below.setdefault(_next(code, longer), {})[longer] = p
    if len(below) == 1 and code not in masses:
        return _branch(next(iter(below)), masses, chosen, safe, least, most)
    weights = {child: fsum(codes.values()) for child, codes in below.items()}
    order = sorted(weights, key=lambda child: (-weights[child], child))
    ways = {child for child in order if any(one.startswith(child) for one in chosen)}
    shown = {child for rank, child in enumerate(order)
             if child in ways or (weights[child] >= least and rank < most)}
    return Branch(
        code, fsum(masses.values()),
        tuple(_branch(child, below[child], chosen, safe, least, most)
              for child in order if child in shown),
        tuple((child, weights[child]) for child in order if child not in shown),
        any(one.startswith(code) for one in chosen), bool(code) and safe.startswith(code))


def _next(code: str, longer: str) -> str:
    """The node below `code` on the way to a longer code."""
    if not longer.isdigit():
        return longer
    return next((longer[:level] for level in LEVELS if len(code) < level <= len(longer)), longer)


def best_way(masses: Mapping[str, float]) -> str:
    """The code at the end of the best way down: the best heading, then its best child.

    "" without masses; the first of equals.
    """
    code = ""
    known = {one: p for one, p in sorted(masses.items()) if p > 0}
    while True:
        below: dict[str, float] = {}
        for longer, p in known.items():
            if longer != code and longer.startswith(code):
                # a chapter decides nothing: its headings stand beside those of others
                node = longer[:LEVELS[1]] if not code and longer.isdigit() \
                    else _next(code, longer)
                below[node] = below.get(node, 0.) + p
        if not below or known.get(code, 0.) > max(below.values()):
            return code
        code = max(below, key=lambda node: below[node])


@dataclass(frozen=True)
class Masses:
    """P of codes of N goods.

    Attributes
    ----------
    names : tuple of str
        Of the goods.
    codes : tuple of str
    p : ndarray, shape (N, len(codes))
        A row of NaN where nothing is known of a good.
    """

    names: tuple[str, ...]
    codes: tuple[str, ...]
    p: np.ndarray

    @property
    def known(self) -> int:
        """Goods of which something is known."""
        return int(self._known.sum())

    @cached_property
    def _known(self) -> np.ndarray:
        found: np.ndarray = ~np.isnan(self.p).all(axis=1)
        return found

    def of(self, row: int) -> dict[str, float]:
        """Masses of one good; empty where nothing is known of it."""
        return self._named(self.p[row]) if self._known[row] else {}

    def mean(self) -> dict[str, float]:
        """Masses of all goods of which something is known: each counts the same."""
        return self._named(np.nan_to_num(self.p[self._known]).mean(axis=0)) if self.known else {}

    def _named(self, p: np.ndarray) -> dict[str, float]:
        return {code: float(mass) for code, mass in zip(self.codes, p) if mass > 0}
