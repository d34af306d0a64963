"""Files that several programs want, and what is copied before it is rewritten."""
import subprocess
import sys

import pytest

from orangecontrib.customs.files import InUse, copied_aside, locked


def test_what_another_program_holds_is_in_use_until_it_lets_go(tmp_path):
    path = tmp_path / ".labels.lock"
    code = (f"from orangecontrib.customs.files import locked; lock = locked({str(path)!r}); "
            "print('held', flush=True); input()")
    other = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE, text=True)
    assert other.stdout.readline() == "held\n"
    with pytest.raises(InUse):
        locked(path)
    other.communicate("\n", timeout=100)
    locked(path).release()


def test_a_drive_without_locks_is_no_hindrance(tmp_path, monkeypatch):
    def acquire(*_, **__):
        raise NotImplementedError
    monkeypatch.setattr("filelock.FileLock.acquire", acquire)
    locked(tmp_path / "lock").release()


def test_no_copy_takes_the_place_of_an_earlier_one(tmp_path):
    path = tmp_path / "labels.csv"
    names = []
    for text in ("a", "b", "c"):
        path.write_text(text)
        names.append(copied_aside(path).name)
    assert names == ["labels.csv.bak", "labels.csv.bak2", "labels.csv.bak3"]
    assert (tmp_path / "labels.csv.bak2").read_text() == "b"
