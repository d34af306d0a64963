"""Where labels live: a CSV, and beside it a journal to which each answer is added at once.

What a crash leaves is the CSV and a journal whose last line may be half-written; together
they hold every answer but, at worst, the one that was being given.
"""
from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from orangecontrib.customs.files import InUse, copied_aside, locked
from orangecontrib.customs.groups import Group, visual_group
from orangecontrib.customs.i18n import Message

from .files import LabelRow, LabelsError, photo_key, read_labels, write_labels

__all__ = ["LabelStore", "JOURNAL"]

#: Ending of the journal's name, after that of the CSV.
JOURNAL = ".journal"

FORMAT = "orange3-customs photo labels"

#: A label as one character.
_CODES = {1.: "1", 0.: "0", .5: "?"}
_LABELS = {code: label for label, code in _CODES.items()} | {".": float("nan")}


#: Stores of this process by the real path of their CSV.
_OPEN: dict[str, LabelStore] = {}


class LabelStore:
    """The labels of a file, open in one process at a time; there, it can be shared.

    Parameters
    ----------
    path : path
        The CSV; it need not be there yet.
    group : Group, optional
        Whose features are labelled; the only loaded one with visual features by default.

    Attributes
    ----------
    rows : dict of str to LabelRow
        By photo; also those of photos that nobody looks at now.
    problems : list of Message
        What could not be read, for people.
    listeners : list of callable
        Called with the rows that somebody has written.

    Raises
    ------
    LabelsError
        The file is not a CSV of labels, is open elsewhere, or its folder can't be written to.
    """

    def __init__(self, path: str | os.PathLike, group: Group | None = None):
        self.path, self.group = Path(path), visual_group(group)
        self.journal = self.path.with_name(self.path.name + JOURNAL)
        self.rows: dict[str, LabelRow] = {}
        self.problems: list[Message] = []
        self.listeners: list[Callable[[Sequence[LabelRow]], None]] = []
        self._users = 1
        self._waiting: list[bytes] = []
        self._foreign = False
        self._file = None
        # a hidden file of its own: the CSV is replaced, the lock has to stay
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._lock = locked(self.path.with_name(f".{self.path.name}.lock"))
        except InUse:
            raise LabelsError("open", path=str(self.path)) from None
        except OSError as error:
            raise LabelsError("no_keeping", path=str(self.path), error=str(error)) from None
        try:
            if self.path.exists():
                self._read()
            self._replay()
        except OSError as error:
            self._release()
            raise LabelsError("no_keeping", path=str(self.path), error=str(error)) from None
        except BaseException:
            self._release()
            raise

    @classmethod
    def open(cls, path: str | os.PathLike, group: Group | None = None) -> LabelStore:
        """The store of a file: the one that this process has open already, or a new one."""
        key, group = os.path.realpath(path), visual_group(group)
        store = _OPEN.get(key)
        if store is None:
            store = _OPEN[key] = cls(path, group)
        elif store.group.id != group.id:
            raise LabelsError("other_group", path=str(path), there=store.group.id,
                              wanted=group.id)
        else:
            store._users += 1
        return store

    @staticmethod
    def flush(path: str | os.PathLike) -> None:
        """Write the CSV of a store that this process has open, for those who read the file.

        Raises
        ------
        LabelsError
            It can't be written.
        """
        store = _OPEN.get(os.path.realpath(path))
        if store is not None and store.rows:
            store.checkpoint()

    def _read(self) -> None:
        content = read_labels(self.path, self.group)
        self._foreign = not content.as_written_here
        self.problems += content.problems
        for row in content.rows:
            if row.image in self.rows:
                self._foreign = True
                self.problems.append(Message.of("labels.twice", file=content.name, line=row.line,
                                                image=row.image))
            else:
                self.rows[row.image] = row

    def _replay(self) -> None:
        """Read the journal, cut off a half-written end, and stay open for more."""
        content = self.journal.read_bytes() if self.journal.exists() else b""
        lines = content.split(b"\n")
        end = len(content) - len(lines.pop())  # the rest after the last complete line
        features = self.group.feature_ids
        if lines:
            features = _header(lines[0])
            if features is None:
                raise LabelsError("no_journal", path=str(self.journal))
        for number, line in enumerate(lines[1:], start=2):
            try:
                rows = [_decoded(item, features, self.group) for item in json.loads(line)]
            except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
                self.problems.append(Message.of("labels.damaged", file=self.journal.name,
                                                line=number))
                continue
            self.rows.update((row.image, row) for row in rows)
        self._file = open(self.journal, "r+b" if self.journal.exists() else "w+b")
        self._end = end
        if not lines:
            self._append([_header_line(self.group)])

    def _append(self, lines: Sequence[bytes]) -> None:
        # from the last good end: what a full disk left half-written is overwritten
        self._file.seek(self._end)
        self._file.truncate()
        self._file.write(b"".join(lines))
        self._file.flush()
        os.fsync(self._file.fileno())
        self._end = self._file.tell()

    def write(self, rows: Sequence[LabelRow], writer: Callable | None = None) -> None:
        """Keep what is now known about some photos: one line, on the disk on return.

        Parameters
        ----------
        writer : callable, optional
            The listener that need not be told.

        Raises
        ------
        LabelsError
            It can't be written; the next call tries again.
        """
        self.rows.update((row.image, row) for row in rows)
        for listener in self.listeners:
            if listener != writer:
                listener(rows)
        # in ASCII: the name of a photo need not be text
        line = json.dumps([_encoded(row) for row in rows], separators=(",", ":"))
        self._waiting.append(line.encode() + b"\n")
        try:
            self._append(self._waiting)
        except (OSError, ValueError) as error:
            raise LabelsError("unwritten", path=str(self.journal), error=str(error),
                              n=len(self._waiting)) from None
        self._waiting = []

    def checkpoint(self) -> None:
        """Write the CSV again and empty the journal.

        A file that was not written here is copied aside first (``.bak``).
        """
        if self._foreign:
            try:
                copied_aside(self.path)
            except OSError as error:
                raise LabelsError("no_copy", path=str(self.path), error=str(error)) from None
            self._foreign = False
        write_labels(self.path, self.rows.values(), self.group)
        try:
            self._end, self._waiting = 0, []
            self._append([_header_line(self.group)])
        except OSError as error:  # harmless: replayed, the journal says the same again
            raise LabelsError("not_emptied", path=str(self.journal), error=str(error)) from None

    def close(self) -> None:
        """Write the CSV if something is new, and let go of the file, when nobody else uses it."""
        self._users -= 1
        if self._file is None or self._users:
            return
        try:
            if self._end > len(_header_line(self.group)) or self._waiting:
                self.checkpoint()
        finally:
            self._release()

    def _release(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
        for key in [key for key, store in _OPEN.items() if store is self]:
            del _OPEN[key]
        self._lock.release()


def _header_line(group: Group) -> bytes:
    header = {"format": FORMAT, "version": 1, "features": group.feature_ids}
    return json.dumps(header).encode() + b"\n"


def _header(line: bytes) -> list[str] | None:
    try:
        header = json.loads(line)
        if header["format"] == FORMAT and header["version"] == 1:
            return header["features"]
    except (ValueError, TypeError, KeyError, RecursionError):
        pass
    return None


def _encoded(row: LabelRow) -> list[str]:
    shot = [row.view, row.scene] if row.view or row.scene else []
    return [row.image, row.good, row.cluster,
            "".join(_CODES.get(label, ".") for label in row.labels.tolist()), *shot]


def _decoded(item: list[str], features: Sequence[str], group: Group) -> LabelRow:
    image, good, cluster, codes, *shot = item
    view, scene = shot or ("", "")
    if len(codes) != len(features) or cluster and cluster not in group.cluster_ids \
            or view and view not in group.views or scene and scene not in group.scenes:
        raise ValueError("not a row of labels")
    said = {feature: _LABELS[code] for feature, code in zip(features, codes)}
    labels = np.array([said.get(id_, np.nan) for id_ in group.feature_ids])
    return LabelRow(photo_key(image), str(good), cluster, labels, 0, view, scene)
