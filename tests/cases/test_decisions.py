"""A decision of an authority has the word on the goods it fits, and says so; never silently."""
import csv
from datetime import date

import numpy as np
import pytest
from Orange.data import Domain, StringVariable, Table

from orangecontrib.customs.cases import decide
from orangecontrib.customs.cases.api import engines_of
from orangecontrib.customs.cases.case import join
from orangecontrib.customs.cases.files import InputError, read_decisions
from orangecontrib.customs.cases.goods import Good
from orangecontrib.customs.cases.predictions import Predictions
from orangecontrib.customs.cases.sources import Source
from orangecontrib.customs.cases.table import decisions_from_table
from orangecontrib.customs.facts import Evidence
from orangecontrib.customs.fusion.among import vocabulary_of
from orangecontrib.customs.groups import loaded_groups
from orangecontrib.customs.headless.cli import main
from orangecontrib.customs.i18n import LANGUAGES, speaking
from orangecontrib.customs.i18n.numbers import percent
from orangecontrib.customs.nomenclature import Edition, Line, Tariff
from orangecontrib.customs.nomenclature.wordings import compare_wordings, fingerprint

STABILISER = "Стабилизатор напряжения автоматический"
BOOTS = ("Ботинки мужские, верх из натуральной кожи, подошва из резины, закрывающие лодыжку, "
         "длина стельки 27 см, без защитного подноска")
MEN, WOMEN = "6403911600", "6403911800"
COLUMNS = ("number", "date", "authority", "authority_en", "code", "words", "unless", "facts",
           "valid_from", "valid_to", "reason")


def table(tmp_path, *rows):
    path = tmp_path / "decisions.csv"
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows({"number": "7", "authority": "ФТС", "authority_en": "FCS", **row}
                         for row in rows)
    return path


def row_of(text, *args, **options):
    row, = decide([{"good_id": "A", "description": text}], *args, **options)
    return row


def test_a_stabiliser_gets_the_decision_where_a_model_of_practice_says_otherwise():
    practice = Predictions(["A"], {"850440": [.97], "853630": [.02], "903289": [.01]},
                           {code: f"m ({code})" for code in ("850440", "853630", "903289")})
    without = row_of(STABILISER, predictions=practice)
    row = row_of(STABILISER, predictions=practice, decisions="example")
    assert without["p"] < .5
    assert (row["code"], row["safe_code"]) == ("9032890000", "9032890000")
    assert "ФТС" in row["trace"] and "Жиряевой" in row["trace"]
    assert f"без решения: код {without['code']} ({percent(without['p'])})" in row["trace"]


@pytest.mark.parametrize("text", [
    "Кабель для стабилизатора напряжения", "Плата стабилизатора напряжения",
    "Стабилизатор напряжения феррорезонансный, параметрический стабилизатор", BOOTS])
def test_goods_that_the_example_does_not_mean_are_decided_as_without_it(text):
    assert row_of(text, decisions="example") == row_of(text)


def test_a_good_that_is_decided_otherwise_has_number_date_and_both_codes(tmp_path):
    path = table(tmp_path, {"date": "2015-03-01", "code": "6403 91 180 0", "words": "ботинок",
                            "reason": "так"})
    without, row = row_of(BOOTS), row_of(BOOTS, decisions=path)
    assert (without["code"], row["code"], row["runner_up"]) == (MEN, WOMEN, MEN)
    for column in ("trace", "problems"):
        assert "решение (ФТС) № 7 от 2015-03-01" in row[column], column
        assert MEN in row[column] and WOMEN in row[column], column
    assert "по словам «Ботинки»" in row["trace"] and "; так;" in row["trace"]
    assert row["p"] >= .99 and row["p"] + row["p_runner_up"] <= 1 and row["p_safe"] >= .99
    assert row["duty_eur_per_unit_low"] == row["duty_eur_per_unit_high"] == 1.25


def test_a_decision_speaks_both_languages(tmp_path):
    path = table(tmp_path, {"code": WOMEN, "words": "ботинок"})
    for language in LANGUAGES:
        with speaking(language):
            said = row_of(BOOTS, decisions=path)["problems"]
        assert ("FCS" in said) == (language == "en") and "7" in said


def test_facts_of_a_decision_must_be_said_and_established(tmp_path):
    path = table(tmp_path, {"code": WOMEN, "facts": "upper=leather|composition_leather; sex=men"})
    assert row_of(BOOTS, decisions=path)["code"] == WOMEN
    assert "пол: мужская – да" in row_of(BOOTS, decisions=path)["trace"]
    for text in (BOOTS.replace("мужские", "женские"), BOOTS.replace("мужские, ", "")):
        assert row_of(text, decisions=path) == row_of(text), "not men's, or nobody says so"
    answered = {"A": {"sex": "men"}}
    text = BOOTS.replace("мужские, ", "")
    assert row_of(text, decisions=path, answers=answered)["code"] == WOMEN


def test_a_decision_above_ten_digits_leaves_the_rest_to_the_facts(tmp_path):
    path = table(tmp_path, {"code": "640399", "words": "ботинок"})
    row = row_of(BOOTS.replace("закрывающие", "не закрывающие"), decisions=path)
    assert row["code"] == "6403999600" and not row["problems"].startswith("решение")
    row = row_of(BOOTS, decisions=path)
    assert row["code"].startswith("640399") and row["p_heading"] > .98


@pytest.mark.parametrize("day, counts", [("2019-12-31", False), ("2020-01-01", True),
                                         ("2021-06-30", True), ("2021-07-01", False)])
def test_a_decision_counts_while_it_is_in_force_and_is_named_when_not(tmp_path, day, counts):
    path = table(tmp_path, {"code": WOMEN, "words": "ботинок", "valid_from": "2020-01-01",
                            "valid_to": "2021-06-30"})
    row = row_of(BOOTS, decisions=path, on=date.fromisoformat(day))
    assert row["code"] == (WOMEN if counts else MEN)
    assert ("не учтено" in row["problems"]) != counts and "№ 7" in row["problems"]


def test_decisions_that_contradict_each_other_are_named_and_none_counts(tmp_path):
    path = table(tmp_path, {"code": WOMEN, "words": "ботинок"},
                 {"number": "8", "code": "6404", "words": "верх"})
    row = row_of(BOOTS, decisions=path)
    assert row["code"] == MEN and "№ 7" in row["problems"] and "№ 8" in row["problems"]


def test_a_decision_whose_code_no_chosen_group_has_is_named(tmp_path):
    row = row_of(BOOTS, decisions=table(tmp_path, {"code": "9404", "words": "ботинок"}))
    assert row["code"] == MEN and "№ 7" in row["problems"]


@pytest.mark.parametrize("row, told", [
    ({"code": "64039", "words": "сапоги"}, "line 2.*64039.*not a code"),
    ({"code": WOMEN}, "line 2.*words, facts or both"),
    ({"code": WOMEN, "facts": "colour=red"}, "unknown fact 'colour'.*upper"),
    ({"code": WOMEN, "facts": "upper=silk"}, "no value 'silk'.*leather"),
    ({"code": WOMEN, "words": "сапоги", "valid_to": "1.7.2021"}, "'1.7.2021' is not a day"),
    ({"code": WOMEN, "words": "сопаги"}, "line 2.*сопаги"),
    ({"code": WOMEN, "words": "сапоги", "number": ""}, "number must be given")])
def test_a_row_that_cannot_be_understood_is_named(tmp_path, row, told):
    with pytest.raises(InputError, match=told):
        read_decisions(table(tmp_path, row), vocabulary_of(loaded_groups()))


def test_a_table_without_the_columns_is_told_what_it_lacks(tmp_path):
    (tmp_path / "d.csv").write_text("number,code\n1,6403\n")
    with pytest.raises(InputError, match="no column authority"):
        read_decisions(tmp_path / "d.csv", vocabulary_of(loaded_groups()))


def test_a_batch_gives_what_each_good_gets_alone_and_only_matches_change(tmp_path):
    path = table(tmp_path, {"code": WOMEN, "words": "ботинок"})
    texts = [BOOTS, "Кеды, верх из текстиля, подошва из резины", "Сапоги", "", BOOTS]
    goods = [{"good_id": str(n), "description": text} for n, text in enumerate(texts)]
    rows = decide(goods, decisions=path)
    assert rows == [decide([good], decisions=path)[0] for good in goods]
    plain = decide(goods)
    assert [row == other for row, other in zip(rows, plain)] == [False, True, True, True, False]


def test_the_command_line_takes_a_table_of_decisions(tmp_path):
    goods = tmp_path / "goods.csv"
    goods.write_text(f"good_id,description\nA,\"{BOOTS}\"\n", encoding="utf-8")
    path, out = table(tmp_path, {"code": WOMEN, "words": "ботинок"}), tmp_path / "out.csv"
    assert main(["classify", "--declarations", str(goods), "--decisions", str(path),
                 "--out", str(out)]) == 0
    with open(out, encoding="utf-8") as file:
        row, = csv.DictReader(file)
    assert row["code"] == WOMEN and "№ 7" in row["trace"]


@pytest.mark.parametrize("bad, why", [
    ({"code": "64", "words": "сапог"}, "'64' is not a code"),
    ({"code": WOMEN, "words": "ботиннок"}, "no dictionary has 'ботиннок'"),
    ({"code": WOMEN, "facts": "sex=nobody"}, "has no value 'nobody'"),
    ({"code": WOMEN, "words": "сапог", "valid_from": "yesterday"}, "is not a day"),
    ({"code": WOMEN}, "of which goods")])
def test_a_bad_row_of_decisions_is_put_aside_with_its_reason_and_the_rest_counts(
        tmp_path, capsys, bad, why):
    goods, out, aside = (tmp_path / name for name in ("goods.csv", "out.csv", "bad.csv"))
    goods.write_text(f"good_id,description\nA,\"{BOOTS}\"\n", encoding="utf-8")
    path = table(tmp_path, {"number": "8", **bad}, {"code": WOMEN, "words": "ботинок"})
    assert main(["classify", "--declarations", str(goods), "--decisions", str(path), "--out",
                 str(out), "--bad-rows", str(aside)]) == 0
    said = capsys.readouterr().err
    assert f"{path}, line 2" in said and why in said and "left out" in said
    assert "№ 7" in out.read_text(encoding="utf-8")
    with open(aside, encoding="utf-8") as file:
        row, = csv.DictReader(file)
    assert (row["line"], row["id"]) == ("2", "8") and why in row["reason"]
    assert bad["code"] in row["surplus"]


def test_a_table_of_decisions_without_a_column_that_it_needs_ends_the_run(tmp_path):
    goods, path = tmp_path / "goods.csv", tmp_path / "d.csv"
    goods.write_text(f"good_id,description\nA,\"{BOOTS}\"\n", encoding="utf-8")
    path.write_text("number,code,words\n7,6403,x\n")
    assert main(["classify", "--declarations", str(goods), "--decisions", str(path),
                 "--out", str(tmp_path / "out.csv")]) == 2


SEVERAL = ("1) Ботинки мужские, верх из натуральной кожи, подошва из резины, 10 пар; "
           "2) туфли женские, верх из текстиля, подошва из полиуретана, 20 пар")


def test_a_decision_by_words_alone_is_of_that_of_several_goods_which_has_the_words(tmp_path):
    path = table(tmp_path, {"code": WOMEN, "words": "ботинок"})
    plain, rows = (decide([{"good_id": "A", "description": SEVERAL}], **options)
                   for options in ({}, {"decisions": path}))
    assert [row["good_id"] for row in rows] == ["A#1", "A#2"]
    assert rows[0]["code"] == WOMEN and "по словам «Ботинки»" in rows[0]["trace"]
    assert rows[1] == plain[1]


def test_words_that_a_decision_must_not_meet_are_those_of_the_good_itself(tmp_path):
    path = table(tmp_path, {"code": WOMEN, "words": "ботинок", "unless": "туфли"})
    assert decide([{"good_id": "A", "description": SEVERAL}], decisions=path)[0]["code"] == WOMEN


def test_where_the_words_of_several_goods_are_not_told_apart_the_row_says_why_none_counts(
        tmp_path):
    decision, = read_decisions(table(tmp_path, {"code": WOMEN, "words": "ботинок"}),
                               vocabulary_of(loaded_groups()))
    goods = [Good("A#1", "A#1", SEVERAL, whole="A"), Good("B", "B", SEVERAL)]
    evidence = Evidence(["A#1", "B"], {"is_footwear": np.zeros((2, 3))})
    case = join(engines_of(), [Source("text", goods, evidence)], decisions=[decision])
    apart, one = case.decide()
    assert apart.code != WOMEN and one.code == WOMEN
    assert "описание называет несколько товаров" in case.notes_of(apart)[0]
    assert "описание называет" not in "".join(case.notes_of(one))


def test_an_orange_table_brings_the_same_decisions(tmp_path):
    names = ("Number", "authority", "code", "words")
    data = Table.from_numpy(Domain([], metas=[StringVariable(name) for name in names]),
                            np.empty((1, 0)), metas=np.array([["7", "ФТС", WOMEN, "ботинок"]],
                                                             dtype=object))
    vocabulary = vocabulary_of(e.group for e in engines_of())
    decision, = decisions_from_table(data, vocabulary)
    assert (decision.number, decision.code) == ("7", WOMEN)
    with data.unlocked():
        data.metas[0, 2] = "sixty"
    with pytest.raises(ValueError, match="Decisions: row 1"):
        decisions_from_table(data, vocabulary)


# -- the edition guard

def edition(changes, codes=None):
    """A tariff with a wording of its own for each code, and fingerprints of what it was."""
    engine, = engines_of(["footwear"])
    codes = [code for code in engine.codes if code.isdigit()] if codes is None else codes
    official = {code: fingerprint(f"товар {code}") for code in codes}
    lines = [Line(code, changes.get(code, f"Товар – {code}:")) for code in codes
             if changes.get(code, "?")]
    return Tariff(lines, [Edition("new")]), official


@pytest.fixture
def footwear(monkeypatch):
    def given(changes):
        tariff, official = edition(changes)
        monkeypatch.setattr("orangecontrib.customs.nomenclature.wordings.official_wordings",
                            lambda: official)
        return tariff
    return given


def test_what_rests_on_a_changed_wording_is_not_established_and_named(footwear):
    tariff = footwear({MEN: "мужская и прочая", "6404110000": ""})
    plain, row = row_of(BOOTS), row_of(BOOTS, tariff=tariff)
    assert row["code"] == MEN and plain["safe_code"] == MEN and row["safe_code"] == "64039116"[:6]
    for column in ("trace", "problems"):
        assert "не установлено" in row[column] and "«мужская и прочая»" in row[column]
    women = BOOTS.replace("мужские", "женские")
    assert row_of(women, tariff=tariff) == row_of(women), "its own wording stands"
    sport = "Кроссовки для тенниса, верх из текстиля, подошва из резины"
    assert "кода 6404110000 в нём нет" in row_of(sport, tariff=tariff)["problems"]


def test_a_decision_on_a_changed_wording_does_not_count(footwear, tmp_path):
    path = table(tmp_path, {"code": WOMEN, "words": "ботинок"})
    row = row_of(BOOTS, decisions=path, tariff=footwear({WOMEN: "женская и прочая"}))
    assert row["code"] == MEN and "№ 7" in row["problems"] and "не учтено" in row["problems"]


def test_points_dashes_and_case_change_no_wording():
    tariff, official = edition({})
    found = compare_wordings(tariff, official, official)
    assert not found.changed and found.compared == len(official) and not found.problem


def test_a_tariff_of_other_wordings_or_goods_is_not_compared(footwear):
    tariff, official = edition(dict.fromkeys(edition({})[1], "кратко"))
    assert "words them otherwise" in compare_wordings(tariff, official, official).problem
    other = Tariff([Line("9608", "Ручки")], [Edition("pens")])
    assert "none of the headings" in compare_wordings(other, official, official).problem
    footwear({})
    with pytest.warns(UserWarning, match="none of the headings"):
        assert row_of(BOOTS, tariff=other) == row_of(BOOTS)
