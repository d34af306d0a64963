"""What is said of a file: English for logs and errors, Russian too for who asks for it.

Wordings stand in ``notes.csv``.  This room knows no other, so its notes are texts that bring the
other language along; :func:`orangecontrib.customs.i18n.say` says them in the one that is spoken.
"""
from __future__ import annotations

import csv
from collections.abc import Sequence
from functools import cache
from pathlib import Path

__all__ = ["Note", "first_of", "note"]


class Note(str):
    """A text in English.

    Attributes
    ----------
    ru, en : str
    """

    ru: str
    en: str

    def __new__(cls, english: str, russian: str) -> Note:
        self = super().__new__(cls, english)
        self.en, self.ru = english, russian
        return self

    def __reduce__(self) -> tuple[type[Note], tuple[str, str]]:
        return Note, (self.en, self.ru)


@cache
def _wordings() -> dict[str, tuple[str, str]]:
    with open(Path(__file__).with_name("notes.csv"), encoding="utf-8", newline="") as file:
        return {row["id"]: (row["en"], row["ru"]) for row in csv.DictReader(file, strict=True)}


def note(id_: str, /, **args: object) -> Note:
    """A note of the table, with what is put in by name; notes in both languages.

    >>> said = note("header_row", row=4)
    >>> said, said.ru
    ('the names of the columns stand in row 4; what is above it is left out', \
'названия столбцов стоят в строке 4; что выше, пропущено')
    """
    english, russian = _wordings()[id_]
    return Note(english.format(**args),
                russian.format(**{name: getattr(value, "ru", value)
                                  for name, value in args.items()}))


def first_of(numbers: Sequence[str], most: int = 5) -> str:
    """The first of some numbers: «3, 4 …»."""
    return ", ".join(numbers[:most]) + " …" * (len(numbers) > most)
