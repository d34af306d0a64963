"""Choosing a variable by name: what the user chose survives data that lacks it."""
from __future__ import annotations

from collections.abc import Sequence

from AnyQt.QtCore import pyqtSignal as Signal
from AnyQt.QtWidgets import QComboBox, QSizePolicy
from Orange.data import Variable
from Orange.widgets import gui

from orangecontrib.customs.i18n import Joined, Sayable, say
from orangecontrib.customs.widgets.utils.common.wording import room, spoken

__all__ = ["VariableCombo", "first", "listed"]

words = room("common")


def listed(names: Sequence[str], most: int = 5) -> Joined:
    """Names for a message, in quotes: the first few, and how many more there are."""
    return first([words("quoted", what=name) for name in names], most)


def first(things: Sequence[Sayable], most: int, between: str = ", ") -> Joined:
    """The first few things for a message, and how many more there are."""
    more = (words("and_more", n=len(things) - most),) if len(things) > most else ()
    return Joined((Joined(tuple(things[:most]), between), *more), "")


class VariableCombo(QComboBox):
    """A combo of variables that remembers nothing: the widget keeps the name.

    The combo shows the wanted variable, or the default where the data lack it;
    only the user's own choice is announced.
    """

    #: Name of the variable that the user chose, "" for none.
    chosen = Signal(str)

    def __init__(self, none_label: Sayable, parent=None):
        super().__init__(parent)
        self.none_label = none_label
        self._variables: list[Variable | None] = []
        self.setSizeAdjustPolicy(QComboBox.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(10)
        self.setSizePolicy(QSizePolicy.Expanding, QSizePolicy.Fixed)
        self.activated.connect(self._on_activated)
        spoken(self, "none", VariableCombo._say_none)
        self.set_variables((), "", None)

    def set_variables(self, variables: Sequence[Variable], wanted: str,
                      default: Variable | None) -> None:
        """Offer `variables`, with the one named `wanted` or else `default` shown."""
        self._variables = list(variables)
        if default is None:
            self._variables.insert(0, None)
        self.clear()
        for var in self._variables:
            if var is None:
                self.addItem(say(self.none_label))
            else:
                self.addItem(gui.attributeIconDict[var], var.name)
        names = [var.name if var is not None else "" for var in self._variables]
        shown = wanted if wanted in names else default.name if default is not None else ""
        self.setCurrentIndex(names.index(shown))
        self.setEnabled(len(self._variables) > 1)

    @property
    def variable(self) -> Variable | None:
        """The variable that is shown."""
        index = self.currentIndex()
        return self._variables[index] if 0 <= index < len(self._variables) else None

    def _say_none(self) -> None:
        if None in self._variables:
            self.setItemText(self._variables.index(None), say(self.none_label))

    def _on_activated(self, _index: int) -> None:
        self.chosen.emit(self.variable.name if self.variable is not None else "")
