"""The pattern language of a group's tables, and reading these tables.

Patterns are Python regular expressions on folded text (lower case, one
alphabet, е for ё) with four shorthands, valid outside of ``[...]``:

``~``
    any word ending: ``закрыва~`` is закрывающая, закрывает ...
``@``
    one word that is no negation: ``ботинки @ домашние`` does not read
    «ботинки не домашние»;
``#``
    what may stand between «без» and a noun that it denies: ``без #каблук~`` reads «без
    высокого каблука» and «без меха и каблука», and not «без меха с каблуком»;
space
    a gap between words, perhaps after an abbreviation (``[ .]+``), so that
    ``метал~ поднос~`` reads «метал.подноска» too; `` ?`` is an optional gap.

What ``@`` and a gap have taken they keep, and an ending gives back what was written together
(«искусственнойкожи») but has at most 30 letters: so each character costs a few looks at most.

A pattern begins and ends at word boundaries.  In ``(?<!...)``, which must be of
fixed width, a space is written ``[ ]``.
"""
from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache

from orangecontrib.customs.files import strict_rows
from orangecontrib.customs.groups import Group
from orangecontrib.customs.i18n import Message, put_in

from .forms import ANY, NOMINATIVE, OBLIQUE
from .languages import LANGUAGES
from .negation import BETWEEN
from .phrases import Phrases

__all__ = ["NEVER", "Alternatives", "Tables", "Taken", "expand", "compile_pattern", "number",
           "needed", "spoken", "words_of"]

_SHORTHAND = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|~|@|#| \?| ")
_ID = re.compile(r"[a-z0-9_]+(?:\.[a-z0-9_]+)*")
_MEANINGS = {"~": r"\w{0,30}", "@": r"(?!(?:не|без|кроме|нет)\b)\w++", "#": BETWEEN,
             " ?": "[ .]*+", " ": "[ .]++"}


#: What no text has.
NEVER = re.compile(r"(?!)")
#: In English a hyphen is as good as a space: "mid-calf", "open-toed".
_HYPHENED = ((r"(?: ++|\.(?=\w))", r"(?: ++|[.-](?=\w))"), ("[ .]++", "(?:[ .]++|-)"),
             ("[ .]*+", "(?:-|[ .]*+)"))

#: The standard library keeps fewer than there are rows, so a second reader would take as long.
_compiled = lru_cache(maxsize=4096)(re.compile)


def expand(pattern: str) -> str:
    """The regular expression that a pattern stands for, without word boundaries."""
    def replace(match: re.Match) -> str:
        return _MEANINGS.get(match.group(), match.group())
    return _SHORTHAND.sub(replace, pattern)


def compile_pattern(regex: str, where: str = "pattern") -> re.Pattern:
    """Compile what a row looks for, between whole words; `where` names its place in errors."""
    try:
        compiled = _compiled(rf"(?<!\w)(?:{regex})(?:(?!\w)|(?<!\w))")
    except re.error as error:
        raise ValueError(f"{where}: not a regular expression: {error}") from None
    if compiled.groups:
        raise ValueError(f"{where}: write (?:...) instead of a capturing group")
    return compiled


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
        if not (self.group.folder / "classes.csv").exists():
            return Phrases()
        classes = {}
        for where, row in self.rows("classes.csv", ("case", "phrase")):
            if row["case"] not in (ANY, NOMINATIVE, OBLIQUE):
                raise ValueError(f"{where}: case must be empty, '{NOMINATIVE}' or '{OBLIQUE}'")
            classes[row["id"]] = row["phrase"], row["case"], where
        return Phrases(classes)

    def regex(self, row: dict[str, str], where: str = "pattern", case: str = ANY) -> str:
        """The regular expression of a row's phrase, in a case; "" where it has none.

        While tables are on their way into phrases, that of its `pattern` (or `oblique`) too.
        """
        if row.get("phrase"):
            regex = self.phrases.regex(row["phrase"], where, case, **{
                name: row.get(name, "") for name in ("not_before", "not_after", "not_between")})
            if spoken(row["id"]) != row["id"]:
                for gap, hyphened in _HYPHENED:
                    regex = regex.replace(gap, hyphened)
            return regex
        return expand(row.get("oblique" if case == OBLIQUE else "pattern", ""))

    @cached_property
    def words(self) -> dict[str, re.Pattern]:
        """``words.csv``: plain regular expressions by id, in their order."""
        words = {}
        for where, row in self.rows("words.csv"):
            try:
                words[row["id"]] = re.compile(rf"(?<!\w)(?:{self.regex(row, where)})(?!\w)")\
                    if row.get("phrase") else re.compile(row["pattern"])
            except re.error as error:
                raise ValueError(f"{where}: not a regular expression: {error}") from None
        return words

    def word(self, id_: str, table: str = "words.csv") -> re.Pattern:
        """A regular expression of ``words.csv``; ValueError where there is none.

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


def words_of(text: str) -> tuple[str, ...]:
    """What stands in a cell with ``|`` between."""
    return tuple(filter(None, text.split("|")))


class Alternatives:
    """Many patterns as one, of which the earlier ones come first.

    Parameters
    ----------
    patterns : sequence of str
    before : str
        A regular expression of what may stand before.
    """

    def __init__(self, patterns: Sequence[str], before: str = r"(?<!\w)"):
        alternatives = [rf"(?:{pattern})(?!\w)" for pattern in patterns]
        # without groups, which tell the pattern, a search passes by most places at once
        self._any = _compiled(rf"{before}(?:{'|'.join(alternatives)})")
        self._each = _compiled(rf"{before}(?:{'|'.join(f'({a})' for a in alternatives)})")

    def finditer(self, text: str) -> Iterator[tuple[int, re.Match]]:
        """Number of the pattern and match, for each match, none inside another."""
        for match in self._any.finditer(text):
            yield self._each.match(text, match.start()).lastindex - 1, match


def number(text: str, where: str) -> float:
    """A number of a data file; ``inf`` is allowed."""
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"{where}: not a number: '{text}'") from None


def needed(needs: tuple[str, ...], text: str) -> bool:
    """Is one of the substrings in the text?  Spares most patterns their search."""
    if not needs:
        return True
    for part in needs:
        if part in text:
            return True
    return False


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
