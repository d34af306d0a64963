"""Door to Orange3-Text: lemmas and word families as normalisers that a bag of words replays."""
from __future__ import annotations

from typing import ClassVar

from orangecontrib.text.preprocess import BaseNormalizer

from ..sameness import SameState
from . import family, lacking, lemma

__all__ = ["FamilyNormalizer", "LemmaNormalizer"]


class LemmaNormalizer(SameState, BaseNormalizer):
    """Words of the dictionary.

    Raises
    ------
    ModuleNotFoundError
        If pymorphy3 is not installed; the message says what to install.
    """

    name = "pymorphy3 lemmas"
    supported_languages: ClassVar[set[str]] = {"ru"}

    def __init__(self):
        if lacking():
            raise ModuleNotFoundError(lacking(), name="pymorphy3")
        super().__init__()

    def normalizer(self, token: str) -> str:
        return lemma(token)


class FamilyNormalizer(SameState, BaseNormalizer):
    """Keys of word families; after a stemmer or a lemmatiser, or instead of one."""

    name = "Word families"
    supported_languages: ClassVar[set[str]] = {"ru"}

    def normalizer(self, token: str) -> str:
        return family(token)
