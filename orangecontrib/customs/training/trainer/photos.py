"""What goes into a training run and what comes out of it."""
from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from orangecontrib.customs.groups import Group, visual_group
from orangecontrib.customs.i18n import Message, WordedError
from orangecontrib.customs.intervals import wilson
from orangecontrib.customs.photos.model import PhotoModel
from orangecontrib.customs.photos.sources import Photo

__all__ = ["TrainingError", "TrainingPhotos", "Epoch", "Progress", "Split", "HeldOut", "Score",
           "Trained", "NO_NUMBER"]

#: Stands in the labels for a word, such as "yes": the run says which photo.
NO_NUMBER = -1.


class TrainingError(WordedError):
    """Photos or labels that nothing can be learnt from; says what to do."""

    table = "training"


@dataclass
class TrainingPhotos:
    """M photos with labels.

    Attributes
    ----------
    photos : list of Photo
    labels : ndarray of float, shape (M, n_features)
        1, 0, 0.5 = this photo can't show it, NaN = nobody said; in the order of
        ``group.features``.
    weights : ndarray of float, shape (M, n_features)
        How far a label is trusted; 1 by default.
    products : ndarray of str, shape (M,)
        Photos of one product never stand on both sides of a split.
    made : ndarray of bool, shape (M,)
        Drawn or generated pictures: they train, they never measure.
    clusters : ndarray of str, shape (M,)
        Id of the photo's group of goods; "" where it is to be read off the labels.
    varied : ndarray of bool, shape (M,)
        Varied copies and crops of other photos: they train, they never measure.
    by_eye : ndarray of bool, shape (M,)
        Labelled by eye, and not because a model was in doubt: shares and errors may be read
        off.  Where there are enough, priors and calibration rest on these alone.
    origins : ndarray of str, shape (M,)
        Where photos come from, if all photos of one origin are to stand on one side of a split;
        "" where their product alone decides.
    group : Group
        Whose features are labelled.
    """

    photos: list[Photo]
    labels: np.ndarray
    weights: np.ndarray
    products: np.ndarray
    made: np.ndarray
    clusters: np.ndarray
    varied: np.ndarray
    by_eye: np.ndarray
    origins: np.ndarray
    group: Group = field(default_factory=visual_group)

    def __len__(self) -> int:
        return len(self.photos)

    @classmethod
    def of(cls, photos: Sequence[Photo], labels: np.ndarray, group: Group | None = None,
           **known) -> TrainingPhotos:
        """Photos with what is known about them; the rest takes its default.

        Without `products` a photo's product is its good, or the photo itself.
        """
        n, labels, group = len(photos), np.asarray(labels, float), visual_group(group)
        if labels.shape != (n, len(group.features)):
            raise TrainingError("shape", shape=str(labels.shape), n=n,
                                features=len(group.features))
        default = {"weights": np.ones_like(labels),
                   "products": [p.good_id or f"photo:{p.image}" for p in photos],
                   "made": np.zeros(n, bool), "clusters": [""] * n,
                   "varied": np.zeros(n, bool), "by_eye": np.ones(n, bool),
                   "origins": [""] * n}
        given = {name: value for name, value in known.items() if value is not None}
        columns = {name: np.array(value, dtype=_TYPES[name])
                   for name, value in (default | given).items()}
        for name, values in columns.items():
            if len(values) != n:
                raise TrainingError("length", name=name, found=len(values), n=n)
        return cls(list(photos), labels, **columns, group=group)

    @property
    def aside(self) -> np.ndarray:
        """Photos that train and never measure; boolean, shape (M,)."""
        return self.made | self.varied

    def take(self, rows: np.ndarray) -> TrainingPhotos:
        """The photos of those rows."""
        return TrainingPhotos([self.photos[i] for i in rows], self.labels[rows],
                              group=self.group,
                              **{name: getattr(self, name)[rows] for name in _TYPES})

    def digest(self, contents: Sequence[str]) -> str:
        """SHA-256 over photos (by `contents`, a hash of each) and all that is known of them."""
        sha = hashlib.sha256()
        for part in (self.labels, self.weights, self.made, self.varied, self.by_eye):
            sha.update(np.ascontiguousarray(part).tobytes())
        named = (*contents, *self.products, *self.clusters)
        if any(self.origins):  # checkpoints from before stay good
            named += tuple(self.origins)
        sha.update("\0".join(map(str, named)).encode())
        return sha.hexdigest()


_TYPES = {"weights": float, "products": object, "made": bool, "clusters": object,
          "varied": bool, "by_eye": bool, "origins": object}


@dataclass(frozen=True)
class Epoch:
    """One point of the curves.

    Attributes
    ----------
    fit : int
        0 is the model itself; 1, 2 … are the folds that lbfgs calibrates on.
    epoch : int
        From 1.
    train_loss, validation_loss : float
        Masked log-loss, mean over the heads that have both answers; NaN where not measured.
    validation_accuracy : float
        Mean over the features of the share on the right side of ½.
    """

    fit: int
    epoch: int
    train_loss: float
    validation_loss: float = float("nan")
    validation_accuracy: float = float("nan")


@dataclass(frozen=True)
class Progress:
    """Where a run is.

    Attributes
    ----------
    stage : str
        In words for people.
    done, total : int
        Within the whole run, in steps of roughly equal time.
    epoch : int
        0 before the first.
    history : tuple of Epoch
    """

    stage: str
    done: int
    total: int
    epoch: int = 0
    history: tuple[Epoch, ...] = ()


@dataclass(frozen=True)
class Split:
    """Which photo served what.

    Attributes
    ----------
    groups : ndarray of int, shape (M,)
        Products, those with near-duplicate photos joined; -1 for skipped photos.
    part : ndarray of str, shape (M,)
        "train", "validation", "test", "unused" (a made picture or a copy of a product that
        is held out) or "skipped".
    fold : ndarray of int, shape (M,)
        With lbfgs the fold that calibrates on the photo; -1 elsewhere.
    """

    groups: np.ndarray
    part: np.ndarray
    fold: np.ndarray


@dataclass(frozen=True)
class Score:
    """How one feature's head did on held-out photos.

    Attributes
    ----------
    feature : str
    n, right : int
        Photos whose label is 1 or 0; those on the right side of ½.
    positives, found : int
        Photos labelled 1; those of them with P > ½.
    """

    feature: str
    n: int
    right: int
    positives: int
    found: int

    @property
    def accuracy(self) -> float:
        """Share of right answers; NaN without photos."""
        return self.right / self.n if self.n else float("nan")

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson interval of the accuracy, 95 %."""
        return wilson(self.right, self.n)

    @property
    def usual(self) -> float:
        """Accuracy of always giving the commoner answer."""
        return max(self.positives, self.n - self.positives) / self.n if self.n \
            else float("nan")

    @property
    def balanced(self) -> float:
        """Mean of the shares found among photos labelled 1 and among those labelled 0."""
        negatives = self.n - self.positives
        if not self.positives or not negatives:
            return float("nan")
        rejected = self.right - self.found
        return (self.found / self.positives + rejected / negatives) / 2


@dataclass(frozen=True)
class HeldOut:
    """What heads said about real photos whose product they had not seen.

    Attributes
    ----------
    rows : ndarray of int, shape (H,)
        Positions in the training photos.
    probabilities : ndarray of float, shape (H, n_features)
    gradability : ndarray of float, shape (H, n_facts)
    contradiction : ndarray of float, shape (H,)
    labels : ndarray of float, shape (H, n_features)
    groups : ndarray of int, shape (H,)
    part : ndarray of str, shape (H,)
        "test": served nothing before; "validation": the calibration or the stopping was
        chosen on it.
    group : Group
    """

    rows: np.ndarray
    probabilities: np.ndarray
    gradability: np.ndarray
    contradiction: np.ndarray
    labels: np.ndarray
    groups: np.ndarray
    part: np.ndarray
    group: Group = field(default_factory=visual_group)

    def scores(self, part: str | None = None) -> list[Score]:
        """A Score per feature; on the test photos, or on the validation photos if there
        are none.

        Parameters
        ----------
        part : {"test", "validation"}, optional
        """
        part = part or ("test" if (self.part == "test").any() else "validation")
        rows = self.part == part
        p, y = self.probabilities[rows], self.labels[rows]
        result = []
        for column, feature in enumerate(self.group.feature_ids):
            yes, no = y[:, column] == 1, y[:, column] == 0
            said = p[:, column] > .5
            result.append(Score(feature, int((yes | no).sum()),
                                int((said & yes).sum() + (~said & no).sum()),
                                int(yes.sum()), int((said & yes).sum())))
        return result


@dataclass(frozen=True)
class Trained:
    """Result of a run.

    Attributes
    ----------
    model : PhotoModel
    history : tuple of Epoch
    held_out : HeldOut
    split : Split
    skipped : list of (int, Message)
        Row and reason of photos that could not be used.
    remarks : list of (str, Message)
        A feature and what people should know of it: that the photos can't teach it, and so on.
    seconds : float
    cancelled : bool
        Ended by the user; the model is the best so far.
    """

    model: PhotoModel
    history: tuple[Epoch, ...]
    held_out: HeldOut
    split: Split
    skipped: list[tuple[int, Message]] = field(default_factory=list)
    remarks: list[tuple[str, Message]] = field(default_factory=list)
    seconds: float = 0.
    cancelled: bool = False
