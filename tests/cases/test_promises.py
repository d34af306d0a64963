"""What a row of the result promises, whatever computes it."""
import csv
from importlib.resources import files
from pathlib import Path

import pytest

from orangecontrib.customs.cases import decide

SAMPLE = Path(str(files("orangecontrib.customs.workflows"))) / "sample" / "declarations.csv"

#: Ad unit duties of group 64 in EUR per pair (6406: none of its own here), by their codes.
DUTIES = {
    .75: "6401100000 6401921000 6401929000 6401990000",
    .28: "6402121000 6402999800 6405100009 6405909000",
    .34: "6402129000 6402190000 6402200000 6402911000 6402919000 6402990500 6402991000 6402993100 "
         "6402993900 6402995000 6402999100 6402999300 6402999600 6403190000 6405100001 6405201000 "
         "6405209100 6405209900 6405901000",
    1.5: "6403120000 6403200000 6403510500 6403511100 6403590500 6403591100 6403593100 6403593500 "
         "6403599100 6403910500 6403911300 6403919100 6403919300 6403990500 6403993300",
    1.25: "6403400000 6403511500 6403511900 6403519100 6403519500 6403519900 6403593900 "
          "6403599500 6403599900 6403911100 6403911600 6403911800 6403919600 6403919800 "
          "6403993600 6403993800 6403999100 6403999300 6403999600 6403999800",
    1.: "6403595000 6403993100",
    .8: "6403991100 6403995000",
    .47: "6404110000 6404199000 6404209000",
    .56: "6404191000 6404201000",
}


def descriptions():
    """The sample's, and some that leave more open."""
    with open(SAMPLE, encoding="utf-8", newline="") as file:
        return [row["description"] for row in csv.DictReader(file)] + [
            "Ботинки", "Сапоги", "Обувь с верхом из кожи", "Туфли женские", "Сандалии из кожи",
            "Ботинки мужские, верх из натуральной кожи", "Кроссовки", "Обувь детская"]


@pytest.mark.parametrize("error", [.01, .05, .1, .2, .3])
def test_safe_digits_are_the_most_that_hold_the_accepted_error(error):
    goods = [{"description": text} for text in descriptions()]
    rows = decide(goods, error=error)
    longer = []
    for good, row in zip(goods, rows):
        if not row["code"]:
            continue
        if row["safe_code"]:
            assert row["p_safe"] >= 1 - error
        code = row["code"].partition("; ")[0]
        if len(row["safe_code"]) < len(code):
            longer.append({**good, "declared_code": code[:max(4, len(row["safe_code"]) + 2)]})
    assert longer
    for row in decide(longer, error=error):  # two digits more would not be safe
        assert row["p_declared"] < 1 - error


def test_of_several_answers_that_give_the_runner_up_the_likeliest_is_named():
    boots = [{"good_id": "1", "description": "Сапоги"}]
    row, = decide(boots)
    led_to = {upper: decide(boots, answers={"1": {"upper": upper}})[0]["code"]
              for upper in ("rubber", "plastic")}
    assert set(led_to.values()) == {row["runner_up"]}
    assert row["flip_fact"] == "материал верха: пластмасса", "four times as frequent as rubber"


@pytest.mark.parametrize("text", [
    "Ботинки мужские, верх из натуральной кожи, подошва из резины",
    "Полуботинки женские кожаные на резиновой подошве"])
def test_who_says_nothing_of_a_toe_cap_of_metal_has_hardly_one(text):
    row, = decide([{"description": text, "declared_code": "6403400000"}])
    assert 0 < row["p_declared"] < .05


def test_duties_of_group_64_are_those_of_the_tariff():
    rates = {code: rate for rate, codes in DUTIES.items() for code in codes.split()}
    assert len(rates) == 71
    rows = decide([{"description": "Ботинки", "declared_code": code, "quantity": "10"}
                   for code in rates])
    assert {row["declared_code"]: row["duty_eur_per_unit_at_declared"] for row in rows} == rates
    assert [row["duty_eur_at_declared"] for row in rows] \
        == pytest.approx([10 * rate for rate in rates.values()])
