"""The result as a workbook for people: codes as texts, headings in words, reasons in lines."""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from orangecontrib.customs.files import strict_rows
from orangecontrib.customs.fusion.verdict import Verdict
from orangecontrib.customs.i18n import Message, say

from .case import Case
from .goods import Good
from .plain import plain
from .rows import row_of
from .schema import SCHEMA

__all__ = ["write_workbook", "workbook_rows"]

#: The columns in the order in which they are read, how wide they are, and formats of numbers.
LAYOUT = tuple(row for _, row in strict_rows(
    Path(__file__).with_name("workbook.csv"), ("column", "width", "format"))[1])
#: More letters no cell of Excel holds, and more rows no sheet.
MOST_LETTERS, MOST_ROWS = 32_767, 1_048_576
#: Columns that stay where they are while one scrolls to the right.
FROZEN = "B2"
#: Texts that stand in one line, beside those of which columns are narrow.
WRAPPED = 30

_NUMBERS = {column.id for column in SCHEMA if column.kind == "number"}
_ANSWERS = {id_: Message(f"columns.{id_}") for id_ in ("yes", "no", "prefix")}


def workbook_rows(case: Case, verdicts: Iterable[Verdict]) -> list[dict[str, str | float | None]]:
    """Rows of the result with the descriptions."""
    return [{**row_of(case, verdict), "description": _description(case.good(verdict))}
            for verdict in verdicts]


def _description(good: Good) -> str:
    return good.description or ""


def write_workbook(file: BinaryIO, rows: Sequence[Mapping[str, str | float | None]]) -> None:
    """Write rows of the result as .xlsx, in the language that is spoken.

    A column of which nothing is known of any good is left out; so is one that says again what
    another one does: keys that are the ids, totals in EUR.

    Parameters
    ----------
    file : file
        Open for writing bytes.
    rows : sequence of dict
        By column of the schema, and ``description``.

    Raises
    ------
    ValueError
        There are more rows than a sheet holds.
    """
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
    from openpyxl.utils import get_column_letter
    if len(rows) >= MOST_ROWS:
        raise ValueError(f"a sheet holds {MOST_ROWS - 1:,} goods, and there are {len(rows):,}: "
                         "write a CSV, or split the declarations")
    left = _told_twice(rows)
    shown = [column for column in LAYOUT
             if column["column"] not in left and _is_known(column["column"], rows)]
    book = Workbook(write_only=True)
    sheet = book.create_sheet(say(Message("columns.sheet")))
    sheet.freeze_panes = FROZEN
    for place, column in enumerate(shown, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = float(column["width"])
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(shown))}{len(rows) + 1}"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    line = Side(style="thin", color="8A8F94")
    head = {"font": Font(bold=True), "fill": PatternFill("solid", fgColor="F3E6D2"),
            "border": Border(bottom=line),
            "alignment": Alignment(wrap_text=True, vertical="center")}
    sheet.append([_cell(sheet, say(Message(f"columns.{column['column']}")), **head)
                  for column in shown])
    top = {False: Alignment(vertical="top"), True: Alignment(vertical="top", wrap_text=True)}
    for row in rows:
        sheet.append([_cell(sheet, _value(column["column"], row), number_format=column["format"],
                            alignment=top[float(column["width"]) >= WRAPPED])
                      for column in shown])
    book.save(file)


def _is_known(column: str, rows: Sequence[Mapping[str, str | float | None]]) -> bool:
    if column == "key":
        return any(row["key"] != row["good_id"] for row in rows)
    return column in ("good_id", "code") or any(row[column] not in (None, "") for row in rows)


def _told_twice(rows: Sequence[Mapping[str, str | float | None]]) -> set[str]:
    """Columns that say of each good what other ones do."""
    pairs = {f"duty_{name}": f"duty_eur_{name}" for name in ("low", "high", "at_declared")}
    same = all(row[total] is None or row["duty_currency"] == "EUR" and row[total] == row[eur]
               for row in rows for total, eur in pairs.items())
    return {*pairs, "duty_currency"} if same else set()


def _value(column: str, row: Mapping[str, str | float | None]) -> str | float | None:
    """What stands in a cell: a number, or a text as people read it."""
    value = row[column]
    if column in _NUMBERS or value is None:
        return value
    text = str(say(_ANSWERS[value]) if column == "agrees" and value in _ANSWERS else value)
    if column == "trace":
        text = text.replace(" | ", "\n")
    elif column == "problems":
        text = text.replace("; ", ";\n")
    text = plain(text)
    return text if len(text) <= MOST_LETTERS else f"{text[:MOST_LETTERS - 1]}…"


def _cell(sheet: Any, value: str | float | None, **style: Any) -> Any:
    from openpyxl.cell import WriteOnlyCell
    cell = WriteOnlyCell(sheet, value)
    if isinstance(value, str):
        cell.data_type, cell.number_format = "s", "@"  # never a formula, a number or a date
    for name, what in style.items():
        if what and not (name == "number_format" and isinstance(value, str)):
            setattr(cell, name, what)
    return cell
