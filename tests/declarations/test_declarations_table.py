"""A file of declarations → a table: what becomes a number, what stays as it was typed."""
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orangecontrib.customs.declarations.headings import (
    is_code,
    is_id,
    numbers_in,
    trusted_cells,
    trusted_rows,
)
from orangecontrib.customs.declarations.table import declarations_table
from orangecontrib.customs.files import Row, TextTable, read_table
from orangecontrib.customs.groups.footwear import group
from orangecontrib.customs.i18n import say


@pytest.mark.parametrize("name", [
    "declared_code", "Заявленный код", "Код ТН ВЭД", "code", "hs_code", "HS6", "Код ТН ВЭД ЕАЭС",
    "ТНВЭД", "Графа 33", "гр. 33", "Код товара", "barcode", "Товарная позиция", "heading"])
def test_names_of_codes(name):
    assert is_code(name)


@pytest.mark.parametrize("name", ["good_id", "Good id", "good", "category", "id", "товар",
                                  "номер", "№ товара", "№", "Номер ДТ",
                                  "Артикул", "ИНН", "ID", "made_id"])
def test_names_of_ids(name):
    assert is_id(name)


@pytest.mark.parametrize("name", ["quantity", "Количество, пар", "pairs", "цена", "вес брутто, кг",
                                  "width", "size", "графа 35", *(f.id for f in group().features)])
def test_names_of_neither(name):
    assert not is_code(name) and not is_id(name)


@pytest.mark.parametrize("texts, expected", [
    (["1", "2"], [1, 2]), (["0", "0,5", "-3"], [0, .5, -3]), (["1.25", ""], [1.25, math.nan]),
    (["1 200", "1\u00a0200,5", "12\u202f000"], [1200, 1200.5, 12000]), ([" 7 "], [7]),
    (["4607012345678"], [4607012345678])])
def test_plain_numbers(texts, expected):
    numbers, _ = numbers_in(texts)
    np.testing.assert_array_equal(numbers, expected)


@pytest.mark.parametrize("texts", [
    [], ["", " "], ["1", "два"], ["064", "1"], ["00"], ["1e5"], ["1,5", "1.5"], ["1,200.5"],
    ["1 20"], ["6403 99 960 0"], ["nan"], ["inf"], ["12345678901234567"], ["٣"], ["5 шт"], ["?"]])
def test_everything_else_stays_what_was_typed(texts):
    assert numbers_in(texts) is None


@settings(deadline=None)
@given(st.lists(st.floats(-1e12, 1e12).map(lambda x: round(x, 3)), min_size=1),
       st.sampled_from(",."))
def test_numbers_are_read_as_they_were_written(numbers, mark):
    texts = [f"{number:.3f}".replace(".", mark) for number in numbers]
    read, decimals = numbers_in(texts)
    np.testing.assert_array_equal(read, [float(f"{number:.3f}") for number in numbers])
    assert decimals == 3


def table(columns, *records):
    return TextTable("goods.csv", tuple(columns), [
        Row(line, dict(zip(columns, record)), len(record), tuple(record[len(columns):]))
        for line, record in enumerate(records, start=2)])


cells = st.text(st.characters(codec="utf-8"), max_size=8) | st.sampled_from(
    ["6403", "0640", "1,5", "12", ""])


@settings(deadline=None)
@given(st.lists(st.tuples(cells, cells, cells), max_size=6))
def test_no_cell_is_lost_or_changed(records):
    read = declarations_table(table(("id", "Описание", "price"), *records))
    assert len(read) == len(records)
    for name, column in zip(("id", "Описание", "price"), zip(*records)):
        variable = read.domain[name]
        assert variable.is_string or name == "price"
        if variable.is_string:
            assert list(read.get_column(variable)) == [text.strip() for text in column]
        else:
            assert [math.isnan(x) for x in read.get_column(variable)] \
                == [not text.strip() for text in column]


def test_columns_keep_their_order_and_decimals_are_shown_as_typed():
    read = declarations_table(table(("b", "good_id", "a", "note", "c"),
                                    ("1,50", "1", "2", "x", "3"), ("2", "2", "3", "y", "")))
    assert [v.name for v in read.domain.attributes] == ["b", "a", "c"]
    assert [v.name for v in read.domain.metas] == ["good_id", "note"]
    assert read.domain["b"].str_val(read[0]["b"]) == "1.50"
    assert read.domain["a"].str_val(read[0]["a"]) == "2"
    assert read.name == "goods"


def test_of_a_shifted_row_only_what_stands_left_of_the_description_is_used():
    text = table(("good_id", "Описание товара", "code"),
                 ("1", "Туфли", "6403"), ("2", "Туфли", " кожаные", "6403"))
    assert trusted_cells(text.rows[1], text.columns) == {"good_id": "2"}
    rows, doubts = trusted_rows(text)
    assert rows[0] == text.rows[0]
    assert rows[1].cells == {"good_id": "2", "Описание товара": "", "code": ""}
    assert len(doubts) == 1
    assert say(doubts[0], "en").startswith("line 3: 4 fields")
    assert say(doubts[0], "ru").startswith("строка 3: полей 4")


def test_a_shifted_row_without_anything_to_trust_stays_empty_and_is_named():
    text = table(("hs_code", "price"), ("6403", "1"), ("6403", "1", "5"))
    rows, doubts = trusted_rows(text)
    assert [row.line for row in rows] == [2, 3]
    assert not any(rows[1].cells.values())
    assert "line 3" in say(doubts[0], "en")
    assert "nothing of the row is used" in say(doubts[0], "en")
    assert "ничего не учтено" in say(doubts[0], "ru")
    read = declarations_table(text, rows)
    assert "строка 3" in str(read[1]["problems"]) and len(read) == 2


def test_an_open_quotation_mark_is_doubted_but_kept(tmp_path):
    path = tmp_path / "goods.csv"
    path.write_text('id,name\n1,"Туфли\n2,Сапоги\n3,Реле"\n4,Реле\n', encoding="utf-8")
    rows, doubts = trusted_rows(read_table(path))
    assert [row.cells["id"] for row in rows] == ["1", "4"]
    assert "quotation mark" in say(doubts[0], "en")


def test_the_apostrophe_of_spreadsheets_is_taken_off(tmp_path):
    path = tmp_path / "goods.csv"
    path.write_text("id,name\n'=1,'-x\n", encoding="utf-8")
    assert [str(cell) for cell in declarations_table(read_table(path)).metas[0]] == ["=1", "-x"]
