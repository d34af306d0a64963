"""The probabilities of goods on the lines of a tariff: of one of them, or of all together."""
from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from AnyQt.QtCore import pyqtSignal as Signal
from AnyQt.QtWidgets import QComboBox, QLabel, QVBoxLayout, QWidget

from orangecontrib.customs.cases.api import engines_of
from orangecontrib.customs.fusion import Engine
from orangecontrib.customs.fusion.deciding import Decider
from orangecontrib.customs.i18n import Sayable, say
from orangecontrib.customs.nomenclature import Tariff, spaced
from orangecontrib.customs.nomenclature.massmap import Branch, Masses, best_way, mass_map
from orangecontrib.customs.widgets.utils.common.wording import room, spoken, worded
from orangecontrib.customs.widgets.utils.massview import (
    MassTree,
    decided_by,
    designation_in,
)

__all__ = ["MassChoice"]

words = room("masschoice")


@cache
def _engines() -> Sequence[Engine]:
    """Of all loaded groups, whose tables tell which fact decides."""
    return engines_of()


def _deciders(branch: Branch) -> tuple[Decider, ...]:
    """Facts by their names: of the goods nothing but codes is known here."""
    children = [child.code for child in branch.children if child.code.isdigit()]
    engine = next((engine for engine in _engines() if children and all(
        any(code.startswith(child) for code in engine.codes) for child in children)), None)
    return decided_by(engine, branch)


class MassChoice(QWidget):
    """A combo of goods above the tree."""

    #: Number of the line of the node in hand.
    chosen = Signal(int)
    #: The same, of a node that is to be ticked.
    ticked = Signal(int)
    #: Name of the good that the user chose; "" for all.
    good_chosen = Signal(str)

    def __init__(self, parent=None):
        super().__init__(parent)
        self.masses: Masses | None = None
        self.tariff: Tariff | None = None
        self.combo = worded(QComboBox(), toolTip=words("good"), accessibleName=words("good"))
        self.combo.setSizeAdjustPolicy(QComboBox.AdjustToMinimumContentsLengthWithIcon)
        self.combo.setMinimumContentsLength(16)
        self.combo.activated.connect(self._on_good)
        self.tree = MassTree()
        self.tree.chosen.connect(lambda code: self._tell(code, self.chosen))
        self.tree.opened.connect(lambda code: self._tell(code, self.ticked))
        self.remark = QLabel(wordWrap=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 2, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.combo)
        layout.addWidget(self.tree, 1)
        layout.addWidget(self.remark)

    def show_masses(self, masses: Masses | None, tariff: Tariff | None, good: str = "") -> None:
        """Show the good of a name, else all goods."""
        self.masses, self.tariff = masses, tariff
        self.combo.clear()
        if masses is not None:
            n = masses.known
            self.combo.addItem("")
            spoken(self.combo, "all", lambda it: it.setItemText(0, say(words("all", n=n))))
            self.combo.addItems(masses.names)
            self.combo.setCurrentIndex(1 + masses.names.index(good) if good in masses.names else 0)
        self.fill()

    def fill(self) -> None:
        """Draw the tree of the chosen good."""
        masses, row = self.masses, self.combo.currentIndex() - 1
        of = {} if masses is None or self.tariff is None else \
            masses.mean() if row < 0 else masses.of(row)
        worded(self.remark, text="" if of or masses is None else words("none"))
        self.remark.setVisible(bool(not of and masses is not None))
        if of:
            self.tree.show_map(mass_map(of, [best_way(of)]), self._designation, _deciders)
        else:
            self.tree.show_map(None, str, _deciders)

    def _on_good(self, row: int):
        self.good_chosen.emit(self.masses.names[row - 1] if row and self.masses else "")
        self.fill()

    def _designation(self, code: str) -> Sayable:
        return designation_in(self.tariff, code, words("absent", code=spaced(code)))

    def _tell(self, code: str, signal) -> None:
        number = self.tariff.find(code) if code and self.tariff is not None else None
        if number is not None:
            signal.emit(number)
