"""What a description finds in the tariff: a list of headings and codes, with the words marked."""
from __future__ import annotations

import threading
from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from AnyQt.QtCore import QRectF, Qt
from AnyQt.QtCore import pyqtSignal as Signal
from AnyQt.QtGui import QFont, QTextCharFormat, QTextLayout, QTextOption
from AnyQt.QtWidgets import (
    QWIDGETSIZE_MAX,
    QHeaderView,
    QLabel,
    QStyle,
    QStyledItemDelegate,
    QVBoxLayout,
    QWidget,
)
from Orange.data import Table
from Orange.widgets.utils.concurrent import TaskState

from orangecontrib.customs.i18n import Joined, say
from orangecontrib.customs.nomenclature import Tariff, spaced
from orangecontrib.customs.nomenclature.search import Hit, Place, Ranking, TariffSearch
from orangecontrib.customs.nomenclature.search.table import ranked_table
from orangecontrib.customs.widgets.utils.common.base import Ended, progress_of
from orangecontrib.customs.widgets.utils.common.controls import rows_view
from orangecontrib.customs.widgets.utils.common.goodslist import Column, GoodsModel
from orangecontrib.customs.widgets.utils.common.theme import theme
from orangecontrib.customs.widgets.utils.common.variables import first
from orangecontrib.customs.widgets.utils.common.wording import room
from orangecontrib.customs.widgets.utils.text.tarifftree import duty_text

__all__ = ["Ranked", "SearchPage", "marked_lines", "rank"]

words = room("tariffsearch")

#: Headings that are ranked, and codes of each in the list.
HEADINGS, CODES = 10, 3
MARKER = "#e3b77c"
JOIN = " > "
#: Unknown words that are named.
NAMED = 8


class Ranked(NamedTuple):
    """What a search line and descriptions find; None where nothing was asked."""

    ranking: Ranking | None
    table: Table | None


def rank(searching: TariffSearch, query: str, texts: Sequence[str] | None,
         stop: threading.Event, state: TaskState) -> Ranked:
    """Rank what is typed, which is told at once, and the descriptions of an input."""
    state.set_status(say(words("searching")))
    ranking = searching.rank(query, HEADINGS, CODES) if query else None
    state.set_partial_result(ranking)
    if texts is None:
        return Ranked(ranking, None if ranking is None
                      else ranked_table([ranking], searching.tariff))
    progress, rankings = progress_of(state), []
    for number, text in enumerate(texts):
        if stop.is_set():
            raise Ended
        progress(number / len(texts))
        rankings.append(searching.rank(text, HEADINGS, 1))
    return Ranked(ranking, ranked_table(rankings, searching.tariff))


class _Row(NamedTuple):
    """A heading, or a code in it."""

    hit: Hit
    is_heading: bool
    duty: str

    @property
    def pieces(self) -> list[tuple[str, bool]]:
        """The heading's designation; of a code its own, behind those with words found."""
        above, places = self.hit.places[:1], self.hit.places[1:]
        shown = above if self.is_heading or not places else [
            *(place for place in places[:-1] if place.spans), places[-1]]
        pieces: list[tuple[str, bool]] = []
        for place in shown:
            pieces += [(JOIN, False), *place.pieces()] if pieces else place.pieces()
        return pieces

    @property
    def text(self) -> str:
        return "".join(piece for piece, _ in self.pieces)

    @property
    def code(self) -> str:
        return self.hit.code if self.is_heading else "   " + spaced(self.hit.code)


class _Delegate(QStyledItemDelegate):
    """Headings in bold; the words that were found stand on a ground of their own."""

    def initStyleOption(self, option, index):
        super().initStyleOption(option, index)
        model = index.model()
        option.font.setBold(model.rows[model.source_row(index.row())].is_heading)

    def paint(self, painter, option, index):
        if index.column() != 1:
            super().paint(painter, option, index)
            return
        self.initStyleOption(option, index)
        model = index.model()
        pieces = model.rows[model.source_row(index.row())].pieces
        option.text = ""
        style = option.widget.style()
        style.drawControl(QStyle.CE_ItemViewItem, option, painter, option.widget)
        box = QRectF(option.rect).adjusted(4, 0, -4, 0)
        painter.save()
        painter.setClipRect(box)
        chosen = option.state & QStyle.State_Selected
        painter.setPen(option.palette.color(option.palette.HighlightedText if chosen
                                            else option.palette.Text))
        layout = _laid_out(pieces, option.font, None if chosen else theme(option.palette))
        layout.draw(painter, box.topLeft() + _centred(layout, box))
        painter.restore()


def _laid_out(pieces, font: QFont, colours) -> QTextLayout:
    """One line of text; on the ground of a selection, words are underlined instead."""
    layout = QTextLayout("".join(piece for piece, _ in pieces), font)
    formats, at = [], 0
    for piece, marked in pieces:
        if marked:
            found = QTextLayout.FormatRange()
            found.start, found.length, found.format = at, len(piece), QTextCharFormat()
            if colours is None:
                found.format.setFontUnderline(True)
            else:
                ground, text = colours.marker(MARKER)
                found.format.setBackground(ground)
                found.format.setForeground(text)
            formats.append(found)
        at += len(piece)
    layout.setFormats(formats)
    option = QTextOption()
    option.setWrapMode(QTextOption.NoWrap)
    layout.setTextOption(option)
    layout.beginLayout()
    layout.createLine()
    layout.endLayout()
    return layout


def _centred(layout: QTextLayout, box: QRectF):
    bounds = layout.boundingRect()
    return QRectF(0, (box.height() - bounds.height()) / 2, 0, 0).topLeft()


class SearchPage(QWidget):
    """Headings and codes in their order, and what is to be said of the words."""

    #: The line of the tariff whose row was chosen.
    chosen = Signal(int)

    def __init__(self, parent=None):
        super().__init__(parent)
        self.model = GoodsModel((
            Column(words("code"), lambda row: row.code),
            Column(words("designations"), lambda row: row.text,
                   tooltip=lambda row: "\n".join(place.text for place in row.hit.places),
                   header_tooltip=words("designations_tip")),
            Column(words("duty"), lambda row: row.duty),
        ), self)
        self.view = rows_view(self.model, words("list"), sorted_=False)
        self.view.setItemDelegate(_Delegate(self.view))
        header = self.view.horizontalHeader()
        header.setSectionResizeMode(1, QHeaderView.Stretch)
        header.resizeSection(0, self.fontMetrics().horizontalAdvance("   0000 00 000 0 ") + 16)
        header.resizeSection(2, 112)
        self.view.selectionModel().currentRowChanged.connect(self._on_current)
        self.note = QLabel(wordWrap=True, textFormat=Qt.PlainText)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.note, 0, Qt.AlignTop)
        self.ranking: Ranking | None = None
        self.hide()

    def show_ranking(self, ranking: Ranking | None, tariff: Tariff | None) -> None:
        """Show what was found; None hides the page."""
        self.ranking = ranking
        self.setVisible(ranking is not None)
        rows = [] if ranking is None or tariff is None else [
            _Row(hit, hit is heading, duty_text(tariff.lines[hit.line].rate))
            for heading in ranking.headings for hit in (heading, *heading.codes)]
        self.model.set_rows(rows)
        self.view.setVisible(bool(rows))
        # without a list there is a sentence
        self.setMaximumHeight(QWIDGETSIZE_MAX if rows else 3 * self.fontMetrics().lineSpacing())
        said = _note(ranking)
        self.note.setText(said)
        self.note.setVisible(bool(said))

    def hit_of(self, line: int) -> Hit | None:
        """What was found at a line of the tariff."""
        return next((row.hit for row in self.model.rows if row.hit.line == line), None)

    def _on_current(self, index, _before):
        if index.isValid():
            self.chosen.emit(self.model.rows[self.model.source_row(index.row())].hit.line)


def marked_lines(hit: Hit | None, tariff: Tariff, palette) -> dict[int, str]:
    """Line → its designation as HTML with the words marked; an English one beside it."""
    if hit is None:
        return {}
    ground, text = theme(palette).marker(MARKER)
    style = f"background-color:{ground.name()};color:{text.name()}"

    def html(place: Place) -> str:
        said = "".join(f"<span style='{style}'>{escape(piece)}</span>" if marked
                       else escape(piece) for piece, marked in place.pieces())
        printed = tariff.title(place.line)
        return said if place.text == printed else f"{escape(printed)} – {said}"
    return {place.line: html(place) for place in hit.places}


def _note(ranking: Ranking | None) -> str:
    """What is said of the words of a description."""
    if ranking is None:
        return ""
    notes = []
    if ranking.reason is not None:
        notes.append(words("nothing", reason=ranking.reason))
    unknown = ranking.said("unknown")
    if unknown:
        notes.append(words("unknown", words=first(unknown, NAMED)))
    if ranking.read_as:
        notes.append(words("misspelt", words=", ".join(
            f"{word} ({known})" for word, known in ranking.read_as.items())))
    return say(Joined(tuple(notes), " "))
