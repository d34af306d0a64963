"""Values as files of numbers and dates hold them → texts as people typed them."""
from __future__ import annotations

import datetime
import decimal
import json
import math
import re

__all__ = ["text_of", "zeros"]

#: A longer number has lost its last digits: a spreadsheet keeps 15 of them.
_EXACT = 10 ** 15


def text_of(value: object) -> tuple[str, str]:
    """A value as text, and its mark (:data:`..tables.MARKS`).

    >>> text_of(6403999600.0), text_of(27.5), text_of(None), text_of(True)
    (('6403999600', ''), ('27.5', ''), ('', ''), ('TRUE', ''))
    >>> text_of(datetime.datetime(2026, 5, 12)), text_of(12345678901234567890)
    (('2026-05-12', 'date'), ('12345678901234567890', 'digits'))
    """
    if value is None:
        return "", ""
    if isinstance(value, str):
        return value, ""
    if isinstance(value, bool):
        return str(value).upper(), ""
    if isinstance(value, int):
        return str(value), "digits" if abs(value) >= _EXACT else ""
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        value = value.date()
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat(), "date"
    if isinstance(value, decimal.Decimal):
        return f"{value:f}", ""
    if isinstance(value, (list, tuple)) and not any(isinstance(v, (dict, list)) for v in value):
        return "; ".join(text_of(some)[0] for some in value), ""
    if isinstance(value, (dict, list, tuple)):
        return json.dumps(value, ensure_ascii=False, default=str), ""
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace"), ""
    return str(value), ""


def _number(value: float) -> tuple[str, str]:
    if not math.isfinite(value):
        return "", "error" if math.isinf(value) else ""
    if value.is_integer() and abs(value) < 1e22:
        return str(int(value)), "digits" if abs(value) >= _EXACT else ""
    return f"{value:.15g}", ""


def zeros(text: str, number_format: str) -> str:
    """A number with the zeros that its format shows in front: a code of «0000000000».

    >>> zeros("640399960", "0000000000"), zeros("27", "0.00"), zeros("7", "General")
    ('0640399960', '27', '7')
    """
    if re.fullmatch(r"0[0 ]+", number_format) and text.isdigit():
        return text.zfill(number_format.count("0"))
    return text
