"""The tree itself: a learner per node, and what the tariff's designations say of its children.

P(child | node) ∝ ((1 − λ) · P_learner(child) + λ / k) ** γ · exp(β · likeness(text, child))

λ is the share of Witten and Bell for what was never seen: of n declarations at a node, with s
different children, the next one brings a new child with s / (n + s).  Likeness is the cosine of
the text and the designation.  β and γ are chosen in training, level by level
(:mod:`.validation`).
"""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy import sparse

from .branches import Branches

__all__ = ["Answers", "Branch", "Candidate", "CodeTree", "Likeness", "Rows", "Tempers",
           "branches_of",
           "candidates_of", "grow", "safe_of"]

#: Rows that are computed together, for memory: they don't depend on each other.
BLOCK = 256
#: What is divided by is no less.
TINY = np.finfo(float).tiny
#: A node's learner: rows, numbers of the children, how many these are → P of rows.
NodeLearner = Callable[[Any, np.ndarray, int], "NodeModel"]
NodeModel = Callable[[Any], np.ndarray]


@dataclass(frozen=True)
class Rows:
    """Texts as the tree reads them.

    Attributes
    ----------
    X : csr_matrix or table
        For the learners of the nodes; can be indexed by rows.
    words : csr_matrix, shape (n, n_words)
        For likeness: of length one.
    known : ndarray, shape (n,)
        Length of the row of known words over that of all.
    """

    X: Any
    words: sparse.csr_matrix
    known: np.ndarray

    def __len__(self) -> int:
        return self.words.shape[0]

    def __getitem__(self, rows) -> Rows:
        return Rows(self.X[rows], self.words[rows], self.known[rows])


@dataclass(frozen=True)
class Likeness:
    """Cosines of texts and designations.

    Attributes
    ----------
    said : tuple of tuple of csr_matrix
        By language, by level of the tree: words of each node's designation, of length one.  None
        where no language is known.
    """

    said: tuple[tuple[sparse.csr_matrix, ...], ...] = ()

    def of(self, words: sparse.csr_matrix, branches: Branches, level: int,
           some: slice = slice(None)) -> np.ndarray:
        """Of texts and nodes of a level, the greatest over the languages; (n, n_nodes).

        A group (two digits) is as like as the likest of its headings: its title says little.
        """
        if level == 0 and len(branches.levels) > 1:
            return np.maximum.reduceat(self.of(words, branches, 1), branches.starts[1],
                                       axis=1)[:, self._groups(branches)][:, some]
        found = [np.asarray((words @ said[level][some].T).todense()) for said in self.said]
        return np.maximum.reduce(found)

    @staticmethod
    def _groups(branches: Branches) -> np.ndarray:
        """Where the groups are among those with headings; one without has none, and is like
        its neighbour's."""
        inner = np.flatnonzero(branches.inner[0])
        return np.minimum(np.searchsorted(inner, np.arange(len(branches.codes[0]))),
                          len(inner) - 1)


@dataclass(frozen=True)
class Tempers:
    """How a level weighs its learners and the designations: γ and β."""

    learner: float = 1.
    designation: float = 0.


@dataclass(frozen=True)
class Answers:
    """P of all nodes for some texts.

    Attributes
    ----------
    branches : Branches
    masses : tuple of ndarray
        By level: P(the good is of this node), (n, n_nodes).
    """

    branches: Branches
    masses: tuple[np.ndarray, ...]

    def __len__(self) -> int:
        return len(self.masses[0])

    @classmethod
    def of(cls, parts: Sequence[Answers]) -> Answers:
        """Several blocks as one."""
        return cls(parts[0].branches, tuple(map(np.concatenate, zip(*(p.masses for p in parts)))))


@dataclass(frozen=True, eq=False, repr=False)
class CodeTree:
    """Learners of nodes, the tree that they hang on, and the designations.

    Attributes
    ----------
    branches : Branches
    learners : tuple of dict
        By level: place of the parent (in the level above; 0 at the first level) → (places of the
        children that were declared, their learner or None for only one).
    counts : tuple of ndarray
        By level: declarations of each node.
    ends : tuple of ndarray
        By level: of those, the ones whose code is no longer.
    likeness : Likeness
    tempers : tuple of Tempers
        By level.
    """

    branches: Branches
    learners: tuple[Mapping[int, tuple[np.ndarray, NodeModel | None]], ...]
    counts: tuple[np.ndarray, ...]
    ends: tuple[np.ndarray, ...]
    likeness: Likeness = field(default_factory=Likeness)
    tempers: tuple[Tempers, ...] = ()

    def learnt(self, level: int, rows: Rows) -> np.ndarray:
        """What the learners say of the nodes of a level, smoothed where there are designations."""
        parents, counts = self.branches.parents[level], self.counts[level]
        known = np.zeros((len(rows), len(parents)))
        for places, learner in self.learners[level].values():
            known[:, places] = 1. if learner is None else learner(rows.X)
        starts, at = self.branches.starts[level], self.branches.families[level]
        n = np.add.reduceat(counts, starts)
        seen = np.add.reduceat((counts > 0).astype(int), starts)
        k = np.add.reduceat(np.ones(len(parents)), starts)
        # of a node that nobody declared, as in a part of the rows, nothing is known
        new = np.where(n > 0, seen / np.maximum(n + seen, 1) if self.likeness.said else 0., 1.)
        return (1 - new[at]) * known + (new / k)[at]

    def learnt_of(self, level: int, parent: int, rows: Rows) -> np.ndarray:
        """The same of the children of one node, (n, n_children)."""
        children = self.branches.children(level, parent)
        counts = self.counts[level][children]
        places, learner = self.learners[level].get(parent, (np.zeros(0, int), None))
        known = np.zeros((len(rows), len(counts)))
        if len(places):
            known[:, places - children.start] = 1. if learner is None else learner(rows.X)
        n, seen = counts.sum(), (counts > 0).sum()
        new = (seen / (n + seen) if self.likeness.said else 0.) if n else 1.
        return (1 - new) * known + new / len(counts)

    def shares(self, level: int, rows: Rows) -> np.ndarray:
        """P(node | its parent) of a level, (n, n_nodes)."""
        tempers = self.tempers[level]
        q = tempered(self.learnt(level, rows), tempers,
                     self.likeness.of(rows.words, self.branches, level)
                     if self.likeness.said and tempers.designation else None)
        whole = np.add.reduceat(q, self.branches.starts[level], axis=1)
        return q / np.maximum(whole, TINY)[:, self.branches.families[level]]

    def block(self, rows: Rows) -> Answers:
        """P of all nodes for a few texts."""
        masses: list[np.ndarray] = []
        for level, parents in enumerate(self.branches.parents):
            q = self.shares(level, rows)
            masses.append(masses[-1][:, parents] * q if masses else q)
        return Answers(self.branches, tuple(masses))

    def __call__(self, rows: Rows, progress: Callable[[float], object] | None = None) -> Answers:
        """P of all nodes: each text's as it would be alone."""
        parts = []
        for start in range(0, len(rows), BLOCK):
            parts.append(self.block(rows[start:start + BLOCK]))
            if progress is not None:
                progress(min(1., (start + BLOCK) / len(rows)))
        return Answers.of(parts) if parts else Answers(self.branches, tuple(
            np.zeros((0, len(codes))) for codes in self.branches.codes))

    def classes(self) -> list[str]:
        """Codes that an answer may be: the leaves, and what was declared with fewer digits."""
        return sorted(code for codes, inner, ends in zip(self.branches.codes, self.branches.inner,
                                                         self.ends)
                      for code, deeper, n in zip(codes, inner, ends) if n or not deeper)

    def class_probabilities(self, answers: Answers) -> np.ndarray:
        """P of each of the classes; they add up to 1.

        Of a node that was declared by itself, too, as many stay there as did in training.
        """
        at = {code: place for place, code in enumerate(self.classes())}
        P = np.zeros((len(answers), len(at)))
        goes = np.ones(1)   # the share that goes on from each node of the level above
        for level, (codes, mass) in enumerate(zip(self.branches.codes, answers.masses)):
            goes = goes[self.branches.parents[level]]
            stay = np.where(self.branches.inner[level],
                            self.ends[level] / np.maximum(self.counts[level], 1), 1.)
            some = np.array([place for place, code in enumerate(codes) if code in at], dtype=int)
            P[:, [at[codes[place]] for place in some]] = mass[:, some] * (goes * stay)[some]
            goes = goes * (1 - stay)
        return P / np.maximum(P.sum(axis=1, keepdims=True), TINY)


def tempered(learnt: np.ndarray, tempers: Tempers, likeness: np.ndarray | None) -> np.ndarray:
    """What learners and designations say together, up to a factor per parent."""
    q = learnt if tempers.learner == 1 else learnt ** tempers.learner
    if likeness is not None and tempers.designation:
        q = q * np.exp(tempers.designation * likeness)
    return q


def grow(rows: Rows, codes: Sequence[str], branches: Branches, learner: NodeLearner,
         likeness: Likeness | None = None, tempers: Sequence[Tempers] = (),
         progress: Callable[[float], object] | None = None) -> CodeTree:
    """Fit the learners of all nodes.

    Parameters
    ----------
    rows : Rows
    codes : sequence of str
        Of the rows, of any depth.
    branches : Branches
        With all these codes.
    learner : callable
        Fits children of a node, see :class:`.linear.LinearLearner`.
    """
    at = _places(codes, branches)
    learners, counts, ends = [], [], []
    work, done = sum(int((places >= 0).sum()) for places in at), 0
    for level, (places, nodes) in enumerate(zip(at, branches.codes)):
        here = np.flatnonzero(places >= 0)
        counts.append(np.bincount(places[here], minlength=len(nodes)))
        below = at[level + 1] >= 0 if level + 1 < len(at) else np.zeros(len(codes), bool)
        ends.append(np.bincount(places[here[~below[here]]], minlength=len(nodes)))
        parent = branches.parents[level][places[here]]
        found: dict[int, tuple[np.ndarray, NodeModel | None]] = {}
        order = np.argsort(parent, kind="stable")
        for some in np.split(order, np.flatnonzero(np.diff(parent[order])) + 1):
            if not len(some):
                continue
            mine = here[some]
            children, y = np.unique(places[mine], return_inverse=True)
            found[int(parent[some[0]])] = (children, None if len(children) == 1 else
                                           learner(rows.X[mine], y, len(children)))
            done += len(mine)
            if progress is not None:
                progress(done / work)
        learners.append(found)
    return CodeTree(branches, tuple(learners), tuple(counts), tuple(ends),
                    likeness or Likeness(), tuple(tempers) or (Tempers(),) * len(branches.levels))


def _places(codes: Sequence[str], branches: Branches) -> list[np.ndarray]:
    """By level, the node of each row; −1 where its code ends above."""
    return [np.array([places[code[:digits]] if len(code) >= digits else -1 for code in codes],
                     dtype=int)
            for digits, places in zip(branches.levels, branches.places)]


@dataclass(frozen=True)
class Candidate:
    """A node that an answer speaks for.

    Attributes
    ----------
    code : str
    p : float
        P(the good is of this node), however many digits its code has.
    rows : int
        Declarations of it in training; 0: proposed by its designation.
    """

    code: str
    p: float
    rows: int


def candidates_of(tree: CodeTree, answers: Answers, row: int, top: int = 3
                  ) -> list[list[Candidate]]:
    """The likeliest nodes of each level, the likeliest first."""
    found = []
    for codes, mass, counts in zip(tree.branches.codes, answers.masses, tree.counts):
        order = np.argsort(-mass[row], kind="stable")[:top]
        found.append([Candidate(codes[place], float(mass[row, place]), int(counts[place]))
                      for place in order])
    return found


def safe_of(tree: CodeTree, answers: Answers, row: int, error: float) -> tuple[Candidate, ...]:
    """The way down by the likeliest child of each node, as far as P reaches 1 − `error`."""
    way: list[Candidate] = []
    parent = 0
    for level, codes in enumerate(tree.branches.codes):
        children = tree.branches.children(level, parent)
        if children.start == children.stop:
            break
        parent = children.start + int(answers.masses[level][row, children].argmax())
        p = float(answers.masses[level][row, parent])
        if p < 1 - error:
            break
        way.append(Candidate(codes[parent], p, int(tree.counts[level][parent])))
    return tuple(way)


@dataclass(frozen=True)
class Branch:
    """A node that an answer speaks for, with what is below it.

    Attributes
    ----------
    code : str
    p : float
    rows : int
        Declarations of it in training; 0: proposed by its designation.
    below : tuple of Branch
    """

    code: str
    p: float
    rows: int
    below: tuple[Branch, ...] = ()


def branches_of(tree: CodeTree, answers: Answers, row: int, top: int = 4, least: float = .005,
                level: int = 0, parent: int = 0) -> tuple[Branch, ...]:
    """The likeliest branches of an answer, each with its own, as far as P is no less than `least`.

    The likeliest of each node is there, whatever its P.
    """
    if level == len(tree.branches.levels):
        return ()
    children = tree.branches.children(level, parent)
    mass = answers.masses[level][row, children]
    order = np.argsort(-mass, kind="stable")[:top]
    return tuple(Branch(tree.branches.codes[level][children.start + place], float(mass[place]),
                        int(tree.counts[level][children.start + place]),
                        branches_of(tree, answers, row, top, least, level + 1,
                                    children.start + int(place)))
                 for number, place in enumerate(order) if not number or mass[place] >= least)
