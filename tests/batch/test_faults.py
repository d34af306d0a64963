"""What goes wrong around a run: it says so, harms nothing, and goes on where it can."""
import csv
import errno
import json
import os
import resource
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from orangecontrib.customs.batch import work
from orangecontrib.customs.declarations import kept, reader_of
from orangecontrib.customs.declarations.languages import ordinary
from orangecontrib.customs.files import VARIABLE
from orangecontrib.customs.files import tables as tables_module
from orangecontrib.customs.headless.cli import main
from orangecontrib.customs.i18n import say
from orangecontrib.customs.photos.cache import FeatureCache
from orangecontrib.customs.photos.decode import PhotoError, read_photo
from orangecontrib.customs.photos.sources import Photo

BOOTS = "БОТИНКИ МУЖСКИЕ, ВЕРХ ИЗ НАТУРАЛЬНОЙ КОЖИ, ПОДОШВА ИЗ РЕЗИНЫ, ДЛИНА СТЕЛЬКИ 27 СМ"


pytestmark = pytest.mark.usefixtures("quick")


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "d.csv"
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["good_id", "description"])
        writer.writerows([str(number), f"{BOOTS}, АРТ. {number}"] for number in range(14))
    return path


@pytest.fixture
def whole(source, tmp_path):
    """What an undisturbed run writes."""
    assert classify(source, tmp_path / "whole.csv") == 0
    return (tmp_path / "whole.csv").read_bytes()


def classify(source, out, *extra):
    return main(["classify", "--declarations", str(source), "--out", str(out), *map(str, extra)])


@pytest.mark.parametrize("bytes_", [20, 600, 3000])
@pytest.mark.parametrize("options", [(), ("--resume",)], ids=["at once", "resumed"])
def test_a_disk_that_takes_no_more_leaves_the_earlier_result_and_the_next_run_ends_well(
        source, whole, tmp_path, capsys, bytes_, options):
    out, before = tmp_path / "o.csv", sorted(tmp_path.iterdir())
    out.write_text("earlier")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_, limits[1]))
    try:
        assert classify(source, out, *options) == 2
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    told = capsys.readouterr().err
    assert "cannot write" in told and "Traceback" not in told and "File too large" in told
    assert out.read_text() == "earlier"
    assert {path.name for path in tmp_path.iterdir()} - {path.name for path in before} <= {
        "o.csv", "o.csv.resume"}
    assert classify(source, out, *options) == 0
    assert out.read_bytes() == whole


@pytest.mark.parametrize("options", [(), ("--resume",), ("--bad-rows",), ("--summary",)])
def test_a_place_that_can_only_be_read_is_told_of_before_the_work(
        source, tmp_path, monkeypatch, capsys, options):
    folder, real_open, real_mkdir = str(tmp_path / "ro"), os.open, os.mkdir
    os.mkdir(folder)

    def is_there(path):
        if os.fspath(path).startswith(folder):
            raise OSError(errno.EROFS, "Read-only file system", os.fspath(path))

    def opened(path, flags, *args, **kwargs):
        if flags & (os.O_WRONLY | os.O_RDWR):
            is_there(path)
        return real_open(path, flags, *args, **kwargs)

    def made(path, *args, **kwargs):
        is_there(path)
        return real_mkdir(path, *args, **kwargs)

    def never(*_):
        raise AssertionError("a good was decided")
    monkeypatch.setattr(os, "open", opened)
    monkeypatch.setattr(os, "mkdir", made)
    monkeypatch.setattr(work.Worker, "__call__", never)
    if options in ((), ("--resume",)):
        assert classify(source, f"{folder}/o.csv", *options) == 2
    else:
        assert classify(source, tmp_path / "o.csv", *options, f"{folder}/x") == 2
    assert "Read-only file system" in capsys.readouterr().err


KILLED = """
import os, signal, sys
from pathlib import Path
from orangecontrib.customs.batch import spool, work
spool.BLOCK = 3
real, mark = work.Worker.__call__, Path(sys.argv[1])
def once(self, task):
    if task.number == 2 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return real(self, task)
work.Worker.__call__ = once
if __name__ == "__main__":
    from orangecontrib.customs.headless.cli import main
    sys.exit(main(sys.argv[2:]))
"""


def test_a_process_that_is_really_killed_costs_nothing(source, whole, tmp_path):
    program = tmp_path / "program.py"
    program.write_text(KILLED)
    ran = subprocess.run(
        [sys.executable, str(program), str(tmp_path / "mark"), "classify", "--declarations",
         str(source), "--out", str(tmp_path / "o.csv"), "--engine", "processes", "--workers", "2"],
        capture_output=True, text=True, timeout=600)
    assert ran.returncode == 0, ran.stderr
    assert (tmp_path / "mark").exists()
    assert (tmp_path / "o.csv").read_bytes() == whole


class Broken:
    """A file that fails after some reads."""

    def __init__(self, file, error, good):
        self._file, self._error, self._good = file, error, good

    def readline(self, *args):
        self._good -= 1
        if self._good < 0:
            raise self._error
        return self._file.readline(*args)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._file.close()


BAD_DISKS = [OSError(errno.EIO, "Input/output error"), OSError(errno.ESTALE, "Stale file handle")]


@pytest.mark.parametrize("error", BAD_DISKS, ids=["EIO", "ESTALE"])
@pytest.mark.parametrize("options", [(), ("--resume",)], ids=["at once", "resumed"])
def test_declarations_that_fail_in_the_middle_end_the_run_with_their_name(
        source, tmp_path, monkeypatch, capsys, error, options):
    def opened(path, *args, **kwargs):
        file = open(path, *args, **kwargs)
        return Broken(file, error, 7) if kwargs.get("newline") == "" else file
    monkeypatch.setattr(tables_module, "AT_ONCE", 400)
    monkeypatch.setattr(tables_module, "open", opened, raising=False)
    assert classify(source, tmp_path / "o.csv", *options) == 2
    assert f"cannot read {source}: {error.strerror}" in capsys.readouterr().err
    assert not (tmp_path / "o.csv").exists()


@pytest.mark.parametrize("error", BAD_DISKS, ids=["EIO", "ESTALE"])
def test_rows_that_the_disk_does_not_give_back_end_the_run_which_goes_on_later(
        source, whole, tmp_path, monkeypatch, capsys, error):
    real, out, reads = work.read_block, tmp_path / "o.csv", []

    def failing(*args):
        reads.append(args)
        if len(reads) > 2:
            raise error
        return real(*args)
    with monkeypatch.context() as patch:
        patch.setattr(work, "read_block", failing)
        assert classify(source, out, "--resume") == 2
    told = capsys.readouterr().err
    assert error.strerror in told and "is the disk all right?" in told
    assert classify(source, out, "--resume", "--summary", tmp_path / "s.json") == 0
    assert json.loads((tmp_path / "s.json").read_text())["resumed_tasks"] == 2
    assert out.read_bytes() == whole


@pytest.mark.parametrize("error", BAD_DISKS, ids=["EIO", "ESTALE"])
def test_a_photo_that_the_disk_does_not_give_says_so(tmp_path, monkeypatch, error):
    (tmp_path / "1.jpg").write_bytes(b"\xff\xd8\xff")

    def failing(*_, **__):
        raise error
    monkeypatch.setattr(sys.modules[read_photo.__module__], "open", failing, raising=False)
    with pytest.raises(PhotoError) as told:
        Photo("1.jpg", "3", tmp_path / "1.jpg").read()
    assert error.strerror in say(told.value.reason)


def test_a_good_that_is_told_twice_is_read_once(source, tmp_path, monkeypatch):
    told = []
    real = work.read_by
    monkeypatch.setattr(work, "read_by", lambda readers, text: told.append(text) or real(
        readers, text))
    with open(source, "a", encoding="utf-8") as file:
        file.writelines(f'{number},"{BOOTS}, АРТ. {number % 14}"\n' for number in range(14, 40))
    assert classify(source, tmp_path / "o.csv") == 0
    assert len(told) == len(set(told)) == 14
    monkeypatch.setattr(work, "REMEMBERED", 0)
    assert classify(source, tmp_path / "o2.csv") == 0
    assert len(told) == 14 + 40
    assert (tmp_path / "o.csv").read_bytes() == (tmp_path / "o2.csv").read_bytes()


def test_rows_of_a_text_are_taken_as_they_come(source, monkeypatch):
    """Of all rows none is read before the one in front of it is put away."""
    from orangecontrib.customs.files import read_source
    read, kept = [], []
    real = tables_module.records

    def counted(*args, **kwargs):
        for record in real(*args, **kwargs):
            read.append(record)
            yield record

    class Rows(list):
        def append(self, row):
            kept.append(len(read))
            super().append(row)
    monkeypatch.setattr("orangecontrib.customs.files.formats.delimited.records", counted)
    rows = Rows()
    read_source(source, rows=rows)
    assert len(rows) == 14 and kept[5] <= 5 + 4


@pytest.mark.parametrize("jump", [-10 ** 6, 10 ** 6])
def test_a_clock_that_jumps_within_a_run_changes_nothing(
        source, whole, tmp_path, monkeypatch, jump):
    import time
    real, calls = time.time, []
    monkeypatch.setattr(time, "time", lambda: calls.append(0) or real() + jump * (len(calls) % 2))
    for name in ("o.csv", "o2.csv"):
        assert classify(source, tmp_path / name, "--resume", "--summary",
                        tmp_path / "s.json") == 0
        assert (tmp_path / name).read_bytes() == whole
        assert 0 <= json.loads((tmp_path / "s.json").read_text())["seconds"] < 10 ** 5


def test_declarations_that_change_between_two_parts_of_a_run_are_noticed(
        source, tmp_path, monkeypatch, capsys):
    out, real = tmp_path / "o.csv", work.Worker.__call__

    def ends(self, task):
        if task.number == 2:
            raise MemoryError
        return real(self, task)
    with monkeypatch.context() as patch:
        patch.setattr(work.Worker, "__call__", ends)
        with pytest.raises(MemoryError):
            classify(source, out, "--resume")
    stamp = source.stat()
    source.write_bytes(source.read_bytes().replace("АРТ. 3".encode(), "АРТ. 5".encode()))
    os.utime(source, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))  # as a copy may have it
    capsys.readouterr()
    assert classify(source, out, "--resume") == 0
    assert "declarations" in capsys.readouterr().err
    assert classify(source, tmp_path / "anew.csv") == 0
    assert out.read_bytes() == (tmp_path / "anew.csv").read_bytes()


# -- caches, and two runs at once

def with_photos(source, out, folder):
    return classify(source, out, "--photos", folder, "--backend", "torch")


@pytest.fixture
def photographed(tmp_path):
    """Photos of three of the goods."""
    random_ = np.random.default_rng(0)
    for good in range(3):
        folder = tmp_path / "photos" / str(good)
        folder.mkdir(parents=True)
        Image.fromarray(random_.integers(0, 256, (40, 60, 3), np.uint8)).save(folder / "a.png")
    return tmp_path / "photos"


def in_a_new_process():
    """Nothing is remembered of what is kept on the disk."""
    kept._kept.cache_clear()
    reader_of.cache_clear()
    ordinary.cache_clear()


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """The folder of what is kept between runs, of this test alone, and all that is kept there."""
    monkeypatch.setenv(VARIABLE, str(tmp_path / "cache"))
    monkeypatch.setattr("orangecontrib.customs.photos.extract.FeatureCache", FeatureCache)
    monkeypatch.setattr(work, "reader_of", reader_of)
    in_a_new_process()
    yield tmp_path / "cache"
    in_a_new_process()


@pytest.mark.parametrize("damage", [
    lambda data: data[:len(data) // 2], lambda data: bytes(255 - byte for byte in data)],
    ids=["cut off", "noise"])
def test_a_damaged_cache_changes_no_row(source, photographed, cache, tmp_path, damage):
    # some seconds: all tables are read anew, and the backbone is torch's
    assert with_photos(source, tmp_path / "first.csv", photographed) == 0
    files = [path for path in cache.rglob("*") if path.is_file()]
    assert {path.suffix for path in files} >= {".json", ".db"}
    for path in files:
        path.write_bytes(damage(path.read_bytes()))
    in_a_new_process()
    assert with_photos(source, tmp_path / "second.csv", photographed) == 0
    assert (tmp_path / "second.csv").read_bytes() == (tmp_path / "first.csv").read_bytes()


def test_two_runs_that_share_a_cache_at_once_both_give_the_result(
        source, photographed, cache, tmp_path):
    runs = [subprocess.Popen(
        [sys.executable, "-m", "orangecontrib.customs.headless.cli", "classify", "--declarations",
         str(source), "--photos", str(photographed), "--backend", "torch", "--out",
         str(tmp_path / f"{number}.csv")], stderr=subprocess.PIPE, text=True)
        for number in range(2)]
    for run in runs:
        said = run.communicate(timeout=600)[1]
        assert run.returncode == 0, said
        assert "Traceback" not in said
    assert with_photos(source, tmp_path / "alone.csv", photographed) == 0
    for number in range(2):
        assert (tmp_path / f"{number}.csv").read_bytes() == (tmp_path / "alone.csv").read_bytes()


def while_it_works(monkeypatch, action):
    """Do something when the second task of a run begins."""
    real, done = work.Worker.__call__, []

    def call(self, task):
        if task.number == 1 and not done:
            done.append(None)
            done.append(action())
        return real(self, task)
    monkeypatch.setattr(work.Worker, "__call__", call)
    return done


def test_of_two_runs_with_the_same_result_the_one_that_ends_last_has_its_place(
        source, whole, tmp_path, monkeypatch):
    out, other = tmp_path / "o.csv", tmp_path / "other.csv"
    other.write_text(f'good_id,description\nX,"{BOOTS}"\n', encoding="utf-8")
    assert classify(other, tmp_path / "of_other.csv") == 0
    before = {path.name for path in tmp_path.iterdir()}

    def second():
        assert classify(other, out) == 0
        return out.read_bytes()
    done = while_it_works(monkeypatch, second)
    assert classify(source, out) == 0
    assert done[1] == (tmp_path / "of_other.csv").read_bytes()
    assert out.read_bytes() == whole
    assert {path.name for path in tmp_path.iterdir()} == before | {"o.csv"}


def test_of_two_runs_with_the_same_result_that_can_be_resumed_the_second_is_refused(
        source, whole, tmp_path, monkeypatch, capsys):
    out = tmp_path / "o.csv"
    done = while_it_works(monkeypatch, lambda: classify(source, out, "--resume"))
    assert classify(source, out, "--resume") == 0
    assert done[1] == 2 and "at work" in capsys.readouterr().err
    assert out.read_bytes() == whole
