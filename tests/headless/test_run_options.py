"""Options of a run: other files, lists, JSON, readers who go; and the fixture for add-ons."""
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from Orange.data import (
    ContinuousVariable,
    DiscreteVariable,
    Domain,
    StringVariable,
    Table,
    TimeVariable,
)
from Orange.widgets.utils.filedialogs import RecentPath
from pyarrow import parquet

from orangecontrib.customs.headless import cli, cli_run, listing
from orangecontrib.customs.headless import loader as loader_module
from orangecontrib.customs.headless.pipes import whoever_reads
from orangecontrib.customs.headless.runner import run_workflow
from orangecontrib.customs.headless.saving import write_table
from orangecontrib.customs.headless.supervisor import Ending, _few_threads

PROJECT = Path(__file__).parents[2]


@pytest.fixture
def iris(flow, tmp_path):
    """A workflow that reads a file which isn't there, and one that is."""
    Table("iris")[::50].save(str(tmp_path / "some.tab"))
    recent = RecentPath("/nowhere/some.tab", None, None)
    return flow(("File", {"recent_paths": [recent], "source": 1})), tmp_path / "some.tab"


# -- --file

def test_a_widget_reads_another_file_whatever_its_setting_is_called(registry, iris):
    path, data = iris
    outcome = run_workflow(path, registry=registry, files=[f"File={data}"], timeout=60)
    assert outcome.exit_code == 0, outcome.messages
    assert len(outcome.outputs["File", "Data"]) == 3


@pytest.mark.parametrize("argument, text", [
    ("File=/nowhere/at.all", "File: there is no /nowhere/at.all"), ("Nobody=.", "no widget is"),
    ("File", "not of the form"), ("Source=.", "reads no file")])
def test_a_file_that_cannot_be_given_is_refused(registry, flow, argument, text):
    outcome = run_workflow(flow("File", "Source"), registry=registry, files=[argument])
    assert outcome.exit_code == 2 and text in outcome.messages[0].text


def test_a_file_that_is_given_is_not_overwritten(registry, iris):
    path, data = iris
    outcome = run_workflow(path, registry=registry, files=[f"File={data}"],
                           save=[f"File.Data={data}"])
    assert outcome.exit_code == 2 and "name this file" in outcome.messages[0].text


@pytest.mark.parametrize("name, setting", [
    ("owdeclarations.OWDeclarations", "path"), ("ownomenclature.OWNomenclature", "path"),
    ("owgoodsphotos.OWGoodsPhotos", "folder"), ("owhscodefusion.OWHSCodeFusion", "priors_file"),
    ("owphotocollector.OWPhotoCollector", "folder"),
    ("owphotolabeler.OWPhotoLabeler", "labels_path")])
def test_what_our_widgets_read_is_found(name, setting, tmp_path):
    from orangecontrib.customs.headless.arguments import _reading
    from orangecontrib.customs.headless.registry import widgets_of
    name = f"orangecontrib.customs.widgets.{name}"
    node = type("Node", (), {"title": "It", "description": widgets_of([name]).widget(name)})
    assert _reading(node, str(tmp_path)) == {setting: str(tmp_path)}


# -- --save

def test_parquet_holds_texts_numbers_and_times_and_nothing_where_nothing_is_known(tmp_path):
    table = Table.from_list(
        Domain([ContinuousVariable("number"), TimeVariable("time", have_date=1, have_time=1)],
               DiscreteVariable("kind", ("a", "b")), [StringVariable("words")]),
        [[1.5, 86400, "b", "туфли; =1"], [float("nan")] * 3 + [""]])
    file = tmp_path / "o.parquet"
    write_table(table, str(file))
    found = parquet.read_table(file).to_pylist()
    assert found[0]["time"].isoformat() == "1970-01-02T00:00:00+00:00"
    del found[0]["time"]
    assert found == [{"number": 1.5, "kind": "b", "words": "туфли; =1"},
                     {"number": None, "time": None, "kind": None, "words": None}]


# -- --list, --json, --progress

def test_the_list_names_what_can_be_set_and_saved(monkeypatch, registry, flow, capsys):
    monkeypatch.setattr(listing.registry, "widgets_of", lambda _: registry)
    path = flow(("Source: Товары", {"rows": 5}))
    assert cli_run.list_here(None, str(path), {}) == 0
    said = capsys.readouterr().out
    assert "Товары (headless_widgets.Source)" in said
    assert "output Data: Table" in said and "setting rows = 5" in said
    assert "setting column" not in said, "it depends on the data"
    assert cli_run.list_here(None, str(path), {"as_json": True}) == 0
    widget, = json.loads(capsys.readouterr().out)["widgets"]
    settings = {setting["name"]: setting for setting in widget["settings"]}
    assert settings["rows"] == {"name": "rows", "value": 5, "default": 3, "settable": True}


def test_the_list_of_a_damaged_workflow_is_exit_code_2(tmp_path, capsys):
    (tmp_path / "bad.ows").write_text("<scheme")
    assert cli_run.list_here(None, str(tmp_path / "bad.ows"), {"as_json": True}) == 2
    assert json.loads(capsys.readouterr().out)["exit_code"] == 2


def test_json_is_all_that_stdout_holds(registry, flow, capsys, monkeypatch):
    import headless_widgets
    use = headless_widgets.Talks.use
    monkeypatch.setattr(headless_widgets.Talks, "use",
                        lambda self, data: (print("noise"), use(self, data)))
    path = flow("Source", "Talks", "ShowsError", links=[
        "Source.Data > Talks.Data", "Source.Data > ShowsError.Data"])
    assert cli_run.run_here(None, str(path), {
        "registry": registry, "timeout": 60, "as_json": True, "progress": True}) == 1
    said = capsys.readouterr()
    result = json.loads(said.out)
    assert result["exit_code"] == 1 and result["result"] == "failed"
    assert {"widget": "ShowsError", "level": "Error", "text": "3 rows are too many"} \
        in result["messages"]
    assert result["widgets"][0] == {"title": "Source", "outputs": {
        "Data": "3 rows x 1 column", "Late": "6 rows x 1 column", "Learner": "MajorityLearner"}}
    assert "noise" in said.err and "Talks: 0 %" in said.err


def test_what_is_printed_stays_on_its_line(registry, tmp_path, capsys):
    path = tmp_path / "a\nb\u202e.ows"
    path.write_text("<scheme")
    cli_run.run_here(None, str(path), {"registry": registry})
    said = capsys.readouterr()
    assert len(said.out.splitlines()) == len(said.err.splitlines()) == 1
    assert "\u202e" not in said.out + said.err


# -- somebody reads the beginning only

@pytest.mark.parametrize("command", [
    ["run", "no.ows"], ["run", "--help"], ["--help"], ["classify", "--help"],
    ["classify", "--declarations", "no.csv", "--out", "o.csv"],
    ["facts", "--declarations", "d.csv", "--explain", "--out", "o.csv"]])
def test_a_reader_who_goes_ends_no_command(tmp_path, command):
    (tmp_path / "d.csv").write_text("description\n" + "ботинки из кожи\n" * 300, encoding="utf-8")
    expected = {"--help": 0, "o.csv": 2, "no.ows": 2}[command[-1]]
    if "d.csv" in command:
        expected = 0
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "orangecontrib.customs.headless.cli", *command], cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(PROJECT)}, stdout=writing,
            stderr=subprocess.PIPE, text=True, timeout=900, check=False)
    finally:
        os.close(writing)
    assert done.returncode == expected, done.stderr
    assert "Traceback" not in done.stderr and "BrokenPipe" not in done.stderr
    if "d.csv" in command:
        assert (tmp_path / "o.csv").exists()


def test_a_file_and_what_tests_put_in_the_place_of_stdout_stay_as_they_are():
    before = sys.stdout, sys.stderr
    with whoever_reads():
        assert (sys.stdout, sys.stderr) == before
    assert (sys.stdout, sys.stderr) == before


# -- around a run

@pytest.mark.parametrize("environment, added", [
    ({}, {"OPENBLAS_NUM_THREADS": "1"}), ({"OMP_NUM_THREADS": "4"}, {}),
    ({"OPENBLAS_NUM_THREADS": "4"}, {})])
def test_who_says_how_many_threads_gets_them(environment, added):
    assert _few_threads(environment) == {**environment, **added}


def test_an_orange_with_a_no_gui_of_its_own_is_left_alone(monkeypatch):
    from Orange.canvas.__main__ import OMain
    known = OMain.argument_parser

    def parser(self):
        made = known(self)
        made.add_argument("--no-gui", action="store_true")
        return made

    monkeypatch.setattr(OMain, "argument_parser", parser)
    monkeypatch.setattr(loader_module, "_running", False)
    monkeypatch.setattr(sys, "argv", ["orange-canvas", "--no-gui", "flow.ows"])
    monkeypatch.setattr(cli_run, "main", lambda *_, **__: pytest.fail("must not run"))
    loader_module.loader(None)


def test_the_process_of_a_run_is_told_all_options(monkeypatch):
    told = []
    monkeypatch.setattr("orangecontrib.customs.headless.supervisor.supervise",
                        lambda *args: told.append(args) or Ending(0, 0, False, [], ""))
    assert cli.main(["run", "a.ows", "--file", "A=b", "--report", "r.html", "--trust"]) == 0
    assert cli.main(["run", "a.ows", "--list", "--no-pickles"]) == 0
    (function, _, options), (listing_, _, listed) = told
    assert function.endswith(":run_here") and listing_.endswith(":list_here")
    assert options["files"] == ["A=b"] and options["report"] == "r.html"
    assert options["trust"] and options["pickles"]
    assert listed == {"as_json": False, "pickles": False, "trust": False}
    with pytest.raises(SystemExit):
        cli.main(["run", "a.ows", "--trust", "--no-pickles"])


# -- what the page of the documentation says

def test_the_examples_of_the_page_run(flow, tmp_path):
    first, plugin, tests = re.findall(
        r"```python\n(.*?)```", (PROJECT / "doc" / "runner.md").read_text("utf-8"), re.S)
    Table("iris")[::50].save(str(tmp_path / "some.tab"))
    flow(("File", {"recent_paths": [RecentPath("/nowhere/some.tab", "basedir", "some.tab")]}))
    (tmp_path / "conftest.py").write_text(plugin)
    (tmp_path / "test_it.py").write_text(
        tests + "\n\ndef test_from_python():\n    path = 'some.tab'\n"
        + "".join(f"    {line}\n" for line in first.splitlines()) + "    assert len(table) == 3\n")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir=.", "."],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(PROJECT),
                           "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    assert "3 passed" in done.stdout


# -- a few of the workflows of tools/random_flows.py

def test_random_workflows_end_and_rightly():
    done = subprocess.run(
        [sys.executable, str(PROJECT / "tools" / "random_flows.py"), "--runs", "8", "--canvas", "0",
         "--seed", "5", "--timeout", "600"],
        capture_output=True, text=True, timeout=950, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
