"""Tariff Tree Classifier: what it trains on, shows and sends."""
import itertools

import numpy as np
from Orange.classification import NaiveBayesLearner
from Orange.data import DiscreteVariable, Domain, StringVariable, Table
from Orange.widgets.tests.base import WidgetTest

from orangecontrib.customs.nomenclature import bundled_tariff
from orangecontrib.customs.nomenclature.table import tariff_table
from orangecontrib.customs.widgets.owtarifftree import OWTariffTree

GOODS = {"6403": ("ботинки", "туфли", "сапоги"), "8413": ("насос", "помпа", "насосы"),
         "40.11": ("шина", "покрышка", "автошина")}
SAYS = ("новый", "для дома", "в коробке", "серый", "импортный", "по контракту")


def declarations():
    rows = [(f"{name} {more}", code) for code, names in GOODS.items()
            for name, more in itertools.product(names, SAYS)]
    target = DiscreteVariable("HS code", tuple(GOODS))
    domain = Domain([], target, [StringVariable("description")])
    return Table.from_numpy(domain, np.empty((len(rows), 0)),
                            np.array([target.values.index(code) for _, code in rows], float),
                            np.array([[text] for text, _ in rows], dtype=object))


class TestOWTariffTree(WidgetTest):
    def setUp(self):
        self.widget = self.create_widget(OWTariffTree)
        self.data = declarations()

    def train(self, **signals):
        inputs = self.widget.Inputs
        self.send_signals([(getattr(inputs, name), value)
                           for name, value in {"data": self.data, **signals}.items()])
        self.wait_until_finished(timeout=60_000)
        self.process_events()

    def test_an_empty_widget_says_what_to_connect(self):
        assert "Code as Class" in self.widget.summary.text()
        assert self.get_output(self.widget.Outputs.learner) is not None

    def test_training_shows_levels_rows_and_branches(self):
        self.train()
        assert [level.digits for level in self.widget.levels_model.rows] == [2, 4]
        assert "3 codes of up to 4 digits" in self.widget.summary.text()
        assert len(self.widget.page.model.rows) == len(self.data)
        assert self.widget.page.tree.topLevelItemCount()
        model = self.get_output(self.widget.Outputs.model)
        assert np.mean(model(self.data) == self.data.Y) > .9
        assert len(self.get_output(self.widget.Outputs.candidates)) == len(self.data)
        assert len(self.get_output(self.widget.Outputs.levels)) == 2

    def test_another_row_has_other_branches(self):
        self.train()
        first = self.widget.page.tree.topLevelItem(0).text(0)
        self.widget.page.view.selectRow(len(self.data) - 1)
        assert self.widget.page.tree.topLevelItem(0).text(0) != first
        assert self.widget.chosen_row == len(self.data) - 1

    def test_goods_are_answered_by_the_model_that_is_there(self):
        self.train()
        model = self.get_output(self.widget.Outputs.model)
        goods = self.data[:2].transform(Domain([], None, self.data.domain.metas))
        self.send_signal(self.widget.Inputs.goods, goods)
        self.wait_until_finished(timeout=60_000)
        assert len(self.get_output(self.widget.Outputs.candidates)) == 2
        assert self.get_output(self.widget.Outputs.model) is model
        self.send_signal(self.widget.Inputs.goods, None)
        self.wait_until_finished(timeout=60_000)
        assert len(self.get_output(self.widget.Outputs.candidates)) == len(self.data)

    def test_a_tariff_on_the_input_takes_the_place_of_the_bundled_one(self):
        footwear = bundled_tariff(branch="64")
        self.train(tariff=tariff_table(footwear))
        classes = self.get_output(self.widget.Outputs.model).trained.classes
        assert "6405" in classes and "9032" not in classes

    def test_a_table_without_designations_is_named(self):
        self.train(tariff=Table("iris"))
        assert self.widget.Warning.no_designations.is_shown()
        assert self.get_output(self.widget.Outputs.model) is not None

    def test_nodes_learn_by_the_learner_on_the_input(self):
        self.train(learner=NaiveBayesLearner())
        assert "naive bayes" in self.widget.learner_label.text()
        assert self.get_output(self.widget.Outputs.learner).learner is not None
        assert not self.widget.penalty_combo.isEnabled()

    def test_a_class_that_is_no_code_is_an_error(self):
        self.train(data=Table("iris"))
        assert "two different codes" in str(self.widget.Error.failed)
        self.train(data=Table("housing"))
        assert self.widget.Error.no_class.is_shown()

    def test_without_automatic_training_it_waits_for_the_button(self):
        self.widget = self.create_widget(OWTariffTree, stored_settings={"auto_run": False})
        self.train()
        assert self.get_output(self.widget.Outputs.model) is None
        self.widget.train_button.click()
        self.wait_until_finished(timeout=60_000)
        assert self.get_output(self.widget.Outputs.model) is not None

    def test_cancelling_leaves_no_model_and_says_so(self):
        self.widget = self.create_widget(OWTariffTree, stored_settings={"auto_run": False})
        self.send_signal(self.widget.Inputs.data, self.data)
        self.widget.train_button.click()
        self.widget.cancel_button.click()
        assert self.widget.Information.cancelled.is_shown()
        assert self.get_output(self.widget.Outputs.model) is None
        assert self.widget.train_button.isEnabled()
