"""Where the noun that names the good may stand in Russian: before what describes it."""
from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property, lru_cache

from orangecontrib.customs.declarations.languages import any_of, words
from orangecontrib.customs.declarations.languages import place as base

__all__ = ["Place"]

#: How far back the words that govern a noun, or count it, may stand, in characters.
REACH = 60

_WORD = re.compile(r"[а-я]++(?:-[а-я]++)*+")
_LETTER = re.compile(r"[^\W\d_]")
_ASIDE = re.compile(r"\([^()]*+\)|\"[^\"]*+\"")
_ADJECTIVE = re.compile(
    r"(?:ая|яя|ое|ее|ый|ий|ой|ые|ие|ого|его|ых|их|ую|юю|ым|им|ыми|ими|ою)$")
_NOT_ADJECTIVE = re.compile(r"(?:[аеяи]ние|тие|сие|дие|ствие)$")
_PREPOSITION = set(words("ru", "preposition"))
# Prepositions that say what goods are for: «крем для ухода за обувью», «чехлы на обувь».
_PURPOSE = set(words("ru", "purpose"))
# A sole is also what goods lie «на» and are put «под», so only these tell what is for a part.
_PURPOSE_OF_PART = set(words("ru", "purpose_of_part"))
# After these no purpose of the good itself is named: «рюкзак с отделением для обуви».
_OF_A_PART = _PREPOSITION - _PURPOSE - {"из"}
_MAKER_OR_LIKENESS = re.compile(any_of("ru", "maker_or_likeness"))
# Words that may stand before the head noun without being the head.
_ALLOWED = re.compile(any_of("ru", "before_head"))
_PEOPLE_OR_USE = re.compile(rf"для (?:{any_of('ru', 'people_or_use')})")
_AFTER_PART = re.compile(r"[,:;\-–]|\bиз\b")
_OF = re.compile(rf"(?<!\w)(?:{any_of('ru', 'counts')})\s"
                 r"(?:\w++(?:(?<=ой|ых|их)|(?<=ого))\s){0,3}$")
_NAME = re.compile(r"[\w\s-]*+")
_DELIMITER = re.compile(r"[,;:.()]")


class Place(base.Place):
    """Where in a text the head noun may stand, and what its phrase says the good is for.

    All of it is found in one pass, so that a text with many nouns takes time in
    proportion to its length.
    """

    def __init__(self, text: str, part_word: re.Pattern, known: Sequence = ()):
        self.text = text
        self._part_word = part_word
        self._barred = bytearray(len(text) + 1)
        self._aside = bytearray(len(text) + 1)
        self.noun, self.part = self._bar(0, len(text))

    def _bar(self, start: int, end: int) -> tuple[int, int]:
        """Bar what follows a noun that is the head itself, and a part's name up to its comma.

        Returns
        -------
        noun, part : int
            Where the first unknown noun and the first part begin (`end`: there is none).
        """
        clean = self.text[start:end]
        for aside in _ASIDE.finditer(clean):
            inner = start + aside.start() + 1, start + aside.end() - 1
            self._aside[inner[0]:inner[1] + 1] = b"\1" * (inner[1] + 1 - inner[0])
            self._bar(*inner)
        clean = _blank(_PEOPLE_OR_USE, _blank(_ASIDE, clean))
        part = self._part_word.search(clean)
        limit = len(clean) if part is None else part.start()
        noun = next((word for word in _WORD.finditer(clean, 0, limit)
                     if not _precedes(word.group())), None)
        if noun is not None:
            self._fill(start + noun.end(), end)
        elif part is not None:  # «верх – кожа, ботинки», but «подошва ботинок»
            after = _AFTER_PART.search(clean, part.end())
            self._fill(start + part.end(), end if after is None else start + after.end() - 1)
        return (end if noun is None else start + noun.start(),
                end if part is None else start + part.start())

    def _fill(self, start: int, end: int):
        self._barred[start:end + 1] = b"\1" * (end + 1 - start)

    @cached_property
    def _names_end(self) -> int:
        """Where the one or two words end that may be a name: «Рибок кроссовки»."""
        clean = _blank(_ASIDE, self.text)
        end, strange = _NAME.match(clean).end(), 0
        for word in _WORD.finditer(clean, 0, end):
            strange += _ADJECTIVE.search(word.group()) is None
            if strange > 2 or word.group() in _PREPOSITION or word.group() == "и":
                return word.start()
        return end

    def leads(self, place: int) -> bool:
        return not self._barred[place]

    def heads(self, end: int) -> list[int]:
        last = min(end, self.noun) + 1
        return [start for start in (word.start() for word in _WORD.finditer(self.text, 0, last))
                if self.leads(start) and not self.governed(start)]

    def is_head(self, good) -> bool:
        if good.oblique:
            start = self.counted(good.start)
            return start is not None and self.leads(start)
        return self.leads(good.start) and not self.governed(good.start)

    def together(self, goods: Sequence) -> tuple:
        if not goods:
            return ()
        text = self.text
        for good in goods:
            text = f"{text[:good.start]}{' ' * (good.end - good.start)}{text[good.end:]}"
        place = Place(text, self._part_word)
        return tuple(g for g in goods if g.start < place.noun and place.is_head(g))

    def follows_a_name(self, good, described: bool) -> bool:
        return not good.oblique and self.text[good.end - 1] not in "кг" \
            and not self.governed(good.start) \
            and (described or good.start <= self._names_end and not self._aside[good.start])

    def governed(self, place: int) -> bool:
        before = self.text[max(0, place - REACH):place]
        words = _WORD.findall(before)
        while words and _is_adjective(words[-1]):
            words.pop()
        return bool(words) and words[-1] in _PREPOSITION \
            and before.rstrip()[-1:] not in tuple(",;:.)")

    def counted(self, place: int) -> int | None:
        """Where «пара», «образцы» … begin that count the oblique noun here."""
        match = _OF.search(self.text, max(0, place - REACH), place)
        return None if match is None else match.start()

    def phrase(self) -> tuple[int, int]:
        first = self.noun
        if first == len(self.text):
            letter = _LETTER.search(self.text)
            first = 0 if letter is None else letter.start()
        after = _DELIMITER.search(self.text, first)
        start = max(self.text.rfind(sign, 0, first) for sign in ",;:.()") + 1
        return start, len(self.text) if after is None else after.start()

    def purpose(self, of_part: bool = False) -> tuple[int, int] | None:
        wanted = _PURPOSE_OF_PART if of_part else _PURPOSE
        start, end = self.phrase()
        found = governing = None
        for word in _WORD.finditer(self.text, start, end):
            if word.group() in wanted:
                governing = word.start()
                found = governing if found is None else found
            elif word.group() in _OF_A_PART:
                end = word.start()
                break
            elif not _is_adjective(word.group()):
                if governing is not None and _MAKER_OR_LIKENESS.fullmatch(word.group()):
                    if found < governing:
                        end = governing
                        break
                    found = None
                governing = None
        return None if found is None else (found, end)


def _blank(regex: re.Pattern, text: str) -> str:
    """The text with matches replaced by as many spaces."""
    return regex.sub(lambda match: " " * len(match.group()), text)


@lru_cache(maxsize=2 ** 14)  # declarations share most of their words
def _precedes(word: str) -> bool:
    """May the word stand before the head of a description?"""
    return word in _PREPOSITION or _ALLOWED.fullmatch(word) is not None or _is_adjective(word)


@lru_cache(maxsize=2 ** 14)
def _is_adjective(word: str) -> bool:
    return _ADJECTIVE.search(word) is not None and _NOT_ADJECTIVE.search(word) is None
