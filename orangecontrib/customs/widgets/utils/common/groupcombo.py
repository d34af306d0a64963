"""Choosing the group of goods whose features are labelled: the one place where widgets do."""
from __future__ import annotations

from AnyQt.QtCore import pyqtSignal as Signal
from AnyQt.QtWidgets import QComboBox, QSizePolicy

from orangecontrib.customs.groups import Group, visual_groups
from orangecontrib.customs.i18n import Sayable
from orangecontrib.customs.widgets.utils.common.wording import room, worded, worded_items

__all__ = ["GroupCombo"]

words = room("groupcombo")


class GroupCombo(QComboBox):
    """The loaded groups with visual features; there is nothing to see where there is only one.

    Attributes
    ----------
    group : Group
        The one that is shown, or a stand-in for one that is still to be chosen.
    group_id : str
        To be kept in the workflow: so a further group does not change what it is about.
    problem : Message or ""
        Why nothing can be done with `group`; "" when it was chosen, or is the only one.
    """

    #: Id of the group that the user chose.
    chosen = Signal(str)

    def __init__(self, wanted: str, parent=None):
        super().__init__(parent)
        groups = {group.id: group for group in visual_groups()}
        worded(self, accessibleName=words("group"), toolTip=words("tip"))
        self.setSizeAdjustPolicy(QComboBox.AdjustToContents)
        self.setSizePolicy(QSizePolicy.Preferred, QSizePolicy.Fixed)
        self.group_id = wanted or (next(iter(groups)) if len(groups) == 1 else "")
        self.problem: Sayable = "" if self.group_id in groups else \
            words("absent", name=wanted) if wanted else words("choose")
        self.group: Group = groups.get(self.group_id) or next(iter(groups.values()))
        self._groups = groups
        if self.problem:
            self.addItem("", "")
        for group in groups.values():
            self.addItem("", group.id)
        none: list[Sayable] = [f"({wanted})" if wanted else words("which")] if self.problem else []
        worded_items(self, [*none, *(group.name for group in groups.values())])
        self.setCurrentIndex(max(0, self.findData(self.group_id)))
        self.needed = self.count() > 1
        if not self.needed:
            self.hide()  # shown without a parent it would be a window
        self.activated.connect(self._on_activated)

    def _on_activated(self, _index: int) -> None:
        if id_ := self.currentData():
            self.group, self.group_id, self.problem = self._groups[id_], id_, ""
            self.chosen.emit(id_)
