"""The door to Orange: photos of a table in, their labels as a table out."""
from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from Orange.data import (
    ContinuousVariable,
    DiscreteVariable,
    Domain,
    Table,
    Variable,
)
from Orange.data.util import get_unique_names

from orangecontrib.customs.columns import LabelColumn, Role, origin_of
from orangecontrib.customs.facts import SHOT_KINDS
from orangecontrib.customs.groups import Group, visual_group
from orangecontrib.customs.i18n import Message, Sayable, say
from orangecontrib.customs.photos.table import (
    GOOD_ID,
    append_metas,
    good_variables,
    image_paths,
    with_reasons,
)
from orangecontrib.customs.training.trainer.table import (
    LABEL_SOURCE,
    label_columns,
    still_said,
    training_photos,
)

from .files import LABELS, photo_key
from .sheet import LabelSheet

__all__ = ["TablePhotos", "labelled_tables"]

CLUSTER = "cluster"


@dataclass
class TablePhotos:
    """The different photos of a table, each once.

    Attributes
    ----------
    folder : str
        The folder that `images` are relative to.
    images, paths, goods : list of str, length N
    row_photo : ndarray of int, shape (rows of the table,)
        Number of the photo; -1 where the row names none.
    labels : ndarray, shape (N, n_features)
        That the table brings along.
    clusters : ndarray of str, shape (N,)
    shots : ndarray of str, shape (N, 2)
        View and scene.
    foreign : list of Variable
        Columns that bear the name of a feature but hold no labels.
    """

    folder: str
    images: list[str]
    paths: list[str]
    goods: list[str]
    row_photo: np.ndarray
    labels: np.ndarray
    clusters: np.ndarray
    shots: np.ndarray
    foreign: list[Variable]

    @classmethod
    def of(cls, table: Table, image: Variable, group: Group | None = None) -> TablePhotos:  # noqa: C901 - row by row
        """Read the photos of a table, and labels if it has some.

        Parameters
        ----------
        group : Group, optional
            Whose features are labelled; the only loaded one with visual features by default.
        """
        group = visual_group(group)
        numbers: dict[str, int] = {}
        row_photo, images, paths, goods = np.full(len(table), -1), [], [], []
        good = next((v for v in good_variables(table.domain)
                     if v.name in (GOOD_ID, "category")), None)
        ids = None if good is None else table.get_column(good)
        values = table.get_column(image)
        for row, path in enumerate(image_paths(table, image)):
            if path is None:
                continue
            name = photo_key(image.str_val(values[row]))
            if name not in numbers:
                numbers[name] = len(images)
                images.append(name)
                paths.append(path)
                text = "" if ids is None else good.str_val(ids[row])
                goods.append("" if text == "?" else text)
            row_photo[row] = numbers[name]
        folder = origin_of(image) or _common(paths)
        labels = np.full((len(images), len(group.features)), np.nan)
        clusters = np.full(len(images), "", dtype=object)
        columns, foreign = _label_variables(table, group)
        if columns:
            known, rows = training_photos(table, image, group=group)
            for column, id_ in enumerate(group.feature_ids):
                if id_ not in columns:
                    known.labels[:, column] = np.nan
            for number, row in enumerate(rows):
                photo = row_photo[row]
                labels[photo] = np.where(np.isnan(labels[photo]), known.labels[number],
                                         labels[photo])
                if known.clusters[number] in group.cluster_ids:
                    clusters[photo] = known.clusters[number]
        shots = np.full((len(images), len(SHOT_KINDS)), "", dtype=object)
        for number, variable in enumerate(_shot_variables(table.domain, group)):
            if variable is not None:
                ids = getattr(group, f"{SHOT_KINDS[number]}s")
                for row, value in enumerate(table.get_column(variable)):
                    if row_photo[row] >= 0 and (text := variable.str_val(value)) in ids:
                        shots[row_photo[row], number] = text
        return cls(str(folder), images, paths, goods, row_photo, labels, clusters, shots, foreign)


def _common(paths: list[str]) -> str:
    try:
        return os.path.commonpath([os.path.dirname(os.path.abspath(path)) for path in paths])
    except ValueError:  # no photos, or on several drives
        return ""


def _label_variables(table: Table, group: Group) -> tuple[dict[str, Variable], list[Variable]]:
    """Columns of labels, and columns that only look so by their name."""
    mine, foreign = {}, []
    for id_, variable in label_columns(table.domain, group).items():
        values = table.get_column(variable).astype(float)
        if variable.is_discrete:
            good = all(_number(name) in LABELS for name in variable.values)
        else:
            good = bool((np.isnan(values) | np.isin(values, LABELS)).all())
        if good:
            mine[id_] = variable
        else:
            foreign.append(variable)
    return mine, foreign


def _number(name: str) -> float:
    try:
        return float(name.replace(",", "."))
    except ValueError:
        return float("nan")


def _is_cluster(variable: Variable, table: Table, group: Group) -> bool:
    """Whether a column holds ids of clusters, and so is replaced by ours."""
    if variable.name != CLUSTER and Role.of(variable) is not Role.CLUSTER:
        return False
    if variable.is_discrete:
        return set(variable.values) <= set(group.cluster_ids)
    return variable.is_string and set(map(str, table.get_column(variable))) \
        <= {"", "?", *group.cluster_ids}


def _shot_variables(domain: Domain, group: Group) -> list[Variable | None]:
    """The columns with view and scene that were made here."""
    everything = (*domain.variables, *domain.metas) if group.shots else ()
    return [Role.find(Role(kind), everything) for kind in SHOT_KINDS]


def labelled_tables(table: Table, photos: TablePhotos, sheet: LabelSheet,
                    unreadable: Mapping[int, Sayable], language: str = "en"
                    ) -> tuple[Table | None, Table | None]:
    """The photos with their labels, and those without any, with the reason.

    Rows keep their order, ids, class and metas.  The columns are marked as labels; those that the
    table had are replaced.

    Parameters
    ----------
    photos : TablePhotos
        Of this table.
    sheet : LabelSheet
        Of these photos.
    unreadable : mapping of int to Message or str
        Number of a photo → why it can't be read.
    language : {"en", "ru"}
        Of the columns' names.
    """
    row_photo = photos.row_photo
    has = row_photo >= 0
    if len(sheet):
        has &= sheet.labelled[row_photo]
    has &= ~np.isin(row_photo, list(unreadable))
    labelled = _labelled(table, photos, sheet, np.flatnonzero(has), language) \
        if has.any() else None
    rest = np.flatnonzero(~has)
    if not len(rest):
        return labelled, None
    reasons = [say(Message("photos.unnamed") if photo < 0
                   else Message.of("training.unreadable", reason=unreadable[photo])
                   if photo in unreadable else Message("training.unlabelled"))
               for photo in row_photo[rest].tolist()]
    unlabelled = with_reasons(table[rest], reasons)
    unlabelled.name = f"{table.name} (unlabeled)"
    return labelled, unlabelled


def _labelled(table, photos, sheet, rows, language) -> Table:
    domain, group = table.domain, sheet.group
    old = set(_label_variables(table, group)[0].values())
    old |= {v for v in (*domain.variables, *domain.metas) if _is_cluster(v, table, group)}
    old |= {v for v in _shot_variables(domain, group) if v is not None}
    attributes, classes, metas = ([v for v in part if v not in old] for part in (
        domain.attributes, domain.class_vars, domain.metas))
    taken = [v.name for v in (*attributes, *classes, *metas)]
    names = [getattr(f, f"name_{language}") for f in group.features]
    *names, cluster_name = get_unique_names(taken, [*names, CLUSTER])
    labels = []
    for feature, name in zip(group.features, names):
        column = LabelColumn(feature.id, feature.fact, feature.value)
        labels.append(column.mark(ContinuousVariable(name, number_of_decimals=1)))
    # a copy: columns that the table has already would be shared with it
    result = table[rows].transform(Domain([*attributes, *labels], classes, metas)).copy()
    numbers = photos.row_photo[rows]
    with result.unlocked(result.X):
        result.X[:, len(attributes):] = sheet.labels[numbers]
    _settle_sources(result, photos, sheet, numbers)
    result.name = table.name
    if group.shots:
        names = get_unique_names(result.domain, list(SHOT_KINDS))
        shots = [Role(kind).mark(DiscreteVariable(called, getattr(group, f"{kind}s")))
                 for kind, called in zip(SHOT_KINDS, names)]
        result = append_metas(result, shots, [
            np.array([variable.values.index(said) if said else np.nan
                      for said in sheet.shots[numbers, number]], dtype=object)
            for number, variable in enumerate(shots)])
        result.name = table.name
    if not group.clusters:
        return result
    cluster = Role.CLUSTER.mark(DiscreteVariable(cluster_name, group.cluster_ids))
    positions = {id_: float(i) for i, id_ in enumerate(group.cluster_ids)}
    column = np.array([positions.get(c, np.nan) for c in sheet.clusters[numbers]], dtype=object)
    result = append_metas(result, [cluster], [column])
    result.name = table.name
    return result


def _settle_sources(result: Table, photos: TablePhotos, sheet: LabelSheet, numbers: np.ndarray
                    ) -> None:
    """What a person has said rests on no source any more, in place; 0.5 is said, too."""
    source = next((v for v in result.domain.metas if v.name == LABEL_SOURCE and v.is_string), None)
    if source is None:
        return
    came, ids = photos.labels[numbers], np.array(sheet.group.feature_ids)
    said = (sheet.labels[numbers] != came) & ~(np.isnan(sheet.labels[numbers]) & np.isnan(came))
    texts = result.get_column(source)
    with result.unlocked(result.metas):
        result.metas[:, result.domain.metas.index(source)] = [
            still_said("" if text is None else str(text), set(ids[row]))
            for text, row in zip(texts, said)]
