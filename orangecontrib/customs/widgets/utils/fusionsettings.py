"""The settings of HS Code Fusion: ids, groups of goods, decision, priors, language."""
from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from AnyQt.QtCore import Qt
from AnyQt.QtWidgets import QLabel, QPushButton
from Orange.widgets import gui

from orangecontrib.customs.cases.table import (
    priors_from_table,
)
from orangecontrib.customs.facts import Priors, Vocabulary
from orangecontrib.customs.groups import Group, GroupError
from orangecontrib.customs.widgets.utils.common import language
from orangecontrib.customs.widgets.utils.common.base import Part
from orangecontrib.customs.widgets.utils.common.controls import choice, grid_of
from orangecontrib.customs.widgets.utils.common.groupchoice import (
    GroupChoice,
    chosen_groups,
    storable_groups,
)
from orangecontrib.customs.widgets.utils.common.variables import VariableCombo

__all__ = ["FusionSettings"]

#: Languages of results to choose from.
LANGUAGE_TITLES = {"": "As the system", "ru": "Russian", "en": "English"}


def editions_of(groups: Sequence[Group]) -> str:
    """The editions of the tariff that groups have, for people."""
    editions = [edition for group in groups for edition in group.nomenclature.editions]
    return "; ".join(dict.fromkeys(
        edition.name("ru") + (f", edition of {edition.in_force}" if edition.in_force else "")
        for edition in editions))


class FusionSettings(Part):
    """The panel of settings.

    The widget has the settings ``priors_file``, ``groups`` and the keys, and decides again when
    ``_on_setting`` is called.
    """

    def _set_up_controls(self):
        box = gui.vBox(self.controlArea, "Good's Id")
        self.key_combos: dict[str, VariableCombo] = {}
        for name in ("text", "photos", "predictions"):
            combo = VariableCombo("(row number)")
            combo.setMinimumContentsLength(5)
            combo.setToolTip("Column by which the goods of the inputs are matched")
            combo.chosen.connect(lambda chosen, name=name: self._on_key_chosen(name, chosen))
            self.key_combos[name] = combo
        box.layout().addLayout(grid_of([(f"{name.capitalize()}:", combo)
                                        for name, combo in self.key_combos.items()]))

        self.group_choice = GroupChoice()
        self.group_choice.chosen.connect(self._on_groups)
        self.controlArea.layout().addWidget(self.group_choice)

        box = gui.vBox(self.controlArea, "Decision")
        for setting, label, low, high, step, tip in (
                ("accepted_error", "Accepted error:", .01, .30, .01,
                 "Digits are safe while the probability that they are wrong stays below this"),
                ("trust", "Trust in text:", .50, 1., .01,
                 "Probability that what the text declares is about this good: people "
                 "misdeclare"),
                ("weight", "Predictions' weight:", 0., 3., .1,
                 "Exponent of the classifier's likelihood; 0 ignores it")):
            gui.spin(box, self, setting, low, high, step, label=label, spinType=float,
                     callback=self._on_setting, tooltip=tip, alignment=Qt.AlignRight,
                     controlWidth=64)

        box = gui.vBox(self.controlArea, "Priors")
        self.priors_label = QLabel(wordWrap=True)
        box.layout().addWidget(self.priors_label)
        row = gui.hBox(box)
        load = gui.button(row, self, "Load Priors…", callback=self._load_priors,
                          autoDefault=False)
        load.setToolTip("A CSV with the columns fact, value, probability and, if you like, "
                        "source")
        self.reset_button = gui.button(row, self, "Reset", callback=self._reset_priors,
                                       autoDefault=False)
        self.reset_button.setToolTip("Back to the groups' own priors")
        box = gui.vBox(self.controlArea, "Language of Results")
        self.language_combo = choice(
            LANGUAGE_TITLES.items(), language.chosen(),
            lambda: language.choose(self.language_combo.currentData()),
            "Language of traces, problems, questions and names of facts; it holds for all "
            "customs widgets and is not kept in the workflow")
        box.layout().addWidget(self.language_combo)
        self.edition_label = QLabel(wordWrap=True)
        self.edition_label.setEnabled(False)
        self.controlArea.layout().addWidget(self.edition_label)
        gui.rubber(self.controlArea)
        self.make_cancel_button(lambda: self.ending.set(),
                                "Stop; the goods decided so far are sent")
        self.cancel_button.hide()
        self.conclusion_button = QPushButton("Conclusion…", enabled=False, autoDefault=False)
        self.conclusion_button.setToolTip("A page on the good to print and sign, and a table of "
                                          "all codes (Enter)")
        self.conclusion_button.clicked.connect(self._open_conclusion)
        gui.auto_commit(self.buttonsArea, self, "auto_commit", "Decide")

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
            self.Error.groups(error)
            return None

    def _show_groups(self):
        self.group_choice.show_groups(self.groups, self.basedir)
        self._ask_for(self._chosen_groups() or ())

    def _ask_for(self, groups: tuple[Group, ...]):
        self.edition_label.setText(editions_of(groups))

    def _load_priors(self):
        start = "" if not self.priors_file else str(self.resolved(self.priors_file).parent)
        path = self.ask_for_file("Load Priors", "Priors (*.csv);;All files (*)", start)
        if path:
            self.priors_file = self.storable(path)
            self._show_priors()
            self._on_setting()

    def _reset_priors(self):
        self.priors_file = ""
        self._show_priors()
        self._on_setting()

    def _show_priors(self):
        sources = [Path(self.priors_file).name] if self.priors_file else []
        if self.priors_table is not None:
            sources.append("the input")
        self.priors_label.setText(" + ".join(["Bundled", *sources]))
        self.priors_label.setToolTip(self.priors_file or "What is assumed where nobody says")
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
            self.Error.priors("; ".join(troubles))
        return priors

    def _show_language(self):
        self.language_combo.setCurrentIndex(
            max(0, self.language_combo.findData(language.chosen())))
