"""What a collection holds of each feature, what it lacks, and buttons that go for it."""
from __future__ import annotations

from collections.abc import Callable, Sequence

from AnyQt.QtCore import Qt
from AnyQt.QtCore import pyqtSignal as Signal
from AnyQt.QtGui import QBrush, QColor
from AnyQt.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QSpinBox,
    QTableWidget,
    QTableWidgetItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from orangecontrib.customs.collecting.balance import Balance, Need
from orangecontrib.customs.collecting.generators.prompts import view_names
from orangecontrib.customs.groups import Group
from orangecontrib.customs.widgets.utils.common.pathedit import PathEdit

__all__ = ["BREAKDOWNS", "BalancePage"]

#: Columns of positives: name in the settings → text.
BREAKDOWNS = {"source": "per source", "view": "per view", "both": "per source and view"}

#: Kinds of sources, the text of their buttons, and what these do.
BUTTONS = (("catalogue", "Crawl", "Queue a crawl of the recipe on the page Catalogue"),
           ("search", "Search", "Queue searches of the service on the page Search"),
           ("generated", "Generate", "Queue photos of the generator on the page Generate"))

_COLUMNS = ("Feature", "Go for what is missing", "Real", "Missing", "Goods", "Made",
            "Person", "No", "Unsure")
_TOOLTIPS = ("", "One click queues it", "Positives on real photos",
             "Real positives up to the goal", "That the real positives show: fifty photos of one "
             "good are one good", "Positives on generated photos: they teach, and measure nothing",
             "Labels that a person gave", "Negatives", "Labels of 0.5")


class BalancePage(QWidget):
    """A row per feature."""

    title = "Balance"

    #: The user goes for what a feature lacks: its id, kind of source.
    wanted = Signal(str, str)
    #: Settings that the user changed: goal, breakdown; the file of labels.
    goal_changed = Signal(int)
    breakdown_changed = Signal(str)
    labels_changed = Signal(str)
    #: What was labelled meanwhile is to be read.
    refresh_wanted = Signal()

    def __init__(self, goal: int, breakdown: str, labels: str,
                 folder: Callable[[], str], parent=None):
        super().__init__(parent)
        self._rows: Sequence[Balance] = ()
        self._needs: Sequence[Need] = ()
        self.goal = QSpinBox(minimum=1, maximum=100_000, value=goal)
        self.goal.setToolTip("Real positives that each feature shall have")
        self.goal.setAccessibleName("Goal")
        self.goal.valueChanged.connect(self.goal_changed)
        self.breakdown = QComboBox()
        for name, text in BREAKDOWNS.items():
            self.breakdown.addItem(text, name)
        self.breakdown.setCurrentIndex(max(0, self.breakdown.findData(breakdown)))
        self.breakdown.setToolTip("Positives in the columns on the right")
        self.breakdown.activated.connect(self._breakdown_chosen)
        self.labels = PathEdit("Labels of Footwear Photo Labeler", "Labels (*.csv)",
                               "as the Labeler keeps them", folder=folder)
        self.labels.setToolTip("A person's labels win over the weak ones")
        self.labels.set_path(labels)
        self.labels.changed.connect(self.labels_changed)
        self.refresh = QToolButton(text="↻", clicked=self.refresh_wanted, autoRaise=True)
        self.refresh.setToolTip("Read what was labelled meanwhile")
        self.refresh.setAccessibleName("Read again")
        top = QHBoxLayout()
        for widget in (QLabel("Goal:"), self.goal, QLabel("Positives:"), self.breakdown,
                       QLabel("A person's labels:")):
            top.addWidget(widget)
        top.addWidget(self.labels, 1)
        top.addWidget(self.refresh)
        self.table = QTableWidget(
            alternatingRowColors=True, editTriggers=QAbstractItemView.NoEditTriggers,
            selectionMode=QAbstractItemView.NoSelection, showGrid=False, cornerButtonEnabled=False,
            focusPolicy=Qt.NoFocus)
        self.table.setAccessibleName("Labels per feature")
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeToContents)
        self.sentence = QLabel(wordWrap=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.addLayout(top)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.sentence)

    def _breakdown_chosen(self, _):
        self.breakdown_changed.emit(self.breakdown.currentData())
        self._show()

    def show_balance(self, rows: Sequence[Balance], needs: Sequence[Need], group: Group,
                     language: str, ready: bool) -> None:
        """Show what there is.

        Parameters
        ----------
        language : {"en", "ru"}
            Of the features' names.
        ready : bool
            There is a folder for more.
        """
        self._group, self._language = group, language
        self._rows, self._needs, self._ready = rows, needs, ready
        self._show()

    def _show(self):
        names = {f.id: getattr(f, f"name_{self._language}") for f in self._group.features}
        parts = self._parts()
        columns = list(dict.fromkeys(part for counts in parts.values() for part in counts))
        table = self.table
        table.clear()
        table.setColumnCount(len(_COLUMNS) + len(columns))
        table.setRowCount(len(self._needs))
        table.setHorizontalHeaderLabels([*_COLUMNS, *columns])
        for column, tooltip in enumerate(_TOOLTIPS):
            table.horizontalHeaderItem(column).setToolTip(tooltip)
        for row, need in enumerate(self._needs):
            values = (need.real, need.lacking, need.goods, need.generated, need.by_person,
                      need.negatives, need.unsure)
            table.setItem(row, 0, QTableWidgetItem(names[need.feature]))
            table.setCellWidget(row, 1, self._buttons(need))
            counts = parts.get(need.feature, {})
            for column, value in enumerate([*values, *(counts.get(c, 0) for c in columns)], 2):
                item = QTableWidgetItem(str(value) if value else "")
                item.setTextAlignment(int(Qt.AlignRight | Qt.AlignVCenter))
                if column == 3 and value:
                    item.setForeground(QBrush(QColor("#b00020")))
                table.setItem(row, column, item)
        table.resizeColumnsToContents()
        lacking = [need for need in self._needs if need.lacking]
        self.sentence.setText(
            f"{len(lacking)} of {len(self._needs)} features have fewer than {self.goal.value()} "
            f"real positives; {sum(need.lacking for need in lacking)} are missing in all."
            if lacking else f"Every feature has {self.goal.value()} real positives.")

    def _parts(self) -> dict[str, dict[str, int]]:
        """Feature → column → positives."""
        views, kind = view_names(self._language), self.breakdown.currentData()
        result: dict[str, dict[str, int]] = {}
        for row in self._rows:
            source, view = row.source or row.kind, views.get(row.view, row.view) or "view unknown"
            name = {"source": source, "view": view}.get(kind, f"{source}\n{view}")
            counts = result.setdefault(row.feature, {})
            counts[name] = counts.get(name, 0) + row.positives
        return result

    def _buttons(self, need: Need) -> QWidget:
        inside = QWidget()
        layout = QHBoxLayout(inside)
        layout.setContentsMargins(2, 0, 2, 0)
        layout.setSpacing(2)
        for kind, text, tooltip in BUTTONS:
            button = QToolButton(text=text, enabled=self._ready and need.lacking > 0)
            button.setToolTip(tooltip)
            button.setAccessibleName(f"{text}: {need.feature}")
            button.clicked.connect(
                lambda _=False, kind=kind: self.wanted.emit(need.feature, kind))
            layout.addWidget(button)
        return inside
