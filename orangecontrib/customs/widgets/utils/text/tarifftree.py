"""The tariff as a tree of checkable branches, for any Qt tree view."""
from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from AnyQt.QtCore import QAbstractItemModel, QModelIndex, Qt
from AnyQt.QtCore import pyqtSignal as Signal
from AnyQt.QtGui import QColor, QFont

from orangecontrib.customs.i18n import say
from orangecontrib.customs.nomenclature import Tariff, spaced
from orangecontrib.customs.widgets.utils.common.wording import room

__all__ = ["TariffModel", "duty_text"]

words = room("tarifftree")
_GREY = QColor("#888888")
_NO_PARENT = QModelIndex()


def duty_text(rate) -> str:
    """A rate for people: a bare number is a percentage."""
    return f"{rate.text} %" if rate.rule == "ad valorem" else rate.text


class TariffModel(QAbstractItemModel):
    """Lines of a tariff; a tick takes a whole branch.

    An index carries the number of its line.  A parent is full, half or empty by what is
    below it; yet a branch that was ticked stays the one that was meant, though it be the
    only one of its parent: another edition may have more.
    """

    HEADER = words("line"), words("unit"), words("duty")
    #: The user or the program changed ticks.
    checks_changed = Signal()

    def __init__(self, parent=None):
        super().__init__(parent)
        self.set_tariff(None)

    # -- content

    def set_tariff(self, tariff: Tariff | None) -> None:
        """Show an edition, nothing ticked, nothing hidden."""
        self.beginResetModel()
        self.tariff = tariff
        size = 0 if tariff is None else len(tariff.lines)
        self._chosen: set[int] = set()
        #: Lines that count: an intermediate line without children is not a code
        self._counted = np.array([bool(line.code) and not tariff.children[n]
                                  for n, line in enumerate(tariff.lines)] if size else [],
                                 dtype=bool)
        self._total = np.concatenate([[0], np.cumsum(self._counted)])
        self._sum = np.zeros(size + 1, dtype=int)
        self._set_hits(None)
        self.endResetModel()

    def set_hits(self, hits: Iterable[int] | None) -> None:
        """Show only found lines, what is above them and what is below; None shows all."""
        self.beginResetModel()
        self._set_hits(hits)
        self.endResetModel()

    def shows(self, number: int) -> bool:
        """A line is not hidden by a search."""
        return self._shown is None or bool(self._shown[number])

    def _set_hits(self, hits: Iterable[int] | None) -> None:
        tariff = self.tariff
        self.hits = frozenset() if hits is None else frozenset(hits)
        if tariff is None:
            self._roots, self._children, self._row = [], [], []
            return
        self._roots, self._children, self._shown = tariff.roots, tariff.children, None
        if hits is not None:
            shown = np.zeros(len(tariff.lines), dtype=bool)
            for hit in self.hits:
                shown[hit:tariff.ends[hit]] = True
                above = tariff.lines[hit].parent
                while above is not None and not shown[above]:
                    shown[above] = True
                    above = tariff.lines[above].parent
            self._shown = shown
            self._roots = [n for n in tariff.roots if shown[n]]
            self._children = [[n for n in below if shown[n]] for below in tariff.children]
        self._row = [0] * len(tariff.lines)
        for siblings in (self._roots, *self._children):
            for row, number in enumerate(siblings):
                self._row[number] = row

    # -- ticks

    def check_codes(self, codes: Iterable[str]) -> list[str]:
        """Tick exactly these branches; returns the codes that the edition lacks."""
        self._chosen.clear()
        missing = []
        for code in codes:
            number = None if self.tariff is None else self.tariff.find(code)
            if number is None:
                missing.append(code)
            else:
                self._tick(number)
        self._changed()
        return missing

    def add_codes(self, codes: Iterable[str]) -> None:
        """Tick these branches, too, where the edition has them."""
        for number in map(self.tariff.find, codes):
            if number is not None:
                self._tick(number)
        self._changed()

    def branches(self) -> list[int]:
        """The coded lines whose branches are ticked, none below another."""
        found, waiting = [], sorted(self._chosen, reverse=True)
        while waiting:
            number = waiting.pop()
            if self.tariff.lines[number].code:
                found.append(number)
            else:  # an intermediate line stands for the lines below it
                waiting.extend(reversed(self.tariff.children[number]))
        return found

    def _tick(self, number: int) -> None:
        if self._ticked_above(number) is None:
            self._forget_below(number)
            self._chosen.add(number)

    def _untick(self, number: int) -> None:
        """The rest of a ticked branch stays ticked."""
        above = self._ticked_above(number)
        if above is not None:
            self._chosen.remove(above)
            line = number
            while line != above:
                parent = self.tariff.lines[line].parent
                self._chosen.update(n for n in self.tariff.children[parent] if n != line)
                line = parent
        self._forget_below(number)

    def _ticked_above(self, number: int | None) -> int | None:
        """The ticked line that a line is or stands below."""
        while number is not None and number not in self._chosen:
            number = self.tariff.lines[number].parent
        return number

    def _forget_below(self, number: int) -> None:
        self._chosen -= {n for n in self._chosen if number <= n < self.tariff.ends[number]}

    def _changed(self) -> None:
        ticked = np.zeros_like(self._counted)
        for number in self._chosen:
            ticked[number:self.tariff.ends[number]] = True
        np.cumsum(ticked & self._counted, out=self._sum[1:])
        self.checks_changed.emit()

    def _count(self, number: int) -> tuple[int, int]:
        end = self.tariff.ends[number]
        return (int(self._sum[end] - self._sum[number]),
                int(self._total[end] - self._total[number]))

    # -- Qt's side

    def line_of(self, index: QModelIndex) -> int | None:
        """The number of an index' line."""
        return index.internalId() if index.isValid() else None

    def index_of(self, number: int) -> QModelIndex:
        """The index of a line that is shown."""
        return self.createIndex(self._row[number], 0, number)

    def index(self, row, column, parent=_NO_PARENT):
        siblings = self._children[parent.internalId()] if parent.isValid() else self._roots
        if 0 <= row < len(siblings) and 0 <= column < len(self.HEADER):
            return self.createIndex(row, column, siblings[row])
        return QModelIndex()

    def parent(self, index):
        above = self.tariff.lines[index.internalId()].parent if index.isValid() else None
        return QModelIndex() if above is None else self.createIndex(self._row[above], 0, above)

    def rowCount(self, parent=_NO_PARENT):
        if not parent.isValid():
            return len(self._roots)
        return len(self._children[parent.internalId()]) if parent.column() == 0 else 0

    def columnCount(self, parent=_NO_PARENT):
        return len(self.HEADER)

    def headerData(self, section, orientation, role=Qt.DisplayRole):
        if orientation == Qt.Horizontal and role == Qt.DisplayRole:
            return say(self.HEADER[section])
        return None

    def flags(self, index):
        flags = Qt.ItemIsEnabled | Qt.ItemIsSelectable
        if index.isValid() and index.column() == 0 and self._count(index.internalId())[1]:
            flags |= Qt.ItemIsUserCheckable
        return flags

    def data(self, index, role=Qt.DisplayRole):
        if not index.isValid():
            return None
        number, column = index.internalId(), index.column()
        line = self.tariff.lines[number]
        if role == Qt.DisplayRole:
            if column == 0:
                title = self.tariff.title(number)
                return f"{spaced(line.code)}   {title}" if line.text and line.code else title
            return line.unit if column == 1 else duty_text(line.rate)
        if role == Qt.CheckStateRole and column == 0:
            ticked, total = self._count(number)
            if not total:
                return None
            return Qt.Unchecked if not ticked else \
                Qt.Checked if ticked == total else Qt.PartiallyChecked
        if role == Qt.ToolTipRole:
            return duty_text(line.rate) if column == 2 else \
                f"<p>{self.tariff.full_text(number)}</p>"
        if role == Qt.FontRole and number in self.hits:
            font = QFont()
            font.setBold(True)
            return font
        if role == Qt.ForegroundRole and not line.code:
            return _GREY
        return None

    def setData(self, index, value, role=Qt.EditRole):
        if role != Qt.CheckStateRole or not index.isValid():
            return False
        number = index.internalId()
        if Qt.CheckState(value) == Qt.Checked:
            self._tick(number)
        else:
            self._untick(number)
        self.dataChanged.emit(index, index)
        self._changed()
        return True
