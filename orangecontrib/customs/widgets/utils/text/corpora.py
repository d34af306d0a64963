"""What is said about a corpus that reads ids, or that carries the answer."""
from __future__ import annotations

from Orange.widgets.widget import Msg, OWWidget
from orangecontrib.text import Corpus

from orangecontrib.customs.declarations.learning.table import codes_as_text, leaks
from orangecontrib.customs.declarations.table import description_of, holds_ids, misread
from orangecontrib.customs.widgets.utils.common.variables import listed

__all__ = ["CorpusWarning", "warn_of_answers", "warn_of_text"]


class CorpusWarning(OWWidget.Warning):
    """Messages that widgets which read a corpus have in common."""

    misread = Msg("The corpus reads {}, which holds ids or codes: “{}” is read instead. Choose "
                  "it in Corpus, there and for what the model will score.")
    ids = Msg("The corpus reads {}, which holds ids or codes: choose the description in Corpus.")
    leaks = Msg("{} among the features gives the answer away: here words alone are scored, but a "
                "model behind would read it. Code as Class moves it to the metas.")
    codes_read = Msg("{} is read as text and holds the codes of the class: the answer stands "
                     "among the words. Leave it out in Corpus.")


def warn_of_text(warning, corpus: Corpus | None) -> None:
    """Say so where a corpus reads ids or codes for descriptions."""
    warning.misread.clear()
    warning.ids.clear()
    if corpus is None or not corpus.text_features:
        return
    read = listed([v.name for v in corpus.text_features])
    if misread(corpus):
        warning.misread(read, description_of(corpus).name)
    elif all(holds_ids(corpus, v) for v in corpus.text_features):
        warning.ids(read)


def warn_of_answers(warning, corpus: Corpus | None) -> None:
    """Say so where features or texts of a corpus hold the answer."""
    for message, find in ((warning.leaks, leaks), (warning.codes_read, codes_as_text)):
        message.clear()
        if corpus is not None and (found := find(corpus)):
            message(listed([v.name for v in found]))
