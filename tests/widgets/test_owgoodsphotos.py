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

import pillow_heif
from AnyQt.QtCore import QMimeData, QPointF, Qt, QUrl
from AnyQt.QtGui import QDropEvent
from Orange.widgets.tests.base import WidgetTest
from PIL import Image

from orangecontrib.customs.columns import SkippedPhotos
from orangecontrib.customs.i18n import speaking
from orangecontrib.customs.photos.scanning import table as photofolder
from orangecontrib.customs.photos.table import image_paths
from orangecontrib.customs.widgets.owgoodsphotos import OWGoodsPhotos
from orangecontrib.customs.widgets.utils.common import language


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
        self.assertEqual([self.widget.others_view.topLevelItem(i).text(0) for i in range(3)],
                         ["A1/3.jpg", "A1/4.jpg", "A1/notes.txt"])

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


class TestLanguage(GoodsPhotosTest):
    def test_another_language_changes_words_and_nothing_that_was_chosen(self):
        goods = make_goods(self.folder / "goods")
        (goods / "loose.jpg").write_bytes(jpeg())
        (goods / "A1/3.jpg").write_bytes(b"")
        (goods / "price.pdf").write_bytes(b"x")
        sent = self.photos(goods)
        window, view = self.widget, self.widget.goods_view
        row = next(row for row in range(3) if view.model().index(row, 0).data() == "(no good)")
        view.selectRow(row)
        window.gallery.setCurrentIndex(window.gallery.model().index(0, 0))
        with speaking("ru"):
            language.changed.happened.emit()
            self.assertEqual(view.model().index(row, 0).data(), "(без товара)")
            self.assertEqual([index.row() for index in view.selectionModel().selectedRows(0)],
                             [row])
            self.assertEqual(list(window.gallery.selected_rows()), [0])
            self.assertIn("ноль байт", self.skipped()[0]["reason"].value)
            self.assertIn("ноль байт", str(window.Warning.skipped))
            self.assertIn("Фото вне папок товаров: 1", str(window.Warning.problems))
            self.assertIn("Товаров: <b>2</b>, фото: <b>4</b>", window.found_label.text())
            self.assertEqual([window.others_view.topLevelItem(i).text(1) for i in range(2)],
                             ["файл пустой (ноль байт)", "судя по расширению (.pdf), не фото"])
            self.assertIs(self.photos(), sent, "the photos are not read again")
        language.changed.happened.emit()
        self.assertIn("zero bytes", self.skipped()[0]["reason"].value)
        self.assertEqual(view.model().index(row, 0).data(), "(no good)")

    def test_where_ids_are_from_is_told_in_the_language_that_is_spoken(self):
        folder = self.folder / "flat"
        folder.mkdir()
        for name in ("KS0121_1.jpg", "KS0122_1.jpg"):
            (folder / name).write_bytes(jpeg())
        self.photos(folder)
        with speaking("ru"):
            language.changed.happened.emit()
            self.assertIn("Номера товаров взяты из имён файлов", str(self.widget.Information.ids))
            self.assertEqual(self.widget.ids_combo.currentText(), "Автоматически")
        language.changed.happened.emit()
        self.assertIn("Ids are taken from file names", str(self.widget.Information.ids))

    def test_a_source_that_is_not_there_is_said_in_both_languages(self):
        self.photos(self.folder / "nowhere")
        with speaking("ru"):
            language.changed.happened.emit()
            self.assertIn("нет такой папки или файла", str(self.widget.Error.source))
        language.changed.happened.emit()
        self.assertIn("there is no such folder or file", str(self.widget.Error.source))


class TestIds(GoodsPhotosTest):
    def flat(self, *names):
        folder = self.folder / "flat"
        folder.mkdir()
        for name in names:
            (folder / name).write_bytes(jpeg())
        return folder

    def choose(self, rule):
        combo = self.widget.ids_combo
        combo.setCurrentIndex(combo.findData(rule))
        combo.activated.emit(combo.currentIndex())
        return list(self.photos().get_column("good_id"))

    def goods(self):
        model = self.widget.goods_view.model()
        return [(model.index(row, 0).data(), model.index(row, 1).data())
                for row in range(model.rowCount())]

    def test_a_flat_folder_is_one_good_named_after_it(self):
        self.assertEqual(set(self.photos(self.flat("1.jpg", "2.jpg")).get_column("good_id")),
                         {"flat"})
        self.assertIn("one good, 'flat'", str(self.widget.Information.ids))
        self.assertIn("folder (all are one good)", self.widget.found_label.text())

    def test_ids_in_file_names_are_taken_and_another_rule_regroups_at_once(self):
        self.photos(self.flat("KS0121_1.jpg", "KS0121 (2).jpg", "KS0122.jpg"))
        self.assertEqual(self.goods(), [("KS0121", "2"), ("KS0122", "1")])
        self.assertIn("'KS0121'", str(self.widget.Information.ids))
        self.assertEqual(self.choose("file-name"), ["KS0121 (2)", "KS0121_1", "KS0122"])
        self.assertEqual(len(self.goods()), 3)
        self.assertEqual(set(self.choose("folder")), {"flat"})

    def test_the_grouping_is_shown_before_any_photo_is_read(self):
        folder, events = self.flat("KS0121_1.jpg", "KS0122_1.jpg"), []

        def listed(found):
            events.append("listed")
            self.widget.on_partial_result(found)
            self.assertEqual(self.goods(), [("KS0121", "1"), ("KS0122", "1")])
        measured = photofolder._measured
        with patch.object(photofolder, "_measured",
                          lambda *args, **more: events.append("read") or measured(*args, **more)):
            photofolder.scan(folder, self.folder / "cache", listed=listed)
        self.assertEqual(events, ["listed", "read", "read"])

    def test_the_choice_is_kept_in_the_workflow(self):
        self.photos(self.flat("KS0121_1.jpg", "KS0122_1.jpg"))
        self.choose("folder")
        settings = self.widget.settingsHandler.pack_data(self.widget)
        again = self.create_widget(OWGoodsPhotos, stored_settings=settings)
        self.assertEqual(set(self.photos(widget=again).get_column("good_id")), {"flat"})
        self.assertEqual(again.ids_combo.currentData(), "folder")

    def test_a_csv_says_the_ids_itself(self):
        source = self.folder / "list.csv"
        source.write_text("good_id,image\n7,A1/1.jpg\n")
        make_goods(self.folder)
        self.assertEqual(list(self.photos(source).get_column("good_id")), ["7"])
        self.assertFalse(self.widget.ids_combo.isEnabled())
        self.photos(make_goods(self.folder / "goods"))
        self.assertTrue(self.widget.ids_combo.isEnabled())

    def test_a_photo_from_a_telephone_is_read_and_a_raw_one_says_what_to_do(self):
        folder = self.flat("KS0121_1.jpg")
        pillow_heif.from_pillow(Image.new("RGB", (64, 48))).save(folder / "KS0121_2.heic")
        (folder / "KS0121_3.cr2").write_bytes(b"II*\0 raw")
        self.assertEqual(list(self.photos(folder).get_column("width")), [40, 64])
        self.assertIn("save it as JPEG", self.skipped()[0]["reason"].value)

    def test_files_that_are_not_used_stand_in_the_window_with_the_reason(self):
        folder = self.flat("KS0121_1.jpg")
        self.photos(folder)
        self.assertTrue(self.widget.others_view.isHidden())
        (folder / "price.pdf").write_bytes(b"x")
        (folder / "KS0121_2.jpg").write_bytes(b"")
        self.widget.reload_button.click()
        self.photos()
        view = self.widget.others_view
        self.assertFalse(view.isHidden())
        rows = [(view.topLevelItem(i).text(0), view.topLevelItem(i).text(1)) for i in range(2)]
        self.assertEqual(rows[0], ("KS0121_2.jpg", "the file is empty (zero bytes)"))
        self.assertEqual(rows[1], ("price.pdf", "not a photo by its ending (.pdf)"))


class TestZip(GoodsPhotosTest):
    def test_a_ragged_member_is_one_photo_that_can_not_be_used(self):
        source = self.zip_of({"A1/1.jpg": jpeg(), "A1/2.jpg": jpeg()})
        content = source.read_bytes()
        at = content.index(jpeg())
        source.write_bytes(content[:at + 100] + b"\0" * 50 + content[at + 150:])
        self.assertEqual(len(self.photos(source)), 1)
        self.assertIn("damaged in goods.zip", self.skipped()[0]["reason"].value)

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
        event = QDropEvent(QPointF(5, 5), Qt.CopyAction, mime, Qt.LeftButton, Qt.NoModifier)
        self.widget.dropEvent(event)
        self.assertTrue(event.isAccepted())
        self.assertEqual(len(self.photos()), 3)

    def test_drop_of_something_else_changes_nothing(self):
        goods = make_goods(self.folder / "goods")
        self.photos(goods)
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(goods / "A1/1.jpg"))])
        self.widget.dropEvent(
            QDropEvent(QPointF(5, 5), Qt.CopyAction, mime, Qt.LeftButton, Qt.NoModifier))
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
        self.assertFalse(self.widget.cancel_button.isEnabled())
        self.assertTrue(self.widget.Information.choose.is_shown())

    def test_stop_keeps_what_was_found(self):
        goods = make_goods(self.folder / "goods")
        stop = lambda: self.widget.ending.set()  # noqa: E731 – all that the button does

        def one_only(source, cache, progress, *more):
            stop()
            return photofolder.scan(source, cache, progress, *more)

        with patch("orangecontrib.customs.widgets.owgoodsphotos.scan", one_only):
            table = self.photos(goods)
        self.assertEqual(len(table), 1)
        self.assertTrue(self.widget.Information.stopped.is_shown())

    def test_report(self):
        self.widget.send_report()
        self.photos(make_goods(self.folder / "goods"))
        self.widget.send_report()
        self.assertIn("goods", self.widget.report_html)
        self.assertIn("data:image/jpeg;base64,", self.widget.report_html)

    def test_unexpected_failure_is_a_message(self):
        with patch("orangecontrib.customs.widgets.owgoodsphotos.scan",
                   side_effect=RuntimeError("boom")):
            self.assertIsNone(self.photos(make_goods(self.folder / "goods")))
        self.assertIn("boom", str(self.widget.Error.unexpected))


if __name__ == "__main__":
    unittest.main()
