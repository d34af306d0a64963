"""PhotoModel: the heads on a trunk, their calibration, and the file that holds them."""
from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np

from orangecontrib.customs import footwear

__all__ = ["ModelError", "PhotoModel", "DEFAULT_MODEL", "feature_ids", "fact_ids",
           "exclusive_groups"]

#: The bundled default model.
DEFAULT_MODEL = Path(__file__).parents[1] / "datasets" / "default_model.safetensors"

FORMAT = "orange3-customs photo model"
VERSION = 1


class ModelError(ValueError):
    """A model file that can't be used, or a model that does not fit; says why."""


@lru_cache(maxsize=None)
def feature_ids() -> tuple[str, ...]:
    """The 13 features and the gate, in the order of their coordinates."""
    return tuple(feature.id for feature in footwear.features())


@lru_cache(maxsize=None)
def fact_ids() -> tuple[str, ...]:
    """The facts of the features, each once, in the order of the features."""
    return tuple(dict.fromkeys(feature.fact for feature in footwear.features()))


@lru_cache(maxsize=None)
def exclusive_groups() -> tuple[tuple[int, ...], ...]:
    """Positions of features that exclude each other: every value of one fact (heights)."""
    groups = []
    for fact in fact_ids():
        members = tuple(i for i, f in enumerate(footwear.features()) if f.fact == fact)
        values = {footwear.features()[i].value for i in members}
        if len(members) > 1 and values == set(footwear.vocabulary()[fact].value_ids):
            groups.append(members)
    return tuple(groups)


@dataclass(frozen=True, eq=False)
class PhotoModel:
    """Heads for the features (13 and the gate) and for gradability, on one trunk.

    Logits of features are ``(x W + b) · reliability / temperature + logit prior``; the
    heights share a softmax.  Gradability is "can this fact be judged on this photo?".
    `W`, `b` are fitted with balanced classes, so they are a likelihood ratio.

    Attributes
    ----------
    weights : ndarray of float32, shape (width, n_features + n_facts)
    bias : ndarray of float32, shape (n_features + n_facts,)
    priors, temperatures, reliability, rho : ndarray of float, shape (n_features,)
        Training prior; calibration; damping in (0, 1] of heads that rest on made
        pictures; correlation of a head's logits between photos of one good.
    trunk, trunk_digest : str
    transform : dict
        Input transform of the trunk.
    made_only : tuple of str
        Features whose positives are made pictures only.
    note : str
        Training data and licence.
    """

    weights: np.ndarray
    bias: np.ndarray
    priors: np.ndarray
    temperatures: np.ndarray
    reliability: np.ndarray
    rho: np.ndarray
    trunk: str
    trunk_digest: str
    transform: dict
    made_only: tuple[str, ...] = ()
    note: str = ""
    features: tuple[str, ...] = field(default_factory=feature_ids)
    facts: tuple[str, ...] = field(default_factory=fact_ids)

    def __post_init__(self):
        if self.features != feature_ids() or self.facts != fact_ids():
            raise ModelError("the model is for other features: " + ", ".join(self.features))
        n, outputs = len(self.features), len(self.features) + len(self.facts)
        shapes = {"weights": (len(self.weights), outputs), "bias": (outputs,), "priors": (n,),
                  "temperatures": (n,), "reliability": (n,), "rho": (n,)}
        for name, shape in shapes.items():
            array = getattr(self, name)
            if array.shape != shape:
                raise ModelError(f"'{name}' has shape {array.shape}, not {shape}")
            if not np.isfinite(array).all():
                raise ModelError(f"'{name}' holds values that are not finite")
        if not ((self.priors > 0) & (self.priors < 1)).all():
            raise ModelError("the priors are not between 0 and 1")
        if not ((self.temperatures > 0).all() and (self.reliability > 0).all()):
            raise ModelError("temperatures and reliability must be above 0")

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all that decides the probabilities; equal models have equal digests."""
        sha = hashlib.sha256()
        for name in _ARRAYS:
            array = np.ascontiguousarray(getattr(self, name))
            sha.update(f"{name}{array.shape}{array.dtype}".encode() + array.tobytes())
        decisive = [self.trunk, self.trunk_digest, self.transform, self.features, self.facts]
        sha.update(json.dumps(decisive, sort_keys=True).encode())
        return sha.hexdigest()

    def __eq__(self, other):
        return isinstance(other, PhotoModel) and self.digest == other.digest

    def __hash__(self):
        return hash(self.digest)

    def __call__(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Probabilities and gradability from the trunk's output.

        Parameters
        ----------
        x : ndarray, shape (M, width)

        Returns
        -------
        probabilities : ndarray of float, shape (M, n_features)
        gradability : ndarray of float, shape (M, n_facts)
        """
        out = np.asarray(x, np.float32) @ self.weights + self.bias
        n = len(self.features)
        scores = out[:, :n] * (self.reliability / self.temperatures)
        logits = scores + np.log(self.priors / (1 - self.priors))
        probabilities = _sigmoid(logits)
        for group in map(list, exclusive_groups()):
            logits = scores[:, group] + np.log(self.priors[group])
            logits -= logits.max(axis=1, keepdims=True, initial=-np.inf)
            weights = np.exp(logits)
            probabilities[:, group] = weights / weights.sum(axis=1, keepdims=True)
        return probabilities, _sigmoid(out[:, n:].astype(float))

    def save(self, path: str | os.PathLike) -> None:
        """Write one .safetensors file, heads and description together."""
        from safetensors.numpy import save
        described = {"format": FORMAT, "version": VERSION, "digest": self.digest,
                     **{name: getattr(self, name) for name in _DESCRIPTION}}
        content = save({name: np.ascontiguousarray(getattr(self, name)) for name in _ARRAYS},
                       {"model": json.dumps(described, ensure_ascii=False)})
        Path(path).write_bytes(content)

    @classmethod
    def load(cls, path: str | os.PathLike) -> PhotoModel:
        """Read a model file.

        Raises
        ------
        ModelError
            The file is missing, damaged, of another kind or version, or for other features.
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
        except (KeyError, TypeError, ValueError):
            raise ModelError(f"{path}: not a photo model of this add-on") from None
        if described.get("version") != VERSION:
            raise ModelError(f"{path}: version {described.get('version')} of the format; "
                             f"this add-on reads version {VERSION}")
        absent = [name for name in (*_ARRAYS, *_DESCRIPTION, "digest")
                  if name not in arrays and name not in described]
        if absent:
            raise ModelError(f"{path}: lacks {', '.join(absent)}")
        try:
            model = cls(**{name: arrays[name] for name in _ARRAYS},
                        **{name: tuple(v) if isinstance(v := described[name], list) else v
                           for name in _DESCRIPTION})
        except ModelError as error:
            raise ModelError(f"{path}: {error}") from None
        except (KeyError, AttributeError, TypeError) as error:
            raise ModelError(f"{path}: damaged ({error})") from None
        if model.digest != described["digest"]:
            raise ModelError(f"{path}: damaged, its content does not match its digest")
        return model

    @classmethod
    def default(cls) -> PhotoModel:
        """The bundled model (see MODEL_CARD.md beside it)."""
        return _default(DEFAULT_MODEL)


_ARRAYS = ("weights", "bias", "priors", "temperatures", "reliability", "rho")
_DESCRIPTION = ("trunk", "trunk_digest", "transform", "made_only", "note", "features", "facts")


@lru_cache(maxsize=1)
def _default(path: Path) -> PhotoModel:
    return PhotoModel.load(path)


def _sigmoid(logits: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-np.clip(logits, -50, 50)))


def untrained(trunk: str, trunk_digest: str, transform: dict, width: int,
              priors: Sequence[float] | None = None) -> PhotoModel:
    """A model that knows nothing: every photo gets the priors.  For tests and trainers."""
    n, outputs = len(feature_ids()), len(feature_ids()) + len(fact_ids())
    if priors is None:
        priors = np.full(n, .5)
        for group in exclusive_groups():
            priors[list(group)] = 1 / len(group)
    return PhotoModel(np.zeros((width, outputs), np.float32), np.zeros(outputs, np.float32),
                      np.asarray(priors, float), np.ones(n), np.ones(n), np.full(n, .5),
                      trunk, trunk_digest, transform)
