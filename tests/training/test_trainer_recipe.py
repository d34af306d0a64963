import ast
import json
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orangecontrib.customs.training.trainer import OPTIMISERS, PRESETS, Recipe, RecipeError

recipes = st.builds(
    Recipe, architecture=st.sampled_from(["default", "vgg16", "vgg19", "resnet18"]),
    kernel=st.integers(3, 7), size=st.integers(64, 256), optimiser=st.sampled_from(OPTIMISERS),
    learning_rate=st.floats(1e-6, 1), epochs=st.integers(1, 99), copies=st.integers(0, 9),
    flip=st.booleans(), rotation=st.floats(0, 45), brightness=st.floats(0, .9),
    clusters=st.booleans(), test_share=st.floats(0, .5), seed=st.integers(0, 9))


@given(recipes)
def test_a_recipe_survives_a_settings_file(recipe):
    literals = recipe.to_dict()
    for stored in (ast.literal_eval(repr(literals)), json.loads(json.dumps(literals))):
        assert Recipe.from_dict(stored) == recipe
        assert Recipe.from_dict(stored).digest == recipe.digest


@given(recipes)
def test_every_setting_but_the_length_of_the_run_is_in_the_digest(recipe):
    assert replace(recipe, epochs=recipe.epochs + 1, patience=99).digest == recipe.digest
    for field, other in (("seed", recipe.seed + 1), ("flip", not recipe.flip),
                         ("kernel", 3 if recipe.kernel > 3 else 4)):
        assert replace(recipe, **{field: other}).digest != recipe.digest


@pytest.mark.parametrize("settings, words", [
    ({"kernel": 9}, ("kernel", "3", "7")),
    ({"size": 32}, ("size", "64")),
    ({"optimiser": "rmsprop"}, ("rmsprop", "lbfgs, sgd, adam")),
    ({"test_share": .9}, ("test_share", "0.5")),
    ({"epochs": 0}, ("epochs", "1")),
    ({"epochs": 2.5}, ("epochs", "int")),
    ({"flip": "yes"}, ("flip", "bool")),
    ({"architecture": ""}, ("architecture",)),
    ({"architecture": "scratch"}, ("lbfgs", "adam or sgd")),
    ({"fine_tune": True}, ("lbfgs", "adam or sgd")),
    ({"learning_rate": float("nan")}, ("learning_rate",)),
    ({"brighten": .5}, ("brighten", "1", "4")),
    ({"brighten": float("nan")}, ("brighten",)),
])
def test_what_does_not_go_together_is_said(settings, words):
    with pytest.raises(RecipeError) as error:
        Recipe(**settings)
    assert all(word in str(error.value) for word in words)


def test_a_recipe_that_does_not_brighten_is_the_one_from_before_there_was_such_a_setting():
    literals = Recipe().to_dict()
    del literals["brighten"]
    assert Recipe.from_dict(literals) == Recipe()
    # of version 0.4.0: its checkpoints are resumed
    assert Recipe().digest == "e547a6bca2464c7ffa95096c69cc74df57217397cead582570fcb9d4417892be"
    assert Recipe(brighten=1.5).digest != Recipe(brighten=1.6).digest != Recipe().digest


def test_unknown_settings_are_named():
    with pytest.raises(RecipeError, match="colour, smell"):
        Recipe.from_dict({"smell": 1, "colour": 2})


def test_names_of_backbones():
    assert Recipe().backbone == "efficientnet-lite0"
    assert Recipe("scratch", optimiser="adam").backbone == "scratch-k5"
    assert Recipe("scratch", optimiser="adam", kernel=3, size=64).backbone == "scratch-k3-64"
    assert Recipe("vgg19").backbone == "vgg19"


def test_the_presets_are_the_papers_and_ours():
    assert {p.architecture for p in PRESETS.values()} == {"default", "vgg16", "vgg19", "scratch"}
    assert all(type(getattr(p, f.name)) is type(f.default)
               for p in PRESETS.values() for f in fields(p))
