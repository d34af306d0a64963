"""What a run has done so far, on the disk: after whatever end, the next one goes on from there.

A folder beside the result holds what the run was made of, and a file for each task, complete or
not there at all.  It is gone when the result is there.
"""
from __future__ import annotations

import json
import shutil
import zlib
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from orangecontrib.customs.files import InUse, OutputError, locked, replacing

from .work import Bad, Done

__all__ = ["Checkpoint", "Occupied"]

_MADE_OF, _LOCK = "run.json", "lock"


class Occupied(Exception):
    """Another run works on the same result now."""


class Checkpoint:
    """Tasks that are done, in a folder; to be used in a ``with`` block.

    Parameters
    ----------
    folder : Path
    made_of : dict of str to str
        What the result depends on, and a digest of each.

    Attributes
    ----------
    changed : list of str
        What is not as it was: then nothing of the earlier run is used.
    there : bool
        Whether there is anything of an earlier run.

    Raises
    ------
    Occupied
    OutputError
        The folder can't be made or written.
    """

    def __init__(self, folder: Path, made_of: Mapping[str, str]):
        self.folder = folder
        self.changed: list[str] = []
        try:
            folder.mkdir(exist_ok=True)
            self._lock = locked(folder / _LOCK)
        except InUse:
            raise Occupied(f"{folder}: another run is at work there; wait for its end") from None
        except OSError as error:
            raise OutputError(folder, error) from error
        try:
            before = self._made_of()
            self.there = before is not None
            if before is not None:
                self.changed = [name for name in {**before, **made_of}
                                if before.get(name) != made_of.get(name)]
            if before is None or self.changed:
                self._clear()
                with self._writing(_MADE_OF) as new:
                    new.write_text(json.dumps(dict(made_of), indent=1), encoding="utf-8")
        except OSError as error:
            self._lock.release()
            raise OutputError(folder, error) from error

    def _made_of(self) -> dict | None:
        try:
            found = json.loads((self.folder / _MADE_OF).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return found if isinstance(found, dict) else None

    def _clear(self) -> None:
        for path in self.folder.iterdir():
            if path.name != _LOCK:
                path.unlink() if not path.is_dir() else shutil.rmtree(path)

    def _writing(self, name: str):
        return replacing(self.folder / name)

    def keep(self, done: Done) -> None:
        """Keep what came of a task; when this returns, it is on the disk."""
        about = {name: value for name, value in vars(done).items() if name != "parts"}
        about["bad"] = list(map(asdict, done.bad))
        head = json.dumps({**about, "lengths": list(map(len, done.parts))},
                          ensure_ascii=True).encode()
        content = b"".join((head, b"\n", *done.parts))
        try:
            with self._writing(_name(done.number)) as new:
                new.write_bytes(b"%08x\n" % zlib.crc32(content) + content)
        except OSError as error:
            raise OutputError(self.folder, error) from error

    def kept(self, number: int) -> Done | None:
        """What came of a task; None where it has not been done, or its file is damaged."""
        try:
            check, _, content = (self.folder / _name(number)).read_bytes().partition(b"\n")
            if int(check, 16) != zlib.crc32(content):
                return None
            head, _, rest = content.partition(b"\n")
            about = json.loads(head)
            lengths = about.pop("lengths")
            done = Done(**about)
        except (OSError, ValueError, KeyError, TypeError):
            return None
        done.bad = [Bad(**bad) for bad in done.bad]
        done.skipped = list(map(tuple, done.skipped))
        done.numbers = {id_: tuple(some) for id_, some in done.numbers.items()}
        for name in ("counts", "problems", "groups"):
            setattr(done, name, Counter(getattr(done, name)))
        at = 0
        for length in lengths:
            done.parts.append(rest[at:at + length])
            at += length
        return done if done.number == number and at == len(rest) else None

    def __enter__(self) -> Checkpoint:
        return self

    def __exit__(self, kind, error, trace) -> None:
        self._lock.release()

    def remove(self) -> None:
        """The result is there: nothing is to be gone on with."""
        with suppress(OSError):
            self._clear()
            self._lock.release()
            shutil.rmtree(self.folder, ignore_errors=True)


def _name(number: int) -> str:
    return f"{number:08d}.part"
