"""Footwear CNN Feature Extractor: signals, choices, cancelling, what can go wrong."""
import ast
import tempfile
import unittest
from pathlib import Path
from unittest.mock import patch

import numpy as np
from AnyQt.QtCore import Qt
from Orange.data import ContinuousVariable, Domain, StringVariable, Table
from Orange.widgets.tests.base import WidgetTest
from orangewidget.tests.utils import simulate
from PIL import Image

from orangecontrib.customs import footwear
from orangecontrib.customs.photos import extract, trunks
from orangecontrib.customs.photos.model import PhotoModel, feature_ids, untrained
from orangecontrib.customs.photos.sources import find_photos
from orangecontrib.customs.photos.table import photos_table
from orangecontrib.customs.widgets import owfootwearfeatures
from orangecontrib.customs.widgets.owfootwearfeatures import OWFootwearFeatures


class MadeTrunk:
    """Stands in for a LoadedTrunk: mean colour, no torch."""

    digest = "made"
    device_name = "CPU (made)"
    trunk = trunks.Trunk("made", 16, 3, (0.,) * 3, (255.,) * 3, "none", None, "none")

    def __init__(self):
        self.batches = []

    def __call__(self, images):
        self.batches.append(len(images))
        return images.mean(axis=(1, 2)).astype(np.float32) / 255


def made_model(made_only=(), seed=0) -> PhotoModel:
    blank = untrained("made", "made", MadeTrunk.trunk.transform, 3)
    weights = np.random.default_rng(seed).normal(0, 2, blank.weights.shape)
    return PhotoModel(weights.astype(np.float32), blank.bias, blank.priors, blank.temperatures,
                      blank.reliability, blank.rho, blank.thresholds, "made", "made",
                      MadeTrunk.trunk.transform, made_only, "made in a test")


class TestOWFootwearFeatures(WidgetTest):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name).resolve()
        for number, colour in enumerate(("navy", "red", "green", "black")):
            path = self.folder / "goods" / f"A{number // 2}" / f"{number}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.new("RGB", (20, 20), colour).save(path)
        self.trunk = MadeTrunk()
        self.model = made_model()
        for target, value in ((extract, {"_loaded": lambda *_: self.trunk}),
                              (PhotoModel, {"default": classmethod(lambda _: self.model)})):
            patched = patch.multiple(target, **value)
            patched.start()
            self.addCleanup(patched.stop)
        self.widget = self.create_widget(OWFootwearFeatures)

    def table(self) -> Table:
        goods = self.folder / "goods"
        return photos_table(find_photos(goods)[0], goods)

    def features(self, data=None, **kwargs):
        if data is not None:
            self.send_signal(self.widget.Inputs.images, data, **kwargs)
        self.wait_until_finished()
        return self.get_output(self.widget.Outputs.features)

    def skipped(self):
        return self.get_output(self.widget.Outputs.skipped)

    def test_features(self):
        data = self.table()
        out = self.features(data)
        self.assertEqual([v.attributes["feature"] for v in out.domain.attributes],
                         list(feature_ids()))
        self.assertTrue(((out.X >= 0) & (out.X <= 1)).all())
        np.testing.assert_array_equal(out.ids, data.ids)
        self.assertEqual(list(out.get_column("good_id")), ["A0", "A0", "A1", "A1"])
        self.assertIsNone(self.skipped())
        self.assertIn("CPU (made)", self.widget.device_label.text())
        self.assertIn("stay on this computer", self.widget.device_label.text())

    def test_removing_data_clears(self):
        self.features(self.table())
        self.send_signal(self.widget.Inputs.images, None)
        self.assertIsNone(self.features())
        self.assertEqual(self.widget.gallery.model().rowCount(), 0)

    def test_two_inputs_cost_one_run(self):
        model = made_model(seed=1)
        with patch.object(owfootwearfeatures, "features_table",
                          wraps=owfootwearfeatures.features_table) as called:
            self.send_signals([(self.widget.Inputs.images, self.table()),
                               (self.widget.Inputs.model, model)])
            out = self.features()
        self.assertEqual(called.call_count, 1)
        expected = model(MadeTrunk()(np.full((1, 16, 16, 3), (0, 0, 128), np.uint8))).probabilities
        np.testing.assert_allclose(out.X[0], expected[0], atol=1e-6)
        self.assertIn("input", self.widget.model_label.text())

    def test_model_file(self):
        path = self.folder / "mine.safetensors"
        made_model(seed=2).save(path)
        first = self.features(self.table())
        self.widget.set_model_file(str(path))
        second = self.features()
        self.assertGreater(np.abs(first.X - second.X).max(), .01)
        self.assertIn("mine.safetensors", self.widget.model_label.text())
        self.widget.bundled_button.click()
        np.testing.assert_array_equal(self.features().X, first.X)

    def test_model_file_moves_with_the_workflow(self):
        path = self.folder / "mine.safetensors"
        made_model(seed=2).save(path)
        widget = self.create_widget(OWFootwearFeatures, env={"basedir": str(self.folder)})
        widget.set_model_file(str(path))
        self.assertEqual(widget.model_path, "mine.safetensors")

    def test_damaged_model_file(self):
        path = self.folder / "bad.safetensors"
        path.write_bytes(b"not a model")
        self.widget.set_model_file(str(path))
        self.assertIsNone(self.features(self.table()))
        self.assertIn("bad.safetensors", str(self.widget.Error.model))
        self.widget.set_model_file("")
        self.assertIsNotNone(self.features())
        self.assertFalse(self.widget.Error.model.is_shown())

    def test_model_for_another_trunk(self):
        self.trunk.digest = "other weights"
        self.assertIsNone(self.features(self.table()))
        self.assertTrue(self.widget.Error.model.is_shown())

    def test_unexpected_failure_is_a_message(self):
        with patch.object(owfootwearfeatures, "features_table", side_effect=RuntimeError("boom")):
            self.assertIsNone(self.features(self.table()))
        self.assertIn("boom", str(self.widget.Error.unexpected))

    def test_bad_photos_are_skipped(self):
        (self.folder / "goods/A0/0.png").write_bytes(b"")
        out = self.features(self.table())
        self.assertEqual(len(out), 3)
        self.assertEqual(list(self.skipped().get_column("image")), ["A0/0.png"])
        self.assertIn("empty", self.skipped()[0]["reason"].value)
        self.assertIn("A0/0.png", str(self.widget.Warning.skipped))

    def test_all_bad(self):
        data = self.table()
        for path in (self.folder / "goods").rglob("*.png"):
            path.unlink()
        self.assertIsNone(self.features(data))
        self.assertEqual(len(self.skipped()), 4)
        self.assertTrue(self.widget.Error.all_skipped.is_shown())

    def test_no_image_column(self):
        data = Table.from_list(Domain([ContinuousVariable("x")]), [[1.]])
        self.assertIsNone(self.features(data))
        self.assertTrue(self.widget.Error.no_images.is_shown())
        self.assertIsNotNone(self.features(self.table()))
        self.assertFalse(self.widget.Error.no_images.is_shown())

    def test_column_of_plain_paths(self):
        domain = Domain([], metas=[StringVariable("path")])
        path = str(self.folder / "goods/A0/0.png")
        out = self.features(Table.from_list(domain, [[path]]))
        self.assertEqual(len(out), 1)
        self.assertTrue(self.widget.Warning.not_images.is_shown())

    def test_image_column_is_kept_by_name(self):
        data = self.table()
        second = StringVariable("second")
        second.attributes.update(data.domain["image"].attributes)
        both = data.transform(Domain([], metas=(*data.domain.metas, second)))
        with both.unlocked(both.metas):
            both.metas[:, -1] = "A1/3.png"
        self.features(both)
        combo = self.widget.image_combo
        simulate.combobox_activate_item(combo, "second")
        self.assertEqual(len(np.unique(self.features().X, axis=0)), 1)
        self.features(data)  # lacks the column: the default is used, the name stays
        self.assertEqual(combo.currentText(), "image")
        self.features(both)
        self.assertEqual(combo.currentText(), "second")

    def test_names_in_russian(self):
        self.features(self.table())
        self.widget.controls.language_index.buttons[1].click()
        self.assertEqual([v.name for v in self.features().domain.attributes],
                         [f.name_ru for f in footwear.features()])

    def test_batches(self):
        self.widget.controls.batch.setValue(3)
        self.features(self.table())
        self.assertEqual(self.trunk.batches, [3, 1])

    def test_cancel_keeps_what_is_done_and_goes_on(self):
        self.widget.controls.batch.setValue(2)
        stopped = []

        def once(*args):
            # the trunk is at work: the button is pressed in the meantime
            if not stopped:
                self.widget._stopped.set()
                stopped.append(True)
            return MadeTrunk.__call__(*args)

        class Slow(MadeTrunk):
            __call__ = once

        self.trunk = Slow()
        self.assertEqual(len(self.features(self.table())), 2)
        self.assertEqual(len(self.skipped()), 2)
        self.assertIn("cancelled", self.skipped()[0]["reason"].value)
        self.assertTrue(self.widget.Information.cancelled.is_shown())
        self.assertEqual(self.widget.cancel_button.text(), "Continue")
        self.widget.cancel_button.click()
        self.assertEqual(len(self.features()), 4)
        self.assertIsNone(self.skipped())
        self.assertEqual(self.trunk.batches, [2, 2])  # nothing was computed twice
        self.assertFalse(self.widget.cancel_button.isEnabled())

    def test_cancel_button(self):
        self.send_signal(self.widget.Inputs.images, self.table())
        self.assertTrue(self.widget.cancel_button.isEnabled())
        self.widget.cancel_button.click()
        self.features()
        self.assertIsNone(self.widget.task)

    def test_gallery(self):
        self.model = made_model(made_only=("riveted_straps", "house"))
        self.features(self.table())
        model = self.widget.gallery.model()
        self.assertEqual(model.rowCount(), 4)
        index = model.index(0, 0)
        self.assertTrue(index.data().startswith("A0 · 0.png: height: "))
        tooltip = index.data(Qt.ToolTipRole)
        self.assertIn("riveted straps*", tooltip)
        self.assertIn("made pictures only", tooltip)
        self.assertIn("house", self.widget.model_label.text())

    def test_selection(self):
        self.features(self.table())
        selected = self.widget.Outputs.selected
        self.assertIsNone(self.get_output(selected))
        model = self.widget.gallery.model()
        self.widget.gallery.setCurrentIndex(model.index(2, 0))
        self.assertEqual(list(self.get_output(selected).get_column("image")), ["A1/2.png"])
        self.send_signal(self.widget.Inputs.images, None)
        self.assertIsNone(self.get_output(selected))

    def test_settings(self):
        self.widget.controls.language_index.buttons[1].click()
        self.widget.controls.batch.setValue(7)
        settings = self.widget.settingsHandler.pack_data(self.widget)
        self.assertEqual(ast.literal_eval(repr(settings)), settings)
        again = self.create_widget(OWFootwearFeatures, stored_settings=settings)
        self.assertEqual((again.language, again.language_index, again.batch), ("ru", 1, 7))

    def test_manual_apply(self):
        self.widget.controls.auto_apply.click()
        first = self.features(self.table())
        self.assertIsNotNone(first)
        self.widget.controls.language_index.buttons[1].click()
        self.assertIs(self.features(), first)
        self.widget.commit.now()
        self.assertIsNot(self.features(), first)

    def test_report(self):
        self.widget.send_report()
        self.features(self.table())
        self.widget.send_report()
        self.assertIn("made in a test", self.widget.report_html)


if __name__ == "__main__":
    unittest.main()
