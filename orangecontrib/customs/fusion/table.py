"""The door of the fusion room: Orange tables of evidence in.

Columns are recognised by their attributes (:mod:`orangecontrib.customs.columns`), never by
their order or name; but for those that people named after facts (:mod:`.statements`).
"""
from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from Orange.data import (
    DiscreteVariable,
    StringVariable,
    Table,
    Variable,
)

from orangecontrib.customs.columns import (
    FactColumn,
    FeatureColumn,
    GradabilityColumn,
    ImageColumn,
    NoteColumn,
    Role,
    marked,
    named_key,
)
from orangecontrib.customs.declarations.several import Several, told
from orangecontrib.customs.facts import Evidence, Vocabulary, check_probabilities
from orangecontrib.customs.files import find_column
from orangecontrib.customs.fusion.among import vocabulary_of
from orangecontrib.customs.fusion.keys import unique_keys
from orangecontrib.customs.fusion.statements import statements_of
from orangecontrib.customs.groups import Group, loaded_groups
from orangecontrib.customs.i18n import Message, Sayable

__all__ = ["TableEvidence", "key_candidates", "default_key", "keys_of",
           "evidence_from_table", "ids_of", "marked_texts"]


@dataclass(frozen=True)
class TableEvidence:
    """Evidence read from a table, with the words or photos that it rests on."""

    evidence: Evidence
    notes: dict[tuple[str, str], Sayable] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    #: per good, problems that the table brought along
    good_problems: dict[str, list[str | Message]] = field(default_factory=dict)
    #: per good, what its description leaves open of several
    several: dict[str, Several] = field(default_factory=dict)
    #: per good with photos, the facts that these show
    shown: dict[str, frozenset[str]] = field(default_factory=dict)


def key_candidates(table: Table) -> list[Variable]:
    """Variables that may hold the id of a good: texts, categories, and numbers so named."""
    domain = table.domain
    return [var for var in domain.metas + domain.class_vars + domain.attributes
            if (isinstance(var, (StringVariable, DiscreteVariable))
                or find_column([var.name], "good_id"))
            and not ImageColumn.of(var) and not ((role := Role.of(var)) and role.of_texts)]


def default_key(table: Table) -> Variable | None:
    """The variable that the table names as its key, else the one with the likeliest name."""
    candidates = key_candidates(table)
    named = named_key(table)
    for var in candidates:
        if var.name == named or Role.of(var) is Role.KEY:
            return var
    name = find_column([var.name for var in candidates if Role.of(var) is None], "good_id")
    return None if name is None else table.domain[name]


def keys_of(table: Table, key: Variable | None) -> tuple[list[str], list[str]]:
    """Unique keys of the rows, and problems: a repeated id gets ``#2``, ``#3`` ..."""
    names = ids_of(table, key)
    keys = unique_keys(names)
    problems = [] if key is None else [
        f"row {row} has no '{key.name}'" for row, name in enumerate(names, start=1)
        if name == f"row {row}"]
    problems += [f"'{name}' of row {row} stands in a row above, too"
                 for row, (name, unique) in enumerate(zip(names, keys), start=1)
                 if name != unique]
    return keys, problems


def ids_of(table: Table, key: Variable | None) -> list[str]:
    """Ids as they stand in a column, ``row 3`` for an empty one; row numbers without a column."""
    if key is None:
        return [str(row) for row in range(1, len(table) + 1)]
    names = (key.str_val(value).strip() for value in table.get_column(key))
    return [f"row {row}" if name in ("", "?") else name for row, name in enumerate(names, start=1)]


def evidence_from_table(table: Table, key: Variable | None = None,
                        groups: Iterable[Group] = (), stated: bool = False) -> TableEvidence:
    """Evidence of the goods in a table, one per row.

    Parameters
    ----------
    table : Table
    key : Variable, optional
        The goods' ids (default: :func:`default_key`).
    groups : iterable of Group, optional
        Whose facts and features are meant; all loaded ones by default.
    stated : bool
        Whether columns that are named after facts are read as well (:mod:`.statements`).

    Raises
    ------
    ValueError
        If no column carries the attributes of a fact or a visual feature of the groups, nor, if
        `stated`, the name of a fact; the features are of single photos, or a value is not a
        probability.
    """
    groups = loaded_groups(groups)
    vocabulary = vocabulary_of(groups)
    key = key if key is not None else default_key(table)
    keys, problems = keys_of(table, key)
    columns = _Columns.of(table, vocabulary, groups)
    problems += columns.problems
    said = statements_of(_plain(table, key) if stated else (),
                         lambda name: _texts_of(table, name), keys, vocabulary,
                         {v.name for v in table.domain.metas if Role.of(v) is Role.STATEMENT})
    problems += said.remarks
    if not columns.facts and not columns.features and not said.evidence.loglik:
        raise ValueError(problems[-1] if columns.problems else "no column holds a fact or a visual "
                         "feature; connect Declaration Facts or Bayesian Photo Aggregator"
                         + (f", or name columns after facts: {', '.join(list(vocabulary)[:3])} …"
                            if stated else ""))
    evidence = _fact_evidence(table, columns.facts, keys, vocabulary, problems)
    judged = {column.fact: var for var in table.domain.metas
              if (column := GradabilityColumn.of(var))}
    if columns.features and judged \
            and not any(Role.of(var) is Role.PHOTOS for var in table.domain.metas):
        raise ValueError("these are single photos; pool them with Bayesian Photo "
                         "Aggregator first")
    for group in groups:
        if any(feature.id in columns.features for feature in group.features):
            evidence = evidence + _feature_evidence(table, group, columns.features, keys, problems)
    notes, good_problems = _texts(table, keys)
    evidence, notes, contradictions = said.beside(evidence, notes, vocabulary)
    for good, some in contradictions.items():
        good_problems[good] = [*good_problems.get(good, ()), *some]
    several = {good: several for good, text in marked_texts(table, keys, Role.SEVERAL)
               if (several := told(text).without(fact for of, fact in said.cells if of == good))}
    return TableEvidence(evidence, notes, problems, good_problems, several,
                         _shown(table, keys, judged, columns.features, groups)
                         if columns.features else {})


class _Column(NamedTuple):
    """A column of probabilities, and the prior that it brings."""

    variable: Variable
    prior: float | None


class _Columns(NamedTuple):
    """Which columns speak of the groups: facts by their values, features; and which of others."""

    facts: dict[str, dict[str, _Column]]
    features: dict[str, _Column]
    problems: list[str]

    @classmethod
    def of(cls, table: Table, vocabulary: Vocabulary, groups: Sequence[Group]) -> _Columns:
        known = {feature.id for group in groups for feature in group.features}
        found, foreign = cls({}, {}, []), []
        for var in table.domain.attributes + table.domain.metas:
            if feature := FeatureColumn.of(var):
                if feature.feature in known:
                    found.features[feature.feature] = _Column(var, feature.prior)
                else:
                    foreign.append(feature.feature)
            elif column := FactColumn.of(var):
                if column.fact in vocabulary:
                    found.facts.setdefault(column.fact, {})[column.value] = \
                        _Column(var, column.prior)
                else:
                    foreign.append(column.fact)
        if some := list(dict.fromkeys(foreign)):
            found.problems.append(
                f"no chosen group of goods ({', '.join(g.id for g in groups)}) has the facts or "
                f"features {', '.join(some[:3])}{' …' if len(some) > 3 else ''}; choose the group "
                "that has them")
        return found


def _fact_evidence(table: Table, by_fact: dict[str, dict[str, _Column]], keys: Sequence[str],
                   vocabulary: Vocabulary, problems: list[str]) -> Evidence:
    """What the columns of facts say; those that lack a value are named and left out."""
    probabilities, priors = {}, {}
    for fact, columns in by_fact.items():
        values = vocabulary[fact].value_ids
        absent = [v for v in values if v not in columns]
        if absent:
            problems.append(f"fact '{fact}' lacks a column for {', '.join(absent)}")
            continue
        probabilities[fact] = np.column_stack(
            [_probabilities(table, columns[v].variable, keys) for v in values])
        said = [columns[v].prior for v in values]
        if None in said:
            problems.append(f"columns of fact '{fact}' carry no prior; uniform is assumed")
            said = [1.] * len(said)
        weights = np.array(said, dtype=float)
        priors[fact] = weights / weights.sum()
    return Evidence.from_probabilities(keys, probabilities, priors)


def _shown(table: Table, keys: Sequence[str], judged: dict[str, Variable],
           features: Mapping[str, _Column], groups: Sequence[Group]
           ) -> dict[str, frozenset[str]]:
    """Per good, the facts that its photos show; all of them where the table does not tell."""
    from orangecontrib.customs.photos.shots import DECLINED
    facts = [fact for group in groups if group.feature_ids and features.keys()
             & set(group.feature_ids) for fact in group.visual_facts]
    said = {fact: np.asarray(table.get_column(var), dtype=float) for fact, var in judged.items()}
    return {key: frozenset(fact for fact in facts if fact not in said
                           or not said[fact][row] < DECLINED) for row, key in enumerate(keys)}


def _plain(table: Table, key: Variable | None) -> list[str]:
    """Names of columns that carry nothing but what somebody typed."""
    return [var.name for var in table.domain.attributes + table.domain.metas
            if var is not key and (not marked(var) or Role.of(var) is Role.STATEMENT)]


def _texts_of(table: Table, name: str) -> list[str]:
    """A column as texts; what is not known is empty."""
    var = table.domain[name]
    texts = map(var.str_val, table.get_column(var))
    return ["" if text == "?" else text for text in texts]


def _probabilities(table: Table, var: Variable, keys: Sequence[str]) -> np.ndarray:
    """A column of probabilities; ValueError, with column and good, if a value is not one."""
    p = np.asarray(table.get_column(var), dtype=float)
    check_probabilities(p, lambda row: f"column '{var.name}', good '{keys[row]}'")
    return p


def _feature_evidence(table: Table, group: Group, known: Mapping[str, _Column],
                      keys: Sequence[str], problems: list[str]) -> Evidence:
    """Evidence of the pooled visual features of a group in a table."""
    from orangecontrib.customs.photos.pooling import evidence_from_columns
    columns = []
    for feature in group.features:
        column = known.get(feature.id)
        if column is None:
            problems.append(f"no column for the visual feature '{feature.name_en}'")
            continue
        if column.prior is None:
            problems.append(f"column '{column.variable.name}' carries no prior; ½ is assumed")
        columns.append((feature.fact, feature.value, _probabilities(table, column.variable, keys),
                        .5 if column.prior is None else column.prior))
    return evidence_from_columns(keys, columns)


def marked_texts(table: Table, keys: Sequence[str], role: Role) -> Iterator[tuple[str, str]]:
    """Key and text of the filled cells of the metas that have a role."""
    for var in table.domain.metas:
        if isinstance(var, StringVariable) and Role.of(var) is role:
            texts = map(var.str_val, table.get_column(var))
            yield from ((key, text) for key, text in zip(keys, texts) if text not in ("", "?"))


def _texts(table: Table, keys: Sequence[str]
           ) -> tuple[dict[tuple[str, str], Sayable],
                      dict[str, list[str | Message]]]:
    """Notes and problems that Declaration Facts and the Aggregator leave in metas."""
    notes: dict[tuple[str, str], Sayable] = {}
    good_problems: dict[str, list[str | Message]] = {}
    for var in table.domain.metas:
        note = NoteColumn.of(var)
        if not isinstance(var, StringVariable) or not (note or Role.of(var) is Role.PROBLEMS):
            continue
        for key, text in zip(keys, table.get_column(var)):
            text = var.str_val(text) if text else ""
            if text and text != "?":
                if note:
                    notes[key, note.fact] = text
                else:
                    good_problems.setdefault(key, []).append(text)
    return notes, good_problems
