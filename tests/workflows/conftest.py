"""Shipped workflows are run as an analyst runs them."""
import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def said():
    """What workflows said when a test ran them, by path."""
    return {}


@pytest.fixture
def run(tmp_path, said):
    """Run a workflow in a process and a HOME of its own, with a hard timeout."""
    def runner(workflow, *save):
        arguments = [x for s in save for x in ("--save", s)]
        environment = {k: v for k, v in os.environ.items() if not k.startswith("XDG_")}
        done = said[Path(workflow)] = subprocess.run(
            [sys.executable, "-m", "orangecontrib.customs.headless.cli_run", str(workflow),
             "--timeout", "800", *arguments],
            capture_output=True, encoding="utf-8", timeout=900,
            env={**environment, "HOME": str(tmp_path)})
        return done
    return runner
