"""Heads on a frozen backbone: the backbone sees every photo once, the heads learn from that."""
from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np

from orangecontrib.customs.photos.backbones import LoadedBackbone
from orangecontrib.customs.training.heads import Heads

from .augmentation import vary
from .objective import Objective
from .photos import Epoch
from .pixels import Pixels
from .recipe import Recipe
from .watch import Watch

__all__ = ["backbone_features", "fit", "optimise", "module", "on_one_core"]

#: L-BFGS iterations between two looks at the curves.
STRIDE = 5

#: Numbers of a set of features up to which one core is as fast as several.
FEW_NUMBERS = 2 ** 23


def backbone_features(backbone: LoadedBackbone, pixels: Pixels, rows: np.ndarray, recipe: Recipe,
                      watch: Watch, copies: int = 0, cache=None, batch: int = 32) -> np.ndarray:
    """What the backbone says about photos and their varied copies.

    Parameters
    ----------
    rows : ndarray of int, shape (R,)
    copies : int
        Varied copies per row.
    cache : photos.cache.FeatureCache, optional

    Returns
    -------
    ndarray of float32, shape (R, 1 + copies, width)
        The photo itself first; fewer rows when the run was cancelled.
    """
    wanted = [(row, copy) for row in rows for copy in range(1 + copies)]
    x = np.zeros((len(wanted), backbone.spec.width), np.float32)
    done = 0
    for first in range(0, len(wanted), batch):
        part = wanted[first:first + batch]
        names = [_name(pixels.contents[row], copy, recipe) for row, copy in part]
        found = {} if cache is None else cache.get_many(backbone, names)
        missing = [i for i, name in enumerate(names) if name not in found]
        if missing:
            images = np.stack([_copy(pixels, *part[i], recipe) for i in missing])
            computed = dict(zip((names[i] for i in missing), backbone(images)))
            if cache is not None:
                cache.put_many(backbone, computed)
            found = {**found, **computed}
        x[first:first + len(part)] = np.stack([found[name] for name in names])
        done = first + len(part)
        if watch(done / len(wanted)):
            break
    whole = done // (1 + copies)
    return x[:whole * (1 + copies)].reshape(whole, 1 + copies, -1)


def _name(content: str, copy: int, recipe: Recipe) -> str:
    """What tells a photo, or one varied copy of it, from all others."""
    if not copy:
        return content
    variation = (content, copy, recipe.flip, recipe.rotation, recipe.brightness, recipe.seed)
    return hashlib.sha256(repr(variation).encode()).hexdigest()


def _copy(pixels: Pixels, row: int, copy: int, recipe: Recipe) -> np.ndarray:
    if not copy:
        return pixels[row]
    seed = int(_name(pixels.contents[row], copy, recipe)[:16], 16)
    return vary(pixels[row], recipe, np.random.default_rng(seed))


def module(x: np.ndarray, outputs: int):
    """Heads as a torch module on standardised features, at zero; and its features.

    Returns
    -------
    module : torch.nn.Module
        Its ``heads(objective)`` are for the raw features.
    z : Tensor, shape (M, width)
    """
    import torch
    mean, std = x.mean(axis=0), x.std(axis=0) + 1e-6

    class Linear(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.coefficients = torch.nn.Parameter(torch.zeros(x.shape[1], outputs))
            self.bias = torch.nn.Parameter(torch.zeros(outputs))

        def forward(self, z):
            return z @ self.coefficients + self.bias

        def penalty(self):
            return (self.coefficients ** 2).sum()

        def learn(self):
            self.train()

        def heads(self, objective: Objective) -> Heads:
            fitted = self.coefficients.detach().numpy().astype(float) / std[:, None]
            shift = self.bias.detach().numpy().astype(float) - mean @ fitted
            return objective.finish(fitted, shift)

    return Linear(), torch.tensor((x - mean) / std, dtype=torch.float32)


@contextmanager
def on_one_core(numbers: int) -> Iterator[None]:
    """While it lasts, torch's threads do not wait for each other, unless the work is large.

    Heads are thousands of small steps.  After each one torch's threads wait for the slowest,
    and where another program has a core this costs far more than all the computing.

    Parameters
    ----------
    numbers : int
        In the features that a step looks at.
    """
    import torch
    before = torch.get_num_threads()
    if numbers <= FEW_NUMBERS:
        torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def fit(x: np.ndarray, objective: Objective, recipe: Recipe, watch: Watch, number: int = 0,
        measure: Callable[[Heads], tuple[float, float]] | None = None,
        share: Callable[[float], float] = lambda share: share) -> list[Heads]:
    """Fit heads by L-BFGS; a cancelled fit gives the heads as far as they are.

    Returns
    -------
    list of Heads
        As they were after every `STRIDE` iterations; the last may come sooner.

    Parameters
    ----------
    x : ndarray, shape (M, width)
    number : int
        Of the fit, in the curves.
    measure : callable, optional
        Heads → loss and accuracy on photos that are held out.
    share : callable
        Share of this fit → share of the stage.
    """
    linear, z = module(x, objective.outputs)
    result = []

    def look(epoch, loss):
        result.append(linear.heads(objective))
        held_out = measure(result[-1]) if measure else (np.nan, np.nan)
        watch.add(Epoch(number, epoch, loss, *held_out))
        return watch(share(epoch / recipe.epochs))

    optimise(linear, z, objective, recipe.l2, recipe.epochs, look)
    return result


def optimise(linear, z, objective: Objective, l2: float, iterations: int,
             look: Callable[[int, float], bool] = lambda epoch, loss: False) -> None:
    """L-BFGS on a module of heads, in place.

    Parameters
    ----------
    look : callable
        Told the iteration and the loss every few iterations; returns whether to stop.
    """
    import torch
    optimiser = torch.optim.LBFGS(linear.parameters(), max_iter=STRIDE, history_size=20,
                                  tolerance_grad=1e-5, line_search_fn="strong_wolfe")
    loss = 0.

    def closure():
        nonlocal loss
        optimiser.zero_grad()
        value = objective.loss(linear(z))
        loss = float(value.detach()) / objective.n_losses
        value = value + l2 / 2 * linear.penalty()
        value.backward()
        return value

    with on_one_core(z.numel()):
        for first in range(0, iterations, STRIDE):
            stride = min(STRIDE, iterations - first)
            optimiser.param_groups[0]["max_iter"] = stride
            optimiser.step(closure)
            if look(first + stride, loss):
                break
