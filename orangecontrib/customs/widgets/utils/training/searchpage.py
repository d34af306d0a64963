"""The page Search of Training Photo Collector."""
from __future__ import annotations

from html import escape

from AnyQt.QtCore import Qt
from AnyQt.QtWidgets import (
    QCheckBox,
    QComboBox,
    QInputDialog,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QToolButton,
)

from orangecontrib.customs.collecting import CollectError
from orangecontrib.customs.collecting.adapters import find_adapter, names
from orangecontrib.customs.collecting.jobs import Searching
from orangecontrib.customs.collecting.keys import variable_of
from orangecontrib.customs.collecting.weak import written_labels
from orangecontrib.customs.i18n import Joined, Sayable, say
from orangecontrib.customs.widgets.utils.common.wording import room, worded

from .sourcepage import SourcePage, feature_combo, fill_features, store_key

__all__ = ["SearchPage"]

words, shared = room("searchpage"), room("sourcepage")

#: Services in the order in which they are offered.
SERVICES = sorted(names(), key=lambda name: (find_adapter(name).permission, name != "openverse"))


class SearchPage(SourcePage):
    """Queries to a service that is searched."""

    title, kind = words("search"), "search"
    TYPES = {"service": str, "queries": list, "feature": str, "most": int}

    def _build(self):
        self.service = QComboBox()
        for name in SERVICES:
            self.service.addItem(find_adapter(name).name, name)
        self.service.activated.connect(
            lambda _: self._set("service", self.service.currentData()))
        self._row(words("service"), self.service)
        self.queries = QPlainTextEdit(placeholderText="wooden clogs\nclogs with a wooden sole",
                                      tabChangesFocus=True)
        self.queries.setMaximumHeight(90)
        self.queries.textChanged.connect(self._queries_changed)
        self._row(words("queries"), self.queries, words("queries_tip"))
        self.feature = feature_combo()
        self.feature.activated.connect(
            lambda _: self._set("feature", self.feature.currentData()))
        self._row(words("feature"), self.feature, words("feature_tip"))
        self.most = self._number(words("most"), "most", 10_000, 50, words("most_tip"))
        self.permitted = worded(QCheckBox(), text=words("permitted"),
                                toolTip=words("permitted_tip"))
        self.permitted.toggled.connect(lambda _: self.changed.emit(self.settings))
        self.changed.connect(lambda _: self._show_service())
        self.form.addRow("", self.permitted)
        self.key = worded(QToolButton(clicked=self._ask_key), text=shared("keep_key"),
                          toolTip=words("key_tip"))
        self.form.addRow("", self.key)
        self.about = QLabel(wordWrap=True, textFormat=Qt.RichText, openExternalLinks=True,
                            alignment=Qt.AlignTop)
        self.right.addWidget(self.about, 1)
        self._add_start(words("start"), words("start_tip"))

    def show_settings(self):
        fill_features(self.feature, self.group, self.language)
        self._fill({"service": (self.service, SERVICES[0]), "feature": (self.feature, ""),
                    "most": (self.most, 50)})
        self._quiet = True
        queries = "\n".join(map(str, self.settings.get("queries", [])))
        if self._queries() != self.settings.get("queries", []):
            self.queries.setPlainText(queries)
        self._quiet = False
        self._show_service()

    def show_job(self, job, problem, agreed, ready):
        super().show_job(job, problem if self._queries() else "", agreed, ready)

    def _show_service(self):
        adapter = find_adapter(self.service.currentData())
        self.permitted.setVisible(adapter.permission)
        self.key.setVisible(bool(adapter.key))
        said: list[Sayable] = [f"<b>{escape(adapter.name)}</b>",
                               words("terms", url=escape(adapter.terms))]
        if adapter.permission:
            said.append(words("forbidden"))
        said.append(words("needs_key", variable=variable_of(adapter.key)) if adapter.key
                    else words("no_key"))
        said.append(words("kept"))
        worded(self.about, text=Joined(tuple(said), "<p>"))

    def _queries(self) -> list[str]:
        return [line.strip() for line in self.queries.toPlainText().splitlines() if line.strip()]

    def _queries_changed(self):
        self._set("queries", self._queries())

    def job(self, collection):
        adapter, queries = find_adapter(self.service.currentData()), self._queries()
        if not queries:
            raise CollectError("no_query")
        if adapter.permission and not self.permitted.isChecked():
            raise CollectError("permission", name=adapter.name, terms=adapter.terms)
        feature = self.feature.currentData()
        return Searching(collection, adapter.id, tuple(queries), self.most.value(),
                         written_labels({feature: 1.} if feature else {}),
                         self.permitted.isChecked())

    def _ask_key(self):
        adapter = find_adapter(self.service.currentData())
        text, ok = QInputDialog.getText(self, say(shared("key")), say(
            words("ask_key", name=adapter.name)), QLineEdit.Password)
        if ok and text.strip():
            store_key(self, adapter.key, text)
