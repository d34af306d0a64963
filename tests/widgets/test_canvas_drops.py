"""Files and folders dropped on the canvas: a new widget, or another source of the one there."""
import tempfile
import unittest
from importlib.metadata import entry_points
from pathlib import Path
from types import SimpleNamespace

from AnyQt.QtCore import QMimeData, QPointF, QUrl
from Orange.widgets.tests.base import WidgetTest
from orangecanvas.document.schemeedit import SchemeEditWidget
from orangecanvas.registry import CategoryDescription, WidgetRegistry
from orangewidget.workflow.discovery import widget_desc_from_module
from orangewidget.workflow.widgetsscheme import WidgetsScheme

from orangecontrib.customs.widgets import owdeclarations, owgoodsphotos
from orangecontrib.customs.widgets.owdeclarations import OWDeclarationsDropHandler
from orangecontrib.customs.widgets.owgoodsphotos import OWGoodsPhotosDropHandler

DECLARATIONS, PHOTOS = OWDeclarationsDropHandler(), OWGoodsPhotosDropHandler()


class TestCanvasDrops(WidgetTest):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name).resolve()
        registry = WidgetRegistry()
        registry.register_category(CategoryDescription("Customs"))
        for module in (owdeclarations, owgoodsphotos):
            description = widget_desc_from_module(module.__name__)
            description.category = "Customs"
            registry.register_widget(description)
        self.document = SchemeEditWidget()
        self.scheme = WidgetsScheme(env={"basedir": str(self.folder)})
        self.document.setRegistry(registry)
        self.document.setScheme(self.scheme)
        self.addCleanup(self.scheme.clear)

    def file(self, name, text="good_id,description\n1,Туфли\n"):
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    @staticmethod
    def event(*paths, at=(300, 200)):
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
        return SimpleNamespace(mimeData=lambda: mime, scenePos=lambda: QPointF(*at))

    def drop(self, handler, path, at=(300, 200)):
        event = self.event(path, at=at)
        self.assertTrue(handler.accepts(self.document, event))
        self.assertTrue(handler.doDrop(self.document, event))
        widgets = [self.scheme.widget_for_node(node) for node in self.scheme.nodes]
        self.process_events(until=lambda: all(widget.task is None for widget in widgets))
        return widgets

    def test_the_handlers_are_announced_to_canvas(self):
        ours = {e.load() for e in entry_points(group="orange.canvas.drophandler")
                if e.value.startswith("orangecontrib.customs")}
        self.assertEqual(ours, {OWDeclarationsDropHandler, OWGoodsPhotosDropHandler})

    def test_a_file_becomes_a_widget_that_has_read_it_and_moves_with_the_workflow(self):
        widget, = self.drop(DECLARATIONS, self.file("data/goods.csv"))
        self.assertEqual(widget.path, "data/goods.csv")
        self.assertEqual(len(widget.read.data), 1)

    def test_a_folder_becomes_goods_photos(self):
        widget, = self.drop(PHOTOS, self.folder)
        self.assertEqual(widget.source, self.folder)
        self.assertFalse(DECLARATIONS.accepts(self.document, self.event(self.folder)))

    def test_what_falls_on_a_widget_becomes_its_source(self):
        self.drop(DECLARATIONS, self.file("first.csv"))
        widget, = self.drop(DECLARATIONS, self.file("second.csv"))
        self.assertEqual(widget.path, "second.csv")
        self.assertFalse(PHOTOS.accepts(self.document, self.event(self.file("a.csv"))))

    def test_other_things_are_left_to_others(self):
        pictures = self.file("a.png", "x")
        for handler in (DECLARATIONS, PHOTOS):
            for paths in ((pictures,), (), (self.folder, self.folder)):
                self.assertFalse(handler.accepts(self.document, self.event(*paths)))


if __name__ == "__main__":
    unittest.main()
