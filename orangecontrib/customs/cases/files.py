"""The door to files: declarations, answers and predictions in, the result out."""
from __future__ import annotations

import csv
import math
import re
import sys
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from orangecontrib.customs.declarations.codes import answered_code
from orangecontrib.customs.declarations.headings import doubts_of, trusted_cells
from orangecontrib.customs.declarations.learning.silence import same_answer
from orangecontrib.customs.evaluation.conformal import Calibration
from orangecontrib.customs.evaluation.knowngoods import COLUMNS as CALIBRATION
from orangecontrib.customs.evaluation.knowngoods import cells_of, read_calibration
from orangecontrib.customs.facts import Fact, Priors, Vocabulary
from orangecontrib.customs.files import (
    ROLES,
    Output,
    OutputError,
    RoleError,
    Roles,
    Row,
    TableFileError,
    TextTable,
    find_column,
    guess_roles,
    read_source,
    written_cell,
)
from orangecontrib.customs.files.words import label_of
from orangecontrib.customs.fusion.statements import fact_columns, plain_facts
from orangecontrib.customs.i18n import Message, SaidError, say
from orangecontrib.customs.nomenclature import Tariff, load_tariff

from .decisions import BUNDLED, Decision, bundled_decisions, decisions_of_table
from .goods import DECLARED, Before, Good, currency_in, goods_of
from .predictions import LIKELY, Predictions, answer_columns

__all__ = ["InputError", "goods_of_rows", "goods_of_table", "ids_of_rows", "read_answers",
           "read_calibration_file", "read_columns", "read_decisions",
           "read_declarations", "read_goods", "read_predictions", "read_priors",
           "read_tariff", "roles_of", "write_calibration", "write_rows"]


class InputError(ValueError):
    """Input that can't be used at all; the message says what to do."""

    @classmethod
    def of(cls, error: Exception) -> InputError:
        """The message of another error, with the option of the command line that it needs."""
        option = " (--encoding)" if re.search(r"name (the|its) encoding", str(error)) else ""
        return cls(f"{error}{option}")


def read_columns(path: str | Path, required: Sequence[str], encoding: str, sheet: str = "",
                 progress: Callable[[float], None] | None = None,
                 rows: list[Row] | None = None) -> TextTable:
    """A table that has these columns; a guess at its encoding is said on stderr."""
    try:
        table = read_source(path, encoding=encoding, sheet=sheet, progress=progress, rows=rows)
    except TableFileError as error:
        raise InputError.of(error) from error
    except OutputError:  # of where the rows are put
        raise
    except (OSError, ValueError) as error:
        raise InputError(f"cannot read {path}: "
                         f"{getattr(error, 'strerror', None) or error}") from error
    if table.note:
        print(f"orange-customs: {table.note} (--encoding)", file=sys.stderr)
    _require(path, table, required)
    return table


def _require(path: str | Path, table: TextTable, columns: Sequence[str], advice: str = "") -> None:
    """InputError where a table lacks one of the columns."""
    missing = [name for name in columns if name not in table.columns]
    if missing:
        raise InputError(f"{path} has no column {', '.join(missing)}; its columns are: "
                         f"{', '.join(filter(None, table.columns)) or 'none'}{advice}")


def read_goods(path: str | Path, encoding: str = "", facts: Mapping[str, Fact] | None = None, *,
               sheet: str = "", columns: Mapping[str, str] | None = None,
               photo_ids: Collection[str] = (), tell: Callable[[str], None] | None = None,
               progress: Callable[[float], None] | None = None) -> list[Good]:
    """Goods of a file of declarations in any format (:func:`..files.read_source`).

    Its columns are taken for what they are called, or hold (:func:`..files.guess_roles`):
    description, good_id, declared_code, quantity, value, currency, weight; or they are facts
    (:mod:`orangecontrib.customs.fusion.statements`).  Of a row with more fields than the header
    has, nothing from the description on is used (:func:`trusted_cells`).

    Parameters
    ----------
    encoding : str
        See :func:`orangecontrib.customs.files.decode`.
    facts : Vocabulary, optional
        With a column that is named after one of them the description may be absent.
    sheet : str
        Of a workbook.
    columns : dict of str to str, optional
        Role → column, where it is known.
    photo_ids : collection of str
        The ids of goods that photos have.
    tell : callable, optional
        Called with each line that says how the file was read, and what was taken for what.
    progress : callable, optional
        As in :func:`..files.read_source`.

    Raises
    ------
    InputError
    """
    table, roles = read_declarations(path, encoding, facts, sheet=sheet, columns=columns,
                                     photo_ids=photo_ids, tell=tell, progress=progress)
    return goods_of_table(table.rows, table, roles)


def read_declarations(path: str | Path, encoding: str = "",
                      facts: Mapping[str, Fact] | None = None, *, sheet: str = "",
                      columns: Mapping[str, str] | None = None, photo_ids: Collection[str] = (),
                      tell: Callable[[str], None] | None = None,
                      progress: Callable[[float], None] | None = None,
                      rows: list[Row] | None = None) -> tuple[TextTable, Roles]:
    """The table of :func:`read_goods`, and which column is which.

    `rows` is where the table puts its rows (:func:`..files.read_source`).
    """
    table = read_columns(path, [], encoding, sheet, progress, rows)
    try:
        roles = roles_of(table, facts or {}, photo_ids, columns)
    except RoleError as error:
        raise InputError(str(error)) from error
    if not (roles["description"] or roles.statements
            or fact_columns(filter(None, table.columns), facts or {})):
        _require(path, table, ["description"],
                 "; say which one it is: --column description=\"…\"")
    if tell is not None:
        for line in (*table.notes, *roles.lines, *roles.remarks):
            tell(line)
    return table, roles


def goods_of_table(rows: Sequence[Row], table: TextTable, roles: Roles,
                   ids: Sequence[str] | None = None, before: Before | None = None) -> list[Good]:
    """Goods of some rows of a table; `ids` and `before` where these are not all of them."""
    cells = [{name: text.strip() for name, text in trusted_cells(row, table.columns, roles).items()}
             for row in rows]
    return goods_of_rows(cells, [doubts_of(row, table, roles) for row in rows], roles, ids, before)


def roles_of(table: TextTable, facts: Mapping[str, Fact], photo_ids: Collection[str] = (),
             chosen: Mapping[str, str] | None = None) -> Roles:
    """Which column is which (:func:`..files.guess_roles`), where some may be facts.

    A column that is called as a fact is none of a specification where it holds nothing but
    values of the fact.
    """
    of_facts = fact_columns(filter(None, table.columns), facts)
    plain = plain_facts(of_facts, lambda name: (row.cells[name] for row in table.rows), facts)
    return guess_roles(table, photo_ids, chosen,
                       [name for name in of_facts if name in plain or label_of(name) is None])


def goods_of_rows(rows: Sequence[Mapping[str, object]],
                  problems: Sequence[Sequence[Message | str]] | None = None,
                  roles: Roles | None = None, ids: Sequence[str] | None = None,
                  before: Before | None = None) -> list[Good]:
    """Goods of rows by column; `problems` is what is known to be wrong with each.

    That tells why a description is not there, too.  Without `roles` columns are what they are
    called.
    """
    problems = [()] * len(rows) if problems is None else problems
    if roles is None:
        names = dict.fromkeys(name for row in rows for name in row)
        roles = Roles({role: column for role in ROLES if (column := find_column(names, role))})
    common = {"currency": currency_in(roles["value"])} if roles["value"] else {}
    if ids is None:
        ids = ids_of_rows(rows, roles["good_id"])
    return goods_of(ids, [
        {**common, "description": _description_of(row, roles, any(map(_of_the_row, wrong))),
         **{role: row[column] for role in DECLARED
            if (column := roles[role]) is not None and column in row}}
        for row, wrong in zip(rows, problems)], problems, before, rows, roles.statements)


def _description_of(row: Mapping[str, Any], roles: Roles, wrong: bool) -> str | None:
    """The description of a row; None where there is none to be had."""
    column = roles["description"]
    if not roles.statements and column not in row:
        return None
    # of a row that is cut off before its description nothing is known
    text = roles.description(row) if column is None or column in row else ""
    return text or (None if wrong else "")


def _of_the_row(problem: Message | str) -> bool:
    """Whether a problem is of a whole row, not of one cell."""
    return not getattr(problem, "id", "").startswith("cases.cell_")


def ids_of_rows(rows: Iterable[Mapping[str, object]], column: str | None, first: int = 1,
                named: bool | None = None) -> list[str]:
    """Ids of goods as people see them: macOS writes «й» as two characters.

    Rows are numbered, from `first` on, where none has an id; else one without an id is no other
    good's.  `named`: whether any has, where these rows are a part of many.
    """
    ids = [row.get(column) if column else "" for row in rows]
    none = "row {}" if (any(ids) if named is None else named) else "{}"
    return [unicodedata.normalize("NFC", str(id_ or none.format(number)))
            for number, id_ in enumerate(ids, start=first)]


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
    table = read_columns(path, ["good_id", "fact", "value"], encoding)
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


def read_decisions(path: str | Path, vocabulary: Vocabulary, encoding: str = "",
                   bad: Callable[[int, Mapping[str, str], str], None] | None = None
                   ) -> tuple[Decision, ...]:
    """Decisions of authorities (:mod:`.decisions`): a table, or the bundled ``example``.

    `bad` gets line, cells and reason of the rows that can't be used; the others count.

    Raises
    ------
    InputError
        The message names the line of a row, where there is no `bad`.
    """
    if str(path) == BUNDLED and not Path(path).exists():
        return bundled_decisions(vocabulary)
    table = read_columns(path, [], encoding)
    lines = {f"{path}, line {row.line}": row for row in table.rows}

    def tell(where: str, cells: Mapping[str, str], reason: str) -> None:
        if bad is None:
            raise InputError(reason)
        bad(lines[where].line, cells, reason)
    for where, row in lines.items():
        if row.doubt:
            tell(where, row.cells, f"{where}: {row.doubt}")
    try:
        return decisions_of_table(
            table.columns, [(where, row.cells) for where, row in lines.items() if not row.doubt],
            str(path), vocabulary, tell)
    except ValueError as error:
        raise InputError(str(error)) from error


def read_calibration_file(path: str | Path, encoding: str = "") -> Calibration:
    """A table of goods with known codes; InputError where it can't be used."""
    try:
        return read_calibration(path, encoding)
    except SaidError as error:
        raise InputError(f"{path}: {error}") from error
    except (OSError, ValueError) as error:
        raise InputError.of(error) from error


def write_calibration(place: Output, calibration: Calibration) -> None:
    """Write such a table as a UTF-8 CSV."""
    write_rows(place, CALIBRATION, cells_of(calibration))


def read_tariff(path: str | Path, encoding: str = "") -> Tariff:
    """An official edition of the tariff; InputError where it can't be read."""
    try:
        return load_tariff(path, encoding=encoding)
    except (OSError, ValueError) as error:
        raise InputError.of(error) from error


def read_predictions(path: str | Path, encoding: str = "") -> Predictions:
    """Probabilities of codes as Predictions saves them: ``model (code)`` …, ``good_id``.

    Without ids, rows are numbered.

    Raises
    ------
    InputError
        A value is not a number; the message names line and column.
    """
    table = read_columns(path, [], encoding)
    rows = table.rows
    names = answer_columns(table.columns)
    columns = {code: [_probability(row, name, path) for row in rows]
               for code, name in names.items()}
    cells = [{name: text.strip() for name, text in row.cells.items()} for row in rows]
    said: dict[int, Message] = {}
    text = guess_roles(table, apart=names.values())["description"]
    if text is not None and columns:
        answers = {name: [_probability(row, name, path) for row in rows]
                   for name in filter(answered_code, table.columns)}
        alike = same_answer([row[text] for row in cells],
                            np.array(list(answers.values()), dtype=float).T)
        said = {int(row): LIKELY for row in np.flatnonzero(alike)}
    ids = ids_of_rows(cells, find_column(table.columns, "good_id"))
    return Predictions(ids, columns, names, said)


def _probability(row: Row, column: str, path: str | Path) -> float:
    text = row.cells[column].strip()
    try:
        return float(text.replace(",", ".")) if text not in ("", "?") else math.nan
    except ValueError:
        raise InputError(f"{path}, line {row.line}: '{text}' in the column '{column}' is not a "
                         "probability") from None


def write_rows(place: Output, columns: Sequence[str], rows: Iterable[Mapping[str, object]],
               header: bool = True) -> None:
    """Write a UTF-8 CSV; numbers get four digits, None is empty.

    Texts that a spreadsheet would compute begin with an apostrophe.  The bytes of a file's name
    that are not UTF-8 become ``\\udc..``, and the column of problems says so.

    Raises
    ------
    OutputError
        If the place can't be written.
    """
    def plain(value: object) -> object:
        if isinstance(value, str):
            return written_cell(value)
        if value is None or value != value:
            return ""
        return f"{value:.4f}".rstrip("0").rstrip(".") if isinstance(value, float) else value
    writer = csv.writer(place)
    if header:
        writer.writerow(columns)
    problems = next((name for name in columns if name in PROBLEMS), "")
    for row in rows:
        if problems and not _writable(row.values()):
            said = [str(row.get(problems) or ""), say(ODD_NAME)]
            row = {**row, problems: "; ".join(filter(None, said))}
        # most cells of a result are empty
        writer.writerow(["" if (value := row.get(column)) is None or value == "" else plain(value)
                         for column in columns])


#: Names of a column that holds problems, and what it says of a name that is not text.
PROBLEMS, ODD_NAME = ("problems", "problem"), Message("cases.odd_name")


def _writable(values: Iterable[object]) -> bool:
    try:
        "".join([value for value in values if isinstance(value, str)]).encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
