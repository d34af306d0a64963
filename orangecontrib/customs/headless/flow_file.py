"""
A workflow's file
=================

What an .ows says, and the nodes and links that Orange's own loader makes of it. Whatever can be
wrong with a file of a stranger is found here, and said at once: :class:`FlowError`.
"""
import logging
import os
from contextlib import contextmanager
from xml.etree.ElementTree import ParseError

from orangecanvas.scheme import readwrite

from . import pickles
from .registry import why_missing, words_of

__all__ = ["ANY", "NO", "SAFE", "FlowError", "fill", "parse", "refuse_pickles",
           "refuse_unknown", "title_of"]

#: The largest file (bytes), and the longest settings of a node (characters), that are read: a
#: literal takes some hundred times its length while it is read. Canvas' own have some kB.
MAX_FILE, MAX_SETTINGS = 32_000_000, 4_000_000

#: Which pickled settings are loaded: those of known classes, all, none.
SAFE, ANY, NO = "safe", "any", "no"


class FlowError(Exception):
    """The workflow can't be loaded; the message is meant for the user."""


def parse(path):
    """
    What the file says, before anything is made of it.

    Raises
    ------
    FlowError
    """
    try:
        with open(path, "rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size > MAX_FILE:
                raise FlowError(f"has {size / 1e6:.0f} MB; workflows of up to "
                                f"{MAX_FILE / 1e6:.0f} MB are read")
            description = readwrite.parse_ows_stream(file)
    except ParseError as error:
        raise FlowError(f"damaged or no workflow: {error}") from error
    except FlowError:
        raise
    except Exception as error:  # pylint: disable=broad-except
        # the parser trusts the file: a missing attribute is a TypeError deep inside
        raise FlowError(f"can't be read as a workflow: {error}") from error
    for node in description.nodes:
        if node.data is not None and len(node.data.data or "") > MAX_SETTINGS:
            raise FlowError(f"the settings of {title_of(node)} have {len(node.data.data)} "
                            f"characters; up to {MAX_SETTINGS} are read")
    return description


def title_of(node):
    """The title of a node in messages: its own words, on one line."""
    return repr(node.title)


def refuse_unknown(description, registry):
    """
    Say which widgets are missing and where they may come from.

    Raises
    ------
    FlowError
    """
    try:
        nodes = readwrite.resolve_replaced(description, registry).nodes
    except KeyError as error:
        raise FlowError(f"damaged: a link leads to the node {error}, "
                        "which is not in the file") from error
    missing = [f"{title_of(node)} ({node.qualified_name}): "
               f"{why_missing(node.qualified_name, node.project_name)}"
               for node in nodes if not registry.has_widget(node.qualified_name)]
    if missing:
        raise FlowError("uses unknown widgets: " + "; ".join(missing))


def refuse_pickles(description, which):
    """
    Check, before any of it is loaded, that pickled settings hold data and nothing else.

    Parameters
    ----------
    description : orangecanvas.scheme.readwrite._scheme
    which : {SAFE, ANY, NO}

    Raises
    ------
    FlowError
        Settings that are refused, each with its node and the class it names.
    """
    pickled = [node for node in description.nodes
               if node.data is not None and node.data.format == "pickle"]
    titles = [title_of(node) for node in pickled]
    if titles and which == NO:
        raise FlowError(f"the settings of {', '.join(titles)} are pickled: refused "
                        "(--no-pickles)")
    refused = []
    for node in pickled if which == SAFE else ():
        try:
            pickles.loads(node.data.data, "pickle")
        except pickles.Refused as error:
            refused.append(f"{title_of(node)} name {error.name}")
        except Exception:  # pylint: disable=broad-except
            pass  # damaged; the loader says how
    if refused:
        raise FlowError("pickled settings of " + "; of ".join(refused) + ": loading them could "
                        "run any code, so it is refused; if you trust who made the workflow, "
                        "--trust")


def fill(model, path, registry, which=SAFE):
    """
    Load nodes and links into an empty workflow; everything that is wrong is said at once.

    Parameters
    ----------
    model : orangecanvas.scheme.Scheme
    path : str
    registry : orangecanvas.registry.WidgetRegistry
    which : {SAFE, ANY, NO}

    Raises
    ------
    FlowError
    """
    problems = []
    add_link = model.add_link

    def add_or_name(link):
        try:
            add_link(link)
        except Exception as error:  # pylint: disable=broad-except
            # a circle, a second link into a single input ...: no link of it is named
            problems.append(f"link {link.source_node.title} ({link.source_channel.name}) > "
                            f"{link.sink_node.title} ({link.sink_channel.name}): {error}")

    model.add_link = add_or_name
    try:
        with open(path, "rb") as file, _LoadLog(problems), _safe_loads(which):
            model.load_from(file, registry=registry, error_handler=problems.append)
    except (Exception, SystemExit) as error:  # pylint: disable=broad-except
        # the loader trusts the file, and pickled settings can raise anything
        problems.append(words_of(error))
    finally:
        del model.add_link
    for node in model.nodes:
        if not isinstance(node.properties, dict):
            problems.append(f"the settings of {title_of(node)} are no dictionary")
    if problems:
        raise FlowError("can't be loaded: " + "; ".join(map(str, problems)))


@contextmanager
def _safe_loads(which):
    """While it lasts, Orange's loader reads pickles as ours does; unless all are trusted."""
    loads = readwrite.loads
    if which != ANY:
        readwrite.loads = pickles.loads
    try:
        yield
    finally:
        readwrite.loads = loads


class _LoadLog(logging.Handler):
    """Collects what loading only logs: a node whose settings can't be read loses them."""

    def __init__(self, problems):
        super().__init__(logging.ERROR)
        self.problems = problems

    def emit(self, record):
        self.problems.append(record.getMessage())

    def __enter__(self):
        readwrite.log.addHandler(self)

    def __exit__(self, *_):
        readwrite.log.removeHandler(self)
