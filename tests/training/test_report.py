"""Reports on held-out photos: bounds, invariances, margins, and known cases."""
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from orangecontrib.customs.groups import find_group
from orangecontrib.customs.photos.model import exclusive_groups, fact_ids, feature_ids, untrained
from orangecontrib.customs.photos.sources import Photo
from orangecontrib.customs.training.report import (
    auc,
    auc_interval,
    confusion,
    feature_reports,
    gradability_reports,
    joined_products,
    label_counts,
    report,
    worst_mistakes,
)
from orangecontrib.customs.training.report.table import (
    evaluation_table,
    gradability_table,
    heights_table,
    reliability_table,
)
from orangecontrib.customs.training.trainer import HeldOut, Split, Trained, TrainingPhotos

FOOTWEAR = find_group("footwear")

IDS, FACTS = feature_ids(), fact_ids()
HEEL, STRAPS = IDS.index("high_heel"), IDS.index("strap_vamp")
HEIGHTS = list(exclusive_groups()[0])
MODEL = untrained("made", "made", {}, 3)


def held_out(n, seed=0, part=None, skill=1.):
    """n photos of about n / 2 products; every value of a label occurs."""
    rng = np.random.default_rng(seed)
    labels = rng.choice([0., 1., .5, np.nan], (n, len(IDS)), p=[.5, .3, .1, .1])
    height = rng.integers(0, 5, n)
    labels[:, HEIGHTS] = np.vstack([np.eye(4), np.full(4, np.nan)])[height]
    logits = skill * (np.nan_to_num(labels, nan=.5) - .5) * 4 + rng.normal(0, 1, labels.shape)
    p = 1 / (1 + np.exp(-logits))
    p[:, HEIGHTS] /= p[:, HEIGHTS].sum(axis=1, keepdims=True)
    return HeldOut(rng.permutation(n), p, rng.random((n, len(FACTS))), rng.random(n), labels,
                   rng.integers(0, max(1, n // 2), n),
                   np.full(n, "test") if part is None else part)


def trained(found):
    n = len(found.rows)
    return Trained(MODEL, (), found, Split(np.arange(n), np.full(n, "test"), np.zeros(n, int)))


# --- order ---

scores = st.lists(st.tuples(st.integers(0, 20), st.booleans()), min_size=2, max_size=60)


@given(scores)
def test_auc_is_the_share_of_pairs_in_the_right_order(pairs):
    p, y = (np.array(v) for v in zip(*pairs))
    if y.all() or not y.any():
        assert np.isnan(auc(p, y))
        return
    differences = p[y == 1][:, None] - p[y == 0]
    assert auc(p, y) == pytest.approx(((differences > 0) + .5 * (differences == 0)).mean())
    # any increasing change of p leaves it, turning round reflects it
    assert auc(np.exp(p / 7) + 3, y) == pytest.approx(auc(p, y))
    assert auc(-p, y) == pytest.approx(1 - auc(p, y))
    assert auc(p, ~y) == pytest.approx(1 - auc(p, y))


@given(st.floats(0, 1), st.integers(1, 300), st.integers(1, 300))
def test_the_interval_of_an_auc_holds_it_and_is_never_a_point(area, m, n):
    low, high = auc_interval(area, m, n)
    assert 0 <= low <= area <= high <= 1 and high - low > .001
    mirrored = auc_interval(1 - area, m, n)
    assert mirrored == pytest.approx((1 - high, 1 - low), abs=1e-6)
    wider = auc_interval(area, max(1, m // 2), max(1, n // 2))
    assert wider[1] - wider[0] >= high - low - 1e-9, "fewer photos say less"


def test_nothing_is_known_without_both_answers():
    assert auc_interval(float("nan"), 0, 9) == (0, 1) == auc_interval(.7, 5, 0)


def test_the_interval_of_an_auc_covers_it_in_95_of_100_samples():
    rng, shift = np.random.default_rng(0), 1.5
    true, inside = norm.cdf(shift / 2 ** .5), 0
    for _ in range(600):
        p = np.r_[rng.normal(shift, 1, 20), rng.normal(0, 1, 80)]
        low, high = auc_interval(auc(p, np.arange(100) < 20), 20, 80)
        inside += low <= true <= high
    assert .92 < inside / 600 <= .99


# --- features ---

@settings(max_examples=15, deadline=None)
@given(st.integers(1, 60), st.integers(0, 1000))
def test_features_add_up_and_stay_within_bounds(n, seed):
    found = held_out(n, seed)
    for column, row in enumerate(feature_reports(found, MODEL, "test")):
        labels, score = found.labels[:, column], row.score
        assert row.feature == IDS[column]
        assert score.n == ((labels == 0) | (labels == 1)).sum()
        assert row.products <= score.n and score.positives == (labels == 1).sum()
        assert sum(b.n for b in row.bins) == pytest.approx(score.n)
        if score.n:
            assert 0 <= row.ece <= 1 and 0 <= row.ece_limit <= 1
            assert row.auc_interval[0] <= row.auc <= row.auc_interval[1] or np.isnan(row.auc)
            assert all(b.low - 1e-9 <= b.happened <= b.high + 1e-9 for b in row.bins)
        else:
            assert np.isnan([row.ece, row.ece_limit, row.auc]).all()


def test_a_true_probability_stays_below_its_limit_and_a_boast_does_not():
    rng = np.random.default_rng(0)
    n = 500
    found = held_out(n)
    p = rng.uniform(.02, .98, n)
    found.labels[:, HEEL] = rng.random(n) < p
    found.probabilities[:, HEEL] = p
    found.labels[:, STRAPS] = found.labels[:, HEEL]
    found.probabilities[:, STRAPS] = np.where(p > .5, .999, .001)
    rows = feature_reports(found, MODEL, "test")
    assert rows[HEEL].ece < rows[HEEL].ece_limit
    assert rows[STRAPS].ece > 2 * rows[STRAPS].ece_limit
    weights = MODEL.weights.copy()
    weights[:, STRAPS] = 1
    taught = replace(trained(found), model=replace(MODEL, weights=weights))
    assert report(taught).uncalibrated == ("strap_vamp",)
    assert not report(trained(found)).uncalibrated, "a constant promises nothing"
    assert rows == feature_reports(found, MODEL, "test"), "the same seed, the same samples"


def test_the_models_threshold_decides_what_it_says():
    found = held_out(200)
    found.labels[:, HEEL] = np.arange(200) < 40
    found.probabilities[:, HEEL] = np.where(np.arange(200) < 40, .3, .1)
    thresholds, weights = MODEL.thresholds.copy(), MODEL.weights.copy()
    thresholds[HEEL], weights[:, HEEL] = .2, 1
    model = replace(MODEL, thresholds=thresholds, weights=weights)
    row = feature_reports(found, model, "test")[HEEL]
    assert row.score.balanced == .5 and row.balanced_at_threshold == 1
    assert row.threshold == .2 and row.auc == 1 and row.auc_interval[0] > .9
    assert row.taught and not feature_reports(found, model, "test")[STRAPS].taught


# --- heights ---

@settings(max_examples=15, deadline=None)
@given(st.integers(1, 80), st.integers(0, 1000))
def test_margins_of_the_confusion_are_the_counts(n, seed):
    found = held_out(n, seed)
    table = confusion(found, "test")
    labels = found.labels[:, HEIGHTS]
    assert (table.counts.sum(axis=1) == (labels == 1).sum(axis=0)).all()
    known = (labels == 1).any(axis=1)
    said = np.bincount(found.probabilities[known][:, HEIGHTS].argmax(axis=1), minlength=4)
    assert (table.counts.sum(axis=0) == said).all()
    assert table.n == known.sum() and table.right + table.neighbours <= table.n


# --- gradability ---

def test_three_tiers_by_hand():
    """Four photos: seen and right, seen and wrong, rightly declined, wrongly not declined."""
    n, heel = 5, FACTS.index("heel")
    found = held_out(n)
    found.labels[:] = np.nan
    found.labels[:4, HEEL] = [1, 0, .5, .5]
    found.probabilities[:, HEEL] = [.9, .8, .5, .9, .9]
    found.gradability[:, heel] = [.9, .9, .1, .8, .1]
    row = gradability_reports(found, MODEL, "test")[heel]
    assert (row.n, row.ungradable, row.declined, row.valued) == (4, 2, 1, 2)
    assert (row.overall, row.precision, row.recall, row.value) == (.5, 1, .5, .5)
    assert row.f1 == pytest.approx(2 / 3)
    assert row.interval[0] < .5 < row.interval[1]
    # the fifth photo is not annotated: its answer counts nowhere
    silent = gradability_reports(found, MODEL, "test")[FACTS.index("sport")]
    assert silent.n == 0 and np.isnan([silent.overall, silent.f1, silent.value]).all()


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 60), st.integers(0, 1000))
def test_tiers_add_up(n, seed):
    found = held_out(n, seed)
    for row in gradability_reports(found, MODEL, "test"):
        assert row.ungradable + row.valued == row.n
        assert row.declined_rightly <= min(row.declined, row.ungradable)
        assert row.right <= row.declined_rightly + row.valued_rightly


# --- mistakes ---

def test_the_surest_mistakes_come_first_and_a_photo_comes_once():
    found = held_out(60)
    mistakes = worst_mistakes(found, "test")
    confidences = [m.confidence for m in mistakes]
    assert confidences == sorted(confidences, reverse=True) and min(confidences) >= .5
    assert len({m.row for m in mistakes}) == len(mistakes)
    for mistake in mistakes:
        at = int(np.flatnonzero(found.rows == mistake.row)[0])
        for feature, label, p in zip(mistake.features, mistake.labels, mistake.probabilities):
            column = IDS.index(feature)
            assert found.labels[at, column] == label and found.probabilities[at, column] == p
            assert (p > .5) != (label == 1)
    only = worst_mistakes(found, "test", "high_heel")
    assert only and all(m.features == ("high_heel",) for m in only)
    assert len(only) == sum("high_heel" in m.features for m in mistakes)


# --- the whole ---

def test_the_report_is_of_the_test_photos_or_else_of_the_validation_photos():
    part = np.where(np.arange(60) < 20, "test", "validation")
    found = report(trained(held_out(60, part=part)))
    assert (found.part, found.photos, len(found.contradiction)) == ("test", 20, 20)
    found = report(trained(held_out(30, part=np.full(30, "validation"))))
    assert (found.part, found.photos) == ("validation", 30)
    scores = [row.score for row in found.features]
    assert found.answers == sum(s.n for s in scores)
    assert found.interval[0] < found.right / found.answers < found.interval[1]
    assert found.mean_accuracy == pytest.approx(
        np.mean([s.accuracy for s in scores if 0 < s.positives < s.n]))
    assert found.usual == sum(max(s.positives, s.n - s.positives) for s in scores)


def test_a_report_of_nothing():
    empty = report(trained(held_out(0)))
    assert empty.photos == empty.answers == 0 == len(empty.mistakes) == empty.heights.n
    assert np.isnan(empty.mean_accuracy)
    assert len(evaluation_table(empty)) == len(IDS)


def test_contradiction_is_counted():
    found = report(trained(held_out(70)))
    counts, middles = found.contradiction_histogram(10)
    assert counts.sum() == 70 and middles[0] == pytest.approx(.05)
    assert found.contradicted == (found.contradiction > .5).sum() == counts[5:].sum()


def test_labels_are_counted():
    labels = np.full((4, len(IDS)), np.nan)
    labels[:, HEEL] = [1, 0, .5, 0]
    labels[:2, STRAPS] = 1
    counts = label_counts(TrainingPhotos.of([Photo(f"{i}.png", "", None) for i in range(4)],
                                            labels))
    heel = counts[HEEL]
    assert (heel.feature, heel.ones, heel.zeros, heel.cannot) == ("high_heel", 1, 2, 1)
    assert heel.teaches and not counts[STRAPS].teaches and not counts[0].teaches


def test_products_joined_by_near_duplicates():
    split = Split(np.array([0, 0, 2, 0, -1]), np.full(5, "train"), np.zeros(5, int))
    assert joined_products(split, ["A", "A", "B", "C", "D"]) == [("A", "C")]


# --- tables ---

def test_tables():
    found = report(trained(held_out(80)))
    table = evaluation_table(found)
    assert [str(row["feature"]) for row in table] == [f.name_ru for f in FOOTWEAR.features]
    row = found.features[HEEL]
    values = dict(zip((v.name for v in table.domain.attributes), table.X[HEEL]))
    assert values["photos"] == row.score.n and values["AUC"] == row.auc
    assert values["accuracy from"] < values["accuracy"] < values["accuracy to"]
    assert values["calibration error by chance"] == row.ece_limit
    assert str(evaluation_table(found, "en")[0]["feature"]) == "perforated vamp"
    points = reliability_table(found)
    assert points.X[:, 0].sum() == pytest.approx(found.answers)
    heights = heights_table(found, "en")
    assert [v.name for v in heights.domain.attributes] == ["below ankle", "ankle", "calf",
                                                           "over knee"]
    assert (found.heights.counts == heights.X).all()
    tiers = gradability_table(found, "en")
    assert len(tiers) == len(FACTS) and "heel" in str(tiers[FACTS.index("heel")]["fact"])
