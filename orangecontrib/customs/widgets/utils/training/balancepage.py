"""What a collection holds of each feature, what it lacks, and buttons that go for it."""
from __future__ import annotations

from collections.abc import Callable, Sequence

from AnyQt.QtCore import Qt
from AnyQt.QtCore import pyqtSignal as Signal
from AnyQt.QtGui import QBrush
from AnyQt.QtWidgets import (
    QAbstractItemView,
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
from orangecontrib.customs.i18n import Joined, say
from orangecontrib.customs.i18n import language as spoken_now
from orangecontrib.customs.widgets.utils.common.controls import choice
from orangecontrib.customs.widgets.utils.common.pathedit import PathEdit
from orangecontrib.customs.widgets.utils.common.theme import theme
from orangecontrib.customs.widgets.utils.common.wording import room, worded
from orangecontrib.customs.widgets.utils.training.naming import shown_names

__all__ = ["BREAKDOWNS", "BalancePage"]

words = room("balancepage")

#: Columns of positives: name in the settings → text.
BREAKDOWNS = {name: words(f"per_{name}") for name in ("source", "view", "both")}

#: Kinds of sources that buttons go to.
BUTTONS = ("catalogue", "search", "generated")

_COLUMNS = ("feature", "go", "real", "missing", "goods", "made", "person", "no", "unsure")


class BalancePage(QWidget):
    """A row per feature."""

    title = words("balance")

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
        worded(self.goal, toolTip=words("goal_tip"), accessibleName=words("goal"))
        self.goal.valueChanged.connect(self.goal_changed)
        self.breakdown = choice(list(BREAKDOWNS.items()), breakdown, self._breakdown_chosen,
                                words("breakdown_tip"))
        worded(self.breakdown, accessibleName=words("positives"))
        self.labels = worded(PathEdit(words("labels_name"), words("kinds"), words("labels_hint"),
                                      folder=folder), toolTip=words("labels_tip"))
        self.labels.set_path(labels)
        self.labels.changed.connect(self.labels_changed)
        self.refresh = QToolButton(text="↻", clicked=self.refresh_wanted, autoRaise=True)
        worded(self.refresh, toolTip=words("refresh_tip"), accessibleName=words("refresh_tip"))
        top = QHBoxLayout()
        for widget in (worded(QLabel(), text=words("goal")), self.goal,
                       worded(QLabel(), text=words("positives")), self.breakdown,
                       worded(QLabel(), text=words("labels"))):
            top.addWidget(widget)
        top.addWidget(self.labels, 1)
        top.addWidget(self.refresh)
        self.table = QTableWidget(
            alternatingRowColors=True, editTriggers=QAbstractItemView.NoEditTriggers,
            selectionMode=QAbstractItemView.NoSelection, showGrid=False, cornerButtonEnabled=False,
            focusPolicy=Qt.NoFocus)
        worded(self.table, accessibleName=words("table"))
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeToContents)
        self.sentence = QLabel(wordWrap=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.addLayout(top)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.sentence)

    def _breakdown_chosen(self):
        self.breakdown_changed.emit(self.breakdown.currentData())
        self._show()

    def show_balance(self, rows: Sequence[Balance], needs: Sequence[Need], group: Group,
                     language: str, ready: bool) -> None:
        """Show what there is.

        Parameters
        ----------
        language : {"en", "ru"}
            Of the columns' names, see :func:`shown_names`.
        ready : bool
            There is a folder for more.
        """
        self._group, self._language = group, language
        self._rows, self._needs, self._ready = rows, needs, ready
        self._show()

    def _show(self):
        names = shown_names(self._group, self._language)
        parts = self._parts()
        columns = list(dict.fromkeys(part for counts in parts.values() for part in counts))
        table = self.table
        table.clear()
        table.setColumnCount(len(_COLUMNS) + len(columns))
        table.setRowCount(len(self._needs))
        table.setHorizontalHeaderLabels([*(say(words(name)) for name in _COLUMNS), *columns])
        for column, name in enumerate(_COLUMNS[1:], 1):
            table.horizontalHeaderItem(column).setToolTip(say(words(f"{name}_tip")))
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
                    item.setForeground(QBrush(theme(table.palette()).bad))
                table.setItem(row, column, item)
        table.resizeColumnsToContents()
        lacking = [need for need in self._needs if need.lacking]
        self.sentence.setText(say(words(
            "lacking", n=len(lacking), of=len(self._needs), goal=self.goal.value(),
            missing=sum(need.lacking for need in lacking))
            if lacking else words("enough", goal=self.goal.value())))

    def _parts(self) -> dict[str, dict[str, int]]:
        """Feature → column → positives."""
        views, kind = view_names(spoken_now()), self.breakdown.currentData()
        result: dict[str, dict[str, int]] = {}
        for row in self._rows:
            source, view = row.source or row.kind, views.get(row.view, row.view)
            view = view or say(words("no_view"))
            name = {"source": source, "view": view}.get(kind, f"{source}\n{view}")
            counts = result.setdefault(row.feature, {})
            counts[name] = counts.get(name, 0) + row.positives
        return result

    def _buttons(self, need: Need) -> QWidget:
        inside = QWidget()
        layout = QHBoxLayout(inside)
        layout.setContentsMargins(2, 0, 2, 0)
        layout.setSpacing(2)
        feature = next(f for f in self._group.features if f.id == need.feature)
        for kind in BUTTONS:
            button = worded(
                QToolButton(enabled=self._ready and need.lacking > 0), text=words(kind),
                toolTip=words(f"{kind}_tip"),
                accessibleName=Joined((words(kind), feature.title), ": "))
            button.clicked.connect(
                lambda _=False, kind=kind: self.wanted.emit(need.feature, kind))
            layout.addWidget(button)
        return inside
