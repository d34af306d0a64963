"""
What may happen while a workflow runs
=====================================

Exceptions that nobody catches, dialogs that nobody answers, and a run that never gives its
control back.
"""
import faulthandler
import sys
import threading
import time
import traceback
from contextlib import contextmanager

from AnyQt.QtCore import Qt, QTimer
from AnyQt.QtWidgets import QApplication, QDialog, QInputDialog, QMenu, QMessageBox

from .outcome import NOT_RUN
from .registry import words_of
from .words import plain

__all__ = ["TICK", "Hooks", "last_resort"]

#: How often (ms) we look
TICK = 25

#: How long (s) after the timeout the event loop may need to notice it
GRACE = 2.0


class Hooks:
    """While a workflow runs: exceptions are recorded, nobody is asked, nothing quits."""

    def __init__(self, run, app):
        self.run, self.app = run, app
        self.asked = []
        self.timer = QTimer(interval=TICK)
        self.timer.timeout.connect(self.dismiss)
        self.previous = None

    def __enter__(self):
        self.previous = (sys.excepthook, threading.excepthook, self.app.quitOnLastWindowClosed(),
                         self.app.testAttribute(Qt.AA_DontUseNativeDialogs))
        sys.excepthook, threading.excepthook = self.record, self.record_thread
        self.app.setQuitOnLastWindowClosed(False)
        self.app.setAttribute(Qt.AA_DontUseNativeDialogs, True)  # Qt's own can be dismissed
        self.timer.start()

    def __exit__(self, *_):
        self.timer.stop()
        sys.excepthook, threading.excepthook, quits, foreign = self.previous
        self.app.setQuitOnLastWindowClosed(quits)
        self.app.setAttribute(Qt.AA_DontUseNativeDialogs, foreign)

    def record(self, kind, value, trace):
        """An excepthook; PyQt calls it for whatever is raised in Python called from Qt."""
        node = self.run.blame(frame for frame, _ in traceback.walk_tb(trace))
        if issubclass(kind, KeyboardInterrupt):
            self.run.fail(f"interrupted while {self.run.stage}", node, NOT_RUN)
            return
        traceback.print_exception(kind, value, trace)
        self.run.fail(f"raised {words_of(value)}", node)

    def record_thread(self, args):
        """A threading.excepthook; Python's own keeps quiet about SystemExit."""
        self.record(args.exc_type, args.exc_value or args.exc_type(), args.exc_traceback)

    def dismiss(self):
        """Send away what waits for an answer: there is nobody to give one."""
        menu = QApplication.activePopupWidget()
        asks = menu if isinstance(menu, QMenu) else QApplication.activeModalWidget()
        if asks is None:
            return
        # not from here: Qt would not call us again for what asks when it is dismissed
        if any(asks is each for each in self.asked):
            QTimer.singleShot(0, asks.hide)  # it has refused
            return
        self.asked.append(asks)
        QTimer.singleShot(0, asks.reject if isinstance(asks, QDialog) else asks.close)
        stack = [frame for frame, _ in traceback.walk_stack(None)]
        node = self.run.owner(asks) or self.run.blame(reversed(stack))
        self.run.fail(f"asks, and nobody is there to answer: {_question(asks)}", node)


def _question(window):
    """What a dialog or menu wants to know."""
    if isinstance(window, QMessageBox):
        text = window.text()
    elif isinstance(window, QInputDialog):
        text = window.labelText()
    else:
        text = window.windowTitle()
    return " ".join(plain(text).split()) or type(window).__name__


@contextmanager
def last_resort(run):
    """Start the run's clock; in C, which needs no lock, it ends the process if all else fails."""
    run.deadline = time.monotonic() + run.timeout
    run.journal.note(timeout=run.timeout)
    try:
        faulthandler.dump_traceback_later(run.timeout + GRACE, exit=True, file=run.journal.stack)
    except (AttributeError, OSError, RuntimeError, ValueError):
        pass  # no real stderr (pythonw) and no journal
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()
