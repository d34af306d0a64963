"""Write the bundled demo: photos of a dozen goods and their declarations.

    python -m tools.samples.make_samples OUT_DIR
    python -m tools.samples.make_samples --labelled OUT_DIR

The second writes the photos that the training workflows start from: smaller ones of more goods,
with labels.  The photos are drawn (:mod:`tools.drawing`), the declarations are written here:
neither was taken from anybody's shop or customs file.
"""
from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np
from PIL import Image

from orangecontrib.customs.files import Output
from tools.drawing import DRAWN, draw, sample
from tools.drawing import labels as item_labels

__all__ = ["Good", "GOODS", "BUNDLED", "LABELLED", "BUNDLED_LABELLED", "photos", "write",
           "write_labelled"]

_WORKFLOWS = Path(str(files("orangecontrib.customs.workflows")))

#: Where the committed demo lies, and the photos with labels.
BUNDLED = _WORKFLOWS / "sample"
BUNDLED_LABELLED = _WORKFLOWS / "training"

_SQUARE, _WIDE, _TALL = (448, 448), (480, 360), (360, 480)
_BLACK, _BROWN, _TAN = (.07, .07, .08), (.33, .19, .11), (.62, .42, .24)


@dataclass(frozen=True)
class Good:
    """A good of the demo.

    Parameters
    ----------
    good_id : str
        Also the name of its folder.
    looks : dict
        What :func:`sample` is told to draw.
    views : tuple of (str, str, (int, int))
        View, background and size of each photo.
    description : str
        Графа 31.
    declared_code : str
        As declared, right or wrong.
    quantity : int
        Pairs.
    """

    good_id: str
    looks: dict
    views: tuple[tuple[str, str, tuple[int, int]], ...]
    description: str
    declared_code: str
    quantity: int


GOODS: tuple[Good, ...] = (
    Good("G-001", dict(kind="pump", material="leather", colour=(.48, .08, .10), heel_cm=8.0,
                       sole_cm=.5, style="stiletto", toe=.7, trim="none"),
         (("side_right", "white", _WIDE), ("pair", "studio", _SQUARE),
          ("three_quarter", "wood", _WIDE)),
         "Туфли женские модельные на высоком каблуке (8 см), не закрывающие лодыжку, верх из "
         "натуральной кожи, подошва из натуральной кожи, союзка закрытая, без перфорации, без "
         "защитного металлического подноска, длина стельки 24,5 см",
         "6403599900", 240),
    # silent on the height: the photos show it
    Good("G-002", dict(kind="ankle_boot", material="leather", colour=_BROWN, fastening="laces",
                       trim="cap", style="stack", shaft=.52, heel_cm=2.4,
                       sole_colour=(.10, .08, .07)),
         (("side_left", "white", _WIDE), ("three_quarter", "wood", _SQUARE),
          ("top", "carpet", _SQUARE)),
         "Обувь мужская повседневная на шнурках, верх – натуральная кожа, подошва – резина, "
         "подкладка текстильная, без металлического подноска, размеры 40-45",
         "6403911600", 1200),
    Good("G-003", dict(kind="calf_boot", material="leather", colour=_BLACK, fastening="zip",
                       trim="none", style="stack", shaft=1.3, heel_cm=2.5),
         (("side_right", "white", _TALL), ("pair", "studio", _TALL)),
         "САПОГИ ЖЕНСКИЕ ЗИМНИЕ НА МОЛНИИ, ЗАКРЫВАЮЩИЕ ЛОДЫЖКУ И ЧАСТЬ ИКРЫ, ВЕРХ ИЗ НАТУРАЛЬНОЙ "
         "КОЖИ, ПОДОШВА ИЗ ТЕРМОПЛАСТИЧНОЙ РЕЗИНЫ, ПОДКЛАДКА ИЗ ИСКУССТВЕННОГО МЕХА, ДЛИНА "
         "СТЕЛЬКИ 25 СМ, БЕЗ МЕТАЛЛИЧЕСКОГО ПОДНОСКА",
         "6403919800", 600),
    Good("G-004", dict(kind="rubber_boot", colour=(.12, .34, .20), sole_colour=(.10, .12, .10),
                       shaft=1.15, trim="moulded"),
         (("side_right", "white", _TALL), ("pair", "tiles", _SQUARE),
          ("three_quarter", "carpet", _TALL)),
         "Сапоги резиновые, верх и подошва из резины, отлитые за одну операцию, без "
         "металлического подноска, высота голенища 28 см, размеры 36-46",
         "6401921000", 3000),
    # declared with a wrong code: straps plugged into the sole are 6402 20
    Good("G-005", dict(kind="flip_flop", colour=(.10, .28, .62), sole_colour=(.90, .55, .15),
                       trim="none", accent=(.9, .9, .9)),
         (("three_quarter", "white", _WIDE), ("top", "tiles", _SQUARE),
          ("closeup", "studio", _SQUARE), ("sole", "white", _SQUARE)),
         "Пантолеты пляжные женские типа «вьетнамки», верх из ремешков из ПВХ, подошва из "
         "вспененного этиленвинилацетата, длина стельки 25 см",
         "6402993900", 5000),
    Good("G-006", dict(kind="sneaker", material="textile", colour=(.16, .22, .42),
                       trim="rubber_toe", sole_colour=(.93, .92, .9), seed=7),
         (("side_right", "white", _WIDE), ("three_quarter", "desk", _SQUARE),
          ("pair", "wood", _SQUARE)),
         "кеды для взрослых повседневные, не спортивные, не закрывающие лодыжку, верх из "
         "текстильного материала (хлопок 100%), подошва из резины, на шнурках, р-ры 36-44",
         "6404199000", 2400),
    # silent on the purpose: the photos show house slippers
    Good("G-007", dict(kind="slipper", material="felt", cut="scuff", trim="fur",
                       colour=(.62, .42, .50), lining=(.86, .80, .74), seed=12),
         (("three_quarter", "carpet", _SQUARE), ("pair", "wood", _SQUARE),
          ("side_left", "white", _WIDE)),
         "Обувь женская без задника, верх из текстильного материала (полиэстер), подошва из "
         "пластмассы, размеры 36-41, в полиэтиленовых пакетах",
         "6404191000", 1800),
    # silent on the vamp: the photos show straps
    Good("G-008", dict(kind="sandal", material="leather", cut="straps", fastening="buckle",
                       colour=_TAN, sole_colour=(.16, .12, .10), lining=(.74, .62, .48),
                       heel_cm=1.8, seed=33),
         (("three_quarter", "white", _WIDE), ("side_right", "studio", _WIDE),
          ("closeup", "wood", _SQUARE)),
         "Сандалии детские, верх из натуральной кожи, подошва из полиуретана, подкладка – "
         "натуральная кожа, высота подошвы 1,8 см, не закрывают лодыжку, длина стельки от 15,5 "
         "до 19 см",
         "6403993100", 960),
    # the toe-cap of metal is inside: no photo shows it
    Good("G-009", dict(kind="work_boot", material="leather", colour=(.10, .09, .09), trim="cap",
                       shaft=.56),
         (("side_left", "white", _SQUARE), ("three_quarter", "tiles", _SQUARE),
          ("sole", "white", _SQUARE)),
         "Ботинки рабочие мужские «Монтажник», верх из натуральной кожи (юфть), подошва – "
         "полиуретан/нитрильная резина литьевого метода крепления, подносок защитный "
         "металлический 200 Дж, ГОСТ 28507",
         "6403400000", 500),
    Good("G-010", dict(kind="roller_skates", material="leather", colour=(.90, .88, .86),
                       accent=(.80, .20, .40), seed=31),
         (("side_right", "white", _SQUARE), ("three_quarter", "studio", _SQUARE)),
         "Коньки роликовые четырёхколёсные (квады) для взрослых, ботинок из искусственной кожи "
         "с закреплённой платформой и колёсами из полиуретана",
         "6402190000", 150),
    # text and photos contradict each other
    Good("G-011", dict(kind="calf_boot", material="leather", colour=_BROWN, fastening="zip",
                       trim="none", style="stack", shaft=1.3, heel_cm=2.5),
         (("side_right", "white", _TALL), ("side_left", "studio", _TALL),
          ("pair", "white", _TALL)),
         "Ботинки мужские, закрывающие лодыжку, но не часть икры, верх из натуральной кожи, "
         "подошва из резины, длина стельки более 24 см, без защитного металлического подноска",
         "6403911600", 720),
    # silent on the base: the photos show wood
    Good("G-012", dict(kind="clog", material="leather", colour=(.42, .12, .12), heel_cm=5.5,
                       sole_cm=3.0, seed=8),
         (("side_right", "white", _WIDE), ("three_quarter", "carpet", _SQUARE),
          ("pair", "studio", _SQUARE)),
         "Сабо женские, верх из натуральной кожи, подошва с резиновой накладкой, без внутренней "
         "стельки, длина 25 см",
         "6403990500", 400),
)


def photos(good: Good) -> list[Image.Image]:
    """The photos of a good, always the same."""
    number = int(good.good_id.rsplit("-", 1)[1])
    item = sample(np.random.default_rng(number), **good.looks)
    return [draw(item, view, np.random.default_rng((number, at)), size, background,
                 detail=1.3 if view == "closeup" else 2.0, clean=True)
            for at, (view, background, size) in enumerate(good.views)]


#: Goods to train on: what is drawn, its group of goods, its subheading, and how many of it.
LABELLED = (
    (dict(kind="derby", material="leather"), "low", "640399", 6),
    (dict(kind="pump", material="leather"), "low", "640399", 8),
    (dict(kind="sneaker", material="textile"), "low", "640419", 8),
    (dict(kind="sandal", material="leather"), "straps", "640399", 6),
    (dict(kind="heeled_sandal", material="leather"), "straps", "640399", 4),
    (dict(kind="flip_flop"), "slip_on", "640220", 8),
    (dict(kind="work_boot", material="leather"), "boots", "640391", 8),
    (dict(kind="calf_boot", material="leather"), "boots", "640391", 8),
    (dict(kind="rubber_boot"), "watertight", "640192", 8),
    (dict(kind="bag"), "not_footwear", "", 4),
)

_LABELLED_VIEWS = ("side_right", "three_quarter", "side_left")


def write_labelled(folder: str | Path, size: int = 128) -> list[Path]:
    """Write two photos of each good of `LABELLED`, their labels, and the goods' codes.

    ``labels.csv`` is as Footwear Photo Labeler keeps labels, ``goods.csv`` has the columns
    ``good_id, hs_code``.

    Returns
    -------
    list of Path
        The files written.
    """
    folder, written, labels, codes = Path(folder), [], [], []
    goods = [row[:3] for row in LABELLED for _ in range(row[3])]
    for number, (looks, cluster, code) in enumerate(goods, 1):
        good = f"T-{number:02}"
        rng = np.random.default_rng((2026, number))
        item = sample(rng, **looks)
        (folder / good).mkdir(parents=True, exist_ok=True)
        for at, view in enumerate(rng.choice(_LABELLED_VIEWS, 2, replace=False), 1):
            image = f"{good}/{at}.jpg"
            picture = draw(item, str(view), rng, (size, size), detail=2.0)
            picture.save(folder / image, "JPEG", quality=80, optimize=True)
            written.append(folder / image)
            values = dict.fromkeys(DRAWN)
            # of a bag nobody asks whether it has a heel
            values |= {"not_footwear": 1.} if cluster == "not_footwear" \
                else item_labels(item, str(view))
            labels.append((image, good, cluster, *(
                "" if value is None else f"{value:g}" for value in values.values())))
        if code:
            codes.append((good, code))
    header = ("image", "good_id", "cluster", *DRAWN)
    return written + [_csv(folder / "labels.csv", header, labels),
                      _csv(folder / "goods.csv", ("good_id", "hs_code"), codes)]


def _csv(path: Path, header: Sequence[str], rows: Sequence[Sequence]) -> Path:
    with Output(path) as place:
        table = csv.writer(place, lineterminator="\n")
        table.writerow(header)
        table.writerows(rows)
    return path


def write(folder: str | Path, goods: Sequence[Good] = GOODS) -> list[Path]:
    """Write a folder of photos per good, and ``declarations.csv``.

    Returns
    -------
    list of Path
        The files written.
    """
    folder = Path(folder)
    written = []
    for good in goods:
        place = folder / good.good_id
        place.mkdir(parents=True, exist_ok=True)
        for number, picture in enumerate(photos(good), 1):
            path = place / f"{number}.jpg"
            picture.save(path, "JPEG", quality=85, optimize=True)
            written.append(path)
    return written + [_csv(
        folder / "declarations.csv", ("good_id", "description", "declared_code", "quantity"),
        [(g.good_id, g.description, g.declared_code, g.quantity) for g in goods])]


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", metavar="OUT_DIR", type=Path)
    parser.add_argument("--labelled", action="store_true",
                        help="photos with labels, to train on")
    args = parser.parse_args(arguments)
    try:
        files = (write_labelled if args.labelled else write)(args.folder)
    except OSError as error:
        print(f"cannot write the samples: {error}", file=sys.stderr)
        return 2
    size = sum(path.stat().st_size for path in files)
    print(f"{len(files)} files, {size / 1024:.0f} KiB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
