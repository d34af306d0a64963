"""HS Code Fusion says which link brings nothing, and why."""
import tempfile
import unittest
from pathlib import Path

from Orange.widgets.tests.base import WidgetTest
from orangecanvas.scheme import SchemeNode
from orangewidget.workflow.discovery import widget_desc_from_module
from orangewidget.workflow.widgetsscheme import WidgetsScheme

from orangecontrib.customs.widgets import owdeclarationfacts, owdeclarations, owhscodefusion

BOOTS = "Ботинки мужские, верх из натуральной кожи, подошва из резины"


class TestSilentLinks(WidgetTest):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = Path(folder.name) / "goods.csv"
        self.scheme = WidgetsScheme()
        self.addCleanup(self.scheme.clear)

    def flow(self, linked=True):
        """Declarations → Declaration Facts → HS Code Fusion, whose window is returned."""
        nodes = [SchemeNode(widget_desc_from_module(module.__name__), properties=properties)
                 for module, properties in ((owdeclarations, {"path": str(self.file)}),
                                            (owdeclarationfacts, {}), (owhscodefusion, {}))]
        for node in nodes:
            self.scheme.add_node(node)
        self.scheme.new_link(nodes[0], "Data", nodes[1], "Data")
        if linked:
            self.scheme.new_link(nodes[1], "Facts", nodes[2], "Text Facts")
        self.nodes = nodes
        return self.settled(self.scheme.widget_for_node(nodes[2]))

    def settled(self, fusion):
        widgets = [self.scheme.widget_for_node(node) for node in self.nodes]
        signals = self.scheme.signal_manager
        self.process_events(until=lambda: not signals.has_pending()
                            and all(widget.task is None for widget in widgets))
        return fusion

    def test_a_file_that_is_missing_is_told_where_the_codes_are(self):
        fusion = self.flow()
        said = str(fusion.Warning.nothing)
        self.assertTrue(fusion.Warning.nothing.is_shown())
        for word in ("Text Facts", "'Declarations' sends nothing", "goods.csv", "Reload"):
            self.assertIn(word, said)
        self.file.write_text(f"good_id,description\n1,\"{BOOTS}\"\n", encoding="utf-8")
        self.scheme.widget_for_node(self.nodes[0]).reload()
        self.settled(fusion)
        self.assertFalse(fusion.Warning.nothing.is_shown())
        self.assertEqual([line.key for line in fusion.lines], ["1"])

    def test_nobody_promises_anything_without_a_link(self):
        self.assertFalse(self.flow(linked=False).Warning.nothing.is_shown())

    def test_a_link_that_is_switched_off_promises_nothing(self):
        fusion = self.flow()
        self.scheme.links[-1].enabled = False
        fusion.handleNewSignals()
        self.assertFalse(fusion.Warning.nothing.is_shown())

    def test_a_widget_that_has_no_trouble_and_sends_nothing_is_named(self):
        fusion = self.flow()
        self.scheme.widget_for_node(self.nodes[0]).set_source("")
        self.settled(fusion)
        self.assertIn("'Declaration Facts' sends nothing", str(fusion.Warning.nothing))


if __name__ == "__main__":
    unittest.main()
