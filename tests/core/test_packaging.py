"""What the installed package shows to Orange Canvas."""
import os
import re
import subprocess
import sys
import tarfile
import zipfile
from importlib.metadata import entry_points, version
from pathlib import Path

import pytest

from orangecontrib import customs
from orangecontrib.customs.photos.model import PhotoModel

SCRIPT = """
from orangecontrib.customs.headless.environment import prepare_application, prepare_environment
prepare_environment(offscreen=True)
application = prepare_application()
from Orange.canvas.config import Config
from orangecanvas.application import examples
from orangecontrib.customs.headless.runner import discover
registry = discover()
print([c.background for c in registry.categories() if c.name == "Customs"])
print(sorted(w.name for w in registry.widgets()
             if w.qualified_name.startswith("orangecontrib.customs.")))
print([title for title in (e.stream().read().decode("utf-8").split(">", 2)[1]
                           for e in examples.workflows(Config())) if "Footwear" in title])
"""


def test_canvas_finds_widgets_category_and_examples(tmp_path):
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, timeout=600,
                          encoding="utf-8", env={**os.environ, "HOME": str(tmp_path)})
    assert done.returncode == 0, done.stderr
    category, widgets, workflows = done.stdout.strip().splitlines()[-3:]
    assert category == "['#f3d9b1']"
    for name in ("Goods Photos", "Footwear CNN Feature Extractor",
                 "Bayesian Photo Aggregator", "Declaration Facts", "HS Code Fusion"):
        assert name in widgets
    assert "Footwear: photos and text to ten digits" in workflows


def test_the_version_is_said_once():
    said = (Path(__file__).parents[2] / "CITATION.cff").read_text(encoding="utf-8")
    assert customs.__version__ == version("Orange3-Customs") \
        == re.search(r"^version: (\S+)$", said, re.MULTILINE)[1]


def test_entry_points_load():
    ours = [e for group in ("console_scripts", "orange3.addon", "orange.widgets",
                            "orange.widgets.tutorials", "orange.canvas.help")
            for e in entry_points(group=group) if e.value.startswith("orangecontrib.customs")]
    assert {e.group for e in ours} == {
        "console_scripts", "orange3.addon", "orange.widgets", "orange.widgets.tutorials",
        "orange.canvas.help"}
    for entry in ours:
        entry.load()


def test_the_templates_of_the_conclusion_are_in_a_wheel(tmp_path):
    root = Path(__file__).parents[2]
    subprocess.run([sys.executable, "setup.py", "--quiet", "build_py", "--build-lib", tmp_path],
                   cwd=root, check=True, timeout=600)
    folder = Path("orangecontrib/customs/cases/conclusion/templates")
    names = {path.name for path in (root / folder).iterdir()}
    assert names and {path.name for path in (tmp_path / folder).iterdir()} == names


def test_no_model_of_a_wheel_is_for_research_only(tmp_path):
    """What may be used for less than the add-on lies in the repository, outside the package."""
    root = Path(__file__).parents[2]
    subprocess.run([sys.executable, "setup.py", "--quiet", "build_py", "--build-lib", tmp_path],
                   cwd=root, check=True, timeout=600)
    models = list(tmp_path.rglob("*.safetensors"))
    assert [path.name for path in models] == ["free_model.safetensors"]
    for path in models:
        assert PhotoModel.load(path).licence.startswith("GPL-3.0-or-later")
    research = root / "tools" / "research_model" / "research_model.safetensors"
    assert "non-commercial" in PhotoModel.load(research).licence


ROOT = Path(__file__).parents[2]

#: Run where the checkout is not: what is found is what was installed.
USES = """
from pathlib import Path
from orangecontrib import customs
from orangecontrib.customs.headless.environment import prepare_application, prepare_environment
prepare_environment(offscreen=True)
application = prepare_application()
from Orange.canvas.config import Config
from orangecanvas.application import examples
from orangecanvas.help import HelpManager
from orangecontrib.customs.cases import decide
from orangecontrib.customs.headless.runner import discover
print("from", Path(customs.__file__).parents[2])
text = "Ботинки мужские, верх из натуральной кожи, подошва из резины, закрывают лодыжку"
print("code", decide([{"good_id": "A", "description": text}])[0]["heading"])
manager = HelpManager()
manager.set_registry(discover())
print("help", manager.search({"id": "orangecontrib.customs.widgets.owhscodefusion.OWHSCodeFusion"}
                             ).toLocalFile())
print("examples", len([e for e in examples.workflows(Config())
                       if str(Path(customs.__file__).parents[2]) in e.abspath()]))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """A wheel as it goes to PyPI, made from the sdist: nothing that is left in the checkout."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run([sys.executable, "setup.py", "--quiet", "sdist", "--dist-dir", folder],
                   cwd=ROOT, check=True, timeout=600)
    path, = folder.glob("*.tar.gz")
    with tarfile.open(path) as file:
        file.extractall(folder, filter="data")
    source, = (place for place in folder.iterdir() if place.is_dir())
    subprocess.run([sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps",
                    "--no-build-isolation", "--wheel-dir", folder, source],
                   check=True, timeout=600)
    path, = folder.glob("*.whl")
    return path


def test_a_wheel_that_is_installed_decides_opens_help_and_brings_examples(wheel, tmp_path):
    site = tmp_path / "site"
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index",
                    "--target", site, wheel], check=True, timeout=600)
    done = subprocess.run(
        [sys.executable, "-c", USES], capture_output=True, timeout=600, encoding="utf-8",
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(site), "HOME": str(tmp_path)})
    assert done.returncode == 0, done.stderr
    said = dict(line.split(" ", 1) for line in done.stdout.splitlines() if " " in line)
    assert Path(said["from"]) == site
    assert said["code"] == "6403"
    assert Path(said["help"]).is_relative_to(site) and Path(said["help"]).is_file()
    assert int(said["examples"]) == len(list((ROOT / "workflows").glob("*.ows")))


def test_a_wheel_says_its_licences_and_has_no_tests(wheel):
    with zipfile.ZipFile(wheel) as file:
        names = file.namelist()
        metadata, = (file.read(name).decode() for name in names if name.endswith("/METADATA"))
    assert re.search(r"^License(-Expression)?: GPL-3.0-or-later$", metadata, re.MULTILINE)
    assert len(re.findall(r"^License-File: ", metadata, re.MULTILINE)) == 2
    assert "Description-Content-Type: text/markdown" in metadata
    assert not [name for name in names if name.startswith(("tests/", "tools/", "benchmarks/"))]
    for part in ("i18n/card.csv", "widgets/wordings/common.csv", "help/index.html",
                 "datasets/free_model.safetensors", "py.typed"):
        assert f"orangecontrib/customs/{part}" in names


def test_a_wheel_from_an_sdist_has_all_of_the_checkout(wheel, tmp_path):
    subprocess.run([sys.executable, "setup.py", "--quiet", "build_py", "--build-lib", tmp_path],
                   cwd=ROOT, check=True, timeout=600)
    with zipfile.ZipFile(wheel) as file:
        names = {name for name in file.namelist() if ".dist-info/" not in name}
    assert names == {path.relative_to(tmp_path).as_posix()
                     for path in tmp_path.rglob("*") if path.is_file()}


def test_the_version_is_said(capsys):
    from orangecontrib.customs.headless.cli import main
    with pytest.raises(SystemExit):
        main(["--version"])
    said = capsys.readouterr().out
    assert f"Orange3-Customs {customs.__version__}" in said and "Orange3 3." in said
