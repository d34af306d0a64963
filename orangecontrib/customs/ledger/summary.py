"""What the ledger says of the program: errors over time and by code, drift, agreement."""
from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from orangecontrib.customs.evaluation.agreement import Agreement, agreement
from orangecontrib.customs.evaluation.drift import Alarm, Drift, Period, drift_of, periods_of
from orangecontrib.customs.evaluation.errors import CodeErrors, Scored, code_errors
from orangecontrib.customs.i18n import Joined, Message, Sayable
from orangecontrib.customs.i18n.numbers import share
from orangecontrib.customs.nomenclature import LEVELS

from .entry import OUTCOMES, WITHDRAWAL, Entry, agrees, codes_in

__all__ = ["PROGRAM", "DIGITS", "Pair", "Summary", "last_words", "sentences", "standing",
           "summarise"]

#: Digits at which codes are compared.
DIGITS = LEVELS[1:]
#: What the program is called beside persons.
PROGRAM = Message("ledger.program")


@dataclass(frozen=True)
class Pair:
    """Two who decided the same goods; the first is the program or a person."""

    first: Sayable
    second: str
    agreement: Agreement


@dataclass(frozen=True)
class Summary:
    """What the ledger says at one level of the tariff.

    Attributes
    ----------
    digits : int
    entries : int
        Reviews that stand: what was taken back, and what its author decided again, is not in.
    goods : int
        With a last word on each.
    outcomes : dict of str to int
        Of the last words.
    unknown : int
        Goods of which nothing can be said at this level: no code was said, or the person's code
        stops above it.
    persons : tuple of str
    periods : list of Period
    drift : Drift
    codes : list of CodeErrors
        By the code that was said, cut to the level: n, error with interval, and the person's code
        behind most of them.
    pairs : list of Pair
        The program with each person, and persons with each other.
    by_code : dict of str to list of Period
        The same months, of goods for which the program said a code, cut to the level.
    """

    digits: int
    entries: int
    goods: int
    outcomes: dict[str, int]
    unknown: int
    persons: tuple[str, ...]
    periods: list[Period]
    drift: Drift
    codes: list[CodeErrors]
    pairs: list[Pair]
    by_code: Mapping[str, list[Period]]

    @property
    def overturned(self) -> list[CodeErrors]:
        """Codes of which people think otherwise, those that were overturned most often first."""
        return sorted((row for row in self.codes if row.wrong),
                      key=lambda row: (-row.wrong, -row.low, row.code))


def standing(entries: Iterable[Entry]) -> list[Entry]:
    """Reviews that stand, in the order of time: the last of each person on each good.

    One that was taken back doesn't stand, nor does what its author had decided before.  Of one
    moment that is the later one which stands later among the entries.
    """
    entries = sorted(entries, key=lambda entry: entry.at)
    gone = {entry.withdraws for entry in entries if entry.kind == WITHDRAWAL}
    last = {(entry.good, entry.who): entry for entry in entries if entry.kind != WITHDRAWAL}
    return sorted((entry for entry in last.values() if entry.id not in gone),
                  key=lambda entry: entry.at)


def last_words(entries: Iterable[Entry]) -> list[Entry]:
    """Of reviews that stand the last of each good, whoever decided."""
    return _last_of(standing(entries))


def _last_of(stands: Iterable[Entry]) -> list[Entry]:
    """The last review of each good, in the order of time."""
    return list({entry.good: entry for entry in stands}.values())


def summarise(entries: Iterable[Entry], digits: int = LEVELS[-1]) -> Summary:
    """All that a page of the ledger shows.

    A good counts once, by the last word on it, so that its n are not of one good many times.
    """
    stands = standing(entries)
    words = _last_of(stands)
    known = [(entry, right) for entry in words
             if (right := agrees(entry.said, entry.found, digits)) is not None]
    months = [entry.month for entry, _ in known]
    wrong = [not right for _, right in known]
    # what is stated is of the whole code
    stated = [float("nan") if entry.p is None or digits != LEVELS[-1] else 1 - entry.p
              for entry, _ in known]
    outcomes = Counter(entry.outcome for entry in words)
    scored = _scored([entry for entry, _ in known], digits)
    return Summary(
        digits, len(stands), len(words), {name: outcomes[name] for name in OUTCOMES},
        len(words) - len(known), tuple(sorted({entry.who for entry in stands})),
        periods_of(months, wrong, stated), drift_of(months, wrong, stated),
        code_errors(scored), _pairs(stands, digits),
        _by_code(scored.predicted, months, wrong, stated))


def _by_code(said: Sequence[str], months: Sequence[str], wrong: Sequence[bool],
             stated: Sequence[float]) -> dict[str, list[Period]]:
    """Months of each code that was said."""
    rows: dict[str, list[int]] = {}
    for row, code in enumerate(said):
        rows.setdefault(code, []).append(row)
    return {code: periods_of([months[row] for row in some], [wrong[row] for row in some],
                             [stated[row] for row in some]) for code, some in rows.items()}


def _scored(entries: Sequence[Entry], digits: int) -> Scored:
    """Decisions as predictions with their truth; where the two agree the code said is the truth."""
    said = [";".join(dict.fromkeys(code[:digits] for code in codes_in(entry.said)))
            for entry in entries]
    true = [code if agrees(entry.said, entry.found, digits) else entry.found[:digits]
            for code, entry in zip(said, entries)]
    return Scored(tuple(said), np.array([np.nan if entry.p is None else entry.p
                                         for entry in entries], float),
                  tuple(true), np.arange(len(entries)))


def _pairs(stands: Sequence[Entry], digits: int) -> list[Pair]:
    """Program and person on what the person decided, persons on goods that both decided."""
    by: dict[str, dict[object, Entry]] = {}
    for entry in stands:
        by.setdefault(entry.who, {})[entry.good] = entry
    result = []
    for who, mine in sorted(by.items()):
        said = [(_candidate(entry, digits), entry.found[:digits]) for entry in mine.values()
                if agrees(entry.said, entry.found, digits) is not None]
        result.append(Pair(PROGRAM, who, agreement(*_columns(said))))
    for (one, mine), (other, theirs) in combinations(sorted(by.items()), 2):
        both = [(mine[good].found[:digits], theirs[good].found[:digits])
                for good in mine if good in theirs
                and min(len(mine[good].found), len(theirs[good].found)) >= digits]
        if both:
            result.append(Pair(one, other, agreement(*_columns(both))))
    return result


def _candidate(entry: Entry, digits: int) -> str:
    """The code that was said, where it is right as the person writes it."""
    return entry.found[:digits] if agrees(entry.said, entry.found, digits) \
        else entry.said[:digits]


def _columns(rows: Sequence[tuple[str, str]]) -> tuple[list[str], list[str]]:
    return [row[0] for row in rows], [row[1] for row in rows]


# -- in words

def sentences(summary: Summary) -> Sayable:
    """How much there is, what came of it, and whether the error rises."""
    if not summary.goods:
        return Message("ledger.empty")
    of = summary.outcomes
    said: list[Sayable] = [Message.of(
        "ledger.outcomes", goods=summary.goods, persons=len(summary.persons),
        confirmed=of["confirmed"], partly=of["partly"], overturned=of["overturned"],
        open=of["open"])]
    if summary.unknown > of["open"]:
        said.append(Message.of("ledger.unknown", n=summary.unknown - of["open"],
                               digits=summary.digits))
    return Joined((*said, _drift(summary.drift)), " ")


def _drift(drift: Drift) -> Sayable:
    alarm = drift.now
    if not drift.tested:
        return Message("ledger.untested")
    if alarm is not None:
        name = "ledger.drift" if alarm.first == alarm.last else "ledger.drift_window"
        return Message.of(name, first=alarm.first, last=alarm.last, **_shares(alarm),
                          since=drift.alarms[_first_of_run(drift)].last)
    if drift.alarms:
        last = drift.alarms[-1]
        return Message.of("ledger.drift_past", last=last.last, **_shares(last))
    return Message.of("ledger.no_drift", tested=len(drift.tested))


def _first_of_run(drift: Drift) -> int:
    """Where the alarms without a break that lead to the last one begin."""
    at = {alarm.last: number for number, alarm in enumerate(drift.alarms)}
    first = len(drift.alarms) - 1
    for name in reversed(drift.tested):
        if name not in at:
            break
        first = at[name]
    return first


def _shares(alarm: Alarm) -> dict[str, object]:
    (wrong, n), (earlier, of) = alarm.now, alarm.before
    return {"now": share(wrong / n), "n": n, "before": share(earlier / of), "of": of,
            "p": f"{alarm.p:.1g}"}
