"""Whose a material is in English: "leather upper", "upper of leather", "upper: leather".

A material belongs to the part or good right behind it ("leather and textile upper", "rubber
boots"), or to the last one before it, which a word or a mark binds to it ("uppers made of
leather", "sole - rubber").  Where neither binds ("upper leather sole rubber") all of them stand
as the first one does.  What is said to have the largest area ("leather predominating") is said
of the upper, whatever was named last.
"""
from __future__ import annotations

import re

from orangecontrib.customs.declarations.languages import any_of, words
from orangecontrib.customs.declarations.languages import binder as base
from orangecontrib.customs.declarations.languages.denial import Negation
from orangecontrib.customs.declarations.shares import prevails

__all__ = ["Binder"]

#: So many materials may stand in a list with commas.
LISTED = 12
#: Within so many characters behind a material it is said that it prevails.
NEAR = 60

#: … of the sole: "rubber has the greater contact with the ground".
_GROUND = re.compile(r"(?<!\w)(?:ground|floor)(?!\w)")
_LACKING = set(words("en", "lacking"))


def _only(marks: str, *kinds: str) -> re.Pattern:
    """Nothing but these marks and words; what was taken is never given back."""
    return re.compile(rf"(?:[{marks}]|(?<![^\W\d])(?:{any_of('en', *kinds)})(?!\w))*+")


_CHAIN = _only(r"\s/&+,\d%.-", "chain")
_BEFORE_PART = re.compile(
    rf"[\s-]*+(?:(?:{any_of('en', 'before_part')})[\s-]++)*+(?:(?!(?:{any_of('en', 'chain')}|"
    rf"{any_of('en', 'preposition')}|{any_of('en', 'verb')}|{any_of('en', 'relative')}|"
    rf"{any_of('en', 'participle')})(?!\w))[a-z][\w'-]*+[\s-]++){{0,2}}"
    rf"(?:(?:{any_of('en', 'before_part')})[\s-]++)*+")
_CONNECTS = re.compile(
    rf"[\s\"]*+(?:[:=(]|-+(?=\s|\w)|(?:{any_of('en', 'connects')})(?!\w)|\d+\s?%)")
_PART_GAP = _only(r"\s:\-/(),+&\"%*=\d.'", "part_gap", "before_part", "adjective")
_GOOD_GAP = _only(r"\s():\-,\"/%\d.'", "good_gap", "before_part", "adjective", "people")
#: «Shoes of patent PU»: with a word or two that are in no list.
_OF = re.compile(r"\s(?:made )?(?:of|in|from)\s"
                 rf"(?:(?!(?:{any_of('en', 'preposition')})\s)[a-z-]+\s){{0,2}}")
#: Behind it no material is a main one: "leather with plastic plates".
_WITH = re.compile(r"(?<!\w)(?:with|w/|plus|including)(?!\w)")
_JUXTAPOSED = re.compile(r"[\s\"]*+")
_STRONG = re.compile(r";|(?<=[a-z\d)\"])\.(?=\s|$)")
_JOINT = re.compile(r"[\s,]*+(?:(?:and|or|/|&|\+)\s?)?(?:(?:its|the|outer|out)\s)?")
_LIST_GAP = re.compile(r"\s?(?:,|/|and|or|&|\+|,\s?and|,\s?or)?\s?(?:outer |out)?")


class Binder(base.Binder):
    """… in an English text."""

    alone = re.compile(r"(?:[\s/+()\d%&-]|\b(?:and|or|genuine|real|white|black|all|100)\b)*+")
    governs = re.compile(r"(?<!\w)(?:without|with|w/o|w/|no)\s(?:\w+\s)?$")
    opens = re.compile(r"[\s.]*+\(\s?(?:of\s|made of\s|i\.e\.?\s)?(?:\w++\s)?")
    either = re.compile(r"(?<!\w)or(?!\w)")

    def owners(self) -> dict[int, tuple[int, ...]]:
        found = [i for i, mention in enumerate(self.mentions)
                 if mention.kind == "material" and mention.material.upper]
        self._clauses()
        self.prevailing = set()
        self._has_before: set[int] = set()   # parts with a material in front
        owners: dict[int, tuple[int, ...]] = {}
        for i in found:
            owners[i] = self.inside(i)
            if owners[i]:
                continue
            owners[i] = self._prevailing(i)
            if owners[i]:
                self.prevailing.add(i)
            else:
                owners[i] = self._owner(i)
            self._has_before.update(part for part in owners[i] if part > i)
        self.distribute(owners)
        return owners

    @staticmethod
    def lacks_part(denied: Negation) -> bool:
        return denied.word in _LACKING and not denied.joined

    @staticmethod
    def denies_material(denied: Negation) -> bool:
        return not denied.joined or denied.word in ("neither", "nor", "not")

    def in_a_list(self, mention) -> bool:
        return False

    # -- one material

    def _prevailing(self, i: int) -> tuple[int, ...]:
        """The upper, of a material that is said to have the largest area, and of no part."""
        mentions = self.mentions
        if not self._is_main(i) or self._after(i) or self._near_part(i):
            return ()
        if _GROUND.search(self.text, mentions[i].end, mentions[i].end + NEAR):
            soles = [j for j in range(i) if mentions[j].role in ("sole", "contact")]
            return tuple(soles[-1:])
        uppers = [j for j in range(i) if mentions[j].kind == "part" and mentions[j].role == "upper"]
        goods = [j for j in range(i) if mentions[j].kind == "good"]
        last = self.beside(i, -1)
        if last is not None and mentions[last].role in ("sole", "contact") \
                and _CONNECTS.match(self.text, mentions[last].end, mentions[i].start) \
                and "(" not in self.text[mentions[last].end:mentions[i].start]:
            return (last,)
        return tuple((uppers or goods)[-1:])

    def _is_main(self, i: int) -> bool:
        """Is it said right behind it that it has the largest area?"""
        end = self.mentions[i].end
        following = next((m.start for m in self.mentions[i + 1:i + 2] if m.kind == "material"),
                         end + NEAR)
        return prevails(self.text[end:min(following, end + NEAR)], 0)

    def _near_part(self, i: int) -> bool:
        """Is the part that it prevails in named behind it: "making up most of the sole"?"""
        j = self.beside(i, 1)
        return j is not None and self.mentions[j].role == "sole" and \
            re.fullmatch(r"[\w\s]{0,60}(?:of|in|on) (?:the )?(?:outer )?",
                         self.text[self.mentions[i].end:self.mentions[j].start]) is not None

    def _owner(self, i: int) -> tuple[int, ...]:
        after, before = self._after(i), self._before(i)
        if not after or not before:
            return after or before
        part = self.mentions[before[-1]]
        between = self.text[part.end:self.mentions[i].start]
        if part.kind == "good" and self.mentions[after[0]].kind == "part":
            return after
        if _JUXTAPOSED.fullmatch(between):   # «upper leather sole rubber»
            return before if self._part_first[before[-1]] else after
        if _CONNECTS.match(between) and (self._connected(after[-1]) or before[-1] == i - 1
                                         and part.role != "none"):
            return before   # «upper: textile/PVC sole: TPR», but «laced: leather upper»
        return after

    def _connected(self, part: int) -> bool:
        """Is a material behind this part bound to it by a mark or a word?"""
        behind = self.mentions[part + 1:part + 2]
        return bool(behind) and behind[0].kind == "material" and _CONNECTS.match(
            self.text, self.mentions[part].end, behind[0].start) is not None

    def _clauses(self):
        """Of each part: does a part stand first in its row of parts and materials?"""
        self._part_first: dict[int, bool] = {}
        first = None
        for i, mention in enumerate(self.mentions):
            if mention.kind == "good":
                first = None
            elif first is None or i and re.search(
                    r"[,;.(]", self.text[self.mentions[i - 1].end:mention.start]):
                first = mention.kind == "part"
            self._part_first[i] = bool(first)

    # -- behind it

    def _after(self, i: int) -> tuple[int, ...]:
        """The part or good right behind a material, or behind a chain of materials."""
        text, mentions = self.text, self.mentions
        if i and mentions[i - 1].kind == "good" and mentions[i].end <= mentions[i - 1].end:
            return (i - 1,)   # «rubber boots» is a name
        j = i + 1
        while j < len(mentions) and mentions[j].kind == "material":
            if not self.near(mentions[i], mentions[j]):
                return ()
            gap = text[mentions[j - 1].end:mentions[j].start]
            if not _CHAIN.fullmatch(gap) or "," in gap and not self._list_ends(j):
                return ()
            j += 1
        if j == len(mentions):
            return ()
        gap = text[mentions[j - 1].end:mentions[j].start]
        if not _BEFORE_PART.fullmatch(gap):
            bracket = re.fullmatch(r"\s?\(\s?(?:both )?(?:the )?(?:outer )?", gap)
            if bracket and mentions[j].kind == "part" and (parts := self.bracketed(j)):
                return parts
            if bracket and mentions[j].kind == "part" \
                    and text[mentions[j].end:mentions[j].end + 1] == ")":
                return (j,)
            return ()
        if mentions[j].kind == "good" and gap and not self._may_describe(gap):
            return ()
        return (j, *self._further(j))

    def _may_describe(self, gap: str) -> bool:
        return len(gap) <= 40

    def _list_ends(self, j: int) -> bool:
        """Does "and" or "or" stand further on in this list of materials?"""
        for _ in range(LISTED):
            if j + 1 >= len(self.mentions) or self.mentions[j + 1].kind != "material":
                break
            gap = self.text[self.mentions[j].end:self.mentions[j + 1].start]
            if re.search(r"(?<!\w)(?:and|or)(?!\w)|&|/", gap):
                return True
            j += 1
        return False

    def _further(self, j: int) -> tuple[int, ...]:
        """«Leather upper and outer sole»: the parts that share what stands before the first."""
        further = []
        while j + 1 < len(self.mentions) and self.mentions[j].kind == "part" \
                and self.mentions[j + 1].listed and self.mentions[j].listed \
                and re.fullmatch(r"\s?(?:and|&|/|\+)\s?(?:outer |out)?", self.text[
                    self.mentions[j].end:self.mentions[j + 1].start]) \
                and not self._connected(j + 1):
            j += 1
            further.append(j)
        return tuple(further)

    # -- before it

    def _before(self, i: int) -> tuple[int, ...]:
        """The last part or good before a material, if it is bound to it."""
        text, mentions = self.text, self.mentions
        j = self.beside(i, -1)
        if j is None:
            return ()
        part, gap = mentions[j], text[mentions[j].end:mentions[i].start]
        if _STRONG.search(gap) or len(gap) > 160:
            return ()
        rest = self.gap(j, i)
        if part.kind == "good":
            return (j,) if _GOOD_GAP.fullmatch(rest) or _OF.fullmatch(rest) else ()
        if j in self._has_before:
            # it has a material before it («leather upper, rubber»): only what a word binds is its
            if not _CONNECTS.match(gap) or "," in gap:
                return ()
        if part.role not in ("upper", "sole", "contact") and "," in gap:
            return ()
        if j < i - 1 and _WITH.search(text, mentions[i - 1].end, mentions[i].start):
            return ()
        if not (_CONNECTS.match(gap) or _JUXTAPOSED.fullmatch(gap) or _PART_GAP.fullmatch(rest)):
            return ()
        if not _PART_GAP.fullmatch(rest) and ("," in gap or part.role in ("upper", "sole")
                                              and len(rest) > 40):
            return ()
        group = [j]
        while j > 0 and mentions[j - 1].listed and mentions[j].listed \
                and j - 1 not in self._has_before \
                and re.fullmatch(r"\s?(?:,|/|and|&|\+|,? and)\s?(?:the )?(?:outer |out)?",
                                 text[mentions[j - 1].end:mentions[j].start]):
            if "," in text[mentions[j - 1].end:mentions[j].start] and not _CONNECTS.match(gap):
                break
            j -= 1
            group.append(j)
        return tuple(reversed(group))
