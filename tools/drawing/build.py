"""From the parameters of a good to the surfaces that are drawn."""
from __future__ import annotations

import numpy as np

from .item import Footwear
from .solids import (
    CM,
    Foot,
    Paint,
    Part,
    Sole,
    noise,
    oval,
    plane,
    revolve,
    smoothstep,
    spline,
    sweep,
)
from .uppers import STRAPPED, Upper, finish, mix, stitch, strap_depth, upper

__all__ = ["build"]


def _wood(q: np.ndarray, seed: int) -> Paint:
    tone = np.array(((.74, .56, .36), (.62, .43, .26), (.82, .68, .48), (.52, .34, .20))[seed % 4])
    a, b, c = q[:, 0], q[:, 1], q[:, 2]
    wander = 1.6 * noise(a * .25 + seed % 13, c * .8 + b * .4, 1, 3)
    ring = np.sin(2 * np.pi * (c * 26 + b * 7 + .6 * a + wander))
    grain = noise(a * .25, (c + b) * 3.2, 1.0, 5)
    knot = np.exp(-(((a - .47) / .03) ** 2 + ((c - .05) / .012) ** 2)) * (seed % 3 == 0)
    value = 1 + .13 * ring + .16 * grain - .5 * knot
    return Paint(np.clip(tone * value[:, None], 0, 1), .22, .12 * ring)


def _sole_parts(item: Footwear, sole: Sole) -> list[Part]:
    base = np.array(item.sole_colour)
    wooden = item.wooden_platform
    sporty = item.cut == "sneaker" or item.kind in ("high_top", "slip_on")
    lugs = .016 if item.kind in ("work_boot", "rubber_boot", "waders") or (
        item.height != "below_ankle" and item.style == "flat" and item.seed % 2) else 0.0
    cork = item.kind in ("wedge_sandal", "slide", "sandal") and item.material != "eva" \
        and item.seed % 3 == 0 and not wooden

    def wall(u, v, q):
        if wooden:
            return _wood(q, item.seed)
        fine = noise(q[:, 0] * 3, q[:, 2] * 3 + q[:, 1], 1, 4)
        tint = base * (1 + .05 * fine[:, None])
        gloss, relief = np.full(len(q), .28), .1 * fine
        if cork:
            speck = noise(q[:, 0] * 6, q[:, 2] * 6 + q[:, 1] * 3, 1, 5)
            tint = np.array((.68, .50, .33)) * (1 + .30 * speck[:, None])
            tint = np.where((speck < -.38)[:, None], tint * .45, tint)
            return Paint(np.clip(tint, 0, 1), .04, .4 * speck)
        if sporty and not item.sport:
            band = np.abs(v - .35)
            if item.seed % 3:
                tint = np.where((band < .07)[:, None], np.array(item.accent), tint)
            relief = relief + 1.2 * smoothstep(.10, .06, band)
            tread = (v < .22) & (np.abs(q[:, 0] / .03 % 1 - .5) < .3)
            relief = relief + 1.0 * tread
            tint = np.where((v < .16)[:, None], tint * .72, tint)
        elif item.kind in ("derby", "brogue", "ankle_boot", "loafer", "calf_boot", "work_boot"):
            welt = (v > .72)
            tint = np.where(welt[:, None], np.clip(tint * 1.35 + .03, 0, 1), tint)
            thread = stitch(v * .05 - .043, u * 2.6, .003)
            tint = mix(tint, (.8, .7, .5), .8 * thread * (item.seed % 2))
            relief = relief + 1.0 * smoothstep(.70, .74, v)
        elif item.material == "eva" or item.house:
            layer = np.abs(v - .5)
            if item.trim == "bands" or item.seed % 4 == 0:
                tint = np.where((layer < .16)[:, None], np.array(item.accent), tint)
            relief = relief + .6 * np.sin(q[:, 2] * 500)
        return Paint(np.clip(tint, 0, 1), gloss, relief)

    def under(u, v, q):
        if wooden:
            return _wood(q, item.seed)
        x, y = q[:, 0], q[:, 1]
        style = item.seed % 4
        if sole.heeled or item.kind == "toe_sandal":
            block = noise(x * 2, y * 2, 1, 4)
            tint = (base * .5 + np.array((.40, .30, .22)) * .5) * (1 + .06 * block[:, None])
            return Paint(np.clip(tint, 0, 1), .35, .3 * block)
        if style == 0:
            tread = np.abs((x + .35 * np.abs(y / .04 % 1 - .5) * .1) / .035 % 1 - .5) < .28
        elif style == 1:
            tread = np.abs((x / .04 + np.abs(y / .05 % 2 - 1)) % 1 - .5) < .26
        elif style == 2:
            tread = (np.abs((x + y) / .05 % 1 - .5) < .3) & (np.abs((x - y) / .05 % 1 - .5) < .3)
        else:
            tread = np.hypot(x / .045 % 1 - .5, y / .045 % 1 - .5) < .33
        rim = v > .93
        tint = base * (.62 + .38 * (tread | rim))[:, None]
        if sporty and style % 2:
            tint = np.where(((x < .28) | (x > .62))[:, None] & tread[:, None],
                            np.array(item.accent), tint)
        logo = (np.hypot((x - .44) / .07, y / .05) < 1)
        tint = np.where(logo[:, None], base * .85, tint)
        if item.riveted_straps:
            for px, py in ((.80, .055), (.44, .095), (.44, -.105)):
                r = np.hypot(x - px, y - py)
                plug = r < .024
                tint = np.where(plug[:, None], np.array(item.colour) * (.8 + .5 * (r < .015)[
                    :, None]), tint)
                tint = np.where((np.abs(r - .026) < .003)[:, None], tint * .4, tint)
        return Paint(np.clip(tint, 0, 1), .2, 2.0 * (tread | rim))

    def bed(u, v, q):
        x, y = q[:, 0], q[:, 1]
        if wooden and item.seed % 5 != 1:
            return _wood(q[:, [0, 2, 1]], item.seed)
        fine = noise(x * 3, y * 3, 1, 4)
        tint = np.array(item.lining) * (1 + .06 * fine[:, None])
        gloss = np.full(len(q), .12)
        if item.material == "eva":
            tint = np.array(item.sole_colour) * (1 + .05 * fine[:, None])
            gloss[:] = .08
            if item.trim == "print":
                motif = noise(x * .9 + item.seed % 31, y * .9, .55, 2)
                tint = np.where((motif > .12)[:, None], np.array(item.accent), tint)
                tint = np.where((motif < -.35)[:, None], np.array(item.colour), tint)
            rim = v > .92
            tint = np.where(rim[:, None], tint * .88, tint)
        elif item.house:
            tint = np.array(item.lining) * (1 + .16 * fine[:, None])
            gloss[:] = 0
        else:
            share = stitch((v - .93) * .12, u * 2.6, .0022)
            tint = mix(tint, np.clip(tint * 1.4, 0, 1), .8 * share)
            label = (np.abs(x - .13) < .045) & (np.abs(y) < .032)
            tint = np.where((label & (np.abs(fine) < .9))[:, None], tint * .7, tint)
        print_of_foot = noise(x, y, .6, 2)
        return Paint(np.clip(tint * (1 + .04 * print_of_foot[:, None]), 0, 1), gloss, .2 * fine)

    open_bed = item.cut in STRAPPED or item.cut in ("thong", "scuff", "clog", "foam") \
        or item.cut.startswith("toe_loop")
    extra = .010 if open_bed else (.035 if sporty else .004)
    parts = [Part(sole.wall(lugs=lugs, top_extra=extra), wall),
             Part(sole.face(True), under),
             Part(sole.face(False, dish=.012 if open_bed else 0,
                            lift=0 if open_bed else .012), bed)]
    if not open_bed:
        # the ledge between the edge of the sole and the upper
        parts.append(Part(sole.face(False, lift=.003), wall))
    if sole.heeled:
        covered = item.style in ("stiletto", "kitten") or item.seed % 3 == 0

        def heel(u, v, q):
            if covered:
                look = finish(item, q, np.array(item.colour))
                look.colour = np.where((v < .05)[:, None], .08, look.colour)
                return look
            layers = np.abs(q[:, 2] / .022 % 1 - .5) < .42
            tint = base * np.where(layers, 1.0, .62)[:, None] * (
                1 + .08 * noise(q[:, 0] * 2, q[:, 2] * 5, 1, 3))[:, None]
            tint = np.where((q[:, 2] < .02)[:, None], .06, tint)
            return Paint(np.clip(tint, 0, 1), .35, .4 * layers)

        block = sole.heel_block()
        parts.append(Part(block, heel))

        def tip(u, v):
            ring = block(u, np.zeros_like(u))
            middle = block(np.array([[0.0, .5]]), np.zeros((1, 2)))[0].mean(0)
            return middle + (ring - middle) * v[..., None]
        parts.append(Part(tip, lambda u, v, q: Paint(np.full((len(q), 3), .08), .1)))
    return parts


def _plain(colour, gloss=.3, metal=0.0, texture=.05):
    colour = np.asarray(colour, float)

    def paint(u, v, q):
        fine = noise(q[:, 0] * 3 + q[:, 1], q[:, 2] * 3, 1, 4)
        return Paint(np.clip(colour * (1 + texture * fine[:, None]), 0, 1), gloss, 0.0, metal)
    return paint


def _strap_paint(item, colour=None):
    colour = np.array(item.colour if colour is None else colour)
    thread = np.clip(colour * 1.5 + .1, 0, 1) if colour.mean() < .5 else colour * .7

    def paint(u, v, q):
        look = finish(item, q, colour)
        across = np.cos(2 * np.pi * v)
        if item.material in ("leather", "suede", "textile"):
            share = (np.abs(np.abs(across) - .72) < .07) * ((u * 40) % 1 < .6)
            look.colour = mix(look.colour, thread, .75 * share)
        look.colour = look.colour * (.75 + .25 * smoothstep(1, .9, np.abs(across)))[:, None]
        return look
    return paint


def _arch(x: float, half: float, height: float, slant: float, y0: float = 0.0, n: int = 15):
    """Path over the foot and the direction of the strap's face."""
    angle = np.linspace(0, np.pi, n)
    c, s = np.cos(angle), np.sin(angle)
    path = np.column_stack([x - slant * c, y0 + half * np.sign(c) * np.abs(c) ** .7,
                            height * np.abs(s) ** .8])
    return path, np.column_stack([np.zeros(n), c, s + .15])


def _thong(item: Footwear, sole: Sole) -> list[Part]:
    """The Y of a flip-flop, with its plugs."""
    wide = .018 + .022 * (item.seed % 7) / 7
    rise = .085 + .03 * (item.seed % 5) / 5
    post = (.80, .055)
    paint = _strap_paint(item)
    parts = []
    for side, ex in ((.105, .44), (-.115, .44)):
        middle = (.64, side * .82, rise)
        path = spline(np.linspace(0, 1, 18), (0, .16, .55, .9, 1), np.array([
            (post[0] - .005, post[1], rise * .62),
            (post[0] - .04, post[1] * .8 + side * .1, rise * .88),
            middle, (ex + .03, side * 1.06, .045), (ex, side, -.015)]))
        face = np.column_stack([np.full(18, .25), np.linspace(0, 1, 18) * np.sign(side) * 1.1,
                                np.linspace(1, .35, 18)])
        width = wide * (0.55 + .6 * np.sin(np.linspace(.25, 2.7, 18)))
        parts.append(Part(sweep(path, width, .008, face), paint, place=sole.place))
        plug = revolve(np.array([(0, .012), (.016, .012), (.026, .004), (.026, -.02)]),
                       (ex, side, .006))
        parts.append(Part(plug, _plain(np.array(item.colour) * .85, .3), place=sole.place))
    stem = np.array([(post[0], post[1], -.02), (post[0], post[1], .03),
                     (post[0] - .006, post[1], rise * .7)])
    parts.append(Part(sweep(stem, .010, .010, (1, 0, 0)), paint, place=sole.place))
    ring = revolve(np.array([(0, .012), (.018, .012), (.024, .004), (.024, -.02)]),
                   (post[0], post[1], .003))
    parts.append(Part(ring, _plain(np.array(item.colour) * .85, .3), place=sole.place))
    # plugs under the sole
    for px, py in ((.80, .055), (.44, .095), (.44, -.105)):
        low = float(sole.bottom(np.array(px)))
        knob = revolve(np.array([(0, -.008), (.016, -.006), (.022, 0)]), (px, py, low))
        parts.append(Part(knob, _plain(np.array(item.colour) * .9, .25)))
    return parts


def _toe_loop(item: Footwear, foot: Foot, sole: Sole) -> list[Part]:
    """Leather straps across the instep and round the big toe."""
    paint = _strap_paint(item)
    wide = .026 + .018 * (item.seed % 6) / 6
    inside = tuple(np.array(item.lining))
    parts = []
    path, face = _arch(.855, .052, .105, .0, .082)
    parts.append(Part(sweep(path, .021 + .008 * (item.seed % 3) / 3, .006, face), paint,
                      place=sole.place, inside=inside))
    up = Upper(item, foot)
    for x, scale in ((.56, 1.0),) if item.seed % 2 else ((.62, .8), (.50, .9)):
        t = foot.section_at(x=x)
        phi = np.linspace(-2.45, 2.45, 21)
        path = foot.point(np.full(21, t), phi)
        path[:, 2] = np.where(path[:, 2] < .02, -.005, path[:, 2] * .96)
        path[:, 0] += .05 * (np.abs(phi) / 2.4) ** 2
        face = np.column_stack([np.full(21, .25), np.sin(phi), np.cos(phi) + .2])
        parts.append(Part(sweep(path, wide * scale, .007, face), paint, place=sole.place))
    if item.cut == "toe_loop_thong":
        path = spline(np.linspace(0, 1, 12), (0, .5, 1), np.array([
            (.845, .085, .108), (.72, .05, .165), (.585, .01, float(up.dorsum(.585)))]))
        parts.append(Part(sweep(path, .014, .006, (.3, 0, 1)), paint, place=sole.place))
    if item.cut == "toe_loop_ankle":
        angle = np.linspace(0, 2 * np.pi, 28, endpoint=False)
        path = np.column_stack([.155 + .175 * np.cos(angle), .112 * np.sin(angle),
                                .25 + .11 * np.cos(angle)])
        face = np.column_stack([np.cos(angle), np.sin(angle), np.full(28, .2)])
        parts.append(Part(sweep(path, .018, .006, face, closed=True), paint, place=sole.place))
        for side in (-1, 1):
            path = np.array([(.14, side * .105, -.01), (.13, side * .116, .12),
                             (.15, side * .112, .25)])
            parts.append(Part(sweep(path, .016, .006, (0, side, .01)), paint, place=sole.place))
    return parts


def _laces(item: Footwear, foot: Foot, sole: Sole) -> list[Part]:
    boot = item.cut == "boot"
    first = foot.section_at(x=.63)
    last = foot.section_at(x=.425) if not boot else foot.section_at(
        z=min(item.shaft, 1.0 if item.shaft < 1.7 else .9) - .04)
    count = 5 if not boot else int(np.clip(5 + (item.shaft - .4) * 12, 6, 11))
    ts = np.linspace(first, last, count)
    centre = np.array(item.colour)
    light = np.array((.92, .91, .88)) if item.seed % 3 else np.clip(centre * .5, .05, 1)
    if item.cut == "sneaker" and item.seed % 5 == 0:
        light = np.array(item.accent)

    def at(t, phi, lift):
        a = foot.point(np.array(t), np.array(phi))
        core = foot.point(np.array([t, t]), np.array([np.pi, 0.])).mean(0)
        out = a - core
        return a + lift * out / (np.linalg.norm(out) + 1e-9)

    def phi_at(t, girth):
        half = abs(foot.point(np.array(t), np.array(np.pi / 2))[1]) + .02
        return min(.75, girth / half * .62 + .02)

    parts = []
    paint = _plain(light, .08, texture=.12)
    metal = _plain((.75, .74, .72), .8, 1.0)
    for start in (-1, 1):
        path = []
        side = start
        for i, t in enumerate(ts):
            phi = side * phi_at(t, .075)
            path.append(at(t, phi, .006))
            if i + 1 < len(ts):
                path.append(at((t + ts[i + 1]) / 2, 0.0, .016 + .004 * (start > 0)))
            side = -side
        path = np.array(path)
        fine = spline(np.linspace(0, 1, len(path) * 4), np.linspace(0, 1, len(path)), path)
        core = np.array([.35 if not boot else .1, 0, 0.1])
        face = fine - core
        parts.append(Part(sweep(fine, .0105 if item.material != "leather" or boot else .008,
                                .0055, face), paint, place=sole.place))
    for t in ts:
        for side in (-1, 1):
            p = at(t, side * phi_at(t, .082), .003)
            core = at(t, 0.0, -.12)
            n = p - core
            n /= np.linalg.norm(n)
            ring = np.linspace(0, 2 * np.pi, 9)[:-1]
            e1 = np.cross(n, (0, 0, 1.0)) + 1e-6
            e1 /= np.linalg.norm(e1)
            e2 = np.cross(n, e1)
            circle = p + .011 * (np.cos(ring)[:, None] * e1 + np.sin(ring)[:, None] * e2)
            if item.seed % 2 or boot:
                parts.append(Part(sweep(circle, .0035, .0035, np.tile(n, (8, 1)), closed=True),
                                  metal, place=sole.place))
    # the bow
    knot = at(ts[-1], 0.0, .022)
    rng = np.random.default_rng(item.seed)
    for side in (-1, 1):
        drop = rng.uniform(.03, .07)
        loop = np.array([knot, knot + (.03, side * .05, .025),
                         knot + (.035, side * .105, -.015 - drop),
                         knot + (.05, side * .075, -.03 - drop), knot + (.03, side * .025, -.005)])
        fine = spline(np.linspace(0, 1, 22), np.linspace(0, 1, 5), loop)
        parts.append(Part(sweep(fine, .0085, .004, (.6, side * .3, .7)), paint, place=sole.place))
        end = np.array([knot, knot + (.05, side * .03, .0), knot + (.085, side * rng.uniform(
            .03, .09), -.06), knot + (.09, side * rng.uniform(.05, .10), -.11)])
        fine = spline(np.linspace(0, 1, 14), np.linspace(0, 1, 4), end)
        parts.append(Part(sweep(fine, .0075, .004, (.6, side * .5, .6)), paint, place=sole.place))
    return parts


def _buckle(centre, normal, along, size=.032) -> Part:
    normal, along = np.asarray(normal, float), np.asarray(along, float)
    side = np.cross(normal, along)
    corner = np.array([(-1, -1), (0, -1.05), (1, -1), (1.05, 0),
                       (1, 1), (0, 1.05), (-1, 1), (-1.05, 0)])
    path = np.asarray(centre) + size * (corner[:, :1] * along * .8 + corner[:, 1:] * side)
    return Part(sweep(path, .005, .005, np.tile(normal, (8, 1)), closed=True),
                _plain((.80, .74, .58), .85, 1.0))


def _trims(item: Footwear, foot: Foot, sole: Sole) -> list[Part]:
    """Fur, pompons, bows, buckles: what stands out of the upper."""
    parts = []
    up = Upper(item, foot)
    fluffy = np.clip(np.array(item.accent) * .35 + .68, 0, 1) if item.seed % 2 else \
        np.clip(np.array(item.lining) * 1.25, 0, 1)

    def fur_paint(u, v, q):
        strand = noise(q[:, 0] * 4 + q[:, 1] * 3, q[:, 2] * 5 + q[:, 1], 1, 5)
        shade = np.random.default_rng(7).uniform(.8, 1.1, len(q))
        return Paint(np.clip(fluffy * ((1 + .2 * strand) * shade)[:, None], 0, 1), 0.0)

    if item.trim == "fur":
        def near_edge(u, v, q):
            gap = up.topline(q[..., 0]) - q[..., 2]
            if item.cut in ("scuff",):
                gap = gap * .5
            return (gap > -.01) & (gap < .055) & (q[..., 2] > .02)
        parts.append(Part(foot.surface(), fur_paint, near_edge, sole.place, fuzz=.028))
    if item.trim == "fluffy":
        parts.append(Part(foot.surface(), fur_paint, lambda u, v, q: (
            strap_depth(item, up, q) > .004) & (q[..., 2] > .0), sole.place, fuzz=.03))
    if item.trim == "pompon":
        t = foot.section_at(x=.66 if item.height == "below_ankle" else .5)
        top = foot.point(np.array(t), np.array(0.0))
        angle = np.linspace(0, np.pi, 12)
        ball = revolve(np.column_stack([.05 * np.sin(angle), .05 * np.cos(angle)]),
                       top + (0, 0, .02))
        parts.append(Part(ball, fur_paint, None, sole.place, fuzz=.018))
    if item.trim in ("bow", "buckle") and item.cut == "pump":
        top = foot.point(np.array(foot.section_at(x=.765)), np.array(0.0)) + (0, 0, .008)
        if item.trim == "bow":
            for side in (-1, 1):
                loop = top + np.array([(0, 0, 0), (.03, side * .035, .02), (.02, side * .085, .012),
                                       (-.02, side * .085, .006), (-.02, side * .03, .012),
                                       (0, 0, 0)])
                fine = spline(np.linspace(0, 1, 24), np.linspace(0, 1, 6), loop)
                parts.append(Part(sweep(fine, .012, .005, (.2, 0, 1)), _strap_paint(item),
                                  place=sole.place))
        else:
            parts.append(Part(_buckle(top, (.3, 0, 1), (0, 1, 0), .03).surface,
                              _plain((.82, .76, .6), .85, 1.0), place=sole.place))
    if (item.fastening == "buckle" or item.trim == "buckle") and item.cut not in ("pump",):
        if item.kind == "wooden_sandal" and item.cut == "straps_cross":
            return parts
        spots = {"boot": [(.16, -1, .33 if not item.shaft > .8 or item.seed % 2
                           else item.shaft - .1)],
                 "slide": [(.66, -1, .10)], "slide_two": [(.60, -1, .10), (.79, -1, .08)],
                 "sling": [(.16, -1, .17)]}.get(item.cut, [(.19, -1, .315)])
        for x, side, z in spots:
            half = _half_width(foot, x, z)
            base = np.array((x, side * half - .004, z))
            parts.append(Part(_buckle(base, (0, side, .15), (1, 0, .1), .028).surface,
                              _plain((.80, .74, .58), .85, 1.0), place=sole.place))
    return parts


def _half_width(foot: Foot, x: float, z: float) -> float:
    """Half width of the foot at a point of its side view."""
    t, phi = np.meshgrid(np.linspace(.1, .95, 90), np.linspace(-np.pi, 0, 60), indexing="ij")
    p = foot.point(t, phi)
    near = np.hypot(p[..., 0] - x, p[..., 2] - z) < .035
    return float(np.abs(p[..., 1][near]).max()) if near.any() else .12


def _studs(item: Footwear, sole: Sole) -> list[Part]:
    spikes = item.kind == "track_spikes"
    spots = [(.90, .05), (.90, -.06), (.80, .11), (.80, -.10), (.68, .12), (.68, -.11), (.74, .0)]
    if not spikes:
        spots += [(.22, .075), (.22, -.075), (.07, .06), (.07, -.06)]
    shape = np.array([(.004, -.055), (.010, -.045), (.013, 0)]) if spikes else \
        np.array([(.0, -.062), (.017, -.060), (.021, -.045), (.030, 0)])
    paint = _plain((.75, .76, .78), .8, 1.0) if spikes or item.seed % 3 == 0 else \
        _plain(item.accent if item.seed % 2 else item.sole_colour, .4)
    return [Part(revolve(shape, (x, y, float(sole.bottom(np.array(x))) + .003)), paint)
            for x, y in spots]


def _wheel(x, y, z, radius, half, colour) -> list[Part]:
    tyre = np.array([(.0, -half), (radius * .9, -half), (radius, -half * .6), (radius, half * .6),
                     (radius * .9, half), (.0, half)])

    def paint(u, v, q):
        r = np.hypot(q[:, 0] - x, q[:, 2] - z)
        tint = np.where((r < radius * .45)[:, None], (.75, .75, .77), np.asarray(colour))
        tint = np.where((r < radius * .16)[:, None], .15, tint)
        return Paint(tint, .5, 0.0, (r < radius * .45) * .8)
    return [Part(revolve(tyre, (x, y, z), "y"), paint)]


def _box_parts(low, high, paint) -> list[Part]:
    low, high = np.asarray(low, float), np.asarray(high, float)
    d = high - low
    ex, ey, ez = np.diag(d)
    return [Part(plane(low, ex, ey), paint), Part(plane(low + ez, ex, ey), paint),
            Part(plane(low, ex, ez), paint), Part(plane(low + ey, ex, ez), paint),
            Part(plane(low, ey, ez), paint), Part(plane(low + ex, ey, ez), paint)]


def _skate_parts(item: Footwear) -> list[Part]:
    """Wheels or blade under the boot; the boot stands above z = 0."""
    steel = _plain((.78, .79, .81), .85, 1.0, .02)
    if item.kind == "ice_skates":
        def blade(u, v):
            x = -.04 + 1.10 * u
            z = -.15 + .085 * v + .05 * np.clip((x - .96) / .1, 0, 1) ** 2 * (1 - v)
            return np.stack(np.broadcast_arrays(x, np.full_like(x, .0), z), -1)
        parts = [Part(blade, steel)]
        for low, high in (((.05, -.015, -.08), (.20, .015, .02)),
                          ((.62, -.015, -.08), (.84, .015, .03))):
            parts += _box_parts(low, high, steel)
        return parts + _box_parts((.02, -.06, -.005), (.24, .06, .01), steel) \
            + _box_parts((.56, -.08, -.005), (.90, .10, .015), steel)
    wheel = item.accent if item.seed % 3 else (.9, .9, .88)
    parts = []
    if item.kind == "inline_skates":
        frame = _plain((.25, .25, .27) if item.seed % 2 else (.75, .75, .77), .6, .5)
        parts += _box_parts((.06, -.03, -.14), (.92, .03, .02), frame)
        for x in (.06, .35, .64, .93):
            parts += _wheel(x, 0, -.155, .125, .045, wheel)
        return parts
    plate = _plain((.65, .65, .68), .8, .9)
    parts += _box_parts((.05, -.07, -.03), (.90, .07, .012), plate)
    for x in (.17, .78):
        parts += _box_parts((x - .03, -.10, -.11), (x + .03, .10, -.02), plate)
        for y in (-.145, .145):
            parts += _wheel(x, y, -.135, .105, .055, wheel)
    stop = np.array([(.0, -.045), (.05, -.045), (.045, .045), (.0, .05)])
    return parts + [Part(revolve(stop, (1.0, 0, -.08)), _plain(item.accent, .2))]


def _other(item: Footwear) -> list[Part]:
    """Goods that have nothing of footwear."""
    colour = np.array(item.colour)

    def cloth(u, v, q):
        look = finish(item, q, colour)
        if item.trim == "bands":
            look.colour = np.where((np.abs(q[:, 2] / .16 % 1 - .5) < .22)[:, None],
                                   np.array(item.accent), look.colour)
        if item.trim == "print":
            motif = (np.hypot(q[:, 0], q[:, 2] - .75) < .17) & (noise(
                q[:, 0] + item.seed % 7, q[:, 2], .7, 2) > -.05) & (q[:, 1] < 0)
            look.colour = np.where(motif[:, None], np.array(item.accent), look.colour)
        return look

    if item.kind == "box":
        lid = _plain(colour * .85, .15)
        w, d, h = .62, .36, .2 + .2 * (item.seed % 5) / 5

        def label(u, v, q):
            look = _plain(colour, .12)(u, v, q)
            sticker = (q[:, 0] > .30) & (np.abs(q[:, 1]) < .18) & (np.abs(q[:, 2] - h * .35) < .07)
            lines = (q[:, 2] / .018 % 1 < .4) & (np.abs(q[:, 1]) < .14)
            paper = np.where(lines[:, None], .35, .95)
            look.colour = np.where(sticker[:, None], paper, look.colour)
            return look
        return _box_parts((-w, -d, 0), (w, d, h), label) \
            + _box_parts((-w - .015, -d - .015, h * .72), (w + .015, d + .015, h + .015), lid)
    if item.kind == "bottle":
        s = .8 + .4 * (item.seed % 7) / 7
        profile = np.array([(0, 0), (.16, 0), (.175, .02), (.175, .55), (.16, .64), (.07, .74 * s),
                            (.058, .80 * s), (.058, .90 * s)]) * (1, 1.25)

        def glass(u, v, q):
            look = Paint(np.broadcast_to(colour, (len(q), 3)).copy(), .95)
            paper = (q[:, 2] > .2) & (q[:, 2] < .55)
            text = (q[:, 2] / .05 % 1 < .35) & (noise(q[:, 0] * 3, q[:, 2] * .1, 2, 2) > -.1)
            look.colour = np.where(paper[:, None], np.where(text[:, None], item.accent, (
                .93, .92, .88)), look.colour)
            look.gloss = np.where(paper, .15, .95)
            return look
        cap = np.array([(.064, .86 * s), (.066, .87 * s), (.066, .99 * s), (.06, 1.0 * s),
                        (0, 1.0 * s)]) * (1, 1.25)
        return [Part(revolve(profile), glass), Part(revolve(cap), _plain(item.accent, .5))]
    if item.kind == "hat":
        brim = .25 + .3 * (item.seed % 6) / 6
        crown = np.array([(0, .44), (.14, .445), (.23, .42), (.27, .34), (.29, .12), (.30, .06),
                          (.33, .03), (.31 + brim * .8, .0), (.31 + brim, .03),
                          (.305 + brim, .035), (.3, .03)])

        def felt(u, v, q):
            look = finish(item, q, colour)
            ribbon = (q[:, 2] > .065) & (q[:, 2] < .15) & (np.hypot(q[:, 0], q[:, 1]) < .32)
            look.colour = np.where(ribbon[:, None], np.array(item.accent) * .8, look.colour)
            return look
        dent = revolve(crown)

        def surface(u, v):
            p = dent(u, v).copy()
            p[..., 2] -= .07 * np.exp(-(p[..., 1] / .07) ** 2) * smoothstep(.35, .44, p[..., 2])
            out = smoothstep(.33, .6, np.hypot(p[..., 0], p[..., 1]))
            p[..., 2] += .10 * (p[..., 1] / .6) ** 2 * out
            p[..., 0] *= 1.12
            return p
        return [Part(surface, felt)]
    if item.kind == "bag":
        w, h, d = .5, .55 + .2 * (item.seed % 4) / 4, .16

        def body(u, v):
            a = 2 * np.pi * v
            c, s = np.cos(a), np.sin(a)
            z = h * u
            swell = 1 - .12 * (u ** 2) + .05 * np.sin(np.pi * u)
            thick = d * (1 - .75 * u ** 2)
            c, s = oval(c, s, 4.0)
            return np.stack(np.broadcast_arrays(w * swell * c, thick * s, z), -1)

        def hide(u, v, q):
            look = finish(item, q, colour)
            seam_at = np.abs(q[:, 2] - h * .62)
            flap = q[:, 2] > h * .62 - .15 * (1 - (q[:, 0] / w) ** 2)
            look.colour = np.where(flap[:, None], look.colour * .86, look.colour)
            look.colour = look.colour * (1 - .4 * (np.abs(seam_at) < .006))[:, None]
            clasp = (np.abs(q[:, 0]) < .045) & (np.abs(q[:, 2] - h * .47) < .035)
            look.colour = np.where(clasp[:, None], (.8, .72, .5), look.colour)
            look.metal = clasp * 1.0
            look.gloss = np.where(clasp, .8, look.gloss)
            return look
        angle = np.linspace(0, np.pi, 20)
        handle = np.column_stack([.26 * np.cos(angle), np.zeros(20), h - .03 + .34 * np.sin(angle)])
        parts = [Part(body, hide)]
        for y in (-.035, .035):
            parts.append(Part(sweep(handle + (0, y, 0), .018, .014, (0, 1, 0)), _strap_paint(item)))
        return parts
    # a T-shirt, laid out or hanging

    def shirt(front):
        def surface(u, v):
            x = (2 * u - 1) * .85
            z = v * 1.1
            fold = .03 * noise(x * .5 + item.seed % 11, z * .12, .5, 2)
            y = (-.055 if front else .055) * np.sqrt(np.clip(1 - (x / .9) ** 2, 0, 1)) + fold
            return np.stack(np.broadcast_arrays(x, y, z), -1)
        return surface

    def shape(front):
        def keep(u, v, q):
            x, z = np.abs(q[..., 0]), q[..., 2]
            body = (x < .40 + .02 * np.cos(z * 4)) & (z < 1.08 - .50 * (x - .15)) & (z < 1.08)
            sleeve = (x >= .36) & (x < .72 - .555 * (.80 - z)) & (
                z < 1.08 - .50 * (x - .15)) & (z > .78 - .73 * (x - .40))
            neck = np.hypot(x, (z - 1.09) * (1.0 if front else 2.2)) < .15
            return (body | sleeve) & ~neck
        return keep
    return [Part(shirt(f), cloth, shape(f)) for f in (True, False)]


def build(item: Footwear) -> list[Part]:
    """Surfaces of one good, the toe towards +x, standing on the ground."""
    if item.kind in ("bag", "t_shirt", "bottle", "box", "hat"):
        return _other(item)
    soft = item.kind in ("sock", "stocking", "shoe_cover")
    skate = item.kind.endswith("skates")
    volume = {"pump": .78, "loafer": .92, "scuff": 1.05, "clog": 1.12, "foam": 1.2,
              "galosh": 1.0}.get(item.cut, 1.0)
    if item.kind in ("work_boot", "felt_boot", "rubber_boot", "waders", "inline_skates"):
        volume = 1.22
    if item.kind == "ballet":
        volume = .80
    loose = {"rubber_boot": .06, "waders": .05, "felt_boot": .07, "work_boot": .02,
             "slipper_bootie": .05, "inline_skates": .07, "rubber_ankle": .05,
             "shoe_cover": .10}.get(item.kind, .0)
    if item.kind in ("calf_boot", "ankle_boot"):
        loose = .03 * (item.seed % 3)
    slim = {"shoe_cover": 1.18, "stocking": .88, "foam_clog": 1.12, "slipper": 1.05,
            "inline_skates": 1.1, "felt_boot": 1.06, "work_boot": 1.06}.get(item.kind, 1.0)
    if item.cut in ("pump", "sling") or item.style in ("stiletto", "kitten"):
        slim *= .88
    foot = Foot(toe=item.toe, volume=volume, slim=slim, loose=loose,
                top=item.shaft + .35 if item.cut == "boot" else .75,
                flatten=.86 if item.cut in ("slide", "slide_two") else 1.0)
    margin = {"boot": .012, "sneaker": .016, "thong": .026, "clog": .02, "foam": .018,
              "galosh": .006}.get(item.cut, .012)
    if item.cut in STRAPPED or item.cut.startswith("toe_loop"):
        margin = .022 if not item.high_heel else .012
    if item.kind in ("pump", "heeled_boot", "over_knee_heeled", "ballet"):
        margin = .004
    sole = Sole(front=item.sole_cm * CM, heel=item.heel_cm * CM, style=item.style,
                toe=max(item.toe, 0), margin=margin,
                spring=.010 if item.cut in ("thong",) or item.sport else .028,
                thickness=min(.03, item.sole_cm * CM))
    if slim < 1 and margin > .0:
        sole.margin = margin - .012 * (1 - slim) / .12
    elif slim > 1.04:
        sole.margin = margin + .012
    parts: list[Part] = []
    if item.cut not in ("thong",) and not item.cut.startswith("toe_loop"):
        parts.append(upper(item, foot, sole))
    if not soft:
        parts += _sole_parts(item, sole)
    if item.cut == "thong":
        parts += _thong(item, sole)
    if item.cut.startswith("toe_loop"):
        parts += _toe_loop(item, foot, sole)
    if item.fastening == "laces":
        parts += _laces(item, foot, sole)
    parts += _trims(item, foot, sole)
    if item.sport:
        parts += _studs(item, sole)
    if skate:
        parts += _skate_parts(item)
    return parts
