"""The main job without a workflow: declarations and photos -> codes, as a CSV."""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from orangecontrib.customs.declarations import FactReader
from orangecontrib.customs.facts import Evidence, Priors
from orangecontrib.customs.fusion import Engine, Verdict, Witness, decide
from orangecontrib.customs.fusion.answers import duty_at_risk
from orangecontrib.customs.headless.files import Good

__all__ = ["CLASSIFY_COLUMNS", "PhotoEvidence", "text_witness", "photo_witness",
           "classify", "verdict_row", "read_photos"]

CLASSIFY_COLUMNS = (
    "good_id", "code", "p", "safe_code", "p_safe", "heading", "p_heading", "runner_up",
    "flip_fact", "missing_facts", "next_question", "discrepancy", "duty_low", "duty_high",
    "duty_at_risk", "declared_code",
    "p_declared", "agrees", "duty_at_declared", "trace", "problems")

#: People misdeclare: P(a declared fact is about this very good).
TEXT_RELIABILITY = 0.99


@dataclass(frozen=True)
class PhotoEvidence:
    """What the photos of the goods say.

    Attributes
    ----------
    evidence : Evidence
    notes : dict of (good id, fact) to str
        The photos that the evidence rests on.
    counts : dict of str to int
        Photos used per good.
    skipped : list of (str, str, str)
        Good id, photo and reason of each photo that could not be used.
    """

    evidence: Evidence
    notes: Mapping[tuple[str, str], str]
    counts: Mapping[str, int]
    skipped: Sequence[tuple[str, str, str]]


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
    from orangecontrib.customs import footwear
    from orangecontrib.customs.photos.extract import Extractor
    from orangecontrib.customs.photos.notes import photo_notes
    from orangecontrib.customs.photos.pooling import photo_evidence, pool
    results = Extractor(model, device, backend=backend).run(photos, progress=progress)
    pooled = pool(results.probabilities, results.gradability, results.good_ids,
                  model.priors, model.rho, mode=mode)
    counts = dict(zip(pooled.good_ids, (int(n) for n in pooled.n_photos)))
    skipped = [(photo.good_id, photo.image, reason) for photo, reason in results.skipped]
    evidence = photo_evidence(pooled, footwear.features(), model.priors)
    notes = photo_notes(pooled, [photo.image for photo in results.photos])
    return PhotoEvidence(evidence, notes, counts, skipped)


def text_witness(goods: Sequence[Good], reader: FactReader | None = None,
                 progress: Callable | None = None
                 ) -> tuple[Witness, dict[str, list[str]]]:
    """The text's evidence, and the problems of each good's text by key."""
    reader = reader or FactReader()
    keys, readings, problems, notes = [], [], {}, {}
    for number, good in enumerate(goods, start=1):
        if not good.description:
            # None: there is one that can't be read, and the good's problems say why
            problems[good.key] = [] if good.description is None else ["пустое описание"]
        else:
            reading = reader.read(good.description)
            keys.append(good.key)
            readings.append(reading)
            problems[good.key] = list(reading.problems)
            notes.update({(good.key, fact): words
                          for fact, words in reading.words().items()})
        if progress is not None:
            progress(number, len(goods))
    evidence = reader.evidence(keys, readings)
    return Witness("текст", evidence, notes, TEXT_RELIABILITY), problems


def photo_witness(photos: PhotoEvidence, goods: Sequence[Good]) -> Witness:
    """The photos' evidence under the keys of the goods (a repeated id shares its photos)."""
    known = set(photos.evidence.keys)
    keys, rows, notes = [], [], {}
    # a folder named like the key of a repeated id ("A#2") is no good of its own
    declared = {good.good_id for good in goods} | {good.key for good in goods}
    pairs = [(g.key, g.good_id) for g in goods if g.good_id in known]
    pairs += [(k, k) for k in photos.evidence.keys if k not in declared]
    position = {key: i for i, key in enumerate(photos.evidence.keys)}
    for key, good_id in pairs:
        keys.append(key)
        rows.append(position[good_id])
    origin = dict(pairs)
    by_good: dict[str, list] = {}
    for (good_id, fact), note in photos.notes.items():
        by_good.setdefault(good_id, []).append((fact, note))
    for key in keys:
        for fact, note in by_good.get(origin[key], ()):
            notes[key, fact] = note
    evidence = Evidence(keys, {f: v[rows] for f, v in photos.evidence.loglik.items()})
    return Witness("фото", evidence, notes)


def classify(goods: Sequence[Good], photos: PhotoEvidence | None = None, *,
             priors: Priors | None = None, error: float = 0.1,
             progress: Callable | None = None) -> list[dict]:
    """Rows of the result, in the order of the goods; goods with photos only come last."""
    engine = Engine.footwear(priors)
    text, problems = text_witness(goods)
    witnesses = [text]
    keys = [good.key for good in goods]
    if photos is not None:
        seen = photo_witness(photos, goods)
        witnesses.append(seen)
        declared = set(keys)
        # goods with photos only; of some, no photo could be used
        mentioned = dict.fromkeys([*seen.evidence.keys, *(g for g, *_ in photos.skipped if g)])
        declared.update(good.good_id for good in goods)
        keys += [key for key in mentioned if key not in declared]
    skipped: dict[str, list[str]] = {}
    for good_id, image, reason in photos.skipped if photos is not None else ():
        skipped.setdefault(good_id, []).append(f"{image}: {reason}")
    by_key = {good.key: good for good in goods}
    rows = []
    for verdict in decide(engine, witnesses, error=error, keys=keys, progress=progress):
        good = by_key.get(verdict.key)
        if good is None:
            good = Good(verdict.key, verdict.key, "", "", None,
                        ("есть фотографии, но нет описания",))
        notes = list(good.problems) + problems.get(good.key, [])
        used = None
        if photos is not None:
            used = photos.counts.get(good.good_id, 0)
            notes += skipped.get(good.good_id, [])
            if not used:
                notes.append("нет пригодных фотографий")
        rows.append(verdict_row(engine, verdict, good, notes))
    return rows


def verdict_row(engine: Engine, verdict: Verdict, good: Good,
                problems: Sequence[str] = ()) -> dict:
    """A row of the result."""
    times = 1. if good.quantity is None else good.quantity
    notes = list(problems) + list(verdict.problems)
    declared = good.declared_code
    row = {"good_id": good.good_id, "declared_code": declared}
    duty = engine.nomenclature.duty(declared) if declared else None
    if declared and len(declared) == 10 and declared.startswith("64") and duty is None:
        notes.append(f"кода {declared} нет в издании тарифа от "
                     f"{engine.nomenclature.edition}")
    return {
        **row,
        "code": verdict.code, "p": verdict.p,
        "safe_code": verdict.safe_code, "p_safe": verdict.p_safe if verdict.safe_code else None,
        "heading": verdict.heading, "p_heading": verdict.p_heading if verdict.heading else None,
        "runner_up": verdict.runner_up, "flip_fact": verdict.flip_fact,
        "missing_facts": "; ".join(verdict.missing_facts),
        "next_question": verdict.questions[0].text if verdict.questions else "",
        "discrepancy": "; ".join(d.text for d in verdict.discrepancies),
        "duty_low": verdict.duty_low * times, "duty_high": verdict.duty_high * times,
        "duty_at_risk": duty_at_risk(engine, verdict) * times,
        "p_declared": verdict.p_of(declared) if declared else None,
        "agrees": verdict.agrees(declared),
        "duty_at_declared": None if duty is None else duty * times,
        "trace": verdict.trace,
        "problems": "; ".join(dict.fromkeys(notes)),
    }

