"""
Workflows without a window
==========================

``orange-customs run flow.ows`` and ``orange-canvas --no-gui flow.ows`` load a workflow, let it
run until nothing is left to do, print what each widget has to say and exit with 0, 1 or 2.
Both start a process of their own and go through one function in it,
:func:`orangecontrib.customs.headless.runner.run_workflow`:

>>> from orangecontrib.customs.headless.runner import run_workflow    # doctest: +SKIP
>>> outcome = run_workflow("flow.ows", timeout=60)                    # doctest: +SKIP
>>> outcome.exit_code, outcome.outputs["HS Code Fusion", "Codes"]     # doctest: +SKIP

===================  ======================================================================
:mod:`.runner`       load, settle, collect, save, close
:mod:`.flow_file`    what a file says, checked before anything is made of it
:mod:`.pickles`      settings that are pickled: data, or refused
:mod:`.registry`     the widgets that a workflow uses, and all there are
:mod:`.arguments`    what ``--set`` and ``--file`` mean for a loaded workflow
:mod:`.saving`       ``--save``
:mod:`.page`         ``--report``
:mod:`.listing`      ``--list``
:mod:`.hooks`        exceptions, dialogs and hangs while it runs
:mod:`.outcome`      the :class:`.outcome.Outcome` of it
:mod:`.supervisor`   the process of its own, and what to say when it ends before its time
:mod:`.environment`  Qt without a screen, no network, settings of our own, leaving the process
:mod:`.pipes`        output that nobody reads to its end
:mod:`.testing`      a fixture for the tests of other add-ons
:mod:`.cli_run`      the sub-command ``run``
:mod:`.loader`       the hook that gives ``orange-canvas`` its ``--no-gui``
:mod:`.canvas`       ``orange-customs canvas``: Canvas that fetches nothing unasked
===================  ======================================================================

This package imports nothing: the loader is looked at whenever Canvas starts.
"""
