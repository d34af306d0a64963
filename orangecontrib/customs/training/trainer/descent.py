"""Training in batches by SGD or Adam, with early stopping and checkpoints."""
from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import zip_longest
from math import inf, isfinite, nan

import numpy as np

from .checkpoint import Checkpoint
from .objective import Objective
from .photos import Epoch, TrainingError
from .recipe import Recipe
from .watch import Watch

__all__ = ["descend", "MOMENTUM"]

MOMENTUM = .9


def descend(module, batch: Callable, objective: Objective,
            validate: Callable[[], tuple[float, float]], recipe: Recipe, watch: Watch,
            checkpoint: str | os.PathLike | None = None, data: str = "") -> None:
    """Train a module; afterwards it holds the weights of the lowest validation loss.

    Cancelled within the first epoch, it holds the weights as they are then.

    Raises
    ------
    TrainingError
        The loss is not a number in the first epochs, or the checkpoint can't be resumed.

    Parameters
    ----------
    module : torch.nn.Module
        Its call gives scores; ``penalty()`` what the regularisation adds up; ``learn()``
        puts it into training mode.
    batch : callable
        (rows, epoch) → the input for those rows of the objective's photos.
    validate : callable
        () → loss and accuracy on the validation photos.
    checkpoint : path, optional
        Resumed from when it is there, written after every epoch.
    data : str
        Digest of photos and labels.
    """
    import torch
    parameters = [p for p in module.parameters() if p.requires_grad]
    optimiser = torch.optim.Adam(parameters, recipe.learning_rate) \
        if recipe.optimiser == "adam" \
        else torch.optim.SGD(parameters, recipe.learning_rate, momentum=MOMENTUM)
    at = None if checkpoint is None else Checkpoint.load(checkpoint, recipe.digest, data)
    if at is None:
        at = Checkpoint(recipe.digest, data, 0, 0, inf, (), {}, {}, {})
    else:
        _fill(module, at.current)
        _fill_optimiser(optimiser, at.optimiser)
        for epoch in at.history:
            watch.add(epoch)
    while at.epoch < recipe.epochs and at.epoch - at.best_epoch < recipe.patience:
        number = at.epoch + 1
        torch.manual_seed(recipe.seed + number)  # dropout; so that a resumed run is the same
        loss = _one_epoch(module, optimiser, batch, objective, number, recipe, watch)
        if watch.cancelled:
            break
        measured = validate()
        if not isfinite(loss) or not isfinite(measured[0]):
            if not at.best:
                raise TrainingError("diverged", rate=recipe.learning_rate)
            break  # nothing good can follow; what was best stays
        watch.add(Epoch(0, number, loss, *measured))
        at.epoch, at.history = number, tuple(watch.history)
        at.current = _state(module)
        if measured[0] < at.best_loss:
            at.best_loss, at.best_epoch, at.best = measured[0], number, at.current
        if checkpoint is not None:
            at.optimiser = _optimiser_state(optimiser)
            at.save(checkpoint)
        if watch(number / recipe.epochs):
            break
    if at.best:
        _fill(module, at.best)


def _one_epoch(module, optimiser, batch, objective, number, recipe, watch) -> float:
    order = np.random.default_rng((recipe.seed, number)).permutation(len(objective))
    parts = [order[first:first + recipe.batch] for first in range(0, len(order), recipe.batch)]
    total, seen = 0., 0
    module.learn()
    with ThreadPoolExecutor(1, "batch") as ahead:  # the next batch while this one trains
        coming = ahead.submit(batch, parts[0], number)
        for rows, after in zip_longest(parts, parts[1:]):
            images = coming.result()
            if after is not None:
                coming = ahead.submit(batch, after, number)
            optimiser.zero_grad()
            loss = objective.loss(module(images), rows)
            (loss + recipe.l2 / 2 * module.penalty()).backward()
            optimiser.step()
            total += float(loss.detach()) * len(rows)
            seen += len(rows)
            if watch((number - 1 + seen / len(order)) / recipe.epochs):
                break
    module.eval()
    return total / seen / objective.n_losses if seen else nan


def _state(module) -> dict[str, np.ndarray]:
    return {name: tensor.detach().cpu().numpy().copy()
            for name, tensor in module.state_dict().items()}


def _fill(module, state: dict[str, np.ndarray]) -> None:
    import torch
    module.load_state_dict({name: torch.from_numpy(array) for name, array in state.items()})


def _optimiser_state(optimiser) -> dict[str, np.ndarray]:
    return {f"{number}/{name}": value.detach().cpu().numpy()
            for number, values in optimiser.state_dict()["state"].items()
            for name, value in values.items() if value is not None}


def _fill_optimiser(optimiser, arrays: dict[str, np.ndarray]) -> None:
    import torch
    state: dict[int, dict] = {}
    for key, array in arrays.items():
        number, name = key.split("/")
        state.setdefault(int(number), {})[name] = torch.from_numpy(array)
    optimiser.load_state_dict({**optimiser.state_dict(), "state": state})
