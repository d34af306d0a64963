"""
Workflows in the tests of an add-on
===================================

A fixture of pytest, for any add-on whose tests are to run workflows to their end. In its
``conftest.py``::

    pytest_plugins = ["orangecontrib.customs.headless.testing"]

and in a test::

    def test_the_example_runs(run_flow):
        outcome = run_flow("examples/first.ows", settings=["File.url=..."])
        assert len(outcome.outputs["Data Table", "Data"]) == 150
"""
import os

import pytest

__all__ = ["run_flow"]

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # before anybody makes an application


@pytest.fixture
def run_flow():
    """
    A function that runs a workflow to its end: :func:`.runner.run_workflow`, and a failure where
    the exit code is not the expected one.

    Besides the arguments of :func:`.runner.run_workflow` it takes `expect`: the exit code, 0 if
    not given. It returns the :class:`.outcome.Outcome`.
    """
    from .runner import run_workflow

    def run(path, *, expect=0, **kwargs):
        outcome = run_workflow(path, **kwargs)
        if outcome.exit_code != expect:
            said = "; ".join(f"{message.widget or os.path.basename(path)}: {message.text}"
                             for message in outcome.messages)
            pytest.fail(f"exit code {outcome.exit_code}, not {expect}: {said or 'no message'}")
        return outcome

    return run
