"""The door to Orange: tables of the witnesses -> a case; verdicts -> tables of codes."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from Orange.data import ContinuousVariable, Domain, StringVariable, Table, Variable

from orangecontrib.customs.columns import BagColumn, CodeColumn, MassColumn, Role, SkippedPhotos
from orangecontrib.customs.declarations.learning.table import words_read
from orangecontrib.customs.declarations.table import (
    description_of,
    misread,
    role_column,
    strings_of,
)
from orangecontrib.customs.defaults import TRUST, WEIGHT
from orangecontrib.customs.evaluation.conformal import Calibration
from orangecontrib.customs.evaluation.knowngoods import column_of, worded_made
from orangecontrib.customs.facts import Evidence, Priors, Vocabulary, check_probabilities
from orangecontrib.customs.fusion.among import vocabulary_of
from orangecontrib.customs.fusion.engine import PHOTOS, TEXT, Engine
from orangecontrib.customs.fusion.keys import unique_keys
from orangecontrib.customs.fusion.table import (
    default_key,
    evidence_from_table,
    ids_of,
    keys_of,
    marked_texts,
)
from orangecontrib.customs.fusion.verdict import Verdict
from orangecontrib.customs.groups import Group
from orangecontrib.customs.i18n import Message, say
from orangecontrib.customs.nomenclature import LEVELS, parse_code
from orangecontrib.customs.nomenclature.decision_table import OUTSIDE
from orangecontrib.customs.nomenclature.massmap import Masses
from orangecontrib.customs.photos.notes import why_skipped
from orangecontrib.customs.photos.table import model_behind

from .case import Case, join
from .decisions import Decision, decisions_of_table
from .goods import DECLARED, Good, OfGroup, currency_in, goods_of
from .predictions import LIKELY, Predictions, answer_columns
from .rows import row_of
from .schema import COLUMNS, SCHEMA, Column
from .sources import NO_PHOTOS, Source

__all__ = ["case_from_tables", "codes_table", "decisions_from_table", "known_codes", "masses_in",
           "predictions_from_table", "priors_from_table", "probabilities_table", "tested_aside",
           "with_verdicts"]

UNREAD = Message("cases.unread")
#: The corpus reads another column than the description; the answer is left out, or counts.
OTHER_COLUMN = {True: Message("cases.other_column_left_out"), False: Message("cases.other_column")}

#: In the place of a designation, of goods that no code of the table takes.
OUTSIDE_CODES = Message("fusion.none")


# -- tables in

def case_from_tables(engines: Sequence[Engine], text: Table | None = None,
                     photos: Table | None = None, predictions: Table | None = None, *,
                     text_key: Variable | None = None,
                     photo_key: Variable | None = None, predictions_key: Variable | None = None,
                     features: Sequence[Variable] | None = None,
                     trust: float = TRUST, weight: float = WEIGHT,
                     decisions: Table | None = None,
                     calibration: Calibration | None = None) -> Case:
    """The case of the goods in tables.

    Parameters
    ----------
    engines : sequence of Engine
        Of the groups that decide.
    text, photos : Table, optional
        Evidence, a row per good; of the text also columns that are named after facts.
    predictions : Table, optional
        Probabilities of codes, as Predictions sends them.
    text_key, photo_key, predictions_key : Variable, optional
        The goods' ids (default: :func:`default_key`).
    features : sequence of Variable, optional
        What the model behind the predictions learnt from.
    trust : float
        Reliability of declared facts.
    weight : float
        Exponent of the classifier's likelihood.
    decisions : Table, optional
        Of authorities; see :func:`decisions_from_table`.
    calibration : Calibration, optional
        Known goods on which safe digits rest.

    Raises
    ------
    ValueError
        If an input holds no evidence, or the decisions can't be understood; the message begins
        with its name.
    PredictionsError
        If the predictions hold no probabilities of codes.
    """
    groups = [engine.group for engine in engines]
    sources = [_source(name, title, table, default_key(table) if key is None else key, groups)
               for name, title, table, key in ((TEXT, "Text Facts", text, text_key),
                                               (PHOTOS, "Photo Features", photos, photo_key))
               if table is not None]
    if predictions is not None:
        sources.append(predictions_from_table(predictions, predictions_key, features)
                       .source(engines, weight))
    return join(engines, sources, trust, () if decisions is None
                else decisions_from_table(decisions, vocabulary_of(groups))).calibrated(calibration)


def known_codes(case: Case, table: Table, variable: Variable, key: Variable | None = None,
                by: Variable | None = None) -> tuple[dict[str, str], dict[str, str] | None]:
    """Known codes of a case's goods, and what goods share, by key.

    Parameters
    ----------
    table : Table
        One of those that the case was made from.
    variable : Variable
        Its column of codes; those of fewer than 4 digits are left out.
    key : Variable, optional
        The goods' ids there (default: :func:`default_key`).
    by : Variable, optional
        Goods that are alike here are no further witnesses.
    """
    keys = unique_keys(ids_of(table, default_key(table) if key is None else key))
    place = {key: row for row, key in enumerate(keys)}
    codes = [parse_code(text).digits for text in strings_of(table, variable)]
    shared = None if by is None else strings_of(table, by)
    # the second good of an id is the second row with it, as in joining
    rows = {good.key: place[own] for good, own in zip(case.goods, unique_keys(
        [good.good_id for good in case.goods])) if own in place}
    true = {key: codes[row] for key, row in rows.items() if len(codes[row]) >= LEVELS[1]}
    return true, None if shared is None else {key: shared[rows[key]] or key for key in true}


def tested_aside(predictions: Table) -> bool:
    """Whether predictions are known to be of goods that their model was not trained on.

    Test and Score says so by a column "Fold"; of others nobody knows.
    """
    return any(variable.name == "Fold" for variable in predictions.domain.metas)


def decisions_from_table(table: Table, vocabulary: Vocabulary) -> tuple[Decision, ...]:
    """Decisions of a table with the columns of :mod:`.decisions`; ValueError names the row."""
    names = {var.name.strip().lower(): var for var in table.domain.variables + table.domain.metas}
    columns = {name: ["" if (text := var.str_val(value)) == "?" else text
                      for value in table.get_column(var)] for name, var in names.items()}
    rows = [(f"Decisions: row {row + 1}", {name: texts[row] for name, texts in columns.items()})
            for row in range(len(table))]
    return decisions_of_table(list(names), rows, "Decisions:", vocabulary)


def _source(name: str, title: str, table: Table, key: Variable | None,
            groups: Sequence[Group]) -> Source:
    """What a table of evidence says."""
    try:
        read = evidence_from_table(table, key, groups, stated=name == TEXT)
    except ValueError as error:
        raise ValueError(f"{title}: {error}") from None
    # a table with the facts of one group has the problems of that group
    of = [group.id for group in groups if read.evidence.loglik.keys() & group.vocabulary.keys()]
    told = {key: [OfGroup(of[0], problem) if len(of) == 1 else problem for problem in problems]
            for key, problems in read.good_problems.items()}
    rows = _goods(table, key)
    whole = dict(marked_texts(table, [good.key for good in rows], Role.WHOLE))
    goods = [replace(good, problems=(*good.problems, *without, *told.get(good.key, ())),
                     several=read.several.get(good.key, good.several),
                     whole=whole.get(good.key, ""), shown=read.shown.get(good.key))
             for good, without in zip(rows, _silent(name, read.evidence))]
    if name == PHOTOS and key is not None:
        goods += _unseen(table, key.name, goods)
    model = model_behind(table.domain) if name == PHOTOS else None
    return Source(name, goods, read.evidence, read.notes,
                  learnt="" if model is None else model.digest[:8],
                  remarks=tuple(f"{title}: {problem}" for problem in read.problems))


def _silent(name: str, evidence: Evidence) -> list[tuple[Message, ...]]:
    """Per good, that photos say nothing of it: none could be used."""
    spoken = np.logical_or.reduce([evidence.says(fact) for fact in evidence.loglik])
    return [(NO_PHOTOS,) if name == PHOTOS and not says else () for says in spoken]


def _unseen(table: Table, key: str, goods: Sequence[Good]) -> list[Good]:
    """Goods that have no row in a table of photos, because none of theirs could be used."""
    ids = {good.good_id for good in goods}
    found = {id_: photos for id_, photos in SkippedPhotos.of(table).by_good(key, ids).items()
             if id_ not in ids}
    keys = unique_keys([*(good.key for good in goods), *found])[len(goods):]
    return [Good(key, id_, problems=(NO_PHOTOS, *map(why_skipped, photos)))
            for key, (id_, photos) in zip(keys, found.items())]


def _goods(table: Table, key: Variable | None) -> list[Good]:
    """Rows of a table with what they declare."""
    domain = table.domain
    value = role_column(domain, "value")
    common = {} if value is None else {"currency": currency_in(value.name)}
    cells: list[dict[str, object]] = [dict(common) for _ in range(len(table))]
    for what in ("description", *DECLARED):
        if (variable := role_column(domain, what)) is not None:
            for row, value in zip(cells, _values(table, variable)):
                row[what] = value
    if (variable := description_of(table)) is not None:
        for row, text in zip(cells, strings_of(table, variable)):
            row["description"] = text
    return goods_of(ids_of(table, key), cells)


def _values(table: Table, var: Variable) -> list[float] | list[str]:
    """Numbers, or texts; spreadsheets make numbers of codes."""
    values = table.get_column(var)
    return [float(value) for value in values] if var.is_continuous else [
        "" if (text := var.str_val(value)) == "?" else text for value in values]


def predictions_from_table(table: Table, key: Variable | None = None,
                           features: Sequence[Variable] | None = None) -> Predictions:
    """What Predictions sends, without the answers that certainly rest on no word.

    Parameters
    ----------
    table : Table or Corpus
    key : Variable, optional
        The goods' ids (default: :func:`default_key`).
    features : sequence of Variable, optional
        What the model learnt from.
    """
    key = default_key(table) if key is None else key
    names = answer_columns([v.name for v in (*table.domain.attributes, *table.domain.metas)
                            if v.is_continuous])
    columns = {code: table.get_column(name).astype(float) for code, name in names.items()}
    mute, words, certain = _unread(table, features)
    if certain:
        columns = {code: np.where(mute, np.nan, p) for code, p in columns.items()}
    return Predictions(ids_of(table, key), columns, names,
                       {int(row): words for row in np.flatnonzero(mute)},
                       tuple(f"Predictions: {problem}" for problem in keys_of(table, key)[1]))


def masses_in(table: Table) -> Masses | None:
    """P of codes that a table holds: Code Probabilities, or what Predictions sends.

    None where it holds none; of several models the first counts.

    Raises
    ------
    ValueError
        A value is not a probability; the message names column and row.
    """
    names = [v.name for v in (*table.domain.attributes, *table.domain.metas) if v.is_continuous]
    columns = answer_columns(names)
    if not columns:
        return None
    columns |= {OUTSIDE: OUTSIDE} if OUTSIDE in names else {}
    p = np.column_stack([table.get_column(name).astype(float) for name in columns.values()])
    titles = list(columns.values())
    check_probabilities(p, lambda row, column: f"column '{titles[column]}', row {row + 1}")
    # a text model has thousands of columns, none of which is a key
    shown = set(titles)
    key = default_key(table.transform(Domain([], metas=[
        v for v in (*table.domain.variables, *table.domain.metas) if v.name not in shown])))
    return Masses(tuple(ids_of(table, key)), tuple(columns), p)


def _unread(table: Table, features: Sequence[Variable] | None) -> tuple[np.ndarray, Message, bool]:
    """Rows of which the model has read nothing, how it is said, and whether it is certain."""
    learnt = table.domain.attributes if features is None else features
    reads_words = any(map(BagColumn.of, learnt))
    reads_ids = getattr(table, "text_features", None) and misread(table)
    if reads_ids and (reads_words or features is None):
        return np.ones(len(table), dtype=bool), OTHER_COLUMN[bool(reads_words)], reads_words
    known, guessed = words_read(table, features)
    mute = np.zeros(len(table), dtype=bool) if known is None else known == 0
    return mute, LIKELY if guessed else UNREAD, not guessed


def priors_from_table(table: Table, vocabulary: Vocabulary, base: Priors) -> Priors:
    """Priors from the columns fact, value, probability[, source].

    Raises
    ------
    ValueError
        As :meth:`Priors.load`; the message names the row.
    """
    names = {var.name.strip().lower(): var
             for var in table.domain.variables + table.domain.metas}
    wanted = [name for name in ("fact", "value", "probability", "source") if name in names]
    columns = []
    for name in wanted:
        var, values = names[name], table.get_column(names[name])
        columns.append([repr(float(v)) if var.is_continuous else var.str_val(v)
                        for v in values])
    rows = [dict(zip(wanted, values)) for values in zip(*columns)]
    return Priors.from_rows(enumerate(rows, start=1), vocabulary, base,
                            f"{table.name}, row", wanted)


# -- tables out

_MASSES = {column_of(level): level for level in LEVELS}
_NUMBERS = [column for column in SCHEMA if column.kind == "number"]
#: What is declared, and what is new since then, stand last: the others keep their places.
_EARLIER = [column for column in SCHEMA[:COLUMNS.index("problems") + 1] if column.kind == "text"]
_TEXTS = [*sorted(_EARLIER, key=lambda column: column.id in ("declared_code", "agrees")),
          *(column for column in SCHEMA if column.kind == "text" and column not in _EARLIER)]


def codes_table(case: Case, verdicts: Sequence[Verdict]) -> Table:
    """The result, a row per good: numbers as attributes, codes and reasons as metas."""
    rows = [row_of(case, verdict) for verdict in verdicts]
    numbers = [ContinuousVariable(column.title, number_of_decimals=0 if column.id == "quantity"
                                  else 4) for column in _NUMBERS]
    made = worded_made(case.made_with)
    for column, variable in zip(_NUMBERS, numbers):
        if column.id in _MASSES:
            MassColumn(_MASSES[column.id], made).mark(variable)
    return _table("Codes", numbers, _TEXTS, [
        [np.nan if row[c.id] is None else row[c.id] for c in _NUMBERS] for row in rows], rows)


def probabilities_table(case: Case, verdicts: Sequence[Verdict]) -> Table:
    """A row per good, P of every code of the groups' tables."""
    variables = []
    for code in case.codes:
        tariff = case.tariff_of(code)
        node = tariff[code] if tariff is not None else None
        column = CodeColumn(say(node or OUTSIDE_CODES))
        variables.append(column.mark(ContinuousVariable(code, number_of_decimals=4)))
    # of a good of which nothing is said there is none; a group that is not spoken of has none
    p = [[v.probabilities.get(code, 0.) if v.probabilities else np.nan for code in case.codes]
         for v in verdicts]
    return _table("Code probabilities", variables, _TEXTS[:2], p,
                  [{"good_id": case.good(v).good_id, "key": v.key} for v in verdicts])


def _table(name: str, variables: Sequence[Variable], texts: Sequence[Column],
           numbers: Sequence[Sequence[object]], rows: Sequence[Mapping[str, object]]) -> Table:
    """A table of numbers, with texts of the rows as metas; it is known by its unique keys."""
    metas = {column.id: StringVariable(column.title) for column in texts}
    Role.KEY.mark(metas["key"])
    result = Table.from_numpy(
        Domain(variables, metas=list(metas.values())),
        np.array(numbers, dtype=float).reshape(len(rows), len(variables)),
        metas=np.array([[row[c.id] for c in texts] for row in rows],
                       dtype=object).reshape(len(rows), len(texts)))
    result.name = name
    return result


def with_verdicts(tables: Sequence[Table], rows: Sequence[int], case: Case,
                  verdicts: Sequence[Verdict]) -> tuple[Table, Table]:
    """Copies of the tables of codes and of probabilities with these rows decided again."""
    some = codes_table(case, verdicts), probabilities_table(case, verdicts)
    copies = tuple(table.copy() for table in tables)
    for copy, new in zip(copies, some):
        with copy.unlocked():
            copy.X[rows], copy.metas[rows] = new.X, new.metas
    return copies
