"""PhotoModel: the heads on a backbone, their calibration, and the file that holds them."""
from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from orangecontrib.customs.files import Output
from orangecontrib.customs.groups import Group, GroupError, group_of, visual_group, visual_groups
from orangecontrib.customs.i18n import Message

from .consistency import contradiction, given_cluster
from .features import exclusive_groups, fact_ids, feature_ids
from .numerics import sigmoid, softmax
from .shots import DECLINED, Seen, Shots

__all__ = ["ModelError", "Judgement", "PhotoModel", "BUNDLED", "DEFAULT", "FORMER", "INSTEAD",
           "MODEL_LICENSE", "bundled_path", "untrained", "feature_ids", "fact_ids",
           "exclusive_groups"]

_DATASETS = Path(__file__).parents[1] / "datasets"

#: The bundled models by name: one, without photos under a research licence.
BUNDLED = {"free": _DATASETS / "free_model.safetensors"}
DEFAULT = "free"

#: What the model of version 0.1.0 was called whose photos were licensed for research only.
#: Who asks for it by this name gets the bundled one.
FORMER = "default"

#: What a person is told who asked for it.
INSTEAD = Message("photos.model_former")

#: What the bundled model may be used for.
MODEL_LICENSE = _DATASETS / "MODEL_LICENSE"

FORMAT = "orange3-customs photo model"

#: Log-odds of one photo stay within this: no probability is 0 or 1.
CERTAIN = 50.
VERSION = 2


class ModelError(ValueError):
    """A model file that can't be used, or a model that does not fit; says why."""


class Judgement(NamedTuple):
    """What a model says about M photos.

    Attributes
    ----------
    probabilities : ndarray of float, shape (M, n_features)
    gradability : ndarray of float, shape (M, n_facts)
        "Can this fact be judged on this photo?"
    contradiction : ndarray of float, shape (M,)
        P that the features fit no kind of goods.
    """

    probabilities: np.ndarray
    gradability: np.ndarray
    contradiction: np.ndarray

    @classmethod
    def of(cls, parts: Sequence[Judgement]) -> Judgement:
        """Several batches of photos as one."""
        return cls(*map(np.concatenate, zip(*parts)))


@dataclass(frozen=True, eq=False)
class PhotoModel:
    """Heads for the visual features of a group of goods and for gradability, on one backbone.

    Logits of features are ``(x W + b) · reliability / temperature + logit prior``; the
    features that exclude each other (heights) share a softmax.  Gradability is "can this fact
    be judged on this photo?".
    `W`, `b` are fitted with balanced classes, so they are a likelihood ratio.  Kinds of goods
    (clusters), where the model knows them, are one more softmax, and a feature is
    Σ P(cluster) · P(feature | cluster).

    Attributes
    ----------
    weights : ndarray of float32, shape (width, n_features + n_facts + n_clusters)
    bias : ndarray of float32, shape (n_features + n_facts + n_clusters,)
    priors, temperatures, reliability, rho : ndarray of float, shape (n_features,)
        Training prior; calibration; damping in (0, 1] of heads that rest on made pictures
        and weak labels; correlation of a head's logits between photos of one good.
    thresholds : ndarray of float, shape (n_features,)
        From this probability on a photo is said to show the feature.
    backbone, backbone_digest : str
    transform : dict
        Input transform of the backbone.
    made_only : tuple of str
        Features that are damped: made pictures show them, and too few real ones are known to.
    note : str
        Training data.
    licence : str
        What the model may be used for.
    clusters : tuple of str
        Ids of all of ``group.clusters``, or none.
    backbone_state : dict of str to ndarray, optional
        Weights of a backbone that was trained with the heads; a frozen backbone is only named.
    features, facts : tuple of str
        Those of the group, in its order.
    group : Group
        Without it the one that has the features; without these, too, the only loaded one
        with visual features.
    shots : Shots, optional
        What it knows of views, scenes and strange photos.  Features that a photo can't show
        get their prior, which says nothing.
    """

    weights: np.ndarray
    bias: np.ndarray
    priors: np.ndarray
    temperatures: np.ndarray
    reliability: np.ndarray
    rho: np.ndarray
    thresholds: np.ndarray
    backbone: str
    backbone_digest: str
    transform: dict
    made_only: tuple[str, ...] = ()
    note: str = ""
    licence: str = ""
    clusters: tuple[str, ...] = ()
    backbone_state: dict[str, np.ndarray] | None = None
    features: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    group: Group | None = None
    shots: Shots | None = None

    def __post_init__(self):
        group = self.group
        if group is None:
            group = _group_of(self.features) if self.features else visual_group()
        for name, value in (("group", group), ("features", self.features or group.feature_ids),
                            ("facts", self.facts or group.visual_facts)):
            object.__setattr__(self, name, value)
        if self.features != group.feature_ids or self.facts != group.visual_facts:
            raise ModelError(f"the model is for other features: {', '.join(self.features)}; those "
                             f"of group '{group.id}' are {', '.join(group.feature_ids)}")
        if self.clusters not in ((), group.cluster_ids):
            raise ModelError("the model is for other groups of goods: " + ", ".join(self.clusters))
        n, outputs = len(self.features), self.outputs
        shapes = {"weights": (len(self.weights), outputs), "bias": (outputs,), "priors": (n,),
                  "temperatures": (n,), "reliability": (n,), "rho": (n,), "thresholds": (n,)}
        for name, shape in shapes.items():
            array = getattr(self, name)
            if array.shape != shape:
                raise ModelError(f"'{name}' has shape {array.shape}, not {shape}")
            if not np.isfinite(array).all():
                raise ModelError(f"'{name}' holds values that are not finite")
        if not ((self.priors > 0) & (self.priors < 1)).all():
            raise ModelError("the priors are not between 0 and 1")
        if not ((self.thresholds > 0) & (self.thresholds < 1)).all():
            raise ModelError("the thresholds are not between 0 and 1")
        if not ((self.temperatures > 0).all() and (self.reliability > 0).all()):
            raise ModelError("temperatures and reliability must be above 0")
        if self.shots is not None and (wrong := self.shots.check(len(self.weights), group)):
            raise ModelError(wrong)

    def __setstate__(self, state: dict):
        for key, name in _DESCRIPTION.items():  # as pickled before the attributes had these names
            if key in state:
                state[name] = state.pop(key)
        if "trunk_state" in state:
            state["backbone_state"] = state.pop("trunk_state")
        self.__dict__.update(state)
        if "group" not in state:  # pickled before models knew it
            self.__dict__["group"] = _group_of(self.features)
        self.__dict__.setdefault("shots", None)

    @property
    def brighten(self) -> float:
        """Factor by which photos are lit before the backbone sees them; 1 in most models."""
        return self.transform.get("brighten", 1.) if isinstance(self.transform, dict) else 1.

    @property
    def outputs(self) -> int:
        """Number of heads."""
        return len(self.features) + len(self.facts) + len(self.clusters)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all that decides the probabilities; equal models have equal digests.

        The weights of the backbone count by their own digest.
        """
        return self._digest(())

    def _digest(self, more: Sequence) -> str:
        sha = hashlib.sha256()
        for name in _ARRAYS:
            array = np.ascontiguousarray(getattr(self, name))
            sha.update(f"{name}{array.shape}{array.dtype}".encode() + array.tobytes())
        for name, array in self._shot_arrays():
            sha.update(f"{name}{array.shape}{array.dtype}".encode() + array.tobytes())
        decisive = [self.backbone, self.backbone_digest, self.transform, self.features, self.facts,
                    self.clusters, *more]
        sha.update(json.dumps(decisive, sort_keys=True).encode())
        return sha.hexdigest()

    def _shot_arrays(self) -> list[tuple[str, np.ndarray]]:
        """By the names that they have in a file."""
        return [] if self.shots is None else [
            (_SHOTS + name, np.asarray(getattr(self.shots, name), order="C"))
            for name in Shots.__annotations__]

    def _file_digest(self, group: str = "") -> str:
        """Of all in the file: the description, the group it names, the backbone's weights."""
        described = [getattr(self, name) for name in _DESCRIPTION.values()]
        sha = hashlib.sha256(self._digest(described + [group] * bool(group)).encode())
        for name, array in sorted((self.backbone_state or {}).items()):
            sha.update(f"{name}{array.shape}{array.dtype}".encode()
                       + np.ascontiguousarray(array).tobytes())
        return sha.hexdigest()

    def __eq__(self, other):
        return isinstance(other, PhotoModel) and self.digest == other.digest

    def __hash__(self):
        return hash(self.digest)

    def __call__(self, x: np.ndarray) -> Judgement:
        """What the heads say about the backbone's output.

        Parameters
        ----------
        x : ndarray, shape (M, width)
        """
        return self.judge(x)[0]

    def judge(self, x: np.ndarray) -> tuple[Judgement, Seen]:
        """What the heads say about the backbone's output, and how the photos were taken."""
        out = np.asarray(x, np.float32) @ self.weights + self.bias
        n, end = len(self.features), len(self.features) + len(self.facts)
        seen = Seen.nothing(len(out)) if self.shots is None else self.shots.seen(x)
        scores = out[:, :n] * self.loudness(seen)
        logits = scores + np.log(self.priors / (1 - self.priors))
        probabilities = sigmoid(logits, CERTAIN)
        for members in map(list, self.group.exclusive_features):
            probabilities[:, members] = softmax(
                scores[:, members] + np.log(self.priors[members]))
        foreign = contradiction(probabilities, self.group)
        if self.clusters:
            probabilities = given_cluster(probabilities, softmax(out[:, end:].astype(float)),
                                          self.group)
        gradability = sigmoid(out[:, n:end].astype(float), CERTAIN)
        if self.shots is not None:
            facts = [self.facts.index(feature.fact) for feature in self.group.features]
            gate = np.isin(self.facts, [feature.fact for feature in self.group.features
                                        if feature.id in self.group.gate])
            gradability = self.shots.can_be_judged(seen, gradability, gate)
            declined = (gradability < DECLINED)[:, facts] & ~gate[facts]
            probabilities = np.where(declined, self.priors, probabilities)
        return Judgement(probabilities, gradability, foreign), seen

    def loudness(self, seen: Seen) -> np.ndarray:
        """What the heads' numbers are multiplied by on photos that were taken so, (M, n_features).

        Damping, calibration, and how sure the heads may be in the scene.
        """
        scale = np.repeat((self.reliability / self.temperatures)[None], len(seen), axis=0)
        return scale if self.shots is None else scale / (seen.scenes @ self.shots.widening)

    def save(self, path: str | os.PathLike) -> None:
        """Write one .safetensors file, heads and description together."""
        from safetensors.numpy import save
        described = {"format": FORMAT, "version": VERSION, "group": self.group.id,
                     "digest": self._file_digest(self.group.id),
                     **{key: getattr(self, name) for key, name in _DESCRIPTION.items()}}
        arrays = {name: getattr(self, name) for name in _ARRAYS}
        arrays |= {_BACKBONE + name: a for name, a in (self.backbone_state or {}).items()}
        arrays |= dict(self._shot_arrays())
        # asarray: ascontiguousarray would turn a scalar into a vector
        content = save({name: np.asarray(a, order="C") for name, a in arrays.items()},
                       {"model": json.dumps(described, ensure_ascii=False)})
        with Output(path) as place:
            place.write(content)

    @classmethod
    def load(cls, path: str | os.PathLike, groups: Iterable[Group] = ()) -> PhotoModel:
        """Read a model file.

        Parameters
        ----------
        groups : iterable of Group
            Those to find the model's among; the loaded ones by default.  A file that names
            none is of the one that has its features.

        Raises
        ------
        ModelError
            The file is missing, damaged, of another kind or version, or for the features of no
            such group.
        """
        from safetensors import SafetensorError, safe_open
        path = Path(path)
        if not path.is_file():
            raise ModelError(f"{path}: there is no such model file")
        try:
            with safe_open(os.fspath(path), framework="numpy") as file:
                metadata = file.metadata() or {}
                arrays = {name: file.get_tensor(name) for name in file.keys()}
        except (SafetensorError, OSError, ValueError) as error:
            raise ModelError(f"{path}: damaged, or no .safetensors file ({error})") from None
        try:
            described = json.loads(metadata["model"])
            if described["format"] != FORMAT:
                raise KeyError("format")
        except (KeyError, TypeError, ValueError, RecursionError):
            raise ModelError(f"{path}: not a photo model of this add-on") from None
        if described.get("version") != VERSION:
            raise ModelError(f"{path}: version {described.get('version')} of the format; "
                             f"this add-on reads version {VERSION}")
        absent = [name for name in (*_ARRAYS, *_DESCRIPTION, "digest")
                  if name not in arrays and name not in described]
        if absent:
            raise ModelError(f"{path}: lacks {', '.join(absent)}")
        try:
            state = {name.removeprefix(_BACKBONE): array for name, array in arrays.items()
                     if name.startswith(_BACKBONE)}
            shots = {name.removeprefix(_SHOTS): array for name, array in arrays.items()
                     if name.startswith(_SHOTS)}
            model = cls(**{name: arrays[name] for name in _ARRAYS}, backbone_state=state or None,
                        shots=Shots(**shots) if shots else None, group=_named(described, groups),
                        **{name: tuple(v) if isinstance(v := described[key], list) else v
                           for key, name in _DESCRIPTION.items()})
        except (ModelError, GroupError) as error:
            raise ModelError(f"{path}: {error}") from None
        except (KeyError, AttributeError, TypeError) as error:
            raise ModelError(f"{path}: damaged ({error})") from None
        try:
            digest = model._file_digest(described.get("group", ""))
        except (TypeError, ValueError, RecursionError) as error:
            raise ModelError(f"{path}: damaged ({error})") from None
        if digest != described["digest"]:
            raise ModelError(f"{path}: damaged, its content does not match its digest")
        return model

    @classmethod
    def default(cls) -> PhotoModel:
        """The bundled model (see MODEL_CARD.md beside it)."""
        return cls.bundled(DEFAULT)

    @classmethod
    def bundled(cls, name: str) -> PhotoModel:
        """A bundled model by its name, or by that of a former one."""
        return _bundled(bundled_path(name))


def bundled_path(name: str) -> Path | None:
    """The file of a bundled model; None where no model has or had that name."""
    return BUNDLED.get(DEFAULT if name == FORMER else name)


_ARRAYS = ("weights", "bias", "priors", "temperatures", "reliability", "rho", "thresholds")
#: What a file says in words, and the attribute that has it.
_DESCRIPTION = {"trunk": "backbone", "trunk_digest": "backbone_digest",
                **{name: name for name in ("transform", "made_only", "note", "licence",
                                           "clusters", "features", "facts")}}

#: What the names of a trained backbone's weights begin with, and of what is known of views.
_BACKBONE, _SHOTS = "trunk/", "shots/"


def _group_of(features: Iterable[str], groups: Iterable[Group] = ()) -> Group:
    try:
        return group_of(features, groups)
    except GroupError as error:
        raise ModelError(f"the model is for other features: {error}") from None


def _named(described: dict, groups: Iterable[Group]) -> Group:
    """The group of a model file: the one that it names, or else the one with its features."""
    groups, name = tuple(groups) or visual_groups(), described.get("group")
    if name is None:
        return _group_of(described["features"], groups)
    for group in groups:
        if group.id == name:
            return group
    raise ModelError(f"the model is for the group '{name}' and its features "
                     f"{', '.join(described['features'])}; loaded groups with features are "
                     f"{', '.join(group.id for group in groups) or 'none'}")


@lru_cache(maxsize=len(BUNDLED))
def _bundled(path: Path) -> PhotoModel:
    return PhotoModel.load(path)


def untrained(backbone: str, backbone_digest: str, transform: dict, width: int,
              priors: Sequence[float] | None = None, group: Group | None = None) -> PhotoModel:
    """A model that knows nothing: every photo gets the priors.  For tests and trainers."""
    group = visual_group(group)
    n, outputs = len(group.features), len(group.features) + len(group.visual_facts)
    if priors is None:
        priors = np.full(n, .5)
        for members in group.exclusive_features:
            priors[list(members)] = 1 / len(members)
    return PhotoModel(np.zeros((width, outputs), np.float32), np.zeros(outputs, np.float32),
                      np.asarray(priors, float), np.ones(n), np.ones(n), np.full(n, .5),
                      np.full(n, .5), backbone, backbone_digest, transform, group=group)
