"""Declarations in, results out: CSV files as customs analysts have them."""
from __future__ import annotations

import csv
import math
import sys
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from orangecontrib.customs.fusion.keys import unique_keys
from orangecontrib.customs.nomenclature import LEVELS
from orangecontrib.customs.textfiles import decode, dict_reader

__all__ = ["InputError", "Good", "read_text", "read_rows", "read_goods",
           "check_place", "write_rows"]


class InputError(ValueError):
    """Input that can't be used at all; the message says what to do."""


@dataclass(frozen=True)
class Good:
    """A row of the declarations.

    `key` is unique; a repeated good id gets ``#2``, ``#3`` ... there and keeps
    its own name in `good_id`.
    """

    key: str
    good_id: str
    description: str
    declared_code: str
    quantity: float | None
    problems: tuple[str, ...]


def read_text(path: str | Path) -> str:
    """Text of a file in UTF-8 (with or without BOM) or, failing that, in cp1251.

    "Unicode Text", as spreadsheets save it, is UTF-16 with a BOM, and read as well.

    Raises
    ------
    InputError
        If the file does not exist or is in neither encoding.
    """
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}") from error
    try:
        return decode(data)
    except UnicodeDecodeError:
        raise InputError(f"{path} is neither UTF-8 nor cp1251; save it as UTF-8 CSV") from None


def read_rows(path: str | Path, required: Sequence[str]) -> list[dict[str, str]]:
    """Rows of a CSV separated by comma, semicolon or tab, with stripped column names.

    Raises
    ------
    InputError
        If a required column is missing; the message lists those there are.
    """
    text = read_text(path)
    csv.field_size_limit(min(sys.maxsize, 2 ** 31 - 1))
    reader = dict_reader(text)
    names = reader.fieldnames
    missing = [name for name in required if name not in names]
    if missing:
        raise InputError(f"{path} has no column {', '.join(missing)}; "
                         f"its columns are: {', '.join(names) or 'none'}")
    try:
        return [{k: (v or "").strip() for k, v in row.items() if isinstance(k, str)}
                for row in reader]
    except csv.Error as error:
        raise InputError(f"{path}, line {reader.line_num}: {error}") from error


def clean_code(text: str) -> str:
    """Digits of a code as people write it: ``6403 99 960 0``, ``6403999600.0``."""
    return "".join(text.strip().removesuffix(".0").split())


def _pairs(text: str) -> float | None:
    """A number of pairs as people write it (``1 000,5``); None if it is none."""
    try:
        number = float("".join(text.split()).replace(",", "."))
    except ValueError:
        return None
    return number if 0 < number < math.inf else None


def read_goods(path: str | Path) -> list[Good]:
    """Rows of declarations: ``description``, optional ``good_id, declared_code, quantity``."""
    goods: list[Good] = []
    rows = read_rows(path, ["description"])
    # as people see it: macOS writes «й» as two characters
    ids = [unicodedata.normalize("NFC", row.get("good_id") or str(number))
           for number, row in enumerate(rows, start=1)]
    for number, (good_id, key, row) in enumerate(zip(ids, unique_keys(ids), rows), start=1):
        problems = []
        if key != good_id:
            problems.append(f"good_id «{good_id}» повторяется (строка {number})")
        code = clean_code(row.get("declared_code", ""))
        if code and not (code.isdigit() and 2 <= len(code) <= 10):
            problems.append(f"заявленный код «{code}» – не код ТН ВЭД")
            code = ""
        if code and len(code) not in LEVELS:
            problems.append(f"заявленный код «{code}» – {len(code)} знаков: в ТН ВЭД их 2, 4, "
                            "6, 8 или 10")
        quantity = None
        if row.get("quantity"):
            quantity = _pairs(row["quantity"])
            if quantity is None:
                problems.append(f"количество «{row['quantity']}» – не число пар больше нуля; "
                                "пошлина указана за пару")
        goods.append(Good(key, good_id, row["description"], code, quantity,
                          tuple(problems)))
    return goods


def check_place(path: str | Path):
    """Find out before the work whether its result can't be written.

    Raises
    ------
    InputError
        `path` is a folder, or its folder does not exist.
    """
    path = Path(path)
    if path.is_dir():
        raise InputError(f"cannot write {path}: it is a folder; name a file")
    if not path.parent.is_dir():
        raise InputError(f"cannot write {path}: there is no folder {path.parent}; make it first")


def write_rows(path: str | Path, columns: Sequence[str],
               rows: Iterable[Mapping[str, object]]):
    """Write a UTF-8 CSV; numbers get four digits, None is empty.

    Raises
    ------
    InputError
        If the file can't be written.
    """
    def plain(value):
        if value is None or value != value:
            return ""
        return f"{value:.4f}".rstrip("0").rstrip(".") if isinstance(value, float) else value
    try:
        with open(path, "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(columns)
            for row in rows:
                writer.writerow([plain(row.get(column)) for column in columns])
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror or error}") from error
