"""Settings that are pickled in a workflow are data, or refused before they can do anything."""
import base64
import datetime
import enum
import http
import importlib
import os
import pickle
import sys
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from Orange.data import ContinuousVariable, DiscreteVariable, StringVariable, TimeVariable
from Orange.widgets.settings import Context
from orangecanvas.scheme import readwrite
from orangewidget.utils.filedialogs import RecentPath

from orangecontrib.customs.headless import flow_file, pickles
from orangecontrib.customs.headless.pickles import Refused, load_pickled
from orangecontrib.customs.headless.runner import run_workflow

PROJECT = Path(__file__).parents[2]


def examples():
    """Workflows that come with Orange and its add-ons, and ours."""
    import Orange.canvas.workflows
    import orangecontrib.text.tutorials
    folders = [Path(Orange.canvas.workflows.__file__).parent,
               Path(orangecontrib.text.tutorials.__file__).parent]
    return sorted(path for folder in folders for path in folder.glob("*.ows"))


class Spy:
    """Leaves a file when it is unpickled."""

    def __init__(self, function, *args):
        self.call = function, args

    def __reduce__(self):
        return self.call


class Level(enum.IntEnum):
    LOW, HIGH = 1, 2


KEPT = [
    {"a": {1, 2}, "b": frozenset("x"), "c": b"\x00\xff", "d": (1, None, 2.5, 1j)},
    {"where": [RecentPath("/a/b.tab", "basedir", "b.tab")]},
    {"when": datetime.datetime(2026, 1, 2), "day": datetime.timedelta(3)},
    {"level": Level.HIGH}, {"slice": slice(1, 2)}]


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("value", KEPT)
def test_settings_come_back_as_they_were(value, protocol):
    found = load_pickled(pickle.dumps(value, protocol))
    assert repr(found) == repr(value)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_contexts_variables_and_arrays_come_back(protocol):
    variables = [ContinuousVariable("x"), DiscreteVariable("d", ("a", "b")),
                 StringVariable("s"), TimeVariable("t")]
    context = Context(values={"x": ("y", 2)}, attributes={"x": 2}, time=1.5)
    array = np.arange(6.).reshape(2, 3)
    names = np.array(["a", None], dtype=object)
    found = load_pickled(pickle.dumps([variables, context, array, names, np.float64(2)], protocol))
    assert found[0] == variables and vars(found[1]) == vars(context)
    assert (found[2] == array).all() and list(found[3]) == ["a", None] and found[4] == 2


def test_the_settings_of_all_examples_are_read_as_orange_reads_them():
    nodes = [node for path in examples()
             for node in flow_file.parse(path).nodes if node.data is not None]
    pickled = [node for node in nodes if node.data.format == "pickle"]
    assert len(pickled) >= 40
    for node in pickled:
        with suppress(ModuleNotFoundError):  # as a run does; some have moved since
            importlib.import_module(node.qualified_name.rpartition(".")[0])
        ours = pickles.loads(node.data.data, "pickle")
        theirs = pickle.loads(base64.decodebytes(node.data.data.encode("ascii")))
        assert ours.keys() == theirs.keys()
        for name in ours:
            assert _plain(ours[name]) == _plain(theirs[name]), (node.title, name)


def _plain(value):
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, np.ndarray):
        return value.tolist()
    return _plain(vars(value)) if isinstance(value, Context) else value


#: Programs that do something but hold data, and what is said of them.
PROGRAMS = {
    "a command": (pickle.dumps(Spy(os.system, "exit 0")), "system"),
    "an old command": (b"cos\nsystem\n(S'exit 0'\ntR.", "os.system"),
    "an instance": (b"(S'exit 0'\nios\nsystem\n.", "os.system"),
    "an evaluation": (pickle.dumps(Spy(eval, "1")), "builtins.eval"),
    "an import": (pickle.dumps(Spy(importlib.import_module, "this")), "import_module"),
    "a file": (pickle.dumps(Spy(open, "x")), "open"),
    "an attribute": (pickle.dumps(Spy(getattr, {}, "clear")), "builtins.getattr"),
    "a way through a class": (b"\x8c\x08builtins\x8c\x0bset.__add__\x93.", "builtins.set.__add__"),
    "a name with dots": (b"\x80\x04\x8c\x14Orange.data.variable\x8c\x0cnp.save.test\x93.",
                         "np.save"),
    "another name of a module": (b"c__builtin__\nexec\n(S'1'\ntR.", "builtins.exec"),
    "an enumeration nobody has imported": (b"cturtledemo.nowhere\nX\n(I1\ntR.", "nowhere"),
    "what is imported but is not an enumeration": (b"csubprocess\nPopen\n(S'x'\ntR.", "Popen"),
    "a persistent id": (b"Pabc\n.", "persistent"),
    "an extension": (b"\x82\x01.", "extension"),
    "an encoding": (b"c_codecs\nencode\n(S'x'\nS'zlib'\ntR.", "zlib"),
    "a class changed": (b"corangewidget.settings\nContext\n}S'x'\nI1\nsb.", "change"),
    "a class changed by slots": (b"\x80\x02corangewidget.settings\nContext\nN}X\x01\x00\x00\x00x"
                                 b"K\x01s\x86b.", "change"),
    "a function changed": (b"cOrange.data.variable\nmake_variable\n}S'x'\nI1\nsb.", "change"),
    "an enumeration changed": (b"chttp\nHTTPStatus\n(I200\ntR}S'x'\nI1\nsb.", "change"),
    "a type of records": (b"cnumpy\ndtype\n(S'i4,i4'\nI00\nI01\ntR.", "dtype"),
    "fields anywhere": (b"cnumpy\ndtype\n(S'V8'\nI00\nI01\ntR.", "dtype"),
    "fields put in": (b"\x80\x02cnumpy\ndtype\nX\x02\x00\x00\x00f8\x89\x88\x87R(K\x03X\x01\x00\x00"
                      b"\x00<N}}K\x08K\x08K\x00tb.", "dtype"),
    "a model": (b"csklearn.svm\nSVC\n)R.", "sklearn.svm.SVC"),
    "a table": (b"cOrange.data.table\nTable\n)R.", "Orange.data.table.Table"),
    "a computed variable": (b"cOrange.preprocess.transformation\nIdentity\n)R.", "Identity"),
    "a loader": (b"cnumpy\nload\n(S'x'\ntR.", "numpy.load"),
    "a timer": (b"ctime\nsleep\n(I1\ntR.", "time.sleep"),
    "an exit": (b"csys\nexit\n)R.", "sys.exit"),
}


@pytest.mark.parametrize("kind", PROGRAMS)
def test_a_program_is_refused_and_named(kind):
    code, name = PROGRAMS[kind]
    with pytest.raises(Refused) as error:
        load_pickled(code)
    assert name in str(error.value)
    assert http.HTTPStatus.OK.value == 200 and not hasattr(Context, "x")


def test_nothing_is_imported_for_a_name_that_is_not_allowed(tmp_path, monkeypatch):
    (tmp_path / "a_trap.py").write_text("raise SystemExit")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(Refused):
        load_pickled(b"ca_trap\nX\n)R.")
    assert "a_trap" not in sys.modules


@settings(deadline=None, max_examples=300)
@given(st.one_of(st.binary(max_size=80), st.builds(
    lambda value, where, byte: (data := bytearray(pickle.dumps(value)),
                                data.__setitem__(where % len(data), byte), bytes(data))[-1],
    st.sampled_from(KEPT), st.integers(0, 10 ** 4), st.integers(0, 255))))
def test_any_bytes_are_data_or_an_error(data):
    try:
        load_pickled(data)
    except Exception as error:
        assert not isinstance(error, SystemExit)


# -- in a workflow

def errors(outcome):
    return [(message.widget, message.text) for message in outcome.messages
            if message.level == "Error"]


def test_other_classes_are_refused_with_node_and_class_unless_trusted(registry, flow, tmp_path):
    file = tmp_path / "spy"
    path = flow(("Source: Чужой", {"anything": Spy(open, str(file), "w")}), ("Source", {"rows": 5}))
    outcome = run_workflow(path, registry=registry, timeout=60)
    assert outcome.exit_code == 2 and not file.exists()
    (_, text), = errors(outcome)
    assert "'Чужой' name" in text and "open" in text and "--trust" in text
    assert "'Source'" not in text
    run_workflow(path, registry=registry, timeout=60, trust=True)
    assert file.exists()


def test_known_classes_are_loaded_without_a_word(registry, flow, capfd):
    path = flow(("Source", {"rows": 5, "anything": {1, 2}}))
    outcome = run_workflow(path, registry=registry, timeout=60)
    assert outcome.exit_code == 0 and len(outcome.outputs["Source", "Data"]) == 5
    assert "pickle" not in capfd.readouterr().err


def test_all_pickled_settings_can_be_refused(registry, flow):
    path = flow(("Source: Чужой", {"anything": {1, 2}}))
    outcome = run_workflow(path, registry=registry, pickles=False, timeout=60)
    assert outcome.exit_code == 2
    (_, text), = errors(outcome)
    assert "'Чужой'" in text and "--no-pickles" in text
    path = flow(("Source", {"rows": 5}), name="literal.ows")
    assert run_workflow(path, registry=registry, pickles=False, timeout=60).exit_code == 0


def test_a_pickle_within_a_literal_is_not_opened(registry, flow, tmp_path):
    """Orange takes settings that are bytes for a pickle of them."""
    file = tmp_path / "spy"
    path = flow(("Source", {"rows": 5}))
    path.write_text(path.read_text().replace(
        "{'rows': 5}", repr(pickle.dumps({"anything": Spy(open, str(file), "w")}))))
    outcome = run_workflow(path, registry=registry, timeout=60)
    assert outcome.exit_code == 2 and "no dictionary" in outcome.messages[0].text
    assert not file.exists()


def test_the_loader_of_canvas_is_as_before_after_a_run(registry, flow):
    before = readwrite.loads
    run_workflow(flow(("Source", {"anything": {1}})), registry=registry, timeout=60)
    assert readwrite.loads is before


def test_a_file_or_settings_that_are_too_long_are_a_message(registry, flow, monkeypatch):
    path = flow(("Source", {"anything": [1] * 1000}))
    monkeypatch.setattr(flow_file, "MAX_SETTINGS", 1000)
    outcome = run_workflow(path, registry=registry)
    assert outcome.exit_code == 2 and "settings of 'Source' have" in outcome.messages[0].text
    monkeypatch.setattr(flow_file, "MAX_FILE", 100)
    outcome = run_workflow(path, registry=registry)
    assert outcome.exit_code == 2 and "up to 0 MB" in outcome.messages[0].text


# -- ours

def test_our_workflows_hold_no_pickle():
    nodes = [(path.name, node) for path in sorted((PROJECT / "workflows").glob("*.ows"))
             for node in flow_file.parse(path).nodes if node.data is not None]
    assert len(nodes) > 50
    assert [(name, node.title) for name, node in nodes if node.data.format != "literal"] == []


def our_widgets():
    folder = PROJECT / "orangecontrib" / "customs" / "widgets"
    for file in sorted(folder.glob("ow*.py")):
        module = importlib.import_module(f"orangecontrib.customs.widgets.{file.stem}")
        yield from (value for value in vars(module).values()
                    if isinstance(value, type) and value.__module__ == module.__name__
                    and getattr(value, "get_widget_description", None)
                    and value.get_widget_description())


def test_each_of_our_widgets_is_saved_as_a_literal(registry):
    saved = []
    for widget_class in our_widgets():
        widget = widget_class()
        try:
            data = widget.settingsHandler.pack_data(widget)
        finally:
            widget.onDeleteWidget()
            widget.deleteLater()
        _, form = readwrite.dumps(data, pickle_fallback=True)
        saved.append((widget_class.name, form))
        assert form == "literal", widget_class.name
    assert len(saved) >= 15
