"""A gallery of photos: thumbnails, each with a title and, where given, bars of features."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from AnyQt.QtCore import QAbstractListModel, QModelIndex, QRect, QSize, Qt
from AnyQt.QtGui import QBrush, QColor, QFontMetrics, QPainter, QPalette, QPen
from AnyQt.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from orangecontrib.customs.photos.chips import Chip
from orangecontrib.customs.widgets.utils.common.theme import readable, theme
from orangecontrib.customs.widgets.utils.photos.thumbnails import ThumbnailLoader, paint_thumbnail

__all__ = ["Mark", "Tile", "TileModel", "PhotoGallery", "paint_bar", "thumbnail_side"]

TileRole = Qt.UserRole + 1

_MARGIN = 6


@dataclass(frozen=True)
class Mark:
    """How far the work on a photo is: a bar below the thumbnail, a text in its corner."""

    done: float
    text: str = ""


@dataclass(frozen=True)
class Tile:
    """What one cell of the gallery shows."""

    path: str
    title: str
    chips: tuple[Chip, ...] = ()
    mark: Mark | None = None


class TileModel(QAbstractListModel):
    """Tiles that are made when they are painted: 20 000 photos cost nothing."""

    def __init__(self, parent=None):
        super().__init__(parent)
        self._count = 0
        self._tile: Callable[[int], Tile] | None = None
        self._tooltip: Callable[[int], str] | None = None

    def set_tiles(self, count: int, tile: Callable[[int], Tile] | None = None,
                  tooltip: Callable[[int], str] | None = None) -> None:
        self.beginResetModel()
        self._count, self._tile, self._tooltip = count, tile, tooltip
        self.endResetModel()

    def rowCount(self, parent=QModelIndex()):  # noqa: B008 – Qt's own signature
        return 0 if parent.isValid() else self._count

    def data(self, index, role=Qt.DisplayRole):
        if not index.isValid() or not 0 <= index.row() < self._count:
            return None
        if role == TileRole:
            return self._tile(index.row())
        if role in (Qt.DisplayRole, Qt.AccessibleTextRole):
            tile = self._tile(index.row())
            said = ", ".join(f"{chip.text} {chip.value:.2f}" for chip in tile.chips)
            return f"{tile.title}: {said}" if said else tile.title
        if role == Qt.ToolTipRole and self._tooltip is not None:
            return self._tooltip(index.row())
        return None


class _TileDelegate(QStyledItemDelegate):
    def __init__(self, loader: ThumbnailLoader, bars: bool, parent=None):
        super().__init__(parent)
        self._loader = loader
        self._bars = bars

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex):
        tile = index.data(TileRole)
        if tile is None:
            return
        painter.save()
        painter.setClipRect(option.rect)
        palette = option.palette
        cell = option.rect.adjusted(3, 3, -3, -3)
        selected = bool(option.state & QStyle.State_Selected)
        _paint_card(painter, cell, palette, selected, bool(option.state & QStyle.State_HasFocus))
        inside = cell.adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
        line = option.fontMetrics.height()
        pixmap = self._loader.get(tile.path) if tile.path else None
        painter.setFont(option.font)
        if self._bars:
            side = thumbnail_side(inside)
            paint_thumbnail(painter, QRect(inside.x(), inside.y(), side, inside.height()),
                            pixmap, palette)
            right = inside.adjusted(side + 2 * _MARGIN, 0, 0, 0)
            self._title(painter, QRect(right.x(), right.y(), right.width(), line),
                        tile.title, option)
            top = right.y() + line + 3
            height = (right.bottom() - top + 1) // max(4, len(tile.chips))
            for number, chip in enumerate(tile.chips):
                paint_bar(painter, QRect(right.x(), top + number * height,
                                         right.width(), height - 3), chip, palette)
        else:
            side = inside.height() - line - 3
            paint_thumbnail(painter, QRect(inside.x(), inside.y(), inside.width(), side),
                            pixmap, palette)
            if tile.mark is not None:
                _paint_mark(painter, QRect(inside.x(), inside.y(), inside.width(), side),
                            tile.mark, palette)
            self._title(painter, QRect(inside.x(), inside.bottom() - line + 1,
                                       inside.width(), line), tile.title, option, Qt.AlignHCenter)
        painter.restore()

    @staticmethod
    def _title(painter, rect, text, option, align=Qt.AlignLeft):
        painter.setPen(option.palette.color(QPalette.Text))
        metrics = QFontMetrics(painter.font())
        painter.drawText(rect, int(align | Qt.AlignVCenter),
                         metrics.elidedText(text, Qt.ElideMiddle, rect.width()))

    def sizeHint(self, option, index):
        view = self.parent()
        return view.gridSize() if isinstance(view, QListView) else QSize(280, 150)


def thumbnail_side(inside: QRect) -> int:
    """Pixels of a thumbnail beside bars, which need the room for their words."""
    return min(inside.height(), 27 * inside.width() // 100)


def _paint_card(painter, rect, palette, selected, focused):
    highlight = QColor(palette.color(QPalette.Highlight))
    border = highlight if selected or focused else QColor(palette.color(QPalette.Mid))
    if selected:
        highlight.setAlpha(55)
        painter.setBrush(QBrush(highlight))
    else:
        border.setAlpha(90)
        painter.setBrush(palette.color(QPalette.Base))
    painter.setRenderHint(QPainter.Antialiasing)
    painter.setPen(QPen(border, 1))
    painter.drawRoundedRect(rect.adjusted(0, 0, -1, -1), 4, 4)
    painter.setRenderHint(QPainter.Antialiasing, False)


def _paint_mark(painter, rect, mark, palette):
    """A bar over the lower edge of a thumbnail; green with a tick when all is done."""
    side = min(rect.width(), rect.height())
    square = QRect(rect.center().x() - side // 2, rect.y(), side, side)
    colour = QColor("#2e7d32" if mark.done >= 1 else "#e08a1e")
    track = QColor(palette.color(QPalette.Text))
    track.setAlpha(35)
    bar = QRect(square.x(), square.bottom() - 4, square.width(), 5)
    painter.fillRect(bar, track)
    painter.fillRect(QRect(bar.x(), bar.y(), round(bar.width() * mark.done), bar.height()),
                     colour)
    text = f"{mark.text} \N{CHECK MARK}".strip() if mark.done >= 1 else mark.text
    if not text:
        return
    metrics = QFontMetrics(painter.font())
    corner = QRect(square.x(), square.y(), metrics.horizontalAdvance(text) + 8,
                   metrics.height() + 1)
    painter.fillRect(corner, colour)
    painter.setPen(readable("white", colour))
    painter.drawText(corner, int(Qt.AlignCenter), text)


def paint_bar(painter: QPainter, rect: QRect, chip: Chip, palette: QPalette) -> None:
    """A feature: its name and probability over a bar of that length.

    Grey when the photo can't show it; dashed when it is damped, for want of real photos.
    """
    painter.save()
    colour = QColor(chip.colour) if chip.judged else QColor(150, 150, 150)
    fill = QColor(colour)
    fill.setAlpha(110 if chip.judged else 50)
    track = QColor(palette.color(QPalette.Text))
    track.setAlpha(14)
    painter.fillRect(rect, track)
    width = round(rect.width() * min(max(chip.value, 0), 1))
    painter.fillRect(QRect(rect.x(), rect.y(), width, rect.height()), fill)
    painter.fillRect(QRect(rect.x(), rect.y(), 3, rect.height()), colour)
    if chip.made_only:
        painter.setBrush(Qt.NoBrush)
        painter.setPen(QPen(colour, 1, Qt.DashLine))
        painter.drawRect(rect.adjusted(0, 0, -1, -1))
    font = painter.font()
    font.setPointSizeF(max(font.pointSizeF() * .88, 6))
    painter.setFont(font)
    metrics = QFontMetrics(font)
    colours = theme(palette)
    painter.setPen(colours.text if chip.judged else colours.quiet)
    number = f"{chip.value:.2f}"
    inside = rect.adjusted(7, 0, -4, 0)
    taken = metrics.horizontalAdvance(number) + 6
    painter.drawText(inside, int(Qt.AlignRight | Qt.AlignVCenter), number)
    painter.drawText(inside, int(Qt.AlignLeft | Qt.AlignVCenter),
                     metrics.elidedText(chip.text, Qt.ElideRight, inside.width() - taken))
    painter.restore()


class PhotoGallery(QListView):
    """Photos in a grid that fills the width; scrolls smoothly, selects by mouse and keys.

    Parameters
    ----------
    bars : bool
        Room for bars of features to the right of each thumbnail.
    """

    def __init__(self, loader: ThumbnailLoader, bars: bool = False, parent=None):
        super().__init__(
            parent, viewMode=QListView.IconMode, movement=QListView.Static,
            resizeMode=QListView.Adjust, layoutMode=QListView.Batched, uniformItemSizes=True,
            selectionMode=QAbstractItemView.ExtendedSelection,
            verticalScrollMode=QAbstractItemView.ScrollPerPixel,
            horizontalScrollBarPolicy=Qt.ScrollBarAlwaysOff,
            verticalScrollBarPolicy=Qt.ScrollBarAlwaysOn)
        self.setBatchSize(400)
        self.setMinimumSize(180, 150)
        self._bars = bars
        self._loader = loader
        self._tiles = TileModel(self)
        self.setModel(self._tiles)
        self.setItemDelegate(_TileDelegate(loader, bars, self))
        self.verticalScrollBar().setSingleStep(24)
        # a thumbnail that came: the viewport repaints what is visible, nothing is laid out again
        loader.ready.connect(self._repaint)
        self._fit()

    def set_tiles(self, count: int, tile=None, tooltip=None) -> None:
        """Show `count` photos; ``tile(i)`` and ``tooltip(i)`` are asked when needed."""
        self._tiles.set_tiles(count, tile, tooltip)
        self.scrollToTop()

    def refresh(self) -> None:
        """Ask again for what is on the screen; nothing is laid out again."""
        self.viewport().update()

    def selected_rows(self) -> Sequence[int]:
        return sorted(index.row() for index in self.selectionModel().selectedIndexes())

    def _repaint(self, _):
        self.viewport().update()

    def resizeEvent(self, event):
        self._fit()
        super().resizeEvent(event)

    def _fit(self):
        width = max(self.viewport().width() - 2, 120)
        line = self.fontMetrics().height()
        # bars have room for the name of any height
        wanted = 34 * self.fontMetrics().horizontalAdvance("0") if self._bars else 132
        columns = max(1, width // wanted)
        height = line + 3 + 4 * (line + 5) + 2 * _MARGIN + 6 if self._bars else 124 + line
        size = QSize(width // columns, height)
        if size != self.gridSize():
            self.setGridSize(size)
