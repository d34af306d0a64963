"""The preview shows each augmentation that is on, and what it does to the features."""
import io
from dataclasses import dataclass, replace
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from orangecontrib.customs.photos.decode import PhotoError
from orangecontrib.customs.photos.model import untrained
from orangecontrib.customs.photos.sources import Photo
from orangecontrib.customs.training.trainer import Recipe
from orangecontrib.customs.training.trainer.augmentation import AUGMENTATIONS, vary
from orangecontrib.customs.training.trainer.preview import COPIES, Preview, preview, variants

OFF = Recipe(flip=False, rotation=0., brightness=0.)


@dataclass(frozen=True)
class Content:
    content: bytes

    def read_bytes(self):
        return self.content


def shoe():
    image = Image.new("RGB", (32, 32), "white")
    ImageDraw.Draw(image).rectangle((4, 16, 22, 28), fill=(120, 60, 40))
    return np.asarray(image)


@pytest.fixture
def photo():
    stream = io.BytesIO()
    Image.fromarray(shoe()).save(stream, "PNG")
    return Photo("shoe.png", "", Content(stream.getvalue()))


class Backbone:
    """Mean colours of the left and of the right half, brightened as the model wants it."""

    spec = SimpleNamespace(size=32)

    def __init__(self, brighten=1.):
        self.brighten, self.seen = brighten, 0

    def __call__(self, images):
        self.seen += len(images)
        lit = np.minimum(255, images.astype(float) * self.brighten)
        halves = lit.reshape(len(images), 32, 2, 16, 3).mean(axis=(1, 3))
        return (halves.reshape(len(images), 6) / 255).astype(np.float32)


def extractor(brighten=1.):
    transform = {} if brighten == 1 else {"brighten": brighten}
    blank = untrained("halves", "none", transform, 6)
    weights = np.random.default_rng(0).normal(0, 3, blank.weights.shape).astype(np.float32)
    return SimpleNamespace(model=replace(blank, weights=weights), backbone=Backbone(brighten))


def test_every_augmentation_that_is_on_is_shown_at_its_ends_and_together():
    recipe = Recipe(rotation=10., brightness=.3, brighten=1.5)
    names = [v.name.text("en") for v in variants(shoe(), recipe)]
    assert names == ["as it is", "mirrored", "turned -10°", "turned +10°", "light × 0.70",
                     "light × 1.30", *(f"a copy ({n + 1})" for n in range(COPIES)),
                     "input × 1.50"]
    assert [v.name.text("en") for v in variants(shoe(), OFF)] == ["as it is"]
    assert [v.name.text("en") for v in variants(shoe(), replace(OFF, brighten=2.))] == ["as it is",
                                                                           "input × 2.00"]


@settings(max_examples=25, deadline=None)
@given(st.booleans(), st.floats(0, 45), st.floats(0, .9), st.integers(0, 99))
def test_what_is_off_is_neither_shown_nor_drawn_and_moves_nothing_else(flip, turn, light, seed):
    recipe = Recipe(flip=flip, rotation=turn, brightness=light)
    rng = np.random.default_rng(seed)
    varied = vary(shoe(), recipe, rng)
    # what comes after a copy is drawn the same, whatever is on
    other = np.random.default_rng(seed)
    vary(shoe(), OFF, other)
    assert rng.random() == other.random()
    assert varied.shape == shoe().shape
    found = variants(shoe(), recipe)
    on = sum(len(one.ends(recipe)) for one in AUGMENTATIONS)
    assert len(found) == 1 + on + COPIES * (on > 0)
    if not on:
        assert (varied == shoe()).all()


def test_brightening_lifts_the_dark_and_leaves_white_white():
    was, lit = variants(shoe(), replace(OFF, brighten=2.))
    assert (lit.image >= was.image).all() and (lit.image[0] == 255).all()
    assert (lit.image[20, 10] == (240, 120, 80)).all()


def test_the_largest_change_is_that_of_the_probabilities(photo):
    found = preview(photo, Recipe(), extractor())
    changes, (variant, feature) = found.changes, found.largest
    assert not changes[0].any() and variant > 0
    assert abs(changes[variant, feature]) == np.abs(changes).max() > .01
    before, after = (found.variants[i].probabilities[feature] for i in (0, variant))
    assert after - before == changes[variant, feature]


def test_where_nothing_is_varied_nothing_changes(photo):
    found = preview(photo, OFF, extractor())
    assert len(found.variants) == 1 and found.largest is None and not found.cancelled


def test_without_a_model_the_pictures_are_shown(photo):
    found = preview(photo, Recipe())
    assert found.group is None and found.largest is None
    assert all(v.probabilities is None and v.image.shape == (224, 224, 3)
               for v in found.variants)


def test_a_model_that_brightens_is_not_given_brighter_photos_still(photo):
    plain = preview(photo, replace(OFF, brighten=1.5), extractor())
    own = preview(photo, replace(OFF, brighten=1.5), extractor(1.5))
    assert plain.largest is not None and own.largest is None
    # brightened once it sees what the other one sees
    np.testing.assert_allclose(own.variants[0].probabilities, plain.variants[1].probabilities,
                               atol=.01)
    assert (own.variants[1].image == plain.variants[1].image).all()


def test_a_preview_that_is_stopped_tells_what_it_has(photo):
    judge = extractor()
    found = preview(photo, Recipe(), judge, stopped=lambda: judge.backbone.seen >= 2)
    assert found.cancelled and len(found.variants) == 2 == judge.backbone.seen
    assert isinstance(found, Preview) and found.changes.shape[0] == 2


def test_a_photo_that_can_not_be_read_is_said():
    with pytest.raises(PhotoError):
        preview(Photo("no.jpg", "", Content(b"no photo")), Recipe(), extractor())
