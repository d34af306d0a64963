"""Pictures of footwear made by a renderer, with exact labels.

Some features have almost no real photos: straps plugged into the sole, a strap round the
big toe, a base of wood, house footwear, waterproof footwear, boots over the knee.  Goods
with these features, ordinary footwear and things that are no footwear are built from the
same surfaces, in the same light and before the same backgrounds, so that a classifier
cannot learn "drawn" instead of the feature.

>>> rng = np.random.default_rng(1)
>>> item = sample(rng, riveted_straps=True)
>>> picture = draw(item, "three_quarter", rng)
>>> labels(item, "three_quarter")["riveted_straps"]
1.0
"""
from __future__ import annotations

import numpy as np
from PIL import Image

from .build import build
from .item import DRAWN, KINDS, VIEWS, Footwear, labels, sample
from .render import BACKGROUNDS, Camera, Scene, render

__all__ = ["DRAWN", "Footwear", "KINDS", "VIEWS", "BACKGROUNDS", "draw", "labels", "sample"]

_THINGS = ("bag", "t_shirt", "bottle", "box", "hat")


def _turned(angle: float, move=(0.0, 0.0, 0.0), mirror: bool = False):
    """A rotation about the vertical axis, after an optional mirror, then a shift."""
    c, s = np.cos(np.radians(angle)), np.sin(np.radians(angle))

    def carry(p):
        y = -p[..., 1] if mirror else p[..., 1]
        x = p[..., 0]
        return np.stack([c * x - s * y + move[0], s * x + c * y + move[1],
                         p[..., 2] + move[2]], -1)
    return carry


def _upside_down(p):
    return np.stack([p[..., 0], -p[..., 1], -p[..., 2]], -1)


def draw(item: Footwear, view: str, rng: np.random.Generator,
         size: tuple[int, int] = (224, 224), background: str | None = None,
         detail: float = 1.35, clean: bool = False) -> Image.Image:
    """A picture of a good.

    Parameters
    ----------
    item : Footwear
    view : str
        One of :data:`VIEWS`.
    rng : numpy.random.Generator
        Chooses light, background, exact viewpoint and the faults of the photo; the same
        state gives the same picture.
    size : (int, int)
        Width and height in pixels.
    background : str, optional
        One of :data:`BACKGROUNDS`; random, if not given.
    detail : float
        How many times finer the picture is computed than returned.
    clean : bool
        Without blur, grain and JPEG traces.

    Returns
    -------
    PIL.Image.Image
        Mode RGB.

    Raises
    ------
    ValueError
        If the view or the background is unknown.
    """
    if view not in VIEWS:
        raise ValueError(f"unknown view '{view}'; views are {', '.join(VIEWS)}")
    if background is None:
        background = BACKGROUNDS[rng.integers(len(BACKGROUNDS))]
    elif background not in BACKGROUNDS:
        raise ValueError(f"unknown background '{background}'; "
                         f"backgrounds are {', '.join(sorted(set(BACKGROUNDS)))}")
    parts = build(item)
    mirror = bool(rng.random() < 0.5)
    if mirror:
        parts = [part.moved(_turned(0, mirror=True)) for part in parts]
    away = rng.normal(0, 4)
    camera, focus, floating = None, None, False
    roll = rng.normal(0, 2.0)
    fill = rng.uniform(0.72, 0.92)
    if view == "side_right":
        camera = Camera(away, rng.uniform(4, 14), roll, fill)
    elif view == "side_left":
        camera = Camera(180 + away, rng.uniform(4, 14), roll, fill)
    elif view in ("three_quarter", "pair"):
        turn = rng.uniform(22, 58)
        azimuth = turn if rng.random() < 0.5 else 180 - turn
        camera = Camera(azimuth, rng.uniform(14, 36), roll, fill)
        if view == "pair" and item.kind not in _THINGS:
            gap = rng.uniform(0.40, 0.52) + 0.08 * (item.shaft > 0.8)
            spread = rng.uniform(-4, 9)
            other = _turned(spread, (rng.uniform(-.2, .2), gap if mirror else -gap, 0), True)
            parts = parts + [part.moved(other) for part in parts]
    elif view == "top":
        camera = Camera(rng.uniform(0, 360), rng.uniform(66, 84), roll, fill)
    elif view == "sole" and item.kind not in _THINGS:
        parts = [part.moved(_upside_down) for part in parts]
        camera = Camera(rng.uniform(0, 360), rng.uniform(68, 86), roll, fill)
        floating = True
    elif view == "closeup":
        focus = (0.70 + rng.uniform(-.05, .05), rng.uniform(-.03, .03),
                 0.12 + item.sole_cm / 25, rng.uniform(0.42, 0.58))
        azimuth = rng.uniform(15, 75)
        camera = Camera(azimuth if rng.random() < .5 else 180 - azimuth,
                        rng.uniform(32, 66), roll, 1.0, focus)
    else:
        camera = Camera(-90 + 3 * away, rng.uniform(4, 20), roll, fill)
    if item.kind in _THINGS:
        # a thing has neither toe nor sole: it is seen from somewhere in front
        turn = rng.uniform(-25, 25) if item.kind == "t_shirt" else rng.uniform(-60, 60)
        camera = Camera(turn, rng.uniform(4, 18 if item.kind == "t_shirt" else 45), roll, fill,
                        (0.0, 0.0, 0.4, 0.55) if view == "closeup" and item.kind != "box"
                        else None)
    side = np.radians(camera.azimuth - 90 + rng.uniform(-75, 75))
    high = rng.uniform(0.7, 1.8)
    poor = not clean and rng.random() < 0.45
    scene = Scene(
        background=background, light=(float(np.cos(side)), float(np.sin(side)), float(high)),
        seed=int(rng.integers(2 ** 31)), ambient=float(rng.uniform(.42, .66)),
        warmth=0.0 if clean or background == "white" else float(rng.normal(0, .6)),
        exposure=1.0 if clean else float(rng.uniform(.82, 1.22)),
        blur=float(rng.uniform(.3, 1.1)) if poor else 0.0,
        grain=float(rng.uniform(1, 7)) if poor else 0.0,
        quality=int(rng.integers(45, 92)) if not clean else 100, floating=floating)
    if background == "white":
        scene = Scene(**{**scene.__dict__, "exposure": max(scene.exposure, 1.0)})
    return render(parts, camera, scene, size, detail)
