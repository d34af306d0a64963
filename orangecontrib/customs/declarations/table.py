"""Door to Orange: descriptions in a table → P per fact value, a row per good."""
from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np
from Orange.data import ContinuousVariable, DiscreteVariable, Domain, StringVariable, Table
from Orange.data.util import get_unique_names
from scipy.sparse import issparse

from orangecontrib.customs.columns import (
    BagColumn,
    ComposedColumn,
    FactColumn,
    ImageColumn,
    NoteColumn,
    Role,
    TextColumn,
    copy_marks,
    keyed,
    name_key,
)
from orangecontrib.customs.facts import Fact, Priors, Vocabulary
from orangecontrib.customs.files import Roles, Row, TextTable, composed_of, find_column
from orangecontrib.customs.files.words import Label, fits
from orangecontrib.customs.i18n import Joined, Message, say

from .facts import EMPTY, FactReader
from .goods import ids_of_goods
from .headings import (
    doubts_of,
    is_code,
    is_description,
    is_id,
    may_be_description,
    mostly_ids,
    numbers_in,
)
from .reading import IMPLIED, Reading
from .together import GroupsReader

__all__ = ["declarations_table", "default_text", "describe", "described", "description_of",
           "facts_table", "holds_ids", "misread", "names_of", "role_column", "rows_of_goods",
           "skipped_rows",
           "strings_of", "text_candidates", "texts_of"]

#: The roles of columns that stay texts, and what all roles of a file are here.
_TEXTS = ("description", "good_id", "declared_code", "currency")
_ROLES = {"good_id": Role.KEY}


def declarations_table(table: TextTable, rows: Sequence[Row] | None = None,
                       roles: Roles | None = None, declined: Collection[str] = ()) -> Table:
    """A file of declarations → a table in which codes and ids stay what was typed.

    Parameters
    ----------
    table : TextTable
    rows : sequence of Row, optional
        Those of its rows to take (:func:`.headings.trusted_rows`); all by default.
    roles : Roles, optional
        Which column is which (:func:`..files.guess_roles`): their variables are marked, so
        that all widgets take them for that, whatever they are called.
    declined : collection of str
        Roles that no column is to have, whatever it is called.

    Returns
    -------
    Table
        Columns of plain numbers (:func:`.headings.numbers_in`) that are not code, id or
        description, by role or name, as attributes, all others as text metas; both in the order
        of the file.  What a specification states is a text meta "description" then, behind
        them.  Where rows are doubtful, "problems" says why, in the language that is spoken.
    """
    rows = table.rows if rows is None else rows
    chosen = {} if roles is None else {column: role for role, column in roles.columns.items()}
    attributes, numbers, metas, texts = [], [], [], []
    for name in filter(None, table.columns):
        cells = [row.cells[name].strip() for row in rows]
        is_text = chosen[name] in _TEXTS if name in chosen else (
            is_code(name) or is_id(name) or is_description(name))
        read = None if is_text else numbers_in(cells)
        if read is None:
            variable = StringVariable(name)
            metas.append(variable)
            texts.append(cells)
        else:
            variable = ContinuousVariable(name, number_of_decimals=read[1])
            attributes.append(variable)
            numbers.append(read[0])
        _mark(variable, chosen.get(name), roles, declined)
    names = [v.name for v in (*attributes, *metas)]
    if roles is not None and roles.statements:
        variable = Role.DESCRIPTION.mark(StringVariable(get_unique_names(names, "description")))
        metas.append(ComposedColumn(tuple(
            (column, label.text) for column, label in roles.statements.items())).mark(variable))
        texts.append([(roles.description(row.cells) or "").strip() for row in rows])
        names.append(variable.name)
    doubts = [say(Joined(tuple(doubts_of(row, table, roles)), "; ")) for row in rows]
    if any(doubts):
        metas.append(Role.PROBLEMS.mark(StringVariable(get_unique_names(names, "problems"))))
        texts.append(doubts)
    result = Table.from_numpy(
        Domain(attributes, metas=metas),
        np.array(numbers, dtype=float).reshape(len(attributes), len(rows)).T,
        metas=np.array(texts, dtype=object).reshape(len(metas), len(rows)).T)
    result.name = Path(table.name).stem
    return result


def _mark(variable, role: str | None, roles: Roles | None, declined: Collection[str]) -> None:
    """Mark a variable with the role that its column has in the file.

    One that would be taken for a role by its name, and is not, has the role of none.
    """
    if roles is None:
        return
    settled = {*roles.columns, *declined}
    if variable.name in roles.statements:
        Role.STATEMENT.mark(variable)
    elif role is None and (meant := fits(variable.name)) and settled >= meant.keys():
        Role.NONE.mark(variable)
    elif role is not None and not (role == "description" and roles.statements):
        _ROLES.get(role, Role(role)).mark(variable)


def role_column(domain: Domain, role: str):
    """The variable that is marked with a role, or else called so; None without one."""
    variables = [*domain.metas, *domain.variables]
    marked = Role.find(role, variables)
    if marked is not None:
        return marked
    name = find_column([v.name for v in variables if not Role.of(v)], role)
    return None if name is None else domain[name]


def strings_of(table: Table, variable) -> list[str]:
    """A column as texts: unknown values are empty, a code read as a number gets its zero back."""
    column = table.get_column(variable)
    if isinstance(variable, StringVariable):  # unknown: None, NaN or empty
        return ["" if value is None or value != value else str(value) for value in column]
    if isinstance(variable, DiscreteVariable):
        return ["" if np.isnan(value) else variable.values[int(value)] for value in column]
    texts = ["" if not np.isfinite(value) or value != int(value) else str(int(value))
             for value in column.astype(float)]
    # codes have an even number of digits: an odd one has lost its leading zero
    return [text.zfill(len(text) + len(text) % 2) if text else "" for text in texts]


def texts_of(table: Table, variable) -> list[str]:
    """The texts of a string or discrete variable; unknown values are empty."""
    variable = table.domain[variable]
    if not isinstance(variable, (StringVariable, DiscreteVariable)):
        raise ValueError(f"'{variable.name}' is not a text, it was read as numbers: make it a "
                         "text in the widget that reads the file, or choose another column")
    return strings_of(table, variable)


# -- which column is the description

def _kind(variable) -> int:
    return 0 if variable.is_string else 1 if variable.is_discrete else 2


def description_of(table: Table):
    """The column that is marked or *named* as description, whatever its type; or None.

    Orange reads a column of repeated texts as a category, an empty one as numbers.
    """
    domain = table.domain
    marked = Role.find(Role.DESCRIPTION, domain.metas)
    if marked is not None:
        return marked
    named = [v for v in (*domain.metas, *domain.class_vars, *domain.attributes)
             if is_description(v.name) and Role.of(v) is None
             and not ImageColumn.of(v) and not BagColumn.of(v)]
    return min(named, key=_kind, default=None)


def text_candidates(table: Table) -> list:
    """Variables that may hold descriptions: texts, then categories, and what is so named."""
    domain = table.domain
    variables = [v for v in (*domain.metas, *domain.class_vars, *domain.attributes)
                 if not ImageColumn.of(v) and not ((role := Role.of(v)) and role.of_texts)
                 and (v.is_string or v.is_discrete or is_description(v.name)
                      and not BagColumn.of(v))]
    return sorted(variables, key=_kind)


def holds_ids(table: Table, variable) -> bool:
    """Whether a column holds ids or codes rather than descriptions."""
    return mostly_ids(strings_of(table[:200], table.domain[variable]))


def default_text(table: Table):
    """The column that is read as description, None where none looks like one.

    The one that is named so; else, among those that hold no ids or codes, a telling name, what
    a corpus itself takes for its text, the longest texts, the longest categories.
    """
    named = description_of(table)
    if named is not None:
        return named
    good = [v for v in text_candidates(table) if Role.of(v) is None and not holds_ids(table, v)]
    own = set(getattr(table, "text_features", None) or ())

    def rank(variable):
        texts = strings_of(table[:200], variable)
        return (variable.is_discrete, not may_be_description(variable.name), variable not in own,
                -sum(map(len, texts)))
    return min(good, key=rank, default=None)


def misread(corpus) -> bool:
    """Whether a corpus reads ids or codes, while one of its columns is named description."""
    named, read = description_of(corpus), list(corpus.text_features)
    return named is not None and not named.is_continuous and named not in read \
        and all(holds_ids(corpus, v) for v in read)


def described(table: Table) -> Table:
    """The table with its description as a text meta, which a corpus made of it reads.

    What a corpus reads already stays, unless that is ids or codes (:func:`misread`).
    """
    old = description_of(table)
    is_corpus = hasattr(table, "text_features")
    if old is None or old.is_continuous or old in table.domain.class_vars \
            or (is_corpus and not misread(table)):
        return table
    new = TextColumn().mark(copy_marks(old, StringVariable(old.name)))
    domain = table.domain
    metas = [new if v is old else v for v in domain.metas]
    if old not in domain.metas:
        metas.insert(0, new)
    result = table.transform(Domain([v for v in domain.attributes if v is not old],
                                    domain.class_vars, metas))
    if len(result) and not old.is_string:
        with result.unlocked(result.metas):
            result.metas[:, metas.index(new)] = strings_of(table, old)
    if is_corpus:
        result.set_text_features([new])
    return result


def describe(reading: Reading, vocabulary: Vocabulary) -> str:
    """The findings of one description in readable words, in the language that is spoken."""
    return Joined(tuple(Message.of(
        "reader.finding_implied" if finding.kind == IMPLIED else "reader.finding",
        fact=vocabulary[finding.fact],
        values=names_of(vocabulary[finding.fact], finding.values),
        words=finding.text) for finding in reading.findings), "; ").text()


def names_of(fact: Fact, values: Collection[str]) -> str:
    """The names of values of which one holds: «резина или пластмасса»."""
    return f" {Message('reader.or')} ".join(say(v) for v in fact.values if v.id in values)


def facts_table(table: Table, text_variable, reader: FactReader | GroupsReader, key_variable=None,
                priors: Priors | None = None) -> tuple[Table, Table | None]:
    """Facts of the descriptions in `table`, as probabilities that people can read.

    Parameters
    ----------
    table : Table or Corpus
        A row per good.
    text_variable : str or Variable
        The column with the descriptions.
    reader : FactReader or GroupsReader
    key_variable : str or Variable, optional
        The column with the goods' ids; it is kept, and marked as the key.
    priors : Priors, optional
        What the probabilities contain; those of the reader's groups by default.

    Returns
    -------
    facts : Table
        A :class:`~orangecontrib.customs.columns.FactColumn` for each value, called as
        ``upper: leather``, with the prior that the receiver takes out again; NaN where the
        text does not speak of the fact.  Original metas and attributes (but for the sparse
        ones of a bag of words) are kept as metas, with "findings", "problems" and, for each
        fact that is spoken of, "<fact>: words" (a note, by which the fusion finds the words
        for its trace); where a description speaks of several goods, "several goods" has what it
        leaves open of them, and "declared id" the id that they share.  A row with an empty
        description stays, silent, with its problem.
        A row per good of the text: with a key, those that one description names are called
        ``7#1, 7#2``.
    skipped : Table or None
        The rows with an empty description once more, with the reason.
    """
    priors = reader.priors if priors is None else priors
    texts = texts_of(table, text_variable)
    filled = np.array([bool(text.strip()) for text in texts], dtype=bool)
    rows, told, wholes = table, _told(table), []
    readings, there = [reader.read(text) for text in texts], filled
    spans = _spans(table.domain[text_variable], texts)
    if key_variable is not None and any(reading.goods for reading in readings):
        ids = _ids(table, table.domain[key_variable])
        wholes = [name if reading.goods else "" for name, reading in zip(ids, readings)
                  for _ in reading.goods or (reading,)]
        rows, readings, places = _row_per_good(table, readings, table.domain[key_variable])
        told, there = [told[place] for place in places], filled[places]
        spans = [spans[place] for place in places]
    doubts = [reading.problems if there else () if told else (EMPTY,)
              for reading, there, told in zip(readings, there, told)]
    evidence = reader.evidence([str(i) for i in range(len(readings))], readings)
    posterior = evidence.posterior(priors)

    columns, attributes = [], []
    for fact in reader.spoken(readings).values():
        spoken = evidence.says(fact.id)
        for k, value in enumerate(fact.values):
            column = FactColumn(fact.id, value.id, priors[fact.id][k])
            attributes.append(column.mark(
                ContinuousVariable(f"{fact.id}: {value.id}", number_of_decimals=3)))
            columns.append(np.where(spoken, posterior[fact.id][:, k], np.nan))

    domain = rows.domain
    used = [v.name for v in domain.metas] + [v.name for v in domain.class_vars]
    used += [v.name for v in attributes]
    taken = {v.name for v in attributes}
    kept_attributes = [] if issparse(table.X) else [
        v for v in domain.attributes if v.name not in taken]
    metas = [*domain.metas, *kept_attributes]
    findings_name, problems_name = (
        get_unique_names(used + [v.name for v in kept_attributes], name)
        for name in ("findings", "problems"))
    problems_variable = Role.PROBLEMS.mark(StringVariable(problems_name))
    words = _words(readings, reader.vocabulary, spans)
    word_variables = []
    for fact in words:
        variable = StringVariable(get_unique_names(used + [findings_name, problems_name],
                                                   f"{fact}: words"))
        word_variables.append(NoteColumn(fact).mark(variable))
    several = [reading.several.text for reading in readings]
    for role, name, texts in ((Role.SEVERAL, "several goods", several),
                              (Role.WHOLE, "declared id", wholes)):
        if any(texts):
            variable = StringVariable(get_unique_names(used + [findings_name, problems_name], name))
            word_variables.append(role.mark(variable))
            words[name] = texts
    classes = domain.class_vars
    if key_variable is not None:
        key = table.domain[key_variable].name
        classes, metas = keyed(classes, key), keyed(metas, key)
    domain = Domain(attributes, classes,
                    [*metas, StringVariable(findings_name), problems_variable,
                     *word_variables])
    result = rows.transform(domain)
    with result.unlocked():
        result.X = np.column_stack(columns) if readings else np.zeros((0, len(columns)))
    said = [[describe(r, reader.vocabulary) for r in readings],
            [Joined(tuple(said), "; ").text() for said in doubts], *words.values()]
    if readings:  # Orange leaves the metas of a table without rows locked
        with result.unlocked(result.metas):
            for column, texts in enumerate(said, start=len(metas)):
                result.metas[:, column] = texts
    if key_variable is not None:
        name_key(result, key)
    why = [told or say(EMPTY) for told, there in zip(_told(table), filled) if not there]
    return result, skipped_rows(table, filled, why)


def _told(table: Table) -> list[str]:
    """The problems that a table brings along, of each row."""
    columns = [strings_of(table, v) for v in table.domain.metas
               if v.is_string and Role.of(v) is Role.PROBLEMS]
    return ["; ".join(filter(None, said)) for said in zip(*columns)] if columns \
        else [""] * len(table)


def _ids(table: Table, key) -> list[str]:
    """Ids as declared; a row without one is called after its place, which a split would change."""
    return [f"row {row}" if name in ("", "?") else name for row, name in enumerate(
        (key.str_val(value).strip() for value in table.get_column(key)), start=1)]


def _row_per_good(table: Table, found: Sequence[Reading], key
                  ) -> tuple[Table, list[Reading], list[int]]:
    """A row for each good that a description names, what is read of each, and its row before.

    Their ids are texts then («7#1»); the quantity is the one that the description states, and
    nothing is known of the value and the weight of each.
    """
    counts = [max(1, len(reading.goods)) for reading in found]
    ids = ids_of_goods(_ids(table, key), counts)
    places = [number for number, count in enumerate(counts) for _ in range(count)]
    readings = [own for reading in found for own in reading.goods or (reading,)]
    rows = _with_column(table[places], key, [name for names in ids for name in names])
    several = [counts[place] > 1 for place in places]
    said, declared = {}, {}
    for what in ("quantity", "value", "weight"):
        if (variable := role_column(table.domain, what)) is not None:
            name = variable.name
            typed = ["" if (text := rows.domain[name].str_val(value)) == "?" else text
                     for value in rows.get_column(name)]
            declared[what] = list(map(bool, typed))
            own = [f"{reading.quantity:g}" if what == "quantity" and reading.quantity is not None
                   else "" for reading in readings]
            said[name] = [mine if of_several else text
                          for mine, of_several, text in zip(own, several, typed)]
    none = [False] * len(places)
    quantity, value, weight = (declared.get(what, none) for what in ("quantity", "value", "weight"))
    readings = [reading.counted(quantity[row], value[row] or weight[row]) if several[row]
                else reading for row, reading in enumerate(readings)]
    for name, cells in said.items():
        rows = _with_column(rows, rows.domain[name], cells)
    return rows, readings, places


def _with_column(table: Table, variable, texts: Sequence[str]) -> Table:
    """The table with other texts in a column, which becomes a text meta of the same name."""
    new = copy_marks(variable, StringVariable(variable.name))
    domain = table.domain
    metas = [new if v is variable else v for v in domain.metas]
    if new not in metas:
        metas.append(new)
    result = table.transform(Domain(  # of the same domain it would be a view
        [v for v in domain.attributes if v is not variable],
        [v for v in domain.class_vars if v is not variable], metas)).copy()
    with result.unlocked(result.metas):
        result.metas[:, metas.index(new)] = texts
    return result


def _spans(variable, texts: Sequence[str]) -> list[list[tuple[int, int, str]]]:
    """Which parts of the texts come from columns of a specification."""
    composed = ComposedColumn.of(variable)
    statements = {column: Label(label, "") for column, label in composed.statements} \
        if composed else {}
    return [composed_of(text, statements) for text in texts]


def _words(readings, vocabulary, spans) -> dict[str, list[str]]:
    """Per fact that is spoken of, the words of each good that say it."""
    said = [reading.words(some) for reading, some in zip(readings, spans)]
    return {fact: [say(words.get(fact, "")) for words in said] for fact in vocabulary
            if any(fact in words for words in said)}


def rows_of_goods(facts: Table, keys: Sequence[str], rows: Sequence[int]) -> list[int]:
    """The rows of a table of facts that are about goods of the data that it was made of.

    Parameters
    ----------
    facts : Table
        Of :func:`facts_table`: a description that names several goods has a row for each of them.
    keys : sequence of str
        Of all rows of the data.
    rows : sequence of int
        Of the data.
    """
    whole = Role.find(Role.WHOLE, facts.domain.metas)
    if whole is None:
        return [row for row in rows if row < len(facts)]
    wholes, found, row = strings_of(facts, whole), [], 0
    for number, key in enumerate(keys):
        start = row
        while row < len(facts) and wholes[row] == key and key:
            row += 1
        row = max(row, start + 1)
        if number in rows:
            found += range(start, min(row, len(facts)))
    return found


def skipped_rows(table: Table, kept: np.ndarray, reasons) -> Table | None:
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
