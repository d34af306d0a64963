"""
Run a workflow to its end, without a window
===========================================

:func:`run_workflow` is the one way in. Orange has no notion of "done": its
``SignalManager.finished`` is emitted after an input was delivered and at no other time, so a
runner that waits for it (``Orange.canvas.run``) hangs when the last widget works in a thread,
when there are no links, and when a handler raises. Here a workflow is done when for a moment
nothing was pending, active, blocking, invalidated or not ready.
"""
import os
import sys
import time
import traceback
from collections import Counter
from contextlib import contextmanager

from AnyQt.QtCore import QEvent, QEventLoop, QObject, QTimer
from AnyQt.QtWidgets import QApplication
from Orange.data import Table
from orangecanvas.scheme import SchemeNode
from orangecanvas.scheme.signalmanager import LazyValue

from orangecontrib.customs.files import Output, OutputError

from . import flow_file, registry
from .arguments import ArgumentError, apply_files, apply_settings
from .environment import OwnSettings, prepare_application
from .flow_file import FlowError
from .hooks import TICK, Hooks, last_resort
from .outcome import FAILED, NOT_RUN, OK, Message, Outcome
from .page import page
from .registry import DiscoveryError, discover, widgets_of, words_of
from .saving import SaveRequest, check_place, check_save, check_targets, resolve_save, write_table
from .supervisor import Journal
from .words import LEVELS, plain

__all__ = ["Message", "Outcome", "run_workflow", "discover"]

#: How long (s) nothing must happen
QUIET = 0.3


def run_workflow(path, *, settings=(), files=(), save=(), report=None, timeout=600.0,
                 pickles=True, trust=False, registry=None, on_output=None, on_progress=None,
                 before_close=None, cached_descriptions=None, configuration=None, journal=None):
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
    settings, files, save : sequence of str
        "Widget title.setting=value", "Widget title=path" and "Widget title.Output=file".
    report : str, optional
        Where to write what came of the run as a page of HTML.
    timeout : float
        Seconds, for everything from loading to closing; the search for widgets comes before.
    pickles, trust : bool
        Whether to load pickled settings, and whether all of them: those that name anything but
        what settings of Orange are made of could run any code.
    registry : orangecanvas.registry.WidgetRegistry, optional
        The known widgets; those of the workflow are imported if not given.
    on_output : callable(title, output, value), optional
        Called when a widget sends something; lazy values come as they are.
    on_progress : callable(title, percent), optional
        Called when a widget is given its inputs (0), and when it says how far it is.
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
    which = (flow_file.ANY if trust else flow_file.SAFE) if pickles else flow_file.NO
    run = _Run(path, timeout, on_output, on_progress, report, journal or Journal())
    try:
        run.check(save)
        app = prepare_application(configuration)
        with OwnSettings() as own, Hooks(run, app):
            run.find_widgets(registry, cached_descriptions)
            with last_resort(run):
                try:
                    run.load(own, settings, files, save, which)
                    run.settle()
                    run.collect()
                    run.save()
                    run.describe()
                    if before_close is not None:
                        run.show(before_close)
                finally:
                    run.close()
    except (FlowError, DiscoveryError, ArgumentError) as error:
        run.add("", "Error", error, NOT_RUN)
    except (KeyboardInterrupt, SystemExit) as error:
        run.add("", "Error", f"{words_of(error)} while {run.stage}", NOT_RUN)
    run.outcome.seconds = time.monotonic() - run.started
    run.write_report()
    return run.outcome


class _Run:
    """One workflow from file to outcome; the steps in the order of :func:`run_workflow`."""

    def __init__(self, path, timeout, on_output, on_progress, report, journal):
        self.path = os.fspath(path)
        self.name = os.path.basename(self.path)
        self.timeout = timeout
        self.on_output, self.on_progress = on_output, on_progress
        self.report = report    # its file, as long as it can be written
        self.sections = {}      # of the report, by widget
        self.journal = journal
        self.started = time.monotonic()
        self.deadline = None    # the clock starts when the widgets are known
        self.outcome = Outcome()
        self.registry = self.description = self.model = None
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
        """What can be refused without Qt and before widgets are imported."""
        report, self.report = self.report, None
        if report is not None:
            if not os.fspath(report).lower().endswith((".html", ".htm")):
                raise ArgumentError(f"can't write a report to {report}: the name must end with "
                                    ".html")
            check_place(report)
            self.report = os.fspath(report)
        if not os.path.isfile(self.path):
            raise FlowError(f"there is no file {self.path}")
        for argument in save:
            check_save(argument)
        self.description = flow_file.parse(self.path)

    # -- widgets

    def find_widgets(self, known, cached_descriptions):
        """Import the workflow's widgets; all there are if some aren't where they should be."""
        names = [node.qualified_name for node in self.description.nodes]
        self.registry = known
        if known is None:
            self.registry = widgets_of(names)
        if self.registry is None:
            self.registry = discover(cached_descriptions)

    # -- load

    def load(self, own, settings, files, save, pickles):
        """Build the workflow and its widgets; nothing flows yet."""
        self.mark("loading")
        flow_file.refuse_unknown(self.description, self.registry)
        flow_file.refuse_pickles(self.description, pickles)
        model = self.model = registry.configuration().workflow_constructor()
        basedir = os.path.dirname(os.path.abspath(self.path))
        model.set_runtime_env("basedir", basedir)
        manager = model.signal_manager
        manager.pause()
        flow_file.fill(model, self.path, self.registry, pickles)

        self.nodes = list(model.nodes)
        titles = _labels([node.title for node in self.nodes])
        self.labels = dict(zip(self.nodes, titles, strict=True))
        self.outcome.widgets = list(self.labels.values())
        classes = {node: registry.widget_class(node) for node in self.nodes}
        self.journal.note(classes={self.labels[node]: list(registry.sources(widget_class))
                                   for node, widget_class in classes.items()})
        for widget_class in classes.values():
            own.shield(widget_class)
        apply_settings(self.nodes, settings)
        apply_files(self.nodes, files)
        self.saves = [resolve_save(self.nodes, argument) for argument in save]
        self._check_targets(basedir)

        self._listen(manager)
        for node in self.nodes:
            with self.widgets_code(node):
                self.widgets[node] = model.widget_for_node(node)
            if self.failed:
                break

    def _check_targets(self, basedir):
        """Nothing that is read, or written otherwise, is overwritten; the report included."""
        report = [SaveRequest(None, "", self.report)] if self.report else []
        kept, self.report = self.report, None
        check_targets([*self.saves, *report], self.nodes, basedir)
        self.report = kept

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
        if self.on_progress is not None:
            for node in self.nodes:
                node.progress_changed.connect(
                    lambda percent, node=node: self.on_progress(self.labels[node], percent))
            manager.processingStarted[SchemeNode].connect(
                lambda node: self.on_progress(self.labels[node], 0.0))
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
                    level = LEVELS.get(group.severity, "Information")
                    self.add(self.labels[node], level, plain(message.formatted),
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
                    self.add(label, "Error", f"{key[1]}: {words_of(error)}", FAILED)

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

    def describe(self):
        """Ask the widgets for their own reports, if there is to be one and nothing has failed."""
        if self.report is None or self.failed:
            return
        self.mark("describing")
        for node, widget in self.widgets.items():
            if not hasattr(widget, "send_report"):
                continue
            self.mark(node=node)
            try:
                widget.create_report_html()
                self.sections[self.labels[node]] = widget.report_html
            except Exception as error:  # pylint: disable=broad-except
                # foreign code; the work is done, only this is not on the page
                traceback.print_exc()
                self.add(self.labels[node], "Warning", f"no report: {words_of(error)}")
            self.mark()

    def write_report(self):
        """Write the page; where there is no workflow, of what was wrong with it."""
        if self.report is None:
            return
        try:
            with Output(self.report) as place:
                place.write(page(self.name, self.outcome, self.sections))
        except (OSError, OutputError, ValueError) as error:
            self.add("", "Error", f"can't write the report to {self.report}: {error}", NOT_RUN)

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


def _labels(titles):
    """Titles, numbered where a title is used more than once."""
    seen = Counter()
    for title in titles:
        seen[title] += 1
        yield title if seen[title] == 1 else f"{title} #{seen[title]}"
