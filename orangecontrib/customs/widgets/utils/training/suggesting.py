"""What a model suggests to those who label."""
from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from orangecontrib.customs.photos.backbones import BackboneError
from orangecontrib.customs.photos.model import ModelError
from orangecontrib.customs.training.labelling import (
    Suggestions,
    doubt,
    suggestions,
)
from orangecontrib.customs.training.labelling.looking import Looked, run
from orangecontrib.customs.widgets.utils.common.base import Part, reason
from orangecontrib.customs.widgets.utils.common.wording import room, worded

__all__ = ["Suggests"]

words = room("owphotolabeler")
CANCEL = room("common")("cancel")


class Suggests(Part):
    """Asks a model in the background.

    The widget has the input ``model``, the setting ``use_bundled``, ``photos``, ``sheet`` and
    ``gallery``.
    """

    def _forget_answers(self):
        n = 0 if self.photos is None else len(self.photos.images)
        self._p = np.full((n, len(self.group.features)), np.nan)
        self._g = np.full((n, len(self.group.visual_facts)), np.nan)
        self._priors: np.ndarray | None = None

    def _doubts(self) -> np.ndarray:
        if self.sheet is None:
            return np.empty(0)
        return doubt(self._p, self._g, self.sheet.labels, self.sheet.clusters,
                     self._priors, self.group)

    def _suggestions(self, rows: Sequence[int]) -> Suggestions:
        return suggestions(self._p[rows], self._g[rows], self.sheet.clusters[rows], self._priors,
                           self.group)

    def _bundled_chosen(self, on: bool):
        self.use_bundled = on
        self.cancel()
        self._forget_answers()
        self._show_all()
        self._ask_model()

    def _ask_model(self):
        """Start the thread: photos that can't be read, then suggestions if there is a model."""
        self.Error.model.clear()
        self.Error.unexpected.clear()
        self.cancel()
        bundled = self.model is None and self.use_bundled
        order = []
        if self.model is not None or bundled:
            hidden = np.setdiff1d(np.arange(len(self._p)), self.gallery.rows)
            order = [int(number) for number in (*self.gallery.rows, *hidden)
                     if np.isnan(self._p[number, 0]) and int(number) not in self.gallery.unreadable]
        if self.sheet is not None and (order or not self._checked):
            self.start(run, self.photos.paths, not self._checked, order, self.model, bundled,
                       self.group)
        self._show_model()

    def _stop_or_go_on(self):
        if self.task is not None:
            self.cancel()
            self.setStatusMessage("")
            self._finished()
        else:
            self._ask_model()

    def on_partial_result(self, result: Looked):
        if result.unreadable:
            self._found_unreadable(result.unreadable)
        if not self._checked:
            self._checked = True
            if result.unreadable:
                self.commit.deferred()
            # labelling goes on meanwhile: what comes after need not wait for suggestions
            self.setInvalidated(False)
        if result.numbers:
            self._p[result.numbers] = result.probabilities
            self._g[result.numbers] = result.gradability
            self._priors = result.model.priors
            if set(self.gallery.chosen) & set(result.numbers):
                self._show_panel()

    def on_done(self, _):
        self._finished()

    def _finished(self):
        self._show_model()
        if self.order == "doubt" or self.shown == "doubt":
            self._arrange()

    def on_exception(self, ex: Exception):
        if isinstance(ex, (ModelError, BackboneError)):
            self.Error.model(reason=str(ex))
        else:
            self.Error.unexpected(reason=reason(ex))
        self._show_model()

    def _show_model(self):
        """Who suggests; the button that stops it, or goes on."""
        self.bundled_box.setEnabled(self.model is None)
        self.bundled_box.blockSignals(True)
        self.bundled_box.setChecked(self.use_bundled or self.model is not None)
        self.bundled_box.blockSignals(False)
        worded(self.bundled_box,
               text=words("bundled" if self.model is None else "input"),
               toolTip=words("bundled_tip") if self.model is None else words(
                   "input_tip", backbone=self.model.backbone, digest=self.model.digest[:12]))
        working = self.task is not None
        unseen = np.flatnonzero(np.isnan(self._p[:, 0])).tolist()
        left = any(number not in self.gallery.unreadable for number in unseen)
        wanted = self.model is not None or self.use_bundled
        worded(self.stop_button,
               text=words("resume") if not working and wanted and left else CANCEL)
        self.stop_button.setEnabled(working or wanted and left)
