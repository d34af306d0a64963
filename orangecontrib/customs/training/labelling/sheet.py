"""LabelSheet: the labels of N photos, every change of them, and the way back."""
from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from orangecontrib.customs.facts import SHOT_KINDS
from orangecontrib.customs.groups import Group, visual_group
from orangecontrib.customs.i18n import Message

from .doubt import Suggestions
from .files import LABELS, LabelFile, LabelRow, photo_key, write_labels
from .questions import asked, clusters, progress, question_of, questions
from .store import LabelStore

__all__ = ["LabelSheet", "Merged"]


@dataclass
class Merged:
    """What merging a file of labels did.

    Attributes
    ----------
    photos : int
        Photos that learnt something.
    conflicts : dict of str to int
        Feature (or "cluster") → photos for which the file says otherwise; the label that
        was there stayed.
    unmatched : list of Message
        Rows that match no photo, naming file and line.
    """

    photos: int = 0
    conflicts: dict[str, int] = field(default_factory=dict)
    unmatched: list[Message] = field(default_factory=list)


@dataclass(frozen=True)
class _Step:
    rows: np.ndarray
    before: tuple[np.ndarray, np.ndarray, np.ndarray]
    after: tuple[np.ndarray, np.ndarray, np.ndarray]


class LabelSheet:
    """Labels of N photos; every change can be undone, and is on the disk when made.

    Parameters
    ----------
    images : sequence of str, length N
        Unique paths relative to the folder of the photos.
    goods : sequence of str, optional
    folder : str
        The folder; rows of a CSV may name photos by their full path.
    store : LabelStore, optional
        Where labels come from and are kept.
    group : Group, optional
        Whose features are labelled; the only loaded one with visual features by default.

    Attributes
    ----------
    labels : ndarray of float, shape (N, n_features)
        1, 0, 0.5 = this photo can't show it, NaN = nobody said.  To be changed by methods.
    clusters : ndarray of str, shape (N,)
        "" = not said.
    shots : ndarray of str, shape (N, 2)
        View and scene; "" = not said.
    done : ndarray of float, shape (N,)
        Share of each photo's questions that are answered.
    on_news : callable or None
        Called with rows that somebody else who uses the store has labelled.
    """

    def __init__(self, images: Sequence[str], goods: Sequence[str] | None = None,
                 folder: str = "", store: LabelStore | None = None,
                 group: Group | None = None):
        self.group = visual_group(group)
        self.images = [photo_key(image) for image in images]
        self.goods = [""] * len(images) if goods is None else list(goods)
        self.folder = photo_key(os.fspath(folder)).rstrip("/")
        self._row = {image: row for row, image in enumerate(self.images)}
        if len(self._row) != len(self.images):
            raise ValueError("a photo is listed twice")
        n = len(self.images)
        self.labels = np.full((n, len(self.group.features)), np.nan)
        self.clusters = np.full(n, "", dtype=object)
        self.shots = np.full((n, len(SHOT_KINDS)), "", dtype=object)
        self.done = np.zeros(n)
        self.store = store
        self.on_news: Callable[[np.ndarray], None] | None = None
        self._kept = np.zeros(n, dtype=bool)  # photos about which the store knows something
        self._undone: list[_Step] = []
        self._steps: list[_Step] = []
        if store is not None:
            self._take(store.rows.values())
            store.listeners.append(self._hear)
        self._measure(np.arange(n))

    def __len__(self) -> int:
        return len(self.images)

    def _take(self, known: Iterable[LabelRow]) -> np.ndarray:
        """Labels as the store has them; the rows that they are of."""
        rows = []
        for item in known:
            row = self._row.get(item.image)
            if row is not None:
                self.labels[row], self.clusters[row] = item.labels, item.cluster
                self.shots[row] = item.view, item.scene
                self._kept[row] = True
                rows.append(row)
        return _rows(rows)

    def _hear(self, known: Sequence[LabelRow]) -> None:
        rows = self._take(known)
        self._measure(rows)
        if len(rows) and self.on_news is not None:
            self.on_news(rows)

    def close(self) -> None:
        """Let go of the store."""
        if self.store is not None:
            self.store.listeners.remove(self._hear)
            store, self.store = self.store, None
            store.close()

    @property
    def labelled(self) -> np.ndarray:
        """Boolean array, shape (N,): has a photo any label?"""
        return ~np.isnan(self.labels).all(axis=1)

    def counts(self) -> np.ndarray:
        """Photos labelled 1, 0, 0.5 per feature, shape (n_features, 3)."""
        return np.stack([(self.labels == label).sum(axis=0) for label in LABELS], axis=1)

    def common(self, rows: Sequence[int]) -> tuple[str | None, np.ndarray, np.ndarray]:
        """What photos have in common.

        Returns
        -------
        cluster : str or None
            None where they differ.
        labels : ndarray, shape (n_features,)
            NaN where nobody said, or they differ.
        mixed : ndarray of bool, shape (n_features,)
            Features in which they differ.
        """
        labels, groups = self.labels[rows], set(self.clusters[rows])
        same = ((labels == labels[0]) | (np.isnan(labels) & np.isnan(labels[0]))).all(axis=0)
        return (groups.pop() if len(groups) == 1 else None, np.where(same, labels[0], np.nan),
                ~same)

    def common_shot(self, rows: Sequence[int]) -> tuple[str, ...]:
        """View and scene that photos have in common; "" where nobody said, or they differ."""
        return tuple(said[0] if len(set(said)) == 1 else "" for said in self.shots[rows].T)

    def find(self, image: str) -> int | None:
        """Row of a photo, by its path in the folder or its full path."""
        key = photo_key(image)
        if key not in self._row and self.folder and key.startswith(self.folder + "/"):
            key = key[len(self.folder) + 1:]
        return self._row.get(key)

    # --- answers

    def set_cluster(self, rows: Sequence[int], cluster: str) -> bool:
        """Say to which group of goods photos belong; what it implies is filled in.

        What the old group asked or implied is forgotten, unless the new one asks it too.
        A label that came otherwise (from a file, or against what the old group implies) stays.
        """
        rows, group = _rows(rows), self.group
        labels = self.labels[rows]
        for old in set(self.clusters[rows]) - {cluster}:
            mine = self.clusters[rows] == old
            known = _forgotten(labels[mine], old, cluster, group)
            labels[mine] = _in_cluster(known, cluster, group)
        return self._change(rows, labels, np.full(len(rows), cluster, dtype=object))

    def answer(self, rows: Sequence[int], feature: str, label: float) -> bool:
        """Answer one question for photos; NaN takes the answer back.

        What the photo's cluster implies comes back with the answer taken.  Heights exclude
        each other: 1 for one of them is 0 for the others, 0.5 is for all that come into question.
        """
        if not np.isnan(label) and label not in LABELS:
            raise ValueError(f"{label} is not a label")
        rows, index = _rows(rows), self.group.feature_ids.index(feature)
        labels = self.labels[rows]
        members = list(question_of(feature, self.group).members)
        if len(members) == 1 or label == 0:
            members = [index]
        if len(members) > 1 and label == 1:
            labels[:, members] = 0
            labels[:, index] = 1
        else:
            for cluster in set(self.clusters[rows]):
                mine = self.clusters[rows] == cluster
                implied = clusters(self.group)[cluster].implied if cluster else {}
                settled = [implied.get(self.group.feature_ids[m], np.nan) for m in members]
                if np.isnan(label):
                    labels[np.ix_(mine, members)] = settled
                else:
                    # a height that the cluster rules out stays so; a settled one is overruled
                    open_ = [m for m, s in zip(members, settled) if np.isnan(s)] or members
                    labels[np.ix_(mine, open_)] = label
        return self._change(rows, labels, self.clusters[rows])

    def say_shot(self, rows: Sequence[int], kind: str, shot: str) -> bool:
        """Say from where photos look at the goods ("view"), or in which "scene"; "" takes it back.

        Raises
        ------
        ValueError
            The group has no such view or scene.
        """
        if shot and shot not in {"view": self.group.views, "scene": self.group.scenes}[kind]:
            raise ValueError(f"'{shot}' is not a {kind}")
        rows = _rows(rows)
        shots = self.shots[rows].copy()
        shots[:, SHOT_KINDS.index(kind)] = shot
        return self._change(rows, self.labels[rows].copy(), self.clusters[rows].copy(), shots)

    def clear(self, rows: Sequence[int]) -> bool:
        """Take back all that was said about photos."""
        rows = _rows(rows)
        return self._change(rows, np.full((len(rows), self.labels.shape[1]), np.nan),
                            np.full(len(rows), "", dtype=object),
                            np.full((len(rows), len(SHOT_KINDS)), "", dtype=object))

    def accept(self, rows: Sequence[int], suggested: Suggestions) -> bool:
        """Take suggestions for what has not been answered, as one step.

        Parameters
        ----------
        rows : sequence of int
            In rising order.
        suggested : Suggestions
            For these rows.
        """
        rows = _rows(rows)
        labels, groups = self.labels[rows], self.clusters[rows].copy()
        new = groups == ""
        groups[new] = suggested.clusters[new]
        for cluster in set(groups) & set(clusters(self.group)):
            fresh = new & (groups == cluster)
            labels[fresh] = _in_cluster(labels[fresh], cluster, self.group)
            mine = (groups == cluster) & (suggested.clusters == cluster)
            for question in asked(cluster, self.group):
                members = list(question.members)
                open_ = mine & np.isnan(labels[:, members]).all(axis=1)
                labels[np.ix_(open_, members)] = suggested.labels[np.ix_(open_, members)]
        return self._change(rows, labels, groups)

    # --- other labels

    def start_from(self, labels: np.ndarray, groups: Sequence[str],
                   shots: np.ndarray | None = None) -> Merged:
        """Labels that come with the photos; what has been said here before comes first.

        No step: there is nothing to go back to, and they will come again with the photos.
        """
        result = Merged()
        for row in range(len(self)):
            if self._kept[row]:
                self._conflicts(row, labels[row], groups[row], result.conflicts)
            elif groups[row] or not np.isnan(labels[row]).all() \
                    or shots is not None and any(shots[row]):
                self.labels[row], self.clusters[row] = labels[row], groups[row]
                if shots is not None:
                    self.shots[row] = shots[row]
                result.photos += 1
        self._measure(np.arange(len(self)))
        return result

    def merge(self, file: LabelFile) -> Merged:
        """Add the labels of a file where there is none yet: one step.

        A label that is there stays; where the file says otherwise is counted.
        """
        result, changed = Merged(), {}
        for item in file.rows:
            row = self.find(item.image)
            if row is None:
                result.unmatched.append(Message.of(
                    "labels.unmatched", file=file.name, line=item.line, image=item.image)
                    if item.line else Message.of("labels.because", error=item.image))
                continue
            labels, cluster, shot = changed.get(row, (self.labels[row], self.clusters[row],
                                                      self.shots[row]))
            self._conflicts(row, item.labels, item.cluster, result.conflicts, labels, cluster)
            for kind, mine, theirs in zip(SHOT_KINDS, shot, (item.view, item.scene)):
                if mine and theirs and mine != theirs:
                    result.conflicts[kind] = result.conflicts.get(kind, 0) + 1
            changed[row] = (np.where(np.isnan(labels), item.labels, labels),
                            cluster or item.cluster,
                            [mine or theirs for mine, theirs in
                             zip(shot, (item.view, item.scene))])
        if changed:
            rows = _rows(sorted(changed))
            groups = np.array([changed[int(row)][1] for row in rows], dtype=object)
            labels = np.stack([changed[int(row)][0] for row in rows])
            shots = np.array([changed[int(row)][2] for row in rows], dtype=object)
            result.photos = int(self._differ(rows, labels, groups, shots).sum())
            self._change(rows, labels, groups, shots)
        return result

    def _conflicts(self, row, labels, cluster, counts, mine=None, group=None) -> None:
        mine = self.labels[row] if mine is None else mine
        group = self.clusters[row] if group is None else group
        other = ~np.isnan(labels) & ~np.isnan(mine) & (labels != mine)
        names = [self.group.feature_ids[i] for i in np.flatnonzero(other)]
        if cluster and group and cluster != group:
            names.append("cluster")
        for name in names:
            counts[name] = counts.get(name, 0) + 1

    def rows(self) -> Iterator[LabelRow]:
        """What is known, photo by photo; photos about which nobody said anything are left out."""
        known = self.labelled | self._kept | (self.clusters != "") | (self.shots != "").any(axis=1)
        for row in np.flatnonzero(known):
            yield self._label_row(row)

    def save(self, path: str | os.PathLike) -> None:
        """Write the labels of these photos to a CSV."""
        write_labels(path, self.rows(), self.group)

    def _label_row(self, row: int) -> LabelRow:
        return LabelRow(self.images[row], self.goods[row], self.clusters[row],
                        self.labels[row].copy(), 0, *self.shots[row])

    # --- steps

    @property
    def can_undo(self) -> bool:
        return bool(self._steps)

    @property
    def can_redo(self) -> bool:
        return bool(self._undone)

    def undo(self) -> np.ndarray | None:
        """Take back the last step; the rows that changed, None if there is no step."""
        if not self._steps:
            return None
        step = self._steps.pop()
        self._undone.append(step)
        self._set(step.rows, *step.before)
        return step.rows

    def redo(self) -> np.ndarray | None:
        """Make the step again that was taken back last."""
        if not self._undone:
            return None
        step = self._undone.pop()
        self._steps.append(step)
        self._set(step.rows, *step.after)
        return step.rows

    def _differ(self, rows, labels, groups, shots) -> np.ndarray:
        before = self.labels[rows]
        same = (labels == before) | (np.isnan(labels) & np.isnan(before))
        return ~same.all(axis=1) | (groups != self.clusters[rows]) \
            | (shots != self.shots[rows]).any(axis=1)

    def _change(self, rows: np.ndarray, labels: np.ndarray, groups: np.ndarray,
                shots: np.ndarray | None = None) -> bool:
        shots = self.shots[rows] if shots is None else shots
        new = self._differ(rows, labels, groups, shots)
        if not new.any():
            return False
        rows = rows[new]
        step = _Step(rows, (self.labels[rows].copy(), self.clusters[rows].copy(),
                            self.shots[rows].copy()),
                     (labels[new].copy(), groups[new].copy(), shots[new].copy()))
        self._steps.append(step)
        self._undone.clear()
        self._set(rows, *step.after)
        return True

    def _set(self, rows, labels, groups, shots) -> None:
        self.labels[rows], self.clusters[rows], self.shots[rows] = labels, groups, shots
        self._measure(rows)
        self._kept[rows] = True
        if self.store is not None:
            self.store.write([self._label_row(row) for row in rows], self._hear)

    def _measure(self, rows: np.ndarray) -> None:
        groups = self.clusters[rows]
        for cluster in set(groups):
            mine = rows[groups == cluster]
            self.done[mine] = progress(self.labels[mine], cluster, self.group)


def _rows(rows) -> np.ndarray:
    return np.unique(np.asarray(rows, dtype=int).ravel())


def _forgotten(labels: np.ndarray, old: str, new: str, group: Group) -> np.ndarray:
    """Labels without those that the old cluster brought; heights as a whole."""
    if not old:
        return labels
    labels, ids, known = labels.copy(), group.feature_ids, clusters(group)
    wanted = known[new].asked if new else ()
    for question in questions(group):
        members = list(question.members)
        part = labels[:, members]
        if any(ids[m] in known[old].asked for m in members):
            still = np.array([ids[m] in wanted for m in members])
            if question.exclusive:
                unseen = (part == .5).any(axis=1) & still.any()
                kept = (part[:, still] == 1).any(axis=1)
                part[~kept] = np.nan
                part[np.ix_(unseen, still)] = .5
            elif not still.any():
                part[:] = np.nan
        else:
            implied = [known[old].implied.get(ids[m], np.nan) for m in members]
            part[(part == implied).all(axis=1)] = np.nan
        labels[:, members] = part
    return labels


def _in_cluster(labels: np.ndarray, cluster: str, group: Group) -> np.ndarray:
    """Labels with what a cluster implies, where nobody said otherwise."""
    labels = labels.copy()
    for id_, value in (clusters(group)[cluster].implied if cluster else {}).items():
        column = labels[:, group.feature_ids.index(id_)]
        column[np.isnan(column)] = value
    return labels
