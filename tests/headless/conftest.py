"""What the tests of running without a window share: widgets, a registry and workflow files."""
import functools
import os
import sys
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
HERE = str(Path(__file__).parent)
if HERE not in sys.path:
    sys.path.insert(0, HERE)

SHORT = {"File": "Orange.widgets.data.owfile.OWFile",
         "Data Table": "Orange.widgets.data.owtable.OWTable",
         "Test & Score": "Orange.widgets.evaluate.owtestandscore.OWTestAndScore",
         "Naive Bayes": "Orange.widgets.model.ownaivebayes.OWNaiveBayes"}


@pytest.fixture(scope="session")
def registry():
    from orangecontrib.customs.headless.environment import prepare_application
    prepare_application()
    import headless_widgets
    return headless_widgets.registry()


def _write_flow(folder, *nodes, links=(), name="flow.ows"):
    """
    Write a workflow and return its path.

    Nodes are "Class" or "Class: title" or a pair of that and a dictionary of settings; a
    class is one of headless_widgets' or in SHORT, or a qualified name. Links are
    "title.Output > title.Input".
    """
    from orangecanvas.scheme.readwrite import dumps
    titles, node_xml, data_xml = [], [], []
    for number, node in enumerate(nodes):
        text, properties = node if isinstance(node, tuple) else (node, None)
        kind, _, title = text.partition(": ")
        title = title or kind
        titles.append(title)
        qualified = SHORT.get(kind) or (kind if "." in kind else f"headless_widgets.{kind}")
        node_xml.append(
            f'<node id="{number}" name={quoteattr(title)} project_name="" version=""'
            f' qualified_name={quoteattr(qualified)} title={quoteattr(title)}'
            f' position="({150 * number}, 100)"/>')
        if properties:
            data, form = dumps(properties, pickle_fallback=True)
            data_xml.append(f'<properties node_id="{number}" format="{form}">'
                            f'{escape(data)}</properties>')
    link_xml = []
    for number, link in enumerate(links):
        (source, output), (sink, inp) = (end.split(".") for end in link.split(" > "))
        link_xml.append(
            f'<link id="{number}" source_node_id="{titles.index(source)}"'
            f' sink_node_id="{titles.index(sink)}" enabled="true"'
            f' source_channel="{output}" sink_channel="{inp}"/>')
    path = folder / name
    path.write_text(
        '<?xml version="1.0" encoding="utf-8"?>\n<scheme version="2.0" title="" '
        f'description=""><nodes>{"".join(node_xml)}</nodes><links>{"".join(link_xml)}'
        f'</links><annotations/><node_properties>{"".join(data_xml)}</node_properties>'
        '</scheme>', encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def write_flow():
    return _write_flow


@pytest.fixture
def flow(tmp_path):
    """:func:`_write_flow` into the test's own folder."""
    return functools.partial(_write_flow, tmp_path)
