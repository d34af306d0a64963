"""Photos → probabilities: reading, decoding and computing in parallel, in batches.

On a GPU threads decode while the backbone computes.  On a CPU each core takes a few photos all the
way: decoding threads beside computing ones would only take the cores from each other.

What the backbone said about a photo is kept by its content: a photo that was seen before is
neither decoded nor computed.
"""
from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from orangecontrib.customs.i18n import Message

from . import backbones
from .cache import FeatureCache
from .decode import PhotoError, decode
from .engines import cores, out_of_memory
from .model import Judgement, ModelError, PhotoModel
from .shots import Seen, not_judged
from .sources import Photo

__all__ = ["Extractor", "PhotoResults"]

#: Photos that a thread takes at a time, at most: one look into the cache for all of them.
SLICE = 8

#: Batches that the threads are ahead of the results.
AHEAD = 2


@dataclass(frozen=True)
class PhotoResults:
    """What the heads say about M photos.

    Attributes
    ----------
    photos : list of Photo
        The photos that could be used, in order.
    probabilities : ndarray of float, shape (M, n_features)
        In the order of ``model.features``.
    gradability : ndarray of float, shape (M, n_facts)
        "Can this be judged here?", in the order of ``model.facts``.
    contradiction : ndarray of float, shape (M,)
        P that the features of a photo fit no kind of goods.
    skipped : list of (Photo, Message)
        Photos that could not be used, and why.
    cancelled : bool
    seen : Seen or None
        How the photos were taken, as far as the model knows it.
    not_judged : list of (Message or None)
        Of each photo, what it can't show, and why.
    """

    photos: list[Photo]
    probabilities: np.ndarray
    gradability: np.ndarray
    contradiction: np.ndarray
    skipped: list[tuple[Photo, Message]] = field(default_factory=list)
    cancelled: bool = False
    seen: Seen | None = None
    not_judged: list[Message | None] = field(default_factory=list)

    @property
    def good_ids(self) -> list[str]:
        """The good of each photo."""
        return [photo.good_id for photo in self.photos]


class Extractor:
    """Applies a PhotoModel to photos; loads the backbone at first use.

    Parameters
    ----------
    model : PhotoModel, optional
        The bundled one by default.
    device : str, optional
        Such as "cpu" or "cuda"; the best there is by default.
    weights : path, optional
        Local file with the backbone's weights, for backbones that no package brings.
    backbone : LoadedBackbone, optional
        A backbone that is loaded already.
    backend : {"auto", "onnxruntime", "torch"}
        As in :class:`backbones.LoadedBackbone`.
    cache : FeatureCache or bool
        What is kept between runs; True: in the user's cache folder (see ``files.VARIABLE``).
    """

    def __init__(self, model: PhotoModel | None = None, device: str | None = None,
                 weights=None, backbone: backbones.LoadedBackbone | None = None,
                 backend: str = "auto", cache: FeatureCache | bool = True):
        self.model = PhotoModel.default() if model is None else model
        self.cache = FeatureCache() if cache is True else cache or None
        self._given = weights, device, backend
        self._lock = threading.Lock()
        self._backbone = None
        if backbone is not None:
            self._backbone = self._checked(backbone)

    @property
    def backbone(self) -> backbones.LoadedBackbone:
        """The backbone with weights; ModelError if it is not the one the model was trained on."""
        with self._lock:
            if self._backbone is None:
                self._backbone = self._checked(_loaded(self.model, *self._given))
            return self._backbone

    def _checked(self, backbone):
        if backbone.digest != self.model.backbone_digest:
            raise ModelError(
                f"the model was trained on other weights of the backbone '{self.model.backbone}' "
                f"({self.model.backbone_digest[:12]}…) than are here ({backbone.digest[:12]}…)")
        if backbone.spec.transform != self.model.transform:
            raise ModelError("the model was trained with another input transform: "
                             f"{self.model.transform}")
        if backbone.spec.width != len(self.model.weights):
            raise ModelError(f"the heads read {len(self.model.weights)} numbers of a photo, and "
                             f"the backbone '{self.model.backbone}' gives {backbone.spec.width}")
        return backbone

    @property
    def device_name(self) -> str:
        """Where the backbone computes, in words for people."""
        return self.backbone.device_name

    def run(self, photos: Iterable[Photo],
            progress: Callable[[int, int], bool | None] | None = None,
            batch: int | None = None) -> PhotoResults:
        """Extract features of photos.

        A photo that can't be used is skipped with the reason; the others go on.  Memory does
        not grow with the number of photos, but for their results.

        Parameters
        ----------
        progress : callable, optional
            Called as progress(done, total).  If it returns True or raises
            ``InterruptedError``, the run ends and the results so far are returned.
        batch : int, optional
            Photos that the backbone looks at together; by default what fits into the memory.

        Raises
        ------
        ModelError, BackboneError
            The backbone can't be had, or there is no memory even for a single photo.
        """
        photos, backbone = list(photos), self.backbone
        batch = batch or getattr(backbone, "batch", 32)
        compute = _Computing(backbone, self.cache)
        used, skipped, said = [], [], [self.model.judge(np.zeros((0, backbone.spec.width)))]
        done, cancelled, threads = 0, False, max(2, cores())
        part = int(np.clip(min(batch, len(photos)) // threads, 1, SLICE))
        with ThreadPoolExecutor(threads, "photos") as pool:
            waiting = iter(range(0, len(photos), batch))
            ahead: deque = deque()
            while True:
                for start in waiting:
                    end = min(start + batch, len(photos))
                    ahead.append([pool.submit(compute.prepare, photos[i:min(i + part, end)])
                                  for i in range(start, end, part)])
                    if len(ahead) > AHEAD:
                        break
                if not ahead:
                    break
                looked_at = [one for future in ahead.popleft() for one in future.result()]
                skipped += [(one.photo, one.reason) for one in looked_at if one.reason]
                good = [one for one in looked_at if not one.reason]
                if good:
                    # heads at once: features of many photos would fill the memory
                    said.append(self.model.judge(compute(good)))
                    used += [one.photo for one in good]
                done += len(looked_at)
                del looked_at, good
                if _stopped(progress, done, len(photos)):
                    cancelled = done < len(photos)
                    for future in (f for futures in ahead for f in futures):
                        future.cancel()
                    break
        judged, seen = zip(*said)
        judged, seen = Judgement.of(judged), Seen.of(seen)
        return PhotoResults(used, *judged, skipped, cancelled, seen,
                            not_judged(seen, judged.gradability, self.model.group))


@dataclass
class _Looked:
    """A photo that was read: decoded, known from earlier, or not to be used."""

    photo: Photo
    name: str = ""
    image: np.ndarray | None = None
    features: np.ndarray | None = None
    reason: Message | None = None


class _Computing:
    """Features of photos on a backbone, by way of the cache."""

    def __init__(self, backbone: backbones.LoadedBackbone, cache: FeatureCache | None):
        self._backbone, self._cache = backbone, cache
        self._on_one_core = getattr(backbone, "on_one_core", None)
        self._limit: int | None = None  # photos at a time, once memory has run out

    def prepare(self, photos: Sequence[Photo]) -> list[_Looked]:
        """Read photos; decode those that are not known; compute them if a core can by itself."""
        looked_at = [_Looked(photo) for photo in photos]
        contents = {}
        for number, one in enumerate(looked_at):
            try:
                contents[number] = one.photo.read()
                if self._cache is not None:
                    one.name = hashlib.sha256(contents[number]).hexdigest()
            except PhotoError as error:
                one.reason = error.reason
        known = {} if self._cache is None else self._cache.get_many(
            self._backbone, [one.name for one in looked_at if one.name])
        for number, one in enumerate(looked_at):
            one.features = known.get(one.name)
            content = contents.pop(number, None)
            if content is None or one.features is not None:
                continue
            try:
                one.image = decode(content, self._backbone.spec.size)
            except PhotoError as error:
                one.reason = error.reason
        if self._on_one_core is not None:
            self._complete([one for one in looked_at if not one.reason], self._on_one_core)
        return looked_at

    def __call__(self, photos: Sequence[_Looked]) -> np.ndarray:
        """Features of photos that were prepared, in order."""
        self._complete(photos, self._backbone)
        return np.stack([one.features for one in photos])

    def _complete(self, photos: Sequence[_Looked], work: Callable) -> None:
        new = [one for one in photos if one.features is None]
        if not new:
            return
        computed = self._computed(np.stack([one.image for one in new]), work)
        for one, row in zip(new, computed):
            one.image, one.features = None, row
        if self._cache is not None:
            self._cache.put_many(self._backbone, {one.name: one.features for one in new})

    def _computed(self, images: np.ndarray, work: Callable) -> np.ndarray:
        """What the backbone says; in halves when memory runs out."""
        parts, first = [], 0
        while first < len(images):
            part = images[first:first + (self._limit or len(images))]
            try:
                parts.append(work(part))
            except Exception as error:  # torch and ONNX Runtime have classes of their own
                if not out_of_memory(error):
                    raise
                if len(part) == 1:
                    raise backbones.BackboneError(
                        "there is not enough memory for the backbone "
                        f"'{self._backbone.spec.name}', even for a single photo: close "
                        "other programs, or compute on another device") from error
                self._limit = len(part) // 2
                continue
            first += len(part)
        return np.concatenate(parts)


def _stopped(progress, done: int, total: int) -> bool:
    if progress is None:
        return False
    try:
        return progress(done, total) is True
    except InterruptedError:
        return True


_BACKBONES: OrderedDict[tuple, backbones.LoadedBackbone] = OrderedDict()
_BACKBONES_LOCK = threading.Lock()


def _loaded(model: PhotoModel, weights, device, backend) -> backbones.LoadedBackbone:
    """Backbones of this process: the last two stay, since loading takes seconds."""
    own = model.backbone_state is not None
    key = (model.backbone, model.backbone_digest, weights and str(weights), device, backend,
           str(model.brighten))
    with _BACKBONES_LOCK:
        if key not in _BACKBONES:
            _BACKBONES[key] = _restored(model, device, backend) if own \
                else backbones.load(model.backbone, weights, device=device, backend=backend,
                                    wanted=model.backbone_digest, brighten=model.brighten)
            while len(_BACKBONES) > 2:
                _BACKBONES.popitem(last=False)
        _BACKBONES.move_to_end(key)
        return _BACKBONES[key]


def _restored(model: PhotoModel, device, backend) -> backbones.LoadedBackbone:
    found = backbones.digest(model.backbone_state)
    if found != model.backbone_digest:
        raise ModelError(f"the backbone inside the model ({found[:12]}…) is not the one that its "
                         f"heads were trained on ({model.backbone_digest[:12]}…): get the model's "
                         "file again")
    try:
        return backbones.restore(model.backbone, model.backbone_state, device, backend, model.group,
                                 model.brighten)
    except backbones.BackboneError as error:
        raise ModelError(f"the model's own backbone can't be used: {error}") from error
