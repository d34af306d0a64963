"""The calibration table as rows of texts, read and written."""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from orangecontrib.customs.files import read_table
from orangecontrib.customs.i18n import Joined, Message, SaidError, Sayable, Words
from orangecontrib.customs.nomenclature import LEVELS, parse_code
from orangecontrib.customs.nomenclature.decision_table import OUTSIDE

from ..conformal import TINY, Calibration, Known, Way

__all__ = ["COLUMNS", "CalibrationError", "calibration_of", "cells_of", "column_of", "made_of",
           "read_calibration", "way_of", "worded_made"]


def column_of(level: int) -> str:
    """The column with P of so many digits."""
    return f"p_{level}"


#: Of a table; `by` and `made_with` may be absent.
COLUMNS = ("good_id", "code", *map(column_of, LEVELS), "true_code", "by", "made_with")
_OPTIONAL = {"good_id", "by", "made_with"}
#: So many rows that can't be used are told one by one.
TOLD = 20


class CalibrationError(SaidError):
    """A calibration table that can't be used; says why, and what to do."""


def read_calibration(path: str | Path, encoding: str = "") -> Calibration:
    """The calibration table of a file.

    Raises
    ------
    CalibrationError
        As :func:`calibration_of`.
    OSError, ValueError
        The file can't be read.
    """
    table = read_table(path, encoding)
    rows = [(f"{path}, line {row.line}", row.cells) for row in table.rows]
    doubts = {f"{path}, line {row.line}": row.doubt for row in table.rows if row.doubt}
    return calibration_of(table.columns, rows, doubts)


def calibration_of(columns: Sequence[str], rows: Iterable[tuple[str, Mapping[str, str]]],
                   doubts: Mapping[str, str] | None = None) -> Calibration:
    """The calibration of numbered rows of texts; those that can't be used are among its problems.

    Parameters
    ----------
    columns : sequence of str
    rows : iterable of (str, dict of str to str)
        Where each row stands, and its cells.
    doubts : dict of str to str, optional
        Where rows stand that can't be trusted, and why.

    Raises
    ------
    CalibrationError
        A column is absent, no row is left, or the rows were made in different ways.
    """
    missing = [name for name in COLUMNS if name not in columns and name not in _OPTIONAL]
    if missing:
        raise CalibrationError(Message.of("conformal.columns", missing=", ".join(missing),
                                          columns=", ".join(COLUMNS)))
    known: list[Known] = []
    problems: list[Message] = []
    made: dict[str, None] = {}
    for where, cells in rows:
        if not any(map(str.strip, cells.values())):
            continue
        try:
            if doubts and where in doubts:
                raise CalibrationError(doubts[where])
            known.append(_known(cells))
        except CalibrationError as error:
            problems.append(Message.of("conformal.row", where=where, why=error.reason))
            continue
        made.setdefault(cells.get("made_with", "").strip())
    if not any(row.way for row in known):
        raise CalibrationError(Joined((Message("conformal.nothing"), *problems[:TOLD]), "; "))
    if len(made) > 1:
        first, second = list(made)[:2]
        raise CalibrationError(Message.of("conformal.mixed", first=first or "–",
                                          second=second or "–"))
    told: list[Sayable] = list(problems[:TOLD])
    if len(problems) > TOLD:
        told.append(Message.of("conformal.more", n=len(problems) - TOLD))
    return Calibration(tuple(known), made_of(next(iter(made))), tuple(told))


def _known(cells: Mapping[str, str]) -> Known:
    code = cells["code"].strip()
    if code and (len(code) not in LEVELS or not (code.isascii() and code.isdigit())):
        raise CalibrationError(Message.of("conformal.no_code", code=code))
    way = way_of(code, {level: cells[column_of(level)] for level in LEVELS})
    if code and not way:
        raise CalibrationError(Message.of("conformal.no_p", p="", column=column_of(LEVELS[0])))
    return Known(way, _true(cells["true_code"]), cells.get("by", "").strip(),
                 cells.get("good_id", "").strip())


def _true(typed: str) -> str:
    if typed.strip().lower() == OUTSIDE:
        return OUTSIDE
    code = parse_code(typed)
    if code.problem:
        why = Words(code.said("ru")[0], code.said("en")[0])
        raise CalibrationError(Message.of("conformal.strange_true", why=why))
    if not code.digits:
        raise CalibrationError(Message("conformal.no_true"))
    return code.digits


def way_of(code: str, masses: Mapping[int, str | float]) -> Way:
    """The way to a node from P of its first digits, given as numbers or texts.

    It ends where P is empty: of deeper digits nothing is said.

    Raises
    ------
    CalibrationError
    """
    way: list[tuple[str, float]] = []
    for level in LEVELS:
        given, column = masses.get(level, ""), column_of(level)
        p = _probability(given, column)
        if p != p:
            continue
        if level > len(code):
            raise CalibrationError(Message.of("conformal.deeper", column=column, code=code or "–"))
        if way and p > way[-1][1] + TINY:
            raise CalibrationError(Message.of("conformal.rises", column=column))
        way.append((code[:level], min(p, way[-1][1] if way else 1.)))
    return tuple(way)


def _probability(given: str | float, column: str) -> float:
    """A number in [0, 1], or NaN for an empty cell."""
    text = given.strip() if isinstance(given, str) else given
    if text in ("", "?"):
        return float("nan")
    try:
        p = float(text.replace(",", ".") if isinstance(text, str) else text)
    except ValueError:
        p = float("inf")
    if p == p and not -TINY <= p <= 1 + TINY:
        raise CalibrationError(Message.of("conformal.no_p", p=str(given), column=column))
    return min(max(p, 0.), 1.) if p == p else p


def cells_of(calibration: Calibration) -> list[dict[str, str]]:
    """The rows of a table, by :data:`COLUMNS`; P in full, so that equal ones stay equal."""
    made = worded_made(calibration.made_with)
    return [{"good_id": row.good_id, "code": row.way[-1][0] if row.way else "",
             **{column_of(level): "" for level in LEVELS},
             **{column_of(len(node)): repr(float(p)) for node, p in row.way},
             "true_code": row.true, "by": row.by, "made_with": made}
            for row in calibration.rows]


def worded_made(made_with: Mapping[str, str]) -> str:
    """``program=0.2.0; groups=footwear 1f2e3d4c``."""
    return "; ".join(f"{name}={value}" for name, value in made_with.items())


def made_of(text: str) -> dict[str, str]:
    """What :func:`worded_made` words."""
    parts = (part.partition("=") for part in text.split(";") if "=" in part)
    return {name.strip(): value.strip() for name, _, value in parts}
