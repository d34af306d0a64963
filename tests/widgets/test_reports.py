"""Photos in reports: small, inside, and what can't be read says why."""
from pathlib import Path
from tempfile import TemporaryDirectory

from AnyQt.QtCore import QItemSelectionModel
from Orange.widgets.tests.base import GuiTest
from PIL import Image

from orangecontrib.customs.photos.chips import Chip
from orangecontrib.customs.widgets.utils.photos.gallery import PhotoGallery, Tile
from orangecontrib.customs.widgets.utils.photos.reports import MOST, gallery_html, photos_html
from orangecontrib.customs.widgets.utils.photos.thumbnails import ThumbnailLoader


class TestPhotosInReports(GuiTest):
    def setUp(self):
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = str(Path(folder.name) / "1.png")
        Image.new("RGB", (900, 300), "red").save(self.path)
        loader = ThumbnailLoader()
        self.addCleanup(loader.stop)
        self.gallery = PhotoGallery(loader)

    def test_photos_lie_in_the_report_with_what_is_said_of_them(self):
        html = photos_html([Tile(self.path, "A · 1.png", (Chip("heel", .87, "#000000"),))])
        self.assertIn("<img src='data:image/jpeg;base64,", html)
        self.assertIn("width='220' height='73'", html)
        self.assertIn("A · 1.png", html)
        self.assertIn("heel 0.87", html)
        self.assertNotIn(self.path, html)

    def test_a_photo_that_cannot_be_read_says_why_and_no_name_is_html(self):
        html = photos_html([Tile("/nowhere/x.png", "<script>"), Tile("", "no path")])
        self.assertNotIn("<img", html)
        self.assertNotIn("<script>", html)
        self.assertIn("the file is missing", html)

    def test_the_first_photos_of_a_gallery_are_reported_and_the_rest_is_counted(self):
        self.assertEqual(gallery_html(self.gallery), "")
        self.gallery.set_tiles(MOST + 3, lambda i: Tile(self.path, f"photo {i}"))
        html = gallery_html(self.gallery)
        self.assertEqual(html.count("<img"), MOST)
        self.assertIn("and 3 more", html)

    def test_selected_photos_are_reported_alone(self):
        self.gallery.set_tiles(3, lambda i: Tile(self.path, f"photo {i}"))
        self.gallery.selectionModel().select(self.gallery.model().index(2, 0),
                                             QItemSelectionModel.Select)
        html = gallery_html(self.gallery)
        self.assertIn("photo 2", html)
        self.assertNotIn("photo 0", html)
