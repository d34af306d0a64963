"""What all widgets of the add-on share: work in the background, files, language, an end."""
from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from AnyQt.QtCore import QTimer
from AnyQt.QtGui import QActionGroup
from AnyQt.QtWidgets import (
    QWIDGETSIZE_MAX,
    QFileDialog,
    QMenu,
    QPushButton,
    QScrollArea,
    QSplitter,
    QToolButton,
)
from Orange.widgets.utils.concurrent import ConcurrentWidgetMixin, TaskState
from Orange.widgets.widget import OWWidget

from orangecontrib.customs.files.paths import resolve_path, storable_path
from orangecontrib.customs.i18n import Sayable
from orangecontrib.customs.i18n import language as spoken_language
from orangecontrib.customs.widgets.utils.common import language
from orangecontrib.customs.widgets.utils.common.controls import edge_boxes
from orangecontrib.customs.widgets.utils.common.wording import (
    SaidMessages,
    reword,
    room,
    spoken,
    worded,
)

__all__ = ["CustomsWidget", "Ended", "Part", "clear", "progress_of", "reason"]

#: Milliseconds after which a button that is there only while something runs appears.
PATIENCE = 300

words = room("common")


class Ended(Exception):
    """A task was asked to end, and has nothing to give."""


def reason(error: Exception) -> str:
    """What an error says, for a message."""
    return str(error) or type(error).__name__


def clear(*messages) -> None:
    """Clear messages, or groups of them."""
    for message in messages:
        message.clear()


def progress_of(state: TaskState, start: float = 0., end: float = 1.) -> Callable[..., None]:
    """A callback for a part of a task, from `start` to `end`; it takes a share of that part.

    The callback raises :class:`Ended` when nobody waits for the task any more.
    """
    def progress(share: float = 0., *_) -> None:
        if state.is_interruption_requested():
            raise Ended
        state.set_progress_value(100 * (start + (end - start) * share))
    return progress


class LanguageButton(QToolButton):
    """In the status bar: the language that is spoken, and a menu of those that can be."""

    def __init__(self):
        super().__init__(autoRaise=True, popupMode=QToolButton.InstantPopup)
        self.setMenu(QMenu(self))
        group = QActionGroup(self)
        for name, title in language.TITLES.items():
            action = worded(group.addAction(""), text=title)
            action.setData(name)
            action.setCheckable(True)
            action.triggered.connect(lambda _, name=name: language.choose(name))
            self.menu().addAction(action)
        self.menu().aboutToShow.connect(self._show)
        worded(self, toolTip=words("language_tip"), accessibleName=words("language"))
        spoken(self, "spoken", LanguageButton._show)

    def _show(self) -> None:
        self.setText(spoken_language().upper())
        for action in self.menu().actions():
            action.setChecked(action.data() == language.chosen())


class CustomsWidget(OWWidget, ConcurrentWidgetMixin, openclass=True):
    """A widget that works in the background; to be the last base.

    A task that can give what it has takes :attr:`ending` before its state, see :meth:`begin`.
    """

    class Error(SaidMessages, OWWidget.Error):
        """For :class:`Said`, as the other two."""

    class Warning(SaidMessages, OWWidget.Warning):
        pass

    class Information(SaidMessages, OWWidget.Information):
        pass

    #: Names of settings with a path each, relative where it lies under the workflow's folder.
    path_settings: tuple[str, ...] = ()

    #: Ends what runs, where there is a button that does; it is switched on and off here.
    cancel_button: QPushButton | None = None

    def __init__(self):
        OWWidget.__init__(self)
        ConcurrentWidgetMixin.__init__(self)
        #: Set: the task is to end, and gives what it has.
        self.ending = threading.Event()
        self._at_close: list[Callable[[], object]] = []
        self._soon: QTimer | None = None
        self.language_button = LanguageButton()
        self.statusBar().addPermanentWidget(self.language_button)
        language.changed.happened.connect(self._say_again)
        self.at_close(lambda: language.changed.happened.disconnect(self._say_again))

    # --- work

    def begin(self, task: Callable, *args) -> None:
        """Start a task that ends when :attr:`ending` is set, which it gets after its arguments."""
        self.ending.set()
        self.ending = threading.Event()
        self.start(task, *args, self.ending)

    def start(self, task: Callable, *args, **kwargs) -> None:
        super().start(task, *args, **kwargs)
        self.show_running(True)

    def cancel(self) -> None:
        super().cancel()
        self.show_running(False)

    def _on_task_done(self, future) -> None:
        self.show_running(False)  # before anybody shows what came of it
        super()._on_task_done(future)

    def show_running(self, running: bool) -> None:
        """Show whether there is something that can be ended."""
        if self.cancel_button is None:
            return
        self.cancel_button.setEnabled(running)
        if self._soon is not None:
            if running:
                self._soon.start()
            else:
                self._soon.stop()
                self.cancel_button.hide()

    def make_cancel_button(self, clicked: Callable[[], object], tooltip: Sayable,
                           text: Sayable = words("cancel"),  # noqa: B008 – a message is a value
                           passing: bool = False) -> QPushButton:
        """The button that ends what runs; a `passing` one is there only while something does."""
        button = self.cancel_button = worded(QPushButton(
            enabled=False, autoDefault=False, clicked=lambda: clicked()),
            text=text, toolTip=tooltip)
        if passing:
            button.hide()
            self._soon = QTimer(self, singleShot=True, interval=PATIENCE, timeout=button.show)
        return button

    def on_partial_result(self, result) -> None:
        """Most tasks only tell of their progress."""

    # --- language

    def on_room(self) -> None:
        """The controls speak another language, and the main area has another width."""

    def on_language(self) -> None:
        """Another language is spoken: word again what is put together here, and what is sent.

        What was given words by :func:`worded` and its like, headers of tables and messages
        speak it already.
        """

    def _say_again(self) -> None:
        reword(self)
        for group in (self.Error, self.Warning, self.Information):
            group.again()
        self.on_language()
        QTimer.singleShot(0, self._make_room)

    def _make_room(self) -> None:
        """The controls get the width that their words need now."""
        whole = self.left_side.parentWidget() if self.left_side is not None else None
        if isinstance(whole, QSplitter) and whole.count() > 1 and whole.sizes()[0]:
            for area in self.left_side.findChildren(QScrollArea):
                area.updateGeometry()  # it has not noticed
            self.left_side.layout().activate()
            whole.setSizes([1, QWIDGETSIZE_MAX])
            whole.refresh()  # at once: who fits columns asks for widths
        self.on_room()

    def showEvent(self, event):
        super().showEvent(event)
        edge_boxes(self)

    # --- files

    @property
    def basedir(self) -> str | None:
        """The workflow's folder."""
        return self.workflowEnv().get("basedir") or None

    def resolved(self, path: str) -> Path | None:
        """Where a stored path leads; None for none."""
        return resolve_path(path, self.basedir) if path else None

    def storable(self, path: str | os.PathLike) -> str:
        """How a path is kept in the workflow; "" for none."""
        return storable_path(path, self.basedir) if os.fspath(path) else ""

    def start_folder(self) -> str:
        """Where a file dialog begins."""
        return self.basedir or str(Path.home())

    def ask_for_file(self, title: str, kinds: str, start: str = "") -> str:
        """A file that there is; "" if the user has chosen none."""
        return QFileDialog.getOpenFileName(self, title, start or self.start_folder(), kinds)[0]

    def ask_where(self, title: str, kinds: str, start: str, **options) -> str:
        """A file to write; "" if the user has chosen none."""
        return QFileDialog.getSaveFileName(self, title, start, kinds, **options)[0]

    def ask_for_folder(self, title: str) -> str:
        """A folder; "" if the user has chosen none."""
        return QFileDialog.getExistingDirectory(self, title, self.start_folder())

    def workflowEnvChanged(self, key, value, oldvalue):
        """The workflow was saved elsewhere: files stay where they are."""
        super().workflowEnvChanged(key, value, oldvalue)
        if key != "basedir":
            return
        for name in self.path_settings:
            if path := getattr(self, name):
                setattr(self, name, storable_path(resolve_path(path, oldvalue or None),
                                                  value or None))
        self.show_paths()

    def show_paths(self) -> None:
        """Show the settings with paths: they may be written in another way now."""

    # --- the end

    def at_close(self, job: Callable[[], object]) -> None:
        """Do something when the widget is removed, before its thread ends."""
        self._at_close.append(job)

    def onDeleteWidget(self):
        self.ending.set()
        for job in self._at_close:
            job()
        self.shutdown()
        super().onDeleteWidget()


class Part:
    """A subject of a widget in a file of its own; to stand before CustomsWidget among the bases.

    Its docstring says what it needs of the widget.
    """

    if TYPE_CHECKING:
        def __getattr__(self, name: str) -> Any:
            """What the widget has, and other parts of it."""
