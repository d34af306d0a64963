"""An entry: what the program said of a good, what a person stands by, who and when."""
from __future__ import annotations

import hashlib
import math
import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path

from orangecontrib.customs.files import strict_rows
from orangecontrib.customs.nomenclature import LEVELS

__all__ = ["COLUMNS", "CONFIRMED", "NUMBERS", "OPEN", "OUTCOMES", "OVERTURNED", "PARTLY", "REVIEW",
           "WITHDRAWAL", "Entry", "agrees", "digest_of", "outcome_of", "utc"]

_ROWS = [row for _, row in strict_rows(Path(__file__).with_name("columns.csv"))[1]]
#: Columns of an entry, in order, and those that hold numbers.
COLUMNS = tuple(row["id"] for row in _ROWS)
NUMBERS = frozenset(row["id"] for row in _ROWS if row["kind"] == "number")
#: What may come of a decision.
OUTCOMES = CONFIRMED, PARTLY, OVERTURNED, OPEN = ("confirmed", "partly", "overturned", "open")
#: Kinds of entries.
REVIEW, WITHDRAWAL = "review", "withdrawal"
#: Digits to which two codes agree in part: the Harmonized System's subheading.
SUBHEADING = 6


def digest_of(text: str | None) -> str:
    """SHA-256 of a text, "" for none; the two ways of writing «й» are one.

    >>> digest_of("Ботинки")[:8], digest_of("")
    ('1b5ffc08', '')
    """
    normal = unicodedata.normalize("NFC", text or "").strip()
    return hashlib.sha256(normal.encode("utf-8", "surrogatepass")).hexdigest() if normal else ""


def utc(when: str | date | datetime | None = None) -> str:
    """A moment as entries have it; without an offset it is UTC, a day is its beginning.

    Raises
    ------
    ValueError
        It is not a day or a time, as ISO 8601 or people in Russia write it.

    Examples
    --------
    >>> utc("2026-07-01 12:30+03:00"), utc("2026-07-01")
    ('2026-07-01T09:30:00.000000Z', '2026-07-01T00:00:00.000000Z')
    """
    if when is None:
        when = datetime.now(UTC)
    elif isinstance(when, str):
        when = _parsed(when.strip())
    elif not isinstance(when, datetime):
        when = datetime(when.year, when.month, when.day)
    when = when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
    return when.strftime("%Y-%m-%dT%H:%M:%S.") + f"{when.microsecond:06d}Z"


def _parsed(text: str) -> datetime:
    with suppress(ValueError):
        return datetime.fromisoformat(text)
    for form in ("%d.%m.%Y", "%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S"):
        with suppress(ValueError):
            return datetime.strptime(text, form)
    raise ValueError(f"'{text}' is not a time; write it as 2026-07-01, 01.07.2026 or "
                     "2026-07-01T12:30+03:00")


def agrees(said: str, found: str, digits: int = LEVELS[-1]) -> bool | None:
    """Whether a code that was said is right, as far as so many digits go.

    A code that stops earlier than the person's is right where hers lies under it.  None: her code
    stops earlier and lies above it, or one of the two is empty.

    Parameters
    ----------
    said : str
        Candidates are joined with ``;``: one of them is enough.
    """
    answers = [_agrees(code[:digits], found[:digits]) for code in codes_in(said)]
    if True in answers:
        return True
    return None if None in answers or not answers else False


def _agrees(said: str, found: str) -> bool | None:
    if not found:
        return None
    if found.startswith(said):
        return True
    return None if said.startswith(found) else False


def codes_in(said: str) -> list[str]:
    """The candidates of a code that was said."""
    return [code.strip() for code in said.split(";") if code.strip()]


def outcome_of(said: str, found: str) -> str:
    """What came of a code that was said: one of :data:`OUTCOMES`.

    >>> outcome_of("6403999600", "6403999600"), outcome_of("6403999600", "6403999100")
    ('confirmed', 'partly')
    >>> outcome_of("6403999600", "6402999100"), outcome_of("", "6402999100")
    ('overturned', 'open')
    """
    if not said:
        return OPEN
    if agrees(said, found):
        return CONFIRMED
    return OVERTURNED if agrees(said, found, SUBHEADING) is False else PARTLY


@dataclass(frozen=True)
class Entry:
    """A line of the ledger; the columns are described in ``columns.csv``.

    Attributes
    ----------
    p, value, quantity, duty_said, duty_found : float or None
        None: not known.
    """

    key: str
    who: str
    at: str
    said: str = ""
    found: str = ""
    p: float | None = None
    kind: str = REVIEW
    text_digest: str = ""
    photos_digest: str = ""
    safe_code: str = ""
    heading: str = ""
    runner_up: str = ""
    declared_code: str = ""
    value: float | None = None
    currency: str = ""
    quantity: float | None = None
    duty_said: float | None = None
    duty_found: float | None = None
    duty_currency: str = ""
    groups: str = ""
    edition: str = ""
    models: str = ""
    source: str = ""
    version: str = ""
    withdraws: str = ""

    def __post_init__(self) -> None:
        if not self.key.strip() or not self.who.strip():
            raise ValueError("an entry names the good and who decided")
        if utc(self.at) != self.at:
            raise ValueError(f"'{self.at}' is not a time as utc() writes it")
        if self.kind == WITHDRAWAL:
            if not self.withdraws:
                raise ValueError("a withdrawal names the entry that is taken back")
        elif self.kind != REVIEW:
            raise ValueError(f"'{self.kind}' is not a kind of entry")
        elif not _is_code(self.found, LEVELS[1]):
            raise ValueError(f"'{self.found}' is not a code of 4, 6, 8 or 10 digits")
        for code in codes_in(self.said):
            if not _is_code(code, LEVELS[0]):
                raise ValueError(f"'{code}' is not a code of 2, 4, 6, 8 or 10 digits")
        if self.p is not None and not 0 <= self.p <= 1:
            raise ValueError(f"{self.p:g} is not a probability; it must lie in [0, 1]")
        for name in ("value", "quantity", "duty_said", "duty_found"):
            number = getattr(self, name)
            if number is not None and not math.isfinite(number):
                raise ValueError(f"{name}: {number} is not a number")

    @property
    def outcome(self) -> str:
        """One of :data:`OUTCOMES`; "" of a withdrawal."""
        return outcome_of(self.said, self.found) if self.kind == REVIEW else ""

    @property
    def good(self) -> tuple[str, str, str]:
        """What tells the good: its key and the digests of what was known of it."""
        return self.key, self.text_digest, self.photos_digest

    @property
    def month(self) -> str:
        """``2026-07``"""
        return self.at[:7]

    @cached_property
    def id(self) -> str:
        """By good, who, when and kind: the same decision has the same id wherever it comes from."""
        told = "\x1f".join((self.kind, self.at, self.who, *self.good, self.withdraws))
        return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:32]

    def as_row(self) -> dict[str, str | float | None]:
        """By column, in the order of ``columns.csv``, the id first."""
        return {"id": self.id, **{name: getattr(self, name) for name in COLUMNS}}

    @classmethod
    def of_row(cls, row: Mapping[str, object]) -> Entry:
        """The entry of a row that :meth:`as_row` made; what else the row has is left aside."""
        return cls(**{name: row[name] for name in _FIELDS})  # type: ignore[arg-type]


def _is_code(code: str, least: int) -> bool:
    return code.isascii() and code.isdigit() and len(code) in LEVELS and len(code) >= least


_FIELDS = tuple(field.name for field in fields(Entry))
