import numpy as np
import pytest

from orangecontrib.customs.groups import find_group
from orangecontrib.customs.training import heads
from orangecontrib.customs.training.trainer import Recipe
from orangecontrib.customs.training.trainer.frozen import fit as fitted_path
from orangecontrib.customs.training.trainer.objective import Objective
from orangecontrib.customs.training.trainer.watch import Watch

GROUP = find_group("footwear")
IDS, FACTS = GROUP.feature_ids, GROUP.visual_facts
HEEL, HEIGHT = IDS.index("high_heel"), IDS.index("height_below_ankle")


def fit(x, labels, weights, l2):
    recipe = Recipe(l2=l2)
    return fitted_path(x, Objective(labels, weights, recipe, GROUP), recipe, Watch())[-1]


@pytest.fixture
def made():
    """600 photos of 6 numbers: the heel is in the first, the height in the second."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(600, 6)).astype(np.float32) * 2 + 5
    labels = np.full((600, len(IDS)), np.nan)
    labels[:, HEEL] = x[:, 0] > 5.8
    height = np.digitize(x[:, 1], [4, 5.5, 7])
    labels[:, HEIGHT:HEIGHT + 4] = np.eye(4)[height]
    return x, labels, np.ones_like(labels)


def test_heads_learn_what_is_there(made):
    x, labels, weights = made
    scores = fit(x, labels, weights, .001).scores(x)
    assert ((scores[:, HEEL] > 0) == labels[:, HEEL]).mean() > .95
    found = scores[:, HEIGHT:HEIGHT + 4].argmax(axis=1)
    assert (found == labels[:, HEIGHT:HEIGHT + 4].argmax(axis=1)).mean() > .7


def test_scores_are_likelihood_ratios(made):
    """The share of positives among the training photos is not in the score."""
    x, labels, weights = made
    few = np.flatnonzero((labels[:, HEEL] == 0) | (np.arange(600) % 4 == 0))
    scores = fit(x[few], labels[few], weights[few], .001).scores(x)
    assert ((scores[:, HEEL] > 0) == labels[:, HEEL]).mean() > .93


def test_masked_labels_have_no_influence(made):
    x, labels, weights = made
    masked, other = labels.copy(), labels.copy()
    masked[300:, HEEL] = np.nan
    other[300:, HEEL] = np.nan
    x2 = x.copy()
    one = fit(x, masked, weights, .01)
    weights2 = weights.copy()
    weights2[300:, HEEL] = 99
    two = fit(x2, other, weights2, .01)
    np.testing.assert_allclose(one.weights, two.weights)


def test_unjudgeable_is_masked_in_the_value_and_a_negative_of_gradability(made):
    x, labels, weights = made
    hidden = x[:, 2] > 6
    labels[hidden, HEEL] = .5
    fitted = fit(x, labels, weights, .001)
    scores = fitted.scores(x)
    judged = scores[:, len(IDS) + FACTS.index("heel")]
    assert ((judged > 0) == ~hidden).mean() > .9
    known = ~hidden
    assert ((scores[known, HEEL] > 0) == (labels[known, HEEL] == 1)).mean() > .95


def test_features_without_both_classes_say_nothing(made):
    x, labels, weights = made
    scores = fit(x, labels, weights, .02).scores(x)
    assert (scores[:, IDS.index("house")] == 0).all()
    np.testing.assert_allclose(scores[:, len(IDS):], heads.ALWAYS)


def test_gradability_labels():
    labels = np.full((3, len(IDS)), np.nan)
    labels[0, IDS.index("strap_vamp")] = 1
    labels[1, IDS.index("perforated_vamp")] = .5
    judged = heads.gradability_labels(labels, GROUP)[:, FACTS.index("vamp")]
    assert judged[:2].tolist() == [1, 0] and np.isnan(judged[2])


def test_temperature_undoes_exaggeration():
    rng = np.random.default_rng(1)
    truth = rng.normal(0, 2, 4000)
    labels = np.full((4000, len(IDS)), np.nan)
    labels[:, HEEL] = rng.random(4000) < 1 / (1 + np.exp(-truth))
    scores = np.zeros((4000, len(IDS)))
    scores[:, HEEL] = 3 * truth
    found = heads.calibrate(scores, labels, np.ones_like(labels), np.full(len(IDS), .5),
                            GROUP)
    assert found.temperatures[HEEL] == pytest.approx(3, rel=.1)
    assert found.temperatures[IDS.index("house")] == 1.5
    assert not found.shifts.any(), "weak labels do not shift"


def test_labels_that_cannot_be_judged_calibrate_nothing():
    rng = np.random.default_rng(0)
    scores = rng.normal(size=(300, len(IDS)))
    labels = np.full((300, len(IDS)), np.nan)
    labels[:, HEEL] = rng.random(300) < 1 / (1 + np.exp(-scores[:, HEEL]))
    odd = np.full((200, len(IDS)), np.nan)
    odd[:, HEEL] = .5

    def found(labels, scores):
        return heads.calibrate(scores, labels, np.ones(labels.shape), np.full(14, .5), GROUP,
                               np.ones(len(labels), dtype=bool))

    plain = found(labels, scores)
    more = found(np.vstack([labels, odd]), np.vstack([scores, 9 + rng.random((200, len(IDS)))]))
    np.testing.assert_array_equal(plain.temperatures, more.temperatures)
    np.testing.assert_array_equal(plain.shifts, more.shifts)


def test_labels_by_eye_shift_the_scores_to_their_shares():
    rng = np.random.default_rng(1)
    truth, low = rng.normal(0, 2, 4000), rng.normal(0, 1.5, (4000, 4))
    labels = np.full((4000, len(IDS)), np.nan)
    labels[:, HEEL] = rng.random(4000) < 1 / (1 + np.exp(-truth))
    heights = slice(HEIGHT, HEIGHT + 4)
    gumbel = low + rng.gumbel(size=low.shape) + np.log(.25)
    labels[:, heights] = np.eye(4)[gumbel.argmax(axis=1)]
    scores = np.zeros((4000, len(IDS)))
    scores[:, HEEL] = 2 * (truth - 1)
    scores[:, heights] = 2 * (low - [1, 0, 0, 0])
    priors = np.full(len(IDS), .5)
    priors[heights] = .25
    found = heads.calibrate(scores, labels, np.ones_like(labels), priors, GROUP,
                            np.ones(4000, bool))
    assert found.temperatures[HEEL] == pytest.approx(2, rel=.1)
    assert found.shifts[HEEL] == pytest.approx(1, abs=.15)
    moved = found.shifts[heights]
    assert found.temperatures[HEIGHT] == pytest.approx(2, rel=.1)
    np.testing.assert_allclose(moved[0] - moved[1:], 1, atol=.15)


def test_correlation_of_photos_of_one_product():
    rng = np.random.default_rng(2)
    product = np.repeat(np.arange(300), 4)
    labels = np.full((1200, len(IDS)), np.nan)
    labels[:, HEEL] = np.repeat(rng.integers(0, 2, 300), 4)
    scores = np.zeros((1200, len(IDS)))
    own = np.repeat(rng.normal(size=300), 4) * np.sqrt(.6)
    scores[:, HEEL] = 4 * labels[:, HEEL] + own + rng.normal(size=1200) * np.sqrt(.4)
    rho = heads.correlations(scores, labels, product)
    assert rho[HEEL] == pytest.approx(.6, abs=.08) and rho[0] == .5


def test_training_priors_prefer_labels_by_eye():
    labels = np.full((1000, len(IDS)), np.nan)
    labels[:, HEEL] = np.arange(1000) % 2
    hand = np.arange(1000) < 200
    labels[:200, HEEL] = np.arange(200) < 50
    priors = heads.training_priors(labels, np.ones_like(labels), hand, GROUP)
    assert priors[HEEL] == pytest.approx(.25)
    assert heads.training_priors(labels, np.ones_like(labels), hand & False, GROUP)[HEEL] > .4
    assert priors[HEIGHT:HEIGHT + 4].sum() == pytest.approx(1)
