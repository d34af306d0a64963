"""A text model as a file: arrays and a description, nothing that could be run."""
from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from scipy import sparse

from .branches import Branches
from .linear import Linear
from .model import CodeTree, Likeness, Tempers
from .training import TextTree, Trained
from .validation import Distance, Level
from .words import Words

__all__ = ["TextModelError", "load_text_tree", "packed"]

FORMAT, VERSION = "orange3-customs text model", 1


class TextModelError(ValueError):
    """A model file that can't be used; says why."""


def packed(model: TextTree) -> bytes:
    """The content of a model's file (``.safetensors``).

    Raises
    ------
    TextModelError
        A learner of the tree is another than the linear one.
    """
    from safetensors.numpy import save
    trained, tree = model.trained, model.trained.tree
    arrays = {"words": _letters(model.words.words), "idf": model.words.idf,
              **_sparse("kept", trained.kept)}
    for level in range(len(tree.branches.levels)):
        arrays |= {f"codes/{level}": _letters(tree.branches.codes[level]),
                   f"counts/{level}": tree.counts[level], f"ends/{level}": tree.ends[level],
                   **_learners(f"learners/{level}", tree.learners[level])}
        for number, said in enumerate(tree.likeness.said):
            arrays |= _sparse(f"said/{number}/{level}", said[level])
    described = {
        "format": FORMAT, "version": VERSION, "levels": tree.branches.levels,
        "languages": len(tree.likeness.said), "strange": model.words.strange,
        "tempers": [(t.learner, t.designation) for t in tree.tempers],
        "distance": (trained.distance.threshold, _finite(trained.distance.detected)),
        "checked": [[level.digits, level.n, level.codes, level.proposed,
                     *map(_finite, (level.top1, level.top3, level.log_loss))]
                    for level in trained.levels],
        "titles": dict(trained.titles), "weight": model.weight, "note": model.note}
    return save({name: np.ascontiguousarray(array) for name, array in arrays.items()},
                {"model": json.dumps(described, ensure_ascii=False, allow_nan=False)})


def load_text_tree(path: str | os.PathLike) -> TextTree:
    """Read a model's file; nothing in it is run.

    Raises
    ------
    TextModelError
        The message names the file and says what is wrong with it.
    """
    from safetensors import SafetensorError, safe_open
    path = Path(path)
    if not path.is_file():
        raise TextModelError(f"{path}: there is no such model file; orange-customs train-text "
                             "makes one")
    try:
        with safe_open(os.fspath(path), framework="numpy") as file:
            metadata = file.metadata() or {}
            arrays = {name: file.get_tensor(name) for name in file.keys()}
    except (SafetensorError, OSError, ValueError) as error:
        raise TextModelError(f"{path}: damaged, or not a file of train-text ({error})") from None
    try:
        described = json.loads(metadata["model"])
        if described["format"] != FORMAT:
            raise KeyError("format")
    except (KeyError, TypeError, ValueError, RecursionError):
        raise TextModelError(f"{path}: not a text model of this add-on; orange-customs "
                             "train-text makes one") from None
    if described.get("version") != VERSION:
        raise TextModelError(f"{path}: version {described.get('version')} of the format; this "
                             f"add-on reads version {VERSION}")
    try:
        return _unpacked(described, arrays)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise TextModelError(f"{path}: damaged ({type(error).__name__}: {error})") from None


def _unpacked(described: dict, arrays: dict[str, np.ndarray]) -> TextTree:
    words = Words(_texts(arrays["words"]), _column(arrays["idf"], float),
                  float(described["strange"]))
    width = len(words.words)
    _need(len(words.idf) == width, "idf")
    levels = tuple(int(digits) for digits in described["levels"])
    branches = Branches(levels, tuple(_texts(arrays[f"codes/{n}"]) for n in range(len(levels))))
    for codes, digits in zip(branches.codes, levels):
        _need(list(codes) == sorted(set(codes)) and all(
            len(code) == digits and code.isdigit() for code in codes), "codes")
    n_nodes = [len(codes) for codes in branches.codes]
    counts = tuple(_column(arrays[f"counts/{n}"], int) for n in range(len(levels)))
    ends = tuple(_column(arrays[f"ends/{n}"], int) for n in range(len(levels)))
    _need(list(map(len, counts)) == n_nodes == list(map(len, ends)), "counts")
    learners = tuple(_linear(arrays, f"learners/{n}", n_nodes[n], n_nodes[n - 1] if n else 1, width)
                     for n in range(len(levels)))
    said = tuple(tuple(_csr(arrays, f"said/{k}/{n}", width, n_nodes[n])
                       for n in range(len(levels))) for k in range(int(described["languages"])))
    tempers = tuple(Tempers(float(g), float(b)) for g, b in described["tempers"])
    _need(len(tempers) == len(levels) and len(branches.parents) == len(levels), "tempers")
    tree = CodeTree(branches, learners, counts, ends, Likeness(said), tempers)
    threshold, detected = described["distance"]
    checked = tuple(Level(int(digits), int(n), int(codes), int(proposed), _number(top1),
                          _number(top3), _number(loss), tempers[place])
                    for place, (digits, n, codes, proposed, top1, top3, loss)
                    in enumerate(described["checked"]))
    titles = {str(code): str(title) for code, title in described["titles"].items()}
    trained = Trained(tree, _csr(arrays, "kept", width), Distance(float(threshold),
                                                                  _number(detected)),
                      checked, titles)
    weight = float(described["weight"])
    _need(0 <= weight < float("inf"), "weight")
    return TextTree(words, trained, weight, str(described["note"]))


def _need(right: bool, what: str) -> None:
    if not right:
        raise ValueError(what)


def _finite(value: float) -> float | None:
    return None if value != value else value


def _number(value: float | None) -> float:
    return float("nan") if value is None else float(value)


def _letters(texts: Iterable[str]) -> np.ndarray:
    """Texts without line ends as one array of bytes."""
    return np.frombuffer("\n".join(texts).encode("utf-8"), dtype=np.uint8)


def _texts(letters: np.ndarray) -> tuple[str, ...]:
    text = letters.astype(np.uint8).tobytes().decode("utf-8")
    return tuple(text.split("\n")) if text else ()


def _column(array: np.ndarray, kind: type) -> np.ndarray:
    _need(array.ndim == 1 and bool(np.isfinite(array).all()), "an array")
    return array.astype(kind)


def _sparse(name: str, X: sparse.csr_matrix) -> dict[str, np.ndarray]:
    return {f"{name}/data": X.data, f"{name}/columns": X.indices.astype(np.int32),
            f"{name}/ends": X.indptr.astype(np.int64)}


def _csr(arrays: dict, name: str, width: int, height: int | None = None) -> sparse.csr_matrix:
    ends = _column(arrays[f"{name}/ends"], int)
    X = sparse.csr_matrix((_column(arrays[f"{name}/data"], float),
                           _column(arrays[f"{name}/columns"], int), ends),
                          shape=(len(ends) - 1, width))
    X.check_format(full_check=True)
    _need(height is None or X.shape[0] == height, name)
    return X


def _learners(name: str, learners) -> dict[str, np.ndarray]:
    """The learners of a level, one after the other, with where each ends."""
    parents, children, columns, weights, bias = [], [], [], [], []
    for parent, (places, learner) in sorted(learners.items()):
        if learner is None:
            learner = Linear(np.zeros(0, int), np.zeros((0, 1)), np.zeros(1))
        elif not isinstance(learner, Linear):
            raise TextModelError("only a tree of the add-on's own linear learners can be saved as "
                                 "a text model; Save Model keeps others")
        parents.append(parent)
        children.append(places)
        columns.append(learner.columns)
        weights.append(learner.weights.ravel())
        bias.append(learner.bias)

    def whole(parts: list, kind: type) -> np.ndarray:
        return np.concatenate([*parts, []]).astype(kind)
    return {f"{name}/parents": whole([parents], np.int32),
            f"{name}/children": whole(children, np.int32),
            f"{name}/n_children": whole([list(map(len, children))], np.int64),
            f"{name}/columns": whole(columns, np.int32),
            f"{name}/n_columns": whole([list(map(len, columns))], np.int64),
            f"{name}/weights": whole(weights, np.float32), f"{name}/bias": whole(bias, np.float32)}


def _linear(arrays: dict, name: str, n_nodes: int, n_parents: int, width: int) -> dict:
    part = {kind: _column(arrays[f"{name}/{kind}"], int if kind not in ("weights", "bias") else
                          float)
            for kind in ("parents", "children", "n_children", "columns", "n_columns", "weights",
                         "bias")}
    k, m = part["n_children"], part["n_columns"]
    _need(len(k) == len(m) == len(part["parents"]) and bool((k > 0).all() and (m >= 0).all())
          and k.sum() == len(part["children"]) == len(part["bias"])
          and m.sum() == len(part["columns"]) and (k * m).sum() == len(part["weights"]), name)
    for kind, limit in (("parents", n_parents), ("children", n_nodes), ("columns", width)):
        _need(bool(((part[kind] >= 0) & (part[kind] < limit)).all()), f"{name}/{kind}")

    def split(values: np.ndarray, sizes: np.ndarray) -> list[np.ndarray]:
        return np.split(values, np.cumsum(sizes)[:-1]) if len(sizes) else []
    found = {}
    for parent, children, columns, weights, bias in zip(
            part["parents"], split(part["children"], k), split(part["columns"], m),
            split(part["weights"], k * m), split(part["bias"], k)):
        found[int(parent)] = (children, None if len(children) == 1 else Linear(
            columns, weights.reshape(len(columns), len(children)), bias))
    return found
