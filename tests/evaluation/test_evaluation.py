"""Errors per code, calibration, risk against coverage."""
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from orangecontrib.customs.evaluation import (
    ErrorModel,
    Scored,
    accept,
    augrc,
    aurc,
    code_errors,
    cross_fitted,
    ece,
    ece_limit,
    equal_mass_bins,
    risk_coverage,
)
from orangecontrib.customs.intervals import wilson

CASES = st.lists(st.tuples(st.floats(0, 1, width=16), st.booleans()), min_size=1, max_size=40)


def scored(predicted, true, p=None, document=None):
    n = len(predicted)
    return Scored(tuple(predicted), np.full(n, .8) if p is None else np.asarray(p, float),
                  tuple(true), np.arange(n) if document is None else np.asarray(document))


# -- errors per code

def test_errors_of_each_predicted_code():
    rows = code_errors(scored(["8504"] * 4 + ["9032"] * 2, ["8504"] * 3 + ["9032"] * 2 + ["8504"]))
    first, second = rows
    assert (first.code, first.n, first.wrong, first.rate) == ("8504", 4, 1, .25)
    assert (first.low, first.high) == wilson(1, 4)
    assert first.instead == "9032" and first.instead_share == 1
    assert first.found == .75 and second.found == .5


def test_a_code_never_predicted_and_one_never_true():
    rows = {row.code: row for row in code_errors(scored(["8504"], ["8536"]))}
    assert rows["8536"].n == 0 and np.isnan(rows["8536"].rate) and rows["8536"].found == 0
    assert rows["8504"].rate == 1 and np.isnan(rows["8504"].found)


def test_a_document_that_was_tested_ten_times_counts_once():
    once = code_errors(scored(["8504", "8504"], ["8504", "9032"]))[0]
    ten = scored(["8504"] * 20, ["8504", "9032"] * 10, document=[0, 1] * 10)
    assert ten.documents == 2
    row = code_errors(ten)[0]
    assert (row.n, row.wrong) == (pytest.approx(once.n), pytest.approx(once.wrong))
    assert row.high == pytest.approx(once.high)


def test_unknown_truth_counts_nowhere():
    s = scored(["8504", "8504"], ["8504", ""])
    assert s.documents == 1 and s.weight.tolist() == [1, 0]
    assert code_errors(s)[0].n == 1


# -- P(error)

def simulated(n, seed=0, sharpness=1.):
    rng = np.random.default_rng(seed)
    p = rng.uniform(.4, 1, n)
    right = rng.random(n) < np.clip(p * sharpness, 0, 1)
    return scored(rng.choice(["8504", "8536"], n).tolist(),
                  ["8504" if r else "9999" for r in right], p), right


def test_p_error_follows_the_stated_probability_and_the_code():
    rng = np.random.default_rng(1)
    p = rng.uniform(.4, 1, 2000)
    codes = rng.choice(["8504", "8536"], 2000)
    share = np.where(codes == "8504", .1, .4) * (1.4 - p) / .7
    wrong = rng.random(2000) < share
    model = ErrorModel(codes.tolist(), p, wrong, np.ones(2000))
    sure, unsure = model(["8504", "8504"], np.array([.95, .5]))
    assert sure < unsure
    assert model(["8504"], np.array([.8]))[0] < model(["8536"], np.array([.8]))[0]
    assert 0 < model(["0101"], np.array([.8]))[0] < 1       # a code never seen
    assert np.isnan(model(["8504"], np.array([np.nan]))[0])


def test_few_errors_give_the_share_of_errors():
    model = ErrorModel(["8504"] * 10, np.linspace(.5, 1, 10), np.arange(10) < 2, np.ones(10))
    assert model(["8504"], np.array([.9]))[0] == pytest.approx(3 / 12)


def test_a_document_is_judged_by_a_model_that_has_not_seen_it():
    s, _ = simulated(60)
    before = cross_fitted(s)
    true = list(s.true)
    # the truth of one document, and nothing else, is changed: its own P(error) must not move
    true[7] = "9999" if true[7] == s.predicted[7] else s.predicted[7]
    after = cross_fitted(Scored(s.predicted, s.p, tuple(true), s.document))
    assert after[7] == before[7]
    assert not np.allclose(before, after)


def test_rows_of_one_document_are_judged_together():
    s, _ = simulated(50)
    twice = Scored(s.predicted * 2, np.tile(s.p, 2), s.true * 2, np.tile(s.document, 2))
    judged = cross_fitted(twice)
    assert np.allclose(judged[:50], judged[50:])


def test_documents_without_truth_are_judged_too():
    s, _ = simulated(80)
    open_ = Scored((*s.predicted, "8504"), np.append(s.p, .9), (*s.true, ""),
                   np.append(s.document, 80))
    assert 0 < cross_fitted(open_)[-1] < 1
    assert cross_fitted(scored(["8504"], [""])).tolist() == [pytest.approx(.5)]


def test_nothing_at_all():
    assert cross_fitted(scored([], [])).tolist() == []
    assert code_errors(scored([], [])) == []


# -- calibration

def test_bins_hold_equal_mass_and_equal_values_share_one():
    p = np.random.default_rng(0).random(300)
    assert [b.n for b in equal_mass_bins(p, p > .5, bins=5)] == [60] * 5
    assert len(equal_mass_bins(np.full(100, .7), np.arange(100) < 70)) == 1
    assert equal_mass_bins(np.zeros(0), np.zeros(0, bool)) == []


@given(CASES)
def test_bins_hold_everything_once(cases):
    p, happened = (np.array(x) for x in zip(*cases))
    found = equal_mass_bins(p, happened)
    assert sum(b.n for b in found) == pytest.approx(len(p))
    assert sum(b.n * b.happened for b in found) == pytest.approx(happened.sum())
    assert 0 <= ece(p, happened) <= 1


def test_ece_of_what_is_stated_as_it_is():
    assert ece(np.full(10, .7), np.arange(10) < 7) == pytest.approx(0)
    assert ece(np.full(10, 1.), np.arange(10) < 7) == pytest.approx(.3)


def test_a_calibrated_model_stays_below_the_limit_in_about_95_of_100():
    rng = np.random.default_rng(3)
    below = 0
    for seed in range(100):
        p = rng.beta(4, 1.5, 120)
        below += ece(p, rng.random(120) < p) <= ece_limit(p, draws=150, seed=seed)
    assert 88 <= below <= 100


def test_an_overconfident_model_does_not():
    rng = np.random.default_rng(4)
    p = np.full(200, .95)
    assert ece(p, rng.random(200) < .7) > ece_limit(p)


# -- risk and coverage

@given(CASES)
def test_augrc_is_what_auroc_and_the_error_rate_make_of_it(cases):
    p, wrong = (np.array(x) for x in zip(*cases))
    error = wrong.mean()
    auroc = roc_auc_score(wrong, p) if 0 < error < 1 else 0.
    assert augrc(p, wrong) == pytest.approx(
        (1 - auroc) * error * (1 - error) + error ** 2 / 2)  # Traub et al., 2024


def test_documents_that_nothing_tells_apart_have_the_augrc_of_a_random_order():
    assert augrc(np.full(10, .3), np.arange(10) < 4) == pytest.approx(.2)


@given(CASES)
def test_aurc_is_the_mean_over_thresholds_of_wrong_among_accepted(cases):
    p, wrong = (np.array(x) for x in zip(*cases))
    n = len(p)
    selective = sum(wrong[p <= p[i]].mean() for i in range(n)) / n
    assert aurc(p, wrong) == pytest.approx(selective)


@settings(max_examples=50)
@given(CASES, st.floats(.1, 5))
def test_only_the_order_counts(cases, power):
    p, wrong = (np.array(x) for x in zip(*cases))
    ranks = np.unique(p, return_inverse=True)[1]
    assert augrc((ranks + 1.) ** power, wrong) == pytest.approx(augrc(p, wrong))


@given(CASES)
def test_the_curve_ends_at_the_error_rate(cases):
    p, wrong = (np.array(x) for x in zip(*cases))
    threshold, coverage, risk = risk_coverage(p, wrong)
    assert coverage[-1] == pytest.approx(1) and risk[-1] == pytest.approx(wrong.mean())
    assert (np.diff(threshold) > 0).all() and (np.diff(coverage) > 0).all()


def test_weights_are_documents():
    p, wrong = np.array([.1, .2, .2]), np.array([False, True, True])
    doubled = augrc(np.array([.1, .1, .2, .2, .2, .2]), np.array([0, 0, 1, 1, 1, 1], bool))
    assert augrc(p, wrong, np.array([1., 1., 1.])) == pytest.approx(doubled)
    assert augrc(p, wrong, np.array([1., .5, .5])) == pytest.approx(augrc(p[:2], wrong[:2]))


def test_what_can_be_accepted():
    p = np.linspace(0, 1, 100)
    wrong = p > .9
    found = accept(p, wrong, .05)
    assert found.risk <= .05 < wrong[p <= found.threshold + .02].mean()
    assert found.n == pytest.approx(found.coverage * 100)
    assert found.low <= found.risk <= found.high
    assert accept(p, np.ones(100, bool), .05).coverage == 0
    assert accept(p, np.zeros(100, bool), .05).coverage == 1
