"""The box in which a photo model is chosen, described and saved."""
from __future__ import annotations

from html import escape

from AnyQt.QtCore import Qt
from AnyQt.QtCore import pyqtSignal as Signal
from AnyQt.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QLabel,
    QPushButton,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from orangecontrib.customs.photos.choice import PURPOSES, SOURCES, details_html, model_html
from orangecontrib.customs.photos.model import PhotoModel

__all__ = ["ModelBox"]


class ModelBox(QWidget):
    """Where the model comes from, what it is, and buttons for its files."""

    #: A source was chosen: one of ``photos.choice.SOURCES``.
    chosen = Signal(str)
    load_asked = Signal()
    save_asked = Signal()

    def __init__(self, parent=None):
        super().__init__(parent)
        self._model: PhotoModel | None = None
        self._name, self._source = "", None
        self.combo = QComboBox()
        self.combo.setAccessibleName("Photo model")
        self.combo.setSizeAdjustPolicy(QComboBox.AdjustToMinimumContentsLengthWithIcon)
        self.combo.setMinimumContentsLength(18)
        for number, (source, text) in enumerate(SOURCES.items()):
            self.combo.addItem(text, source)
            self.combo.setItemData(number, PURPOSES.get(source, "A .safetensors file made by "
                                                        "Footwear CNN Trainer"),
                                   Qt.ToolTipRole)
        self.combo.activated.connect(lambda _: self.chosen.emit(self.combo.currentData()))
        self.label = QLabel(wordWrap=True, textFormat=Qt.RichText)
        self.label.setMinimumWidth(200)
        self.load_button = self._button("&Load Model…", self.load_asked.emit,
                                        "A .safetensors file made by Footwear CNN Trainer")
        self.save_button = self._button("&Save Model…", self.save_asked.emit,
                                        "Write the model in use to a file")
        self.details_button = self._button("&Details and Licence…", self.show_details,
                                           "What the model was trained on and may be used for")
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

    @staticmethod
    def _button(text, clicked, tooltip):
        button = QPushButton(text, autoDefault=False, clicked=lambda _: clicked())
        button.setToolTip(tooltip)
        return button

    def describe(self, model: PhotoModel | None, name: str, source: str | None,
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
        self.label.setText(f"<b>{escape(name)}</b>" if model is None
                           else model_html(model, name, source))
        self.label.setToolTip("" if model is None else f"<p>{escape(model.note)}</p>")

    def details(self) -> str:
        """What the button shows, as HTML."""
        return "" if self._model is None \
            else details_html(self._model, self._name, self._source)

    def show_details(self) -> None:
        """Open a window with all about the model."""
        dialog = QDialog(self, windowTitle=f"Photo model: {self._name}")
        dialog.setAttribute(Qt.WA_DeleteOnClose)
        text = QTextBrowser()
        text.setHtml(self.details())
        buttons = QDialogButtonBox(QDialogButtonBox.Close)
        buttons.rejected.connect(dialog.reject)
        layout = QVBoxLayout(dialog)
        layout.addWidget(text)
        layout.addWidget(buttons)
        dialog.resize(640, 560)
        dialog.open()
