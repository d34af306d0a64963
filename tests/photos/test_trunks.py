import hashlib

import numpy as np
import pytest

from orangecontrib.customs.photos import trunks
from orangecontrib.customs.photos.trunks import TrunkError


@pytest.fixture(scope="module")
def default():
    return trunks.load(device="cpu", backend="torch")


def test_default_trunk_works_offline(default):
    images = np.random.default_rng(0).integers(0, 255, (3, 224, 224, 3), dtype=np.uint8)
    out = default(images)
    assert out.shape == (3, default.trunk.width) and np.isfinite(out).all()
    assert default(images[:0]).shape == (0, default.trunk.width)
    np.testing.assert_allclose(default(images[1:2])[0], out[1], atol=1e-4)


def test_onnx_runtime_gives_the_same(default):
    pytest.importorskip("onnxruntime")
    other = trunks.load(device="cpu", backend="onnx")
    assert other.digest == default.digest and other.backend == "onnx"
    images = np.random.default_rng(0).integers(0, 255, (2, 224, 224, 3), dtype=np.uint8)
    np.testing.assert_allclose(other(images), default(images), atol=1e-4)


@pytest.mark.parametrize("name, width", [("vgg16", 4096), ("vgg19", 4096),
                                         ("mobilenet_v3_large", 1280), ("resnet18", 512)])
def test_torchvision_by_name(name, width):
    trunk = trunks.get(name)
    assert trunk.width == width and trunk.size == 224


def test_a_network_without_weights_names_three_ways(monkeypatch, tmp_path):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    with pytest.raises(TrunkError) as error:
        trunks.load("vgg16")
    message = str(error.value)
    assert all(word in message for word in ("package", "local file", "SHA-256", "download"))
    assert not list(tmp_path.iterdir()), "nothing was downloaded"


def test_unknown_names():
    with pytest.raises(TrunkError, match="unknown trunk 'vgg_0'"):
        trunks.get("vgg_0")
    with pytest.raises(TrunkError, match="not an image classifier"):
        trunks.get("fcn_resnet50")
    with pytest.raises(TrunkError, match="linear"):
        trunks.get("squeezenet1_1")


def test_local_weights_and_their_checksum(tmp_path):
    import torch
    from torchvision import models
    path = tmp_path / "weights.pth"
    torch.save(models.resnet18(weights=None).state_dict(), path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    loaded = trunks.load("resnet18", path, digest, device="cpu")
    assert loaded(np.zeros((1, 224, 224, 3), np.uint8)).shape == (1, 512)
    with pytest.raises(TrunkError, match="SHA-256"):
        trunks.load("resnet18", path, "0" * 64)
    with pytest.raises(TrunkError, match="does not fit"):
        trunks.load("mobilenet_v3_large", path)
    path.write_bytes(b"nothing")
    with pytest.raises(TrunkError, match="no readable"):
        trunks.load("resnet18", path)
    (tmp_path / "w.safetensors").write_bytes(b"nothing at all")
    with pytest.raises(TrunkError, match="damaged"):
        trunks.load("resnet18", tmp_path / "w.safetensors")
    with pytest.raises(TrunkError, match="no weights at"):
        trunks.load("resnet18", tmp_path / "gone.pth")
