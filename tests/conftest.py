"""Qt without a screen, before anything imports Qt; a test run leaves HOME alone."""
import os
import tempfile

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QTWEBENGINE_CHROMIUM_FLAGS", "--disable-gpu --no-sandbox")
_HOME = tempfile.TemporaryDirectory(prefix="orange-customs-tests-", ignore_cleanup_errors=True)
for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
    os.environ[name] = os.path.join(_HOME.name, name)

from orangecontrib.customs.headless.environment import no_nltk_download  # noqa: E402

no_nltk_download()

import pytest  # noqa: E402
from Orange.data import Table  # noqa: E402  (Qt's settings come first)

# as in Orange's own tests: what is shared between tables must not be written to
Table.LOCKING = True


@pytest.fixture(autouse=True)
def nothing_seen_before(monkeypatch):
    """Made trunks of many tests look alike: extractors keep features only where a test asks."""
    monkeypatch.setattr("orangecontrib.customs.photos.extract.FeatureCache", lambda: None)
