"""How features are shown: names, colours, which ones are worth a line (no Qt in here)."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from Orange.data import Table

from orangecontrib.customs import footwear
from orangecontrib.customs.photos.model import exclusive_groups, feature_ids
from orangecontrib.customs.photos.table import feature_columns

__all__ = ["COLOURS", "Chip", "FeatureView"]

#: A colour per fact, the same in all widgets; told apart also by the colour-blind.
COLOURS = {
    "vamp": "#e58a3c", "riveted_straps": "#c8553d", "toe_strap": "#a8455b",
    "waterproof": "#2f97a8", "wooden_base": "#8f6b46", "sport": "#5c9a48",
    "house": "#9a6fb0", "heel": "#cf5f93", "height": "#4878b0", "is_footwear": "#5b5b5b",
}

#: Features less likely than this get no line of their own.
SHOWN = .05

MADE_ONLY = ("* rests on made pictures only: the model has seen no real photo that has it")
NOT_JUDGED = "can't be judged on this photo"


@dataclass(frozen=True)
class Chip:
    """One feature as a labelled bar."""

    text: str
    value: float
    colour: str
    judged: bool = True
    made_only: bool = False

    @property
    def tooltip(self) -> str:
        notes = [f"{self.text}: {self.value:.3f}"]
        if not self.judged:
            notes.append(NOT_JUDGED)
        if self.made_only:
            notes.append(MADE_ONLY)
        return " – ".join(notes)


class FeatureView:
    """Reads the columns of features of a table once, to be shown row by row.

    Attributes
    ----------
    p : ndarray, shape (M, 14)
        In the order of ``footwear.features()``; NaN where a column is missing.
    judged : ndarray of bool, shape (M, 14)
        Whether the feature can be judged on this photo (pooled rows: always).
    names : list of str
        The columns' names, English or Russian.
    """

    def __init__(self, table: Table):
        columns, features = feature_columns(table.domain), footwear.features()
        empty = np.full(len(table), np.nan)
        self.p = np.column_stack([
            table.get_column(columns[id_]).astype(float) if id_ in columns else empty
            for id_ in feature_ids()])
        self.names = [columns[f.id].name if f.id in columns else f.name_en for f in features]
        self.made_only = [f.id in columns and "made_only" in columns[f.id].attributes
                          for f in features]
        gradable = {v.attributes["gradability"]: table.get_column(v).astype(float)
                    for v in (*table.domain.variables, *table.domain.metas)
                    if "gradability" in v.attributes}
        self.judged = np.column_stack([
            ~(gradable[f.fact] < .5) if f.fact in gradable else np.ones(len(table), bool)
            for f in features])
        self._heights = [list(group) for group in exclusive_groups()]
        self._single = [i for i in range(len(features))
                        if not any(i in group for group in self._heights)]

    def __len__(self) -> int:
        return len(self.p)

    def _chip(self, row: int, index: int, text: str | None = None) -> Chip:
        fact = footwear.features()[index].fact
        name = self.names[index] if text is None else text
        made = self.made_only[index]
        return Chip(name + "*" * made, float(self.p[row, index]), COLOURS[fact],
                    bool(self.judged[row, index]), made)

    def chips(self, row: int, n: int = 4) -> list[Chip]:
        """The strongest features of a row: heights as one, then what is likeliest.

        What can't be judged comes last; a photo of no footwear says so first.
        """
        p, features = self.p[row], footwear.features()
        chips = []
        for group in self._heights:
            if not np.isnan(p[group]).all():
                best = group[int(np.nanargmax(p[group]))]
                name, feature = self.names[best], features[best]
                if name == feature.name_en:
                    name = f"{footwear.vocabulary()[feature.fact].en}: {name}"
                chips.append(self._chip(row, best, name))
        order = sorted((i for i in self._single if not np.isnan(p[i])),
                       key=lambda i: (not self.judged[row, i], -p[i]))
        gate = [i for i in order if features[i].fact == "is_footwear" and p[i] >= .5]
        rest = [i for i in order if i not in gate]
        # the likeliest one always; others only where there is something to see
        rest = rest[:1] + [i for i in rest[1:] if p[i] >= SHOWN]
        return ([self._chip(row, i) for i in gate] + chips
                + [self._chip(row, i) for i in rest])[:n]

    def tooltip(self, row: int) -> str:
        """All features of a row, as an HTML table."""
        lines = []
        for i, name in enumerate(self.names):
            if np.isnan(self.p[row, i]):
                continue
            note = "" if self.judged[row, i] else f"<i>{NOT_JUDGED}</i>"
            lines.append(f"<tr><td>{name}{'*' * self.made_only[i]}&nbsp;</td><td align='right'>"
                         f"{self.p[row, i]:.3f}</td><td>&nbsp;{note}</td></tr>")
        made = f"<p>{MADE_ONLY}</p>" if any(self.made_only) else ""
        return f"<table>{''.join(lines)}</table>{made}"

