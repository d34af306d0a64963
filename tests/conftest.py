"""Qt without a screen, before anything imports Qt; a test run leaves HOME alone."""
import os
import tempfile

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QTWEBENGINE_CHROMIUM_FLAGS", "--disable-gpu --no-sandbox")
_HOME = tempfile.TemporaryDirectory(prefix="orange-customs-tests-", ignore_cleanup_errors=True)
for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
    os.environ[name] = os.path.join(_HOME.name, name)

from Orange.data import Table  # noqa: E402  (Qt's settings come first)

# as in Orange's own tests: what is shared between tables must not be written to
Table.LOCKING = True
