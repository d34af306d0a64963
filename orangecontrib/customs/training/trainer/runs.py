"""A run from photos and settings to a model with its evaluation, as a task of a window."""
from __future__ import annotations

import re
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from orangecontrib.customs.i18n import Message, say
from orangecontrib.customs.photos.cache import FeatureCache
from orangecontrib.customs.photos.extract import Extractor
from orangecontrib.customs.photos.model import PhotoModel
from orangecontrib.customs.training.report import Report, report
from orangecontrib.customs.training.trainer import (
    Progress,
    Recipe,
    Trained,
    TrainingPhotos,
    train,
)
from orangecontrib.customs.training.trainer.table import Table

__all__ = ["Loaded", "Outcome", "Request", "TaskState", "load", "run"]

#: Seconds between two drawings of the curves while a run goes on.
REDRAW = .25


class TaskState(Protocol):
    """What tells of a task while it runs, as Orange's widgets have it."""

    def set_status(self, text: str) -> None: ...
    def set_progress_value(self, value: float) -> None: ...
    def set_partial_result(self, value) -> None: ...
    def is_interruption_requested(self) -> bool: ...


@dataclass(frozen=True, eq=False)
class Request:
    """All that a run depends on; see `is_like`.

    Attributes
    ----------
    data : Table
    photos : TrainingPhotos
    rows : ndarray of int
        Rows of the photos in the table.
    settings : tuple
        What else decides, as literals: to be compared.
    recipe : Recipe
    checkpoint, weights : Path or None
    sha256 : str or None
    allow_download : bool
    """

    data: Table
    photos: TrainingPhotos
    rows: np.ndarray
    settings: tuple
    recipe: Recipe
    checkpoint: Path | None
    weights: Path | None
    sha256: str | None
    allow_download: bool

    def is_like(self, other: Request | None) -> bool:
        """Whether the same run would come out."""
        return other is not None and self.data is other.data and self.settings == other.settings


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a run gives back."""

    request: Request
    trained: Trained
    report: Report


@dataclass(frozen=True)
class Loaded:
    """A model that was read from a file."""

    path: str
    model: PhotoModel


def run(request: Request, stopped: threading.Event, state: TaskState) -> Outcome:
    """Train and evaluate; `stopped` ends the training and keeps the best so far."""
    drawn, percent = 0., -1

    def progress(now: Progress) -> bool:
        nonlocal drawn, percent
        share = 100 * now.done // now.total
        if share != percent:
            percent = share
            state.set_progress_value(share)
            stage = Message("training.stage_" + re.sub(r"\W", "_", now.stage))
            state.set_status(say(Message.of("training.in_epoch", stage=stage, epoch=now.epoch)
                                 if now.epoch else stage) + "…")
        if now.history and time.monotonic() - drawn > REDRAW:
            state.set_partial_result(now.history)
            drawn = time.monotonic()
        return stopped.is_set() or state.is_interruption_requested()

    state.set_status(say(Message("training.loading_network")))
    cache = FeatureCache()
    try:
        trained = train(request.photos, request.recipe, progress, request.checkpoint,
                        request.weights, request.sha256, request.allow_download, cache=cache)
    finally:
        cache.close()
    state.set_status(say(Message("training.evaluating")))
    return Outcome(request, trained, report(trained))


def load(path: Path, shown: str, weights: Path | None, state: TaskState) -> Loaded:
    """Read a model file, and see whether its backbone is here."""
    state.set_status(say(Message("training.loading")))
    model = PhotoModel.load(path)
    extractor = Extractor(model, weights=weights, cache=False)
    extractor.backbone  # noqa: B018 – refuses a backbone with other weights
    return Loaded(shown, model)
