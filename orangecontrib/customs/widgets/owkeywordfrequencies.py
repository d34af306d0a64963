"""Keyword Frequencies: phrases of an expert in the declarations of each code (paper 2)."""
from __future__ import annotations

from types import SimpleNamespace

from AnyQt.QtCore import QItemSelection, QItemSelectionModel, QSize, Qt
from AnyQt.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QHeaderView,
    QLabel,
    QPlainTextEdit,
    QSizePolicy,
    QSpinBox,
    QTableWidget,
    QTableWidgetItem,
    QTabWidget,
)
from Orange.data import DiscreteVariable, Table
from Orange.widgets.settings import Setting
from Orange.widgets.utils.concurrent import TaskState
from Orange.widgets.utils.widgetpreview import WidgetPreview
from Orange.widgets.widget import Input, Output
from orangecontrib.text import Corpus

from orangecontrib.customs.i18n import Joined, Message, say
from orangecontrib.customs.nomenclature import LEVELS as DIGITS
from orangecontrib.customs.textmining.keywords.counts import (
    NONE,
    NOT_FOUND,
    ONE,
    SEVERAL,
    KeywordCounts,
    KeywordRow,
    count_keywords,
)
from orangecontrib.customs.textmining.keywords.phrases import PhraseFinder, expert_phrases
from orangecontrib.customs.textmining.keywords.table import (
    codes_of,
    keywords_table,
    matching_documents,
    phrases_table,
    texts_of,
)
from orangecontrib.customs.textmining.stopwords.table import words_of
from orangecontrib.customs.widgets.utils.common.base import (
    CustomsWidget,
    Ended,
    clear,
    progress_of,
    reason,
)
from orangecontrib.customs.widgets.utils.common.controls import (
    choice,
    grid_of,
    group_box,
    hint,
    push,
    rows_view,
)
from orangecontrib.customs.widgets.utils.common.goodslist import Column, GoodsModel, report_rows
from orangecontrib.customs.widgets.utils.common.theme import Theme, theme
from orangecontrib.customs.widgets.utils.common.variables import VariableCombo
from orangecontrib.customs.widgets.utils.common.wording import (
    Said,
    room,
    worded,
    worded_tabs,
)
from orangecontrib.customs.widgets.utils.text.corpora import CorpusWarning, warn_of_text

words = room("owkeywordfrequencies")

LEVELS = {0: words("as_they_are"), **{n: words("digits", n=n) for n in DIGITS[1:]}}
#: More codes than this are no table for the eye; all of them are in the output.
MOST_COLUMNS = 8
#: Pixels that a phrase has at least, and at most where there is more room; longer ones wrap.
NARROWEST, WIDEST = 150, 300

#: What a verdict is called in the tables of wordings.
_VERDICTS = {ONE: "one", SEVERAL: "several", NONE: "none", NOT_FOUND: "not_found"}


def run(request: SimpleNamespace, state: TaskState) -> KeywordCounts:
    """Count the phrases."""
    state.set_status(say(words("counting")))
    return count_keywords(texts_of(request.corpus), request.codes, request.phrases, request.gap,
                          progress_of(state), request.families)


class OWKeywordFrequencies(CustomsWidget):
    name = "Keyword Frequencies"
    description = "Count an expert's phrases in the declarations of each code."
    icon = "icons/KeywordFrequencies.svg"
    priority = 75
    keywords = ("keyword frequencies, phrases, ключевые слова, likelihood ratio, table 1, expert, "
                "таможня, тн вэд, частота слов, фразы эксперта")

    graph_name = "mainArea"  # Save Image

    class Inputs:
        corpus = Input("Corpus", Corpus, default=True, doc="Declarations with their codes")
        words = Input("Words", Table, doc="Phrases, instead of those typed here")

    class Outputs:
        keywords = Output("Keywords", Table, default=True, dynamic=False,
                          doc="A row per phrase and code: counts, share, likelihood ratio")
        documents = Output("Matching Documents", Corpus, dynamic=False,
                           doc="Declarations that hold a selected phrase")
        words = Output("Words", Table, dynamic=False, doc="The selected phrases")

    class Error(CustomsWidget.Error):
        failed = Said(words("failed"))
        no_codes = Said(words("no_codes"))
        no_phrases = Said(words("no_phrases"))

    class Warning(CorpusWarning):
        no_word = Said(words("no_word"))
        one_code = Said(words("one_code"))
        without_code = Said(words("without_code"))
        words = Said(words("words"))  # the last: from here on it is another thing

    class Information(CustomsWidget.Information):
        cancelled = Said(words("cancelled"))

    #: What the user typed; None: the expert's twelve of the paper.
    phrases: list = Setting(None, schema_only=True)
    code_name: str = Setting("", schema_only=True)
    level: int = Setting(0, schema_only=True)
    gap: int = Setting(0, schema_only=True)
    #: Phrases match relatives of their words too, in any order.
    families: bool = Setting(False, schema_only=True)
    #: Phrases that are selected in the list.
    selected_phrases: list = Setting([], schema_only=True)

    def __init__(self):
        super().__init__()
        self.corpus: Corpus | None = None
        self.words_data: Table | None = None
        self.words: list[str] | None = None
        self.counts: KeywordCounts | None = None
        self._set_up_controls()
        self._set_up_main()
        self._show_phrases()
        self._show()

    # -- controls

    def _set_up_controls(self):
        box = group_box(self.controlArea, words("phrases"))
        self.editor = worded(QPlainTextEdit(tabChangesFocus=True), toolTip=words("phrases_tip"),
                             accessibleName=words("phrases"))
        self.editor.setMinimumHeight(80)
        self.editor.setSizePolicy(QSizePolicy.Ignored, QSizePolicy.Expanding)
        box.layout().addWidget(self.editor)
        self.words_label = worded(QLabel(visible=False, wordWrap=True), text=words("words_input"))
        box.layout().addWidget(self.words_label)
        self.apply_button = push(box, words("count"), self._on_phrases)
        self.expert_button = push(box, words("expert"), self._on_expert, words("expert_tip"))

        box = group_box(self.controlArea, words("codes"))
        self.code_combo = worded(VariableCombo(words("none")), toolTip=words("column_tip"))
        self.code_combo.chosen.connect(self._on_code)
        self.level_combo = choice(LEVELS.items(), self.level, self._on_level)
        self.gap_spin = worded(QSpinBox(minimum=0, maximum=5, value=self.gap),
                               toolTip=words("between_tip"))
        self.gap_spin.valueChanged.connect(self._on_gap)
        grid = grid_of(((words("column"), self.code_combo), (words("level"), self.level_combo),
                        (words("between"), self.gap_spin)))
        box.layout().addLayout(grid)
        grid.setColumnStretch(1, 1)
        self.families_box = worded(QCheckBox(checked=self.families), text=words("families"),
                                   toolTip=words("families_tip"))
        self.families_box.toggled.connect(self._on_families)
        grid.addWidget(self.families_box, grid.rowCount(), 0, 1, 2)
        self.controlArea.layout().addWidget(
            self.make_cancel_button(self._on_cancel, words("cancel_tip")))

    def _set_up_main(self):
        self.summary = QLabel(wordWrap=True)
        self.mainArea.layout().addWidget(self.summary)
        tabs = QTabWidget()
        self.mainArea.layout().addWidget(tabs)
        self.model = GoodsModel(self._columns(), self)
        self.view = rows_view(self.model, words("phrases"), several=True, wordWrap=True)
        self.view.selectionModel().selectionChanged.connect(self._on_selection)
        self.view.horizontalHeader().sortIndicatorChanged.connect(
            lambda *_: self.view.resizeRowsToContents())  # others stand there now
        hint(self.view, words("connect"))
        tabs.addTab(self.view, "")
        self.by_code = worded(QTableWidget(editTriggers=QAbstractItemView.NoEditTriggers),
                              toolTip=words("by_code_tip"), accessibleName=words("by_code"))
        self.by_code.verticalHeader().hide()
        self.by_code.verticalHeader().setSectionResizeMode(QHeaderView.ResizeToContents)
        tabs.addTab(self.by_code, "")
        worded_tabs(tabs, [words("phrases"), words("by_code")])

    def sizeHint(self):
        return QSize(900, 506)  # a screen of 1366 × 768 shows no more at first

    def _columns(self) -> list[Column]:
        columns = [
            Column(words("column_phrase"), self._phrase, colour=self._colour,
                   tooltip=lambda p: f"{self._phrase(p)}\n{self._verdict(p)}"),
            Column(words("column_docs"), lambda p: str(self._documents(p)),
                   self._documents, right=True, header_tooltip=words("column_docs_tip")),
            Column(words("column_speaks"), self._speaks, colour=self._colour,
                   tooltip=self._verdict, header_tooltip=words("column_speaks_tip"))]
        for number in self._shown_codes():
            def row(phrase, number=number):
                return self.counts.row(phrase, number)
            columns.append(Column(
                self.counts.codes[number], lambda p, row=row: _cell(row(p)),
                lambda p, row=row: row(p).documents, right=True,
                colour=lambda p, row=row: self._colours().good.name() if row(p).speaks else None,
                tooltip=lambda p, row=row: _explain(row(p)),
                header_tooltip=words("column_code_tip", n=int(self.counts.sizes[number]))))
        if self.counts is not None and self.counts.size_without_code:
            columns.append(Column(words("no_code"), lambda p: str(int(self.counts.without_code[p])),
                                  lambda p: int(self.counts.without_code[p]), right=True))
        return columns

    def _shown_codes(self) -> list[int]:
        if self.counts is None:
            return []
        total = self.counts.documents.sum(axis=0)
        best = sorted(range(len(total)), key=lambda k: (-total[k], self.counts.codes[k]))
        return sorted(best[:MOST_COLUMNS])

    def _phrase(self, phrase: int) -> str:
        return self.counts.phrases[phrase]

    def _documents(self, phrase: int) -> int:
        return int(self.counts.documents[phrase].sum() + self.counts.without_code[phrase])

    def _verdict(self, phrase: int) -> str:
        return say(words(f"verdict_{_VERDICTS[self.counts.verdict(phrase)]}"))

    def _speaks(self, phrase: int) -> str:
        codes = [row.code for row in self.counts.speaks_for(phrase)]
        return ", ".join(codes) if codes else "–"

    def _colour(self, phrase: int) -> str | None:
        colours = self._colours()
        shades = {SEVERAL: colours.doubt, NONE: colours.quiet, NOT_FOUND: colours.quiet}
        shade = shades.get(self.counts.verdict(phrase))
        return shade and shade.name()

    def _colours(self) -> Theme:
        return theme(self.palette())

    # -- input

    @Inputs.corpus
    def set_corpus(self, corpus: Corpus | None):
        self.corpus = corpus
        warn_of_text(self.Warning, corpus)
        candidates, default = [], None
        if corpus is not None:
            domain = corpus.domain
            candidates = [v for v in (*domain.class_vars, *domain.metas, *domain.attributes)
                          if isinstance(v, DiscreteVariable) or not v.is_primitive()
                          or v in domain.class_vars or v in domain.metas]
            candidates = [v for v in candidates if v not in corpus.text_features]
            default = domain.class_var or next(iter(candidates), None)
        self.code_combo.set_variables(candidates, self.code_name, default)

    @Inputs.words
    def set_words(self, table: Table | None):
        self.words_data = table

    def handleNewSignals(self):
        self.Warning.words.clear()
        self.words = None
        if self.words_data is not None:
            try:
                self.words = words_of(self.words_data)
            except ValueError as error:
                self.Warning.words(reason=reason(error))
        for widget in (self.editor, self.apply_button, self.expert_button):
            widget.setEnabled(self.words is None)
        self.words_label.setVisible(self.words is not None)
        self._show_phrases()
        self.count()

    # -- changes by the user

    def wanted_phrases(self) -> list[str]:
        """The phrases to count: from the input, as typed, or the expert's."""
        if self.words is not None:
            return self.words
        return list(expert_phrases()) if self.phrases is None else self.phrases

    def _show_phrases(self):
        self.editor.setPlainText("\n".join(self.wanted_phrases()))

    def _on_phrases(self):
        lines = (" ".join(line.split()) for line in self.editor.toPlainText().splitlines())
        self.phrases = list(dict.fromkeys(filter(None, lines)))
        self.count()

    def _on_expert(self):
        self.phrases = None
        self._show_phrases()
        self.count()

    def _on_code(self, name: str):
        self.code_name = name
        self.count()

    def _on_level(self):
        self.level = self.level_combo.currentData()
        self.count()

    def _on_gap(self, gap: int):
        self.gap = gap
        self.count()

    def _on_families(self, families: bool):
        self.families = families
        self.count()

    def _on_cancel(self):
        self.cancel()
        self.Information.cancelled()

    # -- work

    def count(self):
        """Count again."""
        self.cancel()
        clear(self.Error, self.Information, self.Warning.no_word, self.Warning.one_code,
              self.Warning.without_code)
        self.counts = None
        if self.corpus is None:
            self._finish()
            return
        phrases = self._countable()
        variable = self.code_combo.variable
        if variable is None:
            self.Error.no_codes()
        elif not phrases:
            self.Error.no_phrases()
        if variable is None or not phrases:
            self._finish()
            return
        codes = codes_of(self.corpus, variable, self.level or None)
        self.start(run, SimpleNamespace(corpus=self.corpus, codes=codes, phrases=phrases,
                                        gap=self.gap, families=self.families))

    def _countable(self) -> list[str]:
        good, bad = [], []
        for phrase in self.wanted_phrases():
            try:
                PhraseFinder([phrase])
                good.append(phrase)
            except ValueError:
                bad.append(phrase)
        if bad:
            self.Warning.no_word(phrases=", ".join(f"«{phrase}»" for phrase in bad))
        return good

    def on_done(self, counts: KeywordCounts):
        self.counts = counts
        self.Warning.one_code(shown=len(counts.codes) < 2)
        if counts.size_without_code:
            self.Warning.without_code(n=counts.size_without_code, total=len(counts.found))
        self._finish()

    def on_exception(self, ex: Exception):
        if not isinstance(ex, Ended):
            self.Error.failed(reason=reason(ex))
            self._finish()

    def _finish(self):
        self._show()
        self.Outputs.keywords.send(keywords_table(self.counts) if self.counts else None)
        self._send_selection()

    # -- selection

    def _on_selection(self, *_):
        self.selected_phrases = [
            self.counts.phrases[self.model.source_row(index.row())]
            for index in self.view.selectionModel().selectedRows()]
        self._send_selection()

    def _send_selection(self):
        documents = words = None
        if self.counts is not None:
            chosen = [number for number, phrase in enumerate(self.counts.phrases)
                      if phrase in self.selected_phrases]
            documents = matching_documents(self.corpus, self.counts, chosen or None)
            if chosen:
                words = phrases_table([self.counts.phrases[number] for number in chosen])
        self.Outputs.documents.send(documents)
        self.Outputs.words.send(words)

    # -- show

    def _show(self):
        chosen = set(self.selected_phrases)
        selection = self.view.selectionModel()
        selection.blockSignals(True)
        self.model.beginResetModel()
        self.model.columns = tuple(self._columns())
        self.model.endResetModel()
        self.model.sort(-1)
        self.view.horizontalHeader().setSortIndicator(-1, Qt.AscendingOrder)
        self.model.set_rows(range(len(self.counts.phrases)) if self.counts else ())
        rows = QItemSelection()
        for number in self.model.rows:
            if self.counts.phrases[number] in chosen:
                index = self.model.index(self.model.shown_row(number), 0)
                rows.select(index, index)
        selection.select(rows, QItemSelectionModel.ClearAndSelect | QItemSelectionModel.Rows)
        selection.blockSignals(False)
        self._fit()
        self._show_by_code()
        self._show_summary()

    def on_language(self):
        """Another language is spoken: totals and the sentence are said again."""
        self._fit()
        self._show_by_code()
        self._show_summary()

    def on_room(self):
        self._fit()

    def _show_summary(self):
        self.summary.setText(say(self._sentence()))

    def _fit(self):
        """Phrases take the room that the counts leave: no count is out of sight for their sake."""
        header = self.view.horizontalHeader()
        for column in range(1, header.count()):
            self.view.resizeColumnToContents(column)
        room = self.view.viewport().width() - header.length() + header.sectionSize(0)
        header.resizeSection(0, max(NARROWEST, min(WIDEST, room)))
        self.view.resizeRowsToContents()

    def resizeEvent(self, event):
        super().resizeEvent(event)
        self._fit()

    def _show_by_code(self):
        self.by_code.clear()
        table = self.counts.by_code() if self.counts else []
        shown = [table[number] for number in self._shown_codes()] if table else []
        self.by_code.setColumnCount(len(shown))
        longest = max([len(code.keywords) for code in shown], default=0)
        self.by_code.setRowCount(max(1, longest) + 2 if shown else 0)
        self.by_code.setHorizontalHeaderLabels([code.code for code in shown])
        for column, code in enumerate(shown):
            texts = [f"{row.phrase} ({row.documents})" for row in code.keywords] \
                or [say(words("no_keywords"))]
            for at, text in enumerate(texts):
                self.by_code.setItem(at, column, QTableWidgetItem(text))
            size = int(self.counts.sizes[self.counts.codes.index(code.code)])
            for back, total in ((2, words("any_of_them", n=code.any_of_them, size=size)),
                                (1, words("sum_of_counts", n=code.sum_of_counts))):
                last = QTableWidgetItem(say(total))
                font = last.font()
                font.setBold(True)
                last.setFont(font)
                self.by_code.setItem(self.by_code.rowCount() - back, column, last)
        # a few codes share the room, many keep their width and scroll
        self.by_code.horizontalHeader().setSectionResizeMode(
            QHeaderView.Stretch if len(shown) <= 4 else QHeaderView.ResizeToContents)

    def _sentence(self) -> Message:
        if self.counts is None:
            return words("nothing")
        verdicts = [self.counts.verdict(number) for number in range(len(self.counts.phrases))]
        text = words(
            "sentence", held=sum(map(bool, self.counts.found)), total=len(self.counts.found),
            phrases=len(verdicts), said=Joined(tuple(
                words(f"many_{name}", n=verdicts.count(kind))
                for kind, name in _VERDICTS.items() if kind in verdicts)))
        return text if len(self.counts.codes) <= MOST_COLUMNS \
            else words("most", sentence=text, n=MOST_COLUMNS)

    def send_report(self):
        if self.counts is None:
            return
        column = self.code_combo.variable
        self.report_items(say(words("report")), (
            (say(words("codes")), f"{column.name if column else ''}, {say(LEVELS[self.level])}"),
            (say(words("report_between")), str(self.gap)),
            (say(words("report_match")),
             say(words("report_families" if self.families else "report_inflections"))),
            (say(words("report_result")), self.summary.text())))
        self.report_table(say(words("phrases")), report_rows(self.model), header_rows=1)
        rows = [[self.by_code.horizontalHeaderItem(c).text()
                 for c in range(self.by_code.columnCount())]]
        for at in range(self.by_code.rowCount()):
            items = [self.by_code.item(at, c) for c in range(self.by_code.columnCount())]
            rows.append([item.text() if item else "" for item in items])
        self.report_table(say(words("by_code")), rows, header_rows=1)


def _cell(row: KeywordRow) -> str:
    return f"{row.documents} · ×{row.ratio:.1f}" if row.documents else "–"


def _explain(row: KeywordRow) -> str:
    return say(words("in_none") if not row.documents else words(
        "explained", documents=row.documents, share=row.share, places=row.occurrences,
        ratio=row.ratio, low=row.low, high=row.high, precision=row.precision,
        precision_low=row.precision_low, precision_high=row.precision_high, g2=row.g2))


if __name__ == "__main__":  # pragma: no cover
    WidgetPreview(OWKeywordFrequencies).run(Corpus.from_file("deerwester"))
