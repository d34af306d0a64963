"""Qt without a screen, before anything imports Qt; a test run leaves HOME alone."""
import os
import re
import tempfile
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QTWEBENGINE_CHROMIUM_FLAGS", "--disable-gpu --no-sandbox")
_HOME = tempfile.TemporaryDirectory(prefix="orange-customs-tests-", ignore_cleanup_errors=True)
for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
    os.environ[name] = os.path.join(_HOME.name, name)

import pytest  # noqa: E402
from Orange.data import Table  # noqa: E402  (Qt's settings come first)

# as in Orange's own tests: what is shared between tables must not be written to
Table.LOCKING = True


@pytest.fixture(autouse=True)
def nothing_seen_before(monkeypatch):
    """Made trunks of many tests look alike: extractors keep features only where a test asks."""
    monkeypatch.setattr("orangecontrib.customs.photos.extract.FeatureCache", lambda: None)


@pytest.fixture
def pens(tmp_path):
    """A folder with the group of goods of the documentation: the page's three tables."""
    page = Path(__file__).parents[1] / "doc" / "groups" / "own.md"
    tables = re.findall(r"```csv\n(.*?)```", page.read_text(encoding="utf-8"), re.S)
    folder = tmp_path / "pens"
    folder.mkdir()
    for name, table in zip(("facts", "decision_table", "tariff"), tables, strict=True):
        (folder / f"{name}.csv").write_text(table, encoding="utf-8")
    return folder
