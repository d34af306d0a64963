"""
``orange-customs canvas``
=========================

Orange Canvas as ``orange-canvas`` opens it, with the same arguments and settings, but for what is
fetched unasked when it starts: updates of Orange, its notifications (who has switched these on in
*Options > Settings* gets them), and what Orange3-Text looks for when it is imported.
"""
import sys
from pathlib import Path

from AnyQt.QtCore import QSettings
from Orange.canvas.__main__ import OMain
from Orange.canvas.config import Config

from .environment import offline_imports

__all__ = ["QuietConfig", "main"]

#: Settings for all users, which Qt reads where this user has none.
DEFAULTS = Path(__file__).parent / "defaults"


class QuietConfig(Config):
    """Orange's configuration, with other defaults."""

    def init(self):
        super().init()
        QSettings.setPath(QSettings.IniFormat, QSettings.SystemScope, str(DEFAULTS))


class _Main(OMain):
    DefaultConfig = f"{__name__}.QuietConfig"

    def run_discovery(self):
        with offline_imports():
            return super().run_discovery()


def main(arguments):
    """
    Open Canvas and return its exit code.

    Parameters
    ----------
    arguments : list of str
        Those of ``orange-canvas``.
    """
    sys.argv = ["orange-canvas", *arguments]  # Canvas and our own loader read it
    return _Main().run(sys.argv)
