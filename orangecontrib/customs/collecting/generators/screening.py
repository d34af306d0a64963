"""Which generated photos are fantasies: what the photo model and the real photos say.

The paper's «фантазийные и неточные варианты».  A photo is dropped or doubtful for three reasons:
the gate says that it is none of the goods; its features contradict each other or what was wanted;
nothing real looks like it.  What a model has learnt from made pictures alone it can't judge:
where that was wanted, the photo waits for a person.
"""
from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from orangecontrib.customs.groups import Group
from orangecontrib.customs.i18n import Joined, Message, say
from orangecontrib.customs.i18n.numbers import percent
from orangecontrib.customs.photos.decode import PhotoError, decode

from ..client import Client
from ..errors import Stopped
from ..manifest import Entry, Manifest
from ..weak import read_labels_of

__all__ = ["Distances", "Screened", "judge", "screen"]

#: P of the gate from which a photo is dropped, and doubtful.
GATE = .8, .5

#: P that features fit no kind of goods.
CONTRADICTION = .95, .8

#: P of a wanted label below which a photo is dropped, and doubtful.
WANTED = .1, .4

#: Fewer real photos say nothing on what is real.
FEWEST_REAL = 20

#: Real photos that generated ones are compared with, at most.
MOST_REAL = 3000

#: Beyond so many times the distance that 95 % of the real photos keep, a photo is dropped.
FAR = 1.5


@dataclass(frozen=True)
class Distances:
    """How far photos are from the real ones, on what the backbone sees (1 − cosine).

    Attributes
    ----------
    real : ndarray, shape (R, width)
        Of length 1.
    usual : float
        95 % of the real photos are that near to another good's.
    """

    real: np.ndarray
    usual: float

    @classmethod
    def of(cls, features: Sequence[np.ndarray], goods: Sequence[str]) -> Distances | None:
        """None where there are too few real photos."""
        if len(features) < FEWEST_REAL:
            return None
        real = _unit(features)
        apart = 1 - real @ real.T
        goods = np.asarray(goods, dtype=object)
        apart[goods[:, None] == goods[None, :]] = np.inf
        nearest = apart.min(axis=1)
        known = nearest[np.isfinite(nearest)]
        return cls(real, float(np.quantile(known, .95))) if len(known) >= FEWEST_REAL else None

    def __call__(self, features: np.ndarray) -> np.ndarray:
        """Distance to the nearest real photo, in units of the usual one."""
        apart = (1 - _unit(features) @ self.real.T).min(axis=1)
        return apart / max(self.usual, 1e-6)


def _unit(features: np.ndarray) -> np.ndarray:
    x = np.asarray(features, float)
    return x / np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-12)


def judge(p: np.ndarray, contradiction: float, wanted: Mapping[str, float], distance: float | None,
          group: Group, unlearnt: Iterable[str] = ()) -> tuple[str, list[Message]]:
    """State of a generated photo, and why.

    Parameters
    ----------
    p : ndarray of float, shape (n_features,)
    wanted : mapping of str to float
        Labels that it is to show.
    distance : float or None
        To the nearest real photo, 1 is usual.
    unlearnt : iterable of str
        Features that the model can't judge.

    Returns
    -------
    state : str
        "kept", "doubtful" or "dropped".
    reasons : list of Message
    """
    worst, reasons = 0, []

    def say_(level: int, message: Message) -> None:
        nonlocal worst
        worst = max(worst, level)
        reasons.append(message)

    def above(value: float, limits: tuple[float, float]) -> int:
        return 2 if value >= limits[0] else 1 if value >= limits[1] else 0

    names = {f.id: f for f in group.features}
    for feature in group.gate:
        value = float(p[group.feature_ids.index(feature)])
        if wanted.get(feature) != 1 and above(value, GATE):
            say_(above(value, GATE), Message.of("collecting.gate", p=percent(value)))
    if above(contradiction, CONTRADICTION):
        say_(above(contradiction, CONTRADICTION),
             Message.of("collecting.contradiction", p=percent(contradiction)))
    for feature, label in wanted.items():
        if feature not in names or feature in group.gate or label not in (0, 1):
            continue
        if feature in unlearnt:
            if label:
                say_(1, Message.of("collecting.unjudged", feature=_Named(names[feature])))
            continue
        value = float(p[group.feature_ids.index(feature)])
        fits = value if label else 1 - value
        level = 2 if fits < WANTED[0] else 1 if fits < WANTED[1] else 0
        # what only the kind of goods implies is not a wish: it makes a photo doubtful
        if level:
            say_(level if label else 1, Message.of(
                "collecting.not_as_wanted", feature=_Named(names[feature]), p=percent(value)))
    if distance is not None and distance > 1:
        say_(2 if distance > FAR else 1, Message.of("collecting.far", times=float(distance)))
    return ("kept", "doubtful", "dropped")[worst], reasons


@dataclass(frozen=True)
class _Named:
    """A feature's name in every language."""

    feature: object

    @property
    def ru(self) -> str:
        return self.feature.name_ru

    @property
    def en(self) -> str:
        return self.feature.name_en


@dataclass
class Screened:
    """How many photos were kept, are doubtful, were dropped; whether distances were judged."""

    kept: int = 0
    doubtful: int = 0
    dropped: int = 0
    distances: bool = False
    ended: str = "finished"


def screen(manifest: Manifest, extractor, client: Client | None = None,
           progress: Callable[[int, int], None] | None = None) -> Screened:
    """Judge the generated photos that nobody has judged; the manifest says of each why.

    What a person has kept or dropped stays so.

    Parameters
    ----------
    extractor : photos.extract.Extractor
    """
    model, result = extractor.model, Screened()
    waiting = [e for e in manifest if e.kind == "generated" and e.state == "collected" and e.file]
    if not waiting:
        return result
    real = [e for e in manifest if e.counts and e.kind != "generated"][:MOST_REAL]
    found = list(_looked(manifest, real, extractor))
    distances = Distances.of([x for _, x in found], [e.good_id or e.product for e, _ in found])
    result.distances = distances is not None
    try:
        for number, (entry, x) in enumerate(_looked(manifest, waiting, extractor), start=1):
            if client is not None:
                client.pause(0)
            said = model(x[None])
            state, reasons = judge(
                said.probabilities[0], float(said.contradiction[0]),
                read_labels_of(entry.wanted),
                None if distances is None else float(distances(x[None])[0]), model.group,
                model.made_only)
            manifest.change(entry, state=state, reason=say(Joined(tuple(reasons), "; ")))
            setattr(result, state, getattr(result, state) + 1)
            if progress is not None:
                progress(number, len(waiting))
    except Stopped:
        result.ended = "stopped"
    return result


def _looked(manifest: Manifest, entries: Sequence[Entry], extractor, batch: int = 16):
    """Entries and what the backbone says of their photos; unreadable ones are left out."""
    backbone = extractor.backbone
    for first in range(0, len(entries), batch):
        images, kept = [], []
        for entry in entries[first:first + batch]:
            try:
                images.append(decode(manifest.read(entry), backbone.spec.size))
                kept.append(entry)
            except (OSError, PhotoError):
                continue
        if kept:
            yield from zip(kept, backbone(np.stack(images)))
