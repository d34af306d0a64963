"""What keys and buttons of Footwear Photo Labeler answer."""
from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from AnyQt.QtCore import QEvent

from orangecontrib.customs.i18n import say
from orangecontrib.customs.training.labelling import (
    LabelsError,
)
from orangecontrib.customs.widgets.utils.common.base import Part
from orangecontrib.customs.widgets.utils.common.wording import room
from orangecontrib.customs.widgets.utils.training.labelkeys import action

__all__ = ["Answers"]

words = room("owphotolabeler")


class Answers(Part):
    """Answers questions about photos.

    The widget has ``sheet``, ``gallery``, ``panel`` and the question that is asked.
    """

    def _skip(self):
        found = self.gallery.skip()
        self.setStatusMessage("" if found else say(words("no_other")))

    def eventFilter(self, watched, event):
        if watched is self.gallery and event.type() == QEvent.KeyPress and self._key(event):
            return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event):
        if not self._key(event):
            super().keyPressEvent(event)

    def _key(self, event) -> bool:  # noqa: C901 - a table of keys
        """Do what a key asks for; False if it is not one of ours."""
        asked_for = action(event)
        if asked_for is None or self.sheet is None:
            return False
        name, argument = asked_for
        if name == "cluster":
            for cluster in self.group.clusters[argument:argument + 1]:
                self._choose_cluster(cluster.id)
        elif name == "height":
            whole = [q for q in self.panel.rows if q.exclusive]
            if any(q.exclusive for q in self.panel.state.asked):
                for member in whole[0].members[argument:argument + 1]:
                    self._answer_if_open(member)
        elif name in self.panel.shot_rows:
            for shot in list(self.panel.shot_rows[name].buttons)[argument:argument + 1]:
                self._say_shot(name, shot)
        elif name == "answer":
            if self._question is not None:
                self._answer_question(argument)
        elif name == "question":
            self._turn(argument)
        else:
            actions = {"skip": self._skip, "back": self.gallery.back, "accept": self._accept,
                       "clear": self._clear, "move": lambda: self.gallery.move(argument),
                       "undo": lambda: self._step(name), "redo": lambda: self._step(name)}
            if name in actions:  # a group without views or scenes has no use for their keys
                actions[name]()
        return True

    def _do(self, change: Callable[[], bool]) -> bool:
        """Make a change; what can't be written is said, and stays in memory."""
        try:
            changed = change()
            if changed:
                self.Error.unsaved.clear()
        except LabelsError as error:
            self.Error.unsaved(reason=error.reason)
            changed = True
        if changed:
            self.Information.merged.clear()
            self._changed()
        return changed

    def _changed(self):
        """Show labels that are new; this costs the same for ten photos and for ten thousand."""
        self.gallery.refresh()
        self._show_panel()
        self._show_progress()
        self._sending.start()

    def _choose_cluster(self, cluster: str):
        rows = self.gallery.chosen
        self._question, self._answered = None, ()
        if rows and self._do(lambda: self.sheet.set_cluster(rows, cluster)):
            self._advance(rows)

    def _say_shot(self, kind: str, shot: str):
        """Say how the chosen photos were taken; this finishes none, and so goes on to none."""
        rows = self.gallery.chosen
        if rows:
            self._do(lambda: self.sheet.say_shot(rows, kind, shot))

    def _answer(self, feature: str, label: float):
        rows = self.gallery.chosen
        if not rows:
            return
        member = self.group.feature_ids.index(feature)
        whole = next(q for q in self.panel.rows if member in q.members)
        if self._question is not None and self._question.members[0] in whole.members:
            self._question, self._answered = None, whole.members  # on to the next one
        if self._do(lambda: self.sheet.answer(rows, feature, label)) and not np.isnan(label):
            self._advance(rows)

    def _answer_if_open(self, member: int):
        """A height by its key, where the group leaves it open."""
        if any(member in q.members for q in self.panel.state.asked):
            self._answer(self.group.feature_ids[member], 1.)

    def _answer_question(self, label: float):
        question = self._question
        if question.exclusive and label != .5:
            return  # which height it is has keys of its own
        self._answer(self.group.feature_ids[question.members[0]], label)

    def _turn(self, by: int):
        """To the question before or after."""
        questions = self.panel.state.asked
        if questions:
            place = questions.index(self._question) if self._question in questions else -by
            self._question = questions[(place + by) % len(questions)]
            self._show_panel()

    def _advance(self, rows: Sequence[int]):
        """On to the next photo, when the only chosen one has just been finished."""
        if self.go_on and len(rows) == 1 and self.sheet.done[rows[0]] >= 1:
            self._skip()

    def _accept(self):
        """Take the suggestions for the chosen photos, as one step."""
        rows = sorted(self.gallery.chosen)
        if rows:
            self._do(lambda: self.sheet.accept(rows, self._suggestions(rows)))
            self._advance(rows)

    def _clear(self):
        rows = self.gallery.chosen
        if rows:
            self._do(lambda: self.sheet.clear(rows))

    def _step(self, name: str):
        """Undo or redo, and show the photo that it was about."""
        if self.sheet is None or not getattr(self.sheet, f"can_{name}"):
            return
        changed = []
        self._question = None
        self._do(lambda: changed.append(getattr(self.sheet, name)()) or True)
        for number in (changed[0] if changed else ()):
            if self.gallery.shows(int(number)):
                if len(changed[0]) == 1 or int(number) == self.gallery.current:
                    self.gallery.go_to(int(number))
                    break
        self._show_panel()
