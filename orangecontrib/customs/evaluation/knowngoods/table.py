"""Door to Orange: the calibration table, and goods with known codes in what widgets send."""
from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from Orange.data import ContinuousVariable, Domain, StringVariable, Table, Variable

from orangecontrib.customs.columns import MassColumn, Role
from orangecontrib.customs.nomenclature import LEVELS, parse_code
from orangecontrib.customs.nomenclature.decision_table import OUTSIDE

from ..conformal import DECIMALS, Calibration, Known, Way
from ..errors import Scored
from ..table import strings
from .cells import COLUMNS, calibration_of, cells_of, column_of, made_of

__all__ = ["calibration_from_table", "calibration_table", "known_from_scored", "known_from_table"]

_NUMBERS = tuple(map(column_of, LEVELS))


def calibration_from_table(table: Table) -> Calibration:
    """The calibration of a table with the columns of a file; CalibrationError as there."""
    names = {var.name.strip().lower(): var
             for var in (*table.domain.variables, *table.domain.metas)}
    texts = {name: _texts(table, var) for name, var in names.items() if name in COLUMNS}
    rows = [(f"Calibration: row {row + 1}", {name: column[row] for name, column in texts.items()})
            for row in range(len(table))]
    return calibration_of(list(names), rows)


def _texts(table: Table, var: Variable) -> list[str]:
    """A column as texts; numbers in full."""
    if not var.is_continuous:
        return strings(table, var)
    in_full = var.name.strip().lower() in _NUMBERS
    return ["" if value != value else repr(float(value)) if in_full else f"{value:.0f}"
            for value in table.get_column(var)]


def calibration_table(calibration: Calibration) -> Table:
    """The table of a calibration, as :func:`calibration_from_table` reads it."""
    rows = cells_of(calibration)
    texts = [name for name in COLUMNS if name not in _NUMBERS]
    domain = Domain([ContinuousVariable(name, number_of_decimals=4) for name in _NUMBERS],
                    metas=[StringVariable(name) for name in texts])
    table = Table.from_numpy(
        domain, np.array([[float(row[name] or "nan") for name in _NUMBERS] for row in rows],
                         dtype=float).reshape(len(rows), len(_NUMBERS)),
        metas=np.array([[row[name] for name in texts] for row in rows],
                       dtype=object).reshape(len(rows), len(texts)))
    table.name = "Calibration"
    return table


# -- goods with known codes

def known_from_table(table: Table, code: Variable, true: Variable, by: Variable | None = None
                     ) -> Calibration | None:
    """Goods of what HS Code Fusion sends, with the true codes of a column.

    Parameters
    ----------
    code : Variable
        The codes that were said; candidates of a gap are joined with ``;``.
    by : Variable, optional
        What goods share that are no further witnesses.

    Returns
    -------
    Calibration or None
        None where the table does not hold P of the first digits of the codes.
    """
    columns = [(mass, var) for var in (*table.domain.attributes, *table.domain.metas)
               if (mass := MassColumn.of(var)) is not None and mass.digits in LEVELS]
    if not columns:
        return None
    said, right = strings(table, code), strings(table, true)
    shared = [""] * len(table) if by is None else strings(table, by)
    key = Role.find(Role.KEY, table.domain.metas)
    keys = [str(row + 1) for row in range(len(table))] if key is None else strings(table, key)
    masses = {mass.digits: table.get_column(var).astype(float) for mass, var in columns}
    return Calibration(tuple(
        Known(_way(said[row], {level: p[row] for level, p in masses.items()}), code_, shared[row],
              keys[row])
        for row, text in enumerate(right) if (code_ := _true(text))),
        made_of(columns[0][0].made_with))


def _true(text: str) -> str:
    """A true code, "none", or "" where there is neither."""
    return OUTSIDE if text.strip().lower() == OUTSIDE else parse_code(text).digits


def _way(codes: str, masses: dict[int, float]) -> Way:
    code = codes.partition(";")[0].strip()
    return tuple((code[:level], float(masses[level])) for level in LEVELS
                 if level <= len(code) and masses.get(level, np.nan) == masses.get(level))


def known_from_scored(scored: Scored, name: str, by: Sequence[str] | None = None) -> Calibration:
    """Documents with known codes, as a model predicts them.

    Where it states only P of the predicted code, nothing is known of fewer digits: the code is
    the only node of its way.

    Parameters
    ----------
    name : str
        Of the model.
    by : sequence of str, optional
        What documents share that are no further witnesses; a document that was tested several
        times is one by itself.
    """
    starts = {node: np.array([code.startswith(node) for code in scored.codes])
              for node in {code[:level] for code in scored.predicted for level in LEVELS}}
    # Orange numbers documents anew whenever it reads them
    documents = scored.document.tolist()
    numbers = {document: str(n) for n, document in enumerate(dict.fromkeys(documents), start=1)}
    rows = []
    for row, (code, true) in enumerate(zip(scored.predicted, scored.true)):
        digits = parse_code(true).digits if true else ""
        if not digits:
            continue
        way: list[tuple[str, float]] = []
        if code.isdigit() and scored.p[row] == scored.p[row]:
            nodes = [code[:level] for level in LEVELS if level <= len(code)]
            if scored.shares is None:
                nodes = nodes[-1:]
            for node in nodes:
                p = float(scored.p[row]) if scored.shares is None \
                    else float(scored.shares[row, starts[node]].sum())
                way.append((node, min(round(p, DECIMALS), way[-1][1] if way else 1.)))
        document = numbers[documents[row]]
        rows.append(Known(tuple(way), digits, document if by is None else by[row] or document,
                          str(row + 1)))
    return Calibration(tuple(rows), {"model": name})
