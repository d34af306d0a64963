import hashlib

import numpy as np
import pytest

from orangecontrib.customs.photos import backbones, weights
from orangecontrib.customs.photos.backbones import BackboneError


@pytest.fixture(scope="module")
def default():
    return backbones.load(device="cpu", backend="torch")


def test_default_backbone_works_offline(default):
    images = np.random.default_rng(0).integers(0, 255, (3, 224, 224, 3), dtype=np.uint8)
    out = default(images)
    assert out.shape == (3, default.spec.width) and np.isfinite(out).all()
    assert default(images[:0]).shape == (0, default.spec.width)
    np.testing.assert_allclose(default(images[1:2])[0], out[1], atol=1e-4)


def test_onnx_runtime_gives_the_same(default):
    pytest.importorskip("onnxruntime")
    other = backbones.load(device="cpu")
    assert other.digest == default.digest and other.backend == "onnxruntime"
    images = np.random.default_rng(0).integers(0, 255, (2, 224, 224, 3), dtype=np.uint8)
    np.testing.assert_allclose(other(images), default(images), atol=1e-4)


@pytest.mark.parametrize("name, width", [("vgg16", 4096), ("vgg19", 4096),
                                         ("mobilenet_v3_large", 1280), ("resnet18", 512)])
def test_torchvision_by_name(name, width):
    backbone = backbones.get(name)
    assert backbone.width == width and backbone.size == 224


def test_a_network_without_weights_names_three_ways(monkeypatch, tmp_path):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    with pytest.raises(BackboneError) as error:
        backbones.load("vgg16")
    message = str(error.value)
    assert all(word in message for word in ("package", "local file", "SHA-256", "download"))
    assert not list(tmp_path.iterdir()), "nothing was downloaded"


def test_unknown_names():
    with pytest.raises(BackboneError, match="unknown backbone 'vgg_0'"):
        backbones.get("vgg_0")
    with pytest.raises(BackboneError, match="not an image classifier"):
        backbones.get("fcn_resnet50")
    with pytest.raises(BackboneError, match="linear"):
        backbones.get("squeezenet1_1")


def test_local_weights_and_their_checksum(tmp_path):
    import torch
    from torchvision import models
    path = tmp_path / "weights.pth"
    torch.save(models.resnet18(weights=None).state_dict(), path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    loaded = backbones.load("resnet18", path, digest, device="cpu")
    assert loaded(np.zeros((1, 224, 224, 3), np.uint8)).shape == (1, 512)
    with pytest.raises(BackboneError, match="SHA-256"):
        backbones.load("resnet18", path, "0" * 64)
    with pytest.raises(BackboneError, match="does not fit"):
        backbones.load("mobilenet_v3_large", path)
    path.write_bytes(b"nothing")
    with pytest.raises(BackboneError, match="not a readable"):
        backbones.load("resnet18", path)
    (tmp_path / "w.safetensors").write_bytes(b"nothing at all")
    with pytest.raises(BackboneError, match="damaged"):
        backbones.load("resnet18", tmp_path / "w.safetensors")
    with pytest.raises(BackboneError, match="no weights at"):
        backbones.load("resnet18", tmp_path / "gone.pth")


# --- the papers' networks ---

@pytest.fixture
def network(tmp_path, monkeypatch):
    """torch's download cache is a folder of the test."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    return tmp_path


def saved(path, name, seed):
    """Random weights of a network, as torchvision would bring them."""
    import torch
    from torchvision import models
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = models.get_model(name, weights=None)
    torch.save(model.state_dict(), path)
    return model.eval()


def test_vgg16_with_weights_of_a_file(network):
    """The whole way: file and checksum, features, heads, and no explanation picture."""
    import torch
    from PIL import Image

    from orangecontrib.customs.photos import ExplainError, Extractor, Photo, activation_map
    from orangecontrib.customs.photos.model import untrained
    path = network / "vgg16.pth"
    model = saved(path, "vgg16", 3)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    loaded = backbones.load("vgg16", path, digest, device="cpu")
    assert loaded.backend == "torch", "too large to be exported unasked"
    images = np.random.default_rng(0).integers(0, 256, (2, 224, 224, 3), dtype=np.uint8)
    found = loaded(images)
    mean, std = (torch.tensor(v).view(1, 3, 1, 1) for v in (
        (.485, .456, .406), (.229, .224, .225)))
    with torch.inference_mode():
        model.classifier = model.classifier[:-1]  # without the 4096 x 1000 layer
        x = (torch.tensor(images).permute(0, 3, 1, 2) / 255 - mean) / std
        np.testing.assert_allclose(found, model(x).numpy(), atol=1e-4)

    Image.new("RGB", (60, 30), "navy").save(network / "shoe.jpg")
    photo = Photo("shoe.jpg", "", network / "shoe.jpg")
    heads = untrained("vgg16", loaded.digest, loaded.spec.transform, 4096)
    results = Extractor(heads, "cpu", weights=path).run([photo])
    np.testing.assert_allclose(results.probabilities[0], heads.priors, atol=1e-6)
    with pytest.raises(ExplainError, match="linear levels"):
        activation_map(Extractor(heads, backbone=loaded), photo, "high_heel")
    with pytest.raises(BackboneError, match="SHA-256 is .*expected 000.*get it again"):
        backbones.load("vgg16", path, "0" * 64, device="cpu")
    with pytest.raises(BackboneError, match="does not fit the backbone 'vgg19'"):
        backbones.load("vgg19", path, device="cpu")


def test_vgg19_from_torchs_download_cache(network):
    backbone = backbones.get("vgg19")
    path = network / "torch" / "hub" / "checkpoints" / backbone.url.rsplit("/", 1)[-1]
    path.parent.mkdir(parents=True)
    saved(path, "vgg19", 4)
    loaded = backbones.load("vgg19", device="cpu", say=lambda _: pytest.fail("a download"))
    assert loaded(np.zeros((1, 224, 224, 3), np.uint8)).shape == (1, 4096)


def test_a_download_is_announced_and_a_failed_one_explained(network, monkeypatch):
    import torch
    said = []

    def fails(url, *_args, **_kwargs):
        assert said and url in said[0]
        raise OSError("no network")
    monkeypatch.setattr(torch.hub, "download_url_to_file", fails)
    with pytest.raises(BackboneError, match="no network.*Three ways.*local file"):
        backbones.load("vgg16", allow_download=True, say=said.append)


@pytest.mark.parametrize("name", ["scratch-k5", "scratch-k5-64", "scratch-k3-100"])
def test_networks_from_scratch_by_name(name):
    backbone = backbones.get(name)
    assert backbone.name == name and backbone.width == 14 * 84
    with pytest.raises(BackboneError, match="Weights of the backbone 'scratch.*missing"):
        backbones.load(name)
    for wrong in ("scratch-k9", "scratch-k5-1000"):
        with pytest.raises(BackboneError, match=f"unknown backbone '{wrong}'.*scratch-k3"):
            backbones.get(wrong)


def test_weights_of_a_model(tiny):
    import torch
    loaded = backbones.load("tiny", tiny, device="cpu")
    state = {name: t.numpy() for name, t in torch.load(tiny).items()}
    restored = backbones.restore("tiny", state, "cpu")
    assert restored.digest == loaded.digest == backbones.digest(state)
    module = backbones.get("tiny").build()
    backbones.fill(module, str(tiny), backbones.get("tiny"))
    assert backbones.digest(backbones.state_of(module)) == loaded.digest
    images = np.random.default_rng(0).integers(0, 256, (3, 16, 16, 3), dtype=np.uint8)
    np.testing.assert_allclose(restored(images), loaded(images), atol=1e-6)
    frozen = {name: np.frombuffer(a.tobytes(), a.dtype).reshape(a.shape)
              for name, a in state.items()}
    assert backbones.restore("tiny", frozen, "cpu", "torch").digest == loaded.digest


def test_counters_of_a_training_are_no_weights():
    state = {"a.weight": np.ones(2, np.float32)}
    counted = {**state, "a.num_batches_tracked": np.array(7)}
    assert backbones.digest(state) == backbones.digest(counted)


def test_a_model_finds_the_local_file_that_held_its_weights(tmp_path, monkeypatch):
    import torch
    monkeypatch.setenv("ORANGE_CUSTOMS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(weights, "_places", {})
    homeless = backbones.Backbone("homeless", 8, 3, (0.,) * 3, (255.,) * 3, "none",
                                  lambda: torch.nn.Sequential(torch.nn.AdaptiveAvgPool2d(1),
                                                              torch.nn.Flatten(),
                                                              torch.nn.Linear(3, 3)), "means")
    monkeypatch.setattr(backbones, "get", lambda name, group=None: homeless)
    path = tmp_path / "homeless.pth"
    torch.save(homeless.build().state_dict(), path)
    trained_on = backbones.load("homeless", path, device="cpu", backend="torch")
    weights._places.clear()  # another process
    again = backbones.load("homeless", device="cpu", backend="torch", wanted=trained_on.digest)
    assert again.digest == trained_on.digest
    for wanted in (None, "other weights"):
        with pytest.raises(backbones.BackboneError, match="Three ways"):
            backbones.load("homeless", device="cpu", wanted=wanted)
    path.unlink()
    with pytest.raises(backbones.BackboneError, match="Three ways"):
        backbones.load("homeless", device="cpu", wanted=trained_on.digest)
    (tmp_path / "cache" / "weights.json").write_text("[broken")
    with pytest.raises(backbones.BackboneError, match="Three ways"):
        backbones.load("homeless", device="cpu", wanted=trained_on.digest)


@pytest.mark.parametrize("backend", ["torch", "onnxruntime"])
def test_a_backbone_that_brightens_sees_what_a_brighter_photo_shows(tiny, backend):
    images = np.random.default_rng(0).integers(0, 256, (3, 16, 16, 3), np.uint8)
    plain, lit = (backbones.load("tiny", tiny, device="cpu", backend=backend, brighten=factor)
                  for factor in (1., 2.))
    brighter = np.minimum(255, images.astype(int) * 2).astype(np.uint8)
    np.testing.assert_allclose(lit(images), plain(brighter), atol=1e-5)
    assert np.abs(lit(images) - plain(images)).max() > .1
    assert lit.spec.transform == {**plain.spec.transform, "brighten": 2.}
    white = np.full((1, 16, 16, 3), 255, np.uint8)
    np.testing.assert_array_equal(lit(white), plain(white))  # the ground stays white


@pytest.mark.parametrize("factor", [.5, 9, float("nan"), "2", [2], None])
def test_a_factor_that_is_none_is_refused(factor):
    with pytest.raises(backbones.BackboneError, match="brightened by a factor of 1 to 4"):
        backbones.get(backbones.DEFAULT).lit(factor)


@pytest.mark.parametrize("factor", [9, [2], "much"])
def test_a_model_that_brightens_beyond_measure_is_refused(tiny, factor):
    from orangecontrib.customs.photos.extract import Extractor
    from orangecontrib.customs.photos.model import untrained
    transform = {**backbones.get("tiny").transform, "brighten": factor}
    model = untrained("tiny", backbones.load("tiny", tiny, device="cpu").digest, transform, 6)
    with pytest.raises(backbones.BackboneError, match="brightened by"):
        Extractor(model, "cpu", weights=tiny).backbone  # noqa: B018
