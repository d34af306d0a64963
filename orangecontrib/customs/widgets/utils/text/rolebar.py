"""Which column of a file is which: a combo per role, above the rows of the file."""
from __future__ import annotations

from collections.abc import Mapping, Sequence

from AnyQt.QtCore import pyqtSignal as Signal
from AnyQt.QtWidgets import QComboBox, QGridLayout, QLabel, QPushButton, QSizePolicy, QWidget

from orangecontrib.customs.files import ROLES, Roles

__all__ = ["NO_COLUMN", "TITLES", "RoleBar"]

#: In the place of a column that there is not: names of columns have no spaces at their ends.
NO_COLUMN = " "

#: What roles are called.
TITLES = {"description": "Description", "good_id": "Good's id", "declared_code": "Declared code",
          "quantity": "Quantity", "value": "Value", "currency": "Currency", "weight": "Weight"}

_TOOLTIPS = {"description": "What the goods are, in words (графа 31)",
             "good_id": "By what the goods are known; HS Code Fusion matches photos with it",
             "declared_code": "The code that was declared (графа 33)",
             "quantity": "In units of the tariff, such as pairs", "value": "Customs value",
             "currency": "Of the value", "weight": "Net weight, kg"}

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
            combo = QComboBox()
            combo.setAccessibleName(TITLES[role])
            combo.setSizeAdjustPolicy(QComboBox.AdjustToMinimumContentsLengthWithIcon)
            combo.setMinimumContentsLength(8)
            combo.setSizePolicy(QSizePolicy.Expanding, QSizePolicy.Fixed)
            combo.activated.connect(lambda _, role=role: self._on_activated(role))
            label = QLabel(TITLES[role])
            label.setBuddy(combo)
            grid.addWidget(label, 2 * row, column)
            grid.addWidget(combo, 2 * row + 1, column)
            grid.setColumnStretch(column, 1)
            self.combos[role] = combo
        self.button = QPushButton("&Guess All", autoDefault=False, clicked=self.guessing)
        self.button.setToolTip("Forget which columns were chosen; all are guessed again")
        row, column = divmod(len(ROLES), _ACROSS)
        grid.addWidget(self.button, 2 * row + 1, column)

    def show_roles(self, names: Sequence[str], roles: Roles, chosen: Mapping[str, str]) -> None:
        """Show which column has each role; `chosen` are the user's own choices."""
        for role, combo in self.combos.items():
            combo.clear()
            combo.addItem("(none)", NO_COLUMN)
            for name in names:
                combo.addItem(" ".join(name.split()), name)
            taken = roles[role]
            combo.setCurrentIndex(max(0, combo.findData(taken)) if taken else 0)
            why = "chosen" if role in chosen else roles.reasons.get(role, "")
            combo.setToolTip(_TOOLTIPS[role] + (f"\nTaken by {why}" if why and role not in chosen
                                                else "\nChosen by hand" if why else ""))
        self.button.setEnabled(bool(chosen))

    def _on_activated(self, role: str) -> None:
        self.chosen.emit(role, self.combos[role].currentData())
