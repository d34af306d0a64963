"""The trainer's page that shows one photo with each augmentation, and what becomes of P."""
from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

import numpy as np
from AnyQt.QtCore import Qt, QTimer
from AnyQt.QtGui import QColor, QImage, QPalette, QPixmap
from AnyQt.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)
from Orange.widgets.utils.concurrent import ConcurrentMixin, TaskState

from orangecontrib.customs.groups import Group
from orangecontrib.customs.i18n import Joined, Message, Sayable, say
from orangecontrib.customs.photos.backbones import BackboneError
from orangecontrib.customs.photos.decode import PhotoError
from orangecontrib.customs.photos.extract import Extractor
from orangecontrib.customs.photos.model import ModelError, PhotoModel
from orangecontrib.customs.photos.sources import Photo
from orangecontrib.customs.training.trainer import Recipe
from orangecontrib.customs.training.trainer.augmentation import AUGMENTATIONS
from orangecontrib.customs.training.trainer.preview import Preview, preview
from orangecontrib.customs.widgets.utils.common.controls import push
from orangecontrib.customs.widgets.utils.common.theme import mixed, readable, theme
from orangecontrib.customs.widgets.utils.common.wording import room, spoken, worded

__all__ = ["AugmentationPage", "Subject"]

words = room("augmentationpage")

#: Side of the pictures, pixels.
SIDE = 104

#: Smaller changes of P are none.
LEAST = .005

#: Milliseconds that settings must rest before photos are looked at.
REST = 300

_HIGH = QColor("#d08a45")


@dataclass(frozen=True, eq=False)
class Subject:
    """What there is to look at.

    Attributes
    ----------
    photos : sequence of Photo
    recipe : Recipe or None
        None where the settings don't go together.
    group : Group or None
    model : PhotoModel or None
        None for the bundled one, where it is for the group.
    weights : Path or None
        Of the model's backbone, where no package brings it.
    names : mapping of str to str
        Of features by id.
    """

    photos: Sequence[Photo] = ()
    recipe: Recipe | None = None
    group: Group | None = None
    model: PhotoModel | None = None
    weights: Path | None = None
    names: Mapping[str, str] = field(default_factory=dict)

    def is_like(self, other: Subject) -> bool:
        """Whether the same would be seen."""
        return self.photos is other.photos and self.recipe == other.recipe \
            and self.group is other.group and self.model == other.model \
            and self.weights == other.weights and self.names == other.names


def look(subject: Subject, row: int, state: TaskState) -> tuple[Preview, Message]:
    """The preview, and who judged; in a thread."""
    model, who = subject.model, words("own_model")
    if model is None:
        bundled = PhotoModel.default()
        if subject.group is not None and bundled.group.id == subject.group.id:
            model, who = bundled, words("bundled_model")
    extractor = None if model is None else Extractor(
        model, weights=None if subject.model is None else subject.weights, cache=False)
    return preview(subject.photos[row], subject.recipe, extractor,
                   state.is_interruption_requested), who


class AugmentationPage(QWidget, ConcurrentMixin):
    """A photo as it is and varied, in a table with P of each feature below each picture.

    Nothing is computed unless the page is seen.
    """

    title = words("augmentations")

    def __init__(self, parent=None):
        QWidget.__init__(self, parent)
        ConcurrentMixin.__init__(self)
        self._subject, self._row = Subject(), 0
        self._stale = True
        self._rest = QTimer(self, singleShot=True, interval=REST)
        self._rest.timeout.connect(self._look)
        self.name = QLabel()
        self.back_button = push(None, words("back"), lambda: self._step(-1))
        self.next_button = push(None, words("next"), lambda: self._step(1))
        self.cancel_button = push(None, room("common")("cancel"), self._cancelled)
        self.sentence = QLabel(wordWrap=True, textFormat=Qt.RichText)
        self.table = QTableWidget()
        worded(self.table, accessibleName=words("name"))
        self.table.setEditTriggers(QAbstractItemView.NoEditTriggers)
        self.table.setSelectionMode(QAbstractItemView.NoSelection)
        self.table.setHorizontalScrollMode(QAbstractItemView.ScrollPerPixel)
        self.table.setVerticalScrollMode(QAbstractItemView.ScrollPerPixel)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.Fixed)
        self.table.horizontalHeader().setDefaultSectionSize(SIDE + 6)
        self.table.verticalHeader().setDefaultSectionSize(24)
        top = QHBoxLayout()
        for widget in (self.back_button, self.next_button):
            top.addWidget(widget)
        top.addWidget(self.name, 1)
        top.addWidget(self.cancel_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.addLayout(top)
        layout.addWidget(self.sentence)
        layout.addWidget(self.table, 1)
        layout.addWidget(worded(QLabel(wordWrap=True), text=words("legend")))
        self._show_buttons()
        self._found: tuple[Preview, Message] | None = None
        spoken(self, "shown", AugmentationPage._say_again)

    def show_subject(self, subject: Subject) -> None:
        """Look at these photos with these settings, when the page is seen."""
        if subject.is_like(self._subject):
            return
        if subject.photos is not self._subject.photos:
            self._row = 0
        self._subject = subject
        self._forget()

    def stop(self) -> None:
        """End the thread; call it before the owner goes."""
        self._rest.stop()
        self.shutdown()

    def showEvent(self, event):
        super().showEvent(event)
        if self._stale:
            self._rest.start(0)

    def hideEvent(self, event):
        super().hideEvent(event)
        self._end()

    # --- work

    def _step(self, by: int):
        self._row += by
        self._forget()

    def _forget(self):
        self._end()
        self._stale = True
        if self.isVisible():
            self._rest.start()

    def _end(self):
        """What is at work is not wanted any more."""
        self._rest.stop()
        if self.task is not None:
            self._stale = True
            self.cancel()
        self._show_buttons()

    def _cancelled(self):
        self._end()
        self._tell(words("cancelled"))

    def _look(self):
        self._end()
        self._found = None
        self.table.clear()
        self.table.setRowCount(0)
        self.table.setColumnCount(0)
        subject = self._subject
        if not subject.photos or subject.recipe is None:
            self._tell(words("connect" if not subject.photos else "settings"))
            return
        self._tell(words("working"))
        self.start(look, subject, self._row)
        self._show_buttons()

    def on_done(self, result: tuple[Preview, Message]):
        self._stale = False
        self._show_buttons()
        self._show(*result)

    def on_exception(self, ex: Exception):
        self._stale = False
        self._show_buttons()
        if isinstance(ex, PhotoError):
            said = words("bad_photo", reason=ex.reason)
        elif isinstance(ex, (ModelError, BackboneError)):
            said = words("bad_model", reason=escape(str(ex), quote=False))
        else:
            said = words("unexpected", reason=escape(str(ex) or type(ex).__name__, quote=False))
        self._tell(said)

    # --- show

    def _tell(self, said: Sayable):
        worded(self.sentence, text=said)

    def _say_again(self):
        """What is put together here, in the language that is spoken."""
        self._show_buttons()
        if self._found is not None:
            self._show(*self._found)

    def _show_buttons(self):
        photos, row = self._subject.photos, self._row
        self.back_button.setEnabled(row > 0)
        self.next_button.setEnabled(row + 1 < len(photos))
        self.cancel_button.setVisible(self.task is not None)
        self.name.setText(say(words("place", photo=os.path.basename(str(photos[row].image)),
                                    place=row + 1, n=len(photos))) if photos else "")

    def _show(self, found: Preview, who: Message):
        self._found = found, who
        ids = () if found.group is None else found.group.feature_ids
        names = [self._subject.names.get(id_, id_) for id_ in ids]
        self.table.setRowCount(1 + len(ids))
        self.table.setColumnCount(len(found.variants))
        self.table.setHorizontalHeaderLabels([_minus(say(v.name)) for v in found.variants])
        self.table.setVerticalHeaderLabels(["", *names])
        self.table.verticalHeader().resizeSection(0, SIDE + 8)
        for column, variant in enumerate(found.variants):
            picture = QLabel(alignment=Qt.AlignCenter)
            picture.setPixmap(_pixmap(variant.image))
            picture.setToolTip(say(variant.name))
            self.table.setCellWidget(0, column, picture)
            for row in range(len(ids)):
                self.table.setItem(1 + row, column, _item(found, column, row,
                                                          self.table.palette()))
        self._tell(self._words(found, who, names))

    def _words(self, found: Preview, who: Message, names: Sequence[str]) -> Joined:
        recipe, said = self._subject.recipe, []
        if len(found.variants) == 1:
            said.append(words("none_on"))
        elif not (recipe.trains_backbone or recipe.copies) and any(
                one.ends(recipe) for one in AUGMENTATIONS):
            said.append(words("no_copies"))
        if found.group is None:
            said.append(words("no_model"))
        elif (place := found.largest) is not None:
            variant, feature = place
            before, after = (found.variants[i].probabilities[feature] for i in (0, variant))
            said.append(words("largest", feature=escape(names[feature]), before=before,
                              after=after, variant=_minus(say(found.variants[variant].name)),
                              who=who))
        elif len(found.variants) > 1:
            said.append(words("no_change", who=who))
        return Joined(tuple(said), " ")


def _item(found: Preview, column: int, row: int, palette: QPalette) -> QTableWidgetItem:
    changes = found.changes
    p, change = found.variants[column].probabilities[row], changes[column, row]
    item = QTableWidgetItem(_minus(f"{p:.2f}  {change:+.2f}" if abs(change) >= LEAST
                                   else f"{p:.2f}"))
    item.setTextAlignment(Qt.AlignCenter)
    size = np.abs(changes[column])
    if size[row] >= LEAST:
        colours = theme(palette)
        ground = _HIGH if (column, row) == found.largest else \
            mixed(_HIGH, colours.ground, .08 + .8 * min(size[row], 1.))
        item.setBackground(ground)
        item.setForeground(readable(colours.text, ground))
        if size[row] == size.max():
            font = item.font()
            font.setBold(True)
            item.setFont(font)
    return item


def _minus(text: str) -> str:
    return text.replace("-", "\N{MINUS SIGN}")


def _pixmap(image: np.ndarray) -> QPixmap:
    height, width = image.shape[:2]
    picture = QImage(np.ascontiguousarray(image).tobytes(), width, height, 3 * width,
                     QImage.Format_RGB888).copy()
    return QPixmap.fromImage(picture).scaled(SIDE, SIDE, Qt.KeepAspectRatio,
                                             Qt.SmoothTransformation)
