"""A third group, three tables and no Python, decides goods: the example of the documentation."""
import csv
import pickle

import pytest

from orangecontrib.customs.cases import SCHEMA, decide
from orangecontrib.customs.cases.predictions import Predictions
from orangecontrib.customs.groups import GroupError, find_group, loaded_groups
from orangecontrib.customs.headless.cli import main

GOODS = """good_id,description,declared_code,quantity,value,currency
A,Ручка шариковая,9608 10 920 0,1000,500,EUR
B,Маркеры,,,,
C,Линейка,,,,
D,Авторучка,,,,
"""
ANSWERS = """good_id,fact,value
A,article,ballpoint
A,ink,paste
A,cartridge,fixed
B,article,marker
C,article,other
"""
PREDICTIONS = """good_id,LR (960810),LR (9608200000),LR (9608)
A,.98,.01,.01
B,.01,.98,.01
"""


def classify(folder, *options):
    """Rows of the command line by key."""
    (folder / "goods.csv").write_text(GOODS, encoding="utf-8")
    assert main(["classify", "--declarations", str(folder / "goods.csv"), *map(str, options),
                 "--out", str(folder / "out.csv")]) == 0
    with open(folder / "out.csv", encoding="utf-8", newline="") as file:
        return {row["key"]: row for row in csv.DictReader(file)}


@pytest.fixture
def answered(tmp_path):
    path = tmp_path / "answers.csv"
    path.write_text(ANSWERS, encoding="utf-8")
    return path


def test_it_decides_by_answers_on_the_command_line(tmp_path, pens, answered):
    rows = classify(tmp_path, "--group", pens, "--answers", answered)
    pen = rows["A"]
    assert pen["code"] == pen["safe_code"] == "9608109900" and pen["p"] == "1"
    assert (pen["group"], pen["edition"], pen["edition_date"]) == ("pens", "pens", "")
    assert pen["duty_rate"] == "8" and pen["duty_percent_low"] == pen["duty_percent_high"] == "8"
    assert (pen["duty_low"], pen["duty_currency"]) == ("40", "EUR")  # 8 % of 500
    assert pen["duty_eur_per_unit_low"] == pen["duty_eur_low"] == ""
    assert pen["agrees"] == "no" and pen["duty_percent_at_declared"] == "8"
    assert "9608 10 990 0 прочие" in pen["trace"] and "баллончик: несменный" in pen["trace"]
    assert "аналитик: «паста»" in pen["trace"]
    assert rows["B"]["code"] == "9608200000" and rows["B"]["duty_rate"] == "7"


def test_goods_that_are_none_of_it_are_told_no_law_of_another_group(tmp_path, pens, answered):
    ruler = classify(tmp_path, "--group", pens, "--answers", answered)["C"]
    assert ruler["code"] == ruler["group"] == ruler["edition"] == ""
    assert ruler["p_excluded"] == "1"
    assert ruler["problems"] == "товар вне загруженных групп: pens"
    english = classify(tmp_path, "--group", pens, "--answers", answered, "--lang", "en")["C"]
    assert english["problems"] == "outside the loaded groups: pens"


def test_its_own_words_say_why_a_good_is_none_of_it(tmp_path, pens, answered):
    (pens / "messages.csv").write_text(
        "id,ru,en\nname,Ручки,Pens\noutside,товар не назван в 9608,not named in 9608\n",
        encoding="utf-8")
    ruler = classify(tmp_path, "--group", pens, "--answers", answered)["C"]
    assert ruler["problems"] == "товар не назван в 9608"


def test_it_decides_by_predictions(tmp_path, pens):
    path = tmp_path / "predictions.csv"
    path.write_text(PREDICTIONS, encoding="utf-8")
    rows = classify(tmp_path, "--group", pens, "--predictions", path, "--error", .3)
    assert rows["A"]["code"].startswith("960810") and rows["A"]["safe_code"] == "960810"
    assert rows["A"]["next_question"]  # which of the three ball-point pens
    assert rows["B"]["code"] == rows["B"]["safe_code"] == "9608200000"
    assert rows["B"]["group"] == "pens" and rows["B"]["duty_rate"] == "7"
    assert rows["D"]["code"] == "" and rows["D"]["group"] == ""  # nothing is said of it


def test_beside_an_installed_group_each_decides_its_own_goods(tmp_path, pens, answered):
    answered.write_text(ANSWERS + "D,is_footwear,footwear\nD,upper,leather\n", encoding="utf-8")
    rows = classify(tmp_path, "--group", "footwear", "--group", pens, "--answers", answered)
    assert [rows[key]["group"] for key in "ABCD"] == ["pens", "pens", "", "footwear"]
    assert rows["D"]["edition_date"] == "2022-01-01" and rows["A"]["code"] == "9608109900"


def test_an_unknown_answer_is_told_what_there_is_in_all_groups(tmp_path, pens, capsys):
    path = tmp_path / "answers.csv"
    path.write_text("good_id,fact,value\nA,colour,red\n", encoding="utf-8")
    (tmp_path / "goods.csv").write_text(GOODS, encoding="utf-8")
    assert main(["classify", "--declarations", str(tmp_path / "goods.csv"), "--group",
                 "footwear", "--group", str(pens), "--answers", str(path), "--out",
                 str(tmp_path / "out.csv")]) == 2
    said = capsys.readouterr().err
    assert "unknown fact 'colour'" in said and "is_footwear" in said and "cartridge" in said


def test_a_group_that_is_not_there_is_refused_by_name(tmp_path, capsys):
    (tmp_path / "goods.csv").write_text(GOODS, encoding="utf-8")
    assert main(["classify", "--declarations", str(tmp_path / "goods.csv"), "--group", "hats",
                 "--out", str(tmp_path / "out.csv")]) == 2
    assert "no group 'hats'" in capsys.readouterr().err


def test_a_folder_without_its_tables_is_refused_with_what_it_lacks(tmp_path):
    with pytest.raises(GroupError, match="has no facts.csv; a group is a folder"):
        find_group(tmp_path)
    with pytest.raises(GroupError, match="no group ''"):
        find_group("")


def test_a_pickled_group_of_a_folder_does_not_become_the_installed_one_of_its_name(
        tmp_path, pens):
    own, installed = find_group(pens.rename(tmp_path / "footwear")), find_group("footwear")
    assert "cartridge" in pickle.loads(pickle.dumps(own)).vocabulary
    assert pickle.loads(pickle.dumps(installed)) is installed


def test_a_result_does_not_overwrite_a_table_of_the_group(tmp_path, pens, capsys):
    (tmp_path / "goods.csv").write_text(GOODS, encoding="utf-8")
    assert main(["classify", "--declarations", str(tmp_path / "goods.csv"), "--group", str(pens),
                 "--out", str(pens / "facts.csv")]) == 2
    assert "facts.csv" in capsys.readouterr().err
    assert find_group(pens).vocabulary["ink"]


def test_descriptions_that_no_chosen_group_reads_are_no_facts(tmp_path, pens, capsys):
    (tmp_path / "goods.csv").write_text(GOODS, encoding="utf-8")
    assert main(["facts", "--declarations", str(tmp_path / "goods.csv"), "--group", str(pens),
                 "--out", str(tmp_path / "out.csv")]) == 2
    assert "no chosen group reads descriptions" in capsys.readouterr().err


def test_python_takes_groups_by_id_folder_or_as_they_are(pens):
    goods, answers = [{"good_id": "A"}], {"A": {"article": "fountain"}}
    wanted = [(pens,), [str(pens)], [find_group(pens)], ["footwear", pens]]
    rows = [decide(goods, answers=answers, groups=groups)[0] for groups in wanted]
    assert {row["code"] for row in rows} == {"9608300000"}
    assert all(list(row) == [column.id for column in SCHEMA] for row in rows)


def test_editions_of_its_tariff_may_be_told(pens):
    (pens / "tariff.csv").rename(pens / "pens-2022.csv")
    (pens / "editions.csv").write_text(
        "id,branch,name_ru,name_en,in_force,checked,source,link,codes,file\n"
        "own-2022,96,Пример,Example,2022-01-01,2026-03,,,96,pens-2022.csv\n", encoding="utf-8")
    row, = decide([{"good_id": "A"}], answers={"A": {"article": "nib"}}, groups=[pens])
    assert (row["edition"], row["edition_date"]) == ("own-2022", "2022-01-01")


def test_two_groups_do_not_have_one_fact_with_other_values(pens):
    text = (pens / "facts.csv").read_text(encoding="utf-8").replace("ink,", "upper,")
    (pens / "facts.csv").write_text(text, encoding="utf-8")
    table = (pens / "decision_table.csv").read_text(encoding="utf-8").replace(",ink,", ",upper,")
    (pens / "decision_table.csv").write_text(table, encoding="utf-8")
    with pytest.raises(GroupError, match="both have a fact 'upper'"):
        loaded_groups(["footwear", pens])


def test_what_one_group_can_not_read_is_no_problem_of_goods_of_another(tmp_path, pens, answered):
    rows = classify(tmp_path, "--group", "footwear", "--group", pens, "--answers", answered)
    assert rows["A"]["group"] == "pens" and rows["A"]["problems"] == ""
    assert "Если это обувь" in rows["D"]["problems"]  # nobody decides it


def test_a_duty_is_told_in_one_measure_only_where_it_tells_all_that_may_be_owed(tmp_path, pens):
    """Of two codes that remain one is by value and one by piece: neither measure has them all."""
    tariff = pens / "tariff.csv"
    tariff.write_text(tariff.read_text(encoding="utf-8").replace(
        "9608109900,прочие,other,шт,8", '9608109900,прочие,other,шт,"0,5 евро за 1 шт"'),
        encoding="utf-8")
    goods = [{"good_id": "A", "description": "", "quantity": 10, "value": 200, "currency": "EUR"}]
    said = {"article": "ballpoint", "ink": "paste"}
    row, = decide(goods, groups=[pens], answers={"A": said})
    assert row["runner_up"] and (row["duty_low"], row["duty_high"]) == (5., 16.)
    assert [row[f"duty_{measure}_{end}"] for measure in ("eur_per_unit", "eur", "percent")
            for end in ("low", "high", "at_risk")] == [None] * 9
    row, = decide(goods, groups=[pens], answers={"A": {**said, "cartridge": "fixed"}})
    assert row["duty_eur_per_unit_low"] == row["duty_eur_per_unit_high"] == .5


@pytest.mark.parametrize(("typed", "owed", "currency"), [
    ("евро", 20., "EUR"), ("€", 20., "EUR"), ("eur", 20., "EUR"),
    ("руб.", None, "RUB"), ("₽", None, "RUB"), ("долл. США", None, "USD"), ("cny", None, "CNY")])
def test_currencies_are_read_as_people_write_them(pens, typed, owed, currency):
    tariff = pens / "tariff.csv"
    tariff.write_text(tariff.read_text(encoding="utf-8").replace(
        "авторучки,fountain pens,шт,10", 'авторучки,fountain pens,шт,"10, но не менее 0,3 евро '
        'за 1 кг"'), encoding="utf-8")
    row, = decide([{"good_id": "A", "description": "", "value": 200, "weight": 3,
                    "currency": typed}], groups=[pens], answers={"A": {"article": "fountain"}})
    assert (row["duty_low"], row["currency"]) == (owed, currency)


def test_a_duty_that_another_group_would_owe_counts(tmp_path, pens):
    row, = decide([{"good_id": "A", "description": "", "quantity": 10, "value": 200,
                    "currency": "EUR"}], groups=[pens, "footwear"],
                  predictions=Predictions(["A"], {"9608200000": [.55], "6401": [.45]},
                                          {"9608200000": "m (9608200000)", "6401": "m (6401)"}))
    assert row["duty_percent_low"] is None and row["duty_eur_per_unit_low"] is None
