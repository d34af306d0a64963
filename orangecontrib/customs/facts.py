"""The vocabulary that every room shares: facts, visual features and evidence.

The law decides by *facts* (upper material, height, toe-cap ...), not by
similarity.  Photos and text are two witnesses of the same facts; what they say
travels between the rooms as :class:`Evidence` and as nothing else.
"""
from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np

from orangecontrib.customs.files import strict_rows
from orangecontrib.customs.i18n import Words

__all__ = ["Value", "Fact", "Vocabulary", "Feature", "Cluster", "Shot", "SHOT_KINDS",
           "Evidence", "Priors", "read_features", "read_clusters", "read_shots",
           "check_probabilities", "normalise"]

#: Probabilities are kept this far from 0 and 1, so that one wild witness
#: cannot veto all the others (domain knowledge: logits clipped to about +-6).
PROBABILITY_FLOOR = 2.5e-3

#: Evidence against a value, in log-likelihood below the best one, is bounded by this.
STRONGEST = 9.


@dataclass(frozen=True)
class Value:
    """One value of a fact."""

    id: str
    en: str
    ru: str


@dataclass(frozen=True)
class Fact:
    """A property of goods on which the tariff decides, with a closed list of values."""

    id: str
    en: str
    ru: str
    values: tuple[Value, ...]
    question_ru: str = ""
    question_en: str = ""

    @property
    def question(self) -> Words:
        """What to ask where it is not known."""
        return Words(self.question_ru, self.question_en)

    @cached_property
    def value_ids(self) -> tuple[str, ...]:
        return tuple(value.id for value in self.values)

    def index(self, value: str) -> int:
        """Position of a value; ``KeyError`` names the fact and what it knows."""
        try:
            return self.value_ids.index(value)
        except ValueError:
            raise KeyError(f"fact '{self.id}' has no value '{value}' "
                           f"(it has {', '.join(self.value_ids)})") from None


class Vocabulary(Mapping[str, Fact]):
    """An ordered, immutable collection of facts, by id."""

    def __init__(self, facts: Iterable[Fact]):
        self._facts = {fact.id: fact for fact in facts}

    @classmethod
    def load(cls, path: str | Path) -> Vocabulary:
        """Read ``fact, value, fact_en, fact_ru, value_en, value_ru, question_ru, question_en``.

        Names and question of a fact stand in the first row of its values; ``question_en`` may be
        absent.
        """
        grouped: dict[str, list[dict[str, str]]] = {}
        for _, row in strict_rows(path)[1]:
            grouped.setdefault(row["fact"], []).append(row)
        return cls(
            Fact(fact, rows[0]["fact_en"], rows[0]["fact_ru"],
                 tuple(Value(r["value"], r["value_en"], r["value_ru"]) for r in rows),
                 rows[0]["question_ru"], rows[0].get("question_en", ""))
            for fact, rows in grouped.items())

    def __getitem__(self, fact: str) -> Fact:
        return self._facts[fact]

    def __iter__(self) -> Iterator[str]:
        return iter(self._facts)

    def __len__(self) -> int:
        return len(self._facts)


@dataclass(frozen=True)
class Feature:
    """A binary visual feature (paper 1, Table 1) and the fact value it speaks for."""

    id: str
    name_ru: str
    name_en: str
    fact: str
    value: str
    description_ru: str = ""
    description_en: str = ""
    title_ru: str = ""

    @property
    def title(self) -> Words:
        """Its name for people; `name_ru` is that of a column."""
        return Words(self.title_ru or self.name_ru, self.name_en)

    @property
    def description(self) -> Words:
        """What of the goods it is."""
        return Words(self.description_ru, self.description_en)


def read_features(path: str | Path) -> tuple[Feature, ...]:
    """Read the visual features, in the order of their coordinates.

    ``title_ru`` and ``description_en`` may be absent.
    """
    return tuple(Feature(r["feature"], r["name_ru"], r["name_en"], r["fact"], r["value"],
                         r["description_ru"], r.get("description_en", ""), r.get("title_ru", ""))
                 for _, r in strict_rows(path)[1])


@dataclass(frozen=True)
class Cluster:
    """A group of goods that shows only some of the features (paper 1, the end of §1).

    Attributes
    ----------
    asked : tuple of str
        Features that differ within the group: two to five of them, none for what is not footwear.
    implied : dict of str to int
        Features that the group decides: 1 or 0.  What is neither asked nor implied stays open.
    """

    id: str
    name_ru: str
    name_en: str
    asked: tuple[str, ...]
    implied: Mapping[str, int]
    examples_ru: str = ""
    examples_en: str = ""

    @property
    def name(self) -> Words:
        return Words(self.name_ru, self.name_en)

    @property
    def examples(self) -> Words:
        """Goods of the group."""
        return Words(self.examples_ru, self.examples_en)


def read_clusters(path: str | Path, features: tuple[Feature, ...]) -> tuple[Cluster, ...]:
    """Read the groups of goods; ValueError names a feature that is not known or said twice."""
    known, clusters = {feature.id for feature in features}, []
    for _, row in strict_rows(path)[1]:
        asked, present, absent = (row[c].split() for c in ("asked", "present", "absent"))
        said = [*asked, *present, *absent]
        for id_ in said:
            if id_ not in known or said.count(id_) > 1:
                raise ValueError(f"{path}: cluster '{row['cluster']}': '{id_}' is "
                                 + ("named twice" if id_ in known else "no feature"))
        implied = dict.fromkeys(present, 1) | dict.fromkeys(absent, 0)
        clusters.append(Cluster(row["cluster"], row["name_ru"], row["name_en"],
                                tuple(asked), implied, row["examples_ru"],
                                row.get("examples_en", "")))
    return tuple(clusters)


#: What is asked of a photo as a photo, in the order in which it is kept.
SHOT_KINDS = ("view", "scene")


@dataclass(frozen=True)
class Shot:
    """A way in which goods are photographed: a view of them, or a scene that they are in.

    Attributes
    ----------
    kind : {"view", "scene"}
    seen_ru, seen_en : str
        How one says it of a photo: "seen from behind".
    """

    kind: str
    id: str
    name_ru: str
    name_en: str
    seen_ru: str
    seen_en: str

    @property
    def name(self) -> Words:
        return Words(self.name_ru, self.name_en)


def read_shots(path: str | Path) -> tuple[Shot, ...]:
    """Read views and scenes; ValueError names one that stands twice or is of no kind."""
    shots: dict[tuple[str, str], Shot] = {}
    for _, row in strict_rows(path)[1]:
        shot = Shot(row["kind"], row["shot"], row["name_ru"], row["name_en"], row["seen_ru"],
                    row["seen_en"])
        if shot.kind not in SHOT_KINDS or (shot.kind, shot.id) in shots:
            raise ValueError(f"{path}: '{shot.kind}' '{shot.id}' stands twice, or is neither "
                             "view nor scene")
        shots[shot.kind, shot.id] = shot
    return tuple(shots.values())


def check_probabilities(p: np.ndarray, where: Callable[..., str]) -> None:
    """Probabilities lie in [0, 1] or are missing (NaN).

    Parameters
    ----------
    p : ndarray, of any shape
    where : callable
        Called with the indices of the first value that does not: what the message begins with.

    Raises
    ------
    ValueError
    """
    wrong = np.argwhere(~(np.isnan(p) | (p >= 0) & (p <= 1)))
    if len(wrong):
        raise ValueError(f"{where(*wrong[0])}: {p[tuple(wrong[0])]:g} is not a probability; "
                         "it must lie in [0, 1]")


def normalise(weights: np.ndarray) -> np.ndarray:
    """Rows of non-negative weights, shape (N, k), scaled to sum to one.

    Sums column by column in a fixed order, so that a row's result does not
    depend on how many other rows there are.
    """
    weights = np.asarray(weights, dtype=float)
    total = weights[:, 0].copy()
    for column in range(1, weights.shape[1]):
        total += weights[:, column]
    return weights / total[:, None]


@dataclass(frozen=True)
class Priors(Mapping[str, np.ndarray]):
    """P(value) of each fact before any evidence, with the source of each fact.

    Parameters
    ----------
    probabilities : dict of str to ndarray, shape (k,)
        Sums to one for each fact.
    sources : dict of str to str
        Where the numbers of a fact come from.
    """

    probabilities: Mapping[str, np.ndarray]
    sources: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def load(cls, path: str | Path, vocabulary: Vocabulary,
             base: Priors | None = None, encoding: str = "") -> Priors:
        """Read ``fact, value, probability, source``; `encoding` as in :func:`.files.decode`.

        A fact the file leaves out keeps the value of `base`, or is uniform.

        Raises
        ------
        ValueError
            If a row names an unknown fact or value, a probability is not in
            (0, 1], or a fact in the file lacks one of its values; a row has more or fewer
            fields than the header.
        """
        columns, rows = strict_rows(path, encoding=encoding)
        return cls.from_rows(rows, vocabulary, base, f"{path}, line", columns)

    @classmethod
    def from_rows(cls, rows: Iterable[tuple[int, Mapping[str, str]]], vocabulary: Vocabulary,
                  base: Priors | None, where: str, columns: Sequence[str]) -> Priors:
        """As :meth:`load`, from numbered rows; `where` is how a message calls a row."""
        missing = {"fact", "value", "probability"} - set(columns)
        if missing:
            raise ValueError(f"{where.rpartition(',')[0]}: "
                             f"no column {', '.join(sorted(missing))}")
        given: dict[str, dict[str, float]] = {}
        sources: dict[str, str] = {}
        for number, row in rows:
            fact, value = row["fact"], row["value"]
            if fact not in vocabulary:
                raise ValueError(f"{where} {number}: unknown fact '{fact}'")
            if value not in vocabulary[fact].value_ids:
                raise ValueError(f"{where} {number}: fact '{fact}' has no value '{value}'")
            try:
                probability = float(row["probability"])
            except (TypeError, ValueError):
                probability = -1.
            if not 0 < probability <= 1:
                raise ValueError(f"{where} {number}: the probability must be above 0 and "
                                 f"at most 1, not '{row['probability']}'")
            given.setdefault(fact, {})[value] = probability
            if row.get("source"):
                sources[fact] = row["source"]
        probabilities = dict(base) if base is not None else {
            id_: np.full(len(fact.values), 1 / len(fact.values))
            for id_, fact in vocabulary.items()}
        for fact, values in given.items():
            absent = [v for v in vocabulary[fact].value_ids if v not in values]
            if absent:
                raise ValueError(f"{where.rpartition(',')[0]}: fact '{fact}' lacks "
                                 f"{', '.join(absent)}")
            weights = np.array([[values[v] for v in vocabulary[fact].value_ids]])
            probabilities[fact] = normalise(weights)[0]
        merged = dict(base.sources) if base is not None else {}
        return cls(probabilities, {**merged, **sources})

    def __getitem__(self, fact: str) -> np.ndarray:
        return self.probabilities[fact]

    def __iter__(self) -> Iterator[str]:
        return iter(self.probabilities)

    def __len__(self) -> int:
        return len(self.probabilities)


class Evidence:
    """What one witness says about N goods: log-likelihoods per fact.

    Parameters
    ----------
    keys : sequence of str
        The goods' ids, unique, in order.
    loglik : mapping of str to ndarray, shape (N, k)
        Natural-log likelihood of the observation under each value.  A row of
        zeros, or an absent fact, says nothing.  Only differences inside a row
        matter.

    Raises
    ------
    ValueError
        Ids are not unique, an array has another shape, or a likelihood is not finite.
    """

    def __init__(self, keys: Sequence[str],
                 loglik: Mapping[str, np.ndarray] | None = None):
        self.keys = tuple(keys)
        if len(set(self.keys)) != len(self.keys):
            raise ValueError("the ids of goods are not unique")
        self.loglik: dict[str, np.ndarray] = {}
        for fact, values in (loglik or {}).items():
            values = np.ascontiguousarray(values, dtype=float)
            if values.ndim != 2 or len(values) != len(self.keys):
                raise ValueError(f"evidence on '{fact}' has shape {values.shape}, "
                                 f"not ({len(self.keys)}, k)")
            wrong = ~np.isfinite(values).all(axis=1)
            if wrong.any():
                raise ValueError(f"evidence on '{fact}' of '{self.keys[int(wrong.argmax())]}' "
                                 "is not finite; where nothing is known it is zero")
            self.loglik[fact] = values

    @classmethod
    def from_probabilities(cls, keys: Sequence[str],
                           probabilities: Mapping[str, np.ndarray],
                           priors: Mapping[str, np.ndarray]) -> Evidence:
        """Evidence log P − log prior; a row with NaN says nothing.

        Parameters
        ----------
        probabilities : mapping of str to ndarray, shape (N, k)
        priors : mapping of str to ndarray, shape (k,)
            The priors that `probabilities` already contain.

        Raises
        ------
        ValueError
            A probability outside [0, 1]; the message names the fact and the good.
        """
        loglik = {}
        for fact, p in probabilities.items():
            p = np.asarray(p, dtype=float)
            check_probabilities(p, lambda row, _, fact=fact: f"'{fact}' of '{keys[row]}'")
            known = ~np.isnan(p).any(axis=1)
            values = np.zeros_like(p)
            ratio = np.log(np.clip(p[known], 1e-12, None)) - np.log(np.asarray(priors[fact]))
            values[known] = np.maximum(
                ratio - ratio.max(axis=1, keepdims=True, initial=-np.inf), -STRONGEST)
            loglik[fact] = values
        return cls(keys, loglik)

    def __len__(self) -> int:
        return len(self.keys)

    def part(self, some: slice) -> Evidence:
        """The evidence on a slice of the goods."""
        return Evidence(self.keys[some], {f: v[some] for f, v in self.loglik.items()})

    def align(self, keys: Sequence[str]) -> Evidence:
        """The same evidence for `keys`; goods it does not know get zeros."""
        keys = tuple(keys)
        if keys == self.keys:
            return self
        position = {key: i for i, key in enumerate(self.keys)}
        source = np.array([position.get(key, -1) for key in keys], dtype=int)
        known = source >= 0
        aligned = {}
        for fact, values in self.loglik.items():
            rows = np.zeros((len(keys), values.shape[1]))
            rows[known] = values[source[known]]
            aligned[fact] = rows
        return Evidence(keys, aligned)

    def __add__(self, other: Evidence) -> Evidence:
        """Evidence of both; goods are matched by key, none is dropped."""
        known = set(self.keys)
        keys = self.keys + tuple(k for k in other.keys if k not in known)
        mine, theirs = self.align(keys).loglik, other.align(keys).loglik
        total = dict(mine)
        for fact, values in theirs.items():
            total[fact] = total[fact] + values if fact in total else values
        return Evidence(keys, total)

    def says(self, fact: str) -> np.ndarray:
        """Boolean array, shape (N,): does the witness speak of this fact?"""
        if fact not in self.loglik:
            return np.zeros(len(self), dtype=bool)
        values = self.loglik[fact]
        return (values != values[:, :1]).any(axis=1)

    def posterior(self, priors: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """P(value | evidence) per fact of `priors`, each of shape (N, k)."""
        result = {}
        for fact, prior in priors.items():
            log_prior = np.log(np.asarray(prior, dtype=float))
            if fact in self.loglik:
                logits = self.loglik[fact] + log_prior
            else:
                logits = np.repeat(log_prior[None, :], len(self), axis=0)
            top = logits[:, 0].copy()
            for column in range(1, logits.shape[1]):
                np.maximum(top, logits[:, column], out=top)
            result[fact] = normalise(np.exp(logits - top[:, None]))
        return result

    def probabilities(self, priors: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """P(value) as people read evidence: the priors are in, silence is NaN.

        :meth:`from_probabilities` with the same priors gives the evidence back.
        """
        shown = self.posterior({fact: priors[fact] for fact in self.loglik})
        for fact, p in shown.items():
            p[~self.says(fact)] = np.nan
        return shown
