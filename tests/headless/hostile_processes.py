"""What may happen to a child process, without Orange; for the tests of the supervisor."""
import faulthandler
import os
import re
import signal
import sys


class Busy:
    def work(self, journal):
        # here, so that the stack shows it, however slow the machine
        faulthandler.dump_traceback_later(0.1, exit=True, file=journal.stack)
        # the regular expression engine keeps the interpreter's lock
        re.match(r"(a+)+$", "a" * 60 + "b")


class Idle:
    pass


def returns(journal, code, *_):
    journal.note(stage="running", widget="It", timeout=1)
    return code


def sees(_, file):
    with open(file, "w", encoding="utf-8") as stream:
        print(*sys.path, sep="\n", file=stream)
    return 0 if "PYTHONINSPECT" not in os.environ and not sys.argv[1:] else 1


def exits(journal, notes, status):
    journal.note(**notes)
    os._exit(status)


def raises(_, value):
    raise value


def dies(journal, notes, number):
    journal.note(**notes)
    os.kill(os.getpid(), number)


def breaks_off(journal):
    journal.note(stage="running", widget="It", timeout=1)
    journal._notes.write('{"stage": "runn')
    journal._notes.flush()
    os._exit(0)


def hangs(journal, notes, classes):
    """As `classes` says, widgets are made of the classes of this module."""
    journal.note(timeout=0.1, classes={title: [(__file__, name) for name in names]
                                       for title, names in classes.items()})
    journal.note(**notes)
    Busy().work(journal)


def waits(_):
    print("ready", os.getpid(), flush=True)
    signal.pause()
