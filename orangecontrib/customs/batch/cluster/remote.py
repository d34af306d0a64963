"""Declarations and photos of a store that is named by a URL (``s3://…``), by way of fsspec.

Photos are read where they are decoded, by whatever computer does; declarations are copied here
once, since they are read as a whole before anything is decided.
"""
from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from orangecontrib.customs.cases.files import InputError
from orangecontrib.customs.photos.decode import MAX_BYTES, PhotoError
from orangecontrib.customs.photos.naming import AUTO, RULES, good_ids, judged
from orangecontrib.customs.photos.sources import EXTENSIONS, Photo, natural

__all__ = ["RemoteFile", "fetched", "remote_photos"]


@dataclass(frozen=True)
class RemoteFile:
    """What opens a photo (:attr:`..photos.sources.Photo.opener`).

    Attributes
    ----------
    url : str
    state : tuple
        What changes when the file does, as the store tells it.
    """

    url: str
    state: tuple = ()

    @property
    def archive(self) -> RemoteFile:
        """The file that holds the photo is the photo itself."""
        return self

    @property
    def path(self) -> Path:
        return Path(self.url)

    def read_bytes(self) -> bytes:
        import fsspec
        try:
            with fsspec.open(self.url, "rb") as file:
                content = file.read(MAX_BYTES + 1)
        except FileNotFoundError:
            raise PhotoError("missing") from None
        except Exception as error:  # each store has errors of its own
            raise PhotoError("unreadable", error=f"{type(error).__name__}: {error}") from None
        if len(content) > MAX_BYTES:
            raise PhotoError("size_over", bytes=MAX_BYTES)
        return content


def _store(url: str):
    try:
        import fsspec
        return fsspec.core.url_to_fs(url)
    except ImportError as error:
        raise InputError(f"{url} needs a package that is not installed ({error}): pip install "
                         "\"Orange3-Customs[cluster]\", and that of the store") from error
    except (ValueError, OSError) as error:
        raise InputError(f"{url}: {error}") from error


def remote_photos(url: str, ids: str = AUTO) -> list[Photo]:
    """Photos below a URL, with the good of each, as :func:`..photos.sources.survey` takes them.

    Raises
    ------
    InputError
        There is no such store, or it has no photos there.
    """
    if ids not in RULES:
        raise InputError(f"goods' ids can't be taken from '{ids}'; use {', '.join(RULES)}")
    store, root = _store(url)
    try:
        found = store.find(root, detail=True)
    except Exception as error:  # each store has errors of its own
        raise InputError(f"{url}: {type(error).__name__}: {error}") from error
    files = {path[len(root):].strip("/"): (path, about) for path, about in found.items()}
    names = sorted((name for name in files
                    if PurePosixPath(name).suffix.lower() in EXTENSIONS
                    and not any(part.startswith(".") for part in name.split("/"))), key=natural)
    if not names:
        raise InputError(f"{url}: no photos found")
    goods = good_ids(names, judged(names) if ids == AUTO else ids, PurePosixPath(root).name)
    return [Photo(name, good, RemoteFile(store.unstrip_protocol(files[name][0]),
                                         _state(files[name][1])))
            for name, good in zip(names, goods)]


def _state(about) -> tuple:
    return tuple(str(about[name]) for name in ("size", "ETag", "etag", "mtime", "LastModified")
                 if name in about)


def fetched(url: str, folder: Path) -> Path:
    """A copy of a file, in a folder of this computer."""
    store, path = _store(url)
    copy = folder / PurePosixPath(path).name
    try:
        store.get_file(path, str(copy))
    except Exception as error:  # each store has errors of its own
        raise InputError(f"cannot read {url}: {type(error).__name__}: {error}") from error
    return copy
