"""What columns are called: names → roles, by the words of two small tables of data."""
from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from .tables import strict_rows

__all__ = ["ROLES", "Fit", "Label", "bare", "find_column", "fits", "label_of"]

#: The least telling name that is a name; the third rank is only a hint, which needs content.
NAMED = 2

_CAMEL = re.compile(r"(?<=[a-zа-яё0-9])(?=[A-ZА-ЯЁ])|(?<=[A-Z])(?=[A-Z][a-z])")
_REPEATED = re.compile(r"\s*\(\d\)$")
_GRAPH = re.compile(r"\b(?:графа|графы|гр|graph|box) (\d+)\b")


class Fit(NamedTuple):
    """How well a name fits a role: the less, the better."""

    rank: int       #: 1: says so itself; 2: says so in other words; 3: may mean it
    extra: int      #: words that are not needed
    short: int      #: the more words say it, the less
    content: str    #: what the cells must be then, "" for whatever


class Label(NamedTuple):
    """What a column of a specification states: a statement «Материал верха: кожа»."""

    text: str
    unit: str


class _Phrase(NamedTuple):
    whole: bool
    words: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> _Phrase:
        text = text.strip()
        return cls(text.startswith("="), tuple(text.removeprefix("=").split()))

    def extra(self, words: tuple[str, ...]) -> int | None:
        """How many words a name has besides; None where it does not hold the phrase."""
        size, rest = len(self.words), len(words) - len(self.words)
        places = (0,) if self.whole else range(rest + 1)
        if rest < 0 or self.whole and rest:
            return None
        return rest if any(all(map(_is, words[place:place + size], self.words))
                           for place in places) else None


def _is(word: str, wanted: str) -> bool:
    return word.startswith(wanted[:-1]) if wanted.endswith("*") else word == wanted


def _phrases(cell: str) -> tuple[_Phrase, ...]:
    return tuple(map(_Phrase.of, filter(str.strip, cell.split(";"))))


class _Entry(NamedTuple):
    row: dict[str, str]
    phrases: tuple[_Phrase, ...]
    excluded: tuple[_Phrase, ...]

    def match(self, words: tuple[str, ...]) -> tuple[int, int] | None:
        """Words that a name has besides its best phrase, and minus those of that.

        None where it does not fit.
        """
        if any(phrase.extra(words) is not None for phrase in self.excluded):
            return None
        found = [(extra, -len(phrase.words)) for phrase in self.phrases
                 if (extra := phrase.extra(words)) is not None]
        return min(found, default=None)


@cache
def _entries(name: str) -> tuple[_Entry, ...]:
    rows = strict_rows(Path(__file__).with_name(name))[1]
    return tuple(_Entry(row, _phrases(row["words"]), _phrases(row["except"])) for _, row in rows)


def bare(name: str) -> str:
    """Lower case, ё → е, nothing but letters, digits and №; the (1) of a repeated name is gone.

    >>> bare("Описание\\nтовара (1)"), bare("GoodsTNVEDCode"), bare("№ п/п"), bare("Гр.31")
    ('описание товара', 'goods tnved code', '№ п п', 'graph 31')
    """
    name = _CAMEL.sub(" ", _REPEATED.sub("", name)).casefold().replace("ё", "е")
    name = re.sub(r"\b(гр|графа)\.?(?=\d)", r"\1 ", name)
    return _GRAPH.sub(r"graph \1", " ".join(re.sub(r"[^\w№%]|_", " ", name).replace(
        "№", " № ").split()))


def fits(name: str) -> dict[str, Fit]:
    """The roles that a column of this name may have, and how well each fits.

    >>> fits("Описание товара (графа 31)")
    {'description': Fit(rank=1, extra=0, short=-2, content='')}
    """
    return dict(_fits(bare(name)))


@lru_cache(maxsize=4096)
def _fits(name: str) -> tuple[tuple[str, Fit], ...]:
    # the number of the graph stands beside what people call it
    without = " ".join(re.sub(r"\bgraph \d+\b", " ", name).split())
    named = {name, without} - {""}
    found: dict[str, Fit] = {}
    for entry in _entries("roles.csv"):
        matches = [match for some in named
                   if (match := entry.match(tuple(some.split()))) is not None]
        if matches:
            row = entry.row
            fit = Fit(int(row["rank"]), *min(matches), row["content"])
            found[row["role"]] = min(fit, found.get(row["role"], fit))
    return tuple(found.items())


#: Of names that say something else: known, but of no use here.
OTHER = "other"
#: Ids of the roles, in the order of the table.
ROLES = tuple(role for role in dict.fromkeys(
    entry.row["role"] for entry in _entries("roles.csv")) if role != OTHER)


def find_column(names, role: str) -> str | None:
    """The column that is called as the role; of several the one that says it best.

    >>> find_column(["Кол-во мест", "Кол-во, пар"], "quantity")
    'Кол-во, пар'
    """
    found = [(fit[:3], place, name) for place, name in enumerate(names)
             if name and (fit := fits(name).get(role)) and fit.rank <= NAMED]
    return min(found)[2] if found else None


def label_of(name: str) -> Label | None:
    """What a column of a specification states, None for any other column.

    >>> label_of("Длина стельки, мм"), label_of("Количество")
    (Label(text='Длина стельки', unit='мм'), None)
    """
    words = tuple(bare(name).split())
    found = [(match, place, entry) for place, entry in enumerate(_entries("specification.csv"))
             if (match := entry.match(words)) is not None]
    if not found:
        return None
    row = min(found)[2].row
    units = [word for word in words if word in ("см", "мм", "cm", "mm")]
    return Label(row["label"], (units or [row["unit"]])[0] if row["unit"] else "")
