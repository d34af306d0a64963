"""Solids that footwear is built from: parametric surfaces in units of the foot's length.

The axes: x runs from the back of the heel (0) to the toe (1), y to the inner side of
the right foot, z upwards from the ground.  One unit is one foot length, 25 cm.
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

__all__ = ["Part", "Paint", "CM", "spline", "smoothstep", "oval", "noise", "Foot", "Sole",
           "sweep", "revolve", "plane"]

#: One centimetre on a foot of 25 cm, in foot lengths.
CM = 1 / 25


@dataclass
class Paint:
    """How n visible points look.

    Parameters
    ----------
    colour : ndarray, shape (n, 3)
        Diffuse colour, sRGB in [0, 1].
    gloss : ndarray or float
        0 for matt cloth, 1 for patent leather and polished metal.
    relief : ndarray or float
        Height of fine relief (stitches, seams); only its slope on the picture matters.
    metal : ndarray or float
        1 where the highlight takes the colour of the surface.
    """

    colour: np.ndarray
    gloss: np.ndarray | float = 0.2
    relief: np.ndarray | float = 0.0
    metal: np.ndarray | float = 0.0


Surface = Callable[[np.ndarray, np.ndarray], np.ndarray]


@dataclass
class Part:
    """A surface over the unit square, and what it looks like.

    Parameters
    ----------
    surface : callable
        (u, v) in [0, 1], shape (n, m) each -> points, shape (n, m, 3).
    paint : callable
        (u, v, points at rest) of the n visible points -> :class:`Paint`.
    keep : callable, optional
        (u, v, points at rest) -> False where the surface is cut away.
    place : callable, optional
        Points at rest -> points in space (the foot raised on its heel).
    inside : tuple of float or callable, optional
        Colour of the other side, or points at rest -> colours; the same paint, if not
        given.
    fuzz : float
        Points are scattered so far from the surface: fur.
    """

    surface: Surface
    paint: Callable[[np.ndarray, np.ndarray, np.ndarray], Paint]
    keep: Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray] | None = None
    place: Callable[[np.ndarray], np.ndarray] | None = None
    inside: tuple[float, float, float] | Callable[[np.ndarray], np.ndarray] | None = None
    fuzz: float = 0.0

    def moved(self, move: Callable[[np.ndarray], np.ndarray]) -> Part:
        """The same part, carried elsewhere after it has been placed."""
        place = self.place
        return replace(self, place=(lambda p: move(place(p))) if place else move)


def smoothstep(low: float, high: float, x: np.ndarray) -> np.ndarray:
    """0 below `low`, 1 above `high`, smooth between."""
    t = np.clip((x - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def oval(c: np.ndarray, s: np.ndarray, n) -> tuple[np.ndarray, np.ndarray]:
    """The superellipse |x|^n + |y|^n = 1 in the direction (c, s): n > 2 is squarer."""
    reach = (np.abs(c) ** n + np.abs(s) ** n) ** (-1 / n)
    return c * reach, s * reach


def spline(x: np.ndarray, knots, values) -> np.ndarray:
    """Catmull-Rom curve (cubic Hermite with finite-difference slopes) through knots."""
    knots, values = np.asarray(knots, float), np.asarray(values, float)
    slopes = np.gradient(values, knots, axis=0)
    x = np.clip(x, knots[0], knots[-1])
    i = np.clip(np.searchsorted(knots, x, side="right") - 1, 0, len(knots) - 2)
    width = knots[i + 1] - knots[i]
    t = (x - knots[i]) / width
    if values.ndim > 1:
        t, width = t[..., None], width[..., None]
    t2, t3 = t * t, t * t * t
    return ((2 * t3 - 3 * t2 + 1) * values[i] + (t3 - 2 * t2 + t) * width * slopes[i]
            + (3 * t2 - 2 * t3) * values[i + 1] + (t3 - t2) * width * slopes[i + 1])


@cache
def _noise_tile(octaves: int) -> np.ndarray:
    """A tile of 256 x 256 smooth noise in [-1, 1] that wraps around."""
    rng = np.random.default_rng(64)
    tile = np.zeros((256, 256), np.float32)
    for octave in range(octaves):
        cells = 8 * 2 ** octave
        grid = rng.standard_normal((cells, cells)).astype(np.float32)
        at = np.arange(256) * cells / 256
        low = at.astype(int)
        t = at - low
        t = (t * t * (3 - 2 * t)).astype(np.float32)
        high = (low + 1) % cells
        rows = grid[low] * (1 - t)[:, None] + grid[high] * t[:, None]
        tile += (rows[:, low] * (1 - t) + rows[:, high] * t) * 0.55 ** octave
    return tile / np.abs(tile).max()


def noise(a: np.ndarray, b: np.ndarray, scale: float = 1.0, octaves: int = 4) -> np.ndarray:
    """Smooth noise in [-1, 1] at (a, b); one tile of 8 cells per 1/scale."""
    tile = _noise_tile(octaves)
    i = (np.asarray(a) * (256 * scale)).astype(np.int64) & 255
    j = (np.asarray(b) * (256 * scale)).astype(np.int64) & 255
    return tile[i, j]


# The foot: front and back profile, half width and squareness of each section, from
# the toe over instep and heel up the leg.  Points of one row span one section.
_SECTIONS = np.array([
    # front x, z     back x, z     half width
    [1.000, 0.040, 1.000, 0.040, 0.000],
    [0.988, 0.085, 0.990, 0.010, 0.068],
    [0.955, 0.122, 0.955, 0.000, 0.112],
    [0.885, 0.150, 0.885, 0.000, 0.148],
    [0.785, 0.176, 0.785, 0.000, 0.170],
    [0.680, 0.208, 0.680, 0.000, 0.176],
    [0.575, 0.258, 0.550, 0.000, 0.164],
    [0.490, 0.310, 0.400, 0.000, 0.145],
    [0.425, 0.362, 0.250, 0.000, 0.132],
    [0.380, 0.410, 0.120, 0.000, 0.128],
    [0.350, 0.455, 0.030, 0.015, 0.126],
    [0.330, 0.500, -0.005, 0.090, 0.124],
    [0.315, 0.550, -0.004, 0.200, 0.120],
    [0.305, 0.610, 0.016, 0.330, 0.117],
    [0.302, 0.690, 0.028, 0.470, 0.119],
    [0.308, 0.810, 0.012, 0.680, 0.132],
    [0.322, 1.000, -0.022, 0.930, 0.152],
    [0.333, 1.200, -0.035, 1.160, 0.166],
    [0.335, 1.400, -0.018, 1.380, 0.164],
    [0.328, 1.600, 0.010, 1.600, 0.158],
    [0.345, 1.850, 0.012, 1.850, 0.172],
    [0.372, 2.150, -0.020, 2.150, 0.196],
    [0.390, 2.450, -0.050, 2.450, 0.216],
])

_OUTLINE_X = np.array([0, .012, .05, .12, .25, .40, .55, .68, .78, .88, .95, .985, 1])
_OUTLINE_W = np.array([0, .050, .090, .113, .118, .120, .143, .168, .168, .146, .108, .062, 0])


def _centre(x: np.ndarray) -> np.ndarray:
    """Middle line of the foot: the toes turn inwards."""
    return 0.030 * smoothstep(0.55, 1.0, x) - 0.006 * smoothstep(0.3, 0.6, x)


@dataclass
class Sole:
    """Outline and profile of the sole, and the pose it gives to the foot.

    Parameters
    ----------
    front, heel : float
        Height of the upper side over the ground under the ball and under the heel.
    style : {"flat", "wedge", "block", "stack", "stiletto", "kitten", "clog"}
        What is between the foot and the ground.
    toe : float
        0 for a round toe, 1 for a pointed one.
    margin : float
        How far the sole stands out under the upper.
    spring : float
        How far the toe is raised.
    """

    front: float
    heel: float
    style: str = "flat"
    toe: float = 0.0
    margin: float = 0.012
    spring: float = 0.02
    thickness: float = 0.03

    @property
    def heeled(self) -> bool:
        return self.style in ("block", "stack", "stiletto", "kitten")

    def top(self, x: np.ndarray) -> np.ndarray:
        """Upper side of the sole at x."""
        ramp = smoothstep(0.72, 0.16, x) if self.heeled or self.style == "wedge" \
            else smoothstep(0.85, 0.1, x)
        return self.front + (self.heel - self.front) * ramp + self._spring(x)

    def bottom(self, x: np.ndarray) -> np.ndarray:
        """Under side of the sole at x, without the heel."""
        if self.heeled:
            thick = self.thickness + (self.front - self.thickness) * smoothstep(0.45, 0.7, x)
            return np.maximum(self.top(x) - thick, 0)
        if self.style == "clog":
            arch = smoothstep(0.26, 0.34, x) * smoothstep(0.66, 0.5, x)
            return self._spring(x) + arch * self.front * 0.55
        return self._spring(x)

    def _spring(self, x: np.ndarray) -> np.ndarray:
        return self.spring * np.clip((x - 0.72) / 0.28, 0, 1.3) ** 2

    def half_width(self, x: np.ndarray) -> np.ndarray:
        w = np.maximum(spline(x, _OUTLINE_X, _OUTLINE_W), 0)
        return w * (1 - 0.42 * self.toe * smoothstep(0.66, 0.98, x))

    def outline(self, u: np.ndarray, scale: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
        """x, y along the edge; u from 0 at the toe round the outer side back to 1."""
        angle = 2 * np.pi * u
        x = 0.5 + 0.5 * np.cos(angle)
        stretch = 1 + 0.06 * self.toe
        side = np.where(np.sin(angle) >= 0, -1.0, 1.0)
        waist = 1 - 0.16 * (side > 0) * np.exp(-((x - 0.42) / 0.13) ** 2)
        y = side * self.half_width(x) * waist * scale
        # the margin widens the outline evenly, the ends included
        end = np.cos(angle)
        bulge = np.sqrt(np.clip(1 - end * end, 0, 1)) ** 0.5
        y += side * self.margin * bulge
        centre = _centre(x) * (1 - 0.5 * self.toe)
        x = x + self.margin * end
        # only the part in front of the ball is longer on a pointed shoe
        x = x + (stretch - 1) * smoothstep(0.6, 1.0, x)
        return x, y + centre

    def wall(self, bulge: float = 0.008, lugs: float = 0.0, lug_count: int = 13,
             top_extra: float = 0.0) -> Surface:
        """The edge of the sole all round; `lugs` is the depth of the tread's notches."""
        def surface(u, v):
            x, y = self.outline(u)
            top, low = self.top(np.clip(x, 0, 1)) + top_extra, self.bottom(np.clip(x, 0, 1))
            if lugs:
                notch = np.sin(2 * np.pi * lug_count * x) > 0.25
                low = low + lugs * notch
            swell = 1 + bulge * 4 * v * (1 - v)
            return np.stack(np.broadcast_arrays(
                0.5 + (x - 0.5) * swell, y * swell, low + (top - low) * v), -1)
        return surface

    def face(self, below: bool, scale: float = 1.0, dish: float = 0.0,
             lift: float = 0.0) -> Surface:
        """Upper or under side, filled from the middle line outwards."""
        def surface(u, v):
            x, y = self.outline(u, scale)
            centre = _centre(np.clip(x, 0, 1)) * (1 - 0.5 * self.toe)
            inner = np.clip(x, 0, 1)
            z = (self.bottom if below else self.top)(inner) + lift
            z = z + dish * (v ** 4)
            return np.stack(np.broadcast_arrays(
                0.5 + (x - 0.5) * (1 if scale == 1 else 0.98),
                centre + (y - centre) * v, z), -1)
        return surface

    def heel_block(self) -> Surface:
        """The heel under the seat, down to the ground."""
        taper, shift, power = {"block": (0.86, 0.0, 1.0), "stack": (0.94, 0.0, 1.0),
                               "stiletto": (0.16, -0.05, 0.28),
                               "kitten": (0.28, -0.035, 0.5)}[self.style]
        seat = {"block": 0.27, "stack": 0.29, "stiletto": 0.25, "kitten": 0.25}[self.style]

        def surface(u, v):
            angle = 2 * np.pi * u
            c, s = np.cos(angle), np.sin(angle)
            # front of the heel is flat, its back follows the sole
            cx, sy = oval(c, s, np.where(c > 0, 4.5, 2.2))
            down = 1 - v
            size = taper + (1 - taper) * (1 - down) ** (1 / power if power < 1 else 1.0)
            half = seat / 2
            x0 = half - 0.005 + shift * np.minimum(1, 1.3 * down) * min(1.0, self.heel / 0.3)
            x = x0 + half * size * cx
            y = (0.108 + self.margin) * size * sy
            z = (self.top(np.clip(x, 0, 1)) - self.thickness * 0.8) * v
            return np.stack(np.broadcast_arrays(x, y, z), -1)
        return surface

    def place(self, points: np.ndarray) -> np.ndarray:
        """Put a foot that stands on z = 0 on this sole."""
        placed = points.copy()
        x = np.clip(points[..., 0], 0, 1)
        placed[..., 2] += self.top(x)
        if self.heel - self.front > 0.12:
            # a raised foot is shorter, and the leg keeps upright over the heel
            rise = self.heel - self.front
            placed[..., 0] = points[..., 0] + 0.12 * rise * np.clip(points[..., 2] - 0.2, 0, 0.3)
        return placed


@dataclass
class Foot:
    """The closed surface of a foot and leg, from which uppers are cut.

    Parameters
    ----------
    toe : float
        0 round, 1 pointed; negative values give a broad, square toe.
    volume : float
        Scale of the heights of the forefoot: 0.8 for a pump, 1.2 for a work boot.
    slim : float
        Scale of the widths.
    loose : float
        How much wider than the leg the shaft stands (a rubber boot).
    top : float
        Height at which the leg ends.
    """

    toe: float = 0.0
    volume: float = 1.0
    slim: float = 1.0
    loose: float = 0.0
    top: float = 2.4
    flatten: float = 1.0

    def _sections(self) -> np.ndarray:
        rows = _SECTIONS.copy()
        front = smoothstep(0.5, 0.75, rows[:, 0]) * (rows[:, 1] < 0.3)
        rows[:, 1] *= 1 + (self.volume - 1) * front
        rows[:, 1] *= np.where(rows[:, 0] > 0.4, self.flatten, 1.0)
        rows[:, 4] *= self.slim
        tip = smoothstep(0.66, 0.98, rows[:, 0]) * (rows[:, 1] < 0.25)
        rows[:, 4] *= 1 - 0.42 * self.toe * tip
        stretch = 0.06 * max(self.toe, 0)
        for column in (0, 2):
            rows[:, column] += stretch * smoothstep(0.6, 1.0, rows[:, column])
        leg = smoothstep(0.35, 0.75, rows[:, 1])
        calf = self.loose * leg
        rows[:, 4] += 0.5 * calf
        rows[:, 0] += 0.5 * calf
        rows[:, 2] -= 0.6 * calf
        return rows

    def point(self, t: np.ndarray, phi: np.ndarray) -> np.ndarray:
        """Point at section t in [0, 1] and angle phi (0 on top, +-pi below)."""
        rows = self._sections()
        knots = np.linspace(0, 1, len(rows))
        row = spline(np.asarray(t, float), knots, rows)
        c, s = np.cos(phi), np.sin(phi)
        fx, fz, bx, bz, w = (row[..., k] for k in range(5))
        # sections of the foot are flat below, those of the leg are round
        flat = 1 - smoothstep(0.0, 0.25, bz)
        n = np.where(c < 0, 2 + 2.2 * flat, 2.25)
        along, across = oval(c, s, n)
        along = 0.5 + 0.5 * along
        x = bx + (fx - bx) * along
        z = bz + (fz - bz) * along
        y = _centre(np.clip(x, 0, 1)) * (1 - 0.5 * max(self.toe, 0)) + w * across
        return np.stack(np.broadcast_arrays(x, y, z), -1)

    def section_at(self, x: float | None = None, z: float | None = None) -> float:
        """t where the front profile passes x, or rises over z."""
        t = np.linspace(0, 1, 400)
        front = self.point(t, np.zeros_like(t))
        if x is not None:
            return float(t[np.argmin(np.abs(front[:, 0] - x) + (front[:, 2] > 0.5))])
        return float(t[np.argmax(front[:, 2] >= z)])

    def surface(self) -> Surface:
        """u runs from the toe up the leg, v round the section."""
        t = np.linspace(0, 1, 200)
        back = self.point(t, np.full_like(t, np.pi))[:, 2]
        low = np.minimum(back, self.point(t, np.zeros_like(t))[:, 2])
        above = np.flatnonzero(low > self.top)
        end = float(t[above[0]]) if len(above) else 1.0

        def surface(u, v):
            return self.point(u * end, (2 * v - 1) * np.pi)
        return surface


def sweep(path: np.ndarray, wide: float | np.ndarray, thick: float | np.ndarray,
          up=(0.0, 0.0, 1.0), closed: bool = False) -> Surface:
    """A strap, lace or cord: an oval section carried along a path.

    Parameters
    ----------
    path : ndarray, shape (n, 3)
    wide, thick : float or ndarray, shape (n,)
        Half axes of the section, across the strap and along `up`.
    up : ndarray, shape (3,) or (n, 3)
        Which way the strap's face looks.
    """
    path = np.asarray(path, float)
    up = np.broadcast_to(np.asarray(up, float), path.shape)
    if closed:
        path, up = np.vstack([path, path[:1]]), np.vstack([up, up[:1]])
    knots = np.linspace(0, 1, len(path))
    tangents = np.gradient(path, axis=0)
    if closed:
        tangents[0] = tangents[-1] = path[1] - path[-2]
    tangents /= np.linalg.norm(tangents, axis=1, keepdims=True) + 1e-9
    across = np.cross(tangents, up)
    across /= np.linalg.norm(across, axis=1, keepdims=True) + 1e-9
    normal = np.cross(across, tangents)
    table = np.concatenate([
        path, across * np.broadcast_to(wide, len(path))[:, None],
        normal * np.broadcast_to(thick, len(path))[:, None]], axis=1)

    def surface(u, v):
        row = spline(u + 0 * v, knots, table)
        c, s = np.cos(2 * np.pi * v), np.sin(2 * np.pi * v)
        c, s = oval(c, s, 3.0)
        return row[..., :3] + row[..., 3:6] * c[..., None] + row[..., 6:] * s[..., None]
    return surface


def revolve(profile: np.ndarray, origin=(0, 0, 0), axis: str = "z") -> Surface:
    """A body of revolution; `profile` has rows (radius, height along the axis)."""
    profile = np.asarray(profile, float)
    knots = np.linspace(0, 1, len(profile))
    order = {"z": (0, 1, 2), "y": (0, 2, 1), "x": (2, 0, 1)}[axis]

    def surface(u, v):
        radius = np.interp(u, knots, profile[:, 0])
        height = np.interp(u, knots, profile[:, 1])
        angle = 2 * np.pi * v
        body = (radius * np.cos(angle), radius * np.sin(angle), height + 0 * v)
        return np.stack(np.broadcast_arrays(*(body[k] for k in order)), -1) + np.asarray(origin)
    return surface


def plane(corner, first, second) -> Surface:
    """The parallelogram that two vectors span at a corner."""
    corner, first, second = (np.asarray(a, float) for a in (corner, first, second))

    def surface(u, v):
        u, v = np.broadcast_arrays(u, v)
        return corner + u[..., None] * first + v[..., None] * second
    return surface
