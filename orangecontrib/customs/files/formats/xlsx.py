"""Workbooks of Excel: .xlsx and .xlsm, row by row, whatever their size."""
from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from ..grid import LOOKED_AT, Area, Line, read_grid
from ..tables import Row, TableFileError, TextTable
from .cells import text_of, zeros
from .sheets import choose

__all__ = ["read"]

#: What a part of a workbook may hold unpacked: more is an attack, or no declarations.
MOST_UNPACKED, MOST_PARTS = 2 * 10 ** 9, 10_000
#: A small file that unpacks to more than so many bytes, and so many times its size, is a bomb.
BOMB_BYTES, BOMB_RATIO = 150 * 10 ** 6, 200
#: All texts of a workbook lie in one part, which is read as a whole.
MOST_TEXTS = 600 * 10 ** 6

_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\b[^>]*?\bref="([A-Z]+)(\d+):([A-Z]+)(\d+)"')
_COMPUTED = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]+)(\d+)"[^>]*>\s*<(?:\w+:)?f\b'
                       rb'(?:[^>/]*+/>|[^>]*+>[^<]*+</(?:\w+:)?f>)\s*'
                       rb'(?:(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)\s*)?</(?:\w+:)?c>')
#: What is looked through at once, and how much of it again with the next.
_CHUNK, _OVERLAP = 1 << 20, 1 << 14
#: More merged cells, or formulas without a value, are not looked at.
_MOST_FOUND = 100_000


def read(path: Path, *, encoding: str = "", sheet: str = "",
         progress: Callable[[float], None] | None = None, rows: list[Row] | None = None
         ) -> TextTable:
    """The sheet of a workbook that looks like goods, or the named one."""
    with open(path, "rb") as file:  # openpyxl refuses files by their names
        with _what_stumbles(path), zipfile.ZipFile(file) as archive:
            _check(archive, path)
        return _read(path, file, sheet, progress, rows)


@contextmanager
def _what_stumbles(path: Path):
    """Whatever openpyxl stumbles over → a message."""
    try:
        yield
    except (TableFileError, OSError, MemoryError):
        raise
    except Exception as error:
        raise TableFileError(f"{path} can't be read as a workbook ({type(error).__name__}: "
                             f"{str(error)[:200]}); open it in a spreadsheet program and save it "
                             "anew") from error


def _check(archive: zipfile.ZipFile, path: Path) -> None:
    """TableFileError for what unpacks to more than a table of declarations can be."""
    parts = archive.infolist()
    total = sum(part.file_size for part in parts)
    if any(part.flag_bits & 1 for part in parts):
        raise TableFileError(f"{path} is protected by a password; save it without")
    ratio = total / max(1, sum(part.compress_size for part in parts))
    texts = sum(part.file_size for part in parts if part.filename.endswith("sharedStrings.xml"))
    if len(parts) > MOST_PARTS or total > MOST_UNPACKED or texts > MOST_TEXTS \
            or total > BOMB_BYTES and ratio > BOMB_RATIO:
        raise TableFileError(f"{path} unpacks to {total / 1e6:,.0f} MB: too much for a table of "
                             "declarations; split it, or save the sheet as CSV")


def _read(path: Path, file: BinaryIO, sheet: str, progress, rows) -> TextTable:
    import openpyxl
    with warnings.catch_warnings(), _what_stumbles(path):
        warnings.simplefilter("ignore")  # of formats and extensions that do not matter here
        book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
    try:
        sheets = [some for some in book.worksheets if hasattr(some, "_worksheet_path")]
        with _what_stumbles(path):
            for some in sheets:
                some.reset_dimensions()  # some writers say A1
            chosen, notes = choose(
                path, [some.title for some in sheets],
                [some.title for some in sheets if some.sheet_state != "visible"], sheet,
                lambda place: _first(sheets[place]))
            some = sheets[chosen]
            areas, empty, size = _scan(book._archive, some._worksheet_path)
        return read_grid(str(path), _lines(some, empty, path), kind="xlsx", areas=areas, size=size,
                         progress=progress, rows=rows, notes=notes, sheet=some.title,
                         sheets=tuple(s.title for s in sheets))
    finally:
        book.close()


def _first(sheet) -> list[list[str]]:
    return [[text_of(value)[0] for value in row[:500]]
            for row in sheet.iter_rows(max_row=LOOKED_AT, values_only=True)]


def _lines(sheet, empty: set[tuple[int, int]], path: Path) -> Iterator[Line]:
    with _what_stumbles(path):  # who takes the lines raises outside of this
        yield from _read_lines(sheet, empty)


def _read_lines(sheet, empty: set[tuple[int, int]]) -> Iterator[Line]:
    rows_with_formulas = {row for row, _ in empty}
    known: dict[str, str] = {}
    for number, row in enumerate(sheet.iter_rows(), start=1):
        cells, marks = [], {}
        for place, cell in enumerate(row):
            value = cell.value
            if isinstance(value, str):
                if cell.data_type == "e":
                    value, marks[place] = "", "error"
                cells.append(known.setdefault(value, value) if len(value) < 100 else value)
                continue
            text, mark = text_of(value)
            if text and not mark and not isinstance(value, bool):
                text = zeros(text, cell.number_format or "")
            if mark:
                marks[place] = mark
            cells.append(text)
        if len(known) > 100_000:
            known.clear()
        if number in rows_with_formulas:
            marks |= {place: "formula" for line, place in empty if line == number
                      and not (place < len(cells) and cells[place])}
        yield Line(number, cells, marks)


def _scan(archive: zipfile.ZipFile, part: str
          ) -> tuple[list[Area], set[tuple[int, int]], int]:
    """Merged cells, formulas without a value, and the number of rows: openpyxl tells neither."""
    areas, empty, size = [], set(), 0
    with archive.open(part) as file:
        rest = b""
        while chunk := file.read(_CHUNK):
            text = rest + chunk
            for match in _MERGED.finditer(text):
                left, top, right, bottom = match.groups()
                if len(areas) < _MOST_FOUND:
                    areas.append(Area(int(top), _column(left), int(bottom), _column(right)))
            if b"<f" in text or b":f" in text:
                for match in _COMPUTED.finditer(text):
                    if len(empty) < _MOST_FOUND:
                        empty.add((int(match[2]), _column(match[1])))
            size += chunk.count(b"<row ")
            rest = text[-_OVERLAP:]
    return sorted(set(areas)), empty, size


def _column(letters: bytes) -> int:
    """The place of a column, from 0."""
    number = 0
    for letter in letters[:3]:
        number = number * 26 + letter - 64
    return number - 1
