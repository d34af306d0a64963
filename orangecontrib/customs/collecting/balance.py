"""What a collection holds of each feature, what it lacks, and what to ask for."""
from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import ceil

import numpy as np

from orangecontrib.customs.groups import Group
from orangecontrib.customs.training.labelling import LabelRow
from orangecontrib.customs.training.labelling.files import photo_key

from .crawling import pages_read
from .errors import CollectError
from .generators.prompts import Prompt, compose, queries
from .labels import PERSON, Labelled
from .manifest import Entry
from .recipe import Recipe
from .weak import written_labels

__all__ = ["Balance", "GOAL", "Job", "KINDS", "Need", "balance", "cells", "missing", "needs",
           "own_photos", "plan"]

#: Real positives that a feature shall have.
GOAL = 50

#: Where photos are from; the last is what the analyst has labelled outside the collection.
KINDS = ("catalogue", "search", "generated", "own")

#: After so many photos of a catalogue that never show a feature it is not asked for more of it.
TRIED = 50


@dataclass(frozen=True)
class Balance:
    """Photos of one feature, kind of source, source and view.

    Attributes
    ----------
    feature : str
    kind : str
        One of KINDS; a photo that a generator has marked is "generated", wherever it was found.
    source, view : str
        "" where it is not known.
    positives, negatives, unsure, unknown : int
        Labelled 1, 0, 0.5; and not labelled.
    goods : frozenset of str
        That the positives show: fifty photos of one good are one good.
    by_person : int
        Labels that a person gave.
    """

    feature: str
    kind: str
    source: str
    view: str
    positives: int
    negatives: int
    unsure: int
    unknown: int
    goods: frozenset[str]
    by_person: int


def cells(row: Balance | Need) -> tuple:
    """The values of a row for a table; goods as their number."""
    return tuple(len(value) if isinstance(value, frozenset) else value
                 for value in vars(row).values())


def own_photos(people: Iterable[LabelRow], entries: Iterable[Entry], group: Group
               ) -> list[Labelled]:
    """What a person has labelled outside the collection, to be counted with it."""
    collected = {photo_key(entry.file) for entry in entries if entry.file}
    result = []
    for row in people:
        if photo_key(row.image) not in collected:
            said = ["" if np.isnan(label) else PERSON for label in row.labels]
            entry = Entry(file=row.image, kind="own", good_id=row.good or row.image)
            result.append(Labelled(entry, row.labels, tuple(said), row.cluster))
    return result


def balance(photos: Iterable[Labelled], group: Group) -> list[Balance]:
    """Labels per feature, kind of source, source and view, in the order of the features.

    Parameters
    ----------
    photos : iterable of Labelled
        Of ``labelled``, and of ``own_photos`` if there are such.
    """
    counts: dict[tuple, Counter] = {}
    goods: dict[tuple, set[str]] = {}
    for photo in photos:
        entry = photo.entry
        kind = "generated" if entry.synthetic == "yes" else entry.kind
        for number, (label, source) in enumerate(zip(photo.labels, photo.sources)):
            key = number, KINDS.index(kind) if kind in KINDS else len(KINDS), kind, \
                entry.source, entry.view
            counts.setdefault(key, Counter()).update(
                [None if np.isnan(label) else float(label), source])
            if label == 1:
                goods.setdefault(key, set()).add(entry.good_id or entry.product or entry.file)
    return [Balance(group.feature_ids[key[0]], *key[2:], n[1.], n[0.], n[.5], n[None],
                    frozenset(goods.get(key, ())), n[PERSON])
            for key, n in sorted(counts.items())]


@dataclass(frozen=True)
class Need:
    """One feature in the whole collection.

    Attributes
    ----------
    feature : str
    real, generated : int
        Positives; generated ones teach, and measure nothing.
    goods : int
        That the real positives show.
    negatives, unsure, unknown : int
    by_person : int
    lacking : int
        Real positives up to the goal.
    """

    feature: str
    real: int
    generated: int
    goods: int
    negatives: int
    unsure: int
    unknown: int
    by_person: int
    lacking: int


def needs(rows: Iterable[Balance], group: Group, goal: int = GOAL) -> list[Need]:
    """A row per feature, in the order of the features."""
    rows = list(rows)
    result = []
    for feature in group.feature_ids:
        mine = [row for row in rows if row.feature == feature]
        real = [row for row in mine if row.kind != "generated"]
        positives = sum(row.positives for row in real)
        result.append(Need(
            feature, positives, sum(row.positives for row in mine) - positives,
            len(frozenset().union(*(row.goods for row in real))),
            *(sum(getattr(row, name) for row in mine)
              for name in ("negatives", "unsure", "unknown", "by_person")),
            max(0, goal - positives)))
    return result


def missing(rows: Iterable[Balance], group: Group, goal: int = GOAL, real: bool = True
            ) -> Mapping[str, int]:
    """Feature → positives that it lacks, those that lack most first.

    Parameters
    ----------
    real : bool
        Only real photos count: generated ones measure nothing.
    """
    lack = {need.feature: need.lacking if real else need.lacking - need.generated
            for need in needs(rows, group, goal)}
    return dict(sorted(((f, n) for f, n in lack.items() if n > 0), key=lambda item: -item[1]))


# --- what to ask for

@dataclass(frozen=True, eq=False)
class Job:
    """Something to queue; see :func:`plan`.

    Attributes
    ----------
    kind : str
        "catalogue": ``crawl(folder, job.recipe)``; "search": ``search(manifest,
        find_adapter(job.source), job.text, job.count, client, wanted=job.wanted)``;
        "generated": ``generate(manifest, generator, job.prompts, client)``.
    features : tuple of str
        What it is for.
    source : str
        The recipe by the name it was given, the service by its id, the model ("" = any).
    text : str
        What is asked for: where the crawl starts, the query, the first new prompt.
    count : int
        New photos, at most.
    wanted : str
        The features as the manifest keeps them.
    recipe : Recipe, optional
        With bounds that let it go on where an earlier run ended.
    prompts : tuple of Prompt
        Those that have photos included: ``generate`` makes only what is not there.
    words : str
        Language of query or prompts.
    """

    kind: str
    features: tuple[str, ...]
    source: str
    text: str
    count: int
    wanted: str = ""
    recipe: Recipe | None = None
    prompts: tuple[Prompt, ...] = field(default=(), repr=False)
    words: str = ""

    def command(self, folder: str) -> list[str]:
        """The arguments of ``orange-customs`` that do the same."""
        if self.kind == "catalogue":
            limits = self.recipe.limits
            return ["collect", "catalogue", folder, "--recipe", self.source,
                    "--pages", str(limits.pages), "--photos", str(limits.photos)]
        features = [part for feature in self.features for part in ("--feature", feature)]
        if self.kind == "search":
            return ["collect", "search", folder, "--source", self.source, "--query", self.text,
                    "--most", str(self.count), *features]
        return ["collect", "generate", folder, *features, "--count", str(len(self.prompts)),
                "--words", self.words, "--endpoint", "URL", "--model", self.source or "NAME"]


def plan(entries: Iterable[Entry], rows: Iterable[Balance], group: Group, goal: int = GOAL,
         features: Sequence[str] = (), *, kinds: Sequence[str] = ("catalogue", "search",
                                                                  "generated"),
         services: Sequence[str] = ("openverse", "commons"),
         recipes: Mapping[str, Recipe] | None = None, model: str = "", words: str = "en",
         folder: str = "") -> list[Job]:
    """What to queue so that features get the positives that they lack.

    Each kind of source alone is to bring what is lacking: a hit of a search, and a page of a shop,
    need not show what was looked for.

    Parameters
    ----------
    entries : iterable of Entry
        Of the collection, whatever their state.
    rows : iterable of Balance
        Of the same collection.
    features : sequence of str
        All that lack something by default, those that lack most first.
    kinds : sequence of str
    services : sequence of str
        Ids of adapters; those that need a permission only if you name them.
    recipes : mapping of str to Recipe
        By name, or by path for :meth:`Job.command`.
    model : str
        Of the generator: what it has made already it is not asked for again.
    words : {"en", "ru"}
        Language of queries and prompts.
    folder : str
        Of the collection: a crawl that was ended by its bound goes on.

    Raises
    ------
    CollectError
        A feature is not known.
    """
    for feature in features:
        if feature not in group.feature_ids:
            raise CollectError("no_such", name=feature, names=", ".join(group.feature_ids))
    entries, rows = list(entries), list(rows)
    real, whole = missing(rows, group, goal), missing(rows, group, goal, real=False)
    chosen = [f for f in real if not features or f in features]
    jobs = []
    if "catalogue" in kinds:
        jobs += _crawls(chosen, real, entries, rows, recipes or {}, folder)
    for feature in chosen:
        if "search" in kinds:
            jobs += _searches(feature, real[feature], group, services, words)
        if "generated" in kinds and feature in whole:
            jobs += _prompts(feature, whole[feature], group, entries, model, words)
    return jobs


def _crawls(features: Sequence[str], lack: Mapping[str, int], entries: Sequence[Entry],
            rows: Sequence[Balance], recipes: Mapping[str, Recipe], folder: str) -> Iterable[Job]:
    """The catalogues that show most of what is lacking first, then those not tried yet."""
    found = []
    for name, recipe in recipes.items():
        tried = sum(e.counts and e.kind == "catalogue" and e.source == recipe.name
                    for e in entries)
        shown = Counter()
        for row in rows:
            if row.kind == "catalogue" and row.source == recipe.name:
                shown[row.feature] += row.positives
        hopeful = tuple(f for f in features if shown[f] or tried < TRIED)
        if not hopeful:
            continue
        # as many photos as bring what lacks, if it goes on as it began
        count = max(ceil(lack[f] * tried / shown[f]) if shown[f] else lack[f] for f in hopeful)
        limits = replace(recipe.limits, photos=min(count, recipe.limits.photos),
                         pages=recipe.limits.pages + pages_read(folder, recipe))
        job = Job("catalogue", hopeful, name, recipe.start[0], limits.photos,
                  recipe=replace(recipe, limits=limits))
        found.append((-sum(shown[f] for f in hopeful), job))
    return [job for _, job in sorted(found, key=lambda one: one[0])]


def _searches(feature: str, lack: int, group: Group, services: Sequence[str], words: str
              ) -> list[Job]:
    asked = [(service, query) for query in queries(group, feature, words) for service in services]
    return [Job("search", (feature,), service, query, ceil(lack / len(asked)),
                written_labels({feature: 1.}), words=words) for service, query in asked]


def _prompts(feature: str, lack: int, group: Group, entries: Sequence[Entry], model: str,
             words: str) -> list[Job]:
    have = Counter(e.prompt for e in entries if model and e.kind == "generated"
                   and e.source == model and e.file)
    prompts, new = [], []
    try:
        while len(new) < lack:
            prompt = compose(group, (feature,), words, len(prompts))
            prompts.append(prompt)
            if have[prompt.text] > 0:
                have[prompt.text] -= 1
            else:
                new.append(prompt)
    except CollectError:  # no kind of goods can show it
        return []
    return [Job("generated", (feature,), model, new[0].text, len(new), new[0].wanted,
                prompts=tuple(prompts), words=words)]
