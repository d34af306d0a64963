"""Small steps on Orange tables that several widgets need (no Qt in here)."""
from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from Orange.data import Domain, StringVariable, Table, Variable
from Orange.data.util import get_unique_names

__all__ = ["append_metas", "with_reasons", "resolve_path", "storable_path"]


def append_metas(table: Table, variables: Sequence[Variable], columns: Sequence) -> Table:
    """`table` with further metas; ids, classes and the subclass stay."""
    domain = table.domain
    result = table.transform(Domain(domain.attributes, domain.class_vars,
                                    (*domain.metas, *variables)))
    first = len(domain.metas)
    with result.unlocked(result.metas):
        for number, column in enumerate(columns, start=first):
            result.metas[:, number] = column
    return result


def with_reasons(table: Table, reasons: Sequence[str] | str) -> Table:
    """Rows that were left out, with a text meta that says why."""
    variable = StringVariable(get_unique_names(table.domain, "reason"))
    if isinstance(reasons, str):
        reasons = [reasons] * len(table)
    result = append_metas(table, [variable], [np.array(reasons, dtype=object)])
    result.name = f"{table.name} (skipped)"
    return result


def resolve_path(path: str, basedir: str | None) -> Path:
    """Where a stored path leads: beside the workflow, else in the current folder."""
    given = Path(path).expanduser()
    if given.is_absolute():
        return given
    if basedir:
        beside = Path(basedir) / given
        if beside.exists() or not given.exists():
            return beside
    return Path.cwd() / given


def storable_path(path: str | os.PathLike, basedir: str | None) -> str:
    """Relative, with forward slashes, where `path` lies under the workflow's folder."""
    path = Path(path)
    if basedir and path.is_absolute():
        try:
            return path.resolve().relative_to(Path(basedir).resolve()).as_posix()
        except ValueError:
            pass
    return os.fspath(path)
