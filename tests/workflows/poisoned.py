"""
Workflows opened as Canvas opens them, by a user who has set everything otherwise before.

A program for a process and a HOME of its own; it says what it found as JSON::

    python poisoned.py opened flow.ows...     # settings that are not those of a clean opening
    python poisoned.py run flow.ows folder    # outputs that are not those of the headless run
"""
import json
import os
import pickle
import sys
from pathlib import Path

from orangecontrib.customs.headless import registry as registry_module
from orangecontrib.customs.headless import runner
from orangecontrib.customs.headless.environment import OwnSettings, leave, prepare_application
from orangecontrib.customs.headless.saving import write_table

#: Settings that are not poisoned
SPARED = {"savedWidgetGeometry": "there is no window whose place could matter"}


def other(value):
    """Another value of that type."""
    if value is None:
        return "?"
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, float):
        return value / 2 + .01
    if isinstance(value, str):
        return value + "?"
    if isinstance(value, dict):
        return {key: other(part) for key, part in value.items()} or {"?": "?"}
    return type(value)(list(value)[1:]) if value else type(value)(["?"])


def others(provider):
    """Other values of all settings of a widget or a part of it."""
    settings = {name: other(setting.default) for name, setting in provider.settings.items()
                if setting.packable and name not in SPARED}
    assert all(value != provider.settings[name].default for name, value in settings.items())
    return {**settings, **{name: others(part) for name, part in provider.providers.items()}}


def poison(widget_class):
    """Leave other settings behind where a widget looks for the last ones, and let it look."""
    handler = widget_class.settingsHandler
    path = Path(handler._get_settings_filename())
    assert Path(os.environ["HOME"]) in path.parents
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "wb") as file:
        pickle.dump({**others(handler.provider), "__version__": widget_class.settings_version},
                    file)
        pickle.dump([], file)   # contexts
    handler.read_defaults()


def load(path, registry):
    """The workflow, without widgets so far; nothing flows."""
    workflow = registry_module.configuration().workflow_constructor()
    workflow.set_runtime_env("basedir", str(path.parent))
    workflow.signal_manager.pause()
    with open(path, "rb") as file:
        workflow.load_from(file, registry=registry)
    return workflow


def classes(path, registry):
    workflow = load(path, registry)
    return [registry_module.widget_class(node) for node in workflow.nodes]


def opened(path, registry):
    """What the widgets of a workflow have set after opening it, by title and setting."""
    workflow = load(path, registry)
    settings = {}
    for node in workflow.nodes:
        try:
            widget = workflow.widget_for_node(node)
            data = widget.settingsHandler.pack_data(widget)
        except Exception as error:  # not every other value is one that a widget can take
            data = {"can't be opened": repr(error)}
        settings.update(flat(data, f"{node.title}."))
    workflow.signal_manager.stop()
    workflow.clear()
    return settings


def flat(settings, prefix):
    for name, value in settings.items():
        if isinstance(value, dict) and value:
            yield from flat(value, f"{prefix}{name}.")
        elif name not in {*SPARED, "context_settings"}:
            yield prefix + name, value


def differences(paths):
    registry = runner.discover()
    used = {path: classes(path, registry) for path in paths}
    clean = {}
    for path in paths:      # all before the first poison: parts of widgets keep what they got
        with OwnSettings() as own:
            for widget_class in used[path]:
                own.shield(widget_class)
            clean[path] = opened(path, registry)
    found = {}
    for path in paths:      # a widget that is closed leaves its own settings behind
        for widget_class in used[path]:
            poison(widget_class)
        poisoned = opened(path, registry)
        found[path.name] = sorted(name for name in clean[path].keys() | poisoned.keys()
                                  if clean[path].get(name) != poisoned.get(name))
    return found


class UsersSettings:
    """In place of OwnSettings: Canvas shields nothing."""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def shield(self, widget_class):
        poison(widget_class)


def outputs(path, registry, folder):
    """Contents of all tables that a workflow puts out."""
    outcome = runner.run_workflow(path, registry=registry, timeout=800)
    assert outcome.exit_code == 0, outcome.messages
    tables = {}
    for (title, output), value in outcome.outputs.items():
        if isinstance(value, runner.Table):
            file = folder / "table.tab"
            write_table(value, str(file))
            tables[f"{title}.{output}"] = file.read_bytes()
    return tables


def run(path, folder):
    registry = runner.discover()
    headless = outputs(path, registry, folder)
    runner.OwnSettings = UsersSettings
    poisoned = outputs(path, registry, folder)
    return {"same": sorted(name for name in headless if headless[name] == poisoned.get(name)),
            "other": sorted(name for name in headless.keys() | poisoned.keys()
                            if headless.get(name) != poisoned.get(name))}


def main(job, *paths):
    prepare_application()
    paths = [Path(path) for path in paths]
    found = differences(paths) if job == "opened" else run(*paths)
    print(json.dumps(found))


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
        leave(0)
    except BaseException:  # threads of widgets may live on
        import traceback
        traceback.print_exc()
        leave(1)
