"""What a witness says of its goods, under its own ids: the same from files and from tables."""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from orangecontrib.customs.declarations import FactReader, Reading
from orangecontrib.customs.declarations.goods import ids_of_goods
from orangecontrib.customs.facts import Evidence, Vocabulary
from orangecontrib.customs.fusion.engine import ANALYST, PHOTOS, TEXT, Witness
from orangecontrib.customs.fusion.keys import unique_keys

from .goods import Good

__all__ = ["PhotoEvidence", "Source", "analyst_witness", "named_goods", "photo_model",
           "photo_source", "read_photos", "text_source"]

#: P(the analyst's answer is wrong): finite, yet outweighs all that text and photos say
#: together (STRONGEST each, and a prior), and a classifier of any sensible weight.
DOUBT = 1e-30

NO_PHOTOS = "нет пригодных фотографий"


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
    notes : dict of (key, fact) to str
        The words or photos that it rests on.
    odds : ndarray, shape (N, n_codes), optional
        The term of a classifier.
    remarks : tuple of str
        What is wrong with the source itself.
    """

    id: str
    goods: Sequence[Good]
    evidence: Evidence | None = None
    notes: Mapping[tuple[str, str], str] = field(default_factory=dict)
    odds: np.ndarray | None = None
    remarks: tuple[str, ...] = ()

    @property
    def ids(self) -> list[str]:
        """As declared."""
        return [good.good_id for good in self.goods]


def text_source(goods: Sequence[Good], reader: FactReader | None = None,
                progress: Callable[[int, int], None] | None = None) -> Source:
    """What the descriptions say."""
    reader = reader or FactReader()
    readings: list[Reading | None] = []
    for number, good in enumerate(goods, start=1):
        readings.append(reader.read(good.description) if good.description else None)
        if progress is not None:
            progress(number, len(goods))
    goods, readings = named_goods(goods, readings)
    keys, notes, read = [], {}, []
    for good, reading in zip(goods, readings):
        # None: there is one that can't be read, and the good's problems say why
        problems = () if good.description is None else ("пустое описание",)
        if reading is not None:
            keys.append(good.key)
            notes.update({(good.key, fact): words for fact, words in reading.words().items()})
            problems = tuple(map(str, reading.problems))
        read.append(replace(good, problems=(*good.problems, *problems)))
    return Source(TEXT, read, reader.evidence(keys, [r for r in readings if r is not None]), notes)


def named_goods(goods: Sequence[Good], readings: Sequence[Reading | None]
                ) -> tuple[list[Good], list[Reading | None]]:
    """A row per good that a description names, with what is read of it.

    Goods of one description are called ``7#1, 7#2``, have the quantities that it states, and
    share what else is declared.
    """
    if not any(reading is not None and reading.goods for reading in readings):
        return list(goods), list(readings)
    counts = [max(1, len(reading.goods) if reading is not None else 1) for reading in readings]
    ids = ids_of_goods([good.good_id for good in goods], counts)
    rows: list[Good] = []
    read: list[Reading | None] = []
    for good, names, reading in zip(goods, ids, readings):
        if len(names) == 1:
            rows.append(good)
            read.append(reading)
            continue
        for name, own in zip(names, reading.goods):
            rows.append(replace(good, good_id=name, quantity=own.quantity))
            read.append(own.counted(good.quantity is not None))
    keys = unique_keys([good.good_id for good in rows])
    return [replace(good, key=key) for good, key in zip(rows, keys)], read


@dataclass(frozen=True)
class PhotoEvidence:
    """What the photos of the goods say.

    Attributes
    ----------
    evidence : Evidence
        By good id; goods of which a photo could be used.
    notes : dict of (good id, fact) to str
        The photos that the evidence rests on.
    skipped : list of (str, str, str)
        Good id, photo and reason of each photo that could not be used.
    """

    evidence: Evidence
    notes: Mapping[tuple[str, str], str]
    skipped: Sequence[tuple[str, str, str]]


def photo_model(name: str):
    """A bundled model by its name, or that of a file (one called "free" is ./free)."""
    from orangecontrib.customs.photos.model import BUNDLED, PhotoModel
    return PhotoModel.bundled(name) if name in BUNDLED else PhotoModel.load(name)


def read_photos(photos, model, *, device=None, backend: str = "auto", mode: str = "tempered",
                progress: Callable | None = None) -> PhotoEvidence:
    """Photos of goods -> evidence per good.

    Parameters
    ----------
    photos : list of Photo
        See :func:`orangecontrib.customs.photos.find_photos`.
    model : PhotoModel
    device, backend : str, optional
        As in :class:`orangecontrib.customs.photos.extract.Extractor`.
    """
    from orangecontrib.customs.groups import footwear
    from orangecontrib.customs.photos.extract import Extractor
    from orangecontrib.customs.photos.notes import photo_notes
    from orangecontrib.customs.photos.pooling import photo_evidence, pool
    results = Extractor(model, device, backend=backend).run(photos, progress=progress)
    pooled = pool(results.probabilities, results.gradability, results.good_ids,
                  model.priors, model.rho, mode=mode)
    skipped = [(photo.good_id, photo.image, reason) for photo, reason in results.skipped]
    return PhotoEvidence(photo_evidence(pooled, footwear.features(), model.priors),
                         photo_notes(pooled, [photo.image for photo in results.photos]), skipped)


def photo_source(photos: PhotoEvidence) -> Source:
    """What the photos say; a good of which no photo could be used has its problems only."""
    problems: dict[str, list[str]] = {good_id: [] for good_id in photos.evidence.keys}
    for good_id, image, reason in photos.skipped:
        if good_id:
            problems.setdefault(good_id, [NO_PHOTOS]).append(f"{image}: {reason}")
    goods = [Good(good_id, good_id, problems=tuple(said)) for good_id, said in problems.items()]
    return Source(PHOTOS, goods, photos.evidence, photos.notes)


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
            notes[key, fact] = f"«{chosen.ru}»"
    return Witness(ANALYST, Evidence(keys, loglik), notes)
