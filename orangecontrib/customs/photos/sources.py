"""Where photos lie: a folder, a zip or a CSV → list of photos with the good of each."""
from __future__ import annotations

import os
import re
import threading
import unicodedata
import zipfile
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from orangecontrib.customs.files import TableFileError, TextTable, read_table

from .decode import MAX_BYTES, PhotoError, read_photo

__all__ = ["SourceError", "Photo", "ZipMember", "find_photos", "natural", "EXTENSIONS"]

#: Endings by which a file in a folder or zip is taken for a photo.
EXTENSIONS = frozenset((".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".bmp", ".gif",
                        ".tif", ".tiff", ".avif"))


class SourceError(ValueError):
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
            if info.file_size > MAX_BYTES:
                raise PhotoError("unpacks", bytes=info.file_size)
            return archive.read(info)
        except KeyError:
            raise PhotoError("not_in", archive=self.path.name) from None
        except RuntimeError as error:  # an encrypted member
            raise PhotoError("locked", archive=self.path.name, error=str(error)) from None
        except (OSError, zipfile.BadZipFile, zipfile.LargeZipFile, EOFError,
                NotImplementedError, ValueError) as error:
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


def _as_typed(good_id: str) -> str:
    """An id as people type it: macOS keeps «й» of a folder's name as two characters."""
    return unicodedata.normalize("NFC", good_id)


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
        if isinstance(self.opener, Path):
            return read_photo(self.opener)
        try:
            return self.opener.read_bytes()
        except PhotoError:
            raise
        except (OSError, ValueError) as error:
            raise PhotoError("unreadable", error=str(error)) from None


def find_photos(source: str | os.PathLike, root: str | os.PathLike | None = None,
                encoding: str = "") -> tuple[list[Photo], list[str]]:
    """Photos of a folder, zip or CSV.

    Parameters
    ----------
    source : path
        A folder with a sub-folder per good (its name is the good's id), a zip of the
        same, or a CSV with the columns ``good_id, image``.
    root : path, optional
        For a CSV: the folder or zip that its paths are relative to.  Without it they are
        looked for beside the CSV, then inside the zips beside it.
    encoding : str
        Of a CSV; see :func:`orangecontrib.customs.files.decode`.

    Returns
    -------
    photos : list of Photo
        Photos that lie in no sub-folder have an empty `good_id`.
    problems : list of str
        What was left out or is doubtful, and why.

    Raises
    ------
    SourceError
        The source is missing, unreadable, or a CSV without the needed columns.
    """
    source = Path(source)
    if source.is_dir():
        files = {path.relative_to(source).as_posix(): path
                 for path in sorted(source.rglob("*"), key=natural) if not path.is_dir()}
        return _in_sub_folders(files)
    if not source.exists():
        raise SourceError(f"{source}: there is no such folder or file")
    if source.suffix.lower() == ".csv":
        return _in_csv(source, None if root is None else Path(root), encoding)
    if not _is_zip(source):
        raise SourceError(f"{source}: neither a folder, nor a zip, nor a CSV of photos")
    archive = _open_archive(source)
    files = {name: ZipMember(archive, name)
             for name in sorted(archive.names(), key=natural)}
    return _in_sub_folders(files, archive=source.stem)


def _open_archive(path: Path) -> _Archive:
    archive = _Archive(path)
    try:
        archive.names()
    except (OSError, zipfile.BadZipFile, EOFError) as error:
        raise SourceError(f"{path}: the zip can't be read ({error})") from None
    return archive


def natural(path) -> list:
    """Sort key that puts 2.jpg before 10.jpg."""
    parts = re.split(r"(\d+)", str(path).replace(os.sep, "/").lower())
    return [(0, int(p), "") if p.isdigit() else (1, 0, p) for p in parts]


def _in_sub_folders(files: dict, archive: str | None = None
                    ) -> tuple[list[Photo], list[str]]:
    """Photos of files by name; `archive` is the name of their zip, without its ending."""
    photos, problems, loose = [], [], []
    visible = {name: opener for name, opener in files.items()
               if not any(part.startswith(".") or part == "__MACOSX"
                          for part in PurePosixPath(name).parts)
               and PurePosixPath(name).name.lower() not in ("thumbs.db", "desktop.ini")}
    wrapper = _wrapper([name for name in visible
                        if PurePosixPath(name).suffix.lower() in EXTENSIONS], archive)
    skip = int(archive is not None and wrapper != "")
    if wrapper not in ("", archive):
        problems.append(
            f"all photos lie in the folder '{wrapper}'; its sub-folders are taken for goods"
            if skip else
            f"all photos lie in the folder '{wrapper}', which is taken for one good; if its "
            "sub-folders are the goods, choose that folder")
    for name, opener in visible.items():
        path = PurePosixPath(name)
        if path.suffix.lower() not in EXTENSIONS:
            problems.append(f"{name}: not a photo by its ending, left out")
            continue
        good = _as_typed(path.parts[skip]) if len(path.parts) > skip + 1 else ""
        if not good:
            loose.append(name)
        photos.append(Photo(name, good, opener))
    if loose:
        problems.append(f"{len(loose)} photo(s) lie in no good's sub-folder and belong to no "
                        f"good (the first: {loose[0]})")
    if not photos:
        problems.append("no photos found")
    return photos, problems


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
        raise SourceError(f"{source}: can't be read ({error})") from None
    missing = [name for name in ("good_id", "image") if name not in table.columns]
    if missing:
        raise SourceError(f"{source}: no column {', '.join(missing)} (it has "
                          f"{', '.join(filter(None, table.columns)) or 'no columns'}); needed "
                          "are good_id, image")
    return table


def _in_csv(source: Path, root: Path | None, encoding: str) -> tuple[list[Photo], list[str]]:
    table = _table_of(source, encoding)
    folder, archives = _places(source, root)
    photos, seen = [], set()
    problems = [table.note] if table.note else []
    for row in table.rows:
        line = row.line
        if row.doubt:
            problems.append(f"{source.name}, line {line}: {row.doubt}; left out")
            continue
        good = _as_typed(row.cells["good_id"].strip())
        image = row.cells["image"].strip().replace("\\", "/")
        if not image:
            problems.append(f"{source.name}, line {line}: no image, left out")
            continue
        if not good:
            problems.append(f"{source.name}, line {line}: {image} belongs to no good")
        if (good, image) in seen:
            problems.append(f"{source.name}, line {line}: {image} is listed twice for "
                            f"'{good}', counted once")
            continue
        seen.add((good, image))
        photos.append(Photo(image, good, _find(image, folder, archives)))
    if not photos:
        problems.append("no photos found")
    return photos, problems


def _places(source: Path, root: Path | None) -> tuple[Path, list[_Archive]]:
    if root is None:
        beside = sorted(filter(Path.is_file, source.parent.glob("*.zip")),
                        key=lambda p: (p.stem != source.stem, p.name))
        return source.parent, [_Archive(path) for path in beside]
    if root.is_dir():
        return root, []
    if not root.exists():
        raise SourceError(f"{root}: there is no such folder or zip")
    if not _is_zip(root):
        raise SourceError(f"{root}: neither a folder nor a zip")
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
