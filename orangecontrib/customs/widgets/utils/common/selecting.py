"""What is selected goes on: the selected rows, and all of them with a column that says which."""
from __future__ import annotations

from collections.abc import Sequence

from Orange.data import Table
from Orange.widgets.utils.annotated_data import create_annotated_table

__all__ = ["send_selection"]


def send_selection(outputs, table: Table | None, rows: Sequence[int]) -> None:
    """Send rows of a table as `selected`, and all of it as `annotated`.

    Parameters
    ----------
    outputs : Outputs of a widget
    table : Table or None
    rows : sequence of int
        Those that the table does not have are left out.
    """
    rows = [] if table is None else [int(row) for row in rows if 0 <= row < len(table)]
    outputs.selected.send(table[rows] if rows else None)
    outputs.annotated.send(None if table is None else create_annotated_table(table, rows))
