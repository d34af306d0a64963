"""A task: some goods of many → their rows of the result.  What a process does again and again."""
from __future__ import annotations

import logging
import pickle
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from orangecontrib.customs import cases
from orangecontrib.customs.cases.api import engines_of
from orangecontrib.customs.cases.calibrating import made_with
from orangecontrib.customs.cases.case import join
from orangecontrib.customs.cases.decisions import Decision
from orangecontrib.customs.cases.files import InputError, goods_of_table
from orangecontrib.customs.cases.goods import Before, OfGroup
from orangecontrib.customs.cases.predictions import learnt_of
from orangecontrib.customs.cases.sources import (
    Source,
    photo_model,
    photo_source,
    read_by,
    read_photos,
    text_source,
)
from orangecontrib.customs.cases.texts import learnt_of as learnt_of_texts
from orangecontrib.customs.cases.texts import text_model_source
from orangecontrib.customs.declarations import FactReader, reader_of
from orangecontrib.customs.defaults import ERROR, TRUST, WEIGHT
from orangecontrib.customs.evaluation.conformal import Calibration
from orangecontrib.customs.facts import Priors
from orangecontrib.customs.files import OutputError, Roles, Row, TextTable
from orangecontrib.customs.fusion.among import Answer, codes_of, vocabulary_of
from orangecontrib.customs.fusion.engine import MODEL, PHOTOS, TEXT
from orangecontrib.customs.fusion.keys import unique_keys
from orangecontrib.customs.groups import GroupError
from orangecontrib.customs.i18n import Joined, Message, say, speaking
from orangecontrib.customs.nomenclature import Tariff

from .naming import numbers_after
from .parts import encoded
from .spool import read_block

if TYPE_CHECKING:    # takes scipy, which most runs do without
    from orangecontrib.customs.textmining.tree import TextTree

__all__ = ["Bad", "Done", "Job", "Task", "Worker", "failed", "second_half"]

#: Of a good that could not be decided, through no fault of its own.
FAILED = "cases.failed"
#: So many descriptions are remembered with what was read of them, some 3 KB each.
REMEMBERED = 4096
#: What is no fault of a single good: the run ends with it.
FATAL = (InputError, OutputError, MemoryError)


@dataclass(frozen=True)
class Job:
    """What holds for all tasks of a run; can be pickled, and is sent to each process once.

    Attributes
    ----------
    spool : Path
        The rows (:class:`.spool.Spool`).
    table : TextTable
        Without its rows.
    roles : Roles
        Which column is which.
    columns : dict of str to str
        The column of each fact.
    groups : tuple of str
        Ids or folders of the groups that decide; none: all that are installed.
    priors : Priors or None
    answers : dict of str to dict
        Of an analyst, by key.
    classes : tuple of str
        Codes that a classifier knows.
    model, device, backend : str
        Of photos; "" for the model where there are none.
    error, trust : float
    decisions : sequence of Decision
        Of authorities.
    on : date or None
        The day that counts for their validity.
    tariff : Tariff or None
        An official edition: what rests on a wording that it changes is not established.
    exchange : dict of str to dict of str to float
        By the currency of values, what one of another currency costs in it.
    texts : TextTree or None
        A text model.
    weight : float
        Of the classifier.
    calibration : Calibration or None
        Known goods on which safe digits rest.
    form : str
        What the result is to be: "csv" or "parquet".
    lang : str
    """

    spool: Path
    table: TextTable
    roles: Roles
    columns: Mapping[str, str] = field(default_factory=dict)
    groups: tuple = ()
    priors: Priors | None = None
    answers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    classes: tuple[str, ...] = ()
    model: str = ""
    device: str | None = None
    backend: str = "auto"
    error: float = ERROR
    trust: float = TRUST
    decisions: Sequence[Decision] = ()
    on: date | None = None
    tariff: Tariff | None = None
    exchange: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    texts: TextTree | None = None
    weight: float = WEIGHT
    calibration: Calibration | None = None
    form: str = "csv"
    lang: str = "ru"
    #: The photo model, where this process has it already; others load it.
    loaded: object = field(default=None, compare=False, repr=False)

    def __getstate__(self):
        return {**vars(self), "loaded": None}


@dataclass(frozen=True)
class Task:
    """Some goods: rows of a block of the spool, or none, and what else is there of them.

    Attributes
    ----------
    number : int
        Its place among the tasks.
    ids : tuple of str
        Of the rows, as declared.
    before : Before
        What their names take from the goods in front.
    block : (int, int) or None
        Where the rows are; None: these are goods without a row.
    start : int
        The first of its rows in that block.
    photos : tuple of Photo
        Of the goods, and of what they may come to be called.
    answered : tuple of (Good, ndarray)
        Rows of a classifier, with its odds.
    taken : frozenset of str
        Keys that goods without a row can't have.
    """

    number: int
    ids: tuple[str, ...] = ()
    before: Before = Before()
    block: tuple[int, int] | None = None
    start: int = 0
    photos: tuple = ()
    answered: tuple = ()
    taken: frozenset[str] = frozenset()

    def rows(self, path: Path) -> Sequence[Row]:
        """Its rows of the spool."""
        if self.block is None:
            return []
        return read_block(path, self.block)[self.start:self.start + len(self.ids)]

    def halves(self) -> tuple[Task, Task]:
        """The same in two; both may be sent anything that is there of the whole."""
        middle = len(self.ids) // 2
        before = replace(self.before, rows=self.before.rows + middle)
        return (replace(self, ids=self.ids[:middle]),
                replace(self, ids=self.ids[middle:], start=self.start + middle, before=before))


@dataclass(frozen=True)
class Bad:
    """A row that was not to be read or decided as it stands."""

    line: int
    good_id: str
    reason: str
    cells: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Done:
    """What came of a task.

    Attributes
    ----------
    number : int
        Of the task.
    parts : list of bytes
        Its rows, ready to be written (:mod:`.parts`).
    counts : Counter
        goods, with_code, explained ...
    problems : Counter
        Goods by the ids of their problems.
    groups : Counter
        Goods by the group that has their code.
    bad : list of Bad
    skipped : list of (str, str, str)
        Photos that could not be used: the good's id, the photo, why.
    met : list of str
        Ids that no row declares, of which photos or answers counted.
    answered : list of str
        Keys of goods for which the analyst has answers.
    numbers : dict of str to (int, int)
        See :func:`.naming.numbers_after`.
    """

    number: int
    parts: list[bytes] = field(default_factory=list)
    counts: Counter = field(default_factory=Counter)
    problems: Counter = field(default_factory=Counter)
    groups: Counter = field(default_factory=Counter)
    bad: list[Bad] = field(default_factory=list)
    skipped: list[tuple[str, str, str]] = field(default_factory=list)
    met: list[str] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)
    numbers: dict[str, tuple[int, int]] = field(default_factory=dict)

    def __iadd__(self, other: Done) -> Done:
        for name in ("parts", "bad", "skipped", "met", "answered"):
            getattr(self, name).extend(getattr(other, name))
        for name in ("counts", "problems", "groups", "numbers"):
            getattr(self, name).update(getattr(other, name))
        return self


class Worker:
    """Decides the goods of tasks; what takes time to load is loaded once, when it is needed.

    The same task gives the same bytes in every process.
    """

    def __init__(self, job: Job):
        self.job = job

    @cached_property
    def engines(self):
        return engines_of(self.job.groups, self.job.priors)

    @cached_property
    def readers(self) -> list[FactReader]:
        try:
            return [reader_of(engine.group) for engine in self.engines if engine.group.reads_text]
        except GroupError as error:  # no fault of any good
            raise InputError(str(error)) from error

    @cached_property
    def read_text(self):
        """What the readers make of a description: of many goods it is the same."""
        return lru_cache(REMEMBERED)(partial(read_by, self.readers))

    @cached_property
    def vocabulary(self):
        return vocabulary_of(engine.group for engine in self.engines)

    @cached_property
    def model(self):
        return self.job.loaded or photo_model(
            self.job.model, [engine.group for engine in self.engines])

    @property
    def made_with(self) -> dict[str, str]:
        """What decides: see :attr:`..cases.Case.made_with`."""
        job, said = self.job, {TEXT: ""}
        if job.model:
            said[PHOTOS] = self.model.digest[:8]
        if job.classes:
            said[MODEL] = learnt_of(job.classes, job.weight)
        elif job.texts is not None:
            said[MODEL] = learnt_of_texts(job.texts)
        return made_with(self.engines, said, job.trust)

    def __call__(self, task: Task) -> Done:
        """What comes of a task; a good that can't be decided does not keep the others from it."""
        with speaking(self.job.lang):
            return self._safely(task)

    def _safely(self, task: Task) -> Done:
        rows = _rows(self.job, task)
        try:
            return self._decided(task, rows)
        except FATAL:
            raise
        except Exception as error:
            return self._by_halves(task, error)

    def _by_halves(self, task: Task, error: Exception) -> Done:
        if len(task.ids) < 2:
            if task.block is None:
                raise error
            logging.getLogger(__name__).error("row %d could not be decided: %s",
                                              task.before.rows + 1, type(error).__name__)
            return failed(self.job, task, f"{type(error).__name__}: {error}")
        first, second = task.halves()
        done = self._safely(first)
        done += self._safely(second_half(first, second, done))
        return done

    def _decided(self, task: Task, rows: Sequence[Row]) -> Done:
        done = Done(task.number)
        declared = goods_of_table(rows, self.job.table, self.job.roles, task.ids, task.before)
        text = text_source(declared, self.readers, None, self.vocabulary, task.before,
                           self.job.columns, self.read_text)
        done.numbers = numbers_after(text.goods, task.before)
        sources = [text]
        wanted = {name for good in text.goods for name in (good.good_id, good.whole)} \
            if rows else None
        photos = [photo for photo in task.photos if wanted is None or photo.good_id in wanted]
        if self.job.model:
            sources.append(self._photos(photos, done))
        if self.job.classes:
            sources.append(self._answers(task, wanted))
        elif self.job.texts is not None:
            sources.append(text_model_source(text.goods, self.job.texts, self.engines))
        if wanted is not None:
            declared_ids = set(task.ids)
            done.met = [id_ for source in sources[1:] for id_ in source.ids
                        if id_ not in declared_ids]
        job = self.job
        case = join(self.engines, sources, job.trust, job.decisions, job.on, task.taken,
                    job.exchange)
        case = case if job.tariff is None else case.under(job.tariff)
        case = case.calibrated(job.calibration)
        verdicts: list = []
        answers = {key: said for key, said in self.job.answers.items() if key in set(case.keys)}
        result = list(cases.rows_of(case, self.job.error, answers, seen=verdicts.append))
        done.answered = list(answers)
        self._count(case, verdicts, result, done)
        for row, good, id_ in zip(rows, declared, task.ids):
            doubts = [say(problem) for problem in good.problems] \
                if row.doubt or good.description is None and good.problems else []
            if doubts:
                done.bad.append(Bad(row.line, id_, "; ".join(doubts), {
                    **row.cells, **({"": " | ".join(row.surplus)} if row.surplus else {})}))
        done.parts = [encoded(result, self.job.form)]
        return done

    def _photos(self, photos: Sequence, done: Done) -> Source:
        from orangecontrib.customs.photos.backbones import BackboneError
        from orangecontrib.customs.photos.model import ModelError
        try:
            read = self.read(photos)
        except (ModelError, BackboneError) as error:
            raise InputError(str(error)) from error
        done.counts["photos"] += len(photos) - len(read.skipped)
        done.counts["skipped_photos"] += len(read.skipped)
        done.skipped = [(good_id, image, say(reason, "en"))
                        for good_id, image, reason in read.skipped]
        return photo_source(read)

    def read(self, photos: Sequence):
        """What photos say of their goods."""
        return read_photos(photos, self.model, device=self.job.device, backend=self.job.backend)

    def _answers(self, task: Task, wanted: set[str] | None) -> Source:
        some = [(good, odds) for good, odds in task.answered
                if wanted is None or good.good_id in wanted]
        codes = len(codes_of(self.engines))
        return Source(MODEL, [good for good, _ in some], answer=Answer(
            np.array([odds for _, odds in some]).reshape(len(some), codes), self.job.classes),
            learnt=learnt_of(self.job.classes, self.job.weight))

    def _count(self, case, verdicts: Sequence, rows: Sequence[Mapping], done: Done) -> None:
        done.counts["goods"] += len(rows)
        done.counts["with_code"] += sum(bool(row["code"]) for row in rows)
        done.counts["excluded"] += sum(row["p_excluded"] is not None for row in rows)
        done.counts["explained"] += sum(bool(row["trace"]) for row in rows)
        done.counts["agrees"] += sum(row["agrees"] == "yes" for row in rows)
        done.counts["differs"] += sum(row["agrees"] == "no" for row in rows)
        done.groups.update(row["group"] for row in rows if row["group"])
        for verdict in verdicts:
            done.problems.update(set(_ids_in(case.problems_of(verdict))))


def _rows(job: Job, task: Task) -> Sequence[Row]:
    """The rows of a task; InputError where the disk gives back something else than it got."""
    try:
        rows = task.rows(job.spool)
    except (OSError, EOFError, zlib.error, pickle.UnpicklingError, ValueError) as error:
        raise InputError(f"{job.spool}: what was put there can't be read again ({error}); is the "
                         "disk all right?") from error
    if len(rows) != len(task.ids):
        raise InputError(f"{job.spool} has been changed meanwhile")
    return rows


def second_half(first: Task, second: Task, done: Done) -> Task:
    """The second half of a task, with the names that the first has given in front of it."""
    before = first.before
    declared = dict(before.declared)
    for id_, key in zip(first.ids, unique_keys(first.ids, declared, before.taken)):
        declared[id_] = int(key[len(id_) + 1:]) if key != id_ else 1
    numbers = {**{id_: (before.times[id_], last) for id_, last in before.last.items()},
               **done.numbers}
    return replace(second, before=replace(
        second.before, declared=declared,
        times={**declared, **{id_: times for id_, (times, _) in numbers.items()}},
        last={id_: last for id_, (_, last) in numbers.items()}))


def failed(job: Job, task: Task, reason: str) -> Done:
    """What comes of a task of one row that can't be decided: a row that says so."""
    with speaking(job.lang):
        done, (row,) = Done(task.number), _rows(job, task)
        key, = unique_keys(task.ids, task.before.times, task.before.taken)
        done.bad = [Bad(row.line, task.ids[0], reason, dict(row.cells))]
        done.counts.update(goods=1, failed=1)
        done.problems[FAILED] += 1
        done.parts = [encoded([{**dict.fromkeys(cases.COLUMNS), "good_id": task.ids[0],
                                "key": key, "problems": say(Message(FAILED))}], job.form)]
    return done


def _is_message(part: object) -> bool:
    return isinstance(part, (Message, Joined))


def _ids_in(problems: Iterable) -> Iterator[str]:
    """The ids of problems; what is made of several has those of all."""
    for problem in problems:
        if isinstance(problem, OfGroup):
            problem = problem.problem
        if isinstance(problem, Joined):
            yield from _ids_in(filter(_is_message, problem.parts))
        else:
            yield getattr(problem, "id", "other")
