"""Goods in, rows of the result out: what Python calls, and the command line."""
from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from orangecontrib.customs.declarations import reader_of
from orangecontrib.customs.defaults import ERROR, TRUST, WEIGHT
from orangecontrib.customs.evaluation.conformal import Calibration
from orangecontrib.customs.facts import Priors, Vocabulary
from orangecontrib.customs.fusion.among import vocabulary_of
from orangecontrib.customs.fusion.engine import Engine
from orangecontrib.customs.fusion.statements import fact_columns
from orangecontrib.customs.fusion.verdict import Verdict
from orangecontrib.customs.groups import Group, loaded_groups
from orangecontrib.customs.nomenclature import Tariff

from .case import Case, join
from .decisions import Decision
from .files import (
    goods_of_rows,
    read_answers,
    read_calibration_file,
    read_decisions,
    read_goods,
    read_predictions,
    read_priors,
    read_tariff,
)
from .goods import Good
from .predictions import Predictions
from .rows import row_of
from .sources import (
    PhotoEvidence,
    photo_model,
    photo_source,
    read_photos,
    text_source,
)
from .texts import text_model_source

if TYPE_CHECKING:    # takes scipy, which a case without a text model does not
    from orangecontrib.customs.textmining.tree import TextTree

__all__ = ["case_of", "decide", "engines_of", "rows_of"]

_T = TypeVar("_T")


def engines_of(groups: Iterable[str | os.PathLike[str] | Group] = (),
               priors: Priors | None = None) -> tuple[Engine, ...]:
    """The engines of groups, by id, from folders or as they are; of all loaded ones by default.

    Raises
    ------
    GroupError
        There is no such group, or two of them don't go together.
    """
    return tuple(Engine(group, priors) for group in loaded_groups(groups))


def case_of(goods: Sequence[Good], photos: PhotoEvidence | None = None,
            predictions: Predictions | None = None, *,
            groups: Iterable[str | os.PathLike[str] | Group] = (), priors: Priors | None = None,
            trust: float = TRUST, weight: float = WEIGHT,
            decisions: Sequence[Decision] = (), on: date | None = None,
            tariff: Tariff | None = None, texts: TextTree | None = None,
            exchange: Mapping[str, Mapping[str, float]] | None = None,
            calibration: Calibration | None = None,
            progress: Callable[[int, int], None] | None = None) -> Case:
    """The case of declared goods and of what other witnesses say of them.

    For `decisions`, `on`, `tariff`, `exchange` and `calibration` see :class:`Case`; `texts` is a
    text model, which takes the place of `predictions`.
    """
    engines = engines_of(groups, priors)
    readers = [reader_of(engine.group) for engine in engines if engine.group.reads_text]
    sources = [text_source(goods, readers, progress,
                           vocabulary_of(engine.group for engine in engines))]
    if photos is not None:
        sources.append(photo_source(photos))
    if predictions is not None:
        sources.append(predictions.source(engines, weight))
    elif texts is not None:
        sources.append(text_model_source(sources[0].goods, texts, engines))
    case = join(engines, sources, trust, decisions, on, exchange=exchange)
    return (case if tariff is None else case.under(tariff)).calibrated(calibration)


def rows_of(case: Case, error: float = ERROR,
            answers: Mapping[str, Mapping[str, str]] | None = None,
            progress: Callable[[int, int], None] | None = None,
            seen: Callable[[Verdict], None] | None = None) -> list[dict[str, Any]]:
    """Rows of the result, in the order of the goods; `seen` gets each verdict."""
    rows = []
    for verdict in case.decide(error=error, answers=answers, progress=progress):
        rows.append(row_of(case, verdict))
        if seen is not None:
            seen(verdict)
    return rows


def decide(goods: str | os.PathLike[str] | Iterable[Mapping[str, object]],
           photos: str | os.PathLike[str] | PhotoEvidence | None = None, *,
           predictions: str | os.PathLike[str] | Predictions | None = None,
           answers: str | os.PathLike[str] | Mapping[str, Mapping[str, str]] | None = None,
           priors: str | os.PathLike[str] | Priors | None = None, model: str = "default",
           error: float = ERROR, trust: float = TRUST, weight: float = WEIGHT,
           groups: Iterable[str | os.PathLike[str] | Group] = (),
           decisions: str | os.PathLike[str] | Sequence[Decision] = (), on: date | None = None,
           tariff: str | os.PathLike[str] | Tariff | None = None,
           exchange: Mapping[str, Mapping[str, float]] | None = None,
           text_model: str | os.PathLike[str] | TextTree | None = None,
           calibration: str | os.PathLike[str] | Calibration | None = None
           ) -> list[dict[str, Any]]:
    """Ten-digit codes of goods, with reasons: the rows of ``orange-customs classify``.

    Parameters
    ----------
    goods : path or iterable of dict
        A file of declarations in any format that is read, or rows: ``description`` and, as
        known, ``good_id, declared_code, quantity, value, currency, weight``, under any name
        that says so, and facts: columns named after them, cells after their values.
    photos : path or PhotoEvidence, optional
        A folder or zip with a sub-folder per good id, or a CSV ``good_id,image``.
    predictions : path or Predictions, optional
        A CSV as the widget Predictions saves it, with columns ``model (code)``.
    answers : path or dict, optional
        An analyst's answers by hand: a CSV ``good_id,fact,value`` or key → fact → value.
    priors : path or Priors, optional
        A CSV ``fact,value,probability`` in place of the groups' own priors.
    model : str
        Of the photos: "default", "free" or a model's file.
    error : float
        Accepted probability that the safe code is wrong.
    trust : float
        Probability that what the text declares is about this very good.
    weight : float
        Exponent of the predictions' likelihood.
    groups : iterable of str, path or Group
        The groups of goods that decide: ids, folders of tables, or as they are; all that
        installed packages bring by default.
    decisions : path, "example" or sequence of Decision
        Of authorities: a good that matches one gets its code, with its number in the trace
        beside what is said without it (:mod:`.decisions`).
    on : date, optional
        The day that counts for the validity of decisions; today by default.
    tariff : path or Tariff, optional
        An official edition: what rests on a code whose wording it changes is not established.
    exchange : dict of str to dict of str to float, optional
        By the currency of values, what one of another currency costs in it:
        ``{"RUB": {"EUR": 98.5}}``.
    text_model : path or TextTree, optional
        Of ``orange-customs train-text``, in place of `predictions`: a term where a group has the
        law, alone where none has.
    calibration : path or Calibration, optional
        A table of ``orange-customs calibrate``: safe digits rest on its goods.

    Returns
    -------
    list of dict
        A row per good with the columns of :data:`orangecontrib.customs.cases.SCHEMA`; a text
        that there is not is empty, a number None.

    Warns
    -----
    UserWarning
        What is wrong with the sources themselves, and answers for goods that there are not.

    Raises
    ------
    ValueError
        A source or a group can't be used; the message names file and line, and what to do.

    Examples
    --------
    >>> from orangecontrib.customs.cases import decide
    >>> boots = ("Ботинки мужские, верх из натуральной кожи, подошва из резины, закрывающие "
    ...          "лодыжку, длина стельки 27 см, без защитного подноска")
    >>> row, = decide([{"good_id": "A", "description": boots, "quantity": 100}])
    >>> row["code"], row["duty_eur_per_unit_low"], row["duty_eur_low"]
    ('6403911600', 1.25, 125.0)
    >>> row, = decide([{"good_id": "A", "description": boots}], answers={"A": {"sex": "women"}})
    >>> row["code"], row["duty_eur_low"]
    ('6403911800', None)
    """
    groups = loaded_groups(groups)
    facts = vocabulary_of(groups)
    typed = _read(answers, lambda path: read_answers(path, facts))
    case = case_of(
        read_goods(Path(goods), facts=facts) if isinstance(goods, (str, os.PathLike))
        else goods_of_rows(_described(list(goods), facts)),
        _photos(photos, model, groups) if isinstance(photos, (str, os.PathLike)) else photos,
        _read(predictions, read_predictions), groups=groups,
        priors=_read(priors, lambda path: read_priors(path, facts)), trust=trust, weight=weight,
        decisions=_read(decisions, lambda path: read_decisions(path, facts)), on=on,
        tariff=_read(tariff, read_tariff), exchange=exchange,
        texts=_read(text_model, _text_tree), calibration=_read(calibration, read_calibration_file))
    for remark in (*case.remarks, *case.strange_answers(typed or {})):
        warnings.warn(remark, stacklevel=2)
    return rows_of(case, error, typed)


def _described(rows: Sequence[Mapping[str, object]], facts: Vocabulary
               ) -> Sequence[Mapping[str, object]]:
    """Rows with descriptions, if empty ones; a table of facts need not have any."""
    names = dict.fromkeys(name for row in rows for name in row)
    if "description" not in names and fact_columns(names, facts):
        return rows
    return [{**row, "description": row.get("description") or ""} for row in rows]


def _read(given: str | os.PathLike[str] | _T, read: Callable[[Path], _T]) -> _T:
    """What a file holds, or what is given as it is."""
    return read(Path(given)) if isinstance(given, (str, os.PathLike)) else given


def _text_tree(path: Path) -> TextTree:
    from orangecontrib.customs.textmining.tree import load_text_tree
    return load_text_tree(path)


def _photos(path: str | os.PathLike[str], model: str, groups: Sequence[Group]) -> PhotoEvidence:
    from orangecontrib.customs.photos.sources import find_photos
    photos, problems = find_photos(path)
    for problem in problems:
        warnings.warn(problem, stacklevel=3)
    return read_photos(photos, photo_model(model, groups))
