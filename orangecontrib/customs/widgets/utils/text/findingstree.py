"""What is read in a description, a statement per row, whole in whatever width there is."""
from __future__ import annotations

from collections.abc import Sequence

from AnyQt.QtCore import QRect, QSize, Qt
from AnyQt.QtWidgets import QHeaderView, QStyledItemDelegate, QTreeWidget

__all__ = ["FindingsTree", "widths_of"]

#: Pixels that a cell needs beside its words.
MARGIN = 10


def widths_of(least: Sequence[int], natural: Sequence[int], room: int) -> list[int]:
    """Widths of columns: as their texts are, or where there is less room, no word is torn.

    Where words have no room either, each column has its share of it.

    >>> widths_of((50, 50), (80, 100), 200), widths_of((50, 50), (80, 100), 116)
    ([80, 100], [56, 60])
    >>> widths_of((50, 50), (80, 100), 90)
    [45, 45]
    """
    if 0 < room < sum(least):
        return [room * low // sum(least) for low in least]
    wanted, left = sum(natural) - sum(least), room - sum(least)
    share = 1. if wanted <= left or not wanted else max(0., left / wanted)
    return [int(low + share * (whole - low)) for low, whole in zip(least, natural, strict=True)]


class _Wrapping(QStyledItemDelegate):
    """Cells as high as their words need in the width that their column has."""

    def sizeHint(self, option, index):
        size = super().sizeHint(option, index)
        column = option.widget.columnWidth(index.column())
        room = option.fontMetrics.boundingRect(
            QRect(0, 0, column - MARGIN, 10_000), int(Qt.TextWordWrap), index.data() or "")
        return QSize(size.width(), max(size.height(), room.height() + 4))


class FindingsTree(QTreeWidget):
    """Rows whose first columns wrap; those behind them have the width of what they hold.

    Parameters
    ----------
    wrapped : int
        How many columns wrap.
    """

    def __init__(self, wrapped: int, parent=None):
        super().__init__(parent, rootIsDecorated=False, alternatingRowColors=True, wordWrap=True)
        self._wrapped = wrapped
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarAlwaysOff)
        self.setItemDelegate(_Wrapping(self))
        header = self.header()
        header.setStretchLastSection(False)
        header.setMinimumSectionSize(20)
        header.setSectionResizeMode(QHeaderView.Interactive)

    def fit(self) -> None:
        """Give the columns their widths; to be called when the rows or the headers are others."""
        fixed = range(self._wrapped, self.columnCount())
        for column in fixed:
            self.resizeColumnToContents(column)
        texts = [[self.headerItem().text(column),
                  *(self.topLevelItem(row).text(column)
                    for row in range(self.topLevelItemCount()))]
                 for column in range(self._wrapped)]
        width = self.fontMetrics().horizontalAdvance
        widths = widths_of(
            [max(width(word) for text in some for word in text.split()) + MARGIN + 1
             for some in texts],
            [max(map(width, some)) + MARGIN + 1 for some in texts],
            self.viewport().width() - sum(map(self.columnWidth, fixed)))
        for column, wide in enumerate(widths):
            self.setColumnWidth(column, wide)
        self.scheduleDelayedItemsLayout()

    def resizeEvent(self, event):
        super().resizeEvent(event)
        self.fit()
