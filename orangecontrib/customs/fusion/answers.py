"""The names of :mod:`orangecontrib.customs.cases` that used to live here."""
from orangecontrib.customs.cases.case import Case, Held
from orangecontrib.customs.cases.rows import duty_at_risk
from orangecontrib.customs.cases.sources import analyst_witness
from orangecontrib.customs.fusion.engine import ANALYST

__all__ = ["ANALYST", "Case", "Held", "analyst_witness", "duty_at_risk"]
