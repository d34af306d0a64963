"""Workflows of earlier versions open, keep their settings and give what they gave."""
import ast
import copy
import csv
import xml.etree.ElementTree as ET

import pytest
from artefacts import (
    FLOWS,
    HERE,
    WINDOW,
    columns_of,
    differences,
    is_ours,
    read,
    read_otherwise,
    remade,
    renamed,
    run,
    without_added,
)

EXPECTED = {flow: sorted((HERE / "expected" / flow.removesuffix(".ows")).glob("*.csv"))
            for flow in FLOWS}
OUTPUTS = [(flow, path.stem) for flow, paths in EXPECTED.items() for path in paths]

#: Computed from photos, or fitted: processors differ in the last digits.
PHOTOS, FITTED, TRAINED = 1e-4, 1e-3, .02
TOLERANCES = {"photos.ows": PHOTOS, "saved.ows": PHOTOS, "training.ows": PHOTOS}
OF_WIDGETS = {("text.ows", "Logistic Regression"): FITTED, ("text.ows", "Sweep"): FITTED,
              ("training.ows", "Heads"): TRAINED}


def nodes_of(path):
    """Title, qualified name and settings of each of our widgets in a flow."""
    scheme = ET.parse(path).getroot()
    settings = {p.get("node_id"): p for p in scheme.iter("properties")}
    for node in scheme.iter("node"):
        if is_ours(node.get("qualified_name")):
            yield (node.get("title"), node.get("qualified_name"),
                   ast.literal_eval(settings[node.get("id")].text))


def key_of(stem):
    """Title and output of an expected file: titles may contain dots."""
    return tuple(stem.rsplit(".", 1))


class Ran:
    """Flows that were run once, by name."""

    def __init__(self, execute):
        self.execute, self.done = execute, {}

    def __call__(self, flow):
        if flow not in self.done:
            self.done[flow] = self.execute(flow)
        return self.done[flow]


@pytest.fixture(scope="module")
def as_saved(place, registry, tmp_path_factory):
    """Each flow as it is in its file, its outputs asked for by their old names."""
    folder = tmp_path_factory.mktemp("saved")

    def execute(flow):
        save = [f"{path.stem}={folder / f'{number}.csv'}"
                for number, path in enumerate(EXPECTED[flow])]
        return run(place / flow, registry, save=save)
    return Ran(execute)


def compare(outcome, flow, stem):
    title, output = key_of(stem)
    assert (title, output) in outcome.outputs, f"{title} sends no {output}"
    table = outcome.outputs[title, output]
    assert table is not None, f"{title}.{output} is empty"
    tolerance = OF_WIDGETS.get((flow, title), TOLERANCES.get(flow, 1e-6))
    of = f"{flow.removesuffix('.ows')}/{stem}"
    problems = differences(read(HERE / "expected" / flow.removesuffix(".ows") / f"{stem}.csv"),
                           without_added(columns_of(table), of), tolerance,
                           renamed(f"widget {output}"), read_otherwise(of), remade(of))
    assert not problems, "\n".join(problems[:20])


def test_all_widgets_of_the_day_are_in_some_flow():
    names = {name for flow in FLOWS for _, name, _ in nodes_of(HERE / flow)}
    assert len(names) == 13


@pytest.mark.parametrize("flow", FLOWS)
def test_an_old_flow_runs_to_its_end(as_saved, flow):
    outcome, _ = as_saved(flow)
    assert outcome.exit_code == 0, outcome.messages


@pytest.mark.parametrize("flow, output", OUTPUTS)
def test_an_old_flow_gives_what_it_gave(as_saved, flow, output):
    compare(as_saved(flow)[0], flow, output)


@pytest.mark.parametrize("flow", FLOWS)
def test_every_setting_of_an_old_flow_arrives(as_saved, registry, flow):
    _, ended = as_saved(flow)
    problems = lost(flow, registry, ended)
    assert not problems, "\n".join(problems[:20])


def lost(flow, registry, ended):
    """Settings of a file that its widgets have not; today's classes may replace those in it."""
    from orangecanvas.scheme import readwrite
    from orangecanvas.utils import name_lookup
    with open(HERE / flow, "rb") as file:
        scheme = readwrite.resolve_replaced(readwrite.parse_ows_stream(file), registry)
    classes = {node.title: name_lookup(node.qualified_name) for node in scheme.nodes}
    return [f"{title}: {problem}" for title, _, old in nodes_of(HERE / flow)
            for problem in lost_settings(classes[title], old, ended[title])]


def lost_settings(widget_class, old, ended):
    """What the settings of a file say and the widget has not; migrated ones as they are then."""
    migrated = copy.deepcopy(old)
    widget_class.migrate_settings(migrated, migrated.pop("__version__", None))
    problems = [f"{name} is {ended.get(name, 'unknown')!r}, not {value!r}"
                for name, value in migrated.items()
                if name not in WINDOW and not arrived(value, ended.get(name, KeyError))]
    gone = set(old) - set(migrated) - WINDOW
    if gone and not set(migrated) - set(old):
        problems.append(f"migrate_settings drops {', '.join(sorted(gone))}")
    return problems


def arrived(old, now):
    """Whether a setting is what it was; a table of settings may have got more of them."""
    if isinstance(old, dict) and isinstance(now, dict):
        return all(name in now and now[name] == value for name, value in old.items())
    return now == old


@pytest.mark.parametrize("old, now, right", [
    ({"a": 1}, {"a": 1, "b": 2}, True), ({"a": 1}, {"a": 2, "b": 2}, False),
    ({"a": 1}, {"b": 2}, False), ({"a": 1}, KeyError, False), ([1], [1, 2], False)])
def test_a_table_of_settings_may_grow_and_loses_nothing(old, now, right):
    assert arrived(old, now) == right


@pytest.mark.parametrize("flow", FLOWS)
def test_settings_can_be_given_by_their_old_names(place, registry, flow):
    """--set "Widget title.setting=value" on the widgets alone: nothing has to be computed."""
    tree, arguments = ET.parse(place / flow), []
    scheme = tree.getroot()
    ids = {node.get("title"): node.get("id") for node in scheme.iter("node")}
    stored = {p.get("node_id"): p for p in scheme.iter("properties")}
    scheme.find("links").clear()
    for title, _, settings in nodes_of(place / flow):
        version = {k: v for k, v in settings.items() if k == "__version__"}
        stored[ids[title]].text = repr(version)
        arguments += [f"{title}.{name}={value}" for name, value in settings.items()
                      if name not in WINDOW]
    bare = place / f"bare-{flow}"
    tree.write(bare, encoding="utf-8")
    outcome, ended = run(bare, registry, settings=arguments)
    assert outcome.exit_code < 2, outcome.messages
    problems = lost(flow, registry, ended)
    assert not problems, "\n".join(problems[:20])


with open(HERE / "expected" / "channels.csv", encoding="utf-8", newline="") as kept:
    CHANNELS = list(csv.DictReader(kept))


@pytest.mark.parametrize("channel", CHANNELS,
                         ids=lambda c: f"{c['widget'].rpartition('.')[2]} {c['name']}")
def test_a_channel_keeps_name_id_and_type(registry, channel):
    """Links go by the id, else the name; --save and people by the name."""
    from orangecanvas.utils import name_lookup
    widgets = {name: widget for widget in registry.widgets()
               for name in (*(widget.replaces or ()), widget.qualified_name)}
    widget = widgets[channel["widget"]]
    assert widget.name == channel["title"]
    found = {(c.name, c.id): c for c in getattr(widget, channel["kind"])}
    assert (channel["name"], channel["id"]) in found
    types = {name_lookup(name) for name in found[channel["name"], channel["id"]].types}
    assert {name_lookup(name) for name in channel["types"].split()} <= types
