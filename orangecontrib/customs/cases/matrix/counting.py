"""Goods by declared and found code, with the duty that hangs on the difference."""
from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from orangecontrib.customs.nomenclature import parse_code

__all__ = ["ALL", "AT_RISK", "DIFFERENCE", "Cell", "Matrix", "Money", "Pairs", "matrix_of"]

#: In the place of a code: all of them, the margin.
ALL = "*"
#: Duty of the found codes less that of the declared one; expected error of the found code's duty.
DIFFERENCE, AT_RISK = "difference", "at_risk"
#: Between the candidates of a gap in the law.
SEPARATOR = "; "
#: Sums that differ by a smaller share are the same.
ROUNDING = 1e-9


class Money(NamedTuple):
    """What is added up.

    Attributes
    ----------
    what : str
        :data:`DIFFERENCE` or :data:`AT_RISK`.
    currency : str
    """

    what: str
    currency: str


@dataclass(frozen=True)
class Pairs:
    """N goods with a declared and a found code.

    Attributes
    ----------
    declared, found : tuple of str, length N
        Digits; several found ones are joined with "; ". "" where there is none.
    amounts : dict of Money to ndarray, shape (N, 2)
        The lowest and the highest amount; NaN where it is not known.
    """

    declared: tuple[str, ...]
    found: tuple[str, ...]
    amounts: Mapping[Money, np.ndarray]


@dataclass(frozen=True)
class Cell:
    """Goods of one declared and one found code, or of a margin.

    Attributes
    ----------
    rows : tuple of int
        Numbers of the goods.
    priced : int
        How many of them have an amount.
    low, high : float
        Sums of the lowest and of the highest amounts of these; NaN without any.
    """

    rows: tuple[int, ...]
    priced: int
    low: float
    high: float

    @property
    def n(self) -> int:
        """Goods."""
        return len(self.rows)

    @property
    def most(self) -> float:
        """The larger amount, whatever its sign; 0 where nothing is known."""
        return max(abs(self.low), abs(self.high)) if self.priced else 0.


@dataclass(frozen=True)
class Matrix:
    """Cells and margins.

    Attributes
    ----------
    level : int
        Digits at which codes are compared.
    money : Money or None
        None where no amount is known.
    declared, found : tuple of str
        Codes of rows and columns, those with most money first; "" stands last.
    cells : dict of (str, str) to Cell
        By declared and found code, those of goods; :data:`ALL` in the place of one or both is the
        margin.
    """

    level: int
    money: Money | None
    declared: tuple[str, ...]
    found: tuple[str, ...]
    cells: Mapping[tuple[str, str], Cell]

    @property
    def total(self) -> Cell:
        """All goods."""
        return self.cells[ALL, ALL]

    @property
    def agreeing(self) -> int:
        """Goods whose found code is the declared one at this level."""
        return sum(cell.n for (declared, found), cell in self.cells.items()
                   if declared == found and declared not in ("", ALL))

    def rows_of(self, declared: str, found: str) -> tuple[int, ...]:
        """Numbers of the goods of a cell or margin; none where it is empty."""
        cell = self.cells.get((declared, found))
        return () if cell is None else cell.rows


def matrix_of(pairs: Pairs, level: int, money: Money | None = None) -> Matrix:
    """The matrix at a level.

    A declared code of fewer digits stands for itself; candidates of a gap that differ at the
    level stand together.

    Parameters
    ----------
    pairs : Pairs
    level : int
    money : Money, optional
        One of those that the pairs have.

    Raises
    ------
    KeyError
        The pairs have no such amounts.
    """
    declared = [at_level(code, level) for code in pairs.declared]
    found = [at_level(code, level) for code in pairs.found]
    amounts = np.full((len(declared), 2), np.nan) if money is None else pairs.amounts[money]
    rows: dict[tuple[str, str], list[int]] = {(ALL, ALL): []}
    for number, (one, other) in enumerate(zip(declared, found)):
        for place in ((one, other), (one, ALL), (ALL, other), (ALL, ALL)):
            rows.setdefault(place, []).append(number)
    cells = {place: _cell(some, amounts) for place, some in rows.items()}
    matrix = Matrix(level, money,
                    _ordered({one: cells[one, ALL] for one in declared}),
                    _ordered({one: cells[ALL, one] for one in found}), cells)
    _check(matrix)
    return matrix


def at_level(codes: str, level: int) -> str:
    """A code at a level, or several that differ there, in order.

    >>> at_level("6402993100; 6402995000", 6), at_level("6402993100; 6402995000", 10)
    ('640299', '6402993100; 6402995000')
    >>> at_level("6403", 6), at_level("none", 4), at_level("", 4)
    ('6403', 'none', '')
    """
    short = {(parse_code(code).digits or code.strip())[:level] for code in codes.split(SEPARATOR)}
    return SEPARATOR.join(sorted(short))


def _cell(rows: Sequence[int], amounts: np.ndarray) -> Cell:
    known = [(float(low), float(high)) for low, high in amounts[list(rows)]
             if low == low and high == high]
    if not known:
        return Cell(tuple(rows), 0, math.nan, math.nan)
    lows, highs = zip(*known)
    return Cell(tuple(rows), len(known), math.fsum(lows), math.fsum(highs))


def _ordered(margins: Mapping[str, Cell]) -> tuple[str, ...]:
    """Codes, those with most money first, then those of most goods."""
    return tuple(sorted(margins, key=lambda code: (
        not code, -margins[code].most, -margins[code].n, code)))


def _check(matrix: Matrix) -> None:
    """Each margin is the sum of its cells: counts exactly, money but for rounding."""
    for code in (*matrix.declared, ALL):
        _agree(matrix.cells[code, ALL],
               [matrix.cells[code, other] for other in matrix.found
                if (code, other) in matrix.cells])
    for code in matrix.found:
        _agree(matrix.cells[ALL, code],
               [matrix.cells[other, code] for other in matrix.declared
                if (other, code) in matrix.cells])


def _agree(margin: Cell, cells: Iterable[Cell]) -> None:
    cells = list(cells)
    priced = [cell for cell in cells if cell.priced]
    assert margin.n == sum(cell.n for cell in cells)
    assert margin.priced == sum(cell.priced for cell in priced)
    for total, parts in ((margin.low, [cell.low for cell in priced]),
                         (margin.high, [cell.high for cell in priced])):
        size = math.fsum(map(abs, parts)) + 1
        assert not priced or abs(total - math.fsum(parts)) <= ROUNDING * size
