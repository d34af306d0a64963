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
    QPushButton,
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
from orangecontrib.customs.i18n import say
from orangecontrib.customs.widgets.utils.training.consentbox import ConsentBox

__all__ = ["SourcePage", "feature_combo", "fill_features", "store_key"]


class SourcePage(QWidget):
    """A page with controls on the left, what comes of them on the right, consent and buttons.

    Parameters
    ----------
    settings : dict
        Literals; what is not in there is as by default.
    group : Group
    language : {"en", "ru"}
        Of the features' names.
    """

    #: Its settings are others now.
    changed = Signal(dict)
    #: The user wants its job to be done.
    wanted = Signal()
    #: The user has agreed to what the notice says, or has taken it back.
    agreed = Signal(bool)

    title = kind = ""
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
        area = QScrollArea(widgetResizable=True, frameShape=QFrame.NoFrame,
                           horizontalScrollBarPolicy=Qt.ScrollBarAlwaysOff)
        area.setWidget(inside)
        self.right, self.buttons = QVBoxLayout(), QHBoxLayout()
        self.consent = ConsentBox()
        self.consent.toggled.connect(self.agreed)
        self.problem = QLabel(wordWrap=True, textFormat=Qt.PlainText)
        self.problem.setStyleSheet("color: #b00020")
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
        area.setMinimumWidth(inside.minimumSizeHint().width()
                             + area.verticalScrollBar().sizeHint().width())
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

    def set_group(self, group: Group, language: str) -> None:
        """Other goods have other features, with other names."""
        self.group, self.language = group, language
        self.show_settings()

    def show_job(self, job: Job | None, problem: str, agreed: bool, ready: bool) -> None:
        """Show what the job would send, or why there is none.

        Parameters
        ----------
        agreed : bool
            To what it sends.
        ready : bool
            There is a folder for the photos.
        """
        notice = "" if job is None else say(job.notice())
        self.consent.show_notice(notice or "Nothing is sent as long as this page is not filled "
                                 "in.", bool(job is not None and job.receiver), agreed)
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        self.start.setEnabled(job is not None and ready)

    def _add_start(self, text: str, tooltip: str) -> None:
        self.start = QPushButton(text, autoDefault=False, clicked=self.wanted)
        self.start.setToolTip(tooltip)
        self.start.setMinimumWidth(100)
        self.buttons.addWidget(self.start, 0, Qt.AlignBottom)

    def _line(self, label: str, name: str, placeholder: str = "", tooltip: str = "") -> QLineEdit:
        line = QLineEdit(placeholderText=placeholder, acceptDrops=False, clearButtonEnabled=True)
        line.setToolTip(tooltip)
        line.setAccessibleName(label.rstrip(":"))
        line.textEdited.connect(lambda text: self._set(name, text.strip()))
        # the button that clears the line edits nothing
        line.textChanged.connect(lambda text: None if text else self._set(name, ""))
        self.form.addRow(label, line)
        return line

    def _number(self, label: str, name: str, most: float, default: float, tooltip: str,
                suffix: str = "", decimals: bool = False):
        spin = QDoubleSpinBox(decimals=1) if decimals else QSpinBox()
        spin.setRange(0 if decimals else 1, most)
        spin.setValue(default)
        spin.setSuffix(suffix)
        spin.setToolTip(tooltip)
        spin.setAccessibleName(label.rstrip(":"))
        spin.valueChanged.connect(lambda value: self._set(name, value))
        self.form.addRow(label, spin)
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
        page.problem.setText(str(error))
        page.problem.show()


def feature_combo(tooltip: str) -> QComboBox:
    combo = QComboBox(sizeAdjustPolicy=QComboBox.AdjustToMinimumContentsLengthWithIcon,
                      minimumContentsLength=14)
    combo.setToolTip(tooltip)
    return combo


def fill_features(combo: QComboBox, group: Group, language: str) -> None:
    combo.clear()
    combo.addItem("(no feature)", "")
    for feature in group.features:
        combo.addItem(getattr(feature, f"name_{language}"), feature.id)
