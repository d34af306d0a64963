"""The maps that a backbone pools its numbers from: where on the photo each number comes from.

A backbone whose output is averages and maxima of maps, with nothing but the linear heads behind
them, can say exactly how much each place of the photo adds to a score.
"""
from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from .registry import brightened

__all__ = ["Pool", "pooled", "pooled_arrays", "find", "network"]


class Pool(NamedTuple):
    """One number per channel of a map.

    Attributes
    ----------
    source : int
        Which map.
    kind : {"mean", "max"}
    top : int
        First row that counts.
    """

    source: int
    kind: str
    top: int = 0


def pooled(maps: Sequence, pooling: Sequence[Pool]):
    """Torch maps (M, channels, h, w) → what a backbone says, (M, width)."""
    import torch
    parts = [maps[p.source][:, :, p.top:] if p.top else maps[p.source] for p in pooling]
    return torch.cat([part.mean((2, 3)) if p.kind == "mean" else part.amax((2, 3))
                      for p, part in zip(pooling, parts)], 1)


def pooled_arrays(maps: Sequence[np.ndarray], pooling: Sequence[Pool]) -> np.ndarray:
    """The same in numpy."""
    parts = [getattr(maps[p.source][:, :, p.top:], p.kind)(axis=(2, 3)) for p in pooling]
    return np.concatenate(parts, axis=1)


def network(backbone, module, with_maps: bool = False):
    """The whole way of a photo as one torch module, normalisation included.

    Parameters
    ----------
    backbone : Backbone
    module : torch.nn.Module
        The backbone's network, with weights.
    with_maps : bool

    Returns
    -------
    whole : torch.nn.Module
        (M, size, size, 3) uint8 → features (M, width), or (features, *maps).
    pooling : tuple of Pool
        Empty where no maps were asked for, or the backbone does not pool any.
    """
    import torch
    path = ""
    pooling = backbone.pooling if with_maps else ()
    if with_maps and not pooling:
        path = find(backbone, module)
        pooling = (Pool(0, "mean"),) if path else ()

    class Whole(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.inner = module
            for name, value in (("mean", backbone.mean), ("std", backbone.std)):
                self.register_buffer(name, torch.tensor(value).view(1, -1, 1, 1),
                                     persistent=False)

        def forward(self, images):
            batch = images.permute(0, 3, 1, 2).float()  # NHWC seen as NCHW: channels_last
            batch = (brightened(batch, backbone) - self.mean) / self.std
            if not pooling:
                return self.inner(batch)
            if not path:
                maps = backbone.maps(self.inner, batch)
                return pooled(maps, pooling), *maps
            kept = []
            hook = self.inner.get_submodule(path).register_forward_hook(
                lambda _module, _inputs, output: kept.append(output.clone()))
            try:
                return self.inner(batch), kept[-1]
            finally:
                hook.remove()

    return Whole().eval(), pooling


def find(backbone, module) -> str:
    """Path of the part whose output, averaged over all places, is the backbone's output; or "".

    Found by computing: whatever the network is called, what counts is that nothing stands
    between the average and the heads.
    """
    import torch
    kept: dict[str, object] = {}

    def keep(path):
        def hook(_module, _inputs, output):
            if isinstance(output, torch.Tensor) and output.ndim == 4 \
                    and output.shape[1] == backbone.width and output.shape[2:].numel() > 1:
                kept.pop(path, None)  # the order is that of the last calls
                kept[path] = output.clone()
        return hook

    hooks = [part.register_forward_hook(keep(path))
             for path, part in module.named_modules() if path]
    device = next(module.parameters()).device
    noise = np.random.default_rng(0).normal(size=(1, 3, backbone.size, backbone.size))
    try:
        with torch.inference_mode():
            features = module.eval()(torch.tensor(noise, dtype=torch.float32, device=device))
    finally:
        for hook in hooks:
            hook.remove()
    close = [path for path, output in kept.items()
             if torch.allclose(output.mean((2, 3)), features, rtol=1e-4, atol=1e-6)]
    return close[-1] if close else ""
