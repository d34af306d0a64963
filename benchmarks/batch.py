"""A month of declarations: time and memory by their number, processes, and runs that are killed.

Declarations are real ones with variations where they are given (a CSV with a column
`description`), else made ones.  Each run is a process of its own; its time is that of processors,
so that other programs on the computer matter little, but for the processes, which are judged by
the clock: one and two in turn.

    python benchmarks/batch.py [--texts FILE.csv] [--sizes 20000 40000 100000] [--kills 20]
                               [--part N] [--processes]
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
    parser.add_argument("--processes", type=int, default=20000, metavar="GOODS")
    args = parser.parse_args()
    texts = texts_of(args.texts)
    with tempfile.TemporaryDirectory() as folder:
        runs = Runs(folder)
        if args.sizes:
            sizes(runs, texts, args.sizes)
        if args.processes:
            processes(runs, texts, args.processes)
        if args.kills:
            kills(runs, texts, 8 * args.part, args.kills, args.part)


if __name__ == "__main__":
    main()
