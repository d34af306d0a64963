"""Which photos show the same picture: moved to :mod:`orangecontrib.customs.photos.likeness`."""
from orangecontrib.customs.photos.likeness import (
    SAME_EDGES,
    SAME_GRAY,
    SAME_SHAPE,
    Hashes,
    goods_of,
    hashes_of,
    same_pictures,
)

__all__ = ["Hashes", "SAME_EDGES", "SAME_GRAY", "SAME_SHAPE", "goods_of", "hashes_of",
           "same_pictures"]
