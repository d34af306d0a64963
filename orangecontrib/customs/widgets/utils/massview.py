"""The tariff as a tree whose lines are as wide as the probability that flows along them."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

from AnyQt.QtCore import QRectF, Qt
from AnyQt.QtCore import pyqtSignal as Signal
from AnyQt.QtGui import QColor, QPainter, QPainterPath, QPalette
from AnyQt.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHeaderView,
    QLabel,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from orangecontrib.customs.cases import Case
from orangecontrib.customs.cases.table import OUTSIDE_CODES
from orangecontrib.customs.fusion import Engine, Verdict
from orangecontrib.customs.fusion.deciding import Decider, deciders, needs
from orangecontrib.customs.fusion.trace import YES
from orangecontrib.customs.i18n import Joined, Sayable, Words, say
from orangecontrib.customs.i18n.numbers import percent
from orangecontrib.customs.nomenclature import Tariff, spaced
from orangecontrib.customs.nomenclature.massmap import Branch, mass_map
from orangecontrib.customs.widgets.utils.common.theme import mixed, theme
from orangecontrib.customs.widgets.utils.common.wording import room, worded, worded_headers
from orangecontrib.customs.widgets.utils.traceview import SIGNS

__all__ = ["MassPage", "MassTree", "decided_by", "designation_in"]

words = room("massview")

#: Pixels of a line that carries everything, and from one level to the next.
WIDEST, STEP = 12, 18
#: Pixels by which a row is higher than a line, and wider than its plain text: safe digits are bold.
HIGHER, WIDER = 2, 12
#: Folded codes and deciding facts that a tooltip names.
NAMED = 6
_SAFE, _BRANCH = Qt.UserRole + 1, Qt.UserRole


def decided_by(engine: Engine | None, branch: Branch, facts=None) -> tuple[Decider, ...]:
    """The facts that tell the branches of a node apart; none where no table speaks of them."""
    if engine is None or not branch.children:
        return ()
    nodes = [[child.code] for child in branch.children]
    masses = [child.p for child in branch.children]
    if branch.folded:
        nodes.append([code for code, _ in branch.folded])
        masses.append(branch.p_folded)
    return deciders(engine, nodes, masses, facts)


def designation_in(tariff: Tariff | None, code: str, absent: Sayable = "") -> Sayable:
    """What a tariff calls a code, or what is none; `absent` where it lacks the code."""
    if not code.isdigit():
        return OUTSIDE_CODES
    number = None if tariff is None else tariff.find(code)
    if tariff is None or number is None:
        return absent
    line = tariff.lines[number]
    return Words(line.ru or line.en, line.en or line.ru)


def _said(decider: Decider) -> Sayable:
    """A deciding fact with its value, and whether that is established."""
    if decider.condition is None:
        return words("unknown", fact=decider.fact)
    name = "settled" if decider.established else "open" if decider.open else "faint"
    return words(name, condition=decider.condition, p=percent(decider.p))


class _CodeDelegate(QStyledItemDelegate):
    """Safe digits are bold, the digits behind them pale."""

    def sizeHint(self, option, index):
        hint = super().sizeHint(option, index)
        hint.setHeight(option.fontMetrics.height() + HIGHER)
        hint.setWidth(hint.width() + WIDER)
        return hint

    def paint(self, painter, option, index):
        option = QStyleOptionViewItem(option)
        self.initStyleOption(option, index)
        text, option.text = option.text, ""
        style = option.widget.style() if option.widget else QApplication.style()
        style.drawControl(QStyle.CE_ItemViewItem, option, painter, option.widget)
        selected = bool(option.state & QStyle.State_Selected)
        colours = theme(option.palette)
        plain = option.palette.color(QPalette.HighlightedText) if selected else colours.text
        chosen = index.data(_SAFE) is not None
        safe = index.data(_SAFE) or 0
        rest = plain if selected or not chosen else colours.quiet
        rectangle = QRectF(option.rect).adjusted(3, 0, -2, 0)
        painter.save()
        font = option.font
        for part, bold, colour in ((text[:safe], True, plain), (text[safe:], False, rest)):
            font.setBold(bold)
            painter.setFont(font)
            painter.setPen(colour)
            painter.drawText(rectangle, int(Qt.AlignVCenter | Qt.AlignLeft), part)
            rectangle.setLeft(rectangle.left() + painter.fontMetrics().horizontalAdvance(part))
        painter.restore()


class MassTree(QTreeWidget):
    """Nodes below each other; the line to each is as wide as its mass."""

    #: The code of the node that was chosen; "" of what is no code.
    chosen = Signal(str)
    #: The code of a node that was clicked twice, or on which Enter or the space bar was pressed.
    opened = Signal(str)

    def __init__(self, parent=None):
        super().__init__(parent, rootIsDecorated=False, uniformRowHeights=True,
                         indentation=STEP, columnCount=4, expandsOnDoubleClick=False)
        self.setSelectionMode(QAbstractItemView.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarAlwaysOff)
        worded_headers(self, [words("code"), "P", words("designation"), words("decides")],
                       ["", words("p_tip"), "", words("decides_tip")])
        worded(self, accessibleName=words("tree"))
        self._codes = _CodeDelegate(self)
        self.setItemDelegateForColumn(0, self._codes)
        header = self.header()
        header.setStretchLastSection(False)
        header.setMinimumSectionSize(30)
        header.setSectionResizeMode(2, QHeaderView.Stretch)
        header.setSectionResizeMode(3, QHeaderView.Stretch)
        self.currentItemChanged.connect(lambda item, _: self.chosen.emit(self._code_of(item)))
        self.itemDoubleClicked.connect(lambda item, _: self.opened.emit(self._code_of(item)))

    @staticmethod
    def _code_of(item: QTreeWidgetItem | None) -> str:
        branch = None if item is None else item.data(0, _BRANCH)
        return branch.code if isinstance(branch, Branch) and branch.code.isdigit() else ""

    def keyPressEvent(self, event):
        if event.key() in (Qt.Key_Return, Qt.Key_Enter, Qt.Key_Space):
            self.opened.emit(self._code_of(self.currentItem()))
            return
        super().keyPressEvent(event)

    def show_map(self, root: Branch | None, designation: Callable[[str], Sayable],
                 deciding: Callable[[Branch], Sequence[Decider]],
                 safe: str | None = None) -> None:
        """Fill with the tree; None: empty.

        Parameters
        ----------
        designation : callable
            Code → what the tariff calls it.
        deciding : callable
            Branch → the facts that tell its children apart.
        safe : str, optional
            Safe digits, "" where none are; None where nobody tells.
        """
        self.blockSignals(True)
        self.clear()
        if root is not None:
            self._designation, self._deciding, self._safe = designation, deciding, safe
            self._quiet = theme(self.palette()).quiet
            last = self._add(self.invisibleRootItem(), root)
            self.expandAll()
            self.setCurrentItem(last)
            self.scrollToItem(last, QAbstractItemView.PositionAtCenter)
        for column in (0, 1):
            self.resizeColumnToContents(column)
        self.blockSignals(False)
        self.chosen.emit(self._code_of(self.currentItem()))

    def _add(self, parent: QTreeWidgetItem, branch: Branch) -> QTreeWidgetItem:
        """Add a branch with all below it; returns the last item on the chosen way."""
        item = QTreeWidgetItem(parent)
        item.setData(0, _BRANCH, branch)
        item.setText(1, say(percent(branch.p)))
        item.setTextAlignment(1, Qt.AlignRight | Qt.AlignVCenter)
        item.setToolTip(1, f"{branch.p:.4f}")
        name = say(self._designation(branch.code)) if branch.code else ""
        code = spaced(branch.code) if branch.code.isdigit() else \
            "—" if branch.code else say(words("all"))
        if branch.code and branch.code == self._safe:
            code += " ✓"
            item.setToolTip(0, say(words("safe_tip")))
        item.setText(0, code)
        if branch.chosen:
            item.setData(0, _SAFE, len(code) if self._safe is None
                         else len(spaced(self._safe[:len(branch.code)])))
        else:
            item.setForeground(2, self._quiet)
        item.setText(2, name)
        item.setToolTip(2, f"<p>{escape(name)}</p>")
        found = self._deciding(branch)
        if found:
            item.setText(3, say(_said(found[0])))
            item.setToolTip(3, "<p>" + "<br>".join(
                escape(say(_said(one))) for one in found[:NAMED]) + "</p>")
        last = item
        for child in branch.children:
            below = self._add(item, child)
            last = below if child.chosen else last
        if branch.folded:
            self._add_folded(item, branch)
        return last

    def _add_folded(self, item: QTreeWidgetItem, branch: Branch) -> None:
        """What is folded: a line of its own, beside branches that are shown."""
        codes = Joined(tuple(Joined((spaced(code) if code.isdigit() else "—", percent(p)), " – ")
                             for code, p in branch.folded[:NAMED]), "; ")
        tip = say(words("more_tip", codes=codes)) + (" …" * (len(branch.folded) > NAMED))
        if not branch.children:
            item.setText(3, say(words("leaf", n=len(branch.folded))))
            item.setForeground(3, self._quiet)
            item.setToolTip(3, f"<p>{escape(tip)}</p>")
            return
        folded = QTreeWidgetItem(item, ["+ " + say(words("more", n=len(branch.folded))),
                                        say(percent(branch.p_folded))])
        folded.setData(0, _BRANCH, branch.p_folded)
        folded.setFlags(Qt.ItemIsEnabled)
        folded.setTextAlignment(1, Qt.AlignRight | Qt.AlignVCenter)
        for column in (0, 1):
            folded.setForeground(column, self._quiet)
            folded.setToolTip(column, f"<p>{escape(tip)}</p>")

    def choose(self, code: str) -> None:
        """Take the node of a code in hand, where it is shown."""
        for item in self._items(self.invisibleRootItem()):
            if self._code_of(item) == code:
                self.setCurrentItem(item)
                return

    def _items(self, parent: QTreeWidgetItem):
        for row in range(parent.childCount()):
            yield parent.child(row)
            yield from self._items(parent.child(row))

    # -- lines

    def drawBranches(self, painter: QPainter, rect, index) -> None:
        """The lines in front of a node: that to itself, and those that pass it by."""
        palette = self.palette()
        painter.fillRect(rect, palette.color(QPalette.Base))
        item, level = self.itemFromIndex(index), 0
        above = item.parent()
        while above is not None:
            level, above = level + 1, above.parent()
        painter.save()
        painter.setRenderHint(QPainter.Antialiasing)
        painter.setPen(Qt.NoPen)
        colours = theme(palette)
        plain = mixed(colours.text, colours.ground, .4)
        child, parent = item, item.parent()
        while parent is not None:
            level -= 1
            left = rect.left() + level * STEP + 2
            later = [parent.child(row)
                     for row in range(parent.indexOfChild(child) + 1, parent.childCount())]
            beside = self._width(sum(map(_mass, later)))
            if later:
                painter.fillRect(QRectF(left, rect.top(), beside, rect.height()),
                                 self._colour(later, colours.accent, plain))
            if child is item:
                self._bend(painter, QRectF(rect), left + beside, rect.left() + level * STEP + STEP,
                           self._width(_mass(item)),
                           self._colour([item], colours.accent, plain))
            child, parent = parent, parent.parent()
        painter.restore()

    def _width(self, p: float) -> float:
        top = self.topLevelItem(0)
        whole = _mass(top) or 1.
        return max(1., WIDEST * min(1., p / whole)) if p > 0 else 1.

    @staticmethod
    def _colour(items: Sequence[QTreeWidgetItem], accent: QColor, plain: QColor) -> QColor:
        on_way = any(isinstance(branch := one.data(0, _BRANCH), Branch) and branch.chosen
                     for one in items)
        return accent if on_way else plain

    @staticmethod
    def _bend(painter: QPainter, row: QRectF, left: float, right: float, width: float,
              colour: QColor) -> None:
        """A line that comes from above and turns to the right."""
        middle, top = row.center().y(), row.top()
        low, high = middle + width / 2, middle - width / 2
        path = QPainterPath()
        path.moveTo(left, top)
        path.lineTo(left, low - min(width, low - top) * .6)
        path.quadTo(left, low, min(right, left + width * .6 + 2), low)
        path.lineTo(right, low)
        path.lineTo(right, high)
        path.lineTo(min(right, left + width), high)
        path.lineTo(min(right, left + width), top)
        path.closeSubpath()
        painter.fillPath(path, colour)


def _mass(item: QTreeWidgetItem) -> float:
    found = item.data(0, _BRANCH)
    return found.p if isinstance(found, Branch) else float(found or 0)


class MassPage(QWidget):
    """The tree of one good, and below it what the node in hand would need."""

    def __init__(self, parent=None):
        super().__init__(parent)
        self.tree = MassTree()
        self.tree.chosen.connect(self._on_chosen)
        # a line, as the tree needs the room; the tooltip has what does not fit
        self.sentence = QLabel(textFormat=Qt.PlainText)
        self.sentence.setSizePolicy(QSizePolicy.Ignored, QSizePolicy.Fixed)
        self._case: Case | None = None
        self._verdict: Verdict | None = None
        self._facts: dict[str, Sequence[float]] = {}
        self._stale = False
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.tree, 1)
        layout.addWidget(self.sentence)

    def show_verdict(self, case: Case | None, row: int, verdict: Verdict | None,
                     answers=None) -> None:
        """Show a good; None: nothing."""
        self._case, self._row, self._verdict, self._answers = case, row, verdict, answers or {}
        self._stale = True
        if self.isVisible():
            self._fill()

    def showEvent(self, event):
        super().showEvent(event)
        self._fill()

    def _fill(self) -> None:
        """Reckon what is seen only."""
        if not self._stale:
            return
        self._stale = False
        case, verdict = self._case, self._verdict
        if case is None or verdict is None or not verdict.probabilities:
            self._facts = {}
            self.tree.show_map(None, str, lambda _: ())
            self._say(words("nothing") if verdict is not None else "")
            return
        self._facts = {fact: held.spread
                       for fact, held in case.beliefs(self._row, self._answers).items()}
        engine = case.engine_of(verdict)
        root = mass_map(verdict.probabilities, verdict.codes, verdict.safe_code)
        self.tree.show_map(root, self._designation,
                           lambda branch: decided_by(engine, branch, self._facts),
                           verdict.safe_code)

    def _designation(self, code: str) -> Sayable:
        tariff = None if self._case is None else self._case.tariff_of(code)
        return designation_in(tariff, code)

    def _say(self, sentence: Sayable) -> None:
        worded(self.sentence, text=sentence, toolTip=sentence)

    def _on_chosen(self, code: str) -> None:
        case, verdict = self._case, self._verdict
        engine = None if case is None or verdict is None else case.engine_of(verdict)
        if engine is None or not code or not self._facts:
            self._say("")
            return
        lacking = [need for need in needs(engine, code, self._facts) if need.answer != YES]
        self._say(Joined((spaced(code), words("met") if not lacking else words(
            "needed", needs=Joined(tuple(
                words("need", sign=SIGNS[need.answer], condition=need.condition,
                      p=percent(need.p)) for need in lacking), "; "))), ": "))
