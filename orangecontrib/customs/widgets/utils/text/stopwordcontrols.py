"""The settings of Customs Stop-word Filter, as controls."""
from __future__ import annotations

from AnyQt.QtCore import Qt
from AnyQt.QtWidgets import (
    QCheckBox,
    QDoubleSpinBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from orangecontrib.customs.textmining.stopwords import LEVELS
from orangecontrib.customs.textmining.stopwords.table import normaliser_of
from orangecontrib.customs.widgets.utils.common.base import Part
from orangecontrib.customs.widgets.utils.common.controls import auto_apply, choice, group_box
from orangecontrib.customs.widgets.utils.common.wording import room, spoken, worded

__all__ = ["StopwordControls", "CODE_CHOICES", "NORMALISE_CHOICES"]

words = room("stopwordcontrols")

CODES_FROM = BY_CLASS, BY_HAND_CODES, ALL_CODES = "class", "hand", "all"
CODE_CHOICES = {kind: words(kind) for kind in CODES_FROM}
AS_THEY_COME, LEMMAS = "", "lemmas"
NORMALISE_CHOICES = {AS_THEY_COME: words("as_they_come"), LEMMAS: words("lemmas")}


class StopwordControls(Part):
    """Makes and enables the controls.

    They call the widget's ``_set``, ``_on_…`` and ``_cancel``.
    """

    def _set_up_controls(self):
        area = QScrollArea(widgetResizable=True, frameShape=QFrame.NoFrame,
                           horizontalScrollBarPolicy=Qt.ScrollBarAlwaysOff)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 4, 0)
        column.setSpacing(2)
        area.setWidget(inside)
        self.controlArea.layout().addWidget(area)
        self.controls_inside = inside

        self._set_up_words(inside)
        self._set_up_sources(inside)
        self._set_up_frequency(inside)
        column.addStretch(1)

        self.lock_check = worded(QCheckBox(checked=self.locked), text=words("lock"),
                                 toolTip=words("lock_tip"))
        self.lock_check.toggled.connect(self._on_lock)
        self.controlArea.layout().addWidget(self.lock_check)
        self.buttonsArea.layout().addWidget(self.make_cancel_button(
            self._cancel, words("cancel_tip"), passing=True))
        auto_apply(self.buttonsArea, self)
        # in another language they are wider
        spoken(area, "width", lambda it: it.setMinimumWidth(it.widget().sizeHint().width() + 12))

    def _set_up_words(self, inside: QWidget):
        grid = self._grid(group_box(inside, words("words")))
        self.upstream_label = QLabel()
        self.normalise_combo = choice(NORMALISE_CHOICES.items(), self.normalise,
                                      self._on_normalise, words("normalise_tip"))
        self.families_check = worded(QCheckBox(checked=self.families), text=words("families"),
                                     toolTip=words("families_tip"))
        self.families_check.toggled.connect(self._on_families)
        self.protected_edit = worded(QLineEdit(self.protected_text), toolTip=words("protected_tip"),
                                     placeholderText=words("protected_example"))
        self.protected_edit.editingFinished.connect(self._on_protected)
        line = QHBoxLayout()
        for widget in (self.upstream_label, self.normalise_combo, self.families_check):
            line.addWidget(widget, widget is not self.families_check)
        grid.addLayout(line, 0, 0, 1, 2)
        grid.addWidget(worded(QLabel(), text=words("protected")), 1, 0)
        grid.addWidget(self.protected_edit, 1, 1)

    def _set_up_sources(self, inside: QWidget):
        box = group_box(inside, words("stop_words"))
        self._check(box, "use_tariff", "tariff")
        line = QHBoxLayout()
        box.layout().addLayout(line)
        self.level_combo = choice(((level, words("digits", n=level)) for level in LEVELS),
                                  self.level, self._on_level, words("level_tip"))
        self.codes_combo = choice(CODE_CHOICES.items(), self.codes_from, self._on_codes_from)
        self.codes_edit = worded(QLineEdit(self.codes_text, placeholderText="8504, 8536 30, 9032"),
                                 toolTip=words("codes_tip"))
        self.codes_edit.editingFinished.connect(self._on_codes)
        for label, widget in (("down_to", self.level_combo), ("of", self.codes_combo)):
            line.addWidget(worded(QLabel(), text=words(label)))
            line.addWidget(widget, 1)
        box.layout().addWidget(self.codes_edit)
        self.nomenclature_label = QLabel(wordWrap=True)
        box.layout().addWidget(self.nomenclature_label)

        grid = self._grid(box)
        for number, name in enumerate((
                "use_functions", "use_boilerplate", "use_words", "use_numbers", "use_units",
                "use_latin", "use_letters")):
            grid.addWidget(self._check(None, name, name), number // 2, number % 2)

    def _set_up_frequency(self, inside: QWidget):
        grid = self._grid(group_box(inside, words("frequency")))
        grid.addWidget(self._check(None, "use_window", "use_window"), 0, 0)
        pair = QHBoxLayout()
        self.min_spin, self.max_spin = (self._spin(name) for name in ("min_df", "max_df"))
        pair.addWidget(self.min_spin)
        pair.addWidget(QLabel("–"))
        pair.addWidget(self.max_spin)
        grid.addLayout(pair, 0, 1)
        grid.addWidget(self._check(None, "use_limit", "use_limit"), 1, 0)
        self.limit_spin = worded(QSpinBox(minimum=1, maximum=1_000_000, value=self.max_words,
                                          keyboardTracking=False), suffix=words("many_words"))
        self.limit_spin.valueChanged.connect(lambda value: self._set("max_words", value))
        grid.addWidget(self.limit_spin, 1, 1)

    @staticmethod
    def _grid(box) -> QGridLayout:
        grid = QGridLayout()
        grid.setVerticalSpacing(3)
        box.layout().addLayout(grid)
        return grid

    def _check(self, box, name: str, title: str) -> QCheckBox:
        check = worded(QCheckBox(checked=getattr(self, name)), text=words(title),
                       toolTip=words(f"{title}_tip"))
        check.toggled.connect(lambda on: self._set(name, on))
        if box is not None:
            box.layout().addWidget(check)
        return check

    def _spin(self, name: str) -> QDoubleSpinBox:
        spin = QDoubleSpinBox(minimum=0, maximum=1, singleStep=.05, decimals=3,
                              value=getattr(self, name), keyboardTracking=False)
        spin.valueChanged.connect(lambda value: self._set(name, value))
        return spin

    def _enable(self):
        free = not self.locked
        self.controls_inside.setEnabled(free)
        self.words_page.set_free(free)
        for widget in (self.level_combo, self.codes_combo, self.codes_edit):
            widget.setEnabled(self.use_tariff)
        self.codes_edit.setVisible(self.codes_from == BY_HAND_CODES)
        upstream = self._upstream_normaliser()
        worded(self.upstream_label, text=words("upstream", name=upstream),
               toolTip=words("upstream_tip", name=upstream))
        self.upstream_label.setVisible(bool(upstream))
        self.normalise_combo.setVisible(not upstream)
        for widget in (self.min_spin, self.max_spin):
            widget.setEnabled(self.use_window)
        self.limit_spin.setEnabled(self.use_limit)
        self._enable_audit()

    def _enable_audit(self):
        enough = self.material is not None and len(self.material.counts.classes) > 1
        self.audit_page.button.setEnabled(enough)

    def _upstream_normaliser(self) -> str:
        return normaliser_of(self.corpus) if self.corpus is not None else ""
