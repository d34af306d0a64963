"""The pages Matrix and Calibration of Evaluate Codes."""
import numpy as np
from AnyQt.QtCore import QItemSelectionModel
from made_goods import ANKLE, BOOTS, BOOTS_NO_HEIGHT, SNEAKERS, photo_features, text_facts
from Orange.classification import LogisticRegressionLearner
from Orange.data import ContinuousVariable, DiscreteVariable, Domain, Table
from Orange.evaluation import CrossValidation
from Orange.widgets.tests.base import WidgetTest
from spoken import foreign, said

from orangecontrib.customs.cases.api import engines_of
from orangecontrib.customs.cases.table import case_from_tables, codes_table
from orangecontrib.customs.columns import FeatureColumn, LabelColumn
from orangecontrib.customs.groups import visual_group
from orangecontrib.customs.i18n import speaking
from orangecontrib.customs.widgets.owevaluatecodes import OWEvaluateCodes
from orangecontrib.customs.widgets.utils.common.wording import reword

CODES = ("8504403008", "8504409000", "8536301000")


def goods():
    """Codes of HS Code Fusion: one as declared, two not."""
    case = case_from_tables(engines_of(), text_facts(
        {"A": BOOTS, "B": BOOTS, "C": SNEAKERS, "D": BOOTS_NO_HEIGHT},
        [6403911600, 6402999600, 6403911600, np.nan], [10, 20, 30, 40]),
        photo_features({"A": ANKLE, "B": ANKLE}))
    return codes_table(case, case.decide())


def results():
    iris = Table("iris")
    table = Table.from_numpy(Domain(iris.domain.attributes[:2], DiscreteVariable("HS code", CODES)),
                             iris.X[:, :2], iris.Y)
    found = CrossValidation(k=3, random_state=0)(table, [LogisticRegressionLearner()])
    found.data, found.learner_names = table, ["logistic"]
    return found


def photos():
    feature = visual_group().features[0]
    said = FeatureColumn(feature.id, feature.fact, feature.value, .1).mark(
        ContinuousVariable("P(feature)"))
    label = LabelColumn(feature.id, feature.fact, feature.value).mark(
        ContinuousVariable(feature.name_en))
    p = np.linspace(0, 1, 40)
    return Table.from_numpy(Domain([said, label]), np.column_stack([p, p > .5]))


class TestMatrix(WidgetTest):
    def setUp(self):
        self.widget = self.create_widget(OWEvaluateCodes)
        self.page = self.widget.matrix_page

    def send(self, table):
        self.send_signal(self.widget.Inputs.data, table)
        self.wait_until_finished()

    def press(self, declared, found):
        model = self.page.model
        self.page.view.selectionModel().setCurrentIndex(
            model.index(model.declared.index(declared), model.found.index(found)),
            QItemSelectionModel.ClearAndSelect)

    def selected(self):
        return self.get_output(self.widget.Outputs.selected)

    @speaking("en")
    def test_no_true_codes_are_needed(self):
        self.send(goods())
        self.assertIs(self.widget.tabs.currentWidget(), self.page)
        self.assertFalse(self.widget.Error.active)
        self.assertTrue(self.widget.Information.only_matrix.is_shown())
        self.assertIn("3 of 4 goods", self.page.sentence.text())
        self.assertIn("1 agree", self.page.sentence.text())

    def test_a_cell_sends_its_goods_and_a_margin_all_of_it(self):
        self.send(goods())
        self.press("640391", "640391")
        self.assertEqual([str(row["good_id"]) for row in self.selected()], ["A"])
        self.press("640391", "*")
        self.assertEqual([str(row["good_id"]) for row in self.selected()], ["A", "C"])
        self.press("*", "*")
        self.assertEqual(len(self.selected()), 4)
        model = self.page.model
        empty = next((one, other) for one in model.declared for other in model.found
                     if (one, other) not in self.page.matrix.cells)
        self.press(*empty)
        self.assertIsNone(self.selected())

    def test_the_cell_stays_with_the_workflow(self):
        self.send(goods())
        self.press("640391", "640391")
        settings = self.widget.settingsHandler.pack_data(self.widget)
        other = self.create_widget(OWEvaluateCodes, stored_settings=settings)
        self.send_signal(other.Inputs.data, goods(), widget=other)
        self.wait_until_finished(widget=other)
        self.assertEqual(len(self.get_output(other.Outputs.selected, widget=other)), 1)

    def test_the_cell_that_is_sent_stays_in_hand_with_other_money(self):
        self.send(goods())
        self.press("640391", "640391")
        last = self.page.money_combo.count() - 1
        self.page.money_combo.setCurrentIndex(last)
        self.page.money_combo.activated.emit(last)
        self.assertEqual(len(self.selected()), 1)
        self.assertEqual(len(self.page.view.selectedIndexes()), 1)

    def test_the_level_and_the_money_are_chosen(self):
        self.send(goods())
        out = self.get_output(self.widget.Outputs.matrix)
        self.assertEqual(sum(out.get_column("goods")), 4)
        self.page.level_combo.setCurrentIndex(0)
        self.page.level_combo.activated.emit(0)
        self.assertEqual(self.widget.matrix_level, 4)
        self.assertEqual(self.page.matrix.declared[-1], "")
        last = self.page.money_combo.count() - 1
        self.page.money_combo.setCurrentIndex(last)
        self.page.money_combo.activated.emit(last)
        self.assertEqual(self.widget.matrix_money, "at_risk EUR")
        risk = goods().get_column("duty at risk (EUR)")
        self.assertAlmostEqual(self.page.matrix.total.low, np.nansum(risk))

    @speaking("en")
    def test_cells_say_what_they_are(self):
        self.send(goods())
        model = self.page.model
        index = model.index(model.declared.index("640299"), model.found.index("640391"))
        self.assertIn("Declared 6402 99, found 6403 91: 1 goods", index.data(3))
        self.assertTrue(index.data().startswith("1\n"))

    def test_all_is_said_in_the_language_that_is_spoken(self):
        for language in ("ru", "en"):
            with self.subTest(language), speaking(language):
                self.send(goods())
                reword(self.page)
                for what, text in said(self.page):
                    self.assertEqual(foreign(text, language, ["Selected Documents", "Codes",
                                                              "HS Code Fusion", "Data"]), [], what)

    def test_without_declared_codes_it_says_what_to_connect(self):
        self.send(Table("iris"))
        self.assertIsNone(self.page.matrix)
        self.assertIsNone(self.get_output(self.widget.Outputs.matrix))
        self.assertIn("Data", self.page.sentence.text())


class TestCalibration(WidgetTest):
    def setUp(self):
        self.widget = self.create_widget(OWEvaluateCodes)
        self.page = self.widget.calibration_page

    def send(self, found=None, table=None):
        self.send_signals([(self.widget.Inputs.results, found),
                           (self.widget.Inputs.photos, table)])
        self.wait_until_finished()

    def test_levels_of_codes_stand_beside_features_of_photos(self):
        self.send(results(), photos())
        rows = self.page.model.rows
        self.assertEqual([row.curve.name for row in rows],
                         ["4", "6", "8", "10", visual_group().features[0].id])
        self.assertEqual(len(self.page.view.selectionModel().selectedRows()), 4)
        self.assertEqual(len(self.page.plot.plotItem.listDataItems()), 1 + 4)

    def test_photos_alone_are_measured(self):
        self.send(None, photos())
        self.assertEqual(len(self.page.model.rows), 1)
        self.assertEqual(len(self.page.view.selectionModel().selectedRows()), 1)
        self.send(None, None)
        self.assertEqual(self.page.model.rows, [])

    def test_photos_without_labels_are_named(self):
        self.send(results(), Table("iris"))
        self.assertTrue(self.widget.Warning.no_photos.is_shown())
        self.assertEqual(len(self.page.model.rows), 4)
