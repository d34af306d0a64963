"""The analyst's answers in HS Code Fusion: a menu, keys, and what they change."""
from __future__ import annotations

from AnyQt.QtCore import Qt
from AnyQt.QtGui import QKeySequence
from AnyQt.QtWidgets import QAction, QMenu, QMessageBox, QShortcut, QToolButton
from Orange.widgets import gui

from orangecontrib.customs.cases.worklist import line_of, next_of
from orangecontrib.customs.i18n import say
from orangecontrib.customs.widgets.utils.common.base import Part
from orangecontrib.customs.widgets.utils.common.controls import push
from orangecontrib.customs.widgets.utils.common.wording import room, worded
from orangecontrib.customs.widgets.utils.decisions import Change, Mark

__all__ = ["FusionAnswers"]

words = room("fusionanswers")

#: Above this many goods with new answers the thread decides all of them again.
AT_ONCE = 20


class FusionAnswers(Part):
    """Answers and reviewed goods.

    The widget has ``decisions``, the settings ``answers``, ``reviewed`` and ``stood_by``, the list
    and the page of goods; it decides all of them by ``_decide``, and shows the chosen one by
    ``_show_good``.  Whose mark or code changes is noted in ``unwritten`` for ``_write_reviews``.
    """

    def _set_up_answers(self):
        """The menu of answers, and the keys."""
        menu, stack = QMenu(self), self.decisions.stack
        self.actions_ = {}
        for name, keys, job in (
                ("undo", (QKeySequence.Undo,), self.decisions.undo),
                ("redo", ("Ctrl+Y", "Ctrl+Shift+Z"), self.decisions.redo),
                ("review", ("R", "\u041a"), self._toggle_reviewed),
                ("another", (), self._ask_another),
                ("conclusion", ("Return", "Enter"), self._open_conclusion),
                ("clear", (), self._clear_answers),
                ("clear_all", (), self._ask_clear_all)):
            action = worded(QAction(self), text=words(name))
            action.setShortcuts([QKeySequence(key) for key in keys])
            action.setShortcutContext(Qt.WidgetWithChildrenShortcut)
            action.triggered.connect(lambda *_, job=job: job())
            # Enter in the filter or in a setting is for these
            for owner in (self.list.view, self.page) if name == "conclusion" else (self,):
                owner.addAction(action)
            menu.addAction(action)
            self.actions_[name] = action
        stack.canUndoChanged.connect(self.actions_["undo"].setEnabled)
        stack.canUndoChanged.connect(self.page.question.can_undo)
        stack.canRedoChanged.connect(self.actions_["redo"].setEnabled)
        for name in ("undo", "redo"):
            self.actions_[name].setEnabled(False)
        self.actions_["review"].setCheckable(True)
        self.review_button = push(None, words("review_mark"), self._toggle_reviewed,
                                  words("review_tip"), checkable=True, flat=True)
        more = worded(QToolButton(text="✎ ▾", popupMode=QToolButton.InstantPopup,
                                  autoRaise=True),
                      toolTip=words("answers_tip"), accessibleName=words("answers"))
        more.setMenu(menu)
        corner = gui.hBox(None, addToLayout=False, spacing=2)
        corner.layout().setContentsMargins(0, 0, 0, 0)
        for button in (self.review_button, self.conclusion_button, more):
            corner.layout().addWidget(button)
        self.page.tabs.setCornerWidget(corner)
        for number in range(1, 10):
            shortcut = QShortcut(QKeySequence(str(number)), self,
                                 context=Qt.WidgetWithChildrenShortcut)
            shortcut.activated.connect(
                lambda number=number: self.page.question.press(number))

    def _on_answer(self, fact: str, value: str):
        if self.verdict is not None:
            self.decisions.answer(self.verdict.key, fact, value)

    def _on_put_off(self, fact: str):
        if self.verdict is not None:
            self._put_off.add((self.verdict.key, fact))
            self._show_good()

    def _clear_answers(self):
        if self.verdict is not None:
            self.decisions.clear([self.verdict.key])

    def _ask_clear_all(self):
        if QMessageBox.question(
                self, say(words("clear_all_title")),
                say(words("clear_all_question", n=len(self.answers)))) == QMessageBox.Yes:
            self._clear_all_answers()

    def _clear_all_answers(self):
        self.decisions.clear(list(self.answers))

    def _toggle_reviewed(self):
        """The selected goods are reviewed, and the next one comes; or they are not any more."""
        if self.verdict is None:
            return
        self._review([self.verdicts[row].key for row in self.list.rows],
                     self.verdict.key not in self.reviewed)

    def _review(self, keys: list[str], on: Mark):
        row = self.list.row
        self.decisions.review(keys, on)
        shown = [self.lines[number] for number in self.list.shown]
        if on and (following := next_of(shown, self.queue, row)) >= 0:
            self.list.choose(following)

    def _on_change(self, change: Change):
        """Take new answers, decide these goods again at once, and send them on."""
        changed, reviewed = change
        self.stood_by: dict = {
            **{key: code for key, code in self.stood_by.items() if key not in reviewed},
            **{key: mark for key, mark in reviewed.items() if isinstance(mark, str)}}
        answers = {**self.answers, **changed}
        self.answers: dict = {key: dict(facts) for key, facts in answers.items() if facts}
        before = set(self.reviewed)
        self.reviewed: list = [*(key for key in self.reviewed if reviewed.get(key, True)),
                               *(key for key, on in reviewed.items() if on and key not in before)]
        self.unwritten.update(reviewed, changed.keys() & set(self.reviewed))
        if len(changed) > AT_ONCE:
            self._decide()
            return
        self._decide_again(set(changed), set(reviewed))
        self._write_reviews()
        if changed:
            self.commit.deferred()

    def _catch_up(self):
        """Take what was answered, undone or reviewed while the goods were decided."""
        then, now = self._job.answers, self.answers
        self._decide_again({key for key in {*then, *now} if then.get(key) != now.get(key)},
                           self._job.reviewed ^ set(self.reviewed))
        self._write_reviews()

    def _decide_again(self, answered: set[str], reviewed: set[str]):
        """Goods with other answers, or only another mark."""
        seen = set(self.reviewed)
        for row, verdict in enumerate(self.verdicts):
            if verdict.key in answered:
                self.verdicts[row] = verdict = self.case.decide_one(row, self._job.error,
                                                                    self.answers)
                self._changed_rows.add(row)
            elif verdict.key not in reviewed:
                continue
            self.lines[row] = line_of(self.case, verdict, row, verdict.key in self.answers,
                                      verdict.key in seen)
            self.list.set_row(row, self.lines[row])
        self._show_good()
