"""How facts are shown: a colour each, and the words that they rest on (no Qt in here)."""
from __future__ import annotations

from functools import reduce

from orangecontrib.customs.groups import footwear
from orangecontrib.customs.i18n import Message, say
from orangecontrib.customs.widgets.utils.features import COLOURS

__all__ = ["FACT_COLOURS", "pale", "value_names"]

#: The colours of the visual facts, and of those that only a text can state.
FACT_COLOURS = {
    **COLOURS,
    "upper": "#b5651d", "sole": "#7a8b2f", "toe_cap": "#6a6f8f", "assembly": "#3f8f7a",
    "insole": "#b08a00", "sex": "#7b57c2",
}


def pale(colour: str, share: float = .3) -> str:
    """`colour` thinned with white, as a background for dark text."""
    parts = [int(colour[i:i + 2], 16) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(255 - (255 - p) * share):02x}" for p in parts)


def value_names(fact: str, values) -> str:
    """Values of a fact, in the language that is spoken."""
    named = [v for v in footwear.vocabulary()[fact].values if v.id in values]
    return say(reduce(lambda some, value: Message.of("fusion.or", some=some, value=value), named)
               if named else "")
