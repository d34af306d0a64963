"""What «без», «кроме», "without", "other than" deny: how far a negation reaches.

How it reaches is a matter of the language, see :mod:`.languages`.
"""
from __future__ import annotations

from .languages import part
from .languages.denial import Negation
from .languages.ru.negation import BETWEEN

__all__ = ["BETWEEN", "Negation", "negation_after", "negation_before", "negation_goes_on"]


def negation_before(text: str, start: int, end: int, language: str = "ru") -> Negation | None:
    """What stands before ``text[start:end]`` and denies it.

    Parameters
    ----------
    text : str
        Folded text.
    start, end : int
    language : str
        Of the text.

    Examples
    --------
    >>> negation_before("без меха и подкладки", 11, 20)
    Negation(start=0, word='без', joined=True)
    >>> negation_before("без меха с подкладкой", 11, 21) is None
    True
    >>> negation_before("without fur or a lining", 17, 23, "en").word
    'without'
    """
    return part(language, "negation").negation_before(text, start, end)


def negation_goes_on(text: str, denied: tuple[int, int], start: int, end: int,
                     language: str = "ru") -> bool:
    """Is ``text[start:end]`` joined to what is denied in the span `denied` before it?"""
    return part(language, "negation").negation_goes_on(text, denied, start, end)


def negation_after(text: str, end: int, language: str = "ru") -> int | None:
    """Where «… нет», «… отсутствует» ends, right after a phrase; None without it."""
    return part(language, "negation").negation_after(text, end)
