"""
Random workflows, good and hostile, through both entrances of a run: do all end, and rightly?

Each is made of the widgets of ``tests/headless``, which behave well and badly, and may be damaged
or given arguments that don't fit; so its exit codes are known. It goes through the code of
``orange-customs run`` or of ``orange-canvas --no-gui``, in processes of their own, which are
forked from this one so that Orange is imported once::

    python tools/random_flows.py [--seed 22] [--runs 200] [--canvas 40] [--timeout 60]

Prints a line for each that went wrong, and the counts; exit code 1 if there was one.
"""
import argparse
import base64
import faulthandler
import functools
import os
import pickle
import pkgutil
import random
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from multiprocessing import Pipe
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

PROJECT = Path(__file__).parents[1]
sys.path[:0] = [str(PROJECT), str(PROJECT / "tests" / "headless")]
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

#: Places and questions of hostile widgets: tests/headless/hostile_widgets.py
PLACES = ("constructor", "handler", "timer", "task", "on_done", "thread", "lazy_value", "closing",
          "deletion")
BOXES = ("box", "orphan", "dialog", "stubborn", "wizard", "open", "save", "folder", "text", "item",
         "menu", "stdin")
STATES = ("invalidated", "not ready", "blocking", "progress")

#: Class, settings to choose from, exit code, how often
KINDS = [
    ("headless_widgets.InThread", {}, 0, 5), ("headless_widgets.Talks", {}, 0, 4),
    ("headless_widgets.LeavesThread", {}, 0, 1), ("headless_widgets.Raises", {}, 1, 1),
    ("headless_widgets.RaisesLater", {}, 1, 1), ("headless_widgets.RaisesAtBirth", {}, 1, 1),
    ("headless_widgets.RaisesInThread", {}, 1, 1), ("headless_widgets.RaisesLazily", {}, 1, 1),
    ("headless_widgets.ShowsError", {}, 1, 1), ("hostile_widgets.Quits", {}, 1, 1),
    ("hostile_widgets.LeavesInC", {"place": PLACES[:3]}, 1, 1),
    ("hostile_widgets.Crashes", {"place": PLACES[:3]}, 1, 1),
    ("hostile_widgets.Leaves", {"place": PLACES}, 1, 2),
    ("hostile_widgets.Asks", {"kind": BOXES}, 1, 2),
    ("hostile_widgets.Interrupts", {"place": ("handler", "timer", "constructor")}, 2, 1),
    ("hostile_widgets.Hogs", {"place": ("handler", "timer", "constructor")}, 2, 1),
    ("headless_widgets.Sleeps", {}, 2, 1), ("headless_widgets.NeverReady", {"state": STATES}, 2, 1),
]

#: A run of these ends only when its time is up: code 2, however short that is
_WAITING = ("Hogs", "Sleeps", "NeverReady")
WAIT = 10.

#: These act without data
_AT_ONCE = ("constructor", "closing", "deletion")


class Flow:
    """A workflow, the arguments of its run and the exit codes that are right."""

    def __init__(self, rng, folder):
        self.folder, self.path = folder, folder / "flow.ows"
        self.nodes, self.links, self.codes, self.waits = [], [], set(), False
        self.what, self.arguments = [], []
        self._grow(rng)
        if not self.codes:
            self.codes = {0}
        if rng.random() < .4:
            self._argue(rng)
        text = self._xml()
        if rng.random() < .3:
            text = self._damage(rng, text)
        self.path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))

    def _grow(self, rng):
        for _ in range(rng.randint(1, 2)):
            self.nodes.append(("headless_widgets.Source", {"rows": rng.randint(0, 9)}))
        feeding = list(range(len(self.nodes)))
        for _ in range(rng.randint(0, 5)):
            kind, choices, code, _ = rng.choices(KINDS, [kind[3] for kind in KINDS])[0]
            settings = {name: rng.choice(some) for name, some in choices.items()}
            number = len(self.nodes)
            self.nodes.append((kind, settings))
            fed = rng.random() < .9
            if fed:
                self.links.append((rng.choice(feeding), number))
            if kind.endswith("InThread") and not kind.endswith("RaisesInThread") and fed:
                feeding.append(number)
            acts = fed or settings.get("place") in _AT_ONCE or kind.endswith("RaisesAtBirth")
            if code and acts:
                self.codes.add(code)
                self.waits |= kind.endswith(_WAITING)
                self.what.append(kind.partition(".")[2] + "".join(map(" {}".format,
                                                                     settings.values())))

    def _argue(self, rng):
        good = [["--set", "N0.rows=3"], ["--save", f"N0.Data={self.folder / 'o.csv'}"],
                ["--report", str(self.folder / "r.html")], ["--json"], ["--progress"],
                ["--save", f"N0.Data={self.folder / 'o.parquet'}"], ["--lang", "en"]]
        bad = [["--set", "Nobody.rows=3"], ["--set", "N0.rows=many"], ["--set", "N0.nothing=1"],
               ["--save", "N0.Data=/nowhere/o.csv"], ["--save", "N0.Data=o.exe"],
               ["--save", f"N0.Learner={self.folder / 'o.csv'}"], ["--file", "N0=/nowhere"],
               ["--report", "/nowhere/r.html"], ["--save", "N0"], ["--file", f"N0={__file__}"]]
        self.arguments += rng.choice(good)
        if rng.random() < .25:
            self.arguments += rng.choice(bad)
            self._refused(" ".join(self.arguments[-2:]))

    def _refused(self, why):
        self.codes, self.what = {2}, [*self.what, why]

    def _xml(self):
        nodes, data, links = [], [], []
        for number, (kind, settings) in enumerate(self.nodes):
            nodes.append(f'<node id="{number}" name="N{number}" project_name="" version="" '
                         f'qualified_name={quoteattr(kind)} title="N{number}" '
                         f'position="({number}, 1)"/>')
            if settings:
                data.append(f'<properties node_id="{number}" format="literal">'
                            f'{escape(repr(settings))}</properties>')
        for number, (source, sink) in enumerate(self.links):
            links.append(f'<link id="{number}" source_node_id="{source}" sink_node_id="{sink}" '
                         'enabled="true" source_channel="Data" sink_channel="Data"/>')
        return ('<?xml version="1.0" encoding="utf-8"?><scheme version="2.0" title="" '
                f'description=""><nodes>{"".join(nodes)}</nodes><links>{"".join(links)}</links>'
                f'<annotations/><node_properties>{"".join(data)}</node_properties></scheme>')

    def _damage(self, rng, text):
        kind = rng.choice(["cut", "bytes", "unknown", "channel", "circle", "twice", "pickle",
                           "bytes for settings", "half a literal", "entities", "settings", "deep"])
        evil = pickle.dumps({"rows": _Evil(str(self.folder / "spy"))}, 0)
        added = '<properties node_id="0" format="{}">{}</properties></node_properties>'.format
        edits = {
            "cut": lambda: text[:rng.randrange(len(text) - 2)],
            "unknown": lambda: text.replace("headless_widgets.Source", rng.choice(
                ["antigravity.X", "no.such.Y", "os.path", "", "Orange.widgets.data.owfile.No"])),
            "channel": lambda: text.replace("<links>", "<links>" + _link("Datum")),
            "circle": lambda: text.replace("<links>", "<links>" + _link("Data")),
            "twice": lambda: text.replace("</links>", 2 * _link("Data", 77) + "</links>"),
            "pickle": lambda: text.replace("</node_properties>", added(
                "pickle", base64.encodebytes(evil).decode())),
            "bytes for settings": lambda: text.replace("</node_properties>", added(
                "literal", escape(repr(evil)))),
            "half a literal": lambda: text.replace("{'rows': ", "{'rows': (("),
            "entities": lambda: text.replace("<scheme", '<!DOCTYPE a [<!ENTITY b "c">'
                                             '<!ENTITY d "&b;&b;">]><scheme', 1).replace(
                                                 'title=""', 'title="&d;"', 1),
            "settings": lambda: text.replace("</node_properties>", added("what", "{}")),
            "deep": lambda: text.replace("{'rows': ", "{'rows': " + "[" * 5000),
        }
        if kind == "bytes":
            data = bytearray(text.encode())
            for _ in range(rng.randint(1, 8)):
                data[rng.randrange(len(data))] = rng.randrange(256)
            self.codes, self.what = {0, 1, 2}, [*self.what, "bytes changed"]
            return bytes(data)
        damaged = edits[kind]()
        if kind == "entities":
            self.what.append(kind)  # a title; what it costs is bounded by the parser
            return damaged
        if damaged != text:
            self._refused(kind)
        return damaged


class _Evil:
    """Leaves a file when it is unpickled."""

    def __init__(self, file):
        self.file = file

    def __reduce__(self):
        return open, (self.file, "w")


def _link(channel, number=99):
    return (f'<link id="{number}" source_node_id="0" sink_node_id="0" enabled="true" '
            f'source_channel="{channel}" sink_channel="Data"/>')


# -- processes

def start(function, *args, output):
    """Call a function in a forked process whose output goes to files; its id."""
    pid = os.fork()
    if pid:
        return pid
    try:
        os.setpgid(0, 0)
        for number in (1, 2):
            os.dup2(os.open(f"{output}{number}", os.O_WRONLY | os.O_CREAT | os.O_APPEND), number)
        sys.stdout = sys.__stdout__ = open(  # noqa: SIM115 - till the end
            1, "w", encoding="utf-8", closefd=False)
        sys.stderr = sys.__stderr__ = open(  # noqa: SIM115
            2, "w", encoding="utf-8", closefd=False, buffering=1)
        function(*args)
    except BaseException:
        traceback.print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(97)  # whoever comes here has forgotten to leave


def enter(kind, flow, timeout, channel):
    """The entrance: what the command's process does, but for who starts its child."""
    from orangecontrib.customs.headless import cli, supervisor
    from orangecontrib.customs.headless.environment import leave

    def supervise(function, *args):
        with tempfile.TemporaryDirectory(dir=flow.folder) as folder:
            channel.send((folder, function, args))
            status = channel.recv()
            notes = list(supervisor._read(Path(folder, "notes")))
            stack = Path(folder, "stack").read_text("ascii")
        code = next((note["code"] for note in notes if "code" in note), None)
        return supervisor.Ending(code, status, False, notes, stack)

    supervisor.supervise = supervise
    arguments = [str(flow.path), "--timeout", str(timeout), *flow.arguments]
    if kind == "canvas":
        sys.argv = ["orange-canvas", "--no-splash", "--no-gui", *arguments]
        from Orange.canvas.__main__ import main
        main()
        return
    try:
        code = cli.main(["run", *arguments])
    except SystemExit as stop:
        code = stop.code
    leave(code)


def work(folder, function, args):
    """The child: as the supervisor's own, but in a process where Orange is imported."""
    from orangecontrib.customs.headless.environment import leave
    from orangecontrib.customs.headless.pipes import whoever_reads
    from orangecontrib.customs.headless.supervisor import Journal
    os.environ.pop("PYTHONINSPECT", None)
    journal = Journal(folder)
    faulthandler.enable(journal.stack)
    code = 2
    try:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        sys.stdin = open(0, closefd=False)  # noqa: SIM115
        with whoever_reads():
            code = pkgutil.resolve_name(function)(journal, *args)
    except BaseException:
        traceback.print_exc()
    journal.note(code=code)
    leave(code)


def wait(pid, until):
    """The status of a process, as ``subprocess`` has it; None if it doesn't end."""
    while True:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() > until:
            os.killpg(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            return None
        time.sleep(.02)


def run(kind, flow, timeout, patience=240.0):
    """What came of a flow: its exit code, None if it hung; and its output."""
    here, there = Pipe()
    output = str(flow.folder / "output")
    until = time.monotonic() + timeout + patience
    pid = start(enter, kind, flow, timeout, there, output=output)
    there.close()
    code = None
    try:
        while not here.poll(.02):
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:  # refused before it started a child
                code = os.waitstatus_to_exitcode(status)
                break
            if time.monotonic() > until:
                os.killpg(pid, signal.SIGKILL)
                break
        else:
            child = wait(start(work, *here.recv(), output=output), until)
            here.send(child if child is not None else -9)
            code = None if child is None else wait(pid, until)
    except EOFError:
        code = wait(pid, until)
    said = [Path(f"{output}{number}").read_text("utf-8", "replace") for number in (1, 2)]
    return code, said[0], said[1]


def fault(flow, code, out, err):
    """What is wrong with the outcome of a flow; "" if nothing is."""
    if code is None:
        return "HANGS"
    if code not in flow.codes:
        return f"exit code {code}, not {' or '.join(map(str, sorted(flow.codes)))}"
    if (flow.folder / "spy").exists():
        return "its pickle was run"
    if "usage: " in err:
        return ""
    last = (out.strip().splitlines() or [""])[-1]
    result = ("done", "failed", "not run to its end")[code]
    if result not in last:
        return f"exit code {code}, but it says {last!r}"
    if code and not err.strip():
        return f"exit code {code} without a word"
    return ""


# -- all of them

def prepare(site):
    """Import what all of them need, and let discoveries find the widgets of the tests."""
    from orangecontrib.customs.headless import registry
    info = Path(site) / "random_flows-0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: random-flows\nVersion: 0\n")
    (info / "entry_points.txt").write_text(
        f"[orange.widgets]\ncustoms-headless = {registry.LOADER}\n"
        "tests = headless_widgets:discover\nhostile = hostile_widgets:discover\n")
    sys.path.append(str(site))
    home = Path(site) / "home"
    home.mkdir()
    os.environ.update(HOME=str(home), XDG_DATA_HOME=str(home), XDG_CACHE_HOME=str(home),
                      XDG_CONFIG_HOME=str(home))
    registry.discover()
    from orangecontrib.customs.headless import cli, listing, runner  # noqa: F401


def lane(jobs, seed, timeout, folder, say):
    """Run flows one after the other; the faults are said."""
    for kind, number in jobs:
        place = Path(folder) / f"{kind}{number}"
        place.mkdir()
        flow = Flow(random.Random(f"{seed} {kind} {number}"), place)
        code, out, err = run(kind, flow, WAIT if flow.waits else timeout)
        say.send((kind, number, code, fault(flow, code, out, err), flow.what, err[-600:]))
    say.send(None)


def main(argv=None):
    """Run them all and print what went wrong."""
    parser = argparse.ArgumentParser(description=__doc__.strip().splitlines()[0])
    parser.add_argument("--seed", type=int, default=22)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--canvas", type=int, default=40)
    parser.add_argument("--timeout", type=float, default=60.)
    parser.add_argument("--lanes", type=int, default=2, help="how many at a time")
    parser.add_argument("--only", metavar="KIND NUMBER", nargs=2)
    args = parser.parse_args(argv)
    jobs = [("run", number) for number in range(args.runs)] + \
        [("canvas", number) for number in range(args.canvas)]
    if args.only:
        jobs = [(args.only[0], int(args.only[1]))]
    codes, faults = Counter(), 0
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        site = Path(folder) / "site"
        site.mkdir()
        prepare(site)
        ends, pids = [], {}
        for number in range(args.lanes):
            here, there = Pipe()
            pid = start(functools.partial(lane, jobs[number::args.lanes], args.seed, args.timeout,
                                    folder, there), output=str(Path(folder) / f"lane{number}-"))
            there.close()
            ends.append(here)
            pids[here] = pid
        while ends:
            for end in list(ends):
                try:
                    told = end.recv() if end.poll(.05) else ...
                except EOFError:
                    told, faults = None, faults + 1
                    print("a lane has died:", os.waitpid(pids[end], 0),
                          *(path.read_text()[-2000:] for path in Path(folder).glob("lane*-2")))
                if told is ...:
                    continue
                if told is None:
                    ends.remove(end)
                    continue
                kind, number, code, wrong, what, err = told
                codes[kind, code] += 1
                if wrong:
                    faults += 1
                    print(f"{kind} {number}: {wrong}; {', '.join(what)}\n    "
                          + err.replace("\n", "\n    "), flush=True)
    for kind in ("run", "canvas"):
        some = {code: count for (each, code), count in sorted(codes.items(), key=str)
                if each == kind}
        print(f"{kind}: {sum(some.values())} workflows, exit codes {some}")
    print(f"{faults} went wrong (seed {args.seed})")
    return 1 if faults else 0


if __name__ == "__main__":
    # as the supervisor starts its child: sys.exit in a slot of Qt must not end the interpreter
    if not os.environ.get("PYTHONINSPECT"):
        os.execve(sys.executable, [sys.executable, *sys.argv],
                  {**os.environ, "PYTHONINSPECT": "1"})
    status = main()
    sys.stdout.flush()
    os._exit(status)
