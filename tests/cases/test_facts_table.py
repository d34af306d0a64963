"""A table with a row per good and a column per fact decides, through every door alike."""
import csv
import math
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from Orange.data import ContinuousVariable, DiscreteVariable, Domain, StringVariable, Table

from orangecontrib.customs.cases import decide
from orangecontrib.customs.cases.api import engines_of
from orangecontrib.customs.cases.files import read_answers
from orangecontrib.customs.cases.rows import row_of
from orangecontrib.customs.cases.table import case_from_tables
from orangecontrib.customs.columns import BagColumn, NoteColumn
from orangecontrib.customs.declarations import FactReader
from orangecontrib.customs.declarations.table import declarations_table, facts_table
from orangecontrib.customs.files import read_table
from orangecontrib.customs.groups import find_group
from orangecontrib.customs.headless.cli import main
from orangecontrib.customs.i18n import speaking

EXAMPLE = Path(str(files("orangecontrib.customs.workflows"))) / "electrical"
BOOTS = "Ботинки мужские, верх из натуральной кожи, подошва из резины, длина стельки 27 см"
PENS = """good_id,declared_code,value,currency,Вид изделия,ink,cartridge
A,9608 10 920 0,500,EUR,ручка шариковая,ПАСТА,fixed
B,,,,felt-tipped pen or marker,,
C,,,,something else,,
D,,,,,,
"""


def table_of(text, folder):
    path = folder / "goods.csv"
    path.write_text(text, encoding="utf-8")
    return declarations_table(read_table(path)), path


def by_table(table, *groups, **options):
    """Rows by key of the widget's door, and the case's remarks."""
    case = case_from_tables(engines_of(groups), table, **options)
    return {verdict.key: row_of(case, verdict) for verdict in case.decide()}, case.remarks


def by_command(path, *options):
    out = path.with_name("out.csv")
    assert main(["classify", "--declarations", str(path), *map(str, options),
                 "--out", str(out)]) == 0
    with open(out, encoding="utf-8", newline="") as file:
        return {row["key"]: row for row in csv.DictReader(file)}


def written(row):
    """A row as the command line writes it."""
    return {name: "" if cell is None else cell if isinstance(cell, str)
            else f"{cell:.4f}".rstrip("0").rstrip(".") for name, cell in row.items()}


# a group of three tables

def test_a_group_of_three_tables_decides_by_columns(pens, tmp_path):
    rows, remarks = by_table(table_of(PENS, tmp_path)[0], pens)
    pen = rows["A"]
    assert pen["code"] == pen["safe_code"] == "9608109900" and pen["p"] > .95
    assert (pen["duty_low"], pen["duty_currency"], pen["agrees"]) == (40, "EUR", "no")
    assert "чернила: паста – да" in pen["trace"]
    assert "(текст: столбец «ink» – «ПАСТА»)" in pen["trace"]
    assert rows["B"]["code"] == "9608200000"
    assert rows["C"]["code"] == "" and rows["C"]["p_excluded"] > .95
    assert rows["D"]["code"] == rows["D"]["trace"] == "" and not remarks


def test_the_column_is_quoted_in_english_too(pens, tmp_path):
    with speaking("en"):
        rows, _ = by_table(table_of(PENS, tmp_path)[0], pens)
    assert "(text: column “ink” – “ПАСТА”)" in rows["A"]["trace"]


def test_command_line_python_and_tables_give_the_same_rows(pens, tmp_path):
    table, path = table_of(PENS, tmp_path)
    rows, _ = by_table(table, pens)
    python = {row["key"]: row for row in decide(path, groups=[pens])}
    assert python == rows
    assert by_command(path, "--group", pens) == {key: written(row) for key, row in rows.items()}
    with open(path, encoding="utf-8") as file:
        dicts = list(csv.DictReader(file))
    assert {row["key"]: row for row in decide(dicts, groups=[pens])} == rows


def test_goods_of_which_nobody_says_anything_need_a_description_where_no_column_is_a_fact(
        pens, tmp_path, capsys):
    path = table_of("good_id,colour\nA,red\n", tmp_path)[1]
    assert main(["classify", "--declarations", str(path), "--group", str(pens), "--out",
                 str(tmp_path / "out.csv")]) == 2
    assert "has no column description" in capsys.readouterr().err
    with pytest.raises(ValueError, match="name columns after facts: article, ink, cartridge"):
        by_table(table_of("good_id,colour\nA,red\n", tmp_path)[0], pens)


def test_trust_tells_a_table_of_the_declarant_from_answers(pens, tmp_path):
    table, _ = table_of(PENS, tmp_path)
    certain = [by_table(table, pens, trust=trust)[0]["A"]["p"] for trust in (1, .99, .7)]
    assert certain[0] > certain[1] > certain[2] > .2
    row, = decide([{"good_id": "A", "article": "ballpoint", "ink": "paste", "cartridge": "fixed"}],
                  groups=[pens], answers={"A": {"ink": "liquid"}})
    assert row["code"] == "9608101000" and "чернила" in row["discrepancy"]


def test_a_column_that_is_merely_called_as_a_fact_is_named_and_the_rest_goes_on(
        pens, tmp_path, capsys):
    text = PENS.replace("ink,", "чернила,").replace("ПАСТА", "N 7")
    table, path = table_of(text, tmp_path)
    remark = ("column 'чернила', row 1: 'N 7' is not a value of the fact 'ink' and says nothing; "
              "there are: liquid, paste")
    rows, remarks = by_table(table, pens)
    assert remarks == (f"Text Facts: {remark}",)
    assert rows["B"]["code"] == "9608200000" and rows["A"]["next_question"] == "чернила"
    assert by_command(path, "--group", pens)["B"]["code"] == "9608200000"
    assert f"orange-customs: {remark}\n" in capsys.readouterr().err
    with pytest.warns(UserWarning, match="'N 7' is not a value"):
        decide(path, groups=[pens])


def test_the_types_that_orange_gives_to_columns_do_not_matter(pens):
    article = DiscreteVariable("article", values=("marker", "nib"))
    size = ContinuousVariable("cartridge")
    table = Table.from_list(
        Domain([article, size, DiscreteVariable("ink", values=("paste",))],
               metas=[StringVariable("good_id")]),
        [["nib", 5, None, "A"], [None, math.nan, "paste", "B"], ["marker", 5, None, "C"]])
    rows, remarks = by_table(table, pens)
    assert [rows[key]["code"] for key in "AC"] == ["9608910000", "9608200000"]
    assert "чернила" not in rows["B"]["missing_facts"]
    assert remarks == ("Text Facts: column 'cartridge', row 1 and 1 more: '5' is not a value of "
                       "the fact 'cartridge' and says nothing; there are: replaceable, fixed",)


def test_words_counts_notes_ids_and_what_is_to_be_learnt_are_no_facts(pens):
    bag = BagColumn().mark(ContinuousVariable("ink"))
    note = NoteColumn("cartridge").mark(StringVariable("cartridge"))
    target = DiscreteVariable("article", values=("marker", "nib"))
    table = Table.from_list(Domain([bag], target, [note]), [[1, "nib", "fixed"]])
    with pytest.raises(ValueError, match="no column holds a fact"):
        by_table(table, pens)
    ids = Table.from_list(Domain([], metas=[StringVariable("article"), StringVariable("ink")]),
                          [["marker", "paste"]])
    rows, _ = by_table(ids, pens, text_key=ids.domain["article"])
    assert "вид изделия" not in rows["marker"]["trace"].split("принято")[0]


def test_photos_do_not_stand_in_columns_of_words(pens, tmp_path):
    with pytest.raises(ValueError, match="Photo Features: no column holds a fact"):
        case_from_tables(engines_of([pens]), photos=table_of(PENS, tmp_path)[0])


# beside descriptions

def described(**columns):
    names = ["good_id", "description", *columns]
    raw = Table.from_list(Domain([], metas=[StringVariable(name) for name in names]),
                          [["A", BOOTS, *columns.values()]])
    return facts_table(raw, "description", FactReader(find_group("footwear")), "good_id")[0]


def test_a_column_that_repeats_the_description_is_not_read_twice():
    (once, _), (twice, _) = by_table(described(), "footwear"), by_table(
        described(sex="мужская", upper="leather", заметки="sex"), "footwear")
    once, twice = once["A"], twice["A"]
    assert twice["code"] == once["code"] == "6403911600"
    assert twice["p"] == pytest.approx(once["p"], abs=.01)
    assert "«мужские», столбец «sex» – «мужская»" in twice["trace"].lower()
    assert twice["problems"] == once["problems"]


@pytest.mark.filterwarnings("ignore:column")
@pytest.mark.parametrize("columns, code", [({"sex": "women"}, "6403911800"),
                                           ({"sex": "см. описание"}, "6403911600"),
                                           ({"height": "below_ankle"}, "6403999600")])
def test_a_column_beside_a_description_is_the_same_on_the_command_line(columns, code):
    found, _ = by_table(described(**columns), "footwear")
    row, = decide([{"good_id": "A", "description": BOOTS, **columns}], groups=["footwear"])
    assert row["code"] == code
    for name, cell in found["A"].items():
        assert row[name] == (pytest.approx(cell) if isinstance(cell, float) else cell), name


def test_a_column_that_contradicts_the_description_counts_and_problems_say_so():
    row, = decide([{"good_id": "A", "description": BOOTS, "sex": "women"}], groups=["footwear"])
    assert "пол: столбец «sex» – «women», а описание говорит иное" in row["problems"]
    assert "«мужские»" not in row["trace"].lower()


def test_what_facts_writes_is_such_a_table(tmp_path):
    goods = tmp_path / "goods.csv"
    goods.write_text(f'good_id,description\nA,"{BOOTS}"\n', encoding="utf-8")
    facts = tmp_path / "facts.csv"
    assert main(["facts", "--declarations", str(goods), "--group", "footwear", "--out",
                 str(facts)]) == 0
    first, again = (by_command(path, "--group", "footwear")["A"] for path in (goods, facts))
    assert again["code"] == first["code"] and again["problems"] == first["problems"]
    assert "столбец «upper» – «leather»" in again["trace"]


# the same facts as answers

def test_the_example_as_columns_and_as_answers_gives_what_is_expected():
    group = find_group("electrical")
    with open(EXAMPLE / "goods.csv", encoding="utf-8", newline="") as file:
        goods = list(csv.DictReader(file))
    answers = read_answers(EXAMPLE / "facts.csv", group.vocabulary)
    columns = {fact.ru: fact for fact in group.vocabulary.values()}
    for good in goods:  # the columns say what the answers say
        said = {columns[name].id: columns[name].value_ids[
            [value.ru for value in columns[name].values].index(cell)]
            for name, cell in good.items() if name in columns and cell}
        assert said == answers[good["good_id"]]
    rows = decide(goods, groups=["electrical"])
    bare = [{name: cell for name, cell in good.items() if name not in columns} for good in goods]
    answered = decide(bare, answers=answers, groups=["electrical"])
    assert [row["code"] for row in rows] == [row["code"] for row in answered] == \
        [good["expected"] for good in goods]


@pytest.mark.parametrize("name", ["electrical", "footwear"])
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_table_that_is_trusted_gives_the_code_of_the_same_answers(name, data):
    vocabulary = find_group(name).vocabulary
    said = {fact: data.draw(st.sampled_from(spec.value_ids), label=fact)
            for fact, spec in vocabulary.items()}
    rows = decide([{"good_id": "A", **said}], groups=[name], trust=1)
    answered = decide([{"good_id": "A"}], answers={"A": said}, groups=[name])
    assert rows[0]["code"] == answered[0]["code"]
    assert (rows[0]["p_excluded"] is None) == (answered[0]["p_excluded"] is None)
