"""Where Footwear Photo Labeler keeps labels, and what it takes from other files."""
from __future__ import annotations

import os
from html import escape
from pathlib import Path

from AnyQt.QtWidgets import (
    QFileDialog,
)

from orangecontrib.customs.files.paths import storable_path
from orangecontrib.customs.training.labelling import (
    LabelsError,
    LabelSheet,
    LabelStore,
    Merged,
    read_labels,
)
from orangecontrib.customs.widgets.utils.common.base import Part
from orangecontrib.customs.widgets.utils.training.labelfiles import default_labels, in_words, listed

__all__ = ["KeepsLabels"]

CSV_FILES = "Labels (*.csv);;All files (*)"


class KeepsLabels(Part):
    """The files of a labeler.

    The widget has the settings ``labels_path`` and ``language``, ``photos``, ``sheet`` and
    ``_own_file``.
    """

    def labels_file(self) -> Path | None:
        """The CSV in which labels are kept."""
        if self._own_file is not None:
            return self._own_file
        return None if self.photos is None else default_labels(self.photos.folder, self.group)

    def _open_labels(self):
        """The labels of the file, and where it says nothing, those that came with the data."""
        photos = self.photos
        if not photos.images:
            return
        try:
            store = LabelStore.open(self.labels_file(), self.group)
        except LabelsError as error:
            self.Error.store(str(error))
            return
        self.sheet = LabelSheet(photos.images, photos.goods, photos.folder, store,
                                self.group)
        self.sheet.on_news = lambda _: self._changed()
        if store.problems:
            self.Warning.problems(listed(store.problems))
        self._tell_conflicts(self.sheet.start_from(photos.labels, photos.clusters,
                                                   photos.shots))

    def _close_labels(self):
        if self.sheet is not None:
            try:
                self.sheet.close()
            except LabelsError as error:  # the journal has it all
                self.Error.file(str(error))

    def set_labels_file(self, path: str):
        """Keep labels in this CSV ("" for Orange's data folder); those given so far come along."""
        before = self.sheet
        self.labels_path = self.storable(path)
        self._own_file = self.resolved(self.labels_path)
        self.Error.file.clear()
        self._start_anew()
        if before is not None and self.sheet is not None and before.group is self.sheet.group:
            self._merge(in_words(before))
        self._show_where()

    def workflowEnvChanged(self, key, value, oldvalue):
        """The workflow was saved elsewhere: the labels stay where they are."""
        super().workflowEnvChanged(key, value, oldvalue)
        if key == "basedir" and self._own_file is not None:
            self.labels_path = storable_path(self._own_file, value or None)

    def start_folder(self) -> str:
        if self._own_file is not None:
            return os.fspath(self._own_file.parent)
        return super().start_folder()

    def _choose_load(self):
        if path := self.ask_for_file("Load Labels", CSV_FILES):
            self.load(path)

    def _choose_save(self):
        if path := self.ask_where("Save a Copy of the Labels", CSV_FILES,
                                  os.path.join(self.start_folder(), "labels.csv")):
            self.save(path)

    def _choose_store(self):
        if path := self.ask_where(
                "Keep Labels in a File (labels that it holds stay)", CSV_FILES,
                os.path.join(self.start_folder(), "labels.csv"),
                options=QFileDialog.DontConfirmOverwrite):
            self.set_labels_file(path)

    def load(self, path: str):
        """Add labels of a CSV: one step; labels that are there stay."""
        self.Error.file.clear()
        if self.sheet is None:
            return
        try:
            self._merge(read_labels(path, self.group))
        except LabelsError as error:
            self.Error.file(str(error))

    def _merge(self, file):
        self.Warning.problems.clear()
        self.Warning.conflicts.clear()
        merged = []
        self._do(lambda: merged.append(self.sheet.merge(file)) or merged[0].photos > 0)
        if not merged:
            return
        self._tell_conflicts(merged[0])
        problems = file.problems + merged[0].unmatched
        if problems:
            self.Warning.problems(f"{file.name}: {len(merged[0].unmatched)} row(s) match no "
                                  f"photo, {len(file.problems)} value(s) or row(s) can't be "
                                  f"used.\n{listed(problems)}")
        if file.rows:
            self.Information.merged(f"{file.name}: labels of {merged[0].photos} photo(s) added. "
                                    "Ctrl+Z takes them back.")

    def _tell_conflicts(self, merged: Merged):
        if merged.conflicts:
            names = {f.id: getattr(f, f"name_{self.language}") for f in self.group.features}
            names["cluster"] = "group"
            self.Warning.conflicts(", ".join(
                f"{names[id_]} on {n} photo(s)" for id_, n in merged.conflicts.items()))

    def save(self, path: str):
        """Write the labels of these photos to a CSV."""
        self.Error.file.clear()
        if self.sheet is None:
            return
        try:
            if Path(path).resolve() == self.sheet.store.path.resolve():
                self.sheet.store.checkpoint()  # its labels of other photos stay
            else:
                self.sheet.save(path)
        except LabelsError as error:
            self.Error.file(str(error))

    def _show_where(self):
        path = self.labels_file()
        self.default_action.setEnabled(bool(self.labels_path))
        if path is None:
            self.where.setText("")
            return
        self.where.setText(f'<small>Kept in <a href="{escape(os.fspath(path.parent))}">'
                           f"{escape(path.name)}</a>; photos stay on this computer.</small>")
        self.where.setToolTip(f"Each answer is written at once, to a journal beside\n{path}")
