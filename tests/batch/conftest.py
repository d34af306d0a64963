"""What the tests of long runs share."""
from functools import cache

import pytest

from orangecontrib.customs.batch import spool, work
from orangecontrib.customs.declarations import FactReader
from orangecontrib.customs.groups import loaded_groups


@cache
def _reader(id_):
    return FactReader(next(group for group in loaded_groups() if group.id == id_))


@pytest.fixture
def quick(monkeypatch):
    """Readers are made once, and a task has three goods."""
    monkeypatch.setattr(work, "reader_of", lambda group: _reader(group.id))
    monkeypatch.setattr(spool, "BLOCK", 3)
