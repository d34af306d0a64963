"""A folder, zip or CSV of photos → a table in the convention of Import Images."""
from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from Orange.data import ContinuousVariable, Table

from orangecontrib.customs.columns import SkippedPhotos
from orangecontrib.customs.files import Output
from orangecontrib.customs.i18n import Message, Sayable
from orangecontrib.customs.photos.decode import PhotoError, check_ending, opened, photo_size
from orangecontrib.customs.photos.naming import AUTO
from orangecontrib.customs.photos.notes import skipped_photo
from orangecontrib.customs.photos.sources import Found, Photo, SourceError, ZipMember, survey
from orangecontrib.customs.photos.table import GOOD_ID, LeftOut, append_metas, photos_table

__all__ = ["Scan", "scan", "cache_folder", "MAX_UNPACKED", "RESERVE"]

#: Photos of one zip may take this many bytes on disk, so that a zip bomb can't fill it.
MAX_UNPACKED = 20_000_000_000

#: Bytes of the disk that unpacking leaves free.
RESERVE = 1_000_000_000

_UNSAFE = re.compile(r'[<>:"|?*\x00-\x1f]')


@dataclass
class Scan:
    """What was found in a source of photos.

    Attributes
    ----------
    photos : Table or None
        Usable photos, which tell of the others – without rows where there are only others.
    unusable : LeftOut or None
    problems : list of Sayable
        What else is doubtful.
    left_out : list of (str, Message)
        Files that are not photos, and why.
    rule : str
        Where the goods' ids are from.
    told : Sayable
        That in words.
    unpacked : str
        Folder where photos of a zip were put; "" if nothing was unpacked.
    cancelled : bool
    """

    photos: Table | None = None
    unusable: LeftOut | None = None
    problems: list[Sayable] = field(default_factory=list)
    left_out: list[tuple[str, Message]] = field(default_factory=list)
    rule: str = ""
    told: Sayable = ""
    unpacked: str = ""
    cancelled: bool = False

    @property
    def skipped(self) -> Table | None:
        """Photos that can't be used, with the reason in the language that is spoken."""
        return None if self.unusable is None else self.unusable.table()


@dataclass(frozen=True)
class _Found:
    photo: Photo
    size: int
    width: int
    height: int


def scan(source: Path, cache: Path,
         progress: Callable[[int, int], bool | None] | None = None, ids: str = AUTO,
         listed: Callable[[Found], None] | None = None) -> Scan:
    """Find the photos of a source, read their headers, unpack those that lie in a zip.

    Only headers are read: 20 000 photos take seconds.  A photo that is damaged further
    in is found by the extractor.

    Parameters
    ----------
    source : Path
        See :func:`~orangecontrib.customs.photos.sources.survey`, as of `ids`.
    cache : Path
        Folder under which photos of zips are unpacked.
    progress : callable, optional
        Called as progress(done, total); if it returns True, the scan ends with what it has.
    ids : str
        Where the goods' ids are from.
    listed : callable, optional
        Called with what there is, before any photo is read.

    Raises
    ------
    SourceError
        The source is missing or unreadable, or there is no room to unpack it.
    """
    there = survey(source, ids=ids)
    photos = there.photos
    if listed is not None:
        listed(there)
    archives = sorted({p.opener.archive.path for p in photos if isinstance(p.opener, ZipMember)})
    if archives:
        folder = cache_folder(source, archives, cache)
        room = _make_room(folder)
    else:
        folder, room = source if source.is_dir() else source.parent, 0
    found, skipped, cancelled = [], [], False
    for done, photo in enumerate(photos, start=1):
        try:
            if isinstance(photo.opener, ZipMember):
                item, written = _unpacked(photo, folder, room)
                room -= written
            else:
                item = _measured(photo, photo.opener, outside=bool(archives))
            found.append(item)
        except PhotoError as error:
            skipped.append((photo, error))
        if progress is not None and progress(done, len(photos)):
            cancelled = done < len(photos)
            break
    # an absolute origin: the table may travel to a widget with another current folder
    origin = folder.resolve()
    table = _table(found, origin, source.stem) if photos else None
    if table is not None:
        SkippedPhotos(tuple(skipped_photo(photo.image, {GOOD_ID: photo.good_id}, error.reason)
                            for photo, error in skipped)).tell(table)
    return Scan(table,
                LeftOut(photos_table([p for p, _ in skipped], origin, source.stem),
                        tuple(error.reason for _, error in skipped)) if skipped else None,
                there.problems, there.left_out, there.rule, there.told,
                os.fspath(folder) if archives else "", cancelled)


def cache_folder(source: Path, archives: list[Path], cache: Path) -> Path:
    """Folder for the photos of these very zips; those of their older states are removed."""
    name = re.sub(r"\W+", "-", source.stem).strip("-") or "photos"
    mine = cache / f"{name}-{_digest(os.fspath(source.resolve()))}"
    state = []
    for path in archives:
        stat = path.stat()
        state.append(f"{path.resolve()} {stat.st_mtime_ns} {stat.st_size}")
    folder = mine / _digest("\n".join(state))
    if mine.is_dir():
        for other in mine.iterdir():
            if other != folder:
                shutil.rmtree(other, ignore_errors=True)
    return folder


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _make_room(folder: Path) -> int:
    """Bytes that may be written into `folder`."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return min(MAX_UNPACKED, shutil.disk_usage(folder).free - RESERVE)
    except OSError as error:
        raise SourceError(Message.of("photos.no_place", path=folder, error=str(error))) from None


def _safe_place(image: str, folder: Path) -> Path:
    """Where a member of a zip is written: always below `folder`, whatever its name says."""
    parts = image.replace("\\", "/").split("/")
    if image.startswith(("/", "\\")) or ".." in parts or re.match(r"[A-Za-z]:", image):
        raise PhotoError("leads_out")
    parts = [_UNSAFE.sub("_", part).rstrip(". ") or "_" for part in parts if part != "."]
    return folder.joinpath(*parts)


def _unpacked(photo: Photo, folder: Path, room: int) -> tuple[_Found, int]:
    path = _safe_place(photo.image, folder)
    if path.is_file():  # the folder's name holds the zip's state: it is the same photo
        written = 0
        item = _measured(photo, path)
    else:
        content = photo.read()
        width, height = _dimensions(content)
        if len(content) > room:
            raise PhotoError("no_room", most=MAX_UNPACKED / 1e9)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with Output(path, sync=False) as place:
                place.write(content)
        except OSError as error:
            raise PhotoError("not_unpacked", error=str(error)) from None
        written = len(content)
        item = _Found(photo, written, width, height)
    inside = path.relative_to(folder).as_posix()
    return _Found(Photo(inside, photo.good_id, path), item.size, item.width, item.height), written


def _measured(photo: Photo, path: Path, outside: bool = False) -> _Found:
    check_ending(photo.image)
    size = photo_size(path)
    width, height = _dimensions(path)
    if outside:  # beside photos of a zip, which lie in the cache
        photo = Photo(path.resolve().as_posix(), photo.good_id, path)
    return _Found(photo, size, width, height)


def _dimensions(source: bytes | Path) -> tuple[int, int]:
    """Width and height, from the header alone."""
    if not (source if isinstance(source, bytes) else photo_size(source)):
        raise PhotoError("empty")
    with opened(source) as image:
        return image.size


def _table(found: list[_Found], origin: Path, name: str) -> Table:
    variables = [ContinuousVariable(n, number_of_decimals=0) for n in ("size", "width", "height")]
    numbers = np.array([(f.size, f.width, f.height) for f in found],
                       dtype=float).reshape(len(found), len(variables))
    return append_metas(photos_table([f.photo for f in found], origin, name),
                        variables, numbers.T)
