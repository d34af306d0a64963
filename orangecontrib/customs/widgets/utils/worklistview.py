"""The goods of HS Code Fusion: marks, codes, money; a queue; which of them are reviewed."""
from __future__ import annotations

from AnyQt.QtCore import QRectF, Qt
from AnyQt.QtCore import pyqtSignal as Signal
from AnyQt.QtGui import QPainter, QPalette
from AnyQt.QtWidgets import (
    QApplication,
    QComboBox,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from orangecontrib.customs.cases.worklist import MARKS, QUEUES, Line
from orangecontrib.customs.i18n import Joined, say
from orangecontrib.customs.widgets.utils.common.controls import choice
from orangecontrib.customs.widgets.utils.common.goodslist import Column, GoodsList
from orangecontrib.customs.widgets.utils.common.theme import readable
from orangecontrib.customs.widgets.utils.common.wording import room, worded

__all__ = ["COLUMNS", "WorkList"]

words = room("worklistview")

#: Of the marks on the card and in the list; their shapes differ as well.
_COLOURS = {"⚡": "#c0392b", "≠": "#c0392b", "⚠": "#a05a00", "?": "#1f6fb2", "✎": "#2e7d32",
            "✓": "#2e7d32"}


def _number(value: float) -> float:
    """NaN sorts below all."""
    return value if value == value else -1.


def short_code(line: Line) -> str:
    """The code, or where the law has a gap as much of each candidate as tells them apart."""
    codes = line.code.split(" / ")
    for digits in (4, 7, 11):  # as they are spaced
        if len(codes) > 1 and len({code[:digits] for code in codes}) == len(codes):
            return " / ".join(code[:digits] for code in codes)
    return line.code


COLUMNS = [
    Column("!", lambda line: line.marks, lambda line: (-len(line.marks), line.marks),
           tooltip=lambda line: line.why, widest="⚡≠?✓", header_tooltip=Joined(tuple(
               Joined((mark, said), "  ") for mark, said in MARKS.items()), "\n")),
    Column(words("good"), lambda line: line.key, stretch=True),
    Column(words("code"), short_code, most=132, tooltip=lambda line: say(
        words("code_tip", code=line.code, safe=line.safe or "—"))),
    Column("P", lambda line: line.sure, lambda line: _number(line.p), right=True,
           header_tooltip=words("p_tip")),
    Column("€", lambda line: line.at_risk, lambda line: (line.unit, _number(line.risk)),
           right=True, header_tooltip=words("risk_tip")),
    Column(words("safe"), lambda line: line.safe, hidden=True, header_tooltip=words("safe_tip")),
]


class _MarksDelegate(QStyledItemDelegate):
    """Each mark in its colour."""

    def paint(self, painter, option, index):
        option = QStyleOptionViewItem(option)
        self.initStyleOption(option, index)
        marks, option.text = option.text, ""
        style = option.widget.style() if option.widget else QApplication.style()
        style.drawControl(QStyle.CE_ItemViewItem, option, painter, option.widget)
        selected = bool(option.state & QStyle.State_Selected)
        striped = bool(option.features & QStyleOptionViewItem.Alternate)
        ground = option.palette.color(QPalette.Highlight if selected else
                                      QPalette.AlternateBase if striped else QPalette.Base)
        room = QRectF(option.rect).adjusted(4, 0, 0, 0)
        painter.save()
        painter.setRenderHint(QPainter.Antialiasing)
        painter.setFont(option.font)
        for mark in marks:
            painter.setPen(option.palette.color(QPalette.HighlightedText) if selected
                           else readable(_COLOURS.get(mark, "#808080"), ground))
            painter.drawText(room, int(Qt.AlignLeft | Qt.AlignVCenter), mark)
            room.setLeft(room.left() + option.fontMetrics.horizontalAdvance(mark))
        painter.restore()


class WorkList(GoodsList):
    """Goods in the order of a queue, unless a column sorts them."""

    #: Id of the queue that the user chose.
    queue_chosen = Signal(str)

    def __init__(self, parent=None):
        super().__init__(COLUMNS, parent, multiple=True)
        self._delegate = _MarksDelegate(self)
        self.view.setItemDelegateForColumn(0, self._delegate)
        self.view.setMinimumWidth(220)
        self.queue = worded(
            choice([(id_, title) for id_, (title, _) in QUEUES.items()], "table", self._on_queue,
                   words("queue_tip")), accessibleName=words("queue"))
        self.queue.setSizeAdjustPolicy(QComboBox.AdjustToContents)  # what decides is not cut off
        self.top.addWidget(self.queue)

    def set_queue(self, id_: str) -> None:
        """Stand in this order; nobody is told."""
        id_ = id_ if id_ in QUEUES else next(iter(QUEUES))
        self.queue.setCurrentIndex(self.queue.findData(id_))
        self.model.set_queue(None if id_ == "table" else QUEUES[id_][1])

    def _on_queue(self):
        self.unsort()
        self.set_queue(self.queue.currentData())
        if self.model.rowCount():
            self.choose(self.model.source_row(0))
        self.queue_chosen.emit(self.queue.currentData())

    def set_row(self, row: int, value: Line) -> None:
        super().set_row(row, value)
        self.show_count()

    def show_count(self) -> None:
        """How many goods there are, and how many of them are reviewed."""
        super().show_count()
        if reviewed := sum(line.reviewed for line in self.model.rows):
            self.count.setText(say(words("reviewed", all=self.count.text(), n=reviewed)))
