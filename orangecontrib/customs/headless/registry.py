"""
The widgets that there are
==========================

A run imports the widgets that its workflow names (:func:`widgets_of`), if they are where an
add-on says that its widgets are; for anything else, such as a widget that has moved, all widgets
are looked for (:func:`discover`), as Canvas does.
"""
import importlib
import os
import sys
import traceback

from Orange.canvas.config import Config
from orangecanvas import config
from orangecanvas.registry import CategoryDescription, WidgetDescription, WidgetRegistry
from orangecanvas.utils import name_lookup
from orangewidget.widget import OWBaseWidget

from .environment import offline_imports

__all__ = ["LOADER", "DiscoveryError", "configuration", "discover", "sources", "widget_class",
           "widgets_of", "why_missing", "words_of"]

#: setup.py registers :func:`.loader.loader` under this name; discovery must not call it again
LOADER = "orangecontrib.customs.headless.loader:loader"

#: Orange's own widgets, which import nothing of Orange3-Text and its word lists
_CORE = "Orange.widgets."


class DiscoveryError(Exception):
    """Widgets can't be found or imported; the message is meant for the user."""


def configuration():
    """What Canvas runs with (Orange or a relative of it) if this is Canvas, else Orange's."""
    return Config() if type(config.default) is config.Default else config.default


def words_of(error):
    """An exception in words, of which some have none."""
    if isinstance(error, KeyboardInterrupt):
        return "interrupted"
    return f"{type(error).__name__}: {error}".removesuffix(": ")


def discover(cached_descriptions=None):
    """
    Find all widgets of Orange and its add-ons.

    Parameters
    ----------
    cached_descriptions : dict, optional
        Descriptions that a discovery has found before, in orangecanvas' own format.

    Returns
    -------
    orangecanvas.registry.WidgetRegistry

    Raises
    ------
    DiscoveryError
        An add-on exits when it is imported.
    """
    registry = WidgetRegistry()
    cfg = configuration()
    discovery = cfg.widget_discovery(registry, cached_descriptions=cached_descriptions)
    for entry in _entries(cfg):
        try:
            with offline_imports():
                discovery.run(iter([entry]))
        except SystemExit as error:
            modules = [frame.f_globals.get("__name__", "?") for frame, _
                       in traceback.walk_tb(error.__traceback__)]
            raise DiscoveryError(f"looking for widgets of {entry.value}: {modules[-1]} "
                                 f"raised {words_of(error)}") from error
    return registry


def widgets_of(names):
    """
    The widgets of these names, and no other is imported for them.

    Parameters
    ----------
    names : iterable of str
        Qualified names of classes.

    Returns
    -------
    orangecanvas.registry.WidgetRegistry or None
        None where one of them is not where an add-on has its widgets, or can't be imported:
        then :func:`discover` has to say what is to be said.
    """
    registry, entries = WidgetRegistry(), list(_entries(configuration()))
    names = sorted(set(names))
    with offline_imports(lists=not all(name.startswith(_CORE) for name in names)):
        for name in names:
            description = _description(name, _owner(name, entries))
            if description is None:
                return None
            if not registry.has_category(description.category):
                registry.register_category(CategoryDescription(description.category))
            registry.register_widget(description)
    return registry


def _entries(cfg):
    """Where add-ons say that their widgets are; our own hook into Canvas is no such place."""
    return (entry for entry in cfg.widgets_entry_points() if entry.value != LOADER)


def _owner(name, entries):
    """The entry point below which a class of this name lies; the innermost."""
    fitting = [entry for entry in entries
               if name.startswith(_package(entry) + ".")]
    return max(fitting, key=lambda entry: len(_package(entry)), default=None)


def _package(entry):
    return entry.value.partition(":")[0]


def _description(name, entry):
    """What Canvas would know of a widget; None if it isn't one."""
    if entry is None:
        return None
    module, _, class_name = name.rpartition(".")
    try:
        widget = getattr(importlib.import_module(module), class_name, None)
    except (Exception, SystemExit):  # pylint: disable=broad-except
        return None  # foreign code at import time can raise anything
    if not (isinstance(widget, type) and issubclass(widget, OWBaseWidget)):
        return None
    known = widget.get_widget_description()
    if known is None or known["qualified_name"] != name:
        return None  # a name under which it was kept for old workflows
    description = WidgetDescription(**known)
    description.package = sys.modules[module].__package__ or None
    description.category = widget.category or entry.name
    description.project_name = entry.dist.name if entry.dist is not None else None
    return description


def why_missing(qualified_name, project_name):
    """
    Why a widget is unknown: its add-on is missing, too old, or can't be imported.

    Nothing is imported but what lies where an add-on has its widgets.
    """
    module = qualified_name.rpartition(".")[0]
    project = project_name or "the add-on that has it"
    if _owner(qualified_name, _entries(configuration())) is None and module not in sys.modules:
        return f"not installed; install {project}"
    try:
        importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name and (module + ".").startswith(error.name + "."):
            return f"not installed; install {project}"
        return f"can't be imported: {error}; install what {project} needs"
    except (Exception, SystemExit) as error:  # pylint: disable=broad-except
        # foreign code at import time can raise anything; it becomes part of our message
        return f"can't be imported: {words_of(error)}"
    return f"{module} has no such widget; is {project} up to date?"


def widget_class(node):
    """The class of a node's widget; a registry from a cache may know what is gone by now."""
    name, project = node.description.qualified_name, node.description.project_name
    try:
        return name_lookup(name)
    except (Exception, SystemExit) as error:  # pylint: disable=broad-except
        # foreign code at import time can raise anything
        why = why_missing(name, project)
        if why.startswith("not installed"):
            why = f"can't be imported: {words_of(error)}"
        raise DiscoveryError(f"{node.title!r} ({name}): {why}") from error


def sources(widget):
    """Files and names of the classes that a widget is made of, but for Orange's base."""
    for part in widget.__mro__[:widget.__mro__.index(OWBaseWidget)]:
        file = getattr(sys.modules.get(part.__module__), "__file__", None)
        if file:
            yield os.fspath(file), part.__name__
