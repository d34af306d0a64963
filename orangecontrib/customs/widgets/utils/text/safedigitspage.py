"""The page "Safe digits" of Evaluate Codes: how often they are right, and how many they are."""
from __future__ import annotations

from collections.abc import Sequence

from orangecontrib.customs.evaluation.coverage import FOLDS, Coverage
from orangecontrib.customs.i18n import say
from orangecontrib.customs.i18n.numbers import share
from orangecontrib.customs.nomenclature import spaced
from orangecontrib.customs.widgets.utils.common.controls import SentencePage, rows_view
from orangecontrib.customs.widgets.utils.common.goodslist import Column, GoodsModel
from orangecontrib.customs.widgets.utils.common.wording import room, worded

__all__ = ["SafeDigitsPage"]

words = room("safedigitspage")

#: The error of which the sentence speaks, where something is promised at it, else the next.
TOLD = .05


def _by(row: Coverage) -> str:
    return say(words(row.rule.replace(" ", "_")))


def _heading(row: Coverage) -> str:
    return spaced(row.heading) if row.heading else say(words("every"))


def _promises(row: Coverage) -> bool:
    return row.rule == "conformal"


class SafeDigitsPage(SentencePage):
    """A row per error and way to tell safe digits; of promised ones also by heading."""

    title, tip = words("title"), words("tab_tip")

    def __init__(self, parent=None):
        super().__init__(parent)
        self.model = GoodsModel((
            Column(words("by"), _by, header_tooltip=words("by_tip")),
            Column(words("heading"), _heading),
            Column(words("error"), lambda row: share(row.error, 0), lambda row: row.error,
                   right=True),
            Column("n", lambda row: f"{row.n:.0f}", lambda row: row.n, right=True,
                   header_tooltip=words("n_tip")),
            Column(words("right"), lambda row: share(row.covered), lambda row: row.covered,
                   right=True, header_tooltip=words("right_tip")),
            Column(words("interval"), lambda row: f"{100 * row.low:.0f}–{share(row.high, 0)}",
                   lambda row: row.low, right=True),
            Column(words("digits"), lambda row: f"{row.length:.1f}", lambda row: row.length,
                   right=True, header_tooltip=words("digits_tip")),
            Column(words("none_safe"), lambda row: share(row.root, 0), lambda row: row.root,
                   right=True, header_tooltip=words("none_safe_tip")),
            Column(words("rests"), lambda row: say(words(
                f"rests_{row.rests}" if _promises(row) else "rests_")),
                header_tooltip=words("rests_tip"))), self)
        self.view = self.add(rows_view(self.model, words("title"), several=True, sorted_=False))

    def show_coverages(self, rows: Sequence[Coverage] | None) -> None:
        """Show coverages; None: there are no goods to learn from."""
        shown = [row for row in rows or () if not row.heading or _promises(row)]
        self.model.set_rows(sorted(shown, key=lambda row: (row.error, bool(row.heading))))
        self.view.resizeColumnsToContents()
        worded(self.sentence, text=_sentence(shown) if shown else
               words("nothing" if rows is None else "few"))

    def clear(self) -> None:
        """Show nothing."""
        self.show_coverages(None)


def _sentence(rows: Sequence[Coverage]):
    whole = [row for row in rows if not row.heading]
    error = min((row.error for row in whole), key=lambda error: (error < TOLD, error))
    of = {row.rule: row for row in whole if row.error == error}
    promised, plain = of["conformal"], of["probabilities"]
    return words("sentence", folds=FOLDS, n=f"{promised.n:.0f}", error=share(error, 0),
                 right=share(promised.covered), promised=share(1 - error, 0),
                 digits=f"{promised.length:.1f}", plain_right=share(plain.covered),
                 plain_digits=f"{plain.length:.1f}")
