"""How materials are bound to their parts: what the languages share."""
from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from .denial import Negation

__all__ = ["REACH", "Binder"]

#: How far a material may stand from its part or good, in characters.
REACH = 300

#: Between parts that share a bracket.
_JOINT = re.compile(r"[\s,/+]*(?:(?:(?:и|and|как)\b|&)[\s,]*)?(?:(?:и|the outer|the|outer)\s)?")
_CLAUSE_END = re.compile(r"[,;:.](?!\d)")


class Binder:
    """Whose the materials of one text are; a language says how its words stand.

    Parameters
    ----------
    text : str
        Folded.
    mentions : sequence of Mention
        Parts, materials and goods, in order.
    """

    #: What may stand in a clause that names materials and nothing else.
    alone: re.Pattern
    #: What stands right before a part that a clause of materials passes: «без», "with".
    governs: re.Pattern
    #: Between a material and another one in brackets that explains it: «кожа (ПУ)».
    opens: re.Pattern
    #: Says that materials are alternatives.
    either: re.Pattern

    def __init__(self, text: str, mentions: Sequence):
        self.text = text
        self.mentions = mentions
        #: Materials that are said to have the largest area, of no part that is named there.
        self.prevailing: set[int] = set()

    def owners(self) -> dict[int, tuple[int, ...]]:
        """Index of a material mention → indices of the parts it belongs to."""
        raise NotImplementedError

    def in_a_list(self, mention) -> bool:
        """Is the part named as in a list of parts, «верх, подошва: …»?"""
        raise NotImplementedError

    @staticmethod
    def lacks_part(denied: Negation) -> bool:
        """Does the good lack a part that is so denied: «без верха»?"""
        raise NotImplementedError

    @staticmethod
    def denies_material(denied: Negation) -> bool:
        """Is a material denied by this: «не из кожи», "without leather"?"""
        raise NotImplementedError

    # -- places

    @staticmethod
    def near(one, other) -> bool:
        return other.start - one.end <= REACH and one.start - other.end <= REACH

    def beside(self, i: int, step: int) -> int | None:
        """The nearest mention before (`step` -1) or after (1) material `i` that is none."""
        j = i + step
        while 0 <= j < len(self.mentions) and self.near(self.mentions[i], self.mentions[j]):
            if self.mentions[j].kind != "material":
                return j
            j += step
        return None

    def inside(self, i: int) -> tuple[int, ...]:
        """The part that the words of material `i` name themselves: «на подошву наклеен войлок»."""
        end = self.mentions[i].end
        for j in range(i + 1, len(self.mentions)):
            if self.mentions[j].start >= end:
                break
            if self.mentions[j].role in ("upper", "sole", "contact"):
                return (j,)
        return ()

    def gap(self, j: int, i: int) -> str:
        """The text between mentions j and i, without the materials named there."""
        pieces, at = [], self.mentions[j].end
        for k in range(j + 1, i):
            pieces.append(self.text[at:self.mentions[k].start])
            at = max(at, self.mentions[k].end)
        pieces.append(self.text[at:self.mentions[i].start])
        return "".join(pieces)

    def distribute(self, owners: dict[int, tuple[int, ...]]):
        """«верх/подошва: кожа/резина»: one material for each part, in order."""
        groups: dict[tuple[int, ...], list[int]] = {}
        for i, parts in owners.items():
            if len(parts) > 1:
                groups.setdefault(parts, []).append(i)
        for parts, found in groups.items():
            joints = {self.text[self.mentions[a].end:self.mentions[b].start].strip()[:1]
                      for a, b in itertools.pairwise(parts)}
            if not joints & {",", "/"} or len(found) < 2:
                continue
            if len(found) == len(parts):
                for part, i in zip(parts, found):
                    owners[i] = (part,)
            else:
                for i in found:  # who is made of what cannot be told
                    owners[i] = ()

    def bracketed(self, j: int) -> tuple[int, ...]:
        """The parts from `j` on that fill a bracket: «войлок (верх и подошва)»."""
        found = [j]
        while found[-1] + 1 < len(self.mentions) and _JOINT.fullmatch(
                self.text, self.mentions[found[-1]].end, self.mentions[found[-1] + 1].start) \
                and self.mentions[found[-1] + 1].kind == "part":
            found.append(found[-1] + 1)
        return tuple(found) if len(found) > 1 and self.text.startswith(
            ")", self.mentions[found[-1]].end) else ()

    # -- materials that are a clause by themselves

    def passed(self, part, mention) -> bool:
        """Is the part no owner: «без застежек, ткань», «на шнурках, хлопок»?"""
        return part.role in ("none", "trim") \
            and self.text[part.end:mention.start].strip() == "," \
            and self.governs.search(self.text, max(0, part.start - 30), part.start) is not None

    def clause(self, i: int) -> int | None:
        """Where the clause begins that a material stands in, if it holds but materials."""
        text, mentions = self.text, self.mentions
        start = max(text.rfind(sign, max(0, mentions[i].start - REACH), mentions[i].start)
                    for sign in ",;:.") + 1
        match = _CLAUSE_END.search(text, mentions[i].end, mentions[i].end + REACH)
        if match is None and mentions[i].end + REACH < len(text):
            return None
        end = len(text) if match is None else match.start()
        first = last = i
        while first and mentions[first - 1].start >= start:
            first -= 1
        while last + 1 < len(mentions) and mentions[last + 1].start < end:
            last += 1
        inside = mentions[first:last + 1]
        if any(m.kind != "material" for m in inside):
            return None
        pieces, at = [], start
        for mention in inside:
            pieces.append(text[at:mention.start])
            at = mention.end
        return start if self.alone.fullmatch(" ".join([*pieces, text[at:end]])) else None
