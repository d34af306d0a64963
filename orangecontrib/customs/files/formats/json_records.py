"""JSON: a list of records, or an object that holds one; JSON Lines: a record a line."""
from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from ..grid import telling
from ..notes import first_of, note
from ..tables import Row, TableFileError, TextTable, read_text
from .cells import text_of

__all__ = ["read", "read_lines"]

#: Of a file that is read as a whole.
MOST_BYTES = 300 * 10 ** 6
#: How deep a list of records is looked for, and records in records are taken apart.
DEEP = 4


def read(path: Path, *, encoding: str = "", sheet: str = "",
         progress: Callable[[float], None] | None = None, rows: list[Row] | None = None
         ) -> TextTable:
    """The records of a JSON; those of an object are the list in it with the most known names."""
    text, found, said = read_text(path, encoding, MOST_BYTES)
    try:
        content = _loads(text)
    except ValueError as error:
        if _is_lines(text):
            return read_lines(path, encoding=encoding, progress=progress, rows=rows)
        raise TableFileError(f"{path} is not JSON ({str(error)[:200]})") from None
    lists = list(_lists(content, ""))
    if not lists and isinstance(content, Mapping) and content:
        lists = [("", [content])]
    if not lists:
        raise TableFileError(f"{path} holds no list of records: [{{\"description\": …}}, …]")
    where, records = max(lists, key=lambda some: (
        telling(_flat(some[1][0])), len(some[1])))
    notes: list[str] = [note("records", where=where)] if where else []
    records_ = _rows(enumerate(records, start=1), notes, progress, len(records))
    return _table(path, list(records_), found, said, "json", notes, rows)


def read_lines(path: Path, *, encoding: str = "", sheet: str = "",
               progress: Callable[[float], None] | None = None, rows: list[Row] | None = None
               ) -> TextTable:
    """The records of a file with a JSON object in each line; a line that is none is named."""
    text, found, said = read_text(path, encoding, MOST_BYTES)
    notes: list[str] = []
    lines = text.split("\n")
    bad: list[str] = []

    def records() -> Iterator[tuple[int, object]]:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                try:
                    yield number, _loads(line)
                except ValueError:
                    bad.append(str(number))
    found_rows = list(_rows(records(), notes, progress, len(lines)))
    if bad:
        notes.append(note("no_json", rows=first_of(bad)))
    return _table(path, found_rows, found, said, "jsonl", notes, rows)


def _loads(text: str) -> object:
    try:
        # numbers stay what was typed: 6403999600.0, 0640
        return json.loads(text, parse_int=str, parse_float=str,
                          parse_constant=lambda _: None)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _is_lines(text: str) -> bool:
    first = next((line for line in text.splitlines() if line.strip()), "")
    try:
        return isinstance(_loads(first), dict)
    except ValueError:
        return False


def _lists(content: object, where: str, depth: int = 0) -> Iterator[tuple[str, list]]:
    """Lists of objects, and where they are."""
    if isinstance(content, list):
        if any(isinstance(some, dict) and some for some in content[:100]):
            yield where, [some for some in content if isinstance(some, dict)] \
                if not isinstance(content[0], dict) else content
        content = content[:20]
        if depth < DEEP:
            for some in content:
                if isinstance(some, dict):
                    for name, inner in some.items():
                        if isinstance(inner, list):
                            yield from _lists(inner, f"{where}.{name}".strip("."), depth + 1)
    elif isinstance(content, dict) and depth < DEEP:
        for name, inner in content.items():
            yield from _lists(inner, f"{where}.{name}".strip("."), depth + 1)


def _flat(record: object, before: str = "", depth: int = 0) -> dict[str, object]:
    """A record without records in it: ``goods.code``."""
    flat: dict[str, object] = {}
    for name, value in record.items() if isinstance(record, dict) else ():
        name = f"{before}{' '.join(str(name).split())}"
        if isinstance(value, dict) and depth < DEEP:
            flat |= _flat(value, f"{name}.", depth + 1)
        else:
            flat[name] = value
    return flat


def _rows(records: Iterable[tuple[int, object]], notes: list[str], progress, size: int
          ) -> Iterator[Row]:
    strange = []
    for number, record in records:
        if progress is not None and number % 1000 == 0:
            progress(number / max(1, size))
        if not isinstance(record, dict):
            strange.append(str(number))
            continue
        cells = {name: text_of(value)[0] for name, value in _flat(record).items() if name}
        yield Row(number, cells, len(cells))
    if strange:
        notes.append(note("no_record", rows=first_of(strange)))


def _table(path: Path, found: list[Row], encoding: str, said: str, kind: str, notes: list[str],
           rows: list[Row] | None) -> TextTable:
    columns = tuple(dict.fromkeys(name for row in found for name in row.cells))
    if len(columns) > 2000:
        raise TableFileError(f"{path}: the records have {len(columns):,} different names; is it a "
                             "table of declarations?")
    rows = [] if rows is None else rows
    for row in found:
        rows.append(row if len(row.cells) == len(columns) else
                    Row(row.line, {name: row.cells.get(name, "") for name in columns}, row.fields))
    return TextTable(str(path), columns, rows, encoding, said, kind=kind, header=0,
                     notes=tuple(notes))
