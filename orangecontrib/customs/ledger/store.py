"""The ledger's file: SQLite, to which several programs append and from which nothing is taken.

The journal is SQLite's rollback journal, not the write-ahead log: that needs memory which the
programs share, so that it does not work on a network drive, and an office's ledger lies there.
An append is one transaction that takes the lock before it reads: a program that is killed in it
leaves what was there before, which the next one puts right.  Whether locks hold on a network drive
is its server's affair (SMB and NFS 4 have them).
"""
from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Collection, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path, PurePath
from urllib.parse import quote

from .entry import COLUMNS, NUMBERS, WITHDRAWAL, Entry

__all__ = ["APPLICATION", "VERSION", "Conflict", "Ledger", "LedgerError"]

#: What tells a ledger from other files of SQLite: its header has this number ("HSld").
APPLICATION = 0x48536C64
#: Of the tables; a file with a later one is of a later program.
VERSION = 1
#: Seconds to wait for others that append.
PATIENCE = 30.
#: How a file of SQLite begins.
_MAGIC = b"SQLite format 3\0"

_CREATE = (
    "CREATE TABLE entry (number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, "
    + ", ".join(f'"{name}" {"REAL" if name in NUMBERS else "TEXT NOT NULL"}' for name in COLUMNS)
    + ")",
    "CREATE INDEX entry_of_good ON entry (key)",
    # a decision is taken back by another entry
    *(f"CREATE TRIGGER no_{event.lower()} BEFORE {event} ON entry BEGIN "
      "SELECT RAISE(ABORT, 'the ledger is appended to, never changed'); END"
      for event in ("UPDATE", "DELETE")),
    # INSERT OR REPLACE would delete unnoticed
    "CREATE TRIGGER no_replace BEFORE INSERT ON entry WHEN EXISTS "
    "(SELECT 1 FROM entry WHERE id = NEW.id OR number = NEW.number) BEGIN "
    "SELECT RAISE(ABORT, 'the ledger is appended to, never changed'); END",
)
_INSERT = "INSERT INTO entry (id, {}) VALUES (?{})".format(
    ", ".join(f'"{name}"' for name in COLUMNS), ", ?" * len(COLUMNS))
_SELECT = 'SELECT id, {} FROM entry'.format(", ".join(f'"{name}"' for name in COLUMNS))


class LedgerError(ValueError):
    """A ledger that can't be used; the message names the file and says what to do."""


class Conflict(LedgerError):
    """An entry that says something else than one of the same good, person and moment."""


class Ledger:
    """A ledger in a file; the file is made by the first entry.

    Nothing is kept open between calls: a ledger may lie on a drive that goes away.

    Parameters
    ----------
    path : path
    patience : float
        Seconds to wait for others that append.
    """

    def __init__(self, path: str | os.PathLike[str], patience: float = PATIENCE):
        self.path = Path(path)
        self.patience = patience

    # -- append

    def append(self, entries: Iterable[Entry]) -> int:
        """Append entries, all or none; those that are there already are not written again.

        Returns
        -------
        int
            How many were new.

        Raises
        ------
        Conflict
            There is an entry of the same good, person and moment that says something else, or a
            withdrawal of one that there is not; nothing was written.
        LedgerError
            The file is not a ledger, of a later program, or can't be written.
        """
        entries = list(entries)
        with self._opened(writing=True) as connection:
            added = [entry for entry in entries if _new(connection, entry)]
        return len(added)

    def try_each(self, entries: Iterable[Entry]) -> list[Exception | bool]:
        """Append entries each for itself, in one transaction.

        Returns
        -------
        list of (bool or Conflict)
            Of each whether it was new, or why it can't be appended.
        """
        result: list[Exception | bool] = []
        with self._opened(writing=True) as connection:
            for entry in entries:
                try:
                    result.append(_new(connection, entry))
                except Conflict as error:
                    result.append(error)
        return result

    # -- read

    def entries(self, keys: Collection[str] | None = None) -> list[Entry]:
        """Entries in the order in which they were appended; none where there is no file.

        Parameters
        ----------
        keys : collection of str, optional
            Of the goods; by default all.

        Raises
        ------
        LedgerError
        """
        if not self._content():
            return []
        with self._opened(writing=False) as connection:
            if keys is None:
                rows = connection.execute(f"{_SELECT} ORDER BY number")
            else:
                rows = connection.execute(
                    f"{_SELECT} WHERE key IN (SELECT value FROM json_each(?)) ORDER BY number",
                    (json.dumps(list(keys)),))
            return [_entry(row) for row in rows]

    def __len__(self) -> int:
        if not self._content():
            return 0
        with self._opened(writing=False) as connection:
            return int(connection.execute("SELECT count(*) FROM entry").fetchone()[0])

    # -- file

    def _content(self) -> bool:
        """Whether there is a ledger to read; what is not one is refused without touching it."""
        try:
            with open(self.path, "rb") as file:
                header = file.read(100)
        except FileNotFoundError:
            return False
        except OSError as error:
            raise LedgerError(f"cannot read {self.path}: {error.strerror or error}") from None
        # a program may have been killed while it made the file: SQLite puts that right
        unfinished = Path(f"{self.path}-journal").exists()
        if header and not (unfinished and header.startswith(_MAGIC)):
            self._check(header.startswith(_MAGIC) and int.from_bytes(header[68:72], "big"),
                        int.from_bytes(header[60:64], "big"))
        return bool(header) or unfinished

    def _check(self, application: int, version: int) -> None:
        if application != APPLICATION:
            raise LedgerError(f"{self.path} is not a ledger of this program, and was left as it "
                              "is; name another file")
        if version > VERSION:
            raise LedgerError(f"{self.path} is a ledger of a later program (version {version}, "
                              f"this one knows {VERSION}), and was left as it is; use that one")

    @contextmanager
    def _opened(self, writing: bool) -> Iterator[sqlite3.Connection]:
        """The database: in a transaction that holds the lock, or to be read."""
        self._content()
        if not self.path.absolute().parent.is_dir():
            raise LedgerError(f"cannot write {self.path}: there is no such folder; make it first")
        mode = "rwc" if writing else "rw" if os.access(self.path, os.W_OK) else "ro"
        try:
            with closing(sqlite3.connect(f"{uri_of(self.path.absolute())}?mode={mode}", uri=True,
                                         timeout=self.patience, isolation_level=None)
                         ) as connection:
                if not writing:
                    connection.execute("PRAGMA query_only = ON")
                    if _tables(connection):
                        self._check(*_stamp(connection))
                        yield connection
                    else:  # of a program that was killed while it made the file
                        with closing(_empty()) as nothing:
                            yield nothing
                    return
                # the directory, too, is on the disk before an append is done
                connection.execute("PRAGMA synchronous = EXTRA")
                connection.execute("BEGIN IMMEDIATE")
                try:
                    self._prepare(connection)
                    yield connection
                    connection.execute("COMMIT")
                except BaseException:
                    if connection.in_transaction:
                        connection.execute("ROLLBACK")
                    raise
        except sqlite3.OperationalError as error:
            if "locked" in str(error) or "busy" in str(error):
                raise LedgerError(f"{self.path} is in use by another program for more than "
                                  f"{self.patience:g} seconds; try again") from error
            raise LedgerError(f"cannot use {self.path}: {error}") from error
        except sqlite3.DatabaseError as error:
            raise LedgerError(f"{self.path} is damaged ({error}); take a copy of it, and export "
                              "what can be read") from error

    def _prepare(self, connection: sqlite3.Connection) -> None:
        """Make the tables of a new file."""
        if _tables(connection):
            self._check(*_stamp(connection))
            return
        for statement in _CREATE:
            connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION}")
        connection.execute(f"PRAGMA user_version = {VERSION}")


def uri_of(path: PurePath) -> str:
    """A path as SQLite takes it: of a network drive the server is no authority (`Path.as_uri`)."""
    place = quote(path.as_posix())
    return f"file://{'' if place.startswith('/') else '/'}{place}"


def _tables(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])


def _stamp(connection: sqlite3.Connection) -> tuple[int, int]:
    return (int(connection.execute("PRAGMA application_id").fetchone()[0]),
            int(connection.execute("PRAGMA user_version").fetchone()[0]))


def _empty() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    for statement in _CREATE:
        connection.execute(statement)
    return connection


def _entry(row: tuple[object, ...]) -> Entry:
    return Entry.of_row(dict(zip(COLUMNS, row[1:], strict=True)))


def _new(connection: sqlite3.Connection, entry: Entry) -> bool:
    """Write an entry unless it is there."""
    row = connection.execute(f"{_SELECT} WHERE id = ?", (entry.id,)).fetchone()
    if row is not None:
        there = _entry(row)
        if (there.said, there.found) != (entry.said, entry.found):
            raise Conflict(f"of '{entry.key}' the ledger already has what {entry.who} decided at "
                           f"{entry.at}: said {there.said or 'nothing'}, found {there.found}; "
                           "take that back, or give another time")
        return False
    if entry.kind == WITHDRAWAL and connection.execute(
            "SELECT 1 FROM entry WHERE id = ?", (entry.withdraws,)).fetchone() is None:
        raise Conflict(f"the ledger has no entry {entry.withdraws} to be taken back")
    connection.execute(_INSERT, tuple(entry.as_row().values()))
    return True
