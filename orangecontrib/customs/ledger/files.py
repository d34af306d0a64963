"""Tables of entries: a history that somebody kept is imported, the ledger is exported."""
from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from orangecontrib.customs import __version__
from orangecontrib.customs.cases.files import InputError, read_columns, write_rows
from orangecontrib.customs.files import (
    Output,
    Row,
    TextTable,
    strict_rows,
)
from orangecontrib.customs.files.words import bare
from orangecontrib.customs.nomenclature import parse_code

from .entry import COLUMNS, NUMBERS, WITHDRAWAL, Entry, codes_in, digest_of, utc
from .store import Ledger

__all__ = ["ROLES", "Aside", "Imported", "columns_of", "export", "import_table", "read_entries"]

_ROWS = [row for _, row in strict_rows(Path(__file__).with_name("roles.csv"))[1]]
#: What a column of a history may be, by the names that people give it; the first names it best.
ROLES: Mapping[str, tuple[str, ...]] = {
    row["role"]: tuple(name.strip() for name in row["names"].split(";")) for row in _ROWS}
NEEDED = tuple(row["role"] for row in _ROWS if row["needed"])
#: Columns that the import makes itself.
_MADE = {"id", "outcome", "source", "version"}


@dataclass(frozen=True)
class Aside:
    """A row that is not an entry: where it stands, and why."""

    line: int
    reason: str
    cells: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Imported:
    """What came of an import.

    Attributes
    ----------
    new, known : int
        Entries that were appended, and that the ledger had already.
    aside : tuple of Aside
        Rows that were put aside.
    columns : dict of str to str
        Role → column.
    """

    new: int
    known: int
    aside: tuple[Aside, ...]
    columns: Mapping[str, str]


def columns_of(table: TextTable, chosen: Mapping[str, str] | None = None) -> dict[str, str]:
    """Which column is which: as was said, or as it is called; columns of an entry keep their names.

    Raises
    ------
    InputError
        A role or a column that there is not, or one that is needed is not found.
    """
    there, chosen = [name for name in table.columns if name], chosen or {}
    known = [*ROLES, *(name for name in COLUMNS if name not in ROLES)]
    for role, name in chosen.items():
        if role not in known:
            raise InputError(f"there is no role '{role}'; there are: {', '.join(known)}")
        if name and name not in there:
            raise InputError(f"{table.name} has no column '{name}'; its columns are: "
                             f"{', '.join(there)}")
    found = {role: name for role, name in chosen.items() if name}
    called: dict[str, str] = {}
    for name in there:
        called.setdefault(bare(name), name)
    for role in known:
        if role not in chosen:
            for name in ROLES.get(role, (role,)):
                column = called.get(bare(name))
                if column is not None and column not in found.values():
                    found[role] = column
                    break
    missing = [role for role in NEEDED if role not in found]
    if missing:
        raise InputError(f"{table.name} has no column for {', '.join(missing)}; say which one it "
                         f"is: --column {missing[0]}=\"…\" (its columns are: {', '.join(there)})")
    return found


def read_entries(rows: Iterable[Row], columns: Mapping[str, str], source: str, who: str = "",
                 at: str = "") -> Iterator[tuple[Row, Entry | Aside]]:
    """Each row with its entry, or with why it is not one.

    Parameters
    ----------
    source : str
        What feeds the ledger.
    who, at : str
        Where the row does not say.
    """
    for row in rows:
        cells = {role: row.cells.get(column, "").strip() for role, column in columns.items()}
        try:
            if row.doubt:
                raise ValueError(row.doubt)
            yield row, _entry(cells, source, who, at)
        except ValueError as error:
            yield row, Aside(row.line, str(error), row.cells)


def _entry(cells: Mapping[str, str], source: str, who: str, at: str) -> Entry:
    if not (cells.get("who") or who):
        raise ValueError("it is not said who decided; give a column, or --who")
    if not (cells.get("at") or at):
        raise ValueError("it is not said when; give a column, or --when")
    given: dict[str, object] = {name: cells[name] for name in COLUMNS
                                if cells.get(name) and name not in _MADE and name not in NUMBERS}
    given |= {name: _number(name, cells[name]) for name in NUMBERS if cells.get(name)}
    given |= {"who": cells.get("who") or who, "at": utc(cells.get("at") or at),
              "said": ";".join(_code(code) for code in codes_in(cells.get("said", ""))),
              "source": source, "version": __version__}
    if cells.get("kind") != WITHDRAWAL:
        given["found"] = _code(cells["found"])
    if cells.get("description"):
        given["text_digest"] = digest_of(cells["description"])
    if not given.get("key"):
        raise ValueError("it is not said of which good")
    return Entry(**given)  # type: ignore[arg-type]


def _code(typed: str) -> str:
    code = parse_code(typed)
    if code.problem or not code.digits:
        raise ValueError("; ".join(code.said("en")) or "there is no code found")
    return code.digits


def _number(name: str, typed: str) -> float:
    try:
        number = float("".join(typed.split()).replace(",", "."))
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(f"{name}: '{typed}' is not a number")
    return number


def import_table(ledger: Ledger, path: str | Path, *, encoding: str = "", sheet: str = "",
                 columns: Mapping[str, str] | None = None, who: str = "", at: str = "",
                 progress: Callable[[float], None] | None = None) -> Imported:
    """Append the history of a table in any format (:func:`..files.read_source`).

    An export of a ledger comes in as it was; a row that can't be used is put aside, and the
    others are appended in one transaction.

    Parameters
    ----------
    columns : dict of str to str, optional
        Role (:data:`ROLES`, or a column of an entry) → column.
    who, at : str
        Where rows do not say.

    Raises
    ------
    InputError
        The file can't be read, or lacks a column that is needed.
    LedgerError
    """
    table = read_columns(path, (), encoding, sheet, progress)
    roles = columns_of(table, columns)
    read = list(read_entries(table.rows, roles, Path(path).name, who, at))
    aside = [said for _, said in read if isinstance(said, Aside)]
    good = [(row, said) for row, said in read if isinstance(said, Entry)]
    answers = ledger.try_each(entry for _, entry in good) if good else []
    aside += [Aside(row.line, str(answer), row.cells)
              for (row, _), answer in zip(good, answers, strict=True)
              if isinstance(answer, Exception)]
    return Imported(sum(answer is True for answer in answers),
                    sum(answer is False for answer in answers),
                    tuple(sorted(aside, key=lambda some: some.line)), roles)


def export(entries: Sequence[Entry], place: Output) -> None:
    """Write entries as a CSV that :func:`import_table` takes."""
    write_rows(place, ("id", *COLUMNS), (_exact(entry) for entry in entries))


def _exact(entry: Entry) -> dict[str, object]:
    """A row whose numbers lose nothing."""
    return {name: repr(value) if isinstance(value, float) else value
            for name, value in entry.as_row().items()}
