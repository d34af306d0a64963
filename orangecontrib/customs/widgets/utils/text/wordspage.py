"""The page "Words" of Customs Stop-word Filter: what stays, what goes, and the user's say."""
from __future__ import annotations

from collections.abc import Collection, Sequence

from AnyQt.QtCore import QItemSelection, QItemSelectionModel, Qt
from AnyQt.QtCore import pyqtSignal as Signal
from AnyQt.QtGui import QPalette
from AnyQt.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from orangecontrib.customs.textmining.stopwords import WordRow
from orangecontrib.customs.textmining.stopwords.table import Material
from orangecontrib.customs.widgets.utils.common.controls import rows_view
from orangecontrib.customs.widgets.utils.common.goodslist import Column, GoodsModel

__all__ = ["WordsPage"]

SHOW_ALL, SHOW_DROPPED, SHOW_KEPT, SHOW_HAND = "All words", "Stop-words", "Kept words", "By hand"

#: What a tick in the list means.
TICK = "✓ = the word stays"


class WordModel(GoodsModel):
    """Words with a tick: ticked ones stay."""

    #: The word and whether to keep it.
    ticked = Signal(str, bool)
    editable = True

    def data(self, index, role=Qt.DisplayRole):
        if role == Qt.CheckStateRole:
            if index.column():
                return None
            return Qt.Checked if self.row_at(index).keep else Qt.Unchecked
        return super().data(index, role)

    def flags(self, index):
        flags = super().flags(index)
        return flags | Qt.ItemIsUserCheckable if self.editable and not index.column() else flags

    def setData(self, index, value, role=Qt.EditRole):
        if role != Qt.CheckStateRole or index.column() or not self.editable:
            return False
        # Qt 6 hands over a number or an enum
        self.ticked.emit(self.row_at(index).word, Qt.CheckState(value) == Qt.Checked)
        return True

    def row_at(self, index) -> WordRow:
        return self.rows[self.source_row(index.row())]


class WordView(QTableView):
    """Space turns the tick of all selected words, as that of the current one."""

    #: Words, and whether to keep them now.
    turned = Signal(list, object)

    def keyPressEvent(self, event):
        index = self.currentIndex()
        if event.key() == Qt.Key_Space and index.isValid():
            model = self.model()
            keep = not model.row_at(index).keep
            words = [model.row_at(i).word for i in self.selectionModel().selectedRows()]
            self.turned.emit(words, keep)
            return
        super().keyPressEvent(event)


class WordsPage(QWidget):
    """Words with their counts, and who decided on each."""

    #: Words, and whether to keep them; None: let the sources decide.
    decided = Signal(list, object)
    #: Other words are to be shown.
    filtered = Signal()

    title = "Words"

    def __init__(self, parent=None):
        super().__init__(parent)
        self.material: Material | None = None
        layout = QVBoxLayout(self)
        top = QHBoxLayout()
        self.filter_edit = QLineEdit(placeholderText="Filter…", clearButtonEnabled=True)
        self.show_combo = QComboBox()
        self.show_combo.addItems([SHOW_ALL, SHOW_DROPPED, SHOW_KEPT, SHOW_HAND])
        self.show_combo.activated.connect(lambda _: self.filtered.emit())
        top.addWidget(self.filter_edit, 1)
        top.addWidget(self.show_combo)
        top.addWidget(QLabel(TICK, toolTip="A tick, the space bar, or Keep and Drop decide by "
                                           "hand"))
        layout.addLayout(top)
        self.model = WordModel(self._columns(), self)
        self.model.ticked.connect(lambda word, keep: self.decided.emit([word], keep))
        self.view = rows_view(
            self.model, several=True, sorted_=False, kind=WordView, tabKeyNavigation=False,
            editTriggers=WordView.DoubleClicked | WordView.EditKeyPressed
            | WordView.AnyKeyPressed)
        self.view.turned.connect(self.decided)
        header = self.view.horizontalHeader()
        header.setStretchLastSection(True)
        header.setDefaultAlignment(Qt.AlignLeft | Qt.AlignVCenter)
        self.view.setSortingEnabled(True)
        self.view.sortByColumn(2, Qt.DescendingOrder)
        for section, width in enumerate((118, 112, 52, 48, 108, 60)):
            header.resizeSection(section, width)
        self.filter_edit.textChanged.connect(self.model.set_filter)
        layout.addWidget(self.view, 1)
        bottom = QHBoxLayout()
        self.keep_button, self.drop_button, self.forget_button = self.buttons = [
            QPushButton(text, toolTip=tip, autoDefault=False) for text, tip in (
                ("Keep", "Keep the selected words whatever the sources say (Space turns)"),
                ("Drop", "Drop the selected words whatever the sources say"),
                ("Forget", "Let the sources decide on the selected words again"))]
        for button, keep in zip(self.buttons, (True, False, None)):
            button.clicked.connect(
                lambda _, keep=keep: self.decided.emit(self.selected(), keep))
            bottom.addWidget(button)
        bottom.addStretch(1)
        layout.addLayout(bottom)
        self.state_label = QLabel(wordWrap=True)
        layout.addWidget(self.state_label)

    def selected(self) -> list[str]:
        """The words that are selected in the list."""
        return [self.model.row_at(index).word
                for index in self.view.selectionModel().selectedRows()]

    def set_free(self, free: bool) -> None:
        """Whether anything may be decided by hand."""
        self.model.editable = free
        for button in self.buttons:
            button.setEnabled(free)

    def show_words(self, rows: Sequence[WordRow], material: Material | None,
                   by_hand: Collection[str]) -> None:
        """Show words; those that are selected stay selected, and what is in sight in sight."""
        self.material = material
        wanted = {SHOW_ALL: lambda r: True, SHOW_DROPPED: lambda r: not r.keep,
                  SHOW_KEPT: lambda r: r.keep, SHOW_HAND: lambda r: r.word in by_hand}
        chosen, at = set(self.selected()), self.view.verticalScrollBar().value()
        self.model.set_rows(list(filter(wanted[self.show_combo.currentText()], rows)))
        selection = QItemSelection()
        for shown in range(self.model.rowCount()) if chosen else ():
            index = self.model.index(shown, 0)
            if self.model.row_at(index).word in chosen:
                selection.select(index, index)
        self.view.selectionModel().select(
            selection, QItemSelectionModel.ClearAndSelect | QItemSelectionModel.Rows)
        self.view.verticalScrollBar().setValue(at)

    # --- columns

    def _columns(self) -> list[Column]:
        return [
            Column("✓ Word", lambda r: r.word, tooltip=self._tooltip,
                   header_tooltip=f"{TICK}. The word is as models and word lists see it"),
            Column("Form", self._form, tooltip=self._tooltip,
                   header_tooltip="How the word most often stands in these texts"),
            Column("Docs", lambda r: str(r.df), lambda r: r.df, right=True, tooltip=self._tooltip,
                   header_tooltip="Documents that hold the word"),
            Column("Share", lambda r: f"{r.df / self._documents():.3f}", lambda r: r.df,
                   right=True, tooltip=self._tooltip),
            Column("Source", lambda r: r.source, colour=self._colour, tooltip=lambda r: r.source),
            Column("Code", lambda r: r.code, header_tooltip="Whose designation the word repeats"),
        ]

    def _form(self, row: WordRow) -> str:
        return self.material.forms.get(row.word, row.word) if self.material else row.word

    def _colour(self, row: WordRow) -> str | None:
        dark = self.palette().color(QPalette.Base).lightness() < 128
        if row.keep:
            return "#81c784" if dark else "#2e7d32"
        if row.source.startswith("tariff"):
            return "#e0a267" if dark else "#9a5316"
        return None

    def _documents(self) -> int:
        return max(1, self.material.counts.documents) if self.material else 1

    def _tooltip(self, row: WordRow) -> str:
        title = f"{self._form(row)}: {'stays' if row.keep else 'dropped'}"
        if self.material is None or not self.material.counts.classes:
            return title
        counts = self.material.counts
        shares = [(counts.class_df[row.number, k] / max(1, size), name) for k, (name, size)
                  in enumerate(zip(counts.classes, counts.class_sizes))]
        return "\n".join([title, *(f"{name}: {share:.1%}" for share, name
                                      in sorted(shares, reverse=True)[:10] if share)])
