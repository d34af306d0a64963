"""What is done to a task on the way through a cluster; imports nothing of Ray.

Where there are GPUs each step has processes of its own, so that CPUs decode while GPUs compute;
else one process does all steps of a task, on one core.
"""
from __future__ import annotations

import os
import pickle
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from orangecontrib.customs.cases.files import InputError
from orangecontrib.customs.cases.sources import photos_of
from orangecontrib.customs.files import OutputError, Row

from ..spool import packed, unpacked
from ..work import Done, Job, Task, Worker

__all__ = ["STEPS", "Carried", "Sent", "Steps", "carried", "sent"]

#: What is done to a task, in this order.
STEPS = ("decode", "compute", "decide")

#: Photos that are computed together on a core.
_TOGETHER = 8


@dataclass(frozen=True)
class Carried(Task):
    """A task with its rows: other computers need not see the spool."""

    content: bytes = b""

    def rows(self, path: Path) -> Sequence[Row]:
        return unpacked(self.content)[self.start:self.start + len(self.ids)] if self.content \
            else []


def carried(task: Task, spool: Path) -> Carried:
    """A task as it is sent to other computers."""
    if isinstance(task, Carried):
        return task
    content = packed(task.rows(spool)) if task.block is not None else b""
    return Carried(**{**vars(task), "start": 0}, content=content)


@dataclass(frozen=True)
class Sent:
    """A job as other computers need it: a file of a photo model goes along."""

    job: Job
    model: bytes = b""

    def job_here(self) -> Job:
        """The job on the computer where this is called."""
        if not self.model:
            return self.job
        file, path = tempfile.mkstemp(Path(self.job.model).suffix, "orange-customs-")
        try:
            with os.fdopen(file, "wb") as new:
                new.write(self.model)
            from orangecontrib.customs.cases.api import engines_of
            from orangecontrib.customs.cases.sources import photo_model
            loaded = photo_model(path, [engine.group for engine in engines_of(
                self.job.groups, self.job.priors)])
        finally:
            Path(path).unlink()
        return replace(self.job, loaded=loaded)


def sent(job: Job) -> Sent:
    """What is sent of a job."""
    try:
        model = Path(job.model).read_bytes() if job.model and Path(job.model).is_file() else b""
    except OSError as error:
        raise InputError(f"cannot read {job.model}: {error.strerror or error}") from error
    return Sent(job, model)


@dataclass
class _Item:
    """A task on its way: what is known of its photos so far, by their place in it."""

    task: Carried
    images: dict[int, np.ndarray] = field(default_factory=dict)
    features: dict[int, np.ndarray] = field(default_factory=dict)
    reasons: dict[int, object] = field(default_factory=dict)


class Steps:
    """Some of :data:`STEPS`; what takes time to load is loaded once, when it is needed.

    Called with a task, or with what the steps before gave, it gives an item, or, after the last
    step, what came of the task.  An error that ends the run is given instead of raised: Ray would
    wrap it, and try again.
    """

    def __init__(self, content: bytes, names: Sequence[str] = STEPS):
        self._content, self._names = content, names

    @cached_property
    def _worker(self) -> _Decider:
        return _Decider(pickle.loads(self._content).job_here())

    @cached_property
    def _backbone(self):
        from orangecontrib.customs.photos.extract import Extractor
        job = self._worker.job
        return Extractor(self._worker.model, job.device, backend=job.backend).backbone

    def __call__(self, item: _Item | Carried) -> _Item | Done | Exception:
        from orangecontrib.customs.photos.backbones import BackboneError
        from orangecontrib.customs.photos.model import ModelError
        item = _Item(item) if isinstance(item, Carried) else item
        try:
            if item.task.photos and self._worker.job.model:
                for name in self._names[:len(self._names) - ("decide" in self._names)]:
                    getattr(self, name)(item)
            return self._worker.decided(item) if "decide" in self._names else item
        except (ModelError, BackboneError) as error:
            return InputError(str(error))
        except (InputError, OutputError, MemoryError) as error:
            return error

    def decode(self, item: _Item) -> None:
        """Read and decode photos; one that can't be used has a reason."""
        from orangecontrib.customs.photos.decode import PhotoError, decode
        size, ids = self._worker.model.transform["size"], set(item.task.ids)
        for place, photo in enumerate(item.task.photos):
            if ids.isdisjoint((photo.good_id, photo.good_id.rpartition("#")[0])) and ids:
                continue  # half of a task is sent with the photos of the whole
            try:
                item.images[place] = decode(photo.read(), size)
            except PhotoError as error:
                item.reasons[place] = error.reason

    def compute(self, item: _Item) -> None:
        """What the backbone says of decoded photos."""
        from orangecontrib.customs.photos.engines import out_of_memory
        backbone = self._backbone
        work = backbone.on_one_core or backbone
        together = _TOGETHER if backbone.on_one_core else backbone.batch
        places = list(item.images)
        while places:
            some = places[:together]
            try:
                found = work(np.stack([item.images[place] for place in some]))
            except Exception as error:  # torch and ONNX Runtime have classes of their own
                if not out_of_memory(error) or len(some) == 1:
                    raise
                together = len(some) // 2
                continue
            item.features.update(zip(some, found))
            del places[:len(some)]
        item.images = {}


class _Decider(Worker):
    """A worker of the batch whose photos have been computed before."""

    _known: Mapping = {}

    def decided(self, item: _Item) -> Done:
        """What comes of a task, the last step."""
        self._known = {photo: item.reasons.get(place, item.features.get(place))
                       for place, photo in enumerate(item.task.photos)}
        return self(item.task)

    def read(self, photos: Sequence):
        from orangecontrib.customs.photos.extract import PhotoResults
        used = [photo for photo in photos if isinstance(self._known[photo], np.ndarray)]
        skipped = [(photo, self._known[photo]) for photo in photos
                   if not isinstance(self._known[photo], np.ndarray)]
        judged, seen = self.model.judge(
            np.stack([self._known[photo] for photo in used]) if used
            else np.zeros((0, len(self.model.weights))))
        return photos_of(PhotoResults(used, *judged, skipped, seen=seen), self.model)
