"""A panel in which the analyst answers facts by hand."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from AnyQt.QtCore import Qt
from AnyQt.QtCore import pyqtSignal as Signal
from AnyQt.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from orangecontrib.customs.cases.case import Held
from orangecontrib.customs.facts import Fact
from orangecontrib.customs.fusion.among import vocabulary_of
from orangecontrib.customs.fusion.verdict import Verdict
from orangecontrib.customs.groups import Group
from orangecontrib.customs.i18n import Message, say
from orangecontrib.customs.widgets.utils.escaping import as_written

__all__ = ["AnswerPanel"]


class _Combo(QComboBox):
    """A combo that leaves the wheel to the scroll area, so that no answer changes by it."""

    def __init__(self):
        super().__init__()
        self.setFocusPolicy(Qt.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        self.setSizePolicy(QSizePolicy.Expanding, QSizePolicy.Fixed)

    def wheelEvent(self, event):
        event.ignore()


class AnswerPanel(QWidget):
    """A combo per fact: "—" with what is believed, or the analyst's answer.

    Of several groups, the facts of that one are shown which decides the good, and of those that
    hold an answer; all of them while none does.
    """

    #: Fact and value that were answered; "" takes the answer back.
    answered = Signal(str, str)
    cleared = Signal()
    all_cleared = Signal()

    def __init__(self, groups: Sequence[Group] = (), parent=None):
        super().__init__(parent)
        self.scroll = scroll = QScrollArea(widgetResizable=True)
        scroll.setFrameShape(QScrollArea.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarAlwaysOff)
        self.clear_button = QPushButton("Clear Answers", autoDefault=False, toolTip=(
            "Take back the answers for this good"))
        self.clear_button.clicked.connect(self.cleared)
        self.clear_all_button = QPushButton("Clear All", autoDefault=False, toolTip=(
            "Take back the answers for all goods"))
        self.clear_all_button.clicked.connect(self.all_cleared)
        buttons = QHBoxLayout()
        buttons.addWidget(self.clear_button)
        buttons.addWidget(self.clear_all_button)
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 4)
        layout.addWidget(scroll)
        layout.addLayout(buttons)
        self.set_groups(groups)

    def set_groups(self, groups: Sequence[Group]) -> None:
        """Ask for the facts of these groups."""
        self.groups = tuple(groups)
        self.vocabulary = vocabulary_of(groups)
        self.titles: dict[str, QLabel] = {}
        self.labels: dict[str, QLabel] = {}
        self.combos: dict[str, QComboBox] = {}
        inner = QWidget()
        grid = QGridLayout(inner)
        grid.setContentsMargins(6, 6, 6, 6)
        grid.setVerticalSpacing(3)
        grid.setColumnStretch(1, 1)
        for group in groups:
            if len(self.groups) > 1:
                self.titles[group.id] = QLabel(wordWrap=True)
                grid.addWidget(self.titles[group.id], grid.rowCount(), 0, 1, 2)
            self._add_facts(grid, [self.vocabulary[fact] for fact in group.vocabulary
                                   if fact not in self.combos])
        grid.setRowStretch(grid.rowCount(), 1)
        self.scroll.setWidget(inner)
        self.say_names()

    def _add_facts(self, grid: QGridLayout, facts: Sequence[Fact]) -> None:
        for row, fact in enumerate(facts, start=grid.rowCount()):
            label, combo = QLabel(), _Combo()
            label.setBuddy(combo)
            label.setWordWrap(True)
            label.setTextFormat(Qt.RichText)
            label.setMaximumWidth(165)
            combo.addItem("—", "")
            for value in fact.values:
                combo.addItem("", value.id)
            combo.activated.connect(
                lambda _, fact=fact.id: self.answered.emit(
                    fact, self.combos[fact].currentData()))
            grid.addWidget(label, row, 0)
            grid.addWidget(combo, row, 1)
            self.labels[fact.id], self.combos[fact.id] = label, combo

    def say_names(self) -> None:
        """Word values and questions in the language that is spoken now."""
        for group in self.groups:
            if group.id in self.titles:
                self.titles[group.id].setText(f"<b>{escape(say(group.name))}</b>")
        for fact in self.vocabulary.values():
            combo = self.combos[fact.id]
            combo.setToolTip(as_written(say(fact.question)))
            for number, value in enumerate(fact.values, start=1):
                combo.setItemText(number, say(value))

    def show_good(self, verdict: Verdict | None, beliefs: Mapping[str, Held],
                  answers: Mapping[str, str], any_answers: bool) -> None:
        """Show what is believed and answered of one good."""
        asked = {q.fact: q for q in verdict.questions} if verdict is not None else {}
        self._show_groups("" if verdict is None else verdict.group, answers)
        for fact, combo in self.combos.items():
            spec = self.vocabulary[fact]
            held = beliefs.get(fact)
            if held is None:
                combo.setItemText(0, "—")
            else:
                doubt = "" if held.said else f", {say(Message('verdict.assumed'))}"
                name = say(spec.values[spec.index(held.value)])
                combo.setItemText(0, f"—  ({name} {held.p:.2f}{doubt})")
            combo.setCurrentIndex(max(0, combo.findData(answers.get(fact, ""))))
            question = asked.get(fact)
            text = escape(f"{say(spec)} ?" if question else say(spec))
            if question or combo.currentIndex() > 0:
                text = f"<b>{text}</b>"
            self.labels[fact].setText(text)
            self.labels[fact].setToolTip(
                as_written(say(spec.question)) + (
                    f"<p>The answer lowers the error by {100 * question.gain:.0f} points.</p>"
                    if question else ""))
        self.clear_button.setEnabled(bool(answers))
        self.clear_all_button.setEnabled(any_answers)

    def _show_groups(self, deciding: str, answers: Mapping[str, str]) -> None:
        """Show the facts of the group that decides, and of those of which any is answered."""
        shown = [group for group in self.groups
                 if deciding in ("", group.id) or answers.keys() & group.vocabulary.keys()]
        for group in self.groups:
            if group.id in self.titles:
                self.titles[group.id].setVisible(group in shown)
        facts = {fact for group in shown for fact in group.vocabulary}
        for fact, combo in self.combos.items():
            combo.setVisible(fact in facts)
            self.labels[fact].setVisible(fact in facts)
