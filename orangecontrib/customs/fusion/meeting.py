"""Do the ids of two inputs meet at all?  They don't where a column was chosen wrongly."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from orangecontrib.customs.i18n import Joined, Message, say

__all__ = ["Meeting", "strangers"]

#: Fewer common ids than this share of the smaller input's are worth a warning.
ENOUGH = .5


@dataclass(frozen=True)
class Meeting:
    """Two inputs whose ids hardly meet.

    Attributes
    ----------
    names : (str, str)
    sizes : (int, int)
        Different ids of each.
    both : int
        Ids that stand in both.
    examples : (tuple of str, tuple of str)
        Up to two ids of each that the other one lacks.
    """

    names: tuple[str, str]
    sizes: tuple[int, int]
    both: int
    examples: tuple[tuple[str, ...], tuple[str, ...]]

    @property
    def said(self) -> Message:
        """Both counts and examples, in a sentence."""
        alone = [Message.of("fusion.only_in", name=name, ids=Joined(tuple(
                    Message.of("fusion.quoted", what=id_) for id_ in some)))
                 for some, name in zip(self.examples, self.names) if some]
        return Message.of("fusion.meeting", both=self.both, one=self.sizes[0],
                          first=self.names[0], other=self.sizes[1], second=self.names[1],
                          alone=Joined(tuple(alone), "; "))

    def __str__(self) -> str:
        """In English, for the command line."""
        return say(self.said, "en")


def strangers(ids: Mapping[str, Sequence[str]]) -> list[Meeting]:
    """Pairs of inputs of which fewer than half of the smaller one's ids meet the other's."""
    found = []
    for first, second in combinations(ids, 2):
        own = {name: dict.fromkeys(ids[name]) for name in (first, second)}
        both = len(own[first].keys() & own[second].keys())
        if both < ENOUGH * min(map(len, own.values())):
            mine, theirs = (tuple(id_ for id_ in own[name] if id_ not in own[other])[:2]
                            for name, other in ((first, second), (second, first)))
            found.append(Meeting((first, second), (len(own[first]), len(own[second])), both,
                                 (mine, theirs)))
    return found
