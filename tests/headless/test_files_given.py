"""Any file of declarations on the command line: the same goods, and what was taken for what."""
import csv
import runpy
from pathlib import Path

import openpyxl
import pytest

from orangecontrib.customs.headless.cli import main

TOOL = runpy.run_path(str(Path(__file__).parents[2] / "tools" / "declaration_files.py"))
BOOTS = "Ботинки мужские, закрывающие лодыжку"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return TOOL["make"](tmp_path_factory.mktemp("made"))


def rows_of(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def run(command, path, out, *options):
    code = main([command, "--declarations", str(path), "--out", str(out), *options])
    return code, rows_of(out) if out.exists() else []


@pytest.fixture(scope="module")
def expected(made, tmp_path_factory):
    out = tmp_path_factory.mktemp("expected") / "o.csv"
    code, rows = run("classify", made["csv utf-8"], out)
    assert code == 0
    return rows


def test_the_goods_of_the_script_have_codes_and_agree(expected):
    assert [row["good_id"] for row in expected] == [good[0] for good in TOOL["GOODS"]]
    assert all(row["code"] for row in expected) and not any(row["problems"] for row in expected)
    assert expected[0]["agrees"] == "yes" and expected[0]["currency"] == "EUR"


@pytest.mark.parametrize("name", TOOL["NAMES"])
def test_each_file_gives_the_same_rows(made, expected, tmp_path, name):
    code, rows = run("classify", made[name], tmp_path / "o.csv")
    assert code == 0
    # a declaration has no line breaks
    assert [{key: text.replace("\\n", " ") for key, text in row.items()} for row in rows] == [
        {key: text.replace("\\n", " ") for key, text in row.items()} for row in expected]


def test_facts_read_a_workbook_too(made, tmp_path):
    code, rows = run("facts", made["xlsx form"], tmp_path / "o.csv", "--group", "footwear")
    assert code == 0 and rows[0]["upper"] == "leather" and len(rows) == 4


def workbook(path, *sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def test_what_was_taken_for_what_is_said(made, tmp_path, capsys):
    run("facts", made["xlsx form"], tmp_path / "o.csv")
    said = capsys.readouterr().err
    assert "xlsx form.xlsx: the sheet Товары is read" in said
    assert "description = Описание товара (its name)" in said
    assert "quantity = Количество пар (its name)" in said
    assert "row 11: a total, no good" in said


def test_a_column_and_a_sheet_can_be_named(tmp_path, capsys):
    path = workbook(tmp_path / "a.xlsx",
                    ("Первый", [["№", "Описание", "Текст"], ["1", "нет", BOOTS]]),
                    ("Второй", [["id", "Описание"], ["2", BOOTS]]))
    _, rows = run("classify", path, tmp_path / "o.csv", "--column", "description=Текст",
                  "--column", "id=Описание", "--sheet", "Первый")
    assert [row["good_id"] for row in rows] == ["нет"] and rows[0]["code"]
    assert "description = Текст (as was said)" in capsys.readouterr().err
    _, rows = run("classify", path, tmp_path / "o.csv", "--sheet", "2")
    assert [row["good_id"] for row in rows] == ["2"]


@pytest.mark.parametrize("option, said", [
    (("--column", "description=Нет"), "no column Нет; its columns are: a, b"),
    (("--column", "price=a"), "no role price; there are: description"),
    (("--sheet", "Нет"), "no sheet Нет; there are: Лист"),
    ((), 'no column description; its columns are: a, b; say which one it is: --column'),
])
def test_what_there_is_not_is_exit_code_2_and_says_what_there_is(tmp_path, capsys, option, said):
    path = workbook(tmp_path / "a.xlsx", ("Лист", [["a", "b"], ["1", "2"]]))
    assert run("classify", path, tmp_path / "o.csv", *option)[0] == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "o.csv").exists()


def test_a_column_without_a_role_is_an_argument_that_can_not_be_used(tmp_path, capsys):
    with pytest.raises(SystemExit) as end:
        run("classify", tmp_path / "a.csv", tmp_path / "o.csv", "--column", "Описание")
    assert end.value.code == 2 and 'ROLE="NAME"' in capsys.readouterr().err


def test_a_specification_is_read_and_its_columns_stand_in_the_trace(tmp_path, capsys):
    path = workbook(tmp_path / "a.xlsx", ("Спецификация", [
        ["Спецификация № 5"],
        ["№ п/п", "Артикул", "Наименование", "Материал верха", "Материал подошвы",
         "Длина стельки, см", "Пол", "Количество, пар", "Сумма, USD"],
        [1, "KS-1", BOOTS, "кожа КРС", "ТЭП", 27, "муж.", 12, 600]]))
    _, (row,) = run("classify", path, tmp_path / "o.csv")
    assert (row["good_id"], row["code"], row["currency"]) == ("KS-1", "6403911600", "USD")
    for words, column in (("верха: кожа КРС", "Материал верха"), ("подошвы: ТЭП",
                          "Материал подошвы"), ("Длина стельки: 27 см", "Длина стельки, см")):
        assert f"«{words}» (столбец «{column}»)" in row["trace"], row["trace"]
    assert not row["problems"]
    assert "a specification" in capsys.readouterr().err


def test_ids_meet_those_of_the_photos(tmp_path, capsys):
    photos = tmp_path / "photos.csv"
    photos.write_text("good_id,image\nKS0121,a.jpg\nKS0122,b.jpg\n", encoding="utf-8")
    path = workbook(tmp_path / "a.xlsx", ("Лист", [["№ товара", "Модель", "Описание"],
                                                   [1, "KS0121", BOOTS], [2, "KS0122", BOOTS]]))
    _, rows = run("classify", path, tmp_path / "o.csv", "--photos", str(photos))
    assert [row["good_id"] for row in rows] == ["KS0121", "KS0122"]
    assert "meets 2 of 2 ids of the photos" in capsys.readouterr().err
