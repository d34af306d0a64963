"""Ids of goods as people give them → keys, by which all evidence is matched."""
from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

__all__ = ["unique_keys"]


def unique_keys(ids: Sequence[str], times: Mapping[str, int] | None = None,
                taken: Collection[str] = ()) -> list[str]:
    """The ids, unique: a repeated one gets ``#2``, ``#3`` ..., never that of another good.

    Parameters
    ----------
    ids : sequence of str
    times : dict of str to int, optional
        The number that an id had last, in an earlier part of the goods.
    taken : collection of str
        Keys of other goods.

    >>> unique_keys(["A", "A", "A#3", "A"])
    ['A', 'A#2', 'A#3', 'A#4']
    """
    taken = {*ids, *taken}
    times = dict(times or {})
    keys = []
    for key in ids:
        number = times.get(key, 0) + 1
        unique = key
        while number > 1 and (unique := f"{key}#{number}") in taken:
            number += 1
        taken.add(unique)
        times[key] = number
        keys.append(unique)
    return keys
