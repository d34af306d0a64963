"""Results of Orange and tables of predictions, as documents with predicted codes."""
import numpy as np
import pytest
from Orange.classification import LogisticRegressionLearner
from Orange.data import ContinuousVariable, DiscreteVariable, Domain, StringVariable, Table
from Orange.evaluation import CrossValidation, Results

from orangecontrib.customs.cases import case_of
from orangecontrib.customs.cases import table as cases_table
from orangecontrib.customs.cases.goods import goods_of
from orangecontrib.customs.evaluation import Scored, code_errors
from orangecontrib.customs.evaluation.table import (
    at_level,
    codes_table,
    learner_names,
    predictions_in,
    scored_from_results,
    scored_from_table,
    scored_table,
)

CODES = ("850440", "850490", "853630")


def results(probabilities, actual, rows=None):
    shares = np.array(probabilities, dtype=float)[None]
    return Results(domain=Domain([], DiscreteVariable("HS code", CODES)),
                   actual=np.array(actual, dtype=float), predicted=shares.argmax(2).astype(float),
                   probabilities=shares, learners=[LogisticRegressionLearner()],
                   row_indices=np.arange(len(actual)) if rows is None else np.array(rows))


def predictions():
    model = DiscreteVariable("LR", CODES)
    shares = [ContinuousVariable(f"LR ({code})") for code in CODES]
    domain = Domain([], DiscreteVariable("HS code", CODES), [model, *shares])
    return Table.from_numpy(domain, np.zeros((2, 0)), np.array([0., np.nan]),
                            np.array([[0, .6, .3, .1], [2, .1, .2, .7]], dtype=object))


@pytest.mark.parametrize("code, digits, expected", [
    ("8504 40 300 8", 6, "850440"), ("8504", 6, "8504"), (" обувь ", 4, "обувь"),
    ("6403", None, "6403"), ("0102.21", 4, "0102")])
def test_levels(code, digits, expected):
    assert at_level(code, digits) == expected


def test_results_of_orange():
    scored = scored_from_results(results([[.7, .2, .1], [.1, .2, .7]], [0, np.nan], [4, 9]))
    assert scored.predicted == ("850440", "853630") and scored.true == ("850440", "")
    assert scored.p.tolist() == [.7, .7] and scored.document.tolist() == [4, 9]


def test_at_a_level_the_probabilities_below_are_added_up():
    scored = scored_from_results(results([[.35, .25, .4]], [1]), digits=4)
    assert scored.predicted == ("8504",) and scored.true == ("8504",)
    assert scored.p[0] == pytest.approx(.6) and not scored.wrong[0]


def test_what_is_no_evaluation_of_codes():
    with pytest.raises(ValueError, match="not categorical"):
        scored_from_results(CrossValidation(k=2)(Table("housing")[:20], [_mean()]))
    with pytest.raises(ValueError, match="no probabilities"):
        broken = results([[.7, .2, .1]], [0])
        broken.probabilities = None
        scored_from_results(broken)
    with pytest.raises(ValueError, match="failed"):
        scored_from_results(results([[np.nan] * 3], [0]))


def _mean():
    from Orange.regression import MeanLearner
    return MeanLearner()


def test_names_of_models_are_unique():
    two = results([[.7, .2, .1]], [0])
    two.learner_names = ["LR", "LR"]
    assert len(set(learner_names(two))) == 2
    assert len(learner_names(results([[.7, .2, .1]], [0]))) == 1


def test_a_table_of_predictions():
    table = predictions()
    found, = predictions_in(table)
    assert found.name == "LR"
    scored = scored_from_table(table, found, table.domain.class_var)
    assert scored.predicted == ("850440", "853630") and scored.true == ("850440", "")
    assert scored.p.tolist() == [.6, .7]
    assert scored_from_table(table, found, None, 4).p.tolist() == pytest.approx([.9, .7])


@pytest.mark.parametrize("p", ["P(code)", "P"])
def test_codes_of_the_fusion(p):
    domain = Domain([ContinuousVariable(p)], metas=[StringVariable("code"),
                                                     StringVariable("declared code")])
    table = Table.from_numpy(domain, np.array([[.9], [np.nan]]), metas=np.array(
        [["6403 91 960 0", "6403919600"], ["", "6404"]], dtype=object))
    found, = predictions_in(table)
    scored = scored_from_table(table, found, table.domain["declared code"], 6)
    assert scored.predicted == ("640391", "") and scored.true == ("640391", "6404")
    assert scored.p[0] == .9 and np.isnan(scored.p[1])


def test_verdicts_of_the_fusion_are_predictions():
    goods = goods_of(["G-1"], [{"description": "БОТИНКИ МУЖСКИЕ, ВЕРХ ИЗ НАТУРАЛЬНОЙ КОЖИ, "
                                "ПОДОШВА ИЗ РЕЗИНЫ", "declared_code": "6403919600"}])
    case = case_of(goods)
    verdict, = case.decide()
    table = cases_table.codes_table(case, [verdict])
    found, = predictions_in(table)
    scored = scored_from_table(table, found, table.domain["declared code"])
    assert scored.predicted == (verdict.code,) and scored.true == ("6403919600",)
    assert scored.p.tolist() == [verdict.p]


def test_a_number_called_code_is_no_prediction():
    domain = Domain([ContinuousVariable("code"), ContinuousVariable("P")])
    assert predictions_in(Table.from_numpy(domain, np.ones((2, 2)))) == []


def test_no_predictions():
    assert predictions_in(Table("iris")) == []


def test_tables_that_go_out():
    scored = Scored(("850440", "853630"), np.array([.6, .7]), ("850440", ""), np.arange(2))
    rows = code_errors(scored)
    codes = codes_table(rows)
    assert [str(row["code"]) for row in codes] == ["850440"] and codes[0]["P(error)"] == 0
    out = scored_table(predictions(), scored, np.array([.02, .3]), rows, .1)
    assert [str(row["accept"]) for row in out] == ["yes", "no"]
    assert str(out[0]["predicted code"]) == "850440" and out[1]["P(error)"] == .3
    assert np.isnan(out[1]["code's error"])
    assert len(scored_table(None, scored, np.array([.02, .3]), rows, .1)) == 2
    again = scored_table(out, scored, np.array([.5, .5]), rows, .1)
    assert again[0]["P(error)"] == .02 and again[0]["P(error) (1)"] == .5
