"""The door to files: declarations, answers and predictions in, the result out, as CSV."""
from __future__ import annotations

import csv
import math
import re
import sys
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from orangecontrib.customs.declarations.codes import answered_code
from orangecontrib.customs.declarations.headings import (
    doubts_of,
    is_description,
    may_be_description,
    mostly_ids,
    trusted_cells,
)
from orangecontrib.customs.declarations.learning.silence import same_answer
from orangecontrib.customs.facts import Fact, Priors, Vocabulary
from orangecontrib.customs.files import (
    Output,
    Row,
    TableFileError,
    TextTable,
    read_table,
    written_cell,
)
from orangecontrib.customs.fusion.statements import fact_columns
from orangecontrib.customs.i18n import Message, say

from .goods import NAMES, Good, find_column, goods_of
from .predictions import LIKELY, Predictions, answer_columns

__all__ = ["InputError", "goods_of_rows", "read_answers", "read_goods", "read_predictions",
           "read_priors", "write_rows"]

#: What stands in the third row of Orange's header.
ORANGE_ROLES = {"", "class", "meta", "i", "c", "m"}


class InputError(ValueError):
    """Input that can't be used at all; the message says what to do."""

    @classmethod
    def of(cls, error: Exception) -> InputError:
        """The message of another error, with the option of the command line that it needs."""
        option = " (--encoding)" if re.search(r"name (the|its) encoding", str(error)) else ""
        return cls(f"{error}{option}")


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
    _require(path, table, required)
    return table


def _require(path: str | Path, table: TextTable, columns: Sequence[str]) -> None:
    """InputError where a table lacks one of the columns."""
    missing = [name for name in columns if name not in table.columns]
    if missing:
        raise InputError(f"{path} has no column {', '.join(missing)}; its columns are: "
                         f"{', '.join(filter(None, table.columns)) or 'none'}")


def read_goods(path: str | Path, encoding: str = "", facts: Mapping[str, Fact] | None = None
               ) -> list[Good]:
    """Rows of declarations: ``description``, optional ``good_id, declared_code, quantity, value,
    currency, weight`` and facts (:mod:`orangecontrib.customs.fusion.statements`).

    Of a row with more fields than the header has, nothing from the description on is used
    (:func:`trusted_cells`).

    Parameters
    ----------
    encoding : str
        See :func:`orangecontrib.customs.files.decode`.
    facts : Vocabulary, optional
        With a column that is named after one of them the description may be absent.

    Raises
    ------
    InputError
    """
    table = _read(path, [], encoding)
    if not fact_columns(filter(None, table.columns), facts or {}):
        _require(path, table, ["description"])
    rows = [{name: text.strip() for name, text in trusted_cells(row, table.columns).items()}
            for row in table.rows]
    return goods_of_rows(rows, [doubts_of(row, table) for row in table.rows])


def goods_of_rows(rows: Sequence[Mapping[str, object]],
                  problems: Sequence[Sequence[Message | str]] | None = None) -> list[Good]:
    """Goods of rows by column; `problems` is what is known to be wrong with each.

    That tells why a description is not there, too.
    """
    problems = [()] * len(rows) if problems is None else problems
    goods = goods_of(_ids(rows), [
        {"description": row.get("description") or (
            None if wrong or "description" not in row else ""),
         **{name: row[column] for name, names in NAMES.items()
            if (column := find_column(row, names))}} for row, wrong in zip(rows, problems)],
        problems)
    return [replace(good, row=row) for good, row in zip(goods, rows)]


def _ids(rows: Sequence[Mapping[str, object]]) -> list[str]:
    """Ids of goods as people see them: macOS writes «й» as two characters.

    Rows are numbered where none has an id; else one without an id is no other good's.
    """
    none = "row {}" if any(row.get("good_id") for row in rows) else "{}"
    return [unicodedata.normalize("NFC", str(row.get("good_id") or none.format(number)))
            for number, row in enumerate(rows, start=1)]


def read_priors(path: str | Path, vocabulary: Vocabulary, encoding: str = "") -> Priors:
    """The priors of a file, of its facts only; InputError where it can't be used."""
    try:
        return Priors.load(path, vocabulary, Priors({}), encoding)
    except (OSError, ValueError) as error:
        raise InputError.of(error) from error


def read_answers(path: str | Path, vocabulary: Vocabulary, encoding: str = ""
                 ) -> dict[str, dict[str, str]]:
    """Answers of an analyst: ``good_id, fact, value``, a row for each.

    A good is named by its key (``A#2`` is the second good of the id ``A``).

    Raises
    ------
    InputError
        The message names the line, and the facts or values that there are.
    """
    answers: dict[str, dict[str, str]] = {}
    table = _read(path, ["good_id", "fact", "value"], encoding)
    for row in table.rows:
        good, fact, value = (row.cells[name].strip() for name in ("good_id", "fact", "value"))
        where = f"{path}, line {row.line}"
        if row.doubt:
            raise InputError(f"{where}: {row.doubt}")
        if not good:
            raise InputError(f"{where}: no good_id")
        if fact not in vocabulary:
            raise InputError(f"{where}: unknown fact '{fact}'; there are: "
                             f"{', '.join(vocabulary)}")
        if value not in vocabulary[fact].value_ids:
            raise InputError(f"{where}: fact '{fact}' has no value '{value}'; there are: "
                             f"{', '.join(vocabulary[fact].value_ids)}")
        if answers.setdefault(unicodedata.normalize("NFC", good), {}).setdefault(
                fact, value) != value:
            raise InputError(f"{where}: '{good}' has two answers for '{fact}'")
    return answers


def read_predictions(path: str | Path, encoding: str = "") -> Predictions:
    """Probabilities of codes as Predictions saves them: ``model (code)`` …, ``good_id``.

    The two further rows of Orange's header may be there.  Without ids, rows are numbered.

    Raises
    ------
    InputError
        A value is no number; the message names line and column.
    """
    table = _read(path, [], encoding)
    rows = table.rows[_header_rows(table):]
    names = answer_columns(table.columns)
    columns = {code: [_probability(row, name, path) for row in rows]
               for code, name in names.items()}
    cells = [{name: text.strip() for name, text in row.cells.items()} for row in rows]
    said: dict[int, Message] = {}
    text = _description(table.columns, cells)
    if text is not None and columns:
        answers = {name: [_probability(row, name, path) for row in rows]
                   for name in filter(answered_code, table.columns)}
        alike = same_answer([row[text] for row in cells],
                            np.array(list(answers.values()), dtype=float).T)
        said = {int(row): LIKELY for row in np.flatnonzero(alike)}
    return Predictions(_ids(cells), columns, names, said)


def _header_rows(table: TextTable) -> int:
    """How many rows of Orange's header stand below the names: kinds of columns, and their roles."""
    kinds = set(filter(None, table.rows[0].cells.values())) if len(table.rows) > 1 else set()
    return 2 if kinds & {"continuous", "string"} and not any(
        text.strip() not in ORANGE_ROLES for text in table.rows[1].cells.values()) else 0


def _probability(row: Row, column: str, path: str | Path) -> float:
    text = row.cells[column].strip()
    try:
        return float(text.replace(",", ".")) if text not in ("", "?") else math.nan
    except ValueError:
        raise InputError(f"{path}, line {row.line}: '{text}' in the column '{column}' is not a "
                         "probability") from None


def _description(columns: Sequence[str], cells: Sequence[Mapping[str, str]]) -> str | None:
    """The column of descriptions: the one named so, else one whose name hints at it."""
    named = filter(None, columns)
    return next(filter(is_description, columns), None) or next(
        (name for name in named if may_be_description(name)
         and not mostly_ids(row[name] for row in cells)), None)


def write_rows(place: Output, columns: Sequence[str], rows: Iterable[Mapping[str, object]]):
    """Write a UTF-8 CSV; numbers get four digits, None is empty.

    Texts that a spreadsheet would compute begin with an apostrophe.  The bytes of a file's name
    that are not UTF-8 become ``\\udc..``, and the column of problems says so.

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
    problems = next((name for name in columns if name in PROBLEMS), "")
    for row in rows:
        if problems and not _writable(row.values()):
            said = [row.get(problems), say(ODD_NAME)]
            row = {**row, problems: "; ".join(filter(None, said))}
        writer.writerow([plain(row.get(column)) for column in columns])


#: Names of a column that holds problems, and what it says of a name that is not text.
PROBLEMS, ODD_NAME = ("problems", "problem"), Message("cases.odd_name")


def _writable(values: Iterable[object]) -> bool:
    try:
        "".join(value for value in values if isinstance(value, str)).encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
