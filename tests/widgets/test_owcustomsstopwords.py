"""Customs Stop-word Filter: corpus in, corpus out, what was learnt kept in the workflow."""
import ast
from unittest.mock import patch

import numpy as np
from AnyQt.QtCore import Qt
from AnyQt.QtTest import QTest
from AnyQt.QtWidgets import QLabel
from Orange.data import ContinuousVariable, DiscreteVariable, Domain, StringVariable, Table
from Orange.widgets.tests.base import WidgetTest
from orangecontrib.text import Corpus
from orangecontrib.text.preprocess import (
    FrequencyFilter,
    LowercaseTransformer,
    PreprocessorList,
    RegexpTokenizer,
    SnowballStemmer,
)

from orangecontrib.customs.declarations.lemmas import table as lemmas_table
from orangecontrib.customs.widgets import owcustomsstopwords
from orangecontrib.customs.widgets.owcustomsstopwords import OWCustomsStopwords

TEXTS = [
    ("Источник питания для компьютера, 220В, 5 шт", "8504"),
    ("Преобразователь напряжения, не более 500 Вт", "8504"),
    ("Преобразователь сварочный инверторный Fubag", "8504"),
    ("Устройство для защиты электрических цепей", "8536"),
    ("Реле защиты двигателя без кабеля", "8536"),
    ("Сетевой фильтр с выключателем для защиты", "8536"),
    ("Регулятор напряжения автоматический", "9032"),
    ("Контроллер температуры котла", "9032"),
    ("Блок автоматического регулирования", "9032"),
]


def corpus_of(rows=TEXTS, normalised=True, classes=None):
    values = tuple(sorted({code for _, code in rows})) if classes is None else classes
    text = StringVariable("description")
    corpus = Corpus.from_numpy(
        Domain([], DiscreteVariable("HS code", values=values), [text]),
        np.empty((len(rows), 0)), np.array([values.index(code) for _, code in rows], dtype=float),
        np.array([[t] for t, _ in rows], dtype=object).reshape(len(rows), 1),
        text_features=[text], language="ru")
    corpus.name = "declarations"
    if normalised:
        corpus = PreprocessorList([LowercaseTransformer(), RegexpTokenizer(),
                                   SnowballStemmer("ru")])(corpus)
    return corpus


def steps_of(corpus):
    return [str(step) for step in corpus.used_preprocessor.preprocessors]


def strings(**columns):
    return Table.from_list(Domain([], metas=[StringVariable(name) for name in columns]),
                           [list(row) for row in zip(*columns.values())])


class TestOWCustomsStopwords(WidgetTest):
    def setUp(self):
        self.widget = self.create_widget(OWCustomsStopwords)

    def feed(self, corpus, widget=None, **signals):
        widget = widget or self.widget
        pairs = [(widget.Inputs.corpus, corpus)]
        pairs += [(getattr(widget.Inputs, name), data) for name, data in signals.items()]
        self.send_signals(pairs, widget=widget)
        return self.out("corpus", widget)

    def out(self, name="corpus", widget=None):
        widget = widget or self.widget
        self.wait_until_finished(widget=widget)
        return self.get_output(getattr(widget.Outputs, name), widget=widget)

    def tokens(self, widget=None):
        return {token for tokens in self.out(widget=widget).tokens for token in tokens}

    def stops(self):
        table = self.out("stop_words")
        return {str(row["Words"]): (str(row["source"]), str(row["code"])) for row in table}

    def tick(self, word, keep):
        model = self.widget.words_page.model
        row = next(r for r in range(model.rowCount()) if model.row_at(
            model.index(r, 0)).word == word)
        model.setData(model.index(row, 0), Qt.Checked if keep else Qt.Unchecked,
                      Qt.CheckStateRole)

    def test_columns_that_give_the_code_away_and_ids_read_as_text_are_named(self):
        data = corpus_of(TEXTS * 5)
        codes = data.domain.class_var.values
        leak, id_ = DiscreteVariable("heading", codes), StringVariable("good_id")
        wrong = data.transform(Domain([leak], data.domain.class_var, [id_, *data.domain.metas]))
        with wrong.unlocked():
            wrong.X[:, 0] = data.Y
            wrong.metas[:, 0] = [f"G-{i}" for i in range(len(wrong))]
        wrong.set_text_features([id_])
        out = self.feed(wrong)
        self.assertIn("“heading”", str(self.widget.Warning.leaks))
        self.assertIn("“good_id”", str(self.widget.Warning.misread))
        self.assertEqual([v.name for v in out.text_features], ["description"])
        self.assertTrue(any(map(len, out.tokens)))
        self.feed(data)
        self.assertFalse(self.widget.Warning.leaks.is_shown())
        self.assertFalse(self.widget.Warning.misread.is_shown())

    def test_corpus_stop_words_and_kept_words(self):
        corpus = corpus_of()
        out = self.feed(corpus)
        self.assertIsInstance(out, Corpus)
        self.assertEqual(out.name, "declarations")
        self.assertEqual(list(out.ids), list(corpus.ids))
        stops = self.stops()
        self.assertEqual(stops["преобразовател"], ("tariff", "8504"))
        self.assertEqual(stops["для"][0], "function word")
        self.assertEqual(stops["220в"][0], "unit")
        self.assertNotIn("не", stops)
        kept = self.out("kept_words")
        self.assertEqual({str(row["Words"]) for row in kept}, self.tokens())
        self.assertEqual(kept.domain["Words"].attributes["type"], "words")
        self.assertFalse(set(stops) & self.tokens())

    def test_removal_clears(self):
        self.feed(corpus_of())
        self.assertIsNone(self.feed(None))
        self.assertIsNone(self.out("stop_words"))
        self.assertIsNone(self.out("kept_words"))
        self.assertEqual(self.widget.words_page.model.rowCount(), 0)

    def test_several_inputs_cost_one_run(self):
        with patch.object(owcustomsstopwords, "gather",
                          wraps=owcustomsstopwords.gather) as gather:
            self.feed(corpus_of(), words=strings(Words=["питание"]))
            self.wait_until_finished()
            self.assertEqual(gather.call_count, 1)

    def test_words_input(self):
        self.feed(corpus_of(), words=strings(Words=["Питания", "реле"]))
        self.assertEqual(self.stops()["питан"][0], "list")
        self.widget.controls_inside.findChildren(type(self.widget.lock_check))
        self.widget._set("use_words", False)
        self.assertNotIn("питан", self.stops())

    def test_words_without_text_column(self):
        numbers = Table.from_list(Domain([ContinuousVariable("x")]), [[1]])
        self.assertIsNotNone(self.feed(corpus_of(), words=numbers))
        self.assertTrue(self.widget.Warning.words.is_shown())
        self.feed(corpus_of(), words=None)
        self.assertFalse(self.widget.Warning.words.is_shown())

    def test_nomenclature_input(self):
        self.feed(corpus_of(), nomenclature=strings(code=["8504", "6403"],
                                                    text=["питание сварочное", "двигатель"]))
        stops = self.stops()
        self.assertEqual(stops["питан"], ("tariff", "8504"))
        self.assertNotIn("преобразовател", stops)
        self.assertNotIn("двигател", stops, "not a class of this corpus")
        self.assertTrue(self.widget.Warning.codes_unknown.is_shown())

    def test_nomenclature_without_usable_column(self):
        self.assertIsNotNone(self.feed(corpus_of(), nomenclature=strings(a=["обувь"])))
        self.assertTrue(self.widget.Warning.nomenclature.is_shown())
        self.assertFalse([s for s, _ in self.stops().values() if "tariff" in s])

    def test_codes_by_hand_and_all(self):
        self.feed(corpus_of())
        self.widget._set("codes_from", "hand")
        self.widget._set("codes_text", "9032, foo")
        stops = self.stops()
        self.assertNotIn("преобразовател", stops)
        self.assertEqual(stops["регулирован"], ("tariff", "9032"))
        self.assertTrue(self.widget.Warning.codes_refused.is_shown())
        self.widget._set("codes_from", "all")
        self.assertIn("преобразовател", self.stops())
        self.assertFalse(self.widget.Warning.codes_refused.is_shown())

    def test_level(self):
        self.feed(corpus_of())
        before = set(self.stops())
        self.widget._set("level", 10)
        self.assertGreater(set(self.stops()), before)
        self.assertNotIn("инверторн", before)
        self.widget._set("use_tariff", False)
        self.assertNotIn("преобразовател", self.stops())

    def test_class_values_that_are_no_codes(self):
        rows = [(text, "one" if code == "8504" else "two") for text, code in TEXTS]
        self.assertIsNotNone(self.feed(corpus_of(rows)))
        self.assertTrue(self.widget.Warning.class_codes.is_shown())

    def test_preview_follows_without_commit(self):
        self.feed(corpus_of())
        self.widget.controls.auto_apply.setChecked(False)
        sent = self.out()
        self.widget._set("use_latin", True)
        row = next(r for r in self.widget.rows if r.word == "fubag")
        self.assertEqual((row.keep, row.source), (False, "Latin"))
        self.assertIs(self.out(), sent)

    def test_by_hand_stays_in_the_workflow(self):
        self.feed(corpus_of())
        self.tick("преобразовател", True)
        self.tick("двигател", False)
        self.assertIn("преобразовател", self.tokens())
        self.assertNotIn("двигател", self.tokens())
        self.assertEqual(self.stops()["двигател"][0], "by hand")
        stored = self.widget.settingsHandler.pack_data(self.widget)
        self.assertEqual(ast.literal_eval(repr(stored)), stored)
        again = self.create_widget(OWCustomsStopwords, stored_settings=stored)
        self.feed(corpus_of(), again)
        self.assertIn("преобразовател", self.tokens(again))
        self.assertNotIn("двигател", self.tokens(again))

    def test_buttons_and_space(self):
        self.feed(corpus_of())
        self.widget.words_page.filter_edit.setText("двигател")
        self.widget.words_page.view.selectRow(0)
        self.widget.words_page.drop_button.click()
        self.assertEqual(self.widget.by_hand, {"двигател": False})
        self.wait_until_finished()
        self.assertEqual(self.widget.words_page.selected(), ["двигател"], "the selection stays")
        self.widget.words_page.forget_button.click()
        self.assertEqual(self.widget.by_hand, {})
        self.widget.words_page.view.setCurrentIndex(self.widget.words_page.model.index(0, 0))
        QTest.keyClick(self.widget.words_page.view, Qt.Key_Space)
        self.assertEqual(self.widget.by_hand, {"двигател": False})
        self.widget.words_page.filter_edit.clear()
        self.widget.words_page.show_combo.setCurrentText("By hand")
        self.widget._show_rows()
        self.assertEqual(self.widget.words_page.model.rowCount(), 1)

    def test_unlocked_learns_anew_and_locked_does_not(self):
        self.widget._set("use_limit", True)
        self.widget._set("max_words", 3)
        self.feed(corpus_of())
        learnt = self.tokens()
        other = corpus_of([("вагон грузовой колёсный", "8504"), ("двигатель вагон", "8536")])
        self.feed(other)
        self.assertIn("вагон", self.tokens())
        self.assertIn("2 documents", self.widget.words_page.state_label.text())

        self.feed(corpus_of())
        self.widget.lock_check.setChecked(True)
        self.assertIn("Locked: learnt from 9 documents", self.widget.words_page.state_label.text())
        self.feed(other)
        self.assertLessEqual(self.tokens(), learnt)
        stored = self.widget.settingsHandler.pack_data(self.widget)
        self.assertEqual(ast.literal_eval(repr(stored)), stored)

        again = self.create_widget(OWCustomsStopwords, stored_settings=stored)
        self.assertIn("Locked", again.words_page.state_label.text())
        self.feed(corpus_of(), again)
        self.assertEqual(self.tokens(again), learnt)

        self.feed(other)
        self.widget.lock_check.setChecked(False)
        self.assertIn("вагон", self.tokens())
        self.assertEqual(self.widget.stored_lexicon, {})

    def test_locked_takes_no_decisions(self):
        self.feed(corpus_of())
        self.widget.lock_check.setChecked(True)
        self.tick("двигател", False)
        self.assertEqual(self.widget.by_hand, {})
        self.assertFalse(self.widget.words_page.keep_button.isEnabled())

    def test_lock_before_data(self):
        self.widget.lock_check.setChecked(True)
        self.feed(corpus_of())
        self.assertEqual(self.widget.stored_lexicon["documents"], 9)

    def test_damaged_lock(self):
        widget = self.create_widget(OWCustomsStopwords, stored_settings={
            "locked": True, "stored_lexicon": {"dropped": 3}})
        self.assertIsNotNone(self.feed(corpus_of(), widget))
        self.assertTrue(widget.Warning.bad_lock.is_shown())

    def test_upstream_filter_is_frozen_and_said_so(self):
        corpus = FrequencyFilter(2, 1.)(corpus_of())
        self.feed(corpus)
        self.assertTrue(self.widget.Information.frozen.is_shown())
        self.assertIn("Document frequency", str(self.widget.Information.frozen))
        self.widget.lock_check.setChecked(True)
        learnt = self.tokens()
        self.feed(FrequencyFilter(1, 1.)(corpus_of(TEXTS[:1])))
        self.assertLessEqual(self.tokens(), learnt)

    def test_untokenised(self):
        out = self.feed(corpus_of(normalised=False))
        self.assertTrue(self.widget.Information.tokenised.is_shown())
        self.assertTrue(self.widget.Warning.not_normalised.is_shown())
        self.assertEqual(str(out.used_preprocessor.preprocessors[-1]), "Customs stop-words")
        self.feed(corpus_of())
        self.assertFalse(self.widget.Information.tokenised.is_shown())
        self.assertFalse(self.widget.Warning.not_normalised.is_shown())

    def test_empty_corpus(self):
        self.assertIsNone(self.feed(corpus_of()[:0]))
        self.assertTrue(self.widget.Error.failed.is_shown())
        self.assertIsNotNone(self.feed(corpus_of()))
        self.assertFalse(self.widget.Error.failed.is_shown())

    def test_one_class(self):
        self.assertIsNotNone(self.feed(corpus_of([("лампа", "8504"), ("стол", "8504")])))
        self.assertTrue(self.widget.Warning.one_class.is_shown())
        self.assertFalse(self.widget.audit_page.button.isEnabled())

    def test_no_words_left(self):
        self.assertIsNotNone(self.feed(corpus_of([("для 40", "8504"), ("из шт", "8536")])))
        self.assertTrue(self.widget.Warning.no_tokens_at_all.is_shown())
        self.feed(corpus_of([("для 40", "8504"), ("лампа", "8536")]))
        self.assertFalse(self.widget.Warning.no_tokens_at_all.is_shown())
        self.assertTrue(self.widget.Warning.no_tokens.is_shown())

    def test_few_documents_without_a_word_are_told_and_many_warned_of(self):
        rows = [("лампа", "8504"), ("стол", "8536")] * 9 + [("для 40", "8504")]
        self.feed(corpus_of(rows))
        told = str(self.widget.Information.no_tokens)
        self.assertIn("1 of 19 documents", told)
        self.assertIn("shares of the codes", told)
        self.assertFalse(self.widget.Warning.no_tokens.is_shown())
        self.feed(corpus_of([*rows[:3], ("для 40", "8504")]))
        self.assertFalse(self.widget.Information.no_tokens.is_shown())
        self.assertTrue(self.widget.Warning.no_tokens.is_shown())

    def test_boilerplate_is_a_switch_of_its_own(self):
        rows = [(f"{text}, изготовитель ООО «Луч», арт. 7", code) for text, code in TEXTS]
        self.feed(corpus_of(rows))
        self.assertEqual(self.stops()["изготовител"][0], "boilerplate")
        self.widget._set("use_boilerplate", False)
        self.assertIn("изготовител", self.tokens())

    def test_workflows_from_before_the_boilerplate_go_on_without(self):
        make = lambda **stored: self.create_widget(  # noqa: E731
            OWCustomsStopwords, stored_settings=stored or None)
        self.assertTrue(make().use_boilerplate)
        self.assertFalse(make(level=6).use_boilerplate)
        self.assertFalse(make(level=6, __version__=1).use_boilerplate)
        self.assertTrue(make(level=6, __version__=2).use_boilerplate)
        self.assertTrue(make(level=6, use_boilerplate=True).use_boilerplate)

    def test_workflows_from_before_drop_every_word_of_a_listed_stem(self):
        rows = [*TEXTS, ("Комплектующие часов", "9032")]
        self.feed(corpus_of(rows))
        self.assertIn("комплект", self.tokens())
        old = self.create_widget(OWCustomsStopwords, stored_settings={"level": 4})
        self.feed(corpus_of(rows), old)
        self.assertNotIn("комплект", self.tokens(old))

    def test_no_setting_that_decides_is_taken_over_from_the_last_window(self):
        known = self.widget.settingsHandler.known_settings
        last_used = {name for name, setting in known.items() if not setting.schema_only}
        self.assertLessEqual(last_used, {"auto_apply", "savedWidgetGeometry",
                                         "controlAreaVisible"})

    def test_a_readable_form_stands_beside_each_stem(self):
        self.feed(corpus_of())
        for output in ("stop_words", "kept_words"):
            table = self.out(output)
            forms = dict(zip(table.get_column("Words"), table.get_column("form")))
            for stem, form in (("преобразовател", "преобразователь"), ("двигател", "двигателя")):
                if stem in forms:
                    self.assertEqual(forms[stem], form)
        self.widget.words_page.filter_edit.setText("преобразователь")
        self.assertEqual(self.widget.words_page.model.rowCount(), 1)
        self.assertEqual([self.widget.words_page.model.index(0, c).data() for c in (0, 1)],
                         ["преобразовател", "преобразователь"])

    def test_forms_survive_the_lock(self):
        self.feed(corpus_of())
        self.widget.lock_check.setChecked(True)
        again = self.create_widget(OWCustomsStopwords, stored_settings=self.widget.settingsHandler
                                   .pack_data(self.widget))
        self.feed(corpus_of(), again)
        table = self.out("stop_words", again)
        self.assertIn("преобразователь", list(table.get_column("form")))

    def test_the_window_says_what_a_tick_means(self):
        self.feed(corpus_of())
        labels = [label.text() for label in self.widget.findChildren(QLabel)]
        self.assertIn("✓ = the word stays", labels)
        tip = self.widget.words_page.model.headerData(0, Qt.Horizontal, Qt.ToolTipRole)
        self.assertIn("✓ = the word stays", tip)
        rows = {row.word: n for n, row in enumerate(self.widget.rows)}
        model = self.widget.words_page.model
        tips = {model.row_at(model.index(n, 0)).word: model.index(n, 0).data(Qt.ToolTipRole)
                for n in range(len(rows))}
        self.assertIn("преобразователь: dropped", tips["преобразовател"])
        self.assertIn("двигателя: stays", tips["двигател"])

    def test_the_window_opens_whole_on_a_small_screen(self):
        size = self.widget.sizeHint()
        self.assertLessEqual(size.width(), 909)
        self.assertLessEqual(size.height(), 511)

    def test_lemmas_and_families_are_done_here_and_replayed(self):
        plain = corpus_of(normalised=False)
        self.feed(plain)
        self.widget.normalise_combo.setCurrentIndex(1)
        self.widget.normalise_combo.activated.emit(1)
        self.assertIn("преобразователь", self.stops())
        self.assertFalse(self.widget.Warning.not_normalised.is_shown())
        self.assertEqual(steps_of(self.out())[-2:], ["pymorphy3 lemmas", "Customs stop-words"])
        self.widget.families_check.setChecked(True)
        out = self.out()
        self.assertEqual(steps_of(out)[-3:], ["pymorphy3 lemmas", "Word families",
                                              "Customs stop-words"])
        alone = [list(out.used_preprocessor(plain[i:i + 1]).tokens[0]) for i in range(len(plain))]
        self.assertEqual(alone, [list(tokens) for tokens in out.tokens])

        self.widget.lock_check.setChecked(True)
        stored = self.widget.settingsHandler.pack_data(self.widget)
        again = self.create_widget(OWCustomsStopwords, stored_settings=stored)
        locked = self.feed(plain[2:4], again)
        self.assertEqual([list(tokens) for tokens in locked.tokens], alone[2:4])

    def test_lemmas_are_left_to_what_normalised_upstream(self):
        widget = self.create_widget(OWCustomsStopwords, stored_settings={"normalise": "lemmas"})
        out = self.feed(corpus_of(), widget)
        self.assertNotIn("pymorphy3 lemmas", steps_of(out))
        self.assertTrue(widget.normalise_combo.isHidden())
        self.assertIn("Snowball Stemmer", widget.upstream_label.text())
        out = self.feed(corpus_of(normalised=False), widget)
        self.assertIn("pymorphy3 lemmas", steps_of(out))
        self.assertFalse(widget.normalise_combo.isHidden())

    def test_lemmas_that_can_not_be_are_said_and_the_rest_goes_on(self):
        with patch.object(lemmas_table, "lacking", lambda: "install pymorphy3"):
            widget = self.create_widget(OWCustomsStopwords, stored_settings={
                "normalise": "lemmas", "families": True})
            out = self.feed(corpus_of(normalised=False), widget)
        self.assertIn("install pymorphy3", str(widget.Error.no_lemmas))
        self.assertEqual(steps_of(out)[-2:], ["Word families", "Customs stop-words"])

    def test_a_locked_lexicon_of_lemmas_judges_no_other_words(self):
        stored = {"normalise": "lemmas", "locked": True}
        widget = self.create_widget(OWCustomsStopwords, stored_settings=stored)
        self.feed(corpus_of(normalised=False), widget)
        stored |= {"stored_lexicon": widget.stored_lexicon}
        with patch.object(lemmas_table, "lacking", lambda: "install pymorphy3"):
            again = self.create_widget(OWCustomsStopwords, stored_settings=stored)
            self.assertIsNone(self.feed(corpus_of(normalised=False), again))
        self.assertIn("install pymorphy3", str(again.Error.locked_lemmas))
        self.assertEqual(again.stored_lexicon, widget.stored_lexicon)
        self.assertIsNotNone(self.feed(corpus_of(), again), "normalised upstream")

    def test_mixed_languages(self):
        rows = [("лампа настольная power supply", "8504"), ("стол relay switch", "8536")]
        self.feed(corpus_of(rows))
        self.assertTrue(self.widget.Warning.mixed.is_shown())
        self.feed(corpus_of())
        self.assertFalse(self.widget.Warning.mixed.is_shown())

    def test_audit(self):
        self.feed(corpus_of())
        self.widget.audit_page.button.click()
        self.wait_until_finished()
        self.assertEqual(self.widget.audit_page.tree.topLevelItemCount(), 9)
        self.assertEqual(self.widget.audit_page.tree.topLevelItem(0).text(0), "all words")
        self.feed(corpus_of(TEXTS[:6]))
        self.assertEqual(self.widget.audit_page.tree.topLevelItemCount(), 0, "of other data")

    def test_a_narrow_audit_keeps_accuracy_and_interval_in_sight(self):
        for width, hidden in ((800, True), (1000, False)):
            self.widget.resize(width, 600)
            self.widget.show()
            self.process_events()
            self.assertEqual([self.widget.audit_page.tree.isColumnHidden(c) for c in range(5)],
                             [False, hidden, False, False, hidden])
        self.widget.hide()

    def test_no_class(self):
        corpus = corpus_of()
        self.assertIsNotNone(self.feed(corpus.transform(Domain([], metas=corpus.domain.metas))))
        self.assertIn("no class with codes", str(self.widget.Warning.class_codes))

    def test_audit_cancelled_keeps_what_is_done(self):
        self.feed(corpus_of())

        def audit(*args, progress):
            rows = owcustomsstopwords.tautology_audit_(*args)
            self.widget._on_audit()  # the button says Cancel by now
            assert not progress(.5)
            return rows[:1]
        with patch.object(owcustomsstopwords, "tautology_audit_",
                          owcustomsstopwords.tautology_audit, create=True), \
                patch.object(owcustomsstopwords, "tautology_audit", audit):
            self.widget.audit_page.button.click()
            self.assertEqual(self.widget.audit_page.button.text(), "Cancel")
            self.wait_until_finished()
        self.assertEqual(self.widget.audit_page.tree.topLevelItemCount(), 1)
        self.assertTrue(self.widget.Information.cancelled.is_shown())
        self.assertEqual(self.widget.audit_page.button.text(), "Run Audit")

    def test_audit_that_can_not_be(self):
        self.feed(corpus_of([("лампа", "8504"), ("лампа", "8504"), ("стол", "8536")]))
        self.widget.audit_page.button.click()
        self.wait_until_finished()
        self.assertTrue(self.widget.Error.audit.is_shown())
        self.assertIsNotNone(self.out(), "the filtered corpus stays")

    def test_change_while_running(self):
        self.send_signal(self.widget.Inputs.corpus, corpus_of())
        self.widget._set("use_functions", False)
        self.assertIn("для", self.tokens())

    def test_report(self):
        self.widget.send_report()
        self.feed(corpus_of())
        self.widget.audit_page.button.click()
        self.wait_until_finished()
        self.widget.send_report()

    def test_settings_are_literals(self):
        self.feed(corpus_of())
        self.widget.lock_check.setChecked(True)
        stored = self.widget.settingsHandler.pack_data(self.widget)
        self.assertEqual(ast.literal_eval(repr(stored)), stored)
