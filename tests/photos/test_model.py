import json

import numpy as np
import pytest
from safetensors.numpy import save

from orangecontrib.customs.photos.model import (
    DEFAULT_MODEL,
    ModelError,
    PhotoModel,
    fact_ids,
    feature_ids,
    untrained,
)


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
    p, g = model(np.zeros((2, 4)))
    np.testing.assert_allclose(p[0], model.priors)
    np.testing.assert_allclose(g, .5)


def test_reliability_damps_towards_the_prior(model):
    from dataclasses import replace
    x = np.random.default_rng(0).normal(size=(20, 48))
    damped = replace(model, reliability=np.full(14, .3))
    assert (abs(damped(x)[0] - model.priors) <= abs(model(x)[0] - model.priors) + 1e-9
            )[:, :9].all()
    assert damped != model


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
    path.write_bytes(save(arrays, {"model": json.dumps({**described, "version": 1})}))
    refused(path, "lacks")


def test_model_for_other_features_is_refused(model):
    from dataclasses import replace
    with pytest.raises(ModelError, match="other features"):
        replace(model, features=model.features[::-1])
    with pytest.raises(ModelError, match="shape"):
        replace(model, bias=model.bias[:-1])
    with pytest.raises(ModelError, match="finite"):
        replace(model, rho=np.full(14, np.nan))


def test_bundled_model():
    model = PhotoModel.default()
    assert model is PhotoModel.default()
    assert model.features == feature_ids() and model.facts == fact_ids()
    assert model.trunk == "efficientnet-lite0"
    assert "non-commercial" in model.note
    assert set(model.made_only) <= set(feature_ids())
    assert DEFAULT_MODEL.stat().st_size < 500_000
    assert (DEFAULT_MODEL.parent / "MODEL_CARD.md").is_file()
