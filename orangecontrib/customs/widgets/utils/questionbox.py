"""The question of a good with its answers as buttons under it."""
from __future__ import annotations

from AnyQt.QtCore import QSize, Qt
from AnyQt.QtCore import pyqtSignal as Signal
from AnyQt.QtWidgets import QFrame, QLabel, QMenu, QPushButton, QSizePolicy, QVBoxLayout

from orangecontrib.customs.cases.card import Asked
from orangecontrib.customs.i18n import say
from orangecontrib.customs.widgets.utils.common.controls import push
from orangecontrib.customs.widgets.utils.common.escaping import as_written
from orangecontrib.customs.widgets.utils.common.flow import FlowLayout
from orangecontrib.customs.widgets.utils.common.theme import theme
from orangecontrib.customs.widgets.utils.common.wording import room, worded
from orangecontrib.customs.widgets.utils.verdictview import question_html

__all__ = ["QuestionBox"]

words = room("questionbox")


class _Answer(QPushButton):
    """An answer; a long one is cut in the middle, and whole in its tooltip."""

    def __init__(self, text: str, number: int):
        super().__init__(autoDefault=False)
        self.whole, self.number = text, number
        self.setToolTip(as_written(text) + (f"   ({number})" if number < 10 else ""))
        self.setAccessibleName(text)
        self.setSizePolicy(QSizePolicy.Maximum, QSizePolicy.Fixed)
        self._put(text)

    def _put(self, text: str):
        self.setText(text.replace("&", "&&"))

    def resizeEvent(self, event):
        super().resizeEvent(event)
        self._put(self.fontMetrics().elidedText(self.whole, Qt.ElideMiddle, self.width() - 12))

    def sizeHint(self):
        wide = self.fontMetrics().horizontalAdvance(self.whole) + 16
        return QSize(wide, self.fontMetrics().height() + 10)

    def minimumSizeHint(self):
        return QSize(40, self.sizeHint().height())


class QuestionBox(QFrame):
    """One click on an answer, and the codes move; keys 1 to 9 do the same."""

    #: Fact and value.
    answered = Signal(str, str)
    #: The question is to wait: the next one, please.
    put_off = Signal(str)
    undo = Signal()

    def __init__(self, parent=None):
        super().__init__(parent)
        self.setObjectName("question-box")
        self.setFrameShape(QFrame.StyledPanel)
        worded(self, accessibleName=words("question"))
        self.asked: Asked | None = None
        self.text = QLabel(wordWrap=True, textFormat=Qt.RichText)
        self.text.setTextInteractionFlags(Qt.TextSelectableByMouse)
        #: What else would settle it; hidden while nobody says.
        self.instead = QLabel(wordWrap=True, textFormat=Qt.PlainText, visible=False)
        self.buttons: list[_Answer] = []
        self._answers = FlowLayout()
        self.undo_button = push(None, words("undo"), self.undo.emit, words("undo_tip"),
                                enabled=False)
        self.later_button = push(None, words("later"), self._put_off, words("later_tip"))
        self.undo_button.hide()
        self.more_button = worded(QPushButton(autoDefault=False), text=words("more"),
                                  toolTip=words("more_tip"))
        self.more_button.setMenu(QMenu(self))
        for button in (self.undo_button, self.later_button):
            button.setFlat(True)
            button.setSizePolicy(QSizePolicy.Maximum, QSizePolicy.Fixed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 3, 6, 4)
        layout.setSpacing(3)
        layout.addWidget(self.text)
        layout.addLayout(self._answers)
        layout.addWidget(self.instead)

    def _put_off(self) -> None:
        if self.asked is not None:
            self.put_off.emit(self.asked.fact.id)

    def show_question(self, asked: Asked | None, answer: str = "", none: str = "") -> None:
        """Show a question; without one, why there is none.

        Parameters
        ----------
        asked : Asked or None
        answer : str
            The value that was answered already.
        none : str
        """
        self.asked = asked
        for button in self.buttons:
            self._answers.removeWidget(button)
            button.setParent(None)
            button.deleteLater()
        tail = (self.more_button, self.later_button, self.undo_button)
        for button in tail:
            self._answers.removeWidget(button)
        self.more_button.menu().clear()
        self.more_button.setVisible(asked is not None and bool(asked.others))
        self.buttons = []
        colours = theme(self.palette())
        self.later_button.setVisible(asked is not None)
        if asked is None:
            self.text.setText(f"<span style='color:{colours.quiet.name()}'>{none}</span>")
        else:
            self.text.setText(question_html(asked, colours))
            for value in asked.others:
                action = self.more_button.menu().addAction(say(value).replace("&", "&&"))
                action.setCheckable(True)
                action.setChecked(value.id == answer)
                action.triggered.connect(
                    lambda _, value=value.id: self.answered.emit(self.asked.fact.id, value))
            for number, value in enumerate(asked.likely, start=1):
                button = _Answer(say(value), number)
                button.setCheckable(True)
                button.setChecked(value.id == answer)
                button.clicked.connect(
                    lambda _, value=value.id: self.answered.emit(self.asked.fact.id, value))
                self._answers.addWidget(button)
                self.buttons.append(button)
        for button in tail:
            self._answers.addWidget(button)
        self.updateGeometry()

    def show_instead(self, text: str) -> None:
        """What else would settle it: a photo to take."""
        self.instead.setText(text)
        self.instead.setVisible(bool(text))

    def can_undo(self, can: bool) -> None:
        """Whether there is an answer to take back."""
        self.undo_button.setEnabled(can)
        self.undo_button.setVisible(can)

    def press(self, number: int) -> None:
        """Answer by the number of a button, from 1."""
        if 0 < number <= len(self.buttons):
            self.buttons[number - 1].click()
