"""The choice of the groups of goods that decide: all loaded ones, some of them, folders."""
from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from AnyQt.QtCore import pyqtSignal as Signal
from AnyQt.QtWidgets import QFileDialog, QMenu, QPushButton

from orangecontrib.customs.files.paths import resolve_path, storable_path
from orangecontrib.customs.groups import Group, GroupError, announced_groups, loaded_groups
from orangecontrib.customs.i18n import Sayable, say
from orangecontrib.customs.widgets.utils.common.wording import room, spoken, worded

__all__ = ["GroupChoice", "chosen_groups", "storable_groups"]

words = room("groupchoice")


def chosen_groups(names: Sequence[str], basedir: str | None) -> tuple[Group, ...]:
    """The groups of a setting; none of them: all that are loaded.

    Raises
    ------
    GroupError
        One of them is not there, or they don't go together; the message says what to do.
    """
    try:
        return loaded_groups(_place(name, basedir) for name in names)
    except GroupError as error:
        raise GroupError(say(words("again", why=str(error)))) from None


def _place(name: str, basedir: str | None) -> str:
    """An id, or where a folder is; a folder that is not there keeps its name."""
    if name in announced_groups():
        return name
    folder = resolve_path(name, basedir)
    return str(folder) if folder.is_dir() else name


def storable_groups(names: Sequence[str], old: str | None, new: str | None) -> list[str]:
    """The setting for a workflow in another folder: groups from folders stay where they are."""
    return [name if name in announced_groups() else _storable(resolve_path(name, old), new)
            for name in names]


def _storable(folder: str | Path, basedir: str | None) -> str:
    """As :func:`storable_path`, and never like the id of a group."""
    path = storable_path(folder, basedir)
    return f"./{path}" if path in announced_groups() else path


class GroupChoice(QPushButton):
    """A button with a menu of groups.

    Parameters
    ----------
    parent : QWidget, optional
    """

    #: The names that are chosen; an empty list: all loaded groups.
    chosen = Signal(list)

    def __init__(self, parent=None):
        super().__init__(parent, autoDefault=False)
        worded(self, toolTip=words("tip"))
        self.names: list[str] = []
        self.basedir: str | None = None
        self.setMenu(QMenu(self))
        self.menu().aboutToShow.connect(self._fill)
        spoken(self, "groups", GroupChoice._show)

    def show_groups(self, names: Sequence[str], basedir: str | None) -> None:
        """Show what is chosen."""
        self.names, self.basedir = list(names), basedir
        self._show()

    def _show(self) -> None:
        titles = [Path(name).name for name in self.names]
        some = ", ".join(titles[:2]) + (" …" if len(titles) > 2 else "")
        self.setText(say(words("some", names=some) if titles else words("all")))

    def _fill(self) -> None:
        menu = self.menu()
        menu.clear()
        self._add(words("all_loaded"), not self.names, lambda _: self.chosen.emit([]))
        menu.addSeparator()
        for name in dict.fromkeys([*announced_groups(), *self.names]):
            self._add(self._title(name), name in self.names,
                      lambda _, name=name: self._toggle(name))
        menu.addSeparator()
        menu.addAction(say(words("folder"))).triggered.connect(self._from_folder)

    def _add(self, title: Sayable, checked: bool, job) -> None:
        action = self.menu().addAction(say(title))
        action.setCheckable(True)
        action.setChecked(checked)
        action.triggered.connect(job)

    def _title(self, name: str) -> Sayable:
        try:
            group, = loaded_groups([_place(name, self.basedir)])
        except GroupError:
            return words("absent", name=name)
        return f"{say(group.name)} – {name}"

    def _toggle(self, name: str) -> None:
        self.chosen.emit([n for n in self.names if n != name] if name in self.names
                         else [*self.names, name])

    def _from_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(
            self, say(words("folder_title")), self.basedir or str(Path.home()))
        if folder and (name := _storable(folder, self.basedir)) not in self.names:
            self.chosen.emit([*self.names, name])
