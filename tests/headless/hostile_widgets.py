"""Widgets that quit, ask and hang wherever they can, and what runs them in a child process."""
import json
import os
import re
import signal
import sys
import threading

import headless_widgets
from AnyQt.QtCore import QCoreApplication, QRunnable, QThread, QThreadPool, QTimer
from AnyQt.QtWidgets import QDialog, QFileDialog, QInputDialog, QMenu, QMessageBox, QWizard
from headless_widgets import Sink, time_flies
from Orange.data import Table
from Orange.widgets.settings import Setting
from Orange.widgets.utils.concurrent import ConcurrentWidgetMixin
from orangecanvas.registry import CategoryDescription, WidgetDescription, WidgetRegistry
from orangecanvas.scheme.signalmanager import LazyValue
from orangewidget.workflow.discovery import WidgetDiscovery


class Does(Sink, ConcurrentWidgetMixin, openclass=True):
    """Does the worst that it knows, at the place that a setting names."""
    name = "Does"
    place = Setting("handler")

    def __init__(self):
        super().__init__()
        ConcurrentWidgetMixin.__init__(self)
        if self.place == "constructor":
            self.worst()

    def use(self, data):
        getattr(self, "in_" + self.place, lambda: None)()

    def worst(self, *_):
        raise NotImplementedError

    def in_handler(self):
        self.worst()

    def in_timer(self):
        QTimer.singleShot(0, self.worst)

    def in_task(self):
        self.start(self.worst)

    def in_on_done(self):
        self.start(lambda _: None)

    def on_done(self, _):
        if self.place == "on_done":
            self.worst()

    def in_thread(self):
        thread = threading.Thread(target=self.worst)
        thread.start()
        thread.join()

    def in_qthread(self):
        worst = self.worst

        class Thread(QThread):
            def run(self):
                worst()

        thread = Thread(self)
        thread.start()
        thread.wait()

    def in_runnable(self):
        worst = self.worst

        class Runnable(QRunnable):
            def run(self):
                worst()

        pool = QThreadPool(self)
        pool.start(Runnable())
        pool.waitForDone()

    def in_lazy_value(self):
        self.Outputs.data.send(LazyValue[Table](self.worst))

    def sizeHint(self):
        if self.place == "virtual":
            self.worst()
        return super().sizeHint()

    def in_virtual(self):
        self.adjustSize()

    def closeEvent(self, event):
        if self.place == "closing":
            self.worst()
        super().closeEvent(event)

    def onDeleteWidget(self):
        if self.place == "deletion":
            self.worst()
        super().onDeleteWidget()


class Leaves(Does):
    name = "Leaves"
    code = Setting(None)

    def worst(self, *_):
        sys.exit(self.code)


class Interrupts(Does):
    name = "Interrupts"

    def worst(self, *_):
        raise KeyboardInterrupt


class Quits(Does):
    """Ends Qt's event loop, though it has something to do."""
    name = "Quits"

    def worst(self, *_):
        self.setInvalidated(True)
        QCoreApplication.quit()


class LeavesInC(Does):
    """Asks no one: neither Python nor Qt hears of it."""
    name = "Leaves In C"

    def worst(self, *_):
        os._exit(0)


class Crashes(Does):
    name = "Crashes"

    def worst(self, *_):
        signal.raise_signal(signal.SIGSEGV)


class Hogs(Does):
    """The regular expression engine keeps the interpreter's lock."""
    name = "Hogs"

    def worst(self, *_):
        time_flies()
        re.match(r"(a+)+$", "a" * 60 + "b")


class Stubborn(QDialog):
    def reject(self):
        pass


class Again(QDialog):
    """Asks another question when it is sent away."""
    def reject(self):
        QMessageBox.question(self, "", "Really?")
        super().reject()


class Page(QDialog):
    text = "not a function, as in QMessageBox"


class Asks(Does):
    name = "Asks"
    kind = Setting("box")

    def worst(self, *_):
        getattr(self, "ask_" + self.kind)()

    def ask_box(self):
        QMessageBox.question(self, "", "Overwrite everything?")

    def ask_orphan(self):
        QMessageBox.question(None, "", "Overwrite everything?")

    def ask_often(self):
        for _ in range(4):
            QMessageBox.question(self, "", "Overwrite everything?")

    def ask_dialog(self):
        QDialog(self, windowTitle="A dialog").exec()

    def ask_page(self):
        Page(self, windowTitle="A page").exec()

    def ask_stubborn(self):
        Stubborn(self, windowTitle="No").exec()

    def ask_again(self):
        Again(self, windowTitle="First").exec()

    def ask_wizard(self):
        QWizard(self, windowTitle="A wizard").exec()

    def ask_open(self):
        QFileDialog.getOpenFileName(self, "Which file?")

    def ask_save(self):
        QFileDialog.getSaveFileName(self, "Save where?")

    def ask_folder(self):
        QFileDialog.getExistingDirectory(self, "Which folder?")

    def ask_file_dialog(self):
        QFileDialog(self, "A file").exec()

    def ask_text(self):
        QInputDialog.getText(self, "", "Your name?")

    def ask_item(self):
        QInputDialog.getItem(self, "", "Which one?", ["a", "b"])

    def ask_menu(self):
        menu = QMenu("A menu", self)
        menu.addAction("Something")
        menu.exec()

    def ask_stdin(self):
        input()


WIDGETS = (Leaves, Interrupts, Quits, LeavesInC, Crashes, Hogs, Asks)


def discover(discovery):
    """A loader function, for those that start with a discovery."""
    discovery.handle_category(CategoryDescription("Hostile"))
    for widget in WIDGETS:
        description = WidgetDescription(**widget.get_widget_description())
        description.category = "Hostile"
        discovery.handle_widget(description)


def registry():
    found = WidgetRegistry()
    headless_widgets.discover(WidgetDiscovery(found))
    discover(WidgetDiscovery(found))
    return found


def run_one(journal, path, timeout):
    """Run a workflow as the command does, but without a discovery."""
    from orangecontrib.customs.headless.cli_run import run_here
    from orangecontrib.customs.headless.environment import prepare_application
    prepare_application()
    return run_here(journal, path, {"timeout": timeout, "registry": registry()})


def run_all(_, paths, result):
    """Run workflows one after the other; write, by file name, what came of each."""
    from orangecontrib.customs.headless.environment import prepare_application
    from orangecontrib.customs.headless.runner import run_workflow
    prepare_application()
    known, outcomes = registry(), {}
    for path in paths:
        name = os.path.basename(path)
        print(f"\n=== {name}", file=sys.stderr)
        outcome = run_workflow(path, registry=known, timeout=600)
        outcomes[name] = {"code": outcome.exit_code,
                          "messages": [list(message) for message in outcome.messages],
                          "sent": [list(key) for key in outcome.outputs]}
        with open(result, "w") as file:
            json.dump(outcomes, file)
        sys.stderr.flush()
    return 0
