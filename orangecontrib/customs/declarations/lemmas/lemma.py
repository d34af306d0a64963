"""The word of the dictionary behind a form, as pymorphy3 reads it in a description of goods."""
from __future__ import annotations

import re
from collections import defaultdict
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

from orangecontrib.customs.declarations.folding import fold_text
from orangecontrib.customs.files import strict_rows

__all__ = ["analyzer", "known", "lacking", "lemma"]

_RUSSIAN = re.compile("[а-я]+(?:-[а-я]+)*")


def _found(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except (ImportError, ValueError):   # imports of it are blocked
        return False


def lacking() -> str:
    """What has to be installed before :func:`lemma` can work; "" where nothing is missing."""
    if all(map(_found, ("pymorphy3", "pymorphy3_dicts_ru"))):
        return ""
    return ("lemmas need pymorphy3 and its Russian dictionary: install them with "
            "“pip install pymorphy3 pymorphy3-dicts-ru”")


@cache
def analyzer():
    """pymorphy3's, loaded once.

    Raises
    ------
    ModuleNotFoundError
        If it is not installed; the message says what to install.
    """
    if lacking():
        raise ModuleNotFoundError(lacking(), name="pymorphy3")
    from pymorphy3 import MorphAnalyzer
    return MorphAnalyzer(lang="ru")


@cache
def _table(file: str, key: str, value: str) -> dict[str, str]:
    rows = strict_rows(Path(__file__).with_name(file))[1]
    return {row[key]: row[value] for _, row in rows}


@lru_cache(maxsize=2 ** 17)
def lemma(word: str) -> str:
    """The form in which a dictionary lists a word.

    The neighbours don't matter, so one text is read as a thousand. A word that the
    dictionary doesn't know is read by its ending.

    Parameters
    ----------
    word : str

    Returns
    -------
    str
        Lower case, ё → е; what isn't a Russian word comes back as it is, in lower case.

    Raises
    ------
    ModuleNotFoundError
        If pymorphy3 is not installed; the message says what to install.
    """
    morph = analyzer()
    word = fold_text(word)
    if not _RUSSIAN.fullmatch(word):
        return word
    read = _most_likely(morph.parse(word), morph.word_is_known(word))
    read = read.replace("ё", "е")
    return _table("overrides.csv", "read", "lemma").get(read, read)


@lru_cache(maxsize=2 ** 17)
def known(word: str) -> bool:
    """A dictionary lists the word, in whatever form."""
    return analyzer().word_is_known(word)


def _most_likely(readings, known: bool) -> str:
    """Of several readings the one that a description of goods means."""
    aside = _table("readings.csv", "grammeme", "example").keys()
    readings = [r for r in readings if not aside & r.tag.grammemes] or readings
    scores: dict[str, float] = defaultdict(float)
    for reading in readings:
        scores[reading.normal_form] += reading.score
    if known:
        return max(scores, key=scores.get)
    # guessed by the ending: «варистор» is not the plural of «варистора», few adjectives end in -ой
    return min(scores, key=lambda form: (len(form), form.endswith("ой"), -scores[form]))
