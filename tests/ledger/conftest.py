"""A ledger that is not there yet."""
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # entries and processes that tests share

from orangecontrib.customs.ledger import Ledger


@pytest.fixture
def ledger(tmp_path):
    return Ledger(tmp_path / "office.ledger", patience=60)
