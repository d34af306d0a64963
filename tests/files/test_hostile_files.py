"""Files that are damaged, hostile or no tables: a message, in bounded memory."""
import runpy
import tracemalloc
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orangecontrib.customs.cases.files import InputError, read_goods
from orangecontrib.customs.files import ENDINGS, TableFileError, TextTable, grid, read_source

TOOL = runpy.run_path(str(Path(__file__).parents[2] / "tools" / "declaration_files.py"))
ROW = b'<row r="%d"><c r="A%d" t="inlineStr"><is><t>a</t></is></c></row>'


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return TOOL["make"](tmp_path_factory.mktemp("made"))


def with_part(source, target, part, content):
    """A copy of a workbook with another content of a part."""
    with zipfile.ZipFile(source) as old, \
            zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name != part:
                new.writestr(name, old.read(name))
        with new.open(part, "w", force_zip64=True) as file:
            for piece in content:
                file.write(piece)
    return target


def sheet_of(rows):
    yield (b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
           b"<sheetData>")
    yield from rows
    yield b"</sheetData></worksheet>"


def test_a_zip_bomb_is_refused_before_it_is_unpacked(made, tmp_path):
    bomb = with_part(made["xlsx"], tmp_path / "bomb.xlsx", "xl/worksheets/sheet1.xml",
                     sheet_of(b" " * 10 ** 6 for _ in range(200)))
    assert bomb.stat().st_size < 10 ** 6
    tracemalloc.start()
    try:
        with pytest.raises(TableFileError, match="unpacks to 200 MB"):
            read_source(bomb)
        assert tracemalloc.get_traced_memory()[1] < 20e6
    finally:
        tracemalloc.stop()


def test_a_sheet_of_empty_rows_and_formats_is_read_in_little_memory(made, tmp_path):
    empty = b"".join(b'<row r="%d"><c r="A%d" s="1"/><c r="ZZ%d" s="1"/></row>' % (i, i, i)
                     for i in range(2, 3000))
    path = with_part(made["xlsx"], tmp_path / "empty.xlsx", "xl/worksheets/sheet1.xml",
                     sheet_of([ROW % (1, 1), empty, ROW % (3000, 3000)]))
    table = read_source(path)
    assert table.columns == ("a",) and [row.line for row in table.rows] == [3000]


def test_a_cell_that_is_too_long_is_cut_and_its_row_says_so(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["description", "quantity"])
    book.active.append(["Ботинки", 1])
    book.save(tmp_path / "a.xlsx")
    long = b'<row r="2"><c r="A2" t="inlineStr"><is><t>%s</t></is></c></row>' % (b"a" * 1_500_000)
    head = b'<row r="1"><c r="A1" t="inlineStr"><is><t>description</t></is></c></row>'
    path = with_part(tmp_path / "a.xlsx", tmp_path / "b.xlsx", "xl/worksheets/sheet1.xml",
                     sheet_of([head, long, ROW % (3, 3)]))
    cut, whole = read_goods(path)
    assert len(cut.description) == 1_000_000 and whole.description == "a"
    assert "длиннее миллиона знаков" in str(cut.problems[0])


def test_more_cells_than_a_table_has_end_with_the_row(made, monkeypatch):
    monkeypatch.setattr(grid, "MOST_CELLS", 20)
    with pytest.raises(TableFileError, match="xlsx.xlsx, row 3: more than .*split the table"):
        read_source(made["xlsx"])


@pytest.mark.parametrize("text, complaint", [
    ('<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><a>&b;</a>', "declares entities"),
    ('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "declares entities"),
    ("<a>" * 5000 + "</a>" * 5000, "nested"),
    ("<a><b></a>", "not well-formed"),
    ("<note><to>you</to></note>", "XML .note. without goods"),
    ("<a>" + "<b/>" * 300_000 + "</a>", "nested, or listed"),
])
def test_a_hostile_or_foreign_xml_is_refused(tmp_path, text, complaint):
    path = tmp_path / "d.xml"
    path.write_text(f'<?xml version="1.0"?>{text}', encoding="utf-8")
    with pytest.raises(TableFileError, match=f"d.xml.*{complaint}"):
        read_source(path)


@pytest.mark.parametrize("text, complaint", [
    ("[" * 200_000, "nested too deeply"), ("[1, 2]", "no list of records"),
    ('{"a": 1', "is not JSON"), ("[]", "no list of records"),
    ("[" + '{"a": 1}' + ", 7]" , None)])
def test_a_json_that_is_no_table(tmp_path, text, complaint):
    path = tmp_path / "d.json"
    path.write_text(text, encoding="utf-8")
    if complaint:
        with pytest.raises(TableFileError, match=f"d.json.*{complaint}"):
            read_source(path)
    else:
        table = read_source(path)
        assert len(table.rows) == 1 and "single value in 2" in table.notes[0]


def test_a_bad_line_of_json_lines_is_named_and_the_rest_is_read(tmp_path):
    path = tmp_path / "d.jsonl"
    path.write_text('{"description": "Ботинки"}\noops\n\n{"description": "Туфли"}\n',
                    encoding="utf-8")
    table = read_source(path)
    assert [row.line for row in table.rows] == [1, 4] and "line 2" in table.notes[0]


@pytest.mark.parametrize("beginning, kind", [
    (b"%PDF-1.7\n", "a PDF"), (b"\x89PNG\r\n", "a picture"), (b"Rar!\x1a", "an archive")])
def test_what_is_no_table_is_named(tmp_path, beginning, kind):
    path = tmp_path / "d.xlsx"
    path.write_bytes(beginning * 10)
    with pytest.raises(TableFileError, match=f"d.xlsx is {kind}, not a table"):
        read_source(path)


def test_other_zips_are_named(tmp_path):
    for name, member, said in (("a.zip", "a.txt", "a zip, not a workbook"),
                               ("a.ods", "content.xml", "OpenDocument"),
                               ("a.xlsb", "xl/workbook.bin", "binary workbook")):
        with zipfile.ZipFile(tmp_path / name, "w") as file:
            file.writestr(member, "")
        with pytest.raises(TableFileError, match=said):
            read_source(tmp_path / name)


def test_a_web_page_called_xls_is_named(tmp_path):
    path = tmp_path / "d.xls"
    path.write_text("<html><table><tr><td>1</td></tr></table></html>", encoding="utf-8")
    with pytest.raises(TableFileError, match="web page"):
        read_source(path)


def read(path):
    """A table, or the message of a file that is none."""
    try:
        assert isinstance(read_source(path), TextTable)
    except TableFileError as error:
        assert str(path) in str(error)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(max_size=400), st.sampled_from(ENDINGS), st.sampled_from(
    [b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PAR1", b"<?xml", b"{", b"["]))
def test_any_bytes_under_any_ending_are_a_table_or_a_message(tmp_path, data, ending, beginning):
    path = tmp_path / f"a{ending}"
    path.write_bytes(beginning + data)
    read(path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None,
          max_examples=60)
@given(st.sampled_from(["xlsx", "xlsx form", "xls", "parquet", "declaration", "json"]),
       st.floats(0, 1), st.binary(min_size=1, max_size=20), st.booleans())
def test_damaged_files_are_a_table_or_a_message(made, tmp_path, name, place, bytes_, cut):
    data = made[name].read_bytes()
    at = int(place * len(data))
    path = tmp_path / f"damaged{made[name].suffix}"
    path.write_bytes(data[:at] if cut else data[:at] + bytes_ + data[at + len(bytes_):])
    read(path)


def test_a_damaged_workbook_is_exit_code_2_of_the_command_line(made, tmp_path):
    path = tmp_path / "d.xlsx"
    path.write_bytes(made["xlsx"].read_bytes()[:2000])
    with pytest.raises(InputError, match="damaged workbook"):
        read_goods(path)
