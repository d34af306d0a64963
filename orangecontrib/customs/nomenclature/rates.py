"""Rates of import duty as the tariff prints them: «5», «10, но не менее 0,3 евро за 1 кг»."""
from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["Rate", "parse_rate", "strip_footnotes"]

_NUMBER = r"\d+(?:[.,]\d+)?"
_SPECIFIC = (rf"(?P<amount>{_NUMBER})\s*(?P<currency>евро|eur|€|долл\w*(?:\s+сша)?|usd|\$|руб\w*)"
             r"\s*(?:(?:за|/)\s*(?P<per>\S.*?))?")
_RATE = re.compile(
    rf"(?P<percent>{_NUMBER})\s*+%?"
    rf"(?:\s*+,?\s*+(?P<join>но\s+не\s+(?:менее|ниже)|плюс|\+)\s*(?:{_SPECIFIC})?)?"
    rf"|(?:{_SPECIFIC.replace('?P<', '?P<only_')})", re.I)
_FOOTNOTE = re.compile(r"(?P<before>.*?)(?<!\d)(?P<digits>\d++(?:,\d+)?)[СC]\)\s*$", re.S)
_CURRENCIES = {"е": "EUR", "e": "EUR", "€": "EUR", "д": "USD", "u": "USD", "$": "USD",
               "р": "RUB"}
_JOINS = {"н": "at least", "п": "plus", "+": "plus"}


@dataclass(frozen=True)
class Rate:
    """A rate of duty, always with its text.

    Attributes
    ----------
    text : str
        As printed, without footnote marks.
    percent : float or None
        The ad valorem part, % of the customs value.
    amount : float or None
        The specific part, in `currency` (EUR, USD, RUB) for each `per` ("1 кг").
    rule : str
        "ad valorem", "specific", "at least" (the larger of both), "plus" (their sum);
        "" where the text is not understood.
    """

    text: str = ""
    percent: float | None = None
    amount: float | None = None
    currency: str = ""
    per: str = ""
    rule: str = ""

    @property
    def complete(self) -> bool:
        """False where the duty can't be computed: part of the printed rate is missing."""
        if self.rule == "ad valorem":
            return True
        return bool(self.rule) and self.amount is not None and bool(self.per)


def parse_rate(text: str) -> Rate:
    """Read a rate; what is not understood stays as text.

    >>> parse_rate("10, но не менее 0,3 евро за 1 кг").amount
    0.3
    """
    text = " ".join(text.split())
    match = _RATE.fullmatch(text)
    if match is None:
        return Rate(text)
    if match["percent"] is None:
        return Rate(text, None, _number(match["only_amount"]), _currency(match["only_currency"]),
                    match["only_per"] or "", "specific")
    percent = _number(match["percent"])
    if match["join"] is None:
        return Rate(text, percent, rule="ad valorem")
    rule = _JOINS[match["join"][0].lower()]
    if match["amount"] is None:
        return Rate(text, percent, rule=rule)
    return Rate(text, percent, _number(match["amount"]), _currency(match["currency"]),
                match["per"] or "", rule)


def strip_footnotes(texts: Iterable[str]) -> list[str]:
    """Rates without the footnote marks of the official table («563С)» is 5 with note 63С).

    The mark follows the rate without a space, so a split is taken only if it is the
    single one whose rate stands elsewhere in the same table without a mark.
    """
    texts = [" ".join(text.split()) for text in texts]
    bare = set(texts)
    known: dict[str, str] = {}
    for text in bare:
        match = _FOOTNOTE.fullmatch(text)
        if match is None:
            continue
        before, digits = match["before"], match["digits"]
        if before.endswith(tuple("абвгдежзийклмнопрстуфхцчшщъыьэюя² ³")):
            known[text] = before.rstrip()      # «0,12 евро за 1 кг63С)»
            continue
        # a note's number has one to three digits and no leading zero
        cuts = [digits[:n] for n in range(max(1, len(digits) - 3), len(digits))
                if digits[n:].isdigit() and digits[n] != "0" and digits[:n] in bare]
        if not before and len(cuts) == 1:
            known[text] = cuts[0]
    return [known.get(text, text) for text in texts]


def _number(text: str) -> float:
    return float(text.replace(",", "."))


def _currency(text: str) -> str:
    return _CURRENCIES[text[0].lower()]
