"""What the installed package shows to Orange Canvas."""
import os
import re
import subprocess
import sys
from importlib.metadata import entry_points, version
from pathlib import Path

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
