"""A text model beside the law: a term where a group has it, alone where none has."""
import itertools

import numpy as np
import pytest

from orangecontrib.customs.cases import case_of, decide, rows_of
from orangecontrib.customs.cases.api import engines_of
from orangecontrib.customs.cases.files import goods_of_rows
from orangecontrib.customs.cases.texts import model_odds
from orangecontrib.customs.cases.weighing import UNKNOWN, WEIGHTS, weighed
from orangecontrib.customs.fusion.among import Answer, decide_among
from orangecontrib.customs.groups import loaded_groups
from orangecontrib.customs.i18n import speaking
from orangecontrib.customs.nomenclature import bundled_tariff
from orangecontrib.customs.textmining.tree import train_texts

GOODS = {"6403": ("ботинки", "туфли", "сапоги кожаные"), "6404": ("кеды", "тапочки", "балетки"),
         "8504": ("выпрямитель", "трансформатор", "инвертор"),
         "4011": ("шина", "покрышка", "автошина"), "8413": ("насос", "помпа", "насосная часть")}
SAYS = ("новый", "для дома", "в коробке", "серый", "импортный", "по контракту")
ROWS = [(f"{name} {more}", code) for code, names in GOODS.items()
        for name, more in itertools.product(names, SAYS)]
BOOTS = ("Ботинки мужские, верх из натуральной кожи, подошва из резины, закрывающие лодыжку, "
         "длина стельки 27 см")


@pytest.fixture(scope="module")
def model():
    texts, codes = zip(*ROWS)
    return train_texts(texts, codes, bundled_tariff())


def decided(model, *texts):
    with speaking("en"):
        return decide([{"good_id": str(n), "description": text} for n, text in enumerate(texts)],
                      text_model=model)


def test_goods_of_no_group_get_the_models_heading(model):
    row, = decided(model, "насос для дома новый")
    assert row["code"] == row["heading"] == "8413" and row["group"] == ""
    assert "text model" in row["trace"] and "text model" in row["problems"]
    assert row["p"] > .5 and row["duty_eur_per_unit_low"] is None
    assert "kind of good" not in row["problems"]


def test_goods_of_a_group_get_ten_digits_by_its_law(model):
    row, = decided(model, BOOTS)
    assert row["code"] == "6403911600" and row["group"] == "footwear"


def test_the_model_says_which_heading_where_the_text_does_not(model):
    plain, = decide([{"description": "Обувь: балетки в коробке"}])
    row, = decided(model, "Обувь: балетки в коробке")
    assert row["heading"] == "6404" and row["p_heading"] > plain["p_heading"]


def test_a_text_unlike_all_that_was_trained_is_said_and_decided_without_the_model(model):
    strange, = decided(model, "колбаса варёная говяжья высший сорт")
    assert not strange["code"] and "unlike all" in strange["problems"]
    text = BOOTS.replace("Ботинки", "Ботинки lorem ipsum dolor sit amet consectetur")
    assert decide([{"description": text}])[0]["code"] == decided(model, text)[0]["code"]


def test_an_empty_description_says_nothing(model):
    row, = decided(model, "")
    assert not row["code"] and "unlike" not in row["problems"]


def test_the_law_stays_where_the_model_is_ignored(model):
    engines = engines_of()
    answers, _ = model([BOOTS])
    P = model.trained.tree.class_probabilities(answers)
    assert (model_odds(model, P, engines, 0.) == 1).all()
    assert (model_odds(model, np.full_like(P, np.nan), engines) == 1).all()


def test_one_good_is_as_among_others(model):
    texts = [BOOTS, "насос новый", "кеды серый", "покрышка для дома", "xyzzy", ""]
    together = decided(model, *texts)
    for number, text in enumerate(texts):
        alone, = decided(model, text)
        assert {k: v for k, v in alone.items() if k not in ("good_id", "key")} == \
            {k: v for k, v in together[number].items() if k not in ("good_id", "key")}


def test_of_a_description_with_several_goods_the_model_speaks_as_a_whole(model):
    text = "1) Ботинки мужские кожаные - 10 пар; 2) Кроссовки женские текстильные - 20 пар"
    with speaking("en"):
        case = case_of(goods_of_rows([{"good_id": "A", "description": text}]), texts=model)
        rows = rows_of(case)
    plain = decide([{"good_id": "A", "description": text}])
    assert [row["code"] for row in rows] == [row["code"] for row in plain]
    if len(rows) > 1:
        assert all("does not count" in row["problems"] for row in rows)


def test_a_model_that_speaks_alone_of_two_groups_decides_between_them(model):
    engines = engines_of()
    answers, _ = model(["кеды серый", "выпрямитель новый"])
    P = model.trained.tree.class_probabilities(answers)
    verdicts = decide_among(engines, [], ["A", "B"], answer=Answer(
        model_odds(model, P, engines), model.trained.classes))
    assert [verdict.group for verdict in verdicts] == ["footwear", "electrical"]


def test_declared_digits_are_held_against_the_models(model):
    rows = decide([{"description": "насос новый", "declared_code": "8413702100"},
                   {"description": "насос новый", "declared_code": "4011100003"}],
                  text_model=model)
    assert [row["agrees"] for row in rows] == ["prefix", "no"]


def test_the_weight_is_chosen_on_rows_that_were_held_out(model):
    goods = goods_of_rows([{"description": text} for text, _ in ROWS])
    chosen = weighed(model, goods, [code for _, code in ROWS], loaded_groups())
    assert chosen.weight in WEIGHTS
    none = weighed(model, goods, ["0101"] * len(ROWS), loaded_groups())
    assert none.weight == UNKNOWN
