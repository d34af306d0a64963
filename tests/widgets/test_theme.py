"""What decides can be read on every palette: contrasts are computed from it."""
import pytest
from AnyQt.QtGui import QColor, QPalette
from AnyQt.QtWidgets import QCheckBox, QWidget
from hypothesis import given
from hypothesis import strategies as st
from Orange.widgets.tests.base import GuiTest

from orangecontrib.customs.fusion.colours import FACT_COLOURS
from orangecontrib.customs.widgets.utils.common.controls import edge_boxes
from orangecontrib.customs.widgets.utils.common.theme import (
    DECIDES,
    REST,
    contrast,
    luminance,
    readable,
    theme,
)


def palette(base, text):
    result = QPalette()
    result.setColor(QPalette.Base, QColor(base))
    result.setColor(QPalette.Text, QColor(text))
    return result


PALETTES = [("#ffffff", "#000000"), ("#232629", "#eeeeee"), ("#1e1e1e", "#d0d0d0"),
            ("#fdf6e3", "#657b83"), ("#002b36", "#93a1a1"), ("#808080", "#000000")]


def test_contrast_is_that_of_wcag():
    assert contrast(QColor("white"), QColor("black")) == pytest.approx(21)
    assert contrast(QColor("#777777"), QColor("white")) == pytest.approx(4.48, abs=.01)
    assert luminance(QColor("white")) == pytest.approx(1)


@pytest.mark.parametrize("base, text", PALETTES)
def test_what_decides_has_four_and_a_half_and_the_rest_three(base, text):
    colours = theme(palette(base, text))
    for name in ("text", "quiet", "bad", "good", "doubt", "accent"):
        # nothing reaches more than black or white on the ground does
        most = max(contrast(QColor(end), colours.ground) for end in ("black", "white"))
        assert contrast(getattr(colours, name), colours.ground) >= min(DECIDES, most), name
    assert contrast(colours.pale, colours.ground) >= REST


@pytest.mark.parametrize("base, text", PALETTES)
def test_marked_words_can_be_read_on_their_colours(base, text):
    colours = theme(palette(base, text))
    for colour in FACT_COLOURS.values():
        assert contrast(*colours.marker(colour)) >= DECIDES


@pytest.mark.parametrize("base, other, text", [("#232629", "#31363b", "#eff0f1"),
                                               ("#fcfcfc", "#eff0f1", "#30363c")])
def test_every_other_row_of_a_list_is_read_as_well(base, other, text):
    """The grounds are those of Breeze Dark and Breeze Light, as Canvas has them."""
    colours = palette(base, text)
    colours.setColor(QPalette.AlternateBase, QColor(other))
    for name in ("text", "quiet", "bad", "good", "doubt", "accent"):
        for ground in (base, other):
            assert contrast(getattr(theme(colours), name), QColor(ground)) >= DECIDES, name


@given(st.integers(0, 0xffffff), st.integers(0, 0xffffff))
def test_any_colour_becomes_readable_on_any_ground(colour, ground):
    colour, ground = QColor(f"#{colour:06x}"), QColor(f"#{ground:06x}")
    assert contrast(readable(colour, ground, REST), ground) >= REST


def test_a_colour_that_can_be_read_stays_as_it_is():
    assert readable("#c0392b", QColor("white")) == QColor("#c0392b")


class TestBoxes(GuiTest):
    def edge(self, base, text, ground):
        """What Fusion draws the edge of a box with is darker than its window by 140 %."""
        window = QWidget()
        box = QCheckBox(window)
        colours = palette(base, text)
        colours.setColor(QPalette.Window, QColor(ground))
        window.setPalette(colours)
        edge_boxes(window)
        return box.palette().color(QPalette.Window).darker(140)

    def test_boxes_to_tick_have_an_edge_in_the_dark(self):
        assert contrast(self.edge("#232629", "#eff0f1", "#31363b"), QColor("#31363b")) >= REST

    def test_they_stay_as_they_are_in_the_light(self):
        assert self.edge("#fcfcfc", "#30363c", "#eff0f1") == QColor("#eff0f1").darker(140)
