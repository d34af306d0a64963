"""``orange-customs report``: conclusions as HTML and PDF, codes as a workbook."""
import csv
import os
import re
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import openpyxl
import pypdf
import pytest

from orangecontrib.customs.headless import cli_report
from orangecontrib.customs.headless.cli import main
from orangecontrib.customs.headless.pdf import pdf_of

SAMPLE = Path(str(files("orangecontrib.customs.workflows"))) / "sample"
BOOTS = ("Ботинки мужские, верх из натуральной кожи, подошва из резины, закрывающие лодыжку, "
         "длина стельки 27 см")
GOODS = {"A": BOOTS, "B": "Туфли комнатные женские, верх из текстиля, подошва ПВХ",
         "C": "Крем для обуви чёрный"}


@pytest.fixture
def declarations(tmp_path):
    path = tmp_path / "d.csv"
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["good_id", "description", "quantity"])
        writer.writerows([key, text, 10] for key, text in GOODS.items())
    return path


def report(declarations, out, *more):
    return main(["report", "--declarations", str(declarations), "--out", str(out), *more])


def texts(path):
    return [" ".join(page.extract_text().split()) for page in pypdf.PdfReader(path).pages]


def test_a_page_per_good_in_html_and_in_pdf(declarations, tmp_path):
    assert report(declarations, tmp_path / "r.html") == 0
    html = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert html.count('<div class="conclusion">') == 3 and BOOTS.split(",")[1] in html
    assert report(declarations, tmp_path / "r.pdf") == 0
    pages = texts(tmp_path / "r.pdf")
    assert len(pages) == 3
    for key, page in zip(GOODS, pages):
        assert f"Товар {key}" in page and "Подпись" in page


def test_cyrillic_and_codes_are_found_and_copied_from_a_pdf(declarations, tmp_path):
    assert report(declarations, tmp_path / "r.pdf", "--goods", "A") == 0
    raw = "".join(page.extract_text() for page in pypdf.PdfReader(tmp_path / "r.pdf").pages)
    assert "\t" not in raw, "a code that is pasted into a sheet would fall apart"
    text = " ".join(raw.split())
    for said in ("Заключение о классификации товара", "6403 91", "натуральной кожи",
                 "Таможенная пошлина", "1,25 евро за 1 пару", "Редакция тарифа"):
        assert said in text, said


def test_fonts_are_inside_the_pdf_and_ligatures_are_letters(declarations, tmp_path):
    assert report(declarations, tmp_path / "r.pdf", "--goods", "A", "--lang", "en") == 0
    reader = pypdf.PdfReader(tmp_path / "r.pdf")
    fonts = [font.get_object() for font in reader.pages[0]["/Resources"]["/Font"].values()]
    assert fonts
    for font in fonts:
        descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
        assert {"/FontFile", "/FontFile2", "/FontFile3"} & descriptor.keys()
    assert "Conclusion on the classification of goods" in " ".join(
        reader.pages[0].extract_text().split())


def test_chosen_goods_get_a_page_and_an_unknown_one_is_named(declarations, tmp_path, capsys):
    assert report(declarations, tmp_path / "r.pdf", "--goods", "C", "A") == 0
    first, second = texts(tmp_path / "r.pdf")
    assert "Товар A" in first and "Товар C" in second
    assert report(declarations, tmp_path / "r.html", "--goods", "A", "Z") == 2
    assert "there is no good 'Z'; there are A, B, C" in capsys.readouterr().err
    assert not (tmp_path / "r.html").exists()


def test_photos_of_the_goods_stand_on_their_pages(tmp_path):
    assert report(SAMPLE / "declarations.csv", tmp_path / "r.html", "--photos", str(SAMPLE),
                  "--goods", "G-002") == 0
    html = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert html.count('src="data:image/jpeg;base64,') == len(list((SAMPLE / "G-002").iterdir()))
    assert not re.search(r'src="(?!data:)', html)


def test_answers_and_language_are_those_of_classify(declarations, tmp_path):
    answers = tmp_path / "a.csv"
    answers.write_text("good_id,fact,value\nA,sex,women\n", encoding="utf-8")
    assert report(declarations, tmp_path / "r.html", "--answers", str(answers), "--lang", "en",
                  "--goods", "A") == 0
    html = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "Answers by hand" in html and re.search("sex: women.{1,5}s", html)
    assert '<html lang="en">' in html


def test_an_ending_that_says_nothing_is_refused_before_the_work(declarations, tmp_path, capsys):
    assert report(declarations, tmp_path / "r.txt") == 2
    assert "ends in .html, .pdf or .xlsx" in capsys.readouterr().err
    assert not (tmp_path / "r.txt").exists()


def test_codes_are_written_as_a_workbook_by_both_commands(declarations, tmp_path):
    assert report(declarations, tmp_path / "r.xlsx", "--goods", "A", "B") == 0
    assert main(["classify", "--declarations", str(declarations), "--out",
                 str(tmp_path / "c.XLSX")]) == 0
    chosen = list(openpyxl.load_workbook(tmp_path / "r.xlsx").active.values)
    (tmp_path / "c.XLSX").rename(tmp_path / "c.xlsx")
    every = list(openpyxl.load_workbook(tmp_path / "c.xlsx").active.values)
    assert [row[0] for row in chosen] == ["Товар", "A", "B"]
    assert [row[0] for row in every] == ["Товар", "A", "B", "C"]


def test_a_csv_of_classify_is_as_it_was(declarations, tmp_path):
    assert main(["classify", "--declarations", str(declarations), "--out",
                 str(tmp_path / "c.csv")]) == 0
    with open(tmp_path / "c.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["good_id"] for row in rows] == list(GOODS)


def test_goods_too_many_for_a_sheet_are_told(declarations, tmp_path, capsys, monkeypatch):
    from orangecontrib.customs.cases import workbook
    monkeypatch.setattr(workbook, "MOST_ROWS", 3)
    assert report(declarations, tmp_path / "r.xlsx") == 2
    assert "a sheet holds 2 goods" in capsys.readouterr().err
    assert not (tmp_path / "r.xlsx").exists()


def test_a_report_of_goods_of_which_nothing_is_known_says_so_by_its_exit_code(tmp_path):
    path = tmp_path / "d.csv"
    path.write_text("good_id,description\nA,\n", encoding="utf-8")
    assert report(path, tmp_path / "r.html") == 1
    assert "Код не определяется" in (tmp_path / "r.html").read_text(encoding="utf-8")


def test_what_fits_on_a_sheet_takes_one_and_what_is_endless_goes_on():
    words = "<p>" + "слово " * 200 + "</p>"

    def sheets(times):
        path = pdf_of([("x", words * times)])
        return path.count(b"/Type /Page\n")
    assert sheets(1) == sheets(10) == 1
    assert sheets(60) > 1


def test_html_and_workbook_need_no_qt(declarations, tmp_path):
    code = ("import sys\n"
            "from orangecontrib.customs.headless.cli import main\n"
            "for out in ('r.html', 'r.xlsx'):\n"
            f"    assert main(['report', '--declarations', {str(declarations)!r}, '--out', out]) "
            "== 0\n"
            "assert not {'AnyQt', 'PyQt5', 'Orange', 'scipy', 'torch'} & set(sys.modules)\n")
    subprocess.run([sys.executable, "-c", code], check=True, timeout=600, cwd=tmp_path)


def test_a_pdf_needs_no_display(declarations, tmp_path):
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    env = {name: value for name, value in os.environ.items() if name not in hidden}
    subprocess.run([sys.executable, "-m", "orangecontrib.customs.headless.cli", "report",
                    "--declarations", str(declarations), "--out", str(tmp_path / "r.pdf")],
                   check=True, timeout=600, env=env)
    assert len(texts(tmp_path / "r.pdf")) == 3


def test_endings_are_told_whatever_their_case():
    assert cli_report.ending(Path("a/B.HTML")) == ".html"
