"""A page of Training Photo Collector that asks for photos.

A page shows and changes a dict of literals, and says which job it would start.
"""
from __future__ import annotations

from AnyQt.QtCore import Qt
from AnyQt.QtCore import pyqtSignal as Signal
from AnyQt.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from orangecontrib.customs.collecting import CollectError
from orangecontrib.customs.collecting.jobs import (
    Collection,
    Job,
)
from orangecontrib.customs.collecting.keys import keep_key
from orangecontrib.customs.groups import Group
from orangecontrib.customs.i18n import Sayable, say
from orangecontrib.customs.widgets.utils.common.controls import push
from orangecontrib.customs.widgets.utils.common.theme import theme
from orangecontrib.customs.widgets.utils.common.wording import room, worded
from orangecontrib.customs.widgets.utils.training.consentbox import ConsentBox
from orangecontrib.customs.widgets.utils.training.naming import shown_names

__all__ = ["SourcePage", "feature_combo", "fill_features", "store_key"]

words = room("sourcepage")


class SourcePage(QWidget):
    """A page with controls on the left, what comes of them on the right, consent and buttons.

    Parameters
    ----------
    settings : dict
        Literals; what is not in there is as by default.
    group : Group
    language : {"en", "ru"}
        Of the columns' names, see :func:`shown_names`.
    """

    #: Its settings are others now.
    changed = Signal(dict)
    #: The user wants its job to be done.
    wanted = Signal()
    #: The user has agreed to what the notice says, or has taken it back.
    agreed = Signal(bool)

    title: Sayable = ""
    kind = ""
    #: Of the settings, by name.
    TYPES: dict[str, type] = {}

    def __init__(self, settings: dict, group: Group, language: str, parent=None):
        super().__init__(parent)
        # what somebody has written into a workflow by hand need not be of the right type
        self.settings = {name: value for name, value in settings.items()
                         if type(value) is self.TYPES.get(name)}
        self.group, self.language = group, language
        self.form = QFormLayout(fieldGrowthPolicy=QFormLayout.AllNonFixedFieldsGrow)
        self.form.setContentsMargins(0, 0, 6, 0)
        self.form.setVerticalSpacing(4)
        inside = QWidget()
        inside.setLayout(self.form)
        self._area = area = QScrollArea(widgetResizable=True, frameShape=QFrame.NoFrame,
                           horizontalScrollBarPolicy=Qt.ScrollBarAlwaysOff)
        area.setWidget(inside)
        self.right, self.buttons = QVBoxLayout(), QHBoxLayout()
        self.consent = ConsentBox()
        self.consent.toggled.connect(self.agreed)
        self.problem = QLabel(wordWrap=True, textFormat=Qt.PlainText)
        self.problem.setStyleSheet(f"color: {theme(self.palette()).bad.name()}")
        self.problem.hide()
        columns = QHBoxLayout()
        columns.addWidget(area, 5)
        columns.addLayout(self.right, 6)
        bottom = QHBoxLayout()
        bottom.addWidget(self.consent, 1)
        bottom.addLayout(self.buttons)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.addLayout(columns, 1)
        layout.addWidget(self.problem)
        layout.addLayout(bottom)
        self._build()
        self._fit()
        self.show_settings()

    # --- what pages say of themselves

    def _build(self) -> None:
        raise NotImplementedError

    def show_settings(self) -> None:
        """Show the settings in the controls; nobody is told."""
        raise NotImplementedError

    def job(self, collection: Collection) -> Job:
        """What it would start.

        Raises
        ------
        CollectError
            The settings don't go together.
        """
        raise NotImplementedError

    # --- for all of them

    def _fit(self) -> None:
        """Room for the longest of its words."""
        self._area.setMinimumWidth(self._area.widget().minimumSizeHint().width()
                                   + self._area.verticalScrollBar().sizeHint().width())

    def _row(self, label: Sayable, control: QWidget, tooltip: Sayable = "") -> None:
        """A control of the form, with its label and a name for those who hear the screen."""
        worded(control, accessibleName=label)
        if tooltip:
            worded(control, toolTip=tooltip)
        self.form.addRow(worded(QLabel(), text=label), control)

    def set_group(self, group: Group, language: str) -> None:
        """Other goods have other features, with other names."""
        self.group, self.language = group, language
        self._fit()
        self.show_settings()

    def show_job(self, job: Job | None, problem: Sayable, agreed: bool, ready: bool) -> None:
        """Show what the job would send, or why there is none.

        Parameters
        ----------
        agreed : bool
            To what it sends.
        ready : bool
            There is a folder for the photos.
        """
        notice = None if job is None else job.notice()
        self.consent.show_notice(notice or words("nothing_sent"),
                                 bool(job is not None and job.receiver), agreed)
        self.tell(problem)
        self.start.setEnabled(job is not None and ready)

    def tell(self, problem: Sayable) -> None:
        """Say what keeps the page from its job; "": nothing does."""
        worded(self.problem, text=problem)
        self.problem.setVisible(bool(problem))

    def _add_start(self, text: Sayable, tooltip: Sayable) -> None:
        self.start = push(None, text, self.wanted.emit, tooltip)
        self.start.setMinimumWidth(100)
        self.buttons.addWidget(self.start, 0, Qt.AlignBottom)

    def _line(self, label: Sayable, name: str, placeholder: Sayable = "",
              tooltip: Sayable = "") -> QLineEdit:
        line = worded(QLineEdit(acceptDrops=False, clearButtonEnabled=True),
                      placeholderText=placeholder)
        line.textEdited.connect(lambda text: self._set(name, text.strip()))
        # the button that clears the line edits nothing
        line.textChanged.connect(lambda text: None if text else self._set(name, ""))
        self._row(label, line, tooltip)
        return line

    def _number(self, label: Sayable, name: str, most: float, default: float, tooltip: Sayable,
                decimals: bool = False):
        spin = QDoubleSpinBox(decimals=1) if decimals else QSpinBox()
        spin.setRange(0 if decimals else 1, most)
        spin.setValue(default)
        spin.valueChanged.connect(lambda value: self._set(name, value))
        self._row(label, spin, tooltip)
        return spin

    def _set(self, name: str, value) -> None:
        if self.settings.get(name) != value and not self._quiet:
            self.settings = {**self.settings, name: value}
            self.changed.emit(self.settings)

    _quiet = False

    def _fill(self, controls: dict) -> None:
        """Show settings in lines, numbers, boxes and combos, by their names."""
        self._quiet = True
        for name, (control, default) in controls.items():
            value = self.settings.get(name, default)
            if isinstance(control, QLineEdit):
                if control.text().strip() != value:
                    control.setText(str(value))
            elif isinstance(control, QCheckBox):
                control.setChecked(bool(value))
            elif isinstance(control, QComboBox):
                control.setCurrentIndex(max(0, control.findData(value)))
            else:
                control.setValue(min(value, control.maximum()))
        self._quiet = False


def store_key(page: SourcePage, name: str, text: str) -> None:
    try:
        keep_key(name, text)
    except CollectError as error:
        page.tell(error.reason)


def feature_combo() -> QComboBox:
    return QComboBox(sizeAdjustPolicy=QComboBox.AdjustToMinimumContentsLengthWithIcon,
                     minimumContentsLength=14)


def fill_features(combo: QComboBox, group: Group, language: str) -> None:
    combo.clear()
    combo.addItem(say(words("no_feature")), "")
    for id_, name in shown_names(group, language).items():
        combo.addItem(name, id_)
