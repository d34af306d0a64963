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
    QDoubleSpinBox,
    QGridLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
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
from Orange.widgets.widget import Input, Output
from orangecontrib.text import Corpus

from orangecontrib.customs.i18n import Joined, Message, say
from orangecontrib.customs.textmining.sweep.grid import Scheme, no_worse
from orangecontrib.customs.textmining.sweep.table import METRICS, Cell, Sweeper, scores_table
from orangecontrib.customs.widgets.utils.common.base import (
    CustomsWidget,
    Ended,
    progress_of,
    reason,
)
from orangecontrib.customs.widgets.utils.common.controls import (
    choice,
    grid_of,
    group_box,
    push,
)
from orangecontrib.customs.widgets.utils.common.theme import mixed, readable, theme
from orangecontrib.customs.widgets.utils.common.wording import Said, room, worded
from orangecontrib.customs.widgets.utils.text.corpora import (
    CorpusWarning,
    warn_of_answers,
    warn_of_text,
)

words, CANCEL = room("owvocabularysweep"), room("common")("cancel")

SCHEMES = {f"{kind} {n}": (words(kind, n=n), Scheme(kind, n))
           for kind, n in (("shuffle", 10), ("shuffle", 30), ("folds", 5), ("folds", 10))}

#: Of the best cell; the others are as much paler as their scores are lower.
_HIGH = QColor("#b5651d")
_BEST, _NO_WORSE = 2, 1
#: Words of a vocabulary that are named.
MOST_WORDS = 40


def run(request: SimpleNamespace, state: TaskState) -> Sweeper:
    """Prepare the corpus if need be and score the wanted cells, telling each of them at once."""
    sweeper = request.sweeper
    if sweeper is None:
        state.set_status(say(words("preparing")))
        sweeper = Sweeper(request.corpus, request.learner, minimum=request.minimum,
                          scheme=request.scheme, together=request.together, seed=request.seed,
                          callback=progress_of(state, 0, 0))
        state.set_partial_result(sweeper)
    state.set_status(say(words("scoring")))
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
            painter.setPen(QPen(index.data(Qt.ForegroundRole).color(), width))
            painter.drawRect(QRect(option.rect).adjusted(2, 2, -3, -3))
            painter.restore()


class OWVocabularySweep(CustomsWidget):
    name = "Vocabulary Sweep"
    description = "Score a classifier for many vocabularies: size × greatest document frequency."
    icon = "icons/VocabularySweep.svg"
    priority = 80
    keywords = ("vocabulary sweep, document frequency, grid, heat map, tables 4 and 5, словарь, "
                "таможня, тн вэд, частота документов, подбор словаря")

    graph_name = "mainArea"  # Save Image

    class Inputs:
        corpus = Input("Corpus", Corpus, default=True, doc="Declarations, codes as class")
        learner = Input("Learner", Learner, doc="Instead of the L1 logistic regression")

    class Outputs:
        scores = Output("Scores", Table, default=True, dynamic=False, doc="A row per vocabulary")
        corpus = Output("Corpus", Corpus, dynamic=False,
                        doc="The corpus behind the filter of the selected vocabulary")
        words = Output("Words", Table, dynamic=False, doc="The selected vocabulary")

    class Error(CustomsWidget.Error):
        failed = Said(words("failed"))
        sizes = Said(words("sizes"))
        maxima = Said(words("maxima"))

    class Warning(CorpusWarning):
        seen = Said(words("seen"))
        problems = Said(words("problems"))
        empty = Said(words("empty"))

    class Information(CustomsWidget.Information):
        cancelled = Said(words("cancelled"))

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
        box = group_box(self.controlArea, words("vocabularies"))
        self.sizes_edit = worded(QLineEdit(self.sizes_text), toolTip=words("words_tip"))
        self.maxima_edit = worded(QLineEdit(self.maxima_text), toolTip=words("up_to_tip"))
        self.minimum_spin = worded(
            QDoubleSpinBox(minimum=0., maximum=.99, singleStep=.01, decimals=3,
                           value=self.minimum), toolTip=words("from_tip"))
        for edit in (self.sizes_edit, self.maxima_edit):
            edit.editingFinished.connect(self._on_grid)
        self.minimum_spin.valueChanged.connect(lambda value: self._set("minimum", value))
        box.layout().addLayout(grid_of((
            (words("words"), self.sizes_edit), (words("up_to"), self.maxima_edit),
            (words("from"), self.minimum_spin))))

        box = group_box(self.controlArea, words("splits"))
        grid = QGridLayout()
        box.layout().addLayout(grid)
        self.scheme_combo = choice(
            ((key, title) for key, (title, _) in SCHEMES.items()), self.scheme,
            lambda: self._set("scheme", self.scheme_combo.currentData()), words("scheme_tip"))
        self.seed_spin = QSpinBox(minimum=0, maximum=10 ** 6, value=self.seed)
        self.seed_spin.valueChanged.connect(lambda value: self._set("seed", value))
        together = worded(QCheckBox(checked=self.together), text=words("together"),
                          toolTip=words("together_tip"))
        together.toggled.connect(lambda on: self._set("together", on))
        grid.addWidget(self.scheme_combo, 0, 0, 1, 2)
        grid.addWidget(worded(QLabel(), text=words("seed")), 1, 0)
        grid.addWidget(self.seed_spin, 1, 1)
        grid.addWidget(together, 2, 0, 1, 2)
        self.together_check = together

        box = group_box(self.controlArea, words("show"))
        self.metric_combo = choice(((name, words(name)) for name in METRICS), self.shown_metric,
                                   self._on_metric, words("metric_tip"))
        box.layout().addWidget(self.metric_combo)
        gui.rubber(self.controlArea)
        auto = worded(QCheckBox(checked=self.auto_run), text=words("auto"))
        auto.toggled.connect(self._on_auto)
        self.controlArea.layout().addWidget(auto)
        self.run_button = push(self.controlArea, words("run"), self._on_run)

    def _set_up_main(self):
        self.summary = QLabel(wordWrap=True)
        self.map = worded(QTableWidget(
            editTriggers=QAbstractItemView.NoEditTriggers, showGrid=False,
            selectionMode=QAbstractItemView.SingleSelection, cornerButtonEnabled=False),
            accessibleName=words("map"))
        self.map.setItemDelegate(CellDelegate(self.map))
        for header in (self.map.horizontalHeader(), self.map.verticalHeader()):
            header.setSectionResizeMode(QHeaderView.Stretch)
            header.setHighlightSections(False)
            header.setMinimumSectionSize(28)
        self.map.currentCellChanged.connect(self._on_cell)
        self.detail = QLabel(wordWrap=True, textInteractionFlags=Qt.TextSelectableByMouse)
        axis = worded(QLabel(wordWrap=True), text=words("axis"))
        for widget in (self.summary, self.map, axis, self.detail):
            self.mainArea.layout().addWidget(widget)
        self.mainArea.layout().setStretchFactor(self.map, 1)

    def sizeHint(self):
        return QSize(860, 506)  # a screen of 1366 × 768 shows no more at first

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
        self.shown_metric = self.metric_combo.currentData()
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
                self.Warning.seen(names=", ".join(result.seen_upstream))
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
            self.Error.failed(reason=reason(ex))
        self._finish()

    def _set_running(self, on: bool):
        self._running = on
        worded(self.run_button, text=CANCEL if on else words("run"))

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
            self.Warning.problems(n=len(failed), total=len(shown), problem=failed[0].problem)
        self.Warning.empty.clear()
        if empty := sum(cell.empty > 0 for cell in shown):
            self.Warning.empty(n=empty)

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

    def on_language(self):
        """Another language is spoken: what the map and its sentences say is said again."""
        self._show()

    def _show(self):
        colours = theme(self.palette())
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
                    ground = mixed(_HIGH, colours.ground, .1 + .9 * share)
                    item.setBackground(ground)
                    item.setForeground(readable(colours.text, ground))
                item.setData(Qt.UserRole, _BEST if place == best else
                             _NO_WORSE if place in good else 0)
                item.setToolTip(_explain(shown.get(place)))
                self.map.setItem(row, column, item)
                if place == tuple(self.selected):
                    self.map.setCurrentItem(item)
        self._filling = False
        self.summary.setText(say(self._sentence(scores, good, best)))
        self._show_detail()

    def _sentence(self, scores: dict, good: set, best) -> Message:
        if self.corpus is None:
            return words("no_corpus")
        if best is None:
            return words("nothing")
        text = words("best", metric=words(self.shown_metric), score=scores[best], size=best[0],
                     maximum=best[1])
        small = min(good)
        return text if small == best else words(
            "smallest", best=text, size=small[0], maximum=small[1], score=scores[small])

    def _show_detail(self):
        cell = self.cells.get(tuple(self.selected))
        if cell is None:
            self.detail.setText("" if self.corpus is None else say(words("select")))
            return
        said = cell.problem or words("scored", words=cell.words, scores=Joined(tuple(
            words("score", metric=words(name), score=score, error=cell.errors[name])
            for name, score in cell.scores.items())))
        text = say(words("cell", size=cell.size, maximum=cell.maximum, said=said))
        if self.sweeper is not None and not cell.problem:
            learnt = sorted(self.sweeper.vocabulary(cell.size, cell.maximum).vocabulary)
            more = f" … ({len(learnt)})" if len(learnt) > MOST_WORDS else ""
            text += "<br>" + say(words("learnt", words=", ".join(learnt[:MOST_WORDS]) + more))
        self.detail.setText(text)

    def send_report(self):
        if self.corpus is None:
            return
        self.report_items(say(words("report")), [(say(name), say(value)) for name, value in (
            (words("report_learner"),
             self.learner.name if self.learner else words("report_default")),
            (words("report_minimum"), f"{self.minimum:g}"),
            (words("splits"), SCHEMES[self.scheme][0]), (words("seed"), str(self.seed)),
            (words("together"), words("yes" if self.together else "no")),
            (words("report_result"), self.summary.text()))])
        grid = self.grid()
        if grid is not None and self.cells:
            rows = [["", *(f"≤ {maximum:g}" for maximum in grid[1])]]
            for row, size in enumerate(grid[0]):
                rows.append([str(size), *(self.map.item(row, c).text()
                                          for c in range(len(grid[1])))])
            self.report_table(say(words(self.shown_metric)), rows, header_rows=1,
                              header_columns=1)


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
        return say(words("not_scored"))
    if cell.problem:
        return cell.problem
    lines = [words("score_tip", metric=words(name), score=score, error=cell.errors[name],
                   deviation=cell.deviations[name]) for name, score in cell.scores.items()]
    lines.append(words("average", words=cell.words))
    if cell.empty:
        lines.append(words("empty_splits", n=cell.empty))
    return "\n".join(map(say, lines))


if __name__ == "__main__":  # pragma: no cover
    WidgetPreview(OWVocabularySweep).run(Corpus.from_file("deerwester"))
