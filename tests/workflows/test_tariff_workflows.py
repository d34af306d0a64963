"""The tariff text mining workflows: what an analyst finds when they have run."""
import csv
from importlib.resources import files
from pathlib import Path

import pytest

FOLDER = Path(str(files("orangecontrib.customs.workflows")))


def rows(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def executed(run, tmp_path):
    """Run a workflow to its end and read some of its outputs."""
    def execute(name, *outputs):
        saved = [tmp_path / f"{number}.csv" for number in range(len(outputs))]
        done = run(FOLDER / name, *(f"{output}={path}" for output, path in zip(outputs, saved)))
        assert done.returncode == 0, done.stdout + done.stderr
        return [rows(path) for path in saved], done.stdout
    return execute


def test_eight_classifiers_on_random_splits(executed):
    (predictions, matrix), said = executed(
        "tariff-classifier-comparison.ows", "Test and Score.Predictions",
        "Confusion Matrix.Data")
    assert len(predictions) == len(matrix) == 10 * 302   # 30 % of 1 004 declarations, ten times
    for learner in ("Gradient Boosting", "Logistic Regression (L1)", "Naive Bayes",
                    "Neural Network", "Random Forest", "SVM", "Tree", "kNN"):
        right = sum(row[learner] == row["HS code"] for row in predictions) / len(predictions)
        assert right > .6, learner
    assert "30 rows" in said  # both word clouds ran


def test_a_separate_sample(executed):
    (predictions, coefficients, judged), _ = executed(
        "tariff-logistic-regression.ows", "Predictions.Predictions",
        "Logistic Regression (L1).Coefficients", "Evaluate Codes.Scored Documents")
    assert len(predictions) == len(judged) == 300
    right = sum(row["Logistic Regression (L1)"] == row["HS code"] for row in predictions) / 300
    assert .6 < right < .95
    # no two-valued answer for all: the raw texts were seen
    assert len({row["Logistic Regression (L1) (850440)"] for row in predictions}) > 50
    assert len(coefficients) == 31                        # thirty words and the intercept
    assert all(0 < float(row["P(error)"]) < 1 for row in judged)


def test_words_of_the_tariff_carry_part_of_the_accuracy(executed):
    (words, everything, without), _ = executed(
        "tariff-stop-words.ows", "Without lines.Stop Words",
        "Test: all words.Predictions", "Test: without lines.Predictions")
    repeated = {row["Words"]: row["code"] for row in words if row["source"].startswith("tariff")}
    assert repeated["преобразовател"].startswith("8504")

    def accuracy(table):
        return sum(row["Logistic Regression (L1)"] == row["HS code"] for row in table) / len(table)
    assert accuracy(everything) > accuracy(without) + .05


def test_phrases_of_the_expert(executed):
    (keywords, documents), _ = executed("keyword-frequencies.ows",
                                        "Keyword Frequencies.Keywords",
                                        "Keyword Frequencies.Matching Documents")
    speaks = {row["Words"]: row["code"] for row in keywords if row["speaks"] == "yes"}
    assert speaks["преобразователь напряжения"] == "850440"
    assert speaks["для автоматического регулирования"] == "903289"
    assert "853630" not in speaks.values()
    assert all(row["keywords"] for row in documents)


def test_the_sweep(executed):
    (scores, vocabulary), _ = executed("vocabulary-sweep.ows", "Vocabulary Sweep.Scores",
                                       "Vocabulary Sweep.Words")
    assert len(scores) == 9
    assert all(.8 < float(row["AUC"]) < 1 for row in scores)
    assert 30 < len(vocabulary) <= 60


@pytest.mark.parametrize("name", ["declarations", "validation"])
def test_the_corpus_is_where_the_workflows_look_for_it(name):
    assert (FOLDER / "electrical" / f"{name}.csv").is_file()
