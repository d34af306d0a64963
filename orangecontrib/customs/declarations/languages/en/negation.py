"""What "without", "no", "not", "other than" deny in English.

A negation governs what follows it up to a mark, or a word that begins something else ("without
a heel, leather upper", "without laces with a zip", "not waterproof but lined").  "Or" and "nor"
go on with it; "and" does behind a word that denies a noun ("without straps and perforations"),
and not behind "not" ("not lined and waterproof").
"""
from __future__ import annotations

import re

from orangecontrib.customs.declarations.languages import words
from orangecontrib.customs.declarations.languages.denial import Negation

__all__ = ["negation_after", "negation_before", "negation_goes_on"]

#: How far before a phrase a negation may stand, in characters and in words.
REACH, WORDS = 80, 9


def _any(kind: str) -> str:
    return "|".join(sorted(map(re.escape, words("en", kind)), key=len, reverse=True))


_TOKEN = re.compile(rf"(?:not only|no longer|no later|no\. ?\d|(?:{_any('negation')})(?!\w)"
                    r"|\w++(?:'\w++)?|\S)")
_NEGATION = set(words("en", "negation"))
_LACKING = set(words("en", "lacking"))
#: Without one of these nothing is denied: most places need no look at each word.
_DENIES = re.compile(rf"(?<!\w)(?:{_any('negation')})(?!\w)")
_ENDS = set(words("en", "ends_negation"))
_AFTER = re.compile(rf"[\s:=(\-]*+(?:(?:is|are|=) )?(?:{_any('denies_before')})(?!\w|[ -]\w)")
_JOINT = re.compile(r"\s?(?:,? ?(?:or|nor|and|and/or)|,|/)\s(?:(?:the|a|an|any|of|with|for)\s)*+")


def negation_before(text: str, start: int, end: int) -> Negation | None:
    at = max(0, start - REACH)
    while 0 < at < start and text[at - 1].isalnum() and text[at].isalnum():
        at += 1
    if _DENIES.search(text, at, start) is None:
        return None
    found, count, joined = None, 0, False
    for match in _TOKEN.finditer(text, at, start):
        token = match.group()
        if token == "non" and text[match.end():match.end() + 1] == "-" \
                and match.end() + 1 < start:
            continue   # «non-slip suede soles» are of suede
        if token in _NEGATION:
            found, count, joined = match, 0, False
        elif found is not None:
            count += 1
            if token in ("or", "nor", "/"):
                joined = True
            elif token == "and":
                joined = True
                if found.group() not in _LACKING:
                    found = None
            elif token in _ENDS or count > WORDS or not (
                    token[0].isalnum() or token in "-'\"%&"):
                found = None
    if found is None or _begins_anew(text, start, end):
        return None
    return Negation(found.start(), found.group(), joined)


def _begins_anew(text: str, start: int, end: int) -> bool:
    """Does the phrase begin with words that end a negation ("with a heel")?"""
    first = _TOKEN.match(text, start, end)
    return first is not None and first.group() in _ENDS - {"upper", "uppers"}


def negation_goes_on(text: str, denied: tuple[int, int], start: int, end: int) -> bool:
    if not 0 <= start - denied[1] <= REACH or _begins_anew(text, start, end):
        return False
    joint = _JOINT.fullmatch(text, denied[1], start)
    return joint is not None and ("," not in joint.group() or "or" in joint.group())


def negation_after(text: str, end: int) -> int | None:
    match = _AFTER.match(text, end)
    return None if match is None else match.end()
