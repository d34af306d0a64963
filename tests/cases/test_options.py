"""What the command line takes beside declarations and photos; the doors to files."""
import csv
import doctest
from pathlib import Path

import numpy as np
import pytest
from Orange.data import ContinuousVariable, DiscreteVariable, Domain, StringVariable, Table
from Orange.data.io import CSVReader

from orangecontrib.customs import cases
from orangecontrib.customs.cases import COLUMNS, SCHEMA, Good, Source, decide, goods, join
from orangecontrib.customs.cases import predictions as predictions_module
from orangecontrib.customs.cases.files import InputError, read_answers, read_predictions
from orangecontrib.customs.declarations import codes
from orangecontrib.customs.facts import Evidence
from orangecontrib.customs.fusion import Engine
from orangecontrib.customs.groups import find_group, footwear
from orangecontrib.customs.headless.cli import main

BOOTS = "Ботинки мужские, верх из натуральной кожи, подошва из резины, длина стельки 27 см"
D = f"good_id,description\nA,\"{BOOTS}\"\nA,\"{BOOTS}\"\n"


@pytest.fixture
def classify(tmp_path):
    """Exit code and rows of a run; options that hold text are written to files first."""
    def run(declarations=D, **options):
        arguments = []
        for name, value in {"declarations": declarations, **options}.items():
            if isinstance(value, str) and "\n" in value:
                path = tmp_path / f"{name}.csv"
                path.write_text(value, encoding="utf-8")
                value = path
            arguments += [f"--{name}", str(value)]
        code = main(["classify", *arguments, "--out", str(tmp_path / "o.csv")])
        if code:
            return code, []
        with open(tmp_path / "o.csv", encoding="utf-8", newline="") as file:
            return code, list(csv.DictReader(file))
    return run


# -- numbers

def test_less_trust_less_certainty(classify):
    assert float(classify(trust=.5)[1][0]["p"]) < float(classify()[1][0]["p"])


def test_predictions_of_no_weight_say_nothing(classify):
    table = "good_id,LR (6403),LR (6404)\nA,0.01,0.99\nA,0.01,0.99\n"
    plain, heavy, light = (classify(**options)[1][0]["p"] for options in (
        {}, {"predictions": table}, {"predictions": table, "weight": 0}))
    assert float(heavy) < float(plain) and light == plain


@pytest.mark.parametrize("option, value, wanted", [
    ("trust", 0, "above 0 and at most 1"), ("trust", 1.1, "above 0 and at most 1"),
    ("trust", "nan", "above 0"), ("weight", -1, "0 or more"), ("weight", "inf", "0 or more"),
    ("error", 0, "between 0 and 1"), ("error", "nan", "between 0 and 1")])
def test_a_number_that_makes_no_sense_is_refused_with_what_is_allowed(
        classify, capsys, option, value, wanted):
    assert classify(**{option: value})[0] == 2
    assert f"--{option} must" in (said := capsys.readouterr().err) and wanted in said


# -- answers

def test_an_answer_decides_the_good_of_its_key(classify):
    _, rows = classify(answers="good_id,fact,value\nA#2,sex,women\n")
    assert [row["key"] for row in rows] == ["A", "A#2"]
    assert rows[0]["code"] != rows[1]["code"] and "аналитик" in rows[1]["trace"]


@pytest.mark.parametrize("row, wanted", [
    ("A,colour,red", "line 3: unknown fact 'colour'; there are: is_footwear, upper"),
    ("A,sex,boys", "line 3: fact 'sex' has no value 'boys'; there are: men, women"),
    ("A,sex,women", "line 3: 'A' has two answers for 'sex'"), (",sex,men", "line 3: no good_id"),
    ("A,sex,men,x", "line 3: 4 fields")])
def test_an_answer_that_is_none_is_refused_with_its_line_and_what_there_is(
        classify, capsys, row, wanted):
    assert classify(answers=f"good_id,fact,value\nA,sex,men\n{row}\n")[0] == 2
    assert f"answers.csv, {wanted}" in capsys.readouterr().err


def test_a_table_that_holds_no_answers_is_refused_with_its_columns(classify, capsys):
    assert classify(answers="good,fact,value\nA,sex,men\n")[0] == 2
    assert "has no column good_id; its columns are: good, fact" in capsys.readouterr().err


def test_an_answer_for_a_good_that_there_is_not_is_said_and_the_rest_goes_on(classify, capsys):
    code, rows = classify(answers="good_id,fact,value\nZ,sex,women\nA,sex,women\n")
    assert code == 0 and rows[0]["code"] == "6403911800"
    assert "'Z', and there is no such good" in capsys.readouterr().err


# -- predictions

def saved(path, annotated):
    """As Save Data writes what Predictions sends."""
    domain = Domain([ContinuousVariable("Tree (6403)"), ContinuousVariable("Tree (6404)")],
                    DiscreteVariable("Tree", ("6403", "6404")),
                    [StringVariable("good_id"), StringVariable("description")])
    CSVReader.write_file(str(path), Table.from_numpy(
        domain, np.array([[.7, .3], [np.nan, .1]]), np.array([0, 1]),
        metas=np.array([["A", "x, y"], ["B", "class"]], dtype=object)), annotated)


@pytest.mark.parametrize("annotated", [False, True])
def test_predictions_are_read_with_and_without_orange_s_header(tmp_path, annotated):
    saved(tmp_path / "p.csv", annotated)
    read = read_predictions(tmp_path / "p.csv")
    assert list(read.ids) == ["A", "B"] and list(read.columns) == ["6403", "6404"]
    np.testing.assert_array_equal(read.columns["6403"], [.7, np.nan])


def test_a_table_without_probabilities_says_what_to_choose(classify, capsys):
    assert classify(predictions="good_id,Tree\nA,6403\n")[0] == 2
    said = capsys.readouterr().err
    assert "predictions.csv: " in said and "Classes known to the model" in said


@pytest.mark.parametrize("cell, wanted", [
    ("much", "line 2: 'much' in the column 'LR (6403)' is not a probability"),
    ("1.5", "column 'LR (6403)', good 'A': 1.5 is not a probability")])
def test_a_cell_that_is_no_probability_is_named(classify, capsys, cell, wanted):
    assert classify(predictions=f"good_id,LR (6403),LR (6404)\nA,{cell},0\n")[0] == 2
    assert wanted in capsys.readouterr().err


def test_ids_that_do_not_meet_are_named_on_both_sides(classify, capsys):
    assert classify(predictions="good_id,LR (6403)\na,0.5\nb,0.5\n")[0] == 0
    said = capsys.readouterr().err
    assert "fewer than half of the ids meet" in said and "“a”, “b” only in --predictions" in said


# -- the schema

def test_the_schema_names_each_column_once_and_duties_with_their_unit():
    assert len(set(COLUMNS)) == len({c.title for c in SCHEMA}) == len(SCHEMA)
    units = {"_eur_": "EUR", "_percent_": "% of value"}
    duties = [c for c in SCHEMA if c.id.startswith("duty_")]
    unnamed = [c.id for c in duties if not any(
        unit in c.id and title in c.title for unit, title in units.items())]
    assert unnamed == ["duty_rate", "duty_low", "duty_high", "duty_at_declared", "duty_currency"]
    assert COLUMNS[0] == "good_id" and COLUMNS[27:30] == ("trace", "problems", "group")
    assert all(c.kind in ("text", "number") and c.meaning for c in SCHEMA)


@pytest.mark.parametrize("page, name", [("command-line.md", "id"),
                                        ("widgets/hs-code-fusion.md", "title")])
def test_the_documentation_names_every_column(page, name):
    text = (Path(__file__).parents[2] / "doc" / page).read_text(encoding="utf-8")
    assert not [c.id for c in SCHEMA if f"`{getattr(c, name)}`" not in text]


# -- Python

@pytest.mark.parametrize("module", [cases.api, goods, predictions_module, codes])
def test_examples_run(module):
    result = doctest.testmod(module)
    assert result.attempted and not result.failed


def test_a_file_gives_what_its_rows_give(tmp_path):
    path = tmp_path / "d.csv"
    path.write_text(D, encoding="utf-8")
    assert decide(path) == decide(str(path)) == decide(
        [{"good_id": "A", "description": BOOTS}] * 2)


def test_what_is_wrong_with_a_source_is_warned_of():
    with pytest.warns(UserWarning, match="no such good"):
        decide([{"description": BOOTS}], answers={"Z": {"sex": "men"}})


def test_a_good_without_a_description_is_kept_and_says_so():
    row, = decide([{"good_id": "A"}])
    assert row["code"] == "" and row["p"] is None and "пустое описание" in row["problems"]


def test_rows_have_the_columns_of_the_schema_and_their_kinds():
    for row in decide([{"description": BOOTS, "quantity": 2}, {"description": ""}]):
        assert tuple(row) == COLUMNS
        for column in SCHEMA:
            kinds = (str,) if column.kind == "text" else (float, type(None))
            assert isinstance(row[column.id], kinds), column.id


# -- joining

def source(name, *ids):
    keys = [good.key for good in goods.goods_of(ids, [{}] * len(ids))]
    spec = footwear.group().vocabulary["upper"]
    loglik = np.zeros((len(ids), len(spec.values)))
    loglik[np.arange(len(ids)), np.arange(len(ids)) % 2] = 3   # rows differ
    return Source(name, [Good(k, i) for k, i in zip(keys, ids)], Evidence(keys, {"upper": loglik}))


def matched(*photos, text=("A", "A", "A#2")):
    """Per key, the row of photos whose evidence it has."""
    case = join([Engine(find_group("footwear"))],
                [source("text", *text), source("photos", *photos)])
    said = case.witnesses[1].evidence.loglik["upper"]
    return {key: int(row.argmax()) if row.any() else None
            for key, row in zip(case.keys, said)}


def test_photos_are_matched_by_declared_id_and_shared_by_repeats():
    assert matched("A") == {"A": 0, "A#3": 0, "A#2": None}
    assert matched("A#2") == {"A": None, "A#3": None, "A#2": 0}
    assert matched("A", "A") == {"A": 0, "A#3": 1, "A#2": None}


def test_a_folder_called_like_a_key_is_a_good_of_its_own():
    assert matched("A", "A#2", text=("A", "A")) == {"A": 0, "A#2": 0, "A#2#2": 1}


def test_keys_of_declared_goods_do_not_depend_on_other_sources():
    for photos in ((), ("A",), ("A#3", "A#2"), ("Z", "Z")):
        case = join([Engine(find_group("footwear"))], [source("text", "A", "A", "A#2"),
                                        source("photos", *photos)])
        assert case.keys[:3] == ("A", "A#3", "A#2") and len(set(case.keys)) == len(case.keys)


def test_the_row_of_a_good_does_not_depend_on_the_goods_beside_it():
    some = [{"good_id": id_, "description": BOOTS, "quantity": n}
            for id_, n in (("A", 1), ("B", None), ("C#1", 5))]
    assert [decide([good])[0] for good in some] == decide(some)


def test_one_table_of_answers_serves_all(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("value;fact;good_id\nwomen;sex; A \n", encoding="utf-8")
    assert read_answers(path, footwear.group().vocabulary) == {"A": {"sex": "women"}}
    with pytest.raises(InputError, match="cannot read"):
        read_answers(tmp_path / "no.csv", footwear.group().vocabulary)
