"""What becomes of collected photos when somebody has looked at them."""
from __future__ import annotations

from dataclasses import replace

from orangecontrib.customs.collecting import (
    CollectError,
    Entry,
    Manifest,
)
from orangecontrib.customs.widgets.utils.common.base import Part
from orangecontrib.customs.widgets.utils.common.wording import room

__all__ = ["Reviews"]

words = room("owphotocollector")


class Reviews(Part):
    """Keeps and drops photos.

    The widget has ``review_page``, the entries that are ``_known``, and what can be undone.
    """

    def _decide(self, keys: list[str], state: str):
        """Keep or drop photos; each decision is on the disk at once."""
        if self._collecting:
            self.Information.nothing(said=words("busy_deciding"))
            return
        self._change([replace(self._known[key], state=state) for key in keys], undo=True)

    def _take_back(self):
        if self._undo and not self._collecting:
            self._change(self._undo.pop(), undo=False)

    def _change(self, entries: list[Entry], undo: bool):
        self.Error.collecting.clear()
        before = [self._known[entry.key] for entry in entries]
        try:
            if self._manifest is None:
                self._manifest = Manifest(self.source)
            for entry in entries:
                self._manifest.change(entry)
                self._known[entry.key] = entry
        except CollectError as error:
            self.Error.collecting(reason=error.reason)
            return
        if undo:
            self._undo.append(before)
        self.review_page.change(entries, bool(self._undo))
        self.Information.review(n=self.review_page.waiting, shown=self.review_page.waiting > 0)
        self._resting.start()

    def _close_manifest(self):
        """Let go of the collection when the review is over."""
        if self._manifest is None:
            return
        manifest, self._manifest = self._manifest, None
        try:
            manifest.close()
        except (CollectError, OSError) as error:  # the rows are there, appended
            self.Error.collecting(reason=getattr(error, "reason", str(error)))

    def hideEvent(self, event):
        self._close_manifest()
        super().hideEvent(event)
