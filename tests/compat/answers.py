"""What the models that are kept here say: run in a process that has imported nothing of ours."""
from __future__ import annotations

import csv
import pickle
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np

__all__ = ["text_answers", "replayed", "photo_answers", "recomputed"]


def raw_corpus(texts):
    """Texts as the Corpus widget sends them, without any preprocessing."""
    from Orange.data import Domain, StringVariable
    from orangecontrib.text import Corpus
    feature = StringVariable("description")
    return Corpus.from_numpy(
        Domain([], metas=[feature]), np.empty((len(texts), 0)),
        metas=np.array([[text] for text in texts], dtype=object), text_features=[feature],
        language="ru")


def _columns(names, rows, kind="answer"):
    return [SimpleNamespace(name=name, kind=kind, attributes={},
                            values=[f"{value:.9g}" for value in column])
            for name, column in zip(names, np.transpose(rows))]


def raw_texts(folder: Path):
    """Descriptions that no model has seen."""
    with open(folder / "data" / "raw.csv", encoding="utf-8", newline="") as file:
        return [row["description"] for row in csv.DictReader(file)]


def text_answers(folder: Path):
    """P of each code for the raw texts, one by one and all at once, a column per code."""
    texts = raw_texts(folder)
    with open(folder / "models" / "text.pkcls", "rb") as file:
        model = pickle.load(file)
    codes = model.domain.class_var.values
    one_by_one = np.vstack([model(raw_corpus([text]), model.Probs) for text in texts])
    batch = model(raw_corpus(texts), model.Probs)
    return [*_columns([f"{code} alone" for code in codes], one_by_one),
            *_columns([f"{code} in a batch" for code in codes], batch)]


def replayed(folder: Path):
    """Tokens of the raw texts after the preprocessing that kept corpora bring along."""
    from Orange.data.io import PickleReader
    columns = []
    for name in ("corpus", "frozen"):
        kept = PickleReader(str(folder / "tables" / f"{name}.pkl")).read()
        tokens = kept.used_preprocessor(raw_corpus(raw_texts(folder))).tokens
        columns.append(SimpleNamespace(name=name, kind="tokens", attributes={},
                                       values=[" ".join(words) for words in tokens]))
    return columns


def photo_answers(folder: Path, name: str):
    """What a photo model says of the photos: features, what can be judged, contradiction."""
    from orangecontrib.customs.photos.extract import Extractor
    from orangecontrib.customs.photos.model import PhotoModel
    from orangecontrib.customs.photos.sources import find_photos
    model = PhotoModel.load(folder / "models" / f"{name}.safetensors")
    photos, _ = find_photos(folder / "data" / "photos")
    backend = "torch" if model.backbone_state else "auto"   # no time is lost by exporting it
    said = Extractor(model, "cpu", backend=backend, cache=False).run(photos)
    names = [*model.features, *(f"judged {fact}" for fact in model.facts), "contradiction"]
    return _columns(names, np.column_stack([said.probabilities, said.gradability,
                                            said.contradiction]))


def recomputed(folder: Path):
    """The features of a kept table, computed anew from the photos by its columns."""
    from artefacts import columns_of
    from Orange.data.io import PickleReader

    from orangecontrib.customs.photos.sources import find_photos
    from orangecontrib.customs.photos.table import photos_table
    kept = PickleReader(str(folder / "tables" / "features.pkl")).read()
    place = folder / "data" / "photos"
    whole = [photo for photo in find_photos(place)[0] if "torn" not in photo.image]
    raw = photos_table(whole, place)
    return columns_of(raw.transform(kept.domain))


def main(folder: Path, out: Path):
    from artefacts import columns_of, write
    write(out / "text.csv", text_answers(folder))   # first: the pickle brings what it needs
    from Orange.data.io import PickleReader
    for path in sorted((folder / "tables").glob("*.pkl")):
        write(out / "tables" / f"{path.stem}.csv", columns_of(PickleReader(str(path)).read()))
    write(out / "replayed.csv", replayed(folder))
    for name in ("heads", "network"):
        write(out / f"{name}.csv", photo_answers(folder, name))
    write(out / "recomputed.csv", recomputed(folder))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
