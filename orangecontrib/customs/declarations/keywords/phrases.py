"""Phrases in any inflection: words are compared by stems, their order counts."""
from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from orangecontrib.customs.declarations.stopwords.fold import fold_text
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

    Raises
    ------
    ValueError
        For a phrase without a word.
    """

    def __init__(self, phrases: Sequence[str], gap: int = 0):
        self.phrases = tuple(phrases)
        self.gap = gap
        self._stems = _Stems()
        self._beginnings: dict[str, list[tuple[int, tuple[str, ...]]]] = {}
        for number, phrase in enumerate(self.phrases):
            words = self._split(phrase)
            if not words:
                raise ValueError(f"no word in the phrase «{phrase}»")
            self._beginnings.setdefault(words[0], []).append((number, tuple(words[1:])))

    def _split(self, text: str) -> list[str]:
        known = self._stems
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

    def _goes_on(self, words: Sequence[str], place: int, rest: Sequence[str]) -> bool:
        # all places at which the phrase so far may end: the nearest one can be a dead end
        ends = {place}
        for stem in rest:
            ends = {at for end in ends for at in range(end + 1, end + 2 + self.gap)
                    if at < len(words) and words[at] == stem}
            if not ends:
                return False
        return True
