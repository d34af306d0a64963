"""Random tables through each format: what was written is read."""
import csv
import io
import json

import openpyxl
import pyarrow
import pyarrow.parquet
import pytest
import xlwt
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orangecontrib.customs.files import read_cell, read_source

#: Cells that every format can hold, a workbook too; a question mark is "unknown" for Orange.
CELL = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"),
                             exclude_characters="\ufffe\uffff'=+-@\ufeff"), max_size=20)
RUSSIAN = st.text(st.sampled_from("абвгдежзийклмнопрстуфхцчшщъыьэюяАБВЯ ,;|\t\"'-.0123456789\n"),
                  max_size=30)


def tables(cell):
    """Columns that are known, and rows in which at least the id stands."""
    columns = ("good_id", "Описание товара", "Прочее")
    row = st.tuples(st.integers(1, 10 ** 6).map(str), cell, cell)
    return st.lists(row, max_size=8).map(lambda rows: (columns, rows))


def as_csv(path, columns, rows, delimiter=";", encoding="utf-8"):
    file = io.StringIO()
    csv.writer(file, delimiter=delimiter).writerows([columns, *rows])
    path.write_bytes(file.getvalue().encode(encoding))


def as_xlsx(path, columns, rows):
    book = openpyxl.Workbook()
    for row in (columns, *rows):
        book.active.append(row)
    book.save(path)


def as_xls(path, columns, rows):
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("a")
    for number, row in enumerate((columns, *rows)):
        for place, text in enumerate(row):
            sheet.write(number, place, text)
    book.save(str(path))


def as_json(path, columns, rows):
    path.write_text(json.dumps([dict(zip(columns, row)) for row in rows] or [
        dict.fromkeys(columns, "")]), encoding="utf-8")


def as_jsonl(path, columns, rows):
    path.write_text("\n".join(json.dumps(dict(zip(columns, row)), ensure_ascii=False)
                              for row in rows), encoding="utf-8")


def as_parquet(path, columns, rows):
    pyarrow.parquet.write_table(pyarrow.table({
        name: pyarrow.array([row[place] for row in rows], pyarrow.string())
        for place, name in enumerate(columns)}), path)


def cells(table):
    return [tuple(row.cells.values()) for row in table.rows]


WRITERS = {"csv": as_csv, "xlsx": as_xlsx, "xls": as_xls, "json": as_json, "jsonl": as_jsonl,
           "parquet": as_parquet}
SETTINGS = dict(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None,
                max_examples=40)


@pytest.mark.parametrize("kind", WRITERS)
@settings(**SETTINGS)
@given(table=tables(CELL))
def test_what_is_written_is_read(kind, tmp_path, table):
    path = tmp_path / f"a.{kind}"
    WRITERS[kind](path, *table)
    read = read_source(path)
    if table[1]:
        assert read.columns == table[0]
        assert cells(read) == table[1]
        assert not any(row.marks or row.doubt for row in read.rows)


@pytest.mark.parametrize("encoding", ["cp1251", "cp866", "koi8-r", "utf-16", "utf-16-le"])
@settings(**SETTINGS)
@given(table=tables(RUSSIAN), delimiter=st.sampled_from(",;\t|"))
def test_what_is_written_in_an_encoding_is_read_when_that_is_named(encoding, tmp_path, table,
                                                                   delimiter):
    path = tmp_path / "a.csv"
    as_csv(path, *table, delimiter, encoding)
    read = read_source(path, encoding=encoding)
    assert read.columns == table[0] and read.delimiter == delimiter
    assert [tuple(" ".join(text.split()) for text in row) for row in cells(read)] \
        == [tuple(" ".join(read_cell(text).split()) for text in row) for row in table[1]]
