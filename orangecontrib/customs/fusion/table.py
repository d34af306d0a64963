"""The door of the fusion room: Orange tables of evidence in, a table of codes out.

Columns are recognised by their attributes (:mod:`orangecontrib.customs.columns`), never by
their order or name.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from Orange.data import (
    ContinuousVariable,
    DiscreteVariable,
    Domain,
    StringVariable,
    Table,
    Variable,
)

from orangecontrib.customs import footwear
from orangecontrib.customs.columns import (
    CodeColumn,
    FactColumn,
    FeatureColumn,
    GradabilityColumn,
    ImageColumn,
    NoteColumn,
    Role,
    named_key,
)
from orangecontrib.customs.declarations.headings import KEY_NAMES
from orangecontrib.customs.declarations.learning.table import answers_in
from orangecontrib.customs.facts import Evidence, check_probabilities
from orangecontrib.customs.fusion.engine import Engine
from orangecontrib.customs.fusion.keys import unique_keys
from orangecontrib.customs.fusion.verdict import Verdict
from orangecontrib.customs.nomenclature import LEVELS

__all__ = ["TableEvidence", "key_candidates", "default_key", "keys_of", "ids_of",
           "evidence_from_table", "classifier_odds_from_table", "predicted_classes",
           "verdicts_table", "probabilities_table"]


@dataclass(frozen=True)
class TableEvidence:
    """Evidence read from a table, with the words or photos that it rests on."""

    evidence: Evidence
    notes: dict[tuple[str, str], str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    #: per good, problems that the table brought along
    good_problems: dict[str, list[str]] = field(default_factory=dict)


def key_candidates(table: Table) -> list[Variable]:
    """Variables that may hold the id of a good: texts, categories, and numbers so named."""
    domain = table.domain
    return [var for var in domain.metas + domain.class_vars + domain.attributes
            if (isinstance(var, (StringVariable, DiscreteVariable))
                or var.name.strip().lower() in KEY_NAMES)
            and not ImageColumn.of(var)
            and Role.of(var) not in (Role.NOTE, Role.PROBLEMS)]


def default_key(table: Table) -> Variable | None:
    """The variable that the table names as its key, else the one with the likeliest name."""
    candidates = key_candidates(table)
    named = named_key(table)
    for var in candidates:
        if var.name == named or Role.of(var) is Role.KEY:
            return var
    for name in KEY_NAMES:
        for var in candidates:
            if var.name.strip().lower() == name:
                return var
    return None


def keys_of(table: Table, key: Variable | None) -> tuple[list[str], list[str]]:
    """Unique keys of the rows, and problems: a repeated id gets ``#2``, ``#3`` ..."""
    if key is None:
        return [str(i) for i in range(1, len(table) + 1)], []
    names = _cells(table, key)
    problems = []
    for row, name in enumerate(names, start=1):
        if not name:
            names[row - 1] = f"row {row}"
            problems.append(f"row {row} has no '{key.name}'")
    keys = unique_keys(names)
    problems += [f"'{name}' of row {row} stands in a row above, too"
                 for row, (name, unique) in enumerate(zip(names, keys), start=1)
                 if name != unique]
    return keys, problems


def ids_of(table: Table, key: Variable | None) -> list[str]:
    """Ids as they stand in a column, without empty ones; row numbers where there is none."""
    return keys_of(table, None)[0] if key is None else list(filter(None, _cells(table, key)))


def _cells(table: Table, key: Variable) -> list[str]:
    """The texts of a column, "" where there is none."""
    names = (key.str_val(value).strip() for value in table.get_column(key))
    return ["" if name == "?" else name for name in names]


def evidence_from_table(table: Table, key: Variable | None = None) -> TableEvidence:
    """Evidence of the goods in a table, one per row.

    Raises
    ------
    ValueError
        If no column carries the attributes of a fact or a visual feature, the features
        are of single photos, or a value is not a probability.
    """
    vocabulary = footwear.vocabulary()
    key = key if key is not None else default_key(table)
    keys, problems = keys_of(table, key)
    by_fact: dict[str, dict[str, Variable]] = {}
    features: dict[str, Variable] = {}
    for var in table.domain.attributes + table.domain.metas:
        if feature := FeatureColumn.of(var):
            features[feature.feature] = var
        elif (fact := FactColumn.of(var)) and fact.fact in vocabulary:
            by_fact.setdefault(fact.fact, {})[fact.value] = var
    if not by_fact and not features:
        raise ValueError("no column holds a fact or a visual feature; connect "
                         "Declaration Facts or Bayesian Photo Aggregator")
    probabilities, priors = {}, {}
    for fact, columns in by_fact.items():
        values = vocabulary[fact].value_ids
        absent = [v for v in values if v not in columns]
        if absent:
            problems.append(f"fact '{fact}' lacks a column for {', '.join(absent)}")
            continue
        probabilities[fact] = np.column_stack(
            [_probabilities(table, columns[v], keys) for v in values])
        priors[fact], missing = _priors([columns[v] for v in values])
        if missing:
            problems.append(f"columns of fact '{fact}' carry no prior; uniform is assumed")
    evidence = Evidence.from_probabilities(keys, probabilities, priors)
    if features and any(GradabilityColumn.of(var) for var in table.domain.metas):
        raise ValueError("these are single photos; pool them with Bayesian Photo "
                         "Aggregator first")
    if features:
        evidence = evidence + _feature_evidence(table, features, keys, problems)
    notes, good_problems = _texts(table, keys)
    return TableEvidence(evidence, notes, problems, good_problems)


def _probabilities(table: Table, var: Variable, keys: Sequence[str]) -> np.ndarray:
    """A column of probabilities; ValueError, with column and good, if a value is not one."""
    p = np.asarray(table.get_column(var), dtype=float)
    check_probabilities(p, lambda row: f"column '{var.name}', good '{keys[row]}'")
    return p


def _priors(columns: Sequence[Variable]) -> tuple[np.ndarray, bool]:
    said = [FactColumn.of(var).prior for var in columns]
    if None in said:
        return np.full(len(columns), 1 / len(columns)), True
    priors = np.array(said)
    return priors / priors.sum(), False


def _feature_evidence(table, variables, keys, problems) -> Evidence:
    """Evidence of the pooled visual features of a table."""
    from orangecontrib.customs.photos.pooling import evidence_from_columns
    columns = []
    for feature in footwear.features():
        var = variables.get(feature.id)
        if var is None:
            problems.append(f"no column for the visual feature '{feature.name_en}'")
            continue
        prior = FeatureColumn.of(var).prior
        if prior is None:
            problems.append(f"column '{var.name}' carries no prior; ½ is assumed")
        columns.append((feature.fact, feature.value, _probabilities(table, var, keys),
                        .5 if prior is None else prior))
    return evidence_from_columns(keys, columns)


def _texts(table: Table, keys):
    """Notes and problems that Declaration Facts and the Aggregator leave in metas."""
    notes: dict[tuple[str, str], str] = {}
    good_problems: dict[str, list[str]] = {}
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


def classifier_odds_from_table(engine: Engine, predictions: Table,
                               key: Variable | None, keys: Sequence[str],
                               weight: float = 1.) -> np.ndarray:
    """The term of a classifier, from the output of Orange's Predictions.

    Its columns are named ``<model> (<code>)``; a column named just ``<code>`` is
    read too.

    Raises
    ------
    ValueError
        If there is no column of probabilities of codes, or a value is not a probability.
    """
    classes = predicted_classes(predictions)
    if not classes:
        raise ValueError("the table holds no probabilities of codes; choose "
                         "\u201cClasses known to the model\u201d in Predictions")
    own, _ = keys_of(predictions, key if key is not None else default_key(predictions))
    columns = np.column_stack([_probabilities(predictions, var, own)
                               for var in classes.values()])
    position = {name: i for i, name in enumerate(own)}
    rows = np.full((len(keys), len(classes)), np.nan)
    for i, name in enumerate(keys):
        if name in position:
            rows[i] = columns[position[name]]
    return engine.classifier_odds(list(classes), rows, weight=weight)


def predicted_classes(predictions: Table) -> dict[str, Variable]:
    """Columns of probabilities of codes by code: ``<model> (<code>)`` or ``<code>``."""
    classes: dict[str, Variable] = {}
    for var, code in answers_in(predictions).items():
        if len(code) in LEVELS[1:]:
            classes.setdefault(code, var)
    return classes


_TEXT_COLUMNS = ("code", "safe code", "heading", "runner-up", "flip fact", "missing facts",
                 "next question", "discrepancy", "trace", "problems")
_NUMBER_COLUMNS = ("P(code)", "P(safe code)", "P(heading)", "P(runner-up)",
                   "duty low", "duty high")


def verdicts_table(verdicts: Sequence[Verdict], problems: dict[str, list[str]] | None = None,
                   declared: dict[str, str] | None = None) -> Table:
    """A row per good: numbers as attributes, codes and reasons as metas.

    `declared` adds the comparison with the declared codes.
    """
    numbers = [ContinuousVariable(name, number_of_decimals=4) for name in _NUMBER_COLUMNS]
    texts = [StringVariable(name) for name in ("good_id",) + _TEXT_COLUMNS]
    if declared is not None:
        numbers.append(ContinuousVariable("P(declared code)", number_of_decimals=4))
        texts += [StringVariable("declared code"), StringVariable("agrees")]
    Role.KEY.mark(texts[0])
    rows, metas = [], []
    for v in verdicts:
        row = [v.p if v.codes else np.nan, v.p_safe if v.safe_code else np.nan,
               v.p_heading if v.heading else np.nan, v.p_runner_up, v.duty_low, v.duty_high]
        notes = list((problems or {}).get(v.key, ())) + list(v.problems)
        question = v.questions[0].text if v.questions else ""
        meta = [v.key, v.code, v.safe_code, v.heading, v.runner_up, v.flip_fact,
                "; ".join(v.missing_facts), question,
                "; ".join(d.text for d in v.discrepancies), v.trace,
                "; ".join(dict.fromkeys(notes))]
        if declared is not None:
            code = declared.get(v.key, "")
            row.append(v.p_of(code) if code else np.nan)
            meta += [code, v.agrees(code)]
        rows.append(row)
        metas.append(meta)
    domain = Domain(numbers, metas=texts)
    table = Table.from_numpy(
        domain, np.array(rows, dtype=float).reshape(len(rows), len(numbers)),
        metas=np.array(metas, dtype=object).reshape(len(metas), len(texts)))
    table.name = "Codes"
    return table


def probabilities_table(verdicts: Sequence[Verdict], engine: Engine) -> Table:
    """A row per good, P of every code of the table."""
    variables = []
    for code in engine.codes:
        node = engine.nomenclature[code] if code in engine.nomenclature else None
        column = CodeColumn(node.ru if node else "вне кодов таблицы")
        variables.append(column.mark(ContinuousVariable(code, number_of_decimals=4)))
    p = np.array([[v.probabilities.get(c, np.nan) for c in engine.codes] for v in verdicts],
                 dtype=float)  # of a good of which nothing is said there is none
    table = Table.from_numpy(
        Domain(variables, metas=[Role.KEY.mark(StringVariable("good_id"))]),
        p.reshape(len(verdicts), len(variables)),
        metas=np.array([[v.key] for v in verdicts], dtype=object).reshape(-1, 1))
    table.name = "Code probabilities"
    return table
