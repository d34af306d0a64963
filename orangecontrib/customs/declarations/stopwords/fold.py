"""One way to write a word: the folding of :mod:`..folding` without the way back."""
from __future__ import annotations

from orangecontrib.customs.declarations import folding

__all__ = ["fold_text"]


def fold_text(text: str) -> str:
    """``fold(text).text`` in half the time: no spans and no brands are asked for."""
    tidy = text.translate(folding._ONE_TO_ONE)
    if folding._UNTIDY.search(tidy):
        return folding.fold(text).text
    if folding._LATIN.search(tidy) and folding._CYRILLIC.search(tidy):
        tidy = folding._LATIN_WORD.sub(lambda word: folding._fold_word(word.group()), tidy)
    return folding._lower(tidy)
