"""A small renderer: surfaces are sampled densely, the nearest sample of a pixel wins."""
from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageFilter

from .solids import Part, noise, smoothstep

__all__ = ["Camera", "Scene", "render", "BACKGROUNDS"]

BACKGROUNDS = ("white", "white", "studio", "wood", "carpet", "desk", "blurred", "tiles")

#: Distance of the eye from the middle of the object, in units of the object's size.
_DISTANCE = 5.0
#: Samples are at most so far apart, in pixels.
_STEP = 0.72


@dataclass(frozen=True)
class Camera:
    """Where the picture is taken from.

    Parameters
    ----------
    azimuth : float
        Degrees; 0 looks at the outer side with the toe to the right.
    elevation : float
        Degrees above the ground.
    roll : float
        Degrees.
    fill : float
        Share of the frame that the object takes.
    focus : tuple of float, optional
        (x, y, z, extent): a close-up of that point, instead of the whole object.
    """

    azimuth: float
    elevation: float
    roll: float = 0.0
    fill: float = 0.82
    focus: tuple[float, float, float, float] | None = None

    def axes(self) -> np.ndarray:
        """Rows: right, up, towards the eye."""
        a, e, r = np.radians((self.azimuth, self.elevation, self.roll))
        eye = np.array([np.sin(a) * np.cos(e), -np.cos(a) * np.cos(e), np.sin(e)])
        right = np.array([np.cos(a), np.sin(a), 0.0])
        up = np.cross(eye, right)
        return np.stack([right * np.cos(r) + up * np.sin(r),
                         up * np.cos(r) - right * np.sin(r), eye])


@dataclass(frozen=True)
class Scene:
    """Light, background and lens of a picture."""

    background: str
    light: tuple[float, float, float]
    seed: int
    ambient: float = 0.5
    warmth: float = 0.0
    exposure: float = 1.0
    blur: float = 0.0
    grain: float = 0.0
    quality: int = 90
    floating: bool = False


@dataclass
class _Coarse:
    """A part on a coarse grid: for the frame, and for how dense it must be sampled."""

    part: Part
    u: np.ndarray
    v: np.ndarray
    points: np.ndarray
    kept: np.ndarray

    @classmethod
    def of(cls, part: Part) -> _Coarse:
        # what is cut from a larger surface needs the finer grid to find its bounds
        rows, columns = (73, 25) if part.keep is not None else (25, 17)
        u, v = np.linspace(0, 1, rows), np.linspace(0, 1, columns)
        points = part.surface(u[:, None], v[None, :])
        kept = np.ones((rows, columns), bool) if part.keep is None else part.keep(
            *np.broadcast_arrays(u[:, None], v[None, :]), points)
        return cls(part, u, v, points if part.place is None else part.place(points), kept)

    def samples(self, project, width: int, height: int,
                limit: float = 3e6) -> tuple[np.ndarray, np.ndarray]:
        """Values of u and v at which neighbours are less than a pixel apart."""
        screen = project(self.points)[..., :2]
        # what lies far out of the frame needs no samples
        margin = np.array([width, height]) * 0.15
        x, y = screen[..., 0], screen[..., 1]
        seen = ((x > -margin[0]) & (x < width + margin[0])
                & (y > -margin[1]) & (y < height + margin[1]))

        def spread(steps: np.ndarray, grid: np.ndarray) -> np.ndarray:
            length = np.concatenate([[0], np.cumsum(np.maximum(steps, 1e-3))])
            count = max(2, int(length[-1] / step)) + 1
            return np.interp(np.linspace(0, length[-1], count), length, grid)

        du = np.hypot(np.diff(x, axis=0), np.diff(y, axis=0)) * (seen[1:] | seen[:-1])
        dv = np.hypot(np.diff(x, axis=1), np.diff(y, axis=1)) * (seen[:, 1:] | seen[:, :-1])
        du, dv = du.max(axis=1), dv.max(axis=0)
        # a huge surface is sampled less densely rather than filling the memory
        step = max(_STEP, np.sqrt(du.sum() * dv.sum() / limit))
        return spread(du, self.u), spread(dv, self.v)


def _box(image: np.ndarray, radius: int) -> np.ndarray:
    """Mean over a square of side 2 radius + 1, edges repeated."""
    for axis in (0, 1):
        n = image.shape[axis]
        padded = np.pad(image, [(radius + 1, radius) if a == axis else (0, 0)
                                for a in range(image.ndim)], mode="edge")
        total = np.cumsum(padded, axis=axis, dtype=np.float32)
        index = np.arange(n)
        image = (total.take(index + 2 * radius + 1, axis) - total.take(index, axis)) \
            / (2 * radius + 1)
    return image


def _blur(mask: np.ndarray, radius: float) -> np.ndarray:
    """Gaussian blur of an array in [0, 1]."""
    image = Image.fromarray((np.clip(mask, 0, 1) * 255).astype(np.uint8))
    return np.asarray(image.filter(ImageFilter.GaussianBlur(float(radius))), np.float32) / 255


def render(parts: Sequence[Part], camera: Camera, scene: Scene,
           size: tuple[int, int], detail: float = 1.35) -> Image.Image:
    """Picture of the parts.

    Parameters
    ----------
    parts : sequence of Part
    camera : Camera
    scene : Scene
    size : (int, int)
        Width and height in pixels.
    detail : float
        Pixels are computed so many times finer, then scaled down.

    Returns
    -------
    PIL.Image.Image
        Mode RGB.
    """
    rng = np.random.default_rng(scene.seed)
    width, height = (round(side * detail) for side in size)
    axes = camera.axes()

    # frame: the projected bounds of a coarse sampling
    coarse = [_Coarse.of(part) for part in parts]
    cloud = np.concatenate([c.points[c.kept] for c in coarse])
    if camera.focus is not None:
        middle, extent = np.array(camera.focus[:3]), camera.focus[3]
    else:
        middle = (cloud.min(0) + cloud.max(0)) / 2
        extent = np.linalg.norm(cloud.max(0) - cloud.min(0))
    distance = _DISTANCE * max(extent, 0.8)

    def view(points):
        seen = (points - middle) @ axes.T
        return seen, distance / (distance - seen[..., 2])

    seen, near = view(cloud)
    flat = seen[:, :2] * near[:, None]
    if camera.focus is not None:
        low, high = -np.full(2, extent / 2), np.full(2, extent / 2)
    else:
        low, high = flat.min(0), flat.max(0)
    zoom = camera.fill * min(width / (high[0] - low[0]), height / (high[1] - low[1]))
    offset = np.array([width, height]) / 2 - zoom * (low + high) / 2 * np.array([1, -1])
    slack = (np.array([width, height]) - zoom * (high - low)).clip(0) / 2
    offset += slack * rng.uniform(-0.45, 0.45, 2)

    def project(points):
        seen, near = view(points)
        return np.stack([offset[0] + zoom * seen[..., 0] * near,
                         offset[1] - zoom * seen[..., 1] * near, seen[..., 2]], -1)

    light = np.asarray(scene.light, float)
    light = light / np.linalg.norm(light)
    # light space: two axes across the light, for cast shadows
    side = np.cross(light, [0.0, 0.0, 1.0])
    side = side / (np.linalg.norm(side) + 1e-9) if abs(light[2]) < 0.999 else np.array([1., 0, 0])
    light_axes = np.stack([side, np.cross(light, side), light])

    resolution = 288 if camera.focus is None else 512
    bounds = cloud @ light_axes.T
    light_low = bounds.min(0) - 0.02
    light_scale = (resolution - 1) / (np.ptp(bounds, axis=0)[:2].max() + 0.04)

    pixel_key = np.full(width * height, -np.inf, np.float32)
    pixel_id = np.full(width * height, -1, np.int64)
    light_depth = np.full(resolution * resolution, -np.inf, np.float32)
    stored = []
    start = 0
    shadow = np.zeros((height, width), np.float32)
    contact = np.zeros((height, width), np.float32)
    ground = cloud[:, 2].min()
    for part, rough in zip(parts, coarse, strict=True):
        us, vs = rough.samples(project, width, height)
        rest = smooth = part.surface(us[:, None], vs[None, :])
        if part.fuzz:
            rest = smooth + part.fuzz * rng.standard_normal(rest.shape) \
                * rng.random(rest.shape[:2])[..., None]
        u, v = np.broadcast_arrays(us[:, None], vs[None, :])
        points = part.place(rest) if part.place is not None else rest
        body = points if rest is smooth else smooth if part.place is None else part.place(smooth)
        on = np.ones(u.shape, bool) if part.keep is None else part.keep(u, v, rest)
        screen = project(points)
        px = np.floor(screen[..., 0]).astype(np.int64)
        py = np.floor(screen[..., 1]).astype(np.int64)
        inside = on & (px >= 0) & (px < width) & (py >= 0) & (py < height)
        index = np.flatnonzero(inside)
        flat_pixel = (py * width + px).ravel()[index]
        depth = screen[..., 2].ravel()[index].astype(np.float32)
        np.maximum.at(pixel_key, flat_pixel, depth)
        won = depth >= pixel_key[flat_pixel]
        pixel_id[flat_pixel[won]] = start + index[won]
        stored.append((start, us, vs, rest, points, body))
        start += u.size

        kept = points.reshape(-1, 3)[on.ravel()][::2]
        lit = kept @ light_axes.T
        cell = ((lit[:, :2] - light_low[:2]) * light_scale).astype(np.int64).clip(
            0, resolution - 1)
        np.maximum.at(light_depth, cell[:, 0] * resolution + cell[:, 1],
                      lit[:, 2].astype(np.float32))
        # where the light's ray through the point meets the ground
        if light[2] > 0.05 and not scene.floating:
            thin = kept[::2]
            rise = thin[:, 2] - ground
            fallen = thin - rise[:, None] * (light / light[2])
            for target, chosen in ((shadow, slice(None)), (contact, rise < 0.06)):
                at = project(fallen[chosen]) if target is shadow else project(
                    np.column_stack([thin[chosen][:, :2], np.full(int(np.sum(chosen)), ground)]))
                x, y = at[:, 0].astype(int), at[:, 1].astype(int)
                ok = (x >= 0) & (x < width) & (y >= 0) & (y < height)
                target[y[ok], x[ok]] = 1

    covered = pixel_id >= 0
    colour = np.zeros((width * height, 3), np.float32)
    gloss = np.zeros(width * height, np.float32)
    relief = np.zeros(width * height, np.float32)
    metal = np.zeros(width * height, np.float32)
    normal = np.zeros((width * height, 3), np.float32)
    space = np.zeros((width * height, 3), np.float32)
    owner = np.full(width * height, -1, np.int32)
    spread = np.zeros(width * height, np.float32)
    for number, (part, kept_part) in enumerate(zip(parts, stored, strict=True)):
        begin, us, vs, rest, points, body = kept_part
        n, m = len(us), len(vs)
        where = np.flatnonzero((pixel_id >= begin) & (pixel_id < begin + n * m))
        if not len(where):
            continue
        i, j = np.divmod(pixel_id[where] - begin, m)
        du = body[np.minimum(i + 1, n - 1), j] - body[np.maximum(i - 1, 0), j]
        dv = body[i, np.minimum(j + 1, m - 1)] - body[i, np.maximum(j - 1, 0)]
        across = np.cross(du, dv)
        length = np.linalg.norm(across, axis=1, keepdims=True)
        across = np.where(length > 1e-12, across / np.maximum(length, 1e-12), axes[2])
        at = points[i, j]
        eye = middle + axes[2] * distance - at
        facing = np.sum(across * eye, axis=1)
        if part.fuzz:
            across = across + rng.standard_normal(across.shape) * 0.25
            spread[where] = 4 * part.fuzz
        across = np.where(facing[:, None] < 0, -across, across)
        look = part.paint(us[i], vs[j], rest[i, j])
        tint = np.broadcast_to(np.asarray(look.colour, np.float32), (len(where), 3))
        gloss[where], relief[where], metal[where] = look.gloss, look.relief, look.metal
        if part.inside is not None:
            # surfaces are built so that the outer side has this orientation
            inner = facing * _outward(part) < 0
            lining = part.inside(rest[i, j]) if callable(part.inside) else part.inside
            tint = np.where(inner[:, None], np.asarray(lining, np.float32), tint)
            gloss[where[inner]] = 0.05
            relief[where[inner]] = 0
        colour[where] = tint
        normal[where] = across
        space[where] = at
        owner[where] = number

    image_normal = normal.reshape(height, width, 3)
    # fine relief tilts the normal by its slope on the picture
    bump = relief.reshape(height, width) * detail
    owners = owner.reshape(height, width)
    for axis, direction in ((1, axes[0]), (0, -axes[1])):
        slope = np.zeros_like(bump)
        same = np.diff(owners, axis=axis) == 0
        step = np.diff(bump, axis=axis) * same
        if axis == 1:
            slope[:, 1:] += step
        else:
            slope[1:] += step
        image_normal -= slope[..., None] * direction.astype(np.float32)
    normal = image_normal.reshape(-1, 3)
    normal /= np.linalg.norm(normal, axis=1, keepdims=True) + 1e-6

    at = np.flatnonzero(covered)
    shaded = _shade(colour[at], normal[at], space[at], gloss[at], metal[at],
                    spread[at], scene, light,
                    middle + axes[2] * distance, light_axes, light_low, light_scale,
                    light_depth.reshape(resolution, resolution), ground)
    # corners and folds get less of the ambient light
    depth = np.where(covered, pixel_key, np.nan).reshape(height, width)
    filled = np.where(np.isnan(depth), np.float32(np.nanmin(depth)), depth)
    mean = _box(filled, max(2, int(4 * detail)))
    cavity = np.clip((mean - filled) * 7 / max(extent, 0.6), 0, 0.5).ravel()[at]
    shaded *= (1 - cavity)[:, None]

    image = _background(scene, axes, middle, distance, zoom, offset, width, height,
                        ground, rng)
    if scene.floating:
        shift = np.roll(covered.reshape(height, width), (int(.02 * height), int(.015 * width)),
                        (0, 1)).astype(np.float32)
        dark = 0.5 * _blur(shift, 0.025 * width)
    else:
        span = zoom * extent
        dark = 0.42 * _blur(shadow, 0.022 * span) * (1.15 - scene.ambient) \
            + 0.55 * _blur(contact, 0.012 * span) + 0.25 * _blur(contact, 0.04 * span)
    strength = 0.75 if scene.background == "white" else 1.0
    image *= (1 - strength * np.clip(dark, 0, 0.9))[..., None]
    image.reshape(-1, 3)[at] = shaded

    # lens: exposure, colour of the light, a soft curve instead of clipping
    tint = np.array([1 + 0.10 * scene.warmth, 1.0, 1 - 0.12 * scene.warmth], np.float32)
    image = image * (scene.exposure * tint)
    image = np.sqrt(np.clip(image, 0, None))
    image = np.where(image > 0.85, 0.85 + 0.15 * np.tanh((image - 0.85) / 0.15), image) \
        if scene.background != "white" else np.clip(image, 0, 1)
    picture = Image.fromarray((np.clip(image, 0, 1) * 255 + 0.5).astype(np.uint8))
    picture = picture.resize(size, Image.Resampling.LANCZOS if detail > 1 else
                             Image.Resampling.BICUBIC)
    if scene.blur:
        picture = picture.filter(ImageFilter.GaussianBlur(scene.blur))
    if scene.grain:
        pixels = np.asarray(picture, np.float32)
        pixels = pixels + rng.normal(0, scene.grain, pixels.shape[:2] + (1,)) \
            + rng.normal(0, scene.grain * 0.5, pixels.shape)
        picture = Image.fromarray(pixels.clip(0, 255).astype(np.uint8))
    if scene.quality < 96:
        file = io.BytesIO()
        picture.save(file, "JPEG", quality=scene.quality)
        picture = Image.open(file)
        picture.load()
    return picture.convert("RGB")


def _outward(part: Part) -> float:
    """+1 where du x dv of the surface looks outwards, -1 where inwards."""
    u, v = np.array([[0.45]]), np.array([[0.5]])
    h = 1e-3
    at = [part.surface(u + a, v + b) for a, b in ((0, 0), (h, 0), (0, h))]
    if part.place is not None:
        at = [part.place(p) for p in at]
    across = np.cross(at[1] - at[0], at[2] - at[0])[0, 0]
    ring = part.surface(u, np.linspace(0, 1, 24, endpoint=False)[None, :])
    if part.place is not None:
        ring = part.place(ring)
    return float(np.sign(across @ (at[0][0, 0] - ring[0].mean(0))) or 1.0)


def _shade(colour, normal, space, gloss, metal, spread, scene, light, eye, light_axes, light_low,
           light_scale, light_depth, ground) -> np.ndarray:
    """Linear light that leaves each visible point towards the eye, shape (n, 3)."""
    albedo = np.clip(colour, 0, 1) ** 2.0
    view = eye - space
    view /= np.linalg.norm(view, axis=1, keepdims=True)
    # cast shadow: the mean of a few taps softens its edge
    lit = space @ light_axes.T
    where = (lit[:, :2] - light_low[:2]) * light_scale
    last = light_depth.shape[0] - 1
    open_sky = np.zeros(len(space), np.float32)
    taps = ((0, 0), (1.6, 0.6), (-1.6, -0.6), (0.6, -1.6), (-0.6, 1.6))
    for dx, dy in taps:
        i = (where[:, 0] + dx).astype(np.int64).clip(0, last)
        j = (where[:, 1] + dy).astype(np.int64).clip(0, last)
        open_sky += lit[:, 2] > light_depth[i, j] - 0.028 - spread
    open_sky /= len(taps)

    facing = np.clip(normal @ light, 0, 1)
    # half-lambert keeps the side away from the light from going flat
    soft = (0.5 + 0.5 * (normal @ light)) ** 2
    sky = 0.55 + 0.45 * normal[:, 2]
    fill = np.clip(normal @ np.array([-light[0], -abs(light[1]), 0.25]), 0, 1)
    low = 0.55 + 0.45 * smoothstep(0.0, 0.22, space[:, 2] - ground)
    diffuse = scene.ambient * sky * low + (1 - scene.ambient) * 1.25 * open_sky * (
        0.65 * facing + 0.35 * soft) + 0.16 * fill
    half = light + view
    half /= np.linalg.norm(half, axis=1, keepdims=True)
    shine = np.clip(np.sum(normal * half, axis=1), 0, 1)
    power = 6 + 110 * gloss ** 2
    spark = open_sky * gloss * (0.25 + 0.5 * gloss) * shine ** power
    # two soft boxes of a studio are mirrored in glossy surfaces
    mirror = 2 * np.sum(normal * view, axis=1, keepdims=True) * normal - view
    edge = 1 - np.clip(np.sum(normal * view, axis=1), 0, 1)
    fresnel = 0.05 + 0.5 * edge ** 4
    box = smoothstep(0.52, 0.66, mirror[:, 2]) * smoothstep(-0.5, 0.1, mirror @ light) \
        + 0.35 * smoothstep(0.1, 0.9, mirror[:, 2])
    glare = gloss * gloss * (0.10 + fresnel) * box
    highlight = (spark + 0.75 * glare)[:, None]
    tint = 1 - metal[:, None] + metal[:, None] * albedo * 2.2
    return (albedo * diffuse[:, None] * (1 - 0.55 * metal[:, None])
            + highlight * tint).astype(np.float32)


def _background(scene, axes, middle, distance, zoom, offset, width, height, ground,
                rng) -> np.ndarray:
    """Linear background, shape (height, width, 3); floors lie in perspective."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    kind = scene.background
    if kind == "white":
        return np.full((height, width, 3), 1.0, np.float32)
    if kind == "blurred":
        cells = rng.uniform(0.2, 0.8) + rng.uniform(-0.2, 0.2, (4, 4, 1)) \
            + rng.uniform(-0.08, 0.08, (4, 4, 3)) + rng.uniform(-0.08, 0.08, 3)
        small = Image.fromarray((cells.clip(0, 1) * 255).astype(np.uint8))
        image = np.asarray(small.resize((width, height), Image.Resampling.BICUBIC), np.float32)
        return (image / 255) ** 2
    if kind == "studio":
        base = rng.uniform(0.35, 0.9)
        tint = base + rng.uniform(-0.04, 0.04, 3)
        glow = 1 - 0.5 * np.hypot((x - width * rng.uniform(0.3, 0.7)) / width,
                                  (y - height * rng.uniform(0.2, 0.6)) / height)
        return (glow[..., None] * tint).astype(np.float32) ** 2
    # ray of each pixel meets the ground
    sx, sy = (x - offset[0]) / zoom, (offset[1] - y) / zoom
    eye = middle + axes[2] * distance
    ray = sx[..., None] * axes[0] + sy[..., None] * axes[1] - distance * axes[2]
    down = -(eye[2] - ground) / np.where(np.abs(ray[..., 2]) < 1e-6, 1e-6, ray[..., 2])
    hits = (down > 0) & (down < 12) if not scene.floating else np.ones_like(down, bool)
    if scene.floating:
        gx, gy = sx, sy
    else:
        gx = eye[0] + down * ray[..., 0]
        gy = eye[1] + down * ray[..., 1]
    turn = rng.uniform(0, np.pi)
    gx, gy = gx * np.cos(turn) - gy * np.sin(turn), gx * np.sin(turn) + gy * np.cos(turn)
    gx, gy = gx + 50, gy + 50
    if kind == "wood":
        board = rng.uniform(0.25, 0.5)
        number = np.floor(gy / board)
        tone = 0.82 + 0.22 * noise(number * 0.37, number * 0.73, 1, 1)
        grain = noise(gx * 0.16 + number * 0.31, gy * 1.6, 1.0, 4)
        rings = np.sin((gy * 30 + 5 * noise(gx * 0.1 + number * .3, gy * 0.5, 1, 2)) * 2)
        gap = np.abs(gy / board - number - 0.5) > 0.485
        along = np.floor(gx / 3.1 + number * 0.37)
        joint = np.abs(gx / 3.1 + number * 0.37 - along - 0.5) > 0.497
        base = np.array([(0.62, 0.43, 0.26), (0.45, 0.29, 0.18), (0.76, 0.62, 0.44),
                         (0.58, 0.54, 0.50)][rng.integers(4)])
        value = tone * (1 + 0.16 * grain + 0.05 * rings) * np.where(gap | joint, 0.45, 1)
        image = value[..., None] * base
    elif kind == "carpet":
        base = rng.uniform(0.2, 0.75) + rng.uniform(-0.15, 0.15, 3)
        pile = 1 + 0.25 * noise(gx * 1.7, gy * 1.7, 1, 5) \
            + 0.22 * rng.standard_normal(gx.shape)
        image = pile[..., None] * base
    elif kind == "tiles":
        tile = rng.uniform(0.7, 1.3)
        base = rng.uniform(0.4, 0.85) + rng.uniform(-0.05, 0.05, 3)
        joint = (np.abs(gx / tile % 1 - 0.5) > 0.487) | (np.abs(gy / tile % 1 - 0.5) > 0.487)
        image = (np.where(joint, 0.75, 1) * (1 + 0.06 * noise(gx * .4, gy * .4, 1, 4)))[..., None] \
            * base
    else:
        base = rng.uniform(0.35, 0.8) + rng.uniform(-0.1, 0.1, 3)
        image = (1 + 0.05 * noise(gx * 0.5, gy * 0.5, 1, 5))[..., None] * base
        for _ in range(int(rng.integers(2, 6))):
            # papers and other things that lie about
            cx, cy = 50 + rng.uniform(-1.6, 1.6, 2)
            a, w, h = rng.uniform(0, np.pi), rng.uniform(0.15, 0.7), rng.uniform(0.15, 0.7)
            p = (gx - cx) * np.cos(a) + (gy - cy) * np.sin(a)
            q = (gy - cy) * np.cos(a) - (gx - cx) * np.sin(a)
            inside = (np.abs(p) < w) & (np.abs(q) < h)
            image = np.where(inside[..., None], rng.uniform(0.15, 0.95, 3) * 0.6
                             + 0.4 * rng.uniform(0.3, 0.95), image)
    wall = rng.uniform(0.45, 0.85) + rng.uniform(-0.06, 0.06, 3)
    image = np.where(hits[..., None], image, wall)
    if not scene.floating:
        # the floor fades into the wall: a sharp horizon would be rare in a photo
        fade = smoothstep(4, 11, np.where(hits, down, 12))[..., None]
        image = image * (1 - fade) + wall * fade
    image = image.clip(0.02, 1).astype(np.float32) ** 2
    # the background lies out of the depth of field
    radius = rng.choice([0, 1, 2, 4]) * width / 400
    if radius:
        soft = Image.fromarray((np.sqrt(image) * 255).astype(np.uint8)).filter(
            ImageFilter.GaussianBlur(float(radius)))
        image = (np.asarray(soft, np.float32) / 255) ** 2
    glow = 1.08 - 0.35 * np.hypot(x / width - rng.uniform(.2, .8), y / height - rng.uniform(.2, .8))
    return image * glow[..., None]
