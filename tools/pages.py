"""The pages that a newcomer follows, what stands in their blocks of code, and her files.

A block marked ``sh`` is run; what can't be, is marked ``text`` and says why in a comment above,
``<!-- not run: why -->``. A block marked ``csv`` or ``python`` is the file that the sentence above
it names last.
"""
from __future__ import annotations

import csv
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from openpyxl import Workbook

__all__ = ["Block", "DOC", "PAIRS", "READMES", "ROOT", "TUTORIALS", "WORKFLOWS", "blocks",
           "lay_desk"]

ROOT = Path(__file__).resolve().parents[1]
DOC, WORKFLOWS = ROOT / "doc", ROOT / "workflows"

#: English and Russian.
READMES = (ROOT / "README.md", ROOT / "README.ru.md")

#: The tutorials, by the name of the Russian page below ``doc/ru``.
TUTORIALS = {"tutorial.md": "tutorial.md", "tutorials/text-mining.md": "tariff-text-mining.md",
             "tutorials/own-photos.md": "tutorials/own-photos.md",
             "tutorials/nightly.md": "tutorials/nightly.md",
             "tutorials/own-group.md": "tutorials/own-group.md"}
PAIRS = [(DOC / english, DOC / "ru" / russian) for russian, english in TUTORIALS.items()]

#: Kinds of blocks that do something.
DOES = ("sh", "csv", "python")

_BLOCK = re.compile(r"((?:[^\n]+\n)*)\n?```(\w+)\n(.*?)```", re.DOTALL)
_WHY = re.compile(r"<!-- not run: (.*?) -->")


@dataclass(frozen=True)
class Block:
    """A block of code of a page.

    Attributes
    ----------
    kind : str
        What it is marked as.
    content : str
    name : str
        Of the file that it is; "" of commands.
    why : str
        Why it is not run; "" where it is, or says no reason.
    """

    kind: str
    content: str
    name: str = ""
    why: str = ""

    @property
    def does(self) -> bool:
        return self.kind in DOES

    def commands(self) -> list[str]:
        """Its lines, those that go on after a backslash as one."""
        return self.content.replace("\\\n", "").splitlines()


def blocks(page: Path) -> list[Block]:
    """The blocks of code of a page, in their order."""
    return [_block(*found.groups()) for found in _BLOCK.finditer(page.read_text("utf-8"))]


def _block(above: str, kind: str, content: str) -> Block:
    names = re.findall(r"`([\w.]+)`", above)
    why = _WHY.search(above)
    return Block(kind, content, names[-1] if kind in DOES and kind != "sh" and names else "",
                 why[1] if why and kind not in DOES else "")


def lay_desk(page: Path, folder: Path) -> None:
    """Fill an empty folder with what a tutorial says is there."""
    shutil.copytree(WORKFLOWS, folder / "workflows")
    if page.name == "own-photos.md":
        shutil.copytree(WORKFLOWS / "training", folder / "photos")
    else:
        shutil.copytree(WORKFLOWS / "sample", folder / "photos",
                        ignore=shutil.ignore_patterns("*.csv"))
    with open(WORKFLOWS / "sample" / "declarations.csv", encoding="utf-8", newline="") as file:
        goods = list(csv.reader(file))
    book = Workbook()
    book.active.append(["Спецификация к контракту"])
    book.active.append(["Артикул", "Наименование товара", "Код ТН ВЭД", "Кол-во, пар"])
    for row in goods[1:]:
        book.active.append([*row[:3], int(row[3])])
    book.save(folder / "goods.xlsx")
    with open(folder / "month.csv", "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([*goods, ["G-013", "Туфли", " верх из кожи", "6403", "1", ""]])
    if page.name == "own-group.md":
        _lay_pens(folder / "pens")


def _lay_pens(folder: Path) -> None:
    """The group of goods of ``doc/groups/own.md``, to which the tutorial sends its reader."""
    page = (DOC / "groups" / "own.md").read_text(encoding="utf-8")
    folder.mkdir()
    for name in ("facts", "decision_table", "tariff"):
        table = re.search(rf"`{name}\.csv`.*?```csv\n(.*?)```", page[page.index("## Three"):],
                          re.DOTALL)
        (folder / f"{name}.csv").write_text(table[1], encoding="utf-8")
