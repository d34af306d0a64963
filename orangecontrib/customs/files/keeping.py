"""Files that are kept: one program at a time, a copy before they are rewritten, and the cache."""
from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from filelock import BaseFileLock

__all__ = ["VARIABLE", "InUse", "cache_folder", "copied_aside", "locked"]

#: Environment variable with the folder of all that is kept between runs; "" or "off": nothing.
VARIABLE = "ORANGE_CUSTOMS_CACHE"


class InUse(Exception):
    """Another program holds the lock."""


def locked(path: str | os.PathLike[str]) -> BaseFileLock:
    """The lock of a file of its own, taken; whoever asks releases it.

    A network drive without locks is not a hindrance.

    Raises
    ------
    InUse
    OSError
        The file can't be made.
    """
    from filelock import FileLock, Timeout
    lock = FileLock(path)
    try:
        with suppress(NotImplementedError):
            lock.acquire(timeout=0)
    except Timeout:
        raise InUse(str(path)) from None
    return lock


def copied_aside(path: Path) -> Path:
    """A copy of a file beside it, ``.bak``, under a name that nothing had."""
    number, copy = 1, path.with_name(path.name + ".bak")
    while copy.exists():
        number += 1
        copy = path.with_name(f"{path.name}.bak{number}")
    shutil.copy2(path, copy)
    return copy


def cache_folder() -> Path | None:
    """The folder of all that is kept between runs; None when nothing is to be kept."""
    named = os.environ.get(VARIABLE)
    if named is None:
        from platformdirs import user_cache_dir
        return Path(user_cache_dir("orange3-customs", appauthor=False))
    return None if named.strip().lower() in ("", "off") else Path(named).expanduser()
