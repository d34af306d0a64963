"""The command line on photos: folders, zips, CSVs, and files as they really come."""
import csv
import shutil
import zipfile
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from orangecontrib.customs.groups import footwear
from orangecontrib.customs.headless.cli import main
from orangecontrib.customs.photos.model import PhotoModel

SAMPLE = Path(str(files("orangecontrib.customs.workflows"))) / "sample"
BOOTS = "БОТИНКИ МУЖСКИЕ С ВЕРХОМ ИЗ НАТУРАЛЬНОЙ КОЖИ, НА ПОДОШВЕ ИЗ РЕЗИНЫ"


def rows_of(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def goods(tmp_path):
    """Three goods: two with sample photos, one with every kind of bad file beside a good one."""
    root = tmp_path / "photos"
    for good, source in (("A", "G-003"), ("B", "G-006"), ("bad", "G-002")):
        (root / good).mkdir(parents=True)
        first = sorted((SAMPLE / source).glob("*.jpg"))[0]
        shutil.copy(first, root / good / "1.jpg")
    bad = root / "bad"
    data = (bad / "1.jpg").read_bytes()
    (bad / "empty.jpg").write_bytes(b"")
    (bad / "truncated.jpg").write_bytes(data[:len(data) // 2])
    (bad / "text.jpg").write_text("это не фотография", encoding="utf-8")
    image = Image.open(bad / "1.jpg")
    image.convert("CMYK").save(bad / "cmyk.jpg")
    image.convert("RGBA").save(bad / "alpha.png")
    image.save(bad / "animated.gif", save_all=True, append_images=[image.rotate(90)])
    Image.fromarray(np.asarray(image.convert("L")).astype("uint16") * 257).save(
        bad / "sixteen.png")
    exif = Image.Exif()
    exif[0x0112] = 6
    image.save(bad / "rotated.jpg", exif=exif)
    return root


def zipped(folder, path):
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                archive.write(file, file.relative_to(folder).as_posix())
    return path


def features(source, tmp_path, *extra):
    out = tmp_path / "f.csv"
    code = main(["features", "--photos", str(source), "--out", str(out), *extra])
    return code, rows_of(out) if out.exists() else []


def test_good_files_are_read_bad_ones_are_named(goods, tmp_path, capsys):
    code, rows = features(goods, tmp_path)
    assert code == 0
    names = [feature.id for feature in footwear.group().features]
    read = {row["image"]: row for row in rows if not row["problem"]}
    skipped = {row["image"]: row["problem"] for row in rows if row["problem"]}
    assert set(read) == {"A/1.jpg", "B/1.jpg", "bad/1.jpg", "bad/cmyk.jpg", "bad/alpha.png",
                         "bad/animated.gif", "bad/sixteen.png", "bad/rotated.jpg"}
    assert set(skipped) == {"bad/empty.jpg", "bad/truncated.jpg", "bad/text.jpg"}
    for row in read.values():
        p = [float(row[name]) for name in names]
        assert all(0 <= x <= 1 for x in p)
        heights = [float(row[n]) for n in names if n.startswith("height_")]
        assert sum(heights) == pytest.approx(1, abs=.01)
    errors = capsys.readouterr().err
    for image in skipped:
        assert f"skipped {image}" in errors


def test_folder_zip_and_csv_give_the_same(goods, tmp_path):
    shutil.rmtree(goods / "bad")
    _, folder = features(goods, tmp_path)
    _, archive = features(zipped(goods, tmp_path / "p.zip"), tmp_path)
    table = goods / "photos.csv"
    table.write_text("good_id,image\nA,A/1.jpg\nB,B/1.jpg\n", encoding="utf-8")
    _, listed = features(table, tmp_path)
    elsewhere = tmp_path / "list.csv"
    elsewhere.write_text("good_id,image\nA,A/1.jpg\nB,B/1.jpg\n", encoding="utf-8")
    _, rooted = features(elsewhere, tmp_path, "--photos-root", str(tmp_path / "p.zip"))
    assert folder == archive == rooted
    assert [{**row, "image": ""} for row in listed] == [{**row, "image": ""} for row in folder]


def test_where_the_ids_are_from_is_said_and_can_be_chosen(goods, tmp_path, capsys):
    flat = tmp_path / "flat"
    flat.mkdir()
    for good in "AB":
        shutil.copy(goods / good / "1.jpg", flat / f"KS0{good}1_1.jpg")
    assert features(flat, tmp_path)[0] == 0
    assert "KS0A1_1.jpg is of 'KS0A1', 2 good(s) in all" in (said := capsys.readouterr().err)
    assert "--photo-ids" in said
    assert features(flat, tmp_path, "--photo-ids", "folder")[0] == 0
    assert "one good, 'flat'" in capsys.readouterr().err
    assert features(flat, tmp_path, "--photo-ids", "colour")[0] == 2
    assert "use auto, sub-folder, folder, number" in capsys.readouterr().err


def test_a_listed_photo_that_is_missing_is_reported(goods, tmp_path):
    table = goods / "photos.csv"
    table.write_text("good_id,image\nA,A/1.jpg\nB,B/9.jpg\n", encoding="utf-8")
    code, rows = features(table, tmp_path)
    assert code == 0
    assert [bool(row["problem"]) for row in rows] == [False, True]


@pytest.mark.parametrize("what", ["nothing", "d.csv"])
def test_a_source_that_cannot_be_used_is_exit_2(tmp_path, what, capsys):
    (tmp_path / "d.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    assert features(tmp_path / what, tmp_path)[0] == 2
    assert what in capsys.readouterr().err


def test_a_corrupt_model_is_exit_2(goods, tmp_path, capsys):
    model = tmp_path / "m.safetensors"
    model.write_bytes(b"\x00" * 100)
    assert features(goods, tmp_path, "--model", str(model))[0] == 2
    assert "m.safetensors" in capsys.readouterr().err


def test_goods_without_photos_and_photos_without_goods_are_kept(goods, tmp_path):
    declarations = tmp_path / "d.csv"
    declarations.write_text("good_id,description\nA,САПОГИ ЖЕНСКИЕ С ВЕРХОМ ИЗ КОЖИ\n"
                            f"C,\"{BOOTS}\"\nbad,\n", encoding="utf-8")
    out = tmp_path / "o.csv"
    assert main(["classify", "--declarations", str(declarations), "--photos", str(goods),
                 "--out", str(out)]) == 0
    rows = {row["good_id"]: row for row in rows_of(out)}
    assert list(rows) == ["A", "C", "bad", "B"]
    assert rows["A"]["code"].startswith("640391") and "фото" in rows["A"]["trace"]
    assert "нет пригодных фотографий" in rows["C"]["problems"]
    assert "нет описания" in rows["B"]["problems"] and rows["B"]["trace"]
    assert "пустое описание" in rows["bad"]["problems"]
    assert "empty.jpg" in rows["bad"]["problems"] and rows["bad"]["trace"]


@pytest.mark.parametrize("knows_views", [True, False])
def test_photos_on_which_nothing_can_be_judged_say_nothing(goods, tmp_path, knows_views):
    shutil.rmtree(goods / "bad")
    model = PhotoModel.default()
    heads = slice(len(model.features), len(model.features) + len(model.facts))
    bias = model.bias.copy()
    bias[heads] = -50.  # "can be judged here": never
    blind = tmp_path / "blind.safetensors"
    replace(model, bias=bias, shots=model.shots if knows_views else None).save(blind)
    declarations = tmp_path / "d.csv"
    declarations.write_text("good_id,description\nA,САПОГИ\nB,ОБУВЬ С ВЕРХОМ ИЗ КОЖИ\n",
                            encoding="utf-8")
    found = []
    for photos in ([], ["--photos", goods, "--model", blind], ["--photos", goods]):
        out = tmp_path / "o.csv"
        assert main(["classify", "--declarations", *map(str, (declarations, *photos)),
                     "--out", str(out)]) == 0
        found.append([(row["code"], float(row["p"])) for row in rows_of(out)])
    none, unseen, seen = found
    assert [code for code, _ in unseen] == [code for code, _ in none]
    assert [p for _, p in unseen] == pytest.approx([p for _, p in none], rel=1e-6)
    assert all(a != b for a, b in zip(seen, none))


def test_goods_whose_photos_all_fail_are_kept(tmp_path):
    folder = tmp_path / "photos" / "X"
    folder.mkdir(parents=True)
    (folder / "1.jpg").write_bytes(b"")
    declarations = tmp_path / "d.csv"
    declarations.write_text(f"good_id,description\nC,\"{BOOTS}\"\n", encoding="utf-8")
    out = tmp_path / "o.csv"
    assert main(["classify", "--declarations", str(declarations), "--photos",
                 str(tmp_path / "photos"), "--out", str(out)]) == 0
    rows = {row["good_id"]: row for row in rows_of(out)}
    assert list(rows) == ["C", "X"]
    assert rows["X"]["code"] == "" and "1.jpg" in rows["X"]["problems"]


def test_photos_tell_the_height_where_the_text_is_silent(tmp_path):
    text = "ОБУВЬ ЖЕНСКАЯ С ВЕРХОМ ИЗ НАТУРАЛЬНОЙ КОЖИ, ПОДОШВА - РЕЗИНА, СТЕЛЬКА 25 СМ"
    declarations = tmp_path / "d.csv"
    declarations.write_text(f"good_id,description\nG-003,\"{text}\"\nG-001,\"{text}\"\n",
                            encoding="utf-8")
    out = tmp_path / "o.csv"
    photos = tmp_path / "photos"
    for good in ("G-003", "G-001"):
        shutil.copytree(SAMPLE / good, photos / good)
    main(["classify", "--declarations", str(declarations), "--photos", str(photos),
          "--out", str(out)])
    boot, pump = rows_of(out)
    assert boot["code"].startswith("640391") and pump["code"].startswith("640399")


def test_a_broken_photo_of_no_good_makes_no_good(tmp_path, capsys):
    shutil.copytree(SAMPLE / "G-003", tmp_path / "photos" / "A")
    (tmp_path / "photos" / "loose.jpg").write_bytes(b"")
    declarations, out = tmp_path / "d.csv", tmp_path / "o.csv"
    declarations.write_text(f"good_id,description\nA,\"{BOOTS}\"\n", encoding="utf-8")
    main(["classify", "--declarations", str(declarations), "--photos",
          str(tmp_path / "photos"), "--out", str(out)])
    assert [row["good_id"] for row in rows_of(out)] == ["A"]
    errors = capsys.readouterr().err
    assert "skipped loose.jpg: " in errors


def test_a_device_that_is_not_there_is_exit_2(goods, tmp_path, capsys):
    assert features(goods, tmp_path, "--device", "no-such-device")[0] == 2
    assert "no-such-device" in capsys.readouterr().err


def test_the_backend_can_be_chosen(goods, tmp_path, capsys):
    tables = []
    for backend in ("torch", "onnxruntime"):
        code, rows = features(goods, tmp_path, "--device", "cpu", "--backend", backend)[:2]
        assert code == 0
        tables.append([float(row["high_heel"]) for row in rows if row["high_heel"]])
    assert tables[0] == pytest.approx(tables[1], abs=1e-4)
    assert features(goods, tmp_path, "--backend", "onnxruntime", "--device", "cuda")[0] == 2
    assert "take the backend torch" in capsys.readouterr().err
    with pytest.raises(SystemExit) as stopped:
        features(goods, tmp_path, "--backend", "onnx")
    assert stopped.value.code == 2


def test_backends_of_the_command_line_are_those_of_the_library():
    from orangecontrib.customs.headless import cli
    from orangecontrib.customs.photos import engines
    assert cli.BACKENDS == engines.BACKENDS


def test_a_folder_without_photos_is_exit_1(tmp_path):
    (tmp_path / "nothing").mkdir()
    assert features(tmp_path / "nothing", tmp_path)[0] == 1


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1251", "utf-16"])
def test_a_photo_list_is_read_in_the_encodings_of_declarations(goods, tmp_path, encoding):
    table = goods / "photos.csv"
    table.write_bytes("good_id;image\r\nсапог;A/1.jpg\r\n".encode(encoding))
    code, rows = features(table, tmp_path)
    assert code == 0 and [row["image"] for row in rows] == ["A/1.jpg"]
