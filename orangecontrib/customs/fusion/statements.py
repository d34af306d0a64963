"""Facts in a plain table: columns named after facts, cells after their values, in any language.

>>> from orangecontrib.customs.facts import Fact, Value, Vocabulary
>>> ink = Fact("ink", "ink", "чернила", (Value("liquid", "liquid", "жидкие"),
...                                      Value("paste", "paste", "паста")))
>>> table = {"Чернила": ["паста", "", "гуашь"]}
>>> said = statements_of(table, table.get, ["A", "B", "C"], Vocabulary([ink]))
>>> said.evidence.says("ink").tolist()
[True, False, False]
>>> said.remarks
["column 'Чернила', row 3: 'гуашь' is not a value of the fact 'ink' and says nothing; there are: \
liquid, paste"]
"""
from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from orangecontrib.customs.declarations.folding import fold
from orangecontrib.customs.declarations.reading import STATED, Finding, Reading, evidence_of
from orangecontrib.customs.facts import Evidence, Fact, Vocabulary
from orangecontrib.customs.i18n import LANGUAGES, Joined, Message, Sayable, say

__all__ = ["Statements", "chosen_columns", "fact_columns", "plain_facts", "ratio_of",
           "statements_of"]

#: P(a cell is right): as much as words that state a fact outright.
STRENGTH = .995
#: Below this likelihood of all that a cell allows, what else is said contradicts it.
APART = .1

#: What stands between several values of which one holds.
_BETWEEN = re.compile(r" ?\| ?| (?:{}) ".format("|".join(
    re.escape(say(Message("reader.or"), name)) for name in LANGUAGES)), re.IGNORECASE)


def _folded(text: str) -> str:
    """As people mean it, whatever its case, spaces, underscores and alphabets."""
    return fold(text.replace("_", " ")).text.strip()


def ratio_of(fact: Fact, values: Sequence[str], strength: float = STRENGTH) -> float:
    """How many times as often a cell allows these values where one holds as where none does.

    One that is right with probability `strength` names each value that it allows, and wrongly
    each other, as often as the next.
    """
    allowed, others = len(values), len(fact.values) - len(values)
    return strength * others / ((1 - strength) * allowed) if others else 1.


def fact_columns(names: Iterable[str], vocabulary: Mapping[str, Fact]) -> dict[str, list[str]]:
    """Columns that are called as facts, by id or by a name of them, and which facts these are."""
    called: dict[str, list[str]] = {}
    for id_, fact in vocabulary.items():
        for name in {_folded(fact.ru), _folded(fact.en)} - {""}:
            called.setdefault(name, []).append(id_)
    called.update({_folded(id_): [id_] for id_ in vocabulary})
    return {name: called[_folded(name)] for name in names if _folded(name) in called}


def plain_facts(names: Iterable[str], cells: Callable[[str], Iterable[str]],
                vocabulary: Mapping[str, Fact]) -> list[str]:
    """Columns that are called as facts and hold nothing but their values."""
    plain = []
    for name, facts in fact_columns(names, vocabulary).items():
        texts = {" ".join(text.split()) for text in cells(name)} - {""}
        counted = dict.fromkeys(texts, (0, 1))
        if any(_Column(name, vocabulary[fact], counted).understood == len(texts)
               for fact in facts):
            plain.append(name)
    return plain


def _values_by_name(fact: Fact) -> dict[str, frozenset[str]]:
    """Values of a fact by their ids and names."""
    named: dict[str, frozenset[str]] = {}
    for value in fact.values:
        for name in {_folded(value.ru), _folded(value.en)} - {""}:
            named[name] = named.get(name, frozenset()) | {value.id}
    return {**named, **{_folded(id_): frozenset((id_,)) for id_ in fact.value_ids}}


def _meant(text: str, named: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """The values that a cell allows, one or several; none where it can't be understood.

    A name may itself hold «или».
    """
    if whole := named.get(_folded(text)):
        return whole
    if len(text) > sum(map(len, named)) + 4 * len(named):  # more than all names together
        return frozenset()
    for between in _BETWEEN.finditer(text):
        first = named.get(_folded(text[:between.start()]))
        rest = first and _meant(text[between.end():], named)
        if first and rest:
            return first | rest
    return frozenset()


@dataclass(frozen=True)
class Statements:
    """What the columns of a plain table say.

    Attributes
    ----------
    evidence : Evidence
        On the facts that have a column.
    cells : dict of (key, fact) to (str, str)
        The column and what was typed.
    remarks : list of str
        On columns and cells that say nothing, though they are called as a fact.
    """

    evidence: Evidence
    cells: Mapping[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    def beside(self, evidence: Evidence, notes: Mapping[tuple[str, str], Sayable],
               vocabulary: Mapping[str, Fact]
               ) -> tuple[Evidence, dict[tuple[str, str], Sayable], dict[str, list[Message]]]:
        """The evidence and notes of another reading of the same rows, and these statements.

        A repetition is not a second witness: where both speak of a fact, what they have in common
        counts once, and where they contradict each other, the column.

        Returns
        -------
        evidence : Evidence
        notes : dict of (key, fact) to str or Message
        problems : dict of str to list of Message
            By key: contradictions.
        """
        if not self.evidence.loglik:
            return evidence, dict(notes), {}
        keys = self.evidence.keys
        evidence = evidence.align(keys)
        loglik, told = dict(evidence.loglik), dict(notes)
        problems: dict[str, list[Message]] = {}
        for fact, cells in self.evidence.loglik.items():
            others = loglik.get(fact, np.zeros_like(cells))
            typed, both = self.evidence.says(fact), evidence.says(fact) & self.evidence.says(fact)
            mine, theirs = (some - some.max(axis=1, keepdims=True) for some in (cells, others))
            apart = both & (np.where(mine == 0, theirs, -np.inf).max(axis=1) < np.log(APART))
            agreed = np.where(apart[:, None], mine, np.minimum(mine, theirs))
            loglik[fact] = np.where(typed[:, None], np.where(both[:, None], agreed, cells), others)
            for row in np.flatnonzero(typed):
                key, (column, text) = keys[row], self.cells[keys[row], fact]
                note = Message.of("fusion.column", column=column, typed=text)
                earlier = None if apart[row] else told.get((key, fact))
                told[key, fact] = Joined((earlier, note)) if earlier else note
                if apart[row]:
                    problems.setdefault(key, []).append(Message.of(
                        "fusion.column_differs", fact=vocabulary[fact], column=column, typed=text))
        return Evidence(keys, loglik), told, problems


def statements_of(names: Iterable[str], cells: Callable[[str], Sequence[str]],
                  keys: Sequence[str], vocabulary: Vocabulary, described: Collection[str] = (),
                  chosen: Mapping[str, str] | None = None) -> Statements:
    """What the columns of a table say that are called as facts.

    Parameters
    ----------
    names : iterable of str
        Of the columns.
    cells : callable
        The cells of a column, as texts; an empty one says nothing.
    keys : sequence of str
        Of the rows.
    vocabulary : Vocabulary
    described : collection of str
        Columns that are part of the description: what is not a value of a fact is read there.
    chosen : dict of str to str, optional
        The column of each fact, as :func:`chosen_columns` tells of the whole table, where these
        rows are a part of it.
    """
    chosen, remarks = chosen_columns(names, cells, vocabulary, described) \
        if chosen is None else (chosen, [])
    if not chosen:
        return Statements(Evidence(keys), remarks=remarks)
    findings: list[list[Finding]] = [[] for _ in keys]
    told = {}
    for fact, name in chosen.items():
        texts = [" ".join(text.split()) for text in cells(name)]
        column = _Column(name, vocabulary[fact], _counted(texts))
        for row, text in enumerate(texts):
            if values := column.values[text]:
                findings[row].append(Finding(fact, values, ratio_of(column.fact, values), 0,
                                             len(text), text, STATED))
                if len(values) < len(column.fact.values):
                    told[keys[row], fact] = name, text
    evidence = evidence_of(keys, [Reading("", tuple(found)) for found in findings],
                           Vocabulary(vocabulary[fact] for fact in chosen))
    return Statements(evidence, told, remarks)


def chosen_columns(names: Iterable[str], cells: Callable[[str], Iterable[str]],
                   vocabulary: Mapping[str, Fact], described: Collection[str] = ()
                   ) -> tuple[dict[str, str], list[str]]:
    """Which column says something of each fact, and remarks on what says nothing.

    Parameters are those of :func:`statements_of`; of the cells only different ones are kept.
    """
    columns: dict[str, list[_Column]] = {}
    for name, facts in fact_columns(names, vocabulary).items():
        counted = _counted(" ".join(text.split()) for text in cells(name))
        column = max((_Column(name, vocabulary[fact], counted) for fact in facts),
                     key=lambda column: column.understood)
        columns.setdefault(column.fact.id, []).append(column)
    chosen, remarks = {}, []
    for fact, some in columns.items():
        first = max(some, key=lambda column: column.understood)
        chosen[fact] = first.name
        for column in some:
            remarks += column.remarks if column.name not in described else []
            if column is not first and column.understood:
                remarks.append(f"column '{column.name}' is left out: '{first.name}' is the same "
                               f"fact, '{fact}'")
    return chosen, remarks


def _counted(texts: Iterable[str]) -> dict[str, tuple[int, int]]:
    """Different texts: in which row each stands first, and in how many."""
    counted: dict[str, tuple[int, int]] = {}
    for row, text in enumerate(texts):
        first, times = counted.get(text, (row, 0))
        counted[text] = first, times + 1
    return counted


class _Column:
    """A column that is called as a fact, and what its cells mean."""

    def __init__(self, name: str, fact: Fact, counted: Mapping[str, tuple[int, int]]):
        named = _values_by_name(fact)
        meant = {text: _meant(text, named) for text in counted}
        self.name, self.fact, self.counted = name, fact, counted
        self.values = {text: tuple(v for v in fact.value_ids if v in meant[text])
                       for text in counted}
        self.understood = sum(times for text, (_, times) in counted.items()
                              if self.values[text])

    @property
    def remarks(self) -> list[str]:
        """On the cells that are no value of the fact."""
        strange = {text: place for text, place in self.counted.items()
                   if text and not self.values[text]}
        if not strange:
            return []
        text = next(iter(strange))  # that of the first row
        count = sum(times for _, times in strange.values()) - 1
        more = f" and {count} more" if count else ""
        return [f"column '{self.name}', row {strange[text][0] + 1}{more}: "
                f"'{text}' is not a value of the fact '{self.fact.id}' and says "
                f"nothing; there are: {', '.join(self.fact.value_ids)}"]
