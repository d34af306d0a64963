"""
The command ``orange-customs run``
==================================

::

    orange-customs run flow.ows [--timeout S] [--set "Widget title.setting=value"]...
                                [--save "Widget title.Output=file"]... [--no-pickles]
                                [--lang ru|en]

Also ``python -m orangecontrib.customs.headless.cli_run flow.ows``. Every widget that has
something to say gets a line on stdout, errors go to stderr. Exit code 0: all went well; 1: a
widget shows an error, its code raised (``sys.exit`` too), asked in a dialog or ended the
process; 2: the workflow or an argument can't be used, time was up, or somebody interrupted.

The workflow runs in a process of its own (:mod:`.supervisor`); this one imports neither Qt nor
Orange.
"""
import argparse
import os
import sys
import time
import warnings

from orangecontrib.customs.i18n import LANGUAGES, speaking

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
    parser.add_argument("--save", action="append", default=[],
                        metavar='"Widget title.Output=file"',
                        help="write a table that a widget puts out: .csv, .tab, .xlsx, .pkl ...")
    parser.add_argument("--no-pickles", action="store_true",
                        help="refuse workflows with pickled settings, which can run any code")
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
    options = {"settings": args.settings, "save": args.save, "timeout": args.timeout,
               "pickles": not args.no_pickles, "cached_descriptions": cached_descriptions,
               "configuration": configuration, "language": args.lang}
    end = supervise(f"{__package__}.cli_run:run_here", args.workflow, options)
    if end.code is not None:
        return end.code
    if end.stack:
        print(end.stack, file=sys.stderr)
    outcome = ending(end)
    outcome.seconds = time.monotonic() - started
    report(outcome, os.path.basename(args.workflow))
    return outcome.exit_code


def run_here(journal, workflow, options):
    """
    Run a workflow in this process and print what came of it; the child's part of :func:`main`.

    Parameters
    ----------
    journal : .supervisor.Journal
    workflow : str
    options : dict
        Arguments of :func:`.runner.run_workflow`, and "language".

    Returns
    -------
    int
        The exit code.
    """
    from .environment import prepare_environment
    prepare_environment(offscreen=True)
    from .runner import run_workflow
    language = options.pop("language", LANGUAGES[0])
    with warnings.catch_warnings(), speaking(language):
        if not sys.warnoptions:
            # libraries' advice to programmers; what concerns the user, widgets say themselves
            warnings.simplefilter("ignore")
        outcome = run_workflow(workflow, journal=journal, **options)
    report(outcome, os.path.basename(workflow))
    return outcome.exit_code


def report(outcome, name):
    """
    Print a line for every widget that has something to say; errors to stderr.

    Parameters
    ----------
    outcome : .outcome.Outcome
    name : str
        What to call the workflow.
    """
    for message in outcome.messages:
        if message.level == "Error":
            print(f"{message.widget or name}: {message.text}", file=sys.stderr)
    for widget in outcome.widgets:
        values = {output: value for (label, output), value in outcome.outputs.items()
                  if label == widget and value is not None}
        parts = [_describe(value) if len(values) == 1 else f"{output} {_describe(value)}"
                 for output, value in values.items()]
        said = [f"{message.level}: {message.text}" for message in outcome.messages
                if message.widget == widget and message.level != "Error"]
        if parts or said:
            print(f"{widget}: " + "; ".join([", ".join(parts)] * bool(parts) + said))
    result = {0: "done", 1: "failed", 2: "not run to its end"}[outcome.exit_code]
    print(f"{name}: {result}, {outcome.seconds:.1f} s")


def _describe(value):
    """A few words on a value that a widget put out."""
    from Orange.data import Table
    if isinstance(value, Table):
        columns = len(value.domain.variables) + len(value.domain.metas)
        return (f"{len(value)} row{'s' * (len(value) != 1)} x "
                f"{columns} column{'s' * (columns != 1)}")
    return type(value).__name__


def _command_line(argv=None):
    parser = argparse.ArgumentParser(
        prog="orange-customs run", description="Run an Orange workflow without a window.")
    add_arguments(parser)
    return main(parser.parse_args(argv))


if __name__ == "__main__":
    sys.exit(_command_line())
