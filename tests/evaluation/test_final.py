"""Scores of final codes: what they count, and when they got worse."""
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orangecontrib.customs.evaluation.final import (
    FinalCodes,
    commonest_codes,
    commonest_scores,
    final_scores,
    worse,
)

CODES = ("6403911600", "6403911800", "6403999600", "6404199000", "none")


def said(p, chosen, true, **more):
    return FinalCodes(CODES, np.array(p, dtype=float), chosen, true, **more)


def at(scores, digits):
    return next(level for level in scores if level.digits == digits)


GOODS = said([[.6, .3, .1, 0, 0], [.4, .5, .1, 0, 0], [.1, .1, .2, .6, 0], [np.nan] * 5],
             [("6403911600",), ("6403911800",), ("6404199000",), ()],
             ["6403911600", "6403911600", "6403999600", "6404199000"])


def test_a_wrong_subheading_is_an_error_of_its_digits_only():
    scores = final_scores(GOODS)
    assert [(level.digits, level.n, level.top1) for level in scores] == [
        (4, 4, .5), (6, 4, .5), (8, 4, .25), (10, 4, .25)]
    assert at(scores, 10).top3 == .75 and at(scores, 10).answered == .75


def test_probabilities_of_a_level_are_those_below_it_together():
    scores = at(final_scores(said([[.3, .3, .1, .3, 0]], [("6403911600",)], ["6403911600"])), 6)
    assert scores.log_loss == pytest.approx(-np.log(.6))
    assert scores.brier == pytest.approx(.4 ** 2 + .1 ** 2 + .3 ** 2)


def test_who_says_nothing_says_the_same_of_all_codes_and_is_accepted_nowhere():
    silent = said([[np.nan] * 5] * 2, [(), ()], ["6403911600", "6404199000"])
    scores = at(final_scores(silent), 10)
    assert scores.log_loss == pytest.approx(np.log(5)) and scores.top1 == scores.top3 == 0
    assert set(scores.coverage.values()) == {0}


def test_a_true_code_counts_at_the_levels_that_it_reaches():
    short = said([[.6, .3, .1, 0, 0]], [("6403911600",)], ["640391"])
    assert [level.digits for level in final_scores(short)] == [4, 6]


def test_a_right_candidate_of_a_gap_counts_its_share():
    gap = said([[.5, .5, 0, 0, 0]], [("6403911600", "6403911800")], ["6403911600"])
    assert at(final_scores(gap), 10).top1 == .5 and at(final_scores(gap), 6).top1 == 1


def test_duties_weigh_errors():
    duties = {"6403911600": 1., "6403911800": 3., "6404199000": .5, "6403999600": 1.5}
    goods = said(GOODS.p, GOODS.chosen, GOODS.true, duties=duties)
    assert at(final_scores(goods), 10).duty_error == pytest.approx((0 + 2 + 1) / (1 + 1 + 1.5))
    assert np.isnan(at(final_scores(goods), 6).duty_error)


def test_goods_of_one_group_are_one_witness_in_the_intervals():
    alone = at(final_scores(said([[1, 0, 0, 0, 0]] * 8, [("6403911600",)] * 8,
                                 ["6403911600"] * 8)), 10)
    together = at(final_scores(said([[1, 0, 0, 0, 0]] * 8, [("6403911600",)] * 8,
                                    ["6403911600"] * 8, groups=["a"] * 4 + ["b"] * 4)), 10)
    assert alone.top1 == together.top1 == 1 and together.top1_low < alone.top1_low < 1


def test_goods_of_one_group_are_one_witness_in_what_calibration_shows_by_chance():
    p, code = [[.7, .1, .1, .1, 0]], [("6403911600",)]
    once = said(p * 8, code * 8, ["6403911600"] * 8)
    often = said(p * 80, code * 80, ["6403911600"] * 80, groups=[n % 8 for n in range(80)])
    assert at(final_scores(often), 10).ece_chance == pytest.approx(
        at(final_scores(once), 10).ece_chance, abs=.05)


def test_the_commonest_code_of_a_level_is_that_of_the_level():
    true = ["6403911600"] * 2 + ["6403911800"] * 2 + ["6404199000"] * 4 + ["640399"] * 4
    goods = said([[.2] * 5] * len(true), [()] * len(true), true)
    scores = commonest_scores(goods)
    assert at(scores, 4).top1 == pytest.approx(8 / 12)      # 6403
    assert at(scores, 10).top1 == pytest.approx(4 / 8)      # 6404199000


def test_errors_with_the_largest_p_leave_nothing_to_accept():
    bad = said([[.9, .1, 0, 0, 0]] + [[.6, .2, .2, 0, 0]] * 9, [("6403911600",)] * 10,
               ["6403911800"] + ["6403911600"] * 9)
    good = said([[.5, .1, .4, 0, 0]] + [[.9, .1, 0, 0, 0]] * 9, [("6403911600",)] * 10,
                ["6403911800"] + ["6403911600"] * 9)
    assert at(final_scores(bad), 10).coverage == {"0.01": 0, "0.05": 0}
    assert at(final_scores(good), 10).coverage == {"0.01": .9, "0.05": .9}
    assert at(final_scores(bad), 10).augrc > at(final_scores(good), 10).augrc


@given(st.lists(st.tuples(st.lists(st.floats(.01, 1), min_size=5, max_size=5),
                          st.integers(0, 3)), min_size=1, max_size=12))
@settings(max_examples=40, deadline=None)
def test_scores_stay_in_their_ranges_and_the_best_is_the_truth(rows):
    p = np.array([row for row, _ in rows])
    p /= p.sum(axis=1, keepdims=True)
    true = [CODES[code] for _, code in rows]
    chosen = [(CODES[int(row[:4].argmax())],) for row in p]
    truth = np.eye(5)[[code for _, code in rows]]
    for some, best in zip(final_scores(said(p, chosen, true)),
                          final_scores(said(truth, [(code,) for code in true], true))):
        for level in (some, best):
            assert 0 <= level.top1 <= level.top3 <= 1
            assert level.top1_low - 1e-9 <= level.top1 <= level.top1_high + 1e-9
            assert 0 <= level.brier <= 2 and level.log_loss >= 0
        assert best.top1 == best.macro_f1 == 1 and best.brier == best.log_loss == best.augrc == 0
        assert best.log_loss <= some.log_loss and best.brier <= some.brier


def test_the_commonest_code_is_that_of_goods_of_other_groups():
    goods = said([[.2] * 5] * 4, [()] * 4, ["6403911600"] * 3 + ["6404199000"],
                 groups=["a", "a", "a", "b"])
    assert commonest_codes(goods).chosen == [("6404199000",)] * 3 + [("6403911600",)]


# -- the gate

def report(**top1):
    return {"all": [{"digits": int(digits[1:]), "top1": value} for digits, value in top1.items()]}


@pytest.mark.parametrize("digits, points", [(4, .01), (6, .02), (8, .03), (10, .03)])
def test_what_falls_by_more_than_its_points_is_named(digits, points):
    name = f"d{digits}"
    assert not worse(report(**{name: .9 - points}), report(**{name: .9}))
    line, = worse(report(**{name: .9 - points - .001}), report(**{name: .9}))
    assert f"all, {digits} digits" in line and "are allowed" in line
    assert not worse(report(**{name: .95}), report(**{name: .9}))


def test_a_score_that_is_gone_is_named():
    line, = worse({}, report(d4=.9))
    assert "not in this one" in line


def test_a_report_goes_through_json():
    levels = [level.as_dict() for level in final_scores(GOODS)]
    assert json.loads(json.dumps(levels, allow_nan=False)) == levels
    assert not worse({"all": levels}, {"all": levels})
