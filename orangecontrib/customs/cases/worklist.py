"""Goods as a list to be worked through: what marks them, what is at stake, which comes first."""
from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from orangecontrib.customs.fusion.duties import PERCENT
from orangecontrib.customs.fusion.verdict import Verdict
from orangecontrib.customs.i18n import Message, say
from orangecontrib.customs.i18n.numbers import money, percent
from orangecontrib.customs.nomenclature import spaced

from .card import contradictions, declared
from .case import Case
from .rows import duty_at_risk, percent_at_risk

__all__ = ["MARKS", "QUEUES", "Line", "at_risk", "line_of", "next_of"]

#: Marks of goods, in the order in which they stand.
CONTRADICTED, DIFFERS, PROBLEM, ASK, ANSWERED, REVIEWED = "⚡", "≠", "⚠", "?", "✎", "✓"
MARKS = {CONTRADICTED: Message("cases.mark_contradicted"),
         DIFFERS: Message("cases.mark_differs"), PROBLEM: Message("cases.mark_problem"),
         ASK: Message("cases.mark_ask"), ANSWERED: Message("cases.mark_answered"),
         REVIEWED: Message("cases.mark_reviewed")}


@dataclass(frozen=True)
class Line:
    """A good in the list.

    Attributes
    ----------
    row : int
        As the tables came.
    key, code, safe : str
    p : float
    marks : str
        Of :data:`MARKS`.
    why : str
        What the marks say of this good, a line each, in the language that is spoken.
    risk : float
        Expected error of the duty.
    unit : str
        Of the risk: " %" of the value, else EUR.
    bayes : float
        The smallest Bayes factor of a contradiction; 1 where there is none.
    """

    row: int
    key: str
    code: str
    p: float
    safe: str
    marks: str
    why: str
    risk: float
    unit: str
    bayes: float = 1.

    @property
    def sure(self) -> str:
        """P(code) for people."""
        return say(percent(self.p))

    @property
    def at_risk(self) -> str:
        """The money for people."""
        return f"{money(self.risk)}{self.unit}" if self.risk == self.risk else ""

    @property
    def reviewed(self) -> bool:
        return REVIEWED in self.marks


def line_of(case: Case, verdict: Verdict, row: int, answered: bool = False,
            reviewed: bool = False) -> Line:
    """How a verdict is listed."""
    good = case.good(verdict)
    marks: dict[str, Sequence[object]] = {}
    if said := contradictions(verdict):
        marks[CONTRADICTED] = said
    if verdict.agrees(good.declared_code) == "no":
        marks[DIFFERS] = (declared(case, verdict)[1],)
    if notes := case.notes_of(verdict):
        marks[PROBLEM] = notes
    if verdict.questions:
        marks[ASK] = (Message.of("card.worth_asking",
                                 question=verdict.questions[0].about.question),)
    if answered:
        marks[ANSWERED] = (Message("card.answered"),)
    if reviewed:
        marks[REVIEWED] = (Message("card.reviewed"),)
    risk, unit = at_risk(case, verdict)
    return Line(row, verdict.key, " / ".join(map(spaced, verdict.codes)) or "—", verdict.p,
                spaced(verdict.safe_code), "".join(marks),
                "\n".join(f"{mark} {say(line)}" for mark, said in marks.items() for line in said),
                risk, unit, min([d.bayes_factor for d in verdict.discrepancies], default=1.))


def at_risk(case: Case, verdict: Verdict) -> tuple[float, str]:
    """Expected error of the duty and its unit: EUR of all units where quantities are known.

    Per unit only where no good has a quantity, so that what stands in one column compares.
    """
    engine, good = case.engine_of(verdict), case.good(verdict)
    if engine is not None and engine.measure == PERCENT:
        return percent_at_risk(engine, verdict), "\N{NO-BREAK SPACE}%"
    times = np.nan if good.quantity is None else good.quantity
    return duty_at_risk(engine, verdict) * (times if case.has_quantities else 1.), ""


def _first(value: float) -> float:
    """Orders by what is large; what is not known comes last."""
    return -value if value == value else np.inf


#: Orders in which goods are worked through: id → title, and what they are sorted by.
QUEUES = {
    "table": (Message("cases.queue_table"), lambda line: (line.row,)),
    "money": (Message("cases.queue_money"), lambda line: (line.unit, _first(line.risk), line.row)),
    "doubt": (Message("cases.queue_doubt"), lambda line: (_first(1 - line.p), line.row)),
    "contradiction": (Message("cases.queue_contradiction"), lambda line: (
        line.bayes, "≠" not in line.marks, _first(1 - line.p), line.row)),
}


def next_of(lines: Collection[Line], queue: str, after: int = -1) -> int:
    """The row of the first good in a queue that is not reviewed, `after` left aside; −1: none."""
    waiting = [line for line in lines if not line.reviewed and line.row != after]
    return min(waiting, key=QUEUES[queue][1]).row if waiting else -1
