"""HS Code Fusion as a Learner, and the Model that it makes of goods with known codes."""
from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from AnyQt.QtWidgets import QLabel
from Orange.base import Learner
from Orange.data import Table
from Orange.widgets.utils.concurrent import TaskState

from orangecontrib.customs.cases.learning.table import FusionLearner, FusionModel, law_model
from orangecontrib.customs.facts import Priors
from orangecontrib.customs.groups import Group
from orangecontrib.customs.i18n import Sayable, say
from orangecontrib.customs.widgets.utils.common.base import Ended, Part, reason
from orangecontrib.customs.widgets.utils.common.controls import check, group_box
from orangecontrib.customs.widgets.utils.common.wording import room, worded

__all__ = ["FusionLearning", "Learnt", "taught"]

words = room("fusionlearner")


@dataclass(frozen=True)
class Learnt:
    """What came of learning: a model, or why there is none; neither where nothing was learnt."""

    model: FusionModel | None = None
    trouble: Sayable = ""


def taught(learner: Learner | None, data: Table | None, ending: threading.Event,
           state: TaskState) -> Learnt:
    """Learn from goods with known codes, unless there are none; a set `ending` ends it."""
    if learner is None or data is None:
        return Learnt()

    def progress(share: float = 0., *_) -> None:
        if ending.is_set() or state.is_interruption_requested():
            raise Ended
        state.set_progress_value(100 * share)
    state.set_status(say(words("learning")))
    try:
        return Learnt(learner(data, progress))
    except Ended:
        return Learnt(trouble=words("stopped"))
    except ValueError as error:
        return Learnt(trouble=reason(error))


class FusionLearning(Part):
    """What the widget sends for others to test and to use.

    The widget has the settings ``learn_texts``, ``groups`` and ``trust``, and the input
    ``labelled``, with known codes as class.
    """

    if TYPE_CHECKING:
        labelled: Table | None

    #: What the learner that was sent, the task in hand, and the model were made of: what does not
    #: change them trains nothing again, here or in Test and Score.
    _sent_for: tuple | None = None
    _asked_of: tuple | None = None
    _learnt_of: tuple | None = None

    def _set_up_learner(self):
        box = group_box(self.controlArea, words("learner"))
        check(box, self, "learn_texts", words("texts"), words("texts_tip"),
              callback=self._on_setting)
        self.learnt_label = QLabel(wordWrap=True)
        box.layout().addWidget(self.learnt_label)

    def learner_of(self, groups: tuple[Group, ...], priors: Priors) -> FusionLearner:
        """The learner that settings and inputs make."""
        learner = FusionLearner(groups, priors, self.trust, self.learn_texts)
        learner.name = self.name
        return learner

    def _made_of(self, priors: Priors) -> tuple:
        return (self.labelled, tuple(map(str, self.groups)), self.trust, self.learn_texts,
                {fact: tuple(map(float, p)) for fact, p in priors.items()})

    @property
    def _to_learn_from(self) -> Table | None:
        """The goods with known codes; None where that is done."""
        return None if _alike(self._learnt_of, self._asked_of) else self.labelled

    def _send_learner(self, groups: tuple[Group, ...] | None, priors: Priors):
        """The learner at once, and the model if no training is needed."""
        if groups is None:
            self._sent_for = self._asked_of = self._learnt_of = None
            self.Outputs.learner.send(None)
            self._send_model(None)
            return
        made_of = self._asked_of = self._made_of(priors)
        if _alike(self._sent_for, made_of):
            return
        self._sent_for, self._learnt_of = made_of, None
        self.Outputs.learner.send(self.learner_of(groups, priors))
        self._send_model(law_model(groups, priors, self.trust) if self.labelled is None else None)

    def _send_model(self, model: FusionModel | None):
        self.Outputs.fitted.send(model)
        worded(self.learnt_label, text=said_of(model))

    def _on_learnt(self, learnt: Learnt):
        if learnt.model is not None:
            self._learnt_of = self._asked_of
            self._send_model(learnt.model)
        self.Warning.learning(reason=learnt.trouble, shown=bool(learnt.trouble))


def _alike(one: tuple | None, other: tuple | None) -> bool:
    """Whether the same was made of both; tables are the same only where they are one."""
    return one is not None and other is not None and all(
        mine is theirs or not isinstance(mine, Table) and not isinstance(theirs, Table)
        and mine == theirs for mine, theirs in zip(one, other))


def said_of(model: FusionModel | None) -> Sayable:
    """What a model rests on."""
    if model is None:
        return ""
    if model.columns is None:
        return words("law_alone")
    if model.tree is None:
        return words("shares", n=int(sum(model.codes.counts)))
    fit = model.weight_fit
    if fit is None:
        return words("unweighed", n=int(sum(model.codes.counts)), weight=f"{model.tree.weight:g}")
    return words("weighed", n=int(sum(model.codes.counts)), weight=f"{fit.weight:g}",
                 low=f"{fit.low:g}", high=f"{fit.high:g}", goods=fit.n)
