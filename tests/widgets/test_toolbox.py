"""Canvas' toolbox says what our widgets do in the language that is spoken."""
from types import SimpleNamespace

from AnyQt.QtWidgets import QWidget
from orangecanvas.registry import CategoryDescription, WidgetDescription
from orangecanvas.registry.qt import QtWidgetRegistry
from orangewidget.tests.base import GuiTest
from orangewidget.workflow.discovery import widget_desc_from_module
from test_contract import registered

from orangecontrib.customs.i18n import speaking
from orangecontrib.customs.widgets.utils.common import toolbox


class TestToolbox(GuiTest):
    def setUp(self):
        super().setUp()
        self.registry = QtWidgetRegistry()
        self.registry.register_category(CategoryDescription("Customs"))
        self.registry.register_category(CategoryDescription("Data"))
        self.kinds = list(registered())
        for kind in self.kinds:
            description = widget_desc_from_module(kind.__module__)
            description.category = "Customs"
            self.registry.register_widget(description)
        self.registry.register_widget(WidgetDescription(
            "File", "file", "Data", description="Read data.",
            qualified_name="Orange.widgets.data.owfile.OWFile"))
        self.window = QWidget()
        self.window.current_document = lambda: SimpleNamespace(registry=lambda: self.registry)
        self.addCleanup(self.window.deleteLater)

    def descriptions(self):
        return {description.qualified_name.rpartition(".")[2]: description.description
                for description in self.registry.widgets()}

    def test_all_widgets_are_described_in_both_languages(self):
        for language in ("ru", "en"):
            with speaking(language):
                self.assertTrue(toolbox.say_in_toolboxes())
            said = self.descriptions()
            self.assertEqual(said["OWFile"], "Read data.")
            for kind in self.kinds:
                with self.subTest(f"{kind.name} in {language}"):
                    self.assertEqual(said[kind.__name__] == kind.description, language == "en")
                    self.assertIn(said[kind.__name__][:20], self.tooltip(kind.name))

    def tooltip(self, name):
        found = {}
        model = self.registry.model()
        for row in range(model.rowCount()):
            for child in range(model.item(row).rowCount()):
                item = model.item(row).child(child)
                found[item.text()] = item.toolTip()
        return found[name]

    def test_no_window_is_no_harm(self):
        self.window.current_document = lambda: SimpleNamespace(registry=lambda: None)
        with speaking("ru"):
            toolbox.say_in_toolboxes()  # other tests may have left a window
        self.assertIn("Read", " ".join(self.descriptions().values()))
