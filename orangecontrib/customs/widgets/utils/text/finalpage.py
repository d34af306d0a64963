"""The page "Reliability" of Evaluate Codes: scores of the codes at each level of the tariff."""
from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from orangecontrib.customs.evaluation.final import LevelScores
from orangecontrib.customs.i18n import Sayable
from orangecontrib.customs.i18n.numbers import share
from orangecontrib.customs.widgets.utils.common.controls import SentencePage, rows_view
from orangecontrib.customs.widgets.utils.common.goodslist import Column, GoodsModel
from orangecontrib.customs.widgets.utils.common.wording import room, worded
from orangecontrib.customs.widgets.utils.text.modelspage import shown_name

__all__ = ["FinalPage"]

words = room("finalpage")


def _number(value: float, decimals: int = 3) -> str:
    return "–" if np.isnan(value) else f"{value:.{decimals}f}"


def _order(value: float) -> float:
    return -1. if np.isnan(value) else value


def _interval(low: float, high: float) -> str:
    return f"95 %: {share(low)}–{share(high)}"


def _score(header: Sayable, name: str) -> Column:
    return Column(header, lambda row: _number(getattr(row[1], name)),
                  lambda row: _order(getattr(row[1], name)), right=True,
                  header_tooltip=words(f"{name}_tip"))


def _coverage(limit: str) -> Column:
    percent = f"{100 * float(limit):g} %"
    return Column(f"≤ {percent}", lambda row: share(row[1].coverage[limit], 0),
                  lambda row: row[1].coverage[limit], right=True,
                  header_tooltip=words("coverage_tip", percent=percent))


class FinalPage(SentencePage):
    """A row per level, of the model and of who always says the commonest code."""

    title = words("title")

    def __init__(self, parent=None):
        super().__init__(parent)
        self.model = GoodsModel((
            Column(words("of"), lambda row: shown_name(row[0])),
            Column(words("digits"), lambda row: str(row[1].digits), lambda row: row[1].digits,
                   right=True),
            Column("n", lambda row: str(row[1].n), lambda row: row[1].n, right=True,
                   header_tooltip=words("n_tip")),
            Column("Top-1", lambda row: share(row[1].top1), lambda row: row[1].top1, right=True,
                   tooltip=lambda row: _interval(row[1].top1_low, row[1].top1_high),
                   header_tooltip=words("top1_tip")),
            Column("Top-3", lambda row: share(row[1].top3),
                   lambda row: _order(row[1].top3), right=True,
                   tooltip=lambda row: _interval(row[1].top3_low, row[1].top3_high),
                   header_tooltip=words("top3_tip")),
            _score("Macro-F1", "macro_f1"), _score("Log-loss", "log_loss"),
            _score("Brier", "brier"), _score("ECE", "ece"),
            _score(words("by_chance"), "ece_chance"), _score("AUGRC", "augrc"),
            _coverage("0.01"), _coverage("0.05")), self)
        self.view = self.add(rows_view(self.model, words("title"), several=True, sorted_=False))

    def show_scores(self, rows: Sequence[tuple[str, LevelScores]]) -> None:
        """Show levels, each with whose they are."""
        self.model.set_rows(list(rows))
        self.view.resizeColumnsToContents()
        worded(self.sentence, text=words("sentence" if rows else "nothing"))

    def clear(self) -> None:
        """Show nothing."""
        self.show_scores(())
