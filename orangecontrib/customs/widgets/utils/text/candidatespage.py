"""What a tree of codes says of goods: a list of rows, and the branches of the chosen one."""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from textwrap import fill

from AnyQt.QtCore import Qt
from AnyQt.QtWidgets import QAbstractItemView, QTreeWidget, QTreeWidgetItem, QWidget

from orangecontrib.customs.i18n import say
from orangecontrib.customs.nomenclature import spaced
from orangecontrib.customs.textmining.tree import Branch
from orangecontrib.customs.widgets.utils.common.controls import rows_view, splitter
from orangecontrib.customs.widgets.utils.common.goodslist import Column, GoodsModel
from orangecontrib.customs.widgets.utils.common.wording import room, worded, worded_headers

__all__ = ["CandidatesPage", "Row"]

words = room("candidatespage")


@dataclass(frozen=True)
class Row:
    """A row of the data, and its likeliest code."""

    number: int
    title: str
    code: str
    safe: str
    p: float
    declared: str
    outside: bool


class CandidatesPage(QWidget):
    """A list of rows above the branches of the chosen one.

    Parameters
    ----------
    chosen : callable
        Called with the number of a row.
    """

    def __init__(self, chosen: Callable[[int], object], parent=None):
        super().__init__(parent)
        self._chosen = chosen
        self.model = GoodsModel((
            Column(words("row"), lambda r: r.title, tooltip=lambda r: fill(r.title, 80),
                   stretch=True),
            Column(words("class"), lambda r: r.declared),
            Column(words("likeliest"), lambda r: r.code, colour=self._colour,
                   header_tooltip=words("likeliest_tip")),
            Column("P", lambda r: f"{r.p:.2f}", lambda r: r.p, right=True),
            Column(words("safe"), lambda r: say(words("outside")) if r.outside else r.safe or "–",
                   header_tooltip=words("safe_tip")),
        ), self)
        self.view = rows_view(self.model, words("list"))
        self.view.selectionModel().selectionChanged.connect(self._on_selection)
        self.tree = QTreeWidget(uniformRowHeights=True, alternatingRowColors=True,
                                selectionMode=QAbstractItemView.NoSelection)
        worded(self.tree, accessibleName=words("candidates"))
        worded_headers(self.tree, [words("code"), "P", words("rows"), words("designation")],
                       ["", "", words("rows_tip")])
        self.parts = splitter(Qt.Vertical, self.view, self.tree, sizes=(230, 170),
                              stretch=(1, 1))

    def show_rows(self, rows: Sequence[Row], chosen: int) -> None:
        """Show rows, one of them chosen."""
        self.model.set_rows(rows)
        header = self.view.horizontalHeader()
        self.view.resizeColumnsToContents()
        header.setSectionResizeMode(0, header.Stretch)
        self.tree.clear()
        if rows:
            self.view.selectRow(min(chosen, len(rows) - 1))

    def show_branches(self, branches: Sequence[Branch], titles: Mapping[str, str]) -> None:
        """Show the branches of the chosen row, the likeliest open; titles are designations."""
        self.tree.clear()
        for place, branch in enumerate(branches):
            self.tree.addTopLevelItem(_item(branch, titles))
            _open(self.tree.topLevelItem(place), place == 0)
        for column in range(3):
            self.tree.resizeColumnToContents(column)

    def _on_selection(self, *_):
        rows = self.view.selectionModel().selectedRows()
        if rows:
            self._chosen(self.model.source_row(rows[0].row()))

    def _colour(self, row: Row) -> str | None:
        return "#888888" if row.outside else None


def _item(branch: Branch, titles: Mapping[str, str]) -> QTreeWidgetItem:
    title = titles.get(branch.code, "")
    item = QTreeWidgetItem([spaced(branch.code), f"{branch.p:.3f}", str(branch.rows or "–"),
                            title.rpartition(" > ")[2]])
    for column in (1, 2):
        item.setTextAlignment(column, Qt.AlignRight | Qt.AlignVCenter)
    item.setToolTip(3, fill(title, 80))
    item.addChildren([_item(below, titles) for below in branch.below])
    return item


def _open(item: QTreeWidgetItem, all_the_way: bool) -> None:
    item.setExpanded(all_the_way)
    for place in range(item.childCount()):
        _open(item.child(place), all_the_way and place == 0)
