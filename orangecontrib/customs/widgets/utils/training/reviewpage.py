"""A page to keep or drop photos, by mouse and keyboard."""
from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path

from AnyQt.QtCore import QEvent, QItemSelectionModel, Qt
from AnyQt.QtCore import pyqtSignal as Signal
from AnyQt.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from orangecontrib.customs.collecting import Entry, manifest
from orangecontrib.customs.collecting.weak import read_labels_of, read_weak
from orangecontrib.customs.i18n import say
from orangecontrib.customs.widgets.utils.common.controls import choice, push
from orangecontrib.customs.widgets.utils.common.wording import room, worded
from orangecontrib.customs.widgets.utils.photos.gallery import Mark, PhotoGallery, Tile
from orangecontrib.customs.widgets.utils.photos.photoview import PhotoView
from orangecontrib.customs.widgets.utils.photos.thumbnails import ThumbnailLoader
from orangecontrib.customs.widgets.utils.training.labelkeys import character_at

__all__ = ["FILTERS", "STATES", "ReviewPage", "waits"]

words = room("reviewpage")

#: What the gallery shows: name in the settings → text.
FILTERS = {name: words(f"show_{name}") for name in ("waiting", "generated", "dropped", "all")}

KEPT, DROPPED = "kept", "dropped"

#: What has become of a photo, in words.
STATES = {name: words(name) for name in manifest.STATES}

#: What is said of a photo, in this order.
_SAID = ("prompt", "query", "name", "text", "source", "licence", "author", "page")


def _mark(state: str) -> Mark | None:
    said = say(STATES[state])
    return {KEPT: Mark(1., said), DROPPED: Mark(.0, f"\N{MULTIPLICATION SIGN} {said}"),
            "doubtful": Mark(0., "?")}.get(state)


def waits(entry: Entry) -> bool:
    """Whether a photo waits for a person: doubtful, or generated and judged by nobody."""
    return bool(entry.file) and (entry.state == "doubtful" or entry.state == "collected"
                                 and entry.kind == "generated")


class ReviewPage(QWidget):
    """A gallery, the photo in large, why it waits, and two answers.

    Parameters
    ----------
    shown : str
        Key of FILTERS.
    """

    title = words("review")

    #: Keys of photos, and their new state: KEPT or DROPPED.
    decided = Signal(list, str)
    #: The last decision is to be taken back.
    undo_wanted = Signal()
    #: Another filter was chosen.
    filter_chosen = Signal(str)

    def __init__(self, shown: str = "waiting", parent=None):
        super().__init__(parent)
        self._folder, self._names = Path(), {}
        self._entries: dict[str, Entry] = {}
        self._rows: list[str] = []
        self._paths: dict[str, str] = {}
        self.thumbnails = ThumbnailLoader(self)
        self.large = ThumbnailLoader(self, size=700, kept=24)
        self.large.ready.connect(self._loaded)
        self.filter = choice([(name, text) for name, text in FILTERS.items()], shown,
                             self._filter_chosen)
        self.count = QLabel()
        self.keep_button = self._button("keep", KEPT)
        self.drop_button = self._button("drop", DROPPED)
        self.undo_button = push(None, words("undo"), self.undo_wanted.emit, "Ctrl+Z",
                                enabled=False)
        self.gallery = worded(PhotoGallery(self.thumbnails), accessibleName=words("gallery"),
                              toolTip=words("gallery_tip"))
        self.gallery.installEventFilter(self)
        self.gallery.selectionModel().currentChanged.connect(lambda *_: self._show_photo())
        self.gallery.selectionModel().selectionChanged.connect(lambda *_: self._enable())
        self.view = PhotoView()
        self.about = QLabel(wordWrap=True, textFormat=Qt.RichText, alignment=Qt.AlignTop,
                            openExternalLinks=True, margin=4)
        self.about.setTextInteractionFlags(Qt.TextBrowserInteraction)
        self._lay_out()

    def _button(self, name: str, state: str) -> QPushButton:
        button = push(None, words(name), lambda: self.decide(state), words(f"{name}_tip"),
                      enabled=False)
        button.setFocusPolicy(Qt.TabFocus)  # a click leaves the keys to the gallery
        return button

    def _lay_out(self):
        top = QHBoxLayout()
        for widget in (self.filter, self.count):
            top.addWidget(widget)
        top.addStretch(1)
        for widget in (self.keep_button, self.drop_button, self.undo_button):
            top.addWidget(widget)
        area = QScrollArea(widgetResizable=True)
        area.setWidget(self.about)
        side = QSplitter(Qt.Vertical, childrenCollapsible=False)
        side.addWidget(self.view)
        side.addWidget(area)
        side.setSizes([260, 110])
        splitter = QSplitter(Qt.Horizontal, childrenCollapsible=False)
        splitter.addWidget(self.gallery)
        splitter.addWidget(side)
        splitter.setSizes([430, 430])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.addLayout(top)
        layout.addWidget(splitter, 1)

    # --- what there is

    def show_entries(self, folder: Path, entries: Iterable[Entry],
                     names: Mapping[str, str]) -> None:
        """Show the photos of a collection.

        Parameters
        ----------
        names : mapping of str to str
            Of the features, by id.
        """
        self._folder, self._names = folder, names
        self._entries = {entry.key: entry for entry in entries if entry.file}
        self._arrange()

    def change(self, entries: Iterable[Entry], can_undo: bool) -> None:
        """Show other states of photos; those on the screen stay until the filter is chosen."""
        self._entries.update((entry.key, entry) for entry in entries)
        self.undo_button.setEnabled(can_undo)
        self.gallery.refresh()
        self._show_photo()
        self._show_count()

    @property
    def current(self) -> str | None:
        """Key of the photo that is shown large."""
        row = self.gallery.currentIndex().row()
        return self._rows[row] if 0 <= row < len(self._rows) else None

    @property
    def chosen(self) -> list[str]:
        """Keys of the photos that a decision is about."""
        chosen = [self._rows[row] for row in self.gallery.selected_rows()]
        return chosen or ([] if self.current is None else [self.current])

    @property
    def waiting(self) -> int:
        """How many photos wait."""
        return sum(map(waits, self._entries.values()))

    def _filter_chosen(self):
        self.filter_chosen.emit(self.filter.currentData())
        self._arrange()
        self.gallery.setFocus()

    def _arrange(self):
        wanted = {"waiting": waits, "generated": lambda e: e.kind == "generated",
                  "dropped": lambda e: e.state == DROPPED}.get(self.filter.currentData(),
                                                               lambda e: True)
        keep = self.current
        self._rows = [key for key, entry in self._entries.items() if wanted(entry)]
        self._paths = {key: os.path.join(self._folder, self._entries[key].file)
                       for key in self._rows}
        self.gallery.set_tiles(len(self._rows), self._tile, self._tooltip)
        if self._rows:
            self.go_to(self._rows.index(keep) if keep in self._rows else 0)
        self._show_photo()
        self._show_count()
        self._enable()

    def _tile(self, row: int) -> Tile:
        entry = self._entries[self._rows[row]]
        return Tile(self._paths[entry.key], entry.name or entry.source,
                    mark=_mark(entry.state))

    def _tooltip(self, row: int) -> str:
        entry = self._entries[self._rows[row]]
        return f"<b>{say(STATES[entry.state])}</b><br>{escape(entry.reason or entry.file)}"

    def _loaded(self, path: str):
        if self.current is not None and path == self._paths[self.current]:
            self._show_photo(new=False)

    def _show_photo(self, new: bool = True):
        if self.current is None:
            self.view.show_photo(None, say(words("none_waits" if self._entries else "none")))
            self.about.setText("")
            return
        entry, path = self._entries[self.current], self._paths[self.current]
        pixmap = self.large.get(path)
        self.view.show_photo(pixmap, say(
            self.large.reasons.get(path) or words("loading")), new)
        self.about.setText("<br>".join(_described(entry, self._names)))

    def _show_count(self):
        left = sum(waits(self._entries[key]) for key in self._rows)
        self.count.setText(say(words("count", n=len(self._rows), left=left)))

    def _enable(self):
        some = bool(self.chosen)
        self.keep_button.setEnabled(some)
        self.drop_button.setEnabled(some)

    # --- decisions

    def decide(self, state: str) -> None:
        """Keep or drop what is chosen, and go on."""
        chosen = self.chosen
        if not chosen:
            return
        self.decided.emit(chosen, state)
        if len(chosen) == 1 and self._entries[chosen[0]].state == state:  # it could be written
            self.skip()

    def go_to(self, row: int) -> None:
        """Show a photo large, and choose it alone."""
        index = self.gallery.model().index(row, 0)
        self.gallery.selectionModel().setCurrentIndex(index, QItemSelectionModel.ClearAndSelect)
        self.gallery.scrollTo(index)

    def skip(self) -> None:
        """To the next photo that waits, from the end on from the beginning; else the next one."""
        here = self.gallery.currentIndex().row()
        order: Sequence[int] = [*range(here + 1, len(self._rows)), *range(here)]
        following = next((row for row in order if waits(self._entries[self._rows[row]])),
                         min(here + 1, len(self._rows) - 1))
        if self._rows:
            self.go_to(following)

    def eventFilter(self, watched, event):
        if event.type() == QEvent.KeyPress and watched is self.gallery:
            key = event.modifiers() & ~Qt.KeypadModifier, character_at(event.key())
            if key == (Qt.ControlModifier, "z"):
                self.undo_wanted.emit()
            elif key == (Qt.NoModifier, "k") or event.key() in (Qt.Key_Return, Qt.Key_Enter):
                self.decide(KEPT)
            elif key == (Qt.NoModifier, "d") or event.key() == Qt.Key_Delete:
                self.decide(DROPPED)
            elif event.key() == Qt.Key_Space:
                self.skip()
            else:
                return super().eventFilter(watched, event)
            return True
        return super().eventFilter(watched, event)

    def stop(self) -> None:
        """End the threads; call it before the window goes."""
        self.thumbnails.stop()
        self.large.stop()


def _described(entry: Entry, names: Mapping[str, str]) -> list[str]:
    lines = [f"<b>{say(STATES[entry.state])}</b>" + (f": {escape(entry.reason)}"
                                                     if entry.reason else "")]
    if waits(entry) and not entry.reason:
        lines[0] += f": {say(words('judged_by_nobody'))}"
    for title, labels in (("wanted", read_labels_of(entry.wanted)),
                          ("weak", read_weak(entry.weak))):
        if labels:
            lines.append(f"{say(words(title))}: {escape(_in_words(labels, names))}")
    for name in _SAID:
        text, title = getattr(entry, name), say(words(f"of_{name}"))
        if name == "page" and text.startswith(("http://", "https://")):
            lines.append(f'{title}: <a href="{escape(text)}">{escape(text[:80])}</a>')
        elif text:
            lines.append(f"{title}: {escape(text[:300])}")
    return lines


def _in_words(labels: Mapping, names: Mapping[str, str]) -> str:
    """What is said to be seen, or perhaps to be seen, with the features' names and the sources."""
    found = []
    for feature, said in labels.items():
        label, source = said if isinstance(said, tuple) else (said, "")
        if label:
            name = names.get(feature, feature)
            found.append((say(words("perhaps", name=name)) if label == .5 else name)
                         + (f" ({_source(source)})" if source else ""))
    return ", ".join(found) or say(words("no_features"))


def _source(name: str) -> str:
    """Where a weak label is from."""
    return say(words(f"by_{name}")) if name in ("text", "category", "prompt", "query") else name
