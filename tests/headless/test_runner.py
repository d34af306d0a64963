"""A workflow ends, with the right exit code, whatever its widgets do."""
import importlib
import os
import sys

import pytest
from AnyQt.QtCore import QSettings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from Orange.data import Table
from Orange.widgets.utils.filedialogs import RecentPath
from orangecanvas.registry import WidgetDescription, WidgetRegistry
from orangewidget import settings as ow_settings

from orangecontrib.customs.headless import registry as registry_module
from orangecontrib.customs.headless import runner
from orangecontrib.customs.headless.runner import Message, run_workflow

LINK = "Source.Data > {}.Data"

#: Entities that grow to gigabytes
LAUGHS = b"<!DOCTYPE s [<!ENTITY a0 'laughs'>%b]><scheme version='2.0' title='&a9;'/>" % b"".join(
    b"<!ENTITY a%d '%b'>" % (number, b"&a%d;" % (number - 1) * 10) for number in range(1, 10))


@pytest.fixture
def run(registry, flow):
    """Write a workflow of a Source and what is given, and run it."""
    def write_and_run(kind, **kwargs):
        path = flow("Source", kind, links=[LINK.format(kind)])
        return run_workflow(path, registry=registry, **{"timeout": 60, **kwargs})
    return write_and_run


def errors(outcome):
    return [(message.widget, message.text) for message in outcome.messages
            if message.level == "Error"]


# -- the three that hang Orange.canvas.run

def test_last_widget_works_in_a_thread(run):
    outcome = run("InThread")
    assert outcome.exit_code == 0
    assert len(outcome.outputs["InThread", "Data"]) == 3
    assert outcome.seconds > 0.5


def test_no_links(registry, flow):
    outcome = run_workflow(flow("Source"), registry=registry, timeout=60)
    assert outcome.exit_code == 0 and outcome.messages == []
    assert outcome.widgets == ["Source"]


def test_who_looks_finds_the_widgets_as_they_are_when_all_is_done(run):
    seen = {}
    outcome = run("InThread", before_close=lambda scheme, widgets: seen.update(
        nodes=len(scheme.nodes), widgets={title: type(widget).__name__
                                          for title, widget in widgets.items()}))
    assert outcome.exit_code == 0
    assert seen["nodes"] == 2 and set(seen["widgets"]) == {"Source", "InThread"}


def test_what_a_look_raises_fails_the_run(run, capsys):
    def look(scheme, widgets):
        raise ValueError("nothing to be seen")
    outcome = run("InThread", before_close=look)
    assert outcome.exit_code == 1
    assert any("nothing to be seen" in text for _, text in errors(outcome))


def test_handler_raises(run, capsys):
    outcome = run("Raises")
    assert outcome.exit_code == 1
    assert errors(outcome) == [("Raises", "raised ValueError: no such luck")]
    assert "in use" in capsys.readouterr().err, "no traceback"


# -- other exceptions

@pytest.mark.parametrize("kind, text", [
    ("RaisesLater", "raised KeyError: 'later'"),
    ("RaisesAtBirth", "raised OSError: not born"),
    ("RaisesInThread", "raised ArithmeticError: in a thread"),
    ("RaisesLazily", "Data: ZeroDivisionError: lazy"),
])
def test_exceptions_name_the_widget(run, capsys, kind, text):
    outcome = run(kind)
    assert outcome.exit_code == 1
    assert errors(outcome) == [(kind, text)]
    assert "Traceback" in capsys.readouterr().err


def test_excepthook_is_given_back(run, capsys):
    before = sys.excepthook
    run("Raises")
    assert sys.excepthook is before


def test_after_an_exception_nothing_is_saved(run, tmp_path):
    file = tmp_path / "out.csv"
    outcome = run("Raises", save=[f"Source.Data={file}"])
    assert outcome.exit_code == 1 and not file.exists()
    assert ("Source", f"{file} is not written: the run has failed") in errors(outcome)


def test_a_dialog_is_dismissed(run):
    outcome = run("Asks")
    assert outcome.exit_code == 1
    (widget, text), = errors(outcome)
    assert widget == "Asks" and "Overwrite everything?" in text


# -- messages

def test_error_message(run):
    outcome = run("ShowsError")
    assert outcome.exit_code == 1
    assert outcome.messages == [Message("ShowsError", "Error", "3 rows are too many")]
    assert len(outcome.outputs["ShowsError", "Data"]) == 3


def test_other_messages_are_plain_text(run):
    outcome = run("Talks")
    assert outcome.exit_code == 0
    assert set(outcome.messages) == {
        Message("Talks", "Warning", "Strange data in row 1"),
        Message("Talks", "Information", "a < b and c > d")}


# -- time

@pytest.mark.parametrize("state, word", [
    ("invalidated", "result not there yet"), ("not ready", "at work"),
    ("blocking", "at work"), ("progress", "at work")])
def test_a_widget_that_is_never_done_is_named_when_time_is_up(run, monkeypatch, state, word):
    from headless_widgets import NeverReady
    passed, now, use = [], runner.time.monotonic, NeverReady.use

    def an_hour_later(widget, data):
        use(widget, data)
        passed.append(3600)

    monkeypatch.setattr(runner.time, "monotonic", lambda: now() + sum(passed))
    monkeypatch.setattr(NeverReady, "use", an_hour_later)
    outcome = run("NeverReady", settings=[f"NeverReady.state={state}"])
    assert outcome.exit_code == 2
    assert errors(outcome) == [("", f"no end after 60 s; busy: NeverReady ({word})")]
    assert outcome.outputs["Source", "Late"] is None


def test_looking_for_widgets_takes_nothing_from_the_timeout(registry, flow, monkeypatch):
    late = 0

    def discover(_):
        nonlocal late
        late = 100
        return registry

    now = runner.time.monotonic
    monkeypatch.setattr(runner.time, "monotonic", lambda: now() + late)
    monkeypatch.setattr(runner, "discover", discover)
    outcome = run_workflow(flow("Source"), timeout=60)
    assert outcome.exit_code == 0, outcome.messages
    assert outcome.seconds > 100


# -- what can't be loaded

def test_missing_file(tmp_path):
    outcome = run_workflow(tmp_path / "no.ows")
    assert outcome.exit_code == 2
    assert "there is no file" in outcome.messages[0].text


@pytest.mark.parametrize("content, text", [
    (b"", "damaged or no workflow"),
    (b"<scheme version='2.0'><nodes>", "damaged or no workflow"),
    (b"\xff\xfe\x00not xml", "damaged or no workflow"),
    (b"<html></html>", "Invalid Orange Workflow"),
    (LAUGHS, "damaged or no workflow"),
    (b"<scheme version='9.9'></scheme>", "Unsupported format version"),
    (b"<scheme version='2.0'><nodes><node id='0'/></nodes></scheme>", "can't be read"),
    (b"<scheme version='2.0'><links><link source_node_id='7'/></links></scheme>", "damaged"),
])
def test_damaged_file(registry, tmp_path, content, text):
    path = tmp_path / "bad.ows"
    path.write_bytes(content)
    outcome = run_workflow(path, registry=registry)
    assert outcome.exit_code == 2
    assert text in outcome.messages[0].text


@settings(deadline=None, max_examples=25,
          suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(
    st.binary(max_size=200), st.lists(st.tuples(st.integers(0, 10 ** 6), st.integers(0, 255)),
                                      min_size=1, max_size=6)))
def test_any_bytes_are_a_workflow_or_a_message(registry, write_flow, tmp_path, changes):
    path = write_flow(tmp_path, ("Source", {"rows": 5}), "Talks",
                      links=["Source.Data > Talks.Data"])
    content = bytearray(path.read_bytes()) if isinstance(changes, list) else changes
    for place, byte in changes if isinstance(changes, list) else ():
        content[place % len(content)] = byte
    path.write_bytes(content)
    outcome = run_workflow(path, registry=registry, timeout=600)
    assert outcome.exit_code in (0, 2) and (outcome.exit_code == 0 or errors(outcome))


@pytest.mark.parametrize("old, new", [
    ('id="0"', 'id="7"'), ('position="(0, 100)"', 'position="(0, x"'),
    ('position="(0, 100)"', ''),
    ("<annotations/>", "<annotations><text rect='(1)'>x</text></annotations>"),
    ('sink_node_id="1"', ''), ('source_channel="Data"', ''), ("{'rows': 5}", "{'rows': "),
    ("{'rows': 5}", "[" * 10000), ('format="literal"', 'format="pickle"'),
    ('format="literal"', 'format="what"'),
])
def test_whatever_is_wrong_in_a_file_is_said_without_a_traceback(registry, flow, capfd, old, new):
    path = flow(("Source", {"rows": 5}), "Talks", links=["Source.Data > Talks.Data"])
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    outcome = run_workflow(path, registry=registry)
    assert outcome.exit_code == 2
    (widget, text), = errors(outcome)
    assert widget == "" and text and "Traceback" not in capfd.readouterr().err


@pytest.mark.parametrize("links, text", [
    (["a.Data > b.Data", "b.Data > a.Data"], "link b (Data) > a (Data): Cannot create cycles"),
    (["a.Data > b.Data", "b.Data > c.Data", "c.Data > a.Data"],
     "link c (Data) > a (Data): Cannot create cycles"),
    (["a.Data > a.Data"], "link a (Data) > a (Data): Cannot create self cycle"),
    (["a.Data > b.Data", "a.Data > b.Data"], "link a (Data) > b (Data): A link from 'a'"),
    (["a.Data > b.Data", "c.Data > b.Data"], "link c (Data) > b (Data): 'Data' is already"),
])
def test_links_that_cannot_be_are_named(registry, flow, capfd, links, text):
    path = flow("InThread: a", "InThread: b", "InThread: c", links=links)
    outcome = run_workflow(path, registry=registry)
    assert outcome.exit_code == 2
    (_, said), = errors(outcome)
    assert text in said
    assert "Traceback" not in capfd.readouterr().err


# -- widgets that are not there

@pytest.mark.parametrize("known", [False, True])
def test_a_module_that_exits_is_a_widget_that_cannot_be_imported(
        registry, flow, tmp_path, monkeypatch, known):
    (tmp_path / "leaving_module.py").write_text("import sys; sys.exit(0)")
    monkeypatch.syspath_prepend(str(tmp_path))
    installed(monkeypatch, Entry("leaving", "leaving_module", None))
    if known:  # to Canvas' cache, from before the module was spoilt
        registry = WidgetRegistry(registry)
        registry.register_widget(WidgetDescription(
            name="X", id="x", category="Test", qualified_name="leaving_module.OWX"))
    outcome = run_workflow(flow("leaving_module.OWX: It"), registry=registry)
    assert outcome.exit_code == 2
    (_, text), = errors(outcome)
    assert "'It' (leaving_module.OWX): can't be imported: SystemExit: 0" in text


def test_unknown_widgets(registry, flow, tmp_path, monkeypatch):
    (tmp_path / "broken_module.py").write_text("import a_library_that_is_missing")
    monkeypatch.syspath_prepend(str(tmp_path))
    installed(monkeypatch, Entry("broken", "broken_module", None))
    path = flow("orangecontrib.nowhere.widgets.owfoo.OWFoo: Foo", "broken_module.OWBar: Bar",
                "headless_widgets.OWGone: Gone")
    path.write_text(path.read_text().replace('project_name=""', 'project_name="Orange3-Foo"', 1))
    outcome = run_workflow(path, registry=registry)
    assert outcome.exit_code == 2
    (_, text), = errors(outcome)
    assert "'Foo' (orangecontrib.nowhere.widgets.owfoo.OWFoo): not installed" in text
    assert "install Orange3-Foo" in text
    assert "can't be imported: No module named 'a_library_that_is_missing'" in text
    assert "headless_widgets has no such widget" in text


def test_settings_that_cannot_be_read(registry, flow):
    path = flow(("Source", {"rows": 5}))
    path.write_text(path.read_text().replace("{'rows': 5}", "{'rows': open}"))
    outcome = run_workflow(path, registry=registry)
    assert outcome.exit_code == 2
    assert "Could not load properties for 'Source'" in outcome.messages[0].text


def test_link_to_a_channel_that_is_not_there(registry, flow):
    path = flow("Source", "Talks", links=["Source.Datum > Talks.Data"])
    outcome = run_workflow(path, registry=registry)
    assert outcome.exit_code == 2
    assert "'Datum' is not a valid output channel" in outcome.messages[0].text


# -- outputs

def test_outputs(registry, flow):
    sent = []
    outcome = run_workflow(flow("Source", "Source", "Source: Other"), registry=registry,
                           on_output=lambda *args: sent.append(args))
    assert outcome.exit_code == 0
    assert outcome.widgets == ["Source", "Source #2", "Other"]
    assert len(outcome.outputs["Source", "Late"]) == 6, "lazy values are computed"
    assert outcome.outputs["Other", "Nothing"] is None
    assert ("Source #2", "Data", outcome.outputs["Source #2", "Data"]) in sent


def test_core_workflow_with_files_relative_to_it(registry, flow, tmp_path):
    Table("iris")[::10].save(str(tmp_path / "some.tab"))
    recent = RecentPath("/nowhere/some.tab", "basedir", "some.tab")
    path = flow(("File", {"recent_paths": [recent]}), "Naive Bayes", "Test & Score",
                "Data Table",
                links=["File.Data > Test & Score.Data", "File.Data > Data Table.Data",
                       "Naive Bayes.Learner > Test & Score.Learner"])
    outcome = run_workflow(path, registry=registry, timeout=60)
    assert outcome.exit_code == 0, outcome.messages
    assert len(outcome.outputs["File", "Data"]) == 15
    assert len(outcome.outputs["Test & Score", "Predictions"]) == 15
    # another file instead of the saved one
    Table("iris")[::30].save(str(tmp_path / "other.tab"))
    outcome = run_workflow(path, registry=registry, timeout=60,
                           settings=[f"File.recent_paths={tmp_path / 'other.tab'}"])
    assert outcome.exit_code == 0, outcome.messages
    assert len(outcome.outputs["File", "Data"]) == 5


@pytest.mark.parametrize("recent", [
    lambda folder: RecentPath("/nowhere/some.tab", "basedir", "some.tab"),
    lambda folder: RecentPath(str(folder / "some.tab"), None, None)])
def test_nothing_is_saved_onto_a_file_that_the_workflow_names(registry, flow, tmp_path, recent):
    data = tmp_path / "some.tab"
    Table("iris")[::10].save(str(data))
    (tmp_path / "link.tab").symlink_to(data)
    before = data.read_bytes()
    path = flow(("File", {"recent_paths": [recent(tmp_path)]}))
    for target in ("some.tab", "link.tab"):
        outcome = run_workflow(path, registry=registry, timeout=60,
                               save=[f"File.Data={tmp_path / target}"])
        assert outcome.exit_code == 2
        assert "settings of 'File' name this file" in outcome.messages[0].text
    assert data.read_bytes() == before
    assert run_workflow(path, registry=registry, timeout=60,
                        save=[f"File.Data={tmp_path / 'other.tab'}"]).exit_code == 0


def test_two_outputs_are_not_saved_to_one_file(registry, flow, tmp_path):
    outcome = run_workflow(flow("Source", "Source: Other"), registry=registry, save=[
        f"{name}.Data={tmp_path / 'o.tab'}" for name in ("Source", "Other")])
    assert outcome.exit_code == 2 and "two outputs" in outcome.messages[0].text
    assert not (tmp_path / "o.tab").exists()


def test_missing_data_is_an_error_of_the_widget(registry, flow):
    path = flow(("File", {"recent_paths": [RecentPath("/nowhere/some.tab", None, None)]}))
    outcome = run_workflow(path, registry=registry, timeout=60)
    assert outcome.exit_code == 1
    assert errors(outcome) == [("File", "File not found.")]


# -- the user's settings

def test_settings_of_the_user_are_left_alone(registry, flow, tmp_path):
    from headless_widgets import Source
    user = tmp_path / "user"
    handler = Source.settingsHandler
    defaults, folder = handler.defaults, getattr(ow_settings, "__WIDGET_SETTINGS_DIR")
    qt_file = QSettings(QSettings.IniFormat, QSettings.UserScope, "probe").fileName()
    seen = []
    try:
        ow_settings.set_widget_settings_dir_components(str(user), "0")
        handler.defaults = {"rows": 77}
        outcome = run_workflow(
            flow("Source"), registry=registry, on_output=lambda *_: seen.append(
                QSettings(QSettings.IniFormat, QSettings.UserScope, "probe").fileName()))
        assert len(outcome.outputs["Source", "Data"]) == 3, "the user's last setting was used"
        assert handler.defaults == {"rows": 77}
        assert ow_settings.widget_settings_dir() == str(user / "0" / "widgets")
        assert not user.exists()
        assert seen and seen[0] != qt_file and not os.path.exists(os.path.dirname(seen[0]))
        assert QSettings(
            QSettings.IniFormat, QSettings.UserScope, "probe").fileName() == qt_file
    finally:
        handler.defaults = defaults
        setattr(ow_settings, "__WIDGET_SETTINGS_DIR", folder)


class Entry:
    """An entry point of a package with widgets."""
    dist = None

    def __init__(self, name, value, load):
        self.name, self.value, self.load = name, value, load


def installed(monkeypatch, *entries):
    cfg = type("Cfg", (), {
        "widgets_entry_points": staticmethod(lambda: iter(entries)),
        "widget_discovery": registry_module.Config.widget_discovery,
        "workflow_constructor": staticmethod(registry_module.Config().workflow_constructor)})
    monkeypatch.setattr(registry_module, "configuration", lambda: cfg)


def test_discovery_skips_the_loader(monkeypatch):
    loaded = []
    installed(monkeypatch,
              Entry("ours", registry_module.LOADER, lambda: loaded.append("ours") or []),
              Entry("other", "a.b:c", lambda: loaded.append("other") or []))
    registry_module.discover()
    assert loaded == ["other"]


def test_an_add_on_that_exits_when_imported_is_named(monkeypatch, flow, tmp_path):
    (tmp_path / "leaving_add_on.py").write_text("import sys; sys.exit(0)")
    monkeypatch.syspath_prepend(str(tmp_path))
    installed(monkeypatch, Entry("bad", "leaving_add_on",
                                 lambda: importlib.import_module("leaving_add_on")))
    outcome = run_workflow(flow("elsewhere.OWX"))  # so that all widgets are looked for
    assert outcome.exit_code == 2
    (_, text), = errors(outcome)
    assert text == "looking for widgets of leaving_add_on: leaving_add_on raised SystemExit: 0"


def test_only_the_widgets_of_a_workflow_are_imported(monkeypatch, flow, tmp_path):
    (tmp_path / "some_add_on").mkdir()
    for name in ("__init__", "not_used"):
        (tmp_path / "some_add_on" / f"{name}.py").write_text(
            "" if name == "__init__" else "raise AssertionError('imported')")
    (tmp_path / "some_add_on" / "used.py").write_text(
        "from Orange.widgets.widget import OWWidget\n"
        "class OWUsed(OWWidget):\n    name = 'Used'\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    installed(monkeypatch, Entry("Some", "some_add_on", lambda: pytest.fail("all are loaded")))
    outcome = run_workflow(flow("some_add_on.used.OWUsed: It"), timeout=60)
    assert outcome.exit_code == 0, outcome.messages
    assert outcome.widgets == ["It"]


def test_a_workflow_imports_nothing_but_widgets_of_add_ons(monkeypatch, flow, tmp_path):
    spy = tmp_path / "spy"
    (tmp_path / "no_add_on.py").write_text(f"open({str(spy)!r}, 'w')")
    monkeypatch.syspath_prepend(str(tmp_path))
    installed(monkeypatch)
    outcome = run_workflow(flow("no_add_on.OWX: It"), timeout=60)
    assert outcome.exit_code == 2 and "not installed" in outcome.messages[0].text
    assert not spy.exists() and "no_add_on" not in sys.modules


@pytest.mark.parametrize("name", ["Orange.widgets.data.owfile.OWFile",
                                  "orangecontrib.customs.widgets.owdeclarations.OWDeclarations"])
def test_what_is_known_of_a_widget_is_what_a_discovery_knows(name):
    few = registry_module.widgets_of([name])
    module, _, _ = name.rpartition(".")
    cfg = registry_module.configuration()
    entry = registry_module._owner(name, list(cfg.widgets_entry_points()))
    whole = cfg.widget_discovery(WidgetRegistry()).widget_description(
        module, category_name=entry.name, distribution=entry.dist)
    assert [widget.qualified_name for widget in few.widgets()] == [name]
    for field in ("name", "id", "category", "replaces", "package"):
        assert getattr(few.widget(name), field) == getattr(whole, field), field
    for field in ("inputs", "outputs"):
        assert list(map(vars, getattr(few.widget(name), field))) == \
            list(map(vars, getattr(whole, field))), field


def test_progress_names_each_widget(run):
    said = []
    run("InThread", on_progress=lambda *args: said.append(args))
    assert ("InThread", 0.0) in said
    assert all(0 <= percent <= 100 for _, percent in said)


# -- the page

def test_the_page_holds_what_widgets_say_and_runs_no_script(run, tmp_path):
    file = tmp_path / "page.html"
    outcome = run("ShowsError", report=file)
    text = file.read_text(encoding="utf-8")
    assert outcome.exit_code == 1
    assert "3 rows are too many" in text and "3 rows x 1 column" in text
    assert "default-src 'none'" in text


def test_the_page_tells_what_could_not_be_loaded(tmp_path, registry):
    file, path = tmp_path / "page.html", tmp_path / "<b>.ows"
    path.write_bytes(b"<scheme")
    assert run_workflow(path, registry=registry, report=file).exit_code == 2
    text = file.read_text(encoding="utf-8")
    assert "damaged or no workflow" in text and "&lt;b&gt;.ows" in text


def test_the_page_shows_the_widgets_own_reports(registry, flow, tmp_path):
    file = tmp_path / "page.html"
    Table("iris")[::10].save(str(tmp_path / "some.tab"))
    recent = RecentPath("/nowhere/some.tab", "basedir", "some.tab")
    path = flow(("File", {"recent_paths": [recent]}))
    assert run_workflow(path, registry=registry, timeout=60, report=file).exit_code == 0
    assert "<section" in file.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["page.pdf", "nowhere/page.html"])
def test_a_page_that_cannot_be_written_is_said_before_the_run(run, tmp_path, name):
    outcome = run("Talks", report=tmp_path / name)
    assert outcome.exit_code == 2 and outcome.widgets == []


def test_a_page_does_not_take_the_place_of_what_is_read(registry, flow, tmp_path):
    data = tmp_path / "data.html"
    data.write_text("mine")
    path = flow(("Source", {"anything": str(data)}))
    outcome = run_workflow(path, registry=registry, report=data)
    assert outcome.exit_code == 2 and "name this file" in outcome.messages[0].text
    assert data.read_text() == "mine"
