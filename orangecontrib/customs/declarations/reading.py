"""What one description says: findings with spans, and the evidence they make."""
from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from orangecontrib.customs.facts import Evidence, Vocabulary
from orangecontrib.customs.i18n import Joined, Message, Words

from .several import Several

__all__ = ["STATED", "IMPLIED", "Doubt", "Finding", "Reading", "settle", "evidence_of"]

STATED = "stated"
IMPLIED = "implied"


@dataclass(frozen=True)
class Finding:
    """One statement of the text on one fact.

    Parameters
    ----------
    fact : str
    values : tuple of str
        The values that it allows; several mean "one of".
    ratio : float
        How many times as often such words stand where one of the values holds as where none
        does, 1 or more.
    start, end : int
        Its span in the original description.
    text : str
        Its words, ``description[start:end]``.
    kind : str
        ``"stated"`` (said outright) or ``"implied"`` (type noun, size, trade word).
    rule : str
        Id of the row of a table that it rests on, of several the first; with ``.not`` behind
        it where the words of a phrase are denied.
    note : Message or Words, optional
        How it was read, for people.
    """

    fact: str
    values: tuple[str, ...]
    ratio: float
    start: int
    end: int
    text: str
    kind: str
    rule: str = ""
    note: Message | Words | None = None

    def __post_init__(self):
        if not self.ratio >= 1:
            raise ValueError(f"{self.rule}: no words speak against what they state: {self.ratio}")


@dataclass(frozen=True)
class Doubt:
    """That a description tells more of a fact than was read; see :mod:`.understood`.

    Parameters
    ----------
    fact : str
    share : float
        P(the good is not as read).
    words : tuple of str
        That raise the doubt.
    prior, unread : tuple of float
        P of each value where nothing is known, and of goods that are not as read.
    """

    fact: str
    share: float
    words: tuple[str, ...]
    prior: tuple[float, ...]
    unread: tuple[float, ...]

    @property
    def message(self) -> Message:
        """What the trace says of it."""
        return Message.of("reader.not_understood", words=", ".join(self.words))


@dataclass(frozen=True)
class Reading:
    """What one description says, and what is wrong or unclear in it.

    Attributes
    ----------
    description : str
    findings : tuple of Finding
        Of a text that speaks of several goods, what it says of each of them.
    problems : tuple of Message
    goods : tuple of Reading
        Of a text that speaks of several goods, what it says of each; else empty.
    quantity : float, optional
        How many there are of the good, where the text speaks of several and says it.
    own : str
        Of one of several goods: the description with spaces in place of what is of the others.
    several : Several
        What is open of several goods in one.
    doubts : tuple of Doubt
        Facts of which it tells more than was read, each once.
    """

    description: str
    findings: tuple[Finding, ...]
    problems: tuple[Message, ...] = ()
    goods: tuple[Reading, ...] = ()
    quantity: float | None = None
    several: Several = Several()
    doubts: tuple[Doubt, ...] = ()
    own: str = field(default="", repr=False)

    def counted(self, quantity: bool, whole: bool = False) -> Reading:
        """Of one of several goods: with a problem where something is declared for all of them.

        That is a quantity, unless the text says how many there are of each, or the `whole`
        value or weight.
        """
        problems = [Message("stages.quantity")] if quantity and self.quantity is None else []
        problems += [Message("stages.whole")] if whole else []
        return replace(self, problems=(*problems, *self.problems)) if problems else self

    def stated(self) -> dict[str, tuple[str, ...]]:
        """Fact → the values stated outright (several: one of them)."""
        said: dict[str, list[Finding]] = {}
        for finding in self.findings:
            if finding.kind == STATED:
                said.setdefault(finding.fact, []).append(finding)
        return {fact: _agree(found)[0] for fact, found in said.items()}

    def words(self, columns: Sequence[tuple[int, int, str]] = ()
              ) -> dict[str, str | Message | Joined]:
        """Fact → the words that speak for what the text says of it, quoted, each once.

        Of words that speak for different values those count that together speak loudest.

        Parameters
        ----------
        columns : sequence of (int, int, str)
            Spans of the description that come from columns of a specification, which are named.
        """
        said: dict[str, dict[str | Message, None]] = {}
        loudest = {fact: _loudest(terms) for fact, terms in settle(self.findings).items()}
        for finding in self.findings:
            if loudest[finding.fact] & set(finding.values):
                said.setdefault(finding.fact, {})[_quoted(finding, columns)] = None
        told: dict[str, str | Message | Joined] = {
            fact: ", ".join(words) if not columns else
            Joined(tuple(words)) if len(words) > 1 else next(iter(words))
            for fact, words in said.items()}
        for doubt in self.doubts:
            words = told.get(doubt.fact)
            told[doubt.fact] = doubt.message if words is None else Joined(
                (words, doubt.message), "; ")
        return told


def _quoted(finding: Finding, columns: Sequence[tuple[int, int, str]]) -> str | Message:
    """The words of a finding, and the column that they come from."""
    words = " ".join(finding.text.split())
    column = next((name for start, end, name in columns
                   if start <= finding.start and finding.end <= end), None)
    return f"«{words}»" if column is None else Message.of(
        "reader.in_column", words=words, column=column)


def _agree(findings: Sequence[Finding]) -> tuple[tuple[str, ...], float, bool]:
    """Values and ratio of several statements on one fact, and whether they agree.

    A repetition is not a second witness: statements that agree count once, by
    what they have in common.  Statements that exclude each other leave all
    their values open.
    """
    common = [v for v in findings[0].values if all(v in f.values for f in findings[1:])]
    if common:
        # The narrowest statement is the one that is believed.
        narrowest = min(findings, key=lambda f: (len(f.values), -f.ratio))
        return tuple(common), narrowest.ratio, True
    union = tuple(dict.fromkeys(v for f in findings for v in f.values))
    return union, min(f.ratio for f in findings), False


def settle(findings: Iterable[Finding]) -> dict[str, list[tuple[tuple[str, ...], float]]]:
    """Fact → independent terms (values allowed, ratio).

    What is stated makes one term.  What is implied adds one term per set of
    values; it is dropped where the fact is stated, unless it chooses within
    what was stated («закрывающая лодыжку: сапоги»).
    """
    stated: dict[str, list[Finding]] = {}
    implied: dict[str, list[Finding]] = {}
    for finding in findings:
        target = stated if finding.kind == STATED else implied
        target.setdefault(finding.fact, []).append(finding)
    terms: dict[str, list[tuple[tuple[str, ...], float]]] = {}
    for fact, found in stated.items():
        values, ratio, _ = _agree(found)
        terms[fact] = [(values, ratio)]
    for fact, found in implied.items():
        strongest: dict[tuple[str, ...], float] = {}
        for finding in found:
            if fact in stated and not set(finding.values) < set(terms[fact][0][0]):
                continue
            values = tuple(sorted(finding.values))
            strongest[values] = max(strongest.get(values, 1.), finding.ratio)
        if strongest:
            terms.setdefault(fact, []).extend(strongest.items())
    return terms


def _loudest(terms: list[tuple[tuple[str, ...], float]]) -> set[str]:
    """The values for which several terms together speak most."""
    said = {value: math.prod(ratio for values, ratio in terms if value in values)
            for values, _ in terms for value in values}
    most = max(said.values())
    return {value for value, ratio in said.items() if ratio == most}


def _row(values: tuple[str, ...], ratio: float, value_ids: tuple[str, ...]) -> np.ndarray:
    """Log-likelihood of a statement under each value, shape (k,)."""
    if set(values) >= set(value_ids):
        return np.zeros(len(value_ids))
    return np.array([math.log(ratio) if v in values else 0. for v in value_ids])


def _doubted(doubt: Doubt, loglik: np.ndarray) -> np.ndarray:
    """Evidence that is believed less: of what was read, and of goods that are not as read."""
    likelihood = np.exp(loglik - loglik.max())
    read = likelihood / sum(p * of for p, of in zip(doubt.prior, likelihood))
    unread = np.array([u / p for u, p in zip(doubt.unread, doubt.prior)])
    mixed = (1 - doubt.share) * read + doubt.share * unread
    return np.log(mixed / mixed.min())


def evidence_of(keys: Sequence[str], readings: Sequence[Reading],
                vocabulary: Vocabulary) -> Evidence:
    """Log-likelihoods (N, k) per fact of `vocabulary`; silence is a row of zeros.

    Words that stand r times as often where one of the values holds that they state as where
    none does have the likelihood r under these values and 1 under the others; where a description
    tells more of a fact than was read, as much less as its doubt is great.
    """
    keys, readings = tuple(keys), tuple(readings)
    if len(keys) != len(readings):
        raise ValueError(f"{len(keys)} keys for {len(readings)} readings")
    loglik = {fact: np.zeros((len(keys), len(f.values))) for fact, f in vocabulary.items()}
    rows: dict[tuple, np.ndarray] = {}
    for i, reading in enumerate(readings):
        for fact, terms in settle(reading.findings).items():
            for values, ratio in terms:
                key = (fact, values, ratio)
                if key not in rows:
                    rows[key] = _row(values, ratio, vocabulary[fact].value_ids)
                loglik[fact][i] += rows[key]
        for doubt in reading.doubts:
            if doubt.fact in loglik:
                loglik[doubt.fact][i] = _doubted(doubt, loglik[doubt.fact][i])
    return Evidence(keys, loglik)
