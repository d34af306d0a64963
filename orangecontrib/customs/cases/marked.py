"""A description in pieces: which words speak of which facts."""
from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from orangecontrib.customs.declarations import STATED, Finding, GroupsReader, Reading
from orangecontrib.customs.facts import Fact, Vocabulary
from orangecontrib.customs.groups import Group
from orangecontrib.customs.i18n import Joined, Message

__all__ = ["Piece", "pieces_of", "reader_of"]


@dataclass(frozen=True)
class Piece:
    """Some words of a description.

    Attributes
    ----------
    text : str
    facts : tuple of str
        That they speak of, the one that they say most exactly first; none: of nothing.
    said : tuple of Message
        What they say of each.
    """

    text: str
    facts: tuple[str, ...] = ()
    said: tuple[Message, ...] = ()


@lru_cache(maxsize=4)
def reader_of(groups: tuple[Group, ...]) -> GroupsReader:
    """The reader of some groups; their patterns are compiled once."""
    return GroupsReader(groups)


def pieces_of(description: str, groups: Sequence[Group],
              read: Callable[[str], Reading] | None = None) -> tuple[Piece, ...]:
    """The whole description in pieces, in order.

    Parameters
    ----------
    description : str
    groups : sequence of Group
        Whose facts it may speak of.
    read : callable, optional
        What reads it; the groups' own readers by default.

    Examples
    --------
    >>> from orangecontrib.customs.groups import loaded_groups
    >>> "".join(p.text for p in pieces_of("Ботинки мужские", loaded_groups()))
    'Ботинки мужские'
    """
    reading = [group for group in groups if group.reads_text]
    if not description or not reading:
        return (Piece(description),) if description else ()
    made_by = reader_of(tuple(reading))
    found = (read or made_by.read)(description)
    findings = [f for some in (found, *found.goods) for f in some.findings]
    cuts = sorted({0, len(description), *(min(f.start, len(description)) for f in findings),
                   *(min(f.end, len(description)) for f in findings)})
    pieces = []
    for start, end in itertools.pairwise(cuts):
        # the shortest span on top, as it says most exactly what was read
        here = sorted((f for f in findings if f.start <= start and end <= f.end),
                      key=lambda f: (f.end - f.start, f.kind != STATED))
        pieces.append(Piece(description[start:end], tuple(dict.fromkeys(f.fact for f in here)),
                            tuple(dict.fromkeys(_said(f, made_by.vocabulary) for f in here))))
    return tuple(pieces)


def _said(finding: Finding, vocabulary: Vocabulary) -> Message:
    fact: Fact = vocabulary[finding.fact]
    values = Joined(tuple(value for value in fact.values if value.id in finding.values), " / ")
    return Message.of("card.mark", fact=fact, values=values,
                      how=Message("card.stated" if finding.kind == STATED else "card.implied"))
