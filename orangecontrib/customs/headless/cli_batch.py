"""What `classify` has for long runs: a checkpoint, a summary, signals, progress, processes."""
from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from functools import partial
from pathlib import Path

from orangecontrib.customs import __version__
from orangecontrib.customs.workers import load_beside

__all__ = ["Ended", "Progress", "Signals", "Terminated", "add_arguments", "checkpoint_of",
           "declarations_here", "digest_of_photos", "digests_of", "engine_of", "summary_of",
           "teller", "url_of", "work_folder"]

#: As ``batch.ENGINES``, which is not imported before it is needed.
ENGINES = ("local", "processes", "ray")

#: Seconds between two lines of progress where there is no terminal.
EVERY = 60.


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of long runs."""
    long = parser.add_argument_group("long runs")
    long.add_argument("--resume", action="store_true",
                      help="keep what is done beside the result (OUT.resume) until it is whole, "
                           "and go on from there if an earlier run with the same inputs was ended; "
                           "on Ctrl-C or SIGTERM the goods in hand are finished")
    long.add_argument("--engine", choices=ENGINES, default="local",
                      help="what decides: this process, one for each core, or Ray's on one "
                           "computer or many (default local)")
    long.add_argument("--address", default="", metavar="HOST:PORT",
                      help="where the head of a Ray cluster is, for --engine ray (default: "
                           "RAY_ADDRESS, else this computer alone)")
    long.add_argument("--workers", type=_count, default=0, metavar="N",
                      help="how many processes (default: as many as there are cores)")
    long.add_argument("--summary", type=Path, metavar="S.json",
                      help="counts, rates, and goods by the ids of their problems")
    long.add_argument("--bad-rows", type=Path, metavar="B.csv",
                      help="the rows that can't be read or decided as they stand, and why")


def _count(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 256:
        raise argparse.ArgumentTypeError("must be 0 to 256")
    return number


def url_of(path: Path) -> str:
    """The URL that argparse has made a path of; "" where it is one."""
    found = re.fullmatch(r"([a-z][a-z0-9+.-]+):[/\\](.*)", str(path))
    return f"{found[1]}://{found[2]}" if found and not path.exists() else ""


@contextmanager
def declarations_here(args) -> Iterator[None]:
    """Declarations that are named by a URL are copied to this computer for the time of a run."""
    url = url_of(args.declarations)
    if not url:
        yield
        return
    from orangecontrib.customs.batch.cluster.remote import fetched
    with tempfile.TemporaryDirectory(prefix="orange-customs-") as folder:
        args.declarations = fetched(url, Path(folder))
        yield


def engine_of(args):
    """What does the tasks, as :func:`..batch.run_batch` takes it."""
    from orangecontrib.customs.cases.files import InputError
    if not args.address:
        if args.engine == "processes":
            load_beside()
        return args.engine
    if args.engine != "ray":
        raise InputError("--address is of a Ray cluster: add --engine ray")
    from orangecontrib.customs.batch.cluster import OnRay
    return partial(OnRay, address=args.address)


class Terminated(BaseException):
    """SIGTERM: whatever is open is closed on the way out."""


class Ended(Exception):
    """A run that was stopped gently, with its exit code."""

    def __init__(self, said: str, code: int):
        super().__init__(said)
        self.code = code


class Signals:
    """SIGINT and SIGTERM in a ``with`` block.

    With `gently`, the first one is only noted, and the second ends the block; without, SIGINT is
    Ctrl-C as ever, and SIGTERM raises :class:`Terminated`.

    Attributes
    ----------
    number : int
        Of the signal that came; 0 for none.
    """

    def __init__(self, gently: bool):
        self.number = 0
        self._gently = gently
        self._before: dict[int, object] = {}

    def _came(self, number, _):
        again, self.number = self.number, number
        if self._gently and not again:
            return
        raise KeyboardInterrupt if number == signal.SIGINT else Terminated

    def __enter__(self) -> Signals:
        if threading.current_thread() is threading.main_thread():
            for name in ("SIGINT", "SIGTERM"):
                number = getattr(signal, name)
                if number == signal.SIGTERM or self._gently:
                    self._before[number] = signal.signal(number, self._came)
        return self

    def __exit__(self, *_):
        for number, handler in self._before.items():
            signal.signal(number, handler if handler is not None else signal.SIG_DFL)


class Progress:
    """How far a run is, its rate and the time left: a bar on a terminal, else a line now and then.

    Parameters
    ----------
    what : str
        Plural.
    """

    def __init__(self, what: str):
        from tqdm import tqdm
        self._what = what
        self._bar = tqdm(desc=what, unit=f" {what}", disable=None, file=sys.stderr)
        self._began = self._said = time.monotonic()
        self._first: int | None = None

    def __call__(self, done: int, total: int) -> None:
        if self._first is None:
            self._first = done
        if not self._bar.disable:
            self._bar.total = total
            self._bar.update(done - self._bar.n)
            return
        now = time.monotonic()
        if now - self._said >= EVERY and done < total:
            self._said = now
            rate = (done - self._first) / (now - self._began)
            left = f", {_duration((total - done) / rate)} left" if rate else ""
            print(f"orange-customs: {done} of {total} {self._what}, {rate:.0f}/s{left}",
                  file=sys.stderr, flush=True)

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_):
        self._bar.close()


def _duration(seconds: float) -> str:
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes} min" if hours else f"{max(1, minutes)} min"


@contextmanager
def work_folder(checkpoint) -> Iterator[Path]:
    """A folder for what a run puts on the disk meanwhile: with a checkpoint it lies there."""
    from orangecontrib.customs.files import OutputError
    try:
        place = tempfile.TemporaryDirectory(
            prefix="orange-customs-", dir=None if checkpoint is None else checkpoint.folder,
            ignore_cleanup_errors=True)
    except OSError as error:
        raise OutputError(tempfile.gettempdir(), error) from error
    with place as folder:
        yield Path(folder)


def checkpoint_of(args, made_of: Mapping[str, str], direct: bool):
    """The checkpoint of the arguments in a ``with`` block; None without ``--resume``."""
    from orangecontrib.customs.batch.checkpoint import Checkpoint, Occupied
    from orangecontrib.customs.cases.files import InputError
    if not args.resume:
        return nullcontext()
    if direct:
        raise InputError("--resume needs a file for the result: a device or a pipe can't be gone "
                         "on with")
    target = Path(os.path.realpath(args.out))
    try:
        checkpoint = Checkpoint(target.with_name(f"{target.name}.resume"), made_of)
    except Occupied as error:
        raise InputError(str(error)) from None
    if checkpoint.changed:
        print(f"orange-customs: begun again: since the last run {', '.join(checkpoint.changed)} "
              "changed", file=sys.stderr)
    return checkpoint


def digests_of(args, files: Mapping[str, Path], options: Mapping[str, object]) -> dict[str, str]:
    """What a result depends on, each with a digest: files by content, and the program."""
    found = {name: _digest(path) for name, path in files.items()}
    found["options"] = json.dumps(options, sort_keys=True, default=str)
    package = Path(__file__).parents[1]
    found["program"] = _of_files(path for ending in ("py", "csv")
                                 for path in sorted(package.rglob(f"*.{ending}")))
    for group in args.groups:
        if Path(group).is_dir():
            found[f"group {group}"] = _of_files(sorted(Path(group).glob("*.csv")))
    return found


def _of_files(paths: Iterable[Path]) -> str:
    whole = hashlib.sha256()
    for path in paths:
        whole.update(f"{path.name} {_digest(path)}\n".encode("utf-8", "surrogateescape"))
    return whole.hexdigest()


def _digest(path: Path) -> str:
    from orangecontrib.customs.cases.files import InputError
    try:
        if not path.is_file():
            raise InputError(f"--resume needs files that can be read again: {path} is none")
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}") from error


def digest_of_photos(photos) -> str:
    """A digest of which photos there are, how long they are and since when."""
    whole = hashlib.sha256()
    for photo in photos:
        state: object = ""
        with suppress(OSError, ValueError):
            state = getattr(photo.opener, "state", None) or os.stat(photo.file)
            if isinstance(state, os.stat_result):
                state = state.st_size, state.st_mtime_ns
        line = f"{photo.good_id}\0{photo.image}\0{state}\n"
        whole.update(line.encode("utf-8", "surrogateescape"))
    return whole.hexdigest()


def summary_of(report, args, more: Mapping[str, object]) -> str:
    """What came of a run, as JSON."""
    counts, goods = report.counts, report.counts["goods"]
    found = {
        "rows": report.rows, "goods": goods,
        "with_code": counts["with_code"],
        "share_with_code": round(counts["with_code"] / goods, 4) if goods else None,
        "excluded": counts["excluded"], "agrees": counts["agrees"], "differs": counts["differs"],
        "failed": counts["failed"], "bad_rows": report.bad,
        "photos": counts["photos"], "skipped_photos": counts["skipped_photos"],
        "groups": dict(sorted(report.groups.items())),
        "problems": dict(sorted(report.problems.items(), key=lambda item: (-item[1], item[0]))),
        "seconds": round(report.seconds, 3),
        "goods_per_second": round(goods / report.seconds, 1)
        if report.seconds and not report.resumed else None,
        "tasks": report.tasks, "resumed_tasks": report.resumed, "engine": args.engine,
        "result": str(args.out), **more, "version": __version__}
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"


def teller(prefix: str = "orange-customs: ") -> Callable[[str], None]:
    """Prints lines for people."""
    from orangecontrib.customs.files import shown
    return lambda line: print(shown(f"{prefix}{line}"), file=sys.stderr)
