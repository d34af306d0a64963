"""The exact engine: evidence on facts -> P(code) on the disjoint decision table.

Facts are taken as independent given the evidence; the prior of each fact
enters exactly once, here.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from orangecontrib.customs.facts import Evidence, Priors, check_probabilities, normalise
from orangecontrib.customs.fusion.descent import Descent
from orangecontrib.customs.groups import Group
from orangecontrib.customs.i18n import Message, Words
from orangecontrib.customs.nomenclature import LEVELS, Nomenclature
from orangecontrib.customs.nomenclature.decision_table import OUTSIDE, DecisionTable

__all__ = ["ANALYST", "MODEL", "PHOTOS", "TEXT", "Witness", "Engine", "Belief", "Answers"]

#: Ids of witnesses.
TEXT, PHOTOS, MODEL, ANALYST = "text", "photos", "model", "analyst"
#: As the trace calls them.
_NAMES = {id_: Message(f"witness.{id_}") for id_ in (TEXT, PHOTOS, MODEL, ANALYST)}

#: A classifier knows no goods but its classes: it may rule out all the others, or its own, up
#: to this probability and no further; and a code of its own against those that it doesn't know.
OTHER = 0.01


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
    notes: Mapping[tuple[str, str], str | Message] = field(default_factory=dict)
    reliability: float = 1.

    @property
    def name(self) -> Message | Words:
        """As the trace calls it; one of your own is called by its id."""
        return _NAMES.get(self.id) or Words(self.id)

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
    """A decision table, its tariff and priors: everything that turns facts into codes.

    The group that they are of words what only it can say: why a good is none of its own, what a
    legal gap is.
    """

    def __init__(self, table: DecisionTable, nomenclature: Nomenclature, priors: Priors,
                 group: Group | None = None):
        self.table = table
        self.nomenclature = nomenclature
        self.priors = priors
        self.group = group
        self.said: dict = {}    # what traces have in common: lines of the tariff, conditions
        self.codes = table.codes
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

    @classmethod
    def footwear(cls, priors: Priors | None = None) -> Engine:
        """The engine of group 64 with the bundled data."""
        from orangecontrib.customs.groups import footwear
        from orangecontrib.customs.nomenclature import group64
        return cls(footwear.decision_table(), group64(), priors or footwear.priors(),
                   footwear.group())

    def believe(self, evidence: Evidence, odds: np.ndarray | None = None) -> Belief:
        """P(code) of every good.

        Parameters
        ----------
        evidence : Evidence
            The sum of all witnesses.
        odds : ndarray, shape (N, n_codes), optional
            A further likelihood of each code, e.g. of a text classifier.
        """
        facts = evidence.posterior(self.priors)
        outcomes, codes = self.weigh(facts, odds)
        return Belief(evidence.keys, facts, outcomes, codes, self._descent.choose(outcomes))

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
        names = self.table.gaps[outcome]
        return tuple(map(Words, names.split("+"))) if self.group is None \
            else self.group.gaps(names)

    @property
    def outside(self) -> Message | Words:
        """Why a good is none of the group's."""
        return Message("fusion.outside") if self.group is None else self.group.message("outside")

    @property
    def elsewhere(self) -> Message | Words:
        """What stands in the place of a code where a good is none of the group's."""
        name = f"{self.group.id}.none" if self.group is not None else ""
        return Message(name if name and name in self.group.wordings else "fusion.none")

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

    def answers(self, belief: Belief, odds: np.ndarray | None = None) -> dict[str, Answers]:
        """What each fact, if it were known, would lead to.

        This is what the next question and the fact that flips a code rest on.
        """
        result = {}
        for fact, posterior in belief.facts.items():
            k = posterior.shape[1]
            known = Answers(np.empty((k,) + belief.codes.shape),
                            np.empty((k, len(belief.codes)), dtype=int))
            for value in range(k):
                certain = np.zeros_like(posterior)
                certain[:, value] = 1
                outcomes, codes = self.weigh({**belief.facts, fact: certain}, odds)
                known.codes[value], known.chosen[value] = codes, self._descent.choose(outcomes)
            result[fact] = known
        return result

    def classifier_odds(self, classes: Sequence[str], probabilities: np.ndarray,
                        class_priors: np.ndarray | None = None, weight: float = 1.
                        ) -> np.ndarray:
        """A classifier of codes as one more term of the fusion.

        Parameters
        ----------
        classes : sequence of str
            Codes of 4, 6, 8 or 10 digits.
        probabilities : ndarray, shape (N, n_classes)
            NaN rows say nothing.
        class_priors : ndarray, shape (n_classes,), optional
            Shares of the classes in the training data (default: uniform).
        weight : float
            Exponent of the likelihood; 0 ignores the classifier.

        Returns
        -------
        ndarray, shape (N, n_codes)
            (P(class) / prior) ** weight for codes under a class, 1 for codes that
            no class covers: the classifier says nothing of them.  A class that holds no
            code of the table speaks for "none", and against every code, as far as
            :data:`OTHER` lets it.  No further is a class put below the codes that no class
            covers, or parts (6406) would be left where the facts contradict a sure model.

        Raises
        ------
        ValueError
            A probability outside [0, 1]; the message names the row.
        """
        probabilities = np.asarray(probabilities, dtype=float)
        check_probabilities(probabilities,
                            lambda row, column: f"row {row + 1}, class '{classes[column]}'")
        if class_priors is None:
            class_priors = np.full(len(classes), 1 / len(classes))
        class_priors = np.asarray(class_priors, dtype=float)
        ratio = np.clip(probabilities, 1e-4, None) / class_priors
        odds = np.ones((len(ratio), len(self.codes)))
        for i, code in enumerate(self.codes):
            owners = self._owners(code, classes)
            if owners:  # classes below a code of the table speak for it together
                odds[:, i] = (ratio[:, owners] * class_priors[owners]).sum(axis=1) \
                    / class_priors[owners].sum()
        outside = [j for j, c in enumerate(classes) if self.is_outside(c)]
        elsewhere = np.ones(len(ratio))
        if outside:
            elsewhere = self._outside(odds, classes, probabilities, class_priors, outside)
        for i, code in enumerate(self.codes):
            if self._owners(code, classes):
                odds[:, i] = np.maximum(odds[:, i], OTHER * elsewhere)
        odds[np.isnan(probabilities).any(axis=1)] = 1
        return odds ** weight

    def is_outside(self, code: str) -> bool:
        """Does no code of the table lie under `code`, nor above it?"""
        return not any(c.startswith(code) or code.startswith(c) for c in self.codes)

    @staticmethod
    def _owners(code: str, classes: Sequence[str]) -> list[int]:
        """The deepest class that holds the code, or else all the classes under it."""
        above = [j for j, c in enumerate(classes) if code.startswith(c)]
        return [max(above, key=lambda j: len(classes[j]))] if above else [
            j for j, c in enumerate(classes) if c.startswith(code)]

    def _outside(self, odds, classes, probabilities, class_priors, outside):
        """Let classes outside the table speak for "none" and against the codes, in place.

        Returns the odds of codes that no class covers, shape (N,).
        """
        # of a model that knows nothing inside the table, half is its best guess
        share = .5 if len(outside) == len(classes) \
            else class_priors[outside].sum() / class_priors.sum()
        said = probabilities[:, outside].sum(axis=1)
        p = np.clip(said, OTHER, 1 - OTHER)
        elsewhere = (1 - p) / (1 - share)
        for i, code in enumerate(self.codes):
            if code == OUTSIDE:
                odds[:, i] = p / share
            elif self._owners(code, classes):
                odds[:, i] *= (1 - p) / np.clip(1 - said, 1e-4, None)
            else:
                odds[:, i] = elsewhere
        return elsewhere
