"""Where Footwear Photo Labeler keeps labels, and what it takes from other files."""
from __future__ import annotations

import os
from html import escape
from pathlib import Path

from AnyQt.QtWidgets import (
    QFileDialog,
)

from orangecontrib.customs.files.paths import storable_path
from orangecontrib.customs.i18n import Joined, say
from orangecontrib.customs.training.labelling import (
    LabelsError,
    LabelSheet,
    LabelStore,
    Merged,
    read_labels,
)
from orangecontrib.customs.widgets.utils.common.base import Part
from orangecontrib.customs.widgets.utils.common.wording import room
from orangecontrib.customs.widgets.utils.training.labelfiles import default_labels, in_words, listed
from orangecontrib.customs.widgets.utils.training.naming import shown_names

__all__ = ["KeepsLabels"]

words = room("owphotolabeler")


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
            self.Error.store(reason=error.reason)
            return
        self.sheet = LabelSheet(photos.images, photos.goods, photos.folder, store,
                                self.group)
        self.sheet.on_news = lambda _: self._changed()
        if store.problems:
            self.Warning.problems(said=listed(store.problems))
        self._tell_conflicts(self.sheet.start_from(photos.labels, photos.clusters,
                                                   photos.shots))

    def _close_labels(self):
        if self.sheet is not None:
            try:
                self.sheet.close()
            except LabelsError as error:  # the journal has it all
                self.Error.file(reason=error.reason)

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
        if path := self.ask_for_file(say(words("load_title")), say(words("kinds"))):
            self.load(path)

    def _choose_save(self):
        if path := self.ask_where(say(words("copy_title")), say(words("kinds")),
                                  os.path.join(self.start_folder(), "labels.csv")):
            self.save(path)

    def _choose_store(self):
        if path := self.ask_where(
                say(words("keep_title")), say(words("kinds")),
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
            self.Error.file(reason=error.reason)

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
            self.Warning.problems(said=Joined((words(
                "of_file", file=file.name, unmatched=len(merged[0].unmatched),
                unused=len(file.problems)), listed(problems)), "\n"))
        if file.rows:
            self.Information.merged(file=file.name, n=merged[0].photos)

    def _tell_conflicts(self, merged: Merged):
        if merged.conflicts:
            names = {**shown_names(self.group, self.language), "cluster": words("cluster")}
            self.Warning.conflicts(said=Joined(tuple(
                words("conflict", name=names[id_], n=n) for id_, n in merged.conflicts.items())))

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
            self.Error.file(reason=error.reason)

    def _show_where(self):
        path = self.labels_file()
        self.default_action.setEnabled(bool(self.labels_path))
        if path is None:
            self.where.setText("")
            return
        link = f'<a href="{escape(os.fspath(path.parent))}">{escape(path.name)}</a>'
        self.where.setText(f"<small>{say(words('where', file=link))}</small>")
        self.where.setToolTip(say(words("where_tip", path=path)))
