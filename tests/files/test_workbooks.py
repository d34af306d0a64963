"""Workbooks as people fill them: headers, merged cells, sheets, and what Excel does to cells."""
import datetime
import tracemalloc

import openpyxl
import pytest

from orangecontrib.customs.cases.files import InputError, read_goods
from orangecontrib.customs.files import TableFileError, read_source

HEADER = ["№ товара", "Описание товара", "Код ТН ВЭД", "Количество, пар"]
GOOD = ["A", "Ботинки мужские", "6403911600", 12]


@pytest.fixture
def book():
    made = openpyxl.Workbook()
    made.active.title = "Товары"
    return made


@pytest.fixture
def saved(tmp_path):
    def save(book, name="a.xlsx"):
        book.save(tmp_path / name)
        return tmp_path / name
    return save


def fill(sheet, *rows):
    for row in rows:
        sheet.append(row)


def said(problems):
    return "; ".join(map(str, problems))


def test_the_sheet_of_goods_is_found_and_another_can_be_named(book, saved):
    fill(book.active, HEADER, GOOD)
    fill(book.create_sheet("Упаковка", 0), ["Короб", "Вес"], [1, 2])
    book.create_sheet("Черновик").sheet_state = "hidden"
    fill(book["Черновик"], HEADER, GOOD, GOOD)
    path = saved(book)
    table = read_source(path)
    assert table.sheet == "Товары" and len(table.rows) == 1
    assert table.sheets == ("Упаковка", "Товары", "Черновик")
    assert "Товары is read (others: Упаковка, Черновик)" in table.notes[0]
    assert "hidden sheets: Черновик" in table.notes[1]
    assert read_source(path, sheet="упаковка").columns == ("Короб", "Вес")
    assert len(read_source(path, sheet="3").rows) == 2
    with pytest.raises(TableFileError, match="no sheet Нет; there are: Упаковка, Товары"):
        read_source(path, sheet="Нет")


def test_sheets_that_look_the_same_are_named(book, saved):
    fill(book.active, HEADER, GOOD)
    fill(book.create_sheet("Товары 2"), HEADER, GOOD)
    assert "Товары 2 looks the same" in read_source(saved(book)).notes[0]


def test_a_sheet_of_a_table_without_sheets_is_remarked_on(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("description\nТуфли\n", encoding="utf-8")
    assert "no sheets" in read_source(path, sheet="Лист1").notes[0]


def test_a_header_of_several_merged_rows_is_one_of_names(book, saved):
    fill(book.active, ["№", "Описание", "Вес", None], [None, None, "брутто", "нетто"],
         ["A", "Туфли", 2, 1])
    for area in ("A1:A2", "B1:B2", "C1:D1"):
        book.active.merge_cells(area)
    table = read_source(saved(book))
    assert table.columns == ("№", "Описание", "Вес брутто", "Вес нетто")
    assert [row.line for row in table.rows] == [3]


def test_merged_cells_hold_for_all_their_rows_but_what_is_counted_for_none(book, saved):
    fill(book.active, HEADER, GOOD, ["B", None, None, None], ["C", "Туфли", "6404199000", 5])
    for area in ("B2:B3", "C2:C3", "D2:D3"):
        book.active.merge_cells(area)
    first, second, third = read_goods(saved(book))
    assert second.description == "Ботинки мужские" and second.declared_code == "6403911600"
    assert first.quantity is second.quantity is None and third.quantity == 5
    assert "одна ячейка на несколько строк" in said(first.problems)
    assert not third.problems


def test_numbers_are_what_they_are_not_what_excel_shows(book, saved):
    fill(book.active, HEADER, [1.0, "Туфли", 6403911600.0, 12.5], [2, "Туфли", 101210000, 3])
    book.active["A2"].number_format = "000"
    book.active["C2"].number_format = "0.00E+00"
    book.active["C3"].number_format = "0000000000"
    first, second = read_goods(saved(book))
    assert (first.good_id, first.declared_code, first.quantity) == ("001", "6403911600", 12.5)
    assert second.declared_code == "0101210000"
    assert not first.problems and not second.problems


def test_a_code_that_is_a_shortened_text_is_a_problem_that_says_what_to_do(book, saved):
    lines = []
    fill(book.active, HEADER, ["A", "Туфли", "6,4039E+09", 1])
    good, = read_goods(saved(book), tell=lines.append)
    assert good.declared_code == "" and "текстовый формат" in said(good.problems)
    assert any("Excel's doing" in line for line in lines)


def test_dates_in_the_place_of_ids_and_sizes_are_told(book, saved):
    day = datetime.datetime(2026, 5, 12)
    fill(book.active, ["Артикул", "Наименование", "Размер", "Дата"],
         [day, "Ботинки", "40", day], ["B", "Ботинки", day, day])
    first, second = read_goods(saved(book))
    assert first.good_id == "2026-05-12"
    assert "«Артикул»: 2026-05-12 – дата" in said(first.problems)
    assert "«Размер»: 2026-05-12 – дата" in said(second.problems)
    assert "Дата»" not in said(first.problems + second.problems)


def test_formulas_without_a_value_and_errors_are_told(book, saved):
    fill(book.active, HEADER, ["A", "Туфли", "6403911600", "=6*2"], ["B", "#REF!", "", 5])
    book.active["B3"].data_type = "e"
    first, second = read_goods(saved(book))
    assert first.quantity is None and "формула без значения" in said(first.problems)
    assert second.description == "" and "ошибка в формуле" in said(second.problems)


def test_totals_numbers_of_columns_and_titles_are_no_goods(book, saved):
    fill(book.active, ["Спецификация № 7"], [], HEADER, [1, 2, 3, 4], GOOD, [],
         ["Итого:", None, None, 12])
    table = read_source(saved(book))
    assert [row.line for row in table.rows] == [5] and table.header == 3
    assert len(table.notes) == 3


def test_codes_with_spaces_and_leading_apostrophes_are_read(book, saved):
    fill(book.active, HEADER, ["A", "Туфли", "6403 91 160 0", "1 200"])
    good, = read_goods(saved(book))
    assert (good.declared_code, good.quantity) == ("6403911600", 1200)


def test_a_column_that_counts_and_stands_twice_is_refused_another_is_renamed(book, saved):
    fill(book.active, [*HEADER, "Прим", "Прим"], [*GOOD, "a", "b"])
    assert read_source(saved(book)).columns[-2:] == ("Прим", "Прим (2)")
    fill(book.create_sheet("Два"), ["Описание товара", "Описание товара"], ["a", "b"])
    with pytest.raises(InputError, match="row 1: the column Описание товара stands twice"):
        read_goods(saved(book), sheet="Два")


def test_an_empty_workbook_has_no_columns(book, saved):
    table = read_source(saved(book))
    assert table.columns == () and not table.rows
    with pytest.raises(InputError, match="no column description"):
        read_goods(saved(book))


def test_progress_grows_and_may_end_the_reading(book, saved):
    fill(book.active, HEADER, *[GOOD] * 3000)
    path, shares = saved(book), []
    assert len(read_source(path, progress=shares.append).rows) == 3000
    assert shares == sorted(shares) and len(shares) > 3 and shares[-1] == 1

    def stop(share):
        raise RuntimeError("enough")
    with pytest.raises(RuntimeError, match="enough"):
        read_source(path, progress=stop)


def test_memory_is_that_of_the_rows_however_many_there_are(tmp_path):
    made = openpyxl.Workbook(write_only=True)
    sheet = made.create_sheet("Товары")
    sheet.append(HEADER)
    for number in range(10_000):
        sheet.append([number, f"Ботинки мужские, артикул {number}", 6403911600, 12])
    made.save(tmp_path / "a.xlsx")
    read_source(tmp_path / "a.xlsx")  # what is imported late is imported
    tracemalloc.start()
    try:
        table = read_source(tmp_path / "a.xlsx")
        now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(table.rows) == 10_000
    assert peak < 1.5 * now + 10e6
