"""
``--list``: the widgets of a workflow, their settings and outputs
=================================================================

What ``--set``, ``--file`` and ``--save`` can name. Nothing flows and no widget is made, but their
modules are imported.
"""
import os

from orangecanvas.utils import name_lookup
from orangewidget.settings import ContextSetting

from . import flow_file, registry
from .arguments import settings_of
from .environment import prepare_application

__all__ = ["listed"]


def listed(path, pickles=True, trust=False):
    """
    The widgets of a workflow, as values that JSON can hold.

    Parameters
    ----------
    path : str
    pickles, trust : bool
        As in :func:`.runner.run_workflow`.

    Returns
    -------
    list of dict
        "title", "class", "inputs" and "outputs" (lists of "name" and "type") and "settings":
        "name", "value" as it is in the workflow, "default", and "settable", which is False for
        those that depend on the data.

    Raises
    ------
    flow_file.FlowError, registry.DiscoveryError
        It can't be loaded.
    """
    if not os.path.isfile(path):
        raise flow_file.FlowError(f"there is no file {path}")
    which = (flow_file.ANY if trust else flow_file.SAFE) if pickles else flow_file.NO
    description = flow_file.parse(path)
    prepare_application()
    known = registry.widgets_of(node.qualified_name for node in description.nodes)
    if known is None:
        known = registry.discover()
    flow_file.refuse_unknown(description, known)
    flow_file.refuse_pickles(description, which)
    model = registry.configuration().workflow_constructor()
    model.signal_manager.pause()
    flow_file.fill(model, path, known, which)
    return [_widget(node) for node in model.nodes]


def _widget(node):
    settings = settings_of(registry.widget_class(node))
    return {"title": node.title, "class": node.description.qualified_name,
            "inputs": list(map(_channel, node.input_channels())),
            "outputs": list(map(_channel, node.output_channels())),
            "settings": [_setting(node, name, settings[name]) for name in sorted(settings)]}


def _channel(channel):
    return {"name": channel.name, "type": name_lookup(channel.types[0]).__name__}


def _setting(node, name, setting):
    value = node.properties
    for part in name.split("."):
        value = value.get(part, setting.default) if isinstance(value, dict) else setting.default
    return {"name": name, "value": _plain(value), "default": _plain(setting.default),
            "settable": not isinstance(setting, ContextSetting)}


def _plain(value):
    """The value as JSON can hold it; anything else in words."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    return getattr(value, "abspath", None) or str(value)
