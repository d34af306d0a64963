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
from contextlib import contextmanager
from xml.etree.ElementTree import ParseError

from AnyQt.QtCore import QEvent, QEventLoop, QObject, Qt, QTimer
from AnyQt.QtWidgets import QApplication, QDialog, QInputDialog, QMenu, QMessageBox
from Orange.canvas.config import Config
from Orange.data import Table
from orangecanvas import config
from orangecanvas.registry import WidgetRegistry
from orangecanvas.scheme import SchemeNode, readwrite
from orangecanvas.scheme.signalmanager import LazyValue
from orangecanvas.utils import name_lookup
from orangewidget.widget import OWBaseWidget

from .arguments import (
    ArgumentError,
    apply_settings,
    check_save,
    check_targets,
    resolve_save,
    write_table,
)
from .environment import OwnSettings, offline_imports, prepare_application
from .outcome import FAILED, NOT_RUN, OK, Message, Outcome
from .supervisor import Journal

__all__ = ["Message", "Outcome", "run_workflow", "discover"]

#: How long (s) nothing must happen, and how often (ms) we look
QUIET, TICK = 0.3, 25

#: How long (s) after the timeout the event loop may need to notice it
GRACE = 2.0

#: setup.py registers :func:`.loader.loader` under this name; discovery must not call it again
LOADER = "orangecontrib.customs.headless.loader:loader"

_TAG = re.compile(r"</?(?:a|b|br|code|div|em|h\d|hr|i|li|ol|p|pre|small|span|strong|sub|sup|table|"
                  r"td|th|tr|tt|u|ul)(?:\s+[\w-]+\s*=[^<>]*)?\s*/?>", re.IGNORECASE)

_LEVELS = {1: "Information", 2: "Warning", 3: "Error"}


class _CannotRun(Exception):
    """The workflow can't be loaded; the message is meant for the user."""


def run_workflow(path, *, settings=(), save=(), timeout=600.0, pickles=True, registry=None,
                 on_output=None, before_close=None, cached_descriptions=None, configuration=None,
                 journal=None):
    """
    Load a workflow, let it run until nothing is left to do, and close it.

    Whatever is wrong with the workflow, its widgets or the arguments comes back as messages
    and an exit code; tracebacks of handlers go to stderr. The user's own widget settings are
    neither read nor written. Call it from the main thread. A widget that works in the
    background must say so, by a progress bar or as invalidated; otherwise nobody can wait for it.

    Some things no Python code can stop: a widget that doesn't give the event loop back by the
    end of `timeout` (then the **process** ends, with code 1 and the stack on stderr),
    ``sys.exit`` in a slot of Qt, ``os._exit``. The commands run this function by
    :func:`.supervisor.supervise`, which does.

    Parameters
    ----------
    path : str
        The .ows file. Files it refers to may be relative to its folder.
    settings, save : sequence of str
        "Widget title.setting=value" and "Widget title.Output=file".
    timeout : float
        Seconds, for everything from loading to closing; the search for widgets comes before.
    pickles : bool
        Whether to load pickled settings, which can run any code; a line on stderr names their
        widgets first.
    registry : orangecanvas.registry.WidgetRegistry, optional
        The known widgets; discovered (some seconds) if not given.
    on_output : callable(title, output, value), optional
        Called when a widget sends something; lazy values come as they are.
    before_close : callable(scheme, widgets), optional
        Called when the workflow is done, with orangecanvas' scheme and the widgets by title:
        to look at them, to press their buttons.
    cached_descriptions : dict, optional
        Passed to :func:`discover`.
    configuration : type, optional
        Passed to :func:`.environment.prepare_application`.
    journal : .supervisor.Journal, optional
        Is told what runs.

    Returns
    -------
    Outcome
    """
    run = _Run(path, timeout, on_output, journal or Journal())
    try:
        run.check(save)
        app = prepare_application(configuration)
        with OwnSettings() as own, _Hooks(run, app):
            if registry is None:
                registry = discover(cached_descriptions)
            with _last_resort(run):
                try:
                    run.load(registry, own, settings, save, pickles)
                    run.settle()
                    run.collect()
                    run.save()
                    if before_close is not None:
                        run.show(before_close)
                finally:
                    run.close()
    except (_CannotRun, ArgumentError) as error:
        run.add("", "Error", error, NOT_RUN)
    except (KeyboardInterrupt, SystemExit) as error:
        run.add("", "Error", f"{_words(error)} while {run.stage}", NOT_RUN)
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
    for entry in cfg.widgets_entry_points():
        if entry.value == LOADER:
            continue
        try:
            with offline_imports():
                discovery.run(iter([entry]))
        except SystemExit as error:
            modules = [frame.f_globals.get("__name__", "?") for frame, _
                       in traceback.walk_tb(error.__traceback__)]
            raise _CannotRun(f"looking for widgets of {entry.value}: {modules[-1]} "
                             f"raised {_words(error)}") from error
    return registry


class _Run:
    """One workflow from file to outcome; the steps in the order of :func:`run_workflow`."""

    def __init__(self, path, timeout, on_output, journal):
        self.path = os.fspath(path)
        self.name = os.path.basename(self.path)
        self.timeout = timeout
        self.on_output = on_output
        self.journal = journal
        self.started = time.monotonic()
        self.deadline = None    # the clock starts when the widgets are known
        self.outcome = Outcome()
        self.model = None
        self.nodes = []
        self.labels = {}
        self.widgets = {}
        self.current = None     # the node whose code runs now, as far as we know
        self.failed = False     # an exception or a dialog: no use to go on
        self.saves = []
        self.mark("looking for widgets")

    # -- what happens, for us and for a parent process

    def mark(self, stage=None, node=None):
        """Remember what is being done, and whose code runs."""
        self.stage, self.current = stage or self.stage, node
        self.journal.note(stage=self.stage, widget=self.labels.get(node, ""))

    def add(self, widget, level, text, code=OK):
        """Add a message to the outcome."""
        self.outcome.add(widget, level, text, code)
        self.journal.note(message=[*self.outcome.messages[-1], code])

    def fail(self, text, node, code=FAILED):
        """Record, once, what ends the run, with the widget that is to blame, if known."""
        self.failed = True
        message = Message(self.labels.get(node, ""), "Error", " ".join(text.split()))
        if message not in self.outcome.messages:
            self.add(*message, code)

    @contextmanager
    def widgets_code(self, node=None):
        """What widgets raise inside is recorded as what they raise in a slot, and is over."""
        self.mark(node=node)
        try:
            yield
        except BaseException:  # pylint: disable=broad-except
            # foreign code can raise anything, SystemExit included
            sys.excepthook(*sys.exc_info())
        self.mark()

    # -- before anything is started

    def check(self, save):
        """What can be refused without Qt and discovery."""
        if not os.path.isfile(self.path):
            raise _CannotRun(f"there is no file {self.path}")
        for argument in save:
            check_save(argument)

    # -- load

    def load(self, registry, own, settings, save, pickles):
        """Build the workflow and its widgets; nothing flows yet."""
        self.mark("loading")
        description = self._parse()
        self._check_widgets(description, registry)
        self._check_pickles(description, pickles)
        model = self.model = _configuration().workflow_constructor()
        model.set_runtime_env("basedir", os.path.dirname(os.path.abspath(self.path)))
        manager = model.signal_manager
        manager.pause()
        self._fill(model, registry)

        self.nodes = list(model.nodes)
        titles = _labels([node.title for node in self.nodes])
        self.labels = dict(zip(self.nodes, titles, strict=True))
        self.outcome.widgets = list(self.labels.values())
        classes = {node: _widget_class(node) for node in self.nodes}
        self.journal.note(classes={self.labels[node]: list(_sources(widget_class))
                                   for node, widget_class in classes.items()})
        for widget_class in classes.values():
            own.shield(widget_class)
        apply_settings(self.nodes, settings)
        self.saves = [resolve_save(self.nodes, argument) for argument in save]
        check_targets(self.saves, self.nodes, os.path.dirname(os.path.abspath(self.path)))

        self._listen(manager)
        for node in self.nodes:
            with self.widgets_code(node):
                self.widgets[node] = model.widget_for_node(node)
            if self.failed:
                break

    def _fill(self, model, registry):
        """Load nodes and links into the workflow; everything that is wrong is said at once."""
        problems = []
        add_link = model.add_link

        def add_or_name(link):
            try:
                add_link(link)
            except Exception as error:  # pylint: disable=broad-except
                # a circle, a second link into a single input ...: no link of it is named
                problems.append(f"link {link.source_node.title} ({link.source_channel.name}) > "
                                f"{link.sink_node.title} ({link.sink_channel.name}): {error}")

        model.add_link = add_or_name
        try:
            with open(self.path, "rb") as file, _LoadLog(problems):
                model.load_from(file, registry=registry, error_handler=problems.append)
        except (Exception, SystemExit) as error:  # pylint: disable=broad-except
            # the loader trusts the file, and pickled settings can raise anything
            problems.append(_words(error))
        finally:
            del model.add_link
        if problems:
            raise _CannotRun("can't be loaded: " + "; ".join(map(str, problems)))

    def _parse(self):
        try:
            with open(self.path, "rb") as file:
                return readwrite.parse_ows_stream(file)
        except ParseError as error:
            raise _CannotRun(f"damaged or no workflow: {error}") from error
        except Exception as error:  # pylint: disable=broad-except
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

    def _check_pickles(self, description, allowed):
        """Say whose settings are pickled, before they are loaded."""
        titles = [repr(node.title) for node in description.nodes
                  if node.data is not None and node.data.format == "pickle"]
        if titles and not allowed:
            raise _CannotRun(f"the settings of {', '.join(titles)} are pickled, and loading them "
                             "could run any code: refused (--no-pickles)")
        if titles:
            print(f"{self.name}: the settings of {', '.join(titles)} are pickled, and loading "
                  "them can run any code; --no-pickles refuses", file=sys.stderr, flush=True)

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
        manager.processingStarted[SchemeNode].connect(lambda node: self.mark(node=node))
        manager.processingFinished[SchemeNode].connect(lambda _: self.mark())

    # -- settle

    def settle(self):
        """Process events until the workflow is quiet, something fails, or time is up."""
        self.mark("running")
        loop, timer = QEventLoop(), QTimer(interval=TICK)
        quiet_since, over = None, False

        def tick():
            nonlocal quiet_since, over
            busy = self.busy()
            now = time.monotonic()
            if busy:
                quiet_since = None
            elif quiet_since is None:
                quiet_since = now
            over = self.failed or not busy and now - quiet_since >= QUIET
            if not over and now >= self.deadline:
                over = True
                self.fail(f"no end after {self.timeout:g} s; {busy}", None, NOT_RUN)
            if over:
                loop.quit()

        self.model.signal_manager.resume()
        timer.timeout.connect(tick)
        timer.start()
        if not self.failed:
            loop.exec()
            if not over and not self.failed:
                self.fail("something ended Qt's event loop (QApplication.quit?)", self.current)
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

    def blame(self, frames):
        """The innermost node that some stack frames belong to, or the one at work."""
        found = None
        for frame in frames:
            owner, node = frame.f_locals.get("self"), frame.f_locals.get("node")
            if isinstance(owner, QObject):
                found = self.owner(owner) or found
            elif isinstance(node, SchemeNode):
                found = node
        return found or self.current

    def owner(self, part):
        """The node whose widget is a Qt object or owns it, as far as we know."""
        nodes = {id(widget): node for node, widget in self.widgets.items()}
        try:
            while part is not None and id(part) not in nodes:
                part = QObject.parent(part)
        except RuntimeError:
            return None  # half made, or deleted already
        return nodes.get(id(part))

    # -- collect, save, close

    def collect(self):
        """Read what the widgets show, and compute outputs that are lazy."""
        self.mark("computing outputs")
        for node, widget in self.widgets.items():
            for group in widget.message_groups:
                for message in list(group.active):
                    level = _LEVELS.get(group.severity, "Information")
                    self.add(self.labels[node], level, _plain(message.formatted),
                             FAILED if level == "Error" else OK)
        for node, label in self.labels.items():
            self._compute(node, label)

    def _compute(self, node, label):
        outputs = self.outcome.outputs
        for key in [key for key, value in outputs.items()
                    if key[0] == label and LazyValue.is_lazy(value)]:
            lazy, outputs[key] = outputs[key], None
            if self.failed:
                continue
            with self.widgets_code(node):
                try:
                    outputs[key] = lazy.get_value()
                except (Exception, SystemExit) as error:  # pylint: disable=broad-except
                    # unlike a handler's error this concerns one output: the run goes on
                    traceback.print_exc()
                    self.add(label, "Error", f"{key[1]}: {_words(error)}", FAILED)

    def save(self):
        """Write the outputs that were asked for."""
        self.mark("saving")
        for node, output, file in self.saves:
            label = self.labels[node]
            table = self.outcome.outputs.get((label, output))
            if self.failed:
                self.add(label, "Error", f"{file} is not written: the run has failed", FAILED)
            elif table is None:
                self.add(label, "Error", f"{output} is empty, {file} is not written", FAILED)
            elif not isinstance(table, Table):
                self.add(label, "Error", f"{output} is not a table but "
                                         f"{type(table).__name__}, {file} is not written", FAILED)
            else:
                try:
                    write_table(table, file)
                except (OSError, ValueError, TypeError) as error:
                    self.add(label, "Error", f"can't save {output} to {file}: {error}", NOT_RUN)
                else:
                    self.add(label, "Information", f"{output} saved to {file}")

    def show(self, visitor):
        """Let somebody look at the workflow; widgets that are given work go on with it."""
        self.mark("being looked at")
        self.model.signal_manager.resume()
        with self.widgets_code():
            visitor(self.model, {self.labels[node]: widget
                                 for node, widget in self.widgets.items()})

    def close(self):
        """Take the workflow apart as Canvas does, so that widgets stop their threads."""
        self.mark("closing")
        if self.model is None:
            return
        self.model.signal_manager.stop()
        with self.widgets_code():
            self.model.clear()
        with self.widgets_code():
            QApplication.sendEvent(self.model, QEvent(QEvent.Close))
        self.model.deleteLater()
        with self.widgets_code():
            QApplication.processEvents()
            QApplication.sendPostedEvents(None, QEvent.DeferredDelete)


def _configuration():
    """What Canvas runs with (Orange or a relative of it) if this is Canvas, else Orange's."""
    return Config() if type(config.default) is config.Default else config.default


def _words(error):
    """An exception in words, of which some have none."""
    if isinstance(error, KeyboardInterrupt):
        return "interrupted"
    return f"{type(error).__name__}: {error}".removesuffix(": ")


def _sources(widget_class):
    """Files and names of the classes that a widget is made of, but for Orange's base."""
    for part in widget_class.__mro__[:widget_class.__mro__.index(OWBaseWidget)]:
        file = getattr(sys.modules.get(part.__module__), "__file__", None)
        if file:
            yield file, part.__name__


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
    except (Exception, SystemExit) as error:  # pylint: disable=broad-except
        # foreign code at import time can raise anything; it becomes part of our message
        return f"can't be imported: {_words(error)}"
    return f"{module} has no such widget; is {project} up to date?"


def _widget_class(node):
    """The class of a node's widget; a registry from a cache may know what is gone by now."""
    name, project = node.description.qualified_name, node.description.project_name
    try:
        return name_lookup(name)
    except (Exception, SystemExit) as error:  # pylint: disable=broad-except
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
    """While a workflow runs: exceptions are recorded, nobody is asked, nothing quits."""

    def __init__(self, run, app):
        self.run, self.app = run, app
        self.asked = []
        self.timer = QTimer(interval=TICK)
        self.timer.timeout.connect(self.dismiss)
        self.previous = None

    def __enter__(self):
        self.previous = (sys.excepthook, threading.excepthook, self.app.quitOnLastWindowClosed(),
                         self.app.testAttribute(Qt.AA_DontUseNativeDialogs))
        sys.excepthook, threading.excepthook = self.record, self.record_thread
        self.app.setQuitOnLastWindowClosed(False)
        self.app.setAttribute(Qt.AA_DontUseNativeDialogs, True)  # Qt's own can be dismissed
        self.timer.start()

    def __exit__(self, *_):
        self.timer.stop()
        sys.excepthook, threading.excepthook, quits, foreign = self.previous
        self.app.setQuitOnLastWindowClosed(quits)
        self.app.setAttribute(Qt.AA_DontUseNativeDialogs, foreign)

    def record(self, kind, value, trace):
        """An excepthook; PyQt calls it for whatever is raised in Python called from Qt."""
        node = self.run.blame(frame for frame, _ in traceback.walk_tb(trace))
        if issubclass(kind, KeyboardInterrupt):
            self.run.fail(f"interrupted while {self.run.stage}", node, NOT_RUN)
            return
        traceback.print_exception(kind, value, trace)
        self.run.fail(f"raised {_words(value)}", node)

    def record_thread(self, args):
        """A threading.excepthook; Python's own keeps quiet about SystemExit."""
        self.record(args.exc_type, args.exc_value or args.exc_type(), args.exc_traceback)

    def dismiss(self):
        """Send away what waits for an answer: there is nobody to give one."""
        menu = QApplication.activePopupWidget()
        asks = menu if isinstance(menu, QMenu) else QApplication.activeModalWidget()
        if asks is None:
            return
        # not from here: Qt would not call us again for what asks when it is dismissed
        if any(asks is each for each in self.asked):
            QTimer.singleShot(0, asks.hide)  # it has refused
            return
        self.asked.append(asks)
        QTimer.singleShot(0, asks.reject if isinstance(asks, QDialog) else asks.close)
        stack = [frame for frame, _ in traceback.walk_stack(None)]
        node = self.run.owner(asks) or self.run.blame(reversed(stack))
        self.run.fail(f"asks, and nobody is there to answer: {_question(asks)}", node)


def _question(window):
    """What a dialog or menu wants to know."""
    if isinstance(window, QMessageBox):
        text = window.text()
    elif isinstance(window, QInputDialog):
        text = window.labelText()
    else:
        text = window.windowTitle()
    return " ".join(_plain(text).split()) or type(window).__name__


@contextmanager
def _last_resort(run):
    """Start the run's clock; in C, which needs no lock, it ends the process if all else fails."""
    run.deadline = time.monotonic() + run.timeout
    run.journal.note(timeout=run.timeout)
    try:
        faulthandler.dump_traceback_later(run.timeout + GRACE, exit=True, file=run.journal.stack)
    except (AttributeError, OSError, RuntimeError, ValueError):
        pass  # no real stderr (pythonw) and no journal
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()
