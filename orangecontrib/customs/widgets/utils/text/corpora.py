"""What is said about a corpus that reads ids, or that carries the answer."""
from __future__ import annotations

from orangecontrib.text import Corpus

from orangecontrib.customs.declarations.learning.table import codes_as_text, leaks
from orangecontrib.customs.declarations.table import description_of, holds_ids, misread
from orangecontrib.customs.widgets.utils.common.base import CustomsWidget
from orangecontrib.customs.widgets.utils.common.variables import listed
from orangecontrib.customs.widgets.utils.common.wording import Said, room

__all__ = ["CorpusWarning", "warn_of_answers", "warn_of_text"]

words = room("corpora")


class CorpusWarning(CustomsWidget.Warning):
    """Messages that widgets which read a corpus have in common."""

    misread = Said(words("misread"))
    ids = Said(words("ids"))
    leaks = Said(words("leaks"))
    codes_read = Said(words("codes_read"))


def warn_of_text(warning, corpus: Corpus | None) -> None:
    """Say so where a corpus reads ids or codes for descriptions."""
    warning.misread.clear()
    warning.ids.clear()
    if corpus is None or not corpus.text_features:
        return
    read = listed([v.name for v in corpus.text_features])
    if misread(corpus):
        warning.misread(read=read, taken=description_of(corpus).name)
    elif all(holds_ids(corpus, v) for v in corpus.text_features):
        warning.ids(read=read)


def warn_of_answers(warning, corpus: Corpus | None) -> None:
    """Say so where features or texts of a corpus hold the answer."""
    for message, find in ((warning.leaks, leaks), (warning.codes_read, codes_as_text)):
        message.clear()
        if corpus is not None and (found := find(corpus)):
            message(columns=listed([v.name for v in found]))
