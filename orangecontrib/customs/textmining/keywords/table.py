"""Door to Orange: declarations and phrases in, tables of keywords out."""
from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from Orange.data import ContinuousVariable, DiscreteVariable, Domain, StringVariable, Table
from Orange.data.util import get_unique_names
from orangecontrib.text import Corpus

from orangecontrib.customs.columns import WordsColumn
from orangecontrib.customs.declarations.codes import cut
from orangecontrib.customs.declarations.table import described, strings_of

from .counts import NOT_FOUND, KeywordCounts, KeywordRow

__all__ = ["codes_of", "keywords_table", "matching_documents", "phrases_table", "texts_of"]

_NUMBERS = {"documents": 0, "occurrences": 0, "share": 4, "likelihood ratio": 2, "low": 2,
            "high": 2, "G2": 1, "precision": 3, "precision low": 3, "precision high": 3,
            "any keyword": 0, "sum of counts": 0}


def texts_of(corpus: Corpus) -> list[str]:
    """The raw texts of a corpus: what was done to them upstream would hide phrases.

    A corpus that reads ids beside a column named description is read by the latter.

    Raises
    ------
    ValueError
        If the corpus is empty or has no text.
    """
    if not len(corpus):
        raise ValueError("the corpus is empty")
    corpus = described(corpus)
    if not corpus.text_features:
        raise ValueError("the corpus has no text: choose a text feature in the Corpus widget")
    return list(corpus.documents)


def codes_of(table: Table, variable, digits: int | None = None) -> list[str]:
    """The code of each row, "" where there is none.

    Parameters
    ----------
    variable : Variable or str
        Class, category, text or number with the codes.
    digits : int, optional
        Codes are cut to as many digits, and what is not a code becomes ""; None takes the
        values as they are.
    """
    values = [value.strip() for value in strings_of(table, table.domain[variable])]
    values = ["" if value in ("?", "nan") else value for value in values]
    if digits is None:
        return values
    return [cut(value, digits)[0] for value in values]


def keywords_table(counts: KeywordCounts) -> Table:
    """A row per phrase and code in which it stands; one row for a phrase found nowhere.

    Returns
    -------
    Table
        Metas "Words" (a :class:`~orangecontrib.customs.columns.WordsColumn`), "code", "speaks"
        and "verdict"; attributes as in :class:`~.counts.KeywordRow`, and those of the row's code:
        "any keyword" and "sum of counts", as in :class:`~.counts.CodeKeywords`.
    """
    totals = {code.code: (code.any_of_them, code.sum_of_counts) for code in counts.by_code()}
    rows: list[tuple[KeywordRow, str, str]] = []
    for number in range(len(counts.phrases)):
        verdict = counts.verdict(number)
        own = [row for row in counts.rows(number) if row.documents]
        rows += [(row, row.code, verdict) for row in sorted(own, key=lambda r: -r.documents)]
        if verdict == NOT_FOUND:
            nan = float("nan")
            rows.append((KeywordRow(counts.phrases[number], "", 0, 0, 0., nan, nan, nan, nan, nan,
                                    nan, nan), "", verdict))
    variables = [ContinuousVariable(name, number_of_decimals=decimals)
                 for name, decimals in _NUMBERS.items()]
    word = _word_variable()
    metas = [word, StringVariable("code"), DiscreteVariable("speaks", ("no", "yes")),
             StringVariable("verdict")]
    X = np.array([[r.documents, r.occurrences, r.share, r.ratio, r.low, r.high, r.g2, r.precision,
                   r.precision_low if r.documents else np.nan,
                   r.precision_high if r.documents else np.nan,
                   *totals.get(code, (np.nan, np.nan))] for r, code, _ in rows])
    M = np.array([[r.phrase, code, float(r.speaks), verdict] for r, code, verdict in rows],
                 dtype=object)
    table = Table.from_numpy(Domain(variables, metas=metas), X.reshape(len(rows), len(variables)),
                             metas=M.reshape(len(rows), len(metas)))
    table.name = "Keywords"
    return table


def phrases_table(phrases: Sequence[str]) -> Table:
    """Phrases in the Words convention of Orange3-Text."""
    table = Table.from_numpy(Domain([], metas=[_word_variable()]), np.empty((len(phrases), 0)),
                             metas=np.array([[p] for p in phrases], dtype=object).reshape(-1, 1))
    table.name = "Words"
    return table


def matching_documents(corpus: Corpus, counts: KeywordCounts,
                       phrases: Sequence[int] | None = None) -> Corpus | None:
    """Documents that hold one of the phrases, with a text column that names them.

    Parameters
    ----------
    phrases : sequence of int, optional
        Numbers of the phrases; None: any.

    Returns
    -------
    Corpus or None
        None where there is no such document.
    """
    wanted = range(len(counts.phrases)) if phrases is None else phrases
    held = [[counts.phrases[number] for number in wanted if number in found]
            for found in counts.found]
    rows = [number for number, names in enumerate(held) if names]
    if not rows:
        return None
    names = [variable.name for variable in corpus.domain.variables + corpus.domain.metas]
    variable = StringVariable(get_unique_names(names, "keywords"))
    documents = corpus[rows]
    column = np.array(["; ".join(held[row]) for row in rows], dtype=object)
    return documents.add_column(variable, column, to_metas=True)


def _word_variable() -> StringVariable:
    return WordsColumn().mark(StringVariable("Words"))
