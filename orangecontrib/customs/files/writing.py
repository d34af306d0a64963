"""The one writer: a result is there as a whole or not at all, and nothing else is harmed.

The place is tried before the work.  A file is written beside its place and renamed at the end;
a device, a pipe or a terminal is written directly, since a rename would take its place away.
"""
from __future__ import annotations

import os
import re
import secrets
import stat
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

__all__ = ["Output", "OutputError", "read_cell", "replacing", "same_file", "shown",
           "written_cell"]

#: What a spreadsheet takes for the beginning of a formula, behind any marks of ours.
_FORMULA = re.compile(r"'*[=+\-@\t\r]")


def written_cell(text: str) -> str:
    """A text for a cell: an apostrophe keeps a spreadsheet from computing it."""
    return "'" + text if _FORMULA.match(text) else text


def read_cell(text: str) -> str:
    """The text of a cell that :func:`written_cell` has made."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


def shown(text: str) -> str:
    """A text on one line, with what would change the lines or the direction around it escaped.

    >>> shown("a\\nb"), shown("photo\\u202egpj.exe"), shown("Обувь № 5")
    ('a\\\\nb', 'photo\\\\u202egpj.exe', 'Обувь № 5')
    """
    return text if text.isprintable() else "".join(
        c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


class OutputError(OSError):
    """A place that can't be written; the message names it and says why."""

    def __init__(self, path: str | os.PathLike, reason: object):
        if isinstance(reason, OSError):
            reason = reason.strerror or str(reason)
        super().__init__(f"cannot write {path}: {reason}")


def same_file(path: str | os.PathLike, others: Iterable[str | os.PathLike]) -> str | None:
    """The one of `others` that is the same file, whatever its name; None if none is.

    Only of regular files: a terminal may well be read and written.
    """
    with suppress(OSError, ValueError):
        mine = os.stat(path)
        for other in others if stat.S_ISREG(mine.st_mode) else ():
            with suppress(OSError, ValueError):
                if os.path.samestat(mine, os.stat(other)):
                    return os.fspath(other)
    return None


@contextmanager
def replacing(path: str | os.PathLike, sync: bool = True) -> Iterator[Path]:
    """A new, empty file that takes the place of `path` when the block ends well.

    A link is followed; mode and owner of an earlier file are kept.  Whatever ends the block
    otherwise, the earlier file stays as it is and the new one goes.

    Parameters
    ----------
    sync : bool
        Wait until the content is on the disk: then not even a power cut leaves half a file.
    """
    target = Path(os.path.realpath(path))
    new = _fresh(target)
    try:
        yield new
        if sync:
            _sync(new)
        _like(new, target)
        os.replace(new, target)
    except BaseException:
        new.unlink(missing_ok=True)
        raise


def _fresh(target: Path) -> Path:
    # a short name of its own: that of the target may be as long as names can be
    new = target.with_name(f".{secrets.token_hex(8)}.new")
    os.close(os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))  # obeys the umask
    return new


def _sync(new: Path) -> None:
    handle = os.open(new, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _like(new: Path, target: Path) -> None:
    try:
        earlier = target.stat()
    except FileNotFoundError:
        return
    if hasattr(os, "chown"):
        with suppress(OSError):  # only root may give files away
            os.chown(new, earlier.st_uid, earlier.st_gid)
    os.chmod(new, stat.S_IMODE(earlier.st_mode))


class Output:
    """A place for a result, tried when this is made; to be used in a ``with`` block.

    Parameters
    ----------
    path : path
    inputs : iterable of path
        Files that must not be overwritten.
    sync : bool
        As in :func:`replacing`.

    Attributes
    ----------
    path : str or path
    direct : bool
        A device, a pipe or a terminal: written as it comes.

    Raises
    ------
    OutputError
        Nothing can be written there, or it is one of the inputs; in the block: a write fails.
    """

    def __init__(self, path: str | os.PathLike, inputs: Iterable[str | os.PathLike] = (),
                 sync: bool = True):
        self.path = path
        self._sync = sync
        self._stack = ExitStack()
        self._file = None
        self._done = False
        self.spare(inputs)
        try:
            stream = _stream(path)
            self.direct = stream is not None
            if stream is not None:
                self._file = self._stack.enter_context(stream)
            else:
                self._try()
        except OutputError:
            raise
        except (OSError, ValueError) as error:  # ValueError: a name that no file can have
            raise OutputError(path, error) from error

    def spare(self, inputs: Iterable[str | os.PathLike]) -> None:
        """Raise OutputError if the place is one of these files."""
        same = same_file(self.path, inputs)
        if same is not None:
            raise OutputError(self.path, f"it is the same file as {same}, which is read; "
                                         "name another one")

    def _try(self) -> None:
        target = Path(os.path.realpath(self.path))
        if target.is_dir():
            raise OutputError(self.path, "it is a folder; name a file")
        if not target.parent.is_dir():
            raise OutputError(self.path, f"there is no folder {target.parent}; make it first")
        if target.exists() and not os.access(target, os.W_OK):
            raise OutputError(self.path, "the file is write-protected")
        _fresh(target).unlink()

    def __enter__(self) -> Output:
        return self

    def write(self, content: str | bytes) -> int:
        """Add to the result; letters that UTF-8 can't write become ``\\udc..``."""
        if isinstance(content, str):
            content = content.encode("utf-8", "backslashreplace")
        try:
            return self._opened().write(content)
        except OSError as error:
            raise OutputError(self.path, error) from error

    def _opened(self):
        if self._file is None:
            new = self._stack.enter_context(replacing(self.path, self._sync))
            self._file = self._stack.enter_context(open(new, "wb"))
        return self._file

    def commit(self) -> None:
        """The result is whole: put it into its place now, where nothing more is to be written."""
        self.__exit__(None, None, None)

    def __exit__(self, kind, error, trace):
        try:
            if kind is None and not self._done:
                self._opened().flush()
                self._done = True
            return self._stack.__exit__(kind, error, trace)
        except OSError as problem:
            if problem is error:
                raise
            # what was to be flushed is lost with the file
            with suppress(OSError):
                self._stack.__exit__(type(problem), problem, problem.__traceback__)
            raise OutputError(self.path, problem) from problem


def _stream(path: str | os.PathLike):
    """The opened device, pipe or terminal that `path` names; None for a file to be replaced."""
    try:
        state = os.stat(path)
    except FileNotFoundError:
        return None
    for handle, stream in ((1, sys.stdout), (2, sys.stderr)):
        # "/dev/stdout > result.csv": a file, but somebody else's to open and to replace
        with suppress(OSError):
            if os.path.samestat(state, os.fstat(handle)):
                with suppress(Exception):
                    stream.flush()
                return open(os.dup(handle), "wb")
    if stat.S_ISREG(state.st_mode) or stat.S_ISDIR(state.st_mode):
        return None
    return open(path, "ab")
