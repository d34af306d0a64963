"""Which photos speak for a fact, and why others can't: the words that rows of goods quote."""
from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from orangecontrib.customs.groups import Group
from orangecontrib.customs.i18n import LANGUAGES, Joined, Message, Words, say

from .pooling import Pooled
from .shots import DECLINED

__all__ = ["hidden_facts", "photo_notes", "skipped_photo", "why_skipped"]

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


def hidden_facts(good_ids: Sequence[str], gradability: np.ndarray, group: Group
                 ) -> dict[str, Message]:
    """Good id -> the facts that none of its photos can show; goods that lack none are left out.

    Parameters
    ----------
    gradability : ndarray, shape (M, n_facts)
        Of a model that knows views: others judge nearly everything.
    """
    found = {}
    for good in dict.fromkeys(good_id for good_id in good_ids if good_id):
        mine = gradability[[id_ == good for id_ in good_ids]]
        hidden = (mine < DECLINED).all(axis=0)
        if hidden.any():
            facts = tuple(group.vocabulary[fact]
                          for fact, none in zip(group.visual_facts, hidden) if none)
            found[good] = Message.of("photos.hidden", facts=Joined(facts, ", "))
    return found


def skipped_photo(image: str, columns: Mapping[str, str], reason: Message) -> dict:
    """A photo that could not be used, as :class:`~..columns.SkippedPhotos` has it."""
    return {"image": image, "columns": dict(columns),
            "reason": {name: say(reason, name) for name in LANGUAGES}}


def why_skipped(photo: Mapping) -> Joined:
    """«image: reason» of a skipped photo."""
    return Joined((photo["image"], Words(*(photo["reason"][name] for name in LANGUAGES))), ": ")
