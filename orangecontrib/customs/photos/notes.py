"""Which photos speak for a fact, and why others can't: the words that rows of goods quote."""
from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from orangecontrib.customs.facts import Feature
from orangecontrib.customs.groups import Group
from orangecontrib.customs.i18n import LANGUAGES, Joined, Message, Words, say
from orangecontrib.customs.i18n.numbers import SILENT, strength

from .pooling import Pooled
from .sufficiency import shown_facts

__all__ = ["hidden_facts", "photo_notes", "skipped_photo", "speaks", "why_skipped"]

#: Photos named per fact.
MOST = 2


def photo_notes(pooled: Pooled, names: Sequence[str]) -> dict[tuple[str, str], Joined]:
    """(good id, fact) -> the photos that weigh most, and the value for which each speaks.

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
            strongest = np.abs(part).argmax(axis=1)
            weights = part[np.arange(len(photos)), strongest]
            order = np.argsort(-np.abs(weights), kind="stable")[:MOST]
            said = tuple(
                _said(names[photos[j]].rsplit("/", 1)[-1], pooled.group,
                      pooled.group.features[members[strongest[j]]], float(weights[j]))
                for j in order if abs(weights[j]) >= SILENT)
            if said:
                notes[good, fact] = Joined(said)
    return notes


def hidden_facts(pooled: Pooled) -> dict[str, Message]:
    """Good id -> the facts that none of its photos can show; goods that lack none are left out.

    Of a model that knows views: others judge nearly everything.
    """
    group = pooled.group
    return {good: Message.of("photos.hidden", facts=Joined(tuple(
                group.vocabulary[fact] for fact in group.visual_facts if fact not in shown), ", "))
            for good, shown in shown_facts(pooled).items() if len(shown) < len(group.visual_facts)}


def _said(photo: str, group: Group, feature: Feature, weight: float) -> Message:
    """What a photo says of the fact of a feature: against one of two values is for the other."""
    fact = group.vocabulary[feature.fact]
    value, speaks_for = fact.values[fact.index(feature.value)], weight > 0
    if not speaks_for and len(fact.values) == 2:
        value, speaks_for = fact.values[1 - fact.index(feature.value)], True
    return Message.of("card.photo_for" if speaks_for else "card.photo_against", photo=photo,
                      value=value, strength=strength(weight))


def speaks(weights: Mapping[str, float], features: Sequence[Feature], fact: str, value: str
           ) -> tuple[Feature | None, float]:
    """What a photo says of a value of a fact: the feature that says most, and how much.

    Parameters
    ----------
    weights : dict of str to float
        What the photo adds to each feature, in log-odds.
    features : sequence of Feature
    fact, value : str

    Returns
    -------
    Feature or None
        None where no feature is a witness of the fact.
    float
        Above 0 for the value, below 0 against it.
    """
    said = [(f, weights[f.id] if f.value == value else -weights[f.id])
            for f in features if f.fact == fact and f.id in weights]
    own = [one for one in said if one[0].value == value]
    return max(own or said, key=lambda one: abs(one[1]), default=(None, 0.))


def skipped_photo(image: str, columns: Mapping[str, str], reason: Message) -> dict:
    """A photo that could not be used, as :class:`~..columns.SkippedPhotos` has it."""
    return {"image": image, "columns": dict(columns),
            "reason": {name: say(reason, name) for name in LANGUAGES}}


def why_skipped(photo: Mapping) -> Joined:
    """«image: reason» of a skipped photo."""
    return Joined((photo["image"], Words(*(photo["reason"][name] for name in LANGUAGES))), ": ")
