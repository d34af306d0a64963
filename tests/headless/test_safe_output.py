"""What the command line writes: never onto an input, whole or not at all, safe in a spreadsheet."""
import csv
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from PIL import Image

from orangecontrib.customs import cases
from orangecontrib.customs.files import OutputError
from orangecontrib.customs.headless.cli import main

BOOTS = "Ботинки мужские с верхом из натуральной кожи, подошва из резины"
TABLE = f"good_id,description\nA,\"{BOOTS}\"\n"

pytestmark = pytest.mark.skipif(os.name != "posix", reason="links, pipes and devices of POSIX")


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "d.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


def rows_of(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def other_names(path):
    yield path
    yield path.parent / ".." / path.parent.name / path.name
    os.symlink(path, path.with_name("soft"))
    yield path.with_name("soft")
    yield path.with_name("hard")


@pytest.mark.parametrize("command", ["classify", "facts"])
def test_declarations_are_never_overwritten(source, tmp_path, capsys, command):
    os.link(source, tmp_path / "hard")
    for name in other_names(source):
        assert main([command, "--declarations", str(source), "--out", str(name)]) == 2
        assert f"same file as {source}" in capsys.readouterr().err
    assert source.read_text(encoding="utf-8") == TABLE


def test_neither_photos_nor_priors_nor_models_nor_lists_are_overwritten(source, tmp_path, capsys):
    photos = tmp_path / "photos"
    (photos / "A").mkdir(parents=True)
    photo = photos / "A" / "1.jpg"
    Image.new("RGB", (30, 30)).save(photo)
    table = tmp_path / "photos.csv"
    table.write_text("good_id,image\nA,photos/A/1.jpg\n")
    priors = tmp_path / "p.csv"
    priors.write_text("fact,value,probability\nhouse,yes,0.1\nhouse,no,0.9\n")
    model = tmp_path / "m.safetensors"
    model.write_bytes(b"x")
    answers, predictions = tmp_path / "a.csv", tmp_path / "s.csv"
    answers.write_text("good_id,fact,value\nA,sex,men\n")
    predictions.write_text("good_id,LR (6403)\nA,0.5\n")
    before = {path: path.read_bytes()
              for path in (photo, table, priors, model, answers, predictions)}
    for out in before:
        assert main(["classify", "--declarations", str(source), "--photos", str(table),
                     "--priors", str(priors), "--model", str(model), "--answers", str(answers),
                     "--predictions", str(predictions), "--out", str(out)]) == 2
        assert "same file" in capsys.readouterr().err
    assert main(["features", "--photos", str(photos), "--out", str(photo)]) == 2
    assert {path: path.read_bytes() for path in before} == before


def test_a_place_that_can_not_be_written_is_found_before_the_work(source, tmp_path, monkeypatch):
    monkeypatch.setattr(cases, "rows_of", lambda *_, **__: pytest.fail("worked first"))
    for out in (tmp_path, tmp_path / "no" / "o.csv", tmp_path / ("x" * 300)):
        assert main(["classify", "--declarations", str(source), "--out", str(out)]) == 2


@pytest.mark.parametrize("error", [KeyboardInterrupt, OutputError("o.csv", "full")])
def test_an_interrupted_run_leaves_the_old_result_and_nothing_else(
        source, monkeypatch, capsys, error):
    out = source.with_name("o.csv")
    out.write_text("old")

    def interrupted(rows):
        yield next(iter(rows))
        raise error
    real = cases.rows_of
    monkeypatch.setattr(cases, "rows_of", lambda *a, **k: interrupted(real(*a, **k)))
    assert main(["classify", "--declarations", str(source), "--out", str(out)]) == 2
    assert out.read_text() == "old" and sorted(os.listdir(out.parent)) == ["d.csv", "o.csv"]
    assert "goods" not in capsys.readouterr().out


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_device_is_exit_2_and_stays_a_device(source, capsys):
    assert main(["classify", "--declarations", str(source), "--out", "/dev/full"]) == 2
    said = capsys.readouterr()
    assert "No space left" in said.err and "goods" not in said.err + said.out
    assert stat.S_ISCHR(os.stat("/dev/full").st_mode)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_result_is_kept_where_only_the_last_line_can_not_be_written(source, tmp_path):
    with open("/dev/full", "w", encoding="utf-8") as full:
        subprocess.run([sys.executable, "-u", "-m", "orangecontrib.customs.headless.cli", "facts",
                        "--declarations", str(source), "--out", str(tmp_path / "o.csv")],
                       stdout=full, stderr=subprocess.DEVNULL, timeout=600, check=False)
    assert [row["good_id"] for row in rows_of(tmp_path / "o.csv")] == ["A"]


def test_a_pipe_gets_the_rows_and_only_the_rows(source, tmp_path):
    pipe, got = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: got.append(pipe.read_text(encoding="utf-8")))
    reader.start()
    assert main(["facts", "--declarations", str(source), "--out", str(pipe)]) == 0
    reader.join(30)
    assert [row["good_id"] for row in csv.DictReader(got[0].splitlines())] == ["A"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_standard_output_gets_the_rows_and_only_the_rows(source):
    ran = subprocess.run(
        [sys.executable, "-m", "orangecontrib.customs.headless.cli", "facts", "--declarations",
         str(source), "--out", "/dev/stdout"], capture_output=True, timeout=600, check=True)
    lines = ran.stdout.decode().splitlines()
    assert lines[0].startswith("good_id,description") and len(lines) == 2
    assert "1 declarations" in ran.stderr.decode()


def test_formulas_are_defused_and_ids_join_when_the_result_is_read_again(source, tmp_path):
    source.write_text('good_id,description\n=1+1,"@SUM(A1), туфли, верх кожа"\n-5,туфли\n')
    out, again = tmp_path / "o.csv", tmp_path / "again.csv"
    assert main(["facts", "--declarations", str(source), "--out", str(out)]) == 0
    assert [row["good_id"] for row in rows_of(out)] == ["'=1+1", "'-5"]
    assert rows_of(out)[0]["description"].startswith("'@SUM")
    assert main(["facts", "--declarations", str(out), "--out", str(again)]) == 0
    assert [list(row.values())[:2] for row in rows_of(again)] \
        == [list(row.values())[:2] for row in rows_of(out)]


def test_a_photo_whose_name_is_no_text_is_one_row_that_says_so(tmp_path):
    folder = tmp_path / "photos" / "A"
    folder.mkdir(parents=True)
    Image.new("RGB", (40, 40), "navy").save(folder / "1.png")
    Image.new("RGB", (40, 40), "red").save(folder / "2.png")
    os.rename(folder / "2.png", os.fsencode(folder) + b"/\xff\xfe.png")
    out = tmp_path / "f.csv"
    assert main(["features", "--photos", str(tmp_path / "photos"), "--out", str(out)]) == 0
    rows = {row["image"]: row for row in rows_of(out)}
    assert set(rows) == {"A/1.png", "A/\\udcff\\udcfe.png"}
    odd = rows["A/\\udcff\\udcfe.png"]
    assert "not UTF-8" in odd["problem"] and odd["high_heel"] and not rows["A/1.png"]["problem"]


def test_a_result_with_a_name_that_is_no_text_is_written(source):
    out = os.fsencode(source.parent) + b"/\xff.csv"
    ran = subprocess.run([sys.executable, "-m", "orangecontrib.customs.headless.cli", "facts",
                          "--declarations", str(source), "--out", out],
                         capture_output=True, timeout=600)
    assert ran.returncode == 0, ran.stderr
    assert os.path.isfile(out) and b"\\udcff.csv" in ran.stdout


@pytest.mark.parametrize("encoding", ["cp866", "koi8-r", "iso8859-5", "mac-cyrillic", "cp1251"])
def test_every_encoding_of_cyrillic_gives_the_same_codes(source, tmp_path, capsys, encoding):
    results = []
    for data in (TABLE.encode(), TABLE.encode(encoding)):
        source.write_bytes(data)
        assert main(["classify", "--declarations", str(source), "--out",
                     str(tmp_path / "o.csv")]) == 0
        results.append(rows_of(tmp_path / "o.csv"))
    assert results[0] == results[1] and results[0][0]["code"].startswith("64")
    assert "judging by its letters" in capsys.readouterr().err


def test_an_encoding_can_be_named_for_lists_of_photos_too(tmp_path, capsys):
    Image.new("RGB", (40, 40), "navy").save(tmp_path / "1.png")
    table = tmp_path / "photos.csv"
    table.write_bytes("good_id,image\nЦ,1.png\n".encode("cp866"))
    command = ["features", "--photos", str(table), "--out", str(tmp_path / "f.csv")]
    assert main(command) == 2
    assert "--encoding" in capsys.readouterr().err
    assert main([*command, "--encoding", "cp866"]) == 0


def test_a_row_with_surplus_fields_is_not_classified_and_the_rest_is(source, tmp_path):
    source.write_text(f"good_id,description\nA,туфли, верх кожа\nB,\"{BOOTS}\"\n")
    out = tmp_path / "o.csv"
    assert main(["classify", "--declarations", str(source), "--out", str(out)]) == 0
    cut, whole = rows_of(out)
    assert cut["good_id"] == "A" and not cut["code"] and "строка 2 файла" in cut["problems"]
    assert "пустое" not in cut["problems"]
    assert whole["code"].startswith("6403")
