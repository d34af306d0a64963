"""Sentences that nobody looked at while the stages of reading were written.

`at_first` says which of them failed before the kind of their fault was mended.
"""
import csv
from pathlib import Path

import pytest

from orangecontrib.customs.declarations.language import languages_of

with open(Path(__file__).with_name("unseen_stages.csv"), encoding="utf-8", newline="") as file:
    ROWS = list(csv.DictReader(file))


def of(stage):
    return [pytest.param(row["text"], row["expect"], id=row["text"]) for row in ROWS
            if row["stage"] == stage]


@pytest.mark.parametrize("text, expect", of("language"))
def test_the_language(text, expect):
    found = languages_of(text)
    assert ("+".join(found.read + found.unread) or "none") == expect
