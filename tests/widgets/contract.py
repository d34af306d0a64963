"""What every widget of the add-on promises; see test_contract.py."""
import sys
import threading
from ast import literal_eval
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from AnyQt.QtCore import QSettings
from AnyQt.QtWidgets import QDialog, QFileDialog, QMessageBox, QPushButton, QToolButton
from made_model import MadeBackbone
from Orange.data import Table
from Orange.widgets.tests.base import WidgetTest
from Orange.widgets.utils.concurrent import TaskState
from samples import SETTINGS, edges, made_samples, no_columns
from spoken import data_of, foreign, said

from orangecontrib.customs.i18n import set_language
from orangecontrib.customs.widgets.utils.common import language

#: What a mistake in the code raises; nobody is told of it as of a mistake of theirs.
MISTAKES = (AssertionError, AttributeError, ImportError, IndexError, KeyError, NameError,
            NotImplementedError, RecursionError, TypeError, UnboundLocalError, ZeroDivisionError)
#: On buttons that end what runs.
END = ("Cancel", "Stop")
#: How long (s) a task waits for a test that has failed.
PATIENCE = 20
#: Widgets that have no words in Russian yet.
NOT_YET: set[str] = set()
#: Those that do their work at once.
AT_ONCE = {"OWCodeClass"}
DOC = Path(__file__).parents[2] / "doc" / "widgets"


def choose(name: str) -> None:
    """Speak a language, as who chooses it in a window does."""
    set_language(name)
    language.changed.happened.emit()


class Gate:
    """Tasks that begin wait here until the test lets them."""

    def __init__(self):
        self.open_ = threading.Event()
        self.open_.set()

    def hold(self):
        self.open_.clear()

    def open(self):
        self.open_.set()


class WidgetContract:
    """To stand before WidgetTest; `kind` is the class of the widget."""

    kind: type

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.samples = made_samples()
        cls.tear_down_stack.enter_context(cls.samples.in_place())

    def setUp(self):
        super().setUp()
        self.mistakes, self.gate = [], Gate()
        self.said = TaskState.set_status
        for target, name, stand_in in (
                (sys, "excepthook", lambda kind, error, trace: self.mistakes.append(error)),
                (TaskState, "set_status", self._set_status),
                (QDialog, "exec", self._asked), (QMessageBox, "exec", self._asked),
                (QMessageBox, "question", self._asked),
                *((QFileDialog, name, self._asked) for name in (
                    "getOpenFileName", "getSaveFileName", "getExistingDirectory"))):
            patched = patch.object(target, name, stand_in)
            patched.start()
            self.addCleanup(patched.stop)
        self.addCleanup(self.gate.open)

    # --- what happens behind a widget

    def _set_status(self, text):
        """Every task says first what it does."""
        self.gate.open_.wait(PATIENCE)

    def _asked(self, *args, **kwargs):
        raise AssertionError("somebody is asked, and nobody is there")

    def created(self, **settings):
        """A widget that does at once all it can do."""
        known = {setting.name for setting in self.kind.settingsHandler.known_settings.values()}
        auto = {name: True for name in known if name.startswith("auto_")}
        widget = self.create_widget(self.kind, stored_settings={
            **auto, **SETTINGS.get(self.kind.__name__, {}), **settings})
        on_exception = getattr(widget, "on_exception", None)
        if on_exception is not None:
            def noticed(error):
                if isinstance(error, MISTAKES):
                    self.mistakes.append(error)
                on_exception(error)
            widget.on_exception = noticed
        return widget

    def settle(self, widget):
        self.gate.open()
        self.process_events()
        self.process_events(until=lambda: getattr(widget, "task", None) is None)
        self.wait_until_finished(widget=widget)

    def outputs(self, widget) -> dict:
        return {output.name: self.get_output(output.name, widget=widget)
                for output in self.kind.get_signals("outputs")}

    @staticmethod
    def told(widget) -> list:
        # a message is only equal to itself: its letters are compared
        return sorted("".join([*message.formatted]) for group in widget.message_groups
                      for message in group.active)

    def check(self, widget, case: str):
        """Nothing went wrong, and what is sent is what was promised."""
        self.assertEqual([repr(error) for error in self.mistakes], [], case)
        self.assertIsNone(widget.processingState or None, case)
        for output in self.kind.get_signals("outputs"):
            value = self.get_output(output.name, widget=widget)
            if value is not None:
                self.assertIsInstance(value, output.type, f"{case}: {output.name}")

    def cases(self):
        """(what it is, input, value) of all that fits, whole and in parts."""
        for input_ in self.kind.get_signals("inputs"):
            for name, whole in self.samples.wholes(input_.type).items():
                yield f"{input_.name}: {name}", input_, whole
                for edge, part in edges(whole).items():
                    yield f"{input_.name}: {name}, {edge}", input_, part
            if input_.type is Table:
                yield f"{input_.name}: no columns", input_, no_columns()

    def feed(self, widget, input_, value):
        self.send_signal(input_.name, value, widget=widget)

    def busy(self):
        """A widget in the midst of its work, and how what it works on is taken from it."""
        if self.kind.__name__ in AT_ONCE:
            self.skipTest("it does its work at once")
        for input_ in self.kind.get_signals("inputs"):
            for whole in self.samples.wholes(input_.type).values():
                widget = self.created()
                self.settle(widget)
                self.gate.hold()
                self.feed(widget, input_, whole)
                if widget.task is not None:
                    return widget, partial(self.feed, widget, input_, None)
        for path in self.samples.paths if hasattr(self.kind, "fits") else ():
            if self.kind.fits(str(path)):
                widget = self.created()
                self.settle(widget)
                self.gate.hold()
                widget.set_source(path)
                return widget, partial(widget.set_source, "")
        widget = self.created()  # what it works on was not given to it
        self.assertIsNotNone(widget.task, "no sample gives it anything to do")
        return widget, lambda: None

    def buttons(self, widget):
        """Those that would end what runs."""
        return [button for button in widget.findChildren(QPushButton) if button.isEnabled()
                and button.text().replace("&", "") in END and button.isVisibleTo(widget)]

    def fed(self):
        """A widget that has sent something by its first output."""
        first = self.kind.get_signals("outputs")[0].name
        widget = self.created()
        for input_ in self.kind.get_signals("inputs"):
            for whole in self.samples.wholes(input_.type).values():
                self.feed(widget, input_, whole)
                self.settle(widget)
                if self.get_output(first, widget=widget) is not None:
                    return widget
                self.feed(widget, input_, None)
        for path in self.samples.paths:
            if hasattr(widget, "set_source") and widget.fits(str(path)):
                widget.set_source(path)
                self.settle(widget)
                if self.get_output(first, widget=widget) is not None:
                    return widget
        raise AssertionError("no sample makes it send anything")

    # --- promises

    def test_without_anything_it_says_nothing_wrong_and_reports_nothing(self):
        widget = self.created()
        self.settle(widget)
        widget.create_report_html()
        widget.handleNewSignals()
        self.settle(widget)
        self.check(widget, "nothing")
        self.assertEqual([m for m in widget.Error.active], [])

    def test_whatever_comes_is_taken_or_refused_and_all_of_it_goes_with_it(self):
        widget = self.created()
        self.settle(widget)
        before, told = self.outputs(widget), self.told(widget)
        for case, input_, value in self.cases():
            with self.subTest(case):
                self.mistakes.clear()
                self.feed(widget, input_, value)
                self.settle(widget)
                self.check(widget, case)
                widget.create_report_html()
                self.feed(widget, input_, None)
                self.settle(widget)
                self.check(widget, f"{case}, removed")
                self.assertEqual(self.told(widget), told)
                for name, sent in self.outputs(widget).items():
                    self.assertEqual(sent is None, before[name] is None, f"{case}: {name}")

    def test_a_report_says_what_was_done(self):
        widget = self.fed()
        widget.create_report_html()
        self.check(widget, "report")
        text = widget.report_html
        self.assertGreater(text.count("<"), 3, text)

    def test_what_runs_can_be_ended_by_a_button(self):
        widget, _ = self.busy()
        self.process_events(until=lambda: self.buttons(widget), timeout=5000)
        self.buttons(widget)[0].click()
        self.settle(widget)
        self.check(widget, "cancelled")
        self.assertIsNone(widget.task)
        self.assertFalse(widget.isInvalidated())
        self.assertFalse(self.buttons(widget), "the button still ends what has ended")

    def test_what_goes_while_it_is_worked_on_leaves_nothing(self):
        widget, take_away = self.busy()
        take_away()
        self.settle(widget)
        self.check(widget, "removed while running")
        fresh = self.created()
        self.settle(fresh)
        self.assertEqual({n: v is None for n, v in self.outputs(widget).items()},
                         {n: v is None for n, v in self.outputs(fresh).items()})
        self.assertEqual(self.told(widget), self.told(fresh))

    def test_it_can_be_closed_while_it_works(self):
        widget, _ = self.busy()
        self.gate.open()
        widget.onDeleteWidget()
        self.process_events()
        self.assertEqual([repr(error) for error in self.mistakes], [])

    def test_it_speaks_one_language_and_another_when_asked(self):
        if self.kind.__name__ in NOT_YET:
            self.skipTest("its words are English only")
        widget = self.fed()
        for name in ("ru", "en", "ru"):
            choose(name)
            self.settle(widget)
            widget.create_report_html()
            known = [widget.name, *data_of([*self.outputs(widget).values(), *(
                whole for input_ in self.kind.get_signals("inputs")
                for whole in self.samples.wholes(input_.type).values())])]
            known += [MadeBackbone.device_name, self.samples.model.backbone]  # names, too
            for what, text in (*said(widget), ("report", widget.report_html)):
                with self.subTest(f"{name}: {what}"):
                    self.assertEqual(foreign(text, name, known), [], text)

    def test_in_its_window_the_language_is_chosen_for_all_windows(self):
        if self.kind.__name__ in NOT_YET:
            self.skipTest("its words are English only")
        widget, other = self.created(), self.created()
        russian, english, system = widget.language_button.menu().actions()
        with patch.object(language, "QSettings", self._settings()), \
                patch.object(language, "preferred", lambda: language.chosen() or "en"):
            for action, name in ((russian, "RU"), (english, "EN"), (russian, "RU"),
                                 (system, "EN")):
                action.trigger()
                for window in (widget, other):
                    self.settle(window)
                    button = window.language_button
                    self.assertEqual(button.text(), name)
                    button.menu().aboutToShow.emit()
                    self.assertEqual([each.text() for each in button.menu().actions()
                                      if each.isChecked()], [action.text()])
        self.assertIn(widget.language_button, widget.statusBar().findChildren(QToolButton))
        self.assertTrue(widget.language_button.isVisibleTo(widget.statusBar()))

    def _settings(self):
        """Settings in a file of their own, which all that ask get."""
        folder = self.enterContext(TemporaryDirectory())
        return lambda: QSettings(f"{folder}/settings.ini", QSettings.IniFormat)

    def test_settings_are_literals_and_come_back(self):
        widget = self.fed()
        kept = widget.settingsHandler.pack_data(widget)
        self.assertEqual(literal_eval(repr(kept)), kept)
        again = self.create_widget(self.kind, stored_settings=dict(kept))
        self.settle(again)
        self.check(again, "restored")
        # what belongs to the data waits until they come
        self.assertEqual(again.settingsHandler.pack_data(again), kept)

    def test_settings_of_other_versions_open(self):
        widget = self.created()
        self.settle(widget)
        kept = widget.settingsHandler.pack_data(widget)
        for version in (None, *range(1, self.kind.settings_version + 2)):
            old = {**kept, "a setting of long ago": 1, "__version__": version}
            with self.subTest(version):
                widget = self.create_widget(self.kind, stored_settings=old)
                self.settle(widget)
                self.check(widget, f"version {version}")

    def test_every_channel_is_described_in_the_widget_and_on_its_page(self):
        page = DOC / f"{self.kind.name.lower().replace(' ', '-')}.md"
        text = page.read_text(encoding="utf-8")
        for channel in (*self.kind.get_signals("inputs"), *self.kind.get_signals("outputs")):
            with self.subTest(channel.name):
                self.assertTrue(channel.doc, "no doc")
                self.assertIn(channel.name, text)

    def test_it_is_found_by_its_name_and_has_a_picture(self):
        kind = self.kind
        self.assertTrue(kind.name)
        self.assertIn(kind.description[-1:], (".", "?"))
        self.assertIn(kind.name.lower(), kind.keywords)
        self.assertTrue((Path(sys.modules[kind.__module__].__file__).parent / kind.icon).is_file())

    # names that Orange's own WidgetTest would fill in

    def test_minimum_size(self):
        self.check_minimum_size(self.created())

    def test_msg_base_class(self):
        self.check_msg_base_class(self.created())

    def test_image_export(self):
        self.check_export_image(self.created())


def contracts(kinds) -> dict[str, type]:
    """A test class per widget."""
    return {f"Test{kind.__name__}": type(f"Test{kind.__name__}", (WidgetContract, WidgetTest),
                                         {"kind": kind, "__module__": "test_contract"})
            for kind in kinds}
