"""What a witness says of its goods, under its own ids: the same from files and from tables."""
from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from orangecontrib.customs.declarations import EMPTY, FactReader, Reading
from orangecontrib.customs.declarations.goods import ids_of_goods
from orangecontrib.customs.declarations.several import joined
from orangecontrib.customs.declarations.together import finds, readings_of, stages_of
from orangecontrib.customs.facts import Evidence, Vocabulary
from orangecontrib.customs.files import composed_of
from orangecontrib.customs.fusion.alone import Alone
from orangecontrib.customs.fusion.among import Answer
from orangecontrib.customs.fusion.engine import ANALYST, PHOTOS, TEXT, Witness
from orangecontrib.customs.fusion.keys import unique_keys
from orangecontrib.customs.fusion.statements import Statements, statements_of
from orangecontrib.customs.groups import Group, loaded_groups, visual_group
from orangecontrib.customs.i18n import Joined, Message, Sayable

from .goods import Before, Good, OfGroup

if TYPE_CHECKING:
    from orangecontrib.customs.photos.extract import PhotoResults
    from orangecontrib.customs.photos.model import PhotoModel
    from orangecontrib.customs.photos.sources import Photo

__all__ = ["EMPTY", "PhotoEvidence", "Source", "analyst_witness", "named_goods", "photo_model",
           "photo_source", "photos_of", "read_by", "read_photos", "text_source"]

#: P(the analyst's answer is wrong): finite, yet outweighs all that text and photos say
#: together (STRONGEST each, and a prior), and a classifier of any sensible weight.
DOUBT = 1e-30

#: Of a good of which no photo could be used.
NO_PHOTOS = Message("cases.no_photos")


@dataclass(frozen=True)
class Source:
    """What a witness says, a row per good.

    Attributes
    ----------
    id : str
        Of the witness.
    goods : sequence of Good
        Its rows, with unique keys, ids as declared, and the problems of each.
    evidence : Evidence, optional
        By key; a good that it lacks is one of which nothing is said.
    notes : dict of (key, fact) to Sayable
        The words or photos that it rests on.
    answer : Answer, optional
        The term of a classifier.
    remarks : tuple of str
        What is wrong with the source itself.
    alone : sequence of (Alone or None)
        Of a classifier that also speaks where no group has the law, a row per good.
    learnt : str
        In short, what is learnt of a witness that learns, and how it is weighed.
    """

    id: str
    goods: Sequence[Good]
    evidence: Evidence | None = None
    notes: Mapping[tuple[str, str], Sayable] = field(default_factory=dict)
    answer: Answer | None = None
    remarks: tuple[str, ...] = ()
    alone: Sequence[Alone | None] = ()
    learnt: str = ""

    @property
    def ids(self) -> list[str]:
        """As declared."""
        return [good.good_id for good in self.goods]


def text_source(goods: Sequence[Good], readers: Sequence[FactReader],
                progress: Callable[[int, int], None] | None = None,
                facts: Vocabulary | None = None, before: Before | None = None,
                columns: Mapping[str, str] | None = None,
                read: Callable[[str], Sequence[Reading]] | None = None) -> Source:
    """What the descriptions say, as the groups' readers read them, and columns of facts.

    Where the goods are a part of many, `before` tells of those in front of them, and `columns`
    of the facts' columns (:func:`..fusion.statements.chosen_columns`).  `read` is what the
    readers make of a description, where that is remembered.
    """
    read = read or partial(read_by, readers)
    found: list[Sequence[Reading]] = []
    for number, good in enumerate(goods, start=1):
        text = good.description or ""
        found.append(read(text) if text.strip() else [])
        if progress is not None:
            progress(number, len(goods))
    goods, named = named_goods(goods, found, before)
    facts = facts or Vocabulary(())
    stated = _stated(goods, facts, columns)
    spoken = {key for key, _ in stated.cells}
    empty: Sayable | OfGroup = OfGroup(readers[0].group.id, EMPTY) if len(readers) == 1 else EMPTY
    settled: dict[str, list[str]] = {}
    for key, fact in stated.cells:
        settled.setdefault(key, []).append(fact)
    keys, told = [], []
    words_of: dict[tuple[str, str], Sayable] = {}
    for good, readings in zip(goods, named):
        # None: there is one that can't be read, and the good's problems say why
        problems: tuple[Sayable | OfGroup, ...] = \
            () if good.description is None or good.key in spoken else (empty,)
        if good.description and good.description.strip():
            keys.append(good.key)
            problems = ()
            spans = composed_of(good.description, good.statements)
            # else what it lacks concerns all groups that read
            heard = len(readings) == 1 or any(map(finds, readings))
            for reader, reading in zip(readers, readings):
                if reading.findings or reading.doubts:
                    words_of.update({(good.key, fact): words
                                     for fact, words in reading.words(spans).items()})
                problems += tuple(OfGroup(reader.group.id, problem) if heard else problem
                                  for problem in reading.problems)
        several = joined([reading.several for reading in readings])
        told.append(replace(good, problems=(*good.problems, *problems),
                            several=several.without(settled.get(good.key, ()))))
    by_reader = zip(*filter(None, named)) if keys else [()] * len(readers)
    evidence = sum((reader.evidence(keys, mine) for reader, mine in zip(readers, by_reader)),
                   Evidence(keys))
    evidence, notes, contradictions = stated.beside(evidence, words_of, facts)
    if contradictions:
        told = [replace(good, problems=(*good.problems, *contradictions.get(good.key, ())))
                for good in told]
    return Source(TEXT, told, evidence, notes, remarks=tuple(stated.remarks))


def read_by(readers: Sequence[FactReader], description: str) -> list[Reading]:
    """What readers of several groups make of one description, by reader."""
    return readings_of(stages_of(readers, description))


def _stated(goods: Sequence[Good], facts: Vocabulary, columns: Mapping[str, str] | None
            ) -> Statements:
    """What the columns of the goods' rows say that are named after facts."""
    names = dict.fromkeys(name for good in goods for name in good.row if name)

    def cells(name: str) -> list[str]:
        column = [good.row.get(name) for good in goods]
        return ["" if cell is None or cell != cell else str(cell) for cell in column]
    described = {name for good in goods for name in good.statements}
    return statements_of(names, cells, [good.key for good in goods], facts, described,
                         columns)


def named_goods(goods: Sequence[Good], readings: Sequence[Sequence[Reading]],
                before: Before | None = None) -> tuple[list[Good], list[list[Reading]]]:
    """A row per good that a description names, with what the readers of groups make of it.

    Goods of one description are called ``7#1, 7#2``, have the quantities that it states, and
    share what else is declared, but for the value and the weight of them all.  `before` tells of
    the goods in front of these.
    """
    before = before or Before()
    counts = [max([1, *(len(reading.goods) for reading in some)]) for some in readings]
    if all(count == 1 for count in counts) and before.times == before.declared:
        return list(goods), list(map(list, readings))
    split = {good.good_id for good, count in zip(goods, counts) if count > 1}
    ids = ids_of_goods([good.good_id for good in goods], counts, before.last, {
        *before.taken, *_numbered(before.times, split)})
    rows: list[Good] = []
    read: list[list[Reading]] = []
    for good, names, some in zip(goods, ids, readings):
        if len(names) == 1:
            rows.append(good)
            read.append(list(some))
            continue
        declared = good.quantity is not None
        whole = good.value is not None or good.weight is not None
        for name, *own in zip(names, *(reading.goods for reading in some)):
            rows.append(replace(good, good_id=name, quantity=own[0].quantity, value=None,
                                weight=None, whole=good.good_id,
                                own=next((one.own for one in own if one.own), "")))
            read.append([reading.counted(declared, whole) for reading in own])
    keys = unique_keys([good.good_id for good in rows], before.times, {
        *before.taken, *_numbered(before.last, before.last)})
    return [replace(good, key=key) for good, key in zip(rows, keys)], read


def _numbered(last: Mapping[str, int], ids: Iterable[str]) -> Iterator[str]:
    """All names with a number that goods of these ids may have."""
    return (f"{id_}#{number}" for id_ in ids for number in range(2, last.get(id_, 0) + 1))


@dataclass(frozen=True)
class PhotoEvidence:
    """What the photos of the goods say.

    Attributes
    ----------
    evidence : Evidence
        By good id; goods of which a photo could be used.
    notes : dict of (good id, fact) to Sayable
        The photos that the evidence rests on.
    skipped : list of (str, str, str or Message)
        Good id, photo and reason of each photo that could not be used.
    shown : dict of str to frozenset of str
        By good id, the facts that its photos show.
    doubts : dict of str to Message
        By good id, that a photo seems to show another good.
    hidden : dict of str to Message
        By good id, what none of its photos can show.
    model : str
        Digest of the model that looked at them.
    """

    evidence: Evidence
    notes: Mapping[tuple[str, str], Sayable]
    skipped: Sequence[tuple[str, str, Message | str]]
    shown: Mapping[str, frozenset[str]] = field(default_factory=dict)
    doubts: Mapping[str, Message] = field(default_factory=dict)
    hidden: Mapping[str, Message] = field(default_factory=dict)
    model: str = ""


def photo_model(name: str, groups: Sequence[Group] = ()) -> PhotoModel:
    """A bundled model by its name, or that of a file (one called "free" is ./free).

    Parameters
    ----------
    name : str
    groups : sequence of Group, optional
        That decide; all loaded ones by default.

    Raises
    ------
    ModelError
        The model can't be read, or is for goods of none of the groups.
    """
    from orangecontrib.customs.photos.model import ModelError, PhotoModel, bundled_path
    model = PhotoModel.bundled(name) if bundled_path(name) else PhotoModel.load(name, groups)
    ids = [group.id for group in groups or loaded_groups()]
    if (own := visual_group(model.group).id) not in ids:
        raise ModelError(f"the photo model '{name}' is for the group '{own}', and "
                         f"{', '.join(ids)} decide: leave the photos out, or choose this group")
    return model


def read_photos(photos: Sequence[Photo], model: PhotoModel, *, device: str | None = None,
                backend: str = "auto", mode: str = "tempered",
                progress: Callable[[int, int], bool | None] | None = None) -> PhotoEvidence:
    """Photos of goods -> evidence per good.

    Parameters
    ----------
    photos : list of Photo
        See :func:`orangecontrib.customs.photos.find_photos`.
    model : PhotoModel
    device, backend : str, optional
        As in :class:`orangecontrib.customs.photos.extract.Extractor`.
    """
    from orangecontrib.customs.photos.extract import Extractor
    return photos_of(Extractor(model, device, backend=backend).run(photos, progress=progress),
                     model, mode)


def photos_of(results: PhotoResults, model: PhotoModel, mode: str = "tempered") -> PhotoEvidence:
    """What an Extractor found (:class:`..photos.extract.PhotoResults`) -> evidence per good."""
    from orangecontrib.customs.photos.notes import hidden_facts, photo_notes
    from orangecontrib.customs.photos.pooling import photo_evidence, pool
    from orangecontrib.customs.photos.sources import natural
    from orangecontrib.customs.photos.sufficiency import doubtful_photos, shown_facts
    pooled = pool(results.probabilities, results.gradability, results.good_ids,
                  model.priors, model.rho, mode=mode)
    skipped = sorted(((photo.good_id, photo.image, reason) for photo, reason in results.skipped),
                     key=lambda photo: natural(photo[1]))
    names = [photo.image for photo in results.photos]
    return PhotoEvidence(photo_evidence(pooled, pooled.group.features, model.priors),
                         photo_notes(pooled, names), skipped, shown_facts(pooled),
                         doubtful_photos(pooled, names),
                         {} if model.shots is None else hidden_facts(pooled), model.digest)


def photo_source(photos: PhotoEvidence) -> Source:
    """What the photos say; a good of which no photo could be used has its problems only."""
    problems: dict[str, list[Sayable]] = {good_id: [] for good_id in photos.evidence.keys}
    for good_id, image, reason in photos.skipped:
        if good_id:
            problems.setdefault(good_id, [NO_PHOTOS]).append(Joined((image, reason), ": "))
    for good_id, doubt in photos.doubts.items():
        problems[good_id].append(doubt)
    for good_id, hidden in photos.hidden.items():
        problems.setdefault(good_id, []).append(hidden)
    goods = [Good(good_id, good_id, problems=tuple(said), shown=photos.shown.get(good_id))
             for good_id, said in problems.items()]
    return Source(PHOTOS, goods, photos.evidence, photos.notes, learnt=photos.model[:8])


def analyst_witness(answers: Mapping[str, Mapping[str, str]], vocabulary: Vocabulary) -> Witness:
    """Answers {key: {fact: value}} as a witness; facts or values unknown here say nothing."""
    keys = list(answers)
    loglik: dict[str, np.ndarray] = {}
    notes = {}
    for row, key in enumerate(keys):
        for fact, value in answers[key].items():
            if fact not in vocabulary or value not in vocabulary[fact].value_ids:
                continue
            k = len(vocabulary[fact].values)
            values = loglik.setdefault(fact, np.zeros((len(keys), k)))
            values[row] = np.log(DOUBT / (k - 1))
            values[row, vocabulary[fact].index(value)] = np.log1p(-DOUBT)
            chosen = vocabulary[fact].values[vocabulary[fact].index(value)]
            notes[key, fact] = Message.of("cases.answered", value=chosen)
    return Witness(ANALYST, Evidence(keys, loglik), notes)
