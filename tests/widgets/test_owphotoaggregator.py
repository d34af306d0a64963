"""Bayesian Photo Aggregator: pooling by the good's id, modes, what is left out and why."""
import ast
import unittest
from unittest.mock import patch

import numpy as np
from AnyQt.QtCore import Qt
from Orange.data import ContinuousVariable, DiscreteVariable, Domain, StringVariable, Table
from Orange.widgets.tests.base import WidgetTest
from orangewidget.tests.utils import simulate

from orangecontrib.customs.fusion.table import evidence_from_table
from orangecontrib.customs.groups import find_group
from orangecontrib.customs.photos.model import fact_ids, feature_ids
from orangecontrib.customs.photos.pooling import MODES
from orangecontrib.customs.photos.table import pooled_table
from orangecontrib.customs.widgets import owphotoaggregator
from orangecontrib.customs.widgets.owphotoaggregator import EXPLAINED, OWPhotoAggregator

FOOTWEAR = find_group("footwear")

HEELS = feature_ids().index("high_heel")


def photos(goods=("A", "A", "A", "B", "B"), good_variable=None, seed=0) -> Table:
    """What the extractor sends, for made-up photos."""
    features = []
    for feature in FOOTWEAR.features:
        variable = ContinuousVariable(feature.name_en)
        heights = feature.fact == "height"
        variable.attributes.update(feature=feature.id, fact=feature.fact, value=feature.value,
                                   prior=".25" if heights else ".1", rho=".5")
        features.append(variable)
    gradable = []
    for fact in fact_ids():
        variable = ContinuousVariable(f"judged {fact}")
        variable.attributes["gradability"] = fact
        gradable.append(variable)
    image = StringVariable("image")
    image.attributes.update(type="image", origin="/nowhere")
    good = good_variable or StringVariable("good_id")
    discrete = good.is_discrete
    domain = Domain(features, [good] if discrete else [],
                    ([] if discrete else [good]) + [image] + gradable)
    table = Table.from_domain(domain, len(goods))
    rng = np.random.default_rng(seed)
    with table.unlocked():
        table.X[:] = rng.uniform(.02, .98, table.X.shape)
        heights = [i for i, f in enumerate(FOOTWEAR.features) if f.fact == "height"]
        table.X[:, heights] /= table.X[:, heights].sum(axis=1, keepdims=True)
        if discrete:
            table.Y[:] = [good.to_val(g) for g in goods]
        else:
            table[:, good] = np.array(goods, dtype=object)[:, None]
        table[:, image] = np.array([f"{i}.jpg" for i in range(len(goods))], object)[:, None]
        table.metas[:, -len(gradable):] = rng.uniform(.2, 1, (len(goods), len(gradable)))
    table.name = "photos"
    return table


class TestOWPhotoAggregator(WidgetTest):
    def setUp(self):
        self.widget = self.create_widget(OWPhotoAggregator)

    def goods(self, data=None):
        if data is not None:
            self.send_signal(self.widget.Inputs.features, data)
        self.wait_until_finished()
        return self.get_output(self.widget.Outputs.goods)

    def contributions(self):
        return self.get_output(self.widget.Outputs.contributions)

    def choose(self, mode):
        self.widget.controls.mode_index.buttons[list(EXPLAINED).index(mode)].click()

    def test_every_mode_is_explained(self):
        self.assertEqual(tuple(EXPLAINED), MODES)

    def test_a_row_per_good(self):
        data = photos()
        goods = self.goods(data)
        self.assertEqual(list(goods.get_column("good_id")), ["A", "B"])
        self.assertEqual(list(goods.get_column("photos used")), [3, 2])
        self.assertEqual([v.attributes["feature"] for v in goods.domain.attributes],
                         list(feature_ids()))
        np.testing.assert_array_equal(goods.X, pooled_table(data, "good_id").X)
        self.assertEqual(evidence_from_table(goods).evidence.keys, ("A", "B"))

    def test_contributions_add_up(self):
        data = photos()
        goods, parts = self.goods(data), self.contributions()
        self.assertEqual(len(parts), len(data))
        self.assertNotIn("fact", parts.domain.attributes[HEELS].attributes)
        logit = np.log(.1 / .9) + parts.X[:3, HEELS].sum()
        self.assertAlmostEqual(goods.X[0, HEELS], 1 / (1 + np.exp(-logit)), 6)

    def test_removing_data_clears(self):
        self.goods(photos())
        self.send_signal(self.widget.Inputs.features, None)
        self.assertIsNone(self.goods())
        self.assertIsNone(self.contributions())
        self.assertEqual(self.widget.goods_model.rowCount(), 0)
        self.assertIsNone(self.widget.drawing.model().good)

    def test_modes(self):
        data = photos()
        results = {}
        self.goods(data)
        for mode in MODES:
            self.choose(mode)
            results[mode] = self.goods().X
            np.testing.assert_array_equal(results[mode], pooled_table(data, "good_id", mode).X)
        self.assertEqual(len({r.tobytes() for r in results.values()}), 4)

    def test_rho(self):
        data = photos()
        learnt = self.goods(data)
        self.widget.controls.auto_rho.click()
        np.testing.assert_allclose(self.goods().X, learnt.X)  # the made-up ρ is .5, too
        self.widget.controls.rho.setValue(0)
        zero = self.goods()
        np.testing.assert_allclose(zero.X, pooled_table(data, "good_id", "paper").X)
        self.assertEqual(data.domain.attributes[0].attributes["rho"], ".5")

    def test_rho_is_for_the_tempered_mode(self):
        self.assertTrue(self.widget.rho_box.isEnabled())
        self.choose("mean")
        self.assertFalse(self.widget.rho_box.isEnabled())

    def test_class_as_good(self):
        good = DiscreteVariable("category", values=("x", "y"))
        goods = self.goods(photos(("y", "x", "y"), good))
        self.assertEqual(list(goods.get_column("category")), ["y", "x"])
        self.assertFalse(self.widget.Information.guessed.is_shown())

    def test_guessed_column(self):
        goods = self.goods(photos(good_variable=StringVariable("something")))
        self.assertEqual(len(goods), 2)
        self.assertTrue(self.widget.Information.guessed.is_shown())
        self.goods(photos())
        self.assertFalse(self.widget.Information.guessed.is_shown())

    def test_good_column_is_kept_by_name(self):
        data = photos()
        other = StringVariable("lot")
        both = data.transform(Domain(data.domain.attributes, [], (*data.domain.metas, other)))
        with both.unlocked(both.metas):
            both.metas[:, -1] = "the only one"
        self.goods(both)
        combo = self.widget.good_combo
        simulate.combobox_activate_item(combo, "lot")
        self.assertEqual(len(self.goods()), 1)
        settings = self.widget.settingsHandler.pack_data(self.widget)
        self.assertEqual(len(self.goods(data)), 2)
        self.assertEqual(len(self.goods(both)), 1)
        self.widget = self.create_widget(OWPhotoAggregator, stored_settings=settings)
        self.assertEqual(len(self.goods(both)), 1)

    def test_photos_without_a_good(self):
        goods = self.goods(photos(("A", "", "B", "")))
        self.assertEqual(len(goods), 2)
        skipped = self.get_output(self.widget.Outputs.skipped)
        self.assertEqual(list(skipped.get_column("image")), ["1.jpg", "3.jpg"])
        self.assertIn("no good", skipped[0]["reason"].value)
        self.assertIn("2", str(self.widget.Warning.no_id))
        self.assertEqual(len(self.contributions()), 2)

    def test_no_ids_at_all(self):
        self.assertIsNone(self.goods(photos(("", ""))))
        self.assertTrue(self.widget.Error.no_ids.is_shown())
        self.assertEqual(len(self.get_output(self.widget.Outputs.skipped)), 2)

    def test_no_features(self):
        self.assertIsNone(self.goods(Table("iris")))
        self.assertIn("Footwear CNN Feature Extractor", str(self.widget.Error.no_features))
        self.assertIsNotNone(self.goods(photos()))
        self.assertFalse(self.widget.Error.no_features.is_shown())

    def test_some_features_are_missing(self):
        data = photos()
        part = data.transform(Domain(data.domain.attributes[:5], [], data.domain.metas))
        self.assertIsNone(self.goods(part))
        self.assertIn("sport", str(self.widget.Error.features))

    def test_no_column_of_goods(self):
        data = photos()
        part = data.transform(Domain(data.domain.attributes, [],
                                     [data.domain["image"]]))
        self.assertIsNone(self.goods(part))
        self.assertTrue(self.widget.Error.no_good.is_shown())

    def test_unexpected_failure_is_a_message(self):
        with patch.object(owphotoaggregator, "pool_table", side_effect=RuntimeError("boom")):
            self.assertIsNone(self.goods(photos()))
        self.assertIn("boom", str(self.widget.Error.unexpected))

    def test_drawing_follows_the_chosen_good(self):
        data = photos()
        self.goods(data)
        model = self.widget.drawing.model()
        self.assertEqual((model.rowCount(), model.columnCount()), (14, 3))
        self.widget.goods_view.selectRow(1)
        self.assertEqual((model.rowCount(), model.columnCount()), (14, 2))
        self.assertEqual(model.headerData(0, Qt.Horizontal), "3.jpg")
        self.assertEqual(self.widget.selected_good, "B")
        tooltip = model.index(HEELS, 0).data(Qt.ToolTipRole)
        value = self.contributions().X[3, HEELS]
        self.assertIn(f"{value:+.3f}", tooltip)
        self.assertIn("0.100", model.headerData(HEELS, Qt.Vertical, Qt.ToolTipRole))
        self.goods(photos(seed=1))  # the same good stays chosen
        self.assertEqual(self.widget.selected_good, "B")

    def test_filter(self):
        self.goods(photos())
        self.widget.filter_edit.setText("b")
        shown = self.widget.proxy
        self.assertIn("B", [shown.index(i, 0).data() for i in range(shown.rowCount())])
        self.widget.filter_edit.setText("no such good")
        self.assertEqual(shown.rowCount(), 0)
        self.goods(photos(seed=2))  # new data under a filter that hides all
        self.widget.filter_edit.setText("")
        self.assertEqual(shown.rowCount(), 2)

    def test_without_pictures(self):
        data = photos()
        domain = data.domain
        part = data.transform(Domain(domain.attributes, [],
                                     [v for v in domain.metas if v.name != "image"]))
        self.assertEqual(len(self.goods(part)), 2)
        self.assertEqual(self.widget.drawing.model().headerData(0, Qt.Horizontal), "photo 1")

    def test_settings(self):
        self.widget.controls.auto_rho.click()
        self.widget.controls.rho.setValue(.3)
        self.choose("max")
        settings = self.widget.settingsHandler.pack_data(self.widget)
        self.assertEqual(ast.literal_eval(repr(settings)), settings)
        again = self.create_widget(OWPhotoAggregator, stored_settings=settings)
        self.assertEqual((again.mode, again.auto_rho, again.rho), ("max", False, .3))
        self.assertEqual(again.mode_index, 3)

    def test_unknown_mode_in_settings(self):
        again = self.create_widget(OWPhotoAggregator, stored_settings={"mode": "median"})
        self.assertEqual(again.mode, "tempered")

    def test_manual_apply(self):
        self.goods(photos())
        self.widget.controls.auto_apply.click()
        before = self.goods()
        self.choose("mean")
        self.assertIs(self.goods(), before)

    def test_report(self):
        self.widget.send_report()
        self.goods(photos())
        self.widget.send_report()
        self.assertIn("Tempered", self.widget.report_html)
        for shown in ("Photos of A", "0.jpg", "1.jpg", "2.jpg"):
            self.assertIn(shown, self.widget.report_html)


if __name__ == "__main__":
    unittest.main()
