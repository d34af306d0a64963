"""Plots in the add-on's colours."""
from __future__ import annotations

import pyqtgraph as pg

__all__ = ["BROWN", "GREEN", "DARK", "LIGHT", "plot"]

BROWN, GREEN, DARK, LIGHT = "#b5651d", "#2e7d32", "#4a3728", "#d9a86c"


def plot(x: str, y: str, legend: tuple[int, int] | None = (-8, 4)) -> pg.PlotWidget:
    """An empty plot with labelled axes that the mouse can't lose.

    Parameters
    ----------
    legend : (int, int), optional
        Its distance from the left and the top; negative: from the right.
    """
    result = pg.PlotWidget(background="w", enableMenu=False)
    result.setMinimumSize(150, 110)
    result.setMouseEnabled(False, False)
    result.hideButtons()
    for side, text in (("bottom", x), ("left", y)):
        axis = result.getAxis(side)
        axis.setPen(DARK)
        axis.setTextPen(DARK)
        axis.enableAutoSIPrefix(False)
        result.setLabel(side, text, color=DARK)
    if legend is not None:
        found = result.addLegend(offset=legend, labelTextColor=DARK)
        found.setBrush("#ffffffc0")
    return result
