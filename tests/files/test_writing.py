"""The one writer: whole or not at all, never onto an input, devices written directly."""
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orangecontrib.customs.files import Output, OutputError, replacing, written_cell
from orangecontrib.customs.files.writing import read_cell

POSIX = pytest.mark.skipif(os.name != "posix", reason="devices, pipes and modes of POSIX")


@given(st.text())
def test_a_cell_is_read_as_it_was_before_it_was_written(text):
    assert read_cell(written_cell(text)) == text


@given(st.text("'=+-@\t\rab", max_size=6))
def test_no_cell_begins_like_a_formula(text):
    assert not written_cell(text).startswith(("=", "+", "-", "@", "\t", "\r"))
    assert read_cell(written_cell(text)) == text


def test_other_apostrophes_stay():
    assert written_cell("'quoted'") == read_cell("'quoted'") == "'quoted'"


def test_the_old_result_stays_until_the_new_one_is_whole(tmp_path):
    path = tmp_path / "o.csv"
    path.write_text("old")
    with Output(path) as place:
        place.write("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new" and os.listdir(tmp_path) == ["o.csv"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_whatever_ends_the_work_leaves_the_old_result_and_nothing_else(tmp_path, error):
    path = tmp_path / "o.csv"
    path.write_text("old")
    with pytest.raises(error), Output(path) as place:
        place.write("new")
        raise error
    assert path.read_text() == "old" and os.listdir(tmp_path) == ["o.csv"]


def test_trying_a_place_leaves_nothing(tmp_path):
    Output(tmp_path / "o.csv")
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("name, reason", [
    (".", "it is a folder"), ("no/o.csv", "there is no folder"), ("a\0b", "null")])
def test_a_place_that_can_not_be_written_is_named_at_once(tmp_path, name, reason):
    with pytest.raises(OutputError, match=f"^cannot write [^:]*: [^:]*{reason}"):
        Output(f"{tmp_path}/{name}")


def _names(folder):
    path = folder / "d.csv"
    yield path
    yield folder / ".." / folder.name / "d.csv"
    (folder / "soft").symlink_to(path)
    yield folder / "soft"
    os.link(path, folder / "hard")
    yield folder / "hard"


@POSIX
def test_an_input_is_never_overwritten_under_any_name(tmp_path):
    (tmp_path / "d.csv").write_text("input")
    for name in _names(tmp_path):
        with pytest.raises(OutputError, match="same file as .*d.csv, which is read"):
            Output(name, [tmp_path / "none", tmp_path / "d.csv"])
    assert (tmp_path / "d.csv").read_text() == "input"


@POSIX
def test_a_link_is_followed(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "o.csv").symlink_to(tmp_path / "real" / "r.csv")
    for text in ("one", "two"):  # the first time there is nothing at its end
        with Output(tmp_path / "o.csv") as place:
            place.write(text)
        assert (tmp_path / "o.csv").is_symlink()
        assert (tmp_path / "real" / "r.csv").read_text() == text


@POSIX
@pytest.mark.parametrize("mode", [0o600, 0o664])
def test_mode_of_an_old_file_is_kept_and_a_new_one_obeys_the_umask(tmp_path, mode):
    path = tmp_path / "o.csv"
    umask = os.umask(0o027)
    try:
        for expected in (0o640, mode):
            with Output(path) as place:
                place.write("x")
            assert stat.S_IMODE(path.stat().st_mode) == expected
            path.chmod(mode)
    finally:
        os.umask(umask)


def test_letters_that_are_no_text_are_written_visibly(tmp_path):
    with Output(tmp_path / "o.csv") as place:
        place.write("photo\udcff.jpg")
    assert (tmp_path / "o.csv").read_text() == "photo\\udcff.jpg"


@POSIX
def test_a_full_disk_leaves_the_old_result(tmp_path):
    path = tmp_path / "o.csv"
    path.write_text("old")
    code = ("import resource, signal, sys\n"
            "from orangecontrib.customs.files import Output, OutputError\n"
            "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
            "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n"
            "for piece in (100, 5000, 20000):\n"
            "    try:\n"
            "        with Output(sys.argv[1]) as place:\n"
            "            for _ in range(100):\n"
            "                place.write(b'x' * piece)\n"
            "    except OutputError as error:\n"
            "        assert 'cannot write' in str(error), error\n"
            "    else:\n"
            "        sys.exit('no error')\n")
    subprocess.run([sys.executable, "-c", code, str(path)], check=True, timeout=600)
    assert path.read_text() == "old" and os.listdir(tmp_path) == ["o.csv"]


@POSIX
def test_a_pipe_is_written_directly_and_stays_one(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    got = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_text()))
    reader.start()
    with Output(pipe) as place:
        assert place.direct
        place.write("через трубу")
    reader.join(30)
    assert got == ["через трубу"]
    assert stat.S_ISFIFO(pipe.stat().st_mode) and os.listdir(tmp_path) == ["pipe"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize("linked", [False, True])
def test_a_full_device_is_an_error_and_stays_a_device(tmp_path, linked):
    path = Path("/dev/full")
    if linked:
        path = tmp_path / "link"
        path.symlink_to("/dev/full")
    with pytest.raises(OutputError, match="No space left"), Output(path) as place:
        place.write("x")
    assert stat.S_ISCHR(os.stat("/dev/full").st_mode)
    with Output("/dev/null") as place:
        place.write("x")
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)


@POSIX
def test_standard_output_that_is_a_file_is_added_to_not_replaced(tmp_path):
    path = tmp_path / "all.csv"
    path.write_text("before\n")
    code = ("import sys\nfrom orangecontrib.customs.files import Output\n"
            "print('first')\n"
            "with Output('/dev/stdout') as place:\n    place.write('rows\\n')\n"
            "print('last')\n")
    with open(path, "a") as file:
        subprocess.run([sys.executable, "-c", code], check=True, timeout=600, stdout=file)
    assert path.read_text() == "before\nfirst\nrows\nlast\n"


def test_a_file_that_another_library_writes_takes_its_place_whole(tmp_path):
    path = tmp_path / "m.bin"
    path.write_text("old")
    with pytest.raises(ZeroDivisionError), replacing(path) as new:
        new.write_text("half")
        1 / 0  # noqa: B018
    assert path.read_text() == "old"
    with replacing(path) as new:
        new.write_text("whole")
    assert path.read_text() == "whole" and os.listdir(tmp_path) == ["m.bin"]
