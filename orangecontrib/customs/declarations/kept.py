"""What an earlier run made of tables, and what takes seconds to make: expressions, forms of words.

What a phrase becomes rests on this package, the dictionaries and the classes of its group.  A file
in the cache folder is named after a digest of all these, so that it is never out of date; it holds
plain texts, and their digest, so that a damaged file is as good as none.  A cache is a convenience:
whatever is wrong with it, a run goes on without.
"""
from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from contextlib import suppress
from functools import cache, lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from orangecontrib.customs.files import cache_folder, replacing

__all__ = ["Kept", "kept"]

#: Files that are kept: some for each group and version of the program.
FILES = 24
#: What the forms of words are from.
_DICTIONARIES = ("pymorphy3", "pymorphy3-dicts-ru", "simplemma")


class Kept:
    """Results by what they were made of, both plain JSON.

    Parameters
    ----------
    file : Path, optional
        Where they are; without it in memory alone.
    """

    def __init__(self, file: Path | None = None):
        self._file, self._new = file, False
        self._before = _read(file) if file is not None else {}
        self._used: dict[str, Any] = {}

    def get(self, of: Sequence[str]) -> Any:
        """What was made of something; None where nobody has asked for it yet."""
        key = _key(of)
        if key not in self._used and key in self._before:
            self._used[key] = self._before[key]
        return self._used.get(key)

    def add(self, of: Sequence[str], made: Any) -> None:
        """For this run and, once it is saved, for later ones."""
        self._used[_key(of)] = made
        self._new = True

    def save(self) -> None:
        """Keep what was asked for, if some of it is new, and no more."""
        if self._file is None or not self._new:
            return
        self._new = False
        text = json.dumps(dict(self._used), ensure_ascii=False)
        with suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with replacing(self._file, sync=False) as new:
                new.write_text(f"{_digest(text)}\n{text}", encoding="utf-8")
            files = sorted(self._file.parent.glob("*.json"), key=lambda file: file.stat().st_mtime)
            for old in files[:-FILES]:
                old.unlink()


def _key(of: Sequence[str]) -> str:
    return json.dumps(of, ensure_ascii=False)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _read(file: Path) -> dict[str, Any]:
    with suppress(OSError, ValueError):
        digest, _, text = file.read_text(encoding="utf-8").partition("\n")
        if digest == _digest(text):
            return json.loads(text)
    return {}


@cache
def _program() -> str:
    """A digest of this package and the dictionaries."""
    whole = hashlib.sha256()
    for file in sorted(path for ending in ("py", "csv")
                       for path in Path(__file__).parent.rglob(f"*.{ending}")):
        whole.update(file.read_bytes())
    for name in _DICTIONARIES:
        whole.update(f"{name} {version(name)}\n".encode())
    return whole.hexdigest()


@lru_cache(maxsize=16)
def _kept(file: Path | None, digest: str) -> Kept:
    return Kept(file)


def kept(name: str, of: object = None) -> Kept:
    """What is kept for a group, or for whoever else makes something.

    Parameters
    ----------
    name : str
        For whom; it is in the name of the file.
    of : object
        What all of it rests on besides this package, as JSON takes it.
    """
    digest = _digest(f"{_program()} {json.dumps(of)}")
    folder = cache_folder()
    return _kept(folder / "phrases" / f"{name}-{digest[:32]}.json" if folder else None, digest)
