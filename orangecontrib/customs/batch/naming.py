"""Ids of all goods, of which only those are kept that stand more than once."""
from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from orangecontrib.customs.cases.goods import Before, Good
from orangecontrib.customs.fusion.keys import unique_keys
from orangecontrib.customs.fusion.meeting import ENOUGH, Meeting

__all__ = ["Names", "Seen", "numbers_after"]


@dataclass
class Seen:
    """What a first look at all ids tells: eight bytes are kept of each.

    Attributes
    ----------
    named : bool
        Whether any row has an id.
    marked : set of str
        Ids that look like keys: there is a ``#`` in them.
    """

    named: bool = False
    marked: set[str] = field(default_factory=set)
    _hashes: array = field(default_factory=lambda: array("q"))

    def look(self, ids: Iterable[str]) -> None:
        for id_ in ids:
            self._hashes.append(hash(id_))
            if "#" in id_:
                self.marked.add(id_)

    def close(self) -> None:
        """All ids have been looked at."""
        hashes, counts = np.unique(np.frombuffer(self._hashes, np.int64), return_counts=True)
        self.different = len(hashes)
        self._known, self._hashes = hashes, array("q")
        self._repeated = hashes[counts > 1]

    def __contains__(self, id_: str) -> bool:
        return _within(self._known, hash(id_))

    def repeated(self, id_: str) -> bool:
        """Whether an id stands more than once, or another one with the same hash does."""
        return len(self._repeated) > 0 and _within(self._repeated, hash(id_))

    def meeting(self, names: tuple[str, str], own: Iterable[str], others: Sequence[str]
                ) -> Meeting | None:
        """As :func:`..fusion.meeting.strangers` tells of these ids and those of another source.

        `own` are all ids once more, of which no more are taken than examples need.
        """
        different = dict.fromkeys(others)
        both = sum(id_ in self for id_ in different)
        if not different or not self.different \
                or both >= ENOUGH * min(self.different, len(different)):
            return None
        mine: dict[str, None] = {}
        for id_ in own:
            if id_ not in different:
                mine[id_] = None
                if len(mine) == 2:
                    break
        theirs = [id_ for id_ in different if id_ not in self][:2]
        return Meeting(names, (self.different, len(different)), both, (tuple(mine), tuple(theirs)))


def _within(hashes: np.ndarray, value: int) -> bool:
    place = np.searchsorted(hashes, value)
    return bool(place < len(hashes) and hashes[place] == value)


class Names:
    """What the next goods' names depend on: of repeated ids, the last numbers of earlier goods.

    That descriptions of a repeated id name several goods is known only when they have been read.
    A task that is sent off before takes it that they do not; :meth:`settle` tells whether it was
    right.
    """

    def __init__(self, seen: Seen):
        self._seen = seen
        self._marked: dict[str, set[str]] = {}
        for id_ in seen.marked:
            self._marked.setdefault(id_.rpartition("#")[0], set()).add(id_)
        self._declared: dict[str, int] = {}
        self._split: dict[str, tuple[int, int]] = {}

    def part(self, ids: Sequence[str], rows: int) -> Before:
        """What is in front of the next goods; `rows` is how many rows are."""
        taken = frozenset(key for id_ in ids for key in self._marked.get(id_, ()))
        again = [id_ for id_ in ids if self._seen.repeated(id_)]
        declared = {id_: self._declared[id_] for id_ in again if id_ in self._declared}
        for id_, key in zip(again, unique_keys(again, declared, taken)):
            self._declared[id_] = int(key[len(id_) + 1:]) if key != id_ else 1
        return self._with_split(Before(rows, declared, taken=taken), again)

    def _with_split(self, before: Before, ids: Iterable[str]) -> Before:
        split = {id_: self._split[id_] for id_ in ids if id_ in self._split}
        return replace(before, times={**before.declared,
                                      **{id_: times for id_, (times, _) in split.items()}},
                       last={id_: last for id_, (_, last) in split.items()})

    def settle(self, before: Before, ids: Sequence[str]) -> Before | None:
        """What was in front of the next goods in truth, all earlier ones having been told
        (:meth:`tell`); None where `before` is right."""
        truth = self._with_split(before, ids) if self._split else before
        return None if truth == before else truth

    def given(self, key: str) -> bool:
        """Whether a good of the file may have this key."""
        id_, mark, number = key.rpartition("#")
        if not mark or not number.isdigit():
            return False
        times, last = self._split.get(id_, (0, 0))
        return 2 <= int(number) <= max(self._declared.get(id_, 0), times, last)

    def tell(self, numbers: Mapping[str, tuple[int, int]]) -> None:
        """Take in what the goods in turn are called: :func:`numbers_after`."""
        self._split.update((id_, some) for id_, some in numbers.items() if self._seen.repeated(id_))


def numbers_after(goods: Iterable[Good], before: Before) -> dict[str, tuple[int, int]]:
    """By id of which a description named several goods: the last numbers of its keys, and of
    those goods."""
    goods = list(goods)
    found = {id_: (before.times.get(id_, 0), last) for id_, last in before.last.items()}
    for good in goods:
        if good.whole:
            times, last = found.get(good.whole, (before.times.get(good.whole, 0), 0))
            found[good.whole] = times, max(last, int(good.good_id[len(good.whole) + 1:]))
    for good in goods:
        if not good.whole and good.good_id in found:
            number = int(good.key[len(good.good_id) + 1:]) if good.key != good.good_id else 1
            found[good.good_id] = number, found[good.good_id][1]
    return found
