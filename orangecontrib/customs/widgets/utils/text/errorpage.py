"""The page "Errors" of Evaluate Codes: a table of codes and two plots."""
from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from AnyQt.QtCore import QRectF, Qt
from AnyQt.QtCore import pyqtSignal as Signal
from AnyQt.QtGui import QColor, QPen
from AnyQt.QtWidgets import (
    QStyledItemDelegate,
)

from orangecontrib.customs.evaluation import Accepted, Bin, CodeErrors
from orangecontrib.customs.i18n import say
from orangecontrib.customs.i18n.numbers import share
from orangecontrib.customs.widgets.utils.common.controls import SentencePage, rows_view, splitter
from orangecontrib.customs.widgets.utils.common.goodslist import Column, GoodsModel
from orangecontrib.customs.widgets.utils.common.plots import (
    BROWN,
    GREEN,
    drawn,
    ground,
    ink,
    of_bins,
    plot,
    points,
)
from orangecontrib.customs.widgets.utils.common.theme import mixed, theme
from orangecontrib.customs.widgets.utils.common.wording import room, worded

__all__ = ["ErrorPage"]

words = room("errorpage")


class IntervalDelegate(QStyledItemDelegate):
    """A point with its interval on a scale from 0 to 1."""

    def paint(self, painter, option, index):
        super().paint(painter, option, index)
        row = index.model().rows[index.model().source_row(index.row())]
        if not row.n:
            return
        box = QRectF(option.rect).adjusted(6, 5, -6, -5)
        colours = theme(option.palette)
        interval = QColor(BROWN)
        painter.save()
        painter.fillRect(box, mixed(colours.text, colours.ground, .08))
        left, right = (box.left() + box.width() * share for share in (row.low, row.high))
        painter.fillRect(QRectF(left, box.top(), max(1., right - left), box.height()),
                         mixed(interval, colours.ground, .55))
        painter.setPen(QPen(colours.text, 2))
        at = int(box.left() + box.width() * row.rate)
        painter.drawLine(at, int(box.top()), at, int(box.bottom()))
        painter.restore()


class ErrorPage(SentencePage):
    """What the errors of a model look like.

    Everything shown is computed elsewhere and handed over by :meth:`show_results`.
    """

    #: The code whose row was selected, "" for none.
    chosen = Signal(str)

    title, tip = words("title"), words("tab_tip")

    def __init__(self, parent=None):
        super().__init__(parent)
        self.model = GoodsModel((
            Column(words("predicted"), lambda r: r.code),
            Column("n", lambda r: f"{r.n:.0f}", lambda r: r.n, right=True,
                   header_tooltip=words("n_tip")),
            Column(words("wrong"), lambda r: share(r.rate, 0),
                   lambda r: -1. if np.isnan(r.rate) else r.rate, right=True, tooltip=_explain,
                   header_tooltip=words("wrong_tip")),
            Column("95 %", lambda r: "", lambda r: r.high, tooltip=_explain,
                   header_tooltip=words("interval_tip")),
            Column(words("was"), lambda r: r.instead, tooltip=_explain,
                   header_tooltip=words("was_tip")),
        ), self)
        self.view = rows_view(self.model, words("codes"))
        self.view.setItemDelegateForColumn(3, IntervalDelegate(self.view))
        self.view.horizontalHeader().setStretchLastSection(True)
        self.view.selectionModel().selectionChanged.connect(self._on_selection)
        self.calibration = worded(plot(words("p"), words("right"), (8, 4)),
                                  toolTip=words("calibration_tip"))
        self.risk = worded(plot(words("accepted"), words("wrong_accepted"), (8, 4)),
                           toolTip=words("risk_tip"))
        plots = splitter(Qt.Horizontal, self.calibration, self.risk, sizes=(300, 300))
        self.add(splitter(Qt.Vertical, self.view, plots, sizes=(200, 300)))

    def show_results(self, codes: Sequence[CodeErrors], stated: Sequence[Bin],
                     corrected: Sequence[Bin], curve, accepted: Accepted | None,
                     limit: float) -> None:
        """Show errors per code, both calibrations and the risk-coverage curve.

        Parameters
        ----------
        stated, corrected : sequence of Bin
            Of the probability that the model states, and of 1 − P(error).
        curve : (threshold, coverage, risk)
        accepted : Accepted or None
        limit : float
            Share of errors that may be accepted.
        """
        self.model.set_rows(codes)
        for column, width in enumerate((92, 50, 68, 162)):
            self.view.setColumnWidth(column, width)
        self.calibration.draw(lambda plot: _draw_calibration(plot, stated, corrected))
        self.risk.draw(lambda plot: _draw_risk(plot, curve, accepted, limit))

    def clear(self) -> None:
        """Show nothing."""
        nothing = np.zeros(0)
        self.show_results((), (), (), (nothing, nothing, nothing), None, 0.)

    def _on_selection(self, *_):
        rows = self.view.selectionModel().selectedRows()
        self.chosen.emit(self.model.rows[self.model.source_row(rows[0].row())].code
                         if rows else "")


def _draw_calibration(plot, stated, corrected):
    plot.addItem(pg.PlotDataItem([0, 1], [0, 1], pen=pg.mkPen(
        drawn("#999999"), style=Qt.DashLine)))
    for bins, colour, symbol, dash, name in (
            (stated, BROWN, "o", Qt.SolidLine, "stated"),
            (corrected, GREEN, "t1", Qt.DashLine, "corrected")):
        if not bins:
            continue
        points(plot, of_bins(bins), drawn(colour), symbol, dash, say(words(name)))
    plot.setXRange(0, 1)
    plot.setYRange(0, 1)


def _draw_risk(plot, curve, accepted, limit):
    _, coverage, risk = curve
    if not len(coverage):
        return
    plot.plot(np.r_[0, coverage], np.r_[risk[0], risk], pen=pg.mkPen(drawn(BROWN), width=2))
    plot.addItem(pg.InfiniteLine(limit, angle=0, pen=pg.mkPen(ink(), style=Qt.DashLine)))
    if accepted is not None and accepted.n:
        plot.plot([accepted.coverage], [accepted.risk], pen=None, symbol="o", symbolSize=10,
                  symbolBrush=drawn(GREEN), symbolPen=pg.mkPen(ground()))
        plot.addItem(pg.InfiniteLine(accepted.coverage, pen=pg.mkPen(
            drawn(GREEN), style=Qt.DotLine)))
    plot.setXRange(0, 1)
    plot.setYRange(0, max(float(risk.max()), limit) * 1.1 or 1.)


def _explain(row: CodeErrors) -> str:
    if not row.n:
        return say(words("never"))
    lines = [words("explained", wrong=row.wrong, n=row.n, rate=share(row.rate),
                   low=share(row.low), high=share(row.high))]
    if row.instead:
        lines.append(words("instead", share=share(row.instead_share, 0), code=row.instead))
    if not np.isnan(row.found):
        lines.append(words("found", share=share(row.found, 0)))
    return "\n".join(map(say, lines))
