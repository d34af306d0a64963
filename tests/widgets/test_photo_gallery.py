"""What galleries show: the strongest features of a photo, thumbnails that come later."""
import tempfile
import unittest
from pathlib import Path

import numpy as np
from AnyQt.QtCore import QPoint, QRect
from AnyQt.QtGui import QFontMetrics
from Orange.data import ContinuousVariable, Domain, Table
from Orange.widgets.tests.base import GuiTest
from PIL import Image

from orangecontrib.customs.groups import find_group
from orangecontrib.customs.i18n import speaking
from orangecontrib.customs.photos.chips import COLOURS, FeatureView
from orangecontrib.customs.photos.model import fact_ids, feature_ids
from orangecontrib.customs.widgets.utils.photos.featuregallery import FeatureGallery
from orangecontrib.customs.widgets.utils.photos.gallery import PhotoGallery, Tile
from orangecontrib.customs.widgets.utils.photos.thumbnails import ThumbnailLoader

FOOTWEAR = find_group("footwear")


def view(probabilities: dict, judged: dict | None = None, made_only=()) -> FeatureView:
    """One photo; features that are not named have P = 0.01."""
    features, gradable = [], []
    for feature in FOOTWEAR.features:
        variable = ContinuousVariable(feature.name_en)
        variable.attributes.update(feature=feature.id, fact=feature.fact, value=feature.value)
        if feature.id in made_only:
            variable.attributes["made_only"] = "yes"
        features.append(variable)
    for fact in fact_ids():
        variable = ContinuousVariable(f"judged {fact}")
        variable.attributes["gradability"] = fact
        gradable.append(variable)
    row = [probabilities.get(id_, .01) for id_ in feature_ids()]
    metas = [(judged or {}).get(fact, 1.) for fact in fact_ids()]
    domain = Domain(features, metas=gradable)
    return FeatureView(Table.from_numpy(domain, np.array([row]), metas=np.array([metas], object)))


class TestFeatureView(unittest.TestCase):
    def texts(self, *args, **kwargs):
        return [chip.text for chip in view(*args, **kwargs).chips(0)]

    def test_a_colour_for_each_fact(self):
        self.assertEqual(set(COLOURS), set(fact_ids()))

    def test_heights_are_one_and_come_first(self):
        self.assertEqual(
            self.texts({"height_ankle": .6, "height_calf": .3, "high_heel": .9, "sport": .2}),
            ["height: ankle", "high heel", "sport (spikes)"])

    def test_the_likeliest_is_always_shown(self):
        self.assertEqual(self.texts({"height_ankle": .9, "house": .03}),
                         ["height: ankle", "house"])

    def test_no_footwear_comes_before_all(self):
        self.assertEqual(self.texts({"not_footwear": .8, "high_heel": .9})[0], "not footwear")

    def test_what_cannot_be_judged_comes_last(self):
        shown = view({"high_heel": .9, "sport": .3}, {"heel": .1}).chips(0)
        self.assertEqual([(c.text, c.judged) for c in shown[1:]],
                         [("sport (spikes)", True), ("high heel", False)])
        self.assertIn("can't be judged", shown[-1].tooltip)

    def test_damped_features_are_marked(self):
        shown = view({"house": .9}, made_only=("house",))
        self.assertEqual(shown.chips(0)[1].text, "house*")
        self.assertIn("too few real photos", shown.tooltip(0))

    def test_features_are_called_by_words_of_the_language_that_is_spoken(self):
        shown = view({"high_heel": .9, "height_ankle": .8, "sport": .3}, {"sport": .1}, ("sport",))
        with speaking("ru"):
            self.assertEqual([chip.text for chip in shown.chips(0)],
                             ["высота: лодыжка", "высокий каблук", "спортивная (шипы)*"])
            self.assertIn("судить нельзя", shown.chips(0)[2].tooltip)
            self.assertIn("настоящих фото", shown.tooltip(0))
        self.assertEqual(shown.chips(0)[0].text, "height: ankle")


class TestBars(GuiTest):
    def test_no_name_of_a_height_is_cut_in_a_window_as_it_opens(self):
        gallery = FeatureGallery(ThumbnailLoader())
        self.addCleanup(gallery.deleteLater)
        self.addCleanup(gallery._loader.stop)
        gallery.resize(620, 300)  # beside the controls in 900 pixels
        gallery.grab()
        cell = QRect(QPoint(), gallery.gridSize())
        font = gallery.font()
        font.setPointSizeF(font.pointSizeF() * .88)
        metrics = QFontMetrics(font)
        room = gallery.chip_rect(cell, 0, 4).width() - 17 - metrics.horizontalAdvance("0.00")
        for name in ("en", "ru"):
            with speaking(name):
                for text in view({}).names:
                    self.assertLessEqual(metrics.horizontalAdvance(f"\N{CHECK MARK} {text}"), room,
                                         text)


class TestGallery(GuiTest):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.loader = ThumbnailLoader()
        self.addCleanup(self.loader.stop)

    def load(self, path):
        self.assertIsNone(self.loader.get(path))
        self.process_events(until=lambda: self.loader.get(path) is not None)
        return self.loader.get(path)

    def process_events(self, until):
        from orangewidget.tests.base import WidgetTest
        WidgetTest.process_events(self, until)

    def test_thumbnails_come_later(self):
        path = str(self.folder / "a.png")
        Image.new("RGB", (300, 100), "red").save(path)
        pixmap = self.load(path)
        self.assertEqual(pixmap.width(), pixmap.height())
        colour = pixmap.toImage().pixelColor(pixmap.width() // 2, pixmap.height() // 2)
        self.assertEqual(colour.getRgb()[:3], (255, 0, 0))

    def test_unreadable_photo(self):
        self.assertTrue(self.load(str(self.folder / "missing.png")).isNull())

    def test_only_what_is_visible_is_asked_for(self):
        asked = set()
        gallery = PhotoGallery(self.loader, bars=True)
        self.addCleanup(gallery.deleteLater)

        def tile(i):
            asked.add(i)
            return Tile("", str(i))

        gallery.set_tiles(20_000, tile)
        gallery.resize(600, 400)
        gallery.grab()
        self.assertIn(0, asked)
        self.assertLess(len(asked), 100)
        for width in (180, 900):
            gallery.resize(width, 300)
            gallery.grab()
            self.assertLessEqual(gallery.gridSize().width(), gallery.viewport().width())


if __name__ == "__main__":
    unittest.main()
