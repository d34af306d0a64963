"""Where photos lie: a folder, a zip or a CSV → list of photos with the good of each."""
from __future__ import annotations

import lzma
import os
import re
import threading
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from orangecontrib.customs.files import TableFileError, TextTable, read_table
from orangecontrib.customs.i18n import Joined, Message, SaidError, Sayable, room, say

from .decode import MAX_BYTES, PhotoError, check_ending, read_photo
from .naming import AUTO, FOLDER, LISTED, RULES, SUB_FOLDER, as_typed, good_ids, judged

__all__ = ["Found", "SourceError", "Photo", "ZipMember", "find_photos", "natural", "survey",
           "EXTENSIONS"]

#: Endings by which a file in a folder or zip is taken for a photo; what can't be read of them
#: is a photo that can't be used, and says what to do.
EXTENSIONS = frozenset((
    ".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff",
    ".heic", ".heif", ".hif", ".avif", ".jp2", ".j2k", ".jpf", ".jpx", ".jxl",
    ".cr2", ".cr3", ".nef", ".arw", ".dng", ".raf", ".orf", ".rw2", ".pef", ".srw"))

words = room("photos")

#: No photo shrinks like this in a zip; what does would fill the memory.
MOST_SHRUNK, SHRUNK_BYTES = 200, 10_000_000


class SourceError(SaidError):
    """A source of photos that can't be used at all; says why."""


class _Archive:
    """A zip that is opened when first read; shared by its photos, from any thread."""

    def __init__(self, path: Path):
        self.path = path
        self._lock = threading.Lock()
        self._zip: zipfile.ZipFile | None = None
        self._names: dict[str, str] = {}

    def __getstate__(self):
        return self.path

    def __setstate__(self, path):
        self.__init__(path)

    def _open(self) -> zipfile.ZipFile:
        with self._lock:
            if self._zip is None:
                opened = zipfile.ZipFile(self.path)
                self._names = {_zip_name(info): info.filename for info in opened.infolist()
                               if not info.is_dir()}
                self._zip = opened
            return self._zip

    def names(self) -> list[str]:
        self._open()
        return list(self._names)

    def __contains__(self, name: str) -> bool:
        self._open()
        return name in self._names

    def read(self, name: str) -> bytes:
        try:
            archive = self._open()
            info = archive.getinfo(self._names[name])
            if info.file_size > MAX_BYTES or (
                    info.file_size > SHRUNK_BYTES
                    and info.file_size > MOST_SHRUNK * info.compress_size):
                raise PhotoError("unpacks", bytes=info.file_size)
            return archive.read(info)
        except KeyError:
            raise PhotoError("not_in", archive=self.path.name) from None
        except RuntimeError as error:  # an encrypted member
            raise PhotoError("locked", archive=self.path.name, error=str(error)) from None
        except (OSError, zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, zlib.error,
                lzma.LZMAError, NotImplementedError, ValueError) as error:
            if isinstance(error, PhotoError):
                raise
            raise PhotoError("damaged_in", archive=self.path.name, error=str(error)) from None


def _zip_name(info: zipfile.ZipInfo) -> str:
    """A member's name, with forward slashes.

    Old Windows zips bring Russian names in cp866 without a flag, some with backslashes.
    """
    name = info.filename
    if not info.flag_bits & 0x800:
        try:
            raw = name.encode("cp437")
        except UnicodeEncodeError:
            pass
        else:
            try:
                name = raw.decode("utf-8")
            except UnicodeDecodeError:
                name = raw.decode("cp866")
    return name.replace("\\", "/")


@dataclass(frozen=True)
class ZipMember:
    """A file inside a zip."""

    archive: _Archive
    name: str

    def read_bytes(self) -> bytes:
        return self.archive.read(self.name)


@dataclass(frozen=True)
class Photo:
    """One photo of one good.

    Attributes
    ----------
    image : str
        Path relative to the source, with forward slashes.
    good_id : str
        "" when the photo belongs to no good.
    opener : Path or ZipMember
    """

    image: str
    good_id: str
    opener: Path | ZipMember = field(compare=False, repr=False)

    @property
    def file(self) -> Path:
        """The file that holds it: itself, or a zip."""
        return self.opener if isinstance(self.opener, Path) else self.opener.archive.path

    def read(self) -> bytes:
        """Content of the file; PhotoError when it can't be had."""
        check_ending(self.image)
        if isinstance(self.opener, Path):
            return read_photo(self.opener)
        try:
            return self.opener.read_bytes()
        except PhotoError:
            raise
        except (OSError, ValueError) as error:
            raise PhotoError("unreadable", error=str(error)) from None


class Found(NamedTuple):
    """What a source of photos holds.

    Attributes
    ----------
    photos : list of Photo
        Photos that belong to no good have an empty `good_id`.
    problems : list of Sayable
        What is doubtful.
    left_out : list of (str, Message)
        Files that are not photos, and why.
    rule : str
        Where the goods' ids are from, one of :data:`.naming.RULES` but for "auto", or "csv".
    told : Sayable
        That in words, with an example; "" where they are the sub-folders, or listed.
    """

    photos: list[Photo]
    problems: list[Sayable]
    left_out: list[tuple[str, Message]]
    rule: str
    told: Sayable = ""

    def remarks(self) -> list[str]:
        """All that is to be said of it, in English, as all errors are."""
        return [say(remark, "en") for remark in (
            *filter(None, [self.told]), *self.problems,
            *(words("left_out", file=name, why=why) for name, why in self.left_out))]


def find_photos(source: str | os.PathLike, root: str | os.PathLike | None = None,
                encoding: str = "", ids: str = AUTO) -> tuple[list[Photo], list[str]]:
    """Photos of a folder, zip or CSV, and what is to be said of them: see :func:`survey`."""
    found = survey(source, root, encoding, ids)
    return found.photos, found.remarks()


def survey(source: str | os.PathLike, root: str | os.PathLike | None = None,
           encoding: str = "", ids: str = AUTO) -> Found:
    """What a folder, zip or CSV of photos holds.

    Parameters
    ----------
    source : path
        A folder of photos, as a rule with a sub-folder per good (its name is the good's id), a
        zip of the same, or a CSV with the columns ``good_id, image``.
    root : path, optional
        For a CSV: the folder or zip that its paths are relative to.  Without it they are
        looked for beside the CSV, then inside the zips beside it.
    encoding : str
        Of a CSV; see :func:`orangecontrib.customs.files.decode`.
    ids : str
        Where the goods' ids are from, one of :data:`.naming.RULES`; a CSV says them itself.

    Raises
    ------
    SourceError
        The source is missing, unreadable, or a CSV without the needed columns.
    """
    source = Path(source)
    if ids not in (*RULES, LISTED):
        raise SourceError(words("no_rule", rule=ids, rules=", ".join(RULES)))
    if source.is_dir():
        files = {path.relative_to(source).as_posix(): path
                 for path in sorted(source.rglob("*"), key=natural) if not path.is_dir()}
        return _in_files(files, ids, source.resolve().name)
    if not source.exists():
        raise SourceError(words("no_source", path=source))
    if source.suffix.lower() == ".csv":
        return _in_csv(source, None if root is None else Path(root), encoding, ids)
    if not _is_zip(source):
        raise SourceError(words("not_a_source", path=source))
    archive = _open_archive(source)
    files = {name: ZipMember(archive, name)
             for name in sorted(archive.names(), key=natural)}
    return _in_files(files, ids, source.stem, archive=source.stem)


def _open_archive(path: Path) -> _Archive:
    archive = _Archive(path)
    try:
        archive.names()
    except (OSError, zipfile.BadZipFile, EOFError) as error:
        raise SourceError(words("bad_zip", path=path, error=str(error))) from None
    return archive


def natural(path) -> list:
    """Sort key that puts 2.jpg before 10.jpg."""
    parts = re.split(r"(\d+)", str(path).replace(os.sep, "/").lower())
    return [(0, int(p), "") if p.isdigit() else (1, 0, p) for p in parts]


def _in_files(files: dict, ids: str, whole: str, archive: str | None = None) -> Found:
    """Photos of files by name; `archive` is the name of their zip, without its ending."""
    problems: list[Sayable] = []
    visible = [name for name in files
               if not any(part.startswith(".") or part == "__MACOSX"
                          for part in PurePosixPath(name).parts)
               and PurePosixPath(name).name.lower() not in ("thumbs.db", "desktop.ini")]
    names = [name for name in visible if PurePosixPath(name).suffix.lower() in EXTENSIONS]
    wrapper = _wrapper(names, archive)
    skip = int(archive is not None and wrapper != "")
    rule = ids if ids in RULES and ids != AUTO else judged(names, skip)
    if rule == SUB_FOLDER and wrapper not in ("", archive):
        problems.append(words("folder_skipped" if skip else "folder_is_good", folder=wrapper))
    goods = good_ids(names, rule, whole, skip)
    photos = [Photo(name, good, files[name]) for name, good in zip(names, goods)]
    loose = [photo.image for photo in photos if not photo.good_id]
    if loose:
        problems.append(words("loose", n=len(loose), first=loose[0]))
    if not photos:
        problems.append(words("none"))
    others = [(name, _why_not(name)) for name in visible
              if PurePosixPath(name).suffix.lower() not in EXTENSIONS]
    return Found(photos, problems, others, rule, _told(rule, photos, ids == AUTO))


def _told(rule: str, photos: list[Photo], guessed: bool) -> Sayable:
    """Where the ids are from, for people; "" where it is the sub-folders as ever."""
    if rule == SUB_FOLDER or not photos:
        return ""
    if rule == FOLDER:
        told = words("all_one", n=len(photos), good=photos[0].good_id)
    else:
        example = next((photo for photo in photos
                        if PurePosixPath(photo.image).stem != photo.good_id), photos[0])
        told = words("ids_in_names", rule=RULES[rule], file=PurePosixPath(example.image).name,
                     good=example.good_id, n=len({photo.good_id for photo in photos}))
    return Joined((told, words("if_wrong")), "; ") if guessed else told


def _why_not(name: str) -> Message:
    """Why a file is not taken for a photo."""
    ending = PurePosixPath(name).suffix.lower()
    return words("ending", ending=ending) if ending else words("no_ending")


def _wrapper(photos: list[str], archive: str | None) -> str:
    """The folder that stands between a source and its goods; "" if there is none.

    A zip made of the folder "goods" holds everything inside "goods/".  A single folder of
    another name is one, too, unless it looks like a good: with photos in one sub-folder.
    """
    parts = [PurePosixPath(name).parts for name in photos]
    tops = {part[0] for part in parts}
    if len(tops) != 1 or any(len(part) < 3 for part in parts):
        return ""
    top = tops.pop()
    return top if top == archive or len({part[1] for part in parts}) > 1 else ""


def _is_zip(path: Path) -> bool:
    # a pipe or a device is not opened to see
    return path.is_file() and zipfile.is_zipfile(path)


def _table_of(source: Path, encoding: str) -> TextTable:
    try:
        table = read_table(source, encoding)
    except TableFileError as error:
        raise SourceError(str(error)) from None
    except OSError as error:
        raise SourceError(words("unreadable_table", path=source, error=str(error))) from None
    missing = [name for name in ("good_id", "image") if name not in table.columns]
    if missing:
        there = ", ".join(filter(None, table.columns)) or words("no_columns")
        raise SourceError(words("lacks_columns", path=source, missing=", ".join(missing),
                                there=there))
    return table


def _in_csv(source: Path, root: Path | None, encoding: str, ids: str) -> Found:
    table = _table_of(source, encoding)
    folder, archives = _places(source, root)
    photos, seen = [], set()
    problems: list[Sayable] = [table.note] if table.note else []
    if ids not in (AUTO, LISTED):
        problems.append(words("listed", file=source.name, rule=ids))
    for row in table.rows:
        place = {"file": source.name, "line": row.line}
        if row.doubt:
            problems.append(words("row_doubt", **place, doubt=row.doubt))
            continue
        good = as_typed(row.cells["good_id"])
        image = row.cells["image"].strip().replace("\\", "/")
        if not image:
            problems.append(words("row_no_image", **place))
            continue
        if not good:
            problems.append(words("row_no_good", **place, image=image))
        if (good, image) in seen:
            problems.append(words("row_twice", **place, image=image, good=good))
            continue
        seen.add((good, image))
        photos.append(Photo(image, good, _find(image, folder, archives)))
    if not photos:
        problems.append(words("none"))
    return Found(photos, problems, [], LISTED)


def _places(source: Path, root: Path | None) -> tuple[Path, list[_Archive]]:
    if root is None:
        beside = sorted(filter(Path.is_file, source.parent.glob("*.zip")),
                        key=lambda p: (p.stem != source.stem, p.name))
        return source.parent, [_Archive(path) for path in beside]
    if root.is_dir():
        return root, []
    if not root.exists():
        raise SourceError(words("no_root", path=root))
    if not _is_zip(root):
        raise SourceError(words("not_a_root", path=root))
    return source.parent, [_open_archive(root)]


def _find(image: str, folder: Path, archives: list[_Archive]) -> Path | ZipMember:
    path = folder / image
    try:
        if path.is_file():
            return path
    except (OSError, ValueError):
        return path  # a name that no file can have: reading it will say so
    for archive in archives:
        try:
            if image in archive:
                return ZipMember(archive, image)
        except (OSError, zipfile.BadZipFile, EOFError):
            continue  # a damaged zip that happens to lie beside the CSV
    return path  # missing: the extractor will say so
