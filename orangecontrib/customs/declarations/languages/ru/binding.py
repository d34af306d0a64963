"""Whose a material is in Russian: «кожаный верх», «верх – кожа», «верх и подошва из кожи».

A material belongs to the part right after an adjective that agrees with it («на резиновой
подошве»), else to the last part named before it («верх: натуральная кожа, подошва – ТЭП»), as
long as nothing but material words, adjectives and punctuation stands in between.
"""
from __future__ import annotations

import re

from orangecontrib.customs.declarations.languages import any_of
from orangecontrib.customs.declarations.languages import binder as base
from orangecontrib.customs.declarations.languages.denial import Negation
from orangecontrib.customs.declarations.shares import is_main

__all__ = ["Binder"]

#: Within so many characters of a material it is said that it prevails.
NEAR = 30

_ADJECTIVE = (r"\w+(?:ая|яя|ое|ее|ый|ий|ой|ые|ие|ого|его|ых|их|ую|юю|ей|ым|им|ыми|ими|ом|ем"
              r"|ою|ею)")


def _only(others: str, words: str) -> re.Pattern:
    """Nothing but these characters, these words, adjectives and abbreviations.

    Word by word: each word is looked at once and what was taken is never given back, so
    that the time grows with the length.
    """
    return re.compile(rf"(?:(?<!\w)\w++\.|{others}|"
                      rf"(?<![^\W\d])(?:{words}|{_ADJECTIVE})(?!\w))*+")


_GAP_WORDS = _only(r"[\s:\-/(),+&\"%*=\d.]",  # which points end a sentence _STRONG knows
                   any_of("ru", "part_gap"))
_STRONG = re.compile(r";|(?<=[аеиоуыэюяь\d)\"])\.(?=\s|$)|(?<=\w\w\w[йхм])(?<!преим)\.(?=\s|$)|"
                     r"(?<=\w\w)\.\s(?=верх|подошв|обувь|длина|размер)")
_NOMINATIVE = re.compile(r"(?:верх|низ|подклад|[кв]а|ище)(?!\w)")
_LATIN = re.compile(r"[a-z-]+")
_CHAIN = _only(r"[\s/\-]", any_of("ru", "chain"))
_GROUP = re.compile(r"\s?(?:,|/|и|или|и/или|\+)?\s?(?:на|с|со|из)?\s?"
                    r"(?:(?:материал\w*|\w+(?:ой|ым|ою))\s)?")
_GOOD_GAP = _only(r"[\s():\-,\"/]|100%|[a-z0-9&'.]++", any_of("ru", "good_gap"))
_LACKING = {"без", "кроме", "помимо", "исключая", "за исключением"}
_OPENS = re.compile(r"(?:\s?\d{1,3}\s?%)?\s?\((?:и\s|как\s)?")
_PREPOSED = re.compile(r"(?<!\w)(?:на|с|со)\s$")

# Ending of an adjective → endings of nouns that it may stand before.
_AGREES = (
    ("ыми", "ами|ями|и"), ("ими", "ами|ями|и"), ("ого", "а|я"), ("его", "а|я"),
    ("ая", "а|я|ь"), ("яя", "а|я|ь"), ("ое", "о|е"), ("ее", "о|е"),
    ("ые", "ы|и|а|и"), ("ие", "ы|и|а"), ("ый", ""), ("ий", ""), ("ую", "у|ю|ь"), ("юю", "у|ю|ь"),
    ("ых", "ов|ей|ах|ях|в|к|ев|ок|ек|ш"), ("их", "ов|ей|ах|ях|в|к|ок|ек"),
    ("ой", "ой|ей|е|ы|и|ью|ю|ь"), ("ою", "ой|ю"), ("ей", "ой|ей|е|ы|и"),
    ("ым", "ом|ем|ам|ым"), ("им", "ом|ем|ам|им"), ("ом", "е|у"), ("ем", "е|у"),
)
_CONSONANT = re.compile(r"[бвгджзйклмнпрстфхцчшщ]$")


def _agrees(adjective: str, noun: str) -> bool:
    """Could this adjective form stand before this noun form?  Abbreviations always could."""
    for ending, nouns in _AGREES:
        if adjective.endswith(ending):
            if nouns == "":
                return _CONSONANT.search(noun) is not None
            return noun.endswith(tuple(nouns.split("|")))
    return False


class Binder(base.Binder):
    """In Russian an adjective agrees with its noun, and a part governs what follows it."""

    alone = re.compile(r"(?:[\s/+()\d%-]|\b(?:и|или|белая|черная|натуральная|наружн\w+)\b)*+")
    governs = re.compile(r"(?<!\w)(?:без|на|с|со)\s(?:\w+\s)?$")
    opens = re.compile(r"[\s.]*+(?:материал\w*+\s?)?\(\s?(?:из\s)?(?:\w++\s)?")
    either = re.compile("или")

    def owners(self) -> dict[int, tuple[int, ...]]:
        owners: dict[int, tuple[int, ...]] = {}
        settled: set[int] = set()
        for i, mention in enumerate(self.mentions):
            if mention.kind == "material" and mention.material.upper:
                owners[i] = self.inside(i) or self._prevailing(i) or self._part_after(i, settled)
                settled.update(owners[i])
        for i, parts in owners.items():
            if not parts:
                owners[i] = self._group_before(i, settled)
        self.distribute(owners)
        return owners

    def _prevailing(self, i) -> tuple[int, ...]:
        """The upper or sole, of what is said to prevail in brackets: «(преобладает кожа)»."""
        mention = self.mentions[i]
        bracket = self.text.rfind("(", max(0, mention.start - NEAR), mention.start)
        if bracket < 0 or ")" in self.text[bracket:mention.start] \
                or not is_main(self.text, bracket, min(
                    mention.end + NEAR, self.text.find(")", mention.end))):
            return ()
        parts = [j for j in range(i) if self.mentions[j].role in ("upper", "sole")]
        if not parts or not any(m.role == "trim" for m in self.mentions[parts[-1]:i]):
            return ()
        self.prevailing.add(i)
        return tuple(parts[-1:])

    @staticmethod
    def lacks_part(denied: Negation) -> bool:
        return denied.word in _LACKING and not denied.joined

    @staticmethod
    def denies_material(denied: Negation) -> bool:
        return denied.word in _LACKING | {"не", "ни"}

    def in_a_list(self, mention) -> bool:
        """… and not «на голенище, …»?"""
        return _NOMINATIVE.search(self.text, mention.start, mention.end) is not None \
            and not self.text.endswith((" на ", " в ", " по "), 0, mention.start)

    def _part_after(self, i, settled) -> tuple[int, ...]:
        """The part right after an adjective, or in brackets after a material."""
        text, mentions = self.text, self.mentions
        mention = mentions[i]
        j = self.beside(i, 1)
        if j is None:
            return ()
        part = mentions[j]
        gap = text[mention.end:part.start]
        if j == i + 1 and part.kind == "part" and _OPENS.fullmatch(gap) \
                and (parts := self.bracketed(j)):
            return parts
        if j == i + 1 and part.kind == "part" and re.fullmatch(r"(?:\s?\d{1,3}\s?%)?\s?\(", gap) \
                and re.match(r"[^),;]{0,12}\)", text[part.end:part.end + 14]):
            return (j,)
        word = text[mention.start:mention.end].split()[-1]
        noun = text[part.start:part.end].split()[0]
        if _STRONG.search(text, mention.end, part.start):
            return ()
        for k in range(i + 1, j):  # a chain of adjectives: «кожаный/текстильный верх»
            if not _CHAIN.fullmatch(text[mentions[k - 1].end:mentions[k].start]):
                return ()
        if not _CHAIN.fullmatch(text[mentions[j - 1].end:part.start]):
            return ()
        if j > i + 1 and re.search(r"\s", text[mention.end:mentions[i + 1].start].strip()):
            return ()
        if j == i + 1 and part.kind == "part" \
                and _PREPOSED.search(text, max(0, mention.start - 3), mention.start) \
                and re.fullmatch(r"[a-zа-я]{2,4}", word) and gap in (" ", "-"):
            return (j,)  # «на ПУ подошве»: an abbreviation does not decline
        if _LATIN.fullmatch(word + noun):  # «leather upper, PU sole», not «upper: leather sole: PU»
            listed = i > 0 and i - 1 not in settled and mentions[i - 1].kind == "part" \
                and re.fullmatch(r"[\s:\-/=]*", text[mentions[i - 1].end:mention.start])
            return () if listed else (j,)
        if not re.search(r"(?:ая|ое|ый|ий|ой|ые|ие|ого|ых|их|ую|ым|им|ыми|ими|ом|ою)$", word):
            return ()
        return (j,) if _agrees(word, noun) else ()

    def _group_before(self, i, settled) -> tuple[int, ...]:
        """The last part, or group of parts, that governs material `i`.

        A part in `settled` has a material of its own and joins no group.
        """
        text, mentions = self.text, self.mentions
        mention = mentions[i]
        j = self.beside(i, -1)
        if j is None:
            return ()
        part = mentions[j]
        gap = text[part.end:mention.start]
        if _STRONG.search(gap):
            return ()
        if part.kind == "good":
            return (j,) if _GOOD_GAP.fullmatch(self.gap(j, i)) else ()
        word = text[mention.start:mention.end].split()[-1]
        if "," in gap and re.search(r"(?:ые|ие|ая|ый|ий)$", word) and not _agrees(
                word, text[part.start:part.end].split()[-1]):
            # «туфли на каблуке, кожаные»: the adjective goes back to the noun of the good.
            for k in range(j - 1, -1, -1):
                if not self.near(mentions[k], mention):
                    break
                if mentions[k].kind == "good" and _agrees(
                        word, text[mentions[k].start:mentions[k].end].split()[-1]):
                    return (k,)
            return ()
        if ("," in gap or ")" in gap) and not _GAP_WORDS.fullmatch(
                self.gap(j, i)):
            return ()
        if len(gap) > 160:
            return ()
        group = [j]
        listed = re.match(r"[\s:\-]*(?:[:\-]|из\b|материал)", gap) is not None
        while j > 0 and mentions[j - 1].listed and mentions[j].listed \
                and j - 1 not in settled and self.near(mentions[j - 1], mention) \
                and _GROUP.fullmatch(text[mentions[j - 1].end:mentions[j].start]):
            joint = text[mentions[j - 1].end:mentions[j].start]
            if "," in joint and (not listed or re.search(r"\b(?:на|с|со)\b", joint)
                                 or self.in_a_list(mentions[j - 1])
                                 != self.in_a_list(mentions[j])):
                break  # «кожа верх, подошва ТЭП», «с мягким верхом, подкладка – …»: one part only
            j -= 1
            group.append(j)
        return tuple(reversed(group))
