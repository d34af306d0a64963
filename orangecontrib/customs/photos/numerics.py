"""Scores as probabilities, the same everywhere."""
from __future__ import annotations

import numpy as np

__all__ = ["logit", "sigmoid", "softmax"]


def logit(p: np.ndarray, bound: float) -> np.ndarray:
    """Log-odds of probabilities, kept within ± `bound`."""
    p = np.clip(p, 1e-300, 1 - 1e-16)
    return np.clip(np.log(p) - np.log1p(-p), -bound, bound)


def sigmoid(logits: np.ndarray, bound: float = 700.) -> np.ndarray:
    """1 / (1 + exp(-x)) of logits kept within ± `bound`, which by itself only spares overflows."""
    return 1 / (1 + np.exp(-np.clip(logits, -bound, bound)))


def softmax(logits: np.ndarray) -> np.ndarray:
    """Shares of the last axis that add up to 1."""
    weights = np.exp(logits - logits.max(axis=-1, keepdims=True, initial=-np.inf))
    return weights / weights.sum(axis=-1, keepdims=True)
