"""The page "Ledger" of Evaluate Codes: errors over time, codes that are overturned, agreement."""
from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np
import pyqtgraph as pg
from AnyQt.QtCore import Qt
from AnyQt.QtCore import pyqtSignal as Signal
from AnyQt.QtWidgets import QHBoxLayout

from orangecontrib.customs.evaluation.drift import Period
from orangecontrib.customs.evaluation.errors import CodeErrors
from orangecontrib.customs.i18n import say
from orangecontrib.customs.i18n.numbers import share
from orangecontrib.customs.ledger import Ledger
from orangecontrib.customs.ledger.summary import DIGITS, Pair, Summary, sentences, summarise
from orangecontrib.customs.widgets.utils.common.base import reason
from orangecontrib.customs.widgets.utils.common.besides import Besides
from orangecontrib.customs.widgets.utils.common.controls import (
    SentencePage,
    choice,
    push,
    rows_view,
    splitter,
)
from orangecontrib.customs.widgets.utils.common.goodslist import Column, GoodsModel
from orangecontrib.customs.widgets.utils.common.pathedit import PathEdit
from orangecontrib.customs.widgets.utils.common.plots import BROWN, GREEN, drawn, plot, points
from orangecontrib.customs.widgets.utils.common.wording import room, worded

__all__ = ["LedgerPage"]

words = room("ledgerpage")

#: Of points of months in which the error has risen.
RED = "#c62828"
#: So many names of months fit under the plot.
TICKS = 12


def _kappa(pair: Pair) -> str:
    kappa = pair.agreement.kappa
    return "–" if np.isnan(kappa) else f"{kappa:.2f}"


def _kappa_interval(pair: Pair) -> str:
    found = pair.agreement
    return "–" if np.isnan(found.kappa) else f"{found.low:.2f}–{found.high:.2f}"


def _interval(row: CodeErrors) -> str:
    return f"{share(row.low, 0)}–{share(row.high, 0)}"


def read(path: Path, digits: int) -> Summary | None:
    """What a ledger says at a level; None where there is no file yet."""
    return summarise(Ledger(path).entries(), digits) if path.exists() else None


class LedgerPage(SentencePage):
    """A ledger that is chosen here; it is read beside the widget's own task.

    Parameters
    ----------
    digits : int
        At which codes are compared.
    """

    #: The path that the user has given, "" for none.
    path_chosen = Signal(str)
    digits_chosen = Signal(int)

    title = words("title")

    def __init__(self, digits: int = DIGITS[-1], parent=None):
        super().__init__(parent)
        self.summary: Summary | None = None
        self._path: Path | None = None
        self._round = 0  # what was read of an earlier file is not wanted any more
        self.besides = Besides(self)
        self.file = PathEdit(words("choose"), words("kinds"), words("none"))
        self.file.changed.connect(self.path_chosen)
        self.digits = choice([(n, words("digits", n=n)) for n in DIGITS], digits,
                             lambda: self.digits_chosen.emit(self.digits.currentData()),
                             words("digits_tip"))
        row = QHBoxLayout()
        row.addWidget(self.file, 1)
        row.addWidget(self.digits)
        self.again = push(None, words("again"), lambda: self.show_file(self._path),
                          words("again_tip"))
        row.addWidget(self.again)
        self.layout().insertLayout(0, row)
        self.plot = worded(plot(words("month"), words("error"), (8, 4)), toolTip=words("plot_tip"))
        self.codes = GoodsModel((
            Column(words("said"), lambda r: r.code),
            Column("n", lambda r: f"{r.n:.0f}", lambda r: r.n, right=True,
                   header_tooltip=words("n_tip")),
            Column(words("overturned"), lambda r: share(r.rate, 0), lambda r: r.rate, right=True,
                   header_tooltip=words("overturned_tip")),
            Column("95 %", _interval, lambda r: r.low, right=True,
                   header_tooltip=words("interval_tip")),
            Column(words("towards"), lambda r: r.instead, header_tooltip=words("towards_tip"),
                   tooltip=lambda r: say(words("towards_share", share=share(r.instead_share, 0),
                                               code=r.instead)))), self)
        self.pairs = GoodsModel((
            Column(words("who"), lambda r: f"{say(r.first)} – {r.second}"),
            Column("n", lambda r: str(r.agreement.n), lambda r: r.agreement.n, right=True,
                   header_tooltip=words("pair_n_tip")),
            Column(words("same"), lambda r: share(r.agreement.share, 0),
                   lambda r: r.agreement.share, right=True),
            Column("κ", _kappa, lambda r: r.agreement.kappa, right=True,
                   header_tooltip=words("kappa_tip")),
            Column("95 %", _kappa_interval, right=True)), self)
        self.code_view = rows_view(self.codes, words("codes"))
        self.code_view.selectionModel().selectionChanged.connect(lambda *_: self.draw())
        self.pair_view = rows_view(self.pairs, words("pairs"), sorted_=False)
        self.add(splitter(Qt.Vertical, self.plot, self.code_view, self.pair_view,
                          sizes=(170, 110, 85)))

    # -- a file

    def show_file(self, path: Path | None) -> None:
        """Read a ledger, and show it when it is there; None: nothing is shown."""
        self._path = path
        self._round += 1
        if path is None:
            self._show(None)
            worded(self.sentence, text=words("nothing"))
            return
        asked, digits = self._round, self.digits.currentData()
        self.besides.do(lambda: read(path, digits),
                        lambda found, error: self._come(asked, found, error))

    def _come(self, asked: int, found: Summary | None, error: Exception | None) -> None:
        if asked != self._round:
            return
        self._show(found)
        if error is not None:
            worded(self.sentence, text=words("unreadable", reason=reason(error)))
        elif found is None:
            worded(self.sentence, text=words("absent", path=str(self._path)))
        else:
            worded(self.sentence, text=sentences(found))

    def stop(self) -> None:
        """Before the widget goes."""
        self.besides.stop()

    # -- show

    def _show(self, summary: Summary | None) -> None:
        self.summary = summary
        self.codes.set_rows([] if summary is None else summary.overturned)
        self.pairs.set_rows([] if summary is None else summary.pairs)
        for view in (self.code_view, self.pair_view):
            view.resizeColumnsToContents()
            view.horizontalHeader().setStretchLastSection(True)
        self.draw()

    @property
    def code(self) -> str:
        """The code whose row is selected, "" for none."""
        rows = self.code_view.selectionModel().selectedRows()
        return self.codes.rows[self.codes.source_row(rows[0].row())].code if rows else ""

    def draw(self) -> None:
        """Draw the months of the selected code, or of all with those in which the error rose."""
        summary, code = self.summary, self.code
        if summary is None or not summary.periods:
            self.plot.draw()
        elif code in summary.by_code:
            self.plot.draw(lambda plot: _draw(plot, summary.by_code[code], code))
        else:
            alarmed = {alarm.last for alarm in summary.drift.alarms}
            self.plot.draw(lambda plot: _draw(plot, summary.periods, alarmed=alarmed))


def _draw(plot, periods: Sequence[Period], code: str = "", alarmed: Collection[str] = ()):
    """Months of a code, or of all."""
    step = -(-len(periods) // TICKS)
    plot.getAxis("bottom").setTicks([[
        (place, f"{period.name}\nn = {period.n}") for place, period in enumerate(periods)
        if place % step == 0]])
    _draw_errors(plot, periods, code)
    _draw_stated(plot, periods)
    risen = [place for place, period in enumerate(periods) if period.name in alarmed]
    if risen:
        plot.plot(risen, [100 * periods[place].rate for place in risen], pen=None,
                  symbol="s", symbolSize=12, symbolBrush=drawn(RED), symbolPen=None,
                  name=say(words("alarm")))
    plot.setXRange(-.5, len(periods) - .5)
    plot.setYRange(0, min(100., 1.3 * max(100 * period.high for period in periods if period.n)))


def _draw_errors(plot, periods: Sequence[Period], code: str):
    known = [(place, period) for place, period in enumerate(periods) if period.n]
    places = [np.array([place for place, _ in known], float),
              *(100 * np.array([getattr(period, name) for _, period in known])
                for name in ("rate", "low", "high"))]
    name = words("of_code", code=code) if code else words("happened")
    points(plot, places, drawn(BROWN), name=say(name), beam=.15)


def _draw_stated(plot, periods: Sequence[Period]):
    said = [(place, 100 * period.stated) for place, period in enumerate(periods)
            if not np.isnan(period.stated)]
    if said:
        x, y = zip(*said)
        plot.plot(x, y, pen=pg.mkPen(drawn(GREEN), width=2, style=Qt.DashLine),
                  name=say(words("stated")))
