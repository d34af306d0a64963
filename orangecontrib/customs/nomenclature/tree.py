"""A tariff as it is printed: lines with dashes, some of them without a code."""
from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from orangecontrib.customs.files import strict_rows

from .codes import parse_code, spaced
from .editions import Edition, in_force, read_editions
from .rates import Duty, Rate, parse_rate

__all__ = ["Line", "Tariff"]

#: Between the designations of a full text.
JOIN = " > "
_WORD = re.compile(r"[^\W_]+")
_RATES = ("10", "0,34 евро за 1 пару", "10, но не менее 0,3 евро за 1 кг")
_COLUMNS = ("code", "designation_ru", "designation_en", "unit", "rate")


@dataclass(frozen=True)
class Line:
    """A line of the tariff.

    Attributes
    ----------
    code : str
        Digits without spaces; "" for an intermediate line.
    ru, en : str
        The line's own designation in Russian and in English; "" where there is none.
    unit : str
        Supplementary unit.
    rate : Rate
    parent : int or None
        Number of the line above it in the hierarchy.
    """

    code: str
    ru: str = ""
    en: str = ""
    unit: str = ""
    rate: Rate = field(default_factory=Rate)
    parent: int | None = None

    @property
    def text(self) -> str:
        """The designation: in Russian where there is one."""
        return self.ru or self.en

    @cached_property
    def duty(self) -> float | None:
        """EUR per unit, where the rate alone tells it; None where value or weight count."""
        owed = self.duty_on(quantity=1)
        return owed.amount if owed.currency == "EUR" else None

    def duty_on(self, value: float | None = None, quantity: float | None = None,
                weight: float | None = None, currency: str = "EUR",
                exchange: Mapping[str, float] | None = None) -> Duty:
        """The duty on goods, their quantity counted in the line's unit; see Rate.duty."""
        return self.rate.duty(value, quantity, weight, currency, exchange, self.unit)


class Tariff:
    """Lines of one edition, each after its parent and before its parent's next child.

    By code it is read like a dictionary: ``tariff["6403"]``, ``code in tariff``, and going
    through it gives the printed codes.  Numbers of lines also name those without a code.

    Parameters
    ----------
    lines : iterable of Line
        Parents before children, in any other order; lines of a branch are brought
        together.
    editions : iterable of Edition
        Of which its branches are.
    language : str
        ISO code of the language that designations are searched and shown in.
    problems : iterable of str
        What was doubtful in the source.
    """

    spaced = staticmethod(spaced)

    def __init__(self, lines: Iterable[Line], editions: Iterable[Edition] = (),
                 language: str = "ru", problems: Iterable[str] = ()):
        self.lines = _in_order(list(lines))
        self.editions = tuple(editions)
        self.language = language
        self.problems = tuple(problems)
        self.children: list[list[int]] = [[] for _ in self.lines]
        self.roots: list[int] = []
        self._codes: dict[str, int] = {}
        for number, line in enumerate(self.lines):
            (self.roots if line.parent is None else self.children[line.parent]).append(number)
            if line.code:
                self._codes[line.code] = number
        #: Line `i` and all that is below it are lines `i` to ``ends[i] - 1``.
        self.ends = [number + 1 for number in range(len(self.lines))]
        for number in range(len(self.lines) - 1, -1, -1):
            parent = self.lines[number].parent
            if parent is not None:
                self.ends[parent] = max(self.ends[parent], self.ends[number])

    @classmethod
    def load(cls, path: str | os.PathLike[str], edition: Edition | str = "") -> Tariff:
        """Read a table made for this program, all of which must be right.

        Its columns are

        - ``code``: 2 to 10 digits, no other characters; a code stands below the longest one
          that it begins with
        - ``designation_ru``, ``designation_en``: brief; one may be empty
        - ``unit``: the supplementary unit (пар, шт), empty where there is none
        - ``rate``: as the tariff prints it (``10``, ``0,34 евро за 1 пару``,
          ``10, но не менее 0,3 евро за 1 кг``), empty above the leaves

        For tables as others make them see :func:`load_tariff`.

        Parameters
        ----------
        path : str or Path
            CSV.
        edition : Edition or str
            What the table holds, or the day (ISO) since when it is in force.

        Raises
        ------
        ValueError
            With file and line: a code is not made of 2 to 10 digits, stands twice or is not the
            edition's, it has no designation, the rate is not understood, or a row has more or
            fewer fields than the header.
        OSError
            The file can't be read.
        """
        if isinstance(edition, str):
            name = Path(path).name
            edition = Edition(name, name, in_force=edition)
        return cls(_below_each_other(_rows(path, edition)), [edition])

    @classmethod
    def in_force(cls, editions: str | os.PathLike[str], on: date | str | None = None,
                 branches: Iterable[str] | None = None) -> Tariff:
        """The tariff of a day, out of the tables that a table of editions names.

        Parameters
        ----------
        editions : str or Path
            See :func:`read_editions`.
        on : date or str, optional
            The day (ISO); by default the latest editions.
        branches : iterable of str, optional
            By default all.

        Raises
        ------
        ValueError
            As :meth:`load` and :func:`read_editions`; or a branch has no edition for that day.
        """
        chosen = in_force(read_editions(editions), on, branches)
        lines: dict[str, Line] = {}
        for edition in chosen:
            assert edition.path  # read from a table of editions, which names it
            lines |= _rows(edition.path, edition)
        return cls(_below_each_other(lines), chosen)

    def branch(self, prefixes: Iterable[str] | str) -> Tariff:
        """The part for some goods: all codes that begin so, and the lines above them.

        Raises
        ------
        ValueError
            No code begins with one of the prefixes.
        """
        kept: set[int] = set()
        prefixes = (prefixes,) if isinstance(prefixes, str) else tuple(prefixes)
        for prefix in prefixes:
            within = [number for code, number in self._codes.items() if code.startswith(prefix)]
            if not within:
                raise ValueError(f"the tariff ({self.name}) has no code that begins with "
                                 f"'{prefix}'")
            for number in within:
                kept.update(range(number, self.ends[number]))
                parent = self.lines[number].parent
                while parent is not None and parent not in kept:
                    kept.add(parent)
                    parent = self.lines[parent].parent
        places: dict[int | None, int] = {number: place for place, number in enumerate(sorted(kept))}
        lines = [replace(self.lines[number], parent=places.get(self.lines[number].parent))
                 for number in sorted(kept)]
        return Tariff(lines, [edition for edition in self.editions
                              if any(map(edition.covers, prefixes))], self.language, self.problems)

    # -- editions

    @property
    def name(self) -> str:
        """What it is, for people."""
        names = dict.fromkeys(edition.name(self.language) for edition in self.editions)
        codes = [code for edition in self.editions for code in edition.codes]
        return "; ".join(names) + (f": {', '.join(codes)}" if codes else "")

    @property
    def edition(self) -> str:
        """The day since when it is in force, the latest one of its branches; "" if not known."""
        return max((edition.in_force for edition in self.editions), default="")

    def edition_of(self, code: str) -> Edition | None:
        """The edition that a code's rate is of."""
        return next((edition for edition in self.editions if edition.covers(code)), None)

    # -- codes

    def __len__(self) -> int:
        return len(self._codes)

    def __iter__(self) -> Iterator[str]:
        return iter(self._codes)

    def __contains__(self, code: str) -> bool:
        return code in self._codes

    def __getitem__(self, code: str) -> Line:
        return self.lines[self._codes[code]]

    def get(self, code: str) -> Line | None:
        """The line that prints a code; None where the edition lacks it."""
        number = self._codes.get(code)
        return None if number is None else self.lines[number]

    def duty(self, code: str) -> float | None:
        """Import duty in EUR per unit; None where the code's rate alone does not tell it."""
        number = self._codes.get(code)
        return None if number is None else self.lines[number].duty

    def leaves(self, prefix: str = "") -> list[str]:
        """Ten-digit codes under a prefix, in order."""
        return sorted(code for code in self._codes if len(code) == 10 and code.startswith(prefix))

    @property
    def codes(self) -> list[str]:
        """The printed codes, in order."""
        return list(self._codes)

    def find(self, code: str) -> int | None:
        """The line that a code of 2 to 10 digits names; None where the edition lacks it.

        The tariff prints ``9032 89 000 0`` only: the line of 903289 and of 90328900, too.
        """
        number = self._codes.get(code)
        return self._heads.get(code) if number is None else number

    @cached_property
    def _heads(self) -> dict[str, int]:
        """Prefix of 4, 6 or 8 digits → the line that covers all codes beginning with it."""
        firsts: dict[str, int] = {}
        split = set()
        for code, number in self._codes.items():
            for digits in (4, 6, 8):
                prefix = code[:digits]
                if len(code) <= digits or prefix in self._codes:
                    continue
                first = firsts.setdefault(prefix, number)
                if number >= self.ends[first]:
                    split.add(prefix)
        return {prefix: n for prefix, n in firsts.items() if prefix not in split}

    def at_level(self, digits: int, branches: Sequence[int] | None = None
                 ) -> list[tuple[str, int]]:
        """Codes of a level, with their lines.

        Parameters
        ----------
        digits : {2, 4, 6, 8, 10}
        branches : sequence of int, optional
            Lines whose branches are meant; all lines by default.

        Returns
        -------
        list of (code, line)
            In order.  A line printed with more digits stands for the shorter code where
            it covers it alone; nine digits, as in 8504 40 300, are those of eight.
        """
        wanted = self._inside(branches)
        found: dict[str, int] = {}
        for code, number in self._codes.items():
            if number in wanted and len(code) >= digits:
                prefix = code[:digits]
                if prefix not in found and self.find(prefix) == number:
                    found[prefix] = number
        return list(found.items())

    def _inside(self, branches: Sequence[int] | None) -> Collection[int]:
        if branches is None:
            return range(len(self.lines))
        return {n for branch in branches for n in range(branch, self.ends[branch])}

    def path(self, line: int | str) -> list[Line]:
        """Lines from the top down to a line, itself included.

        The line is told by its number or its code; for a code that is not printed, it is the
        longest one that the code begins with.
        """
        number: int | None
        if isinstance(line, int):
            number = line
        else:
            number = next((self._codes[line[:length]] for length in range(len(line), 1, -1)
                           if line[:length] in self._codes), None)
        lines = []
        while number is not None:
            lines.append(self.lines[number])
            number = self.lines[number].parent
        return lines[::-1]

    def full_text(self, number: int) -> str:
        """Designations from the heading down to a line, joined.

        Titles of groups are left out: they have no legal force (GIR 1).
        """
        path = self.path(number)
        texts: list[str] = []
        for line in path:
            said = line.text
            if len(line.code) == 2 and line is not path[-1]:
                continue
            if said and (not texts or texts[-1].casefold() != said.casefold()):
                texts.append(said)
        return JOIN.join(texts)

    def title(self, number: int) -> str:
        """The designation for people; a group without a title is called by its number."""
        line = self.lines[number]
        return line.text or (f"Группа {line.code}" if line.code else "–")

    # -- search

    def search(self, query: str) -> list[int]:
        """Lines that a query finds: a code's beginning, or words in any form.

        All words must stand in the line or above it, one of them in the line itself;
        words are compared by stems, unfinished ones by their beginning.
        """
        typed = parse_code(query)
        digits = typed.typed if typed.problem == "short" else typed.digits
        if digits:
            return [n for code, n in self._codes.items() if code.startswith(digits)]
        words = _words(query)
        if not words:
            return []
        stems = self._stemmer.stemWords(words)
        own_any, inherited = bytearray(len(self.lines)), []
        for word, stem in zip(words, stems):
            # a stem may be longer than a word's unfinished beginning, or shorter than it
            here = bytearray(len(self.lines))
            for candidate, lines in self._index.items():
                if candidate == stem or candidate.startswith(word):
                    for number in lines:
                        here[number] = own_any[number] = 1
            for number, line in enumerate(self.lines):
                if line.parent is not None and here[line.parent]:
                    here[number] = 1
            inherited.append(here)
        return [n for n in range(len(self.lines))
                if own_any[n] and all(here[n] for here in inherited)]

    @cached_property
    def _stemmer(self) -> Any:
        import Stemmer
        return Stemmer.Stemmer({"ru": "russian", "en": "english"}[self.language])

    @cached_property
    def _index(self) -> dict[str, list[int]]:
        """Stem → lines in whose designation it stands."""
        index: dict[str, list[int]] = {}
        for number, line in enumerate(self.lines):
            for stem in set(self._stemmer.stemWords(_words(line.text))):
                index.setdefault(stem, []).append(number)
        return index


def _rows(path: str | os.PathLike[str], edition: Edition) -> dict[str, Line]:
    """Code → its line, of a table for :meth:`Tariff.load`."""
    lines: dict[str, Line] = {}
    for number, row in strict_rows(path, _COLUMNS)[1]:
        code, rate = row["code"], parse_rate(row["rate"])
        wrong = "is repeated" if code in lines else _problem(row, rate, edition)
        if wrong:
            raise ValueError(f"{path}, line {number}: code '{code}' {wrong}")
        lines[code] = Line(code, row["designation_ru"], row["designation_en"],
                           row["unit"].strip("-–— "), rate)
    return lines


def _problem(row: Mapping[str, str], rate: Rate, edition: Edition) -> str:
    """What is wrong with a row of :meth:`Tariff.load`."""
    code = row["code"]
    if not (code.isascii() and code.isdigit() and 2 <= len(code) <= 10):
        return "is not a number of 2 to 10 digits"
    if not edition.covers(code):
        return f"is outside the edition, which covers {', '.join(edition.codes)}"
    if not (row["designation_ru"] or row["designation_en"]):
        return "has no designation"
    if rate.text and not rate.complete:
        return (f"has a rate that is not understood, '{rate.text}'; write it as "
                + " or ".join(f"'{example}'" for example in _RATES))
    return ""


def _below_each_other(lines: Mapping[str, Line]) -> list[Line]:
    """Lines in the order of their codes, each below the longest one that it begins with."""
    numbers = {code: number for number, code in enumerate(sorted(lines))}
    return [replace(lines[code], parent=next((numbers[code[:length]]
                                              for length in range(len(code) - 1, 1, -1)
                                              if code[:length] in numbers), None))
            for code in numbers]


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower().replace("ё", "е"))


def _in_order(lines: list[Line]) -> list[Line]:
    """The lines depth first, with parents renumbered."""
    children: dict[int | None, list[int]] = {}
    for number, line in enumerate(lines):
        children.setdefault(line.parent, []).append(number)
    ordered: list[Line] = []
    places: dict[int, int] = {}
    waiting = children.get(None, [])[::-1]
    while waiting:
        number = waiting.pop()
        line = lines[number]
        places[number] = len(ordered)
        parent = None if line.parent is None else places[line.parent]
        ordered.append(line if parent == line.parent else
                       replace(line, parent=parent))
        waiting.extend(reversed(children.get(number, [])))
    return ordered
