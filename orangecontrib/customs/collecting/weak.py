"""Weak labels of collected photos, each with the source that it rests on.

1 and 0 where the source is sure, 0.5 where it speaks of the feature and leaves it open, nothing
where it is silent: not knowing is not evidence.
"""
from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

import numpy as np

from orangecontrib.customs.declarations import FactReader
from orangecontrib.customs.declarations.reading import evidence_of
from orangecontrib.customs.files import strict_rows
from orangecontrib.customs.groups import Group

from .manifest import Entry

__all__ = ["Weak", "read_labels_of", "read_weak", "sources", "weak_labels", "written_labels",
           "written_weak"]

#: Feature → label and its source.
Weak = dict[str, tuple[float, str]]

#: From this probability on what a text says is taken as said.
SURE = .9

_ONE = re.compile(r"(\w+)=(1|0|0\.5)(?: \(([^)]*)\))?$")


def written_labels(labels: Mapping[str, float]) -> str:
    """``high_heel=1; house=0``."""
    return "; ".join(f"{feature}={label:g}" for feature, label in labels.items())


def read_labels_of(text: str) -> dict[str, float]:
    """What :func:`written_labels` has written; what is not a label is left out."""
    return {feature: label for feature, (label, _) in read_weak(text).items()}


def written_weak(weak: Weak) -> str:
    """``high_heel=1 (text); house=0 (category)``."""
    return "; ".join(f"{feature}={label:g} ({source})"
                     for feature, (label, source) in weak.items())


def read_weak(text: str) -> Weak:
    """What :func:`written_weak` has written; what is not a label is left out."""
    found = (_ONE.match(part.strip()) for part in text.split(";"))
    return {one[1]: (float(one[2]), one[3] or "") for one in found if one}


def weak_labels(entry: Entry, group: Group, reader: FactReader | None = None) -> Weak:
    """The labels that an entry's texts and its wish imply.

    Sources that contradict each other leave a feature open.

    Parameters
    ----------
    reader : FactReader, optional
        Of the group; None reads no text.
    """
    result: Weak = {}
    for source, labels in sources(entry, group, reader):
        for feature, label in labels.items():
            before = result.get(feature)
            if before is None or before[0] == .5 != label:
                result[feature] = label, source
            elif label not in (.5, before[0]):
                result[feature] = .5, f"{before[1]}, {source}"
    return {f: result[f] for f in group.feature_ids if f in result}


def sources(entry: Entry, group: Group, reader: FactReader | None = None
            ) -> Iterable[tuple[str, dict[str, float]]]:
    """Each source of labels and what it says, the most trusted first."""
    if reader is not None and entry.text:
        yield "text", _of_text(entry.text, group, reader)
    said = " ".join(filter(None, (entry.category, entry.name))).casefold()
    if said:
        yield "category", _of_category(said, group)
    wanted = {f: v for f, v in read_labels_of(entry.wanted).items() if f in group.feature_ids}
    if entry.kind == "generated":
        yield "prompt", wanted
    elif wanted:  # what was looked for is what was found, at best
        yield "query", dict.fromkeys(wanted, .5)


def _of_text(text: str, group: Group, reader: FactReader) -> dict[str, float]:
    reading = reader.read(text)
    if reading.goods:  # of which of them is the photo?
        return {}
    evidence = evidence_of(("it",), (reading,), group.vocabulary)
    probabilities = evidence.posterior(group.priors)
    labels = {}
    for feature in group.features:
        if not evidence.says(feature.fact)[0]:
            continue
        value = group.vocabulary[feature.fact].index(feature.value)
        p, before = float(probabilities[feature.fact][0, value]), group.priors[feature.fact][value]
        alike = sum((f.fact, f.value) == (feature.fact, feature.value) for f in group.features)
        # what a text makes likelier is not denied because it is rare; and of two features of one
        # value it says that one of them holds, not which
        labels[feature.id] = 0. if p <= 1 - SURE and p < before \
            else 1. if p >= SURE and p > before and alike == 1 else .5
    return labels


@lru_cache(maxsize=16)
def _rules(path: Path) -> tuple[tuple[re.Pattern, tuple[str, ...], float], ...]:
    if not path.is_file():
        return ()
    rules = []
    for line, row in strict_rows(path, ("pattern", "features", "label"))[1]:
        if row["label"] not in ("1", "0", "0.5"):
            raise ValueError(f"{path}, line {line}: '{row['label']}' is not a label (1, 0, 0.5)")
        rules.append((re.compile(row["pattern"]), tuple(row["features"].split()),
                      float(row["label"])))
    return tuple(rules)


def _of_category(said: str, group: Group) -> dict[str, float]:
    """By ``categories.csv`` of the group: words of a category or name imply features."""
    labels: dict[str, set[float]] = {}
    for pattern, features, label in _rules(group.folder / "categories.csv"):
        if pattern.search(said):
            for feature in features:
                if feature in group.feature_ids:
                    labels.setdefault(feature, set()).add(label)
    result = {}
    for feature, found in labels.items():
        sure = found - {.5}
        result[feature] = sure.pop() if len(sure) == 1 else .5
    return result


def label_array(weak: Weak, group: Group) -> np.ndarray:
    """Labels in the order of the group's features; NaN where nothing is said."""
    return np.array([weak[f][0] if f in weak else np.nan for f in group.feature_ids])
