"""Keyword Frequencies: phrases counted per code, chosen phrases sent on."""
import numpy as np
from AnyQt.QtCore import QItemSelectionModel, Qt
from AnyQt.QtGui import QColor, QPalette
from Orange.data import DiscreteVariable, Domain, StringVariable, Table
from Orange.widgets.tests.base import WidgetTest
from orangecontrib.text import Corpus

from orangecontrib.customs.i18n import speaking
from orangecontrib.customs.textmining.keywords import expert_phrases
from orangecontrib.customs.widgets.owkeywordfrequencies import OWKeywordFrequencies
from orangecontrib.customs.widgets.utils.common import language
from orangecontrib.customs.widgets.utils.common.theme import DECIDES, contrast

TEXTS = ["ИСТОЧНИК ПИТАНИЯ"] * 12 + ["РЕГУЛЯТОРЫ НАПРЯЖЕНИЯ"] * 12 + ["РЕЛЕ"] * 2
CODES = ["8504403008"] * 12 + ["9032890000"] * 12 + ["8536 30", "прочее"]


def corpus(texts=TEXTS, codes=CODES, as_class=True):
    values = tuple(dict.fromkeys(codes))
    text, code = StringVariable("description"), DiscreteVariable("code", values)
    numbers = np.array([values.index(c) for c in codes], dtype=float)
    metas = np.array([[t] for t in texts], dtype=object).reshape(-1, 1)
    if as_class:
        return Corpus.from_numpy(Domain([], code, [text]), np.empty((len(texts), 0)), numbers,
                                 metas, text_features=[text], language="ru")
    return Corpus.from_numpy(Domain([], metas=[text]), np.empty((len(texts), 0)), None, metas,
                             text_features=[text], language="ru")


class TestOWKeywordFrequencies(WidgetTest):
    def setUp(self):
        self.widget = self.create_widget(OWKeywordFrequencies)

    def feed(self, data, **signals):
        pairs = [(self.widget.Inputs.corpus, data)]
        pairs += [(getattr(self.widget.Inputs, n), table) for n, table in signals.items()]
        self.send_signals(pairs)
        return self.out("keywords")

    def out(self, name):
        self.wait_until_finished()
        return self.get_output(getattr(self.widget.Outputs, name))

    def select(self, phrase):
        model = self.widget.model
        row = self.widget.counts.phrases.index(phrase)
        self.widget.view.selectionModel().select(
            model.index(model.shown_row(row), 0),
            QItemSelectionModel.ClearAndSelect | QItemSelectionModel.Rows)

    def test_a_corpus_that_reads_ids_is_read_by_its_description(self):
        right = self.feed(corpus())
        data = corpus()
        id_ = StringVariable("good_id")
        wrong = data.transform(Domain([], data.domain.class_var, [id_, *data.domain.metas]))
        with wrong.unlocked(wrong.metas):
            wrong.metas[:, 0] = [f"G-{i}" for i in range(len(wrong))]
        wrong.set_text_features([id_])
        np.testing.assert_array_equal(self.feed(wrong).X, right.X)
        self.assertIn("“good_id”", str(self.widget.Warning.misread))
        self.assertIn("“description”", str(self.widget.Warning.misread))
        self.feed(data)
        self.assertFalse(self.widget.Warning.misread.is_shown())

    def test_colours_are_read_on_light_and_on_dark(self):
        self.feed(corpus())
        model = self.widget.model
        at = next(model.index(n, c) for n in range(model.rowCount())
                  for c in range(3, model.columnCount())
                  if "×" in model.index(n, c).data() and model.index(n, c).data(Qt.ForegroundRole))
        for base in ("#ffffff", "#232629"):
            palette = self.widget.palette()
            palette.setColor(QPalette.Base, QColor(base))
            self.widget.setPalette(palette)
            self.assertGreaterEqual(contrast(QColor(at.data(Qt.ForegroundRole)), QColor(base)),
                                    DECIDES)

    def test_what_is_counted_is_told_in_the_language_that_is_chosen_and_stays_selected(self):
        self.feed(corpus())
        self.select("источник питания")
        with speaking("ru"):
            language.changed.happened.emit()
            self.assertIn("Хотя бы одна фраза есть в 24 из", self.widget.summary.text())
            self.assertIn("говорят за один код: 2", self.widget.summary.text())
            self.assertEqual(self.widget.model.headerData(0, Qt.Horizontal), "Фраза")
        self.assertEqual(self.widget.selected_phrases, ["источник питания"])
        self.assertEqual(len(self.out("documents")), 12)

    def test_the_experts_phrases_are_counted(self):
        table = self.feed(corpus())
        found = {str(row["Words"]): (str(row["code"]), float(row["documents"]))
                 for row in table if row["documents"] > 0}
        self.assertEqual(found, {"источник питания": ("8504403008", 12),
                                 "регулятор напряжения": ("9032890000", 12)})
        self.assertEqual({str(row["Words"]) for row in table}, set(expert_phrases()))
        self.assertEqual(len(self.out("documents")), 24)
        self.assertIsNone(self.out("words"))

    def test_selected_phrases_choose_the_documents_and_stay_in_the_workflow(self):
        self.feed(corpus())
        self.select("источник питания")
        self.assertEqual(len(self.out("documents")), 12)
        words = self.out("words")
        self.assertEqual([str(row["Words"]) for row in words], ["источник питания"])
        stored = self.widget.settingsHandler.pack_data(self.widget)
        self.widget = self.create_widget(OWKeywordFrequencies, stored_settings=stored)
        self.feed(corpus())
        self.assertEqual(len(self.out("documents")), 12)

    def test_selection_survives_sorting(self):
        self.feed(corpus())
        self.widget.view.sortByColumn(1, Qt.DescendingOrder)
        self.select("регулятор напряжения")
        self.assertEqual([str(r["Words"]) for r in self.out("words")], ["регулятор напряжения"])

    def test_a_few_codes_fit_into_a_small_window(self):
        self.feed(corpus())
        self.widget.resize(800, 600)
        self.widget.show()
        self.process_events()
        self.widget.by_code.parent().setCurrentWidget(self.widget.by_code)
        self.process_events()
        self.assertLessEqual(self.widget.by_code.horizontalHeader().length(),
                             self.widget.by_code.width())
        self.widget.hide()

    def by_code(self):
        table = self.widget.by_code
        return {table.horizontalHeaderItem(column).text(): [
            table.item(row, column).text() for row in range(table.rowCount())
            if table.item(row, column)] for column in range(table.columnCount())}

    def test_each_code_is_totalled_both_ways(self):
        texts = ["источник питания, преобразователь напряжения"] * 12 + ["реле"] * 12
        table = self.feed(corpus(texts, ["8504"] * 12 + ["8536"] * 12))
        shown = self.by_code()
        self.assertEqual(shown["8504"][-2:], ["Any keyword: 12 of 12 declarations",
                                              "Sum of counts («Всего»): 24"])
        self.assertEqual(shown["8536"], ["No keywords found", "Any keyword: 0 of 12 declarations",
                                         "Sum of counts («Всего»): 0"])
        rows = [row for row in table if str(row["code"]) == "8504"]
        self.assertEqual({(float(r["any keyword"]), float(r["sum of counts"])) for r in rows},
                         {(12, 24)})

    def test_word_families_find_relatives_and_stay_in_the_workflow(self):
        data = corpus(["стабилизатор инвертора"] * 12 + ["реле"] * 12,
                      ["8504"] * 12 + ["8536"] * 12)
        self.feed(data)
        self.assertIsNone(self.out("documents"))
        self.widget.families_box.click()
        self.assertEqual(len(self.out("documents")), 12)
        stored = self.widget.settingsHandler.pack_data(self.widget)
        self.widget = self.create_widget(OWKeywordFrequencies, stored_settings=stored)
        self.assertTrue(self.widget.families_box.isChecked())
        self.feed(data)
        self.assertEqual(len(self.out("documents")), 12)

    def test_word_families_of_one_workflow_are_no_default_of_the_next(self):
        self.widget.families_box.click()
        self.widget.saveSettings()
        self.assertFalse(self.create_widget(OWKeywordFrequencies).families)

    def test_typed_phrases(self):
        self.feed(corpus())
        self.widget.editor.setPlainText("реле\n\n реле \nлампа")
        self.widget.apply_button.click()
        self.assertEqual({str(r["Words"]) for r in self.out("keywords")}, {"реле", "лампа"})
        self.widget.expert_button.click()
        self.assertEqual(len({str(r["Words"]) for r in self.out("keywords")}), 12)

    def test_words_input_takes_the_place_of_what_is_typed(self):
        words = Table.from_list(Domain([], metas=[StringVariable("Words")]), [["реле"]])
        table = self.feed(corpus(), words=words)
        self.assertEqual({str(row["Words"]) for row in table}, {"реле"})
        self.assertFalse(self.widget.editor.isEnabled())
        self.send_signal(self.widget.Inputs.words, None)
        self.assertTrue(self.widget.editor.isEnabled())
        self.assertEqual(len({str(r["Words"]) for r in self.out("keywords")}), 12)

    def test_words_without_text(self):
        self.feed(corpus(), words=Table("iris"))
        self.assertTrue(self.widget.Warning.words.is_shown())
        self.assertIsNotNone(self.out("keywords"))

    def test_level_of_codes_and_documents_without_one(self):
        self.feed(corpus())
        combo = self.widget.level_combo
        combo.setCurrentIndex(combo.findData(4))
        combo.activated.emit(combo.currentIndex())
        table = self.out("keywords")
        self.assertIn("8504", {str(row["code"]) for row in table})
        self.assertTrue(self.widget.Warning.without_code.is_shown())
        self.assertIn("1 documents of 26", str(self.widget.Warning.without_code))

    def test_words_between(self):
        self.feed(corpus(["источник бесперебойного питания"] * 3, ["1111", "2222", "2222"]))
        self.widget.gap_spin.setValue(1)
        rows = [r for r in self.out("keywords") if str(r["Words"]) == "источник питания"]
        self.assertEqual(sum(float(r["documents"]) for r in rows), 3)

    def test_one_code(self):
        self.feed(corpus(["реле", "реле"], ["8536", "8536"]))
        self.out("keywords")
        self.assertTrue(self.widget.Warning.one_code.is_shown())

    def test_no_codes_no_phrases_no_word_in_a_phrase(self):
        self.assertIsNone(self.feed(corpus(as_class=False)))
        self.assertTrue(self.widget.Error.no_codes.is_shown())
        self.feed(corpus())
        self.assertFalse(self.widget.Error.no_codes.is_shown())
        self.widget.editor.setPlainText("реле\n—")
        self.widget.apply_button.click()
        self.assertIn("«—»", str(self.widget.Warning.no_word))
        self.widget.editor.setPlainText("")
        self.widget.apply_button.click()
        self.assertTrue(self.widget.Error.no_phrases.is_shown())
        self.assertIsNone(self.out("keywords"))

    def test_empty_corpus(self):
        self.assertIsNone(self.feed(corpus()[:0]))
        self.assertIn("empty", str(self.widget.Error.failed))

    def test_removal_clears(self):
        self.feed(corpus())
        self.assertIsNone(self.feed(None))
        self.assertIsNone(self.out("documents"))
        self.assertEqual(self.widget.model.rowCount(), 0)

    def test_many_codes_are_all_in_the_output(self):
        codes = [f"{8500 + n}" for n in range(30)]
        table = self.feed(corpus(["реле"] * 30, codes))
        self.widget.editor.setPlainText("реле")
        self.widget.apply_button.click()
        table = self.out("keywords")
        self.assertEqual(len(table), 30)
        self.assertLess(self.widget.model.columnCount(), 15)

    def test_cancel(self):
        self.send_signal(self.widget.Inputs.corpus, corpus(TEXTS * 200, CODES * 200))
        self.widget.cancel_button.click()
        self.assertTrue(self.widget.Information.cancelled.is_shown())
        self.assertIsNone(self.out("keywords"))

    def test_report(self):
        self.feed(corpus())
        self.widget.send_report()
        self.assertIn("источник питания", self.widget.report_html)
