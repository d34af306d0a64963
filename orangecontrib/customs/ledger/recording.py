"""An entry of a good that somebody has just reviewed."""
from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from orangecontrib.customs import __version__
from orangecontrib.customs.cases import Case
from orangecontrib.customs.cases.goods import Good
from orangecontrib.customs.defaults import ERROR
from orangecontrib.customs.fusion.engine import Engine

from .entry import WITHDRAWAL, Entry, digest_of, utc
from .store import Ledger

__all__ = ["Review", "digest_of_files", "entry_of", "withdrawal_of", "withdraw"]

#: Hexadecimal digits of the digest of a decision table.
TABLE_DIGITS = 12


@dataclass(frozen=True)
class Review:
    """What a person says of a good.

    Attributes
    ----------
    row : int
        Of the good in its case.
    found : str
        The code that she stands by.
    who, at : str
        As in an entry.
    photos : tuple of str
        Paths of the good's photos.
    models : dict of str to str
        Digests by what a model does: ``photos``, ``predictions``.
    """

    row: int
    found: str
    who: str
    at: str = field(default_factory=utc)
    photos: tuple[str, ...] = ()
    models: Mapping[str, str] = field(default_factory=dict)


def entry_of(case: Case, review: Review, source: str, error: float = ERROR) -> Entry:
    """The entry of a review.

    What counts as said is the code without the person's answers: with them it is hers, too.
    Of description and photos only digests are kept.

    Raises
    ------
    ValueError
        The code is not one of 4, 6, 8 or 10 digits.
    """
    verdict = case.decide_one(review.row, error)
    good = case.goods[review.row]
    edition = ""
    if verdict.codes and (tariff := case.tariff_of(verdict.codes[0])) is not None:
        edition = getattr(tariff.edition_of(verdict.codes[0]), "id", "")
    return Entry(
        good.key, review.who, review.at, ";".join(verdict.codes), review.found,
        float(verdict.p) if verdict.codes else None, text_digest=digest_of(good.description),
        photos_digest=digest_of_files(review.photos), safe_code=verdict.safe_code,
        heading=verdict.heading, runner_up=verdict.runner_up,
        declared_code=good.declared_code, value=good.value, currency=good.currency,
        quantity=good.quantity, **_duties(case, good, verdict.codes, review.found),
        groups="; ".join(f"{engine.group.id} {_table_digest(engine)}" for engine in case.engines),
        edition=edition, models="; ".join(f"{name}={digest}" for name, digest
                                          in review.models.items() if digest),
        source=source, version=__version__)


def _duties(case: Case, good: Good, said: tuple[str, ...], found: str) -> dict:
    """Duties at both codes, where they are known in one currency."""
    duties = []
    for code in (said[0] if len(said) == 1 else "", found):
        tariff = case.tariff_of(code) if code else None
        duties.append(None if tariff is None or not tariff[code].rate.rule
                      else tariff[code].duty_on(good.value, good.quantity, good.weight,
                                                good.currency, case.exchange.get(good.currency)))
    known = [duty for duty in duties if duty is not None and duty.amount is not None]
    if not known or len({duty.currency for duty in known}) > 1:
        return {}
    return {"duty_currency": known[0].currency,
            **{name: None if duty is None else duty.amount
               for name, duty in zip(("duty_said", "duty_found"), duties)}}


def digest_of_files(paths: Iterable[str | os.PathLike[str]]) -> str:
    """SHA-256 over the digests of files, whatever they are called and in whatever order.

    Those that can't be read don't count; "" where there are none.
    """
    found = []
    for path in paths:
        with suppress(OSError), open(path, "rb") as file:
            found.append(hashlib.file_digest(file, "sha256").hexdigest())
    return hashlib.sha256("\n".join(sorted(found)).encode()).hexdigest() if found else ""


def _table_digest(engine: Engine) -> str:
    path = engine.group.folder / "decision_table.csv"
    return _digest_at(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=64)
def _digest_at(path: Path, _changed: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:TABLE_DIGITS]


def withdrawal_of(entry: Entry, who: str, at: str | None = None) -> Entry:
    """An entry that takes another one back."""
    return replace(entry, kind=WITHDRAWAL, who=who, at=at or utc(), withdraws=entry.id)


def withdraw(ledger: Ledger, id_: str, who: str, at: str | None = None) -> Entry:
    """Take the entry of an id, or of its unique beginning, back.

    Raises
    ------
    LedgerError
    ValueError
        There is no such entry, or several begin so.
    """
    found = [entry for entry in ledger.entries()
             if entry.kind != WITHDRAWAL and entry.id.startswith(id_)]
    if len(found) != 1:
        raise ValueError(f"{len(found) or 'no'} entries of {ledger.path} begin with '{id_}'; give "
                         "the id of one, as export writes it")
    entry = withdrawal_of(found[0], who, at)
    ledger.append([entry])
    return entry
