"""Activation maps that are computed in a thread, and only for photos that want to be painted."""
from __future__ import annotations

import threading
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from AnyQt.QtCore import QObject, Qt
from AnyQt.QtCore import pyqtSignal as Signal
from AnyQt.QtGui import QImage, QPixmap
from PIL import Image

from orangecontrib.customs.i18n import Sayable
from orangecontrib.customs.photos.backbones import BackboneError
from orangecontrib.customs.photos.decode import PhotoError, decode_and_place
from orangecontrib.customs.photos.explain import ExplainError, activation_map, overlay
from orangecontrib.customs.photos.extract import Extractor
from orangecontrib.customs.photos.model import ModelError, PhotoModel
from orangecontrib.customs.photos.sources import Photo
from orangecontrib.customs.widgets.utils.photos.thumbnails import SIZE, ThumbnailLoader

__all__ = ["Explained", "MapLoader", "MapThumbnails", "explained_square"]

#: Share of white in a photo below a map.
PALE = .25

#: Pixels that stay in memory: 300 thumbnails, or 18 large pictures.
_KEPT = 300 * SIZE ** 2
_WAITING = 60


@dataclass(frozen=True)
class Explained:
    """A photo with the map of a feature laid over it.

    Attributes
    ----------
    pixmap : QPixmap
        Null where the photo can't be read.
    score, constant : float
        As in ``explain.ActivationMap``.
    reason : Sayable
        Why there is no map.
    """

    pixmap: QPixmap
    score: float = np.nan
    constant: float = np.nan
    reason: Sayable = ""

    @property
    def seen(self) -> float:
        """What the places of the photo add up to."""
        return self.score - self.constant


def explained_square(extractor: Extractor, path: str, feature: str, size: int
                     ) -> tuple[np.ndarray, float, float]:
    """The photo in a white square of `size` pixels with the map over it; score and constant.

    The photo is pale and grey below the map: on a red shoe red would say nothing.
    """
    photo = Photo(path, "", Path(path))
    found = activation_map(extractor, photo, feature)
    square, box = decode_and_place(photo.read(), size)
    image = Image.fromarray(square)
    grey = image.crop(box).convert("L").convert("RGB")
    pale = Image.blend(grey, Image.new("RGB", grey.size, "white"), PALE)
    image.paste(overlay(pale, found), box)
    return np.asarray(image), found.score, found.constant


class MapLoader(QObject):
    """Maps by path, feature and size: from memory, or None now and a signal when there.

    The newest request is served first and old ones are forgotten, as with thumbnails.
    """

    #: The map of this photo can be painted now (or is known to be impossible).
    ready = Signal(str)

    #: No photo can be explained with this model; says why.  No more requests are served.
    impossible = Signal(object)

    #: Something went wrong that nobody foresaw.
    failed = Signal(object)

    _computed = Signal(tuple, QImage, float, float, object, int)
    _gave_up = Signal(object, bool, int)

    def __init__(self, parent=None):
        super().__init__(parent)
        self._model: PhotoModel | None = None
        self._extractor: Extractor | None = None
        self._round = 0  # results of earlier rounds are not wanted any more
        self._off = False
        self._maps: OrderedDict[tuple[str, str, int], Explained] = OrderedDict()
        self._waiting: OrderedDict[tuple[str, str, int], None] = OrderedDict()
        self._at_work: set[tuple[str, str, int]] = set()
        self._lock = threading.Lock()
        self._executor: ThreadPoolExecutor | None = ThreadPoolExecutor(1, "maps")
        # queued: signals of the worker are handled in the GUI thread
        self._computed.connect(self._keep, Qt.QueuedConnection)
        self._gave_up.connect(self._end, Qt.QueuedConnection)

    @property
    def waiting(self) -> int:
        """Photos that are still to be explained, the one at work included."""
        return len(self._waiting) + len(self._at_work)

    def set_model(self, model: PhotoModel | None) -> None:
        """Forget everything and explain with this model from now on."""
        self.cancel()
        self._maps.clear()
        with self._lock:
            self._round += 1
            self._at_work.clear()
            self._model, self._off = model, False

    def cancel(self) -> None:
        """Compute nothing more of what was asked for; what is there stays."""
        with self._lock:
            self._waiting.clear()

    def get(self, path: str, feature: str, size: int = SIZE) -> Explained | None:
        """The photo with its map; None if it is not there yet."""
        key = path, feature, size
        if key in self._maps:
            self._maps.move_to_end(key)
            return self._maps[key]
        if self._executor is not None and self._model is not None and not self._off:
            with self._lock:
                if key in self._at_work:
                    return None
                new = key not in self._waiting
                self._waiting[key] = None
                self._waiting.move_to_end(key)
                while len(self._waiting) > _WAITING:
                    self._waiting.popitem(last=False)
            if new:
                self._executor.submit(self._compute_next)
        return None

    def stop(self) -> None:
        """End the thread; call it before the owner goes."""
        self.cancel()
        if self._executor is not None:
            self._executor.shutdown(wait=True, cancel_futures=True)
            self._executor = None

    def _compute_next(self) -> None:
        with self._lock:
            if not self._waiting:
                return
            key, _ = self._waiting.popitem()
            self._at_work.add(key)
            model, asked = self._model, self._round
        try:
            if self._extractor is None or self._extractor.model is not model:
                self._extractor = Extractor(model, cache=False)
            square, score, constant = explained_square(self._extractor, *key)
            height, width = square.shape[:2]
            image = QImage(square.tobytes(), width, height, 3 * width,
                           QImage.Format_RGB888).copy()
            self._computed.emit(key, image, score, constant, "", asked)
        except PhotoError as error:
            self._computed.emit(key, QImage(), np.nan, np.nan, error.reason, asked)
        except ExplainError as error:
            self._gave_up.emit(error.reason, True, asked)
        except (ModelError, BackboneError) as error:
            self._gave_up.emit(str(error), True, asked)
        except Exception as error:  # noqa: BLE001 – torch and ONNX Runtime have their own
            self._gave_up.emit(str(error) or type(error).__name__, False, asked)

    def _keep(self, key, image: QImage, score: float, constant: float, reason: Sayable,
              asked: int):
        if asked != self._round:
            return
        with self._lock:
            self._at_work.discard(key)
        pixmap = QPixmap.fromImage(image) if not image.isNull() else QPixmap()
        self._maps[key] = Explained(pixmap, score, constant, reason)
        while len(self._maps) > 1 and self._pixels() > _KEPT:
            self._maps.popitem(last=False)
        self.ready.emit(key[0])

    def _pixels(self) -> int:
        return sum(found.pixmap.width() * found.pixmap.height() for found in self._maps.values())

    def _end(self, reason: Sayable, foreseen: bool, asked: int):
        if asked != self._round:
            return
        self.cancel()
        with self._lock:
            self._at_work.clear()
        self._off = True
        (self.impossible if foreseen else self.failed).emit(reason)


class MapThumbnails(QObject):
    """Thumbnails for a gallery: with the map of the chosen feature where it is there."""

    ready = Signal(str)

    def __init__(self, plain: ThumbnailLoader, maps: MapLoader, parent=None):
        super().__init__(parent)
        self._plain, self._maps = plain, maps
        #: Id of the feature that is explained, or None.
        self.feature: str | None = None
        plain.ready.connect(self.ready)
        maps.ready.connect(self.ready)

    def get(self, path: str) -> QPixmap | None:
        """The picture; null if it can't be read, None if it is not there yet."""
        if self.feature is not None:
            explained = self._maps.get(path, self.feature)
            if explained is not None and not explained.reason:
                return explained.pixmap
        return self._plain.get(path)
