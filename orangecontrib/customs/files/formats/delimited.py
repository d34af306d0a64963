"""CSV and its like: whatever separates the fields, wherever the header stands."""
from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from itertools import chain, islice
from pathlib import Path

from ..grid import (
    LOOKED_AT,
    header_place,
    is_total,
    named,
    only_numbers,
    rows_of_kinds,
    telling,
    without_flags,
)
from ..notes import first_of, note
from ..tables import (
    DELIMITERS,
    Row,
    TableFileError,
    TextTable,
    delimiter_of,
    records,
    row_of,
    text_of_file,
    watched,
)

__all__ = ["read"]

#: What Excel takes for the delimiter and does not show.
_SAID = re.compile(r"\s*[\"']?sep=(.|\\t)[\"']?[ \t]*(?:\r\n|\r|\n|\Z)", re.I)


def read(path: Path, *, encoding: str = "", sheet: str = "",  # noqa: C901 - a file is read once, top to bottom
         progress: Callable[[float], None] | None = None, rows: list[Row] | None = None
         ) -> TextTable:
    """The rows of a text table."""
    whole = text_of_file(path, encoding)
    text = whole.beginning
    if re.match(r"\s*<(?:!doctype html|html|table|\?xml)", text[:500], re.I):
        raise TableFileError(f"{path} is a web page or XML, not a table of texts; open it in a "
                             "spreadsheet program and save it as .xlsx")
    first, delimiter = 1, ""
    if said := _SAID.match(text):
        first, delimiter = 2, said[1].replace("\\t", "\t")
        whole = whole.after(said.end())
        text = whole.beginning
    notes: list[str] = []
    delimiter = delimiter or _delimiter(text)
    place = header_place(_beginning(text, delimiter))
    numbered = watched(records(whole, path, delimiter, first), whole.size, progress)
    header, names = first, []
    for number, record in enumerate(numbered):
        header, names = record[:2]
        if number == place:
            break
    if place:
        notes.append(note("header_line", row=header))
    names, flagged = without_flags([name.strip() for name in names])
    names, renamed = named(names, f"{path}, line {header}")
    notes += renamed
    taken = list(islice(numbered, 2))
    kinds = rows_of_kinds([record[1] for record in taken])
    if kinds or flagged:
        notes.append(note("kinds"))
        taken = taken[kinds:]
    elif taken and only_numbers(taken[0][1]):
        notes.append(note("numbers_line", row=taken[0][0]))
        taken = taken[1:]
    rows, totals = [] if rows is None else rows, []
    for record in chain(taken, numbered):
        if not record[1]:
            continue
        row = row_of(names, delimiter, *record)
        if kinds or flagged:
            for name, cell in row.cells.items():
                if cell == "?":
                    row.cells[name] = ""
        if is_total(row):
            totals.append(str(row.line))
        else:
            rows.append(row)
    if totals:
        notes.append(note("totals_line", s="s" * (len(totals) > 1), rows=first_of(totals)))
    return TextTable(str(path), tuple(names), rows, whole.encoding, whole.note, delimiter,
                     kind="tab" if kinds or flagged else "csv", header=header, notes=tuple(notes))


def _beginning(text: str, delimiter: str) -> list[list[str]]:
    """The first rows, whatever is wrong with them."""
    lines = io.StringIO(text[:1_000_000], newline="")
    try:
        return list(islice(csv.reader(lines, delimiter=delimiter), LOOKED_AT))
    except csv.Error:
        return []


def _delimiter(text: str) -> str:
    """What separates the fields: that of the first line, unless only another one tells names."""
    usual = delimiter_of(text)
    if usual in re.match(r"[^\r\n]*", text)[0] and _known(text, usual) >= 2:
        return usual
    best = max(DELIMITERS, key=lambda delimiter: _known(text, delimiter))
    return best if _known(text, best) >= 2 else usual


def _known(text: str, delimiter: str) -> int:
    """How many names of columns a row has at most, separated so.

    What holds another delimiter is not a name.
    """
    others = DELIMITERS.replace(delimiter, "").replace(",", "")
    return max((telling(cell for cell in row if not set(cell) & set(others))
                for row in _beginning(text, delimiter)), default=0)
