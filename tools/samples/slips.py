"""Slips of those who type declarations: what makes a word another one, or two of them, or none.

Each takes a text in capitals and :class:`Dice`, and gives the text back, unchanged where there
is nothing to slip on.
"""
from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from random import Random

from orangecontrib.customs.files import strict_rows

__all__ = ["Dice", "SLIPS", "transliterated"]

_LATIN = dict(zip("АВЕКМНОРСТХ", "ABEKMHOPCTX"))
_CYRILLIC = dict(pair.split(":") for pair in (
    "TECH:ТЕХ SHCH:Щ SH:Ш ZH:Ж CH:Ч TS:Ц CK:К PH:Ф OO:У EE:И A:А B:Б C:К D:Д E:Е F:Ф G:Г H:Х I:И "
    "J:ДЖ K:К L:Л M:М N:Н O:О P:П Q:К R:Р S:С T:Т U:У V:В W:В X:КС Y:И Z:З").split())
_LETTERS = "АБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЫЬЭЮЯ"
_LONG = re.compile(r"\b[А-Я]{8,}\b")


class Dice:
    """Choices built on ``Random.random`` alone, which Python keeps the same for ever."""

    def __init__(self, seed: int):
        self._random = Random(seed).random

    def share(self) -> float:
        """Any number from 0 to 1."""
        return self._random()

    def chance(self, share: float) -> bool:
        return self._random() < share

    def below(self, end: int) -> int:
        return int(self._random() * end)

    def pick(self, things: Sequence):
        return things[self.below(len(things))]

    def weighted(self, rows: Sequence[Mapping[str, str]]) -> Mapping[str, str]:
        """One of the rows, as often as its column ``weight`` says."""
        left = self._random() * sum(float(row["weight"]) for row in rows)
        for row in rows:
            left -= float(row["weight"])
            if left < 0:
                return row
        return rows[-1]

    def some(self, things: Sequence, most: int) -> list:
        things = list(things)
        self.shuffle(things)
        return things[:self.below(min(most, len(things)) + 1)]

    def shuffle(self, things: list) -> None:
        for last in range(len(things) - 1, 0, -1):
            other = self.below(last + 1)
            things[last], things[other] = things[other], things[last]


def transliterated(text: str) -> str:
    """Latin letters as a Russian ear hears them: VEKTORIN, ВЕКТОРИН."""
    return re.sub("|".join(_CYRILLIC), lambda found: _CYRILLIC[found[0]], text.upper())


def _abbreviated(text: str, dice: Dice) -> str:
    for word, short in _abbreviations():
        if word.search(text) and dice.chance(.7):
            text = word.sub(short, text)
    return text


@cache
def _abbreviations() -> list[tuple[re.Pattern, str]]:
    rows = strict_rows(files(__package__) / "declarations" / "abbreviations.csv")[1]
    return [(re.compile(rf"\b{row['word'].upper()}\w*"), row["short"].upper())
            for _, row in rows]


def _in_a_long_word(change: Callable[[str, Dice], str]) -> Callable[[str, Dice], str]:
    def slip(text: str, dice: Dice) -> str:
        words = list(_LONG.finditer(text))
        if not words:
            return text
        word = dice.pick(words)
        return text[:word.start()] + change(word[0], dice) + text[word.end():]
    return slip


def _misprint(word: str, dice: Dice) -> str:
    """A letter lost, doubled, another, or two that changed places."""
    at = 1 + dice.below(len(word) - 3)
    kind = dice.below(4)
    middle = ("", 2 * word[at], dice.pick(_LETTERS), word[at + 1] + word[at])[kind]
    return word[:at] + middle + word[at + 1 + (kind == 3):]


def _split(word: str, dice: Dice) -> str:
    """As the end of a line leaves it."""
    at = 3 + dice.below(len(word) - 5)
    return f"{word[:at]} {word[at:]}"


def _glued_words(text: str, dice: Dice) -> str:
    gaps = [found.start(1) for found in re.finditer(r"[А-Я]{3,}( )(?=[А-Я]{3,})", text)]
    if not gaps:
        return text
    gap = dice.pick(gaps)
    return text[:gap] + text[gap + 1:]


def _glued_units(text: str, dice: Dice) -> str:
    return re.sub(r"(?<=\d) (?=(?:ВТ|КВТ|В|А|ВА|КВА|ГЦ|ММ|ММ2|КГ|МА|КА|ШТ|М|МС)\b)", "", text)


def _look_alike(text: str, dice: Dice) -> str:
    """Some words get Latin letters that look Cyrillic, as a mistyped layout leaves them."""
    return " ".join(
        "".join(_LATIN.get(letter, letter) if dice.chance(.5) else letter
                for letter in word) if dice.chance(.4) else word
        for word in text.split(" "))


#: Cause (``declarations/causes.csv``) -> what it does to a text, in this order.
SLIPS: Mapping[str, Callable[[str, Dice], str]] = {
    "abbreviated": _abbreviated,
    "misprint": _in_a_long_word(_misprint),
    "split_word": _in_a_long_word(_split),
    "glued_words": _glued_words,
    "glued_units": _glued_units,
    "look_alike": _look_alike,
}
