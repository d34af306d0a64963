"""The page "Models" of Evaluate Codes: Table 3, and what each model says of a new document."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import fill

import numpy as np
from AnyQt.QtCore import Qt
from AnyQt.QtGui import QPalette
from AnyQt.QtWidgets import QLabel, QTableView

from orangecontrib.customs.evaluation.models import ModelScores, Standing
from orangecontrib.customs.widgets.utils.common.controls import (
    SentencePage,
    pile,
    rows_view,
    splitter,
)
from orangecontrib.customs.widgets.utils.common.goodslist import Column, GoodsModel
from orangecontrib.customs.widgets.utils.common.variables import listed

__all__ = ["ModelsPage", "Verdict", "in_words"]

#: Qt's own: no limit to a size.
QWIDGETSIZE_MAX = (1 << 24) - 1


@dataclass(frozen=True)
class Verdict:
    """What a model says of a document.

    Attributes
    ----------
    document, model, code : str
    p, p_error : float
    accept : float
        1 or 0; NaN where P(error) is unknown.
    unread : bool
        The model knows none of its words.
    """

    document: str
    model: str
    code: str
    p: float
    p_error: float
    accept: float
    unread: bool = False

    @property
    def word(self) -> str:
        return "unknown" if np.isnan(self.accept) else "yes" if self.accept else \
            "no, no known word" if self.unread else "no"


def _score(name: str, tooltip: str) -> Column:
    return Column(name, lambda r: _number(r.scores[name]), lambda r: _order(r.scores[name]),
                  right=True, tooltip=_explain, header_tooltip=tooltip)


def _number(value: float, decimals: int = 3) -> str:
    return "–" if np.isnan(value) else f"{value:.{decimals}f}"


def _order(value: float) -> float:
    return -1. if np.isnan(value) else value


class ModelsPage(SentencePage):
    """Scores of all models, and their verdicts on documents without a known code."""

    title = "Models"

    def __init__(self, parent=None):
        super().__init__(parent)
        self._lines: list[int] = []
        average = "averaged over the codes by their documents, as Test and Score does"
        self.models = GoodsModel((
            Column("Model", lambda r: r.name, tooltip=_explain),
            _score("AUC", f"Area under the ROC curve, {average}"),
            _score("CA", "Share of right codes"),
            _score("F1", f"F1, {average}"),
            _score("Precision", f"Precision, {average}"),
            _score("Recall", f"Recall, {average}"),
            Column("Mean", lambda r: _number(r.mean), lambda r: _order(r.mean), right=True,
                   tooltip=_explain, header_tooltip="Mean of the five scores (paper, Table 3)"),
            Column("s.d.", lambda r: _number(r.sd), lambda r: _order(r.sd), right=True,
                   tooltip=_explain, header_tooltip="Standard deviation of the five scores: how "
                   "they differ, not how certain they are"),
            Column("CA ±", lambda r: _number(r.half), lambda r: _order(r.half), right=True,
                   tooltip=_explain, header_tooltip="Half the width of the 95 % interval of CA"),
            Column("n", lambda r: str(r.n), lambda r: r.n, right=True, tooltip=_explain,
                   header_tooltip="Distinct documents with a known code"),
        ), self)
        self.view = rows_view(self.models, "Scores of the models")
        self.verdicts = GoodsModel((
            Column("Document", lambda r: r.document, tooltip=lambda r: fill(r.document, 80)),
            Column("Model", lambda r: r.model),
            Column("Code", lambda r: r.code or "–"),
            Column("P", lambda r: _number(r.p, 2), lambda r: _order(r.p), right=True,
                   header_tooltip="Probability of the code, as the model states it"),
            Column("P(error)", lambda r: _number(r.p_error, 2), lambda r: _order(r.p_error),
                   right=True, header_tooltip="Probability that the code is wrong, as the "
                                              "evaluation of this model teaches"),
            Column("Accept", lambda r: r.word, colour=self._colour,
                   header_tooltip="May it pass unread, with no more errors than allowed?"),
        ), self)
        self.caption = QLabel()
        self.verdict_view = rows_view(self.verdicts, "Documents without a known code")
        self._below = pile(self.caption, self.verdict_view)
        self.splitter = self.add(splitter(Qt.Vertical, self.view, self._below))
        self.clear()

    def clear(self) -> None:
        """Show nothing."""
        self.sentence.setText("Connect the evaluation results of several models.")
        self.models.set_rows(())
        self.show_verdicts(())

    def show_models(self, rows: Sequence[ModelScores], found: Standing) -> None:
        """Show the scores, and whether a model stands out."""
        self.models.set_rows(rows)
        self.sentence.setText(in_words(rows, found))
        _fit(self.view, self.models, stretch=0)

    def show_verdicts(self, rows: Sequence[Verdict]) -> None:
        """Show what the models say of documents without a known code."""
        self.verdicts.set_rows(rows)
        documents = len(rows) // max(1, len({row.model for row in rows}))
        self.caption.setText(f"<b>Documents without a known code</b> ({documents})")
        self._below.setVisible(bool(rows))
        self._share_height()
        _fit(self.verdict_view, self.verdicts, stretch=0)

    def _share_height(self) -> None:
        """The scores get what they need, up to half of the page; the documents the rest."""
        needed = (self.view.horizontalHeader().sizeHint().height() + 2 * self.view.frameWidth()
                  + len(self.models.rows) * self.view.verticalHeader().defaultSectionSize())
        self.view.setMaximumHeight(needed if self.verdicts.rows else QWIDGETSIZE_MAX)
        lines = [len(self.models.rows) + 2, len(self.verdicts.rows) + 3]
        if lines != self._lines:  # else the user may have moved the handle
            self._lines = lines
            self.splitter.setSizes([100 * min(lines[0], max(lines[1], 8)),
                                    100 * min(lines[1], max(lines[0], 8))])

    def _colour(self, row: Verdict) -> str | None:
        if np.isnan(row.accept):
            return None
        dark = self.palette().color(QPalette.Base).lightness() < 128
        return ("#81c784" if dark else "#1b5e20") if row.accept else \
            ("#ff8a80" if dark else "#b71c1c")


def in_words(rows: Sequence[ModelScores], found: Standing) -> str:
    """Whether a model stands out, as the paper says it."""
    models = [row for row in rows if not row.trivial]
    if not found.best:
        return "No model has scores."
    trivial = ""
    if found.trivial:
        trivial = (" Not shown to be better than saying the commonest code always: "
                   f"{listed(found.trivial)}.")
    best = next(row for row in models if row.name == found.best)
    interval = f"{best.scores['CA']:.3f}, 95 %: {best.low:.3f}–{best.high:.3f}"
    if len(models) == 1:
        return f"CA of “{best.name}”: {interval}." + trivial
    if not found.worse:
        return (f"All 95 % intervals of CA overlap that of “{best.name}” ({interval}): "
                "<b>no model stands out</b>." + trivial)
    text = f"<b>“{best.name}” is better than {listed(found.worse)}</b> ({interval})"
    text += f"; its interval overlaps that of {listed(found.alike)}." if found.alike else "."
    return text + trivial


def _explain(row: ModelScores) -> str:
    if np.isnan(row.low):
        return "The model has failed"
    lines = [f"{row.name}: CA {row.scores['CA']:.3f}, 95 %: {row.low:.3f}–{row.high:.3f}, "
             f"{row.n} documents"]
    lines += [f"AUC of {code}: {_number(value)}" for code, value in list(row.auc.items())[:12]]
    return "\n".join(lines)


def _fit(view: QTableView, model: GoodsModel, stretch: int) -> None:
    """Columns as wide as their first rows; one of them takes the rest."""
    metrics, header = view.fontMetrics(), view.horizontalHeader()
    for number, column in enumerate(model.columns):
        texts = [column.text(row) for row in model.rows[:100]]
        width = max([metrics.horizontalAdvance(text) for text in texts], default=0) + 12
        header.resizeSection(number, max(width, metrics.horizontalAdvance(column.header) + 14))
        header.setSectionResizeMode(
            number, header.Stretch if number == stretch else header.Interactive)
