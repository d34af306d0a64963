"""Small jobs one after another in a thread of their own, beside a widget's task."""
from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from AnyQt.QtCore import QObject, Qt
from AnyQt.QtCore import pyqtSignal as Signal

__all__ = ["Besides"]


class Besides(QObject):
    """What reads or writes a small file while the widget's task goes on.

    Attributes
    ----------
    waiting : int
        Jobs whose end nobody has been told of yet.
    """

    _ended = Signal(object, object, object)

    def __init__(self, parent=None):
        super().__init__(parent)
        self.waiting = 0
        self._executor: ThreadPoolExecutor | None = ThreadPoolExecutor(1, "besides")
        # queued: the worker's signal is handled in the GUI thread
        self._ended.connect(self._tell, Qt.QueuedConnection)

    def do(self, job: Callable[[], Any], then: Callable[[Any, Exception | None], object]) -> None:
        """Do a job in the thread, then tell in the GUI thread what came of it.

        Parameters
        ----------
        then : callable
            Takes the result, or None and the error.
        """
        if self._executor is not None:
            self.waiting += 1
            self._executor.submit(self._do, job, then)

    def stop(self) -> None:
        """Let jobs that were begun come to their end, and tell nobody; before the owner goes."""
        if self._executor is not None:
            self._ended.disconnect(self._tell)
            self._executor.shutdown(wait=True)
            self._executor = None

    def _do(self, job: Callable[[], Any], then: Callable[[Any, Exception | None], object]) -> None:
        try:
            result, error = job(), None
        except Exception as problem:  # noqa: BLE001 – told to whoever asked
            result, error = None, problem
        self._ended.emit(result, error, then)

    def _tell(self, result: Any, error: Exception | None,
              then: Callable[[Any, Exception | None], object]) -> None:
        self.waiting -= 1
        then(result, error)
