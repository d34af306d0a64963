"""Code as Class: the codes of declarations, cut to a level, become the class to learn."""
from __future__ import annotations

from AnyQt.QtCore import QSize, Qt
from AnyQt.QtWidgets import (
    QAbstractItemView,
    QTreeWidget,
    QTreeWidgetItem,
)
from Orange.data import Table
from Orange.widgets.settings import Setting
from Orange.widgets.utils.widgetpreview import WidgetPreview
from Orange.widgets.widget import Input, Output

from orangecontrib.customs.declarations.learning.table import (
    code_candidates,
    code_class,
    leaks,
    to_metas,
)
from orangecontrib.customs.i18n import say
from orangecontrib.customs.nomenclature import LEVELS as DIGITS
from orangecontrib.customs.nomenclature import bundled_tariff
from orangecontrib.customs.widgets.utils.common.base import CustomsWidget, clear
from orangecontrib.customs.widgets.utils.common.controls import choice, grid_of, group_box, hint
from orangecontrib.customs.widgets.utils.common.variables import VariableCombo, listed
from orangecontrib.customs.widgets.utils.common.wording import (
    Said,
    room,
    worded,
    worded_headers,
)

words = room("owcodeclass")

LEVELS = {0: words("as_they_are"), **{digits: words("digits", n=digits) for digits in DIGITS}}
HEADERS = (words("code"), words("rows"), words("designation"))


class OWCodeClass(CustomsWidget):
    name = "Code as Class"
    description = "Make the codes of declarations, cut to a level, the class to be learnt."
    icon = "icons/CodeClass.svg"
    priority = 62
    keywords = ("code as class, hs code, heading, subheading, код, класс, позиция, select columns, "
                "таможня, тн вэд, субпозиция")
    want_main_area = False

    class Inputs:
        data = Input("Data", Table, doc="Declarations with a column of codes")

    class Outputs:
        data = Output("Data", Table, default=True,
                      doc="The same rows with the class “HS code”; a corpus stays a corpus")
        skipped = Output("Skipped", Table, dynamic=False,
                         doc="Rows without a code of that length, with the reason")

    class Error(CustomsWidget.Error):
        no_codes = Said(words("no_codes"))
        none_left = Said(words("none_left"))

    class Warning(CustomsWidget.Warning):
        one_class = Said(words("one_class"))
        skipped = Said(words("skipped"))

    class Information(CustomsWidget.Information):
        leaks = Said(words("leaks"))
        described = Said(words("described"))

    code_name: str = Setting("", schema_only=True)
    digits: int = Setting(6, schema_only=True)

    def __init__(self):
        super().__init__()
        self.data: Table | None = None
        self._set_up_controls()

    def _set_up_controls(self):
        box = group_box(self.controlArea, words("code"))
        self.code_combo = worded(VariableCombo(words("none")), toolTip=words("column_tip"))
        self.code_combo.chosen.connect(self._on_code)
        self.digits_combo = choice(LEVELS.items(), self.digits, self._on_digits,
                                   words("cut_tip"))
        grid = grid_of(((words("column"), self.code_combo), (words("cut"), self.digits_combo)))
        box.layout().addLayout(grid)
        grid.setColumnStretch(1, 1)
        box = group_box(self.controlArea, words("classes"))
        self.tree = worded(QTreeWidget(rootIsDecorated=False, uniformRowHeights=True,
                                       selectionMode=QAbstractItemView.NoSelection,
                                       alternatingRowColors=True),
                           accessibleName=words("classes"))
        worded_headers(self.tree, HEADERS)
        hint(self.tree, words("connect"))
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

    def on_language(self):
        """Another language is spoken: why rows are left out, and designations, are said again.

        The class is the same: nobody need learn again.
        """
        skipped = self._make()[1]
        self.Outputs.skipped.send(skipped)

    def apply(self):
        """Make the class and send it on."""
        coded, skipped = self._make()
        self.Outputs.data.send(coded)
        self.Outputs.skipped.send(skipped)

    def _make(self) -> tuple[Table | None, Table | None]:
        """The rows with a class and those without, shown and told."""
        clear(self.Error, self.Warning, self.Information)
        self.tree.clear()
        coded = skipped = None
        variable = self.code_combo.variable
        if self.data is not None and variable is None:
            self.Error.no_codes()
        elif self.data is not None:
            coded, skipped = code_class(self.data, variable, self.digits or None)
            wanted = LEVELS[self.digits] if self.digits else words("two_or_more")
            if coded is None:
                self.Error.none_left(wanted=wanted)
            else:
                self.Warning.one_class(shown=len(coded.domain.class_var.values) == 1)
                if skipped is not None:
                    self.Warning.skipped(n=len(skipped), total=len(self.data), wanted=wanted)
                coded = self._without_answers(coded)
                self._show(coded)
        return coded, skipped

    def _without_answers(self, coded: Table) -> Table:
        """The table without features that hold the answer; says what has changed."""
        found = leaks(coded)
        coded = to_metas(coded, found)
        metas = {v.name for v in coded.domain.metas}
        moved = [v for v in self.data.domain.attributes if v.name in metas]
        texts = [v.name for v in moved if coded.domain[v.name].is_string]
        answers = [v.name for v in moved if v.name not in texts]
        if answers:
            self.Information.leaks(columns=listed(answers))
        if texts:
            self.Information.described(column=texts[0])
        return coded

    def _show(self, coded: Table):
        tariff = bundled_tariff()
        codes = coded.domain.class_var.values
        counts = [int((coded.Y == number).sum()) for number in range(len(codes))]
        for code, count in zip(codes, counts):
            designation = (say(tariff[code]) or tariff[code].ru) if code in tariff else ""
            item = QTreeWidgetItem([code, str(count), designation])
            item.setTextAlignment(1, Qt.AlignRight | Qt.AlignVCenter)
            item.setToolTip(2, designation)
            self.tree.addTopLevelItem(item)
        for column in (0, 1):
            self.tree.resizeColumnToContents(column)

    def send_report(self):
        if self.data is None or self.code_combo.variable is None:
            return
        self.report_items(say(words("report")), (
            (say(words("column")), self.code_combo.variable.name),
            (say(words("cut")), say(LEVELS[self.digits]))))
        shown = min(100, self.tree.topLevelItemCount())
        items = [self.tree.topLevelItem(row) for row in range(shown)]
        self.report_table(say(words("classes")), [list(map(say, HEADERS)), *(
            [item.text(column) for column in range(3)] for item in items)], header_rows=1)


if __name__ == "__main__":  # pragma: no cover
    WidgetPreview(OWCodeClass).run(Table("iris"))
