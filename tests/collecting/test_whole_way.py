"""From an empty folder to a trained model: a shop, a generator, weak labels, the trainer."""
import base64
import json

import numpy as np
import pytest
from loopback import encoded, picture
from test_crawl import links, product, recipe

from orangecontrib.customs.collecting import Manifest, crawl, labelled, read_manifest, settle
from orangecontrib.customs.collecting.generators.endpoint import Endpoint
from orangecontrib.customs.collecting.generators.generate import generate
from orangecontrib.customs.collecting.generators.prompts import compose
from orangecontrib.customs.collecting.table import collection_table
from orangecontrib.customs.photos import backbones
from orangecontrib.customs.training.trainer import Recipe, train
from orangecontrib.customs.training.trainer.table import training_photos

HIGH, FLAT = (200, 40, 40), (40, 60, 200)


@pytest.fixture
def grid(monkeypatch, tmp_path):
    """A backbone by the name "grid": mean colours of a 2 x 2 grid."""
    import torch

    def build():
        from torch import nn
        return nn.Sequential(nn.AdaptiveAvgPool2d(2), nn.Flatten())
    path, known = tmp_path / "grid.pth", backbones.get
    torch.save(build().state_dict(), path)
    backbone = backbones.Backbone("grid", 48, 12, (0.,) * 3, (255.,) * 3, "none", build, "grid",
                                  packaged=lambda: str(path))
    monkeypatch.setattr(backbones, "get", lambda name, group=None:
                        backbone if name == "grid" else known(name, group))
    return backbone


def test_photos_of_a_shop_and_of_a_generator_train_a_model(tmp_path, loopback, client, footwear,
                                                           grid):
    loopback.page("/", links(*(f"/p/{n}" for n in range(40))))
    for n in range(40):
        heel = 7 if n % 2 else 1
        loopback.page(f"/p/{n}", product(n, 2, f"Туфли женские, каблук {heel} см, мод."))
        for k in range(2):
            image = picture(100 * n + k, colour=HIGH if n % 2 else FLAT)
            loopback.photo(f"/photo/{n}-{k}.jpg", encoded(image))
    seeds = iter(range(9000, 9100))
    loopback.routes["/v1/images/generations"] = lambda request: (200, {}, json.dumps({"data": [
        {"b64_json": base64.b64encode(encoded(picture(next(seeds), colour=HIGH), "PNG")).decode()}
    ]}))
    folder = tmp_path / "collection"
    assert crawl(folder, recipe(loopback)).photos == 80
    with Manifest(folder) as manifest:
        generate(manifest, Endpoint(loopback.url + "/v1", "painter", client),
                 [compose(footwear, ("high_heel",), number=n) for n in range(6)])
        for entry in manifest:
            if entry.kind == "generated":
                manifest.change(entry, state="kept")  # as a person does who looks at it
        settle(manifest, footwear)
    rows = labelled(read_manifest(folder), footwear)
    photos, _ = training_photos(collection_table(folder, rows, footwear), group=footwear)
    heel = footwear.feature_ids.index("high_heel")
    assert len(photos) == 86 and photos.made.sum() == 6
    assert (photos.labels[:, heel] == 1).sum() == 46 and (photos.labels[:, heel] == 0).sum() == 40

    trained = train(photos, Recipe("grid", l2=.001), device="cpu")
    assert not photos.made[trained.held_out.rows].any()
    scores = {score.feature: score for score in trained.held_out.scores()}
    assert scores["high_heel"].balanced > .9
    goods = np.array([p.good_id for p in photos.photos])
    for part in ("train", "test"):
        inside = set(goods[trained.split.part == part])
        assert not inside & set(goods[~np.isin(trained.split.part, [part, "unused"])])
