"""Declarations: a file as people send it → a table that says which of its columns is which."""
from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from types import SimpleNamespace

from AnyQt.QtCore import QItemSelection, QItemSelectionModel, QSize, Qt
from AnyQt.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QLabel,
    QStackedWidget,
    QStyle,
    QTableView,
)
from Orange.data import Table
from Orange.widgets import gui
from Orange.widgets.settings import Setting
from Orange.widgets.utils.concurrent import TaskState
from orangewidget.utils.signals import Output

from orangecontrib.customs.cases.files import roles_of
from orangecontrib.customs.declarations.headings import trusted_rows
from orangecontrib.customs.declarations.table import declarations_table
from orangecontrib.customs.files import (
    CYRILLIC,
    ENDINGS,
    ROLES,
    TableFileError,
    TextTable,
    read_source,
)
from orangecontrib.customs.fusion.among import vocabulary_of
from orangecontrib.customs.groups import loaded_groups
from orangecontrib.customs.i18n import Joined, Message, Sayable, say
from orangecontrib.customs.widgets.utils.common.base import CustomsWidget, progress_of, reason
from orangecontrib.customs.widgets.utils.common.controls import (
    choice,
    grid_of,
    group_box,
    pile,
    push,
)
from orangecontrib.customs.widgets.utils.common.drops import SourceDropHandler
from orangecontrib.customs.widgets.utils.common.pathedit import PathEdit
from orangecontrib.customs.widgets.utils.common.sourcepath import SourceMixin
from orangecontrib.customs.widgets.utils.common.variables import listed
from orangecontrib.customs.widgets.utils.common.wording import Said, room, spoken, worded
from orangecontrib.customs.widgets.utils.text.rolebar import NO_COLUMN, TITLES, RoleBar
from orangecontrib.customs.widgets.utils.text.tablepreview import TablePreview

words = room("owdeclarations")

#: Names of encodings as `--encoding` takes them, and what people call them.
ENCODINGS: dict[str, Sayable] = {
    "": words("found_in_file"), "utf-8": "UTF-8", **CYRILLIC,
    "utf-16-le": "UTF-16 LE", "utf-16-be": "UTF-16 BE"}

#: A column opens with so many pixels at most; the description takes what is left, at least ...
WIDEST, NARROWEST = 260, 160

_SEPARATORS = {",": words("comma"), ";": words("semicolon"), "\t": words("tabulator"),
               "|": words("bar")}
#: Kinds of files whose letters may be in any encoding.
_ENCODED = ("csv", "tab", "json", "jsonl")


def _first(doubts: Sequence[Sayable], most: int = 3) -> list[Sayable]:
    """The first doubts, and how many more there are."""
    more = len(doubts) - most
    return [*doubts[:most], *([words("more_rows", n=more)] if more > 0 else [])]


def _lines(doubts: Sequence[Sayable]) -> Joined:
    """The first of them, a line each."""
    return Joined(tuple(_first(doubts)), "\n")


def _with_place(said: str) -> Sayable:
    """What is said, with the box that it needs."""
    return words("with_place", said=said) if re.search("name (the|its) encoding", said) else said


def _file(text: TextTable) -> list[tuple[Message, Sayable]]:
    """What a file is, for people."""
    said: list[tuple[Message, Sayable]] = [(words("kind"), words(f"kind_{text.kind}"))]
    if text.kind in _ENCODED:
        said.append((words("read_encoding"),
                     ENCODINGS.get(text.encoding, text.encoding.upper())))
    if text.kind == "csv":
        said.append((words("separator"), _SEPARATORS[text.delimiter]))
    return said + ([(words("read_sheet"), text.sheet)] if text.sheet else [])


def run(path: Path, encoding: str, sheet: str, chosen: Mapping[str, str],
        known: TextTable | None, state: TaskState) -> SimpleNamespace:
    """Read a file, unless it is `known`, and take its columns as they were chosen, or guessed."""
    state.set_status(say(words("reading")))
    progress = progress_of(state, 0, .8)
    text = known or read_source(path, encoding=encoding, sheet=sheet, progress=progress)
    progress(1.)
    taken = {role: name.strip() for role, name in chosen.items()
             if name == NO_COLUMN or name in text.columns}
    roles = roles_of(text, vocabulary_of(loaded_groups()), chosen=taken)
    rows, doubts = trusted_rows(text, roles)
    declined = {role for role, name in taken.items() if not name}
    return SimpleNamespace(
        text=text, rows=rows, doubts=doubts, roles=roles, declined=declined,
        absent=[name for role, name in chosen.items() if role not in taken],
        data=declarations_table(text, rows, roles, declined))


class OWDeclarations(SourceMixin, CustomsWidget):
    name = "Declarations"
    description = ("Read declarations from CSV, Excel, XML, JSON or Parquet, and tell which column "
                   "is which.")
    icon = "icons/Declarations.svg"
    priority = 10
    keywords = ("declarations, csv, excel, xlsx, xls, xml, json, file, import, load, графа 31, "
                "декларации, товары, открыть, таможня, тн вэд, таблица")

    class Outputs:
        data = Output("Data", Table, default=True, dynamic=False,
                      doc="A row per row of the file; codes, ids and descriptions are texts")
        selected = Output("Selected Data", Table, dynamic=False,
                          doc="The rows that are selected in the window")

    class Error(CustomsWidget.Error):
        file = Said(words("told"))
        missing = Said(words("missing"))
        empty = Said(words("empty"))
        failed = Said(words("failed"))

    class Warning(CustomsWidget.Warning):
        encoding = Said(words("told"))
        doubtful = Said(words("doubtful"))
        no_rows = Said(words("no_rows"))
        nameless = Said(words("nameless"))
        absent = Said(words("absent"))
        roles = Said(words("told"))

    class Information(CustomsWidget.Information):
        choose = Said(words("choose"))
        encoding = Said(words("told"))
        notes = Said(words("told"))
        stopped = Said(words("stopped"))

    buttons_area_orientation = Qt.Vertical
    settings_version = 1
    #: Relative to the workflow where it lies under the workflow's folder.
    path: str = Setting("", schema_only=True)
    #: Name as Python knows it; "" to find it in the file.
    encoding: str = Setting("", schema_only=True)
    #: Of a workbook; "" for the one that looks like goods.
    sheet: str = Setting("", schema_only=True)
    #: Names of the columns that were chosen; "" to guess, NO_COLUMN for none.
    description_column: str = Setting("", schema_only=True)
    good_id_column: str = Setting("", schema_only=True)
    declared_code_column: str = Setting("", schema_only=True)
    quantity_column: str = Setting("", schema_only=True)
    value_column: str = Setting("", schema_only=True)
    currency_column: str = Setting("", schema_only=True)
    weight_column: str = Setting("", schema_only=True)
    #: Numbers of the rows that are selected, from 0.
    selected_rows: list = Setting([], schema_only=True)
    #: Where the next file dialog opens.
    last_folder: str = Setting("")

    def __init__(self):
        super().__init__()
        self.read: SimpleNamespace | None = None
        self._showing = False
        self.setAcceptDrops(True)
        self._set_up_controls()
        self._set_up_main()
        self.restore_source()
        self.reload()

    # --- window

    def _set_up_controls(self):
        box = group_box(self.controlArea, words("file"))
        patterns = " ".join(f"*{ending}" for ending in ENDINGS)
        self.path_edit = PathEdit(words("file_of_declarations"), words("kinds", patterns=patterns),
                                  words("placeholder"), folder=self.start_folder)
        worded(self.path_edit.line, toolTip=words("file_tip"))
        worded(self.path_edit.button, toolTip=words("choose_tip"))
        self.path_edit.set_path(self.path)
        self.path_edit.changed.connect(self.set_source)
        box.layout().addWidget(self.path_edit)
        offered = ENCODINGS if self.encoding in ENCODINGS \
            else {**ENCODINGS, self.encoding: self.encoding}
        self.encoding_combo = choice(offered.items(), self.encoding, self._encoding_chosen,
                                     words("encoding_tip"))
        self.sheet_combo = worded(QComboBox(enabled=False), toolTip=words("sheet_tip"))
        self.sheet_combo.setSizeAdjustPolicy(QComboBox.AdjustToMinimumContentsLengthWithIcon)
        self.sheet_combo.setMinimumContentsLength(8)
        self.sheet_combo.activated.connect(self._sheet_chosen)
        grid = grid_of(((words("encoding"), self.encoding_combo),
                        (words("sheet"), self.sheet_combo)))
        grid.setColumnStretch(1, 1)
        box.layout().addLayout(grid)
        self.reload_button = push(box, words("reload"), self.reload, words("reload_tip"),
                                  icon=self.style().standardIcon(QStyle.SP_BrowserReload))

        box = group_box(self.controlArea, words("read"))
        self.read_label = QLabel(wordWrap=True, textFormat=Qt.RichText)
        self.read_label.setTextInteractionFlags(Qt.TextSelectableByMouse)
        self.read_label.setMinimumWidth(210)
        box.layout().addWidget(self.read_label)
        gui.rubber(self.controlArea)
        self.buttonsArea.layout().addWidget(self.make_cancel_button(
            self._stop, words("stop_tip")))

    def _set_up_main(self):
        self.preview = TablePreview(self)
        self.view = QTableView(
            editTriggers=QAbstractItemView.NoEditTriggers, alternatingRowColors=True,
            cornerButtonEnabled=False, wordWrap=False, tabKeyNavigation=False,
            selectionBehavior=QAbstractItemView.SelectRows,
            selectionMode=QAbstractItemView.ExtendedSelection)
        self.view.setModel(self.preview)
        worded(self.view, accessibleName=words("rows_of_file"), toolTip=words("rows_tip"))
        self.view.selectionModel().selectionChanged.connect(self._on_selection)
        self.view.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 8)
        self.view.verticalHeader().setDefaultAlignment(Qt.AlignRight | Qt.AlignVCenter)
        self.view.horizontalHeader().setDefaultAlignment(Qt.AlignLeft | Qt.AlignVCenter)
        self.view.setHorizontalScrollMode(QAbstractItemView.ScrollPerPixel)
        self.place = QLabel(wordWrap=True, alignment=Qt.AlignCenter, margin=40,
                            textFormat=Qt.PlainText)
        self.place.setTextInteractionFlags(Qt.TextSelectableByMouse)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.place)
        self.role_bar = RoleBar()
        self.role_bar.chosen.connect(self._role_chosen)
        self.role_bar.guessing.connect(self._guess_all)
        self.pages.addWidget(pile(self.role_bar, self.view))
        self.shown_label = QLabel(wordWrap=True, textFormat=Qt.PlainText)
        self.shown_label.setTextInteractionFlags(Qt.TextSelectableByMouse)
        self.mainArea.layout().addWidget(self.pages)
        self.mainArea.layout().addWidget(self.shown_label)

    def sizeHint(self):
        return QSize(900, 500)  # a screen of 1366 × 768 shows no more at first

    # --- choosing

    def show_path(self, path: str):
        self.path_edit.set_path(path)

    @staticmethod
    def fits(path: str) -> bool:
        return Path(path).is_file()  # what can't be read says why

    @classmethod
    def invites(cls, path: str) -> bool:
        return cls.fits(path) and path.lower().endswith(ENDINGS)

    def set_source(self, path):
        self.selected_rows, self.sheet = [], ""  # of another file
        super().set_source(path)

    def _sheet_chosen(self):
        if self.sheet_combo.currentData() != self.sheet:
            self.sheet, self.selected_rows = self.sheet_combo.currentData(), []
            self.reload()

    @property
    def chosen_columns(self) -> dict[str, str]:
        """Role → the column that was chosen for it, NO_COLUMN for none."""
        said = {role: getattr(self, f"{role}_column") for role in ROLES}
        return {role: name for role, name in said.items() if name}

    def _role_chosen(self, role: str, column: str):
        for other, name in self.chosen_columns.items():
            if name == column != NO_COLUMN:  # a column has one role
                setattr(self, f"{other}_column", "")
        setattr(self, f"{role}_column", column)
        self._interpret()

    def _guess_all(self):
        for role in ROLES:
            setattr(self, f"{role}_column", "")
        self._interpret()

    def _encoding_chosen(self):
        if self.encoding_combo.currentData() != self.encoding:
            self.encoding = self.encoding_combo.currentData()
            self.reload()

    # --- reading

    def reload(self):
        """Read the file again."""
        self._start(None)

    def _interpret(self):
        """Take the columns of the file that was read as they are chosen now."""
        self._start(None if self.read is None else self.read.text)

    def _start(self, known: TextTable | None):
        self.cancel()
        self.clear_messages()
        self._send(None)
        self.reload_button.setEnabled(self.source is not None)
        if self.source is None:
            self._show_nothing(self.Information.choose)
            return
        if known is None:
            self._show_text(words("reading"))
        self.start(run, self.source, self.encoding, self.sheet, self.chosen_columns, known)

    def _send(self, data: Table | None):
        self.Outputs.data.send(data)
        self._send_selected(data)

    def _send_selected(self, data: Table | None):
        rows = [row for row in self.selected_rows if data is not None and row < len(data)]
        self.Outputs.selected.send(data[rows] if rows else None)

    def _on_selection(self, *_):
        if self.read is not None and not self._showing:
            self.selected_rows = sorted(
                index.row() for index in self.view.selectionModel().selectedRows())
            self._send_selected(self.read.data)

    def _stop(self):
        self.cancel()
        self._show_nothing(self.Information.stopped)

    def on_done(self, result: SimpleNamespace):
        text = result.text
        if not any(text.columns):
            self._show_nothing(self.Error.empty, path=text.name)
            return
        self._show(result)
        if text.note:
            said = self.Warning if self.encoding else self.Information
            said.encoding(said=_with_place(text.note))
        if text.notes:
            self.Information.notes(said=_lines(text.notes))
        self.Warning.nameless(shown="" in text.columns[:text.width])
        self.Warning.no_rows(shown=not text.rows)
        if result.doubts:
            self.Warning.doubtful(n=len(result.doubts), total=len(text.rows),
                                  doubts=_lines(result.doubts))
        if result.absent:
            self.Warning.absent(columns=listed(result.absent))
        if result.roles.remarks:
            self.Warning.roles(said=_lines(result.roles.remarks))
        self._send(result.data)

    def on_exception(self, ex: Exception):
        if self.sheet:  # perhaps it is gone: another one can be chosen
            self._offer_sheets([self.sheet])
        if isinstance(ex, TableFileError):
            self._show_nothing(self.Error.file, said=_with_place(str(ex)))
        elif isinstance(ex, OSError):
            self._show_nothing(self.Error.missing, path=self.source,
                               reason=ex.strerror or str(ex))
        else:
            self._show_nothing(self.Error.failed, reason=reason(ex))

    def on_language(self):
        """Another language is spoken: what was read is described again, and why rows can't be
        trusted."""
        read = self.read
        if read is None:
            return
        self._describe(read)
        if read.doubts:
            read.data = declarations_table(read.text, read.rows, read.roles, read.declined)
            self._send(read.data)

    def on_room(self):
        if self.read is not None:
            self._fit_columns(self.read)

    def resizeEvent(self, event):
        super().resizeEvent(event)
        self.on_room()

    # --- showing

    def _show_nothing(self, message, **details):
        """Say why nothing is sent, where the rows would be as well."""
        message(**details)
        self._show_text(Message.of(message.message.id, **details))

    def _show_text(self, text: Message):
        self.read = None
        self.preview.set_rows((), ())
        worded(self.place, text=text)
        self.pages.setCurrentWidget(self.place)
        worded(self.read_label, text=words("nothing_yet"))
        self.shown_label.hide()

    def _show(self, result: SimpleNamespace):
        self.read = result
        self.pages.setCurrentIndex(1)
        text, domain = result.text, result.data.domain
        names = [name for name in text.columns if name]
        self._showing = True
        try:
            self.preview.set_rows(
                result.rows, [domain[name] for name in names],
                {column: TITLES[role] for role, column in result.roles.columns.items()}
                | dict.fromkeys(result.roles.statements, TITLES["description"]))
            self._select(self.selected_rows)
        finally:
            self._showing = False
        self.role_bar.show_roles(names, result.roles, self.chosen_columns)
        self._show_sheets(text)
        self.encoding_combo.setEnabled(text.kind in _ENCODED)
        self._fit_columns(result)
        self._describe(result)

    def _fit_columns(self, result: SimpleNamespace):
        """Columns are as wide as what they hold and are taken for, up to a limit."""
        header = self.view.horizontalHeader()
        names = [name for name in result.text.columns if name]
        for column in range(self.preview.columnCount()):
            wanted = max(self.view.sizeHintForColumn(column), header.sectionSizeHint(column))
            self.view.setColumnWidth(column, min(WIDEST, wanted + 6))
        if (name := result.roles["description"]) in names:
            column, left = names.index(name), self.view.viewport().width() - header.length()
            self.view.setColumnWidth(column, max(NARROWEST, self.view.columnWidth(column) + left))

    def _describe(self, result: SimpleNamespace):
        """Beside the rows: what was read; below them: what can't be trusted."""
        worded(self.read_label, text=Joined(tuple(self._described(result)), "<br>"))
        self.shown_label.setText("\n".join(f"⚠ {say(doubt)}" for doubt in _first(result.doubts)))
        self.shown_label.setVisible(bool(result.doubts))

    def _select(self, rows: Sequence[int]):
        selection = QItemSelection()
        for row in rows:
            if row < self.preview.rowCount():
                index = self.preview.index(row, 0)
                selection.select(index, index)
        self.view.selectionModel().select(
            selection, QItemSelectionModel.ClearAndSelect | QItemSelectionModel.Rows)

    def _show_sheets(self, text: TextTable):
        if len(text.sheets) > 1:
            self._offer_sheets(text.sheets)
        else:
            self.sheet_combo.clear()
            self.sheet_combo.addItem(text.sheet, "")
            self.sheet_combo.setEnabled(False)

    @staticmethod
    def _say_own(combo: QComboBox):
        if combo.count() > 1 or not combo.itemText(0):
            combo.setItemText(0, say(words("looks_like_goods")))

    def _offer_sheets(self, sheets: Sequence[str]):
        self.sheet_combo.clear()
        self.sheet_combo.addItem("", "")
        spoken(self.sheet_combo, "own", OWDeclarations._say_own)
        for sheet in sheets:
            self.sheet_combo.addItem(sheet, sheet)
        self.sheet_combo.setCurrentIndex(max(0, self.sheet_combo.findData(self.sheet)))
        self.sheet_combo.setEnabled(True)

    @staticmethod
    def _described(result: SimpleNamespace) -> list[Sayable]:
        text, data = result.text, result.data
        numbers = [v.name for v in data.domain.attributes]
        lines: list[Sayable] = [
            words("size", rows=len(data), columns=len(data.domain.attributes + data.domain.metas)),
            *(Joined((name, escape(value) if isinstance(value, str) else value), ": ")
              for name, value in _file(text)),
            Joined((words("numbers"), _escaped(numbers) if numbers else words("none")), ": ")]
        if len(text.rows) > len(data):
            lines.append(words("left_out", n=len(text.rows) - len(data)))
        if result.roles.statements:
            lines.append(words("added", columns=_escaped(list(result.roles.statements))))
        return lines

    def send_report(self):
        if self.read is None:
            return
        text, data, roles = self.read.text, self.read.data, self.read.roles
        numbers = ", ".join(v.name for v in data.domain.attributes)
        self.report_items(say(words("file")), [(say(name), say(value)) for name, value in (
            (words("path"), text.name), *_file(text), (words("rows"), str(len(data))),
            (words("columns"), ", ".join(filter(None, text.columns))),
            (words("numbers"), numbers or words("none")))])
        self.report_items(say(words("taken_for")), [
            (say(TITLES[role]), f"{column} "
             f"({say(roles.reasons.get(role, words('specification')))})")
            for role, column in roles.columns.items()])
        if self.read.doubts:
            self.report_items(say(words("doubtful_rows")),
                              [("", say(doubt)) for doubt in self.read.doubts])


def _escaped(names: Sequence[str]) -> Joined:
    return listed([escape(name) for name in names])


class OWDeclarationsDropHandler(SourceDropHandler):
    WIDGET = OWDeclarations


if __name__ == "__main__":  # pragma: no cover
    import sys

    from Orange.widgets.utils.widgetpreview import WidgetPreview

    WidgetPreview(OWDeclarations).run(set_source=sys.argv[1] if len(sys.argv) > 1 else "")
