"""
A run in a process of its own
=============================

A widget can end the process that it runs in (``os._exit``, a crash), or hold the interpreter's
lock in C code where no Python code can stop it. So a workflow runs in a child process, and as
its result counts only what the child says in so many words::

    parent: supervise()   -- starts -->   child: work() -> function(journal, ...)
            ending()      <-- reads --    a folder with the journal: notes and a stack

The parent needs no clock. In the child, :mod:`faulthandler` waits in C, without the lock,
writes the stack into the journal and ends the process when its time is up.

What can't be done: a process that leaves by ``os._exit`` leaves no stack. Then the widget is
named to which the workflow gave control last; a timer's or a thread's code is not known.
"""
import ast
import faulthandler
import functools
import json
import os
import pickle
import pkgutil
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from contextlib import contextmanager, suppress
from typing import NamedTuple

from .environment import leave
from .outcome import FAILED, NOT_RUN, Outcome
from .pipes import whoever_reads

__all__ = ["Ending", "Journal", "ending", "supervise", "work"]

#: How long (s) imports and the search for widgets may take; the run has a timeout of its own
PREPARATION = 600.0

#: How long (s) the child may take to end by itself after Ctrl+C, which it gets as well
PATIENCE = 2.0

#: Nothing of the working directory is imported that the parent wouldn't import
_PROGRAM = """
import sys
sys.path[:] = sys.argv[2].split("\\n")
from orangecontrib.customs.headless.supervisor import work
work(sys.argv[1])
"""

_JOB, _NOTES, _STACK = "job", "notes", "stack"

#: Signals by which others end a process; the widget that runs has no part in it
_FROM_OUTSIDE = {"SIGKILL", "SIGTERM", "SIGINT", "SIGHUP"}


class Journal:
    """
    What a process notes of its doings for those that it leaves behind.

    Parameters
    ----------
    folder : str, optional
        Without a folder nothing is noted, and stacks go to stderr.

    Attributes
    ----------
    stack : file
        Where :mod:`faulthandler` shall write.
    """

    def __init__(self, folder=None):
        self._notes, self.stack = None, sys.__stderr__
        if folder is not None:
            # a line is out as soon as it is written
            self._notes = open(os.path.join(folder, _NOTES), "a", buffering=1, encoding="ascii")
            self.stack = open(os.path.join(folder, _STACK), "w", encoding="ascii")

    def note(self, **what):
        """Add a line of JSON."""
        if self._notes is not None:
            self._notes.write(json.dumps(what) + "\n")


class Ending(NamedTuple):
    """
    How a child process ended.

    Attributes
    ----------
    code : int or None
        What its function returned; None if the process ended before that.
    status : int
        The process' exit status; minus a signal's number on POSIX.
    interrupted : bool
        Whether the parent got Ctrl+C meanwhile.
    notes : list of dict
    stack : str
        What :mod:`faulthandler` wrote; empty unless time was up or the process crashed.
    """
    code: int | None
    status: int
    interrupted: bool
    notes: list[dict]
    stack: str


# -- the parent

def supervise(function, *args):
    """
    Call a function in a child process, and wait for the end of it.

    Parameters
    ----------
    function : str
        "package.module:name" of a function (journal, *args) -> int.
    args
        Whatever can be pickled.

    Returns
    -------
    Ending
    """
    with tempfile.TemporaryDirectory(prefix="orange-customs-",
                                     ignore_cleanup_errors=True) as folder:
        with open(os.path.join(folder, _JOB), "wb") as file:
            pickle.dump((function, args), file)
        command = [sys.executable, "-P", *(f"-W{each}" for each in sys.warnoptions),
                   "-c", _PROGRAM, folder, "\n".join(sys.path)]
        # "inspect" keeps the interpreter from leaving at once on sys.exit in a slot of Qt:
        # sys.excepthook gets it, as any other exception
        env = {**_few_threads(os.environ), "PYTHONINSPECT": "1"}
        with _ended_by_sigterm():
            # nobody is there to answer: whoever reads stdin gets EOFError
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, env=env)
            interrupted = _wait(process)
        notes = list(_read(os.path.join(folder, _NOTES)))
        with open(os.path.join(folder, _STACK), "a+", encoding="ascii") as file:
            file.seek(0)
            stack = file.read()
    code = next((note["code"] for note in notes if "code" in note), None)
    return Ending(code, process.returncode, interrupted, notes, stack)


def _few_threads(environment):
    """
    An environment in which products of matrices take one thread, unless it says how many.

    Those of most workflows are small: OpenBLAS' threads would wait for each other at work,
    and take all cores from what else a computer has to do.
    """
    if {"OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"} & environment.keys():
        return environment
    return {**environment, "OPENBLAS_NUM_THREADS": "1"}


def _wait(process):
    """Wait for a process; never leave it behind. Returns whether Ctrl+C came."""
    try:
        process.wait()
        return False
    except KeyboardInterrupt:
        with suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE)
        return True
    finally:
        process.kill()
        process.wait()


@contextmanager
def _ended_by_sigterm():
    """Let SIGTERM unwind the stack instead of ending this process alone."""
    def stop(number, _):
        sys.exit(128 + number)

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    previous = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, previous or signal.SIG_DFL)


def _read(file):
    if not os.path.exists(file):
        return
    with open(file, encoding="ascii") as lines:
        for line in lines:
            try:
                yield json.loads(line)
            except ValueError:
                pass  # the process ended while it wrote


def ending(end):
    """
    What is to be said of a child process that ended without a result.

    Parameters
    ----------
    end : Ending

    Returns
    -------
    Outcome
        What widgets have said before, and the end itself as an error of the widget that ran
        or, where others have ended it, of the run.
    """
    outcome, last = Outcome(), {}
    for note in end.notes:
        last.update(note)
        if "message" in note:
            outcome.add(*note["message"])
    stage = last.get("stage", "starting")
    who = _culprits(end.stack, last.get("classes", {}))
    if not who or last.get("widget") in who:
        who = [last["widget"]] if last.get("widget") else who
    where = f"while {stage}" + (f" in {' or '.join(who)}" if who else "")
    killed = _signal_name(end.status)
    if end.stack.startswith("Timeout"):
        limit = last.get("timeout", PREPARATION)
        outcome.add("", "Error", f"no end after {limit:g} s {where}", NOT_RUN)
    elif end.interrupted or killed in _FROM_OUTSIDE:
        how = "interrupted" if end.interrupted else f"ended from outside ({killed})"
        outcome.add("", "Error", f"{how} {where}", NOT_RUN)
    else:
        how = f"crashed the process ({killed or end.status})" \
            if killed or end.stack else f"ended the process with exit code {end.status}"
        # as long as there is no workflow, it is none of its widgets
        code = FAILED if "timeout" in last else NOT_RUN
        widget = who[0] if len(who) == 1 else ""
        outcome.add(widget, "Error", f"{how} {'while ' + stage if widget else where}", code)
    return outcome


def _signal_name(status):
    try:
        return signal.Signals(-status).name if status < 0 else ""
    except ValueError:
        return f"signal {-status}"


def _culprits(stack, classes):
    """
    The widgets whose code is innermost in a stack by faulthandler.

    Parameters
    ----------
    stack : str
    classes : dict of str to list of (str, str)
        Files and names of the classes that widgets are made of, by the widgets' titles.

    Returns
    -------
    list of str
        More than one where several widgets are of the same class.
    """
    threads = re.split(r"^(?=Thread 0x|Current thread 0x)", stack, flags=re.MULTILINE)
    # the thread that crashed, or else the main thread, which was there first and comes last
    thread = next((each for each in threads if each.startswith("Current")), threads[-1])
    for file, line in re.findall(r'^  File "(.*)", line (\d+) in ', thread, re.MULTILINE):
        found = [title for title, parts in classes.items()
                 if any(_escaped(path) == file and int(line) in _lines(path, name)
                        for path, name in parts)]
        if found:
            return found
    return []


def _escaped(path):
    """A path as faulthandler writes it."""
    return path.encode("ascii", "backslashreplace").decode("ascii")


@functools.cache
def _lines(path, name):
    """The lines of a class in a file."""
    try:
        with open(path, "rb") as file:
            tree = ast.parse(file.read())
    except (OSError, SyntaxError, ValueError, RecursionError):
        return range(0)
    return next((range(each.lineno, each.end_lineno + 1) for each in ast.walk(tree)
                 if isinstance(each, ast.ClassDef) and each.name == name), range(0))


# -- the child

def work(folder):
    """
    Do the job that lies in a folder, and end the process.

    Parameters
    ----------
    folder : str
    """
    os.environ.pop("PYTHONINSPECT", None)  # for us, not for processes that we start
    del sys.argv[1:]
    journal = Journal(folder)
    faulthandler.enable(journal.stack)
    faulthandler.dump_traceback_later(PREPARATION, exit=True, file=journal.stack)
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    code = NOT_RUN
    try:
        with open(os.path.join(folder, _JOB), "rb") as file:
            function, args = pickle.load(file)
        with whoever_reads():
            code = pkgutil.resolve_name(function)(journal, *args)
    except BaseException:  # pylint: disable=broad-except
        # whatever it is, the parent must get a result
        traceback.print_exc()
    journal.note(code=code)
    leave(code)


def _end_with(parent):
    """End this process when its parent is no more; body of a thread."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(NOT_RUN)
