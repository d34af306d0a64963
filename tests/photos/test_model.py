import json
from dataclasses import replace

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import save

from orangecontrib.customs.groups import find_group
from orangecontrib.customs.photos.model import (
    BUNDLED,
    FORMER,
    MODEL_LICENSE,
    VERSION,
    ModelError,
    PhotoModel,
    exclusive_groups,
    fact_ids,
    feature_ids,
    untrained,
)
from tools.recipes.train_default import BUNDLES, model_of

FOOTWEAR = find_group("footwear")


def test_a_model_that_can_not_be_saved_leaves_nothing_behind(model, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(OSError, match="space"):
        model.save(tmp_path / "model.safetensors")
    assert list(tmp_path.iterdir()) == []


def test_saved_model_is_the_same(model, tmp_path):
    model.save(tmp_path / "m.safetensors")
    loaded = PhotoModel.load(tmp_path / "m.safetensors")
    assert loaded == model and hash(loaded) == hash(model)
    assert loaded.note == model.note and loaded.transform == model.transform
    x = np.random.default_rng(0).normal(size=(5, 48))
    for one, other in zip(model(x), loaded(x)):
        np.testing.assert_array_equal(one, other)


def test_untrained_model_gives_the_priors():
    model = untrained("t", "d", {"size": 8}, 4)
    said = model(np.zeros((2, 4)))
    np.testing.assert_allclose(said.probabilities[0], model.priors)
    np.testing.assert_allclose(said.gradability, .5)


def test_reliability_damps_towards_the_prior(model):
    x = np.random.default_rng(0).normal(size=(20, 48))
    damped = replace(model, reliability=np.full(14, .3))
    assert (abs(damped(x)[0] - model.priors) <= abs(model(x)[0] - model.priors) + 1e-9
            )[:, :9].all()
    assert damped != model


def test_a_temperature_divides_what_the_scores_say(model):
    x = np.random.default_rng(0).normal(size=(20, 48))
    warm = replace(model, temperatures=2 * model.temperatures)
    single = [c for c in range(14) if c not in {c for group in exclusive_groups() for c in group}]

    def log_odds(p):
        return np.log(p / (1 - p))[:, single] - np.log(model.priors / (1 - model.priors))[single]

    cold = log_odds(model(x).probabilities)
    np.testing.assert_allclose(log_odds(warm(x).probabilities), cold / 2, rtol=1e-4, atol=1e-5)
    for group in map(list, exclusive_groups()):
        said = [np.log(m(x).probabilities[:, group] / m.priors[group]) for m in (warm, model)]
        of_the_first = [each - each[:, :1] for each in said]
        np.testing.assert_allclose(of_the_first[0], of_the_first[1] / 2, rtol=1e-4, atol=1e-5)
    assert np.abs(cold).max() > .5


def refused(path, words):
    with pytest.raises(ModelError, match=words) as error:
        PhotoModel.load(path)
    assert str(path) in str(error.value)


def test_damaged_files_are_refused(model, tmp_path):
    path = tmp_path / "m.safetensors"
    refused(path, "no such")
    path.write_bytes(b"")
    refused(path, "damaged")
    path.write_bytes(b"\x80\x04pickle?")
    refused(path, "damaged")
    model.save(path)
    content = path.read_bytes()
    path.write_bytes(content[:len(content) // 2])
    refused(path, "damaged")
    changed = bytearray(content)
    changed[-3] ^= 0x40
    path.write_bytes(changed)
    refused(path, "digest|finite")


def test_files_of_another_kind_are_refused(model, tmp_path):
    path = tmp_path / "m.safetensors"
    arrays = {"weights": np.zeros((2, 2), np.float32)}
    path.write_bytes(save(arrays))
    refused(path, "not a photo model")
    path.write_bytes(save(arrays, {"model": json.dumps({"format": "else"})}))
    refused(path, "not a photo model")
    path.write_bytes(save(arrays, {"model": "[1"}))
    refused(path, "not a photo model")
    described = {"format": "orange3-customs photo model", "version": 99}
    path.write_bytes(save(arrays, {"model": json.dumps(described)}))
    refused(path, "version 99")
    path.write_bytes(save(arrays, {"model": json.dumps({**described, "version": VERSION})}))
    refused(path, "lacks")


@pytest.mark.parametrize("depth", [300, 700, 5000, 100_000])
@pytest.mark.parametrize("name", ["transform", "note", "clusters", "version", "digest"])
def test_a_deeply_nested_description_is_a_damaged_model(model, tmp_path, name, depth):
    path = tmp_path / "m.safetensors"
    model.save(path)
    with safe_open(path, "numpy") as file:
        described = json.loads(file.metadata()["model"])
        arrays = {key: file.get_tensor(key) for key in file.keys()}
    described[name] = "?"
    text = json.dumps(described).replace('"?"', "[" * depth + "]" * depth)
    path.write_bytes(save(arrays, {"model": text}))
    refused(path, "not a photo model|version|damaged|other|digest")


def test_model_for_other_features_is_refused(model):
    with pytest.raises(ModelError, match="other features"):
        replace(model, features=model.features[::-1])
    with pytest.raises(ModelError, match="shape"):
        replace(model, bias=model.bias[:-1])
    with pytest.raises(ModelError, match="finite"):
        replace(model, rho=np.full(14, np.nan))


def with_clusters(model, bias=0.):
    """The model with a head for each group of goods, all saying the same of every photo."""
    names = tuple(cluster.id for cluster in FOOTWEAR.clusters)
    more = np.zeros((len(model.weights), len(names)), np.float32)
    return replace(model, clusters=names, weights=np.hstack([model.weights, more]),
                   bias=np.append(model.bias, bias + np.zeros(len(names))).astype(np.float32))


def test_a_trained_backbone_and_the_clusters_travel_in_the_file(model, tmp_path):
    path = tmp_path / "m.safetensors"
    state = {"a.weight": np.arange(6, dtype=np.float32).reshape(2, 3), "n": np.array(3)}
    whole = replace(with_clusters(model), backbone_state=state, licence="all uses",
                    thresholds=np.linspace(.2, .8, 14))
    whole.save(path)
    loaded = PhotoModel.load(path)
    assert loaded == whole and loaded.clusters == whole.clusters
    assert loaded.licence == "all uses"
    np.testing.assert_array_equal(loaded.thresholds, whole.thresholds)
    for name, array in state.items():
        np.testing.assert_array_equal(loaded.backbone_state[name], array)


@pytest.mark.parametrize("part", ["backbone_state", "licence", "thresholds"])
def test_a_file_changed_behind_our_back_is_refused(model, tmp_path, part):
    path = tmp_path / "m.safetensors"
    whole = replace(model, backbone_state={"a": np.zeros(3, np.float32)}, licence="research")
    other = {"backbone_state": {"a": np.ones(3, np.float32)}, "licence": "all uses",
             "thresholds": np.full(14, .4)}
    whole.save(path)
    digest = json.loads(safe_open(path, "numpy").metadata()["model"])["digest"]
    replace(whole, **{part: other[part]}).save(path)
    described = json.loads(safe_open(path, "numpy").metadata()["model"])
    with safe_open(path, "numpy") as file:
        arrays = {name: file.get_tensor(name) for name in file.keys()}
    path.write_bytes(save(arrays, {"model": json.dumps({**described, "digest": digest})}))
    refused(path, "does not match its digest")


def test_a_sure_cluster_decides_what_it_implies(model):
    names = [cluster.id for cluster in FOOTWEAR.clusters]
    sure = np.full(len(names), -40.)
    sure[names.index("boots")] = 40
    x = np.random.default_rng(0).normal(size=(7, 48))
    p, alone = with_clusters(model, sure)(x).probabilities, model(x).probabilities
    ids = feature_ids()
    straps, low, sport = (ids.index(i) for i in ("strap_vamp", "height_below_ankle", "sport"))
    heights = slice(low, low + 4)
    np.testing.assert_allclose(p[:, [straps, low]], 0, atol=1e-12)
    np.testing.assert_allclose(p[:, sport], alone[:, sport], atol=1e-12)
    np.testing.assert_allclose(p[:, heights].sum(axis=1), 1)
    others = alone[:, heights][:, 1:]
    np.testing.assert_allclose(p[:, heights][:, 1:],
                               others / others.sum(axis=1, keepdims=True))


def test_other_clusters_are_refused(model):
    with pytest.raises(ModelError, match="other groups of goods: winged"):
        replace(model, clusters=("winged",))


@pytest.mark.parametrize("name, words", [("research", "non-commercial"),
                                         ("free", "no photo under a research licence")])
def test_our_own_models(name, words):
    model, path = model_of(name), BUNDLES[name].path
    assert model.features == feature_ids() and model.facts == fact_ids()
    assert model.backbone == "efficientnet-lite0" and model.backbone_state is None
    assert words in model.licence and "Labels are weak" in model.note
    assert set(model.made_only) <= set(feature_ids())
    assert path.stat().st_size < 500_000 and path.stat().st_mode & 0o044 == 0o044
    for text in ("MODEL_LICENSE", "MODEL_CARD.md"):
        assert path.stem in (path.parent / text).read_text(encoding="utf-8")
    card = " ".join((path.parent / "MODEL_CARD.md").read_text(encoding="utf-8").split())
    assert model.digest[:12] in card, "the card speaks of the model beside it"


def test_what_is_bundled_is_free_and_the_default():
    """A name of 0.1.0 stands for it, too: what was saved then opens."""
    default = PhotoModel.default()
    assert default is PhotoModel.bundled("free") is PhotoModel.bundled(FORMER)
    assert list(BUNDLED) == ["free"] and default == model_of("free") != model_of("research")
    assert MODEL_LICENSE.is_file()
