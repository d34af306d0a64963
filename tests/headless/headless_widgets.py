"""Small widgets that behave well and badly, for tests of running without a window."""
import faulthandler
import re
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from AnyQt.QtCore import QTimer
from AnyQt.QtWidgets import QMessageBox
from Orange.base import Learner
from Orange.classification import MajorityLearner
from Orange.data import ContinuousVariable, Domain, Table
from Orange.widgets.gui import OWComponent
from Orange.widgets.settings import ContextSetting, Setting, SettingProvider
from Orange.widgets.utils.concurrent import ConcurrentWidgetMixin
from Orange.widgets.widget import Input, Msg, Output, OWWidget
from orangecanvas.registry import CategoryDescription, WidgetDescription, WidgetRegistry
from orangecanvas.scheme.signalmanager import LazyValue
from orangewidget.workflow.discovery import WidgetDiscovery

_arm, _armed = faulthandler.dump_traceback_later, []


def _remember(seconds, **how):
    _armed[:] = [(seconds, how)]
    _arm(seconds, **how)


faulthandler.dump_traceback_later = _remember


def time_flies():
    """What is left of the run's time passes a thousand times faster.

    So a limit may be long enough for any machine to load a workflow, and no test waits for it.
    """
    (seconds, how), = _armed
    _arm(seconds / 1000, **how)


def a_table(rows, name="x"):
    return Table.from_numpy(Domain([ContinuousVariable(name)]),
                            np.arange(rows, dtype=float)[:, None])


class Part(OWComponent):
    depth = Setting(1)


class Source(OWWidget, openclass=True):
    name = "Source"
    want_control_area = False

    class Outputs:
        data = Output("Data", Table)
        model = Output("Learner", Learner)
        nothing = Output("Nothing", Table)
        late = Output("Late", Table)

    part = SettingProvider(Part)
    rows = Setting(3)
    label = Setting("x", schema_only=True)
    half = Setting(0.5)
    flag = Setting(False)
    names = Setting(())
    anything = Setting(None)
    column = ContextSetting(None)

    def __init__(self):
        super().__init__()
        self.part = Part(self)
        self.Outputs.data.send(a_table(self.rows, self.label))
        self.Outputs.model.send(MajorityLearner())
        self.Outputs.nothing.send(None)
        self.Outputs.late.send(LazyValue[Table](lambda: a_table(2 * self.rows)))


class Grown(Source):
    """A source whose first version called rows "amount" and had no label."""
    name = "Grown"
    settings_version = 2

    @classmethod
    def migrate_settings(cls, settings, version):
        if version is None or version < 2:
            if "amount" in settings:
                settings["rows"] = settings.pop("amount")
            settings["label"] = f"once {settings.get('rows')}"


class Sink(OWWidget, openclass=True):
    """Base of widgets that get a table and do something with it."""
    name = "Sink"
    want_main_area = False

    class Inputs:
        data = Input("Data", Table)

    class Outputs:
        data = Output("Data", Table)

    @Inputs.data
    def set_data(self, data):
        self.use(data)

    def use(self, data):
        raise NotImplementedError


class InThread(Sink, ConcurrentWidgetMixin, openclass=True):
    name = "In Thread"

    def __init__(self):
        super().__init__()
        ConcurrentWidgetMixin.__init__(self)

    def use(self, data):
        self.start(self.work, data)

    @staticmethod
    def work(data, _):
        time.sleep(0.5)  # longer than the pause that counts as the end
        return data

    def on_done(self, result):
        self.Outputs.data.send(result)


class RaisesInThread(InThread):
    name = "Raises In Thread"

    @staticmethod
    def work(data, _):
        raise ArithmeticError("in a thread")


class Raises(Sink):
    name = "Raises"

    def use(self, data):
        raise ValueError("no such luck")


class RaisesLater(Sink):
    name = "Raises Later"

    def use(self, data):
        QTimer.singleShot(10, self.later)

    def later(self):
        raise KeyError("later")


class RaisesAtBirth(Sink):
    name = "Raises At Birth"

    def __init__(self):
        super().__init__()
        raise OSError("not born")


class RaisesLazily(Sink):
    name = "Raises Lazily"

    def use(self, data):
        def compute():
            raise ZeroDivisionError("lazy")
        self.Outputs.data.send(LazyValue[Table](compute))


class NeverReady(Sink):
    name = "Never Ready"
    state = Setting("invalidated")

    def use(self, data):
        {"invalidated": lambda: self.setInvalidated(True),
         "not ready": lambda: self.setReady(False),
         "blocking": lambda: self.setBlocking(True),
         "progress": self.progressBarInit}[self.state]()


class Asks(Sink):
    name = "Asks"

    def use(self, data):
        # this kind can't be closed, only answered
        QMessageBox.question(self, "A question", "Overwrite everything?")


class Talks(Sink):
    name = "Talks"

    class Warning(OWWidget.Warning):
        strange = Msg("<b>Strange</b> data<br/>in row {}")

    class Information(OWWidget.Information):
        note = Msg("a < b and c > d")

    def use(self, data):
        self.Warning.strange(1)
        self.Information.note()


class ShowsError(Sink):
    name = "Shows Error"

    class Error(OWWidget.Error):
        wrong = Msg("{} rows are too many")

    def use(self, data):
        self.Error.wrong(len(data))
        self.Outputs.data.send(data)


class Sleeps(Sink):
    """Blocks the thread of the GUI; Python code gets a chance now and then."""
    name = "Sleeps"

    def use(self, data):
        time_flies()
        while True:
            time.sleep(0.01)


class Hogs(Sink):
    """Blocks everything: the regular expression engine keeps the interpreter's lock."""
    name = "Hogs"

    def use(self, data):
        time_flies()
        re.match(r"(a+)+$", "a" * 60 + "b")


class LeavesThread(Sink):
    """Is done, and leaves a thread behind that Python would wait for at its end."""
    name = "Leaves Thread"

    def use(self, data):
        ThreadPoolExecutor().submit(self.work)

    @staticmethod
    def work():
        while True:
            time.sleep(0.05)


WIDGETS = (Source, Grown, InThread, RaisesInThread, Raises, RaisesLater, RaisesAtBirth,
           RaisesLazily, NeverReady, Asks, Talks, ShowsError, Sleeps, Hogs, LeavesThread)

CORE = ("Orange.widgets.data.owfile", "Orange.widgets.data.owtable",
        "Orange.widgets.evaluate.owtestandscore", "Orange.widgets.model.ownaivebayes")


def registry():
    """The widgets above and a few of Orange's own, without a discovery."""
    found = WidgetRegistry()
    discovery = WidgetDiscovery(found)
    discover(discovery)
    for module in CORE:
        found.register_widget(discovery.widget_description(module, category_name="Test"))
    return found


def discover(discovery):
    """A loader function, for the tests that run in a process of their own."""
    discovery.handle_category(CategoryDescription("Test"))
    for widget in WIDGETS:
        description = WidgetDescription(**widget.get_widget_description())
        description.category = "Test"
        discovery.handle_widget(description)
