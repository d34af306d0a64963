"""Photos of a good beside its declaration, with the words and photos that speak for a fact."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from AnyQt.QtCore import QRect, QSize, Qt
from AnyQt.QtCore import pyqtSignal as Signal
from AnyQt.QtGui import QFont, QPainter, QPen, QTextCharFormat, QTextCursor
from AnyQt.QtWidgets import (
    QFrame,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QSplitter,
    QTextBrowser,
    QWidget,
)

from orangecontrib.customs.cases.marked import Piece
from orangecontrib.customs.fusion.colours import FACT_COLOURS
from orangecontrib.customs.i18n import Sayable, say
from orangecontrib.customs.widgets.utils.common.escaping import as_written
from orangecontrib.customs.widgets.utils.common.theme import Theme, theme
from orangecontrib.customs.widgets.utils.common.wording import room, worded
from orangecontrib.customs.widgets.utils.photos.thumbnails import ThumbnailLoader, paint_thumbnail

__all__ = ["EvidenceStrip", "MarkedText", "PhotoStrip", "Thumb"]

words = room("evidencestrip")

#: Photos that are seen without scrolling.
AT_ONCE = 6


@dataclass(frozen=True)
class Thumb:
    """A photo in the strip.

    Attributes
    ----------
    path : str
    title : str
        Its name, and what it says of the fact in hand.
    says : int
        1 for the value of the fact in hand, −1 against it, 0 nothing.
    """

    path: str
    title: str
    says: int = 0


class PhotoStrip(QWidget):
    """Thumbnails in a row; a click or Enter opens one."""

    opened = Signal(int)

    def __init__(self, loader, parent=None):
        super().__init__(parent)
        self._loader = loader
        self.photos: tuple[Thumb, ...] = ()
        self.current = 0
        self.room = 10_000      # pixels for the photos that are seen at once
        self.setFocusPolicy(Qt.StrongFocus)
        worded(self, accessibleName=words("photos"))
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Fixed, QSizePolicy.Expanding)
        self.setCursor(Qt.PointingHandCursor)
        loader.ready.connect(self._ready)

    def fit(self, room: int) -> None:
        """Let the first photos be seen in so many pixels."""
        self.room = room
        self._fit()
        self.update()

    def show_photos(self, photos: Sequence[Thumb]) -> None:
        """Show these photos in place of the others."""
        self.photos = tuple(photos)
        self.current = min(self.current, max(0, len(self.photos) - 1))
        self._fit()
        self.update()

    def _ready(self, path: str):
        if any(photo.path == path for photo in self.photos):
            self.update()

    def _side(self) -> int:
        """As high as the strip; smaller where the first :data:`AT_ONCE` need the room."""
        number = max(1, min(len(self.photos), AT_ONCE))
        return max(24, min(self.height() - 4, self.room // number - 4))

    def _fit(self):
        self.setFixedWidth(max(1, len(self.photos) * (self._side() + 4)))

    def resizeEvent(self, event):
        super().resizeEvent(event)
        if event.size().height() != event.oldSize().height():
            self._fit()

    def _rect(self, number: int) -> QRect:
        side = self._side()
        return QRect(2 + number * (side + 4), 2, side, side)

    def at(self, point) -> int:
        """The photo at a point, -1 for none."""
        return next((number for number in range(len(self.photos))
                     if self._rect(number).contains(point)), -1)

    def paintEvent(self, event):
        painter, colours = QPainter(self), theme(self.palette())
        for number, photo in enumerate(self.photos):
            rect = self._rect(number)
            paint_thumbnail(painter, rect, self._loader.get(photo.path), self.palette())
            if photo.says:
                colour = colours.good if photo.says > 0 else colours.bad
                painter.setPen(QPen(colour, 3))
                painter.drawRect(rect.adjusted(1, 1, -2, -2))
                sign = QRect(rect.right() - 17, rect.top() + 3, 15, 15)
                painter.fillRect(sign, colours.ground)
                painter.drawLine(sign.left() + 3, sign.center().y(), sign.right() - 3,
                                 sign.center().y())
                if photo.says > 0:
                    painter.drawLine(sign.center().x(), sign.top() + 3, sign.center().x(),
                                     sign.bottom() - 3)
            if self.hasFocus() and number == self.current:
                painter.setPen(QPen(colours.text, 1, Qt.DotLine))
                painter.drawRect(rect.adjusted(4, 4, -5, -5))

    def mouseMoveEvent(self, event):
        number = self.at(event.pos())
        self.setToolTip("" if number < 0 else as_written(self.photos[number].title))

    def mouseReleaseEvent(self, event):
        number = self.at(event.pos())
        if number >= 0 and event.button() == Qt.LeftButton:
            self.current = number
            self.opened.emit(number)

    def keyPressEvent(self, event):
        step = {Qt.Key_Left: -1, Qt.Key_Right: 1}.get(event.key())
        if step is not None and self.photos:
            self.current = min(max(0, self.current + step), len(self.photos) - 1)
            self.update()
        elif event.key() == Qt.Key_Space and self.photos:
            self.opened.emit(self.current)
        else:
            super().keyPressEvent(event)


class MarkedText(QTextBrowser):
    """A description; the words that speak of facts stand on the facts' colours."""

    #: Words were clicked: the fact that they speak of.
    chosen = Signal(str)

    def __init__(self, parent=None):
        super().__init__(parent, openLinks=False)
        worded(self, accessibleName=words("description"),
               placeholderText=words("no_description"))
        self.setFrameShape(QFrame.NoFrame)
        self.document().setDocumentMargin(2)
        self.pieces: tuple[Piece, ...] = ()
        self.fact = ""

    def show_pieces(self, pieces: Sequence[Piece], fact: str = "") -> None:
        """Show a description; the words of one fact stand out."""
        self.pieces, self.fact = tuple(pieces), fact
        self.clear()
        colours, cursor, place = theme(self.palette()), QTextCursor(self.document()), None
        for piece in self.pieces:
            if place is None and fact in piece.facts:
                place = cursor.position()
            cursor.insertText(piece.text, self._style(piece, colours))
        self.moveCursor(QTextCursor.Start)
        if place is not None:
            cursor.setPosition(place)
            self.setTextCursor(cursor)
            self.ensureCursorVisible()

    def _style(self, piece: Piece, colours: Theme) -> QTextCharFormat:
        style = QTextCharFormat()
        style.setForeground(colours.text)
        if piece.facts:
            mine = self.fact if self.fact in piece.facts else piece.facts[0]
            ground, text = colours.marker(FACT_COLOURS[mine])
            style.setBackground(ground)
            style.setForeground(text)
            if self.fact in piece.facts:
                style.setFontWeight(QFont.Bold)
                style.setFontUnderline(True)
            style.setToolTip(as_written("\n".join(map(say, piece.said))))
        return style

    def mouseReleaseEvent(self, event):
        super().mouseReleaseEvent(event)
        if event.button() == Qt.LeftButton and not self.textCursor().hasSelection():
            if fact := self.fact_at(self.cursorForPosition(event.pos()).position()):
                self.chosen.emit(fact)

    def fact_at(self, position: int) -> str:
        """The fact of which the words at a place of the text speak, "" for none."""
        start = 0
        for piece in self.pieces:
            start += len(piece.text.encode("utf-16-le")) // 2  # Qt counts UTF-16 units
            if position < start:
                return piece.facts[0] if piece.facts else ""
        return ""


class EvidenceStrip(QSplitter):
    """The photos, as far as there are any, beside the description."""

    HEIGHT = 76

    def __init__(self, parent=None):
        super().__init__(Qt.Horizontal, parent, childrenCollapsible=False)
        self.loader = ThumbnailLoader(self)
        self.photos = PhotoStrip(self.loader)
        self.scroll = QScrollArea(widgetResizable=True)
        self.scroll.setFrameShape(QFrame.NoFrame)
        self.scroll.setVerticalScrollBarPolicy(Qt.ScrollBarAlwaysOff)
        self.scroll.setWidget(self.photos)
        self.text = MarkedText()
        self.hint = QLabel(wordWrap=True, textFormat=Qt.PlainText, alignment=Qt.AlignCenter)
        for widget in (self.scroll, self.hint, self.text):
            self.addWidget(widget)
        self.setStretchFactor(2, 1)
        self.setMinimumHeight(24)

    def sizeHint(self):
        return QSize(560, self.HEIGHT)

    def show_photos(self, photos: Sequence[Thumb], hint: Sayable = "") -> None:
        """Show photos; without any, what is to be done to see them."""
        self.photos.show_photos(photos)
        self.scroll.setVisible(bool(photos))
        worded(self.hint, text=hint)
        self.hint.setVisible(not photos and bool(hint))
        self._share()

    def wanted(self) -> int:
        """The height that shows all of it, but no more than :data:`HEIGHT`."""
        if self.photos.photos:
            return self.HEIGHT
        text = self.text.document().size().height() + 6
        return int(min(max(text, self.minimumHeight()), self.HEIGHT))

    def _share(self):
        """Half of the width for the photos, if they need it; the rest for the text."""
        half = max(110, self.width() // 2)
        self.photos.fit(half - 2)
        few = len(self.photos.photos) <= AT_ONCE
        self.scroll.setHorizontalScrollBarPolicy(
            Qt.ScrollBarAlwaysOff if few else Qt.ScrollBarAsNeeded)
        left = min(self.photos.width() + 4, half + 4) if self.photos.photos else 130
        self.setSizes([left, left, max(120, self.width() - left)])

    def resizeEvent(self, event):
        super().resizeEvent(event)
        self._share()

    def stop(self) -> None:
        """End the thread; call it before the owner goes."""
        self.loader.stop()
