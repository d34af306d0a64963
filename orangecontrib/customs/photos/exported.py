"""Backbones as ONNX files: exported from torch once, checked against it, sealed.

A file names the weights it was made from and ends in the SHA-256 of all before, as a last
property of the model.  A file that is stale, damaged or changed is exported again.
"""
from __future__ import annotations

import hashlib
import io
import json
import logging
import os
import time
import warnings
from pathlib import Path

import numpy as np

from orangecontrib.customs.files import VARIABLE, Output, cache_folder

from .engines import OnnxRuntimeEngine
from .maps import network, pooled_arrays
from .registry import Backbone

__all__ = ["ExportError", "TOLERANCE", "find", "export"]

#: Largest difference to torch that is accepted, in units of the largest feature.
TOLERANCE = 1e-4

#: To be raised when the exported graph changes.
VERSION = 1

#: Files kept, the most recently used ones: a fine-tuned backbone leaves one for each training.
KEPT = 8

_OPSET = 17

#: The last backbone that could be kept nowhere: exported once by each program that uses it.
_unkept: dict[str, OnnxRuntimeEngine] = {}
_log = logging.getLogger(__name__)


class ExportError(RuntimeError):
    """A backbone that can't be exported, or does not compute the same; the message says why."""


def key(backbone: Backbone, source: str) -> str:
    """What an exported backbone depends on.

    Parameters
    ----------
    source : str
        Names the weights: SHA-256 of their file, or their digest.
    """
    decisive = [backbone.name, backbone.transform, source, VERSION]
    return hashlib.sha256(json.dumps(decisive, sort_keys=True).encode()).hexdigest()


def find(backbone: Backbone, source: str) -> OnnxRuntimeEngine | None:
    """The backbone as it was exported earlier from those weights; None when it has to be, again."""
    if (engine := _unkept.get(key(backbone, source))) is not None:
        return engine
    path = _path(backbone, source)
    try:
        content = path.read_bytes() if path is not None else b""
    except OSError:
        return None
    body, seal = content[:-_SEAL], content[-_SEAL:]
    if not body or seal != _sealed(body):
        if content:
            _log.warning("%s is damaged; the backbone is exported again", path)
        return None
    try:
        engine = OnnxRuntimeEngine(content)
    except Exception as error:  # ONNX Runtime's own errors derive from Exception only
        _log.warning("%s can't be used (%s); the backbone is exported again", path, error)
        return None
    if engine.metadata.get("key") != key(backbone, source):
        return None
    try:
        os.utime(path)
    except OSError:
        pass  # a folder that can't be written to is good enough to read from
    return engine


def export(backbone: Backbone, module, digest: str, source: str) -> OnnxRuntimeEngine:
    """Export a backbone, check it against torch, and keep the file.

    Parameters
    ----------
    module : torch.nn.Module
        The backbone's network, with weights, on the CPU.
    digest : str
        Of the weights.

    Raises
    ------
    ExportError
        The exporter fails, or ONNX Runtime computes something else than torch.
    """
    started = time.monotonic()
    try:
        graph, pooling = _graph(backbone, module)
        error = _error(backbone, module, OnnxRuntimeEngine(graph), pooling)
    except Exception as problem:  # whatever exporter and runtime raise: torch goes on
        raise ExportError(f"the backbone '{backbone.name}' can't be exported "
                          f"({(str(problem) or type(problem).__name__).splitlines()[0]})") \
            from problem
    if not error <= TOLERANCE:
        raise ExportError(f"the exported backbone '{backbone.name}' differs from torch by "
                          f"{error:.1e} of the largest feature")
    body = graph + _properties(
        key=key(backbone, source), backbone=backbone.name, digest=digest, source=source,
        transform=json.dumps(backbone.transform), pooling=json.dumps(pooling),
        error=f"{error:.3e}")
    content = body + _sealed(body)
    engine = OnnxRuntimeEngine(content)
    if problem := _keep(_path(backbone, source), content):
        _unkept.clear()
        _unkept[key(backbone, source)] = engine
        _log.warning("the backbone '%s' was exported from torch in %.0f s and %s: every run "
                     "exports it again. A folder for it can be named by %s; the backend torch "
                     "needs no export", backbone.name, time.monotonic() - started, problem,
                     VARIABLE)
    return engine


def _graph(backbone: Backbone, module) -> tuple[bytes, tuple]:
    import torch
    whole, pooling = network(backbone, module, with_maps=True)
    names = ["features", *(f"map{i}" for i in sorted({p.source for p in pooling}))]
    exported = io.BytesIO()
    example = torch.zeros(1, backbone.size, backbone.size, 3, dtype=torch.uint8)
    with warnings.catch_warnings():  # the tracing exporter warns of its age and of constants
        warnings.simplefilter("ignore")
        torch.onnx.export(whole, (example,), exported, dynamo=False, opset_version=_OPSET,
                          input_names=["images"], output_names=names,
                          dynamic_axes={name: {0: "n"} for name in ("images", *names)})
    return exported.getvalue(), pooling


def _error(backbone: Backbone, module, engine: OnnxRuntimeEngine, pooling) -> float:
    """Largest difference to torch, and between features and pooled maps, over the scale."""
    import torch
    shape = 2, backbone.size, backbone.size, 3
    images = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    with torch.inference_mode():
        expected = network(backbone, module)[0](torch.from_numpy(images)).numpy()
    found = engine._run(images)
    others = [found[0]] + ([pooled_arrays(found[1:], pooling)] if pooling else [])
    scale = max(float(np.abs(expected).max()), 1e-30)
    return max(float(np.abs(other - expected).max()) for other in others) / scale


def _properties(**properties: str) -> bytes:
    """Properties as they may be appended to any ONNX file: messages add up."""
    import onnx
    model = onnx.ModelProto()
    for name, value in properties.items():
        model.metadata_props.add(key=name, value=value)
    return model.SerializeToString()


def _sealed(body: bytes) -> bytes:
    """The property "sha256" of a file, as the bytes that end it.

    Written by hand, so that reading a file needs no package onnx.
    """
    value = hashlib.sha256(body).hexdigest().encode()
    return b"\x72\x4a\x0a\x06sha256\x12\x40" + value


_SEAL = 76


def _path(backbone: Backbone, source: str) -> Path | None:
    folder = cache_folder()
    return folder and folder / "trunks" / f"{backbone.name}-{key(backbone, source)[:16]}.onnx"


def _keep(path: Path | None, content: bytes) -> str:
    """Why it is not kept; "" when it is."""
    if path is None:
        return f"is not kept ({VARIABLE}=off)"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with Output(path) as place:  # another process sees a whole file or none
            place.write(content)
        files = sorted(path.parent.glob("*.onnx"), key=lambda f: f.stat().st_mtime)
        for old in files[:-KEPT]:
            old.unlink(missing_ok=True)
    except OSError as error:
        return f"can't be kept ({error})"
    return ""
