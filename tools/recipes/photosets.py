"""The photos of our own models: real ones, varied copies and crops of them, made pictures.

Everything is a Photo whose content is read, or made, when it is asked for; so the trainer
takes these photos like anybody's.
"""
from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PIL import Image

from orangecontrib.customs.groups import Group, visual_group
from orangecontrib.customs.photos.decode import PhotoError, decode
from orangecontrib.customs.photos.likeness import goods_of, hashes_of
from orangecontrib.customs.photos.sources import Photo, find_photos
from orangecontrib.customs.training.trainer import TrainingPhotos

from . import augment
from .labels import OTHER_VIEW, SOURCES, Labelled, concatenate, origins, read_source

__all__ = ["PhotoSet", "collect", "changed", "linked"]

#: Varied copies per photo, and per photo labelled by eye.
COPIES = {"zappos_boot_sandal_shoe": 1, "fpi_224": 2, "fpi_60x80": 0, "clothing_small_cc0": 0}
HAND_COPIES = 6

#: … where there are many of them.
FEWER_COPIES = {"amateur_rare_dev": 2, "zappos_boot_sandal_shoe": 1}

#: Beside photos of real scenes: so many of a catalogue that nobody labelled by eye, without
#: copies and crops.
BY_LOT = {"zappos_boot_sandal_shoe": 1500, "fpi_224": 0}

#: Sources with a catalogue's white ground, of which crops can be cut.
CROPPED = ("zappos_boot_sandal_shoe", "fpi_224")

#: The same catalogue at 3 : 4; this source pressed it into a square.
PRESSED = {"fpi_224": 3 / 4}

#: Shoes put on a leg, of each of these sources, and of made pictures.
WORN = {"zappos_boot_sandal_shoe": 300, "fpi_60x80": 800}
WORN_MADE = 500

#: Crops per kind.
N_CROPS = 500

#: Made pictures.
N_MADE = 3000


@dataclass(frozen=True)
class PhotoSet:
    """Photos, and what the trainer need not know of them.

    Attributes
    ----------
    photos : TrainingPhotos
    labelled : Labelled
        Sources, and the merged label of the vamp.
    """

    photos: TrainingPhotos
    labelled: Labelled

    def of(self, *sources: str) -> np.ndarray:
        """Rows of these sources."""
        return np.flatnonzero(np.isin(self.labelled.source, sources))

    def take(self, rows: np.ndarray) -> PhotoSet:
        """The photos of those rows."""
        return PhotoSet(self.photos.take(rows), self.labelled[rows])


@dataclass(frozen=True)
class _Changed:
    """Opens a photo that is changed when it is read; the same at every reading."""

    photo: Photo | None
    change: Callable[[Image.Image | None, np.random.Generator], Image.Image]
    name: str

    def read_bytes(self) -> bytes:
        image = None
        if self.photo is not None:
            with Image.open(io.BytesIO(self.photo.read())) as opened:
                image = opened.convert("RGB")
        stream = io.BytesIO()
        self.change(image, _rng(self.name)).save(stream, "PNG", compress_level=1)
        return stream.getvalue()


def _rng(name: str) -> np.random.Generator:
    return np.random.default_rng(zlib.crc32(name.encode()))


def collect(folder: Path, sources: Sequence[str] = SOURCES, made: bool = True,
            group: Group | None = None, phone: bool = False) -> PhotoSet:
    """Gather the training photos.

    Parameters
    ----------
    folder : Path
        Holds the zips and CSVs of ``labels.SOURCES``.
    sources : sequence of str
        Those to use.
    made : bool
        Use made pictures, too.
    group : Group, optional
        Whose features are labelled; the only loaded one with visual features by default.
    phone : bool
        Varied copies are as a phone takes photos (`augment.photographed`).
    """
    group = visual_group(group)
    parts = [part for source in sources
             for part in _source(Path(folder), source, group, phone)]
    if made:
        parts.append(_made(group))
    if phone:
        parts += [part for source in sources if source in WORN
                  for part in [_worn(*_whole(Path(folder), source, group), source)]]
        parts += [_made_worn(group)] * made
    photos = [photo for part, _ in parts for photo in part]
    labelled = concatenate([labels for _, labels in parts])
    derived = np.array(["#" in image for image in labelled.image])
    origin = np.array([origins().get(str(image).split("#")[0], "") for image in labelled.image])
    # photos of real scenes were chosen for what is rare: no shares are read off them, and how
    # sure the heads may be there is said by scene
    return PhotoSet(TrainingPhotos.of(
        photos, labelled.labels, weights=labelled.weights, products=labelled.product,
        made=labelled.made, varied=derived & ~labelled.made,
        by_eye=labelled.hand & (origin == ""), origins=origin, group=group), labelled)


def linked(photos: PhotoSet) -> PhotoSet:
    """The same photos, in which a product is a model and not a file.

    Products that share a picture, in whatever colours, are one: no split parts them.  Copies and
    crops follow the photo that they were made of.
    """
    own = np.flatnonzero(~photos.photos.aside)
    products = [str(photos.labelled.product[row]) for row in own]
    looks = []
    for row in own:
        try:
            looks.append(hashes_of(decode(photos.photos.photos[row].read(), 256)))
        except PhotoError:
            looks.append(None)
    good = dict(zip(products, goods_of(products, looks)))
    joined = np.array([good.get(str(name), name) for name in photos.labelled.product],
                      dtype=object)
    return PhotoSet(replace(photos.photos, products=joined),
                    replace(photos.labelled, product=joined))


def _source(folder: Path, source: str, group: Group, phone: bool = False
            ) -> list[tuple[list[Photo], Labelled]]:
    """The photos of a source, varied copies of them, and crops."""
    photos, whole = _whole(folder, source, group)
    change = augment.photographed if phone else augment.vary
    if phone and source in BY_LOT:
        others = _rng(source).permutation(np.flatnonzero(~whole.hand))[:BY_LOT[source]]
        rows = np.sort(np.append(np.flatnonzero(whole.hand), others))
        photos, whole = [photos[row] for row in rows], whole[rows]
    shoes = np.flatnonzero(whole.labels[:, -1] == 0)
    result = [(photos, whole)]
    copies = np.where(whole.hand, FEWER_COPIES.get(source, HAND_COPIES) if phone else HAND_COPIES,
                      0 if phone else COPIES.get(source, 0))
    rows = np.repeat(shoes, copies[shoes])
    if len(rows):
        result.append(([changed(photos[row], f"{whole.image[row]}#varied {number}",
                                 change) for number, row in enumerate(rows)],
                       augment.vary_labels(whole[rows], copies[rows])))
    for kind in augment.CROPS if source in CROPPED and not phone else ():
        cut = _rng(source + kind).permutation(shoes)[:N_CROPS]
        result.append(([changed(photos[row], f"{whole.image[row]}#{kind}", augment.Crop(kind))
                        for row in cut], augment.crop_labels(whole[cut], kind, group)))
    return result


def _whole(folder: Path, source: str, group: Group) -> tuple[list[Photo], Labelled]:
    whole = read_source(folder, source, group)
    archive = folder / f"{source.split('/')[0]}.zip"
    found = {photo.image: photo for photo in find_photos(archive)[0]}
    photos = [found[image] for image in whole.image]
    if source in PRESSED:
        photos = [changed(photo, photo.image, _Pressed(PRESSED[source])) for photo in photos]
    return photos, whole


def _worn(photos: list[Photo], whole: Labelled, source: str) -> tuple[list[Photo], Labelled]:
    """Shoes of a catalogue on legs."""
    shoes = np.flatnonzero(whole.labels[:, -1] == 0)
    rows = _rng(source + "worn").permutation(shoes)[:WORN[source]]
    return [changed(photos[row], f"{whole.image[row]}#worn", augment.worn) for row in rows], \
        augment.worn_labels(whole[rows])


def changed(photo: Photo | None, name: str, change: Callable) -> Photo:
    """A photo that `change(image, rng)` makes of another, or of nothing, when it is read."""
    return Photo(name, "", _Changed(photo, change, name))


@dataclass(frozen=True)
class _Pressed:
    """Gives a photo that was pressed into a square its width back."""

    aspect: float

    def __call__(self, image: Image.Image, _rng) -> Image.Image:
        return image.resize((round(image.height * self.aspect), image.height),
                            Image.Resampling.LANCZOS)


#: Views of made pictures that have another name among those of photos.
_NAMES = {"side_right": "side", "side_left": "side", "three_quarter": "oblique"}

#: Views of made pictures and how often each is drawn: as in photos of goods on sale.
VIEWS = {"side_right": .18, "side_left": .18, "three_quarter": .2, "pair": .14, "top": .08,
         "sole": .05, "closeup": .1, "back": .07}


def _made(group: Group) -> tuple[list[Photo], Labelled]:
    """Pictures of the procedural generator with their labels; two views of each good."""
    from tools import drawing
    rng = _rng("made")
    items = [drawing.sample(rng) for _ in range(N_MADE // 2)]
    goods = np.repeat(np.arange(N_MADE // 2), 2)
    views = rng.choice(list(VIEWS), size=N_MADE, p=list(VIEWS.values()))
    names = [f"{good}/{view} {number}" for number, (good, view) in enumerate(zip(goods, views))]
    labelled = Labelled.empty(N_MADE, "made", names, [f"made:{g}" for g in goods], made=True,
                              group=group)
    photos = []
    for row, (good, view) in enumerate(zip(goods, views)):
        values = drawing.labels(items[good], str(view))
        labelled.labels[row] = [values[id_] for id_ in group.feature_ids]
        labelled.view[row] = _NAMES.get(str(view), str(view))
        if items[good].not_footwear:
            # as with real photos of other things: nobody asks whether a bag has a heel
            labelled.labels[row, :-1], labelled.view[row] = np.nan, OTHER_VIEW
        photos.append(changed(None, names[row], _Drawing(items[good], str(view))))
    return photos, labelled


def _made_worn(group: Group) -> tuple[list[Photo], Labelled]:
    """Drawn footwear on drawn legs."""
    from tools import drawing
    rng, items = _rng("made worn"), []
    while len(items) < WORN_MADE:
        item = drawing.sample(rng)
        items += [item] * (not item.not_footwear)
    views = rng.choice(["side_right", "side_left", "three_quarter"], WORN_MADE)
    names = [f"worn {number}/{view}" for number, view in enumerate(views)]
    labelled = Labelled.empty(WORN_MADE, "made", names, [f"made:{name}" for name in names],
                              made=True, group=group)
    values = [drawing.labels(item, str(view)) for item, view in zip(items, views)]
    labelled.labels[:] = [[known[id_] for id_ in group.feature_ids] for known in values]
    labelled.view[:], labelled.scene[:] = "on_foot", "worn"
    return [changed(None, name, _Drawing(item, str(view), worn=True))
            for name, item, view in zip(names, items, views)], labelled


@dataclass(frozen=True)
class _Drawing:
    item: object
    view: str
    worn: bool = False

    def __call__(self, _image, rng: np.random.Generator) -> Image.Image:
        from tools import drawing
        if not self.worn:
            return drawing.draw(self.item, self.view, rng)
        return augment.worn(drawing.draw(self.item, self.view, rng, background="white",
                                         clean=True), rng)
