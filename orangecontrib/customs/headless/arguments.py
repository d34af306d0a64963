"""
``--set "Widget title.setting=value"`` and ``--file "Widget title=path"``
=========================================================================

Titles may contain dots, and values equality signs; so an argument is taken apart with the
titles of the workflow at hand. All that can be wrong is found before any widget exists.
"""
import ast
import json
import os
from collections import Counter
from copy import deepcopy

from orangecanvas.utils import name_lookup
from orangewidget.settings import VERSION_KEY, ContextSetting
from orangewidget.utils.filedialogs import RecentPath

__all__ = ["ArgumentError", "apply_files", "apply_settings", "parse_value", "settings_of",
           "split"]

#: Settings that every widget has and that say nothing without a window
_WINDOW_SETTINGS = {"savedWidgetGeometry", "controlAreaVisible", VERSION_KEY}

#: Settings that name the one thing that a widget reads; the first that it has
_READS = ("path", "folder", "recent_paths", "recent_files", "file", "filename")

_NONE = object()


class ArgumentError(ValueError):
    """An argument that doesn't fit the workflow; the message is meant for the user."""


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


def split(nodes, argument, form, mark="."):
    """The node an argument speaks of, and what follows title and mark, which titles may have."""
    titles = [node.title for node in nodes]
    fitting = [title for title in titles if argument.startswith(title + mark)]
    if "=" not in argument or mark not in argument.split("=", 1)[0] + "=" and not fitting:
        raise ArgumentError(f"{argument!r} is not of the form {form}")
    if not fitting:
        title = argument.split("=", 1)[0].rsplit(mark, 1)[0]
        raise ArgumentError(f"no widget is called {title!r}; the workflow has: "
                            + (", ".join(map(repr, sorted(set(titles)))) or "no widgets"))
    title = max(fitting, key=len)
    if Counter(titles)[title] > 1:
        raise ArgumentError(f"{Counter(titles)[title]} widgets are called {title!r}: "
                            "give them different names in the workflow")
    return nodes[titles.index(title)], argument[len(title) + 1:]


def settings_of(widget_class):
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
        node, rest = split(nodes, argument, '"Widget title.setting=value"')
        name, _, text = rest.partition("=")
        given.setdefault(node, {}).update(_values(node, name, text))
    _apply(given)


def apply_files(nodes, arguments):
    """
    Let widgets read other files or folders than they were saved with.

    Parameters
    ----------
    nodes : list of orangecanvas.scheme.SchemeNode
    arguments : sequence of str
        "Widget title=path", relative to the working directory.

    Raises
    ------
    ArgumentError
        Unknown or ambiguous title, nothing under the path, or a widget that reads no file, or
        several.
    """
    given = {}
    for argument in arguments:
        node, path = split(nodes, argument, '"Widget title=path"', "=")
        path = os.path.abspath(path)
        if not os.path.exists(path):
            raise ArgumentError(f"{node.title}: there is no {path}")
        given.setdefault(node, {}).update(_reading(node, path))
    _apply(given)


def _reading(node, path):
    """Settings by which a widget reads a file."""
    widget_class = name_lookup(node.description.qualified_name)
    settings = {name: setting for name, setting in settings_of(widget_class).items()
                if not isinstance(setting, ContextSetting)}
    names = [name for name in _READS if name in settings][:1] or sorted(
        name for name in settings if name.endswith(("_file", "_path", "_folder"))
        and not name.startswith("last_"))
    if not names:
        raise ArgumentError(f"{node.title!r} reads no file: none of its settings names one")
    if len(names) > 1:
        raise ArgumentError(f'which of {", ".join(names)} of {node.title!r} is it? Say so by '
                            f'--set "{node.title}.{names[0]}=..."')
    name, = names
    default = settings[name].default
    if isinstance(default, str) or default is None:
        values = {name: path}
    elif isinstance(default, list):
        plain = default and isinstance(default[0], str)
        values = {name: [path if plain else RecentPath(path, None, None)]}
    else:
        raise ArgumentError(f"{node.title}.{name} is not a path; say what it is by --set")
    if "source" in settings and hasattr(widget_class, "LOCAL_FILE"):
        values["source"] = widget_class.LOCAL_FILE  # and not an address
    return values


def _apply(given):
    """Write values by names of settings into the properties of nodes."""
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
    settings = settings_of(widget_class)
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
