"""Words of descriptions and of designations, weighed alike: a row of numbers per text."""
from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache

import numpy as np
from scipy import sparse

from orangecontrib.customs.declarations.folding import fold_text
from orangecontrib.customs.declarations.lemmas import lacking, lemma

__all__ = ["Weights", "Words", "scaled", "words_of"]

_WORD = re.compile(r"[^\W\d_]{2,}|\d+")
_RUSSIAN = re.compile("[а-яё]", re.I)


@cache
def _stemmer(language: str):
    import Stemmer
    return Stemmer.Stemmer(language)


@lru_cache(maxsize=2 ** 17)
def _form(word: str) -> str:
    if word.isascii():
        return word if word.isdigit() else _stemmer("english").stemWord(word)
    return _stemmer("russian").stemWord(word) if lacking() else lemma(word)


def words_of(text: str) -> list[str]:
    """Words of a text as the model compares them: Russian lemmas, English stems, numbers.

    Where pymorphy3 is not installed, Russian words are Snowball stems.  Look-alike letters are
    folded only where there is Russian.

    >>> words_of("Кроссовки мужские, leather")
    ['кроссовок', 'мужской', 'leather']
    """
    text = fold_text(text) if _RUSSIAN.search(text) else text.lower()
    return [_form(word) for word in _WORD.findall(text)]


def scaled(X: sparse.csr_matrix) -> sparse.csr_matrix:
    """Rows of length one; empty ones stay empty."""
    length = np.sqrt(np.asarray(X.multiply(X).sum(axis=1)).ravel())
    return sparse.csr_matrix(sparse.diags(1 / np.where(length > 0, length, 1.)) @ X)


@dataclass(frozen=True)
class Weights:
    """Texts as rows.

    Attributes
    ----------
    X : csr_matrix, shape (n, n_words)
        Of length one.
    known : ndarray, shape (n,)
        Length of the row of known words over that of all words: 1 where all are known.
    """

    X: sparse.csr_matrix
    known: np.ndarray


@dataclass(frozen=True)
class Words:
    """The words that a model knows, each with its weight.

    Attributes
    ----------
    words : tuple of str
    idf : ndarray, shape (n_words,)
        Inverse document frequency, as scikit-learn smooths it.
    strange : float
        The weight of a word that it does not know.
    """

    words: tuple[str, ...]
    idf: np.ndarray
    strange: float

    @classmethod
    def of(cls, texts: Iterable[Sequence[str]]) -> Words:
        """Learn the words of texts, which are lists of words."""
        counts: Counter[str] = Counter()
        n = 0
        for text in texts:
            counts.update(set(text))
            n += 1
        words = tuple(sorted(counts))
        df = np.array([counts[word] for word in words], dtype=float)
        return cls(words, np.log((1 + n) / (1 + df)) + 1, float(np.log((1 + n) / 2) + 1))

    @cached_property
    def places(self) -> dict[str, int]:
        return {word: place for place, word in enumerate(self.words)}

    def __getstate__(self):
        return {name: value for name, value in vars(self).items() if name != "places"}

    def weigh(self, texts: Iterable[Sequence[str]]) -> Weights:
        """Texts (lists of words) as rows: 1 + log(times) by the word's weight."""
        data, columns, ends, strange = [], [], [0], []
        for text in texts:
            counts = Counter(text)
            found = sorted((place, times) for word, times in counts.items()
                           if (place := self.places.get(word)) is not None)
            columns += [place for place, _ in found]
            data += [(1 + np.log(times)) * self.idf[place] for place, times in found]
            ends.append(len(columns))
            strange.append(len(counts) - len(found))
        X = sparse.csr_matrix((np.array(data, dtype=float), np.array(columns, dtype=np.int32),
                               np.array(ends, dtype=np.int32)),
                              shape=(len(ends) - 1, len(self.words)))
        squares = np.asarray(X.multiply(X).sum(axis=1)).ravel()
        whole = squares + np.array(strange, dtype=float) * self.strange ** 2
        known = np.sqrt(squares / np.where(whole > 0, whole, 1.))
        return Weights(scaled(X), known)
