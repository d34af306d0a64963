"""Declarations in, results out: CSV files as customs analysts have them."""
from __future__ import annotations

import csv
import math
import re
import sys
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from orangecontrib.customs.declarations.headings import trusted_cells
from orangecontrib.customs.files import (
    Output,
    Row,
    TableFileError,
    TextTable,
    read_table,
    written_cell,
)
from orangecontrib.customs.fusion.keys import unique_keys
from orangecontrib.customs.nomenclature import parse_code

__all__ = ["InputError", "Good", "read_goods", "write_rows"]


class InputError(ValueError):
    """Input that can't be used at all; the message says what to do."""

    @classmethod
    def of(cls, error: Exception) -> InputError:
        """The message of another error, with the option of the command line that it needs."""
        option = " (--encoding)" if re.search(r"name (the|its) encoding", str(error)) else ""
        return cls(f"{error}{option}")


@dataclass(frozen=True)
class Good:
    """A row of the declarations.

    `key` is unique; a repeated good id gets ``#2``, ``#3`` ... there and keeps
    its own name in `good_id`.  `description` is None where the row holds one that
    can't be read.
    """

    key: str
    good_id: str
    description: str | None
    declared_code: str
    quantity: float | None
    problems: tuple[str, ...]


def _read(path: str | Path, required: Sequence[str], encoding: str) -> TextTable:
    """A table that has these columns; a guess at its encoding is said on stderr."""
    try:
        table = read_table(path, encoding)
    except TableFileError as error:
        raise InputError.of(error) from error
    except (OSError, ValueError) as error:
        raise InputError(f"cannot read {path}: "
                         f"{getattr(error, 'strerror', None) or error}") from error
    if table.note:
        print(f"orange-customs: {table.note} (--encoding)", file=sys.stderr)
    missing = [name for name in required if name not in table.columns]
    if missing:
        raise InputError(f"{path} has no column {', '.join(missing)}; its columns are: "
                         f"{', '.join(filter(None, table.columns)) or 'none'}")
    return table


def _pairs(text: str) -> float | None:
    """A number of pairs as people write it (``1 000,5``); None if it is none."""
    try:
        number = float("".join(text.split()).replace(",", "."))
    except ValueError:
        return None
    return number if 0 < number < math.inf else None


def read_goods(path: str | Path, encoding: str = "") -> list[Good]:
    """Rows of declarations: ``description``, optional ``good_id, declared_code, quantity``.

    Of a row with more fields than the header has, nothing from the description on is used
    (:func:`trusted_cells`).

    Parameters
    ----------
    encoding : str
        See :func:`orangecontrib.customs.files.decode`.

    Raises
    ------
    InputError
    """
    table = _read(path, ["description"], encoding)
    cells = [{name: text.strip() for name, text in trusted_cells(row, table.columns).items()}
             for row in table.rows]
    # as people see it: macOS writes «й» as two characters
    ids = [unicodedata.normalize("NFC", row.get("good_id") or str(number))
           for number, row in enumerate(cells, start=1)]
    return [_good(number, good_id, key, row, texts, table)
            for number, (good_id, key, row, texts)
            in enumerate(zip(ids, unique_keys(ids), table.rows, cells), start=1)]


def _good(number: int, good_id: str, key: str, row: Row, texts: Mapping[str, str],
          table: TextTable) -> Good:
    problems = []
    if key != good_id:
        problems.append(f"good_id «{good_id}» повторяется (строка {number})")
    if row.surplus:
        problems.append(f"строка {row.line} файла: полей {row.fields}, а в заголовке "
                        f"{table.width}; описание не прочитано – текст, в котором есть "
                        "разделитель, возьмите в кавычки")
    elif row.swallows:
        problems.append(f"поле в кавычках занимает несколько строк файла, с {row.line}-й; если "
                        "это несколько товаров, закройте кавычку")
    code = parse_code(texts.get("declared_code", ""))
    problems += [f"заявленный код {words}" for words in code.said("ru")]
    quantity = None
    if texts.get("quantity"):
        quantity = _pairs(texts["quantity"])
        if quantity is None:
            problems.append(f"количество «{texts['quantity']}» – не число пар больше нуля; "
                            "пошлина указана за пару")
    return Good(key, good_id, texts.get("description"), code.digits, quantity, tuple(problems))


def write_rows(place: Output, columns: Sequence[str], rows: Iterable[Mapping[str, object]]):
    """Write a UTF-8 CSV; numbers get four digits, None is empty.

    Texts that a spreadsheet would compute begin with an apostrophe.  The bytes of a file's name
    that are not UTF-8 become ``\\udc..``, and the last column says so.

    Raises
    ------
    OutputError
        If the place can't be written.
    """
    def plain(value):
        if value is None or value != value:
            return ""
        if isinstance(value, str):
            return written_cell(value)
        return f"{value:.4f}".rstrip("0").rstrip(".") if isinstance(value, float) else value
    writer = csv.writer(place)
    writer.writerow(columns)
    for row in rows:
        if columns[-1] in ODD_NAME and not _writable(row.values()):
            said = [row.get(columns[-1]), ODD_NAME[columns[-1]]]
            row = {**row, columns[-1]: "; ".join(filter(None, said))}
        writer.writerow([plain(row.get(column)) for column in columns])


#: What the column of problems says of a name that is not text.
ODD_NAME = {"problems": "имя файла не в UTF-8, его байты записаны как \\udc..",
            "problem": "the file's name is not UTF-8, its bytes are written as \\udc.."}


def _writable(values: Iterable[object]) -> bool:
    try:
        "".join(value for value in values if isinstance(value, str)).encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
