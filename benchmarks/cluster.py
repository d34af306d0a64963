"""Ray beside the other engines: the same result, its rate, lost processes, overlap of the steps.

Rates are of the time between the first and the last task, without that of starting: by the clock,
and by the time of processors that all processes of the run took, which other programs on the
computer change less.  Declarations are those of a CSV with a column `description`, else made ones;
photos are small made JPEGs, and computed each time.

    python benchmarks/cluster.py [--texts FILE.csv] [--goods 8000] [--photos 2000] [--kills 10]
                                 [--repeat 3]
"""
from __future__ import annotations

import argparse
import os
import random
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import psutil
from batch import make, texts_of
from PIL import Image

from orangecontrib.customs.batch import Declarations, Job, run, run_batch, spool
from orangecontrib.customs.files import Output
from orangecontrib.customs.photos.sources import find_photos

ENGINES = {"processes, 2": ("processes", 2), "Ray, 1": ("ray", 1), "Ray, 2": ("ray", 2)}
PAIRS = (("Ray, 2", "processes, 2"), ("Ray, 2", "Ray, 1"))


def family():
    return psutil.Process().children(recursive=True)


def used(processes):
    """Seconds of processors by process."""
    found = {}
    for process in processes:
        try:
            times = process.cpu_times()
            found[process.pid] = times.user + times.system
        except psutil.Error:
            continue
    return found


class Run:
    """A run, its result, and its rates by the clock and by processors."""

    def __init__(self, folder, name, source, photos, engine, workers, beside=None):
        self.path = folder / f"{name}.parquet"
        job = Job(folder / f"{name}.rows", None, None, model="free" if photos else "",
                  form="parquet")
        self.first = self.last = None

        def progress(done, total):
            now = (time.monotonic(), used([psutil.Process(), *family()]), done)
            self.first, self.last = self.first or now, now
        with Output(self.path) as place:
            self.report = run_batch(job, Declarations(source), place, photos=photos, engine=engine,
                                    workers=workers, progress=progress)

    def rates(self):
        (began, before, some), (ended, after, all_) = self.first, self.last
        cpu = sum(seconds - before.get(pid, 0) for pid, seconds in after.items())
        return (all_ - some) / (ended - began), (all_ - some) / cpu

    def table(self):
        import pyarrow.parquet
        return pyarrow.parquet.read_table(self.path)


def compare(one, other, name):
    """Whether codes are equal, and how far numbers are apart."""
    first, second = one.table(), other.table()
    numbers = [field.name for field in first.schema if str(field.type) == "double"]
    unequal = [column for column in ("good_id", "key", "code", "heading", "problems")
               if first[column] != second[column]]
    apart = max((np.nanmax(np.abs(np.nan_to_num(first[column].to_numpy())
                                  - np.nan_to_num(second[column].to_numpy())), initial=0)
                 for column in numbers if column.startswith("p")), default=0)
    same = one.path.read_bytes() == other.path.read_bytes()
    print(f"{name}: {first.num_rows} rows, " + (
        "the same bytes" if same else
        f"{'NOT equal: ' + ', '.join(unequal) if unequal else 'codes equal'}, probabilities within "
        f"{apart:.1e}"), flush=True)


def _spread(shares):
    """The median of several runs, their minimum and maximum."""
    return f"{np.median(shares):.2f} [{min(shares):.2f}, {max(shares):.2f}]"


class Kills:
    """Ends a process of Ray's steps now and then."""

    def __init__(self, times, between):
        self.done, self._times, self._chosen = 0, times, random.Random(2)
        self._between, self._over = between, threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)

    def _work(self):
        while self.done < self._times and not self._over.wait(
                self._chosen.uniform(0, 2 * self._between)):
            steps = [process for process in family() if _is_step(process)]
            if steps:
                self._chosen.choice(steps).kill()
                self.done += 1

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()


def _is_step(process, names=("AllSteps", "Decode", "Compute", "Decide")):
    try:
        title = " ".join(process.cmdline())
    except psutil.Error:
        return False
    return title.startswith("ray::") and any(name in title for name in names)


class Watch:
    """How busy the processes of each step are, while all of them are there."""

    NAMES = ("Decode", "Compute")

    def __init__(self):
        self._over, self.samples = threading.Event(), []
        self._thread = threading.Thread(target=self._work, daemon=True)

    def _work(self):
        before = None
        while not self._over.wait(1):
            now = {name: used(process for process in family() if _is_step(process, (name,)))
                   for name in self.NAMES}
            if before is not None and all(map(len, now.values())):
                self.samples.append([sum(seconds - before[name].get(pid, seconds)
                                         for pid, seconds in now[name].items())
                                     for name in self.NAMES])
            before = now

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()

    def tell(self):
        # from the first photo computed to the last
        busy = np.array(self.samples)
        busy = busy[np.flatnonzero(busy[:, 1] > .02)[0]:np.flatnonzero(busy[:, 1] > .02)[-1] + 1]
        for name, share in zip(self.NAMES, busy.mean(0)):
            print(f"  {name.lower():8} {share:.2f} of a core")
        print(f"  both at work in {np.mean((busy > .02).all(1)):.0%} of {len(busy)} seconds",
              flush=True)


def photos_of(folder, count):
    for number in range(count):
        place = folder / "photos" / f"G{number // 2}"
        place.mkdir(parents=True, exist_ok=True)
        picture = np.random.default_rng(number).integers(0, 255, (12, 16, 3), dtype=np.uint8)
        Image.fromarray(picture).resize((640, 480), Image.Resampling.BICUBIC).save(
            place / f"{number}.jpg", quality=85)
    return find_photos(folder / "photos")[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--texts", type=Path)
    parser.add_argument("--goods", type=int, default=8000)
    parser.add_argument("--photos", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--repeat", type=int, default=1, help="times that engines are compared")
    parser.add_argument("--part", type=int, default=500, help="goods to a task")
    args = parser.parse_args()
    spool.BLOCK, run.PHOTOS = args.part, 64
    os.environ.update(RAY_USAGE_STATS_ENABLED="0", RAY_BACKEND_LOG_LEVEL="fatal")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["ORANGE_CUSTOMS_CACHE"] = str(folder / "cache")
        texts = texts_of(args.texts)
        if args.goods:
            source = make(folder / "d.csv", texts, args.goods)
            runs = {"local": Run(folder, "local", source, (), "local", 0)}
            shares: dict[tuple[str, str], list] = {pair: [] for pair in PAIRS}
            for _ in range(args.repeat):
                for label, (engine, workers) in ENGINES.items():
                    runs[label] = Run(folder, label, source, (), engine, workers)
                    clock, cpu = runs[label].rates()
                    print(f"{label:14} {clock:8.0f} goods/s  {cpu:8.0f} goods/s of processors",
                          flush=True)
                for one, other in PAIRS:
                    shares[one, other].append(np.divide(runs[one].rates(), runs[other].rates()))
            compare(runs["local"], runs["Ray, 2"], "declarations")
            for (one, other), found in shares.items():
                clock, cpu = np.array(found).T
                print(f"{one} / {other}: {_spread(clock)} by the clock, {_spread(cpu)} by "
                      "processors", flush=True)
            if args.kills:
                between = (runs["Ray, 2"].last[0] - runs["Ray, 2"].first[0]) / args.kills
                with Kills(args.kills, between) as kills:
                    killed = Run(folder, "killed", source, (), "ray", 2)
                compare(runs["local"], killed, f"{kills.done} processes ended at random moments")
        if args.photos:
            photos = photos_of(folder, args.photos)
            source = make(folder / "p.csv", texts, args.photos // 2)
            one = Run(folder, "photos", source, photos, "local", 0)
            compare(one, Run(folder, "photos 2", source, photos, "ray", 2),
                    f"{args.photos} photos")
            import ray
            ray.init(num_cpus=2, num_gpus=1, include_dashboard=False, log_to_driver=False,
                     logging_level="ERROR")
            with Watch() as watch:
                apart = Run(folder, "photos 3", source, photos, "ray", 2)
            ray.shutdown()
            compare(one, apart, "decoding and computing apart")
            watch.tell()


if __name__ == "__main__":
    main()
