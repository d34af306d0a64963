"""An importer's specification: the same rows from the file and through Orange's tables."""
import openpyxl
import pytest

from orangecontrib.customs.cases import case_of, rows_of
from orangecontrib.customs.cases.files import read_goods, roles_of
from orangecontrib.customs.cases.table import case_from_tables
from orangecontrib.customs.columns import Role
from orangecontrib.customs.declarations import FactReader
from orangecontrib.customs.declarations.headings import trusted_rows
from orangecontrib.customs.declarations.table import declarations_table, default_text, facts_table
from orangecontrib.customs.files import read_source
from orangecontrib.customs.fusion.engine import Engine
from orangecontrib.customs.fusion.table import default_key
from orangecontrib.customs.groups.footwear import group
from orangecontrib.customs.i18n import speaking

ROWS = [
    ["Спецификация № 5"],
    ["№ п/п", "Артикул", "Наименование", "Материал верха", "Материал подошвы",
     "Длина стельки, см", "Пол", "Код", "Кол-во, пар", "Сумма, USD", "Нетто, кг"],
    [1, "KS-1", "Ботинки", "кожа КРС", "ТЭП", 27, "муж.", 6403911600, 12, 600, 9.5],
    [2, "KS-2", "Туфли летние", "текстиль", "полиуретан", 23.5, "жен.", 6404199000, 30, 450, 12],
    [3, "KS-3", "Сапоги", "", "резина", None, "дет.", "6,4019E+09", "много", None, None],
    ["Итого", None, None, None, None, None, None, None, 42, 1050, 21.5]]


def saved(rows, path):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


@pytest.fixture
def path(tmp_path):
    return saved(ROWS, tmp_path / "spec.xlsx")


def approximately(row):
    return {name: pytest.approx(cell) if isinstance(cell, float) else cell
            for name, cell in row.items()}


def tables(path):
    """What the widget of declarations sends, and what is read of it."""
    text = read_source(path)
    roles = roles_of(text, group().vocabulary)
    rows, _ = trusted_rows(text, roles)
    data = declarations_table(text, rows, roles)
    return data, facts_table(data, default_text(data), FactReader(group()), default_key(data))[0]


def test_roles_are_marked_whatever_columns_are_called(path):
    data, facts = tables(path)
    marked = {Role.of(v): v.name for v in (*data.domain.metas, *data.domain.attributes)
              if Role.of(v) not in (None, Role.STATEMENT, Role.NONE)}
    assert marked == {Role.KEY: "Артикул", Role.DESCRIPTION: "description",
                      Role.DECLARED_CODE: "Код", Role.QUANTITY: "Кол-во, пар",
                      Role.VALUE: "Сумма, USD", Role.WEIGHT: "Нетто, кг"}
    assert default_key(data).name == default_key(facts).name == "Артикул"
    assert data[0]["description"].value == ("Ботинки; Материал верха: кожа КРС; Материал подошвы: "
                                            "ТЭП; Длина стельки: 27 см; Пол: муж.")
    assert data[0]["Код"].value == "6403911600"


def test_the_words_of_a_fact_name_their_column(path):
    _, facts = tables(path)
    assert facts[0]["upper: words"].value == "«верха: кожа КРС» (столбец «Материал верха»)"
    with speaking("en"):
        _, facts = tables(path)
        assert "(column “Материал верха”)" in facts[0]["upper: words"].value


def both(path):
    """Rows of the file, and of the tables that are made of it."""
    case = case_from_tables([Engine(group())], tables(path)[1])
    return (rows_of(case_of(read_goods(path, facts=group().vocabulary), groups=[group()])),
            rows_of(case))


def test_the_same_rows_come_of_the_file_and_of_the_tables(path):
    of_file, of_tables = both(path)
    assert len(of_file) == len(of_tables) == 3
    for one, other in zip(of_file, of_tables):
        assert one == approximately(other)


def test_a_column_of_nothing_but_values_of_its_fact_is_a_column_of_a_fact(tmp_path):
    path = saved([["id", "Описание", "Материал верха", "Материал подошвы"],
                  ["A", "Ботинки", "натуральная кожа", "резина"],
                  ["B", "Ботинки", "пластмасса", "ТЭП"]], tmp_path / "a.xlsx")
    of_file, of_tables = both(path)
    for one, other in zip(of_file, of_tables):
        assert one == approximately(other)
    assert "столбец «Материал верха» – «натуральная кожа»" in of_file[0]["trace"]
    assert "«подошвы: ТЭП» (столбец «Материал подошвы»)" in of_file[1]["trace"]


def test_a_row_of_the_specification_that_can_not_be_read_says_so(path):
    _, _, row = rows_of(case_of(read_goods(path), groups=[group()]))
    assert "6,4019E+09" in row["problems"] and "много" in row["problems"]
    assert row["trace"]
