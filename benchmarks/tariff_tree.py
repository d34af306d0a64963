"""Codes from text: the tariff tree beside a flat logistic regression and the nearest designation.

Run ``python benchmarks/tariff_tree.py [--data FILE] [--text COLUMN …] [--code COLUMN]
[--tariff FILE]``.  Without a file it takes the declarations that the workflows have.

Rows with equal words are on one side of the split: a fifth of the texts, chosen by a hash of their
words, is tested.  *Flat* is one logistic regression over all codes on the same weights of words,
*nearest* the code whose designation is likest, *no designations* the tree without a tariff.
Intervals are of the difference to flat, over headings drawn anew.  Each is trained in a process of
its own, one after the other: seconds of the processor in training, and the most memory that the
process had, answers included.
"""
from __future__ import annotations

import argparse
import hashlib
import multiprocessing
import resource
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from orangecontrib.customs.evaluation import accept, ece
from orangecontrib.customs.files import read_table
from orangecontrib.customs.nomenclature import bundled_tariff, load_tariff
from orangecontrib.customs.textmining.tree import read_labels, train_texts
from orangecontrib.customs.textmining.tree.branches import Branches, designations_of
from orangecontrib.customs.textmining.tree.linear import LinearLearner
from orangecontrib.customs.textmining.tree.training import likeness_of
from orangecontrib.customs.textmining.tree.words import Words, words_of

BUNDLED = Path(__file__).parents[1] / "workflows" / "electrical" / "declarations.csv"
#: One text of so many is tested.
PARTS = 5
#: Accepted share of errors.
ERROR = .05
#: Rows of a heading below which it is rare.
RARE = 5
DRAWS = 1000


@dataclass(frozen=True)
class Task:
    """What is trained, and what is asked."""

    name: str
    train: list[str]
    codes: list[str]
    test: list[str]
    tariff: Path | None


@dataclass(frozen=True)
class Answer:
    """P of codes for the tested texts, and what it took."""

    classes: list[str]
    P: np.ndarray
    seconds: float
    megabytes: float


def answered(task: Task) -> Answer:
    """Train and answer; in a process of its own."""
    tariff = load_tariff(task.tariff) if task.tariff else bundled_tariff()
    said = designations_of(tariff, max(map(len, task.codes)))
    # the dictionary is loaded, and words are remembered
    for text in (*task.train, *task.test, *(" ".join(pair) for pair in said.texts.values())):
        words_of(text)
    classes, P, seconds = WAYS[task.name](task, tariff)
    return Answer(classes, P, seconds,
                  resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def flat(task: Task, _) -> tuple[list[str], np.ndarray, float]:
    began = time.process_time()
    read = [words_of(text) for text in task.train]
    words = Words.of(read)
    codes, y = np.unique(task.codes, return_inverse=True)
    model = LinearLearner()(words.weigh(read).X, y, len(codes))
    seconds = time.process_time() - began
    return list(codes), model(words.weigh(map(words_of, task.test)).X), seconds


def nearest(task: Task, tariff) -> tuple[list[str], np.ndarray, float]:
    began = time.process_time()
    depth = max(map(len, task.codes))
    said = designations_of(tariff, depth)
    branches = Branches.of(task.codes, said.texts)
    words = Words.of([words_of(text) for text in task.train]
                     + [words_of(" ".join(pair)) for pair in said.texts.values()])
    likeness = likeness_of(branches, said, lambda some: words.weigh(some).X)
    seconds, level = time.process_time() - began, len(branches.levels) - 1
    return list(branches.codes[level]), likeness.of(words.weigh(map(words_of, task.test)).X,
                                                    branches, level), seconds


def tree(task: Task, tariff) -> tuple[list[str], np.ndarray, float]:
    began = time.process_time()
    model = train_texts(task.train, task.codes, tariff)
    seconds = time.process_time() - began
    answers, _ = model(task.test)
    return list(model.trained.classes), model.trained.tree.class_probabilities(answers), seconds


WAYS = {"flat": flat, "nearest": nearest, "no designations": lambda task, _: tree(task, None),
        "tree": tree}


def rows_of(args) -> tuple[list[str], list[str]]:
    table = read_table(args.data, [])
    columns = args.text or ["description"]
    texts = [" ".join(row.cells.get(name, "") for name in columns) for row in table.rows]
    digits = read_labels([row.cells[args.code] for row in table.rows]).digits
    pairs = [(text, code) for text, code in zip(texts, digits) if code and text.strip()]
    return [text for text, _ in pairs], [code for _, code in pairs]


def part_of(text: str) -> int:
    return hashlib.sha256(" ".join(words_of(text)).encode()).digest()[0] % PARTS


def masses(answer: Answer, digits: int) -> tuple[np.ndarray, np.ndarray]:
    """P of the nodes of a level."""
    nodes = sorted({code[:digits] for code in answer.classes if len(code) >= digits})
    at = {node: place for place, node in enumerate(nodes)}
    P = np.zeros((len(answer.P), len(nodes)))
    for place, code in enumerate(answer.classes):
        if len(code) >= digits:
            P[:, at[code[:digits]]] += answer.P[:, place]
    return np.array(nodes), P


def right(answer: Answer, true: Sequence[str], digits: int) -> tuple[np.ndarray, ...]:
    """Is the likeliest, or one of three, right?  And P of the likeliest."""
    nodes, P = masses(answer, digits)
    order = np.argsort(-P, axis=1, kind="stable")
    wanted = np.array([code[:digits] for code in true])
    found = nodes[order[:, :3]] == wanted[:, None]
    return found[:, 0], found.any(axis=1), P.max(axis=1)


def interval(difference: np.ndarray, groups: Sequence[str]) -> tuple[float, float]:
    """Of a mean, over groups drawn anew."""
    _, of = np.unique(np.asarray(groups), return_inverse=True)
    total, n = np.bincount(of, difference), np.bincount(of)
    rng = np.random.default_rng(0)
    drawn = rng.integers(0, len(n), (DRAWS, len(n)))
    return tuple(np.quantile(total[drawn].sum(axis=1) / n[drawn].sum(axis=1), (.025, .975)))


def report(answers: dict[str, Answer], true: list[str], counts: Counter) -> None:
    depth = max(map(len, true))
    headings = [code[:4] for code in true]
    few = np.array([counts[code] < RARE for code in headings])
    for digits in (d for d in (2, 4, 6, 8, 10) if d <= depth):
        deep = np.array([len(code) >= digits for code in true])
        some = [code for code, is_deep in zip(true, deep) if is_deep]
        own = [heading for heading, is_deep in zip(headings, deep) if is_deep]
        rare = few[deep]
        print(f"\n{digits} digits, n = {len(some)}, of rare headings {rare.sum()}")
        base = None
        for name, answer in answers.items():
            answer = Answer(answer.classes, answer.P[deep], 0., 0.)
            one, three, p = right(answer, some, digits)
            base = one if base is None else base
            low, high = interval(one.astype(float) - base, own)
            line = (f"{name:16} top-1 {one.mean():.3f}  top-3 {three.mean():.3f}  "
                    f"rare {one[rare].mean() if rare.any() else float('nan'):.3f}")
            if name != "nearest":
                taken = accept(1 - p, ~one, ERROR)
                line += f"  coverage at {ERROR:.0%} {taken.coverage:.3f}  ECE {ece(p, one):.3f}"
            if name != "flat":
                line += f"  to flat {one.mean() - base.mean():+.3f} [{low:+.3f}, {high:+.3f}]"
                if rare.any():
                    low, high = interval((one.astype(float) - base)[rare],
                                         [h for h, is_rare in zip(own, rare) if is_rare])
                    line += f", rare [{low:+.3f}, {high:+.3f}]"
            print(line)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=BUNDLED)
    parser.add_argument("--text", action="append", default=[])
    parser.add_argument("--code", default="code")
    parser.add_argument("--tariff", type=Path)
    parser.add_argument("--ways", nargs="*", default=list(WAYS), choices=list(WAYS))
    args = parser.parse_args()
    texts, codes = rows_of(args)
    test = np.array([part_of(text) == 0 for text in texts])
    train = [text for text, out in zip(texts, test) if not out], \
        [code for code, out in zip(codes, test) if not out]
    asked = [text for text, out in zip(texts, test) if out]
    true = [code for code, out in zip(codes, test) if out]
    print(f"{args.data.name}: {len(texts)} rows, {len(set(codes))} codes, "
          f"{len({code[:4] for code in codes})} headings; {len(asked)} tested")
    answers = {}
    for name in args.ways:
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            answers[name] = pool.apply(answered, (Task(name, *train, asked, args.tariff),))
        print(f"{name:16} {answers[name].seconds:7.1f} s  {answers[name].megabytes:7.0f} MB",
              flush=True)
    report(answers, true, Counter(code[:4] for code in train[1]))


if __name__ == "__main__":
    main()
