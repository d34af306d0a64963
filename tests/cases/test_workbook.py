"""The codes as a workbook that people read."""
import io

import openpyxl
import pytest

from orangecontrib.customs.cases.api import case_of
from orangecontrib.customs.cases.files import goods_of_rows
from orangecontrib.customs.cases.schema import COLUMNS
from orangecontrib.customs.cases.workbook import LAYOUT, workbook_rows, write_workbook
from orangecontrib.customs.i18n import speaking

BOOTS = ("Ботинки мужские, верх из натуральной кожи, подошва из резины, закрывающие лодыжку, "
         "длина стельки 27 см")


def sheet(*rows, language="ru"):
    case = case_of(goods_of_rows(list(rows)))
    with speaking(language):
        file = io.BytesIO()
        write_workbook(file, workbook_rows(case, case.decide()))
    return openpyxl.load_workbook(io.BytesIO(file.getvalue())).active


def cells(found, row=2):
    return {found.cell(1, column).value: found.cell(row, column)
            for column in range(1, found.max_column + 1)}


def test_every_column_of_the_result_has_a_place():
    assert sorted(column["column"] for column in LAYOUT) == sorted((*COLUMNS, "description"))


def test_codes_are_texts_and_numbers_are_numbers():
    found = cells(sheet({"good_id": "007", "description": BOOTS, "declared_code": "6403 91 160 0",
                         "quantity": 100}))
    assert found["Товар"].value == "007" and found["Товар"].data_type == "s"
    code = found["Код ТН ВЭД"]
    assert (code.value, code.data_type, code.number_format) == ("6403911600", "s", "@")
    p = found["Вероятность кода"]
    assert p.data_type == "n" and 0 < p.value < 1 and p.number_format == "0%"
    assert found["Совпадает с заявленным"].value == "да"
    assert found["Описание товара"].value == BOOTS


def test_the_header_stays_and_reasons_are_wrapped_in_wide_columns():
    made = sheet({"description": BOOTS})
    assert made.freeze_panes == "B2" and made.auto_filter.ref.startswith("A1:")
    found = cells(made)
    reasons = found["Обоснование"]
    assert reasons.alignment.wrap_text and "\n" in reasons.value
    assert made.column_dimensions[reasons.column_letter].width >= 60
    assert not found["Код ТН ВЭД"].alignment.wrap_text
    assert made.cell(1, 1).font.bold
    assert made.max_row == 2, "no rows of types"


def test_headings_and_answers_are_in_the_language():
    row = {"description": BOOTS, "declared_code": "6404199000"}
    assert {"Code", "Reasons", "Agrees with the declared code"} <= set(
        cells(sheet(row, language="en")))
    assert cells(sheet(row, language="en"))["Agrees with the declared code"].value == "no"
    assert cells(sheet(row))["Совпадает с заявленным"].value == "нет"


def test_columns_of_which_nothing_is_known_are_left_out():
    found = cells(sheet({"good_id": "A", "description": BOOTS}))
    for name in ("Количество", "Ключ", "Заявленный код", "Пошлина, % стоимости, от"):
        assert name not in found
    assert "Ключ" in cells(sheet({"good_id": "A", "description": BOOTS},
                                 {"good_id": "A", "description": BOOTS}))


def test_a_total_in_euro_stands_once_and_another_one_beside():
    electrical = {"description": "Термостат электронный для управления температурой котла",
                  "value": "1500", "currency": "USD"}
    footwear = {"description": BOOTS, "quantity": 10}
    assert "Пошлина, от" not in cells(sheet(footwear))
    assert "Валюта пошлины" in cells(sheet(footwear, electrical))


@pytest.mark.parametrize("text", ["=1+1", "+7 495", "-5", "@SUM(A1)", "=cmd|' /C calc'!A0"])
def test_nothing_in_the_users_files_is_a_formula(text):
    found = cells(sheet({"good_id": text, "description": f"{text} ботинки из кожи"}))
    assert (found["Товар"].value, found["Товар"].data_type) == (text, "s")
    assert found["Описание товара"].data_type == "s"


def test_letters_that_a_workbook_cannot_hold_are_made_visible_and_long_cells_are_cut():
    found = cells(sheet({"good_id": "A\x00\x0b", "description": "ботинки " + "я" * 40_000}))
    assert found["Товар"].value == "A\ufffd\ufffd"
    assert len(found["Описание товара"].value) == 32_767
    assert found["Описание товара"].value.endswith("…")


def test_a_table_without_goods_is_a_header():
    file = io.BytesIO()
    write_workbook(file, [])
    made = openpyxl.load_workbook(io.BytesIO(file.getvalue())).active
    assert [cell.value for cell in made[1]] == ["Товар", "Код ТН ВЭД"]
