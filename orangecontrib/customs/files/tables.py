"""Tables of texts, and CSV files as people send them: encoding, separator, rows that do not fit."""
from __future__ import annotations

import csv
import io
import os
import re
import stat
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from .encodings import CYRILLIC, EncodingError, decode
from .notes import note
from .writing import read_cell

__all__ = ["MARKS", "MOST_BYTES", "Row", "TableFileError", "Text", "TextTable", "read_bytes",
           "read_table", "records", "strict_rows", "text_of_file"]

#: A longer file is a mistake, not a table; an endless one (a device) ends here, too.
MOST_BYTES = 2 ** 30

#: A text up to this length is read at once; a longer one line by line, up to so many bytes.
AT_ONCE, MOST_STREAMED = 2 ** 25, 2 ** 37
#: A longer cell is cut.
MOST_IN_CELL = 1_000_000
#: A longer line of such a text is a mistake.
MOST_IN_LINE = 10 ** 8

#: What may separate the fields of a row; the first of those that are as frequent.
DELIMITERS = ",;\t|"

# a description may be longer than the 131 072 characters that csv allows
csv.field_size_limit(min(sys.maxsize, 2 ** 31 - 1))


#: What may be peculiar about a cell, and what that means.
MARKS = {mark: note(f"mark_{mark}")
         for mark in ("date", "formula", "error", "digits", "merged", "cut")}


#: Of nearly all rows: nothing is peculiar.
_UNMARKED: Mapping[str, str] = {}


class TableFileError(ValueError):
    """A file that is not a table to be trusted; names file, line and what to do."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table.

    Attributes
    ----------
    line : int
        Where it begins in the file; in a workbook the number of the row, else of the record.
    cells : dict of str to str
        By column, without the mark that keeps a spreadsheet from computing them.
    fields : int
        How many fields it has.
    surplus : tuple of str
        What stands right of the last column that has a name: the cells are shifted, nobody
        knows since which.
    swallows : bool
        A cell in quotes goes on over lines of which each looks like a row.
    marks : dict of str to str
        By column, what is peculiar about a cell (:data:`MARKS`).
    """

    line: int
    cells: dict[str, str]
    fields: int
    surplus: tuple[str, ...] = ()
    swallows: bool = False
    marks: Mapping[str, str] = field(default_factory=lambda: _UNMARKED)

    @property
    def doubt(self) -> str:
        """Why what stands in it can't be trusted, and what to do; "" if nothing is wrong."""
        if self.surplus:
            return note("surplus", fields=self.fields)
        return note("swallows") if self.swallows else ""


@dataclass(frozen=True)
class TextTable:
    """A table: its columns, its rows, the encoding that it was read in, and the separator.

    Attributes
    ----------
    note : str
        For people: how the encoding was found where the file does not say it.
    kind : str
        Id of the format that the file was read in (:data:`.sources.FORMATS`).
    sheet : str
        The sheet of a workbook that was read.
    sheets : tuple of str
        Those that there are, hidden ones among them.
    header : int
        The line, or row, where the names of the columns stand; 0 where each record has them.
    notes : tuple of str
        For people: what else was decided in reading, and what was left out.
    """

    name: str
    columns: tuple[str, ...]
    rows: list[Row] = field(repr=False)
    encoding: str = "utf-8"
    note: str = ""
    delimiter: str = ","
    kind: str = "csv"
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    header: int = 1
    notes: tuple[str, ...] = ()

    @property
    def width(self) -> int:
        """How many fields a row may fill: up to the last column that has a name."""
        return _width(self.columns)


def read_bytes(path: str | os.PathLike, most: int = MOST_BYTES) -> bytes:
    """Content of a file, which may be a pipe; TableFileError when it is longer than `most`."""
    with open(path, "rb") as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise TableFileError(f"{path}: more than {most:,} bytes; split the file")
    return content


def read_table(path: str | os.PathLike, encoding: str = "",
               progress: Callable[[float], None] | None = None) -> TextTable:
    """A CSV separated by comma, semicolon, tab or |, with the names of columns in its first row.

    Parameters
    ----------
    path : path
    encoding : str
        See :func:`decode`.
    progress : callable, optional
        Called now and then with the share of the text that has been read; what it raises ends
        the reading.

    Raises
    ------
    OSError
        The file can't be read.
    TableFileError
        Its encoding is not clear, a quotation mark is not closed, or two columns have one name.
    """
    text, found, said = read_text(path, encoding)
    numbered = watched(records(text, path), len(text), progress)
    names = [name.strip() for name in next(numbered, (1, [], ""))[1]]
    twice = [name for name in dict.fromkeys(names) if name and names.count(name) > 1]
    if twice:
        raise TableFileError(f"{path}, line 1: the column {', '.join(twice)} stands twice; "
                             "rename one of the two or take it out")
    delimiter = delimiter_of(text)
    rows = [row_of(names, delimiter, *record) for record in numbered if record[1]]
    return TextTable(str(path), tuple(names), rows, found, said, delimiter)


@dataclass(frozen=True)
class Text:
    """The text of a file that may be too long for the memory.

    Attributes
    ----------
    beginning : str
        All of it, or of a long one the first lines.
    lines : callable
        An iterator of all lines with their ends.
    size : int
        Of the file, in bytes; or of the text, in characters.
    encoding, note : str
        As in :class:`TextTable`.
    """

    beginning: str
    lines: Callable[[], Iterator[str]]
    size: int
    encoding: str
    note: str = ""

    def after(self, start: int) -> Text:
        """Without so many characters at its beginning."""
        def lines():
            skip = start
            for line in self.lines():
                yield line[skip:]
                skip = max(0, skip - len(line))
        return replace(self, beginning=self.beginning[start:],
                       lines=lambda: filter(None, lines()))


def text_of_file(path: str | os.PathLike, encoding: str = "") -> Text:
    """The text of a file; a long one is read line by line, and its encoding told by its beginning.

    Raises
    ------
    OSError
        The file can't be read.
    TableFileError
        Its encoding is not clear, it is too long, or a line of it is.
    """
    path = Path(path)
    state = path.stat()
    if not stat.S_ISREG(state.st_mode) or state.st_size <= AT_ONCE:
        text, found, said = read_text(path, encoding)
        return Text(text, lambda: iter(io.StringIO(text, newline="")), len(text), found, said)
    if state.st_size > MOST_STREAMED:
        raise TableFileError(f"{path}: more than {MOST_STREAMED:,} bytes; split the file")
    with open(path, "rb") as file:
        beginning = file.read(AT_ONCE)
    whole = beginning[:beginning.rfind(b"\n") + 1] or beginning
    # of UTF-16 no character is torn
    whole = whole[:len(whole) // 2 * 2] if whole[:2] in (b"\xff\xfe", b"\xfe\xff") else whole
    try:
        text, found, guessed = decode(whole, encoding)
    except EncodingError as error:
        raise TableFileError(f"{path} {error}") from None
    said = guess_said(path, found) if guessed else \
        _contradiction(path, whole, text, found) if encoding else ""
    return Text(text, lambda: _lines_of(path, found), state.st_size, found, said)


def _lines_of(path: Path, encoding: str) -> Iterator[str]:
    number = 0
    try:
        with open(path, encoding="utf-8-sig" if encoding == "utf-8" else encoding,
                  newline="") as file:
            while line := file.readline(MOST_IN_LINE + 1):
                number += 1
                if len(line) > MOST_IN_LINE:
                    raise TableFileError(f"{path}, line {number}: more than {MOST_IN_LINE:,} "
                                         "characters; is it a table of texts?")
                yield line if number > 1 else line.removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise TableFileError(f"{path} is {encoding} but for a place behind line {number}, which is "
                             f"damaged or in another encoding ({error.reason}); mend it, or save "
                             "the file as UTF-8 again") from None


def guess_said(path: str | os.PathLike, encoding: str) -> str:
    return note("guessed", path=path, encoding=CYRILLIC[encoding])


def read_text(path: str | os.PathLike, encoding: str = "", most: int = MOST_BYTES
              ) -> tuple[str, str, str]:
    """The text of a file, its encoding, and what is to be said of how that was found."""
    path = Path(path)
    content = read_bytes(path, most)
    try:
        text, found, guessed = decode(content, encoding)
    except EncodingError as error:
        raise TableFileError(f"{path} {error}") from None
    said = ""
    if guessed:
        said = guess_said(path, found)
    elif encoding:
        said = _contradiction(path, content, text, found)
    return text, found, said


def watched(numbered: Iterator[tuple[int, list[str], str]], size: int,
            progress: Callable[[float], None] | None) -> Iterator[tuple[int, list[str], str]]:
    done = 0
    for number, record in enumerate(numbered):
        done += len(record[2])
        if progress is not None and number % 1000 == 0:
            progress(done / size)
        yield record


def _contradiction(path: Path, content: bytes, text: str, named: str) -> str:
    """What is to be said where the letters clearly tell another encoding than the named one."""
    try:
        told = decode(content)
    except EncodingError:
        return ""
    return "" if told.text == text else note(
        "contradiction", path=path, named=named, told=CYRILLIC.get(told.encoding, told.encoding))


def _width(names: Sequence[str]) -> int:
    return max((number for number, name in enumerate(names, start=1) if name), default=0)


def row_of(names: Sequence[str], delimiter: str, line: int, fields: list[str],
           physical: str) -> Row:
    cells = {name: "" for name in names if name}
    width = _width(names)
    surplus = []
    for number, text in enumerate(fields):
        name = names[number] if number < len(names) else ""
        if name:
            cells[name] = read_cell(text)
        elif text.strip() and number >= width:
            surplus.append(text)
    # before the quotation mark the first line was a whole row, too
    whole, *inner = physical.splitlines()
    swallows = len(names) > 1 and bool(inner) and whole.count(delimiter) >= len(names) - 1 \
        and all(part.count(delimiter) == len(names) - 1 for part in inner)
    marks = _UNMARKED
    if len(physical) > MOST_IN_CELL:
        marks = {name: "cut" for name, text in cells.items() if len(text) > MOST_IN_CELL}
        cells.update({name: cells[name][:MOST_IN_CELL] for name in marks})
    return Row(line, cells, len(fields), tuple(surplus), swallows, marks)


def delimiter_of(text: str) -> str:
    """What separates the fields of the first line."""
    return max(DELIMITERS, key=re.match(r"[^\r\n]*", text)[0].count)


def records(text: str | Text, name: str | os.PathLike, delimiter: str = "", first: int = 1
            ) -> Iterator[tuple[int, list[str], str]]:
    """Records of a CSV: the line where each begins, its fields, its lines as they are.

    Parameters
    ----------
    text : str or Text
    name : path
        What to call the file.
    delimiter : str
        By default what separates the fields of the first line.
    first : int
        Number of the line that the text begins with.

    Raises
    ------
    TableFileError
        A quotation mark is not closed before the end of the file, or closes in a place where
        no field ends, rows later.
    """
    whole = text if isinstance(text, str) else text.beginning
    delimiter = delimiter or delimiter_of(whole)
    before = first - 1
    taken: list[str] = []
    end = "\0 end of the file"

    def lines():
        for line in io.StringIO(text, newline="") if text is whole else text.lines():
            taken.append(line)
            yield line
        taken.append(end)
        yield end  # becomes part of a field that is still open

    reader = csv.reader(lines(), delimiter=delimiter)
    try:
        for fields in reader:
            if taken == [end]:
                return
            if len(taken) > 1 and (taken[-1] == end or not _strictly(taken, delimiter)):
                raise TableFileError(
                    f"{name}, line {first}: a quotation mark that begins a field here is not "
                    "closed at its end, and swallows the rows that follow; close it, and double "
                    'the quotation marks inside a field ("")')
            yield first, fields, "".join(taken)
            first = before + reader.line_num + 1
            taken.clear()
    except csv.Error as error:
        raise TableFileError(f"{name}, line {first}: {error}") from None


def _strictly(lines: list[str], delimiter: str) -> bool:
    """Whether lines are a record by the letter of the format."""
    try:
        list(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error:
        return False
    return True


def strict_rows(path: str | os.PathLike, required: Sequence[str] = (), encoding: str = ""
                ) -> tuple[tuple[str, ...], list[tuple[int, dict[str, str]]]]:
    """Columns and numbered rows of a table on which the law or the program rests.

    A row with more or fewer fields than the header says something else than it seems to, so
    the whole file is refused.

    Raises
    ------
    OSError
        The file can't be read.
    TableFileError
        As :func:`read_table`; a required column is absent, or a row has not as many fields as
        there are columns.
    """
    table = read_table(path, encoding)
    absent = [name for name in required if name not in table.columns]
    if absent:
        raise TableFileError(f"{path}: no column {', '.join(absent)} (it has "
                             f"{', '.join(table.columns) or 'none'})")
    for row in table.rows:
        if row.fields != len(table.columns):
            raise TableFileError(f"{path}, line {row.line}: {row.fields} fields, the header has "
                                 f"{len(table.columns)}; add what is missing, or quote a text "
                                 "that holds the separator")
    return table.columns, [(row.line, row.cells) for row in table.rows]
