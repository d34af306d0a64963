"""Any file of declarations → a table of texts; what a file is, its content decides."""
from __future__ import annotations

import importlib
import os
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from .notes import note
from .tables import Row, TableFileError, TextTable

__all__ = ["ENDINGS", "FORMATS", "Format", "format_of", "read_source"]


class Format(NamedTuple):
    """A format of files: what it is called, how such files end and begin, and what reads it."""

    id: str
    title: str
    endings: tuple[str, ...]
    magic: tuple[bytes, ...]
    module: str
    function: str = "read"


#: The formats that are read; the first whose beginning fits is taken, then the ending decides.
FORMATS = (
    Format("xlsx", "Excel workbook", (".xlsx", ".xlsm"), (b"PK\x03\x04", b"PK\x05\x06"), "xlsx"),
    Format("xls", "old Excel workbook", (".xls",), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
                                                    b"\x09\x08", b"\x09\x04\x06\x00"), "xls"),
    Format("parquet", "Parquet", (".parquet", ".pq"), (b"PAR1",), "parquet"),
    Format("xml", "declaration on goods", (".xml",), (b"<?xml", b"<ESAD"), "declaration"),
    Format("jsonl", "JSON Lines", (".jsonl", ".ndjson"), (), "json_records", "read_lines"),
    Format("json", "JSON", (".json",), (), "json_records"),
    Format("csv", "text table", (".csv", ".tsv", ".tab", ".txt"), (), "delimited"),
)

#: How the names of such files end.
ENDINGS = tuple(ending for some in FORMATS for ending in some.endings)

#: What people send that is not a table.
_NO_TABLE = {b"%PDF-": "a PDF", b"\x89PNG": "a picture", b"\xff\xd8\xff": "a picture",
             b"Rar!": "an archive", b"7z\xbc\xaf": "an archive", b"\x1f\x8b": "an archive",
             b"{\\rtf": "a text of a word processor"}
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def read_source(path: str | os.PathLike, *, encoding: str = "", sheet: str = "",
                progress: Callable[[float], None] | None = None, rows: list[Row] | None = None
                ) -> TextTable:
    """A file of declarations, in any of the formats that are read.

    Parameters
    ----------
    path : path
    encoding : str
        Of text tables and JSON, see :func:`.encodings.decode`.
    sheet : str
        Name or number of the sheet of a workbook; by default the one that looks like goods.
    progress : callable, optional
        Called now and then with the share that has been read; what it raises ends the reading.
    rows : list of Row, optional
        What rows are appended to as they are read; by default a list in memory.

    Raises
    ------
    OSError
        The file can't be read.
    TableFileError
        It is not a table to be trusted; the message names file and place, and what to do.
    """
    path = Path(path)
    chosen = format_of(path)
    module = importlib.import_module(f"{__package__}.formats.{chosen.module}")
    table = getattr(module, chosen.function)(path, encoding=encoding, sheet=sheet,
                                             progress=progress,
                                             rows=[] if rows is None else rows)
    if sheet and not table.sheets:
        table = replace(table, notes=(*table.notes, note("no_sheets", sheet=sheet)))
    if progress is not None:
        progress(1.)
    return table


def format_of(path: str | os.PathLike) -> Format:
    """The format of a file: its content decides, then its ending.

    Raises
    ------
    OSError
        The file can't be read.
    TableFileError
        It is not a table.
    """
    path = Path(path)
    by_id = {some.id: some for some in FORMATS}
    if not path.is_file():
        if path.is_dir():
            raise IsADirectoryError(21, "it is a folder; name a file in it", str(path))
        return by_id["csv"]  # a pipe: read once, from its beginning
    with open(path, "rb") as file:
        beginning = file.read(4096)
    for magic, what in _NO_TABLE.items():
        if beginning.startswith(magic):
            raise TableFileError(f"{path} is {what}, not a table; save the table in it as .xlsx "
                                 "or CSV")
    for some in FORMATS:
        if beginning.startswith(some.magic):
            if some.id == "xlsx":
                _check_workbook(path)
            return some
    named = next((some for some in FORMATS if path.suffix.lower() in some.endings), None)
    text = beginning
    for mark in _MARKS:
        text = text.removeprefix(mark)
    text = text.replace(b"\0", b"").lstrip()
    if text.startswith((b"<?xml", b"<ESAD")):
        return by_id["xml"]
    if text[:1] in (b"{", b"[") and (named is None or named.id not in ("csv", "jsonl")):
        return by_id["json"]
    return named if named is not None and named.id in ("json", "jsonl", "xml") else by_id["csv"]


def _check_workbook(path: Path) -> None:
    """TableFileError for a zip that is not a workbook that can be read."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise TableFileError(f"{path} is a damaged workbook or zip ({error}); save it again"
                             ) from error
    if "xl/workbook.bin" in names:
        raise TableFileError(f"{path} is a binary workbook (.xlsb); save it as .xlsx")
    if "content.xml" in names:
        raise TableFileError(f"{path} is an OpenDocument (.ods); save it as .xlsx")
    if not any(name.lower().startswith("xl/") for name in names):
        raise TableFileError(f"{path} is a zip, not a workbook; unpack it, and name the table")
