"""Declared codes against found ones as a matrix of goods and money.

:mod:`.counting` counts and adds up, with margins that must agree; :mod:`.table` is the door to
Orange, which knows the columns of the one result.
"""
from .counting import ALL, AT_RISK, DIFFERENCE, Cell, Matrix, Money, Pairs, matrix_of

__all__ = ["ALL", "AT_RISK", "DIFFERENCE", "Cell", "Matrix", "Money", "Pairs", "matrix_of"]
