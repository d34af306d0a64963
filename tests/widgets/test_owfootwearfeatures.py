"""Footwear CNN Feature Extractor: signals, choices, cancelling, what can go wrong."""
import ast
import tempfile
import unittest
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import numpy as np
from AnyQt.QtCore import QPoint, Qt
from AnyQt.QtTest import QTest
from AnyQt.QtWidgets import QFileDialog, QTextBrowser
from made_model import MadeBackbone, made_model
from Orange.data import ContinuousVariable, DiscreteVariable, Domain, StringVariable, Table
from Orange.widgets.tests.base import WidgetTest
from orangewidget.tests.utils import simulate
from PIL import Image

from orangecontrib.customs.columns import SkippedPhotos
from orangecontrib.customs.groups import find_group
from orangecontrib.customs.i18n import set_language, speaking
from orangecontrib.customs.photos import extract
from orangecontrib.customs.photos.chips import FeatureView
from orangecontrib.customs.photos.model import (
    BUNDLED,
    ModelError,
    PhotoModel,
    feature_ids,
)
from orangecontrib.customs.photos.sources import find_photos
from orangecontrib.customs.photos.table import photos_table
from orangecontrib.customs.widgets import owfootwearfeatures
from orangecontrib.customs.widgets.owfootwearfeatures import OWFootwearFeatures
from orangecontrib.customs.widgets.utils.common import language
from orangecontrib.customs.widgets.utils.photos.maploader import MapLoader

FOOTWEAR = find_group("footwear")


class TestOWFootwearFeatures(WidgetTest):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name).resolve()
        for number, colour in enumerate(("navy", "red", "green", "black")):
            path = self.folder / "goods" / f"A{number // 2}" / f"{number}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.new("RGB", (20, 20), colour).save(path)
        self.backbone = MadeBackbone()
        self.model = made_model()
        self.other = self.folder / "other.safetensors"
        made_model(seed=5, licence="free for all").save(self.other)
        for target, value in ((extract, {"_loaded": lambda *_: self.backbone}),
                              (PhotoModel, {"bundled": classmethod(self.bundled)})):
            patched = patch.multiple(target, **value)
            patched.start()
            self.addCleanup(patched.stop)
        self.widget = self.create_widget(OWFootwearFeatures)

    def bundled(self, _, name):
        self.assertEqual(name, "free")
        if self.model is None:
            raise ModelError(f"{BUNDLED[name]}: there is no such model file")
        return self.model

    def table(self) -> Table:
        goods = self.folder / "goods"
        return photos_table(find_photos(goods)[0], goods)

    def features(self, data=None, **kwargs):
        if data is not None:
            self.send_signal(self.widget.Inputs.images, data, **kwargs)
        self.wait_until_finished()
        return self.get_output(self.widget.Outputs.features)

    def test_a_merged_column_that_gives_the_class_away_is_named(self):
        data = self.table()
        codes = ("640391", "640419")
        domain = Domain([DiscreteVariable("hs_code", codes)], DiscreteVariable("class", codes),
                        data.domain.metas)
        merged = data.transform(domain)
        with merged.unlocked(merged.X, merged.Y):
            merged.X[:, 0] = merged.Y[:] = [0, 0, 1, 1]
        self.features(merged)
        self.assertIn("“hs_code”", str(self.widget.Warning.leaks))
        self.features(data)
        self.assertFalse(self.widget.Warning.leaks.is_shown())

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
        blue = np.full((1, 16, 16, 3), (0, 0, 128), np.uint8)
        expected = model(MadeBackbone()(blue)).probabilities
        np.testing.assert_allclose(out.X[0], expected[0], atol=1e-6)
        self.assertIn("input", self.widget.model_box.label.text())
        self.assertFalse(self.widget.model_box.combo.isEnabled())

    def test_model_file(self):
        path = self.folder / "mine.safetensors"
        made_model(seed=2).save(path)
        first = self.features(self.table())
        self.widget.set_model_file(str(path))
        second = self.features()
        self.assertGreater(np.abs(first.X - second.X).max(), .01)
        self.assertIn("mine.safetensors", self.widget.model_box.label.text())
        self.choose_source("free")
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
        self.wait_until_finished()
        self.assertIsNone(self.features(self.table()))
        self.assertIn("bad.safetensors", str(self.widget.Error.model))
        self.choose_source("free")
        self.assertIsNotNone(self.features())
        self.assertFalse(self.widget.Error.model.is_shown())

    def test_model_for_another_backbone(self):
        self.backbone.digest = "other weights"
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
        out = self.features(data)
        self.assertEqual(len(out), 0)
        self.assertEqual(len(SkippedPhotos.of(out).photos), 4, "which the fusion tells of")
        self.assertEqual(len(self.skipped()), 4)
        self.assertTrue(self.widget.Warning.all_skipped.is_shown())
        again = self.features(data[:0])
        self.assertIsNone(again, "of no photos nothing is told")
        self.assertEqual(len(self.features(out)), 0, "and what others tell is handed on")

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
                         [f.name_ru for f in FOOTWEAR.features])

    def test_batches(self):
        self.widget.controls.batch.setValue(3)
        self.features(self.table())
        self.assertEqual(self.backbone.batches, [3, 1])

    def test_cancel_keeps_what_is_done_and_goes_on(self, why="cancelled", go_on="Continue"):
        self.widget.controls.batch.setValue(2)
        stopped = []

        def once(*args):
            # the backbone is at work: the button is pressed in the meantime
            if not stopped:
                self.widget.ending.set()
                stopped.append(True)
            return MadeBackbone.__call__(*args)

        class Slow(MadeBackbone):
            __call__ = once

        self.backbone = Slow()
        self.assertEqual(len(self.features(self.table())), 2)
        self.assertEqual(len(self.skipped()), 2)
        self.assertIn(why, self.skipped()[0]["reason"].value)
        self.assertTrue(self.widget.Information.cancelled.is_shown())
        self.assertFalse(self.widget.Warning.skipped.is_shown(), "none of them is bad")
        self.assertEqual(self.widget.cancel_button.text(), go_on)
        self.widget.cancel_button.click()
        self.assertEqual(len(self.features()), 4)
        self.assertIsNone(self.skipped())
        self.assertEqual(self.backbone.batches, [2, 2])  # nothing was computed twice
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
        self.assertRegex(index.data(), "^A0 · 0.png: .*height: ")
        tooltip = index.data(Qt.ToolTipRole)
        self.assertIn("riveted straps*", tooltip)
        self.assertIn("too few real photos", tooltip)
        label = self.widget.model_box.label
        self.assertIn("2 features damped, for want of real photos", label.text())
        self.assertIn("riveted straps, house", label.toolTip())

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

    # --- language

    def speak(self, name):
        set_language(name)
        self.addCleanup(set_language, "en")
        language.changed.happened.emit()
        self.process_events()

    def test_another_language_changes_words_and_nothing_that_was_chosen(self):
        (self.folder / "goods/A1/3.png").write_bytes(b"")
        sent = self.features(self.table())
        self.explained("height_ankle")
        window, index = self.widget, self.widget.gallery.model().index(1, 0)
        window.gallery.setCurrentIndex(index)
        english = index.data()
        self.speak("ru")
        self.assertEqual(window.feature_combo.currentText(), "высота: лодыжка")
        self.assertEqual(window.explained, "height_ankle")
        self.assertIn("высота: ", index.data())
        self.assertNotIn("height", index.data(Qt.ToolTipRole))
        self.assertEqual(window.image_combo.currentText(), "image")
        self.assertIn("базовая сеть", window.model_box.label.text())
        self.assertIn("порога", window.legend.text())
        self.assertIn("файл пустой", self.skipped()[0]["reason"].value)
        self.assertIn("файл пустой", str(window.Warning.skipped))
        self.assertEqual(list(window.gallery.selected_rows()), [1])
        self.assertIs(self.features(), sent, "nothing is computed again")
        self.speak("en")
        self.assertEqual(index.data(), english)
        self.assertIn("empty", self.skipped()[0]["reason"].value)

    def test_windows_that_are_open_speak_another_language_at_once(self):
        self.features(self.table())
        self.explained("sport")
        self.widget._open(0)
        self.widget.model_box.show_details()
        details, = self.widget.model_box.findChildren(QTextBrowser)
        dialog = self.settled_dialog()
        self.speak("ru")
        self.assertIn("На чём обучена", details.toPlainText())
        self.assertEqual(dialog.combo.currentText(), "спортивная (шипы)")
        self.assertIn("Оценка", dialog.text.text())
        self.assertEqual(dialog.next_button.text(), "Дальше ›")
        self.assertEqual(dialog.combo.currentData(), "sport")
        dialog.close()

    def test_a_run_that_is_cancelled_in_another_language_can_be_continued(self):
        self.speak("ru")
        self.test_cancel_keeps_what_is_done_and_goes_on(
            "обработку остановили", "Продолжить")

    def test_a_column_that_somebody_has_renamed_is_called_as_they_call_it(self):
        features = self.features(self.table())
        mine = features.domain["high heel"].renamed("tall heel")
        view = FeatureView(features.transform(Domain(
            [mine if v.name == "high heel" else v for v in features.domain.attributes], None,
            features.domain.metas)))
        with speaking("ru"):
            self.assertEqual((view.full_name(view.ids.index("high_heel")),
                              view.full_name(view.ids.index("sport"))),
                             ("tall heel", "спортивная (шипы)"))

    # --- which model

    def choose_source(self, source):
        combo = self.widget.model_box.combo
        combo.setCurrentIndex(combo.findData(source))
        combo.activated.emit(combo.currentIndex())

    def test_another_column_chosen_while_it_runs(self):
        """With auto_apply off the run goes on; its photos are shown, not those of the choice."""
        data = self.table()
        other = StringVariable("other")
        other.attributes["type"] = "image"
        domain = Domain([], metas=[*data.domain.metas, other])
        both = data.transform(domain)  # the other column is empty
        self.widget.auto_apply = False
        self.send_signal(self.widget.Inputs.images, both)
        self.widget.image_combo.setCurrentIndex(self.widget.image_combo.findText("other"))
        simulate.combobox_activate_item(self.widget.image_combo, "other")
        self.wait_until_finished()
        self.assertFalse(self.widget.Error.active)
        self.assertEqual(self.widget.gallery.model().rowCount(), 4)
        self.assertTrue(self.widget._paths[0].endswith("0.png"))

    def test_the_bundled_model_and_another_one(self):
        self.widget.set_model_file(str(self.other))
        first = self.features(self.table())
        self.assertIn("free for all", self.widget.model_box.label.text())
        self.choose_source("free")
        second = self.features()
        self.assertGreater(np.abs(first.X - second.X).max(), .01)
        self.assertIn("of this test", self.widget.model_box.label.text())
        self.assertEqual(self.widget.model_source, "free")
        settings = self.widget.settingsHandler.pack_data(self.widget)
        self.assertEqual(ast.literal_eval(repr(settings)), settings)
        again = self.create_widget(OWFootwearFeatures, stored_settings=settings)
        self.assertEqual(again.model_box.combo.currentData(), "free")

    def test_a_flow_that_asks_for_the_model_that_went_gets_the_bundled_one_and_is_told(self):
        for stored in ({"model_source": "default", "__version__": 2}, {"model_path": ""}):
            widget = self.create_widget(OWFootwearFeatures, stored_settings=stored)
            self.send_signal(widget.Inputs.images, self.table(), widget=widget)
            self.wait_until_finished(widget=widget)
            self.assertEqual(widget.model, self.model)
            self.assertEqual(widget.model_box.combo.currentData(), "free")
            self.assertIn("research_model.safetensors", str(widget.Information.former))
            again = widget.settingsHandler.pack_data(widget)
            self.assertEqual(again["model_source"], "default", "who did not choose is told again")
            combo = widget.model_box.combo
            combo.activated.emit(combo.currentIndex())
            self.assertEqual(widget.model_source, "free")
            self.assertFalse(widget.Information.former.is_shown())

    def test_the_licence_of_a_model_that_did_not_come_with_the_add_on_is_said(self):
        self.features(self.table())
        self.assertFalse(self.widget.Information.active, "a new widget has nothing to tell")
        self.widget.set_model_file(str(self.other))
        self.features()
        self.assertEqual(str(self.widget.Information.licence),
                         "other.safetensors: its licence is: free for all")
        self.send_signal(self.widget.Inputs.model, made_model(seed=3, licence="mine"))
        self.features()
        self.assertIn("its licence is: mine", str(self.widget.Information.licence))
        with patch.object(self.widget, "report_items") as items:
            self.widget.send_report()
        said = {call.args[0]: call.args[1] for call in items.call_args_list}
        self.assertIn(("Licence", "mine"), said["Model"])
        self.send_signal(self.widget.Inputs.model, None)
        self.choose_source("free")
        self.features()
        self.assertFalse(self.widget.Information.licence.is_shown())

    def test_a_bundled_model_that_is_missing(self):
        self.widget.set_model_file(str(self.other))
        self.features(self.table())
        model, self.model = self.model, None
        with patch.dict(BUNDLED, free=self.folder / "free_model.safetensors"):
            self.choose_source("free")
            self.assertIsNone(self.features())
        self.assertIn("'free' is missing", str(self.widget.Error.model))
        self.assertFalse(self.widget.model_box.save_button.isEnabled())
        self.model = model
        self.choose_source("free")
        self.assertIsNotNone(self.features())
        self.assertFalse(self.widget.Error.model.is_shown())

    def test_a_choice_that_is_to_be_applied_later(self):
        first = self.features(self.table())
        self.widget.controls.auto_apply.click()
        self.widget.set_model_file(str(self.other))
        self.assertIs(self.features(), first)
        self.assertIn("free for all", self.widget.model_box.label.text())
        self.widget.commit.now()
        self.assertIsNot(self.features(), first)
        bad = self.folder / "bad.safetensors"
        bad.write_bytes(b"")
        self.widget.set_model_file(str(bad))
        self.assertIsNone(self.features())  # the gallery and the outputs never differ
        self.assertEqual(self.widget.gallery.model().rowCount(), 0)

    def test_a_source_of_a_later_version(self):
        widget = self.create_widget(OWFootwearFeatures, stored_settings={
            "model_source": "best of 2030", "__version__": 2})
        self.wait_until_finished(widget=widget)
        self.assertIn("best of 2030", str(widget.Error.model))

    def test_files_that_are_no_model(self):
        whole = self.folder / "whole.safetensors"
        made_model(seed=2).save(whole)
        content = whole.read_bytes()
        tampered = content[:-4] + bytes(b ^ 1 for b in content[-4:])
        self.send_signal(self.widget.Inputs.images, self.table())
        for name, data, reason in (("cut", content[:len(content) // 2], "damaged"),
                                   ("tampered", tampered, "digest"),
                                   ("empty", b"", "damaged"),
                                   ("text", b"not a model at all", "damaged")):
            with self.subTest(name):
                path = self.folder / f"{name}.safetensors"
                path.write_bytes(data)
                self.widget.set_model_file(str(path))
                self.assertIsNone(self.features())
                self.assertIn(reason, str(self.widget.Error.model))
        self.widget.set_model_file(str(self.folder / "nowhere.safetensors"))
        self.assertIsNone(self.features())
        self.assertIn("no such model file", str(self.widget.Error.model))

    def test_no_photos_needed_to_look_at_a_model(self):
        self.wait_until_finished()
        self.assertIn(self.model.digest[:12], self.widget.model_box.label.text())
        bad = self.folder / "bad.safetensors"
        bad.write_bytes(b"")
        self.widget.set_model_file(str(bad))
        self.wait_until_finished()
        self.assertTrue(self.widget.Error.model.is_shown())

    def test_model_of_the_input_goes_away(self):
        self.send_signal(self.widget.Inputs.images, self.table())
        self.send_signal(self.widget.Inputs.model, made_model(seed=3))
        with_input = self.features()
        self.send_signal(self.widget.Inputs.model, None)
        self.assertGreater(np.abs(self.features().X - with_input.X).max(), .01)
        self.assertTrue(self.widget.model_box.combo.isEnabled())
        self.assertIn(self.model.digest[:12], self.widget.model_box.label.text())

    def test_no_file_chosen_in_the_dialog(self):
        self.wait_until_finished()
        with patch.object(QFileDialog, "getOpenFileName", return_value=("", "")):
            self.choose_source("file")
        self.assertEqual(self.widget.model_source, "free")
        self.assertEqual(self.widget.model_box.combo.currentData(), "free")
        self.assertTrue(self.widget.model_box.save_button.isEnabled())
        path = self.folder / "mine.safetensors"
        made_model(seed=2).save(path)
        with patch.object(QFileDialog, "getOpenFileName", return_value=(str(path), "")):
            self.choose_source("file")
        self.assertEqual(self.widget.model_source, "file")
        self.choose_source("free")
        with patch.object(QFileDialog, "getOpenFileName") as asked:
            self.choose_source("file")  # the file is still known
        asked.assert_not_called()

    def test_save_model(self):
        self.features(self.table())
        path = self.folder / "copy"
        with patch.object(QFileDialog, "getSaveFileName", return_value=(str(path), "")):
            self.widget.model_box.save_button.click()
        self.assertEqual(PhotoModel.load(f"{path}.safetensors"), self.model)
        self.assertEqual(self.widget.model_source, "free")
        self.widget.save_model(str(self.folder / "no such folder" / "m.safetensors"))
        self.assertTrue(self.widget.Error.save.is_shown())
        self.widget.save_model(str(path))
        self.assertFalse(self.widget.Error.save.is_shown())

    def test_details(self):
        self.wait_until_finished()
        box = self.widget.model_box
        for part in (self.model.digest, "of this test", "made in a test", "Fashion Product Images",
                     "No warranty", "<li>clothing-dataset-small"):
            self.assertIn(part, box.details())
        box.details_button.click()
        self.send_signal(self.widget.Inputs.model, made_model(seed=3, licence="<mine>"))
        self.wait_until_finished()
        self.assertIn("&lt;mine&gt;", box.details())
        self.assertNotIn("Fashion", box.details())  # the text speaks of the bundled one only

    def test_migrates_settings(self):
        path = self.folder / "mine.safetensors"
        made_model(seed=2).save(path)
        old = self.create_widget(OWFootwearFeatures, stored_settings={
            "model_path": str(path), "batch": 32, "language": "ru", "__version__": 1})
        self.assertEqual((old.model_source, old.batch, old.language), ("file", 0, "ru"))
        self.wait_until_finished(widget=old)
        self.assertEqual(old.model, PhotoModel.load(path))
        old = self.create_widget(OWFootwearFeatures, stored_settings={
            "model_path": "", "batch": 7})
        self.assertEqual((old.model_source, old.batch), ("default", 7))

    # --- thresholds and contradictions

    def test_thresholds_decide_what_is_present(self):
        index = self.widget.gallery.model().index(0, 0)
        self.model = made_model(thresholds=.999)
        self.features(self.table())
        index = self.widget.gallery.model().index(0, 0)
        self.assertNotIn("✓", index.data())
        self.assertNotIn("✓", index.data(Qt.ToolTipRole))
        self.model = made_model(thresholds=.001)
        self.widget.commit.now()
        self.features()
        self.assertEqual(self.widget.gallery.model().index(0, 0).data(Qt.ToolTipRole).count("✓"),
                         len(feature_ids()))

    def test_contradictions_are_shown(self):
        bias = np.full(len(self.model.bias), -9, np.float32)
        for feature in ("strap_vamp", "waterproof", "height_ankle"):
            bias[feature_ids().index(feature)] = 9
        self.model = replace(self.model, weights=0 * self.model.weights, bias=bias)
        self.features(self.table())
        index = self.widget.gallery.model().index(0, 0)
        self.assertIn("contradiction 1.00", index.data())
        self.assertIn("strap vamp with waterproof; strap vamp with height: ankle.",
                      index.data(Qt.ToolTipRole))
        bias[feature_ids().index("strap_vamp")] = -9
        self.model = replace(self.model, bias=bias)
        self.widget.commit.now()
        self.features()
        self.assertNotIn("contradiction", self.widget.gallery.model().index(0, 0).data())

    # --- explanation pictures

    def explained(self, feature="high_heel"):
        """Choose a feature, paint, and wait for the maps of what is on the screen."""
        combo = self.widget.feature_combo
        simulate.combobox_activate_index(combo, combo.findData(feature))
        self.painted()

    def painted(self):
        self.widget.resize(1000, 700)
        self.widget.grab()
        self.process_events(lambda: not self.widget.maps.waiting and None not in map(
            self.widget.thumbnails.get, self.widget._paths))
        return self.widget.gallery.grab().toImage()

    def test_map_over_the_photos(self):
        self.features(self.table())
        plain = self.painted()
        self.assertEqual(self.backbone.explained, 0)  # only on demand
        self.explained()
        self.assertEqual(self.backbone.explained, 4)
        self.assertNotEqual(self.painted(), plain)
        self.assertEqual(self.backbone.explained, 4)  # computed once
        self.assertIn("speaks for the feature", self.widget.legend.text())
        self.assertIn("high heel", self.widget.gallery.model().index(0, 0).data())
        self.widget.no_map_button.click()
        self.assertEqual(self.painted(), plain)
        self.assertEqual(self.widget.explained, "")

    def test_a_click_on_a_bar_explains_the_feature(self):
        self.features(self.table())
        self.painted()
        gallery = self.widget.gallery
        index = gallery.model().index(1, 0)
        picture = gallery.viewport().grab().toImage()
        chips = self.widget._tile(1).chips
        for number, chip in enumerate(chips):
            rect = gallery.chip_rect(gallery.visualRect(index), number, len(chips))
            # the bar begins with a stripe of its colour: it is painted where it is clicked
            self.assertEqual(picture.pixelColor(rect.left() + 1, rect.center().y()).name(),
                             chip.colour if chip.judged else "#969696")
            QTest.mouseClick(gallery.viewport(), Qt.LeftButton, pos=rect.center())
            if chip.feature:  # a warning explains nothing
                self.assertEqual(self.widget.explained, chip.feature)
                self.assertEqual(self.widget.feature_combo.currentData(), chip.feature)
        self.assertEqual(list(gallery.selected_rows()), [1])
        self.assertIsNone(gallery.chip_at(QPoint(20, 40)))

    def test_maps_follow_the_model(self):
        self.features(self.table())
        self.explained()
        first = self.painted()
        self.widget.set_model_file(str(self.other))
        self.features()
        self.assertEqual(self.widget.explained, "high_heel")  # goes on with the new model
        self.assertNotEqual(self.painted(), first)
        self.assertEqual(self.backbone.explained, 8)

    def test_choosing_nothing_cancels(self):
        self.features(self.table())
        with patch.object(MapLoader, "_compute_next"):  # a thread that comes to nothing
            combo = self.widget.feature_combo
            simulate.combobox_activate_index(combo, combo.findData("sport"))
            self.widget.resize(1000, 700)
            self.widget.grab()
            self.assertEqual(self.widget.maps.waiting, 4)
            self.widget.no_map_button.click()
            self.assertEqual(self.widget.maps.waiting, 0)
        self.assertEqual(self.backbone.explained, 0)
        self.explained("sport")
        self.assertEqual(self.backbone.explained, 4)

    def test_a_backbone_without_maps(self):
        self.backbone.pooled = False
        self.features(self.table())
        self.explained()
        self.assertIn("mixes all places", str(self.widget.Information.no_maps))
        self.widget._open(0)
        self.assertIn("mixes all places", self.widget.dialog.text.text())
        self.backbone.pooled = True
        self.widget.commit.now()
        self.features()
        self.painted()
        self.assertFalse(self.widget.Information.no_maps.is_shown())
        self.assertEqual(self.backbone.explained, 4)

    def test_an_explanation_that_fails_is_a_message(self):
        self.features(self.table())
        with patch.object(MadeBackbone, "maps", side_effect=RuntimeError("boom")):
            self.explained()
        self.assertIn("boom", str(self.widget.Error.maps))
        self.assertIsNotNone(self.features())
        self.explained("sport")  # the next one is tried again
        self.assertFalse(self.widget.Error.maps.is_shown())
        self.assertEqual(self.backbone.explained, 4)

    def test_a_photo_that_went_away(self):
        self.features(self.table())
        (self.folder / "goods/A0/0.png").unlink()
        self.explained()
        self.assertEqual(self.backbone.explained, 3)
        self.widget._open(0)
        self.assertIn("no map", self.settled_dialog().text.text())

    def settled_dialog(self):
        self.process_events(lambda: not self.widget.maps.waiting)
        return self.widget.dialog

    def test_large_view(self):
        self.features(self.table())
        self.explained("height_ankle")
        self.widget.gallery.doubleClicked.emit(self.widget.gallery.model().index(2, 0))
        dialog = self.settled_dialog()
        self.assertEqual(dialog.windowTitle(), "A1 · 2.png")
        text = dialog.text.text()
        for part in ("Score", "an empty photo", "Heights share one P", "present from 0.50"):
            self.assertIn(part, text)
        with_map = dialog.photo.grab().toImage()
        dialog.map_check.click()
        self.process_events(lambda: dialog.photo.text == "The photo can't be read")
        self.assertNotEqual(dialog.photo.grab().toImage(), with_map)
        dialog.next_button.click()
        self.assertEqual(dialog.windowTitle(), "A1 · 3.png")
        self.assertFalse(dialog.next_button.isEnabled())
        simulate.combobox_activate_index(dialog.combo, dialog.combo.findData("sport"))
        self.assertEqual(self.widget.explained, "sport")
        self.send_signal(self.widget.Inputs.images, None)
        self.assertFalse(dialog.isVisible())

    def test_large_view_by_key(self):
        self.features(self.table())
        self.widget.gallery.setCurrentIndex(self.widget.gallery.model().index(1, 0))
        QTest.keyClick(self.widget.gallery, Qt.Key_Return)
        self.assertEqual(self.widget.dialog.windowTitle(), "A0 · 1.png")
        self.assertIn("Choose a feature", self.widget.dialog.text.text())
        self.widget.dialog.close()

    def test_explained_feature_is_kept(self):
        self.features(self.table())
        self.explained("sport")
        settings = self.widget.settingsHandler.pack_data(self.widget)
        again = self.create_widget(OWFootwearFeatures, stored_settings=settings)
        self.assertEqual(again.feature_combo.currentData(), "sport")
        odd = self.create_widget(OWFootwearFeatures, stored_settings={
            **settings, "explained": "no such feature"})
        self.send_signal(odd.Inputs.images, self.table(), widget=odd)
        self.wait_until_finished(widget=odd)
        self.assertEqual(odd.explained, "")

    def test_report(self):
        self.widget.send_report()
        self.features(self.table())
        self.widget.send_report()
        self.assertIn("made in a test", self.widget.report_html)
        self.assertEqual(self.widget.report_html.count("data:image/jpeg;base64,"), 4)


if __name__ == "__main__":
    unittest.main()
