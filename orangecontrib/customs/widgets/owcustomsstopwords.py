"""Customs Stop-word Filter: stop-words that know the tariff, frozen for the models behind it."""
from __future__ import annotations

import threading
from dataclasses import dataclass
from types import SimpleNamespace

from AnyQt.QtCore import QSize
from AnyQt.QtWidgets import QTabWidget
from Orange.data import Table
from Orange.widgets import gui
from Orange.widgets.settings import Setting
from Orange.widgets.utils.concurrent import TaskState
from Orange.widgets.utils.widgetpreview import WidgetPreview
from Orange.widgets.widget import Input, Output
from orangecontrib.text import Corpus

from orangecontrib.customs.declarations.lemmas.table import FamilyNormalizer, LemmaNormalizer
from orangecontrib.customs.i18n import Joined, Message, say
from orangecontrib.customs.textmining.stopwords import (
    AuditRow,
    Lexicon,
    WordRow,
    bundled_designations,
    codes_in,
    explain,
    tautology_audit,
)
from orangecontrib.customs.textmining.stopwords.sources import leading_code
from orangecontrib.customs.textmining.stopwords.table import (
    CustomsStopwordFilter,
    Material,
    Options,
    designations_of,
    gather,
    latin_share,
    words_of,
    words_table,
)
from orangecontrib.customs.widgets.utils.common.base import (
    CustomsWidget,
    Ended,
    clear,
    progress_of,
    reason,
)
from orangecontrib.customs.widgets.utils.common.goodslist import report_rows
from orangecontrib.customs.widgets.utils.common.wording import Said, room, worded, worded_tabs
from orangecontrib.customs.widgets.utils.text.auditpage import AuditPage, audit_texts
from orangecontrib.customs.widgets.utils.text.corpora import (
    CorpusWarning,
    warn_of_answers,
    warn_of_text,
)
from orangecontrib.customs.widgets.utils.text.stopwordcontrols import (
    ALL_CODES,
    AS_THEY_COME,
    BY_CLASS,
    BY_HAND_CODES,
    CODE_CHOICES,
    LEMMAS,
    NORMALISE_CHOICES,
    StopwordControls,
)
from orangecontrib.customs.widgets.utils.text.wordspage import WordsPage

#: Width in pixels below which the audit shows fewer columns.
NARROW = 940
#: Both alphabets in more than this share of the words: a stemmer serves only one of them.
MIXED = .25
#: More than this share of the documents without a word is worth a warning.
MANY = .1

words = room("owcustomsstopwords")


@dataclass
class Learnt:
    """What a run over new data gives; without `corpus` only the tables were made."""

    material: Material
    lexicon: Lexicon
    rows: list[WordRow]
    corpus: Corpus
    stop_words: Table
    kept_words: Table
    empty: int


@dataclass
class Audited:
    """What an audit gives; `complete` is False after Cancel."""

    rows: list[AuditRow]
    complete: bool


def run(request: SimpleNamespace, state: TaskState) -> Learnt:
    """Prepare the corpus where that is not done yet, learn, filter, and make the tables."""
    progress = progress_of(state)
    material, lexicon = request.material, request.locked
    if material is None:
        state.set_status(say(words("preparing")))
        material = gather(request.corpus, request.designations, request.words,
                          None if lexicon is None else lexicon.upstream,
                          lambda share, *_: progress(.7 * share), request.normalisers,
                          request.meant)
    state.set_status(say(words("filtering")))
    if lexicon is None:
        options = request.options(material)
        lexicon = material.learn(options)
        rows = explain(lexicon, material.counts, material.choice(options))
    else:
        rows = explain(lexicon, material.counts)
    progress(.75)
    corpus = CustomsStopwordFilter(lexicon)(
        material.prepared.corpus, lambda share, *_: progress(.75 + .2 * share))
    corpus.name = request.corpus.name
    stop_words = words_table([r for r in rows if not r.keep], material.counts, "Stop Words",
                             forms=material.forms)
    kept_words = words_table([r for r in rows if r.keep], material.counts, "Kept Words",
                             reasons=False, forms=material.forms)
    return Learnt(material, lexicon, rows, corpus, stop_words, kept_words,
                  sum(not len(tokens) for tokens in corpus.tokens))


def run_audit(material: Material, options: Options, stop: threading.Event,
              state: TaskState) -> Audited:
    """The tautology audit; a set `stop` ends it with the rows so far."""
    state.set_status(say(words("auditing")))

    def progress(share: float) -> bool:
        state.set_progress_value(100 * share)
        return not stop.is_set() and not state.is_interruption_requested()

    tokens, tariff = material.audited(options)
    rows = tautology_audit(tokens, material.labels, tariff, progress=progress)
    return Audited(rows, len(rows) == 1 + 2 * len(tariff))


class OWCustomsStopwords(StopwordControls, CustomsWidget):
    name = "Customs Stop-word Filter"
    description = "Drop words that only repeat the tariff, and freeze what was learnt."
    icon = "icons/CustomsStopwords.svg"
    priority = 70
    keywords = "customs stop-word filter, stopwords, стоп-слова, tariff, ТН ВЭД, vocabulary, " \
               "lexicon, tautology, таможня, словарь, слова тарифа"

    graph_name = "mainArea"  # Save Image

    class Inputs:
        corpus = Input("Corpus", Corpus, default=True, doc="Declarations, best preprocessed")
        words = Input("Words", Table, doc="The user's own stop-words, as Word List sends them")
        nomenclature = Input("Nomenclature", Table, doc="Codes and their designations")

    class Outputs:
        corpus = Output("Corpus", Corpus, default=True, dynamic=False,
                        doc="The corpus without stop-words; the filter replays on new texts")
        stop_words = Output("Stop Words", Table, dynamic=False,
                            doc="What was dropped, how frequent it is per class, and why")
        kept_words = Output("Kept Words", Table, dynamic=False, doc="The vocabulary that is left")

    class Error(CustomsWidget.Error):
        failed = Said(words("failed"))
        audit = Said(words("audit"))
        no_lemmas = Said(words("no_lemmas"))
        locked_lemmas = Said(words("locked_lemmas"))

    class Warning(CorpusWarning):
        not_normalised = Said(words("not_normalised"))
        no_tokens = Said(words("no_tokens"))
        no_tokens_at_all = Said(words("no_tokens_at_all"))
        one_class = Said(words("one_class"))
        class_codes = Said(words("class_codes"))
        codes_refused = Said(words("codes_refused"))
        codes_unknown = Said(words("codes_unknown"))
        nomenclature = Said(words("nomenclature"))
        mixed = Said(words("mixed"))
        unknown_upstream = Said(words("unknown_upstream"))
        bad_lock = Said(words("bad_lock"))
        words = Said(words("words"))  # the last: from here on it is another thing

    class Information(CustomsWidget.Information):
        tokenised = Said(words("tokenised"))
        frozen = Said(words("frozen"))
        no_tokens = Said(words("no_tokens"))
        cancelled = Said(words("cancelled"))
        stopped = Said(words("stopped"))

    settings_version = 2

    auto_apply: bool = Setting(True)
    # what is kept is the workflow's own: never the choice of another one
    normalise: str = Setting(AS_THEY_COME, schema_only=True)
    families: bool = Setting(False, schema_only=True)
    use_tariff: bool = Setting(True, schema_only=True)
    level: int = Setting(4, schema_only=True)
    codes_from: str = Setting(BY_CLASS, schema_only=True)
    codes_text: str = Setting("", schema_only=True)
    use_functions: bool = Setting(True, schema_only=True)
    use_boilerplate: bool = Setting(True, schema_only=True)
    #: Function words and units take no other word of their stem along; no control.
    only_meant: bool = Setting(True, schema_only=True)
    use_words: bool = Setting(True, schema_only=True)
    use_numbers: bool = Setting(True, schema_only=True)
    use_units: bool = Setting(True, schema_only=True)
    use_latin: bool = Setting(False, schema_only=True)
    use_letters: bool = Setting(True, schema_only=True)
    use_window: bool = Setting(False, schema_only=True)
    min_df: float = Setting(.05, schema_only=True)
    max_df: float = Setting(.3, schema_only=True)
    use_limit: bool = Setting(False, schema_only=True)
    max_words: int = Setting(30, schema_only=True)
    protected_text: str = Setting("", schema_only=True)
    by_hand: dict = Setting({}, schema_only=True)
    locked: bool = Setting(False, schema_only=True)
    #: The locked lexicon as literals; empty while nothing is locked.
    stored_lexicon: dict = Setting({}, schema_only=True)

    def __init__(self):
        super().__init__()
        self.corpus: Corpus | None = None
        self.words_table: Table | None = None
        self.nomenclature: Table | None = None
        self.designations: list[tuple[str, str]] = []
        self.words: list[str] = []
        self.material: Material | None = None
        self.lexicon: Lexicon | None = None
        self.rows: list[WordRow] = []
        self.audit_rows: list[AuditRow] = []
        self._auditing = False
        self._set_up_controls()
        self._set_up_main()
        self._enable()
        self._say_state()

    # -- window

    def _set_up_main(self):
        self.tabs = QTabWidget()
        self.mainArea.layout().addWidget(self.tabs)
        self.words_page, self.audit_page = WordsPage(), AuditPage()
        self.words_page.decided.connect(self.decide)
        self.words_page.filtered.connect(self._show_rows)
        self.audit_page.pressed.connect(self._on_audit)
        pages = (self.words_page, self.audit_page)
        for page in pages:
            self.tabs.addTab(page, "")
        worded_tabs(self.tabs, [page.title for page in pages])

    def sizeHint(self):
        return QSize(900, 506)  # a screen of 1366 × 768 shows no more at first

    def resizeEvent(self, event):
        super().resizeEvent(event)
        self.audit_page.set_narrow(self.width() < NARROW)

    # -- input

    @Inputs.corpus
    def set_corpus(self, corpus: Corpus | None):
        self.corpus = corpus
        self._enable()
        warn_of_text(self.Warning, corpus)
        warn_of_answers(self.Warning, corpus)

    @Inputs.words
    def set_words(self, table: Table | None):
        self.words_table = table

    @Inputs.nomenclature
    def set_nomenclature(self, table: Table | None):
        self.nomenclature = table

    def handleNewSignals(self):
        self.Warning.words.clear()
        self.Warning.nomenclature.clear()
        self.words = []
        if self.words_table is not None:
            try:
                self.words = words_of(self.words_table)
            except ValueError as error:
                self.Warning.words(reason=reason(error))
        if self.nomenclature is None:
            self.designations = bundled_designations()
            text = words("bundled")
        else:
            try:
                self.designations = designations_of(self.nomenclature)
                text = words("from_input", n=len(self.designations))
            except ValueError as error:
                self.designations = []
                self.Warning.nomenclature(reason=reason(error))
                text = words("unusable")
        worded(self.nomenclature_label, text=text)
        self._restart()

    def _restart(self):
        """Learn from scratch: new data, or the lock was opened."""
        self.cancel()
        self._set_auditing(False)
        self.material = self.lexicon = None
        self.rows = []
        self._show_audit([])
        self.commit.now()

    # -- changes by the user

    def _set(self, name: str, value):
        setattr(self, name, value)
        self._changed()

    def _on_normalise(self):
        if self.normalise_combo.currentData() != self.normalise:
            self.normalise = self.normalise_combo.currentData()
            self._other_words()

    def _on_families(self, on: bool):
        self.families = on
        self._other_words()

    def _other_words(self):
        """Other words stand among the tokens: what was learnt of the old ones is void."""
        self.material = None
        self.rows = []
        self._show_rows()
        self._show_audit([])
        self._enable_audit()
        self.commit.deferred()

    def _on_level(self):
        self._set("level", self.level_combo.currentData())

    def _on_codes_from(self):
        self._set("codes_from", self.codes_combo.currentData())

    def _on_codes(self):
        if self.codes_edit.text() != self.codes_text:
            self._set("codes_text", self.codes_edit.text())

    def _on_protected(self):
        if self.protected_edit.text() != self.protected_text:
            self._set("protected_text", self.protected_edit.text())

    def _on_lock(self, on: bool):
        self.locked = on
        self.stored_lexicon = self.lexicon.as_literal() if on and self.lexicon else {}
        self._enable()
        if on:
            self._say_state()
        else:
            self._restart()

    def decide(self, some: list[str], keep: bool | None):
        """Keep (True) or drop (False) some words by hand, or let the sources decide (None)."""
        if self.locked or not some:
            return
        decisions = {**self.by_hand, **dict.fromkeys(some, keep)}
        self.by_hand = {word: to for word, to in decisions.items() if to is not None}
        self._changed()

    def _changed(self):
        """Show at once what a change does; send it when the user wants."""
        self._enable()
        if self.material is not None and not self.locked:
            options = self.options(self.material)
            self.lexicon = self.material.learn(options)
            self.rows = explain(self.lexicon, self.material.counts,
                                self.material.choice(options))
            self._show_rows()
            self._say_codes()
        self.commit.deferred()

    def options(self, material: Material) -> Options:
        """The settings for the library."""
        if self.codes_from == ALL_CODES:
            codes = None
        elif self.codes_from == BY_HAND_CODES:
            codes = tuple(codes_in(self.codes_text)[0])
        else:
            codes = tuple(filter(None, map(leading_code, material.counts.classes)))
        patterns = (("numbers", self.use_numbers), ("units", self.use_units),
                    ("latin", self.use_latin), ("letters", self.use_letters))
        return Options(
            self.level if self.use_tariff else None, codes, self.use_functions, self.use_words,
            tuple(name for name, on in patterns if on),
            (self.min_df, self.max_df) if self.use_window else None,
            self.max_words if self.use_limit else None,
            tuple(word.strip() for word in self.protected_text.split(",") if word.strip()),
            dict(self.by_hand), self.use_boilerplate)

    def _words_state(self) -> Message:
        """For the report: what was done to the words."""
        upstream = self._upstream_normaliser()
        said = words("upstream", name=upstream) if upstream else NORMALISE_CHOICES[self.normalise]
        return words("with_families", words=said) if self.families else said

    def _normalisers(self, locked: bool) -> list:
        """What is done to the words here; what can't be is said and left out."""
        steps = []
        if self.normalise == LEMMAS and not self._upstream_normaliser():
            try:
                steps.append(LemmaNormalizer())
            except ModuleNotFoundError as error:
                (self.Error.locked_lemmas if locked else self.Error.no_lemmas)(
                    reason=reason(error))
        return steps + [FamilyNormalizer()] if self.families else steps

    # -- work

    @gui.deferred
    def commit(self):
        self.cancel()
        self._set_auditing(False)
        clear(self.Error, self.Information, self.Warning.not_normalised, self.Warning.no_tokens,
              self.Warning.no_tokens_at_all, self.Warning.one_class, self.Warning.class_codes,
              self.Warning.codes_refused, self.Warning.codes_unknown, self.Warning.mixed,
              self.Warning.unknown_upstream, self.Warning.bad_lock)
        if self.corpus is None:
            self._nothing()
            return
        locked = None
        if self.locked and self.stored_lexicon:
            try:
                locked = Lexicon.from_literal(self.stored_lexicon)
            except ValueError as error:
                self.Warning.bad_lock(reason=reason(error))
        normalisers = self._normalisers(locked is not None)
        if self.Error.locked_lemmas.is_shown():   # the lexicon would judge other words
            self._nothing()
            return
        self.start(run, SimpleNamespace(
            corpus=self.corpus, designations=self.designations, words=self.words,
            material=self.material, locked=locked, options=self.options,
            normalisers=normalisers, meant=self.only_meant))

    def on_done(self, result):
        if isinstance(result, Audited):
            self._set_auditing(False)
            self.Information.cancelled(shown=not result.complete)
            self._show_audit(result.rows)
            return
        self.material, self.lexicon, self.rows = result.material, result.lexicon, result.rows
        if self.locked:  # also when the lock was set before there was anything to lock
            self.stored_lexicon = result.lexicon.as_literal()
        self._say(result)
        self._enable_audit()
        self._show_rows()
        self.Outputs.corpus.send(result.corpus)
        self.Outputs.stop_words.send(result.stop_words)
        self.Outputs.kept_words.send(result.kept_words)

    def on_exception(self, ex: Exception):
        auditing = self._auditing
        self._set_auditing(False)
        if isinstance(ex, Ended):
            return
        if auditing:
            self.Error.audit(reason=reason(ex))
        else:
            self.Error.failed(reason=reason(ex))
            self._nothing()

    def _cancel(self):
        """End the filtering; an audit has a button of its own, which keeps its rows."""
        if self._auditing:
            self._on_audit()
            return
        self.cancel()
        self._nothing()
        self.Information.stopped()

    def _nothing(self):
        self.material = None
        if not self.locked:
            self.lexicon = None
        self.rows = []
        self._show_rows()
        self._enable_audit()
        for output in (self.Outputs.corpus, self.Outputs.stop_words, self.Outputs.kept_words):
            output.send(None)

    def _say(self, result: Learnt):
        """Messages about a run."""
        prepared, counts = result.material.prepared, result.material.counts
        self.Information.tokenised(shown=prepared.tokenised)
        if prepared.upstream:
            self.Information.frozen(names=Joined(tuple(
                words("frozen_one", name=name, n=len(left)) for name, left in prepared.upstream)))
        if prepared.unknown_upstream:
            self.Warning.unknown_upstream(names=", ".join(prepared.unknown_upstream))
        self.Warning.not_normalised(shown=not prepared.normalised)
        total = len(result.corpus)
        self.Warning.no_tokens_at_all(shown=result.empty == total)
        if 0 < result.empty < total:
            group = self.Warning if result.empty > MANY * total else self.Information
            group.no_tokens(n=result.empty, total=total)
        self.Warning.one_class(
            shown=result.corpus.domain.class_var is not None and len(counts.classes) < 2)
        latin = latin_share(counts)
        if MIXED < latin < 1 - MIXED:
            self.Warning.mixed(latin=latin)
        self._say_codes()

    def _say_codes(self):
        """Which of the chosen codes can't be served."""
        clear(self.Warning.class_codes, self.Warning.codes_refused, self.Warning.codes_unknown)
        if not self.use_tariff or self.locked or self.material is None \
                or not self.material.designations:
            return
        codes = self.options(self.material).codes
        if codes is None:
            return
        if self.codes_from == BY_HAND_CODES:
            refused = codes_in(self.codes_text)[1]
            if refused:
                self.Warning.codes_refused(codes=", ".join(refused))
        elif not codes:
            self.Warning.class_codes()
        lines = {code[:4] for code, _ in self.material.designations}
        unknown = sorted({code for code in codes
                          if not any(line.startswith(code[:4]) for line in lines)})
        if unknown:
            more = f", … ({len(unknown)})" if len(unknown) > 5 else ""
            self.Warning.codes_unknown(codes=", ".join(unknown[:5]) + more)

    # -- audit

    def _on_audit(self):
        if self._auditing:
            self.ending.set()
            return
        self.Error.audit.clear()
        self.Information.cancelled.clear()
        self._set_auditing(True)
        self.begin(run_audit, self.material, self.options(self.material))

    def _set_auditing(self, on: bool):
        self._auditing = on
        self.audit_page.set_running(on)

    def _show_audit(self, rows: list[AuditRow]):
        self.audit_rows = rows
        self.audit_page.show_rows(rows)

    # -- show

    def _show_rows(self):
        self.words_page.show_words(self.rows, self.material, self.by_hand)
        self._say_state()

    def _say_state(self):
        lexicon = self.lexicon
        if self.locked and self.stored_lexicon:
            said = words("locked", n=self.stored_lexicon.get("documents", "?"))
        elif self.locked:
            said = words("to_be_locked")
        else:
            said = words("not_learnt") if lexicon is None else words("learnt", n=lexicon.documents)
        if self.rows:
            said = words("state", learnt=said, kept=sum(row.keep for row in self.rows),
                         total=len(self.rows))
        worded(self.words_page.state_label, text=said)

    def on_language(self):
        """Another language is spoken: what the audit says is said again."""
        self.audit_page.show_rows(self.audit_rows)

    @classmethod
    def migrate_settings(cls, settings, version):
        """Workflows of version 1 knew no boilerplate and whole stems: they go on so."""
        if not version or version < 2:
            settings.setdefault("use_boilerplate", False)
            settings.setdefault("only_meant", False)

    def send_report(self):
        if self.corpus is None:
            return
        by_hand = Joined(tuple(words("word_kept" if keep else "word_dropped", word=word)
                               for word, keep in self.by_hand.items()))
        self.report_items(say(words("report")), [(say(name), say(value)) for name, value in (
            (words("report_state"), self.words_page.state_label.text()),
            (words("report_words"), self._words_state()),
            (words("report_boilerplate"), words("dropped" if self.use_boilerplate else "kept")),
            (words("report_tariff"),
             words("report_level", n=self.level, codes=CODE_CHOICES[self.codes_from])
             if self.use_tariff else words("no")),
            (words("report_documents"), f"{self.min_df:g}–{self.max_df:g}"
             if self.use_window else words("any")),
            (words("report_vocabulary"), str(self.max_words) if self.use_limit else words("any")),
            (words("report_protected"), self.protected_text or words("none")),
            (words("report_hand"), by_hand if self.by_hand else words("none")))])
        if self.rows:
            self.report_table(say(self.words_page.title), report_rows(self.words_page.model),
                              header_rows=1)
        if self.audit_rows:
            self.report_table(say(self.audit_page.title), [
                list(map(say, AuditPage.HEADERS)), *map(audit_texts, self.audit_rows)],
                header_rows=1)


if __name__ == "__main__":  # pragma: no cover
    WidgetPreview(OWCustomsStopwords).run(Corpus.from_file("deerwester"))
