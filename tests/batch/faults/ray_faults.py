"""Photos that do something to the process that reads them; processes of Ray import this."""
import os
import signal
from pathlib import Path


class Faulty:
    """A photo that can be read; subclasses do something before."""

    def __init__(self, path):
        self.path = Path(path)

    def before(self):
        """Nothing."""

    def read_bytes(self):
        self.before()
        return self.path.read_bytes()


class Deadly(Faulty):
    """As a decoder that falls over a photo, or a computer that ends what takes all memory."""

    def before(self):
        os.kill(os.getpid(), signal.SIGKILL)


class DeadlyOnce(Faulty):
    """The process that reads it first is ended."""

    def before(self):
        mark = self.path.with_suffix(".mark")
        if not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)


class Hungry(Faulty):
    """Takes more memory than there is."""

    def before(self):
        raise MemoryError
