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

from orangecontrib.customs.facts import SHOT_KINDS
from orangecontrib.customs.groups import Group
from orangecontrib.customs.training.labelling import Question, Suggestions, asked, questions
from orangecontrib.customs.widgets.utils.training.labelkeys import HEIGHT_KEYS, LEGEND, SHOT_KEYS

__all__ = ["PanelState", "QuestionPanel", "CountsTable", "keys_label"]

_STYLE = """
QToolButton { border: 1px solid rgba(128, 128, 128, 110); border-radius: 3px; padding: 3px 2px; }
QToolButton:hover { border-color: #b5651d; }
QToolButton:disabled { color: gray; }
QToolButton[look="yes"] { background: #2e7d32; color: white; }
QToolButton[look="no"] { background: #a33b2a; color: white; }
QToolButton[look="unseen"] { background: #6d6d6d; color: white; }
QToolButton[look="suggested"] { border: 2px dashed #b5651d; color: #b5651d; padding: 2px 1px; }
QFrame#row[current="yes"] { background: rgba(181, 101, 29, 38);
                            border-left: 3px solid #b5651d; }
"""

_KEYS = {1.: "A", 0.: "S", .5: "D"}
_LOOKS = {1.: "yes", 0.: "no", .5: "unseen"}


def _names(group: Group, language: str) -> list[str]:
    """Names of the features in a language."""
    return [getattr(feature, f"name_{language}") for feature in group.features]


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


class _Row(QFrame):
    """A question with a button per answer."""

    #: Feature and label; NaN takes the answer back.
    answered = Signal(str, float)

    def __init__(self, question: Question, group: Group, parent=None):
        super().__init__(parent, objectName="row")
        self.question, self.group = question, group
        self.title = QLabel(wordWrap=False)
        self.buttons: dict[tuple[str, float], QToolButton] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(5, 2, 3, 3)
        grid.setSpacing(3)
        grid.addWidget(self.title, 0, 0, 1, 3)
        ids = [group.feature_ids[i] for i in question.members]
        answers = [(id_, 1.) for id_ in ids] if question.exclusive else [(ids[0], 1.), (ids[0], 0.)]
        for number, answer in enumerate([*answers, (ids[0], .5)]):
            button = _button()
            button.clicked.connect(lambda _, a=answer: self._clicked(a))
            self.buttons[answer] = button
            grid.addWidget(button, 1 + number // 3, number % 3)
            font = button.font()
            font.setPointSizeF(font.pointSizeF() * .92)
            button.setFont(font)
        for column in range(3):
            grid.setColumnStretch(column, 1)
        self._grid, self._shown = grid, list(self.buttons)
        self._texts: dict[tuple[str, float], str] = {}
        self._keys = {answer: _KEYS[answer[1]] for answer in self.buttons}

    def _clicked(self, answer):
        feature, label = answer
        self.answered.emit(feature, np.nan if self.buttons[answer].property("on") else label)

    def set_language(self, language: str) -> None:
        features, other = self.group.features, "en" if language == "ru" else "ru"
        self.note = ""
        members = [features[i] for i in self.question.members]
        if self.question.exclusive:
            fact = self.group.vocabulary[self.question.fact]
            self.name = getattr(fact, language)
            if language == "en":  # the paper's letters in words
                words = " · ".join(f"{m.name_ru.rpartition('_')[2]} {m.name_en}" for m in members)
                self.note = f"<br><small style='color: gray'>{escape(words)}</small>"
            self.setToolTip(getattr(fact, other))
        else:
            self.name = _names(self.group, language)[self.question.members[0]]
            self.setToolTip(f"{getattr(members[0], f'name_{other}')}: {members[0].description_ru}")
        for (id_, label), button in self.buttons.items():
            feature = features[self.group.feature_ids.index(id_)]
            if label == 1 and self.question.exclusive:
                number = [m.id for m in members].index(id_)
                short = feature.name_ru.rpartition("_")[2]
                self._texts[id_, label] = short
                self._keys[id_, label] = HEIGHT_KEYS[number:number + 1]
                button.setToolTip(f"{feature.name_en}: {feature.description_ru}")
            else:
                self._texts[id_, label] = {1.: "Yes", 0.: "No", .5: "Hidden"}[label]
                button.setToolTip({1.: "The photo shows that it is so (key A, Ф)",
                                   0.: "The photo shows that it is not so (key S, Ы)",
                                   .5: "This photo can't show it (key D, В)"}[label])

    def show_state(self, state: PanelState, options: Question | None) -> None:
        """Show the answers; `options` are the members that come into question."""
        mine = list(self.question.members)
        if self.question.exclusive:
            self._offer(mine if options is None else options.members)
        mixed = state.mixed[mine].any()
        differs = " <span style='color: gray'>differs</span>" if mixed else ""
        self.title.setText(escape(self.name) + differs + self.note)
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
                text = f"{key}  {text}"  # what the key would answer now
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
                self._grid.addWidget(self.buttons[answer], 1 + number // 3, number % 3)
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
        grid.addWidget(self.title, 0, 0, 1, 3)
        for number, (id_, button) in enumerate(self.buttons.items()):
            button.clicked.connect(
                lambda _, i=id_: self.said.emit("" if i == self._now else i))
            grid.addWidget(button, 1 + number // 3, number % 3)

    def set_language(self, language: str) -> None:
        other = "en" if language == "ru" else "ru"
        self.title.setText({"view": {"ru": "Вид", "en": "View"},
                            "scene": {"ru": "Обстановка", "en": "Scene"}}[self.kind][language])
        keys = SHOT_KEYS[self.kind].upper()
        for number, shot in enumerate(self._shots):
            key = f"{keys[number]}  " if number < len(keys) else ""
            self.buttons[shot.id].setText(key + getattr(shot, f"name_{language}"))
            self.buttons[shot.id].setToolTip(getattr(shot, f"name_{other}"))

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
        self.accept_button = _button("Enter  Accept what is suggested")
        self.accept_button.clicked.connect(self.accepted)
        self.more_button = _button()
        self.more_button.setToolTip("Show all features; each can be answered against the group")
        self.more_button.setCheckable(True)
        self.more_button.toggled.connect(lambda _: self.show_state(self.state))
        self.implied = QLabel(wordWrap=True, textFormat=Qt.RichText)

        inside = QWidget()
        inside.setStyleSheet(_STYLE)
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

    def set_language(self, language: str) -> None:
        """Names of features and groups in English or Russian."""
        self.language = language
        other = "en" if language == "ru" else "ru"
        for number, cluster in enumerate(self.group.clusters, start=1):
            button = self.cluster_buttons[cluster.id]
            button.setToolTip(f"{getattr(cluster, f'name_{other}')}: {cluster.examples_ru} "
                              f"(key {number})")
        for row in (*self.rows.values(), *self.shot_rows.values()):
            row.set_language(language)
        self.show_state(self.state)

    def show_state(self, state: PanelState) -> None:
        """Show what has been said; buttons are kept, only their looks change."""
        self.state = state
        self.setEnabled(state.photos > 0)
        n, cluster = state.photos, state.cluster
        self.head.setText(
            "No photo that could be seen" if not n else
            "<b>What does it show?</b>" if n == 1 and not self.group.clusters else
            "<b>What is it?</b>" if n == 1 else
            f"<b>What are these {n} photos?</b> Answers are for all of them.")
        suggested = state.suggestion
        for number, item in enumerate(self.group.clusters, start=1):
            button = self.cluster_buttons[item.id]
            text = f"{number}  {getattr(item, f'name_{self.language}')}"
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
        self.accept_button.setText("Enter  Accept what is suggested" if n == 1 else
                                   f"Enter  Accept for {n} photos")
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
        self.more_button.setText("Hide the other features" if more
                                 else "Overrule or add other features…")

    def _summary(self, state: PanelState) -> str:
        """What follows from the group, in words."""
        if state.cluster is None:
            return "<i>The photos are of different groups: choose one for all, or fewer photos.</i>"
        texts, overruled = _names(self.group, self.language), state.overruled
        rest = {m for question in state.asked for m in question.members}
        said = {label: [escape(texts[i]) for i in range(len(texts)) if i not in rest
                        and i not in overruled and state.labels[i] == label] for label in _LOOKS}
        lines = []
        if said[1.]:
            lines.append(f"yes: {', '.join(said[1.])}")
        if said[0.]:
            lines.append(f"no: {', '.join(said[0.])}")
        if said[.5]:
            lines.append(f"hidden: {', '.join(said[.5])}")
        if not lines and not overruled:
            return ""
        words = {1.: "yes", 0.: "no", .5: "hidden"}
        against = ", ".join(f"{escape(texts[i])}: {words[state.labels[i]]}" for i in overruled)
        return ("<small><span style='color: gray'>" +
                ("Follows from the group – " if state.cluster else "Labelled – ") +
                "; ".join(lines) + "</span>" +
                (f"<br><span style='color: #b5651d'>Against the group – {against}</span>"
                 if against else "") + "</small>")


def keys_label() -> QLabel:
    """The keys and what they do."""
    rows = "".join(f"<tr><td><b>{escape(key)}</b>&nbsp;&nbsp;</td><td>{escape(what)}</td></tr>"
                   for key, what in LEGEND)
    return QLabel(f"<table cellspacing='3'>{rows}</table><p>They work on the Latin and the "
                  "Russian layout.<br>With several photos chosen, answers are for all.</p>",
                  margin=6, alignment=Qt.AlignTop, wordWrap=True)


class CountsTable(QTableWidget):
    """How many photos have which label, per feature."""

    def __init__(self, group: Group, parent=None):
        super().__init__(len(group.features), 3, parent)
        self.group = group
        self.setHorizontalHeaderLabels(["1", "0", "½"])
        for column, text in enumerate(("yes", "no", "can't be seen on the photo")):
            self.horizontalHeaderItem(column).setToolTip(f"Photos labelled so: {text}")
        self.horizontalHeader().setSectionResizeMode(QHeaderView.Stretch)
        self.setEditTriggers(QAbstractItemView.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.NoSelection)
        self.setFocusPolicy(Qt.NoFocus)
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 6)
        for row in range(self.rowCount()):
            for column in range(3):
                item = QTableWidgetItem("0")
                item.setTextAlignment(int(Qt.AlignRight | Qt.AlignVCenter))
                self.setItem(row, column, item)
        self.setAccessibleName("Labels per feature")

    def show_counts(self, counts: np.ndarray, language: str) -> None:
        self.setVerticalHeaderLabels(_names(self.group, language))
        for row in range(self.rowCount()):
            for column in range(3):
                self.item(row, column).setText(str(int(counts[row, column])))
