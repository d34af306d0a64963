"""Code as Class."""
from unittest.mock import patch

import numpy as np
from Orange.data import ContinuousVariable, DiscreteVariable, Domain, StringVariable, Table
from Orange.widgets.tests.base import WidgetTest
from orangecontrib.text import Corpus

from orangecontrib.customs.i18n import speaking
from orangecontrib.customs.widgets.owcodeclass import OWCodeClass
from orangecontrib.customs.widgets.utils.common import language


def table(codes):
    text, code = StringVariable("text"), StringVariable("code")
    return Corpus.from_numpy(
        Domain([], metas=[text, code]), np.empty((len(codes), 0)), None,
        np.array([["реле", c] for c in codes], object).reshape(len(codes), 2),
        text_features=[text], language="ru")


class TestOWCodeClass(WidgetTest):
    def setUp(self):
        self.widget = self.create_widget(OWCodeClass)

    def feed(self, data):
        self.send_signal(self.widget.Inputs.data, data)
        return self.get_output(self.widget.Outputs.data)

    def test_reasons_and_designations_are_told_in_the_language_that_is_chosen(self):
        self.feed(table(["8504403008", "8536", "обувь"]))
        with speaking("ru"):
            language.changed.happened.emit()
        skipped = self.get_output(self.widget.Outputs.skipped)
        self.assertIn("нужно 6", str(skipped[0]["reason"]))
        self.assertIn("не код", str(skipped[1]["reason"]))
        self.assertEqual(self.widget.tree.headerItem().text(1), "Строки")
        self.assertIn("Без такого кода (знаков: 6) строк: 2 из 3",
                      str(self.widget.Warning.skipped))

    def test_another_language_sends_no_class_again(self):
        self.feed(table(["8504403008", "8536 30", "обувь"]))
        with patch.object(self.widget.Outputs.data, "send") as send, speaking("ru"):
            language.changed.happened.emit()
        send.assert_not_called()  # whoever learns from it would begin anew

    def choose(self, digits):
        combo = self.widget.digits_combo
        combo.setCurrentIndex(combo.findData(digits))
        combo.activated.emit(combo.currentIndex())
        return self.get_output(self.widget.Outputs.data)

    def test_class_and_skipped(self):
        out = self.feed(table(["8504403008", "8536 30", "обувь"]))
        self.assertIsInstance(out, Corpus)
        self.assertEqual(out.domain.class_var.values, ("850440", "853630"))
        skipped = self.get_output(self.widget.Outputs.skipped)
        self.assertEqual(str(skipped[0]["reason"]), "«обувь» is not a code")
        self.assertTrue(self.widget.Warning.skipped.is_shown())
        self.assertEqual(self.widget.tree.topLevelItem(0).text(2), "static converters")

    def test_digits_stay_in_the_workflow(self):
        self.feed(table(["8504403008", "8536300000"]))
        self.assertEqual(self.choose(4).domain.class_var.values, ("8504", "8536"))
        stored = self.widget.settingsHandler.pack_data(self.widget)
        self.widget = self.create_widget(OWCodeClass, stored_settings=stored)
        self.assertEqual(self.feed(table(["850440", "853630"])).domain.class_var.values,
                         ("8504", "8536"))

    def test_too_many_digits(self):
        self.feed(table(["850440", "853630"]))
        self.assertIsNone(self.choose(10))
        self.assertTrue(self.widget.Error.none_left.is_shown())
        self.assertEqual(len(self.get_output(self.widget.Outputs.skipped)), 2)
        self.assertIsNotNone(self.choose(0))
        self.assertFalse(self.widget.Error.none_left.is_shown())

    def test_one_class(self):
        self.feed(table(["850440", "850490"]))
        self.choose(4)
        self.assertTrue(self.widget.Warning.one_class.is_shown())

    def test_no_codes(self):
        self.assertIsNone(self.feed(Table("iris")))
        self.assertTrue(self.widget.Error.no_codes.is_shown())
        self.assertIsNone(self.feed(None))
        self.assertFalse(self.widget.Error.no_codes.is_shown())

    def test_empty_table(self):
        self.assertIsNone(self.feed(table([])))

    def test_what_holds_the_answer_goes_to_the_metas_and_is_named(self):
        codes = ["850440", "853630", "903289"] * 20
        code = DiscreteVariable("code", tuple(sorted(set(codes))))
        domain = Domain([code, ContinuousVariable("heading"), ContinuousVariable("mass")],
                        metas=[StringVariable("description")])
        x = [[code.values.index(c), float(c[:4]), i % 7] for i, c in enumerate(codes)]
        out = self.feed(Table.from_numpy(domain, np.array(x, dtype=float), metas=np.array(
            [["реле"]] * 60, dtype=object)))
        self.assertEqual([v.name for v in out.domain.attributes], ["mass"])
        self.assertIn("“code”, “heading”", str(self.widget.Information.leaks))
        self.assertNotIn("mass", str(self.widget.Information.leaks))
        self.feed(table(["8504403008", "8536 30"]))
        self.assertFalse(self.widget.Information.leaks.is_shown())

    def test_a_repeated_description_becomes_a_text_and_says_so(self):
        text = DiscreteVariable("описание товара", ("блок питания", "реле тока"))
        data = Table.from_numpy(Domain([text], metas=[StringVariable("code")]),
                                np.array([[0.], [1.], [0.]]),
                                metas=np.array([["850440"], ["853630"], ["850440"]], object))
        out = self.feed(data)
        self.assertTrue(out.domain["описание товара"].is_string)
        self.assertIn("описание товара", str(self.widget.Information.described))
        self.assertFalse(self.widget.Information.leaks.is_shown())

    def test_report(self):
        self.feed(table(["850440", "853630"]))
        self.widget.send_report()
        self.assertIn("850440", self.widget.report_html)
