"""Which photos speak for a fact, and why others can't: the words that rows of goods quote."""
from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from orangecontrib.customs.i18n import LANGUAGES, Joined, Message, Words, say

from .pooling import Pooled

__all__ = ["photo_notes", "skipped_photo", "why_skipped"]

#: Photos named per fact, and the log-odds below which a photo says nothing.
MOST, LEAST = 2, 0.3


def photo_notes(pooled: Pooled, names: Sequence[str]) -> dict[tuple[str, str], str]:
    """(good id, fact) -> the photos that weigh most, with their signed log-odds.

    Parameters
    ----------
    names : sequence of str, length M
        Names of the photos in the order that `pool` got them.
    """
    columns: dict[str, list[int]] = {}
    for i, feature in enumerate(pooled.group.features):
        columns.setdefault(feature.fact, []).append(i)
    notes = {}
    for row, good in enumerate(pooled.good_ids):
        photos = np.flatnonzero(pooled.photo_good == row)
        for fact, members in columns.items():
            part = pooled.contributions[np.ix_(photos, members)]
            if not part.size:
                continue
            # of several features of a fact (heights), the one that says most
            strongest = part[np.arange(len(photos)), np.abs(part).argmax(axis=1)]
            order = np.argsort(-np.abs(strongest), kind="stable")[:MOST]
            said = [f"{names[photos[j]].rsplit('/', 1)[-1]} {strongest[j]:+.1f}"
                    for j in order if abs(strongest[j]) >= LEAST]
            if said:
                notes[good, fact] = ", ".join(said)
    return notes


def skipped_photo(image: str, columns: Mapping[str, str], reason: Message) -> dict:
    """A photo that could not be used, as :class:`~..columns.SkippedPhotos` has it."""
    return {"image": image, "columns": dict(columns),
            "reason": {name: say(reason, name) for name in LANGUAGES}}


def why_skipped(photo: Mapping) -> Joined:
    """«image: reason» of a skipped photo."""
    return Joined((photo["image"], Words(*(photo["reason"][name] for name in LANGUAGES))), ": ")
