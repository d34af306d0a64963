"""What denies a phrase, in any language."""
from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Negation"]


@dataclass(frozen=True)
class Negation:
    """What denies a phrase.

    Parameters
    ----------
    start : int
        Where the negating word begins.
    word : str
        The negating word: «не», «без», «кроме» …
    joined : bool
        The phrase is joined by «и» to another one that is denied.
    """

    start: int
    word: str
    joined: bool
