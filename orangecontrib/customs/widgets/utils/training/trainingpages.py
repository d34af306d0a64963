"""Pages of the trainer with tables: evaluation, heights, gradability."""
from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pyqtgraph as pg
from AnyQt.QtCore import QRectF, Qt
from AnyQt.QtCore import pyqtSignal as Signal
from AnyQt.QtGui import QBrush, QColor, QPen
from AnyQt.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QSplitter,
    QStyledItemDelegate,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from orangecontrib.customs.facts import Fact
from orangecontrib.customs.intervals import wilson
from orangecontrib.customs.training.report import FeatureReport, GradabilityReport, Report
from orangecontrib.customs.widgets.utils.common.controls import rows_view
from orangecontrib.customs.widgets.utils.common.goodslist import Column, GoodsModel
from orangecontrib.customs.widgets.utils.common.plots import BROWN, DARK, plot

__all__ = ["EvaluationPage", "HeightsPage", "GradabilityPage"]

_LOW, _HIGH = QColor("#fbf5ec"), QColor("#d08a45")
_RED, _GREY = "#b00020", "#8a8a8a"


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
        painter.save()
        painter.fillRect(box, QColor("#f1ebe2"))
        painter.fillRect(QRectF(low, box.top(), max(1., high - low), box.height()),
                         QColor("#e3b77c"))
        painter.setPen(QPen(QColor(DARK), 2))
        painter.drawLine(int(value), int(box.top()), int(value), int(box.bottom()))
        painter.setPen(QPen(QColor("#7a7a7a"), 1, Qt.DashLine))
        painter.drawLine(int(mark), int(box.top()) - 3, int(mark), int(box.bottom()) + 3)
        painter.restore()


class EvaluationPage(QWidget):
    """A row per feature."""

    title = "Evaluation"

    #: Id of the feature whose row was selected.
    chosen = Signal(str)

    def __init__(self, parent=None):
        super().__init__(parent)
        self._names: dict[str, str] = {}
        self.model = GoodsModel((
            Column("Feature", lambda r: self._names[r.feature],
                   colour=lambda r: None if r.taught else _GREY, tooltip=_taught,
                   header_tooltip="Grey: the photos could not teach it"),
            Column("n", lambda r: str(r.score.n), lambda r: r.score.n, right=True,
                   tooltip=lambda r: f"{r.score.n} photos of {r.products} products",
                   header_tooltip="Held-out photos labelled 1 or 0"),
            Column("1s", lambda r: str(r.score.positives), lambda r: r.score.positives,
                   right=True, header_tooltip="Of these labelled 1"),
            Column("Accuracy", lambda r: _percent(r.score.accuracy),
                   lambda r: _key(r.score.accuracy), right=True, tooltip=_accuracy,
                   header_tooltip="Share on the right side of ½"),
            Column("½ … 1", lambda r: "", lambda r: r.score.interval[0], tooltip=_accuracy,
                   header_tooltip="Accuracy with its 95 % interval; dashed: always giving the "
                                  "commoner answer"),
            Column("Balanced", lambda r: _percent(r.score.balanced),
                   lambda r: _key(r.score.balanced), right=True, tooltip=_balanced,
                   header_tooltip="Mean of the shares found among the 1s and among the 0s, at "
                                  "½; point at it for the model's threshold"),
            Column("AUC", lambda r: _number(r.auc), lambda r: _key(r.auc), right=True,
                   tooltip=_auc, header_tooltip="P(a photo labelled 1 gets more than one "
                                                "labelled 0)"),
            Column("ECE", lambda r: _number(r.ece), lambda r: _key(r.ece), right=True,
                   tooltip=_ece,
                   colour=lambda r: _RED if r.taught and r.ece > r.ece_limit else None,
                   header_tooltip="Calibration error; red: more than chance would show a "
                                  "calibrated model"),
            Column("chance", lambda r: _number(r.ece_limit), lambda r: _key(r.ece_limit),
                   right=True, tooltip=_ece,
                   header_tooltip="What a perfectly calibrated model stays below in 95 % of "
                                  "samples of this size"),
        ), self)
        self.view = rows_view(self.model, higher=8)
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
        header = self.view.horizontalHeader()
        for number, width in enumerate((150, 46, 42, 70, 96, 70, 54, 54, 54)):
            header.resizeSection(number, width)
        header.setSectionResizeMode(4, QHeaderView.Stretch)

    def _on_selection(self, *_):
        rows = self.view.selectionModel().selectedRows()
        if rows:
            self.chosen.emit(self.model.rows[self.model.source_row(rows[0].row())].feature)


class HeightsPage(QWidget):
    """Which height is taken for which."""

    title = "Heights"

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
        axis = QLabel("<small>Rows: the label. Columns: the likeliest height.</small>")
        layout.addWidget(self.sentence)
        layout.addWidget(self.table, 1)
        layout.addWidget(axis)

    def show_report(self, report: Report | None, names: dict[str, str]) -> None:
        """Show the confusion matrix with its margins."""
        if report is None or not report.heights.n:
            self.table.setRowCount(0)
            self.table.setColumnCount(0)
            self.sentence.setText("" if report is None else
                                  "No held-out photo has one height labelled 1.")
            return
        found, counts = report.heights, report.heights.counts
        titles = [names[id_] for id_ in found.features]
        k = len(titles)
        self.table.setRowCount(k + 1)
        self.table.setColumnCount(k + 1)
        self.table.setVerticalHeaderLabels([*titles, "said"])
        self.table.setHorizontalHeaderLabels([*titles, "labelled"])
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
                item.setForeground(QBrush(QColor("#2b1d12")))
                item.setBackground(QBrush(
                    _mix(number / of_row[i] if of_row[i] else 0.) if inside
                    else QColor("#ffffff")))
                self.table.setItem(i, j, item)
        low, high = wilson(found.right, found.n)
        self.sentence.setText(
            f"{found.n} photos with a known height: <b>{found.right / found.n:.1%}</b> right "
            f"(95 %: {low:.1%}–{high:.1%}); {found.neighbours} of the {found.n - found.right} "
            "mistakes are the next lower or higher one.")


class GradabilityPage(QWidget):
    """Three tiers per fact, and how far the features of a photo contradict each other."""

    title = "Gradability"

    def __init__(self, parent=None):
        super().__init__(parent)
        self._facts: Mapping[str, Fact] = {}
        self.model = GoodsModel((
            Column("Fact", lambda r: self._facts[r.fact].en),
            Column("n", lambda r: str(r.n), lambda r: r.n, right=True,
                   header_tooltip="Held-out photos annotated for the fact"),
            Column("can't", lambda r: str(r.ungradable), lambda r: r.ungradable, right=True,
                   header_tooltip="Of these labelled 0.5: the photo can't show it"),
            Column("Overall", lambda r: _percent(r.overall), lambda r: _key(r.overall),
                   right=True, tooltip=_overall,
                   header_tooltip="Declined where it can't be judged; else not declined and the "
                                  "right value"),
            Column("½ … 1", lambda r: "", lambda r: r.interval[0], tooltip=_overall,
                   header_tooltip="Overall with its 95 % interval; dashed: the value where it "
                                  "can be judged"),
            Column("Precision", lambda r: _percent(r.precision), lambda r: _key(r.precision),
                   right=True, tooltip=_declined,
                   header_tooltip="Share of the declined photos that can't be judged indeed"),
            Column("Recall", lambda r: _percent(r.recall), lambda r: _key(r.recall), right=True,
                   tooltip=_declined,
                   header_tooltip="Share of the photos that can't be judged that are declined"),
            Column("F1", lambda r: _number(r.f1), lambda r: _key(r.f1), right=True,
                   tooltip=_declined, header_tooltip="Of \"can't be judged\""),
            Column("Value", lambda r: _percent(r.value), lambda r: _key(r.value), right=True,
                   header_tooltip="Right values among the photos that can show the fact"),
        ), self)
        self.view = rows_view(self.model, higher=8)
        self.view.horizontalHeader().setMinimumSectionSize(24)
        self.view.setItemDelegateForColumn(4, IntervalDelegate(
            lambda r: (r.interval[0], r.overall, r.interval[1],
                       r.value if np.isfinite(r.value) else 0.) if r.n else None, self.view))
        self.histogram = plot("contradiction score", "photos", legend=False)
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
        header = self.view.horizontalHeader()
        for number, width in enumerate((190, 46, 46, 66, 96, 66, 60, 50, 60)):
            header.resizeSection(number, width)
        header.setSectionResizeMode(4, QHeaderView.Stretch)
        self.histogram.clear()
        self.sentence.setText("")
        if report is None or not report.photos:
            return
        counts, middles = report.contradiction_histogram()
        self.histogram.addItem(pg.BarGraphItem(x=middles, height=counts,
                                               width=.9 / len(middles), brush=BROWN,
                                               pen=pg.mkPen(DARK)))
        self.histogram.setXRange(0, 1)
        self.sentence.setText(
            f"{report.contradicted} of {report.photos} photos have features that rather fit no "
            "group of goods (score above ½): an unusual good, or a model that guesses.")


def _percent(value: float) -> str:
    return "–" if np.isnan(value) else f"{value:.1%}"


def _number(value: float) -> str:
    return "–" if np.isnan(value) else f"{value:.3f}"


def _key(value: float) -> float:
    """What is not known stands below everything."""
    return -1. if np.isnan(value) else value


def _taught(row: FeatureReport) -> str:
    return f"{row.score.n} photos of {row.products} products" if row.taught else \
        "Nothing was learnt: the photos have not both answers. The figures are those of a " \
        "constant."


def _accuracy(row: FeatureReport) -> str:
    score = row.score
    if not score.n:
        return "No held-out photo is labelled 1 or 0"
    low, high = score.interval
    return (f"{score.right} of {score.n} photos right: {score.accuracy:.1%}, 95 %: {low:.1%}–"
            f"{high:.1%}\nAlways the commoner answer: {score.usual:.1%}")


def _balanced(row: FeatureReport) -> str:
    if np.isnan(row.score.balanced):
        return "Needs photos of both answers"
    return (f"At ½: {row.score.balanced:.1%}\nAt the model's threshold {row.threshold:.2f}: "
            f"{row.balanced_at_threshold:.1%}")


def _auc(row: FeatureReport) -> str:
    if np.isnan(row.auc):
        return "Needs photos of both answers"
    return "{:.3f}, 95 %: {:.3f}–{:.3f} (products count, not photos)".format(
        row.auc, *row.auc_interval)


def _ece(row: FeatureReport) -> str:
    if np.isnan(row.ece):
        return "No held-out photo is labelled 1 or 0"
    return (f"Mean distance of stated and observed share: {row.ece:.3f}\nA calibrated model "
            f"stays below {row.ece_limit:.3f} in 95 of 100 samples of this size")


def _overall(row: GradabilityReport) -> str:
    if not row.n:
        return "No held-out photo is annotated for it"
    low, high = row.interval
    return f"{row.right} of {row.n} photos right as a whole, 95 %: {low:.1%}–{high:.1%}"


def _declined(row: GradabilityReport) -> str:
    return (f"Of {row.declined} photos the model says that they can't show it; "
            f"{row.declined_rightly} of these are labelled so, of {row.ungradable} in all")


def _mix(share: float) -> QColor:
    return QColor(*(round(low + share * (high - low)) for low, high in zip(
        _LOW.getRgb()[:3], _HIGH.getRgb()[:3])))
