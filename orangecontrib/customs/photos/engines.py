"""What computes a backbone: ONNX Runtime on a CPU, torch everywhere."""
from __future__ import annotations

import ctypes
import importlib.metadata
import os
import platform
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from .maps import Pool, network
from .registry import Backbone, BackboneError

__all__ = ["BACKENDS", "TorchEngine", "OnnxRuntimeEngine", "best_device", "cores",
           "out_of_memory", "free_memory"]

BACKENDS = ("auto", "onnxruntime", "torch")

#: Photos that a thread of ONNX Runtime looks at together.
_TOGETHER = 4


def cores() -> int:
    """Processor cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def best_device() -> str:
    """"cuda", "mps" or "cpu"; torch is imported only where there may be a GPU."""
    if not _gpu_possible():
        return "cpu"
    import torch
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def _gpu_possible() -> bool:
    if sys.platform == "darwin":
        return platform.machine() == "arm64"
    try:
        version = importlib.metadata.version("torch")
    except importlib.metadata.PackageNotFoundError:  # an exported backbone runs without
        return False
    if "+cpu" in version or "+rocm" in version:
        return "+rocm" in version
    try:
        ctypes.CDLL("nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1")
    except OSError:
        return False
    return True


def out_of_memory(error: BaseException) -> bool:
    """Whether an error of numpy, torch or ONNX Runtime says that memory ran out."""
    if isinstance(error, MemoryError):
        return True
    text = str(error).lower()
    return (isinstance(error, RuntimeError) or type(error).__module__.startswith("onnxruntime")) \
        and any(words in text for words in _NO_MEMORY)


_NO_MEMORY = ("out of memory", "can't allocate memory", "not enough memory",
              "failed to allocate memory", "bad_alloc", "bad allocation")


def free_memory(device: str) -> int:
    """Bytes that are free on a device; a guess where nobody tells."""
    if device.startswith("cuda"):
        import torch
        return torch.cuda.mem_get_info(device)[0]
    try:
        with open("/proc/meminfo", encoding="ascii") as file:
            lines = dict(line.split(":") for line in file)
        return int(lines["MemAvailable"].split()[0]) * 1024
    except (OSError, KeyError, ValueError):  # not Linux
        return 2 ** 31


class TorchEngine:
    """A backbone in torch, on any device."""

    name = "torch"
    on_one_core = None  # torch's threads are its own

    def __init__(self, backbone: Backbone, module, device: str):
        import torch
        self._backbone, self._device = backbone, device
        self._module = module.eval().to(device, memory_format=torch.channels_last)
        self._whole = network(backbone, self._module)[0].to(device)
        self._lock = threading.Lock()
        self._with_maps = None

    def features(self, images: np.ndarray) -> np.ndarray:
        """(M, size, size, 3) uint8 → (M, width)."""
        return self._run(self._whole, images)[0]

    def maps(self, images: np.ndarray) -> tuple[list[np.ndarray], tuple[Pool, ...]]:
        """The maps behind the features, and how they are pooled; both empty without."""
        with self._lock:
            if self._with_maps is None:
                whole, pooling = network(self._backbone, self._module, with_maps=True)
                self._with_maps = whole.to(self._device), pooling
        whole, pooling = self._with_maps
        return (self._run(whole, images)[1:] if pooling else []), pooling

    def _run(self, whole, images):
        import torch
        with torch.inference_mode():
            # a copy: torch warns of arrays that can't be written to
            found = whole(torch.from_numpy(np.array(images)).to(self._device))
            found = found if isinstance(found, tuple) else (found,)
            return [part.float().cpu().numpy() for part in found]


class OnnxRuntimeEngine:
    """A backbone that was exported (see :mod:`.exported`), on a CPU, without torch.

    Several threads with one core each, instead of several cores on one photo: nobody waits
    for the slowest at every layer, which costs most where other work runs beside.
    """

    name = "onnxruntime"

    def __init__(self, content: bytes):
        import onnxruntime
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3  # errors; warnings speak of the graph's internals
        self._session = onnxruntime.InferenceSession(content, options,
                                                     providers=["CPUExecutionProvider"])
        self._outputs = [output.name for output in self._session.get_outputs()]
        #: What the exporter wrote down.
        self.metadata: dict[str, str] = self._session.get_modelmeta().custom_metadata_map

    def on_one_core(self, images: np.ndarray) -> np.ndarray:
        """(M, size, size, 3) uint8 → (M, width), in the thread that calls."""
        return np.concatenate([self._run(images[i:i + _TOGETHER], 1)[0]
                               for i in range(0, len(images), _TOGETHER)])

    def features(self, images: np.ndarray) -> np.ndarray:
        """The same, on all cores."""
        together = max(1, min(_TOGETHER, len(images) // cores()))
        parts = [images[i:i + together] for i in range(0, len(images), together)]
        # threads of its own: they survive no fork, and starting them costs nothing beside
        with ThreadPoolExecutor(cores(), "backbone") as pool:
            return np.concatenate(list(pool.map(self.on_one_core, parts)))

    def maps(self, images: np.ndarray) -> tuple[list[np.ndarray], tuple[Pool, ...]]:
        """The maps behind the features, and how they are pooled; both empty without."""
        import json
        pooling = tuple(Pool(*part) for part in json.loads(self.metadata["pooling"]))
        return (self._run(images)[1:] if pooling else []), pooling

    def _run(self, images, outputs=None):
        return self._session.run(self._outputs[:outputs], {"images": images})


def checked_device(device: str, backend: str) -> str:
    """The backend that computes on a device; BackboneError for a pair that does not exist."""
    if backend not in BACKENDS:
        raise BackboneError(f"unknown backend '{backend}': it is one of {', '.join(BACKENDS)}")
    if backend == "onnxruntime" and device != "cpu":
        raise BackboneError(f"ONNX Runtime computes on the CPU, not on '{device}': leave the "
                            "device out, or take the backend torch")
    return "torch" if device != "cpu" else backend
