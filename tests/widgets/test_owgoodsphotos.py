"""Goods Photos: sources, paths that move with the workflow, hostile zips, bad files."""
import ast
import io
import os
import tempfile
import unittest
import zipfile
from importlib import import_module
from pathlib import Path
from unittest.mock import patch

from AnyQt.QtCore import QMimeData, QPoint, Qt, QUrl
from AnyQt.QtGui import QDropEvent
from Orange.widgets.tests.base import WidgetTest
from PIL import Image

from orangecontrib.customs.columns import SkippedPhotos
from orangecontrib.customs.photos.table import image_paths
from orangecontrib.customs.widgets.owgoodsphotos import OWGoodsPhotos
from orangecontrib.customs.widgets.utils import photofolder


def jpeg(colour="navy", size=(40, 30)) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", size, colour).save(stream, "JPEG")
    return stream.getvalue()


def make_goods(root: Path) -> Path:
    """Two goods with two photos and one."""
    for name in ("A1/1.jpg", "A1/2.jpg", "Б 2/1.jpg"):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(jpeg())
    return root


class GoodsPhotosTest(WidgetTest):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name).resolve()
        cache = patch("orangecontrib.customs.widgets.owgoodsphotos.environ.cache_dir",
                      lambda: str(self.folder / "cache"))
        cache.start()
        self.addCleanup(cache.stop)
        self.widget = self.create_widget(OWGoodsPhotos)

    def photos(self, source=None, widget=None):
        widget = widget or self.widget
        if source is not None:
            widget.set_source(source)
        self.wait_until_finished(widget=widget)
        return self.get_output(widget.Outputs.photos, widget=widget)

    def skipped(self):
        return self.get_output(self.widget.Outputs.skipped)

    def zip_of(self, members: dict, name="goods.zip") -> Path:
        path = self.folder / name
        with zipfile.ZipFile(path, "w") as file:
            for member, content in members.items():
                file.writestr(member, content)
        return path


class TestSources(GoodsPhotosTest):
    def test_folder(self):
        goods = make_goods(self.folder / "goods")
        table = self.photos(goods)
        self.assertEqual([v.name for v in table.domain.metas],
                         ["good_id", "image name", "image", "size", "width", "height"])
        self.assertEqual(list(table.get_column("good_id")), ["A1", "A1", "Б 2"])
        self.assertEqual(list(table.get_column("image")), ["A1/1.jpg", "A1/2.jpg", "Б 2/1.jpg"])
        self.assertEqual(table.domain["image"].attributes,
                         {"type": "image", "origin": str(goods)})
        self.assertEqual(set(table.get_column("width")), {40})
        self.assertEqual(set(table.get_column("height")), {30})
        self.assertEqual(table.get_column("size")[0], (goods / "A1/1.jpg").stat().st_size)
        self.assertIsNone(self.skipped())
        self.assertIn("<b>2</b> goods, <b>3</b> photos", self.widget.found_label.text())

    def test_bad_files_are_skipped_with_reasons(self):
        goods = make_goods(self.folder / "goods")
        (goods / "A1/3.jpg").write_bytes(b"")
        (goods / "A1/4.jpg").write_text("no photo at all")
        (goods / "A1/notes.txt").write_text("no photo by its ending")
        self.assertEqual(len(self.photos(goods)), 3)
        skipped = self.skipped()
        self.assertEqual(list(skipped.get_column("image")), ["A1/3.jpg", "A1/4.jpg"])
        self.assertIn("empty", skipped[0]["reason"].value)
        self.assertIn("not an image", skipped[1]["reason"].value)
        self.assertTrue(self.widget.Warning.skipped.is_shown())
        self.assertIn("1 other file(s) left out", self.widget.found_label.text())
        self.assertIn("notes.txt", self.widget.found_label.toolTip())

    def test_decompression_bomb(self):
        goods = make_goods(self.folder / "goods")
        with patch.object(import_module("orangecontrib.customs.photos.decode"), "MAX_PIXELS",
                          1000):
            table = self.photos(goods)
        self.assertIn("bomb", self.skipped()[0]["reason"].value)
        self.assertTrue(self.widget.Warning.skipped.is_shown())
        self.assertFalse(self.widget.Error.no_photos.is_shown())
        self.assertEqual(len(table), 0)
        self.assertEqual([photo["columns"]["good_id"] for photo in SkippedPhotos.of(table).photos],
                         ["A1", "A1", "Б 2"])

    def test_photos_without_a_good(self):
        goods = make_goods(self.folder / "goods")
        (goods / "loose.jpg").write_bytes(jpeg())
        self.assertEqual(sorted(self.photos(goods).get_column("good_id")), ["", "A1", "A1", "Б 2"])
        self.assertIn("loose.jpg", str(self.widget.Warning.problems))

    def test_csv(self):
        make_goods(self.folder / "goods")
        source = self.folder / "list.csv"
        source.write_text("good_id;image\n7;goods/A1/1.jpg\n7;goods/missing.jpg\n", "cp1251")
        table = self.photos(source)
        self.assertEqual(list(table.get_column("good_id")), ["7"])
        path, = image_paths(table, table.domain["image"])
        self.assertTrue(os.path.samefile(path, self.folder / "goods/A1/1.jpg"))
        self.assertIn("missing", self.skipped()[0]["reason"].value)

    def test_csv_without_the_column(self):
        source = self.folder / "list.csv"
        source.write_text("id,photo\n7,x.jpg\n")
        self.assertIsNone(self.photos(source))
        self.assertIn("good_id", str(self.widget.Error.source))

    def test_missing_source_and_recovery(self):
        self.assertIsNone(self.photos(self.folder / "nowhere"))
        self.assertIn("nowhere", str(self.widget.Error.source))
        self.assertEqual(len(self.photos(make_goods(self.folder / "goods"))), 3)
        self.assertFalse(self.widget.Error.source.is_shown())

    def test_empty_folder(self):
        (self.folder / "empty").mkdir()
        self.assertIsNone(self.photos(self.folder / "empty"))
        self.assertTrue(self.widget.Error.no_photos.is_shown())

    def test_removing_the_source_clears_outputs(self):
        self.photos(make_goods(self.folder / "goods"))
        self.assertIsNone(self.photos(""))
        self.assertTrue(self.widget.Information.choose.is_shown())

    def test_reload_sees_new_photos(self):
        goods = make_goods(self.folder / "goods")
        self.photos(goods)
        (goods / "A1/9.jpg").write_bytes(jpeg())
        self.widget.reload_button.click()
        self.assertEqual(len(self.photos()), 4)


class TestZip(GoodsPhotosTest):
    def test_photos_are_usable_by_path(self):
        source = self.zip_of({"A1/1.jpg": jpeg(), "Б 2/1.jpg": jpeg("red")})
        table = self.photos(source)
        self.assertEqual(list(table.get_column("good_id")), ["A1", "Б 2"])
        for path in image_paths(table, table.domain["image"]):
            self.assertTrue(Path(path).is_file())
            self.assertTrue(Path(path).is_relative_to(self.folder / "cache"))
        self.assertIn("cache folder", self.widget.found_label.text())

    def test_changed_zip_is_unpacked_anew(self):
        source = self.zip_of({"A1/1.jpg": jpeg("navy")})
        table = self.photos(source)
        first, = image_paths(table, table.domain["image"])
        source = self.zip_of({"A1/1.jpg": jpeg("red", (60, 60))})
        table = self.photos(source)
        self.assertEqual(table[0]["width"], 60)
        self.assertFalse(Path(first).exists())  # the old state does not fill the disk

    def test_names_that_lead_out(self):
        source = self.zip_of({"A1/1.jpg": jpeg(), "../../evil.jpg": jpeg(),
                              "A1/../../../evil.jpg": jpeg(), "/evil/evil.jpg": jpeg(),
                              "A1\\..\\..\\..\\evil.jpg": jpeg(), "C:/evil/evil.jpg": jpeg()})
        self.assertEqual(len(self.photos(source)), 1)
        everything = {p for p in self.folder.rglob("*") if p.is_file()}
        self.assertEqual({p.name for p in everything if p != source}, {"1.jpg"})
        for row in self.skipped():
            self.assertIn("leads out", row["reason"].value)

    def test_no_room(self):
        source = self.zip_of({"A1/1.jpg": jpeg(), "A1/2.jpg": jpeg()})
        with patch.object(photofolder, "MAX_UNPACKED", len(jpeg()) + 1):
            self.assertEqual(len(self.photos(source)), 1)
        self.assertIn("no room", self.skipped()[0]["reason"].value)

    def test_what_is_no_photo_is_not_written(self):
        source = self.zip_of({"A1/1.jpg": jpeg(), "A1/bomb.jpg": bytes(10_000_000)})
        self.photos(source)
        self.assertIn("not an image", self.skipped()[0]["reason"].value)
        self.assertEqual([p.name for p in (self.folder / "cache").rglob("*.jpg")], ["1.jpg"])

    def test_damaged_zip(self):
        source = self.folder / "goods.zip"
        source.write_bytes(b"PK\x03\x04 damaged")
        self.assertIsNone(self.photos(source))
        self.assertTrue(self.widget.Error.source.is_shown())


class TestPaths(GoodsPhotosTest):
    def settings(self, widget):
        settings = widget.settingsHandler.pack_data(widget)
        self.assertEqual(ast.literal_eval(repr(settings)), settings)
        return settings

    def test_relative_to_the_workflow(self):
        make_goods(self.folder / "flow/sample")
        env = {"basedir": str(self.folder / "flow")}
        widget = self.create_widget(OWGoodsPhotos, env=env)
        widget.set_source(str(self.folder / "flow/sample"))
        self.assertEqual(widget.folder, "sample")
        settings = self.settings(widget)

        (self.folder / "flow").rename(self.folder / "moved")
        moved = self.create_widget(OWGoodsPhotos, stored_settings=settings,
                                   env={"basedir": str(self.folder / "moved")})
        table = self.photos(widget=moved)
        self.assertEqual(len(table), 3)
        self.assertEqual(table.domain["image"].attributes["origin"],
                         str(self.folder / "moved/sample"))

    def test_outside_the_workflow_stays_absolute(self):
        goods = make_goods(self.folder / "goods")
        (self.folder / "flow").mkdir()
        widget = self.create_widget(OWGoodsPhotos, env={"basedir": str(self.folder / "flow")})
        widget.set_source(str(goods))
        self.assertEqual(widget.folder, str(goods))

    def test_relative_to_the_current_folder(self):
        make_goods(self.folder / "goods")
        before = os.getcwd()
        self.addCleanup(os.chdir, before)
        os.chdir(self.folder)
        widget = self.create_widget(OWGoodsPhotos, stored_settings={"folder": "goods"},
                                    env={"basedir": str(self.folder / "elsewhere")})
        self.assertEqual(len(self.photos(widget=widget)), 3)

    def test_saving_the_workflow_elsewhere_keeps_the_photos(self):
        goods = make_goods(self.folder / "flow/sample")
        self.widget.set_source(str(goods))
        self.assertEqual(self.widget.folder, str(goods))
        self.widget.workflowEnvChanged("basedir", str(self.folder / "flow"), "")
        self.assertEqual(self.widget.folder, "sample")
        self.widget.workflowEnvChanged("basedir", str(self.folder / "other"), "")
        self.assertEqual(self.widget.folder, str(goods))

    def test_restored_settings_send_at_once(self):
        goods = make_goods(self.folder / "goods")
        self.photos(goods)
        again = self.create_widget(OWGoodsPhotos, stored_settings=self.settings(self.widget))
        self.assertEqual(len(self.photos(widget=again)), 3)


class TestWindow(GoodsPhotosTest):
    def test_drop(self):
        goods = make_goods(self.folder / "goods")
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(goods))])
        event = QDropEvent(QPoint(5, 5), Qt.CopyAction, mime, Qt.LeftButton, Qt.NoModifier)
        self.widget.dropEvent(event)
        self.assertTrue(event.isAccepted())
        self.assertEqual(len(self.photos()), 3)

    def test_drop_of_something_else_changes_nothing(self):
        goods = make_goods(self.folder / "goods")
        self.photos(goods)
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(goods / "A1/1.jpg"))])
        self.widget.dropEvent(
            QDropEvent(QPoint(5, 5), Qt.CopyAction, mime, Qt.LeftButton, Qt.NoModifier))
        self.assertEqual(self.widget.folder, str(goods))

    def test_typed_path(self):
        goods = make_goods(self.folder / "goods")
        self.widget.path_edit.setText(str(goods))
        self.widget.path_edit.editingFinished.emit()
        self.assertEqual(len(self.photos()), 3)

    def test_photos_of_the_chosen_good(self):
        self.photos(make_goods(self.folder / "goods"))
        self.assertEqual(self.widget.gallery.model().rowCount(), 2)
        self.widget.goods_view.selectRow(1)
        self.assertEqual(self.widget.gallery.model().rowCount(), 1)
        tooltip = self.widget.gallery.model().index(0, 0).data(Qt.ToolTipRole)
        self.assertIn("40 × 30", tooltip)

    def test_nothing_to_stop_where_no_source_is_chosen(self):
        self.widget.set_source(make_goods(self.folder / "goods"))
        self.widget.set_source("")
        self.assertFalse(self.widget.stop_button.isEnabled())
        self.assertTrue(self.widget.Information.choose.is_shown())

    def test_stop_keeps_what_was_found(self):
        goods = make_goods(self.folder / "goods")
        stop = self.widget._stop  # what the button calls; it only sets a flag

        def one_only(source, cache, progress):
            stop()
            return photofolder.scan(source, cache, progress)

        with patch("orangecontrib.customs.widgets.owgoodsphotos.scan", one_only):
            table = self.photos(goods)
        self.assertEqual(len(table), 1)
        self.assertTrue(self.widget.Information.stopped.is_shown())

    def test_report(self):
        self.widget.send_report()
        self.photos(make_goods(self.folder / "goods"))
        self.widget.send_report()
        self.assertIn("goods", self.widget.report_html)

    def test_unexpected_failure_is_a_message(self):
        with patch("orangecontrib.customs.widgets.owgoodsphotos.scan",
                   side_effect=RuntimeError("boom")):
            self.assertIsNone(self.photos(make_goods(self.folder / "goods")))
        self.assertIn("boom", str(self.widget.Error.unexpected))


if __name__ == "__main__":
    unittest.main()
