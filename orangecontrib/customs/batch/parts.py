"""The result part by part: rows → bytes in whatever process, bytes → the file in order."""
from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence

from orangecontrib.customs.cases import COLUMNS, SCHEMA
from orangecontrib.customs.cases.files import write_rows
from orangecontrib.customs.files import Output

__all__ = ["FORMS", "Writer", "encoded", "form_of"]

#: What a result may be, and how such files end; other endings are CSV.
FORMS = {"parquet": (".parquet", ".pq"), "csv": ()}


def form_of(path) -> str:
    """What a file is to be by its ending."""
    ending = str(path).lower()
    return next((form for form, endings in FORMS.items() if ending.endswith(endings)), "csv")


class _Bytes(io.BytesIO):
    """What :func:`write_rows` writes to."""

    def write(self, content: str | bytes) -> int:
        if isinstance(content, str):
            content = content.encode("utf-8", "backslashreplace")
        return super().write(content)


def encoded(rows: Sequence[Mapping[str, object]], form: str) -> bytes:
    """Rows of the result as they are written."""
    place = _Bytes()
    if form == "csv":
        write_rows(place, COLUMNS, rows, header=False)
        return place.getvalue()
    import pyarrow
    table = pyarrow.table({column.id: pyarrow.array(
        [_plain(row[column.id], column.kind) for row in rows], _kind(column)) for column in SCHEMA})
    with pyarrow.ipc.new_stream(place, table.schema) as stream:
        stream.write_table(table)
    return place.getvalue()


def _kind(column):
    import pyarrow
    return pyarrow.float64() if column.kind == "number" else pyarrow.string()


def _plain(value: object, kind: str) -> object:
    if value is None or value != value:
        return None if kind == "number" else ""
    return float(value) if kind == "number" else \
        str(value).encode("utf-8", "backslashreplace").decode("utf-8")


class Writer:
    """Puts parts into a place, each after the other; to be closed when all are there.

    Parameters
    ----------
    place : Output
    form : str
        One of :data:`FORMS`.
    """

    def __init__(self, place: Output, form: str):
        self._place, self._parquet = place, None
        if form == "csv":
            write_rows(place, COLUMNS, [])
            return
        import pyarrow
        import pyarrow.parquet
        self._parquet = pyarrow.parquet.ParquetWriter(
            pyarrow.PythonFile(_Forward(place), "w"),
            pyarrow.schema([(column.id, _kind(column)) for column in SCHEMA]), compression="zstd")

    def add(self, parts: Iterable[bytes]) -> None:
        for part in parts:
            if self._parquet is None:
                self._place.write(part)
                continue
            import pyarrow
            self._parquet.write_table(pyarrow.ipc.open_stream(part).read_all())

    def close(self) -> None:
        if self._parquet is not None:
            self._parquet.close()


class _Forward(io.RawIOBase):
    """An Output as a file that is written from its beginning to its end."""

    def __init__(self, place: Output):
        super().__init__()
        self._place, self._at = place, 0

    def writable(self) -> bool:
        return True

    def write(self, content) -> int:
        content = bytes(content)
        self._place.write(content)
        self._at += len(content)
        return len(content)

    def tell(self) -> int:
        return self._at
