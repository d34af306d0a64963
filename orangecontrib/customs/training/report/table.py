"""The door to Orange: the parts of a report as tables."""
from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from Orange.data import ContinuousVariable, Domain, StringVariable, Table

from orangecontrib.customs.columns import FeatureColumn, Role
from orangecontrib.customs.evaluation.reliability import Curve, reliability
from orangecontrib.customs.groups import Group, visual_group
from orangecontrib.customs.photos.table import GOOD_ID
from orangecontrib.customs.training.trainer.table import label_columns, label_numbers

from .whole import Report

__all__ = ["evaluation_table", "reliability_table", "heights_table", "gradability_table",
           "feature_names", "photo_curves"]


def feature_names(language: str, group: Group | None = None) -> dict[str, str]:
    """Names of features by id.

    Parameters
    ----------
    language : {"ru", "en"}
    group : Group, optional
        Of the features; the only loaded one with visual features by default.
    """
    return {feature.id: getattr(feature, f"name_{language}")
            for feature in visual_group(group).features}


def evaluation_table(report: Report, language: str = "ru") -> Table:
    """A row per feature: counts, accuracy, AUC and calibration with what chance may do."""
    names, rows, metas = feature_names(language, report.group), [], []
    for row in report.features:
        score = row.score
        known = score.n > 0
        both = np.isfinite(row.auc)
        rows.append([
            score.n, row.products, score.positives, score.right, score.accuracy,
            *(score.interval if known else (np.nan, np.nan)), score.usual, score.balanced,
            row.threshold, row.balanced_at_threshold, row.auc,
            *(row.auc_interval if both else (np.nan, np.nan)), row.ece, row.ece_limit])
        metas.append([names[row.feature], report.part])
    return _table("Evaluation", (
        ("photos", 0), ("products", 0), ("labelled 1", 0), ("right", 0), ("accuracy", 3),
        ("accuracy from", 3), ("accuracy to", 3), ("always the commoner answer", 3),
        ("balanced accuracy", 3), ("threshold", 2), ("balanced accuracy at threshold", 3),
        ("AUC", 3), ("AUC from", 3), ("AUC to", 3), ("calibration error", 3),
        ("calibration error by chance", 3)), ("feature", "part"), rows, metas)


def reliability_table(report: Report, language: str = "ru") -> Table:
    """A row per point of the reliability curves."""
    names, rows, metas = feature_names(language, report.group), [], []
    for row in report.features:
        for found in row.bins:
            rows.append([found.n, found.stated, found.happened, found.low, found.high])
            metas.append([names[row.feature], report.part])
    return _table("Reliability", (("photos", 0), ("stated", 3), ("observed", 3), ("from", 3),
                                  ("to", 3)), ("feature", "part"), rows, metas)


def photo_curves(table: Table) -> list[Curve]:
    """The reliability of each feature of photos whose labels stand beside what a model says.

    Such a table is *Predictions* of Footwear CNN Trainer: photos that the model had not seen.  Of
    a table that tells test photos from others only these count.  Photos of one good are one
    witness.

    Parameters
    ----------
    table : Table
        Empty where it has no features or no labels.
    """
    domain = table.domain
    variables = [*domain.variables, *domain.metas]
    said = {column.feature: v for v in variables if (column := FeatureColumn.of(v)) is not None}
    labels = label_columns(domain) if said else {}
    both = [feature for feature in said if feature in labels
            and labels[feature] is not said[feature]]
    part = next((v for v in variables if v.name == "part" and v.is_discrete
                 and "test" in v.values), None)
    rows = np.ones(len(table), dtype=bool)
    if part is not None:
        test = table.get_column(part) == part.values.index("test")
        rows = test if test.any() else rows
    good = next((v for v in variables if Role.of(v) is Role.KEY), None) \
        or next((v for v in variables if v.name == GOOD_ID), None)
    of = np.array([str(row) if good is None else good.str_val(value) for row, value in enumerate(
        range(len(table)) if good is None else table.get_column(good))], dtype=object)
    curves = []
    for feature in both:
        y = label_numbers(table, labels[feature])
        known = rows & ((y == 0) | (y == 1))
        if known.any():
            p = table.get_column(said[feature]).astype(float)
            curves.append(reliability(feature, p[known], y[known] == 1, of[known].tolist()))
    return curves


def heights_table(report: Report, language: str = "ru") -> Table:
    """The confusion matrix: a row per labelled height, a column per height said."""
    names = feature_names(language, report.group)
    shown = [names[id_] for id_ in report.heights.features]
    return _table("Heights", tuple((name, 0) for name in shown), ("labelled", "part"),
                  report.heights.counts.tolist(), [[name, report.part] for name in shown])


def gradability_table(report: Report, language: str = "ru") -> Table:
    """A row per fact: the three tiers."""
    rows, metas, vocabulary = [], [], report.group.vocabulary
    for row in report.gradability:
        rows.append([row.n, row.ungradable, row.overall,
                     *(row.interval if row.n else (np.nan, np.nan)), row.precision, row.recall,
                     row.f1, row.valued, row.value])
        metas.append([getattr(vocabulary[row.fact], language), report.part])
    return _table("Gradability", (
        ("photos", 0), ("can't be judged", 0), ("overall", 3), ("overall from", 3),
        ("overall to", 3), ("precision", 3), ("recall", 3), ("F1", 3), ("judgeable", 0),
        ("value given judgeable", 3)), ("fact", "part"), rows, metas)


def _table(name: str, numbers: Sequence[tuple[str, int]], texts: Sequence[str], x: list,
           metas: list) -> Table:
    domain = Domain([ContinuousVariable(n, number_of_decimals=d) for n, d in numbers],
                    metas=[StringVariable(text) for text in texts])
    result = Table.from_numpy(domain, np.array(x, float).reshape(len(x), len(numbers)),
                              metas=np.array(metas, dtype=object).reshape(len(x), len(texts)))
    result.name = name
    return result
