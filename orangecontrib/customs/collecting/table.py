"""The door to Orange: a collection as a table of photos with weak labels."""
from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from Orange.data import ContinuousVariable, Domain, StringVariable, Table

from orangecontrib.customs.columns import ImageColumn, LabelColumn
from orangecontrib.customs.groups import Group
from orangecontrib.customs.training.trainer.table import LABEL_SOURCE

from .labels import PERSON, Labelled
from .weak import written_weak

__all__ = ["collection_table"]

#: Metas and where they come from.
_METAS = ("made", LABEL_SOURCE, "source", "name", "text", "category", "licence", "licence_url",
          "author", "url", "page", "prompt", "view", "state")


def collection_table(folder: str | os.PathLike, photos: Sequence[Labelled], group: Group,
                     language: str = "en") -> Table:
    """A row per photo, as the Labeler and the Trainer read it.

    Generated photos are ``made``; ``label source`` tells for each weak label what it rests on.
    """
    labels = []
    for feature in group.features:
        column = LabelColumn(feature.id, feature.fact, feature.value)
        name = getattr(feature, f"name_{language}")
        labels.append(column.mark(ContinuousVariable(name, number_of_decimals=1)))
    image = ImageColumn(os.path.abspath(folder)).mark(StringVariable("image"))
    metas = [StringVariable("good_id"), image, *(StringVariable(name) for name in _METAS)]
    x = np.array([p.labels for p in photos], float).reshape(len(photos), len(labels))
    said = np.array([[p.entry.good_id or p.entry.product, p.entry.file, *_texts(p, group)]
                     for p in photos], dtype=object).reshape(len(photos), len(metas))
    table = Table.from_numpy(Domain(labels, metas=metas), x, metas=said)
    table.name = Path(folder).name or "Collection"
    return table


def _texts(photo: Labelled, group: Group) -> list[str]:
    weak = {f: (float(label), source) for f, label, source in
            zip(group.feature_ids, photo.labels, photo.sources) if source not in ("", PERSON)}
    known = {"made": "yes" if photo.entry.synthetic == "yes" else "",
             LABEL_SOURCE: written_weak(weak)}
    return [known[name] if name in known else getattr(photo.entry, name) for name in _METAS]
