"""Where the noun that names the good may stand in English: at the end of its compound.

"Shoe polish" is a polish and "boot tree" a tree; "a pair of boots" are boots.  What follows a
preposition, a participle or a verb describes the noun before it ("shoes lined with fur").  A
noun that is in no list bars the nouns behind it ("doll, dress, shoes"), and a name does not.
"""
from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import takewhile

from orangecontrib.customs.declarations.languages import place as base
from orangecontrib.customs.declarations.languages import words

__all__ = ["Place"]

#: Words of one phrase that are looked at: a phrase without any mark is not a list.
LONGEST = 60

_WORD = re.compile(r"w/o?(?!\w)|[a-z]+(?:[-'][a-z]+)*'?|\d[\d.,/]*")
_ASIDE = re.compile(r"\([^()]*+\)|(?<!\d)\"[^\"]*+\"|\[[^\[\]]*+\]|(?<![\w'])'[^']{1,60}+'(?!\w)")
#: A mark between phrases; a hyphen with spaces around is one, too.
_DELIMITER = re.compile(r"[,;:!?()\[\]\"|=*]|\.(?!\w)|\s-+\s?|\s/\s|/(?=\s)|-\s|(?<=\d)[)]")
#: A word with a capital, and some behind a word without: «boot Tour 800», not «Shoe Tree».
_CAPITAL = re.compile(r"(?<![^\W_])[A-Z]")
_NAME = re.compile(r"(?<![\w'-])[a-z][\w'-]*+,? ([A-Z][\w-]*+(?: [A-Z\d][\w-]*+)*+)")
_CONJUNCTIONS = {"and", "or", "&", "+", "plus", "nor"}
_ADJECTIVE = re.compile(r"\w+(?:proof|able|ible|ous|ful|less|ive|ed|ical|resistant|free|"
                        r"style|type|cut|top|toe|toed|inch)|\w+-\w+ed|.*'s?|\w+ic")


@cache
def _words(*kinds: str) -> frozenset[str]:
    return frozenset(word for kind in kinds for word in words("en", kind))


@lru_cache(maxsize=2 ** 15)
def _is_known(word: str) -> bool:
    """Does a dictionary list it?  What it doesn't is a name."""
    from simplemma import is_known
    return is_known(word, lang="en")


@cache
def _follows() -> frozenset[str]:
    """What ends a compound of nouns."""
    return _words("preposition", "relative", "verb", "participle", "after_head", "people",
                  "negation", "before_head") | _CONJUNCTIONS


@cache
def _ends_phrase() -> frozenset[str]:
    """What describes the noun before it, so that no head follows."""
    return _words("preposition", "relative", "verb", "participle")


@dataclass(frozen=True)
class _Token:
    text: str
    start: int
    end: int


class Place(base.Place):
    """… of an English text.

    Attributes
    ----------
    text, noun, part :
        As of any language.
    """

    def __init__(self, text: str, part_word: re.Pattern, known: Sequence = ()):
        self.text = text
        self._ours_at = self._covered(known, {"good"})
        self._described_at = self._covered(known, {"part", "material"})
        self._part_word = part_word
        clean = _ASIDE.sub(lambda match: "(" + ";" * (len(match.group()) - 2) + ")", text)
        self._clean = clean
        self.noun = len(text)
        part = part_word.search(clean)
        self.part = len(text) if part is None else part.start()
        self._leads = bytearray(len(text) + 1)    # where a head may stand
        self._governed = bytearray(len(text) + 1)
        self._ends = bytearray(len(text) + 1)     # behind the last noun of a compound
        self._purposes: list[tuple[int, int]] = []
        self._bar()

    # -- one pass

    def _phrases(self):
        """Words between two marks."""
        at = 0
        for match in _DELIMITER.finditer(self._clean):
            yield at, match.start()
            at = match.end()
        yield at, len(self._clean)

    def _bar(self):
        barred = False
        for start, end in self._phrases():
            tokens = [_Token(m.group(), *m.span())
                      for m in _WORD.finditer(self._clean, start, end)][:LONGEST]
            barred = self._phrase(tokens, end, barred)

    def _phrase(self, tokens: list[_Token], end: int, barred: bool) -> bool:
        """Mark one phrase; whether an unknown noun in it bars what follows."""
        region: list[_Token] = []
        for number, token in enumerate(tokens):
            if token.text in _CONJUNCTIONS:
                barred = self._region(region, token.start, barred)
                region = []
            elif token.text in _ends_phrase() and not self._still_named(tokens, number, region):
                barred = self._region(region, token.start, barred)
                rest = tokens[number:]
                again = self._again(rest, region)
                self._describe(rest[:again], rest[again].start if again < len(rest) else end)
                if again < len(rest):
                    return self._phrase(rest[again:], end, barred)
                return barred
            elif token.text in _words("copula") or token.text == "of":
                region = []  # what is behind it says what the good is
            else:
                region.append(token)
        return self._region(region, end, barred)

    def _still_named(self, tokens, number: int, region) -> bool:
        """Is the noun yet to come: "a pair of boots", "style 123 is a boot", "lined boots"?"""
        token = tokens[number]
        if token.text == "of":
            return any(t.text in _words("counts") for t in region[-2:])
        if any(map(self._is_ours, region)):
            return False
        if token.text in _words("copula"):
            return all(self._is_empty(t) for t in region)
        if token.text in _words("participle"):
            after = tokens[number + 1:number + 2]
            if not after or after[0].text in _words("preposition"):
                return False
            return not region or any(map(self._is_ours, self._up_to_preposition(
                tokens[number + 1:])))
        return False

    @staticmethod
    def _is_empty(token: _Token) -> bool:
        """Does it name no good: a number, a name, "style", "sample"?"""
        return token.text in _words("before_head", "people", "adjective") \
            or not token.text[0].isalpha() or not _is_known(token.text)

    @staticmethod
    def _up_to_preposition(tokens) -> list[_Token]:
        return list(takewhile(lambda t: t.text not in _words("preposition", "verb"), tokens))

    @staticmethod
    def _again(rest, region) -> int:
        """Where a new noun begins behind a description without a mark («for men ankle boots»)."""
        if not region and rest[0].text in ("for", "of") and len(rest) > 2 \
                and rest[1].text in _words("people"):
            return 2
        return len(rest)

    def _describe(self, rest, end: int):
        """What describes a noun: nothing in it is a head."""
        self._governed[rest[0].start:end + 1] = b"\1" * (end + 1 - rest[0].start)
        for token in rest:
            if token.text == "for":
                self._purposes.append((token.start, end))
                break

    def _region(self, region: list[_Token], end: int, barred: bool) -> bool:
        """Mark the words of a compound, of which the last is the head."""
        if not region:
            return barred
        begin = region[0].start
        if not barred:
            self._leads[begin:end + 1] = b"\1" * (end + 1 - begin)
        ended = True
        for token in reversed(region):
            if ended:
                self._ends[token.end] = 1
            ended = ended and self._may_follow(token)
        head = next((t for t in reversed(region) if not self._may_follow(t)), None)
        if head is None or self._is_ours(head):
            return barred
        if _is_known(head.text):
            self.noun = min(self.noun, head.start)
            return True
        return barred

    def _may_follow(self, token: _Token) -> bool:
        """May the word stand behind the head: a size, a colour, who wears it, a name?"""
        text = token.text
        return text in _follows() or text in _words("adjective") or not text[0].isalpha() \
            or len(text) < 3 or _ADJECTIVE.fullmatch(text) is not None \
            or self._is_material(token) or not (self._is_ours(token) or _is_known(text))

    def _covered(self, known, kinds: set[str]) -> bytearray:
        """Which characters are of such mentions."""
        covered = bytearray(len(self.text) + 1)
        for mention in known:
            if mention.kind in kinds:
                covered[mention.start:mention.end] = b"\1" * (mention.end - mention.start)
        return covered

    def _is_material(self, token: _Token) -> bool:
        """… or a part."""
        return bool(self._described_at[token.end - 1])

    def _is_ours(self, token: _Token) -> bool:
        return bool(self._ours_at[token.end - 1]) and not self._described_at[token.end - 1]

    # -- what the gate asks

    def names(self, cased: str) -> list[tuple[int, int]]:
        """Words with capitals behind one without, in a text that is mostly in small letters."""
        if 2 * len(_CAPITAL.findall(cased)) > len(_WORD.findall(self.text)):
            return []
        return [m.span(1) for m in _NAME.finditer(cased)
                if not (self._ours_at[m.end() - 1] or self._described_at[m.end() - 1])]

    def is_head(self, good) -> bool:
        return self.leads(good.start) and self._whole(good)

    def together(self, goods: Sequence) -> tuple:
        # a name may go on behind a preposition: "parts of transformers"
        return tuple(g for g in goods if g.start < self.noun and self.leads(g.start) and (
            self._whole(g) or self.governed(g.end - 1) and not self.governed(g.start)))

    def follows_a_name(self, good, described: bool) -> bool:
        return described and self._whole(good) and not self.governed(good.start)

    def _whole(self, good) -> bool:
        """Is it the last noun of its compound: no "shoe polish", no "shoe leather"?"""
        if not self._ends[good.end]:
            return False
        after = _WORD.search(self._clean, good.end)
        return after is None or self.text[good.end - 1] == "s" \
            or self._clean[good.end:after.start()] != " " \
            or not self._described_at[after.start()] or self._further(after.end())

    def _further(self, at: int) -> bool:
        """Is a part named behind the first word that describes a good («shoe leather upper»)?"""
        mark = _DELIMITER.search(self._clean, at)
        end = len(self._clean) if mark is None else mark.start()
        return self._part_word.search(self._clean, at, end) is not None

    def leads(self, place: int) -> bool:
        return bool(self._leads[place])

    def governed(self, place: int) -> bool:
        return bool(self._governed[place])

    def ends(self, place: int) -> bool:
        return bool(self._ends[place]) or self.governed(place - 1)  # «heel of a boot»

    def heads(self, end: int) -> list[int]:
        return [m.start() for m in _WORD.finditer(self._clean, 0, end) if self._leads[m.start()]]

    def phrase(self) -> tuple[int, int]:
        first = self.noun
        if first == len(self.text):
            letter = _WORD.search(self.text)
            first = 0 if letter is None else letter.start()
        return next(((start, end) for start, end in self._phrases() if start <= first < end),
                    (0, len(self.text)))

    def purpose(self, of_part: bool = False) -> tuple[int, int] | None:
        start, end = self.phrase()
        return next(((s, e) for s, e in self._purposes if start <= s < end), None)
