"""Photos as an inspector takes them: labels with views, feet, origins, what teaches views."""
import csv
import io
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from orangecontrib.customs.groups import find_group
from orangecontrib.customs.photos.model import untrained
from orangecontrib.customs.training.labelling import LabelRow, write_labels
from orangecontrib.customs.training.trainer import HeldOut, Recipe, TrainingPhotos
from orangecontrib.customs.training.trainer.split import split
from tools.recipes import augment, labels, photosets, train_default
from tools.recipes.labels import FOURTH_LIST, REAL_LIST, Labelled, read_source
from tools.recipes.photosets import PhotoSet
from tools.recipes.shots import held_out_scores
from tools.recipes.train_default import ALIKE, shot_rows

GROUP = find_group("footwear")
IDS = list(GROUP.feature_ids)
HEIGHTS = [i for i, id_ in enumerate(IDS) if id_.startswith("height_")]


def shoe(side=120):
    pixels = np.full((side, side, 3), 255, np.uint8)
    pixels[50:90, 20:100] = (120, 30, 30)
    return Image.fromarray(pixels)


# --- labels ---

def folder_of(tmp_path, source, rows):
    with open(tmp_path / f"{source}.csv", "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return tmp_path


def test_labels_of_the_labeler_say_how_a_photo_was_taken_and_what_it_shows(tmp_path, monkeypatch):
    source = "clothing_small_cc0"
    seen = np.full(len(IDS), np.nan)
    seen[IDS.index("high_heel")] = 1
    nothing = np.full(len(IDS), np.nan)
    write_labels(tmp_path / "said.csv", [LabelRow("a", "", "", seen, view="top", scene="floor"),
                                         LabelRow("b", "", "", nothing, view="back")], GROUP)
    monkeypatch.setattr(labels, "LABELER", {source: tmp_path / "said.csv"})
    folder_of(tmp_path, source, [{"image": name, "class": "shoes", "footwear": 1}
                                 for name in "abc"])
    found = read_source(tmp_path, source, GROUP)
    assert found.view.tolist() == ["top", "back", ""] and found.scene.tolist()[0] == "floor"
    assert found.labels[0, IDS.index("high_heel")] == 1 and found.hand.tolist() == [1, 0, 0]
    np.testing.assert_array_equal(found.labels[1], found.labels[2], "a view alone labels nothing")


def test_neither_photos_that_are_set_aside_nor_their_sources_and_goods_teach(tmp_path):
    old, fourth = ({row["image"]: row for row in csv.DictReader(
        path.read_text(encoding="utf-8").splitlines())} for path in (REAL_LIST, FOURTH_LIST))
    third = {image: row for image, row in old.items() if row["part"] != labels.TRAIN}
    others = [("free", "nobody/else:y", "y")]
    for aside in (next(iter(third.values())), next(iter(fourth.values()))):
        others += [("its source", aside["source"].split(":")[0] + ":x", "x"),
                   ("its good", "nobody/else:x", aside["good"])]
    rows = [{"image": row["image"], "footwear": "1", "source": row["source"], "group": row["good"],
             "licence": row["licence"]} for row in [*old.values(), *fourth.values()]]
    rows += [{"image": name, "footwear": "0", "source": source, "group": good,
              "licence": "CC0-1.0"} for name, source, good in others]
    folder_of(tmp_path, "amateur_rare_dev", rows)
    for source in labels.REAL_SCENES:
        found = read_source(tmp_path, source, GROUP)
        assert set(found.image) - set(old) == {"free"} and not set(found.image) & set(third)
        at = found.image.tolist().index("free")
        assert found.labels[at, -1] == 1 and found.view[at] == labels.OTHER_VIEW
        assert not found.hand[at]


def test_the_free_model_learns_from_photos_whose_licence_allows_it(tmp_path):
    with open(REAL_LIST, encoding="utf-8", newline="") as file:
        listed = list(csv.DictReader(file))
    folder_of(tmp_path, "amateur_rare_dev", [
        {"image": "x", "footwear": "0", "source": "nobody/else:x", "group": "x",
         "licence": "none (no licence file)"}])
    free = read_source(tmp_path, labels.REAL_SCENES[1], GROUP).image
    assert "x" in read_source(tmp_path, labels.REAL_SCENES[0], GROUP).image and "x" not in free
    licences = {row["image"]: row["licence"] for row in listed}
    assert len(free) > 100
    assert all(licences[image].startswith(labels.FREE) for image in free)


# --- feet ---

def on_a_leg(seed):
    return np.asarray(augment._on_leg(shoe(), np.random.default_rng(seed))).astype(int)


@pytest.mark.parametrize("seed", range(12))
def test_a_worn_shoe_is_whole_and_has_a_leg_up_to_the_edge(seed):
    worn = on_a_leg(seed)
    red = (np.abs(worn - (120, 30, 30)).max(axis=2) < 3)
    assert red.sum() >= 80 * 40 * .5, "the shoe, or what the other one leaves of it"
    top = red.any(axis=1).argmax()
    assert top > 20, "there is room for a leg"
    np.testing.assert_array_equal(worn, on_a_leg(seed))


def test_drawn_footwear_is_put_on_drawn_legs(monkeypatch):
    monkeypatch.setattr(photosets, "WORN_MADE", 2)
    photos, labelled = photosets._made_worn(GROUP)
    assert set(labelled.scene) == {"worn"} and np.isfinite(labelled.labels).any(axis=1).all()
    for photo in photos:
        with Image.open(io.BytesIO(photo.read())) as picture:
            assert min(picture.size) > 50


def test_labels_of_a_worn_shoe_are_those_of_the_shoe_and_it_is_seen_on_foot():
    whole = Labelled.empty(1, "s", ["a"], ["p"], group=GROUP)
    whole.labels[:], whole.hand[:], whole.view[:] = 1, True, "side"
    worn = augment.worn_labels(whole)
    np.testing.assert_array_equal(worn.labels, whole.labels)
    assert (worn.view[0], worn.scene[0], worn.hand[0]) == ("on_foot", "worn", False)
    assert whole.view[0] == "side" and (worn.weights < whole.weights).all()


# --- origins ---

def test_photos_of_one_origin_stand_on_one_side_of_a_split_and_stay_goods_of_their_own():
    n, rng = 60, np.random.default_rng(0)
    photos = [SimpleNamespace(image=str(i), good_id="") for i in range(n)]
    y = np.zeros((n, len(IDS)))
    origins = ["shop"] * 20 + ["market"] * 10 + [""] * 30
    some = TrainingPhotos.of(photos, y, GROUP, origins=origins)
    hashes = rng.integers(0, 2 ** 63, (n, 4), dtype=np.uint64)
    found = split(some, hashes, Recipe(folds=5, test_share=0.))
    assert len(set(found.fold[:20])) == len(set(found.fold[20:30])) == 1
    assert len(set(found.fold[30:])) > 1 and len(set(found.groups)) == n
    plain = TrainingPhotos.of(photos, y, GROUP)
    assert plain.digest(["x"] * n) != some.digest(["x"] * n)


# --- views ---

def test_scores_are_read_off_held_out_probabilities():
    rng, n = np.random.default_rng(0), len(IDS)
    scores, priors = rng.normal(size=(5, n)), rng.uniform(.1, .9, n)
    priors[HEIGHTS] /= priors[HEIGHTS].sum()
    p = 1 / (1 + np.exp(-scores - np.log(priors / (1 - priors))))
    z = np.exp(scores[:, HEIGHTS]) * priors[HEIGHTS]
    p[:, HEIGHTS] = z / z.sum(axis=1, keepdims=True)
    nothing = np.zeros(5)
    held = HeldOut(np.arange(5), p, p[:, :0], nothing, p, np.arange(5), nothing, GROUP)
    found = held_out_scores(held, priors)
    rest = np.setdiff1d(np.arange(n), HEIGHTS)
    np.testing.assert_allclose(found[:, rest], scores[:, rest])
    shift = found[:, HEIGHTS] - scores[:, HEIGHTS]
    np.testing.assert_allclose(shift, shift[:, :1].repeat(len(HEIGHTS), axis=1))


def test_views_are_learnt_from_photos_whose_view_is_known_and_from_not_too_many_alike():
    n = ALIKE + 50
    labelled = Labelled.empty(n, "s", [str(i) for i in range(n)], [str(i) for i in range(n)],
                              group=GROUP)
    labelled.view[:ALIKE + 20], labelled.view[-10:] = "side", "back"
    photos = TrainingPhotos.of([SimpleNamespace(image=str(i), good_id="") for i in range(n)],
                               labelled.labels, GROUP)
    rows = shot_rows(PhotoSet(photos, labelled), np.random.default_rng(0))
    assert (labelled.view[rows] == "side").sum() == ALIKE
    assert (labelled.view[rows] == "back").sum() == 10 and (labelled.view[rows] != "").all()


def test_a_head_is_as_loud_as_it_was_measured_and_a_hint_is_marked(tmp_path, monkeypatch):
    path = tmp_path / "damping.csv"
    path.write_text("model,feature,reliability,goods\nfree,sport,0.85,9\nfree,house,0.4,3\n"
                    "research,house,0.1,3\n", encoding="utf-8")
    monkeypatch.setattr(train_default, "DAMPING", path)
    model = untrained("made", "made", {}, 4, group=GROUP)
    found = train_default.damped(model, "free")
    loud = dict(zip(found.features, found.reliability))
    assert loud["sport"] == .85 and loud["house"] == .4 and loud["high_heel"] == 1
    assert found.made_only == ("house",)


def test_every_damping_is_of_a_feature_of_ours_and_quieter_than_nothing():
    with open(train_default.DAMPING, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["model"] for row in rows} == set(train_default.BUNDLES)
    assert {row["feature"] for row in rows} <= set(IDS)
    assert all(0 < float(row["reliability"]) < 1 and int(row["goods"]) for row in rows)
    for name in train_default.BUNDLES:
        model = train_default.model_of(name)
        assert train_default.damped(model, name).digest == model.digest, "the file has them"
