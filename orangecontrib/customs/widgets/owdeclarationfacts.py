"""Declaration Facts: описание товара (графа 31) → evidence on the facts of the tariff."""
from __future__ import annotations

import itertools
import threading
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from types import SimpleNamespace

from AnyQt.QtCore import QSize, Qt
from AnyQt.QtGui import QColor, QTextCharFormat, QTextCursor
from AnyQt.QtWidgets import (
    QHeaderView,
    QLabel,
    QLineEdit,
    QTabWidget,
    QTextBrowser,
    QTreeWidget,
    QTreeWidgetItem,
)
from Orange.data import StringVariable, Table
from Orange.widgets import gui
from Orange.widgets.settings import Setting
from Orange.widgets.utils.annotated_data import ANNOTATED_DATA_SIGNAL_NAME
from Orange.widgets.utils.concurrent import TaskState
from Orange.widgets.utils.widgetpreview import WidgetPreview
from Orange.widgets.widget import Input, Msg, Output, OWWidget

from orangecontrib.customs.cases.lines import lines_in
from orangecontrib.customs.declarations import (
    EMPTY,
    STATED,
    FactReader,
    GroupsReader,
    Reading,
)
from orangecontrib.customs.declarations.stages import Stages
from orangecontrib.customs.declarations.table import (
    default_text,
    facts_table,
    holds_ids,
    names_of,
    rows_of_goods,
    text_candidates,
    texts_of,
)
from orangecontrib.customs.fusion.colours import FACT_COLOURS, pale
from orangecontrib.customs.fusion.table import default_key, key_candidates, keys_of
from orangecontrib.customs.i18n import Sayable, say
from orangecontrib.customs.widgets.utils.common.base import CustomsWidget, clear, reason
from orangecontrib.customs.widgets.utils.common.controls import pile, splitter
from orangecontrib.customs.widgets.utils.common.escaping import as_written
from orangecontrib.customs.widgets.utils.common.goodslist import Column, GoodsList, report_rows
from orangecontrib.customs.widgets.utils.common.selecting import send_selection
from orangecontrib.customs.widgets.utils.common.variables import VariableCombo

#: Descriptions read between two looks at the Cancel button.
STEP = 50


@lru_cache(maxsize=1)
def reader() -> GroupsReader:
    """The reader of the loaded groups; their patterns are compiled once."""
    return GroupsReader()


class _Known:
    """A reader that answers from readings made before."""

    def __init__(self, made_by: GroupsReader, readings: dict[str, Reading]):
        self.priors, self.vocabulary = made_by.priors, made_by.vocabulary
        self.spoken, self.evidence = made_by.spoken, made_by.evidence
        self.read = readings.__getitem__


@dataclass(frozen=True)
class Good:
    """A line of the goods list."""

    key: str
    text: str
    facts: int | None        #: None: not read
    problems: tuple[Sayable, ...]


def run(data: Table, text_name: str, key_name: str, stop: threading.Event,
        state: TaskState) -> SimpleNamespace:
    """Read all descriptions; a set `stop` ends it with the rows that were read."""
    texts = texts_of(data, data.domain[text_name])
    key = data.domain[key_name] if key_name else None
    keys, remarks = keys_of(data, key)
    made_by, readings, done = reader(), {}, len(texts)
    state.set_status("Reading…")
    for number, text in enumerate(texts):
        if number % STEP == 0:
            if state.is_interruption_requested() or stop.is_set():
                done = number
                break
            state.set_progress_value(95 * number / len(texts))
        if text not in readings:
            readings[text] = made_by.read(text)
    state.set_status("Writing…")
    facts, skipped = facts_table(data[:done], text_name, _Known(made_by, readings), key)
    facts.name = f"{data.name} (facts)" if data.name else "Facts"
    lines = dict(zip(readings, lines_in(list(readings.values()), made_by)))
    goods = []
    for number, (name, text) in enumerate(zip(keys, texts)):
        if number < done and text.strip():
            reading = readings[text]
            goods.append(Good(name, text, len({f.fact for f in reading.findings}),
                              (*lines[text], *reading.problems)))
        else:
            reason = "not read: cancelled" if text.strip() else EMPTY
            goods.append(Good(name, text, None, (reason,)))
    return SimpleNamespace(facts=facts, skipped=skipped, goods=goods, done=done,
                           total=len(texts), remarks=remarks)


def _columns() -> list[Column]:
    problems_of = lambda good: "\n".join(map(str, good.problems))  # noqa: E731
    return [
        Column("Good", lambda g: g.key),
        Column("Facts", lambda g: "–" if g.facts is None else str(g.facts),
               lambda g: -1 if g.facts is None else g.facts, right=True,
               header_tooltip="How many facts the description speaks of"),
        Column("⚠", lambda g: "⚠" if g.problems else "", lambda g: -len(g.problems),
               colour=lambda g: "#c0392b", tooltip=problems_of,
               header_tooltip="What is unclear or contradictory in the description"),
        Column("Description", lambda g: " ".join(g.text.split()),
               tooltip=lambda g: g.text[:600]),
    ]


class OWDeclarationFacts(CustomsWidget):
    name = "Declaration Facts"
    description = "Read the facts on which the tariff decides from declaration text (графа 31)."
    icon = "icons/DeclarationFacts.svg"
    priority = 40
    keywords = "declaration facts, description, графа 31, описание товара, text, footwear, HS"

    graph_name = "mainArea"  # Save Image

    class Inputs:
        data = Input("Data", Table, doc="Goods with their descriptions, a row per good")

    class Outputs:
        facts = Output("Facts", Table, default=True,
                       doc="A row per good: P of each value of each fact, from the text; unknown "
                           "without a description")
        skipped = Output("Skipped Declarations", Table,
                         doc="Goods without a description, with the reason")
        selected = Output("Selected Facts", Table, dynamic=False,
                          doc="The rows of Facts of the selected goods")
        annotated = Output(ANNOTATED_DATA_SIGNAL_NAME, Table, dynamic=False,
                           doc="All rows of Facts, and which of them are selected")

    class Error(OWWidget.Error):
        no_text = Msg("No column looks like descriptions of goods: choose one, or name it "
                      "“description”.")
        failed = Msg("The descriptions can't be read: {}")

    class Warning(OWWidget.Warning):
        skipped = Msg("{} without a description; see Skipped Declarations.")
        cancelled = Msg("Cancelled: {} of {} descriptions were read; the rest is left out.")
        keys = Msg("Ids of goods: {}")
        ids = Msg("“{}” is read as description, but holds ids or codes: choose another column.")

    class Information(OWWidget.Information):
        no_key = Msg("No column holds the goods' ids; rows are numbered instead.")

    buttons_area_orientation = Qt.Vertical
    settings_version = 1
    text_name: str = Setting("", schema_only=True)
    key_name: str = Setting("", schema_only=True)
    selected_row: int = Setting(0, schema_only=True)
    auto_commit: bool = Setting(True)

    def __init__(self):
        super().__init__()
        self.data: Table | None = None
        self.facts: Table | None = None
        self.goods: list[Good] = []
        self._empty = False     # the data have no columns at all
        self.stages: list[tuple[FactReader, Stages]] = []
        self.reading: Reading | None = None
        self._restored_row = self.selected_row
        self._set_up_controls()
        self._set_up_main()
        self._show_reading(None)

    # -- layout

    def _set_up_controls(self):
        box = gui.vBox(self.controlArea, "Columns")
        box.layout().addWidget(QLabel("Description:"))
        self.text_combo = VariableCombo("(no text column)")
        self.text_combo.setToolTip("Column with the description of the goods (графа 31)")
        self.text_combo.chosen.connect(self._on_text_chosen)
        box.layout().addWidget(self.text_combo)
        box.layout().addWidget(QLabel("Good's id:"))
        self.key_combo = VariableCombo("(row number)")
        self.key_combo.setToolTip("Column by which HS Code Fusion matches text and photos")
        self.key_combo.chosen.connect(self._on_key_chosen)
        box.layout().addWidget(self.key_combo)
        gui.rubber(self.controlArea)
        self.buttonsArea.layout().addWidget(self.make_cancel_button(
            lambda: self.ending.set(), "Stop reading; the descriptions read so far are sent"))
        gui.auto_commit(self.buttonsArea, self, "auto_commit", "Read")

    def _set_up_main(self):
        self.list = GoodsList(_columns(), multiple=True)
        self.list.chosen.connect(self._on_chosen)
        self.list.selected.connect(self._send_selected)

        self.trial = QLineEdit(clearButtonEnabled=True, placeholderText=(
            "Type or paste a description to try it…"))
        self.trial.setToolTip("Read a single description without data; it is not sent on")
        self.trial.textChanged.connect(self._on_trial)
        self.text_view = QTextBrowser(openLinks=False)
        self.text_view.setToolTip("Point at a coloured span to see what is read there")
        self.table = QTreeWidget(rootIsDecorated=False, alternatingRowColors=True,
                                 uniformRowHeights=True)
        self.table.setHeaderLabels(["Fact", "Value", "Said by", "Strength", "How"])
        self.table.setHorizontalScrollBarPolicy(Qt.ScrollBarAlwaysOff)
        self.table.headerItem().setToolTip(0, "The colours are those of the spans above")
        self.table.headerItem().setToolTip(3, (
            "How many times as often such words stand where it holds as where it does not"))
        self.table.headerItem().setToolTip(
            4, "Stated outright, or implied by a noun, a size or a trade word")
        self.table.currentItemChanged.connect(self._on_finding)
        header = self.table.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(2, QHeaderView.Stretch)
        self.stages_view = QTextBrowser(openLinks=False)
        self.stages_view.setToolTip("What each stage of reading made of the text, in their order")
        self.tabs = QTabWidget(documentMode=True)
        self.tabs.addTab(self.table, "Facts")
        self.tabs.addTab(self.stages_view, "Stages")
        self.tabs.setTabToolTip(1, "How the text was read, stage by stage")
        self.problems = QLabel(wordWrap=True, textFormat=Qt.RichText)
        self.problems.setTextInteractionFlags(Qt.TextSelectableByMouse)

        vertical = splitter(Qt.Vertical, pile(self.trial, self.text_view, spacing=4),
                            pile(self.tabs, self.problems, spacing=4), stretch=(2, 3))
        self.splitter = splitter(Qt.Horizontal, self.list, pile(vertical, spacing=4),
                                 sizes=(215, 485), stretch=(2, 3))
        self.mainArea.layout().addWidget(self.splitter)

    def sizeHint(self):
        return QSize(980, 620)

    # -- input

    @Inputs.data
    def set_data(self, data: Table | None):
        self.data = data if data is not None and len(data.domain.variables
                                                     + data.domain.metas) else None
        self._empty = data is not None and self.data is None
        self._set_combos()

    def _set_combos(self):
        if self.data is None:
            self.text_combo.set_variables((), "", None)
            self.key_combo.set_variables((), "", None)
            return
        self.text_combo.set_variables(text_candidates(self.data), self.text_name,
                                      default_text(self.data))
        keys = [v for v in key_candidates(self.data) if v is not self.text_combo.variable]
        default = default_key(self.data)
        self.key_combo.set_variables(keys, self.key_name,
                                     default if default in keys else None)

    def handleNewSignals(self):
        self.commit.now()

    def _on_text_chosen(self, name: str):
        self.text_name = name
        self._set_combos()
        self.commit.deferred()

    def _on_key_chosen(self, name: str):
        self.key_name = name
        self.commit.deferred()

    def on_language(self):
        """Another language is spoken: what is shown and sent is worded again."""
        self._on_trial(self.trial.text())
        self.commit.deferred()

    # -- work

    @gui.deferred
    def commit(self):
        self.cancel()
        clear(self.Error, self.Warning, self.Information)
        text, key = self.text_combo.variable, self.key_combo.variable
        if self.data is None or text is None:
            self.Error.no_text(shown=self.data is not None or self._empty)
            self._show_goods([])
            self._send(None, None)
            return
        self.Information.no_key(shown=key is None)
        if not text.is_continuous and holds_ids(self.data, text):
            self.Warning.ids(text.name)
        self.begin(run, self.data, text.name, "" if key is None else key.name)

    def on_done(self, result: SimpleNamespace):
        if result.done < result.total:
            self.Warning.cancelled(result.done, result.total)
        if result.skipped is not None:
            count = len(result.skipped)
            self.Warning.skipped("1 good" if count == 1 else f"{count} goods")
        if result.remarks:
            more = f" and {len(result.remarks) - 2} more" if len(result.remarks) > 2 else ""
            self.Warning.keys("; ".join(result.remarks[:2]) + more)
        self._show_goods(result.goods)
        self._send(result.facts, result.skipped)

    def on_exception(self, ex: Exception):
        self.Error.failed(reason(ex))
        self._show_goods([])
        self._send(None, None)

    def _send(self, facts: Table | None, skipped: Table | None):
        self.Outputs.facts.send(facts)
        self.Outputs.skipped.send(skipped)
        self.facts = facts
        self._send_selected()

    def _send_selected(self):
        rows = () if self.facts is None else rows_of_goods(
            self.facts, [good.key for good in self.goods], self.list.rows)
        send_selection(self.Outputs, self.facts, rows)

    # -- show

    def _show_goods(self, goods: list[Good]):
        self.goods = goods
        self.list.set_rows(goods, self._restored_row)
        if goods:
            self._restored_row = None
        self._show_selected()

    def _on_chosen(self, row: int):
        self.selected_row = row
        if self.trial.text():
            self.trial.clear()
        else:
            self._show_selected()

    def _on_trial(self, text: str):
        if text.strip():
            self._show_reading(text)
        else:
            self._show_selected()

    def _show_selected(self):
        if self.trial.text().strip():
            return
        row = self.list.row
        self._show_reading(self.goods[row].text if 0 <= row < len(self.goods) else None)

    def _show_reading(self, text: str | None):
        stages = reader().stages(text) if text is not None else []
        self.stages = reader().speaking(stages)
        self.reading = reading = reader().reading(stages) if stages else None
        self.table.clear()
        self.text_view.clear()
        if reading is None:
            self.text_view.setPlaceholderText(
                "Connect data with descriptions of goods, or try one above.")
        else:
            self._show_text(reading)
            self._show_findings(reading)
        self.stages_view.setHtml(stages_html(self.stages))
        problems = (*lines_in([reading], reader())[0], *reading.problems) if reading else ()
        self.problems.setText("<br>".join(
            f"<span style='color:#c0392b'>⚠ {escape(words)}</span>"
            for words in map(str, problems)))
        self.problems.setVisible(bool(problems))

    def _show_text(self, reading: Reading):
        """The description in pieces: a colour per fact, a tooltip with what was read."""
        text = reading.description
        cuts = sorted({0, len(text), *(min(f.start, len(text)) for f in reading.findings),
                       *(min(f.end, len(text)) for f in reading.findings)})
        cursor = QTextCursor(self.text_view.document())
        for start, end in itertools.pairwise(cuts):
            here = [f for f in reading.findings if f.start <= start and end <= f.end]
            style = QTextCharFormat()
            if here:
                # the shortest span on top, as it says most exactly what was read
                top = min(here, key=lambda f: (f.end - f.start, f.kind != STATED))
                style.setBackground(QColor(pale(FACT_COLOURS[top.fact])))
                style.setForeground(QColor("#222222"))
                if len({f.fact for f in here}) > 1:
                    style.setUnderlineStyle(QTextCharFormat.SingleUnderline)
                    other = next(f for f in here if f.fact != top.fact)
                    style.setUnderlineColor(QColor(FACT_COLOURS[other.fact]))
                style.setToolTip(as_written("\n".join(_one_line(f) for f in here)))
            cursor.insertText(text[start:end], style)
        self.text_view.moveCursor(QTextCursor.Start)

    def _show_findings(self, reading: Reading):
        vocabulary = reader().vocabulary
        for number, finding in enumerate(reading.findings):
            how = "stated" if finding.kind == STATED else "implied"
            item = QTreeWidgetItem([
                say(vocabulary[finding.fact]), _values(finding),
                f"«{' '.join(finding.text.split())}»", f"{finding.ratio:.3g} : 1", how])
            item.setData(0, Qt.UserRole, number)
            item.setBackground(0, QColor(pale(FACT_COLOURS[finding.fact])))
            item.setForeground(0, QColor("#222222"))
            item.setTextAlignment(3, Qt.AlignRight | Qt.AlignVCenter)
            for column in range(5):
                item.setToolTip(column, as_written(_one_line(finding)))
                if finding.kind != STATED and column:
                    item.setForeground(column, QColor("#888888"))
            self.table.addTopLevelItem(item)
        for column in (0, 1, 3, 4):
            self.table.resizeColumnToContents(column)
        for column, most in ((0, 120), (1, 130)):
            self.table.setColumnWidth(column, min(most, self.table.columnWidth(column)))

    def _on_finding(self, item: QTreeWidgetItem | None, _previous=None):
        """Mark the words of the chosen finding in the text."""
        if item is None or self.reading is None:
            return
        finding = self.reading.findings[item.data(0, Qt.UserRole)]
        # Qt counts UTF-16 units, Python characters
        units = lambda end: len(  # noqa: E731
            self.reading.description[:end].encode("utf-16-le")) // 2
        cursor = self.text_view.textCursor()
        cursor.setPosition(units(finding.start))
        cursor.setPosition(units(finding.end), QTextCursor.KeepAnchor)
        self.text_view.setTextCursor(cursor)

    # -- report

    def send_report(self):
        if self.data is None:
            return
        key, text = self.key_combo.variable, self.text_combo.variable
        self.report_items("Declarations", (
            ("Description", escape(text.name) if text is not None else "none"),
            ("Good's id", escape(key.name) if key is not None else "row number"),
            ("Goods", len(self.goods))))
        if self.reading is not None:
            self.report_raw("Selected Declaration", "<p>" + self.marked_html() + "</p>")
            self.report_table("Facts", report_rows(self.table.model()), header_rows=1)
            if self.problems.text():
                self.report_raw("Problems", f"<p>{self.problems.text()}</p>")
            self.report_raw("Stages", stages_html(self.stages))

    def marked_html(self) -> str:
        """The shown description as HTML, with its findings in colour."""
        text, pieces, done = self.reading.description, [], 0
        for finding in sorted(self.reading.findings, key=lambda f: (f.start, f.end)):
            if finding.start < done:
                continue
            pieces.append(escape(text[done:finding.start]))
            pieces.append(f"<span style='background-color:{pale(FACT_COLOURS[finding.fact])}' "
                          f"title='{escape(_one_line(finding))}'>"
                          f"{escape(text[finding.start:finding.end])}</span>")
            done = finding.end
        return "".join(pieces) + escape(text[done:])


def _one_line(finding) -> str:
    fact = say(reader().vocabulary[finding.fact])
    kind = "stated" if finding.kind == STATED else "implied"
    line = f"{fact}: {_values(finding)} – {kind}, {finding.ratio:.3g} : 1"
    return f"{line} ({finding.note})" if finding.note else line


def _values(finding) -> str:
    return names_of(reader().vocabulary[finding.fact], finding.values)


def stages_html(stages: list[tuple[FactReader, Stages]]) -> str:
    """What each stage made of a text, a paragraph each; the stage stands out."""
    paragraphs = []
    for made_by, some in stages:
        if len(stages) > 1:
            paragraphs.append(f"<h4 style='margin:6px 0 3px 0'>{escape(str(made_by.group.name))}"
                              "</h4>")
        for line in map(str, some.lines(made_by.vocabulary)):
            stage, _, found = line.partition(": ")
            paragraphs.append("<p style='margin:0 0 3px 14px; text-indent:-14px'>"
                              f"<b>{escape(stage)}:</b> {escape(found)}</p>" if found
                              else f"<p style='margin:0 0 3px 0'>{escape(line)}</p>")
    return "".join(paragraphs)


if __name__ == "__main__":  # pragma: no cover
    from Orange.data import Domain
    WidgetPreview(OWDeclarationFacts).run(Table.from_list(
        Domain([], metas=[StringVariable("good_id"), StringVariable("description")]),
        [["A-1", "Ботинки мужские, верх из натуральной кожи, подошва из резины, "
                 "закрывающие лодыжку, длина стельки 27 см"],
         ["A-2", "Туфли комнатные женские, верх из текстильных материалов, подошва ПВХ"],
         ["A-3", ""]]))
