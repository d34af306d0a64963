"""Where labels of photos are kept when the analyst has not said, and words about files."""
from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Sequence
from pathlib import Path

from Orange.misc import environ

from orangecontrib.customs.groups import Group
from orangecontrib.customs.i18n import Joined, Sayable
from orangecontrib.customs.training.labelling import LabelFile, LabelSheet
from orangecontrib.customs.training.labelling.store import JOURNAL
from orangecontrib.customs.widgets.utils.common.wording import room

__all__ = ["default_labels", "in_words", "listed"]

words, common = room("labelfiles"), room("common")


def default_labels(folder: str, group: Group) -> Path:
    """The CSV for the photos of a folder, in Orange's data folder of this user.

    Not under the folder of an Orange version: labels outlive an update.  Where labels of other
    goods are kept there, those of the group have a file of their own.
    """
    place = os.path.abspath(folder) if folder and "://" not in folder else folder
    name = re.sub(r"\W+", "-", os.path.basename(place)).strip("-") or "photos"
    digest = hashlib.sha256(os.path.normcase(place).encode()).hexdigest()[:10]
    labels = Path(environ.data_dir(versioned=False)) / "customs" / "labels"
    path = labels / f"{name}-{digest}.csv"
    begun = [_first_line(kept) for kept in (path, path.with_name(path.name + JOURNAL))]
    others = any(begun) and not any(id_ in line for line in begun for id_ in group.feature_ids)
    return labels / f"{name}-{digest}-{group.id}.csv" if others else path


def _first_line(path: Path) -> str:
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return file.readline()
    except OSError:
        return ""


def in_words(sheet: LabelSheet) -> LabelFile:
    """The labels of a sheet as the content of a file, to be merged into another one."""
    return LabelFile("labels given so far", list(sheet.rows()), group=sheet.group)


def listed(problems: Sequence[Sayable], most: int = 4) -> Joined:
    """The first problems, one a line, and how many more there are."""
    more = len(problems) - most
    said = [words("quoted", text=problem) if isinstance(problem, str) else problem
            for problem in problems[:most]]
    return Joined((*said, *([common("more", n=more)] if more > 0 else [])), "\n")
