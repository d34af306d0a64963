import logging
import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from orangecontrib.customs.photos import backbones, engines, exported
from orangecontrib.customs.photos.backbones import BackboneError

pytest.importorskip("onnxruntime")


def images(n=5, size=16):
    return np.random.default_rng(0).integers(0, 256, (n, size, size, 3), dtype=np.uint8)


def files(kept):
    return sorted((kept / "trunks").glob("*"))


@pytest.fixture
def exports(monkeypatch):
    """Counts the exports."""
    made, real = [], exported._graph
    monkeypatch.setattr(exported, "_graph", lambda *args: made.append(1) or real(*args))
    return made


def test_exported_once_and_equal_to_torch(tiny, kept, exports):
    first = backbones.load("tiny", tiny, device="cpu")
    second = backbones.load("tiny", tiny, device="cpu")
    other = backbones.load("tiny", tiny, device="cpu", backend="torch")
    assert first.backend == second.backend == "onnxruntime" and other.backend == "torch"
    assert first.digest == second.digest == other.digest
    assert len(exports) == 1 and len(files(kept)) == 1
    np.testing.assert_allclose(first(images()), other(images()), atol=1e-5)
    np.testing.assert_array_equal(first(images()), second(images()))
    metadata = second._engine.metadata
    assert metadata["source"] == backbones.digest_of_file(tiny)
    assert metadata["digest"] == first.digest and float(metadata["error"]) < 1e-5


def test_any_number_of_photos(tiny, kept):
    loaded = backbones.load("tiny", tiny, device="cpu")
    whole = loaded(images(23))
    assert whole.shape == (23, 6) and loaded(images(23)[:0]).shape == (0, 6)
    for n in (1, 2, 9):
        np.testing.assert_array_equal(loaded(images(23)[:n]), whole[:n])
    assert loaded(images(4)[:, ::-1]).shape == (4, 6), "not contiguous"


@pytest.mark.parametrize("harm", ["byte", "cut", "empty", "text", "unreadable"])
def test_a_harmed_file_is_exported_anew(tiny, kept, exports, harm, caplog):
    caplog.set_level(logging.WARNING)
    expected = backbones.load("tiny", tiny, device="cpu")(images())
    (path,) = files(kept)
    content = bytearray(path.read_bytes())
    if harm == "byte":
        content[len(content) // 2] ^= 1
    elif harm == "cut":
        del content[-200:]
    elif harm == "unreadable":  # sealed, and yet no model
        content = b"nothing" + exported._sealed(b"nothing")
    else:
        content = {"empty": b"", "text": b"text"}[harm]
    path.write_bytes(content)
    again = backbones.load("tiny", tiny, device="cpu")
    np.testing.assert_array_equal(again(images()), expected)
    assert len(exports) == 2 and again.backend == "onnxruntime"
    backbones.load("tiny", tiny, device="cpu")
    assert len(exports) == 2, "the new file is good"
    assert bool(caplog.records) == (harm != "empty")


def test_a_file_of_other_weights_is_not_taken(tiny, kept, exports, tmp_path):
    import torch
    backbones.load("tiny", tiny, device="cpu")
    (old,) = files(kept)
    other = tmp_path / "other.pth"
    torch.save({k: v + 1 for k, v in torch.load(tiny).items()}, other)
    loaded = backbones.load("tiny", other, device="cpu")
    assert len(exports) == 2 and len(files(kept)) == 2
    new = next(path for path in files(kept) if path != old)
    new.write_bytes(old.read_bytes())  # a good file in another's place
    assert backbones.load("tiny", other, device="cpu").digest == loaded.digest
    assert len(exports) == 3


def full(*_):
    raise OSError(28, "No space left on device")


def test_a_full_disk_is_left_as_it_was(tiny, kept, monkeypatch):
    monkeypatch.setattr(os, "replace", full)
    assert len(backbones.load("tiny", tiny, device="cpu")(images())) == 5
    assert files(kept) == []


def test_a_later_version_exports_anew(tiny, kept, exports, monkeypatch):
    backbones.load("tiny", tiny, device="cpu")
    monkeypatch.setattr(exported, "VERSION", -1)
    backbones.load("tiny", tiny, device="cpu")
    assert len(exports) == 2


def test_only_the_last_used_are_kept(tiny, kept, monkeypatch):
    monkeypatch.setattr(exported, "KEPT", 2)
    for number in range(4):
        exported._keep(kept / "trunks" / f"{number}.onnx", b"x")
        os.utime(kept / "trunks" / f"{number}.onnx", (number, number))
    assert [path.name for path in files(kept)] == ["2.onnx", "3.onnx"]


@pytest.mark.parametrize("place, why", [
    ("off", "not kept (ORANGE_CUSTOMS_CACHE=off)"), ("file", "can't be kept")])
def test_without_a_folder_each_run_exports_once_and_says_what_it_costs(
        tiny, monkeypatch, exports, tmp_path, caplog, place, why):
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("ORANGE_CUSTOMS_CACHE", place if place == "off" else str(tmp_path / place))
    loaded = [backbones.load("tiny", tiny, device="cpu") for _ in range(2)]
    assert {each.backend for each in loaded} == {"onnxruntime"} and len(exports) == 1
    np.testing.assert_array_equal(loaded[0](images()), loaded[1](images()))
    (said,) = caplog.messages
    assert why in said and "every run exports it again" in said
    import torch
    torch.save({k: v + 1 for k, v in torch.load(tiny).items()}, tmp_path / "other.pth")
    other = backbones.load("tiny", tmp_path / "other.pth", device="cpu")
    assert len(exports) == 2 and other.digest != loaded[0].digest


@pytest.mark.parametrize("problem", ["different", "fails"])
def test_a_bad_export_falls_back_to_torch(tiny, kept, monkeypatch, caplog, problem):
    if problem == "different":
        monkeypatch.setattr(exported, "_error", lambda *_: 2e-4)
    else:
        def fails(*_):
            raise ValueError("an operator is not supported\nand a long story")
        monkeypatch.setattr(exported, "_graph", fails)
    loaded = backbones.load("tiny", tiny, device="cpu")
    assert loaded.backend == "torch" and loaded(images()).shape == (5, 6)
    assert not (kept / "trunks").exists()
    said = {"different": "2.0e-04", "fails": "not supported"}[problem]
    assert said in caplog.text and "torch is used" in caplog.text
    with pytest.raises(BackboneError, match=f"{said}.*take the backend torch"):
        backbones.load("tiny", tiny, device="cpu", backend="onnxruntime")


def test_a_wrong_graph_is_noticed(tiny):
    """The check compares what ONNX Runtime says with what torch says, maps included."""
    import torch
    backbone = backbones.get("tiny")
    torch.manual_seed(0)
    module, other = backbone.build().eval(), backbone.build().eval()
    graph, pooling = exported._graph(backbone, other)
    engine = engines.OnnxRuntimeEngine(graph)
    assert exported._error(backbone, module, engine, pooling) > .01
    assert exported._error(backbone, other, engine, pooling) < 1e-6
    from orangecontrib.customs.photos.maps import Pool
    assert exported._error(backbone, other, engine, (Pool(0, "max"),)) > .01


def test_backends_that_can_not_be(tiny, kept):
    with pytest.raises(BackboneError, match="unknown backend 'onnx'.*auto, onnxruntime, torch"):
        backbones.load("tiny", tiny, device="cpu", backend="onnx")
    with pytest.raises(BackboneError, match="computes on the CPU, not on 'cuda'"):
        backbones.load("tiny", tiny, device="cuda", backend="onnxruntime")
    with pytest.raises(BackboneError, match="can't compute on 'nowhere'"):
        backbones.load("tiny", tiny, device="nowhere")


def test_large_weights_stay_in_torch(tiny, kept, exports, monkeypatch):
    monkeypatch.setattr(backbones, "LARGE", 100)
    assert backbones.load("tiny", tiny, device="cpu").backend == "torch" and not exports
    assert backbones.load("tiny", tiny, device="cpu", backend="onnxruntime"
                          ).backend == "onnxruntime"


def test_without_onnxruntime_torch_is_used(tiny, kept, monkeypatch, caplog):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    assert backbones.load("tiny", tiny, device="cpu").backend == "torch"


def test_torch_is_not_imported_to_run_an_exported_backbone(goods):
    """The bundled model, in a process of its own, after the first one has exported."""
    backbones.load(device="cpu")
    code = ("import sys\n"
            "from orangecontrib.customs.photos import Extractor, find_photos\n"
            "results = Extractor(device=sys.argv[2] or None).run(find_photos(sys.argv[1])[0])\n"
            "assert len(results.photos) == 4\n"
            "assert not {'torch', 'onnx', 'Orange', 'AnyQt'} & set(sys.modules)\n")
    for device in ("cpu", "") if not engines._gpu_possible() else ("cpu",):
        subprocess.run([sys.executable, "-c", code, str(goods), device], check=True, timeout=600)


def test_a_gpu_is_asked_for_only_where_there_may_be_one(monkeypatch):
    monkeypatch.setattr(engines.platform, "machine", lambda: "arm64")
    monkeypatch.setattr(sys, "platform", "darwin")
    assert engines._gpu_possible()
    monkeypatch.setattr(sys, "platform", "linux")
    for version, possible in (("2.9.0+cpu", False), ("2.9.0+rocm6.4", True)):
        monkeypatch.setattr(engines.importlib.metadata, "version", lambda _, v=version: v)
        assert engines._gpu_possible() == possible
    monkeypatch.setattr(engines, "_gpu_possible", lambda: False)
    assert engines.best_device() == "cpu"


def test_a_backbone_of_a_module_is_the_backbone_of_its_file(tiny, kept):
    import torch
    module = backbones.get("tiny").build()
    module.load_state_dict(torch.load(tiny))
    loaded = backbones.LoadedBackbone(backbones.get("tiny"), module, "cpu")
    of_file = backbones.load("tiny", tiny, device="cpu")
    assert loaded.digest == of_file.digest and loaded.engine_name == "onnxruntime cpu"
    np.testing.assert_array_equal(loaded(images()), of_file(images()))
    assert replace(loaded.spec) == loaded.spec
