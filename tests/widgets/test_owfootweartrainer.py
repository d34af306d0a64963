"""Footwear CNN Trainer: runs on small made photos, what goes wrong, what is kept."""
import ast
import os
import tempfile
import unittest
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import numpy as np
from AnyQt.QtCore import Qt
from AnyQt.QtWidgets import QFileDialog
from made_model import small_backbone
from Orange.data import ContinuousVariable, Domain, StringVariable, Table
from Orange.widgets.tests.base import WidgetTest
from orangecanvas.scheme.readwrite import literal_dumps
from orangewidget.tests.utils import simulate
from PIL import Image, ImageDraw

from orangecontrib.customs.photos import backbones
from orangecontrib.customs.photos.extract import Extractor
from orangecontrib.customs.photos.model import feature_ids, untrained
from orangecontrib.customs.photos.sources import Photo
from orangecontrib.customs.training.trainer import PRESETS, Recipe, runs, train
from orangecontrib.customs.training.trainer.table import training_photos
from orangecontrib.customs.widgets.owfootweartrainer import OWFootwearTrainer
from orangecontrib.customs.widgets.utils.training.recipeform import (
    OWN,
    RecipeForm,
    cleaned,
    preset_of,
)

IDS = feature_ids()
HEEL, HEIGHT = IDS.index("high_heel"), IDS.index("height_below_ankle")
LBFGS = Recipe("small", l2=.001, epochs=15, folds=3)
ADAM = Recipe("small", optimiser="adam", learning_rate=.05, epochs=4, l2=1e-4)
SCRATCH = Recipe("scratch", optimiser="adam", size=64, kernel=3, epochs=1, batch=16, l2=1e-4)


def draw(folder, n=40):
    """n photos, two of each good; heel and height are in the picture."""
    rng = np.random.default_rng(0)
    heel, tall = rng.random(n) < .5, rng.random(n) < .5
    for i in range(n):
        image = Image.fromarray(rng.integers(0, 255, (6, 6), dtype=np.uint8)).convert("RGB")
        image = image.resize((48, 48), Image.Resampling.NEAREST)
        drawing = ImageDraw.Draw(image)
        if heel[i]:
            drawing.rectangle((28, 30, 47, 47), fill=(230, 20, 20))
        if tall[i]:
            drawing.rectangle((0, 0, 47, 12), fill=(20, 20, 230))
        image.save(Path(folder) / f"{i}.png")
    return heel, tall


class TestOWFootwearTrainer(WidgetTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._temporary = tempfile.TemporaryDirectory()
        cls.folder = Path(cls._temporary.name).resolve()
        cls.backbone = small_backbone(cls.folder)
        cls.heel, cls.tall = draw(cls.folder)

    @classmethod
    def tearDownClass(cls):
        cls._temporary.cleanup()
        super().tearDownClass()

    def setUp(self):
        known = backbones.get
        patched = patch.object(backbones, "get", lambda name, group=None: self.backbone
                               if name == "small" else known(name, group))
        patched.start()
        self.addCleanup(patched.stop)
        own = tempfile.TemporaryDirectory()
        self.addCleanup(own.cleanup)
        self.own = Path(own.name).resolve()
        self.widget = self.create_widget(OWFootwearTrainer)

    def table(self, n=40, origin=None) -> Table:
        labels = [ContinuousVariable(id_) for id_ in ("high heel", "below ankle", "ankle",
                                                      "calf", "over knee")]
        image = StringVariable("image")
        image.attributes.update(type="image", origin=str(origin or self.folder))
        x = np.zeros((n, 5))
        x[:, 0] = self.heel[:n]
        x[np.arange(n), 1 + self.tall[:n]] = 1
        metas = np.array([[f"good {i // 2}", f"{i}.png"] for i in range(n)],
                         dtype=object).reshape(n, 2)
        return Table.from_numpy(Domain(labels, metas=[StringVariable("good_id"), image]), x,
                                metas=metas)

    def set_recipe(self, recipe, widget=None):
        widget = widget or self.widget
        widget.form.set_values(recipe.to_dict())
        widget._on_recipe()

    def trained(self, data=None, recipe=None, widget=None):
        """Press Train, wait, and give the model."""
        widget = widget or self.widget
        if recipe is not None:
            self.set_recipe(recipe, widget)
        if data is not None:
            self.send_signal(widget.Inputs.photos, data, widget=widget)
        widget.train_button.click()
        return self.out("model", widget)

    def out(self, name, widget=None):
        widget = widget or self.widget
        self.wait_until_finished(widget)
        return self.get_output(getattr(widget.Outputs, name), widget=widget)

    def test_the_augmentations_are_those_of_the_photos_the_settings_and_the_model(self):
        page = self.widget.augmentation_page
        self.assertFalse(page._subject.photos)
        self.send_signal(self.widget.Inputs.photos, self.table())
        self.set_recipe(replace(LBFGS, rotation=7.))
        subject = page._subject
        self.assertEqual((len(subject.photos), subject.recipe.rotation, subject.model),
                         (40, 7., None))
        model = self.trained()
        self.assertEqual(page._subject.model, model)
        self.send_signal(self.widget.Inputs.photos, None)
        self.assertFalse(page._subject.photos)

    def test_brightening_is_a_setting_and_is_told_in_the_model(self):
        self.set_recipe(LBFGS)
        self.widget.form.control("brighten").setValue(1.5)
        self.assertEqual(self.widget.recipe["brighten"], 1.5)
        self.assertEqual(self.trained(self.table()).brighten, 1.5)

    # --- a run ---

    def test_a_run(self):
        data = self.table()
        model = self.trained(data, LBFGS)
        self.assertEqual(model.backbone, "small")
        photos, _ = training_photos(data)
        self.assertEqual(model.digest, train(photos, LBFGS).model.digest,
                         "the widget adds nothing")
        evaluation = self.out("evaluation")
        self.assertEqual(len(evaluation), len(IDS))
        self.assertEqual(str(evaluation[HEEL]["feature"]), "high heel")
        self.assertGreater(float(evaluation[HEEL]["accuracy"]), .8)
        self.assertEqual(float(evaluation[HEEL]["photos"]), 8, "a fifth of the goods")
        predictions = self.out("predictions")
        self.assertEqual(len(predictions), 40)
        self.assertIn("P(high heel)", predictions.domain)
        curves = self.out("curves")
        self.assertEqual(set(curves.get_column("fit")), {0, 1, 2, 3})
        self.assertIsNone(self.out("skipped"))
        self.assertIn("8 photos", self.widget.sentence.text())
        self.assertTrue(self.widget.Warning.few.is_shown())
        self.assertEqual(self.widget.evaluation_page.model.rowCount(), len(IDS))
        self.assertEqual(self.widget.heights_page.table.item(4, 4).text(), "8")
        self.assertIn("sport (spikes): no training photo", self.widget.log.toPlainText())
        self.assertIs(self.widget.tabs.currentWidget(), self.widget.evaluation_page)
        self.assertFalse(self.widget.Warning.outdated.is_shown())

    def test_nothing_runs_before_train_is_pressed(self):
        self.set_recipe(LBFGS)
        self.send_signal(self.widget.Inputs.photos, self.table())
        self.assertIsNone(self.widget.task)
        self.assertIsNone(self.out("model"))
        self.assertTrue(self.widget.Information.waiting.is_shown())
        self.assertIn("40 photos of 20 goods; 3 of 14", self.widget.data_label.text())
        self.assertIn("high heel", self.widget.data_label.toolTip())

    def test_a_workflow_that_trains_automatically(self):
        widget = self.create_widget(OWFootwearTrainer, stored_settings={
            "auto_train": True, "recipe": LBFGS.to_dict(), "note": "made in a test"})
        self.send_signal(widget.Inputs.photos, self.table(), widget=widget)
        model = self.out("model", widget)
        self.assertEqual(model.note, "made in a test")
        # settings that come to rest start a run of their own
        widget.form.control("seed").setValue(3)
        self.assertTrue(widget._rest.isActive())
        widget._rest.timeout.emit()
        self.assertNotEqual(self.out("model", widget).digest, model.digest)
        self.assertEqual(widget.outcome.request.recipe.seed, 3)

    def test_a_second_run_looks_at_no_photo_again(self):
        self.trained(self.table(), LBFGS)
        with patch.object(backbones.LoadedBackbone, "__call__",
                          side_effect=AssertionError("again")):
            self.assertIsNotNone(self.trained(recipe=replace(LBFGS, l2=.1)))
        self.assertFalse(self.widget.Error.active)

    def test_curves_grow_while_it_runs(self):
        seen = []
        with patch.object(runs, "REDRAW", 0), \
                patch.object(self.widget.curves_page, "show_history", seen.append):
            self.trained(self.table(), ADAM)
        lengths = [len(history) for history in seen]
        self.assertEqual(lengths[0], 0)
        self.assertTrue({1, 2, 3, 4} <= set(lengths))

    def test_new_photos_while_it_runs_are_not_mixed_in(self):
        first = self.table()
        self.set_recipe(LBFGS)
        self.send_signal(self.widget.Inputs.photos, first)
        self.widget.train_button.click()
        self.send_signal(self.widget.Inputs.photos, self.table(30))
        self.assertIsNotNone(self.out("model"))
        self.assertIs(self.widget.outcome.request.data, first)
        self.assertIn("other photos", str(self.widget.Warning.outdated))

    # --- results that no longer fit ---

    def test_results_of_other_settings_are_said_to_be(self):
        model = self.trained(self.table(), LBFGS)
        seed = self.widget.form.control("seed")
        seed.setValue(7)
        self.assertIn("other settings", str(self.widget.Warning.outdated))
        self.assertTrue(self.widget.Warning.outdated.is_shown())
        self.assertEqual(self.out("model"), model)
        self.widget.send_report()
        self.assertIn("Train again", self.widget.report_html)
        seed.setValue(0)
        self.assertFalse(self.widget.Warning.outdated.is_shown())
        seed.setValue(7)
        self.assertNotEqual(self.trained(), model)
        self.assertFalse(self.widget.Warning.outdated.is_shown())

    def test_results_of_other_labels_are_said_to_be(self):
        self.trained(self.table(), LBFGS)
        relabelled = self.table()
        with relabelled.unlocked(relabelled.X):
            relabelled.X[0, 0] = .5
        self.send_signal(self.widget.Inputs.photos, relabelled)
        self.assertIn("other photos or labels", str(self.widget.Warning.outdated))
        self.trained()
        self.assertFalse(self.widget.Warning.outdated.is_shown())

    def test_without_photos_everything_is_empty(self):
        self.trained(self.table(), LBFGS)
        self.send_signal(self.widget.Inputs.photos, None)
        for name in ("model", "evaluation", "predictions", "curves", "skipped", "selected"):
            self.assertIsNone(self.out(name), name)
        self.assertEqual(self.widget.evaluation_page.model.rowCount(), 0)
        self.assertEqual(self.widget.mistakes_page.gallery.model().rowCount(), 0)
        self.assertFalse(self.widget.train_button.isEnabled())
        self.assertFalse(self.widget.save_button.isEnabled())

    # --- cancel and resume ---

    def cancelled_at(self, epoch):
        """The button is pressed while the run is in that epoch."""
        real = runs.train

        def train_until(photos, recipe, progress, *rest, **more):
            def watched(now):
                if now.epoch >= epoch:
                    self.widget.ending.set()
                return progress(now)
            return real(photos, recipe, watched, *rest, **more)

        return patch.object(runs, "train", train_until)

    def test_cancel_keeps_the_best_so_far(self):
        with self.cancelled_at(2):
            model = self.trained(self.table(), replace(ADAM, epochs=500, patience=500))
        self.assertIsNotNone(model)
        self.assertTrue(self.widget.Information.cancelled.is_shown())
        self.assertEqual(len(self.out("curves")), 2)
        self.assertIn("cancelled", self.widget.log.toPlainText())
        self.assertEqual(self.widget.train_button.text(), "Train")

    def test_cancel_before_there_is_a_model(self):
        with self.cancelled_at(0):
            self.assertIsNone(self.trained(self.table(), LBFGS))
        self.assertTrue(self.widget.Information.nothing.is_shown())
        self.assertIsNotNone(self.trained())
        self.assertFalse(self.widget.Information.nothing.is_shown())

    def test_the_button_cancels(self):
        self.set_recipe(replace(ADAM, epochs=10_000, patience=10_000))
        self.send_signal(self.widget.Inputs.photos, self.table())
        self.widget.train_button.click()
        self.assertEqual(self.widget.train_button.text(), "Cancel")
        self.widget.train_button.click()
        self.assertFalse(self.widget.train_button.isEnabled())
        self.out("model")
        self.assertTrue(self.widget.Information.nothing.is_shown()
                        or self.widget.Information.cancelled.is_shown())
        self.assertTrue(self.widget.train_button.isEnabled())

    def test_a_checkpoint_is_resumed(self):
        whole = self.trained(self.table(), ADAM)
        self.widget._set_path("checkpoint_path", str(self.own / "run.safetensors"))
        with self.cancelled_at(2):
            self.trained()
        self.assertNotEqual(self.out("model"), whole)
        self.assertTrue((self.own / "run.safetensors").exists())
        self.assertEqual(self.trained(), whole)
        self.assertEqual(self.trained(recipe=replace(ADAM, batch=8)), whole,
                         "what was there stays, and is marked")
        self.assertIn("other settings", str(self.widget.Error.training))
        self.assertTrue(self.widget.Warning.outdated.is_shown())
        self.set_recipe(LBFGS)
        self.assertTrue(self.widget.Warning.checkpoint.is_shown())

    # --- model files ---

    def test_a_saved_model_says_the_same_in_the_extractor(self):
        self.widget._on_note("note", "drawn squares")
        self.widget._on_note("licence", "anybody's")
        self.trained(self.table(), SCRATCH)
        path = str(self.own / "model")
        with patch.object(QFileDialog, "getSaveFileName", lambda *_: (path, "")):
            self.widget.save_button.click()
        other = self.create_widget(OWFootwearTrainer)
        with patch.object(QFileDialog, "getOpenFileName",
                          lambda *_: (path + ".safetensors", "")):
            other.load_button.click()
        model = self.out("model", other)
        self.assertEqual((model.note, model.licence), ("drawn squares", "anybody's"))
        self.assertTrue(other.Information.loaded.is_shown())
        self.assertIn("drawn squares", other.model_label.text())
        held_out = self.widget.outcome.trained.held_out
        photos = self.widget.outcome.request.photos.photos
        found = Extractor(model, device="cpu").run([photos[i] for i in held_out.rows])
        np.testing.assert_allclose(found.probabilities, held_out.probabilities, atol=1e-4)

    def test_the_workflow_opens_with_the_saved_model(self):
        model = self.trained(self.table(), LBFGS)
        self.widget.save_model(str(self.own / "model.safetensors"))
        self.assertIn("model.safetensors", self.widget.model_label.text())
        settings = self.widget.settingsHandler.pack_data(self.widget)
        again = self.create_widget(OWFootwearTrainer, stored_settings=settings)
        self.assertEqual(self.out("model", again), model)
        self.send_signal(again.Inputs.photos, self.table(), widget=again)
        self.assertEqual(self.out("model", again), model, "photos alone change nothing")
        # what is trained again is not that file
        self.trained(recipe=replace(LBFGS, seed=5), widget=again)
        self.assertEqual(again.model_path, "")
        self.assertIn("Not saved", again.model_label.text())

    def test_the_saved_model_comes_although_there_are_no_photos(self):
        """A workflow opens with signals at once, also where the photos' folder is gone."""
        model, path = self.trained(self.table(), LBFGS), self.own / "model.safetensors"
        model.save(path)
        for auto_train in (False, True):
            widget = self.create_widget(OWFootwearTrainer, stored_settings={
                "model_path": str(path), "auto_train": auto_train})
            self.send_signal(widget.Inputs.photos, None, widget=widget)
            self.assertEqual(self.out("model", widget), model)
            self.assertTrue(widget.Information.loaded.is_shown())

    def test_model_files_that_are_refused(self):
        before = self.trained(self.table(), LBFGS)
        good = self.own / "good.safetensors"
        before.save(good)
        content = good.read_bytes()
        (self.own / "other.safetensors").write_bytes(b"a text")
        (self.own / "short.safetensors").write_bytes(content[:-50])
        tampered = bytearray(content)
        tampered[-3] ^= 1
        (self.own / "tampered.safetensors").write_bytes(tampered)
        foreign = untrained("small", "f" * 64, before.transform, 12)
        foreign.save(self.own / "foreign.safetensors")
        for name, words in (("absent", "no such"), ("other", "no .safetensors"),
                            ("short", "damaged"), ("tampered", "damaged"),
                            ("foreign", "other weights of the backbone")):
            self.widget._load(str(self.own / f"{name}.safetensors"))
            self.assertEqual(self.out("model"), before, name)
            self.assertIn(words, str(self.widget.Error.file), name)
            self.assertTrue(self.widget.Error.file.is_shown(), name)
        self.widget._load(str(good))
        self.assertEqual(self.out("model"), before)
        self.assertFalse(self.widget.Error.file.is_shown())

    def test_a_loaded_model_outlives_the_photos(self):
        model = self.trained(self.table(), LBFGS)
        model.save(self.own / "good.safetensors")
        self.widget._load(str(self.own / "good.safetensors"))
        self.out("model")
        self.send_signal(self.widget.Inputs.photos, None)
        self.assertEqual(self.out("model"), model)
        self.assertIsNone(self.out("evaluation"), "a file holds no evaluation")

    def test_a_folder_that_can_not_be_written(self):
        self.trained(self.table(), LBFGS)
        self.widget.save_model(str(self.own / "no" / "such" / "folder.safetensors"))
        self.assertTrue(self.widget.Error.save.is_shown())
        self.assertEqual(self.widget.model_path, "")

    def test_licence_of_a_trained_model(self):
        self.trained(self.table(), LBFGS)
        self.widget.licence_edit.setText("research only")
        self.widget.licence_edit.editingFinished.emit()
        self.assertEqual(self.out("model").licence, "research only")

    # --- bad input ---

    def refused(self, data, words):
        self.set_recipe(LBFGS)
        self.send_signal(self.widget.Inputs.photos, data)
        self.widget.train()  # as an unattended run would
        self.assertIsNone(self.out("model"))
        said = " ".join(str(m) for group in (self.widget.Error, self.widget.Warning)
                        for m in group.active)
        self.assertIn(words, said)

    def test_an_empty_table(self):
        self.refused(self.table(0), "no rows with photos")

    def test_no_photos(self):
        data = self.table()
        self.refused(data.transform(Domain(data.domain.attributes)), "no column with photos")

    def test_no_labels(self):
        data = self.table()
        self.refused(data.transform(Domain([], metas=data.domain.metas)), "has no labels")

    def test_one_answer_only(self):
        data = self.table()
        with data.unlocked(data.X):
            data.X[:] = [1, 1, 0, 0, 0]
        self.refused(data, "both answers")
        self.assertTrue(self.widget.Warning.one_sided.is_shown())

    def test_no_photo_can_be_read(self):
        self.refused(self.table(origin=self.own), "can be read")

    def test_too_few_goods(self):
        self.refused(self.table(2), "too few")

    def test_messages_go_when_the_input_is_good(self):
        self.test_no_labels()
        self.trained(self.table(), LBFGS)
        self.assertFalse(self.widget.Error.active)

    def test_single_photos_that_can_not_be_read(self):
        data = self.table().copy()
        with data.unlocked(data.metas):
            data.metas[3, 1], data.metas[5, 1] = "absent.png", ""
        self.assertIsNotNone(self.trained(data, LBFGS))
        self.assertEqual(list(self.out("skipped").get_column("image")), ["absent.png", ""])
        self.assertIn("absent.png", str(self.widget.Warning.skipped))
        self.assertIn("absent.png", self.widget.log.toPlainText())

    def test_unexpected_failure_is_a_message(self):
        with patch.object(runs, "train", side_effect=RuntimeError("boom")):
            self.assertIsNone(self.trained(self.table(), LBFGS))
        self.assertIn("boom", str(self.widget.Error.unexpected))

    def test_missing_weights_name_three_ways(self):
        with patch.dict(os.environ, TORCH_HOME=str(self.own)):
            self.trained(self.table(), Recipe("vgg16", epochs=2))
        said = str(self.widget.Error.weights)
        for words in ("package", "local file", "download"):
            self.assertIn(words, said)
        self.assertTrue(self.widget.more.isVisibleTo(self.widget), "where the ways out are")

    def test_weights_from_a_file_are_checked(self):
        self.widget._set_path("weights_path", str(self.folder / "small.pth"))
        self.widget._set("sha256", "0" * 64)
        self.assertIsNone(self.trained(self.table(), LBFGS))
        self.assertIn("SHA-256", str(self.widget.Error.weights))

    def test_where_weights_come_from_is_handed_on(self):
        path = self.own / "weights.pth"
        self.set_recipe(LBFGS)
        self.send_signal(self.widget.Inputs.photos, self.table())
        request = self.widget._request()
        self.assertEqual((request.weights, request.sha256, request.allow_download),
                         (None, None, False), "no download unless somebody allows it")
        self.widget.weights_edit.line.setText(str(path))
        self.widget.weights_edit.line.editingFinished.emit()
        self.widget.download_check.click()
        request = self.widget._request()
        self.assertEqual((request.weights, request.allow_download), (path, True))
        self.widget.weights_edit.line.clear()
        self.assertEqual(self.widget.weights_path, "")

    def test_files_under_the_workflow_stay_when_it_is_saved_elsewhere(self):
        self.widget._set_path("checkpoint_path", str(self.own / "run.safetensors"))
        self.widget.workflowEnvChanged("basedir", str(self.own), "")
        self.assertEqual(self.widget.checkpoint_path, "run.safetensors")
        self.assertEqual(self.widget.checkpoint_edit.path, "run.safetensors")
        self.widget.workflowEnvChanged("basedir", str(self.folder), str(self.own))
        self.assertEqual(self.widget.checkpoint_path, str(self.own / "run.safetensors"))

    def test_an_unknown_network(self):
        self.trained(self.table(), replace(LBFGS, architecture="no_such_net"))
        self.assertIn("unknown backbone 'no_such_net'", str(self.widget.Error.weights))

    # --- settings ---

    def test_settings_that_do_not_go_together(self):
        self.send_signal(self.widget.Inputs.photos, self.table())
        form = self.widget.form
        simulate.combobox_activate_item(form.network, "From scratch (paper)")
        self.assertIn("adam or sgd", form.problem.text())
        self.assertTrue(form.problem.isVisibleTo(form))
        self.assertTrue(self.widget.Error.settings.is_shown())
        self.assertFalse(self.widget.train_button.isEnabled())
        simulate.combobox_activate_item(form.control("optimiser"), "Adam")
        self.assertFalse(form.problem.isVisibleTo(form))
        self.assertFalse(self.widget.Error.settings.is_shown())
        self.assertTrue(self.widget.train_button.isEnabled())
        self.assertEqual(self.widget.recipe["architecture"], "scratch")

    def test_settings_are_literals_and_come_back(self):
        self.send_signal(self.widget.Inputs.photos, self.table())
        self.set_recipe(replace(SCRATCH, seed=9))
        simulate.combobox_activate_item(self.widget.good_combo, "(each photo by itself)")
        self.widget._set_path("checkpoint_path", "/somewhere/run.safetensors")
        self.widget._on_note("licence", "CC0")
        self.widget.auto_check.setChecked(True)
        self.widget._stop()
        settings = self.widget.settingsHandler.pack_data(self.widget)
        self.assertEqual(ast.literal_eval(literal_dumps(settings)), settings)
        again = self.create_widget(OWFootwearTrainer, stored_settings=settings)
        self.assertEqual(again.form.recipe, replace(SCRATCH, seed=9))
        self.assertEqual(again.checkpoint_edit.path, "/somewhere/run.safetensors")
        self.assertEqual((again.licence_edit.text(), again.good_name), ("CC0", ""))
        self.assertTrue(again.auto_check.isChecked())

    def test_settings_of_another_version(self):
        stored = {"recipe": {"epochs": 7, "seed": "three", "unheard_of": 1, "l2": 1}}
        widget = self.create_widget(OWFootwearTrainer, stored_settings=stored)
        self.assertEqual(widget.form.recipe, Recipe(epochs=7, l2=1.))

    def test_photos_by_themselves(self):
        self.trained(self.table(), LBFGS)
        self.assertEqual(self.widget.good_combo.currentText(), "good_id")
        self.assertEqual(len(set(self.widget.outcome.request.photos.products)), 20)
        simulate.combobox_activate_item(self.widget.good_combo, "(each photo by itself)")
        self.assertTrue(self.widget.Warning.outdated.is_shown())
        self.trained()
        self.assertEqual(len(set(self.widget.outcome.request.photos.products)), 40)

    # --- what is shown ---

    def test_goods_of_data_that_lack_the_chosen_column(self):
        """Not each photo by itself: a good would stand on both sides of the split, unseen."""
        widget = self.create_widget(OWFootwearTrainer, stored_settings={"good_name": "article"})
        self.send_signal(widget.Inputs.photos, self.table(), widget=widget)
        self.assertEqual(widget.good_combo.variable.name, "good_id")
        self.assertEqual(widget.good_name, "article", "the column may come back")

    def test_names_in_russian(self):
        self.trained(self.table(), LBFGS)
        self.widget.controls.language_index.buttons[1].click()
        self.assertEqual(str(self.out("evaluation")[HEEL]["feature"]), "КАБЛУК")
        self.assertIn("P(КАБЛУК)", self.out("predictions").domain)
        self.assertIn("СПОРТ: no training photo", self.widget.log.toPlainText())
        page = self.widget.evaluation_page.model
        self.assertEqual(page.index(HEEL, 0).data(), "КАБЛУК")

    def test_a_feature_chosen_in_the_table_is_shown_in_the_plot(self):
        self.trained(self.table(), LBFGS)
        self.widget.evaluation_page.view.selectRow(HEEL)
        self.assertEqual(self.widget.reliability_page.combo.currentText(), "high heel")
        self.assertIn("8 photos of 4 products", self.widget.reliability_page.note.text())

    def test_features_are_sorted_by_a_click(self):
        self.trained(self.table(), LBFGS)
        page = self.widget.evaluation_page
        page.view.sortByColumn(1, Qt.DescendingOrder)
        self.assertEqual(page.model.index(0, 1).data(), "8")
        self.assertEqual(page.model.index(len(IDS) - 1, 3).data(), "–")
        row = page.model.shown_row(IDS.index("sport"))
        self.assertIn("Nothing was learnt", page.model.index(row, 0).data(Qt.ToolTipRole))

    def test_mistakes_are_shown_and_sent(self):
        data = self.table()
        with data.unlocked(data.X):
            data.X[:, 0] = np.arange(40) % 2  # nothing to see: half of it is wrong
        self.trained(data, LBFGS)
        page = self.widget.mistakes_page
        self.assertGreater(page.gallery.model().rowCount(), 0)
        self.assertRegex(page.gallery.model().index(0, 0).data(),
                         r"good \d+ · \d+.png: high heel: [01]")
        self.assertIsNone(self.out("selected"))
        page.gallery.setCurrentIndex(page.gallery.model().index(0, 0))
        selected = self.out("selected")
        self.assertEqual(selected.domain, data.domain)
        worst = self.widget.outcome.report.mistakes[0]
        self.assertEqual(str(selected[0]["image"]), f"{worst.row}.png")
        page.combo.setCurrentIndex(1)
        page.combo.activated.emit(1)
        self.assertIsNone(self.out("selected"), "another list has no selection")

    def test_nothing_set_aside(self):
        self.trained(self.table(), replace(LBFGS, test_share=0.))
        self.assertTrue(self.widget.Information.untested.is_shown())
        self.assertIn("calibrated", self.widget.sentence.text())

    def test_report(self):
        self.widget.send_report()
        self.trained(self.table(), LBFGS)
        self.widget.send_report()
        self.assertIn("high heel", self.widget.report_html)
        self.assertIn("Learning rate", self.widget.report_html)
        for shown in ("Loss", "Accuracy", "Reliability", "Contradiction"):
            self.assertIn(f">{shown}<", self.widget.report_html)
        self.assertGreaterEqual(self.widget.report_html.count("<img"), 4)

    def test_photo_of_the_request_is_the_tables(self):
        self.send_signal(self.widget.Inputs.photos, self.table())
        photo = self.widget._request().photos.photos[0]
        self.assertIsInstance(photo, Photo)
        self.assertTrue(photo.image.endswith("0.png"))


class TestRecipeForm(WidgetTest):
    def test_presets(self):
        for name, recipe in PRESETS.items():
            form = RecipeForm(recipe.to_dict())
            self.assertEqual(form.preset.currentText(), name)
            self.assertEqual(form.recipe, recipe)
            self.assertFalse(form.problem.text())

    def test_a_preset_leaves_labels_and_splits_alone(self):
        form = RecipeForm(replace(Recipe(), seed=4, clusters=True, test_share=.3).to_dict())
        simulate.combobox_activate_item(form.preset, "VGG-16, last layer (paper)")
        self.assertEqual(form.recipe, replace(PRESETS["VGG-16, last layer (paper)"], seed=4,
                                              clusters=True, test_share=.3))
        form.control("epochs").setValue(5)
        self.assertEqual(form.preset.currentText(), str(OWN))
        self.assertEqual(preset_of(form.values), "")

    def test_what_is_not_touched_stays(self):
        """A control shows less than its value: 12 %, 0.00123457."""
        recipe = replace(Recipe(), test_share=.1234, l2=.00123456789)
        form = RecipeForm(recipe.to_dict())
        form.control("epochs").setValue(5)
        self.assertEqual(form.recipe, replace(recipe, epochs=5))

    def test_typed_numbers_and_names(self):
        form = RecipeForm(replace(Recipe(), optimiser="adam").to_dict())
        rate = form.control("learning_rate")
        rate.setText("0,02")
        rate.editingFinished.emit()
        form.network.setEditText(" regnet_y_400mf ")
        form.network.lineEdit().editingFinished.emit()
        self.assertEqual((form.recipe.learning_rate, form.recipe.architecture),
                         (.02, "regnet_y_400mf"))
        rate.setText("fast")
        rate.editingFinished.emit()
        self.assertIsNone(form.recipe)
        self.assertIn("learning_rate", form.problem.text().lower())
        self.assertEqual(cleaned(form.values)["learning_rate"], Recipe().learning_rate)

    def test_what_does_not_apply_is_grey(self):
        form = RecipeForm(Recipe().to_dict())
        enabled = {name: form.control(name).isEnabled() for name in (
            "folds", "kernel", "learning_rate", "validation_share", "fine_tune", "rotation")}
        self.assertEqual(enabled, {"folds": True, "kernel": False, "learning_rate": False,
                                   "validation_share": False, "fine_tune": True,
                                   "rotation": False})
        form.set_values(SCRATCH.to_dict())
        self.assertTrue(form.control("kernel").isEnabled())
        self.assertFalse(form.control("fine_tune").isEnabled())
        self.assertFalse(form.control("copies").isEnabled())


if __name__ == "__main__":
    unittest.main()
