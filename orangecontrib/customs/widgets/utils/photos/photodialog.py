"""A photo in large, with the places that speak for the fact in hand."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from AnyQt.QtCore import Qt
from AnyQt.QtWidgets import QCheckBox, QDialog, QHBoxLayout, QLabel, QVBoxLayout

from orangecontrib.customs.i18n import Sayable, say
from orangecontrib.customs.photos.model import PhotoModel
from orangecontrib.customs.widgets.utils.common.controls import push
from orangecontrib.customs.widgets.utils.common.wording import room, spoken, worded
from orangecontrib.customs.widgets.utils.photos.mapdialog import LARGE, colours_html
from orangecontrib.customs.widgets.utils.photos.maploader import MapLoader
from orangecontrib.customs.widgets.utils.photos.photoview import PhotoView
from orangecontrib.customs.widgets.utils.photos.thumbnails import ThumbnailLoader

__all__ = ["PhotoDialog", "Shown"]

words, maps = room("photodialog"), room("mapdialog")

NO_MODEL = words("no_model")


@dataclass(frozen=True)
class Shown:
    """A photo, and what it says of the fact in hand.

    Attributes
    ----------
    path, title : str
    says : Sayable
        In words; "" for nothing.
    feature : str
        The visual feature that speaks of the fact; "" for none.
    about : Sayable
        What it is called.
    """

    path: str
    title: str
    says: Sayable = ""
    feature: str = ""
    about: Sayable = ""


class PhotoDialog(QDialog):
    """One photo of a good at a time."""

    def __init__(self, parent=None):
        super().__init__(parent)
        worded(self, windowTitle=maps("title"))
        self.maps = MapLoader(self)
        self._plain = ThumbnailLoader(self, size=LARGE, kept=8)
        self._photos: tuple[Shown, ...] = ()
        self._model: PhotoModel | None = None
        self._row = 0
        self._why_not: Sayable = ""
        self.photo = PhotoView()
        self.map_check = worded(QCheckBox(checked=True), text=words("show_places"))
        self.map_check.toggled.connect(lambda _: self._show())
        self.text = QLabel(wordWrap=True, textFormat=Qt.RichText, alignment=Qt.AlignTop)
        self.text.setFixedWidth(240)
        self.back_button = push(None, maps("back"), lambda: self._step(-1))
        self.next_button = push(None, maps("next"), lambda: self._step(1))
        steps = QHBoxLayout()
        steps.addWidget(self.back_button)
        steps.addWidget(self.next_button)
        side = QVBoxLayout()
        side.addWidget(self.map_check)
        side.addWidget(self.text, 1)
        side.addLayout(steps)
        layout = QHBoxLayout(self)
        layout.addWidget(self.photo, 1)
        layout.addLayout(side)
        self._plain.ready.connect(self._ready)
        self.maps.ready.connect(self._ready)
        self.maps.impossible.connect(self._impossible)
        self.maps.failed.connect(self._impossible)
        self.resize(780, 500)
        spoken(self, "shown", PhotoDialog._show)

    def set_model(self, model: PhotoModel | None) -> None:
        """Explain with this model from now on."""
        self._model, self._why_not = model, "" if model is not None else NO_MODEL
        self.maps.set_model(model)

    def set_photos(self, photos: Sequence[Shown]) -> None:
        """The photos that can be opened; without any, the window closes."""
        self._photos = tuple(photos)
        self._row = min(self._row, max(0, len(photos) - 1))
        if not photos:
            self.close()
        elif self.isVisible():
            self._show(new=True)

    def open_photo(self, row: int) -> None:
        """Show a photo, on top of other windows."""
        self._row = row
        self.show()
        self.raise_()
        self.activateWindow()
        self._show(new=True)

    def stop(self) -> None:
        """End the threads; call it before the owner goes."""
        self._plain.stop()
        self.maps.stop()

    def _step(self, by: int):
        self._row += by
        self._show(new=True)

    def _impossible(self, reason: Sayable):
        self._why_not = reason
        self._show()

    def _ready(self, path: str):
        if self._photos and path == self._photos[self._row].path:
            self._show()

    def _show(self, new: bool = False):
        if not self._photos or not self.isVisible():
            return
        shown = self._photos[self._row]
        self.setWindowTitle(shown.title)
        self.back_button.setEnabled(self._row > 0)
        self.next_button.setEnabled(self._row + 1 < len(self._photos))
        self.map_check.setEnabled(bool(shown.feature) and not self._why_not)
        found = None
        if shown.feature and not self._why_not and self.map_check.isChecked():
            found = self.maps.get(shown.path, shown.feature, LARGE)
        if found is not None and not found.reason:
            self.photo.show_photo(found.pixmap, new=new)
        else:
            plain = self._plain.get(shown.path)
            self.photo.show_photo(plain, maps("unread" if plain is not None else "loading"),
                                  new=new)
        self.text.setText(self._words(shown, found))

    def _words(self, shown: Shown, found) -> str:
        # a zero-width space lets long names of files break
        name = shown.title.replace("_", "_\N{ZERO WIDTH SPACE}")
        lines = [f"<b>{escape(name)}</b>", escape(say(shown.says))]
        if not shown.feature:
            lines.append(say(words("nothing")))
        elif self._why_not:
            lines.append(escape(say(self._why_not)))
        elif self.map_check.isChecked():
            lines.append(say(words("places", about=escape(say(shown.about)),
                                   colours=colours_html(self.palette())))
                         if found is not None and not found.reason else say(words("looking")))
        return "".join(f"<p>{line}</p>" for line in lines if line)
