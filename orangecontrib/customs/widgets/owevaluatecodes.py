"""Evaluate Codes: how likely is a predicted code wrong?"""
from __future__ import annotations

from types import SimpleNamespace

from AnyQt.QtCore import QSize
from AnyQt.QtWidgets import QComboBox, QDoubleSpinBox, QTabWidget
from Orange.data import DiscreteVariable, StringVariable, Table
from Orange.evaluation import Results
from Orange.widgets import gui
from Orange.widgets.settings import Setting
from Orange.widgets.utils.annotated_data import ANNOTATED_DATA_FEATURE_NAME
from Orange.widgets.utils.widgetpreview import WidgetPreview
from Orange.widgets.widget import Input, Output

from orangecontrib.customs.cases.matrix.table import matrix_table, pairs_in
from orangecontrib.customs.declarations.table import (
    description_of,
    misread,
    strings_of,
)
from orangecontrib.customs.evaluation.knowngoods.table import (
    calibration_table,
)
from orangecontrib.customs.evaluation.models import standing
from orangecontrib.customs.evaluation.models.table import (
    judged_table,
    models_table,
)
from orangecontrib.customs.evaluation.reliability import Curve
from orangecontrib.customs.evaluation.table import (
    check,
    codes_table,
    learner_names,
    levels_table,
    predictions_in,
    scored_table,
)
from orangecontrib.customs.widgets.utils.common.base import (
    CustomsWidget,
    clear,
    reason,
)
from orangecontrib.customs.widgets.utils.common.controls import choice, grid_of, group_box
from orangecontrib.customs.widgets.utils.common.variables import VariableCombo, listed
from orangecontrib.customs.widgets.utils.common.wording import (
    Said,
    room,
    spoken,
    worded,
    worded_tabs,
)
from orangecontrib.customs.widgets.utils.text.calibrationpage import CalibrationPage
from orangecontrib.customs.widgets.utils.text.errorpage import ErrorPage
from orangecontrib.customs.widgets.utils.text.evaluated import FEW, Evaluated, in_words
from orangecontrib.customs.widgets.utils.text.evaluating import Compared, run, unknown_verdicts
from orangecontrib.customs.widgets.utils.text.evaluationreport import EvaluationReport
from orangecontrib.customs.widgets.utils.text.finalpage import FinalPage
from orangecontrib.customs.widgets.utils.text.ledgerpage import LedgerPage
from orangecontrib.customs.widgets.utils.text.matrixpage import MatrixPage
from orangecontrib.customs.widgets.utils.text.modelspage import ModelsPage
from orangecontrib.customs.widgets.utils.text.safedigitspage import SafeDigitsPage

words = room("owevaluatecodes")
common = room("common")

LEVELS = ((0, words("as_they_are")), *((n, words("digits", n=n)) for n in (4, 6, 8, 10)))


class OWEvaluateCodes(EvaluationReport, CustomsWidget):
    name = "Evaluate Codes"
    description = "How likely is a predicted code wrong, and what may be accepted unread?"
    icon = "icons/EvaluateCodes.svg"
    priority = 90
    keywords = "evaluate codes, error probability, calibration, risk coverage, augrc, wilson, " \
               "ошибка, таможня, тн вэд, оценка, надёжность, калибровка"

    graph_name = "mainArea"  # Save Image
    path_settings = ("ledger_file",)

    class Inputs:
        results = Input("Evaluation Results", Results, default=True,
                        doc="Of Test & Score or Predictions: documents with known codes")
        data = Input("Data", Table, doc="Documents with predicted codes, to be judged: as "
                                        "Predictions or HS Code Fusion send them")
        photos = Input("Labelled Photos", Table,
                       doc="Photos with features and their labels, to be seen beside the codes: "
                           "Predictions of Footwear CNN Trainer")

    class Outputs:
        scored = Output("Scored Documents", Table, default=True, dynamic=False,
                        doc="Each document with the probability that its code is wrong")
        codes = Output("Codes", Table, dynamic=False, doc="A row per code: errors and interval")
        selected = Output("Selected Documents", Table, dynamic=False,
                          doc="Documents for which the selected code was predicted, or goods of "
                              "the selected pair of declared and found code")
        models = Output("Models", Table, dynamic=False,
                        doc="A row per model: five scores, Mean, s.d., interval of CA")
        levels = Output("Reliability", Table, dynamic=False,
                        doc="A row per level: top-1, top-3, macro-F1, log-loss, Brier, ECE, "
                            "AUGRC, coverage")
        matrix = Output("Declared and Found", Table, dynamic=False,
                        doc="A row per pair of declared and found code: goods and duties")
        calibration = Output("Calibration", Table, dynamic=False,
                             doc="Goods with true codes and what was said of them: for HS Code "
                                 "Fusion, whose safe digits rest on it")
        judged = Output("Judged by All Models", Table, dynamic=False,
                        doc="A row per document and model: code, P, P(error), accept")

    class Error(CustomsWidget.Error):
        results = Said(words("results"))
        failed = Said(words("failed"))
        no_prediction = Said(words("no_prediction"))
        no_truth = Said(words("no_truth"))

    class Warning(CustomsWidget.Warning):
        few = Said(words("few"))
        no_error = Said(words("no_error"))
        data = Said(words("data"))
        unmatched = Said(words("unmatched"))
        unknown = Said(words("unknown"))
        one_code = Said(words("one_code"))
        unread = Said(words("unread"))
        likely_unread = Said(words("likely_unread"))
        ids = Said(words("ids"))
        no_photos = Said(words("no_photos"))
        leaks = Said(words("leaks"))

    class Information(CustomsWidget.Information):
        cancelled = Said(words("cancelled"))
        repeated = Said(words("repeated"))
        only_matrix = Said(words("only_matrix"))

    model_name: str = Setting("", schema_only=True)
    truth_name: str = Setting("", schema_only=True)
    by_name: str = Setting("", schema_only=True)
    level: int = Setting(0, schema_only=True)
    limit: float = Setting(.05, schema_only=True)
    selected_code: str = Setting("", schema_only=True)
    #: Of the matrix: digits, what money, and the cell that is sent.
    matrix_level: int = Setting(6, schema_only=True)
    matrix_money: str = Setting("", schema_only=True)
    matrix_cell: list = Setting([], schema_only=True)
    ledger_file: str = Setting("", schema_only=True)
    #: At which codes of the ledger are compared.
    ledger_digits: int = Setting(10, schema_only=True)

    def __init__(self):
        super().__init__()
        self.results: Results | None = None
        self.data: Table | None = None
        self.photos: Table | None = None
        self.photo_curves: list[Curve] = []
        self.evaluated: Evaluated | None = None
        self.compared: Compared | None = None
        self._table: Table | None = None
        self._predictions: list = []
        self._set_up_controls()
        self._set_up_main()
        self.page.clear()
        self.models_page.clear()
        self.final_page.clear()
        self.matrix_page.clear()
        self.calibration_page.clear()
        self.safe_page.clear()
        worded(self.sentence, text=words("connect"), toolTip=words("explained"))
        self.show_paths()

    def _set_up_controls(self):
        box = group_box(self.controlArea, words("evaluate"))
        self.model_combo = QComboBox()
        self.model_combo.setSizeAdjustPolicy(QComboBox.AdjustToMinimumContentsLengthWithIcon)
        self.model_combo.setMinimumContentsLength(9)
        self.model_combo.activated.connect(self._on_model)
        self.truth_combo = worded(VariableCombo(words("no_column")), toolTip=words("truth_tip"))
        self.truth_combo.chosen.connect(self._on_truth)
        self.by_combo = worded(VariableCombo(words("each_its_own")), toolTip=words("by_tip"))
        self.by_combo.chosen.connect(self._on_by)
        self.level_combo = choice(LEVELS, self.level, self._on_level, words("level_tip"))
        self.limit_spin = QDoubleSpinBox(minimum=0, maximum=100, decimals=1, singleStep=1,
                                         suffix=" %", value=100 * self.limit)
        worded(self.limit_spin, toolTip=words("limit_tip"))
        self.limit_spin.valueChanged.connect(self._on_limit)
        grid = grid_of((
            (words("model"), self.model_combo), (words("truth"), self.truth_combo),
            (words("by"), self.by_combo), (words("codes"), self.level_combo),
            (words("limit"), self.limit_spin)))
        box.layout().addLayout(grid)
        grid.setColumnStretch(1, 1)
        gui.rubber(self.controlArea)
        self.controlArea.layout().addWidget(self.make_cancel_button(
            self._cancel, words("stop_tip"), passing=True))

    def _set_up_main(self):
        self.tabs = QTabWidget()
        self.mainArea.layout().addWidget(self.tabs)
        self.page = ErrorPage()
        self.page.chosen.connect(self._on_code)
        self.sentence = self.page.sentence
        self.models_page = ModelsPage()
        self.final_page = FinalPage()
        self.matrix_page = MatrixPage(self.matrix_level, self.matrix_money)
        self.matrix_page.chosen.connect(self._on_cell)
        self.matrix_page.changed.connect(self._on_matrix)
        self.calibration_page = CalibrationPage()
        self.safe_page = SafeDigitsPage()
        self.ledger_page = LedgerPage(self.ledger_digits)
        self.ledger_page.path_chosen.connect(self._on_ledger)
        self.ledger_page.digits_chosen.connect(self._on_ledger_digits)
        self.at_close(self.ledger_page.stop)
        pages = (self.page, self.models_page, self.final_page, self.calibration_page,
                 self.safe_page, self.matrix_page, self.ledger_page)
        for page in pages:
            self.tabs.addTab(page, "")
        worded_tabs(self.tabs, [page.title for page in pages],
                    [getattr(page, "tip", page.title) for page in pages])

    def sizeHint(self):
        return QSize(909, 511)  # what Qt leaves of it on a screen of 1366 x 768

    # -- input

    @Inputs.results
    def set_results(self, results: Results | None):
        self.results = results

    @Inputs.data
    def set_data(self, data: Table | None):
        self.data = data

    @Inputs.photos
    def set_photos(self, photos: Table | None):
        self.photos = photos

    def handleNewSignals(self):
        self._predictions = [] if self.data is None else predictions_in(self.data)
        names = learner_names(self.results) if self.results is not None else \
            [prediction.name for prediction in self._predictions]
        self.model_combo.clear()
        self.model_combo.addItems(names)
        if self.model_name in names:
            self.model_combo.setCurrentText(self.model_name)
        candidates, default = [], None
        if self.data is not None:
            domain = self.data.domain
            candidates = [v for v in (*domain.class_vars, *domain.metas)
                          if isinstance(v, (DiscreteVariable, StringVariable))]
            # Predictions marks selected rows in a class of its own where there is no other
            default = domain.class_var if isinstance(domain.class_var, DiscreteVariable) \
                and domain.class_var.name != ANNOTATED_DATA_FEATURE_NAME else None
        self.truth_combo.set_variables(candidates, self.truth_name, default)
        self.truth_combo.setEnabled(self.data is not None and self.results is None)
        self.by_combo.set_variables(candidates, self.by_name, None)
        self.by_combo.setEnabled(self.truth_combo.isEnabled())
        self.matrix_page.show_pairs(None if self.data is None else pairs_in(self.data),
                                    tuple(self.matrix_cell) or None)
        self._send_matrix()
        self.evaluate()

    # -- changes by the user

    def _on_model(self):
        self.model_name = self.model_combo.currentText()
        self.evaluate(self.compared)

    def _on_truth(self, name: str):
        self.truth_name = name
        self.evaluate()

    def _on_by(self, name: str):
        self.by_name = name
        self.evaluate(self.compared)

    def _on_level(self):
        self.level = self.level_combo.currentData()
        self.evaluate()

    def _on_limit(self, percent: float):
        self.limit = percent / 100
        if self.evaluated is not None:
            self.evaluated.accepted = self.evaluated.judge.accepted(self.limit)
        if self.compared is not None:
            self._show()
            self._send()

    def _on_ledger(self, path: str):
        self.ledger_file = self.storable(path)
        self.show_paths()

    def _on_ledger_digits(self, digits: int):
        self.ledger_digits = digits
        self.show_paths()

    def show_paths(self):
        """Show the ledger's path, and what stands in it."""
        self.ledger_page.file.set_path(self.ledger_file)
        self.ledger_page.show_file(self.resolved(self.ledger_file))

    def _on_code(self, code: str):
        self.selected_code = code
        if code:
            self.matrix_cell = []
            self.matrix_page.choose(None)
        self._send_selected()

    def _on_cell(self, declared: str, found: str):
        self.matrix_cell = [declared, found] if self.matrix_page.rows_of(declared, found) else []
        self._send_selected()

    def _on_matrix(self):
        self.matrix_level, self.matrix_money = self.matrix_page.level, self.matrix_page.wanted
        self.matrix_page.choose(tuple(self.matrix_cell) or None)
        self._send_matrix()
        self._send_selected()

    # -- work

    def evaluate(self, compared: Compared | None = None):
        """Evaluate again; what is already known of all models may be handed over."""
        self.cancel()
        clear(self.Error, self.Warning, self.Information)
        self.evaluated = self.compared = None
        self.photo_curves = []
        codes = self._can_start()
        if not codes and self.photos is None:
            self._finish()
            return
        self.start(run, SimpleNamespace(
            codes=codes, photos=self.photos,
            results=self.results, data=self.data, compared=compared, truth=self._truth(),
            number=max(0, self.model_combo.currentIndex()), digits=self.level or None,
            limit=self.limit, by=self.by_combo.variable))

    def _can_start(self) -> bool:
        """Whether there is something to learn from; a message says what is missing."""
        if self.results is None and self.data is not None:
            self.Error.no_prediction(shown=not self._predictions)
            unknown = bool(self._predictions) and not self._has_truth()
            compared = self.matrix_page.pairs is not None
            self.Error.no_truth(shown=unknown and not compared)
            self.Information.only_matrix(shown=unknown and compared)
            if unknown and compared:
                self.tabs.setCurrentWidget(self.matrix_page)
                return False
        if self.results is not None:
            try:
                check(self.results)
            except ValueError as error:
                self.Error.results(reason=reason(error))
        return (self.results is not None or self.data is not None) and not self.Error.active

    def _truth(self):
        """The column of Data with the true codes; beside results it is their own class."""
        if self.results is None or self.data is None:
            return self.truth_combo.variable
        name = getattr(self.results.domain.class_var, "name", None)
        return next((v for v in (*self.data.domain.class_vars, *self.data.domain.metas)
                     if v.name == name and v.is_discrete), None)

    def _has_truth(self) -> bool:
        truth = self._truth()
        return truth is not None and any(text.strip() for text in strings_of(self.data, truth))

    def on_done(self, result: tuple[Compared | None, Evaluated | None, str, list[Curve]]):
        self.compared, self.evaluated, problem, self.photo_curves = result
        self.Warning.no_photos(shown=self.photos is not None and not self.photo_curves)
        if self.compared is None:
            self._finish()
            return
        evaluated, taught = self.evaluated, self.compared.judges[0].taught
        n, rows = taught.documents, int(taught.known.sum())
        if not n:
            self.evaluated = self.compared = None
            self.Error.failed(reason=words("no_code"))
            self._finish()
            return
        if evaluated is None:
            self.Error.results(reason=problem)
            self._say_of_data()
            self._finish()
            return
        scored = evaluated.scored
        if n < FEW:
            self.Warning.few(n=n)
        if not scored.wrong.any():
            self.Warning.no_error(n=n)
        self.Warning.one_code(shown=len({t for t in scored.true if t}) < 2)
        if rows < len(scored.true):
            self.Warning.unknown(n=len(scored.true) - rows)
        self._say_unread(evaluated)
        self._say_misread()
        if evaluated.leaks:
            self.Warning.leaks(columns=listed(evaluated.leaks))
        if rows > n:
            self.Information.repeated(rows=rows, n=n)
        self._say_of_data()
        self._finish()

    def _say_of_data(self):
        if self.results is None or self.data is None:
            return
        missing = [judge.name for judge in self.compared.judges if judge.asked is None]
        self.Warning.data(shown=not self._predictions)
        if self._predictions and missing:
            self.Warning.unmatched(models=listed(missing))

    def _say_misread(self):
        for table in (self.data, getattr(self.results, "data", None)):
            if getattr(table, "text_features", None) and misread(table):
                self.Warning.ids(columns=listed([v.name for v in table.text_features]),
                                 description=description_of(table).name)

    def _say_unread(self, e: Evaluated):
        """Documents on whose words no answer rests: of Data where that is judged."""
        judge = e.judge
        message = self.Warning.likely_unread if judge.guessed else self.Warning.unread
        unread, documents = judge.unread
        if unread:
            message(n=unread, all=documents)

    def _cancel(self):
        self.cancel()
        self.Information.cancelled()
        self._finish()

    def on_exception(self, ex: Exception):
        self.Error.failed(reason=reason(ex))
        self._finish()

    def _finish(self):
        self._show()
        self._send()
        e = self.evaluated  # whatever limit: HS Code Fusion would decide all goods again
        self.Outputs.calibration.send(
            calibration_table(e.known) if e is not None and e.known.rows else None)

    def _send(self):
        e, c = self.evaluated, self.compared
        self._table = None if e is None else self._scored_documents(e)
        self.Outputs.scored.send(self._table)
        self.Outputs.codes.send(codes_table(e.codes) if e is not None else None)
        self.Outputs.levels.send(levels_table(e.final) if e is not None else None)
        self.Outputs.models.send(models_table(c.rows) if c is not None else None)
        self.Outputs.judged.send(judged_table(c.asked, c.judges, self.limit)
                                 if c is not None else None)
        self._send_selected()

    def _scored_documents(self, e: Evaluated) -> Table:
        """Data, judged by what the evaluation results teach, or the evaluated documents."""
        judge = e.judge
        if self.data is not None and judge.asked is not None:
            return scored_table(self.data, judge.asked, judge.asked_error, e.codes,
                                e.accepted.threshold, judge.asked_words)
        return scored_table(self._documents(), judge.taught, judge.taught_error, e.codes,
                            e.accepted.threshold, judge.taught_words)

    def _documents(self) -> Table | None:
        if self.results.data is None or self.results.row_indices is None:
            return None
        return self.results.data[self.results.row_indices]

    def _send_matrix(self):
        matrix = self.matrix_page.matrix
        self.Outputs.matrix.send(None if matrix is None else matrix_table(matrix))

    def _send_selected(self):
        selected = None
        rows = self.matrix_page.rows_of(*self.matrix_cell) if self.matrix_cell else ()
        if rows:
            selected = self.data[list(rows)]
        elif self._table is not None and self.selected_code:
            name = next(v for v in reversed(self._table.domain.metas)
                        if v.name.startswith("predicted code"))
            rows = [i for i, code in enumerate(self._table.get_column(name))
                    if code == self.selected_code]
            selected = self._table[rows] if rows else None
        self.Outputs.selected.send(selected)

    # -- show

    def _show(self):
        self._show_models()
        e = self.evaluated
        self.final_page.show_scores(() if e is None else e.final)
        self.calibration_page.show_curves(() if e is None else e.curves, self.photo_curves)
        self.safe_page.show_coverages(None if e is None else e.coverages)
        if e is None:
            self.page.clear()
            worded(self.sentence, text=words("connect" if self.results is None is self.data
                                             else "nothing"))
            return
        chosen = self.selected_code
        self.page.show_results(e.codes, e.stated, e.corrected, e.curve, e.accepted, self.limit)
        self.selected_code = chosen
        codes = [row.code for row in e.codes]
        if chosen in codes:
            self.page.view.selectRow(self.page.model.shown_row(codes.index(chosen)))
        limit = self.limit
        spoken(self.sentence, "text", lambda it: it.setText(in_words(e, limit)))

    def _show_models(self):
        c = self.compared
        if c is None:
            self.models_page.clear()
            return
        self.models_page.show_models(c.rows, standing(c.rows))
        self.models_page.show_verdicts(unknown_verdicts(c, self.limit))

    def on_language(self):
        """Another language is spoken: columns and plots are worded again."""
        self._show()


if __name__ == "__main__":  # pragma: no cover
    from Orange.widgets.evaluate.utils import results_for_preview
    WidgetPreview(OWEvaluateCodes).run(set_results=results_for_preview("iris"))
