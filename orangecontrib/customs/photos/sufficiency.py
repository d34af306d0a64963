"""What the photos of a good leave open: facts that none shows, and photos that don't fit."""
from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from orangecontrib.customs.i18n import Message

from .agreement import torn_goods
from .pooling import Pooled
from .shots import DECLINED

__all__ = ["doubtful_photos", "shown_facts"]


def shown_facts(pooled: Pooled) -> dict[str, frozenset[str]]:
    """Per good, the visual facts that one of its photos at least can show."""
    facts = pooled.group.visual_facts
    return {good: frozenset(fact for fact, p in zip(facts, row) if p >= DECLINED)
            for good, row in zip(pooled.good_ids, pooled.gradability)}


def doubtful_photos(pooled: Pooled, names: Sequence[str]) -> dict[str, Message]:
    """Per good, that a photo seems to show another one, or that its photos contradict each other.

    Parameters
    ----------
    names : sequence of str, length M
        Of the photos, in the order that `pool` got them.
    """
    short = [name.rsplit("/", 1)[-1] for name in names]
    found = {}
    for row in np.flatnonzero(pooled.foreign):
        found[pooled.good_ids[pooled.photo_good[row]]] = Message.of(
            "sufficiency.foreign", image=short[row],
            times=float(np.exp(-pooled.agreement[row])))
    for good in torn_goods(pooled.agreement, pooled.photo_good, pooled.foreign):
        images = [short[row] for row in np.flatnonzero(pooled.photo_good == good)]
        found[pooled.good_ids[good]] = Message.of("sufficiency.torn", images=", ".join(images))
    return found
