"""The executor on Ray, in the process that has the run: what is under way, and what is lost.

A dataset of Ray Data streams tasks through processes that stay for the run.  Its source waits
at a *desk* for tasks, and the run puts there only some more than are being done: so memory is
bounded here, while what is on the way between the steps is bounded by Ray's object store and its
backpressure.  Ray replaces processes and computers that are lost, and what these had in hand is
done again; of a task that ends its process again and again, the row that does is told apart, as
:class:`..executors.Processes` does.  Whatever Ray can't mend ends the dataset: tasks that were
under way are then done each alone, and a new dataset goes on.
"""
from __future__ import annotations

import logging
import os
import pickle
import signal
import socket
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from queue import Empty, SimpleQueue

from orangecontrib.customs.cases.files import InputError

from ..executors import cores
from ..work import Done, Job, Task, failed, second_half
from .steps import STEPS, Steps, carried, sent

__all__ = ["ClusterError", "OnRay"]

_log = logging.getLogger(__name__)

#: Times that a step of a task is begun: Ray itself would try without end what ends its process.
TRIES = 3

#: Seconds that a head may be away: a minute later Ray ends this process without a word.
AWAY = 20.

#: Part of a GPU for the process that computes, so that a task alone finds the rest.
_SHARE = .9


class ClusterError(InputError):
    """There is no Ray, or no cluster where one is looked for."""


class OnRay:
    """Tasks on Ray: on a cluster, or on this computer.

    Parameters
    ----------
    job : Job
    workers : int
        Processes that decide; 0 for one for each CPU of the cluster.
    address : str, optional
        Of the cluster's head (``host:6379``, ``auto``); by default that in the variable
        ``RAY_ADDRESS``, else this computer alone.  Where the program is connected already,
        that cluster is taken.

    Raises
    ------
    ClusterError
    """

    def __init__(self, job: Job, workers: int = 0, address: str = ""):
        self._ray = _imported()
        self._ours = not self._ray.is_initialized()
        if self._ours:
            _connect(self._ray, workers, address)
        there = self._ray.cluster_resources()
        self._workers = workers or max(1, int(there.get("CPU", 1)))
        self._gpus = int(there.get("GPU", 0)) if job.model else 0
        self._job, self._content = job, pickle.dumps(sent(job))
        self._put = self._ray.put(self._content)
        self._here = _node_strategy(self._ray)
        self._head = _Head(self._ray.get_runtime_context().gcs_address)

    def run(self, tasks: Iterable[Task]) -> Iterator[Done]:
        tasks, ahead = iter(tasks), deque[Task]()
        for task in tasks:
            ahead.append(task)
            try:
                yield from self._streamed(tasks, ahead)
                continue
            except self._ray.exceptions.RayError as error:
                _told(error)
                _log.warning("Ray has lost what it could not get back (%s); goods that were under "
                             "way are decided again", type(error).__name__)
            alone = deque((task, self._alone(task)) for task in ahead)
            ahead.clear()
            while alone:
                yield self._done(*alone.popleft())

    def _streamed(self, tasks: Iterator[Task], ahead: deque[Task]) -> Iterator[Done]:
        """What comes of tasks, in order; `ahead` holds those that are under way."""
        desk = self._ray.remote(_Desk).options(
            num_cpus=0, max_concurrency=8, scheduling_strategy=self._here).remote()
        given, done = 0, 0
        found: dict[int, bytes] = {}

        def give(task: Task) -> None:
            nonlocal given
            desk.put.remote(given, pickle.dumps(carried(task, self._job.spool)))
            given += 1

        stream: SimpleQueue = SimpleQueue()
        try:
            give(ahead[0])
            more = True
            threading.Thread(target=_pump, args=(self._dataset(desk), stream), daemon=True,
                             name="ray data").start()
            while ahead:
                while more and len(ahead) < 2 * self._workers:
                    task = next(tasks, None)
                    more = task is not None
                    if task is not None:
                        ahead.append(task)
                        give(task)
                    else:
                        desk.end.remote()
                while done not in found:
                    batch = self._next(stream)
                    if batch is None:
                        raise self._ray.exceptions.RaySystemError("a dataset ended too early")
                    found.update((row["number"], row["content"]) for row in batch.to_pylist())
                result = pickle.loads(found.pop(done))
                task = ahead.popleft()
                desk.forget.remote(done)
                done += 1
                yield self._again(task, result) if isinstance(result, MemoryError) \
                    else _raised(result)
            self._next(stream)  # its processes end
        finally:
            if not self._head.gone:  # without its desk the dataset ends
                with suppress(self._ray.exceptions.RayError):
                    self._ray.kill(desk)

    def _next(self, stream: SimpleQueue):
        """The next batch of a dataset; None after the last."""
        while True:
            try:
                found = stream.get(timeout=1)
            except Empty:
                self._head.check()
                continue
            if isinstance(found, BaseException):
                raise found
            return found

    def _dataset(self, desk):
        """Tasks of the desk, and what comes of them."""
        import ray.data
        context = ray.data.DataContext.get_current()
        context.enable_progress_bars = context.print_on_execution_start = False
        #: a task is a block of its own, given on at once
        context.target_max_block_size = 1
        logging.getLogger("ray.data").setLevel(logging.ERROR)
        data = ray.data.read_datasource(_source(desk), override_num_blocks=1, num_cpus=0)

        def through(data, rows, pool, **resources):
            return data.map_batches(
                rows, batch_size=1, batch_format="pyarrow", compute=pool,
                fn_constructor_args=(self._content, desk), **resources)

        pool = ray.data.ActorPoolStrategy
        if not self._gpus:
            return through(data, AllSteps, pool(size=self._workers), num_cpus=1)
        data = through(data, Decode, pool(min_size=1, max_size=self._workers), num_cpus=1)
        data = through(data, Compute, pool(size=self._gpus), num_cpus=0, num_gpus=_SHARE)
        return through(data, Decide, pool(min_size=1, max_size=max(1, self._workers // 4)),
                       num_cpus=1)

    def _alone(self, task: Task):
        """A task that is done by itself, of which nobody tries anything again."""
        more = {"num_gpus": 1 - _SHARE} if self._gpus else {}
        return self._ray.remote(_all_steps).options(
            num_cpus=0, max_retries=0, scheduling_strategy="SPREAD", **more).remote(
                self._put, pickle.dumps(carried(task, self._job.spool)))

    def again(self, task: Task) -> Done:
        return self._done(task, self._alone(task))

    def _done(self, task: Task, reference) -> Done:
        return self._again(task, self._result(reference))

    def _again(self, task: Task, result) -> Done:
        """What came of a task; where it ended its process, what comes of a second try, then of
        its halves."""
        if isinstance(result, MemoryError):
            _log.warning("a process was lost or had no memory left; its goods are decided again")
            result = self._result(self._alone(task))
        if not isinstance(result, MemoryError):
            return _raised(result)
        if len(task.ids) < 2:
            if task.block is None:
                raise result
            return failed(self._job, task, "the process that decided it was ended each time")
        first, second = task.halves()
        done = self.again(first)
        done += self.again(second_half(first, second, done))
        return done

    def _result(self, reference) -> Done | Exception:
        try:
            while not self._ray.wait([reference], timeout=1)[0]:
                self._head.check()
            return pickle.loads(self._ray.get(reference))
        except self._ray.exceptions.RayError as error:
            _told(error)
            return MemoryError("the process that decided it was ended each time")

    def close(self) -> None:
        if self._ours:
            self._ray.shutdown()


class _Head:
    """Whether the head of the cluster is there."""

    def __init__(self, address: str):
        self._address, self._since, self.gone = address, 0., False

    def check(self) -> None:
        """ClusterError where it has not been there for a while."""
        host, _, port = self._address.rpartition(":")
        try:
            socket.create_connection((host.strip("[]"), int(port)), 5).close()
            self._since = 0.
        except OSError as error:
            self._since = self._since or time.monotonic()
            if time.monotonic() - self._since >= AWAY:
                self.gone = True
                raise ClusterError(
                    f"the head of the cluster at {self._address} does not answer any more "
                    f"({error}): start it again; with --resume the same command goes on with what "
                    "has been kept, on any engine") from error


def _pump(data, place: SimpleQueue) -> None:
    """Give on what comes of a dataset; the last thing is None, or why it ended before."""
    try:
        for batch in data.iter_batches(batch_size=None, batch_format="pyarrow",
                                       prefetch_batches=0):
            place.put(batch)
        place.put(None)
    except BaseException as error:
        place.put(error)


def _told(error: Exception) -> None:
    """InputError where it is not a loss but a fault, which nothing mends."""
    import ray.exceptions
    lost = (ray.exceptions.ActorDiedError, ray.exceptions.WorkerCrashedError,
            ray.exceptions.OutOfMemoryError, ray.exceptions.ObjectLostError)
    cause = getattr(error, "cause", None)
    if isinstance(error, ray.exceptions.RayTaskError) and not isinstance(error, lost) \
            and not isinstance(cause, ray.exceptions.RayError):
        raise ClusterError(
            f"the cluster can't do the tasks ({type(cause).__name__}: {cause}): is the same "
            "version of this program, with what it needs, installed on each of its computers?"
        ) from error


def _raised(result):
    if isinstance(result, Exception):
        raise result
    return result


def _imported():
    """Ray, which tells nobody of its use unless that is asked for."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")  # its advice is for programmers
    try:
        with _signals_kept():
            import ray
            import ray.data
    except ImportError as error:
        raise ClusterError(
            f"--engine ray needs Ray, which is not installed ({error}): "
            "pip install \"Orange3-Customs[cluster]\"; --engine processes takes all cores of this "
            "computer without it") from error
    return ray


def _connect(ray, workers: int, address: str) -> None:
    address = address or os.environ.get("RAY_ADDRESS", "")
    alone = {"num_cpus": workers or cores(), "include_dashboard": False}
    try:
        with _signals_kept():
            ray.init(**({"address": address} if address and address != "local" else alone),
                     log_to_driver=False, logging_level=logging.ERROR)
    except (ConnectionError, RuntimeError, ValueError, OSError) as error:
        at = f"no cluster at {address}" if address else "Ray does not start on this computer"
        raise ClusterError(f"{at}: {error}") from error


@contextmanager
def _signals_kept():
    """Ray takes SIGTERM for itself; what the run does with it stays as it is."""
    main = threading.current_thread() is threading.main_thread()
    before = signal.getsignal(signal.SIGTERM) if main else None
    try:
        yield
    finally:
        if main and before is not None:
            signal.signal(signal.SIGTERM, before)


def _node_strategy(ray):
    """Where this process is: what dies with it is there."""
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy
    return NodeAffinitySchedulingStrategy(ray.get_runtime_context().get_node_id(), soft=True)


class _Desk:
    """Tasks under way, by number: an actor, at which the source of a dataset waits."""

    def __init__(self):
        import asyncio
        self._tasks: dict[int, bytes] = {}
        self._tries: Counter = Counter()
        self._news, self._ended = asyncio.Condition(), False

    async def put(self, number: int, task: bytes) -> None:
        async with self._news:
            self._tasks[number] = task
            self._news.notify_all()

    async def end(self) -> None:
        async with self._news:
            self._ended = True
            self._news.notify_all()

    async def forget(self, number: int) -> None:
        self._tasks[number] = b""

    async def begin(self, number: int, step: str) -> bool:
        """Whether a step of a task may be tried once more."""
        self._tries[number, step] += 1
        return self._tries[number, step] <= TRIES

    async def take(self, number: int) -> bytes | None:
        """A task; nothing of one that is done, None after the last one."""
        async with self._news:
            await self._news.wait_for(lambda: number in self._tasks or self._ended)
            return self._tasks.get(number)


def _source(desk):
    """Tasks of the desk as a source of Ray Data: each is a block, read when there is room."""
    from ray.data import Datasource, ReadTask
    from ray.data.block import BlockMetadata

    def read():
        import ray
        number = 0
        while (content := ray.get(desk.take.remote(number))) is not None:
            yield _block(number, content)
            number += 1

    class Tasks(Datasource):
        def estimate_inmemory_data_size(self):
            return None

        def get_read_tasks(self, *_, **__):
            return [ReadTask(read, BlockMetadata(num_rows=None, size_bytes=None, input_files=None,
                                                 exec_stats=None))]
    return Tasks()


def _block(number: int, content: bytes):
    import pyarrow
    return pyarrow.table({"number": pyarrow.array([number], pyarrow.int64()),
                          "content": pyarrow.array([content], pyarrow.large_binary())})


class AllSteps:
    """Steps as Ray Data calls them: a row is a task on its way."""

    names: tuple[str, ...] = STEPS

    def __init__(self, content: bytes, desk):
        _begin()
        self._steps, self._desk = Steps(content, self.names), desk

    def __call__(self, batch):
        import ray
        (row,) = batch.to_pylist()
        if ray.get(self._desk.begin.remote(row["number"], self.names[0])):
            return _block(row["number"], _through(self._steps, row["content"]))
        return _block(row["number"], pickle.dumps(MemoryError("its process was ended each time")))


class Decode(AllSteps):
    """These are classes since Ray shows their names."""

    names = STEPS[:1]


class Compute(AllSteps):
    names = STEPS[1:2]


class Decide(AllSteps):
    names = STEPS[2:]


def _through(steps: Callable, content: bytes) -> bytes:
    item = pickle.loads(content) if content else None
    if item is None or isinstance(item, (Done, Exception)):
        return content  # it is done, or ends the run
    return pickle.dumps(steps(item), pickle.HIGHEST_PROTOCOL)


def _begin() -> None:
    """As the processes of one computer begin."""
    import gc

    from ..executors import _RARELY
    gc.set_threshold(*_RARELY)


_alone: dict[bytes, Steps] = {}


def _all_steps(content: bytes, task: bytes) -> bytes:
    """All steps of one task, in whatever process; what is loaded stays for the next one."""
    if content not in _alone:
        _alone.clear()
        _alone[content] = Steps(content)
    return _through(_alone[content], task)
