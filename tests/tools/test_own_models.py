"""The recipe of our own photo models, on small data: which photos, which split, what is damped."""
import csv
import io
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from orangecontrib.customs.groups import find_group
from orangecontrib.customs.photos import backbones
from orangecontrib.customs.photos.model import PhotoModel
from orangecontrib.customs.training.trainer.calibration import ENOUGH_REAL, MADE_RELIABILITY
from orangecontrib.customs.training.trainer.split import split
from tools.recipes import augment, labels, photosets, train_default
from tools.recipes.photosets import collect
from tools.recipes.train_default import BUNDLES, RECIPE

IDS = find_group("footwear").feature_ids
N, SEEDED, EYE = 60, 6, 8
SPORT, GATE = map(IDS.index, ("sport", "not_footwear"))

#: Why a photo was labelled by eye: only at random is a yardstick.
CHOSEN = ("random", "doubt")

#: Sources that anybody may use, and those whose photos must not teach the bundled model.
FREE = {"fpi_60x80", "clothing_small_cc0"}


def rows_of(source):
    """Images of a source and what its CSV says of them; a third of each is not footwear."""
    for number in range(N):
        other = number % 3 == 2
        if source == "zappos_boot_sandal_shoe":
            kind = ("boot", "sandal", "shoe")[number % 3]
            yield {"image": f"{kind}/{number}.jpg", "class": kind,
                   "weak_height": "ankle" if kind == "boot" else "low"}
        elif source == "clothing_small_cc0":
            yield {"image": f"{number}.jpg", "class": "hat" if other else "shoes",
                   "footwear": int(not other)}
        else:
            # every second shoe is spiked by its name; two photos of each product
            kind, name = ("Sports Shoes", f"Swift {number // 6} spike") if number % 3 else \
                ("Sandals", f"Sandal {number // 6}")
            yield {"image": f"{number}.jpg", "footwear": int(not other),
                   "articleType": "Belts" if other else kind, "name": "" if other else name}


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A folder like that of the data sets, of small pictures with a dark blot on white."""
    folder, rng = tmp_path_factory.mktemp("data"), np.random.default_rng(0)
    for source in labels.SOURCES:
        rows = list(rows_of(source))
        with open(folder / f"{source}.csv", "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, rows[0])
            writer.writeheader()
            writer.writerows(rows)
        with zipfile.ZipFile(folder / f"{source}.zip", "w") as archive:
            for row in rows:
                image = Image.new("RGB", (24, 24), "white")
                blot = rng.integers(0, 200, (12, 16, 3), dtype=np.uint8)
                image.paste(Image.fromarray(blot), (4, 6))
                stream = io.BytesIO()
                image.save(stream, "PNG")
                archive.writestr(row["image"], stream.getvalue())
    columns = ("image", "class", "vamp_straps_or_perforated", *labels._SAME, "below_ankle",
               "covers_ankle", "covers_calf", "over_knee")
    with open(folder / labels.HAND_LABELS["zappos_boot_sandal_shoe"], "w", encoding="utf-8",
              newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        for row in list(rows_of("zappos_boot_sandal_shoe"))[:SEEDED]:
            writer.writerow({**dict.fromkeys(columns, 0), "image": row["image"],
                             "class": row["class"], "below_ankle": 1})
    return folder


@pytest.fixture(scope="module", autouse=True)
def small(data, tmp_path_factory):
    """Few made pictures and crops, labels by eye for the small data, a backbone of 12 numbers."""
    tmp_path, monkeypatch = tmp_path_factory.mktemp("small"), pytest.MonkeyPatch()
    monkeypatch.setattr(photosets, "N_MADE", 60)
    monkeypatch.setattr(photosets, "N_CROPS", 4)
    monkeypatch.setattr(train_default, "RECIPE", RECIPE.from_dict(
        {**RECIPE.to_dict(), "folds": 3, "epochs": 10}))
    path = tmp_path / "by_eye.csv"
    header = ("source", "image", "chosen", "perforated_vamp", "strap_vamp", "open_vamp",
              "high_heel", "height", "sport", "waterproof")
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        for number in [n for n in range(N) if n % 3 != 2][:EYE]:
            writer.writerow(("fpi_60x80", f"{number}.jpg", CHOSEN[number % 2], 0, *2 * [number % 2],
                             "", "below_ankle", int(number == 0), 0))
    monkeypatch.setattr(labels, "MORE_HAND_LABELS", path)

    def build():
        from torch import nn
        return nn.Sequential(nn.AdaptiveAvgPool2d(2), nn.Flatten())

    weights = tmp_path / "none.safetensors"
    from safetensors.numpy import save_file
    save_file({"nothing": np.zeros(1, np.float32)}, weights)
    known = backbones.get
    backbone = backbones.Backbone(backbones.DEFAULT, 24, 12, (0.,) * 3, (255.,) * 3, "none", build,
                                  "grid", packaged=lambda: str(weights))
    monkeypatch.setattr(backbones, "get", lambda name, group=None:
                        backbone if name == backbones.DEFAULT else known(name, group))
    monkeypatch.setenv("ORANGE_CUSTOMS_CACHE", "off")
    yield
    monkeypatch.undo()


# --- which photos ---

def test_the_bundled_model_learns_from_free_sources_and_made_pictures_only(data):
    assert set(BUNDLES["free"].sources) == FREE < set(BUNDLES["research"].sources)
    photos = collect(data, BUNDLES["free"].sources)
    assert set(photos.labelled.source) == FREE | {"made"}
    assert "UT-Zappos" not in BUNDLES["free"].note + BUNDLES["free"].licence
    assert "UT-Zappos" in BUNDLES["research"].note
    assert "non-commercial" in BUNDLES["research"].licence


def test_test_data_is_no_source():
    assert not any("multiview" in source or "paired" in source for source in labels.SOURCES)


def test_copies_and_crops_are_of_their_photo_and_no_yardstick(data):
    photos = collect(data)
    labelled, training = photos.labelled, photos.photos
    derived = np.array(["#" in image for image in labelled.image]) & ~labelled.made
    assert np.array_equal(training.varied, derived)
    assert not training.by_eye[training.aside].any()
    whole = {(source, image): (product, by_label) for source, image, product, by_label in zip(
        labelled.source[~derived], labelled.image[~derived], labelled.product[~derived],
        labelled.labels[~derived])}
    copies = 0
    for row in np.flatnonzero(derived):
        image, _, kind = labelled.image[row].partition("#")
        product, said = whole[labelled.source[row], image]
        assert labelled.product[row] == product
        if kind == "varied":
            copies += 1
            np.testing.assert_array_equal(labelled.labels[row], said)
        else:
            assert labelled.source[row] in photosets.CROPPED and kind in augment.CROPS
    eye = {source: SEEDED if source.startswith("zappos") else EYE // 2 * (source == "fpi_60x80")
           for source in labels.SOURCES}
    shoes = {source: N if source.startswith("zappos") else N - N // 3 for source in labels.SOURCES}
    assert copies == sum(photosets.HAND_COPIES * eye[source] + photosets.COPIES[source]
                         * (shoes[source] - eye[source]) for source in labels.SOURCES)
    assert len(training) == 4 * N + copies + 2 * 4 * len(augment.CROPS) + 60


def test_pressed_photos_get_their_width_back(data):
    for source, size in (("fpi_224", (18, 24)), ("fpi_60x80", (24, 24))):
        first = collect(data, [source], made=False).photos.photos[0]
        assert Image.open(io.BytesIO(first.read())).size == size


# --- the split ---

def test_every_photo_trains_and_no_product_is_on_two_sides_of_a_fold(data):
    photos = collect(data).photos
    assert RECIPE.test_share == 0 and RECIPE.folds == 5
    rng = np.random.default_rng(0)
    found = split(photos, rng.integers(0, 2 ** 63, (len(photos), 4), dtype=np.uint64), RECIPE)
    assert set(found.part) == {"train"}
    for product in set(photos.products):
        assert len(set(found.fold[photos.products == product])) == 1
    assert len(set(found.fold[~photos.aside])) == RECIPE.folds


# --- the models, from the script that makes them ---

@pytest.fixture(scope="module")
def made(data, small, tmp_path_factory):
    """Both models of the small data, by name, and the folder of what was held out."""
    tmp_path = tmp_path_factory.mktemp("made")
    train_default.main([str(data), "--cache", str(tmp_path / "cache"), "--out", str(tmp_path)])
    return {name: PhotoModel.load(tmp_path / bundle.path.name)
            for name, bundle in BUNDLES.items()}, tmp_path / "cache"


def test_weak_labels_do_not_make_a_feature_trusted(data, made):
    """Spikes are a guess from a name, but for one photo; what is a garment the source knows."""
    models, _ = made
    for name, model in models.items():
        photos = collect(data, BUNDLES[name].sources).photos
        yes = (photos.labels == 1) & ~photos.aside[:, None]
        weak = yes & (photos.weights < 1)
        assert weak[:, SPORT].sum() >= ENOUGH_REAL > (yes & ~weak)[:, SPORT].sum() > 0
        assert (yes & ~weak)[:, GATE].sum() >= ENOUGH_REAL
        assert "sport" in model.made_only and model.reliability[SPORT] == MADE_RELIABILITY
        assert "not_footwear" not in model.made_only and model.reliability[GATE] == 1


def test_a_model_says_what_it_may_be_used_for_and_is_measured_on_photos_seen_by_eye(made):
    models, cache = made
    assert models["free"] != models["research"]
    for name, model in models.items():
        assert (model.note, model.licence) == (BUNDLES[name].note, BUNDLES[name].licence)
        found = np.load(cache / f"held-out-{name}.npz")
        assert len(found["probabilities"]) == N * len(BUNDLES[name].sources)
        assert not {"made"} & set(found["source"])
        assert found["by_eye"].sum() == (EYE // 2 + SEEDED * (name == "research"))


def test_without_a_place_for_a_model_nothing_is_begun(data, tmp_path, monkeypatch, capsys):
    nowhere = replace(BUNDLES["research"], path=tmp_path / "no" / "m.safetensors")
    monkeypatch.setitem(BUNDLES, "research", nowhere)
    monkeypatch.setattr(train_default, "collect", None)
    with pytest.raises(SystemExit):
        train_default.main([str(data), "--only", "research"])
    assert "--out" in capsys.readouterr().err
