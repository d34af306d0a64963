"""
The command ``orange-customs run``
==================================

::

    orange-customs run flow.ows [--timeout S] [--set "Widget title.setting=value"]...
                                [--file "Widget title=path"]...
                                [--save "Widget title.Output=file"]... [--report page.html]
                                [--json] [--list] [--progress] [--trust | --no-pickles]
                                [--lang ru|en]

Also ``python -m orangecontrib.customs.headless.cli_run flow.ows``. Every widget that has
something to say gets a line on stdout, errors go to stderr. Exit code 0: all went well; 1: a
widget shows an error, its code raised (``sys.exit`` too), asked in a dialog or ended the
process; 2: the workflow or an argument can't be used, time was up, or somebody interrupted.

The workflow runs in a process of its own (:mod:`.supervisor`); this one imports neither Qt nor
Orange.
"""
import argparse
import json
import os
import sys
import time
import warnings
from contextlib import contextmanager, redirect_stdout

from orangecontrib.customs.i18n import LANGUAGES, speaking

from .outcome import NOT_RUN, OK, RESULTS, Outcome, described
from .pipes import whoever_reads

__all__ = ["add_arguments", "add_language", "main", "report"]


def add_arguments(parser):
    """
    Add the arguments of the command.

    Parameters
    ----------
    parser : argparse.ArgumentParser
    """
    parser.add_argument("workflow", metavar="flow.ows", help="the workflow to run")
    parser.add_argument("--timeout", type=_seconds, default=600.0, metavar="S",
                        help="end the run after this many seconds (600); looking for "
                             "widgets, which comes before, doesn't count")
    parser.add_argument("--set", action="append", default=[], dest="settings",
                        metavar='"Widget title.setting=value"',
                        help="change a widget's setting; JSON or a Python literal, otherwise "
                             "text")
    parser.add_argument("--file", action="append", default=[], dest="files",
                        metavar='"Widget title=path"',
                        help="let a widget read another file or folder")
    parser.add_argument("--save", action="append", default=[],
                        metavar='"Widget title.Output=file"',
                        help="write a table that a widget puts out: .csv, .tab, .xlsx, "
                             ".parquet, .pkl ...")
    parser.add_argument("--report", metavar="page.html",
                        help="write a page of what came of the run, with the widgets' reports")
    parser.add_argument("--json", action="store_true",
                        help="print the result as JSON, and nothing else to stdout")
    parser.add_argument("--list", action="store_true",
                        help="print the workflow's widgets, their settings and outputs, and "
                             "run nothing")
    parser.add_argument("--progress", action="store_true",
                        help="say on stderr how far each widget is; a terminal is told anyway")
    pickles = parser.add_mutually_exclusive_group()
    pickles.add_argument("--trust", action="store_true",
                         help="load pickled settings of any class; they can run any code")
    pickles.add_argument("--no-pickles", action="store_true",
                         help="refuse all pickled settings; otherwise those that hold data only "
                              "are loaded")
    add_language(parser)


def add_language(parser):
    """
    Add the option of the language in which results are worded.

    Its default is always the same: what a script writes doesn't depend on the computer.

    Parameters
    ----------
    parser : argparse.ArgumentParser
    """
    parser.add_argument("--lang", choices=LANGUAGES, default=LANGUAGES[0],
                        help="language of traces, problems and questions in the result "
                             f"(default: {LANGUAGES[0]})")


def _seconds(text):
    value = float(text)
    # also refuses nan; a day and a half is more than any lock or timer has to bear
    if not 0 < value <= 1e5:
        raise argparse.ArgumentTypeError("must be between 0 and 100000 seconds")
    return value


def main(args, cached_descriptions=None, configuration=None):
    """
    Run a workflow in a process of its own and print what came of it.

    Parameters
    ----------
    args : argparse.Namespace
        With what :func:`add_arguments` has added.
    cached_descriptions : dict, optional
        Descriptions of widgets that were discovered already.
    configuration : type, optional
        What Canvas is configured by, if not as Orange.

    Returns
    -------
    int
        The exit code.
    """
    from .supervisor import ending, supervise
    started = time.monotonic()
    trusted = {"pickles": not args.no_pickles, "trust": args.trust}
    if args.list:
        function, options = "list_here", {"as_json": args.json, **trusted}
    else:
        function, options = "run_here", {
            "settings": args.settings, "files": args.files, "save": args.save,
            "report": args.report, "timeout": args.timeout,
            "cached_descriptions": cached_descriptions, "configuration": configuration,
            "language": args.lang, "as_json": args.json, "progress": args.progress, **trusted}
    end = supervise(f"{__package__}.cli_run:{function}", args.workflow, options)
    if end.code is not None:
        return end.code
    if end.stack:
        print(end.stack, file=sys.stderr)
    outcome = ending(end)
    outcome.seconds = time.monotonic() - started
    report(outcome, os.path.basename(args.workflow), args.json)
    return outcome.exit_code


def run_here(journal, workflow, options):
    """
    Run a workflow in this process and print what came of it; the child's part of :func:`main`.

    Parameters
    ----------
    journal : .supervisor.Journal
    workflow : str
    options : dict
        Arguments of :func:`.runner.run_workflow`, "language", "as_json" and "progress".

    Returns
    -------
    int
        The exit code.
    """
    from .environment import prepare_environment
    prepare_environment(offscreen=True)
    from .runner import run_workflow
    language = options.pop("language", LANGUAGES[0])
    as_json, progress = options.pop("as_json", False), options.pop("progress", False)
    if progress or _is_terminal(sys.stderr):
        options["on_progress"] = _Progress()
    with warnings.catch_warnings(), speaking(language), _nothing_else_printed(as_json):
        if not sys.warnoptions:
            # libraries' advice to programmers; what concerns the user, widgets say themselves
            warnings.simplefilter("ignore")
        outcome = run_workflow(workflow, journal=journal, **options)
    report(outcome, os.path.basename(workflow), as_json)
    return outcome.exit_code


def list_here(_, workflow, options):
    """
    Print what a workflow consists of; the child's part of ``--list``.

    Parameters
    ----------
    _ : .supervisor.Journal
    workflow : str
    options : dict
        "pickles" and "trust" as of :func:`.listing.listed`, and "as_json".

    Returns
    -------
    int
        The exit code.
    """
    from .environment import prepare_environment
    prepare_environment(offscreen=True)
    from .flow_file import FlowError
    from .listing import listed
    from .registry import DiscoveryError
    name, as_json = os.path.basename(workflow), options.pop("as_json", False)
    try:
        with _nothing_else_printed(as_json):
            widgets = listed(workflow, **options)
    except (FlowError, DiscoveryError) as error:
        outcome = Outcome()
        outcome.add("", "Error", error, NOT_RUN)
        report(outcome, name, as_json)
        return outcome.exit_code
    if as_json:
        print(json.dumps({"workflow": name, "widgets": widgets}, ensure_ascii=False))
        return OK
    for widget in widgets:
        print(_shown(f"{widget['title']} ({widget['class']})"))
        for output in widget["outputs"]:
            print(f"    output {output['name']}: {output['type']}")
        for setting in widget["settings"]:
            if setting["settable"]:
                value = _short(json.dumps(setting["value"], ensure_ascii=False))
                print(_shown(f"    setting {setting['name']} = {value}"))
    return OK


def _shown(text):
    from orangecontrib.customs.files import shown  # with numpy, which a mere watcher needn't have
    return shown(text)


def _short(text, longest=100):
    return text if len(text) <= longest else text[:longest - 2] + " …"


@contextmanager
def _nothing_else_printed(wanted):
    """What widgets print goes to stderr while it lasts, where stdout is to hold JSON."""
    if not wanted:
        yield
        return
    with redirect_stdout(sys.stderr):
        yield


def _is_terminal(stream):
    return stream is not None and stream.isatty()


class _Progress:
    """Says on stderr how far widgets are, a line for each ten percent."""

    def __init__(self):
        self.said = {}

    def __call__(self, widget, percent):
        tenth = int(min(max(percent, 0), 100)) // 10 * 10
        if self.said.get(widget) == tenth:
            return
        self.said[widget] = tenth
        print(_shown(f"{widget}: {tenth} %"), file=sys.stderr, flush=True)


def report(outcome, name, as_json=False):
    """
    Print a line for every widget that has something to say; errors to stderr.

    Parameters
    ----------
    outcome : .outcome.Outcome
    name : str
        What to call the workflow.
    as_json : bool
        Whether stdout gets all of it as JSON instead; the errors go to stderr nevertheless.
    """
    for message in outcome.messages:
        if message.level == "Error":
            print(_shown(f"{message.widget or name}: {message.text}"), file=sys.stderr)
    if as_json:
        print(json.dumps(_as_json(outcome, name), ensure_ascii=False))
        return
    for widget in outcome.widgets:
        values = {output: value for (label, output), value in outcome.outputs.items()
                  if label == widget and value is not None}
        parts = [described(value) if len(values) == 1 else f"{output} {described(value)}"
                 for output, value in values.items()]
        said = [f"{message.level}: {message.text}" for message in outcome.messages
                if message.widget == widget and message.level != "Error"]
        if parts or said:
            print(_shown(f"{widget}: " + "; ".join([", ".join(parts)] * bool(parts) + said)))
    print(_shown(f"{name}: {RESULTS[outcome.exit_code]}, {outcome.seconds:.1f} s"))


def _as_json(outcome, name):
    return {"workflow": name, "result": RESULTS[outcome.exit_code],
            "exit_code": outcome.exit_code, "seconds": round(outcome.seconds, 3),
            "messages": [message._asdict() for message in outcome.messages],
            "widgets": [{"title": widget, "outputs": {
                output: described(value) for (label, output), value in outcome.outputs.items()
                if label == widget and value is not None}} for widget in outcome.widgets]}


def _command_line(argv=None):
    parser = argparse.ArgumentParser(
        prog="orange-customs run", description="Run an Orange workflow without a window.")
    add_arguments(parser)
    with whoever_reads():
        return main(parser.parse_args(argv))


if __name__ == "__main__":
    sys.exit(_command_line())
