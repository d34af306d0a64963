"""Goods with all that is said about them: matched by their declared ids, decided, explained."""
from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

import numpy as np

from orangecontrib.customs.defaults import ERROR, TRUST
from orangecontrib.customs.evaluation.conformal import Calibration
from orangecontrib.customs.facts import Evidence, Fact, Vocabulary
from orangecontrib.customs.fusion.alone import Alone, spoken_alone
from orangecontrib.customs.fusion.among import Answer, codes_of, decide_among, vocabulary_of
from orangecontrib.customs.fusion.engine import MODEL, PHOTOS, TEXT, Engine, Witness
from orangecontrib.customs.fusion.keys import unique_keys
from orangecontrib.customs.fusion.meeting import Meeting, strangers
from orangecontrib.customs.fusion.photographs import photographs_of
from orangecontrib.customs.fusion.pinned import guarded
from orangecontrib.customs.fusion.verdict import Verdict
from orangecontrib.customs.i18n import Message, Sayable, say
from orangecontrib.customs.nomenclature import Tariff, compare_wordings

from .calibrating import made_with, promised, refused, remarks_on
from .decisions import Decision, decide_pinned
from .goods import Good, OfGroup
from .lines import of_each
from .sources import NO_PHOTOS, Source, analyst_witness

__all__ = ["Case", "Held", "join"]

#: What a reader says that does not find what a good is.
_KINDS = frozenset(("reader.no_kind", "reader.unknown_kind"))

#: What is said of a good that a source lacks, and of one that only another source than the
#: text knows.
LACKS = {PHOTOS: NO_PHOTOS, MODEL: Message("cases.no_prediction")}
ONLY = {PHOTOS: Message("cases.only_photos"), MODEL: Message("cases.only_prediction")}


@dataclass(frozen=True)
class Held:
    """The likeliest value of a fact, and its probability."""

    value: str
    p: float
    said: bool      #: a witness speaks of it
    spread: tuple[float, ...] = ()  #: P of all values, in their order


@dataclass(frozen=True)
class Case:
    """Goods with all that is said about them; made by :func:`join`.

    Attributes
    ----------
    engines : tuple of Engine
        Of the groups that decide.
    goods : tuple of Good
        With unique keys; what the sources brought along is among the problems.
    witnesses : tuple of Witness
        Their evidence is aligned with the goods, so that one of them is decided in no time.
    answer : Answer or None
        The term of a classifier.
    remarks : tuple of str
        What is wrong with the sources themselves.
    unmatched : dict of str to int
        Per witness, goods that it lacks and another one has.
    ids : dict of str to list of str
        Per witness, the ids of its goods.
    decisions : tuple of Decision
        Of authorities: they have the word on the goods that match them.
    on : date or None
        The day that counts for their validity; None: today.
    exchange : dict of str to dict of str to float
        By the currency of values, what one of another currency, in which rates are, costs in it.
    changed : dict of str to Message
        Codes whose official wording a loaded tariff changes: what rests on them is not
        established.
    alone : sequence of (Alone or None)
        Per good, what a classifier says where no group has the law; empty where there is none.
    learnt : dict of str to str
        Per witness that speaks, what is learnt of it, in short.
    trust : float
        Reliability of declared facts.
    calibration : Calibration or None
        Known goods on which safe digits rest; None: these rest on the probabilities.
    """

    engines: tuple[Engine, ...]
    goods: tuple[Good, ...]
    witnesses: tuple[Witness, ...] = ()
    answer: Answer | None = None
    remarks: tuple[str, ...] = ()
    unmatched: Mapping[str, int] = field(default_factory=dict)
    ids: Mapping[str, Sequence[str]] = field(default_factory=dict)
    decisions: tuple[Decision, ...] = ()
    on: date | None = None
    changed: Mapping[str, Message] = field(default_factory=dict)
    exchange: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    alone: Sequence[Alone | None] = ()
    learnt: Mapping[str, str] = field(default_factory=dict)
    trust: float = TRUST
    calibration: Calibration | None = None

    @property
    def made_with(self) -> dict[str, str]:
        """What decides the goods, in short: a table of known goods is of one such."""
        return made_with(self.engines, self.learnt, self.trust)

    def calibrated(self, calibration: Calibration | None) -> Case:
        """The same case where safe digits rest on known goods.

        A table that something else made does not count; that, and which of its rows can't be
        used, is among the remarks.
        """
        if calibration is None:
            return self
        why = refused(calibration.made_with, self.made_with)
        remarks = (why,) if why is not None else remarks_on(calibration)
        return replace(self, calibration=None if why is not None else calibration,
                       remarks=(*self.remarks, *map(say, remarks)))

    def under(self, tariff: Tariff) -> Case:
        """The same case where a loaded edition of the tariff is looked at, too.

        What rests on a code whose official wording it changes is not established; why nothing
        could be compared is among the remarks.
        """
        found = compare_wordings(tariff, self.codes)
        said = {code: Message.of("decisions.changed", code=code, now=now) if now
                else Message.of("decisions.absent", code=code)
                for code, now in found.changed.items()}
        remarks = (found.problem,) if found.problem else ()
        return replace(self, changed=said, remarks=(*self.remarks, *remarks))

    def __len__(self) -> int:
        return len(self.goods)

    @cached_property
    def keys(self) -> tuple[str, ...]:
        return tuple(good.key for good in self.goods)

    @cached_property
    def _by_key(self) -> dict[str, Good]:
        return dict(zip(self.keys, self.goods))

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The facts of all the groups."""
        return vocabulary_of(engine.group for engine in self.engines)

    @cached_property
    def codes(self) -> list[str]:
        """The codes of all the groups' tables."""
        return codes_of(self.engines)

    def engine_of(self, verdict: Verdict) -> Engine | None:
        """The engine of the group that decided; None where nothing is said of the good."""
        return next((e for e in self.engines if e.group.id == verdict.group), None)

    def tariff_of(self, code: str) -> Tariff | None:
        """The branch of the tariff that has a code."""
        return next((e.nomenclature for e in self.engines if code in e.nomenclature), None)

    def good(self, verdict: Verdict) -> Good:
        """The good of a verdict."""
        return self._by_key[verdict.key]

    def problems_of(self, verdict: Verdict) -> tuple[Sayable, ...]:
        """Problems of a good: of its sources and of the law."""
        own = (problem.problem if isinstance(problem, OfGroup) else problem
               for problem in self.good(verdict).problems
               if not isinstance(problem, OfGroup) or verdict.group in ("", problem.group))
        if verdict.codes and not verdict.group and self.alone:
            # a classifier alone says what it is: that it is of no group's kinds is no problem
            own = (problem for problem in own if not _asks_for_kind(problem))
        return (*own, *verdict.problems)

    def notes_of(self, verdict: Verdict) -> tuple[str, ...]:
        """Problems of a good, each once, in the language that is spoken."""
        return tuple(dict.fromkeys(map(say, self.problems_of(verdict))))

    @cached_property
    def has_quantities(self) -> bool:
        """Whether the quantity of any good is known."""
        return any(good.quantity is not None for good in self.goods)

    def strangers(self, titles: Mapping[str, str]) -> list[Meeting]:
        """Sources, by their titles, whose ids hardly meet."""
        return strangers({titles[name]: ids for name, ids in self.ids.items() if ids})

    def strange_answers(self, answers: Iterable[str]) -> list[str]:
        """Of answers for goods that there are not, a message each."""
        return [f"an answer is for '{key}', and there is no such good; the second of an id A is "
                "A#2" for key in answers if key not in self._by_key]

    def _part(self, some: slice, answers: Mapping[str, Mapping[str, str]]
              ) -> tuple[tuple[str, ...], list[Witness]]:
        keys = self.keys[some]
        witnesses = [replace(w, evidence=w.evidence.part(some)) for w in self.witnesses]
        mine = {key: answers[key] for key in keys if answers.get(key)}
        if mine:
            witnesses.append(analyst_witness(mine, self.vocabulary))
        return keys, witnesses

    def decide(self, some: slice = slice(None), error: float = ERROR,
               answers: Mapping[str, Mapping[str, str]] | None = None,
               progress: Callable[[int, int], None] | None = None) -> list[Verdict]:
        """Verdicts of a slice of the goods.

        Parameters
        ----------
        some : slice
        error : float
            Accepted probability that the safe code is wrong.
        answers : dict of str to dict, optional
            Key → fact → value, as an analyst answered by hand.
        progress : callable, optional
            Called with (done, total).
        """
        keys, witnesses = self._part(some, answers or {})
        answers = answers or {}
        answer = self.answer and replace(self.answer, odds=self.answer.odds[some])
        verdicts = decide_among(self.engines, witnesses, keys, error=error, answer=answer,
                                progress=progress)
        several = {good.key: good.several for good in self.goods[some] if good.several}
        if several or self.decisions:
            witnesses = [replace(witness, evidence=witness.evidence.align(keys))
                         for witness in witnesses]
        if several:
            verdicts = of_each(self.engines, witnesses, verdicts, several, answers, answer, error)
        if self.alone:
            known = tuple(self.codes)
            verdicts = [spoken_alone(verdict, own, known, error)
                        for verdict, own in zip(verdicts, self.alone[some])]
        if self.changed:
            verdicts = [guarded(verdict, self.changed) for verdict in verdicts]
        if self.decisions:
            verdicts = decide_pinned(self.engines, self.decisions, self.goods[some], witnesses,
                                     verdicts, error, self.on, self.changed)
        if self.calibration is not None:
            verdicts = [promised(verdict, self.calibration, error, bool(answers.get(verdict.key)))
                        for verdict in verdicts]
        return [self._with_photographs(good, verdict)
                for good, verdict in zip(self.goods[some], verdicts)]

    def _with_photographs(self, good: Good, verdict: Verdict) -> Verdict:
        """A verdict with what to photograph."""
        engine = self.engine_of(verdict)
        if engine is None or not verdict.questions:
            return verdict
        found = photographs_of(verdict.questions, engine.group, good.shown or (), 1 - verdict.p)
        return replace(verdict, photographs=found) if found else verdict

    def not_shown(self, verdict: Verdict) -> tuple[Fact, ...]:
        """The facts that photos of such goods show, and none of this good's does.

        Of a good without photos nothing is told.
        """
        engine, shown = self.engine_of(verdict), self.good(verdict).shown
        if engine is None or shown is None:
            return ()
        return tuple(engine.group.vocabulary[fact] for fact in engine.group.visual_facts
                     if fact not in shown)

    def decide_one(self, row: int, error: float = ERROR,
                   answers: Mapping[str, Mapping[str, str]] | None = None) -> Verdict:
        """The verdict of one good, the same as in the batch."""
        return self.decide(slice(row, row + 1), error, answers)[0]

    def witnesses_of(self, row: int, answers: Mapping[str, Mapping[str, str]] | None,
                     engine: Engine) -> list[tuple[Witness, Evidence, Mapping[str, np.ndarray]]]:
        """The witnesses of one good: their evidence as a group's engine uses it, and what
        each makes of the facts by itself."""
        heard: list[tuple[Witness, Evidence, Mapping[str, np.ndarray]]] = []
        for witness in self._part(slice(row, row + 1), answers or {})[1]:
            evidence = witness.on(engine.priors).tempered(engine.priors)
            heard.append((witness, evidence, evidence.posterior(engine.priors)))
        return heard

    def beliefs(self, row: int, answers: Mapping[str, Mapping[str, str]] | None = None
                ) -> dict[str, Held]:
        """What is believed of each fact of one good."""
        keys, witnesses = self._part(slice(row, row + 1), answers or {})
        result: dict[str, Held] = {}
        for engine in self.engines:
            total = sum((witness.on(engine.priors).tempered(engine.priors)
                         for witness in witnesses), Evidence(keys))
            for fact, p in total.posterior(engine.priors).items():
                best = int(p[0].argmax())
                result.setdefault(fact, Held(self.vocabulary[fact].value_ids[best],
                                             float(p[0, best]), bool(total.says(fact)[0]),
                                             tuple(map(float, p[0]))))
        return result


def _asks_for_kind(problem: Sayable) -> bool:
    """Whether a reader has not found what kind of good it is."""
    return isinstance(problem, Message) and (problem.id in _KINDS or any(
        isinstance(value, Message) and value.id in _KINDS for _, value in problem.args))


def join(engines: Sequence[Engine], sources: Sequence[Source], trust: float = TRUST,
         decisions: Sequence[Decision] = (), on: date | None = None,
         taken: Collection[str] = (),
         exchange: Mapping[str, Mapping[str, float]] | None = None) -> Case:
    """Goods of all sources, matched by declared id; a good that one of them lacks is kept.

    The second good of an id is matched with a source's second row of that id.  Where there is
    only one row of photos, all goods of the id share it.

    Parameters
    ----------
    engines : sequence of Engine
        Of the groups that decide.
    sources : sequence of Source
        The text first: later ones fill in what earlier ones do not declare.
    trust : float
        Reliability of declared facts: people misdeclare.
    decisions : sequence of Decision
        Of authorities, which have the word on the goods that match them.
    on : date, optional
        The day that counts for their validity; today by default.
    taken : collection of str
        Keys of other goods, of which these are a part.
    exchange : dict of str to dict of str to float, optional
        By the currency of values, what one of another currency costs in it.
    """
    goods: list[Good] = []
    places: list[list[int]] = []
    for source in sources:
        rows = _match(goods, source)
        known = {int(row) for row in rows}
        goods = [_told(good, source, int(row)) for good, row in zip(goods, rows)]
        goods, spread = _of_wholes(goods, source, known)
        known |= spread
        new = [row for row in range(len(source.goods)) if row not in known]
        declared = any(earlier.id == TEXT for earlier in sources[:len(places)])
        # the first source has named its goods itself, who knows what else there is
        keys = unique_keys([*(good.key for good in goods),
                            *(source.goods[row].good_id for row in new)],
                           taken=taken)[len(goods):] if places else \
            [source.goods[row].key for row in new]
        for key, row in zip(keys, new):
            good, only = source.goods[row], (ONLY[source.id],) if declared else ()
            goods.append(replace(good, key=key, problems=only + good.problems))
        places.append([*rows, *new])
    goods = [_checked(good, engines) for good in goods]
    witnesses, answer, unmatched = [], None, {}
    alone: tuple[Alone | None, ...] = ()
    for source, place in zip(sources, places):
        at = np.array([*place, *[-1] * (len(goods) - len(place))], dtype=int)
        if (at < 0).any():
            unmatched[source.id] = int((at < 0).sum())
        if source.evidence is not None:
            witnesses.append(_aligned(source, source.evidence, at, goods, trust))
        if source.answer is not None and len(source.answer.odds):
            answer = replace(source.answer, odds=np.where(at[:, None] < 0, 1.,
                                                          source.answer.odds[at]))
        if source.alone:
            alone = tuple(source.alone[row] if row >= 0 else None for row in at)
    return Case(tuple(engines), tuple(goods), tuple(witnesses), answer,
                tuple(remark for source in sources for remark in source.remarks), unmatched,
                {source.id: [good.whole or good.good_id for good in source.goods]
                 for source in sources}, tuple(decisions), on, exchange=exchange or {},
                alone=alone, learnt={source.id: source.learnt for source in sources}, trust=trust)


def _of_wholes(goods: Sequence[Good], source: Source, known: Collection[int]
               ) -> tuple[list[Good], set[int]]:
    """Goods of one description with what a source says of it as a whole, and its rows that do.

    It is no other good, and of which of them it speaks can't be seen.
    """
    named: dict[str, list[str]] = {}
    for good in goods:
        if good.whole:
            named.setdefault(good.whole, []).append(good.good_id)
    spread: dict[str, list[int]] = {}
    for row, own in enumerate(source.goods):
        if row not in known and own.good_id in named:
            spread.setdefault(own.good_id, []).append(row)
    told = []
    for good in goods:
        if rows := spread.get(good.whole):
            theirs = [problem for row in rows for problem in source.goods[row].problems]
            said = [] if LACKS[source.id] in theirs else [Message.of(
                f"cases.whole_{source.id}", id=good.whole, names=", ".join(named[good.whole]))]
            kept = (problem for problem in good.problems if problem != LACKS[source.id])
            good = replace(good, problems=(*kept, *said, *theirs))
        told.append(good)
    return told, {row for rows in spread.values() for row in rows}


def _nth(ids: Iterable[str]) -> list[tuple[str, int]]:
    """Each id with how many times it stands before."""
    times: Counter[str] = Counter()
    found = []
    for id_ in ids:
        found.append((id_, times[id_]))
        times[id_] += 1
    return found


def _match(goods: Sequence[Good], source: Source) -> list[int]:
    """The source's row of each good; −1 where it has none."""
    at = {occurrence: row for row, occurrence in enumerate(_nth(source.ids))}
    first = {id_: row for (id_, nth), row in at.items() if not nth} \
        if source.id == PHOTOS else {}
    return [at.get((id_, nth), first.get(id_, -1))
            for id_, nth in _nth(good.good_id for good in goods)]


def _told(good: Good, source: Source, row: int) -> Good:
    """A good with what a source declares and remarks of it."""
    if row < 0:
        return replace(good, problems=(*good.problems, LACKS[source.id]))
    own = source.goods[row]
    good = replace(good, problems=(*good.problems, *own.problems),
                   shown=good.shown if own.shown is None else own.shown)
    if own.key != good.key:  # a row that is shared declares nothing of the others
        return good
    numbers = {name: getattr(own if getattr(good, name) is None else good, name)
               for name in ("quantity", "value", "weight")}
    return replace(good, declared_code=good.declared_code or own.declared_code, **numbers,
                   currency=own.currency if good.value is None else good.currency)


def _checked(good: Good, engines: Sequence[Engine]) -> Good:
    """A good with a problem where the tariff does not have its declared code."""
    code = good.declared_code
    tariffs = [engine.nomenclature for engine in engines]
    if len(code) < 10 or any(code in tariff for tariff in tariffs):
        return good
    # a branch that ends above the ten digits has no say
    lacks = [tariff for tariff in tariffs
             if (path := tariff.path(code)) and tariff.leaves(path[-1].code)]
    if not lacks:
        return good
    unknown = Message.of("cases.unknown_code", code=code, edition=lacks[0].edition)
    return replace(good, problems=(*good.problems, unknown))


def _aligned(source: Source, evidence: Evidence, rows: np.ndarray, goods: Sequence[Good],
             trust: float) -> Witness:
    """A source's evidence and notes under the keys of the goods."""
    own = evidence.align([good.key for good in source.goods])
    known = rows >= 0
    loglik = {}
    for fact, values in own.loglik.items():
        loglik[fact] = np.zeros((len(rows), values.shape[1]))
        loglik[fact][known] = values[rows[known]]
    said: dict[str, list[tuple[str, Sayable]]] = {}
    for (key, fact), note in source.notes.items():
        said.setdefault(key, []).append((fact, note))
    notes = {(good.key, fact): note for good, row in zip(goods, rows) if row >= 0
             for fact, note in said.get(source.goods[row].key, ())}
    return Witness(source.id, Evidence([good.key for good in goods], loglik), notes,
                   trust if source.id == TEXT else 1.)
