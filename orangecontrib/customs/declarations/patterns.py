"""Reading the tables of a group, and what their rows look for in folded text.

What a row looks for it says in :mod:`.phrases`; here it becomes a search.
"""
from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from orangecontrib.customs.files import strict_rows
from orangecontrib.customs.groups import Group
from orangecontrib.customs.i18n import Message, put_in

from .forms import ANY, NOMINATIVE, OBLIQUE
from .languages import LANGUAGES
from .phrases import Compiled, Needs, Phrases, holds, words_regex

__all__ = ["LATIN_WORD", "NEVER", "Alternatives", "Index", "Pattern", "Tables", "Taken", "grams_of",
           "language_of", "number", "spoken", "words_of"]

_ID = re.compile(r"[a-z0-9_]+(?:\.[a-z0-9_]+)*")

#: A word of Latin letters, in folded text.
LATIN_WORD = re.compile("[a-z][a-z0-9]")

#: So many letters of a piece tell at once whether it may be in a text.
GRAM = 3

#: The standard library keeps fewer than there are rows, so a second reader would take as long.
_compiled = lru_cache(maxsize=4096)(re.compile)


@dataclass(frozen=True)
class Pattern:
    """What a row looks for, between whole words; compiled when a text first may hold it.

    Parameters
    ----------
    regex : str
    pieces : tuple of str
        A text that holds none of them holds no match; () where none are known.
    beginnings : tuple of str
        Each match begins with one of them; () where none are known.
    needs : str, list or None
        What else a text with a match holds (:class:`.phrases.Compiled`).
    """

    regex: str
    pieces: tuple[str, ...] = ()
    beginnings: tuple[str, ...] = ()
    needs: Needs = field(default=None, hash=False, repr=False)

    @cached_property
    def compiled(self) -> re.Pattern:
        """The regular expression with what must stand at its ends."""
        return _compiled(
            rf"(?<!\w){_begins(self.beginnings)}(?:{self.regex})(?:(?!\w)|(?<!\w))")

    @cached_property
    def grams(self) -> frozenset[str]:
        """Three letters of each piece; none where a piece has fewer, or none is known.

        A text with other ones (:func:`grams_of`) holds no match.
        """
        found = frozenset(piece[:GRAM] for piece in self.pieces)
        return found if all(len(gram) == GRAM and gram == "".join(gram.split())
                            for gram in found) else frozenset()

    def may_be_in(self, text: str) -> bool:
        """Is one of the pieces in the text, and a beginning?  Spares most patterns their search."""
        for some in self._needed:
            for piece in some:
                if piece in text:
                    break
            else:
                return False
        return True

    def is_worth_compiling(self, text: str) -> bool:
        """Is all that is needed in the text?  To search it takes less time than to ask this."""
        return self.needs is None or holds(self.needs, text)

    def _may_be_searched(self, text: str) -> bool:
        return self.may_be_in(text) and ("compiled" in vars(self) or self.is_worth_compiling(text))

    @cached_property
    def _needed(self) -> tuple[tuple[str, ...], ...]:
        # a hyphen may lack in the text
        known = self.beginnings if not any("-" in text for text in self.beginnings) else ()
        return tuple(filter(None, (self.pieces, known)))

    def finditer(self, text: str, start: int = 0, end: int = sys.maxsize) -> Iterable[re.Match]:
        """All matches in ``text[start:end]``, which is folded."""
        return self.compiled.finditer(text, start, end) if self._may_be_searched(text) else ()

    def search(self, text: str, start: int = 0, end: int = sys.maxsize) -> re.Match | None:
        """The first match in ``text[start:end]``."""
        return self.compiled.search(text, start, end) if self._may_be_searched(text) else None

    def match(self, text: str, start: int = 0) -> re.Match | None:
        """The match that begins at `start`."""
        return self.compiled.match(text, start) if self._may_be_searched(text) else None

    def first(self, text: str, places: Sequence[int],
              ends: Callable[[int], bool]) -> re.Match | None:
        """The match that begins at the first of these places at which one does that may end so."""
        if not self._may_be_searched(text):
            return None
        return next((match for place in places for match in (self.compiled.match(text, place),)
                     if match and ends(match.end())), None)


@lru_cache(maxsize=16)  # many tables of several groups ask one after the other
def grams_of(text: str) -> frozenset[str]:
    """All that stands in :data:`GRAM` characters of a word of a text beside each other."""
    return frozenset().union(*map(_grams_of_word, set(text.split())))


@lru_cache(maxsize=2 ** 14)  # declarations share most of their words
def _grams_of_word(word: str) -> frozenset[str]:
    return frozenset(word[i:i + GRAM] for i in range(len(word) - GRAM + 1))


#: What no text has.
NEVER = Pattern(r"(?!)", ("\0",))


class Tables:
    """The pattern tables of a group: rows by ids, and what messages say of them.

    Parameters
    ----------
    group : Group
    """

    #: What is wrong where a row is met: the message of this name and the row's id, if there is one.
    PROBLEM = "problem."
    #: Without these no description can be read; what another table is about is then not read.
    REQUIRED = ("text_patterns.csv", "types.csv")

    def __init__(self, group: Group):
        self.group = group
        self._ids: dict[str, str] = {}

    def has(self, name: str) -> bool:
        """Whether the group has a table of this name."""
        return (self.group.folder / name).is_file()

    def says(self, id_: str) -> bool:
        """Whether ``messages.csv`` says anything by an id."""
        return f"{self.group.id}.{id_}" in self.group.wordings

    def rows(self, name: str, columns: Sequence[str] = ()) -> Iterator[tuple[str, dict[str, str]]]:
        """Rows of a table with where they stand ("file, line n"); see :func:`strict_rows`.

        Raises
        ------
        ValueError
            The table can't be read, or an id is none, or names a row above or of another table.
        """
        path = self.group.folder / name
        if name not in self.REQUIRED and not self.has(name):
            return
        for line, row in strict_rows(path, ("id", *columns))[1]:
            where, id_ = f"{path}, line {line}", row["id"]
            if _ID.fullmatch(id_) is None:
                raise ValueError(f"{where}: '{id_}' is not an id: small Latin letters, digits, "
                                 "_ and . are needed")
            if id_ in self._ids:
                raise ValueError(f"{where}: id '{id_}' stands in {self._ids[id_]}, too")
            self._ids[id_] = where
            yield where, row

    @cached_property
    def phrases(self) -> Phrases:
        """What turns phrases into regular expressions, with the classes of ``classes.csv``."""
        classes = {}
        for where, row in self.rows("classes.csv", ("phrase",)):
            case = row.get("case", ANY)
            if case not in (ANY, NOMINATIVE, OBLIQUE):
                raise ValueError(f"{where}: case must be empty, '{NOMINATIVE}' or '{OBLIQUE}'")
            classes[row["id"]] = row["phrase"], case, where
        return Phrases(classes, self.group.id)

    def regex(self, row: dict[str, str], where: str = "row", case: str = ANY) -> str:
        """The regular expression of a row's phrase, in a case; "" where there is none."""
        return self._compiled(row, where, case).regex if row["phrase"] else ""

    def _compiled(self, row: dict[str, str], where: str, case: str) -> Compiled:
        return self.phrases.compiled(row["phrase"], where, case, **{
            name: row.get(name, "") for name in ("not_before", "not_after", "not_between")})

    def pattern(self, row: dict[str, str], where: str = "row", case: str = ANY
                ) -> Pattern | None:
        """What a row looks for; None where that has no forms in a case.

        ValueError where its phrase is empty or can't be read.
        """
        if not row["phrase"]:
            raise ValueError(f"{where}: phrase is empty")
        compiled = self._compiled(row, where, case)
        return Pattern(*compiled) if compiled.regex else None

    @cached_property
    def words(self) -> dict[str, Pattern]:
        """What the rows of ``words.csv`` look for by id, in their order."""
        return {row["id"]: self.pattern(row, where)
                for where, row in self.rows("words.csv", ("phrase",))}

    def word(self, id_: str, table: str = "words.csv") -> Pattern:
        """What a row of ``words.csv`` looks for; ValueError where there is none.

        Without the `table` that needs it no words are needed, and none are met.
        """
        if id_ not in self.words:
            if not self.has(table):
                return NEVER
            raise ValueError(f"{self.group.folder / 'words.csv'}: no row '{id_}'")
        return self.words[id_]

    def values(self, fact: str, text: str, where: str) -> tuple[str, ...]:
        """The values of a fact that stand in a cell, with ``|`` between them."""
        if fact not in self.group.vocabulary:
            raise ValueError(f"{where}: unknown fact '{fact}'")
        values = words_of(text)
        for value in values:
            if value not in self.group.vocabulary[fact].value_ids:
                raise ValueError(f"{where}: fact '{fact}' has no value '{value}'")
        return values

    def ratio(self, row: dict[str, str], fact: str, values: Sequence[str], where: str) -> float:
        """How many times as often the words of a row stand where `values` hold as elsewhere.

        `when_true` and `when_false` are these shares of the texts; where all values stay
        possible both are empty.  ValueError where the words would speak against what they
        state, or where `source` does not say how one knows.
        """
        if len(values) == len(self.group.vocabulary[fact].values):
            return 1.
        true, false = (number(row[name], where) for name in ("when_true", "when_false"))
        if not 0 < false < true <= 1:
            raise ValueError(f"{where}: when_false must be more than 0 and less than when_true, "
                             f"which is at most 1: {row['when_true']}, {row['when_false']}")
        if not row["source"].strip():
            raise ValueError(f"{where}: source is empty: it says where when_true and when_false "
                             "are from, a count or a judgement with its reason")
        return true / false

    def message(self, id_: str, where: str = "", given: Sequence[str] = ()) -> Message:
        """What ``messages.csv`` says by an id, with what is given to be put in.

        ValueError where it says nothing, or puts in something else.
        """
        id_ = spoken(id_)
        words = self.group.wordings.get(f"{self.group.id}.{id_}")
        if words is None:
            raise ValueError(f"{where or self.group.folder}: messages.csv has no '{id_}'")
        unknown = sorted(set().union(*map(put_in, words.values())) - set(given))
        if unknown:
            raise ValueError(f"{self.group.folder / 'messages.csv'}: '{id_}' puts in "
                             f"{', '.join(unknown)}; there is {', '.join(given) or 'nothing'}")
        return self.group.message(id_)

    def problem(self, id_: str, given: Sequence[str] = ()) -> Message | None:
        """What is wrong where a row is met, None where that is not in ``messages.csv``."""
        id_ = spoken(id_)
        known = f"{self.group.id}.{self.PROBLEM}{id_}" in self.group.wordings
        return self.message(self.PROBLEM + id_, given=given) if known else None

    def check(self):
        """ValueError where a problem is that of a row that no table has."""
        prefix = f"{self.group.id}.{self.PROBLEM}"
        for id_ in self.group.wordings:
            if id_.startswith(prefix) and id_.removeprefix(prefix) not in self._ids:
                raise ValueError(f"{self.group.folder / 'messages.csv'}: no table has the row "
                                 f"'{id_.removeprefix(prefix)}', of which a problem is told")


def spoken(id_: str) -> str:
    """The id by which a row is spoken of: that of the same row in the first language.

    The id of a row in another language ends with the language: ``height.mid.en``.
    """
    for language in LANGUAGES[1:]:
        id_ = id_.removesuffix(f".{language}")
    return id_


def language_of(id_: str) -> str:
    """The language of a row by its id."""
    return next((language for language in LANGUAGES[1:] if id_.endswith(f".{language}")),
                LANGUAGES[0])


def words_of(text: str) -> tuple[str, ...]:
    """What stands in a cell with ``|`` between."""
    return tuple(filter(None, text.split("|")))


def _begins(beginnings: Sequence[str]) -> str:
    """Looks whether one of them comes next: a word that begins nothing is passed by at once."""
    return f"(?={words_regex(sorted(beginnings))})" if beginnings else ""


class Index:
    """Many patterns, of which few may be in any one text: these are told by their pieces.

    Who searches for one asks for its beginnings, too (:meth:`Pattern.may_be_in`).

    Parameters
    ----------
    patterns : sequence of Pattern
    """

    def __init__(self, patterns: Sequence[Pattern]):
        self._always = [i for i, pattern in enumerate(patterns) if not pattern.grams]
        having: dict[str, list[int]] = {}   # by piece
        for i, pattern in enumerate(patterns):
            for piece in pattern.pieces if pattern.grams else ():
                having.setdefault(piece, []).append(i)
        self._by_gram: dict[str, list[tuple[str, list[int]]]] = {}
        for piece, numbers in having.items():
            self._by_gram.setdefault(piece[:GRAM], []).append((piece, numbers))
        self._grams = frozenset(self._by_gram)

    def possible(self, text: str) -> list[int]:
        """The numbers of those that a text may hold by their pieces, in their order."""
        found = set(self._always)
        for gram in self._grams & grams_of(text):
            for piece, numbers in self._by_gram[gram]:
                if piece in text:
                    found.update(numbers)
        return sorted(found)


class Alternatives:
    """Many patterns, none inside another: the first match counts, of several the earlier pattern's.

    Parameters
    ----------
    patterns : sequence of Pattern
    before : str
        A regular expression of what may stand before.
    """

    def __init__(self, patterns: Sequence[Pattern], before: str = r"(?<!\w)"):
        self._patterns, self._before = tuple(patterns), before
        self._index = Index(patterns)
        self._compiled: dict[int, re.Pattern] = {}   # when a text first may hold them

    def _search(self, i: int, text: str, start: int) -> re.Match | None:
        if i not in self._compiled:
            pattern = self._patterns[i]
            if not pattern.is_worth_compiling(text):
                return None
            self._compiled[i] = _compiled(
                rf"{self._before}{_begins(pattern.beginnings)}(?:{pattern.regex})(?!\w)")
        return self._compiled[i].search(text, start)

    def finditer(self, text: str) -> Iterator[tuple[int, re.Match]]:
        """Number of the pattern and match, for each match, none inside another."""
        met = {i: match for i in self._index.possible(text) if self._patterns[i].may_be_in(text)
               and (match := self._search(i, text, 0)) is not None}
        while met:
            first = min(met, key=lambda i: (met[i].start(), i))
            match = met[first]
            yield first, match
            for i in [i for i, other in met.items() if other.start() < match.end()]:
                further = self._search(i, text, match.end())
                if further is None:
                    del met[i]
                else:
                    met[i] = further


def number(text: str, where: str) -> float:
    """A number of a data file; ``inf`` is allowed."""
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"{where}: not a number: '{text}'") from None


class Taken:
    """Which characters of a text are spoken for.

    Parameters
    ----------
    length : int
        Of the text.
    """

    def __init__(self, length: int):
        self._mask = bytearray(length)

    def add(self, start: int, end: int):
        """Take ``text[start:end]``."""
        self._mask[start:end] = b"\1" * (end - start)

    def meets(self, start: int, end: int) -> bool:
        """Is a character of ``text[start:end]`` taken?"""
        return self._mask.find(1, start, end) >= 0
