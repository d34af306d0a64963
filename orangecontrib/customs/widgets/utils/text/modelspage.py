"""The page "Models" of Evaluate Codes: Table 3, and what each model says of a new document."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import fill

import numpy as np
from AnyQt.QtCore import Qt
from AnyQt.QtGui import QPalette
from AnyQt.QtWidgets import QWIDGETSIZE_MAX, QLabel, QTableView

from orangecontrib.customs.evaluation.models import COMMONEST, ModelScores, Standing
from orangecontrib.customs.i18n import Sayable, say
from orangecontrib.customs.widgets.utils.common.controls import (
    SentencePage,
    pile,
    rows_view,
    splitter,
)
from orangecontrib.customs.widgets.utils.common.goodslist import Column, GoodsModel
from orangecontrib.customs.widgets.utils.common.variables import listed
from orangecontrib.customs.widgets.utils.common.wording import room, spoken, worded

__all__ = ["ModelsPage", "Verdict", "in_words", "shown_name"]

words = room("modelspage")


@dataclass(frozen=True)
class Verdict:
    """What a model says of a document.

    Attributes
    ----------
    document : Message or str
    model, code : str
    p, p_error : float
    accept : float
        1 or 0; NaN where P(error) is unknown.
    unread : bool
        The model knows none of its words.
    """

    document: Sayable
    model: str
    code: str
    p: float
    p_error: float
    accept: float
    unread: bool = False

    @property
    def word(self) -> str:
        return say(words("unknown" if np.isnan(self.accept) else "yes" if self.accept else
                         "no_word" if self.unread else "no"))


def shown_name(name: str) -> str:
    """What a model is called in the window; the baseline has a name in every language."""
    return say(words("commonest")) if name == COMMONEST else name


def _score(name: str) -> Column:
    return Column(name, lambda r: _number(r.scores[name]), lambda r: _order(r.scores[name]),
                  right=True, tooltip=_explain, header_tooltip=words(f"{name.lower()}_tip"))


def _number(value: float, decimals: int = 3) -> str:
    return "–" if np.isnan(value) else f"{value:.{decimals}f}"


def _order(value: float) -> float:
    return -1. if np.isnan(value) else value


class ModelsPage(SentencePage):
    """Scores of all models, and their verdicts on documents without a known code."""

    title = words("title")

    def __init__(self, parent=None):
        super().__init__(parent)
        self._lines: list[int] = []
        self.models = GoodsModel((
            Column(words("model"), lambda r: shown_name(r.name), tooltip=_explain),
            *map(_score, ("AUC", "CA", "F1", "Precision", "Recall")),
            Column(words("mean"), lambda r: _number(r.mean), lambda r: _order(r.mean), right=True,
                   tooltip=_explain, header_tooltip=words("mean_tip")),
            Column(words("sd"), lambda r: _number(r.sd), lambda r: _order(r.sd), right=True,
                   tooltip=_explain, header_tooltip=words("sd_tip")),
            Column("CA ±", lambda r: _number(r.half), lambda r: _order(r.half), right=True,
                   tooltip=_explain, header_tooltip=words("half_tip")),
            Column("n", lambda r: str(r.n), lambda r: r.n, right=True, tooltip=_explain,
                   header_tooltip=words("n_tip")),
        ), self)
        self.view = rows_view(self.models, words("scores"))
        self.verdicts = GoodsModel((
            Column(words("document"), lambda r: say(r.document),
                   tooltip=lambda r: fill(say(r.document), 80)),
            Column(words("model"), lambda r: r.model),
            Column(words("code"), lambda r: r.code or "–"),
            Column("P", lambda r: _number(r.p, 2), lambda r: _order(r.p), right=True,
                   header_tooltip=words("p_tip")),
            Column(words("p_error"), lambda r: _number(r.p_error, 2), lambda r: _order(r.p_error),
                   right=True, header_tooltip=words("p_error_tip")),
            Column(words("accept"), lambda r: r.word, colour=self._colour,
                   header_tooltip=words("accept_tip")),
        ), self)
        self.caption = QLabel()
        self.verdict_view = rows_view(self.verdicts, words("without_code"))
        self._below = pile(self.caption, self.verdict_view)
        self.splitter = self.add(splitter(Qt.Vertical, self.view, self._below))
        self.clear()

    def clear(self) -> None:
        """Show nothing."""
        worded(self.sentence, text=words("connect"))
        self.models.set_rows(())
        self.show_verdicts(())

    def show_models(self, rows: Sequence[ModelScores], found: Standing) -> None:
        """Show the scores, and whether a model stands out."""
        self.models.set_rows(rows)
        spoken(self.sentence, "text", lambda it: it.setText(in_words(rows, found)))
        _fit(self.view, self.models, stretch=0)

    def show_verdicts(self, rows: Sequence[Verdict]) -> None:
        """Show what the models say of documents without a known code."""
        self.verdicts.set_rows(rows)
        documents = len(rows) // max(1, len({row.model for row in rows}))
        worded(self.caption, text=words("caption", n=documents))
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
        return say(words("none"))
    trivial = say(words("trivial", models=listed(found.trivial))) if found.trivial else ""
    best = next(row for row in models if row.name == found.best)
    interval = f"{best.scores['CA']:.3f}, 95 %: {best.low:.3f}–{best.high:.3f}"
    if len(models) == 1:
        return say(words("alone", model=best.name, interval=interval)) + trivial
    if not found.worse:
        return say(words("all_alike", model=best.name, interval=interval)) + trivial
    alike = words("alike", models=listed(found.alike)) if found.alike else ""
    return say(words("better", model=best.name, worse=listed(found.worse), interval=interval,
                     alike=alike)) + trivial


def _explain(row: ModelScores) -> str:
    if np.isnan(row.low):
        return say(words("failed"))
    lines = [say(words("explained", model=shown_name(row.name), ca=row.scores["CA"], low=row.low,
                       high=row.high, n=row.n))]
    lines += [say(words("auc_of", code=code, auc=_number(value)))
              for code, value in list(row.auc.items())[:12]]
    return "\n".join(lines)


def _fit(view: QTableView, model: GoodsModel, stretch: int) -> None:
    """Columns as wide as their first rows; one of them takes the rest."""
    metrics, header = view.fontMetrics(), view.horizontalHeader()
    for number, column in enumerate(model.columns):
        texts = [column.text(row) for row in model.rows[:100]]
        width = max([metrics.horizontalAdvance(text) for text in texts], default=0) + 12
        header.resizeSection(number, max(width, metrics.horizontalAdvance(say(column.header)) + 10))
        header.setSectionResizeMode(
            number, header.Stretch if number == stretch else header.Interactive)
