"""The first rows of a file, as they are sent."""
from __future__ import annotations

from collections.abc import Sequence
from html import escape

from AnyQt.QtCore import QAbstractTableModel, QModelIndex, Qt
from Orange.data import Variable
from Orange.widgets import gui

from orangecontrib.customs.files import Row

__all__ = ["TablePreview"]


class TablePreview(QAbstractTableModel):
    """Rows of a file under the variables that its columns have become.

    Rows are numbered by their lines in the file; a doubtful one has a sign and says why.
    """

    #: So many rows are shown.
    MOST = 500

    def __init__(self, parent=None):
        super().__init__(parent)
        self._rows: Sequence[Row] = ()
        self._variables: Sequence[Variable] = ()

    def set_rows(self, rows: Sequence[Row], variables: Sequence[Variable]):
        """Show the first of `rows`, whose cells are named as the variables are."""
        self.beginResetModel()
        self._rows, self._variables = rows[:self.MOST], variables
        self.endResetModel()

    def rowCount(self, parent=QModelIndex()):  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent=QModelIndex()):  # noqa: B008
        return 0 if parent.isValid() else len(self._variables)

    def data(self, index, role=Qt.DisplayRole):
        if role not in (Qt.DisplayRole, Qt.ToolTipRole, Qt.TextAlignmentRole):
            return None
        variable = self._variables[index.column()]
        if role == Qt.TextAlignmentRole:
            return int(Qt.AlignVCenter
                       | (Qt.AlignRight if variable.is_continuous else Qt.AlignLeft))
        text = self._rows[index.row()].cells[variable.name]
        return " ".join(text[:300].split()) if role == Qt.DisplayRole \
            else f"<p>{escape(text[:3000])}</p>"

    def headerData(self, section, orientation, role=Qt.DisplayRole):
        if orientation == Qt.Horizontal:
            return self._column_header(self._variables[section], role)
        row = self._rows[section]
        if role == Qt.DisplayRole:
            return f"⚠ {row.line}" if row.doubt else str(row.line)
        if role == Qt.ToolTipRole:
            return f"Line {row.line} of the file" + (f": {row.doubt}" if row.doubt else "")
        return None

    @staticmethod
    def _column_header(variable: Variable, role):
        if role == Qt.DisplayRole:
            return variable.name
        if role == Qt.ToolTipRole:
            return "A column of numbers" if variable.is_continuous else "A column of texts"
        if role == Qt.DecorationRole:
            return gui.attributeIconDict[variable]
        return None
