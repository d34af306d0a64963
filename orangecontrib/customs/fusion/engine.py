"""The exact engine: evidence on facts -> P(code) on the disjoint decision table.

Facts are taken as independent given the evidence; the prior of each fact
enters exactly once, here.
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from orangecontrib.customs.facts import Evidence, Priors, normalise
from orangecontrib.customs.fusion.descent import Descent
from orangecontrib.customs.fusion.duties import (
    EUR,
    PERCENT,
    eur_per_unit,
    percent_of_value,
    span,
)
from orangecontrib.customs.groups import Group
from orangecontrib.customs.i18n import Message, Sayable, Words
from orangecontrib.customs.nomenclature import LEVELS
from orangecontrib.customs.nomenclature.decision_table import BLOCK, OUTSIDE, DecisionTable

__all__ = ["ANALYST", "MODEL", "PHOTOS", "TEXT", "Witness", "Engine", "Belief", "Answers"]

#: Ids of witnesses.
TEXT, PHOTOS, MODEL, ANALYST = "text", "photos", "model", "analyst"
#: As the trace calls them.
_NAMES = {id_: Message(f"witness.{id_}") for id_ in (TEXT, PHOTOS, MODEL, ANALYST)}

#: No group is surer of a good than this, however little its table says of what it is not.
SUREST = 1e-9


@dataclass(frozen=True)
class Witness:
    """One source of evidence, with what it can show for itself.

    Attributes
    ----------
    id : str
        :data:`TEXT`, :data:`PHOTOS`, :data:`ANALYST`, or one of your own.
    evidence : Evidence
    notes : dict of (key, fact) to str or Message
        The words, photos or answer on which a piece of evidence rests.
    reliability : float
        P(what the witness says about a fact is about this good at all): 1 takes
        the evidence as it is, less pulls it towards the prior (people misdeclare).
    """

    id: str
    evidence: Evidence
    notes: Mapping[tuple[str, str], Sayable] = field(default_factory=dict)
    reliability: float = 1.

    @property
    def name(self) -> Message | Words:
        """As the trace calls it; one of your own is called by its id."""
        return _NAMES.get(self.id) or Words(self.id)

    def on(self, facts: Mapping[str, object]) -> Witness:
        """The same witness, of these facts only."""
        said = self.evidence.loglik
        if said.keys() <= facts.keys():
            return self
        return replace(self, evidence=Evidence(
            self.evidence.keys, {fact: said[fact] for fact in said if fact in facts}))

    def tempered(self, priors: Mapping[str, np.ndarray]) -> Evidence:
        """The evidence as the fusion uses it.

        A statement about another good than this one would come at random, as often as
        its value is met: L(v) becomes r L(v) + (1 − r) Σ_u prior(u) L(u).
        """
        if self.reliability >= 1:
            return self.evidence
        tempered = {}
        for fact, loglik in self.evidence.loglik.items():
            likelihood = normalise(np.exp(loglik - loglik.max(axis=1, keepdims=True)))
            random = likelihood[:, 0] * priors[fact][0]
            for value in range(1, loglik.shape[1]):
                random = random + likelihood[:, value] * priors[fact][value]
            tempered[fact] = np.log(self.reliability * likelihood
                                    + (1 - self.reliability) * random[:, None])
        return Evidence(self.evidence.keys, tempered)


@dataclass(frozen=True)
class Belief:
    """What the engine concludes about N goods.

    Attributes
    ----------
    keys : tuple of str
    facts : dict of str to ndarray, shape (N, k)
        P(value | all evidence).
    outcomes : ndarray, shape (N, n_outcomes)
        P(outcome of the decision table), legal gaps apart.
    codes : ndarray, shape (N, n_codes)
        P(code); a gap's mass is shared by its candidates.
    chosen : ndarray of int, shape (N,)
        The outcome at the end of the best way down the tariff.
    """

    keys: tuple[str, ...]
    facts: Mapping[str, np.ndarray]
    outcomes: np.ndarray
    codes: np.ndarray
    chosen: np.ndarray

    def of(self, keys: Sequence[str], rows: np.ndarray) -> Belief:
        """What is concluded of other goods, of each as of the good in one of these rows."""
        return Belief(tuple(keys), {fact: p[rows] for fact, p in self.facts.items()},
                      self.outcomes[rows], self.codes[rows], self.chosen[rows])


@dataclass(frozen=True)
class Answers:
    """What would be concluded if a fact of k values were known.

    Attributes
    ----------
    codes : ndarray, shape (k, N, n_codes)
    chosen : ndarray of int, shape (k, N)
    """

    codes: np.ndarray
    chosen: np.ndarray


class Engine:
    """What turns facts of a group of goods into codes.

    Parameters
    ----------
    group : Group
    priors : Priors, optional
        Fact by fact in place of the group's; facts that it doesn't have are left aside.

    Attributes
    ----------
    gate : frozenset of str
        The facts that only tell whether a good is of the group: nothing is none of it without
        them, and all their values but one lead out of the table, to none or to a code at which
        it stops above the ten digits.
    told : dict of str to dict of str to float
        Measure → code → duty, where the rate alone tells it.
    measure : str
        What most of its duties are told in: :data:`EUR` per unit, or :data:`PERCENT` of the value.
    duties : ndarray, shape (n_codes,)
        Duty of each code in this measure; 0 where it has none, and all 0 where the measure does
        not tell the duty of each: differences between them would be none of money.
    """

    def __init__(self, group: Group, priors: Priors | None = None):
        self.group = group
        self.table = table = group.table
        self.nomenclature = group.nomenclature
        self.priors = group.priors if priors is None else _over(group.priors, priors)
        self.codes = table.codes
        #: what traces have in common: lines of the tariff, conditions
        self.said: dict[object, Any] = {}
        self._none = next((i for i, codes in enumerate(table.outcomes) if codes == (OUTSIDE,)),
                          None)
        self.gate = _gate(table, self._none)
        self.told = {measure: {code: duty for code in self.codes
                               if (duty := told(self.nomenclature, code)) == duty}
                     for measure, told in ((EUR, eur_per_unit), (PERCENT, percent_of_value))}
        free = {code for code in self.codes if code == OUTSIDE
                or not self.nomenclature[code].rate.text}
        self._tells = {measure: {*free, *duties} for measure, duties in self.told.items()}
        self.measure = max(self.told, key=lambda measure: len(self.told[measure]))
        own = self.told[self.measure] if self.tells(self.codes, self.measure) else {}
        self.duties = np.array([own.get(code, 0.) for code in self.codes])
        # each level's prefixes and the codes under them
        self._levels = []
        for level in LEVELS:
            prefixes = sorted({c[:level] for c in self.codes if c.isdigit()})
            members = [np.array([i for i, c in enumerate(self.codes)
                                 if c.startswith(p)]) for p in prefixes]
            self._levels.append((level, prefixes, members))
        self._descent = Descent(table.outcomes)
        # candidates of each outcome, filled up with the column after the last code
        position = {code: i for i, code in enumerate(self.codes)}
        most = max(map(len, table.outcomes))
        self._candidates = np.array([[position[c] for c in codes]
                                     + [len(self.codes)] * (most - len(codes))
                                     for codes in table.outcomes])

    def tells(self, codes: Iterable[str], measure: str) -> bool:
        """Whether a measure tells the duty of each of these codes, none of them another group's."""
        return self._tells[measure].issuperset(codes)

    def duties_between(self, codes: Sequence[str], measure: str) -> tuple[float, float]:
        """The lowest and the highest duty of codes in a measure; NaN where it doesn't tell all."""
        return span(self.told[measure].get(code, np.nan) for code in codes) \
            if self.tells(codes, measure) else (np.nan, np.nan)

    def believe(self, evidence: Evidence, odds: np.ndarray | None = None,
                beside: Sequence[np.ndarray] = ()) -> Belief:
        """P(code) of every good.

        Parameters
        ----------
        evidence : Evidence
            The sum of all witnesses.
        odds : ndarray, shape (N, n_codes), optional
            A further likelihood of each code, e.g. of a text classifier.
        beside : (ndarray, ndarray), optional
            Each of shape (N,): how many times likelier it is that a good is none of this group
            than the group by itself knows – before anybody speaks, by which the code is
            chosen, and since others are spoken of, too, by which all is weighed (:mod:`.among`).
        """
        facts = evidence.posterior(self.priors)
        outcomes, codes, chosen = self._conclude(facts, odds, beside)
        return Belief(evidence.keys, facts, outcomes, codes, chosen)

    def _conclude(self, facts: Mapping[str, np.ndarray], odds: np.ndarray | None,
                  beside: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """P(outcome), P(code) and the chosen outcomes."""
        outcomes, codes = self.weigh(facts, odds)
        if not beside:
            return outcomes, codes, self._descent.choose(outcomes)
        alone, among = (self._beside(outcomes, factor) for factor in beside)
        return among, self.table.code_probabilities(among), self._descent.choose(alone)

    def _beside(self, outcomes: np.ndarray, factor: np.ndarray) -> np.ndarray:
        """P(outcome) where none of the group is so many times likelier."""
        none = self.none(outcomes)
        outcomes = outcomes / (1 - none + none * factor)[:, None]
        if self._none is not None:
            outcomes[:, self._none] *= factor
        return outcomes

    def none(self, outcomes: np.ndarray) -> np.ndarray:
        """P that a good is none of the group, from P(outcome): (N,); never 0 nor 1."""
        if self._none is None:
            return np.full(len(outcomes), SUREST)
        return np.clip(outcomes[:, self._none], SUREST, 1 - SUREST)

    def weigh(self, facts: Mapping[str, np.ndarray], odds: np.ndarray | None = None
              ) -> tuple[np.ndarray, np.ndarray]:
        """P(outcome) and P(code) from P(value) per fact."""
        outcomes = self.table.outcome_probabilities(facts)
        if odds is not None:
            position = {code: i for i, code in enumerate(self.codes)}
            for i, codes in enumerate(self.table.outcomes):
                outcomes[:, i] *= sum(odds[:, position[c]] for c in codes) / len(codes)
            outcomes = normalise(outcomes)
        return outcomes, self.table.code_probabilities(outcomes)

    def prefix_masses(self, codes: np.ndarray) -> list[tuple[int, list[str], np.ndarray]]:
        """Per level: its length in digits, its prefixes, their masses (N, n_prefixes)."""
        result = []
        for level, prefixes, members in self._levels:
            mass = np.empty((len(codes), len(prefixes)))
            for j, chosen in enumerate(members):
                mass[:, j] = sum(codes[:, i] for i in chosen)
            result.append((level, prefixes, mass))
        return result

    def safe_codes(self, belief: Belief, error: float) -> tuple[list[str], np.ndarray]:
        """The deepest node above the chosen code whose mass is at least 1 − `error`.

        Returns
        -------
        list of str
            2, 4, 6, 8 or 10 digits; "" where not even the group is safe.
        ndarray, shape (N,)
            Their masses.
        """
        safe = [""] * len(belief.codes)
        mass_of = np.zeros(len(belief.codes))
        paths = [self._descent.paths[j] for j in belief.chosen]
        for depth, (_, prefixes, mass) in enumerate(self.prefix_masses(belief.codes)):
            at = {prefix: j for j, prefix in enumerate(prefixes)}
            for i, path in enumerate(paths):
                if depth < len(path) and mass[i, at[path[depth]]] >= 1 - error:
                    safe[i], mass_of[i] = path[depth], mass[i, at[path[depth]]]
        return safe, mass_of

    def gap(self, outcome: int) -> Sequence[Message | Words]:
        """The reasons of an outcome that is a legal gap."""
        return self.group.gaps(self.table.gaps[outcome])

    @property
    def outside(self) -> Message | Words:
        """Why a good is none of the group's."""
        if f"{self.group.id}.outside" in self.group.wordings:
            return self.group.message("outside")
        return Message.of("groups.outside", names=self.group.name)

    @property
    def elsewhere(self) -> Message | Words:
        """What stands in the place of a code where a good is none of the group's."""
        name = f"{self.group.id}.none"
        return Message(name if name in self.group.wordings else "fusion.none")

    def path(self, outcome: int) -> tuple[str, ...]:
        """The nodes of the tariff above an outcome, from the chapter down to its code."""
        return self._descent.paths[outcome]

    def p_chosen(self, codes: np.ndarray, chosen: np.ndarray) -> np.ndarray:
        """P that the chosen code, or one of the candidates of a chosen gap, is right: (N,)."""
        padded = np.concatenate([codes, np.zeros((len(codes), 1))], axis=1)
        rows = np.arange(len(codes))
        return sum(padded[rows, column[chosen]] for column in self._candidates.T)

    def first_code(self, chosen: np.ndarray) -> np.ndarray:
        """Index into :attr:`codes` of the first candidate of chosen outcomes."""
        return self._candidates[chosen, 0]

    def answers(self, belief: Belief, odds: np.ndarray | None = None,
                beside: Sequence[np.ndarray] = ()) -> dict[str, Answers]:
        """What each fact, if it were known, would lead to.

        This is what the next question and the fact that flips a code rest on.
        """
        count = len(belief.codes)
        result = {fact: Answers(np.empty((posterior.shape[1],) + belief.codes.shape),
                                np.empty((posterior.shape[1], count), dtype=int))
                  for fact, posterior in belief.facts.items()}
        asked = [(fact, value) for fact, known in result.items()
                 for value in range(len(known.chosen))]
        at_once = max(1, BLOCK // max(count, 1))   # few goods hardly take longer than one
        for start in range(0, len(asked), at_once):
            some = asked[start:start + at_once]
            facts = {fact: np.tile(p, (len(some), 1)) for fact, p in belief.facts.items()}
            parts = [slice(n * count, (n + 1) * count) for n in range(len(some))]
            for (fact, value), rows in zip(some, parts):
                facts[fact][rows] = 0
                facts[fact][rows, value] = 1
            _, codes, chosen = self._conclude(
                facts, None if odds is None else np.tile(odds, (len(some), 1)),
                [np.tile(factor, len(some)) for factor in beside])
            for (fact, value), rows in zip(some, parts):
                result[fact].codes[value], result[fact].chosen[value] = codes[rows], chosen[rows]
        return result


def _gate(table: DecisionTable, none: int | None) -> frozenset[str]:
    tested = [rule.allowed.keys() for rule in table.rules if rule.outcome == none]
    facts = frozenset.intersection(*map(frozenset, tested)) if tested else frozenset()

    def goes_on(fact: str, value: str) -> bool:
        """Whether goods with this value get ten digits."""
        return any(len(code) == LEVELS[-1] for rule in table.rules
                   if value in rule.allowed.get(fact, table.vocabulary[fact].value_ids)
                   for code in table.outcomes[rule.outcome])
    return frozenset(fact for fact in facts if sum(
        goes_on(fact, value) for value in table.vocabulary[fact].value_ids) < 2)


def _over(priors: Priors, given: Priors) -> Priors:
    """Priors with given ones in the place of their own."""
    mine = {fact: given[fact] for fact in given if fact in priors}
    return Priors({**priors.probabilities, **mine},
                  {**priors.sources, **{f: given.sources[f] for f in mine if f in given.sources}})
