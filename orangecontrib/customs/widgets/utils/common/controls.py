"""Controls as all widgets of the add-on have them."""
from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from AnyQt.QtCore import QAbstractItemModel, QEvent, Qt
from AnyQt.QtGui import QPalette
from AnyQt.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QGridLayout,
    QLabel,
    QPushButton,
    QRadioButton,
    QSpinBox,
    QSplitter,
    QStyledItemDelegate,
    QTableView,
    QVBoxLayout,
    QWidget,
)
from Orange.widgets import gui

from orangecontrib.customs.i18n import Sayable
from orangecontrib.customs.widgets.utils.common.theme import theme
from orangecontrib.customs.widgets.utils.common.wording import room, worded, worded_items

__all__ = ["auto_apply", "check", "choice", "grid_of", "group_box", "hint", "pile", "push", "radio",
           "rows_view", "spin", "splitter", "SentencePage", "TickDelegate",
           "edge_boxes"]

words = room("common")


def choice(titles: Iterable[tuple[object, Sayable]], shown: object,
           chosen: Callable[[], object] | None = None, tooltip: Sayable = "") -> QComboBox:
    """A combo of titles, each with the value that is kept; the first where `shown` is none."""
    combo, titles = worded(QComboBox(), toolTip=tooltip), list(titles)
    for value, _ in titles:
        combo.addItem("", value)
    worded_items(combo, [title for _, title in titles])
    combo.setCurrentIndex(max(0, combo.findData(shown)))
    if chosen is not None:
        combo.activated.connect(lambda _: chosen())
    return combo


def grid_of(rows: Sequence[tuple[Sayable, QWidget]]) -> QGridLayout:
    """Labels with a control each, one below the other."""
    grid = QGridLayout()
    for row, (label, widget) in enumerate(rows):
        grid.addWidget(worded(QLabel(), text=label), row, 0)
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


def rows_view(model: QAbstractItemModel, name: Sayable = "", *, higher: int = 6,
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
        worded(view, accessibleName=name)
    view.verticalHeader().hide()
    view.verticalHeader().setDefaultSectionSize(view.fontMetrics().height() + higher)
    header = view.horizontalHeader()
    header.setHighlightSections(False)
    if sorted_:
        header.setSortIndicator(-1, Qt.AscendingOrder)
        view.setSortingEnabled(True)
    return view


def group_box(parent: QWidget, title: Sayable, **options) -> QWidget:
    """A box with a title, one thing below the other."""
    return worded(gui.vBox(parent, " ", **options), title=title)


def check(parent: QWidget, master, setting: str, text: Sayable, tooltip: Sayable = "",
          **options) -> QCheckBox:
    """A check box of a setting."""
    return worded(gui.checkBox(parent, master, setting, " ", **options),
                  text=text, toolTip=tooltip)


def radio(parent: QWidget, master, setting: str, titles: Sequence[Sayable],
          title: Sayable = "", tooltips: Sequence[Sayable] = (), **options) -> QWidget:
    """Buttons of a setting of which one is chosen; `setting` is its number."""
    box = gui.radioButtons(parent, master, setting, [" "] * len(titles),
                           box=" " if title else None, **options)
    if title:
        worded(box, title=title)
    for button, text in zip(box.buttons, titles, strict=True):
        worded(button, text=text)
    for button, tooltip in zip(box.buttons, tooltips):
        worded(button, toolTip=tooltip)
    return box


def spin(parent: QWidget, master, setting: str, low: float, high: float, label: Sayable = "",
         tooltip: Sayable = "", **options) -> QSpinBox | QDoubleSpinBox:
    """A number of a setting; ``spinType=float`` for one that is not whole."""
    control = gui.spin(parent, master, setting, low, high, label=" " if label else None, **options)
    if label:
        worded(control.parent().label, text=label)
    return worded(control, toolTip=tooltip)


def push(parent: QWidget | None, text: Sayable, clicked: Callable[[], object],
         tooltip: Sayable = "", **options) -> QPushButton:
    """A button; Enter presses none."""
    button = worded(QPushButton(autoDefault=False, clicked=lambda: clicked(), **options),
                    text=text, toolTip=tooltip)
    if parent is not None:
        parent.layout().addWidget(button)
    return button


def auto_apply(parent: QWidget, master, setting: str = "auto_apply") -> QWidget:
    """The button that sends what there is, and the box that has it sent by itself."""
    box = None

    def name_it(_=None) -> None:
        if box is not None:
            worded(box.button, text=words("applied" if getattr(master, setting) else "apply"))

    box = gui.auto_apply(parent, master, setting, callback=name_it)
    worded(box.checkbox, toolTip=words("applied"))
    name_it()
    return box


def hint(view: QAbstractItemView, message: Sayable) -> QLabel:
    """What an empty list says: what to connect, or to do, until there is something in it."""
    return worded(_Hint(view), text=message)


class _Hint(QLabel):
    """Lies on a view whose model has no rows."""

    def __init__(self, view: QAbstractItemView):
        super().__init__(view.viewport(), wordWrap=True, alignment=Qt.AlignCenter, margin=16)
        self.setForegroundRole(QPalette.Text)  # with that of placeholders Qt 5 draws nothing
        self.setAttribute(Qt.WA_TransparentForMouseEvents)
        self._view = view
        view.viewport().installEventFilter(self)
        for change in (view.model().modelReset, view.model().rowsInserted,
                       view.model().rowsRemoved, view.model().layoutChanged):
            change.connect(self._place)
        self._place()

    def _place(self, *_) -> None:
        self.setGeometry(self._view.viewport().rect())
        self.setVisible(self._view.model().rowCount() == 0)

    def eventFilter(self, watched, event):
        """The view has another size."""
        if event.type() == QEvent.Resize:
            self._place()
        return False


class SentencePage(QWidget):
    """A page that begins with a sentence on what it shows.

    Attributes
    ----------
    sentence : QLabel
    """

    title: Sayable = ""

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


class TickDelegate(QStyledItemDelegate):
    """Boxes to tick have an edge that is seen on a dark ground, too."""

    def initStyleOption(self, option, index):
        super().initStyleOption(option, index)
        option.palette.setColor(QPalette.Window, theme(option.palette).quiet)  # edges are of it


def edge_boxes(window: QWidget) -> None:
    """Boxes and rounds to tick have an edge that is seen on a dark ground, too."""
    colours = window.palette()
    if colours.color(QPalette.Window).lightness() >= 128:
        return
    edges = QPalette()
    edges.setColor(QPalette.Window, theme(colours).quiet)  # nothing else of a box is of it
    for box in (*window.findChildren(QCheckBox), *window.findChildren(QRadioButton)):
        box.setPalette(edges)
