"""What is known of a network that photos can be looked at with, whichever it is.

The networks themselves are in :mod:`.catalogue`.
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

__all__ = ["BRIGHTEN", "BackboneError", "Backbone", "brightened"]

#: Factors by which inputs can be brightened.
BRIGHTEN = (1., 4.)


class BackboneError(RuntimeError):
    """A backbone that can't be built; the message says what to do."""


@dataclass(frozen=True)
class Backbone:
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
    brighten : float
        Every photo is lit by this factor first, white staying white; 1 leaves it as it is.
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
    brighten: float = 1.

    @property
    def transform(self) -> dict:
        """The input transform, as it is written into a model file."""
        lit = {} if self.brighten == 1 else {"brighten": self.brighten}
        return {"size": self.size, "mean": list(self.mean), "std": list(self.std),
                "fit": "pad-white", "output": self.output, **lit}

    def lit(self, brighten: float) -> Backbone:
        """The same backbone for photos that are brightened first; BackboneError for no factor."""
        low, high = BRIGHTEN
        if not isinstance(brighten, (int, float)) or not low <= brighten <= high:
            raise BackboneError(f"photos can be brightened by a factor of {low:g} to {high:g}, "
                                f"not {brighten!r}")
        return self if brighten == self.brighten else replace(self, brighten=float(brighten))


def brightened(batch, backbone: Backbone):
    """Torch values of 0 to 255, brightened as the backbone wants them."""
    return batch if backbone.brighten == 1 else (batch * backbone.brighten).clamp(max=255.)
