import threading
import weakref
from dataclasses import replace

import numpy as np
import pytest

from orangecontrib.customs.i18n import say
from orangecontrib.customs.photos import (
    BackboneError,
    Extractor,
    FeatureCache,
    ModelError,
    Photo,
    PhotoModel,
    backbones,
    engines,
    extract,
    find_photos,
)
from orangecontrib.customs.photos.model import untrained


def test_photos_become_probabilities(goods, model, backbone, n_features):
    photos, _ = find_photos(goods)
    results = Extractor(model, backbone=backbone).run(photos)
    assert results.photos == photos and not results.skipped and not results.cancelled
    assert results.probabilities.shape == (4, n_features[0])
    assert results.gradability.shape == (4, n_features[1])
    assert ((results.probabilities > 0) & (results.probabilities < 1)).all()
    np.testing.assert_allclose(results.probabilities[:, 9:13].sum(axis=1), 1)
    assert results.good_ids == ["A1", "A1", "Б 2", "Б 2"]


def test_batches_do_not_change_the_result(goods, model, backbone):
    photos = find_photos(goods)[0]
    whole = Extractor(model, backbone=backbone).run(photos)
    for batch in (1, 3):
        parts = Extractor(model, backbone=backbone).run(photos, batch=batch)
        np.testing.assert_allclose(parts.probabilities, whole.probabilities, atol=1e-6)


def test_bad_photos_are_skipped_with_a_reason(goods, model, backbone):
    (goods / "A1/1.jpg").write_bytes(b"")
    (goods / "A1/3.jpg").write_text("text")
    photos = find_photos(goods)[0] + [Photo("gone.jpg", "C", goods / "gone.jpg")]
    results = Extractor(model, backbone=backbone).run(photos, batch=2)
    assert [photo.image for photo in results.photos] == ["A1/2.jpg", "Б 2/1.jpg", "Б 2/2.jpg"]
    reasons = {photo.image: say(reason, "en") for photo, reason in results.skipped}
    assert "zero bytes" in reasons["A1/1.jpg"] and "not an image" in reasons["A1/3.jpg"]
    assert "missing" in reasons["gone.jpg"]


def test_nothing_usable(tmp_path, model, backbone, n_features):
    results = Extractor(model, backbone=backbone).run([Photo("x", "", tmp_path / "x")])
    assert results.probabilities.shape == (0, n_features[0]) and len(results.skipped) == 1
    assert Extractor(model, backbone=backbone).run([]).photos == []


@pytest.mark.parametrize("raises", [True, False])
def test_cancel_keeps_results_so_far(goods, model, backbone, raises):
    def progress(done, total):
        assert total == 4
        if done >= 2:
            if raises:
                raise InterruptedError
            return True

    results = Extractor(model, backbone=backbone).run(find_photos(goods)[0], progress, batch=1)
    assert len(results.photos) == 2 and results.cancelled
    assert backbone.seen == 2


def test_other_backbone_is_refused(model, backbone):
    backbone.digest = "other weights"
    with pytest.raises(ModelError, match="other weights"):
        Extractor(model, backbone=backbone)


def test_default_model_on_the_default_backbone(goods):
    extractor = Extractor(device="cpu")
    assert extractor.device_name == "CPU"
    results = extractor.run(find_photos(goods)[0])
    assert np.isfinite(results.probabilities).all() and len(results.photos) == 4


# --- memory ---

def _torch_error():
    import torch
    return torch.cuda.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")


def _onnxruntime_error():
    class RuntimeException(Exception):
        pass

    RuntimeException.__module__ = "onnxruntime.capi.onnxruntime_pybind11_state"
    return RuntimeException("[ONNXRuntimeError] : 6 : RUNTIME_EXCEPTION : Failed to allocate "
                            "memory for requested buffer of size 411041792")


NO_MEMORY = {"numpy": MemoryError, "torch, GPU": _torch_error, "onnxruntime": _onnxruntime_error,
             "torch, CPU": lambda: RuntimeError("DefaultCPUAllocator: can't allocate memory")}


class Small:
    """A backbone with memory for few photos."""

    def __init__(self, backbone, fits, error):
        self._backbone, self._fits, self._error = backbone, fits, error
        self.spec, self.digest, self.batches = backbone.spec, backbone.digest, []

    def __call__(self, images):
        self.batches.append(len(images))
        if len(images) > self._fits:
            raise self._error()
        return self._backbone(images)


@pytest.mark.parametrize("error", NO_MEMORY.values(), ids=NO_MEMORY)
def test_when_memory_runs_out_the_batch_is_halved(goods, model, backbone, error):
    photos = find_photos(goods)[0] * 5
    whole = Extractor(model, backbone=backbone).run(photos)
    small = Small(type(backbone)(), 3, error)
    found = Extractor(model, backbone=small).run(photos, batch=10)
    assert found.photos == photos
    np.testing.assert_allclose(found.probabilities, whole.probabilities, atol=1e-6)
    assert small.batches == [10, 5, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2], "once found, the limit stays"


class OnOneCore(Small):
    """A backbone that its caller's threads compute."""

    def __call__(self, images):
        pytest.fail("the threads should have computed")

    def on_one_core(self, images):
        assert threading.current_thread() is not threading.main_thread()
        return super().__call__(images)


def test_on_a_cpu_the_threads_that_decode_compute(goods, model, backbone, tmp_path):
    (goods / "A1/1.jpg").write_bytes(b"")
    photos = find_photos(goods)[0] * 15
    whole = Extractor(model, backbone=backbone).run(photos)
    features = FeatureCache(tmp_path / "features")
    for fits in (100, 2, 0):  # at last, nothing is left to compute
        other = OnOneCore(type(backbone)(), fits, MemoryError)
        found = Extractor(model, backbone=other, cache=features if fits != 2 else False).run(photos)
        assert found.photos == whole.photos and found.skipped == whole.skipped
        np.testing.assert_allclose(found.probabilities, whole.probabilities, atol=1e-6)
        assert not other.batches if fits == 0 else max(other.batches) <= extract.SLICE
    features.close()


def test_no_memory_even_for_one_photo(goods, model, backbone):
    with pytest.raises(BackboneError, match="not enough memory for .* 'made'.*single photo"):
        Extractor(model, backbone=Small(backbone, 0, MemoryError)).run(find_photos(goods)[0])


def test_other_errors_are_not_taken_for_lack_of_memory(goods, model, backbone):
    small = Small(backbone, 0, lambda: RuntimeError("shapes do not fit"))
    with pytest.raises(RuntimeError, match="shapes"):
        Extractor(model, backbone=small).run(find_photos(goods)[0])
    assert small.batches == [4]


def test_few_decoded_photos_are_held_at_a_time(goods, model, backbone, monkeypatch):
    photos, alive, most = find_photos(goods)[0] * 100, set(), []

    def decoded(_content, size):
        image = np.zeros((size, size, 3), np.uint8)
        alive.add(id(image))
        weakref.finalize(image, alive.discard, id(image))
        most.append(len(alive))
        return image

    monkeypatch.setattr(extract, "decode", decoded)
    results = Extractor(model, backbone=backbone).run(photos, batch=8)
    assert len(results.photos) == 400 and max(most) <= 8 * (extract.AHEAD + 2)
    assert len(alive) == 0


def test_photos_that_take_too_much_memory_to_decode_are_skipped(
        goods, model, backbone, monkeypatch):
    from PIL import Image

    def resize(*_):
        raise MemoryError
    monkeypatch.setattr(Image.Image, "resize", resize)
    results = Extractor(model, backbone=backbone).run(find_photos(goods)[0])
    assert len(results.skipped) == 4 and "not enough memory" in say(results.skipped[0][1], "en")


def test_batches_fit_into_the_memory(monkeypatch):
    loaded = backbones.LoadedBackbone.__new__(backbones.LoadedBackbone)
    loaded.spec = backbones.get(backbones.DEFAULT)
    for device, free, batch in (("cpu", 2 ** 40, 32), ("cuda", 2 ** 40, 256), ("cpu", 1, 1),
                                ("cuda", 8 * 2 ** 30, 55)):
        loaded.device = device
        monkeypatch.setattr(backbones, "free_memory", lambda _, free=free: free)
        assert loaded.batch == batch
    assert engines.free_memory("cpu") > 0


# --- a backbone inside the model ---

@pytest.fixture
def own(tiny):
    """A model with a backbone of its own, other than that of the file."""
    import torch
    module = backbones.get("tiny").build()
    with torch.no_grad():
        module[0].weight.mul_(-2)
    state = {name: t.numpy() for name, t in module.state_dict().items()}
    return replace(untrained("tiny", backbones.digest(state), backbones.get("tiny").transform, 6),
                   backbone_state=state, weights=np.full((6, 24), .3, np.float32))


@pytest.mark.parametrize("backend", ["torch", "onnxruntime"])
def test_a_backbone_inside_the_model_is_used(goods, own, tmp_path, backend):
    own.save(tmp_path / "own.safetensors")
    photos = find_photos(goods)[0]
    results = [Extractor(model, "cpu", backend=backend).run(photos)
               for model in (own, PhotoModel.load(tmp_path / "own.safetensors"))]
    import torch
    module = backbones.get("tiny").build()
    module.load_state_dict({name: torch.tensor(a) for name, a in own.backbone_state.items()})
    loaded = backbones.LoadedBackbone(backbones.get("tiny"), module, "cpu")
    given = Extractor(own, backbone=loaded).run(photos)
    for result in results:
        np.testing.assert_allclose(result.probabilities, given.probabilities, atol=1e-5)
    assert Extractor(own, "cpu", backend=backend).backbone.backend == backend


def test_a_backbone_that_is_not_the_models_is_refused(own):
    state = {name: a + 1 for name, a in own.backbone_state.items()}
    with pytest.raises(ModelError, match="not the one that its heads were trained on"):
        Extractor(replace(own, backbone_state=state), "cpu").backbone  # noqa: B018


@pytest.mark.parametrize("change", ["shape", "lacks"])
def test_a_backbone_that_does_not_fit_is_refused(own, change):
    state = dict(own.backbone_state)
    if change == "shape":
        state["0.weight"] = state["0.weight"][:, :2]
    else:
        del state["0.bias"]
    odd = replace(own, backbone_state=state, backbone_digest=backbones.digest(state))
    with pytest.raises(ModelError, match="own backbone can't be used.*does not fit"):
        Extractor(odd, "cpu").backbone  # noqa: B018


def test_heads_for_another_width_are_refused(own):
    wide = replace(own, weights=np.zeros((7, 24), np.float32))
    with pytest.raises(ModelError, match="read 7 numbers of a photo.* gives 6"):
        Extractor(wide, "cpu").backbone  # noqa: B018


def test_the_network_from_scratch_runs_from_its_model(goods):
    from orangecontrib.customs.photos import scratch
    module = scratch.build(3, 64)
    state = backbones.state_of(module)
    model = replace(untrained("scratch-k3-64", backbones.digest(state),
                              scratch.backbone(3, 64).transform, scratch.width()),
                    backbone_state=state)
    results = Extractor(model, "cpu").run(find_photos(goods)[0])
    np.testing.assert_allclose(results.probabilities, np.tile(model.priors, (4, 1)), atol=1e-6)


def test_contradiction_is_that_of_the_model(goods, model, backbone):
    photos = find_photos(goods)[0]
    results = Extractor(model, backbone=backbone).run(photos)
    assert results.contradiction.shape == (4,)
    x = backbone(np.stack([extract.decode(photo.read(), 32) for photo in photos]))
    np.testing.assert_allclose(results.contradiction, model(x).contradiction, atol=1e-6)
