"""Declaration Facts: descriptions in, facts of a row per good out."""
import ast
import threading
from types import SimpleNamespace
from unittest.mock import Mock, patch

import numpy as np
from AnyQt.QtCore import QRect, Qt
from AnyQt.QtGui import QTextDocument
from AnyQt.QtWidgets import QLabel
from Orange.data import ContinuousVariable, DiscreteVariable, Domain, StringVariable, Table
from Orange.widgets.tests.base import WidgetTest
from Orange.widgets.tests.utils import simulate

from orangecontrib.customs.declarations.table import default_text
from orangecontrib.customs.fusion.table import evidence_from_table
from orangecontrib.customs.i18n import speaking
from orangecontrib.customs.widgets import owdeclarationfacts
from orangecontrib.customs.widgets.owdeclarationfacts import OWDeclarationFacts
from orangecontrib.customs.widgets.utils.common import language

GOODS = [
    ("A-1", "Ботинки мужские, верх из натуральной кожи, подошва из резины, закрывающие "
            "лодыжку, длина стельки 27 см", "склад 1"),
    ("A-2", "Туфли комнатные женские, верх из текстильных материалов, подошва из ПВХ",
     "склад 2"),
    ("A-3", "   ", "склад 2"),
    ("A-4", "Обувь", "склад 3"),
]


def goods_table(goods=GOODS, names=("good_id", "description", "place")):
    domain = Domain([ContinuousVariable("quantity")],
                    metas=[StringVariable(name) for name in names])
    table = Table.from_numpy(domain, np.arange(len(goods), dtype=float)[:, None],
                             metas=np.array(goods, dtype=object).reshape(-1, 3))
    table.name = "goods"
    return table


class TestOWDeclarationFacts(WidgetTest):
    def setUp(self):
        self.widget = self.create_widget(OWDeclarationFacts)

    def facts_of(self, data):
        self.send_signal(self.widget.Inputs.data, data)
        self.wait_until_finished()
        return self.get_output(self.widget.Outputs.facts)

    def test_facts_of_a_row_per_good(self):
        facts = self.facts_of(goods_table())
        self.assertEqual(list(facts.get_column("good_id")), ["A-1", "A-2", "A-3", "A-4"])
        self.assertTrue(np.isnan(facts.X[2]).all(), "nothing is read of an empty description")
        self.assertEqual(facts.get_column("problems")[2], "the description is empty")
        leather = facts.domain["upper: leather"]
        self.assertEqual(leather.attributes["fact"], "upper")
        self.assertGreater(facts.get_column(leather)[0], .9)
        self.assertLess(facts.get_column(leather)[1], .1)
        self.assertTrue(np.isnan(facts.get_column(leather)[3]), "silence is not a no")

    def test_metas_and_ids_are_kept(self):
        data = goods_table()
        facts = self.facts_of(data)
        self.assertEqual(list(facts.get_column("place")), list(data.get_column("place")))
        self.assertEqual(list(facts.ids), list(data.ids))

    def test_fusion_finds_the_words(self):
        read = evidence_from_table(self.facts_of(goods_table()))
        self.assertEqual(read.evidence.keys, ("A-1", "A-2", "A-3", "A-4"))
        self.assertIn("кожи", read.notes["A-1", "upper"])
        self.assertNotIn(("A-4", "upper"), read.notes)

    def test_what_is_sent_is_worded_anew_when_another_language_is_spoken(self):
        facts = self.facts_of(goods_table())
        self.assertEqual(facts.get_column("problems")[2], "the description is empty")
        self.assertIn("upper: leather – ", facts.get_column("findings")[0])
        with speaking("ru"):
            language.changed.happened.emit()
            self.wait_until_finished()
            facts = self.get_output(self.widget.Outputs.facts)
            self.assertEqual(facts.get_column("problems")[2], "пустое описание")
        self.widget.onDeleteWidget()
        with patch.object(self.widget, "start") as start:
            language.changed.happened.emit()
        start.assert_not_called()

    def test_skipped_with_reason(self):
        self.facts_of(goods_table())
        skipped = self.get_output(self.widget.Outputs.skipped)
        self.assertEqual(list(skipped.get_column("good_id")), ["A-3"])
        self.assertIn("is empty", str(skipped[0, skipped.domain.metas[-1]]))
        self.assertTrue(self.widget.Warning.skipped.is_shown())
        self.facts_of(goods_table(GOODS[:2]))
        self.assertIsNone(self.get_output(self.widget.Outputs.skipped))
        self.assertFalse(self.widget.Warning.skipped.is_shown())

    def test_no_data_clears(self):
        self.facts_of(goods_table())
        self.assertIsNone(self.facts_of(None))
        self.assertIsNone(self.get_output(self.widget.Outputs.skipped))
        self.assertEqual(self.widget.list.model.rowCount(), 0)
        self.assertEqual(self.widget.text_view.toPlainText(), "")

    def test_data_without_text(self):
        data = Table.from_numpy(Domain([ContinuousVariable("x")]), np.ones((2, 1)))
        self.assertIsNone(self.facts_of(data))
        self.assertTrue(self.widget.Error.no_text.is_shown())
        self.facts_of(goods_table())
        self.assertFalse(self.widget.Error.no_text.is_shown())

    def test_default_text_variable(self):
        def choice(*names, table=None):
            table = table or goods_table(names=names)
            return default_text(table).name
        self.assertEqual(choice("good_id", "Графа 31", "place"), "Графа 31")
        self.assertEqual(choice("place", "Описание товара", "id"), "Описание товара")
        self.assertEqual(choice("a", "b", "c"), "b", "the longest")
        self.assertIsNone(default_text(Table.from_numpy(
            Domain([ContinuousVariable("x")]), np.ones((1, 1)))))

    def test_categorical_descriptions(self):
        words = ("Сапоги женские из натуральной кожи", "Кеды текстильные")
        data = Table.from_numpy(Domain([DiscreteVariable("description", words)]),
                                np.array([[0.], [1.], [np.nan]]))
        facts = self.facts_of(data)
        self.assertEqual(len(facts), 3)
        self.assertTrue(self.widget.Information.no_key.is_shown())
        self.assertEqual(len(self.get_output(self.widget.Outputs.skipped)), 1)

    def test_repeated_descriptions_are_read_and_not_the_ids(self):
        words = ("Кеды текстильные", "Сапоги женские, верх из натуральной кожи")
        data = Table.from_numpy(
            Domain([DiscreteVariable("description", words)], metas=[StringVariable("good_id")]),
            np.array([[0.], [1.], [1.]]), metas=np.array([["G-1"], ["G-2"], ["G-3"]], object))
        facts = self.facts_of(data)
        self.assertEqual(self.widget.text_combo.variable.name, "description")
        self.assertEqual(self.widget.key_combo.variable.name, "good_id")
        self.assertGreater(facts.get_column("upper: leather")[1], .9)
        self.assertFalse(self.widget.Warning.ids.is_shown())

    def test_a_description_of_numbers_says_so(self):
        data = Table.from_numpy(
            Domain([ContinuousVariable("description")], metas=[StringVariable("good_id")]),
            np.ones((2, 1)), metas=np.array([["G-1"], ["G-2"]], object))
        self.assertIsNone(self.facts_of(data))
        self.assertIn("read as numbers", str(self.widget.Error.failed))

    def test_ids_are_not_read_unless_one_insists(self):
        data = goods_table([(f"G-{i}", f"640399{i}", f"KS{i}") for i in range(3)],
                           ("good_id", "code", "lot"))
        self.assertIsNone(self.facts_of(data))
        self.assertTrue(self.widget.Error.no_text.is_shown())
        simulate.combobox_activate_item(self.widget.text_combo, "lot")
        self.wait_until_finished()
        self.assertFalse(self.widget.Error.no_text.is_shown())
        self.assertIn("“lot”", str(self.widget.Warning.ids))

    def test_corpus_stays_a_corpus(self):
        from orangecontrib.text import Corpus
        table = goods_table()
        facts = self.facts_of(Corpus.from_table(table.domain, table))
        self.assertIsInstance(facts, Corpus)

    def test_chosen_variable_survives_other_data(self):
        table = goods_table()
        self.facts_of(table)
        simulate.combobox_activate_item(self.widget.text_combo, "place")
        self.wait_until_finished()
        self.assertEqual(self.widget.text_name, "place")
        self.assertEqual(self.widget.goods[0].text, "склад 1")
        settings = self.widget.settingsHandler.pack_data(self.widget)
        self.assertEqual(ast.literal_eval(repr(settings)), settings)
        self.widget = self.create_widget(OWDeclarationFacts, stored_settings=settings)
        self.facts_of(goods_table(names=("good_id", "description", "elsewhere")))
        self.assertEqual(self.widget.text_combo.variable.name, "description")
        self.facts_of(table)
        self.assertEqual(self.widget.text_combo.variable.name, "place")

    def test_key_variable(self):
        data = goods_table(names=("good_id", "description", "lot"))
        self.facts_of(data)
        self.assertEqual(self.widget.key_combo.variable.name, "good_id")
        simulate.combobox_activate_item(self.widget.key_combo, "lot")
        self.wait_until_finished()
        facts = self.get_output(self.widget.Outputs.facts)
        self.assertEqual(facts.attributes["key"], "lot")
        self.assertTrue(self.widget.Warning.keys.is_shown(), "склад 2 stands twice")

    def test_selected_good_is_shown_and_restored(self):
        self.facts_of(goods_table())
        self.widget.list.choose(1)
        self.assertIn("комнатные", self.widget.text_view.toPlainText())
        facts = {self.widget.table.topLevelItem(i).text(0)
                 for i in range(self.widget.table.topLevelItemCount())}
        self.assertIn("upper", facts)
        settings = self.widget.settingsHandler.pack_data(self.widget)
        self.widget = self.create_widget(OWDeclarationFacts, stored_settings=settings)
        self.facts_of(goods_table())
        self.assertIn("комнатные", self.widget.text_view.toPlainText())

    def test_spans_have_colour_and_tooltip(self):
        self.facts_of(goods_table())
        document = self.widget.text_view.document()
        self.assertEqual(document.toPlainText(), GOODS[0][1])
        cursor = document.find("кожи")
        style = cursor.charFormat()
        self.assertIn("upper: leather", style.toolTip())
        self.assertTrue(style.background().color().isValid())
        html = self.widget.marked_html()
        self.assertIn("background-color", html)

    def test_another_language_words_what_is_shown_and_sent_again_and_moves_nothing(self):
        data = goods_table([*GOODS[:2], ("A-5", "Плита", "склад 1")])
        english = self.facts_of(data)
        self.widget.list.choose(2)
        self.assertIn("The kind of good", self.widget.problems.text())
        self.assertIn("The kind of good", english[2, "problems"].value)
        with speaking("ru"):
            language.changed.happened.emit()
            self.wait_until_finished()
            russian = self.get_output(self.widget.Outputs.facts)
            self.assertEqual(self.widget.list.row, 2)
            self.assertIn("Вид товара", self.widget.problems.text())
            self.assertEqual(self.widget.table.headerItem().text(0), "Факт")
        np.testing.assert_array_equal(russian.X, english.X)

    def test_what_is_read_is_told_in_the_language_that_is_spoken(self):
        self.widget.trial.setText("Полуботинки, закрывающие лодыжку, верх из кожи")
        self.assertIn("Does not agree, height", self.widget.problems.text())
        shown = [(item.text(0), item.text(1), item.toolTip(0)) for item in map(
            self.widget.table.topLevelItem, range(self.widget.table.topLevelItemCount()))]
        self.assertIn(("upper", "leather"), [line[:2] for line in shown])
        self.assertTrue(any("(covering the ankle)" in tip for _, _, tip in shown))

    def test_finding_marks_its_words_beside_other_planes(self):
        self.widget.trial.setText("👟👟 Ботинки, верх из натуральной кожи")
        table = self.widget.table
        for i in range(table.topLevelItemCount()):
            item = table.topLevelItem(i)
            if item.text(0) == "upper":
                table.setCurrentItem(item)
                self.assertEqual(f"«{self.widget.text_view.textCursor().selectedText()}»",
                                 item.text(2))
                return
        self.fail("no finding on the upper")

    def test_stages_of_the_text_can_be_opened_and_are_told_in_the_language_that_is_spoken(self):
        self.facts_of(goods_table())
        self.widget.tabs.setCurrentWidget(self.widget.stages_view)
        stages = self.widget.stages_view.toPlainText()
        reader = owdeclarationfacts.reader()
        (made_by, read), = reader.speaking(reader.stages(GOODS[0][1]))
        self.assertEqual(stages.splitlines(), [str(line) for line in read.lines(
            made_by.vocabulary)])
        self.assertTrue(stages.startswith("language: Russian"))
        self.widget.trial.setText("1) Сапоги, верх – кожа; 2) Туфли, верх – текстиль")
        with speaking("ru"):
            language.changed.happened.emit()
            self.assertIn("товар 2: «2) Туфли", self.widget.stages_view.toPlainText())
        self.wait_until_finished()
        self.widget.trial.clear()
        self.assertIn("“верх из натуральной кожи”", self.widget.stages_view.toPlainText())
        self.facts_of(None)
        self.assertEqual(self.widget.stages_view.toPlainText(), "")

    def test_sizes_over_a_limit_are_told_with_the_codes_of_each(self):
        sizes = ("S", "Туфли женские, верх из кожи, подошва из резины, размеры 35-40", "")
        same = ("T", "Тапочки домашние, верх – текстиль, подошва – резина, размеры 35-40", "")
        facts = self.facts_of(goods_table([sizes, same]))
        said = self.widget.problems.text()
        self.assertIn("declare them in 2 lines", said)
        self.assertIn("6403999100", said)
        self.assertIn("6403999800", said)
        self.assertIn("in 2 lines", "".join(map(str, self.widget.goods[0].problems)))
        self.assertEqual(self.widget.goods[1].problems, ())
        read = evidence_from_table(facts)
        self.assertEqual([c.words for c in read.several["S"].choices], ["размеры 35-40"])
        self.assertNotIn("in 2 lines", facts.get_column("problems")[0], "the fusion knows more")

    def test_html_in_a_text_is_shown_as_it_is_written(self):
        text = ("Туфли <b>жирные</b> <img src=x.png> & верх <i>из</i> кожи, подошва из <u>резины, "
                "размеры</u> 35-40; хайтопы <b>")
        self.facts_of(goods_table([("<b>1</b>", text, "")]))
        self.assertEqual(self.widget.text_view.toPlainText(), text)
        view = self.widget.stages_view
        self.assertIn("<b>жирные</b>", view.toPlainText() + self.widget.text_view.toPlainText())
        self.widget.trial.setText("<b>Хайтопы</b> <img src=y>")
        label = QTextDocument()
        label.setHtml(self.widget.problems.text())
        self.assertIn("<b>Хайтопы</b>", label.toPlainText())
        self.assertIn("<b>Хайтопы</b>", view.toPlainText())
        self.widget.trial.clear()
        model = self.widget.list.model
        for column in range(model.columnCount()):
            tip = model.data(model.index(0, column), Qt.ToolTipRole)
            self.assertNotRegex(tip or "", "<(?!/?p>|br>)")
        self.widget.report_html = ""
        self.widget.send_report()
        self.assertNotIn("<img src=", self.widget.report_html)
        self.assertNotIn("<b>жирные", self.widget.report_html)
        tips = [self.widget.table.topLevelItem(i).toolTip(0)
                for i in range(self.widget.table.topLevelItemCount())]
        for tip in tips:
            self.assertNotRegex(tip, "<(?!/?p>|br>)")

    def test_names_values_and_words_of_findings_wrap_and_are_shown_whole(self):
        self.widget.resize(900, 506)
        self.widget.show()
        self.widget.trial.setText(
            "Ботинки мужские, верх из натуральной кожи, подошва из резины, закрывающие лодыжку, "
            "с защитным металлическим подноском, длина стельки 27 см")
        table = self.widget.table
        for name in ("en", "ru"):
            with speaking(name):
                language.changed.happened.emit()
                self.process_events(lambda: table.viewport().width() > 300)
                self.assertLessEqual(table.header().length(), table.viewport().width())
                for number in range(table.topLevelItemCount()):
                    item = table.topLevelItem(number)
                    for column in range(3):
                        rect = table.visualItemRect(item)
                        words = table.fontMetrics().boundingRect(
                            QRect(0, 0, table.columnWidth(column) - 10, 1000),
                            Qt.TextWordWrap, item.text(column))
                        self.assertGreaterEqual(rect.height(), words.height(), item.text(column))
                        if name == "en":  # long Russian words have no room beside each other
                            self.assertLessEqual(words.width(), table.columnWidth(column) - 10)
        self.widget.hide()

    def test_a_strength_is_no_power_of_ten(self):
        self.assertEqual(owdeclarationfacts._times(SimpleNamespace(ratio=12345.6)), "12 300 : 1")
        self.assertEqual(owdeclarationfacts._times(SimpleNamespace(ratio=18.81)), "18.8 : 1")

    def test_what_an_empty_list_says_is_seen(self):
        hint = next(label for label in self.widget.list.view.viewport().findChildren(QLabel))
        hint.resize(180, 120)
        picture = hint.grab().toImage()
        self.assertGreater(len({picture.pixel(x, y) for x in range(picture.width())
                                for y in range(picture.height())}), 1)
        self.facts_of(goods_table())
        self.assertTrue(hint.isHidden())

    def test_trial_without_data(self):
        self.widget.trial.setText("Сапоги женские, верх из натуральной кожи")
        self.assertGreater(self.widget.table.topLevelItemCount(), 0)
        self.assertIsNone(self.get_output(self.widget.Outputs.facts))
        self.widget.trial.clear()
        self.assertEqual(self.widget.table.topLevelItemCount(), 0)

    def test_filter_and_sort_keep_the_chosen_good(self):
        self.facts_of(goods_table())
        goods = self.widget.list
        goods.choose(1)
        goods.filter.setText("a-2 туфли")
        self.assertEqual(goods.model.rowCount(), 1)
        goods.filter.setText("a-1")
        self.assertEqual(goods.row, 1)
        goods.filter.clear()
        goods.view.sortByColumn(1, Qt.DescendingOrder)
        shown = goods.view.selectionModel().currentIndex()
        self.assertEqual(goods.model.source_row(shown.row()), 1)

    def test_cancel_keeps_what_was_read(self):
        stop, state = threading.Event(), Mock()
        state.is_interruption_requested.return_value = False
        read, real = [], owdeclarationfacts.reader()

        class Slow:
            priors, vocabulary = real.priors, real.vocabulary
            spoken, evidence = real.spoken, real.evidence

            def read(self, text):
                read.append(text)
                if len(read) == 60:
                    stop.set()
                return real.read(text)

        data = goods_table([(str(i), f"Ботинки, артикул {i}", "") for i in range(300)])
        with patch.object(owdeclarationfacts, "reader", Slow):
            result = owdeclarationfacts.run(data, "description", "good_id", stop, state)
        self.assertEqual(result.done, 100)
        self.assertEqual(len(result.facts), 100)
        self.assertEqual(len(result.goods), 300)
        self.widget.on_done(result)
        self.assertTrue(self.widget.Warning.cancelled.is_shown())
        self.assertEqual(len(self.get_output(self.widget.Outputs.facts)), 100)

    def test_cancel_button_stops(self):
        self.send_signal(self.widget.Inputs.data, goods_table())
        self.assertTrue(self.widget.cancel_button.isEnabled())
        self.widget.cancel_button.click()
        self.wait_until_finished()
        self.assertFalse(self.widget.cancel_button.isEnabled())

    def test_exception_becomes_a_message(self):
        with patch.object(owdeclarationfacts, "facts_table", side_effect=ValueError("beda")):
            self.assertIsNone(self.facts_of(goods_table()))
        self.assertIn("beda", str(self.widget.Error.failed))
        self.assertIsNotNone(self.facts_of(goods_table()))
        self.assertFalse(self.widget.Error.failed.is_shown())

    def test_auto_commit_off(self):
        self.facts_of(goods_table())
        self.widget.controls.auto_commit.setChecked(False)
        simulate.combobox_activate_item(self.widget.text_combo, "place")
        self.wait_until_finished()
        self.assertEqual(self.widget.goods[0].text, GOODS[0][1])

    def test_report(self):
        self.widget.send_report()
        self.facts_of(goods_table())
        self.widget.report_html = ""
        self.widget.send_report()
        self.assertIn("натуральной кожи", self.widget.report_html)
