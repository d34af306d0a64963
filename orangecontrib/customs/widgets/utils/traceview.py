"""The legal trace: lines of the tariff, conditions with their evidence, what is assumed."""
from __future__ import annotations

from html import escape

from AnyQt.QtWidgets import QTextBrowser

from orangecontrib.customs.fusion.trace import NO, NOT_ESTABLISHED, YES
from orangecontrib.customs.fusion.verdict import Verdict
from orangecontrib.customs.i18n import say
from orangecontrib.customs.i18n.numbers import percent
from orangecontrib.customs.widgets.utils.common.theme import Theme, theme

__all__ = ["SIGNS", "TraceView", "trace_html"]

SIGNS = {YES: "✔", NO: "✘", NOT_ESTABLISHED: "?"}


def trace_html(verdict: Verdict, colours: Theme) -> str:
    """The trace of a verdict."""
    parts = [f"<p style='margin:0 0 4px 0'><b>{escape(step.text)}</b></p>"
             for step in verdict.steps if step.kind in ("guard", "decision", "practice", "basis")]
    lines = [step for step in verdict.steps if step.kind == "line"]
    parts += [f"<p style='margin:0 0 0 {8 * depth}px'>› {escape(step.text)}</p>"
              for depth, step in enumerate(lines)]
    parts.append("<table cellpadding='2' cellspacing='0' style='margin-top:6px'>")
    facts = [step for step in verdict.steps if step.kind == "fact"]
    answers = {YES: colours.good, NO: colours.bad, NOT_ESTABLISHED: colours.doubt}
    for step in sorted(facts, key=lambda s: s.assumed):
        source = f"<span style='color:{colours.quiet.name()}'>{escape(step.source)}</span>"
        if step.assumed:
            source = f"<i>{source}</i>"
        parts.append(
            f"<tr><td width='130' style='color:{answers[step.answer].name()}'>"
            f"<b>{SIGNS[step.answer]}</b>&nbsp;{escape(step.answer_text)}, "
            f"{escape(say(percent(step.p)))}</td>"
            f"<td>{escape(step.text)}<br>{source}</td></tr>")
    return "".join(parts) + "</table>"


class TraceView(QTextBrowser):
    """The trace of one good."""

    def __init__(self, parent=None):
        super().__init__(parent, openLinks=False)

    def show_verdict(self, verdict: Verdict | None) -> None:
        """Show why; without a verdict, nothing."""
        self.setHtml("" if verdict is None else trace_html(verdict, theme(self.palette())))
