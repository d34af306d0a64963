"""
The command ``orange-customs run``
==================================

::

    orange-customs run flow.ows [--timeout S] [--set "Widget title.setting=value"]...
                                [--save "Widget title.Output=file"]...

Also ``python -m orangecontrib.customs.headless.cli_run flow.ows``. Every widget that has
something to say gets a line on stdout, errors go to stderr. Exit code 0: all went well; 1: a
widget shows an error or its code raised; 2: the workflow or an argument can't be used, or time
was up.

This module imports neither Qt nor Orange before there is something to run.
"""
import argparse
import os
import sys
import warnings

__all__ = ["add_arguments", "main", "report"]


def add_arguments(parser):
    """
    Add the arguments of the command.

    Parameters
    ----------
    parser : argparse.ArgumentParser
    """
    parser.add_argument("workflow", metavar="flow.ows", help="the workflow to run")
    parser.add_argument("--timeout", type=_seconds, default=600.0, metavar="S",
                        help="end the run after this many seconds (600)")
    parser.add_argument("--set", action="append", default=[], dest="settings",
                        metavar='"Widget title.setting=value"',
                        help="change a widget's setting; JSON or a Python literal, otherwise "
                             "text")
    parser.add_argument("--save", action="append", default=[],
                        metavar='"Widget title.Output=file"',
                        help="write a table that a widget puts out: .csv, .tab, .xlsx, .pkl ...")


def _seconds(text):
    value = float(text)
    # also refuses nan; a day and a half is more than any lock or timer has to bear
    if not 0 < value <= 1e5:
        raise argparse.ArgumentTypeError("must be between 0 and 100000 seconds")
    return value


def main(args, cached_descriptions=None):
    """
    Run a workflow and print what came of it.

    Worker threads that outlive the workflow can keep the process from ending; a console script
    should pass the result to :func:`orangecontrib.customs.headless.environment.leave`.

    Parameters
    ----------
    args : argparse.Namespace
        With what :func:`add_arguments` has added.
    cached_descriptions : dict, optional
        Descriptions of widgets that were discovered already.

    Returns
    -------
    int
        The exit code.
    """
    from .environment import prepare_environment
    prepare_environment(offscreen=True)
    from .runner import run_workflow
    with warnings.catch_warnings():
        if not sys.warnoptions:
            # libraries' advice to programmers; what concerns the user, widgets say themselves
            warnings.simplefilter("ignore")
        outcome = run_workflow(args.workflow, settings=args.settings, save=args.save,
                               timeout=args.timeout, cached_descriptions=cached_descriptions)
    report(outcome, os.path.basename(args.workflow))
    return outcome.exit_code


def report(outcome, name):
    """
    Print a line for every widget that has something to say; errors to stderr.

    Parameters
    ----------
    outcome : orangecontrib.customs.headless.runner.Outcome
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
    from orangecontrib.customs.headless.environment import leave
    leave(_command_line())
