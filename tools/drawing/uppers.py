"""Uppers: how they are cut from the foot, and their materials, seams and ornaments."""
from __future__ import annotations

import numpy as np

from .item import Footwear
from .solids import Foot, Paint, Part, Sole, noise, smoothstep, spline

__all__ = ["STRAPPED", "Upper", "finish", "mix", "stitch", "strap_depth", "upper"]


def mix(colour, other, share):
    share = np.asarray(share, float)[..., None]
    return colour * (1 - share) + np.asarray(other, float) * share


def finish(item: Footwear, q: np.ndarray, colour) -> Paint:
    """The plain material of an upper, without seams."""
    n = len(q)
    base = np.broadcast_to(np.asarray(colour, float), (n, 3)).copy()
    a, b = q[:, 0] * 1.1 + item.seed % 97, q[:, 2] * 1.1 + q[:, 1] * 0.9
    fine = noise(a * 3, b * 3, 1.0, 5)
    coarse = noise(a, b, 0.35, 3)
    material = item.material
    if material == "leather":
        return Paint(base * (1 + .07 * coarse[:, None]), 0.50 + .06 * coarse, 0.10 * fine)
    if material == "patent":
        return Paint(base * (1 + .02 * coarse[:, None]), 0.95, 0.0)
    if material == "suede":
        return Paint(base * (1 + .13 * fine + .10 * coarse)[:, None], 0.03, 0.10 * fine)
    if material in ("textile", "mesh"):
        size = 95 if material == "textile" else 60
        weave = np.sin(size * 2 * np.pi * q[:, 0]) * np.sin(size * 2 * np.pi * (q[:, 2] + q[:, 1]))
        depth = 0.07 if material == "textile" else 0.2
        return Paint(base * (1 + depth * weave + .05 * coarse)[:, None], 0.06, 0.25 * weave)
    if material == "knit":
        rib = np.sin(70 * 2 * np.pi * (q[:, 1] + .3 * q[:, 0]) + 2 * np.sin(2 * np.pi * 60 * (
            q[:, 2] + q[:, 0])))
        return Paint(base * (1 + .10 * rib + .05 * coarse)[:, None], 0.03, 0.25 * rib)
    if material == "rubber":
        return Paint(base * (1 + .02 * coarse[:, None]), 0.82, 0.03 * coarse)
    if material == "film":
        crease = np.abs(noise(a * 1.3, b * 1.3, 0.5, 4))
        return Paint(base * (1.02 + .16 * crease - .08 * fine)[:, None], 0.62, 3.0 * crease)
    if material == "eva":
        return Paint(base * (1 + .03 * fine[:, None]), 0.16, 0.06 * fine)
    return Paint(base * (1 + .18 * fine + .10 * coarse)[:, None], 0.0, 0.5 * fine)


#: x and height of the edge of low shoes, from the heel to the throat.
_TOPLINES = {
    "pump": ((-.1, .0, .15, .35, .52, .64, .73, .78),
             (.23, .23, .16, .115, .10, .12, .22, .4)),
    "derby": ((-.1, .0, .12, .25, .36, .43, .50, .55),
              (.27, .27, .235, .20, .24, .30, .36, .5)),
    "sneaker": ((-.1, .0, .1, .22, .34, .42, .50, .55),
                (.30, .29, .235, .21, .25, .31, .36, .5)),
    "loafer": ((-.1, .0, .15, .30, .44, .53, .58, .64),
               (.24, .24, .19, .16, .18, .235, .30, .5)),
    "galosh": ((-.1, .0, .15, .30, .44, .50, .58, .64),
               (.22, .21, .18, .17, .20, .26, .32, .5)),
    "scuff": ((-.1, .26, .34, .42, .49, .54, .60), (-1, -.6, .02, .14, .23, .28, .5)),
    "clog": ((-.1, .22, .30, .38, .46, .52, .60), (-1, -.7, .0, .13, .24, .30, .5)),
    "foam": ((-.1, .24, .32, .40, .46, .52, .60), (-1, -.7, .02, .16, .25, .30, .5)),
}


class Upper:
    """Where things are on an upper: heights, distances, and the cut."""

    def __init__(self, item: Footwear, foot: Foot):
        self.item, self.foot = item, foot
        t = np.linspace(0, 0.62, 160)
        ridge = foot.point(t, np.zeros_like(t))
        order = np.argsort(ridge[:, 0])
        self._ridge = ridge[order]

    def dorsum(self, x):
        """Height of the ridge over x."""
        return np.interp(x, self._ridge[:, 0], self._ridge[:, 2])

    def girth(self, q):
        """Signed way from the ridge round to a point of the vamp."""
        x, y, z = q[..., 0], q[..., 1], q[..., 2]
        side = y - 0.03 * smoothstep(0.55, 1.0, x)
        return np.where(side < 0, -1, 1) * (np.abs(side) + 0.75 * np.clip(
            self.dorsum(x) - z, 0, None))

    def topline(self, x):
        """Height at which a low or high shoe is cut, at x."""
        cut, shaft = self.item.cut, self.item.shaft
        if cut == "boot":
            over = 0.10 * smoothstep(1.6, 1.9, shaft)
            return shaft + (x - 0.15) * (0.12 + over * 2)
        return spline(x, *_TOPLINES[cut])


def strap_depth(item: Footwear, up: Upper, q: np.ndarray):
    """Distance inside a strap (positive on a strap), for uppers of straps."""
    x, z = q[..., 0], q[..., 2]
    g = up.girth(q)
    wide = 0.030 + 0.022 * ((item.seed >> 3) % 8) / 8
    if item.high_heel and item.style in ("stiletto", "kitten"):
        wide *= 0.65
    fore = x > 0.33

    def across(at, half, slant=0.0):
        return np.where(fore, half - np.abs(x - at + 5 * slant * g * g), -1)

    def diagonal(at, slope, half):
        return np.where(fore, half - np.abs(x - at - slope * g), -1)

    ankle = np.where(x < 0.40, wide * .62 - np.abs(z - (.285 + .16 * x)), -1)
    counter = np.where((x < 0.20) & (z < .30), 0.11 - x - .1 * z, -1)
    sling = np.where(x < .46, wide * .55 - np.abs(z - (.24 - .42 * x)), -1)
    cut = item.cut
    if cut == "straps":
        return np.maximum.reduce([across(.79, wide, .15), across(.64, wide, .05),
                                  across(.48, wide * .9), counter, ankle])
    if cut == "straps_ankle":
        return np.maximum.reduce([across(.78, wide * 1.1, .12), counter, ankle])
    if cut == "straps_cross":
        back = np.maximum(ankle, counter) if item.kind != "wooden_sandal" else -1
        return np.maximum.reduce([diagonal(.72, .55, wide), diagonal(.72, -.55, wide),
                                  np.broadcast_to(back, x.shape)])
    if cut == "straps_closed_back":
        stem = np.where(np.abs(g) < .022, np.minimum(.86 - x, x - .40), -1)
        back = np.where((x < .34) & (z < .24 - .25 * x), .05, -1)
        return np.maximum.reduce([across(.80, wide * .8, .2), across(.70, wide * .7, .12),
                                  across(.60, wide * .7, .05), stem, back, ankle])
    if cut == "sling":
        return np.maximum.reduce([across(.80, wide * 1.4, .12), sling])
    if cut == "slide":
        return across(.70, .115 + wide * .3, .10)
    if cut == "slide_two":
        return np.maximum(across(.79, wide * 1.35, .14), across(.59, wide * 1.35, .06))
    if cut == "t_strap":
        middle = .075 * smoothstep(.55, .87, x) - .02
        stem = np.where((x > .45) & (x < .87), .016 - np.abs(g - middle), -1)
        return np.maximum.reduce([stem, across(.50, wide * .5), ankle, counter])
    raise ValueError(f"no straps for the cut '{cut}'")


STRAPPED = ("straps", "straps_ankle", "straps_cross", "straps_closed_back", "sling", "slide",
             "slide_two", "t_strap")


def _holes(item: Footwear, up: Upper, q: np.ndarray) -> np.ndarray:
    """True inside the perforation of the vamp."""
    x = q[..., 0]
    g = up.girth(q)
    if item.trim == "brogue":
        wing = .775 - 1.1 * np.clip(np.abs(g) - .02, 0, .5) ** 1.1 + .05 * np.exp(-(g / .03) ** 2)
        # the seam runs aslant: distances across it and along it
        near, along = .67 * np.abs(x - wing), 1.45 * np.abs(g)

        def dots(offset, pitch, radius):
            return np.hypot(pitch * (along / pitch % 1 - .5), near - offset) < radius
        row, small = dots(.011, .021, .0062), dots(.024, .012, .0032)
        r = np.hypot(x - .865, g)
        angle = np.arctan2(g, x - .865)
        star = (np.abs(r - .038) < .006) & (np.abs(angle / (2 * np.pi) * 9 % 1 - .5) < .2) \
            | (r < .009) | ((np.abs(r - .02) < .0045) & (np.abs(
                angle / (2 * np.pi) * 5 % 1 - .5) < .18))
        facing = (np.abs(np.abs(g) - .085) < .004) & (x > .40) & (x < .66) & (
            np.abs(x / .017 % 1 - .5) < .28)
        return ((row | small) & (np.abs(g) < .21)) | star | facing
    if item.trim == "holes":
        pitch, radius = .068, .017
        dx = (x - .60) / pitch
        dg = g / pitch + .5 * (np.floor(dx) % 2)
        hole = np.hypot(dx % 1 - .5, dg % 1 - .5) < radius / pitch
        return hole & (x > .60) & (x < .90) & (np.abs(g) < .17)
    style = item.seed % 3
    pitch = (.024, .030, .034)[style]
    if style == 2:
        # little slits
        return ((np.abs((x / pitch) % 1 - .5) < .18) & (np.abs((g / .055) % 1 - .5) < .33)
                & (x > .58) & (x < .86) & (np.abs(g) < .17))
    row = np.floor(x / pitch)
    hole = np.hypot(x / pitch % 1 - .5, (g / pitch + .5 * (row % 2)) % 1 - .5) < .27
    if style == 1:
        zone = (np.abs(x - .70) + .9 * np.abs(g) < .15)
    else:
        zone = (x > .62) & (x < .86) & (np.abs(g) < .15)
    if item.kind == "punched_sneaker":
        zone = (x > .66) & (x < .86) & (np.abs(g) < .075)
    if item.cut == "pump":
        zone = (x > .76) & (x < .95) & (np.abs(g) < .13)
    return hole & zone


def stitch(distance: np.ndarray, along: np.ndarray, width: float = .0035) -> np.ndarray:
    """Share of thread in a seam: dashes along a line at a distance."""
    return (np.abs(distance) < width) * ((along / .016) % 1 < .62)


def upper(item: Footwear, foot: Foot, sole: Sole) -> Part:
    up = Upper(item, foot)
    strapped = item.cut in STRAPPED
    tongue = item.fastening == "laces" and item.cut in ("derby", "sneaker")
    colour = np.array(item.colour)
    thread = np.clip(colour * 1.5 + .12, 0, 1) if colour.mean() < .55 else colour * .72

    def keep(u, v, q):
        x, y, z = q[..., 0], q[..., 1], q[..., 2]
        if strapped:
            on = strap_depth(item, up, q) > 0
        else:
            on = z < up.topline(x)
            if tongue:
                on |= (np.abs(up.girth(q)) < .062) & (z < .40) & (x > .34)
            if item.cut == "boot" and item.kind in ("high_top", "work_boot", "roller_skates",
                                                    "ice_skates", "inline_skates"):
                on |= (np.abs(y) < .05) & (x > .24) & (z < item.shaft + .06)
        if item.trim in ("holes", "punched") and item.kind != "punched_pump" \
                and item.seed % 3 != 2 or item.trim == "holes":
            on &= ~_holes(item, up, q)
        # the lower side of the sock lies in the sole
        return on & ((z > -.5) if item.not_footwear else (z > 0.003))

    def paint(u, v, q):
        look = finish(item, q, colour)
        tint, gloss, relief = look.colour, look.gloss, look.relief
        metal = np.zeros(len(q))
        x, y, z = q[:, 0], q[:, 1], q[:, 2]
        g = up.girth(q)
        ag = np.abs(g)
        sewn = item.material in ("leather", "suede", "patent", "textile", "mesh")

        def patch(mask, other, new_gloss=None):
            nonlocal tint, gloss
            shade = tint / np.maximum(colour, .05) * np.asarray(other)
            share = np.asarray(mask, float)[:, None]
            tint = tint * (1 - share) + np.clip(shade, 0, 1) * share
            if new_gloss is not None:
                gloss = np.where(mask, new_gloss, gloss)

        def seam(distance, along, double=False):
            nonlocal tint, relief
            groove = np.exp(-(distance / .004) ** 2)
            tint = tint * (1 - .45 * groove)[:, None]
            relief = relief + 1.2 * np.tanh(distance / .004)
            for offset in (.011, .019) if double else (.011,):
                share = stitch(distance - offset, along)
                tint = mix(tint, thread, .75 * share)

        if strapped:
            inner = strap_depth(item, up, q)
            tint = tint * (.62 + .38 * smoothstep(0, .006, inner))[:, None]
            if item.material != "eva":
                tint = mix(tint, thread, .8 * stitch(inner - .011, x + 2 * y + z))
            relief = relief + 2.5 * smoothstep(0, .01, inner)
            if item.trim == "nails":
                for at in (.62, .70, .78):
                    nail = np.hypot(x - at, z - .022) < .011
                    tint, metal = mix(tint, (.85, .75, .5), nail), np.where(nail, 1, metal)
                    gloss = np.where(nail, .8, gloss)
            if item.trim == "plaid":
                tint = _plaid(tint, q, item)
            return Paint(tint, gloss, relief, metal)

        line = up.topline(x) - z
        low = item.height == "below_ankle"
        boot = item.cut == "boot"
        if item.trim not in ("moulded", "moulded_band", "elastic", "shell") \
                and item.material not in ("film",):
            if sewn and not item.not_footwear or item.kind.endswith("skates"):
                if item.cut in ("derby", "sneaker") or (boot and item.fastening == "laces"):
                    facing = ag - .085
                    zone = (x > .36) & (x < .64) if not boot else (x > .27) & (x < .64)
                    seam(np.where(zone & (z > .1), facing, 1), x + z)
                    quarter = x - .60 + .25 * z
                    seam(np.where((ag > .085) & ~zone | (ag > .09), quarter + .06 * np.sin(
                        z * 16), 1), z)
                elif item.cut == "loafer" or boot:
                    if item.material != "patent" or item.seed % 2:
                        seam(np.where(z < .36, x - .52 + .6 * z, 1), z)
                if item.cut != "pump":
                    seam(np.where((x < .3) & (z < .30), .155 - x - .12 * z, 1), z)
                if boot and z.max() > .45:
                    seam(np.where((z > .34) & (x < .12), y, 1), z)
            if item.trim in ("cap", "brogue") or item.kind == "work_boot" and item.seed % 2:
                if item.trim == "brogue":
                    wing = .775 - 1.1 * np.clip(ag - .02, 0, .5) ** 1.1 \
                        + .05 * np.exp(-(g / .03) ** 2)
                    seam(np.where(ag < .26, x - wing, 1), g)
                else:
                    seam(x - .80, g, double=True)
            if item.trim == "moc":
                plug = np.hypot((x - .72) / .17, g / .105) - 1
                seam(np.where((x > .5) & (plug > -.6), plug * .13, 1), g + x)
            if item.trim == "saddle":
                inside = np.abs(x - .575) - .035 + .1 * np.clip(ag - .05, 0, 1)
                patch(inside < 0, colour * .8)
                seam(inside, g)
                slot = (np.abs(x - .575) < .008) & (ag < .035)
                tint = np.where(slot[:, None], tint * .3, tint)
        if item.trim == "stripes":
            place = (x > .36) & (x < .62) & (z > .03) & (ag > .1) & (z < .25)
            bars = (((x + .45 * z) / .062) % 1 < .45) & place
            patch(bars, item.accent)
        if item.trim == "swoosh":
            curve = z - (.05 + .55 * np.clip(.62 - x, 0, 1) ** 1.4 * (1 + (item.seed % 5) / 8))
            patch((np.abs(curve) < .012 + .05 * np.clip(x - .3, 0, .3)) & (x > .14) & (
                x < .66) & (ag > .1), item.accent)
        if item.kind in ("sneaker", "trainer", "punched_sneaker", "cleats", "track_spikes",
                         "high_top"):
            choice = item.seed % 4
            if choice != 1:
                patch((x < .10 - .1 * z) & (z < .5), item.accent)
            if choice in (2, 3) and item.trim != "rubber_toe":
                edge = .80 - .9 * np.clip(ag - .1, 0, 1)
                overlay = (x > edge) | (z < .045)
                patch(overlay & (item.trim != "punched"), np.array(item.accent) * .6 + colour * .4)
            if tongue:
                patch((ag < .06) & (x > .36) & (x < .62), colour * .82)
        if item.trim == "rubber_toe":
            cap = x - .86 - .25 * z + .6 * ag ** 2
            patch(cap > 0, (.93, .92, .88), .35)
            seam(cap, g)
            stripe = (np.abs(z - .03) < .012)
            patch(stripe, (.93, .92, .88), .3)
        if item.fastening == "laces" and item.cut in ("derby", "sneaker", "boot"):
            if item.cut != "boot":
                patch((ag < .05) & (x > .40) & (x < .63), colour * .72)
                gap = smoothstep(.058, .046, ag) * (x > .40) * (x < .64)
                tint = tint * (1 - .4 * gap * (np.abs(ag - .05) < .008))[:, None]
            else:
                slit = (ag < .045) & (x < .66) & (x > .24) & (z > .17)
                patch(slit, colour * .7)
                tint = tint * np.where(slit & (ag > .037), .5, 1)[:, None]
        if item.fastening == "velcro" and item.cut in ("derby", "sneaker", "loafer"):
            for at in (.46, .57):
                d = np.abs(x - at) - .030
                patch((d < 0) & (ag < .19), np.array(item.accent) * .4 + colour * .5)
                seam(np.where(ag < .19, d, 1), g)
        if item.fastening == "zip" and boot:
            teeth = np.abs(x - .145)
            track = (y > 0) & (z > .06) & (teeth < .020)
            tint = np.where(track[:, None], tint * .55, tint)
            mark = (teeth < .007) & (y > 0) & (z > .06)
            bright = .45 + .35 * (np.sin(z * 420) > 0)
            tint = np.where(mark[:, None], bright[:, None] * np.ones(3), tint)
            metal, gloss = np.where(mark, .8, metal), np.where(mark, .7, gloss)
        if item.fastening == "gore" and (boot or item.cut == "loafer"):
            if boot:
                d = np.abs(x - .165) - .065 * smoothstep(.08, .40, z) - .012
                gore = (d < 0) & (z > .14)
            else:
                d = np.abs(ag - .13 + .25 * (x - .5)) - .025
                gore = (d < 0) & (x > .44) & (x < .60)
            rib = np.sin((z + x) * 300)
            tint = np.where(gore[:, None], colour * (.38 + .1 * rib[:, None]) + .02, tint)
            gloss = np.where(gore, .05, gloss)
            relief = relief + np.where(gore, -2, 0)
        if item.fastening == "buckle" or item.trim == "buckle":
            if boot:
                height = .33 if not item.shaft > .8 or item.seed % 2 else item.shaft - .1
                d = np.abs(z - height - .15 * (x - .15)) - .026
                patch((d < 0), colour * .75)
                seam(d, x + y)
        if item.trim == "seam" and boot:
            seam(np.where(z > .4, x - .17 - .02 * np.sin(z * 3), 1), z)
        if item.trim == "collar" and boot:
            patch(line < .09, np.array(item.accent) * .25 + .12)
            relief = relief + 3 * np.abs(np.sin(line * 70)) * (line < .09)
        if item.trim in ("moulded", "moulded_band"):
            # a moulded boot has ridges instead of seams: rim, foxing, toe guard
            for d in (line - .03, z - .055 - .02 * smoothstep(.6, 1, x)):
                relief = relief + 2.2 * smoothstep(.006, -.006, d)
            guard = x - .84
            relief = relief + 1.5 * smoothstep(-.006, .006, guard) * (z < .2)
            relief = relief + 1.2 * smoothstep(.012, .006, np.abs(y - .012)) * (z > .25)
            tread = (z < .055) & (np.abs((x + y) / .03 % 1 - .5) < .2)
            relief = relief + 1.0 * tread
            patch(line < .03, np.array(item.sole_colour) if item.trim == "moulded_band"
                  or item.seed % 3 == 0 else colour)
            patch(z < .05, np.array(item.sole_colour) if item.seed % 2 else colour)
        if item.trim in ("brogue", "punched", "holes"):
            hole = _holes(item, up, q)
            tint = np.where(hole[:, None], tint * .18, tint)
            gloss = np.where(hole, 0, gloss)
            relief = relief - 1.5 * hole
        if item.trim == "nails":
            for at in np.arange(.36, 1.0, .055):
                nail = np.hypot(x - at, z - .018) < .010
                tint = mix(tint, (.85, .76, .5), nail)
                metal, gloss = np.where(nail, 1, metal), np.where(nail, .85, gloss)
            strip = np.abs(z - .018) - .017
            tint = tint * (1 - .25 * np.exp(-(strip / .004) ** 2))[:, None]
        if item.trim == "plaid":
            tint = _plaid(tint, q, item)
        if item.trim in ("nordic", "bands"):
            wave = (np.abs(z - .36 - .12 * np.sin(x * 9)) if item.trim == "bands" else
                    np.abs((z / .16) % 1 - .5 - .22 * np.abs(((x + y) / .08) % 1 - .5)))
            patch((wave < .06) & (z > .15), item.accent)
        if item.trim == "flower":
            r, angle = np.hypot(x - .74, g), np.arctan2(g, x - .74)
            patch(r < .045 * (.62 + .38 * np.abs(np.sin(2.5 * angle))), item.accent)
            patch(r < .014, (.95, .85, .3))
        if item.trim == "lace_top":
            lace = (line < .22) & ((np.abs(((y + x) / .05) % 1 - .5) + np.abs(
                (z / .05) % 1 - .5)) < .42)
            patch(lace, colour * .55)
        if item.trim == "ribs":
            cuff = line < .12
            relief = relief + 2.5 * np.abs(np.sin((y + x) * 130)) * cuff
            patch((x > .88) | ((x < .14) & (z < .2) & (z - x < .12)), item.accent)
        if item.trim == "elastic":
            gather = np.abs(noise(y * 2 + x * 2, z * .12, 1.2, 2))
            relief = relief + 7 * gather * smoothstep(.14, .0, line)
            tint = tint * (1 - .12 * smoothstep(.1, 0, line))[:, None]
            patch(np.abs(line - .022) < .010, (.92, .94, .96))
        if item.trim == "shell":
            cuff = (np.abs(z - .46) < .05) | (np.abs(z - .66) < .04) & (x < .5)
            patch(cuff, item.accent)
            seam(np.where(x > .2, z - .10, 1), x)
        # binding of the top line
        if item.cut not in ("foam",) and item.material not in ("film", "rubber"):
            edge = smoothstep(.012, .004, line) * (line > -.02)
            tint = tint * (1 - .42 * edge)[:, None]
            relief = relief + 1.5 * smoothstep(.014, .004, line)
            if sewn and low:
                tint = mix(tint, thread, .6 * stitch(line - .019, x + y))
        # creases where the foot bends, deeper on leather that has been worn
        if item.material in ("leather", "suede", "rubber") and item.cut != "pump":
            wrinkle = np.exp(-((z - .34) / .08) ** 2) * (x < .5) * item.shaft
            relief = relief + 1.4 * wrinkle * np.sin(60 * (z - .35 * x) + 4 * noise(x, y, .8, 2))
            if item.shaft > .8:
                slouch = noise(z * .6 + .2 * x, (x + y) * .25, .55, 2)
                relief = relief + 1.6 * slouch * (z > .3)
        return Paint(np.clip(tint, 0, 1), gloss, relief, metal)

    def inside(q):
        lining = np.array(item.lining if item.material != "film" else item.colour) * .85
        if strapped:
            return np.broadcast_to(lining, q.shape)
        # little light falls into a shoe
        depth = np.clip(up.topline(q[:, 0]) - q[:, 2], 0, None)
        return lining * (.22 + .78 * np.exp(-6 * depth))[:, None]

    return Part(foot.surface(), paint, keep, sole.place, inside=inside)


def _plaid(tint, q, item):
    a, b = q[:, 0] + .4 * q[:, 1], q[:, 1] * 1.1 + q[:, 2]
    for value, width in ((a, .34), (b, .34)):
        tint = mix(tint, item.accent, .5 * (np.abs(value / .09 % 1 - .5) < width / 2))
    thin = (np.abs(a / .09 % 1 - .08) < .03) | (np.abs(b / .09 % 1 - .08) < .03)
    return mix(tint, (.9, .86, .8), .7 * thin)
