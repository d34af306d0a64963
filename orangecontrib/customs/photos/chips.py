"""How features are shown: names, colours, which ones are worth a line."""
from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from html import escape
from itertools import combinations
from zlib import crc32

import numpy as np

from orangecontrib.customs.columns import ContradictionColumn, FeatureColumn
from orangecontrib.customs.groups import Group, visual_group
from orangecontrib.customs.i18n import Joined, Message, say
from orangecontrib.customs.photos.table import (
    Table,
    feature_columns,
    gradable_columns,
    photo_group,
)

__all__ = ["COLOURS", "CONTRADICTS", "NOT_JUDGED", "Chip", "Colours", "FeatureView", "conflicts"]


class Colours(dict):
    """A colour per fact; other facts take one of them by their id, always the same."""

    def __missing__(self, fact: str) -> str:
        return list(self.values())[crc32(fact.encode()) % len(self)]


#: A colour per fact, the same in all widgets; told apart also by the colour-blind.
COLOURS = Colours({
    "vamp": "#e58a3c", "riveted_straps": "#c8553d", "toe_strap": "#a8455b",
    "waterproof": "#2f97a8", "wooden_base": "#8f6b46", "sport": "#5c9a48",
    "house": "#9a6fb0", "heel": "#cf5f93", "height": "#4878b0", "is_footwear": "#5b5b5b",
})

#: Features less likely than this get no line of their own.
SHOWN = .05

#: From this contradiction on a photo gets a warning.
CONTRADICTS = .5

#: Colour of that warning.
WARNING = "#c62828"

MADE_ONLY = Message("photos.damped")
NOT_JUDGED = Message("photos.not_seen")


@dataclass(frozen=True)
class Chip:
    """One feature as a labelled bar.

    Attributes
    ----------
    feature : str
        Its id; "" for a bar that is not a feature.
    """

    text: str
    value: float
    colour: str
    judged: bool = True
    made_only: bool = False
    feature: str = ""

    @property
    def tooltip(self) -> str:
        notes = [f"{self.text}: {self.value:.3f}"]
        if not self.judged:
            notes.append(say(NOT_JUDGED))
        if self.made_only:
            notes.append(say(MADE_ONLY))
        return " – ".join(notes)


def conflicts(present: Collection[str], group: Group) -> list[tuple[str, str]]:
    """Pairs of features that are not found together in any kind of goods of the group.

    Parameters
    ----------
    present : collection of str
        Ids of features that a photo shows.
    """
    if not group.clusters:
        return []
    # what is none of the group may have any feature, and explains nothing about its goods
    outside = not set(group.gate).isdisjoint(present)
    possible = [cluster.implied for cluster in group.clusters
                if outside or all(cluster.implied.get(id_) == 0 for id_ in group.gate)]
    order = [id_ for id_ in group.feature_ids if id_ in present]
    # two heights are a doubt about one fact, no contradiction
    doubts = [{group.feature_ids[i] for i in members} for members in group.exclusive_features]
    return [pair for pair in combinations(order, 2)
            if not any(members.issuperset(pair) for members in doubts)
            and not any(all(implied.get(id_) != 0 for id_ in pair) for implied in possible)]


class FeatureView:
    """Reads the columns of features of a table once, to be shown row by row.

    Parameters
    ----------
    thresholds : sequence of float, optional
        From these probabilities on a feature is present, and ticked; without them none is.

    Attributes
    ----------
    group : Group
        Whose features they are.
    p : ndarray, shape (M, n_features)
        In the order of ``group.features``; NaN where a column is missing.
    judged : ndarray of bool, shape (M, n_features)
        Whether the feature can be judged on this photo (pooled rows: always).
    contradiction : ndarray of float, shape (M,)
        P that the features fit no kind of goods; NaN where nobody says.
    present : ndarray of bool, shape (M, n_features)
    ids : tuple of str
        Of the features.
    """

    def __init__(self, table: Table, thresholds: Sequence[float] | None = None):
        group = photo_group(table.domain) or visual_group()
        self.group, self.ids = group, group.feature_ids
        columns, features = feature_columns(table.domain, group), group.features
        empty = np.full(len(table), np.nan)
        self.p = np.column_stack([
            table.get_column(columns[id_]).astype(float) if id_ in columns else empty
            for id_ in self.ids])
        self._columns = [columns[f.id].name if f.id in columns else f.name_en for f in features]
        self.made_only = [f.id in columns and FeatureColumn.of(columns[f.id]).made_only
                          for f in features]
        gradable = {fact: table.get_column(v).astype(float)
                    for fact, v in gradable_columns(table.domain).items()}
        self.judged = np.column_stack([
            ~(gradable[f.fact] < .5) if f.fact in gradable else np.ones(len(table), bool)
            for f in features])
        said = next((v for v in table.domain.metas if ContradictionColumn.of(v)), None)
        self.contradiction = empty if said is None else table.get_column(said).astype(float)
        self.thresholds = None if thresholds is None else np.asarray(thresholds, float)
        self.present = self.p >= (np.inf if thresholds is None else self.thresholds)
        self._heights = [list(members) for members in group.exclusive_features]
        self._single = [i for i in range(len(features))
                        if not any(i in members for members in self._heights)]

    def __len__(self) -> int:
        return len(self.p)

    @property
    def height_ids(self) -> set[str]:
        """Features that exclude each other."""
        return {self.ids[i] for members in self._heights for i in members}

    def contradicts(self, row: int) -> bool:
        """Whether a row gets a warning that its features don't go together."""
        return bool(self.contradiction[row] >= CONTRADICTS)

    def contradiction_text(self, row: int) -> str:
        """Which features of a row do not go together, in a sentence."""
        shown = [id_ for id_, there in zip(self.ids, self.present[row]) if there]
        names = dict(zip(self.ids, self.names))
        pairs = tuple(Message.of("photos.pair", one=names[a], other=names[b])
                      for a, b in conflicts(shown, self.group))
        return say(Message.of("photos.conflicts", pairs=Joined(pairs, "; ")) if pairs
                   else Message("photos.fits_none"))

    def warning_html(self, row: int) -> str:
        """What is said of a row whose features do not go together; "" of others."""
        if not self.contradicts(row):
            return ""
        head = say(Message.of("photos.contradiction_of", p=self.contradiction[row]))
        return f"<p><b>{head}</b> {escape(self.contradiction_text(row))}</p>"

    @property
    def names(self) -> list[str]:
        """What the features are called, in the language that is spoken."""
        return [self.full_name(index) for index in range(len(self.ids))]

    def full_name(self, index: int) -> str:
        """Name of a feature that says enough without the others: "height: ankle".

        A column that somebody has renamed says what they call it.
        """
        feature, column = self.group.features[index], self._columns[index]
        if column not in (feature.name_ru, feature.name_en):
            return column
        name = say(feature.title)
        if any(index in members for members in self._heights):
            short = f"short.{feature.fact}"
            known = f"{self.group.id}.{short}" in self.group.wordings
            fact = self.group.message(short) if known else self.group.vocabulary[feature.fact]
            return f"{say(fact)}: {name}"
        return name

    def chip(self, row: int, index: int) -> Chip:
        """A feature of a row."""
        feature, made = self.group.features[index], self.made_only[index]
        tick = "\N{CHECK MARK} " * bool(self.present[row, index])
        return Chip(f"{tick}{self.full_name(index)}{'*' * made}", float(self.p[row, index]),
                    COLOURS[feature.fact], bool(self.judged[row, index]), made, feature.id)

    def chips(self, row: int, n: int = 4, wanted: str | None = None) -> list[Chip]:
        """The strongest features of a row: heights as one, then what is likeliest.

        What can't be judged comes last; a photo of no good of the group says so first, and a
        warning takes the last place.

        Parameters
        ----------
        wanted : str, optional
            Id of a feature that is shown in any case.
        """
        p, present = self.p[row], self.present[row]
        heights = [members[int(np.nanargmax(p[members]))] for members in self._heights
                   if not np.isnan(p[members]).all()]
        order = sorted((i for i in self._single if not np.isnan(p[i])),
                       key=lambda i: (not self.judged[row, i], not present[i], -p[i]))
        gate = [i for i in order if self.ids[i] in self.group.gate
                and (present[i] if self.thresholds is not None else p[i] >= .5)]
        rest = [i for i in order if i not in gate]
        # the likeliest one always; others only where there is something to see
        rest = rest[:1] + [i for i in rest[1:] if p[i] >= SHOWN or present[i]]
        warning = self.contradicts(row)
        places = n - warning
        shown = (gate + heights + rest)[:places]
        index = self.ids.index(wanted) if wanted else None
        if index is not None and index not in shown and not np.isnan(p[index]):
            shown = shown[:places - 1] + [index]
        chips = [self.chip(row, i) for i in shown]
        if warning:
            text = f"\N{WARNING SIGN} {say(Message('photos.contradiction'))}"
            chips.append(Chip(text, float(self.contradiction[row]), WARNING))
        return chips

    def tooltip(self, row: int) -> str:
        """All features of a row, as an HTML table."""
        lines = []
        for i, name in enumerate(self.names):
            if np.isnan(self.p[row, i]):
                continue
            tick = "\N{CHECK MARK}&nbsp;" if self.present[row, i] else ""
            note = "" if self.judged[row, i] else f"<i>{say(NOT_JUDGED)}</i>"
            mark = "*" * self.made_only[i]
            lines.append(f"<tr><td>{tick}</td><td>{escape(name)}{mark}&nbsp;</td>"
                         f"<td align='right'>{self.p[row, i]:.3f}</td><td>&nbsp;{note}</td></tr>")
        made = f"<p>{say(MADE_ONLY)}</p>" if any(self.made_only) else ""
        return f"<table>{''.join(lines)}</table>{self.warning_html(row)}{made}"
