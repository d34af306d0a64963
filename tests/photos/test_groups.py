"""Photos know no group of goods by name: a model says whose features it tells."""
import json
import pickle
from dataclasses import replace

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import save

from orangecontrib.customs.groups import GroupError, find_group, group_of, visual_group
from orangecontrib.customs.photos.extract import Extractor
from orangecontrib.customs.photos.model import ModelError, PhotoModel, untrained
from orangecontrib.customs.photos.notes import photo_notes
from orangecontrib.customs.photos.pooling import photo_evidence, pool
from orangecontrib.customs.photos.sources import find_photos
from orangecontrib.customs.photos.table import (
    feature_columns,
    features_table,
    photo_group,
    photos_table,
    pool_table,
    pooled_table,
)

FOOTWEAR = find_group("footwear")


@pytest.fixture
def lamp_model(lamps, backbone):
    blank = untrained("made", "made", backbone.spec.transform, 48, group=lamps)
    weights = np.random.default_rng(1).normal(0, .5, blank.weights.shape).astype(np.float32)
    return replace(blank, weights=weights)


def described(path):
    return json.loads(safe_open(path, "numpy").metadata()["model"])


def without_group(model, path):
    """The model's file as it was written before models knew their group."""
    model.save(path)
    arrays = {}
    with safe_open(path, "numpy") as file:
        arrays = {name: file.get_tensor(name) for name in file.keys()}
    said = {name: value for name, value in described(path).items() if name != "group"}
    said["digest"] = model._file_digest()
    path.write_bytes(save(arrays, {"model": json.dumps(said)}))


def test_a_model_is_of_the_features_of_its_group(lamp_model, lamps):
    assert lamp_model.group is lamps and lamp_model.features == ("led_dots", "metal_shell")
    assert lamp_model.facts == ("light", "housing")
    assert PhotoModel.default().group is FOOTWEAR


def test_a_model_file_names_its_group(lamp_model, lamps, tmp_path):
    path = tmp_path / "m.safetensors"
    lamp_model.save(path)
    assert described(path)["group"] == "lamps"
    loaded = PhotoModel.load(path, [FOOTWEAR, lamps])
    assert loaded == lamp_model and loaded.group is lamps


def test_a_file_without_a_group_is_of_the_one_that_has_its_features(lamp_model, model, lamps,
                                                                    tmp_path):
    path = tmp_path / "m.safetensors"
    for mine, group in ((lamp_model, lamps), (model, FOOTWEAR)):
        without_group(mine, path)
        loaded = PhotoModel.load(path, [FOOTWEAR, lamps])
        assert loaded == mine and loaded.group is group


@pytest.mark.parametrize("write", [PhotoModel.save, without_group])
def test_where_no_group_fits_the_message_names_features_and_groups(lamp_model, tmp_path, write):
    path = tmp_path / "m.safetensors"
    write(lamp_model, path)
    with pytest.raises(ModelError, match=r"m\.safetensors.*led_dots, metal_shell.*footwear"):
        PhotoModel.load(path)


def test_a_group_named_behind_our_back_is_refused(lamp_model, lamps, tmp_path):
    path, said = tmp_path / "m.safetensors", {}
    lamp_model.save(path)
    with safe_open(path, "numpy") as file:
        arrays = {name: file.get_tensor(name) for name in file.keys()}
    said = {**described(path), "group": "lanterns"}
    path.write_bytes(save(arrays, {"model": json.dumps(said)}))
    with pytest.raises(ModelError, match="digest"):
        PhotoModel.load(path, [replace(lamps, id="lanterns")])


def test_a_model_pickled_before_it_knew_its_group_finds_it(model):
    state = {name: value for name, value in model.__dict__.items() if name != "group"}
    old = object.__new__(PhotoModel)
    old.__setstate__(state)
    assert old.group is FOOTWEAR and old == model


def test_a_pickled_group_is_where_to_find_it(lamps, lamp_model):
    assert pickle.loads(pickle.dumps(FOOTWEAR)) is FOOTWEAR
    again = pickle.loads(pickle.dumps(lamp_model))
    assert again == lamp_model and again.group.feature_ids == lamps.feature_ids
    assert len(pickle.dumps(lamps)) < 1000


def test_features_that_several_groups_have_are_of_the_one_with_just_these(lamps):
    more = replace(lamps, id="more", features=lamps.features + FOOTWEAR.features[:1])
    assert group_of(lamps.feature_ids, [more, lamps]) is lamps
    assert group_of(more.feature_ids, [more, lamps]) is more
    with pytest.raises(GroupError, match="several groups have the features led_dots"):
        group_of(["led_dots"], [more, lamps])


def test_what_no_group_is_named_for_is_of_the_only_one_with_features(lamps, monkeypatch):
    from orangecontrib.customs.groups import loading
    assert visual_group() is FOOTWEAR
    monkeypatch.setattr(loading, "loaded_groups", lambda: (FOOTWEAR, lamps))
    with pytest.raises(GroupError, match="footwear, lamps"):
        visual_group()


def test_photos_of_a_group_of_tables_become_evidence_on_its_facts(lamp_model, lamps, goods,
                                                                  backbone):
    photos = find_photos(goods)[0]
    results = Extractor(lamp_model, backbone=backbone, cache=False).run(photos)
    assert results.probabilities.shape == (4, 2) and (results.contradiction == 0).all()
    pooled = pool(results.probabilities, results.gradability, results.good_ids,
                  lamp_model.priors, lamp_model.rho, group=lamps)
    evidence = photo_evidence(pooled, lamps.features, lamp_model.priors)
    assert set(evidence.loglik) == {"light", "housing"}
    assert evidence.loglik["light"].shape == (2, 2)
    notes = photo_notes(pooled, [photo.image for photo in photos])
    assert {fact for _, fact in notes} <= {"light", "housing"}


def test_a_table_of_them_knows_its_group(lamp_model, lamps, goods, backbone):
    table = photos_table(find_photos(goods)[0], goods)
    extractor = Extractor(lamp_model, backbone=backbone, cache=False)
    said, _ = features_table(table, "image", extractor, language="ru")
    assert [v.name for v in said.domain.attributes] == ["СВЕТОДИОДЫ", "МЕТАЛЛ"]
    assert photo_group(said.domain) is lamps
    assert list(feature_columns(said.domain)) == ["led_dots", "metal_shell"]
    whole = pooled_table(said, "good_id")
    assert len(whole) == 2 and photo_group(whole.domain) is lamps
    assert photo_group(pickle.loads(pickle.dumps(whole)).domain).id == "lamps"
    read = said.transform(type(said.domain)([v.copy(compute_value=None)
                                             for v in said.domain.attributes]))
    assert photo_group(read.domain) is None  # from a file, and of no loaded group
    assert pool_table(said, "good_id").group is lamps
