"""Colours that can be read on whatever palette the screen has: light, dark or a user's own."""
from __future__ import annotations

import math
from dataclasses import dataclass

from AnyQt.QtGui import QColor, QPalette

__all__ = ["DECIDES", "REST", "Theme", "contrast", "readable", "theme"]

#: The least contrast of what decides, and of the rest (WCAG 2: text, large text and signs).
DECIDES, REST = 4.5, 3.

_RED, _GREEN, _AMBER, _BLUE = "#c0392b", "#2e7d32", "#a05a00", "#1f6fb2"


def luminance(colour: QColor) -> float:
    """Relative luminance, from 0 (black) to 1 (white)."""
    linear = [part / 12.92 if part <= .04045 else math.pow((part + .055) / 1.055, 2.4)
              for part in (colour.redF(), colour.greenF(), colour.blueF())]
    return .2126 * linear[0] + .7152 * linear[1] + .0722 * linear[2]


def contrast(one: QColor, other: QColor) -> float:
    """Contrast of two colours, from 1 (none) to 21 (black on white)."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + .05) / (dark + .05)


def mixed(one: QColor, other: QColor, share: float) -> QColor:
    """`share` of one colour and the rest of the other."""
    return QColor.fromRgbF(*(share * a + (1 - share) * b for a, b in zip(
        (one.redF(), one.greenF(), one.blueF()), (other.redF(), other.greenF(), other.blueF()))))


def readable(colour: QColor | str, ground: QColor, least: float = DECIDES) -> QColor:
    """The colour, as near to itself as can be read on a ground: mixed with white or black."""
    colour = QColor(colour)
    towards = max((QColor("black"), QColor("white")), key=lambda end: contrast(end, ground))
    for step in range(21):
        # a hair above, as 8 bits a channel round it
        found = QColor(mixed(colour, towards, 1 - step / 20).name())
        if contrast(found, ground) >= least + .05:
            return found
    return towards


@dataclass(frozen=True)
class Theme:
    """Colours for texts and signs on the ground of lists and texts.

    Attributes
    ----------
    ground, text : QColor
    quiet : QColor
        For what is read second.
    pale : QColor
        For what is read last: unsafe digits.
    bad, good, doubt, accent : QColor
    mark, on_mark : QColor
        Words that speak of a fact, and the text on them.
    """

    ground: QColor
    text: QColor
    quiet: QColor
    pale: QColor
    bad: QColor
    good: QColor
    doubt: QColor
    accent: QColor

    def of(self, colour: str, least: float = REST) -> QColor:
        """Any colour, readable on the ground."""
        return readable(colour, self.ground, least)

    def marker(self, colour: str) -> tuple[QColor, QColor]:
        """A ground for words in this colour, and the colour of the words on it."""
        ground = mixed(QColor(colour), self.ground, .32)
        return ground, readable(self.text, ground)


def _hardest(palette: QPalette) -> QColor:
    """The ground on which it is hardest to read: every other row of a list may have its own."""
    base, other = palette.color(QPalette.Base), palette.color(QPalette.AlternateBase)
    end = max((QColor("black"), QColor("white")), key=lambda end: contrast(end, base))
    alike = contrast(base, other) < 2  # a palette that states the one may lack the other
    return min((base, other) if alike else (base,), key=lambda ground: contrast(end, ground))


def theme(palette: QPalette) -> Theme:
    """The colours on a palette."""
    ground, text = _hardest(palette), palette.color(QPalette.Text)
    text = readable(text, ground, 7.)
    return Theme(ground, text, readable(mixed(text, ground, .72), ground),
                 readable(mixed(text, ground, .5), ground, REST),
                 *(readable(colour, ground) for colour in (_RED, _GREEN, _AMBER, _BLUE)))
