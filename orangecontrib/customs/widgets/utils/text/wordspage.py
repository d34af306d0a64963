"""The page "Words" of Customs Stop-word Filter: what stays, what goes, and the user's say."""
from __future__ import annotations

from collections.abc import Collection, Sequence

from AnyQt.QtCore import QItemSelection, QItemSelectionModel, Qt
from AnyQt.QtCore import pyqtSignal as Signal
from AnyQt.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from orangecontrib.customs.i18n import say
from orangecontrib.customs.textmining.stopwords import WordRow
from orangecontrib.customs.textmining.stopwords.table import Material
from orangecontrib.customs.widgets.utils.common.controls import (
    TickDelegate,
    choice,
    hint,
    push,
    rows_view,
)
from orangecontrib.customs.widgets.utils.common.goodslist import Column, GoodsModel
from orangecontrib.customs.widgets.utils.common.theme import theme
from orangecontrib.customs.widgets.utils.common.wording import room, worded

__all__ = ["WordsPage"]

words = room("wordspage")

SHOWN = SHOW_ALL, SHOW_DROPPED, SHOW_KEPT, SHOW_HAND = "all", "dropped", "kept", "hand"


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
            selected = [model.row_at(i).word for i in self.selectionModel().selectedRows()]
            self.turned.emit(selected, keep)
            return
        super().keyPressEvent(event)


class WordsPage(QWidget):
    """Words with their counts, and who decided on each."""

    #: Words, and whether to keep them; None: let the sources decide.
    decided = Signal(list, object)
    #: Other words are to be shown.
    filtered = Signal()

    title = words("title")

    def __init__(self, parent=None):
        super().__init__(parent)
        self.material: Material | None = None
        layout = QVBoxLayout(self)
        top = QHBoxLayout()
        self.filter_edit = worded(QLineEdit(clearButtonEnabled=True),
                                  placeholderText=words("filter"))
        self.show_combo = choice(((kind, words(kind)) for kind in SHOWN), SHOW_ALL,
                                 self.filtered.emit)
        top.addWidget(self.filter_edit, 1)
        top.addWidget(self.show_combo)
        top.addWidget(worded(QLabel(), text=words("tick"), toolTip=words("tick_tip")))
        layout.addLayout(top)
        self.model = WordModel(self._columns(), self)
        self.model.ticked.connect(lambda word, keep: self.decided.emit([word], keep))
        self.view = rows_view(
            self.model, words("title"), several=True, sorted_=False, kind=WordView,
            tabKeyNavigation=False,
            editTriggers=WordView.DoubleClicked | WordView.EditKeyPressed
            | WordView.AnyKeyPressed)
        self.view.turned.connect(self.decided)
        self.view.setItemDelegateForColumn(0, TickDelegate(self.view))
        hint(self.view, words("connect"))
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
        decisions = {"keep": True, "drop": False, "forget": None}
        self.keep_button, self.drop_button, self.forget_button = self.buttons = [
            push(None, words(name), lambda keep=keep: self.decided.emit(self.selected(), keep),
                 words(f"{name}_tip")) for name, keep in decisions.items()]
        for button in self.buttons:
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
        self.model.set_rows(list(filter(wanted[self.show_combo.currentData()], rows)))
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
            Column(words("column_word"), lambda r: r.word, tooltip=self._tooltip,
                   header_tooltip=words("column_word_tip")),
            Column(words("column_form"), self._form, tooltip=self._tooltip,
                   header_tooltip=words("column_form_tip")),
            Column(words("column_docs"), lambda r: str(r.df), lambda r: r.df, right=True,
                   tooltip=self._tooltip, header_tooltip=words("column_docs_tip")),
            Column(words("column_share"), lambda r: f"{r.df / self._documents():.3f}",
                   lambda r: r.df, right=True, tooltip=self._tooltip,
                   header_tooltip=words("column_share_tip")),
            Column(words("column_source"), _source, colour=self._colour, tooltip=_source,
                   header_tooltip=words("column_source_tip")),
            Column(words("column_code"), lambda r: r.code,
                   header_tooltip=words("column_code_tip")),
        ]

    def _form(self, row: WordRow) -> str:
        return self.material.forms.get(row.word, row.word) if self.material else row.word

    def _colour(self, row: WordRow) -> str | None:
        colours = theme(self.palette())
        if row.keep:
            return colours.good.name()
        return colours.doubt.name() if row.source.startswith("tariff") else None

    def _documents(self) -> int:
        return max(1, self.material.counts.documents) if self.material else 1

    def _tooltip(self, row: WordRow) -> str:
        title = say(words("stays" if row.keep else "goes", word=self._form(row)))
        if self.material is None or not self.material.counts.classes:
            return title
        counts = self.material.counts
        shares = [(counts.class_df[row.number, k] / max(1, size), name) for k, (name, size)
                  in enumerate(zip(counts.classes, counts.class_sizes))]
        return "\n".join([title, *(f"{name}: {share:.1%}" for share, name
                                      in sorted(shares, reverse=True)[:10] if share)])


def _source(row: WordRow) -> str:
    """Why a word goes or stays, for people."""
    return ", ".join(say(words(f"source_{source}")) for source in filter(
        None, row.source.split(", ")))
