"""Predictions of goods for which the model has read nothing (no Qt in here)."""
from __future__ import annotations

import numpy as np
from Orange.data import Table, Variable

from orangecontrib.customs.columns import BagColumn
from orangecontrib.customs.declarations.learning.table import silenced, words_read
from orangecontrib.customs.declarations.table import misread
from orangecontrib.customs.fusion.table import default_key, keys_of

__all__ = ["muted"]

UNREAD = ("модель не знает ни одного слова описания: её ответ – доли кодов в обучающей выборке – "
          "не учтён")
LIKELY = ("модель дала тот же ответ, что и другим товарам без общих с этим слов: похоже, она не "
          "знает ни одного слова описания; ответ учтён, для проверки соедините вход Model")

OTHER_COLUMN = ("корпус читает не описание, а номера или коды: модель описания не читала{}; "
                "выберите описание в Corpus")


def muted(predictions: Table, key: Variable | None, features=None
          ) -> tuple[Table, dict[str, str]]:
    """Predictions without the answers that rest on no word, and what is said of their goods.

    Parameters
    ----------
    predictions : Table or Corpus
        As Predictions sends it.
    key : Variable or None
        The goods' ids.
    features : sequence of Variable, optional
        What the model learnt from.

    Returns
    -------
    predictions : Table
        Where it is certain, probabilities are unknown: such a row says nothing.
    said : dict of str to str
        Per good.
    """
    unread, likely = UNREAD, LIKELY
    learnt = predictions.domain.attributes if features is None else features
    reads_words = any(map(BagColumn.of, learnt))
    reads_ids = getattr(predictions, "text_features", None) and misread(predictions)
    if reads_ids and (reads_words or features is None):
        rows, guessed = np.ones(len(predictions), dtype=bool), not reads_words
        unread, likely = (OTHER_COLUMN.format(end) for end in (", её ответ не учтён", ""))
    else:
        words, guessed = words_read(predictions, features)
        rows = np.zeros(len(predictions), dtype=bool) if words is None else words == 0
    if not rows.any():
        return predictions, {}
    keys, _ = keys_of(predictions, default_key(predictions) if key is None else key)
    said = {name: likely if guessed else unread for name, mute in zip(keys, rows) if mute}
    return predictions if guessed else silenced(predictions, rows), said
