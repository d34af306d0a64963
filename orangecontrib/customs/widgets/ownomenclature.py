"""Tariff Nomenclature: browse and search an edition of the tariff, send chosen branches."""
from __future__ import annotations

import os
import threading
from dataclasses import replace
from html import escape
from pathlib import Path
from types import SimpleNamespace

from AnyQt.QtCore import QItemSelectionModel, QSize, Qt, QTimer
from AnyQt.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QStyle,
    QTextBrowser,
    QTreeView,
)
from Orange.data import Table
from Orange.widgets import gui
from Orange.widgets.settings import Setting
from Orange.widgets.utils.concurrent import TaskState
from Orange.widgets.utils.widgetpreview import WidgetPreview
from Orange.widgets.widget import Input, Msg, Output, OWWidget

from orangecontrib.customs.declarations.table import default_text, texts_of
from orangecontrib.customs.files import CYRILLIC
from orangecontrib.customs.nomenclature import (
    LoadingCancelled,
    LoadingError,
    bundled_tariff,
    guess_mapping,
    harmonized_system,
    parse_code,
    read_rows,
    spaced,
)
from orangecontrib.customs.nomenclature.loading import ROLES, tariff_of_rows
from orangecontrib.customs.nomenclature.search import TariffSearch
from orangecontrib.customs.nomenclature.table import (
    codes_of,
    missing_codes_table,
    selected_codes_table,
    tariff_table,
)
from orangecontrib.customs.widgets.utils.common.base import CustomsWidget, Ended, clear, reason
from orangecontrib.customs.widgets.utils.common.controls import choice, pile, splitter
from orangecontrib.customs.widgets.utils.common.variables import VariableCombo
from orangecontrib.customs.widgets.utils.text.searchpage import (
    Ranked,
    SearchPage,
    marked_lines,
    rank,
)
from orangecontrib.customs.widgets.utils.text.tarifflines import (
    code_columns,
    line_html,
    of_editions,
    some_of,
)
from orangecontrib.customs.widgets.utils.text.tarifftree import TariffModel

BUNDLED, HS, FILE = "bundled", "hs", "file"
EDITIONS = {BUNDLED: "Bundled (EAEU)", HS: "HS in English", FILE: "Table from a file"}
ENCODINGS = {"": "Automatic", "utf-8": "UTF-8", **CYRILLIC}
LEVELS = (4, 6, 8, 10)
ROLE_TIPS = {
    "code": "Codes; a row without one is an intermediate line",
    "level": "Number of dashes; without it, dashes or indentation of the names, or the codes",
    "name": "Designations",
    "unit": "Supplementary units",
    "rate": "Rates of import duty",
}
#: Found lines that are unfolded at once.
UNFOLD = 60
#: Pixels below which the tree has one column.
NARROW = 420

def run(edition: str, path: Path | None, mapping: dict, encoding: str, date: str,
        stop: threading.Event, state: TaskState) -> SimpleNamespace:
    """Load an edition; a table whose columns don't fit comes back as its header and why."""
    def progress(done: int, total: int) -> bool:
        state.set_progress_value(100 * done / max(total, 1))
        return stop.is_set() or state.is_interruption_requested()

    state.set_status("Loading…")
    if edition != FILE:
        tariff = bundled_tariff() if edition == BUNDLED else harmonized_system()
        return SimpleNamespace(tariff=tariff, header=[], error="")
    header, rows, note = read_rows(path, encoding)
    try:
        tariff = tariff_of_rows(path, header, rows, mapping, date, progress, note)
    except LoadingCancelled:
        raise
    except LoadingError as error:
        return SimpleNamespace(tariff=None, header=header, error=str(error))
    return SimpleNamespace(tariff=tariff, header=header, error="")


class OWNomenclature(CustomsWidget):
    name = "Tariff Nomenclature"
    description = "Browse and search the tariff (ТН ВЭД ЕАЭС, HS) and send chosen branches."
    icon = "icons/Nomenclature.svg"
    priority = 60
    keywords = "tariff nomenclature, ТН ВЭД, HS, harmonized system, codes, duty, товарная " \
               "номенклатура, designations"

    graph_name = "mainArea"  # Save Image

    class Inputs:
        codes = Input("Codes", Table, doc="Codes to look up in the edition", default=True)
        descriptions = Input("Descriptions", Table,
                             doc="Descriptions of goods to find headings and codes for")

    class Outputs:
        nomenclature = Output("Nomenclature", Table, default=True,
                              doc="A row per code of the chosen branches and levels")
        selected = Output("Selected Codes", Table, dynamic=False,
                          doc="The ticked branches themselves")
        missing = Output("Missing Codes", Table, dynamic=False,
                         doc="Codes of the input that the edition lacks")
        ranked = Output("Ranked Codes", Table, dynamic=False,
                        doc="Headings and codes whose words each description shares, or what is "
                            "typed as search; the best first")

    class Error(OWWidget.Error):
        load = Msg("{}")
        unexpected = Msg("The edition can't be loaded: {}")
        search = Msg("The search has failed: {}")

    class Warning(OWWidget.Warning):
        problems = Msg("{} in the table: {}")
        cancelled = Msg("Loading was cancelled; press Reload to load the edition.")
        missing = Msg("The edition lacks {} of {} codes: {}. See Missing Codes.")
        ticked_missing = Msg("The edition lacks ticked codes: {}.")
        not_ranked = Msg("The search was cancelled; change what is searched to start it again.")
        no_text = Msg("The Descriptions input has no column with descriptions.")
        no_codes = Msg("The Codes input has no text, categorical or numeric column.")
        no_levels = Msg("Tick at least one level.")
        nothing = Msg("The ticked branches have no codes of {} digits; tick another level.")

    class Information(OWWidget.Information):
        choose = Msg("Choose a table with an official tariff: CSV, CSV.GZ or XLSX.")
        whole = Msg("No branch is ticked: the whole edition is sent.")

    buttons_area_orientation = Qt.Vertical
    path_settings = ("path",)
    settings_version = 1
    edition: str = Setting(BUNDLED, schema_only=True)
    path: str = Setting("", schema_only=True)
    mapping: dict = Setting({}, schema_only=True)
    encoding: str = Setting("", schema_only=True)
    file_date: str = Setting("", schema_only=True)
    checked: list = Setting([], schema_only=True)
    levels: list = Setting(list(LEVELS), schema_only=True)
    code_name: str = Setting("", schema_only=True)
    last_folder: str = Setting("")
    auto_commit: bool = Setting(True)

    def __init__(self):
        super().__init__()
        # settings of this widget are its own, not those of the class
        self.mapping, self.checked = dict(self.mapping), list(self.checked)
        self.levels = [level for level in LEVELS if level in self.levels]
        self.codes_data: Table | None = None
        self.descriptions: list[str] | None = None
        self._no_text = False            # the input has no descriptions
        self.searching: TariffSearch | None = None
        self._absent: list[str] = []     # ticked codes that this edition lacks
        self._set_up_controls()
        self._set_up_main()
        self.source = self.resolved(self.path)
        self.load()

    @property
    def tariff(self):
        """The edition that is shown; None while there is none."""
        return self.model.tariff

    # -- layout

    def _set_up_controls(self):
        box = gui.vBox(self.controlArea, "Edition")
        self.edition_combo = choice(EDITIONS.items(), self.edition, self._on_edition,
                                    "Which tariff is shown and sent")
        self.edition_combo.setSizePolicy(QSizePolicy.Ignored, QSizePolicy.Fixed)
        box.layout().addWidget(self.edition_combo)
        row = QHBoxLayout()
        style = self.style()
        load = QPushButton(style.standardIcon(QStyle.SP_DirOpenIcon), "&Load File…",
                           autoDefault=False, clicked=self._choose_file)
        load.setToolTip("A full official table: CSV, CSV.GZ or XLSX with names of columns in "
                        "the first row")
        reload = QPushButton(style.standardIcon(QStyle.SP_BrowserReload), "", autoDefault=False,
                             clicked=self.load)
        reload.setToolTip("Load the edition again")
        reload.setAccessibleName("Reload")
        reload.setSizePolicy(QSizePolicy.Fixed, QSizePolicy.Fixed)
        row.addWidget(load, 1)
        row.addWidget(reload)
        box.layout().addLayout(row)
        self.about = QLabel(wordWrap=True, textFormat=Qt.RichText, minimumWidth=225)
        box.layout().addWidget(self.about)

        self.file_box = gui.vBox(self.controlArea, "Table")
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.AllNonFixedFieldsGrow)
        form.setVerticalSpacing(3)
        self.column_combos: dict[str, QComboBox] = {}
        for role in ROLES:
            combo = QComboBox()
            combo.setSizePolicy(QSizePolicy.Ignored, QSizePolicy.Fixed)
            combo.setToolTip(ROLE_TIPS[role])
            combo.activated.connect(lambda _, r=role: self._on_column(r))
            self.column_combos[role] = combo
            form.addRow(f"{role.title()}:", combo)
        self.encoding_combo = choice(ENCODINGS.items(), self.encoding, self._on_encoding,
                                     "Encoding of a CSV")
        self.encoding_combo.setSizePolicy(QSizePolicy.Ignored, QSizePolicy.Fixed)
        form.addRow("Encoding:", self.encoding_combo)
        self.date_edit = QLineEdit(self.file_date, placeholderText="not known")
        self.date_edit.setToolTip("Date of the edition; a table does not tell it")
        self.date_edit.editingFinished.connect(self._on_date)
        form.addRow("Date:", self.date_edit)
        self.file_box.layout().addLayout(form)

        box = gui.vBox(self.controlArea, "Levels")
        row = QHBoxLayout()
        self.level_boxes: dict[int, QCheckBox] = {}
        for level in LEVELS:
            tick = QCheckBox(str(level), checked=level in self.levels)
            tick.setToolTip(f"Send codes of {level} digits")
            tick.clicked.connect(self._on_level)
            self.level_boxes[level] = tick
            row.addWidget(tick)
        box.layout().addLayout(row)

        self.codes_box = gui.vBox(self.controlArea, "Codes of the Input")
        self.code_combo = VariableCombo("(no codes)")
        self.code_combo.setToolTip("Column with codes; those that the edition lacks are named")
        self.code_combo.chosen.connect(self._on_code_column)
        self.codes_box.layout().addWidget(self.code_combo)
        self.tick_button = QPushButton("&Tick These Codes", autoDefault=False,
                                       clicked=self._tick_input)
        self.tick_button.setToolTip("Tick the branches of all codes in this column")
        self.codes_box.layout().addWidget(self.tick_button)
        self.codes_box.setEnabled(False)
        gui.rubber(self.controlArea)
        self.buttonsArea.layout().addWidget(
            self.make_cancel_button(lambda: self.ending.set(), "Stop loading or searching"))
        gui.auto_commit(self.buttonsArea, self, "auto_commit", "Send")

    def _set_up_main(self):
        self.model = TariffModel(self)
        self.search = QLineEdit(clearButtonEnabled=True, placeholderText=(
            "Search: beginning of a code, or a description in Russian or English…"))
        self.search.setToolTip(
            "A code's beginning (8504 40), or a description: headings and codes are ranked by the "
            "words that they share with it.\nThe tree shows the lines in or above which all "
            "words stand; where there are none, the ranked ones.\n"
            "A tick takes the whole branch, also what the search hides.")
        # a pause after the last key, so that a long table isn't searched at each
        self._search_timer = QTimer(self, singleShot=True, interval=200)
        self._search_timer.timeout.connect(self._find)
        # a task can't begin before the one that loads has ended
        self._rank_soon = QTimer(self, singleShot=True, interval=0, timeout=self._rank)
        self.search.textChanged.connect(lambda: self._search_timer.start())
        self.found = QLabel()
        clear = QPushButton("Clear Ticks", autoDefault=False, clicked=self._clear)
        clear.setToolTip("Untick all branches")
        top = QHBoxLayout()
        top.addWidget(self.search, 1)
        top.addWidget(self.found)
        top.addWidget(clear)

        self.view = QTreeView(uniformRowHeights=True, alternatingRowColors=True, indentation=16)
        self.view.setModel(self.model)
        self.view.setAccessibleName("Tariff")
        header = self.view.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.Stretch)
        header.resizeSection(1, 52)
        header.resizeSection(2, 130)
        self.view.selectionModel().currentChanged.connect(self._show_line)
        self.model.checks_changed.connect(self._on_ticks)
        self.details = QTextBrowser(openLinks=False)
        self.details.setAccessibleName("The chosen line with all that is above it")

        self.page = SearchPage()
        self.page.chosen.connect(self._reveal)
        parts = splitter(Qt.Vertical, self.page, self.view, self.details, sizes=(270, 330, 130),
                         stretch=(1, 1))
        main = pile(parts)
        main.layout().insertLayout(0, top)
        self.mainArea.layout().addWidget(main)

    def sizeHint(self):
        return QSize(980, 640)

    def resizeEvent(self, event):
        """A narrow tree shows designations only; the details tell unit and duty."""
        super().resizeEvent(event)
        for column in (1, 2):
            self.view.setColumnHidden(column, self.view.width() < NARROW)

    # -- choosing an edition

    def _on_edition(self):
        self.edition = self.edition_combo.currentData()
        if self.edition == FILE and self.source is None:
            self._choose_file()
        else:
            self.load()

    def _choose_file(self):
        path = self.ask_for_file(
            "Official Table of the Tariff",
            "Tables (*.csv *.gz *.xlsx *.txt *.tsv);;All files (*)", self.last_folder)
        if path:
            self.set_file(path)
        elif self.source is None:
            self.load()  # says what to choose

    def set_file(self, path: str | os.PathLike):
        """Load a table; its columns are guessed again."""
        self.source = self.resolved(os.fspath(path))
        self.path = self.storable(self.source)
        self.last_folder = os.fspath(self.source.parent)
        self.mapping, self.file_date = {}, ""
        self.date_edit.clear()
        self.edition = FILE
        self.load()

    def _on_column(self, role: str):
        self.mapping = {**self.mapping, role: self.column_combos[role].currentData()}
        self.load()

    def _on_encoding(self):
        self.encoding = self.encoding_combo.currentData()
        self.load()

    def _on_date(self):
        date = self.date_edit.text().strip()
        if date != self.file_date:
            self.file_date = date
            if self.tariff is not None and self.edition == FILE:
                self.tariff.editions = (replace(self.tariff.editions[0], in_force=date),)
                self._describe()

    # -- loading

    def load(self):
        """Load the chosen edition."""
        self.cancel()
        self.clear_messages()
        self.edition_combo.setCurrentIndex(self.edition_combo.findData(self.edition))
        self.file_box.setVisible(self.edition == FILE)
        self._show_tariff(None)
        if self.edition == FILE and self.source is None:
            self.Information.choose()
            self._send(None, None, None)
            self.Outputs.ranked.send(None)
            return
        self.begin(run, self.edition, self.source, dict(self.mapping), self.encoding,
                   self.file_date)

    def on_done(self, result: SimpleNamespace | Ranked):
        if isinstance(result, Ranked):
            self.Outputs.ranked.send(result.table)
            return
        self._show_columns(result.header)
        if result.error:
            self.Error.load(result.error)
            self._send(None, None, None)
            return
        problems = result.tariff.problems
        if problems:
            count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
            self.Warning.problems(count, some_of(problems, "; "))
        self._show_tariff(result.tariff)
        self.commit.now()
        self._rank_soon.start()

    def on_exception(self, ex: Exception):
        if self.tariff is not None:     # it was a search
            if isinstance(ex, Ended):
                self.Warning.not_ranked()
            else:
                self.Error.search(reason(ex))
            self.Outputs.ranked.send(None)
            return
        if isinstance(ex, LoadingCancelled):
            self.Warning.cancelled()
        elif isinstance(ex, LoadingError):
            self.Error.load(str(ex))
        else:
            self.Error.unexpected(reason(ex))
        self._send(None, None, None)
        self.Outputs.ranked.send(None)

    def _show_columns(self, header: list[str]):
        guessed = guess_mapping(header)
        for role, combo in self.column_combos.items():
            combo.clear()
            combo.addItem("(none)", "")
            for name in header:
                combo.addItem(name, name)
            combo.setCurrentIndex(max(0, combo.findData(
                self.mapping.get(role, guessed.get(role, "")))))

    def _show_tariff(self, tariff):
        self.model.set_tariff(tariff)
        self.searching = None if tariff is None else TariffSearch(tariff)
        self.page.show_ranking(None, tariff)
        if tariff is not None:
            self.model.blockSignals(True)
            self._absent = self.model.check_codes(self.checked)
            self.model.blockSignals(False)
            if self.search.text().strip():
                self._filter()
            elif len(tariff.roots) <= 8:
                self.view.expandToDepth(0)
            self._scroll_to_ticks()
        self._describe()

    def _scroll_to_ticks(self):
        """Unfold what leads to the first ticked branches."""
        for number in self.model.branches()[:UNFOLD]:
            self._unfold_to(number)

    def _unfold_to(self, number: int):
        index = self.model.index_of(number).parent()
        while index.isValid():
            self.view.setExpanded(index, True)
            index = index.parent()

    def _describe(self):
        tariff = self.tariff
        if tariff is None:
            self.about.setText(escape(self.source.name) if self.edition == FILE
                               and self.source is not None else "")
            self._show_line()
            return
        leaves = max((len(code) for code in tariff.codes), default=0)
        count = sum(len(code) == leaves for code in tariff.codes)
        editions = of_editions(tariff) or "date not known: type it below"
        number = f"{count:,}".replace(",", "\u202f")
        self.about.setText(f"<b>{escape(tariff.name)}</b><br>{escape(editions)}<br>"
                           f"{number} codes of {leaves} digits")
        self._show_line()

    # -- search and ticks

    def _find(self):
        """Search for what is typed."""
        self._search_timer.stop()
        self._filter()
        self._rank()

    def _filter(self):
        """Let the tree show the lines in or above which all words stand."""
        query = self.search.text().strip()
        if self.tariff is None or not query:
            self.model.set_hits(None)
            self.found.setText("")
            self._scroll_to_ticks()
            return
        self._show_hits(self.tariff.search(query))

    def _show_hits(self, hits):
        self.model.set_hits(hits)
        self.found.setText("1 line" if len(hits) == 1 else f"{len(hits)} lines")
        for hit in hits[:UNFOLD]:
            self._unfold_to(hit)
        if hits:
            self.view.selectionModel().setCurrentIndex(
                self.model.index_of(hits[0]),
                QItemSelectionModel.ClearAndSelect | QItemSelectionModel.Rows)
        else:
            self._show_line()

    def _rank(self):
        """Rank headings and codes for the descriptions: that which is typed, those of the input."""
        clear(self.Warning.not_ranked, self.Error.search)
        self.Warning.no_text(shown=self._no_text)
        query = self.search.text().strip()
        typed = parse_code(query)
        if typed.digits or typed.problem == "short":
            query = ""
        if self.searching is None:
            return      # when the edition is there
        if query or self.descriptions is not None:
            self.begin(rank, self.searching, query, self.descriptions)
        else:
            self.cancel()
            self.page.show_ranking(None, self.tariff)
            self.Outputs.ranked.send(None)

    def on_partial_result(self, ranking):
        """What was typed is ranked; the tree shows it where no line has all its words."""
        self.page.show_ranking(ranking, self.tariff)
        if ranking is not None and ranking.headings and not self.model.hits:
            self._show_hits([hit.line for hit in (*ranking.codes, *ranking.headings)])

    def on_language(self):
        self._rank()

    def _reveal(self, line: int):
        """Choose a line in the tree, also one that the search hides."""
        if not self.model.shows(line):
            self.model.set_hits({*self.model.hits, line})
        self._unfold_to(line)
        index = self.model.index_of(line)
        self.view.selectionModel().setCurrentIndex(
            index, QItemSelectionModel.ClearAndSelect | QItemSelectionModel.Rows)
        self.view.scrollTo(index)

    def _on_ticks(self):
        lines = self.tariff.lines
        self.checked = [lines[n].code for n in self.model.branches()] + self._absent
        self.view.viewport().update()
        self.commit.deferred()

    def _clear(self):
        self._absent = []
        if self.tariff is not None:
            self.model.check_codes([])
        else:
            self.checked = []

    def _on_level(self):
        self.levels = [level for level, box in self.level_boxes.items() if box.isChecked()]
        self.commit.deferred()

    # -- codes of the input

    @Inputs.codes
    def set_codes(self, data: Table | None):
        self.codes_data = data
        variables = [] if data is None else code_columns(data)
        default = variables[0] if variables else None
        self.code_combo.set_variables(variables, self.code_name, default)
        self.codes_box.setEnabled(bool(variables))
        self.Warning.no_codes(shown=data is not None and not variables)

    @Inputs.descriptions
    def set_descriptions(self, data: Table | None):
        variable = None if data is None else default_text(data)
        self.descriptions = None if data is None or variable is None \
            else texts_of(data, variable)
        self._no_text = data is not None and variable is None
        self._rank()

    def handleNewSignals(self):
        if self.tariff is not None:
            self.commit.now()

    def _on_code_column(self, name: str):
        self.code_name = name
        self.commit.deferred()

    def input_codes(self) -> list[str]:
        """Codes of the input's rows; "" where unknown."""
        variable = self.code_combo.variable
        if self.codes_data is None or variable is None:
            return []
        return codes_of(self.codes_data, variable)

    def _tick_input(self):
        if self.tariff is not None:
            self.model.add_codes(sorted(set(self.input_codes()) - {""}))
            self._scroll_to_ticks()

    # -- output

    @gui.deferred
    def commit(self):
        clear(self.Warning.missing, self.Warning.ticked_missing, self.Warning.no_levels,
              self.Warning.nothing, self.Information.whole)
        tariff = self.tariff
        if tariff is None:
            self._send(None, None, None)
            return
        if self._absent:
            self.Warning.ticked_missing(some_of(self._absent))
        codes = {code for code in self.input_codes() if code}
        missing = missing_codes_table(self.input_codes(), tariff)
        if missing is not None:
            names = [str(code) for code in missing.get_column("code")]
            self.Warning.missing(len(names), len(codes), some_of(names))
        branches = self.model.branches()
        table = None
        if not self.levels:
            self.Warning.no_levels()
        elif branches or not self._absent:
            table = tariff_table(tariff, branches or None, self.levels)
            if table is None:
                self.Warning.nothing(" or ".join(map(str, self.levels)))
            elif not branches:
                self.Information.whole()
        self._send(table, selected_codes_table(tariff, branches), missing)

    def _send(self, table, selected, missing):
        self.Outputs.nomenclature.send(table)
        self.Outputs.selected.send(selected)
        self.Outputs.missing.send(missing)

    # -- details and report

    def _show_line(self, *_):
        number = self.model.line_of(self.view.currentIndex())
        if self.tariff is None:
            self.details.clear()
        elif number is None:
            problems = "".join(f"<li>{escape(problem)}</li>" for problem in self.tariff.problems)
            self.details.setHtml(
                "<p style='color:gray'>Choose a line to read its full text.</p>"
                + (f"<p>Problems in the table:</p><ul>{problems}</ul>" if problems else ""))
        else:
            said = marked_lines(self.page.hit_of(number), self.tariff, self.palette())
            self.details.setHtml(line_html(self.tariff, number, said))

    def send_report(self):
        tariff = self.tariff
        if tariff is None:
            return
        self.report_items("Edition", (
            ("Name", tariff.name), ("Date", of_editions(tariff) or "date not known"),
            ("Codes", len(tariff.codes)),
            ("Levels", ", ".join(map(str, self.levels)) or "none")))
        branches = self.model.branches()
        self.report_paragraph("Branches", "the whole edition" if not branches else "; ".join(
            f"{spaced(tariff.lines[n].code)} {tariff.title(n)}" for n in branches[:100]))
        ranking = self.page.ranking
        if ranking is not None:
            self.report_paragraph("Search", f"{ranking.text} – " + (", ".join(
                hit.code for hit in ranking.headings) or "nothing is ranked"))
        if tariff.problems:
            self.report_paragraph("Problems in the Table", "; ".join(tariff.problems[:100]))


if __name__ == "__main__":  # pragma: no cover
    WidgetPreview(OWNomenclature).run()
