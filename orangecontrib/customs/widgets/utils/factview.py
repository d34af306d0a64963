"""How facts are shown: a colour each, and the words that they rest on (no Qt in here)."""
from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from Orange.data import StringVariable, Table
from Orange.data.util import get_unique_names

from orangecontrib.customs import footwear
from orangecontrib.customs.declarations import Reading
from orangecontrib.customs.widgets.utils.features import COLOURS
from orangecontrib.customs.widgets.utils.tables import append_metas

__all__ = ["FACT_COLOURS", "pale", "value_names", "with_words"]

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
    """Values of a fact in Russian."""
    spec = footwear.vocabulary()[fact]
    return " или ".join(v.ru for v in spec.values if v.id in values)


def with_words(facts: Table, readings: Sequence[Reading]) -> Table:
    """`facts` with a text meta per fact that is spoken of: the words that say it.

    The metas carry ``role`` = "note" and ``fact``, by which the fusion finds the words
    for its trace; "problems" gets its ``role`` as well.
    """
    for var in facts.domain.metas:
        if var.name == "problems" and isinstance(var, StringVariable):
            var.attributes["role"] = "problems"
    if any(var.attributes.get("role") == "note" for var in facts.domain.metas):
        return facts
    words: dict[str, np.ndarray] = {}
    for row, reading in enumerate(readings):
        for finding in reading.findings:
            column = words.setdefault(finding.fact, np.full(len(readings), "", dtype=object))
            said = f"«{' '.join(finding.text.split())}»"
            if said not in column[row]:
                column[row] = f"{column[row]}, {said}" if column[row] else said
    spoken = [fact for fact in footwear.vocabulary() if fact in words]
    names = get_unique_names(facts.domain, [f"{fact}: words" for fact in spoken])
    variables = [StringVariable(name) for name in names]
    for var, fact in zip(variables, spoken):
        var.attributes.update(role="note", fact=fact)
    return append_metas(facts, variables, [words[fact] for fact in spoken])
