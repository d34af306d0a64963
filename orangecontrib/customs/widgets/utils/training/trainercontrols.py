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
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from orangecontrib.customs.i18n import Sayable
from orangecontrib.customs.widgets.utils.common.base import Part
from orangecontrib.customs.widgets.utils.common.controls import push, radio
from orangecontrib.customs.widgets.utils.common.groupcombo import GroupCombo
from orangecontrib.customs.widgets.utils.common.pathedit import PathEdit
from orangecontrib.customs.widgets.utils.common.variables import VariableCombo
from orangecontrib.customs.widgets.utils.common.wording import room, worded
from orangecontrib.customs.widgets.utils.training.recipeform import RecipeForm

__all__ = ["TrainerControls"]

words = room("owfootweartrainer")


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
        self.image_combo = VariableCombo(words("no_photos"))
        self.image_combo.chosen.connect(lambda name: self._set_column("image_name", name))
        self.good_combo = worded(VariableCombo(words("each_by_itself")),
                                 toolTip=words("good_tip"))
        self.good_combo.chosen.connect(lambda name: self._set_column("good_name", name))
        self.data_label = QLabel(wordWrap=True)
        self.group_combo = GroupCombo(self.group_id)
        self.group_id = self.group_combo.group_id
        self.group_combo.chosen.connect(lambda id_: self._set_column("group_id", id_))
        which = [(words("group"), self.group_combo)] if self.group_combo.needed else []
        column.addWidget(_box(words("photos"), *which, (words("photos_label"), self.image_combo),
                              (words("goods"), self.good_combo), self.data_label))

        self.form = RecipeForm(self.recipe)
        self.form.changed.connect(self._on_recipe)
        self.more_button = worded(QToolButton(
            checkable=True, checked=self.show_more, autoRaise=True,
            toolButtonStyle=Qt.ToolButtonTextBesideIcon), text=words("more"))
        self.more_button.toggled.connect(self._on_more)
        column.addWidget(_box(words("training"), self.form, self.more_button))

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

        self.auto_check = worded(QCheckBox(checked=self.auto_train), text=words("auto"),
                                 toolTip=words("auto_tip"))
        self.auto_check.toggled.connect(self._on_auto)
        self.controlArea.layout().addWidget(self.auto_check)
        self.train_button = push(self.controlArea, words("train"), self._on_train)

    def _files_box(self) -> QWidget:
        self.weights_edit = worded(PathEdit(
            words("weights"), words("weights_kinds"), words("from_package"),
            folder=self.start_folder), toolTip=words("weights_tip"))
        self.weights_edit.set_path(self.weights_path)
        self.weights_edit.changed.connect(lambda path: self._set_path("weights_path", path))
        self.sha_edit = worded(QLineEdit(self.sha256, clearButtonEnabled=True),
                               placeholderText=words("not_checked"), toolTip=words("sha_tip"))
        self.sha_edit.editingFinished.connect(
            lambda: self._set("sha256", self.sha_edit.text().strip()))
        self.download_check = worded(
            QCheckBox(checked=self.allow_download), text=words("download"),
            toolTip=words("download_tip", folder=_downloads()))
        self.download_check.toggled.connect(lambda on: self._set("allow_download", on))
        where = worded(QLabel(wordWrap=True, enabled=False),
                       text=words("download_where", folder=_breakable(_downloads())))
        self.checkpoint_edit = worded(PathEdit(
            words("checkpoint"), words("checkpoint_kinds"), words("none"), new=True,
            folder=self.start_folder), toolTip=words("checkpoint_tip"))
        self.checkpoint_edit.set_path(self.checkpoint_path)
        self.checkpoint_edit.changed.connect(
            lambda path: self._set_path("checkpoint_path", path))
        return _box(words("files"), (words("weights_label"), self.weights_edit),
                    ("SHA-256:", self.sha_edit), self.download_check, where,
                    (words("checkpoint_label"), self.checkpoint_edit))

    def _names_box(self) -> QWidget:
        box = radio(
            None, self, "language_index", [words("english"), words("paper")],
            tooltips=[words("english_tip"), words("paper_tip")],
            orientation=Qt.Horizontal, callback=self._names_chosen)
        return _box(words("names"), box)

    def _model_box(self) -> QWidget:
        self.model_label = QLabel(wordWrap=True, textFormat=Qt.RichText)
        self.note_edit = worded(QLineEdit(self.note), placeholderText=words("note_hint"),
                                toolTip=words("note_tip"))
        self.licence_edit = worded(QLineEdit(self.licence), placeholderText=words("licence_hint"),
                                   toolTip=words("licence_tip"))
        for name, edit in (("note", self.note_edit), ("licence", self.licence_edit)):
            edit.editingFinished.connect(
                lambda name=name, edit=edit: self._on_note(name, edit.text().strip()))
        buttons = QWidget()
        row = QHBoxLayout(buttons)
        row.setContentsMargins(0, 0, 0, 0)
        self.save_button = push(buttons, words("save"), self._save)
        self.load_button = push(buttons, words("load"), self._choose)
        return _box(words("model"), self.model_label, (words("trained_on"), self.note_edit),
                    (words("licence"), self.licence_edit), buttons)


def _box(title: Sayable, *rows) -> QGroupBox:
    """A box of widgets, and of pairs of a label and a widget."""
    box = worded(QGroupBox(), title=title)
    grid = QGridLayout(box)
    grid.setColumnStretch(1, 1)
    for number, row in enumerate(rows):
        if isinstance(row, tuple):
            label, widget = row
            grid.addWidget(worded(QLabel(), text=label), number, 0)
            grid.addWidget(worded(widget, accessibleName=label), number, 1)
        else:
            grid.addWidget(row, number, 0, 1, 2)
    return box


def _breakable(path: str) -> str:
    """A path as HTML that may go on in the next line after each separator."""
    return escape(path).replace(os.sep, f"{os.sep}\N{ZERO WIDTH SPACE}")


def _downloads() -> str:
    """Where torch keeps what it downloads."""
    home = os.environ.get("TORCH_HOME") or os.path.join(
        os.environ.get("XDG_CACHE_HOME") or "~/.cache", "torch")
    return os.path.join(home, "hub", "checkpoints")
