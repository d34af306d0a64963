"""A run from its inputs to its result: what is known of all goods first, then task by task."""
from __future__ import annotations

import csv
import stat
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from orangecontrib.customs.cases.calibrating import refused, remarks_on
from orangecontrib.customs.cases.files import InputError, ids_of_rows, read_declarations
from orangecontrib.customs.cases.predictions import Predictions
from orangecontrib.customs.declarations.headings import trusted_cells
from orangecontrib.customs.defaults import WEIGHT
from orangecontrib.customs.files import Output, Row, written_cell
from orangecontrib.customs.fusion.meeting import strangers
from orangecontrib.customs.fusion.statements import chosen_columns
from orangecontrib.customs.i18n import say as in_words

from .checkpoint import Checkpoint
from .executors import ENGINES, Executor
from .naming import Names, Seen
from .parts import Writer
from .spool import Spool, read_block
from .work import Bad, Done, Job, Task, Worker

__all__ = ["Declarations", "PHOTOS", "Report", "Stopped", "run_batch", "state_of"]

#: Photos that a task has at most, if one good alone has not more.
PHOTOS = 512


class Stopped(Exception):
    """Somebody asked the run to stop: what was in hand is finished and kept."""


@dataclass(frozen=True)
class Declarations:
    """How a file of declarations is read; see :func:`..cases.files.read_goods`.

    `state` is what :func:`state_of` told of it before, if anything was done with it since.
    """

    path: Path
    encoding: str = ""
    sheet: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    tell: Callable[[str], None] | None = None
    progress: Callable[[float], None] | None = None
    state: tuple | None = None


def state_of(path: Path) -> tuple | None:
    """What changes when a file does; None where it is not a regular file."""
    try:
        state = Path(path).stat()
    except OSError:
        return None
    return (state.st_size, state.st_mtime_ns, state.st_ino) if stat.S_ISREG(state.st_mode) \
        else None


@dataclass
class Report:
    """What came of a run.

    Attributes
    ----------
    counts, problems, groups : Counter
        As in :class:`.work.Done`, of all tasks.
    rows : int
        Of the file.
    tasks, resumed : int
        How many there were, and how many of them an earlier run had done.
    seconds : float
        Without those of an earlier run.
    """

    counts: Counter = field(default_factory=Counter)
    problems: Counter = field(default_factory=Counter)
    groups: Counter = field(default_factory=Counter)
    rows: int = 0
    tasks: int = 0
    resumed: int = 0
    bad: int = 0
    seconds: float = 0.


def run_batch(job: Job, declarations: Declarations, place: Output, *, photos: Sequence = (),
              predictions: Predictions | None = None, weight: float = WEIGHT,
              engine: str | Callable[[Job, int], Executor] = "local", workers: int = 0,
              checkpoint: Checkpoint | None = None, bad_rows: Output | None = None,
              say: Callable[[str], None] = lambda line: None,
              titles: Mapping[str, str] | None = None,
              progress: Callable[[int, int], None] | None = None,
              stopped: Callable[[], bool] = lambda: False,
              report: Report | None = None, bad: Sequence[Bad] = ()) -> Report:
    """Decide all goods of a file of declarations, and write their rows.

    Parameters
    ----------
    job : Job
        Without table, roles and columns; its spool is a path where there is no file yet.
    declarations : Declarations
    place : Output
    photos : sequence of Photo
    predictions : Predictions, optional
        Of a classifier, with the exponent `weight` of their likelihood.
    engine : str or callable
        One of :data:`.executors.ENGINES`, or what makes an executor as these do.
    workers : int
        How many; 0 for as many as there are cores.
    checkpoint : Checkpoint, optional
        Where what is done is kept, and from where the run goes on.
    bad_rows : Output, optional
        For the rows that could not be read or decided as they stand.
    say : callable
        Gets lines for people; there are no descriptions in them.
    titles : dict of str to str
        What the sources are called in these lines.
    progress : callable, optional
        Called with (done, total), in rows.
    stopped : callable
        Whether to stop: then no new task is begun.
    report : Report, optional
        That is filled in as the run goes on.
    bad : sequence of Bad
        Rows of other files that could not be read.

    Raises
    ------
    InputError, OutputError
    Stopped
        With a checkpoint, the next run goes on from here.
    """
    began = time.monotonic()  # whoever sets the clock does not change it
    goods = _Goods(job, declarations, photos, predictions, weight, say, titles or {})
    report = Report() if report is None else report
    report.rows, report.bad = goods.rows, len(bad)
    run = _Run(goods, place, report, checkpoint, bad_rows, say, progress, stopped, bad)
    executor = (ENGINES[engine] if isinstance(engine, str) else engine)(goods.job, workers)
    try:
        run.all(executor)
    finally:
        executor.close()
        report.seconds = time.monotonic() - began
    return report


class _Goods:
    """All goods, as far as they must be known before the first is decided."""

    def __init__(self, job: Job, declarations: Declarations, photos: Sequence,
                 predictions: Predictions | None, weight: float, say, titles):
        worker = Worker(job)
        self._photos = _by_id(photos, [photo.good_id for photo in photos])
        spool = Spool(job.spool)
        state = declarations.state or state_of(declarations.path)
        try:
            table, roles = read_declarations(
                declarations.path, declarations.encoding, worker.vocabulary,
                sheet=declarations.sheet, columns=declarations.columns,
                photo_ids=set(self._photos) - {""}, tell=declarations.tell,
                progress=declarations.progress, rows=spool)
        finally:
            spool.close()
        if state is not None and state_of(declarations.path) != state:
            raise InputError(f"{declarations.path} was changed while it was read; run this again "
                             "when it is whole")
        self.rows, self.blocks = len(spool), spool.blocks
        self._columns, self._roles, self._path = table.columns, roles, job.spool
        columns, remarks = chosen_columns(
            list(filter(None, table.columns)),
            lambda name: (self._cells(row).get(name, "").strip() for row in spool),
            worker.vocabulary, set(roles.statements))
        source = None
        if predictions is not None:
            source = predictions.source(worker.engines, weight)
            remarks += source.remarks
        self._answers = _by_id(zip(source.goods, source.answer.odds), source.ids) \
            if source is not None else {}
        self.job = replace(job, table=replace(table, rows=[]), roles=roles, columns=columns,
                           classes=source.answer.classes if source is not None else (),
                           weight=weight)
        remarks += self._calibrate()
        self._look()
        for remark in remarks:
            say(remark)
        for meeting in self._strangers(titles):
            say(f"fewer than half of the ids meet: {meeting}")
        self.names = Names(self._seen)

    def _calibrate(self) -> list[str]:
        """What is to be said of the known goods; the job goes on without those of another."""
        known = self.job.calibration
        if known is None:
            return []
        why = refused(known.made_with, Worker(self.job).made_with)
        if why is None:
            return list(map(in_words, remarks_on(known)))
        self.job = replace(self.job, calibration=None)
        return [in_words(why)]

    def _cells(self, row: Row) -> Mapping[str, str]:
        return trusted_cells(row, self._columns, self._roles)

    def _ids(self, rows: Iterable[Row], first: int = 1) -> list[str]:
        column = self._roles["good_id"]
        return ids_of_rows(({column: self._cells(row).get(column, "").strip()} for row in rows),
                           column, first, self._seen.named)

    def _blocks(self) -> Iterator[tuple[int, tuple[int, int], list[str]]]:
        """The number of the first row of each block, where it is, and its ids."""
        first = 1
        for block in self.blocks:
            ids = self._ids(read_block(self._path, block), first)
            yield first, block, ids
            first += len(ids)

    def _look(self) -> None:
        self._seen = Seen()
        column = self._roles["good_id"]
        self._seen.named = column is not None and any(
            self._cells(row).get(column, "").strip()
            for block in self.blocks for row in read_block(self._path, block))
        self.declared: set[str] = set()
        for _, _, ids in self._blocks():
            self._seen.look(ids)
            self.declared.update(id_ for id_ in ids if id_ in self._photos or id_ in self._answers)
        self._seen.close()

    def _strangers(self, titles: Mapping[str, str]):
        others = {"photos": [id_ for id_ in self._photos if id_], "model": list(self._answers)}
        others = {name: ids for name, ids in others.items() if ids}
        for name, ids in others.items():
            found = self._seen.meeting(
                (titles.get("text", "text"), titles.get(name, name)),
                (id_ for _, _, some in self._blocks() for id_ in some), ids)
            if found is not None:
                yield found
        yield from strangers({titles.get(name, name): ids for name, ids in others.items()})

    def tasks(self) -> Iterator[Task]:
        """The goods of the file."""
        number = 0
        for first, block, ids in self._blocks():
            start = 0
            while start < len(ids):
                some = self._fitting(ids[start:])
                yield Task(number, tuple(some), self.names.part(some, first - 1 + start), block,
                           start, *self._beside(some))
                start += len(some)
                number += 1

    def _fitting(self, ids: Sequence[str]) -> Sequence[str]:
        """The first of these goods, with no more photos than a task may have."""
        if not self._photos:
            return ids
        count = 0
        for place, id_ in enumerate(ids):
            count += sum(len(self._photos[name]) for name in self._called(id_, self._photos))
            if count > PHOTOS and place:
                return ids[:place]
        return ids

    @staticmethod
    def _called(id_: str, others: Mapping[str, object]) -> list[str]:
        """The ids of another source that may be that of a good, or of one told apart in it."""
        found = [id_] if id_ in others else []
        number = 1
        for name in getattr(others, "parts", {}).get(id_, ()):
            found.append(name)
            number += 1
        return found

    def _beside(self, ids: Sequence[str]) -> tuple[tuple, tuple]:
        """What photos and answers there are of goods."""
        different = dict.fromkeys(ids)
        photos = dict.fromkeys(name for id_ in different
                               for name in self._called(id_, self._photos))
        # the second good of an id has a source's second row of it
        answered = [self._answers[id_].popleft() for id_ in ids if self._answers.get(id_)]
        answered += [row for id_ in different for name in self._called(id_, self._answers)
                     if name not in self.declared for row in self._answers[name]]
        return (tuple(photo for name in photos for photo in self._photos[name]), tuple(answered))

    def rest(self, number: int, met: set[str]) -> Iterator[Task]:
        """Goods of which the file knows nothing, the tasks of the file being done."""
        left = {id_: list(some) for id_, some in self._photos.items()
                if id_ not in self.declared and id_ not in met}
        answers = {id_: list(rows) for id_, rows in self._answers.items()
                   if rows and id_ not in met}
        some, count = [], 0
        for id_ in [*left, *(id_ for id_ in answers if id_ not in left)]:
            size = len(left.get(id_, ())) + len(answers.get(id_, ()))
            if some and (count + size > PHOTOS):
                yield self._rest(number, some, left, answers)
                number, some, count = number + 1, [], 0
            some.append(id_)
            count += size
        if some:
            yield self._rest(number, some, left, answers)

    def _rest(self, number: int, ids: Sequence[str], photos, answers) -> Task:
        return Task(number, photos=tuple(photo for id_ in ids for photo in photos.get(id_, ())),
                    answered=tuple(row for id_ in ids for row in answers.get(id_, ())),
                    taken=frozenset(id_ for id_ in ids if self.names.given(id_)))


class _Index(dict):
    """Rows of a source by id; `parts`: ids that begin as another one, by that one."""

    parts: dict[str, list[str]]


def _by_id(rows: Iterable, ids: Iterable[str]) -> _Index:
    found = _Index()
    for id_, row in zip(ids, rows):
        found.setdefault(id_, deque()).append(row)
    found.parts = {}
    for id_ in found:
        whole, mark, number = id_.rpartition("#")
        if mark and number.isdigit():
            found.parts.setdefault(whole, []).append(id_)
    return found


class _Run:
    """The tasks of a run, one after the other into its result."""

    def __init__(self, goods: _Goods, place: Output, report: Report,
                 checkpoint: Checkpoint | None, bad_rows: Output | None, say, progress, stopped,
                 bad: Sequence[Bad]):
        self._goods, self._place, self._report = goods, place, report
        self._checkpoint, self._say = checkpoint, say
        self._progress, self._stopped = progress, stopped
        self._form = goods.job.form
        # with a checkpoint the result is written when all is there
        self._writer = None if checkpoint is not None else Writer(place, self._form)
        self._bad = _BadRows(bad_rows, goods.job.table.columns) if bad_rows is not None else None
        if self._bad is not None:
            self._bad.add(bad)
        self._met: set[str] = set()
        self._left = set(goods.job.answers)
        self._sent: deque[Task] = deque()
        self._done = 0

    def all(self, executor) -> None:
        self._part(executor, self._goods.tasks())
        self._part(executor, self._goods.rest(self._report.tasks, self._met))
        for key in self._goods.job.answers:
            if key in self._left:
                self._say(f"an answer is for '{key}', and there is no such good; the second of an "
                          "id A is A#2")
        if self._checkpoint is not None:
            self._writer = Writer(self._place, self._form)
            for number in range(self._report.tasks):
                done = self._checkpoint.kept(number)
                if done is None:
                    raise InputError(f"{self._checkpoint.folder}: what was done is damaged; "
                                     "start again with --resume")
                self._writer.add(done.parts)
        self._writer.close()

    def _part(self, executor, tasks: Iterator[Task]) -> None:
        ahead = None
        if self._checkpoint is not None:
            for task in tasks:
                done = self._checkpoint.kept(task.number)
                if done is None or self._goods.names.settle(task.before, task.ids) is not None:
                    ahead = task
                    break
                self._sent.append(task)
                self._report.resumed += 1
                self._commit(self._sent.popleft(), done, kept=True)
        for done in executor.run(self._sending(ahead, tasks)):
            task = self._sent.popleft()
            truth = self._goods.names.settle(task.before, task.ids)
            if truth is not None:
                done = executor.again(replace(task, before=truth))
            self._commit(task, done)
        if self._stopped() and (next(tasks, None) is not None or self._waiting):
            raise Stopped

    _waiting = False

    def _sending(self, first: Task | None, tasks: Iterator[Task]) -> Iterator[Task]:
        """Tasks as they are taken; none any more when the run is to stop."""
        self._waiting = first is not None
        while not self._stopped():
            task = first if first is not None else next(tasks, None)
            first, self._waiting = None, False
            if task is None:
                return
            self._sent.append(task)
            yield task

    def _commit(self, task: Task, done: Done, kept: bool = False) -> None:
        if self._checkpoint is None:
            self._writer.add(done.parts)
        elif not kept:
            self._checkpoint.keep(done)
        report = self._report
        report.tasks += 1
        for name in ("counts", "problems", "groups"):
            getattr(report, name).update(getattr(done, name))
        report.bad += len(done.bad)
        if self._bad is not None:
            self._bad.add(done.bad)
        for good_id, image, reason in done.skipped:
            owner = f" (good {good_id})" if good_id else ""
            self._say(f"skipped {image}{owner}: {reason}")
        self._met.update(done.met)
        self._left.difference_update(done.answered)
        self._goods.names.tell(done.numbers)
        self._done += len(task.ids)
        if self._progress is not None:
            self._progress(self._done, self._goods.rows)


class _BadRows:
    """The rows that are to be mended: where each stands, why, and what it holds."""

    def __init__(self, place: Output, columns: Sequence[str]):
        self._columns = [name for name in columns if name]
        self._writer = csv.writer(place)
        self._writer.writerow(["line", "reason", "id", *self._columns, "surplus"])

    def add(self, rows: Iterable[Bad]) -> None:
        for bad in rows:
            self._writer.writerow([bad.line, *map(written_cell, (bad.reason, bad.good_id, *(
                bad.cells.get(name, "") for name in (*self._columns, ""))))])
