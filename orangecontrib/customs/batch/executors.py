"""Who does the tasks: this process, several of this computer, or one that another package brings.

An executor is made of a job and does tasks, each by a :class:`.work.Worker` of that job.  What it
is promised: jobs, tasks and what comes of them can be pickled; a task may be done anywhere where
the spool can be read, and twice, since it gives the same bytes each time.
"""
from __future__ import annotations

import gc
import logging
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Protocol

from orangecontrib.customs.workers import context

from .work import Done, Job, Task, Worker, failed, second_half

__all__ = ["ENGINES", "Executor", "Local", "Processes", "cores"]

_log = logging.getLogger(__name__)


class Executor(Protocol):
    """Does tasks; made as ``Executor(job, workers)``, with 0 for as many workers as fit."""

    def run(self, tasks: Iterable[Task]) -> Iterator[Done]:
        """What comes of tasks, in their order.

        Tasks are taken only a few ahead of what is handed out: whoever wants to stop takes no
        more of them, and what has been taken is finished.
        """

    def again(self, task: Task) -> Done:
        """What comes of one task, now, between two steps of :meth:`run`."""

    def close(self) -> None:
        """Let go of all, at once."""


#: Goods are many objects and few circles: to look for these as often as ever takes a tenth of the
#: time.
_RARELY = 20_000, 20, 100


def cores() -> int:
    """Processor cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Local:
    """One task after the other, in this process."""

    def __init__(self, job: Job, workers: int = 0):
        self.again = Worker(job)
        self._threshold = gc.get_threshold()
        gc.set_threshold(*_RARELY)

    def run(self, tasks: Iterable[Task]) -> Iterator[Done]:
        return map(self.again, tasks)

    def close(self) -> None:
        gc.set_threshold(*self._threshold)


class Processes:
    """A process for each core.

    One that is killed, as when memory runs out, is replaced, and its tasks are done again, each
    alone; of one that kills its process again and again, the row that does is told apart.
    """

    def __init__(self, job: Job, workers: int = 0):
        self._job, self._workers = job, workers or cores()
        self._pool: ProcessPoolExecutor | None = None

    def _submit(self, task: Task) -> Future:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(self._workers, context(), _begin, (self._job,))
        return self._pool.submit(_do, task)

    def run(self, tasks: Iterable[Task]) -> Iterator[Done]:
        tasks, ahead = iter(tasks), deque[tuple[Task, Future | None]]()
        broken = False
        while True:
            while not broken and len(ahead) < 2 * self._workers:
                task = next(tasks, None)
                if task is None:
                    break
                try:
                    ahead.append((task, self._submit(task)))
                except BrokenProcessPool:
                    ahead.append((task, None))
                    broken = True
            if not ahead:
                return
            task, future = ahead.popleft()
            try:
                if future is None or broken and not (future.done() and not future.exception()):
                    raise BrokenProcessPool
                yield future.result()
            except BrokenProcessPool:
                broken = True
                yield self.again(task)
            if not ahead:
                broken = False

    def again(self, task: Task) -> Done:
        try:
            return self._submit(task).result()
        except BrokenProcessPool:
            pass
        self.close()
        _log.warning("a process was ended from outside; its goods are decided again")
        try:
            return self._submit(task).result()
        except BrokenProcessPool:
            self.close()
        if len(task.ids) < 2:
            return failed(self._job, task, "the process that decided it was ended each time")
        first, second = task.halves()
        done = self.again(first)
        done += self.again(second_half(first, second, done))
        return done

    def close(self) -> None:
        pool, self._pool = self._pool, None
        if pool is not None:
            processes = list((pool._processes or {}).values())
            pool.shutdown(wait=False, cancel_futures=True)
            for process in processes:
                process.kill()
            for process in processes:
                process.join(10)


_worker: Worker | None = None


def _begin(job: Job) -> None:
    """What a new process does first."""
    global _worker
    gc.set_threshold(*_RARELY)
    for name in ("SIGINT", "SIGTERM"):  # the chunk in hand is finished; the parent says when
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    threading.Thread(target=_end_with_the_run, daemon=True).start()
    _worker = Worker(job)


def _end_with_the_run() -> None:
    """End this process when the one that made it is no more."""
    run = multiprocessing.parent_process()
    if run is not None:
        run.join()
        os._exit(2)


def _do(task: Task) -> Done:
    return _worker(task)


#: The executors by name.
ENGINES: dict[str, Callable[[Job, int], Executor]] = {"local": Local, "processes": Processes}
