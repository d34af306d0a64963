"""Views, scenes and strange photos are learnt as an addition: no head of a feature is touched."""
from dataclasses import replace

import numpy as np

from orangecontrib.customs.groups import find_group
from orangecontrib.customs.photos.model import untrained
from tools.recipes.shots import (
    fit_shots,
    judged_by_view,
    softmax_head,
    usual,
    widening,
)

GROUP = find_group("footwear")
IDS, FACTS = GROUP.feature_ids, GROUP.visual_facts
HEEL = IDS.index("high_heel")
RNG = np.random.default_rng(0)


def test_a_head_finds_the_names_that_it_was_shown():
    truth = np.array(["side", "back"] * 40, dtype=object)
    x = RNG.normal(0, .3, (80, 5)) + 3 * (truth == "back")[:, None]
    weights, bias = softmax_head(x, truth, GROUP.views)
    said = (x @ weights + bias).argmax(axis=1)
    assert (np.array(GROUP.views, dtype=object)[said] == truth).all()


def test_a_view_is_judged_by_its_labels_and_an_unknown_one_by_all_of_them():
    labels = np.full((60, len(IDS)), np.nan)
    labels[:30, HEEL], labels[30:, HEEL] = 1, .5
    table = judged_by_view(["side"] * 30 + ["top"] * 30, labels, GROUP)[:, FACTS.index("heel")]
    side, top, box = (table[GROUP.views.index(v)] for v in ("side", "top", "in_box"))
    assert side > .9 and top < .1 and abs(box - .5) < .02


def test_heads_that_are_too_sure_in_a_scene_are_widened_there_alone():
    labels = np.full((200, len(IDS)), np.nan)
    labels[:, HEEL] = RNG.random(200) < .5
    scores = np.zeros(labels.shape)
    right = np.where(RNG.random(200) < .7, 1, -1)
    scores[:, HEEL] = np.where(labels[:, HEEL] == 1, 6, -6) * right
    priors = np.full(len(IDS), .5)
    found = widening(scores, labels, ["floor"] * 200, priors, GROUP)
    floor = GROUP.scenes.index("floor")
    assert found[floor, HEEL] > 2
    found[floor, HEEL] = 1
    assert (found == 1).all()


def test_noise_is_strange_and_usual_photos_are_not():
    x = RNG.normal(size=(400, 12)) * np.linspace(5, .5, 12)
    centre, axes, limit = usual(x, 6)
    far = ((((x + 40) - centre) @ axes) ** 2).mean(axis=1)
    near = ((x - centre) @ axes) ** 2
    assert (far > limit).all() and (near.mean(axis=1) > limit).mean() < .02


def test_the_heads_of_a_model_stay_as_they_are():
    model = untrained("made", "made", {}, 8, group=GROUP)
    x = RNG.normal(size=(50, 8)).astype(np.float32)
    labels = np.where(RNG.random((50, len(IDS))) < .5, 1., 0.)
    views, scenes = (RNG.choice(names, 50) for names in (GROUP.views, GROUP.scenes))
    shots = fit_shots(model, x, labels, views, scenes)
    more = replace(model, shots=shots)
    np.testing.assert_array_equal(more.weights, model.weights)
    assert more(x).probabilities.shape == (50, len(IDS))
