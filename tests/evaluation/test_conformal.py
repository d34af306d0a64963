"""Safe digits that rest on known goods: algebra of the thresholds, promises on simulated ones."""
import math
from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orangecontrib.customs.evaluation.conformal import (
    ALL,
    HEADING,
    POOL,
    Known,
    enough,
    heading_of,
    promise_of,
    score,
    threshold_of,
    weights_of,
)
from orangecontrib.customs.evaluation.coverage import (
    RULES,
    coverages,
    cross_coverages,
)
from orangecontrib.customs.nomenclature import LEVELS

CODES = [f"64{heading:02}{sub}00{item}0" for heading in range(1, 5) for sub in (11, 19)
         for item in (10, 20)]
MASSES = st.lists(st.floats(0, 1), min_size=1, max_size=5)
SCORES = st.lists(st.floats(0, 1), min_size=1, max_size=60)
ERRORS = st.floats(.01, .5)


def way(code, masses):
    return tuple(zip((code[:level] for level in LEVELS), sorted(masses, reverse=True)))


@st.composite
def goods(draw, most=60):
    codes = st.sampled_from(CODES)
    return [Known(way(draw(codes), draw(MASSES)), draw(codes)[:draw(st.sampled_from(LEVELS))],
                  draw(st.sampled_from(["", "a", "b", "c", *map(str, range(30))])))
            for _ in range(draw(st.integers(0, most)))]


# -- scores

@given(st.sampled_from(CODES), MASSES, st.sampled_from(CODES), st.floats(0, 1))
def test_an_answer_is_right_if_and_only_if_the_threshold_reaches_the_score(code, masses, true, t):
    nodes = way(code, masses)
    answer = next((node for node, p in reversed(nodes) if p > t), "")
    assert true.startswith(answer) == (t >= score(nodes, true))


def test_of_a_good_without_a_code_of_the_groups_only_the_root_is_right():
    assert score(way("6403111000", [.9, .8]), "none") == .9


def test_the_heading_of_a_chapter_is_the_chapter():
    assert [heading_of(nodes) for nodes in ((), way("6403", [.9]), way("640311", [.9, .8, .7]))] \
        == ["", "64", "6403"]


# -- thresholds

@given(SCORES, ERRORS)
def test_the_threshold_is_the_score_of_the_rank_that_theory_names(scores, error):
    rank = math.ceil((len(scores) + 1) * (1 - error) - 1e-9)
    assert threshold_of(scores, error) == (sorted(scores)[rank - 1] if rank <= len(scores)
                                           else math.inf)


@given(SCORES, ERRORS, ERRORS)
def test_who_accepts_more_errors_has_no_higher_threshold(scores, one, other):
    low, high = sorted((one, other))
    assert threshold_of(scores, high) <= threshold_of(scores, low)


@given(SCORES, ERRORS, st.randoms())
def test_the_order_of_the_goods_does_not_matter(scores, error, random):
    mixed = random.sample(scores, len(scores))
    assert threshold_of(mixed, error) == threshold_of(scores, error)


@given(SCORES, ERRORS, st.integers(1, 4))
def test_a_good_that_a_witness_repeats_counts_once(scores, error, times):
    assert threshold_of(scores * times, error, [1 / times] * (len(scores) * times)) \
        == threshold_of(scores, error)


@given(goods())
def test_goods_of_a_witness_weigh_one_together(rows):
    weights = defaultdict(float)
    for row, weight in zip(rows, weights_of(rows)):
        weights[row.by] += weight
    assert all(weight == pytest.approx(1) for by, weight in weights.items() if by)


# -- promises

@given(goods(), ERRORS, st.randoms())
@settings(deadline=None)
def test_a_promise_does_not_depend_on_the_order_of_the_table(rows, error, random):
    assert promise_of(random.sample(rows, len(rows)), error) == promise_of(rows, error)


@given(goods(), ERRORS, st.sampled_from(CODES), MASSES)
@settings(deadline=None)
def test_safe_digits_lie_on_the_way_and_no_deeper_than_codes_are_known(rows, error, code, masses):
    promise, nodes = promise_of(rows, error), way(code, masses)
    safe, p = promise.safe(nodes)
    assert code.startswith(safe) and len(safe) <= promise.digits
    assert not safe or (safe, p) in nodes
    threshold = promise.threshold(nodes)
    if threshold is not None:
        assert threshold.n >= enough(error)
        assert threshold.kind in ((HEADING,) if heading_of(nodes) in promise.headings
                                  else (POOL, ALL))


@given(st.lists(st.tuples(st.sampled_from(CODES), MASSES, st.sampled_from(CODES)),
                min_size=20, max_size=40), ERRORS, ERRORS, st.sampled_from(CODES), MASSES)
@settings(deadline=None)
def test_who_accepts_more_errors_has_no_fewer_safe_digits_of_the_same_goods(
        known, one, other, code, masses):
    """Of one heading all goods are one kind; with several, other goods may come to count."""
    rows = [Known(way("6401" + said[4:], p), true) for said, p, true in known]
    low, high = sorted((max(one, .05), max(other, .05)))
    nodes = way("6401" + code[4:], masses)
    assert len(promise_of(rows, low).safe(nodes)[0]) <= len(promise_of(rows, high).safe(nodes)[0])


def rows_of(heading, n, true="6403111000", **more):
    return [Known(way(f"{heading}111000", [.9, .8, .7, .6, .5]), true, **more)] * n


def test_nothing_is_promised_before_enough_goods_are_known():
    few, enough_ = (promise_of(rows_of("6403", n), .1) for n in (9, 10))
    assert (few.digits, few.all, few.n) == (0, None, 9)
    assert enough_.digits == 10 and enough_.headings["6403"].n == 10


def test_a_witness_with_many_goods_is_still_one():
    assert not promise_of(rows_of("6403", 500, by="one ruling"), .1).digits


def test_answers_are_cut_where_codes_are_known_no_deeper():
    promise = promise_of([*rows_of("6403", 25, "640311"), *rows_of("6403", 20)], .1)
    assert promise.digits == 6 and promise.headings["6403"].goods == 45
    assert promise.safe(way("6403111000", [1, 1, 1, 1, 1]))[0] == "640311"


def test_a_heading_has_a_threshold_of_its_own_from_enough_goods_on_others_one_together():
    promise = promise_of([*rows_of("6403", 30), *rows_of("6401", 6), *rows_of("6402", 6)], .1)
    assert set(promise.headings) == {"6403"}
    assert (promise.pool.kind, promise.pool.n, promise.all.n) == (POOL, 12, 42)
    assert promise.threshold(way("6405111000", [.9])) is promise.pool, "an unseen heading"


def test_where_rare_headings_are_too_few_together_all_goods_serve_them():
    promise = promise_of([*rows_of("6403", 30), *rows_of("6401", 3)], .1)
    assert promise.pool is None and promise.threshold(way("6401111000", [.9])).kind == ALL


def test_goods_without_a_said_code_promise_nothing():
    assert promise_of([*rows_of("6403", 9), *[Known((), "6403")] * 50], .1).n == 9


# -- coverage

def test_the_root_is_always_right_and_has_no_digits():
    found = {c.rule: c for c in cross_coverages(rows_of("6403", 40), [.1]) if not c.heading}
    assert set(found) == set(RULES)
    assert (found["root"].covered, found["root"].length, found["root"].root) == (1, 0, 1)


def test_goods_of_one_witness_are_judged_by_others():
    """Each of five rulings is right by itself alone, so that all but the trivial answers differ."""
    rows = [row for n in range(5) for row in rows_of("6403", 4, by=f"r{n}")]
    assert {c.n for c in cross_coverages(rows, [.3]) if not c.heading} == {5}


def test_too_few_goods_have_no_coverage():
    assert cross_coverages(rows_of("6403", 3)) == []


def simulated(rng, groups, most=1):
    """Goods whose stated probabilities are far too sure, and wrong by heading.

    A ruling has up to `most` goods with the same true code.
    """
    base = np.repeat(np.log([.5, .3, .15, .05]), 4)
    logits = base + rng.normal(0, 2, (groups, len(CODES)))
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    rows = []
    for group in range(groups):
        true = CODES[rng.choice(len(CODES), p=p[group])]
        for _ in range(rng.integers(1, most + 1)):
            stated = 2.5 * logits[group] + np.repeat([0, 1, -1, 2], 4)
            stated += rng.normal(0, .5, len(CODES)) * (most > 1)
            stated = np.exp(stated - stated.max())
            stated /= stated.sum()
            said = CODES[int(stated.argmax())]
            masses = [sum(s for s, code in zip(stated, CODES) if code.startswith(said[:level]))
                      for level in LEVELS]
            rows.append(Known(way(said, np.minimum(masses, 1)), true, f"r{group}"))
    return rows


@pytest.mark.parametrize("most", [1, 6])
def test_what_is_promised_of_all_and_of_each_heading_is_kept_on_simulated_goods(most):
    """120 tables, 50 goods judged by each: 6 000; the standard error is that over tables."""
    rng, error = np.random.default_rng(5), .1
    shares = defaultdict(list)
    for _ in range(120):
        promise = promise_of(simulated(rng, 150, most), error)
        right = defaultdict(list)
        for row in {row.by: row for row in simulated(rng, 50, most)}.values():
            right[""].append(row.true.startswith(promise.safe(row.way)[0]))
            threshold = promise.threshold(row.way)
            right[threshold.kind, threshold.heading].append(right[""][-1])
        for of, some in right.items():
            shares[of].append((np.mean(some), len(some)))
    assert sum(n for _, n in shares[""]) == 6000
    for of, some in shares.items():
        covered, n = map(np.array, zip(*some))
        if n.sum() < 200:
            continue
        mean = covered @ n / n.sum()
        error_of_mean = np.sqrt((n ** 2 * (covered - mean) ** 2).sum()) / n.sum()
        assert mean >= 1 - error - 2 * error_of_mean, of


def test_stated_probabilities_that_are_too_sure_break_what_they_seem_to_say():
    """Without this the test above would prove nothing."""
    rng = np.random.default_rng(6)
    rows, fresh = simulated(rng, 400), simulated(rng, 1000)
    of = {c.rule: c for c in coverages([(promise_of(rows, .1), fresh)]) if not c.heading}
    assert of["probabilities"].high < .9 < of["conformal"].high
    assert 0 < of["conformal"].length < of["all digits"].length
