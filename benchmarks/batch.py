"""A month of declarations: time and memory by their number, processes, and runs that are killed.

Declarations are real ones with variations where they are given (a CSV with a column
`description`), else made ones.  Each run is a process of its own; its time is that of processors,
so that other programs on the computer matter little, but for the processes, which are judged by
the clock: one and two in turn.

    python benchmarks/batch.py [--texts FILE.csv] [--sizes 20000 40000 100000] [--kills 20]
                               [--part N] [--processes GOODS] [--base FOLDER] [--long 1000000]
                               [--photos 20000]

`--base` names the source of an earlier version: both decide the same goods in turn.  `--long` is
one run on two processes, watched from outside (psutil): time of processors by goods that are kept,
and the memory of all its processes together.  `--photos` makes so many small photos, four of a
good, and a twentieth of them, and compares the memory.
"""
from __future__ import annotations

import argparse
import csv
import json
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

TEXTS = ["БОТИНКИ МУЖСКИЕ, ВЕРХ ИЗ НАТУРАЛЬНОЙ КОЖИ, ПОДОШВА ИЗ РЕЗИНЫ, ДЛИНА СТЕЛЬКИ 27 СМ",
         "ТУФЛИ ЖЕНСКИЕ, ВЕРХ ИЗ ТЕКСТИЛЯ, ПОДОШВА ИЗ ПОЛИУРЕТАНА", "РЕЛЕ ПРОМЕЖУТОЧНОЕ, 24 В",
         "ПРЕОБРАЗОВАТЕЛЬ СТАТИЧЕСКИЙ, МОЩНОСТЬ 5 КВТ", "ОДЕЖДА ИЗ ТРИКОТАЖА, ДЛЯ ДЕТЕЙ"]
#: `classify` with so many goods to a task as the first argument says (0: as many as ever).
PROGRAM = """
import resource, sys
if __name__ == "__main__":
    from orangecontrib.customs.batch import spool
    from orangecontrib.customs.headless.cli import main
    spool.BLOCK = int(sys.argv[1]) or spool.BLOCK
    code = main(["classify", *sys.argv[2:]])
    print("peak", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, file=sys.stderr)
    sys.exit(code)
"""


def texts_of(path):
    if path is None:
        return TEXTS
    with open(path, encoding="utf-8", newline="") as file:
        return [row["description"] for row in csv.DictReader(file)]


def make(path, texts, count):
    """Declarations: each text once, then with an article and a size of its own."""
    chosen = random.Random(0)
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["good_id", "description", "quantity"])
        for number in range(count):
            more = f" АРТ. {chosen.randrange(10 ** 6)}, РАЗМЕР {chosen.randrange(36, 46)}" \
                if number >= len(texts) else ""
            writer.writerow([f"G{number}", texts[number % len(texts)] + more,
                             chosen.randrange(1, 100)])
    return path


class Runs:
    def __init__(self, folder):
        self.folder = Path(folder)
        self.program = self.folder / "program.py"
        self.program.write_text(PROGRAM)

    def start(self, source, out, *extra, part=0, **kwargs):
        return subprocess.Popen(
            [sys.executable, str(self.program), str(part), "--declarations", str(source), "--out",
             str(out), *map(str, extra)], stdout=subprocess.DEVNULL, **kwargs)

    def measured_of(self, version, source, out):
        """Seconds of processors that a version needs, whose source is in a folder."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(
            [sys.executable, "-m", "orangecontrib.customs.headless.cli", "classify",
             "--declarations", str(source), "--out", str(out)], check=True, cwd=version,
            env={**os.environ, "PYTHONPATH": str(version)}, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    def measured(self, source, out, *extra):
        """Seconds by the clock, seconds of processors, peak of the memory of the process (MB)."""
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        process = self.start(source, out, *extra, stderr=subprocess.PIPE, text=True)
        said = process.communicate()[1]
        assert process.returncode == 0, said
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return time.monotonic() - began, used, int(said.split("peak ")[-1])


def sizes(runs, texts, counts):
    print(f"{'goods':>8} {'clock s':>8} {'cpu s':>8} {'goods/cpu s':>11} {'peak MB':>8}")
    used = {}
    for count in counts:
        source = make(runs.folder / f"{count}.csv", texts, count)
        clock, used[count], peak = runs.measured(source, runs.folder / "o.csv")
        print(f"{count:8} {clock:8.1f} {used[count]:8.1f} {count / used[count]:11.0f} {peak:8}",
              flush=True)
    first, last = min(used), max(used)
    if first != last:
        print(f"time({last}) / time({first}) = {used[last] / used[first]:.2f}, of "
              f"{last / first:.2f} times as many goods")


def against(runs, texts, count, base):
    """The rate of this version against that of an earlier one, in turn."""
    source = make(runs.folder / "b.csv", texts, count)
    here = Path(__file__).resolve().parents[1]
    for _ in range(2):
        then, now = (runs.measured_of(version, source, runs.folder / f"{name}.csv")
                     for name, version in (("then", base.resolve()), ("now", here)))
        print(f"{count} goods: {then:.1f} s of processors then, {now:.1f} now: {then / now:.2f} "
              "times the rate", flush=True)


def long(runs, texts, count):
    """One run of many goods: what it has used whenever more goods are kept."""
    import psutil

    from orangecontrib.customs.batch.spool import BLOCK
    source, out = make(runs.folder / "l.csv", texts, count), runs.folder / "long.csv"
    process = runs.start(source, out, "--resume", "--engine", "processes", "--workers", 2,
                         stderr=subprocess.DEVNULL)
    used, at, peak, kept = {}, {}, 0, 0
    top, parts = psutil.Process(process.pid), runs.folder / "long.csv.resume"
    while process.poll() is None:
        memory = 0
        with suppress(psutil.Error):
            for one in (top, *top.children(recursive=True)):
                with suppress(psutil.Error):
                    memory += one.memory_info().rss
                    used[one.pid] = sum(one.cpu_times()[:2])
        peak = max(peak, memory)
        done = len(list(parts.glob("*.part"))) if parts.is_dir() else 0
        if done > kept:
            kept = done
            at[done * BLOCK] = sum(used.values())
            if done % 16 == 1:
                print(f"{done * BLOCK:8} goods, {at[done * BLOCK]:7.1f} s of processors, "
                      f"{memory >> 20} MB", flush=True)
        time.sleep(.5)
    for low, high in ((100_000, 400_000), (250_000, 1_000_000)):
        near = [min(at, key=lambda goods, wanted=wanted: abs(goods - wanted))
                for wanted in (low, high)] if at else []
        if near and near[1] > .95 * high:
            print(f"time({near[1]}) / time({near[0]}) = {at[near[1]] / at[near[0]]:.2f}")
    print(f"exit code {process.returncode}, {sum(used.values()):.0f} s of processors, at most "
          f"{peak >> 20} MB in all processes together")


def photos(runs, texts, count):
    """Memory of runs with photos: of a twentieth, and of all of them.

    The first run of all compiles the backbone, which takes more memory than any run.
    """
    import numpy as np
    from PIL import Image
    peaks = {}
    for number in (4, count // 20, count):
        folder, random_ = runs.folder / f"photos{number}", np.random.default_rng(0)
        for photo in range(number):
            place = folder / f"G{photo // 4}"
            place.mkdir(parents=True, exist_ok=True)
            Image.fromarray(random_.integers(0, 256, (6, 8, 3), np.uint8)).resize(
                (320, 240), Image.Resampling.BICUBIC).save(place / f"{photo % 4}.jpg")
        source = make(runs.folder / f"{number}.csv", texts, number // 4)
        _, used, peaks[number] = runs.measured(source, runs.folder / "o.csv", "--photos", folder)
        print(f"{number} photos: {used:.0f} s of processors, peak {peaks[number]} MB", flush=True)
    _, few, many = peaks.values()
    print(f"{many / few:.2f} times the memory")


def processes(runs, texts, count):
    source = make(runs.folder / "p.csv", texts, count)
    for _ in range(2):
        one, _, _ = runs.measured(source, runs.folder / "one.csv")
        two, _, _ = runs.measured(source, runs.folder / "two.csv", "--engine", "processes",
                                  "--workers", 2)
        same = (runs.folder / "one.csv").read_bytes() == (runs.folder / "two.csv").read_bytes()
        print(f"{count} goods: one process {one:.1f} s, two {two:.1f} s: {one / two:.2f} times as "
              f"fast, {'the same bytes' if same else 'NOT the same bytes'}", flush=True)


def kills(runs, texts, count, times, part):
    source, whole = make(runs.folder / "k.csv", texts, count), runs.folder / "whole.csv"
    quiet = {"stderr": subprocess.DEVNULL, "part": part}
    began = time.monotonic()
    assert runs.start(source, whole, **quiet).wait() == 0
    longest = time.monotonic() - began
    out, chosen, ended, finished = runs.folder / "killed.csv", random.Random(1), 0, 0
    summary = runs.folder / "s.json"
    while ended < times:
        process = runs.start(source, out, "--resume", start_new_session=True, **quiet)
        try:
            process.wait(chosen.uniform(0, longest))
            finished += 1
            assert out.read_bytes() == whole.read_bytes()
            out.unlink()
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            ended += 1
            assert not out.exists()
    assert runs.start(source, out, "--resume", "--summary", summary, **quiet).wait() == 0
    same = out.read_bytes() == whole.read_bytes()
    told = json.loads(summary.read_text())
    print(f"{times} times kill -9, {finished} runs in between came to their end; the last one took "
          f"over {told['resumed_tasks']} of {told['tasks']} tasks: "
          f"{'equal byte by byte' if same else 'NOT equal'}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--texts", type=Path)
    parser.add_argument("--sizes", type=int, nargs="*", default=[5000, 20000])
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--part", type=int, default=256, help="goods to a task in killed runs")
    parser.add_argument("--base", type=Path, metavar="FOLDER")
    parser.add_argument("--long", type=int, default=0, metavar="GOODS")
    parser.add_argument("--photos", type=int, default=0)
    parser.add_argument("--processes", type=int, default=20000, metavar="GOODS")
    args = parser.parse_args()
    texts = texts_of(args.texts)
    with tempfile.TemporaryDirectory() as folder:
        runs = Runs(folder)
        if args.sizes:
            sizes(runs, texts, args.sizes)
        if args.processes:
            processes(runs, texts, args.processes)
        if args.photos:
            photos(runs, texts, args.photos)
        if args.base:
            against(runs, texts, 20000, args.base)
        if args.long:
            long(runs, texts, args.long)
        if args.kills:
            kills(runs, texts, 8 * args.part, args.kills, args.part)


if __name__ == "__main__":
    main()
