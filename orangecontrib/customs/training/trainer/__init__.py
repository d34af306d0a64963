"""Training of photo models: from photos with labels to a calibrated PhotoModel."""
from .loop import train
from .photos import (
    Epoch,
    HeldOut,
    Progress,
    Score,
    Split,
    Trained,
    TrainingError,
    TrainingPhotos,
)
from .pixels import Pixels, read
from .recipe import OPTIMISERS, PRESETS, Recipe, RecipeError
from .watch import Cancelled

__all__ = ["Recipe", "RecipeError", "PRESETS", "OPTIMISERS", "TrainingPhotos", "TrainingError",
           "train", "read", "Pixels", "Cancelled", "Trained", "Progress", "Epoch", "Split",
           "HeldOut", "Score"]
