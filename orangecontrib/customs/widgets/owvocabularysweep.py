"""Vocabulary Sweep: how many words a classifier needs, and how frequent (paper 2, Tables 4, 5)."""
from __future__ import annotations

import re
from types import SimpleNamespace

import numpy as np
from AnyQt.QtCore import QRect, QSize, Qt
from AnyQt.QtGui import QColor, QPen
from AnyQt.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QGridLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QStyledItemDelegate,
    QTableWidget,
    QTableWidgetItem,
)
from Orange.base import Learner
from Orange.data import Table
from Orange.widgets import gui
from Orange.widgets.settings import Setting
from Orange.widgets.utils.concurrent import TaskState
from Orange.widgets.utils.widgetpreview import WidgetPreview
from Orange.widgets.widget import Input, Msg, Output, OWWidget
from orangecontrib.text import Corpus

from orangecontrib.customs.textmining.sweep.grid import Scheme, no_worse
from orangecontrib.customs.textmining.sweep.table import METRICS, Cell, Sweeper, scores_table
from orangecontrib.customs.widgets.utils.common.base import (
    CustomsWidget,
    Ended,
    progress_of,
    reason,
)
from orangecontrib.customs.widgets.utils.common.controls import choice, grid_of
from orangecontrib.customs.widgets.utils.text.corpora import (
    CorpusWarning,
    warn_of_answers,
    warn_of_text,
)

SCHEMES = {"shuffle 10": ("70 % / 30 %, 10 times", Scheme("shuffle", 10)),
           "shuffle 30": ("70 % / 30 %, 30 times", Scheme("shuffle", 30)),
           "folds 5": ("5 folds", Scheme("folds", 5)),
           "folds 10": ("10 folds", Scheme("folds", 10))}

_LOW, _HIGH = QColor("#fbf5ec"), QColor("#b5651d")
_BEST, _NO_WORSE = 2, 1


def run(request: SimpleNamespace, state: TaskState) -> Sweeper:
    """Prepare the corpus if need be and score the wanted cells, telling each of them at once."""
    sweeper = request.sweeper
    if sweeper is None:
        state.set_status("Preparing…")
        sweeper = Sweeper(request.corpus, request.learner, minimum=request.minimum,
                          scheme=request.scheme, together=request.together, seed=request.seed,
                          callback=progress_of(state, 0, 0))
        state.set_partial_result(sweeper)
    state.set_status("Scoring…")
    for number, (size, maximum) in enumerate(request.cells):
        progress = progress_of(state, number / len(request.cells),
                               (number + 1) / len(request.cells))
        state.set_partial_result(sweeper.cell(size, maximum, progress))
    return sweeper


class CellDelegate(QStyledItemDelegate):
    """A thick frame for the best cell, a thin one for those that are no worse."""

    def paint(self, painter, option, index):
        super().paint(painter, option, index)
        width = {_BEST: 3, _NO_WORSE: 1}.get(index.data(Qt.UserRole))
        if width:
            painter.save()
            painter.setPen(QPen(QColor("#2b1d12"), width))
            painter.drawRect(QRect(option.rect).adjusted(2, 2, -3, -3))
            painter.restore()


class OWVocabularySweep(CustomsWidget):
    name = "Vocabulary Sweep"
    description = "Score a classifier for many vocabularies: size × greatest document frequency."
    icon = "icons/VocabularySweep.svg"
    priority = 80
    keywords = "vocabulary sweep, document frequency, grid, heat map, tables 4 and 5, словарь"

    graph_name = "mainArea"  # Save Image

    class Inputs:
        corpus = Input("Corpus", Corpus, default=True, doc="Declarations, codes as class")
        learner = Input("Learner", Learner, doc="Instead of the L1 logistic regression")

    class Outputs:
        scores = Output("Scores", Table, default=True, dynamic=False, doc="A row per vocabulary")
        corpus = Output("Corpus", Corpus, dynamic=False,
                        doc="The corpus behind the filter of the selected vocabulary")
        words = Output("Words", Table, dynamic=False, doc="The selected vocabulary")

    class Error(OWWidget.Error):
        failed = Msg("No sweep: {}.")
        sizes = Msg("Vocabulary: give whole numbers above 0, separated by commas (30, 40, 50).")
        maxima = Msg("Greatest frequency: give shares above the least one and up to 1, separated "
                     "by commas (0.2, 0.3).")

    class Warning(CorpusWarning):
        seen = Msg("{} upstream was fitted on all documents, test documents among them: remove it "
                   "there, the sweep does its work.")
        problems = Msg("{} of {} vocabularies have no score: {}.")
        empty = Msg("In {} vocabularies no word was left in some split: the most frequent code "
                    "answered there.")

    class Information(OWWidget.Information):
        cancelled = Msg("Cancelled: what was finished is shown. Run goes on.")

    auto_run: bool = Setting(True)
    sizes_text: str = Setting("30, 40, 50, 60, 100", schema_only=True)
    maxima_text: str = Setting("0.2, 0.3, 0.4, 0.5, 0.6", schema_only=True)
    minimum: float = Setting(.05, schema_only=True)
    scheme: str = Setting("shuffle 10", schema_only=True)
    seed: int = Setting(0, schema_only=True)
    together: bool = Setting(True, schema_only=True)
    #: `metric` would hide a method of every Qt widget.
    shown_metric: str = Setting("AUC")
    #: Vocabulary size and greatest frequency of the selected cell.
    selected: tuple = Setting((), schema_only=True)

    want_control_area = True

    def __init__(self):
        super().__init__()
        self.corpus: Corpus | None = None
        self.learner: Learner | None = None
        self.sweeper: Sweeper | None = None
        self.cells: dict[tuple[int, float], Cell] = {}
        self._running = False
        self._filling = False
        self._set_up_controls()
        self._set_up_main()
        self._show()

    # -- controls

    def _set_up_controls(self):
        box = gui.widgetBox(self.controlArea, "Vocabularies")
        self.sizes_edit = QLineEdit(self.sizes_text)
        self.sizes_edit.setToolTip("Greatest number of words; the most frequent ones stay")
        self.maxima_edit = QLineEdit(self.maxima_text)
        self.maxima_edit.setToolTip("Greatest share of the documents in which a word may stand")
        self.minimum_spin = QDoubleSpinBox(minimum=0., maximum=.99, singleStep=.01, decimals=3,
                                           value=self.minimum)
        self.minimum_spin.setToolTip("Least share of the documents (the paper: 0.05)")
        for edit in (self.sizes_edit, self.maxima_edit):
            edit.editingFinished.connect(self._on_grid)
        self.minimum_spin.valueChanged.connect(lambda value: self._set("minimum", value))
        box.layout().addLayout(grid_of((("Words", self.sizes_edit), ("Up to", self.maxima_edit),
                                        ("From", self.minimum_spin))))

        box = gui.widgetBox(self.controlArea, "Splits")
        grid = QGridLayout()
        box.layout().addLayout(grid)
        self.scheme_combo = choice(
            ((key, text) for key, (text, _) in SCHEMES.items()), self.scheme,
            lambda: self._set("scheme", self.scheme_combo.currentData()))
        self.seed_spin = QSpinBox(minimum=0, maximum=10 ** 6, value=self.seed)
        self.seed_spin.valueChanged.connect(lambda value: self._set("seed", value))
        together = QCheckBox("Equal texts together", checked=self.together)
        together.setToolTip("Documents with the same words stay on one side: declarations "
                            "repeat, and a repeated text is not a test")
        together.toggled.connect(lambda on: self._set("together", on))
        grid.addWidget(self.scheme_combo, 0, 0, 1, 2)
        grid.addWidget(QLabel("Seed"), 1, 0)
        grid.addWidget(self.seed_spin, 1, 1)
        grid.addWidget(together, 2, 0, 1, 2)
        self.together_check = together

        box = gui.widgetBox(self.controlArea, "Show")
        self.metric_combo = QComboBox()
        self.metric_combo.addItems(list(METRICS))
        self.metric_combo.setCurrentText(self.shown_metric)
        self.metric_combo.activated.connect(self._on_metric)
        box.layout().addWidget(self.metric_combo)
        gui.rubber(self.controlArea)
        auto = QCheckBox("Run automatically", checked=self.auto_run)
        auto.toggled.connect(self._on_auto)
        self.controlArea.layout().addWidget(auto)
        self.run_button = QPushButton("Run", clicked=self._on_run)
        self.controlArea.layout().addWidget(self.run_button)

    def _set_up_main(self):
        self.summary = QLabel(wordWrap=True)
        self.map = QTableWidget(
            editTriggers=QAbstractItemView.NoEditTriggers, showGrid=False,
            selectionMode=QAbstractItemView.SingleSelection, cornerButtonEnabled=False)
        self.map.setItemDelegate(CellDelegate(self.map))
        for header in (self.map.horizontalHeader(), self.map.verticalHeader()):
            header.setSectionResizeMode(QHeaderView.Stretch)
            header.setHighlightSections(False)
            header.setMinimumSectionSize(28)
        self.map.currentCellChanged.connect(self._on_cell)
        self.detail = QLabel(wordWrap=True, textInteractionFlags=Qt.TextSelectableByMouse)
        axis = QLabel("Rows: greatest number of words. Columns: greatest share of the documents. "
                      "Thick frame: best; thin: no worse by one standard error.", wordWrap=True)
        for widget in (self.summary, self.map, axis, self.detail):
            self.mainArea.layout().addWidget(widget)
        self.mainArea.layout().setStretchFactor(self.map, 1)

    def sizeHint(self):
        return QSize(860, 520)

    # -- input

    @Inputs.corpus
    def set_corpus(self, corpus: Corpus | None):
        self.corpus = corpus

    @Inputs.learner
    def set_learner(self, learner: Learner | None):
        self.learner = learner

    def handleNewSignals(self):
        self._restart()

    # -- changes by the user

    def _set(self, name: str, value):
        if getattr(self, name) != value:
            setattr(self, name, value)
            self._restart()

    def _on_grid(self):
        if (self.sizes_edit.text(), self.maxima_edit.text()) == (self.sizes_text,
                                                                 self.maxima_text):
            return
        self.sizes_text, self.maxima_text = self.sizes_edit.text(), self.maxima_edit.text()
        self._stop()
        self._show()
        self._maybe_run()

    def _on_metric(self):
        self.shown_metric = self.metric_combo.currentText()
        self._show()

    def _on_auto(self, on: bool):
        self.auto_run = on
        self._maybe_run()

    def _on_run(self):
        if self._running:
            self._stop()
            self.Information.cancelled()
            self._finish()
        else:
            self.sweep()

    def grid(self) -> tuple[list[int], list[float]] | None:
        """Sizes and greatest frequencies; None where they can't be read."""
        sizes = _numbers(self.sizes_text, lambda x: x >= 1 and x == int(x))
        maxima = _numbers(self.maxima_text, lambda x: max(0, self.minimum) < x <= 1)
        self.Error.sizes(shown=sizes is None)
        self.Error.maxima(shown=maxima is None)
        return None if sizes is None or maxima is None else ([int(s) for s in sizes], maxima)

    # -- work

    def _restart(self):
        """Nothing computed so far holds."""
        self._stop()
        self.Warning.clear()
        warn_of_text(self.Warning, self.corpus)
        warn_of_answers(self.Warning, self.corpus)
        self.sweeper, self.cells = None, {}
        self._finish()
        self._maybe_run()

    def _stop(self):
        self.cancel()
        self._set_running(False)

    def _maybe_run(self):
        if self.auto_run and not self._running:
            self.sweep()

    def sweep(self):
        """Score the cells that are not known yet."""
        self.Error.failed.clear()
        self.Information.clear()
        grid = self.grid()
        if self.corpus is None or grid is None:
            self._finish()
            return
        wanted = [(size, maximum) for size in grid[0] for maximum in grid[1]
                  if (size, maximum) not in self.cells]
        self._set_running(True)
        self.start(run, SimpleNamespace(
            corpus=self.corpus, learner=self.learner, sweeper=self.sweeper, cells=wanted,
            minimum=self.minimum, scheme=SCHEMES[self.scheme][1], together=self.together,
            seed=self.seed))

    def on_partial_result(self, result):
        if isinstance(result, Sweeper):
            self.sweeper = result
            if result.seen_upstream:
                self.Warning.seen(", ".join(result.seen_upstream))
            return
        self.cells[result.place] = result
        self._show()

    def on_done(self, sweeper: Sweeper):
        self.sweeper = sweeper
        self._set_running(False)
        self._finish()

    def on_exception(self, ex: Exception):
        self._set_running(False)
        if not isinstance(ex, Ended):
            self.Error.failed(reason(ex))
        self._finish()

    def _set_running(self, on: bool):
        self._running = on
        self.run_button.setText("Cancel" if on else "Run")

    def _finish(self):
        """Show and send what there is."""
        self._show()
        shown = self._shown()
        self.Outputs.scores.send(scores_table(shown) if shown else None)
        self._say(shown)
        self._send_selected()

    def _shown(self) -> list[Cell]:
        grid = self.grid()
        if grid is None:
            return []
        return [self.cells[size, maximum] for size in grid[0] for maximum in grid[1]
                if (size, maximum) in self.cells]

    def _say(self, shown: list[Cell]):
        failed = [cell for cell in shown if cell.problem]
        self.Warning.problems.clear()
        if failed:
            self.Warning.problems(len(failed), len(shown), failed[0].problem)
        self.Warning.empty.clear()
        if empty := sum(cell.empty > 0 for cell in shown):
            self.Warning.empty(empty)

    # -- selection

    def _on_cell(self, row: int, column: int, *_):
        grid = self.grid()
        if self._filling or grid is None or row < 0 or column < 0:
            return
        self.selected = (grid[0][row], grid[1][column])
        self._show_detail()
        self._send_selected()

    def _send_selected(self):
        corpus = words = None
        if self.sweeper is not None and tuple(self.selected) in self.cells:
            corpus, words = self.sweeper.filtered(*self.selected)
        self.Outputs.corpus.send(corpus)
        self.Outputs.words.send(words)

    # -- show

    def _show(self):
        grid = self.grid()
        sizes, maxima = grid if grid is not None and self.corpus is not None else ([], [])
        shown = {cell.place: cell for cell in self._shown()}
        scores, errors = ({place: getattr(cell, part).get(self.shown_metric, np.nan)
                           for place, cell in shown.items()} for part in ("scores", "errors"))
        good = no_worse(scores, errors)
        best = max(good, key=scores.get) if good else None
        known = [score for score in scores.values() if not np.isnan(score)]
        low, high = (min(known), max(known)) if known else (0., 1.)
        self._filling = True
        self.map.setRowCount(len(sizes))
        self.map.setColumnCount(len(maxima))
        self.map.setVerticalHeaderLabels([str(size) for size in sizes])
        self.map.setHorizontalHeaderLabels([f"≤ {maximum:g}" for maximum in maxima])
        for row, size in enumerate(sizes):
            for column, maximum in enumerate(maxima):
                place = (size, maximum)
                score = scores.get(place, np.nan)
                item = QTableWidgetItem(_cell_text(shown.get(place), score))
                item.setTextAlignment(Qt.AlignCenter)
                if not np.isnan(score):
                    share = (score - low) / (high - low) if high > low else 1.
                    item.setBackground(_mix(share))
                    item.setForeground(QColor("white" if share > .7 else "#2b1d12"))
                item.setData(Qt.UserRole, _BEST if place == best else
                             _NO_WORSE if place in good else 0)
                item.setToolTip(_explain(shown.get(place)))
                self.map.setItem(row, column, item)
                if place == tuple(self.selected):
                    self.map.setCurrentItem(item)
        self._filling = False
        self.summary.setText(self._sentence(scores, good, best))
        self._show_detail()

    def _sentence(self, scores: dict, good: set, best) -> str:
        if self.corpus is None:
            return "No corpus."
        if best is None:
            return "Nothing scored yet."
        size, maximum = best
        text = f"Best {self.shown_metric}: {scores[best]:.3f}, {size} words up to {maximum:g}. "
        small = min(good)
        if small != best:
            text += (f"The smallest vocabulary that is no worse by one standard error: {small[0]} "
                     f"words up to {small[1]:g} ({scores[small]:.3f}).")
        return text

    def _show_detail(self):
        cell = self.cells.get(tuple(self.selected))
        if cell is None:
            self.detail.setText("Select a cell to see its words and to send the filtered corpus.")
            return
        text = f"<b>{cell.size} words up to {cell.maximum:g}</b>: "
        if cell.problem:
            self.detail.setText(text + cell.problem)
            return
        text += ", ".join(f"{name} {score:.3f} ± {cell.errors[name]:.3f}"
                          for name, score in cell.scores.items())
        text += f"; {cell.words:.1f} words were left on average."
        if self.sweeper is not None:
            lexicon = self.sweeper.vocabulary(cell.size, cell.maximum)
            words = sorted(lexicon.vocabulary)
            text += "<br>Learnt on all documents: " + ", ".join(words[:40])
            text += f" … ({len(words)})" if len(words) > 40 else ""
        self.detail.setText(text)

    def send_report(self):
        if self.corpus is None:
            return
        self.report_items("Sweep", (
            ("Learner", self.learner.name if self.learner else "logistic regression, L1, C = 1"),
            ("Least share of documents", f"{self.minimum:g}"),
            ("Splits", SCHEMES[self.scheme][0]), ("Seed", str(self.seed)),
            ("Equal texts together", "yes" if self.together else "no"),
            ("Result", self.summary.text())))
        grid = self.grid()
        if grid is not None and self.cells:
            rows = [["", *(f"≤ {maximum:g}" for maximum in grid[1])]]
            for row, size in enumerate(grid[0]):
                rows.append([str(size), *(self.map.item(row, c).text()
                                          for c in range(len(grid[1])))])
            self.report_table(self.shown_metric, rows, header_rows=1, header_columns=1)


def _numbers(text: str, good) -> list[float] | None:
    """Numbers separated by commas, semicolons or spaces, each once; None where one is no good."""
    parts = [part for part in re.split(r"[,;\s]+", text.strip()) if part]
    try:
        numbers = list(dict.fromkeys(float(part) for part in parts))
    except ValueError:
        return None
    return numbers if numbers and all(map(good, numbers)) else None


def _cell_text(cell: Cell | None, score: float) -> str:
    if cell is None:
        return ""
    return "–" if np.isnan(score) else f"{score:.3f}" + ("*" if cell.empty else "")


def _explain(cell: Cell | None) -> str:
    if cell is None:
        return "Not scored yet"
    if cell.problem:
        return cell.problem
    lines = [f"{name}: {score:.3f} ± {cell.errors[name]:.3f} (sd over splits "
             f"{cell.deviations[name]:.3f})" for name, score in cell.scores.items()]
    lines.append(f"{cell.words:.1f} words on average")
    if cell.empty:
        lines.append(f"* no word left in {cell.empty} splits")
    return "\n".join(lines)


def _mix(share: float) -> QColor:
    return QColor(*(round(low + share * (high - low)) for low, high in zip(
        _LOW.getRgb()[:3], _HIGH.getRgb()[:3])))


if __name__ == "__main__":  # pragma: no cover
    WidgetPreview(OWVocabularySweep).run(Corpus.from_file("deerwester"))
