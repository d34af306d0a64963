"""Something of every type that a widget takes, for the tests that every widget passes.

A kind of signal that nobody has sent before is a line in :func:`of_type`; a widget is none.
"""
from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import numpy as np
from made_goods import BOOTS, SNEAKERS, photo_features, text_facts
from made_model import MadeBackbone, made_model, small_backbone
from Orange.base import Learner, Model
from Orange.classification import LogisticRegressionLearner, MajorityLearner
from Orange.data import ContinuousVariable, DiscreteVariable, Domain, StringVariable, Table
from Orange.evaluation import CrossValidation, Results
from orangecontrib.text import Corpus
from PIL import Image

from orangecontrib.customs.collecting import Entry, Manifest, settle
from orangecontrib.customs.collecting.pictures import picture_of
from orangecontrib.customs.groups import find_group
from orangecontrib.customs.photos import backbones, extract, find_photos
from orangecontrib.customs.photos.extract import Extractor
from orangecontrib.customs.photos.model import PhotoModel
from orangecontrib.customs.photos.table import (
    features_table,
    photos_table,
    pool_table,
    pooled_table,
)
from orangecontrib.customs.training.trainer import Recipe

CODES = ("850440", "850490", "853630")
NAMES = ("Источник питания для оборудования", "Инвертор сварочный промышленный",
         "Устройство защиты цепей", BOOTS, SNEAKERS, "Регулятор напряжения 220 В, 2 шт")

#: Settings with which a widget does all it can; without a line here it has those of a new one.
SETTINGS = {
    "OWFootwearTrainer": {"recipe": Recipe("small", l2=.001, epochs=2, folds=2).to_dict()},
    "OWVocabularySweep": {"sizes_text": "10", "maxima_text": "0.6", "scheme": "folds 5"}}


def declarations(n=12, *, alike=True) -> Table:
    """Goods with id, description, declared code, and a class of codes; some or none alike."""
    domain = Domain([ContinuousVariable("quantity", number_of_decimals=0)],
                    DiscreteVariable("HS code", CODES),
                    [StringVariable("good_id"), StringVariable("description"),
                     StringVariable("declared_code")])
    more = ["" if alike else f", {word} {letter}" for letter in "абвгдежзиклм"
            for word in ("новый", "серый", "запасной")]
    rows = [[f"G{i}", NAMES[i % len(NAMES)] + more[i],
             "6403919600" if i % 2 else "8504408800"] for i in range(n)]
    return Table.from_numpy(domain, np.arange(1., n + 1)[:, None], np.arange(n) % 3.,
                            np.array(rows, dtype=object).reshape(n, 3))


def corpus() -> Corpus:
    """The same as texts."""
    table = declarations(36, alike=False)
    return Corpus.from_numpy(
        table.domain, table.X, table.Y, table.metas,
        text_features=[table.domain["description"]], language="ru")


def words() -> Table:
    return Table.from_list(Domain([], metas=[StringVariable("Words")]), [["питания"], ["для"]])


def evaluated() -> Results:
    """Two models, evaluated on iris under codes."""
    iris = Table("iris")
    table = Table.from_numpy(Domain(iris.domain.attributes[:2], DiscreteVariable("HS code", CODES)),
                             iris.X[:, :2], iris.Y)
    found = CrossValidation(k=3, random_state=0)(
        table, [LogisticRegressionLearner(), MajorityLearner()])
    found.data, found.learner_names = table, ["logistic", "majority"]
    return found


def draw(folder: Path) -> None:
    """Photos of four goods, a file of declarations beside them, and a collection."""
    for number in range(8):
        path = folder / "goods" / f"A{number // 2}" / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        pixels = np.random.default_rng(number).integers(0, 255, (16, 16, 3), dtype=np.uint8)
        Image.fromarray(pixels).resize((160, 160), Image.Resampling.NEAREST).save(path)
    (folder / "goods.csv").write_text(
        "good_id,description,declared_code,quantity\n" + "".join(
            f'G{i},"{name}",8504408800,{i + 1}\n' for i, name in enumerate(NAMES)),
        encoding="utf-8")
    with Manifest(folder / "collection") as manifest:
        for number, path in enumerate(sorted((folder / "goods").rglob("*.png"))):
            content = path.read_bytes()
            manifest.add(Entry(url=f"http://shop/{number}", kind="catalogue", source="shop",
                               text="Туфли, каблук 7 см", product=f"shop:{number}",
                               licence="CC BY 4.0"), content, picture_of(content))
        settle(manifest, find_group("footwear"))


@cache
def made_samples() -> Samples:
    """Samples for all tests of a run."""
    folder = TemporaryDirectory()
    made = Samples(Path(folder.name).resolve())
    made.kept = folder  # until the run is over
    return made


class Samples:
    """Samples of a test run, made once; `folder` holds their photos."""

    def __init__(self, folder: Path):
        self.folder = folder
        draw(folder)
        self.model, self.small = made_model(), small_backbone(folder)
        table = declarations()
        goods = folder / "goods"
        photos = photos_table(find_photos(goods)[0], goods)
        with self.in_place():
            features = features_table(photos, "image", Extractor(self.model))[0]
        pooled = pooled_table(features, "good_id", "tempered", pool_table(features, "good_id"))
        model = MajorityLearner()(table)
        #: type → what of that type there is, by its name
        self.of_type = {
            Corpus: {"corpus": corpus()},
            Table: {"declarations": table, "photos": photos, "labelled photos": _labelled(photos),
                    "features of photos": features, "features of goods": pooled,
                    "made features": photo_features({"A0": {}, "G1": {}}),
                    "facts": text_facts({"A0": BOOTS, "G1": SNEAKERS}), "words": words(),
                    "flowers": Table("iris")},
            PhotoModel: {"photo model": self.model}, Model: {"model": model},
            Learner: {"learner": MajorityLearner()}, Results: {"results": evaluated()}}

    @property
    def paths(self) -> list[Path]:
        """Files and folders that a widget may read."""
        return [self.folder / name for name in ("collection", "goods", "goods.csv")]

    def in_place(self) -> ExitStack:
        """While it lasts, the bundled model is `model`, and backbones are made or small ones."""
        stack, known = ExitStack(), backbones.get
        for target, name, stand_in in (
                (extract, "_loaded", lambda backbone, *_: MadeBackbone()),
                (PhotoModel, "bundled", classmethod(lambda *_: replace(self.model))),
                (backbones, "get", lambda name, group=None: self.small if name == "small"
                 else known(name, group))):
            stack.enter_context(patch.object(target, name, stand_in))
        return stack

    def wholes(self, type_: type) -> dict:
        """What can be sent to an input of this type; a corpus is a table, too."""
        return {name: value for of, some in self.of_type.items() if issubclass(of, type_)
                for name, value in some.items()}


def edges(value) -> dict:
    """What else somebody may send in the place of a table: less of it, and none of its values."""
    if not isinstance(value, Table):
        return {}
    unknown = value.copy()
    with unknown.unlocked():
        for part, nothing in ((unknown.X, np.nan), (unknown.Y, np.nan)):
            part[:] = nothing
        for column, variable in enumerate(value.domain.metas):
            unknown.metas[:, column] = "" if variable.is_string else np.nan
    return {"no rows": value[:0], "one row": value[:1], "two rows": value[:2],
            "nothing known": unknown}


def no_columns(n=3) -> Table:
    return Table.from_numpy(Domain([]), np.empty((n, 0)))


def _labelled(photos: Table) -> Table:
    """Photos with labels of two features."""
    variables = [ContinuousVariable(name) for name in ("high heel", "below ankle")]
    domain = Domain(variables, metas=photos.domain.metas)
    found = photos.transform(domain)
    with found.unlocked(found.X):
        found.X[:] = np.column_stack([np.arange(len(photos)) % 2, np.arange(len(photos)) // 4])
    return found
