"""What are the weak labels of a shop worth?  A model trained with them against one without.

    python benchmarks/weak_labels.py [DATA] [--goods 700] [--cache DIR]

A shop on loopback is made of photos and texts of the shared data (catalogue photos with English
names and categories, goods with Russian descriptions).  The library crawls it, reads the weak
labels off texts and categories, and trains heads on the default backbone

own    with labels given by eye of another source alone (UT-Zappos50K)
both   with those and the shop's photos
weak   with the shop's photos alone: from an empty folder

Judged are photos of sources that none of the three has seen, with labels given by eye.  Printed
are per feature n, positives, AUC with an interval in which photos of one product are one witness
(a model that knows nothing has .5), and the difference "both − own" with a bootstrap interval over
products; and how often weak labels agree with the eye, where both speak of one photo.

Takes some two minutes of one core that is free.
"""
from __future__ import annotations

import argparse
import csv
import io
import json
import resource
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from orangecontrib.customs.collecting import (
    Entry,
    Manifest,
    Recipe,
    crawl,
    labelled,
    read_manifest,
    settle,
)
from orangecontrib.customs.collecting.labels import Labelled
from orangecontrib.customs.collecting.table import collection_table
from orangecontrib.customs.collecting.weak import weak_labels
from orangecontrib.customs.declarations import FactReader
from orangecontrib.customs.groups import visual_group
from orangecontrib.customs.photos import Extractor, find_photos
from orangecontrib.customs.photos.cache import FeatureCache
from orangecontrib.customs.photos.sources import Photo
from orangecontrib.customs.training.report import auc
from orangecontrib.customs.training.report.ranking import auc_interval
from orangecontrib.customs.training.trainer import Recipe as Training
from orangecontrib.customs.training.trainer import TrainingPhotos, train
from orangecontrib.customs.training.trainer.table import training_photos

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))
from loopback_shop import Shop

from tools.recipes.labels import hand_labels, read_source

GROUP = visual_group()
IDS = GROUP.feature_ids

#: With fewer of an answer, or fewer products of it, nothing is said of a feature.
ENOUGH = 5

#: Bootstrap samples of the difference.
SAMPLES = 1000

#: Photos of the shop that are no footwear, as a share.
OTHERS = .2

#: Other things among the judges, at most.
MOST_OTHERS = 150

#: Nothing is set aside: the judges are other sources.
RECIPE = Training(test_share=0.)

#: Where the shop's catalogue is from, where the own labels are, and who judges.
SHOP, OWN, JUDGE = "fpi_224", "zappos_boot_sandal_shoe", "clothing_small_cc0"

#: The same shop's small photos, labelled by eye: they judge the weak labels, no model.
CHECK = "fpi_60x80"

#: Goods with Russian texts, and the archive of their photos, part of which judges.
TEXTS, AMATEUR = "goods_with_text_dev", "amateur_rare"


@dataclass(frozen=True)
class Good:
    """What a page of the shop shows."""

    id: str
    name: str
    text: str
    category: str
    photos: tuple[Photo, ...]
    pressed: bool = False

    def photo(self, number: int) -> bytes:
        """As JPEG; this source has pressed 3 : 4 into a square."""
        with Image.open(io.BytesIO(self.photos[number].read())) as image:
            image = image.convert("RGB")
        if self.pressed:
            image = image.resize((round(image.height * .75), image.height))
        stream = io.BytesIO()
        image.save(stream, "JPEG", quality=92)
        return stream.getvalue()


def rows_of(path: Path) -> list[dict]:
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def photos_of(path: Path) -> dict[str, Photo]:
    return {photo.image: photo for photo in find_photos(path)[0]}


def goods_of(data: Path, most: int) -> list[Good]:
    """The goods of the shop: a part of the catalogue, and all that have a Russian text."""
    rng, photos = np.random.default_rng(0), photos_of(data / f"{SHOP}.zip")
    rows = rows_of(data / f"{SHOP}.csv")
    rows = [rows[i] for i in rng.permutation(len(rows))]
    others = [r for r in rows if r["footwear"] != "1"][:round(OTHERS * most)]
    shoes = [r for r in rows if r["footwear"] == "1"][:most - len(others)]
    goods = [Good(row["id"], row["name"], f"{row['gender']} {row['usage']}", row["articleType"],
                  (photos[row["image"]],), pressed=True) for row in shoes + others]
    photos = photos_of(data / f"{AMATEUR}_dev.zip")
    for row in rows_of(data / f"{TEXTS}.csv"):
        name, _, text = row["text_original"].partition(" | ")
        found = tuple(photos[image] for image in row["images"].split() if image in photos)
        goods.append(Good(row["good_id"], name, text, "", found))
    return [good for good in goods if good.photos]


class Catalogue(Shop):
    """Serves goods: lists of a hundred, and a page with JSON-LD per good."""

    def __init__(self, goods: Sequence[Good]):
        super().__init__()
        self.goods = goods

    def answer(self, path: str) -> tuple[str, bytes]:
        """Type and content of a page or a photo; no content where there is none."""
        _, kind, *parts = path.split("/")
        if kind == "":
            lists = range(0, len(self.goods), 100)
            return "text/html", "".join(f'<a href="/list/{n}">x</a>' for n in lists).encode()
        if kind == "list":
            first = int(parts[0])
            return "text/html", "".join(
                f'<a href="/good/{n}">x</a>'
                for n in range(first, min(first + 100, len(self.goods)))).encode()
        if kind == "photo":
            return "image/jpeg", self.goods[int(parts[0])].photo(int(parts[1].partition(".")[0]))
        if kind == "good":
            good = self.goods[int(parts[0])]
            described = {"@context": "https://schema.org", "@type": "Product", "sku": good.id,
                         "name": good.name, "description": good.text, "category": good.category,
                         "image": [f"/photo/{parts[0]}/{n}.jpg"
                                   for n in range(len(good.photos))]}
            return "text/html", ('<script type="application/ld+json">'
                                 f"{json.dumps(described)}</script>").encode()
        return "text/plain", b""


def collected(folder: Path, goods: Sequence[Good]) -> list[Labelled]:
    """The photos of the shop, crawled and labelled as a user would."""
    shop = Catalogue(goods)
    done = crawl(folder, Recipe.of({"start": [shop.url], "name": "shop", "limits": {
        "delay": 0, "pages": 2 * len(goods), "photos": 10 ** 5}}))
    shop.server.shutdown()
    with Manifest(folder) as manifest:
        settle(manifest, GROUP)
    print(f"crawled: {done.pages} pages, {done.products} goods, {done.photos} photos, "
          f"{done.refused} refused ({done.ended})", flush=True)
    return labelled(read_manifest(folder), GROUP)


def shown(photos: Sequence[Labelled]) -> None:
    """What the weak labels are."""
    print(f"\nweak labels of {len(photos)} photos\n"
          f"{'feature':22}{'1':>6}{'0':>6}{'1/2':>6}   sources")
    labels = np.array([photo.labels for photo in photos])
    for column, id_ in enumerate(IDS):
        sources = sorted({photo.sources[column] for photo in photos} - {""})
        counts = [(labels[:, column] == value).sum() for value in (1, 0, .5)]
        print(f"{id_:22}" + "".join(f"{n:>6}" for n in counts) + f"   {'; '.join(sources)}")


def agreement(data: Path, reader: FactReader) -> None:
    """Weak labels against the eye, on photos of the same shop that no model sees here."""
    whole, rows = read_source(data, CHECK), rows_of(data / f"{CHECK}.csv")
    hand = np.flatnonzero(whole.hand)
    found = np.full((len(hand), len(IDS)), np.nan)
    for place, i in enumerate(hand):
        row = rows[i]
        entry = Entry(kind="catalogue", name=row["name"], category=row["articleType"],
                      text=f"{row['name']}; {row['gender']} {row['usage']}")
        for id_, (label, _) in weak_labels(entry, GROUP, reader).items():
            found[place, IDS.index(id_)] = label
    truth = whole.labels[hand]
    print(f"\nweak labels against the eye, {len(hand)} photos of {CHECK} chosen at random\n"
          f"{'feature':22}{'said 1':>10}{'right':>7}{'said 0':>10}{'right':>7}"
          f"{'eye 1':>10}{'found':>7}")
    for column, id_ in enumerate(IDS):
        said, eye = found[:, column], truth[:, column]
        known = (eye == 0) | (eye == 1)
        parts = [(f"{(known & (said == v)).sum()}", f"{(known & (said == v) & (eye == v)).sum()}")
                 for v in (1, 0)]
        parts.append((f"{(eye == 1).sum()}", f"{((eye == 1) & (said == 1)).sum()}"))
        print(f"{id_:22}" + "".join(f"{n:>10}{right:>7}" for n, right in parts))


def own(data: Path) -> TrainingPhotos:
    """Photos of one source with the labels that were given by eye, and no others."""
    whole, photos = read_source(data, OWN), photos_of(data / f"{OWN}.zip")
    rows = np.flatnonzero((whole.weights > 1).any(axis=1))
    return TrainingPhotos.of([photos[image] for image in whole.image[rows]], whole.labels[rows],
                             GROUP, products=whole.product[rows], by_eye=whole.hand[rows])


def judges(data: Path, sold: set[str]) -> tuple[list[Photo], np.ndarray, np.ndarray]:
    """Photos of other sources with labels by eye, and the product of each; none of the shop."""
    whole, archive = read_source(data, JUDGE), photos_of(data / f"{JUDGE}.zip")
    hand = np.flatnonzero(whole.hand)
    photos, labels = [archive[image] for image in whole.image[hand]], list(whole.labels[hand])
    products = list(whole.product[hand])
    archive = photos_of(data / f"{AMATEUR}_dev.zip")
    rows = rows_of(data / f"{AMATEUR}_13features_dev.csv")
    # other photos of a good that the shop sells are no strangers
    strange = {r["group"] for r in rows} - {r["group"] for r in rows if r["image"] in sold}
    for row in rows:
        if row["group"] in strange and row["image"] in archive:
            found, _ = hand_labels(row, GROUP)
            for id_ in ("strap_vamp", "perforated_vamp"):
                found[IDS.index(id_)] = float(row[id_] or "nan")
            photos.append(archive[row["image"]])
            labels.append(found)
            products.append(row["group"])
    gate = np.full(len(IDS), np.nan)
    gate[IDS.index("not_footwear")] = 1
    others = [r for r in rows_of(data / f"{AMATEUR}_dev.csv") if r["footwear"] == "0"
              and r["image"] in archive and r["group"] not in set(products)]
    for i in np.random.default_rng(0).permutation(len(others))[:MOST_OTHERS]:
        photos.append(archive[others[i]["image"]])
        labels.append(gate)
        products.append(others[i]["group"])
    return photos, np.array(labels), np.array(products, dtype=object)


def joined(one: TrainingPhotos, two: TrainingPhotos) -> TrainingPhotos:
    """Both; nobody's product is the other's."""
    return TrainingPhotos.of(
        [*one.photos, *two.photos], np.concatenate([one.labels, two.labels]), GROUP,
        weights=np.concatenate([one.weights, two.weights]),
        products=[*(f"own:{p}" for p in one.products), *(f"shop:{p}" for p in two.products)],
        by_eye=np.concatenate([one.by_eye, two.by_eye]))


def witnesses(y: np.ndarray, products: np.ndarray) -> tuple[int, int]:
    """Products with photos labelled 1, and with photos labelled 0."""
    return len(set(products[y])), len(set(products[~y]))


def difference(p: np.ndarray, q: np.ndarray, y: np.ndarray, products: np.ndarray,
               measure: Callable = auc, samples: int = SAMPLES) -> tuple[float, float, float]:
    """AUC of `q` less that of `p`, and its 95 % interval by drawing products again."""
    rng, names = np.random.default_rng(0), np.unique(products.astype(str))
    rows = [np.flatnonzero(products.astype(str) == name) for name in names]
    found = []
    for _ in range(samples):
        drawn = np.concatenate([rows[i] for i in rng.integers(0, len(rows), len(rows))])
        found.append(measure(q[drawn], y[drawn]) - measure(p[drawn], y[drawn]))
    low, high = np.nanquantile(found, (.025, .975))
    return measure(q, y) - measure(p, y), low, high


def compared(found: dict[str, np.ndarray], taught: dict[str, np.ndarray], labels: np.ndarray,
             products: np.ndarray) -> None:
    """The table: a line per feature, and the mean.

    Parameters
    ----------
    taught : dict of str to ndarray of int, shape (n_features,)
        Photos labelled 1 that each model has learnt from.
    """
    print(f"\n{len(labels)} photos of {len(set(products))} products of other sources, by eye; "
          "knowing nothing is an AUC of .500\n"
          f"{'feature':20}{'n':>5}{'pos':>5}"
          + "".join(f"{f'1 in {name}':>11}" for name in found)
          + "".join(f"{name:>19}" for name in found) + f"{'both - own':>22}")
    means = {name: [] for name in found}
    for column, id_ in enumerate(IDS):
        known = (labels[:, column] == 0) | (labels[:, column] == 1)
        y, groups = labels[known, column] == 1, products[known]
        head = f"{id_:20}{len(y):>5}{y.sum():>5}" \
            + "".join(f"{n[column]:>11}" for n in taught.values())
        positives, negatives = witnesses(y, groups)
        if min(positives, negatives) < ENOUGH:
            print(f"{head}   too few of an answer")
            continue
        cells = []
        for name, p in found.items():
            area = auc(p[known, column], y)
            means[name].append(area)
            low, high = auc_interval(area, positives, negatives)
            cells.append(f"{f'{area:.3f} [{low:.2f}, {high:.2f}]':>19}")
        by, low, high = difference(found["own"][known, column], found["both"][known, column], y,
                                   groups)
        print(head + "".join(cells) + f"{f'{by:+.3f} [{low:+.2f}, {high:+.2f}]':>22}")
    print(f"{'mean':65}" + "".join(f"{np.mean(m):>5.3f}{'':14}" for m in means.values()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    checkout = Path(__file__).resolve().parents[1]
    parser.add_argument("data", type=Path, nargs="?", help="folder with the data sets",
                        default=checkout.parent / "shared" / "data" / "footwear")
    parser.add_argument("--goods", type=int, default=700, help="of the catalogue with names")
    parser.add_argument("--cache", type=Path, default=checkout / "build" / "photo-cache")
    args = parser.parse_args()
    needed = [*(f"{name}.zip" for name in (SHOP, OWN, JUDGE, f"{AMATEUR}_dev")), f"{TEXTS}.csv",
              f"{CHECK}.csv", f"{AMATEUR}_13features_dev.csv"]
    absent = [name for name in needed if not (args.data / name).is_file()]
    if absent:
        print(f"skipped: {args.data} lacks {', '.join(absent)}")
        return
    args.cache.mkdir(parents=True, exist_ok=True)
    cache = FeatureCache(args.cache)
    goods = goods_of(args.data, args.goods)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "collection"
        photos = collected(folder, goods)
        shown(photos)
        agreement(args.data, FactReader(GROUP))
        shop, _ = training_photos(collection_table(folder, photos, GROUP), group=GROUP)
        mine = own(args.data)
        strangers, labels, products = judges(
            args.data, {photo.image for good in goods for photo in good.photos})
        found, taught = {}, {}
        for name, known in (("own", mine), ("both", joined(mine, shop)), ("weak", shop)):
            trained = train(known, RECIPE, cache=cache)
            taught[name] = (known.labels == 1).sum(axis=0)
            print(f"{name}: {len(known)} photos", flush=True)
            found[name] = Extractor(trained.model, cache=cache).run(strangers).probabilities
        compared(found, taught, labels, products)
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(f"\nprocessor time: {sum(u.ru_utime + u.ru_stime for u in used) / 60:.1f} minutes",
          file=sys.stderr)


if __name__ == "__main__":
    main()
