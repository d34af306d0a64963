"""Plots in the add-on's colours, those of the palette that the screen has now."""
from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pyqtgraph as pg
from AnyQt.QtCore import QEvent, Qt
from AnyQt.QtGui import QColor, QPalette
from AnyQt.QtWidgets import QApplication

from orangecontrib.customs.evaluation import Bin
from orangecontrib.customs.i18n import Sayable, say
from orangecontrib.customs.widgets.utils.common.theme import theme
from orangecontrib.customs.widgets.utils.common.wording import reword, spoken

__all__ = ["BROWN", "GREEN", "DARK", "LIGHT", "Plot", "drawn", "ground", "ink", "of_bins",
           "plot", "points", "worded_axis"]

BROWN, GREEN, DARK, LIGHT = "#b5651d", "#2e7d32", "#4a3728", "#d9a86c"


#: How opaque the ground of a legend is, of 255: curves behind it are still seen.
LEGEND = 0xc0


def ground() -> QColor:
    """What a plot is drawn on: colours of the theme are read on every row of a list, so here."""
    return QApplication.palette().color(QPalette.Base)


def ink() -> QColor:
    """For axes and words on a plot."""
    return theme(QApplication.palette()).text


def drawn(colour: str) -> QColor:
    """A colour of lines and points that can be seen on a plot."""
    return theme(QApplication.palette()).of(colour)


class Plot(pg.PlotWidget):
    """A plot that follows the palette and the language while it is open."""

    def draw(self, drawing: Callable[[Plot], object] = lambda plot: None) -> None:
        """Show that and nothing else; nothing at all without it.

        Parameters
        ----------
        drawing : callable
            Adds items to the plot, which is handed to it, and may set its ranges. Called again for
            another palette or language: it must not hold the plot.
        """
        def job(it: Plot) -> None:
            it.clear()
            drawing(it)
        spoken(self, "drawing", job)

    def changeEvent(self, event):
        super().changeEvent(event)
        if event.type() == QEvent.PaletteChange:
            reword(self)


def points(plot: Plot, places: Sequence[np.ndarray], colour: QColor, symbol: str = "o",
           dash: Qt.PenStyle = Qt.SolidLine, name: str | None = None, **bars: float) -> None:
    """Points with intervals, and a line through them.

    Parameters
    ----------
    places : x, y, low, high
        Each of shape (n,).
    bars : float
        Of the intervals: ``beam``, as wide as which their ends are.
    """
    x, y, low, high = places
    plot.addItem(pg.ErrorBarItem(x=x, y=y, top=high - y, bottom=y - low,
                                 pen=pg.mkPen(colour, width=1), **bars))
    plot.plot(x, y, pen=pg.mkPen(colour, width=2, style=dash), symbol=symbol, symbolSize=8,
              symbolBrush=colour, symbolPen=None, name=name)


def of_bins(bins: Sequence[Bin]) -> list[np.ndarray]:
    """What was stated and what came true, with its interval, as :func:`points` takes them."""
    return [np.array([getattr(one, part) for one in bins])
            for part in ("stated", "happened", "low", "high")]


def _colour(plot: Plot) -> None:
    """Ground, axes and legend; what is drawn has its own colours."""
    plot.setBackground(ground())
    for side in ("bottom", "left"):
        axis = plot.getAxis(side)
        axis.setPen(ink())
        axis.setTextPen(ink())
    if (legend := plot.getPlotItem().legend) is not None:
        behind = ground()
        behind.setAlpha(LEGEND)
        legend.setBrush(behind)
        legend.setLabelTextColor(ink())


def worded_axis(plot: Plot, side: str, title: Sayable) -> None:
    """Give an axis words; `side` is "bottom" or "left"."""
    spoken(plot, side, lambda it: it.setLabel(side, say(title), color=ink().name()))


def plot(x: Sayable, y: Sayable, legend: tuple[int, int] | None = (-8, 4)) -> Plot:
    """An empty plot with labelled axes that the mouse can't lose.

    Parameters
    ----------
    legend : (int, int), optional
        Its distance from the left and the top; negative: from the right.
    """
    result = Plot(enableMenu=False)
    result.setMinimumSize(150, 110)
    result.setMouseEnabled(False, False)
    result.hideButtons()
    if legend is not None:
        result.addLegend(offset=legend)
    spoken(result, "colours", _colour)
    for side, text in (("bottom", x), ("left", y)):
        result.getAxis(side).enableAutoSIPrefix(False)
        worded_axis(result, side, text)
    return result
