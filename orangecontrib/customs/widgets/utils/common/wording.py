"""What a window says: in the language that is spoken, and again when another one is.

Wordings stand in ``widgets/wordings``, a table per window or part of one::

    words = room("owphotoaggregator")
    self.edit = worded(QLineEdit(), placeholderText=words("filter"))
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from AnyQt.QtCore import QObject, Qt
from AnyQt.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QListView,
    QTableWidget,
    QTabWidget,
    QTreeWidget,
    QWidget,
)
from orangewidget.utils.messages import UnboundMsg, _BoundMsg

from orangecontrib.customs.i18n import Message, Sayable, Wordings, add_wordings, room, say

__all__ = ["Said", "SaidMessages", "WORDINGS", "reword", "room", "spoken", "worded",
           "worded_headers", "worded_items", "worded_tabs"]

#: Tables ``id, ru, en``; the name of a table is that of the module whose words it has.
WORDINGS = Path(__file__).parents[2] / "wordings"

_JOBS = "customs_jobs"
Thing = TypeVar("Thing", bound=QObject)

for _path in sorted(WORDINGS.glob("*.csv")):
    add_wordings(Wordings.load(_path, _path.stem))


class _Jobs:
    """Kept by a control, for it has no room for a plain dict."""

    def __init__(self) -> None:
        self.by_key: dict[str, Callable[[Any], object]] = {}


def spoken(thing: Thing, key: str, job: Callable[[Thing], object]) -> Thing:
    """Do something with a control now, and whenever another language is spoken.

    Parameters
    ----------
    key : str
        A later job of this name takes the place of an earlier one.
    job : callable
        Takes the control, and must not hold it: it would never be freed.
    """
    jobs = thing.property(_JOBS)
    if jobs is None:
        thing.setProperty(_JOBS, jobs := _Jobs())
    jobs.by_key[key] = job
    job(thing)
    return thing


def worded(thing: Thing, **properties: Sayable) -> Thing:
    """Give a control words, by names of Qt's properties: ``text``, ``toolTip``, ``title`` …"""
    for name, message in properties.items():
        spoken(thing, name, lambda it, name=name, message=message:
               it.setProperty(name, say(message)))
    return thing


def worded_items(combo: QComboBox, titles: Sequence[Sayable]) -> QComboBox:
    """Give the items that a combo has words, in their order."""
    def job(it: QComboBox) -> None:
        for row, title in enumerate(titles[:it.count()]):
            it.setItemText(row, say(title))
    return spoken(combo, "items", job)


def worded_tabs(tabs: QTabWidget, titles: Sequence[Sayable],
                tooltips: Sequence[Sayable] = ()) -> QTabWidget:
    """Give tabs words, in their order."""
    def job(it: QTabWidget) -> None:
        for row, title in enumerate(titles):
            it.setTabText(row, say(title))
        for row, tooltip in enumerate(tooltips):
            it.setTabToolTip(row, say(tooltip))
    return spoken(tabs, "tabs", job)


def worded_headers(view: QTreeWidget | QTableWidget, titles: Sequence[Sayable],
                   tooltips: Sequence[Sayable] = ()) -> None:
    """Give the columns of a tree or table with items words, in their order."""
    def job(it) -> None:
        if isinstance(it, QTreeWidget):
            it.setHeaderLabels([say(title) for title in titles])
            for column, tooltip in enumerate(tooltips):
                it.headerItem().setToolTip(column, say(tooltip))
        else:
            it.setHorizontalHeaderLabels([say(title) for title in titles])
            for column, tooltip in enumerate(tooltips):
                it.horizontalHeaderItem(column).setToolTip(say(tooltip))
    spoken(view, "headers", job)


def reword(window: QWidget) -> None:
    """Say again what a window and all that is in it say; headers of tables, too."""
    things = [window, *window.findChildren(QObject)]
    # found before any of them speaks: a text that is set again is made of other objects
    speaking = [(thing, jobs) for thing in things if (jobs := thing.property(_JOBS)) is not None]
    for thing, jobs in speaking:
        for job in list(jobs.by_key.values()):
            job(thing)
    for thing in window.findChildren(QAbstractItemView):
        if (model := thing.model()) is not None:
            # models of lists keep their number of columns to themselves
            if not isinstance(thing, QListView) and (columns := model.columnCount()):
                model.headerDataChanged.emit(Qt.Horizontal, 0, columns - 1)
            thing.viewport().update()


class Said(UnboundMsg):
    """A message of a widget, by its wording: ``no_ids = Said(words("no_ids"))``.

    Shown with what is put in by name: ``self.Error.no_ids(column="id")``.
    """

    def __new__(cls, message: Message) -> Said:
        self = str.__new__(cls, message.id)
        self.message = message
        return self

    def bind(self, group, owner_class=None) -> _BoundSaid:
        """As Orange does when a widget is made."""
        return _BoundSaid(self, group, owner_class)


class _BoundSaid(_BoundMsg):

    def __new__(cls, said: Said, group, owner_class=None):
        self = _BoundMsg.__new__(cls, said, group, owner_class)
        self.message, self.args = said.message, {}
        return self

    def format(self, **args: object) -> str:
        """Called when the message is shown."""
        self.args = args
        return say(Message.of(self.message.id, **args))

    def again(self) -> None:
        """Show it in the language that is spoken now."""
        self.formatted = self.format(**self.args)
        self.group.activate_msg(self)


class SaidMessages:
    """A group of messages some of which are :class:`Said`; to stand before Orange's group."""

    def _bind_messages(self) -> None:
        super()._bind_messages()
        for group in type(self).mro():  # Orange binds its own kind of message only
            owner = next((kind for kind in type(self.widget).mro()
                          if kind.__dict__.get(group.__name__) is group), None)
            for name, message in vars(group).items():
                if isinstance(message, Said):
                    setattr(self, name, message.bind(self, owner))

    def again(self) -> None:
        """Show all messages that are shown in the language that is spoken now."""
        for message in list(self.active):
            if isinstance(message, _BoundSaid):
                message.again()
