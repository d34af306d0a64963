"""Sizes of a good («размеры 35-40», «US 7, 8, 9»), and which values of a fact they imply.

The systems are the rows of a group's ``sizes.csv``: sizes up to `below` imply the values `short`,
sizes from `from` on `long`; one in between is doubtful.
"""
from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .languages import LANGUAGES, any_of
from .patterns import Tables, Taken, number, spoken
from .quantities import NUMBER_LIST
from .several import Choice, Option

__all__ = ["SizeList", "Sizes", "choice_of_sizes"]


@dataclass(frozen=True)
class SizeSystem:
    """A row of ``sizes.csv``."""

    id: str
    fact: str
    short: tuple[str, ...]
    long: tuple[str, ...]
    below: float
    at_least: float
    ratio: float
    step: float


@dataclass(frozen=True)
class SizeList:
    """Sizes that stand in a text, where, and what they imply."""

    start: int
    end: int
    name: str                   #: of the system
    system: SizeSystem
    sizes: tuple[float, ...]    #: ascending, on the steps of the system

    @property
    def short(self) -> tuple[float, ...]:
        """Those that certainly lie below the limit."""
        return tuple(size for size in self.sizes if size <= self.system.below)

    @property
    def long(self) -> tuple[float, ...]:
        """Those that certainly lie above it."""
        return tuple(size for size in self.sizes if size >= self.system.at_least)

    @property
    def unsure(self) -> tuple[float, ...]:
        """Those in between."""
        return tuple(size for size in self.sizes
                     if self.system.below < size < self.system.at_least)

    @property
    def values(self) -> tuple[str, ...]:
        """The values that they leave open."""
        low, high = self.sizes[0], self.sizes[-1]
        if low >= self.system.at_least:
            return self.system.long
        return self.system.short if high <= self.system.below \
            else self.system.short + self.system.long


def _any(kind: str) -> str:
    return "|".join(any_of(language, kind) for language in LANGUAGES)


_SIZE_WORD = re.compile(
    rf"(?<!\w)(?:{_any('size')})(?!\w)[.]?(?P<gap>[^\d;]{{0,45}}?)(?P<list>{NUMBER_LIST.pattern})"
    r"(?P<tail>[^\d;,]{0,12})")
_SIZE_SYSTEM = re.compile(
    r"(?<!\w)(?:eu|eur|евро\w*|us|usa|сша|uk)(?!\w)(?P<gap>[^\d;.,]{0,30}?)"
    rf"(?P<list>{NUMBER_LIST.pattern})(?P<tail>[^\d;,]{{0,12}})")
_SIZE_BEFORE_WORD = re.compile(
    rf"(?<![\w.,/-])(?P<list>\d{{2}}(?:\s?-\s?\d{{2}})?)(?P<gap>\s?)"
    rf"(?:{any_of('ru', 'size_behind')})(?!\w)")
_SYSTEMS = tuple((system, re.compile(rf"\b(?:{_any(system)})\b"))
                 for system in ("us", "uk", "eu", "mm", "cm"))
_TIMES = re.compile(r"\s?[xх*]\s?\d")  # «36 x 24» is not a list of sizes
_SIZE = re.compile(r"(\d{1,3}(?:[.,]5)?)(?!\d)")
_TO = re.compile(rf"\s?(?:-|{_any('to')}|\.\.\.?)\s?")
#: «33/39» is a range, «36/38/40» are sizes.
_SLASH = re.compile(r"\s?/\s?")


class Sizes:
    """The reader of sizes of a group.

    Parameters
    ----------
    tables : Tables
    """

    def __init__(self, tables: Tables):
        self._systems = dict(self._read(tables))
        self._other = [regex for id_, regex in tables.words.items()
                       if spoken(id_) == "words.other_size"]
        who = {f"words.wearer.{group}": group for _, group in self._systems if group != "any"}
        self._wearers = [(who[spoken(id_)], regex) for id_, regex in tables.words.items()
                         if spoken(id_) in who]

    @staticmethod
    def _read(tables: Tables) -> Iterator[tuple[tuple[str, str], SizeSystem]]:
        columns = ("system", "group", "fact", "short", "long", "below", "from", "when_true",
                   "when_false", "source")
        for where, row in tables.rows("sizes.csv", columns):
            yield (row["system"], row["group"]), SizeSystem(
                row["id"], row["fact"], tables.values(row["fact"], row["short"], where),
                tables.values(row["fact"], row["long"], where), number(row["below"], where),
                number(row["from"], where), tables.ratio(row, row["fact"], (), where),
                number(row.get("step") or "1", where))

    def read(self, text: str) -> Iterator[SizeList]:
        """The lists of sizes in folded text."""
        taken, wearer = Taken(len(text)), self._wearer(text)
        for pattern in (_SIZE_WORD, _SIZE_SYSTEM, _SIZE_BEFORE_WORD):
            for match in pattern.finditer(text):
                if taken.meets(*match.span()) or any(
                        word.search(match["gap"]) for word in self._other) \
                        or _TIMES.match(text, match.end("list")):
                    continue
                found = self._system(wearer, match.group(), match["list"])
                if found is None:
                    continue
                taken.add(*match.span())
                yield SizeList(match.start(), match.end("list"), found[0], found[1],
                               _sizes(match["list"], found[1].step))

    def _wearer(self, words: str) -> str | None:
        """Whose sizes these words name first: "kids", "men", "women"."""
        return next((who for who, regex in self._wearers if regex.search(words)), None)

    def _system(self, wearer: str | None, words: str, listed: str
                ) -> tuple[str, SizeSystem] | None:
        """Name and row of the system of a list of sizes; None if it cannot be read.

        `wearer`: whose sizes they are by the rest of the text.
        """
        name = next((s for s, regex in _SYSTEMS if regex.search(words)), None)
        sizes = _numbers(listed)
        low, high = min(sizes), max(sizes)
        if name in (None, "eu", "cm", "mm"):
            if 100 <= low and high <= 340:
                name = "mm"
            elif name in ("mm", None, "eu") and not (15 <= low and high <= 52):  # noqa: SIM114
                return None
            elif name == "cm" and not (8 <= low and high <= 34):
                return None
            name = "eu" if name is None else name
        wearer = self._wearer(words) or wearer or "any"
        system = self._systems.get((name, wearer)) or self._systems.get((name, "any"))
        return None if system is None else (name, system)


def _value(text: str) -> float:
    return float(text.replace(",", "."))


def _numbers(listed: str) -> list[float]:
    return [_value(match[1]) for match in _SIZE.finditer(listed)]


def _sizes(listed: str, step: float) -> tuple[float, ...]:
    """All sizes of a list, ranges of it in the steps of their system."""
    sizes, last = set(_numbers(listed)), None
    ranges = (_TO, _SLASH) if len(sizes) == 2 else (_TO,)
    for match in _SIZE.finditer(listed):
        if last is not None and any(between.fullmatch(listed, last.end(), match.start())
                                    for between in ranges):
            sizes |= set(_between(*sorted((_value(last[1]), _value(match[1]))), step))
        last = match
    return tuple(sorted(sizes))


def _between(low: float, high: float, step: float) -> Iterator[float]:
    if low % step or high % step:
        step = .5 if low % 1 or high % 1 else 1.
    while low < high:
        yield low
        low += step


def _shown(sizes: Sequence[float], step: float) -> str:
    """«35–37, 39»"""
    runs: list[list[float]] = []
    for size in sizes:
        if runs and size - runs[-1][-1] <= step:
            runs[-1].append(size)
        else:
            runs.append([size])
    return ", ".join(f"{run[0]:g}" if len(run) == 1 else f"{run[0]:g}–{run[-1]:g}" for run in runs)


def choice_of_sizes(lists: Sequence[SizeList], words: str) -> Choice | None:
    """The goods that sizes on both sides of the limit make; None where they make one.

    Parameters
    ----------
    lists : sequence of SizeList
        On one fact.
    words : str
        In which they stand.
    """
    if not lists:
        return None
    crossed = any(some.short for some in lists) and any(some.long for some in lists)
    settled = any(len(some.values) < len(some.system.short + some.system.long) for some in lists)
    if not crossed and settled:  # in another system they are not doubtful
        return None
    names = dict.fromkeys(some.name for some in lists)

    def shown(which: str) -> str:
        return "; ".join((f"{some.name.upper()} " if len(names) > 1 else "")
                         + _shown(sizes, some.system.step)
                         for some in lists if (sizes := getattr(some, which)))
    first = lists[0].system
    return Choice((Option(((first.fact, first.short),), shown("short")),
                   Option(((first.fact, first.long),), shown("long"))), words, shown("unsure"))
