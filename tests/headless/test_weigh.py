"""The weight of predictions, from the command line."""
import json

import numpy as np
import pytest

from orangecontrib.customs.headless.cli import main


@pytest.fixture
def weigh(tmp_path):
    rng = np.random.default_rng(0)
    true = rng.choice(["6403", "6404"], 40)
    p = np.where(rng.random(40) < .75, .999, .001)
    lines = ["good_id,description,official,ruling"]
    lines += [f"g{n},Обувь мужская на шнурках,{code},{n // 4}" for n, code in enumerate(true)]
    (tmp_path / "goods.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    model = ["good_id,m (6403),m (6404)"]
    model += [f"g{n},{q},{1 - q}" for n, (code, own) in enumerate(zip(true, p))
              for q in [own if code == "6403" else 1 - own]]
    (tmp_path / "m.csv").write_text("\n".join(model) + "\n")

    def run(*options, predictions=True):
        given = ["--predictions", str(tmp_path / "m.csv")] if predictions else []
        out = tmp_path / "weight.json"
        code = main(["weigh", "--declarations", str(tmp_path / "goods.csv"), "--out", str(out),
                     "--truth", "official", *given, *options])
        return code, json.loads(out.read_text()) if out.exists() else None
    return run


def test_the_weight_is_printed_and_written(weigh, capsys):
    code, found = weigh()
    assert code == 0 and 0 < found["weight"] < 1 and found["n"] == found["groups"] == 40
    assert found["log_loss"] < found["losses"]["1"] and found["low"] <= found["weight"]
    shown = capsys.readouterr().out
    assert f"weight {found['weight']:g} [" in shown and "40 goods" in shown and "at 0" in shown


def test_the_weight_that_is_given_changes_nothing(weigh):
    assert weigh("--weight", "3")[1] == weigh()[1]


def test_too_few_groups_leave_the_weight_as_it_is(weigh, capsys):
    code, found = weigh("--by", "ruling", "--weight", "1.5")
    assert code == 2 and found is None
    assert "there are 10; the weight stays 1.5" in capsys.readouterr().err


def test_without_predictions_there_is_nothing_to_weigh(weigh, capsys):
    assert weigh(predictions=False)[0] == 2
    assert "needs --predictions" in capsys.readouterr().err
