"""The settings of HS Code Fusion: ids, groups of goods, decision, priors."""
from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from AnyQt.QtCore import Qt
from AnyQt.QtWidgets import QLabel
from Orange.widgets import gui

from orangecontrib.customs.cases.table import (
    priors_from_table,
)
from orangecontrib.customs.facts import Priors, Vocabulary
from orangecontrib.customs.groups import Group, GroupError
from orangecontrib.customs.i18n import Joined, Sayable, language, say
from orangecontrib.customs.widgets.utils.common.base import Part, reason
from orangecontrib.customs.widgets.utils.common.controls import (
    auto_apply,
    grid_of,
    group_box,
    push,
    spin,
)
from orangecontrib.customs.widgets.utils.common.groupchoice import (
    GroupChoice,
    chosen_groups,
    storable_groups,
)
from orangecontrib.customs.widgets.utils.common.variables import VariableCombo
from orangecontrib.customs.widgets.utils.common.wording import room, worded

__all__ = ["FusionSettings"]

words = room("fusionsettings")
common = room("common")


def editions_of(groups: Sequence[Group]) -> str:
    """The editions of the tariff that groups have, for people."""
    editions = [edition for group in groups for edition in group.nomenclature.editions]
    return "; ".join(dict.fromkeys(
        say(words("edition", name=edition.name(language()), date=edition.in_force)
            if edition.in_force else edition.name(language()))
        for edition in editions))


class FusionSettings(Part):
    """The panel of settings.

    The widget has the settings ``priors_file``, ``groups`` and the keys, and decides again when
    ``_on_setting`` is called.
    """

    def _set_up_controls(self):
        box = group_box(self.controlArea, words("id"))
        self.key_combos: dict[str, VariableCombo] = {}
        for name in ("text", "photos", "predictions"):
            combo = worded(VariableCombo(words("row_number")), toolTip=words("id_tip"))
            combo.setMinimumContentsLength(5)
            combo.chosen.connect(lambda chosen, name=name: self._on_key_chosen(name, chosen))
            self.key_combos[name] = combo
        box.layout().addLayout(grid_of([(words(name), combo)
                                        for name, combo in self.key_combos.items()]))

        self.group_choice = GroupChoice()
        self.group_choice.chosen.connect(self._on_groups)
        self.controlArea.layout().addWidget(self.group_choice)

        box = group_box(self.controlArea, words("decision"))
        for setting, low, high, step in (("accepted_error", .01, .30, .01),
                                         ("trust", .50, 1., .01), ("weight", 0., 3., .1)):
            spin(box, self, setting, low, high, words(setting), words(f"{setting}_tip"),
                 step=step, spinType=float, callback=self._on_setting, alignment=Qt.AlignRight,
                 controlWidth=64)
        self._set_up_weight(box)
        self._set_up_learner()

        box = group_box(self.controlArea, words("priors"))
        self.priors_label = QLabel(wordWrap=True)
        box.layout().addWidget(self.priors_label)
        row = gui.hBox(box)
        push(row, words("load"), self._load_priors, words("load_tip"))
        self.reset_button = push(row, common("reset"), self._reset_priors, words("reset_tip"))
        self._set_up_ledger()
        self.edition_label = QLabel(wordWrap=True)
        self.edition_label.setEnabled(False)
        self.controlArea.layout().addWidget(self.edition_label)
        gui.rubber(self.controlArea)
        self.make_cancel_button(lambda: self.ending.set(), words("stop_tip"))
        self.cancel_button.hide()
        self.conclusion_button = push(None, words("conclusion"), self._open_conclusion,
                                      words("conclusion_tip"), enabled=False)
        auto_apply(self.buttonsArea, self, "auto_commit")

    def _on_key_chosen(self, name: str, chosen: str):
        setattr(self, {"text": "text_key", "photos": "photo_key",
                       "predictions": "predictions_key"}[name], chosen)
        self._on_setting()

    def workflowEnvChanged(self, key, value, oldvalue):
        """The workflow was saved elsewhere: groups stay where they are, too."""
        super().workflowEnvChanged(key, value, oldvalue)
        if key == "basedir":
            self.groups = storable_groups(self.groups, oldvalue, value or None)
            self._show_groups()

    def show_paths(self):
        self._show_priors()
        self._show_ledger()

    def _on_groups(self, names: list[str]):
        self.groups = names
        self._show_groups()
        self._on_setting()

    def _chosen_groups(self) -> tuple[Group, ...] | None:
        """The groups that decide; None, and an error, where one is not there."""
        self.Error.groups.clear()
        try:
            return chosen_groups(self.groups, self.basedir)
        except GroupError as error:
            self.Error.groups(reason=reason(error))
            return None

    def _show_groups(self):
        self.group_choice.show_groups(self.groups, self.basedir)
        self._ask_for(self._chosen_groups() or ())

    def _ask_for(self, groups: tuple[Group, ...]):
        self.edition_label.setText(editions_of(groups))

    def _load_priors(self):
        start = "" if not self.priors_file else str(self.resolved(self.priors_file).parent)
        path = self.ask_for_file(say(words("load_title")),
                                 f"{say(words('priors'))} (*.csv);;{say(common('all_files'))} (*)",
                                 start)
        if path:
            self.priors_file = self.storable(path)
            self._show_priors()
            self._on_setting()

    def _reset_priors(self):
        self.priors_file = ""
        self._show_priors()
        self._on_setting()

    def _show_priors(self):
        sources: list[Sayable] = [Path(self.priors_file).name] if self.priors_file else []
        if self.priors_table is not None:
            sources.append(words("input"))
        worded(self.priors_label, text=Joined((words("bundled"), *sources), " + "),
               toolTip=self.priors_file or words("priors_tip"))
        self.reset_button.setEnabled(bool(self.priors_file))

    def _priors(self, vocabulary: Vocabulary) -> Priors:
        """The priors of the file under those of the input; they go over the groups' own."""
        priors, troubles = Priors({}), []
        if self.priors_file:
            try:
                priors = Priors.load(self.resolved(self.priors_file),
                                     vocabulary, priors)
            except (OSError, ValueError) as error:
                troubles.append(str(error))
        if self.priors_table is not None:
            try:
                priors = priors_from_table(self.priors_table, vocabulary, priors)
            except ValueError as error:
                troubles.append(str(error))
        if troubles:
            self.Error.priors(reason="; ".join(troubles))
        return priors
