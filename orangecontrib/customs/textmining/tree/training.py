"""Texts and codes → a trained tree with what is known of it."""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from scipy import sparse

from orangecontrib.customs.nomenclature import Tariff

from .branches import Branches, Designations, designations_of
from .linear import LinearLearner
from .model import Answers, CodeTree, Likeness, NodeLearner, Rows, grow
from .validation import Distance, Level, distance_of, part_of, validate
from .words import Words, words_of

__all__ = ["TextTree", "Trained", "likeness_of", "printed_in", "train", "train_texts"]

#: Trained texts that are kept to tell what is unlike them all.
KEPT = 20_000
#: Rows whose distances are computed at once.
BLOCK = 256
#: Shares of the time that training takes.
VALIDATED, GROWN = .7, .95


@dataclass(frozen=True, eq=False, repr=False)
class Trained:
    """A tree with what training has found out.

    Attributes
    ----------
    tree : CodeTree
    kept : csr_matrix
        Words of trained texts, of length one.
    distance : Distance
    levels : tuple of Level
        What held-out rows say of each level.
    titles : dict of str to str
        Code → its designation, for people.
    held_out : Answers or None
        P of trained rows by trees that had not seen them; kept in no file.
    rows : ndarray of int, optional
        Which rows these are.
    """

    tree: CodeTree
    kept: sparse.csr_matrix
    distance: Distance
    levels: tuple[Level, ...]
    titles: Mapping[str, str] = field(default_factory=dict)
    held_out: Answers | None = None
    rows: np.ndarray | None = None

    def __getstate__(self):
        return {**vars(self), "held_out": None, "rows": None}

    @cached_property
    def classes(self) -> tuple[str, ...]:
        return tuple(self.tree.classes())

    @property
    def digits(self) -> int:
        """Of the deepest codes."""
        return self.tree.branches.levels[-1]

    def outside(self, rows: Rows) -> np.ndarray:
        """Which texts are unlike all that was trained: too far from the nearest."""
        found = []
        for start in range(0, len(rows), BLOCK):
            some = rows[start:start + BLOCK]
            alike = np.asarray((some.words @ self.kept.T).max(axis=1).todense()).ravel()
            found.append(alike * some.known < self.distance.threshold)
        return np.concatenate(found) if found else np.zeros(0, dtype=bool)


def printed_in(designations: Designations | None) -> list[str]:
    """The codes that a tariff has designations of."""
    return [] if designations is None else list(designations.texts)


def likeness_of(branches: Branches, designations: Designations | None,
                weigh: Callable[[Sequence[Sequence[str]]], sparse.csr_matrix]) -> Likeness:
    """Designations of all nodes as rows of words, in each language that there is.

    Parameters
    ----------
    weigh : callable
        Lists of words → rows of length one.
    """
    if designations is None:
        return Likeness()
    said = []
    for language in (0, 1):
        texts = [[designations.texts.get(code, ("", ""))[language] for code in codes]
                 for codes in branches.codes]
        if any(any(level) for level in texts):
            said.append(tuple(weigh([words_of(text) for text in level]) for level in texts))
    return Likeness(tuple(said))


def train(rows: Rows, codes: Sequence[str], branches: Branches, learner: NodeLearner,
          likeness: Likeness, titles: Mapping[str, str] | None = None,
          texts: Sequence | None = None,
          progress: Callable[[float], object] | None = None) -> Trained:
    """Choose what is to be chosen on held-out rows, then fit all nodes on all rows.

    Parameters
    ----------
    texts : sequence of hashable, optional
        Equal ones stay on one side when rows are held out; by default rows with equal words.
    progress : callable, optional
        Gets the share that is done; may raise to stop.
    """
    texts = _same(rows.words) if texts is None else texts
    checked = validate(rows, codes, texts, branches, learner, likeness,
                       part_of(progress, 0., VALIDATED))
    tree = grow(rows, codes, branches, learner, likeness,
                [level.tempers for level in checked.levels], part_of(progress, VALIDATED, GROWN))
    some = _some(texts)
    kept = rows[some]
    distance = distance_of(kept, [codes[row] for row in some], [texts[row] for row in some])
    if progress is not None:
        progress(1.)
    return Trained(tree, kept.words, distance, checked.levels, dict(titles or {}),
                   checked.answers, checked.rows)


def _same(words: sparse.csr_matrix) -> list[bytes]:
    """What rows with equal words have in common."""
    words = words.sorted_indices()
    return [words.indices[start:end].tobytes() + words.data[start:end].tobytes()
            for start, end in zip(words.indptr, words.indptr[1:])]


def _some(texts: Sequence) -> np.ndarray:
    """A row of each different text; of very many some by chance."""
    _, first = np.unique(np.asarray(texts, dtype=object), return_index=True)
    if len(first) > KEPT:
        first = np.random.default_rng(0).choice(first, KEPT, replace=False)
    return np.sort(first)


@dataclass(frozen=True, eq=False, repr=False)
class TextTree:
    """A trained tree that reads texts.

    Attributes
    ----------
    words : Words
    trained : Trained
    weight : float
        Exponent of its answers' likelihood where they join facts.
    note : str
        What it was trained on.
    """

    words: Words
    trained: Trained
    weight: float = 1.
    note: str = ""

    def read(self, texts: Sequence[str]) -> Rows:
        """Texts as the tree reads them."""
        found = self.words.weigh(map(words_of, texts))
        return Rows(found.X, found.X, found.known)

    def __call__(self, texts: Sequence[str]) -> tuple[Answers, np.ndarray]:
        """P of all nodes, and which texts are outside of what was trained."""
        rows = self.read(texts)
        return self.trained.tree(rows), self.trained.outside(rows)


def train_texts(texts: Sequence[str], codes: Sequence[str], tariff: Tariff | None = None,
                learner: NodeLearner | None = None,
                progress: Callable[[float], object] | None = None, note: str = "") -> TextTree:
    """Train on texts, each with the digits of its code.

    Parameters
    ----------
    tariff : Tariff, optional
        Its designations speak for codes that were declared seldom or never.
    note : str
        What the texts are.

    Raises
    ------
    ValueError
        There are fewer than two different codes, or no text has a word.
    """
    if len(set(codes)) < 2:
        raise ValueError("a classifier needs at least two different codes")
    depth = max(map(len, codes))
    designations = None if tariff is None else designations_of(tariff, depth)
    branches = Branches.of(codes, printed_in(designations))
    read = [words_of(text) for text in texts]
    if not any(read):
        raise ValueError("no text has a word")
    said = [] if designations is None else [
        words_of(" ".join(pair)) for code, pair in designations.texts.items() if len(code) == 4]
    words = Words.of([*read, *said])
    found = words.weigh(read)
    likeness = likeness_of(branches, designations, lambda some: words.weigh(some).X)
    titles = {} if designations is None else designations.titles
    keys = [" ".join(some) for some in read]
    return TextTree(words, train(Rows(found.X, found.X, found.known), codes, branches,
                                 learner or LinearLearner(), likeness, titles, keys, progress),
                    note=note)
