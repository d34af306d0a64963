"""Reliability curves of codes and of features, measured alike."""
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from Orange.data import ContinuousVariable, DiscreteVariable, Domain, StringVariable, Table

from orangecontrib.customs.columns import FeatureColumn, LabelColumn
from orangecontrib.customs.evaluation import Scored
from orangecontrib.customs.evaluation.final import level_curves, level_scores
from orangecontrib.customs.evaluation.reliability import reliability
from orangecontrib.customs.groups import visual_group
from orangecontrib.customs.training.report.table import photo_curves

EVENTS = st.lists(st.tuples(st.floats(0, 1), st.booleans(), st.integers(0, 5)), min_size=1,
                  max_size=60)


@given(EVENTS)
def test_bins_hold_all_events_and_their_intervals_the_share(events):
    p, happened, of = map(np.array, zip(*events))
    curve = reliability("4", p, happened, of.tolist())
    assert curve.n == len(events) == sum(one.n for one in curve.bins)
    assert curve.witnesses == len(set(of.tolist()))
    assert all(one.low <= one.happened + 1e-9 and one.happened <= one.high + 1e-9
               for one in curve.bins)


def test_events_of_one_witness_make_a_wider_interval():
    p, happened = np.full(60, .5), np.arange(60) % 2 == 0
    own = reliability("4", p, happened)
    few = reliability("4", p, happened, (np.arange(60) // 10).tolist())
    assert few.bins[0].high - few.bins[0].low > own.bins[0].high - own.bins[0].low
    assert few.witnesses == 6


def test_who_is_honest_is_not_further_off_than_chance_and_who_boasts_is():
    rng = np.random.default_rng(0)
    p = rng.random(2000)
    assert not reliability("", p, rng.random(2000) < p).too_far
    assert reliability("", p, rng.random(2000) < p ** 3).too_far


def test_nothing_has_an_empty_curve():
    curve = reliability("4", np.full(3, np.nan), np.zeros(3, bool))
    assert (curve.n, curve.bins, curve.too_far) == (0, (), False)
    assert reliability("4", np.zeros(0), np.zeros(0, bool)).n == 0


def scored():
    rng = np.random.default_rng(1)
    codes = ("8504403008", "8504409000", "8536301000")
    shares = rng.dirichlet(np.ones(3), 200)
    true = [codes[rng.choice(3, p=row)] for row in shares]
    best = shares.argmax(axis=1)
    return Scored(tuple(codes[i] for i in best), shares.max(axis=1), tuple(true),
                  np.arange(200), codes, shares)


def test_each_level_has_the_calibration_error_of_its_scores():
    curves, scores = level_curves(scored()), level_scores(scored())
    assert [curve.name for curve in curves] == [str(one.digits) for one in scores]
    for curve, one in zip(curves, scores):
        assert curve.ece == pytest.approx(one.ece)
        assert curve.ece_chance == pytest.approx(one.ece_chance)
        assert curve.n == one.n


def test_the_heading_is_stated_with_the_mass_of_its_codes():
    curve = level_curves(scored())[0]
    assert min(one.stated for one in curve.bins) > 1 / 3


def photos(labels, p, part=None, good=None):
    feature = visual_group().features[0]
    said = FeatureColumn(feature.id, feature.fact, feature.value, .1).mark(
        ContinuousVariable("P(feature)"))
    label = LabelColumn(feature.id, feature.fact, feature.value).mark(
        ContinuousVariable(feature.name_en))
    metas = [StringVariable("good_id"), DiscreteVariable("part", ("test", "validation"))]
    rows = np.array([[f"G{one}" for one in good or range(len(p))],
                     part or [0] * len(p)], dtype=object).T
    return Table.from_numpy(Domain([said, label], metas=metas), np.column_stack([p, labels]),
                            metas=rows)


def test_a_feature_is_measured_where_somebody_labelled_it():
    curve, = photo_curves(photos([1, 0, .5, np.nan, 1], [.9, .2, .7, .4, .6],
                                 good=[1, 1, 2, 2, 3]))
    assert curve.name == visual_group().features[0].id
    assert (curve.n, curve.witnesses) == (3, 2)


def test_test_photos_count_alone_where_there_are_some():
    curve, = photo_curves(photos([1, 0, 1], [.9, .2, .6], part=[0, 1, 1]))
    assert curve.n == 1
    curve, = photo_curves(photos([1, 0, 1], [.9, .2, .6], part=[1, 1, 1]))
    assert curve.n == 3


def test_a_table_without_features_or_labels_has_no_curves():
    assert photo_curves(Table("iris")) == []
    whole = photos([1, 0], [.9, .2])
    for column in range(2):
        assert photo_curves(whole[:, [whole.domain.attributes[column]]]) == []
