"""Made pictures of footwear: parameters, labels and pictures agree."""
import csv
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orangecontrib.customs.groups import find_group
from tools.drawing import KINDS, VIEWS, draw, labels, sample
from tools.drawing.build import build
from tools.samples import make_samples

FOOTWEAR = find_group("footwear")

FEATURES = [feature.id for feature in FOOTWEAR.features]
HEIGHTS = [name for name in FEATURES if name.startswith("height_")]
FLAGS = [name for name in FEATURES if name not in HEIGHTS + ["not_footwear"]]
WHOLE = ("side_left", "side_right", "three_quarter", "pair")

seeds = st.integers(0, 2 ** 32 - 1)


def silhouette(item, seed=0):
    """Mask of the good on a white ground, without its shadow's pale parts."""
    picture = draw(item, "side_right", np.random.default_rng(seed), (128, 128), "white",
                   clean=True)
    return np.asarray(picture).min(axis=2) < 150


@given(seeds, st.sampled_from(VIEWS))
@settings(max_examples=200, deadline=None)
def test_labels_follow_the_parameters(seed, view):
    item = sample(np.random.default_rng(seed))
    marks = labels(item, view)
    assert list(marks) == FEATURES
    assert set(marks.values()) <= {0.0, 0.5, 1.0}
    if item.not_footwear:
        assert {marks[name] for name in HEIGHTS + FLAGS} == {0.5}
        assert marks["not_footwear"] in (0.5, 1.0)
        return
    assert marks["not_footwear"] == 0.0
    for name in FLAGS:
        assert marks[name] in (0.5, float(getattr(item, name)))
    if marks["height_ankle"] != 0.5:
        assert sum(marks[name] for name in HEIGHTS) == 1.0
        assert marks[f"height_{item.height}"] == 1.0
    if view in WHOLE:
        assert {name for name in FEATURES if marks[name] == 0.5} == set(item.undecided)


@given(seeds)
@settings(max_examples=200, deadline=None)
def test_goods_are_consistent(seed):
    item = sample(np.random.default_rng(seed))
    assert item.high_heel == (item.heel_cm > 3)
    assert abs(item.heel_cm - 3) > 0.09 or item.not_footwear
    assert item.sole_cm <= item.heel_cm
    if item.not_footwear:
        return
    # riveted and big-toe straps are straps
    assert item.strap_vamp or not (item.riveted_straps or item.toe_strap)
    low, high = {"below_ankle": (0, .35), "ankle": (.35, .7), "calf": (.7, 1.7),
                 "over_knee": (1.7, 3)}[item.height]
    assert low < item.shaft <= high


@pytest.mark.parametrize("name", FLAGS + ["high_heel"])
@pytest.mark.parametrize("wanted", [True, False])
def test_every_feature_can_be_asked_for(name, wanted):
    for seed in range(5):
        item = sample(np.random.default_rng(seed), not_footwear=False, **{name: wanted})
        assert getattr(item, name) is wanted
        assert labels(item, "side_left")[name] in (0.5, float(wanted))


@pytest.mark.parametrize("name", FEATURES)
def test_every_label_takes_all_values(name):
    rng = np.random.default_rng(1)
    seen = {labels(sample(rng, kind=kind), view)[name] for kind in KINDS for view in VIEWS
            for _ in range(3)}
    assert seen == {0.0, 0.5, 1.0}


def test_what_a_view_cannot_show_is_not_judged():
    item = sample(np.random.default_rng(0), kind="heeled_boot")
    assert labels(item, "side_left")["high_heel"] == 1.0
    assert labels(item, "sole")["height_calf"] == 0.5
    assert labels(item, "closeup")["high_heel"] == 0.5
    assert labels(item, "back")["strap_vamp"] == 0.5


def test_unknown_names_are_refused():
    rng = np.random.default_rng(0)
    item = sample(rng)
    with pytest.raises(ValueError, match="views are side_right"):
        draw(item, "inside", rng)
    with pytest.raises(ValueError, match="views are"):
        labels(item, "inside")
    with pytest.raises(ValueError, match="backgrounds are"):
        draw(item, "top", rng, background="beach")
    with pytest.raises(ValueError, match="kinds are"):
        sample(rng, kind="hovercraft")
    with pytest.raises(ValueError, match="no kind"):
        sample(rng, height="over_knee", riveted_straps=True)


@pytest.mark.parametrize("kind", KINDS)
def test_every_view_of_every_kind_is_a_picture(kind):
    for number, view in enumerate(VIEWS):
        rng = np.random.default_rng(number)
        picture = draw(sample(rng, kind=kind), view, rng, (48, 40), detail=1)
        assert picture.mode == "RGB" and picture.size == (48, 40)
        assert np.asarray(picture).std() > 4


@given(seeds)
@settings(max_examples=4, deadline=None)
def test_the_same_seed_gives_the_same_picture(seed):
    def picture():
        rng = np.random.default_rng(seed)
        item = sample(rng)
        return item, draw(item, VIEWS[seed % len(VIEWS)], rng, (64, 64)).tobytes()
    assert picture() == picture()


def test_heights_are_ordered():
    ratios = []
    for kind in ("derby", "ankle_boot", "calf_boot", "over_knee"):
        item = sample(np.random.default_rng(3), kind=kind, heel_cm=2.0, sole_cm=1.0,
                      colour=(.1, .1, .1), lining=(.2, .2, .2), sole_colour=(.1, .1, .1))
        rows, columns = np.nonzero(silhouette(item))
        ratios.append(np.ptp(rows) / np.ptp(columns))
    assert all(a * 1.25 < b for a, b in itertools.pairwise(ratios)), ratios


def test_heels_are_drawn_to_scale():
    """The heel of a good stands between the ground and the seat, 25 cm to a foot."""
    for heel in (1.5, 2.9, 3.1, 9.0):
        item = sample(np.random.default_rng(5), kind="pump", heel_cm=heel, sole_cm=.5)
        upper = build(item)[0]
        grid = np.linspace(0, 1, 80)
        rest = upper.surface(grid[:, None], grid[None, :])
        points = upper.place(rest)
        seat = points[(rest[..., 0] < .1) & (rest[..., 0] > .05) & (rest[..., 2] < .02)]
        assert seat[:, 2].min() * 25 == pytest.approx(heel, abs=.5)


def test_pictures_of_one_good_differ():
    rng = np.random.default_rng(0)
    item = sample(rng, kind="sneaker")
    assert draw(item, "top", rng, (48, 48)).tobytes() != draw(item, "top", rng, (48, 48)).tobytes()


def test_sample_goods_are_written(tmp_path):
    chosen = [good for good in make_samples.GOODS if good.good_id in ("G-003", "G-010")]
    files = make_samples.write(tmp_path, chosen)
    assert [f.relative_to(tmp_path).as_posix() for f in files[:2]] == ["G-003/1.jpg", "G-003/2.jpg"]
    with open(tmp_path / "declarations.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["good_id"] for row in rows] == ["G-003", "G-010"]
    assert all(len(row["declared_code"]) == 10 and int(row["quantity"]) > 0 for row in rows)


def test_bundled_samples_are_complete():
    """The committed demo has the photos and declarations that the script lists."""
    folder = make_samples.BUNDLED
    with open(folder / "declarations.csv", encoding="utf-8") as file:
        rows = {row["good_id"]: row for row in csv.DictReader(file)}
    assert list(rows) == [good.good_id for good in make_samples.GOODS]
    for good in make_samples.GOODS:
        assert rows[good.good_id]["description"] == good.description
        assert len(list((folder / good.good_id).glob("*.jpg"))) == len(good.views) >= 2
    assert sum(path.stat().st_size for path in folder.rglob("*")) < 2 ** 20


def test_cannot_write_samples_says_so(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert make_samples.main([str(tmp_path / "file")]) == 2
    assert "cannot write the samples" in capsys.readouterr().err


def test_the_labelled_sample_is_complete_and_fits_its_groups():
    from orangecontrib.customs.photos.model import feature_ids
    from orangecontrib.customs.training.labelling.files import read_labels
    folder, implied = make_samples.BUNDLED_LABELLED, {c.id: c.implied for c in FOOTWEAR.clusters}
    found = read_labels(folder / "labels.csv")
    assert not found.problems
    assert {row.image for row in found.rows} == {
        path.relative_to(folder).as_posix() for path in folder.glob("*/*.jpg")}
    for row in found.rows:
        for feature, label in zip(feature_ids(), row.labels):
            wanted = implied[row.cluster].get(feature)
            assert wanted is None or label in (wanted, .5), (row.image, feature)


def test_the_labelled_sample_is_what_its_script_writes(tmp_path, monkeypatch):
    monkeypatch.setattr(make_samples, "LABELLED", make_samples.LABELLED[:1])
    make_samples.write_labelled(tmp_path)
    for name in ("T-01/1.jpg", "T-01/2.jpg"):
        assert (tmp_path / name).read_bytes() == \
            (make_samples.BUNDLED_LABELLED / name).read_bytes()
