"""Declaration Facts: описание товара (графа 31) → evidence on the facts of the tariff."""
from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from types import SimpleNamespace

from AnyQt.QtCore import QSize, Qt
from AnyQt.QtGui import QTextCharFormat, QTextCursor
from AnyQt.QtWidgets import (
    QLabel,
    QLineEdit,
    QTabWidget,
    QTextBrowser,
    QTreeWidgetItem,
)
from Orange.data import StringVariable, Table
from Orange.widgets import gui
from Orange.widgets.settings import Setting
from Orange.widgets.utils.annotated_data import ANNOTATED_DATA_SIGNAL_NAME
from Orange.widgets.utils.concurrent import TaskState
from Orange.widgets.utils.widgetpreview import WidgetPreview
from Orange.widgets.widget import Input, Output

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
from orangecontrib.customs.widgets.utils.common.controls import (
    auto_apply,
    group_box,
    hint,
    pile,
    splitter,
)
from orangecontrib.customs.widgets.utils.common.escaping import as_written
from orangecontrib.customs.widgets.utils.common.goodslist import Column, GoodsList, report_rows
from orangecontrib.customs.widgets.utils.common.selecting import send_selection
from orangecontrib.customs.widgets.utils.common.theme import REST, readable, theme
from orangecontrib.customs.widgets.utils.common.variables import VariableCombo, first
from orangecontrib.customs.widgets.utils.common.wording import (
    Said,
    room,
    worded,
    worded_headers,
    worded_tabs,
)
from orangecontrib.customs.widgets.utils.text.findingstree import FindingsTree

words = room("owdeclarationfacts")

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
    state.set_status(say(words("reading")))
    for number, text in enumerate(texts):
        if number % STEP == 0:
            if state.is_interruption_requested() or stop.is_set():
                done = number
                break
            state.set_progress_value(95 * number / len(texts))
        if text not in readings:
            readings[text] = made_by.read(text)
    state.set_status(say(words("writing")))
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
            goods.append(Good(name, text, None,
                              (words("not_read") if text.strip() else EMPTY,)))
    return SimpleNamespace(facts=facts, skipped=skipped, goods=goods, done=done,
                           total=len(texts), remarks=remarks)


def _columns(colour: Callable[[Good], str]) -> list[Column]:
    return [
        Column(words("column_good"), lambda g: g.key, most=130),
        Column(words("column_facts"), lambda g: "–" if g.facts is None else str(g.facts),
               lambda g: -1 if g.facts is None else g.facts, right=True,
               header_tooltip=words("column_facts_tip")),
        Column("⚠", lambda g: "⚠" if g.problems else "", lambda g: -len(g.problems),
               colour=colour, tooltip=lambda g: "\n".join(map(str, g.problems)),
               header_tooltip=words("column_problems_tip")),
        Column(words("column_description"), lambda g: " ".join(g.text.split()),
               tooltip=lambda g: g.text[:600]),
    ]


class OWDeclarationFacts(CustomsWidget):
    name = "Declaration Facts"
    description = "Read the facts on which the tariff decides from declaration text (графа 31)."
    icon = "icons/DeclarationFacts.svg"
    priority = 40
    keywords = ("declaration facts, description, графа 31, описание товара, text, footwear, HS, "
                "таможня, тн вэд, факты, прочитать декларации, обувь")

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

    class Error(CustomsWidget.Error):
        no_text = Said(words("no_text"))
        failed = Said(words("failed"))

    class Warning(CustomsWidget.Warning):
        skipped = Said(words("skipped"))
        cancelled = Said(words("cancelled"))
        keys = Said(words("keys"))
        ids = Said(words("ids"))

    class Information(CustomsWidget.Information):
        no_key = Said(words("no_key"))

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
        box = group_box(self.controlArea, words("columns"))
        self.text_combo = worded(VariableCombo(words("no_text_column")),
                                 toolTip=words("description_tip"))
        self.text_combo.chosen.connect(self._on_text_chosen)
        self.key_combo = worded(VariableCombo(words("row_number")), toolTip=words("key_tip"))
        self.key_combo.chosen.connect(self._on_key_chosen)
        for title, combo in (("description", self.text_combo), ("key", self.key_combo)):
            box.layout().addWidget(worded(QLabel(), text=words(title)))
            box.layout().addWidget(combo)
        gui.rubber(self.controlArea)
        self.buttonsArea.layout().addWidget(self.make_cancel_button(
            lambda: self.ending.set(), words("cancel_tip")))
        auto_apply(self.buttonsArea, self, "auto_commit")

    def _set_up_main(self):
        self.list = GoodsList(_columns(lambda g: theme(self.palette()).bad.name()), multiple=True)
        self.list.chosen.connect(self._on_chosen)
        self.list.selected.connect(self._send_selected)
        hint(self.list.view, words("connect"))

        self.trial = worded(QLineEdit(clearButtonEnabled=True),
                            placeholderText=words("try"), toolTip=words("try_tip"))
        self.trial.textChanged.connect(self._on_trial)
        self.text_view = worded(
            QTextBrowser(openLinks=False), toolTip=words("span_tip"),
            placeholderText=words("nothing_read"), accessibleName=words("description_read"))
        self.table = worded(FindingsTree(3), accessibleName=words("facts"))
        worded_headers(
            self.table, [words(name) for name in ("fact", "value", "said_by", "strength")],
            [words("fact_tip"), "", "", words("strength_tip")])
        self.table.currentItemChanged.connect(self._on_finding)
        self.stages_view = worded(QTextBrowser(openLinks=False), toolTip=words("stages_order"))
        self.tabs = QTabWidget(documentMode=True)
        for page in (self.table, self.stages_view):
            self.tabs.addTab(page, "")
        worded_tabs(self.tabs, [words("facts"), words("stages")], ["", words("stages_tip")])
        self.problems = QLabel(wordWrap=True, textFormat=Qt.RichText)
        self.problems.setTextInteractionFlags(Qt.TextSelectableByMouse)

        vertical = splitter(Qt.Vertical, pile(self.trial, self.text_view, spacing=4),
                            pile(self.tabs, self.problems, spacing=4), stretch=(2, 3))
        self.splitter = splitter(Qt.Horizontal, self.list, pile(vertical, spacing=4),
                                 sizes=(194, 456), stretch=(2, 5))
        self.mainArea.layout().addWidget(self.splitter)

    def sizeHint(self):
        return QSize(900, 506)  # a screen of 1366 × 768 shows no more at first

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
            self.Warning.ids(column=text.name)
        self.begin(run, self.data, text.name, "" if key is None else key.name)

    def on_done(self, result: SimpleNamespace):
        if result.done < result.total:
            self.Warning.cancelled(done=result.done, total=result.total)
        if result.skipped is not None:
            self.Warning.skipped(n=len(result.skipped))
        if result.remarks:
            self.Warning.keys(problems=first(result.remarks, 2, "; "))
        self._show_goods(result.goods)
        self._send(result.facts, result.skipped)

    def on_exception(self, ex: Exception):
        self.Error.failed(reason=reason(ex))
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
        if reading is not None:
            self._show_text(reading)
            self._show_findings(reading)
        self.stages_view.setHtml(stages_html(self.stages))
        problems = (*lines_in([reading], reader())[0], *reading.problems) if reading else ()
        colour = theme(self.palette()).bad.name()
        self.problems.setText("<br>".join(
            f"<span style='color:{colour}'>⚠ {escape(problem)}</span>"
            for problem in map(str, problems)))
        self.problems.setVisible(bool(problems))

    def _show_text(self, reading: Reading):
        """The description in pieces: a colour per fact, a tooltip with what was read."""
        text = reading.description
        cuts = sorted({0, len(text), *(min(f.start, len(text)) for f in reading.findings),
                       *(min(f.end, len(text)) for f in reading.findings)})
        colours = theme(self.palette())
        cursor = QTextCursor(self.text_view.document())
        for start, end in itertools.pairwise(cuts):
            here = [f for f in reading.findings if f.start <= start and end <= f.end]
            style = QTextCharFormat()
            if here:
                # the shortest span on top, as it says most exactly what was read
                top = min(here, key=lambda f: (f.end - f.start, f.kind != STATED))
                ground, ink = colours.marker(FACT_COLOURS[top.fact])
                style.setBackground(ground)
                style.setForeground(ink)
                if len({f.fact for f in here}) > 1:
                    style.setUnderlineStyle(QTextCharFormat.SingleUnderline)
                    other = next(f for f in here if f.fact != top.fact)
                    style.setUnderlineColor(readable(FACT_COLOURS[other.fact], ground, REST))
                style.setToolTip(as_written("\n".join(_one_line(f) for f in here)))
            cursor.insertText(text[start:end], style)
        self.text_view.moveCursor(QTextCursor.Start)

    def _show_findings(self, reading: Reading):
        vocabulary = reader().vocabulary
        colours = theme(self.palette())
        for number, finding in enumerate(reading.findings):
            item = QTreeWidgetItem([
                say(vocabulary[finding.fact]), _values(finding),
                f"«{' '.join(finding.text.split())}»", f"{_times(finding)}\n{_how(finding)}"])
            item.setData(0, Qt.UserRole, number)
            ground, ink = colours.marker(FACT_COLOURS[finding.fact])
            item.setBackground(0, ground)
            item.setForeground(0, ink)
            item.setTextAlignment(3, Qt.AlignRight | Qt.AlignVCenter)
            for column in range(4):
                item.setToolTip(column, as_written(_one_line(finding)))
                if finding.kind != STATED and column:
                    item.setForeground(column, colours.quiet)
            self.table.addTopLevelItem(item)
        self.table.fit()

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
        self.report_items(say(words("report")), (
            (say(words("report_description")),
             escape(text.name) if text is not None else say(words("report_none"))),
            (say(words("report_key")),
             escape(key.name) if key is not None else say(words("report_row_number"))),
            (say(words("report_goods")), len(self.goods))))
        if self.reading is not None:
            self.report_raw(say(words("report_selected")), f"<p>«{self.marked_html()}»</p>")
            self.report_table(say(words("facts")), report_rows(self.table.model()), header_rows=1)
            if self.problems.text():
                self.report_raw(say(words("report_problems")), f"<p>{self.problems.text()}</p>")
            self.report_raw(say(words("stages")), stages_html(self.stages))

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


def _how(finding) -> str:
    return say(words("stated" if finding.kind == STATED else "implied"))


def _times(finding) -> str:
    """The strength for people: no powers of ten."""
    return f"{float(f'{finding.ratio:.3g}'):,.10g} : 1".replace(",", " ")


def _one_line(finding) -> str:
    fact = say(reader().vocabulary[finding.fact])
    line = f"{fact}: {_values(finding)} – {_how(finding)}, {_times(finding)}"
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
