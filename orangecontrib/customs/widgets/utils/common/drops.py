"""A file or folder that is dropped on the canvas: for the widget that it falls on, or a new one."""
from __future__ import annotations

from AnyQt.QtCore import QMimeData
from orangecanvas.canvas.items import NodeItem
from orangewidget.workflow.drophandler import OWNodeFromMimeDataDropHandler

from orangecontrib.customs.files.paths import storable_path
from orangecontrib.customs.i18n import say
from orangecontrib.customs.widgets.utils.common.sourcepath import SourceMixin
from orangecontrib.customs.widgets.utils.common.wording import room

__all__ = ["SourceDropHandler"]

words = room("drops")


class SourceDropHandler(OWNodeFromMimeDataDropHandler):
    """Makes what is dropped the source of `WIDGET`, which is a :class:`SourceMixin`."""

    WIDGET: type[SourceMixin]

    @staticmethod
    def path_of(data: QMimeData) -> str:
        """The one file or folder that is dropped; "" for anything else."""
        urls = data.urls()
        return urls[0].toLocalFile() if len(urls) == 1 and urls[0].isLocalFile() else ""

    def canDropMimeData(self, document, data):
        path = self.path_of(data)
        return bool(path) and self.WIDGET.invites(path)

    def parametersFromMimeData(self, document, data):
        basedir = document.scheme().runtime_env().get("basedir")
        return {self.WIDGET.path_setting: storable_path(self.path_of(data), basedir or None)}

    def accepts(self, document, event):
        path = self.path_of(event.mimeData())
        if path and self._below(document, event) is not None:
            return self.WIDGET.fits(path)
        return super().accepts(document, event)

    def doDrop(self, document, event):
        widget = self._below(document, event)
        if widget is None:
            return super().doDrop(document, event)
        widget.set_source(self.path_of(event.mimeData()))
        return True

    def actionFromDropEvent(self, document, event):
        action = super().actionFromDropEvent(document, event)
        widget = self._below(document, event)
        if widget is not None:
            action.setText(say(words("here", title=widget.captionTitle)))
        return action

    def _below(self, document, event) -> SourceMixin | None:
        """The widget on whose node something is dropped, if it is of our kind."""
        scene = document.scene()
        item = scene.item_at(event.scenePos(), NodeItem)
        if item is None:
            return None
        widget = document.scheme().widget_for_node(scene.node_for_item(item))
        return widget if isinstance(widget, self.WIDGET) else None
