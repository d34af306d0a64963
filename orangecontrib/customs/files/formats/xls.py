"""Old workbooks of Excel: .xls."""
from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path

from ..grid import LOOKED_AT, Area, Line, read_grid
from ..tables import Row, TableFileError, TextTable, read_bytes
from .cells import text_of, zeros
from .sheets import choose

__all__ = ["read"]

#: Of a workbook that is read as a whole; a sheet has 65 536 rows at most.
MOST_BYTES = 200 * 10 ** 6


def read(path: Path, *, encoding: str = "", sheet: str = "",
         progress: Callable[[float], None] | None = None, rows: list[Row] | None = None
         ) -> TextTable:
    """The sheet of a workbook that looks like goods, or the named one."""
    import xlrd
    content = read_bytes(path, MOST_BYTES)
    try:
        book = xlrd.open_workbook(file_contents=content, logfile=io.StringIO(),
                                  formatting_info=True, on_demand=True,
                                  encoding_override=encoding or None)
        sheets = [book.sheet_by_index(number) for number in range(book.nsheets)]
        for some in sheets:
            for _ in _lines(book, some, LOOKED_AT):
                pass  # what is damaged shows now
    except Exception as error:  # xlrd raises whatever it stumbles over
        text = str(error)
        if b"E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k" in content or "encrypted" in text.lower():
            raise TableFileError(f"{path} is protected by a password; save it without") from error
        raise TableFileError(f"{path} can't be read as a workbook ({text[:200]}); open it in a "
                             "spreadsheet program and save it again") from error
    titles = [some.name for some in sheets]
    chosen, notes = choose(
        path, titles, [some.name for some in sheets if some.visibility], sheet,
        lambda place: [line.cells for line in _lines(book, sheets[place], LOOKED_AT)])
    some = sheets[chosen]
    areas = [Area(top + 1, left, bottom, right - 1)
             for top, bottom, left, right in some.merged_cells]
    return read_grid(str(path), _lines(book, some), kind="xls", areas=areas, size=some.nrows,
                     progress=progress, rows=rows, notes=notes, sheet=some.name,
                     sheets=tuple(titles))


def _lines(book, sheet, most: int | None = None) -> Iterator[Line]:
    import xlrd
    for number in range(min(sheet.nrows, most or sheet.nrows)):
        cells, marks = [], {}
        for place in range(sheet.row_len(number)):
            kind, value = sheet.cell_type(number, place), sheet.cell_value(number, place)
            if kind == xlrd.XL_CELL_ERROR:
                value, marks[place] = "", "error"
            elif kind == xlrd.XL_CELL_BOOLEAN:
                value = bool(value)
            elif kind == xlrd.XL_CELL_DATE:
                value = _date(value, book.datemode)
            text, mark = text_of(value)
            if kind == xlrd.XL_CELL_NUMBER and not mark:
                text = zeros(text, _format(book, sheet, number, place))
            if mark:
                marks[place] = mark
            cells.append(text)
        yield Line(number + 1, cells, marks)


def _date(value: float, mode: int) -> object:
    import xlrd
    try:
        return xlrd.xldate_as_datetime(value, mode)
    except (ValueError, OverflowError):
        return value


def _format(book, sheet, row: int, column: int) -> str:
    try:
        key = book.xf_list[sheet.cell_xf_index(row, column)].format_key
        return book.format_map[key].format_str
    except (IndexError, KeyError):
        return ""
