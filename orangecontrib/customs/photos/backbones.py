"""Backbones: the frozen networks that turn a photo into a vector of numbers.

On a CPU a backbone runs on ONNX Runtime, and after its first time without importing torch.
"""
from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping

import numpy as np

from orangecontrib.customs.groups import Group

from . import exported
from .catalogue import DEFAULT, get, names
from .engines import OnnxRuntimeEngine, TorchEngine, best_device, checked_device, cores, free_memory
from .maps import Pool
from .registry import Backbone, BackboneError
from .weights import (
    digest,
    digest_of_file,
    fill,
    find_weights,
    locate,
    remember,
    remembered,
    state_of,
)

__all__ = ["BackboneError", "Backbone", "LoadedBackbone", "DEFAULT", "get", "names", "load",
           "restore", "best_device", "fill", "find_weights"]

#: Larger weights stay in torch unless ONNX Runtime is asked for: it gains least on them (VGG-16:
#: 1.5 times), and their export would fill the disk.
LARGE = 200_000_000

_log = logging.getLogger(__name__)


class LoadedBackbone:
    """A backbone with weights, ready to compute; for many threads.

    Parameters
    ----------
    module : torch.nn.Module
        The backbone's network, with weights.
    device : str, optional
        Such as "cpu" or "cuda"; the best there is by default.
    backend : {"auto", "onnxruntime", "torch"}
        auto: ONNX Runtime on a CPU, where it computes the same as torch; else torch.

    Attributes
    ----------
    spec : Backbone
    digest : str
        SHA-256 over names, shapes and values of the weights, whatever file they came in.
    backend : str
        "onnxruntime" or "torch".
    device : str
    """

    def __init__(self, backbone: Backbone, module, device: str | None = None,
                 backend: str = "auto"):
        self._set(backbone, *_engine(backbone, module, device or best_device(), backend))

    def _set(self, backbone: Backbone, digest: str, device: str, engine) -> LoadedBackbone:
        self.spec, self.digest, self.device, self._engine = backbone, digest, device, engine
        self.backend = engine.name
        return self

    @property
    def engine_name(self) -> str:
        """What decides the last bits of the numbers."""
        return f"{self.backend} {self.device.partition(':')[0]}"

    @property
    def device_name(self) -> str:
        """The device, in words for people."""
        if self.device.startswith("cuda"):
            import torch
            return f"GPU ({torch.cuda.get_device_name(self.device)})"
        return {"cpu": "CPU", "mps": "GPU (Apple)"}.get(self.device, self.device)

    @property
    def batch(self) -> int:
        """Photos to look at together: as many as are useful and fit into the memory."""
        each = 64 * 4 * 3 * self.spec.size ** 2  # VGG's widest maps, in and out
        fit = free_memory(self.device) // 4 // each
        return int(np.clip(fit, 1, max(32, 8 * cores()) if self.device == "cpu" else 256))

    def __call__(self, images: np.ndarray) -> np.ndarray:
        """Features of a batch.

        Parameters
        ----------
        images : ndarray of uint8, shape (M, size, size, 3)

        Returns
        -------
        ndarray of float32, shape (M, width)
        """
        if not len(images):
            return np.zeros((0, self.spec.width), np.float32)
        return self._engine.features(np.ascontiguousarray(images))

    @property
    def on_one_core(self) -> Callable[[np.ndarray], np.ndarray] | None:
        """As a call, but in the calling thread alone, for threads that each do all of the work.

        None where it makes no sense: on a GPU, and in torch.
        """
        return self._engine.on_one_core

    def maps(self, images: np.ndarray) -> tuple[list[np.ndarray], tuple[Pool, ...]]:
        """The maps (M, channels, h, w) that the features are pooled from, and how.

        Both are empty for a backbone whose features are not pooled from maps.
        """
        return self._engine.maps(np.ascontiguousarray(images))


def load(name: str = DEFAULT, weights: str | os.PathLike | None = None,
         sha256: str | None = None, allow_download: bool = False,
         device: str | None = None, backend: str = "auto",
         say: Callable[[str], None] = print, wanted: str | None = None,
         brighten: float = 1.) -> LoadedBackbone:
    """A backbone with trained weights.

    Weights come from, in this order: the local file `weights`; a local file that once held the
    weights of digest `wanted`; an installed package; torch's own download cache; a download,
    only if `allow_download`, announced by `say`.

    Parameters
    ----------
    weights : path, optional
        A .pth or .safetensors state dictionary; `sha256`, when given, must match.
    device, backend : str, optional
        As in :class:`LoadedBackbone`.
    brighten : float
        Factor by which photos are lit first.

    Raises
    ------
    BackboneError
        No weights (the message names all three ways), a wrong checksum, or weights of
        another network.
    """
    backbone = get(name).lit(brighten)
    given = weights if weights is not None or wanted is None else remembered(wanted)
    path = locate(backbone, given, sha256, allow_download, say)
    device = device or best_device()
    backend = _chosen(device, backend, path.stat().st_size)
    loaded = _with_weights(backbone, path, None if backend == "torch" else digest_of_file(path),
                           device, backend)
    if weights is not None:
        remember(loaded.digest, path)
    return loaded


def restore(name: str, state: Mapping[str, np.ndarray], device: str | None = None,
            backend: str = "auto", group: Group | None = None, brighten: float = 1.
            ) -> LoadedBackbone:
    """A backbone whose weights a model brings along; `group` is the model's.

    Raises
    ------
    BackboneError
        The weights do not fit the network of that name.
    """
    backbone = get(name, group).lit(brighten)
    device = device or best_device()
    backend = _chosen(device, backend, sum(array.nbytes for array in state.values()))
    return _with_weights(backbone, state, _of_digest(digest(state)), device, backend)


def _with_weights(backbone: Backbone, weights, source: str | None, device: str, backend: str
                  ) -> LoadedBackbone:
    engine = None if backend == "torch" else exported.find(backbone, source)
    if engine is not None:
        loaded = LoadedBackbone.__new__(LoadedBackbone)
        return loaded._set(backbone, engine.metadata["digest"], device, engine)
    module = backbone.build()
    fill(module, weights, backbone)
    return LoadedBackbone.__new__(LoadedBackbone)._set(
        backbone, *_engine(backbone, module, device, backend, source))


def _engine(backbone: Backbone, module, device: str, backend: str, source: str | None = None
            ) -> tuple[str, str, OnnxRuntimeEngine | TorchEngine]:
    """Digest, device and what computes."""
    state = state_of(module)
    found = digest(state)
    source = source or _of_digest(found)
    backend = _chosen(device, backend, sum(array.nbytes for array in state.values()))
    if backend != "torch":
        module = module.to("cpu").eval()
        try:
            return found, device, exported.find(backbone, source) \
                or exported.export(backbone, module, found, source)
        except exported.ExportError as error:
            if backend == "onnxruntime":
                raise BackboneError(f"{error}; take the backend torch") from error
            _log.warning("%s; torch is used", error)
    try:
        return found, device, TorchEngine(backbone, module, device)
    except (RuntimeError, AssertionError) as error:  # torch: no such device, or no driver
        raise BackboneError(f"the backbone can't compute on '{device}': "
                            f"{str(error).splitlines()[0]}") from error


def _chosen(device: str, backend: str, size: int) -> str:
    backend = checked_device(device, backend)
    return "torch" if backend == "auto" and size > LARGE else backend


def _of_digest(found: str) -> str:
    return f"weights {found}"
