"""Decision tables: which fact values a code needs, in the law's order.

A table is a CSV with a row per code, a column per fact (allowed values joined
with ``|``, empty = any), ``codes`` (several joined with ``|`` in a legal gap),
``gap`` (its name), ``basis`` (note or GIR) and, where one likes, ``basis_en`` (the same in
English).  The first row that matches wins.
At load it is compiled to disjoint rows and proved complete.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from orangecontrib.customs.facts import Vocabulary
from orangecontrib.customs.files import TableFileError, strict_rows
from orangecontrib.customs.i18n import Words

from .codes import Code, parse_code

__all__ = ["Rule", "DecisionTable", "TableError"]

#: Goods are processed in blocks of this size, to keep memory flat.
BLOCK = 1 << 12

#: In the place of a code: goods that the table does not speak of.
OUTSIDE = "none"


#: Fact → values that are allowed.
Box = dict[str, frozenset[str]]

#: Number of a row, its codes, what it allows, name of the gap, basis.
Row = tuple[int, tuple[str, ...], Box, str, Words]


class TableError(ValueError):
    """A decision table that cannot be right; the message names the row."""


@dataclass(frozen=True)
class Rule:
    """One disjoint row: a box of fact values that leads to an outcome.

    Attributes
    ----------
    allowed : dict of str to frozenset of str
        Facts that the rule tests; a fact it leaves out may have any value.
    outcome : int
        Index into :attr:`DecisionTable.outcomes`.
    line : int
        Line of the CSV that the rule comes from.
    """

    allowed: Mapping[str, frozenset[str]]
    outcome: int
    line: int


class DecisionTable:
    """The compiled table.

    Attributes
    ----------
    outcomes : list of tuple of str
        The codes of each outcome: one, or the candidates of a legal gap.
    gaps : list of str
        The name of each outcome's legal gap, "" for an ordinary code.
    codes : list of str
        All codes, sorted.
    rules : list of Rule
        Disjoint, and together covering every combination of facts.
    """

    def __init__(self, vocabulary: Vocabulary, lines: Sequence[Row]):
        self.vocabulary = vocabulary
        self.outcomes: list[tuple[str, ...]] = []
        self.gaps: list[str] = []
        self.basis: dict[int, Words] = {}
        self.rules: list[Rule] = []
        earlier: list[Box] = []
        full = {fact: frozenset(f.value_ids) for fact, f in vocabulary.items()}
        for number, codes, allowed, gap, basis in lines:
            box = {**full, **allowed}
            pieces = [box]
            for other in earlier:
                pieces = [part for piece in pieces for part in _subtract(piece, other)]
            if not pieces:
                raise TableError(f"line {number} ({'|'.join(codes)}) is never reached: "
                                 "earlier lines take all that it matches")
            earlier.append(box)
            outcome = self._outcome(codes, gap)
            self.basis[number] = basis
            for piece in _merge(pieces):
                tested = {f: v for f, v in piece.items() if v != full[f]}
                self.rules.append(Rule(tested, outcome, number))
        volume = sum(prod(len(rule.allowed.get(f, v)) for f, v in full.items())
                     for rule in self.rules)
        whole = prod(len(values) for values in full.values())
        if volume != whole:
            raise TableError(f"{whole - volume} of {whole} combinations of facts "
                             "reach no code; add a line for them or name the gap")
        self.codes = sorted({code for codes in self.outcomes for code in codes})
        self._compile()

    @classmethod
    def load(cls, path: str | Path, vocabulary: Vocabulary) -> DecisionTable:
        """Read and compile a table.

        Raises
        ------
        TableError
            For an unknown fact or value, what is not a code, a line that is short or never
            reached, a combination that reaches no code, several codes without a gap's name.
        """
        try:
            columns, rows = strict_rows(path, ("codes", "gap", "basis"))
        except TableFileError as error:
            raise TableError(str(error)) from None
        facts = [c for c in columns if c not in ("codes", "gap", "basis", "basis_en")]
        unknown = [fact for fact in facts if fact not in vocabulary]
        if unknown:
            raise TableError(f"{path}: unknown fact {', '.join(unknown)}")
        lines = []
        for number, row in rows:
            allowed = {}
            for fact in facts:
                if row[fact]:
                    values = frozenset(row[fact].split("|"))
                    wrong = values - set(vocabulary[fact].value_ids)
                    if wrong:
                        raise TableError(f"{path}, line {number}: fact '{fact}' "
                                         f"has no value {', '.join(sorted(wrong))}")
                    allowed[fact] = values
            codes = tuple(row["codes"].split("|"))
            for code in codes:
                if code != OUTSIDE and parse_code(code) != Code(code, code):
                    raise TableError(f"{path}, line {number}: '{code}' is not a code: 2, 4, 6, 8 "
                                     f"or 10 digits without spaces are needed, or '{OUTSIDE}'")
            if (len(codes) > 1) != bool(row["gap"]):
                raise TableError(f"{path}, line {number}: several codes need the "
                                 "name of a legal gap, and one code has none")
            lines.append((number, codes, allowed, row["gap"],
                          Words(row["basis"], row.get("basis_en", ""))))
        return cls(vocabulary, lines)

    def _outcome(self, codes: tuple[str, ...], gap: str) -> int:
        for i, known in enumerate(zip(self.outcomes, self.gaps)):
            if known == (codes, gap):
                return i
        self.outcomes.append(codes)
        self.gaps.append(gap)
        return len(self.outcomes) - 1

    def _compile(self) -> None:
        # each distinct set of allowed values is summed once for all rules
        self._masks: dict[tuple[str, frozenset[str]], np.ndarray] = {}
        for rule in self.rules:
            for fact, values in rule.allowed.items():
                if (fact, values) not in self._masks:
                    ids = self.vocabulary[fact].value_ids
                    self._masks[fact, values] = np.flatnonzero(
                        [v in values for v in ids])
        # the product of a prefix of factors is shared by the rules that have it
        uses: dict[str, int] = {}
        for rule in self.rules:
            for fact in rule.allowed:
                uses[fact] = uses.get(fact, 0) + 1
        order = {f: i for i, f in enumerate(sorted(uses, key=lambda f: -uses[f]))}
        self._tree: dict[Any, Any] = {}
        for i, rule in enumerate(self.rules):
            node = self._tree
            for key in sorted(rule.allowed.items(),
                              key=lambda item: (order[item[0]], sorted(item[1]))):
                node = node.setdefault(key, {})
            node.setdefault(None, []).append(i)

    def outcome_probabilities(self, posterior: Mapping[str, np.ndarray]) -> np.ndarray:
        """P(outcome) of each good: over its rules, the product over facts of the mass allowed.

        Parameters
        ----------
        posterior : mapping of str to ndarray, shape (N, k)

        Returns
        -------
        ndarray, shape (N, n_outcomes)
            Only elementwise operations are used (no BLAS), so a good's numbers
            are bit-identical alone and in any batch.
        """
        n_goods = len(next(iter(posterior.values())))
        result = np.empty((n_goods, len(self.outcomes)))
        for start in range(0, n_goods, BLOCK):
            block = slice(start, min(start + BLOCK, n_goods))
            columns = {fact: np.ascontiguousarray(posterior[fact][block].T)
                       for fact in self.vocabulary}
            sums = {}
            for key, chosen in self._masks.items():
                column = columns[key[0]]
                total = column[chosen[0]].copy()
                for i in chosen[1:]:
                    total += column[i]
                sums[key] = total
            part = np.zeros((len(self.outcomes), block.stop - start))
            self._walk(self._tree, np.ones(block.stop - start), sums, part)
            result[block] = part.T
        return result

    def _walk(self, node: dict[Any, Any], product: np.ndarray,
              sums: Mapping[tuple[str, frozenset[str]], np.ndarray], result: np.ndarray) -> None:
        for key, child in node.items():
            if key is None:
                for i in child:
                    result[self.rules[i].outcome] += product
            else:
                self._walk(child, product * sums[key], sums, result)

    def code_probabilities(self, outcomes: np.ndarray) -> np.ndarray:
        """P(code), shape (N, n_codes), from P(outcome); a gap is shared equally."""
        position = {code: i for i, code in enumerate(self.codes)}
        result = np.zeros((len(self.codes), len(outcomes)))
        for i, codes in enumerate(self.outcomes):
            for code in codes:
                result[position[code]] += outcomes[:, i] / len(codes)
        return np.ascontiguousarray(result.T)

    def find(self, **facts: str) -> Rule:
        """The rule that a full assignment of facts falls into."""
        for rule in self.rules:
            if all(facts[fact] in values for fact, values in rule.allowed.items()):
                return rule
        raise KeyError("a fact is missing or has an unknown value")


def _subtract(box: Box, other: Box) -> list[Box]:
    """`box` without `other`, as disjoint boxes."""
    if any(not values & other[fact] for fact, values in box.items()):
        return [box]
    pieces, rest = [], dict(box)
    for fact, values in box.items():
        outside = values - other[fact]
        if outside:
            pieces.append({**rest, fact: outside})
            rest[fact] = values & other[fact]
    return pieces


def _merge(boxes: list[Box]) -> list[Box]:
    """Join boxes that differ in one fact only: fewer rules, the same set."""
    boxes = list(boxes)
    joined = True
    while joined:
        joined = False
        for i, first in enumerate(boxes):
            for j in range(i + 1, len(boxes)):
                differ = [f for f in first if first[f] != boxes[j][f]]
                if len(differ) == 1:
                    fact = differ[0]
                    boxes[i] = {**first, fact: first[fact] | boxes[j][fact]}
                    del boxes[j]
                    joined = True
                    break
            if joined:
                break
    return boxes
