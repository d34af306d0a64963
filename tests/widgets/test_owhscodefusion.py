"""HS Code Fusion: witnesses in, codes with reasons out, answers by hand."""
import ast
import re
import threading
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import Mock, patch

import numpy as np
import pytest
from AnyQt.QtCore import QSettings, Qt
from AnyQt.QtGui import QFont
from AnyQt.QtTest import QTest
from AnyQt.QtWidgets import QApplication
from made_goods import ANKLE, BOOTS, BOOTS_NO_HEIGHT, LOW, SNEAKERS, photo_features, text_facts
from Orange.classification import LogisticRegressionLearner, MajorityLearner
from Orange.data import ContinuousVariable, DiscreteVariable, Domain, StringVariable, Table
from Orange.widgets.evaluate.owpredictions import OWPredictions
from Orange.widgets.evaluate.owtestandscore import OWTestAndScore
from Orange.widgets.tests.base import WidgetTest
from Orange.widgets.tests.utils import simulate
from orangecontrib.text import Corpus
from orangecontrib.text.preprocess import RegexpTokenizer
from orangecontrib.text.vectorization import BowVectorizer

from orangecontrib.customs.cases.table import tested_aside as is_tested_aside
from orangecontrib.customs.columns import ImageColumn
from orangecontrib.customs.declarations import GroupsReader
from orangecontrib.customs.declarations.table import facts_table
from orangecontrib.customs.evaluation.conformal import Calibration
from orangecontrib.customs.evaluation.knowngoods.table import calibration_table, known_from_table
from orangecontrib.customs.fusion import Engine
from orangecontrib.customs.fusion.among import codes_of
from orangecontrib.customs.fusion.table import default_key
from orangecontrib.customs.groups import find_group, footwear, loaded_groups
from orangecontrib.customs.i18n import speaking
from orangecontrib.customs.widgets import owhscodefusion
from orangecontrib.customs.widgets.owhscodefusion import OWHSCodeFusion
from orangecontrib.customs.widgets.utils import fusionanswers
from orangecontrib.customs.widgets.utils.common import base, language

YES = fusionanswers.QMessageBox.Yes
MEN_ANKLE, WOMEN_ANKLE = "6403911600", "6403911800"


def predictions(goods, codes=("6403", "6404"), name="Logistic Regression ({})"):
    variables = [ContinuousVariable(name.format(code)) for code in codes]
    return Table.from_numpy(
        Domain(variables, metas=[StringVariable("good_id")]),
        np.array(list(goods.values()), dtype=float),
        metas=np.array([[key] for key in goods], dtype=object))


def column(table, name):
    return ["" if v is None else str(v) for v in table.get_column(name)]


class TestOWHSCodeFusion(WidgetTest):
    def setUp(self):
        self.widget = self.create_widget(OWHSCodeFusion)

    def codes(self, **tables):
        inputs = self.widget.Inputs
        self.send_signals([(getattr(inputs, name), table) for name, table in tables.items()])
        self.wait_until_finished()
        return self.get_output(self.widget.Outputs.codes)

    @speaking("ru")
    def test_sizes_over_a_limit_have_two_codes_and_an_answer_settles_it(self):
        shoes = "Туфли женские, верх из кожи, подошва из резины, размеры 35-40"
        table = self.codes(text=text_facts({"S": shoes, "K": SNEAKERS + ", размеры 35-40"}))
        first, second = table.get_column("problems")
        self.assertIn("заявите 2 строками", first)
        self.assertIn("код 6403999100", first)
        self.assertIn("код 6403999800", first)
        self.assertNotIn("строк", second)
        self.assertIn("2 строками", self.widget.page.card.toPlainText())
        self.assertLess(len(table.get_column("safe code")[0]), 10)
        self.widget._on_answer("insole", "lt24")
        self.assertNotIn("строками", self.widget.page.card.toPlainText())
        self.assertEqual(self.widget.verdict.codes, ("6403999100",))

    @speaking("ru")
    def test_html_in_a_text_is_shown_as_it_is_written(self):
        text = "<b>Хайтопы</b> <img src=x>, верх из <i>кожи</i>, подошва из <u>резины</u>"
        self.codes(text=text_facts({"<b>1</b>": text}))
        self.assertIn("«<b>Хайтопы</b> <img src=x>", self.widget.page.card.toPlainText())
        tip = self.widget.list.model.data(self.widget.list.model.index(0, 0), Qt.ToolTipRole)
        self.assertIn("&lt;img src=x&gt;", tip)
        self.widget.send_report()
        self.assertNotIn("<img", self.widget.report_html)
        self.assertNotIn("<b>1", self.widget.report_html)

    # -- language

    def speak(self, name):
        """Choose a language by hand."""
        next(action for action in self.widget.language_button.menu().actions()
             if action.data() == name).trigger()
        self.wait_until_finished()

    def test_another_language_words_all_that_is_shown_and_sent_and_moves_nothing(self):
        with TemporaryDirectory() as folder, speaking("ru"), patch.object(
                language, "QSettings",
                lambda: QSettings(f"{folder}/s.ini", QSettings.IniFormat)):
            self.widget.answers = {"A": {"height": "below_ankle"}}
            russian = self.codes(text=text_facts({"A": BOOTS, "B": SNEAKERS}, [6403991111] * 2))
            self.assertIn("да", self.widget.page.trace.toPlainText())
            settings = self.widget.settingsHandler.pack_data(self.widget)
            self.speak("en")
            english = self.get_output(self.widget.Outputs.codes)
            fact = self.widget.page.facts.topLevelItem(0)
            shown = [self.widget.page.card.toPlainText(), self.widget.page.trace.toPlainText(),
                     self.widget.lines[0].why, *(fact.text(column) for column in (0, 1, 3)),
                     fact.toolTip(0), self.widget.page.codes.topLevelItem(0).text(3)]
            for name in ("problems", "trace", "discrepancy"):
                shown.append(column(english, name)[0])
            self.assertTrue(all(shown))
            for text in shown:
                self.assertIsNone(re.search("[а-яё]", re.sub("«[^»]*»", "", text), re.I), text)
            self.assertIn("yes", shown[1])
            np.testing.assert_array_equal(russian.X, english.X)
            self.assertEqual(column(russian, "code"), column(english, "code"))
            self.assertEqual(settings, self.widget.settingsHandler.pack_data(self.widget),
                             "nothing of it is kept in the workflow")
            self.speak("ru")
            again = self.get_output(self.widget.Outputs.codes)
            self.assertEqual(column(russian, "trace"), column(again, "trace"))

    def test_columns_are_kept_by_one_name_whatever_language_is_spoken(self):
        kept = {"widths": {"Code": 90}, "hidden": ["P", "Safe"], "sort": ["Good", True]}
        with speaking("ru"):
            goods = self.widget.list
            goods.state = kept
            self.assertEqual(goods.model.headerData(2, Qt.Horizontal), "Код")
            self.assertEqual(goods.state, kept)
        self.assertEqual(goods.state, kept)

    # -- inputs and outputs

    def test_text_alone(self):
        codes = self.codes(text=text_facts({"A": BOOTS, "B": SNEAKERS}))
        self.assertEqual(column(codes, "good_id"), ["A", "B"])
        self.assertEqual(column(codes, "code"), [MEN_ANKLE, "6404199000"])
        self.assertTrue((codes.get_column("P(code)") > .5).all())
        self.assertFalse(self.widget.Information.unmatched.is_shown())

    def test_a_table_without_rows_is_no_error(self):
        codes = self.codes(text=text_facts({"A": BOOTS}, declared=[MEN_ANKLE])[:0])
        self.assertEqual(len(codes), 0)
        self.assertFalse(self.widget.Error.active)

    def test_photos_alone(self):
        codes = self.codes(photos=photo_features({"A": ANKLE}))
        self.assertEqual(column(codes, "good_id"), ["A"])
        self.assertTrue(column(codes, "safe code")[0] in ("", "64"))

    @speaking("ru")
    def test_text_and_photos_add(self):
        text = text_facts({"A": BOOTS_NO_HEIGHT})
        alone = self.codes(text=text)
        both = self.codes(photos=photo_features({"A": ANKLE}))
        self.assertEqual(column(both, "code"), [MEN_ANKLE])
        self.assertGreater(both.get_column("P(code)")[0], alone.get_column("P(code)")[0])
        self.assertIn("фото", column(both, "trace")[0])

    def test_code_probabilities(self):
        self.codes(text=text_facts({"A": BOOTS, "B": SNEAKERS}))
        table = self.get_output(self.widget.Outputs.probabilities)
        self.assertEqual(len(table), 2)
        self.assertEqual([v.name for v in table.domain.attributes],
                         codes_of([Engine(group) for group in loaded_groups()]))
        np.testing.assert_allclose(table.X.sum(axis=1), 1)

    def test_keys_of_one_input_are_kept_and_reported(self):
        codes = self.codes(text=text_facts({"A": BOOTS, "B": SNEAKERS}),
                           photos=photo_features({"B": LOW, "C": LOW}))
        self.assertEqual(column(codes, "good_id"), ["A", "B", "C"])
        self.assertIn("1 without text", str(self.widget.Information.unmatched))
        self.assertIn("1 without photos", str(self.widget.Information.unmatched))

    def test_repeated_ids_share_the_photos(self):
        first = text_facts({"A": BOOTS_NO_HEIGHT})
        twice = Table.concatenate([first, first])
        codes = self.codes(text=twice, photos=photo_features({"A": ANKLE}))
        self.assertEqual(column(codes, "good_id"), ["A", "A"])
        self.assertEqual(column(codes, "key"), ["A", "A#2"])
        self.assertEqual(column(codes, "code"), [MEN_ANKLE] * 2)
        self.assertTrue(self.widget.Warning.remarks.is_shown())

    def test_removed_inputs_clear(self):
        self.codes(text=text_facts({"A": BOOTS}))
        self.assertIsNone(self.codes(text=None))
        self.assertIsNone(self.get_output(self.widget.Outputs.probabilities))
        self.assertIsNone(self.get_output(self.widget.Outputs.selected))
        self.assertEqual(self.widget.list.model.rowCount(), 0)
        self.assertEqual(self.widget.page.card.toPlainText(), "")

    def test_input_without_facts(self):
        table = Table.from_numpy(Domain([ContinuousVariable("x")]), np.ones((2, 1)))
        self.assertIsNone(self.codes(text=table))
        self.assertIn("Text Facts", str(self.widget.Error.no_evidence))
        self.assertIn("Declaration Facts", str(self.widget.Error.no_evidence))
        self.assertIsNotNone(self.codes(text=text_facts({"A": BOOTS})))
        self.assertFalse(self.widget.Error.no_evidence.is_shown())

    def test_several_signals_cost_one_run(self):
        with patch.object(self.widget, "start", wraps=self.widget.start) as start:
            self.codes(text=text_facts({"A": BOOTS}), photos=photo_features({"A": LOW}))
        self.assertEqual(start.call_count, 1)

    # -- classifier

    def test_predictions_move_the_code(self):
        text = text_facts({"A": "Обувь мужская"})
        before = self.codes(text=text)
        leather = self.codes(predictions=predictions({"A": (.99, .01)}))
        textile = self.codes(predictions=predictions({"A": (.01, .99)}))
        self.assertEqual(column(leather, "heading"), ["6403"])
        self.assertEqual(column(textile, "heading"), ["6404"])
        self.widget.controls.weight.setValue(0)
        self.wait_until_finished()
        ignored = self.get_output(self.widget.Outputs.codes)
        np.testing.assert_allclose(ignored.X, before.X)

    def unread(self, texts):
        """Predictions of a model that knows «туфли» and «кеды», and the model."""
        def corpus(texts, y=None):
            metas = [StringVariable("good_id"), StringVariable("description")]
            return Corpus.from_numpy(
                Domain([], None if y is None else DiscreteVariable("HS code", ("6403", "6404")),
                       metas),
                np.empty((len(texts), 0)), y, np.array(
                    [[f"G{i}", t] for i, t in enumerate(texts)], dtype=object),
                text_features=[metas[1]], language="ru")
        bag = BowVectorizer().transform(RegexpTokenizer()(corpus(
            ["туфли"] * 9 + ["кеды"] * 3, np.array([0.] * 9 + [1.] * 3))))
        model, data = LogisticRegressionLearner()(bag), corpus(texts)
        new = [ContinuousVariable(f"LR ({code})") for code in ("6403", "6404")]
        table = data.transform(Domain([], metas=[*data.domain.metas, *new]))
        with table.unlocked(table.metas):
            table.metas[:, 2:] = model(data, model.Probs)
        return table, model

    @speaking("ru")
    def test_a_prediction_that_rests_on_no_word_is_not_counted_and_the_row_says_so(self):
        table, model = self.unread(["кеды", "сандалии", "leather boots"])
        text = text_facts(dict.fromkeys(("G0", "G1", "G2"), "Обувь мужская"))
        before = self.codes(text=text)
        codes = self.codes(predictions=table, model=model)
        same = np.isclose(codes.get_column("P(heading)"), before.get_column("P(heading)"))
        self.assertEqual(same.tolist(), [False, True, True])
        said = ["не учтён" in text for text in column(codes, "problems")]
        self.assertEqual(said, [False, True, True])

    @speaking("ru")
    def test_without_the_model_equal_answers_are_counted_and_doubted(self):
        table, _ = self.unread(["кеды", "сандалии", "leather boots"])
        text = text_facts(dict.fromkeys(("G0", "G1", "G2"), "Обувь мужская"))
        codes = self.codes(text=text, predictions=table)
        said = ["похоже" in text for text in column(codes, "problems")]
        self.assertEqual(said, [False, True, True])

    @speaking("ru")
    def test_a_corpus_that_reads_ids_is_named_not_the_words_of_the_model(self):
        table, model = self.unread(["кеды", "туфли"])
        table.set_text_features([table.domain["good_id"]])
        text = text_facts(dict.fromkeys(("G0", "G1"), "Обувь мужская"))
        before = self.codes(text=text)
        counted = self.codes(predictions=table)
        self.assertNotEqual(counted.X[0, 0], before.X[0, 0])
        self.assertIn("выберите описание в Corpus", column(counted, "problems")[0])
        codes = self.codes(predictions=table, model=model)
        np.testing.assert_allclose(codes.X, before.X)
        for problem in column(codes, "problems"):
            self.assertIn("корпус читает не описание", problem)
            self.assertNotIn("ни одного слова", problem)

    @speaking("ru")
    def test_a_good_of_which_nobody_says_anything_is_kept_without_a_code(self):
        table, model = self.unread(["кеды", "сандалии"])
        codes = self.codes(predictions=table, model=model)
        self.assertEqual(column(codes, "good_id"), ["G0", "G1"])
        self.assertEqual(column(codes, "code")[1], "")
        self.assertIn("не учтён", column(codes, "problems")[1])
        probabilities = self.get_output(self.widget.Outputs.probabilities)
        self.assertTrue(np.isnan(probabilities.X[1]).all())
        self.assertFalse(np.isnan(probabilities.X[0]).any())

    def test_ids_that_do_not_meet_are_named_on_both_sides(self):
        self.codes(text=text_facts({"G-1": BOOTS, "G-2": SNEAKERS}),
                   photos=photo_features({"g1": {}, "g2": {}, "G-2": {}}))
        self.assertFalse(self.widget.Warning.strangers.is_shown())
        self.codes(photos=photo_features({"g1": {}, "g2": {}, "g3": {}}))
        said = str(self.widget.Warning.strangers)
        self.assertIn("0 of 2 ids of Text Facts and 3 of Photo Features", said)
        self.assertIn("“G-1”, “G-2”", said)
        self.assertIn("“g1”, “g2”", said)
        self.codes(photos=None)
        self.assertFalse(self.widget.Warning.strangers.is_shown())

    def test_predictions_without_probabilities(self):
        wrong = Table.from_numpy(
            Domain([DiscreteVariable("Tree", ("6403", "6404"))], metas=[StringVariable("good_id")]),
            np.zeros((1, 1)), metas=np.array([["A"]], dtype=object))
        codes = self.codes(text=text_facts({"A": BOOTS}), predictions=wrong)
        self.assertEqual(column(codes, "code"), [MEN_ANKLE])
        self.assertIn("Classes known to the model", str(self.widget.Warning.predictions))
        self.assertIsNone(self.codes(text=None))
        self.assertIn("Predictions", str(self.widget.Error.no_evidence))

    @speaking("ru")
    def test_a_model_of_other_goods_calls_nothing_footwear(self):
        """The stabiliser of paper 2: classes 8504, 8536, 9032, and nothing else is known.

        Footwear decides alone; of all groups together it is electrical goods.
        """
        self.widget = self.create_widget(OWHSCodeFusion, stored_settings={"groups": ["footwear"]})
        codes = self.codes(predictions=predictions(
            {"A": (.02, .97, .01)}, ("850440", "853630", "903289")))
        for name in ("code", "safe code", "heading"):
            self.assertEqual(column(codes, name), [""])
        self.assertIn("модель относит товар", column(codes, "problems")[0])
        self.assertIn("853630", str(self.widget.Warning.remarks))
        self.assertIn("Код не определяется", self.widget.page.card.toPlainText())
        self.assertNotIn("прим", self.widget.page.card.toPlainText())

    def test_improper_numbers_are_refused_with_a_message(self):
        codes = self.codes(photos=photo_features({"A": {**LOW, "high_heel": 1.5}}))
        self.assertIsNone(codes)
        self.assertIn("must lie in [0, 1]", str(self.widget.Error.no_evidence))
        self.codes(photos=None, text=text_facts({"A": BOOTS}),
                   predictions=predictions({"A": (1.5, -.5)}))
        self.assertIn("must lie in [0, 1]", str(self.widget.Warning.predictions))

    # -- declared codes and quantities

    def test_declared_codes_of_a_numeric_column(self):
        codes = self.codes(text=text_facts({"A": BOOTS, "B": SNEAKERS, "C": SNEAKERS},
                                           declared=[6403911600, 6402993100, np.nan],
                                           quantity=[100, 10, 1]))
        self.assertEqual(column(codes, "agrees")[:2], ["yes", "no"])
        self.assertAlmostEqual(codes.get_column("duty at declared code (EUR per unit)")[0], 1.25)
        lines = self.widget.lines
        self.assertNotIn("≠", lines[0].marks)
        self.assertIn("≠", lines[1].marks)
        self.assertNotIn("≠", lines[2].marks)
        self.assertAlmostEqual(lines[0].risk, codes.get_column("duty at risk (EUR)")[0])

    # -- settings

    def test_accepted_error_changes_safe_digits_only(self):
        self.widget.controls.accepted_error.setValue(.01)
        before = self.codes(text=text_facts({"A": BOOTS}))
        self.widget.controls.accepted_error.setValue(.3)
        self.wait_until_finished()
        after = self.get_output(self.widget.Outputs.codes)
        self.assertEqual(column(before, "code"), column(after, "code"))
        self.assertEqual(column(after, "safe code"), [MEN_ANKLE])
        self.assertLess(len(column(before, "safe code")[0]), 10)

    def test_less_trust_in_text_less_certainty(self):
        before = self.codes(text=text_facts({"A": BOOTS}))
        self.widget.controls.trust.setValue(.5)
        self.wait_until_finished()
        after = self.get_output(self.widget.Outputs.codes)
        self.assertLess(after.get_column("P(code)")[0], before.get_column("P(code)")[0])

    def test_auto_commit_off(self):
        self.widget.controls.auto_commit.setChecked(False)
        before = self.codes(text=text_facts({"A": BOOTS}))
        self.widget.controls.trust.setValue(.5)
        self.wait_until_finished()
        self.assertIs(self.get_output(self.widget.Outputs.codes), before)

    def test_keys_are_remembered_by_name(self):
        photos = photo_features({"A": ANKLE}, key="lot")
        self.codes(text=text_facts({"A": BOOTS}), photos=photos)
        self.assertTrue(self.widget.Information.row_numbers.is_shown())
        simulate.combobox_activate_item(self.widget.key_combos["photos"], "lot")
        self.wait_until_finished()
        self.assertFalse(self.widget.Information.unmatched.is_shown())
        settings = self.widget.settingsHandler.pack_data(self.widget)
        self.assertEqual(ast.literal_eval(repr(settings)), settings)
        self.widget = self.create_widget(OWHSCodeFusion, stored_settings=settings)
        self.codes(text=text_facts({"A": BOOTS}), photos=photos)
        self.assertEqual(len(self.get_output(self.widget.Outputs.codes)), 1)

    # -- priors

    def priors_table(self, p=.9):
        domain = Domain([ContinuousVariable("probability")],
                        metas=[StringVariable("fact"), StringVariable("value")])
        return Table.from_list(domain, [[1 - p, "upper", "leather"], [p / 5, "upper", "rubber"],
                                        [p / 5, "upper", "plastic"], [p / 5, "upper", "textile"],
                                        [p / 5, "upper", "other"],
                                        [p / 5, "upper", "composition_leather"]])

    def test_priors_from_the_input(self):
        text = text_facts({"A": "Обувь"})
        before = self.codes(text=text)
        after = self.codes(priors=self.priors_table(.99))
        self.assertNotEqual(column(before, "heading"), column(after, "heading"))
        self.assertIn("input", self.widget.priors_label.text())

    def test_bad_priors_are_named_and_the_bundled_ones_used(self):
        text = text_facts({"A": BOOTS})
        before = self.codes(text=text)
        after = self.codes(priors=self.priors_table()[:2])
        self.assertIn("lacks", str(self.widget.Error.priors))
        np.testing.assert_allclose(before.X, after.X)
        self.codes(priors=None)
        self.assertFalse(self.widget.Error.priors.is_shown())

    def test_priors_from_a_file(self):
        text = text_facts({"A": "Обувь"})
        before = self.codes(text=text)
        rows = ["fact,value,probability,source", "upper,leather,0.01,наша история"]
        rows += [f"upper,{v},0.198," for v in ("rubber", "plastic", "textile", "other",
                                              "composition_leather")]
        path = Path(self._folder) / "priors.csv"
        path.write_text("\n".join(rows), encoding="utf-8")
        with patch.object(base.QFileDialog, "getOpenFileName",
                          return_value=(str(path), "")):
            self.widget._load_priors()
        self.wait_until_finished()
        after = self.get_output(self.widget.Outputs.codes)
        self.assertNotEqual(column(before, "heading"), column(after, "heading"))
        self.assertEqual(self.widget.priors_label.text(), "Bundled + priors.csv")
        self.widget.reset_button.click()
        self.wait_until_finished()
        reset = self.get_output(self.widget.Outputs.codes)
        np.testing.assert_allclose(before.X, reset.X)

    def test_saving_the_workflow_elsewhere_keeps_the_priors_file(self):
        folder = Path(self._folder)
        self.widget = self.create_widget(OWHSCodeFusion, env={"basedir": str(folder)},
                                         stored_settings={"priors_file": "my/priors.csv"})
        # Canvas tells the widget before it writes the settings
        self.widget.workflowEnvChanged("basedir", str(folder / "other"), str(folder))
        self.assertEqual(self.widget.priors_file, str(folder / "my" / "priors.csv"))
        self.widget.workflowEnvChanged("basedir", str(folder / "my"), str(folder / "other"))
        self.assertEqual(self.widget.priors_file, "priors.csv")

    def test_lost_priors_file(self):
        self.widget = self.create_widget(
            OWHSCodeFusion, stored_settings={"priors_file": "/no/such/priors.csv"})
        codes = self.codes(text=text_facts({"A": BOOTS}))
        self.assertEqual(column(codes, "code"), [MEN_ANKLE])
        self.assertIn("priors.csv", str(self.widget.Error.priors))

    @pytest.fixture(autouse=True)
    def _tmp(self, tmp_path):
        self._folder = tmp_path

    # -- the analyst's answers

    def answer(self, fact, value):
        """Answer in the menu of a fact; "" takes the answer back."""
        *_, back = menu = self.widget.page.facts.menu(fact).actions()
        actions = [action for action in menu if action.isCheckable()]
        names = [v.id for v in footwear.group().vocabulary[fact].values]
        (actions[names.index(value)] if value else back).trigger()

    @speaking("ru")
    def test_an_answer_moves_the_code_at_once(self):
        self.codes(text=text_facts({"A": BOOTS, "B": SNEAKERS}))
        self.answer("sex", "women")
        self.assertEqual(self.widget.verdict.code, WOMEN_ANKLE)
        self.assertEqual(self.widget.page.codes.topLevelItem(0).data(0, Qt.UserRole), WOMEN_ANKLE)
        codes = self.get_output(self.widget.Outputs.codes)
        self.assertEqual(column(codes, "code"), [WOMEN_ANKLE, "6404199000"])
        probabilities = self.get_output(self.widget.Outputs.probabilities)
        self.assertGreater(probabilities.get_column(WOMEN_ANKLE)[0], .5)
        self.assertIn("✎", self.widget.lines[0].marks)
        self.assertIn("аналитик", column(codes, "trace")[0])
        self.answer("sex", "")
        self.assertEqual(self.widget.verdict.code, MEN_ANKLE)
        self.assertEqual(self.widget.answers, {})

    def test_sent_tables_are_not_changed_afterwards(self):
        sent = self.codes(text=text_facts({"A": BOOTS}))
        self.answer("sex", "women")
        self.assertEqual(column(sent, "code"), [MEN_ANKLE])

    def test_answers_live_in_the_workflow(self):
        text = text_facts({"A": BOOTS, "B": SNEAKERS})
        self.codes(text=text)
        self.answer("sex", "women")
        settings = self.widget.settingsHandler.pack_data(self.widget)
        self.assertEqual(settings["answers"], {"A": {"sex": "women"}})
        self.assertEqual(ast.literal_eval(repr(settings)), settings)
        self.widget = self.create_widget(OWHSCodeFusion, stored_settings=settings)
        self.assertEqual(column(self.codes(text=text), "code")[0], WOMEN_ANKLE)
        self.assertEqual(self.widget.page.facts.rows["sex"].answered, "women")
        other = self.create_widget(OWHSCodeFusion)
        self.assertEqual(other.answers, {}, "answers are no default for new widgets")

    def test_clear_answers(self):
        self.codes(text=text_facts({"A": BOOTS, "B": BOOTS}))
        self.answer("sex", "women")
        self.widget.list.choose(1)
        self.assertFalse(self.widget.actions_["clear"].isEnabled())
        self.answer("sex", "women")
        self.widget.actions_["clear"].trigger()
        self.assertEqual(list(self.widget.answers), ["A"])
        self.answer("sex", "women")
        with patch.object(fusionanswers.QMessageBox, "question", return_value=YES):
            self.widget.actions_["clear_all"].trigger()
        self.assertEqual(self.widget.answers, {})
        codes = self.get_output(self.widget.Outputs.codes)
        self.assertEqual(column(codes, "code"), [MEN_ANKLE] * 2)

    def test_clearing_the_answers_of_many_goods_decides_them_in_the_thread(self):
        goods = {f"g{i}": BOOTS for i in range(25)}
        self.widget = self.create_widget(OWHSCodeFusion, stored_settings={
            "answers": {key: {"sex": "women"} for key in goods}})
        answered = self.codes(text=text_facts(goods))
        self.assertNotIn(MEN_ANKLE, column(answered, "code"))
        self.widget._clear_all_answers()
        self.wait_until_finished()
        codes = self.get_output(self.widget.Outputs.codes)
        self.assertEqual(set(column(codes, "code")), {MEN_ANKLE})
        self.assertEqual(self.widget.answers, {})

    def test_answers_for_other_goods_are_kept(self):
        self.widget = self.create_widget(
            OWHSCodeFusion, stored_settings={"answers": {"Z": {"sex": "women"}}})
        self.codes(text=text_facts({"A": BOOTS}))
        self.assertEqual(self.widget.verdict.code, MEN_ANKLE)
        self.assertEqual(self.widget.answers, {"Z": {"sex": "women"}})
        with patch.object(fusionanswers.QMessageBox, "question", return_value=YES):
            self.widget.actions_["clear_all"].trigger()
        self.assertEqual(self.widget.answers, {})

    def test_a_click_on_an_answer_moves_the_code_and_undo_and_redo_bring_both_back(self):
        self.codes(text=text_facts({"A": BOOTS_NO_HEIGHT}))
        before = self.widget.verdict.code
        self.widget.page.question.press(2)
        after = self.widget.verdict.code
        self.assertEqual(self.widget.answers, {"A": {"height": "ankle"}})
        self.assertNotEqual(before, after)
        self.widget.actions_["undo"].trigger()
        self.assertEqual((self.widget.verdict.code, self.widget.answers), (before, {}))
        codes = self.get_output(self.widget.Outputs.codes)
        self.assertEqual(column(codes, "code"), [before])
        self.widget.actions_["redo"].trigger()
        self.assertEqual(self.widget.verdict.code, after)

    def test_a_question_that_is_put_off_makes_way_for_the_next_one(self):
        self.codes(text=text_facts({"A": "Обувь"}))
        box = self.widget.page.question
        first = box.asked.fact.id
        box.later_button.click()
        self.assertNotIn(box.asked.fact.id, ("", first))

    def test_clear_all_asks_and_can_be_undone(self):
        self.codes(text=text_facts({"A": BOOTS}))
        self.answer("sex", "women")
        with patch.object(fusionanswers.QMessageBox, "question",
                          return_value=fusionanswers.QMessageBox.No) as question:
            self.widget.actions_["clear_all"].trigger()
        question.assert_called_once()
        self.assertEqual(self.widget.answers, {"A": {"sex": "women"}})
        self.widget._clear_all_answers()
        self.widget.actions_["undo"].trigger()
        self.assertEqual(self.widget.answers, {"A": {"sex": "women"}})

    # -- the queue

    def test_reviewed_goods_are_marked_kept_with_the_workflow_and_the_next_one_comes(self):
        text = text_facts({"A": BOOTS, "B": SNEAKERS, "C": "Обувь"})
        self.widget = self.create_widget(OWHSCodeFusion, stored_settings={"queue": "doubt"})
        self.codes(text=text)
        self.widget.list.choose(2)
        self.widget.actions_["review"].trigger()
        self.assertEqual(self.widget.reviewed, ["C"])
        self.assertIn("✓", self.widget.lines[2].marks)
        self.assertNotEqual(self.widget.verdict.key, "C")
        self.assertIn("1 reviewed", self.widget.list.count.text())
        settings = self.widget.settingsHandler.pack_data(self.widget)
        self.assertEqual(ast.literal_eval(repr(settings)), settings)
        self.widget = self.create_widget(OWHSCodeFusion, stored_settings=settings)
        self.codes(text=text)
        self.assertTrue(self.widget.lines[2].reviewed)
        self.assertEqual(self.widget.list.queue.currentData(), "doubt")
        self.widget.list.choose(2)
        self.widget.actions_["undo"].trigger()
        self.widget.actions_["review"].trigger()
        self.assertEqual(self.widget.reviewed, [])
        other = self.create_widget(OWHSCodeFusion)
        self.assertEqual((other.reviewed, other.queue), ([], "table"))

    def test_what_is_undone_and_reviewed_while_goods_are_decided_holds(self):
        self.codes(text=text_facts({"A": BOOTS, "B": SNEAKERS}))
        self.answer("sex", "women")
        self.widget._decide()
        self.widget.actions_["undo"].trigger()
        self.widget.actions_["review"].trigger()
        self.wait_until_finished()
        self.assertEqual((self.widget.answers, self.widget.reviewed), ({}, ["A"]))
        self.assertEqual(self.widget.verdicts[0].code, MEN_ANKLE)
        self.assertEqual(self.widget.lines[0].marks.strip("?⚠"), "✓")
        codes = self.get_output(self.widget.Outputs.codes)
        self.assertEqual(column(codes, "code"), [MEN_ANKLE, "6404199000"])

    def test_a_setting_that_changes_while_goods_are_decided_waits_for_the_button(self):
        self.codes(text=text_facts({"A": BOOTS}))
        self.widget.auto_commit = False
        self.widget._decide()
        self.widget.accepted_error = .01
        self.widget._on_setting()
        self.wait_until_finished()
        self.assertEqual(self.widget.verdict.safe_code, MEN_ANKLE)
        self.widget.commit.now()
        self.wait_until_finished()
        self.assertEqual(self.widget.verdict.safe_code, "6403")

    def test_the_next_good_is_one_that_the_filter_shows(self):
        self.codes(text=text_facts({"A": BOOTS, "B": SNEAKERS, "C": BOOTS, "D": SNEAKERS}))
        self.widget.list.filter.setText("6404")
        self.widget.list.choose(1)
        self.widget.actions_["review"].trigger()
        self.assertEqual(self.widget.verdict.key, "D")

    def test_enter_opens_the_conclusion_but_not_from_the_filter(self):
        self.codes(text=text_facts({"A": BOOTS}))
        self.widget.show()
        QApplication.setActiveWindow(self.widget)
        with patch.object(owhscodefusion.conclusion, "open_for") as opened:
            for place, times in ((self.widget.list.filter, 0), (self.widget.list.view, 1),
                                 (self.widget.page.facts, 2)):
                place.setFocus()
                QTest.keyClick(place, Qt.Key_Return)
                self.assertEqual(opened.call_count, times)

    def test_columns_sorting_and_splitters_are_remembered(self):
        self.codes(text=text_facts({"A": BOOTS, "B": SNEAKERS}))
        self.widget.list.view.horizontalHeader().resizeSection(2, 88)
        self.widget.list.view.sortByColumn(1, Qt.DescendingOrder)
        self.widget.splitter_sizes = [[200, 700], []]
        self.widget.page.tabs.setCurrentIndex(2)
        settings = self.widget.settingsHandler.pack_data(self.widget)
        self.widget = self.create_widget(OWHSCodeFusion, stored_settings=settings)
        self.codes(text=text_facts({"A": BOOTS, "B": SNEAKERS}))
        self.assertEqual(self.widget.list.view.horizontalHeader().sectionSize(2), 88)
        self.assertEqual(self.widget.list.model.source_row(0), 1)
        self.assertEqual(self.widget.page.tabs.currentIndex(), 2)

    def test_settings_are_folded_away_in_workflows_of_the_first_version_too(self):
        for stored in ({}, {"controlAreaVisible": True, "trust": .9, "__version__": 1}):
            widget = self.create_widget(OWHSCodeFusion, stored_settings=stored)
            self.assertFalse(widget.controlAreaVisible)
            self.assertEqual(widget.trust, stored.get("trust", .99))
            widget.settings_button.click()
            self.assertTrue(widget.controlAreaVisible)

    # -- photos

    def test_photos_are_seen_beside_the_text_and_goods_without_them_say_nothing_of_it(self):
        photos = Table.from_list(
            Domain([], metas=[StringVariable("good_id"),
                              ImageColumn("").mark(StringVariable("image"))]),
            [["A", "/no/1.jpg"], ["A", "/no/2.jpg"]])
        self.codes(text=text_facts({"A": BOOTS, "B": SNEAKERS}), images=photos)
        strip = self.widget.page.strip
        self.assertEqual([p.path for p in strip.photos.photos], ["/no/1.jpg", "/no/2.jpg"])
        self.assertEqual(strip.text.toPlainText(), BOOTS)
        self.widget.list.choose(1)
        self.assertEqual(strip.photos.photos, ())
        self.assertEqual(strip.text.toPlainText(), SNEAKERS)
        self.codes(images=text_facts({"A": BOOTS}))
        self.assertIn("connect", str(self.widget.Warning.images))

    # -- what is shown

    def test_what_decides_is_seen_without_scrolling_in_a_small_window(self):
        self.codes(text=text_facts({"A": BOOTS}, [6404199000], [100]),
                   photos=photo_features({"A": LOW}))
        self.widget.setFont(QFont(self.widget.font().family(), 9))  # the platform's own is 12
        self.widget.resize(900, 510)
        self.widget.show()
        self.widget.grab()
        card, box = self.widget.page.card, self.widget.page.question
        self.assertEqual(card.verticalScrollBar().maximum(), 0)
        for shown in ("≠", "⚡", "€"):
            self.assertIn(shown, card.toPlainText())
        self.assertGreaterEqual(len(box.buttons), 2)
        self.assertLessEqual(self.widget.minimumSizeHint().height(), 510)
        self.assertLessEqual(self.widget.minimumSizeHint().width(), 900)

    @speaking("ru")
    def test_discrepancy_is_shown(self):
        self.codes(text=text_facts({"A": BOOTS}), photos=photo_features({"A": LOW}))
        self.assertIn("⚡", self.widget.page.card.toPlainText())
        self.assertIn("⚡", self.widget.lines[0].marks)
        self.assertIn("высота", self.widget.lines[0].why)

    @speaking("ru")
    def test_trace_tells_evidence_from_assumption(self):
        self.codes(text=text_facts({"A": BOOTS}))
        trace = self.widget.page.trace.toPlainText()
        self.assertIn("ОПИ", trace)
        self.assertIn("принято по умолчанию", trace)
        self.assertIn("да", trace)

    @speaking("ru")
    def test_next_question(self):
        self.codes(text=text_facts({"A": BOOTS_NO_HEIGHT}))
        asked = self.widget.page.question.asked
        self.assertEqual(asked.fact.id, "height")
        self.assertIn("Закрывает ли обувь лодыжку", self.widget.page.question.text.text())
        self.assertIn("ошибка", self.widget.page.question.text.text())

    @speaking("ru")
    def test_not_footwear_says_why(self):
        codes = self.codes(text=text_facts({"A": "Крем для обуви чёрный, в тюбиках"}))
        self.assertEqual(column(codes, "code"), [""])
        self.assertIn("Не обувь", self.widget.page.card.toPlainText())
        self.assertIn("примечание 1", self.widget.page.card.toPlainText())

    @speaking("ru")
    def test_a_good_of_unknown_kind_is_not_called_other_than_footwear(self):
        codes = self.codes(text=text_facts({"A": "Чиксы из кожи", "B": BOOTS}))
        self.assertEqual(column(codes, "code")[0], "")
        shown = self.widget.page.card.toPlainText()
        self.assertNotIn("не является", shown)
        self.assertIn("Вид товара по названию не установлен: «Чиксы из кожи»", shown)

    @speaking("ru")
    def test_legal_gap_shows_both_candidates(self):
        text = BOOTS.replace("мужские", "").replace("подошва из резины",
                                                    "подошва из натуральной кожи")
        self.codes(text=text_facts({"A": text}))
        self.answer("sex", "unidentifiable")
        self.assertEqual(len(self.widget.verdict.codes), 2)
        shown = self.widget.page.card.toPlainText()
        self.assertIn("пробел закона", shown)
        self.assertIn(" / ", self.widget.lines[0].code)

    def test_selected_good(self):
        text = text_facts({"A": BOOTS, "B": SNEAKERS})
        self.codes(text=text)
        self.assertEqual(column(self.get_output(self.widget.Outputs.selected), "good_id"), ["A"])
        self.widget.list.choose(1)
        self.assertEqual(column(self.get_output(self.widget.Outputs.selected), "good_id"), ["B"])
        settings = self.widget.settingsHandler.pack_data(self.widget)
        self.widget = self.create_widget(OWHSCodeFusion, stored_settings=settings)
        self.codes(text=text)
        self.assertEqual(column(self.get_output(self.widget.Outputs.selected), "good_id"), ["B"])
        self.assertEqual(self.widget.verdict.key, "B")

    def test_list_sorts_by_number(self):
        self.codes(text=text_facts({"A": BOOTS_NO_HEIGHT, "B": BOOTS, "C": "Обувь"}))
        view, model = self.widget.list.view, self.widget.list.model
        by_p = [c.header for c in model.columns].index("P")
        view.sortByColumn(by_p, Qt.AscendingOrder)
        shown = [self.widget.lines[model.source_row(i)].p for i in range(3)]
        self.assertEqual(shown, sorted(shown))

    # -- threads

    def test_cancel_keeps_what_was_decided(self):
        text = text_facts({f"g{i}": SNEAKERS for i in range(30)})
        stop, state = threading.Event(), Mock()
        state.is_interruption_requested.return_value = False
        state.set_progress_value.side_effect = lambda value: stop.set() if value > 30 else None
        job = owhscodefusion.Job(
            (Engine(find_group("footwear")),), text, None, None,
            {"text": text.domain["good_id"], "photos": None, "predictions": None},
            .99, 1., .1, {})
        with patch.object(owhscodefusion, "BLOCK", 10):
            result = owhscodefusion.run(job, stop, state)
        self.assertEqual(len(result.verdicts), 20 if len(result.verdicts) == 20 else 10)
        self.widget._job = job
        self.widget.on_done(result)
        self.assertTrue(self.widget.Warning.cancelled.is_shown())
        self.assertEqual(len(self.get_output(self.widget.Outputs.codes)), len(result.verdicts))

    def test_unexpected_failure_becomes_a_message(self):
        with patch.object(owhscodefusion, "case_from_tables", side_effect=RuntimeError("beda")):
            self.assertIsNone(self.codes(text=text_facts({"A": BOOTS})))
        self.assertIn("beda", str(self.widget.Error.failed))
        self.assertFalse(self.widget.cancel_button.isEnabled())

    def test_report(self):
        self.widget.send_report()
        self.codes(text=text_facts({"A": BOOTS}))
        self.widget.report_html = ""
        self.widget.send_report()
        self.assertIn(MEN_ANKLE[:4], self.widget.report_html)


def test_numeric_ids_are_keys():
    table = Table.from_list(Domain([ContinuousVariable("good_id", number_of_decimals=0)]),
                            [[1], [2]])
    assert default_key(table).name == "good_id"


def goods_with_codes(n=60, seed=0):
    """Footwear of which the text tells little, a classifier that is right in 80 %, and codes."""
    rng = np.random.default_rng(seed)
    true = rng.choice(["6403", "6404"], n)
    sure = np.where(rng.random(n) < .8, .9999, .0001)
    p = {f"g{k}": (q, 1 - q) if code == "6403" else (1 - q, q)
         for k, (code, q) in enumerate(zip(true, sure))}
    domain = Domain([], DiscreteVariable("HS code", ("6403", "6404")),
                    [StringVariable("good_id"), StringVariable("description"),
                     StringVariable("ruling")])
    rows = [[f"g{k}", "Обувь мужская на шнурках", f"r{k // 2}"] for k in range(n)]
    data = Table.from_numpy(domain, np.zeros((n, 0)), (true == "6404").astype(float)[:, None],
                            np.array(rows, dtype=object))
    facts = facts_table(data, "description", GroupsReader(), "good_id")[0]
    return data, facts, predictions(p)


class Fed:
    """A widget that is sent tables by the names of its inputs."""

    def setUp(self):
        self.widget = self.create_widget(OWHSCodeFusion)

    def send(self, **tables):
        self.send_signals([(getattr(self.widget.Inputs, name), table)
                           for name, table in tables.items()])
        self.wait_until_finished()


class TestWeight(Fed, WidgetTest):
    def fit(self):
        self.widget.fit_button.click()
        self.wait_until_finished()
        self.process_events()
        self.wait_until_finished()
        return self.widget.fit_label.text()

    def test_nothing_is_fitted_without_predictions_or_known_codes(self):
        _, facts, said = goods_with_codes()
        self.send(text=facts)
        self.assertFalse(self.widget.fit_button.isEnabled())
        self.send(text=facts.transform(Domain(facts.domain.attributes, None, facts.domain.metas)),
                  predictions=said)
        self.assertIsNone(self.widget.truth_combo.variable)
        self.assertFalse(self.widget.fit_button.isEnabled())
        self.send(text=facts)
        self.assertTrue(self.widget.fit_button.isEnabled())

    def test_the_fitted_weight_is_set_said_and_decides(self):
        _, facts, said = goods_with_codes()
        self.send(text=facts, predictions=said)
        before = self.get_output(self.widget.Outputs.codes).X.copy()
        with speaking("en"):
            text = self.fit()
            self.assertIn("60 goods, 60 witnesses", text)
            self.assertIn("can't be seen", text)
        self.assertLess(self.widget.weight, 1)
        self.assertIn(f"{self.widget.weight:g}", text)
        after = self.get_output(self.widget.Outputs.codes).X
        self.assertFalse(np.array_equal(before, after, equal_nan=True))

    def test_goods_of_one_ruling_are_one_witness(self):
        _, facts, said = goods_with_codes()
        self.send(text=facts, predictions=said)
        simulate.combobox_activate_item(self.widget.by_combo, "ruling")
        with speaking("en"):
            self.assertIn("60 goods, 30 witnesses", self.fit())

    def test_too_few_goods_leave_the_weight_as_it_is(self):
        _, facts, said = goods_with_codes(12)
        self.widget.weight = 1.5
        self.send(text=facts, predictions=said)
        with speaking("en"):
            self.assertEqual(self.fit(), "The weight stays 1.5: codes of 12 goods with a "
                                         "prediction are known, 20 are needed")
        self.assertEqual(self.widget.weight, 1.5)
        self.assertIsNotNone(self.get_output(self.widget.Outputs.codes))

    def test_predictions_of_test_and_score_are_known_to_be_of_goods_aside(self):
        data, facts, said = goods_with_codes()
        fold = DiscreteVariable("Fold", ("1", "2"))
        tested = said.transform(Domain(said.domain.attributes, None, [*said.domain.metas, fold]))
        self.send(text=facts, predictions=tested)
        with speaking("en"):
            self.assertNotIn("can't be seen", self.fit())

    def test_predictions_without_any_are_said_and_nothing_is_lost(self):
        data, facts, _ = goods_with_codes()
        self.send(text=facts, predictions=data)
        self.fit()
        self.assertTrue(self.widget.fit_label.text())
        self.assertIsNotNone(self.get_output(self.widget.Outputs.codes))


class TestLearnerAndModel(Fed, WidgetTest):
    def outputs(self):
        return (self.get_output(self.widget.Outputs.learner),
                self.get_output(self.widget.Outputs.fitted))

    def test_learner_and_the_law_alone_are_there_without_any_input(self):
        learner, model = self.outputs()
        self.assertEqual(learner.name, "HS Code Fusion")
        self.assertIsNone(model.tree)
        data = goods_with_codes()[0].transform(Domain([], None, [StringVariable("description")]))
        self.assertAlmostEqual(model(data, 1).sum(), len(data))

    def test_settings_are_those_of_the_learner(self):
        self.widget.trust = .8
        self.widget.learn_texts = False
        self.widget._on_groups(["footwear"])
        self.widget._on_setting()
        learner, model = self.outputs()
        self.assertEqual([group.id for group in learner.groups], ["footwear"])
        self.assertEqual((learner.trust, learner.texts, model.trust), (.8, False, .8))

    def test_the_model_learns_from_data_once(self):
        data = goods_with_codes()[0]
        self.send(data=data)
        model = self.outputs()[1]
        self.assertIs(model.domain.class_var, data.domain.class_var)
        self.assertIn("60", self.widget.learnt_label.text())
        self.widget.accepted_error = .2
        self.widget._on_setting()
        self.wait_until_finished()
        self.assertIs(self.outputs()[1], model)
        self.widget.learn_texts = False
        self.widget._on_setting()
        self.wait_until_finished()
        self.assertIsNot(self.outputs()[1], model)
        self.send(data=None)
        self.assertIsNone(self.outputs()[1].columns)

    def test_what_changes_no_learner_trains_nothing_again_elsewhere(self):
        before = self.outputs()
        self.send(text=goods_with_codes()[1])
        self.widget.accepted_error = .2
        self.widget._on_setting()
        self.wait_until_finished()
        for one, other in zip(before, self.outputs()):
            self.assertIs(one, other)
        self.widget.trust = .8
        self.widget._on_setting()
        self.wait_until_finished()
        for one, other in zip(before, self.outputs()):
            self.assertIsNot(one, other)

    def test_a_setting_that_is_changed_while_a_model_is_learnt_is_learnt_after_it(self):
        self.widget.auto_commit = False
        self.send_signal(self.widget.Inputs.data, goods_with_codes()[0])
        self.widget.commit.now()
        self.widget.learn_texts = False
        self.widget._on_setting()
        self.wait_until_finished()
        self.assertIsNotNone(self.outputs()[1].tree)
        self.widget.commit.now()
        self.wait_until_finished()
        self.assertIsNone(self.outputs()[1].tree)

    def test_goods_are_decided_beside(self):
        data, facts, _ = goods_with_codes()
        self.send(data=data, text=facts)
        self.assertEqual(len(self.get_output(self.widget.Outputs.codes)), len(facts))
        self.assertIsNotNone(self.outputs()[1].columns)

    def test_data_without_codes_is_said(self):
        data = goods_with_codes()[0]
        self.send(data=data.transform(Domain([], None, data.domain.metas)))
        self.assertTrue(self.widget.Warning.learning.is_shown())
        self.assertIsNone(self.outputs()[1])
        self.send(data=data)
        self.assertFalse(self.widget.Warning.learning.is_shown())
        self.assertIsNotNone(self.outputs()[1])

    def test_test_and_score_and_predictions_take_them(self):
        data = goods_with_codes(30)[1]  # facts: Test and Score refuses data without features
        self.send(data=data)
        learner, model = self.outputs()
        scores = self.create_widget(OWTestAndScore)
        self.send_signal(scores.Inputs.train_data, data, widget=scores)
        for number, each in enumerate((learner, MajorityLearner())):
            self.send_signal(scores.Inputs.learner, each, number, widget=scores)
        results = self.get_output(scores.Outputs.evaluations_results, widget=scores, wait=60000)
        self.assertEqual(results.learner_names, ["HS Code Fusion", "majority"])
        self.assertFalse(any(results.failed or ()))
        tested = self.get_output(scores.Outputs.predictions, widget=scores)
        self.assertTrue(is_tested_aside(tested))
        answered = self.create_widget(OWPredictions)
        self.send_signal(answered.Inputs.data, data, widget=answered)
        self.send_signal(answered.Inputs.predictors, model, 1, widget=answered)
        table = self.get_output(answered.Outputs.annotated, widget=answered)
        self.assertIn("HS Code Fusion (6403)", [v.name for v in table.domain.metas])


class TestCalibration(WidgetTest):
    """Goods with known codes, on which safe digits rest."""

    def setUp(self):
        self.widget = self.create_widget(OWHSCodeFusion, stored_settings={"accepted_error": .1})

    def codes(self, **tables):
        self.send_signals([(getattr(self.widget.Inputs, name), table)
                           for name, table in tables.items()])
        self.wait_until_finished()
        return self.get_output(self.widget.Outputs.codes)

    def calibration(self, made_with=None):
        """Boots, of every second of which only the heading was right."""
        texts = text_facts({f"b{n}": BOOTS for n in range(12)})
        codes = self.codes(text=texts)
        codes = codes.add_column(StringVariable("right"), [
            MEN_ANKLE if n % 2 else "6403999800" for n in range(12)], to_metas=True)
        known = known_from_table(codes, codes.domain["code"], codes.domain["right"])
        if made_with is not None:
            known = Calibration(known.rows, made_with)
        return texts, calibration_table(known)

    @speaking("en")
    def test_safe_digits_are_what_known_goods_promise_and_the_card_says_so(self):
        texts, table = self.calibration()
        codes = self.codes(text=texts, calibration=table)
        self.assertEqual(set(codes.get_column("safe code")), {"6403"})
        self.assertEqual(set(codes.get_column("code")), {MEN_ANKLE})
        self.assertIn("by known codes (12", codes.get_column("safe by")[0])
        self.assertIn("by known codes (12", self.widget.page.card.toPlainText())
        codes = self.codes(calibration=None)
        self.assertEqual(set(codes.get_column("safe by")), {"by the probabilities"})

    @speaking("en")
    def test_a_table_that_something_else_made_does_not_count_and_a_warning_says_what_differs(self):
        texts, table = self.calibration({"model": "LR"})
        codes = self.codes(text=texts, calibration=table)
        self.assertEqual(set(codes.get_column("safe by")), {"by the probabilities"})
        self.assertIn("was made another way: model: LR there", str(self.widget.Warning.remarks))

    @speaking("en")
    def test_a_table_that_is_none_is_named_and_the_goods_are_decided(self):
        codes = self.codes(text=text_facts({"b": BOOTS}), calibration=Table("iris"))
        self.assertEqual(list(codes.get_column("code")), [MEN_ANKLE])
        self.assertIn("no column code", str(self.widget.Warning.calibration))
        self.codes(calibration=None)
        self.assertFalse(self.widget.Warning.calibration.is_shown())
