"""The page "Tautology Audit" of Customs Stop-word Filter."""
from __future__ import annotations

from collections.abc import Sequence

from AnyQt.QtCore import QRectF, Qt
from AnyQt.QtCore import pyqtSignal as Signal
from AnyQt.QtGui import QColor, QPen
from AnyQt.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStyledItemDelegate,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from orangecontrib.customs.textmining.stopwords import AuditRow

__all__ = ["AuditPage", "audit_texts"]


def audit_texts(row: AuditRow) -> list[str]:
    """A row of the audit as it is shown and reported."""
    return [row.name, str(row.vocabulary), f"{row.accuracy:.3f}", f"{row.low:.3f}–{row.high:.3f}"]


class BarDelegate(QStyledItemDelegate):
    """A bar for a share, with its interval as a line."""

    def paint(self, painter, option, index):
        super().paint(painter, option, index)
        row = index.data(Qt.UserRole)
        if row is None:
            return
        box = QRectF(option.rect).adjusted(4, 4, -4, -4)
        painter.save()
        painter.fillRect(box, QColor("#f1ebe2"))
        colour = "#b5651d" if row.only else "#4a3728" if not row.level else "#8d7663"
        painter.fillRect(QRectF(box.left(), box.top(), box.width() * row.accuracy, box.height()),
                         QColor(colour))
        middle = int(box.center().y())
        ends = [int(box.left() + box.width() * share) for share in (row.low, row.high)]
        for colour, width in (("#ffffff", 4), ("#000000", 2)):  # seen on dark and on light
            painter.setPen(QPen(QColor(colour), width))
            painter.drawLine(ends[0], middle, ends[1], middle)
        painter.restore()


class AuditPage(QWidget):
    """How much a model only echoes the tariff."""

    #: The audit is to begin, or to end.
    pressed = Signal()

    title = "Tautology Audit"
    HEADERS = ("The model sees", "Vocabulary", "Accuracy", "95 %")

    def __init__(self, parent=None):
        super().__init__(parent)
        layout = QVBoxLayout(self)
        layout.addWidget(QLabel(
            "How much does a model only echo the tariff? The same L1 logistic regression is "
            "cross-validated with all words, without the words of the designations down to each "
            "level, and on these words alone. Equal texts share a fold. The frequency window is "
            "not applied.", wordWrap=True))
        line = QHBoxLayout()
        self.button = QPushButton("Run Audit", autoDefault=False)
        self.button.clicked.connect(lambda: self.pressed.emit())
        line.addWidget(self.button)
        self.label = QLabel(wordWrap=True)
        line.addWidget(self.label, 1)
        layout.addLayout(line)
        self.tree = QTreeWidget(rootIsDecorated=False, alternatingRowColors=True,
                                uniformRowHeights=True)
        self.tree.setHeaderLabels([*self.HEADERS, ""])
        self.tree.setItemDelegateForColumn(4, BarDelegate(self))
        self.tree.header().setStretchLastSection(True)
        layout.addWidget(self.tree, 1)

    def set_narrow(self, narrow: bool) -> None:
        """A narrow audit leaves out the vocabulary and the bars: the numbers say it all."""
        for column in (1, 4):
            self.tree.setColumnHidden(column, narrow)

    def set_running(self, on: bool) -> None:
        """The button ends what runs."""
        self.button.setText("Cancel" if on else "Run Audit")

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
        self.label.setText(f"{rows[0].documents} documents" if rows else "")
