"""Output into a pipe whose reader has gone, as ``orange-customs ... | head``; without Orange."""
import io
import os
import stat
import sys
from contextlib import contextmanager

__all__ = ["whoever_reads"]


class _Pipe(io.FileIO):
    """A pipe into which one can write as if somebody read it."""

    def write(self, data):
        try:
            return super().write(data)
        except BrokenPipeError:
            return len(data)


@contextmanager
def whoever_reads():
    """
    A context in which work goes on, and ends with its own exit code, when nobody reads on.

    What is printed then is lost. A file, a terminal and what tests put in the place of stdout
    stay as they are.
    """
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = map(_patient, before)
    try:
        yield
    finally:
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except (AttributeError, OSError, ValueError):
                pass  # a full disk, or no stream at all: leaving finds the same
        sys.stdout, sys.stderr = before


def _patient(stream):
    """The same stream, if it is not a pipe; else one that nobody needs to read."""
    try:
        number = stream.fileno()
        mode = os.fstat(number).st_mode
        if not (stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)):
            return stream
        stream.flush()
        pipe = io.BufferedWriter(_Pipe(number, "w", closefd=False))
        return io.TextIOWrapper(pipe, stream.encoding, "backslashreplace",
                                line_buffering=True)
    except (AttributeError, OSError, ValueError):
        return stream
