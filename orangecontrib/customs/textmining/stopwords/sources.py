"""Where stop-words come from: the tariff's own designations, word lists, the look of a token.

Nothing here knows a corpus or its normaliser: texts come out as they are written,
and :mod:`.table` sends them through the same chain as the declarations.
"""
from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

from orangecontrib.customs.files import strict_rows
from orangecontrib.customs.nomenclature import leading_code

__all__ = ["LEVELS", "PATTERNS", "SPARED", "Designations", "boilerplate", "bundled_designations",
           "leading_code", "codes_in", "function_words", "is_pattern", "level_of",
           "tariff_words", "units"]

#: Digits down to which designations may be taken (GIR 1 works at 4, GIR 6 below).
LEVELS = (4, 6, 8, 10)

#: Negations and bounds carry the law («не закрывающая», «без подноска», «не более 3 см»):
#: neither the tariff nor the function words may take them away.
SPARED = ("не", "без", "более", "менее", "кроме", "not", "no", "without", "more", "less",
          "except")

#: (code, text) of each line of a nomenclature; a code may stand several times.
Designations = Sequence[tuple[str, str]]

_WORDY = "[^\\W\\d_]"
#: How a token looks, so that words never seen before are judged too.
PATTERNS: Mapping[str, re.Pattern] = {
    "numbers": re.compile(r"(?:[\W\d_]*)\Z"),                    # not a single letter in it
    "units": re.compile(rf"\d[\d.,]*{_WORDY}{{1,4}}\Z"),         # «220в», «50гц»
    "latin": re.compile(r"(?=.*[A-Za-z])[^А-Яа-яЁё]*\Z", re.S),
    "letters": re.compile(rf"{_WORDY}\Z"),
}


def is_pattern(name: str, token: str) -> bool:
    """Does a token look like ``"numbers"``, ``"units"``, ``"latin"`` or ``"letters"``?"""
    return PATTERNS[name].match(token) is not None


def _words(file: str) -> tuple[str, ...]:
    return tuple(row["word"] for _, row in strict_rows(Path(__file__).with_name(file))[1])


@cache
def function_words() -> tuple[str, ...]:
    """Russian and English words that only hold a sentence together; never a negation or bound."""
    return _words("function_words_ru.csv") + _words("function_words_en.csv")


@cache
def boilerplate() -> tuple[str, ...]:
    """Words with which box 31 names its own fields (арт., изготовитель, ООО), not the goods.

    Words that tell goods apart somewhere in the nomenclature are not among them, though
    they fill box 31 too: марка (of steel), вес, упаковка, происхождение, отсутствует.
    """
    return _words("boilerplate.csv")


@cache
def units() -> tuple[str, ...]:
    """Units of measurement and of counting, Russian and English."""
    return _words("units.csv")


def bundled_designations() -> list[tuple[str, str]]:
    """Designations that come with the package, Russian and English apart."""
    from orangecontrib.customs.nomenclature import bundled_tariff
    tree = bundled_tariff()
    return [(code, text) for code in tree for text in (tree[code].ru, tree[code].en) if text]


def codes_in(text: str) -> tuple[list[str], list[str]]:
    """Codes typed by hand, separated by commas, semicolons or lines; and what is not a code."""
    codes: list[str] = []
    refused: list[str] = []
    for part in re.split(r"[,;\n]+", text):
        if part.strip():
            code = leading_code(part)
            (codes if code else refused).append(code or part.strip())
    return codes, refused


def level_of(code: str) -> int:
    """The level at which a line stands: a leaf that only pads a subheading is a subheading."""
    if len(code) == 10:
        code = code.rstrip("0")
    return next((level for level in LEVELS if len(code) <= level), 10)


def tariff_words(designations: Designations, tokens: Sequence[Sequence[str]],
                 codes: Iterable[str] | None, level: int,
                 spare: Iterable[str] = ()) -> dict[str, str]:
    """Words of the designations of chosen codes.

    Parameters
    ----------
    designations : sequence of (code, text)
    tokens : sequence of sequences of str
        The texts after the corpus' own normaliser, in the same order.
    codes : iterable of str or None
        Chosen codes; lines above and below them belong to them.  None: all.
    level : int
        Lines of this level (4, 6, 8 or 10 digits) and of those above it.
    spare : iterable of str
        Words that are left out.

    Returns
    -------
    dict of str to str
        Word → the codes whose text it repeats, the least specific first.  Numbers are
        no words («до 1000 В»): they have a switch of their own.
    """
    chosen = None if codes is None else {code for code in codes if code}
    above = {code[:n] for code in chosen or () for n in range(2, len(code) + 1)}
    spared = set(spare)
    found: dict[str, list[str]] = {}
    lines = sorted(zip(designations, tokens), key=lambda line: (len(line[0][0]), line[0][0]))
    for (code, _), words in lines:
        # the names of whole groups (2 digits) have no legal force (GIR 1)
        if len(code) < 4 or level_of(code) > level:
            continue
        if chosen is not None and code not in above and not any(
                code[:n] in chosen for n in range(2, len(code) + 1)):
            continue
        for word in words:
            if word in found:
                found[word].append(code)
            elif word not in spared and not is_pattern("numbers", word):
                found[word] = [code]
    return {word: _least_specific(codes) for word, codes in found.items()}


def _least_specific(codes: list[str], shown: int = 3) -> str:
    """Codes without those that lie under another one of them."""
    kept: dict[str, None] = {}
    for code in codes:  # the shortest come first
        if not any(code[:n] in kept for n in range(4, len(code) + 1)):
            kept[code] = None
    unique = list(kept)
    more = f", … ({len(unique)})" if len(unique) > shown else ""
    return ", ".join(unique[:shown]) + more
