"""Which column of a file is which: a combo per role, above the rows of the file."""
from __future__ import annotations

from collections.abc import Mapping, Sequence

from AnyQt.QtCore import pyqtSignal as Signal
from AnyQt.QtWidgets import QComboBox, QGridLayout, QLabel, QSizePolicy, QWidget

from orangecontrib.customs.files import ROLES, Roles
from orangecontrib.customs.i18n import say
from orangecontrib.customs.widgets.utils.common.controls import push
from orangecontrib.customs.widgets.utils.common.wording import room, spoken, worded

__all__ = ["NO_COLUMN", "TITLES", "RoleBar"]

#: In the place of a column that there is not: names of columns have no spaces at their ends.
NO_COLUMN = " "

words = room("rolebar")

#: What roles are called.
TITLES = {role: words(role) for role in ROLES}

_ACROSS = 4


class RoleBar(QWidget):
    """A combo for each role; it shows the column that has it, guessed or chosen."""

    #: A role, and the column that the user chose for it; NO_COLUMN for none.
    chosen = Signal(str, str)
    #: All roles are to be guessed.
    guessing = Signal()

    def __init__(self, parent=None):
        super().__init__(parent)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(2)
        self.combos: dict[str, QComboBox] = {}
        for place, role in enumerate(ROLES):
            row, column = divmod(place, _ACROSS)
            combo = worded(QComboBox(), accessibleName=TITLES[role])
            combo.setSizeAdjustPolicy(QComboBox.AdjustToMinimumContentsLengthWithIcon)
            combo.setMinimumContentsLength(8)
            combo.setSizePolicy(QSizePolicy.Expanding, QSizePolicy.Fixed)
            combo.activated.connect(lambda _, role=role: self._on_activated(role))
            label = worded(QLabel(), text=TITLES[role])
            label.setBuddy(combo)
            grid.addWidget(label, 2 * row, column)
            grid.addWidget(combo, 2 * row + 1, column)
            grid.setColumnStretch(column, 1)
            self.combos[role] = combo
        self.button = push(None, words("guess"), self.guessing.emit, words("guess_tip"))
        row, column = divmod(len(ROLES), _ACROSS)
        grid.addWidget(self.button, 2 * row + 1, column)

    def show_roles(self, names: Sequence[str], roles: Roles, chosen: Mapping[str, str]) -> None:
        """Show which column has each role; `chosen` are the user's own choices."""
        for role, combo in self.combos.items():
            combo.clear()
            combo.addItem("", NO_COLUMN)
            spoken(combo, "none", lambda it: it.setItemText(0, say(words("none"))))
            for name in names:
                combo.addItem(" ".join(name.split()), name)
            taken = roles[role]
            combo.setCurrentIndex(max(0, combo.findData(taken)) if taken else 0)
            about, why = words(f"{role}_tip"), roles.reasons.get(role, "")
            worded(combo, toolTip=words("chosen", role=about) if role in chosen
                   else words("taken", role=about, why=why) if why else about)
        self.button.setEnabled(bool(chosen))

    def _on_activated(self, role: str) -> None:
        self.chosen.emit(role, self.combos[role].currentData())
