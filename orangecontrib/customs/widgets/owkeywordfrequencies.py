"""Keyword Frequencies: phrases of an expert in the declarations of each code (paper 2)."""
from __future__ import annotations

from types import SimpleNamespace

from AnyQt.QtCore import QItemSelection, QItemSelectionModel, QSize, Qt
from AnyQt.QtGui import QPalette
from AnyQt.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QTableWidget,
    QTableWidgetItem,
    QTabWidget,
)
from Orange.data import DiscreteVariable, Table
from Orange.widgets import gui
from Orange.widgets.settings import Setting
from Orange.widgets.utils.concurrent import TaskState
from Orange.widgets.utils.widgetpreview import WidgetPreview
from Orange.widgets.widget import Input, Msg, Output, OWWidget
from orangecontrib.text import Corpus

from orangecontrib.customs.textmining.keywords.counts import (
    NO_CODE,
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
from orangecontrib.customs.widgets.utils.common.controls import choice, grid_of, rows_view
from orangecontrib.customs.widgets.utils.common.goodslist import Column, GoodsModel, report_rows
from orangecontrib.customs.widgets.utils.common.variables import VariableCombo
from orangecontrib.customs.widgets.utils.text.corpora import CorpusWarning, warn_of_text

LEVELS = ((0, "as they are"), (4, "4 digits"), (6, "6 digits"), (8, "8 digits"),
          (10, "10 digits"))
#: More codes than this are no table for the eye; all of them are in the output.
MOST_COLUMNS = 8

_IN_WORDS = {ONE: "speak for one code", SEVERAL: "for several codes", NONE: "tell no codes apart",
             NOT_FOUND: "not found"}
#: On light and on dark.
_SPEAKS = ("#2e7d32", "#81c784")
_COLOURS = {SEVERAL: ("#9a5316", "#e0a267"), NONE: ("#8d7663", "#b3a08f"),
            NOT_FOUND: ("#8d7663", "#b3a08f")}


def run(request: SimpleNamespace, state: TaskState) -> KeywordCounts:
    """Count the phrases."""
    state.set_status("Counting…")
    return count_keywords(texts_of(request.corpus), request.codes, request.phrases, request.gap,
                          progress_of(state), request.families)


class OWKeywordFrequencies(CustomsWidget):
    name = "Keyword Frequencies"
    description = "Count an expert's phrases in the declarations of each code."
    icon = "icons/KeywordFrequencies.svg"
    priority = 75
    keywords = "keyword frequencies, phrases, ключевые слова, likelihood ratio, table 1, expert"

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

    class Error(OWWidget.Error):
        failed = Msg("The phrases can't be counted: {}.")
        no_codes = Msg("No column of codes: give the corpus a class, or a column with codes.")
        no_phrases = Msg("No phrases: type some, one on each line.")

    class Warning(CorpusWarning):
        words = Msg("The words can't be used: {}.")
        no_word = Msg("No word in: {}. Left out.")
        one_code = Msg("The declarations have only one code: nothing to compare with.")
        without_code = Msg("{} documents of {} have no code of that many digits: counted as "
                           f"“{NO_CODE}”.")

    class Information(OWWidget.Information):
        cancelled = Msg("Cancelled. Change something, or reconnect the corpus, to count again.")

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
        box = gui.widgetBox(self.controlArea, "Phrases")
        self.editor = QPlainTextEdit(tabChangesFocus=True)
        self.editor.setToolTip("One on each line. Words are found in any inflection and in this "
                               "order, with Word families also their relatives and in any; "
                               "Latin look-alikes and ё don't matter.")
        self.editor.setMinimumHeight(80)
        self.editor.setSizePolicy(QSizePolicy.Ignored, QSizePolicy.Expanding)
        box.layout().addWidget(self.editor)
        self.words_label = QLabel("The Words input is counted.", visible=False)
        box.layout().addWidget(self.words_label)
        self.apply_button = QPushButton("Count", clicked=self._on_phrases)
        self.expert_button = QPushButton("Expert's 12", clicked=self._on_expert)
        self.expert_button.setToolTip("The phrases of the second paper, for a voltage stabiliser")
        row = QHBoxLayout()
        row.addWidget(self.apply_button)
        row.addWidget(self.expert_button)
        box.layout().addLayout(row)

        box = gui.widgetBox(self.controlArea, "Codes")
        self.code_combo = VariableCombo("(none)")
        self.code_combo.chosen.connect(self._on_code)
        self.level_combo = choice(LEVELS, self.level, self._on_level)
        self.gap_spin = QSpinBox(minimum=0, maximum=5, value=self.gap)
        self.gap_spin.setToolTip("Words that may stand between the words of a phrase: 1 finds "
                                 "«источник бесперебойного питания» as «источник питания»")
        self.gap_spin.valueChanged.connect(self._on_gap)
        grid = grid_of((("Column", self.code_combo), ("Codes", self.level_combo),
                        ("Between", self.gap_spin)))
        box.layout().addLayout(grid)
        grid.setColumnStretch(1, 1)
        self.families_box = QCheckBox("Word families", checked=self.families)
        self.families_box.setToolTip("Words match their relatives, in any order: «инверторный "
                                     "стабилизатор» finds «стабилизатор инвертора»")
        self.families_box.toggled.connect(self._on_families)
        grid.addWidget(self.families_box, grid.rowCount(), 0, 1, 2)
        self.controlArea.layout().addWidget(
            self.make_cancel_button(self._on_cancel, "Stop counting; nothing is sent"))

    def _set_up_main(self):
        self.summary = QLabel(wordWrap=True)
        self.mainArea.layout().addWidget(self.summary)
        tabs = QTabWidget()
        self.mainArea.layout().addWidget(tabs)
        self.model = GoodsModel(self._columns(), self)
        self.view = rows_view(self.model, several=True)
        self.view.selectionModel().selectionChanged.connect(self._on_selection)
        tabs.addTab(self.view, "Phrases")
        self.by_code = QTableWidget(editTriggers=QAbstractItemView.NoEditTriggers)
        self.by_code.setToolTip("As Table 1 of the paper: the phrases that speak for a code. "
                                "Any keyword: each declaration counted once. Sum of counts: "
                                "as the paper's «Всего», a declaration with two phrases twice")
        self.by_code.verticalHeader().hide()
        self.by_code.verticalHeader().setSectionResizeMode(QHeaderView.ResizeToContents)
        tabs.addTab(self.by_code, "By Code")

    def sizeHint(self):
        return QSize(940, 560)

    def _columns(self) -> list[Column]:
        columns = [
            Column("Phrase", self._phrase, colour=self._colour,
                   tooltip=lambda p: f"{self._phrase(p)}\n{self._verdict(p)}"),
            Column("Docs", lambda p: str(self._documents(p)), self._documents, right=True,
                   header_tooltip="Documents that hold the phrase"),
            Column("Speaks for", self._speaks, colour=self._colour, tooltip=self._verdict,
                   header_tooltip="Codes whose documents hold the phrase more often than all "
                                  "others do: the whole 95 % interval of the ratio is above 1")]
        for number in self._shown_codes():
            def row(phrase, number=number):
                return self.counts.row(phrase, number)
            columns.append(Column(
                self.counts.codes[number], lambda p, row=row: _cell(row(p)),
                lambda p, row=row: row(p).documents, right=True,
                colour=lambda p, row=row: self._shade(_SPEAKS) if row(p).speaks else None,
                tooltip=lambda p, row=row: _explain(row(p)),
                header_tooltip=f"{self.counts.sizes[number]} documents"))
        if self.counts is not None and self.counts.size_without_code:
            columns.append(Column(NO_CODE, lambda p: str(int(self.counts.without_code[p])),
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
        return self.counts.verdict(phrase)

    def _speaks(self, phrase: int) -> str:
        codes = [row.code for row in self.counts.speaks_for(phrase)]
        return ", ".join(codes) if codes else "–"

    def _colour(self, phrase: int) -> str | None:
        shades = _COLOURS.get(self.counts.verdict(phrase))
        return shades and self._shade(shades)

    def _shade(self, shades: tuple[str, str]) -> str:
        return shades[self.palette().color(QPalette.Base).lightness() < 128]

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
                self.Warning.words(error)
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
            self.Warning.no_word(", ".join(f"«{phrase}»" for phrase in bad))
        return good

    def on_done(self, counts: KeywordCounts):
        self.counts = counts
        self.Warning.one_code(shown=len(counts.codes) < 2)
        if counts.size_without_code:
            self.Warning.without_code(counts.size_without_code, len(counts.found))
        self._finish()

    def on_exception(self, ex: Exception):
        if not isinstance(ex, Ended):
            self.Error.failed(reason(ex))
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
        self.view.resizeColumnsToContents()
        self._fit()
        self._show_by_code()
        self.summary.setText(self._sentence())

    def _fit(self):
        """Phrases take the room that the counts leave."""
        header = self.view.horizontalHeader()
        room = self.view.viewport().width() - header.length() + header.sectionSize(0)
        header.resizeSection(0, max(150, min(300, room)))

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
                or ["No keywords found"]
            for at, text in enumerate(texts):
                self.by_code.setItem(at, column, QTableWidgetItem(text))
            size = int(self.counts.sizes[self.counts.codes.index(code.code)])
            for back, text in ((2, f"Any keyword: {code.any_of_them} of {size} declarations"),
                               (1, f"Sum of counts («Всего»): {code.sum_of_counts}")):
                last = QTableWidgetItem(text)
                font = last.font()
                font.setBold(True)
                last.setFont(font)
                self.by_code.setItem(self.by_code.rowCount() - back, column, last)
        # a few codes share the room, many keep their width and scroll
        self.by_code.horizontalHeader().setSectionResizeMode(
            QHeaderView.Stretch if len(shown) <= 4 else QHeaderView.ResizeToContents)

    def _sentence(self) -> str:
        if self.counts is None:
            return "No declarations counted."
        verdicts = [self.counts.verdict(number) for number in range(len(self.counts.phrases))]
        held, total = sum(map(bool, self.counts.found)), len(self.counts.found)
        said = [f"{verdicts.count(kind)} {words}" for kind, words in _IN_WORDS.items()
                if kind in verdicts]
        text = (f"{held} of {total} declarations hold one of {len(verdicts)} phrases. "
                f"Phrases: {', '.join(said)}.")
        if len(self.counts.codes) > MOST_COLUMNS:
            text += f" The {MOST_COLUMNS} codes with most of them are shown."
        return text

    def send_report(self):
        if self.counts is None:
            return
        column = self.code_combo.variable
        self.report_items("Counted", (
            ("Codes", f"{column.name if column else ''}, {dict(LEVELS)[self.level]}"),
            ("Words between", str(self.gap)),
            ("Words match", "their families, in any order" if self.families
             else "their inflections, in order"),
            ("Result", self.summary.text())))
        self.report_table("Phrases", report_rows(self.model), header_rows=1)
        rows = [[self.by_code.horizontalHeaderItem(c).text()
                 for c in range(self.by_code.columnCount())]]
        for at in range(self.by_code.rowCount()):
            items = [self.by_code.item(at, c) for c in range(self.by_code.columnCount())]
            rows.append([item.text() if item else "" for item in items])
        self.report_table("By Code", rows, header_rows=1)


def _cell(row: KeywordRow) -> str:
    return f"{row.documents} · ×{row.ratio:.1f}" if row.documents else "–"


def _explain(row: KeywordRow) -> str:
    if not row.documents:
        return "In no document of this code"
    return (f"{row.documents} documents ({row.share:.1%} of this code), {row.occurrences} places\n"
            f"Likelihood ratio {row.ratio:.2f}, 95 %: {row.low:.2f}–{row.high:.2f}\n"
            f"Of the documents with the phrase {row.precision:.0%} have this code, 95 %: "
            f"{row.precision_low:.0%}–{row.precision_high:.0%}\nG² = {row.g2:.1f}")


if __name__ == "__main__":  # pragma: no cover
    WidgetPreview(OWKeywordFrequencies).run(Corpus.from_file("deerwester"))
