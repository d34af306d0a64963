"""Headings and codes of a description, from the command line."""
import json

import pytest

from orangecontrib.customs.headless.cli import main

TARIFF = """code,level,name,unit,rate
8712,0,"Велосипеды двухколесные, кроме детских",шт,10
871200,1,прочие,,5
9503,0,Игрушки детские,,
950300,1,велосипеды для детей,,0
"""


@pytest.fixture
def search(tmp_path, capsys):
    path = tmp_path / "tariff.csv"
    path.write_text(TARIFF, encoding="utf-8")

    def run(text, *options, tariff=path):
        code = main(["search", text, "--tariff", str(tariff), *options])
        return code, capsys.readouterr().out
    return run


def test_headings_stand_in_order_with_their_codes_and_marked_words(search):
    code, out = search("Велосипед детский STELS")
    lines = out.splitlines()
    assert code == 0
    assert lines[0].split()[1] == "9503" and lines[0].endswith("Игрушки *детские*")
    assert lines[1].endswith("*велосипеды* для детей  [0]")
    assert lines[2].endswith("*Велосипеды* двухколесные, кроме детских")
    assert lines[-1] == "stand nowhere in this edition: STELS"


def test_a_misspelt_word_is_named(search):
    assert "велосиппед is read as велосипеды\n" in search("велосиппед")[1]


def test_json_tells_where_the_words_stand(search):
    code, out = search("велосипеды", "--json", "--top", "1", "--codes", "1")
    told = json.loads(out)
    assert code == 0 and told["reason"] is None and len(told["headings"]) == 1
    place = told["headings"][0]["places"][0]
    assert [place["text"][start:end] for start, end in place["spans"]] == ["Велосипеды"]
    assert len(told["headings"][0]["codes"]) == 1


@pytest.mark.parametrize(("lang", "words"), [("ru", "ни одного слова"), ("en", "no word of")])
def test_where_nothing_is_known_the_reason_is_said_and_the_exit_code_is_1(search, lang, words):
    code, out = search("ноутбук", "--lang", lang)
    assert code == 1 and out.startswith(f"nothing is ranked: {words}")
    code, out = search("ноутбук", "--lang", lang, "--json")
    assert code == 1 and json.loads(out)["headings"] == []


def test_editions_that_come_with_the_program_have_names(search):
    assert search("ботинки из кожи", tariff="bundled")[1].split()[1].startswith("64")
    assert search("bicycles", tariff="hs")[1].split()[1] == "8712"


def test_a_table_that_is_not_there_is_bad_input(search):
    assert search("обувь", tariff="nowhere.csv")[0] == 2
