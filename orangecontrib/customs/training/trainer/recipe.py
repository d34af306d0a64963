"""What to train and how: literals only, so that a workflow can keep them."""
from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, fields

from orangecontrib.customs.photos import backbones, scratch
from orangecontrib.customs.photos.registry import BRIGHTEN

__all__ = ["RecipeError", "Recipe", "PRESETS", "OPTIMISERS"]

OPTIMISERS = ("lbfgs", "sgd", "adam")

#: What may change between a checkpoint and the run that resumes it.
_OPEN_ENDED = ("epochs", "patience")

#: Settings that came later, and what goes without saying: checkpoints from before stay good.
_LATER = {"brighten": 1., "grey": False}


class RecipeError(ValueError):
    """Settings that don't go together; the message says what to change."""


@dataclass(frozen=True)
class Recipe:
    """Settings of one training run.

    Attributes
    ----------
    architecture : str
        "default" (EfficientNet-Lite0), "vgg16", "vgg19", "scratch" (the paper's own
        network), or the name of a torchvision classifier.
    fine_tune : bool
        Train the backbone's weights, too; else it stays frozen and only the heads learn.
        Does not apply to "scratch", which is always trained whole.
    kernel, size : int
        Only "scratch": side of the convolutions (3 to 7) and of the input (64 to 256 pixels).
    grey : bool
        Only "scratch": one input channel, the brightness, instead of three.
    optimiser : {"lbfgs", "sgd", "adam"}
        L-BFGS finds the best heads on a frozen backbone in seconds; the other two go through
        the photos in batches and are the paper's.
    learning_rate : float
        Of sgd and adam.
    epochs : int
        Passes over the photos at most; iterations with lbfgs.
    batch : int
        Photos per step of sgd and adam.
    l2 : float
        Strength of the regularisation of the heads.
    patience : int
        Sgd and adam stop after so many epochs without a lower validation loss.
    brighten : float
        Every photo is lit by this factor before the network sees it, in training and ever after;
        the paper's input brightening.  1 leaves photos as they are.
    flip : bool
        Varied copies may be mirrored.
    rotation, brightness : float
        Varied copies are turned by up to so many degrees, and lit by a factor of up to
        1 ± brightness.  Nothing is ever cut off: a cut shaft would falsify the height.
    copies : int
        Varied copies per photo on a frozen backbone; networks trained whole get a new variation
        of every photo in each epoch instead.
    class_weights : bool
        Give a feature's two answers the same total weight.
    gradability : bool
        Train "can this be judged on this photo?" from the labels 0.5.
    clusters : bool
        Add the softmax over groups of goods (paper 1, the end of §1).
    test_share : float
        Share of the goods that is set aside for the evaluation; 0 evaluates on the
        validation photos, which is too kind.
    validation_share : float
        Share of the remaining goods that sgd and adam watch for stopping and calibration.
    folds : int
        Lbfgs calibrates on so many folds of the remaining goods instead.
    seed : int
        The same seed, photos and computer give the same numbers.
    """

    architecture: str = "default"
    fine_tune: bool = False
    kernel: int = 5
    size: int = 224
    optimiser: str = "lbfgs"
    learning_rate: float = .001
    epochs: int = 60
    batch: int = 32
    l2: float = .03
    patience: int = 8
    flip: bool = True
    rotation: float = 15.
    brightness: float = .2
    copies: int = 0
    class_weights: bool = True
    gradability: bool = True
    clusters: bool = False
    test_share: float = .2
    validation_share: float = .15
    folds: int = 5
    seed: int = 0
    brighten: float = 1.
    grey: bool = False

    def __post_init__(self):
        for field in fields(self):
            value, wanted = getattr(self, field.name), type(field.default)
            if wanted is float and type(value) is int:
                object.__setattr__(self, field.name, float(value))
            elif type(value) is not wanted:
                raise RecipeError(f"{field.name} must be of type {wanted.__name__}, "
                                  f"not {value!r}")
        for name, low, high in _RANGES:
            if not low <= getattr(self, name) <= high:
                raise RecipeError(f"{name} is {getattr(self, name):g}; it must be within "
                                  f"{low:g} and {high:g}")
        if self.optimiser not in OPTIMISERS:
            raise RecipeError(f"optimiser '{self.optimiser}' is not one of "
                              f"{', '.join(OPTIMISERS)}")
        if not self.architecture:
            raise RecipeError("the architecture has no name")
        if self.trains_backbone and self.optimiser == "lbfgs":
            raise RecipeError("lbfgs trains heads on a frozen backbone only; choose adam or sgd "
                              "for a network from scratch or for fine-tuning")

    @property
    def trains_backbone(self) -> bool:
        """Whether the backbone's weights are trained, too."""
        return self.fine_tune or self.architecture == "scratch"

    @property
    def backbone(self) -> str:
        """Name of the backbone in ``photos.backbones``."""
        if self.architecture == "scratch":
            return scratch.name(self.kernel, self.size, self.grey)
        return backbones.DEFAULT if self.architecture == "default" else self.architecture

    @property
    def digest(self) -> str:
        """SHA-256 of all that a checkpoint must agree on: not of epochs and patience."""
        kept = {k: v for k, v in self.to_dict().items()
                if k not in _OPEN_ENDED and (k not in _LATER or v != _LATER[k])}
        return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()

    def to_dict(self) -> dict:
        """Literals by name."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict) -> Recipe:
        """The recipe of such literals; RecipeError names a setting that is not known."""
        known = {field.name for field in fields(cls)}
        if unknown := sorted(set(values) - known):
            raise RecipeError(f"unknown setting(s): {', '.join(unknown)}")
        return cls(**values)


_RANGES = (
    ("kernel", scratch.KERNELS[0], scratch.KERNELS[-1]), ("size", *scratch.SIZES),
    ("learning_rate", 1e-7, 10), ("epochs", 1, 10_000), ("batch", 1, 4096), ("l2", 0, 100),
    ("patience", 1, 10_000), ("rotation", 0, 45), ("brightness", 0, .9), ("copies", 0, 20),
    ("test_share", 0, .5), ("validation_share", .05, .5), ("folds", 2, 20),
    ("seed", 0, 2 ** 31 - 1), ("brighten", *BRIGHTEN))

#: Starting points, by the name that people see.
PRESETS = {
    "Default backbone, heads in seconds": Recipe(),
    "VGG-16, last layer (paper)": Recipe("vgg16", optimiser="sgd", learning_rate=.01,
                                         epochs=40, l2=1e-4),
    "VGG-19, last layer (paper)": Recipe("vgg19", optimiser="sgd", learning_rate=.01,
                                         epochs=40, l2=1e-4),
    "Network from scratch (paper)": Recipe("scratch", optimiser="adam", learning_rate=.001,
                                           epochs=30, l2=1e-4),
    "Default backbone, fine-tuned": Recipe(fine_tune=True, optimiser="adam", learning_rate=1e-4,
                                           epochs=8, patience=3),
}
