"""A batch of goods with its witnesses, decided again as an analyst answers by hand.

A :class:`Case` holds everything that is decided together: who says what about which
goods.  Its evidence is aligned with its keys once, so that a single good can be decided
again in no time.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from orangecontrib.customs.facts import Evidence, Vocabulary
from orangecontrib.customs.fusion.engine import Engine, Witness
from orangecontrib.customs.fusion.verdict import Verdict, decide

__all__ = ["ANALYST", "Case", "Held", "analyst_witness", "duty_at_risk"]

#: As the trace calls the person who answers.
ANALYST = "аналитик"
#: P(the analyst's answer is wrong): finite, yet outweighs all that text and photos say
#: together (STRONGEST each, and a prior), and a classifier of any sensible weight.
DOUBT = 1e-30


def analyst_witness(answers: Mapping[str, Mapping[str, str]], vocabulary: Vocabulary
                    ) -> Witness:
    """Answers {key: {fact: value}} as a witness; facts or values unknown here say nothing."""
    keys = list(answers)
    loglik: dict[str, np.ndarray] = {}
    notes = {}
    for row, key in enumerate(keys):
        for fact, value in answers[key].items():
            if fact not in vocabulary or value not in vocabulary[fact].value_ids:
                continue
            k = len(vocabulary[fact].values)
            values = loglik.setdefault(fact, np.zeros((len(keys), k)))
            values[row] = np.log(DOUBT / (k - 1))
            values[row, vocabulary[fact].index(value)] = np.log1p(-DOUBT)
            chosen = vocabulary[fact].values[vocabulary[fact].index(value)]
            notes[key, fact] = f"«{chosen.ru}»"
    return Witness(ANALYST, Evidence(keys, loglik), notes)


@dataclass(frozen=True)
class Held:
    """The likeliest value of a fact, and its probability."""

    value: str
    p: float
    said: bool      #: a witness speaks of it


@dataclass(frozen=True)
class Case:
    """Goods with all that is said about them.

    Attributes
    ----------
    engine : Engine
    keys : tuple of str
    witnesses : tuple of Witness
        Their evidence is aligned with `keys`.
    odds : ndarray, shape (N, n_codes), or None
        The term of a classifier.
    problems : dict of str to list of str
        Per good, what its sources brought along.
    remarks : tuple of str
        What is wrong with the tables themselves.
    unmatched : dict of str to int
        Per witness, goods that it lacks and another one has.
    declared : dict of str to str, or None
    quantity : dict of str to float
    """

    engine: Engine
    keys: tuple[str, ...]
    witnesses: tuple[Witness, ...]
    odds: np.ndarray | None = None
    problems: Mapping[str, list[str]] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()
    unmatched: Mapping[str, int] = field(default_factory=dict)
    declared: Mapping[str, str] | None = None
    quantity: Mapping[str, float] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.keys)

    def _part(self, some: slice, answers) -> tuple[tuple[str, ...], list[Witness]]:
        keys = self.keys[some]
        witnesses = [Witness(w.name_ru, w.evidence.part(some), w.notes, w.reliability)
                     for w in self.witnesses]
        mine = {key: answers[key] for key in keys if answers.get(key)}
        if mine:
            witnesses.append(analyst_witness(mine, self.engine.table.vocabulary))
        return keys, witnesses

    def decide(self, some: slice, error: float = .1,
               answers: Mapping[str, Mapping[str, str]] | None = None) -> list[Verdict]:
        """Verdicts of a slice of the goods.

        Parameters
        ----------
        some : slice
        error : float
            Accepted probability that the safe code is wrong.
        answers : dict of str to dict, optional
            Key → fact → value, as an analyst answered by hand.
        """
        keys, witnesses = self._part(some, answers or {})
        return decide(self.engine, witnesses, error=error, keys=keys,
                      odds=None if self.odds is None else self.odds[some])

    def decide_one(self, row: int, error: float = .1,
                   answers: Mapping[str, Mapping[str, str]] | None = None) -> Verdict:
        """The verdict of one good, the same as in the batch."""
        return self.decide(slice(row, row + 1), error, answers)[0]

    def beliefs(self, row: int, answers: Mapping[str, Mapping[str, str]] | None = None
                ) -> dict[str, Held]:
        """What is believed of each fact of one good."""
        keys, witnesses = self._part(slice(row, row + 1), answers or {})
        total = Evidence(keys)
        for witness in witnesses:
            total = total + witness.tempered(self.engine.priors)
        posterior = total.posterior(self.engine.priors)
        result = {}
        for fact, p in posterior.items():
            best = int(p[0].argmax())
            result[fact] = Held(self.engine.table.vocabulary[fact].value_ids[best],
                                  float(p[0, best]), bool(total.says(fact)[0]))
        return result

    def notes_of(self, verdict: Verdict) -> tuple[str, ...]:
        """Problems of a good: of its sources and of the law."""
        return tuple(dict.fromkeys([*self.problems.get(verdict.key, ()), *verdict.problems]))


def duty_at_risk(engine: Engine, verdict: Verdict) -> float:
    """Expected |duty − duty of the chosen code|, EUR per pair; NaN without a code."""
    chosen = engine.nomenclature.duty(verdict.codes[0]) if verdict.codes else None
    if chosen is None:
        return np.nan
    return float(sum(p * abs((engine.nomenclature.duty(code) or 0.) - chosen)
                     for code, p in verdict.probabilities.items()))

