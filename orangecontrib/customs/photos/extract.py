"""Photos → probabilities: decoding in threads while the trunk computes, in batches."""
from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from . import trunks
from .decode import PhotoError, decode
from .model import ModelError, PhotoModel
from .sources import Photo

__all__ = ["Extractor", "PhotoResults"]

DECODING_THREADS = 2


@dataclass(frozen=True)
class PhotoResults:
    """What the heads say about M photos.

    Attributes
    ----------
    photos : list of Photo
        The photos that could be used, in order.
    probabilities : ndarray of float, shape (M, 14)
        In the order of ``footwear.features()``.
    gradability : ndarray of float, shape (M, 10)
        "Can this be judged here?", in the order of ``model.fact_ids()``.
    skipped : list of (Photo, str)
        Photos that could not be used, and why.
    cancelled : bool
    """

    photos: list[Photo]
    probabilities: np.ndarray
    gradability: np.ndarray
    skipped: list[tuple[Photo, str]] = field(default_factory=list)
    cancelled: bool = False

    @property
    def good_ids(self) -> list[str]:
        """The good of each photo."""
        return [photo.good_id for photo in self.photos]


class Extractor:
    """Applies a PhotoModel to photos; loads the trunk at first use.

    Parameters
    ----------
    model : PhotoModel, optional
        The bundled one by default.
    device : str, optional
        Such as "cpu" or "cuda"; the best there is by default.
    weights : path, optional
        Local file with the trunk's weights, for trunks that no package brings.
    trunk : LoadedTrunk, optional
        A trunk that is loaded already.
    """

    def __init__(self, model: PhotoModel | None = None, device: str | None = None,
                 weights=None, trunk: trunks.LoadedTrunk | None = None):
        self.model = PhotoModel.default() if model is None else model
        self._device = device
        self._weights = weights
        self._lock = threading.Lock()
        self._trunk = None
        if trunk is not None:
            self._trunk = self._checked(trunk)

    @property
    def trunk(self) -> trunks.LoadedTrunk:
        """The trunk with weights; ModelError if it is not the one the model was trained on."""
        with self._lock:
            if self._trunk is None:
                self._trunk = self._checked(
                    _loaded(self.model.trunk, self._weights, self._device))
            return self._trunk

    def _checked(self, trunk):
        if trunk.digest != self.model.trunk_digest:
            raise ModelError(
                f"the model was trained on other weights of the trunk '{self.model.trunk}' "
                f"({self.model.trunk_digest[:12]}…) than are here ({trunk.digest[:12]}…)")
        if trunk.trunk.transform != self.model.transform:
            raise ModelError("the model was trained with another input transform: "
                             f"{self.model.transform}")
        return trunk

    @property
    def device_name(self) -> str:
        """Where the trunk computes, in words for people."""
        return self.trunk.device_name

    def run(self, photos: Iterable[Photo],
            progress: Callable[[int, int], bool | None] | None = None,
            batch: int = 32) -> PhotoResults:
        """Extract features of photos.

        A photo that can't be used is skipped with the reason; the others go on.

        Parameters
        ----------
        progress : callable, optional
            Called as progress(done, total).  If it returns True or raises
            ``InterruptedError``, the run ends and the results so far are returned.
        """
        photos = list(photos)
        used, skipped, features = [], [], []
        trunk, size = self.trunk, self.model.transform["size"]
        batches = [photos[i:i + batch] for i in range(0, len(photos), batch)]
        cancelled, done = False, 0
        with ThreadPoolExecutor(DECODING_THREADS, "decode") as pool:
            def start(part):
                return [(photo, pool.submit(_decode, photo, size)) for photo in part]

            ahead = start(batches[0]) if batches else []
            for number in range(len(batches)):
                current = ahead
                ahead = start(batches[number + 1]) if number + 1 < len(batches) else []
                images = []
                for photo, future in current:
                    try:
                        images.append(future.result())
                        used.append(photo)
                    except PhotoError as error:
                        skipped.append((photo, str(error)))
                if images:
                    features.append(trunk(np.stack(images)))
                done += len(current)
                if _stopped(progress, done, len(photos)):
                    cancelled = done < len(photos)
                    for _, future in ahead:
                        future.cancel()
                    break
        x = np.concatenate(features) if features else np.zeros((0, len(self.model.weights)))
        return PhotoResults(used, *self.model(x), skipped, cancelled)


def _decode(photo: Photo, size: int) -> np.ndarray:
    return decode(photo.read(), size)


def _stopped(progress, done: int, total: int) -> bool:
    if progress is None:
        return False
    try:
        return progress(done, total) is True
    except InterruptedError:
        return True


_TRUNKS: OrderedDict[tuple, trunks.LoadedTrunk] = OrderedDict()
_TRUNKS_LOCK = threading.Lock()


def _loaded(name: str, weights, device) -> trunks.LoadedTrunk:
    """Trunks of this process: the last two stay, since loading takes seconds."""
    key = (name, None if weights is None else str(weights), device)
    with _TRUNKS_LOCK:
        if key not in _TRUNKS:
            _TRUNKS[key] = trunks.load(name, weights, device=device)
            while len(_TRUNKS) > 2:
                _TRUNKS.popitem(last=False)
        _TRUNKS.move_to_end(key)
        return _TRUNKS[key]
