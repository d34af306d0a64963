"""HS Code Fusion: what text, photos and a classifier say → ТН ВЭД codes with reasons."""
from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import numpy as np
from AnyQt.QtCore import QSize, Qt
from AnyQt.QtWidgets import (
    QComboBox,
    QFileDialog,
    QGridLayout,
    QLabel,
    QPushButton,
    QSplitter,
    QTabWidget,
    QTextBrowser,
)
from Orange.base import Model
from Orange.data import Table, Variable
from Orange.widgets import gui
from Orange.widgets.settings import Setting
from Orange.widgets.utils.concurrent import ConcurrentWidgetMixin, TaskState
from Orange.widgets.utils.widgetpreview import WidgetPreview
from Orange.widgets.widget import Input, Msg, Output, OWWidget

from orangecontrib.customs.cases import ERROR, TRUST, WEIGHT, Case
from orangecontrib.customs.cases.api import engines_of
from orangecontrib.customs.cases.conclusion import Exhibit, exhibits_of
from orangecontrib.customs.cases.predictions import PredictionsError
from orangecontrib.customs.cases.rows import duty_at_risk, percent_at_risk
from orangecontrib.customs.cases.table import (
    case_from_tables,
    codes_table,
    priors_from_table,
    probabilities_table,
    with_verdicts,
)
from orangecontrib.customs.declarations.learning.table import learnt_from
from orangecontrib.customs.facts import Priors, Vocabulary
from orangecontrib.customs.fusion import Engine, Verdict
from orangecontrib.customs.fusion.among import vocabulary_of
from orangecontrib.customs.fusion.duties import PERCENT
from orangecontrib.customs.fusion.engine import MODEL, PHOTOS, TEXT
from orangecontrib.customs.fusion.table import default_key, key_candidates
from orangecontrib.customs.groups import Group, GroupError
from orangecontrib.customs.i18n import say
from orangecontrib.customs.nomenclature import spaced
from orangecontrib.customs.widgets.utils import conclusion, language
from orangecontrib.customs.widgets.utils.answerpanel import AnswerPanel
from orangecontrib.customs.widgets.utils.goodslist import Column, GoodsList, report_rows
from orangecontrib.customs.widgets.utils.groupchoice import (
    GroupChoice,
    chosen_groups,
    storable_groups,
)
from orangecontrib.customs.widgets.utils.links import silent_links
from orangecontrib.customs.widgets.utils.tables import resolve_path, storable_path
from orangecontrib.customs.widgets.utils.variables import VariableCombo
from orangecontrib.customs.widgets.utils.verdictview import (
    AMBER,
    RED,
    CodeBars,
    headline_html,
    trace_html,
)

#: Above this many goods with new answers the thread decides all of them again.
AT_ONCE = 20
#: Goods decided between two looks at the Cancel button.
BLOCK = 512

#: Languages of results to choose from.
LANGUAGE_TITLES = {"": "As the system", "ru": "Russian", "en": "English"}

#: What the witnesses are called in messages.
TITLES = {TEXT: "Text Facts", PHOTOS: "Photo Features", MODEL: "Predictions"}
WITHOUT = {TEXT: "without text", PHOTOS: "without photos", MODEL: "without a prediction"}


@dataclass(frozen=True)
class Job:
    """What the thread works on."""

    engines: tuple[Engine, ...]
    text: Table | None
    photos: Table | None
    predictions: Table | None
    keys: Mapping[str, Variable | None]
    trust: float
    weight: float
    error: float
    answers: Mapping[str, Mapping[str, str]]
    stop: threading.Event = field(default_factory=threading.Event)
    features: tuple | None = None   #: what the model behind the predictions learnt from
    decisions: Table | None = None  #: of authorities


@dataclass(frozen=True)
class Line:
    """A line of the goods list."""

    key: str
    code: str
    p: float
    safe: str
    marks: str
    why: str
    risk: float
    unit: str       #: of the risk: " %" of the value, else EUR


def line_of(case: Case, verdict: Verdict, answered: bool) -> Line:
    """How a verdict is listed."""
    good = case.good(verdict)
    marks, why = "", []
    if verdict.discrepancies:
        marks += "⚡"
        why += [d.text for d in verdict.discrepancies]
    if verdict.agrees(good.declared_code) == "no":
        marks += "≠"
        why.append(f"declared {spaced(good.declared_code)} differs")
    notes = case.notes_of(verdict)
    if notes:
        marks += "⚠"
        why += notes
    if answered:
        marks += "✎"
        why.append("answered by hand")
    engine = case.engine_of(verdict)
    if engine is not None and engine.measure == PERCENT:
        risk, unit = percent_at_risk(engine, verdict), " %"
    else:  # per unit only where no good has a quantity: the column sorts comparable euros
        times = np.nan if good.quantity is None else good.quantity
        risk, unit = duty_at_risk(engine, verdict) * (times if case.has_quantities else 1.), ""
    return Line(verdict.key, " / ".join(map(spaced, verdict.codes)) or "—", verdict.p,
                spaced(verdict.safe_code), marks, "\n".join(why), risk, unit)


def editions_of(groups: Sequence[Group]) -> str:
    """The editions of the tariff that groups have, for people."""
    editions = [edition for group in groups for edition in group.nomenclature.editions]
    return "; ".join(dict.fromkeys(
        edition.name("ru") + (f", edition of {edition.in_force}" if edition.in_force else "")
        for edition in editions))


def run(job: Job, state: TaskState) -> SimpleNamespace | None:
    """Decide all goods; a set `job.stop` ends it with those that were decided."""
    state.set_status("Matching goods…")
    inputs = {"text": job.text, "photos": job.photos, "text_key": job.keys["text"],
              "photo_key": job.keys["photos"], "trust": job.trust, "decisions": job.decisions}
    trouble = ""
    try:
        case = case_from_tables(job.engines, **inputs, predictions=job.predictions,
                                predictions_key=job.keys["predictions"],
                                features=job.features, weight=job.weight)
    except PredictionsError as error:
        if job.text is None and job.photos is None:
            raise
        trouble = str(error)
        case = case_from_tables(job.engines, **inputs)
    state.set_status("Deciding…")
    verdicts: list[Verdict] = []
    for start in range(0, len(case), BLOCK):
        if state.is_interruption_requested():
            return None
        if job.stop.is_set():
            break
        verdicts += case.decide(slice(start, start + BLOCK), job.error, job.answers)
        state.set_progress_value(95 * len(verdicts) / len(case))
    state.set_status("Writing…")
    return SimpleNamespace(
        case=case, verdicts=verdicts, predictions_trouble=trouble,
        lines=[line_of(case, v, bool(job.answers.get(v.key))) for v in verdicts],
        tables=(codes_table(case, verdicts), probabilities_table(case, verdicts)))


def _number(value: float) -> float:
    """NaN sorts below all."""
    return value if value == value else -1.


COLUMNS = [
    Column("Good", lambda line: line.key),
    Column("!", lambda line: line.marks, lambda line: (-len(line.marks), line.marks),
           colour=lambda line: RED if "⚡" in line.marks or "≠" in line.marks else AMBER,
           tooltip=lambda line: line.why,
           header_tooltip="⚡ text and photos contradict each other   ≠ another code is "
                          "declared   ⚠ problems   ✎ answered by hand"),
    Column("Code", lambda line: line.code),
    Column("P", lambda line: f"{line.p:.2f}" if line.p == line.p else "",
           lambda line: line.p if line.p == line.p else -1., right=True,
           header_tooltip="Probability of the code"),
    Column("Safe", lambda line: line.safe, header_tooltip=(
        "The digits that are wrong with at most the accepted error")),
    Column("€ at risk",
           lambda line: f"{line.risk:.2f}{line.unit}" if line.risk == line.risk else "",
           lambda line: (line.unit, _number(line.risk)), right=True, header_tooltip=(
               "Expected error of the duty if this code is taken: EUR for the declared "
               "quantity, or per unit where the data have no quantities; % of the value for "
               "goods whose duty is a share of it")),
]


class OWHSCodeFusion(OWWidget, ConcurrentWidgetMixin):
    name = "HS Code Fusion"
    description = ("Join what text, photos and a classifier say of goods into ТН ВЭД codes, "
                   "with reasons, safe digits and the next question.")
    icon = "icons/HSCodeFusion.svg"
    priority = 50
    keywords = "hs code fusion, ТН ВЭД, tnved, tariff, classification, duty, код товара, verdict"

    class Inputs:
        text = Input("Text Facts", Table, default=True,
                     doc="A row per good, from Declaration Facts, or with a column per fact")
        photos = Input("Photo Features", Table,
                       doc="A row per good, from Bayesian Photo Aggregator")
        predictions = Input("Predictions", Table,
                            doc="Probabilities of codes, from Predictions")
        model = Input("Model", Model,
                      doc="The model behind Predictions: tells which texts it can't read")
        priors = Input("Priors", Table, doc="Columns fact, value, probability[, source]")
        decisions = Input("Decisions", Table,
                          doc="Of authorities, which have the word on the goods they fit: number, "
                              "date, authority, code, words, facts, valid_from, valid_to, reason")

    class Outputs:
        codes = Output("Codes", Table, default=True, dynamic=False,
                       doc="A row per good: code, safe digits, reasons, duty")
        probabilities = Output("Code Probabilities", Table, dynamic=False,
                               doc="A row per good, P of every code")
        selected = Output("Selected Good", Table, dynamic=False,
                          doc="The row of Codes of the selected good")

    class Error(OWWidget.Error):
        no_evidence = Msg("{}")
        priors = Msg("These priors can't be used, the groups' own are: {}")
        groups = Msg("The goods can't be decided: {}")
        failed = Msg("The goods can't be decided: {}")

    class Warning(OWWidget.Warning):
        predictions = Msg("Predictions are left out: {}.")
        nothing = Msg("A link brings nothing, the goods are decided without it. {}")
        remarks = Msg("{}")
        cancelled = Msg("Cancelled: {} of {} goods were decided.")
        strangers = Msg("Fewer than half of the ids meet: choose the columns with the goods' ids. "
                        "{}.")

    class Information(OWWidget.Information):
        unmatched = Msg("Of {} goods {}; what there is decides.")
        row_numbers = Msg("{}: no column holds the goods' ids, rows are numbered instead.")

    buttons_area_orientation = Qt.Vertical
    settings_version = 1
    text_key: str = Setting("", schema_only=True)
    photo_key: str = Setting("", schema_only=True)
    predictions_key: str = Setting("", schema_only=True)
    accepted_error: float = Setting(ERROR, schema_only=True)
    trust: float = Setting(TRUST, schema_only=True)
    weight: float = Setting(WEIGHT, schema_only=True)
    priors_file: str = Setting("", schema_only=True)
    #: Ids of groups of goods, or folders with their tables; none: all that are loaded.
    groups: list = Setting([], schema_only=True)
    answers: dict = Setting({}, schema_only=True)
    selected_key: str = Setting("", schema_only=True)
    auto_commit: bool = Setting(True)

    def __init__(self):
        super().__init__()
        ConcurrentWidgetMixin.__init__(self)
        self.tables: dict[str, Table | None] = dict.fromkeys(("text", "photos", "predictions"))
        self.features: tuple | None = None
        self.priors_table: Table | None = None
        self.decisions: Table | None = None
        self.case: Case | None = None
        self.verdicts: list[Verdict] = []
        self.lines: list[Line] = []
        self.results: tuple[Table, Table] | None = None
        self._changed_rows: set[int] = set()
        self._stale = False
        self._job: Job | None = None
        self._init_controls()
        self._init_main()
        self._show_priors()
        self._show_groups()
        self._show_good()

    # -- layout

    def _init_controls(self):
        box = gui.vBox(self.controlArea, "Good's Id")
        grid = QGridLayout()
        box.layout().addLayout(grid)
        self.key_combos: dict[str, VariableCombo] = {}
        for row, (name, label) in enumerate((("text", "Text:"), ("photos", "Photos:"),
                                             ("predictions", "Predictions:"))):
            combo = VariableCombo("(row number)")
            combo.setMinimumContentsLength(5)
            combo.setToolTip("Column by which the goods of the inputs are matched")
            combo.chosen.connect(lambda chosen, name=name: self._on_key_chosen(name, chosen))
            grid.addWidget(QLabel(label), row, 0)
            grid.addWidget(combo, row, 1)
            self.key_combos[name] = combo

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
        self.language_combo = QComboBox(toolTip=(
            "Language of traces, problems, questions and names of facts; it holds for all "
            "customs widgets and is not kept in the workflow"))
        for name, title in LANGUAGE_TITLES.items():
            self.language_combo.addItem(title, name)
        self.language_combo.activated.connect(
            lambda: language.choose(self.language_combo.currentData()))
        box.layout().addWidget(self.language_combo)
        self._show_language()
        language.changed.happened.connect(self._on_language)
        self.edition_label = QLabel(wordWrap=True)
        self.edition_label.setEnabled(False)
        self.controlArea.layout().addWidget(self.edition_label)
        gui.rubber(self.controlArea)
        self.cancel_button = QPushButton("Cancel", enabled=False, autoDefault=False, toolTip=(
            "Stop; the goods decided so far are sent"))
        self.cancel_button.clicked.connect(self._stop_deciding)
        self.buttonsArea.layout().addWidget(self.cancel_button)
        self.conclusion_button = QPushButton("Conclusion…", enabled=False, autoDefault=False)
        self.conclusion_button.setToolTip("A page on the good to print and sign, and a table of "
                                          "all codes")
        self.conclusion_button.clicked.connect(self._open_conclusion)
        self.buttonsArea.layout().addWidget(self.conclusion_button)
        gui.auto_commit(self.buttonsArea, self, "auto_commit", "Decide")

    def _init_main(self):
        self.list = GoodsList(COLUMNS)
        self.list.chosen.connect(self._on_chosen)
        self.headline = QTextBrowser(openLinks=False)
        self.headline.setPlaceholderText("Connect Declaration Facts, Bayesian Photo Aggregator, "
                                         "or both.")
        self.bars = CodeBars()
        self.trace = QTextBrowser(openLinks=False)
        self.panel = AnswerPanel()
        self.panel.answered.connect(self._on_answer)
        self.panel.cleared.connect(self._clear_answers)
        self.panel.all_cleared.connect(self._clear_all_answers)
        self.tabs = QTabWidget()
        self.tabs.addTab(self.trace, "Legal Trace")
        self.tabs.addTab(self.panel, "Answers")
        self.tabs.setTabToolTip(1, "Answer facts by hand and see the codes move")
        vertical = QSplitter(Qt.Vertical, childrenCollapsible=False)
        for widget, stretch in ((self.headline, 5), (self.bars, 3), (self.tabs, 5)):
            vertical.addWidget(widget)
            vertical.setStretchFactor(vertical.count() - 1, stretch)
        vertical.setSizes([200, 110, 240])
        vertical.setMinimumWidth(160)
        self.splitter = QSplitter(Qt.Horizontal, childrenCollapsible=False)
        self.splitter.addWidget(self.list)
        self.splitter.addWidget(vertical)
        self.splitter.setStretchFactor(0, 2)
        self.splitter.setStretchFactor(1, 3)
        self.splitter.setSizes([425, 480])
        self.mainArea.layout().addWidget(self.splitter)

    def sizeHint(self):
        return QSize(1160, 700)

    # -- inputs

    @Inputs.text
    def set_text(self, table: Table | None):
        self._set_table("text", table)

    @Inputs.photos
    def set_photos(self, table: Table | None):
        self._set_table("photos", table)

    @Inputs.predictions
    def set_predictions(self, table: Table | None):
        self._set_table("predictions", table)

    @Inputs.model
    def set_model(self, model: Model | None):
        self.features = learnt_from(model)

    @Inputs.priors
    def set_priors(self, table: Table | None):
        self.priors_table = table
        self._show_priors()

    @Inputs.decisions
    def set_decisions(self, table: Table | None):
        self.decisions = table

    def _set_table(self, name: str, table: Table | None):
        self.tables[name] = table
        if table is None:
            self.key_combos[name].set_variables((), "", None)
        else:
            wanted = {"text": self.text_key, "photos": self.photo_key,
                      "predictions": self.predictions_key}[name]
            self.key_combos[name].set_variables(key_candidates(table), wanted,
                                                default_key(table))

    def handleNewSignals(self):
        self._stale = True
        self.commit.now()

    def _on_key_chosen(self, name: str, chosen: str):
        setattr(self, {"text": "text_key", "photos": "photo_key",
                       "predictions": "predictions_key"}[name], chosen)
        self._on_setting()

    def _on_setting(self):
        self._stale = True
        self.commit.deferred()

    def _basedir(self) -> str | None:
        return self.workflowEnv().get("basedir")

    def workflowEnvChanged(self, key, value, oldvalue):
        """The workflow was saved elsewhere: priors and groups stay where they are."""
        if key != "basedir":
            return
        if self.priors_file:
            self.priors_file = storable_path(resolve_path(self.priors_file, oldvalue),
                                             value or None)
            self._show_priors()
        self.groups = storable_groups(self.groups, oldvalue, value or None)
        self._show_groups()

    # -- groups of goods

    def _on_groups(self, names: list[str]):
        self.groups = names
        self._show_groups()
        self._on_setting()

    def _chosen_groups(self) -> tuple[Group, ...] | None:
        """The groups that decide; None, and an error, where one is not there."""
        self.Error.groups.clear()
        try:
            return chosen_groups(self.groups, self._basedir())
        except GroupError as error:
            self.Error.groups(error)
            return None

    def _show_groups(self):
        self.group_choice.show_groups(self.groups, self._basedir())
        self._ask_for(self._chosen_groups() or ())

    def _ask_for(self, groups: tuple[Group, ...]):
        if groups != self.panel.groups:
            self.panel.set_groups(groups)
        self.edition_label.setText(editions_of(groups))

    # -- priors

    def _load_priors(self):
        start = str(resolve_path(self.priors_file, self._basedir()).parent
                    if self.priors_file else self._basedir() or Path.home())
        path, _ = QFileDialog.getOpenFileName(
            self, "Load Priors", start, "Priors (*.csv);;All files (*)")
        if path:
            self.priors_file = storable_path(path, self._basedir())
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
                priors = Priors.load(resolve_path(self.priors_file, self._basedir()),
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

    # -- language

    def _show_language(self):
        self.language_combo.setCurrentIndex(
            max(0, self.language_combo.findData(language.chosen())))

    def _on_language(self):
        """Another language is spoken: all that is shown and sent is worded again."""
        self._show_language()
        self.panel.say_names()
        self._decide()

    # -- work

    @gui.deferred
    def commit(self):
        if self._stale:
            self._decide()
        else:
            self._send()

    def _decide(self):
        self.cancel()
        self.cancel_button.setEnabled(False)
        self.Error.clear()
        self.Warning.clear()
        self.Information.clear()
        self._changed_rows.clear()
        given = {**self.tables, "priors": self.priors_table, "decisions": self.decisions}
        silent = silent_links(self, [getattr(self.Inputs, name).name
                                     for name, table in given.items() if table is None])
        self.Warning.nothing("; ".join(silent), shown=bool(silent))
        if all(table is None for table in self.tables.values()):
            self._stale = False
            self._show_case(None, [], [])
            self.results = None
            self._send()
            return
        groups = self._chosen_groups()
        if groups is None:
            self._stale = False
            self._show_case(None, [], [])
            self.results = None
            self._send()
            return
        unnamed = [title for name, title in (("text", "Text Facts"),
                                             ("photos", "Photo Features"),
                                             ("predictions", "Predictions"))
                   if self.tables[name] is not None
                   and self.key_combos[name].variable is None]
        if unnamed:
            self.Information.row_numbers(", ".join(unnamed))
        priors = self._priors(vocabulary_of(groups))
        self._job = Job(
            engines_of(groups, priors), **self.tables, features=self.features,
            decisions=self.decisions,
            keys={name: combo.variable for name, combo in self.key_combos.items()},
            trust=self.trust, weight=self.weight, error=self.accepted_error,
            answers={key: dict(facts) for key, facts in self.answers.items()})
        self.panel.setEnabled(False)
        self.cancel_button.setEnabled(True)
        self.start(run, self._job)

    def _stop_deciding(self):
        if self._job is not None:
            self._job.stop.set()

    def on_done(self, result: SimpleNamespace | None):
        self.cancel_button.setEnabled(False)
        self.panel.setEnabled(True)
        if result is None:
            return
        self._stale = False
        case = result.case
        self._ask_for(tuple(engine.group for engine in case.engines))
        if len(result.verdicts) < len(case):
            self.Warning.cancelled(len(result.verdicts), len(case))
        if result.predictions_trouble:
            self.Warning.predictions(result.predictions_trouble)
        if case.remarks:
            more = f" and {len(case.remarks) - 3} more" if len(case.remarks) > 3 else ""
            self.Warning.remarks("; ".join(case.remarks[:3]) + more)
        strangers = case.strangers(TITLES)
        if strangers:
            self.Warning.strangers("; ".join(map(str, strangers)))
        if case.unmatched:
            self.Information.unmatched(len(case), ", ".join(
                f"{count} {WITHOUT[name]}" for name, count in case.unmatched.items()))
        self.results = result.tables
        self._show_case(case, result.verdicts, result.lines)
        self._send()

    def on_exception(self, ex: Exception):
        self.cancel_button.setEnabled(False)
        self.panel.setEnabled(True)
        self._stale = False
        message = str(ex) or type(ex).__name__
        if isinstance(ex, PredictionsError):
            message = f"Predictions: {message}"
        if isinstance(ex, ValueError):
            self.Error.no_evidence(message)
        else:
            self.Error.failed(message)
        self._show_case(None, [], [])
        self.results = None
        self._send()

    def _send(self):
        if self.results is not None and self._changed_rows:
            rows = sorted(self._changed_rows)
            self.results = with_verdicts(self.results, rows, self.case,
                                         [self.verdicts[row] for row in rows])
        self._changed_rows.clear()
        codes, probabilities = self.results if self.results is not None else (None, None)
        self.Outputs.codes.send(codes)
        self.Outputs.probabilities.send(probabilities)
        self._send_selected()

    def _send_selected(self):
        row = self.list.row
        codes = self.results[0] if self.results is not None else None
        self.Outputs.selected.send(
            codes[row:row + 1] if codes is not None and 0 <= row < len(codes) else None)

    def onDeleteWidget(self):
        language.changed.happened.disconnect(self._on_language)
        self._stop_deciding()
        self.shutdown()
        super().onDeleteWidget()

    # -- show

    def _show_case(self, case: Case | None, verdicts: list[Verdict], lines: list[Line]):
        self.case, self.verdicts, self.lines = case, verdicts, lines
        keys = [line.key for line in lines]
        choose = keys.index(self.selected_key) if self.selected_key in keys else 0
        self.list.set_rows(lines, choose)
        self._show_good()

    def _on_chosen(self, row: int):
        self.selected_key = self.lines[row].key
        self._show_good()
        self._send_selected()

    @property
    def verdict(self) -> Verdict | None:
        """The verdict on the selected good."""
        row = self.list.row
        return self.verdicts[row] if 0 <= row < len(self.verdicts) else None

    def _show_good(self):
        verdict = self.verdict
        self.conclusion_button.setEnabled(verdict is not None)
        self.bars.show_verdict(self.case, verdict)
        self.panel.setEnabled(verdict is not None)
        if verdict is None:
            self.headline.clear()
            self.trace.clear()
            self.panel.show_good(None, {}, {}, bool(self.answers))
            return
        answers = self.answers.get(verdict.key, {})
        self.headline.setHtml(headline_html(self.case, verdict, self._question(verdict)))
        self.trace.setHtml(trace_html(verdict))
        self.panel.show_good(verdict, self.case.beliefs(self.list.row, self.answers), answers,
                             bool(self.answers))

    @staticmethod
    def _question(verdict: Verdict) -> str:
        return say(verdict.questions[0].about.question) \
            if verdict.questions else ""

    # -- the analyst's answers

    def _on_answer(self, fact: str, value: str):
        verdict = self.verdict
        if verdict is None:
            return
        mine = {f: v for f, v in self.answers.get(verdict.key, {}).items() if f != fact}
        if value:
            mine[fact] = value
        self._set_answers({verdict.key: mine})

    def _clear_answers(self):
        if self.verdict is not None:
            self._set_answers({self.verdict.key: {}})

    def _clear_all_answers(self):
        self._set_answers({key: {} for key in self.answers})

    def _set_answers(self, changed: dict[str, dict[str, str]]):
        """Take new answers, decide these goods again at once, and send them on."""
        answers = {**self.answers, **changed}
        self.answers = {key: facts for key, facts in answers.items() if facts}
        if len(changed) > AT_ONCE:
            self._decide()
            return
        for row, verdict in enumerate(self.verdicts):
            if verdict.key in changed:
                self.verdicts[row] = self.case.decide_one(row, self._job.error, self.answers)
                self.lines[row] = line_of(self.case, self.verdicts[row],
                                          verdict.key in self.answers)
                self.list.model.set_row(row, self.lines[row])
                self._changed_rows.add(row)
        self._show_good()
        self.commit.deferred()

    # -- conclusion and report

    def _exhibits(self) -> list[Exhibit]:
        return exhibits_of(self.case, self.verdicts, self.answers)

    def _open_conclusion(self):
        conclusion.open_for(self, self._exhibits(), self.list.row)

    def send_report(self):
        if self.case is None:
            return
        self.report_items("Decision", (
            ("Goods", len(self.verdicts)),
            ("Accepted error", f"{self.accepted_error:.2f}"),
            ("Trust in declared facts", f"{self.trust:.2f}"),
            ("Weight of predictions", f"{self.weight:.1f}"),
            ("Priors", self.priors_label.text()),
            ("Goods", ", ".join(say(engine.group.name) for engine in self.case.engines)),
            ("Tariff", self.edition_label.text())))
        self.report_table("Goods", report_rows(self.list.model), header_rows=1)
        if self.verdict is not None:
            self.report_raw("Conclusion", conclusion.report_html(
                self._exhibits()[self.list.row]))
            self.report_table("Ranked Codes", report_rows(self.bars.model()), header_rows=1)


if __name__ == "__main__":  # pragma: no cover
    from Orange.data import Domain, StringVariable

    from orangecontrib.customs.declarations import GroupsReader
    from orangecontrib.customs.declarations.table import facts_table
    goods = Table.from_list(
        Domain([], metas=[StringVariable("good_id"), StringVariable("description")]),
        [["A-1", "Ботинки мужские, верх из натуральной кожи, подошва из резины, "
                 "закрывающие лодыжку, длина стельки 27 см"],
         ["A-2", "Туфли комнатные женские, верх из текстильных материалов, подошва ПВХ"],
         ["A-3", "Крем для обуви чёрный"]])
    WidgetPreview(OWHSCodeFusion).run(
        set_text=facts_table(goods, "description", GroupsReader(), "good_id")[0])
