"""The command line's main job on text, end to end."""
import csv

import pytest

from orangecontrib.customs.cases import COLUMNS
from orangecontrib.customs.headless.cli import main

BOOTS = ("БОТИНКИ МУЖСКИЕ С ВЕРХОМ ИЗ НАТУРАЛЬНОЙ КОЖИ, НА ПОДОШВЕ ИЗ РЕЗИНЫ, ЗАКРЫВАЮЩИЕ "
         "ЛОДЫЖКУ, НО НЕ ЧАСТЬ ИКРЫ, ДЛИНА СТЕЛЬКИ 27 СМ, БЕЗ МЕТАЛЛИЧЕСКОГО ПОДНОСКА")


def run(tmp_path, text, *extra, encoding="utf-8", command="classify"):
    source, out = tmp_path / "d.csv", tmp_path / "out.csv"
    source.write_bytes(text.encode(encoding))
    code = main([command, "--declarations", str(source), "--out", str(out), *extra])
    if not out.exists():
        return code, []
    with open(out, encoding="utf-8", newline="") as file:
        return code, list(csv.DictReader(file))


def test_a_declaration_becomes_a_code_with_reasons(tmp_path, capsys):
    code, rows = run(tmp_path, "good_id,description,declared_code,quantity\n"
                               f"A,\"{BOOTS}\",6403911600,100\n")
    assert code == 0
    row = rows[0]
    assert tuple(row) == COLUMNS
    assert row["code"] == "6403911600" and row["heading"] == "6403"
    assert float(row["p"]) > .8 and row["agrees"] == "yes"
    assert row["code"].startswith(row["safe_code"])
    assert float(row["duty_eur_at_declared"]) == 125
    assert "ОПИ 1" in row["trace"] and "НАТУРАЛЬНОЙ КОЖИ" in row["trace"]
    assert "1 goods" in capsys.readouterr().out


def test_what_to_ask_next_and_the_duty_at_risk_stand_in_the_row(tmp_path):
    _, rows = run(tmp_path, "good_id,description,quantity\n"
                            "A,\"БОТИНКИ, ВЕРХ - КОЖА, ПОДОШВА - РЕЗИНА\",1\n"
                            "B,\"БОТИНКИ, ВЕРХ - КОЖА, ПОДОШВА - РЕЗИНА\",100\n"
                            "C,,\n")
    one, hundred, blind = rows
    assert one["next_question"] in one["missing_facts"].split("; ")
    assert 0 < float(one["duty_eur_at_risk"]) < float(one["duty_eur_high"])
    assert float(hundred["duty_eur_at_risk"]) == pytest.approx(
        100 * float(one["duty_eur_at_risk"]), .02)
    assert blind["next_question"] == blind["duty_eur_at_risk"] == ""


def test_cp1251_gives_the_same(tmp_path):
    text = f"good_id;description\nA;\"{BOOTS}\"\n"
    assert run(tmp_path, text)[1] == run(tmp_path, text, encoding="cp1251")[1]


def test_a_wrong_declared_code_is_found(tmp_path):
    _, rows = run(tmp_path, "description,declared_code\n"
                            f"\"{BOOTS}\",6402919000\n\"{BOOTS}\",6403\n\"{BOOTS}\",6403919999\n")
    assert [row["agrees"] for row in rows] == ["no", "prefix", "no"]
    assert float(rows[0]["p_declared"]) < .1
    assert "нет в издании тарифа" in rows[2]["problems"]


def test_an_empty_description_is_reported_and_the_rest_goes_on(tmp_path):
    code, rows = run(tmp_path, f"good_id,description\nA,\nB,\"{BOOTS}\"\n")
    assert code == 0
    assert rows[0]["code"] == "" and "пустое описание" in rows[0]["problems"]
    assert rows[1]["code"] == "6403911600"


def test_nothing_to_classify_is_exit_1(tmp_path):
    code, rows = run(tmp_path, "good_id,description\nA,\n")
    assert code == 1 and len(rows) == 1


def test_repeated_ids_keep_their_rows(tmp_path):
    _, rows = run(tmp_path, f"good_id,description\nA,\"{BOOTS}\"\nA,КРЕМ ДЛЯ ОБУВИ\n")
    assert [row["good_id"] for row in rows] == ["A", "A"]
    assert rows[0]["code"] == "6403911600" and rows[1]["code"] == ""
    assert "повторяется" in rows[1]["problems"]


def test_not_footwear_gets_no_code_and_a_reason(tmp_path):
    _, rows = run(tmp_path, "description\n\"КРЕМ ДЛЯ ОБУВИ ИЗ ГЛАДКОЙ КОЖИ, ЧЕРНЫЙ\"\n")
    assert rows[0]["code"] == "" and "не является обувью" in rows[0]["problems"]


def test_a_column_that_is_missing_is_exit_2(tmp_path, capsys):
    assert run(tmp_path, "text\nа\n")[0] == 2
    assert "no column description" in capsys.readouterr().err


def test_priors_of_the_user_are_used_and_checked(tmp_path, capsys):
    silent = "description\n\"ТУФЛИ ЖЕНСКИЕ, ВЕРХ - КОЖА, ПОДОШВА - РЕЗИНА\"\n"
    priors = tmp_path / "p.csv"
    priors.write_text("fact,value,probability\ninsole,lt24,0.999\ninsole,ge24,0.001\n",
                      encoding="utf-8")
    _, before = run(tmp_path, silent)
    _, after = run(tmp_path, silent, "--priors", str(priors))
    assert before[0]["code"] != after[0]["code"]
    priors.write_text("fact,value,probability\ninsole,red,1\n", encoding="utf-8")
    assert run(tmp_path, silent, "--priors", str(priors))[0] == 2
    assert "no value 'red'" in capsys.readouterr().err


def test_the_error_level_decides_how_many_digits_are_safe(tmp_path):
    text = "description\n\"ОБУВЬ С ВЕРХОМ ИЗ НАТУРАЛЬНОЙ КОЖИ\"\n"
    strict = run(tmp_path, text, "--error", "0.01")[1][0]["safe_code"]
    loose = run(tmp_path, text, "--error", "0.45")[1][0]["safe_code"]
    assert len(strict) < len(loose)
    assert run(tmp_path, text, "--error", "2")[0] == 2


def test_a_legal_gap_puts_both_codes_forward(tmp_path):
    text = BOOTS.replace("РЕЗИНЫ", "НАТУРАЛЬНОЙ КОЖИ").replace("МУЖСКИЕ", "УНИСЕКС")
    _, rows = run(tmp_path, f"description\n\"{text}\"\n")
    assert rows[0]["code"] == "6403511500; 6403511900"


def test_facts_and_what_is_wrong_with_a_row_are_worded_in_the_language_asked_for(tmp_path):
    text = "good_id,description,quantity\nA,Ботинки с верхом из кожи,много\nB,,\n"
    said = {lang: run(tmp_path, text, "--lang", lang, command="facts")[1]
            for lang in ("ru", "en")}
    assert said["ru"][0]["findings"].startswith("высота обуви: ")
    assert said["en"][0]["findings"].startswith("height: ")
    assert said["ru"][1]["problems"] == "пустое описание"
    assert said["en"][1]["problems"] == "the description is empty"
    assert "quantity “много” is not a number above zero" in said["en"][0]["problems"]
    assert said["ru"][0]["upper"] == said["en"][0]["upper"] != ""


def test_facts_are_listed_with_their_words(tmp_path):
    code, rows = run(tmp_path, f"good_id,description\nA,\"{BOOTS}\"\nB,\n", command="facts")
    assert code == 0
    assert rows[0]["upper"] == "leather" and rows[0]["sex"] == "men"
    assert rows[0]["insole"] == "ge24" and rows[0]["toe_cap"] == "no_metal"
    assert rows[0]["sport"] == ""           # unknown stays unknown
    assert "пустое описание" in rows[1]["problems"]


def test_a_group_to_whose_goods_a_description_does_not_speak_has_no_problem_with_it(tmp_path,
                                                                                  capsys):
    given = f"good_id,description\nA,\"{BOOTS}\"\nB,Реле электромагнитное 12 В\nC,Вещь\n"
    code, rows = run(tmp_path, given, "--explain", command="facts")
    assert code == 0
    assert rows[0]["problems"] == rows[1]["problems"] == ""
    assert rows[0]["upper"] == "leather" and rows[1]["article"] == "relay"
    # of what is named nowhere each group says what it needs
    assert "обувь" in rows[2]["problems"] and "электротехническое" in rows[2]["problems"]
    explained = capsys.readouterr().out
    assert "электротехническое" not in explained.split("B: ")[0]
    assert explained.count("язык") == 3


@pytest.mark.parametrize("arguments", [[], ["classify"], ["nonsense"]])
def test_bad_arguments_are_exit_2(arguments):
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2


def test_ids_that_look_like_a_repeated_one_are_no_crash(tmp_path):
    code, rows = run(tmp_path, f"good_id,description\nA,\"{BOOTS}\"\nA,кеды\nA#2,туфли\n")
    assert code == 0 and [row["good_id"] for row in rows] == ["A", "A", "A#2"]


@pytest.mark.parametrize("out", ["nowhere/out.csv", "."])
def test_a_result_that_cannot_be_written_is_known_before_the_work(tmp_path, out, capsys,
                                                                  monkeypatch):
    (tmp_path / "d.csv").write_text(f"description\n\"{BOOTS}\"\n", encoding="utf-8")
    monkeypatch.setattr("orangecontrib.customs.cases.case.decide_among", None)
    assert main(["classify", "--declarations", str(tmp_path / "d.csv"),
                 "--out", str(tmp_path / out)]) == 2
    assert "cannot write" in capsys.readouterr().err


def test_a_code_of_parts_deeper_than_the_table_is_no_disagreement(tmp_path):
    _, rows = run(tmp_path, "description,declared_code\n"
                            "\"ДЕТАЛИ ОБУВИ: ПОДОШВЫ РЕЗИНОВЫЕ\",6406209000\n")
    assert rows[0]["code"] == "6406" and rows[0]["agrees"] == "prefix"
    assert rows[0]["p_declared"] == ""


def test_where_there_is_no_code_there_is_no_probability_of_its_digits(tmp_path):
    _, rows = run(tmp_path, "description\n\"КРЕМ ДЛЯ ОБУВИ ИЗ ГЛАДКОЙ КОЖИ, ЧЕРНЫЙ\"\n")
    assert [rows[0][name] for name in ("safe_code", "p_safe", "heading", "p_heading")] == [
        ""] * 4


@pytest.mark.parametrize("command", ["classify", "facts"])
def test_a_file_without_rows_is_exit_1(tmp_path, command):
    assert run(tmp_path, "description\n", command=command)[0] == 1


def test_duties_are_in_the_currency_of_the_value_where_it_is_said_what_that_of_the_rate_costs(
        tmp_path, capsys):
    source, out = tmp_path / "d.csv", tmp_path / "o.csv"
    source.write_text("good_id,description,quantity,value,currency\n" + "".join(
        f'{currency},"Ботинки мужские, закрывающие лодыжку, верх из кожи, подошва из резины, длина '
        f'стельки 27 см, без защитного подноска",10,50000,{currency}\n'
        for currency in ("RUB", "EUR", "KZT")), encoding="utf-8")

    def owed(*options):
        assert main(["classify", "--declarations", str(source), "--out", str(out), *options]) == 0
        with open(out, encoding="utf-8") as file:
            return [(row["duty_low"], row["duty_currency"]) for row in csv.DictReader(file)]
    assert owed() == [("12.5", "EUR")] * 3
    assert owed("--exchange", "EUR/RUB=98,5", "--exchange", "eur/kzt = 500") == [
        ("1231.25", "RUB"), ("12.5", "EUR"), ("6250", "KZT")]
    for wrong in ("EUR=98.5", "EUR/RUB=0", "EUR/RUB=-1", "EUR/RUB="):
        with pytest.raises(SystemExit):
            owed("--exchange", wrong)
        assert "is not like EUR/RUB=98.5" in capsys.readouterr().err
