"""The weight of a classifier: fitted on goods whose codes are known."""
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orangecontrib.customs.cases import case_of
from orangecontrib.customs.cases.files import goods_of_rows
from orangecontrib.customs.cases.predictions import Predictions
from orangecontrib.customs.cases.weighing import (
    FEWEST,
    WEIGHTS,
    WeightError,
    fit_weight,
    p_true,
)
from orangecontrib.customs.fusion.among import codes_of, decide_among, masses_among
from orangecontrib.customs.nomenclature.decision_table import OUTSIDE

TEXTS = ("Ботинки, верх из натуральной кожи, подошва из резины", "Обувь: балетки в коробке",
         "Туфли женские, верх из текстиля", "Выпрямитель", "Насос", "")
CLASSES = ("6403", "6404", "8504", "8413")


def case_with(p, texts, classes=CLASSES, **options):
    ids = [str(row) for row in range(len(texts))]
    goods = goods_of_rows([{"good_id": id_, "description": text} for id_, text in zip(ids, texts)])
    p = np.asarray(p, dtype=float)
    return case_of(goods, predictions=Predictions(
        ids, {code: p[:, column] for column, code in enumerate(classes)},
        {code: code for code in classes}), **options)


@pytest.fixture(scope="module")
def labelled():
    """Footwear whose upper nobody tells, a classifier that is right in 80 of 100, and truths."""
    rng = np.random.default_rng(1)
    true = rng.choice(["6403", "6404"], 200)
    right = rng.random(200) < .8
    says_403 = (true == "6403") == right

    def case(p, **options):
        return case_with(np.column_stack([np.where(says_403, p, 1 - p),
                                          np.where(says_403, 1 - p, p)]),
                         ["Обувь мужская на шнурках"] * 200, ("6403", "6404"), **options)
    return case, {str(row): code for row, code in enumerate(true)}


def test_a_classifier_that_is_too_sure_counts_less_and_one_that_is_too_shy_more(labelled):
    case, true = labelled
    sure, calibrated, shy = (fit_weight(case(p), true) for p in (.9999, .8, .6))
    assert sure.weight < calibrated.weight < shy.weight
    assert sure.high < 1 < shy.low
    for fit in (sure, calibrated, shy):
        assert fit.low <= fit.weight <= fit.high and fit.n == fit.groups == 200
        assert fit.loss == min(fit.losses.values()) <= fit.losses[1.]


def test_a_classifier_that_knows_nothing_gets_no_weight(labelled):
    case, true = labelled
    turned = {key: np.random.default_rng(int(key)).choice(["6403", "6404"]) for key in true}
    assert fit_weight(case(.95), turned).weight <= .2


def test_the_weight_is_one_of_those_that_the_control_has():
    assert WEIGHTS[0] == 0 and WEIGHTS[-1] == 3
    assert np.allclose(np.diff(WEIGHTS), .1)


def test_goods_of_one_group_weigh_as_one(labelled):
    case, true = labelled
    goods = case(.9)
    by = {key: min(int(key), 30) for key in true}  # 170 goods are of one group
    fit = fit_weight(goods, true, by)
    some = {key: code for key, code in true.items() if int(key) <= 30}
    assert fit.n == 200 and fit.groups == 31
    assert fit.high - fit.low > fit_weight(goods, true).high - fit_weight(goods, true).low
    assert fit_weight(goods, some).groups == 31


def test_below_twenty_groups_nothing_is_fitted(labelled):
    case, true = labelled
    few = dict(list(true.items())[:FEWEST - 1])
    with pytest.raises(WeightError, match=f"{FEWEST} goods or more .* there are {FEWEST - 1}"):
        fit_weight(case(.9), few)
    with pytest.raises(WeightError, match="there are 1$"):
        fit_weight(case(.9), true, dict.fromkeys(true, "one ruling"))


def test_goods_of_which_the_classifier_says_nothing_are_not_counted(labelled):
    case, true = labelled
    p = np.full((200, 2), np.nan)
    p[:25] = .3, .7
    silent = case_with(p, ["Обувь мужская на шнурках"] * 200, ("6403", "6404"))
    assert fit_weight(silent, true).n == 25


def test_the_codes_of_other_goods_are_none():
    case = case_with([[.2, .2, .2, .4]], ["Насос"])
    codes = codes_of(case.engines)
    masses = masses_among(case.engines, case.witnesses, case.keys, case.answer)
    assert p_true(masses, codes, ["8413"])[0] == masses[0, codes.index(OUTSIDE)]


def test_a_code_counts_as_deep_as_the_table_goes():
    codes = ["6403911600", "6403911800", "6404199000", "6406", OUTSIDE]
    masses = np.array([[.1, .2, .3, .15, .25]])
    for true, p in (("6403911600", .1), ("6403919900", .3), ("6403", .3), ("640620", .15),
                    ("8413", .25)):
        assert p_true(masses, codes, [true])[0] == pytest.approx(p), true
    assert p_true(np.full((1, 5), np.nan), codes, ["6403"])[0] == .4


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_masses_are_those_of_the_verdicts(data):
    n = data.draw(st.integers(1, 4))
    shares = st.lists(st.floats(.01, 1), min_size=4, max_size=4)
    p = np.array([data.draw(shares) for _ in range(n)])
    texts = [data.draw(st.sampled_from(TEXTS)) for _ in range(n)]
    groups = data.draw(st.sampled_from([(), ("footwear",), ("electrical",)]))
    classes = data.draw(st.sampled_from([CLASSES, ("6403", "6404", "6405", "6402"),
                                         ("8413", "4011", "0101", "0202")]))
    case = case_with(p / p.sum(axis=1, keepdims=True), texts, classes, groups=groups)
    masses = masses_among(case.engines, case.witnesses, case.keys, case.answer)
    codes = codes_of(case.engines)
    verdicts = decide_among(case.engines, case.witnesses, case.keys, answer=case.answer)
    for row, verdict in zip(masses, verdicts):
        if not verdict.probabilities:
            assert np.isnan(row).all()
        else:
            found = [verdict.probabilities.get(code, 0.) for code in codes]
            np.testing.assert_allclose(row, found, atol=1e-12)
            assert row.sum() == pytest.approx(1)
