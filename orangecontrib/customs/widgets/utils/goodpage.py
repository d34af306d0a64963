"""One good on one page: the card, its question, the evidence, and why."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from AnyQt.QtCore import QEvent, Qt
from AnyQt.QtCore import pyqtSignal as Signal
from AnyQt.QtWidgets import (
    QApplication,
    QFrame,
    QProxyStyle,
    QSplitter,
    QStyle,
    QTabWidget,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from orangecontrib.customs.cases import Case
from orangecontrib.customs.cases.card import asked, card_of
from orangecontrib.customs.cases.evidence import FactRow, fact_rows
from orangecontrib.customs.cases.marked import pieces_of
from orangecontrib.customs.fusion.verdict import Verdict
from orangecontrib.customs.i18n import Message, say
from orangecontrib.customs.i18n.numbers import SILENT, weighed
from orangecontrib.customs.photos.model import PhotoModel
from orangecontrib.customs.photos.notes import speaks
from orangecontrib.customs.photos.table import SeenPhoto
from orangecontrib.customs.widgets.utils.codesview import CodesView
from orangecontrib.customs.widgets.utils.common.escaping import as_written
from orangecontrib.customs.widgets.utils.common.theme import theme
from orangecontrib.customs.widgets.utils.common.wording import room, worded, worded_tabs
from orangecontrib.customs.widgets.utils.evidencestrip import EvidenceStrip, Thumb
from orangecontrib.customs.widgets.utils.factsview import FactsView
from orangecontrib.customs.widgets.utils.massview import MassPage
from orangecontrib.customs.widgets.utils.photos.photodialog import PhotoDialog, Shown
from orangecontrib.customs.widgets.utils.questionbox import QuestionBox
from orangecontrib.customs.widgets.utils.traceview import TraceView
from orangecontrib.customs.widgets.utils.verdictview import card_html

__all__ = ["CardView", "GoodPage", "Page"]

words = room("goodpage")


@dataclass(frozen=True)
class Page:
    """A good, and what is to be seen of it.

    Attributes
    ----------
    case : Case
    row : int
    verdict : Verdict
    answers : dict of str to dict
        Of all goods.
    photos : sequence of SeenPhoto
        Of this good.
    put_off : set of str
        Facts that are not to be asked now.
    connected : bool
        Whether photos are connected at all, or none are to be expected.
    """

    case: Case
    row: int
    verdict: Verdict
    answers: Mapping[str, Mapping[str, str]]
    photos: Sequence[SeenPhoto] = ()
    put_off: frozenset[str] = frozenset()
    connected: bool = True


class CardView(QTextBrowser):
    """The card, as high as it is, but for a scroll bar where it would take half the window."""

    def __init__(self, parent=None):
        super().__init__(parent, openLinks=False)
        self.setFrameShape(QFrame.NoFrame)
        worded(self, accessibleName=words("decision"))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(3)
        self.document().documentLayout().documentSizeChanged.connect(lambda _: self.fit())

    def fit(self) -> None:
        """Take the room that the text needs."""
        if self.document().isEmpty():  # there is room for what is to be done
            self.setMinimumHeight(40)
            self.setMaximumHeight(16777215)
            return
        whole = self.window().height() if self.isVisible() else 510
        wanted = int(self.document().size().height()) + 2
        self.setFixedHeight(max(40, min(wanted, whole * 2 // 5)))

    def resizeEvent(self, event):
        super().resizeEvent(event)
        self.fit()


class _NarrowTabs(QProxyStyle):
    """All four are seen at 900 x 510 in Russian, too, beside the buttons of the corner."""

    #: Pixels of the room around a title that are saved.
    SAVED = 13

    def pixelMetric(self, metric, option=None, widget=None):
        found = super().pixelMetric(metric, option, widget)
        return max(4, found - self.SAVED) if metric == QStyle.PM_TabBarTabHSpace else found


class GoodPage(QWidget):
    """All of one good; what the user does is told by signals."""

    answered = Signal(str, str)
    put_off = Signal(str)
    undo = Signal()

    def __init__(self, parent=None):
        super().__init__(parent)
        self.page: Page | None = None
        self.rows: tuple[FactRow, ...] = ()
        self.card = CardView()
        self.question = QuestionBox()
        self.question.answered.connect(self.answered)
        self.question.put_off.connect(self.put_off)
        self.question.undo.connect(self.undo)
        self.strip = EvidenceStrip()
        self.strip.text.chosen.connect(self._on_words)
        self.strip.photos.opened.connect(self._on_photo)
        self.dialog = PhotoDialog(self)
        self.facts = FactsView()
        self.facts.answered.connect(self.answered)
        self.facts.chosen.connect(lambda _: self._show_evidence())
        self.codes = CodesView()
        self.trace = TraceView()
        self.masses = MassPage()
        self.tabs = QTabWidget(documentMode=True)
        narrow = _NarrowTabs(QApplication.style().objectName())
        narrow.setParent(self.tabs)     # it must outlive the bar, which does not own it
        self.tabs.tabBar().setStyle(narrow)
        for widget in (self.facts, self.codes, self.trace, self.masses):
            self.tabs.addTab(widget, "")
        pages = ("facts", "codes", "trace", "tree")
        worded_tabs(self.tabs, [words(page) for page in pages],
                    [words(f"{page}_tip") for page in pages])
        self.splitter = QSplitter(Qt.Vertical, childrenCollapsible=False)
        self.splitter.addWidget(self.strip)
        self.splitter.addWidget(self.tabs)
        self.splitter.setStretchFactor(1, 1)
        self.moved = False      # the user chose how high the strip is
        self.splitter.splitterMoved.connect(lambda *_: setattr(self, "moved", True))
        self.tabs.setMinimumHeight(88)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.card)
        layout.addWidget(self.question)
        layout.addWidget(self.splitter, 1)
        self.setMinimumWidth(300)
        self.show_page(None)

    def set_model(self, model: PhotoModel | None) -> None:
        """What explains photos."""
        self.dialog.set_model(model)

    def show_page(self, page: Page | None) -> None:
        """Show a good; None: nothing."""
        self.page = page
        for part in (self.question, self.splitter):
            part.setVisible(page is not None)
        if page is None:
            self.card.clear()
            self.card.fit()
            self.card.setToolTip("")
            self.rows = ()
            self.facts.show_rows(())
            self.codes.show_verdict(None, None)
            self.trace.show_verdict(None)
            self.masses.show_verdict(None, 0, None)
            self.strip.show_photos(())
            self.strip.text.show_pieces(())
            self.dialog.set_photos(())
            return
        self.rows = fact_rows(page.case, page.row, page.verdict, page.answers)
        self.card.setToolTip(as_written("\n".join(d.text for d in page.verdict.discrepancies)))
        self.codes.show_verdict(page.case, page.verdict)
        self.trace.show_verdict(page.verdict)
        self.masses.show_verdict(page.case, page.row, page.verdict, page.answers)
        self.facts.show_rows(self.rows)
        self._show_question()
        self.card.setHtml(card_html(card_of(page.case, page.verdict),
                                    theme(self.card.palette()), self.question.asked))
        self._show_evidence()

    def resizeEvent(self, event):
        super().resizeEvent(event)
        self._share()

    def changeEvent(self, event):
        super().changeEvent(event)
        if event.type() == QEvent.PaletteChange and self.page is not None:
            self.show_page(self.page)

    # -- the question

    def _show_question(self):
        page = self.page
        waiting = [q for q in page.verdict.questions if q.fact not in page.put_off]
        none = say(words("not_now" if page.verdict.questions else "no_question"))
        mine = page.answers.get(page.verdict.key, {})
        first = None
        if waiting:
            held = page.case.beliefs(page.row, page.answers)[waiting[0].fact]
            first = asked(page.case, page.verdict, waiting[0], held.spread)
        self.question.show_question(
            first,
            mine.get(waiting[0].fact, "") if waiting else "", none)
        photographs = page.verdict.photographs
        self.question.show_instead(
            say(Message.of("card.or_photograph", what=photographs[0].text)) if photographs else "")

    @property
    def hand(self) -> FactRow | None:
        """The fact in hand: the one that is chosen, else the one that is asked or comes first."""
        wanted = self.facts.fact or (
            self.question.asked.fact.id if self.question.asked is not None else "")
        return next((row for row in self.rows if row.fact.id == wanted),
                    self.rows[0] if self.rows else None)

    # -- the evidence

    def _show_evidence(self):
        page, hand = self.page, self.hand
        if page is None:
            return
        shown = [self._shown(photo, hand) for photo in page.photos]
        self.strip.show_photos(
            [Thumb(photo.path, "\n".join(filter(None, (photo.title, photo.says))), way)
             for photo, way in shown], "" if page.connected else words("no_photos"))
        self.dialog.set_photos([photo for photo, _ in shown])
        text = page.case.good(page.verdict).description or ""
        self.strip.text.show_pieces(
            pieces_of(text, [engine.group for engine in page.case.engines]),
            hand.fact.id if hand is not None and self.facts.fact else "")
        self._share()

    def _share(self):
        """The strip is as high as it needs, unless the user chose."""
        if not self.moved and self.splitter.height() > 0:
            wanted = self.strip.wanted()
            self.splitter.setSizes([wanted, max(1, self.splitter.height() - wanted)])

    def _shown(self, photo: SeenPhoto, hand: FactRow | None) -> tuple[Shown, int]:
        """A photo with what it says of the fact in hand."""
        title = photo.path.replace("\\", "/").rpartition("/")[2]
        if hand is None:
            return Shown(photo.path, title), 0
        features = [feature for engine in self.page.case.engines
                    for feature in engine.group.features]
        feature, weight = speaks(photo.weights, features, hand.fact.id, hand.value.id)
        if feature is None and not photo.weights:
            feature = next((f for f in features if (f.fact, f.value) == (
                hand.fact.id, hand.value.id)), None)
        says, way = "", 0
        if abs(weight) >= SILENT:
            way = 1 if weight > 0 else -1
            says = f"{say(hand.fact)}, {say(hand.value)}: {say(weighed(weight))}"
        about = "" if feature is None else next(
            say(value) for value in hand.fact.values if value.id == feature.value)
        return Shown(photo.path, title, says, "" if feature is None else feature.id, about), way

    def _on_words(self, fact: str):
        self.tabs.setCurrentWidget(self.facts)
        self.facts.choose(fact)

    def _on_photo(self, number: int):
        self.dialog.open_photo(number)

    def stop(self) -> None:
        """End the threads; call it before the owner goes."""
        self.strip.stop()
        self.dialog.stop()

