"""The rows of a file, as they are sent."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from AnyQt.QtCore import QAbstractTableModel, QModelIndex, Qt
from AnyQt.QtGui import QFont
from Orange.data import Variable
from Orange.widgets import gui

from orangecontrib.customs.files import MARKS, Row
from orangecontrib.customs.i18n import Sayable, say
from orangecontrib.customs.widgets.utils.common.wording import room

__all__ = ["TablePreview"]

words = room("tablepreview")


class TablePreview(QAbstractTableModel):
    """Rows of a file under the variables that its columns have become.

    Rows are numbered by their lines in the file; a doubtful one has a sign and says why.  Below
    the name of a column stands what it was taken for.
    """

    def __init__(self, parent=None):
        super().__init__(parent)
        self._rows: Sequence[Row] = ()
        self._variables: Sequence[Variable] = ()
        self._taken: Mapping[str, Sayable] = {}

    def set_rows(self, rows: Sequence[Row], variables: Sequence[Variable],
                 taken: Mapping[str, Sayable] | None = None):
        """Show `rows`, whose cells are named as the variables are.

        Parameters
        ----------
        taken : dict of str to Message, optional
            Column → what it was taken for, for people.
        """
        self.beginResetModel()
        self._rows, self._variables, self._taken = rows, variables, taken or {}
        self.endResetModel()

    def rowCount(self, parent=QModelIndex()):  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent=QModelIndex()):  # noqa: B008
        return 0 if parent.isValid() else len(self._variables)

    def data(self, index, role=Qt.DisplayRole):
        if role not in (Qt.DisplayRole, Qt.ToolTipRole, Qt.TextAlignmentRole):
            return None
        variable = self._variables[index.column()]
        row = self._rows[index.row()]
        if role == Qt.TextAlignmentRole:
            return int(Qt.AlignVCenter
                       | (Qt.AlignRight if variable.is_continuous else Qt.AlignLeft))
        text, mark = row.cells[variable.name], row.marks.get(variable.name)
        if role == Qt.DisplayRole:
            return ("⚠ " if mark else "") + " ".join(text[:300].split())
        peculiar = f"<p>⚠ {escape(say(MARKS[mark]))}</p>" if mark in MARKS else ""
        return f"<p>{escape(text[:3000])}</p>{peculiar}"

    def headerData(self, section, orientation, role=Qt.DisplayRole):
        if orientation == Qt.Horizontal:
            return self._column_header(self._variables[section], role)
        row = self._rows[section]
        if role == Qt.DisplayRole:
            return f"⚠ {row.line}" if row.doubt else str(row.line)
        if role == Qt.ToolTipRole:
            return say(words("line_doubt", line=row.line, doubt=row.doubt) if row.doubt
                       else words("line", line=row.line))
        return None

    def _column_header(self, variable: Variable, role):
        taken = say(self._taken.get(variable.name, "")).lower()
        if role == Qt.DisplayRole:
            name = " ".join(variable.name.split())
            return f"{name}\n▸ {taken}" if taken else f"{name}\n"
        if role == Qt.ToolTipRole:
            about = {"name": escape(variable.name),
                     "kind": words("numbers" if variable.is_continuous else "texts")}
            return say(words("column_taken", taken=taken, **about) if taken
                       else words("column", **about))
        if role == Qt.DecorationRole:
            return gui.attributeIconDict[variable]
        if role == Qt.FontRole and taken:
            font = QFont()
            font.setBold(True)
            return font
        return None
