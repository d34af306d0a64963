"""How a verdict is shown: the code with its safe digits, the trace, the bars."""
from __future__ import annotations

from html import escape

import numpy as np
from AnyQt.QtCore import QRectF, Qt
from AnyQt.QtGui import QColor, QPainter, QPalette
from AnyQt.QtWidgets import (
    QApplication,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
)

from orangecontrib.customs.cases import Case
from orangecontrib.customs.cases.table import OUTSIDE_CODES
from orangecontrib.customs.fusion import Engine
from orangecontrib.customs.fusion.duties import EUR, PERCENT
from orangecontrib.customs.fusion.trace import NO, NOT_ESTABLISHED, YES
from orangecontrib.customs.fusion.verdict import Verdict
from orangecontrib.customs.i18n import Message, say
from orangecontrib.customs.nomenclature import Line, spaced

__all__ = ["code_html", "duties", "headline_html", "trace_html", "CodeBars"]

RED, GREEN, AMBER, GREY = "#c0392b", "#2e7d32", "#b26a00", "#8a8f94"
PALE = "#a9adb1"
_ANSWER_COLOUR = {YES: GREEN, NO: RED, NOT_ESTABLISHED: AMBER}
_MARKS = {YES: "✔", NO: "✘"}


def code_html(code: str, safe: str) -> str:
    """``6403 91 | 160 0``: safe digits bold, the others pale."""
    length = len(safe) if safe and code.startswith(safe) else 0
    pieces, digits = ["<b>"], 0
    if not length:
        pieces.append(f"</b><span style='color:{PALE}'>")
    for char in spaced(code):
        if 0 < length == digits < len(code) and char != " ":
            pieces.append(f"</b><span style='color:{PALE}'>|&nbsp;")
            length = -1
        pieces.append("&nbsp;" if char == " " else char)
        digits += char != " "
    pieces.append("</b>" if length > 0 else "</span>")
    return "".join(pieces)


def headline_html(case: Case, verdict: Verdict, question: str = "") -> str:
    """The code, where it stands in the tariff, and all that speaks against it."""
    engine = case.engine_of(verdict)
    lines = []
    for code in verdict.codes:
        lines.append(
            f"<div style='font-size:21pt'>{code_html(code, verdict.safe_code)}"
            f"<span style='font-size:11pt'>&nbsp;&nbsp;P&nbsp;"
            f"{verdict.probabilities.get(code, verdict.p):.2f}</span></div>")
        path = " › ".join(escape(say(node)) for node in engine.nomenclature.path(code)[1:])
        lines.append(f"<div style='color:{GREY}; font-size:small'>{path}</div>")
    if verdict.excluded:
        name = escape(say(OUTSIDE_CODES if engine is None else engine.elsewhere))
        lines.append(f"<div style='font-size:15pt'><b>{name[:1].upper()}{name[1:]}</b>"
                     f"<span style='font-size:11pt'>&nbsp;&nbsp;P&nbsp;{verdict.p:.2f}</span>"
                     "</div>")
    elif not verdict.codes:
        lines.append("<div style='font-size:15pt'><b>"
                     f"{escape(say(Message('verdict.no_code')))}</b></div>")
    facts = []
    if verdict.codes:
        safe = (f"<b>{spaced(verdict.safe_code)}</b> (P {verdict.p_safe:.2f})"
                if verdict.safe_code else f"<span style='color:{RED}'>no digit</span>")
        facts.append(f"Safe: {safe}")
        facts += duties(engine, verdict)
    if facts:
        lines.append("<div>" + " &nbsp;·&nbsp; ".join(facts) + "</div>")
    lines.append(_declared_html(case, verdict))
    lines += [f"<div style='color:{RED}'>⚡ {escape(d.text)}</div>"
              for d in verdict.discrepancies]
    lines += [f"<div style='color:{AMBER}'>⚠ {escape(note)}</div>"
              for note in case.notes_of(verdict)]
    if verdict.flip_fact:
        flip = escape(verdict.flip_fact)
        if verdict.runner_up and verdict.flips_to_runner_up:
            flip += (f" → {spaced(verdict.runner_up)} "
                     f"(P {verdict.p_runner_up:.2f})")
        lines.append(f"<div>{escape(say(Message('verdict.flip')))} {flip}</div>")
    if verdict.questions:
        first = verdict.questions[0]
        worth = say(Message.of("verdict.error", points=100 * first.gain))
        if first.duty_gain >= .005:
            in_eur = engine is None or engine.measure == EUR
            worth += ", " + say(
                Message.of("verdict.duty", eur=first.duty_gain) if in_eur
                else Message.of("groups.duty_percent", percent=first.duty_gain))
        lines.append(f"<div><b>{escape(say(Message('verdict.ask')))}</b> "
                     f"{escape(question or first.text)} "
                     f"<span style='color:{GREY}'>({escape(worth)})</span></div>")
    return "".join(lines)


def duties(engine: Engine, verdict: Verdict) -> list[str]:
    """What the duty is, in the measure of the group."""
    tariff = engine.nomenclature
    low, high = (verdict.duty_low, verdict.duty_high) if engine.measure == EUR \
        else engine.duties_between(verdict.held, PERCENT)
    if np.isnan(low):
        rates = dict.fromkeys(tariff[code].rate.text for code in verdict.held if code in tariff)
        return [f"Duty: {escape('; '.join(filter(None, rates)))}"] if any(rates) else []
    between = f"{low:g}" if low == high else f"{low:g} – {high:g}"
    return [f"Duty: {between} " + ("EUR per unit" if engine.measure == EUR
                                   else "% of the value")]


def _declared_html(case: Case, verdict: Verdict) -> str:
    declared = case.good(verdict).declared_code
    if not declared:
        return ""
    words, colour = {"yes": ("agrees", GREEN), "prefix": ("agrees as far as it goes", GREEN),
                     "no": ("differs", RED),
                     "": ("no code to compare", GREY)}[verdict.agrees(declared)]
    text = f"Declared {spaced(declared)}: {words}"
    p = verdict.p_of(declared)
    if p == p:
        text += f", P {p:.2f}"
    tariff = case.tariff_of(declared)
    rate = tariff[declared].rate if tariff is not None else None
    if rate is not None and rate.rule == "ad valorem":  # 0 % would be 0 EUR per unit, too
        text += f", duty {rate.percent:g} % of the value"
    elif rate is not None and tariff.duty(declared) is not None:
        text += f", duty {tariff.duty(declared):g} EUR per unit"
    elif rate is not None and rate.text:
        text += f", duty {rate.text}"
    return f"<div style='color:{colour}'>{text}</div>"


def trace_html(verdict: Verdict) -> str:
    """The legal trace: lines of the tariff, conditions with their evidence, what is assumed."""
    parts = []
    for step in verdict.steps:
        if step.kind in ("guard", "decision", "practice", "basis"):
            parts.append(f"<p style='margin:0 0 4px 0'><b>{escape(step.text)}</b></p>")
    depth = 0
    for step in verdict.steps:
        if step.kind == "line":
            parts.append(f"<p style='margin:0 0 0 {8 * depth}px'>› {escape(step.text)}</p>")
            depth += 1
    parts.append("<table cellpadding='2' cellspacing='0' style='margin-top:6px'>")
    facts = [step for step in verdict.steps if step.kind == "fact"]
    for step in sorted(facts, key=lambda s: s.assumed):
        colour = _ANSWER_COLOUR.get(step.answer, GREY)
        source = f"<span style='color:{GREY}'>{escape(step.source)}</span>"
        if step.assumed:
            source = f"<i>{source}</i>"
        parts.append(
            f"<tr><td width='105' style='color:{colour}'><b>{_MARKS.get(step.answer, '?')}</b>"
            f"&nbsp;{escape(step.answer_text)}<br>&nbsp;&nbsp;&nbsp;&nbsp;{step.p:.2f}</td>"
            f"<td>{escape(step.text)}<br>{source}</td></tr>")
    return "".join(parts) + "</table>"


class _BarDelegate(QStyledItemDelegate):
    """P as a bar behind its number."""

    COLOUR = QColor("#e0a458")

    def paint(self, painter, option, index):
        option = QStyleOptionViewItem(option)
        self.initStyleOption(option, index)
        text, option.text = option.text, ""
        style = option.widget.style() if option.widget else QApplication.style()
        style.drawControl(QStyle.CE_ItemViewItem, option, painter, option.widget)
        p = index.data(Qt.UserRole) or 0.
        room = QRectF(option.rect).adjusted(3, 3, -3, -3)
        painter.save()
        painter.setRenderHint(QPainter.Antialiasing)
        painter.setPen(Qt.NoPen)
        painter.setBrush(option.palette.color(QPalette.Midlight))
        painter.drawRoundedRect(room, 3, 3)
        if p > 0:
            painter.setBrush(self.COLOUR)
            bar = QRectF(room)
            bar.setWidth(max(4., room.width() * p))
            painter.drawRoundedRect(bar, 3, 3)
        painter.setPen(QColor("#222222") if p > .15 else option.palette.color(QPalette.Text))
        painter.drawText(room.adjusted(6, 0, -4, 0), Qt.AlignVCenter | Qt.AlignLeft, text)
        painter.restore()


def _duty(node: Line) -> str:
    """EUR per unit, or the rate as printed."""
    if node.rate.rule == "ad valorem":
        return f"{node.rate.percent:g} %"
    return node.rate.text if node.duty is None else f"{node.duty:g} €"


class CodeBars(QTreeWidget):
    """Ranked codes with bars of their probabilities, duties and designations."""

    def __init__(self, parent=None):
        super().__init__(parent, rootIsDecorated=False, uniformRowHeights=True,
                         alternatingRowColors=True)
        self.setHeaderLabels(["Code", "P", "Duty", "Designation"])
        self.headerItem().setToolTip(2, "Import duty: EUR per unit, or the rate as printed")
        self._delegate = _BarDelegate(self)
        self.setItemDelegateForColumn(1, self._delegate)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarAlwaysOff)
        header = self.header()
        header.setStretchLastSection(True)
        header.setSectionResizeMode(1, QHeaderView.Interactive)
        self.setColumnWidth(1, 100)

    def show_verdict(self, case: Case | None, verdict: Verdict | None) -> None:
        """Fill with the ranked codes; without a verdict, empty."""
        self.clear()
        if verdict is None:
            return
        for code, p in verdict.ranked:
            nomenclature = case.tariff_of(code)
            known = nomenclature is not None
            node = nomenclature[code] if known else None
            item = QTreeWidgetItem([
                spaced(code) if known else "—", f"{100 * p:.1f} %",
                _duty(node) if known else "",
                say(node if known else OUTSIDE_CODES)])
            item.setData(0, Qt.UserRole, code)
            item.setData(1, Qt.UserRole, p)
            item.setTextAlignment(2, Qt.AlignRight | Qt.AlignVCenter)
            if code in verdict.codes:
                font = item.font(0)
                font.setBold(True)
                item.setFont(0, font)
            if known:
                path = "<br>› ".join(escape(say(n)) for n in nomenclature.path(code))
                for column in range(4):
                    item.setToolTip(column, f"<p>{path}</p>")
            self.addTopLevelItem(item)
        self.resizeColumnToContents(0)
        self.resizeColumnToContents(2)
