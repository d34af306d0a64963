"""Weights of words in the lines of a tariff: BM25 on each designation with all above it.

A line's text is its own designation and those above it, up to the heading; a word above counts for
less than one of its own, so that no line is found for what its parent says before the parent is.
Titles of groups are left out: they have no legal force (GIR 1).  A line that takes the rest
(«прочие») says what its parent says.
"""
from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import numpy as np
from scipy import sparse

from ..tree import Tariff
from .misspelt import Misspelt
from .words import EXCLUDED, OTHER, Word, words_of

__all__ = ["Index"]

#: What a word above counts for, of one in a line's own designation.
ABOVE = .8
#: Of BM25: how soon a repeated word is enough, and what length takes (Robertson & Zaragoza, 2009).
K1, B = 1.2, .75


class Index:
    """The lines of a tariff in one language, by their words.

    Parameters
    ----------
    tariff : Tariff
    texts : sequence of str
        The designation of each line in that language; "" where there is none.

    Attributes
    ----------
    texts : sequence of str
    words : list of list of Word
        Of each text.
    heading_of : ndarray of int, of length lines
        The heading of each line, a number in `headings`; -1 above headings.
    headings : list of (str, int)
        Four digits and the line of each.
    takes_rest : ndarray of bool, of length lines
    """

    def __init__(self, tariff: Tariff, texts: list[str]):
        self.tariff, self.texts = tariff, texts
        self.headings = tariff.at_level(4)
        size = len(tariff.lines)
        self.heading_of = np.full(size, -1)
        for number, (_, line) in enumerate(self.headings):
            self.heading_of[line:tariff.ends[line]] = number
        #: Term → a word that it stands for, as the tariff writes it first.
        self.written: dict[str, str] = {}
        self.words = [words_of(text) for text in texts]
        words = [[self._term(text, word) for word in some]
                 for text, some in zip(texts, self.words)]
        self.takes_rest = np.array([bool(some) and OTHER.issuperset(some) for some in words],
                                   dtype=bool)
        self._columns: dict[str, int] = {}
        own = self._counts(words)
        self.speaks_as = self._speakers()
        above = self._above() @ own
        self._weights = self._weighed(own[self.speaks_as], above).T.tocsr()

    def __contains__(self, term: str) -> bool:
        return term in self._columns

    def __len__(self) -> int:
        return len(self._columns)

    def asked(self, query: Mapping[str, float]) -> sparse.csc_matrix:
        """Terms × lines: what each known term, with its weight, adds to each line's score."""
        columns = [self._columns[term] for term in query]
        return (sparse.diags(list(query.values())) @ self._weights[columns]).tocsc()

    def meant(self, term: str) -> str | None:
        """The known term that a misspelt one stands for; None where that is not clear."""
        return self._misspelt.meant(term)

    @cached_property
    def _misspelt(self) -> Misspelt:
        return Misspelt(term for term in self._columns if not term.startswith(EXCLUDED))

    def path(self, line: int) -> list[int]:
        """The lines from the heading down to a line, itself included."""
        path: list[int] = []
        number: int | None = line
        while number is not None and self.heading_of[number] >= 0:
            path.append(number)
            number = self.tariff.lines[number].parent
        return path[::-1]

    def above(self, line: int) -> list[int]:
        """The lines whose words a line has beside its own, from the heading down."""
        return [number for number in self.path(int(self.speaks_as[line]))[:-1]
                if not self.takes_rest[number]]

    # -- making it

    def _term(self, text: str, word: Word) -> str:
        self.written.setdefault(word.term, text[word.start:word.end].lower())
        return word.term

    def _counts(self, words: list[list[str]]) -> sparse.csr_matrix:
        """How often each word stands in each line's own designation."""
        rows, columns = [], []
        for number, some in enumerate(words):
            if self.heading_of[number] < 0:
                continue
            for term in some:
                if term not in OTHER:
                    rows.append(number)
                    columns.append(self._columns.setdefault(term, len(self._columns)))
        return sparse.csr_matrix((np.ones(len(rows)), (rows, columns)),
                                 shape=(len(words), len(self._columns)))

    def _speakers(self) -> np.ndarray:
        """The line whose words each line has for its own: «прочие» has its parent's."""
        speakers = np.arange(len(self.texts))
        for number in np.flatnonzero(self.takes_rest):
            parent = self.tariff.lines[number].parent
            if parent is not None and self.heading_of[parent] >= 0:
                speakers[number] = speakers[parent]
        return speakers

    def _above(self) -> sparse.csr_matrix:
        """Lines × lines: what stands above what."""
        pairs = [(number, other) for number in np.flatnonzero(self.heading_of >= 0)
                 for other in self.above(number)]
        rows, columns = zip(*pairs) if pairs else ((), ())
        size = len(self.texts)
        return sparse.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(size, size))

    def _weighed(self, own: sparse.csr_matrix, above: sparse.csr_matrix) -> sparse.csr_matrix:
        counts = (own + ABOVE * above).tocsr()
        lengths = np.asarray(counts.sum(axis=1)).ravel()
        some = lengths > 0
        usual = lengths[some].mean() if some.any() else 1.
        counts = (sparse.diags(1 / (1 - B + B * lengths / usual)) @ counts).tocsr()
        counts.data *= (K1 + 1) / (counts.data + K1)
        return counts @ sparse.diags(self._rareness(counts))

    def _rareness(self, counts: sparse.csr_matrix) -> np.ndarray:
        """Inverse frequency of the words among headings: a heading of many lines is one."""
        lines = np.flatnonzero(self.heading_of >= 0)
        size = len(self.headings)
        in_heading = sparse.csr_matrix((np.ones(len(lines)), (self.heading_of[lines], lines)),
                                       shape=(size, len(self.texts))) @ (counts > 0)
        having = np.asarray((in_heading > 0).sum(axis=0)).ravel()
        return np.log1p((size - having + .5) / (having + .5))
