"""Rows of cells, as sheets have them → a table: where the header stands, merged cells, totals."""
from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import NamedTuple

from .notes import first_of, note
from .tables import MOST_IN_CELL, Row, TableFileError, TextTable
from .words import NAMED, ROLES, bare, fits, label_of
from .writing import read_cell

__all__ = ["LOOKED_AT", "Area", "Line", "header_place", "is_total", "named", "only_numbers",
           "read_grid", "rows_of_kinds", "telling", "without_flags"]

#: So many rows are looked at for the header.
LOOKED_AT = 50
#: A longer cell is not a name of a column.
LONGEST_NAME = 100
#: So many cells, and characters, are a mistake or an attack, not a table of declarations.
MOST_CELLS, MOST_CHARACTERS = 30_000_000, 500_000_000
#: So many columns may have a name; sheets have formats in 16 384.
MOST_COLUMNS = 2000

_TOTAL = re.compile(r"(?:итого|всего|итог|total|grand total|subtotal)\b", re.I)
#: Kinds of columns and their roles in the two rows below the names, as Orange writes them.
_KINDS = {"continuous", "c", "numeric", "n", "discrete", "d", "categorical", "string", "s", "text",
          "t", "time", "basket"}
_FLAG = re.compile(r"(?:class|c|meta|m|ignore|i|weight|w|info|[^\s=]+=\S*)?")
#: Kind and role before the name, as Orange writes them in one row.
_FLAGGED = re.compile(r"[cmiwCDSTN]{1,2}#(?=.)")


class Line(NamedTuple):
    """A row of cells, its number, and what is peculiar about cells, by their place."""

    number: int
    cells: Sequence[str]
    marks: Mapping[int, str] = {}


class Area(NamedTuple):
    """A merged cell: rows, numbered as the lines, and columns from 0, all inclusive."""

    top: int
    left: int
    bottom: int
    right: int


def telling(cells: Iterable[str]) -> int:
    """How many cells are what columns are called.

    >>> telling(["№ товара", "Гр. 31", "Артикул: 179-62", "Описание"])
    3
    """
    return sum(map(_is_name, set(filter(str.strip, cells))))


def _is_name(cell: str) -> bool:
    """Whether a cell is a known name: short, and without numbers but that of a graph."""
    if len(cell) > LONGEST_NAME or re.search(r"\d", re.sub(r"graph \d+", "", bare(cell))):
        return False
    return any(fit.rank <= NAMED for fit in fits(cell).values()) or label_of(cell) is not None


def header_place(rows: Sequence[Sequence[str]]) -> int:
    """Which of the first rows holds the names of the columns.

    The first with about as many names that are known as any has; without two of them, the first
    row that fills as many cells as most do.  Where most of its names are not known, a row above
    that is as wide is the header.

    >>> header_place([["Спецификация № 5"], [], ["№ товара", "Наименование", "пар"], ["1"]])
    2
    >>> header_place([["a", "b"], ["Описание", "Количество"]])
    1
    >>> header_place([["a"], ["b"]])
    0
    """
    known = [telling(cells) for cells in rows]
    filled = [sum(bool(cell.strip()) for cell in cells) for cells in rows]
    if not any(filled):
        return 0
    if max(known) >= 2:
        place = next(place for place, count in enumerate(known)
                     if count >= 2 and 2 * count > max(known))
    elif known[0]:
        return 0
    elif 1 not in known:
        place = next(place for place, width in enumerate(filled) if 2 * width > max(filled))
    else:  # a table of one column that matters
        place = known.index(1)
    if 2 * known[place] >= filled[place] and _words(rows[place]):
        return place
    # cells of goods may be called as columns are: a row of names above them is the header
    return next((above for above in range(place) if 4 * filled[above] >= 3 * filled[place]
                 and filled[above] > 1 and _words(rows[above])), place)


def _words(cells: Sequence[str]) -> bool:
    """Whether a row holds nothing but different short texts."""
    texts = [cell.strip() for cell in cells if cell.strip()]
    return len(set(texts)) == len(texts) and all(
        len(text) <= LONGEST_NAME and ("№" in text or any(map(str.isalpha, text)))
        for text in texts)


def read_grid(name: str, lines: Iterable[Line], *, kind: str, areas: Sequence[Area] = (),
              size: int = 0, progress: Callable[[float], None] | None = None,
              rows: list[Row] | None = None, **more) -> TextTable:
    """The table in rows of cells.

    Parameters
    ----------
    name : str
        Of the file.
    lines : iterable of Line
    kind : str
        Of the format.
    areas : sequence of Area
        Merged cells.
    size : int
        About how many lines there are, for the progress.
    progress, rows : optional
        As in :func:`.sources.read_source`.
    **more
        What else the table tells of itself.
    """
    filled = _filled(_bounded(lines, name), areas)
    first = [line for line in islice(filled, LOOKED_AT)]
    place = header_place([line.cells for line in first])
    notes = list(more.pop("notes", ()))
    names: list[str] = []
    header = 1
    rest: list[Line] = []
    if first:
        header = first[place].number
        deep = max([header, *(area.bottom for area in areas if area.top <= header <= area.bottom
                              and area.bottom - area.top < 4)])
        block = [line for line in first[place:] if line.number <= deep]
        names = _names([line.cells for line in block], header, areas)
        rest = first[place + len(block):]
    if place:
        notes.append(note("header_row", row=header))
    names, flagged = without_flags(names)
    skipped = rows_of_kinds([line.cells for line in rest[:2]])
    if skipped or flagged:
        notes.append(note("kinds"))
        rest = rest[skipped:]
    elif rest and only_numbers(rest[0].cells):
        notes.append(note("numbers_row", row=rest[0].number))
        rest = rest[1:]
    names, renamed = named(names[:MOST_COLUMNS], f"{name}, row {header}")
    notes += renamed
    rows, totals = [] if rows is None else rows, []
    for number, line in enumerate(chain(rest, filled)):
        if progress is not None and number % 1000 == 0:
            progress(min(1., line.number / max(size, line.number, 1)))
        row = _row(names, line, bool(skipped or flagged))
        if row is None:
            continue
        if is_total(row):
            totals.append(str(row.line))
        else:
            rows.append(row)
    if totals:
        notes.append(note("totals_row", s="s" * (len(totals) > 1), rows=first_of(totals)))
    return TextTable(name, tuple(names), rows, kind=kind, header=header, notes=tuple(notes),
                     **more)


def _bounded(lines: Iterable[Line], name: str) -> Iterator[Line]:
    """The lines with their long cells cut, as far as memory reaches."""
    cells = characters = 0
    for line in lines:
        cells += len(line.cells)
        marks = line.marks
        texts = list(line.cells)
        while texts and not texts[-1]:
            texts.pop()
        for place, text in enumerate(texts):
            if len(text) > MOST_IN_CELL:
                texts[place] = text[:MOST_IN_CELL]
                marks = {**marks, place: "cut"}
            characters += len(texts[place])
        if cells > MOST_CELLS or characters > MOST_CHARACTERS:
            raise TableFileError(f"{name}, row {line.number}: more than "
                                 f"{MOST_CELLS // 10 ** 6} million cells or "
                                 f"{MOST_CHARACTERS // 10 ** 6} million characters; split the "
                                 "table, or take out what is not a declaration")
        yield Line(line.number, texts, marks)


def _filled(lines: Iterable[Line], areas: Sequence[Area]) -> Iterator[Line]:
    """The lines with merged cells filled downwards, and marked."""
    waiting = sorted((area for area in areas if area.bottom > area.top), reverse=True)
    open_: list[tuple[Area, str]] = []
    for line in lines:
        open_ = [(area, text) for area, text in open_ if area.bottom >= line.number]
        while waiting and waiting[-1].top <= line.number:
            area = waiting.pop()
            if area.top == line.number and area.left < len(line.cells):
                open_.append((area, line.cells[area.left]))
        if not open_:
            yield line
            continue
        cells, marks = list(line.cells), dict(line.marks)
        for area, text in open_:
            cells += [""] * (area.left + 1 - len(cells))
            cells[area.left] = text
            marks[area.left] = "merged"
        yield Line(line.number, cells, marks)


def _names(block: Sequence[Sequence[str]], header: int, areas: Sequence[Area]) -> list[str]:
    """Names of columns that stand in one row, or in several under each other."""
    width = max(map(len, block))
    rows = [[*cells, *[""] * (width - len(cells))] for cells in block]
    for area in areas:  # a name over several columns is part of the names of all of them
        if header <= area.top < header + len(rows) and area.right > area.left:
            row = rows[area.top - header]
            row += [""] * (min(area.right + 1, MOST_COLUMNS) - len(row))
            if len(rows) > 1:
                row[area.left:area.right + 1] = [row[area.left]] * (
                    min(area.right, len(row) - 1) + 1 - area.left)
    width = max(map(len, rows))
    columns = zip(*[[*row, *[""] * (width - len(row))] for row in rows])
    return [" ".join(" ".join(dict.fromkeys(column)).split()) for column in columns]


def named(names: Sequence[str], where: str) -> tuple[list[str], list[str]]:
    """Names of columns, each once, and what is to be said of that.

    Raises
    ------
    TableFileError
        Two columns have the same name, and it is one that counts.
    """
    taken: dict[str, int] = {}
    result: list[str] = []
    notes: list[str] = []
    for name in names:
        name = " ".join(name.split())
        taken[name] = taken.get(name, 0) + 1
        if name and taken[name] > 1:
            if fits(name).keys() & set(ROLES) or label_of(name):
                raise TableFileError(f"{where}: the column {name} stands twice; rename one of "
                                     "the two or take it out")
            while f"{name} ({taken[name]})" in taken or f"{name} ({taken[name]})" in names:
                taken[name] += 1
            name = f"{name} ({taken[name]})"
            taken[name] = 1
            notes.append(note("renamed", name=name))
        result.append(name)
    return result, notes


def without_flags(names: Sequence[str]) -> tuple[list[str], bool]:
    """Names without the kinds that Orange writes before them, and whether there were any."""
    flagged = [bool(_FLAGGED.match(name)) for name in names if name]
    if not any(flagged) or 2 * sum(flagged) < len(flagged):
        return list(names), False
    return [_FLAGGED.sub("", name) for name in names], True


def rows_of_kinds(rows: Sequence[Sequence[str]]) -> int:
    """How many rows below the names hold kinds and roles of columns: two or none.

    >>> rows_of_kinds([["string", "continuous"], ["meta", ""]]), rows_of_kinds([["a"], ["b"]])
    (2, 0)
    """
    if len(rows) < 2:
        return 0
    kinds = [cell.strip() for cell in rows[0] if cell.strip()]
    known = [kind in _KINDS for kind in kinds]
    # what is not a kind lists the values of a category
    values = all(is_kind or re.fullmatch(r"\S+(?: \S+)+", kind)
                 for kind, is_kind in zip(kinds, known))
    flags = all(_FLAG.fullmatch(token) for cell in rows[1] for token in cell.split(" "))
    return 2 if any(known) and values and flags else 0


def only_numbers(cells: Sequence[str]) -> bool:
    """Whether a row only numbers the columns, as printed forms do."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    return len(filled) > 2 and filled == [str(number) for number in range(1, len(filled) + 1)]


def is_total(row: Row) -> bool:
    """Whether a row sums up the others: «Итого», and at most numbers beside it."""
    filled = [text for text in row.cells.values() if text.strip()]
    return bool(filled) and bool(_TOTAL.match(filled[0].strip())) and not any(
        any(map(str.isalpha, text)) for text in filled[1:])


def _row(names: Sequence[str], line: Line, orange: bool) -> Row | None:
    """A row of the table, None for an empty one."""
    if not line.marks and not any(map(str.strip, line.cells)):
        return None
    cells = dict.fromkeys(filter(None, names), "")
    for name, text in zip(names, line.cells):
        if name:
            cells[name] = "" if orange and text == "?" else read_cell(text)
    marks = {names[place]: mark for place, mark in line.marks.items()
             if place < len(names) and names[place]}
    # a note at the edge of a sheet shifts nothing: its cells stand under their names
    if not any(map(str.strip, cells.values())) and not marks:
        return None
    return Row(line.number, cells, len(line.cells), marks=marks) if marks \
        else Row(line.number, cells, len(line.cells))

