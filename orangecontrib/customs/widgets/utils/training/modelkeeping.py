"""The model of Footwear CNN Trainer: of its last run, or of a file."""
from __future__ import annotations

import os
from dataclasses import replace
from html import escape
from pathlib import Path

from orangecontrib.customs.i18n import say
from orangecontrib.customs.photos.model import PhotoModel
from orangecontrib.customs.widgets.utils.common.base import Part
from orangecontrib.customs.widgets.utils.common.wording import room
from orangecontrib.customs.widgets.utils.photos.modelfiles import MODEL_FILES, write_model

__all__ = ["KeepsModel"]

words = room("owfootweartrainer")


class KeepsModel(Part):
    """Saves and loads the model.

    The widget has ``outcome``, ``loaded`` and the setting ``model_path``.
    """

    @property
    def model(self) -> PhotoModel | None:
        """The model of the last run, or of a file."""
        if self.loaded is not None:
            return self.loaded.model
        if self.outcome is None:
            return None
        return replace(self.outcome.trained.model, note=self.note, licence=self.licence)

    def _choose(self):
        path = self.ask_for_file(say(words("load_title")), say(MODEL_FILES),
                                 os.fspath(self.resolved(self.model_path) or ""))
        if path:
            self._load(self.storable(path))

    def _save(self):
        path = self.ask_where(say(words("save_title")), say(MODEL_FILES), os.fspath(
            self.resolved(self.model_path) or Path(self.start_folder(), "model.safetensors")))
        if path:
            self.save_model(path)

    def save_model(self, path: str):
        """Write the model; the workflow will open with it."""
        self.Error.save.clear()
        path, error = write_model(self.model, path)
        if error:
            self.Error.save(reason=error)
            return
        self.model_path = self.storable(path)
        self._describe_model()

    def _describe_model(self):
        model = self.model
        if model is None:
            self.model_label.setText(say(words("none_yet")))
            return
        where = escape(os.path.basename(self.model_path) or say(words("not_saved")))
        lines = [f"<b>{where}</b>", say(words(
            "model_network", backbone=escape(model.backbone), digest=model.digest[:12]))]
        if self.loaded is not None:
            lines += [f"<small>{say(words(title))} {escape(text[:160])}</small>"
                      for title, text in (("trained_on", model.note),
                                          ("licence", model.licence)) if text]
        self.model_label.setText("<br>".join(lines))
        self.model_label.setToolTip(f"<p>{escape(model.note)}</p><p>{escape(model.licence)}</p>")
