"""
State all settings in workflows
===============================

::

    python tools/state_settings.py workflows/*.ows            # writes what is unsaid into them
    python tools/state_settings.py --check workflows/*.ows    # only says it; exit code 1

Orange fills a setting that an .ows leaves unsaid from the one that the user chose last, in
whatever workflow. So a workflow that is to give everybody the same results states all of them.
What it says stays as it is (an older version's settings are brought up to date as the widget
does it), the rest are stated as the widget's class has them, parts of widgets included. In the
file only the texts of ``<properties>`` change, and nodes that have none get them.

What can't be stated: settings that depend on the data (contexts, which are no literals).
What need not be: where a window stood, names that begin with an underscore.

Exit code 2: a file that can't be read or a widget that isn't installed.
"""
import argparse
import ast
import copy
import re
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from xml.sax.saxutils import escape

from orangecanvas.utils import name_lookup

#: Say nothing about the result; `stored_settings` is what a widget was opened with
WINDOW = {"savedWidgetGeometry", "controlAreaVisible", "stored_settings"}

VERSION = "__version__"

_CONTAINER = re.compile(r"<node_properties\s*/>|<node_properties\s*>(.*?)</node_properties>",
                        re.DOTALL)
_ELEMENT = re.compile(r"<properties\b[^>]*?/>|<properties\b.*?</properties>", re.DOTALL)


class StateError(ValueError):
    """A workflow whose settings can't be stated; the message is meant for the user."""


def can_be_stated(setting):
    """Whether a setting has a place in a workflow and is a literal."""
    if not setting.packable or setting.name in WINDOW or setting.name.startswith("_"):
        return False
    try:
        return ast.literal_eval(repr(setting.default)) == setting.default
    except (SyntaxError, ValueError):
        return False


def complete(provider, said):
    """What is said, and what is unsaid as the class has it."""
    whole = dict(said)
    for name, setting in provider.settings.items():
        if name not in whole and can_be_stated(setting):
            whole[name] = copy.deepcopy(setting.default)
    for name, part in provider.providers.items():
        if inner := complete(part, said.get(name, {})):
            whole[name] = inner
    return whole


def whole_settings(widget_class, said):
    """
    All settings that a workflow can state of a widget.

    Parameters
    ----------
    widget_class : type
        A subclass of ``OWBaseWidget``.
    said : dict
        What the workflow says, of whatever version.

    Returns
    -------
    dict
    """
    said = copy.deepcopy(said)
    version = said.pop(VERSION, None) or 0
    if said:
        widget_class.migrate_settings(said, version)
    if not said.get("context_settings", True):
        del said["context_settings"]    # migrations leave an empty list
    whole = complete(widget_class.settingsHandler.provider, said)
    whole[VERSION] = max(version, widget_class.settings_version)
    return whole


def unsaid(whole, said, prefix=""):
    """Names of settings that are not said, or not in this version; dots for those of parts."""
    for name, value in whole.items():
        if isinstance(value, dict) and isinstance(said.get(name), dict):
            yield from unsaid(value, said[name], f"{prefix}{name}.")
        elif name not in said or value != said[name]:
            yield prefix + name


def unknown(provider, said, prefix=""):
    """Names that are said and that the widget does not know: it ignores them."""
    known = {*provider.settings, *provider.providers, "context_settings", VERSION}
    yield from (prefix + name for name in said if name not in known)
    for name, part in provider.providers.items():
        yield from unknown(part, said.get(name, {}), f"{prefix}{name}.")


def state(text):
    """
    State all settings in a workflow.

    Parameters
    ----------
    text : str
        The content of an .ows file.

    Returns
    -------
    str, list of str
        The new content, and a line for each node that left something unsaid or says what its
        widget does not know.

    Raises
    ------
    StateError
    """
    try:
        nodes = list(ET.fromstring(text.encode("utf-8")).find("nodes"))
    except (ET.ParseError, TypeError) as error:
        raise StateError(f"no workflow: {error}") from error
    container = _CONTAINER.search(text)
    if container is None:
        raise StateError("no workflow: no <node_properties>")
    elements, tail = _split(container.group(1) or "")
    changed, remarks = False, []
    for node in nodes:
        number, title = node.get("id"), node.get("title")
        place = next((place for place, (other, _, _) in enumerate(elements)
                      if other == number), None)
        said = {} if place is None else _said(title, elements[place][2])
        widget_class = _widget_class(node)
        whole = _whole_settings(title, widget_class, said)
        if names := list(unknown(widget_class.settingsHandler.provider, whole)):
            remarks.append(f"{title}: says what the widget does not know: {', '.join(names)}")
        if names := list(unsaid(whole, said)):
            remarks.append(f"{title}: leaves unsaid: {', '.join(names)}")
            changed = True
            _put(elements, place, number, whole)
    if not changed:
        return text, remarks
    body = "".join(lead + element for _, lead, element in elements) + (tail or "\n\t")
    return (f"{text[:container.start()]}<node_properties>{body}</node_properties>"
            f"{text[container.end():]}"), remarks


def _put(elements, place, number, settings):
    """Put a node's settings in the place of those it has, or in order of the nodes' ids."""
    element = (f'<properties node_id="{number}" format="literal">'
               f"{escape(repr(settings))}</properties>")
    if place is not None:
        elements[place] = (number, elements[place][1], element)
        return
    place = next((place for place, (other, _, _) in enumerate(elements)
                  if int(other) > int(number)), len(elements))
    elements.insert(place, (number, elements[0][1] if elements else "\n\t\t", element))


def _whole_settings(title, widget_class, said):
    try:
        return whole_settings(widget_class, said)
    except Exception as error:
        # migrations trust what they get
        raise StateError(f"{title!r} has settings of another version, which its widget can't "
                         f"bring up to date: {type(error).__name__}: {error}") from error


def _split(body):
    """Elements as (node's id, what stands before it, element), and what follows the last one."""
    elements, end = [], 0
    for match in _ELEMENT.finditer(body):
        number = ET.fromstring(match.group()).get("node_id")
        elements.append((number, body[end:match.start()], match.group()))
        end = match.end()
    return elements, body[end:]


def _said(title, element):
    properties = ET.fromstring(element)
    try:
        if properties.get("format") != "literal":
            raise ValueError(f"they are kept as {properties.get('format')}")
        return dict(ast.literal_eval((properties.text or "{}").strip()))
    except (SyntaxError, TypeError, ValueError) as error:
        raise StateError(f"{title!r} has settings that are no literals: {error}") from error


def _widget_class(node):
    name = node.get("qualified_name")
    try:
        return name_lookup(name)
    except (ImportError, AttributeError) as error:
        raise StateError(f"{node.get('title')!r} is a {name}, which can't be imported: "
                         f"{error}") from error


def main(argv=None):
    """State, or check, the settings of workflows; return the exit code."""
    parser = argparse.ArgumentParser(description="State all settings in workflows.")
    parser.add_argument("workflows", nargs="+", metavar="flow.ows", type=Path)
    parser.add_argument("--check", action="store_true", help="only say what is unsaid")
    args = parser.parse_args(argv)
    code = 0
    for path in args.workflows:
        try:
            text = path.read_bytes().decode("utf-8")    # line ends stay as they are
            new, remarks = state(text)
        except (OSError, UnicodeDecodeError, StateError) as error:
            print(f"{path}: {error}", file=sys.stderr)
            code = 2
            continue
        for remark in remarks:
            print(f"{path.name}: {remark}")
        if args.check:
            code = max(code, bool(remarks))
        elif new != text:
            path.write_bytes(new.encode("utf-8"))
    return code


if __name__ == "__main__":
    sys.exit(main())
