"""Declarations: a text table as people send it → a table in which codes stay what they are."""
from __future__ import annotations

import re
from html import escape
from pathlib import Path
from types import SimpleNamespace

from AnyQt.QtCore import QSize, Qt
from AnyQt.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFormLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QStyle,
    QTableView,
)
from Orange.data import Table
from Orange.widgets import gui
from Orange.widgets.settings import Setting
from Orange.widgets.utils.concurrent import ConcurrentWidgetMixin, TaskState
from Orange.widgets.widget import Msg, OWWidget
from orangewidget.utils.signals import Output

from orangecontrib.customs.declarations.headings import trusted_rows
from orangecontrib.customs.declarations.table import declarations_table
from orangecontrib.customs.files import CYRILLIC, TableFileError, read_table
from orangecontrib.customs.widgets.utils import language
from orangecontrib.customs.widgets.utils.pathedit import PathEdit
from orangecontrib.customs.widgets.utils.sourcepath import SourceMixin
from orangecontrib.customs.widgets.utils.tablepreview import TablePreview
from orangecontrib.customs.widgets.utils.variables import listed

#: Names of encodings as `--encoding` takes them, and what people call them.
ENCODINGS = {"": "(found in the file)", "utf-8": "UTF-8", **CYRILLIC,
             "utf-16-le": "UTF-16 LE", "utf-16-be": "UTF-16 BE"}

#: Endings of the files that the dialog offers.
ENDINGS = (".csv", ".tsv", ".tab", ".txt")

_SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab"}


def _first(doubts: list[str], most: int = 3) -> list[str]:
    """The first doubts, and how many more there are."""
    more = len(doubts) - most
    return doubts[:most] + ([f"and {more:,} more rows"] if more > 0 else [])


def _with_place(message: str) -> str:
    """A message, with the box that it needs."""
    return f"{message} (under Encoding)" if re.search("name (the|its) encoding", message) \
        else message


class Stopped(Exception):
    """The user has stopped the reading."""


def run(path: Path, encoding: str, state: TaskState) -> SimpleNamespace:
    """Read a file: the text table, the rows that are sent, what is doubtful, Orange's table."""
    state.set_status("Reading…")

    def progress(share: float):
        if state.is_interruption_requested():
            raise Stopped
        state.set_progress_value(90 * share)

    text = read_table(path, encoding, progress)
    rows, doubts = trusted_rows(text)
    progress(1.)
    return SimpleNamespace(text=text, rows=rows, doubts=doubts,
                           data=declarations_table(text, rows))


class OWDeclarations(SourceMixin, OWWidget, ConcurrentWidgetMixin):
    name = "Declarations"
    description = "Read declarations from a CSV in any Russian encoding; codes stay texts."
    icon = "icons/Declarations.svg"
    priority = 35
    keywords = "declarations, csv, file, import, load, графа 31, декларации, товары, открыть"

    class Outputs:
        data = Output("Data", Table, default=True, dynamic=False,
                      doc="A row per row of the file; codes, ids and descriptions are texts")

    class Error(OWWidget.Error):
        file = Msg("{}")
        missing = Msg("{}: {}. Choose the file anew, or put it back and press Reload.")
        empty = Msg("{} is empty: its first row must hold the names of the columns.")
        failed = Msg("Reading the file failed: {}")

    class Warning(OWWidget.Warning):
        encoding = Msg("{}")
        doubtful = Msg("{} of {} rows can't be trusted: {}")
        no_rows = Msg("There are no rows below the names of the columns.")
        nameless = Msg("A column without a name is left out; name it in the first row.")

    class Information(OWWidget.Information):
        choose = Msg("Choose a CSV file with a row per good, or drop it here; its first row holds "
                     "the names of the columns.")
        encoding = Msg("{}")
        stopped = Msg("Stopped; nothing is sent. Press Reload to read the file.")

    buttons_area_orientation = Qt.Vertical
    settings_version = 1
    #: Relative to the workflow where it lies under the workflow's folder.
    path: str = Setting("", schema_only=True)
    #: Name as Python knows it; "" to find it in the file.
    encoding: str = Setting("", schema_only=True)
    #: Where the next file dialog opens.
    last_folder: str = Setting("")

    def __init__(self):
        OWWidget.__init__(self)
        ConcurrentWidgetMixin.__init__(self)
        self.read: SimpleNamespace | None = None
        self.setAcceptDrops(True)
        self._set_up_controls()
        self._set_up_main()
        self.restore_source()
        self.reload()
        language.changed.happened.connect(self._on_language)

    # --- window

    def _set_up_controls(self):
        box = gui.vBox(self.controlArea, "File")
        patterns = " ".join(f"*{ending}" for ending in ENDINGS)
        self.path_edit = PathEdit("File of declarations",
                                  f"Text tables ({patterns});;All files (*)",
                                  "CSV file", folder=self.start_folder)
        self.path_edit.line.setToolTip(
            "A text table separated by comma, semicolon or tab, with the names of its columns "
            "in the\nfirst row. A path under the workflow's folder is kept relative to it, so "
            "that the\nworkflow can be moved.")
        self.path_edit.button.setToolTip("Choose a file")
        self.path_edit.set_path(self.path)
        self.path_edit.changed.connect(self.set_source)
        box.layout().addWidget(self.path_edit)
        form = QFormLayout()
        form.setContentsMargins(0, 0, 0, 0)
        self.encoding_combo = QComboBox()
        self.encoding_combo.setToolTip(
            "How the letters are written. UTF-8 says so itself; the others are told apart by\n"
            "the letters, and the widget says which one it took")
        offered = ENCODINGS if self.encoding in ENCODINGS \
            else {**ENCODINGS, self.encoding: self.encoding}
        for name, title in offered.items():
            self.encoding_combo.addItem(title, name)
        self.encoding_combo.setCurrentIndex(self.encoding_combo.findData(self.encoding))
        self.encoding_combo.activated.connect(self._encoding_chosen)
        form.addRow("Encoding:", self.encoding_combo)
        box.layout().addLayout(form)
        self.reload_button = QPushButton(
            self.style().standardIcon(QStyle.SP_BrowserReload), "&Reload", autoDefault=False,
            clicked=self.reload)
        self.reload_button.setToolTip("Read the file again, after it has changed")
        box.layout().addWidget(self.reload_button)

        box = gui.vBox(self.controlArea, "Read")
        self.read_label = QLabel(wordWrap=True, textFormat=Qt.RichText)
        self.read_label.setTextInteractionFlags(Qt.TextSelectableByMouse)
        self.read_label.setMinimumWidth(210)
        box.layout().addWidget(self.read_label)
        gui.rubber(self.controlArea)
        self.stop_button = QPushButton("&Stop", autoDefault=False, enabled=False,
                                       clicked=self._stop)
        self.stop_button.setToolTip("Stop reading; nothing is sent")
        self.buttonsArea.layout().addWidget(self.stop_button)

    def _set_up_main(self):
        self.preview = TablePreview(self)
        self.view = QTableView(
            editTriggers=QAbstractItemView.NoEditTriggers, alternatingRowColors=True,
            cornerButtonEnabled=False, wordWrap=False, tabKeyNavigation=False)
        self.view.setModel(self.preview)
        self.view.setAccessibleName("First rows of the file")
        self.view.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 8)
        self.view.verticalHeader().setDefaultAlignment(Qt.AlignRight | Qt.AlignVCenter)
        self.view.horizontalHeader().setDefaultAlignment(Qt.AlignLeft | Qt.AlignVCenter)
        self.view.setHorizontalScrollMode(QAbstractItemView.ScrollPerPixel)
        self.place = QLabel(wordWrap=True, alignment=Qt.AlignCenter, margin=40,
                            textFormat=Qt.PlainText)
        self.place.setTextInteractionFlags(Qt.TextSelectableByMouse)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.place)
        self.pages.addWidget(self.view)
        self.shown_label = QLabel(wordWrap=True, textFormat=Qt.PlainText)
        self.shown_label.setTextInteractionFlags(Qt.TextSelectableByMouse)
        self.mainArea.layout().addWidget(self.pages)
        self.mainArea.layout().addWidget(self.shown_label)

    def sizeHint(self):
        return QSize(900, 500)

    # --- choosing

    def show_path(self, path: str):
        self.path_edit.set_path(path)

    @staticmethod
    def fits(path: str) -> bool:
        return Path(path).is_file()  # what can't be read says why

    def _encoding_chosen(self):
        if self.encoding_combo.currentData() != self.encoding:
            self.encoding = self.encoding_combo.currentData()
            self.reload()

    # --- reading

    def reload(self):
        """Read the file again."""
        self.cancel()
        self.clear_messages()
        self.Outputs.data.send(None)
        self.reload_button.setEnabled(self.source is not None)
        self.stop_button.setEnabled(self.source is not None)
        if self.source is None:
            self._show_nothing(self.Information.choose)
        else:
            self._show_text("Reading…")
            self.start(run, self.source, self.encoding)

    def _stop(self):
        self.cancel()
        self.stop_button.setEnabled(False)
        self._show_nothing(self.Information.stopped)

    def on_partial_result(self, _):
        """The reading reports progress only."""

    def on_done(self, result: SimpleNamespace):
        self.stop_button.setEnabled(False)
        text = result.text
        if not any(text.columns):
            self._show_nothing(self.Error.empty, text.name)
            return
        self._show(result)
        if text.note:
            said = self.Warning if self.encoding else self.Information
            said.encoding(_with_place(text.note))
        self.Warning.nameless(shown="" in text.columns[:text.width])
        self.Warning.no_rows(shown=not text.rows)
        if result.doubts:
            self.Warning.doubtful(f"{len(result.doubts):,}", f"{len(text.rows):,}",
                                  "\n".join(_first(result.doubts)))
        self.Outputs.data.send(result.data)

    def on_exception(self, ex: Exception):
        self.stop_button.setEnabled(False)
        if isinstance(ex, TableFileError):
            self._show_nothing(self.Error.file, _with_place(str(ex)))
        elif isinstance(ex, OSError):
            self._show_nothing(self.Error.missing, self.source, ex.strerror or str(ex))
        else:
            self._show_nothing(self.Error.failed, str(ex) or type(ex).__name__)

    def _on_language(self):
        """Another language is spoken: why rows can't be trusted is worded again."""
        if self.read is not None and self.read.doubts:
            self.read.data = declarations_table(self.read.text, self.read.rows)
            self.Outputs.data.send(self.read.data)

    # --- showing

    def _show_nothing(self, message, *details):
        """Say why nothing is sent, where the rows would be as well."""
        message(*details)
        self._show_text(str(message))

    def _show_text(self, text: str):
        self.read = None
        self.preview.set_rows((), ())
        self.place.setText(text)
        self.pages.setCurrentWidget(self.place)
        self.read_label.setText("Nothing yet")
        self.shown_label.hide()

    def _show(self, result: SimpleNamespace):
        self.read = result
        self.pages.setCurrentWidget(self.view)
        text, domain = result.text, result.data.domain
        self.preview.set_rows(result.rows, [domain[name] for name in text.columns if name])
        header = self.view.horizontalHeader()
        for column in range(self.preview.columnCount()):
            wanted = max(self.view.sizeHintForColumn(column), header.sectionSizeHint(column))
            self.view.setColumnWidth(column, min(260, wanted + 8))
        self.read_label.setText("<br>".join(self._described(result)))
        shown = self.preview.rowCount()
        said = [f"⚠ {doubt}" for doubt in _first(result.doubts)]
        if shown < len(result.rows):
            said.insert(0, f"The first {shown:,} of {len(result.rows):,} rows are shown.")
        self.shown_label.setText("\n".join(said))
        self.shown_label.setVisible(bool(said))

    @staticmethod
    def _described(result: SimpleNamespace) -> list[str]:
        text, data = result.text, result.data
        encoding = ENCODINGS.get(text.encoding, text.encoding.upper())
        numbers = escape(listed([v.name for v in data.domain.attributes]))
        lines = [f"<b>{len(data):,}</b> rows, "
                 f"<b>{len(data.domain.attributes) + len(data.domain.metas)}</b> columns",
                 f"Encoding: {escape(encoding)}",
                 f"Separator: {_SEPARATORS[text.delimiter]}",
                 f"Numbers: {numbers or 'none'}"]
        if len(text.rows) > len(data):
            lines.append(f"{len(text.rows) - len(data):,} rows left out")
        return lines

    def send_report(self):
        if self.read is None:
            return
        text, data = self.read.text, self.read.data
        self.report_items("File", [
            ("Path", text.name), ("Encoding", text.encoding),
            ("Separator", _SEPARATORS[text.delimiter]), ("Rows", len(data)),
            ("Columns", ", ".join(filter(None, text.columns))),
            ("Numbers", ", ".join(v.name for v in data.domain.attributes) or "none")])
        if self.read.doubts:
            self.report_items("Doubtful rows", [("", doubt) for doubt in self.read.doubts])

    def onDeleteWidget(self):
        language.changed.happened.disconnect(self._on_language)
        self.shutdown()
        super().onDeleteWidget()


if __name__ == "__main__":  # pragma: no cover
    import sys

    from Orange.widgets.utils.widgetpreview import WidgetPreview

    WidgetPreview(OWDeclarations).run(set_source=sys.argv[1] if len(sys.argv) > 1 else "")
