"""A list of goods: sortable, filtered while one types, quick with 100 000 rows."""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from AnyQt.QtCore import QAbstractTableModel, QItemSelectionModel, QModelIndex, Qt
from AnyQt.QtCore import pyqtSignal as Signal
from AnyQt.QtGui import QColor
from AnyQt.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from orangecontrib.customs.i18n import Sayable, say
from orangecontrib.customs.widgets.utils.common.escaping import as_written
from orangecontrib.customs.widgets.utils.common.wording import room, spoken, worded

__all__ = ["Column", "GoodsModel", "GoodsList", "report_rows"]

words = room("goodslist")


@dataclass(frozen=True)
class Column:
    """How one column of the list is shown; functions get the row's object.

    Attributes
    ----------
    header : Message or str
    text : callable
    sort_key : callable, optional
        What the column sorts by (default: its text).
    right : bool
        Numbers stand at the right edge.
    colour : callable, optional
        Colour name of the text, or None.
    tooltip : callable, optional
    header_tooltip : Message or str
    most : int
        Pixels that it takes at most by itself.
    widest : str
        A text for which there is always room, whatever the rows hold.
    stretch : bool
        Takes the room that the others leave.
    hidden : bool
        Shown only if the user wants to see it.
    """

    header: Sayable
    text: Callable[[Any], str]
    sort_key: Callable[[Any], Any] | None = None
    right: bool = False
    colour: Callable[[Any], str | None] | None = None
    tooltip: Callable[[Any], str] | None = None
    header_tooltip: Sayable = ""
    most: int = 260
    widest: str = ""
    stretch: bool = False
    hidden: bool = False

    @property
    def name(self) -> str:
        """By which it is kept in settings, whatever language is spoken."""
        return say(self.header, "en")


class GoodsModel(QAbstractTableModel):
    """Rows in a chosen order.

    Sorting and filtering happen in Python on a list of row numbers: a proxy
    model would ask for each cell a dozen times.
    """

    def __init__(self, columns: Sequence[Column], parent=None):
        super().__init__(parent)
        self.columns = tuple(columns)
        self.rows: list = []
        self._order: list[int] = []
        self._sort: tuple[int, bool] | None = None
        self._filter = ""
        self._queue: Callable[[Any], Any] | None = None

    # -- the goods

    def set_rows(self, rows: Sequence) -> None:
        """Replace all rows; the order and the filter stay."""
        self.rows = list(rows)
        self._arrange()

    def set_row(self, row: int, value) -> None:
        """Replace one row where it stands."""
        self.rows[row] = value
        if row in self._order:
            shown = self._order.index(row)
            self.dataChanged.emit(self.index(shown, 0),
                                  self.index(shown, len(self.columns) - 1))

    def add_rows(self, rows: Sequence) -> None:
        """Further rows; they stand where the order has them."""
        self.rows += rows
        self._arrange()

    def set_queue(self, key: Callable[[Any], Any] | None) -> None:
        """In which order rows stand that no column sorts; None: as they were given."""
        self._queue = key
        self._arrange()

    def set_filter(self, text: str) -> None:
        """Show the rows that hold all the words of `text` in some column."""
        self._filter = text
        self._arrange()

    def source_row(self, shown: int) -> int:
        return self._order[shown]

    def shown_row(self, row: int) -> int:
        """Where a row is shown, -1 where the filter hides it."""
        try:
            return self._order.index(row)
        except ValueError:
            return -1

    def _arrange(self) -> None:
        self.beginResetModel()
        self._order = list(range(len(self.rows)))
        words = self._filter.lower().split()
        if words:
            self._order = [i for i in self._order if self._holds(self.rows[i], words)]
        if (queue := self._queue) is not None:
            self._order.sort(key=lambda i: queue(self.rows[i]))
        if self._sort is not None:
            column, descending = self._sort
            spec = self.columns[column]
            key = spec.sort_key or spec.text
            self._order.sort(key=lambda i: key(self.rows[i]), reverse=descending)
        self.endResetModel()

    def _holds(self, row, words: list[str]) -> bool:
        text = " ".join(column.text(row) for column in self.columns).lower()
        return all(word in text for word in words)

    # -- QAbstractTableModel

    def rowCount(self, parent=QModelIndex()):  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._order)

    def columnCount(self, parent=QModelIndex()):  # noqa: B008
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index, role=Qt.DisplayRole):
        column = self.columns[index.column()]
        row = self.rows[self._order[index.row()]]
        if role == Qt.DisplayRole:
            return column.text(row)
        if role == Qt.ToolTipRole:
            return as_written(column.tooltip(row) if column.tooltip else column.text(row))
        if role == Qt.TextAlignmentRole and column.right:
            return Qt.AlignRight | Qt.AlignVCenter
        if role == Qt.ForegroundRole and column.colour is not None:
            colour = column.colour(row)
            return QColor(colour) if colour else None
        return None

    def headerData(self, section, orientation, role=Qt.DisplayRole):
        if orientation == Qt.Horizontal:
            if role == Qt.DisplayRole:
                return say(self.columns[section].header)
            if role == Qt.ToolTipRole:
                return say(self.columns[section].header_tooltip) or None
        return None

    def sort(self, column, order=Qt.AscendingOrder):
        self._sort = None if column < 0 else (column, order == Qt.DescendingOrder)
        self._arrange()


class GoodsList(QWidget):
    """A filter box over a table of goods with one of them chosen, or several.

    Widths of columns, those that are hidden and the sorting are kept in :attr:`state`.
    """

    #: Number of the chosen row (in the order in which the rows were given), -1 for none.
    chosen = Signal(int)
    #: Other rows are selected.
    selected = Signal()
    #: The user changed a column or the sorting.
    changed = Signal()

    def __init__(self, columns: Sequence[Column], parent=None, multiple: bool = False):
        super().__init__(parent)
        self.model = GoodsModel(columns, self)
        self._row = -1
        self._moving = False
        self._fitting = False
        self._widths: dict[str, int] = {}   # what the user chose
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        self.filter = worded(QLineEdit(clearButtonEnabled=True),
                             placeholderText=words("filter"), toolTip=words("filter_tip"))
        self.view = QTableView(
            selectionBehavior=QAbstractItemView.SelectRows,
            selectionMode=QAbstractItemView.ExtendedSelection if multiple
            else QAbstractItemView.SingleSelection,
            editTriggers=QAbstractItemView.NoEditTriggers, textElideMode=Qt.ElideMiddle,
            alternatingRowColors=True, showGrid=False, wordWrap=False, tabKeyNavigation=False)
        worded(self.view, accessibleName=words("goods"))
        self.view.setModel(self.model)
        self.view.verticalHeader().hide()
        self.view.verticalHeader().setDefaultSectionSize(
            self.view.fontMetrics().height() + 6)
        header = self.view.horizontalHeader()
        header.setSortIndicator(-1, Qt.AscendingOrder)
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignLeft | Qt.AlignVCenter)
        header.setMinimumSectionSize(24)
        header.setStretchLastSection(False)
        header.sectionResized.connect(self._on_resized)
        header.sortIndicatorChanged.connect(self._on_sorted)
        header.setContextMenuPolicy(Qt.CustomContextMenu)
        header.customContextMenuRequested.connect(
            lambda place: self.columns_menu().popup(header.mapToGlobal(place)))
        self.view.setSortingEnabled(True)
        for number, column in enumerate(columns):
            header.setSectionHidden(number, column.hidden)
            if self._takes_rest(number):
                header.setSectionResizeMode(number, QHeaderView.Stretch)
        self.count = QLabel()
        self.top = QHBoxLayout()
        self.top.setSpacing(4)
        self.top.addWidget(self.filter)
        layout.addLayout(self.top)
        for widget in (self.view, self.count):
            layout.addWidget(widget)
        self.filter.textChanged.connect(self._on_filter)
        self.model.modelReset.connect(self._restore)
        self.view.selectionModel().currentRowChanged.connect(self._on_current)
        self.view.selectionModel().selectionChanged.connect(self._on_selection)
        self._restore()
        spoken(self, "count", GoodsList._say_again)

    def _takes_rest(self, number: int) -> bool:
        """Whether a column has the room that the others leave: the last one, unless it is of
        numbers or hidden, and whichever says so."""
        column = self.model.columns[number]
        last = number == len(self.model.columns) - 1
        return column.stretch or last and not column.right and not column.hidden

    @property
    def row(self) -> int:
        """The chosen row, -1 for none."""
        return self._row

    @property
    def rows(self) -> list[int]:
        """The selected rows, in the order in which they were given; the chosen one at least."""
        shown = {self.model.source_row(index.row())
                 for index in self.view.selectionModel().selectedRows()}
        return sorted(shown | ({self._row} if self._row >= 0 and not shown else set()))

    @property
    def shown(self) -> list[int]:
        """The rows that the filter leaves, in the order in which they stand."""
        return [self.model.source_row(row) for row in range(self.model.rowCount())]

    def set_rows(self, rows: Sequence, choose: int | None = None) -> None:
        """Show `rows` and choose one of them (default: keep the number, or the first)."""
        if choose is None:
            choose = self._row
        self._row = -1 if not rows else choose if 0 <= choose < len(rows) else 0
        self.model.set_rows(rows)
        self._fit_columns()

    def add_rows(self, rows: Sequence) -> None:
        """Show further rows."""
        first = not self.model.rows
        if first and rows:
            self._row = 0
        self.model.add_rows(rows)
        if first:
            self._fit_columns()

    def set_row(self, row: int, value) -> None:
        """Replace one row where it stands."""
        self.model.set_row(row, value)
        self._fit_columns([value])

    def _fit_columns(self, rows: Sequence | None = None) -> None:
        # the first rows tell the width: asking all of them is slow
        grow = rows is not None
        metrics, header = self.view.fontMetrics(), self.view.horizontalHeader()
        self._fitting = True
        for number, column in enumerate(self.model.columns):
            if self._takes_rest(number):
                continue
            texts = [column.text(row) for row in (self.model.rows[:200] if rows is None else rows)]
            width = max([metrics.horizontalAdvance(text) for text in [*texts, column.widest]],
                        default=0) + 10
            width = min(max(width, metrics.horizontalAdvance(say(column.header)) + 14), column.most)
            if column.name in self._widths:
                width = self._widths[column.name]
            elif grow:
                width = max(width, header.sectionSize(number))
            header.resizeSection(number, width)
        self._fitting = False

    def choose(self, row: int) -> None:
        """Choose a row as a click would."""
        shown = self.model.shown_row(row)
        if shown >= 0:
            self.view.selectRow(shown)
            self.view.scrollTo(self.model.index(shown, 0))

    # -- what is remembered

    @property
    def state(self) -> dict:
        """Widths that the user chose, columns that are hidden, the sorting: literals."""
        header = self.view.horizontalHeader()
        column, order = header.sortIndicatorSection(), header.sortIndicatorOrder()
        names = [column.name for column in self.model.columns]
        return {"widths": dict(self._widths),
                "hidden": [name for number, name in enumerate(names)
                           if header.isSectionHidden(number)],
                "sort": [names[column], order == Qt.DescendingOrder]
                if 0 <= column < len(names) else []}

    @state.setter
    def state(self, state: Mapping) -> None:
        names = [column.name for column in self.model.columns]
        header = self.view.horizontalHeader()
        self._widths = {name: int(width) for name, width in state.get("widths", {}).items()
                        if name in names}
        for number, name in enumerate(names):
            if "hidden" in state:
                header.setSectionHidden(number, name in state["hidden"])
        sort = state.get("sort") or []
        if sort and sort[0] in names:
            self.view.sortByColumn(names.index(sort[0]),
                                   Qt.DescendingOrder if sort[1] else Qt.AscendingOrder)
        self._fit_columns()

    def unsort(self) -> None:
        """No column sorts: rows stand in the order of their queue."""
        self.view.sortByColumn(-1, Qt.AscendingOrder)
        self.model.sort(-1)

    def columns_menu(self) -> QMenu:
        """Which columns are shown."""
        menu, header = QMenu(self), self.view.horizontalHeader()
        for number, column in enumerate(self.model.columns):
            action = menu.addAction(say(column.header))
            action.setCheckable(True)
            action.setChecked(not header.isSectionHidden(number))
            action.toggled.connect(lambda shown, number=number: self._show_column(number, shown))
        return menu

    def _show_column(self, number: int, shown: bool):
        self.view.setColumnHidden(number, not shown)
        self.changed.emit()

    def _on_resized(self, number: int, _old: int, new: int):
        if not self._fitting and new and not self._takes_rest(number):
            self._widths[self.model.columns[number].name] = new
            self.changed.emit()

    def _on_sorted(self, *_):
        self.changed.emit()

    def _on_filter(self, text: str) -> None:
        self.model.set_filter(text)

    def _restore(self) -> None:
        """After a reset the same good stays chosen, where it is shown."""
        shown = self.model.shown_row(self._row) if self._row >= 0 else -1
        self._moving = True
        if shown >= 0:
            index = self.model.index(shown, 0)
            self.view.selectionModel().setCurrentIndex(
                index, QItemSelectionModel.ClearAndSelect | QItemSelectionModel.Rows)
            self.view.scrollTo(index)
        self._moving = False
        self.show_count()

    def show_count(self) -> None:
        """How many goods there are, and are seen."""
        total, seen = len(self.model.rows), self.model.rowCount()
        self.count.setText(say(words("all", total=total) if seen == total
                               else words("some", seen=seen, total=total)))

    def _say_again(self) -> None:
        self.show_count()
        self._fit_columns()

    def _on_current(self, current, _previous) -> None:
        if self._moving or not current.isValid():
            return
        self._row = self.model.source_row(current.row())
        self.chosen.emit(self._row)

    def _on_selection(self, *_):
        if not self._moving:
            self.selected.emit()


def report_rows(model, limit: int = 100) -> list[list[str]]:
    """Header and first rows of an item model, for ``report_table(..., header_rows=1)``.

    The cells are HTML, in which texts stand as written.  Given a view, `report_table` opens a
    web view to colour the selection.
    """
    columns = range(model.columnCount())
    rows = [[str(model.headerData(c, Qt.Horizontal, Qt.DisplayRole)) for c in columns]]
    for row in range(min(model.rowCount(), limit)):
        rows.append([escape(str(model.data(model.index(row, c), Qt.DisplayRole) or ""), False)
                     for c in columns])
    return rows
