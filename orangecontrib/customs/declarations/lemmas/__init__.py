"""Lemmas and word families: one form for all forms of a word, one key for all its relatives.

:func:`lemma` gives the word of the dictionary («стабилизаторами» → «стабилизатор»),
:func:`family` a key that related words share («инвертор», «инверторный»).
:mod:`.table` is the door to Orange3-Text.
"""
from .families import family
from .lemma import known, lacking, lemma

__all__ = ["family", "known", "lacking", "lemma"]
