"""Documents judged by what the evaluation of a model teaches."""
from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from orangecontrib.customs.evaluation.errors import CrossFitted, Scored
from orangecontrib.customs.evaluation.risk import Accepted, accept

__all__ = ["Judge"]


@dataclass(frozen=True)
class Judge:
    """A model, what is known of its errors, and the documents that it is asked about.

    Attributes
    ----------
    name : str
    taught : Scored
        Its evaluation: documents with a known code.
    asked : Scored or None
        The documents to be judged; None where there is no prediction of theirs by this model.
    taught_words, asked_words : numpy.ndarray or None
        How many words that the model knows each document holds; NaN or None: unknown.
    guessed : bool
        What is said of words is a guess.
    """

    name: str
    taught: Scored
    asked: Scored | None = None
    taught_words: np.ndarray | None = None
    asked_words: np.ndarray | None = None
    guessed: bool = False

    @cached_property
    def _errors(self) -> CrossFitted:
        return CrossFitted(self.taught)

    @cached_property
    def taught_error(self) -> np.ndarray:
        """P(error) of the evaluated documents, each judged by others."""
        return self._errors(self.taught)

    @cached_property
    def asked_error(self) -> np.ndarray:
        """P(error) of the documents to be judged; the evaluated among them don't teach it."""
        return self.taught_error if self.asked is self.taught \
            else self._errors(self.asked)

    @property
    def ranked(self) -> np.ndarray:
        """P(error) of the evaluated, infinite where no word was read: never accepted unread."""
        return np.where(were_read(self.taught_words, len(self.taught.p)), self.taught_error,
                        np.inf)

    @property
    def unread(self) -> tuple[int, int]:
        """Distinct documents of which no word was read, and how many there are in all.

        Of those that are to be judged, or else of the evaluated.
        """
        part, words = (self.taught, self.taught_words) if self.asked is None \
            else (self.asked, self.asked_words)
        read = were_read(words, len(part.p))
        return len(set(part.document[~read].tolist())), len(set(part.document.tolist()))

    def accepted(self, limit: float) -> Accepted:
        """The most evaluated documents that can be accepted at a share of errors."""
        return accept(self.ranked, self.taught.wrong, limit, self.taught.weight)

    def verdict(self, limit: float) -> np.ndarray:
        """1 where a judged document may be accepted unread, 0 where not, NaN: unknown."""
        return verdict(self.asked_error, self.accepted(limit).threshold, self.asked_words)


def were_read(words: np.ndarray | None, n: int) -> np.ndarray:
    """Documents of which the model has read anything, or of which that is not known."""
    return np.ones(n, dtype=bool) if words is None else np.asarray(words) != 0


def verdict(p_error: np.ndarray, threshold: float, words: np.ndarray | None = None) -> np.ndarray:
    """1 where P(error) is small enough and a word was read, 0 where not, NaN: unknown."""
    good = (p_error <= threshold) & were_read(words, len(p_error))
    return np.where(np.isnan(p_error), np.nan, good.astype(float))
