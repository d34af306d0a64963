"""Editions of a tariff as data: since when one is in force, when it was checked, its source."""
from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from orangecontrib.customs.files import strict_rows

__all__ = ["Edition", "in_force", "read_editions"]

_COLUMNS = ("id", "branch", "name_ru", "name_en", "in_force", "checked", "source", "link",
            "codes", "file")
_CHECKED = re.compile(r"[0-9]{4}-[0-9]{2}(-[0-9]{2})?|")


@dataclass(frozen=True)
class Edition:
    """An edition of a branch of the tariff.

    Attributes
    ----------
    id : str
    ru, en : str
        What it is, for people.
    in_force : str
        The day (ISO) since when it is; of a table that somebody loads, what they typed; ""
        where it is not known.
    checked : str
        The day or the month when its codes and rates were last compared with the source.
        They are those of that time: a rate that only held in between is not kept.
    source, link : str
        The document, and where it is found.
    codes : tuple of str
        The codes that it covers, with all below them; () for a whole tariff.
    branch : str
        Editions of the same branch follow each other.
    path : Path or None
        The table; see :meth:`Tariff.load`.
    """

    id: str
    ru: str = ""
    en: str = ""
    in_force: str = ""
    checked: str = ""
    source: str = ""
    link: str = ""
    codes: tuple[str, ...] = ()
    branch: str = ""
    path: Path | None = None

    def __str__(self) -> str:
        return self.in_force

    def covers(self, code: str) -> bool:
        """Is a code the edition's? Those above its own codes are, too."""
        return not self.codes or any(code.startswith(own) or own.startswith(code)
                                     for own in self.codes)

    def name(self, language: str = "en") -> str:
        """What it is, in a language, or in the other one."""
        return (self.ru or self.en) if language == "ru" else (self.en or self.ru)

    def dates(self, language: str = "en") -> str:
        """Since when it is in force and when it was checked, in words; "" if nobody knows.

        >>> Edition("x", in_force="2022-01-01", checked="2026-03").dates()
        'in force from 2022-01-01, checked in 2026-03'
        """
        words = (("действует с {}", "проверено {}", "проверено в {}") if language == "ru" else
                 ("in force from {}", "checked on {}", "checked in {}"))
        said = [words[0].format(self.in_force)] if self.in_force else []
        if self.checked:
            said.append(words[1 if len(self.checked) > 7 else 2].format(self.checked))
        return ", ".join(said)


def read_editions(path: str | os.PathLike[str]) -> list[Edition]:
    """Read a table of editions.

    Its columns are ``id``, ``branch``, ``name_ru``, ``name_en``, ``in_force`` (a day),
    ``checked`` (a day or a month), ``source``, ``link``, ``codes`` (separated by spaces; none: a
    whole tariff) and ``file`` (a table beside this one).

    Raises
    ------
    ValueError
        A row says something else than the columns want, with its line; two editions have one
        id, or come into force in one branch on the same day.
    """
    editions: list[Edition] = []
    seen: dict[object, int] = {}
    for line, row in strict_rows(path, _COLUMNS)[1]:
        where, codes = f"{path}, line {line}", tuple(row["codes"].split())
        if not (row["id"] and row["branch"] and row["file"]):
            raise ValueError(f"{where}: id, branch and file must be given")
        day = _day(row["in_force"], where)
        if not _CHECKED.fullmatch(row["checked"]):
            raise ValueError(f"{where}: '{row['checked']}' is not a day and no month; write "
                             "2026-03-08 or 2026-03")
        for code in codes:
            if not (code.isascii() and code.isdigit()):
                raise ValueError(f"{where}: '{code}' is not a code; part codes by spaces")
        for key in (row["id"], (row["branch"], day)):
            if key in seen:
                raise ValueError(f"{where}: the edition of line {seen[key]} has the same "
                                 + ("id" if key == row["id"] else "branch and day"))
            seen[key] = line
        editions.append(Edition(row["id"], row["name_ru"], row["name_en"], day.isoformat(),
                                row["checked"], row["source"], row["link"], codes,
                                row["branch"], Path(path).parent / row["file"]))
    return editions


def in_force(editions: Iterable[Edition], on: date | str | None = None,
             branches: Iterable[str] | None = None) -> list[Edition]:
    """The edition of each branch that is in force on a day; by default the latest.

    Raises
    ------
    ValueError
        The first edition of a branch is later than the day, the day is none, or there is no
        such branch.
    """
    of_branch: dict[str, list[Edition]] = {}
    for edition in editions:
        of_branch.setdefault(edition.branch, []).append(edition)
    unknown = set(branches or ()) - set(of_branch)
    if unknown:
        raise ValueError(f"no edition of a branch {', '.join(sorted(unknown))}; the branches "
                         f"are {', '.join(of_branch)}")
    chosen = [sorted(of_branch[name], key=lambda edition: edition.in_force)
              for name in (of_branch if branches is None else branches)]
    if on is None:
        return [successive[-1] for successive in chosen]
    day = (on if isinstance(on, date) else _day(on, "the day of the tariff")).isoformat()[:10]
    found = []
    for successive in chosen:
        valid = [edition for edition in successive if edition.in_force <= day]
        if not valid:
            first = successive[0]
            raise ValueError(f"no edition of {', '.join(first.codes) or first.name()} for {day}: "
                             f"the first is in force from {first.in_force}")
        found.append(valid[-1])
    return found


def _day(text: str, where: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{where}: '{text}' is not a day; write it as 2022-01-01") from None
