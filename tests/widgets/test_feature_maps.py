"""Maps that come later, bars that count as present, features that don't go together."""
import tempfile
import threading
import unittest
from pathlib import Path
from unittest.mock import patch

import numpy as np
from Orange.data import ContinuousVariable, Domain, Table
from Orange.widgets.tests.base import GuiTest
from orangewidget.tests.base import WidgetTest
from PIL import Image

from orangecontrib.customs.groups import find_group
from orangecontrib.customs.photos import backbones, extract
from orangecontrib.customs.photos.chips import FeatureView, conflicts
from orangecontrib.customs.photos.maps import Pool
from orangecontrib.customs.photos.model import feature_ids, untrained
from orangecontrib.customs.widgets.utils.photos import maploader
from orangecontrib.customs.widgets.utils.photos.maploader import MapLoader, explained_square

FOOTWEAR = find_group("footwear")


class TestConflicts(unittest.TestCase):
    def test_what_no_group_has_together(self):
        self.assertEqual(conflicts({"strap_vamp", "height_calf"}, FOOTWEAR),
                         [("strap_vamp", "height_calf")])
        self.assertEqual(conflicts({"strap_vamp", "high_heel", "height_below_ankle"}, FOOTWEAR), [])
        self.assertEqual(conflicts(set(), FOOTWEAR), [])

    def test_not_footwear_excuses_everything(self):
        self.assertEqual(conflicts({"strap_vamp", "height_calf", "not_footwear"}, FOOTWEAR), [])

    def test_two_heights_are_a_doubt(self):
        self.assertEqual(conflicts({"height_ankle", "height_calf"}, FOOTWEAR), [])


class TestPresence(unittest.TestCase):
    def view(self, thresholds, contradiction=0., **probabilities):
        variables = []
        for feature in FOOTWEAR.features:
            variable = ContinuousVariable(feature.name_en)
            variable.attributes.update(feature=feature.id, fact=feature.fact)
            variables.append(variable)
        said = ContinuousVariable("contradiction")
        said.attributes["contradiction"] = "yes"
        row = [probabilities.get(id_, .01) for id_ in feature_ids()]
        return FeatureView(Table.from_numpy(Domain(variables, metas=[said]), np.array([row]),
                                            metas=np.array([[contradiction]], object)),
                           thresholds)

    def test_thresholds(self):
        thresholds = np.full(14, .5)
        thresholds[feature_ids().index("sport")] = .1
        view = self.view(thresholds, sport=.1, high_heel=.4, house=.04, height_ankle=.9)
        # what is present comes before what is merely likelier; at the threshold it is present
        self.assertEqual([chip.text for chip in view.chips(0)],
                         ["✓ height: ankle", "✓ sport (spikes)", "high heel"])
        self.assertEqual(view.tooltip(0).count("✓"), 2)

    def test_without_thresholds_nothing_is_ticked(self):
        view = self.view(None, sport=.9, not_footwear=.7)
        self.assertFalse(view.present.any())
        self.assertEqual(view.chips(0)[0].text, "not footwear")

    def test_a_wanted_feature_is_shown(self):
        view = self.view(np.full(14, .5), sport=.9, high_heel=.8, house=.7, waterproof=.6)
        for wanted in feature_ids():
            chips = view.chips(0, wanted=wanted)
            self.assertIn(wanted, [chip.feature for chip in chips])
            self.assertLessEqual(len(chips), 4)

    def test_a_warning_takes_the_last_place(self):
        view = self.view(np.full(14, .5), .5, strap_vamp=.9, height_calf=.9, high_heel=.9,
                         sport=.9, house=.9)
        chips = view.chips(0, wanted="waterproof")
        self.assertEqual((len(chips), chips[2].feature, chips[3].feature), (4, "waterproof", ""))
        self.assertIn("strap vamp with height: calf", view.tooltip(0))
        self.assertFalse(self.view(None, .499).contradicts(0))
        self.assertFalse(self.view(None, np.nan).contradicts(0))

    def test_a_contradiction_of_no_single_pair(self):
        self.assertIn("no single group", self.view(np.full(14, .9), .6).contradiction_text(0))


class Backbone:
    """Mean colour; its threads can be held up."""

    digest = "made"
    device_name = "CPU (made)"
    spec = backbones.Backbone("made", 16, 3, (0.,) * 3, (255.,) * 3, "none", None, "none")

    def __init__(self):
        self.go = threading.Event()
        self.go.set()
        self.begun = threading.Event()
        self.calls = 0

    def maps(self, images):
        self.calls += 1
        self.begun.set()
        self.go.wait(600)
        return [images.transpose(0, 3, 1, 2).astype(np.float32) / 255], (Pool(0, "mean"),)


class TestMapLoader(GuiTest):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.paths = [str(Path(folder.name) / f"{i}.png") for i in range(4)]
        for path in self.paths:  # black on the left, white on the right
            image = Image.new("RGB", (40, 20), "white")
            image.paste((0, 0, 0), (0, 0, 20, 20))
            image.save(path)
        self.backbone = Backbone()
        patched = patch.object(extract, "_loaded", lambda *_: self.backbone)
        patched.start()
        self.addCleanup(patched.stop)
        self.model = untrained("made", "made", Backbone.spec.transform, 3)
        self.model.weights[:, feature_ids().index("sport")] = -1
        self.loader = MapLoader()
        self.addCleanup(self.loader.stop)
        self.loader.set_model(self.model)

    def until(self, condition):
        WidgetTest.process_events(self, condition)

    def test_colours_lie_where_the_photo_speaks(self):
        square, score, constant = explained_square(
            extract.Extractor(self.model, cache=False), self.paths[0], "sport", 40)
        red, blue = square[..., 0].astype(int), square[..., 2].astype(int)
        self.assertGreater((red - blue)[15:25, 3:16].min(), 40)  # black lowers a sum of -colour
        self.assertEqual(np.abs(red - blue)[15:25, 25:].max(), 0)
        self.assertEqual(np.abs(red - blue)[:9].max(), 0)  # the ground around the photo
        self.assertAlmostEqual(score - constant, .75, places=5)  # a quarter is black, 3 colours

    def test_maps_come_later_and_stay(self):
        self.assertIsNone(self.loader.get(self.paths[0], "sport"))
        self.until(lambda: self.loader.get(self.paths[0], "sport") is not None)
        found = self.loader.get(self.paths[0], "sport")
        self.assertEqual(found.pixmap.width(), maploader.SIZE)
        self.assertAlmostEqual(found.seen, .75, places=5)
        self.assertEqual((self.backbone.calls, self.loader.waiting), (1, 0))
        self.assertIsNone(self.loader.get(self.paths[0], "sport", 40))  # another size

    def test_cancel(self):
        self.backbone.go.clear()
        for path in self.paths:
            self.loader.get(path, "sport")
        self.assertTrue(self.backbone.begun.wait(600))
        self.assertEqual(self.loader.waiting, 4)
        self.assertIsNone(self.loader.get(self.paths[3], "sport"))  # asked again while at work
        self.loader.cancel()
        self.backbone.go.set()
        self.until(lambda: not self.loader.waiting)
        self.assertEqual(self.backbone.calls, 1)

    def test_the_last_request_is_served_first(self):
        self.backbone.go.clear()
        served = []
        self.loader.ready.connect(served.append)
        self.loader.get(self.paths[0], "sport")
        self.assertTrue(self.backbone.begun.wait(600))
        for path in self.paths[1:]:
            self.loader.get(path, "sport")
        self.backbone.go.set()
        self.until(lambda: not self.loader.waiting)
        self.assertEqual(served, [self.paths[i] for i in (0, 3, 2, 1)])

    def test_another_model_makes_old_results_unwanted(self):
        self.backbone.go.clear()
        self.loader.get(self.paths[0], "sport")
        self.assertTrue(self.backbone.begun.wait(600))
        self.loader.set_model(self.model)
        self.assertEqual(self.loader.waiting, 0)
        self.backbone.go.set()
        self.loader.get(self.paths[1], "sport")
        self.until(lambda: not self.loader.waiting)
        self.assertIsNone(self.loader.get(self.paths[0], "sport"))

    def test_large_pictures_do_not_fill_the_memory(self):
        with patch.object(maploader, "_KEPT", 2 * 50 ** 2):
            for path in self.paths[:3]:
                self.loader.get(path, "sport", 50)
                self.until(lambda: not self.loader.waiting)
        self.assertIsNotNone(self.loader.get(self.paths[2], "sport", 50))
        self.assertIsNone(self.loader.get(self.paths[0], "sport", 50))

    def test_stopped_in_the_middle(self):
        for path in self.paths:
            self.loader.get(path, "sport")
        self.loader.stop()
        self.assertIsNone(self.loader.get(self.paths[0], "house"))


if __name__ == "__main__":
    unittest.main()
