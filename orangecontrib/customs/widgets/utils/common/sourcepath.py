"""The one source that a widget reads: typed, chosen or dropped; it moves with the workflow."""
from __future__ import annotations

import os
from pathlib import Path

from orangecontrib.customs.files.paths import resolve_path, storable_path

__all__ = ["SourceMixin"]


class SourceMixin:
    """A widget with a source, whose path is a setting.

    To stand before CustomsWidget among the bases.  The widget has the settings `path_setting` (a
    str, schema_only) and ``last_folder``, and the methods :meth:`reload`, :meth:`show_path` and
    :meth:`fits`; it calls :meth:`restore_source` when its controls are made.
    """

    #: Name of the setting with the path, which is relative where it lies under the workflow's
    #: folder.
    path_setting = "path"
    source: Path | None = None

    def reload(self):
        """Read the source, or nothing where there is none."""
        raise NotImplementedError

    def show_path(self, path: str):
        """Show what the setting holds."""
        raise NotImplementedError

    @staticmethod
    def fits(path: str) -> bool:
        """Whether a dropped file or folder may be a source."""
        raise NotImplementedError

    @classmethod
    def invites(cls, path: str) -> bool:
        """Whether a file or folder that is dropped on the canvas is likely to be a source."""
        return cls.fits(path)

    def _keep(self, path: str):
        setattr(self, self.path_setting, path)
        self.show_path(path)

    def restore_source(self):
        """Find the source that the setting names."""
        path = getattr(self, self.path_setting)
        if path:
            self.source = resolve_path(path, self.basedir)

    def set_source(self, path: str | os.PathLike):
        """Read from this path; "" for none."""
        path = os.fspath(path).strip()
        self.source = resolve_path(path, self.basedir) if path else None
        self._keep(storable_path(self.source, self.basedir) if path else "")
        if self.source is not None:
            self.last_folder = os.fspath(self.source.parent)
        self.reload()

    def workflowEnvChanged(self, key, value, oldvalue):
        """The workflow was saved elsewhere: the source stays where it is."""
        super().workflowEnvChanged(key, value, oldvalue)
        if key == "basedir" and self.source is not None:
            self._keep(storable_path(self.source, value or None))

    def start_folder(self) -> str:
        """Where a file dialog begins."""
        if self.source is not None and self.source.exists():
            return os.fspath(self.source)
        return self.last_folder or super().start_folder()

    def _dropped(self, event) -> str:
        urls = event.mimeData().urls()
        path = urls[0].toLocalFile() if len(urls) == 1 else ""
        return path if path and self.fits(path) else ""

    def dragEnterEvent(self, event):
        if self._dropped(event):
            event.acceptProposedAction()

    dragMoveEvent = dragEnterEvent

    def dropEvent(self, event):
        path = self._dropped(event)
        if path:
            event.acceptProposedAction()
            self.set_source(path)
