"""What a window says, and which of it is not in the language that is spoken."""
import re
from collections.abc import Iterable, Iterator
from functools import cache

from AnyQt.QtCore import Qt
from AnyQt.QtGui import QAction
from AnyQt.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QGroupBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QListView,
    QSpinBox,
    QTabWidget,
    QTextBrowser,
    QWidget,
)
from Orange.data import Table

from orangecontrib.customs.i18n import wordings
from orangecontrib.customs.nomenclature import bundled_tariff
from orangecontrib.customs.widgets.utils.text.tarifftree import TariffModel

#: What Orange and Qt themselves write in every window, in a language of its own.
ORANGES = re.compile(r"^QAction action-|MessagesWidget|StatusBar|ReportView|Scroll\w+Button")
#: Words that it writes into reports (the widget's name above), and those of its menus.
ORANGES_WORDS = re.compile(
    "<h1>.*?</h1>|<b>(Data instances|Features|Metas?|Target|Class|Outcome)[^<]*</b>[^<]*"
    r"|&?(View|Window)$|\b(Русский|English)$")  # and languages, each as it calls itself
_STYLE = re.compile("<style.*?</style>", re.DOTALL)
_TAGS, _QUOTED = re.compile(r"<[^>]*>|&\w+;"), re.compile("«[^»]*»|“[^”]*”|'[^']*'|„[^“]*“")
_CELL = re.compile("<td>([^<]*)</td>")
#: Of the law, in any language, names of encodings and of measures.
_LEGAL = re.compile(r"графа \d+|\(Windows\)|Mac Cyrillic|Log-loss|Top-\d")
_PLACES = re.compile(r"[\w.~:-]*/[\w./~:-]+")  # paths, addresses, names with a slash
_LATIN, _CYRILLIC = re.compile(r"(?<![\w.])[A-Za-z]{3,}(?![\w.(])"), re.compile("[А-Яа-яё]{2,}")


def said(window: QWidget) -> Iterator[tuple[str, str]]:
    """(what says it, the words) of all that a window and its parts say."""
    for thing in (window, *window.findChildren(QWidget), *window.findChildren(QAction)):
        name = f"{type(thing).__name__} {thing.objectName()}".strip()
        if isinstance(thing, QHeaderView) or any(map(ORANGES.search, (name, *_above(thing)))):
            continue
        yield f"{name}, tooltip", thing.toolTip()
        if isinstance(thing, (QLabel, QAbstractButton, QAction)):
            yield name, thing.text()
        if isinstance(thing, QWidget):
            yield f"{name}, accessible name", thing.accessibleName()
        if isinstance(thing, QGroupBox):
            yield name, thing.title()
        if isinstance(thing, QLineEdit):
            yield f"{name}, placeholder", thing.placeholderText()
        if isinstance(thing, QSpinBox):
            yield name, f"{thing.prefix()} {thing.suffix()} {thing.specialValueText()}"
        if isinstance(thing, QTextBrowser):
            yield name, thing.toPlainText()
        if isinstance(thing, QComboBox):
            for row in range(thing.count()):
                yield f"{name}, item", thing.itemText(row)
        if isinstance(thing, QTabWidget):
            for row in range(thing.count()):
                yield f"{name}, tab", thing.tabText(row)
                yield f"{name}, tooltip of a tab", thing.tabToolTip(row)
        if isinstance(thing, QAbstractItemView) and (model := thing.model()) is not None:
            # models of lists keep their number of columns to themselves
            for column in range(1 if isinstance(thing, QListView) else model.columnCount()):
                for role in (Qt.DisplayRole, Qt.ToolTipRole):
                    yield f"{name}, header", str(
                        model.headerData(column, Qt.Horizontal, role) or "")
                # lines of a tariff are official, in whatever language it is
                for row in range(0 if isinstance(model, TariffModel)
                                 else min(3, model.rowCount())):
                    yield f"{name}, cell", str(model.index(row, column).data() or "")
                    yield (f"{name}, tooltip of a cell",
                           str(model.index(row, column).data(Qt.ToolTipRole) or ""))
    for group in getattr(window, "message_groups", ()):
        for message in group.active:
            yield type(group).__name__, message.formatted


def _above(thing) -> Iterator[str]:
    while (thing := thing.parent()) is not None:
        yield type(thing).__name__


@cache
def english() -> frozenset[str]:
    """Words that are said in English and not in Russian, which has names of widgets, too."""
    words = {name: {word.lower() for texts in wordings().values()
                    for word in _LATIN.findall(_TAGS.sub(" ", texts[name]))}
             for name in ("ru", "en")}
    return frozenset(words["en"] - words["ru"])


@cache
def acts() -> frozenset[str]:
    """Legal acts that editions of the tariff rest on, called as they call themselves."""
    return frozenset(edition.source for edition in bundled_tariff().editions if edition.source)


def foreign(text: str, language: str, data: Iterable[str] = ()) -> list[str]:
    """Words of the other language; none of those in quotes, and of what is data."""
    cells = frozenset(data)
    text = _CELL.sub(lambda cell: " " if cell[1] in cells else cell[0], _STYLE.sub(" ", text))
    text = _PLACES.sub(" ", _TAGS.sub(" ", ORANGES_WORDS.sub(" ", text)))
    for known in (*acts(), *data):
        if len(known) > 2:
            text = text.replace(known, " ")
    text = _LEGAL.sub(" ", _QUOTED.sub(" ", text))
    if language == "en":
        return _CYRILLIC.findall(text)
    return [word for word in _LATIN.findall(text) if word.lower() in english()]


def data_of(values: Iterable[object]) -> list[str]:
    """Names and texts of tables, the longest first: they are in whatever language they are."""
    found = set()
    for table in values:
        if not isinstance(table, Table):
            continue
        domain = table.domain
        for variable in (*domain.variables, *domain.metas):
            found.add(variable.name)
            if variable.is_discrete:
                found |= set(variable.values)
            elif variable.is_string:
                found |= {str(value) for value in table.get_column(variable)}
    return sorted(found, key=len, reverse=True)
