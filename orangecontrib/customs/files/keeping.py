"""Files that are kept up over time: one program at a time, and a copy before they are rewritten."""
from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from filelock import BaseFileLock

__all__ = ["InUse", "copied_aside", "locked"]


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
