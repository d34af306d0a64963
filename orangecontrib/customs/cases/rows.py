"""A verdict as a row of the result (:mod:`.schema`)."""
from __future__ import annotations

from collections.abc import Mapping

from orangecontrib.customs.fusion.engine import Engine
from orangecontrib.customs.fusion.verdict import Verdict

from .case import Case
from .schema import COLUMNS

__all__ = ["duty_at_risk", "row_of"]


def duty_at_risk(engine: Engine | None, verdict: Verdict) -> float:
    """Expected |duty − duty of the chosen code|, EUR per unit; NaN without a code."""
    chosen = engine.nomenclature.duty(verdict.codes[0]) if engine and verdict.codes else None
    if chosen is None:
        return float("nan")
    return float(sum(p * abs((engine.nomenclature.duty(code) or 0.) - chosen)
                     for code, p in verdict.probabilities.items()))


def row_of(case: Case, verdict: Verdict) -> dict[str, str | float | None]:
    """The row of a verdict, by column in the order of the schema; None: no number."""
    good = case.good(verdict)
    declared = good.declared_code
    found = {
        "good_id": good.good_id, "key": good.key,
        "code": verdict.code, "p": verdict.p if verdict.codes else None,
        "p_excluded": verdict.p if verdict.excluded else None,
        "safe_code": verdict.safe_code, "p_safe": verdict.p_safe if verdict.safe_code else None,
        "heading": verdict.heading, "p_heading": verdict.p_heading if verdict.heading else None,
        "runner_up": verdict.runner_up, "p_runner_up": verdict.p_runner_up,
        "flip_fact": verdict.flip_fact, "missing_facts": "; ".join(verdict.missing_facts),
        "next_question": verdict.questions[0].text if verdict.questions else "",
        "discrepancy": "; ".join(d.text for d in verdict.discrepancies),
        "declared_code": declared, "agrees": verdict.agrees(declared),
        "p_declared": verdict.p_of(declared) if declared else None,
        "quantity": good.quantity, **_duties(case, verdict, declared, good.quantity),
        "trace": verdict.trace, "problems": "; ".join(case.notes_of(verdict)),
        **_group(case, verdict)}
    return {name: _known(found[name]) for name in COLUMNS}


def _duties(case: Case, verdict: Verdict, declared: str, quantity: float | None
            ) -> Mapping[str, float | None]:
    """Duties per unit, and times the quantity where it is known."""
    tariff = case.tariff_of(declared)
    duties = {"low": verdict.duty_low, "high": verdict.duty_high,
              "at_risk": duty_at_risk(case.engine_of(verdict), verdict),
              "at_declared": tariff.duty(declared) if tariff is not None else None}
    return {**{f"duty_eur_per_unit_{name}": duty for name, duty in duties.items()},
            **{f"duty_eur_{name}": None if quantity is None or duty is None else duty * quantity
               for name, duty in duties.items()}}


def _group(case: Case, verdict: Verdict) -> Mapping[str, str]:
    """Which group a code is of, and which edition of the tariff."""
    if not verdict.codes:
        return {"group": "", "edition": "", "edition_date": ""}
    edition = case.engine_of(verdict).nomenclature.edition_of(verdict.codes[0])
    return {"group": verdict.group, "edition": edition.id if edition else "",
            "edition_date": edition.in_force if edition else ""}


def _known(value):
    return None if value != value else value  # NaN
