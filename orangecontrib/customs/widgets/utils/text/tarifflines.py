"""Lines and editions of the tariff in words, and columns of codes."""
from __future__ import annotations

from collections.abc import Mapping
from html import escape
from types import MappingProxyType

from Orange.data import ContinuousVariable, DiscreteVariable, StringVariable, Table

from orangecontrib.customs.i18n import language, say
from orangecontrib.customs.nomenclature import guess_mapping, spaced
from orangecontrib.customs.nomenclature.table import codes_of
from orangecontrib.customs.nomenclature.tree import Tariff
from orangecontrib.customs.widgets.utils.common.wording import room
from orangecontrib.customs.widgets.utils.text.tarifftree import duty_text

__all__ = ["code_columns", "line_html", "name_of", "of_editions"]

words = room("tarifflines")


def line_html(tariff: Tariff, number: int, said: Mapping[int, str] = MappingProxyType({})) -> str:
    """A line with all that is above it; `said` has other HTML for some of them."""
    path: list[int] = []
    above: int | None = number
    while above is not None:
        path.insert(0, above)
        above = tariff.lines[above].parent
    rows = [f"<tr><td style='padding-right:12px;white-space:pre'>"
            f"{spaced(tariff.lines[n].code) or '–'}</td><td style='padding-left:{12 * depth}px'>"
            f"{said.get(n) or escape(_title(tariff, n))}</td></tr>"
            for depth, n in enumerate(path)]
    rows[-1] = rows[-1].replace("<tr>", "<tr style='font-weight:bold'>")
    line, facts = tariff.lines[number], []
    if line.rate.text:
        facts.append(f"{say(words('duty'))}: <b>{escape(duty_text(line.rate))}</b>"
                     + ("" if line.rate.complete else
                        f" <i>({say(words('incomplete'))})</i>"))
    if line.unit:
        facts.append(f"{say(words('unit'))}: <b>{escape(line.unit)}</b>")
    return f"<table>{''.join(rows)}</table><p>{' · '.join(facts)}</p>"


def _title(tariff: Tariff, number: int) -> str:
    line = tariff.lines[number]
    return line.text or say(words("chapter", code=line.code))


def code_columns(data: Table) -> list:
    """Columns that may hold codes, those that are called so or hold some first."""
    domain = data.domain
    variables = [v for v in (*domain.class_vars, *domain.metas, *domain.attributes)
                 if isinstance(v, (StringVariable, DiscreteVariable, ContinuousVariable))]
    told = {"code": 0}
    order = lambda v: told.get(next(iter(guess_mapping([v.name])), ""), 1)  # noqa: E731
    some = data[:100]

    def rank(variable) -> int:
        if isinstance(variable, ContinuousVariable):
            return 1  # any number looks like a code
        return 0 if any(code.isdigit() for code in codes_of(some, variable)) else 2
    return sorted(variables, key=lambda v: (order(v), rank(v)))


def name_of(tariff: Tariff) -> str:
    """What a tariff is, in the language that is spoken, and of which codes."""
    names = dict.fromkeys(edition.name(language()) for edition in tariff.editions)
    codes = [code for edition in tariff.editions for code in edition.codes]
    return "; ".join(names) + (f": {', '.join(codes)}" if codes else "")


def of_editions(tariff) -> str:
    """Dates and sources of a tariff's editions; "" where nobody told them.

    A date that was typed is shown as it is: nobody says that it is the day of coming into force.
    """
    told = [f"{edition.dates(language())}; {edition.source}" if edition.source else edition.in_force
            for edition in tariff.editions]
    return "; ".join(dict.fromkeys(filter(None, told)))
