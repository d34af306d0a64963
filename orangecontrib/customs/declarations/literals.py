"""Which pieces of text every match of a regular expression holds.

So that most patterns need no search: a pattern none of whose pieces is in the text can't match.
"""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from os.path import commonprefix
from re import _constants as op
from re import _parser as parser

__all__ = ["literals", "parse"]

#: So many different texts of a part of a pattern are told one by one.
MANY = 24
#: A piece of so many letters is rare enough, and pieces that begin with so many alike are one.
ENOUGH, STEM = 3, 4
_GROUPS = {op.SUBPATTERN, op.ATOMIC_GROUP}
_REPEATS = {op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT}
_EMPTY = {op.ASSERT, op.ASSERT_NOT, op.AT}


@dataclass(frozen=True)
class _Part:
    """All texts that a part of a pattern matches, where they are few; pieces that each holds."""

    texts: frozenset[str] | None = None
    pieces: frozenset[str] = frozenset()   # empty: none is known


_NOTHING = frozenset({""})


def parse(pattern: str):
    """The tree of a regular expression, as the standard library parses it."""
    return parser.parse(pattern)


@lru_cache(maxsize=4096)
def literals(pattern: str) -> tuple[str, ...]:
    """Pieces of which each match of a regular expression holds at least one; () where unknown.

    >>> literals("(?:за|при)кр(?:ыт|ы)\\\\w* лодыж(?:к[аиу])?|голенищ")
    (' лодыж', 'голенищ')
    """
    part = _sequence(parse(pattern))
    return tuple(sorted(_better(part.texts or frozenset(), part.pieces)))


def _better(*candidates: frozenset[str]) -> frozenset[str]:
    """The set whose pieces are long enough, few and long; of equal ones the last."""
    def rank(pieces):
        return min(min(map(len, pieces)), ENOUGH), -len(pieces), min(map(len, pieces))
    useful = [_stems(pieces) for pieces in candidates if pieces and "" not in pieces]
    return max(reversed(useful), key=rank, default=frozenset())


def _stems(pieces: frozenset[str]) -> frozenset[str]:
    """What pieces begin with that begin alike, so that there are fewer to look for."""
    alike: dict[str, list[str]] = {}
    for piece in pieces:
        alike.setdefault(piece[:STEM], []).append(piece)
    return _minimal(commonprefix(some) for some in alike.values())


def _minimal(pieces: Iterable[str]) -> frozenset[str]:
    """Without the pieces that hold another one."""
    kept: list[str] = []
    for piece in sorted(pieces, key=len):
        if not any(other in piece for other in kept):
            kept.append(piece)
    return frozenset(kept)


def _sequence(nodes) -> _Part:
    run, pieces, whole = _NOTHING, frozenset(), True
    for node in nodes:
        part = _part(*node)
        if node[0] is op.ASSERT:  # what it looks at is in the text, too
            pieces = _better(pieces, part.pieces)
        if part.texts is not None and len(run) * len(part.texts) <= MANY:
            run = frozenset(map("".join, product(run, part.texts)))
            continue
        whole = False
        pieces = _better(pieces, run, part.pieces)
        run = part.texts if part.texts is not None else _NOTHING
    return _Part(run if whole else None, _better(pieces, run))


def _part(kind, value) -> _Part:
    if kind in _EMPTY:
        seen = _sequence(value[1]) if kind is op.ASSERT else _Part()
        return _Part(_NOTHING, _better(seen.texts or frozenset(), seen.pieces))
    if kind is op.LITERAL:
        return _Part(frozenset({chr(value)}), frozenset({chr(value)}))
    if kind is op.IN:
        return _Part(frozenset(chr(code) for _, code in value)
                     if len(value) <= 4 and all(k is op.LITERAL for k, _ in value) else None)
    if kind is op.BRANCH:
        return _branch([_sequence(nodes) for nodes in value[1]])
    if kind in _GROUPS:
        return _sequence(value if kind is not op.SUBPATTERN else value[-1])
    if kind in _REPEATS:
        least, most, nodes = value
        part = _sequence(nodes)
        texts = part.texts if (least, most) == (1, 1) else \
            part.texts | _NOTHING if (least, most) == (0, 1) and part.texts else None
        return _Part(texts, part.pieces if least else frozenset())
    return _Part()


def _branch(parts: list[_Part]) -> _Part:
    texts = None if any(part.texts is None for part in parts) else \
        frozenset().union(*(part.texts for part in parts))
    best = [_better(part.texts or frozenset(), part.pieces) for part in parts]
    pieces = _minimal(frozenset().union(*best)) if all(best) else frozenset()
    return _Part(texts if texts is None or len(texts) <= MANY else None, pieces)
