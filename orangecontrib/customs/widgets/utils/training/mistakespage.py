"""The trainer's page of worst mistakes: pictures, the surest wrong answer first."""
from __future__ import annotations

import os
from collections.abc import Sequence
from html import escape

from AnyQt.QtCore import pyqtSignal as Signal
from AnyQt.QtWidgets import QComboBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from orangecontrib.customs.groups import Group
from orangecontrib.customs.i18n import say
from orangecontrib.customs.photos.chips import COLOURS, Chip
from orangecontrib.customs.photos.sources import Photo
from orangecontrib.customs.training.report import Mistake
from orangecontrib.customs.widgets.utils.common.wording import room, worded
from orangecontrib.customs.widgets.utils.photos.gallery import PhotoGallery, Tile
from orangecontrib.customs.widgets.utils.photos.thumbnails import ThumbnailLoader

__all__ = ["MistakesPage"]

words = room("mistakespage")


class MistakesPage(QWidget):
    """A gallery of photos with wrong answers."""

    title = words("mistakes")

    #: The selection has changed.
    selected = Signal()

    def __init__(self, loader: ThumbnailLoader, parent=None):
        super().__init__(parent)
        self._mistakes: Sequence[Mistake] = ()
        self._shown: list[Mistake] = []
        self._photos: Sequence[Photo] = ()
        self._names: dict[str, str] = {}
        self._facts: dict[str, str] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        self.combo = QComboBox()
        self.combo.setSizeAdjustPolicy(QComboBox.AdjustToMinimumContentsLengthWithIcon)
        self.combo.setMinimumContentsLength(22)
        self.combo.activated.connect(self._filter)
        self.sentence = QLabel(wordWrap=True)
        top = QHBoxLayout()
        top.addWidget(worded(QLabel(), text=words("feature")))
        worded(self.combo, accessibleName=words("feature"))
        top.addWidget(self.combo)
        top.addWidget(self.sentence, 1)
        layout.addLayout(top)
        self.gallery = PhotoGallery(loader, bars=True)
        worded(self.gallery, accessibleName=words("name"))
        self.gallery.selectionModel().selectionChanged.connect(lambda *_: self.selected.emit())
        layout.addWidget(self.gallery, 1)
        layout.addWidget(worded(QLabel(wordWrap=True), text=words("legend")))

    def show_mistakes(self, mistakes: Sequence[Mistake], photos: Sequence[Photo],
                      names: dict[str, str], group: Group) -> None:
        """Show photos.

        Parameters
        ----------
        photos : sequence of Photo
            All training photos; a mistake's `row` is a position in it.
        names : dict
            Names of features by id.
        group : Group
            Whose features they are.
        """
        wanted = self.combo.currentData()
        self._mistakes, self._photos, self._names = mistakes, photos, names
        self._facts = {feature.id: feature.fact for feature in group.features}
        counts: dict[str, int] = {}
        for mistake in mistakes:
            for feature in mistake.features:
                counts[feature] = counts.get(feature, 0) + 1
        self.combo.clear()
        self.combo.addItem(say(words("all")), None)
        for id_ in group.feature_ids:
            if id_ in counts:
                self.combo.addItem(f"{names[id_]} ({counts[id_]})", id_)
        self.combo.setCurrentIndex(max(0, self.combo.findData(wanted)))
        self._filter()

    def _filter(self):
        feature = self.combo.currentData()
        self._shown = [self._of(mistake, feature) for mistake in self._mistakes
                       if feature is None or feature in mistake.features]
        self._shown.sort(key=lambda mistake: -mistake.confidence)
        n = len(self._shown)
        self.sentence.setText(say(words("count", n=n) if n
                                  else words("none") if self._photos else words("nothing")))
        self.gallery.set_tiles(n, self._tile, self._tooltip)
        self.selected.emit()

    @staticmethod
    def _of(mistake: Mistake, feature: str | None) -> Mistake:
        """The same photo, with the mistake in that feature first."""
        if feature is None:
            return mistake
        order = sorted(range(len(mistake.features)),
                       key=lambda i: mistake.features[i] != feature)
        return Mistake(mistake.row, *(tuple(part[i] for i in order) for part in (
            mistake.features, mistake.labels, mistake.probabilities)))

    def rows(self) -> list[int]:
        """Positions, among the training photos, of the selected ones."""
        return sorted(self._shown[i].row for i in self.gallery.selected_rows())

    def _tile(self, i: int) -> Tile:
        mistake = self._shown[i]
        photo = self._photos[mistake.row]
        file = os.path.basename(photo.image)
        title = f"{photo.good_id} · {file}" if photo.good_id else file
        return Tile(photo.image, title, tuple(
            Chip(say(words("chip", feature=self._names[feature], label=label)), p,
                 COLOURS[self._facts[feature]])
            for feature, label, p in zip(mistake.features, mistake.labels,
                                         mistake.probabilities)))

    def _tooltip(self, i: int) -> str:
        mistake = self._shown[i]
        lines = [f"<tr><td>{escape(self._names[feature])}&nbsp;</td>"
                 f"<td>{say(words('labelled', label=label))}&nbsp;</td><td>P = {p:.3f}</td></tr>"
                 for feature, label, p in zip(mistake.features, mistake.labels,
                                              mistake.probabilities)]
        return f"<b>{escape(self._photos[mistake.row].image)}</b><table>{''.join(lines)}</table>"
