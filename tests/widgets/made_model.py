"""Photo models that are made up, on a backbone that needs no torch."""
from dataclasses import replace
from pathlib import Path

import numpy as np

from orangecontrib.customs.photos import backbones
from orangecontrib.customs.photos.maps import Pool
from orangecontrib.customs.photos.model import PhotoModel, feature_ids, untrained


class MadeBackbone:
    """Stands in for a LoadedBackbone: mean colour, no torch."""

    digest = "made"
    device_name = "CPU (made)"
    spec = backbones.Backbone("made", 16, 3, (0.,) * 3, (255.,) * 3, "none", None, "none")

    def __init__(self):
        self.batches = []
        self.explained = 0
        self.pooled = True

    def __call__(self, images):
        self.batches.append(len(images))
        return images.mean(axis=(1, 2)).astype(np.float32) / 255

    def maps(self, images):
        if not self.pooled:
            return [], ()
        self.explained += 1
        return [images.transpose(0, 3, 1, 2).astype(np.float32) / 255], (Pool(0, "mean"),)


def made_model(made_only=(), seed=0, thresholds=.5, **kwargs) -> PhotoModel:
    blank = untrained("made", "made", MadeBackbone.spec.transform, 3)
    weights = np.random.default_rng(seed).normal(0, 2, blank.weights.shape)
    return replace(blank, weights=weights.astype(np.float32), made_only=tuple(made_only),
                   thresholds=np.full(len(feature_ids()), thresholds),
                   **{"note": "made in a test", "licence": "of this test", **kwargs})


def small_backbone(folder):
    """A backbone by the name "small": mean colours of a 2 x 2 grid, weights in a file."""
    import torch
    from torch import nn
    path = Path(folder) / "small.pth"

    def build():
        return nn.Sequential(nn.Conv2d(3, 3, 1), nn.AdaptiveAvgPool2d(2), nn.Flatten())

    module = build()
    with torch.no_grad():
        module[0].weight[:] = torch.eye(3).view(3, 3, 1, 1)
        module[0].bias.zero_()
    torch.save(module.state_dict(), path)
    return backbones.Backbone("small", 48, 12, (0.,) * 3, (255.,) * 3, "none", build, "grid",
                              packaged=lambda: str(path))
