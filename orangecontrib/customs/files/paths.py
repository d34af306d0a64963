"""Paths that are kept in workflows: relative where they lie under the workflow's folder."""
from __future__ import annotations

import os
from pathlib import Path

__all__ = ["resolve_path", "storable_path"]


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
