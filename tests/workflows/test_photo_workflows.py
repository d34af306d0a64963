"""The photo workflows: train on labelled photos, and features for Orange's own learners."""
import csv
from importlib.resources import files
from pathlib import Path

from orangecontrib.customs.photos.model import feature_ids
from orangecontrib.customs.training.labelling.files import read_labels

FOLDER = Path(str(files("orangecontrib.customs.workflows")))


def rows(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_label_train_evaluate_extract(run, tmp_path):
    outputs = {"Footwear Photo Labeler.Labeled Photos": "labels.csv",
               "Footwear CNN Trainer.Evaluation": "evaluation.csv",
               "Aggregator.Goods": "goods.csv"}
    shipped = sorted((path, path.stat().st_mtime_ns) for path in FOLDER.rglob("*"))
    done = run(FOLDER / "footwear-training.ows",
               *(f"{output}={tmp_path / name}" for output, name in outputs.items()))
    assert done.returncode == 0, done.stdout + done.stderr
    labels, evaluation, goods = (rows(tmp_path / name) for name in outputs.values())
    assert len(labels) == len(read_labels(FOLDER / "training" / "labels.csv").rows)
    assert {row["cluster"] for row in labels} > {"low", "boots", "watertight"}
    by_feature = {row["feature"]: row for row in evaluation}
    assert len(by_feature) == len(feature_ids())
    assert float(by_feature["below ankle"]["accuracy"]) > .8
    heights = {row["good_id"]: row for row in goods}
    # the model of these few pictures tells the sample's boots from its shoes
    assert float(heights["G-003"]["below ankle"]) < .5 < float(heights["G-001"]["below ankle"])
    assert shipped == sorted((p, p.stat().st_mtime_ns) for p in FOLDER.rglob("*")), \
        "the shipped files are left alone"


def test_features_for_any_learner(run, tmp_path):
    out = tmp_path / "predictions.csv"
    done = run(FOLDER / "footwear-features.ows", f"Test and Score.Predictions={out}")
    assert done.returncode == 0, done.stdout + done.stderr
    goods = rows(out)
    assert len(goods) == 64  # goods without a code are no examples
    usual = max(sum(row["HS code"] == code for row in goods) for code in
                {row["HS code"] for row in goods})
    for learner in ("Logistic Regression", "Random Forest", "Tree"):
        assert sum(row[learner] == row["HS code"] for row in goods) > usual + 5, learner
