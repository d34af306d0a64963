"""Any group of goods with visual features is labelled, trained, and told on photos."""
import io
import json

import numpy as np
import pytest
from PIL import Image
from safetensors import safe_open

from orangecontrib.customs.groups import find_group
from orangecontrib.customs.photos import backbones, scratch
from orangecontrib.customs.photos.extract import Extractor
from orangecontrib.customs.photos.model import PhotoModel
from orangecontrib.customs.photos.pooling import photo_evidence, pool
from orangecontrib.customs.photos.sources import find_photos
from orangecontrib.customs.training.labelling import (
    LabelsError,
    LabelSheet,
    LabelStore,
    asked,
    doubt,
    questions,
    read_labels,
    suggestions,
)
from orangecontrib.customs.training.report import report
from orangecontrib.customs.training.report.table import (
    evaluation_table,
    gradability_table,
    heights_table,
)
from orangecontrib.customs.training.trainer import Recipe, TrainingPhotos, train

N = 40


def grid_backbone(path):
    """A frozen backbone: mean colours of the photo's quarters."""
    import torch
    from torch import nn

    def build():
        return nn.Sequential(nn.Conv2d(3, 3, 1), nn.AdaptiveAvgPool2d(2), nn.Flatten())

    module = build()
    with torch.no_grad():
        module[0].weight[:] = torch.eye(3).view(3, 3, 1, 1)
        module[0].bias.zero_()
    torch.save(module.state_dict(), path)
    return backbones.Backbone("grid", 48, 12, (0.,) * 3, (255.,) * 3, "none", build, "grid",
                              packaged=lambda: str(path))


@pytest.fixture
def grid(tmp_path, monkeypatch):
    backbone, known = grid_backbone(tmp_path / "grid.pth"), backbones.get
    monkeypatch.setattr(backbones, "get", lambda name, group=None:
                        backbone if name == "grid" else known(name, group))


@pytest.fixture
def lamp_photos(tmp_path):
    """Two photos of each lamp: red at the top = LED dots, blue below = a metal shell."""
    folder, rng = tmp_path / "photos", np.random.default_rng(0)
    for number in range(N):
        place = folder / f"L{number:02}"
        place.mkdir(parents=True)
        for name in "ab":
            picture = rng.integers(60, 120, (64, 64, 3), dtype=np.uint8)
            picture[:32, :, 0] = 250 if number % 2 else 20
            picture[32:, :, 2] = 250 if number // 2 % 2 else 20
            stream = io.BytesIO()
            Image.fromarray(picture).save(stream, "PNG")
            (place / f"{name}.png").write_bytes(stream.getvalue())
    return folder


def labelled(photos, store):
    """A person answers both questions of every photo."""
    sheet = LabelSheet([p.image for p in photos], [p.good_id for p in photos], store=store,
                       group=store.group)
    for row, photo in enumerate(photos):
        number = int(photo.good_id[1:])
        sheet.answer([row], "led_dots", number % 2)
        sheet.answer([row], "metal_shell", number // 2 % 2)
    return sheet


@pytest.mark.parametrize("recipe", [
    Recipe("grid", folds=2, test_share=.3),
    Recipe("scratch", optimiser="adam", size=64, kernel=7, epochs=2, batch=16, test_share=.3)],
    ids=["frozen", "scratch"])
def test_a_group_of_tables_goes_all_the_way_from_labels_to_evidence(lamps, lamp_photos, grid,
                                                                    tmp_path, recipe):
    photos, csv = find_photos(lamp_photos)[0], tmp_path / "labels.csv"
    store = LabelStore.open(csv, lamps)
    sheet = labelled(photos, store)
    assert (sheet.done == 1).all()
    sheet.close()
    assert csv.read_text("utf-8-sig").startswith("image,good_id,cluster,led_dots,metal_shell\n")

    rows = {row.image: row.labels for row in read_labels(csv, lamps).rows}
    training = TrainingPhotos.of(photos, np.stack([rows[p.image] for p in photos]), lamps)
    trained = train(training, recipe, device="cpu")
    assert trained.model.group is lamps
    if recipe.architecture == "scratch":
        assert trained.model.backbone_state["networks.led_dots.0.weight"].shape == (6, 3, 7, 7)
        assert len(trained.model.weights) == scratch.width(lamps)

    path = tmp_path / "lamps.safetensors"
    trained.model.save(path)
    assert json.loads(safe_open(path, "numpy").metadata()["model"])["group"] == "lamps"
    model = PhotoModel.load(path, [find_group("footwear"), lamps])
    results = Extractor(model, device="cpu").run(photos)
    pooled = pool(results.probabilities, results.gradability, results.good_ids, model.priors,
                  model.rho, group=model.group)
    evidence = photo_evidence(pooled, model.group.features, model.priors)
    assert set(evidence.loglik) == {"light", "housing"}
    if recipe.architecture == "grid":
        numbers = np.array([int(key[1:]) for key in evidence.keys])
        for fact, yes in (("light", numbers % 2 == 1), ("housing", numbers // 2 % 2 == 1)):
            assert ((evidence.loglik[fact].argmax(axis=1) == 0) == yes).all()

    found = report(trained)
    assert found.group is lamps and [r.feature for r in found.features] == list(lamps.feature_ids)
    assert [str(row["fact"]) for row in gradability_table(found)] == ["источник света", "корпус"]
    assert [str(row["feature"]) for row in evaluation_table(found)] == ["СВЕТОДИОДЫ", "МЕТАЛЛ"]
    assert found.heights.n == 0 and len(heights_table(found)) == 0


def test_without_clusters_everything_is_asked(lamps):
    assert asked("", lamps) == questions(lamps) and len(questions(lamps)) == 2
    p = np.array([[.5, .9], [.99, .01], [np.nan, np.nan]])
    sure, nothing = np.ones((3, 2)), np.full((3, 2), np.nan)
    bits = doubt(p, sure, nothing, group=lamps)
    assert bits[0] > 1 > bits[1] and np.isnan(bits[2])
    said = suggestions(p, sure, group=lamps)
    np.testing.assert_array_equal(said.labels, [[1, 1], [1, 0], [np.nan, np.nan]])
    sheet = LabelSheet(["a", "b"], group=lamps)
    assert sheet.accept([0, 1], suggestions(p[:2], sure[:2], group=lamps))
    np.testing.assert_array_equal(sheet.labels, [[1, 1], [1, 0]])


def test_a_good_of_another_group_leaves_nothing_to_ask(lamps, tmp_path):
    footwear = find_group("footwear")
    assert footwear.gate == ("not_footwear",) and lamps.gate == ()
    sheet = LabelSheet(["a"], group=footwear)
    sheet.answer([0], "not_footwear", 1)
    assert sheet.done[0] == 1


def test_a_file_of_labels_is_of_one_group_at_a_time(lamps, tmp_path):
    store = LabelStore.open(tmp_path / "labels.csv", lamps)
    with pytest.raises(LabelsError, match="group 'lamps'.*'footwear'"):
        LabelStore.open(tmp_path / "labels.csv")
    store.close()
