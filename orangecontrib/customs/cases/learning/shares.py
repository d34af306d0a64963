"""P of the values of a class of codes, from the masses that the law gives to its codes."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from orangecontrib.customs.fusion.classifier import outside_of
from orangecontrib.customs.nomenclature.decision_table import OUTSIDE

__all__ = ["ClassCodes"]


@dataclass(frozen=True)
class ClassCodes:
    """A class whose values are codes of any depth, beside the codes of the groups' tables.

    Attributes
    ----------
    values : tuple of str
        Digits of each value; "" for one that is not a code, and has no probability.
    counts : tuple of float
        Rows of training with each value; none where nothing was trained.
    codes : tuple of str
        Of the groups' tables.
    """

    values: tuple[str, ...]
    counts: tuple[float, ...]
    codes: tuple[str, ...]

    @cached_property
    def shares(self) -> np.ndarray:
        """P of the values before anybody speaks: rows of training and half a row more, (n,)."""
        own = np.array([count + .5 if value else 0. for value, count
                        in zip(self.values, self.counts)])
        return own / own.sum()

    @cached_property
    def outside(self) -> np.ndarray:
        """Which values are codes of no group, (n,)."""
        return np.array([bool(value) and out for value, out
                         in zip(self.values, outside_of(self.values, self.codes))])

    def owners(self, code: str) -> list[int]:
        """The deepest values that hold a code, or else all those under it."""
        above = [place for place, value in enumerate(self.values)
                 if value and code.startswith(value)]
        deepest = max((len(self.values[place]) for place in above), default=0)
        return [place for place in above if len(self.values[place]) == deepest] or [
            place for place, value in enumerate(self.values)
            if value.startswith(code) and value != code]

    @cached_property
    def _parts(self) -> list[tuple[int, int, float]]:
        """Column of a code, value, share of the code's mass that the value gets."""
        return [(column, place, share) for column, code in enumerate(self.codes)
                if code != OUTSIDE for place, share in self._split(code)]

    @cached_property
    def _splits(self) -> dict[str, list[tuple[int, float]]]:
        return {}

    def _split(self, code: str) -> list[tuple[int, float]]:
        """Values that get the mass of a code, and which share of it; a model asks for each good."""
        if code not in self._splits:
            mine = self.owners(code)
            own = self.shares[mine]
            self._splits[code] = [(place, float(share))
                                  for place, share in zip(mine, own / own.sum())]
        return self._splits[code]

    def of_model(self, said: Mapping[str, float]) -> np.ndarray:
        """P of the values by a classifier's P of its own classes, (n,); what is of none is lost."""
        found = np.zeros(len(self.values))
        for code, p in said.items():
            for place, share in self._split(code):
                found[place] += p * share
        return found

    def p_true(self, masses: np.ndarray, _codes: Sequence[str], true: Sequence[str]
               ) -> np.ndarray:
        """P of known values, given that the good is of one of all values; (N,)."""
        P = self.probabilities(masses, [None] * len(masses))
        return P[np.arange(len(true)), [self.values.index(value) for value in true]]

    def probabilities(self, masses: np.ndarray, said: Sequence[Mapping[str, float] | None]
                      ) -> np.ndarray:
        """P of the values, given that the good is one of them; (N, n).

        The mass of "none" is that of the values which are codes of no group, shared as the text
        model, or else the training, has them.  The mass of codes that are no value is left out,
        and the rest is scaled.  Of a good of which nothing is said, P is the text model's, or
        else the share of each value in training.

        Parameters
        ----------
        masses : ndarray, shape (N, n_codes)
            P of the groups' codes; a row of NaN where nothing is said.
        said : sequence of (dict of str to float or None)
            P of its classes by a text model, None where it is silent.
        """
        found = np.zeros((len(masses), len(self.values)))
        for column, place, share in self._parts:   # one after the other: alone as in a batch
            found[:, place] += masses[:, column] * share
        none = self.codes.index(OUTSIDE) if OUTSIDE in self.codes else None
        for row, model in enumerate(said):
            own = None if model is None else self.of_model(model)
            if np.isnan(masses[row]).any():
                found[row] = 0. if own is None else own
            elif none is not None and self.outside.any():
                rest = np.where(self.outside, self.shares if own is None else own, 0.)
                if not rest.sum():
                    rest = np.where(self.outside, self.shares, 0.)
                found[row] += masses[row, none] * rest / rest.sum()
        whole = found.sum(axis=1, keepdims=True)
        return np.where(whole > 0, found / np.where(whole > 0, whole, 1.), self.shares)
