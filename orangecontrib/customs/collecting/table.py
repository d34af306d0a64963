"""The door to Orange: a collection as a table of photos, what it holds, what it lacks."""
from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

import numpy as np
from Orange.data import ContinuousVariable, Domain, StringVariable, Table

from orangecontrib.customs.columns import ImageColumn, LabelColumn
from orangecontrib.customs.groups import Group
from orangecontrib.customs.training.trainer.table import LABEL_SOURCE

from .balance import Balance, Job, Need, cells
from .labels import PERSON, Labelled
from .weak import written_weak

__all__ = ["balance_table", "collection_table", "needs_table", "plan_table"]

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


def balance_table(rows: Sequence[Balance], group: Group, language: str = "en") -> Table:
    """Labels per feature, kind of source, source and view."""
    return _counted("Balance", Balance, rows, group, language)


def needs_table(rows: Sequence[Need], group: Group, language: str = "en") -> Table:
    """A row per feature: what there is, and what is lacking."""
    return _counted("Features", Need, rows, group, language)


def plan_table(jobs: Sequence[Job], group: Group, language: str = "en") -> Table:
    """What would be asked for, a row per search, crawl, and set of prompts."""
    names = {f.id: getattr(f, f"name_{language}") for f in group.features}
    metas = [StringVariable(name) for name in ("features", "kind", "source", "text", "wanted")]
    said = [[", ".join(names[f] for f in job.features), job.kind, job.source, job.text,
             job.wanted] for job in jobs]
    count = ContinuousVariable("count", number_of_decimals=0)
    return _table("Plan", [count], metas, [[job.count] for job in jobs], said)


def _counted(name: str, kind: type, rows: Sequence, group: Group, language: str) -> Table:
    """A table of rows whose texts are metas and whose numbers are variables."""
    names = {f.id: getattr(f, f"name_{language}") for f in group.features}
    texts = [f.name for f in fields(kind) if f.type == "str"]
    numbers = [f.name for f in fields(kind) if f.type != "str"]
    said = [[names[row.feature], *(getattr(row, t) for t in texts[1:])] for row in rows]
    counts = [cells(row)[len(texts):] for row in rows]
    return _table(name, [ContinuousVariable(n, number_of_decimals=0) for n in numbers],
                  [StringVariable(t) for t in texts], counts, said)


def _table(name: str, variables, metas, x, said) -> Table:
    x = np.array(x, float).reshape(len(x), len(variables))
    said = np.array(said, dtype=object).reshape(len(said), len(metas))
    table = Table.from_numpy(Domain(variables, metas=metas), x, metas=said)
    table.name = name
    return table
