"""Copies as a phone takes them: lit, tilted, covered a little and pressed, but never cut."""
import numpy as np
import pytest
from PIL import Image

from tools.recipes import augment


def shoe(side=120):
    pixels = np.full((side, side, 3), 255, np.uint8)
    pixels[50:90, 20:100] = (120, 30, 30)
    return Image.fromarray(pixels)


@pytest.mark.parametrize("change", [change for change, _ in augment.PHONE])
def test_each_change_is_seen_keeps_the_shoe_and_repeats_itself(change):
    first, again = (np.asarray(change(shoe(), np.random.default_rng(3))) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    assert first.shape != (120, 120, 3) or (first != np.asarray(shoe())).any()
    dark = (first.astype(int)[:, :, 1] < .6 * np.median(first[0].astype(int), axis=0)[1]).mean()
    assert dark > .1, "most of the shoe is still there"


@pytest.mark.parametrize("seed", range(20))
def test_what_a_tilted_photo_shows_is_not_cut(seed):
    seen = np.asarray(augment.PHONE[0][0](shoe(), np.random.default_rng(seed)))
    border = np.concatenate([seen[0], seen[-1], seen[:, 0], seen[:, -1]])
    assert (border > 200).all()


def test_copies_differ_and_the_same_seed_gives_the_same():
    one, same, other = (np.asarray(augment.photographed(shoe(), np.random.default_rng(seed)))
                        for seed in (0, 0, 1))
    np.testing.assert_array_equal(one, same)
    assert one.shape != other.shape or (one != other).any()
