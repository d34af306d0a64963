"""A window with one large photo, the map of a feature over it, and what the numbers mean."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

from AnyQt.QtCore import Qt
from AnyQt.QtCore import pyqtSignal as Signal
from AnyQt.QtGui import QPalette
from AnyQt.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
)

from orangecontrib.customs.i18n import Capital, Sayable, say
from orangecontrib.customs.photos.chips import NOT_JUDGED, FeatureView
from orangecontrib.customs.photos.explain import AGAINST, FOR
from orangecontrib.customs.widgets.utils.common.controls import push
from orangecontrib.customs.widgets.utils.common.theme import theme
from orangecontrib.customs.widgets.utils.common.wording import room, spoken, worded
from orangecontrib.customs.widgets.utils.photos.maploader import Explained, MapLoader
from orangecontrib.customs.widgets.utils.photos.photoview import PhotoView
from orangecontrib.customs.widgets.utils.photos.thumbnails import ThumbnailLoader

__all__ = ["MapDialog", "colours_html"]

words = room("mapdialog")

#: Side of the large photo, pixels.
LARGE = 900


def colours_html(palette: QPalette) -> str:
    """What the colours of a map mean."""
    red, blue = (theme(palette).of("#{:02x}{:02x}{:02x}".format(*colour)).name()
                 for colour in (FOR, AGAINST))
    return say(words("colours", red=red, blue=blue))


class MapDialog(QDialog):
    """One photo at a time; the feature is chosen here or in the gallery."""

    #: A feature was chosen, "" for none.
    feature_chosen = Signal(str)

    def __init__(self, maps: MapLoader, parent=None):
        super().__init__(parent)
        self._maps = maps
        self._plain = ThumbnailLoader(self, size=LARGE, kept=8)
        self._paths: Sequence[str] = ()
        self._title: Callable[[int], str] = str
        self._view: FeatureView | None = None
        self._row = 0
        self._why_not: Sayable = ""
        self.photo = PhotoView()
        self.combo = worded(QComboBox(), accessibleName=words("feature_name"))
        self.combo.activated.connect(lambda _: self.feature_chosen.emit(
            self.combo.currentData() or ""))
        self.map_check = worded(QCheckBox(checked=True), text=words("show_map"))
        self.map_check.toggled.connect(lambda _: self._show())
        self.text = QLabel(wordWrap=True, textFormat=Qt.RichText, alignment=Qt.AlignTop)
        self.text.setFixedWidth(270)
        self.text.setTextInteractionFlags(Qt.TextSelectableByMouse)
        self.back_button = push(None, words("back"), lambda: self._step(-1))
        self.next_button = push(None, words("next"), lambda: self._step(1))
        self._lay_out()
        for loader in (self._plain, maps):
            loader.ready.connect(self._ready)
        self.resize(860, 500)
        spoken(self, "shown", MapDialog._say_again)

    def _lay_out(self):
        steps = QHBoxLayout()
        steps.addWidget(self.back_button)
        steps.addWidget(self.next_button)
        side = QVBoxLayout()
        side.addWidget(worded(QLabel(), text=words("feature")))
        side.addWidget(self.combo)
        side.addWidget(self.map_check)
        side.addWidget(self.text, 1)
        side.addLayout(steps)
        layout = QHBoxLayout(self)
        layout.addWidget(self.photo, 1)
        layout.addLayout(side)

    def set_photos(self, view: FeatureView | None, paths: Sequence[str] = (),
                   title: Callable[[int], str] = str) -> None:
        """The photos that can be opened; None closes the window."""
        self._view, self._paths, self._title = view, paths, title
        self._row, self._why_not = 0, ""
        if view is None:
            self.close()
            return
        self._say_again()

    def _say_again(self) -> None:
        """Features, and what is said of the photo, in the language that is spoken."""
        worded(self, windowTitle=words("title"))
        if self._view is None:
            return
        chosen = self.combo.currentData()
        self.combo.clear()
        self.combo.addItem(say(words("none")), None)
        for id_, name in zip(self._view.ids, self._view.names, strict=True):
            self.combo.addItem(name, id_)
        self.set_feature(chosen)

    def open_photo(self, row: int) -> None:
        """Show a photo, on top of other windows."""
        self._go(row)
        self.show()
        self.raise_()
        self.activateWindow()

    def set_feature(self, feature: str | None) -> None:
        """Explain this feature; nobody is told."""
        self.combo.setCurrentIndex(max(0, self.combo.findData(feature)))
        self._show()

    def set_impossible(self, reason: Sayable) -> None:
        """Say why no photo can be explained."""
        self._why_not = reason
        self._show()

    def stop(self) -> None:
        """End the thread; call it before the owner goes."""
        self._plain.stop()

    def _go(self, row: int):
        self._row = row
        self._show(new=True)

    def _step(self, by: int):
        self._go(self._row + by)

    def _ready(self, path: str):
        if self._view is not None and path == self._paths[self._row]:
            self._show()

    def _show(self, new: bool = False):
        if self._view is None or not (new or self.isVisible()):
            return
        path, feature = self._paths[self._row], self.combo.currentData()
        self.setWindowTitle(self._title(self._row))
        self.back_button.setEnabled(self._row > 0)
        self.next_button.setEnabled(self._row + 1 < len(self._paths))
        self.map_check.setEnabled(feature is not None)
        found = None
        if feature is not None and not self._why_not:
            found = self._maps.get(path, feature, LARGE)
        if found is not None and not found.reason and self.map_check.isChecked():
            self.photo.show_photo(found.pixmap, new=new)
        else:
            plain = self._plain.get(path)
            self.photo.show_photo(plain, words("unread" if plain is not None else "loading"),
                                  new=new)
        self.text.setText(self._words(feature, found))

    def _words(self, feature: str | None, found: Explained | None) -> str:
        # a zero-width space lets long names of files break
        name = self._title(self._row).replace("_", "_\N{ZERO WIDTH SPACE}")
        lines = [f"<p><b>{escape(name)}</b></p>"]
        if feature is not None:
            index = self._view.ids.index(feature)
            chip = self._view.chip(self._row, index)
            lines.append(f"<p>P = <b>{chip.value:.3f}</b>"
                         + (say(words("present_from", p=self._view.thresholds[index]))
                            if self._view.thresholds is not None else "") + "</p>")
            if not chip.judged:
                lines.append(f"<p><i>{say(Capital(NOT_JUDGED))}.</i></p>")
            lines.append(self._map_words(feature, found))
        else:
            lines.append(f"<p>{say(words('choose'))}</p>")
        lines.append(self._view.warning_html(self._row))
        return "".join(lines)

    def _map_words(self, feature: str, found: Explained | None) -> str:
        if reason := self._why_not or (found.reason if found is not None else ""):
            return f"<p>{escape(say(words('no_map', reason=reason)))}</p>"
        if found is None:
            return f"<p>{say(words('computed'))}</p>"
        scale = say(words("scale_height" if feature in self._view.height_ids else "scale"))
        rows = [("score", f"<b>{_signed(found.score)}</b>"),
                ("constant", _signed(found.constant)), ("seen", _signed(found.seen))]
        table = "".join(f"<tr><td>{say(words(name))}&nbsp;&nbsp;</td>"
                        f"<td align='right'>{value}</td></tr>" for name, value in rows)
        return (f"<table>{table}</table><p>{colours_html(self.palette())}.</p>"
                f"<p><small>{scale} {say(words('exact'))}</small></p>")


def _signed(number: float) -> str:
    return f"{number:+.2f}".replace("-", "\N{MINUS SIGN}")
