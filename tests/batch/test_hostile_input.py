"""Bad input of every kind through `classify`: a message or a result, never a traceback."""
import codecs
import contextlib
import csv
import json
import os
import struct
import zipfile
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orangecontrib.customs.batch import work
from orangecontrib.customs.declarations import FactReader
from orangecontrib.customs.files import TableFileError, shown
from orangecontrib.customs.files import tables as tables_module
from orangecontrib.customs.groups import loaded_groups
from orangecontrib.customs.headless.cli import main
from orangecontrib.customs.photos.model import ModelError, PhotoModel, bundled_path

BOOTS = "БОТИНКИ МУЖСКИЕ, ВЕРХ ИЗ НАТУРАЛЬНОЙ КОЖИ, ПОДОШВА ИЗ РЕЗИНЫ"
HEAD = "good_id,description\n"
ROW = f'A,"{BOOTS}"\n'


@cache
def _reader(id_):
    return FactReader(next(group for group in loaded_groups() if group.id == id_))


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(work, "reader_of", lambda group: _reader(group.id))


def classify(folder, name="d.csv", *extra):
    return main(["classify", "--declarations", str(folder / name), "--out",
                 str(folder / "o.csv"), "--bad-rows", str(folder / "bad.csv"),
                 *map(str, extra)])


def rows_in(folder):
    with open(folder / "o.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


#: Ids that stand in a result as they are, and in no other line than their own.
IDS = {"a line break": "A\nB", "a carriage return": "A\rB", "tabs": "\tA", "a formula": "=1+1",
       "another one": "@SUM(A1)", "a command": "=cmd|' /C calc'!A0", "minus": "-5", "plus": "+7",
       "right to left": "A\u202eB", "isolated": "\u2066A\u2069", "zero width": "A\u200bB",
       "a mark": "\ufeffA", "combined": "Й", "emoji": "👢", "quotes": 'A"B', "escape": "\x1b[31mA",
       "bell": "A\x07", "delete": "A\x7f", "null-like": "␀", "a path": "../../etc/passwd",
       "html": "<script>alert(1)</script>", "braces": "{0}{x}%s", "hash": "A#2", "hashes": "###",
       "long": "A" * 5000, "only spaces": "   ", "surrogate-like": "\\udcff", "NUL": "A\0B",
       "separator": "A;B,C|D", "line separator": "A\u2028B", "vertical": "A\x0bB"}


@pytest.mark.parametrize("kind", IDS)
def test_an_odd_id_is_one_row(tmp_path, kind, capsys):
    with open(tmp_path / "d.csv", "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["good_id", "description"], [IDS[kind], BOOTS],
                                    ["last", BOOTS]])
    assert classify(tmp_path) in (0, 2)
    said = capsys.readouterr()
    assert not any(c in said.err + said.out for c in "\x1b\x07\u202e\x7f")
    if (tmp_path / "o.csv").exists():
        assert [row["good_id"] for row in rows_in(tmp_path)][1:] == ["last"]


#: Descriptions that hold what no declaration does.
TEXTS = {"nothing": "", "spaces": " " * 1000, "digits": "1" * 30000, "dots": "." * 30000,
         "one word": "ботинки " * 4000, "percents": "50% кожа " * 3000, "no words": "!?#" * 999,
         "mixed letters": "a" + "я" * 20000, "quotation": "«" * 3000, "brackets": "(" * 3000,
         "combining": "е\u0301" * 5000, "right to left": "\u202eботинки", "hebrew": "נעליים",
         "emoji": "👢" * 500, "tags": "<b>" * 2000, "a mail": "a@b.ru " * 1000,
         "an address": "https://a.b/" * 999, "a barcode": "Ботинки GTIN 04601234567890 кожа",
         "a standard": "Ботинки рабочие EN.ISO.20345.2011.S3, кожа", "lines": "верх\n" * 2000,
         "many goods": "; ".join(f"Товар №{n}: туфли {n} пар" for n in range(300)),
         "sizes": "ботинки 1-" + "9" * 4000, "fractions": "1/2" * 3000, "signs": "+-*/=" * 2000,
         "nulls": "ботинки\0кожа", "braces": "{0} {x} %s %(a)s", "backslashes": "\\" * 5000}


@pytest.mark.parametrize("kind", TEXTS)
def test_an_odd_description_is_decided_and_so_is_the_next(tmp_path, kind):
    with open(tmp_path / "d.csv", "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["good_id", "description"], ["A", TEXTS[kind]], ["B", BOOTS]])
    assert classify(tmp_path) == 0
    found = rows_in(tmp_path)
    assert found[-1]["good_id"] == "B" and found[-1]["code"].startswith("6403")
    assert not any("ошибки в программе" in row["problems"] for row in found)


#: Files that are no tables to be trusted, or hardly.
FILES = {
    "empty": b"", "a mark alone": codecs.BOM_UTF8, "zeros": b"\0" * 5000, "ones": b"\xff" * 5000,
    "a header alone": HEAD.encode(), "no header": ROW.encode(), "spaces": b" \n" * 1000,
    "line ends": b"\r\n\n\r" * 500, "an open quote": (HEAD + 'A,"x\nB,y\n').encode(),
    "a quote in a field": (HEAD + 'A,x"y\n').encode(), "quotes": b'"' * 9999,
    "commas": b"," * 9999, "a column twice": b"description,description\na,b\n",
    "no such column": b"a,b\n1,2\n", "html": b"<!doctype html><table><tr><td>a</table>",
    "xml": b"<?xml version='1.0'?><a/>", "broken xml": b"<?xml version='1.0'?><a><b></a>",
    "entities": b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>",
    "a pdf": b"%PDF-1.7\n", "a picture": b"\x89PNG\r\n\x1a\n", "a jpeg": b"\xff\xd8\xff\xe0",
    "gzip": b"\x1f\x8b\x08\0", "rar": b"Rar!\x1a\x07", "7z": b"7z\xbc\xaf\x27\x1c",
    "rtf": b"{\\rtf1 a}", "a broken zip": b"PK\x03\x04" + b"\0" * 100,
    "an empty zip": b"PK\x05\x06" + b"\0" * 18, "old excel": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    "parquet": b"PAR1" + b"\0" * 50 + b"PAR1", "json": b"{", "nested json": b"[" * 99999,
    "a list of numbers": b"[1,2,3]", "json records": b'[{"description": "x"}, 5, null]',
    "odd json": b'{"a": {"b": [{"description": null}]}}',
    "infinite json": b'[{"description": 1e999}]',
    "utf-16": HEAD.encode("utf-16"), "half a utf-16": HEAD.encode("utf-16")[:-1],
    "utf-16 without mark": (HEAD + ROW).encode("utf-16-le"),
    "cp866": (HEAD + ROW * 9).encode("cp866"), "koi8": (HEAD + ROW * 9).encode("koi8-r"),
    "mixed": (HEAD + ROW).encode() + ROW.encode("cp1251"), "torn": (HEAD + ROW).encode()[:-9],
    "surplus": (HEAD + "A,a,b,c\n" + ROW).encode(), "short": (HEAD + "A\n" + ROW).encode(),
    "a separator said": ("sep=;\n" + (HEAD + ROW).replace(",", ";")).encode(),
    "a long header": b"a" * 10 ** 6 + b"\n1\n", "wide": b",".join(
        b"c%d" % n for n in range(3000)) + b"\n",
    "old macs": (HEAD + ROW).replace("\n", "\r").encode()}


@pytest.mark.parametrize("name", ["d.csv", "d.xlsx"])
@pytest.mark.parametrize("kind", FILES)
def test_a_file_that_is_no_table_is_a_message(tmp_path, kind, name, capsys):
    (tmp_path / name).write_bytes(FILES[kind])
    code = classify(tmp_path, name)
    said = capsys.readouterr().err
    assert code in (0, 1, 2) and "Traceback" not in said
    assert (code == 2) == (not (tmp_path / "o.csv").exists())
    assert code != 2 or said.startswith("orange-customs: ")
    assert not list(tmp_path.glob(".*.new"))


@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
@given(st.one_of(st.binary(max_size=300), st.text(max_size=200).map(
    lambda text: (HEAD + text).encode("utf-8", "surrogatepass")), st.lists(st.tuples(
        st.text(max_size=20), st.text(max_size=60)), max_size=6).map(
            lambda rows: (HEAD + "".join(f'"{a}","{b}"\n' for a, b in rows)).encode(
                "utf-8", "surrogatepass"))))
def test_any_bytes_are_a_message_or_a_result(tmp_path_factory, content):
    folder = tmp_path_factory.mktemp("any")
    (folder / "d.csv").write_bytes(content)
    assert classify(folder) in (0, 1, 2)


@pytest.mark.parametrize("option, content", [
    (option, content) for option in ("--priors", "--answers", "--predictions")
    for content in (b"", b"\0\0", b"a,b\n1,2\n", b"good_id,fact,value\nA,x,y\n",
                    b"fact,value,probability\nupper,leather,nan\n", b"\xff\xfe", b"%PDF",
                    b"fact,value,probability\nupper,leather,-1\n", b'a,"b\n',
                    b"good_id,LR (6403)\nA,inf\n", b"good_id,LR (6403)\nA,x\n")])
def test_a_table_beside_the_declarations_is_a_message_or_does_no_harm(
        tmp_path, option, content, capsys):
    (tmp_path / "d.csv").write_text(HEAD + ROW, encoding="utf-8")
    (tmp_path / "t.csv").write_bytes(content)
    assert classify(tmp_path, "d.csv", option, tmp_path / "t.csv") in (0, 2)
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize("make", [
    os.mkfifo, os.mkdir, lambda path: os.symlink(path, path), lambda path: os.symlink("/no", path),
    lambda path: os.symlink("/dev/zero", path)], ids=["pipe", "folder", "loop", "dangling", "zero"])
def test_only_files_are_photos(tmp_path, make):
    (tmp_path / "d.csv").write_text(HEAD + ROW, encoding="utf-8")
    (tmp_path / "photos" / "A").mkdir(parents=True)
    make(tmp_path / "photos" / "A" / "1.jpg")
    assert classify(tmp_path, "d.csv", "--photos", tmp_path / "photos") == 0
    row, = rows_in(tmp_path)
    assert row["code"].startswith("6403") and "фотографий" in row["problems"]


@pytest.mark.parametrize("name", [b"a\nb.jpg", b"\xff\xfe.jpg", "a\u202egpj.jpg".encode(),
                                  b"\x1b[2J.jpg"])
def test_a_photo_of_whatever_name_is_told_of_on_one_line(tmp_path, name, capfd):
    (tmp_path / "d.csv").write_text(HEAD + ROW, encoding="utf-8")
    folder = tmp_path / "photos" / "A"
    folder.mkdir(parents=True)
    with open(os.fsencode(folder) + b"/" + name, "wb") as file:
        file.write(b"no photo")
    assert classify(tmp_path, "d.csv", "--photos", tmp_path / "photos") == 0
    told, = (line for line in capfd.readouterr().err.splitlines() if "skipped" in line)
    assert told.isprintable()


def test_a_zip_that_unpacks_to_too_much_is_not_unpacked(tmp_path):
    (tmp_path / "d.csv").write_text(HEAD + ROW, encoding="utf-8")
    with zipfile.ZipFile(tmp_path / "p.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(3):
            archive.writestr(f"A/{number}.jpg", b"\xff\xd8\xff" + b"\0" * 30_000_000)
    assert classify(tmp_path, "d.csv", "--photos", tmp_path / "p.zip") == 0
    assert "фотографий" in rows_in(tmp_path)[0]["problems"]


def test_a_cell_of_a_text_table_that_is_too_long_is_cut_and_told(tmp_path, monkeypatch):
    monkeypatch.setattr(tables_module, "MOST_IN_CELL", 1000)
    (tmp_path / "d.csv").write_text(HEAD + f'A,"{BOOTS} {"x" * 5000}"\n', encoding="utf-8")
    assert classify(tmp_path) == 0
    assert "ячейка длиннее" in rows_in(tmp_path)[0]["problems"]


def test_a_long_text_is_read_line_by_line_and_is_the_same(tmp_path, monkeypatch):
    (tmp_path / "d.csv").write_text("\ufeffsep=;\n" + (HEAD + ROW * 40).replace(",", ";", 1)
                                    .replace("A,", "A;"), encoding="utf-8")
    assert classify(tmp_path) == 0
    whole = (tmp_path / "o.csv").read_bytes()
    monkeypatch.setattr(tables_module, "AT_ONCE", 400)
    assert classify(tmp_path) == 0
    assert (tmp_path / "o.csv").read_bytes() == whole


@pytest.mark.parametrize("encoding", ["cp1251", "utf-16", "utf-8"])
def test_a_long_text_is_read_in_its_encoding(tmp_path, monkeypatch, encoding):
    (tmp_path / "d.csv").write_bytes((HEAD + ROW * 40).encode(encoding))
    monkeypatch.setattr(tables_module, "AT_ONCE", 1000)
    assert classify(tmp_path) == 0
    assert len(rows_in(tmp_path)) == 40 and rows_in(tmp_path)[39]["code"].startswith("6403")


def test_a_long_text_that_is_damaged_behind_its_beginning_is_a_message(
        tmp_path, monkeypatch, capsys):
    (tmp_path / "d.csv").write_bytes((HEAD + ROW * 40).encode() + b"B,\xff\xfe\n")
    monkeypatch.setattr(tables_module, "AT_ONCE", 400)
    assert classify(tmp_path) == 2
    assert "damaged or in another encoding" in capsys.readouterr().err


def test_a_line_without_end_is_a_message(tmp_path, monkeypatch):
    monkeypatch.setattr(tables_module, "AT_ONCE", 100)
    monkeypatch.setattr(tables_module, "MOST_IN_LINE", 1000)
    path = tmp_path / "d.csv"
    path.write_text(HEAD + "A," + "x" * 3000)
    with pytest.raises(TableFileError, match="more than 1,000 characters"):
        list(tables_module.text_of_file(path).lines())


@settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))
@given(st.one_of(st.binary(max_size=200), st.text(max_size=100).map(lambda text: struct.pack(
    "<Q", len(text.encode())) + text.encode()), st.recursive(
        st.none() | st.integers() | st.text(max_size=5), lambda inner: st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=5), inner, max_size=3)).map(
            lambda value: (lambda text: struct.pack("<Q", len(text)) + text)(
                json.dumps({"__metadata__": value}).encode()))))
def test_any_bytes_are_no_photo_model(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("model") / "m.safetensors"
    path.write_bytes(content)
    with pytest.raises(ModelError):
        PhotoModel.load(path)


@pytest.mark.parametrize("place", [0, 5, 9, 100, 1000, 5000])
def test_a_model_that_was_changed_is_no_photo_model_or_one_that_is_whole(tmp_path, place):
    content = bytearray(bundled_path("free").read_bytes())
    content[place:place + 4] = b"\xff[[["
    (tmp_path / "m.safetensors").write_bytes(content)
    with contextlib.suppress(ModelError):
        PhotoModel.load(tmp_path / "m.safetensors")


def test_what_is_shown_is_one_line_of_what_can_be_seen():
    assert shown("a\nb\u202ec\x1b") == "a\\nb\\u202ec\\x1b" and shown("Обувь № 5") == "Обувь № 5"
