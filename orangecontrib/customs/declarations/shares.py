"""Which of several materials of a part has the largest area, where the text says it.

It says so by shares («кожа 35%, текстиль 65%», «70/30», «1/3»), by words («в основном из
текстиля», «кожа преобладает», «поровну») or by naming the others as trimmings («с вставками из
кожи»).  Shares of the mass tell nothing of areas.  Without a word on what they are shares of,
they are taken as shares of the area, which decides by notes 3(а) and 4 to group 64.

The words are in ``shares.csv`` of each language, in the pattern language of :mod:`.patterns`.
"""
from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from orangecontrib.customs.files import strict_rows

from .languages import LANGUAGES
from .patterns import Pattern
from .phrases import Phrases

__all__ = ["BY_WORDS", "Area", "Place", "is_main", "largest_area", "prevails"]

#: How many times as often it is said of the largest area as of another (judgement), by how the
#: text says it: shares that it says are of the area or the surface, other shares, words, what
#: is left beside trimmings.
BY_AREA, BY_SHARE, BY_WORDS, BY_TRIM = 1000., 120., 100., 45.
#: Shares this near to each other are equal, and sums this near to 100 are whole, in per cent.
EQUAL, WHOLE = 1., 2.


@dataclass(frozen=True)
class Place:
    """A material in the text; materials with one key count together (leather and suede)."""

    key: Hashable
    start: int
    end: int


@dataclass(frozen=True)
class Area:
    """What has the largest area.

    Attributes
    ----------
    keys : tuple
        One, or several that have equal areas, or none: the shares contradict each other, or
        what is not named may be the largest.
    ratio : float
        How many times as often it is said where it is so as where it isn't (judgement).
    by : str
        "share", "words", "trim", "tie" or "unclear".
    """

    keys: tuple[Hashable, ...]
    ratio: float
    by: str


# «more than 50 %» is said in words: it is more than that
_PERCENT = re.compile(r"(?<![\d.,])(?<!more than )(?<!over )(?<!at least )(?<!exceeding )"
                      r"(\d{1,3}(?:[.,]\d{1,2})?)\s?(?:%|per ?cent\b)")
_FRACTION = re.compile(r"(?<![\d/.,])(\d)\s?/\s?(\d)(?![\d/])")
_RATIO = re.compile(r"(?<![\d/.,])(\d{1,2})((?:\s?[/:-]\s?\d{1,2}){1,3})(?![\d/%]|\s?%)")
_NUMBER = re.compile(r"\d+")
_DELIMITER = re.compile(r"[,;.:]")
_WORD = re.compile(r"\w+")


@cache
def _patterns() -> dict[str, Pattern]:
    """By kind the words of all languages."""
    said: dict[str, list[str]] = {}
    phrases = Phrases(kept_as="shares")
    for language in LANGUAGES:
        path = Path(__file__).parent / "languages" / language / "shares.csv"
        for line, row in strict_rows(path, ("kind", "phrase", "why"))[1]:
            phrases.compiled(row["phrase"], f"{path}, line {line}")
            said.setdefault(row["kind"], []).append(row["phrase"])
    found = {kind: Pattern(*phrases.compiled(" | ".join(some))) for kind, some in said.items()}
    phrases.keep()
    return found


def _any(kind: str, text: str, start: int = 0, end: int | None = None) -> bool:
    return _patterns()[kind].search(text, start, len(text) if end is None else end) is not None


def largest_area(text: str, places: Sequence[Place], start: int, end: int) -> Area | None:
    """The material of the largest area, or None where nothing is said of areas.

    Parameters
    ----------
    text : str
        Folded.
    places : sequence of Place
        The materials of one part, in the order of the text.
    start, end : int
        The stretch of the text that speaks of this part.

    Examples
    --------
    >>> text = "верх: кожа 35%, текстиль 65%"
    >>> largest_area(text, [Place("leather", 6, 10), Place("textile", 16, 24)], 4, len(text))
    Area(keys=('textile',), ratio=120.0, by='share')
    """
    if not places:
        return None
    keys = list(dict.fromkeys(place.key for place in places))
    shares = _shares(text, places, start, end)
    if shares:
        if _any("mass", text, start, end):
            return None
        return _by_shares(shares, keys, _ratio(text, start, end))
    if len(keys) < 2:
        return None
    if _any("tie", text, start, end):
        return Area(tuple(keys), BY_WORDS, "tie")
    return _by_words(text, places, keys, start, end)


def prevails(text: str, end: int) -> bool:
    """Is it said that what ends here has the largest area: «накладки занимают большую часть»?"""
    match = _patterns()["prevails"].search(text, end, end + 60)
    if match is None:
        return False
    between = text[end:match.start()]  # not «накладки из кожи (преобладает текстиль)»
    return ("(" not in between or between.strip() == "(") and _near(text, end, match.start())


def is_main(text: str, start: int, end: int) -> bool:
    """Do the words between say that a material has the largest area: «верх в основном мех»?"""
    words = text[start:end]  # so that no more than these is searched
    return _any("main", words) or _any("prevails", words)


def _ratio(text: str, start: int, end: int) -> float:
    return BY_AREA if _any("area", text, start, end) else BY_SHARE


# -- shares

def _number(text: str) -> float:
    return float(text.replace(",", "."))


def _shares(text, places, start, end) -> list[tuple[Hashable, float]]:
    """Shares in per cent with the key of their material; empty where none is stated."""
    found = [(m.start(), m.end(), _number(m[1])) for m in _PERCENT.finditer(text, start, end)]
    if not found:
        found = [(m.start(), m.end(), 100 * int(m[1]) / int(m[2]))
                 for m in _FRACTION.finditer(text, start, end) if int(m[1]) < int(m[2])]
        if len(found) < 2:
            found = []
    if found:
        return _bound(found, places)
    for match in _RATIO.finditer(text, start, end):
        numbers = list(map(float, _NUMBER.findall(match.group())))
        if len(numbers) == len(places) and abs(sum(numbers) - 100) <= WHOLE:
            return list(zip((place.key for place in places), numbers))
    return []


def _bound(found, places) -> list[tuple[Hashable, float]]:
    """Each share with its material: the one behind it, or before it, as the first one stands."""
    before = found[0][0] < places[0].start
    shares = []
    for number, (start, end, share) in enumerate(found):
        if before:
            limit = found[number + 1][0] if number + 1 < len(found) else places[-1].end
            mine = [place for place in places if end <= place.start < limit][:1]
        else:
            limit = found[number - 1][1] if number else 0
            mine = [place for place in places if limit <= place.start and place.end <= start][-1:]
        shares += [(place.key, share) for place in mine]
    return shares


def _by_shares(shares, keys, ratio) -> Area | None:
    total: dict[Hashable, float] = {}
    for key, share in shares:
        total[key] = total.get(key, 0.) + share
    silent = [key for key in keys if key not in total]
    rest = 100 - sum(total.values())
    if len(silent) == 1 and rest > WHOLE:  # «кожа 40%, текстиль»
        total[silent[0]], rest = rest, 0.
    most = max(total.values())
    if rest > WHOLE and most <= rest:  # what is not named may be larger
        return Area((), ratio, "unclear")
    largest = tuple(key for key in keys if most - total.get(key, -100.) <= EQUAL)
    if len(largest) > 1:
        return Area(largest, ratio, "tie")
    if rest < -WHOLE:
        return Area((), ratio, "unclear")
    return Area(largest, ratio, "share") if len(keys) > 1 else None


# -- words

def _by_words(text, places, keys, start, end) -> Area | None:
    main = _beside("main", text, places, start, end) | _ended("prevails", text, places, start, end)
    if not main:
        minor = _beside("minor", text, places, start, end)
        main = set(keys) - minor if minor else set()
        return Area((*main,), BY_TRIM, "trim") if len(main) == 1 else None
    return Area((*main,), BY_WORDS, "words") if len(main) == 1 else None


def _near(text: str, start: int, end: int) -> bool:
    """At most three words, and no delimiter."""
    between = text[start:end]
    return len(between) <= 50 and not _DELIMITER.search(between.strip(" -")) \
        and len(_WORD.findall(between)) <= 3


def _beside(kind: str, text, places, start, end) -> set[Hashable]:
    """Keys of the materials that such words speak of: right behind them, else right before."""
    found = set()
    for match in _patterns()[kind].finditer(text, start, end):
        after = next((p for p in places if p.start >= match.end()), None)
        before = next((p for p in reversed(places) if p.end <= match.start()), None)
        if after is not None and _near(text, match.end(), after.start):
            found.add(after.key)
        elif before is not None and _near(text, before.end, match.start()):
            found.add(before.key)
    return found


def _ended(kind: str, text, places, start, end) -> set[Hashable]:
    """Keys of the materials right before such words («кожа преобладает»), else right behind."""
    found = set()
    for match in _patterns()[kind].finditer(text, start, end):
        before = next((p for p in reversed(places) if p.end <= match.start()), None)
        after = next((p for p in places if p.start >= match.end()), None)
        if before is not None and _near(text, before.end, match.start()) and (
                after is None or text[match.end():after.start].strip()
                or not text[before.end:match.start()].strip()):
            found.add(before.key)
        elif after is not None and _near(text, match.end(), after.start):
            found.add(after.key)
    return found
