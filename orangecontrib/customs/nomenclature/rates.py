"""Rates of import duty as the tariff prints them: «5», «10, но не менее 0,3 евро за 1 кг».

A rate makes an amount of the goods' value, quantity and weight, or says what it lacks.
"""
from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

__all__ = ["MISSING", "Duty", "Measure", "Rate", "parse_currency", "parse_measure", "parse_rate",
           "strip_footnotes"]

_NUMBER = r"\d+(?:[.,]\d+)?"
_CURRENCY = r"(?P<currency>евро|eur|€|долл\w*\.?(?:\s*сша)?|usd|\$|руб\w*\.?|rub|₽)"
_SPECIFIC = (rf"(?P<amount>{_NUMBER})\s*{_CURRENCY}"
             r"\s*(?:(?:за|per|/)\s*(?P<per>\S.*?))?")
_RATE = re.compile(
    rf"(?P<percent>{_NUMBER})\s*+%?"
    r"(?:\s*+,?\s*+(?P<join>но\s+не\s+(?:менее|ниже)|(?:but\s+)?not\s+less\s+than|плюс|plus"
    rf"|\+)\s*(?:{_SPECIFIC})?)?"
    rf"|(?:{_SPECIFIC.replace('?P<', '?P<only_')})", re.I)
_FOOTNOTE = re.compile(r"(?P<before>.*?)(?<!\d)(?P<digits>\d++(?:,\d+)?)[СC]\)\s*$", re.S)
_CURRENCIES = {"е": "EUR", "e": "EUR", "€": "EUR", "д": "USD", "u": "USD", "$": "USD",
               "р": "RUB", "r": "RUB", "₽": "RUB"}
_JOINS = {"н": "at least", "b": "at least", "n": "at least"}  # the others are sums

#: What a duty may lack: id → Russian and English, filled with ``unit`` (of the quantity),
#: ``foreign`` (the rate's currency), ``currency`` (the value's) and ``rate`` (as printed).
MISSING: Mapping[str, tuple[str, str]] = {
    "value": ("таможенная стоимость", "customs value"),
    "quantity": ("количество ({unit})", "quantity ({unit})"),
    "weight": ("масса (кг)", "weight (kg)"),
    "exchange": ("курс {foreign} к {currency}", "exchange rate of {foreign} to {currency}"),
    "rate": ("ставка (в тарифе: «{rate}»)", "rate (the tariff prints «{rate}»)"),
}

#: Unit → its forms in rates and in columns of units; what is not here goes by its own name.
_FORMS = {
    "пар": ("пара", "пары", "пару", "pair", "pairs"),
    "шт": ("", "штука", "штуки", "штуку", "штук", "piece", "pieces", "pcs"),
    "кг": ("килограмм", "kg"), "т": ("тонна", "тонну", "t"), "г": ("грамм", "g"),
    "л": ("литр", "l"), "м": ("метр", "m"), "м2": ("м²", "кв м", "m2"),
    "м3": ("м³", "куб м", "m3"), "см3": ("см³", "куб см", "cm3"), "кар": ("карат",),
}
_UNITS = {form: unit for unit, forms in _FORMS.items() for form in (unit, *forms)}
_KILOGRAMS = {"кг": 1., "т": 1000., "г": .001}
_MEASURE = re.compile(rf"(?P<count>\d{{1,3}}(?: \d{{3}})+|{_NUMBER})?(?P<unit>.*)", re.S)


@dataclass(frozen=True)
class Measure:
    """So many of a unit: «1000 шт», «1 пару», «т» (1000 кг)."""

    count: float
    unit: str


def parse_measure(text: str) -> Measure:
    """Read what a rate is for, or what a quantity is counted in; weights become kilograms.

    >>> parse_measure("1 пару") == parse_measure("пар"), parse_measure("1000").unit
    (True, 'шт')
    """
    match = _MEASURE.fullmatch(" ".join(text.split()))
    assert match  # whatever follows the number is a unit
    unit = re.sub(r"[\s.]+", " ", match["unit"]).strip().lower()
    unit, count = _UNITS.get(unit, unit), _number(match["count"] or "1")
    if unit in _KILOGRAMS:
        return Measure(count * _KILOGRAMS[unit], "кг")
    return Measure(count, unit)


@dataclass(frozen=True)
class Duty:
    """What a rate makes of goods.

    Attributes
    ----------
    amount : float or None
        In `currency`; None where something is missing.
    currency : str
    missing : tuple of str
        Keys of MISSING.
    rate : Rate
    """

    amount: float | None
    currency: str
    missing: tuple[str, ...]
    rate: Rate

    def said(self, language: str = "en") -> list[str]:
        """What is missing, in words, Russian (``"ru"``) or English."""
        number = 0 if language == "ru" else 1
        rate = self.rate
        unit = rate.measure.unit if rate.measure else ""
        return [MISSING[key][number].format(unit=unit, foreign=rate.currency, rate=rate.text,
                                            currency=self.currency) for key in self.missing]


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
        return (bool(self.rule) and self.amount is not None and self.measure is not None
                and self.measure.count > 0)

    @cached_property
    def measure(self) -> Measure | None:
        """What the specific part is for; a duty by weight is for kilograms."""
        # «за 1»: the unit was cut off
        return parse_measure(self.per) if re.search(r"[^\W\d_]", self.per) else None

    @property
    def needs(self) -> tuple[str, ...]:
        """What the duty depends on: "value", and "quantity" or "weight"; none where it is free."""
        return ("value",) * bool(self.percent) + (self._counter,) * bool(self.amount)

    def duty(self, value: float | None = None, quantity: float | None = None,
             weight: float | None = None, currency: str = "EUR",
             exchange: Mapping[str, float] | None = None, unit: str = "") -> Duty:
        """The duty on goods, or what is missing to tell it; nothing is assumed.

        Parameters
        ----------
        value : float, optional
            Customs value, in `currency`.
        quantity : float, optional
            How many of `unit`.
        weight : float, optional
            In kilograms.
        currency : str
            Of `value`.  The duty is in it, too, except that a specific one stays in the
            currency of the rate where `exchange` does not have it.
        exchange : mapping, optional
            Currency of a rate → how much of `currency` one of it costs: ``{"EUR": 98.5}``.
        unit : str
            What `quantity` is counted in, as the tariff writes it («пар», «1000 шт»); by default
            the rate's own unit, but for a rate by weight.  A quantity in another unit is none.

        Returns
        -------
        Duty

        Raises
        ------
        ValueError
            A number is negative or infinite, or a currency costs nothing.

        Examples
        --------
        >>> rate = parse_rate("10, но не менее 0,5 евро за 1 кг")
        >>> rate.duty(value=100, weight=30).amount
        15.0
        >>> rate.duty(value=10_000, weight=30, currency="RUB").said()
        ['exchange rate of EUR to RUB']
        """
        value, quantity, weight = (_given(name, number) for name, number in (
            ("value", value), ("quantity", quantity), ("weight", weight)))
        price = 1. if self.currency == currency else _given(
            f"exchange rate of {self.currency}", (exchange or {}).get(self.currency))
        if price == 0:
            raise ValueError(f"exchange rate of {self.currency}: 0 is not a price")
        if not self.complete:
            return Duty(None, currency, ("rate",), self)
        if price is None and self.amount and not self.percent:
            currency, price = self.currency, 1.
        counted = self._counted(quantity, weight, unit) if self.amount else 0.
        # a part that is zero is nothing, whatever is missing
        missing = {"value": self.percent and value is None, self._counter: counted is None,
                   "exchange": self.amount and price is None}
        if any(missing.values()):
            return Duty(None, currency, tuple(need for need in missing if missing[need]), self)
        shares = ((self.percent or 0.) / 100 * (value or 0.),
                  (self.amount or 0.) * (counted or 0.) * (price or 1.))
        return Duty(max(shares) if self.rule == "at least" else sum(shares), currency, (), self)

    @property
    def _counter(self) -> str:
        return "weight" if self.measure and self.measure.unit == "кг" else "quantity"

    def _counted(self, quantity: float | None, weight: float | None, unit: str) -> float | None:
        """How many times the goods hold what the specific part is for."""
        measure, own = self.measure, parse_measure(unit) if unit else None
        assert measure  # who has an amount has what it is for
        if self._counter == "weight" and weight is not None:
            return weight / measure.count
        if quantity is None or (own is None and self._counter == "weight"):
            return None
        if own is None:
            return quantity / measure.count
        return quantity * own.count / measure.count if own.unit == measure.unit else None


@lru_cache(maxsize=10_000)  # tables repeat a few hundred rates thousands of times
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
    rule = _JOINS.get(match["join"][0].lower(), "plus")
    if match["amount"] is None:
        return Rate(text, percent, rule=rule)
    return Rate(text, percent, _number(match["amount"]), _currency(match["currency"]),
                match["per"] or "", rule)


def parse_currency(text: str) -> str:
    """The currency that people name; what is not understood stays, in capitals.

    >>> parse_currency(" евро"), parse_currency("руб."), parse_currency("cny")
    ('EUR', 'RUB', 'CNY')
    """
    text = " ".join(text.split())
    return _currency(text) if re.fullmatch(_CURRENCY, text, re.I) else text.upper()


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
    return float(text.replace(",", ".").replace(" ", ""))


def _given(name: str, number: float | None) -> float | None:
    """A number from 0 up; None and NaN are not known."""
    if number is None or math.isnan(number):
        return None
    if not 0 <= number < math.inf:
        raise ValueError(f"{name}: {number:g} is not an amount; give a number from 0 up, or "
                         "nothing")
    return float(number)


def _currency(text: str) -> str:
    return _CURRENCIES[text[0].lower()]
