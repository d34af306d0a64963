import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from orangecontrib.customs.groups import find_group
from orangecontrib.customs.photos.model import exclusive_groups, fact_ids, feature_ids
from orangecontrib.customs.photos.pooling import MODES, evidence_from_columns, photo_evidence, pool

FOOTWEAR = find_group("footwear")

N, FACTS = len(feature_ids()), len(fact_ids())
HEIGHTS = list(exclusive_groups()[0])
SINGLE = [i for i in range(N) if i not in HEIGHTS]
PRIORS = np.array([.05, .3, .03, .03, .04, .03, .05, .05, .25, .6, .25, .1, .05, .2])
NOTHING = {"mode": "tempered", "rho": .5}


def consistent(p):
    p = p.copy()
    p[:, HEIGHTS] /= p[:, HEIGHTS].sum(axis=1, keepdims=True)
    return p


@st.composite
def photos(draw, low=1, high=6):
    m = draw(st.integers(low, high))
    # away from the limits at which a single photo is clipped
    p = draw(arrays(float, (m, N), elements=st.floats(.02, .98)))
    g = draw(arrays(float, (m, FACTS), elements=st.floats(0, 1)))
    return consistent(p), g


def logit(p):
    return np.log(p) - np.log1p(-p)


@pytest.mark.parametrize("mode", MODES)
@given(data=photos(), seed=st.integers(0, 99))
@settings(max_examples=25, deadline=None)
def test_order_of_photos_does_not_matter(mode, data, seed):
    p, g = data
    order = np.random.default_rng(seed).permutation(len(p))
    one = pool(p, g, ["a"] * len(p), PRIORS, .4, mode)
    other = pool(p[order], g[order], ["a"] * len(p), PRIORS, .4, mode)
    np.testing.assert_allclose(one.probabilities, other.probabilities, atol=1e-9)
    np.testing.assert_allclose(one.contributions[order], other.contributions, atol=1e-9)


@pytest.mark.parametrize("mode", MODES)
@given(data=photos(high=1))
@settings(max_examples=25, deadline=None)
def test_one_gradable_photo_is_its_own_probability(mode, data):
    p, _ = data
    pooled = pool(p, np.ones((1, FACTS)), ["a"], PRIORS, .4, mode)
    np.testing.assert_allclose(pooled.probabilities, p, atol=1e-9)


@pytest.mark.parametrize("mode", MODES)
@given(data=photos())
@settings(max_examples=25, deadline=None)
def test_what_cannot_be_judged_leaves_the_prior(mode, data):
    p, _ = data
    pooled = pool(p, np.zeros((len(p), FACTS)), ["a"] * len(p), PRIORS, .4, mode)
    np.testing.assert_allclose(pooled.probabilities[0], PRIORS, atol=1e-9)
    evidence = photo_evidence(pooled, FOOTWEAR.features, PRIORS)
    for values in evidence.loglik.values():
        np.testing.assert_allclose(values - values[:, :1], 0, atol=1e-6)


@given(data=photos())
@settings(max_examples=25, deadline=None)
def test_ungradable_photo_changes_nothing(data):
    p, g = data
    blind = np.vstack([g, np.zeros((1, FACTS))])
    more = pool(np.vstack([p, 1 - p[:1]]), blind, ["a"] * (len(p) + 1), PRIORS, .4)
    less = pool(p, g, ["a"] * len(p), PRIORS, .4)
    np.testing.assert_allclose(more.probabilities, less.probabilities, atol=1e-9)


@pytest.mark.parametrize("n", [2, 3, 4])
def test_of_photos_that_are_all_sure_one_that_shows_nothing_is_not_drawn_to_the_middle(n):
    p, g = np.full((n, len(PRIORS)), .9375), np.ones((n, FACTS))
    less = pool(p, g, ["a"] * n, PRIORS, .4)
    more = pool(np.vstack([p, p[:1]]), np.vstack([g, 0 * g[:1]]), ["a"] * (n + 1), PRIORS, .4)
    np.testing.assert_allclose(more.probabilities, less.probabilities, atol=1e-9)
    np.testing.assert_allclose(more.contributions[-1], 0)


@given(data=photos(high=3))
@settings(max_examples=25, deadline=None)
def test_paper_mode_is_naive_bayes(data):
    p, _ = data
    p = consistent(np.clip(p, .1, .9))
    pooled = pool(p, np.ones((len(p), FACTS)), ["a"] * len(p), PRIORS, .9, "paper")
    expected = logit(PRIORS) + (logit(p) - logit(PRIORS)).sum(axis=0)
    inside = [i for i in SINGLE if abs(expected[i]) < 6]
    np.testing.assert_allclose(logit(pooled.probabilities[0, inside]), expected[inside],
                               atol=1e-6)
    heights = PRIORS[HEIGHTS] * (p[:, HEIGHTS] / PRIORS[HEIGHTS]).prod(axis=0)
    np.testing.assert_allclose(pooled.probabilities[0, HEIGHTS], heights / heights.sum(),
                               atol=1e-6)


@given(data=photos(low=2), rho=st.floats(.05, 1))
@settings(max_examples=25, deadline=None)
def test_tempering_lies_between_one_photo_and_naive(data, rho):
    p, _ = data
    p = np.repeat(consistent(np.clip(p[:1], .3, .7)), len(p), axis=0)
    ones, ids = np.ones((len(p), FACTS)), ["a"] * len(p)
    single = pool(p[:1], ones[:1], ["a"], PRIORS, rho).probabilities[0, SINGLE]
    naive = pool(p, ones, ids, PRIORS, rho, "paper").probabilities[0, SINGLE]
    tempered = pool(p, ones, ids, PRIORS, rho).probabilities[0, SINGLE]
    assert (tempered >= np.minimum(single, naive) - 1e-9).all()
    assert (tempered <= np.maximum(single, naive) + 1e-9).all()
    same = pool(p, ones, ids, PRIORS, 1.).probabilities[0, SINGLE]
    np.testing.assert_allclose(same, single, atol=1e-9)


def test_contributions_add_up():
    rng = np.random.default_rng(0)
    p = consistent(rng.uniform(.3, .7, (3, N)))
    pooled = pool(p, rng.uniform(0, 1, (3, FACTS)), ["a"] * 3, PRIORS, .5)
    total = logit(PRIORS) + pooled.contributions.sum(axis=0)
    np.testing.assert_allclose(logit(pooled.probabilities[0, SINGLE]), total[SINGLE])


def test_goods_in_first_seen_order_and_photos_without_a_good():
    p = consistent(np.full((4, N), .5))
    pooled = pool(p, np.ones((4, FACTS)), ["b", "", "a", "b"], PRIORS, .5)
    assert pooled.good_ids == ("b", "a")
    assert pooled.n_photos.tolist() == [2, 1]
    assert pooled.photo_good.tolist() == [0, -1, 1, 0]
    assert (pooled.contributions[1] == 0).all()


def test_no_photos_at_all():
    pooled = pool(np.zeros((0, N)), np.zeros((0, FACTS)), [], PRIORS, .5)
    assert pooled.good_ids == () and pooled.probabilities.shape == (0, N)
    assert len(photo_evidence(pooled, FOOTWEAR.features, PRIORS)) == 0


def test_nan_says_nothing_and_a_wild_photo_has_no_veto():
    p = consistent(np.tile(PRIORS, (2, 1)))
    p[1] = np.nan
    pooled = pool(p, np.ones((2, FACTS)), ["a", "a"], PRIORS, .5)
    np.testing.assert_allclose(pooled.probabilities[0], PRIORS, atol=1e-9)
    p = consistent(np.full((3, N), .5))
    p[:, 8] = .9, .9, 0.
    assert pool(p, np.ones((3, FACTS)), ["a"] * 3, PRIORS, 0.).probabilities[0, 8] > 1e-3


def test_bad_arguments_are_named():
    with pytest.raises(ValueError, match="median"):
        pool(np.zeros((0, N)), np.zeros((0, FACTS)), [], PRIORS, .5, "median")
    with pytest.raises(ValueError, match="shape"):
        pool(np.zeros((2, N)), np.zeros((1, FACTS)), ["a", "b"], PRIORS, .5)


# --- evidence ---------------------------------------------------------------------------

def test_straps_or_perforation_open_the_vamp():
    columns = [("vamp", "open", np.array([.9, .05, .05]), .1),
               ("vamp", "open", np.array([.1, .9, .05]), .1)]
    ratio = evidence_from_columns(["a", "b", "c"], columns).loglik["vamp"]
    closed, is_open = ratio[:, 0], ratio[:, 1]
    np.testing.assert_allclose(is_open[0], np.log((1 - .1 * .9) / (1 - .9 * .9)))
    assert (is_open > closed).tolist() == [True, True, False]


def test_sport_speaks_only_against_the_other_values():
    evidence = evidence_from_columns(["a"], [("sport", "sport", np.array([.8]), .05)])
    values = dict(zip(FOOTWEAR.vocabulary["sport"].value_ids, evidence.loglik["sport"][0]))
    assert values.pop("sport") == pytest.approx(np.log(.8 / .05))
    assert len(set(values.values())) == 1
    assert list(values.values())[0] == pytest.approx(np.log(.2 / .95))


def test_gate_speaks_against_footwear_and_parts_alike():
    evidence = evidence_from_columns(["a"], [("is_footwear", "not_footwear",
                                              np.array([.9]), .2)])
    footwear_, parts, other = evidence.loglik["is_footwear"][0]
    assert footwear_ == parts < 0 < other


def test_heights_are_one_fact_and_nan_is_silent():
    p = np.array([[.7, .1, .1, .1], [np.nan] * 4])
    columns = [("height", v, p[:, i], .25)
               for i, v in enumerate(FOOTWEAR.vocabulary["height"].value_ids)]
    evidence = evidence_from_columns(["a", "b"], columns[::-1])  # order does not matter
    np.testing.assert_allclose(evidence.loglik["height"][0], np.log(p[0] / .25))
    assert evidence.says("height").tolist() == [True, False]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("wrong", [1.2, -.1, np.inf])
def test_what_is_no_probability_is_refused_with_the_row_of_the_photo(mode, wrong):
    p, g = np.full((2, 14), .5), np.ones((2, len(fact_ids())))
    p[1, 3] = wrong
    with pytest.raises(ValueError, match=r"row 2 \(good 'b'\).*not a probability"):
        pool(p, g, ["a", "b"], np.full(14, .5), 0., mode)
    p[1, 3], g[1, 0] = .5, wrong
    with pytest.raises(ValueError, match="row 2"):
        pool(p, g, ["a", "b"], np.full(14, .5), 0., mode)
