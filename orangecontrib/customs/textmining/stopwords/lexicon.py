"""What the filter learnt, frozen: which words go, which stay, and why.

A decision rests on the word alone.  So one declaration is filtered exactly as
a batch is, which a document-frequency filter that is fitted again on every
corpus can't promise.
"""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

import numpy as np

from .sources import PATTERNS, is_pattern

__all__ = ["BY_HAND", "Choice", "Frozen", "Lexicon", "WordCounts", "WordRow", "count_words",
           "explain", "learn", "readable_forms"]

BY_HAND = "by hand"
_PATTERN_NAMES = {"numbers": "number", "units": "unit", "latin": "Latin", "letters": "letter"}


@dataclass(frozen=True)
class WordCounts:
    """Document frequencies, overall and per class.

    Attributes
    ----------
    words : tuple of str
        In alphabetical order.
    df : numpy.ndarray, shape (n_words,)
        Number of documents that hold the word.
    class_df : numpy.ndarray, shape (n_words, n_classes)
    class_sizes : numpy.ndarray, shape (n_classes,)
        Documents per class (those of unknown class belong to none).
    classes : tuple of str
    documents : int
    """

    words: tuple[str, ...]
    df: np.ndarray
    class_df: np.ndarray
    class_sizes: np.ndarray
    classes: tuple[str, ...]
    documents: int


def count_words(tokens: Sequence[Sequence[str]], labels: np.ndarray | None = None,
                classes: Sequence[str] = ()) -> WordCounts:
    """Count in how many documents (of each class) each word stands.

    Parameters
    ----------
    tokens : sequence of sequences of str, length n
    labels : numpy.ndarray, shape (n,), optional
        Numbers of the classes; -1 for unknown.
    classes : sequence of str
    """
    number: defaultdict[str, int] = defaultdict()
    number.default_factory = number.__len__
    sets = [set(document) for document in tokens]
    ids = np.fromiter((number[word] for words in sets for word in words), dtype=np.int64)
    words = sorted(number)
    order = np.array([number[word] for word in words], dtype=np.int64)
    df = np.bincount(ids, minlength=len(words))[order]
    sizes = np.zeros(len(classes), dtype=np.int64)
    class_df = np.zeros((len(words), len(classes)), dtype=np.int64)
    if labels is not None and len(classes):
        known = labels >= 0
        sizes = np.bincount(labels[known], minlength=len(classes))
        owner = np.repeat(labels, [len(words_) for words_ in sets])
        pairs = (ids * len(classes) + owner)[owner >= 0]
        class_df = np.bincount(pairs, minlength=len(words) * len(classes)).reshape(
            len(words), len(classes))[order]
    return WordCounts(tuple(words), df, class_df, sizes, tuple(classes), len(sets))


def readable_forms(raw: Mapping[str, int], tokens: Iterable[str]) -> dict[str, str]:
    """Token → the raw word that most often became it (ties: the shortest, then the alphabet).

    Parameters
    ----------
    raw : mapping of str to int
        How often each raw word stands.
    tokens : iterable of str
        What the normaliser made of each of them, in the same order; "" for nothing.
    """
    best: dict[str, tuple[int, int, str]] = {}
    for (word, times), token in zip(raw.items(), tokens):
        key = (-times, len(word), word)
        if token and (token not in best or key < best[token]):
            best[token] = key
    return {token: word for token, (_, _, word) in best.items()}


@dataclass(frozen=True)
class Choice:
    """What the analyst asks for, besides the word lists.

    Attributes
    ----------
    patterns : tuple of str
        Names from :data:`~.sources.PATTERNS`.
    window : (float, float) or None
        Least and greatest share of documents (paper 2: 0.05–0.3).
    limit : int or None
        The largest vocabulary (paper 2: 30); the most frequent words stay.
    protected : frozenset of str
        No source takes these away.
    by_hand : mapping of str to bool
        True keeps and False drops a word, whatever else is said.
    """

    patterns: tuple[str, ...] = ()
    window: tuple[float, float] | None = None
    limit: int | None = None
    protected: frozenset[str] = frozenset()
    by_hand: Mapping[str, bool] = field(default_factory=dict)


#: A filter upstream that would be fitted again: its name, and the words that it left.
Frozen = tuple[str, frozenset[str]]


@dataclass(frozen=True)
class Lexicon:
    """The frozen decision on every word, also on one never seen.

    Attributes
    ----------
    dropped : mapping of str to (str, str)
        Listed word → (source, code whose text it repeats).
    always : frozenset of str
        Protected words and those kept by hand.
    patterns : tuple of str
    vocabulary : frozenset of str or None
        With a frequency window or a limit: all that is kept; None: open.
    upstream : tuple of (str, frozenset of str)
        Outcomes of the filters upstream that would be fitted again.
    documents : int
        Number of documents it was learnt from.
    """

    dropped: Mapping[str, tuple[str, str]]
    always: frozenset[str] = frozenset()
    patterns: tuple[str, ...] = ()
    vocabulary: frozenset[str] | None = None
    upstream: tuple[Frozen, ...] = ()
    documents: int = 0

    def keeps(self, word: str) -> bool:
        """The decision; a function of the word and nothing else."""
        if word in self.always:
            return True
        if word in self.dropped:
            return False
        if self.vocabulary is not None:
            return word in self.vocabulary
        return not any(is_pattern(name, word) for name in self.patterns)

    def as_literal(self) -> dict:
        """As nested literals, for a saved workflow."""
        by_reason: dict[tuple[str, str], list[str]] = {}
        for word, reason in sorted(self.dropped.items()):
            by_reason.setdefault(reason, []).append(word)
        return {
            "dropped": [[source, code, words] for (source, code), words in by_reason.items()],
            "always": sorted(self.always), "patterns": list(self.patterns),
            "vocabulary": None if self.vocabulary is None else sorted(self.vocabulary),
            "upstream": [[name, sorted(words)] for name, words in self.upstream],
            "documents": self.documents}

    @classmethod
    def from_literal(cls, stored: Mapping) -> Lexicon:
        """The inverse of :meth:`as_literal`.

        Raises
        ------
        ValueError
            If something is missing or of another kind.
        """
        try:
            patterns = tuple(stored["patterns"])
            if not set(patterns) <= set(PATTERNS):
                raise ValueError(f"unknown patterns {patterns}")
            vocabulary = stored["vocabulary"]
            return cls(
                {word: (source, code) for source, code, words in stored["dropped"]
                 for word in words},
                frozenset(stored["always"]), patterns,
                None if vocabulary is None else frozenset(vocabulary),
                tuple((name, frozenset(words)) for name, words in stored["upstream"]),
                int(stored["documents"]))
        except (KeyError, TypeError) as error:
            raise ValueError(f"this is not a stored lexicon: {error!r}") from error


def learn(counts: WordCounts, choice: Choice,
          listed: Iterable[tuple[str, Mapping[str, str]]] = (),
          upstream: Iterable[Frozen] = ()) -> Lexicon:
    """Learn which words of a corpus go.

    Parameters
    ----------
    counts : WordCounts
    choice : Choice
    listed : iterable of (source, {word: code})
        Word lists by source ("tariff", "function word", …); codes may be "".
    upstream : iterable of (name, words)

    Returns
    -------
    Lexicon
    """
    always = choice.protected | {word for word, keep in choice.by_hand.items() if keep}
    always -= {word for word, keep in choice.by_hand.items() if not keep}
    dropped: dict[str, tuple[str, str]] = {}
    for source, words in listed:
        for word, code in words.items():
            if word not in always:
                before, code_before = dropped.get(word, ("", ""))
                dropped[word] = (f"{before}, {source}" if before else source, code_before or code)
    dropped.update((word, (BY_HAND, dropped.get(word, ("", ""))[1]))
                   for word, keep in choice.by_hand.items() if not keep)
    lexicon = Lexicon(dropped, frozenset(always), choice.patterns, None, tuple(upstream),
                      counts.documents)
    if choice.window is None and choice.limit is None:
        return lexicon
    low, high = _window_counts(choice.window, counts.documents)
    left = [i for i, word in enumerate(counts.words)
            if lexicon.keeps(word) and low <= counts.df[i] <= high]
    if choice.limit is not None:
        left = sorted(left, key=lambda i: (-counts.df[i], counts.words[i]))[:choice.limit]
    return Lexicon(dropped, frozenset(always), choice.patterns,
                   frozenset(counts.words[i] for i in left), tuple(upstream), counts.documents)


def _window_counts(window, documents: int) -> tuple[int, int]:
    """Bounds in documents, both included, rounded as Preprocess Text rounds them."""
    if window is None:
        return 0, documents
    # the small number undoes 0.29 * 100 = 28.999…
    return int(documents * window[0] + 1e-9) or 1, int(documents * window[1] + 1e-9)


@dataclass(frozen=True)
class WordRow:
    """A word of the corpus with the decision on it; `number` points into the counts."""

    word: str
    number: int
    df: int
    keep: bool
    source: str
    code: str


def explain(lexicon: Lexicon, counts: WordCounts, choice: Choice | None = None) -> list[WordRow]:
    """The decision on every word of a corpus and where it comes from.

    Parameters
    ----------
    lexicon : Lexicon
    counts : WordCounts
    choice : Choice, optional
        What the lexicon was learnt with on this very corpus; without it a word
        outside the vocabulary is only said to be outside.
    """
    low, high = _window_counts(choice.window if choice else None, counts.documents)
    by_hand = choice.by_hand if choice else {}
    rows = []
    for number, (word, df) in enumerate(zip(counts.words, counts.df.tolist())):
        keep = lexicon.keeps(word)
        source, code = "", ""
        if keep:
            if word in lexicon.always:
                source = BY_HAND if word in by_hand else "protected"
        else:
            source, code = lexicon.dropped.get(word, ("", ""))
            if source != BY_HAND:
                looks = [_PATTERN_NAMES[name] for name in lexicon.patterns
                         if is_pattern(name, word)]
                source = ", ".join(dict.fromkeys(chain(source.split(", ") if source else (),
                                                       looks)))
            if not source:
                source = ("outside the vocabulary" if choice is None else "rare" if df < low
                          else "frequent" if df > high else "vocabulary limit")
        rows.append(WordRow(word, number, df, keep, source, code))
    return rows
