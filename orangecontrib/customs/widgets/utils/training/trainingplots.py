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
    drawn,
    ink,
    plot,
    worded_axis,
)
from orangecontrib.customs.widgets.utils.common.wording import room, worded

__all__ = ["CurvesPage", "ReliabilityPage"]

words = room("trainingplots")


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
        self.loss.clear()
        self.accuracy.clear()
        for axis in (self.loss, self.accuracy):
            worded_axis(axis, "bottom", words("iteration" if len(fits) > 1 else "epoch"))
        for fit in fits:
            points = [epoch for epoch in history if epoch.fit == fit]
            x = np.array([epoch.epoch for epoch in points])
            for axis, name, colour, text in (
                    (self.loss, "train_loss", BROWN, "training_photos"),
                    (self.loss, "validation_loss", GREEN, "held_out"),
                    (self.accuracy, "validation_accuracy", GREEN, "held_out")):
                if fit and name == "train_loss":
                    continue
                y = np.array([getattr(epoch, name) for epoch in points], float)
                seen = np.isfinite(y)
                if not seen.any():
                    continue
                first = fit == next(f for f in fits if f or len(fits) == 1) \
                    if name != "train_loss" else True
                colour = drawn(colour)
                axis.plot(x[seen], y[seen], pen=pg.mkPen(colour, width=1 if fit else 2),
                          symbol="o" if seen.sum() < 25 and not fit else None, symbolSize=5,
                          symbolBrush=colour, symbolPen=None,
                          name=say(words(text + "_folds" * bool(fit))) if first else None)
        self._mark_best(history, fits)
        worded(self.note, text=self._in_words(history, fits))

    def _mark_best(self, history, fits):
        measured = [e for e in history if np.isfinite(e.validation_loss)]
        if fits != [0] or not measured:
            return
        best = min(measured, key=lambda e: e.validation_loss)
        for axis in (self.loss, self.accuracy):
            axis.addItem(pg.InfiniteLine(best.epoch, pen=pg.mkPen(ink(), style=Qt.DotLine)))

    def _in_words(self, history, fits) -> Message:
        if not history:
            return words("nothing")
        if len(fits) > 1 or not any(np.isfinite(e.validation_loss) for e in history):
            return words("folds")
        best = min((e for e in history if np.isfinite(e.validation_loss)),
                   key=lambda e: e.validation_loss)
        return words("best", epoch=history[-1].epoch, best=best.epoch)


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
        self.plot.clear()
        self.plot.setXRange(0, 1)
        self.plot.setYRange(0, 1)
        if self.combo.currentIndex() < 0:
            worded(self.note, text=words("nothing"))
            return
        row = self._rows[self.combo.currentIndex()]
        self.plot.addItem(pg.PlotDataItem([0, 1], [0, 1],
                                          pen=pg.mkPen(ink(), style=Qt.DashLine)))
        x, y, low, high = (np.array([getattr(b, part) for b in row.bins])
                           for part in ("stated", "happened", "low", "high"))
        self.plot.addItem(pg.ErrorBarItem(x=x, y=y, top=high - y, bottom=y - low, beam=.012,
                                          pen=pg.mkPen(drawn(BROWN), width=1)))
        self.plot.plot(x, y, pen=pg.mkPen(drawn(BROWN), width=2), symbol="o", symbolSize=8,
                       symbolBrush=drawn(BROWN), symbolPen=None)
        worded(self.note, text=words(
            "calibrated" if row.ece <= row.ece_limit else "not_calibrated", n=row.score.n,
            products=row.products, ones=row.score.positives, ece=row.ece, limit=row.ece_limit))
