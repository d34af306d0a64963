"""The one result: its columns with their names, kinds, order and meaning (``schema.csv``)."""
from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from orangecontrib.customs.files import strict_rows

__all__ = ["COLUMNS", "SCHEMA", "Column"]


@dataclass(frozen=True)
class Column:
    """A column of the result.

    Attributes
    ----------
    id : str
        Its name in files and rows; duties have their unit in it.
    title : str
        Its name in Orange tables.
    kind : {"text", "number"}
    meaning : str
    """

    id: str
    title: str
    kind: str
    meaning: str


SCHEMA = tuple(Column(**row) for _, row in strict_rows(Path(__file__).with_name("schema.csv"))[1])
#: Their ids, in order.
COLUMNS = tuple(column.id for column in SCHEMA)
