"""One photo, as large as there is room; the wheel looks closer."""
from __future__ import annotations

from AnyQt.QtCore import QPointF, QRectF, Qt
from AnyQt.QtGui import QColor, QPainter, QPalette, QPixmap
from AnyQt.QtWidgets import QSizePolicy, QWidget

from orangecontrib.customs.i18n import Sayable, say
from orangecontrib.customs.widgets.utils.common.wording import room, spoken, worded

__all__ = ["PhotoView"]

words = room("photoview")

_CLOSEST = 8.


class PhotoView(QWidget):
    """Shows a picture, or says why there is none.

    The wheel zooms about the pointer, dragging moves, a double click shows all again.
    """

    def __init__(self, parent=None):
        super().__init__(parent)
        self._pixmap: QPixmap | None = None
        self._text: Sayable = ""
        self._zoom, self._offset, self._grip = 1., QPointF(), None
        self.setMinimumSize(160, 160)
        self.setSizePolicy(QSizePolicy.Expanding, QSizePolicy.Expanding)
        worded(self, toolTip=words("tip"))
        spoken(self, "text", QWidget.update)

    @property
    def text(self) -> str:
        """What is written where there is no picture."""
        return say(self._text)

    def show_photo(self, pixmap: QPixmap | None, text: Sayable = "", new: bool = True) -> None:
        """Show a picture; without one, `text`.  A new photo is shown as a whole."""
        self._pixmap, self._text = pixmap, text
        if new:
            self._reset()
        self.update()

    def _reset(self):
        self._zoom, self._offset = 1., QPointF()

    def _target(self) -> QRectF:
        side = (min(self.width(), self.height()) - 4) * self._zoom
        centre = QPointF(self.width() / 2, self.height() / 2) + self._offset
        return QRectF(centre.x() - side / 2, centre.y() - side / 2, side, side)

    def paintEvent(self, event):
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.palette().color(QPalette.Base))
        if self._pixmap is not None and not self._pixmap.isNull():
            painter.setRenderHint(QPainter.SmoothPixmapTransform)
            painter.drawPixmap(self._target(), self._pixmap, QRectF(self._pixmap.rect()))
        else:
            painter.setPen(self.palette().color(QPalette.Text))
            painter.drawText(self.rect().adjusted(12, 12, -12, -12),
                             int(Qt.AlignCenter | Qt.TextWordWrap), self.text)
        frame = QColor(self.palette().color(QPalette.Text))
        frame.setAlpha(50)
        painter.setPen(frame)
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def wheelEvent(self, event):
        if self._pixmap is None or self._pixmap.isNull() or not event.angleDelta().y():
            event.ignore()
            return
        factor = 1.25 if event.angleDelta().y() > 0 else .8
        zoom = min(max(self._zoom * factor, 1.), _CLOSEST)
        point = event.position() if hasattr(event, "position") else QPointF(event.pos())
        # the spot under the pointer stays there
        from_centre = point - QPointF(self.width() / 2, self.height() / 2) - self._offset
        self._offset -= from_centre * (zoom / self._zoom - 1)
        self._zoom = zoom
        if zoom == 1:
            self._offset = QPointF()
        self.update()
        event.accept()

    def mousePressEvent(self, event):
        if event.button() == Qt.LeftButton and self._zoom > 1:
            self._grip = QPointF(event.pos()) - self._offset

    def mouseMoveEvent(self, event):
        if self._grip is not None:
            self._offset = QPointF(event.pos()) - self._grip
            self.update()

    def mouseReleaseEvent(self, event):
        self._grip = None

    def mouseDoubleClickEvent(self, event):
        self._reset()
        self.update()
