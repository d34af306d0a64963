"""Files as people have them: each format and encoding gives the same goods."""
import runpy
from pathlib import Path

import pytest

from orangecontrib.customs.cases.files import read_goods
from orangecontrib.customs.files import read_source

TOOL = runpy.run_path(str(Path(__file__).parents[2] / "tools" / "declaration_files.py"))
GOODS = TOOL["GOODS"]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return TOOL["make"](tmp_path_factory.mktemp("made"))


NAMES = TOOL["NAMES"]


def number(text):
    return float(text) if text else None


def test_the_names_are_all_that_the_script_makes(made):
    assert tuple(made) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_each_file_gives_the_same_goods(made, name):
    goods = read_goods(made[name])
    expected = [(id_, " ".join(text.split()), code, number(quantity), number(value), currency,
                 number(weight)) for id_, text, code, quantity, value, currency, weight in GOODS]
    assert [(g.good_id, " ".join(g.description.split()), g.declared_code, g.quantity, g.value,
             g.currency, g.weight) for g in goods] == expected
    assert not any(good.problems for good in goods)


def declared(goods, head="", namespace="urn:customs.ru:Information:ESADout_CU:5.11.0"):
    return (f'<?xml version="1.0"?><ESADout_CU xmlns="{namespace}"><ESADout_CUGoodsShipment>{head}'
            + "".join(f"<ESADout_CUGoods>{good}</ESADout_CUGoods>" for good in goods)
            + "</ESADout_CUGoodsShipment></ESADout_CU>")


def test_a_description_that_is_broken_within_a_word_is_joined(tmp_path):
    path = tmp_path / "d.xml"
    text = "Ботинки мужские, " + "верх из натуральной кожи, " * 20
    parts = [text[:250], text[250:300], "прочее"]
    path.write_text(declared([
        "<GoodsNumeric>1</GoodsNumeric>"
        + "".join(f"<GoodsDescription>{part}</GoodsDescription>" for part in parts)
        + "<GoodsTNVEDCode>6403911600</GoodsTNVEDCode>"
        "<GoodsGroupDescription><GoodsDescription>арт. 5</GoodsDescription>"
        "</GoodsGroupDescription>"]), encoding="utf-8")
    good, = read_goods(path)
    assert good.description == f"{text[:300]} прочее арт. 5"


def test_customs_value_is_not_in_the_currency_of_the_invoice(tmp_path):
    path = tmp_path / "d.xml"
    cells = ("<GoodsNumeric>1</GoodsNumeric><GoodsDescription>Туфли</GoodsDescription>"
             "<InvoicedCost>100</InvoicedCost>")
    head = "<ContractTerms><ContractCurrencyCode>EUR</ContractCurrencyCode></ContractTerms>"
    path.write_text(declared([cells], head), encoding="utf-8")
    good, = read_goods(path)
    assert (good.value, good.currency) == (100, "EUR")
    path.write_text(declared([cells + "<CustomsCost>9000</CustomsCost>"], head), encoding="utf-8")
    good, = read_goods(path)
    assert (good.value, good.currency) == (9000, "")


def test_the_elements_of_the_union_are_read(tmp_path):
    path = tmp_path / "d.xml"
    path.write_text(
        '<?xml version="1.0"?><gd:GoodsDeclaration xmlns:gd="urn:EEC:R:036" xmlns:c="urn:EEC:M">'
        "<c:DeclarationGoodsItemDetails><c:ConsignmentItemOrdinal>3</c:ConsignmentItemOrdinal>"
        "<c:CommodityCode>6403911600</c:CommodityCode>"
        "<c:GoodsDescriptionText>Ботинки</c:GoodsDescriptionText>"
        "</c:DeclarationGoodsItemDetails></gd:GoodsDeclaration>", encoding="utf-8")
    good, = read_goods(path)
    assert (good.good_id, good.description, good.declared_code) == ("3", "Ботинки", "6403911600")


@pytest.mark.parametrize("columns", ["good_id\tdescription\tquantity\nstring\tstring\tcontinuous\n"
                                     "meta\tmeta\t\nA\tТуфли\t?\n",
                                     "mS#good_id\tmS#description\tC#quantity\nA\tТуфли\t?\n"])
def test_kinds_of_columns_as_orange_writes_them_are_no_goods(tmp_path, columns):
    path = tmp_path / "goods.tab"
    path.write_text(columns, encoding="utf-8")
    good, = read_goods(path)
    assert (good.good_id, good.description, good.quantity) == ("A", "Туфли", None)
    assert not good.problems


@pytest.mark.parametrize("content, sheet", [
    ('{"goods": [{"description": "Туфли"}], "log": [{"a": 1}, {"a": 2}]}', "goods"),
    ('{"a": {"b": [{"Наименование": "Туфли"}]}}', "a.b"),
    ('[{"good": {"description": "Туфли"}}]', "")])
def test_a_list_of_records_is_found_wherever_it_is(tmp_path, content, sheet):
    path = tmp_path / "d.json"
    path.write_text(content, encoding="utf-8")
    table = read_source(path)
    assert [list(row.cells.values()) for row in table.rows] == [["Туфли"]]
    assert table.notes == ((f"the records are those of {sheet}",) if sheet else ())


def test_numbers_in_json_stay_what_was_typed(tmp_path):
    path = tmp_path / "d.json"
    path.write_text('[{"description": "a", "hs_code": 6403999600.0, "n": 1e30, "m": null}]')
    assert read_source(path).rows[0].cells == {
        "description": "a", "hs_code": "6403999600.0", "n": "1e30", "m": ""}


def test_rows_are_told_by_their_lines_behind_titles_and_breaks(tmp_path):
    path = tmp_path / "d.csv"
    path.write_text('sep=;\nСпецификация\n\n"№\nтовара";Описание\n1;"Туфли\nлетние"\n2;Сапоги\n'
                    'Всего;2\n', encoding="utf-8")
    table = read_source(path)
    assert table.columns == ("№ товара", "Описание") and table.header == 4
    assert [row.line for row in table.rows] == [6, 8]
    assert table.notes == ("the names of the columns stand in line 4; what is above it is left out",
                           "line 9: a total, no good")


@pytest.mark.parametrize("header", [
    "ref;text_en;unit;origin;toe", "ref;description;unit;origin;toe", "Вид;Текст;Ед;Страна;Мысок"])
def test_cells_that_are_called_as_columns_are_do_not_make_a_header_of_a_row(tmp_path, header):
    path = tmp_path / "d.csv"
    path.write_text(f"{header}\n1;Подносок;пар;Верх;Защитный подносок\n"
                    "2;Материал верха: кожа; № товара: 5;шт;Артикул;Пол\n", encoding="utf-8")
    table = read_source(path)
    assert table.columns == tuple(header.split(";")) and not table.notes


def test_titles_of_several_cells_are_no_header(tmp_path):
    path = tmp_path / "d.csv"
    path.write_text("Поставщик;ООО Обувь;Склад;Москва\n\n№;Описание;Код ТН ВЭД;Пар;Короб\n"
                    "1;Туфли;6404199000;5;1\n", encoding="utf-8")
    assert read_source(path).header == 3
