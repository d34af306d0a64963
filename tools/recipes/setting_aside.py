"""A third of the photos of real scenes is set aside before anybody trains on them.

    python -m tools.recipes.setting_aside DATA LISTS … [--fourth] [--out FILE]

DATA holds ``amateur_rare_dev.csv`` and its zip; the LISTS are CSVs with a column ``image`` of the
photos that are to be labelled.  No label is read: the part of a photo follows from where it comes
from and from the good that it shows, and the list is kept (``real_scenes.csv``), so that it can't
be chosen again once results are known.

A source with few photos is on one side as a whole, so the photos set aside are of sources that
taught nothing; of the few large sources, whole goods are set aside.  Goods that share a picture,
in whatever colours, are one good, and a good that shares one with `TAUGHT` photos is not set
aside.
"""
from __future__ import annotations

import argparse
import csv
import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from orangecontrib.customs.files import Output
from orangecontrib.customs.photos.decode import PhotoError, decode
from orangecontrib.customs.photos.likeness import Hashes, goods_of, hashes_of
from orangecontrib.customs.photos.sources import Photo, find_photos

from .labels import ASIDE, FOURTH, FOURTH_LIST, LINKED, TRAIN, apart_from
from .labels import REAL_LIST as PARTS

__all__ = ["ASIDE", "LARGE", "PARTS", "TAUGHT", "parts", "side"]

#: A source with more photos than this is divided by goods, a smaller one is on one side.
LARGE = 60

#: Photos of the same origin that models have learnt from for long.
TAUGHT = "clothing_small_cc0"

COLUMNS = ("image", "good", "source", "licence", "part")


def side(name: str) -> str:
    """The part of a source or good by its name alone: a third of all names is set aside."""
    return ASIDE if int(hashlib.sha256(name.encode()).hexdigest(), 16) % 3 == 0 else TRAIN


def parts(sources: Sequence[str], goods: Sequence[str], taught: Iterable[str] = ()) -> list[str]:
    """The part of each photo.

    Parameters
    ----------
    sources, goods : sequence of str
        Of each photo.
    taught : iterable of str
        Goods that have taught models already.
    """
    count, taught = Counter(sources), set(taught)
    found = [side(good if count[source] > LARGE else source)
             for source, good in zip(sources, goods)]
    # a good that several sources show: all of it is where its first photo is
    first: dict[str, str] = {}
    return [TRAIN if good in taught else first.setdefault(good, part)
            for good, part in zip(goods, found)]


def _hashes(photos: Iterable[Photo]) -> dict[str, Hashes]:
    found = {}
    for photo in photos:
        try:
            found[photo.image] = hashes_of(decode(photo.read(), 256))
        except PhotoError:
            continue
    return found


def _goods(data: Path, groups: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """Which good a photo shows, by its looks; and the photos that taught models for long.

    Parameters
    ----------
    data : Path
    groups : mapping of str to str
        Photos that are looked at besides those, and the groups that they are known by.
    """
    looks = _hashes(photo for photo in find_photos(data / "amateur_rare_dev.zip")[0]
                    if photo.image in groups)
    old = _hashes(find_photos(data / f"{TAUGHT}.zip")[0])
    goods = goods_of([f"{TAUGHT}:{image}" for image in old]
                     + [groups[image] for image in looks], [*old.values(), *looks.values()])
    return dict(zip([*old, *looks], goods)), list(old)


def rows(data: Path, lists: Sequence[Path]) -> list[dict[str, str]]:
    """The list for the photos of `lists` in a folder of data sets."""
    images = list(dict.fromkeys(row["image"] for path in lists for row in _read(path)))
    known = {row["image"]: row for row in _read(data / "amateur_rare_dev.csv")}
    good, old = _goods(data, {image: row["group"] for image, row in known.items()})
    sources = [known[image]["source"].split(":")[0] for image in images]
    part = parts(sources, [good[image] for image in images], {good[image] for image in old})
    return [{"image": image, "good": good[image], "source": known[image]["source"],
             "licence": known[image]["licence"], "part": part[number]}
            for number, image in enumerate(images)]


def fourth_rows(data: Path, lists: Sequence[Path]) -> list[dict[str, str]]:
    """The list of the fourth set."""
    chosen = {row["image"]: row["group"] for path in lists for row in _read(path)}
    known = {row["image"]: row for row in _read(data / "amateur_rare_dev.csv")}
    aside = [{"source": known[image]["source"], "good": group} for image, group in chosen.items()]
    sheets = [row for row in known.values()
              if row["image"] not in chosen and row["footwear"] in ("0", "1")]
    teach = {row["image"] for row in _read(PARTS)} \
        | {row["image"] for row in apart_from(aside, sheets)}
    good, _old = _goods(data, {image: known[image]["group"] for image in teach} | chosen)
    taught = {found for image, found in good.items() if image not in chosen}
    return [{"image": image, "good": good[image], "source": known[image]["source"],
             "licence": known[image]["licence"],
             "part": LINKED if good[image] in taught else FOURTH}
            for image in chosen]


def _read(path: Path) -> list[dict[str, str]]:
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("data", type=Path, help="folder with the data sets")
    parser.add_argument("lists", type=Path, nargs="+", help="CSVs with a column image")
    parser.add_argument("--fourth", action="store_true", help="the list of the fourth set")
    parser.add_argument("--out", type=Path, help="(default: where the lists are kept)")
    args = parser.parse_args(arguments)
    found = (fourth_rows if args.fourth else rows)(args.data, args.lists)
    args.out = args.out or (FOURTH_LIST if args.fourth else PARTS)
    with Output(args.out) as place:
        writer = csv.DictWriter(place, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(found)
    print(f"{args.out}: {dict(Counter(row['part'] for row in found))}, "
          f"{len({row['good'] for row in found})} goods")


if __name__ == "__main__":
    main()
