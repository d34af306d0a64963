"""The page "Matrix" of Evaluate Codes: goods and money by pairs of codes."""
from __future__ import annotations

from html import escape

from AnyQt.QtCore import QAbstractTableModel, QItemSelectionModel, QModelIndex, Qt
from AnyQt.QtCore import pyqtSignal as Signal
from AnyQt.QtGui import QBrush, QPalette
from AnyQt.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QTableView,
)

from orangecontrib.customs.cases.matrix import ALL, AT_RISK, Cell, Matrix, Money, Pairs, matrix_of
from orangecontrib.customs.i18n import Joined, Sayable, say
from orangecontrib.customs.i18n.numbers import money
from orangecontrib.customs.nomenclature import bundled_tariff, spaced
from orangecontrib.customs.nomenclature.decision_table import OUTSIDE
from orangecontrib.customs.widgets.utils.common.controls import SentencePage, choice
from orangecontrib.customs.widgets.utils.common.theme import mixed, readable, theme
from orangecontrib.customs.widgets.utils.common.wording import room, spoken, worded

__all__ = ["MatrixPage"]

words = room("matrixpage")

#: Digits at which codes are compared.
LEVELS = ((4, words("digits", n=4)), (6, words("digits_more", n=6)),
          (10, words("digits_more", n=10)))
#: Share of a colour on the ground of a cell with the most money, and of one that agrees.
STRONGEST, AGREEING = .5, .18
#: Pixels of a column at most: candidates of a gap are long.
WIDEST = 180


def _named(code: str) -> Sayable:
    """A code as a header has it."""
    if code in ("", OUTSIDE, ALL):
        return words({"": "no_code", OUTSIDE: "none", ALL: "all"}[code])
    return "; ".join(map(spaced, code.split("; ")))


def _signed(amount: float) -> str:
    sign = "+" if amount >= .005 else "\N{MINUS SIGN}" if amount <= -.005 else ""
    return sign + money(abs(amount))


def _ends(cell: Cell, what: Money) -> tuple[str, str]:
    """The lowest and the highest amount in words."""
    told = money if what.what == AT_RISK else _signed
    return told(cell.low), told(cell.high)


def _amount(cell: Cell, what: Money) -> Sayable:
    """One amount, or from where to where."""
    low, high = _ends(cell, what)
    return low if low == high else words("range", low=low, high=high)


def _short(cell: Cell, what: Money | None) -> str:
    """A cell: its goods, and below them the amount."""
    if what is None:
        return str(cell.n)
    ends = dict.fromkeys(_ends(cell, what)) if cell.priced else ("–",)
    return f"{cell.n}\n{' … '.join(ends)}"


class _Model(QAbstractTableModel):
    """The matrix; the first row and the first column are margins."""

    def __init__(self, parent=None):
        super().__init__(parent)
        self.matrix: Matrix | None = None

    def set_matrix(self, matrix: Matrix | None) -> None:
        self.beginResetModel()
        self.matrix = matrix
        self.declared = () if matrix is None else (ALL, *matrix.declared)
        self.found = () if matrix is None else (ALL, *matrix.found)
        self._most = 0. if matrix is None else max(
            (cell.most for (one, other), cell in matrix.cells.items()
             if ALL not in (one, other)), default=0.)
        self.endResetModel()

    def rowCount(self, parent=QModelIndex()):  # noqa: B008 - Qt's way
        return 0 if parent.isValid() or self.matrix is None else len(self.declared)

    def columnCount(self, parent=QModelIndex()):  # noqa: B008 - Qt's way
        return 0 if parent.isValid() or self.matrix is None else len(self.found)

    def place(self, index: QModelIndex) -> tuple[str, str]:
        """Declared and found code of a cell."""
        return self.declared[index.row()], self.found[index.column()]

    def headerData(self, section, orientation, role=Qt.DisplayRole):
        codes = self.found if orientation == Qt.Horizontal else self.declared
        if self.matrix is None or not 0 <= section < len(codes):
            return None
        code = codes[section]
        if role == Qt.DisplayRole:
            return say(_named(code))
        if role == Qt.ToolTipRole:
            tariff = bundled_tariff()
            number = tariff.find(code) if code.isdigit() else None
            return None if number is None else f"<p>{escape(say(tariff.lines[number]))}</p>"
        return None

    def data(self, index, role=Qt.DisplayRole):
        if not index.isValid():
            return None
        place = self.place(index)
        cell = self.matrix.cells.get(place)
        if cell is None:
            return None
        if role == Qt.DisplayRole:
            return _short(cell, self.matrix.money)
        if role == Qt.ToolTipRole:
            return self._explained(place, cell)
        if role == Qt.TextAlignmentRole:
            return int(Qt.AlignCenter)
        if role in (Qt.BackgroundRole, Qt.ForegroundRole):
            ground = self._ground(place, cell)
            return None if ground is None else QBrush(
                ground if role == Qt.BackgroundRole else readable(
                    QApplication.palette().color(QPalette.Text), ground))
        if role == Qt.FontRole and ALL in place:
            font = QApplication.font()
            font.setBold(True)
            return font
        return None

    def _ground(self, place: tuple[str, str], cell: Cell):
        """The more money, the redder; agreeing codes are green."""
        colours = theme(QApplication.palette())
        if ALL in place:
            return None
        if place[0] == place[1] and place[0]:
            return mixed(colours.good, colours.ground, AGREEING)
        if not cell.most or not self._most:
            return None
        return mixed(colours.bad, colours.ground,
                     .06 + (STRONGEST - .06) * cell.most / self._most)

    def _explained(self, place: tuple[str, str], cell: Cell) -> str:
        names = [words("any") if code == ALL else _named(code) for code in place]
        lines = [words("cell", declared=names[0], found=names[1], n=cell.n, priced=cell.priced)]
        money = None if self.matrix is None else self.matrix.money
        if cell.priced and money is not None:
            lines.append(words("amount", what=_title(money), money=_amount(cell, money)))
        return "\n".join(map(say, lines))


def _title(what: Money) -> Sayable:
    return words(what.what, currency=what.currency)


class MatrixPage(SentencePage):
    """Declared codes below each other, found ones beside each other."""

    title = words("title")

    #: Declared and found code of the cell that was chosen: "*" for all, of a margin.
    chosen = Signal(str, str)
    #: The level or the money was chosen.
    changed = Signal()

    def __init__(self, level: int = 6, wanted: str = "", parent=None):
        super().__init__(parent)
        self.pairs: Pairs | None = None
        self.matrix: Matrix | None = None
        self._monies: list[Money] = []
        self._wanted = wanted
        self.level_combo = choice(LEVELS, level, self._on_choice, words("level_tip"))
        self.money_combo = worded(QComboBox(), toolTip=words("money_tip"))
        self.money_combo.setSizeAdjustPolicy(QComboBox.AdjustToContents)
        self.money_combo.activated.connect(lambda _: self._on_money())
        row = QHBoxLayout()
        for title, combo in ((words("level"), self.level_combo),
                             (words("money"), self.money_combo)):
            row.addWidget(worded(QLabel(), text=title))
            row.addWidget(combo)
        row.addStretch(1)
        self.layout().addLayout(row)
        self.model = _Model(self)
        self.view = QTableView(selectionMode=QAbstractItemView.SingleSelection,
                               editTriggers=QAbstractItemView.NoEditTriggers)
        self.view.setModel(self.model)
        worded(self.view, accessibleName=words("matrix"))
        self.view.setHorizontalScrollMode(QAbstractItemView.ScrollPerPixel)
        self.view.verticalHeader().setDefaultSectionSize(
            2 * self.view.fontMetrics().height() + 6)
        for header in (self.view.horizontalHeader(), self.view.verticalHeader()):
            header.setHighlightSections(True)
        self.view.selectionModel().selectionChanged.connect(self._on_selection)
        self.add(self.view)

    @property
    def level(self) -> int:
        """Digits at which codes are compared."""
        return self.level_combo.currentData()

    @property
    def wanted(self) -> str:
        """What money was chosen, as it is kept: "difference EUR"."""
        return self._wanted

    def show_pairs(self, pairs: Pairs | None, cell: tuple[str, str] | None = None) -> None:
        """Show pairs of codes; a cell is in hand where it is there."""
        self.pairs = pairs
        self._monies = [] if pairs is None else list(pairs.amounts)
        kept = [" ".join(one) for one in self._monies]
        self.money_combo.clear()
        self.money_combo.addItems([""] * max(1, len(kept)))
        titles = [_title(one) for one in self._monies] or [words("no_money")]
        spoken(self.money_combo, "items", lambda it: [
            it.setItemText(row, say(title)) for row, title in enumerate(titles[:it.count()])])
        self.money_combo.setEnabled(len(kept) > 1)
        self.money_combo.setCurrentIndex(kept.index(self._wanted) if self._wanted in kept else 0)
        self._fill()
        self.choose(cell)

    def clear(self) -> None:
        """Show nothing."""
        self.show_pairs(None)

    def choose(self, cell: tuple[str, str] | None) -> None:
        """Take a cell in hand, without telling anybody; None: none."""
        places = self.view.selectionModel()
        places.blockSignals(True)
        places.clearSelection()
        if cell is not None and self.matrix is not None and cell in self.matrix.cells:
            index = self.model.index(self.model.declared.index(cell[0]),
                                     self.model.found.index(cell[1]))
            places.setCurrentIndex(index, QItemSelectionModel.ClearAndSelect)
        places.blockSignals(False)
        self.view.viewport().update()

    def rows_of(self, declared: str, found: str) -> tuple[int, ...]:
        """Numbers of the goods of a cell."""
        return () if self.matrix is None else self.matrix.rows_of(declared, found)

    def report_rows(self) -> list[list[str]]:
        """The matrix as rows of texts, the first of them its header."""
        model = self.model
        rows, columns = range(model.rowCount()), range(model.columnCount())
        return [["", *(model.headerData(column, Qt.Horizontal) for column in columns)],
                *([model.headerData(row, Qt.Vertical),
                   *((model.index(row, column).data() or "").replace("\n", "; ")
                     for column in columns)] for row in rows)]

    def _on_money(self):
        if self._monies:
            self._wanted = " ".join(self._monies[self.money_combo.currentIndex()])
        self._on_choice()

    def _on_choice(self):
        self._fill()
        self.changed.emit()

    def _fill(self):
        pairs = self.pairs
        what = self._monies[self.money_combo.currentIndex()] if self._monies else None
        self.matrix = None if pairs is None else matrix_of(pairs, self.level, what)
        self.model.set_matrix(self.matrix)
        self.view.resizeColumnsToContents()
        for column in range(self.model.columnCount()):
            self.view.setColumnWidth(column, min(WIDEST, self.view.columnWidth(column) + 8))
        worded(self.sentence, text=words("nothing") if pairs is None or self.matrix is None
               else _sentence(self.matrix, pairs))

    def _on_selection(self, *_):
        indexes = self.view.selectionModel().selectedIndexes()
        self.chosen.emit(*(self.model.place(indexes[0]) if indexes else ("", "")))


def _sentence(matrix: Matrix, pairs: Pairs) -> Sayable:
    """How many goods there are, how many agree, and the money."""
    both = sum(bool(one) and bool(other) and other != OUTSIDE
               for one, other in zip(pairs.declared, pairs.found))
    common = {"both": both, "n": matrix.total.n, "agree": matrix.agreeing}
    if matrix.money is None or not matrix.total.priced:
        return words("counted", **common)
    return words("sentence", **common, what=_title(matrix.money), priced=matrix.total.priced,
                 money=Joined((_amount(matrix.total, matrix.money), matrix.money.currency),
                              " "))
