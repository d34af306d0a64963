"""The tariff text mining workflows: what an analyst finds when they have run."""
import csv
import re
import shutil
import statistics
import xml.etree.ElementTree as ET
from collections import Counter
from importlib.resources import files
from pathlib import Path

import pytest

FOLDER = Path(str(files("orangecontrib.customs.workflows")))


def rows(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def notes(name):
    """What the notes of a workflow say."""
    return " ".join(text.text for text in ET.parse(FOLDER / name).iter("text"))


@pytest.fixture
def executed(run, tmp_path):
    """Run a workflow to its end and read some of its outputs."""
    def execute(name, *outputs):
        saved = [tmp_path / f"{number}.csv" for number in range(len(outputs))]
        done = run(FOLDER / name, *(f"{output}={path}" for output, path in zip(outputs, saved)))
        assert done.returncode == 0, done.stdout + done.stderr
        return [rows(path) for path in saved], done.stdout
    return execute


def accuracy(predictions, learner):
    return sum(row[learner] == row["HS code"] for row in predictions) / len(predictions)


def test_figure_3_compares_the_papers_eight_and_gradient_boosting(executed):
    (predictions, matrix, models), said = executed(
        "tariff-classifier-comparison.ows", "Test and Score.Predictions",
        "Confusion Matrix.Data", "Table 3.Models")
    assert len(predictions) == len(matrix) == 10 * 302   # 30 % of 1 004 declarations, ten times
    learners = {"AdaBoost (the paper's)", "Gradient Boosting", "Logistic Regression (L1)",
                "Naive Bayes", "Neural Network", "Random Forest", "SVM", "Tree", "kNN"}
    scored = {row["model"]: row for row in models}
    assert set(scored) == learners | {"commonest code"}
    for learner in learners:
        row = scored[learner]
        scores = [float(row[name]) for name in ("AUC", "CA", "F1", "Precision", "Recall")]
        assert accuracy(predictions, learner) == pytest.approx(float(row["CA"]), abs=1e-4)
        assert float(row["Mean"]) == pytest.approx(statistics.mean(scores), abs=1e-4)
        assert float(row["s.d."]) == pytest.approx(statistics.stdev(scores), abs=1e-4)
        assert float(row["CA"]) > float(scored["commonest code"]["CA"])
    # Figures 1, 2 and 4: of the raw text, of all words, of thirty
    clouds = [line for line in said.splitlines() if line.startswith("Fig. ")]
    assert len(clouds) == 3 and "30 rows" in clouds[-1]


def test_figure_5_has_tables_6_to_8_and_figure_6(executed):
    (test_part, predictions, coefficients, judged), said = executed(
        "tariff-logistic-regression.ows", "Table 6: Test Part.Data",
        "Table 7: Predictions.Predictions", "Logistic Regression (L1).Coefficients",
        "Evaluate Codes.Scored Documents")
    assert len(test_part) == 3020                         # the margin of the paper's Table 6
    assert len(predictions) == len(judged) == 300
    assert .6 < accuracy(predictions, "Logistic Regression (L1)") < .95
    # no two-valued answer for all: the raw texts were seen
    assert len({row["Logistic Regression (L1) (850440)"] for row in predictions}) > 50
    assert len(coefficients) == 51                        # fifty words and the intercept
    dropped = [sum(float(row[code]) == 0 for row in coefficients)
               for code in ("850440", "853630", "903289")]
    # "позволяет исключить от 20 … до 30"
    assert f"L1 drops {min(dropped)} to {max(dropped)} of the fifty" in notes(
        "tariff-logistic-regression.ows")
    assert all(0 < float(row["P(error)"]) < 1 for row in judged)
    assert "Fig. 6: ROC" in said


def test_table_9_and_the_stabiliser_at_each_level(executed):
    (words, models, verdicts, *weights), _ = executed(
        "tariff-stop-words.ows", "No Lines.Stop Words", "Evaluate Codes.Models",
        "Evaluate Codes.Judged by All Models", *(f"LR {n}.Coefficients" for n in (1, 2, 3, 4)))
    repeated = {row["Words"]: row["code"] for row in words if row["source"].startswith("tariff")}
    assert repeated["преобразовател"].startswith("8504")
    assert not repeated.keys() & {row["name"] for row in weights[3]}
    assert repeated.keys() & {row["name"] for row in weights[0]}
    levels = ["all words", "no headings", "no subheadings", "no lines"]
    right = {row["model"]: float(row["CA"]) for row in models}
    assert right["all words"] > right["no lines"] + .05
    said = {(row["id"], row["model"]): row for row in verdicts if row["id"].startswith("paper-")}
    assert set(said) == {(text, level) for text in ("paper-name", "paper-full")
                         for level in levels}
    for row in said.values():
        assert row["predicted code"] in ("850440", "853630", "903289")
        assert 0 < float(row["P(error)"]) < 1 and row["accept"] in ("yes", "no")
        assert float(row["known words"]) or row["accept"] == "no"
    answers = {level: {said[text, level]["predicted code"] for text in ("paper-name", "paper-full")}
               for level in levels}
    assert answers == {"all words": {"903289"}, "no headings": {"903289"},
                       "no subheadings": {"853630"}, "no lines": {"853630"}}
    assert {row["accept"] for row in said.values()} == {"no"}
    told = notes("tariff-stop-words.ows")
    assert "two answers: 9032 89, but 8536 30 without the words of subheadings or lines" in told
    assert "accepts none of them" in told


def test_phrases_of_the_expert(executed):
    (keywords, documents), _ = executed("keyword-frequencies.ows",
                                        "Keyword Frequencies.Keywords",
                                        "Keyword Frequencies.Matching Documents")
    speaks = {row["Words"]: row["code"] for row in keywords if row["speaks"] == "yes"}
    assert speaks["преобразователь напряжения"] == "850440"
    assert speaks["для автоматического регулирования"] == "903289"
    assert "853630" not in speaks.values()
    assert all(row["keywords"] for row in documents)
    example, = set(re.findall(r"«(\d+) · ×([\d.]+)»", notes("keyword-frequencies.ows")))
    assert example in {(row["documents"], f"{float(row['likelihood ratio']):.1f}")
                       for row in keywords if row["speaks"] == "yes"}


def test_the_sweep(executed):
    (scores, vocabulary), _ = executed("vocabulary-sweep.ows", "Vocabulary Sweep.Scores",
                                       "Vocabulary Sweep.Words")
    cells = {(int(float(row["vocabulary"])), round(float(row["max df"]), 1)): row
             for row in scores}
    assert set(cells) == {(size, maximum) for size in (30, 40, 50, 60, 100)
                          for maximum in (.2, .3, .4, .5, .6)}
    assert all(.8 < float(row["AUC"]) < 1 for row in scores)
    # the corpus has as many words as the paper's widest cell asks for
    assert float(cells[100, .6]["words"]) == 100
    assert len(vocabulary) == 50


@pytest.mark.parametrize("name", ["declarations", "validation", "stabiliser"])
def test_the_corpus_is_where_the_workflows_look_for_it(name):
    assert (FOLDER / "electrical" / f"{name}.csv").is_file()


def test_the_tariff_tree_finds_candidates_of_the_stabiliser_at_each_level(executed):
    (candidates, levels, predictions), _ = executed(
        "tariff-tree.ows", "Candidates.Data", "Levels.Data", "Predictions.Predictions")
    by_name, in_full = candidates
    assert by_name["likeliest code"] == "903289" and in_full["likeliest code"] == "850440"
    for row in candidates:
        assert {row[f"{digits} digits, 1"][:2] for digits in (2, 4, 6)} == {
            row["likeliest code"][:2]}
        assert 0 < float(row["P(error)"]) < .5 and row["outside"] == "no"
        assert not row["safe code"]  # at an accepted error of .1
    assert [row["digits"] for row in levels] == ["2", "4", "6"]
    said = notes("tariff-tree.ows")
    assert "Goods" in said and len(predictions) == 300
    assert accuracy(predictions, "Tariff Tree Classifier") > .8


def test_the_fusion_is_tested_beside_logistic_regression(run, tmp_path):
    """The workflow of Figure 5 with HS Code Fusion's Learner and Model linked to what it has."""
    text = (FOLDER / "tariff-logistic-regression.ows").read_text(encoding="utf-8")
    node = ('<node id="90" name="HS Code Fusion" '
            'qualified_name="orangecontrib.customs.widgets.owhscodefusion.OWHSCodeFusion" '
            'project_name="Orange3-Customs" version="" title="Fusion" position="(580, 500)" />')
    link = ('<link id="{}" source_node_id="{}" sink_node_id="{}" source_channel="{}" '
            'sink_channel="{}" enabled="true" source_channel_id="{}" sink_channel_id="{}" />')
    links = [link.format(90, 90, 8, "Learner", "Learner", "learner", "learner"),
             link.format(91, 1, 90, "Data", "Data", "data", "data"),
             link.format(92, 90, 14, "Model", "Predictors", "fitted", "predictors")]
    text = text.replace("</nodes>", f"{node}</nodes>").replace(
        "</links>", f"{''.join(links)}</links>")
    for name in ("electrical",):
        shutil.copytree(FOLDER / name, tmp_path / name)
    flow = tmp_path / "flow.ows"
    flow.write_text(text, encoding="utf-8")
    tested, predicted = tmp_path / "tested.csv", tmp_path / "predicted.csv"
    done = run(flow, f"Test and Score.Predictions={tested}",
               f"Table 7: Predictions.Predictions={predicted}")
    assert done.returncode == 0, done.stdout + done.stderr
    found = rows(tested)
    commonest = max(Counter(row["HS code"] for row in found).values()) / len(found)
    assert accuracy(found, "HS Code Fusion") > commonest
    assert accuracy(found, "Logistic Regression (L1)") > commonest
    codes = {row["HS code"] for row in found}
    assert {row["HS Code Fusion"] for row in rows(predicted)} <= codes
