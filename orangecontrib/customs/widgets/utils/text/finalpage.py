"""The page "Reliability" of Evaluate Codes: scores of the codes at each level of the tariff."""
from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from orangecontrib.customs.evaluation.final import LevelScores
from orangecontrib.customs.widgets.utils.common.controls import SentencePage, rows_view
from orangecontrib.customs.widgets.utils.common.goodslist import Column, GoodsModel

__all__ = ["FinalPage"]


def _number(value: float, decimals: int = 3) -> str:
    return "–" if np.isnan(value) else f"{value:.{decimals}f}"


def _order(value: float) -> float:
    return -1. if np.isnan(value) else value


def _interval(low: float, high: float) -> str:
    return f"95 %: {low:.1%}–{high:.1%}"


def _score(header: str, name: str, tooltip: str) -> Column:
    return Column(header, lambda row: _number(getattr(row[1], name)),
                  lambda row: _order(getattr(row[1], name)), right=True, header_tooltip=tooltip)


def _coverage(limit: str) -> Column:
    percent = f"{100 * float(limit):g} %"
    return Column(f"≤ {percent}", lambda row: f"{row[1].coverage[limit]:.0%}",
                  lambda row: row[1].coverage[limit], right=True, header_tooltip=(
                      f"The most documents that may be accepted with {percent} of errors among "
                      "them, those of largest P first"))


class FinalPage(SentencePage):
    """A row per level, of the model and of who always says the commonest code."""

    title = "Reliability"

    def __init__(self, parent=None):
        super().__init__(parent)
        self.model = GoodsModel((
            Column("Of", lambda row: row[0]),
            Column("Digits", lambda row: str(row[1].digits), lambda row: row[1].digits,
                   right=True),
            Column("n", lambda row: str(row[1].n), lambda row: row[1].n, right=True,
                   header_tooltip="Predictions whose true code has so many digits"),
            Column("Top-1", lambda row: f"{row[1].top1:.1%}", lambda row: row[1].top1, right=True,
                   tooltip=lambda row: _interval(row[1].top1_low, row[1].top1_high),
                   header_tooltip="Share of right codes; a document tested several times is one "
                                  "witness in the interval"),
            Column("Top-3", lambda row: "–" if np.isnan(row[1].top3) else f"{row[1].top3:.1%}",
                   lambda row: _order(row[1].top3), right=True,
                   tooltip=lambda row: _interval(row[1].top3_low, row[1].top3_high),
                   header_tooltip="Share where the true code is among the three likeliest"),
            _score("Macro-F1", "macro_f1", "Mean over the true codes of the F1 of each"),
            _score("Log-loss", "log_loss", "Mean −log P(true code); 0 is best"),
            _score("Brier", "brier", "Mean Σ (P(code) − is it)²; 0 is best, 2 worst"),
            _score("ECE", "ece", "Mean distance of the stated P and the share of right codes"),
            _score("by chance", "ece_chance",
                   "A perfectly calibrated model stays below this in 95 % of such samples"),
            _score("AUGRC", "augrc", "Mean over all coverages of P(accepted and wrong)"),
            _coverage("0.01"), _coverage("0.05")), self)
        self.view = self.add(rows_view(self.model, several=True, sorted_=False))

    def show_scores(self, rows: Sequence[tuple[str, LevelScores]]) -> None:
        """Show levels, each with whose they are."""
        self.model.set_rows(list(rows))
        self.view.resizeColumnsToContents()
        self.sentence.setText(
            "How often the codes are right at each level of the tariff." if rows else
            "No codes: levels are told of digits.")

    def clear(self) -> None:
        """Show nothing."""
        self.show_scores(())
