"""What of a window can't be read: words that are cut off, or too faint on what is behind them."""
from collections.abc import Iterator

import numpy as np
import pyqtgraph as pg
from AnyQt.QtCore import QPoint, QRect, Qt
from AnyQt.QtGui import QImage, QPainter, QPalette
from AnyQt.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QGroupBox,
    QHeaderView,
    QLabel,
    QListView,
    QRadioButton,
    QStyle,
    QStyleOptionComboBox,
    QTabBar,
    QWidget,
)

from orangecontrib.customs.widgets.utils.common.theme import DECIDES
from orangecontrib.customs.widgets.utils.photos.contributions import TOLD_FROM, ContributionsView

#: How much finer than on the screen letters are drawn, so that their inside has their colour.
SCALE = 3
#: Rows of a list that are looked at.
ROWS = 8
#: Orange's own, in every window.
ORANGES = ("MessagesWidget", "StatusBar", "ScrollBar")


def faults(window: QWidget) -> Iterator[tuple[str, str, str]]:
    """("cut off" or "faint", the kind of control, its words) of all that is seen of a window."""
    picture = _picture(window)
    for each in window.findChildren(QWidget):
        if each.visibleRegion().isEmpty() \
                or any(word in name for name in _above(each) for word in ORANGES):
            continue
        kind = type(each).__name__
        if isinstance(each, pg.PlotWidget):
            if each.backgroundBrush().color().name() != each.palette().color(QPalette.Base).name():
                yield "faint", kind, "its ground is not the palette's"
            continue
        for words, needs, has, place in _said(each):
            if needs > has + 1:
                yield "cut off", kind, f"{words} ({needs} > {has})"
            if each.isEnabled() and place is not None and _whole(each, place):
                here = QRect(each.mapTo(window, place.topLeft()), place.size())
                ratio = _contrast(picture, here)
                if ratio < DECIDES:
                    yield "faint", kind, f"{words} ({ratio:.1f})"


def _above(widget: QWidget) -> Iterator[str]:
    while widget is not None:
        yield type(widget).__name__
        widget = widget.parentWidget()


def _whole(widget: QWidget, place: QRect) -> bool:
    """Nothing lies on it, and it has not been scrolled away."""
    return widget.visibleRegion().boundingRect().contains(place)


def _said(widget: QWidget) -> Iterator[tuple[str, int, int, QRect | None]]:
    """(words, pixels that they need, that they have, where they are drawn)."""
    rect, metrics = widget.rect(), widget.fontMetrics()
    if isinstance(widget, QLabel) and widget.text().strip():
        if widget.wordWrap():
            yield widget.text(), widget.heightForWidth(rect.width()), rect.height(), rect
        else:
            yield widget.text(), widget.sizeHint().width(), rect.width(), rect
    elif isinstance(widget, QAbstractButton) and widget.text().strip():
        text = widget.text()
        needs = metrics.size(Qt.TextShowMnemonic, text).width()
        if isinstance(widget, (QCheckBox, QRadioButton)):
            needs = widget.minimumSizeHint().width()
        yield text, needs, rect.width(), rect
    elif isinstance(widget, QComboBox) and widget.currentText():
        option = QStyleOptionComboBox()
        widget.initStyleOption(option)
        field = widget.style().subControlRect(QStyle.CC_ComboBox, option,
                                              QStyle.SC_ComboBoxEditField, widget)
        yield (widget.currentText(), metrics.horizontalAdvance(widget.currentText()),
               field.width(), field)
    elif isinstance(widget, QGroupBox) and widget.title():
        yield widget.title(), metrics.horizontalAdvance(widget.title()), rect.width(), None
    elif isinstance(widget, QTabBar):
        for at in range(widget.count()):
            yield (widget.tabText(at), metrics.horizontalAdvance(widget.tabText(at)),
                   widget.tabRect(at).width(), widget.tabRect(at))
    elif isinstance(widget, QAbstractItemView) and not isinstance(widget, QHeaderView):
        yield from _cells(widget)


def _cells(view: QAbstractItemView) -> Iterator[tuple[str, int, int, QRect | None]]:
    """Cells may be cut off, as columns can be widened; what is there must be seen.

    But for those that are selected: they have the colours of Orange's palette (white on light blue
    in its dark ones: 2.2).
    """
    model = view.model()
    if model is None:
        return
    # models of lists keep their number of columns to themselves
    columns = 1 if isinstance(view, QListView) else model.columnCount(view.rootIndex())
    for row in range(min(ROWS, model.rowCount(view.rootIndex()))):
        for column in range(columns):
            index = model.index(row, column, view.rootIndex())
            text, rect = index.data(), view.visualRect(index)
            if isinstance(text, str) and text.strip() and index.flags() & Qt.ItemIsEnabled \
                    and not view.selectionModel().isSelected(index) \
                    and view.viewport().rect().contains(rect) and not _only_a_bar(view, index):
                yield text, 0, rect.width(), rect.translated(view.viewport().pos())


def _only_a_bar(view: QAbstractItemView, index) -> bool:
    """The contributions of photos have a text for whoever can't see them; short bars, no number."""
    return isinstance(view, ContributionsView) and abs(
        index.model().good.contributions[index.column(), index.row()]) < TOLD_FROM


def _picture(window: QWidget) -> np.ndarray:
    """The window as it is drawn: 0xffrrggbb."""
    image = QImage(window.size() * SCALE, QImage.Format_RGB32)
    painter = QPainter(image)
    painter.scale(SCALE, SCALE)
    window.render(painter, QPoint())
    painter.end()
    bits = image.constBits()
    bits.setsize(image.sizeInBytes())
    return np.frombuffer(bits, np.uint32).reshape(image.height(), image.width()).copy()


def _contrast(picture: np.ndarray, rect: QRect) -> float:
    """The highest contrast of anything with the ground, the commonest colour of a place."""
    part = picture[rect.top() * SCALE:(rect.bottom() + 1) * SCALE,
                   rect.left() * SCALE:(rect.right() + 1) * SCALE]
    found, counts = np.unique(part, return_counts=True)
    colours = np.stack([found >> 16 & 255, found >> 8 & 255, found & 255], axis=1) / 255
    linear = np.where(colours <= .04045, colours / 12.92, ((colours + .055) / 1.055) ** 2.4)
    light = linear @ (.2126, .7152, .0722) + .05
    ground = light[counts.argmax()]
    return float(np.maximum(light / ground, ground / light).max())
