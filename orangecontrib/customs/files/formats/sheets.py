"""Which sheet of a workbook holds the goods."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from ..grid import telling
from ..notes import note
from ..tables import TableFileError

__all__ = ["choose"]


def choose(path: Path, titles: Sequence[str], hidden: Sequence[str], wanted: str,
           first_rows: Callable[[int], Sequence[Sequence[str]]]) -> tuple[int, list[str]]:
    """The place of the sheet to read, and what is to be said of that.

    Parameters
    ----------
    path : Path
    titles, hidden : sequence of str
        All sheets, and those that nobody sees.
    wanted : str
        Name or number of a sheet; "" for the one with most names of columns that are known.
    first_rows : callable
        The first rows of the sheet in a place.

    Raises
    ------
    TableFileError
        There is no such sheet, or none.
    """
    if not titles:
        raise TableFileError(f"{path} has no sheet with cells")
    notes: list[str] = [note("hidden", sheets=", ".join(hidden))] if hidden else []
    if wanted:
        place = _named(titles, wanted)
        if place is None:
            raise TableFileError(f"{path} has no sheet {wanted}; there are: {', '.join(titles)}")
        return place, notes
    if len(titles) == 1:
        return 0, notes
    scores = {}
    for place, title in enumerate(titles):
        rows = first_rows(place)
        filled = sum(any(map(str.strip, row)) for row in rows)
        scores[place] = (title not in hidden and filled > 0, max(map(telling, rows), default=0),
                         min(filled, 2), -place)
    best = max(scores, key=scores.__getitem__)
    others = [title for place, title in enumerate(titles) if place != best]
    equal = [titles[place] for place, score in scores.items()
             if place != best and score[:3] == scores[best][:3] and score[1]]
    why = note("same_sheets", sheets=", ".join(equal)) if equal else ""
    return best, [note("sheet", sheet=titles[best], others=", ".join(others), why=why), *notes]


def _named(titles: Sequence[str], wanted: str) -> int | None:
    folded = [title.strip().casefold() for title in titles]
    if wanted.strip().casefold() in folded:
        return folded.index(wanted.strip().casefold())
    if wanted.isdigit() and 1 <= int(wanted) <= len(titles):
        return int(wanted) - 1
    return None
