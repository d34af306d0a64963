"""A copy of the artefacts to work on, and the widgets that Canvas would find."""
import shutil
import sys
from pathlib import Path

import pytest

HERE = str(Path(__file__).parent)
if HERE not in sys.path:
    sys.path.insert(0, HERE)


@pytest.fixture(scope="session")
def place(tmp_path_factory):
    """The artefacts, where flows may write."""
    from artefacts import unpacked
    folder = tmp_path_factory.mktemp("kept") / "compat"
    shutil.copytree(HERE, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__", "expected"))
    return unpacked(folder)


@pytest.fixture(autouse=True)
def as_users_have_it(monkeypatch):
    """Orange locks tables in tests only."""
    from Orange.data import Table
    monkeypatch.setattr(Table, "LOCKING", False)


@pytest.fixture(scope="session")
def registry():
    from orangecontrib.customs.headless.environment import prepare_application
    from orangecontrib.customs.headless.runner import discover
    prepare_application()
    return discover()
