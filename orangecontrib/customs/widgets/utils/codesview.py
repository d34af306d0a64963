"""The ranked codes of a good, with bars of their probabilities."""
from __future__ import annotations

from AnyQt.QtCore import QRectF, Qt
from AnyQt.QtGui import QPainter, QPalette
from AnyQt.QtWidgets import (
    QApplication,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
)

from orangecontrib.customs.cases import Case
from orangecontrib.customs.cases.table import OUTSIDE_CODES
from orangecontrib.customs.fusion.verdict import Verdict
from orangecontrib.customs.i18n import say
from orangecontrib.customs.i18n.numbers import percent
from orangecontrib.customs.nomenclature import Line, spaced
from orangecontrib.customs.widgets.utils.common.theme import readable, theme
from orangecontrib.customs.widgets.utils.common.wording import room, spoken, worded

__all__ = ["CodesView"]

words = room("codesview")
#: Of the columns.
HEADERS = (words("code"), "P", words("duty"), words("designation"))

#: Room of the number beside a bar, in widths of a digit.
DIGITS = 7


class _BarDelegate(QStyledItemDelegate):
    """P as a number with a bar beside it: no text stands on a colour."""

    def paint(self, painter, option, index):
        option = QStyleOptionViewItem(option)
        self.initStyleOption(option, index)
        text, option.text = option.text, ""
        style = option.widget.style() if option.widget else QApplication.style()
        style.drawControl(QStyle.CE_ItemViewItem, option, painter, option.widget)
        p = index.data(Qt.UserRole) or 0.
        number = option.fontMetrics.horizontalAdvance("0") * DIGITS
        selected = bool(option.state & QStyle.State_Selected)
        ground = option.palette.color(QPalette.Highlight if selected else QPalette.Base)
        painter.save()
        painter.setRenderHint(QPainter.Antialiasing)
        painter.setFont(option.font)
        painter.setPen(option.palette.color(
            QPalette.HighlightedText if selected else QPalette.Text))
        painter.drawText(QRectF(option.rect).adjusted(0, 0, number - option.rect.width(), 0),
                         int(Qt.AlignVCenter | Qt.AlignRight), text)
        room = QRectF(option.rect).adjusted(number + 6, 4, -4, -4)
        painter.setPen(Qt.NoPen)
        painter.setBrush(readable("#e0a458", ground, 3.))
        if p > 0:
            painter.drawRoundedRect(QRectF(room.x(), room.y(), max(3., room.width() * p),
                                           room.height()), 2, 2)
        painter.restore()


def _duty(node: Line) -> str:
    """EUR per unit, or the rate as printed."""
    if node.rate.rule == "ad valorem":
        return f"{node.rate.percent:g} %"
    return node.rate.text if node.duty is None else f"{node.duty:g} €"


class CodesView(QTreeWidget):
    """Ranked codes with their probabilities, duties and designations."""

    def __init__(self, parent=None):
        super().__init__(parent, rootIsDecorated=False, uniformRowHeights=True,
                         alternatingRowColors=True)
        spoken(self, "header", CodesView._say_header)
        self._delegate = _BarDelegate(self)
        self.setItemDelegateForColumn(1, self._delegate)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarAlwaysOff)
        worded(self, accessibleName=words("codes"))
        header = self.header()
        header.setStretchLastSection(True)
        header.setSectionResizeMode(1, QHeaderView.Interactive)
        self.setColumnWidth(1, 130)

    def _say_header(self) -> None:
        self.setHeaderLabels([say(title) for title in HEADERS])
        self.headerItem().setToolTip(1, say(words("p_tip")))
        self.headerItem().setToolTip(2, say(words("duty_tip")))

    def show_verdict(self, case: Case | None, verdict: Verdict | None) -> None:
        """Fill with the ranked codes; without a verdict, empty."""
        self.clear()
        if case is None or verdict is None:
            return
        quiet = theme(self.palette()).quiet
        for code, p in verdict.ranked:
            nomenclature = case.tariff_of(code)
            node = None if nomenclature is None else nomenclature[code]
            item = QTreeWidgetItem([
                "—" if node is None else spaced(code), say(percent(p)),
                "" if node is None else _duty(node),
                say(OUTSIDE_CODES if node is None else node)])
            item.setData(0, Qt.UserRole, code)
            item.setData(1, Qt.UserRole, p)
            item.setToolTip(1, f"{p:.4f}")
            item.setTextAlignment(2, Qt.AlignRight | Qt.AlignVCenter)
            if code in verdict.codes:
                font = item.font(0)
                font.setBold(True)
                item.setFont(0, font)
            else:
                item.setForeground(3, quiet)
            if nomenclature is not None:
                path = "<br>› ".join(map(say, nomenclature.path(code)))
                for column in (0, 2, 3):
                    item.setToolTip(column, f"<p>{path}</p>")
            self.addTopLevelItem(item)
        self.resizeColumnToContents(0)
        self.resizeColumnToContents(2)
