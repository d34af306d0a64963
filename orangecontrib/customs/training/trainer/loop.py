"""A training run, from photos with labels to a calibrated model."""
from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat

import numpy as np

from orangecontrib.customs.i18n import Message
from orangecontrib.customs.photos import backbones, scratch
from orangecontrib.customs.photos.model import Judgement, PhotoModel
from orangecontrib.customs.training import heads

from . import frozen
from .augmentation import vary
from .calibration import calibrated
from .clusters import cluster_targets
from .compiler import without_triton
from .descent import descend
from .network import network
from .objective import Objective
from .photos import NO_NUMBER, HeldOut, Progress, Split, Trained, TrainingError, TrainingPhotos
from .pixels import Pixels, read
from .recipe import Recipe
from .split import split
from .watch import Watch

__all__ = ["train"]

#: Heads on the default backbone, in seconds.
DEFAULT = Recipe()

#: Fewer held-out photos of an answer calibrate nothing (``heads.calibrate``).
FEW = 10

#: Iterations of L-BFGS for the heads with which fine-tuning begins.
FIRST_HEADS = 40


def train(photos: TrainingPhotos, recipe: Recipe = DEFAULT,
          progress: Callable[[Progress], bool | None] | None = None,
          checkpoint: str | os.PathLike | None = None,
          weights: str | os.PathLike | None = None, sha256: str | None = None,
          allow_download: bool = False, device: str | None = None, cache=None,
          note: str = "", licence: str = "", pixels: Pixels | None = None) -> Trained:
    """Train a photo model.

    Parameters
    ----------
    progress : callable, optional
        Called with a :class:`Progress`.  If it returns True or raises ``InterruptedError``,
        the run ends; the best so far is calibrated and returned.
    checkpoint : path, optional
        Sgd and adam write their state there after every epoch, and resume from it.  Lbfgs
        takes seconds and needs none.
    weights, sha256, allow_download
        Where the backbone's weights come from, as in ``backbones.load``.
    device : str, optional
        Such as "cpu" or "cuda"; the best there is by default.
    cache : photos.cache.FeatureCache, optional
        Keeps what a frozen backbone said about a photo, for the next run.
    note, licence : str
        Kept in the model: training data, and what the model may be used for.
    pixels : Pixels, optional
        These photos as :func:`read` gave them at the backbone's size, for runs that differ only
        in their recipe.

    Returns
    -------
    Trained

    Raises
    ------
    TrainingError
        There is nothing to learn from, or the checkpoint is of another run.
    BackboneError
        The backbone is not known, or its weights are missing.
    Cancelled
        Ended by the user before there was a model.
    """
    import torch
    without_triton()
    started, watch = time.monotonic(), Watch(progress)
    given = _Given(weights, sha256, allow_download, device)
    # what a network begins with, and dropout, are drawn from torch's own generator
    with torch.random.fork_rng(devices=[]):
        if recipe.architecture == "scratch":
            loaded = None
            backbone = scratch.backbone(recipe.kernel, recipe.size, photos.group,
                                        recipe.grey).lit(recipe.brighten)
        else:  # first of all: that there are no weights is better said at once
            loaded = given.loaded(recipe.backbone, recipe.brighten)
            backbone = loaded.spec
        kept, skipped = _usable(photos)
        watch.stage("reading photos", .1)
        pixels = pixels.take(kept) if pixels is not None else read(
            [photos.photos[row] for row in kept], backbone.size,
            lambda done: watch(done / len(kept)))
        watch.must_go_on()
        skipped += [(int(kept[row]), reason) for row, reason in pixels.skipped]
        kept = kept[pixels.rows]
        watch.stage("looking for near-duplicates", .12)
        used = photos.take(kept)
        used.made |= pixels.generated  # whatever the table says of them: they never measure
        run = _Run(used, pixels, recipe, watch, given, checkpoint, cache)
        model, scores, judged = run.whole(backbone, loaded, note=note, licence=licence)
    return Trained(model, tuple(watch.history), run.held_out(judged, kept),
                   _spread(run.split, kept, len(photos)), sorted(skipped), run.remarks(scores),
                   time.monotonic() - started, watch.cancelled)


class _Given:
    """Where weights come from and where to compute."""

    def __init__(self, weights, sha256, allow_download, device):
        self._weights, self._sha256, self._download = weights, sha256, allow_download
        self.device = device or backbones.best_device()

    def loaded(self, name: str, brighten: float) -> backbones.LoadedBackbone:
        return backbones.load(name, self._weights, self._sha256, self._download, self.device,
                              brighten=brighten)

    def module(self, backbone: backbones.Backbone):
        """The backbone's network as a torch module; random weights for one from scratch."""
        module = backbone.build()
        if not scratch.parse(backbone.name):
            backbones.fill(module, self._weights or backbones.find_weights(backbone), backbone)
        return module


class _Run:
    """Readable photos with labels, and their training."""

    def __init__(self, photos: TrainingPhotos, pixels: Pixels, recipe: Recipe, watch: Watch,
                 given: _Given, checkpoint, cache):
        self.photos, self.pixels, self.recipe, self.watch = photos, pixels, recipe, watch
        self.given, self.checkpoint, self.cache = given, checkpoint, cache
        if not len(photos):
            raise TrainingError("none_readable", reason=pixels.skipped[0][1])
        self.names = photos.group.cluster_ids if recipe.clusters else ()
        self.clusters = cluster_targets(photos) if self.names else None
        self.split = split(photos, pixels.hashes, recipe)
        self.train, self.validation, self.test = (
            np.flatnonzero(self.split.part == part) for part in ("train", "validation", "test"))
        self.objective = self._objective(self.train)
        folds = np.unique(self.split.fold[(self.split.fold >= 0) & ~photos.aside])
        enough = len(folds) > 1 if recipe.optimiser == "lbfgs" else len(self.validation)
        if not enough or not self.objective.taught.any():
            raise TrainingError("too_few", n=len(photos),
                                products=len(np.unique(self.split.groups)))

    def _objective(self, rows: np.ndarray, scale: np.ndarray | float = 1.) -> Objective:
        return Objective(self.photos.labels[rows], self.photos.weights[rows] * scale,
                         self.recipe, self.photos.group,
                         None if self.clusters is None else self.clusters[rows])

    def whole(self, backbone: backbones.Backbone, loaded: backbones.LoadedBackbone | None, **said
              ) -> tuple[PhotoModel, np.ndarray, Judgement]:
        """The model; scores of photos by heads that did not see them; what they come to."""
        scores = np.full((len(self.photos), self.objective.outputs), np.nan)
        extra = {"clusters": self.names} if self.names else {}
        if self.recipe.trains_backbone:
            fitted, loaded, extra["backbone_state"] = self._network(backbone, loaded, scores)
        else:
            fitted = self._heads(loaded, scores)
        self.watch.stage("calibration", 1.)
        model, judged = calibrated(fitted, scores, self.photos, self.split, loaded, **said,
                                   **extra)
        return model, scores, judged

    # --- heads on a frozen backbone ---

    def _heads(self, loaded: backbones.LoadedBackbone, scores: np.ndarray) -> heads.Heads:
        recipe, watch = self.recipe, self.watch
        watch.stage("backbone", .8)
        x = frozen.backbone_features(loaded, self.pixels, np.arange(len(self.photos)), recipe,
                                     watch, recipe.copies, self.cache)
        watch.must_go_on()
        watch.stage("heads", .99)
        fit = self._folds if recipe.optimiser == "lbfgs" else self._descent
        return fit(x, scores, loaded.digest)

    def _with_copies(self, x: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, Objective]:
        """Features of photos and their copies, which together weigh half as much."""
        copies = x.shape[1] - 1
        scale = np.repeat([1.] + [.5 / max(copies, 1)] * copies, len(rows))[:, None]
        both = np.concatenate([x[rows, copy] for copy in range(1 + copies)])
        return both, self._objective(np.tile(rows, 1 + copies), scale)

    def _folds(self, x: np.ndarray, scores: np.ndarray, _digest: str) -> heads.Heads:
        """The model first, so that a cancelled run has one; then folds, to calibrate it.

        The folds also say after how many iterations each head begins to learn by heart: the
        head is that of the iteration with the lowest loss on held-out products.  The scores of
        a fold are those of the iteration that the other folds chose, so that a fold is not
        judged by a choice that it took part in.  A head that the folds have too few answers for
        is the one at the end.
        """
        recipe, fits = self.recipe, 1 + self.recipe.folds
        fitted = frozen.fit(*self._with_copies(x, self.train), recipe, self.watch,
                            share=lambda share: share / fits)
        inner = np.full((len(fitted), *scores.shape), np.nan, np.float32)
        for number in range(recipe.folds):
            if self.watch.cancelled:
                break
            out = self.split.fold == number
            rows = np.flatnonzero(out & (self.split.part == "train") & ~self.photos.aside)
            rest = np.flatnonzero(~out & (self.split.part == "train"))
            if not len(rows):  # fewer products than folds
                continue
            parts = frozen.fit(*self._with_copies(x, rest), recipe, self.watch, 1 + number,
                               self._measure(x[rows, 0], rows),
                               lambda share, k=number: (1 + k + share) / fits)
            if not self.watch.cancelled:
                inner[:, rows] = [part.scores(x[rows, 0]) for part in parts]
        known = np.isfinite(inner[0]).all(axis=1)
        heads_ = np.arange(self.objective.outputs)
        for number in np.unique(self.split.fold[known]):
            rows = np.flatnonzero(known & (self.split.fold == number))
            of_others = self._iterations(inner, known & (self.split.fold != number))
            scores[rows] = inner[of_others, rows[:, None], heads_]
        best = self._iterations(inner, known)
        whole = heads.Heads(
            np.array([fit.weights for fit in fitted])[best, :, heads_].T,
            np.array([fit.bias for fit in fitted])[best, heads_])
        scores[self.test] = whole.scores(x[self.test, 0])
        return whole

    def _iterations(self, inner: np.ndarray, known: np.ndarray) -> np.ndarray:
        """The best snapshot of each head.

        Parameters
        ----------
        inner : ndarray, shape (snapshots, M, outputs)
            Scores of held-out photos.
        known : ndarray of bool, shape (M,)
            Photos that have scores, and decide.
        """
        last = np.full(self.objective.outputs, len(inner) - 1)
        rows = np.flatnonzero(known)
        if not len(rows):
            return last
        objective = self._objective(rows)
        losses = np.array([objective.head_losses(part[rows]) for part in inner])
        known = np.isfinite(losses).all(axis=0) & (objective.fewest >= FEW)
        return np.where(known, np.where(np.isfinite(losses), losses, np.inf).argmin(axis=0),
                        last)

    def _descent(self, x: np.ndarray, scores: np.ndarray, digest: str) -> heads.Heads:
        both, objective = self._with_copies(x, self.train)
        linear, z = frozen.module(both, objective.outputs)
        measure = self._measure(x[self.validation, 0], self.validation)
        with frozen.on_one_core(self.recipe.batch * z.shape[1]):
            descend(linear, lambda rows, _: z[rows], objective,
                    lambda: measure(linear.heads(objective)), self.recipe, self.watch,
                    self.checkpoint, self._digest(digest))
        fitted = linear.heads(objective)
        for rows in (self.validation, self.test):
            scores[rows] = fitted.scores(x[rows, 0])
        return fitted

    # --- networks trained whole ---

    def _network(self, backbone: backbones.Backbone, loaded: backbones.LoadedBackbone | None,
                 scores: np.ndarray):
        import torch
        recipe, watch, start = self.recipe, self.watch, {}
        if loaded is not None:
            watch.stage("first heads", .25)
            x = frozen.backbone_features(loaded, self.pixels, self.train, recipe, watch,
                                         cache=self.cache)[:, 0]
            watch.must_go_on()
            linear, z = frozen.module(x, self.objective.outputs)
            frozen.optimise(linear, z, self.objective, recipe.l2, FIRST_HEADS)
            start = {"x": x, "heads": linear}
        torch.manual_seed(recipe.seed)  # whatever was drawn before
        net = network(backbone, self.given.module(backbone), self.objective.outputs,
                      self.photos.group, **start)
        net = net.to(self.given.device)
        watch.stage("training", .95)

        def varied(row, epoch):
            rng = np.random.default_rng((recipe.seed, epoch, row))
            return vary(self.pixels[row], recipe, rng)

        threads = ThreadPoolExecutor(os.cpu_count(), "vary")

        def batch(rows, epoch):
            images = threads.map(varied, self.train[rows], repeat(epoch))
            return torch.from_numpy(np.stack(list(images))).to(self.given.device)

        inside = self._objective(self.validation)

        def validate():
            net.eval()
            with torch.inference_mode():
                raw = torch.cat([net(torch.from_numpy(images).to(self.given.device)).cpu()
                                 for images in self._batches(self.validation)])
            said = raw.double().numpy() - self.objective.offsets
            return self._loss(inside, said), self._accuracy(said, self.validation)

        with threads:
            descend(net, batch, self.objective, validate, recipe, watch, self.checkpoint,
                    self._digest("" if loaded is None else loaded.digest))
        state, fitted = net.state(), net.heads(self.objective)
        module = backbone.build()
        module.load_state_dict({name: torch.from_numpy(a) for name, a in state.items()})
        # what the extractor will compute, not what the training did
        loaded = backbones.LoadedBackbone(backbone, module, self.given.device)
        for rows in (self.validation, self.test):
            x = [loaded(images) for images in self._batches(rows)]
            scores[rows] = fitted.scores(np.concatenate([np.zeros((0, backbone.width)), *x]))
        return fitted, loaded, state

    def _batches(self, rows: Sequence[int], size: int = 32):
        for first in range(0, len(rows), size):
            yield np.stack([self.pixels[row] for row in rows[first:first + size]])

    # --- measuring ---

    def _digest(self, backbone: str) -> str:
        """Of photos, labels and the backbone's weights at the start."""
        return self.photos.digest([*self.pixels.contents, backbone])

    def _measure(self, x: np.ndarray, rows: np.ndarray):
        objective = self._objective(rows)

        def measure(fitted: heads.Heads) -> tuple[float, float]:
            scores = fitted.scores(x)
            return self._loss(objective, scores), self._accuracy(scores, rows)
        return measure

    def _loss(self, objective: Objective, scores: np.ndarray) -> float:
        """Of likelihood ratios, with the prior that these photos imply."""
        import torch
        raw = torch.tensor(scores + objective.offsets, dtype=torch.float32)
        return float(objective.loss(raw)) / objective.n_losses

    def _accuracy(self, scores: np.ndarray, rows: np.ndarray) -> float:
        labels = self.photos.labels
        priors = heads.training_priors(labels[self.train], self.photos.weights[self.train],
                                       self.photos.by_eye[self.train], self.photos.group)
        n = labels.shape[1]
        p = heads.predict(scores[:, :self.objective.outputs - len(self.names)], priors,
                          np.ones(n), self.photos.group)
        right = heads.hits(p, labels[rows], range(n))
        known = np.isfinite(right)
        each = known.any(axis=0)
        return float((np.nansum(right, axis=0)[each] / known.sum(axis=0)[each]).mean()) \
            if each.any() else float("nan")

    def held_out(self, judged: Judgement, kept: np.ndarray) -> HeldOut:
        """Of the photos that heads judged without having seen their product."""
        rows = np.flatnonzero(np.isfinite(judged.contradiction))
        part = np.where(self.split.part[rows] == "test", "test", "validation")
        return HeldOut(kept[rows], *(said[rows] for said in judged), self.photos.labels[rows],
                       kept[self.split.groups[rows]], part, self.photos.group)

    def remarks(self, scores: np.ndarray) -> list[tuple[str, Message]]:
        """What these photos can't teach, and what could not be calibrated on them."""
        result, labels = [], self.photos.labels
        rows = np.isfinite(scores).all(axis=1) & (self.split.part != "test")
        for column, feature in enumerate(self.photos.group.features):
            if not self.objective.taught[column]:
                absent = [str(v) for v in (1, 0) if not (labels[self.train, column] == v).any()]
                result.append((feature.id, Message.of(
                    "training.not_taught", labels=absent[0] if len(absent) == 1
                    else Message("training.either"))))
                continue
            fewest = min((labels[rows, column] == value).sum() for value in (0, 1))
            if fewest < FEW:
                result.append((feature.id, Message.of("training.few", n=int(fewest))))
        return result


def _usable(photos: TrainingPhotos) -> tuple[np.ndarray, list[tuple[int, Message]]]:
    """Rows with labels, and the others with the reason."""
    skipped = []
    names = [feature.title for feature in photos.group.features]
    for row, labels in enumerate(photos.labels):
        known = np.isfinite(labels)
        wrong = np.flatnonzero(known & ~np.isin(labels, (0, .5, 1)))
        if len(wrong):
            value = labels[wrong[0]]
            found = "no_number" if value == NO_NUMBER else "no_label_value"
            skipped.append((row, Message.of(f"training.{found}", feature=names[wrong[0]],
                                            **{} if value == NO_NUMBER else {"value": value})))
        elif not known.any():
            skipped.append((row, Message("training.no_label")))
    kept = np.setdiff1d(np.arange(len(photos)), [row for row, _ in skipped])
    if not len(kept):
        if not skipped:
            raise TrainingError("no_photos")
        raise TrainingError("none_usable", row=skipped[0][0] + 1, reason=skipped[0][1])
    return kept, skipped


def _spread(inner: Split, kept: np.ndarray, n: int) -> Split:
    """The split of the photos used → of all photos."""
    groups, part, fold = np.full(n, -1), np.full(n, "skipped", dtype="<U10"), np.full(n, -1)
    groups[kept] = kept[inner.groups]
    part[kept], fold[kept] = inner.part, inner.fold
    return Split(groups, part, fold)
