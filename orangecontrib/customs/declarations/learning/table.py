"""Door to Orange: codes become the class, and what holds the answer leaves the features."""
from __future__ import annotations

import re

import numpy as np
from Orange.data import ContinuousVariable, DiscreteVariable, Domain, StringVariable, Table
from Orange.data.util import get_unique_names

from orangecontrib.customs.columns import BagColumn, computed
from orangecontrib.customs.declarations.codes import CODE_NAME, answered_code, cut
from orangecontrib.customs.declarations.table import (
    default_text,
    described,
    skipped_rows,
    strings_of,
)
from orangecontrib.customs.i18n import say

from .leaks import determines, is_the_code, tally
from .silence import same_answer

__all__ = ["CLASS_NAME", "answers_in", "code_candidates", "code_class", "codes_as_text",
           "known_words", "leaks", "learnt_from", "silenced", "to_metas", "words_read"]

#: Name of the class of codes; no word of a declaration can be it, so that the bag of words,
#: which renames a column that is called like a word, leaves it alone.
CLASS_NAME = "HS code"

_WORD = re.compile(r"[^\W\d_]{2}")


def code_candidates(table: Table) -> list:
    """Variables that may hold codes, the likeliest first."""
    domain = table.domain
    variables = [v for v in (*domain.class_vars, *domain.metas, *domain.attributes)
                 if isinstance(v, (StringVariable, DiscreteVariable, ContinuousVariable))
                 and not BagColumn.of(v)]
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
        Class :data:`CLASS_NAME`; an earlier class and the column of codes itself are kept
        among the metas, words of a corpus stay. A description that Orange took for a category
        becomes a text. None where no row has a code.
    skipped : Table or None
        Rows without a readable code of that length, with the reason.
    """
    name = table.domain[variable].name
    table = described(table)
    variable = table.domain[name]
    pairs = [cut(text, digits) for text in strings_of(table, variable)]
    good = np.array([not reason for _, reason in pairs], dtype=bool)
    codes = [code for code, reason in pairs if not reason]
    reasons = [say(reason) for _, reason in pairs if reason]
    skipped = skipped_rows(table, good, reasons)
    if not codes:
        return None, skipped
    domain = table.domain
    others = [v.name for v in domain.metas + domain.variables]
    values = tuple(sorted(set(codes)))
    target = DiscreteVariable(get_unique_names(others, CLASS_NAME), values)
    coded = table[good].transform(Domain(
        [v for v in domain.attributes if v is not variable], target,
        [*domain.metas, *domain.class_vars,
         *(v for v in domain.attributes if v is variable)]))
    number = {code: float(place) for place, code in enumerate(values)}
    with coded.unlocked(coded.Y):
        coded.Y[:] = [number[code] for code in codes]
    return coded, skipped


# -- what holds the answer

def leaks(table: Table, target=None, features=None) -> list:
    """Attributes that hold the answer (:mod:`.leaks`), in the order of the domain.

    Parameters
    ----------
    table : Table or Corpus
    target : Variable or str, optional
        The column with the answers; by default the class.
    features : sequence of Variable, optional
        What a model learnt from: others are left out.

    Returns
    -------
    list of Variable
        Categories and whole numbers. Measures are left alone, and so are words of a bag and
        features that a model computed from a photo or a text.
    """
    target = table.domain.class_var if target is None else table.domain[target]
    if target is None or target.is_continuous or not len(table):
        return []
    answers = np.array(strings_of(table, target), dtype=object)
    classes, y = np.unique(answers.astype(str), return_inverse=True)
    known = int((answers != "").sum())
    names = None if features is None else {v.name for v in features}
    found = []
    for variable in table.domain.attributes:
        if (names is not None and variable.name not in names) or variable is target \
                or BagColumn.of(variable) or computed(variable):
            continue
        column = table.get_column(variable).astype(float)
        rows = np.isfinite(column) & (answers != "")
        if variable.is_continuous and (column[rows] % 1 > 0).any():
            continue
        pairs, sizes = np.unique(np.column_stack([column[rows], y[rows]]), axis=0,
                                 return_counts=True)
        values = _names(variable, pairs[:, 0])
        counts = {(value, str(classes[int(c)])): int(size)
                  for value, c, size in zip(values, pairs[:, 1], sizes)}
        if is_the_code(counts, known) or determines(counts, known) \
                and not (variable.is_continuous and _is_measure(pairs[:, 1])):
            found.append(variable)
    return found


def _is_measure(classes: np.ndarray) -> bool:
    """Whether the classes of ascending values seldom change: thresholds part them, by right."""
    return 2 * np.count_nonzero(np.diff(classes)) < len(classes)


def _names(variable, values: np.ndarray) -> list[str]:
    """Values of a column as texts, codes with their leading zero."""
    one = Table.from_numpy(Domain([variable]), values[:, None])
    return strings_of(one, variable)


def codes_as_text(corpus) -> list:
    """Columns that a corpus reads as text and that hold the codes of its class."""
    target = corpus.domain.class_var
    if target is None or target.is_continuous:
        return []
    answers = strings_of(corpus, target)
    known = sum(map(bool, answers))
    return [v for v in corpus.text_features
            if is_the_code(tally(strings_of(corpus, v), answers), known)]


def to_metas(table: Table, variables) -> Table:
    """The table with these attributes among the metas."""
    domain = table.domain
    chosen = [table.domain[variable] for variable in variables]
    return table.transform(Domain([v for v in domain.attributes if v not in chosen],
                                  domain.class_vars, [*domain.metas, *chosen]))


# -- what a bag of words knows

def learnt_from(model) -> tuple | None:
    """What a model learnt from: attributes; None where there is no model, or it does not say."""
    domain = getattr(model, "original_domain", None)
    return None if domain is None else domain.attributes


def known_words(table: Table, features=None) -> np.ndarray | None:
    """How many different words of a bag of words each row holds.

    Numbers and single letters are not counted: they stand in texts of any language.

    Parameters
    ----------
    table : Table or Corpus
    features : sequence of Variable, optional
        What the model learnt from (:func:`learnt_from`): its bag is filled from the texts of
        a corpus. By default the bag that the table brings along.

    Returns
    -------
    ndarray of int, shape (n,), or None
        None where nothing can be said: no bag of words, or no text to fill it from.
    """
    wanted = table.domain.attributes if features is None else features
    bag = [v for v in wanted if BagColumn.of(v) and _WORD.search(v.name)]
    own = set(table.domain.attributes)
    if not bag or not (all(v in own for v in bag) or hasattr(table, "text_features")):
        return None
    X = table.transform(Domain(bag)).X
    return np.asarray((X != 0).sum(axis=1)).ravel().astype(int)


def answers_in(table: Table) -> dict:
    """Columns with the probability of a code, and that code (:func:`answered_code`)."""
    codes = {v: answered_code(v.name) for v in (*table.domain.attributes, *table.domain.metas)
             if v.is_continuous}
    return {v: code for v, code in codes.items() if code}


def words_read(table: Table, features=None) -> tuple[np.ndarray | None, bool]:
    """How many known words an answer rests on, per row of a table of predictions.

    Parameters
    ----------
    table : Table or Corpus
        As Predictions sends it.
    features : sequence of Variable, optional
        What the model learnt from, see :func:`known_words`.

    Returns
    -------
    words : ndarray of float, shape (n,), or None
        NaN where it is not known; None where nothing is.
    guessed : bool
        There is no bag of words and nothing to fill one from: rows with 0 are those that
        :func:`.silence.same_answer` suspects.
    """
    known = known_words(table, features)
    if known is not None:
        return known.astype(float), False
    text, answers = default_text(table), answers_in(table)
    reads_words = features is None or any(map(BagColumn.of, features))
    if not reads_words or text is None or text.is_continuous or not answers:
        return None, False
    shares = np.column_stack([table.get_column(v).astype(float) for v in answers])
    alike = same_answer(strings_of(table, text), shares)
    return (np.where(alike, 0., np.nan), True) if alike.any() else (None, False)


def silenced(table: Table, rows: np.ndarray) -> Table:
    """The table with the probabilities of codes unknown in these rows."""
    result = table.copy()
    with result.unlocked():
        for variable in answers_in(table):
            place = table.domain.index(variable)
            part, column = (result.X, place) if place >= 0 else (result.metas, -1 - place)
            part[rows, column] = np.nan
    return result
