"""A classifier of codes as a witness: its answers, and those that rest on nothing."""
from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from orangecontrib.customs.declarations.codes import answered_code
from orangecontrib.customs.defaults import WEIGHT
from orangecontrib.customs.facts import check_probabilities
from orangecontrib.customs.fusion.among import Answer, codes_of
from orangecontrib.customs.fusion.classifier import classifier_odds, outside_of
from orangecontrib.customs.fusion.engine import MODEL, Engine
from orangecontrib.customs.i18n import Message
from orangecontrib.customs.nomenclature import LEVELS

from .goods import goods_of
from .sources import Source

__all__ = ["LIKELY", "Predictions", "PredictionsError", "answer_columns"]

LIKELY = Message("cases.likely_unread")


class PredictionsError(ValueError):
    """The table of predictions holds no probabilities of codes."""


def answer_columns(names: Sequence[str]) -> dict[str, str]:
    """Columns of probabilities by code, as Predictions names them: ``<model> (<code>)``.

    A column named just ``<code>`` is read too; of several models the first counts.

    >>> answer_columns(["good_id", "Tree (6403)", "Tree (640411)", "kNN (6403)", "Tree"])
    {'6403': 'Tree (6403)', '640411': 'Tree (640411)'}
    """
    columns: dict[str, str] = {}
    for name in names:
        if len(code := answered_code(name)) in LEVELS[1:]:
            columns.setdefault(code, name)
    return columns


@dataclass(frozen=True)
class Predictions:
    """Probabilities of codes, a row per good.

    Attributes
    ----------
    ids : sequence of str
        Of the goods, as declared.
    columns : dict of str to sequence of float
        By code; NaN where the model gave no answer.
    names : dict of str to str
        What the columns are called, by code.
    said : dict of int to Message
        Rows whose answer is in doubt, and why.
    remarks : tuple of str
    """

    ids: Sequence[str]
    columns: Mapping[str, Sequence[float]]
    names: Mapping[str, str]
    said: Mapping[int, Message] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()

    def source(self, engines: Sequence[Engine], weight: float = WEIGHT) -> Source:
        """As what a witness says to some groups.

        Raises
        ------
        PredictionsError
            There is no column of probabilities of codes, or a value is not a probability.
        """
        if not self.columns:
            raise PredictionsError("the table holds no probabilities of codes; choose "
                                   "“Classes known to the model” in Predictions")
        goods = goods_of(self.ids, [{}] * len(self.ids), [
            [self.said[row]] if row in self.said else [] for row in range(len(self.ids))])
        p = np.column_stack([np.asarray(column, dtype=float) for column in self.columns.values()])
        names = list(self.names.values())
        try:
            check_probabilities(p, lambda row, column: (f"column '{names[column]}', "
                                                        f"good '{goods[row].key}'"))
        except ValueError as error:
            raise PredictionsError(str(error)) from None
        codes, classes = codes_of(engines), tuple(self.columns)
        outside = ", ".join(code for code, out in zip(classes, outside_of(classes, tuple(codes)))
                            if out)
        remarks = self.remarks + ((
            f"Predictions: the decision table has no code of {outside}; these classes speak for "
            "goods outside of it",) if outside else ())
        odds = classifier_odds(codes, classes, p, weight=weight)
        return Source(MODEL, goods, answer=Answer(odds, classes), remarks=remarks,
                      learnt=learnt_of(classes, weight))


def digest(*parts: object) -> str:
    """Eight hexadecimal digits that tell what is told from other such."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:8]


def learnt_of(classes: Sequence[str], weight: float) -> str:
    """In short, what a classifier knows and how it is weighed; not by what it has learnt that."""
    return f"{digest(*classes)} × {weight:g}"
