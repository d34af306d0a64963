"""A description → the headings and codes of a tariff whose words it shares, and which words."""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy import sparse

from orangecontrib.customs.i18n import Message

from ..loading import LoadingError, harmonized_system
from ..tree import Tariff
from .index import Index
from .words import LANGUAGES, OTHER, Word, language_of, words_of

__all__ = ["Hit", "Place", "Ranking", "TariffSearch", "Told"]

#: Words after which one counts for half of the first: a description begins with what the goods are.
HALF = 8
#: What a word counts for that is taken for a misspelt one.
MISSPELT = .9
#: Of what the word that counts most adds: a word that adds less is not shown, as «из» or "of".
SHOWN = .15


class Place(NamedTuple):
    """A designation above or in what was found, and the words of the description in it.

    Attributes
    ----------
    line : int
    field : {"own", "above"}
        Whether its words count as the line's own; a line that takes the rest («прочие») has its
        parent's for its own.
    text : str
        The whole designation, in the language that was asked in where there is one.
    spans : tuple of (int, int)
        The words in `text` that count most, in order.
    """

    line: int
    field: str
    text: str
    spans: tuple[tuple[int, int], ...]

    def pieces(self) -> list[tuple[str, bool]]:
        """The text in pieces, each with whether it is one of the words."""
        pieces, at = [], 0
        for start, end in self.spans:
            pieces += [(self.text[at:start], False), (self.text[start:end], True)]
            at = end
        return [(text, marked) for text, marked in [*pieces, (self.text[at:], False)] if text]


@dataclass(frozen=True)
class Hit:
    """A heading or a code that was found.

    Attributes
    ----------
    code : str
    line : int
    score : float
    places : tuple of Place
        From the heading down to the line; of a heading to the line in it that scores most.
    codes : tuple of Hit
        Of a heading: its lines without lines below them, the best first.
    """

    code: str
    line: int
    score: float
    places: tuple[Place, ...]
    codes: tuple[Hit, ...] = ()


class Told(NamedTuple):
    """A word of the description.

    Attributes
    ----------
    start, end : int
    state : {"known", "unknown", "excluded"}
        It stands in the tariff; nowhere in it; or the description itself excludes it
        («не …», «кроме …»), so that it finds only what excludes it, too.
    read_as : str
        The word of the tariff that a misspelt one is taken for; "" otherwise.
    """

    start: int
    end: int
    state: str
    read_as: str = ""


@dataclass(frozen=True)
class Ranking:
    """What a description finds.

    Attributes
    ----------
    text : str
    headings : tuple of Hit
        The best first; equal ones in the order of the tariff.
    words : tuple of Told
        Of the description, in order.
    reason : Message or None
        Why nothing is ranked.
    """

    text: str
    headings: tuple[Hit, ...] = ()
    words: tuple[Told, ...] = ()
    reason: Message | None = None

    @property
    def codes(self) -> tuple[Hit, ...]:
        """The codes of all its headings, the best first."""
        return tuple(sorted((hit for heading in self.headings for hit in heading.codes),
                            key=lambda hit: -hit.score))

    @property
    def read_as(self) -> dict[str, str]:
        """Misspelt words as they are written, and the word of the tariff that each stands for."""
        return {self.text[word.start:word.end]: word.read_as for word in self.words
                if word.read_as}

    def said(self, state: str) -> list[str]:
        """Words in a state as they are written, each once."""
        return list(dict.fromkeys(self.text[word.start:word.end] for word in self.words
                                  if word.state == state))


class TariffSearch:
    """A tariff that is asked with descriptions.

    A description with a Russian letter is looked for in the Russian designations, any other in
    the English ones.  Where the tariff has no English ones, those of the Harmonized System stand
    for them, down to six digits.  The words of a language are weighed when it is first asked.

    Parameters
    ----------
    tariff : Tariff
    english : callable, optional
        Gives the tariff whose English designations are used where `tariff` has none.
    """

    def __init__(self, tariff: Tariff, english: Callable[[], Tariff] = harmonized_system):
        self.tariff = tariff
        self._english = english
        self._indices: dict[str, Index | None] = {}

    def rank(self, text: str, top: int = 10, codes: int = 5,
             scores: Mapping[str, float] | None = None) -> Ranking:
        """The headings whose words a description shares, with their codes.

        Parameters
        ----------
        text : str
            The description, in Russian or English.
        top, codes : int
            At most so many headings, and codes of each.
        scores : mapping of str to float, optional
            P(code | text) of a trained model: codes of four digits or more, none the beginning of
            another.  The share of the best score that a line has, and its P, are added.
        """
        words = words_of(text)
        if not words:
            return Ranking(text, reason=Message.of("search.no_words"))
        language = language_of(text)
        index = self.index(language)
        if index is None:
            return Ranking(text, reason=Message.of(f"search.no_{language}"))
        told, query = _told(words, index)
        if not query:
            only = all(word.state == "excluded" for word in told)
            return Ranking(text, words=told, reason=Message.of(
                "search.excluded" if only else "search.unknown"))
        return Ranking(text, self._ranked(index, query, top, codes, scores), told)

    def index(self, language: str) -> Index | None:
        """The words of one language; None where no line has a designation in it."""
        if language not in self._indices:
            assert language in LANGUAGES
            texts = [getattr(line, language) for line in self.tariff.lines]
            if language == "en" and not any(texts):
                texts = self._translated()
            self._indices[language] = Index(self.tariff, texts) if any(texts) else None
        return self._indices[language]

    def _translated(self) -> list[str]:
        """The Harmonized System's designation of each line that has one."""
        texts = [""] * len(self.tariff.lines)
        try:
            english = self._english()
        except LoadingError:
            return texts
        for code in english:
            line = self.tariff.find(code)
            if line is not None:
                texts[line] = english[code].en
        return texts

    def _ranked(self, index: Index, query: Mapping[str, float], top: int, codes: int,
                scores: Mapping[str, float] | None) -> tuple[Hit, ...]:
        parts = index.asked(query)
        lines = np.asarray(parts.sum(axis=0)).ravel()
        if scores is not None:
            lines = lines / lines.max() + self._probabilities(scores)
        terms = list(query)

        def hit(code: str, line: int, best: int, below: tuple[Hit, ...] = ()) -> Hit:
            return Hit(code, line, float(lines[best]),
                       _places(index, best, _counting(terms, parts, best)), below)

        best = np.zeros(len(index.headings))
        inside = index.heading_of >= 0
        np.maximum.at(best, index.heading_of[inside], lines[inside])
        found = []
        for number in np.argsort(-best, kind="stable")[:max(top, 0)]:
            if not best[number] > 0:
                break
            code, line = index.headings[number]
            branch = range(line, self.tariff.ends[line])
            leaves = [n for n in branch if lines[n] > 0 and self.tariff.lines[n].code
                      and not self.tariff.children[n]]
            leaves.sort(key=lambda n: -lines[n])
            found.append(hit(code, line, max(branch, key=lambda n: lines[n]), tuple(
                hit(self.tariff.lines[n].code, n, n) for n in leaves[:max(codes, 0)])))
        return tuple(found)

    def _probabilities(self, scores: Mapping[str, float]) -> np.ndarray:
        """P of each line: of the codes that its own begins, or of the one that begins it."""
        lines = np.zeros(len(self.tariff.lines))
        for code, p in scores.items():
            line = self.tariff.find(code)
            if line is None:
                continue
            lines[line:self.tariff.ends[line]] += p
            parent = self.tariff.lines[line].parent
            while parent is not None:
                lines[parent] += p
                parent = self.tariff.lines[parent].parent
        return lines


def _told(words: Sequence[Word], index: Index) -> tuple[tuple[Told, ...], dict[str, float]]:
    """The words of a description, and the weights of the known terms."""
    told: list[Told] = []
    query: dict[str, float] = {}
    for place, word in enumerate(words):
        term, worth = word.term, 1.
        if not (word.excluded or term in index or term in OTHER):
            term, worth = index.meant(term) or term, MISSPELT
        known = term in index
        state = "excluded" if word.excluded else \
            "known" if known or term in OTHER else "unknown"
        told.append(Told(word.start, word.end, state,
                         index.written[term] if known and worth < 1 else ""))
        if known:
            query[term] = max(worth / (1 + place / HALF), query.get(term, 0.))
    return tuple(told), query


def _counting(terms: Sequence[str], parts: sparse.csc_matrix, line: int) -> set[str]:
    """The terms that make a line's score, of what each adds to it."""
    some = slice(*parts.indptr[line:line + 2])
    adds = parts.data[some]
    return {terms[row] for row, part in zip(parts.indices[some], adds)
            if part >= SHOWN * adds.max()}


def _places(index: Index, line: int, terms: set[str]) -> tuple[Place, ...]:
    """A line with what is above it, and where terms stand in them."""
    speaker, places = int(index.speaks_as[line]), []
    for number in index.path(line):
        text = index.texts[number]
        spans = tuple((word.start, word.end) for word in index.words[number]
                      if word.term in terms)
        places.append(Place(number, "own" if number >= speaker else "above",
                            text or index.tariff.title(number), spans))
    return tuple(places)
