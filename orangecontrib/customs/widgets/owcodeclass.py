"""Code as Class: the codes of declarations, cut to a level, become the class to learn."""
from __future__ import annotations

from AnyQt.QtCore import QSize, Qt
from AnyQt.QtWidgets import (
    QAbstractItemView,
    QTreeWidget,
    QTreeWidgetItem,
)
from Orange.data import Table
from Orange.widgets import gui
from Orange.widgets.settings import Setting
from Orange.widgets.utils.widgetpreview import WidgetPreview
from Orange.widgets.widget import Input, Msg, Output, OWWidget

from orangecontrib.customs.declarations.learning.table import (
    code_candidates,
    code_class,
    leaks,
    to_metas,
)
from orangecontrib.customs.nomenclature import LEVELS as DIGITS
from orangecontrib.customs.nomenclature import bundled_tariff
from orangecontrib.customs.widgets.utils.common.base import clear
from orangecontrib.customs.widgets.utils.common.controls import choice, grid_of
from orangecontrib.customs.widgets.utils.common.variables import VariableCombo, listed

LEVELS = ((0, "as they are"), *((digits, f"{digits} digits") for digits in DIGITS))


class OWCodeClass(OWWidget):
    name = "Code as Class"
    description = "Make the codes of declarations, cut to a level, the class to be learnt."
    icon = "icons/CodeClass.svg"
    priority = 62
    keywords = "code as class, hs code, heading, subheading, код, класс, позиция, select columns"
    want_main_area = False

    class Inputs:
        data = Input("Data", Table, doc="Declarations with a column of codes")

    class Outputs:
        data = Output("Data", Table, default=True,
                      doc="The same rows with the class “HS code”; a corpus stays a corpus")
        skipped = Output("Skipped", Table, dynamic=False,
                         doc="Rows without a code of that length, with the reason")

    class Error(OWWidget.Error):
        no_codes = Msg("No column of codes: one needs codes such as 8504, 8504 40 or 8504403008.")
        none_left = Msg("No row has a code of {}: choose fewer digits or another column.")

    class Warning(OWWidget.Warning):
        one_class = Msg("All rows have the same code: nothing to learn. Choose more digits.")
        skipped = Msg("{} of {} rows have no code of {}: see the output Skipped.")

    class Information(OWWidget.Information):
        leaks = Msg("{} moved to the metas: a learner would read the answer there.")
        described = Msg("“{}” was read as a category; it is a text now.")

    code_name: str = Setting("", schema_only=True)
    digits: int = Setting(6, schema_only=True)

    def __init__(self):
        super().__init__()
        self.data: Table | None = None
        self._set_up_controls()

    def _set_up_controls(self):
        box = gui.widgetBox(self.controlArea, "Code")
        self.code_combo = VariableCombo("(none)")
        self.code_combo.chosen.connect(self._on_code)
        self.digits_combo = choice(
            LEVELS, self.digits, self._on_digits,
            "4: heading, 6: subheading of the HS, 8 and 10: national")
        grid = grid_of((("Column", self.code_combo), ("Cut to", self.digits_combo)))
        box.layout().addLayout(grid)
        grid.setColumnStretch(1, 1)
        box = gui.widgetBox(self.controlArea, "Classes")
        self.tree = QTreeWidget(rootIsDecorated=False, uniformRowHeights=True,
                                selectionMode=QAbstractItemView.NoSelection,
                                alternatingRowColors=True)
        self.tree.setHeaderLabels(["Code", "Rows", "Designation"])
        box.layout().addWidget(self.tree)

    def sizeHint(self):
        return QSize(420, 400)

    @Inputs.data
    def set_data(self, data: Table | None):
        self.data = data
        candidates = [] if data is None else code_candidates(data)
        self.code_combo.set_variables(candidates, self.code_name,
                                      candidates[0] if candidates else None)
        self.apply()

    def _on_code(self, name: str):
        self.code_name = name
        self.apply()

    def _on_digits(self):
        self.digits = self.digits_combo.currentData()
        self.apply()

    def apply(self):
        """Make the class and send it on."""
        clear(self.Error, self.Warning, self.Information)
        self.tree.clear()
        coded = skipped = None
        variable = self.code_combo.variable
        if self.data is not None and variable is None:
            self.Error.no_codes()
        elif self.data is not None:
            coded, skipped = code_class(self.data, variable, self.digits or None)
            wanted = f"{self.digits} digits" if self.digits else "two digits or more"
            if coded is None:
                self.Error.none_left(wanted)
            else:
                self.Warning.one_class(shown=len(coded.domain.class_var.values) == 1)
                if skipped is not None:
                    self.Warning.skipped(len(skipped), len(self.data), wanted)
                coded = self._without_answers(coded)
                self._show(coded)
        self.Outputs.data.send(coded)
        self.Outputs.skipped.send(skipped)

    def _without_answers(self, coded: Table) -> Table:
        """The table without features that hold the answer; says what has changed."""
        found = leaks(coded)
        coded = to_metas(coded, found)
        metas = {v.name for v in coded.domain.metas}
        moved = [v for v in self.data.domain.attributes if v.name in metas]
        texts = [v.name for v in moved if coded.domain[v.name].is_string]
        answers = [v.name for v in moved if v.name not in texts]
        if answers:
            self.Information.leaks(listed(answers))
        if texts:
            self.Information.described(texts[0])
        return coded

    def _show(self, coded: Table):
        tariff = bundled_tariff()
        codes = coded.domain.class_var.values
        counts = [int((coded.Y == number).sum()) for number in range(len(codes))]
        for code, count in zip(codes, counts):
            designation = tariff[code].ru if code in tariff else ""
            item = QTreeWidgetItem([code, str(count), designation])
            item.setTextAlignment(1, Qt.AlignRight | Qt.AlignVCenter)
            item.setToolTip(2, designation)
            self.tree.addTopLevelItem(item)
        for column in (0, 1):
            self.tree.resizeColumnToContents(column)

    def send_report(self):
        if self.data is None or self.code_combo.variable is None:
            return
        self.report_items("Class", (("Column", self.code_combo.variable.name),
                                    ("Cut to", dict(LEVELS)[self.digits])))
        shown = min(100, self.tree.topLevelItemCount())
        items = [self.tree.topLevelItem(row) for row in range(shown)]
        self.report_table("Classes", [["Code", "Rows", "Designation"], *(
            [item.text(column) for column in range(3)] for item in items)], header_rows=1)


if __name__ == "__main__":  # pragma: no cover
    WidgetPreview(OWCodeClass).run(Table("iris"))
