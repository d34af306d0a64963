"""Networks that are trained whole: the paper's from scratch, or a fine-tuned backbone."""
from __future__ import annotations

import numpy as np

from orangecontrib.customs.groups import Group
from orangecontrib.customs.photos import scratch
from orangecontrib.customs.photos.registry import Backbone, brightened
from orangecontrib.customs.training.heads import Heads

from .objective import Objective

__all__ = ["network"]


def network(backbone: Backbone, module, outputs: int, group: Group, x: np.ndarray | None = None,  # noqa: C901 - closures
            heads=None):
    """A backbone and its heads as one torch module.

    Parameters
    ----------
    module : torch.nn.Module
        The backbone's network.
    outputs : int
    group : Group
        Of the features.
    x : ndarray, shape (M, width), optional
        What the backbone says before the training; the heads see it standardised.
    heads : frozen.module, optional
        Heads to begin with (on the same standardised features); random ones by default.
    """
    import torch
    from torch import nn
    mean = np.zeros(backbone.width) if x is None else x.mean(axis=0)
    std = np.ones(backbone.width) if x is None else x.std(axis=0) + 1e-6
    mask = np.ones((backbone.width, outputs))
    if scratch.parse(backbone.name):
        own = scratch.head_mask(group)
        mask[:, :own.shape[1]] = own  # heads of clusters, further right, read everything

    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            self.backbone = module.to(memory_format=torch.channels_last)
            for name, value in (("mean", mean), ("std", std), ("mask", mask)):
                self.register_buffer(name, torch.tensor(value, dtype=torch.float32),
                                     persistent=False)
            for name, value in (("pixel_mean", backbone.mean), ("pixel_std", backbone.std)):
                self.register_buffer(name, torch.tensor(value).view(1, 3, 1, 1),
                                     persistent=False)
            if heads is None:
                reach = self.mask.sum(dim=0).rsqrt()  # as torch's own linear layers begin
                start = (2 * torch.rand(backbone.width, outputs) - 1) * reach * self.mask
                self.coefficients, self.bias = nn.Parameter(start), \
                    nn.Parameter(torch.zeros(outputs))
            else:
                self.coefficients, self.bias = heads.coefficients, heads.bias

        def forward(self, images):
            pixels = brightened(images.permute(0, 3, 1, 2).float(), backbone)
            x = self.backbone((pixels - self.pixel_mean) / self.pixel_std)
            return ((x - self.mean) / self.std) @ (self.coefficients * self.mask) + self.bias

        def penalty(self):
            return ((self.coefficients * self.mask) ** 2).sum()

        def learn(self):
            self.train()
            for part in self.modules():
                # batches are small: the statistics of the first training stay
                if isinstance(part, nn.modules.batchnorm._BatchNorm):
                    part.eval()

        def state(self) -> dict[str, np.ndarray]:
            """Weights of the backbone."""
            return {name: tensor.detach().cpu().contiguous().numpy()
                    for name, tensor in self.backbone.state_dict().items()}

        def heads(self, objective: Objective) -> Heads:
            fitted = (self.coefficients * self.mask).detach().cpu().numpy().astype(float)
            fitted /= std[:, None]
            shift = self.bias.detach().cpu().numpy().astype(float) - mean @ fitted
            return objective.finish(fitted, shift)

    return Network()
