"""Which official wordings a loaded edition changes: whether the decision tables still fit it.

The tables of the groups were made for the wordings of one edition.  ``official.csv`` keeps a
fingerprint of each: of the letters and digits of a code's designation with those above it, so that
dashes, points and case of a table count for nothing.
"""
from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from orangecontrib.customs.files import strict_rows

from .tree import Tariff

__all__ = ["Comparison", "compare_wordings", "fingerprint", "official_wordings"]

#: Hexadecimal digits of a fingerprint.
DIGITS = 12
#: Where more of the codes have another wording, it is another kind of wording: abbreviated ones.
MOST = .5


@dataclass(frozen=True)
class Comparison:
    """What a loaded tariff says otherwise than when the decision tables were made.

    Attributes
    ----------
    changed : dict of str to str
        Code → its wording now; "" where the tariff does not have it.
    compared : int
        Codes that were.
    problem : str
        Why nothing could be compared; "" otherwise.
    """

    changed: Mapping[str, str] = field(default_factory=dict)
    compared: int = 0
    problem: str = ""


def fingerprint(text: str) -> str:
    """Of the letters and digits of a wording.

    >>> fingerprint("Обувь, верх – из кожи:") == fingerprint("обувь верх из кожи")
    True
    """
    letters = "".join(c for c in text.casefold().replace("ё", "е") if c.isalnum())
    return hashlib.sha256(letters.encode()).hexdigest()[:DIGITS]


@lru_cache
def official_wordings() -> dict[str, str]:
    """Code → fingerprint of its official wording when the decision tables were made."""
    path = Path(__file__).with_name("official.csv")
    return {row["code"]: row["wording"] for _, row in strict_rows(path, ("code", "wording"))[1]}


def compare_wordings(tariff: Tariff, codes: Iterable[str],
                     official: Mapping[str, str] | None = None) -> Comparison:
    """Codes whose official wording a tariff changes.

    Parameters
    ----------
    tariff : Tariff
        As loaded: its designations are taken for the official ones.
    codes : iterable of str
        Of the decision tables.
    official : dict of str to str, optional
        Their fingerprints.
    """
    official = official_wordings() if official is None else official
    known = [code for code in codes if code in official]
    branches = {code[:4] for code in tariff}
    known = [code for code in known if code[:4] in branches]
    if not known:
        return Comparison(problem=f"the tariff ({tariff.name}) has none of the headings of the "
                                  "chosen groups: no wordings are compared")
    now = {code: tariff.full_text(number) if (number := tariff.find(code)) is not None else ""
           for code in known}
    changed = {code: text for code, text in now.items() if fingerprint(text) != official[code]}
    if len(changed) > MOST * len(known):
        return Comparison(compared=len(known), problem=(
            f"the tariff ({tariff.name}) lacks most codes, or words them otherwise than the "
            "official text, abbreviated perhaps: no wordings are compared"))
    return Comparison(changed, len(known))
