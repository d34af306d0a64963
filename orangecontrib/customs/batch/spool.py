"""Rows of a table on the disk, block by block, in place of a list in memory."""
from __future__ import annotations

import io
import pickle
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from orangecontrib.customs.files import OutputError, Row

__all__ = ["BLOCK", "Spool", "packed", "read_block", "unpacked"]

#: Rows that are read and written together.
BLOCK = 2048


class Spool:
    """What a reader appends rows to (``rows`` of :func:`..files.read_source`).

    It is written by one process and read by others, which know it by its path and by where the
    blocks are.

    Parameters
    ----------
    path : Path
        A new file.

    Raises
    ------
    OutputError
        The disk is full.
    """

    def __init__(self, path: Path):
        self.path = path
        self.blocks: list[tuple[int, int]] = []     #: where each begins, and how long it is
        try:
            self._file = open(path, "xb")
        except OSError as error:
            raise OutputError(path, error) from error
        self._first: list[Row] = []
        self._rows: list[Row] = []
        self._count = 0

    def append(self, row: Row) -> None:
        self._rows.append(row)
        self._count += 1
        if len(self._rows) == BLOCK:
            self._write()

    def _write(self) -> None:
        content = packed(self._rows)
        try:
            self.blocks.append((self._file.tell(), len(content)))
            self._file.write(content)
        except OSError as error:
            raise OutputError(self.path, error) from error
        self._first = self._first or self._rows
        self._rows = []

    def close(self) -> None:
        """Nothing more is appended; all is in the file."""
        try:
            if self._rows:
                self._write()
        finally:
            self._close()

    def _close(self) -> None:
        try:
            self._file.close()
        except OSError as error:
            raise OutputError(self.path, error) from error

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Row]:
        if not self._file.closed:
            self._file.flush()
        for block in self.blocks:
            yield from read_block(self.path, block)
        yield from self._rows

    def __getitem__(self, some: slice) -> list[Row]:
        """Some of the first rows, which tell what columns hold."""
        return (self._first or self._rows)[some]


class _Rows(pickle.Unpickler):
    """Nothing but plain values is in a spool, whoever may have changed it meanwhile."""

    def find_class(self, module, name):
        raise pickle.UnpicklingError(f"{module}.{name} in a spool")


def packed(rows: Iterable[Row]) -> bytes:
    """Rows as they lie in a spool, and as they are sent where it can't be read."""
    return zlib.compress(pickle.dumps(
        [(row.line, row.cells, row.fields, row.surplus, row.swallows, dict(row.marks))
         for row in rows], pickle.HIGHEST_PROTOCOL), 1)


def read_block(path: Path, block: tuple[int, int]) -> list[Row]:
    """The rows of a block, from any process."""
    start, length = block
    with open(path, "rb") as file:
        file.seek(start)
        return unpacked(file.read(length))


def unpacked(content: bytes) -> list[Row]:
    """The rows that :func:`packed` has put there."""
    content = zlib.decompress(content)
    return [Row(line, cells, fields, surplus, swallows, marks) if marks
            else Row(line, cells, fields, surplus, swallows)
            for line, cells, fields, surplus, swallows, marks in _Rows(io.BytesIO(content)).load()]
