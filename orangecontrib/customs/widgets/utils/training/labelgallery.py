"""The gallery of the photo labeler: which photos it shows, in which order, which one is next."""
from __future__ import annotations

from html import escape

import numpy as np
from AnyQt.QtCore import QItemSelectionModel
from AnyQt.QtCore import pyqtSignal as Signal

from orangecontrib.customs.i18n import Sayable, say
from orangecontrib.customs.training.labelling import DOUBTFUL, LabelSheet
from orangecontrib.customs.training.labelling.questions import clusters
from orangecontrib.customs.training.labelling.table import TablePhotos
from orangecontrib.customs.widgets.utils.common.wording import room, worded
from orangecontrib.customs.widgets.utils.photos.gallery import Mark, PhotoGallery, Tile
from orangecontrib.customs.widgets.utils.photos.thumbnails import ThumbnailLoader

__all__ = ["FILTERS", "ORDERS", "LabelGallery"]

words = room("labelgallery")

#: What the gallery shows, and in which order: name in the settings → text.
FILTERS = {name: words(f"show_{name}") for name in ("all", "unlabelled", "doubt", "labelled")}
ORDERS = {name: words(f"order_{name}") for name in ("file", "doubt")}


class LabelGallery(PhotoGallery):
    """Thumbnails with how far each photo is labelled.

    Attributes
    ----------
    rows : ndarray of int
        Photos that are shown, in order.
    unreadable : dict of int to Message or str
        Photo → why it can't be read.
    """

    #: Another photo is to be shown large.
    current_changed = Signal()
    #: Other photos are chosen.
    chosen_changed = Signal()

    def __init__(self, loader: ThumbnailLoader, parent=None):
        super().__init__(loader, parent=parent)
        self.setMinimumWidth(150)
        worded(self, accessibleName=words("name"), toolTip=words("tip"))
        self.rows = np.empty(0, int)
        self.unreadable: dict[int, Sayable] = {}
        self._photos: TablePhotos | None = None
        self._sheet: LabelSheet | None = None
        self._places: dict[int, int] = {}
        self._visited: list[int] = []
        self.selectionModel().currentChanged.connect(self._current_changed)
        self.selectionModel().selectionChanged.connect(lambda *_: self.chosen_changed.emit())

    def set_photos(self, photos: TablePhotos | None, sheet: LabelSheet | None) -> None:
        """Other photos; `arrange` then shows them."""
        self._photos, self._sheet = photos, sheet
        self.unreadable, self._visited = {}, []

    def arrange(self, shown: str, order: str, doubts: np.ndarray) -> None:
        """Choose and order the photos to show; this looks at all of them.

        Parameters
        ----------
        shown, order : str
            Keys of FILTERS and ORDERS.
        doubts : ndarray of float
            Of each photo; NaN where the model has not seen it.
        """
        keep, rows = self.current, np.empty(0, int)
        if self._sheet is not None:
            done = self._sheet.done >= 1
            wanted = {"unlabelled": ~done, "labelled": done,
                      "doubt": ~done & (doubts >= DOUBTFUL)}.get(shown)
            rows = np.arange(len(done)) if wanted is None else np.flatnonzero(wanted)
            if order == "doubt":
                rows = rows[np.argsort(-doubts[rows], kind="stable")]  # NaN comes last
        self.rows = rows
        self._places = {int(number): place for place, number in enumerate(rows)}
        self.set_tiles(len(rows), self.tile, self.tooltip)
        if keep in self._places:
            self.go_to(keep)
        else:
            self.begin()

    def begin(self) -> None:
        """To the first unfinished photo, or the first of all."""
        if len(self.rows):
            unfinished = np.flatnonzero(self._sheet.done[self.rows] < 1)
            self.go_to(int(self.rows[unfinished[0] if len(unfinished) else 0]))

    def tile(self, place: int) -> Tile:
        """What the thumbnail at a place shows."""
        number = int(self.rows[place])
        done, cluster = float(self._sheet.done[number]), self._sheet.clusters[number]
        text = str(list(clusters(self._sheet.group)).index(cluster) + 1) if cluster else ""
        return Tile(self._photos.paths[number],
                    say(self.unreadable.get(number) or self._photos.images[number]),
                    mark=Mark(done, text) if done or cluster else None)

    def tooltip(self, place: int) -> str:
        """About the photo at a place, as HTML."""
        number = int(self.rows[place])
        lines = [f"<b>{escape(self._photos.goods[number])}</b> "
                 f"{escape(self._photos.images[number])}",
                 say(words("answered", share=float(self._sheet.done[number])))]
        if number in self.unreadable:
            lines.append(escape(say(words("unreadable", reason=self.unreadable[number])),
                                quote=False))
        return "<br>".join(lines)

    # --- which photo

    @property
    def current(self) -> int | None:
        """Number of the photo that is shown large."""
        place = self.currentIndex().row()
        return int(self.rows[place]) if 0 <= place < len(self.rows) else None

    @property
    def after(self) -> int | None:
        """The photo after it."""
        place = self.currentIndex().row() + 1
        return int(self.rows[place]) if 0 < place < len(self.rows) else None

    @property
    def chosen(self) -> list[int]:
        """Numbers of the photos that answers are for: those that can be seen."""
        chosen = [int(self.rows[place]) for place in self.selected_rows()]
        chosen = chosen or ([] if self.current is None else [self.current])
        return [number for number in chosen if number not in self.unreadable]

    def shows(self, number: int) -> bool:
        """Whether a photo is among those that are shown."""
        return number in self._places

    def go_to(self, number: int) -> None:
        """Show a photo large, and choose it alone."""
        index = self.model().index(self._places[number], 0)
        self.selectionModel().setCurrentIndex(index, QItemSelectionModel.ClearAndSelect)
        self.scrollTo(index)

    def move(self, by: int) -> None:
        """To the photo so many places on."""
        if self.current is not None:
            place = self._places[self.current] + by
            if 0 <= place < len(self.rows):
                self.go_to(int(self.rows[place]))

    def skip(self) -> bool:
        """To the next unfinished photo, from the end on from the beginning; is there one?"""
        if self.current is None:
            return False
        place = self._places[self.current]
        order = np.concatenate([self.rows[place + 1:], self.rows[:place]])
        for number in order[self._sheet.done[order] < 1].tolist():
            if number not in self.unreadable:
                self.go_to(number)
                return True
        return False

    def back(self) -> None:
        """To the photo that was seen before."""
        here = self.current
        while self._visited:
            number = self._visited.pop()
            if number != here and number in self._places:
                self.go_to(number)  # which notes the visit again
                return

    def _current_changed(self, *_):
        if self.current is not None:
            self._visited.append(self.current)
        self.current_changed.emit()
