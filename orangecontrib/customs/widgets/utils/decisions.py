"""What an analyst decided – answers, reviewed goods –, with undo and redo without limit."""
from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from AnyQt.QtGui import QUndoCommand, QUndoStack

__all__ = ["Change", "Decisions", "Mark"]

#: Whether a good is reviewed; the code that the analyst stands by, where that is not the program's.
Mark = bool | str
#: Per good, its answers (fact → value), or whether it is reviewed; None: as it is.
Change = tuple[Mapping[str, Mapping[str, str]], Mapping[str, Mark]]


class _Command(QUndoCommand):
    def __init__(self, apply: Callable[[Change], None], before: Change, after: Change):
        super().__init__()
        self._apply, self._before, self._after = apply, before, after

    def redo(self):
        self._apply(self._after)

    def undo(self):
        self._apply(self._before)


class Decisions:
    """Changes answers and reviewed goods by commands that can be taken back.

    Parameters
    ----------
    current : callable
        The answers, and the marks of the goods that are reviewed.
    apply : callable
        Takes a :data:`Change`.
    """

    def __init__(self, current: Callable[[], tuple[Mapping, Mapping[str, Mark]]],
                 apply: Callable[[Change], None]):
        self._current, self._apply = current, apply
        self.stack = QUndoStack()

    def answer(self, key: str, fact: str, value: str) -> None:
        """Answer a fact of a good; "" takes the answer back."""
        mine = {f: v for f, v in self._current()[0].get(key, {}).items() if f != fact}
        self._answer({key: {**mine, fact: value} if value else mine})

    def clear(self, keys: Iterable[str]) -> None:
        """Take back all answers for these goods."""
        self._answer({key: {} for key in keys})

    def review(self, keys: Iterable[str], mark: Mark) -> None:
        """Goods are reviewed, or are not any more."""
        reviewed = self._current()[1]
        before = {key: reviewed.get(key, False) for key in keys}
        after = {key: mark for key, earlier in before.items() if earlier != mark}
        if after:
            self.stack.push(_Command(self._apply, ({}, {key: before[key] for key in after}),
                                     ({}, after)))

    def undo(self) -> None:
        self.stack.undo()

    def redo(self) -> None:
        self.stack.redo()

    def _answer(self, after: Mapping[str, Mapping[str, str]]) -> None:
        answers = self._current()[0]
        before = {key: dict(answers.get(key, {})) for key in after}
        after = {key: dict(facts) for key, facts in after.items() if facts != before[key]}
        if after:
            self.stack.push(_Command(self._apply, ({key: before[key] for key in after}, {}),
                                     (after, {})))
