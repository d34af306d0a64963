"""The settings of Footwear CNN Trainer, as controls."""
from __future__ import annotations

import os
from html import escape

from AnyQt.QtCore import Qt
from AnyQt.QtWidgets import (
    QCheckBox,
    QFrame,
    QGridLayout,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from Orange.widgets import gui

from orangecontrib.customs.widgets.utils.common.base import Part
from orangecontrib.customs.widgets.utils.common.groupcombo import GroupCombo
from orangecontrib.customs.widgets.utils.common.pathedit import PathEdit
from orangecontrib.customs.widgets.utils.common.variables import VariableCombo
from orangecontrib.customs.widgets.utils.training.recipeform import RecipeForm

__all__ = ["TrainerControls"]


class TrainerControls(Part):
    """Makes the controls.

    They call the widget's ``_set…`` and ``_on_…``.
    """

    def _set_up_controls(self):
        area = QScrollArea(widgetResizable=True, frameShape=QFrame.NoFrame,
                           horizontalScrollBarPolicy=Qt.ScrollBarAlwaysOff)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 4, 0)
        self.image_combo = VariableCombo("(no photos)")
        self.image_combo.chosen.connect(lambda name: self._set_column("image_name", name))
        self.good_combo = VariableCombo("(each photo by itself)")
        self.good_combo.setToolTip("Photos of one good never stand on both sides of a split")
        self.good_combo.chosen.connect(lambda name: self._set_column("good_name", name))
        self.data_label = QLabel(wordWrap=True)
        self.group_combo = GroupCombo(self.group_id)
        self.group_id = self.group_combo.group_id
        self.group_combo.chosen.connect(lambda id_: self._set_column("group_id", id_))
        which = [("Group of goods:", self.group_combo)] if self.group_combo.needed else []
        column.addWidget(_box("Photos", *which, ("Photos:", self.image_combo),
                              ("Goods:", self.good_combo), self.data_label))

        self.form = RecipeForm(self.recipe)
        self.form.changed.connect(self._on_recipe)
        self.more_button = QToolButton(
            text="More settings", checkable=True, checked=self.show_more, autoRaise=True,
            toolButtonStyle=Qt.ToolButtonTextBesideIcon)
        self.more_button.toggled.connect(self._on_more)
        column.addWidget(_box("Training", self.form, self.more_button))

        self.more = QWidget()
        more = QVBoxLayout(self.more)
        more.setContentsMargins(0, 0, 0, 0)
        more.addWidget(self.form.more)
        more.addWidget(self._files_box())
        more.addWidget(self._names_box())
        column.addWidget(self.more)
        column.addWidget(self._model_box())
        column.addStretch(1)
        area.setWidget(inside)
        # the widest box decides, shown or not
        area.setFixedWidth(inside.minimumSizeHint().width()
                           + area.verticalScrollBar().sizeHint().width() + 2)
        self._on_more(self.show_more)
        self.controlArea.layout().addWidget(area)

        self.auto_check = QCheckBox("Train automatically", checked=self.auto_train)
        self.auto_check.setToolTip("Whenever photos, labels or settings change, and when the "
                                   "workflow runs unattended")
        self.auto_check.toggled.connect(self._on_auto)
        self.train_button = QPushButton("Train", autoDefault=False, clicked=self._on_train)
        for widget in (self.auto_check, self.train_button):
            self.controlArea.layout().addWidget(widget)

    def _files_box(self) -> QWidget:
        self.weights_edit = PathEdit(
            "Weights", "Weights (*.pth *.pt *.safetensors);;All files (*)", "from a package",
            folder=self.start_folder)
        self.weights_edit.setToolTip("Trained weights of the network, for those that no package "
                                     "brings: a state dictionary")
        self.weights_edit.set_path(self.weights_path)
        self.weights_edit.changed.connect(lambda path: self._set_path("weights_path", path))
        self.sha_edit = QLineEdit(self.sha256, placeholderText="not checked",
                                  clearButtonEnabled=True)
        self.sha_edit.setToolTip("SHA-256 of the weights file: another file is refused")
        self.sha_edit.editingFinished.connect(
            lambda: self._set("sha256", self.sha_edit.text().strip()))
        self.download_check = QCheckBox("Allow a download", checked=self.allow_download)
        self.download_check.setToolTip(
            "Weights that are neither in a package nor in a file come from "
            "download.pytorch.org, and are kept in " + _downloads())
        self.download_check.toggled.connect(lambda on: self._set("allow_download", on))
        where = QLabel("<small>From download.pytorch.org, kept in "
                       f"{escape(_downloads())}</small>", wordWrap=True, enabled=False)
        self.checkpoint_edit = PathEdit(
            "Checkpoint", "Checkpoints (*.safetensors);;All files (*)", "none", new=True,
            folder=self.start_folder)
        self.checkpoint_edit.setToolTip("SGD and Adam write their state there after every epoch; "
                                        "a run that finds it goes on from there")
        self.checkpoint_edit.set_path(self.checkpoint_path)
        self.checkpoint_edit.changed.connect(
            lambda path: self._set_path("checkpoint_path", path))
        return _box("Files", ("Weights:", self.weights_edit), ("SHA-256:", self.sha_edit),
                    self.download_check, where, ("Checkpoint:", self.checkpoint_edit))

    def _names_box(self) -> QWidget:
        box = gui.radioButtons(
            None, self, "language_index", ["English", "Russian (paper's)"],
            orientation=Qt.Horizontal, callback=self._names_chosen,
            tooltips=["perforated vamp, strap vamp …", "ПЕРФОРАЦИЯ_СОЮЗКА, РЕМЕШКИ_СОЮЗКА …"])
        return _box("Names of Features", box)

    def _model_box(self) -> QWidget:
        self.model_label = QLabel(wordWrap=True, textFormat=Qt.RichText)
        self.note_edit = QLineEdit(self.note, placeholderText="photos, labels, who made them")
        self.note_edit.setToolTip("What the model was trained on; kept in the model")
        self.licence_edit = QLineEdit(self.licence, placeholderText="what it may be used for")
        self.licence_edit.setToolTip("A model may be used as far as its photos may; kept in the "
                                     "model")
        for name, edit in (("note", self.note_edit), ("licence", self.licence_edit)):
            edit.editingFinished.connect(
                lambda name=name, edit=edit: self._on_note(name, edit.text().strip()))
        buttons = QWidget()
        row = QHBoxLayout(buttons)
        row.setContentsMargins(0, 0, 0, 0)
        self.save_button = QPushButton("&Save Model…", autoDefault=False, clicked=self._save)
        self.load_button = QPushButton("&Load Model…", autoDefault=False, clicked=self._choose)
        row.addWidget(self.save_button)
        row.addWidget(self.load_button)
        return _box("Model", self.model_label, ("Trained on:", self.note_edit),
                    ("Licence:", self.licence_edit), buttons)


def _box(title: str, *rows) -> QGroupBox:
    """A box of widgets, and of pairs of a label and a widget."""
    box = QGroupBox(title)
    grid = QGridLayout(box)
    grid.setColumnStretch(1, 1)
    for number, row in enumerate(rows):
        if isinstance(row, tuple):
            label, widget = row
            grid.addWidget(QLabel(label), number, 0)
            grid.addWidget(widget, number, 1)
            widget.setAccessibleName(label.rstrip(":"))
        else:
            grid.addWidget(row, number, 0, 1, 2)
    return box


def _downloads() -> str:
    """Where torch keeps what it downloads."""
    home = os.environ.get("TORCH_HOME") or os.path.join(
        os.environ.get("XDG_CACHE_HOME") or "~/.cache", "torch")
    return os.path.join(home, "hub", "checkpoints")
