"""An error that rises is noticed, and one that does not rise hardly ever."""
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import fisher_exact

from orangecontrib.customs.evaluation.drift import ALPHA, drift_of, p_of_more, periods_of
from orangecontrib.customs.intervals import wilson

MONTHS = [f"2026-{month:02d}" for month in range(1, 13)]


def year(errors, n=100, seed=0):
    """Months, wrong ones and stated P(error) of a year with these errors month by month."""
    rng = np.random.default_rng(seed)
    months = np.repeat(MONTHS[:len(errors)], n)
    stated = rng.beta(1, 15, len(months))
    factor = np.repeat(np.array(errors) / (1 / 16), n)
    return months.tolist(), rng.random(len(months)) < stated * factor, stated


def test_a_drift_in_month_seven_is_shown_by_month_eight():
    drift = drift_of(*year([1 / 16] * 6 + [.2] * 6))
    assert {alarm.last for alarm in drift.alarms} & set(MONTHS[6:8])
    assert not {alarm.last for alarm in drift.alarms} & set(MONTHS[:6])
    assert drift.now is None or drift.now.last == MONTHS[-1]


def test_without_a_drift_the_years_with_an_alarm_are_as_few_as_was_promised():
    years = 200
    alarmed = sum(bool(drift_of(*year([1 / 16] * 12, 30, seed)).alarms) for seed in range(years))
    assert wilson(alarmed, years)[0] <= ALPHA


def test_goods_that_are_harder_and_known_to_be_are_no_drift():
    rng = np.random.default_rng(1)
    stated = np.concatenate([rng.choice([.02, .3], 600, p=[.9, .1]),
                             rng.choice([.02, .3], 300, p=[.1, .9])])
    months = np.repeat(MONTHS[:9], 100).tolist()
    wrong = rng.random(900) < stated
    assert not drift_of(months, wrong, stated).alarms
    assert drift_of(months, wrong, np.full(900, np.nan)).alarms


def test_an_error_that_falls_is_no_alarm():
    assert not drift_of(*year([.3] * 6 + [.02] * 6)).alarms


def test_a_slow_rise_shows_too():
    assert drift_of(*year([.05, .05, .05, .07, .09, .11, .13, .15, .17, .2])).alarms


def test_few_decisions_are_not_tested():
    drift = drift_of(["2026-01"] * 5 + ["2026-02"] * 5, [False] * 5 + [True] * 5, [.1] * 10)
    assert drift.tested == () and drift.alarms == () and drift.now is None


def test_an_alarm_that_has_passed_is_not_of_now():
    drift = drift_of(*year([.05] * 6 + [.3] + [.05] * 5))
    assert any(alarm.last == MONTHS[6] for alarm in drift.alarms) and drift.now is None


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=2, max_size=40))
def test_in_one_stratum_it_is_fishers_exact_test(rows):
    wrong, later = np.array(rows, bool).T
    table = [[(wrong & later).sum(), (~wrong & later).sum()],
             [(wrong & ~later).sum(), (~wrong & ~later).sum()]]
    assert p_of_more(wrong, later, np.full(len(rows), .1)) == pytest.approx(
        fisher_exact(table, alternative="greater").pvalue)


@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.floats(0, 1)), min_size=1,
                max_size=60))
def test_it_is_a_probability_and_more_errors_make_it_no_larger(rows):
    wrong, later, stated = (np.array(column) for column in zip(*rows))
    p = p_of_more(wrong, later, stated)
    assert 0 <= p <= 1
    if (right := np.flatnonzero(later & ~wrong)).size and wrong[~later].any():
        moved = wrong.copy()
        alike = [i for i in np.flatnonzero(~later & wrong) if stated[i] == stated[right[0]]]
        if alike:
            moved[right[0]], moved[alike[0]] = True, False
            assert p_of_more(moved, later, stated) <= p + 1e-12


def test_months_without_decisions_stand_in_their_place():
    first, second, third = periods_of(["2025-12", "2026-02"], [True, False], [.1, np.nan])
    assert [p.name for p in (first, second, third)] == ["2025-12", "2026-01", "2026-02"]
    assert (first.n, first.wrong, first.stated) == (1, 1, .1)
    assert second.n == 0 and np.isnan(second.rate) and (second.low, second.high) == (0, 1)
    assert np.isnan(third.stated) and periods_of([], [], []) == []
