"""Labels of a collection: what people said, and where they said nothing, the weak labels."""
from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from orangecontrib.customs.declarations import reader_of
from orangecontrib.customs.groups import Group
from orangecontrib.customs.i18n import Message
from orangecontrib.customs.training.labelling import (
    LabelRow,
    LabelsError,
    read_labels,
    write_labels,
)
from orangecontrib.customs.training.labelling.files import photo_key

from .errors import CollectError
from .hygiene import Hashes, goods_of
from .manifest import Entry, Manifest
from .weak import Weak, read_weak, weak_labels, written_weak

__all__ = ["Labelled", "PERSON", "labelled", "people_of", "settle", "write_merged"]

#: Source of a label that a person gave.
PERSON = "person"


def settle(manifest: Manifest, group: Group) -> int:
    """Say of each photo to which good it belongs and what its texts imply; rows that changed.

    Photos of one product, and photos that show the same picture, even in other colours, are of
    one good: no split parts them, whatever their sources are.
    """
    reader = reader_of(group) if group.reads_text else None
    entries = [entry for entry in manifest if entry.file]
    goods = goods_of([e.product for e in entries], [_hashes(e) for e in entries])
    changed, read = 0, {}
    for entry, good in zip(entries, goods):
        said = (entry.kind, entry.text, entry.category, entry.name, entry.wanted)
        if said not in read:  # the photos of a product have one text
            read[said] = written_weak(weak_labels(entry, group, reader))
        changed += manifest.change(entry, good_id=good, weak=read[said]) is not entry
    return changed


def _hashes(entry: Entry) -> Hashes | None:
    parts = (entry.gray, entry.edges, entry.shape)
    good = all(len(part) == 64 and set(part) <= set("0123456789abcdef") for part in parts)
    return Hashes(*parts) if good else None


@dataclass(frozen=True, eq=False)
class Labelled:
    """A photo with its labels.

    Attributes
    ----------
    entry : Entry
    labels : ndarray of float, shape (n_features,)
        1, 0, 0.5, or NaN where nobody and nothing says it.
    sources : tuple of str
        Of each label: "person", "text", "category", "prompt", "query", or "".
    cluster, view, scene : str
        That a person said.
    """

    entry: Entry
    labels: np.ndarray
    sources: tuple[str, ...]
    cluster: str = ""
    view: str = ""
    scene: str = ""


def labelled(entries: Iterable[Entry], group: Group, people: Iterable[LabelRow] = ()
             ) -> list[Labelled]:
    """The photos that count, with their labels; a person's label wins.

    Parameters
    ----------
    people : iterable of LabelRow
        Paths relative to the collection, or full ones.
    """
    said: dict[str, LabelRow] = {row.image: row for row in people}
    result, seen = [], set()
    for entry in entries:
        if not entry.counts or entry.file in seen:
            continue
        seen.add(entry.file)
        labels = np.full(len(group.features), np.nan)
        sources = [""] * len(labels)
        weak: Weak = read_weak(entry.weak)
        person = said.get(photo_key(entry.file))
        for number, feature in enumerate(group.feature_ids):
            if person is not None and not np.isnan(person.labels[number]):
                labels[number], sources[number] = person.labels[number], PERSON
            elif feature in weak:
                labels[number], sources[number] = weak[feature]
        result.append(Labelled(entry, labels, tuple(sources), *(
            () if person is None else (person.cluster, person.view, person.scene))))
    return result


def people_of(path: str | os.PathLike, folder: str | os.PathLike, group: Group
              ) -> tuple[list[LabelRow], list[Message]]:
    """Rows of the Labeler's CSV, with paths relative to a collection; and what is wrong in it."""
    try:
        file = read_labels(path, group)
    except LabelsError as error:
        raise CollectError("labels", error=error.reason) from None
    root = photo_key(os.path.abspath(folder)).rstrip("/") + "/"
    rows = []
    for row in file.rows:
        image = row.image
        if image.startswith(root):
            image = image.removeprefix(root)
        elif not image.startswith("photos/"):
            image = f"photos/{image}"  # labelled with the folder of the photos as its root
        rows.append(replace(row, image=image))
    return rows, file.problems


def write_merged(path: str | os.PathLike, photos: Sequence[Labelled], group: Group) -> None:
    """The Labeler's table: CSV with a row per photo; and the sources in ``<name>.sources.csv``.

    Raises
    ------
    CollectError
        It can't be written.
    """
    import csv

    from orangecontrib.customs.files import Output, written_cell
    path = Path(path)
    try:
        write_labels(path, (LabelRow(p.entry.file, p.entry.good_id, p.cluster, p.labels,
                                     view=p.view, scene=p.scene) for p in photos), group)
        with Output(path.with_name(f"{path.stem}.sources.csv")) as place:
            place.write("\ufeff")
            writer = csv.writer(place)
            writer.writerow(["image", "feature", "label", "source"])
            for photo in photos:
                for feature, label, source in zip(group.feature_ids, photo.labels,
                                                  photo.sources):
                    if source:
                        writer.writerow([written_cell(photo.entry.file), feature, f"{label:g}",
                                         source])
    except (LabelsError, OSError) as error:
        raise CollectError("labels", error=getattr(error, "reason", str(error))) from None
