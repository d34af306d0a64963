"""A path that may be typed, chosen, or left empty."""
from __future__ import annotations

import os
from collections.abc import Callable

from AnyQt.QtCore import pyqtSignal as Signal
from AnyQt.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QToolButton, QWidget

from orangecontrib.customs.i18n import Sayable, say
from orangecontrib.customs.widgets.utils.common.wording import room, worded

__all__ = ["PathEdit"]

words = room("pathedit")


class PathEdit(QWidget):
    """A line with a path and a button that opens a file dialog.

    Parameters
    ----------
    caption, kinds : Message or str
        Title and filter of the dialog.
    new : bool
        The file need not exist.
    folder : callable
        () → where the dialog begins when the line is empty.
    """

    #: The path that the user has given, "" for none.
    changed = Signal(str)

    def __init__(self, caption: Sayable, kinds: Sayable, placeholder: Sayable = "",
                 new: bool = False, folder: Callable[[], str] = os.getcwd, parent=None):
        super().__init__(parent)
        self._caption, self._kinds, self._new, self._folder = caption, kinds, new, folder
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        # a dropped file is the window's; the line would write file:///
        self.line = worded(QLineEdit(clearButtonEnabled=True, acceptDrops=False),
                           placeholderText=placeholder, accessibleName=caption)
        self.button = worded(QToolButton(text="…", clicked=self.choose),
                             accessibleName=words("choose", what=caption))
        layout.addWidget(self.line)
        layout.addWidget(self.button)
        self._told = ""
        self.line.editingFinished.connect(self._tell)
        # the button of the line that clears it ends no editing
        self.line.textChanged.connect(lambda text: None if text else self._tell())

    @property
    def path(self) -> str:
        """What the line holds."""
        return self.line.text().strip()

    def set_path(self, path: str) -> None:
        """Show a path; nobody is told."""
        self._told = path
        self.line.setText(path)

    def choose(self) -> None:
        """Ask for a file."""
        # a relative path need not be relative to the current folder
        start = self.path if os.path.isabs(self.path) else self._folder()
        ask = QFileDialog.getSaveFileName if self._new else QFileDialog.getOpenFileName
        more = {"options": QFileDialog.DontConfirmOverwrite} if self._new else {}
        path, _ = ask(self, say(self._caption), start, say(self._kinds), **more)
        if path:
            self.line.setText(path)
            self._tell()

    def _tell(self) -> None:
        if self.path != self._told:
            self._told = self.path
            self.changed.emit(self.path)
