from itertools import product

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from orangecontrib.customs.groups import find_group
from orangecontrib.customs.photos.consistency import contradiction, given_cluster

GROUP = find_group("footwear")
IDS = GROUP.feature_ids
HEIGHTS = list(GROUP.exclusive_features[0])
SINGLE = [i for i in range(len(IDS)) if i not in HEIGHTS]
probability = st.floats(0, 1)


def vector(**values):
    p = np.zeros(len(IDS))
    for name, value in values.items():
        p[IDS.index(name)] = value
    return p


def test_features_of_one_good_do_not_contradict():
    goods = [vector(height_below_ankle=1), vector(height_below_ankle=1, high_heel=1),
             vector(height_below_ankle=1, strap_vamp=1, toe_strap=1),
             vector(height_below_ankle=1, riveted_straps=1), vector(height_calf=1, sport=1),
             vector(height_over_knee=1, waterproof=1), vector(height_calf=1, not_footwear=1)]
    np.testing.assert_allclose(contradiction(np.array(goods), GROUP), 0, atol=1e-12)


def test_features_foreign_to_each_other_contradict():
    goods = [vector(height_calf=1, strap_vamp=1), vector(height_calf=1, house=1),
             vector(height_below_ankle=1, waterproof=1, strap_vamp=1),
             vector(height_below_ankle=1, toe_strap=1, riveted_straps=1)]
    np.testing.assert_allclose(contradiction(np.array(goods), GROUP), 1, atol=1e-12)


def brute(p):
    """Sum over all vectors that some cluster allows."""
    mass = 0.
    for bits in product((0, 1), repeat=len(SINGLE)):
        for height in HEIGHTS:
            vector = dict(zip(SINGLE, bits)) | {i: int(i == height) for i in HEIGHTS}
            if any(all(vector[IDS.index(f)] == v for f, v in cluster.implied.items())
                   for cluster in GROUP.clusters):
                mass += p[height] * np.prod([p[i] if b else 1 - p[i]
                                             for i, b in zip(SINGLE, bits)])
    return 1 - mass


@settings(max_examples=15, deadline=None)
@given(st.lists(probability, min_size=10, max_size=10),
       st.lists(st.floats(.01, 1), min_size=4, max_size=4))
def test_contradiction_is_the_mass_of_impossible_vectors(single, heights):
    p = np.zeros(len(IDS))
    p[SINGLE], p[HEIGHTS] = single, np.array(heights) / np.sum(heights)
    assert abs(contradiction(p[None], GROUP)[0] - brute(p)) < 1e-9


@settings(max_examples=50, deadline=None)
@given(st.lists(probability, min_size=10, max_size=10),
       st.lists(st.floats(.01, 1), min_size=4, max_size=4),
       st.lists(st.floats(.01, 1), min_size=6, max_size=6))
def test_given_clusters_probabilities_stay_probabilities(single, heights, clusters):
    p = np.zeros((1, len(IDS)))
    p[0, SINGLE], p[0, HEIGHTS] = single, np.array(heights) / np.sum(heights)
    result = given_cluster(p, np.array([clusters]) / np.sum(clusters), GROUP)
    assert ((result >= 0) & (result <= 1 + 1e-9)).all()
    assert abs(result[0, HEIGHTS].sum() - 1) < 1e-9


def test_every_cluster_asks_two_to_five_features_and_all_are_distinct():
    clusters = GROUP.clusters
    for cluster in clusters:
        assert len(cluster.asked) in range(2, 6) or cluster.id == "not_footwear"
    assert len({c.id for c in clusters}) == len(clusters)
    asked = {feature for cluster in clusters for feature in cluster.asked}
    implied = {f for cluster in clusters for f, value in cluster.implied.items() if value}
    assert asked | implied == set(IDS), "every feature can be said somewhere"
