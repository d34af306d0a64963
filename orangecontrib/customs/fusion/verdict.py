"""From belief to a verdict: code, safe digits, reasons, what to ask, what it costs."""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from orangecontrib.customs.defaults import ERROR
from orangecontrib.customs.evaluation.conformal import DECIMALS
from orangecontrib.customs.facts import Evidence, Fact
from orangecontrib.customs.fusion.duties import EUR
from orangecontrib.customs.fusion.engine import Answers, Belief, Engine, Witness
from orangecontrib.customs.fusion.trace import Step, Voice, trace_steps, trace_text
from orangecontrib.customs.i18n import Joined, Message, Sayable, say
from orangecontrib.customs.i18n.numbers import percent
from orangecontrib.customs.nomenclature import LEVELS
from orangecontrib.customs.nomenclature.decision_table import OUTSIDE

__all__ = ["BLIND", "RANKED", "Beside", "Verdict", "Question", "Photograph", "Discrepancy",
           "Voice", "blind", "decide",
           "decide_block", "worth_asking"]

#: A fact counts as missing when knowing it would lower P(error) by this much.
WORTH_ASKING = 0.01
#: Two witnesses disagree on a fact when the Bayes factor is below this.
DISAGREEMENT = 0.1
#: So many codes are ranked.
RANKED = 12

# only words and photos can say that a note excludes a good; without a code for another reason
_ELSEWHERE, _TORN = Message("fusion.elsewhere"), Message("fusion.torn")
BLIND = Message("fusion.blind")


@dataclass(frozen=True)
class Question:
    """A fact that is not established, and what its answer is worth.

    Attributes
    ----------
    fact : str
    gain : float
        Expected drop of P(the code is wrong).
    duty_gain : float
        Expected drop of the duty at risk, in the measure of the group.
    silent : bool
        No witness speaks of the fact.
    about : Fact
    """

    fact: str
    gain: float
    duty_gain: float
    silent: bool
    about: Fact

    @property
    def text(self) -> str:
        """The name of the fact, in the language that is spoken."""
        return say(self.about)


@dataclass(frozen=True)
class Photograph:
    """A photo to be taken, and what it is worth.

    Attributes
    ----------
    what : Message
        From where, of what.
    questions : tuple of Question
        That it would answer, the one of most worth first.
    gain, duty_gain : float
        Expected drop of P(the code is wrong), and of the duty at risk, if it shows all of them:
        the sum of the questions', at most what there is.
    """

    what: Sayable
    questions: tuple[Question, ...]
    gain: float
    duty_gain: float

    @property
    def text(self) -> str:
        """«сбоку на уровне подошвы, с линейкой (подошва с каблуком)», as it is spoken."""
        facts = Joined(tuple(question.about for question in self.questions))
        return say(Message.of("sufficiency.photograph", what=self.what, facts=facts))


@dataclass(frozen=True)
class Discrepancy:
    """Two witnesses that contradict each other on a fact."""

    fact: str
    bayes_factor: float   #: P(both | one truth) / P(both | independent truths)
    message: Message

    @property
    def text(self) -> str:
        """Who says what, in the language that is spoken."""
        return say(self.message)


@dataclass(frozen=True)
class Beside:
    """What other groups that are spoken of leave of the goods to this one.

    Attributes
    ----------
    alone : ndarray, shape (N,)
        How many times likelier it is that a good is none of this group than the group by itself
        takes it to be, before anybody speaks.
    factor : ndarray, shape (N,)
        The same, with all that is said for other groups.
    codes : sequence of dict of str to float
        Per good, P of their codes, and of none of all the groups.
    """

    alone: np.ndarray
    factor: np.ndarray
    codes: Sequence[Mapping[str, float]]


@dataclass(frozen=True)
class Verdict:
    """The result for one good; codes are 10 digits, duties EUR per unit."""

    key: str
    codes: tuple[str, ...]          #: the code; several in a legal gap; none: no code
    p: float                        #: without a code, P(excluded); NaN: not determined
    safe_code: str
    p_safe: float
    heading: str
    p_heading: float
    runner_up: str
    p_runner_up: float
    flip: Message | None            #: "sex: women's" – the answer that gives the runner-up
    questions: tuple[Question, ...]
    discrepancies: tuple[Discrepancy, ...]
    duty_low: float                 #: over the codes that hold 1 − error of the mass
    duty_high: float
    ranked: tuple[tuple[str, float], ...]   #: codes with their probabilities, best first
    steps: tuple[Step, ...]
    problems: tuple[Sayable, ...]
    probabilities: Mapping[str, float] = field(repr=False, default_factory=dict)
    group: str = ""                 #: id of the group that decided; "": none is spoken of
    held: tuple[str, ...] = ()      #: the codes that hold 1 − error of the mass
    #: of an authority, that gave the code (:class:`orangecontrib.customs.cases.Decision`)
    decision: object | None = None
    #: what to photograph, the photo of most worth first (:mod:`.photographs`)
    photographs: tuple[Photograph, ...] = ()
    #: no digits below this node are safe, whatever their probability; None: any may be
    cap: str | None = None
    #: on what the safe digits rest; None: on the probabilities
    safe_by: Message | None = None

    @property
    def code(self) -> str:
        return "; ".join(self.codes)

    @property
    def excluded(self) -> bool:
        """No code, since what is known of the good excludes it; else it is just not known."""
        return not self.codes and not np.isnan(self.p)

    @property
    def flip_fact(self) -> str:
        """The likeliest single answer that changes the code, in the language that is spoken."""
        return say(self.flip) if self.flip is not None else ""

    @property
    def flips_to_runner_up(self) -> bool:
        """Whether that answer gives the runner-up; another code is named with the answer."""
        return self.flip is not None and self.flip.id == _FLIP

    @property
    def trace(self) -> str:
        return trace_text(self.steps)

    @property
    def missing_facts(self) -> tuple[str, ...]:
        return tuple(q.text for q in self.questions if q.silent)

    @property
    def asks(self) -> tuple[Question | Photograph, ...]:
        """Questions and photos to be taken, together, by what they are worth."""
        return tuple(sorted((*self.questions, *self.photographs), key=lambda ask: -ask.gain))

    def p_of(self, code: str) -> float:
        """P(the good falls under `code`), for any prefix of digits.

        NaN for codes deeper than the table goes (6406 20): it says nothing of them, and for
        a good of which nothing is known.
        """
        deeper = any(code.startswith(c) and code != c for c in self.probabilities)
        if deeper or not self.probabilities:
            return np.nan
        return float(sum(p for c, p in self.probabilities.items() if c.startswith(code)))

    @property
    def way(self) -> tuple[tuple[str, float], ...]:
        """Nodes on the way to the code that may be safe, with P; of a gap what its codes share."""
        if not self.codes or not self.probabilities:
            return ()
        first = self.codes[0]
        most = len(first) if self.cap is None else len(self.cap)
        nodes: list[tuple[str, float]] = []
        inside = list(self.probabilities.items())
        for level in LEVELS:
            node = first[:level]
            if level > min(most, len(first)) or any(code[:level] != node for code in self.codes):
                break
            inside = [(code, p) for code, p in inside if code.startswith(node)]
            # sums of the same numbers in another order differ by the last bit
            p = round(float(sum(p for _, p in inside)), DECIMALS)
            nodes.append((node, min(p, nodes[-1][1] if nodes else 1.)))
            if node in self.probabilities:  # the table goes no deeper
                break
        return tuple(nodes)

    def agrees(self, declared: str) -> str:
        """A declared code against the found one: "yes", "prefix", "no", or "" without one.

        "prefix": the declared code begins a found one, or goes deeper than the table does.
        """
        if not declared or not self.codes and np.isnan(self.p):
            return ""
        if declared in self.codes:
            return "yes"
        return "prefix" if any(c.startswith(declared) or declared.startswith(c)
                               for c in self.codes) else "no"


def worth_asking(error: float) -> float:
    """How much knowing a fact must lower P(error): who accepts less of it is asked further."""
    return min(WORTH_ASKING, error / 10)


def decide(engine: Engine, witnesses: Sequence[Witness], *, error: float = ERROR,
           odds: np.ndarray | None = None, keys: Sequence[str] | None = None,
           block: int = 2048, progress: Callable[[int, int], object] | None = None
           ) -> list[Verdict]:
    """Verdicts for all goods that any witness knows.

    Parameters
    ----------
    engine : Engine
    witnesses : sequence of Witness
    error : float
        Accepted probability that the safe code is wrong.
    odds : ndarray, shape (N, n_codes), optional
        Term of a text classifier, for `keys` in order.
    keys : sequence of str, optional
        Goods to decide, in order (default: all, in order of the witnesses).
    progress : callable, optional
        Called with (done, total).

    Raises
    ------
    ValueError
        A term of `odds` is not finite or not above zero.
    """
    if odds is not None and not (np.isfinite(odds) & (np.asarray(odds) > 0)).all():
        raise ValueError("the odds of a classifier must be finite and above zero")
    own = [witness.tempered(engine.priors) for witness in witnesses]
    total = sum(own, Evidence(keys or ()))
    if keys is not None:
        total = total.align(keys)
    own = [evidence.align(total.keys) for evidence in own]
    verdicts: list[Verdict] = []
    for start in range(0, len(total), block):
        some = slice(start, start + block)
        voices = [Voice(witness, evidence.part(some), engine)
                  for witness, evidence in zip(witnesses, own)]
        verdicts += decide_block(engine, voices, total.part(some), error,
                                 None if odds is None else odds[some])
        if progress is not None:
            progress(len(verdicts), len(total))
    return verdicts


def decide_block(engine: Engine, voices: Sequence[Voice], evidence: Evidence, error: float,
                 odds: np.ndarray | None, beside: Beside | None = None) -> list[Verdict]:
    """Verdicts of one group on goods, by what voices say together."""
    keys = evidence.keys
    factors: tuple[np.ndarray, ...] = () if beside is None else (beside.alone, beside.factor)
    # most goods of a file are like many others of it: what numbers tell is told once for them
    rows, same = _different(engine, evidence, odds, factors)
    odds, factors = None if odds is None else odds[rows], tuple(f[rows] for f in factors)
    evidence = Evidence([keys[row] for row in rows], {
        fact: evidence.loglik[fact][rows] for fact in evidence.loglik})
    alike = engine.believe(evidence, odds, factors)
    belief = alike.of(keys, same)
    answers = engine.answers(alike, odds, factors)
    safe, p_safe = engine.safe_codes(alike, error)
    safe, p_safe = [safe[row] for row in same], p_safe[same]
    headings, heading_mass = engine.prefix_masses(alike.codes)[1][1:]
    p_chosen = engine.p_chosen(alike.codes, alike.chosen)
    duties = engine.duties
    disagreements = _disagreements(engine, voices, belief)
    gains = {fact: _gains(engine, alike, answers[fact], fact, duties)
             for fact in alike.facts}
    silent = {fact: ~evidence.says(fact) for fact in alike.facts}
    unheard = np.ones(len(evidence), bool) if odds is None else (odds == odds[:, :1]).all(axis=1)
    unheard &= np.logical_and.reduce(list(silent.values()))
    by_facts = alike.chosen if odds is None else engine.believe(evidence).chosen
    verdicts = []
    for i, (key, row) in enumerate(zip(keys, same)):
        if unheard[row]:
            verdicts.append(blind(key))
            continue
        p_codes = belief.codes[i]
        codes = engine.table.outcomes[belief.chosen[i]]
        order = np.argsort(-p_codes, kind="stable")
        of = {c: float(p_codes[j]) for j, c in enumerate(engine.codes)}
        best = [(engine.codes[j], of[engine.codes[j]]) for j in order[:RANKED]]
        if beside is not None:
            of[OUTSIDE] = 0.
            for code, mass in beside.codes[i].items():
                of[code] = of.get(code, 0.) + mass
            best = sorted(of.items(), key=lambda item: -item[1])[:RANKED]
            safe[i], p_safe[i] = _safe(engine.path(belief.chosen[i]), of, error)
        ranked = tuple((code, mass) for code, mass in best if mass > 5e-4)
        runner = next((c for c, _ in ranked if c not in codes), "")
        heading, p_heading, p, problems = "", 0., float(p_chosen[row]), []
        steps = trace_steps(engine, belief, voices, i, codes)
        if codes == (OUTSIDE,):
            codes = ()
            if odds is None or engine.table.outcomes[by_facts[row]] == (OUTSIDE,):
                problems.append(engine.outside)
            else:
                p, steps = np.nan, ()
                outside = odds[row, engine.codes.index(OUTSIDE)]
                problems.append(_ELSEWHERE if outside >= odds[row].max() else _TORN)
        else:
            heading = codes[0][:4]
            p_heading = float(heading_mass[row, headings.index(heading)]) if beside is None \
                else _mass(of, heading)
            problems += _remarks(engine, belief, i, codes, p, runner, of)
        flip = _flip(engine, alike, answers, row, codes,
                     runner if runner in engine.codes or not runner else OUTSIDE)
        questions = tuple(sorted(
            (Question(fact, float(gain[row]), float(duty[row]), bool(silent[fact][row]),
                      engine.table.vocabulary[fact])
             for fact, (gain, duty) in gains.items() if gain[row] >= worth_asking(error)),
            key=lambda q: -q.gain))
        held = _held(engine, p_codes, order, of, error, beside) if codes else ()
        low, high = engine.duties_between(held, EUR)
        verdicts.append(Verdict(
            key, codes, p, safe[i], float(p_safe[i]), heading, p_heading,
            "" if runner == OUTSIDE else runner,
            of[runner] if runner else 0., flip,
            questions, disagreements[i],
            low, high,
            ranked, steps, tuple(problems),
            of, engine.group.id, held))
    return verdicts


def _different(engine: Engine, evidence: Evidence, odds: np.ndarray | None,
               factors: Sequence[np.ndarray]) -> tuple[list[int], np.ndarray]:
    """The first good of each kind of which all the same is said, and the kind of each good."""
    said = [evidence.loglik[fact] for fact in engine.priors if fact in evidence.loglik]
    said += [] if odds is None else [odds]
    said += [factor[:, None] for factor in factors]
    table = np.hstack([np.zeros((len(evidence), 1)), *said])
    first: dict[bytes, int] = {}
    rows: list[int] = []
    same = np.empty(len(evidence), dtype=int)
    for row, values in enumerate(table):
        kind = first.setdefault(values.tobytes(), len(rows))
        if kind == len(rows):
            rows.append(row)
        same[row] = kind
    return rows, same


def _held(engine: Engine, p_codes: np.ndarray, order: np.ndarray, of: Mapping[str, float],
          error: float, beside: Beside | None) -> tuple[str, ...]:
    """The likeliest codes, of all groups, that together hold 1 − `error`."""
    ranked = [(engine.codes[j], p_codes[j]) for j in order] if beside is None \
        else sorted(of.items(), key=lambda item: -item[1])
    mass = np.cumsum([p for _, p in ranked])
    return tuple(code for code, _ in ranked[:int(np.searchsorted(mass, 1 - error) + 1)])


def _mass(of: Mapping[str, float], prefix: str) -> float:
    return sum(p for code, p in of.items() if code.startswith(prefix))


def _safe(path: Sequence[str], of: Mapping[str, float], error: float) -> tuple[str, float]:
    """The deepest node of a path that holds 1 − `error` of the codes of all groups."""
    held = [(node, p) for node in path if (p := _mass(of, node)) >= 1 - error]
    return held[-1] if held else ("", 0.)


def _remarks(engine: Engine, belief: Belief, i: int, codes: Sequence[str], p: float,
             runner: str, of: Mapping[str, float]) -> list[Message]:
    """A legal gap, and a likelier code in a branch of the tariff that is not."""
    remarks = []
    if len(codes) > 1:
        gap = Joined(tuple(engine.gap(belief.chosen[i])), "; ")
        remarks.append(Message.of("fusion.gap", why=gap, codes=", ".join(codes)))
    other = of[runner] if runner else 0.
    if round(other, 2) > round(p, 2):
        name = Message.of("fusion.code", code=runner) if runner.isdigit() \
            else Message.of("fusion.quoted", what=engine.elsewhere)
        node = next((n for n in engine.path(belief.chosen[i]) if not runner.startswith(n)), "")
        mine, theirs = (sum(m for c, m in of.items() if c.startswith(start))
                        for start in (node, runner[:len(node)]))
        if runner.isdigit() and runner not in engine.codes:
            why = Message.of("groups.whole", group=engine.group.name)
        else:
            why = Message.of(
                "fusion.branch", level=Message(f"fusion.level_{len(node)}"), node=node,
                p=percent(mine)) if mine > theirs else Message("fusion.shares")
        remarks.append(Message.of("fusion.likelier", name=name, other=percent(other),
                                  codes=" / ".join(codes), p=percent(p), why=why))
    return remarks


def blind(key: str) -> Verdict:
    """A good of which no witness says anything: priors alone are no classification."""
    return Verdict(key, (), np.nan, "", np.nan, "", np.nan, "", np.nan, None, (), (),
                   np.nan, np.nan, (), (), (BLIND,))


def _gains(engine: Engine, belief: Belief, known: Answers, fact: str, duties: np.ndarray
           ) -> tuple[np.ndarray, np.ndarray]:
    """Expected drop of P(error) and of the duty at risk if `fact` were known."""
    def cost(codes: np.ndarray, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return (1 - engine.p_chosen(codes, chosen),
                _duty_at_risk(codes, duties, engine.first_code(chosen)))
    error, risk = cost(belief.codes, belief.chosen)
    for weight, codes, chosen in zip(belief.facts[fact].T, known.codes, known.chosen):
        then = cost(codes, chosen)
        error, risk = error - weight * then[0], risk - weight * then[1]
    return error, risk


def _duty_at_risk(codes: np.ndarray, duties: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """Expected |duty − duty of the chosen code|, in the measure of the group, shape (N,)."""
    return (codes * np.abs(duties[None, :] - duties[chosen][:, None])).sum(axis=1)


#: Of answers that give the runner-up, and of those that lead to another code.
_FLIP, _FLIP_TO = "fusion.flip", "fusion.flip_to"


def _flip(engine: Engine, belief: Belief, answers: Mapping[str, Answers], i: int,
          codes: Sequence[str], runner: str) -> Message | None:
    """The likeliest single answer that gives the runner-up (or else another code)."""
    best: tuple[Any, ...] = (0., "")
    other: tuple[Any, ...] = (0., "")
    for fact, known in answers.items():
        if fact in engine.gate and runner != OUTSIDE:
            continue
        for value, p in enumerate(belief.facts[fact][i]):
            winners = engine.table.outcomes[known.chosen[value, i]]
            if set(winners) & set(codes) or (not codes and winners == (OUTSIDE,)):
                continue
            spec = engine.table.vocabulary[fact]
            # of equals the last by name, the same in every language; no two have the same name
            answer = (float(p), f"{spec.ru}: {spec.values[value].ru}", fact, value, winners)
            if runner in winners:
                best = max(best, answer)
            other = max(other, answer)
    if not (best[1] or other[1]):
        return None
    *_, fact, value, winners = best if best[1] else other
    spec = engine.table.vocabulary[fact]
    if best[1]:
        return Message.of(_FLIP, fact=spec, value=spec.values[value])
    return Message.of(_FLIP_TO, fact=spec, value=spec.values[value],
                      to=Message("fusion.no_code") if winners == (OUTSIDE,)
                      else "; ".join(winners))


def _disagreements(engine: Engine, voices: Sequence[Voice], belief: Belief
                   ) -> list[tuple[Discrepancy, ...]]:
    """Per good, the facts on which two witnesses contradict each other.

    The Bayes factor is Σ_v P_a(v) P_b(v) / prior(v), with P the posterior of one
    witness alone: above 1 they support each other.
    """
    found: list[list[Discrepancy]] = [[] for _ in belief.keys]
    for a, first in enumerate(voices):
        for second in voices[a + 1:]:
            for fact, prior in engine.priors.items():
                both = first.says[fact] & second.says[fact]
                p, q = first.alone[fact], second.alone[fact]
                factor = (p * q / prior).sum(axis=1)
                spec = engine.table.vocabulary[fact]
                for i in np.flatnonzero(both & (factor < DISAGREEMENT)):
                    mine, theirs = int(p[i].argmax()), int(q[i].argmax())
                    if mine != theirs:
                        found[i].append(Discrepancy(fact, float(factor[i]), Message.of(
                            "fusion.discrepancy", fact=spec, first=first.name,
                            mine=spec.values[mine], second=second.name,
                            theirs=spec.values[theirs], factor=float(factor[i]))))
    return [tuple(sorted(d, key=lambda x: x.bayes_factor)) for d in found]
