"""A shipped workflow shows no error, and no warning that it doesn't explain."""
import html
import re
import xml.etree.ElementTree as ET
from importlib.resources import files
from pathlib import Path

import pytest

FOLDER = Path(str(files("orangecontrib.customs.workflows")))
SHIPPED = sorted(FOLDER.glob("*.ows"))

_BEFORE_MESSAGE = re.compile(r"(?:: |; )(?=(?:Warning|Information): )")


def warnings(stdout):
    """The warnings in what a run has said: a line per widget, its messages after its outputs."""
    for line in stdout.splitlines():
        _, *messages = _BEFORE_MESSAGE.split(line)
        yield from (text.removeprefix("Warning: ") for text in messages
                    if text.startswith("Warning: "))


def key_words(warning):
    """The first run of three words or more in a message; its numbers and names change."""
    runs = (run.strip() for run in re.split(r"[^\w\s-]|\d+", warning.lower()))
    return next(run for run in runs if len(run.split()) >= 3)


def notes(workflow):
    """The notes of a workflow as text."""
    texts = (html.unescape(re.sub(r"<[^>]*>", " ", text.text or ""))
             for text in ET.fromstring(workflow).iter("text"))
    return " ".join(" ".join(texts).lower().split())


def unexplained(workflow, stdout):
    """Warnings whose key words no note of a workflow quotes."""
    said = notes(workflow)
    return [warning for warning in warnings(stdout) if key_words(warning) not in said]


FLOW = """<scheme><annotations><text>&lt;b&gt;1.&lt;/b&gt; The filter warns that &lt;i&gt;no
word is left in&lt;/i&gt; some documents.</text></annotations></scheme>"""


@pytest.mark.parametrize("line, left", [
    ("Filter: Corpus 9 rows x 4 columns; Warning: No word is left in 39 of 1004 documents.", []),
    ("Test: all: Warning: No word is left in 4 of 9 documents.", []),
    ("Filter: 9 rows x 4 columns; Warning: The list is empty; nothing goes; Information: Well",
     ["The list is empty; nothing goes"]),
    ("Filter: 9 rows; Warning: Only 3: no word is left in them. All of the rest goes on and on.",
     ["Only 3: no word is left in them. All of the rest goes on and on."]),
    ("Filter: Information: The list is empty", []),
])
def test_a_note_explains_a_warning_by_its_words(line, left):
    assert unexplained(FLOW, line + "\nflow.ows: done, 1.0 s") == left


@pytest.mark.parametrize("workflow", SHIPPED, ids=lambda p: p.name)
def test_it_is_quiet(run, said, workflow):
    done = said.get(workflow) or run(workflow)  # this file comes after those that run them
    assert done.returncode == 0, done.stderr
    assert not unexplained(workflow.read_text(encoding="utf-8"), done.stdout)
