"""Which column is which: by what it is called, by what stands in it, or as it was said."""
from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from .notes import note
from .tables import TextTable
from .words import ROLES, Label, fits, label_of

__all__ = ["ROLES", "Roles", "RoleError", "compose", "composed_of", "guess_roles", "is_ten_digits",
           "mostly_ids"]

#: So many rows are looked at.
LOOKED_AT = 2000
#: What share of the filled cells has to be as a role wants it.
MOSTLY = .8
#: Texts under no telling name are descriptions from so many characters on.
LONG = 20

#: Three letters, or one sign of a script that needs no more.
_WORD = re.compile(r"[^\W\d_]{3}|[\u3040-\u9fff]")
_CODE = re.compile(r"\d[\d\s.\u00a0\u2010-\u2015-]*")
#: What a spreadsheet makes of a code.
_POWER = re.compile(r"\s*\d(?:[.,]\d+)?[eEеЕ]\+?\d{1,2}\s*")
_NUMBER = re.compile(r"[-+]?\d[\d\s\u00a0\u202f.,']*(?:[a-zа-яё€$₽.]{0,5})", re.I)
_CURRENCY = re.compile(r"[A-Za-zА-Яа-яЁё.]{1,12}|[€$₽¥£]|\d{3}")
#: Nothing was typed, though something stands there.
_NOTHING = re.compile(r"[-–—.\s]*|n/?a|н/?д|нет данных", re.I)


class RoleError(ValueError):
    """A column that was said to have a role and can't; the message says what there is."""


@dataclass(frozen=True)
class Roles:
    """Which column is which.

    Attributes
    ----------
    columns : dict of str to str
        Role (:data:`ROLES`) → column.
    reasons : dict of str to str
        Role → why that column, for people.
    statements : dict of str to Label
        Columns of a specification that become part of the description, in the order of the
        file, and what they state.
    remarks : tuple of str
        What a person should look at: two columns that fit equally, codes that lost digits.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    statements: Mapping[str, Label] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()

    def __getitem__(self, role: str) -> str | None:
        return self.columns.get(role)

    @property
    def lines(self) -> list[str]:
        """What was taken for what, for people."""
        said = [f"{role} = {column} ({self.reasons[role]})"
                for role, column in self.columns.items()]
        if self.statements:
            said.append(f"description + {', '.join(self.statements)} (a specification: each column "
                        "is a statement)")
        return said

    def description(self, cells: Mapping[str, str]) -> str | None:
        """The description of a row, with what its specification states; None without a column."""
        name = self.columns.get("description")
        if name is None and not self.statements:
            return None
        return compose(cells.get(name, "") if name else "", self.statements, cells)

    def by_role(self, cells: Mapping[str, str]) -> dict[str, str | None]:
        """The cells of a row by role."""
        found: dict[str, str | None] = {role: cells.get(column, "")
                                        for role, column in self.columns.items()}
        if self.statements or "description" in self.columns:
            found["description"] = self.description(cells)
        return found


def compose(text: str, statements: Mapping[str, Label], cells: Mapping[str, str]) -> str:
    """A description with the statements of a specification: «Ботинки; Материал верха: кожа».

    >>> compose("Ботинки.", {"Верх": Label("Материал верха", ""), "Стелька": Label(
    ...     "Длина стельки", "см")}, {"Верх": "кожа", "Стелька": "27"})
    'Ботинки; Материал верха: кожа; Длина стельки: 27 см'
    """
    parts = [text.strip().rstrip(".;") if text.strip() and statements else text]
    for column, label in statements.items():
        typed = " ".join(cells.get(column, "").split())
        if _NOTHING.fullmatch(typed):
            continue
        unit = f" {label.unit}" if label.unit and not re.search(r"[a-zа-яё]", typed, re.I) else ""
        parts.append(f"{label.text}: {typed}{unit}")
    return "; ".join(filter(None, parts))


def composed_of(description: str, statements: Mapping[str, Label]) -> list[tuple[int, int, str]]:
    """Spans of a description that :func:`compose` has made, and the columns they come from."""
    starts = []
    at = 0
    for column, label in statements.items():
        mark = f"{label.text}: "
        place = at if at == 0 and description.startswith(mark) else \
            description.find(f"; {mark}", at)
        if place >= 0:
            starts.append((place, column))
            at = place + 1
    ends = [place for place, _ in starts[1:]] + [len(description)]
    return [(place, end, column) for (place, column), end in zip(starts, ends)]


def guess_roles(table: TextTable, photo_ids: Collection[str] = (),
                chosen: Mapping[str, str] | None = None, apart: Collection[str] = ()) -> Roles:
    """Which column is which, and why.

    Parameters
    ----------
    table : TextTable
    photo_ids : collection of str
        The goods' ids that photos have, which the column of ids is to meet.
    chosen : dict of str to str, optional
        Role → column, as somebody said; an empty one says that there is none.
    apart : collection of str
        Columns that hold something else: facts.

    Raises
    ------
    RoleError
        There is no such role or column.

    Examples
    --------
    >>> from orangecontrib.customs.files.tables import Row
    >>> names = "№ товара", "Графа 31", "Графа 33", "Кол-во, пар"
    >>> table = TextTable("a.csv", names, [Row(2, dict(zip(names, (
    ...     "1", "Ботинки мужские", "6403999600", "12"))), 4)])
    >>> print(*guess_roles(table).lines, sep="; ")
    description = Графа 31 (its name); good_id = № товара (its name); declared_code = Графа 33 \
(its name); quantity = Кол-во, пар (its name)
    """
    return _Guess(table, photo_ids, chosen or {}, apart).roles()


class _Guess:
    def __init__(self, table: TextTable, photo_ids: Collection[str], chosen: Mapping[str, str],
                 apart: Collection[str]):
        self.names = [name for name in table.columns if name]
        self.cells = {name: [text for row in table.rows[:LOOKED_AT]
                             if (text := row.cells.get(name, "").strip())]
                      for name in self.names}
        self.photo_ids = set(photo_ids)
        self.chosen = {role: self._known(role, name, table.name)
                       for role, name in chosen.items()}
        self.apart = set(apart)
        self.remarks: list[str] = []

    def _known(self, role: str, name: str, file: str) -> str:
        if role not in ROLES:
            raise RoleError(f"there is no role {role}; there are: {', '.join(ROLES)}")
        if not name or name in self.names:
            return name
        alike = [some for some in self.names
                 if " ".join(some.split()).casefold() == " ".join(name.split()).casefold()]
        if len(alike) != 1:
            raise RoleError(f"{file} has no column {name}; its columns are: "
                            f"{', '.join(self.names) or 'none'}")
        return alike[0]

    def roles(self) -> Roles:
        columns = {role: name for role, name in self.chosen.items() if name}
        reasons: dict[str, str] = dict.fromkeys(columns, note("said"))
        free = [name for name in self.names
                if name not in columns.values() and name not in self.apart]
        fitting = sorted((fit.rank, fit.extra, fit.short, ROLES.index(role), place, role, name)
                         for place, name in enumerate(free)
                         for role, fit in fits(name).items()
                         if role in ROLES and role not in self.chosen
                         and self._holds(name, fit.content))
        by_photos = self._meeting(free) if "good_id" not in self.chosen else None
        if by_photos is not None:
            columns["good_id"], reasons["good_id"] = by_photos
        for *fit, _, _, role, name in fitting:
            if role in columns or name in columns.values():
                continue
            columns[role] = name
            reasons[role] = note("by_name" if fit[0] == 1 else "by_both")
            self._doubt(role, name, [other for *as_well, _, _, some, other in fitting
                                     if some == role and other not in columns.values()
                                     and as_well == fit])
        statements = {name: label for name in free if name not in columns.values()
                      and (label := label_of(name)) is not None and self.cells[name]}
        self._by_content(columns, reasons, [name for name in free if name not in statements])
        for role in ("declared_code", "good_id"):
            self._lost_digits(columns.get(role))
        order = [role for role in ROLES if role in columns]
        return Roles({role: columns[role] for role in order},
                     {role: reasons[role] for role in order}, statements, tuple(self.remarks))

    def _holds(self, name: str, content: str) -> bool:
        """Whether the cells of a column are as a role wants them; an empty column may be all."""
        cells = self.cells[name]
        return not content or not cells or _CONTENTS[content](cells)

    def _meeting(self, free: Sequence[str]) -> tuple[str, str] | None:
        """The column whose cells are most of the photos' ids, and why."""
        met = {name: len(self.photo_ids & set(self.cells[name])) for name in free}
        best = max(met, key=lambda name: (met[name], _rank(name, "good_id")), default=None)
        if best is None or 2 * met[best] < min(len(self.photo_ids), len(set(self.cells[best]))) \
                or not met[best]:
            return None
        return best, note("by_photos", met=met[best], n=len(self.photo_ids))

    def _doubt(self, role: str, name: str, others: Sequence[str]) -> None:
        """Say that other columns fit a role as well, unless they hold the same."""
        others = [other for other in others if self.cells[other]
                  and self.cells[other] != self.cells[name]]
        if others:
            self.remarks.append(note("equally", columns=", ".join([name, *others]), role=role,
                                     name=name, other=others[0]))

    def _by_content(self, columns: dict[str, str], reasons: dict[str, str],
                    free: Sequence[str]) -> None:
        """Roles that no name tells."""
        left = [name for name in free if name not in columns.values() and self.cells[name]]
        if "declared_code" not in columns and "declared_code" not in self.chosen:
            codes = [name for name in left if _ten_digits(self.cells[name])]
            if len(codes) == 1:
                columns["declared_code"] = codes[0]
                reasons["declared_code"] = note("by_codes")
                left.remove(codes[0])
            elif codes:
                self.remarks.append(note("codes", columns=", ".join(codes), name=codes[0]))
        if "description" not in columns and "description" not in self.chosen:
            lengths = {name: sum(map(len, self.cells[name])) / len(self.cells[name])
                       for name in left if _text(self.cells[name]) and not fits(name)}
            best = max(lengths, key=lengths.__getitem__, default=None)
            if best is not None and lengths[best] >= LONG:
                columns["description"] = best
                reasons["description"] = note("by_length")

    def _lost_digits(self, name: str | None) -> None:
        short = [text for text in self.cells.get(name, ()) if _POWER.fullmatch(text)]
        if short:
            self.remarks.append(note("lost_digits", n=len(short), name=name, typed=short[0]))


def _rank(name: str, role: str) -> int:
    """The more, the better a name fits a role."""
    fit = fits(name).get(role)
    return -fit.rank if fit else -9


def _most(cells: Sequence[str], wanted) -> bool:
    return sum(map(bool, map(wanted, cells))) >= MOSTLY * len(cells)


def mostly_ids(texts: Iterable[str]) -> bool:
    """Whether most of the filled cells are ids, codes or numbers rather than descriptions.

    An id has no word of three letters, or it is a single token with a digit in it.

    >>> mostly_ids(["G-001", "6403 99 960 0", "made-1-0001"]), mostly_ids(["Обувь", "Реле РТ-40"])
    (True, False)
    """
    filled = [text.strip() for text in texts if text.strip()]
    ids = sum(not _WORD.search(text)
              or (len(text.split()) == 1 and any(map(str.isdigit, text))) for text in filled)
    return 2 * ids > len(filled)


def is_ten_digits(text: str) -> bool:
    """Whether a cell is a code of ten digits, or what a spreadsheet makes of one.

    >>> is_ten_digits("6403 99 960 0"), is_ten_digits("6,4039E+09"), is_ten_digits("7701234567")
    (True, True, True)
    """
    if _POWER.fullmatch(text):
        return text.strip()[-2:] in ("09", "+9", "E9")
    text = re.sub(r"[.,]0$", "", text.strip())
    if not _CODE.fullmatch(text):
        return False
    digits = re.sub(r"\D", "", text)
    return len(digits) == 10 and "01" <= digits[:2] <= "97"


def _ten_digits(cells: Sequence[str]) -> bool:
    return _most(cells, is_ten_digits)


def _is_code(text: str) -> bool:
    digits = re.sub(r"\D", "", re.sub(r"[.,]0$", "", text))
    return bool(_POWER.fullmatch(text)) or bool(_CODE.fullmatch(text)) and 4 <= len(digits) <= 10


def _text(cells: Sequence[str]) -> bool:
    return not mostly_ids(cells)


_CONTENTS = {
    "text": _text,
    "id": lambda cells: not _ten_digits(cells) and _most(cells, lambda text: len(text) <= 100),
    "code": lambda cells: _most(cells, _is_code),
    "number": lambda cells: _most(cells, _NUMBER.fullmatch),
    "word": lambda cells: _most(cells, _CURRENCY.fullmatch),
}
