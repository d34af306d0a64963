"""The panel of questions of the photo labeler, and the table of its counts."""
from __future__ import annotations

from dataclasses import dataclass
from html import escape

import numpy as np
from AnyQt.QtCore import Qt
from AnyQt.QtCore import pyqtSignal as Signal
from AnyQt.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QGridLayout,
    QHeaderView,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QTableWidget,
    QTableWidgetItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from orangecontrib.customs.facts import SHOT_KINDS, Feature
from orangecontrib.customs.groups import Group
from orangecontrib.customs.i18n import Words, say
from orangecontrib.customs.training.labelling import Question, Suggestions, asked, questions
from orangecontrib.customs.widgets.utils.common.theme import DECIDES, theme
from orangecontrib.customs.widgets.utils.common.wording import room, spoken, worded
from orangecontrib.customs.widgets.utils.training.labelkeys import (
    HEIGHT_KEYS,
    LEGEND,
    SHOT_KEYS,
    key_name,
)
from orangecontrib.customs.widgets.utils.training.naming import shown_names

__all__ = ["PanelState", "QuestionPanel", "CountsTable", "keys_page"]

words = room("labelpanel")
legend = room("labelkeys")

_STYLE = """
QToolButton { border: 1px solid rgba(128, 128, 128, 110); border-radius: 3px; padding: 3px 2px; }
QToolButton:hover { border-color: #b5651d; }
QToolButton:disabled { color: gray; }
QToolButton[look="yes"] { background: #2e7d32; color: white; }
QToolButton[look="no"] { background: #a33b2a; color: white; }
QToolButton[look="unseen"] { background: #6d6d6d; color: white; }
QToolButton[look="suggested"] { border: 2px dashed #b5651d; color: %s; padding: 2px 1px; }
QFrame#row[current="yes"] { background: rgba(181, 101, 29, 38);
                            border-left: 3px solid #b5651d; }
"""

_KEYS = {1.: "a", 0.: "s", .5: "d"}
_LOOKS = {1.: "yes", 0.: "no", .5: "unseen"}
#: Buttons of a question that stand in a row; values have longer words than yes and no.
_ACROSS, _VALUES_ACROSS = 3, 2


@dataclass
class PanelState:
    """What the panel shows.

    Attributes
    ----------
    group : Group
        Whose features are labelled.
    photos : int
        For how many photos answers are given; 0: nothing can be answered.
    cluster : str or None
        None where the photos are of different kinds of goods.
    labels : ndarray, shape (n_features,)
        NaN where nobody said, or the photos differ.
    mixed : ndarray of bool, shape (n_features,)
        Features in which the photos differ.
    suggestion : Suggestions or None
        For the photo, when it is one that the model has looked at.
    suggested : bool
        Whether there are suggestions to accept.
    current : Question or None
        The one that keys answer.
    shot : tuple of str
        View and scene; "" where nobody said, or the photos differ.
    """

    group: Group
    photos: int = 0
    cluster: str | None = ""
    labels: np.ndarray | None = None
    mixed: np.ndarray | None = None
    suggestion: Suggestions | None = None
    suggested: bool = False
    current: Question | None = None
    shot: tuple[str, ...] = ("",) * len(SHOT_KINDS)

    def __post_init__(self):
        n = len(self.group.features)
        self.labels = np.full(n, np.nan) if self.labels is None else self.labels
        self.mixed = np.zeros(n, bool) if self.mixed is None else self.mixed

    @property
    def asked(self) -> tuple[Question, ...]:
        said = self.cluster or not self.group.clusters and self.photos
        return asked(self.cluster or "", self.group) if said else ()

    @property
    def overruled(self) -> list[int]:
        """Features labelled otherwise than their cluster implies."""
        implied = next((c.implied for c in self.group.clusters if c.id == self.cluster), {})
        return [i for i, id_ in enumerate(self.group.feature_ids) if id_ in implied
                and self.labels[i] != implied[id_] and not np.isnan(self.labels[i])]


def _short(p: float) -> str:
    """A probability in little room; nothing is certain."""
    return f"{min(p, .99):.2f}".lstrip("0")


def _button(text: str = "") -> QToolButton:
    # never focused by a click: keys go on answering
    button = QToolButton(text=text, focusPolicy=Qt.NoFocus)
    button.setSizePolicy(QSizePolicy.Ignored, QSizePolicy.Fixed)
    return button


def _look(widget: QWidget, name: str, value: str) -> None:
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def _about(feature: Feature) -> str:
    """A feature in more words, and its name in the paper."""
    told = say(feature.description) or say(feature.title)
    return f"{told}\n{say(words('paper', name=feature.name_ru))}"


class _Row(QFrame):
    """A question with a button per answer."""

    #: Feature and label; NaN takes the answer back.
    answered = Signal(str, float)

    def __init__(self, question: Question, group: Group, parent=None):
        super().__init__(parent, objectName="row")
        self.question, self.group = question, group
        self.title = QLabel(wordWrap=False)
        self.buttons: dict[tuple[str, float], QToolButton] = {}
        self._across = _VALUES_ACROSS if question.exclusive else _ACROSS
        grid = QGridLayout(self)
        grid.setContentsMargins(5, 2, 3, 3)
        grid.setSpacing(3)
        grid.addWidget(self.title, 0, 0, 1, self._across)
        ids = [group.feature_ids[i] for i in question.members]
        answers = [(id_, 1.) for id_ in ids] if question.exclusive else [(ids[0], 1.), (ids[0], 0.)]
        for number, answer in enumerate([*answers, (ids[0], .5)]):
            button = _button()
            button.clicked.connect(lambda _, a=answer: self._clicked(a))
            self.buttons[answer] = button
            grid.addWidget(button, 1 + number // self._across, number % self._across)
            font = button.font()
            font.setPointSizeF(font.pointSizeF() * .92)
            button.setFont(font)
        for column in range(self._across):  # "hidden" has the longest word
            grid.setColumnStretch(column, 3 if column < 2 else 4)
        self._grid, self._shown = grid, list(self.buttons)
        self._texts: dict[tuple[str, float], str] = {}
        self._keys = {answer: _KEYS[answer[1]] for answer in self.buttons}

    def _clicked(self, answer):
        feature, label = answer
        self.answered.emit(feature, np.nan if self.buttons[answer].property("on") else label)

    def set_language(self, columns: str) -> None:
        """Say all of it in the language that is spoken."""
        features = self.group.features
        members = [features[i] for i in self.question.members]
        if self.question.exclusive:
            fact = self.group.vocabulary[self.question.fact]
            self.name = say(fact)
            self.setToolTip(say(fact.question))
        else:
            self.name = shown_names(self.group, columns)[members[0].id]
            self.setToolTip(_about(members[0]))
        for (id_, label), button in self.buttons.items():
            feature = features[self.group.feature_ids.index(id_)]
            if label == 1 and self.question.exclusive:
                number = [m.id for m in members].index(id_)
                self._texts[id_, label] = say(feature.title)
                self._keys[id_, label] = HEIGHT_KEYS[number:number + 1]
                button.setToolTip(_about(feature))
            else:
                look = _LOOKS[label]
                self._texts[id_, label] = say(words(look))
                button.setToolTip(say(words(f"{look}_tip", key=key_name(_KEYS[label]))))

    def show_state(self, state: PanelState, options: Question | None) -> None:
        """Show the answers; `options` are the members that come into question."""
        mine = list(self.question.members)
        if self.question.exclusive:
            self._offer(mine if options is None else options.members)
        mixed = state.mixed[mine].any()
        differs = f" <i>{say(words('differs'))}</i>" if mixed else ""
        self.title.setText(escape(self.name) + differs)
        suggested = state.suggestion
        if suggested is None or options is None or not np.isnan(state.labels[mine]).all() \
                and not np.isnan(state.labels[list(options.members)]).any():
            suggested = None
        current = state.current is not None and state.current.members[0] in mine
        for (id_, label), button in self.buttons.items():
            index = self.group.feature_ids.index(id_)
            if label == .5 and options is not None:
                index = options.members[0]
            on = not mixed and state.labels[index] == label
            text, look = self._texts[id_, label], _LOOKS[label] if on else ""
            key = self._keys[id_, label]
            if key and (current or options is not None and key in HEIGHT_KEYS):
                text = f"{key_name(key)} {text}"  # what the key would answer now
            if not on and suggested is not None and suggested.labels[0, index] == label:
                text, look = f"{text} {_short(suggested.p[0, index])}", "suggested"
            button.setText(text)
            button.setProperty("on", on)
            _look(button, "look", look)
        _look(self, "current", "yes" if current else "")

    def _offer(self, members) -> None:
        """Show only the values that come into question, without gaps."""
        ids = self.group.feature_ids
        shown = [answer for answer in self.buttons
                 if answer[1] == .5 or ids.index(answer[0]) in members]
        if shown != self._shown:
            self._shown = shown
            for button in self.buttons.values():
                self._grid.removeWidget(button)
                button.hide()
            for number, answer in enumerate(shown):
                self._grid.addWidget(self.buttons[answer], 1 + number // self._across,
                                     number % self._across)
                self.buttons[answer].show()


class _ShotRow(QFrame):
    """How the photo was taken: a button per view, or per scene."""

    #: Id of a view or scene; "" takes the answer back.
    said = Signal(str)

    def __init__(self, kind: str, group: Group, parent=None):
        super().__init__(parent, objectName="row")
        self.kind = kind
        self._shots = [shot for shot in group.shots if shot.kind == kind]
        self.title, self._now = QLabel(), ""
        self.buttons = {shot.id: _button() for shot in self._shots}
        grid = QGridLayout(self)
        grid.setContentsMargins(5, 2, 3, 3)
        grid.setSpacing(3)
        grid.addWidget(self.title, 0, 0, 1, _VALUES_ACROSS)
        for number, (id_, button) in enumerate(self.buttons.items()):
            button.clicked.connect(
                lambda _, i=id_: self.said.emit("" if i == self._now else i))
            grid.addWidget(button, 1 + number // _VALUES_ACROSS, number % _VALUES_ACROSS)

    def set_language(self) -> None:
        """Say all of it in the language that is spoken."""
        self.title.setText(say(words(self.kind)))
        keys = SHOT_KEYS[self.kind]
        for number, shot in enumerate(self._shots):
            key = f"{key_name(keys[number])}  " if number < len(keys) else ""
            self.buttons[shot.id].setText(key + say(shot.name))
            self.buttons[shot.id].setToolTip(say(Words(shot.seen_ru, shot.seen_en)))

    def show_state(self, shot: str) -> None:
        self._now = shot
        for id_, button in self.buttons.items():
            _look(button, "look", "yes" if id_ == shot else "")


class QuestionPanel(QWidget):
    """First the kind of goods, then what differs within it; what follows can be overruled."""

    #: Id of a cluster; "" takes the answer back.
    cluster_chosen = Signal(str)
    #: Feature and label; NaN takes the answer back.
    answered = Signal(str, float)
    accepted = Signal()
    #: "view" or "scene", and its id; "" takes the answer back.
    shot_said = Signal(str, str)

    def __init__(self, group: Group, parent=None):
        super().__init__(parent)
        self.group, self.state = group, PanelState(group)
        self.head = QLabel(wordWrap=True, textFormat=Qt.RichText)
        self.cluster_buttons = {cluster.id: _button() for cluster in group.clusters}
        groups = QVBoxLayout()
        groups.setSpacing(2)
        for id_, button in self.cluster_buttons.items():
            groups.addWidget(button)
            button.clicked.connect(lambda _, c=id_: self.cluster_chosen.emit(
                "" if c == self.state.cluster else c))
        self.rows = {question: _Row(question, group) for question in questions(group)}
        self.shot_rows = {kind: _ShotRow(kind, group) for kind in SHOT_KINDS if group.shots}
        for kind, row in self.shot_rows.items():
            row.said.connect(lambda shot, k=kind: self.shot_said.emit(k, shot))
        self.accept_button = _button()
        self.accept_button.clicked.connect(self.accepted)
        self.more_button = _button()
        worded(self.more_button, toolTip=words("more_tip"))
        self.more_button.setCheckable(True)
        self.more_button.toggled.connect(lambda _: self.show_state(self.state))
        self.implied = QLabel(wordWrap=True, textFormat=Qt.RichText)

        inside = QWidget()
        inside.setStyleSheet(_STYLE % theme(self.palette()).of("#b5651d", DECIDES).name())
        self._layout = QVBoxLayout(inside)
        self._layout.setContentsMargins(4, 4, 4, 4)
        self._layout.setSpacing(4)
        self._layout.addWidget(self.head)
        self._layout.addLayout(groups)
        self._layout.addWidget(self.accept_button)
        self._places = QVBoxLayout()
        self._places.setSpacing(2)
        self._layout.addLayout(self._places)
        self._layout.addWidget(self.implied)
        self._layout.addWidget(self.more_button)
        self._others = QVBoxLayout()
        self._others.setSpacing(2)
        self._layout.addLayout(self._others)
        for row in self.shot_rows.values():
            self._layout.addWidget(row)
        self._layout.addStretch(1)
        self._area = QScrollArea(widgetResizable=True, frameShape=QFrame.NoFrame,
                                 focusPolicy=Qt.NoFocus,
                                 horizontalScrollBarPolicy=Qt.ScrollBarAlwaysOff)
        self._area.setWidget(inside)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._area)
        for row in self.rows.values():
            row.answered.connect(self.answered)
        self._order: tuple = (None,)
        self.set_language("en")

    def set_language(self, columns: str) -> None:
        """Say all of it in the language that is spoken.

        Parameters
        ----------
        columns : {"en", "ru"}
            As for :func:`shown_names`.
        """
        self._names = list(shown_names(self.group, columns).values())
        for number, cluster in enumerate(self.group.clusters, start=1):
            self.cluster_buttons[cluster.id].setToolTip(
                say(words("cluster_tip", examples=cluster.examples, key=number)))
        for row in self.rows.values():
            row.set_language(columns)
        for row in self.shot_rows.values():
            row.set_language()
        self.show_state(self.state)

    def show_state(self, state: PanelState) -> None:
        """Show what has been said; buttons are kept, only their looks change."""
        self.state = state
        self.setEnabled(state.photos > 0)
        n, cluster = state.photos, state.cluster
        self.head.setText(say(
            words("none") if not n else
            words("what_shows") if n == 1 and not self.group.clusters else
            words("what_is") if n == 1 else words("what_are", n=n)))
        suggested = state.suggestion
        for number, item in enumerate(self.group.clusters, start=1):
            button = self.cluster_buttons[item.id]
            text = f"{number}  {say(item.name)}"
            look = "yes" if cluster == item.id else ""
            if cluster == "" and suggested is not None and suggested.clusters[0] == item.id:
                text, look = f"{text} {_short(suggested.cluster_p[0])}", "suggested"
            button.setText(text)
            _look(button, "look", look)
        options = {self._whole(question): question for question in state.asked}
        self._arrange(tuple(options))
        # a suggestion is shown in the rows only once it is for the group that was said
        fitting = PanelState(**{**state.__dict__, "suggestion": suggested if suggested is not None
                                and suggested.clusters[0] == cluster else None})
        for question, row in self.rows.items():
            row.show_state(fitting, options.get(question))
        for row, shot in zip(self.shot_rows.values(), state.shot):
            row.show_state(shot)
        self.accept_button.setText(say(words("accept") if n == 1 else words("accept_all", n=n)))
        self.accept_button.setVisible(state.suggested)
        if state.current is not None:
            self._area.ensureWidgetVisible(self.rows[self._whole(state.current)])
        self.implied.setText(self._summary(state))
        self.implied.setVisible(bool(self.implied.text()))

    def _whole(self, question: Question) -> Question:
        return next(q for q in questions(self.group) if question.members[0] in q.members)

    def _arrange(self, first: tuple[Question, ...]) -> None:
        """Put the rows of the group's questions first; the others below, when wanted."""
        more = self.more_button.isChecked()
        if self._order != (first, more):
            self._order = (first, more)
            for question, row in self.rows.items():
                if question not in first:
                    self._others.addWidget(row)
                row.setVisible(question in first or more)
            for question in first:
                self._places.addWidget(self.rows[question])
        self.more_button.setVisible(len(first) < len(self.rows))
        worded(self.more_button, text=words("fewer" if more else "more"))

    def _summary(self, state: PanelState) -> str:
        """What follows from the group, in words."""
        if state.cluster is None:
            return say(words("several"))
        texts, overruled = self._names, state.overruled
        rest = {m for question in state.asked for m in question.members}
        said = {label: [escape(texts[i]) for i in range(len(texts)) if i not in rest
                        and i not in overruled and state.labels[i] == label] for label in _LOOKS}
        lines = [f"{_small(label)}: {', '.join(names)}" for label, names in said.items() if names]
        if not lines and not overruled:
            return ""
        colours = theme(self.palette())
        parts = [(colours.quiet, words("follows" if state.cluster else "labelled",
                                       said="; ".join(lines)))]
        if overruled:
            parts.append((colours.of("#b5651d", DECIDES), words("against", said=", ".join(
                f"{escape(texts[i])}: {_small(state.labels[i])}" for i in overruled))))
        return "<br>".join(f"<small><span style='color: {colour.name()}'>{say(part)}</span></small>"
                           for colour, part in parts)


def _small(label: float) -> str:
    """A label within a sentence."""
    return say(words(_LOOKS[label])).lower()


def keys_page() -> QScrollArea:
    """The keys and what they do."""
    def show(label: QLabel) -> None:
        rows = "".join(f"<tr><td><b>{escape(say(key))}</b>&nbsp;&nbsp;</td>"
                       f"<td>{escape(say(what), quote=False)}</td></tr>" for key, what in LEGEND)
        label.setText(f"<table cellspacing='3'>{rows}</table>{say(legend('legend'))}")
    page = QScrollArea(widgetResizable=True, frameShape=QFrame.NoFrame, focusPolicy=Qt.NoFocus)
    page.setWidget(spoken(QLabel(margin=6, alignment=Qt.AlignTop, wordWrap=True), "keys", show))
    return page


class CountsTable(QTableWidget):
    """How many photos have which label, per feature."""

    def __init__(self, group: Group, parent=None):
        super().__init__(len(group.features), 3, parent)
        self.group = group
        self.setHorizontalHeaderLabels(["1", "0", "½"])
        self.horizontalHeader().setSectionResizeMode(QHeaderView.Stretch)
        self.horizontalHeader().setMinimumSectionSize(  # numbers are never cut
            self.fontMetrics().horizontalAdvance("0000") + 4)
        font = self.verticalHeader().font()
        font.setPointSizeF(font.pointSizeF() * .9)
        self.verticalHeader().setFont(font)
        self.setEditTriggers(QAbstractItemView.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.NoSelection)
        self.setFocusPolicy(Qt.NoFocus)
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 6)
        for row in range(self.rowCount()):
            for column in range(3):
                item = QTableWidgetItem("0")
                item.setTextAlignment(int(Qt.AlignRight | Qt.AlignVCenter))
                self.setItem(row, column, item)
        worded(self, accessibleName=words("counts"))
        spoken(self, "headers", CountsTable._say_headers)

    def _say_headers(self) -> None:
        for column, look in enumerate(_LOOKS.values()):
            self.horizontalHeaderItem(column).setToolTip(say(words(f"counted_{look}")))

    def show_counts(self, counts: np.ndarray, columns: str) -> None:
        """Show numbers of photos; `columns` as for :func:`shown_names`."""
        self.setVerticalHeaderLabels(list(shown_names(self.group, columns).values()))
        for row in range(self.rowCount()):
            for column in range(3):
                self.item(row, column).setText(str(int(counts[row, column])))
