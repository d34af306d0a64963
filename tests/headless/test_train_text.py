"""train-text writes a model that classify, report and evaluate take; a hostile file is refused."""
import csv
import itertools
import pickle

import pytest

from orangecontrib.customs.headless.cli import main

GOODS = {"6403": ("ботинки", "туфли", "сапоги кожаные"), "8413": ("насос", "помпа", "насосы"),
         "4011": ("шина", "покрышка", "автошина")}
SAYS = ("новый", "для дома", "в коробке", "серый", "импортный", "по контракту")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("text")
    lines = [f"{code},{name} {more}" for code, names in GOODS.items()
             for name, more in itertools.product(names, SAYS)]
    (folder / "train.csv").write_text("\n".join(["code,description", *lines, "401,шина дорогая",
                                                 "boots,насос странный", "8413,"]) + "\n",
                                      encoding="utf-8")
    (folder / "goods.csv").write_text("good_id,description\nA,насос новый\nB,покрышка серый\n",
                                      encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def model(folder):
    out = folder / "t.safetensors"
    assert main(["train-text", "--declarations", str(folder / "train.csv"), "--note", "made",
                 "--out", str(out)]) == 0
    return out


def rows(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_training_says_how_good_each_level_is_and_what_it_left_out(folder, capsys):
    out = folder / "other.safetensors"
    assert main(["train-text", "--declarations", str(folder / "train.csv"), "--tariff", "none",
                 "--out", str(out)]) == 0
    said = capsys.readouterr()
    assert "top-1" in said.out and "55 declarations, 4 codes" in said.out
    assert "401 → 0401" in said.err and out.stat().st_size


def test_classify_takes_the_model(folder, model):
    out = folder / "codes.csv"
    assert main(["classify", "--declarations", str(folder / "goods.csv"), "--text-model",
                 str(model), "--out", str(out)]) == 0
    assert [row["code"] for row in rows(out)] == ["8413", "4011"]


def test_processes_give_the_same_rows(folder, model):
    results = []
    for engine in ("local", "processes"):
        out = folder / f"{engine}.csv"
        assert main(["classify", "--declarations", str(folder / "goods.csv"), "--text-model",
                     str(model), "--engine", engine, "--workers", "2", "--out", str(out)]) == 0
        results.append(out.read_bytes())
    assert results[0] == results[1]


@pytest.mark.parametrize("name", ["report.html", "report.xlsx"])
def test_report_takes_the_model(folder, model, name):
    out = folder / name
    assert main(["report", "--declarations", str(folder / "goods.csv"), "--text-model",
                 str(model), "--lang", "en", "--out", str(out)]) == 0
    if name.endswith("html"):
        assert "8413" in out.read_text(encoding="utf-8")


def test_a_pickle_is_not_run(folder, model, capsys, tmp_path):
    class Hostile:
        def __reduce__(self):
            return (print, ("it ran",))
    path = tmp_path / "m.safetensors"
    path.write_bytes(pickle.dumps(Hostile()))
    out = tmp_path / "codes.csv"
    assert main(["classify", "--declarations", str(folder / "goods.csv"), "--text-model",
                 str(path), "--out", str(out)]) == 2
    said = capsys.readouterr()
    assert "it ran" not in said.out + said.err and "m.safetensors: damaged" in said.err
    assert not out.exists()


def test_a_model_and_predictions_are_one_too_many(folder, model, capsys, tmp_path):
    predictions = tmp_path / "p.csv"
    predictions.write_text("good_id,m (8413),m (4011)\nA,.5,.5\n", encoding="utf-8")
    assert main(["classify", "--declarations", str(folder / "goods.csv"), "--text-model",
                 str(model), "--predictions", str(predictions), "--out",
                 str(tmp_path / "o.csv")]) == 2
    assert "give one of them" in capsys.readouterr().err


def test_the_model_is_not_written_over_what_it_is_made_of(folder, capsys):
    source = folder / "train.csv"
    before = source.read_bytes()
    assert main(["train-text", "--declarations", str(source), "--out", str(source)]) == 2
    assert source.read_bytes() == before


@pytest.mark.parametrize("content, why", [
    ("code,description\n8413,насос\n8413,помпа\n", "two different codes"),
    ("code,description\nx,насос\n", "no row has a description and a code"),
    ("description\nнасос\n", "no row has a description and a code")])
def test_declarations_that_teach_nothing_say_what_to_do(tmp_path, capsys, content, why):
    source = tmp_path / "d.csv"
    source.write_text(content, encoding="utf-8")
    assert main(["train-text", "--declarations", str(source), "--out",
                 str(tmp_path / "m.safetensors")]) == 2
    assert why in capsys.readouterr().err
    assert not (tmp_path / "m.safetensors").exists()
