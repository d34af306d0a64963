"""A group of goods, and how it is read from its folder of tables."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np

from orangecontrib.customs.facts import (
    Cluster,
    Feature,
    Priors,
    Shot,
    Vocabulary,
    read_clusters,
    read_features,
    read_shots,
)
from orangecontrib.customs.i18n import Message, Wordings, Words, add_wordings
from orangecontrib.customs.nomenclature import Edition, Tariff
from orangecontrib.customs.nomenclature.decision_table import OUTSIDE, DecisionTable

__all__ = ["Group", "GroupError"]


class GroupError(ValueError):
    """A group that cannot be right; the message names the file, and the row where there is one."""


@dataclass(frozen=True, eq=False)
class Group:
    """All that the law of some goods needs.

    Attributes
    ----------
    id : str
        A word of Latin letters, digits and ``_``; ids of its messages begin with it.
    folder : Path
        Where its tables are.
    vocabulary : Vocabulary
        ``facts.csv``: the facts on which it decides.
    table : DecisionTable
        ``decision_table.csv``, proved complete.
    priors : Priors
        ``priors.csv``; without it every value of a fact is as likely as another.
    nomenclature : Tariff
        Its branch of the tariff: ``tariff.csv``, or the tables that ``editions.csv`` names.
    wordings : Wordings
        ``messages.csv``: ``name``, ``outside`` (why a good is none of the group, with the note
        that it follows from) and ``gap.<name>`` of each legal gap.
    features : tuple of Feature
        ``features.csv``: what photos show; none without it.
    clusters : tuple of Cluster
        ``clusters.csv``: kinds of goods that show only some of the features.
    shots : tuple of Shot
        ``shots.csv``: views and scenes in which photos show the goods.
    """

    id: str
    folder: Path
    vocabulary: Vocabulary
    table: DecisionTable
    priors: Priors
    nomenclature: Tariff
    wordings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    features: tuple[Feature, ...] = ()
    clusters: tuple[Cluster, ...] = ()
    shots: tuple[Shot, ...] = ()

    @classmethod
    def load(cls, folder: str | Path, nomenclature: Tariff | None = None,
             id_: str = "") -> Group:
        """Read a group from a folder.

        Parameters
        ----------
        folder : Path
            With ``facts.csv`` and ``decision_table.csv``; the others may be absent.
        nomenclature : Tariff, optional
            Its branch of the tariff; that of the folder by default.
        id_ : str, optional
            The folder's name by default.

        Raises
        ------
        GroupError
            A table is absent or can't be right, or two tables contradict each other.
        """
        folder = Path(folder)
        id_ = id_ or folder.resolve().name
        if not (id_.isascii() and id_.isidentifier()):
            raise GroupError(f"{folder}: '{id_}' is not an id of a group: Latin letters, digits "
                             "and _ are needed; rename the folder")
        if not (folder / "facts.csv").is_file():
            raise GroupError(f"group '{id_}': {folder.resolve()} has no facts.csv; a "
                             "group is a folder with facts.csv, decision_table.csv and tariff.csv")
        try:
            vocabulary = Vocabulary.load(folder / "facts.csv")
            priors = Priors.load(folder / "priors.csv", vocabulary) \
                if (folder / "priors.csv").is_file() else _uniform(vocabulary)
            table = DecisionTable.load(folder / "decision_table.csv", vocabulary)
            if nomenclature is None:
                nomenclature = Tariff.in_force(folder / "editions.csv") \
                    if (folder / "editions.csv").is_file() \
                    else Tariff.load(folder / "tariff.csv", Edition(id_))
            wordings = Wordings.load(folder / "messages.csv", id_) \
                if (folder / "messages.csv").is_file() else {}
            features = read_features(folder / "features.csv") \
                if (folder / "features.csv").is_file() else ()
            clusters = read_clusters(folder / "clusters.csv", features) \
                if (folder / "clusters.csv").is_file() else ()
            shots = read_shots(folder / "shots.csv") if (folder / "shots.csv").is_file() else ()
        except (OSError, ValueError) as error:
            raise GroupError(f"group '{id_}': {error}") from None
        group = cls(id_, folder, vocabulary, table, priors, nomenclature, wordings, features,
                    clusters, shots)
        group._check()
        add_wordings(wordings)
        return group

    def _check(self) -> None:
        """What no single table can know."""
        for code in self.table.codes:
            if code != OUTSIDE and code not in self.nomenclature:
                raise GroupError(f"group '{self.id}': code {code} of decision_table.csv is not in "
                                 "its branch of the tariff")
        for feature in self.features:
            if feature.fact not in self.vocabulary \
                    or feature.value not in self.vocabulary[feature.fact].value_ids:
                raise GroupError(f"group '{self.id}': feature '{feature.id}' speaks of "
                                 f"'{feature.fact} = {feature.value}', which facts.csv lacks")

    def message(self, name: str, /, **args: object) -> Message | Words:
        """A message of the group by its own id: ``outside``, ``gap.vamp_house``.

        Where ``messages.csv`` has no such row, the id stands for itself.
        """
        full = f"{self.id}.{name}"
        return Message.of(full, **args) if full in self.wordings else Words(name)

    @property
    def name(self) -> Message | Words:
        """What the group is called: its message ``name``, or else its id."""
        return self.message("name") if f"{self.id}.name" in self.wordings else Words(self.id)

    def gaps(self, names: str) -> Sequence[Message | Words]:
        """The reasons of a legal gap; ``+`` joins several of them."""
        return tuple(self.message(f"gap.{name}") if f"{self.id}.gap.{name}" in self.wordings
                     else Words(name) for name in names.split("+"))

    @property
    def reads_text(self) -> bool:
        """Whether it has patterns, so that descriptions can be read."""
        return (self.folder / "text_patterns.csv").is_file()

    # --- what photos show

    @cached_property
    def feature_ids(self) -> tuple[str, ...]:
        """The features, in the order of a photo's coordinates."""
        return tuple(feature.id for feature in self.features)

    @cached_property
    def visual_facts(self) -> tuple[str, ...]:
        """The facts of the features, each once, in the order of the features."""
        return tuple(dict.fromkeys(feature.fact for feature in self.features))

    @cached_property
    def exclusive_features(self) -> tuple[tuple[int, ...], ...]:
        """Positions of features that exclude each other: one for every value of a fact."""
        found = []
        for fact in self.visual_facts:
            members = tuple(i for i, f in enumerate(self.features) if f.fact == fact)
            values = [self.features[i].value for i in members]
            if len(members) > 1 and sorted(values) == sorted(self.vocabulary[fact].value_ids):
                found.append(members)
        return tuple(found)

    @cached_property
    def cluster_ids(self) -> tuple[str, ...]:
        """The kinds of goods."""
        return tuple(cluster.id for cluster in self.clusters)

    @cached_property
    def views(self) -> tuple[str, ...]:
        """Ways in which a photo can look at the goods."""
        return tuple(shot.id for shot in self.shots if shot.kind == "view")

    @cached_property
    def scenes(self) -> tuple[str, ...]:
        """Surroundings in which goods are photographed."""
        return tuple(shot.id for shot in self.shots if shot.kind == "scene")

    @cached_property
    def gate(self) -> tuple[str, ...]:
        """Features by which alone the decision table says that a good is none of the group."""
        alone = [rule.allowed for rule in self.table.rules
                 if self.table.outcomes[rule.outcome] == (OUTSIDE,) and len(rule.allowed) == 1]
        return tuple(f.id for f in self.features
                     if any(f.value in allowed.get(f.fact, ()) for allowed in alone))


def _uniform(vocabulary: Vocabulary) -> Priors:
    return Priors({fact: np.full(len(spec.values), 1 / len(spec.values))
                   for fact, spec in vocabulary.items()})
