"""A plot that is open follows the palette, and the language: its ground, axes, legend, curves."""
import gc
import weakref
from types import SimpleNamespace

import numpy as np
import pyqtgraph as pg
import pytest
from AnyQt.QtCore import QEvent
from AnyQt.QtGui import QColor, QPalette
from AnyQt.QtWidgets import QApplication
from Orange.widgets.tests.base import GuiTest
from orangecanvas.styles import breeze_dark, breeze_light

from orangecontrib.customs.i18n import Message, say, set_language
from orangecontrib.customs.training.trainer import Epoch
from orangecontrib.customs.widgets.utils.common.plots import BROWN, drawn, plot
from orangecontrib.customs.widgets.utils.common.theme import DECIDES, REST, contrast
from orangecontrib.customs.widgets.utils.common.wording import reword
from orangecontrib.customs.widgets.utils.text.errorpage import ErrorPage
from orangecontrib.customs.widgets.utils.training.trainingpages import GradabilityPage
from orangecontrib.customs.widgets.utils.training.trainingplots import CurvesPage, ReliabilityPage


def a_bin(at):
    return SimpleNamespace(stated=at, happened=at, low=at - .1, high=at + .1)


def curves():
    page = CurvesPage()
    page.show_history([Epoch(0, n, 1 / n, .5 / n, .8) for n in range(1, 5)])
    return page


def errors():
    page = ErrorPage()
    page.show_results((), [a_bin(.3), a_bin(.7)], [a_bin(.4)],
                      (np.array([.9, .5]), np.array([.5, 1.]), np.array([.05, .1])),
                      SimpleNamespace(n=5, coverage=.5, risk=.05), .05)
    return page


def reliability():
    page = ReliabilityPage()
    row = SimpleNamespace(feature="heel", bins=[a_bin(.3), a_bin(.7)], taught=True, products=4,
                          score=SimpleNamespace(n=20, positives=8), ece=.1, ece_limit=.2)
    page.show_report(SimpleNamespace(features=[row]), {"heel": "heel"}, "heel")
    return page


def gradability():
    page = GradabilityPage()
    page.show_report(SimpleNamespace(
        group=SimpleNamespace(vocabulary={}), gradability=(), photos=3, contradicted=1,
        contradiction_histogram=lambda: (np.array([2, 1]), np.array([.25, .75]))), {})
    return page


def colours(shown):
    """All colours that a plot is drawn in, besides its ground."""
    item = shown.getPlotItem()
    for side in ("bottom", "left"):
        yield item.getAxis(side).pen().color()
        yield item.getAxis(side).textPen().color()
        yield QColor(item.getAxis(side).labelStyle["color"])
    for each in item.items:
        options = getattr(each, "opts", {})
        if options.get("pen") is not None:
            yield pg.mkPen(options["pen"]).color()
        for brush in ("brush", *["symbolBrush"] * bool(options.get("symbol"))):
            if options.get(brush) is not None:
                yield pg.mkBrush(options[brush]).color()
        if isinstance(each, pg.InfiniteLine):
            yield each.pen.color()
    if item.legend is not None:
        yield item.legend.labelTextColor()


class TestPlots(GuiTest):
    @pytest.fixture(autouse=True)
    def as_before(self):
        before = QPalette(QApplication.palette())
        yield
        QApplication.setPalette(before)
        set_language("en")

    def test_all_plots_that_are_open_can_be_read_after_the_palette_has_changed(self):
        QApplication.setPalette(breeze_light())
        pages = [curves(), errors(), reliability(), gradability()]
        for page in pages:
            page.show()
        plots = [found for page in pages for found in page.findChildren(pg.PlotWidget)]
        self.assertEqual(len(plots), 6)
        shown = [len(each.getPlotItem().items) for each in plots]
        self.assertTrue(all(shown))
        for palette in (breeze_dark(), breeze_light()):
            QApplication.setPalette(palette)
            QApplication.processEvents()
            ground = palette.color(QPalette.Base)
            for each in plots:
                self.assertEqual(each.backgroundBrush().color().name(), ground.name())
                for colour in colours(each):
                    self.assertGreaterEqual(contrast(colour, ground), REST)
                self.assertGreaterEqual(
                    contrast(each.getAxis("left").textPen().color(), ground), DECIDES)
            self.assertEqual([len(each.getPlotItem().items) for each in plots], shown)

    def test_a_plot_says_its_legend_in_the_language_that_is_spoken(self):
        message = Message.of("trainingplots.held_out")
        shown = plot("x", "y")
        shown.draw(lambda it: it.plot([0, 1], [0, 1], name=say(message)))
        for language in ("en", "ru"):
            set_language(language)
            reword(shown)
            (_, label), = shown.getPlotItem().legend.items
            self.assertEqual(label.text, say(message))

    def test_a_plot_that_shows_nothing_shows_nothing_on_another_palette(self):
        shown = plot("x", "y")
        shown.draw(lambda it: it.plot([0, 1], [0, 1], pen=drawn(BROWN)))
        shown.draw()
        QApplication.sendEvent(shown, QEvent(QEvent.PaletteChange))
        self.assertEqual(shown.getPlotItem().items, [])

    def test_a_plot_is_freed_with_its_page(self):
        shown = plot("x", "y")
        shown.draw(lambda it: it.plot([0, 1], [0, 1]))
        known = weakref.ref(shown)
        del shown
        gc.collect()
        self.assertIsNone(known())
