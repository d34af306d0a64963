"""Photos of any group of goods; which one is asked only where there are several."""
import tempfile
from pathlib import Path
from unittest.mock import patch

import numpy as np
from AnyQt.QtCore import Qt
from AnyQt.QtTest import QTest
from Orange.data import ContinuousVariable, Domain, StringVariable, Table
from Orange.widgets.tests.base import GuiTest
from Orange.widgets.tests.utils import simulate
from orangewidget.tests.base import WidgetTest
from PIL import Image

from orangecontrib.customs.groups import find_group, loading
from orangecontrib.customs.photos.chips import COLOURS, FeatureView, conflicts
from orangecontrib.customs.photos.model import untrained
from orangecontrib.customs.photos.sources import find_photos
from orangecontrib.customs.photos.table import feature_columns, photos_table
from orangecontrib.customs.training.labelling import LabelStore
from orangecontrib.customs.widgets.owfootweartrainer import OWFootwearTrainer
from orangecontrib.customs.widgets.owphotolabeler import OWPhotoLabeler
from orangecontrib.customs.widgets.utils.common.groupcombo import GroupCombo
from orangecontrib.customs.widgets.utils.training import labelfiles

FOOTWEAR = find_group("footwear")

TABLES = {
    "facts": "fact,value,fact_en,fact_ru,value_en,value_ru,question_ru\n"
             "light,led,light source,источник света,LED,светодиодный,?\n"
             "light,other,,,other,прочий,\n"
             "size,small,size,размер,small,малый,?\nsize,large,,,large,большой,\n",
    "decision_table": "codes,light,gap,basis\n8539500000,led,,ОПИ 1\n8539000000,other,,ОПИ 1\n",
    "tariff": "code,designation_ru,designation_en,unit,rate\n8539,лампы,lamps,,\n"
              "8539500000,светодиодные,LED,шт,\n8539000000,прочие,other,шт,\n",
    "features": "feature,name_ru,name_en,fact,value,description_ru\n"
                "led_dots,СВЕТОДИОДЫ,LED dots,light,led,видны светодиоды\n"
                "small,МАЛАЯ,small,size,small,малая\nlarge,БОЛЬШАЯ,large,size,large,большая\n"}


def lamps(folder: Path):
    folder.mkdir()
    for name, text in TABLES.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return find_group(folder)


class Several:
    """Two loaded groups have visual features."""

    def setUp(self):
        super().setUp()
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name).resolve()
        self.lamps = lamps(self.folder / "lamps")
        self.load(FOOTWEAR, self.lamps)
        patched = patch.object(labelfiles.environ, "data_dir",
                               lambda versioned=True: str(self.folder / "data"))
        patched.start()
        self.addCleanup(patched.stop)

    def load(self, *groups):
        patched = patch.object(loading, "loaded_groups", lambda: groups)
        patched.start()
        self.addCleanup(patched.stop)

    def photos(self) -> Table:
        for good in ("L1", "L2"):
            place = self.folder / "photos" / good
            place.mkdir(parents=True)
            Image.new("RGB", (40, 40), "white").save(place / "1.png")
        return photos_table(find_photos(self.folder / "photos")[0], self.folder / "photos")


class TestCombo(Several, GuiTest):
    def test_the_only_group_is_not_asked_for(self):
        self.load(self.lamps)
        combo = GroupCombo("")
        self.assertFalse(combo.needed or combo.problem)
        self.assertEqual((combo.group, combo.group_id), (self.lamps, "lamps"))

    def test_of_several_groups_none_is_taken_silently(self):
        combo = GroupCombo("")
        self.assertTrue(combo.needed)
        self.assertIn("choose", str(combo.problem))
        simulate.combobox_activate_item(combo, "lamps")
        self.assertEqual((combo.group, combo.group_id, combo.problem), (self.lamps, "lamps", ""))

    def test_a_workflow_about_a_group_that_is_not_here(self):
        for groups in ((FOOTWEAR,), (FOOTWEAR, self.lamps)):
            self.load(*groups)
            combo = GroupCombo("toys")
            self.assertTrue(combo.needed)
            self.assertIn("'toys'", str(combo.problem))
            self.assertEqual(combo.group_id, "toys")


class TestLabeler(Several, WidgetTest):
    def labeler(self, **settings) -> OWPhotoLabeler:
        return self.create_widget(OWPhotoLabeler, stored_settings=settings)

    def test_nothing_is_labelled_before_the_group_is_chosen(self):
        widget = self.labeler()
        self.send_signal(widget.Inputs.images, self.photos(), widget=widget)
        self.assertTrue(widget.Error.group.is_shown())
        self.assertIsNone(widget.sheet)
        simulate.combobox_activate_item(widget.group_combo, "lamps")
        self.assertFalse(widget.Error.group.is_shown())
        self.assertEqual(len(widget.sheet), 2)
        self.assertEqual(widget.group_id, "lamps")

    def test_a_group_without_clusters_is_labelled_by_keys(self):
        widget = self.labeler(group_id="lamps", go_on=False)
        self.send_signal(widget.Inputs.images, self.photos(), widget=widget)
        self.assertFalse(widget.panel.cluster_buttons)
        self.assertEqual(len(widget.panel.state.asked), 2)
        self.assertTrue(widget.panel.more_button.isHidden())
        QTest.keyClick(widget.gallery, Qt.Key_1)  # there are no clusters
        QTest.keyClick(widget.gallery, Qt.Key_A)
        QTest.keyClick(widget.gallery, Qt.Key_9)  # there are two sizes
        QTest.keyClick(widget.gallery, Qt.Key_8)
        np.testing.assert_array_equal(widget.sheet.labels[0], [1, 0, 1])
        self.assertEqual(widget.sheet.done[0], 1)
        widget.commit.now()
        out = self.get_output(widget.Outputs.labeled, widget=widget)
        self.assertEqual([v.name for v in out.domain.attributes], ["LED dots", "small", "large"])
        trainer = self.create_widget(OWFootwearTrainer, stored_settings={"group_id": "lamps"})
        self.send_signal(trainer.Inputs.photos, out, widget=trainer)
        self.assertIs(trainer._photos[0].group, self.lamps)
        np.testing.assert_array_equal(trainer._photos[0].labels[0], [1, 0, 1])

    def test_labels_of_two_groups_do_not_share_a_file(self):
        photos = str(self.folder / "photos")
        first = labelfiles.default_labels(photos, FOOTWEAR)
        self.assertEqual(labelfiles.default_labels(photos, self.lamps), first)
        store = LabelStore(first, FOOTWEAR)
        other = labelfiles.default_labels(photos, self.lamps)
        self.assertEqual(other.name, first.stem + "-lamps.csv")
        self.assertEqual(labelfiles.default_labels(photos, FOOTWEAR), first)
        store.close()
        self.assertEqual(labelfiles.default_labels(photos, self.lamps), other)

    def test_a_model_of_another_group_suggests_nothing(self):
        widget = self.labeler(group_id="lamps")
        self.send_signal(widget.Inputs.model, untrained("none", "", {}, 3, group=FOOTWEAR),
                         widget=widget)
        self.send_signal(widget.Inputs.images, self.photos(), widget=widget)
        self.process_events(lambda: widget.task is None)
        self.assertIn("footwear", str(widget.Error.model))


class TestTrainer(Several, WidgetTest):
    def test_the_group_is_asked_for(self):
        widget = self.create_widget(OWFootwearTrainer)
        self.send_signal(widget.Inputs.photos, self.photos(), widget=widget)
        self.assertIn("choose the group", str(widget.Error.data))
        simulate.combobox_activate_item(widget.group_combo, "lamps")
        self.assertIn("no labels", str(widget.Error.data))
        self.assertEqual(widget.group_id, "lamps")


class TestView(Several, GuiTest):
    def test_columns_of_a_file_are_of_the_group_that_has_them(self):
        variables = []
        for feature in self.lamps.features:
            variables.append(ContinuousVariable(feature.name_en))
            variables[-1].attributes.update(feature=feature.id, fact=feature.fact)
        table = Table.from_numpy(Domain(variables, metas=[StringVariable("x")]),
                                 np.array([[.9, .2, .8]]), metas=np.array([[""]], object))
        self.assertEqual(list(feature_columns(table.domain)), list(self.lamps.feature_ids))
        view = FeatureView(table, [.5] * 3)
        self.assertIs(view.group, self.lamps)
        self.assertEqual([chip.text for chip in view.chips(0)], ["✓ size: large", "✓ LED dots"])
        self.assertEqual(conflicts({"led_dots", "large"}, self.lamps), [])

    def test_every_fact_has_a_colour_of_its_own_choice(self):
        self.assertEqual(COLOURS["light"], COLOURS["light"])
        self.assertIn(COLOURS["light"], COLOURS.values())
        self.assertNotIn("light", COLOURS)
