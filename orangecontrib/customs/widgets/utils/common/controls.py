"""Controls as all widgets of the add-on have them."""
from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from AnyQt.QtCore import QAbstractItemModel, Qt
from AnyQt.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QGridLayout,
    QLabel,
    QSplitter,
    QTableView,
    QVBoxLayout,
    QWidget,
)

__all__ = ["choice", "grid_of", "pile", "rows_view", "splitter", "SentencePage"]


def choice(titles: Iterable[tuple[object, str]], shown: object,
           chosen: Callable[[], object] | None = None, tooltip: str = "") -> QComboBox:
    """A combo of titles, each with the value that is kept; the first where `shown` is none."""
    combo = QComboBox(toolTip=tooltip)
    for value, title in titles:
        combo.addItem(title, value)
    combo.setCurrentIndex(max(0, combo.findData(shown)))
    if chosen is not None:
        combo.activated.connect(lambda _: chosen())
    return combo


def grid_of(rows: Sequence[tuple[str, QWidget]]) -> QGridLayout:
    """Labels with a control each, one below the other."""
    grid = QGridLayout()
    for row, (label, widget) in enumerate(rows):
        grid.addWidget(QLabel(label), row, 0)
        grid.addWidget(widget, row, 1)
    return grid


def pile(*widgets: QWidget, spacing: int | None = None) -> QWidget:
    """Widgets one below the other, without a margin."""
    whole = QWidget()
    layout = QVBoxLayout(whole)
    layout.setContentsMargins(0, 0, 0, 0)
    if spacing is not None:
        layout.setSpacing(spacing)
    for widget in widgets:
        layout.addWidget(widget)
    return whole


def splitter(orientation: Qt.Orientation, *parts: QWidget, sizes: Sequence[int] = (),
             stretch: Sequence[int] = (), moved: Callable[[list[int]], object] | None = None
             ) -> QSplitter:
    """Parts with handles between them; none can be folded away.

    Parameters
    ----------
    moved : callable, optional
        Called with the sizes that the user gives them, to be kept.
    """
    whole = QSplitter(orientation, childrenCollapsible=False)
    for part in parts:
        whole.addWidget(part)
    for number, share in enumerate(stretch):
        whole.setStretchFactor(number, share)
    if sizes:
        whole.setSizes(list(sizes))
    if moved is not None:
        whole.splitterMoved.connect(lambda *_: moved(whole.sizes()))
    return whole


def rows_view(model: QAbstractItemModel, name: str = "", *, higher: int = 6,
              several: bool = False, sorted_: bool = True,
              kind: type[QTableView] = QTableView, **options) -> QTableView:
    """A table whose rows are chosen; it comes as its model has it until a header is pressed.

    Parameters
    ----------
    name : str
        For those who hear the screen.
    higher : int
        Pixels by which a row is higher than a line.
    options
        Of the view, over those that all have.
    """
    view = kind(**{
        "selectionBehavior": QAbstractItemView.SelectRows,
        "selectionMode": (QAbstractItemView.ExtendedSelection if several
                          else QAbstractItemView.SingleSelection),
        "editTriggers": QAbstractItemView.NoEditTriggers, "alternatingRowColors": True,
        "showGrid": False, "wordWrap": False, **options})
    view.setModel(model)
    if name:
        view.setAccessibleName(name)
    view.verticalHeader().hide()
    view.verticalHeader().setDefaultSectionSize(view.fontMetrics().height() + higher)
    header = view.horizontalHeader()
    header.setHighlightSections(False)
    if sorted_:
        header.setSortIndicator(-1, Qt.AscendingOrder)
        view.setSortingEnabled(True)
    return view


class SentencePage(QWidget):
    """A page that begins with a sentence on what it shows.

    Attributes
    ----------
    sentence : QLabel
    """

    title = ""

    def __init__(self, parent=None):
        super().__init__(parent)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        self.sentence = QLabel(wordWrap=True)
        layout.addWidget(self.sentence)

    def add(self, widget: QWidget, stretch: int = 1) -> QWidget:
        """Put a widget below what there is."""
        self.layout().addWidget(widget, stretch)
        return widget
