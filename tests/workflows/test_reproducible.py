"""A shipped workflow gives everybody the same, whatever they have set elsewhere before."""
import ast
import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from importlib.resources import files
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

FOLDER = Path(str(files("orangecontrib.customs.workflows")))
SHIPPED = sorted(FOLDER.glob("*.ows"))
HERE = Path(__file__).parent

spec = spec_from_file_location("state_settings", HERE.parents[1] / "tools" / "state_settings.py")
state_settings = module_from_spec(spec)
spec.loader.exec_module(state_settings)


def without(text, name):
    """The content of a workflow in which no node states a setting."""
    workflow = ET.fromstring(text)
    for properties in workflow.iter("properties"):
        said = ast.literal_eval(properties.text)
        properties.text = repr({key: value for key, value in said.items() if key != name})
    return ET.tostring(workflow, encoding="unicode")


def poisoned(home, *arguments):
    """Do a job of poisoned.py in a HOME of its own."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("XDG_")}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", str(HERE / "poisoned.py"), *map(str, arguments)],
        capture_output=True, encoding="utf-8", timeout=900,
        env={**environment, "HOME": str(home)})
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def differences(tmp_path_factory):
    """Settings that the last-used ones of a user change, by workflow; one process for all."""
    folder = tmp_path_factory.mktemp("poisoned")
    whole = state_settings.state(
        (FOLDER / "tariff-logistic-regression.ows").read_text(encoding="utf-8"))[0]
    for name in UNSAID:
        (folder / f"{name}.ows").write_text(without(whole, name), encoding="utf-8")
    return poisoned(folder, "opened", *SHIPPED, *sorted(folder.glob("*.ows")))


#: One of Orange's own, one of a part of a widget, one of ours that may be remembered
UNSAID = ("C_index", "score_table", "auto_apply")


@pytest.mark.parametrize("workflow", SHIPPED, ids=lambda p: p.name)
def test_it_leaves_nothing_unsaid(workflow):
    _, remarks = state_settings.state(workflow.read_text(encoding="utf-8"))
    assert not remarks, "`make state` states what is unsaid"


#: What Orange's learners call it that they draw the same in every run
REPLICABLE = {"use_random_state", "random_state", "replicable"}


@pytest.mark.parametrize("workflow", SHIPPED, ids=lambda p: p.name)
def test_learners_draw_the_same_in_every_run(workflow):
    flow = ET.parse(workflow)
    titles = {node.get("id"): node.get("title") for node in flow.iter("node")}
    assert not [titles[each.get("node_id")] for each in flow.iter("properties")
                if not all(replicable(ast.literal_eval(each.text or "{}")))]


def replicable(settings):
    for name, value in settings.items():
        if isinstance(value, dict):
            yield from replicable(value)
        elif name in REPLICABLE:
            yield value is not False    # a seed of 0 is one


@pytest.mark.parametrize("workflow", SHIPPED, ids=lambda p: p.name)
def test_it_opens_with_the_same_settings_for_everybody(differences, workflow):
    assert differences[workflow.name] == []


@pytest.mark.parametrize("name", UNSAID)
def test_a_setting_that_is_unsaid_is_the_users_last(differences, name):
    changed = differences[f"{name}.ows"]
    assert changed
    assert all(name in each.split(".") for each in changed)


@pytest.mark.parametrize("name", ["footwear-hs-code", "tariff-logistic-regression"])
def test_canvas_and_command_line_give_everybody_the_same(tmp_path, name):
    found = poisoned(tmp_path, "run", FOLDER / f"{name}.ows", tmp_path)
    assert found["other"] == []
    assert len(found["same"]) > 9
