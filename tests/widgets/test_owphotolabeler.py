"""Footwear Photo Labeler: keys, bulk, undo, crashes, files, suggestions, many photos."""
import ast
import shutil
import tempfile
import unittest
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import numpy as np
from AnyQt.QtCore import QEvent, QItemSelectionModel, Qt
from AnyQt.QtGui import QKeyEvent
from AnyQt.QtWidgets import QApplication, QFileDialog
from Orange.data import ContinuousVariable, DiscreteVariable, Domain, StringVariable, Table
from Orange.widgets.tests.base import WidgetTest
from orangewidget.tests.utils import simulate
from PIL import Image

from orangecontrib.customs.groups import find_group
from orangecontrib.customs.i18n import speaking
from orangecontrib.customs.photos import backbones, extract
from orangecontrib.customs.photos.model import PhotoModel, feature_ids, untrained
from orangecontrib.customs.photos.sources import find_photos
from orangecontrib.customs.photos.table import photos_table
from orangecontrib.customs.training.labelling import LabelStore
from orangecontrib.customs.training.trainer.table import training_photos
from orangecontrib.customs.widgets.owphotolabeler import OWPhotoLabeler
from orangecontrib.customs.widgets.utils.training import labelfiles
from orangecontrib.customs.widgets.utils.training.labelkeys import action

FOOTWEAR = find_group("footwear")

IDS = feature_ids()
HEIGHTS = [i for i, id_ in enumerate(IDS) if id_.startswith("height_")]
LOW, BOOTS = (next(c for c in FOOTWEAR.clusters if c.id == id_) for id_ in ("low", "boots"))


class MadeBackbone:
    """Stands in for a LoadedBackbone: mean colour, no torch."""

    digest = "made"
    device_name = "CPU (made)"
    spec = backbones.Backbone("made", 16, 3, (0.,) * 3, (255.,) * 3, "none", None, "none")

    def __init__(self):
        self.batches = []

    def __call__(self, images):
        self.batches.append(len(images))
        return images.mean(axis=(1, 2)).astype(np.float32) / 255


def made_model(seed=0) -> PhotoModel:
    blank = untrained("made", "made", MadeBackbone.spec.transform, 3)
    weights = np.random.default_rng(seed).normal(0, 2, blank.weights.shape)
    return replace(blank, weights=weights.astype(np.float32))


class Labeler:
    """A labeler, four photos of two goods, and a made model."""

    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name).resolve()
        for number, colour in enumerate(("navy", "red", "green", "black")):
            path = self.folder / "goods" / f"A{number // 2}" / f"{number}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.new("RGB", (20, 20), colour).save(path)
        self.backbone = MadeBackbone()
        self.bundled = made_model()
        for target, values in (
                (extract, {"_loaded": lambda *_: self.backbone}),
                (PhotoModel, {"default": classmethod(lambda _: self.bundled)}),
                (labelfiles.environ, {"data_dir": lambda **_: str(self.folder / "home")})):
            patched = patch.multiple(target, **values)
            patched.start()
            self.addCleanup(patched.stop)
        self.widget = self.create_widget(OWPhotoLabeler)

    def tearDown(self):
        self.widget.onDeleteWidget()  # lets go of the file of labels
        super().tearDown()

    def table(self) -> Table:
        goods = self.folder / "goods"
        return photos_table(find_photos(goods)[0], goods)

    def send(self, data, **kwargs):
        self.send_signal(self.widget.Inputs.images, data, **kwargs)
        self.settle()

    def settle(self):
        self.process_events(lambda: self.widget.task is None)

    def press(self, *keys, widget=None):
        """Keys as a keyboard sends them: a Qt key, or a character of either layout."""
        target = (widget or self.widget).gallery
        for key in keys:
            modifiers = Qt.NoModifier
            if isinstance(key, str) and key.startswith("^"):
                modifiers, key = Qt.ControlModifier, key[1]
            text = key if isinstance(key, str) else ""
            code = ord(key.upper()) if isinstance(key, str) else key
            QApplication.sendEvent(target, QKeyEvent(QEvent.KeyPress, code, modifiers, text))
            if modifiers:  # Qt takes it for held down until a key comes without it
                QApplication.sendEvent(
                    target, QKeyEvent(QEvent.KeyPress, Qt.Key_F24, Qt.NoModifier))

    def choose(self, *places):
        selection = self.widget.gallery.selectionModel()
        model = self.widget.gallery.model()
        self.widget.gallery.go_to(int(self.widget.gallery.rows[places[0]]))
        for place in places[1:]:
            selection.select(model.index(place, 0), QItemSelectionModel.Select)

    def labels(self, number=0) -> dict:
        row = self.widget.sheet.labels[number]
        return {id_: label for id_, label in zip(IDS, row) if not np.isnan(label)}

    def output(self, name="labeled"):
        self.widget.commit.now()
        return self.get_output(getattr(self.widget.Outputs, name), wait=0)


class TestKeys(unittest.TestCase):
    def test_keys_are_known_by_their_place(self):
        for latin, russian, expected in (("a", "ф", ("answer", 1.)), ("s", "ы", ("answer", 0.)),
                                         ("d", "в", ("answer", .5)), ("q", "й", ("question", -1)),
                                         ("e", "у", ("question", 1))):
            for character in (latin, russian):
                event = QKeyEvent(QEvent.KeyPress, ord(character.upper()), Qt.NoModifier,
                                  character)
                self.assertEqual(action(event), expected)

    def test_undo_on_a_russian_layout(self):
        for character, name in (("Z", "undo"), ("Я", "undo"), ("Y", "redo"), ("Н", "redo")):
            event = QKeyEvent(QEvent.KeyPress, ord(character), Qt.ControlModifier)
            self.assertEqual(action(event), (name, None))

    def test_other_keys_are_left_alone(self):
        for key, modifiers in ((Qt.Key_Up, Qt.NoModifier), (Qt.Key_A, Qt.ControlModifier),
                               (Qt.Key_Right, Qt.ShiftModifier), (Qt.Key_Escape, Qt.NoModifier),
                               (Qt.Key_S, Qt.AltModifier), (Qt.Key_F1, Qt.NoModifier)):
            self.assertIsNone(action(QKeyEvent(QEvent.KeyPress, key, modifiers)))


class TestShots(Labeler, WidgetTest):
    def test_view_and_scene_by_key_by_button_and_in_the_output(self):
        self.send(self.table())
        for character in ("y", "м"):  # the third view, and the fourth scene on a Russian layout
            self.widget.keyPressEvent(QKeyEvent(QEvent.KeyPress, ord(character.upper()),
                                                Qt.NoModifier, character))
        views, scenes = FOOTWEAR.views, FOOTWEAR.scenes
        row = self.widget.gallery.current
        self.assertEqual(self.widget.sheet.common_shot([row]), (views[2], scenes[3]))
        self.widget.panel.shot_rows["view"].buttons["back"].click()
        self.widget._answer("house", 1.)
        labeled = self.output()
        self.assertEqual([str(labeled[0][kind]) for kind in ("view", "scene")],
                         ["back", scenes[3]])
        self.widget.panel.shot_rows["view"].buttons["back"].click()  # takes it back
        self.assertEqual(self.widget.sheet.common_shot([row])[0], "")


class TestLabelling(Labeler, WidgetTest):
    def test_by_keyboard(self):
        self.send(self.table())
        self.assertIs(self.widget.focusWidget(), self.widget.gallery)
        self.press("1", "s", "a", "ы", "в", "a")
        # perforated no, heel yes, sport no, house hidden, wooden platform yes
        self.assertEqual(self.labels(), {
            **LOW.implied, "perforated_vamp": 0, "high_heel": 1, "sport": 0, "house": .5,
            "wooden_platform": 1})
        self.assertEqual(self.widget.gallery.current, 1)  # finished: on to the next
        self.assertEqual(self.widget.progress.value(), 1)

    def test_heights_by_their_keys(self):
        self.send(self.table())
        self.press("4", "7")  # below the ankle does not come into question
        self.assertTrue(np.isnan(self.widget.sheet.labels[0, HEIGHTS[1:]]).all())
        self.press("9")
        self.assertEqual(self.widget.sheet.labels[0, HEIGHTS].tolist(), [0, 0, 1, 0])
        self.press("s", "s")
        self.assertEqual(self.widget.gallery.current, 1)
        self.press("4", "a", "d")  # "yes" says nothing of a height, "hidden" does
        self.assertEqual(self.widget.sheet.labels[1, HEIGHTS].tolist(), [0, .5, .5, .5])

    def test_not_footwear_is_one_key(self):
        self.send(self.table())
        self.press("6", "6", "6", "6")
        self.assertEqual(self.widget.progress.value(), 4)
        self.assertEqual(self.labels(3), {"not_footwear": 1})

    def test_no_going_on(self):
        self.widget.go_on_box.click()
        self.send(self.table())
        self.press("6")
        self.assertEqual(self.widget.gallery.current, 0)

    def test_questions_before_and_after(self):
        self.send(self.table())
        self.press("1", "e", "a")
        self.assertEqual(self.labels()["high_heel"], 1)
        self.press("q", "q", "a")
        self.assertIn(("perforated_vamp", 1.), self.labels().items())

    def test_moving(self):
        self.send(self.table())
        self.press(Qt.Key_Right, Qt.Key_Right, Qt.Key_Left)
        self.assertEqual(self.widget.gallery.current, 1)
        self.press("6")
        self.choose(0)
        self.press(Qt.Key_Space)
        self.assertEqual(self.widget.gallery.current, 2)  # 1 is finished
        self.press(Qt.Key_Backspace)
        self.assertEqual(self.widget.gallery.current, 0)
        self.press(Qt.Key_Right, Qt.Key_Right, Qt.Key_Right, Qt.Key_Right, Qt.Key_Space)
        self.assertEqual(self.widget.gallery.current, 0)  # on from the beginning

    def test_by_mouse(self):
        self.send(self.table())
        panel = self.widget.panel
        panel.cluster_buttons["boots"].click()
        heights = next(row for q, row in panel.rows.items() if q.exclusive)
        heights.buttons["height_ankle", 1.].click()
        self.assertEqual(self.labels(), {**BOOTS.implied, "height_ankle": 1, "height_calf": 0,
                                         "height_over_knee": 0})
        heights.buttons["height_ankle", 1.].click()  # a second click takes it back
        self.assertEqual(self.labels(), dict(BOOTS.implied))
        panel.cluster_buttons["boots"].click()
        self.assertEqual(self.labels(), {})

    def test_implied_can_be_overruled(self):
        self.send(self.table())
        self.press("1")
        panel = self.widget.panel
        self.assertIn("below ankle", panel.implied.text())
        panel.more_button.click()
        row = next(row for q, row in panel.rows.items() if IDS[q.members[0]] == "waterproof")
        self.assertFalse(row.isHidden())
        row.buttons["waterproof", 1.].click()
        self.assertEqual(self.labels()["waterproof"], 1)
        self.assertIn("Against the group", panel.implied.text())

    def test_undo_and_redo(self):
        self.send(self.table())
        self.press("6", "1", "a")
        self.press("^Z", "^Я")
        self.assertEqual(self.labels(1), {})
        self.press("^Z")
        self.assertEqual((self.labels(), self.widget.gallery.current), ({}, 0))
        self.assertFalse(self.widget.undo_button.isEnabled())
        self.press("^Y")
        self.widget.redo_button.click()
        self.press("^Н")
        self.assertEqual(self.labels(1), {**LOW.implied, "perforated_vamp": 1})
        self.assertFalse(self.widget.redo_button.isEnabled())

    def test_clearing(self):
        self.send(self.table())
        self.widget.go_on_box.click()
        self.press("6", Qt.Key_Delete)
        self.assertEqual(self.labels(), {})
        self.press("^Z")
        self.assertEqual(self.labels(), {"not_footwear": 1})

    def test_bulk(self):
        self.send(self.table())
        self.choose(0, 2, 3)
        self.assertIn("these 3 photos", self.widget.panel.head.text())
        self.press("1", "a")
        for number in (0, 2, 3):
            self.assertEqual(self.labels(number), {**LOW.implied, "perforated_vamp": 1})
        self.assertEqual(self.labels(1), {})
        self.press("^Z", "^Z")
        self.assertFalse(self.widget.sheet.labelled.any())

    def test_photos_of_different_groups(self):
        self.send(self.table())
        self.press("1")
        self.choose(0, 1)
        self.assertIsNone(self.widget.panel.state.cluster)
        self.press("a")  # there is no common question
        self.assertEqual(self.labels(), dict(LOW.implied))
        self.press("4")
        self.assertEqual(self.labels(1), dict(BOOTS.implied))

    def test_filter_and_order(self):
        self.send(self.table())
        self.press("6")
        combo = self.widget.filter_combo
        simulate.combobox_activate_item(combo, "Not finished")
        self.assertEqual(self.widget.gallery.rows.tolist(), [1, 2, 3])
        self.press("6")  # stays on the screen until one filters again
        self.assertEqual(self.widget.gallery.model().rowCount(), 3)
        self.widget.refresh_button.click()
        self.assertEqual(self.widget.gallery.rows.tolist(), [2, 3])
        simulate.combobox_activate_item(combo, "Finished")
        self.assertEqual(self.widget.gallery.rows.tolist(), [0, 1])
        simulate.combobox_activate_item(combo, "In doubt")
        self.assertEqual(self.widget.gallery.rows.tolist(), [])
        self.assertIn("No photo is left", self.widget.view.text)
        self.press("1", "a", Qt.Key_Space, Qt.Key_Return, Qt.Key_Delete, Qt.Key_Backspace)

    def test_marks_in_the_gallery(self):
        self.send(self.table())
        self.press("1", "a")
        tile = self.widget.gallery.tile(0)
        self.assertEqual((tile.mark.text, tile.mark.done), ("1", .2))
        self.assertIsNone(self.widget.gallery.tile(1).mark)
        self.assertIn("20%", self.widget.gallery.tooltip(0))
        self.widget.gallery.grab()

    def test_counts(self):
        self.send(self.table())
        self.widget.tabs.setCurrentIndex(1)
        self.press("6", "1", "d")
        table = self.widget.counts
        self.assertEqual([table.item(13, c).text() for c in range(3)], ["1", "1", "0"])
        self.assertEqual([table.item(0, c).text() for c in range(3)], ["0", "0", "1"])


class TestOutputs(Labeler, WidgetTest):
    def test_output_goes_into_the_trainer(self):
        data = self.table()
        self.send(data)
        self.press("6", "4", "9", "s", "d", "1", "a")
        out = self.output()
        self.assertEqual(list(out.ids), list(data.ids[:3]))
        self.assertEqual(list(out.get_column("good_id")), ["A0", "A0", "A1"])
        for variable, feature in zip(out.domain.attributes, FOOTWEAR.features):
            self.assertEqual({k: variable.attributes[k] for k in
                              ("label", "feature", "fact", "value")},
                             {"label": "yes", "feature": feature.id, "fact": feature.fact,
                              "value": feature.value})
        photos, rows = training_photos(out)
        np.testing.assert_array_equal(photos.labels, self.widget.sheet.labels[:3])
        self.assertEqual(photos.clusters.tolist(), ["not_footwear", "boots", "low"])
        self.assertEqual(photos.products.tolist(), ["A0", "A0", "A1"])
        unlabeled = self.output("unlabeled")
        self.assertEqual(list(unlabeled.get_column("reason")), ["not labelled yet"])
        self.assertEqual(list(unlabeled.ids), list(data.ids[3:]))

    def test_output_through_a_file(self):
        self.send(self.table())
        self.press("6", "1", "a", "d")
        path = str(self.folder / "labels.tab")
        out = self.output()
        out.save(path)
        photos, _ = training_photos(Table(path))
        np.testing.assert_array_equal(photos.labels, self.widget.sheet.labels[:2])

    def test_output_into_another_labeler(self):
        """Labels that come with the data are where one starts; ours come first."""
        self.send(self.table())
        self.press("6", "1", "a")
        out = self.output()
        # as on another computer, where nobody has labelled these photos
        with patch.object(labelfiles.environ, "data_dir", lambda **_: str(self.folder / "B")):
            self.send(out)
            self.assertEqual(self.labels(1), {**LOW.implied, "perforated_vamp": 1})
            self.assertFalse(self.widget.sheet.can_undo)
            again = self.output()
        self.assertEqual([v.name for v in again.domain.attributes],
                         [v.name for v in out.domain.attributes])
        self.assertEqual([v.name for v in again.domain.metas], [v.name for v in out.domain.metas])
        np.testing.assert_array_equal(again.X, out.X)
        np.testing.assert_array_equal(again.get_column("cluster"), out.get_column("cluster"))

    def test_labels_of_the_data_against_ours(self):
        data = self.table()
        self.send(data)
        self.widget.go_on_box.click()
        self.press("6")
        out = self.output().copy()
        with out.unlocked(out.X):
            out.X[0, IDS.index("not_footwear")] = 0
        self.send(out)
        self.assertEqual(self.labels(), {"not_footwear": 1})
        self.assertIn("not footwear on 1 photo(s)", str(self.widget.Warning.conflicts))

    def test_categorical_labels_and_columns_that_are_none(self):
        data = self.table()
        sport = DiscreteVariable("СПОРТ", ("0", "1"))
        house = DiscreteVariable("house", ("brick", "wood"))
        domain = Domain([sport, house], metas=data.domain.metas)
        data = data.transform(domain)
        with data.unlocked(data.X):
            data.X[:, 0], data.X[:, 1] = (1, 0, 1, np.nan), (0, 1, 0, 1)
        self.send(data)
        self.assertEqual([self.labels(n) for n in range(4)],
                         [{"sport": 1}, {"sport": 0}, {"sport": 1}, {}])
        self.assertIn("house", str(self.widget.Warning.foreign))
        out = self.output()
        self.assertEqual(out.domain["house"], house)
        self.assertNotIn("СПОРТ", out.domain)
        self.assertIn("house (1)", out.domain)

    def test_russian_names(self):
        self.send(self.table())
        self.widget.russian_box.click()
        self.press("6")
        self.assertEqual([v.name for v in self.output().domain.attributes],
                         [f.name_ru for f in FOOTWEAR.features])

    def test_another_language_renames_features_in_the_window_and_not_in_the_output(self):
        self.send(self.table())
        self.press("1")
        row = next(iter(self.widget.panel.rows.values()))
        for language, name in (("ru", "перфорация союзки"), ("en", "perforated vamp")):
            with speaking(language):
                self.widget._say_again()
                self.assertEqual(row.title.text(), name)
                self.assertEqual([v.name for v in self.output().domain.attributes],
                                 [f.name_en for f in FOOTWEAR.features])

    def test_another_language_sends_no_labels_again(self):
        self.send(self.table())
        self.press("1")
        self.output()
        with patch.object(self.widget.Outputs.labeled, "send") as send, speaking("ru"):
            self.widget._say_again()
            self.process_events(lambda: not self.widget._sending.isActive())
        send.assert_not_called()  # a trainer behind would begin anew

    def test_outputs_come_after_a_pause(self):
        self.widget._sending.setInterval(0)
        self.send(self.table())
        self.assertIsNone(self.get_output(self.widget.Outputs.labeled))
        self.press("6")
        self.process_events(lambda: not self.widget._sending.isActive())
        self.assertEqual(len(self.get_output(self.widget.Outputs.labeled)), 1)

    def test_selected(self):
        self.send(self.table())
        self.choose(1, 3)
        self.assertEqual(list(self.get_output(self.widget.Outputs.selected).get_column("image")),
                         ["A0/1.png", "A1/3.png"])

    def test_one_photo_in_two_rows(self):
        data = self.table()
        twice = Table.concatenate([data, data[:1]])
        self.send(twice)
        self.assertEqual(len(self.widget.sheet), 4)
        self.press("6")
        self.assertEqual(len(self.output()), 2)

    def test_removing_data(self):
        self.send(self.table())
        self.press("6")
        self.send(None)
        for name in ("labeled", "unlabeled", "selected"):
            self.assertIsNone(self.output(name))
        self.assertEqual(self.widget.gallery.model().rowCount(), 0)
        self.press("1", Qt.Key_Return, "^Z")

    def test_report(self):
        self.widget.send_report()
        self.send(self.table())
        self.press("6")
        self.widget.send_report()
        self.assertIn("1 / 0 / 0", self.widget.report_html)
        self.assertIn("data:image/jpeg;base64,", self.widget.report_html)


class TestFiles(Labeler, WidgetTest):
    def test_a_crash_loses_nothing(self):
        data = self.table()
        self.send(data)
        self.press("6", "1", "a", "s")
        expected = self.widget.sheet.labels.copy()
        # what a dead process leaves: files as they are now, the last line half-written
        crashed = self.folder / "after"
        shutil.copytree(self.folder / "home", crashed)
        journal = next(crashed.rglob("*.journal"))
        self.assertFalse(list(crashed.rglob("*.csv")))
        with open(journal, "ab") as file:
            file.write(b'[["A1/2.png","A1","lo')
        with patch.object(labelfiles.environ, "data_dir", lambda **_: str(crashed)):
            again = self.create_widget(OWPhotoLabeler)
            self.addCleanup(again.onDeleteWidget)
            self.send_signal(again.Inputs.images, data, widget=again)
            self.process_events(lambda: again.task is None)
            np.testing.assert_array_equal(again.sheet.labels, expected)
            self.assertEqual(again.sheet.clusters.tolist(), ["not_footwear", "low", "", ""])
            self.assertEqual(len(self.get_output(again.Outputs.labeled, widget=again, wait=0)), 2)

    def test_closing_and_opening(self):
        data = self.table()
        self.send(data)
        self.press("6")
        self.send(None)
        path = labelfiles.default_labels(str(self.folder / "goods"), FOOTWEAR)
        self.assertTrue(path.exists())
        self.send(data[1:])  # the first photo is not there: its labels wait in the file
        self.press("6")
        self.send(data)
        self.assertEqual([self.labels(n) for n in range(3)], [{"not_footwear": 1}] * 2 + [{}])

    def test_open_in_another_program(self):
        data = self.table()
        other = LabelStore(labelfiles.default_labels(str(self.folder / "goods"), FOOTWEAR))
        self.send(data)
        self.assertIn("open in another program", str(self.widget.Error.store))
        self.press("6")
        self.assertIsNone(self.output())
        other.close()
        self.send(data)
        self.assertFalse(self.widget.Error.store.is_shown())

    def test_two_labelers_share_their_labels(self):
        """As with a model between them, that the labels of the first have trained."""
        data = self.table()
        self.send(data)
        other = self.create_widget(OWPhotoLabeler)
        self.addCleanup(other.onDeleteWidget)
        self.send_signal(other.Inputs.images, data[1:], widget=other)
        self.press("6")
        self.press("1", "a", widget=other)
        self.choose(2)
        self.press("6")
        self.assertEqual([self.labels(n) for n in range(3)], [
            {"not_footwear": 1}, {**LOW.implied, "perforated_vamp": 1}, {"not_footwear": 1}])
        self.assertEqual(other.sheet.done.tolist(), [.2, 1, 0])
        self.press("^Z", widget=other)
        self.assertEqual(self.labels(1), dict(LOW.implied))
        self.send(None)
        self.press("s", widget=other)  # the file is still open there
        self.assertFalse(other.Error.unsaved.is_shown())

    def test_a_full_disk_is_said(self):
        self.send(self.table())
        with patch.object(LabelStore, "_append", side_effect=OSError("no space")):
            self.press("6")
        self.assertIn("no space", str(self.widget.Error.unsaved))
        self.assertEqual(self.labels(), {"not_footwear": 1})
        self.press("6")
        self.assertFalse(self.widget.Error.unsaved.is_shown())
        self.assertIn("A0/0.png", self.widget.sheet.store.journal.read_text())

    def test_a_file_of_the_analysts_choice(self):
        data, path = self.table(), self.folder / "mine.csv"
        path.write_text("image,house\nA0/1.png,1\n")
        self.send(data)
        self.press("6")
        with patch.object(QFileDialog, "getSaveFileName", return_value=(str(path), "")):
            self.widget._choose_store()
        self.settle()
        self.assertEqual([self.labels(n) for n in (0, 1)], [{"not_footwear": 1}, {"house": 1}])
        self.assertIn("mine.csv", self.widget.where.text())
        self.send(None)
        self.assertIn("A0/0.png,A0,not_footwear", path.read_text(encoding="utf-8-sig"))
        self.assertTrue((self.folder / "mine.csv.bak").exists())

    def test_the_file_moves_with_the_workflow(self):
        widget = self.create_widget(OWPhotoLabeler, env={"basedir": str(self.folder)})
        widget.set_labels_file(str(self.folder / "mine.csv"))
        self.assertEqual(widget.labels_path, "mine.csv")
        elsewhere = self.folder / "deeper"
        widget.workflowEnvChanged("basedir", str(elsewhere), str(self.folder))
        self.assertEqual(widget.labels_path, str(self.folder / "mine.csv"))
        widget.workflowEnvChanged("basedir", str(self.folder), str(elsewhere))
        self.assertEqual(widget.labels_path, "mine.csv")
        settings = widget.settingsHandler.pack_data(widget)
        self.assertEqual(ast.literal_eval(repr(settings)), settings)

    def test_save_and_load(self):
        path = self.folder / "copy.csv"
        self.send(self.table())
        self.press("6", "1", "a")
        expected = self.widget.sheet.labels.copy()
        with patch.object(QFileDialog, "getSaveFileName", return_value=(str(path), "")):
            self.widget._choose_save()
        self.choose(0, 1, 2, 3)
        self.press(Qt.Key_Delete)
        with patch.object(QFileDialog, "getOpenFileName", return_value=(str(path), "")):
            self.widget._choose_load()
        np.testing.assert_array_equal(self.widget.sheet.labels, expected)
        self.assertIn("2 photo(s) added", str(self.widget.Information.merged))
        self.press("^Z")
        self.assertFalse(self.widget.sheet.labelled.any())

    def test_loading_tells_what_it_could_not_use(self):
        path = self.folder / "theirs.csv"
        path.write_bytes("image;КАБЛУК;ДОМ\nA0\\0.png;1;7\nB/9.png;1;1\n".encode("cp1251"))
        self.send(self.table())
        self.press("1", "e", "s")
        self.widget.load(str(path))
        self.assertEqual(self.labels()["high_heel"], 0)
        self.assertIn("high heel on 1 photo(s)", str(self.widget.Warning.conflicts))
        said = str(self.widget.Warning.problems)
        self.assertIn("theirs.csv, line 2, ДОМ: '7' is not a label", said)
        self.assertIn("theirs.csv, line 3: no photo 'B/9.png'", said)

    def test_files_that_are_no_labels(self):
        path = self.folder / "x.csv"
        path.write_text("a,b\n1,2\n")
        self.send(self.table())
        self.widget.load(str(path))
        self.assertIn("no column image", str(self.widget.Error.file))
        self.widget.set_labels_file(str(path))
        self.assertIn("no column image", str(self.widget.Error.store))
        self.press("6")
        self.assertEqual(path.read_text(), "a,b\n1,2\n")
        self.widget.set_labels_file("")
        self.assertFalse(self.widget.Error.store.is_shown())
        self.press("6")
        self.assertEqual(self.labels(), {"not_footwear": 1})


class TestBadInputs(Labeler, WidgetTest):
    def test_no_image_column(self):
        self.send(Table.from_list(Domain([ContinuousVariable("x")]), [[1.]]))
        self.assertTrue(self.widget.Error.no_images.is_shown())
        self.send(self.table())
        self.assertFalse(self.widget.Error.no_images.is_shown())

    def test_empty_table(self):
        self.send(self.table()[:0])
        self.press("1", Qt.Key_Return)
        self.assertIsNone(self.output())
        self.assertIsNone(self.output("unlabeled"))

    def test_unreadable_photos(self):
        (self.folder / "goods/A0/1.png").write_bytes(b"")
        data = self.table()
        (self.folder / "goods/A1/2.png").unlink()
        (self.folder / "goods/A1/3.png").write_text("no picture")
        self.send(data)
        self.assertEqual(set(self.widget.gallery.unreadable), {1, 2, 3})
        self.assertIn("A0/1.png", str(self.widget.Warning.unreadable))
        self.choose(2)
        self.assertIn("missing", self.widget.view.text)
        self.assertIn("missing", self.widget.gallery.tooltip(2))
        self.assertIn("missing", self.widget.gallery.tile(2).title)
        self.press("6")  # what nobody sees can't be labelled, nor in bulk
        self.choose(1, 2, 3)
        self.press("6")
        self.assertFalse(self.widget.panel.isEnabled())
        self.assertFalse(self.widget.sheet.labelled.any())
        reasons = list(self.output("unlabeled").get_column("reason"))
        self.assertEqual(reasons[0], "not labelled yet")
        self.assertTrue(all(r.startswith("can't be read: ") for r in reasons[1:]))
        self.choose(0)
        self.press("6")
        self.assertEqual(self.widget.gallery.current, 0)  # nothing else that could be labelled

    def test_photos_that_come_back(self):
        path, data = self.folder / "goods/A0/0.png", self.table()
        content = path.read_bytes()
        path.unlink()
        self.send(data)
        self.process_events(lambda: "missing" in self.widget.view.text)
        path.write_bytes(content)
        self.send(data)
        self.process_events(lambda: not self.widget.view.text)
        self.assertFalse(self.widget.gallery.unreadable)
        self.press("6")
        self.assertEqual(self.labels(), {"not_footwear": 1})

    def test_damaged_further_in(self):
        path = self.folder / "goods/A0/0.png"
        noise = np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)
        Image.fromarray(noise).save(path)
        path.write_bytes(path.read_bytes()[:3000])
        self.send(self.table())
        self.process_events(lambda: 0 in self.widget.gallery.unreadable)
        self.assertIn("can't be read", self.widget.view.text)

    def test_rows_without_a_photo(self):
        data = self.table().copy()
        with data.unlocked(data.metas):
            data.metas[1, -1] = ""
        self.send(data)
        self.assertEqual(len(self.widget.sheet), 3)
        self.assertEqual(self.output("unlabeled")[1]["reason"].value,
                         "no photo is named in this row")

    def test_column_of_plain_paths(self):
        domain = Domain([], metas=[StringVariable("path")])
        path = str(self.folder / "goods/A0/0.png")
        self.send(Table.from_list(domain, [[path]]))
        self.assertTrue(self.widget.Warning.not_images.is_shown())
        self.press("6")
        self.assertEqual(len(self.output()), 1)


class TestSuggestions(Labeler, WidgetTest):
    def test_without_a_model(self):
        self.send(self.table())
        self.assertFalse(self.backbone.batches)
        self.assertTrue(self.widget.panel.accept_button.isHidden())
        self.press(Qt.Key_Return)
        self.assertFalse(self.widget.sheet.labelled.any())

    def test_accepting(self):
        self.widget.bundled_box.click()
        self.send(self.table())
        self.assertEqual(sum(self.backbone.batches), 4)
        said = self.widget.panel.state.suggestion
        button = self.widget.panel.cluster_buttons[said.clusters[0]]
        self.assertEqual(button.property("look"), "suggested")
        self.assertRegex(button.text(), r" \.\d\d$")
        self.press(Qt.Key_Return)
        self.assertEqual(self.widget.sheet.clusters[0], said.clusters[0])
        self.assertEqual(self.widget.sheet.done[0], 1)
        self.assertEqual(self.widget.gallery.current, 1)
        self.press("^Z")
        self.assertFalse(self.widget.sheet.labelled.any())

    def test_accepting_for_several(self):
        self.send_signal(self.widget.Inputs.model, made_model(1))
        self.send(self.table())
        self.choose(0, 1, 2)
        self.assertFalse(self.widget.panel.accept_button.isHidden())
        self.press(Qt.Key_Enter)
        self.assertEqual(self.widget.sheet.done.tolist(), [1, 1, 1, 0])
        self.press("^Z")
        self.assertFalse(self.widget.sheet.labelled.any())

    def test_suggested_answers_in_the_group_that_was_said(self):
        self.send_signal(self.widget.Inputs.model, made_model(1))
        self.send(self.table())
        self.press("1")
        state = self.widget.panel.state
        self.assertEqual(state.suggestion.clusters[0], "low")
        row = next(row for q, row in self.widget.panel.rows.items()
                   if IDS[q.members[0]] == "house")
        label = state.suggestion.labels[0, IDS.index("house")]
        self.assertEqual(row.buttons["house", float(label)].property("look"), "suggested")
        self.press(Qt.Key_Return)
        self.assertEqual(self.labels()["house"], label)

    def test_most_doubtful_first(self):
        simulate.combobox_activate_item(self.widget.order_combo, "most doubtful first")
        self.widget.bundled_box.click()
        self.send(self.table())
        doubts = self.widget._doubts()[self.widget.gallery.rows]
        self.assertTrue((np.diff(doubts) <= 0).all())
        self.assertEqual(sorted(self.widget.gallery.rows), [0, 1, 2, 3])

    def test_the_most_doubtful_photo_is_shown_when_that_order_is_chosen(self):
        self.widget.bundled_box.click()
        self.send(self.table())
        doubts = self.widget._doubts()
        self.widget.gallery.go_to(int(doubts.argmin()))
        simulate.combobox_activate_item(self.widget.order_combo, "most doubtful first")
        self.assertEqual(self.widget.gallery.current, int(doubts.argmax()))

    def test_stop_and_go_on(self):
        self.widget.bundled_box.click()
        self.send_signal(self.widget.Inputs.images, self.table())
        self.widget.stop_button.click()
        self.settle()
        self.assertEqual(self.widget.stop_button.text(), "Go On")
        self.assertEqual(self.widget.gallery.model().rowCount(), 4)
        self.widget.stop_button.click()
        self.settle()
        self.assertFalse(np.isnan(self.widget._p).any())
        self.assertFalse(self.widget.stop_button.isEnabled())

    def test_a_new_model_is_asked_anew(self):
        self.send_signal(self.widget.Inputs.model, made_model(1))
        self.send(self.table())
        before = self.widget._p.copy()
        self.press("6")
        self.send_signal(self.widget.Inputs.model, made_model(2))
        self.settle()
        self.assertFalse(np.allclose(before, self.widget._p))
        self.assertEqual(self.labels(), {"not_footwear": 1})
        self.assertTrue(self.widget.sheet.can_undo)  # the photos are the same: so are the steps

    def test_a_model_that_does_not_fit(self):
        self.backbone.digest = "other weights"
        self.widget.bundled_box.click()
        self.send(self.table())
        self.assertIn("other weights", str(self.widget.Error.model))
        self.press("6")
        self.assertEqual(self.labels(), {"not_footwear": 1})

    def test_unexpected_failure_is_a_message(self):
        self.backbone = None
        self.widget.bundled_box.click()
        self.send(self.table())
        self.assertTrue(self.widget.Error.unexpected.is_shown())

    def test_settings(self):
        self.widget.bundled_box.click()
        self.widget.russian_box.click()
        self.widget.go_on_box.click()
        simulate.combobox_activate_item(self.widget.order_combo, "most doubtful first")
        settings = self.widget.settingsHandler.pack_data(self.widget)
        self.assertEqual(ast.literal_eval(repr(settings)), settings)
        again = self.create_widget(OWPhotoLabeler, stored_settings=settings)
        self.assertEqual((again.use_bundled, again.language, again.go_on, again.order),
                         (True, "ru", False, "doubt"))
        self.assertTrue(again.bundled_box.isChecked() and again.russian_box.isChecked())
        self.assertEqual(again.order_combo.currentText(), "most doubtful first")


class TestMany(Labeler, WidgetTest):
    def test_two_thousand_photos_stay_fluid(self):
        image = StringVariable("image")
        image.attributes.update(type="image", origin=str(self.folder / "goods"))
        names = [[f"{number}.jpg"] for number in range(2000)]
        data = Table.from_list(Domain([], metas=[image]), names)
        Image.new("RGB", (4, 4)).save(self.folder / "goods" / "0.jpg")
        for name in range(1, 2000):
            shutil.copy(self.folder / "goods" / "0.jpg", self.folder / "goods" / f"{name}.jpg")
        self.send(data)
        built, tiles = [], []
        model = self.widget.gallery.model()
        model.modelReset.connect(lambda: built.append(1))
        model.layoutChanged.connect(lambda: built.append(1))
        tile = self.widget.gallery.tile
        self.widget.gallery.set_tiles(2000, lambda i: tiles.append(i) or tile(i))
        self.widget.gallery.go_to(0)
        built.clear()
        self.widget.gallery.grab()
        tiles.clear()
        for _ in range(20):
            self.press("1", "s", "s", "s", "s", "s")
        self.assertEqual(int((self.widget.sheet.done == 1).sum()), 20)
        self.assertEqual(built, [])  # the gallery is never built again
        self.widget.gallery.grab()
        self.assertLess(len(tiles), 200)  # only what is on the screen is painted
        self.widget.gallery.selectAll()
        self.press("6")
        self.assertTrue((self.widget.sheet.done == 1).all())
        self.press("^Z")
        self.assertEqual(int((self.widget.sheet.done == 1).sum()), 20)
        self.assertEqual(built, [])
        self.widget.gallery.grab()
        self.assertLess(len(tiles), 400)


if __name__ == "__main__":
    unittest.main()
