"""The tree as Orange's learner and model: Test & Score, Predictions, pickles, bags of words."""
import pickle

import numpy as np
import pytest
from Orange.classification import MajorityLearner, NaiveBayesLearner
from Orange.data import ContinuousVariable, DiscreteVariable, Domain, StringVariable, Table
from Orange.data.table import DomainTransformationError
from Orange.evaluation import CA, CrossValidation, TestOnTestData
from orangecontrib.text import Corpus
from orangecontrib.text.vectorization import BowVectorizer
from tree_goods import goods

from orangecontrib.customs.nomenclature import bundled_tariff
from orangecontrib.customs.nomenclature.table import tariff_table
from orangecontrib.customs.textmining.tree.table import (
    TariffTreeLearner,
    candidates_table,
    levels_table,
    tariff_of_table,
)

PROBABILITIES = 1


def declarations(values=None, kind=Table):
    """Made goods with their codes as class; `values` are how these are written."""
    texts, codes = map(list, zip(*goods()))
    values = values or {}
    labels = [values.get(code, code) for code in codes]
    target = DiscreteVariable("HS code", sorted(set(labels)))
    domain = Domain([], target, [StringVariable("id"), StringVariable("description")])
    metas = np.array([[f"G{n}", text] for n, text in enumerate(texts)], dtype=object)
    Y = np.array([target.values.index(label) for label in labels], dtype=float)
    more = {"text_features": [domain["description"]], "language": "ru"} if kind is Corpus else {}
    return kind.from_numpy(domain, np.empty((len(texts), 0)), Y, metas, **more)


def bag(table=None):
    return BowVectorizer().transform(table or declarations(kind=Corpus))


@pytest.fixture(scope="module")
def data():
    return declarations()


@pytest.fixture(scope="module")
def model(data):
    return TariffTreeLearner()(data)


def test_it_is_scored_as_any_other_learner(data):
    results = CrossValidation(k=3)(data, [TariffTreeLearner(), MajorityLearner()])
    assert not any(results.failed)
    tree, commonest = CA(results)
    assert tree > .8 > commonest


def test_a_bag_of_words_is_learnt_from_as_well_as_the_texts():
    results = CrossValidation(k=3)(bag(), [TariffTreeLearner()])
    assert not results.failed[0] and CA(results)[0] > .8


@pytest.mark.parametrize("make", [declarations, bag])
@pytest.mark.parametrize("learner", [NaiveBayesLearner(), MajorityLearner()])
def test_any_learner_serves_the_nodes(make, learner):
    table = make()
    model = TariffTreeLearner(learner=learner)(table)
    P = model(table, PROBABILITIES)
    assert P.shape == (len(table), len(table.domain.class_var.values))
    assert np.allclose(P.sum(axis=1), 1)
    assert pickle.loads(pickle.dumps(model))(table[:5], PROBABILITIES) == pytest.approx(P[:5])


def test_test_data_may_have_codes_that_training_has_not(data):
    other = Table.from_numpy(
        Domain([], DiscreteVariable("HS code", ("9032", "8413", "0101")), data.domain.metas),
        data.X[:4], np.array([0., 1, 2, 1]), data.metas[:4])
    results = TestOnTestData()(data, other, [TariffTreeLearner()])
    assert not results.failed[0]
    model = TariffTreeLearner()(data)
    P = model(other, PROBABILITIES)
    assert P.shape == (4, 3) and np.allclose(P.sum(axis=1), 1)
    assert set(model(other)) <= {0., 1., 2.}


def test_data_without_a_class_gets_all_codes_that_the_model_knows(data, model):
    bare = data.transform(Domain([], None, data.domain.metas))
    P = model(bare, PROBABILITIES)
    assert P.shape == (len(data), len(model.domain.class_var.values)) and P.shape[1] > 6


def test_one_row_is_as_in_the_batch(data, model):
    table = bag()
    for own, some in ((model, data), (TariffTreeLearner()(table), table)):
        together = own(some, PROBABILITIES)
        for row in range(0, len(some), 17):
            assert (own(some[row:row + 1], PROBABILITIES)[0] == together[row]).all()


def test_a_pickled_model_says_the_same_and_brings_no_rows_along(data, model):
    again = pickle.loads(pickle.dumps(model))
    assert (again(data, PROBABILITIES) == model(data, PROBABILITIES)).all()
    assert again.trained.held_out is None and again.original_data is None


def test_codes_stay_as_the_class_writes_them():
    data = declarations({"640411": "6404 11", "4011": "40.11"})
    model = TariffTreeLearner()(data)
    assert {"6404 11", "40.11"} <= set(model.domain.class_var.values)
    assert np.mean(model(data) == data.Y) > .9


def test_a_lost_zero_is_put_back_and_what_is_no_code_is_left_out():
    data = declarations({"4011": "401", "8413": "pumps"})
    model = TariffTreeLearner()(data)
    assert "0401" in model.trained.classes and "401" in model.domain.class_var.values
    assert len(model.remarks) == 2


def test_a_table_without_the_column_that_is_read_is_refused(data, model):
    bare = data.transform(Domain([], data.domain.class_var, [data.domain["id"]]))
    with pytest.raises(DomainTransformationError, match="description"):
        model(bare)


@pytest.mark.parametrize("target", [ContinuousVariable("y"), None])
def test_a_class_that_is_no_code_is_refused(data, target):
    table = Table.from_numpy(Domain([ContinuousVariable("x")], target), np.zeros((3, 1)),
                             None if target is None else np.zeros(3))
    with pytest.raises(ValueError, match="Code as Class"):
        TariffTreeLearner()(table)


def test_names_of_flowers_are_no_codes():
    with pytest.raises(ValueError, match="at least two different codes"):
        TariffTreeLearner()(Table("iris"))


def test_candidates_have_each_level_and_safe_digits(data, model):
    table = candidates_table(model, data, .1)
    assert len(table) == len(data)
    first = {v.name: table[0][v] for v in table.domain.metas}
    assert str(first["4 digits, 1"]) == "6403" and str(first["10 digits, 1"]).startswith("64")
    safe = [str(row["safe code"]) for row in table]
    best = [str(row["likeliest code"]) for row in table]
    assert all(code.startswith(digits) for code, digits in zip(best, safe))


def test_own_rows_are_answered_by_trees_that_had_not_seen_them(data, model):
    own = candidates_table(model, data, .1, own=True)
    seen = candidates_table(model, data, .1)
    error = [np.mean(table.get_column("P(error)").astype(float)) for table in (own, seen)]
    assert error[0] > error[1]


def test_columns_that_are_there_keep_their_names(data, model):
    again = candidates_table(model, candidates_table(model, data[:3], .1), .1)
    names = [v.name for v in again.domain.metas]
    assert len(set(names)) == len(names) and "safe code (2)" in names


def test_levels_have_a_row_each(model):
    assert levels_table(model).get_column("digits").tolist() == [2, 4, 6, 8, 10]


def test_what_tariff_nomenclature_sends_is_a_tariff_again():
    tariff = bundled_tariff()
    again = tariff_of_table(tariff_table(tariff))
    assert "8504403008" in again
    assert again["6403"].ru == tariff["6403"].ru
    assert again.path("6403919600")[0].code == "6403"
    assert tariff_of_table(Table("iris")) is None


def test_the_designations_of_a_table_propose_codes(data):
    tariff = tariff_of_table(tariff_table(bundled_tariff()))
    model = TariffTreeLearner(tariff)(data)
    assert any(code.startswith("9032") for code in model.trained.classes)
