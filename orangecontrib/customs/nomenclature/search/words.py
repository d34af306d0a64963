"""Words of a designation or a description, as they are compared: stems of either language."""
from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from orangecontrib.customs.files import strict_rows

from .exclusions import excluded

__all__ = ["EXCLUDED", "LANGUAGES", "OTHER", "Word", "language_of", "stem", "words_of"]

LANGUAGES = ("ru", "en")

# letters may carry accents or soft hyphens; what holds a digit is a number, a size or an article
_WORD = re.compile(r"(?<!\w)(?:[^\W\d_][\u0300-\u036f\u00ad]*){2,}(?!\w)")
_CYRILLIC, _LATIN = re.compile("[а-яё]"), re.compile("[a-z]")
#: Lower-case letters of capitals that look alike, which stand in for each other.
_ALIKE = "abcehkmoptxy", "авсенкмортху"
_TO_CYRILLIC, _TO_LATIN = str.maketrans(*_ALIKE), str.maketrans(*_ALIKE[::-1])


class Word(NamedTuple):
    """A word of a text: its place, what it is compared by, and whether the text excludes it.

    What a text excludes is another term than what it says: it meets only its like.
    """

    start: int
    end: int
    term: str
    excluded: bool = False


@cache
def _stemmer(name: str) -> Any:
    import Stemmer
    return Stemmer.Stemmer(name)


@lru_cache(maxsize=2 ** 16)
def stem(word: str) -> str:
    """Of a Russian or an English word, told by its letters.

    >>> stem("ПРЕОБРАЗОВАТЕЛЯМИ"), stem("Converters"), stem("КАБЕЛИ") == stem("КАБЕЛЬ")
    ('преобразовател', 'convert', True)
    """
    word = unicodedata.normalize("NFC", word.replace("\u00ad", "")).lower().replace("ё", "е")
    if _is_russian(word):
        return _stemmer("russian").stemWord(word.translate(_TO_CYRILLIC))
    return _stemmer("english").stemWord(word.translate(_TO_LATIN))


def _is_russian(word: str) -> bool:
    """Of a word in lower case: most of its letters are Cyrillic."""
    return len(_CYRILLIC.findall(word)) > len(_LATIN.findall(word))


FUNCTION_WORDS = Path(__file__).with_name("function_words.csv")
#: Before the stem of what is excluded.
EXCLUDED = "-"
#: What a line that takes the rest says.
OTHER = frozenset(map(stem, "прочие прочая прочее прочий прочего прочей прочих other".split()))


@cache
def _function_words() -> frozenset[str]:
    """Prepositions and the like, which say nothing of goods, however rare they are in a tariff."""
    return frozenset(stem(word) for _, row in strict_rows(FUNCTION_WORDS, ("language", "words"))[1]
                     for word in row["words"].split())


def words_of(text: str) -> list[Word]:
    """The words of a text, in order; numbers, sizes, articles and function words are none."""
    spans, found = excluded(text)[::-1], []
    for word in _WORD.finditer(text):
        while spans and spans[-1][1] <= word.start():
            spans.pop()
        term = stem(word.group())
        if term in _function_words():
            continue
        out = bool(spans) and spans[-1][0] <= word.start()
        found.append(Word(word.start(), word.end(), EXCLUDED * out + term, out))
    return found


def language_of(text: str) -> str:
    """Russian where a text has a Russian word, however many brands are around it."""
    return "ru" if any(_is_russian(word.lower()) for word in _WORD.findall(text)) else "en"
