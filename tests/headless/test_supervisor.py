"""A child process may end as it likes: what the parent says of it is true."""
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from orangecontrib.customs.headless import supervisor
from orangecontrib.customs.headless.outcome import Message
from orangecontrib.customs.headless.supervisor import ending, supervise

HERE = Path(__file__).parent
RUNNING = {"stage": "running", "widget": "It", "timeout": 1}

pytestmark = pytest.mark.skipif(os.name != "posix", reason="sends POSIX signals")


def start(function, *args):
    return supervise(f"hostile_processes:{function}", *args)


def told(function, *args):
    """Exit code, widget and text of the one error that there is."""
    end = start(function, *args)
    assert end.code is None
    outcome = ending(end)
    (widget, level, text), = outcome.messages
    assert level == "Error"
    return outcome.exit_code, widget, text


@pytest.mark.parametrize("code", [0, 1, 2])
def test_a_result_is_what_the_child_says(code):
    assert start("returns", code, "Обувь\n").code == code


@pytest.mark.parametrize("status", [0, 1, 2])
def test_an_exit_status_is_no_result(status):
    assert told("exits", RUNNING, status) == \
        (1, "It", f"ended the process with exit code {status} while running")


def test_who_ended_the_process_may_be_unknown():
    assert told("exits", {**RUNNING, "widget": ""}, 0) == \
        (1, "", "ended the process with exit code 0 while running")


def test_without_a_workflow_no_widget_has_failed():
    code, widget, text = told("exits", {"stage": "looking for widgets", "widget": ""}, 0)
    assert (code, widget) == (2, "") and text.endswith("while looking for widgets")


def test_a_crash_is_an_error_of_the_widget():
    assert told("dies", RUNNING, signal.SIGSEGV) == \
        (1, "It", "crashed the process (SIGSEGV) while running")


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_who_is_ended_from_outside_has_not_failed(number):
    assert told("dies", RUNNING, number) == \
        (2, "", f"ended from outside ({number.name}) while running in It")


@pytest.mark.parametrize("error", [ValueError("a bug"), SystemExit(0), KeyboardInterrupt()])
def test_what_the_function_raises_is_no_success(error, capfd):
    assert start("raises", error).code == 2
    assert type(error).__name__ in capfd.readouterr().err


def test_half_a_note_is_none():
    assert told("breaks_off") == (1, "It", "ended the process with exit code 0 while running")


def test_messages_before_the_end_are_kept():
    end = start("exits", {**RUNNING, "message": ["Other", "Error", "no data", 1]}, 0)
    assert ending(end).messages[0] == Message("Other", "Error", "no data")


@pytest.mark.parametrize("widget, classes, who", [
    ("It", {}, " in It"),                                           # as the workflow has told
    ("", {"Other": ["Idle"], "It": ["Idle", "Busy"]}, " in It"),     # as the stack shows
    ("Other", {"Other": ["Idle"], "It": ["Busy"]}, " in It"),       # the innermost
    ("Second", {"First": ["Busy"], "Second": ["Busy"]}, " in Second"),
    ("", {"First": ["Busy"], "Second": ["Busy"]}, " in First or Second"),
    ("", {"Other": ["Idle"]}, ""),
])
def test_a_child_that_holds_the_lock_is_ended_and_the_widget_named(widget, classes, who):
    code, title, text = told("hangs", {**RUNNING, "timeout": 0.1, "widget": widget}, classes)
    assert (code, title) == (2, "")
    assert text == f"no end after 0.1 s while running{who}"


def test_preparations_have_a_limit_of_their_own():
    end = supervisor.Ending(None, 1, False, [{"stage": "looking for widgets"}], "Timeout (..)!\n")
    outcome = ending(end)
    assert outcome.exit_code == 2
    assert outcome.messages[0].text == \
        f"no end after {supervisor.PREPARATION:g} s while looking for widgets"


def test_the_child_imports_what_the_parent_would(tmp_path, monkeypatch):
    (tmp_path / "pickle.py").write_text("raise SystemExit('from the working directory')")
    monkeypatch.chdir(tmp_path)
    assert start("sees", str(tmp_path / "seen")).code == 0
    assert (tmp_path / "seen").read_text(encoding="utf-8").splitlines() == sys.path


# -- when the parent is ended

@pytest.fixture
def parent():
    """A parent whose child waits, in a process group of their own; and the child's id."""
    program = ("import sys; from orangecontrib.customs.headless.supervisor import *;"
               "end = supervise('hostile_processes:waits');"
               "sys.exit(ending(end).exit_code if end.code is None else end.code)")
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(HERE.parents[1]), str(HERE)])}
    with subprocess.Popen([sys.executable, "-c", program], env=env, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          start_new_session=True) as process:
        yield process, int(process.stdout.readline().split()[1])


def gone(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_sigterm_ends_the_child_too(parent):
    process, child = parent
    process.terminate()
    assert process.wait(600) == 128 + signal.SIGTERM
    assert gone(child)


def test_ctrl_c_ends_both_without_a_result(parent):
    process, child = parent
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(600) == 2
    assert gone(child)


def test_an_orphan_ends_by_itself(parent):
    process, _ = parent
    process.kill()
    # the child holds the other end, too
    assert process.stdout.read() == ""
