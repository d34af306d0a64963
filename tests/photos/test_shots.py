"""View is part of the model: what a view can't show is not judged, and says nothing."""
import pickle
from dataclasses import replace

import numpy as np
import pytest

from orangecontrib.customs.groups import find_group
from orangecontrib.customs.i18n import say
from orangecontrib.customs.photos.model import ModelError, PhotoModel, untrained
from orangecontrib.customs.photos.notes import hidden_facts
from orangecontrib.customs.photos.pooling import pool
from orangecontrib.customs.photos.shots import Seen, Shots, not_judged
from orangecontrib.customs.photos.sufficiency import shown_facts

GROUP = find_group("footwear")
IDS, FACTS, VIEWS = GROUP.feature_ids, GROUP.visual_facts, GROUP.views
HEIGHT, HEEL = FACTS.index("height"), IDS.index("high_heel")
HEIGHTS = [i for i, id_ in enumerate(IDS) if id_.startswith("height_")]
SIDE, BACK = np.eye(len(VIEWS))[[VIEWS.index("side"), VIEWS.index("back")]]
WIDTH = len(VIEWS)


def model(**changes) -> PhotoModel:
    """The backbone's numbers are the views; from behind no height; every head says "yes" loudly."""
    blank = untrained("made", "made", {"size": 16}, WIDTH, np.where(
        np.isin(np.arange(len(IDS)), HEIGHTS), .25, .1))
    weights = blank.weights.copy()
    weights[:, HEEL] = weights[:, HEIGHTS[2]] = 4
    bias = blank.bias.copy()
    bias[len(IDS):] = 4
    judged = np.ones((len(VIEWS), len(FACTS)))
    judged[VIEWS.index("back"), HEIGHT] = .001
    n = len(GROUP.scenes)
    said = {"view_weights": 50 * np.eye(WIDTH, dtype=np.float32),
            "view_bias": np.zeros(WIDTH, np.float32),
            "scene_weights": np.zeros((WIDTH, n), np.float32),
            "scene_bias": np.zeros(n, np.float32), "judged": judged,
            "widening": np.ones((n, len(IDS))), "centre": np.zeros(WIDTH, np.float32),
            "axes": np.eye(WIDTH, dtype=np.float32), "limit": np.asarray(1.)} | changes
    return replace(blank, weights=weights, bias=bias, shots=Shots(**said))


def test_a_view_that_can_not_show_the_height_says_nothing_about_it():
    said, _ = model().judge([SIDE, BACK])
    assert said.probabilities[0, HEIGHTS[2]] > .9
    np.testing.assert_allclose(said.probabilities[1, HEIGHTS], .25)
    assert said.probabilities[1, HEEL] > .8 and said.gradability[1, HEIGHT] < .5


def test_a_photo_that_can_not_show_it_adds_nothing_to_its_good():
    one = model()
    for photos in ([SIDE], [SIDE, BACK, BACK]):
        said = one(photos)
        pooled = pool(said.probabilities, said.gradability, ["g"] * len(photos), one.priors, 0.,
                      "paper")
        np.testing.assert_allclose(pooled.probabilities[0, HEIGHTS],
                                   one([SIDE]).probabilities[0, HEIGHTS], atol=.02)
        np.testing.assert_allclose(pooled.contributions[1:, HEIGHTS], 0, atol=1e-9)


def test_what_a_photo_can_not_show_is_told_in_both_languages():
    one = model()
    said, seen = one.judge([SIDE, BACK])
    nothing, behind = not_judged(seen, said.gradability, GROUP)
    assert nothing is None
    assert say(behind, "en") == "seen from behind: not judged – height"
    assert say(behind, "ru").startswith("снято сзади: не видно – ")


def test_a_strange_photo_is_judged_in_nothing_but_whether_it_shows_such_goods():
    one = model(limit=np.asarray(1 / WIDTH / 2))
    said, seen = one.judge([SIDE])
    assert seen.strangeness[0] >= 1
    n = len(IDS) - 1
    np.testing.assert_allclose(said.probabilities[0, :n], one.priors[:n])
    assert (said.gradability[0, :-1] == 0).all() and said.gradability[0, -1] > .9
    assert "unlike the photos" in say(not_judged(seen, said.gradability, GROUP)[0], "en")


def test_in_a_scene_where_the_heads_are_too_sure_their_answers_are_wider():
    wide = model(widening=np.full((len(GROUP.scenes), len(IDS)), 4.))
    for column in (HEEL, HEIGHTS[2]):
        p, q = (one([SIDE]).probabilities[0, column] for one in (model(), wide))
        assert wide.priors[column] < q < p


def test_goods_are_told_what_none_of_their_photos_can_show():
    can = np.ones((5, len(FACTS)))
    can[[0, 1], HEIGHT], can[[3, 4], HEIGHT] = .2, .4
    priors = model().priors
    pooled = pool(np.tile(priors, (5, 1)), can, list("abbcc"), priors, .5, group=GROUP)
    found = hidden_facts(pooled)
    # two of which each may well show it: one of them does
    assert set(found) == {"a"} and say(found["a"], "en") == "no photo can show: height"
    assert "height" not in shown_facts(pooled)["a"] and "height" in shown_facts(pooled)["c"]


def test_a_model_that_knows_views_is_saved_and_pickled_with_them(tmp_path):
    one = model()
    one.save(tmp_path / "m.safetensors")
    for again in (PhotoModel.load(tmp_path / "m.safetensors"), pickle.loads(pickle.dumps(one))):
        assert again == one and again.digest == one.digest
        np.testing.assert_array_equal(again.shots.judged, one.shots.judged)
    assert one.digest != replace(one, shots=None).digest


def test_a_model_without_views_says_what_it_said_and_has_the_digest_that_it_had(tmp_path):
    one = replace(model(), shots=None)
    said, seen = one.judge([SIDE, BACK])
    assert seen.views.shape == (2, 0) and not_judged(seen, said.gradability, GROUP) == [None] * 2
    assert (said.probabilities[:, HEIGHTS[2]] > .9).all()
    one.save(tmp_path / "m.safetensors")
    assert PhotoModel.load(tmp_path / "m.safetensors").shots is None
    old = dict(one.__dict__)
    del old["shots"]  # pickled before models knew views
    again = PhotoModel.__new__(PhotoModel)
    again.__setstate__(old)
    assert again.shots is None and again == one


@pytest.mark.parametrize("change", [
    {"judged": np.ones((1, 1))}, {"limit": np.asarray(0.)},
    {"widening": np.zeros((len(GROUP.scenes), len(IDS)))},
    {"view_bias": np.full(WIDTH, np.nan, np.float32)}])
def test_views_that_can_not_be_right_are_refused(change):
    with pytest.raises(ModelError):
        model(**change)


def test_batches_of_seen_photos_are_put_together():
    seen = Seen.of([Seen.nothing(0), Seen.nothing(2)])
    assert len(seen) == 2


def test_what_view_and_heads_say_of_judging_meet_half_way():
    shots = model().shots
    gate = np.zeros(len(FACTS), bool)
    seen = Seen(np.eye(len(VIEWS))[[VIEWS.index("back")]], np.zeros((1, 0)), np.zeros(1))
    table = replace(shots, judged=np.full(shots.judged.shape, .2))
    heads = np.full((1, len(FACTS)), .8)
    np.testing.assert_allclose(table.can_be_judged(seen, heads, gate), .5)
    surer = np.full((1, len(FACTS)), .99)
    assert (table.can_be_judged(seen, surer, gate) > .5).all()
    assert (replace(table, judged=table.judged / 4).can_be_judged(seen, heads, gate) < .5).all()
