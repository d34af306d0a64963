"""The extractor's gallery: photos with bars of features that can be clicked."""
from __future__ import annotations

from AnyQt.QtCore import QPoint, QRect, Qt
from AnyQt.QtCore import pyqtSignal as Signal

from orangecontrib.customs.photos.chips import Chip
from orangecontrib.customs.widgets.utils.photos.gallery import (
    PhotoGallery,
    TileRole,
    thumbnail_side,
)

__all__ = ["FeatureGallery"]

#: As the gallery paints its tiles: around a card, and inside of it.
_AROUND, _INSIDE = 3, 6


class FeatureGallery(PhotoGallery):
    """Photos with bars of features; a click on a bar tells which."""

    #: The bar of the feature with this id was clicked.
    feature_clicked = Signal(str)

    #: The photo in this row was double-clicked, or Enter was pressed on it.
    opened = Signal(int)

    def __init__(self, loader, parent=None):
        super().__init__(loader, bars=True, parent=parent)
        self._pressed: Chip | None = None
        self.setMouseTracking(True)
        self.doubleClicked.connect(lambda index: self.opened.emit(index.row()))

    def chip_at(self, position: QPoint) -> Chip | None:
        """The bar at a place of the viewport."""
        index = self.indexAt(position)
        tile = index.data(TileRole) if index.isValid() else None
        if tile is None:
            return None
        for number, chip in enumerate(tile.chips):
            if self.chip_rect(self.visualRect(index), number, len(tile.chips)).contains(position):
                return chip
        return None

    def chip_rect(self, cell: QRect, number: int, count: int) -> QRect:
        """Where a bar is painted in a cell."""
        margin = _AROUND + _INSIDE
        inside = cell.adjusted(margin, margin, -margin, -margin)
        right = inside.adjusted(thumbnail_side(inside) + 2 * _INSIDE, 0, 0, 0)
        top = right.y() + self.fontMetrics().height() + 3
        height = (right.bottom() - top + 1) // max(4, count)
        return QRect(right.x(), top + number * height, right.width(), height - 3)

    def mouseMoveEvent(self, event):
        chip = self.chip_at(event.pos())
        self.viewport().setCursor(Qt.PointingHandCursor if chip is not None and chip.feature
                                  else Qt.ArrowCursor)
        super().mouseMoveEvent(event)

    def mousePressEvent(self, event):
        self._pressed = self.chip_at(event.pos())
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event):
        super().mouseReleaseEvent(event)
        chip, self._pressed = self._pressed, None
        # shift and control select; a press that ends elsewhere drags
        if event.button() == Qt.LeftButton and not event.modifiers() \
                and chip is not None and chip.feature and chip == self.chip_at(event.pos()):
            self.feature_clicked.emit(chip.feature)

    def keyPressEvent(self, event):
        index = self.currentIndex()
        if event.key() in (Qt.Key_Return, Qt.Key_Enter) and index.isValid():
            self.opened.emit(index.row())
            event.accept()
            return
        super().keyPressEvent(event)
