"""A classifier of codes as one more term of the fusion: how likely its answer is under each code.

It knows no group; its classes may be codes of several, and of none that is loaded.
"""
from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from orangecontrib.customs.facts import check_probabilities
from orangecontrib.customs.nomenclature.decision_table import OUTSIDE

__all__ = ["classifier_odds", "is_outside", "outside_of"]

#: A classifier knows no goods but its classes: it may rule out all the others, or its own, up
#: to this probability and no further; and a code of its own against those that it doesn't know.
OTHER = 0.01


def classifier_odds(codes: Sequence[str], classes: Sequence[str], probabilities: np.ndarray,
                    class_priors: np.ndarray | None = None, weight: float = 1.
                    ) -> np.ndarray:
    """A classifier of codes as one more term of the fusion.

    Parameters
    ----------
    codes : sequence of str
        Of the tables of all groups that decide, :data:`OUTSIDE` among them.
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
        no class covers: the classifier says nothing of them.  A class that holds none
        of the codes speaks for "none", and against every code, as far as
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
    # of many classes most are rarer than what is taken for nothing of a few
    ratio = np.maximum(probabilities, np.minimum(1e-4, OTHER * class_priors)) / class_priors
    odds = np.ones((len(ratio), len(codes)))
    owned, outside = _relations(tuple(codes), tuple(classes))
    for i, owners in enumerate(owned):
        if owners:  # classes below a code of the table speak for it together
            odds[:, i] = (ratio[:, owners] * class_priors[owners]).sum(axis=1) \
                / class_priors[owners].sum()
    elsewhere = np.ones(len(ratio))
    if outside:
        elsewhere = _outside(odds, codes, owned, probabilities, class_priors, outside)
    for i, owners in enumerate(owned):
        if owners:
            odds[:, i] = np.maximum(odds[:, i], OTHER * elsewhere)
    odds[np.isnan(probabilities).any(axis=1)] = 1
    return odds ** weight


def is_outside(code: str, codes: Sequence[str]) -> bool:
    """Does none of the codes lie under `code`, nor above it?"""
    whole, begun = _begun(tuple(codes))
    return code not in begun and whole.isdisjoint(code[:n] for n in range(len(code) + 1))


@lru_cache(maxsize=32)
def outside_of(classes: tuple[str, ...], codes: tuple[str, ...]) -> tuple[bool, ...]:
    """The same of each of the classes, which may be very many."""
    return tuple(is_outside(c, codes) for c in classes)


@lru_cache(maxsize=32)
def _begun(codes: tuple[str, ...]) -> tuple[frozenset[str], frozenset[str]]:
    """The codes, and all that one of them begins with."""
    return frozenset(codes), frozenset(code[:n] for code in codes for n in range(len(code) + 1))


def _owners(code: str, classes: Sequence[str]) -> list[int]:
    """The deepest class that holds the code, or else all the classes under it."""
    above = [j for j, c in enumerate(classes) if code.startswith(c)]
    return [max(above, key=lambda j: len(classes[j]))] if above else [
        j for j, c in enumerate(classes) if c.startswith(code)]


@lru_cache(maxsize=32)
def _relations(codes: tuple[str, ...], classes: tuple[str, ...]
               ) -> tuple[list[list[int]], list[int]]:
    """The classes of each code, and those that hold none of the codes."""
    return ([_owners(code, classes) for code in codes],
            [j for j, out in enumerate(outside_of(classes, codes)) if out])


def _outside(odds: np.ndarray, codes: Sequence[str], owned: Sequence[Sequence[int]],
             probabilities: np.ndarray, class_priors: np.ndarray, outside: Sequence[int]
             ) -> np.ndarray:
    """Let classes outside the table speak for "none" and against the codes, in place.

    Returns the odds of codes that no class covers, shape (N,).
    """
    # of a model that knows nothing inside the table, half is its best guess
    share = .5 if len(outside) == len(class_priors) \
        else class_priors[outside].sum() / class_priors.sum()
    said = probabilities[:, outside].sum(axis=1)
    p = np.clip(said, OTHER, 1 - OTHER)
    elsewhere = (1 - p) / (1 - share)
    for i, code in enumerate(codes):
        if code == OUTSIDE:
            odds[:, i] = p / share
        elif owned[i]:
            odds[:, i] *= (1 - p) / np.clip(1 - said, 1e-4, None)
        else:
            odds[:, i] = elsewhere
    return elsewhere
