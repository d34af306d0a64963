"""The exact engine: evidence on facts -> P(code) on the disjoint decision table.

Facts are taken as independent given the evidence; the prior of each fact
enters exactly once, here.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from orangecontrib.customs.facts import Evidence, Priors, normalise
from orangecontrib.customs.nomenclature import LEVELS, Nomenclature
from orangecontrib.customs.nomenclature.decision_table import DecisionTable

__all__ = ["Witness", "Engine", "Belief"]


@dataclass(frozen=True)
class Witness:
    """One source of evidence, with what it can show for itself.

    Attributes
    ----------
    name_ru : str
        As the trace calls it: "текст", "фото", "аналитик".
    evidence : Evidence
    notes : dict of (key, fact) to str
        The words, photos or answer on which a piece of evidence rests.
    reliability : float
        P(what the witness says about a fact is about this good at all): 1 takes
        the evidence as it is, less pulls it towards the prior (people misdeclare).
    """

    name_ru: str
    evidence: Evidence
    notes: Mapping[tuple[str, str], str] = field(default_factory=dict)
    reliability: float = 1.

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
    """

    keys: tuple[str, ...]
    facts: Mapping[str, np.ndarray]
    outcomes: np.ndarray
    codes: np.ndarray


class Engine:
    """A decision table, its tariff and priors: everything that turns facts into codes."""

    def __init__(self, table: DecisionTable, nomenclature: Nomenclature, priors: Priors):
        self.table = table
        self.nomenclature = nomenclature
        self.priors = priors
        self.codes = table.codes
        # each level's prefixes and the codes under them
        self._levels = []
        for level in LEVELS:
            prefixes = sorted({c[:level] for c in self.codes if c.isdigit()})
            members = [np.array([i for i, c in enumerate(self.codes)
                                 if c.startswith(p)]) for p in prefixes]
            self._levels.append((level, prefixes, members))

    @classmethod
    def footwear(cls, priors: Priors | None = None) -> Engine:
        """The engine of group 64 with the bundled data."""
        from orangecontrib.customs import footwear
        from orangecontrib.customs.nomenclature import group64
        return cls(footwear.decision_table(), group64(), priors or footwear.priors())

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
        return Belief(evidence.keys, facts, *self.weigh(facts, odds))

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

    def safe_codes(self, codes: np.ndarray, error: float) -> tuple[list[str], np.ndarray]:
        """The deepest node whose mass is at least 1 − `error`, and that mass.

        Returns
        -------
        list of str
            2, 4, 6, 8 or 10 digits; "" where not even the group is safe.
        ndarray, shape (N,)
        """
        safe = [""] * len(codes)
        mass_of = np.zeros(len(codes))
        for _, prefixes, mass in self.prefix_masses(codes):
            best = mass.argmax(axis=1)
            top = mass[np.arange(len(codes)), best]
            for i in np.flatnonzero(top >= 1 - error):
                if prefixes[best[i]].startswith(safe[i]):
                    safe[i], mass_of[i] = prefixes[best[i]], top[i]
        return safe, mass_of

    def answers(self, belief: Belief, odds: np.ndarray | None = None
                ) -> dict[str, np.ndarray]:
        """P(code) if a fact were known: per fact, shape (k, N, n_codes).

        This is what the next question and the fact that flips a code rest on.
        """
        result = {}
        for fact, posterior in belief.facts.items():
            k = posterior.shape[1]
            known = np.empty((k,) + belief.codes.shape)
            for value in range(k):
                certain = np.zeros_like(posterior)
                certain[:, value] = 1
                known[value] = self.weigh({**belief.facts, fact: certain}, odds)[1]
            result[fact] = known
        return result

    def classifier_odds(self, classes: Sequence[str], probabilities: np.ndarray,
                        class_priors: np.ndarray | None = None, weight: float = 1.
                        ) -> np.ndarray:
        """A classifier of codes as one more term of the fusion.

        Parameters
        ----------
        classes : sequence of str
            Codes of 4, 6 or 10 digits.
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
            no class covers: the classifier says nothing of them.
        """
        probabilities = np.asarray(probabilities, dtype=float)
        if class_priors is None:
            class_priors = np.full(len(classes), 1 / len(classes))
        ratio = np.clip(probabilities, 1e-4, None) / np.asarray(class_priors)
        ratio[np.isnan(probabilities).any(axis=1)] = 1
        odds = np.ones((len(ratio), len(self.codes)))
        for i, code in enumerate(self.codes):
            owners = [j for j, c in enumerate(classes) if code.startswith(c)]
            if owners:
                odds[:, i] = ratio[:, max(owners, key=lambda j: len(classes[j]))]
        return odds ** weight
