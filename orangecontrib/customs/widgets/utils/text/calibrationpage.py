"""The page "Calibration" of Evaluate Codes: codes of each level beside features of photos."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import NamedTuple

import numpy as np
import pyqtgraph as pg
from AnyQt.QtCore import QItemSelectionModel, Qt
from AnyQt.QtWidgets import QApplication, QLabel

from orangecontrib.customs.evaluation.reliability import Curve
from orangecontrib.customs.groups import visual_groups
from orangecontrib.customs.i18n import Sayable, Words, say
from orangecontrib.customs.widgets.utils.common.controls import (
    SentencePage,
    pile,
    rows_view,
    splitter,
)
from orangecontrib.customs.widgets.utils.common.goodslist import Column, GoodsModel
from orangecontrib.customs.widgets.utils.common.plots import (
    BROWN,
    GREEN,
    drawn,
    of_bins,
    plot,
    points,
)
from orangecontrib.customs.widgets.utils.common.theme import theme
from orangecontrib.customs.widgets.utils.common.wording import room, worded

__all__ = ["CalibrationPage"]

words = room("calibrationpage")

#: Of curves, one after the other; those of features are dashed.
_COLOURS = (BROWN, GREEN, "#1f6fb2", "#8e44ad", "#c0392b", "#7a7a00", "#00838f")
_SYMBOLS = {"o": "●", "t1": "▲", "s": "■", "d": "◆", "star": "★", "p": "⬟", "h": "⬢"}


class _Row(NamedTuple):
    """A curve, and whether it is of a feature."""

    curve: Curve
    photos: bool
    name: Sayable


def _feature_names() -> Mapping[str, Words]:
    """Names of the features of all groups that have some, by id."""
    return {feature.id: Words(feature.name_ru, feature.name_en)
            for group in visual_groups() for feature in group.features}


def _number(value: float) -> str:
    return "–" if np.isnan(value) else f"{value:.3f}"


def _bad(row: _Row) -> str | None:
    return theme(QApplication.palette()).bad.name() if row.curve.too_far else None


class CalibrationPage(SentencePage):
    """A row per curve, and the curves of the selected rows."""

    title = words("title")

    def __init__(self, parent=None):
        super().__init__(parent)
        self.model = GoodsModel((
            Column(words("what"), lambda row: say(row.name)),
            Column("ECE", lambda row: _number(row.curve.ece) + "!" * row.curve.too_far,
                   lambda row: -1. if np.isnan(row.curve.ece) else row.curve.ece, right=True,
                   colour=_bad, header_tooltip=words("ece_tip")),
            Column(words("chance"), lambda row: _number(row.curve.ece_chance),
                   lambda row: -1. if np.isnan(row.curve.ece_chance) else row.curve.ece_chance,
                   right=True, header_tooltip=words("chance_tip")),
            Column("n", lambda row: str(row.curve.n), lambda row: row.curve.n, right=True,
                   header_tooltip=words("n_tip")),
            Column(words("witnesses"), lambda row: str(row.curve.witnesses),
                   lambda row: row.curve.witnesses, right=True,
                   header_tooltip=words("witnesses_tip")),
        ), self)
        self.view = rows_view(self.model, words("curves"), several=True, sorted_=False)
        self.view.selectionModel().selectionChanged.connect(lambda *_: self._draw())
        self.plot = worded(plot(words("stated"), words("came_true"), None),
                           toolTip=words("plot_tip"))
        # inside the plot it would hide points: codes lie above, rare features below
        self.legend = QLabel(wordWrap=True, textFormat=Qt.RichText)
        self.add(splitter(Qt.Horizontal, self.view, pile(self.legend, self.plot, spacing=2),
                          sizes=(325, 275), stretch=(1, 1)))

    def show_curves(self, codes: Sequence[Curve], photos: Sequence[Curve]) -> None:
        """Show the levels of codes, and features of photos; the former are selected."""
        names = _feature_names()
        rows = [_Row(curve, False, words("code" if curve.name == "4" else "code_more",
                                         n=int(curve.name))) for curve in codes]
        rows += [_Row(curve, True, words("feature", name=names.get(curve.name, curve.name)))
                 for curve in photos]
        self.model.set_rows(rows)
        self.view.resizeColumnsToContents()
        far = sum(row.curve.too_far for row in rows)
        name = "nothing" if not rows else "sentence" if photos else "codes_only"
        worded(self.sentence, text=words(name, far=far, n=len(rows)) if rows else words(name))
        self._select(range(len(codes)) if codes else range(min(1, len(rows))))
        self._draw()

    def clear(self) -> None:
        """Show nothing."""
        self.show_curves((), ())

    def _select(self, rows: Sequence[int]) -> None:
        """Take rows in hand; they are drawn by who asks for that."""
        selection = self.view.selectionModel()
        selection.blockSignals(True)
        selection.clearSelection()
        for row in rows:
            selection.select(self.model.index(row, 0),
                             QItemSelectionModel.Select | QItemSelectionModel.Rows)
        selection.blockSignals(False)
        self.view.viewport().update()

    def _draw(self) -> None:
        """Draw the curves of the selected rows."""
        chosen = [(place, self.model.rows[place]) for place in sorted(
            self.model.source_row(index.row())
            for index in self.view.selectionModel().selectedRows())]
        legend = self.legend
        self.plot.draw(lambda plot: legend.setText(_drawn(plot, chosen)))


def _drawn(plot, chosen: Sequence[tuple[int, _Row]]) -> str:
    """Draw curves, each as its place has it; what tells them apart, as HTML."""
    plot.addItem(pg.PlotDataItem([0, 1], [0, 1], pen=pg.mkPen(
        drawn("#999999"), style=Qt.DotLine)))
    told = []
    for place, (curve, photos, name) in chosen:
        if not curve.bins:
            continue
        colour = drawn(_COLOURS[place % len(_COLOURS)])
        symbol, sign = list(_SYMBOLS.items())[place % len(_SYMBOLS)]
        told.append(f"<span style='color:{colour.name()}'>{sign}</span>&nbsp;"
                    + escape(say(name)).replace(" ", "&nbsp;"))
        points(plot, of_bins(curve.bins), colour, symbol,
               Qt.DashLine if photos else Qt.SolidLine)
    plot.setXRange(0, 1)
    plot.setYRange(0, 1)
    return " &nbsp; ".join(told)
