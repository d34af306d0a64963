"""Wanted features → a prompt, in Russian or English, from tables of words."""
from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from orangecontrib.customs.facts import Cluster
from orangecontrib.customs.files import strict_rows
from orangecontrib.customs.groups import Group
from orangecontrib.customs.i18n import say

from ..errors import CollectError
from ..weak import written_labels

__all__ = ["Prompt", "compose", "queries", "scenes", "view_names"]

#: Views, backgrounds and the frame; a group brings ``prompts.csv`` with its own words.
SCENES = Path(__file__).parents[1] / "scenes.csv"


@dataclass(frozen=True)
class Prompt:
    """What is asked of a generator.

    Attributes
    ----------
    text : str
    labels : dict of str to float
        What the photo is to show: the wanted features, and what their kind of goods implies.
    view, background, cluster : str
        Ids.
    """

    text: str
    labels: dict[str, float]
    view: str
    background: str
    cluster: str

    @property
    def wanted(self) -> str:
        """The labels as the manifest keeps them."""
        return written_labels(self.labels)


@lru_cache(maxsize=16)
def _words(path: Path) -> dict[str, dict[str, dict[str, str]]]:
    """Part → id → language → words."""
    found: dict[str, dict[str, dict[str, str]]] = {}
    for _, row in strict_rows(path, ("part", "id", "ru", "en"))[1]:
        found.setdefault(row["part"], {})[row["id"]] = row
    return found


def scenes() -> tuple[list[str], list[str]]:
    """Ids of the views and of the backgrounds."""
    words = _words(SCENES)
    return list(words["view"]), list(words["background"])


def view_names(language: str) -> dict[str, str]:
    """Id of a view → its words."""
    return {id_: row[language] for id_, row in _words(SCENES)["view"].items()}


def compose(group: Group, features: tuple[str, ...], language: str = "en", number: int = 0,
            cluster: str = "", views: tuple[str, ...] = (),
            backgrounds: tuple[str, ...] = ()) -> Prompt:
    """The prompt of a number: views, backgrounds and fitting kinds of goods take turns.

    Parameters
    ----------
    features : tuple of str
        Ids of those that the photo is to show.
    cluster : str
        The kind of goods; by default those that can show all of the features.

    Raises
    ------
    CollectError
        A feature, view … is not known, or no kind of goods shows all features at once.
    """
    all_views, all_backgrounds = scenes()
    for given, known in ((features, group.feature_ids), (views, all_views),
                         (backgrounds, all_backgrounds),
                         ((cluster,) if cluster else (), group.cluster_ids)):
        for name in given:
            if name not in known:
                raise CollectError("no_such", name=name, names=", ".join(known))
    fitting = [c for c in _fitting(group, features) if c.id == cluster or not cluster]
    if group.clusters and not fitting:
        raise CollectError("no_cluster", names=", ".join(features))
    views, backgrounds = views or tuple(all_views), backgrounds or tuple(all_backgrounds)
    view = views[number % len(views)]
    background = backgrounds[number // len(views) % len(backgrounds)]
    kind = fitting[number % len(fitting)] if fitting else None
    labels = {f: float(v) for f, v in (kind.implied if kind else {}).items()}
    for members in group.exclusive_features:
        ids = [group.feature_ids[i] for i in members]
        if set(ids) & set(features):
            labels |= dict.fromkeys(ids, 0.)
    labels |= dict.fromkeys(features, 1.)
    said = [text for f in features if (text := _said(group, "feature", f, language))]
    words = _words(SCENES)
    text = words["frame"][""][language].format(
        goods=_said(group, "goods", kind.id, language) if kind
        else say(group.name, language),
        features="".join(f" {part}" if n == 0 else f", {part}" for n, part in enumerate(said)),
        view=words["view"][view][language], background=words["background"][background][language])
    return Prompt(text, labels, view, background, kind.id if kind else "")


def _fitting(group: Group, features: tuple[str, ...]) -> list[Cluster]:
    """The kinds of goods that can show all of the features."""
    return [c for c in group.clusters
            if set(features) <= set(c.asked) | {f for f, v in c.implied.items() if v == 1}]


def queries(group: Group, feature: str, language: str = "en") -> tuple[str, ...]:
    """What to search for where photos of a feature are wanted.

    The rows ``query`` of the group's ``prompts.csv``; a feature without such is described.
    """
    path = group.folder / "prompts.csv"
    rows = strict_rows(path, ("part", "id", "ru", "en"))[1] if path.is_file() else []
    found = [row[language] for _, row in rows if row["part"] == "query" and row["id"] == feature]
    said = _said(group, "feature", feature, language)
    return tuple(found) or tuple(
        f"{_said(group, 'goods', kind.id, language)} {said}".strip()
        for kind in _fitting(group, (feature,))) or (said,)


def _said(group: Group, part: str, id_: str, language: str) -> str:
    """Words for a feature or a kind of goods; its name, where the group brings none."""
    path = group.folder / "prompts.csv"
    row = _words(path).get(part, {}).get(id_) if path.is_file() else None
    if row is not None:
        return row[language]
    things = group.features if part == "feature" else group.clusters
    thing = next(t for t in things if t.id == id_)
    return getattr(thing, f"name_{language}").lower()
