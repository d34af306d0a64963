"""What is drawn: parameters of one good, random goods, and their labels."""
from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

__all__ = ["DRAWN", "Footwear", "Kind", "KINDS", "VIEWS", "sample", "labels"]

Colour = tuple[float, float, float]

VIEWS = ("side_right", "side_left", "three_quarter", "pair", "top", "sole", "closeup", "back")

#: A sole that is higher than this under the heel, in cm, is a high heel.
HIGH_HEEL_CM = 3.0

_DARK = ((.07, .07, .08), (.10, .09, .09), (.20, .13, .09), (.14, .15, .22), (.26, .10, .12))
_LEATHER = _DARK + ((.36, .22, .13), (.52, .33, .19), (.66, .46, .28), (.45, .10, .10),
                    (.78, .66, .52), (.40, .38, .36), (.86, .83, .78), (.28, .30, .20),
                    (.62, .22, .26), (.20, .28, .42))
_BRIGHT = ((.90, .90, .90), (.08, .08, .09), (.80, .12, .14), (.10, .28, .62), (.95, .55, .10),
           (.15, .55, .30), (.96, .82, .18), (.85, .30, .55), (.35, .20, .55), (.20, .65, .72),
           (.45, .46, .48), (.62, .72, .85), (.12, .16, .30), (.78, .86, .35))
_SOFT = ((.82, .72, .66), (.62, .66, .76), (.70, .50, .55), (.42, .44, .50), (.86, .80, .72),
         (.45, .30, .26), (.55, .64, .52), (.30, .34, .48), (.78, .56, .62), (.66, .20, .24))
_PALETTES = {"leather": _LEATHER, "suede": _LEATHER[1:], "patent": _LEATHER, "textile": _BRIGHT,
             "knit": _BRIGHT, "rubber": _BRIGHT, "eva": _BRIGHT, "felt": _SOFT, "film": (
                 (.35, .58, .86), (.50, .72, .90), (.80, .86, .90), (.45, .70, .55)),
             "mesh": _BRIGHT}


@dataclass(frozen=True)
class Kind:
    """Ranges from which goods of one kind are drawn at random.

    Parameters
    ----------
    flags : tuple of str
        Features that every good of the kind has.
    height : str
        Value of the fact ``height``.
    shaft : (float, float)
        Top of the upper over the insole, in foot lengths.
    heel, sole : (float, float)
        cm under the heel and under the ball.
    styles, materials, cuts, fastenings, trims : tuple of str
    toe : (float, float)
        Round 0 ... pointed 1.
    undecided : tuple of str
        Features that looks do not settle: labelled 0.5.
    """

    flags: tuple[str, ...] = ()
    height: str = "below_ankle"
    shaft: tuple[float, float] = (0.25, 0.25)
    heel: tuple[float, float] = (1.0, 2.4)
    sole: tuple[float, float] = (0.7, 1.1)
    styles: tuple[str, ...] = ("flat",)
    materials: tuple[str, ...] = ("leather",)
    cuts: tuple[str, ...] = ("derby",)
    fastenings: tuple[str, ...] = ("none",)
    trims: tuple[str, ...] = ("none",)
    toe: tuple[float, float] = (0.0, 0.3)
    undecided: tuple[str, ...] = ()
    outside: bool = False


_HEELS = ("stiletto", "block", "kitten")
_LEATHERS = ("leather", "leather", "suede", "patent")

KINDS: dict[str, Kind] = {
    "pump": Kind(heel=(4.2, 10.5), sole=(.4, .8), styles=_HEELS, materials=_LEATHERS,
                 cuts=("pump",), trims=("none", "none", "bow"), toe=(.3, 1)),
    "ballet": Kind(heel=(.7, 1.6), sole=(.4, .7), materials=_LEATHERS + ("textile",),
                   cuts=("pump",), trims=("none", "bow", "buckle"), toe=(0, .6)),
    "loafer": Kind(heel=(1.4, 2.5), sole=(.7, 1.0), styles=("stack", "flat"),
                   materials=_LEATHERS, cuts=("loafer",), trims=("saddle", "moc", "none"),
                   toe=(0, .5)),
    "derby": Kind(heel=(1.8, 2.6), sole=(.8, 1.1), styles=("stack", "stack", "flat"),
                  materials=("leather", "leather", "suede"), cuts=("derby",),
                  fastenings=("laces",), trims=("none", "cap"), toe=(.1, .7)),
    "brogue": Kind(("perforated_vamp",), heel=(1.8, 2.6), sole=(.8, 1.1), styles=("stack",),
                   materials=("leather",), cuts=("derby",), fastenings=("laces",),
                   trims=("brogue",), toe=(.1, .7)),
    "summer_shoe": Kind(("perforated_vamp",), heel=(1.2, 2.5), sole=(.7, 1.0),
                        styles=("flat", "stack"), materials=("leather", "leather", "suede"),
                        cuts=("loafer", "derby"), fastenings=("none", "velcro"),
                        trims=("punched",), toe=(0, .4)),
    "punched_pump": Kind(("perforated_vamp",), heel=(3.8, 8), sole=(.4, .8),
                         styles=("block", "kitten"), materials=("leather", "suede"),
                         cuts=("loafer", "pump"), trims=("punched",), toe=(.2, .8)),
    "sneaker": Kind(heel=(1.8, 2.7), sole=(1.2, 1.7), materials=("textile", "leather", "knit"),
                    cuts=("sneaker",), fastenings=("laces",),
                    trims=("stripes", "none", "rubber_toe", "swoosh"), toe=(0, .1)),
    "trainer": Kind(heel=(2.2, 2.8), sole=(1.3, 1.8), materials=("knit", "mesh", "leather"),
                    cuts=("sneaker",), fastenings=("laces", "laces", "velcro"),
                    trims=("stripes", "swoosh"), toe=(0, .15)),
    "punched_sneaker": Kind(("perforated_vamp",), heel=(1.8, 2.7), sole=(1.2, 1.7),
                            materials=("leather",), cuts=("sneaker",), fastenings=("laces",),
                            trims=("punched",), toe=(0, .1)),
    "slip_on": Kind(heel=(1.6, 2.4), sole=(1.2, 1.6), materials=("textile", "suede", "knit"),
                    cuts=("loafer",), fastenings=("gore",), trims=("none", "rubber_toe"),
                    toe=(0, .1)),
    "high_top": Kind(height="ankle", shaft=(.46, .56), heel=(1.8, 2.6), sole=(1.2, 1.7),
                     materials=("textile", "leather"), cuts=("boot",), fastenings=("laces",),
                     trims=("rubber_toe", "stripes", "none"), toe=(0, .1)),
    "ankle_boot": Kind(height="ankle", shaft=(.44, .58), heel=(1.6, 2.7), sole=(.9, 1.5),
                       styles=("stack", "flat"), materials=("leather", "leather", "suede"),
                       cuts=("boot",), fastenings=("laces", "gore", "zip"),
                       trims=("none", "cap", "fur"), toe=(0, .4)),
    "work_boot": Kind(height="ankle", shaft=(.48, .62), heel=(2.2, 2.9), sole=(1.5, 1.9),
                      styles=("flat",), materials=("leather", "suede"), cuts=("boot",),
                      fastenings=("laces",), trims=("cap", "none", "collar"), toe=(-.25, 0)),
    "heeled_bootie": Kind(height="ankle", shaft=(.44, .56), heel=(4, 10), sole=(.5, 1.0),
                          styles=_HEELS, materials=_LEATHERS, cuts=("boot",),
                          fastenings=("zip", "gore", "none"), trims=("none", "buckle", "fur"),
                          toe=(.2, .9)),
    "calf_boot": Kind(height="calf", shaft=(.85, 1.45), heel=(1.2, 2.7), sole=(.7, 1.2),
                      styles=("stack", "flat"), materials=("leather", "leather", "suede"),
                      cuts=("boot",), fastenings=("zip", "none", "laces", "buckle"),
                      trims=("none", "none", "fur", "seam"), toe=(0, .5)),
    "heeled_boot": Kind(height="calf", shaft=(.9, 1.48), heel=(4, 10), sole=(.5, .9),
                        styles=_HEELS, materials=_LEATHERS, cuts=("boot",),
                        fastenings=("zip", "none", "buckle"), trims=("none", "seam"),
                        toe=(.2, .9)),
    "felt_boot": Kind(height="calf", shaft=(.95, 1.35), heel=(.8, 1.6), sole=(.7, 1.2),
                      materials=("felt",), cuts=("boot",), trims=("none", "fur"), toe=(-.1, 0)),
    "over_knee": Kind(height="over_knee", shaft=(1.95, 2.3), heel=(1.2, 2.6), sole=(.6, 1.0),
                      styles=("stack", "flat"), materials=_LEATHERS + ("textile",),
                      cuts=("boot",), fastenings=("zip", "none", "laces"),
                      trims=("none", "seam"), toe=(.1, .6)),
    "over_knee_heeled": Kind(height="over_knee", shaft=(1.95, 2.3), heel=(4, 10.5),
                             sole=(.5, .9), styles=_HEELS, materials=_LEATHERS + ("textile",),
                             cuts=("boot",), fastenings=("zip", "none"),
                             trims=("none", "seam", "buckle"), toe=(.3, .9)),
    "waders": Kind(("waterproof",), height="over_knee", shaft=(1.95, 2.2), heel=(1.8, 2.7),
                   sole=(1.0, 1.5), materials=("rubber",), cuts=("boot",), trims=("moulded",)),
    "rubber_boot": Kind(("waterproof",), height="calf", shaft=(.85, 1.3), heel=(1.6, 2.7),
                        sole=(1.0, 1.5), materials=("rubber",), cuts=("boot",),
                        trims=("moulded", "moulded", "moulded_band")),
    "rubber_ankle": Kind(("waterproof",), height="ankle", shaft=(.46, .58), heel=(1.4, 2.6),
                         sole=(.9, 1.4), materials=("rubber",), cuts=("boot",),
                         fastenings=("none", "gore"), trims=("moulded",)),
    "galosh": Kind(("waterproof",), heel=(1.0, 2.0), sole=(.7, 1.1), materials=("rubber",),
                   cuts=("galosh",), trims=("moulded",)),
    "sandal": Kind(("strap_vamp",), heel=(1.2, 2.6), sole=(1.0, 1.6), styles=("flat", "flat"),
                   materials=("leather", "leather", "suede", "textile"),
                   cuts=("straps", "straps_ankle", "straps_cross", "straps_closed_back"),
                   fastenings=("buckle", "velcro")),
    "heeled_sandal": Kind(("strap_vamp",), heel=(4, 11), sole=(.4, 1.2), styles=_HEELS,
                          materials=_LEATHERS, cuts=("straps_ankle", "straps_cross", "sling"),
                          fastenings=("buckle",), toe=(0, .4)),
    "wedge_sandal": Kind(("strap_vamp",), heel=(4.5, 9), sole=(1.2, 3), styles=("wedge",),
                         materials=_LEATHERS + ("textile",),
                         cuts=("straps_ankle", "straps_cross", "sling"),
                         fastenings=("buckle",)),
    "slide": Kind(("strap_vamp",), heel=(1.6, 2.6), sole=(1.2, 1.8), materials=(
        "leather", "eva", "textile"), cuts=("slide", "slide_two"),
        fastenings=("none", "buckle")),
    "flip_flop": Kind(("strap_vamp", "riveted_straps"), heel=(1.4, 2.6), sole=(1.1, 1.8),
                      materials=("eva",), cuts=("thong",), trims=("none", "print", "bands")),
    "thong_sandal": Kind(("strap_vamp",), heel=(1.0, 2.2), sole=(.8, 1.3),
                         materials=("leather", "suede"), cuts=("t_strap",),
                         fastenings=("buckle",), undecided=("toe_strap",)),
    "toe_sandal": Kind(("strap_vamp", "toe_strap"), heel=(.8, 2.2), sole=(.5, 1.1),
                       styles=("flat", "stack"), materials=("leather",),
                       cuts=("toe_loop", "toe_loop_thong", "toe_loop_ankle"), toe=(0, .2)),
    "clog": Kind(("wooden_platform",), heel=(4, 7), sole=(2, 3.4), styles=("clog",),
                 materials=("leather", "suede", "patent"), cuts=("clog",),
                 trims=("nails",), toe=(-.2, 0)),
    "wooden_sandal": Kind(("wooden_platform", "strap_vamp"), heel=(2, 6.5), sole=(1.4, 3),
                          styles=("clog", "wedge"), materials=("leather", "leather", "suede"),
                          cuts=("slide", "slide_two", "straps_cross"), trims=("nails",),
                          fastenings=("none", "buckle")),
    "foam_clog": Kind(("perforated_vamp",), heel=(1.8, 2.8), sole=(1.4, 2.0),
                      materials=("eva",), cuts=("foam",), trims=("holes",), toe=(-.3, -.1)),
    "slipper": Kind(("house",), heel=(.5, 1.4), sole=(.4, 1.0), materials=("felt", "knit"),
                    cuts=("scuff", "scuff", "loafer"),
                    trims=("fur", "plaid", "pompon", "flower", "fur")),
    "slipper_bootie": Kind(("house",), height="ankle", shaft=(.42, .52), heel=(.4, 1.2),
                           sole=(.4, .9), materials=("knit", "felt"), cuts=("boot",),
                           trims=("fur", "pompon", "nordic")),
    "slipper_open": Kind(("house", "strap_vamp"), heel=(.6, 1.6), sole=(.5, 1.1),
                         materials=("felt",), cuts=("slide",), trims=("fluffy", "plaid")),
    "cleats": Kind(("sport",), heel=(1.0, 1.8), sole=(.7, 1.1), materials=("leather", "knit"),
                   cuts=("sneaker",), fastenings=("laces",), trims=("stripes", "swoosh"),
                   toe=(.1, .3)),
    "track_spikes": Kind(("sport",), heel=(.8, 1.6), sole=(.6, .9), materials=("mesh", "knit"),
                         cuts=("sneaker",), fastenings=("laces",), trims=("swoosh", "stripes"),
                         toe=(.2, .4)),
    "sock": Kind(height="ankle", shaft=(.5, 1.3), heel=(.05, .05), sole=(.05, .05),
                 materials=("knit",), cuts=("boot",), trims=("ribs", "nordic", "bands"),
                 outside=True),
    "stocking": Kind(height="over_knee", shaft=(1.7, 2.35), heel=(.05, .05), sole=(.05, .05),
                     materials=("knit",), cuts=("boot",), trims=("lace_top", "none"),
                     outside=True),
    "shoe_cover": Kind(height="ankle", shaft=(.38, .5), heel=(.1, .1), sole=(.1, .1),
                       materials=("film",), cuts=("boot",), trims=("elastic",), outside=True),
    "roller_skates": Kind(height="ankle", shaft=(.52, .66), heel=(3.5, 4.5), sole=(1.2, 1.6),
                          styles=("stack",), materials=("leather", "suede", "patent"),
                          cuts=("boot",), fastenings=("laces",), outside=True),
    "inline_skates": Kind(height="ankle", shaft=(.62, .78), heel=(2.5, 3), sole=(1.6, 2),
                          materials=("rubber", "mesh"), cuts=("boot",), fastenings=("laces",),
                          trims=("shell",), outside=True),
    "ice_skates": Kind(height="ankle", shaft=(.56, .72), heel=(3, 4.5), sole=(1.0, 1.4),
                       styles=("stack",), materials=("leather", "patent"), cuts=("boot",),
                       fastenings=("laces",), outside=True),
    "bag": Kind(materials=_LEATHERS + ("textile",), outside=True),
    "t_shirt": Kind(materials=("textile",), trims=("none", "bands", "print"), outside=True),
    "bottle": Kind(materials=("rubber",), outside=True),
    "box": Kind(materials=("felt", "leather", "textile"), outside=True),
    "hat": Kind(materials=("felt", "knit"), outside=True),
}


@dataclass(frozen=True)
class Footwear:
    """One good that can be drawn: a kind, the 13 features and how it looks.

    Parameters
    ----------
    kind : str
        A key of :data:`KINDS`.
    perforated_vamp ... house : bool
        The visual features (paper 1, Table 1); ``high_heel`` follows from `heel_cm`
        (over 3 cm), the four heights from `height`.
    height : str
        below_ankle, ankle, calf or over_knee.
    heel_cm, sole_cm : float
        Height of the sole under the heel and under the ball, on a foot of 25 cm.
    shaft : float
        Top of the upper over the insole, in foot lengths.
    seed : int
        Small accidents of this very good (prints, grain, patches).
    """

    kind: str
    perforated_vamp: bool = False
    strap_vamp: bool = False
    riveted_straps: bool = False
    toe_strap: bool = False
    waterproof: bool = False
    wooden_platform: bool = False
    sport: bool = False
    house: bool = False
    height: str = "below_ankle"
    not_footwear: bool = False
    heel_cm: float = 2.0
    sole_cm: float = 1.0
    shaft: float = 0.25
    style: str = "flat"
    material: str = "leather"
    cut: str = "derby"
    fastening: str = "none"
    trim: str = "none"
    toe: float = 0.2
    colour: Colour = (.1, .09, .09)
    accent: Colour = (.5, .3, .2)
    lining: Colour = (.7, .6, .5)
    sole_colour: Colour = (.1, .1, .1)
    undecided: tuple[str, ...] = field(default=())
    seed: int = 0

    @property
    def high_heel(self) -> bool:
        """Whether sole and heel together are higher than 3 cm."""
        return self.heel_cm > HIGH_HEEL_CM


_FLAGS = ("perforated_vamp", "strap_vamp", "riveted_straps", "toe_strap", "waterproof",
          "wooden_platform", "sport", "house")


def sample(rng: np.random.Generator, **fixed) -> Footwear:
    """A random good whose parameters agree with each other.

    Parameters
    ----------
    rng : numpy.random.Generator
    **fixed
        Parameters of :class:`Footwear` that are given.  A feature (``toe_strap=True``),
        ``height``, ``high_heel`` or ``not_footwear`` chooses among the kinds that have it.

    Raises
    ------
    ValueError
        If no kind of good has the features asked for, or the kind is unknown.
    """
    def fits(name: str, kind: Kind) -> bool:
        if fixed.get("kind", name) != name:
            return False
        if fixed.get("not_footwear", kind.outside) != kind.outside:
            return False
        if fixed.get("height", kind.height) != kind.height:
            return False
        low, high = kind.heel
        if "high_heel" in fixed and not (
                high > HIGH_HEEL_CM if fixed["high_heel"] else low <= HIGH_HEEL_CM):
            return False
        return all((flag in kind.flags) == fixed[flag] for flag in _FLAGS if flag in fixed)

    names = [name for name, kind in KINDS.items() if fits(name, kind)]
    if not names:
        raise ValueError(f"no kind of good is drawn with {fixed}; kinds are {', '.join(KINDS)}")
    wanted = {key: value for key, value in fixed.items() if key != "high_heel"}
    name = names[rng.integers(len(names))]
    kind = KINDS[name]

    def pick(options):
        return options[rng.integers(len(options))]

    material = fixed.get("material", pick(kind.materials))
    palette = _PALETTES[material]

    def shade(colour: Colour) -> Colour:
        value = np.clip(np.array(colour) * rng.uniform(0.8, 1.2) + rng.uniform(-.03, .03, 3),
                        0.04, 0.95)
        return tuple(float(c) for c in value)

    colour = shade(pick(palette))
    accent = shade(pick(_BRIGHT if palette is not _LEATHER else _LEATHER + _BRIGHT[:4]))
    low, high = kind.heel
    if "high_heel" in fixed:
        low, high = (max(low, HIGH_HEEL_CM + .8), high) if fixed["high_heel"] \
            else (low, min(high, HIGH_HEEL_CM - .3))
    heel = rng.uniform(low, high)
    if abs(heel - HIGH_HEEL_CM) < 0.3:
        # nobody can tell 2.9 cm from 3.1 on a picture
        heel = min(high, HIGH_HEEL_CM + .5) if rng.random() < .5 and high > 3.4 \
            else max(low, HIGH_HEEL_CM - .5)
    sole = min(rng.uniform(*kind.sole), heel)
    soles = {"sneaker": ((.93, .93, .92), (.9, .88, .82), accent, (.1, .1, .1)),
             "straps": ((.12, .10, .09), (.45, .33, .22), (.75, .68, .58), (.2, .15, .12))}
    group = "sneaker" if kind.cuts[0] == "sneaker" or name in ("high_top", "slip_on") else \
        "straps" if "strap_vamp" in kind.flags else ""
    sole_colour = pick(soles.get(group, ((.08, .08, .08), (.13, .10, .08), (.22, .14, .09),
                                         (.50, .36, .22))))
    if material == "eva" or (material == "rubber" and rng.random() < .5):
        sole_colour = colour if rng.random() < .5 else shade(pick(_BRIGHT))
    if "house" in kind.flags:
        sole_colour = pick(((.25, .24, .25), (.75, .70, .62), (.15, .14, .14), colour))
    lining = pick(((.72, .60, .46), (.82, .76, .68), (.30, .24, .20), (.55, .42, .32),
                   (.16, .15, .15)))
    if name == "galosh":
        lining = pick(((.62, .10, .10), (.5, .12, .12), (.3, .2, .2)))
        colour = pick((colour, (.06, .06, .06), (.07, .07, .08)))
    if name == "stocking":
        colour = shade(pick(((.08, .08, .08), (.75, .58, .45), (.25, .2, .2), (.85, .8, .75))))
    if name == "work_boot":
        colour = shade(pick(((.70, .50, .26), (.10, .09, .09), (.30, .19, .12))))
    values = dict(
        kind=name, height=kind.height, not_footwear=kind.outside, heel_cm=float(heel),
        sole_cm=float(sole), shaft=float(rng.uniform(*kind.shaft)), style=pick(kind.styles),
        material=material, cut=pick(kind.cuts), fastening=pick(kind.fastenings),
        trim=pick(kind.trims), toe=float(rng.uniform(*kind.toe)), colour=colour,
        accent=accent, lining=lining, sole_colour=sole_colour, undecided=kind.undecided,
        seed=int(rng.integers(2 ** 31)), **{flag: flag in kind.flags for flag in _FLAGS})
    values.update(wanted)
    return Footwear(**values)


_HEIGHTS = ("height_below_ankle", "height_ankle", "height_calf", "height_over_knee")
_VAMP = ("perforated_vamp", "strap_vamp")

#: Features that a view cannot show.
_HIDDEN: dict[str, tuple[str, ...]] = {
    "side_right": (), "side_left": (), "three_quarter": (), "pair": (),
    "top": _HEIGHTS + ("high_heel", "sport", "wooden_platform", "waterproof"),
    "sole": _HEIGHTS + _VAMP + ("high_heel", "toe_strap", "waterproof", "house"),
    "closeup": _HEIGHTS + ("high_heel", "sport", "wooden_platform", "waterproof", "house"),
    "back": _VAMP + ("toe_strap", "riveted_straps", "house"),
}
#: The features of a picture that are known, in the order of the labels.
DRAWN = (*_FLAGS, "high_heel", *_HEIGHTS, "not_footwear")
_SKATES = ("roller_skates", "inline_skates", "ice_skates")


def labels(item: Footwear, view: str) -> dict[str, float]:
    """Labels of a picture: 1 there, 0 not there, 0.5 not to be judged in this view.

    What is not footwear has none of the 13 features to judge: they are all 0.5.  The gate
    is 0.5 where a skate's boot is seen without its wheels or blade.
    """
    if view not in _HIDDEN:
        raise ValueError(f"unknown view '{view}'; views are {', '.join(VIEWS)}")
    result = {}
    for name in DRAWN:
        if name == "not_footwear":
            blind = item.kind in _SKATES and view in ("closeup", "top")
            result[name] = 0.5 if blind else float(item.not_footwear)
        elif item.not_footwear or name in _HIDDEN[view] or name in item.undecided:
            result[name] = 0.5
        elif name in _HEIGHTS:
            result[name] = float(name == f"height_{item.height}")
        else:
            result[name] = float(getattr(item, name))
    return result
