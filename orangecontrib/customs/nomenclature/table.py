"""Door to Orange: branches of a tariff → Corpus or Table; codes of a table → missing ones."""
from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from Orange.data import (
    ContinuousVariable,
    DiscreteVariable,
    Domain,
    StringVariable,
    Table,
    Variable,
)

from .codes import LEVELS, parse_code
from .tree import Tariff

__all__ = ["tariff_table", "selected_codes_table", "codes_of", "missing_codes_table"]

_UNKNOWN = ("", "?", "nan")


def tariff_table(tariff: Tariff, branches: Sequence[int] | None = None,
                 levels: Iterable[int] = (4, 6, 8, 10)) -> Table | None:
    """Lines of the chosen branches at the chosen levels, a row per code.

    Parameters
    ----------
    tariff : Tariff
    branches : sequence of int, optional
        Numbers of lines; all by default.
    levels : iterable of int
        Digits of the codes.

    Returns
    -------
    Corpus, or Table where Orange3-Text is not installed; None if no line fits
        Metas "code", "text" (own designation), "full text" (from the heading down; the
        corpus' text), "unit", "duty" (as printed) and "specific per" ("EUR / 1 пару");
        attributes "level", "ad valorem, %" and "specific" (NaN where the duty has no such
        part, or the printed rate is not understood).
    """
    found = sorted((code, digits, number) for digits in levels
                   for code, number in tariff.at_level(digits, branches))
    if not found:
        return None
    level = DiscreteVariable("level", [str(digits) for digits in LEVELS])
    domain = Domain(
        [level, ContinuousVariable("ad valorem, %", number_of_decimals=1),
         ContinuousVariable("specific", number_of_decimals=3)],
        metas=[StringVariable(name) for name in ("code", "text", "full text", "unit", "duty",
                                                 "specific per")])
    numbers = np.empty((len(found), 3))
    texts = np.empty((len(found), 6), dtype=object)
    for row, (code, digits, number) in enumerate(found):
        line = tariff.lines[number]
        rate = line.rate
        numbers[row] = (LEVELS.index(digits), _or_nan(rate.percent), _or_nan(rate.amount))
        per = f"{rate.currency} / {rate.per}" if rate.per else rate.currency
        texts[row] = (code, tariff.title(number), tariff.full_text(number), line.unit, rate.text,
                      per)
    return _with_text(domain, numbers, texts, "full text", tariff)


def selected_codes_table(tariff: Tariff, lines: Sequence[int]) -> Table | None:
    """The chosen branches themselves: code and designation of each."""
    if not lines:
        return None
    domain = Domain([], metas=[StringVariable("code"), StringVariable("text")])
    texts = [[tariff.lines[n].code, tariff.title(n)] for n in lines]
    table = Table.from_numpy(domain, np.empty((len(texts), 0)),
                             metas=np.array(texts, dtype=object).reshape(-1, 2))
    table.name = "Selected codes"
    return table


def codes_of(table: Table, variable: Variable | str) -> list[str]:
    """Codes in a text, categorical or numeric column, without spaces; "" where unknown.

    A value that is not a code comes back as it is written.
    """
    variable = table.domain[variable]
    codes = []
    for value in table.get_column(variable):
        if isinstance(variable, StringVariable):
            text = "" if value is None or value != value else str(value)
        elif np.isnan(value):
            text = ""
        elif isinstance(variable, DiscreteVariable):
            text = variable.values[int(value)]
        else:  # a number has lost the zero that codes of groups 01–09 begin with
            text = f"{value:.10g}"
            text = "0" + text if len(text) % 2 else text
        # what is not a code is named as it is written
        text = parse_code(text).digits or text.strip()
        codes.append("" if text.lower() in _UNKNOWN else text)
    return codes


def missing_codes_table(codes: Iterable[str], tariff: Tariff) -> Table | None:
    """Codes that the edition lacks, how often each occurs, and what it has instead.

    Returns
    -------
    Table or None
        A row per code, the commonest first, with the longest code of the edition that
        it begins with; None if all are known.
    """
    counts = Counter(code for code in codes if code and tariff.find(code) is None)
    if not counts:
        return None
    domain = Domain([ContinuousVariable("rows", number_of_decimals=0)],
                    metas=[StringVariable("code"), StringVariable("closest"),
                           StringVariable("text")])
    metas = np.empty((len(counts), 3), dtype=object)
    numbers = np.empty((len(counts), 1))
    for row, (code, count) in enumerate(sorted(counts.items(), key=lambda i: (-i[1], i[0]))):
        closest = next((code[:n] for n in range(len(code) - 1, 1, -1)
                        if tariff.find(code[:n]) is not None), "")
        line = tariff.find(closest) if closest else None
        text = tariff.title(line) if line is not None else ""
        metas[row] = (code, closest, text)
        numbers[row] = count
    table = Table.from_numpy(domain, numbers, metas=metas)
    table.name = "Missing codes"
    return table


def _with_text(domain: Domain, numbers: np.ndarray, metas: np.ndarray, text_name: str,
               tariff: Tariff) -> Table:
    try:
        from orangecontrib.text import Corpus
    except ImportError:
        table = Table.from_numpy(domain, numbers, metas=metas)
    else:
        table = Corpus.from_numpy(domain, numbers, metas=metas,
                                  text_features=[domain[text_name]], language=tariff.language)
    table.name = tariff.name
    return table


def _or_nan(value: float | None) -> float:
    return np.nan if value is None else value
