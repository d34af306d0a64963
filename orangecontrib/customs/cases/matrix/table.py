"""Door to Orange: the one result in a table → pairs of codes; a matrix → a table."""
from __future__ import annotations

import numpy as np
from Orange.data import ContinuousVariable, Domain, StringVariable, Table, Variable

from orangecontrib.customs.cases.schema import SCHEMA
from orangecontrib.customs.declarations.table import strings_of
from orangecontrib.customs.nomenclature.decision_table import OUTSIDE
from orangecontrib.customs.nomenclature.table import codes_of

from .counting import AT_RISK, DIFFERENCE, Matrix, Money, Pairs

__all__ = ["matrix_table", "pairs_in"]

_TITLES = {column.id: column.title for column in SCHEMA}
#: Of the rates with value, quantity and weight, in the currency that a column names.
_TOTALS = ("duty_low", "duty_high", "duty_at_declared")
#: Of specific duties and the quantity.
_EUR = ("duty_eur_low", "duty_eur_high", "duty_eur_at_declared")


def pairs_in(table: Table) -> Pairs | None:
    """Declared and found codes of a table with the columns of the one result.

    It may come from HS Code Fusion or from a file that the command line wrote.  None where it
    has no declared or no found codes.
    """
    by_name = {v.name: v for v in (*table.domain.variables, *table.domain.metas)}
    columns = {id_: by_name.get(title, by_name.get(id_)) for id_, title in _TITLES.items()}
    declared, found = columns["declared_code"], columns["code"]
    if declared is None or found is None:
        return None
    codes = codes_of(table, declared)
    if not any(codes):
        return None
    excluded = _numbers(table, columns["p_excluded"])
    said = [code or (OUTSIDE if p == p else "")
            for code, p in zip(codes_of(table, found), excluded)]
    return Pairs(tuple(codes), tuple(said), _amounts(table, columns))


def _amounts(table: Table, columns: dict[str, Variable | None]) -> dict[Money, np.ndarray]:
    """What is known of duties, by what it is and its currency."""
    totals = _differences(*(_numbers(table, columns[id_]) for id_ in _TOTALS))
    eur = _differences(*(_numbers(table, columns[id_]) for id_ in _EUR))
    name = columns["duty_currency"]
    currency = np.array([""] * len(table) if name is None else strings_of(table, name),
                        dtype=object)
    currency[np.isnan(totals).any(axis=1)] = ""
    # where value, quantity and weight tell the duty, the specific part alone is not added again
    rest = np.where((currency == "")[:, None], eur, np.nan)
    found: dict[Money, np.ndarray] = {}
    for name in sorted({*currency, *(["EUR"] if not np.isnan(rest).all() else [])} - {""}):
        own = np.where((currency == name)[:, None], totals, np.nan)
        found[Money(DIFFERENCE, name)] = np.where(np.isnan(own), rest, own) \
            if name == "EUR" else own
    risk = _numbers(table, columns["duty_eur_at_risk"])
    if not np.isnan(risk).all():
        found[Money(AT_RISK, "EUR")] = np.column_stack([risk, risk])
    return found


def _differences(low: np.ndarray, high: np.ndarray, declared: np.ndarray) -> np.ndarray:
    found = np.column_stack([low - declared, high - declared])
    return np.where(np.isnan(found).any(axis=1, keepdims=True), np.nan, found)


def _numbers(table: Table, variable: Variable | None) -> np.ndarray:
    if variable is None or not variable.is_continuous:
        return np.full(len(table), np.nan)
    found: np.ndarray = table.get_column(variable).astype(float)
    return found


def matrix_table(matrix: Matrix) -> Table:
    """A row per pair of codes that occurs: goods, those with an amount, and the amounts."""
    places = [(declared, found) for declared in matrix.declared for found in matrix.found
              if (declared, found) in matrix.cells]
    domain = Domain(
        [ContinuousVariable("goods", number_of_decimals=0),
         ContinuousVariable("goods with an amount", number_of_decimals=0),
         ContinuousVariable("low", number_of_decimals=2),
         ContinuousVariable("high", number_of_decimals=2)],
        metas=[StringVariable(name) for name in ("declared", "found", "amount", "currency")])
    money = ("", "") if matrix.money is None else tuple(matrix.money)
    cells = [matrix.cells[place] for place in places]
    table = Table.from_numpy(
        domain, np.array([[c.n, c.priced, c.low, c.high] for c in cells], float).reshape(-1, 4),
        metas=np.array([[*place, *money] for place in places], object).reshape(-1, 4))
    table.name = "Declared and Found"
    return table
