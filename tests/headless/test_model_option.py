"""``--model free|FILE`` of the command line, and the name of a model that went."""
import shutil
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from orangecontrib.customs.headless.cli import main
from orangecontrib.customs.photos import model as models
from orangecontrib.customs.photos.model import BUNDLED, PhotoModel
from orangecontrib.customs.photos.shots import Shots

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


def test_the_bundled_model_is_the_default_and_has_nothing_to_say(photos, tmp_path, asked, capsys):
    assert features(photos, tmp_path)[0] == 0
    assert features(photos, tmp_path, "--model", "free")[0] == 0
    assert asked == ["free", "free"] and "licence" not in capsys.readouterr().err


def test_who_asks_for_the_model_that_went_gets_the_bundled_one_and_is_told(photos, tmp_path,
                                                                           capsys):
    code, text = features(photos, tmp_path, "--model", "default")
    said = capsys.readouterr().err
    assert code == 0 and text == features(photos, tmp_path)[1]
    assert "non-commercial" in said and "tools/research_model/research_model.safetensors" in said


@pytest.mark.parametrize("command", ["features", "classify"])
def test_the_licence_of_a_model_from_a_file_is_printed(photos, tmp_path, capsys, command):
    model = tmp_path / "mine.safetensors"
    replace(PhotoModel.default(), licence="for research only").save(model)
    (tmp_path / "d.csv").write_text("good_id,description\nA,САПОГИ ЖЕНСКИЕ\n", encoding="utf-8")
    more = ["--declarations", str(tmp_path / "d.csv")] if command == "classify" else []
    assert main([command, *more, "--photos", str(photos), "--model", str(model),
                 "--out", str(tmp_path / "o.csv")]) == 0
    shown = capsys.readouterr()
    assert f"licence of {model}: for research only" in shown.err
    assert "research" not in shown.out


def test_classify_has_the_option_too(photos, tmp_path, asked):
    declarations = tmp_path / "d.csv"
    declarations.write_text("good_id,description\nA,САПОГИ ЖЕНСКИЕ\n", encoding="utf-8")
    assert main(["classify", "--declarations", str(declarations), "--photos", str(photos),
                 "--out", str(tmp_path / "o.csv"), "--model", "free"]) == 0
    assert asked == ["free"]


def test_a_file_and_a_file_named_like_a_bundled_model(photos, tmp_path, asked, monkeypatch):
    shutil.copy(BUNDLED["free"], tmp_path / "free")
    monkeypatch.chdir(tmp_path)
    code, text = features(photos, tmp_path, "--model", "./free")
    assert code == 0 and not asked
    assert text == features(photos, tmp_path, "--model", str(BUNDLED["free"]))[1]


def test_a_bundled_model_that_is_missing_is_exit_2(photos, tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(models.BUNDLED, "free", tmp_path / "free_model.safetensors")
    assert features(photos, tmp_path, "--model", "free")[0] == 2
    assert "free_model.safetensors" in capsys.readouterr().err


@pytest.fixture
def from_behind(tmp_path):
    """The bundled model, taking every photo for one from behind, which shows no height."""
    model = PhotoModel.default()
    group, width = model.group, len(model.weights)
    views, scenes = len(group.views), len(group.scenes)
    judged = np.ones((views, len(group.visual_facts)))
    judged[group.views.index("back"), group.visual_facts.index("height")] = 0
    shots = Shots(np.zeros((width, views), np.float32),
                  50 * np.eye(views, dtype=np.float32)[group.views.index("back")],
                  np.zeros((width, scenes), np.float32), np.zeros(scenes, np.float32), judged,
                  np.ones((scenes, len(group.features))), np.zeros(width, np.float32),
                  np.zeros((width, 1), np.float32), np.asarray(1.))
    replace(model, shots=shots).save(tmp_path / "views.safetensors")
    return str(tmp_path / "views.safetensors")


def test_a_model_that_knows_views_tells_them_photo_by_photo(photos, tmp_path, from_behind):
    code, text = features(photos, tmp_path, "--model", from_behind)
    header, row = text.lstrip("\ufeff").splitlines()
    assert code == 0 and header.endswith("not_footwear,view,not_judged,problem")
    assert ",back,seen from behind: not judged – height," in row


def test_a_good_none_of_whose_photos_shows_the_height_is_told_so(photos, tmp_path, from_behind):
    (tmp_path / "d.csv").write_text("good_id,description\nA,САПОГИ ЖЕНСКИЕ\n", encoding="utf-8")
    for language, words in (("en", "no photo can show: height"),
                            ("ru", "ни одна фотография не показывает: ")):
        assert main(["classify", "--declarations", str(tmp_path / "d.csv"), "--photos", str(photos),
                     "--model", from_behind, "--lang", language,
                     "--out", str(tmp_path / "o.csv")]) == 0
        assert words in (tmp_path / "o.csv").read_text(encoding="utf-8")


def test_an_unknown_name_is_a_file_that_is_missing(photos, tmp_path, capsys):
    assert features(photos, tmp_path, "--model", "best")[0] == 2
    assert "best: there is no such model file" in capsys.readouterr().err
