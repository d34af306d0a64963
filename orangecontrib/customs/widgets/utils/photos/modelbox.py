"""The box in which a photo model is chosen, described and saved."""
from __future__ import annotations

from html import escape

from AnyQt.QtCore import Qt
from AnyQt.QtCore import pyqtSignal as Signal
from AnyQt.QtWidgets import (
    QComboBox,
    QDialog,
    QGridLayout,
    QLabel,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from orangecontrib.customs.i18n import Sayable, say
from orangecontrib.customs.photos.choice import (
    PURPOSES,
    SOURCES,
    details_html,
    model_html,
    note_html,
)
from orangecontrib.customs.photos.model import PhotoModel
from orangecontrib.customs.widgets.utils.common.controls import choice, push
from orangecontrib.customs.widgets.utils.common.wording import room, spoken, worded

__all__ = ["ModelBox"]

words = room("modelbox")


class ModelBox(QWidget):
    """Where the model comes from, what it is, and buttons for its files."""

    #: A source was chosen: one of ``photos.choice.SOURCES``.
    chosen = Signal(str)
    load_asked = Signal()
    save_asked = Signal()

    def __init__(self, parent=None):
        super().__init__(parent)
        self._model: PhotoModel | None = None
        self._name: Sayable = ""
        self._source: str | None = None
        self.combo = worded(choice(SOURCES.items(), None, lambda: self.chosen.emit(
            self.combo.currentData())), accessibleName=words("model"))
        self.combo.setSizeAdjustPolicy(QComboBox.AdjustToMinimumContentsLengthWithIcon)
        self.combo.setMinimumContentsLength(18)
        spoken(self.combo, "purposes", _say_purposes)
        self.label = QLabel(wordWrap=True, textFormat=Qt.RichText)
        self.label.setMinimumWidth(200)
        self.load_button = push(None, words("load"), self.load_asked.emit, words("file_tip"))
        self.save_button = push(None, words("save"), self.save_asked.emit, words("save_tip"))
        self.details_button = push(None, words("details"), self.show_details,
                                   words("details_tip"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.combo)
        layout.addWidget(self.label)
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.addWidget(self.load_button, 0, 0)
        grid.addWidget(self.save_button, 0, 1)
        grid.addWidget(self.details_button, 1, 0, 1, 2)
        layout.addLayout(grid)

    def describe(self, model: PhotoModel | None, name: Sayable, source: str | None,
                 stored: str) -> None:
        """Show a model; without one, its name alone.

        Parameters
        ----------
        source : str or None
            Where it comes from; None: from the input, which comes before all choices.
        stored : str
            The choice that counts when the input goes away.
        """
        self._model, self._name, self._source = model, name, source
        self.combo.setCurrentIndex(self.combo.findData(stored))
        self.combo.setEnabled(source is not None)
        self.load_button.setEnabled(source is not None)
        for button in (self.save_button, self.details_button):
            button.setEnabled(model is not None)
        spoken(self.label, "text", lambda it: it.setText(
            f"<b>{escape(say(name))}</b>" if model is None else model_html(model, name, source)))
        spoken(self.label, "note", lambda it: it.setToolTip(
            "" if model is None else note_html(model)))

    def details(self) -> str:
        """What the button shows, as HTML."""
        return "" if self._model is None \
            else details_html(self._model, self._name, self._source)

    def show_details(self) -> None:
        """Open a window with all about the model."""
        dialog = worded(QDialog(self), windowTitle=words("title", name=self._name))
        dialog.setAttribute(Qt.WA_DeleteOnClose)
        text = spoken(QTextBrowser(), "text", lambda it: it.setHtml(self.details()))
        layout = QVBoxLayout(dialog)
        layout.addWidget(text)
        layout.addWidget(push(None, words("close"), dialog.reject), 0, Qt.AlignRight)
        dialog.resize(640, 480)
        dialog.open()


def _say_purposes(combo: QComboBox) -> None:
    for row, source in enumerate(SOURCES):
        combo.setItemData(row, say(PURPOSES.get(source, words("file_tip"))), Qt.ToolTipRole)
