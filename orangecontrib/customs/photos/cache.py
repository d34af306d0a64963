"""What backbones said about photos, kept on disk: a photo is looked at once.

Keys are content, backbone and transform, so nothing ever goes stale; the least recently used go
first.  A cache is a convenience: whatever is wrong with it, a run goes on without.
"""
from __future__ import annotations

import hashlib
import json
import logging
import os
import sqlite3
import threading
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from orangecontrib.customs.files import cache_folder

__all__ = ["FeatureCache", "SIZE_LIMIT"]

#: Bytes on disk: some 150 000 photos on the default backbone.
SIZE_LIMIT = 2 ** 30

#: To be raised when decoding changes what a backbone gets to see.
TRANSFORM_VERSION = 1

#: Seconds to wait for another process that writes.
PATIENCE = 2.

_log = logging.getLogger(__name__)
_told: set[str] = set()


class FeatureCache:
    """Features of photos by content, backbone and transform; for many threads and processes.

    Parameters
    ----------
    folder : path, optional
        A folder of its own; by default one inside ``files.cache_folder()``.
    size_limit : int
        Bytes on disk; the least recently used features go first.

    Attributes
    ----------
    folder : Path or None
        None: nothing is kept.
    problem : str
        Why the cache is not used although it should be; "" when all is well.
    """

    def __init__(self, folder: str | os.PathLike | None = None, size_limit: int = SIZE_LIMIT):
        base = cache_folder()
        self.folder = Path(folder) if folder is not None else base and base / "features"
        self.problem = ""
        self._size_limit = size_limit
        self._cache = None
        self._lock = threading.Lock()  # threads wait here, not in the database, which polls

    def get_many(self, backbone, names: Sequence[str]) -> dict[str, np.ndarray]:
        """Features that are there.

        Parameters
        ----------
        backbone : LoadedBackbone
        names : sequence of str
            SHA-256 of the photos' contents.

        Returns
        -------
        dict of str to ndarray of float32, shape (width,)
            Read-only; names that are not known, or whose record is damaged, are absent.
        """
        return self._within(self._get, backbone, names) or {}

    def put_many(self, backbone, features: Mapping[str, np.ndarray]) -> None:
        """Keep features, by the SHA-256 of the photos' contents."""
        self._within(self._put, backbone, features)

    def close(self) -> None:
        """Let go of the files; the next use opens them again."""
        with self._lock:
            if self._cache is not None:
                self._cache.close()
                self._cache = None

    def _get(self, backbone, names):
        prefix, found = _prefix(backbone), {}
        for name in names:
            record = self._cache.get(_key(prefix, name))
            features = None if record is None else _unpack(record, backbone.spec.width)
            if features is not None:
                found[name] = features
        return found

    def _put(self, backbone, features):
        prefix = _prefix(backbone)
        for name, row in features.items():
            if np.isfinite(row).all():
                self._cache.set(_key(prefix, name), _pack(row))

    def _within(self, action, backbone, items):
        """One transaction; None, and no further attempts, when the cache can't be used."""
        if not items or self.folder is None or self.problem:
            return None
        import diskcache
        with self._lock:
            try:
                if self._cache is None:
                    self._cache = _opened(self.folder, self._size_limit)
                with self._cache.transact():
                    found = action(backbone, items)
                if action == self._put:
                    self._cache.cull()  # not within: space is free after the commit only
                return found
            except (sqlite3.Error, diskcache.Timeout, OSError, ValueError, TypeError,
                    AttributeError) as error:
                self._give_up(error)
                return None

    def _give_up(self, error: Exception) -> None:
        reason = str(error) or "another program keeps it locked"
        self.problem = (f"The cache of photo features at {self.folder} can't be used ({reason}); "
                        "every photo is computed. If it happens again, delete that folder.")
        if str(self.folder) not in _told:
            _told.add(str(self.folder))
            _log.warning(self.problem)


def _prefix(backbone) -> bytes:
    """What a feature depends on besides the photo, down to the last bit."""
    engine = getattr(backbone, "engine_name", "")
    decisive = [backbone.digest, backbone.spec.transform, TRANSFORM_VERSION, engine]
    return hashlib.sha256(json.dumps(decisive, sort_keys=True).encode()).digest()


def _key(prefix: bytes, name: str) -> bytes:
    return hashlib.sha256(prefix + name.encode()).digest()


def _pack(row: np.ndarray) -> bytes:
    raw = np.asarray(row, "<f4").tobytes()
    return zlib.crc32(raw).to_bytes(4, "little") + raw


def _unpack(record: bytes, width: int) -> np.ndarray | None:
    if not isinstance(record, bytes) or len(record) != 4 + 4 * width \
            or zlib.crc32(record[4:]).to_bytes(4, "little") != record[:4]:
        return None
    return np.frombuffer(record, "<f4", offset=4)


def _opened(folder: Path, size_limit: int):
    import diskcache

    class RawDisk(diskcache.Disk):
        """Bytes only: a record of another kind is never unpickled, but refused."""

        def fetch(self, mode, filename, value, read):
            if mode != diskcache.core.MODE_RAW:
                raise ValueError("it holds records that are not its own")
            return super().fetch(mode, filename, value, read)

    folder.mkdir(parents=True, exist_ok=True)
    path = folder / diskcache.core.DBNAME
    if path.exists():  # opening would poll a locked database for a minute
        probe = sqlite3.connect(path, timeout=PATIENCE)
        try:
            probe.execute("BEGIN IMMEDIATE")
            probe.rollback()
        finally:
            probe.close()
    return diskcache.Cache(
        folder, timeout=PATIENCE, disk=RawDisk, size_limit=size_limit,
        eviction_policy="least-recently-used", cull_limit=0, disk_min_file_size=2 ** 24,
        sqlite_mmap_size=0)  # a mapped file that another program cuts short ends the process
