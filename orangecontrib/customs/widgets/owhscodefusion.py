"""HS Code Fusion: what text, photos and a classifier say → ТН ВЭД codes with reasons."""
from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace

from AnyQt.QtCore import QSize, Qt
from AnyQt.QtWidgets import (
    QAction,
    QHBoxLayout,
    QSplitter,
    QToolButton,
)
from Orange.base import Learner, Model
from Orange.data import Table, Variable
from Orange.widgets import gui
from Orange.widgets.settings import Setting
from Orange.widgets.utils.annotated_data import ANNOTATED_DATA_SIGNAL_NAME
from Orange.widgets.utils.concurrent import TaskState
from Orange.widgets.utils.widgetpreview import WidgetPreview
from Orange.widgets.widget import Input, Output

from orangecontrib.customs.cases import ERROR, TRUST, WEIGHT, Case
from orangecontrib.customs.cases.api import engines_of
from orangecontrib.customs.cases.conclusion import Exhibit, exhibits_of
from orangecontrib.customs.cases.predictions import PredictionsError
from orangecontrib.customs.cases.table import (
    case_from_tables,
    codes_table,
    probabilities_table,
    with_verdicts,
)
from orangecontrib.customs.cases.worklist import Line, line_of
from orangecontrib.customs.declarations.learning.table import learnt_from
from orangecontrib.customs.evaluation.conformal import Calibration
from orangecontrib.customs.evaluation.knowngoods.table import calibration_from_table
from orangecontrib.customs.facts import Priors
from orangecontrib.customs.fusion import Engine, Verdict
from orangecontrib.customs.fusion.among import vocabulary_of
from orangecontrib.customs.fusion.engine import MODEL, PHOTOS, TEXT
from orangecontrib.customs.fusion.table import default_key, key_candidates
from orangecontrib.customs.groups import Group
from orangecontrib.customs.i18n import Joined, say
from orangecontrib.customs.photos.table import SeenPhoto, model_behind, photos_by_good
from orangecontrib.customs.widgets.utils import conclusion
from orangecontrib.customs.widgets.utils.common.base import CustomsWidget, clear, reason
from orangecontrib.customs.widgets.utils.common.goodslist import report_rows
from orangecontrib.customs.widgets.utils.common.links import silent_links
from orangecontrib.customs.widgets.utils.common.selecting import send_selection
from orangecontrib.customs.widgets.utils.common.wording import Said, room, worded
from orangecontrib.customs.widgets.utils.decisions import Decisions
from orangecontrib.customs.widgets.utils.fusionanswers import FusionAnswers
from orangecontrib.customs.widgets.utils.fusionlearner import FusionLearning, taught
from orangecontrib.customs.widgets.utils.fusionledger import FusionLedger
from orangecontrib.customs.widgets.utils.fusionsettings import FusionSettings
from orangecontrib.customs.widgets.utils.fusionweight import FusionWeight, Weighed
from orangecontrib.customs.widgets.utils.goodpage import GoodPage, Page
from orangecontrib.customs.widgets.utils.worklistview import WorkList

#: Goods decided between two looks at the Cancel button.
BLOCK = 512


words = room("owhscodefusion")
common = room("common")

#: What the witnesses are called in messages: the inputs.
TITLES = {TEXT: "Text Facts", PHOTOS: "Photo Features", MODEL: "Predictions"}
WITHOUT = {TEXT: "without_text", PHOTOS: "without_photos", MODEL: "without_prediction"}


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
    reviewed: frozenset[str] = frozenset()
    features: tuple | None = None   #: what the model behind the predictions learnt from
    decisions: Table | None = None  #: of authorities
    calibration: Calibration | None = None  #: goods with known codes
    learner: Learner | None = None  #: of goods with known codes
    labelled: Table | None = None   #: these goods; None: there is nothing to learn

    @property
    def goods(self) -> bool:
        """Whether there is anything to decide."""
        return any(table is not None for table in (self.text, self.photos, self.predictions))


def run(job: Job, ending: threading.Event, state: TaskState) -> SimpleNamespace | None:
    """Decide all goods, then learn from those whose codes are known."""
    found = decided(job, ending, state) if job.goods else SimpleNamespace(
        case=None, verdicts=[], lines=[], predictions_trouble="", tables=None)
    if found is not None:
        found.learnt = taught(job.learner, job.labelled, ending, state)
    return found


def decided(job: Job, ending: threading.Event, state: TaskState) -> SimpleNamespace | None:
    """Decide all goods; a set `ending` ends it with those that were decided."""
    state.set_status(say(words("matching")))
    inputs = {"text": job.text, "photos": job.photos, "text_key": job.keys["text"],
              "photo_key": job.keys["photos"], "trust": job.trust, "decisions": job.decisions,
              "calibration": job.calibration}
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
    state.set_status(say(words("deciding")))
    verdicts: list[Verdict] = []
    lines: list[Line] = []
    for start in range(0, len(case), BLOCK):
        if state.is_interruption_requested():
            return None
        if ending.is_set():
            break
        some = case.decide(slice(start, start + BLOCK), job.error, job.answers)
        lines += [line_of(case, v, row, bool(job.answers.get(v.key)), v.key in job.reviewed)
                  for row, v in enumerate(some, start=start)]
        verdicts += some
        if len(verdicts) < len(case):
            state.set_partial_result((case, some, lines[start:]))
        state.set_progress_value(95 * len(verdicts) / len(case))
    state.set_status(say(words("writing")))
    return SimpleNamespace(
        case=case, verdicts=verdicts, lines=lines, predictions_trouble=trouble,
        tables=(codes_table(case, verdicts), probabilities_table(case, verdicts)))


class OWHSCodeFusion(FusionAnswers, FusionLedger, FusionWeight, FusionLearning, FusionSettings,
                     CustomsWidget):
    name = "HS Code Fusion"
    description = ("Join what text, photos and a classifier say of goods into ТН ВЭД codes, "
                   "with reasons, safe digits and the next question.")
    icon = "icons/HSCodeFusion.svg"
    priority = 50
    keywords = ("hs code fusion, ТН ВЭД, tnved, tariff, classification, duty, код товара, verdict, "
                "таможня, классификация, пошлина, надёжные цифры")

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
        calibration = Input("Calibration", Table,
                            doc="Goods with known codes, from Evaluate Codes or calibrate of the "
                                "command line: safe digits rest on them")
        images = Input("Photos", Table, doc=(
            "A row per photo, to be seen beside the text: Contributions of Bayesian Photo "
            "Aggregator, or Goods Photos"))
        data = Input("Data", Table, doc="Declarations, codes as class: Model learns from them")

    class Outputs:
        codes = Output("Codes", Table, default=True, dynamic=False,
                       doc="A row per good: code, safe digits, reasons, duty")
        probabilities = Output("Code Probabilities", Table, dynamic=False,
                               doc="A row per good, P of every code")
        selected = Output("Selected Good", Table, dynamic=False,
                          doc="The rows of Codes of the selected goods")
        annotated = Output(ANNOTATED_DATA_SIGNAL_NAME, Table, dynamic=False,
                           doc="All rows of Codes, and which of them are selected")
        learner = Output("Learner", Learner, dynamic=False, doc="For Test and Score")
        fitted = Output("Model", Model, dynamic=False,
                        doc="For Predictions and Save Model: learnt from Data, or the law alone")

    class Error(CustomsWidget.Error):
        no_evidence = Said(words("no_evidence"))
        priors = Said(words("priors"))
        groups = Said(words("failed"))
        failed = Said(words("failed"))

    class Warning(CustomsWidget.Warning):
        predictions = Said(words("predictions"))
        images = Said(words("images"))
        calibration = Said(words("calibration"))
        nothing = Said(words("nothing"))
        remarks = Said(words("remarks"))
        cancelled = Said(words("cancelled"))
        strangers = Said(words("strangers"))
        learning = Said(words("learning"))
        ledger = Said(words("ledger"))
        no_code = Said(words("no_code"))

    class Information(CustomsWidget.Information):
        unmatched = Said(words("unmatched"))
        row_numbers = Said(words("row_numbers"))

    buttons_area_orientation = Qt.Vertical
    settings_version = 2
    graph_name = "page"
    #: Settings fold away: ⚙ in the status bar.
    controlAreaVisible: bool = Setting(False, schema_only=True)
    path_settings = ("priors_file", "ledger_place")
    text_key: str = Setting("", schema_only=True)
    photo_key: str = Setting("", schema_only=True)
    predictions_key: str = Setting("", schema_only=True)
    accepted_error: float = Setting(ERROR, schema_only=True)
    trust: float = Setting(TRUST, schema_only=True)
    weight: float = Setting(WEIGHT, schema_only=True)
    #: Columns of known codes, by which the weight is fitted, and of what goods share.
    truth: str = Setting("", schema_only=True)
    truth_by: str = Setting("", schema_only=True)
    #: Whether Learner trains a text model.
    learn_texts: bool = Setting(True, schema_only=True)
    priors_file: str = Setting("", schema_only=True)
    #: Ids of groups of goods, or folders with their tables; none: all that are loaded.
    groups: list = Setting([], schema_only=True)
    answers: dict = Setting({}, schema_only=True)
    #: Keys of the goods that somebody has looked at.
    reviewed: list = Setting([], schema_only=True)
    #: Code that the analyst stands by, by key, where that is not the program's.
    stood_by: dict = Setting({}, schema_only=True)
    #: What is reviewed is appended to it; "": to none.  No `_file`: those are read (`run`).
    ledger_place: str = Setting("", schema_only=True)
    #: In which order the goods are worked through: see :data:`..cases.worklist.QUEUES`.
    queue: str = Setting("table", schema_only=True)
    selected_key: str = Setting("", schema_only=True)
    auto_commit: bool = Setting(True)
    #: Columns of the list, parts of the window, the page that is open.
    columns: dict = Setting({})
    splitter_sizes: list = Setting([])
    shown: int = Setting(0)

    def __init__(self):
        super().__init__()
        self.tables: dict[str, Table | None] = dict.fromkeys(("text", "photos", "predictions"))
        self.features: tuple | None = None
        self.priors_table: Table | None = None
        self.decisions_table: Table | None = None
        self.labelled: Table | None = None
        self.calibration: Calibration | None = None
        self.case: Case | None = None
        self.verdicts: list[Verdict] = []
        self.lines: list[Line] = []
        self.results: tuple[Table, Table] | None = None
        self.images: dict[str, list[SeenPhoto]] | None = None
        self.decisions = Decisions(lambda: (self.answers, self._marks()), self._on_change)
        self._put_off: set[tuple[str, str]] = set()
        self._arriving = False
        self._seen = False
        self._changed_rows: set[int] = set()
        self._stale = self._newer = False
        self._job: Job | None = None
        self._set_up_controls()
        self._set_up_main()
        self.show_paths()
        self._show_groups()
        self._show_good()
        self._send_learner(*self._choices())  # as Test and Score needs it, without goods

    # -- layout

    def _set_up_main(self):
        self.list = WorkList()
        self.list.set_queue(self.queue)
        self.list.state = self.columns
        self.list.chosen.connect(self._on_chosen)
        self.list.selected.connect(self._send_selected)
        self.list.queue_chosen.connect(lambda queue: setattr(self, "queue", queue))
        self.list.changed.connect(lambda: setattr(self, "columns", self.list.state))
        self.page = GoodPage()
        self.at_close(self.page.stop)
        self.page.answered.connect(self._on_answer)
        self.page.put_off.connect(self._on_put_off)
        self.page.undo.connect(self.decisions.undo)
        self.page.tabs.setCurrentIndex(self.shown)
        self.page.tabs.currentChanged.connect(lambda page: setattr(self, "shown", page))
        worded(self.page.card, placeholderText=words("connect"))
        self.splitter = QSplitter(Qt.Horizontal, childrenCollapsible=False)
        self.splitter.addWidget(self.list)
        self.splitter.addWidget(self.page)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setStretchFactor(1, 3)
        self.splitter.setSizes([338, 540])
        for number, splitter in enumerate((self.splitter, self.page.splitter)):
            if len(self.splitter_sizes) == 2 and len(self.splitter_sizes[number]) == 2:
                splitter.setSizes(self.splitter_sizes[number])
                self.page.moved = self.page.moved or splitter is self.page.splitter
            splitter.splitterMoved.connect(lambda *_: self._keep_splitters())
        self.mainArea.layout().addWidget(self.splitter)
        self._set_up_answers()
        self._set_up_status()

    def _keep_splitters(self):
        self.splitter_sizes = [self.splitter.sizes(),
                               self.page.splitter.sizes() if self.page.moved else []]

    def _set_up_status(self):
        """⚙ in the status bar; Cancel beside the number of goods while goods are decided."""
        self.settings_button = worded(QToolButton(autoRaise=True, checkable=True),
                                      text=words("settings"), toolTip=words("settings_tip"))
        fold = self.findChild(QAction, "action-show-control-area")
        self.settings_button.setChecked(self.controlAreaVisible)
        self.settings_button.clicked.connect(self._fold)
        fold.toggled.connect(self.settings_button.setChecked)
        self.statusBar().addPermanentWidget(self.settings_button)
        row = QHBoxLayout()
        row.addWidget(self.list.count, 1)
        row.addWidget(self.cancel_button)
        self.list.layout().addLayout(row)

    def showEvent(self, event):
        """Folding the settings at first sight takes no width from what is seen."""
        place, size, first = self.pos(), self.size(), not self._seen
        self._seen = True
        super().showEvent(event)
        if first and not self.controlAreaVisible and self.savedWidgetGeometry is None:
            self.move(place)
            self.resize(size)

    def _fold(self, visible: bool):
        """Show or hide the settings, whatever Orange's own action believes they are."""
        fold = self.findChild(QAction, "action-show-control-area")
        fold.setChecked(not visible)
        fold.trigger()

    def sizeHint(self):
        return QSize(900, 510)

    @classmethod
    def migrate_settings(cls, settings, version):
        """Settings were always in sight before the second version; they fold away now."""
        if (version or 0) < 2:
            settings.pop("controlAreaVisible", None)

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

    @Inputs.images
    def set_images(self, table: Table | None):
        self.Warning.images.clear()
        self.images = None
        if table is not None:
            try:
                self.images = photos_by_good(table)
            except ValueError as error:
                self.Warning.images(reason=reason(error))

    @Inputs.priors
    def set_priors(self, table: Table | None):
        self.priors_table = table
        self._show_priors()

    @Inputs.calibration
    def set_calibration(self, table: Table | None):
        self.Warning.calibration.clear()
        self.calibration = None
        if table is not None:
            try:
                self.calibration = calibration_from_table(table)
            except ValueError as error:
                self.Warning.calibration(reason=reason(error))

    @Inputs.decisions
    def set_decisions(self, table: Table | None):
        self.decisions_table = table

    @Inputs.data
    def set_data(self, table: Table | None):
        self.labelled = table

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
        self._show_truths()
        self._stale = True
        self.commit.now()

    def _on_setting(self):
        self._stale = self._newer = True
        self.commit.deferred()

    # -- language

    def on_language(self):
        """Another language is spoken: all that is shown and sent is worded again."""
        self._show_groups()
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
        self._newer = False  # a setting that changes from now on asks for another run
        self._deciding(False)
        self.Error.clear()
        clear(self.Warning.predictions, self.Warning.nothing, self.Warning.remarks,
              self.Warning.cancelled, self.Warning.strangers, self.Warning.learning)
        self.Information.clear()
        self._changed_rows.clear()
        given = {**self.tables, "priors": self.priors_table, "decisions": self.decisions_table,
                 "data": self.labelled}
        silent = silent_links(self, [getattr(self.Inputs, name).name
                                     for name, table in given.items() if table is None])
        self.Warning.nothing(links=Joined(tuple(silent), "; "), shown=bool(silent))
        groups, priors = self._choices()
        self._send_learner(groups, priors)
        if groups is None or self.labelled is None and all(
                table is None for table in self.tables.values()):
            self._stale = False
            self._show_nothing()
            return
        unnamed = [title for name, title in (("text", "Text Facts"),
                                             ("photos", "Photo Features"),
                                             ("predictions", "Predictions"))
                   if self.tables[name] is not None
                   and self.key_combos[name].variable is None]
        if unnamed:
            self.Information.row_numbers(inputs=", ".join(unnamed))
        self._job = Job(
            engines_of(groups, priors), **self.tables, features=self.features,
            decisions=self.decisions_table, calibration=self.calibration,
            learner=self.learner_of(groups, priors), labelled=self._to_learn_from,
            keys={name: combo.variable for name, combo in self.key_combos.items()},
            trust=self.trust, weight=self.weight, error=self.accepted_error,
            answers={key: dict(facts) for key, facts in self.answers.items()},
            reviewed=frozenset(self.reviewed))
        photos = self.tables["photos"]
        self.page.set_model(None if photos is None else model_behind(photos.domain))
        self._deciding(True)
        self._arriving = False
        self.begin(run, self._job)

    def _choices(self) -> tuple[tuple[Group, ...] | None, Priors]:
        """The groups that decide, None where they can't, and the priors."""
        groups = self._chosen_groups()
        return groups, Priors({}) if groups is None else self._priors(vocabulary_of(groups))

    def _show_nothing(self):
        self._show_case(None, [], [])
        self.results = None
        self._send()

    def _deciding(self, on: bool):
        """Nothing is answered while goods are decided."""
        self.page.question.setEnabled(not on)
        self.page.facts.setEnabled(not on)
        self.cancel_button.setVisible(on)
        self._show_fitting(busy=on)

    def on_partial_result(self, result: tuple[Case, list[Verdict], list[Line]]):
        """Goods appear as they are decided."""
        case, verdicts, lines = result
        if not self._arriving:
            self._arriving = True
            self._show_case(case, list(verdicts), list(lines))
            return
        self.verdicts += verdicts
        self.lines += lines
        self.list.add_rows(lines)

    def on_done(self, result: SimpleNamespace | Weighed | None):
        self._deciding(False)
        if isinstance(result, Weighed):
            self._on_weighed(result)
            return
        if result is None:
            return
        self._on_learnt(result.learnt)
        self._stale = self._newer
        case = result.case
        if case is None:
            self._show_nothing()
            return
        self._ask_for(tuple(engine.group for engine in case.engines))
        if len(result.verdicts) < len(case):
            self.Warning.cancelled(done=len(result.verdicts), n=len(case))
        if result.predictions_trouble:
            self.Warning.predictions(reason=result.predictions_trouble)
        if case.remarks:
            more = common("and_more", n=len(case.remarks) - 3) if len(case.remarks) > 3 else ""
            self.Warning.remarks(remarks=Joined(tuple(case.remarks[:3]), "; "), more=more)
        strangers = case.strangers(TITLES)
        if strangers:
            self.Warning.strangers(which=Joined(tuple(
                meeting.said for meeting in strangers), "; "))
        if case.unmatched:
            self.Information.unmatched(n=len(case), without=Joined(tuple(
                words(WITHOUT[name], n=count) for name, count in case.unmatched.items())))
        self.results = result.tables
        self._show_case(case, result.verdicts, result.lines)
        self._catch_up()
        self._send()

    def on_exception(self, ex: Exception):
        self._deciding(False)
        self._stale = self._newer
        message = reason(ex)
        if isinstance(ex, PredictionsError):
            message = f"Predictions: {message}"
        if isinstance(ex, ValueError):
            self.Error.no_evidence(reason=message)
        else:
            self.Error.failed(reason=message)
        self._show_nothing()

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
        send_selection(self.Outputs, self.results[0] if self.results is not None else None,
                       self.list.rows)

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

    @property
    def verdict(self) -> Verdict | None:
        """The verdict on the selected good."""
        row = self.list.row
        return self.verdicts[row] if 0 <= row < len(self.verdicts) else None

    def _show_good(self):
        verdict = self.verdict
        self.conclusion_button.setEnabled(verdict is not None)
        self.actions_["conclusion"].setEnabled(verdict is not None)
        answered = verdict is not None and bool(self.answers.get(verdict.key))
        reviewed = verdict is not None and verdict.key in self.reviewed
        for button in (self.review_button, self.actions_["review"]):
            button.setEnabled(verdict is not None)
            button.setChecked(reviewed)
        self._show_stood_by(verdict if reviewed else None)
        self.actions_["another"].setEnabled(verdict is not None)
        self.actions_["clear"].setEnabled(answered)
        self.actions_["clear_all"].setEnabled(bool(self.answers))
        if verdict is None:
            self.page.show_page(None)
            return
        good = self.case.good(verdict)
        photos = self.images or {}
        self.page.show_page(Page(
            self.case, self.list.row, verdict, self.answers,
            photos.get(good.good_id) or photos.get(good.whole) or (),
            frozenset(fact for key, fact in self._put_off if key == verdict.key),
            self.images is not None or self.tables["photos"] is None))

    # -- conclusion and report

    def _exhibits(self) -> list[Exhibit]:
        return exhibits_of(self.case, self.verdicts, self.answers, self.images)

    def _open_conclusion(self):
        if self.verdict is None:
            return
        conclusion.open_for(self, self._exhibits(), self.list.row)

    def send_report(self):
        if self.case is None:
            return
        self.report_items(say(words("report_decision")), [(say(words(title)), value)
                          for title, value in (
            ("report_goods", len(self.verdicts)),
            ("report_error", f"{self.accepted_error:.2f}"),
            ("report_trust", f"{self.trust:.2f}"),
            ("report_weight", f"{self.weight:.1f}"),
            ("report_priors", self.priors_label.text()),
            ("report_groups", ", ".join(say(engine.group.name) for engine in self.case.engines)),
            ("report_tariff", self.edition_label.text()))])
        self.report_table(say(words("report_goods")), report_rows(self.list.model), header_rows=1)
        if self.verdict is not None:
            self.report_raw(say(words("report_conclusion")), conclusion.report_html(
                self._exhibits()[self.list.row]))
            self.report_table(say(words("report_codes")), report_rows(self.page.codes.model()),
                              header_rows=1)


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
