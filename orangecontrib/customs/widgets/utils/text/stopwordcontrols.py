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
from Orange.widgets import gui

from orangecontrib.customs.textmining.stopwords import (
    LEVELS,
)
from orangecontrib.customs.textmining.stopwords.table import (
    normaliser_of,
)
from orangecontrib.customs.widgets.utils.common.base import Part
from orangecontrib.customs.widgets.utils.common.controls import choice

__all__ = ["StopwordControls", "CODE_CHOICES", "NORMALISE_CHOICES"]

BY_CLASS, BY_HAND_CODES, ALL_CODES = "class", "hand", "all"
CODE_CHOICES = ((BY_CLASS, "class values"), (BY_HAND_CODES, "by hand"), (ALL_CODES, "all"))
AS_THEY_COME, LEMMAS = "", "lemmas"
NORMALISE_CHOICES = ((AS_THEY_COME, "as they come"), (LEMMAS, "lemmas (pymorphy3)"))


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

        box = gui.widgetBox(inside, "Words")
        grid = self._grid(box)
        self.upstream_label = QLabel()
        self.normalise_combo = choice(
            NORMALISE_CHOICES, self.normalise, self._on_normalise,
            "Lemmas: the forms in which a dictionary lists words "
            "(стабилизаторами → стабилизатор)")
        self.families_check = QCheckBox("Word families", checked=self.families)
        self.families_check.setToolTip("One key for all relatives of a word: инвертор, "
                                       "инверторный, инверторного")
        self.families_check.toggled.connect(self._on_families)
        self.protected_edit = QLineEdit(self.protected_text, placeholderText="кожа, резина …")
        self.protected_edit.setToolTip("No source drops these, nor their other forms")
        self.protected_edit.editingFinished.connect(self._on_protected)
        line = QHBoxLayout()
        for widget in (self.upstream_label, self.normalise_combo, self.families_check):
            line.addWidget(widget, widget is not self.families_check)
        grid.addLayout(line, 0, 0, 1, 2)
        grid.addWidget(QLabel("Protected"), 1, 0)
        grid.addWidget(self.protected_edit, 1, 1)

        box = gui.widgetBox(inside, "Stop-words")
        self._check(box, "use_tariff", "Words of the tariff",
                    "Drop words that repeat the designations of codes")
        line = QHBoxLayout()
        box.layout().addLayout(line)
        self.level_combo = choice(
            ((level, f"{level} digits") for level in LEVELS), self.level, self._on_level,
            "4 digits: headings only. The deeper, the more words go, also such as carry the "
            "difference between codes.")
        self.codes_combo = choice(CODE_CHOICES, self.codes_from, self._on_codes_from)
        self.codes_edit = QLineEdit(self.codes_text, placeholderText="8504, 8536 30, 9032")
        self.codes_edit.setToolTip("Codes, separated by commas")
        self.codes_edit.editingFinished.connect(self._on_codes)
        for label, widget in (("Down to", self.level_combo), ("of", self.codes_combo)):
            line.addWidget(QLabel(label))
            line.addWidget(widget, 1)
        box.layout().addWidget(self.codes_edit)
        self.nomenclature_label = QLabel(wordWrap=True)
        box.layout().addWidget(self.nomenclature_label)

        grid = self._grid(box)
        checks = (("use_functions", "Function words",
                   "Russian and English; не, без, более, менее, кроме always stay"),
                  ("use_boilerplate", "Boilerplate of box 31",
                   "What box 31 (графа 31) calls its own fields, not the goods: арт., мод., "
                   "изготовитель, товарный знак, ООО …"),
                  ("use_words", "Words input", "The words of the connected table"),
                  ("use_numbers", "Numbers", "Tokens without a letter, punctuation among them"),
                  ("use_units", "Units", "мм, кг, шт, 220в …"),
                  ("use_latin", "Latin tokens", "Marks, models, English words"),
                  ("use_letters", "Single letters", ""))
        for number, (name, text, tip) in enumerate(checks):
            grid.addWidget(self._check(None, name, text, tip), number // 2, number % 2)

        box = gui.widgetBox(inside, "Frequency")
        grid = self._grid(box)
        grid.addWidget(self._check(None, "use_window", "Documents",
                                   "Keep words in this share of the documents (the paper: "
                                   "0.05–0.3 and 0.05–0.4)"), 0, 0)
        pair = QHBoxLayout()
        self.min_spin, self.max_spin = (self._spin(name) for name in ("min_df", "max_df"))
        pair.addWidget(self.min_spin)
        pair.addWidget(QLabel("–"))
        pair.addWidget(self.max_spin)
        grid.addLayout(pair, 0, 1)
        grid.addWidget(self._check(None, "use_limit", "At most",
                                   "Keep the most frequent words (the paper: 30 and 50)"), 1, 0)
        self.limit_spin = QSpinBox(minimum=1, maximum=1_000_000, value=self.max_words,
                                   suffix=" words", keyboardTracking=False)
        self.limit_spin.valueChanged.connect(lambda value: self._set("max_words", value))
        grid.addWidget(self.limit_spin, 1, 1)
        column.addStretch(1)

        self.lock_check = QCheckBox("Lock what was learnt", checked=self.locked)
        self.lock_check.setToolTip("Locked, the lexicon is saved with the workflow and new data "
                                   "don't change it; unlocked, new data are learnt again")
        self.lock_check.toggled.connect(self._on_lock)
        self.controlArea.layout().addWidget(self.lock_check)
        self.buttonsArea.layout().addWidget(self.make_cancel_button(
            self._cancel, "Stop filtering; nothing is sent", passing=True))
        gui.auto_apply(self.buttonsArea, self, "auto_apply")
        area.setMinimumWidth(inside.sizeHint().width() + 12)

    @staticmethod
    def _grid(box) -> QGridLayout:
        grid = QGridLayout()
        grid.setVerticalSpacing(3)
        box.layout().addLayout(grid)
        return grid

    def _check(self, box, name: str, text: str, tip: str) -> QCheckBox:
        check = QCheckBox(text, checked=getattr(self, name), toolTip=tip)
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
        self.upstream_label.setText(f"by {upstream}")
        self.upstream_label.setToolTip(f"{upstream} upstream made them what they are")
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
