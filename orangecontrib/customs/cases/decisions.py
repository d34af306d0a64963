"""Pinned decisions: rulings and decisions on the classification of goods, as a table of data.

A text classifier repeats practice, and a decision that goes beyond it is ignored unless it has a
place of its own (Жиряева, Наумов, 2020, §4).  Here a good that matches one gets the code of the
decision, with its number in the trace beside what would be said without it – never silently.

``decisions.csv`` is the bundled example.  The columns of such a table:

=====================  =========================================================================
``number``, ``date``   of the decision; the day (2015-03-01) may be empty
``authority``          who decided; ``authority_en`` may be absent
``code``               of 4 to 10 digits
``words``              a phrase (:mod:`..declarations.phrases`) that the description must hold
``unless``             a phrase that it must not hold; may be absent
``facts``              ``fact=value|value; fact=value``: each must be said of the good and
                       established; ``words``, ``facts`` or both are given
``valid_from``,        days; empty or absent: always
``valid_to``
``reason``             why; ``reason_en`` may be absent
=====================  =========================================================================
"""
from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np

from orangecontrib.customs.declarations.folding import fold
from orangecontrib.customs.declarations.patterns import Pattern
from orangecontrib.customs.declarations.phrases import NOT_NAMED, Phrases
from orangecontrib.customs.defaults import TRUST
from orangecontrib.customs.facts import Evidence, Vocabulary
from orangecontrib.customs.files import strict_rows
from orangecontrib.customs.fusion.engine import Engine, Witness
from orangecontrib.customs.fusion.pinned import pinned, without
from orangecontrib.customs.fusion.trace import ESTABLISHED, YES, Step, condition
from orangecontrib.customs.fusion.verdict import Verdict
from orangecontrib.customs.i18n import Joined, Message, Sayable, Words
from orangecontrib.customs.nomenclature import LEVELS, parse_code

from .goods import Good

__all__ = ["BUNDLED", "Decision", "bundled_decisions", "decide_pinned", "decisions_of_table"]

#: What a choice of decisions is called where the bundled example is meant.
BUNDLED = "example"
REQUIRED = ("number", "authority", "code")
#: Takes rows that can't be understood: where one stands, its cells, why.
Bad = Callable[[str, Mapping[str, str], str], None]


@dataclass(frozen=True)
class Decision:
    """A decision on goods that words or facts describe.

    Attributes
    ----------
    number, date : str
    authority : Words
    code : str
    facts : dict of str to frozenset of str
        The values of each fact for which it holds.
    words, unless : Pattern or None
    valid_from, valid_to : str
        Days (ISO); "" for no limit.
    reason : Words
    """

    number: str
    date: str
    authority: Words
    code: str
    facts: Mapping[str, frozenset[str]]
    words: Pattern | None = None
    unless: Pattern | None = None
    valid_from: str = ""
    valid_to: str = ""
    reason: Words = Words("")

    @property
    def name(self) -> Message:
        """«решение ФТС № 5 от 2015-03-01»"""
        return Message.of("decisions.dated" if self.date else "decisions.name",
                          authority=self.authority, number=self.number,
                          **({"date": self.date} if self.date else {}))

    def in_force(self, day: str) -> bool:
        """Whether it is on a day (ISO)."""
        return (not self.valid_from or self.valid_from <= day) \
            and (not self.valid_to or day <= self.valid_to)

    def quoted(self, good: Good) -> str | None:
        """The words of a good's description for which the decision holds; None: it doesn't.

        Of a description that names several goods those that are of this one count, where that
        can be told, else where facts say which one is meant.
        """
        if self.words is None:
            return ""
        folded = fold(good.own or good.description or "")
        found = self.words.search(folded.text)
        if found is None or self.unless is not None and self.unless.search(folded.text):
            return None
        start, end = folded.span(found.start(), found.end())
        return folded.original[start:end]


def bundled_decisions(vocabulary: Vocabulary) -> tuple[Decision, ...]:
    """The bundled example; decisions on facts that no loaded group has are left out."""
    path = Path(__file__).with_name("decisions.csv")
    rows = strict_rows(path)[1]
    return _decisions_of_rows([(f"{path.name}, line {line}", row) for line, row in rows
                              if all(fact in vocabulary for fact in _facts_in(row["facts"]))],
                             vocabulary)


def decisions_of_table(columns: Sequence[str], rows: Iterable[tuple[str, Mapping[str, str]]],
                       name: str, vocabulary: Vocabulary, bad: Bad | None = None
                       ) -> tuple[Decision, ...]:
    """Decisions of a table that somebody made.

    Parameters
    ----------
    columns : sequence of str
    rows : iterable of (str, dict)
        Where each stands, and its cells by column.
    name : str
        Of the table, for errors.
    vocabulary : Vocabulary
        Of the groups that decide.
    bad : callable, optional
        Gets where a row stands that can't be understood, its cells and why; it is left out.

    Raises
    ------
    ValueError
        A column is missing, or, without `bad`, a row can't be understood; the message names it.
    """
    missing = [column for column in REQUIRED if column not in columns]
    if missing:
        raise ValueError(f"{name} has no column {', '.join(missing)}; a table of decisions has "
                         "number, authority, code, and words or facts")
    return _decisions_of_rows(rows, vocabulary, bad)


def _decisions_of_rows(rows: Iterable[tuple[str, Mapping[str, str]]], vocabulary: Vocabulary,
                       bad: Bad | None = None) -> tuple[Decision, ...]:
    """Decisions of rows, each with where it stands."""
    phrases, found = Phrases(), []
    for where, row in rows:
        try:
            found.append(_decision(where, row, vocabulary, phrases))
        except ValueError as error:
            if bad is None:
                raise
            bad(where, row, str(error))
    return tuple(found)


def _decision(where: str, row: Mapping[str, str], vocabulary: Vocabulary, phrases: Phrases
              ) -> Decision:
    cells = {name: (row.get(name) or "").strip() for name in (
        *REQUIRED, "date", "authority_en", "words", "unless", "facts", "valid_from",
        "valid_to", "reason", "reason_en")}
    for name in REQUIRED:
        if not cells[name]:
            raise ValueError(f"{where}: {name} must be given")
    code = parse_code(cells["code"])
    if code.problem or len(code.digits) not in LEVELS[1:]:
        raise ValueError(f"{where}: '{cells['code']}' is not a code of 4, 6, 8 or 10 digits")
    if not (cells["words"] or cells["facts"]):
        raise ValueError(f"{where}: of which goods? words, facts or both must be given")
    for name in ("date", "valid_from", "valid_to"):
        _check_day(cells[name], f"{where}, {name}")
    return Decision(
        cells["number"], cells["date"], Words(cells["authority"], cells["authority_en"]),
        code.digits, _facts(cells["facts"], vocabulary, where),
        _pattern(phrases, cells["words"], where, NOT_NAMED),
        _pattern(phrases, cells["unless"], where), cells["valid_from"], cells["valid_to"],
        Words(cells["reason"], cells["reason_en"]))


def _check_day(text: str, where: str) -> None:
    try:
        if text:
            date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{where}: '{text}' is not a day; write it as 2015-03-01") from None


def _facts_in(cell: str) -> dict[str, str]:
    parts = [part.partition("=") for part in cell.split(";") if part.strip()]
    return {fact.strip(): values for fact, _, values in parts}


def _facts(cell: str, vocabulary: Vocabulary, where: str) -> dict[str, frozenset[str]]:
    """``fact=value|value; …`` as values by fact."""
    found = {}
    for fact, values in _facts_in(cell).items():
        if fact not in vocabulary:
            raise ValueError(f"{where}: unknown fact '{fact}'; there are: {', '.join(vocabulary)}")
        allowed = frozenset(value.strip() for value in values.split("|") if value.strip())
        if not allowed or allowed - set(vocabulary[fact].value_ids):
            raise ValueError(f"{where}: fact '{fact}' has no value '{values.strip()}'; there "
                             f"are: {', '.join(vocabulary[fact].value_ids)}")
        found[fact] = allowed
    return found


def _pattern(phrases: Phrases, phrase: str, where: str, not_before: str = "") -> Pattern | None:
    return Pattern(phrases.regex(phrase, where, not_before=not_before),
                   phrases.pieces(phrase)) if phrase else None


# -- goods that match

def decide_pinned(engines: Sequence[Engine], decisions: Sequence[Decision],
                  goods: Sequence[Good], witnesses: Sequence[Witness],
                  verdicts: Sequence[Verdict], error: float, on: date | None = None,
                  changed: Mapping[str, Message] | None = None) -> list[Verdict]:
    """Verdicts in which a decision has the word on the goods that match it.

    Parameters
    ----------
    engines : sequence of Engine
    decisions : sequence of Decision
    goods, verdicts : sequence
        In the same order.
    witnesses : sequence of Witness
        Aligned with them.
    error : float
        Accepted error of the safe code.
    on : date, optional
        The day that counts for the validity of decisions; today by default.
    changed : dict of str to Message, optional
        Codes whose official wording changed, and how that is said: a decision on one of them
        is named, and does not count.
    """
    day, changed = (on or date.today()).isoformat(), changed or {}
    beliefs = _Beliefs(engines, witnesses, len(goods))
    result = []
    for row, (good, verdict) in enumerate(zip(goods, verdicts)):
        matches = [match for decision in decisions
                   if (match := _match(decision, good, row, beliefs)) is not None]
        result.append(_settled(engines, matches, verdict, error, day, changed))
    return result


@dataclass(frozen=True)
class _Match:
    """A decision that holds for a good, how surely, and by what.

    `unclear`: it holds by words alone of a description that names several goods, and of which
    of them they are is not known.
    """

    decision: Decision
    p: float
    steps: tuple[Step, ...]
    quoted: str
    unclear: bool


class _Beliefs:
    """P(value) of facts of goods, group by group; reckoned when first asked."""

    def __init__(self, engines: Sequence[Engine], witnesses: Sequence[Witness], n: int):
        self._engines, self._witnesses, self._n = engines, witnesses, n
        self._found: dict[str, Mapping[str, np.ndarray]] = {}

    def of(self, fact: str) -> tuple[Engine, np.ndarray] | None:
        """The first group that has a fact, and P(value) by good; None where no group has it."""
        engine = next((e for e in self._engines if fact in e.priors), None)
        if engine is None:
            return None
        if engine.group.id not in self._found:
            keys = [str(row) for row in range(self._n)]
            total = sum((Evidence(keys, witness.on(engine.priors).tempered(engine.priors).loglik)
                         for witness in self._witnesses), Evidence(keys))
            self._found[engine.group.id] = total.posterior(engine.priors)
        return engine, self._found[engine.group.id][fact]

    def said_by(self, fact: str, row: int) -> tuple[Sayable, ...]:
        """Who speaks of a fact of a good, and where."""
        said: list[Sayable] = []
        for witness in self._witnesses:
            if fact in witness.evidence.loglik and witness.evidence.says(fact)[row]:
                note = witness.notes.get((witness.evidence.keys[row], fact), "")
                said.append(Joined((witness.name, note), ": ") if note else witness.name)
        return tuple(said)


def _match(decision: Decision, good: Good, row: int, beliefs: _Beliefs) -> _Match | None:
    quoted = decision.quoted(good)
    if quoted is None:
        return None
    p, steps = TRUST if decision.words is not None else 1., []
    for fact, allowed in decision.facts.items():
        known, said_by = beliefs.of(fact), beliefs.said_by(fact, row)
        if known is None or not said_by:
            return None
        engine, values = known
        spec = engine.table.vocabulary[fact]
        mass = float(sum(values[row, spec.index(value)] for value in allowed))
        if mass < ESTABLISHED:
            return None
        p *= mass
        steps.append(Step("fact", condition(engine, fact, allowed), YES, mass, said_by, fact))
    return _Match(decision, p, tuple(steps), quoted,
                  bool(good.whole) and not good.own and not decision.facts)


def _settled(engines: Sequence[Engine], matches: Sequence[_Match], verdict: Verdict,
             error: float, day: str, changed: Mapping[str, Message]) -> Verdict:
    """A verdict with the decisions that match, or with why they don't count."""
    counting, problems = [], []
    for match in matches:
        decision = match.decision
        why = _hindrance(engines, match, day, changed)
        if why is None:
            counting.append(match)
        else:
            problems.append(Message.of("decisions.left", decision=decision.name,
                                       code=decision.code, why=why))
    codes = {match.decision.code for match in counting}
    if len(codes) > 1:
        problems.append(Message.of("decisions.torn", said=Joined(tuple(
            Message.of("decisions.gives", decision=match.decision.name, code=match.decision.code)
            for match in counting), "; ")))
    elif counting:
        best = max(counting, key=lambda match: match.p)
        engine = next(e for e in engines if _codes_under(e, best.decision.code))
        verdict = pinned(verdict, engine, best.decision.code, best.p, _said(best), best.steps,
                         best.decision, error, Message.of(
                             "decisions.differs", decision=best.decision.name,
                             code=best.decision.code, without=without(verdict)))
    return replace(verdict, problems=(*problems, *verdict.problems)) if problems else verdict


def _hindrance(engines: Sequence[Engine], match: _Match, day: str,
               changed: Mapping[str, Message]) -> Message | None:
    """Why a decision that matches does not count; None: it does."""
    decision = match.decision
    if not any(_codes_under(engine, decision.code) for engine in engines):
        return Message("decisions.foreign")
    if match.unclear:
        return Message("decisions.several")
    if decision.valid_from and day < decision.valid_from:
        return Message.of("decisions.not_yet", day=decision.valid_from)
    if not decision.in_force(day):
        return Message.of("decisions.over", day=decision.valid_to)
    told = [changed[code] for code in changed if code.startswith(decision.code)]
    return told[0] if told else None


def _codes_under(engine: Engine, code: str) -> list[str]:
    return [own for own in engine.codes if own.startswith(code)]


def _said(match: _Match) -> Message | Joined:
    """The decision, its reason and the words for which it holds."""
    decision = match.decision
    parts: list[object] = [Message.of("decisions.gives", decision=decision.name,
                                      code=decision.code)]
    if decision.reason:
        parts.append(decision.reason)
    if match.quoted:
        parts.append(Message.of("decisions.words", words=match.quoted))
    return Joined(tuple(parts), "; ")
