"""Labels as a CSV: a row per photo, a column per feature."""
from __future__ import annotations

import csv
import os
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from orangecontrib.customs.facts import SHOT_KINDS
from orangecontrib.customs.files import Output, TableFileError, read_table, written_cell
from orangecontrib.customs.groups import Group, visual_group
from orangecontrib.customs.i18n import Message, WordedError, room

__all__ = ["LABELS", "LabelsError", "LabelRow", "LabelFile", "read_labels", "write_labels",
           "photo_key", "written"]

words = room("labels")

#: 1 = yes, 0 = no, 0.5 = this photo can't show it; NaN stands for "nobody said".
LABELS = (1., 0., .5)


class LabelsError(WordedError):
    """Labels that can't be read or kept; says where and why."""

    table = "labels"


@dataclass(frozen=True, eq=False)
class LabelRow:
    """What is known about one photo.

    Attributes
    ----------
    image : str
        Path relative to the folder of the photos, with forward slashes.
    good, cluster : str
    labels : ndarray of float, shape (n_features,)
    line : int
        In the file; 0 when it comes from elsewhere.
    view, scene : str
        How the photo was taken; "" = nobody said.
    """

    image: str
    good: str
    cluster: str
    labels: np.ndarray
    line: int = 0
    view: str = ""
    scene: str = ""


@dataclass
class LabelFile:
    """Content of a CSV with labels.

    Attributes
    ----------
    name : str
    rows : list of LabelRow
    problems : list of Message
        Values that are no label, and so on: what was left out, naming file and line.
    columns : tuple of str
        As they stand in the file.
    group : Group
        Whose features are labelled.
    """

    name: str
    rows: list[LabelRow]
    problems: list[Message] = field(default_factory=list)
    columns: tuple[str, ...] = ()
    group: Group = field(default_factory=visual_group)

    @property
    def as_written_here(self) -> bool:
        """Whether writing the rows again would lose nothing that the file holds."""
        known = (_columns(self.group), _columns_before(self.group))
        return self.columns in known and not self.problems


#: A byte of a file's name that is not UTF-8, as `Output` writes it.
_ODD_BYTE = re.compile(r"\\u(dc[89a-f][0-9a-f])")


def _columns(group: Group) -> tuple[str, ...]:
    return (*_columns_before(group), *(SHOT_KINDS if group.shots else ()))


def _columns_before(group: Group) -> tuple[str, ...]:
    """Of files that were written before views and scenes were asked."""
    return ("image", "good_id", "cluster", *group.feature_ids)


def photo_key(image: str) -> str:
    """How photos are matched: forward slashes, no leading "./", «й» as one character."""
    key = unicodedata.normalize("NFC", image.strip().replace("\\", "/"))
    while key.startswith("./"):
        key = key[2:]
    return key


def written(label: float) -> str:
    """A label as text: 1, 0, 0.5 or nothing."""
    return "" if np.isnan(label) else f"{label:g}"


def _shots(group: Group) -> dict[str, dict[str, str]]:
    """Kind → names of views or scenes, in both languages, → their ids."""
    return {kind: {name.casefold(): shot.id for shot in group.shots if shot.kind == kind
                   for name in (shot.id, shot.name_ru, shot.name_en)} for kind in SHOT_KINDS}


def _names(group: Group) -> tuple[dict[str, str], dict[str, str]]:
    """Names of features and clusters, in both languages, → their ids."""
    return tuple({name.casefold(): item.id for item in items
                  for name in (item.id, item.name_ru, item.name_en)}
                 for items in (group.features, group.clusters))


def read_labels(path: str | os.PathLike, group: Group | None = None) -> LabelFile:  # noqa: C901 - row by row
    """Read a CSV with a column ``image`` and columns ``cluster`` or named after features.

    Comma, semicolon or tab; UTF-8, or another encoding that its letters tell; features,
    clusters, and in the columns ``view`` and ``scene`` how a photo was taken, by id or by name.
    A file without columns of features, of clusters only, says what the clusters imply.

    Parameters
    ----------
    group : Group, optional
        Whose features are labelled; the only loaded one with visual features by default.

    Raises
    ------
    LabelsError
        The file can't be read, or has not these columns.
    """
    path = Path(path)
    try:
        table = read_table(path)
    except TableFileError as error:
        raise LabelsError("because", error=str(error)) from None
    except OSError as error:
        raise LabelsError("unreadable", path=str(path), error=str(error)) from None
    columns, group = table.columns, visual_group(group)
    feature_names, cluster_names = _names(group)
    found: dict[str, str] = {}
    for column in columns:
        if column.casefold() in feature_names:
            found.setdefault(feature_names[column.casefold()], column)
    lower = {column.casefold(): column for column in reversed(columns)}
    kinds = [kind for kind in SHOT_KINDS if kind in lower and group.shots]
    if "image" not in lower or not (found or kinds or "cluster" in lower):
        raise LabelsError("no_labels" if "image" in lower else "no_image", file=path.name,
                          columns=", ".join(columns)[:200] or Message("labels.no_columns"))
    shots = _shots(group)
    notes = [words("note", note=table.note)] if table.note else []
    result = LabelFile(path.name, [], notes, columns, group)
    for read in table.rows:
        row, where = read.cells, {"file": path.name, "line": read.line}
        if read.doubt:
            result.problems.append(words("doubt", doubt=read.doubt, **where))
            continue
        image = photo_key(_ODD_BYTE.sub(lambda odd: chr(int(odd[1], 16)), row[lower["image"]]))
        if not image:
            result.problems.append(words("row_no_image", **where))
            continue
        cluster = (row.get(lower.get("cluster")) or "").strip()
        if cluster and cluster.casefold() not in cluster_names:
            result.problems.append(words("no_cluster", cluster=cluster,
                                         known=", ".join(group.cluster_ids), **where))
        cluster = cluster_names.get(cluster.casefold(), "")
        labels = np.full(len(group.features), np.nan)
        for id_, column in found.items():
            text = (row.get(column) or "").strip()
            label = _label(text)
            if label is None:
                result.problems.append(words("no_label", column=column, text=text, **where))
            else:
                labels[group.feature_ids.index(id_)] = label
        if cluster and not found:
            for id_, value in group.clusters[group.cluster_ids.index(cluster)].implied.items():
                labels[group.feature_ids.index(id_)] = value
        good = (row.get(lower.get("good_id")) or "").strip()
        said = {kind: (row.get(lower[kind]) or "").strip() for kind in kinds}
        for kind, text in said.items():
            if text and text.casefold() not in shots[kind]:
                result.problems.append(words(
                    f"no_{kind}", text=text, known=", ".join(sorted(set(shots[kind].values()))),
                    **where))
            said[kind] = shots[kind].get(text.casefold(), "")
        result.rows.append(LabelRow(image, good, cluster, labels, read.line, **said))
    return result


def _label(text: str) -> float | None:
    if not text:
        return float("nan")
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return None
    return value if value in LABELS else None


def write_labels(path: str | os.PathLike, rows: Iterable[LabelRow],
                 group: Group | None = None) -> None:
    """Write a CSV that Orange and Excel open: UTF-8 with BOM, commas, a header.

    The file is replaced as a whole: after a crash there is the old one or the new one.

    Raises
    ------
    LabelsError
        The file can't be written.
    """
    group = visual_group(group)
    try:
        with Output(path) as place:
            place.write("\ufeff")
            writer = csv.writer(place)
            writer.writerow(_columns(group))
            for row in rows:
                texts = map(written_cell, (row.image, row.good, row.cluster))
                shot = (row.view, row.scene) if group.shots else ()
                writer.writerow([*texts, *map(written, row.labels), *shot])
    except OSError as error:
        raise LabelsError("because", error=str(error)) from None
