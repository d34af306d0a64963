"""Tables of the witnesses → a case to decide → a table of codes (no Qt in here)."""
from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from Orange.data import ContinuousVariable, Domain, Table, Variable

from orangecontrib.customs.declarations.headings import DECLARED_CODE_NAMES
from orangecontrib.customs.facts import Evidence, Priors, Vocabulary
from orangecontrib.customs.fusion.answers import Case, duty_at_risk
from orangecontrib.customs.fusion.engine import Engine, Witness
from orangecontrib.customs.fusion.table import (
    TableEvidence,
    classifier_odds_from_table,
    default_key,
    evidence_from_table,
    keys_of,
    predicted_classes,
    probabilities_table,
    verdicts_table,
)
from orangecontrib.customs.fusion.verdict import Verdict
from orangecontrib.customs.nomenclature import Code, parse_code

__all__ = ["PredictionsError", "declared_codes",
           "quantities", "priors_from_table", "join", "codes_table", "with_verdicts"]


class PredictionsError(ValueError):
    """The table of predictions holds no probabilities of codes."""


def _column(table: Table, names: Sequence[str]) -> Variable | None:
    for var in table.domain.metas + table.domain.variables:
        if var.name.strip().lower().replace(" ", "_") in names:
            return var
    return None


def declared_codes(table: Table, keys: Sequence[str]) -> dict[str, str] | None:
    """Digits of the declared codes per key; None where no column holds them."""
    typed = _typed_codes(table, keys)
    return None if typed is None else {key: code.digits for key, code in typed.items()}


def _typed_codes(table: Table, keys: Sequence[str]) -> dict[str, Code] | None:
    """Declared codes per key as people typed them.

    A column of numbers is read too: spreadsheets make numbers of codes.
    """
    var = _column(table, DECLARED_CODE_NAMES)
    if var is None:
        return None
    values = table.get_column(var)
    if not var.is_continuous:
        values = ["" if (text := var.str_val(value)) == "?" else text for value in values]
    return {key: parse_code(value) for key, value in zip(keys, values)}


def quantities(table: Table, keys: Sequence[str]) -> dict[str, float]:
    """Pairs per key, where a numeric column "quantity" gives them."""
    var = _column(table, ("quantity", "количество", "pairs"))
    if var is None or not var.is_continuous:
        return {}
    return {key: float(value) for key, value in zip(keys, table.get_column(var))
            if np.isfinite(value) and value > 0}


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


def join(engine: Engine, text: Table | None = None, photos: Table | None = None,
         predictions: Table | None = None, *, text_key: Variable | None = None,
         photo_key: Variable | None = None, predictions_key: Variable | None = None,
         trust: float = .99, weight: float = 1.) -> Case:
    """Goods of all inputs, matched by key; a key that one input lacks is kept.

    Rows that share one id in the text (``A``, ``A#2``) share the photos of ``A``.

    Parameters
    ----------
    text, photos : Table, optional
        Evidence, a row per good.
    text_key, photo_key, predictions_key : Variable, optional
        The goods' ids (default: :func:`default_key`).
    predictions : Table, optional
        Probabilities of codes, as Predictions sends them.
    trust : float
        Reliability of declared facts: people misdeclare.
    weight : float
        Exponent of the classifier's likelihood.

    Raises
    ------
    ValueError
        If an input holds no evidence; the message begins with its name.
    PredictionsError
        If the predictions hold no probabilities of codes.
    """
    text_key, photo_key, predictions_key = (
        default_key(table) if key is None and table is not None else key
        for table, key in ((text, text_key), (photos, photo_key),
                           (predictions, predictions_key)))
    found: dict[str, TableEvidence] = {}
    remarks = []
    for name, title, table, key in (("текст", "Text Facts", text, text_key),
                                    ("фото", "Photo Features", photos, photo_key)):
        if table is None:
            continue
        try:
            read = evidence_from_table(table, key)
        except ValueError as error:
            raise ValueError(f"{title}: {error}") from None
        found[name] = read
        remarks += [f"{title}: {problem}" for problem in read.problems]
    known = {name: read.evidence.keys for name, read in found.items()}
    if predictions is not None:
        own, problems = keys_of(predictions, predictions_key)
        known["модель"] = tuple(own)
        remarks += [f"Predictions: {problem}" for problem in problems]
    if "текст" in found and "фото" in found:
        found["фото"] = _shared(found["фото"], found["текст"].evidence.keys)
        known["фото"] = found["фото"].evidence.keys
    keys = tuple(dict.fromkeys(key for own in known.values() for key in own))
    odds = None
    if predictions is not None:
        try:
            odds = classifier_odds_from_table(engine, predictions, predictions_key, keys, weight)
        except ValueError as error:
            raise PredictionsError(str(error)) from None
        outside = [c for c in predicted_classes(predictions) if engine.is_outside(c)]
        if outside:
            remarks.append(f"Predictions: the decision table has no code of {', '.join(outside)}; "
                           "these classes speak for goods outside of it")
    problems: dict[str, list[str]] = {}
    for read in found.values():
        for key, texts in read.good_problems.items():
            problems.setdefault(key, []).extend(texts)
    witnesses = tuple(
        Witness(name, read.evidence.align(keys), read.notes, trust if name == "текст" else 1.)
        for name, read in found.items())
    declared, quantity = None, {}
    for table, name in ((photos, "фото"), (text, "текст")):
        if table is not None:
            own = known[name][:len(table)]
            codes = _typed_codes(table, own)
            if codes is not None:
                declared = (declared or {}) | {key: code.digits for key, code in codes.items()}
            for key, code in (codes or {}).items():
                for words in code.said("ru"):
                    problems.setdefault(key, []).append(f"заявленный код {words}")
            quantity = {**quantity, **quantities(table, own)}
    unmatched = {name: len(keys) - len(own) for name, own in known.items()
                 if len(own) < len(keys)}
    return Case(engine, keys, witnesses, odds, problems, tuple(remarks), unmatched,
                declared, quantity)


def _shared(photos: TableEvidence, text_keys: Sequence[str]) -> TableEvidence:
    """Photos under the keys of the text as well: ``A#2`` has the photos of ``A``."""
    own = photos.evidence
    position = {key: i for i, key in enumerate(own.keys)}
    more = [(key, key.rpartition("#")[0]) for key in text_keys
            if key not in position and key.rpartition("#")[0] in position]
    if not more:
        return photos
    rows = list(range(len(own))) + [position[base] for _, base in more]
    keys = own.keys + tuple(key for key, _ in more)
    evidence = Evidence(keys, {f: v[rows] for f, v in own.loglik.items()})
    origin = {base: [key for key, b in more if b == base] for _, base in more}
    notes = dict(photos.notes)
    for (base, fact), note in photos.notes.items():
        notes.update({(key, fact): note for key in origin.get(base, ())})
    good_problems = dict(photos.good_problems)
    for base, copies in origin.items():
        if base in good_problems:
            good_problems.update({key: good_problems[base] for key in copies})
    return TableEvidence(evidence, notes, photos.problems, good_problems)


def codes_table(case: Case, verdicts: Sequence[Verdict]) -> Table:
    """`verdicts_table` with the duty at the declared code, the duty at risk, the quantity.

    Duties are EUR per pair; the quantity stands beside them where it is known.
    """
    table = verdicts_table(verdicts, {v.key: list(case.notes_of(v)) for v in verdicts},
                           case.declared)
    nomenclature = case.engine.nomenclature
    names = ["duty at risk"]
    columns = [[duty_at_risk(case.engine, v) for v in verdicts]]
    if case.declared is not None:
        names.append("duty at declared code")
        duties = [nomenclature.duty(case.declared.get(v.key, "")) for v in verdicts]
        columns.append([np.nan if duty is None else duty for duty in duties])
    if case.quantity:
        names.append("quantity")
        columns.append([case.quantity.get(v.key, np.nan) for v in verdicts])
    new = [ContinuousVariable(name, number_of_decimals=0 if name == "quantity" else 4)
           for name in names]
    domain = table.domain
    result = table.transform(Domain(domain.attributes + tuple(new), metas=domain.metas))
    if verdicts:  # Orange leaves a table without rows locked
        with result.unlocked(result.X):
            result.X[:, len(domain.attributes):] = np.array(columns, dtype=float).T
    result.name = table.name
    return result


def with_verdicts(tables: Sequence[Table], rows: Sequence[int], case: Case,
                  verdicts: Sequence[Verdict]) -> tuple[Table, Table]:
    """Copies of the tables of codes and of probabilities with these rows decided anew."""
    some = codes_table(case, verdicts), probabilities_table(verdicts, case.engine)
    copies = tuple(table.copy() for table in tables)
    for copy, new in zip(copies, some):
        with copy.unlocked():
            copy.X[rows], copy.metas[rows] = new.X, new.metas
    return copies
