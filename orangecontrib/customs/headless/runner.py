"""
Run a workflow to its end, without a window
===========================================

:func:`run_workflow` is the one way in. Orange has no notion of "done": its
``SignalManager.finished`` is emitted after an input was delivered and at no other time, so a
runner that waits for it (``Orange.canvas.run``) hangs when the last widget works in a thread,
when there are no links, and when a handler raises. Here a workflow is done when for a moment
nothing was pending, active, blocking, invalidated or not ready.
"""
import faulthandler
import html
import importlib
import logging
import os
import re
import sys
import threading
import time
import traceback
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Dict, List, NamedTuple, Tuple
from xml.etree.ElementTree import ParseError

from AnyQt.QtCore import QEvent, QEventLoop, QTimer
from AnyQt.QtWidgets import QApplication, QDialog
from Orange.canvas.config import Config
from Orange.data import Table
from orangecanvas import config
from orangecanvas.registry import WidgetRegistry
from orangecanvas.scheme import SchemeNode, readwrite
from orangecanvas.scheme.signalmanager import LazyValue
from orangecanvas.utils import name_lookup
from orangewidget.widget import OWBaseWidget

from .arguments import ArgumentError, apply_setting, check_save, resolve_save, write_table
from .environment import OwnSettings, prepare_application

__all__ = ["Message", "Outcome", "run_workflow", "discover"]

#: What a workflow's result is worth
OK, FAILED, NOT_RUN = 0, 1, 2

#: How long (s) nothing must happen, and how often (ms) we look
QUIET, TICK = 0.3, 25

#: How long (s) after the timeout the event loop may need to notice it
GRACE = 2.0

#: setup.py registers :func:`.loader.loader` under this name; discovery must not call it again
LOADER = "orangecontrib.customs.headless.loader:loader"

_TAG = re.compile(r"</?(?:a|b|br|code|div|em|h\d|hr|i|li|ol|p|pre|small|span|strong|sub|sup|table|"
                  r"td|th|tr|tt|u|ul)(?:\s+[\w-]+\s*=[^<>]*)?\s*/?>", re.IGNORECASE)

_LEVELS = {1: "Information", 2: "Warning", 3: "Error"}


class Message(NamedTuple):
    """What a widget says at the end; `widget` is "" where it concerns the whole run."""
    widget: str
    level: str
    text: str


@dataclass
class Outcome:
    """
    What came of a run.

    Attributes
    ----------
    exit_code : int
        0: all went well; 1: a widget shows an error, a handler raised, or what was to be saved
        didn't appear; 2: the workflow or an argument can't be used, or time was up.
    messages : list of Message
        Levels are "Error", "Warning" and "Information".
    outputs : dict
        The last value sent on each output that was used, by (widget title, output name).
        Lazy values are computed (None if the run has failed). Of widgets with the same title
        all but the first get a number: "Data Table #2".
    seconds : float
    widgets : list of str
        All titles, in the workflow's order.
    """
    exit_code: int = OK
    messages: List[Message] = field(default_factory=list)
    outputs: Dict[Tuple[str, str], Any] = field(default_factory=dict)
    seconds: float = 0.0
    widgets: List[str] = field(default_factory=list)

    def add(self, widget, level, text, code=OK):
        """Add a message, and let it worsen the exit code."""
        self.messages.append(Message(widget, level, " ".join(str(text).split())))
        self.exit_code = max(self.exit_code, code)


class _CannotRun(Exception):
    """The workflow can't be loaded; the message is meant for the user."""


def run_workflow(path, *, settings=(), save=(), timeout=600.0, registry=None, on_output=None,
                 cached_descriptions=None):
    """
    Load a workflow, let it run until nothing is left to do, and close it.

    Whatever is wrong with the workflow, its widgets or the arguments comes back as messages
    and an exit code; tracebacks of handlers go to stderr. The user's own widget settings are
    neither read nor written. Call it from the main thread. A widget that works in the
    background must say so, by a progress bar or as invalidated; otherwise nobody can wait for it.

    When a widget doesn't give the event loop back by the end of `timeout`, no Python code can
    stop it: the **process** ends with code 2 and a message that names the widget. (If it sits
    in C code that holds the interpreter's lock, the process ends a little later, with code 1
    and the stack on stderr.)

    Parameters
    ----------
    path : str
        The .ows file. Files it refers to may be relative to its folder.
    settings, save : sequence of str
        "Widget title.setting=value" and "Widget title.Output=file".
    timeout : float
        Seconds, for everything from loading to closing.
    registry : orangecanvas.registry.WidgetRegistry, optional
        The known widgets; discovered (some seconds) if not given.
    on_output : callable(title, output, value), optional
        Called when a widget sends something; lazy values come as they are.
    cached_descriptions : dict, optional
        Passed to :func:`discover`.

    Returns
    -------
    Outcome
    """
    run = _Run(path, timeout, on_output)
    try:
        with _Watchdog(run):
            run.check(save)
            app = prepare_application()
            with OwnSettings() as own, _Hooks(run, app):
                try:
                    if registry is None:
                        registry = discover(cached_descriptions)
                    run.load(registry, own, settings, save)
                    run.settle()
                    run.collect()
                    run.save()
                finally:
                    run.close()
    except (_CannotRun, ArgumentError) as error:
        run.outcome.add("", "Error", error, NOT_RUN)
    run.outcome.seconds = time.monotonic() - run.started
    return run.outcome


def discover(cached_descriptions=None):
    """
    Find all widgets of Orange and its add-ons.

    Parameters
    ----------
    cached_descriptions : dict, optional
        Descriptions that a discovery has found before, in orangecanvas' own format.

    Returns
    -------
    orangecanvas.registry.WidgetRegistry
    """
    registry = WidgetRegistry()
    cfg = _configuration()
    discovery = cfg.widget_discovery(registry, cached_descriptions=cached_descriptions)
    discovery.run(entry for entry in cfg.widgets_entry_points() if entry.value != LOADER)
    return registry


class _Run:
    """One workflow from file to outcome; the steps in the order of :func:`run_workflow`."""

    def __init__(self, path, timeout, on_output):
        self.path = os.fspath(path)
        self.name = os.path.basename(self.path)
        self.timeout = timeout
        self.on_output = on_output
        self.started = time.monotonic()
        self.deadline = self.started + timeout
        self.outcome = Outcome()
        self.stage = "loading"
        self.model = None
        self.nodes = []
        self.labels = {}
        self.widgets = {}
        self.current = None     # the node whose code runs now, as far as we know
        self.failed = False     # an exception or a dialog: no use to go on
        self.saves = []

    # -- before anything is started

    def check(self, save):
        """What can be refused without Qt and discovery."""
        if not os.path.isfile(self.path):
            raise _CannotRun(f"there is no file {self.path}")
        for argument in save:
            check_save(argument)

    # -- load

    def load(self, registry, own, settings, save):
        """Build the workflow and its widgets; nothing flows yet."""
        description = self._parse()
        self._check_widgets(description, registry)
        model = self.model = _configuration().workflow_constructor()
        model.set_runtime_env("basedir", os.path.dirname(os.path.abspath(self.path)))
        manager = model.signal_manager
        manager.pause()
        problems = []
        with open(self.path, "rb") as file, _LoadLog(problems):
            model.load_from(file, registry=registry, error_handler=problems.append)
        if problems:
            raise _CannotRun("can't be loaded: " + "; ".join(map(str, problems)))

        self.nodes = list(model.nodes)
        titles = _labels([node.title for node in self.nodes])
        self.labels = dict(zip(self.nodes, titles, strict=True))
        self.outcome.widgets = list(self.labels.values())
        for node in self.nodes:
            own.shield(_widget_class(node))
        for argument in settings:
            apply_setting(self.nodes, argument)
        self.saves = [resolve_save(self.nodes, argument) for argument in save]

        self._listen(manager)
        for node in self.nodes:
            self.current = node
            try:
                self.widgets[node] = model.widget_for_node(node)
            except Exception:  # pylint: disable=broad-except
                # a widget's own code: report it as any other exception of a widget
                sys.excepthook(*sys.exc_info())
            if self.failed:
                break
        self.current = None

    def _parse(self):
        try:
            with open(self.path, "rb") as file:
                return readwrite.parse_ows_stream(file)
        except ParseError as error:
            raise _CannotRun(f"damaged or no workflow: {error}") from error
        except (OSError, ValueError, SyntaxError, TypeError, AttributeError) as error:
            # the parser trusts the file: a missing attribute is a TypeError deep inside
            raise _CannotRun(f"can't be read as a workflow: {error}") from error

    def _check_widgets(self, description, registry):
        """Say which widgets are missing and where they may come from."""
        try:
            nodes = readwrite.resolve_replaced(description, registry).nodes
        except KeyError as error:
            raise _CannotRun(f"damaged: a link leads to the node {error}, "
                             "which is not in the file") from error
        missing = [f"{node.title!r} ({node.qualified_name}): "
                   f"{_why_missing(node.qualified_name, node.project_name)}"
                   for node in nodes if not registry.has_widget(node.qualified_name)]
        if missing:
            raise _CannotRun("uses unknown widgets: " + "; ".join(missing))

    def _listen(self, manager):
        """Note what is sent; a widget is given this very object as its signal manager."""
        send = manager.send

        def note_and_send(widget, channel, value, *args, **kwargs):
            node = self.model.node_for_widget(widget)
            if node is not None:
                label = self.labels[node]
                self.outcome.outputs[label, channel] = value
                if self.on_output is not None:
                    self.on_output(label, channel, value)
            send(widget, channel, value, *args, **kwargs)

        manager.send = note_and_send
        manager.processingStarted[SchemeNode].connect(self._enter)
        manager.processingFinished[SchemeNode].connect(self._exit)

    def _enter(self, node):
        self.current = node

    def _exit(self, _):
        self.current = None

    # -- settle

    def settle(self):
        """Process events until the workflow is quiet, something fails, or time is up."""
        self.stage = "running"
        loop, timer = QEventLoop(), QTimer(interval=TICK)
        quiet_since = None

        def tick():
            nonlocal quiet_since
            self._dismiss_dialog()
            busy = self.busy()
            now = time.monotonic()
            if busy:
                quiet_since = None
            elif quiet_since is None:
                quiet_since = now
            if self.failed or not busy and now - quiet_since >= QUIET:
                loop.quit()
            elif now >= self.deadline:
                self.failed = True
                self.outcome.add("", "Error", f"no end after {self.timeout:g} s; {busy}",
                                 NOT_RUN)
                loop.quit()

        self.model.signal_manager.resume()
        timer.timeout.connect(tick)
        timer.start()
        if not self.failed:
            loop.exec()
        timer.stop()
        self.model.signal_manager.pause()

    def busy(self):
        """Who is still busy and with what, in words; "" when nobody is."""
        if self.model is None:
            return ""
        manager = self.model.signal_manager
        states = (("at work", manager.active_nodes()),
                  ("blocking", manager.blocking_nodes()),
                  ("not ready", [node for node in self.nodes if not manager.is_ready(node)]),
                  ("result not there yet", manager.invalidated_nodes()),
                  ("waits for input", manager.pending_nodes()))
        words = {}
        for word, nodes in states:
            for node in nodes:
                words.setdefault(node, word)
        return "busy: " + ", ".join(f"{self.labels.get(node, node.title)} ({word})"
                                    for node, word in words.items()) if words else ""

    def _dismiss_dialog(self):
        """Close a dialog that waits for an answer: there is nobody to give one."""
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, QDialog):
            text = getattr(dialog, "text", str)() or dialog.windowTitle()
            self.fail(f"asks in a dialog, and nobody is there to answer: {text}", self.current)
            dialog.done(QDialog.Rejected)  # close() can be refused

    def fail(self, text, node):
        """Record what ends the run, with the widget that is to blame, if known."""
        self.failed = True
        self.outcome.add(self.labels.get(node, ""), "Error", text, FAILED)

    def blame(self, frames):
        """The innermost node that some stack frames belong to, or the one at work."""
        found = None
        for frame in frames:
            owner, node = frame.f_locals.get("self"), frame.f_locals.get("node")
            if isinstance(owner, OWBaseWidget) and self.model is not None:
                found = self.model.node_for_widget(owner) or found
            elif isinstance(node, SchemeNode):
                found = node
        return found or self.current

    # -- collect, save, close

    def collect(self):
        """Read what the widgets show, and compute outputs that are lazy."""
        self.stage = "computing outputs"
        for node, widget in self.widgets.items():
            for group in widget.message_groups:
                for message in list(group.active):
                    level = _LEVELS.get(group.severity, "Information")
                    self.outcome.add(self.labels[node], level, _plain(message.formatted),
                                     FAILED if level == "Error" else OK)
        for (label, output), value in list(self.outcome.outputs.items()):
            if LazyValue.is_lazy(value):
                self.outcome.outputs[label, output] = None
                if self.failed:
                    continue
                try:
                    self.outcome.outputs[label, output] = value.get_value()
                except Exception as error:  # pylint: disable=broad-except
                    # a widget's own code, called late: the traceback, and the run goes on
                    traceback.print_exc()
                    self.outcome.add(label, "Error",
                                     f"{output}: {type(error).__name__}: {error}", FAILED)

    def save(self):
        """Write the outputs that were asked for."""
        self.stage = "saving"
        for node, output, file in self.saves:
            label = self.labels[node]
            table = self.outcome.outputs.get((label, output))
            if self.failed:
                self.outcome.add(label, "Error", f"{file} is not written: the run has failed",
                                 FAILED)
            elif table is None:
                self.outcome.add(label, "Error", f"{output} is empty, {file} is not written",
                                 FAILED)
            elif not isinstance(table, Table):
                self.outcome.add(label, "Error", f"{output} is no table but "
                                 f"{type(table).__name__}, {file} is not written", FAILED)
            else:
                try:
                    write_table(table, file)
                except (OSError, ValueError, TypeError) as error:
                    self.outcome.add(label, "Error", f"can't save {output} to {file}: {error}",
                                     NOT_RUN)
                else:
                    self.outcome.add(label, "Information", f"{output} saved to {file}")

    def close(self):
        """Take the workflow apart as Canvas does, so that widgets stop their threads."""
        self.stage = "closing"
        if self.model is None:
            return
        self.model.signal_manager.stop()
        self.model.clear()
        QApplication.sendEvent(self.model, QEvent(QEvent.Close))
        self.model.deleteLater()
        QApplication.processEvents()
        QApplication.sendPostedEvents(None, QEvent.DeferredDelete)


def _configuration():
    """What Canvas runs with (Orange or a relative of it) if this is Canvas, else Orange's."""
    return Config() if type(config.default) is config.Default else config.default


def _labels(titles):
    """Titles, numbered where a title is used more than once."""
    seen = Counter()
    for title in titles:
        seen[title] += 1
        yield title if seen[title] == 1 else f"{title} #{seen[title]}"


def _plain(text):
    """The text of a message that may be HTML; "a < b" and file names stay as they are."""
    plain, tags = _TAG.subn(" ", text)
    return html.unescape(plain) if tags else text


def _why_missing(qualified_name, project_name):
    """Why a widget is unknown: its add-on is missing, too old, or can't be imported."""
    module = qualified_name.rpartition(".")[0]
    project = project_name or "the add-on that has it"
    try:
        importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name and (module + ".").startswith(error.name + "."):
            return f"not installed; install {project}"
        return f"can't be imported: {error}; install what {project} needs"
    except Exception as error:  # pylint: disable=broad-except
        # foreign code at import time can raise anything; it becomes part of our message
        return f"can't be imported: {type(error).__name__}: {error}"
    return f"{module} has no such widget; is {project} up to date?"


def _widget_class(node):
    """The class of a node's widget; a registry from a cache may know what is gone by now."""
    name, project = node.description.qualified_name, node.description.project_name
    try:
        return name_lookup(name)
    except Exception as error:  # pylint: disable=broad-except
        # foreign code at import time can raise anything
        raise _CannotRun(f"{node.title!r} ({name}): {_why_missing(name, project)}") from error


class _LoadLog(logging.Handler):
    """Collects what loading only logs: a node whose settings can't be read loses them."""

    def __init__(self, problems):
        super().__init__(logging.ERROR)
        self.problems = problems

    def emit(self, record):
        self.problems.append(record.getMessage())

    def __enter__(self):
        readwrite.log.addHandler(self)

    def __exit__(self, *_):
        readwrite.log.removeHandler(self)


class _Hooks:
    """While a workflow runs: exceptions in slots are recorded, closed windows don't quit."""

    def __init__(self, run, app):
        self.run, self.app = run, app
        self.previous = None

    def __enter__(self):
        self.previous = sys.excepthook, self.app.quitOnLastWindowClosed()
        sys.excepthook = self.record
        self.app.setQuitOnLastWindowClosed(False)

    def __exit__(self, *_):
        sys.excepthook, quits = self.previous
        self.app.setQuitOnLastWindowClosed(quits)

    def record(self, kind, value, trace):
        """An excepthook; PyQt calls it for whatever is raised in Python called from Qt."""
        if issubclass(kind, (KeyboardInterrupt, SystemExit)):
            self.run.failed = True
            self.run.outcome.add("", "Error", f"interrupted while {self.run.stage}", NOT_RUN)
            return
        traceback.print_exception(kind, value, trace)
        node = self.run.blame(frame for frame, _ in traceback.walk_tb(trace))
        self.run.fail(f"raised {kind.__name__}: {value}", node)


class _Watchdog:
    """Ends the process when the run is not over some time after its timeout."""

    def __init__(self, run):
        self.run = run
        self.over = threading.Event()
        self.main_thread = threading.get_ident()
        self.thread = threading.Thread(target=self.watch, daemon=True, name="customs-watchdog")

    def __enter__(self):
        # the last resort, in C: also ends code that never gives the interpreter's lock back
        try:
            faulthandler.dump_traceback_later(
                self.run.timeout + 2 * GRACE, exit=True, file=sys.__stderr__)
        except (AttributeError, OSError, RuntimeError, ValueError):
            pass  # no real stderr (pythonw); the thread below remains
        self.thread.start()

    def __exit__(self, *_):
        self.over.set()
        faulthandler.cancel_dump_traceback_later()

    def watch(self):
        """Wait for the end of the run; body of the thread."""
        if self.over.wait(self.run.deadline + GRACE - time.monotonic()):
            return
        # __stderr__: Canvas replaces stderr by a Qt object of the thread that hangs
        stream = sys.__stderr__
        if stream is not None:
            frame = sys._current_frames().get(self.main_thread)
            frames = [each for each, _ in traceback.walk_stack(frame)]
            node = self.run.blame(reversed(frames))
            who = f"in {self.run.labels.get(node, node.title)}" if node else ""
            for message in self.run.outcome.messages:
                print(f"{message.widget or self.run.name}: {message.text}", file=stream)
            print(f"{self.run.name}: no end after {self.run.timeout:g} s while "
                  f"{self.run.stage} {who}; {self.run.busy()}", file=stream)
            traceback.print_stack(frame, file=stream)
            stream.flush()
        os._exit(NOT_RUN)
