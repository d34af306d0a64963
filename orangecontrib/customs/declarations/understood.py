"""How far a description was understood, and what that is worth.

A description of which the reader knows every word is ordinary, and what it read there holds.  One
that tells of plates under a sole, of a layer that hides what is below, or that goes on for a dozen
words which no table knows, tells more than was read.  So there are *doubts*: with the share d of
such descriptions the good is not as read, but as any good that somebody found worth describing.
A fact is then believed by

    P(v | words) = (1 − d) · P(v | what was read) + d · unread(v)

and that is all: a doubt states no value, it flattens what is believed.  Which signs raise it, of
which facts and how far stands in ``doubts.csv`` of a group, `unread` in ``unread.csv``.  Without
these tables no description is doubted.
"""
from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from orangecontrib.customs.facts import Priors

from .folding import Folded
from .languages import ordinary
from .materials import Mention
from .patterns import NEVER, Pattern, Tables, language_of, number, words_of
from .reading import STATED, Doubt, Finding

__all__ = ["Understanding"]

#: A row's `when`: words of its phrase are met; more than so many words are in no table; a part is
#: named, words beside it are not understood, and no value is read of it; its values fall apart;
#: it is read of materials that are bound to no part; words are met, and nothing is read of it.
WORDS, UNKNOWN, UNREAD, TORN = "words", "unknown", "unread", "torn"
LOOSE, SILENT = "loose", "silent"
WHENS = (WORDS, UNKNOWN, UNREAD, TORN, LOOSE, SILENT)
#: Words that are quoted of a doubt.
QUOTED = 6
#: No doubt is stronger: something was read.
MOST = .6

_WORD = re.compile(r"[^\W\d_]{3,}")
_STOP = re.compile("[;.]")


@dataclass(frozen=True)
class _Sign:
    """A row of ``doubts.csv``."""

    id: str
    when: str
    facts: tuple[str, ...]
    share: float
    above: float
    pattern: Pattern
    language: str


@dataclass(frozen=True)
class _Word:
    """A word of folded text."""

    text: str
    start: int
    end: int


class Understanding:
    """The signs of a group that a description tells more than was read.

    Parameters
    ----------
    tables : Tables
    priors : Priors
        What is believed of a fact where nothing is read.
    """

    def __init__(self, tables: Tables, priors: Priors):
        self._signs = tuple(self._read(tables))
        self._unread = self._read_unread(tables, priors)
        self._priors = {fact: tuple(map(float, priors[fact])) for fact in self._unread}
        for sign in self._signs:
            for fact in sign.facts:
                if fact not in self._unread:
                    raise ValueError(f"{tables.group.folder / 'unread.csv'}: no rows of "
                                     f"'{fact}', which doubts.csv doubts")

    @staticmethod
    def _read(tables: Tables):
        columns = ("when", "facts", "share", "above", "phrase", "source")
        for where, row in tables.rows("doubts.csv", columns):
            if row["when"] not in WHENS:
                raise ValueError(f"{where}: when must be one of {', '.join(WHENS)}")
            share = number(row["share"], where)
            if not 0 < share < 1:
                raise ValueError(f"{where}: share must be between 0 and 1: {row['share']}")
            if not row["source"].strip():
                raise ValueError(f"{where}: source is empty: it says where share is from")
            facts = words_of(row["facts"])
            pattern = tables.pattern(row, where) or NEVER if row["phrase"] else NEVER
            yield _Sign(row["id"], row["when"], facts, share,
                        number(row["above"] or "0", where), pattern, language_of(row["id"]))

    @staticmethod
    def _read_unread(tables: Tables, priors: Priors) -> dict[str, tuple[float, ...]]:
        found: dict[str, dict[str, float]] = {}
        for where, row in tables.rows("unread.csv", ("fact", "value", "probability", "source")):
            value, = tables.values(row["fact"], row["value"], where)
            found.setdefault(row["fact"], {})[value] = number(row["probability"], where)
        unread = {}
        for fact, values in found.items():
            ids = tables.group.vocabulary[fact].value_ids
            if set(values) != set(ids) or min(values.values()) <= 0 \
                    or not math.isclose(sum(values.values()), 1, abs_tol=1e-6):
                raise ValueError(f"{tables.group.folder / 'unread.csv'}: '{fact}' needs each of "
                                 "its values, above 0 and 1 together")
            unread[fact] = tuple(values[value] for value in ids)
        return unread

    def __bool__(self) -> bool:
        return bool(self._signs)

    def doubts(self, views: Sequence[tuple[str, Folded, Sequence[Mention]]],
               findings: Sequence[Finding]) -> tuple[Doubt, ...]:
        """What a description leaves in doubt, fact by fact.

        Parameters
        ----------
        views : sequence of (str, Folded, sequence of Mention)
            The text as each of its languages reads it, with what is named in it.
        findings : sequence of Finding
            All that was read.
        """
        if not self._signs:
            return ()
        unknown = self._unknown(views, findings)
        left: dict[str, float] = {}
        words: dict[str, dict[str, None]] = {}
        said: dict[str, list[Finding]] = {fact: [] for fact in self._unread}
        for finding in findings:
            if finding.fact in said:
                said[finding.fact].append(finding)
        for sign in self._signs:
            if sign.when in (UNKNOWN, UNREAD) and len(unknown) <= sign.above:
                continue
            for fact, met in self._met(sign, views, said, unknown):
                left[fact] = left.get(fact, 1.) * (1 - sign.share)
                words.setdefault(fact, {}).update(dict.fromkeys(met))
        return tuple(Doubt(fact, min(1 - left[fact], MOST), tuple(words[fact])[:QUOTED],
                           self._priors[fact], self._unread[fact])
                     for fact in self._unread if fact in left)

    def _met(self, sign: _Sign, views, said: Mapping[str, Sequence[Finding]],
             unknown: Sequence[_Word]):
        """The facts that a sign puts in doubt, with the words."""
        for fact in sign.facts:
            mine = said[fact]
            if sign.when == UNKNOWN:
                met = [word.text for word in unknown]
            elif sign.when in (WORDS, SILENT):
                met = [] if mine and sign.when == SILENT else [
                    m.group() for language, folded, _ in views if language == sign.language
                    for m in sign.pattern.finditer(folded.text)]
            elif sign.when == UNREAD:
                met = [] if mine else list(self._beside(fact, views, unknown))
            elif sign.when == LOOSE:
                met = [f.text for f in mine if not any(o.kind == STATED for o in mine)][:1]
            else:
                met = [f.text for f in mine if len(self._classes(f.values)) > 1][:1]
            if met:
                yield fact, met

    @staticmethod
    def _classes(values: Iterable[str]) -> set[str]:
        """Rubber and plastics are one column of the tariff."""
        return {"rubber" if value == "plastic" else value for value in values}

    @staticmethod
    def _unknown(views, findings: Sequence[Finding]) -> list[_Word]:
        """The words that nothing was read in, and that are not of no account either.

        Names are no such words: what begins with a capital inside a sentence in lower case.
        """
        folded = views[0][1]
        covered = bytearray(len(folded.text) + 1)

        def cover(start: int, end: int):
            covered[start:end] = b"\1" * (end - start)
        for _, _, mentions in views:
            for mention in mentions:
                cover(mention.start, mention.end)
        for finding in findings:
            if folded.starts is None:
                cover(finding.start, finding.end)
            else:
                cover(bisect_left(folded.starts, finding.start),
                      bisect_left(folded.starts, finding.end))
        original = folded.original
        shouted = original.isupper()
        found: dict[str, _Word] = {}
        for language, own, _ in views:
            known = ordinary(language)
            for match in _WORD.finditer(own.text):
                word, at = match.group(), match.start()
                if covered[at] or word in known or word in found:
                    continue
                if language == "ru" and word.isascii() and word.isalpha():
                    continue   # a name, in a Russian text
                if not shouted and original[own.span(at, at + 1)[0]].isupper() \
                        and own.text[:at].rstrip()[-1:] not in ("", ".", ":", ";"):
                    continue
                found[word] = _Word(word, at, match.end())
        return sorted(found.values(), key=lambda word: word.start)

    @staticmethod
    def _beside(fact: str, views, unknown: Sequence[_Word]) -> Iterable[str]:
        """Words that are not understood in the clause that names a part."""
        for _, folded, mentions in views:
            for place, mention in enumerate(mentions):
                role = "sole" if mention.role == "contact" else mention.role
                if mention.kind != "part" or role != fact:
                    continue
                start = max((other.end for other in mentions[:place] if other.kind == "part"),
                            default=0)
                start = max([start, *(folded.text.rfind(sign, start, mention.start) + 1
                                      for sign in ";.,")])
                end = min((other.start for other in mentions[place + 1:]
                           if other.kind == "part"), default=len(folded.text))
                stop = _STOP.search(folded.text, mention.end, end)
                end = end if stop is None else stop.start()
                yield from (word.text for word in unknown if start <= word.start < end)
