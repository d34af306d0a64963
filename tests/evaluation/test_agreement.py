"""Kappa of two who decide, with an interval that holds."""
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orangecontrib.customs.evaluation.agreement import agreement


def test_the_textbook_table_has_its_kappa_and_error():
    """Fleiss, Levin & Paik, Statistical Methods for Rates and Proportions, table 18.1."""
    table = [[75, 1, 4], [5, 4, 1], [0, 0, 10]]
    pairs = [(str(i), str(j)) for i in range(3) for j in range(3) for _ in range(table[i][j])]
    found = agreement(*zip(*pairs))
    assert (found.n, found.same) == (100, 89)
    assert found.kappa == pytest.approx(.676, abs=.001)
    assert (found.high - found.low) / (2 * 1.96) == pytest.approx(.088, abs=.001)


def test_few_goods_on_which_both_agree_leave_room_for_less():
    few, many = (agreement(["a", "b"] * n, ["a", "b"] * n) for n in (3, 300))
    assert few.kappa == many.kappa == few.high == 1
    assert few.low == pytest.approx(2 * few.share_low - 1) and few.low < .3 < .98 < many.low


def test_who_always_agrees_has_one_and_who_says_one_thing_only_has_none():
    assert agreement(["a", "b", "a"], ["a", "b", "a"]).kappa == 1
    assert np.isnan(agreement(["a", "a"], ["a", "a"]).kappa)
    assert np.isnan(agreement([], []).kappa) and agreement([], []).n == 0


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=1,
                max_size=50))
def test_it_is_the_same_from_both_sides_and_lies_in_its_interval(pairs):
    one, other = agreement(*zip(*pairs)), agreement(*zip(*[pair[::-1] for pair in pairs]))
    assert np.isnan(one.kappa) == np.isnan(other.kappa)
    if not np.isnan(one.kappa):
        assert one.kappa == pytest.approx(other.kappa)
        assert -1 <= one.low <= one.kappa <= one.high <= 1


def test_the_interval_holds_the_kappa_of_the_population_nearly_as_often_as_nominal():
    rng, shares, same = np.random.default_rng(0), np.array([.5, .3, .2]), .7
    kappa = same  # who does not agree answers by chance
    held = 0
    for _ in range(300):
        first = rng.choice(3, 150, p=shares)
        second = np.where(rng.random(150) < same, first, rng.choice(3, 150, p=shares))
        found = agreement(first.astype(str).tolist(), second.astype(str).tolist())
        held += found.low <= kappa <= found.high
    assert held / 300 > .95 - 2 * np.sqrt(.95 * .05 / 300)
