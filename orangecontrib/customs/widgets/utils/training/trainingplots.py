"""Pages of the trainer with plots: the curves of a run, and reliability."""
from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from AnyQt.QtCore import Qt
from AnyQt.QtCore import pyqtSignal as Signal
from AnyQt.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSplitter, QVBoxLayout, QWidget

from orangecontrib.customs.i18n import Message, say
from orangecontrib.customs.training.report import FeatureReport, Report
from orangecontrib.customs.training.trainer import Epoch
from orangecontrib.customs.widgets.utils.common.plots import (
    BROWN,
    GREEN,
    Plot,
    drawn,
    ink,
    of_bins,
    plot,
    points,
    worded_axis,
)
from orangecontrib.customs.widgets.utils.common.wording import room, worded

__all__ = ["CurvesPage", "ReliabilityPage"]

words = room("trainingplots")

#: What the two plots show of an epoch: attribute, colour, wording.
_LOSSES = (("train_loss", BROWN, "training_photos"), ("validation_loss", GREEN, "held_out"))
_ACCURACIES = (("validation_accuracy", GREEN, "held_out"),)


class CurvesPage(QWidget):
    """Loss and accuracy per epoch, drawn while the run goes on."""

    title = words("curves")

    def __init__(self, parent=None):
        super().__init__(parent)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        self.note = QLabel(wordWrap=True)
        self.loss = plot(words("epoch"), words("loss"))
        self.accuracy = plot(words("epoch"), words("accuracy"))
        self.accuracy.setXLink(self.loss)
        for each in (self.loss, self.accuracy):
            each.getAxis("left").setWidth(52)
        plots = QSplitter(Qt.Vertical, childrenCollapsible=False)
        plots.addWidget(self.loss)
        plots.addWidget(self.accuracy)
        layout.addWidget(self.note)
        layout.addWidget(plots, 1)
        self.show_history(())

    def show_history(self, history: Sequence[Epoch]) -> None:
        """Draw the epochs so far."""
        fits = sorted({epoch.fit for epoch in history})
        for axis in (self.loss, self.accuracy):
            worded_axis(axis, "bottom", words("iteration" if len(fits) > 1 else "epoch"))
        self.loss.draw(lambda plot: _draw_curves(plot, history, _LOSSES))
        self.accuracy.draw(lambda plot: _draw_curves(plot, history, _ACCURACIES))
        worded(self.note, text=self._in_words(history, fits))

    def _in_words(self, history, fits) -> Message:
        if not history:
            return words("nothing")
        if len(fits) > 1 or (best := _best(history)) is None:
            return words("folds")
        return words("best", epoch=history[-1].epoch, best=best.epoch)


def _draw_curves(plot: Plot, history: Sequence[Epoch], curves) -> None:
    """The measures of a plot per epoch, and the best epoch."""
    fits = sorted({epoch.fit for epoch in history})
    for fit in fits:
        points = [epoch for epoch in history if epoch.fit == fit]
        x = np.array([epoch.epoch for epoch in points])
        for name, colour, text in curves:
            if fit and name == "train_loss":
                continue
            y = np.array([getattr(epoch, name) for epoch in points], float)
            seen = np.isfinite(y)
            if not seen.any():
                continue
            first = name == "train_loss" or fit == next(f for f in fits if f or len(fits) == 1)
            seen_as = drawn(colour)
            plot.plot(x[seen], y[seen], pen=pg.mkPen(seen_as, width=1 if fit else 2),
                      symbol="o" if seen.sum() < 25 and not fit else None, symbolSize=5,
                      symbolBrush=seen_as, symbolPen=None,
                      name=say(words(text + "_folds" * bool(fit))) if first else None)
    if fits == [0] and (best := _best(history)) is not None:
        plot.addItem(pg.InfiniteLine(best.epoch, pen=pg.mkPen(ink(), style=Qt.DotLine)))


def _best(history: Sequence[Epoch]) -> Epoch | None:
    """The epoch with the smallest loss on the photos held out."""
    measured = [epoch for epoch in history if np.isfinite(epoch.validation_loss)]
    return min(measured, key=lambda epoch: epoch.validation_loss, default=None)


class ReliabilityPage(QWidget):
    """Does "80 %" happen in 80 % of the photos?"""

    title = words("reliability")

    #: Id of the feature that the user chose.
    chosen = Signal(str)

    def __init__(self, parent=None):
        super().__init__(parent)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        self.combo = QComboBox()
        self.combo.setSizeAdjustPolicy(QComboBox.AdjustToMinimumContentsLengthWithIcon)
        self.combo.setMinimumContentsLength(22)
        self.combo.activated.connect(self._on_feature)
        self.note = QLabel(wordWrap=True)
        self.plot = plot(words("stated"), words("share"), legend=None)
        top = QHBoxLayout()
        top.addWidget(worded(QLabel(), text=words("feature")))
        worded(self.combo, accessibleName=words("feature"))
        top.addWidget(self.combo)
        top.addStretch(1)
        layout.addLayout(top)
        layout.addWidget(self.plot, 1)
        layout.addWidget(self.note)
        self._rows: tuple[FeatureReport, ...] = ()

    def show_report(self, report: Report | None, names: dict[str, str], feature: str) -> None:
        """Show a feature, or the first one with both answers where it has no photos.

        Parameters
        ----------
        names : dict
            Names of features by id.
        """
        self._rows = () if report is None else tuple(r for r in report.features if r.score.n)
        self.combo.clear()
        for row in self._rows:
            self.combo.addItem(names[row.feature], row.feature)
        self.combo.setEnabled(bool(self._rows))
        self.choose(feature)

    def choose(self, feature: str) -> None:
        """Show that feature, if it has photos."""
        at = self.combo.findData(feature)
        if at < 0 and self._rows:
            at = next((i for i, row in enumerate(self._rows)
                       if row.taught and 0 < row.score.positives < row.score.n), 0)
        self.combo.setCurrentIndex(at)
        self._draw()

    def _on_feature(self):
        self._draw()
        self.chosen.emit(self.combo.currentData() or "")

    def _draw(self):
        if self.combo.currentIndex() < 0:
            self.plot.draw()
            worded(self.note, text=words("nothing"))
            return
        row = self._rows[self.combo.currentIndex()]
        self.plot.draw(lambda plot: _draw_reliability(plot, row))
        worded(self.note, text=words(
            "calibrated" if row.ece <= row.ece_limit else "not_calibrated", n=row.score.n,
            products=row.products, ones=row.score.positives, ece=row.ece, limit=row.ece_limit))


def _draw_reliability(plot: Plot, row: FeatureReport) -> None:
    """What is stated against what happens, with intervals."""
    plot.setXRange(0, 1)
    plot.setYRange(0, 1)
    plot.addItem(pg.PlotDataItem([0, 1], [0, 1], pen=pg.mkPen(ink(), style=Qt.DashLine)))
    points(plot, of_bins(row.bins), drawn(BROWN), beam=.012)
