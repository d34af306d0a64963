"""Large JPEG photos → the small square that a backbone sees: which decoder takes how long.

Photos are given, or made: 12 megapixels, as of a telephone.  Each decoder is asked for the smallest
picture that it can give at no less than twice the need, as `photos/decode.py` asks Pillow, and
Pillow brings it to the square; so the rest is the same.  Times are those of the processor, the
smallest of some rounds; deviations are of the square, in levels of 255, from what the product
does now.  Decoders that are not installed are left out with the reason.

    python benchmarks/decoders.py [PHOTO.jpg …] [--count 8] [--rounds 3] [--turbojpeg LIBRARY]
"""
from __future__ import annotations

import argparse
import io
import time
from pathlib import Path

import numpy as np
from PIL import Image

from orangecontrib.customs.photos.decode import decode, fit

SIZE = 224


def made(count):
    """Photos of 4000 × 3000: shapes, gradients and the noise of a sensor."""
    for number in range(count):
        chosen = np.random.default_rng(number)
        coarse = chosen.integers(0, 255, (30, 40, 3), dtype=np.uint8)
        picture = np.asarray(Image.fromarray(coarse).resize((4000, 3000), Image.Resampling.BICUBIC),
                             np.int16)
        noise = chosen.normal(0, 6, (750, 1000, 3)).astype(np.int16)
        picture = np.clip(picture + np.tile(noise, (4, 4, 1)), 0, 255).astype(np.uint8)
        place = io.BytesIO()
        Image.fromarray(picture).save(place, "JPEG", quality=90)
        yield place.getvalue()


def as_now(content):
    return decode(content, SIZE)


def whole(content):
    with Image.open(io.BytesIO(content)) as image:
        return np.asarray(fit(image.convert("RGB"), SIZE))


def drafted(need):
    def work(content):
        with Image.open(io.BytesIO(content)) as image:
            scale = need * SIZE / max(image.size)
            if scale < 1:
                image.draft("RGB", tuple(max(1, round(side * scale)) for side in image.size))
            return np.asarray(fit(image.convert("RGB"), SIZE))
    return work


def simple():
    import simplejpeg

    def work(content):
        height, width, *_ = simplejpeg.decode_jpeg_header(content)
        scale = min(1., 2 * SIZE / max(width, height))
        return np.asarray(fit(Image.fromarray(simplejpeg.decode_jpeg(
            content, "RGB", fastdct=False, fastupsample=False, min_height=round(height * scale),
            min_width=round(width * scale), min_factor=1)), SIZE))
    return work


def turbo(library):
    from turbojpeg import TJPF_RGB, TurboJPEG
    jpeg = TurboJPEG(library)

    def work(content):
        width, height, *_ = jpeg.decode_header(content)
        factor = next(factor for factor in ((1, 8), (1, 4), (1, 2), (1, 1))
                      if factor == (1, 1)
                      or max(width, height) * factor[0] / factor[1] >= 2 * SIZE)
        return np.asarray(fit(Image.fromarray(jpeg.decode(
            content, pixel_format=TJPF_RGB, scaling_factor=factor)), SIZE))
    return work


def vips():
    import os
    os.environ.setdefault("VIPS_CONCURRENCY", "1")
    import pyvips
    pyvips.cache_set_max(0)

    def work(content):
        image = pyvips.Image.thumbnail_buffer(content, 2 * SIZE, height=2 * SIZE, size="down",
                                              no_rotate=True)
        return np.asarray(fit(Image.fromarray(image.colourspace("srgb").numpy()[:, :, :3]), SIZE))
    return work


def vips_alone():
    import pyvips

    def work(content):
        image = pyvips.Image.thumbnail_buffer(content, SIZE, height=SIZE, no_rotate=True)
        return np.asarray(fit(Image.fromarray(image.colourspace("srgb").numpy()[:, :, :3]), SIZE))
    return work


def ways(library):
    yield "now (Pillow, draft to twice the need)", lambda: as_now
    yield "Pillow, the whole photo", lambda: whole
    yield "Pillow, draft to twice, without the rest", lambda: drafted(2)
    yield "Pillow, draft to the need", lambda: drafted(1)
    yield "simplejpeg, twice the need", simple
    yield "PyTurboJPEG, twice the need", lambda: turbo(library)
    yield "libvips, twice the need", vips
    yield "libvips, to the square at once", vips_alone


def measured(work, photos, rounds):
    """Seconds of the processor for a photo, and the squares."""
    squares = [work(content) for content in photos]
    least = float("inf")
    for _ in range(rounds):
        began = time.process_time()
        for content in photos:
            work(content)
        least = min(least, (time.process_time() - began) / len(photos))
    return least, squares


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("photos", nargs="*", type=Path)
    parser.add_argument("--count", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--turbojpeg", help="the library, where it is not found")
    args = parser.parse_args()
    photos = [path.read_bytes() for path in args.photos] or list(made(args.count))
    with Image.open(io.BytesIO(photos[0])) as first:
        print(f"{len(photos)} photos of {first.size[0]} × {first.size[1]}, "
              f"{np.mean(list(map(len, photos))) / 1e6:.1f} MB on average")
    known = None
    print(f"{'decoder':42} {'ms':>7} {'photos/s':>9} {'mean |Δ|':>9} {'max |Δ|':>8}")
    for name, way in ways(args.turbojpeg):
        try:
            seconds, squares = measured(way(), photos, args.rounds)
        except (ImportError, OSError, RuntimeError) as error:
            print(f"{name:42} left out: {str(error).splitlines()[0][:70]}")
            continue
        known = squares if known is None else known
        apart = np.abs(np.stack(squares).astype(int) - np.stack(known))
        print(f"{name:42} {1000 * seconds:7.1f} {1 / seconds:9.0f} {apart.mean():9.2f} "
              f"{apart.max():8}", flush=True)


if __name__ == "__main__":
    main()
