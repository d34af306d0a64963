"""Evaluate Codes: how likely is a predicted code wrong?"""
from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
from AnyQt.QtCore import QSize
from AnyQt.QtWidgets import QComboBox, QDoubleSpinBox, QGridLayout, QLabel, QTabWidget
from Orange.data import DiscreteVariable, StringVariable, Table
from Orange.evaluation import Results
from Orange.widgets import gui
from Orange.widgets.settings import Setting
from Orange.widgets.utils.annotated_data import ANNOTATED_DATA_FEATURE_NAME
from Orange.widgets.utils.concurrent import ConcurrentWidgetMixin, TaskState
from Orange.widgets.utils.widgetpreview import WidgetPreview
from Orange.widgets.widget import Input, Msg, Output, OWWidget

from orangecontrib.customs.declarations.learning.table import leaks, learnt_from, words_read
from orangecontrib.customs.declarations.table import description_of, misread
from orangecontrib.customs.evaluation import (
    Accepted,
    Bin,
    CodeErrors,
    Scored,
    accept,
    augrc,
    code_errors,
    cross_fitted,
    ece,
    ece_limit,
    equal_mass_bins,
    risk_coverage,
)
from orangecontrib.customs.evaluation.errors import error_model
from orangecontrib.customs.evaluation.table import (
    codes_table,
    learner_names,
    predictions_in,
    scored_from_results,
    scored_from_table,
    scored_table,
    were_read,
)
from orangecontrib.customs.intervals import wilson
from orangecontrib.customs.widgets.utils.errorpage import ErrorPage
from orangecontrib.customs.widgets.utils.goodslist import report_rows
from orangecontrib.customs.widgets.utils.variables import VariableCombo, listed

LEVELS = ((0, "as they are"), (4, "4 digits"), (6, "6 digits"), (8, "8 digits"),
          (10, "10 digits"))
#: With fewer documents than this, intervals are all there is to see.
FEW = 20


@dataclass
class Evaluated:
    """What is known about the errors of a model."""

    scored: Scored
    p_error: np.ndarray
    codes: list[CodeErrors]
    stated: list[Bin]
    corrected: list[Bin]
    ece: float
    ece_limit: float
    curve: tuple
    augrc: float
    accepted: Accepted
    #: P(error), infinite where the model has read no word: such are not accepted unread.
    ranked: np.ndarray
    #: Known words per scored document, and per document of Data that is to be judged.
    words: np.ndarray | None
    judged_words: np.ndarray | None
    #: The model is not at hand: what is said of words is a guess.
    guessed: bool
    leaks: list[str]


def run(request: SimpleNamespace, state: TaskState) -> Evaluated:
    """Count, fit and draw the curves for documents with a known code."""
    scored = request.scored
    state.set_status("Evaluating…")
    p_error = cross_fitted(scored)
    state.set_progress_value(50)
    right, weight = scored.known & ~scored.wrong, scored.weight
    (words, guessed), (judged, judged_guessed) = (
        (None, False) if table is None else words_read(table, request.features)
        for table in (request.documents, request.judged))
    if words is not None and request.rows is not None:
        words = words[request.rows]
    ranked = np.where(were_read(words, len(p_error)), p_error, np.inf)
    found = [] if request.documents is None else leaks(request.documents, request.truth,
                                                       request.features)
    return Evaluated(
        scored, p_error, code_errors(scored),
        equal_mass_bins(scored.p, right, weight), equal_mass_bins(1 - p_error, right, weight),
        ece(scored.p, right, weight), ece_limit(scored.p, weight, scored.document),
        risk_coverage(ranked, scored.wrong, weight), augrc(ranked, scored.wrong, weight),
        accept(ranked, scored.wrong, request.limit, weight), ranked, words, judged,
        guessed or judged_guessed, [variable.name for variable in found])


def model_of(results: Results | None, number: int):
    """A model of an evaluation; None where the models were not kept."""
    models = None if results is None else results.models
    return None if models is None or not len(models) else models[0][number]


class OWEvaluateCodes(OWWidget, ConcurrentWidgetMixin):
    name = "Evaluate Codes"
    description = "How likely is a predicted code wrong, and what may be accepted unread?"
    icon = "icons/EvaluateCodes.svg"
    priority = 90
    keywords = "evaluate codes, error probability, calibration, risk coverage, augrc, wilson, " \
               "ошибка"

    class Inputs:
        results = Input("Evaluation Results", Results, default=True,
                        doc="Of Test & Score or Predictions: documents with known codes")
        data = Input("Data", Table, doc="Documents with predicted codes, to be judged: as "
                                        "Predictions or HS Code Fusion send them")

    class Outputs:
        scored = Output("Scored Documents", Table, default=True, dynamic=False,
                        doc="Each document with the probability that its code is wrong")
        codes = Output("Codes", Table, dynamic=False, doc="A row per code: errors and interval")
        selected = Output("Selected Documents", Table, dynamic=False,
                          doc="Documents for which the selected code was predicted")

    class Error(OWWidget.Error):
        results = Msg("The results can't be evaluated: {}.")
        failed = Msg("No evaluation: {}.")
        no_prediction = Msg("No predicted codes in the data: connect Predictions or HS Code "
                            "Fusion.")
        no_truth = Msg("Nothing to learn errors from: choose the column with the true codes, or "
                       "connect Evaluation Results.")

    class Warning(OWWidget.Warning):
        few = Msg("Only {} documents with a known code: look at the intervals.")
        no_error = Msg("No error among {} documents: that is less than perfect, see the interval.")
        data = Msg("No predicted codes in the data: only the evaluation results are shown.")
        unknown = Msg("{} documents have no known code: judged, not counted.")
        one_code = Msg("All documents have the same true code.")
        unread = Msg("{} of {} documents hold no word that the model knows; it answers with its "
                     "shares of the codes. “known words” is 0 there, and none is accepted.")
        likely_unread = Msg("{} of {} documents got the very same answer without a word in common: "
                            "the model seems to know none of theirs. “known words” is 0 there, and "
                            "none is accepted. To be sure connect its Evaluation Results.")
        ids = Msg("The corpus reads {}, which holds ids or codes, so the model has not read the "
                  "descriptions: choose “{}” in Corpus.")
        leaks = Msg("{} among the features gives the code away: these scores say nothing about "
                    "new documents. Code as Class moves it to the metas.")

    class Information(OWWidget.Information):
        repeated = Msg("Documents were tested several times: each counts once ({} predictions of "
                       "{} documents).")

    model_name: str = Setting("", schema_only=True)
    truth_name: str = Setting("", schema_only=True)
    level: int = Setting(0, schema_only=True)
    limit: float = Setting(.05, schema_only=True)
    selected_code: str = Setting("", schema_only=True)

    def __init__(self):
        OWWidget.__init__(self)
        ConcurrentWidgetMixin.__init__(self)
        self.results: Results | None = None
        self.data: Table | None = None
        self.evaluated: Evaluated | None = None
        self._table: Table | None = None
        self._predictions: list = []
        self._build()
        self.page.clear()
        self.sentence.setText("Connect the evaluation results of Test and Score or Predictions.")

    def _build(self):
        box = gui.widgetBox(self.controlArea, "Evaluate")
        grid = QGridLayout()
        box.layout().addLayout(grid)
        self.model_combo = QComboBox()
        self.model_combo.setSizeAdjustPolicy(QComboBox.AdjustToMinimumContentsLengthWithIcon)
        self.model_combo.setMinimumContentsLength(11)
        self.model_combo.activated.connect(self._on_model)
        self.truth_combo = VariableCombo("(unknown)")
        self.truth_combo.setToolTip("Column of Data with the true codes. Declared codes are what "
                                    "somebody declared, not what is true.")
        self.truth_combo.chosen.connect(self._on_truth)
        self.level_combo = QComboBox()
        for digits, text in LEVELS:
            self.level_combo.addItem(text, digits)
        self.level_combo.setCurrentIndex(max(0, self.level_combo.findData(self.level)))
        self.level_combo.setToolTip("At 4 digits a wrong subheading of the right heading is no "
                                    "error; probabilities of the codes below are added up")
        self.level_combo.activated.connect(self._on_level)
        self.limit_spin = QDoubleSpinBox(minimum=0, maximum=100, decimals=1, singleStep=1,
                                         suffix=" %", value=100 * self.limit)
        self.limit_spin.setToolTip("Share of errors that may be accepted unread")
        self.limit_spin.valueChanged.connect(self._on_limit)
        for row, (label, widget) in enumerate((("Model", self.model_combo),
                                               ("True codes", self.truth_combo),
                                               ("Codes", self.level_combo),
                                               ("Errors up to", self.limit_spin))):
            grid.addWidget(QLabel(label), row, 0)
            grid.addWidget(widget, row, 1)
        grid.setColumnStretch(1, 1)
        gui.rubber(self.controlArea)
        self.sentence = QLabel(wordWrap=True)
        self.mainArea.layout().addWidget(self.sentence)
        tabs = QTabWidget()
        self.mainArea.layout().addWidget(tabs)
        self.page = ErrorPage()
        self.page.chosen.connect(self._on_code)
        tabs.addTab(self.page, self.page.title)

    def sizeHint(self):
        return QSize(1000, 600)

    # -- input

    @Inputs.results
    def set_results(self, results: Results | None):
        self.results = results

    @Inputs.data
    def set_data(self, data: Table | None):
        self.data = data

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
        self.evaluate()

    # -- changes by the user

    def _on_model(self):
        self.model_name = self.model_combo.currentText()
        self.evaluate()

    def _on_truth(self, name: str):
        self.truth_name = name
        self.evaluate()

    def _on_level(self):
        self.level = self.level_combo.currentData()
        self.evaluate()

    def _on_limit(self, percent: float):
        self.limit = percent / 100
        if self.evaluated is not None:
            e = self.evaluated
            e.accepted = accept(e.ranked, e.scored.wrong, self.limit, e.scored.weight)
            self._show()
            self._send()

    def _on_code(self, code: str):
        self.selected_code = code
        self._send_selected()

    # -- work

    def evaluate(self):
        """Evaluate anew."""
        self.cancel()
        for group in (self.Error, self.Warning, self.Information):
            group.clear()
        self.evaluated = None
        scored = self._scored()
        if scored is None:
            self._finish()
            return
        judged = self.data if self.results is not None and self._predictions else None
        evaluated = self.data if self.results is None else self.results.data
        self.start(run, SimpleNamespace(
            scored=scored, limit=self.limit, documents=evaluated, judged=judged,
            rows=None if self.results is None else self.results.row_indices,
            truth=self.truth_combo.variable if self.results is None else None,
            features=learnt_from(model_of(self.results, max(0, self.model_combo.currentIndex())))))

    def _scored(self) -> Scored | None:
        """The predictions to learn from; None, with a message, where there are none."""
        digits = self.level or None
        if self.results is not None:
            try:
                return scored_from_results(self.results, max(0, self.model_combo.currentIndex()),
                                           digits)
            except ValueError as error:
                self.Error.results(error)
            return None
        if self.data is None:
            return None
        if not self._predictions:
            self.Error.no_prediction()
            return None
        scored = scored_from_table(self.data, self._prediction(), self.truth_combo.variable,
                                   digits)
        if not scored.known.any():
            self.Error.no_truth()
            return None
        return scored

    def _prediction(self):
        """The prediction in Data that the chosen model made, or else the first."""
        chosen = self.model_combo.currentText()
        return next((p for p in self._predictions if p.name == chosen), self._predictions[0])

    def on_done(self, evaluated: Evaluated):
        self.evaluated = evaluated
        scored = evaluated.scored
        n, rows = scored.documents, int(scored.known.sum())
        if not n:
            self.evaluated = None
            self.Error.failed("no document has a known code")
            self._finish()
            return
        if n < FEW:
            self.Warning.few(n)
        if not scored.wrong.any():
            self.Warning.no_error(n)
        self.Warning.one_code(shown=len({t for t in scored.true if t}) < 2)
        if rows < len(scored.true):
            self.Warning.unknown(len(scored.true) - rows)
        self._say_unread(evaluated)
        self._say_misread()
        if evaluated.leaks:
            self.Warning.leaks(listed(evaluated.leaks))
        if rows > n:
            self.Information.repeated(rows, n)
        if self.results is not None and self.data is not None and not self._predictions:
            self.Warning.data()
        self._finish()

    def _say_misread(self):
        for table in (self.data, getattr(self.results, "data", None)):
            if getattr(table, "text_features", None) and misread(table):
                self.Warning.ids(listed([v.name for v in table.text_features]),
                                 description_of(table).name)

    def _say_unread(self, e: Evaluated):
        """Documents on whose words no answer rests: of Data where that is judged."""
        words = e.words if e.judged_words is None else e.judged_words
        if words is not None and (words == 0).any():
            message = self.Warning.likely_unread if e.guessed else self.Warning.unread
            message(int((words == 0).sum()), len(words))

    def on_exception(self, ex: Exception):
        self.Error.failed(str(ex) or type(ex).__name__)
        self._finish()

    def _finish(self):
        self._show()
        self._send()

    def _send(self):
        e = self.evaluated
        self._table = None
        if e is not None:
            self._table = self._judged() if self.results is not None and self._predictions \
                else scored_table(self._documents(), e.scored, e.p_error, e.codes,
                                  e.accepted.threshold, e.words)
        self.Outputs.scored.send(self._table)
        self.Outputs.codes.send(codes_table(e.codes) if e is not None else None)
        self._send_selected()

    def _documents(self) -> Table | None:
        if self.results is None:
            return self.data
        if self.results.data is None or self.results.row_indices is None:
            return None
        return self.results.data[self.results.row_indices]

    def _judged(self) -> Table:
        """Data, judged by what the evaluation results teach."""
        e = self.evaluated
        scored = scored_from_table(self.data, self._prediction(), None, self.level or None)
        return scored_table(self.data, scored, error_model(e.scored)(scored.predicted, scored.p),
                            e.codes, e.accepted.threshold, e.judged_words)

    def _send_selected(self):
        selected = None
        if self._table is not None and self.selected_code:
            name = next(v for v in reversed(self._table.domain.metas)
                        if v.name.startswith("predicted code"))
            rows = [i for i, code in enumerate(self._table.get_column(name))
                    if code == self.selected_code]
            selected = self._table[rows] if rows else None
        self.Outputs.selected.send(selected)

    # -- show

    def _show(self):
        e = self.evaluated
        if e is None:
            self.page.clear()
            self.sentence.setText("Nothing evaluated.")
            return
        chosen = self.selected_code
        self.page.show_results(e.codes, e.stated, e.corrected, e.curve, e.accepted, self.limit)
        self.selected_code = chosen
        codes = [row.code for row in e.codes]
        if chosen in codes:
            self.page.view.selectRow(self.page.model.shown_row(codes.index(chosen)))
        self.sentence.setText(self._in_words(e))

    def _in_words(self, e: Evaluated) -> str:
        n = float(e.scored.weight.sum())
        wrong = float(e.scored.weight @ e.scored.wrong)
        low, high = wilson(wrong, n)
        text = (f"Predicted codes are wrong in <b>{wrong / n:.1%}</b> of {n:.0f} documents (95 %: "
                f"{low:.1%}–{high:.1%}). ")
        if e.accepted.n:
            text += (f"With at most {self.limit:.1%} errors <b>{e.accepted.coverage:.0%}</b> may "
                     f"be accepted unread: those with P(error) up to {e.accepted.threshold:.3f}; "
                     f"{e.accepted.risk:.1%} of them are wrong (95 %: {e.accepted.low:.1%}–"
                     f"{e.accepted.high:.1%}). ")
        else:
            text += f"Nothing can be accepted with at most {self.limit:.1%} errors. "
        verdict = "no worse than chance would show a calibrated model" \
            if e.ece <= e.ece_limit else "too much for a calibrated model"
        text += (f"AUGRC {e.augrc:.4f}. Calibration error of the stated probability {e.ece:.3f}: "
                 f"{verdict} (up to {e.ece_limit:.3f}).")
        return text

    def onDeleteWidget(self):
        self.shutdown()
        super().onDeleteWidget()

    def send_report(self):
        if self.evaluated is None:
            return
        self.report_items("Evaluated", (
            ("Model", self.model_combo.currentText()), ("Codes", dict(LEVELS)[self.level]),
            ("Errors up to", f"{self.limit:.1%}")))
        self.report_paragraph("Result", self.sentence.text())
        self.report_table("Codes", [row[:3] + row[4:] for row in report_rows(self.page.model)],
                          header_rows=1)
        self.report_plot("Calibration", self.page.calibration)
        self.report_plot("Risk and coverage", self.page.risk)


if __name__ == "__main__":  # pragma: no cover
    from Orange.widgets.evaluate.utils import results_for_preview
    WidgetPreview(OWEvaluateCodes).run(set_results=results_for_preview("iris"))
