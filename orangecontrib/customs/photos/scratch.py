"""The paper's network trained from scratch, as a backbone: small networks side by side.

One network per feature (paper 1, §2 and Fig. 2), close to LeNet-5, 13 levels: convolution,
ReLU, pooling, convolution, ReLU, pooling, flatten, linear, ReLU, linear, ReLU, linear,
softmax.  As a backbone it ends before the last linear level: its output is the penultimate
activations of all one after the other, and the last linear levels are heads that each read their
own part.  A softmax over two outputs is a sigmoid of their difference, so one score per
feature is the whole of the paper's last level.
"""
from __future__ import annotations

import re

import numpy as np

from orangecontrib.customs.groups import Group, visual_group

from .registry import Backbone

__all__ = ["KERNELS", "SIZE", "SIZES", "MEAN", "STD", "OUTPUT", "width", "name", "parse",
           "backbone", "build", "head_mask", "is_grey"]

#: Sides of the convolution kernels that the paper tried; 5 was its best.
KERNELS = (3, 4, 5, 6, 7)

#: Side of the paper's input, pixels, and the range of sides it looked at.
SIZE = 224
SIZES = (64, 256)

#: Channels of the two convolutions and widths of the two hidden linear levels.  The paper
#: does not give them; these are LeNet-5's, to which it likens its network.
CHANNELS = (6, 16)
HIDDEN = (120, 84)

#: Input is rgb255 / 255, as in the paper.
MEAN, STD = (0.,) * 3, (255.,) * 3

#: Weights of red, green and blue in the one channel of a grey input (ITU-R BT.601).
LUMA = (.299, .587, .114)

#: What the backbone's numbers are.
OUTPUT = "penultimate activations of a network per feature"


def width(group: Group | None = None) -> int:
    """Numbers per photo that the backbone gives: the same for every kernel and size.

    Parameters
    ----------
    group : Group, optional
        Of the features, here and below; the only loaded one with visual features by default.
    """
    return len(visual_group(group).features) * HIDDEN[1]


def name(kernel: int = 5, size: int = SIZE, grey: bool = False) -> str:
    """Name of the backbone in the registry: "scratch-k5", "scratch-k5-64", "scratch-k5-64-grey"."""
    return f"scratch-k{kernel}" + f"-{size}" * (size != SIZE) + "-grey" * grey


def is_grey(text: str) -> bool:
    """Whether a backbone's name is of a network with one input channel."""
    return parse(text) is not None and text.endswith("-grey")


def parse(text: str) -> tuple[int, int] | None:
    """Kernel and size of a backbone's name; None when it is not one of these networks."""
    match = re.fullmatch(r"scratch-k(\d+)(?:-(\d+))?(?:-grey)?", text)
    if match is None:
        return None
    kernel, size = int(match[1]), int(match[2] or SIZE)
    return (kernel, size) if kernel in KERNELS and SIZES[0] <= size <= SIZES[1] else None


def backbone(kernel: int = 5, size: int = SIZE, group: Group | None = None,
             grey: bool = False) -> Backbone:
    """The networks as the registry of backbones knows them; their weights come with a model."""
    return Backbone(name(kernel, size, grey), size, width(group), MEAN, STD, "that of the model",
                    lambda: build(kernel, size, group, grey), OUTPUT)


def build(kernel: int = 5, size: int = SIZE, group: Group | None = None, grey: bool = False):
    """The networks with random weights, drawn from torch's generator.

    Parameters
    ----------
    kernel : int
        Side of both convolutions.
    size : int
        Side of the square input.  At 224 the file of a model of 14 features has 300 MB, at 64 it
        has 18.
    group : Group, optional
    grey : bool
        The networks see one channel, the brightness, instead of three.

    Returns
    -------
    torch.nn.Module
        (M, 3, size, size) → (M, width()).
    """
    if kernel not in KERNELS:
        raise ValueError(f"a kernel of {kernel} is not one of {KERNELS}")
    if not SIZES[0] <= size <= SIZES[1]:
        raise ValueError(f"a size of {size} pixels is not within {SIZES[0]} and {SIZES[1]}")
    import torch
    from torch import nn
    ids = visual_group(group).feature_ids
    side = ((size - kernel + 1) // 2 - kernel + 1) // 2

    def network():
        # pooling before ReLU: the same numbers, a quarter of the work
        return nn.Sequential(
            nn.Conv2d(1 if grey else 3, CHANNELS[0], kernel), nn.MaxPool2d(2), nn.ReLU(),
            nn.Conv2d(CHANNELS[0], CHANNELS[1], kernel), nn.MaxPool2d(2), nn.ReLU(),
            nn.Flatten(),
            nn.Linear(CHANNELS[1] * side * side, HIDDEN[0]), nn.ReLU(),
            nn.Linear(HIDDEN[0], HIDDEN[1]), nn.ReLU())

    class SideBySide(nn.Module):
        def __init__(self):
            super().__init__()
            self.networks = nn.ModuleDict({id_: network() for id_ in ids})

        def forward(self, images):
            if grey:
                images = (images * images.new_tensor(LUMA).view(1, 3, 1, 1)).sum(1, keepdim=True)
            return torch.cat([part(images) for part in self.networks.values()], 1)

    return SideBySide()


def head_mask(group: Group | None = None) -> np.ndarray:
    """Which activations a head may read, 1 or 0; shape (width(), n_features + n_facts).

    A feature's head reads the network of that feature; "can this fact be judged?" reads the
    networks of the fact's features.
    """
    group = visual_group(group)
    facts = [feature.fact for feature in group.features]
    own = np.eye(len(facts))
    judged = np.array([[float(fact == other) for other in group.visual_facts]
                       for fact in facts])
    return np.repeat(np.hstack([own, judged]), HIDDEN[1], axis=0)
