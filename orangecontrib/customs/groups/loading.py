"""Which groups there are: what packages announce, and folders of one's own."""
from __future__ import annotations

import os
from collections.abc import Iterable
from functools import lru_cache
from importlib.metadata import entry_points
from pathlib import Path

from .group import Group, GroupError

__all__ = ["ENTRY_POINT", "announced_groups", "find_group", "loaded_groups"]

#: A package announces a group here: its id, and a function without arguments that returns it.
ENTRY_POINT = "orangecontrib.customs.groups"


@lru_cache(maxsize=None)
def _announced() -> dict[str, object]:
    found = {point.name: point for point in entry_points(group=ENTRY_POINT)}
    if not found:  # an old *.egg-info in the folder that Python was started in hides the new
        raise GroupError("no installed package announces a group of goods: install the add-on "
                         "again, and delete an Orange3_Customs.egg-info in the current folder")
    return found


@lru_cache(maxsize=None)
def _group(id_: str) -> Group:
    group = _announced()[id_].load()()
    if group.id != id_:
        raise GroupError(f"a package announces group '{id_}', and brings '{group.id}'")
    return group


def announced_groups() -> list[str]:
    """Ids of the groups that installed packages announce, in order."""
    return sorted(_announced())


def find_group(name: str | os.PathLike | Group) -> Group:
    """A group by its id, or from a folder of tables; a group is itself.

    Raises
    ------
    GroupError
        There is none, or its tables can't be right.
    """
    if isinstance(name, Group):
        return name
    if str(name) in _announced():
        return _group(str(name))
    if Path(name).is_dir():
        return Group.load(name)
    raise GroupError(f"no group '{name}': there are {', '.join(sorted(_announced()))}, and any "
                     "folder with facts.csv, decision_table.csv and tariff.csv")


def loaded_groups(names: Iterable[str | os.PathLike | Group] = ()) -> tuple[Group, ...]:
    """Groups by their ids or folders, or else all that packages announce, by id.

    Raises
    ------
    GroupError
        A group can't be read; the same id twice; a fact of one group has other values in another.
    """
    groups = [find_group(name) for name in tuple(names) or sorted(_announced())]
    known: dict[str, tuple[str, object]] = {}
    for number, group in enumerate(groups):
        if group.id in (other.id for other in groups[:number]):
            raise GroupError(f"group '{group.id}' is named twice")
        for fact, spec in group.vocabulary.items():
            first, other = known.setdefault(fact, (group.id, spec))
            if other.value_ids != spec.value_ids:
                raise GroupError(f"groups '{first}' and '{group.id}' both have a fact '{fact}', "
                                 "with other values: rename it in one of them")
    return tuple(groups)
