"""What is chosen in training: β and γ of each level, and what is unlike all that was trained.

All on rows that the learners have not seen; equal texts stay together.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from .branches import Branches
from .model import (
    Answers,
    CodeTree,
    Likeness,
    NodeLearner,
    Rows,
    Tempers,
    _places,
    grow,
)

__all__ = ["Distance", "Level", "Validation", "distance_of", "folds_of", "part_of", "validate"]

FOLDS = 3
#: Tried exponents of the learners, and factors of the likeness.
LEARNER = (.6, .8, 1., 1.25, 1.6, 2.)
DESIGNATION = (0., 2., 4., 6., 8., 10., 12., 15., 20., 30.)
#: Share of the trained that may be taken for strangers.
FALSE_ALARM = .05
#: Rows that are held against all others at once.
BLOCK = 512
#: Numbers that the answers to held-out rows may have: of more rows some are answered, by chance.
MOST = 40_000_000
#: Of P, so that a log-loss stays finite.
TINY = 1e-9


@dataclass(frozen=True)
class Level:
    """What held-out rows say of a level.

    Attributes
    ----------
    digits : int
    n : int
        Rows whose code is as deep.
    codes : int
        Nodes that were declared.
    proposed : int
        Nodes that only the tariff has.
    top1, top3 : float
        Share of rows whose node is the likeliest, or one of three.
    log_loss : float
    tempers : Tempers
    """

    digits: int
    n: int
    codes: int
    proposed: int
    top1: float
    top3: float
    log_loss: float
    tempers: Tempers


@dataclass(frozen=True)
class Distance:
    """When a text is outside of what was trained.

    Attributes
    ----------
    threshold : float
        A text is outside if its likest trained text is less alike.
    detected : float
        Share of rows that are outside if their heading is left out; NaN where there is one only.
    """

    threshold: float = 0.
    detected: float = float("nan")


@dataclass(frozen=True)
class Validation:
    """What was found on held-out rows.

    Attributes
    ----------
    levels : tuple of Level
    answers : Answers or None
        P of all nodes for held-out rows, by trees that had not seen them.
    rows : ndarray of int
        Which rows these are.
    """

    levels: tuple[Level, ...]
    answers: Answers | None
    rows: np.ndarray


def folds_of(texts: Sequence, folds: int = FOLDS) -> np.ndarray:
    """A fold for each row, by chance; equal texts share one."""
    text = np.unique(np.asarray(texts), return_inverse=True)[1]
    return (np.random.default_rng(0).permutation(text.max() + 1) % folds)[text]


def validate(rows: Rows, codes: Sequence[str], texts: Sequence, branches: Branches,
             learner: NodeLearner, likeness: Likeness,
             progress: Callable[[float], object] | None = None) -> Validation:
    """Choose β and γ level by level, by the log-loss of the way to each held-out code."""
    fold = folds_of(texts)
    at = _places(codes, branches)
    trees: list[tuple[np.ndarray, CodeTree]] = []
    for number in range(FOLDS):
        train, test = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
        if len(train) and len(test):
            trees.append((test, grow(
                rows[train], [codes[row] for row in train], branches, learner, likeness,
                progress=part_of(progress, .9 * number / FOLDS, .9 * (number + 1) / FOLDS))))
    tempers = tuple(_chosen(rows, places, level, branches, trees)
                    for level, places in enumerate(at))
    parts, order = [], []
    most = max(1, MOST // sum(map(len, branches.codes)) // FOLDS)
    for number, (test, tree) in enumerate(trees):
        test = np.random.default_rng(0).permutation(test)[:most]
        parts.append(replace(tree, tempers=tempers)(rows[test]))
        order.append(test)
        if progress is not None:
            progress(.9 + .1 * (number + 1) / len(trees))
    if not parts:
        return Validation(tuple(_level(branches, level, places, None, temper) for level,
                                (places, temper) in enumerate(zip(at, tempers))), None,
                          np.zeros(0, dtype=int))
    asked = np.concatenate(order)
    back = np.argsort(asked)
    asked = asked[back]
    whole = Answers.of(parts)
    answers = Answers(branches, tuple(mass[back] for mass in whole.masses))
    return Validation(tuple(_level(branches, level, places, answers.masses[level], temper, asked)
                            for level, (places, temper) in enumerate(zip(at, tempers))), answers,
                      asked)


def part_of(progress: Callable[[float], object] | None, start: float, end: float
            ) -> Callable[[float], object] | None:
    """Takes the share of a part that is done, from `start` to `end` of the whole."""
    return None if progress is None else lambda share: progress(start + (end - start) * share)


def _chosen(rows: Rows, places: np.ndarray, level: int, branches: Branches,
            trees: Sequence[tuple[np.ndarray, CodeTree]]) -> Tempers:
    """β and γ of a level with the lowest log-loss of the true child of the true parent."""
    said = bool(trees) and bool(trees[0][1].likeness.said)
    designation = DESIGNATION if said else (0.,)
    losses, n = np.zeros((len(LEARNER), len(designation))), 0
    for test, tree in trees:
        test = test[places[test] >= 0]
        parent = branches.parents[level][places[test]]
        for node in np.unique(parent):
            children = branches.children(level, node)
            if children.stop - children.start < 2:
                continue
            mine = test[parent == node]
            for start in range(0, len(mine), BLOCK):
                some = mine[start:start + BLOCK]
                block, own = rows[some], places[some] - children.start
                learnt = tree.learnt_of(level, int(node), block)
                alike = tree.likeness.of(block.words, branches, level, children) \
                    if said else np.zeros_like(learnt)
                # both factors once for each number, and not once for each pair
                says = [np.exp(factor * alike) for factor in designation]
                for i, exponent in enumerate(LEARNER):
                    power = learnt ** exponent
                    for j, like in enumerate(says):
                        q = power * like
                        p = q[np.arange(len(some)), own] / np.maximum(q.sum(axis=1), TINY)
                        losses[i, j] -= np.log(p + TINY).sum()
                n += len(some)
    best = divmod(int(losses.argmin()), len(designation))
    return Tempers(LEARNER[best[0]], designation[best[1]]) if n else Tempers()


def _level(branches: Branches, level: int, places: np.ndarray, mass: np.ndarray | None,
           tempers: Tempers, asked: np.ndarray | None = None) -> Level:
    rows = np.flatnonzero(places >= 0)
    declared = len(np.unique(places[rows]))
    top1 = top3 = loss = float("nan")
    deep = np.zeros(0, int) if asked is None else np.flatnonzero(places[asked] >= 0)
    if mass is not None and asked is not None and len(deep):
        p = mass[deep, places[asked[deep]]]
        before = (mass[deep] > p[:, None]).sum(axis=1)
        top1, top3 = float((before < 1).mean()), float((before < 3).mean())
        loss = float(-np.log(p + TINY).mean())
    return Level(branches.levels[level], len(rows), declared,
                 len(branches.codes[level]) - declared, top1, top3, loss, tempers)


def distance_of(rows: Rows, codes: Sequence[str], texts: Sequence) -> Distance:
    """How unlike a text must be: so that few of the trained, left out, are taken for strangers.

    Each row is held against the others' texts, and against those of other headings alone, as if
    its own had never been trained.
    """
    text = np.unique(np.asarray(texts), return_inverse=True)[1]
    heading = np.unique(np.array([code[:4] for code in codes]), return_inverse=True)[1]
    own, strange = np.zeros(len(codes)), np.zeros(len(codes))
    for start in range(0, len(codes), BLOCK):
        some = slice(start, start + BLOCK)
        alike = np.asarray((rows.words[some] @ rows.words.T).todense())
        alike *= rows.known[some, None]
        own[some] = np.where(text[some, None] == text, 0., alike).max(axis=1)
        strange[some] = np.where((heading[some, None] == heading)
                                 | (text[some, None] == text), 0., alike).max(axis=1)
    if not len(codes):
        return Distance()
    threshold = float(np.quantile(own, FALSE_ALARM))
    detected = float((strange < threshold).mean()) if len(set(heading)) > 1 else float("nan")
    return Distance(threshold, detected)
