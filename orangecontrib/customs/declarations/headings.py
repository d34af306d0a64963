"""What the columns of declarations are called, and what their cells look like."""
from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace

from orangecontrib.customs.files import ROLES, Roles, Row, TextTable, mostly_ids
from orangecontrib.customs.files.words import bare, fits
from orangecontrib.customs.i18n import Message

__all__ = ["doubts_of", "is_code", "is_description", "is_id", "may_be_description", "mostly_ids",
           "numbers_in", "trusted_cells", "trusted_rows"]

_CODE = re.compile(r"код|code|heading|позиц|тн ?вэд|\bht?s\d*\b|\b(?:графа|гр) ?33\b")
_ID = re.compile(r"\b(?:id|ид|номера?|артикула?|арт|инн|sku|article)\b")
#: The most digits that a float keeps; the zero stands alone or before the decimals.
_NUMBER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,14}|[1-9][0-9]{0,2}(?:[ \u00a0\u202f][0-9]{3}){1,4})"
                     r"(?:[.,]([0-9]{1,15}))?")

_SPACE = re.compile(r"\s")
#: What is said of peculiar cells (:data:`..files.MARKS`), and for which roles.
_MARKS = {"date": ("good_id", "declared_code", "description", "quantity", "value", "weight"),
          "formula": ROLES, "error": ROLES, "cut": ROLES, "digits": ("good_id", "declared_code"),
          "merged": ("quantity", "value", "weight")}


def is_description(name: str) -> bool:
    """Whether a column of this name is the description, whatever it holds.

    >>> [is_description(n) for n in ("Описание товара (графа 31)", "DESCRIPTION", "good_id")]
    [True, True, False]
    """
    fit = fits(name).get("description")
    return fit is not None and fit.rank == 1


def may_be_description(name: str) -> bool:
    """Whether the name hints at a description («goods», «текст декларации»)."""
    return "description" in fits(name)


def is_code(name: str) -> bool:
    """Whether a column of this name holds codes, which are no numbers.

    >>> [is_code(n) for n in ("hs_code", "Графа 33", "Код ТН ВЭД", "HS6", "quantity")]
    [True, True, True, True, False]
    """
    return "declared_code" in fits(name) or bool(_CODE.search(bare(name)))


def is_id(name: str) -> bool:
    """Whether a column of this name holds ids, which are no numbers.

    >>> [is_id(n) for n in ("good_id", "№ товара", "Артикул", "width", "Количество товара")]
    [True, True, True, False, False]
    """
    return "good_id" in fits(name) or "№" in name or bool(_ID.search(bare(name)))


def numbers_in(texts: Sequence[str]) -> tuple[list[float], int] | None:
    """The numbers of a column and their decimals, where every filled cell is a plain number.

    Empty cells are NaN.  None where a cell is anything else, begins with a zero as codes do, or
    has more digits than a float keeps; where commas and points both occur, since then nobody
    knows which of them divides thousands; and where nothing is filled.

    >>> numbers_in(["1 200,5", "", "7"]), numbers_in(["0640", "12"]), numbers_in(["1,5", "1.5"])
    (([1200.5, nan, 7.0], 1), None, None)
    """
    found = [_NUMBER.fullmatch(text.strip()) if text.strip() else "" for text in texts]
    if None in found or not any(found):
        return None
    filled = [match for match in found if match]
    if len({mark for match in filled for mark in ",." if mark in match[0]}) > 1:
        return None
    numbers = [float(_SPACE.sub("", match[0]).replace(",", ".")) if match else math.nan
               for match in found]
    return numbers, max(len(match[1] or "") for match in filled)


def doubts_of(row: Row, table: TextTable, roles: Roles | None = None) -> list[Message]:
    """Why cells of a row are not to be trusted."""
    doubts = []
    if row.surplus:
        doubts.append(Message.of("cases.surplus", line=row.line, fields=row.fields,
                                 width=table.width))
    elif row.swallows:
        doubts.append(Message.of("cases.swallows", line=row.line))
    if row.marks and roles is not None:
        counted = {**{column: role for role, column in roles.columns.items()},
                   **dict.fromkeys(roles.statements, "description")}
        doubts += [Message.of(f"cases.cell_{mark}", column=column, typed=row.cells[column],
                              line=row.line)
                   for column, mark in row.marks.items()
                   if counted.get(column) in _MARKS.get(mark, ())]
    return doubts


def trusted_cells(row: Row, columns: Sequence[str], roles: Roles | None = None
                  ) -> dict[str, str]:
    """The cells of a row that can be believed.

    Of a row with more fields than the header has, those left of the description: a
    description that is cut off, or a code that stands in another column, would be taken for
    what was declared.  What one merged cell says of several goods, it says of none of them.
    """
    named = roles["description"] if roles is not None else None
    if row.surplus:
        first = columns.index(named) if named else next(
            (number for number, name in enumerate(columns) if is_description(name)), 0)
        return {name: row.cells[name] for name in columns[:first] if name}
    if "merged" in row.marks.values() and roles is not None:
        shared = {roles[role] for role in _MARKS["merged"]}
        return {name: "" if name in shared and row.marks.get(name) == "merged" else text
                for name, text in row.cells.items()}
    return row.cells


def trusted_rows(table: TextTable, roles: Roles | None = None) -> tuple[list[Row], list[Message]]:
    """Rows with the cells that can be believed, and what is doubtful in the others, for people.

    A row of which nothing can be believed is there, too, empty.
    """
    kept, doubts = [], []
    for row in table.rows:
        cells = trusted_cells(row, table.columns, roles)
        kept.append(row if cells is row.cells else replace(
            row, cells={name: cells.get(name, "") for name in row.cells}))
        if row.doubt:
            used = "doubt" if not row.surplus else "doubt_rest" \
                if any(kept[-1].cells.values()) else "doubt_all"
            doubts.append(Message.of(f"reader.{used}", line=row.line, doubt=row.doubt))
    return kept, doubts
