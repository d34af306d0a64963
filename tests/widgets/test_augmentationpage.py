"""The trainer's page of augmentations: computed in a thread, when seen, and to be cancelled."""
import tempfile
import threading
import unittest
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import numpy as np
from AnyQt.QtWidgets import QApplication
from orangewidget.tests.base import GuiTest, WidgetTest
from PIL import Image, ImageDraw

from orangecontrib.customs.groups import find_group
from orangecontrib.customs.photos.model import ModelError, untrained
from orangecontrib.customs.photos.sources import Photo
from orangecontrib.customs.training.trainer import Recipe
from orangecontrib.customs.training.trainer.preview import Preview, Variant
from orangecontrib.customs.widgets.utils.training import augmentationpage
from orangecontrib.customs.widgets.utils.training.augmentationpage import AugmentationPage, Subject

FOOTWEAR = find_group("footwear")
NAMES = {feature.id: feature.name_en for feature in FOOTWEAR.features}
OFF = Recipe(flip=False, rotation=0., brightness=0.)


class TestAugmentationPage(GuiTest):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.photos = []
        for number in range(3):
            path = Path(folder.name) / f"{number}.png"
            image = Image.new("RGB", (40, 40), "white")
            ImageDraw.Draw(image).rectangle((4, 20, 30, 36), fill=(90 * number, 40, 40))
            image.save(path)
            self.photos.append(Photo(path.name, "", path))
        self.page = AugmentationPage()
        self.addCleanup(self.page.stop)
        self.page.show_subject(self.subject())

    def until(self, condition):
        WidgetTest.process_events(self, condition)

    def subject(self, recipe=None, photos=None, group=None):
        return Subject(self.photos if photos is None else photos, recipe or Recipe(copies=1),
                       group, names=NAMES)

    def seen(self, page=None):
        page = page or self.page
        page.show()
        self.until(lambda: not page._stale)

    def judged(self, *changes):
        """A preview of a model by which each variant changes one feature."""
        image, n = np.full((8, 8, 3), 200, np.uint8), len(NAMES)
        found = [Variant("as it is", image, np.full(n, .5))]
        for number, change in enumerate(changes):
            p = np.full(n, .5)
            p[number] += change
            found.append(Variant(f"turned {number - 1:+d}°", image, p))
        return Preview(tuple(found), FOOTWEAR), "the model of this widget"

    def test_nothing_is_computed_until_it_is_seen(self):
        with patch.object(augmentationpage, "preview") as preview:
            self.page.show_subject(self.subject(OFF))
            QApplication.processEvents()
            preview.assert_not_called()

    def test_the_pictures_of_a_group_without_a_model(self):
        self.seen()
        table = self.page.table
        names = [table.horizontalHeaderItem(c).text() for c in range(table.columnCount())]
        self.assertEqual(names[:3], ["as it is", "mirrored", "turned \N{MINUS SIGN}15°"])
        self.assertEqual(table.rowCount(), 1)
        self.assertFalse(table.cellWidget(0, 1).pixmap().isNull())
        self.assertIn("no model for this group", self.page.sentence.text())

    def test_the_largest_change_is_named_and_marked(self):
        with patch.object(augmentationpage, "look", lambda *_: self.judged(.1, -.4, .001)):
            self.seen()
        table, text = self.page.table, self.page.sentence.text()
        self.assertIn("strap vamp 0.50 → 0.10", text)
        self.assertIn("turned +0°", text)
        self.assertIn("the model of this widget", text)
        self.assertEqual(table.item(2, 2).text(), "0.10  \N{MINUS SIGN}0.40")
        self.assertEqual(table.item(2, 2).background().color(), augmentationpage._HIGH)
        self.assertTrue(table.item(2, 2).font().bold() and table.item(1, 1).font().bold())
        self.assertFalse(table.item(1, 2).font().bold())
        self.assertEqual(table.item(3, 3).text(), "0.50")  # too small to be one
        self.assertEqual(table.verticalHeaderItem(2).text(), "strap vamp")

    def test_another_photo_is_looked_at_when_asked_for(self):
        self.seen()
        self.assertFalse(self.page.back_button.isEnabled())
        self.assertIn("0.png (1 of 3)", self.page.name.text())
        self.page.next_button.click()
        self.until(lambda: not self.page._stale)
        self.assertIn("1.png (2 of 3)", self.page.name.text())
        self.assertTrue(self.page.back_button.isEnabled())

    def test_the_same_settings_are_not_looked_at_twice(self):
        self.seen()
        with patch.object(augmentationpage, "preview") as preview:
            self.page.show_subject(self.subject())
            QApplication.processEvents()
            preview.assert_not_called()
        self.assertFalse(self.page._stale)

    def test_what_is_at_work_ends_when_the_page_is_left_or_cancel_is_pressed(self):
        for end in (self.page.hide, self.page.cancel_button.click):
            begun, asked = threading.Event(), threading.Event()

            def slow(photo, recipe, extractor, stopped, begun=begun, asked=asked):
                begun.set()
                while not stopped():
                    asked.wait(.001)
                asked.set()
                return Preview(())

            with patch.object(augmentationpage, "preview", slow):
                self.page.show_subject(self.subject(Recipe(seed=1 + self.page.isVisible())))
                self.page.show()
                self.until(begun.is_set)
                self.assertTrue(self.page.cancel_button.isVisible())
                end()
                asked.wait(10)
            self.assertTrue(asked.is_set())
            self.assertIsNone(self.page.task)
            self.assertFalse(self.page.cancel_button.isVisible())
            self.page.hide()

    def test_what_keeps_it_from_looking_is_said(self):
        (self.photos[0].opener).write_bytes(b"no photo")
        self.seen()
        self.assertIn("The photo can't be used", self.page.sentence.text())
        self.page.hide()

        def refuse(*_):
            raise ModelError("the weights are others")
        with patch.object(augmentationpage, "look", refuse):
            self.page.show_subject(self.subject(OFF))
            self.seen()
        self.assertIn("The model can't be used: the weights are others",
                      self.page.sentence.text())
        for subject, said in ((self.subject(photos=()), "Connect photos"),
                              (replace(self.subject(), recipe=None), "don't go together")):
            self.page.show_subject(subject)
            self.page._look()
            self.assertIn(said, self.page.sentence.text())

    def test_a_training_without_copies_says_so(self):
        self.page.show_subject(self.subject(Recipe()))
        self.seen()
        self.assertIn("no varied copies (Copies is 0)", self.page.sentence.text())
        self.page.hide()
        self.page.show_subject(self.subject(OFF))
        self.seen()
        self.assertIn("No augmentation is on", self.page.sentence.text())

    def test_the_model_of_the_widget_comes_before_the_bundled_one(self):
        said, own = [], untrained("made", "made", {}, 6)

        def keep(photo, recipe, extractor, stopped):
            said.append(extractor and extractor.model)
            return Preview(())
        with patch.object(augmentationpage, "preview", keep):
            for model, group in ((own, FOOTWEAR), (None, FOOTWEAR), (None, None)):
                state = unittest.mock.Mock()
                augmentationpage.look(replace(self.subject(group=group), model=model), 0, state)
        self.assertIs(said[0], own)
        self.assertEqual(said[1].backbone, "efficientnet-lite0")
        self.assertIsNone(said[2])


if __name__ == "__main__":
    unittest.main()
