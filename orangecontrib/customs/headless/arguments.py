"""
``--set "Widget title.setting=value"`` and ``--save "Widget title.Output=file"``
================================================================================

Titles may contain dots, and values equality signs; so an argument is taken apart with the
titles of the workflow at hand. All that can be wrong is found before any widget exists.
"""
import ast
import json
import os
import shutil
import tempfile
from collections import Counter
from copy import deepcopy
from typing import NamedTuple

from Orange.data import Table
from Orange.data.io import FileFormat, PickleReader, TabReader
from orangecanvas.utils import name_lookup
from orangewidget.settings import VERSION_KEY, ContextSetting
from orangewidget.utils.filedialogs import RecentPath

from orangecontrib.customs.files import Output, OutputError, same_file

__all__ = ["ArgumentError", "SaveRequest", "apply_settings", "check_save", "check_targets",
           "parse_value", "resolve_save", "write_table"]

#: Settings that every widget has and that say nothing without a window
_WINDOW_SETTINGS = {"savedWidgetGeometry", "controlAreaVisible", VERSION_KEY}

_NONE = object()


class ArgumentError(ValueError):
    """An argument that doesn't fit the workflow; the message is meant for the user."""


class SaveRequest(NamedTuple):
    """An output to be saved: the workflow's node, its channel's name and the file."""
    node: object
    output: str
    file: str


def parse_value(text):
    """
    The value meant by a text: JSON or a Python literal if it is one, otherwise the text.

    >>> parse_value("true"), parse_value("[1, 2]"), parse_value("(1, None)"), parse_value("a b")
    (True, [1, 2], (1, None), 'a b')
    """
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    try:
        return ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return text


def _split(nodes, argument, form):
    """The node an argument speaks of, and what follows "title."; titles may contain dots."""
    titles = [node.title for node in nodes]
    fitting = [title for title in titles if argument.startswith(title + ".")]
    if "=" not in argument or "." not in argument.split("=", 1)[0] and not fitting:
        raise ArgumentError(f"{argument!r} is not of the form {form}")
    if not fitting:
        title = argument.split("=", 1)[0].rsplit(".", 1)[0]
        raise ArgumentError(f"no widget is called {title!r}; the workflow has: "
                            + (", ".join(map(repr, sorted(set(titles)))) or "no widgets"))
    title = max(fitting, key=len)
    if Counter(titles)[title] > 1:
        raise ArgumentError(f"{Counter(titles)[title]} widgets are called {title!r}: "
                            "give them different names in the workflow")
    return nodes[titles.index(title)], argument[len(title) + 1:]


def _settings_of(widget_class):
    """Settings by name, dots for those of a part of the widget; those that can be set."""
    return {name: setting
            for name, setting in widget_class.settingsHandler.known_settings.items()
            if name not in _WINDOW_SETTINGS}


def apply_settings(nodes, arguments):
    """
    Write settings into the properties of nodes, from which their widgets will restore them.

    Saved settings of an earlier version are migrated here, with what is given among them, so
    that it keeps what it meant then; where migration says otherwise, the given value stands.
    A node without saved settings is a new one. A name that only an earlier version had is taken
    as what migration makes of it.

    Parameters
    ----------
    nodes : list of orangecanvas.scheme.SchemeNode
    arguments : sequence of str
        "Widget title.setting=value"; the value as in :func:`parse_value`. Where the setting
        is a text, so is the value; where it is a recently used file, the value is a path,
        relative to the working directory.

    Raises
    ------
    ArgumentError
        Unknown or ambiguous title, unknown setting (the message lists what there is), a value
        of the wrong type, or a setting that depends on the data and can't be set from outside.
    """
    given = {}
    for argument in arguments:
        node, rest = _split(nodes, argument, '"Widget title.setting=value"')
        name, _, text = rest.partition("=")
        given.setdefault(node, {}).update(_values(node, name, text))
    for node, values in given.items():
        widget_class = name_lookup(node.description.qualified_name)
        new = not node.properties
        properties = _with_values(node.properties, values)
        if not new:
            _migrate(widget_class, properties, node.title)
            properties = _with_values(properties, values)
        properties[VERSION_KEY] = widget_class.settings_version
        node.properties = properties


def _values(node, name, text):
    """Values by the names of settings that one argument means."""
    widget_class = name_lookup(node.description.qualified_name)
    settings = _settings_of(widget_class)
    if name not in settings:
        renamed = _renamed(widget_class, name, text, settings)
        if renamed:
            return renamed
        known = sorted(key for key, setting in settings.items()
                       if not isinstance(setting, ContextSetting))
        raise ArgumentError(f"{node.title!r} has no setting {name!r}; it has: "
                            + (", ".join(known) or "no settings"))
    if isinstance(settings[name], ContextSetting):
        raise ArgumentError(f"{node.title}.{name} depends on the data that the widget gets; "
                            "it can only be set in Canvas")
    saved = node.properties
    for part in name.split("."):
        saved = saved.get(part, _NONE) if isinstance(saved, dict) else _NONE
    default = settings[name].default
    try:
        return {name: _fit(text, default if saved is _NONE else saved, default)}
    except TypeError as error:
        raise ArgumentError(f"{node.title}.{name} is {error}, not {text!r}") from None


def _renamed(widget_class, name, text, settings):
    """What migration makes of a setting that only an earlier version had."""
    without, with_it = {}, {name: parse_value(text)}
    try:
        for properties in (without, with_it):
            widget_class.migrate_settings(properties, 0)
    except Exception:  # pylint: disable=broad-except
        return {}  # foreign code, which may expect more than this one setting
    return {key: value for key, value in with_it.items()
            if key in settings and without.get(key, _NONE) != value}


def _migrate(widget_class, properties, title):
    try:
        widget_class.migrate_settings(properties, properties.pop(VERSION_KEY, 0))
    except Exception as error:  # pylint: disable=broad-except
        raise ArgumentError(f"the saved settings of {title!r} can't be brought up to date: "
                            f"{type(error).__name__}: {error}") from error


def _with_values(properties, values):
    """A copy of properties with values by names, dots for those of a part of the widget."""
    properties = deepcopy(properties)
    for name, value in values.items():
        *parts, last = name.split(".")
        inner = properties
        for part in parts:
            inner = inner.setdefault(part, {})
        inner[last] = value
    return properties


def _fit(text, saved, default):
    """The value of a text in the type of the setting; TypeError names the type it misses."""
    value = parse_value(text)
    if isinstance(saved, RecentPath):
        return RecentPath(os.path.abspath(text), None, None)
    if isinstance(saved, list) and saved and isinstance(saved[0], RecentPath):
        paths = value if isinstance(value, list) else [text]
        return [RecentPath(os.path.abspath(path), None, None) for path in paths]
    if isinstance(default, str):
        return value if isinstance(value, str) else text
    if isinstance(default, bool):
        if value not in (True, False):
            raise TypeError("true or false")
        return bool(value)
    if isinstance(default, (int, float)):
        number = (int, float) if isinstance(default, float) else int
        if isinstance(value, bool) or not isinstance(value, number):
            raise TypeError("a number" if isinstance(default, float) else "a whole number")
        return type(default)(value)
    for kind, title in ((tuple, "a list"), (list, "a list"), (dict, "a dictionary")):
        if isinstance(default, kind):
            if isinstance(value, (tuple, list) if kind is not dict else dict):
                return kind(value)
            raise TypeError(title)
    return value


def check_save(argument):
    """
    Check what can be known about "Widget title.Output=file" without the workflow.

    Raises
    ------
    ArgumentError
        Not of that form, a kind of file that Orange doesn't write, or no such folder.
    """
    file = argument.rpartition("=")[2]
    if "=" not in argument or not file:
        raise ArgumentError(f'{argument!r} is not of the form "Widget title.Output=file"')
    if _writer(file) is None:
        raise ArgumentError(f"can't save to {file}: the name must end with one of "
                            + ", ".join(sorted(FileFormat.writers)))
    folder = os.path.dirname(os.path.abspath(file))
    if not os.path.isdir(folder):
        raise ArgumentError(f"can't save to {file}: there is no folder {folder}")
    if not os.path.exists(file) or os.path.isfile(file):
        try:
            Output(file)  # only tries the place
        except OutputError as error:
            raise ArgumentError(str(error)) from None


def resolve_save(nodes, argument):
    """
    The output and the file that "Widget title.Output=file" means.

    Parameters
    ----------
    nodes : list of orangecanvas.scheme.SchemeNode
    argument : str

    Returns
    -------
    SaveRequest

    Raises
    ------
    ArgumentError
        Unknown or ambiguous title, unknown output, or one that never carries a table.
    """
    check_save(argument)
    node, rest = _split(nodes, argument, '"Widget title.Output=file"')
    output, _, file = rest.rpartition("=")
    channels = {channel.name: channel for channel in node.output_channels()}
    if output not in channels:
        raise ArgumentError(f"{node.title!r} has no output {output!r}; it has: "
                            + (", ".join(map(repr, channels)) or "no outputs"))
    types = [name_lookup(name) for name in channels[output].types]
    if not any(issubclass(kind, Table) or issubclass(Table, kind) for kind in types):
        raise ArgumentError(
            f"{node.title}.{output} is no table but {types[0].__name__}, and --save writes "
            "tables; connect a widget that saves it, such as Save Model, in the workflow")
    return SaveRequest(node, output, file)


def check_targets(saves, nodes, basedir):
    """
    Check that nothing that the workflow reads or has saved is overwritten.

    Parameters
    ----------
    saves : list of SaveRequest
    nodes : list of orangecanvas.scheme.SchemeNode
        With their settings.
    basedir : str
        The workflow's folder, which relative paths start from.

    Raises
    ------
    ArgumentError
        A file that a widget names in its settings, or that two outputs are to be saved to.
    """
    taken = set()
    for _, _, file in saves:
        for node in nodes:
            if same_file(file, _paths(node.properties, basedir)) is not None:
                raise ArgumentError(f"can't save to {file}: the settings of {node.title!r} name "
                                    "this file; choose another one")
        if os.path.realpath(file) in taken:
            raise ArgumentError(f"can't save two outputs to {file}; choose another file for one")
        taken.add(os.path.realpath(file))


def _paths(setting, basedir):
    """Whatever may be a path in a setting."""
    if isinstance(setting, RecentPath):
        setting = [setting.abspath, setting.relpath]
    if isinstance(setting, str):
        yield os.path.join(basedir, setting)
    elif isinstance(setting, (dict, list, tuple)):
        for part in setting.values() if isinstance(setting, dict) else setting:
            yield from _paths(part, basedir)


def _writer(file):
    name = os.path.basename(file).lower()
    endings = [ending for ending in FileFormat.writers
               if name.endswith(ending) and name != ending]
    return FileFormat.writers[max(endings, key=len)] if endings else None


def write_table(table, file):
    """
    Write a table by Orange's writer for the file's extension.

    Comma-separated files and Excel sheets get a single row of names, for other programs to
    read; .tab has Orange's three header rows, and with them types and roles.

    Orange's writers fill the place as they go; so they write elsewhere, and what came out
    whole takes its place.

    Raises
    ------
    OutputError
    """
    writer = _writer(file)
    if table.is_sparse() and not issubclass(writer, PickleReader):
        table = table.to_dense()  # Orange's own writers of text stop at sparse columns
    with tempfile.TemporaryDirectory() as folder:
        made = os.path.join(folder, os.path.basename(file))
        writer.write(made, table, with_annotations=issubclass(writer, TabReader))
        for name in sorted(os.listdir(folder)):  # some leave a second file, .metadata
            with open(os.path.join(folder, name), "rb") as whole, \
                    Output(os.path.join(os.path.dirname(file), name)) as place:
                shutil.copyfileobj(whole, place)
