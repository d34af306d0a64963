"""A shop of a thousand pages on loopback: bounds, pace, memory, and a kill in the middle.

The shop is endless: each page shows a product with a photo and leads to two others, and to a
calendar without an end.  The crawl is killed (SIGKILL) after a third of the pages and resumed.

    python benchmarks/collecting.py [--pages 1000] [--delay 0.01]
"""
from __future__ import annotations

import argparse
import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np
from loopback_shop import Shop
from PIL import Image

from orangecontrib.customs.collecting import Manifest, Recipe


class Endless(Shop):
    """Pages of products that lead to two others each, and a calendar."""

    def answer(self, path: str) -> tuple[str, bytes]:
        if path.startswith("/photo/"):
            number = int(path.removeprefix("/photo/").partition(".")[0] or 0)
            small = np.random.default_rng(number).integers(0, 255, (9, 9, 3), dtype=np.uint8)
            stream = io.BytesIO()
            Image.fromarray(small).resize((300, 300)).save(stream, "JPEG")
            return "image/jpeg", stream.getvalue()
        if path == "/robots.txt":
            return "text/plain", b"User-agent: *\nDisallow: /private\n"
        if path.startswith("/calendar/"):
            number = int(path.rpartition("/")[2])
            return "text/html", f'<a href="/calendar/{number + 1}">x</a>'.encode()
        number = int(path.strip("/p") or 1)
        product = {"@type": "Product", "@context": "https://schema.org", "sku": str(number),
                   "name": f"Ботинки {number}", "description": "верх: кожа; " * 40,
                   "image": f"/photo/{number}.jpg"}
        links = "".join(f'<a href="/{link}">x</a>' for link in (
            f"p{2 * number}", f"p{2 * number + 1}", f"calendar/{number}", f"private/{number}"))
        return "text/html", (f'<script type="application/ld+json">{json.dumps(product)}</script>'
                             f"{links}{'<p>words</p>' * 500}").encode()


def start(folder: Path, recipe: Recipe) -> subprocess.Popen:
    job = folder.with_suffix(".json")
    job.write_text(json.dumps({"folder": str(folder), "language": "en",
                               "recipe": recipe.described()}))
    return subprocess.Popen(
        [sys.executable, "-m", "orangecontrib.customs.collecting.spider", str(job)],
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def resident(pid: int) -> float:
    """Megabytes of a process."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return float("nan")
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--delay", type=float, default=.01)
    args = parser.parse_args()
    shop = Endless()
    recipe = Recipe.of({"start": [shop.url], "name": "shop", "skip": ["/private"],
                        "limits": {"pages": args.pages, "delay": args.delay, "depth": 30,
                                   "photos": 10 ** 6}})
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "collection"
        child, memory = start(folder, recipe), []
        while len(shop.asked) < 2 * args.pages / 3 and child.poll() is None:
            time.sleep(.2)
        child.send_signal(signal.SIGKILL)
        child.wait()
        with Manifest(folder) as manifest:
            before, problems = sum(e.counts for e in manifest), list(manifest.problems)
        print(f"killed after {len(shop.asked)} requests: {before} photos with rows, "
              f"{len(problems)} that do not agree")
        child = start(folder, recipe)
        while child.poll() is None:
            memory.append((len(shop.asked), resident(child.pid)))
            time.sleep(.2)
        with Manifest(folder) as manifest:
            after = sum(e.counts for e in manifest)
    paths = Counter(path for _, path in shop.asked if path != "/robots.txt")
    photos = sum(path.startswith("/photo") for path in paths)
    calendar = sum(path.startswith("/calendar") for path in paths)
    print(f"pages: {len(paths) - photos} of {args.pages}; photos {after}; calendar {calendar} "
          f"(bound {recipe.limits.barren} and what was on its way)")
    print(f"asked for twice: {sum(n - 1 for n in paths.values())} "
          "(what was on its way when it was killed)")
    gaps = np.diff([moment for moment, _ in shop.asked])
    print(f"gap between requests / delay: least {gaps.min() / args.delay:.2f}, "
          f"median {np.median(gaps) / args.delay:.1f}")
    used = np.array([m for _, m in memory if m == m])
    half = used[len(used) // 4:]
    print(f"memory of the crawl, end / a quarter: {half[-1] / half[0]:.2f} "
          f"({half[0]:.0f} -> {half[-1]:.0f} MB)")


if __name__ == "__main__":
    main()
