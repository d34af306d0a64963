"""Tariff Nomenclature: browse and search an edition of the tariff, send chosen branches."""
from __future__ import annotations

import os
import threading
from dataclasses import replace
from functools import reduce
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
    QSizePolicy,
    QStyle,
    QTabWidget,
    QTextBrowser,
    QTreeView,
)
from Orange.data import Table
from Orange.widgets import gui
from Orange.widgets.settings import Setting
from Orange.widgets.utils.concurrent import TaskState
from Orange.widgets.utils.widgetpreview import WidgetPreview
from Orange.widgets.widget import Input, Output

from orangecontrib.customs.cases.table import masses_in
from orangecontrib.customs.declarations.table import default_text, texts_of
from orangecontrib.customs.files import CYRILLIC
from orangecontrib.customs.i18n import say
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
from orangecontrib.customs.widgets.utils.common.controls import (
    TickDelegate,
    auto_apply,
    choice,
    group_box,
    pile,
    push,
    splitter,
)
from orangecontrib.customs.widgets.utils.common.variables import VariableCombo, first
from orangecontrib.customs.widgets.utils.common.wording import Said, room, worded, worded_tabs
from orangecontrib.customs.widgets.utils.text.masschoice import MassChoice
from orangecontrib.customs.widgets.utils.text.masschoice import words as mass_words
from orangecontrib.customs.widgets.utils.text.tarifflines import (
    code_columns,
    line_html,
    name_of,
    of_editions,
)
from orangecontrib.customs.widgets.utils.text.tariffsearch import (
    Ranked,
    SearchPage,
    marked_lines,
    rank,
)
from orangecontrib.customs.widgets.utils.text.tarifftree import TariffModel

BUNDLED, HS, FILE = "bundled", "hs", "file"
words = room("ownomenclature")
common = room("common")
EDITIONS = {edition: words(edition) for edition in (BUNDLED, HS, FILE)}
ENCODINGS = {"": words("automatic"), "utf-8": "UTF-8", **CYRILLIC}
LEVELS = (4, 6, 8, 10)
#: Problems and codes that a message names.
NAMED = 3
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

    state.set_status(say(words("loading")))
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
               "номенклатура, designations, таможня, тариф, код, пошлина, наименование"

    graph_name = "mainArea"  # Save Image

    class Inputs:
        codes = Input("Codes", Table, doc="Codes to look up in the edition", default=True)
        descriptions = Input("Descriptions", Table,
                             doc="Descriptions of goods to find headings and codes for")
        probabilities = Input("Code Probabilities", Table,
                              doc="A row per good, P of codes, to be seen on the tariff: of "
                                  "HS Code Fusion or Predictions")

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

    class Error(CustomsWidget.Error):
        load = Said(words("load_error"))
        unexpected = Said(words("unexpected"))
        search = Said(words("search_error"))

    class Warning(CustomsWidget.Warning):
        problems = Said(words("problems"))
        cancelled = Said(words("cancelled"))
        missing = Said(words("missing"))
        ticked_missing = Said(words("ticked_missing"))
        not_ranked = Said(words("not_ranked"))
        no_text = Said(words("no_text"))
        no_codes = Said(words("no_codes"))
        no_levels = Said(words("no_levels"))
        probabilities = Said(words("probabilities"))
        nothing = Said(words("nothing"))

    class Information(CustomsWidget.Information):
        choose = Said(words("choose"))
        whole = Said(words("whole"))

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
    #: Whose probabilities are shown; "": of all goods together.
    mass_good: str = Setting("", schema_only=True)
    last_folder: str = Setting("")
    auto_commit: bool = Setting(True)

    def __init__(self):
        super().__init__()
        # settings of this widget are its own, not those of the class
        self.mapping, self.checked = dict(self.mapping), list(self.checked)
        self.levels = [level for level in LEVELS if level in self.levels]
        self.codes_data: Table | None = None
        self.descriptions: list[str] | None = None
        self.masses = None
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
        box = group_box(self.controlArea, words("edition"))
        self.edition_combo = choice(EDITIONS.items(), self.edition, self._on_edition,
                                    words("edition_tip"))
        self.edition_combo.setSizePolicy(QSizePolicy.Ignored, QSizePolicy.Fixed)
        box.layout().addWidget(self.edition_combo)
        row = QHBoxLayout()
        style = self.style()
        load = push(None, words("load"), self._choose_file, words("load_tip"),
                    icon=style.standardIcon(QStyle.SP_DirOpenIcon))
        reload = worded(push(None, "", self.load, words("reload_tip"),
                             icon=style.standardIcon(QStyle.SP_BrowserReload)),
                        accessibleName=words("reload"))
        reload.setSizePolicy(QSizePolicy.Fixed, QSizePolicy.Fixed)
        row.addWidget(load, 1)
        row.addWidget(reload)
        box.layout().addLayout(row)
        self.about = QLabel(wordWrap=True, textFormat=Qt.RichText, minimumWidth=225)
        box.layout().addWidget(self.about)

        self.file_box = group_box(self.controlArea, words("table"))
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.AllNonFixedFieldsGrow)
        form.setVerticalSpacing(3)
        self.column_combos: dict[str, QComboBox] = {}
        for role in ROLES:
            combo = QComboBox()
            combo.setSizePolicy(QSizePolicy.Ignored, QSizePolicy.Fixed)
            worded(combo, toolTip=words(f"{role}_tip"))
            combo.activated.connect(lambda _, r=role: self._on_column(r))
            self.column_combos[role] = combo
            form.addRow(worded(QLabel(), text=words(role)), combo)
        self.encoding_combo = choice(ENCODINGS.items(), self.encoding, self._on_encoding,
                                     words("encoding_tip"))
        self.encoding_combo.setSizePolicy(QSizePolicy.Ignored, QSizePolicy.Fixed)
        form.addRow(worded(QLabel(), text=words("encoding")), self.encoding_combo)
        self.date_edit = worded(QLineEdit(self.file_date), placeholderText=words("no_date"),
                                toolTip=words("date_tip"))
        self.date_edit.editingFinished.connect(self._on_date)
        form.addRow(worded(QLabel(), text=words("date")), self.date_edit)
        self.file_box.layout().addLayout(form)

        box = group_box(self.controlArea, words("levels"))
        row = QHBoxLayout()
        self.level_boxes: dict[int, QCheckBox] = {}
        for level in LEVELS:
            tick = QCheckBox(str(level), checked=level in self.levels)
            worded(tick, toolTip=words("digits_tip", n=level))
            tick.clicked.connect(self._on_level)
            self.level_boxes[level] = tick
            row.addWidget(tick)
        box.layout().addLayout(row)

        self.codes_box = group_box(self.controlArea, words("input"))
        self.code_combo = worded(VariableCombo(words("no_column")),
                                 toolTip=words("column_tip"))
        self.code_combo.chosen.connect(self._on_code_column)
        self.codes_box.layout().addWidget(self.code_combo)
        self.tick_button = push(self.codes_box, words("tick"), self._tick_input,
                                words("tick_tip"))
        self.codes_box.setEnabled(False)
        gui.rubber(self.controlArea)
        self.buttonsArea.layout().addWidget(
            self.make_cancel_button(lambda: self.ending.set(), words("stop_tip")))
        auto_apply(self.buttonsArea, self, "auto_commit")

    def _set_up_main(self):
        self.model = TariffModel(self)
        self.search = worded(QLineEdit(clearButtonEnabled=True),
                             placeholderText=words("search"), toolTip=words("search_tip"))
        # a pause after the last key, so that a long table isn't searched at each
        self._search_timer = QTimer(self, singleShot=True, interval=200)
        self._search_timer.timeout.connect(self._find)
        # a task can't begin before the one that loads has ended
        self._rank_soon = QTimer(self, singleShot=True, interval=0, timeout=self._rank)
        self.search.textChanged.connect(lambda: self._search_timer.start())
        self.found = QLabel()
        clear = push(None, words("clear"), self._clear, words("clear_tip"))
        top = QHBoxLayout()
        top.addWidget(self.search, 1)
        top.addWidget(self.found)
        top.addWidget(clear)

        self.view = QTreeView(uniformRowHeights=True, alternatingRowColors=True, indentation=16)
        self.view.setModel(self.model)
        self.view.setItemDelegateForColumn(0, TickDelegate(self.view))
        worded(self.view, accessibleName=words("tariff"))
        header = self.view.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.Stretch)
        header.resizeSection(1, 52)
        header.resizeSection(2, 130)
        self.view.selectionModel().currentChanged.connect(self._show_line)
        self.model.checks_changed.connect(self._on_ticks)
        self.details = QTextBrowser(openLinks=False)
        worded(self.details, accessibleName=words("details"))

        self.page = SearchPage()
        self.page.chosen.connect(self._reveal)
        self.mass_page = MassChoice()
        self.mass_page.chosen.connect(self._reveal)
        self.mass_page.ticked.connect(self._tick_line)
        self.mass_page.good_chosen.connect(lambda good: setattr(self, "mass_good", good))
        self.tabs = QTabWidget(documentMode=True)
        for page in (self.view, self.mass_page):
            self.tabs.addTab(page, "")
        worded_tabs(self.tabs, [mass_words("tariff"), mass_words("masses")],
                    ["", mass_words("masses_tip")])
        self.tabs.tabBar().hide()
        parts = splitter(Qt.Vertical, self.page, self.tabs, self.details, sizes=(270, 330, 130),
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
            say(words("load_title")), f"{say(words('tables'))} (*.csv *.gz *.xlsx *.txt *.tsv);;"
            f"{say(common('all_files'))} (*)", self.last_folder)
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
            self.Error.load(reason=result.error)
            self._send(None, None, None)
            return
        problems = result.tariff.problems
        if problems:
            self.Warning.problems(n=len(problems), some=first(problems, NAMED, "; "))
        self._show_tariff(result.tariff)
        self.commit.now()
        self._rank_soon.start()

    def on_exception(self, ex: Exception):
        if self.tariff is not None:     # it was a search
            if isinstance(ex, Ended):
                self.Warning.not_ranked()
            else:
                self.Error.search(reason=reason(ex))
            self.Outputs.ranked.send(None)
            return
        if isinstance(ex, LoadingCancelled):
            self.Warning.cancelled()
        elif isinstance(ex, LoadingError):
            self.Error.load(reason=str(ex))
        else:
            self.Error.unexpected(reason=reason(ex))
        self._send(None, None, None)
        self.Outputs.ranked.send(None)

    def _show_columns(self, header: list[str]):
        guessed = guess_mapping(header)
        for role, combo in self.column_combos.items():
            combo.clear()
            combo.addItem(say(words("none")), "")
            for name in header:
                combo.addItem(name, name)
            combo.setCurrentIndex(max(0, combo.findData(
                self.mapping.get(role, guessed.get(role, "")))))

    def _show_tariff(self, tariff):
        self.model.set_tariff(tariff)
        self.searching = None if tariff is None else TariffSearch(tariff)
        self.page.show_ranking(None, tariff)
        self._show_masses()
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
        editions = of_editions(tariff) or say(words("type_date"))
        number = f"{count:,}".replace(",", "\u202f")
        self.about.setText(f"<b>{escape(name_of(tariff))}</b><br>{escape(editions)}<br>"
                           + say(words("count", n=number, digits=leaves)))
        self._show_line()

    def on_language(self):
        """Another language is spoken: what is told of the edition is worded again."""
        for combo in self.column_combos.values():
            combo.setItemText(0, say(words("none")))
        self._describe()
        self.mass_page.fill()
        self._rank()

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
            worded(self.found, text="")
            self._scroll_to_ticks()
            return
        self._show_hits(self.tariff.search(query))

    def _show_hits(self, hits):
        self.model.set_hits(hits)
        worded(self.found, text=words("found", n=len(hits)))
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
        self._rank_soon.stop()  # once is enough
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

    def _reveal(self, line: int):
        """Choose a line in the tree, also one that the search hides."""
        if not self.model.shows(line):
            self.model.set_hits({*self.model.hits, line})
        self._unfold_to(line)
        index = self.model.index_of(line)
        self.view.selectionModel().setCurrentIndex(
            index, QItemSelectionModel.ClearAndSelect | QItemSelectionModel.Rows)
        self.view.scrollTo(index)

    def _tick_line(self, line: int):
        """Tick or clear a line that the tree of probabilities shows."""
        index = self.model.index_of(line)
        ticked = self.model.data(index, Qt.CheckStateRole) == Qt.Checked
        self.model.setData(index, Qt.Unchecked if ticked else Qt.Checked, Qt.CheckStateRole)

    def _show_masses(self):
        self.mass_page.show_masses(self.masses, self.tariff, self.mass_good)
        self.tabs.tabBar().setVisible(self.masses is not None)
        if self.masses is None:
            self.tabs.setCurrentIndex(0)

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

    @Inputs.probabilities
    def set_probabilities(self, data: Table | None):
        self.Warning.probabilities.clear()
        self.masses = None
        if data is not None:
            try:
                self.masses = masses_in(data)
            except ValueError as error:
                self.Warning.probabilities(reason=reason(error))
            else:
                self.Warning.probabilities(reason=words("no_probabilities"),
                                           shown=self.masses is None)
        self._show_masses()
        if self.masses is not None:
            self.tabs.setCurrentWidget(self.mass_page)

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
            self.Warning.ticked_missing(some=first(self._absent, NAMED))
        codes = {code for code in self.input_codes() if code}
        missing = missing_codes_table(self.input_codes(), tariff)
        if missing is not None:
            names = [str(code) for code in missing.get_column("code")]
            self.Warning.missing(n=len(names), all=len(codes), some=first(names, NAMED))
        branches = self.model.branches()
        table = None
        if not self.levels:
            self.Warning.no_levels()
        elif branches or not self._absent:
            table = tariff_table(tariff, branches or None, self.levels)
            if table is None:
                self.Warning.nothing(levels=reduce(
                    lambda some, level: words("or", some=some, level=level), self.levels))
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
                f"<p style='color:gray'>{escape(say(words('choose_line')))}</p>"
                + (f"<p>{escape(say(words('in_table')))}:</p><ul>{problems}</ul>"
                   if problems else ""))
        else:
            said = marked_lines(self.page.hit_of(number), self.tariff, self.palette())
            self.details.setHtml(line_html(self.tariff, number, said))

    def send_report(self):
        tariff = self.tariff
        if tariff is None:
            return
        self.report_items(say(words("edition")), (
            (say(words("report_name")), name_of(tariff)),
            (say(words("report_date")), of_editions(tariff) or say(words("no_date"))),
            (say(words("report_codes")), len(tariff.codes)),
            (say(words("levels")), ", ".join(map(str, self.levels)) or say(words("no_level")))))
        branches = self.model.branches()
        self.report_paragraph(say(words("branches")), "; ".join(
            f"{spaced(tariff.lines[n].code)} {tariff.title(n)}" for n in branches[:100])
            or say(words("everything")))
        ranking = self.page.ranking
        if ranking is not None:
            self.report_paragraph(say(words("report_search")), f"{ranking.text} – " + (
                ", ".join(hit.code for hit in ranking.headings) or say(words("not_found"))))
        if tariff.problems:
            self.report_paragraph(say(words("in_table")), "; ".join(tariff.problems[:100]))


if __name__ == "__main__":  # pragma: no cover
    WidgetPreview(OWNomenclature).run()
