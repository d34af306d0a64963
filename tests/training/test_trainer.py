"""Runs on made photos, mostly on a backbone of twelve numbers."""
import hashlib
import io
import json
from dataclasses import dataclass, replace
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from orangecontrib.customs.groups import find_group
from orangecontrib.customs.photos import backbones, scratch
from orangecontrib.customs.photos.extract import Extractor
from orangecontrib.customs.photos.model import PhotoModel, fact_ids, feature_ids
from orangecontrib.customs.photos.sources import Photo
from orangecontrib.customs.photos.synthetic import marked
from orangecontrib.customs.training.trainer import (
    Cancelled,
    Recipe,
    TrainingError,
    TrainingPhotos,
    read,
    train,
)
from orangecontrib.customs.training.trainer.augmentation import vary
from orangecontrib.customs.training.trainer.checkpoint import CheckpointError
from orangecontrib.customs.training.trainer.clusters import cluster_targets
from orangecontrib.customs.training.trainer.frozen import fit
from orangecontrib.customs.training.trainer.objective import Objective
from orangecontrib.customs.training.trainer.split import split
from orangecontrib.customs.training.trainer.watch import Watch

FOOTWEAR = find_group("footwear")
IDS = feature_ids()
HEEL, STRAPS, HEIGHT = (IDS.index(i) for i in ("high_heel", "strap_vamp", "height_below_ankle"))


@dataclass(frozen=True)
class Content:
    """Bytes as the opener of a photo."""

    content: bytes

    def read_bytes(self):
        return self.content


def photo(name, good, image):
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return Photo(name, good, Content(stream.getvalue()))


def picture(rng, heel, tall):
    """Blocks of random grey; the heel is a red block, a tall one is blue at the top."""
    image = Image.fromarray(rng.integers(0, 255, (6, 6), dtype=np.uint8)).convert("RGB")
    image = image.resize((48, 48), Image.Resampling.NEAREST)
    drawing = ImageDraw.Draw(image)
    if heel:
        drawing.rectangle((28, 30, 47, 47), fill=(230, 20, 20))
    if tall:
        drawing.rectangle((0, 0, 47, 12), fill=(20, 20, 230))
    return image


def made_photos(n=80, seed=0, made=0):
    """n photos, two of each good; heel and height are in the picture.

    The last `made` ones are made pictures, each of a good of its own.
    """
    rng = np.random.default_rng(seed)
    heel, tall = rng.random(n) < .5, rng.random(n) < .5
    labels = np.full((n, len(IDS)), np.nan)
    labels[:, HEEL] = heel
    labels[:, HEIGHT:HEIGHT + 4] = 0
    labels[np.arange(n), HEIGHT + tall] = 1
    photos = [photo(f"{i}.png", f"good {i // 2}", picture(rng, heel[i], tall[i]))
              for i in range(n)]
    return TrainingPhotos.of(photos, labels, made=np.arange(n) >= n - made)


@pytest.fixture(autouse=True)
def small(monkeypatch, tmp_path):
    """A backbone by the name "small": mean colours of a 2 x 2 grid, weights in a file."""
    import torch
    path, known = tmp_path / "small.pth", backbones.get

    def build():
        from torch import nn
        return nn.Sequential(nn.Conv2d(3, 3, 1), nn.AdaptiveAvgPool2d(2), nn.Flatten())

    module = build()
    with torch.no_grad():
        module[0].weight[:] = torch.eye(3).view(3, 3, 1, 1)
        module[0].bias.zero_()
    torch.save(module.state_dict(), path)
    backbone = backbones.Backbone("small", 48, 12, (0.,) * 3, (255.,) * 3, "none", build, "grid",
                                  packaged=lambda: str(path))
    monkeypatch.setattr(backbones, "get", lambda name, group=None:
                        backbone if name == "small" else known(name, group))
    return backbone


LBFGS = Recipe("small", l2=.001)
ADAM = Recipe("small", optimiser="adam", learning_rate=.05, epochs=12, l2=1e-4)
SCRATCH = Recipe("scratch", optimiser="adam", size=64, kernel=3, epochs=3, batch=16, l2=1e-4)


def test_heads_learn_what_is_on_the_photos(small):
    photos = made_photos(120)
    result = train(photos, LBFGS, device="cpu")
    scores = {s.feature: s for s in result.held_out.scores()}
    assert scores["high_heel"].accuracy > .9 and scores["height_ankle"].accuracy > .9
    assert scores["high_heel"].usual < .7
    assert 20 <= scores["high_heel"].n <= 28, "a fifth of the goods"
    assert {e.fit for e in result.history} == set(range(6))
    assert all(np.isfinite(e.validation_loss) for e in result.history if e.fit)
    said = {feature: remark.text("en") for feature, remark in result.remarks}
    assert "no training photo is labelled 1 or 0" in said["sport"]
    assert "high_heel" not in said


def test_the_model_says_in_the_extractor_what_the_evaluation_says():
    photos = made_photos(60)
    result = train(photos, LBFGS, device="cpu")
    held_out = result.held_out
    found = Extractor(result.model, device="cpu").run([photos.photos[i] for i in held_out.rows])
    test = held_out.part == "test"
    np.testing.assert_allclose(found.probabilities[test], held_out.probabilities[test],
                               atol=1e-5)
    np.testing.assert_allclose(found.gradability[test], held_out.gradability[test], atol=1e-5)


@pytest.mark.parametrize("recipe", [LBFGS, replace(ADAM, fine_tune=True, epochs=2),
                                    replace(SCRATCH, epochs=1)],
                         ids=["heads", "fine-tuned", "scratch"])
def test_photos_that_are_brightened_in_training_are_brightened_in_use(recipe, tmp_path):
    photos = made_photos(40)
    result = train(photos, replace(recipe, brighten=1.5), device="cpu")
    result.model.save(tmp_path / "model.safetensors")
    model = PhotoModel.load(tmp_path / "model.safetensors")
    assert model.brighten == 1.5 and model.transform["brighten"] == 1.5
    rows, test = result.held_out.rows, result.held_out.part == "test"
    used = [photos.photos[i] for i in rows]
    found = Extractor(model, device="cpu").run(used).probabilities
    np.testing.assert_allclose(found[test], result.held_out.probabilities[test], atol=1e-5)
    plain = replace(model, transform={k: v for k, v in model.transform.items()
                                      if k != "brighten"})
    other = Extractor(plain, device="cpu").run(used).probabilities
    assert np.abs(np.log(other / found)).max() > .01  # P near 0 and 1 hardly differ


def test_a_model_that_does_not_brighten_says_nothing_of_it():
    model = train(made_photos(40), LBFGS, device="cpu").model
    assert model.brighten == 1 and "brighten" not in model.transform


@pytest.mark.parametrize("recipe", [LBFGS, replace(LBFGS, copies=2), ADAM,
                                    replace(ADAM, optimiser="sgd")])
def test_the_same_run_gives_the_same_numbers(recipe):
    photos = made_photos(40)
    one, two = (train(photos, recipe, device="cpu") for _ in range(2))
    assert one.model.digest == two.model.digest
    assert np.array_equal([e.train_loss for e in one.history],
                          [e.train_loss for e in two.history])
    other = train(photos, replace(recipe, seed=1), device="cpu")
    assert other.model.digest != one.model.digest


# --- the split ---

@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 15), st.booleans()), min_size=20, max_size=60),
       st.sampled_from([LBFGS, ADAM]), st.integers(0, 5), st.data())
def test_no_product_on_two_sides_and_made_pictures_only_train(photos, recipe, seed, data):
    products, made = (np.array(v) for v in zip(*photos))
    n = len(products)
    files = [Photo(f"{i}.jpg", "", None) for i in range(n)]
    hashes = np.random.default_rng(0).integers(0, 2 ** 63, (n, 4), dtype=np.uint64)
    i, j = (data.draw(st.integers(0, n - 1)) for _ in range(2))
    hashes[i] = hashes[j]  # the same picture, perhaps of two products
    some = TrainingPhotos.of(files, np.ones((n, len(IDS))), products=products.astype(str),
                             made=made)
    found = split(some, hashes, replace(recipe, seed=seed))
    assert found.groups[i] == found.groups[j]
    for group in np.unique(found.groups):
        rows = found.groups == group
        assert len(set(found.part[rows & ~made])) <= 1 and len(set(found.fold[rows])) == 1
        if (found.part[rows & ~made] != "train").any():
            assert set(found.part[rows & made]) <= {"unused"}
    for product in np.unique(products):
        assert len(set(found.groups[products == product])) == 1
    assert set(found.part[made]) <= {"train", "unused"}


def test_near_duplicates_of_two_goods_are_one_product():
    photos = made_photos(40)
    photos.photos[7] = replace(photos.photos[7], opener=photos.photos[30].opener)
    result = train(photos, LBFGS, device="cpu")
    assert result.split.groups[7] == result.split.groups[30]
    assert result.split.part[6] == result.split.part[31]
    np.testing.assert_array_equal(result.held_out.groups,
                                  result.split.groups[result.held_out.rows])


def test_varied_copies_train_and_never_measure():
    photos = made_photos(80)
    copies = replace(photos.take(np.arange(40)), varied=np.ones(40, bool))
    both = TrainingPhotos.of(
        [*photos.photos, *copies.photos], np.vstack([photos.labels, copies.labels]),
        products=[*photos.products, *copies.products],
        varied=np.append(photos.varied, copies.varied))
    result = train(both, LBFGS, device="cpu")
    assert not both.varied[result.held_out.rows].any()
    part = result.split.part
    for copy in range(80, 120):
        assert part[copy] == ("train" if part[copy - 80] == "train" else "unused")
    assert result.model.digest != train(photos, LBFGS, device="cpu").model.digest
    assert not result.model.made_only, "copies are no drawings"


def test_what_was_labelled_by_eye_decides_the_priors():
    photos = made_photos(240)
    photos.by_eye[:] = np.arange(240) < 220
    photos.labels[220:, HEEL] = 1  # somebody's choice of photos
    inner = train(photos, replace(LBFGS, test_share=0.), device="cpu").model
    assert inner.priors[HEEL] == pytest.approx(np.nanmean(photos.labels[:220, HEEL]))


def test_made_pictures_train_and_never_measure():
    photos = made_photos(90, made=30)
    only_made = replace(photos, labels=photos.labels.copy())
    only_made.labels[~photos.made, HEEL] = 0
    only_made.labels[:4, HEEL] = 1
    result = train(only_made, LBFGS, device="cpu")
    assert not photos.made[result.held_out.rows].any()
    assert result.model.made_only == ("high_heel",)
    assert result.model.reliability[HEEL] < 1 == result.model.reliability[HEIGHT]


def test_weak_labels_are_no_proof_that_a_feature_can_be_measured():
    """A guess from a source's class teaches; that a photo shows it somebody must have seen."""
    photos = made_photos(90, made=10)
    photos.labels[photos.made, HEEL] = 1
    seen = train(photos, LBFGS, device="cpu").model
    assert not seen.made_only and seen.reliability[HEEL] == 1
    for weight, damped in ((.8, True), (1., False)):  # 1: the source knows it
        weak = replace(photos, by_eye=np.zeros(90, bool),
                       weights=np.full_like(photos.weights, weight))
        model = train(weak, LBFGS, device="cpu").model
        assert ("high_heel" in model.made_only) == damped
        assert (model.reliability[HEEL] < 1) == damped


# --- labels ---

def test_labels_that_cannot_be_judged_are_masked_and_teach_gradability():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(400, 4)).astype(np.float32)
    labels = np.full((400, len(IDS)), np.nan)
    labels[:, HEEL] = x[:, 0] > 0
    labels[x[:, 1] > .5, HEEL] = .5
    heel = len(IDS) + fact_ids().index("heel")
    for wanted in (True, False):
        recipe = Recipe(l2=.001, gradability=wanted)
        objective = Objective(labels, np.ones_like(labels), recipe, FOOTWEAR)
        fitted = fit(x, objective, recipe, Watch())[-1]
        assert abs(fitted.weights[1, HEEL]) < .1 * abs(fitted.weights[0, HEEL])
        judged = fitted.scores(x)[:, heel] > 0
        assert ((judged == (x[:, 1] <= .5)).mean() > .9) if wanted else judged.all()


def pulls(labels, recipe):
    """Where the loss would move each score, when all of them are 1."""
    import torch
    objective = Objective(labels, np.ones_like(labels), recipe, FOOTWEAR)
    scores = torch.ones((len(labels), objective.outputs), requires_grad=True)
    objective.loss(scores).backward()
    return -scores.grad.numpy()


def test_a_label_that_cannot_be_judged_pulls_its_feature_nowhere():
    """Not towards one half, as a number between 0 and 1 would."""
    labels = np.full((6, len(IDS)), np.nan)
    labels[:, HEEL] = [1, 0, 1, 0, .5, .5]
    found = pulls(labels, Recipe())
    assert list(np.sign(found[:, HEEL])) == [1, -1, 1, -1, 0, 0]
    heel = len(IDS) + fact_ids().index("heel")
    assert list(np.sign(found[:, heel])) == [1, 1, 1, 1, -1, -1]


def test_with_class_weights_a_rare_answer_weighs_as_much_as_a_common_one():
    rare = np.full((24, len(IDS)), np.nan)
    rare[:, HEEL] = np.arange(24) < 2
    rare[:, HEIGHT:HEIGHT + 4] = np.eye(4)[np.where(np.arange(24) < 3, 1, 0)]
    even = np.full((24, len(IDS)), np.nan)
    even[:, HEEL] = np.arange(24) < 12
    even[:, HEIGHT:HEIGHT + 4] = np.eye(4)[np.where(np.arange(24) < 12, 1, 0)]
    heads = [HEEL, HEIGHT, HEIGHT + 1]
    wanted = pulls(even, Recipe()).sum(axis=0)[heads]
    np.testing.assert_allclose(pulls(rare, Recipe()).sum(axis=0)[heads], wanted, atol=1e-6)
    plain = pulls(rare, Recipe(class_weights=False)).sum(axis=0)[heads]
    assert (np.abs(plain - wanted) > .1).all()


def test_without_class_weights_scores_are_likelihood_ratios_too():
    """What the shares of the answers say comes out of the score either way."""
    rng = np.random.default_rng(0)
    x = np.vstack([rng.normal(0, 1, (9000, 1)), rng.normal(2, 1, (1000, 1))])
    labels = np.full((10_000, len(IDS)), np.nan)
    labels[:, HEEL] = np.arange(10_000) >= 9000
    for wanted in (True, False):
        recipe = Recipe(l2=0., class_weights=wanted)
        objective = Objective(labels, np.ones_like(labels), recipe, FOOTWEAR)
        fitted = fit(x, objective, recipe, Watch())[-1]
        # equal normals: log-likelihood ratio 2 x - 2
        assert fitted.weights[0, HEEL] == pytest.approx(2, abs=.2)
        assert fitted.bias[HEEL] == pytest.approx(-2, abs=.2)


def test_a_height_without_photos_does_not_silence_the_others():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 3)).astype(np.float32)
    labels = np.full((200, len(IDS)), np.nan)
    labels[:, HEIGHT:HEIGHT + 4] = np.eye(4)[1 + (x[:, 0] > 0)]  # only boots
    objective = Objective(labels, np.ones_like(labels), Recipe(), FOOTWEAR)
    fitted = fit(x, objective, Recipe(), Watch())[-1]
    scores = fitted.scores(x)[:, HEIGHT:HEIGHT + 4]
    assert ((scores[:, 2] > scores[:, 1]) == (x[:, 0] > 0)).mean() > .95


def test_photos_and_labels_that_cannot_be_used_are_skipped_with_the_reason():
    photos = made_photos(50)
    photos.photos[3] = replace(photos.photos[3], opener=Content(b"no photo"))
    photos.labels[5, HEEL] = .7
    photos.labels[8] = np.nan
    result = train(photos, LBFGS, device="cpu")
    reasons = {row: reason.text("en") for row, reason in result.skipped}
    assert set(reasons) == {3, 5, 8}
    assert "not an image" in reasons[3] and "high heel is 0.7" in reasons[5]
    assert reasons[8] == "it has no label"
    assert (result.split.part == "skipped").nonzero()[0].tolist() == [3, 5, 8]
    assert not set(result.held_out.rows) & {3, 5, 8}


def test_too_little_is_said():
    with pytest.raises(TrainingError, match="there are no photos"):
        train(made_photos(0), LBFGS)
    with pytest.raises(TrainingError, match="too few"):
        train(made_photos(2), LBFGS)
    one_sided = made_photos(40)
    one_sided.labels[:, HEIGHT:] = np.nan
    one_sided.labels[:, HEEL] = 1
    with pytest.raises(TrainingError, match="both answers"):
        train(one_sided, LBFGS)
    with pytest.raises(TrainingError, match="14 features"):
        TrainingPhotos.of([], np.zeros((0, 13)))


def test_a_full_disk_is_said(monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=1000))
    with pytest.raises(TrainingError, match="disk space.*TMPDIR"):
        train(made_photos(40), LBFGS)


# --- clusters ---

@dataclass(frozen=True)
class Cluster:
    id: str
    implied: dict


@pytest.fixture
def clusters():
    found = (Cluster("low", {"height_below_ankle": 1., "height_ankle": 0.}),
             Cluster("boots", {"height_below_ankle": 0., "height_ankle": 1.}),
             Cluster("other", {"not_footwear": 1.}))
    return replace(FOOTWEAR, clusters=found)


def test_the_cluster_is_the_labelers_or_the_only_one_that_fits(clusters):
    photos = replace(made_photos(6), group=clusters)
    photos.labels[:3, HEIGHT:HEIGHT + 2] = [[1, 0], [0, 1], [.5, .5]]
    photos.clusters[:6] = ["", "", "", "other", "low", "unheard of"]
    photos.labels[5] = np.nan
    assert cluster_targets(photos).tolist() == [0, 1, -1, 2, 0, -1]


def test_clusters_are_heads_after_those_of_gradability():
    photos = made_photos(120)
    photos.clusters[:] = np.where(photos.labels[:, HEIGHT] == 1, "low", "boots")
    result = train(photos, replace(LBFGS, clusters=True), device="cpu")
    names = tuple(cluster.id for cluster in FOOTWEAR.clusters)
    assert result.model.clusters == names
    assert result.model.weights.shape[1] == len(IDS) + len(fact_ids()) + len(names)
    scores = {s.feature: s for s in result.held_out.scores()}
    assert scores["height_ankle"].accuracy > .85 and scores["high_heel"].accuracy > .85
    # no photo was of the others: they take no part
    assert result.held_out.probabilities[:, IDS.index("waterproof")].max() < .1
    test = result.held_out.part == "test"
    found = Extractor(result.model, device="cpu").run(
        [photos.photos[i] for i in result.held_out.rows[test]])
    np.testing.assert_allclose(found.probabilities, result.held_out.probabilities[test],
                               atol=1e-4)


# --- the backbone's outputs kept between runs ---

class Kept(dict):
    """A cache of backbone outputs that counts what it is asked to keep."""

    def get_many(self, backbone, names):
        return {name: self[backbone.digest, name] for name in names
                if (backbone.digest, name) in self}

    def put_many(self, backbone, found):
        self.update({(backbone.digest, name): x for name, x in found.items()})


def test_a_second_run_asks_the_backbone_nothing(monkeypatch):
    photos, kept, recipe = made_photos(40), Kept(), replace(LBFGS, copies=1)
    one = train(photos, recipe, cache=kept, device="cpu")
    assert len(kept) == 80
    monkeypatch.setattr(backbones.LoadedBackbone, "__call__", lambda *_: pytest.fail("computed"))
    two = train(photos, recipe, cache=kept, device="cpu")
    assert one.model.digest == two.model.digest
    with pytest.raises(pytest.fail.Exception, match="computed"):
        train(photos, replace(recipe, rotation=3.), cache=kept, device="cpu")


def test_photos_read_once_serve_several_runs(small, monkeypatch):
    photos = made_photos(60)
    photos.photos[3] = replace(photos.photos[3], opener=Content(b"no photo"))
    photos.labels[8] = np.nan
    one = train(photos, LBFGS, device="cpu")
    pixels = read(photos.photos, small.size)
    part = np.arange(10, 60)
    other = train(photos.take(part), LBFGS, device="cpu")
    monkeypatch.setattr(Content, "read_bytes", lambda _: pytest.fail("read again"))
    again = train(photos, LBFGS, device="cpu", pixels=pixels)
    assert again.model.digest == one.model.digest and again.skipped == one.skipped
    assert train(photos.take(part), LBFGS, device="cpu",
                 pixels=pixels.take(part)).model.digest == other.model.digest


# --- cancelling and resuming ---

@pytest.mark.parametrize("recipe", [LBFGS, ADAM], ids=["lbfgs", "adam"])
def test_heads_do_not_wait_for_threads_of_torch(recipe):
    """Small steps on several cores crawl as soon as another program has one of them."""
    import torch
    before, during = torch.get_num_threads(), set()
    torch.set_num_threads(2)

    def look(now):
        if now.history:
            during.add(torch.get_num_threads())

    try:
        train(made_photos(), recipe, look)
        assert torch.get_num_threads() == 2, "others' choice comes back"
    finally:
        torch.set_num_threads(before)
    assert 1 in during


def stop_at(stage, epoch=0):
    def progress(now):
        assert 0 <= now.done <= now.total
        return now.stage == stage and now.epoch >= epoch
    return progress


def test_cancelled_before_there_is_a_model():
    for stage in ("reading photos", "backbone"):
        with pytest.raises(Cancelled):
            train(made_photos(40), LBFGS, stop_at(stage))


@pytest.mark.parametrize("recipe", [LBFGS, ADAM])
def test_cancel_keeps_the_best_so_far(recipe):
    photos = made_photos(80)
    result = train(photos, recipe, stop_at("heads", 10), device="cpu")
    assert result.cancelled and max(e.epoch for e in result.history) == 10
    assert len(result.held_out.rows)
    score = result.held_out.scores()[HEEL]
    assert score.accuracy > .8


def test_an_interrupting_progress_cancels_too():
    def progress(now):
        if now.epoch >= 3:
            raise InterruptedError
    assert train(made_photos(40), ADAM, progress, device="cpu").cancelled


def test_each_head_stops_before_it_learns_by_heart():
    photos = made_photos(80)
    noise = IDS.index("sport")
    photos.labels[:, noise] = np.random.default_rng(0).integers(0, 2, 80)
    recipe = replace(LBFGS, l2=0., epochs=100)
    whole = train(photos, recipe, device="cpu").model.weights
    half = train(photos, replace(recipe, epochs=50), device="cpu").model.weights
    # of noise the best is soon behind: more iterations change nothing
    assert np.array_equal(whole[:, noise], half[:, noise])
    # what is in the photos takes longer
    short = train(photos, replace(recipe, epochs=5), device="cpu").model.weights
    assert np.abs(whole[:, HEEL]).max() > 2 * np.abs(short[:, HEEL]).max()
    assert np.abs(whole[:, HEEL]).max() > 5 * np.abs(whole[:, noise]).max()


def test_a_head_is_the_one_of_its_best_iteration_on_photos_that_it_did_not_see():
    photos = made_photos(40)
    noise = IDS.index("sport")  # few photos: what is learnt after the first look is by heart
    photos.labels[:, noise] = np.random.default_rng(0).permutation(np.arange(40) % 2)
    short, whole = (train(photos, replace(LBFGS, l2=0., epochs=epochs), device="cpu").model.weights
                    for epochs in (5, 100))
    assert np.array_equal(whole[:, noise], short[:, noise])
    assert not np.array_equal(whole[:, HEEL], short[:, HEEL])


def test_a_fold_is_judged_by_the_iteration_that_the_others_chose(monkeypatch):
    """It is measured on the fold, too: a fold that chooses for itself is measured too kindly."""
    from orangecontrib.customs.training.trainer.loop import _Run
    photos, asked = made_photos(80), []
    recipe = replace(LBFGS, test_share=0., epochs=30)

    def first_for_a_fold(_, inner, known):
        asked.append(known)
        return np.full(inner.shape[2], 0 if known.sum() < len(known) else len(inner) - 1)

    monkeypatch.setattr(_Run, "_iterations", first_for_a_fold)
    found = train(photos, recipe, device="cpu")
    folds = [found.split.fold == number for number in range(recipe.folds)]
    assert all(any(np.array_equal(known, ~fold) for known in asked) for fold in folds)
    short = train(photos, replace(recipe, epochs=5), device="cpu")
    np.testing.assert_array_equal(found.held_out.probabilities, short.held_out.probabilities)
    assert found.model.digest != short.model.digest


def test_losses_of_heads_add_up_to_the_objective():
    import torch
    rng = np.random.default_rng(0)
    labels = np.full((60, len(IDS)), np.nan)
    labels[:, HEEL] = rng.integers(0, 2, 60)
    labels[:, HEIGHT:HEIGHT + 4] = np.eye(4)[rng.integers(0, 3, 60)]
    objective = Objective(labels, np.ones_like(labels), Recipe(), FOOTWEAR)
    scores = rng.normal(size=(60, objective.outputs))
    losses = objective.head_losses(scores)
    assert set(np.flatnonzero(np.isfinite(losses))) == {HEEL, *range(HEIGHT, HEIGHT + 4)}
    raw = torch.tensor(scores + objective.offsets, dtype=torch.float32)
    assert losses[HEEL] + losses[HEIGHT] == pytest.approx(float(objective.loss(raw)), rel=1e-4)


def test_early_stopping_keeps_the_lowest_validation_loss():
    photos = made_photos(60)
    rng = np.random.default_rng(0)
    photos.labels[:, HEEL] = rng.integers(0, 2, 60)  # nothing to learn: soon learnt by heart
    photos.labels[:, HEIGHT:] = np.nan
    recipe = replace(ADAM, epochs=200, patience=4, learning_rate=.3)
    result = train(photos, recipe, device="cpu")
    losses = [e.validation_loss for e in result.history]
    best = int(np.argmin(losses)) + 1
    assert len(losses) == best + 4 < 200
    # the model is the one of that epoch, not of the last
    until = train(photos, replace(recipe, epochs=best), device="cpu")
    np.testing.assert_array_equal(result.model.weights, until.model.weights)


@pytest.mark.parametrize("optimiser", ["adam", "sgd"])
def test_a_resumed_run_is_the_uninterrupted_run(tmp_path, optimiser):
    photos, path = made_photos(40), tmp_path / "run.safetensors"
    recipe = replace(ADAM, optimiser=optimiser, epochs=6)
    whole = train(photos, recipe, device="cpu")
    part = train(photos, recipe, stop_at("heads", 3), path, device="cpu")
    assert part.cancelled
    rest = train(photos, recipe, checkpoint=path, device="cpu")
    assert rest.model.digest == whole.model.digest
    assert [e.epoch for e in rest.history] == list(range(1, 7))
    again = train(photos, recipe, checkpoint=path, device="cpu")
    assert again.model.digest == whole.model.digest, "a finished run is only read"


def test_a_checkpoint_of_another_run_is_refused(tmp_path):
    import torch
    photos, path = made_photos(40), tmp_path / "run.safetensors"
    train(photos, replace(ADAM, epochs=1), checkpoint=path, device="cpu")
    with pytest.raises(CheckpointError, match="other settings.*start again"):
        train(photos, replace(ADAM, batch=8), checkpoint=path, device="cpu")
    other = made_photos(40)
    other.labels[4, HEEL] = .5
    with pytest.raises(CheckpointError, match="other photos, labels"):
        train(other, ADAM, checkpoint=path, device="cpu")
    weights = tmp_path / "small.pth"
    state = torch.load(weights, weights_only=True)
    torch.save({name: 2 * tensor for name, tensor in state.items()}, weights)
    with pytest.raises(CheckpointError, match="weights of the backbone"):
        train(photos, ADAM, checkpoint=path, device="cpu")
    torch.save(state, weights)
    content = path.read_bytes()
    for damaged in (content[:100], b"", b"x" * 3000, content[:-40]):
        path.write_bytes(damaged)
        with pytest.raises(CheckpointError, match="damaged"):
            train(photos, ADAM, checkpoint=path, device="cpu")


def test_a_learning_rate_that_is_far_too_high_is_said():
    with pytest.raises(TrainingError, match="lower learning rate"):
        train(made_photos(40), replace(ADAM, optimiser="sgd", learning_rate=10., l2=99.,
                                       batch=1), device="cpu")


# --- networks ---

def test_the_network_from_scratch_travels_inside_the_model(tmp_path):
    photos = made_photos(40)
    result = train(photos, SCRATCH, device="cpu")
    result.model.save(tmp_path / "model.safetensors")
    model = PhotoModel.load(tmp_path / "model.safetensors")
    assert model == result.model and model.backbone == "scratch-k3-64"
    rows = result.held_out.rows
    found = Extractor(model, device="cpu").run([photos.photos[i] for i in rows])
    np.testing.assert_allclose(found.probabilities, result.held_out.probabilities, atol=1e-4)
    # a feature's head reads its own network only
    weights = model.weights.reshape(len(IDS), -1, model.weights.shape[1])
    assert (weights[np.arange(len(IDS)) != HEEL, :, HEEL] == 0).all()
    assert (weights[HEEL, :, HEEL] != 0).any()


def test_a_network_from_scratch_gives_the_same_numbers_again(tmp_path):
    photos, recipe = made_photos(24), replace(SCRATCH, epochs=2)
    one = train(photos, recipe, device="cpu")
    train(photos, recipe, stop_at("training", 1), tmp_path / "run", device="cpu")
    two = train(photos, recipe, checkpoint=tmp_path / "run", device="cpu")
    assert one.model.digest == two.model.digest


def test_fine_tuning_changes_the_backbone_and_keeps_it_in_the_model(small):
    photos = made_photos(60)
    frozen = train(photos, LBFGS, device="cpu")
    recipe = replace(ADAM, fine_tune=True, epochs=3, learning_rate=.01)
    tuned = train(photos, recipe, device="cpu")
    assert frozen.model.backbone_state is None
    assert tuned.model.backbone_digest != frozen.model.backbone_digest
    assert set(tuned.model.backbone_state) == set(small.build().state_dict())
    rows = tuned.held_out.rows
    found = Extractor(tuned.model, device="cpu").run([photos.photos[i] for i in rows])
    np.testing.assert_allclose(found.probabilities, tuned.held_out.probabilities, atol=1e-4)


@pytest.mark.parametrize("kernel", scratch.KERNELS)
def test_thirteen_levels_per_feature(kernel):
    import torch
    module = scratch.build(kernel, 64).eval()
    images = torch.rand(2, 3, 64, 64)
    out = module(images)
    assert out.shape == (2, scratch.width())
    # pooled before ReLU: what the paper's order gives
    network = module.networks[IDS[1]]
    x = torch.relu(network[0](images))
    x = torch.relu(network[3](torch.max_pool2d(x, 2)))
    x = torch.max_pool2d(x, 2).flatten(1)
    x = torch.relu(network[9](torch.relu(network[7](x))))
    width = scratch.HIDDEN[1]
    torch.testing.assert_close(out[:, width:2 * width], x)
    assert scratch.parse(scratch.name(kernel, 64)) == (kernel, 64)


def test_a_grey_network_sees_brightness_and_no_colours():
    import torch
    module = scratch.build(3, 64, grey=True).eval()
    images = torch.rand(2, 3, 64, 64)
    grey = (images * torch.tensor(scratch.LUMA).view(1, 3, 1, 1)).sum(1, keepdim=True)
    torch.testing.assert_close(module(images), module(grey.expand(2, 3, 64, 64)))
    name = Recipe("scratch", optimiser="adam", size=64, kernel=3, grey=True).backbone
    assert name == "scratch-k3-64-grey" and scratch.is_grey(name)
    assert backbones.get(name).build().networks[IDS[0]][0].in_channels == 1
    assert not scratch.is_grey("scratch-k3-64") and scratch.parse(name) == (3, 64)


def test_a_checkpoint_from_before_grey_networks_is_still_of_its_recipe():
    kept = {k: v for k, v in Recipe().to_dict().items()
            if k not in ("epochs", "patience", "grey", "brighten")}
    assert Recipe().digest == hashlib.sha256(
        json.dumps(kept, sort_keys=True).encode()).hexdigest() != Recipe(grey=True).digest


@pytest.mark.parametrize("name", ["scratch-k9", "scratch-k5-2000", "vgg16", "scratch-k5-"])
def test_other_names_are_no_network_from_scratch(name):
    assert scratch.parse(name) is None


@pytest.mark.parametrize("name", ["vgg16", "vgg19"])
def test_vgg_with_random_weights(name, monkeypatch):
    backbone = backbones.get(name)
    module = backbone.build()
    monkeypatch.setattr(backbones, "load",
                        lambda *_, **__: backbones.LoadedBackbone(backbone, module, "cpu"))
    photos = made_photos(8)
    recipe = Recipe(name, optimiser="sgd", epochs=2, test_share=0., validation_share=.3)
    result = train(photos, recipe, weights="random", device="cpu")
    assert result.model.backbone == name and result.model.weights.shape[0] == 4096
    assert len(result.history) == 2 and (result.held_out.part == "validation").all()


def test_missing_weights_name_three_ways_out_before_any_work(monkeypatch, tmp_path):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    said = []
    with pytest.raises(backbones.BackboneError) as error:
        train(made_photos(40), Recipe("vgg16"), said.append)
    assert all(word in str(error.value) for word in ("package", "local file", "download"))
    assert not said


def test_weights_from_a_file_with_its_checksum(tmp_path):
    import hashlib

    import torch
    path = tmp_path / "resnet18.pth"
    torch.save(backbones.get("resnet18").build().state_dict(), path)
    photos, recipe = made_photos(16), Recipe("resnet18", epochs=5, folds=2, test_share=0.)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    result = train(photos, recipe, weights=path, sha256=sha256, device="cpu")
    assert result.model.backbone == "resnet18" and len(result.held_out.rows) == 16
    with pytest.raises(backbones.BackboneError, match="SHA-256"):
        train(photos, recipe, weights=path, sha256="0" * 64, device="cpu")


# --- varied copies ---

@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2 ** 32 - 1), st.integers(20, 60), st.integers(20, 60))
def test_varied_copies_cut_nothing_off(seed, width, height):
    """A dark box keeps its white frame: nothing of it is outside."""
    image = np.full((64, 64, 3), 255, np.uint8)
    top, left = (64 - height) // 2, (64 - width) // 2
    image[top:top + height, left:left + width] = 0
    turned = vary(image, Recipe(rotation=15., brightness=0.), np.random.default_rng(seed))
    assert turned.shape == image.shape and turned.dtype == np.uint8
    ink = (255. - turned).sum() / (255. - image).sum()
    assert .6 < ink <= 1.01, "smaller at most by what turning the whole square takes"
    border = np.concatenate([turned[0], turned[-1], turned[:, 0], turned[:, -1]])
    assert border.min() > 200


def test_varied_copies_do_what_the_recipe_says():
    image = np.random.default_rng(0).integers(0, 255, (32, 32, 3), dtype=np.uint8)
    still = Recipe(flip=False, rotation=0., brightness=0.)
    rng = np.random.default_rng(0)
    assert (vary(image, still, rng) == image).all()
    flips = [vary(image, replace(still, flip=True), rng) for _ in range(20)]
    assert any((v == image[:, ::-1]).all() for v in flips)
    assert any((v == image).all() for v in flips)
    light = [vary(image, replace(still, brightness=.5), rng).mean() for _ in range(20)]
    assert min(light) < .9 * image.mean() and 1.05 * image.mean() < max(light)
    turned = [vary(image, replace(still, rotation=20.), rng) for _ in range(5)]
    assert not any((v == image).all() for v in turned)


@pytest.mark.parametrize("recipe", [replace(LBFGS, copies=1), replace(SCRATCH, epochs=1)],
                         ids=["heads", "whole"])
def test_varied_photos_are_what_is_learnt_from(recipe):
    photos = made_photos(40)
    still = replace(recipe, flip=False, rotation=0., brightness=0.)
    models = [train(photos, each, device="cpu").model
              for each in (still, still, replace(still, brightness=.5))]
    parts = [[model.weights, *(model.backbone_state or {}).values()] for model in models]
    same = [all(np.array_equal(a, b) for a, b in zip(parts[0], other)) for other in parts[1:]]
    assert same == [True, False]


# --- torch ---

def test_a_run_does_not_load_triton(tmp_path):
    """Its LLVM and that of a window's graphics driver end the process together."""
    import subprocess
    import sys
    (tmp_path / "triton").mkdir()
    (tmp_path / "triton" / "__init__.py").write_text("import os; os._exit(3)")
    code = ("import sys; sys.path.insert(0, sys.argv[1])\n"
            "import torch\n"
            "from orangecontrib.customs.training.trainer import loop, TrainingPhotos, Recipe\n"
            "import numpy as np\n"
            "try: loop.train(TrainingPhotos.of([], np.zeros((0, 14))), Recipe('scratch', "
            "optimiser='adam'))\n"
            "except loop.TrainingError: pass\n"
            "torch.optim.LBFGS([torch.nn.Parameter(torch.zeros(2))])\n"
            "assert 'triton' not in sys.modules\n")
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], timeout=600)
    assert done.returncode == 0


@pytest.mark.parametrize("recipe", [LBFGS, ADAM])
def test_photos_that_say_that_a_model_made_them_never_measure_whatever_the_table_says(recipe):
    photos = made_photos(90)
    generated = np.arange(90) >= 60
    for row in np.flatnonzero(generated):
        plain = photos.photos[row]
        photos.photos[row] = replace(plain, opener=Content(marked(plain.read())))
    assert not photos.made.any()
    result = train(photos, recipe, device="cpu")
    assert set(result.split.part[generated]) == {"train"}
    assert set(result.split.fold[generated]) == {-1}
    assert not generated[result.held_out.rows].any()
    assert {"test", "train"} <= set(result.split.part[~generated])


def test_a_generated_photo_that_looks_like_a_held_out_one_is_not_used():
    photos = made_photos(60)
    twins = [replace(p, good_id=f"twin {n}", opener=Content(marked(p.read())))
             for n, p in enumerate(photos.photos)]
    both = TrainingPhotos.of([*photos.photos, *twins], np.tile(photos.labels, (2, 1)))
    part = train(both, LBFGS, device="cpu").split.part
    assert set(part[60:][part[:60] == "test"]) == {"unused"}
    assert set(part[60:][part[:60] == "train"]) == {"train"}
