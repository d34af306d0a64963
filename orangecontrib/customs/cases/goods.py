"""Goods as they are declared: ids, codes and quantities as people type them."""
from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from orangecontrib.customs.declarations.headings import QUANTITY_NAMES, find_column
from orangecontrib.customs.fusion.keys import unique_keys
from orangecontrib.customs.nomenclature import parse_code

__all__ = ["QUANTITY_NAMES", "Good", "find_column", "goods_of"]


@dataclass(frozen=True)
class Good:
    """A good with what is declared of it.

    `key` is unique; a repeated good id gets ``#2``, ``#3`` ... there and keeps its own name in
    `good_id`, by which witnesses are matched.  `description` is None where there is one that
    can't be read.
    """

    key: str
    good_id: str
    description: str | None = ""
    declared_code: str = ""
    quantity: float | None = None
    problems: tuple[str, ...] = ()


def goods_of(ids: Sequence[str], cells: Sequence[Mapping[str, object]],
             problems: Sequence[Sequence[str]] | None = None) -> list[Good]:
    """Goods of rows, with unique keys and with what is doubtful in what was typed.

    Parameters
    ----------
    ids : sequence of str
        As declared.
    cells : sequence of dict
        ``description, declared_code, quantity``, each a text or a number; any may be absent.
    problems : sequence of sequence of str, optional
        What is known to be wrong with each row.

    Examples
    --------
    >>> first, second = goods_of(["A", "A"], [{"declared_code": "6403.91"}, {"quantity": "5"}])
    >>> first.key, first.declared_code, second.key, second.good_id, second.quantity
    ('A', '640391', 'A#2', 'A', 5.0)
    """
    goods = []
    for number, (good_id, key, row) in enumerate(zip(ids, unique_keys(ids), cells), start=1):
        said = [f"good_id «{good_id}» повторяется (строка {number})"] if key != good_id else []
        said += problems[number - 1] if problems is not None else ()
        code = parse_code(row.get("declared_code", ""))
        said += [f"заявленный код {words}" for words in code.said("ru")]
        quantity, doubt = _quantity(row.get("quantity"))
        said += doubt
        goods.append(Good(key, good_id, row.get("description"), code.digits, quantity,
                          tuple(said)))
    return goods


def _quantity(typed: object) -> tuple[float | None, list[str]]:
    """A number of units as people write it (``1 000,5``), and why it is none."""
    if isinstance(typed, str):
        text = typed.strip()
        try:
            number = float("".join(text.split()).replace(",", "."))
        except ValueError:
            number = math.nan
    else:
        number = math.nan if typed is None else float(typed)
        text = "" if number != number else f"{number:g}"
    if 0 < number < math.inf:
        return number, []
    if not text:
        return None, []
    return None, [f"количество «{text}» – не число больше нуля; пошлина – только за единицу"]
