"""More training photos from real ones: varied copies, and crops that hide a fact.

Catalogue photos are side views on white.  Varied copies keep every label; crops make
negatives of "can this be judged here?".
"""
from __future__ import annotations

import copy
import io
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageEnhance, ImageFilter
from scipy.ndimage import binary_fill_holes

from orangecontrib.customs.groups import Group, visual_group

from .labels import Labelled

__all__ = ["CROPS", "Crop", "PHONE", "crop", "crop_labels", "photographed", "vary", "vary_labels",
           "worn", "worn_labels"]

#: Crop → box in the silhouette (left, top, right, bottom, as shares; the toe points left),
#: the facts that it can't show, and the facts that it still shows.
CROPS = {
    "toe": ((0., .45, .5, 1.), ("heel", "height", "house"), ("vamp",)),
    "heel": ((.6, .45, 1., 1.),
             ("vamp", "height", "toe_strap", "riveted_straps", "house"), ("heel",)),
    "shaft": ((0., 0., 1., .5), ("vamp", "heel", "wooden_base", "toe_strap", "sport",
                                 "riveted_straps"), ()),
    "sole": ((0., .75, 1., 1.), ("vamp", "height", "house", "toe_strap"), ("heel",)),
    "close-up": (None, ("vamp", "heel", "height", "house", "wooden_base", "sport",
                        "toe_strap", "waterproof", "riveted_straps"), ()),
}

#: Lighter than this in all channels is the white ground of a catalogue photo.
GROUND = 243


def _silhouette(image: Image.Image) -> tuple[int, int, int, int]:
    dark = (np.asarray(image) < GROUND).any(axis=2)
    rows, columns = np.flatnonzero(dark.any(axis=1)), np.flatnonzero(dark.any(axis=0))
    if not len(rows):
        return 0, 0, *image.size
    return columns[0], rows[0], columns[-1] + 1, rows[-1] + 1


def crop(image: Image.Image, kind: str, rng: np.random.Generator) -> Image.Image:
    """Cut a part out of a catalogue photo (RGB, white ground, toe to the left)."""
    left, top, right, bottom = _silhouette(image)
    box = CROPS[kind][0]
    if box is None:
        side = rng.uniform(.25, .4)
        x, y = rng.uniform(.15, .85 - side), rng.uniform(.2, .9 - side)
        box = (x, y, x + side, y + side)
    x0, y0, x1, y1 = np.clip(np.array(box) + rng.uniform(-.04, .04, 4), 0, 1)
    width, height = right - left, bottom - top
    return image.crop((int(left + x0 * width), int(top + y0 * height),
                       int(np.ceil(left + x1 * width)), int(np.ceil(top + y1 * height))))


@dataclass(frozen=True)
class Crop:
    """`crop` of one kind, as a function that can be sent about."""

    kind: str

    def __call__(self, image: Image.Image, rng: np.random.Generator) -> Image.Image:
        return crop(image, self.kind, rng)


def crop_labels(whole: Labelled, kind: str, group: Group | None = None) -> Labelled:
    """Labels of crops: 0.5 where the crop can't show the fact, the value where it does.

    What a crop may or may not show becomes empty.
    """
    result = _renamed(whole, kind)
    result.view[:] = "closeup"
    _, hidden, shown = CROPS[kind]
    for column, feature in enumerate(visual_group(group).features):
        if feature.fact in hidden:
            result.labels[:, column] = .5
        elif feature.fact not in shown:
            result.labels[:, column] = np.nan
    result.weights[:] = np.minimum(result.weights, 1)
    return result


def vary(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """A varied copy of an RGB photo: mirrored, turned, lit and framed otherwise.

    A white ground is replaced in half of the copies by a coloured, shaded, grainy one.
    """
    if rng.random() < .5:
        image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    image = image.rotate(rng.uniform(-12, 12), Image.Resampling.BICUBIC, expand=True,
                         fillcolor="white")
    image = image.crop(_silhouette(image))
    side = int(max(image.size) * rng.uniform(1.02, 1.7))
    x, y = (int(rng.integers(0, side - n + 1)) for n in image.size)
    mask = binary_fill_holes((np.asarray(image) < GROUND).any(axis=2))
    # a white shoe on white has no outline: it keeps its ground
    scene = _ground(side, rng) if rng.random() < .5 and mask.mean() > .35 \
        else Image.new("RGB", (side, side), "white")
    outline = Image.fromarray((mask * 255).astype(np.uint8)).filter(ImageFilter.MedianFilter(3))
    scene.paste(image, (x, y), outline)
    scene = ImageEnhance.Brightness(scene).enhance(rng.uniform(.7, 1.2))
    scene = ImageEnhance.Contrast(scene).enhance(rng.uniform(.75, 1.25))
    return ImageEnhance.Color(scene).enhance(rng.uniform(.6, 1.3))


def _cast(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """The light of a lamp or of the shade, and a dark or a bright room."""
    colour = np.exp(rng.normal(0, .12, 3)) * rng.uniform(.65, 1.25)
    return Image.fromarray(np.uint8(np.clip(np.asarray(image) * colour, 0, 255)))


def _perspective(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Seen from a hand above the floor: corners move inwards, so that nothing is cut off."""
    width, height = image.size
    inwards = rng.uniform(0, .14, (4, 2)) * (width, height)
    square = np.array([(0, 0), (width, 0), (width, height), (0, height)], float)
    seen = square + inwards * np.array([(1, 1), (-1, 1), (-1, -1), (1, -1)])
    rows = [row for (x, y), (u, v) in zip(seen, square) for row in (
        (x, y, 1, 0, 0, 0, -u * x, -u * y), (0, 0, 0, x, y, 1, -v * x, -v * y))]
    found = np.linalg.solve(np.array(rows), square.ravel())
    ground = tuple(int(c) for c in np.median(np.asarray(image)[[0, -1]].reshape(-1, 3), axis=0))
    return image.transform(image.size, Image.Transform.PERSPECTIVE, found,
                           Image.Resampling.BILINEAR, fillcolor=ground)


def _covered(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """A finger, a label or a laces' end over an edge: a twentieth of the picture at most."""
    side = np.array(image.size)
    width, height = (rng.uniform(.08, .22, 2) * side).astype(int)
    x, y = (int(rng.choice([0, most])) if rng.random() < .5 else int(rng.uniform(0, most))
            for most in side - (width, height))
    colour = tuple(int(c) for c in rng.uniform(30, 230, 3))
    image = image.copy()
    image.paste(colour, (x, y, x + width, y + height))
    return image


def _pressed(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Sent by a messenger: small, and saved as a JPEG of poor quality."""
    stream, side = io.BytesIO(), rng.uniform(.35, 1)
    small = image.resize([max(32, int(n * side)) for n in image.size], Image.Resampling.BICUBIC)
    small.save(stream, "JPEG", quality=int(rng.integers(25, 90)))
    with Image.open(stream) as opened:
        return opened.convert("RGB")


#: What a phone in a room does to a picture, and how often.
PHONE = ((_perspective, .5), (_covered, .2), (_cast, .7), (_pressed, .6))


def photographed(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """A varied copy of an RGB photo as if a phone had taken it in a room; see `PHONE`."""
    return as_phone(vary(image, rng), rng)


def as_phone(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """What a phone does to a picture; see `PHONE`."""
    for change, often in PHONE:
        if rng.random() < often:
            image = change(image, rng)
    return image


#: Skin, and cloth of trousers, stockings and socks.
_SKIN = ((241, 204, 178), (224, 172, 138), (198, 134, 98), (141, 85, 54), (88, 54, 38))
_CLOTH = ((34, 36, 48), (52, 66, 98), (96, 116, 150), (24, 24, 26), (120, 120, 124),
          (150, 132, 104), (70, 74, 58), (200, 196, 188))


def worn(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """A shoe of a catalogue photo on a leg, mostly beside the other one, as a phone sees it.

    Bare skin shows through where the upper is open.
    """
    return as_phone(_on_leg(image, rng), rng)


def _on_leg(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    image = image.crop(_silhouette(image))
    if rng.random() < .5:
        image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    shoe = (np.asarray(image) < GROUND).any(axis=2)
    length, (width, height) = max(image.size), image.size
    skin = np.array(_SKIN[rng.integers(len(_SKIN))], float)
    cloth = np.array(_CLOTH[rng.integers(len(_CLOTH))], float) * rng.uniform(.7, 1.2)
    foot = Image.fromarray(np.uint8(np.where((binary_fill_holes(shoe) & ~shoe)[..., None], skin,
                                             np.asarray(image)).clip(0, 255)))
    outline = Image.fromarray((binary_fill_holes(shoe) * 255).astype(np.uint8))
    collar = np.flatnonzero(shoe[:max(2, height // 8)].any(axis=0))
    # an ankle is a quarter of a foot wide; a boot's leg is as wide as the boot
    ankle = float(np.clip(np.ptp(collar) * .8, .22 * length, .4 * length))
    up = int(length * rng.uniform(.4, 1.3))
    side = int(max(width * 1.5, height + up) * rng.uniform(1.02, 1.2))
    scene = _ground(side, rng)
    if rng.random() < .6:  # a wall or the far end of the street
        scene.paste(_ground(side, rng).crop((0, 0, side, int(side * rng.uniform(.3, .75)))))
    bare = rng.uniform(0, 1.2) * up if rng.random() < .6 else 0
    wide = rng.uniform(1.05, 2.) if rng.random() < .6 else 1.1
    lean, bottom = rng.uniform(-.25, .25), side - height - int(side * rng.uniform(.01, .08))
    left = int(rng.uniform(.05, .95) * (side - width))
    places = [(left, bottom)]
    if rng.random() < .7:
        apart = rng.choice([-1, 1]) * rng.uniform(.35, .8) * width
        places.insert(0, (int(left + apart), bottom - int(rng.uniform(0, .25) * height)))
    for x, y in places:
        middle = x + collar.mean()
        top = y + min(height * .3, .25 * length)
        for colour, start, half in ((skin, top, ankle / 2), (cloth, y - bare, wide * ankle / 2)):
            scene = _limb(scene, colour, middle, y, start, half, lean, rng)
        scene.paste(foot, (x, y), outline)
    return scene


def _limb(scene: Image.Image, colour: np.ndarray, middle: float, ankle: float, start: float,
          half: float, lean: float, rng: np.random.Generator) -> Image.Image:
    """A leg from `start` up to the picture's edge, lit from a side, widening upwards."""
    y, x = np.mgrid[:scene.height, :scene.width]
    rise = (ankle - y) / scene.height
    across = (x - middle - lean * (ankle - y)) / (half * (1 + .5 * rise.clip(0)))
    light = 1 - .35 * (across * rng.choice([-1, 1])).clip(-1, 1) - .25 * across ** 2
    light = light + rng.normal(0, .04, y.shape)
    painted = (colour * light[..., None]).clip(0, 255)
    on = ((np.abs(across) < 1) & (y < start))[..., None]
    return Image.fromarray(np.uint8(np.where(on, painted, np.asarray(scene))))


def _ground(side: int, rng: np.random.Generator) -> Image.Image:
    """A floor or table: a colour, a slope of light, grain of a random scale."""
    colour = rng.uniform(60, 240) + rng.uniform(-35, 35, 3)
    slope = np.linspace(-1, 1, side)
    light = rng.uniform(-30, 30) * slope[:, None] + rng.uniform(-30, 30) * slope[None, :]
    cells = int(rng.integers(4, 64))
    grain = Image.fromarray(rng.integers(0, 255, (cells, cells), dtype=np.uint8))
    grain = np.asarray(grain.resize((side, side), Image.Resampling.BICUBIC), float) - 127
    values = colour + (light + grain * rng.uniform(0, .25))[:, :, None]
    return Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))


def vary_labels(whole: Labelled, copies: np.ndarray) -> Labelled:
    """Labels of varied copies: the same; all copies of a photo together weigh half of it.

    Parameters
    ----------
    copies : ndarray of int, shape (M,)
        How many copies there are of each photo.
    """
    result = _renamed(whole, "varied")
    result.weights *= .5 / copies[:, None]
    return result


def worn_labels(whole: Labelled) -> Labelled:
    """Labels of shoes that `worn` put on a leg: the same."""
    result = _renamed(whole, "worn")
    result.weights *= .5
    result.view[:], result.scene[:] = "on_foot", "worn"
    return result


def _renamed(whole: Labelled, suffix: str) -> Labelled:
    result = copy.deepcopy(whole)
    result.image = np.array([f"{image}#{suffix}" for image in whole.image], dtype=object)
    result.open_vamp[:] = np.nan
    result.hand[:] = False
    return result
