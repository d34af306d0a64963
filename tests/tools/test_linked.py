"""A product is a model, not a file: pictures of one shape in other colours are of one."""
import io

import numpy as np
from PIL import Image

from orangecontrib.customs.groups import find_group
from orangecontrib.customs.photos.sources import Photo
from orangecontrib.customs.training.trainer import TrainingPhotos
from tools.recipes.labels import Labelled
from tools.recipes.photosets import PhotoSet, changed, linked

GROUP = find_group("footwear")


class Held:
    """A photo in memory."""

    def __init__(self, image):
        stream = io.BytesIO()
        image.save(stream, "PNG")
        self.content = stream.getvalue()

    def read_bytes(self):
        return self.content


def shoe(seed, colour):
    """A random outline with seams, in a colour."""
    rng = np.random.default_rng(seed)
    pixels = np.full((128, 128, 3), 255, np.uint8)
    for _ in range(6):
        y, x = rng.integers(10, 80, 2)
        h, w = rng.integers(15, 40, 2)
        pixels[y:y + h, x:x + w] = np.uint8(np.array(colour) * rng.uniform(.4, 1))
    return Image.fromarray(pixels)


def test_colours_of_a_model_are_one_product_and_copies_follow_their_photo():
    pictures = [shoe(0, (200, 40, 40)), shoe(0, (60, 120, 200)), shoe(5, (200, 40, 40))]
    photos = [Photo(f"{n}.png", "", Held(image)) for n, image in enumerate(pictures)]
    photos.append(changed(photos[1], "1.png#copy", lambda image, rng: image))
    labelled = Labelled.empty(4, "s", [p.image for p in photos], ["a", "b", "c", "b"], group=GROUP)
    training = TrainingPhotos.of(photos, labelled.labels, GROUP, products=labelled.product,
                                 varied=[False, False, False, True])
    joined = linked(PhotoSet(training, labelled))
    assert list(joined.photos.products) == ["a", "a", "c", "a"] == list(joined.labelled.product)
    assert list(training.products) == ["a", "b", "c", "b"], "the given ones stay"
