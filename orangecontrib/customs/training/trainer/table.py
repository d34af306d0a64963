"""The door to Orange: a table of labelled photos in; predictions and curves out.

Label columns are marked so; in a table from a file they are not, there the columns are known
by the features' names.
"""
from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from itertools import chain
from pathlib import Path

import numpy as np
from Orange.data import (
    ContinuousVariable,
    DiscreteVariable,
    Domain,
    StringVariable,
    Table,
    Variable,
)
from Orange.data.util import get_unique_names

from orangecontrib.customs.columns import FeatureColumn, LabelColumn, Role, computed
from orangecontrib.customs.groups import Group, visual_group
from orangecontrib.customs.i18n import Message, say
from orangecontrib.customs.photos.sources import Photo
from orangecontrib.customs.photos.table import (
    append_metas,
    good_variables,
    image_paths,
    image_variables,
    with_reasons,
)

from .photos import NO_NUMBER, Trained, TrainingError, TrainingPhotos

__all__ = ["label_columns", "label_numbers", "training_photos", "predictions_table",
           "history_table",
           "skipped_table", "LABEL_SOURCE", "still_said"]

#: Column that tells on what labels rest that nobody gave by eye, and one of them in it.
LABEL_SOURCE = "label source"
_SAID = re.compile(r"(\w+)=(1|0\.5|0)(?= \(|;|$)")

#: Weight of such a label against one that a person gave.
WEAK_WEIGHT = .5

#: Answers that say yes in a column of made pictures.
_YES = ("1", "1.0", "yes", "true", "made", "да")


def label_columns(domain: Domain, group: Group | None = None) -> dict[str, Variable]:
    """Columns of labels by feature id, wherever they stand in the domain.

    Parameters
    ----------
    group : Group, optional
        Whose features; the only loaded one with visual features by default.
    """
    ids, group = {}, visual_group(group)
    for feature in group.features:
        for name in (feature.id, feature.name_ru, feature.name_en):
            ids[name.casefold()] = feature.id
    candidates = [v for v in (*domain.variables, *domain.metas) if v.is_primitive()]
    marked = [v for v in candidates if LabelColumn.of(v)]
    # what a model said about a photo bears the same names, and a prior
    named = marked or [v for v in candidates if not computed(v)]
    result: dict[str, Variable] = {}
    for variable in named:
        name = re.sub(r" \(\d+\)$", "", variable.name).casefold()
        said = LabelColumn.of(variable) or FeatureColumn.of(variable)
        id_ = said and said.feature or ids.get(name)
        if id_ in group.feature_ids:
            result.setdefault(id_, variable)
    return result


def training_photos(table: Table, image: Variable | str | None = None,
                    good: Variable | str | None = None, group: Group | None = None
                    ) -> tuple[TrainingPhotos, np.ndarray]:
    """The photos of a table with their labels.

    A column ``made`` (yes / no) marks made pictures, a column ``cluster`` the kind of goods.  A
    column ``label source`` names labels that nobody gave by eye (``high_heel=1 (text)``): as long
    as the label is still that one, it weighs less, and one of 0.5 – the source leaves it open –
    says nothing of the photo.

    Parameters
    ----------
    image : Variable or str, optional
        The column with the photos; by default the one marked so.
    good : Variable or str, optional
        The column whose photos belong together; by default the likeliest, if there is one;
        "" when each photo is of a good of its own.
    group : Group, optional
        Whose features are labelled; the only loaded one with visual features by default.

    Returns
    -------
    photos : TrainingPhotos
    rows : ndarray of int
        Their rows in the table: rows without a photo are left out.

    Raises
    ------
    TrainingError
        No column of photos, or none of labels.
    """
    images = [table.domain[image]] if image is not None else image_variables(table.domain)
    if not images:
        raise TrainingError("no_column")
    group = visual_group(group)
    columns = label_columns(table.domain, group)
    if not columns:
        raise TrainingError("no_labels", feature=group.features[-1].name_ru)
    paths = image_paths(table, images[0])
    rows = np.array([row for row, path in enumerate(paths) if path is not None], dtype=int)
    labels = np.full((len(rows), len(group.features)), np.nan)
    for number, id_ in enumerate(group.feature_ids):
        if id_ in columns:
            labels[:, number] = label_numbers(table, columns[id_])[rows]
    goods = good_variables(table.domain)
    key = _named(goods, Role.KEY, "good_id", "category") if good is None \
        else table.domain[good] if good else None
    ids = [""] * len(table) if key is None else _texts(table, key)
    photos = [Photo(paths[row], ids[row], Path(paths[row])) for row in rows]
    everything = (*table.domain.variables, *table.domain.metas)
    made, cluster = _named(everything, None, "made"), _named(everything, Role.CLUSTER, "cluster")
    source = _named(everything, None, LABEL_SOURCE)
    weak = np.zeros(labels.shape, bool) if source is None else \
        _weak(np.array(_texts(table, source), dtype=object)[rows], labels, group)
    labels[weak & (labels == .5)] = np.nan
    return TrainingPhotos.of(
        photos, labels, group, weights=np.where(weak, WEAK_WEIGHT, 1.), by_eye=~weak.any(axis=1),
        made=None if made is None else
        np.array([text.casefold() in _YES for text in _texts(table, made)])[rows],
        clusters=None if cluster is None else
        np.array(_texts(table, cluster), dtype=object)[rows]), rows


def _weak(sources: Sequence[str], labels: np.ndarray, group: Group) -> np.ndarray:
    """Which labels are still those that a source implied."""
    weak = np.zeros(labels.shape, bool)
    for row, text in enumerate(sources):
        for feature, label in _SAID.findall(text):
            if feature in group.feature_ids:
                column = group.feature_ids.index(feature)
                weak[row, column] = labels[row, column] == float(label)
    return weak


def still_said(sources: str, settled: Collection[str]) -> str:
    """A cell of LABEL_SOURCE without the features that a person has settled."""
    return "; ".join(part for part in map(str.strip, sources.split(";"))
                     if part and part.partition("=")[0] not in settled)


def _named(variables, role: Role | None, *names: str) -> Variable | None:
    """The column of that role, else that of the first name."""
    marked = (v for v in variables if role is not None and Role.of(v) is role)
    named = (v for name in names for v in variables if v.name == name)
    return next(chain(marked, named), None)


def _texts(table: Table, variable: Variable) -> list[str]:
    result = []
    for value in table.get_column(variable):
        missing = value is None or value == "" or value != value
        result.append("" if missing else variable.str_val(value))
    return result


def label_numbers(table: Table, variable: Variable) -> np.ndarray:
    """Numbers of a column; of a categorical one, the numbers that its values name."""
    values = table.get_column(variable).astype(float)
    if not variable.is_discrete:
        return values
    names = np.full(len(variable.values) + 1, np.nan)
    for position, name in enumerate(variable.values):
        try:
            names[position] = float(name.replace(",", "."))
        except ValueError:
            names[position] = NO_NUMBER
    return names[np.where(np.isfinite(values), values, len(names) - 1).astype(int)]


# --- what comes out -----------------------------------------------------------------------

def predictions_table(table: Table, rows: np.ndarray, trained: Trained,
                      language: str = "ru") -> Table:
    """The held-out photos with what the heads said about them.

    The columns are marked as those of the extractor are.  Metas tell the part, the features
    for which the answer differs from the label (photos worth a second look), and how far
    the features contradict each other.

    Parameters
    ----------
    table, rows
        As for, and from, `training_photos`.
    """
    held_out, model, described = trained.held_out, trained.model, trained.model.group.features
    order = np.argsort(held_out.rows, kind="stable")
    domain, names = table.domain, []
    taken = [v.name for v in (*domain.variables, *domain.metas)]
    for feature in described:
        names.append(f"P({getattr(feature, f'name_{language}')})")
    features = []
    for index, (feature, name) in enumerate(zip(described, get_unique_names(taken, names))):
        column = FeatureColumn(feature.id, feature.fact, feature.value, model.priors[index],
                               model.rho[index])
        features.append(column.mark(ContinuousVariable(name, number_of_decimals=3)))
    used = table[rows[held_out.rows[order]]]
    result = used.transform(Domain((*domain.attributes, *features), domain.class_vars,
                                   domain.metas))
    p, y = held_out.probabilities[order], held_out.labels[order]
    if len(result):
        with result.unlocked(result.X):
            result.X[:, len(domain.attributes):] = p
    wrong = ((p > .5) != (y == 1)) & ((y == 0) | (y == 1))
    titles = [getattr(f, f"name_{language}") for f in described]
    said = [", ".join(np.array(titles)[row]) for row in wrong]
    extra = get_unique_names([*taken, *(v.name for v in features)],
                             ["part", "differs", "contradiction"])
    result = append_metas(
        result, [DiscreteVariable(extra[0], ("test", "validation")), StringVariable(extra[1]),
                 ContinuousVariable(extra[2], number_of_decimals=3)],
        [np.where(held_out.part[order] == "test", 0., 1.), np.array(said, dtype=object),
         held_out.contradiction[order]])
    result.name = "Predictions"
    return result


def history_table(trained: Trained) -> Table:
    """The curves: a row per fit and epoch."""
    names = ("fit", "epoch", "training loss", "validation loss", "validation accuracy")
    domain = Domain([ContinuousVariable(name) for name in names])
    x = [[e.fit, e.epoch, e.train_loss, e.validation_loss, e.validation_accuracy]
         for e in trained.history]
    result = Table.from_numpy(domain, np.array(x, float).reshape(len(x), len(names)))
    result.name = "Curves"
    return result


def skipped_table(table: Table, rows: np.ndarray, trained: Trained) -> Table | None:
    """Rows that could not be used, with the reason; None when there are none."""
    reasons = {row: Message("photos.unnamed")
               for row in np.setdiff1d(np.arange(len(table)), rows).tolist()}
    reasons.update((int(rows[row]), reason) for row, reason in trained.skipped)
    if not reasons:
        return None
    order = sorted(reasons)
    return with_reasons(table[order], [say(reasons[row]) for row in order])
