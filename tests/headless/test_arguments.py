"""--set and --save: what they do, and what is said when they can't."""
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from Orange.data import ContinuousVariable, Domain, Table
from Orange.data.io import CSVReader
from scipy.sparse import csr_matrix

from orangecontrib.customs.headless.arguments import ArgumentError, parse_value
from orangecontrib.customs.headless.runner import run_workflow
from orangecontrib.customs.headless.saving import check_save, write_table


def text_of(outcome):
    return " | ".join(message.text for message in outcome.messages)


@pytest.fixture
def run(registry, flow):
    def run_source(**kwargs):
        return run_workflow(flow("Source"), registry=registry, timeout=60, **kwargs)
    return run_source


@pytest.mark.parametrize("text, value", [
    ("true", True), ("True", True), ("null", None), ("3", 3), ("-1.5", -1.5), ("'a'", "a"),
    ('"a"', "a"), ("[1, 'b']", [1, "b"]), ('{"a": [1]}', {"a": [1]}), ("(1, 2)", (1, 2)),
    ("Женские туфли", "Женские туфли"), ("/a/b.csv", "/a/b.csv"), ("", ""), ("  x", "  x"),
    ("a=b", "a=b"), ("os.getcwd()", "os.getcwd()"), ("[1,", "[1,"),
])
def test_parse_value(text, value):
    assert parse_value(text) == value
    assert type(parse_value(text)) is type(value)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(),
                    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
                    max_leaves=8))
def test_parse_value_reads_literals_back(value):
    assert parse_value(repr(value)) == value


@given(st.text())
def test_parse_value_takes_any_text(text):
    parse_value(text)


# -- --set

def test_set(run):
    outcome = run(settings=["Source.rows=7", "Source.label=42"])
    assert outcome.exit_code == 0, text_of(outcome)
    table = outcome.outputs["Source", "Data"]
    assert len(table) == 7
    assert table.domain[0].name == "42", "a text setting remains text"


def test_set_overrides_what_is_saved_and_keeps_the_rest(registry, flow):
    path = flow(("Source", {"rows": 5, "label": "saved"}))
    outcome = run_workflow(path, registry=registry, timeout=60, settings=["Source.rows=6"])
    table = outcome.outputs["Source", "Data"]
    assert len(table) == 6 and table.domain[0].name == "saved"


def test_set_of_a_part_of_a_widget(registry, flow, monkeypatch):
    import headless_widgets
    seen = []
    monkeypatch.setattr(headless_widgets.Part, "__init__",
                        lambda self, parent: (super(headless_widgets.Part, self).__init__(parent),
                                              seen.append(self.depth))[0])
    run_workflow(flow("Source"), registry=registry, timeout=60,
                 settings=["Source.part.depth=9"])
    assert seen == [9]


OLD = {"amount": 5}  # what has no version is older than all


@pytest.mark.parametrize("saved, given, rows, label", [
    (None, ["label=new"], 3, "new"),
    (None, ["rows=7"], 7, "x"),
    (OLD, ["label=new"], 5, "new"),
    (OLD, ["label=new", "rows=7"], 7, "new"),
    (OLD, ["rows=7", "label=new"], 7, "new"),
    (OLD, ["half=1"], 5, "once 5"),
    (OLD, ["amount=7"], 7, "once 7"),
    ({"rows": 5, "label": "saved", "__version__": 2}, ["label=new"], 5, "new"),
    ({"rows": 5, "label": "saved", "__version__": 2}, ["half=1"], 5, "saved"),
])
def test_what_is_given_stands_whatever_migration_makes_of_the_rest(registry, flow, saved, given,
                                                                   rows, label):
    outcome = run_workflow(flow(("Grown", saved)), registry=registry, timeout=60,
                           settings=[f"Grown.{each}" for each in given])
    assert outcome.exit_code == 0, text_of(outcome)
    table = outcome.outputs["Grown", "Data"]
    assert (len(table), table.domain[0].name) == (rows, label)


def test_a_setting_is_known_by_the_name_of_an_earlier_version(registry, flow):
    path = flow(("Grown", {"rows": 5, "__version__": 2}))
    outcome = run_workflow(path, registry=registry, timeout=60, settings=["Grown.amount=7"])
    assert len(outcome.outputs["Grown", "Data"]) == 7
    outcome = run_workflow(path, registry=registry, timeout=60, settings=["Grown.amounts=7"])
    assert outcome.exit_code == 2 and "no setting 'amounts'" in text_of(outcome)


def test_saved_settings_that_can_not_be_migrated_are_named(registry, flow, monkeypatch):
    import headless_widgets
    monkeypatch.setattr(headless_widgets.Grown, "migrate_settings", lambda settings, _: {}["x"])
    outcome = run_workflow(flow(("Grown", OLD)), registry=registry, timeout=60,
                           settings=["Grown.rows=7"])
    assert outcome.exit_code == 2
    assert "the saved settings of 'Grown' can't be brought up to date" in text_of(outcome)


@pytest.mark.parametrize("argument, text", [
    ("Source.row=7", "'Source' has no setting 'row'; it has: anything, flag, half, label, names,"
                     " part.depth, rows"),
    ("Sauce.rows=7", "no widget is called 'Sauce'; the workflow has: 'Source'"),
    ("rows=7", "not of the form"),
    ("Source.rows", "not of the form"),
    ("Source.rows=many", "Source.rows is a whole number, not 'many'"),
    ("Source.rows=1.5", "a whole number"),
    ("Source.rows=true", "a whole number"),
    ("Source.half=x", "a number"),
    ("Source.flag=perhaps", "true or false"),
    ("Source.names=7", "a list"),
    ("Source.column='x'", "depends on the data"),
])
def test_set_refused(run, argument, text):
    outcome = run(settings=[argument])
    assert outcome.exit_code == 2
    assert text in text_of(outcome)
    assert outcome.outputs == {}, "nothing may run before the arguments are right"


def test_set_converts(run):
    outcome = run(settings=["Source.half=1", "Source.names=['a']", "Source.flag=true",
                            "Source.anything={'a': 1}"])
    assert outcome.exit_code == 0, text_of(outcome)


def test_titles_with_dots_and_equality_signs(registry, flow):
    path = flow("Source: A", "Source: A.b = c", "Source: Коды. Все")
    outcome = run_workflow(path, registry=registry, timeout=60, settings=[
        "A.rows=1", "A.b = c.rows=2", "Коды. Все.label=a.b=c"])
    assert outcome.exit_code == 0, text_of(outcome)
    assert len(outcome.outputs["A", "Data"]) == 1
    assert len(outcome.outputs["A.b = c", "Data"]) == 2
    assert outcome.outputs["Коды. Все", "Data"].domain[0].name == "a.b=c"


@pytest.mark.parametrize("kwargs", [{"settings": ["Source.rows=1"]},
                                    {"save": ["Source.Data=x.csv"]}])
def test_ambiguous_title(registry, flow, kwargs, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    outcome = run_workflow(flow("Source", "Source"), registry=registry, **kwargs)
    assert outcome.exit_code == 2
    assert "2 widgets are called 'Source'" in text_of(outcome)


# -- --save

@pytest.mark.parametrize("name", ["a.tab", "a.csv", "a.xlsx", "a.pkl", "a.tab.gz"])
def test_save(run, tmp_path, name):
    outcome = run(save=[f"Source.Data={tmp_path / name}"])
    assert outcome.exit_code == 0, text_of(outcome)
    assert [row[0].value for row in Table(str(tmp_path / name))] == [0, 1, 2]
    assert f"Data saved to {tmp_path / name}" in text_of(outcome)


def test_saved_csv_is_plain(run, tmp_path):
    run(save=[f"Source.Data={tmp_path / 'a.csv'}"])
    assert (tmp_path / "a.csv").read_text().split() == ["x", "0", "1", "2"]


def test_save_of_a_lazy_output(run, tmp_path):
    assert run(save=[f"Source.Late={tmp_path / 'late.csv'}"]).exit_code == 0
    assert len(Table(str(tmp_path / "late.csv"))) == 6


def test_save_with_an_error_shown_elsewhere(registry, flow, tmp_path):
    path = flow("Source", "ShowsError", links=["Source.Data > ShowsError.Data"])
    outcome = run_workflow(path, registry=registry, timeout=60,
                           save=[f"ShowsError.Data={tmp_path / 'a.csv'}"])
    assert outcome.exit_code == 1 and (tmp_path / "a.csv").exists()


@pytest.mark.parametrize("argument, text", [
    ("Source.Data=a.docx", "must end with one of .csv, .csv."),
    ("Source.Data=a", "must end with one of"),
    ("Source.Data=", "not of the form"),
    ("Source.Data", "not of the form"),
    ("Source.Data=no/such/a.csv", "there is no folder"),
    ("Source.Date=a.csv", "'Source' has no output 'Date'; it has: 'Data', 'Learner', 'Nothing',"
                          " 'Late'"),
    ("Sauce.Data=a.csv", "no widget is called 'Sauce'"),
    ("Source.Learner=a.csv", "Source.Learner is not a table but Learner"),
])
def test_save_refused(run, tmp_path, monkeypatch, argument, text):
    monkeypatch.chdir(tmp_path)
    outcome = run(save=[argument])
    assert outcome.exit_code == 2
    assert text in text_of(outcome)
    assert outcome.outputs == {}


def test_save_of_nothing(run, tmp_path):
    file = tmp_path / "a.csv"
    outcome = run(save=[f"Source.Nothing={file}"])
    assert outcome.exit_code == 1 and not file.exists()
    assert f"Nothing is empty, {file} is not written" in text_of(outcome)


def test_save_that_cannot_be_written(run, tmp_path):
    (tmp_path / "a.csv").mkdir()
    outcome = run(save=[f"Source.Data={tmp_path / 'a.csv'}"])
    assert outcome.exit_code == 2
    assert "can't save Data to" in text_of(outcome)


@pytest.mark.parametrize("ending", ["csv", "tab", "xlsx", "pkl"])
def test_sparse_tables_are_written(tmp_path, ending):
    table = Table.from_numpy(Domain([ContinuousVariable("word")]), csr_matrix([[0.], [2.]]))
    file = tmp_path / f"bag.{ending}"
    write_table(table, str(file))
    again = Table.from_file(str(file))
    again = again.to_dense() if again.is_sparse() else again
    assert [float(value) for value in again.X.ravel()] == [0, 2]


def test_save_leaves_the_old_file_when_the_new_one_can_not_be_written_whole(tmp_path, monkeypatch):
    path = tmp_path / "a.csv"
    path.write_text("old")

    def half(_, file, *args, **kwargs):
        Path(file).write_text("half")
        raise OSError(28, "No space left on device")
    monkeypatch.setattr(CSVReader, "write", classmethod(half))
    with pytest.raises(OSError, match="space"):
        write_table(Table("iris"), str(path))
    assert path.read_text() == "old" and os.listdir(tmp_path) == ["a.csv"]


def test_a_place_for_save_is_tried_without_leaving_anything(tmp_path):
    check_save(f"Source.Data={tmp_path / 'a.csv'}")
    assert os.listdir(tmp_path) == []
    with pytest.raises(ArgumentError, match="cannot write"):
        check_save(f"Source.Data={tmp_path / ('x' * 300 + '.csv')}")
