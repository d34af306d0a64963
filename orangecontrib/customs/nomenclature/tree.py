"""A tariff as it is printed: lines with dashes, some of them without a code."""
from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from .bundled import Nomenclature, bundled
from .codes import parse_code
from .rates import Rate, parse_rate

__all__ = ["Line", "Tariff", "bundled_tariff", "spaced"]

#: Between the designations of a full text.
JOIN = " > "
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Line:
    """A line of the tariff.

    Attributes
    ----------
    code : str
        Digits without spaces; "" for an intermediate line.
    text : str
        The line's own designation.
    unit : str
        Supplementary unit.
    rate : Rate
    parent : int or None
        Number of the line above it in the hierarchy.
    """

    code: str
    text: str
    unit: str = ""
    rate: Rate = field(default_factory=Rate)
    parent: int | None = None


class Tariff:
    """Lines of one edition, each after its parent and before its parent's next child.

    Parameters
    ----------
    lines : iterable of Line
        Parents before children, in any other order; lines of a branch are brought
        together.
    name : str
        What the edition is, for people.
    edition : str
        Its date; "" where it is not known.
    language : str
        ISO code of the designations' language.
    problems : iterable of str
        What was doubtful in the source.
    """

    def __init__(self, lines: Iterable[Line], name: str, edition: str = "",
                 language: str = "ru", problems: Iterable[str] = ()):
        self.lines = _in_order(list(lines))
        self.name = name
        self.edition = edition
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

    def __len__(self) -> int:
        return len(self.lines)

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

    def _inside(self, branches: Sequence[int] | None):
        if branches is None:
            return range(len(self.lines))
        return {n for branch in branches for n in range(branch, self.ends[branch])}

    def path(self, number: int) -> list[Line]:
        """Lines from the top down to a line, itself included."""
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
    def _stemmer(self):
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


def bundled_tariff(nomenclature: Nomenclature | None = None) -> Tariff:
    """The bundled edition (or another Nomenclature) as printed lines."""
    source = bundled() if nomenclature is None else nomenclature
    lines: list[Line] = []
    numbers: dict[str, int] = {}
    for code in sorted(source):
        node = source[code]
        parent = next((numbers[code[:n]] for n in range(len(code) - 1, 1, -1)
                       if code[:n] in numbers), None)
        rate = Rate()
        if node.duty is not None:
            rate = parse_rate(f"{_russian(node.duty)} евро за 1 {node.unit}")
        elif node.percent is not None:
            rate = parse_rate(_russian(node.percent))
        numbers[code] = len(lines)
        lines.append(Line(code, node.ru, node.unit, rate, parent))
    return Tariff(lines, "ТН ВЭД ЕАЭС: 64, 8504, 8536, 9032",
                  f"in force from {source.edition}, checked in March 2026")


def spaced(code: str) -> str:
    """A code as the tariff prints it: ``6403 99 960 0``."""
    return " ".join(part for part in (code[:4], code[4:6], code[6:9], code[9:]) if part)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower().replace("ё", "е"))


def _russian(number: float) -> str:
    return f"{number:g}".replace(".", ",")


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
                       Line(line.code, line.text, line.unit, line.rate, parent))
        waiting.extend(reversed(children.get(number, [])))
    return ordered
