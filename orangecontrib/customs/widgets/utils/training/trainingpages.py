"""Pages of the trainer with tables: evaluation, heights, gradability."""
from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pyqtgraph as pg
from AnyQt.QtCore import QRectF, Qt
from AnyQt.QtCore import pyqtSignal as Signal
from AnyQt.QtGui import QBrush, QColor, QPalette, QPen
from AnyQt.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHeaderView,
    QLabel,
    QSplitter,
    QStyledItemDelegate,
    QTableView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from orangecontrib.customs.facts import Fact
from orangecontrib.customs.i18n import say
from orangecontrib.customs.intervals import wilson
from orangecontrib.customs.training.report import FeatureReport, GradabilityReport, Report
from orangecontrib.customs.widgets.utils.common.controls import hint, rows_view
from orangecontrib.customs.widgets.utils.common.goodslist import Column, GoodsModel
from orangecontrib.customs.widgets.utils.common.plots import BROWN, Plot, drawn, ink, plot
from orangecontrib.customs.widgets.utils.common.theme import mixed, readable, theme
from orangecontrib.customs.widgets.utils.common.wording import room, worded

__all__ = ["EvaluationPage", "HeightsPage", "GradabilityPage"]

words = room("trainingpages")

#: Of cells: the more, the more of this colour.
_MUCH = QColor("#d08a45")
#: With fewer photos than this a share is not what matters.
_FEW = 20


class IntervalDelegate(QStyledItemDelegate):
    """A point with its interval on a scale from ½ to 1, and a mark to compare it with.

    Parameters
    ----------
    parts : callable
        Row → (low, value, high, mark); None for nothing.
    """

    def __init__(self, parts: Callable, parent=None):
        super().__init__(parent)
        self._parts = parts

    def paint(self, painter, option, index):
        super().paint(painter, option, index)
        found = self._parts(index.model().rows[index.model().source_row(index.row())])
        if found is None:
            return
        box = QRectF(option.rect).adjusted(6, 5, -6, -5)
        low, value, high, mark = (box.left() + box.width() * min(max(2 * p - 1, 0.), 1.)
                                  for p in found)
        colours = theme(option.palette)
        track = QColor(colours.text)
        track.setAlpha(24)
        painter.save()
        painter.fillRect(box, track)
        painter.fillRect(QRectF(low, box.top(), max(1., high - low), box.height()),
                         mixed(_MUCH, colours.ground, .7))
        painter.setPen(QPen(colours.text, 2))
        painter.drawLine(int(value), int(box.top()), int(value), int(box.bottom()))
        painter.setPen(QPen(colours.quiet, 1, Qt.DashLine))
        painter.drawLine(int(mark), int(box.top()) - 3, int(mark), int(box.bottom()) + 3)
        painter.restore()


class EvaluationPage(QWidget):
    """A row per feature."""

    title = words("evaluation")

    #: Id of the feature whose row was selected.
    chosen = Signal(str)

    def __init__(self, parent=None):
        super().__init__(parent)
        self._names: dict[str, str] = {}
        self.model = GoodsModel((
            Column(words("feature"), lambda r: self._names[r.feature],
                   colour=lambda r: None if r.taught else _colours().quiet.name(),
                   tooltip=_taught, header_tooltip=words("feature_tip")),
            Column("n", lambda r: str(r.score.n), lambda r: r.score.n, right=True,
                   tooltip=_counted, header_tooltip=words("n_tip")),
            Column(words("ones"), lambda r: str(r.score.positives), lambda r: r.score.positives,
                   right=True, header_tooltip=words("ones_tip")),
            Column(words("accuracy"), lambda r: _percent(r.score.accuracy),
                   lambda r: _key(r.score.accuracy), right=True, tooltip=_accuracy,
                   header_tooltip=words("accuracy_tip")),
            Column("½ … 1", lambda r: "", lambda r: r.score.interval[0], tooltip=_accuracy,
                   header_tooltip=words("accuracy_interval_tip")),
            Column(words("balanced"), lambda r: _percent(r.score.balanced),
                   lambda r: _key(r.score.balanced), right=True, tooltip=_balanced,
                   header_tooltip=words("balanced_tip")),
            Column("AUC", lambda r: _number(r.auc), lambda r: _key(r.auc), right=True,
                   tooltip=_auc, header_tooltip=words("auc_tip")),
            Column("ECE", lambda r: _number(r.ece) + "!" * _too_far(r), lambda r: _key(r.ece),
                   right=True, tooltip=_ece,
                   colour=lambda r: _colours().bad.name() if _too_far(r) else None,
                   header_tooltip=words("ece_tip")),
            Column(words("chance"), lambda r: _number(r.ece_limit), lambda r: _key(r.ece_limit),
                   right=True, tooltip=_ece,
                   header_tooltip=words("chance_tip")),
        ), self)
        self.view = rows_view(self.model, words("evaluation"), higher=8)
        hint(self.view, words("none_yet"))
        self.view.horizontalHeader().setMinimumSectionSize(24)
        self.view.setItemDelegateForColumn(4, IntervalDelegate(
            lambda r: (r.score.interval[0], r.score.accuracy, r.score.interval[1], r.score.usual)
            if r.score.n else None, self.view))
        self.view.selectionModel().selectionChanged.connect(self._on_selection)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.addWidget(self.view)

    def show_report(self, report: Report | None, names: dict[str, str]) -> None:
        """Show the features, by their names."""
        self._names = names
        self.model.set_rows(() if report is None else report.features)
        _fit(self.view, 172)

    def _on_selection(self, *_):
        rows = self.view.selectionModel().selectedRows()
        if rows:
            self.chosen.emit(self.model.rows[self.model.source_row(rows[0].row())].feature)


class HeightsPage(QWidget):
    """Which height is taken for which."""

    title = words("heights")

    def __init__(self, parent=None):
        super().__init__(parent)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        self.sentence = QLabel(wordWrap=True)
        self.table = QTableWidget(
            editTriggers=QAbstractItemView.NoEditTriggers, showGrid=False,
            selectionMode=QAbstractItemView.NoSelection, cornerButtonEnabled=False,
            focusPolicy=Qt.NoFocus)
        for header in (self.table.horizontalHeader(), self.table.verticalHeader()):
            header.setSectionResizeMode(QHeaderView.Stretch)
            header.setMinimumSectionSize(28)
            header.setHighlightSections(False)
        axis = worded(QLabel(), text=words("heights_axis"))
        worded(self.table, accessibleName=words("heights"))
        layout.addWidget(self.sentence)
        layout.addWidget(self.table, 1)
        layout.addWidget(axis)

    def show_report(self, report: Report | None, names: dict[str, str]) -> None:
        """Show the confusion matrix with its margins."""
        if report is None or not report.heights.n:
            self.table.setRowCount(0)
            self.table.setColumnCount(0)
            self.sentence.setText(say(words("none_yet" if report is None else "no_height")))
            return
        found, counts = report.heights, report.heights.counts
        titles = [names[id_] for id_ in found.features]
        k = len(titles)
        self.table.setRowCount(k + 1)
        self.table.setColumnCount(k + 1)
        self.table.setVerticalHeaderLabels([*titles, say(words("said"))])
        self.table.setHorizontalHeaderLabels(
            [*(title.replace(" ", "\n") for title in titles), say(words("labelled"))])
        of_row, of_column = counts.sum(axis=1), counts.sum(axis=0)
        for i in range(k + 1):
            for j in range(k + 1):
                inside = i < k and j < k
                number = counts[i, j] if inside else of_row[i] if i < k else \
                    of_column[j] if j < k else found.n
                text = str(number)
                if inside and of_row[i]:
                    text += f"\n{number / of_row[i]:.0%}"
                item = QTableWidgetItem(text)
                item.setTextAlignment(Qt.AlignCenter)
                if inside:
                    ground = _mix(number / of_row[i] if of_row[i] else 0., self.table.palette())
                    item.setBackground(QBrush(ground))
                    item.setForeground(QBrush(readable(_colours().text, ground)))
                self.table.setItem(i, j, item)
        low, high = wilson(found.right, found.n)
        few = found.n < _FEW
        self.sentence.setText(say(words(
            "heights_few" if few else "heights_right", n=found.n, low=low, high=high,
            right=found.right if few else found.right / found.n, near=found.neighbours,
            wrong=found.n - found.right)))


class GradabilityPage(QWidget):
    """Three tiers per fact, and how far the features of a photo contradict each other."""

    title = words("gradability")

    def __init__(self, parent=None):
        super().__init__(parent)
        self._facts: Mapping[str, Fact] = {}
        self.model = GoodsModel((
            Column(words("fact"), lambda r: say(self._facts[r.fact])),
            Column("n", lambda r: str(r.n), lambda r: r.n, right=True,
                   header_tooltip=words("fact_n_tip")),
            Column(words("cannot"), lambda r: str(r.ungradable), lambda r: r.ungradable, right=True,
                   header_tooltip=words("cannot_tip")),
            Column(words("overall"), lambda r: _percent(r.overall), lambda r: _key(r.overall),
                   right=True, tooltip=_overall,
                   header_tooltip=words("overall_tip")),
            Column("½ … 1", lambda r: "", lambda r: r.interval[0], tooltip=_overall,
                   header_tooltip=words("overall_interval_tip")),
            Column(words("precision"), lambda r: _percent(r.precision), lambda r: _key(r.precision),
                   right=True, tooltip=_declined,
                   header_tooltip=words("precision_tip")),
            Column(words("recall"), lambda r: _percent(r.recall), lambda r: _key(r.recall),
                   right=True, tooltip=_declined,
                   header_tooltip=words("recall_tip")),
            Column("F1", lambda r: _number(r.f1), lambda r: _key(r.f1), right=True,
                   tooltip=_declined, header_tooltip=words("f1_tip")),
            Column(words("value"), lambda r: _percent(r.value), lambda r: _key(r.value), right=True,
                   header_tooltip=words("value_tip")),
        ), self)
        self.view = rows_view(self.model, words("gradability"), higher=8, wordWrap=True)
        self.view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeToContents)
        hint(self.view, words("none_yet"))
        self.view.horizontalHeader().setMinimumSectionSize(24)
        self.view.setItemDelegateForColumn(4, IntervalDelegate(
            lambda r: (r.interval[0], r.overall, r.interval[1],
                       r.value if np.isfinite(r.value) else 0.) if r.n else None, self.view))
        self.histogram = plot(words("contradiction"), words("photos"), legend=None)
        self.sentence = QLabel(wordWrap=True)
        lower = QWidget()
        below = QVBoxLayout(lower)
        below.setContentsMargins(0, 0, 0, 0)
        below.addWidget(self.histogram, 1)
        below.addWidget(self.sentence)
        splitter = QSplitter(Qt.Vertical, childrenCollapsible=False)
        splitter.addWidget(self.view)
        splitter.addWidget(lower)
        splitter.setSizes([300, 180])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.addWidget(splitter)

    def show_report(self, report: Report | None, names: dict[str, str]) -> None:
        """Show the facts and the histogram."""
        self._facts = {} if report is None else report.group.vocabulary
        self.model.set_rows(() if report is None else report.gradability)
        _fit(self.view, 160)
        self.histogram.draw()
        self.sentence.setText("")
        if report is None or not report.photos:
            return
        counts, middles = report.contradiction_histogram()
        self.histogram.draw(lambda plot: _draw_histogram(plot, middles, counts))
        self.sentence.setText(say(words("contradicted", n=report.contradicted,
                                        photos=report.photos)))


def _draw_histogram(plot: Plot, middles, counts) -> None:
    plot.addItem(pg.BarGraphItem(x=middles, height=counts, width=.9 / len(middles),
                                 brush=drawn(BROWN), pen=pg.mkPen(ink())))
    plot.setXRange(0, 1)


def _fit(view: QTableView, first: int) -> None:
    """Numbers have the room that they and their header need, bars have what is left."""
    header, model, metrics = view.horizontalHeader(), view.model(), view.fontMetrics()
    header.resizeSection(0, first)
    for column in range(1, header.count()):
        texts = [say(model.columns[column].header),
                 *(model.columns[column].text(row) for row in model.rows)]
        header.resizeSection(column, 12 + max(map(metrics.horizontalAdvance, texts)))
    header.setSectionResizeMode(4, QHeaderView.Stretch)


def _percent(value: float) -> str:
    return "–" if np.isnan(value) else f"{value:.1%}"


def _number(value: float) -> str:
    return "–" if np.isnan(value) else f"{value:.3f}"


def _key(value: float) -> float:
    """What is not known stands below everything."""
    return -1. if np.isnan(value) else value


def _colours():
    return theme(QApplication.palette())


def _too_far(row: FeatureReport) -> bool:
    """Whether probabilities are further off than chance explains."""
    return bool(row.taught and row.ece > row.ece_limit)


def _counted(row: FeatureReport) -> str:
    return say(words("counted", n=row.score.n, products=row.products))


def _taught(row: FeatureReport) -> str:
    return _counted(row) if row.taught else say(words("not_taught"))


def _accuracy(row: FeatureReport) -> str:
    score = row.score
    if not score.n:
        return say(words("no_answers"))
    low, high = score.interval
    return say(words("accuracy_of", right=score.right, n=score.n, share=score.accuracy, low=low,
                     high=high, usual=score.usual))


def _balanced(row: FeatureReport) -> str:
    if np.isnan(row.score.balanced):
        return say(words("needs_both"))
    return say(words("balanced_of", share=row.score.balanced, threshold=row.threshold,
                     at=row.balanced_at_threshold))


def _auc(row: FeatureReport) -> str:
    if np.isnan(row.auc):
        return say(words("needs_both"))
    low, high = row.auc_interval
    return say(words("auc_of", auc=row.auc, low=low, high=high))


def _ece(row: FeatureReport) -> str:
    if np.isnan(row.ece):
        return say(words("no_answers"))
    return say(words("ece_of", ece=row.ece, limit=row.ece_limit))


def _overall(row: GradabilityReport) -> str:
    if not row.n:
        return say(words("none_annotated"))
    low, high = row.interval
    return say(words("overall_of", right=row.right, n=row.n, low=low, high=high))


def _declined(row: GradabilityReport) -> str:
    return say(words("declined_of", declined=row.declined, rightly=row.declined_rightly,
                     cannot=row.ungradable))


def _mix(share: float, palette: QPalette) -> QColor:
    return mixed(_MUCH, palette.color(QPalette.Base), .08 + .8 * share)
