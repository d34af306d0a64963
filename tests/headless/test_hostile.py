"""Widgets that quit and ask: the run goes to its end, and names who it was."""
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent

#: Where a widget's code may run
PLACES = ("constructor", "handler", "timer", "task", "on_done", "thread", "qthread", "runnable",
          "lazy_value", "virtual", "closing", "deletion")
EXITS = (0, 1, None, "no reason")
BOXES = {"box": "Overwrite everything?", "orphan": "Overwrite everything?",
         "often": "Overwrite everything?", "dialog": "A dialog", "page": "A page",
         "stubborn": "No", "wizard": "A wizard", "open": "Which file?", "save": "Save where?",
         "folder": "Which folder?", "file_dialog": "A file", "text": "Your name?",
         "item": "Which one?", "menu": "QMenu"}

FLOWS = {
    **{f"exit-{place}": ("Leaves", {"place": place, "code": 0}) for place in PLACES},
    **{f"exit-code-{code}": ("Leaves", {"place": "handler", "code": code}) for code in EXITS},
    **{f"interrupt-{place}": ("Interrupts", {"place": place})
       for place in ("constructor", "handler", "timer", "lazy_value", "deletion")},
    **{f"ask-{kind}": ("Asks", {"kind": kind}) for kind in (*BOXES, "again", "stdin")},
    **{f"ask-from-{place}": ("Asks", {"place": place})
       for place in ("constructor", "timer", "on_done", "lazy_value", "deletion")},
    "quit": ("Quits", {}),  # the last: Qt starts no event loop after it
}


@pytest.fixture(scope="module")
def outcomes(write_flow, tmp_path_factory):
    """What came of each of the workflows, all run in one child process; and its stderr."""
    folder = tmp_path_factory.mktemp("flows")
    paths = []
    for name, (kind, settings) in FLOWS.items():
        paths.append(str(write_flow(
            folder, "Source", (f"hostile_widgets.{kind}: It", settings),
            links=["Source.Data > It.Data"], name=name)))
    result = folder / "result.json"
    program = ("import json, sys; from orangecontrib.customs.headless.supervisor import supervise;"
               "sys.exit(supervise('hostile_widgets:run_all', *json.loads(sys.argv[1])).code)")
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONIOENCODING": "utf-8",
           "PYTHONPATH": os.pathsep.join([str(HERE.parents[1]), str(HERE)])}
    done = subprocess.run([sys.executable, "-c", program, json.dumps([paths, str(result)])],
                          env=env, timeout=900, capture_output=True, encoding="utf-8",
                          check=False)
    assert done.returncode == 0, done.stderr
    said = dict(part.split("\n", 1) for part in done.stderr.split("\n=== ")[1:])
    return {name: {**outcome, "stderr": said[name]}
            for name, outcome in json.loads(result.read_text()).items()}


def errors(outcome):
    return [(widget, text) for widget, level, text in outcome["messages"] if level == "Error"]


@pytest.mark.parametrize("place", PLACES)
def test_a_widget_that_exits_fails_wherever_it_does(outcomes, place):
    outcome = outcomes[f"exit-{place}"]
    prefix = "Data: " if place == "lazy_value" else "raised "
    assert errors(outcome) == [("It", f"{prefix}SystemExit: 0")]
    assert outcome["code"] == 1
    assert ["Source", "Data"] in outcome["sent"], "what the others did is known"


@pytest.mark.parametrize("code", EXITS)
def test_no_exit_code_of_a_widget_is_a_success(outcomes, code):
    outcome = outcomes[f"exit-code-{code}"]
    assert outcome["code"] == 1
    assert errors(outcome) == [("It", f"raised SystemExit: {code}".removesuffix(": None"))]


@pytest.mark.parametrize("place", ["constructor", "handler", "timer", "lazy_value", "deletion"])
def test_an_interrupt_is_no_result_and_names_where_it_came(outcomes, place):
    outcome = outcomes[f"interrupt-{place}"]
    assert outcome["code"] == 2
    (widget, text), = errors(outcome)
    assert widget == "It" and text.startswith("interrupted while ")


def test_quitting_the_application_is_not_the_end_of_the_work(outcomes):
    outcome = outcomes["quit"]
    assert outcome["code"] == 1
    (widget, text), = errors(outcome)
    assert "ended Qt's event loop" in text


@pytest.mark.parametrize("kind", BOXES)
def test_who_asks_is_sent_away_once_and_named(outcomes, kind):
    outcome = outcomes[f"ask-{kind}"]
    assert outcome["code"] == 1
    assert errors(outcome) == [("It", f"asks, and nobody is there to answer: {BOXES[kind]}")]
    assert len(outcome["stderr"]) < 1000, outcome["stderr"]


@pytest.mark.parametrize("place", ["constructor", "timer", "on_done", "lazy_value", "deletion"])
def test_it_does_not_matter_when_a_widget_asks(outcomes, place):
    outcome = outcomes[f"ask-from-{place}"]
    assert outcome["code"] == 1
    assert ("It", "asks, and nobody is there to answer: Overwrite everything?") in errors(outcome)


def test_a_question_about_the_question_is_answered_too(outcomes):
    outcome = outcomes["ask-again"]
    assert outcome["code"] == 1
    assert errors(outcome) == [("It", "asks, and nobody is there to answer: First"),
                               ("It", "asks, and nobody is there to answer: Really?")]


def test_who_reads_stdin_gets_its_end(outcomes):
    outcome = outcomes["ask-stdin"]
    assert outcome["code"] == 1
    (widget, text), = errors(outcome)
    assert widget == "It" and text.startswith("raised EOFError")
