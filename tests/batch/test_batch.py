"""Any number of goods: the result of many small tasks is that of one look at all of them."""
import csv
import importlib
import json
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orangecontrib.customs import groups, workers
from orangecontrib.customs.batch import run as run_module
from orangecontrib.customs.batch import work
from orangecontrib.customs.batch.checkpoint import Checkpoint, Occupied
from orangecontrib.customs.batch.executors import Local, Processes
from orangecontrib.customs.batch.naming import Names, Seen, numbers_after
from orangecontrib.customs.batch.spool import Spool, read_block
from orangecontrib.customs.batch.work import Done, Job, Worker
from orangecontrib.customs.cases import case_of, rows_of
from orangecontrib.customs.cases.files import read_goods
from orangecontrib.customs.cases.goods import goods_of
from orangecontrib.customs.cases.sources import named_goods
from orangecontrib.customs.declarations import Reading, reader_of
from orangecontrib.customs.files import OutputError, Row
from orangecontrib.customs.groups import GroupError, loaded_groups
from orangecontrib.customs.headless import cli_batch
from orangecontrib.customs.headless.cli import main

BOOTS = "БОТИНКИ МУЖСКИЕ, ВЕРХ ИЗ НАТУРАЛЬНОЙ КОЖИ, ПОДОШВА ИЗ РЕЗИНЫ, ДЛИНА СТЕЛЬКИ 27 СМ"
TWO = "Товар №1: ботинки мужские, верх кожа, 10 пар; Товар №2: туфли женские, верх текстиль, 5 пар"
TEXTS = [BOOTS, "туфли женские, верх кожа", "", TWO, "реле 220 В", "кеды, верх текстиль"]


@pytest.fixture(autouse=True)
def small(quick, monkeypatch):
    """A task has three photos at most, too."""
    monkeypatch.setattr(run_module, "PHOTOS", 3)


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "d.csv"
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["good_id", "description", "quantity"])
        for number in range(14):
            writer.writerow([f"{number % 9}", TEXTS[number % len(TEXTS)], number])
    return path


def classify(source, out, *extra):
    return main(["classify", "--declarations", str(source), "--out", str(out), *map(str, extra)])


def at_once(source):
    """The rows of all goods in one go."""
    return rows_of(case_of(read_goods(source)))


def rows_in(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_many_tasks_give_what_one_look_at_all_goods_gives(source, tmp_path):
    assert classify(source, tmp_path / "o.csv") == 0
    found, whole = rows_in(tmp_path / "o.csv"), at_once(source)
    for name in ("good_id", "key", "code", "problems", "trace"):
        assert [row[name] for row in found] == [row[name] or "" for row in whole]


def test_names_of_repeated_goods_and_of_goods_of_one_description_are_those_of_one_look(tmp_path):
    source = tmp_path / "d.csv"
    texts = [("A", BOOTS), ("A", TWO), ("A", TWO), ("A#2", BOOTS), ("B", BOOTS), ("A", BOOTS),
             ("A", BOOTS), ("B", TWO), ("B", BOOTS)]
    source.write_text("good_id,description\n" + "".join(f'{i},"{t}"\n' for i, t in texts))
    assert classify(source, tmp_path / "o.csv") == 0
    found = rows_in(tmp_path / "o.csv")
    whole = at_once(source)
    assert [(row["good_id"], row["key"]) for row in found] \
        == [(row["good_id"], row["key"]) for row in whole]
    assert len({row["key"] for row in found}) == len(found) == 12


@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.sampled_from(["A", "B", "A#2", "A#3"]), st.integers(1, 3)),
                max_size=14), st.integers(1, 5))
def test_no_two_goods_get_one_key_however_they_are_parted(rows, size):
    seen = Seen()
    seen.look([id_ for id_, _ in rows])
    seen.close()
    names, keys = Names(seen), []
    for start in range(0, len(rows), size):
        some = rows[start:start + size]
        ids = [id_ for id_, _ in some]
        before = names.part(ids, start)
        assert names.settle(before, ids) is None
        goods, _ = named_goods(goods_of(ids, [{}] * len(ids), before=before), [
            [Reading("", (), goods=tuple(Reading("", ()) for _ in range(count)))] if count > 1
            else [Reading("", ())] for _, count in some], before)
        names.tell(numbers_after(goods, before))
        keys += [good.key for good in goods]
    assert len(set(keys)) == len(keys) == sum(count for _, count in rows)


def test_photos_and_predictions_go_with_their_goods_and_what_is_left_comes_last(
        source, tmp_path):
    predictions = tmp_path / "p.csv"
    predictions.write_text("good_id,LR (6403),LR (6404)\n" + "".join(
        f"{id_},0.9,0.1\n" for id_ in ("1", "X", "1", "8", "Y")))
    assert classify(source, tmp_path / "o.csv", "--predictions", predictions) == 0
    found = rows_in(tmp_path / "o.csv")
    assert [row["good_id"] for row in found[-2:]] == ["X", "Y"]
    lacks = {row["key"] for row in found if "нет ответа модели" in row["problems"]}
    assert not lacks & {"1", "1#2", "8"} and "2" in lacks


def test_facts_of_columns_are_judged_over_the_whole_table(tmp_path, capsys):
    source = tmp_path / "d.csv"
    source.write_text("description,sex\n" + "".join(f'"{BOOTS}",{sex}\n' for sex in (
        "men", "women", "men", "men", "strange", "women", "odd")))
    assert classify(source, tmp_path / "o.csv") == 0
    said = capsys.readouterr().err
    assert "row 5 and 1 more: 'strange'" in said and said.count("is not a value of the fact") == 1


def test_a_row_that_breaks_the_reader_is_one_row_and_is_told(source, tmp_path, monkeypatch):
    real = work.text_source

    def breaks(goods, *args, **kwargs):
        if any(good.good_id == "4" for good in goods):
            raise RuntimeError("secret description")
        return real(goods, *args, **kwargs)
    monkeypatch.setattr(work, "text_source", breaks)
    bad, summary = tmp_path / "bad.csv", tmp_path / "s.json"
    assert classify(source, tmp_path / "o.csv", "--bad-rows", bad, "--summary", summary) == 0
    found = rows_in(tmp_path / "o.csv")
    assert [row["good_id"] for row in found if "ошибки в программе" in row["problems"]] \
        == ["4", "4"]
    assert len(found) == len(at_once(source))
    assert [(row["line"], row["id"]) for row in rows_in(bad)] == [("6", "4"), ("15", "4")]
    assert json.loads(summary.read_text())["failed"] == 2


def test_no_description_is_in_what_is_said_on_the_way(source, tmp_path, capfd, monkeypatch):
    monkeypatch.setattr(work, "text_source", lambda goods, *_, **__: 1 / (BOOTS == goods))
    classify(source, tmp_path / "o.csv")
    said = capfd.readouterr()
    assert "БОТИНКИ" not in said.err + said.out


def test_rows_that_can_not_be_trusted_are_put_aside_with_the_reason(tmp_path):
    source, bad = tmp_path / "d.csv", tmp_path / "bad.csv"
    source.write_text(f"good_id,description\nA,туфли, верх кожа\nB,\"{BOOTS}\"\n=C,a,b,c\n")
    assert classify(source, tmp_path / "o.csv", "--bad-rows", bad) == 0
    first, last = rows_in(bad)
    assert (first["line"], first["id"], first["description"]) == ("2", "A", "туфли")
    assert "строка 2" in first["reason"] and first["surplus"] == " верх кожа"
    assert last["id"] == "'=C"


def test_a_summary_counts_goods_problems_and_rates(source, tmp_path):
    summary = tmp_path / "s.json"
    assert classify(source, tmp_path / "o.csv", "--summary", summary) == 0
    told, found = json.loads(summary.read_text()), rows_in(tmp_path / "o.csv")
    assert told["goods"] == len(found) and told["rows"] == 14 and told["exit_code"] == 0
    assert told["with_code"] == sum(bool(row["code"]) for row in found)
    assert told["problems"]["cases.repeated"] == told["tasks"] + 1 == sum(
        "повторяется" in row["problems"] for row in found)
    assert told["groups"]["footwear"] + told["groups"].get("electrical", 0) == told["with_code"]


def test_parquet_has_the_same_rows(source, tmp_path):
    import pyarrow.parquet
    classify(source, tmp_path / "o.csv")
    assert classify(source, tmp_path / "o.parquet") == 0
    table = pyarrow.parquet.read_table(tmp_path / "o.parquet").to_pylist()
    found = rows_in(tmp_path / "o.csv")
    assert [row["key"] for row in table] == [row["key"] for row in found]
    assert [row["p"] for row in table] == pytest.approx(
        [float(row["p"]) if row["p"] else None for row in found], abs=6e-5)


# -- a run that ends before its time

@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_run_that_is_ended_anywhere_goes_on_and_gives_the_same_bytes(
        source, tmp_path, monkeypatch, form):
    whole, out = tmp_path / f"whole.{form}", tmp_path / f"o.{form}"
    assert classify(source, whole) == 0
    real, ends = work.Worker.__call__, iter([0, 2, 3, 1])

    class Killed(BaseException):
        pass

    for end in ends:
        left = [real] * end

        def until(self, task, left=left):
            if not left:
                raise Killed
            return left.pop()(self, task)
        monkeypatch.setattr(work.Worker, "__call__", until)
        try:
            assert classify(source, out, "--resume") == 0
            break
        except Killed:
            assert not out.exists()
    monkeypatch.setattr(work.Worker, "__call__", real)
    assert classify(source, out, "--resume") == 0
    assert out.read_bytes() == whole.read_bytes()
    assert not (tmp_path / f"o.{form}.resume").exists()


def test_what_is_done_is_not_done_again(source, tmp_path, monkeypatch):
    real, done = work.Worker.__call__, []

    def counted(self, task):
        if len(done) == 2:
            done.append(None)
            raise MemoryError
        done.append(task.number)
        return real(self, task)
    monkeypatch.setattr(work.Worker, "__call__", counted)
    with pytest.raises(MemoryError):
        classify(source, tmp_path / "o.csv", "--resume")
    assert classify(source, tmp_path / "o.csv", "--resume") == 0
    assert done == [0, 1, None, 2, 3, 4]


def test_where_there_is_nothing_to_go_on_with_a_run_begins(source, tmp_path):
    assert classify(source, tmp_path / "o.csv", "--resume") == 0
    assert classify(source, tmp_path / "o.csv", "--resume") == 0
    assert sorted(os.listdir(tmp_path)) == ["d.csv", "o.csv"]


@pytest.mark.parametrize("change", ["declarations", "options"])
def test_after_a_change_everything_is_decided_anew_and_said(
        source, tmp_path, monkeypatch, capsys, change):
    with monkeypatch.context() as patch:
        patch.setattr(run_module._Run, "_part", _ends_after(1))
        with pytest.raises(MemoryError):
            classify(source, tmp_path / "o.csv", "--resume")
    more = []
    if change == "declarations":
        source.write_text(source.read_text().replace("НАТУРАЛЬНОЙ КОЖИ", "ТЕКСТИЛЯ"))
    else:
        more = ["--error", "0.3"]
    assert classify(source, tmp_path / "o.csv", "--resume", *more) == 0
    assert f"since the last run {change} changed" in capsys.readouterr().err
    assert classify(source, tmp_path / "whole.csv", *more) == 0
    assert (tmp_path / "o.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()


def _ends_after(tasks, real=run_module._Run._part, commit=run_module._Run._commit):
    def part(self, executor, some):
        def committed(task, done, kept=False):
            commit(self, task, done, kept)
            if self._report.tasks == tasks:
                raise MemoryError
        self._commit = committed
        return real(self, executor, some)
    return part


def test_a_damaged_part_is_done_anew(source, tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(run_module._Run, "_part", _ends_after(3))
        with pytest.raises(MemoryError):
            classify(source, tmp_path / "o.csv", "--resume")
    part = tmp_path / "o.csv.resume" / "00000001.part"
    part.write_bytes(part.read_bytes()[:-9] + b"x" * 9)
    assert classify(source, tmp_path / "o.csv", "--resume") == 0
    assert classify(source, tmp_path / "whole.csv") == 0
    assert (tmp_path / "o.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()


def test_two_runs_do_not_work_on_one_result(tmp_path):
    with Checkpoint(tmp_path / "o.resume", {}), pytest.raises(Occupied, match="another run"):
        Checkpoint(tmp_path / "o.resume", {})


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_finishes_the_goods_in_hand_and_the_run_goes_on_later(
        source, tmp_path, monkeypatch, number, capsys):
    real = work.Worker.__call__

    def told(self, task):
        if task.number == 1:
            os.kill(os.getpid(), number)
        return real(self, task)
    with monkeypatch.context() as patch:
        patch.setattr(work.Worker, "__call__", told)
        assert classify(source, tmp_path / "o.csv", "--resume",
                        "--summary", tmp_path / "s.json") == 128 + number
    assert "2 tasks are kept" in capsys.readouterr().err
    assert json.loads((tmp_path / "s.json").read_text())["exit_code"] == 128 + number
    assert not (tmp_path / "o.csv").exists()
    assert classify(source, tmp_path / "o.csv", "--resume") == 0
    assert classify(source, tmp_path / "whole.csv") == 0
    assert (tmp_path / "o.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()


def test_sigterm_without_a_checkpoint_leaves_nothing_behind(source, tmp_path, monkeypatch):
    monkeypatch.setattr(work.Worker, "__call__",
                        lambda *_: os.kill(os.getpid(), signal.SIGTERM))
    assert classify(source, tmp_path / "o.csv") == 143
    assert os.listdir(tmp_path) == ["d.csv"]


def test_a_place_that_can_not_be_gone_on_with_is_refused(source):
    assert classify(source, "/dev/null", "--resume") == 2


# -- faults

def test_a_full_disk_keeps_what_is_done(source, tmp_path, monkeypatch, capsys):
    real, times = Checkpoint.keep, []

    def full(self, done):
        times.append(done)
        if len(times) == 3:
            raise OutputError(self.folder, OSError(28, "No space left on device"))
        return real(self, done)
    with monkeypatch.context() as patch:
        patch.setattr(Checkpoint, "keep", full)
        assert classify(source, tmp_path / "o.csv", "--resume") == 2
    assert "No space left" in capsys.readouterr().err
    assert classify(source, tmp_path / "o.csv", "--resume", "--summary",
                    tmp_path / "s.json") == 0
    assert json.loads((tmp_path / "s.json").read_text())["resumed_tasks"] == 2


def test_a_full_disk_while_rows_are_put_aside_names_that_place_not_the_input(
        source, tmp_path, monkeypatch, capsys):
    def full(self):
        raise OutputError(self.path, OSError(28, "No space left on device"))
    monkeypatch.setattr(Spool, "_write", full)
    assert classify(source, tmp_path / "o.csv") == 2
    assert "cannot write" in capsys.readouterr().err


@pytest.mark.parametrize("number, words", [(5, "Input/output error"), (116, "Stale file handle")])
def test_a_file_that_can_not_be_read_is_named(source, tmp_path, monkeypatch, capsys, number,
                                              words):
    def stale(*_, **__):
        raise OSError(number, words)
    monkeypatch.setattr("orangecontrib.customs.files.formats.delimited.text_of_file", stale)
    assert classify(source, tmp_path / "o.csv") == 2
    assert f"cannot read {source}: {words}" in capsys.readouterr().err


def test_declarations_that_change_while_they_are_read_are_refused(
        source, tmp_path, monkeypatch, capsys):
    real = run_module.read_declarations

    def changed(path, *args, **kwargs):
        found = real(path, *args, **kwargs)
        path.write_text(path.read_text() + "77,туфли,1\n")
        return found
    monkeypatch.setattr(run_module, "read_declarations", changed)
    assert classify(source, tmp_path / "o.csv") == 2
    assert "changed while it was read" in capsys.readouterr().err


def test_declarations_that_change_later_are_told_of(source, tmp_path, monkeypatch, capsys):
    real = work.Worker.__call__

    def changed(self, task):
        source.write_text("description\n")
        return real(self, task)
    monkeypatch.setattr(work.Worker, "__call__", changed)
    assert classify(source, tmp_path / "o.csv") == 0
    assert "has been changed since it was read" in capsys.readouterr().err
    assert len(rows_in(tmp_path / "o.csv")) > 14


def test_a_clock_that_jumps_changes_nothing(source, tmp_path, monkeypatch):
    assert classify(source, tmp_path / "whole.csv") == 0
    times = iter(range(10 ** 9, 0, -10 ** 5))
    monkeypatch.setattr("time.time", lambda: next(times))
    assert classify(source, tmp_path / "o.csv", "--resume", "--summary", tmp_path / "s.json") == 0
    assert (tmp_path / "o.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()
    assert json.loads((tmp_path / "s.json").read_text())["seconds"] >= 0


def test_a_spool_that_somebody_changed_runs_no_code(tmp_path):
    import pickle
    import zlib
    path = tmp_path / "rows"
    content = zlib.compress(pickle.dumps(os.getpid))
    path.write_bytes(content)
    with pytest.raises(pickle.UnpicklingError):
        read_block(path, (0, len(content)))


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.text(max_size=9), st.text(max_size=9)), max_size=20))
def test_rows_come_back_from_the_disk_as_they_were(tmp_path_factory, cells):
    kept = Spool(tmp_path_factory.mktemp("spool") / "rows")
    rows = [Row(number, {"a": a, "b": b}, 2, ("x",) if a else ()) for number, (a, b) in
            enumerate(cells)]
    for row in rows:
        kept.append(row)
    assert list(kept) == rows and kept[:2] == rows[:2][:len(kept[:2])]
    kept.close()
    assert list(kept) == rows and len(kept) == len(rows)


# -- processes, each with three goods

PROCESSES = """
import os, signal, sys
from orangecontrib.customs.batch import executors, spool, work
from orangecontrib.customs.headless.cli import main
spool.BLOCK = 3
sys.exit(main(sys.argv[1:]))
"""


def in_processes(source, out, *extra):
    program = out.parent / "program.py"
    program.write_text("if __name__ == '__main__':" + PROCESSES.replace("\n", "\n    "))
    return subprocess.run([sys.executable, str(program), "classify", "--declarations", str(source),
                           "--out", str(out), "--engine", "processes", "--workers", "2",
                           *map(str, extra)], capture_output=True, text=True, timeout=600)


def test_processes_give_the_same_bytes_as_one(source, tmp_path):
    assert classify(source, tmp_path / "whole.csv") == 0
    ran = in_processes(source, tmp_path / "o.csv")
    assert ran.returncode == 0, ran.stderr
    assert (tmp_path / "o.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()


class Pool:
    """A pool of processes of which one is killed now and then."""

    def __init__(self, kills):
        self.kills, self.broken = kills, False

    def submit(self, job, task):
        from concurrent.futures import Future
        from concurrent.futures.process import BrokenProcessPool
        if self.broken:
            raise BrokenProcessPool
        future = Future()
        if self.kills(task):
            self.broken = True
            future.set_exception(BrokenProcessPool())
        else:
            future.set_result(Worker(job)(task))
        return future


@pytest.mark.parametrize("once", [True, False])
def test_the_goods_of_a_killed_process_are_decided_anew_and_the_row_that_kills_is_told_apart(
        source, tmp_path, monkeypatch, once):
    assert classify(source, tmp_path / "whole.csv") == 0
    killed = []

    def kills(task):
        if "7" in task.ids and not (once and killed):
            killed.append(task)
            return True
        return False

    def submit(self, task):
        if self._pool is None:
            self._pool = Pool(kills)
        return self._pool.submit(self._job, task)

    def close(self):
        self._pool = None
    monkeypatch.setattr(Processes, "_submit", submit)
    monkeypatch.setattr(Processes, "close", close)
    assert classify(source, tmp_path / "o.csv", "--engine", "processes", "--workers", "2",
                    "--bad-rows", tmp_path / "bad.csv") == 0
    whole, found = rows_in(tmp_path / "whole.csv"), rows_in(tmp_path / "o.csv")
    if once:
        assert found == whole and killed
    else:
        different = [b["good_id"] for a, b in zip(whole, found) if a != b]
        assert different == ["7"] and len(whole) == len(found)
        assert "ended each time" in rows_in(tmp_path / "bad.csv")[0]["reason"]


def test_an_executor_of_somebody_else_is_plugged_in_by_its_name(source, tmp_path, monkeypatch):
    taken = []

    class Ray(Local):
        def run(self, tasks):
            for task in tasks:
                taken.append(task.number)
                yield self.again(task)
    monkeypatch.setitem(run_module.ENGINES, "ray", Ray)
    monkeypatch.setattr(cli_batch, "ENGINES", (*cli_batch.ENGINES, "ray"))
    assert classify(source, tmp_path / "o.csv", "--engine", "ray") == 0
    assert taken == [0, 1, 2, 3, 4]


def test_what_is_sent_to_another_process_can_be_pickled():
    import pickle
    job = Job(Path("x"), None, None, loaded=object.__new__(type("Model", (), {})))
    assert pickle.loads(pickle.dumps(job)).loaded is None
    assert pickle.loads(pickle.dumps(Done(3, [b"x"]))).parts == [b"x"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_run_that_is_killed_at_random_moments_gives_the_same_bytes(source, tmp_path):
    assert classify(source, tmp_path / "whole.csv") == 0  # readers are warm now
    calls, out, chosen = [0], tmp_path / "o.csv", random.Random(5)

    def count(*_):
        calls[0] -= 1
        if not calls[0]:
            os.kill(os.getpid(), signal.SIGKILL)
    sys.setprofile(count)
    assert classify(source, out, "--resume") == 0
    sys.setprofile(None)
    out.unlink()
    longest = -calls[0]
    for _ in range(6):
        process = os.fork()
        if not process:
            with open(os.devnull, "w", encoding="utf-8") as sys.stdout:
                sys.stderr = sys.stdout
                calls[0] = chosen.randrange(1, longest // 2)
                sys.setprofile(count)
                os._exit(classify(source, out, "--resume"))
        chosen.random()
        os.waitpid(process, 0)
        if out.exists():  # it was quicker
            assert out.read_bytes() == (tmp_path / "whole.csv").read_bytes()
            out.unlink()
    assert classify(source, out, "--resume") == 0
    assert out.read_bytes() == (tmp_path / "whole.csv").read_bytes()


def test_the_process_that_workers_are_forked_from_has_read_the_tables_of_the_groups():
    reader_of.cache_clear()
    sys.modules.pop(workers.WARM, None)
    importlib.import_module(workers.WARM)
    readers = reader_of.cache_info()
    for group in loaded_groups():
        reader_of(group)
    assert reader_of.cache_info().hits == readers.hits + readers.currsize


def test_a_group_that_cannot_be_read_does_not_end_that_process(monkeypatch):
    def broken():
        raise GroupError("no table")
    monkeypatch.setattr(groups, "loaded_groups", broken)
    sys.modules.pop(workers.WARM, None)
    importlib.import_module(workers.WARM)
