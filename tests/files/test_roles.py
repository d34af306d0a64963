"""Which column is which: by words, by content, by the photos, as somebody says."""
import pytest

from orangecontrib.customs.files import (
    ROLES,
    RoleError,
    Row,
    TextTable,
    composed_of,
    find_column,
    guess_roles,
)

TEXT = "Ботинки мужские, верх из натуральной кожи"


def table(**columns):
    """A table of these columns; names with spaces come as a dictionary."""
    return of(columns)


def of(columns):
    rows = [Row(number, dict(zip(columns, cells)), len(columns))
            for number, cells in enumerate(zip(*columns.values()), start=2)]
    return TextTable("goods.csv", tuple(columns), rows)


def roles_of(*names):
    return dict(guess_roles(of({name: [""] for name in names})).columns)


@pytest.mark.parametrize("role, names", [
    ("description", ["Графа 31", "ГРАФА 31", "гр.31", "Описание товара", "описание\nтовара",
                     "Описание товара (графа 31)", "Наименование", "Наименование товара",
                     "Description of goods", "GOODS DESCRIPTION", "Описание товара, вид"]),
    ("good_id", ["№ товара", "Номер товара", "№", "№ п/п", "good_id", "ID", "Артикул",
                 "Графа 32", "Item No.", "Код товара"]),
    ("declared_code", ["Графа 33", "Код ТН ВЭД", "код тнвэд еаэс", "ТН ВЭД", "HS code",
                       "HS-Code", "Заявленный код", "declared_code", "Код товара по ТН ВЭД",
                       "GoodsTNVEDCode"]),
    ("quantity", ["Количество, пар", "Кол-во", "кол-во\n(пар)", "пар", "шт.", "Quantity", "Qty",
                  "Количество товара, шт", "Графа 41"]),
    ("value", ["Таможенная стоимость, руб.", "Стоимость", "Сумма", "Total amount", "Графа 45"]),
    ("currency", ["Валюта", "Код валюты", "Currency", "Валюта контракта"]),
    ("weight", ["Вес нетто, кг", "Масса нетто", "Net weight", "Графа 38", "нетто"])])
def test_columns_are_told_by_their_words(role, names):
    for name in names:
        assert roles_of(name, "Страна происхождения") == {role: name}, name


@pytest.mark.parametrize("name", [
    "Вес брутто", "Количество мест", "Кол-во коробок", "Цена за пару", "Страна", "Дата",
    "Номер декларации", "Номер инвойса", "Код страны", "P(declared code)", "Изготовитель",
    "Наименование изготовителя", "вес упаковки", "Код валюты цены"])
def test_columns_that_are_something_else_have_no_role(name):
    assert not roles_of(name)


def test_the_better_name_is_taken_wherever_it_stands():
    names = "Кол-во мест", "Количество", "Количество, пар", "Наименование", "Описание товара"
    assert roles_of(*names) == {"quantity": "Количество, пар", "description": "Описание товара"}
    assert find_column(["Вес брутто", "Вес", "Вес нетто"], "weight") == "Вес нетто"


def test_a_code_of_the_good_is_an_id_unless_its_cells_are_codes_of_the_tariff():
    id_ = table(**{"Код товара": ["KS-1", "KS-2"]})
    code = table(**{"Код товара": ["6403 99 960 0", "6404199000"]})
    assert guess_roles(id_).columns == {"good_id": "Код товара"}
    assert guess_roles(code).columns == {"declared_code": "Код товара"}


def test_codes_are_told_by_ten_digits_and_texts_by_their_length_where_no_name_tells():
    roles = guess_roles(table(a=["6403999600", "6404 19 900 0"], b=[TEXT, TEXT], c=["x", "y"]))
    assert roles.columns == {"description": "b", "declared_code": "a"}
    assert "ten-digit codes" in roles.reasons["declared_code"]
    assert "longest texts" in roles.reasons["description"]


def test_remarks_and_addresses_are_no_descriptions_however_long_they_are():
    roles = guess_roles(of({"Примечание": [f"{TEXT}, остаток на складе в Клину"], "a": [TEXT]}))
    assert roles["description"] == "a"


def test_two_columns_of_codes_are_asked_about():
    roles = guess_roles(table(a=["6403999600"], b=["6404199000"]))
    assert roles["declared_code"] is None and 'declared_code="a"' in roles.remarks[0]


def test_ids_are_the_column_that_meets_the_photos():
    goods = of({"№ товара": ["1", "2"], "Модель": ["KS0121", "KS0122"]})
    assert guess_roles(goods)["good_id"] == "№ товара"
    met = guess_roles(goods, photo_ids={"KS0121", "KS0122", "KS0123"})
    assert met["good_id"] == "Модель" and "meets 2 of 3" in met.reasons["good_id"]
    assert guess_roles(goods, photo_ids={"other"})["good_id"] == "№ товара"


def test_what_somebody_says_counts():
    goods = of({"Описание": [TEXT], "Текст": [TEXT]})
    roles = guess_roles(goods, chosen={"description": "текст"})
    assert roles["description"] == "Текст" and roles.reasons["description"] == "as was said"
    assert guess_roles(goods, chosen={"description": ""})["description"] is None
    with pytest.raises(RoleError, match="no column Нет.*Описание, Текст"):
        guess_roles(goods, chosen={"description": "Нет"})
    with pytest.raises(RoleError, match=f"no role price.*{', '.join(ROLES)}"):
        guess_roles(goods, chosen={"price": "Текст"})


def test_two_columns_that_fit_equally_are_named_with_what_to_do():
    roles = guess_roles(of({"Артикул поставщика": ["a1", "b"], "Артикул завода": ["c", "d"]}))
    assert roles["good_id"] == "Артикул поставщика"
    assert "fit good_id equally" in roles.remarks[0]
    assert 'good_id="Артикул завода"' in roles.remarks[0]


@pytest.mark.parametrize("short", ["6.4039E+09", "6,4039E+09", "6.40399e9"])
def test_a_shortened_number_in_the_place_of_a_code_is_explained(short):
    roles = guess_roles(of({"Код ТН ВЭД": [short, "6403999600"]}))
    assert roles["declared_code"] == "Код ТН ВЭД"
    assert "Excel's doing" in roles.remarks[0] and "as text" in roles.remarks[0]


def test_a_specification_becomes_statements_with_their_columns():
    goods = of({"Наименование": ["Ботинки."], "Материал верха": ["кожа"],
                "Материал подкладки": ["-"], "Длина стельки, мм": ["270"], "Пол": ["муж."],
                "Размер": ["40-45"]})
    roles = guess_roles(goods)
    text = roles.description(goods.rows[0].cells)
    assert text == ("Ботинки; Материал верха: кожа; Длина стельки: 270 мм; Пол: муж.; "
                    "Размер: 40-45")
    spans = {column: text[start:end].strip("; ")
             for start, end, column in composed_of(text, roles.statements)}
    assert spans == {"Материал верха": "Материал верха: кожа", "Пол": "Пол: муж.",
                     "Длина стельки, мм": "Длина стельки: 270 мм", "Размер": "Размер: 40-45"}


def test_a_description_without_a_specification_stays_as_it_is():
    goods = of({"description": [" Ботинки. "]})
    roles = guess_roles(goods)
    assert roles.description(goods.rows[0].cells) == " Ботинки. "
    assert composed_of(" Ботинки. ", roles.statements) == []
