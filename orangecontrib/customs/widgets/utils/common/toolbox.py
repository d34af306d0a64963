"""What Canvas says of our widgets in its toolbox, in the language that is spoken.

Canvas keeps descriptions from one start to the next, in whatever language they were, so they are
said again when its window is there.  Names stay: they are how a widget is found and named in files.
"""
from __future__ import annotations

from AnyQt.QtCore import QModelIndex, QTimer
from AnyQt.QtWidgets import QApplication

from orangecontrib.customs.i18n import say
from orangecontrib.customs.widgets.utils.common.wording import room

__all__ = ["say_in_toolboxes", "say_soon"]

words = room("toolbox")

OURS = "orangecontrib.customs.widgets."
#: Milliseconds between two looks whether the window of Canvas is there, and how often one looks.
WAIT, LOOKS = 200, 600


def say_soon(looks: int = LOOKS) -> None:
    """Say it when there is a window of Canvas."""
    if not say_in_toolboxes() and looks:
        QTimer.singleShot(WAIT, lambda: say_soon(looks - 1))


def say_in_toolboxes() -> bool:
    """Say it in all windows of Canvas that there are; False: there is none with widgets yet."""
    found = False
    for window in QApplication.topLevelWidgets():
        document = getattr(window, "current_document", None)
        registry = document().registry() if document is not None else None
        if registry is not None:
            _say(registry)
            found = True
    return found


def _say(registry) -> None:
    from orangecanvas.registry import qt
    model = registry.model()
    for row in range(model.rowCount()):
        category = model.item(row)
        for item in map(category.child, range(category.rowCount())):
            description = item.data(registry.WIDGET_DESC_ROLE)
            name = getattr(description, "qualified_name", "") or ""
            if not name.startswith(OURS):
                continue
            description.description = say(words(name.rpartition(".")[2]))
            item.setToolTip(qt.TOOLTIP_TEMPLATE.format(
                style="ul { margin-top: 1px; margin-bottom: 1px; }",
                tooltip=qt.tooltip_helper(description)))
            item.setWhatsThis(qt.whats_this_helper(description))
            action = item.data(registry.WIDGET_ACTION_ROLE)
            action.setToolTip(item.toolTip())
            action.setWhatsThis(item.whatsThis())
    model.dataChanged.emit(QModelIndex(), QModelIndex())
