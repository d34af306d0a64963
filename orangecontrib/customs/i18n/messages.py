"""Messages: an id and what is put into its wording, and the tables of wordings."""
from __future__ import annotations

import string
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from orangecontrib.customs.files import strict_rows

from .language import LANGUAGES, language

__all__ = ["Capital", "Joined", "Message", "Sayable", "Words", "Wordings", "add_wordings", "put_in",
           "room", "say", "wordings"]

FOLDER = Path(__file__).parent
_FORMATTER = string.Formatter()


class Wordings(Mapping[str, Mapping[str, str]]):
    """A table of wordings: id → language → text.

    Parameters
    ----------
    rows : dict of str to dict of str to str
    """

    def __init__(self, rows: Mapping[str, Mapping[str, str]]):
        self._rows = dict(rows)

    @classmethod
    def load(cls, path: str | Path, prefix: str = "") -> Wordings:
        """Read ``id, ru, en``; ids get the prefix and a dot.

        Raises
        ------
        ValueError
            An id stands twice or is empty, a language has no words, or what is put into them
            differs between the languages or has no name; the message names file and line.
        """
        rows: dict[str, dict[str, str]] = {}
        for line, row in strict_rows(path, ("id", *LANGUAGES))[1]:
            where, id_ = f"{path}, line {line}", row["id"]
            full = f"{prefix}.{id_}" if prefix else id_
            if not id_ or full in rows:
                raise ValueError(f"{where}: id '{id_}' " + ("stands twice" if id_ else "is empty"))
            texts = {name: row[name] for name in LANGUAGES}
            for name, text in texts.items():
                if not text:
                    raise ValueError(f"{where}: '{id_}' has no words in '{name}'")
            try:
                fields = {name: put_in(text) for name, text in texts.items()}
            except ValueError as error:
                raise ValueError(f"{where}: {error}") from None
            if len(set(map(frozenset, fields.values()))) > 1:
                raise ValueError(f"{where}: '{id_}' puts in "
                                 + " and ".join(f"{sorted(f)} ({name})"
                                                for name, f in fields.items()))
            rows[full] = texts
        return cls(rows)

    def __getitem__(self, id_: str) -> Mapping[str, str]:
        return self._rows[id_]

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)


def put_in(text: str) -> set[str]:
    """Names of what is put into a wording; ValueError where one can't be a name."""
    parts = [(name, format_ or "", conversion)
             for _, name, format_, conversion in _FORMATTER.parse(text) if name is not None]
    for name, format_, conversion in parts:
        if not name.isidentifier() or conversion:
            raise ValueError(f"in braces stands the name of what is put in, not '{name}"
                             f"{f'!{conversion}' if conversion else ''}'")
        format(0., format_)
    return {name for name, _, _ in parts}


#: The program's own wordings, a table per room, and those of the groups that are loaded.
_KNOWN: dict[str, Mapping[str, str]] = {}


def add_wordings(table: Mapping[str, Mapping[str, str]]) -> None:
    """Let messages find these wordings too; the same id again takes the place of the first."""
    _KNOWN.update(table)


def wordings() -> dict[str, Mapping[str, str]]:
    """All wordings, by id."""
    return _KNOWN


@dataclass(frozen=True)
class Message:
    """Something to be said, in whatever language is spoken when it is read.

    Attributes
    ----------
    id : str
    args : tuple of (str, object)
        What is put in: text, numbers, other messages, and whatever has its name in every
        language as attributes ``ru`` and ``en`` (facts, values).
    """

    id: str
    args: tuple[tuple[str, object], ...] = ()

    @classmethod
    def of(cls, id_: str, /, **args: object) -> Message:
        """A message with what is put in by name."""
        return cls(id_, tuple(args.items()))

    def text(self, name: str | None = None) -> str:
        """The words in a language (default: the one that is spoken now).

        The id, where its wording is not known: a group that is not loaded.
        """
        name = name or language()
        words = _KNOWN.get(self.id)
        if words is None:
            return self.id
        if not self.args:
            return words[name].replace("{{", "{").replace("}}", "}")
        return words[name].format(**{key: _put(value, name) for key, value in self.args})

    def __str__(self) -> str:
        return self.text()


def room(name: str) -> Callable[..., Message]:
    """What makes the messages of a table: ``room("photos")("skipped", n=3)``."""
    def words(id_: str, /, **args: object) -> Message:
        return Message.of(f"{name}.{id_}", **args)
    return words


@dataclass(frozen=True)
class Words:
    """Text that data brings in every language; without English it is as in Russian."""

    ru: str
    en: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "en", self.en or self.ru)

    def __bool__(self) -> bool:
        return bool(self.ru)

    def __str__(self) -> str:
        return say(self)


@dataclass(frozen=True)
class Joined:
    """Several things said one after another."""

    parts: tuple[object, ...]
    between: str = ", "

    def text(self, name: str | None = None) -> str:
        """The words of all of them."""
        name = name or language()
        return self.between.join([say(part, name) for part in self.parts])

    def __str__(self) -> str:
        return self.text()


@dataclass(frozen=True)
class Capital:
    """Something that begins a sentence."""

    thing: object

    def text(self, name: str | None = None) -> str:
        """Its words with a capital letter."""
        words = say(self.thing, name)
        return words[:1].upper() + words[1:]

    def __str__(self) -> str:
        return self.text()


#: What a person is told, before it is put into a language.
Sayable: TypeAlias = Message | Words | Joined | Capital | str


def say(thing: object, name: str | None = None) -> str:
    """The words for a message, a fact, a value, or text, in a language."""
    if type(thing) is str:  # most of what is put in
        return thing
    return str(_put(thing, name or language()))


def _put(value: object, name: str) -> object:
    """What stands for `value` in a wording: numbers stay numbers, for their format."""
    if isinstance(value, (Message, Joined, Capital)):
        return value.text(name)
    return getattr(value, name, value)


for _path in sorted(FOLDER.glob("*.csv")):
    add_wordings(Wordings.load(_path, _path.stem))
