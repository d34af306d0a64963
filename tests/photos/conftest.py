"""Made-up photos and small models for the tests of photos/."""
import io
import zlib

import numpy as np
import pytest
from PIL import Image, ImageDraw

from orangecontrib.customs.photos import backbones
from orangecontrib.customs.photos.model import fact_ids, feature_ids, untrained


def picture(colour="navy", size=(120, 80)) -> Image.Image:
    """A dark shoe-like blob on white."""
    image = Image.new("RGB", size, "white")
    ImageDraw.Draw(image).ellipse((10, 20, size[0] - 10, size[1] - 10), fill=colour)
    return image


def encoded(image: Image.Image, format_="JPEG", **options) -> bytes:
    stream = io.BytesIO()
    image.save(stream, format_, **options)
    return stream.getvalue()


class MadeBackbone:
    """Stands in for a LoadedBackbone: mean colours of a 4 x 4 grid, no torch."""

    width = 48
    digest = "made"
    device_name = "CPU (made)"
    backend = "made"
    spec = backbones.Backbone("made", 32, 48, (0.,) * 3, (255.,) * 3, "none", None, "grid")

    def __init__(self):
        self.seen = 0

    def __call__(self, images):
        self.seen += len(images)
        cells = images.reshape(len(images), 4, 8, 4, 8, 3).mean(axis=(2, 4))
        return cells.reshape(len(images), -1).astype(np.float32) / 255


@pytest.fixture
def backbone():
    return MadeBackbone()


@pytest.fixture
def model():
    """A model with random heads on the made backbone."""
    blank = untrained("made", "made", MadeBackbone.spec.transform, 48)
    rng = np.random.default_rng(zlib.crc32(b"heads"))
    weights = rng.normal(0, .5, blank.weights.shape).astype(np.float32)
    return type(blank)(weights, blank.bias, blank.priors, blank.temperatures,
                       blank.reliability, blank.rho, blank.thresholds, "made", "made",
                       MadeBackbone.spec.transform, note="made in a test")


@pytest.fixture
def n_features():
    return len(feature_ids()), len(fact_ids())


@pytest.fixture
def goods(tmp_path):
    """Two goods with two photos each, in a folder of folders."""
    root = tmp_path / "goods"
    for good, colours in {"A1": ("navy", "black"), "Б 2": ("red", "brown")}.items():
        (root / good).mkdir(parents=True)
        for number, colour in enumerate(colours, start=1):
            picture(colour).save(root / good / f"{number}.jpg")
    return root


def tiny_backbone(name="tiny", size=16):
    """A network with a map of 4 x 4 whose average is its output."""
    def build():
        from torch import nn
        return nn.Sequential(nn.Conv2d(3, 6, 4, stride=4), nn.ReLU(), nn.AdaptiveAvgPool2d(1),
                             nn.Flatten())

    return backbones.Backbone(name, size, 6, (127.,) * 3, (128.,) * 3, "none", build, "mean")


@pytest.fixture(autouse=True)
def a_run_of_its_own(monkeypatch):
    """No test finds what another one's program has exported."""
    monkeypatch.setattr("orangecontrib.customs.photos.exported._unkept", {})


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """A folder for what is kept between runs, of this test alone."""
    monkeypatch.setenv("ORANGE_CUSTOMS_CACHE", str(tmp_path / "kept"))
    return tmp_path / "kept"


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    """The registry knows "tiny", and its weights lie in a file."""
    import torch
    path, known = tmp_path / "tiny.pth", backbones.get
    backbone = tiny_backbone()
    torch.manual_seed(1)
    torch.save(backbone.build().state_dict(), path)
    monkeypatch.setattr(backbones, "get", lambda name, group=None:
                        backbone if name == "tiny" else known(name, group))
    return path
