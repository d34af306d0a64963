"""Several goods in one description: the code of each, what is safe, and whose photos are whose."""
import re

import pytest

from orangecontrib.customs.cases import decide
from orangecontrib.customs.cases.api import case_of
from orangecontrib.customs.cases.files import goods_of_rows
from orangecontrib.customs.cases.lines import lines_in
from orangecontrib.customs.cases.sources import PhotoEvidence
from orangecontrib.customs.declarations import FactReader
from orangecontrib.customs.facts import Evidence
from orangecontrib.customs.groups.footwear import group
from orangecontrib.customs.i18n import speaking

SHOES = "верх из натуральной кожи, подошва из резины, не закрывающие лодыжку, союзка закрытая"


def row_of(text, **columns):
    row, = decide([{"good_id": "1", "description": text, **columns}])
    return row


def codes_in(problems):
    return re.findall(r"код (\d{10})", problems)


@pytest.mark.parametrize("text, words, codes, which", [
    (f"Туфли женские, {SHOES}, размеры 35-40", "размеры 35-40",
     ["6403999100", "6403999800"], ["размеры 35–36", "размеры 38–40"]),
    (f"Туфли женские, {SHOES}, р-р 35, 36, 38, 39", "р-р 35, 36, 38, 39",
     ["6403999100", "6403999800"], ["размеры 35–36", "размеры 38–39"]),
    (f"Туфли мужские, {SHOES}, стелька 22-26 см", "стелька 22-26 см",
     ["6403999100", "6403999600"], ["длина стельки: менее 24 см", "длина стельки: 24 см и более"]),
    (f"Туфли для мальчиков, {SHOES}, размеры 30-40", "размеры 30-40",
     ["6403999100", "6403999600"], ["размеры 30–36", "размеры 38–40"]),
    (f"Туфли женские, {SHOES}, размеры US 5-9", "размеры US 5-9",
     ["6403999100", "6403999800"], ["размеры 5–6", "размеры 7–9"]),
    (f"Туфли мужские, {SHOES}, размер UK 3-8", "размер UK 3-8",
     ["6403999100", "6403999600"], ["размеры 3–4", "размеры 5–8"]),
    (f"Туфли женские, {SHOES}, размеры 225-260 мм", "размеры 225-260",
     ["6403999100", "6403999800"], ["размеры 225–230", "размеры 240–260"]),
    ("Сапоги женские, верх из натуральной кожи, подошва из резины, закрывающие икру, "
     "длина стельки от 22 до 26 см", "длина стельки от 22 до 26 см",
     ["6403919100", "6403919800"], ["менее 24 см", "24 см и более"]),
    ("Босоножки женские, верх из ремешков из полимера, подошва из полимера, каблук с подошвой "
     "2-5 см", "каблук с подошвой 2-5 см", ["6402993900", "6402993100"], ["3 см", "более 3 см"])])
def test_goods_on_both_sides_of_a_limit_have_their_codes_and_lines(text, words, codes, which):
    row = row_of(text)
    assert f"«{words}»: это разные товары, заявите 2 строками" in row["problems"]
    assert codes_in(row["problems"]) == codes
    assert all(some in row["problems"] for some in which)
    assert all(code.startswith(row["safe_code"]) for code in codes) and len(row["safe_code"]) < 10
    with speaking("en"):
        assert "different goods, declare them in 2 lines: " in row_of(text)["problems"]


@pytest.mark.parametrize("text", [
    "Тапочки женские домашние, верх из текстиля, подошва из резины, размеры 35-40",
    "Туфли комнатные, верх из полимера, подошва из полимера, союзка закрытая, стелька 22-26 см",
    "Обувь, верх из текстиля, подошва из кожи, размеры US 4-9",
    "Сапоги с металлическим подноском, верх из натуральной кожи, подошва из резины, р. 35-41",
    "Сапоги водонепроницаемые цельнолитые, верх из резины, подошва из резины, закрывающие икру, "
    "размеры 35-41", "Крем для обуви, размеры 35-40"])
def test_where_both_have_one_code_nothing_is_said(text):
    problems = row_of(text)["problems"]
    assert "строк" not in problems and "границ" not in problems


@pytest.mark.parametrize("text, sizes", [
    (f"Туфли мужские, {SHOES}, размеры 37-45", "37"),
    (f"Туфли женские, {SHOES}, размер 37", "37"),
    (f"Туфли женские, {SHOES}, размеры 34-37", "37"),
    (f"Туфли женские, {SHOES}, US 6.5", "6.5"),
    (f"Туфли, {SHOES}, размеры 235-260 мм", "235")])
def test_sizes_at_the_limit_are_doubtful_and_no_second_good(text, sizes):
    row = row_of(text)
    assert f"Размеры {sizes} могут быть с любой стороны границы" in row["problems"]
    assert "от этого зависит код" in row["problems"] and "строками" not in row["problems"]
    assert len(row["safe_code"]) < 10


def test_a_column_or_an_answer_that_settles_the_fact_makes_one_good_of_it():
    text = f"Туфли женские, {SHOES}, размеры 35-40"
    for row in (row_of(text, insole="менее 24 см"),
                *decide([{"good_id": "1", "description": text}],
                        answers={"1": {"insole": "lt24"}})):
        assert row["code"] == "6403999100" and "строками" not in row["problems"]


def test_a_good_is_the_same_alone_and_in_a_batch():
    texts = [f"Туфли женские, {SHOES}, размеры 35-40", "Кеды", f"Туфли, {SHOES}",
             f"Туфли женские, {SHOES}, стелька 22-26 см",
             "Тапочки и сапоги, верх из текстиля, подошва из резины"]
    batch = decide([{"good_id": str(n), "description": text} for n, text in enumerate(texts)])
    assert batch == [{**row_of(text), "good_id": str(n), "key": str(n)}
                     for n, text in enumerate(texts)]


@pytest.mark.parametrize("text", [
    "Тапочки и сапоги, верх из текстиля, подошва из резины",
    "Сапоги резиновые, туфли комнатные, верх из текстиля, подошва из резины",
    "Сапоги, верх из кожи; туфли, верх не указан, подошва из резины",
    "Сапоги женские. Туфли женские. Верх - текстиль, подошва - резина",
    "Сапоги и туфли, верх из кожи и из текстиля, подошва из резины и из кожи",
    "Босоножки, верх из кожи; ботфорты; подошва из резины"])
@pytest.mark.parametrize("answered", [{}, {"upper": "textile", "sole": "rubber", "sport": "none",
                                           "is_footwear": "footwear"}])
def test_goods_that_cannot_be_told_apart_share_what_is_safe_and_never_ten_digits(text, answered):
    rows = decide([{"good_id": "1", "description": text}], answers={"1": answered})
    if len(rows) > 1:
        pytest.fail("they are told apart")
    row, = rows
    assert len(row["safe_code"]) < 10
    assert re.search("несколько товаров", row["problems"])


def test_no_digits_are_safe_that_one_of_the_kinds_does_not_have():
    row = row_of("Тапочки и сапоги, верх из текстиля, подошва из резины")
    kinds = [row_of(f"{kind}, верх из текстиля, подошва из резины")
             for kind in ("Тапочки", "Сапоги")]
    assert {kind["code"] for kind in kinds} == {"6404191000", "6404199000"}
    assert all(kind["code"].startswith(row["safe_code"]) for kind in kinds)


def photos_of(*ids, skipped=()):
    height = [[-9., 0., 0., 0.]] * len(ids)
    return PhotoEvidence(Evidence(ids, {"height": height}), {}, skipped)


TWO = "1) Сапоги, верх – кожа, подошва – резина; 2) Туфли, верх – текстиль, подошва – резина"


def decided(photos, *goods, predictions=None):
    goods = goods_of_rows([{"good_id": id_, "description": text} for id_, text in goods])
    case = case_of(goods, photos, predictions)
    return case, {verdict.key: (verdict, "; ".join(case.notes_of(verdict)))
                  for verdict in case.decide()}


def test_photos_of_a_description_with_several_goods_are_no_good_of_their_own():
    bad = [("7", "7/2.jpg", "нет"), ("9", "9/1.jpg", "нет")]
    case, rows = decided(photos_of("7", "8", skipped=bad), ("7", TWO), ("8", "Кеды"), ("9", TWO))
    _, without = decided(None, ("7", TWO), ("8", "Кеды"), ("9", TWO))
    assert list(rows) == ["7#1", "7#2", "8", "9#1", "9#2"]
    for key in ("7#1", "7#2"):
        verdict, notes = rows[key]
        assert "(7#1, 7#2) относятся фотографии «7»" in notes and "7/2.jpg: нет" in notes
        assert "нет пригодных" not in notes
        assert verdict.probabilities == without[key][0].probabilities
    assert rows["8"][0].probabilities != without["8"][0].probabilities
    assert "нет пригодных" in rows["9#1"][1] and "относятся" not in rows["9#1"][1]
    assert not case.strangers({"text": "texts", "photos": "photos"})


def test_photos_that_are_named_after_one_of_the_goods_are_its_own():
    _, rows = decided(photos_of("7#1"), ("7", TWO))
    _, without = decided(None, ("7", TWO))
    assert list(rows) == ["7#1", "7#2"]
    assert rows["7#1"][0].probabilities != without["7#1"][0].probabilities
    assert "относятся" not in rows["7#1"][1] and "нет пригодных" in rows["7#2"][1]


def test_readings_alone_tell_the_lines():
    reader = FactReader(group())
    texts = [f"Туфли женские, {SHOES}, размеры 35-40", "Кеды",
             "Тапочки домашние, верх из текстиля, подошва из резины, размеры 35-40"]
    first, *others = lines_in([reader.read(text) for text in texts], reader)
    assert codes_in(str(first[0])) == ["6403999100", "6403999800"]
    assert others == [(), ()] and lines_in([], reader) == []
