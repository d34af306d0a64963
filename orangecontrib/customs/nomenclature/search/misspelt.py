"""Words that are one letter off another: missed, added, changed, or swapped with its neighbour."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

__all__ = ["Misspelt"]

#: Letters of the shortest word that may be a misspelt one: shorter ones are too close together.
SHORTEST = 6
#: Letters of the longest one: the longest word of the ТН ВЭД has 31.
LONGEST = 40


class Misspelt:
    """Known words that a misspelt one may stand for.

    Parameters
    ----------
    words : iterable of str
    """

    def __init__(self, words: Iterable[str]):
        self._shortened: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for word in words:
            for place, shorter in _shortened(word):
                self._shortened[shorter].append((place, word))

    def meant(self, word: str) -> str | None:
        """The known word that is one letter off; None where there is none, or more than one."""
        if not SHORTEST <= len(word) <= LONGEST:
            return None
        found = {known for place, shorter in _shortened(word)
                 for other, known in self._shortened.get(shorter, ())
                 if min(place, other) < 0 or abs(place - other) <= 1}
        return found.pop() if len(found) == 1 else None


def _shortened(word: str) -> Iterator[tuple[int, str]]:
    """A word, at place -1, and the word without each of its letters."""
    yield -1, word
    if len(word) >= SHORTEST - 1:
        for place in range(len(word)):
            yield place, word[:place] + word[place + 1:]
