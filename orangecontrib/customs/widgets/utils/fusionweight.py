"""The weight of predictions, fitted on goods whose codes are known."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from AnyQt.QtCore import QTimer
from AnyQt.QtWidgets import QLabel
from Orange.data import Table, Variable
from Orange.widgets.utils.concurrent import TaskState

from orangecontrib.customs.cases import WEIGHT
from orangecontrib.customs.cases.api import engines_of
from orangecontrib.customs.cases.table import case_from_tables, known_codes, tested_aside
from orangecontrib.customs.cases.weighing import FEWEST, WeightError, WeightFit, fit_weight
from orangecontrib.customs.declarations.learning.table import code_candidates
from orangecontrib.customs.fusion.among import vocabulary_of
from orangecontrib.customs.fusion.engine import Engine
from orangecontrib.customs.i18n import Joined, Sayable, say
from orangecontrib.customs.widgets.utils.common.base import Part, reason
from orangecontrib.customs.widgets.utils.common.controls import grid_of, push
from orangecontrib.customs.widgets.utils.common.variables import VariableCombo
from orangecontrib.customs.widgets.utils.common.wording import room, worded

__all__ = ["FusionWeight", "Weighed"]

words = room("fusionweight")


@dataclass(frozen=True)
class Truth:
    """Where codes are known, and what the thread needs beside."""

    engines: tuple[Engine, ...]
    tables: dict[str, Table | None]
    keys: dict[str, Variable | None]
    features: Sequence[Variable] | None
    trust: float
    name: str                       #: of the table with known codes
    codes: Variable
    by: Variable | None


@dataclass(frozen=True)
class Weighed:
    """The weight that was fitted, or why there is none."""

    fit: WeightFit | None
    trouble: Sayable = ""
    aside: bool = True      #: the predictions are known to be of goods that the model had not seen


def weigh(truth: Truth, state: TaskState) -> Weighed:
    """Fit the weight; what people can mend is told, not raised."""
    state.set_status(say(words("fitting")))
    tables, keys = truth.tables, truth.keys
    try:
        case = case_from_tables(
            truth.engines, tables["text"], tables["photos"], tables["predictions"],
            text_key=keys["text"], photo_key=keys["photos"], predictions_key=keys["predictions"],
            features=truth.features, trust=truth.trust, weight=WEIGHT)
        true, by = known_codes(case, tables[truth.name], truth.codes, keys[truth.name], truth.by)
        return Weighed(fit_weight(case, true, by), aside=tested_aside(tables["predictions"]))
    except WeightError as error:
        return Weighed(None, words("too_few", n=error.goods, fewest=FEWEST))
    except ValueError as error:
        return Weighed(None, reason(error))


class FusionWeight(Part):
    """Columns of known codes and of what goods share, a button, and what was found.

    The widget has the settings ``weight``, ``truth`` and ``truth_by``, and the tables.
    """

    if TYPE_CHECKING:
        tables: dict[str, Table | None]

    def _set_up_weight(self, box):
        #: By table, columns that may hold known codes.
        self._candidates: dict[str, list[Variable]] = {}
        self.truth_combo = worded(VariableCombo(words("none")), toolTip=words("truth_tip"))
        self.truth_combo.chosen.connect(self._on_truth)
        self.by_combo = worded(VariableCombo(words("each")), toolTip=words("by_tip"))
        self.by_combo.chosen.connect(lambda name: setattr(self, "truth_by", name))
        for combo in (self.truth_combo, self.by_combo):
            combo.setMinimumContentsLength(5)
        box.layout().addLayout(grid_of(((words("truth"), self.truth_combo),
                                        (words("by"), self.by_combo))))
        self.fit_button = push(box, words("fit"), self._fit_weight, words("fit_tip"),
                               enabled=False)
        self.fit_label = QLabel(wordWrap=True, visible=False)
        box.layout().addWidget(self.fit_label)

    def _show_truths(self):
        """Offer the columns of the inputs; a class of codes is what is known."""
        found = self._candidates = {
            name: code_candidates(table) for name, table in self.tables.items()
            if table is not None and name != "photos"}
        there = {v.name: v for some in reversed(found.values()) for v in reversed(some)}
        classes = [v for name, some in found.items() for v in some
                   if v in self.tables[name].domain.class_vars]
        self.truth_combo.set_variables(list(reversed(there.values())), self.truth, next(
            iter(classes), None))
        self._show_by()
        self.fit_label.hide()

    def _show_by(self):
        table = self.tables.get(self._truth_table or "")
        some = [] if table is None else [
            v for v in (*table.domain.metas, *table.domain.variables)
            if (v.is_string or v.is_discrete) and v is not self.truth_combo.variable]
        self.by_combo.set_variables(some, self.truth_by, None)
        self._show_fitting()

    @property
    def _truth_table(self) -> str | None:
        """Which table has the column of known codes."""
        return next((name for name, some in self._candidates.items()
                     if self.truth_combo.variable in some), None)

    def _show_fitting(self, busy: bool = False):
        """Whether there is anything to fit by, and nobody is at work."""
        self.fit_button.setEnabled(
            not busy and self.task is None and self.tables["predictions"] is not None
            and self.truth_combo.variable is not None)

    def _on_truth(self, name: str):
        self.truth = name
        self._show_by()

    def _fit_weight(self):
        name, groups = self._truth_table, self._chosen_groups()
        if name is None or groups is None or self.task is not None:
            return
        keys = {each: combo.variable for each, combo in self.key_combos.items()}
        self.fit_button.setEnabled(False)
        self.start(weigh, Truth(engines_of(groups, self._priors(vocabulary_of(groups))),
                                dict(self.tables), keys, self.features, self.trust, name,
                                self.truth_combo.variable, self.by_combo.variable))

    def _on_weighed(self, found: Weighed):
        worded(self.fit_label, text=said_of(found, self.weight))
        self.fit_label.show()
        if found.fit is not None and found.fit.weight != self.weight:
            self.weight = found.fit.weight
            QTimer.singleShot(0, self._on_setting)  # no task begins where another one ends


def said_of(found: Weighed, weight: float) -> Sayable:
    """What was found, in a line, and on what it rests."""
    fit = found.fit
    if fit is None:
        return words("stays", weight=f"{weight:g}", reason=found.trouble)
    said = words("found", weight=f"{fit.weight:g}", low=f"{fit.low:g}", high=f"{fit.high:g}",
                 n=fit.n, groups=fit.groups, loss=f"{fit.loss:.3f}",
                 without=f"{fit.losses[0.]:.3f}", one=f"{fit.losses[WEIGHT]:.3f}")
    return said if found.aside else Joined((said, words("not_aside")), " ")
