"""The folder of a collection: photos, and a manifest that says of each where it is from.

The manifest is a CSV and the only place of truth.  Rows are appended, each in one write that is
on the disk on return; a later row about the same photo takes the place of the earlier one.  A
photo is written beside its place first, then its row, then it is renamed: whenever the process
ends, rows and photos agree after the next start, and only what had no row is fetched again.
"""
from __future__ import annotations

import csv
import hashlib
import io
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path

from orangecontrib.customs.files import (
    InUse,
    TableFileError,
    copied_aside,
    locked,
    read_table,
    replacing,
    written_cell,
)

from .errors import CollectError
from .pictures import Picture

__all__ = ["COLUMNS", "Entry", "MANIFEST", "Manifest", "PHOTOS", "STATES", "read_manifest"]

MANIFEST = "manifest.csv"

#: Folder of the photos, with a sub-folder per good: Goods Photos opens it as it is.
PHOTOS = "photos"

#: collected and kept count; doubtful waits for a person; the others do not count, and are
#: known so that they are not fetched again.  None begins another: a half-written one is noticed.
STATES = ("collected", "kept", "doubtful", "dropped", "duplicate", "refused")

_PART = ".part"

#: Names that are devices on Windows.
_DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt")
                                          for n in range(10))}


@dataclass(frozen=True)
class Entry:
    """A row of the manifest; everything is text, "" where it is not known.

    Attributes
    ----------
    file : str
        Relative to the folder, with forward slashes; "" where there is none (refused).
    sha256 : str
        Of the file's content.
    gray, edges, shape : str
        Perceptual hashes in hexadecimal digits (see ``hygiene``).
    width, height : str
        Pixels.
    kind : str
        "catalogue", "search" or "generated".
    source : str
        Name of the shop, the service or the model.
    url, page : str
        Of the photo, and of the page that shows it.
    query, prompt : str
        What was asked for.
    licence, licence_url, author : str
        As the source says it.
    product : str
        Photos of one product stay together.
    good_id : str
        Product, joined with those that show the same picture: a split keeps them together.
    name, text, category : str
        What the source says of the product.
    view : str
        Id of the view, where it is known.
    wanted : str
        Features that a generated photo, or a query, is to show: ``high_heel=1``.
    weak : str
        Weak labels with their source: ``high_heel=1 (text); house=0 (category)``.
    synthetic : str
        "yes" for generated photos: they train, they never measure.
    date : str
        When it was collected, UTC.
    reason : str
        Why it is doubtful, dropped, a duplicate or refused.
    state : str
        One of STATES.
    """

    file: str = ""
    sha256: str = ""
    gray: str = ""
    edges: str = ""
    shape: str = ""
    width: str = ""
    height: str = ""
    kind: str = ""
    source: str = ""
    url: str = ""
    page: str = ""
    query: str = ""
    prompt: str = ""
    licence: str = ""
    licence_url: str = ""
    author: str = ""
    product: str = ""
    good_id: str = ""
    name: str = ""
    text: str = ""
    category: str = ""
    view: str = ""
    wanted: str = ""
    weak: str = ""
    synthetic: str = ""
    date: str = ""
    reason: str = ""
    state: str = "collected"

    @property
    def key(self) -> str:
        """By which a photo is known again: its address, or else its content."""
        return self.url or self.sha256

    @property
    def counts(self) -> bool:
        """Whether it is a photo to learn from; a generated one only when it was looked at."""
        return bool(self.file) and (self.state == "kept" or self.state == "collected"
                                    and self.kind != "generated")


COLUMNS = tuple(field.name for field in fields(Entry))


class Manifest:
    """A collection, open in one process at a time; to be used in a ``with`` block.

    Parameters
    ----------
    folder : path
        Made if it is not there.

    Attributes
    ----------
    problems : list of str
        What could not be read, or is missing, for people.

    Raises
    ------
    CollectError
        The folder can't be written to, is open in another program, or its manifest is none.
    """

    def __init__(self, folder: str | os.PathLike):
        self.folder = Path(folder)
        self.path = self.folder / MANIFEST
        self.problems: list[str] = []
        self._entries: dict[str, Entry] = {}
        self._stored: dict[str, str] = {}  # SHA-256 → file
        self._superseded = False
        self._file = None
        try:
            (self.folder / PHOTOS).mkdir(parents=True, exist_ok=True)
            self._lock = locked(self.folder / f".{MANIFEST}.lock")
        except InUse:
            raise CollectError("locked", folder=str(self.folder)) from None
        except OSError as error:
            raise self._unwritable(error) from None
        try:
            self._open()
            self._recover()
        except OSError as error:
            self._release()
            raise self._unwritable(error) from None
        except BaseException:
            self._release()
            raise

    def __enter__(self) -> Manifest:
        return self

    def __exit__(self, *exception) -> None:
        self.close()

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(tuple(self._entries.values()))

    def __contains__(self, key: str) -> bool:
        return key in self._entries

    def get(self, key: str) -> Entry | None:
        """What is known of the photo of an address or content."""
        return self._entries.get(key)

    def stored(self, sha256: str) -> str | None:
        """File of the photo with this content."""
        return self._stored.get(sha256)

    def read(self, entry: Entry) -> bytes:
        """Content of a photo's file."""
        return (self.folder / entry.file).read_bytes()

    def add(self, entry: Entry, content: bytes | None = None, picture: Picture | None = None
            ) -> Entry:
        """Keep what is known about a photo, and its content; both are on the disk on return.

        Content that is there already is not stored twice.

        Raises
        ------
        CollectError
            It can't be written; photos and rows still agree.
        """
        new = part = None
        if picture is not None:
            entry = replace(entry, width=str(picture.width), height=str(picture.height),
                            **picture.hashes._asdict())
        if content is not None:
            sha256 = hashlib.sha256(content).hexdigest()
            name = self._stored.get(sha256)
            if name is None:
                good = _folder_name(entry.good_id or entry.product or sha256[:16])
                name = f"{PHOTOS}/{good}/{sha256[:24]}.{picture.ending if picture else 'jpg'}"
                new = self.folder / name
                part = _part_of(new)
            entry = replace(entry, file=name, sha256=sha256)
        entry = replace(entry, date=entry.date or datetime.now(UTC).isoformat(timespec="seconds"))
        try:
            if part is not None:
                part.parent.mkdir(parents=True, exist_ok=True)
                with open(part, "wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
            self._append(entry)
            if part is not None:
                part.replace(new)
        except OSError as error:
            raise self._unwritable(error) from None
        self._know(entry)
        return entry

    def change(self, entry: Entry, **changes: str) -> Entry:
        """Say something else of a photo that is known; nothing is written if it is not news."""
        changed = replace(entry, **changes)
        return entry if changed == self._entries.get(entry.key) else self.add(changed)

    def close(self) -> None:
        """Let go of the folder; a manifest with superseded rows is written again."""
        if self._file is None:
            return
        try:
            if self._superseded:
                self._write_anew()
        finally:
            self._release()

    def _unwritable(self, error: OSError) -> CollectError:
        return CollectError("unwritable", folder=str(self.folder), transient=True,
                            error=error.strerror or str(error))

    def _release(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
        self._lock.release()

    def _know(self, entry: Entry) -> None:
        self._superseded |= entry.key in self._entries
        self._entries[entry.key] = entry
        if entry.file and entry.sha256:
            self._stored.setdefault(entry.sha256, entry.file)

    def _append(self, entry: Entry) -> None:
        # from the last good end: what a full disk left half-written is overwritten
        self._file.seek(self._end)
        self._file.truncate()
        self._file.write(_line(astuple(entry)))
        self._file.flush()
        os.fsync(self._file.fileno())
        self._end = self._file.tell()

    def _open(self) -> None:
        there = self.path.exists() and self.path.stat().st_size > 0
        if there:
            _mend_end(self.path)
            entries, problems, foreign = _read(self.path)
            self.problems += problems
            for entry in entries:
                self._know(entry)
            if foreign:  # made by hand or in a spreadsheet: appended rows have to fit
                copied_aside(self.path)
                self._write_anew()
        if not there:
            self._write_anew()
        self._file = open(self.path, "r+b")
        self._end = self._file.seek(0, os.SEEK_END)

    def _write_anew(self) -> None:
        with replacing(self.path) as new, open(new, "wb") as file:
            file.write("\ufeff".encode() + _line(COLUMNS))
            for entry in self._entries.values():
                file.write(_line(astuple(entry)))
        self._superseded = False

    def _recover(self) -> None:
        """Finish or undo what the end of the process interrupted."""
        files = {entry.file for entry in self._entries.values() if entry.file}
        for name in files:
            path = self.folder / name
            if path.is_file():
                continue
            part = _part_of(path)
            if part.is_file():
                part.replace(path)
            else:
                self.problems.append(str(CollectError("file_gone", file=name)))
        for part in (self.folder / PHOTOS).rglob(f".*{_PART}"):
            part.unlink()  # without a row nobody knows where it is from


def read_manifest(folder: str | os.PathLike) -> list[Entry]:
    """The entries of a collection, which may be open elsewhere; empty if there is none."""
    path = Path(folder) / MANIFEST
    if not path.exists():
        return []
    return list({entry.key: entry for entry in _read(path)[0]}.values())


def _read(path: Path) -> tuple[list[Entry], list[str], bool]:
    """Entries in the order of the rows, problems, and whether the file is as written here."""
    try:
        table = read_table(path)
    except TableFileError as error:
        raise CollectError("no_manifest", error=str(error)) from None
    missing = [name for name in ("file", "state") if name not in table.columns]
    if missing:
        raise CollectError("no_manifest", error=f"{path}: no column {', '.join(missing)}")
    entries, problems = [], [table.note] if table.note else []
    for row in table.rows:
        if row.doubt:
            problems.append(f"{path.name}, line {row.line}: {row.doubt}; left out")
            continue
        cells = {name: row.cells.get(name, "") for name in COLUMNS}
        if cells["state"] not in STATES:
            problems.append(f"{path.name}, line {row.line}: '{cells['state']}' is not a state "
                            f"({', '.join(STATES)}); left out")
        elif not _inside(cells["file"]):
            problems.append(f"{path.name}, line {row.line}: {cells['file']} lies outside of the "
                            "folder; left out")
        elif entry := Entry(**cells):
            if entry.key:
                entries.append(entry)
    return entries, problems, table.columns != COLUMNS or table.delimiter != "," or bool(problems)


def _inside(name: str) -> bool:
    return ".." not in Path(name).parts and not Path(name).is_absolute() and "\\" not in name


def _mend_end(path: Path) -> None:
    """Cut off a row that is only half there; a whole one may lack its line end."""
    content = path.read_bytes()
    end = content.rfind(b"\n") + 1
    tail = content[end:]
    if not tail:
        return
    try:
        cells = next(csv.reader([tail.decode()]), [])
    except (UnicodeDecodeError, csv.Error):
        cells = []
    whole = cells[-1:] and (cells[-1] in STATES or not end)
    with open(path, "r+b") as file:
        if whole:
            file.seek(0, os.SEEK_END)
            file.write(b"\n")
        else:
            file.truncate(end)


def _line(cells: Iterable[str]) -> bytes:
    stream = io.StringIO()
    # a row is a line: half of one can be told from a whole
    csv.writer(stream, lineterminator="\n").writerow(
        [written_cell(" ".join(cell.split())) for cell in cells])
    return stream.getvalue().encode("utf-8", "backslashreplace")


def _part_of(path: Path) -> Path:
    return path.with_name(f".{path.name}{_PART}")


def _folder_name(good: str) -> str:
    """A name that every file system takes; different goods have different ones."""
    name = re.sub(r"[^\w.-]+", "_", good).strip("._")[:60]
    if name != good or name != name.lower() or name.split(".")[0] in _DEVICES:
        name = f"{name or 'good'}-{hashlib.sha256(good.encode()).hexdigest()[:8]}"
    return name
