"""The page "Tautology Audit" of Customs Stop-word Filter."""
from __future__ import annotations

from collections.abc import Sequence

from AnyQt.QtCore import QRectF, Qt
from AnyQt.QtCore import pyqtSignal as Signal
from AnyQt.QtGui import QColor, QPen
from AnyQt.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QStyledItemDelegate,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from orangecontrib.customs.i18n import Message, say
from orangecontrib.customs.textmining.stopwords import AuditRow
from orangecontrib.customs.widgets.utils.common.controls import push
from orangecontrib.customs.widgets.utils.common.theme import mixed, theme
from orangecontrib.customs.widgets.utils.common.wording import room, worded, worded_headers

__all__ = ["AuditPage", "audit_texts"]

words, CANCEL = room("auditpage"), room("common")("cancel")


def audit_texts(row: AuditRow) -> list[str]:
    """A row of the audit as it is shown and reported."""
    return [say(_name(row)), str(row.vocabulary), f"{row.accuracy:.3f}",
            f"{row.low:.3f}–{row.high:.3f}"]


def _name(row: AuditRow) -> Message:
    return words("all") if not row.level else words("only" if row.only else "without",
                                                    level=row.level)


class BarDelegate(QStyledItemDelegate):
    """A bar for a share, with its interval as a line."""

    def paint(self, painter, option, index):
        super().paint(painter, option, index)
        row = index.data(Qt.UserRole)
        if row is None:
            return
        box = QRectF(option.rect).adjusted(4, 4, -4, -4)
        painter.save()
        colours = theme(option.palette)
        painter.fillRect(box, mixed(colours.text, colours.ground, .08))
        colour = colours.of("#b5651d") if row.only else \
            colours.quiet if not row.level else colours.of("#8d7663")
        painter.fillRect(QRectF(box.left(), box.top(), box.width() * row.accuracy, box.height()),
                         colour)
        middle = int(box.center().y())
        ends = [int(box.left() + box.width() * share) for share in (row.low, row.high)]
        for ink, width in (("#ffffff", 4), ("#000000", 2)):  # seen on dark and on light
            painter.setPen(QPen(QColor(ink), width))
            painter.drawLine(ends[0], middle, ends[1], middle)
        painter.restore()


class AuditPage(QWidget):
    """How much a model only echoes the tariff."""

    #: The audit is to begin, or to end.
    pressed = Signal()

    title = words("title")
    HEADERS = (words("sees"), words("vocabulary"), words("accuracy"), words("interval"))

    def __init__(self, parent=None):
        super().__init__(parent)
        layout = QVBoxLayout(self)
        layout.addWidget(worded(QLabel(wordWrap=True), text=words("explained")))
        line = QHBoxLayout()
        layout.addLayout(line)
        self.button = push(None, words("run"), self.pressed.emit)
        line.addWidget(self.button)
        self.label = QLabel(wordWrap=True)
        line.addWidget(self.label, 1)
        self.tree = worded(QTreeWidget(rootIsDecorated=False, alternatingRowColors=True,
                                       uniformRowHeights=True), accessibleName=words("title"))
        worded_headers(self.tree, [*self.HEADERS, ""],
                       ["", "", words("accuracy_tip"), words("interval_tip")])
        self.tree.setItemDelegateForColumn(4, BarDelegate(self))
        self.tree.header().setStretchLastSection(True)
        layout.addWidget(self.tree, 1)

    def set_narrow(self, narrow: bool) -> None:
        """A narrow audit leaves out the vocabulary and the bars: the numbers say it all."""
        for column in (1, 4):
            self.tree.setColumnHidden(column, narrow)

    def set_running(self, on: bool) -> None:
        """The button ends what runs."""
        worded(self.button, text=CANCEL if on else words("run"))

    def show_rows(self, rows: Sequence[AuditRow]) -> None:
        """Show what the models got right."""
        self.tree.clear()
        for row in rows:
            item = QTreeWidgetItem([*audit_texts(row), ""])
            item.setData(4, Qt.UserRole, row)
            for column in (1, 2, 3):
                item.setTextAlignment(column, Qt.AlignRight | Qt.AlignVCenter)
            self.tree.addTopLevelItem(item)
        for column in range(4):
            self.tree.resizeColumnToContents(column)
        self.label.setText(say(words("documents", n=rows[0].documents)) if rows else "")
