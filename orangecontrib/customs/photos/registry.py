"""What is known of a network that photos can be looked at with, whichever it is.

The networks themselves are in :mod:`.catalogue`.
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["TrunkError", "Trunk"]


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
    maps : callable or None
        (module, images) → the maps that the numbers are pooled from, where the module itself
        does not show them (see :mod:`.maps`).
    pooling : tuple of maps.Pool
        How the numbers come from those maps, in their order.
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
    maps: Callable | None = None
    pooling: tuple = ()

    @property
    def transform(self) -> dict:
        """The input transform, as it is written into a model file."""
        return {"size": self.size, "mean": list(self.mean), "std": list(self.std),
                "fit": "pad-white", "output": self.output}
