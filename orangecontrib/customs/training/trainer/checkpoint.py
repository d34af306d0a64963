"""Where a run was, as a .safetensors file: never a pickle."""
from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from orangecontrib.customs.files import replacing

from .photos import Epoch, TrainingError

__all__ = ["CheckpointError", "Checkpoint"]

FORMAT = "orange3-customs checkpoint 1"


class CheckpointError(TrainingError):
    """A checkpoint that can't be resumed; the message says why and what to do."""


@dataclass
class Checkpoint:
    """The state of a run after an epoch.

    Attributes
    ----------
    recipe, data : str
        Digests of the settings, and of photos, labels and the backbone's weights at the start.
    epoch, best_epoch : int
    best_loss : float
    history : tuple of Epoch
    current, best, optimiser : dict of str to ndarray
        Weights now, weights at the lowest validation loss, and what the optimiser carries.
    """

    recipe: str
    data: str
    epoch: int
    best_epoch: int
    best_loss: float
    history: tuple[Epoch, ...]
    current: dict[str, np.ndarray]
    best: dict[str, np.ndarray]
    optimiser: dict[str, np.ndarray]

    def save(self, path: str | os.PathLike) -> None:
        """Write the file; whoever interrupts it leaves the earlier one whole."""
        from safetensors.numpy import save_file
        path = Path(path)
        arrays = {f"{part}/{name}": np.asarray(array, order="C")
                  for part in _PARTS for name, array in getattr(self, part).items()}
        described = {"format": FORMAT, "recipe": self.recipe, "data": self.data,
                     "epoch": self.epoch, "best_epoch": self.best_epoch,
                     "best_loss": self.best_loss,
                     "history": [asdict(epoch) for epoch in self.history]}
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as new:
            save_file(arrays, new, {"checkpoint": json.dumps(described)})

    @classmethod
    def load(cls, path: str | os.PathLike, recipe: str, data: str) -> Checkpoint | None:
        """The run to resume; None when there is no such file.

        Raises
        ------
        CheckpointError
            The file is damaged, of another recipe, or of other photos, labels or backbone weights.
        """
        from safetensors import SafetensorError, safe_open
        path = Path(path)
        if not path.exists():
            return None
        instead = "; delete it, or choose another file, to start again"
        try:
            with safe_open(os.fspath(path), framework="numpy") as file:
                described = json.loads((file.metadata() or {})["checkpoint"])
                arrays = {name: file.get_tensor(name) for name in file.keys()}
            if described.pop("format") != FORMAT:
                raise KeyError("format")
            history = tuple(Epoch(**epoch) for epoch in described.pop("history"))
            parts = {part: {name.removeprefix(part + "/"): array
                            for name, array in arrays.items() if name.startswith(part + "/")}
                     for part in _PARTS}
            result = cls(**described, history=history, **parts)
        except (SafetensorError, OSError, ValueError, KeyError, TypeError,
                RecursionError) as error:
            raise CheckpointError(f"{path}: damaged, or no checkpoint of this add-on "
                                  f"({error}){instead}") from None
        if result.recipe != recipe:
            raise CheckpointError(f"{path}: the checkpoint is of a run with other settings"
                                  f"{instead}")
        if result.data != data:
            raise CheckpointError(f"{path}: the checkpoint is of a run on other photos, "
                                  f"labels or weights of the backbone{instead}")
        return result


_PARTS = ("current", "best", "optimiser")
