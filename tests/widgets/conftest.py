"""Waiting ends when the work does; its limit is for what hangs, and above any machine's load."""
import inspect
import sys
from pathlib import Path

import pytest
from orangewidget.tests import base

from orangecontrib.customs.i18n import speaking

HERE = str(Path(__file__).parent)
if HERE not in sys.path:
    sys.path.insert(0, HERE)

LIMIT = 600_000  # ms, in place of 5 s, which reading a file can take beside other work

for cls in (base.DummySignalManager, base.GuiTest, base.WidgetTest):
    for _, function in inspect.getmembers(cls, inspect.isfunction):
        if defaults := function.__defaults__:
            function.__defaults__ = tuple(
                LIMIT if each == base.DEFAULT_TIMEOUT else each for each in defaults)


@pytest.fixture(autouse=True)
def english():
    """Windows speak English here; tests of the other language ask for it."""
    with speaking("en"):
        yield
