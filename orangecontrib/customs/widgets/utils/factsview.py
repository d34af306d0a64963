"""The facts of a good on one axis each: what text, photos, prior and the analyst say of a value."""
from __future__ import annotations

from collections.abc import Sequence

from AnyQt.QtCore import QEvent, QLineF, QPointF, QRectF, Qt
from AnyQt.QtCore import pyqtSignal as Signal
from AnyQt.QtGui import QColor, QPainter, QPalette, QPen, QPolygonF
from AnyQt.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHeaderView,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
)

from orangecontrib.customs.cases.evidence import FactRow
from orangecontrib.customs.fusion.engine import ANALYST, PHOTOS, TEXT
from orangecontrib.customs.i18n import say
from orangecontrib.customs.widgets.utils.common.escaping import as_written
from orangecontrib.customs.widgets.utils.common.theme import readable, theme
from orangecontrib.customs.widgets.utils.common.wording import room, spoken, worded

__all__ = ["FactsView", "signs"]

words = room("factsview")

FACT, VALUE, AXIS, SAYS, ANSWER = range(5)
#: Signs of witnesses: what the legend calls them; shapes differ as well as colours.
_SIGNS = {TEXT: "●", PHOTOS: "■", ANALYST: "▲"}
HEADERS = (words("fact"), words("value"), words("axis"), words("says"), "✎")
_COLOURS = {TEXT: "#1f6fb2", PHOTOS: "#b5651d", ANALYST: "#2e7d32"}
ROW = Qt.UserRole + 1
#: Of the width; what says so gets the rest.
SHARES = {FACT: .25, VALUE: .31, AXIS: .19}


def signs(row: FactRow) -> str:
    """Each witness by its sign and in words."""
    return "   ".join(f"{_SIGNS.get(said.witness, '▲')} {say(said.words)}" for said in row.said)


class _AxisDelegate(QStyledItemDelegate):
    """Signs of the witnesses where they stand between «surely not» and «surely»."""

    def paint(self, painter, option, index):
        row: FactRow | None = index.data(ROW)
        option = QStyleOptionViewItem(option)
        self.initStyleOption(option, index)
        style = option.widget.style() if option.widget else QApplication.style()
        style.drawControl(QStyle.CE_ItemViewItem, option, painter, option.widget)
        if row is None:
            return
        selected = bool(option.state & QStyle.State_Selected)
        ground = option.palette.color(QPalette.Highlight if selected else QPalette.Base)
        text = option.palette.color(QPalette.HighlightedText if selected else QPalette.Text)
        room = QRectF(option.rect).adjusted(9, 0, -9, 0)
        middle = room.center().y()
        at = lambda place: QPointF(room.left() + place * room.width(), middle)  # noqa: E731
        quiet = QColor(text)
        quiet.setAlpha(110)
        painter.save()
        painter.setRenderHint(QPainter.Antialiasing)
        painter.setPen(QPen(quiet, 1))
        painter.drawLine(QLineF(at(0), at(1)))
        for place in (0, .5, 1):
            painter.drawLine(QLineF(at(place) - QPointF(0, 3), at(place) + QPointF(0, 3)))
        if row.contradicted:
            places = [said.place for said in row.said]
            painter.setPen(QPen(readable("#c0392b", ground, 3.), 2, Qt.DotLine))
            painter.drawLine(QLineF(at(min(places)), at(max(places))))
        painter.setPen(QPen(text, 3))
        painter.drawLine(QLineF(at(row.place) - QPointF(0, 7), at(row.place) + QPointF(0, 7)))
        painter.setPen(QPen(text, 1.4))
        painter.setBrush(ground)
        painter.drawEllipse(at(row.prior_place), 3.5, 3.5)
        for said in row.said:
            painter.setBrush(readable(_COLOURS.get(said.witness, "#7b57c2"), ground, 3.))
            painter.setPen(QPen(ground, 1))
            _sign(painter, said.witness, at(said.place))
        painter.restore()


def _sign(painter: QPainter, witness: str, at: QPointF) -> None:
    """A circle for the text, a square for the photos, a triangle for the rest."""
    if witness == TEXT:
        painter.drawEllipse(at, 5, 5)
    elif witness == PHOTOS:
        painter.drawRect(QRectF(at.x() - 4.5, at.y() - 4.5, 9, 9))
    else:
        painter.drawPolygon(QPolygonF([at + QPointF(0, -6), at + QPointF(6, 5),
                                       at + QPointF(-6, 5)]))


class FactsView(QTreeWidget):
    """A row per fact; a click on ✎, a double click or the space bar answers it by hand."""

    #: Fact and value; "" takes the answer back.
    answered = Signal(str, str)
    #: The fact in hand, "" for none.
    chosen = Signal(str)

    def __init__(self, parent=None):
        super().__init__(parent, rootIsDecorated=False, uniformRowHeights=True,
                         alternatingRowColors=True)
        self.rows: dict[str, FactRow] = {}
        worded(self, accessibleName=words("facts"))
        spoken(self, "header", FactsView._say_header)
        self.headerItem().setTextAlignment(AXIS, Qt.AlignCenter)
        self._delegate = _AxisDelegate(self)
        self.setItemDelegateForColumn(AXIS, self._delegate)
        self.setEditTriggers(QAbstractItemView.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarAlwaysOff)
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(SAYS, QHeaderView.Stretch)
        header.setMinimumSectionSize(20)
        self.setColumnWidth(ANSWER, 22)
        self.itemClicked.connect(self._on_clicked)
        self.itemDoubleClicked.connect(lambda item, _: self.ask(item.data(0, Qt.UserRole)))
        self.currentItemChanged.connect(self._on_current)

    def _say_header(self) -> None:
        self.setHeaderLabels([say(title) for title in HEADERS])
        self.headerItem().setToolTip(AXIS, say(words("axis_tip")))
        self.headerItem().setToolTip(ANSWER, say(words("answer_tip")))

    def show_rows(self, rows: Sequence[FactRow]) -> None:
        """Show the facts of a good; the fact in hand stays, where it is there."""
        chosen = self.fact
        self.blockSignals(True)
        self.clear()
        self.rows = {row.fact.id: row for row in rows}
        colours = theme(self.palette())
        for row in rows:
            sign = "⚡ " if row.contradicted else "? " if row.asked else ""
            item = QTreeWidgetItem([sign + say(row.fact), say(row.value), "", signs(row), "✎"])
            item.setData(0, Qt.UserRole, row.fact.id)
            item.setData(AXIS, ROW, row)
            tip = as_written("\n".join(map(say, (*row.lines, row.fact.question))))
            for column in range(5):
                item.setToolTip(column, tip)
            item.setTextAlignment(ANSWER, Qt.AlignCenter)
            if row.contradicted:
                item.setForeground(FACT, colours.bad)
            if row.assumed:
                for column in (FACT, VALUE):
                    item.setForeground(column, colours.quiet)
            item.setForeground(ANSWER, colours.good if row.answered else colours.quiet)
            if row.asked or row.answered or row.contradicted:
                font = item.font(0)
                font.setBold(True)
                for column in (FACT, ANSWER) if not row.answered else (FACT, VALUE, ANSWER):
                    item.setFont(column, font)
            self.addTopLevelItem(item)
            if row.fact.id == chosen:
                self.setCurrentItem(item)
        self.blockSignals(False)

    @property
    def fact(self) -> str:
        """The fact in hand, "" for none."""
        item = self.currentItem()
        return "" if item is None else item.data(0, Qt.UserRole)

    def choose(self, fact: str) -> None:
        """Take a fact in hand as a click would."""
        for number in range(self.topLevelItemCount()):
            if self.topLevelItem(number).data(0, Qt.UserRole) == fact:
                self.setCurrentItem(self.topLevelItem(number))
                self.scrollToItem(self.topLevelItem(number))

    def menu(self, fact: str) -> QMenu:
        """The answers to a fact."""
        row, menu = self.rows[fact], QMenu(self)
        menu.setToolTipsVisible(True)
        title = menu.addAction(say(row.fact.question) or say(row.fact))
        title.setEnabled(False)
        menu.addSeparator()
        for value in row.fact.values:
            action = menu.addAction(say(value).replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(value.id == row.answered)
            action.triggered.connect(lambda _, value=value.id: self.answered.emit(fact, value))
        menu.addSeparator()
        back = menu.addAction(say(words("take_back")))
        back.setEnabled(bool(row.answered))
        back.triggered.connect(lambda _: self.answered.emit(fact, ""))
        return menu

    def ask(self, fact: str) -> None:
        """Let the answers to a fact be chosen from."""
        item = self.currentItem()
        place = self.visualItemRect(item).bottomLeft() if item is not None else self.rect().center()
        self.menu(fact).popup(self.viewport().mapToGlobal(place))

    def resizeEvent(self, event):
        super().resizeEvent(event)
        for column, share in SHARES.items():
            self.setColumnWidth(column, int(share * self.viewport().width()))

    def keyPressEvent(self, event):
        if event.key() in (Qt.Key_F2, Qt.Key_Space) and self.fact:
            self.ask(self.fact)
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event):
        super().changeEvent(event)
        if event.type() == QEvent.PaletteChange:
            self.show_rows(tuple(self.rows.values()))

    def _on_clicked(self, item: QTreeWidgetItem, column: int):
        if column == ANSWER:
            self.ask(item.data(0, Qt.UserRole))

    def _on_current(self, item: QTreeWidgetItem | None, _previous=None):
        self.chosen.emit("" if item is None else item.data(0, Qt.UserRole))


