"""Bundled editions: codes with brief designations in Russian and English."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from orangecontrib.customs.files import strict_rows

__all__ = ["Node", "Nomenclature", "group64", "electrical", "bundled"]

_COLUMNS = ("code", "designation_ru", "designation_en", "unit", "duty_eur")


@dataclass(frozen=True)
class Node:
    """A line of the tariff.

    `duty` is in EUR per `unit`, `percent` of the customs value; None above the
    leaves, and where the other kind of duty applies.
    """

    code: str
    ru: str
    en: str
    unit: str
    duty: float | None
    percent: float | None = None


class Nomenclature:
    """Codes with brief designations, each below the longest prefix that is a node.

    Parameters
    ----------
    nodes : iterable of Node
    edition : str
        Date (ISO) from which this edition of the tariff applies.
    """

    def __init__(self, nodes, edition: str):
        self.edition = edition
        self._nodes = {node.code: node for node in nodes}

    @classmethod
    def load(cls, path: str | Path, edition: str) -> Nomenclature:
        """Read ``code, designation_ru, designation_en, unit, duty_eur`` and, where the file
        has it, ``duty_percent``.

        Raises
        ------
        ValueError
            If a code is not made of 2 to 10 digits, stands twice, a duty is not a number, or a
            row has more or fewer fields than the header.
        """
        nodes, seen = [], set()
        for number, row in strict_rows(path, _COLUMNS)[1]:
            code = row["code"]
            if code in seen or not (code.isascii() and code.isdigit() and 2 <= len(code) <= 10):
                raise ValueError(f"{path}, line {number}: code '{code}' is "
                                 f"{'repeated' if code in seen else 'not a number'}")
            seen.add(code)
            try:
                duty, percent = (float(row[name]) if row.get(name) else None
                                 for name in ("duty_eur", "duty_percent"))
            except ValueError as error:
                raise ValueError(f"{path}, line {number}: {error}") from None
            nodes.append(Node(code, row["designation_ru"], row["designation_en"],
                              row["unit"], duty, percent))
        return cls(nodes, edition)

    def __contains__(self, code: str) -> bool:
        return code in self._nodes

    def __getitem__(self, code: str) -> Node:
        return self._nodes[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._nodes)

    def __len__(self) -> int:
        return len(self._nodes)

    def path(self, code: str) -> list[Node]:
        """Nodes from the group down to `code` (itself included where it is a node)."""
        return [self._nodes[code[:length]] for length in range(2, len(code) + 1)
                if code[:length] in self._nodes]

    def leaves(self, prefix: str = "") -> list[str]:
        """Ten-digit codes under a prefix, in order."""
        return sorted(c for c in self._nodes if len(c) == 10 and c.startswith(prefix))

    def duty(self, code: str) -> float | None:
        """Import duty of a ten-digit code, EUR per unit; None where it is not known."""
        node = self._nodes.get(code)
        return None if node is None else node.duty

    def spaced(self, code: str) -> str:
        """A code as the tariff prints it: ``6403 99 960 0``."""
        parts = code[:4], code[4:6], code[6:9], code[9:]
        return " ".join(part for part in parts if part)


@lru_cache(maxsize=None)
def group64() -> Nomenclature:
    """Group 64 of the ЕТТ ЕАЭС (EEC, in force from 1 January 2022, checked in March 2026)."""
    return Nomenclature.load(Path(__file__).parent / "group64.csv", edition="2022-01-01")


@lru_cache(maxsize=None)
def electrical() -> Nomenclature:
    """Headings 8504, 8536 and 9032; 8504 40, 8536 30 and 9032 down to ten digits."""
    return Nomenclature.load(Path(__file__).parent / "electrical.csv", edition="2022-01-01")


@lru_cache(maxsize=None)
def bundled() -> Nomenclature:
    """All that is bundled: group 64 and the electrical headings."""
    parts = group64(), electrical()
    return Nomenclature((part[code] for part in parts for code in part), parts[0].edition)
