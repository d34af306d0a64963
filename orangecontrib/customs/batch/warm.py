"""Loads what every worker needs; imported by the process that workers are forked from."""
from __future__ import annotations

from contextlib import suppress

from orangecontrib.customs.declarations import reader_of
from orangecontrib.customs.groups import loaded_groups

#: By these the modules of the languages are loaded.
TEXTS = ("Ботинки, верх из кожи; реле 24 В", "Boots, leather upper; relay 24 V")

# a group that can't be read is named by the run that needs it
with suppress(Exception):
    for _group in loaded_groups():
        if _group.reads_text:
            for _text in TEXTS:
                reader_of(_group).read(_text)
