"""Door to Orange: descriptions in a table → P per fact value, a row per good."""
from __future__ import annotations

import numpy as np
from Orange.data import ContinuousVariable, DiscreteVariable, Domain, StringVariable, Table
from Orange.data.util import get_unique_names
from scipy.sparse import issparse

from orangecontrib.customs import footwear
from orangecontrib.customs.facts import Priors

from .codes import CODE_NAME, cut
from .facts import FactReader
from .reading import IMPLIED, Reading

__all__ = ["CLASS_NAME", "code_candidates", "code_class", "describe", "facts_table", "strings_of",
           "texts_of"]

#: Name of the class of codes; no word of a declaration can be it, so that the bag of words,
#: which renames a column that is called like a word, leaves it alone.
CLASS_NAME = "HS code"


def strings_of(table: Table, variable) -> list[str]:
    """A column as texts: unknown values are empty, a code read as a number gets its zero back."""
    column = table.get_column(variable)
    if isinstance(variable, StringVariable):  # unknown: None, NaN or empty
        return ["" if value is None or value != value else str(value) for value in column]
    if isinstance(variable, DiscreteVariable):
        return ["" if np.isnan(value) else variable.values[int(value)] for value in column]
    texts = ["" if np.isnan(value) or value != int(value) else str(int(value))
             for value in column.astype(float)]
    # codes have an even number of digits: an odd one has lost its leading zero
    return [text.zfill(len(text) + len(text) % 2) if text else "" for text in texts]


def texts_of(table: Table, variable) -> list[str]:
    """The texts of a string or discrete variable; unknown values are empty."""
    variable = table.domain[variable]
    if not isinstance(variable, (StringVariable, DiscreteVariable)):
        raise ValueError(f"'{variable.name}' is not a text: choose a text or categorical column")
    return strings_of(table, variable)


def describe(reading: Reading, vocabulary=None) -> str:
    """The findings of one description in readable Russian."""
    vocabulary = footwear.vocabulary() if vocabulary is None else vocabulary
    lines = []
    for finding in reading.findings:
        fact = vocabulary[finding.fact]
        names = " или ".join(v.ru for v in fact.values if v.id in finding.values)
        weak = " (косвенно)" if finding.kind == IMPLIED else ""
        lines.append(f"{fact.ru}: {names}{weak} – «{finding.text}»")
    return "; ".join(lines)


def facts_table(table: Table, text_variable, reader: FactReader, key_variable=None,
                priors: Priors | None = None) -> tuple[Table, Table | None]:
    """Facts of the descriptions in `table`, as probabilities that people can read.

    Parameters
    ----------
    table : Table or Corpus
        A row per good.
    text_variable : str or Variable
        The column with the descriptions.
    reader : FactReader
    key_variable : str or Variable, optional
        The column with the goods' ids; it is kept among the metas and marked
        with ``attributes["role"] = "key"``.
    priors : Priors, optional
        What the probabilities contain; the default priors of group 64.

    Returns
    -------
    facts : Table
        Columns ``"<fact>=<value>"`` as ``upper: leather`` with
        ``attributes["fact"]``, ``["value"]`` and ``["prior"]`` (the prior
        that the receiver takes out again); NaN where the text does not speak
        of the fact.  Original metas and attributes (but for the sparse ones
        of a bag of words) are kept as metas, with "findings", "problems" and, for each
        fact that is spoken of, "<fact>: words" (``role`` "note", by which the
        fusion finds the words for its trace).
    skipped : Table or None
        Rows with an empty description, with the reason.
    """
    priors = footwear.priors() if priors is None else priors
    texts = texts_of(table, text_variable)
    filled = np.array([bool(text.strip()) for text in texts], dtype=bool)
    readings = [reader.read(text) for text, keep in zip(texts, filled) if keep]
    evidence = reader.evidence([str(i) for i in range(len(readings))], readings)
    posterior = evidence.posterior(priors)

    columns, attributes = [], []
    for fact in reader.vocabulary.values():
        spoken = evidence.says(fact.id)
        for k, value in enumerate(fact.values):
            variable = ContinuousVariable(f"{fact.id}: {value.id}", number_of_decimals=3)
            variable.attributes = {"fact": fact.id, "value": value.id,
                                   "prior": repr(float(priors[fact.id][k]))}
            attributes.append(variable)
            columns.append(np.where(spoken, posterior[fact.id][:, k], np.nan))

    used = [v.name for v in table.domain.metas] + [v.name for v in table.domain.class_vars]
    used += [v.name for v in attributes]
    taken = {v.name for v in attributes}
    kept_attributes = [] if issparse(table.X) else [
        v for v in table.domain.attributes if v.name not in taken]
    metas = [*table.domain.metas, *kept_attributes]
    findings_name, problems_name = (
        get_unique_names(used + [v.name for v in kept_attributes], name)
        for name in ("findings", "problems"))
    problems_variable = StringVariable(problems_name)
    problems_variable.attributes["role"] = "problems"
    words = _words(readings, reader.vocabulary)
    word_variables = []
    for fact in words:
        variable = StringVariable(get_unique_names(used + [findings_name, problems_name],
                                                   f"{fact}: words"))
        variable.attributes.update(role="note", fact=fact)
        word_variables.append(variable)
    domain = Domain(attributes, table.domain.class_vars,
                    [*metas, StringVariable(findings_name), problems_variable,
                     *word_variables])
    rows = table[filled]
    result = rows.transform(domain)
    with result.unlocked():
        result.X = np.column_stack(columns) if readings else np.zeros((0, len(columns)))
    said = [[describe(r, reader.vocabulary) for r in readings],
            ["; ".join(r.problems) for r in readings], *words.values()]
    if readings:  # Orange leaves the metas of a table without rows locked
        with result.unlocked(result.metas):
            for column, texts in enumerate(said, start=len(metas)):
                result.metas[:, column] = texts
    if key_variable is not None:
        result.attributes = {**result.attributes,
                             "key": table.domain[key_variable].name}
    return result, _skipped(table, filled, "описание пустое / the description is empty")


def _words(readings, vocabulary) -> dict[str, list[str]]:
    """Per fact that is spoken of, the words of each good that say it."""
    said = [reading.words() for reading in readings]
    return {fact: [words.get(fact, "") for words in said] for fact in vocabulary
            if any(fact in words for words in said)}


def code_candidates(table: Table) -> list:
    """Variables that may hold codes, the likeliest first."""
    domain = table.domain
    variables = [v for v in (*domain.class_vars, *domain.metas, *domain.attributes)
                 if isinstance(v, (StringVariable, DiscreteVariable, ContinuousVariable))
                 and "bow-feature" not in v.attributes]
    readable = {v: np.mean([not cut(text, None)[1] and len(cut(text, None)[0]) >= 4
                            for text in strings_of(table[:200], v)] or [0.]) for v in variables}
    good = [v for v in variables if readable[v] > 0]
    return sorted(good, key=lambda v: (not CODE_NAME.search(v.name), -readable[v]))


def code_class(table: Table, variable, digits: int | None = None
               ) -> tuple[Table | None, Table | None]:
    """The table with its codes, cut to a level, as class.

    Parameters
    ----------
    table : Table or Corpus
    variable : str or Variable
        The column with the codes: text, category or number.
    digits : int, optional
        2, 4, 6, 8 or 10; None takes the codes as long as they are.

    Returns
    -------
    coded : Table or None
        Class :data:`CLASS_NAME`; an earlier class is kept among the metas, words of a corpus
        stay. None where no row has a code.
    skipped : Table or None
        Rows without a readable code of that length, with the reason.
    """
    variable = table.domain[variable]
    pairs = [cut(text, digits) for text in strings_of(table, variable)]
    good = np.array([not reason for _, reason in pairs], dtype=bool)
    codes = [code for code, reason in pairs if not reason]
    reasons = [reason for _, reason in pairs if reason]
    skipped = _skipped(table, good, reasons)
    if not codes:
        return None, skipped
    domain = table.domain
    others = [v.name for v in domain.metas + domain.variables]
    values = tuple(sorted(set(codes)))
    target = DiscreteVariable(get_unique_names(others, CLASS_NAME), values)
    rows = table[good]
    coded = rows.transform(Domain(domain.attributes, target,
                                  [*domain.metas, *domain.class_vars]))
    number = {code: float(place) for place, code in enumerate(values)}
    with coded.unlocked(coded.Y):
        coded.Y[:] = [number[code] for code in codes]
    return coded, skipped


def _skipped(table: Table, kept: np.ndarray, reasons) -> Table | None:
    """Rows that are left out, with the reason."""
    if kept.all():
        return None
    names = [v.name for v in table.domain.variables + table.domain.metas]
    reason = StringVariable(get_unique_names(names, "reason"))
    rows = table[~kept]
    domain = Domain(table.domain.attributes, table.domain.class_vars,
                    [*table.domain.metas, reason])
    skipped = rows.transform(domain)
    with skipped.unlocked(skipped.metas):
        skipped.metas[:, -1] = reasons
    return skipped
