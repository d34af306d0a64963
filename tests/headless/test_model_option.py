"""``--model default|free|FILE`` of the command line."""
import shutil
from importlib.resources import files
from pathlib import Path

import pytest

from orangecontrib.customs.headless.cli import main
from orangecontrib.customs.photos import model as models
from orangecontrib.customs.photos.model import BUNDLED, PhotoModel

SAMPLE = Path(str(files("orangecontrib.customs.workflows"))) / "sample"


@pytest.fixture
def asked(monkeypatch):
    """Names of bundled models that were asked for; all of them are the default one."""
    names = []
    default = PhotoModel.default()

    def bundled(_, name):
        names.append(name)
        return default

    monkeypatch.setattr(PhotoModel, "bundled", classmethod(bundled))
    return names


@pytest.fixture
def photos(tmp_path):
    (tmp_path / "photos" / "A").mkdir(parents=True)
    shutil.copy(sorted((SAMPLE / "G-003").glob("*.jpg"))[0], tmp_path / "photos/A/1.jpg")
    return tmp_path / "photos"


def features(photos, tmp_path, *options):
    out = tmp_path / "f.csv"
    code = main(["features", "--photos", str(photos), "--out", str(out), *options])
    return code, out.read_text(encoding="utf-8") if out.exists() else ""


def test_bundled_models_by_name(photos, tmp_path, asked):
    assert features(photos, tmp_path)[0] == 0
    assert features(photos, tmp_path, "--model", "default")[0] == 0
    assert features(photos, tmp_path, "--model", "free")[0] == 0
    assert asked == ["default", "default", "free"]


def test_classify_has_the_option_too(photos, tmp_path, asked):
    declarations = tmp_path / "d.csv"
    declarations.write_text("good_id,description\nA,САПОГИ ЖЕНСКИЕ\n", encoding="utf-8")
    assert main(["classify", "--declarations", str(declarations), "--photos", str(photos),
                 "--out", str(tmp_path / "o.csv"), "--model", "free"]) == 0
    assert asked == ["free"]


def test_a_file_and_a_file_named_like_a_bundled_model(photos, tmp_path, asked, monkeypatch):
    shutil.copy(BUNDLED["default"], tmp_path / "free")
    monkeypatch.chdir(tmp_path)
    code, text = features(photos, tmp_path, "--model", "./free")
    assert code == 0 and not asked
    assert text == features(photos, tmp_path, "--model", str(BUNDLED["default"]))[1]


def test_a_bundled_model_that_is_missing_is_exit_2(photos, tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(models.BUNDLED, "free", tmp_path / "free_model.safetensors")
    assert features(photos, tmp_path, "--model", "free")[0] == 2
    assert "free_model.safetensors" in capsys.readouterr().err


def test_an_unknown_name_is_a_file_that_is_missing(photos, tmp_path, capsys):
    assert features(photos, tmp_path, "--model", "best")[0] == 2
    assert "best: there is no such model file" in capsys.readouterr().err
