"""Where in a text the noun that names the good may stand: what the gate asks of a language."""
from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = ["Place"]


class Place:
    """Where in a text the head noun may stand, and what its phrase says the good is for.

    Parameters
    ----------
    text : str
        Folded, with names blanked.
    part_word : re.Pattern
        Names of parts and details: they name a good that lacks a name of its own.
    known : sequence of Mention
        Goods, parts and materials that the text names.

    Attributes
    ----------
    noun, part : int
        Where the first unknown noun and the first part begin (the text's end: there is none).
    """

    text: str
    noun: int
    part: int

    def __init__(self, text: str, part_word: re.Pattern, known: Sequence = ()):
        raise NotImplementedError

    def is_head(self, good) -> bool:
        """Does this noun of the group's goods name the good?"""
        raise NotImplementedError

    def together(self, goods: Sequence) -> tuple:
        """The nouns at the head of the text: nothing but such nouns, adjectives … before them."""
        raise NotImplementedError

    def follows_a_name(self, good, described: bool) -> bool:
        """Does it after a strange word or two: «Рибок кроссовки»?

        Where upper and sole are described the strange words may be more.
        """
        raise NotImplementedError

    def names(self, cased: str) -> list[tuple[int, int]]:
        """Names of models and makers, by the text with its capitals; none where nothing tells."""
        return []

    def leads(self, place: int) -> bool:
        """May what comes here be the head, given all the text before it?"""
        raise NotImplementedError

    def governed(self, place: int) -> bool:
        """Does a preposition govern what comes here?"""
        raise NotImplementedError

    def ends(self, place: int) -> bool:
        """May a noun that ends here be the head, given the words behind it?"""
        return True

    def heads(self, end: int) -> list[int]:
        """Where words begin, up to `end`, that may be the head."""
        raise NotImplementedError

    def phrase(self) -> tuple[int, int]:
        """The phrase of the first unknown noun (or of the first word), between delimiters."""
        raise NotImplementedError

    def purpose(self, of_part: bool = False) -> tuple[int, int] | None:
        """The part of that phrase that says what the good is for, if it does.

        `of_part`: what it is for is a part of a good («для подошв»).
        """
        raise NotImplementedError
