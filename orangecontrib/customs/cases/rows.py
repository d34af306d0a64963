"""A verdict as a row of the result (:mod:`.schema`)."""
from __future__ import annotations

import math
from collections.abc import Mapping

from orangecontrib.customs.evaluation.knowngoods import column_of
from orangecontrib.customs.fusion.duties import EUR, PERCENT, percent_of_value, span
from orangecontrib.customs.fusion.engine import Engine
from orangecontrib.customs.fusion.verdict import Verdict
from orangecontrib.customs.i18n import say
from orangecontrib.customs.nomenclature import LEVELS, Duty

from .calibrating import safe_by
from .case import Case
from .goods import Good
from .schema import COLUMNS

__all__ = ["duty_at_risk", "percent_at_risk", "row_of"]


def duty_at_risk(engine: Engine | None, verdict: Verdict) -> float:
    """Expected |duty − duty of the chosen code|, EUR per unit; NaN without a code."""
    return _at_risk(engine, verdict, EUR)


def percent_at_risk(engine: Engine | None, verdict: Verdict) -> float:
    """Expected |duty − duty of the chosen code|, % of the value; NaN without a code."""
    return _at_risk(engine, verdict, PERCENT)


def _at_risk(engine: Engine | None, verdict: Verdict, measure: str) -> float:
    if engine is None or not verdict.codes or not engine.tells(verdict.held, measure) \
            or verdict.codes[0] not in engine.told[measure]:
        return math.nan
    duties = engine.told[measure]
    chosen = duties[verdict.codes[0]]
    return float(sum(p * abs(duties.get(code, 0.) - chosen)
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
        "quantity": good.quantity, "value": good.value, "currency": good.currency,
        "weight": good.weight, **_duties(case, verdict, good),
        "trace": verdict.trace, "problems": "; ".join(case.notes_of(verdict)),
        **_group(case, verdict),
        "not_shown": "; ".join(map(say, case.not_shown(verdict))),
        "photograph": "; ".join(photograph.text for photograph in verdict.photographs),
        "safe_by": say(safe_by(verdict)), **_way(verdict)}
    # NaN is not a number
    return {name: None if (value := found[name]) != value else value for name in COLUMNS}


def _way(verdict: Verdict) -> Mapping[str, float | None]:
    """P of the first digits of the code."""
    masses = {len(node): p for node, p in verdict.way}
    return {column_of(level): masses.get(level) for level in LEVELS}


def _duties(case: Case, verdict: Verdict, good: Good) -> Mapping[str, float | str | None]:
    """Duties per unit and of the value, times the quantity, and as rates make them of all."""
    engine, declared = case.engine_of(verdict), case.tariff_of(good.declared_code)
    if engine is None and declared is None and not verdict.codes:
        return _NO_DUTIES
    eur = {"low": verdict.duty_low, "high": verdict.duty_high,
           "at_risk": duty_at_risk(engine, verdict),
           "at_declared": declared.duty(good.declared_code) if declared is not None else None}
    percent = dict.fromkeys(eur)
    if engine is not None and engine.measure == PERCENT:
        percent["low"], percent["high"] = engine.duties_between(verdict.held, PERCENT)
        percent["at_risk"] = percent_at_risk(engine, verdict)
    if declared is not None:
        percent["at_declared"] = percent_of_value(declared, good.declared_code)
    quantity = good.quantity
    rates = [] if engine is None else [engine.nomenclature[code].rate.text
                                       for code in verdict.codes if code in engine.nomenclature]
    return {**{f"duty_eur_per_unit_{name}": duty for name, duty in eur.items()},
            **{f"duty_eur_{name}": None if quantity is None or duty is None else duty * quantity
               for name, duty in eur.items()},
            **{f"duty_percent_{name}": duty for name, duty in percent.items()},
            "duty_rate": "; ".join(dict.fromkeys(rates)), **_totals(case, verdict, good)}


_NO_DUTIES = {**{name: None for name in COLUMNS if name.startswith("duty_")},
              "duty_rate": "", "duty_currency": ""}


def _totals(case: Case, verdict: Verdict, good: Good) -> Mapping[str, float | str | None]:
    """Duties that the rates make of value, quantity and weight; only where all is known."""
    nothing = {"duty_low": None, "duty_high": None, "duty_at_declared": None, "duty_currency": ""}
    if good.quantity is None and good.value is None and good.weight is None:
        return nothing

    def owed(code: str) -> Duty | None:
        tariff = case.tariff_of(code)
        return None if tariff is None or not tariff[code].rate.rule else tariff[code].duty_on(
            good.value, good.quantity, good.weight, good.currency,
            case.exchange.get(good.currency))
    found = [duty for code in verdict.held if (duty := owed(code)) is not None]
    declared = owed(good.declared_code)
    currencies = {duty.currency for duty in found}
    amounts = [duty.amount for duty in found if duty.amount is not None]
    if not found or len(currencies) > 1 or len(amounts) < len(found):
        if found or declared is None or declared.amount is None:
            return nothing
        return {**nothing, "duty_at_declared": declared.amount,
                "duty_currency": declared.currency}
    low, high = span(amounts)
    return {"duty_low": low, "duty_high": high, "duty_currency": found[0].currency,
            "duty_at_declared": declared.amount
            if declared is not None and {declared.currency} == currencies else None}


def _group(case: Case, verdict: Verdict) -> Mapping[str, str]:
    """Which group a code is of, and which edition of the tariff."""
    engine = case.engine_of(verdict)
    if engine is None or not verdict.codes:
        return {"group": "", "edition": "", "edition_date": ""}
    edition = engine.nomenclature.edition_of(verdict.codes[0])
    return {"group": verdict.group, "edition": edition.id if edition else "",
            "edition_date": edition.in_force if edition else ""}
