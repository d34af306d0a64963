"""Door to Orange: what descriptions find → a table."""
from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from Orange.data import ContinuousVariable, Domain, StringVariable, Table

from orangecontrib.customs.i18n import say

from ..tree import Tariff
from .ranking import Ranking

__all__ = ["ranked_table"]


def ranked_table(rankings: Sequence[Ranking], tariff: Tariff) -> Table:
    """A row per description and heading that it finds, the best first.

    A description that finds nothing has one row, without a heading; its note says why.

    Returns
    -------
    Table
        Attributes "description number" (from 1), "rank" and "score"; metas "description",
        "heading", "code" (the best one in the heading), "full text", "duty" of that code, "words"
        that the description shares with it, "unknown words", and "note".
    """
    domain = Domain(
        [ContinuousVariable("description number", number_of_decimals=0),
         ContinuousVariable("rank", number_of_decimals=0),
         ContinuousVariable("score", number_of_decimals=2)],
        metas=[StringVariable(name) for name in (
            "description", "heading", "code", "full text", "duty", "words", "unknown words",
            "note")])
    numbers: list[tuple[float, float, float]] = []
    texts: list[tuple[str, ...]] = []
    for number, ranking in enumerate(rankings, 1):
        unknown = ", ".join(ranking.said("unknown"))
        if ranking.reason is not None:
            numbers.append((number, np.nan, np.nan))
            texts.append((ranking.text, "", "", "", "", "", unknown, say(ranking.reason)))
        for rank, heading in enumerate(ranking.headings, 1):
            best = heading.codes[0] if heading.codes else heading
            words = dict.fromkeys(piece.lower() for place in best.places
                                  for piece, marked in place.pieces() if marked)
            numbers.append((number, rank, heading.score))
            texts.append((ranking.text, heading.code, best.code, tariff.full_text(best.line),
                          tariff.lines[best.line].rate.text, ", ".join(words), unknown, ""))
    table = Table.from_numpy(domain, np.array(numbers, dtype=float).reshape(-1, 3),
                             metas=np.array(texts, dtype=object).reshape(-1, 8))
    table.name = "Ranked codes"
    return table
