"""Folding of declaration text: one alphabet, one case, one kind of space.

Real declarations mix look-alike Latin letters into Russian words
(«HА HАПРЯЖЕHИЕ»), write ё or е, several kinds of dashes, quotes and spaces.
Patterns read the folded text; :class:`Folded` remembers where each folded
character came from, so that spans always refer to the original.
"""
from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

__all__ = ["Folded", "fold", "fold_text"]

# Upper-case forms of B, H, K, M, T look like В, Н, К, М, Т; of the lower-case ones only k does.
_TO_CYRILLIC = dict(zip("ABCEHKMOPTXYaceopxyk", "авсенкмортхуасеорхук"))
_TO_LATIN = {"а": "a", "в": "b", "с": "c", "е": "e", "н": "h", "к": "k", "м": "m",
             "о": "o", "р": "p", "т": "t", "х": "x", "у": "y"}

_ONE_TO_ONE = str.maketrans({
    **dict.fromkeys("‐‑‒–—―−", "-"),
    **dict.fromkeys("«»„“”‟″", '"'),
    **dict.fromkeys("‘’`´", "'"),
    **dict.fromkeys("\t\n\r\v\f\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008"
                    "\u2009\u200a\u202f\u205f\u3000", " "),
    "ё": "е", "Ё": "Е", "×": "x",
})
_OTHER = re.compile(f"[{re.escape(''.join(map(chr, _ONE_TO_ONE)))}]")
_UNTIDY = re.compile("  +|[\u00ad\u200b-\u200d\u2060\ufeff]+|.[\u0300-\u036f]+")
_LATIN_WORD = re.compile(r"(?<![A-Za-zА-Яа-я])[А-Яа-я]*+[A-Za-z][A-Za-zА-Яа-я]*+")
_BRAND = re.compile(r"(?<![A-Za-zА-Яа-я])[A-Za-z]{3,}+(?![А-Яа-я])")
_LATIN = re.compile("[A-Za-z]")
_CYRILLIC = re.compile("[А-Яа-я]")


@dataclass(frozen=True)
class Folded:
    """Folded text and the way back.

    Parameters
    ----------
    original : str
        The text as it was.
    text : str
        The folded text.
    masked : str
        As `text`, with words that are Latin in the original (brands) blanked
        to ``zzz``: «MAX» folds to «мах», and is not a Russian noun.
    starts : tuple of int or None
        ``starts[i]`` is the place in the original of folded character ``i``
        (one more entry for the end); None where nothing moved.
    english : tuple of (int, int)
        The stretches of the folded text that are English, of a text in Russian, too.
    """

    original: str
    text: str
    masked: str
    starts: tuple[int, ...] | None = None
    english: tuple[tuple[int, int], ...] = ()

    def views(self, languages: Sequence[str]) -> list[tuple[str, Folded]]:
        """The text as each of these languages reads it, marks in place of what others do.

        An English text has no names to be blanked, as no word of it looks like another one.
        """
        if "en" not in languages:
            return [("ru", self)]
        if "ru" not in languages:
            return [("en", replace(self, masked=self.text))]
        others, at = [], 0
        for start, end in self.english:
            others.append((at, start))
            at = end
        others.append((at, len(self.text)))
        english = _blanked(self.text, others)
        return [("ru", replace(self, text=_blanked(self.text, self.english),
                               masked=_blanked(self.masked, self.english))),
                ("en", replace(self, text=english, masked=english))]

    @property
    def cased(self) -> str:
        """The folded text in the case of the original."""
        if self.starts is None:
            return self.original
        return "".join(letter.upper() if self.original[start].isupper() else letter
                       for letter, start in zip(self.text, self.starts))

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original text that folded ``text[start:end]`` stands for."""
        if self.starts is None:
            return start, end
        if start == end:
            return self.starts[start], self.starts[start]
        # Up to the next folded character, without what was dropped in between.
        return self.starts[start], self.starts[end - 1] + self._width(end - 1)

    def _width(self, index: int) -> int:
        return 1 if self.text[index] == " " else self.starts[index + 1] - self.starts[index]


def _one_to_one(text: str) -> str:
    return text.translate(_ONE_TO_ONE) if _OTHER.search(text) else text


@lru_cache(maxsize=2 ** 14)  # brands and units recur
def _fold_word(word: str) -> str:
    """One alphabet for a word that holds Latin letters."""
    latin = [c for c in word if c.isascii()]
    if all(c in _TO_CYRILLIC for c in latin):
        return "".join(_TO_CYRILLIC.get(c, c) for c in word)
    if all(c.isascii() or c.lower() in _TO_LATIN for c in word):  # «РVС» with Cyrillic Р, С
        return "".join(_TO_LATIN.get(c.lower(), c) for c in word)
    return "".join(_TO_CYRILLIC.get(c, c) for c in word)


@lru_cache(maxsize=8)  # readers of several groups ask one after the other
def fold(text: str, english: tuple[tuple[int, int], ...] = ()) -> Folded:
    """Lower case, look-alike letters in one alphabet, ё → е, single spaces.

    A word in which every Latin letter has a Cyrillic double becomes Cyrillic
    (so a lone «C» is the preposition); a word in which every Cyrillic letter has
    a Latin double, but not the reverse, becomes Latin («РVС»).
    Texts without any Cyrillic stay Latin, and so do the stretches `english` of the original.
    """
    folded = _one_to_one(text)
    starts = None
    if _UNTIDY.search(folded):
        pieces, starts, at = [], [], 0
        for match in _UNTIDY.finditer(folded):
            pieces.append(folded[at:match.start()])
            starts.extend(range(at, match.start()))
            found = match.group()
            if found[0] == " ":
                replacement = " "
            elif len(found) > 1 and unicodedata.combining(found[1]):
                replacement = unicodedata.normalize("NFC", found)[0]
                replacement = {"ё": "е", "Ё": "Е"}.get(replacement, replacement)
            else:
                replacement = ""
            pieces.append(replacement)
            starts.extend([match.start()] * len(replacement))
            at = match.end()
        pieces.append(folded[at:])
        starts.extend(range(at, len(folded) + 1))
        folded = "".join(pieces)
        starts = tuple(starts)
    moved = tuple(english) if starts is None else tuple(
        (bisect_left(starts, start), bisect_left(starts, end)) for start, end in english)
    masked = folded
    if _LATIN.search(folded):
        masked = _BRAND.sub(lambda match: "z" * len(match.group()), folded)
        if _CYRILLIC.search(folded):
            def in_one_alphabet(match: re.Match) -> str:
                if any(start <= match.start() < end for start, end in moved):
                    return match.group()
                return _fold_word(match.group())
            folded = _LATIN_WORD.sub(in_one_alphabet, folded)
            masked = _LATIN_WORD.sub(in_one_alphabet, masked)
    return Folded(text, _lower(folded), _lower(masked), starts, moved)


def fold_text(text: str) -> str:
    """``fold(text).text`` in half the time: no spans and no brands are asked for."""
    tidy = _one_to_one(text)
    if _UNTIDY.search(tidy):
        return fold(text).text
    if _LATIN.search(tidy) and _CYRILLIC.search(tidy):
        tidy = _LATIN_WORD.sub(lambda word: _fold_word(word.group()), tidy)
    return _lower(tidy)


def _blanked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The text with marks in place of some stretches."""
    pieces, at = [], 0
    for start, end in spans:
        pieces += [text[at:start], ";" * (end - start)]
        at = end
    return "".join([*pieces, text[at:]])


def _lower(text: str) -> str:
    """Lower case of the same length: a few foreign capitals lower to two characters."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(c.lower()[:1] for c in text)
