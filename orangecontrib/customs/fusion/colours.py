"""How facts are shown: a colour each, and the words that they rest on."""
from __future__ import annotations

from orangecontrib.customs.photos.chips import COLOURS, Colours

__all__ = ["FACT_COLOURS", "pale"]

#: The colours of the visual facts, and of those that only a text can state.
FACT_COLOURS = Colours({
    **COLOURS,
    "upper": "#b5651d", "sole": "#7a8b2f", "toe_cap": "#6a6f8f", "assembly": "#3f8f7a",
    "insole": "#b08a00", "sex": "#7b57c2",
})


def pale(colour: str, share: float = .3) -> str:
    """`colour` thinned with white, as a background for dark text."""
    parts = [int(colour[i:i + 2], 16) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(255 - (255 - p) * share):02x}" for p in parts)
