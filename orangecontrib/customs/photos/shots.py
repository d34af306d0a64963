"""How a photo was taken, as far as a model knows it: view, scene, and whether it is strange.

A model may have heads for the views and scenes of its group (``shots.csv``).  What a view can't
show is not judged, how sure the heads may be depends on the scene, and a photo that is unlike all
that the model was measured on is not judged at all.
"""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from orangecontrib.customs.groups import Group
from orangecontrib.customs.i18n import Joined, Message, Words

from .numerics import logit, sigmoid, softmax

__all__ = ["DECLINED", "Seen", "Shots", "not_judged"]

#: Below this "can be judged" a fact is not judged.
DECLINED = .5

#: Log-odds within which view and heads stay: a million to one.
SURE = float(np.log(1e6 - 1))


@dataclass(frozen=True)
class Seen:
    """How M photos were taken.

    Attributes
    ----------
    views, scenes : ndarray of float, shapes (M, n_views) and (M, n_scenes)
        Probabilities, in the group's order; no columns where the model does not know.
    strangeness : ndarray of float, shape (M,)
        1 is the limit from which on a photo is strange to the model; 0 where it can't tell.
    """

    views: np.ndarray
    scenes: np.ndarray
    strangeness: np.ndarray

    @classmethod
    def nothing(cls, photos: int) -> Seen:
        """Of a model that knows no views."""
        return cls(np.zeros((photos, 0)), np.zeros((photos, 0)), np.zeros(photos))

    @classmethod
    def of(cls, parts: list[Seen]) -> Seen:
        """Several batches of photos as one."""
        return cls(*(np.concatenate([getattr(part, name) for part in parts])
                     for name in cls.__annotations__))

    def __len__(self) -> int:
        return len(self.strangeness)


@dataclass(frozen=True, eq=False)
class Shots:
    """What a model knows of views, scenes and strange photos.

    Attributes
    ----------
    view_weights, scene_weights : ndarray of float16 or float32, shape (width, n)
    view_bias, scene_bias : ndarray of float32, shape (n,)
    judged : ndarray of float, shape (n_views, n_facts)
        P that a photo of this view can show the fact.
    widening : ndarray of float, shape (n_scenes, n_features)
        In this scene the scores are divided by it: above 1 the heads are surer than they are right.
    centre : ndarray of float16 or float32, shape (width,)
    axes : ndarray of float16 or float32, shape (width, k)
        Features of usual photos, minus `centre`, have variance 1 along these.
    limit : float
        Mean square along the axes from which on a photo is strange.
    """

    view_weights: np.ndarray
    view_bias: np.ndarray
    scene_weights: np.ndarray
    scene_bias: np.ndarray
    judged: np.ndarray
    widening: np.ndarray
    centre: np.ndarray
    axes: np.ndarray
    limit: np.ndarray

    def check(self, width: int, group: Group) -> str:
        """What does not fit a backbone's width or a group; "" where all does."""
        views, scenes, k = len(group.views), len(group.scenes), self.axes.shape[-1]
        shapes = {"view_weights": (width, views), "view_bias": (views,),
                  "scene_weights": (width, scenes), "scene_bias": (scenes,),
                  "judged": (views, len(group.visual_facts)),
                  "widening": (scenes, len(group.features)), "centre": (width,),
                  "axes": (width, k), "limit": ()}
        for name, shape in shapes.items():
            array = getattr(self, name)
            if array.shape != shape:
                return f"'{name}' has shape {array.shape}, not {shape}"
            if not np.isfinite(array).all():
                return f"'{name}' holds values that are not finite"
        if not views or not ((self.judged >= 0) & (self.judged <= 1)).all() \
                or not (self.widening > 0).all() or not self.limit > 0:
            return "what it says of views is out of range"
        return ""

    def seen(self, x: np.ndarray) -> Seen:
        """How the photos with these features of the backbone were taken."""
        x = np.asarray(x, np.float32)
        along = (x - self.centre) @ self.axes
        return Seen(softmax((x @ self.view_weights + self.view_bias).astype(float)),
                    softmax((x @ self.scene_weights + self.scene_bias).astype(float)),
                    (along.astype(float) ** 2).mean(axis=1) / float(self.limit))

    def can_be_judged(self, seen: Seen, gradability: np.ndarray, gate: np.ndarray) -> np.ndarray:
        """P that each fact can be judged: by the view, and not on a strange photo.

        Half way, in log-odds, between what the view says and the heads of gradability: alone
        these decline on real photos what can well be seen, and views are told too softly.

        Parameters
        ----------
        gradability : ndarray, shape (M, n_facts)
            What the heads say.
        gate : ndarray of bool, shape (n_facts,)
            Facts that say whether a photo shows such goods at all: they are always judged.
        """
        judged = sigmoid((logit(seen.views @ self.judged, SURE) + logit(gradability, SURE)) / 2)
        judged[seen.strangeness >= 1] = 0
        return np.where(gate, gradability, judged)


def not_judged(seen: Seen, gradability: np.ndarray, group: Group
               ) -> list[Message | None]:
    """«seen from behind: vamp not judged» of each photo; None where all is judged.

    Parameters
    ----------
    gradability : ndarray, shape (M, n_facts)
    """
    found: list[Message | None] = [None] * len(seen)
    if not seen.views.shape[1]:
        return found
    shots = [shot for shot in group.shots if shot.kind == "view"]
    for row in np.flatnonzero((gradability < DECLINED).any(axis=1)):
        if seen.strangeness[row] >= 1:
            found[row] = Message("photos.strange")
            continue
        shot = shots[int(seen.views[row].argmax())]
        facts = [group.vocabulary[fact] for fact, g in zip(group.visual_facts, gradability[row])
                 if g < DECLINED]
        found[row] = Message.of("photos.not_judged", seen=Words(shot.seen_ru, shot.seen_en),
                                facts=Joined(tuple(facts), ", "))
    return found
