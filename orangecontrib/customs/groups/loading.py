"""Which groups there are: what packages announce, and folders of one's own."""
from __future__ import annotations

import copyreg
import os
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

from orangecontrib.customs.facts import Fact, Vocabulary

from .group import Group, GroupError

__all__ = ["ENTRY_POINT", "find_group", "loaded_groups", "vocabulary_of", "visual_groups",
           "visual_group", "group_of"]

#: A package announces a group here: its id, and a function without arguments that returns it.
ENTRY_POINT = "orangecontrib.customs.groups"


@cache
def _announced() -> dict[str, EntryPoint]:
    found = {point.name: point for point in entry_points(group=ENTRY_POINT)}
    if not found:  # an old *.egg-info in the folder that Python was started in hides the new
        raise GroupError("no installed package announces a group of goods: install the add-on "
                         "again, and delete an Orange3_Customs.egg-info in the current folder")
    return found


@cache
def _group(id_: str) -> Group:
    group = _announced()[id_].load()()
    if group.id != id_:
        raise GroupError(f"a package announces group '{id_}', and brings '{group.id}'")
    return group


def announced_groups() -> list[str]:
    """Ids of the groups that installed packages announce, in order."""
    return sorted(_announced())


def find_group(name: str | os.PathLike[str] | Group) -> Group:
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
    if str(name).strip() and Path(name).is_dir():
        return Group.load(Path(name))
    raise GroupError(f"no group '{name}': there are {', '.join(sorted(_announced()))}, and any "
                     "folder with facts.csv, decision_table.csv and tariff.csv")


def loaded_groups(names: Iterable[str | os.PathLike[str] | Group] = ()) -> tuple[Group, ...]:
    """Groups by their ids or folders, or else all that packages announce, by id.

    Raises
    ------
    GroupError
        A group can't be read; the same id twice; a fact of one group has other values in another.
    """
    groups = [find_group(name) for name in tuple(names) or sorted(_announced())]
    known: dict[str, tuple[str, Fact]] = {}
    for number, group in enumerate(groups):
        if group.id in (other.id for other in groups[:number]):
            raise GroupError(f"group '{group.id}' is named twice")
        for fact, spec in group.vocabulary.items():
            first, other = known.setdefault(fact, (group.id, spec))
            if other.value_ids != spec.value_ids:
                raise GroupError(f"groups '{first}' and '{group.id}' both have a fact '{fact}', "
                                 "with other values: rename it in one of them")
    return tuple(groups)


def vocabulary_of(groups: Iterable[Group]) -> Vocabulary:
    """The facts of all the groups; of a fact that several have, the words of the first."""
    facts: dict[str, Fact] = {}
    for group in groups:
        facts = {**group.vocabulary, **facts}
    return Vocabulary(facts.values())


def visual_groups() -> tuple[Group, ...]:
    """The loaded groups whose goods can be told on photos."""
    return tuple(group for group in loaded_groups() if group.features)


def visual_group(group: Group | None = None) -> Group:
    """`group`, or else the only loaded one with visual features.

    Raises
    ------
    GroupError
        There is none, or there are several to choose from.
    """
    if group is not None:
        return group
    found = visual_groups()
    if len(found) != 1:
        raise GroupError("no loaded group has visual features (features.csv)" if not found else
                         f"the groups {', '.join(g.id for g in found)} have visual features: "
                         "say which one is meant")
    return found[0]


def group_of(features: Iterable[str], groups: Iterable[Group] = ()) -> Group:
    """The group whose visual features these are, or hold these.

    Parameters
    ----------
    features : iterable of str
        Ids, at least one.
    groups : iterable of Group
        Those to choose from; the loaded ones by default.

    Raises
    ------
    GroupError
        It is none of them, or several; the message names features and groups.
    """
    wanted, groups = tuple(features), tuple(groups) or visual_groups()
    fitting = [group for group in groups if wanted and set(wanted) <= set(group.feature_ids)]
    # a group that has just these comes before one that has more
    fitting = [group for group in fitting if len(group.feature_ids) == len(wanted)] or fitting
    if len(fitting) == 1:
        return fitting[0]
    known = "; ".join(f"{g.id} ({', '.join(g.feature_ids) or 'no features'})" for g in groups)
    raise GroupError(f"{'several groups have' if fitting else 'no loaded group has'} the features "
                     f"{', '.join(wanted) or '(none)'}; loaded are: {known or 'none'}")


def _put_away(group: Group) -> tuple[Any, ...]:
    announced = group.id in _announced() and group is _group(group.id)
    return _again, (group.id, os.fspath(group.folder), announced)


def _again(id_: str, folder: str, announced: bool = True) -> Group:
    """A group that was pickled: the announced one, or else that of the folder."""
    if announced and id_ in _announced():
        return _group(id_)
    try:
        return _of_folder(folder, id_)
    except GroupError as error:
        raise GroupError(f"group '{id_}' is announced by no installed package, and its folder "
                         f"can't be read: {error}") from None


@lru_cache(maxsize=8)
def _of_folder(folder: str, id_: str) -> Group:
    return Group.load(folder, id_=id_)


# A group is a folder: what is pickled is where to find it.
copyreg.pickle(Group, _put_away)
