"""How fast do photo files become features?

    python benchmarks/photos.py [PHOTOS] [--device cpu] [--rounds 5] [--photos 256]
                                [--squeezenet PYTHON] [--many 20000]

Every claim is a ratio of two times of the same run.  The two are measured in turn, round
after round, and the line gives the median of the rounds' ratios with the lowest and the
highest.  Loading of models is left out on both sides.  PHOTOS is a zip or folder of JPEG
files; PYTHON is one that has Orange3-ImageAnalytics.
"""
from __future__ import annotations

import argparse
import hashlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image

from orangecontrib.customs.photos import Extractor, FeatureCache, Photo, backbones, find_photos
from orangecontrib.customs.photos.decode import decode
from orangecontrib.customs.photos.engines import cores

CHECKOUT = Path(__file__).resolve().parents[1]
DATA = CHECKOUT.parent / "shared" / "data" / "footwear" / "fpi_224.zip"
SAMPLE = CHECKOUT / "workflows" / "sample"
BATCH = 32

#: Run by a Python that has Orange3-ImageAnalytics: seconds for the photos of a folder, the
#: model loaded and warm; as many photos each round as it is told.
SQUEEZENET = """
import sys, time
from pathlib import Path
from Orange.data import Domain, StringVariable, Table
from Orange.misc.utils.embedder_utils import EmbedderCache
from orangecontrib.imageanalytics.image_embedder import ImageEmbedder
EmbedderCache.get_cached_result_or_none = lambda *_: None  # every photo is computed
variable = StringVariable("image")
variable.attributes.update(type="image", origin=sys.argv[1])
domain = Domain([], metas=[variable])
names = sorted(path.name for path in Path(sys.argv[1]).iterdir())
def embed(names):
    table = Table.from_list(domain, [[name] for name in names])
    with ImageEmbedder(model="squeezenet") as embedder:
        found = embedder(table, col=variable)[0]
    assert len(found) == len(names)
embed(names[:1])
print("ready", flush=True)
for line in sys.stdin:
    start = time.perf_counter()
    embed(names[:int(line)])
    print(time.perf_counter() - start, flush=True)
"""

#: Peak memory of a process that looks at so many photos.
MEMORY = """
import sys
from orangecontrib.customs.photos import Extractor, find_photos
photos = find_photos(sys.argv[1])[0]
n = int(sys.argv[2])
photos = (photos * (n // len(photos) + 1))[:n]
results = Extractor(device=sys.argv[3] or None, cache=False).run(photos)
assert len(results.photos) == n
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
print(int(status["VmHWM"].split()[0]) / 1024)  # of this process alone, unlike getrusage's
"""


def timed(work, clock=time.perf_counter) -> float:
    start = clock()
    work()
    return clock() - start


def compare(rounds: int, *works, clock=time.perf_counter) -> np.ndarray:
    """Seconds of each piece of work in each round, (rounds, works); the order alternates."""
    for work in works:
        work()
    seconds = np.zeros((rounds, len(works)))
    for number in range(rounds):
        order = range(len(works)) if number % 2 == 0 else reversed(range(len(works)))
        for i in order:
            seconds[number, i] = timed(works[i], clock)
    return seconds


def show(claim: str, ratios, target: str, rates: str = "") -> None:
    """One line: median, lowest and highest ratio, the target, photos per second."""
    middle = statistics.median(ratios)
    sign, limit = target.split()
    met = middle >= float(limit) if sign == ">=" else middle <= float(limit)
    print(f"{claim:58}{middle:7.2f} [{min(ratios):6.2f} –{max(ratios):7.2f}]  {target:>8} "
          f"{'yes' if met else 'NO':>4}   {rates}", flush=True)


def rate(n: int, seconds) -> str:
    return f"{n / statistics.median(seconds):.0f}/s"


def twelve_megapixels(photos: list[Photo], folder: Path, n: int) -> list[Photo]:
    """Made photos of 4000 x 3000 pixels with the grain of a camera."""
    rng, made = np.random.default_rng(0), []
    grain = rng.normal(0, 4, (3000, 4000, 1)).astype(np.int8)
    for i, photo in enumerate(photos[:n]):
        with Image.open(photo.opener) as image:
            large = np.asarray(image.convert("RGB").resize((4000, 3000)), np.int16)
        path = folder / f"{i}.jpg"
        Image.fromarray(np.clip(large + grain, 0, 255).astype(np.uint8)).save(path, quality=90)
        made.append(Photo(path.name, "", path))
    return made


def eager(images: np.ndarray, device: str):
    """The backbone as torch runs it by itself: one photo after the other's layout, no export."""
    import torch
    backbone = backbones.get(backbones.DEFAULT)
    module = backbone.build()
    backbones.fill(module, backbones.find_weights(backbone), backbone)
    module = module.eval().to(device)

    def run():
        with torch.inference_mode():
            for first in range(0, len(images), BATCH):
                batch = torch.from_numpy(images[first:first + BATCH]).to(device)
                batch = (batch.permute(0, 3, 1, 2).contiguous().float() - 127) / 128
                module(batch).cpu()
    return run


def in_batches(work, images: np.ndarray, batch: int):
    def run():
        return [work(images[first:first + batch]) for first in range(0, len(images), batch)]
    return run


def squeezenet(python: str, folder: Path, extractor: Extractor, photos: list[Photo],
               rounds: int) -> None:
    n = min(32, len(photos))
    with subprocess.Popen([python, "-c", SQUEEZENET, str(folder)], text=True,
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        if process.stdout.readline().strip() != "ready":
            print("skipped: squeezenet: Orange3-ImageAnalytics does not start")
            return
        ours, theirs = [], []
        for _ in range(rounds):
            ours.append(timed(lambda: extractor.run(photos)) / len(photos))
            print(n, file=process.stdin, flush=True)
            theirs.append(float(process.stdout.readline()) / n)
        process.stdin.close()
    show("Orange3-ImageAnalytics' local SqueezeNet / ours, per photo",
         [b / a for a, b in zip(ours, theirs)], ">= 8", f"{rate(1, theirs)}, {rate(1, ours)}")


def memory(folder: Path, device: str, many: int) -> None:
    if not Path("/proc/self/status").exists():
        print("skipped: memory: read from /proc, which this system does not have")
        return
    peaks = {}
    for n in (many // 20, many):
        done = subprocess.run([sys.executable, "-c", MEMORY, str(folder), str(n), device],
                              check=True, capture_output=True, text=True)
        peaks[n] = float(done.stdout)
    (few, small), (lot, large) = peaks.items()
    show(f"peak memory of {lot} photos / {few} photos", [large / small], "<= 1.1",
         f"{large:.0f} MB, {small:.0f} MB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("source", type=Path, nargs="?", default=DATA, metavar="PHOTOS")
    parser.add_argument("--device", default="", help="such as cpu or cuda; default: the best")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--photos", type=int, default=256)
    parser.add_argument("--squeezenet", default=sys.executable, metavar="PYTHON")
    parser.add_argument("--many", type=int, default=20_000,
                        help="photos of the memory test, against a twentieth of them")
    args = parser.parse_args()
    if not args.source.exists():
        print(f"{args.source} is not there: the few pictures of the sample are used")
        args.source = SAMPLE
    found, _ = find_photos(args.source)
    found = [p for p in found if p.image.lower().endswith((".jpg", ".jpeg"))][:args.photos]
    if not found:
        print(f"skipped: no JPEG files in {args.source}")
        return
    with tempfile.TemporaryDirectory() as scratch:
        measure(args, found, Path(scratch))


def measure(args, found: list[Photo], scratch: Path) -> None:
    folder = scratch / "photos"
    folder.mkdir()
    photos = []
    for number in range(args.photos):  # files of their own, whatever they came in
        path = folder / f"{number:05}.jpg"
        path.write_bytes(found[number % len(found)].read())
        photos.append(Photo(path.name, "", path))
    extractor = Extractor(device=args.device or None, cache=False)
    backbone, n = extractor.backbone, len(photos)
    batch = backbone.batch
    images = np.stack([decode(photo.read(), 224) for photo in photos])
    print(f"{n} JPEG files ({len({hashlib.sha256(p.read()).digest() for p in photos})} "
          f"different), {backbone.spec.name} on {backbone.backend}, {backbone.device_name}, "
          f"{cores()} "
          f"cores, load {os.getloadavg()[0]:.1f}, batches of {batch}, {args.rounds} rounds\n"
          f"{'':58}median [lowest – highest]    target  met", flush=True)

    bare, few = in_batches(backbone, images, batch), images[:max(64, n // 4)]
    times = compare(args.rounds, lambda: extractor.run(photos), bare)
    show("end to end / bare backbone, throughput", times[:, 1] / times[:, 0], ">= 0.9",
         f"{rate(n, times[:, 0])}, {rate(n, times[:, 1])}")
    if backbone.device == "cpu":  # what other programs on the machine can't disturb
        times = compare(args.rounds, lambda: extractor.run(photos), bare,
                        clock=time.process_time)
        show("  the same in processor time of all threads", times[:, 1] / times[:, 0], ">= 0.9")
    times = compare(args.rounds, lambda: extractor.run(photos), eager(few, backbone.device))
    show("end to end / torch eager without decoding, throughput",
         times[:, 1] / len(few) / (times[:, 0] / n), ">= 3",
         f"{rate(n, times[:, 0])}, {rate(len(few), times[:, 1])}")

    other = backbones.load(device=backbone.device, backend="torch")
    times = compare(args.rounds, in_batches(backbone, few, batch), in_batches(other, few, batch))
    show("bare backbone, this backend / torch channels-last", times[:, 1] / times[:, 0], ">= 0.9",
         f"{rate(len(few), times[:, 0])}, {rate(len(few), times[:, 1])}")

    x = np.concatenate(bare())
    heads = in_batches(extractor.model, x, batch)
    times = compare(args.rounds, bare, heads)
    show("backbone with all heads / backbone alone, time", 1 + times[:, 1] / times[:, 0], "<= 1.03")
    threads = ThreadPoolExecutor(max(2, cores()))

    def decoded(photos):
        return np.stack(list(threads.map(lambda photo: decode(photo.read(), 224), photos)))

    def separate():
        work = in_batches(backbone, decoded(some), batch)
        for _ in range(13):
            work()

    some = photos[:len(few)]
    times = compare(max(args.rounds // 2, 2), lambda: extractor.run(some), separate)
    show("13 separate networks, photos decoded once / ours, time", times[:, 1] / times[:, 0],
         ">= 12")

    seconds = []
    for number in range(args.rounds):
        cached = Extractor(backbone=backbone, cache=FeatureCache(scratch / f"features{number}"))
        seconds.append([timed(lambda: cached.run(photos)) for _ in range(2)])  # noqa: B023
    times = np.array(seconds)
    show("first run / second run over unchanged photos, time", times[:, 0] / times[:, 1], ">= 30",
         f"{rate(n, times[:, 0])}, {rate(n, times[:, 1])}")

    large_folder = scratch / "large"
    large_folder.mkdir()
    large = twelve_megapixels(photos, large_folder, min(48, n))
    times = compare(args.rounds, lambda: extractor.run(large), lambda: decoded(large),
                    in_batches(backbone, images[:len(large)], batch))
    size = statistics.mean(p.opener.stat().st_size for p in large) / 1e6
    rates = ", ".join(rate(len(large), column) for column in times.T)
    show(f"12 megapixels ({size:.1f} MB): / smaller of decoding and backbone",
         times[:, 1:].max(axis=1) / times[:, 0], ">= 0.9", rates)
    if backbone.device == "cpu":
        show("  / both, one after the other on the same cores", times[:, 1:].sum(axis=1)
             / times[:, 0], ">= 0.9")

    has = subprocess.run([args.squeezenet, "-c", "import orangecontrib.imageanalytics"],
                         capture_output=True, check=False).returncode == 0
    if has:
        squeezenet(args.squeezenet, folder, extractor, photos, args.rounds)
    else:
        print("skipped: squeezenet: Orange3-ImageAnalytics is not installed "
              "(--squeezenet PYTHON names one that has it)")
    memory(folder, args.device, args.many)


if __name__ == "__main__":
    main()
