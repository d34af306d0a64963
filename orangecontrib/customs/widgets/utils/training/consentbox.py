"""What leaves the computer, and a box to tick before anything does."""
from __future__ import annotations

from AnyQt.QtCore import Qt
from AnyQt.QtCore import pyqtSignal as Signal
from AnyQt.QtWidgets import QCheckBox, QFrame, QLabel, QVBoxLayout

from orangecontrib.customs.i18n import Sayable
from orangecontrib.customs.widgets.utils.common.wording import room, worded

__all__ = ["ConsentBox"]

words = room("consentbox")

_QUIET = "ConsentBox { border: 1px solid palette(mid); border-radius: 4px; }"
_LOUD = "ConsentBox { border: 2px solid #c77700; border-radius: 4px; }"


class ConsentBox(QFrame):
    """Says who would learn what.  Consent lasts as long as the window, and goes into no file."""

    #: The user has agreed, or has taken it back.
    toggled = Signal(bool)

    def __init__(self, parent=None):
        super().__init__(parent)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 4)
        layout.setSpacing(2)
        self.text = QLabel(wordWrap=True, textFormat=Qt.PlainText)
        self.text.setTextInteractionFlags(Qt.TextSelectableByMouse)
        font = self.text.font()
        font.setPointSizeF(max(7., font.pointSizeF() * .88))
        self.text.setFont(font)
        self.box = worded(QCheckBox(), text=words("agree"), toolTip=words("agree_tip"))
        self.box.clicked.connect(self.toggled)
        layout.addWidget(self.text)
        layout.addWidget(self.box)
        self.setStyleSheet(_QUIET)

    def show_notice(self, text: Sayable, needed: bool, agreed: bool) -> None:
        """Show what would be sent.

        Parameters
        ----------
        needed : bool
            Something would be sent.
        agreed : bool
            The user has agreed to that before, in this session.
        """
        worded(self.text, text=text)
        self.box.setVisible(needed)
        self.box.setChecked(needed and agreed)
        if agreed or not needed:
            self.setStyleSheet(_QUIET)

    def urge(self) -> None:
        """Something waits for the tick."""
        self.setStyleSheet(_LOUD)
        self.box.setFocus()
