"""How often phrases stand in the declarations of each code, and what that is worth.

For a phrase and a code, with d of the n documents of the code and d' of the n' documents
of all other codes that hold the phrase,

* the likelihood ratio is ((d + ½) / (n + 1)) / ((d' + ½) / (n' + 1)), its interval that of
  a ratio of two shares (Katz, 1978): how much more a document speaks for the code once
  the phrase is seen;
* G² is twice the log-likelihood ratio of the 2 × 2 table (Dunning, 1993).

A phrase *speaks for* a code when the lower end of the interval is above 1 and more than one
document of the code holds it: one declaration is an anecdote.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from orangecontrib.customs.intervals import wilson

from .phrases import PhraseFinder

__all__ = ["CodeKeywords", "KeywordCounts", "KeywordRow", "NO_CODE", "SEVERAL", "ONE", "NONE",
           "NOT_FOUND", "count_keywords"]

#: Documents without a code are counted under this name and weigh in no ratio.
NO_CODE = "без кода"

ONE, SEVERAL, NONE, NOT_FOUND = ("speaks for one code", "speaks for several codes",
                                 "tells no codes apart", "not found")

_Z = 1.96


@dataclass(frozen=True)
class KeywordRow:
    """A phrase under a code.

    Attributes
    ----------
    phrase, code : str
    documents : int
        Documents of the code that hold the phrase.
    occurrences : int
        Places of them at which it begins.
    share : float
        Of the code's documents.
    ratio, low, high : float
        Likelihood ratio and its 95 % interval.
    g2 : float
    precision : float
        Share of the code among the documents that hold the phrase; NaN where none does.
    precision_low, precision_high : float
        Its Wilson interval.
    """

    phrase: str
    code: str
    documents: int
    occurrences: int
    share: float
    ratio: float
    low: float
    high: float
    g2: float
    precision: float
    precision_low: float
    precision_high: float

    @property
    def speaks(self) -> bool:
        """The phrase speaks for the code."""
        return self.documents > 1 and self.low > 1


class CodeKeywords(NamedTuple):
    """A column of Table 1 of the paper.

    Attributes
    ----------
    code : str
    keywords : list of KeywordRow
        The phrases that speak for the code, most documents first.
    any_of_them : int
        Documents of the code that hold at least one of them, each counted once.
    sum_of_counts : int
        Their documents added up, as the paper's «Всего» (10 612 + 4 555 = 15 167): a
        document that holds two of them is counted twice.
    """

    code: str
    keywords: list[KeywordRow]
    any_of_them: int
    sum_of_counts: int


@dataclass(frozen=True)
class KeywordCounts:
    """Phrases counted per code.

    Attributes
    ----------
    phrases : tuple of str
    codes : tuple of str
        Without :data:`NO_CODE`.
    sizes : numpy.ndarray, shape (n_codes,)
        Documents of each code.
    documents : numpy.ndarray, shape (n_phrases, n_codes)
    occurrences : numpy.ndarray, shape (n_phrases, n_codes)
    without_code : numpy.ndarray, shape (n_phrases,)
        Documents without a code that hold the phrase.
    size_without_code : int
    labels : tuple of int
        For each document, the number of its code; -1 without one.
    found : tuple of tuple of int
        For each document, the numbers of its phrases.
    """

    phrases: tuple[str, ...]
    codes: tuple[str, ...]
    sizes: np.ndarray
    documents: np.ndarray
    occurrences: np.ndarray
    without_code: np.ndarray
    size_without_code: int
    labels: tuple[int, ...]
    found: tuple[tuple[int, ...], ...]

    def row(self, phrase: int, code: int) -> KeywordRow:
        """What a phrase is worth for a code."""
        d, n = int(self.documents[phrase, code]), int(self.sizes[code])
        total = int(self.documents[phrase].sum())
        others, n_others = total - d, int(self.sizes.sum()) - n
        ratio, low, high = _ratio(d, n, others, n_others)
        p_low, p_high = wilson(d, total)
        return KeywordRow(
            self.phrases[phrase], self.codes[code], d, int(self.occurrences[phrase, code]),
            d / n if n else 0., ratio, low, high, _g2(d, n, others, n_others),
            d / total if total else float("nan"), p_low, p_high)

    def rows(self, phrase: int) -> list[KeywordRow]:
        """What a phrase is worth for each code."""
        return [self.row(phrase, code) for code in range(len(self.codes))]

    def speaks_for(self, phrase: int) -> list[KeywordRow]:
        """The codes for which a phrase speaks, the strongest first."""
        return sorted((row for row in self.rows(phrase) if row.speaks),
                      key=lambda row: (-row.ratio, row.code))

    def verdict(self, phrase: int) -> str:
        """:data:`ONE`, :data:`SEVERAL`, :data:`NONE` or :data:`NOT_FOUND`."""
        if not self.documents[phrase].sum():
            return NOT_FOUND
        return (NONE, ONE, SEVERAL)[min(2, len(self.speaks_for(phrase)))]

    def by_code(self) -> list[CodeKeywords]:
        """Table 1 of the paper: per code its keywords and both ways to total them."""
        own = [self.rows(phrase) for phrase in range(len(self.phrases))]
        table = []
        for number, code in enumerate(self.codes):
            chosen = [phrase for phrase in range(len(self.phrases)) if own[phrase][number].speaks]
            chosen.sort(key=lambda phrase: -int(self.documents[phrase, number]))
            table.append(CodeKeywords(code, [own[phrase][number] for phrase in chosen],
                                      self._holding(chosen, number),
                                      int(self.documents[chosen, number].sum())))
        return table

    def _holding(self, phrases: Sequence[int], code: int) -> int:
        wanted = set(phrases)
        return sum(1 for label, found in zip(self.labels, self.found)
                   if label == code and not wanted.isdisjoint(found))


def count_keywords(texts: Sequence[str], codes: Sequence[str], phrases: Sequence[str],
                   gap: int = 0, progress: Callable[[float], object] | None = None,
                   families: bool = False) -> KeywordCounts:
    """Count phrases per code.

    Parameters
    ----------
    texts : sequence of str, length n
    codes : sequence of str, length n
        "" for a document without a code.
    phrases : sequence of str
    gap : int
        See :class:`~.phrases.PhraseFinder`.
    progress : callable, optional
        Gets the share done; may raise to stop.
    families : bool
        See :class:`~.phrases.PhraseFinder`.

    Raises
    ------
    ValueError
        For no texts, no phrases, or a phrase without a word.
    """
    if not len(texts):
        raise ValueError("no documents")
    if not len(phrases):
        raise ValueError("no phrases")
    phrases = tuple(dict.fromkeys(" ".join(phrase.split()) for phrase in phrases))
    finder = PhraseFinder(phrases, gap, families)
    names = tuple(sorted(set(codes) - {""}))
    place = {name: number for number, name in enumerate(names)}
    labels = tuple(place.get(code, -1) for code in codes)
    # the last column takes the documents without a code
    documents = np.zeros((len(phrases), len(names) + 1), dtype=np.int64)
    occurrences = np.zeros_like(documents)
    found = []
    for number, (text, label) in enumerate(zip(texts, labels, strict=True)):
        if progress is not None and number % 500 == 0:
            progress(number / len(texts))
        here = finder.find(text)
        for phrase, times in here.items():
            documents[phrase, label] += 1
            occurrences[phrase, label] += times
        found.append(tuple(here))
    sizes = np.bincount(np.array(labels) + 1, minlength=len(names) + 1)
    return KeywordCounts(phrases, names, sizes[1:], documents[:, :-1], occurrences[:, :-1],
                         documents[:, -1], int(sizes[0]), labels, tuple(found))


def _ratio(d: int, n: int, others: int, n_others: int) -> tuple[float, float, float]:
    """Likelihood ratio and its 95 % interval; half a document is added to each count."""
    own, other = (d + .5) / (n + 1), (others + .5) / (n_others + 1)
    ratio = own / other
    error = np.sqrt((1 - own) / (d + .5) + (1 - other) / (others + .5))
    return float(ratio), float(ratio * np.exp(-_Z * error)), float(ratio * np.exp(_Z * error))


def _g2(d: int, n: int, others: int, n_others: int) -> float:
    observed = np.array([[d, n - d], [others, n_others - others]], dtype=float)
    total = observed.sum()
    if not total:
        return 0.
    expected = observed.sum(1, keepdims=True) * observed.sum(0, keepdims=True) / total
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(observed > 0, observed * np.log(observed / expected), 0.)
    return max(0., float(2 * terms.sum()))
