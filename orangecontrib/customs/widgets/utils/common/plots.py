"""Plots in the add-on's colours."""
from __future__ import annotations

import pyqtgraph as pg
from AnyQt.QtGui import QColor, QPalette
from AnyQt.QtWidgets import QApplication

from orangecontrib.customs.i18n import Sayable, say
from orangecontrib.customs.widgets.utils.common.theme import theme
from orangecontrib.customs.widgets.utils.common.wording import spoken

__all__ = ["BROWN", "GREEN", "DARK", "LIGHT", "drawn", "ink", "plot", "worded_axis"]

BROWN, GREEN, DARK, LIGHT = "#b5651d", "#2e7d32", "#4a3728", "#d9a86c"


def ink() -> QColor:
    """For axes and words on a plot."""
    return theme(QApplication.palette()).text


def drawn(colour: str) -> QColor:
    """A colour of lines and points that can be seen on a plot."""
    return theme(QApplication.palette()).of(colour)


def worded_axis(plot: pg.PlotWidget, side: str, title: Sayable) -> None:
    """Give an axis words; `side` is "bottom" or "left"."""
    spoken(plot, side, lambda it: it.setLabel(side, say(title), color=ink().name()))


def plot(x: Sayable, y: Sayable, legend: tuple[int, int] | None = (-8, 4)) -> pg.PlotWidget:
    """An empty plot with labelled axes that the mouse can't lose.

    Parameters
    ----------
    legend : (int, int), optional
        Its distance from the left and the top; negative: from the right.
    """
    ground = QApplication.palette().color(QPalette.Base)
    result = pg.PlotWidget(background=ground, enableMenu=False)
    result.setMinimumSize(150, 110)
    result.setMouseEnabled(False, False)
    result.hideButtons()
    for side, text in (("bottom", x), ("left", y)):
        axis = result.getAxis(side)
        axis.setPen(ink())
        axis.setTextPen(ink())
        axis.enableAutoSIPrefix(False)
        worded_axis(result, side, text)
    if legend is not None:
        found = result.addLegend(offset=legend, labelTextColor=ink())
        ground.setAlpha(0xc0)
        found.setBrush(ground)
    return result
