"""Goods as they are declared: ids, codes and quantities as people type them."""
from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, SupportsFloat, cast

from orangecontrib.customs.declarations.several import Several
from orangecontrib.customs.files.words import Label
from orangecontrib.customs.fusion.keys import unique_keys
from orangecontrib.customs.i18n import Message, Sayable, Words, say
from orangecontrib.customs.nomenclature import parse_code, parse_currency

__all__ = ["DECLARED", "Before", "Good", "OfGroup", "currency_in", "goods_of"]

#: What is declared of a good, besides its description.
DECLARED = ("declared_code", "quantity", "value", "currency", "weight")

#: The currencies that are looked for in the name of a column.
CURRENCIES = frozenset(("EUR", "USD", "RUB", "CNY", "BYN", "KZT", "AMD", "KGS", "GBP", "TRY"))


@dataclass(frozen=True)
class OfGroup:
    """A problem that one group has with a good: none where another group decides it."""

    group: str
    problem: Sayable

    @property
    def ru(self) -> str:
        return say(self.problem, "ru")

    @property
    def en(self) -> str:
        return say(self.problem, "en")


@dataclass(frozen=True)
class Good:
    """A good with what is declared of it.

    `key` is unique; a repeated good id gets ``#2``, ``#3`` ... there and keeps its own name in
    `good_id`, by which witnesses are matched.  `description` is None where there is none to be
    had, or one that can't be read.
    """

    key: str
    good_id: str
    description: str | None = ""
    declared_code: str = ""
    quantity: float | None = None
    problems: tuple[Sayable | OfGroup, ...] = ()
    value: float | None = None      #: in `currency`; "" where that is not declared
    currency: str = ""
    weight: float | None = None     #: in kg
    #: What the description leaves open of several goods in it.
    several: Several = Several()
    #: The declared id of a description that names several goods, of which this is one.
    whole: str = ""
    #: Of these: the description with spaces in place of what is of the others; "": not known.
    own: str = ""
    #: Facts that its photos show; None: there are none.
    shown: frozenset[str] | None = None
    #: The row of the file, by column: facts may stand there.
    row: Mapping[str, object] = field(default_factory=dict, compare=False, repr=False)
    #: Columns of a specification that the description states, and what they are called there.
    statements: Mapping[str, Label] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True)
class Before:
    """What the naming of some goods takes from those in front of them.

    Attributes
    ----------
    rows : int
        How many rows of the file there are.
    declared : dict of str to int
        By id that is repeated: the number that its key had last, by the file alone.
    times : dict of str to int
        The same, when goods of one description have been told apart.
    last : dict of str to int
        By id: the number that a good of one of its descriptions had last.
    taken : frozenset of str
        Ids of the whole file that look like keys: there is a ``#`` in them.
    """

    rows: int = 0
    declared: Mapping[str, int] = field(default_factory=dict)
    times: Mapping[str, int] = field(default_factory=dict)
    last: Mapping[str, int] = field(default_factory=dict)
    taken: frozenset[str] = frozenset()


def goods_of(ids: Sequence[str], cells: Sequence[Mapping[str, object]],
             problems: Sequence[Sequence[Message | str]] | None = None,
             before: Before | None = None, rows: Sequence[Mapping[str, object]] | None = None,
             statements: Mapping[str, Label] | None = None) -> list[Good]:
    """Goods of rows, with unique keys and with what is doubtful in what was typed.

    Parameters
    ----------
    ids : sequence of str
        As declared.
    cells : sequence of dict
        ``description, declared_code, quantity, value, currency, weight``, each a text or a
        number; any may be absent.
    problems : sequence of sequence of Message or str, optional
        What is known to be wrong with each row.
    before : Before, optional
        Of the goods in front of these, where these are a part of many.
    rows : sequence of dict, optional
        The rows of the file.
    statements : dict of str to Label, optional
        Columns of them that the descriptions state.

    Examples
    --------
    >>> first, second = goods_of(["A", "A"], [{"declared_code": "6403.91"}, {"quantity": "5"}])
    >>> first.key, first.declared_code, second.key, second.good_id, second.quantity
    ('A', '640391', 'A#2', 'A', 5.0)
    """
    goods = []
    before = before or Before()
    keys = unique_keys(ids, before.declared, before.taken)
    for number, (good_id, key, row) in enumerate(zip(ids, keys, cells)):
        said: list[Sayable | OfGroup] = []
        if key != good_id:
            said.append(Message.of("cases.repeated", id=good_id, row=before.rows + number + 1))
        code = parse_code(row.get("declared_code", ""))
        said += [Message.of("cases.declared_code", what=Words(ru, en))
                 for ru, en in zip(code.said("ru"), code.said("en"))]
        numbers: dict[str, Any] = {}
        for name, message in _NUMBERS.items():
            numbers[name], doubt = _number(row.get(name), message)
            said += doubt
        # as tables have it: the reader, or what read the file, leaves problems in a column
        said += problems[number] if problems is not None else ()
        text: Any = row.get("description")
        goods.append(Good(key, good_id, text, code.digits,
                          currency=parse_currency(str(row.get("currency") or "")),
                          problems=tuple(said), row={} if rows is None else rows[number],
                          statements=statements or {}, **numbers))
    return goods


def currency_in(name: str) -> str:
    """The currency that the name of a column of values holds, "" for none.

    >>> currency_in("Стоимость, USD"), currency_in("Таможенная стоимость (руб.)")
    ('USD', 'RUB')
    >>> currency_in("Стоимость")
    ''
    """
    return next((currency for word in re.split(r"[^\w.$€₽¥£]+", name)
                 if (currency := parse_currency(word)) in CURRENCIES), "")


#: What is said of a number that is none.
_NUMBERS = {"quantity": "cases.quantity", "value": "groups.value", "weight": "groups.weight"}


def _number(typed: object, message: str) -> tuple[float | None, list[Message]]:
    """A number as people write it (``1 000,5``), and why it is none."""
    if isinstance(typed, str):
        text = typed.strip()
        try:
            number = float("".join(text.split()).replace(",", "."))
        except ValueError:
            number = math.nan
    else:
        number = math.nan if typed is None else float(cast(SupportsFloat, typed))
        text = "" if number != number else f"{number:g}"
    if 0 < number < math.inf:
        return number, []
    if not text:
        return None, []
    return None, [Message.of(message, typed=text)]
