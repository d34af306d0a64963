"""Phrases in any inflection: words are compared by stems and in order, or by families in any."""
from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from orangecontrib.customs.declarations.folding import fold_text
from orangecontrib.customs.declarations.lemmas import family
from orangecontrib.customs.files import strict_rows

__all__ = ["PhraseFinder", "expert_phrases", "stems"]

_WORD = re.compile(r"\w+")
_CYRILLIC = re.compile("[а-я]")


@cache
def expert_phrases() -> tuple[str, ...]:
    """The twelve phrases that an expert named for the voltage stabiliser (paper 2)."""
    rows = strict_rows(Path(__file__).with_name("expert_phrases.csv"))[1]
    return tuple(row["phrase"] for _, row in rows)


class _Stems(dict):
    """Word → stem, Russian or English by its letters; each word is stemmed once."""

    def __init__(self):
        import Stemmer
        self._russian = Stemmer.Stemmer("russian")
        self._english = Stemmer.Stemmer("english")

    def __missing__(self, word: str) -> str:
        stemmer = self._russian if _CYRILLIC.search(word) else self._english
        stem = self[word] = stemmer.stemWord(word)
        return stem


class _Families(_Stems):
    """Word → key of its family; what isn't Russian is stemmed."""

    def __missing__(self, word: str) -> str:
        key = self[word] = family(word) if _CYRILLIC.search(word) else super().__missing__(word)
        return key


def stems(text: str) -> list[str]:
    """Stems of the words of a text, look-alike letters folded.

    «HАПРЯЖЕHИЯ» with Latin H gives the same as «напряжение».
    """
    known = _Stems()
    return [known[word] for word in _WORD.findall(fold_text(text))]


class PhraseFinder:
    """Find phrases in texts.

    Parameters
    ----------
    phrases : sequence of str
    gap : int
        Words that may stand between two words of a phrase; 0: none.
    families : bool
        Words match their relatives, in any order: «инверторный стабилизатор» is also
        «стабилизатор инвертора».

    Raises
    ------
    ValueError
        For a phrase without a word.
    """

    def __init__(self, phrases: Sequence[str], gap: int = 0, families: bool = False):
        self.phrases = tuple(phrases)
        self.gap = gap
        self.families = families
        self._keys = _Families() if families else _Stems()
        self._beginnings: dict[str, list[tuple[int, tuple[str, ...]]]] = {}
        for number, phrase in enumerate(self.phrases):
            words = self._split(phrase)
            if not words:
                raise ValueError(f"no word in the phrase «{phrase}»")
            firsts = range(len(words)) if families else (0,)
            rests = {words[at]: tuple(words[:at] + words[at + 1:]) for at in firsts}
            for word, rest in rests.items():
                self._beginnings.setdefault(word, []).append((number, rest))

    def _split(self, text: str) -> list[str]:
        known = self._keys
        return [known[word] for word in _WORD.findall(fold_text(text))]

    def find(self, text: str) -> dict[int, int]:
        """Number of the phrase → places of the text at which it begins."""
        found: dict[int, int] = {}
        words = self._split(text)
        for place, word in enumerate(words):
            for number, rest in self._beginnings.get(word, ()):
                if self._goes_on(words, place, rest):
                    found[number] = found.get(number, 0) + 1
        return found

    def _goes_on(self, words: Sequence[str], place: int, rest: tuple[str, ...]) -> bool:
        # all places at which the phrase so far may end, with what it lacks: the nearest one
        # can be a dead end
        states = {(place, rest)}
        for _ in rest:
            states = {(at, missing[:number] + missing[number + 1:])
                      for end, missing in states
                      for at in range(end + 1, min(end + 2 + self.gap, len(words)))
                      for number in (range(len(missing)) if self.families else (0,))
                      if words[at] == missing[number]}
            if not states:
                return False
        return True
