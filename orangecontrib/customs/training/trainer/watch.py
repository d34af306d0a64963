"""Tells the outside where a run is, and the run when to stop."""
from __future__ import annotations

from collections.abc import Callable

from .photos import Epoch, Progress

__all__ = ["Cancelled", "Watch", "TOTAL"]

#: A run has so many steps, whatever it does.
TOTAL = 1000


class Cancelled(Exception):
    """Ended by the user before there was a model."""


class Watch:
    """Progress of one run, and the curves so far.

    Parameters
    ----------
    progress : callable, optional
        Called with a Progress.  If it returns True or raises ``InterruptedError``, the run
        ends and keeps the best so far.
    """

    def __init__(self, progress: Callable[[Progress], bool | None] | None = None):
        self._progress = progress
        self._start = self._end = 0.
        self._stage = ""
        self._epoch = 0
        self.history: list[Epoch] = []
        self.cancelled = False

    def stage(self, name: str, until: float) -> None:
        """Begin a stage that ends at the share `until` of the whole run."""
        self._stage, self._start, self._end = name, self._end, until
        self(0.)

    def __call__(self, share: float) -> bool:
        """Tell the share of the stage that is done; returns whether to stop."""
        if self._progress is None or self.cancelled:
            return self.cancelled
        done = round(TOTAL * (self._start + share * (self._end - self._start)))
        try:
            self.cancelled = self._progress(Progress(
                self._stage, done, TOTAL, self._epoch, tuple(self.history))) is True
        except InterruptedError:
            self.cancelled = True
        return self.cancelled

    def add(self, epoch: Epoch) -> None:
        """A new point of the curves."""
        self.history.append(epoch)
        self._epoch = epoch.epoch

    def must_go_on(self) -> None:
        """Cancelled when the user has ended the run."""
        if self.cancelled:
            raise Cancelled("ended before there was a model")
