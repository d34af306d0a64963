"""HS Code Fusion as a Learner, and the Model that it makes of goods with known codes."""
from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from AnyQt.QtWidgets import QLabel
from Orange.base import Learner, Model
from Orange.data import Table
from Orange.widgets.utils.concurrent import TaskState

from orangecontrib.customs.cases.learning.table import FusionLearner, FusionModel, law_model
from orangecontrib.customs.facts import Priors
from orangecontrib.customs.fusion.among import vocabulary_of
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

    #: What the model was made of, and itself: a new question needs no training.
    _model_of: tuple[object, Model | None] = (None, None)

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

    @property
    def _made_of(self) -> object:
        return (self.labelled, tuple(map(str, self.groups)), self.trust, self.learn_texts,
                self.priors_file, self.priors_table)

    @property
    def _to_learn_from(self) -> Table | None:
        """The goods with known codes; None where that is done."""
        return None if self._same() else self.labelled

    def _same(self) -> bool:
        before, now = self._model_of[0], self._made_of
        return isinstance(before, tuple) and all(
            one is other or not isinstance(one, Table) and not isinstance(other, Table)
            and one == other for one, other in zip(before, now))

    def _send_learner(self):
        """The learner at once, and the model if no training is needed."""
        groups = self._chosen_groups()
        if groups is None:
            self.Outputs.learner.send(None)
            self._send_model(None)
            return
        priors = self._priors(vocabulary_of(groups))
        self.Outputs.learner.send(self.learner_of(groups, priors))
        if self.labelled is None:
            self._model_of = None, None
            self._send_model(law_model(groups, priors, self.trust))
        elif not self._same():
            self._model_of = None, None
            self._send_model(None)

    def _send_model(self, model: FusionModel | None):
        self.Outputs.fitted.send(model)
        worded(self.learnt_label, text=said_of(model))

    def _on_learnt(self, learnt: Learnt):
        if learnt.model is not None:
            self._model_of = self._made_of, learnt.model
            self._send_model(learnt.model)
        self.Warning.learning(reason=learnt.trouble, shown=bool(learnt.trouble))


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
