"""Which facts no photo shows, which photo shows another good, and what that can do."""
import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from orangecontrib.customs.groups import find_group
from orangecontrib.customs.i18n import say
from orangecontrib.customs.photos.pooling import MODES, pool
from orangecontrib.customs.photos.sufficiency import doubtful_photos, shown_facts

FOOTWEAR = find_group("footwear")
FACTS, FEATURES = FOOTWEAR.visual_facts, FOOTWEAR.feature_ids
HEIGHTS = list(FOOTWEAR.exclusive_features[0])
PRIORS = np.array([.05, .3, .03, .03, .04, .03, .05, .05, .25, .6, .25, .1, .05, .2])


def photo(**said):
    """What a photo says: sure of the features that are named, at the prior with the others."""
    p = PRIORS.copy()
    for feature, value in said.items():
        p[FEATURES.index(feature)] = value
    p[HEIGHTS] /= p[HEIGHTS].sum()
    return p


LOW = photo(height_below_ankle=50, high_heel=.03, strap_vamp=.02, not_footwear=.02)
BOOT = photo(height_calf=50, high_heel=.97, strap_vamp=.02, not_footwear=.02)
HAT = photo(not_footwear=.98, high_heel=.97, strap_vamp=.97)


def pooled(photos, gradability=None, mode="tempered", good="a"):
    g = np.ones((len(photos), len(FACTS))) if gradability is None else gradability
    return pool(np.array(photos), g, [good] * len(photos), PRIORS, .4, mode)


def names(n):
    return [f"a/{i + 1}.jpg" for i in range(n)]


@pytest.mark.parametrize("own", [2, 3, 4, 5])
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("stranger", [BOOT, HAT], ids=["boot", "hat"])
def test_one_foreign_photo_among_up_to_six_is_named(own, mode, stranger):
    for place in range(own + 1):
        photos = [LOW] * own
        photos.insert(place, stranger)
        result = pooled(photos, mode=mode)
        assert np.flatnonzero(result.foreign).tolist() == [place]
        assert f"«{place + 1}.jpg»" in say(doubtful_photos(result, names(own + 1))["a"], "ru")


def test_of_two_photos_that_contradict_each_other_both_are_named():
    result = pooled([LOW, BOOT])
    assert not result.foreign.any()
    assert "1.jpg, 2.jpg" in say(doubtful_photos(result, names(2))["a"], "en")


@pytest.mark.parametrize("photos", [[LOW], [BOOT], [LOW] * 6, [LOW, photo(), LOW, photo()],
                                    [LOW, photo(high_heel=.6), LOW]])
def test_photos_of_one_good_are_not_doubted(photos):
    result = pooled(photos)
    assert not result.foreign.any() and not doubtful_photos(result, names(len(photos)))


def test_what_a_photo_cannot_show_makes_it_no_stranger():
    g = np.ones((3, len(FACTS)))
    g[2] = 0
    assert not pooled([LOW, LOW, BOOT], g).foreign.any()


@given(own=st.integers(2, 5), feature=st.sampled_from(
    [i for i in range(len(FEATURES)) if i not in HEIGHTS]), times=st.floats(9, 200),
    says_yes=st.booleans(), stranger=st.lists(st.floats(0, 1), min_size=len(FEATURES),
                                              max_size=len(FEATURES)))
@settings(max_examples=80, deadline=None)
@example(own=2, feature=FEATURES.index("strap_vamp"), times=9., says_yes=True,
         stranger=[0.] * HEIGHTS[0] + [1.] + [0.] * (len(FEATURES) - HEIGHTS[0] - 1))
@example(own=3, feature=FEATURES.index("sport"), times=9., says_yes=False,
         stranger=[1.] * len(FEATURES))
def test_no_single_photo_turns_what_two_or_more_say_plainly(own, feature, times, says_yes,
                                                           stranger):
    stranger = np.array(stranger)
    assume(stranger[HEIGHTS].sum() > .1)
    stranger[HEIGHTS] /= stranger[HEIGHTS].sum()
    p, prior = photo(), PRIORS[feature]
    odds = prior / (1 - prior) * (times if says_yes else 1 / times)
    p[feature] = odds / (1 + odds)
    together = pooled([p] * own + [stranger]).probabilities[0, feature]
    assert together >= prior - 1e-9 if says_yes else together <= prior + 1e-9


def test_what_a_stranger_does_is_bounded_where_naive_bayes_follows_it():
    sport = FEATURES.index("sport")
    said = {mode: pooled([photo(sport=.01, height_below_ankle=50)] * 2
                         + [photo(sport=.9999, height_below_ankle=50)], mode=mode)
            .probabilities[0, sport] for mode in ("paper", "tempered")}
    assert said["tempered"] < .5 < said["paper"]


@given(data=st.data())
@settings(max_examples=30, deadline=None)
def test_a_fact_is_shown_as_far_as_one_of_the_photos_shows_it(data):
    g = np.array(data.draw(st.lists(st.lists(st.floats(0, 1), min_size=len(FACTS),
                                             max_size=len(FACTS)), min_size=1, max_size=4)))
    result = pooled([LOW] * len(g), g)
    np.testing.assert_allclose(result.gradability[0], 1 - (1 - g).prod(axis=0))
    assert (result.gradability[0] >= g.max(axis=0) - 1e-12).all()


def test_facts_that_no_photo_shows_are_told():
    g = np.zeros((2, len(FACTS)))
    g[0, FACTS.index("height")] = g[1, FACTS.index("heel")] = .9
    assert shown_facts(pooled([LOW, LOW], g)) == {"a": {"height", "heel"}}


def test_pooled_features_that_fit_no_goods_contradict_each_other():
    fine, strange = (pooled([p]).contradiction[0] for p in (
        LOW, photo(waterproof=.99, strap_vamp=.99, height_calf=50)))
    assert fine < .5 < strange
