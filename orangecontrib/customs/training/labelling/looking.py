"""What the photo labeler does in a thread: look for photos that can't be read, ask the model."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from orangecontrib.customs.groups import Group
from orangecontrib.customs.i18n import Message, Sayable, say
from orangecontrib.customs.photos.decode import PhotoError, opened, photo_size
from orangecontrib.customs.photos.extract import Extractor
from orangecontrib.customs.photos.model import ModelError, PhotoModel
from orangecontrib.customs.photos.sources import Photo

__all__ = ["Looked", "run", "why_unreadable"]

#: Photos between two announcements of results.
CHUNK = 32


@dataclass
class Looked:
    """Results that are there so far.

    Attributes
    ----------
    unreadable : dict of int to Message
        Number of a photo → why.
    numbers : list of int
        Photos that the model has looked at.
    probabilities, gradability : ndarray, shape (len(numbers), n_features) and (…, n_facts)
    model : PhotoModel or None
    """

    unreadable: dict[int, Sayable] = field(default_factory=dict)
    numbers: list[int] = field(default_factory=list)
    probabilities: np.ndarray | None = None
    gradability: np.ndarray | None = None
    model: PhotoModel | None = None


def why_unreadable(path: str) -> Message | None:
    """Why a file is not a photo, by its first bytes; None if it looks like one."""
    try:
        if not photo_size(path):
            return Message("photos.empty")
        with opened(path):
            return None
    except PhotoError as error:
        return error.reason


def run(paths: Sequence[str], check: bool, order: Sequence[int],
        model: PhotoModel | None, bundled: bool, group: Group, state) -> None:
    """Announce, as partial results, what can't be read and what the model says.

    Parameters
    ----------
    paths : sequence of str
        Of all photos.
    check : bool
        Look for files that can't be read.
    order : sequence of int
        Photos that the model is asked about, the most urgent first; none: no model.
    model : PhotoModel or None
    bundled : bool
        Without a model, take the bundled one.
    group : Group
        Whose features are labelled.
    state : TaskState
    """
    unreadable = {}
    if check:
        state.set_status(say(Message("training.looking")))
        for number, path in enumerate(paths):
            reason = why_unreadable(path)
            if reason:
                unreadable[number] = reason
            if state.is_interruption_requested():
                return
    state.set_partial_result(Looked(unreadable))
    if model is None and not bundled or not len(order):
        return
    state.set_status(say(Message("training.loading")))
    model = PhotoModel.default() if model is None else model
    if model.group.id != group.id:
        raise ModelError(f"it tells features of the group '{model.group.id}', not of '{group.id}'")
    extractor = Extractor(model)
    todo = [int(number) for number in order if int(number) not in unreadable]
    for start in range(0, len(todo), CHUNK):
        part = todo[start:start + CHUNK]
        photos = [Photo(str(number), "", Path(paths[number])) for number in part]
        found = extractor.run(photos, lambda *_: state.is_interruption_requested(), CHUNK)
        if state.is_interruption_requested():
            return
        state.set_partial_result(Looked(
            {int(photo.image): reason for photo, reason in found.skipped},
            [int(photo.image) for photo in found.photos], found.probabilities,
            found.gradability, extractor.model))
        done = start + len(part)
        state.set_progress_value(100 * done / len(todo))
        state.set_status(say(Message.of("training.looked", done=done, n=len(todo))))
