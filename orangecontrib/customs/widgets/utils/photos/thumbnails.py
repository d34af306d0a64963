"""Thumbnails that are loaded in threads, and only when something wants to paint them."""
from __future__ import annotations

import threading
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor

from AnyQt.QtCore import QObject, QRect, Qt, Signal
from AnyQt.QtGui import QColor, QImage, QPainter, QPalette, QPixmap

from orangecontrib.customs.i18n import Message
from orangecontrib.customs.photos.decode import PhotoError, decode

__all__ = ["ThumbnailLoader", "paint_thumbnail"]

#: Side of a thumbnail, pixels; twice what is painted at most, for fine screens.
SIZE = 224

_KEPT = 600
_WAITING = 150


class ThumbnailLoader(QObject):
    """Pictures by path: from memory, or None now and a signal when it has been loaded.

    The newest request is served first and old ones are forgotten, so that what is on the
    screen comes first while a user scrolls through thousands.

    Parameters
    ----------
    size : int
        Side of a picture, pixels.
    kept : int
        Pictures that stay in memory.
    """

    #: The picture at this path can be painted now (or is known to be unreadable).
    ready = Signal(str)

    _loaded = Signal(str, QImage, object)

    def __init__(self, parent=None, size: int = SIZE, kept: int = _KEPT):
        super().__init__(parent)
        self._size, self._kept = size, kept
        #: Why a picture can't be read, by path.
        self.reasons: dict[str, Message] = {}
        self._pixmaps: OrderedDict[str, QPixmap] = OrderedDict()
        self._waiting: OrderedDict[str, None] = OrderedDict()
        self._lock = threading.Lock()
        self._executor: ThreadPoolExecutor | None = ThreadPoolExecutor(1, "thumbnails")
        # queued: the worker's signal is handled in the GUI thread
        self._loaded.connect(self._keep, Qt.QueuedConnection)

    def get(self, path: str) -> QPixmap | None:
        """The picture; null if it can't be read, None if it is not there yet."""
        if path in self._pixmaps:
            self._pixmaps.move_to_end(path)
            return self._pixmaps[path]
        if self._executor is not None:
            with self._lock:
                new = path not in self._waiting
                self._waiting[path] = None
                self._waiting.move_to_end(path)
                while len(self._waiting) > _WAITING:
                    self._waiting.popitem(last=False)
            if new:
                self._executor.submit(self._load_next)
        return None

    def retry(self) -> None:
        """Forget what could not be read: it may be there now."""
        for path in self.reasons:
            self._pixmaps.pop(path, None)
        self.reasons.clear()

    def stop(self) -> None:
        """End the thread; call it before the owner goes."""
        with self._lock:
            self._waiting.clear()
        if self._executor is not None:
            self._executor.shutdown(wait=True, cancel_futures=True)
            self._executor = None

    def _load_next(self) -> None:
        with self._lock:
            if not self._waiting:
                return
            path, _ = self._waiting.popitem()
        try:
            size, reason = self._size, None
            array = decode(path, size)
            image = QImage(array.tobytes(), size, size, 3 * size, QImage.Format_RGB888).copy()
        except PhotoError as error:
            image, reason = QImage(), error.reason
        self._loaded.emit(path, image, reason)

    def _keep(self, path: str, image: QImage, reason: Message | None) -> None:
        if reason:
            self.reasons[path] = reason
        self._pixmaps[path] = QPixmap.fromImage(image) if not image.isNull() else QPixmap()
        while len(self._pixmaps) > self._kept:
            self._pixmaps.popitem(last=False)
        self.ready.emit(path)


def paint_thumbnail(painter: QPainter, rect: QRect, pixmap: QPixmap | None,
                    palette: QPalette) -> None:
    """A picture in a square; grey while it loads, crossed out if it can't be read."""
    side = min(rect.width(), rect.height())
    square = QRect(rect.x() + (rect.width() - side) // 2,
                   rect.y() + (rect.height() - side) // 2, side, side)
    painter.save()
    frame = QColor(palette.color(QPalette.Text))
    frame.setAlpha(60)
    if pixmap is not None and not pixmap.isNull():
        painter.setRenderHint(QPainter.SmoothPixmapTransform)
        painter.drawPixmap(square, pixmap)
    else:
        painter.fillRect(square, palette.color(QPalette.AlternateBase))
        if pixmap is not None:
            painter.setPen(frame)
            painter.drawLine(square.topLeft(), square.bottomRight())
            painter.drawLine(square.topRight(), square.bottomLeft())
    painter.setBrush(Qt.NoBrush)
    painter.setPen(frame)
    painter.drawRect(square.adjusted(0, 0, -1, -1))
    painter.restore()
