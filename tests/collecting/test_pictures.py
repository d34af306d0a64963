"""Only photos are kept, and the same picture is known again in other sizes, files and colours."""
import colorsys
import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from loopback import encoded, jpeg, picture
from PIL import Image

from orangecontrib.customs.collecting import CollectError, Entry
from orangecontrib.customs.collecting.hygiene import goods_of, hashes_of, same_pictures
from orangecontrib.customs.collecting.pictures import picture_of
from orangecontrib.customs.collecting.store import keep
from orangecontrib.customs.photos.decode import decode


@pytest.mark.parametrize("content, kind, complaint", [
    (b"<html>not found</html>", "text/html", r"not an image \(text/html\)"),
    (b"<html>not found</html>", "image/jpeg", "not an image, or of a format"),
    (b"", "image/jpeg", "not an image"),
    (jpeg(1)[:3000], "image/jpeg", "truncated"),
    (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml", "not an image, or of a format"),
    (jpeg(1, size=(100, 300)), "image/jpeg", "100 x 300 pixels: less than 128"),
])
def test_what_is_no_photo_to_learn_from_is_refused_with_the_reason(content, kind, complaint):
    with pytest.raises(CollectError, match=complaint):
        picture_of(content, kind)


def test_a_bomb_is_refused_before_it_is_unpacked():
    bomb = encoded(Image.new("1", (20_000, 20_000)), "PNG")
    assert len(bomb) < 200_000
    with pytest.raises(CollectError, match="decompression bomb"):
        picture_of(bomb, "image/png")


@pytest.mark.parametrize("kind", ["", "application/octet-stream", "image/png", "image/webp"])
def test_a_photo_is_known_by_its_content(kind):
    found = picture_of(encoded(picture(1), "PNG"), kind)
    assert (found.ending, found.width, found.height) == ("png", 200, 160)


def test_the_same_file_from_elsewhere_is_a_duplicate(manifest):
    first = keep(manifest, Entry(url="http://a/1"), jpeg(1))
    second = keep(manifest, Entry(url="http://b/1"), jpeg(1))
    assert (first.state, second.state) == ("collected", "duplicate")
    assert first.file in second.reason


def test_what_is_no_photo_is_a_row_that_says_why_and_is_not_asked_for_again(manifest):
    entry = keep(manifest, Entry(url="http://a/1"), b"<html>", "text/html")
    assert (entry.state, entry.file) == ("refused", "") and "text/html" in entry.reason
    assert "http://a/1" in manifest


def hashes(image):
    return hashes_of(decode(encoded(image, "JPEG", quality=85), 256))


def recoloured(image, turn):
    """The good in another hue; the ground stays."""
    pixels = np.asarray(image).astype(float) / 255
    flat = [colorsys.hsv_to_rgb((h + turn) % 1, s, v) for h, s, v in
            (colorsys.rgb_to_hsv(*p) for p in pixels.reshape(-1, 3))]
    return Image.fromarray(np.uint8(np.reshape(flat, pixels.shape) * 255))


def pairs(*images):
    return set(same_pictures([hashes(image) for image in images]))


def test_another_size_or_file_is_the_same_picture():
    image = picture(3)
    small = image.resize((150, 120))
    noisy = Image.open(io.BytesIO(encoded(image, "JPEG", quality=35)))
    assert pairs(image, small, noisy) >= {(0, 1), (0, 2)}


@pytest.mark.parametrize("turn", [.2, .5, .8])
def test_another_colour_is_the_same_picture(turn):
    image = picture(4)
    assert pairs(image, recoloured(image, turn)) == {(0, 1)}


def test_a_dark_one_and_a_light_one_are_the_same_picture():
    assert pairs(picture(5, colour=(60, 30, 30)), picture(5, colour=(190, 180, 60))) == {(0, 1)}


def test_other_goods_are_other_pictures():
    assert not pairs(*(picture(seed) for seed in range(10, 22)))


def test_photos_without_anything_to_see_are_not_all_one():
    grey = [Image.new("RGB", (200, 200), (v, v, v)) for v in (250, 120)]
    assert pairs(*grey) <= {(0, 1)}  # as greys at most: no edges and no outline are no likeness


def test_goods_are_joined_by_product_and_by_picture_across_sources():
    images = [picture(1), picture(2), recoloured(picture(1), .4), picture(3), picture(4)]
    goods = goods_of(["shop:a", "shop:a", "other:x", "other:y", ""], [hashes(i) for i in images])
    assert goods == ["shop:a", "shop:a", "shop:a", "other:y", "photo:4"]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(["", "a", "b", "c"]), max_size=8))
def test_without_likeness_goods_are_the_products(products):
    goods = goods_of(products, [None] * len(products))
    for product, good in zip(products, goods):
        assert good == product if product else good.startswith("photo:")
    assert len({g for g, p in zip(goods, products) if not p}) == products.count("")
