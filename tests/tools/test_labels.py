import csv
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from orangecontrib.customs.groups import find_group
from orangecontrib.customs.photos.model import feature_ids
from tools.recipes import augment
from tools.recipes.labels import (
    HAND_WEIGHT,
    MORE_HAND_LABELS,
    SOURCES,
    WEAK_LABELS,
    Labelled,
    concatenate,
    exclusive_height,
    hand_labels,
    read_source,
    weak_labels,
)

FOOTWEAR = find_group("footwear")

IDS = feature_ids()
DATA = Path(__file__).parents[2].parent / "shared" / "data" / "footwear"
HEIGHTS = slice(IDS.index("height_below_ankle"), IDS.index("height_over_knee") + 1)
NAN = float("nan")


@pytest.mark.parametrize("cells, expected", [
    ((1, 0, 0, 0), 0), ((0, 1, 0, 0), 1), ((0, 1, 1, 0), 2), ((0, 1, 1, 1), 3),
    ((NAN, NAN, NAN, NAN), None), ((0, 1, NAN, 0), None), ((0, NAN, NAN, 0), None)])
def test_cumulative_heights_become_exclusive(cells, expected):
    assert exclusive_height(*cells) == expected


def hand_row(**cells):
    columns = ["vamp_straps_or_perforated", "straps_riveted_to_sole", "big_toe_strap",
               "waterproof", "wooden_platform", "sport_spikes", "house_slippers", "high_heel",
               "below_ankle", "covers_ankle", "covers_calf", "over_knee", "not_footwear"]
    return {"class": "sandal", **dict.fromkeys(columns, ""), **cells}


def test_what_the_annotator_left_empty_stays_empty():
    labels, vamp = hand_labels(hand_row())
    assert np.isnan(labels).all() and np.isnan(vamp)


def test_merged_vamp_column():
    labels, vamp = hand_labels(hand_row(vamp_straps_or_perforated="1"))
    assert (labels[IDS.index("strap_vamp")], vamp) == (1, 1)
    assert np.isnan(labels[IDS.index("perforated_vamp")])
    labels, _ = hand_labels(hand_row(vamp_straps_or_perforated="1", **{"class": "boot"}))
    assert np.isnan(labels[:2]).all(), "nobody said which of the two it is"
    labels, _ = hand_labels(hand_row(vamp_straps_or_perforated="0"))
    assert labels[:2].tolist() == [0, 0]


def test_hand_labels_of_one_boot():
    labels, _ = hand_labels(hand_row(high_heel="1", below_ankle="0", covers_ankle="1.0",
                                     covers_calf="1", over_knee="0", not_footwear="0"))
    assert labels[HEIGHTS].tolist() == [0, 0, 1, 0]
    assert labels[IDS.index("high_heel")] == 1 and labels[-1] == 0


def test_other_things_have_a_gate_label_and_nothing_else():
    assert weak_labels("fpi_224", "not footwear", "Puma Men Black Watch") == {
        "not_footwear": (1., 1.)}


def test_classes_imply_only_what_they_imply():
    slippers = weak_labels("fpi_60x80", "Flip Flops", "Nike Thong Flip Flops")
    assert slippers["strap_vamp"][0] == 1 and slippers["height_below_ankle"][0] == 1
    # plugged or glued straps, a loop for the toe, house footwear: the class does not say
    assert not {"riveted_straps", "toe_strap", "house", "perforated_vamp"} & set(slippers)
    heels = weak_labels("fpi_224", "Heels", "Catwalk Women Gold Heels")
    assert heels["high_heel"][0] == 1 and "strap_vamp" not in heels
    boot = weak_labels("zappos_boot_sandal_shoe", "boot/knee_high", "")
    assert [boot[id_][0] for id_ in IDS[HEIGHTS]] == [0, 0, 1, 0]
    assert "high_heel" not in boot and "house" not in boot


@pytest.mark.parametrize("name, feature, expected", [
    ("Converse Unisex All Star HI Red Canvas Shoe", "height_ankle", 1),
    ("Puma Men's Mid Pixel Black Canvas Shoe", "height_ankle", None),
    ("Vans White Canvas Shoe", "height_below_ankle", None),
    ("Vans White Canvas Shoe", "strap_vamp", 0),
])
def test_names_correct_the_class(name, feature, expected):
    found = weak_labels("fpi_60x80", "Casual Shoes", name).get(feature)
    assert (found and found[0]) == expected


def test_spikes_by_name():
    assert weak_labels("fpi_224", "Sports Shoes", "Puma Ballistic Spike")["sport"][0] == 1
    assert weak_labels("fpi_224", "Sports Shoes", "Nike Trainer White")["sport"][0] == 0
    assert "sport" not in weak_labels("fpi_224", "Sports Shoes", "Kipsta Football Shoe")


def test_rules_name_known_features_and_sources():
    with open(WEAK_LABELS, encoding="utf-8", newline="") as file:
        for rule in csv.DictReader(file):
            assert set(rule["features"].split()) <= set(IDS), rule
            assert rule["why"], rule
            assert not rule["label"] or 0 < float(rule["weight"]) <= 1


def test_concatenated_sets_keep_their_rows():
    one = Labelled.empty(2, "s", ["a", "b"], ["a", "b"])
    two = Labelled.empty(1, "t", ["c"], ["c"], made=True)
    both = concatenate([one, two])
    assert len(both) == 3 and both.made.tolist() == [False, False, True]
    assert len(both[both.made]) == 1


# --- crops and copies --------------------------------------------------------------------

def shoe():
    image = Image.new("RGB", (136, 102), "white")
    ImageDraw.Draw(image).polygon([(20, 80), (25, 60), (90, 20), (115, 20), (115, 80)],
                                  fill="brown")
    return image


@pytest.mark.parametrize("kind", augment.CROPS)
def test_crops_lie_inside_the_silhouette(kind):
    cut = augment.crop(shoe(), kind, np.random.default_rng(0))
    assert 0 < cut.width <= 95 and 0 < cut.height <= 60


def test_crop_labels():
    whole = Labelled.empty(1, "s", ["a"], ["a"])
    whole.labels[:] = 0
    for kind, (_, hidden, shown) in augment.CROPS.items():
        labels = augment.crop_labels(whole, kind).labels[0]
        for feature, label in zip(FOOTWEAR.features, labels):
            if feature.fact in hidden:
                assert label == .5
            elif feature.fact in shown:
                assert label == 0
            else:
                assert np.isnan(label)
    assert (whole.labels == 0).all(), "the originals stay as they are"


def test_varied_copies_are_photos_and_no_yardstick():
    rng = np.random.default_rng(0)
    assert all(augment.vary(shoe(), rng).mode == "RGB" for _ in range(8))
    assert augment.vary(Image.new("RGB", (20, 20), "white"), rng).size
    whole = Labelled.empty(2, "s", ["a", "b"], ["a", "b"])
    whole.hand[:] = True
    copy = augment.vary_labels(whole, np.array([1, 5]))
    assert not copy.hand.any() and whole.hand.all()
    np.testing.assert_allclose(copy.weights[:, 0], [.5, .1])


# --- the real data sets ------------------------------------------------------------------

@pytest.mark.skipif(not DATA.is_dir(), reason="the real data sets are not beside the checkout")
@pytest.mark.parametrize("source", SOURCES)
def test_real_labels_are_consistent(source):
    data = read_source(DATA, source)
    assert set(np.unique(data.labels[np.isfinite(data.labels)])) <= {0, .5, 1}
    assert not (data.labels[~data.hand & ~_doubted(source, data)] == .5).any()
    heights = data.labels[:, HEIGHTS]
    known = np.isfinite(heights).all(axis=1)
    assert (heights[known].sum(axis=1) == 1).all()
    assert np.isnan(heights[~known]).all()
    other = data.labels[:, -1] == 1
    assert np.isnan(data.labels[other, :-1]).all()
    assert data.hand.sum() == {"zappos_boot_sandal_shoe": 196 + 144, "fpi_60x80": 300,
                               "clothing_small_cc0": 243}.get(source, 0)
    heel = data.hand & np.isfinite(data.labels[:, IDS.index("high_heel")])
    assert (data.weights[heel, IDS.index("high_heel")] == HAND_WEIGHT).all()


def _rows(source):
    rows = csv.DictReader(MORE_HAND_LABELS.read_text(encoding="utf-8").splitlines())
    return [row for row in rows if row["source"] == source]


def _doubted(source, data):
    return np.isin(data.image, [r["image"] for r in _rows(source) if r["chosen"] == "doubt"])


@pytest.mark.skipif(not DATA.is_dir(), reason="the real data sets are not beside the checkout")
@pytest.mark.parametrize("source", ["zappos_boot_sandal_shoe", "fpi_60x80"])
def test_what_a_model_doubted_is_no_yardstick(source):
    data, rows = read_source(DATA, source), _rows(source)
    position = {image: i for i, image in enumerate(data.image)}
    for row in rows:
        assert data.hand[position[row["image"]]] == (row["chosen"] == "random")
        if row["chosen"] == "doubt" and row["high_heel"]:
            i = position[row["image"]]
            assert data.labels[i, IDS.index("high_heel")] == float(row["high_heel"])
            assert data.weights[i, IDS.index("high_heel")] == HAND_WEIGHT


def test_more_hand_labels_are_well_formed():
    rows = list(csv.DictReader(MORE_HAND_LABELS.read_text(encoding="utf-8").splitlines()))
    assert len({(row["source"], row["image"]) for row in rows}) == len(rows)
    for row in rows:
        assert row["chosen"] in ("random", "doubt")
        assert row["height"] in ("", "below_ankle", "ankle", "calf", "over_knee")
        for column in ("perforated_vamp", "strap_vamp", "open_vamp", "high_heel", "sport",
                       "waterproof"):
            assert row[column] in ("", "0", "0.5", "1")
        vamp = {row["perforated_vamp"], row["strap_vamp"]}
        assert row["open_vamp"] != "0" or vamp <= {"0"}
        assert "1" not in vamp or row["open_vamp"] == "1"
