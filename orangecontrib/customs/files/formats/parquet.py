"""Parquet, batch by batch."""
from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ..grid import named
from ..tables import Row, TableFileError, TextTable
from .cells import text_of

__all__ = ["read"]

#: What a file may hold unpacked.
MOST_UNPACKED = 4 * 10 ** 9
_ROWS = 4096


def read(path: Path, *, encoding: str = "", sheet: str = "",
         progress: Callable[[float], None] | None = None, rows: list[Row] | None = None
         ) -> TextTable:
    """The rows of a file, as texts."""
    import pyarrow
    import pyarrow.parquet
    rows = [] if rows is None else rows
    try:
        with pyarrow.parquet.ParquetFile(path) as file:
            data = file.metadata
            size = sum(data.row_group(group).total_byte_size
                       for group in range(data.num_row_groups))
            if size > MOST_UNPACKED:
                raise TableFileError(f"{path} unpacks to {size / 1e6:,.0f} MB: too much for a "
                                     "table of declarations; split it")
            names, notes = named(file.schema_arrow.names, f"{path}")
            for batch in file.iter_batches(_ROWS):
                columns = [[text_of(value) for value in column.to_pylist()]
                           for column in batch.columns]
                for cells in zip(*columns):
                    marks = {name: mark for name, (_, mark) in zip(names, cells)
                             if mark and mark != "digits"}
                    rows.append(Row(len(rows) + 1, dict(zip(names, (text for text, _ in cells))),
                                    len(names), marks=marks))
                if progress is not None:
                    progress(len(rows) / max(1, data.num_rows))
    except (pyarrow.ArrowException, UnicodeDecodeError, OverflowError, OSError) as error:
        if getattr(error, "errno", None):  # the disk, not the content
            raise
        raise TableFileError(f"{path} can't be read as Parquet ({str(error)[:200]})") from error
    return TextTable(str(path), tuple(names), rows, kind="parquet", header=0, notes=tuple(notes))
